/**
 * dpkt's module `ethernet`.
 *
 * @module
 */
import type { AOE } from "./aoe.ts";
import type { ARP } from "./arp.ts";
import type { CDP } from "./cdp.ts";
import {
  ETH_TYPE_8021AD,
  ETH_TYPE_8021Q,
  ETH_TYPE_IP,
  ETH_TYPE_IP6,
  ETH_TYPE_IPX,
  ETH_TYPE_MPLS,
  ETH_TYPE_MPLS_MCAST,
  ETH_TYPE_QINQ1,
  ETH_TYPE_QINQ2,
  ETH_TYPE_TEB,
  ETH_TYPE_UNKNOWN,
} from "./constants/ethernet.ts";
import { crc32, swap32 } from "./crc.ts";
import type { DTP } from "./dtp.ts";
import type { EDP } from "./edp.ts";
import type { IP } from "./ip.ts";
import type { IP6 } from "./ip6.ts";
import type { IPX } from "./ipx.ts";
import { LLC } from "./llc.ts";
import {
  concat,
  dataBytes,
  EMPTY,
  type Init,
  nameUpper,
  NeedData,
  PackError,
  Packet,
  type PacketClass,
  type PacketData,
  readUint,
  uints,
} from "./packet.ts";
import type { PPP } from "./ppp.ts";
import type { PPPoE } from "./pppoe.ts";
import { ETHERNET_TYPES } from "./switches.ts";

export * from "./constants/ethernet.ts";

/** What an Ethernet frame carries: what is known of its type, or bytes. */
export type EthernetData =
  | ARP
  | IP
  | IP6
  | LLC
  | IPX
  | PPPoE
  | PPP<unknown>
  | CDP
  | DTP
  | EDP
  | AOE
  | Ethernet
  | Packet
  | Uint8Array;

/** Packets by name of their class, as `eth.ip`: `data` if it is of that class. */
export interface NamedByEthernet {
  /** `data`, if it is ARP. */
  readonly arp?: ARP;
  /** `data`, if it is IPv4. */
  readonly ip?: IP;
  /** `data`, if it is IPv6. */
  readonly ip6?: IP6;
  /** `data`, if it is IPX. */
  readonly ipx?: IPX;
  /** `data`, if it is PPP over Ethernet. */
  readonly pppoe?: PPPoE;
  /** `data`, if it is PPP. */
  readonly ppp?: PPP<unknown>;
  /** `data`, if it is CDP. */
  readonly cdp?: CDP;
  /** `data`, if it is DTP. */
  readonly dtp?: DTP;
  /** `data`, if it is EDP. */
  readonly edp?: EDP;
  /** `data`, if it is ATA over Ethernet. */
  readonly aoe?: AOE;
  /** `data`, if it is Ethernet. */
  readonly ethernet?: Ethernet;
}

/** Bytes of the header. */
const HEADER = 14;
/** Labels of one MPLS stack at most, as in dpkt. */
const LABELS_MAX = 24;

/** Whether a type is that of a VLAN tag. */
function isTag(type: number | undefined): boolean {
  return type === ETH_TYPE_8021Q || type === ETH_TYPE_8021AD || type === ETH_TYPE_QINQ1 ||
    type === ETH_TYPE_QINQ2;
}

/** Whether a type is that of a stack of labels. */
function isLabel(type: number | undefined): boolean {
  return type === ETH_TYPE_MPLS || type === ETH_TYPE_MPLS_MCAST;
}

/** An entry of an MPLS label stack (RFC 3032). */
export class MPLSlabel extends Packet<MPLSlabel> {
  /** All parts in one field. */
  declare _val_exp_s_ttl: number;
  /** Label. */
  declare val: number;
  /** Traffic class. */
  declare exp: number;
  /** Bottom of stack. Filled in when the frame is packed. */
  declare s: number;
  /** Time to live. */
  declare ttl: number;

  static {
    this.header<MPLSlabel>("MPLSlabel", [["_val_exp_s_ttl", "I", 0]], {
      bits: { _val_exp_s_ttl: [["val", 20], ["exp", 3], ["s", 1], ["ttl", 8]] },
    });
  }

