// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * Numbers of dpkt's module `pppoe`, by its names.
 *
 * @module
 */
/** Code "PADI" (RFC 2516). */
export const PPPoE_PADI = 0x09;
/** Code "PADO" (RFC 2516). */
export const PPPoE_PADO = 0x07;
/** Code "PADR" (RFC 2516). */
export const PPPoE_PADR = 0x19;
/** Code "PADS" (RFC 2516). */
export const PPPoE_PADS = 0x65;
/** Code "PADT" (RFC 2516). */
export const PPPoE_PADT = 0xa7;
/** Code "SESSION" (RFC 2516). */
export const PPPoE_SESSION = 0x00;
