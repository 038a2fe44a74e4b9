/**
 * dpkt's module `igmp`.
 *
 * @module
 */
import { Packet, packSummed } from "./packet.ts";

/** Internet Group Management Protocol (RFC 2236). */
export class IGMP extends Packet<IGMP> {
  /** Type. */
  declare type: number;
  /** Greatest time to answer in, in tenths of a second. */
  declare maxresp: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Address of the group, 4 bytes. */
  declare group: Uint8Array;

  static {
    this.header<IGMP>("IGMP", [
      ["type", "B", 0],
      ["maxresp", "B", 0],
      ["sum", "H", 0],
      ["group", "4s", new Uint8Array(4)],
    ]);
  }

  /** The message's bytes, with its checksum. */
  override bytes(): Uint8Array {
    return packSummed(this);
  }
}
