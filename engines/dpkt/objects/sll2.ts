/**
 * dpkt's module `sll2`.
 *
 * @module
 */
import { ARP_HRD_ETH } from "./constants/arp.ts";
import { ETH_TYPE_IP } from "./constants/ethernet.ts";
import type { EthernetData, NamedByEthernet } from "./ethernet.ts";
import { EMPTY, Packet, type PacketData, readUint } from "./packet.ts";
import { ETHERNET_TYPES } from "./switches.ts";

/** Payload by name of its class. */
export interface SLL2 extends NamedByEthernet {}

/** Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2). */
export class SLL2 extends Packet<SLL2> {
  /** EtherType of the payload. */
  declare ethtype: number;
  /** Reserved. */
  declare mbz: number;
  /** Interface's index. */
  declare intindex: number;
  /** Hardware type. */
  declare hrd: number;
  /** Packet type: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us. */
  declare type: number;
  /** Bytes of the address. */
  declare hlen: number;
  /** Address, in 8 bytes. */
  declare hdr: Uint8Array;
  /** Payload, decoded by `ethtype`. */
  declare data: EthernetData;

  static {
    this.header<SLL2>("SLL2", [
      ["ethtype", "H", ETH_TYPE_IP],
      ["mbz", "H", 0],
      ["intindex", "i", 0],
      ["hrd", "H", ARP_HRD_ETH],
      ["type", "B", 0],
      ["hlen", "B", 6],
      ["hdr", "8s", EMPTY],
    ]);
  }

  /** Payload by type. */
  protected override decode(): PacketData {
    return this.upper(ETHERNET_TYPES.get(readUint(this._buf, 0, 2)), this._buf.subarray(20));
  }
}
