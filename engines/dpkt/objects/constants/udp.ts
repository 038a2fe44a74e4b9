/**
 * Numbers of dpkt's module `udp`, by its names.
 *
 * @module
 */
/** Bytes of the header. */
export const UDP_HDR_LEN = 8;
/** Greatest port. */
export const UDP_PORT_MAX = 65535;
