/**
 * Numbers of dpkt's module `ospf`, by its names.
 *
 * @module
 */
/** Authentication type none (RFC 2328 appendix D). */
export const AUTH_NONE = 0;
/** Authentication type password (RFC 2328 appendix D). */
export const AUTH_PASSWORD = 1;
/** Authentication type crypto (RFC 2328 appendix D). */
export const AUTH_CRYPTO = 2;
