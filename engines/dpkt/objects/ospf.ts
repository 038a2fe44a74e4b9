/**
 * dpkt's module `ospf`.
 *
 * @module
 */
import { EMPTY, Packet, packSummed } from "./packet.ts";

export * from "./constants/ospf.ts";

/** Open Shortest Path First, version 2 (RFC 2328). */
export class OSPF extends Packet<OSPF> {
  /** Version. */
  declare v: number;
  /** Type. */
  declare type: number;
  /** Bytes of the packet. */
  declare len: number;
  /** Router's number. */
  declare router: number;
  /** Area's number. */
  declare area: number;
  /** Checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Authentication type, such as `AUTH_PASSWORD`. */
  declare atype: number;
  /** Authentication, 8 bytes. */
  declare auth: Uint8Array;

  static {
    this.header<OSPF>("OSPF", [
      ["v", "B", 0],
      ["type", "B", 0],
      ["len", "H", 0],
      ["router", "I", 0],
      ["area", "I", 0],
      ["sum", "H", 0],
      ["atype", "H", 0],
      ["auth", "8s", EMPTY],
    ]);
  }

  /** The packet's bytes, with its checksum. */
  override bytes(): Uint8Array {
    return packSummed(this);
  }
}