  /** Reads the entry. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.data = EMPTY;
  }

  /** Label, traffic class and time to live. */
  as_tuple(): [val: number, exp: number, ttl: number] {
    return [this.val, this.exp, this.ttl];
  }
}

/** A VLAN tag (IEEE 802.1Q), from after its type. */
export class VLANtag8021Q extends Packet<VLANtag8021Q> {
  /** `pri`, `cfi` and `id` in one field. */
  declare _pri_cfi_id: number;
  /** Priority. */
  declare pri: number;
  /** Canonical format indicator. */
  declare cfi: number;
  /** VLAN's number. */
  declare id: number;
  /** EtherType of what follows. Filled in when the frame is packed. */
  declare type: number;

  static {
    this.header<VLANtag8021Q>(
      "VLANtag8021Q",
      [["_pri_cfi_id", "H", 0], ["type", "H", ETH_TYPE_IP]],
      {
        bits: { _pri_cfi_id: [["pri", 3], ["cfi", 1], ["id", 12]] },
      },
    );
  }

  /** Reads the tag. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.data = EMPTY;
  }

  /** VLAN's number, priority and canonical format indicator. */
  as_tuple(): [id: number, pri: number, cfi: number] {
    return [this.id, this.pri, this.cfi];
  }
}

/** A tag of Cisco's Inter-Switch Link. */
export class VLANtagISL extends Packet<VLANtagISL> {
  /** Destination address, 5 bytes. */
  declare da: Uint8Array;
  /** `type` and `pri` in one field. */
  declare _type_pri: number;
  /** What is tagged: 0 for Ethernet. */
  declare type: number;
  /** Priority. */
  declare pri: number;
  /** Source address. */
  declare sa: Uint8Array;
  /** Bytes of the frame. */
  declare len: number;
  /** SNAP header. */
  declare snap: Uint8Array;
  /** First half of the source address. */
  declare hsa: Uint8Array;
  /** `id` and `bpdu` in one field. */
  declare _id_bpdu: number;
  /** VLAN's number. */
  declare id: number;
  /** Whether it is a bridge's message. */
  declare bpdu: number;
  /** Port's index. */
  declare indx: number;
  /** Reserved. */
  declare res: number;

  static {
    this.header<VLANtagISL>("VLANtagISL", [
      ["da", "5s", Uint8Array.of(1, 0, 12, 0, 0)],
      ["_type_pri", "B", 3],
      ["sa", "6s", EMPTY],
      ["len", "H", 0],
      ["snap", "3s", Uint8Array.of(0xaa, 0xaa, 3)],
      ["hsa", "3s", Uint8Array.of(0, 0, 12)],
      ["_id_bpdu", "H", 0],
      ["indx", "H", 0],
      ["res", "H", 0],
    ], { bits: { _type_pri: [["type", 4], ["pri", 4]], _id_bpdu: [["id", 15], ["bpdu", 1]] } });
  }

  /** Reads the tag. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.data = EMPTY;
  }
}

/** Payload by name of its class. */
export interface Ethernet extends NamedByEthernet {}

/** Ethernet II, IEEE 802.3 with LLC or Novell's IPX, with VLAN tags, MPLS labels and Cisco's ISL. */
export class Ethernet extends Packet<Ethernet> {
  /** Destination address. */
  declare dst: Uint8Array;
  /** Source address. */
  declare src: Uint8Array;
  /** EtherType, or bytes of payload up to 1500. Filled in when packed, by what `data` is. */
  declare type: number;
  /** Payload. */
  declare data: EthernetData;
  /** VLAN tags: two at most. */
  declare vlan_tags?: (VLANtag8021Q | VLANtagISL)[];
  /** Number of the first tag. */
  declare vlanid?: number;
  /** Priority of the first tag. */
  declare priority?: number;
  /** Canonical format indicator of the first tag. */
  declare cfi?: number;
  /** Number of the ISL tag. */
  declare vlan?: number;
  /** MPLS labels. */
  declare mpls_labels?: MPLSlabel[];
  /** MPLS labels: label, traffic class, time to live. */
  declare labels?: [val: number, exp: number, ttl: number][];
  /** IEEE 802.3: bytes of payload. */
  declare len?: number;
  /** IEEE 802.3: padding after the payload. */
  declare padding?: Uint8Array;
  /** IEEE 802.3: frame check sequence. Zero is filled in when packed. */
  declare fcs?: number;
  /** IEEE 802.3: what follows the frame check sequence. */
  declare trailer?: Uint8Array;
  /** `data`, if it is LLC. */
  declare readonly llc?: LLC;
  declare private _next: number | undefined;
  declare private _rest: Uint8Array;

