/**
 * dpkt's module `edp`.
 *
 * @module
 */
import { EMPTY, Packet, packSummed } from "./packet.ts";

/** Extreme Discovery Protocol. */
export class EDP extends Packet<EDP> {
  /** Version. */
  declare version: number;
  /** Reserved. */
  declare reserved: number;
  /** Bytes of the message. */
  declare hlen: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Sequence number. */
  declare seq: number;
  /** Type of the machine's number. */
  declare mid: number;
  /** The machine's MAC address. */
  declare mac: Uint8Array;

  static {
    this.header<EDP>("EDP", [
      ["version", "B", 1],
      ["reserved", "B", 0],
      ["hlen", "H", 0],
      ["sum", "H", 0],
      ["seq", "H", 0],
      ["mid", "H", 0],
      ["mac", "6s", EMPTY],
    ]);
  }

  /** The message's bytes, with its checksum. */
  override bytes(): Uint8Array {
    return packSummed(this);
  }
}
