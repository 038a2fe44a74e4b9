/**
 * Numbers of dpkt's module `icmp6`, by its names.
 *
 * @module
 */
/** ICMPv6 type "dst unreach" (IANA icmpv6-parameters). */
export const ICMP6_DST_UNREACH = 1;
/** ICMPv6 type "packet too big" (IANA icmpv6-parameters). */
export const ICMP6_PACKET_TOO_BIG = 2;
/** ICMPv6 type "time exceeded" (IANA icmpv6-parameters). */
export const ICMP6_TIME_EXCEEDED = 3;
/** ICMPv6 type "param prob" (IANA icmpv6-parameters). */
export const ICMP6_PARAM_PROB = 4;
/** ICMPv6 type "echo request" (IANA icmpv6-parameters). */
export const ICMP6_ECHO_REQUEST = 128;
/** ICMPv6 type "echo reply" (IANA icmpv6-parameters). */
export const ICMP6_ECHO_REPLY = 129;
/** ICMPv6 type "mld listener query" (IANA icmpv6-parameters). */
export const MLD_LISTENER_QUERY = 130;
/** ICMPv6 type "mld listener report" (IANA icmpv6-parameters). */
export const MLD_LISTENER_REPORT = 131;
/** ICMPv6 type "mld listener done" (IANA icmpv6-parameters). */
export const MLD_LISTENER_DONE = 132;
/** ICMPv6 type "membership query" (IANA icmpv6-parameters). */
export const ICMP6_MEMBERSHIP_QUERY = 130;
/** ICMPv6 type "membership report" (IANA icmpv6-parameters). */
export const ICMP6_MEMBERSHIP_REPORT = 131;
/** ICMPv6 type "membership reduction" (IANA icmpv6-parameters). */
export const ICMP6_MEMBERSHIP_REDUCTION = 132;
/** ICMPv6 type "nd router solicit" (IANA icmpv6-parameters). */
export const ND_ROUTER_SOLICIT = 133;
/** ICMPv6 type "nd router advert" (IANA icmpv6-parameters). */
export const ND_ROUTER_ADVERT = 134;
/** ICMPv6 type "nd neighbor solicit" (IANA icmpv6-parameters). */
export const ND_NEIGHBOR_SOLICIT = 135;
/** ICMPv6 type "nd neighbor advert" (IANA icmpv6-parameters). */
export const ND_NEIGHBOR_ADVERT = 136;
/** ICMPv6 type "nd redirect" (IANA icmpv6-parameters). */
export const ND_REDIRECT = 137;
/** ICMPv6 type "router renumbering" (IANA icmpv6-parameters). */
export const ICMP6_ROUTER_RENUMBERING = 138;
/** ICMPv6 type "wrurequest" (IANA icmpv6-parameters). */
export const ICMP6_WRUREQUEST = 139;
/** ICMPv6 type "wrureply" (IANA icmpv6-parameters). */
export const ICMP6_WRUREPLY = 140;
/** ICMPv6 type "fqdn query" (IANA icmpv6-parameters). */
export const ICMP6_FQDN_QUERY = 139;
/** ICMPv6 type "fqdn reply" (IANA icmpv6-parameters). */
export const ICMP6_FQDN_REPLY = 140;
/** ICMPv6 type "ni query" (IANA icmpv6-parameters). */
export const ICMP6_NI_QUERY = 139;
/** ICMPv6 type "ni reply" (IANA icmpv6-parameters). */
export const ICMP6_NI_REPLY = 140;
/** Greatest type dpkt names. */
export const ICMP6_MAXTYPE = 201;
