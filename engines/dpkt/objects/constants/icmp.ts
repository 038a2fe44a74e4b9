/**
 * Numbers of dpkt's module `icmp`, by its names.
 *
 * @module
 */
/** Code of types that have no codes. */
export const ICMP_CODE_NONE = 0;
/** ICMP type "echoreply" (IANA icmp-parameters). */
export const ICMP_ECHOREPLY = 0;
/** ICMP type "unreach" (IANA icmp-parameters). */
export const ICMP_UNREACH = 3;
/** ICMP code "net" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_NET = 0;
/** ICMP code "host" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_HOST = 1;
/** ICMP code "proto" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_PROTO = 2;
/** ICMP code "port" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_PORT = 3;
/** ICMP code "needfrag" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_NEEDFRAG = 4;
/** ICMP code "srcfail" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_SRCFAIL = 5;
/** ICMP code "net unknown" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_NET_UNKNOWN = 6;
/** ICMP code "host unknown" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_HOST_UNKNOWN = 7;
/** ICMP code "isolated" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_ISOLATED = 8;
/** ICMP code "net prohib" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_NET_PROHIB = 9;
/** ICMP code "host prohib" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_HOST_PROHIB = 10;
/** ICMP code "tosnet" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_TOSNET = 11;
/** ICMP code "toshost" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_TOSHOST = 12;
/** ICMP code "filter prohib" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_FILTER_PROHIB = 13;
/** ICMP code "host precedence" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_HOST_PRECEDENCE = 14;
/** ICMP code "precedence cutoff" of `ICMP_UNREACH` (IANA icmp-parameters). */
export const ICMP_UNREACH_PRECEDENCE_CUTOFF = 15;
/** ICMP type "srcquench" (IANA icmp-parameters). */
export const ICMP_SRCQUENCH = 4;
/** ICMP type "redirect" (IANA icmp-parameters). */
export const ICMP_REDIRECT = 5;
/** ICMP code "net" of `ICMP_REDIRECT` (IANA icmp-parameters). */
export const ICMP_REDIRECT_NET = 0;
/** ICMP code "host" of `ICMP_REDIRECT` (IANA icmp-parameters). */
export const ICMP_REDIRECT_HOST = 1;
/** ICMP code "tosnet" of `ICMP_REDIRECT` (IANA icmp-parameters). */
export const ICMP_REDIRECT_TOSNET = 2;
/** ICMP code "toshost" of `ICMP_REDIRECT` (IANA icmp-parameters). */
export const ICMP_REDIRECT_TOSHOST = 3;
/** ICMP type "althostaddr" (IANA icmp-parameters). */
export const ICMP_ALTHOSTADDR = 6;
/** ICMP type "echo" (IANA icmp-parameters). */
export const ICMP_ECHO = 8;
/** ICMP type "rtradvert" (IANA icmp-parameters). */
export const ICMP_RTRADVERT = 9;
/** ICMP code "normal" of `ICMP_RTRADVERT` (IANA icmp-parameters). */
export const ICMP_RTRADVERT_NORMAL = 0;
/** ICMP code "noroute common" of `ICMP_RTRADVERT` (IANA icmp-parameters). */
export const ICMP_RTRADVERT_NOROUTE_COMMON = 16;
/** ICMP type "rtrsolicit" (IANA icmp-parameters). */
export const ICMP_RTRSOLICIT = 10;
/** ICMP type "timexceed" (IANA icmp-parameters). */
export const ICMP_TIMEXCEED = 11;
/** ICMP code "intrans" of `ICMP_TIMEXCEED` (IANA icmp-parameters). */
export const ICMP_TIMEXCEED_INTRANS = 0;
/** ICMP code "reass" of `ICMP_TIMEXCEED` (IANA icmp-parameters). */
export const ICMP_TIMEXCEED_REASS = 1;
/** ICMP type "paramprob" (IANA icmp-parameters). */
export const ICMP_PARAMPROB = 12;
/** ICMP code "erratptr" of `ICMP_PARAMPROB` (IANA icmp-parameters). */
export const ICMP_PARAMPROB_ERRATPTR = 0;
/** ICMP code "optabsent" of `ICMP_PARAMPROB` (IANA icmp-parameters). */
export const ICMP_PARAMPROB_OPTABSENT = 1;
/** ICMP code "length" of `ICMP_PARAMPROB` (IANA icmp-parameters). */
export const ICMP_PARAMPROB_LENGTH = 2;
/** ICMP type "tstamp" (IANA icmp-parameters). */
export const ICMP_TSTAMP = 13;
/** ICMP type "tstampreply" (IANA icmp-parameters). */
export const ICMP_TSTAMPREPLY = 14;
/** ICMP type "info" (IANA icmp-parameters). */
export const ICMP_INFO = 15;
/** ICMP type "inforeply" (IANA icmp-parameters). */
export const ICMP_INFOREPLY = 16;
/** ICMP type "mask" (IANA icmp-parameters). */
export const ICMP_MASK = 17;
/** ICMP type "maskreply" (IANA icmp-parameters). */
export const ICMP_MASKREPLY = 18;
/** ICMP type "traceroute" (IANA icmp-parameters). */
export const ICMP_TRACEROUTE = 30;
/** ICMP type "dataconverr" (IANA icmp-parameters). */
export const ICMP_DATACONVERR = 31;
/** ICMP type "mobile redirect" (IANA icmp-parameters). */
export const ICMP_MOBILE_REDIRECT = 32;
/** ICMP type "ip6 whereareyou" (IANA icmp-parameters). */
export const ICMP_IP6_WHEREAREYOU = 33;
/** ICMP type "ip6 iamhere" (IANA icmp-parameters). */
export const ICMP_IP6_IAMHERE = 34;
/** ICMP type "mobile reg" (IANA icmp-parameters). */
export const ICMP_MOBILE_REG = 35;
/** ICMP type "mobile regreply" (IANA icmp-parameters). */
export const ICMP_MOBILE_REGREPLY = 36;
/** ICMP type "dns" (IANA icmp-parameters). */
export const ICMP_DNS = 37;
/** ICMP type "dnsreply" (IANA icmp-parameters). */
export const ICMP_DNSREPLY = 38;
/** ICMP type "skip" (IANA icmp-parameters). */
export const ICMP_SKIP = 39;
/** ICMP type "photuris" (IANA icmp-parameters). */
export const ICMP_PHOTURIS = 40;
/** ICMP code "unknown index" of `ICMP_PHOTURIS` (IANA icmp-parameters). */
export const ICMP_PHOTURIS_UNKNOWN_INDEX = 0;
/** ICMP code "auth failed" of `ICMP_PHOTURIS` (IANA icmp-parameters). */
export const ICMP_PHOTURIS_AUTH_FAILED = 1;
/** ICMP code "decompress failed" of `ICMP_PHOTURIS` (IANA icmp-parameters). */
export const ICMP_PHOTURIS_DECOMPRESS_FAILED = 2;
/** ICMP code "decrypt failed" of `ICMP_PHOTURIS` (IANA icmp-parameters). */
export const ICMP_PHOTURIS_DECRYPT_FAILED = 3;
/** ICMP code "need authn" of `ICMP_PHOTURIS` (IANA icmp-parameters). */
export const ICMP_PHOTURIS_NEED_AUTHN = 4;
/** ICMP code "need authz" of `ICMP_PHOTURIS` (IANA icmp-parameters). */
export const ICMP_PHOTURIS_NEED_AUTHZ = 5;
/** Greatest type dpkt names. */
export const ICMP_TYPE_MAX = 40;
