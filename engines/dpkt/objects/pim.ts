/**
 * dpkt's module `pim`.
 *
 * @module
 */
import { Packet, packSummed } from "./packet.ts";

/** Protocol Independent Multicast (RFC 7761). */
export class PIM extends Packet<PIM> {
  /** `v` and `type` in one field. */
  declare _v_type: number;
  /** Version. */
  declare v: number;
  /** Type. */
  declare type: number;
  /** Reserved. */
  declare _rsvd: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;

  static {
    this.header<PIM>("PIM", [["_v_type", "B", 0x20], ["_rsvd", "B", 0], ["sum", "H", 0]], {
      bits: { _v_type: [["v", 4], ["type", 4]] },
    });
  }

  /** The message's bytes, with its checksum. */
  override bytes(): Uint8Array {
    return packSummed(this);
  }
}
