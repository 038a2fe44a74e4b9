/**
 * Numbers of dpkt's module `dns`, by its names.
 *
 * @module
 */
/** Value of `qr` in a query. */
export const DNS_Q = 0;
/** Value of `qr` in a response. */
export const DNS_R = 1;
/** Opcode QUERY (IANA dns-parameters). */
export const DNS_QUERY = 0;
/** Opcode IQUERY (IANA dns-parameters). */
export const DNS_IQUERY = 1;
/** Opcode STATUS (IANA dns-parameters). */
export const DNS_STATUS = 2;
/** Opcode NOTIFY (IANA dns-parameters). */
export const DNS_NOTIFY = 4;
/** Opcode UPDATE (IANA dns-parameters). */
export const DNS_UPDATE = 5;
/** Flag CD in `op` (RFC 1035 section 4.1.1). */
export const DNS_CD = 0x10;
/** Flag AD in `op` (RFC 1035 section 4.1.1). */
export const DNS_AD = 0x20;
/** Flag Z in `op` (RFC 1035 section 4.1.1). */
export const DNS_Z = 0x40;
/** Flag RA in `op` (RFC 1035 section 4.1.1). */
export const DNS_RA = 0x80;
/** Flag RD in `op` (RFC 1035 section 4.1.1). */
export const DNS_RD = 0x0100;
/** Flag TC in `op` (RFC 1035 section 4.1.1). */
export const DNS_TC = 0x0200;
/** Flag AA in `op` (RFC 1035 section 4.1.1). */
export const DNS_AA = 0x0400;
/** Flag QR in `op` (RFC 1035 section 4.1.1). */
export const DNS_QR = 0x8000;
/** Response code NOERR (IANA dns-parameters). */
export const DNS_RCODE_NOERR = 0;
/** Response code FORMERR (IANA dns-parameters). */
export const DNS_RCODE_FORMERR = 1;
/** Response code SERVFAIL (IANA dns-parameters). */
export const DNS_RCODE_SERVFAIL = 2;
/** Response code NXDOMAIN (IANA dns-parameters). */
export const DNS_RCODE_NXDOMAIN = 3;
/** Response code NOTIMP (IANA dns-parameters). */
export const DNS_RCODE_NOTIMP = 4;
/** Response code REFUSED (IANA dns-parameters). */
export const DNS_RCODE_REFUSED = 5;
/** Response code YXDOMAIN (IANA dns-parameters). */
export const DNS_RCODE_YXDOMAIN = 6;
/** Response code YXRRSET (IANA dns-parameters). */
export const DNS_RCODE_YXRRSET = 7;
/** Response code NXRRSET (IANA dns-parameters). */
export const DNS_RCODE_NXRRSET = 8;
/** Response code NOTAUTH (IANA dns-parameters). */
export const DNS_RCODE_NOTAUTH = 9;
/** Response code NOTZONE (IANA dns-parameters). */
export const DNS_RCODE_NOTZONE = 10;
/** Record type A (IANA dns-parameters). */
export const DNS_A = 1;
/** Record type NS (IANA dns-parameters). */
export const DNS_NS = 2;
/** Record type CNAME (IANA dns-parameters). */
export const DNS_CNAME = 5;
/** Record type SOA (IANA dns-parameters). */
export const DNS_SOA = 6;
/** Record type NULL (IANA dns-parameters). */
export const DNS_NULL = 10;
/** Record type PTR (IANA dns-parameters). */
export const DNS_PTR = 12;
/** Record type HINFO (IANA dns-parameters). */
export const DNS_HINFO = 13;
/** Record type MX (IANA dns-parameters). */
export const DNS_MX = 15;
/** Record type TXT (IANA dns-parameters). */
export const DNS_TXT = 16;
/** Record type AAAA (IANA dns-parameters). */
export const DNS_AAAA = 28;
/** Record type SRV (IANA dns-parameters). */
export const DNS_SRV = 33;
/** Record type OPT (IANA dns-parameters). */
export const DNS_OPT = 41;
/** Class IN (IANA dns-parameters). */
export const DNS_IN = 1;
/** Class CHAOS (IANA dns-parameters). */
export const DNS_CHAOS = 3;
/** Class HESIOD (IANA dns-parameters). */
export const DNS_HESIOD = 4;
/** Class ANY (IANA dns-parameters). */
export const DNS_ANY = 255;