  static {
    this.header<Ethernet>("Ethernet", [
      ["dst", "6s", EMPTY],
      ["src", "6s", EMPTY],
      ["type", "H", ETH_TYPE_IP],
    ]);
    nameUpper(this.prototype, LLC);
  }

  /** Reads a frame, or makes one; a payload given as bytes is decoded by `type`. */
  constructor(from?: Uint8Array | Init<Ethernet>) {
    super(from);
    if (from instanceof Uint8Array) return;
    const { data } = this;
    if (data instanceof Uint8Array && data.length > 0) {
      this.data = this.upper(ETHERNET_TYPES.get(this.type), data);
    }
  }

  /** Reads header, tags and labels. */
  override unpack(buf: Uint8Array): void {
    for (;;) {
      super.unpack(buf);
      if (
        buf[12] * 256 + buf[13] > 1500 || (buf[0] | 2) !== 3 || buf[1] !== 0 || buf[2] !== 12 ||
        buf[3] !== 0 || buf[4] !== 0
      ) break;
      // Cisco ISL: a tag, then the whole frame.
      const tag = new VLANtagISL(buf);
      buf = buf.subarray(VLANtagISL.__hdr_len__);
      this.vlan_tags = [tag];
      this.vlan = tag.id;
    }
    const type = buf[12] * 256 + buf[13];
    const rest = buf.subarray(HEADER);
    if (type > 1500) {
      this._next = type;
      this.unpackTags(rest);
      // A third and fourth tag take the place of the first two, as in dpkt.
      if (this._rest.length > 0 && (isTag(this._next) || isLabel(this._next))) {
        this.unpackTags(this._rest);
      }
    } else if (rest.length > 1 && rest[0] === 0xff && rest[1] === 0xff) {
      this.type = ETH_TYPE_IPX;
      this.data = this.inner(ETHERNET_TYPES.get(ETH_TYPE_IPX)!, rest.subarray(2));
    } else if (type === ETH_TYPE_UNKNOWN) {
      this._next = type;
      this._rest = rest;
    } else this.unpackLlc(type, rest);
  }

  /** Reads tags or labels, if the type says that there are any. */
  private unpackTags(buf: Uint8Array): void {
    if (isTag(this._next)) {
      const tags: VLANtag8021Q[] = [];
      while (tags.length < 2) {
        const tag = new VLANtag8021Q(buf);
        buf = buf.subarray(4);
        tags.push(tag);
        this._next = tag.type;
        if (tag.type !== ETH_TYPE_8021Q) break;
      }
      this.vlan_tags = tags;
      [this.vlanid, this.priority, this.cfi] = tags[0].as_tuple();
    } else if (isLabel(this._next)) {
      this.labels = [];
      this.mpls_labels = [];
      while (this.labels.length < LABELS_MAX) {
        const label = new MPLSlabel(buf);
        buf = buf.subarray(4);
        this.mpls_labels.push(label);
        this.labels.push(label.as_tuple());
        if (label.s === 1) break;
      }
      if (buf.length === 0) throw new NeedData("Ethernet: nothing follows the labels");
      // Nothing says what follows: guessed from its first bytes.
      if (buf[0] === 0x45) this._next = ETH_TYPE_IP;
      else if (buf[0] >> 4 === 6) this._next = ETH_TYPE_IP6;
      else if (buf.length >= HEADER) {
        // A pseudowire, with or without control word (RFC 4385).
        if (buf[0] === 0 && buf[1] === 0) buf = buf.subarray(4);
        this._next = ETH_TYPE_TEB;
      }
    }
    this._rest = buf;
  }

