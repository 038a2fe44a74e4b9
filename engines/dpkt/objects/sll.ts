/**
 * dpkt's module `sll`.
 *
 * @module
 */
import { ARP_HRD_ETH } from "./constants/arp.ts";
import { ETH_TYPE_IP } from "./constants/ethernet.ts";
import type { EthernetData, NamedByEthernet } from "./ethernet.ts";
import { EMPTY, Packet, type PacketData, readUint } from "./packet.ts";
import { ETHERNET_TYPES } from "./switches.ts";

/** Payload by name of its class. */
export interface SLL extends NamedByEthernet {}

/** Linux cooked capture (LINKTYPE_LINUX_SLL). */
export class SLL extends Packet<SLL> {
  /** Packet type: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us. */
  declare type: number;
  /** Hardware type. */
  declare hrd: number;
  /** Bytes of the address. */
  declare hlen: number;
  /** Address, in 8 bytes. */
  declare hdr: Uint8Array;
  /** EtherType of the payload. */
  declare ethtype: number;
  /** Payload, decoded by `ethtype`. */
  declare data: EthernetData;

  static {
    this.header<SLL>("SLL", [
      ["type", "H", 0],
      ["hrd", "H", ARP_HRD_ETH],
      ["hlen", "H", 6],
      ["hdr", "8s", EMPTY],
      ["ethtype", "H", ETH_TYPE_IP],
    ]);
  }

  /** Payload by type. */
  protected override decode(): PacketData {
    return this.upper(ETHERNET_TYPES.get(readUint(this._buf, 14, 2)), this._buf.subarray(16));
  }
}
