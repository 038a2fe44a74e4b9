/**
 * dpkt's module `gre`.
 *
 * @module
 */
import { GRE_AP, GRE_CP, GRE_KP, GRE_RP, GRE_SP } from "./constants/gre.ts";
import type { EthernetData, NamedByEthernet } from "./ethernet.ts";
import { concat, dataBytes, Packet, type PacketData, readUint, uints } from "./packet.ts";
import { ETHERNET_TYPES } from "./switches.ts";

export * from "./constants/gre.ts";

/** Fields that flags add to the header. */
type Optional = "len" | "callid" | "sum" | "off" | "key" | "seq" | "ack";

/** Fields of version 0: flags, name, bytes. */
const FIELDS: readonly (readonly [flags: number, name: Optional, size: 2 | 4])[] = [
  [GRE_CP | GRE_RP, "sum", 2],
  [GRE_CP | GRE_RP, "off", 2],
  [GRE_KP, "key", 4],
  [GRE_SP, "seq", 4],
  [GRE_AP, "ack", 4],
];

/** Source route entry (RFC 1701); `GRE.SRE`. */
export class SRE extends Packet<SRE> {
  /** Address family. */
  declare family: number;
  /** Offset of the active hop. */
  declare off: number;
  /** Bytes of routing information. */
  declare len: number;
  /** Routing information. */
  declare data: Uint8Array;

  static {
    this.header<SRE>("SRE", [["family", "H", 0], ["off", "B", 0], ["len", "B", 0]]);
  }

  /** Routing information. */
  protected override decode(): PacketData {
    return this._buf.subarray(4, 4 + this._buf[3]);
  }
}

/** Payload by name of its class. */
export interface GRE extends NamedByEthernet {}

/** Generic Routing Encapsulation (RFC 1701, RFC 2784, RFC 2890; version 1 RFC 2637). */
export class GRE extends Packet<GRE> {
  /** Flags, recursion control and version. */
  declare flags: number;
  /** EtherType of the payload. */
  declare p: number;
  /** Version 1: bytes of payload. */
  declare len?: number;
  /** Version 1: call's number. */
  declare callid?: number;
  /** Checksum, with `GRE_CP` or `GRE_RP`. */
  declare sum?: number;
  /** Offset of the active source route entry, with `GRE_CP` or `GRE_RP`. */
  declare off?: number;
  /** Key, with `GRE_KP`. */
  declare key?: number;
  /** Sequence number, with `GRE_SP`. */
  declare seq?: number;
  /** Acknowledgment number, with `GRE_AP`. */
  declare ack?: number;
  /** Source route entries, with `GRE_RP`. */
  declare sre: SRE[];
  /** Payload, decoded by `p`. */
  declare data: EthernetData;
  declare private _rest: Uint8Array;

  /** Source route entry. */
  static readonly SRE: typeof SRE = SRE;

  static {
    this.header<GRE>("GRE", [["flags", "H", 0], ["p", "H", 0x0800]]);
    Object.defineProperty(this.prototype, "sre", { value: Object.freeze([]), writable: true });
  }

  /** Version. */
  get v(): number {
    return this.flags & 0x7;
  }
  set v(v: number) {
    this.flags = (this.flags & ~0x7) | (v & 0x7);
  }
  /** Recursion control. */
  get recur(): number {
    return (this.flags >> 5) & 0x7;
  }
  set recur(v: number) {
    this.flags = (this.flags & ~0xe0) | ((v & 0x7) << 5);
  }

  /** Names and sizes of the fields that the flags add. */
  private optional(): (readonly [name: Optional, size: 2 | 4])[] {
    const { flags } = this;
    const found: (readonly [Optional, 2 | 4])[] = this.v === 0 ? [] : [["len", 2], ["callid", 2]];
    for (const [mask, name, size] of this.v === 0 ? FIELDS : FIELDS.slice(-2)) {
      if (flags & mask) found.push([name, size]);
    }
    return found;
  }

  /** Reads header and source routes. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    let at = 4;
    for (const [name, size] of this.optional()) {
      this[name] = readUint(buf, at, size);
      at += size;
    }
    let rest = buf.subarray(at);
    if (this.flags & GRE_RP) {
      const entries: SRE[] = [];
      for (;;) {
        const entry = new SRE(rest);
        entries.push(entry);
        rest = rest.subarray(entry.__len__());
        if (entry.len === 0) break;
      }
      this.sre = entries;
    }
    this._rest = rest;
  }

  /** Payload by EtherType. */
  protected override decode(): PacketData {
    return this.upper(ETHERNET_TYPES.get(readUint(this._buf, 2, 2)), this._rest);
  }

  /** Bytes of header, source routes and payload. */
  override __len__(): number {
    return this.optional().reduce((sum, [, size]) => sum + size, this.__hdr_len__) +
      this.sre.reduce((sum, e) => sum + e.__len__(), 0) + this.data.length;
  }

  /** The packet's bytes. */
  override bytes(): Uint8Array {
    const fields = this.optional();
    return concat(
      this.pack_hdr(),
      uints(fields.map(([, size]) => size), ...fields.map(([name]) => this[name] as number)),
      ...this.sre.map((e) => e.bytes()),
      dataBytes(this.data),
    );
  }
}