  /** Reads LLC, and what follows it. */
  private unpackLlc(length: number, rest: Uint8Array): void {
    this.len = length;
    let tail = rest.subarray(length);
    if (tail.length > 4 && length < 46) {
      const padding = tail.subarray(0, 46 - length);
      if (padding.length === 46 - length && padding.every((b) => b === 0)) {
        this.padding = padding;
        tail = tail.subarray(padding.length);
      }
    }
    if (tail.length >= 4) {
      this.fcs = readUint(tail, 0, 4);
      tail = tail.subarray(4);
    }
    if (tail.length > 0) this.trailer = tail;
    this.data = this.inner(LLC, rest.subarray(0, length));
  }

  /** Payload by type. */
  protected override decode(): PacketData {
    return this.upper(ETHERNET_TYPES.get(this._next!), this._rest);
  }

  /** The bytes of header, tags and labels. Types and the bottom of the stack are filled in. */
  override pack_hdr(): Uint8Array {
    const { data, mpls_labels, vlan_tags } = this;
    let type = this.type;
    let tags: readonly Packet[] = [];
    let isl = false;
    if (mpls_labels && mpls_labels.length > 0) {
      for (const label of mpls_labels) label.s = 0;
      mpls_labels.at(-1)!.s = 1;
      if (!isLabel(type)) type = ETH_TYPE_MPLS;
      tags = mpls_labels;
    } else if (vlan_tags && vlan_tags.length > 0) {
      const upper = ETHERNET_TYPES.numberOf(data.constructor) ?? type;
      const [first, second] = vlan_tags;
      if (vlan_tags.length > 2) {
        throw new PackError("maximum is 2 VLAN tags per Ethernet frame");
      } else if (second) {
        if (first instanceof VLANtag8021Q && second instanceof VLANtag8021Q) {
          first.type = ETH_TYPE_8021Q;
          if (!isTag(type)) type = ETH_TYPE_8021AD;
        }
        second.type = upper;
      } else if (first instanceof VLANtag8021Q) {
        if (!isTag(type)) type = ETH_TYPE_8021Q;
        first.type = upper;
      } else {
        first.type = 0;
        isl = true;
      }
      tags = vlan_tags;
    } else type = ETHERNET_TYPES.numberOf(data.constructor) ?? type;
    if (data instanceof LLC) type = data.__len__();
    const header = super.pack_hdr();
    header.set(uints([2], type), 12);
    const packed = tags.map((t) => t.pack_hdr());
    return isl ? concat(...packed, header) : concat(header, ...packed);
  }

  /** The frame's bytes. */
  override bytes(): Uint8Array {
    const { data, padding = EMPTY, trailer = EMPTY } = this;
    const header = this.pack_hdr(), body = dataBytes(data);
    if (!(data instanceof LLC)) return concat(header, body);
    let fcs = EMPTY;
    if (this.fcs !== undefined) {
      // The check does not cover an ISL tag.
      const start = this.vlan_tags?.[0] instanceof VLANtagISL ? VLANtagISL.__hdr_len__ : 0;
      const covered = header.subarray(start);
      fcs = uints([4], this.fcs || swap32(crc32(covered, body, padding)));
    }
    return concat(header, body, padding, fcs, trailer);
  }

  /** Bytes of the frame. */
  override __len__(): number {
    const tags: readonly Packet[] = [...this.mpls_labels ?? [], ...this.vlan_tags ?? []];
    const length = HEADER + this.data.length + tags.reduce((sum, t) => sum + t.__hdr_len__, 0);
    if (!(this.data instanceof LLC)) return length;
    return length + (this.padding?.length ?? 0) + (this.fcs === undefined ? 0 : 4) +
      (this.trailer?.length ?? 0);
  }

  /** Puts a class under an EtherType. */
  static set_type(t: number, pktclass: PacketClass): void {
    ETHERNET_TYPES.set(t, pktclass);
  }

  /** The class of an EtherType. */
  static get_type(t: number): PacketClass | undefined {
    return ETHERNET_TYPES.get(t);
  }

  /** The EtherType of a class. */
  static get_type_rev(k: PacketClass): number | undefined {
    return ETHERNET_TYPES.numberOf(k);
  }
}
