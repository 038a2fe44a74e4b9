/**
 * dpkt's module `ppp`.
 *
 * @module
 */
import { PFC_BIT, PPP_IP } from "./constants/ppp.ts";
import type { IP } from "./ip.ts";
import type { IP6 } from "./ip6.ts";
import {
  concat,
  NeedData,
  Packet,
  type PacketClass,
  type PacketData,
  readUint,
  uints,
} from "./packet.ts";
import { PPP_PROTOCOLS } from "./switches.ts";

export * from "./constants/ppp.ts";

/** Point-to-Point Protocol in HDLC-like framing (RFC 1662). */
export class PPP<Self = unknown> extends Packet<Self> {
  /** Address. */
  declare addr: number;
  /** Control. */
  declare cntrl: number;
  /** Protocol, in one byte or two (RFC 1661 section 2). */
  declare p: number;
  /** Payload, decoded by `p`. */
  declare data: IP | IP6 | Packet | Uint8Array;
  /** `data`, if it is IPv4. */
  declare readonly ip?: IP;
  /** `data`, if it is IPv6. */
  declare readonly ip6?: IP6;
  declare private _protocol: number;
  declare private _start: number;

  static {
    this.header<PPP>("PPP", [["addr", "B", 0xff], ["cntrl", "B", 3], ["p", "B", PPP_IP]]);
    PPP_PROTOCOLS.carriedBy(this);
  }

  /** Reads the header. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const size = this.__hdr_len__;
    this._start = size;
    if ((this.p & PFC_BIT) === 0) {
      if (buf.length <= size) throw new NeedData("PPP: protocol is cut");
      this.p = readUint(buf, size - 1, 2);
      this._start = size + 1;
    }
    this._protocol = this.p;
  }

  /** Payload by protocol. */
  protected override decode(): PacketData {
    return this.upper(PPP_PROTOCOLS.get(this._protocol), this._buf.subarray(this._start));
  }

  /** The header's bytes, with a protocol of two bytes if it needs them. */
  override pack_hdr(): Uint8Array {
    const { p } = this;
    if (p <= 0xff) return super.pack_hdr();
    this.p = 0;
    const header = super.pack_hdr();
    this.p = p;
    return concat(header.subarray(0, -1), uints([2], p));
  }

  /** Puts a class under a protocol number. */
  static set_p(p: number, pktclass: PacketClass): void {
    PPP_PROTOCOLS.set(p, pktclass);
  }

  /** The class of a protocol number. */
  static get_p(p: number): PacketClass | undefined {
    return PPP_PROTOCOLS.get(p);
  }
}
