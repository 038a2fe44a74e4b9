/**
 * dpkt's module `ntp`.
 *
 * @module
 */
import { Packet } from "./packet.ts";

export * from "./constants/ntp.ts";

/** Network Time Protocol (RFC 5905). */
export class NTP extends Packet<NTP> {
  /** `li`, `v` and `mode` in one field. */
  declare flags: number;
  /** Leap indicator, such as `NO_WARNING`. */
  declare li: number;
  /** Version. */
  declare v: number;
  /** Mode, such as `CLIENT`. */
  declare mode: number;
  /** Stratum. */
  declare stratum: number;
  /** Poll interval: power of 2 in seconds. */
  declare interval: number;
  /** Precision of the clock: power of 2 in seconds, as an unsigned number. */
  declare precision: number;
  /** Round trip to the reference clock in units of 2^-16 seconds. */
  declare delay: number;
  /** Dispersion in units of 2^-16 seconds. */
  declare dispersion: number;
  /** Reference, 4 bytes. */
  declare id: Uint8Array;
  /** Time of the last update: seconds since 1900 and fraction, 4 bytes each. */
  declare update_time: Uint8Array;
  /** Time at the client when the request left, 8 bytes. */
  declare originate_time: Uint8Array;
  /** Time at the server when the request arrived, 8 bytes. */
  declare receive_time: Uint8Array;
  /** Time at the server when the response left, 8 bytes. */
  declare transmit_time: Uint8Array;

  static {
    // dpkt's defaults of the last five are the number 0, which it cannot pack.
    this.header<NTP>("NTP", [
      ["flags", "B", 0],
      ["stratum", "B", 0],
      ["interval", "B", 0],
      ["precision", "B", 0],
      ["delay", "I", 0],
      ["dispersion", "I", 0],
      ["id", "4s", new Uint8Array(4)],
      ["update_time", "8s", new Uint8Array(8)],
      ["originate_time", "8s", new Uint8Array(8)],
      ["receive_time", "8s", new Uint8Array(8)],
      ["transmit_time", "8s", new Uint8Array(8)],
    ], { bits: { flags: [["li", 2], ["v", 3], ["mode", 3]] } });
  }
}
