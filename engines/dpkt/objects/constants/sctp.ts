/**
 * Numbers of dpkt's module `sctp`, by its names.
 *
 * @module
 */
/** Chunk type DATA (RFC 9260 section 3.2). */
export const DATA = 0;
/** Chunk type INIT (RFC 9260 section 3.2). */
export const INIT = 1;
/** Chunk type INIT ACK (RFC 9260 section 3.2). */
export const INIT_ACK = 2;
/** Chunk type SACK (RFC 9260 section 3.2). */
export const SACK = 3;
/** Chunk type HEARTBEAT (RFC 9260 section 3.2). */
export const HEARTBEAT = 4;
/** Chunk type HEARTBEAT ACK (RFC 9260 section 3.2). */
export const HEARTBEAT_ACK = 5;
/** Chunk type ABORT (RFC 9260 section 3.2). */
export const ABORT = 6;
/** Chunk type SHUTDOWN (RFC 9260 section 3.2). */
export const SHUTDOWN = 7;
/** Chunk type SHUTDOWN ACK (RFC 9260 section 3.2). */
export const SHUTDOWN_ACK = 8;
/** Chunk type ERROR (RFC 9260 section 3.2). */
export const ERROR = 9;
/** Chunk type COOKIE ECHO (RFC 9260 section 3.2). */
export const COOKIE_ECHO = 10;
/** Chunk type COOKIE ACK (RFC 9260 section 3.2). */
export const COOKIE_ACK = 11;
/** Chunk type ECNE (RFC 9260 section 3.2). */
export const ECNE = 12;
/** Chunk type CWR (RFC 9260 section 3.2). */
export const CWR = 13;
/** Chunk type SHUTDOWN COMPLETE (RFC 9260 section 3.2). */
export const SHUTDOWN_COMPLETE = 14;
