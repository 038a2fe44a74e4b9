/**
 * Numbers of dpkt's module `ppp`, by its names.
 *
 * @module
 */
/** Protocol number of IPv4. */
export const PPP_IP = 0x21;
/** Protocol number of IPv6. */
export const PPP_IP6 = 0x57;
/** Set in the last byte of a protocol number (RFC 1661 section 2). */
export const PFC_BIT = 0x01;
