/**
 * Numbers of dpkt's module `ipx`, by its names.
 *
 * @module
 */
/** Bytes of the header. */
export const IPX_HDR_LEN = 30;
