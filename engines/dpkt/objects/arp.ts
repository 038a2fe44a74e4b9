/**
 * dpkt's module `arp`.
 *
 * @module
 */
import { ARP_HRD_ETH, ARP_OP_REQUEST, ARP_PRO_IP } from "./constants/arp.ts";
import { EMPTY, Packet } from "./packet.ts";

export * from "./constants/arp.ts";

/** Address Resolution Protocol over Ethernet and IPv4 (RFC 826). */
export class ARP extends Packet<ARP> {
  /** Hardware type. */
  declare hrd: number;
  /** Protocol type, an EtherType. */
  declare pro: number;
  /** Bytes of a hardware address. */
  declare hln: number;
  /** Bytes of a protocol address. */
  declare pln: number;
  /** Operation, such as `ARP_OP_REQUEST`. */
  declare op: number;
  /** Hardware address of the sender. */
  declare sha: Uint8Array;
  /** Protocol address of the sender. */
  declare spa: Uint8Array;
  /** Hardware address of the target. */
  declare tha: Uint8Array;
  /** Protocol address of the target. */
  declare tpa: Uint8Array;

  static {
    this.header<ARP>("ARP", [
      ["hrd", "H", ARP_HRD_ETH],
      ["pro", "H", ARP_PRO_IP],
      ["hln", "B", 6],
      ["pln", "B", 4],
      ["op", "H", ARP_OP_REQUEST],
      ["sha", "6s", EMPTY],
      ["spa", "4s", EMPTY],
      ["tha", "6s", EMPTY],
      ["tpa", "4s", EMPTY],
    ]);
  }
}
