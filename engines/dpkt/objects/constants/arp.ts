/**
 * Numbers of dpkt's module `arp`, by its names.
 *
 * @module
 */
/** Hardware type ETH (IANA arp-parameters). */
export const ARP_HRD_ETH = 1;
/** Hardware type IEEE802 (IANA arp-parameters). */
export const ARP_HRD_IEEE802 = 6;
/** Protocol type IP, an EtherType. */
export const ARP_PRO_IP = 2048;
/** Operation "request" (RFC 826, RFC 903). */
export const ARP_OP_REQUEST = 1;
/** Operation "reply" (RFC 826, RFC 903). */
export const ARP_OP_REPLY = 2;
/** Operation "revrequest" (RFC 826, RFC 903). */
export const ARP_OP_REVREQUEST = 3;
/** Operation "revreply" (RFC 826, RFC 903). */
export const ARP_OP_REVREPLY = 4;
