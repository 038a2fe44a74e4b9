/**
 * Numbers of dpkt's module `ntp`, by its names.
 *
 * @module
 */
/** Leap indicator "no warning" (RFC 5905 section 7.3). */
export const NO_WARNING = 0;
/** Leap indicator "last minute 61 seconds" (RFC 5905 section 7.3). */
export const LAST_MINUTE_61_SECONDS = 1;
/** Leap indicator "last minute 59 seconds" (RFC 5905 section 7.3). */
export const LAST_MINUTE_59_SECONDS = 2;
/** Leap indicator "alarm condition" (RFC 5905 section 7.3). */
export const ALARM_CONDITION = 3;
/** Mode "reserved" (RFC 5905 section 7.3). */
export const RESERVED = 0;
/** Mode "symmetric active" (RFC 5905 section 7.3). */
export const SYMMETRIC_ACTIVE = 1;
/** Mode "symmetric passive" (RFC 5905 section 7.3). */
export const SYMMETRIC_PASSIVE = 2;
/** Mode "client" (RFC 5905 section 7.3). */
export const CLIENT = 3;
/** Mode "server" (RFC 5905 section 7.3). */
export const SERVER = 4;
/** Mode "broadcast" (RFC 5905 section 7.3). */
export const BROADCAST = 5;
/** Mode "control message" (RFC 5905 section 7.3). */
export const CONTROL_MESSAGE = 6;
/** Mode "private" (RFC 5905 section 7.3). */
export const PRIVATE = 7;
