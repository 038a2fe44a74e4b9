/**
 * Numbers of dpkt's module `gre`, by its names.
 *
 * @module
 */
/** Flag "checksum present" (RFC 1701, RFC 2637). */
export const GRE_CP = 0x8000;
/** Flag "routing present" (RFC 1701, RFC 2637). */
export const GRE_RP = 0x4000;
/** Flag "key present" (RFC 1701, RFC 2637). */
export const GRE_KP = 0x2000;
/** Flag "sequence number present" (RFC 1701, RFC 2637). */
export const GRE_SP = 0x1000;
/** Flag "strict source route present" (RFC 1701, RFC 2637). */
export const GRE_SS = 0x0800;
/** Flag "acknowledgment number present" (RFC 1701, RFC 2637). */
export const GRE_AP = 0x80;
