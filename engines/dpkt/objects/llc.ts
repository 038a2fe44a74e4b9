/**
 * dpkt's module `llc`.
 *
 * @module
 */
import { ETH_TYPE_IP, ETH_TYPE_IPX } from "./constants/ethernet.ts";
import type { EthernetData, NamedByEthernet } from "./ethernet.ts";
import { concat, nameUpper, Packet, type PacketData, readUint, uints } from "./packet.ts";
import { STP } from "./stp.ts";
import { ETHERNET_TYPES } from "./switches.ts";

/** Payload by name of its class. */
export interface LLC extends NamedByEthernet {}

/** Logical Link Control, with SNAP (IEEE 802.2). */
export class LLC extends Packet<LLC> {
  /** Destination service access point. */
  declare dsap: number;
  /** Source service access point. */
  declare ssap: number;
  /** Control. */
  declare ctl: number;
  /** SNAP: organization. */
  declare oui?: number;
  /** SNAP: EtherType. */
  declare type?: number;
  /** Payload. */
  declare data: EthernetData;
  /** `data`, if it is STP. */
  declare readonly stp?: STP;

  static {
    this.header<LLC>("LLC", [["dsap", "B", 0xaa], ["ssap", "B", 0xaa], ["ctl", "B", 3]]);
    nameUpper(this.prototype, STP);
  }

  /** Whether a SNAP header follows. */
  get is_snap(): boolean {
    return this.dsap === 0xaa && this.ssap === 0xaa;
  }

  /** Reads the header. What is not in SNAP must be what the service access point says. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    if (this.is_snap) {
      const [high, low] = [readUint(buf, 3, 1), readUint(buf, 4, 2)];
      this.oui = high * 0x10000 + low;
      this.type = readUint(buf, 6, 2);
      return;
    }
    const rest = buf.subarray(3);
    const kind = this.dsap === 0x06
      ? ETHERNET_TYPES.get(ETH_TYPE_IP)
      : this.dsap === 0x10 || this.dsap === 0xe0
      ? ETHERNET_TYPES.get(ETH_TYPE_IPX)
      : this.dsap === 0x42
      ? STP
      : undefined;
    this.data = kind ? this.inner(kind, rest) : rest;
  }

  /** Payload of SNAP, by EtherType. */
  protected override decode(): PacketData {
    const buf = this._buf;
    return this.upper(ETHERNET_TYPES.get(readUint(buf, 6, 2)), buf.subarray(8));
  }

  /** The header's bytes, SNAP included. */
  override pack_hdr(): Uint8Array {
    const header = super.pack_hdr();
    if (!this.is_snap) return header;
    const type = this.type || ETHERNET_TYPES.numberOf(this.data.constructor) || 0;
    return concat(header, uints([4, 2], this.oui ?? 0, type).subarray(1));
  }

  /** Bytes of header, SNAP and payload. */
  override __len__(): number {
    return this.__hdr_len__ + (this.is_snap ? 5 : 0) + this.data.length;
  }
}
