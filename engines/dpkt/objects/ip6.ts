// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `ip6`.
 *
 * @module
 */
import {
  IP_PROTO_AH,
  IP_PROTO_DSTOPTS,
  IP_PROTO_ESP,
  IP_PROTO_FRAGMENT,
  IP_PROTO_HOPOPTS,
  IP_PROTO_ICMP6,
  IP_PROTO_ROUTING,
  IP_PROTO_TCP,
  IP_PROTO_UDP,
} from "./constants/ip.ts";
import type { IPData, NamedByIP } from "./ip.ts";
import {
  concat,
  dataBytes,
  EMPTY,
  in_cksum_add,
  in_cksum_done,
  NeedData,
  Packet,
  type PacketClass,
  type PacketData,
  uints,
} from "./packet.ts";
import { IP_PROTOCOLS } from "./switches.ts";

/** Bytes of the fixed header. */
const HEADER = 40;

/** What extension headers have in common. */
export class IP6ExtensionHeader<Self = unknown> extends Packet<Self> {
  /** Next header. ESP has none that can be read. */
  declare nxt?: number;

  static {
    // Other than elsewhere `length` is not len(): dpkt keeps there what the header itself says of its length.
    Object.defineProperty(this.prototype, "length", { value: 0, writable: true });
    this.header("IP6ExtensionHeader");
  }
}

/** An option of a hop-by-hop or destination options header. */
export interface IP6Option {
  /** Type (IANA ipv6-parameters). */
  readonly type: number;
  /** Bytes of the value, as the option says. */
  readonly opt_length: number;
  /** The value. */
  readonly data: Uint8Array;
}

/** Hop-by-hop or destination options (RFC 8200 section 4.2). */
export class IP6OptsHeader extends IP6ExtensionHeader<IP6OptsHeader> {
  /** Next header. */
  declare nxt: number;
  /** Units of 8 bytes after the first. */
  declare len: number;
  /** Options, without padding. */
  declare options: IP6Option[];
  /** Options as they are. */
  declare data: Uint8Array;

  static {
    this.header<IP6OptsHeader>("IP6OptsHeader", [["nxt", "B", 0], ["len", "B", 0]]);
  }

  /** Reads the options. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const length = (buf[1] + 1) * 8;
    const options: IP6Option[] = [];
    for (let at = 2; at < length;) {
      if (at >= buf.length) throw new NeedData("options are cut");
      const type = buf[at];
      if (type === 0) {
        at++;
        continue;
      }
      if (at + 1 >= buf.length) throw new NeedData("options are cut");
      const opt_length = buf[at + 1];
      if (type !== 1) {
        options.push({ type, opt_length, data: buf.subarray(at + 2, at + 2 + opt_length) });
      }
      at += opt_length + 2;
    }
    this.length = length;
    this.options = options;
    this.data = buf.subarray(2, length);
  }
}

/** Hop-by-hop options (RFC 8200 section 4.3). */
export class IP6HopOptsHeader extends IP6OptsHeader {
  static {
    this.header("IP6HopOptsHeader");
  }
}

/** Destination options (RFC 8200 section 4.6). */
export class IP6DstOptsHeader extends IP6OptsHeader {
  static {
    this.header("IP6DstOptsHeader");
  }
}

/** Routing header (RFC 8200 section 4.4), read as type 0. */
export class IP6RoutingHeader extends IP6ExtensionHeader<IP6RoutingHeader> {
  /** Next header. */
  declare nxt: number;
  /** Units of 8 bytes after the first. */
  declare len: number;
  /** Routing type. */
  declare type: number;
  /** Segments left. */
  declare segs_left: number;
  /** Reserved bits and `sl_bits` in one field. */
  declare _rsvd_sl_bits: number;
  /** Strict/loose bits of RFC 1883. */
  declare sl_bits: number;
  /** Addresses, 16 bytes each. */
  declare addresses: Uint8Array[];
  /** Addresses as they are. */
  declare data: Uint8Array;

  static {
    this.header<IP6RoutingHeader>("IP6RoutingHeader", [
      ["nxt", "B", 0],
      ["len", "B", 0],
      ["type", "B", 0],
      ["segs_left", "B", 0],
      ["_rsvd_sl_bits", "I", 0],
    ], { bits: { _rsvd_sl_bits: [["_rsvd", 8], ["sl_bits", 24]] } });
  }

  /** Reads the addresses. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const many = buf[1] >> 1;
    this.data = buf.subarray(8, 8 + many * 16);
    this.addresses = Array.from(
      { length: many },
      (_, i) => this.data.subarray(i * 16, i * 16 + 16),
    );
    this.length = buf[1] * 8 + 8;
  }
}

/** Fragment header (RFC 8200 section 4.5). */
export class IP6FragmentHeader extends IP6ExtensionHeader<IP6FragmentHeader> {
  /** Next header. */
  declare nxt: number;
  /** Reserved. */
  declare _resv: number;
  /** `frag_off`, two reserved bits and `m_flag` in one field. */
  declare _frag_off_resv_m: number;
  /** Offset in units of 8 bytes. */
  declare frag_off: number;
  /** "More fragments". */
  declare m_flag: number;
  /** Identification. */
  declare id: number;
  /** Nothing. */
  declare data: Uint8Array;

  static {
    this.header<IP6FragmentHeader>("IP6FragmentHeader", [
      ["nxt", "B", 0],
      ["_resv", "B", 0],
      ["_frag_off_resv_m", "H", 0],
      ["id", "I", 0],
    ], { bits: { _frag_off_resv_m: [["frag_off", 13], ["_resv", 2], ["m_flag", 1]] } });
  }

  /** Reads the header. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.length = 8;
    this.data = EMPTY;
  }
}

/** Authentication header (RFC 4302) as an extension header. */
export class IP6AHHeader extends IP6ExtensionHeader<IP6AHHeader> {
  /** Next header. */
  declare nxt: number;
  /** Words of 4 bytes after the second. */
  declare len: number;
  /** Reserved. */
  declare _resv: number;
  /** Security parameters index. */
  declare spi: number;
  /** Sequence number. */
  declare seq: number;
  /** Integrity check value. */
  declare auth_data: Uint8Array;

  static {
    this.header<IP6AHHeader>("IP6AHHeader", [
      ["nxt", "B", 0],
      ["len", "B", 0],
      ["_resv", "H", 0],
      ["spi", "I", 0],
      ["seq", "I", 0],
    ]);
  }

  /** Reads the header. `data` is all that follows, the next header included, as in dpkt. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.length = (buf[1] + 2) * 4;
    // A length of 0 counts from the end, in Python as here.
    this.auth_data = buf.subarray(12).subarray(0, (buf[1] - 1) * 4);
  }
}

/** Encapsulating security payload (RFC 4303) as an extension header: it takes all the rest. */
export class IP6ESPHeader extends IP6ExtensionHeader<IP6ESPHeader> {
  /** Security parameters index. */
  declare spi: number;
  /** Sequence number. */
  declare seq: number;

  static {
    this.header<IP6ESPHeader>("IP6ESPHeader", [["spi", "I", 0], ["seq", "I", 0]]);
  }

  /** Reads the header. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.length = buf.length;
  }
}

/** Numbers of the extension headers, in the order that RFC 1883 gives them. */
export const EXT_HDRS: readonly number[] = [
  IP_PROTO_HOPOPTS,
  IP_PROTO_ROUTING,
  IP_PROTO_FRAGMENT,
  IP_PROTO_AH,
  IP_PROTO_ESP,
  IP_PROTO_DSTOPTS,
];

/** Classes of the extension headers by number. */
export const EXT_HDRS_CLS: Readonly<Record<number, PacketClass<IP6ExtensionHeader>>> = {
  [IP_PROTO_HOPOPTS]: IP6HopOptsHeader,
  [IP_PROTO_ROUTING]: IP6RoutingHeader,
  [IP_PROTO_FRAGMENT]: IP6FragmentHeader,
  [IP_PROTO_AH]: IP6AHHeader,
  [IP_PROTO_ESP]: IP6ESPHeader,
  [IP_PROTO_DSTOPTS]: IP6DstOptsHeader,
};

/** Payload by name of its class. */
export interface IP6 extends NamedByIP {}

/** Internet Protocol, version 6 (RFC 8200). */
export class IP6 extends Packet<IP6> {
  /** `v`, `fc` and `flow` in one field. */
  declare _v_fc_flow: number;
  /** Version. */
  declare v: number;
  /** Traffic class. */
  declare fc: number;
  /** Flow label. */
  declare flow: number;
  /** Bytes of extension headers and payload. Not filled in when packing, as in dpkt. */
  declare plen: number;
  /** Next header. */
  declare nxt: number;
  /** Hop limit. */
  declare hlim: number;
  /** Source address, 16 bytes. */
  declare src: Uint8Array;
  /** Destination address, 16 bytes. */
  declare dst: Uint8Array;
  /** Extension headers by number; of several with one number the last. */
  declare extension_hdrs: Record<number, IP6ExtensionHeader>;
  /** Extension headers in order. */
  declare all_extension_headers: IP6ExtensionHeader[];
  /** Protocol of the payload: the last header's `nxt`. */
  declare p?: number;
  /** Payload, decoded by `p` unless this is a later fragment. */
  declare data: IPData;
  declare private _rest: Uint8Array;
  declare private _last: number | undefined;

  static {
    this.header<IP6>("IP6", [
      ["_v_fc_flow", "I", 0x60000000],
      ["plen", "H", 0],
      ["nxt", "B", 0],
      ["hlim", "B", 0],
      ["src", "16s", EMPTY],
      ["dst", "16s", EMPTY],
    ], { bits: { _v_fc_flow: [["v", 4], ["fc", 8], ["flow", 20]] } });
  }

  /** Reads header and extension headers. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const plen = (buf[4] << 8) | buf[5];
    // A length of zero: a jumbogram, or a packet that the network card cuts up.
    let rest = buf.subarray(HEADER, plen > 0 ? HEADER + plen : buf.length);
    let next: number | undefined = buf[6];
    this.extension_hdrs = {};
    this.all_extension_headers = [];
    while (next !== undefined && next in EXT_HDRS_CLS) {
      const header: IP6ExtensionHeader = new EXT_HDRS_CLS[next](rest);
      this.extension_hdrs[next] = header;
      this.all_extension_headers.push(header);
      rest = rest.subarray(header.length);
      next = header.nxt;
    }
    if (next !== undefined) this.p = next;
    this._rest = rest;
    // Later fragments are not decoded. As in dpkt, this is seen if the fragment header comes first.
    const [first] = this.all_extension_headers, last = this.all_extension_headers.at(-1);
    const fragment = last instanceof IP6FragmentHeader ? last : first;
    this._last = buf[6] === IP_PROTO_FRAGMENT && (fragment as IP6FragmentHeader).frag_off > 0
      ? undefined
      : next;
  }

  /** Payload by protocol. */
  protected override decode(): PacketData {
    return this._last === undefined
      ? this._rest
      : this.upper(IP_PROTOCOLS.get(this._last), this._rest);
  }

  /** Number of the payload's protocol, and the extension headers' bytes. */
  headers_str(): [p: number, headers: Uint8Array] {
    let headers = this.all_extension_headers ?? [];
    if (headers.length === 0 && this.extension_hdrs) {
      headers = EXT_HDRS.filter((n) => n in this.extension_hdrs).map((n) => this.extension_hdrs[n]);
    }
    return [
      headers.at(-1)?.nxt ?? (headers.length > 0 ? IP_PROTO_ESP : this.nxt),
      concat(...headers.map((h) => h.bytes())),
    ];
  }

  /** The packet's bytes. A checksum of zero in TCP, UDP or ICMPv6 is filled in. */
  override bytes(): Uint8Array {
    const [p, headers] = this.headers_str();
    const { data } = this;
    this.p = p;
    const summed = p === IP_PROTO_TCP || p === IP_PROTO_UDP || p === IP_PROTO_ICMP6;
    if (summed && data instanceof Packet && "sum" in data && !data.sum) {
      const rest = data.bytes();
      const pseudo = new Uint8Array(36);
      pseudo.set(this.src.subarray(0, 16));
      pseudo.set(this.dst.subarray(0, 16), 16);
      pseudo[33] = p;
      pseudo.set(uints([2], rest.length), 34);
      data.sum = in_cksum_done(in_cksum_add(in_cksum_add(0, pseudo), rest));
    }
    return concat(this.pack_hdr(), headers, dataBytes(data));
  }

  /** Bytes of header, extension headers and payload. */
  override __len__(): number {
    const all = this.all_extension_headers?.length
      ? this.all_extension_headers
      : Object.values(this.extension_hdrs ?? {});
    return HEADER + this.data.length + all.reduce((sum, h) => sum + h.__len__(), 0);
  }

  /** Puts a class under a protocol number. */
  static set_proto(p: number, pktclass: PacketClass): void {
    IP_PROTOCOLS.set(p, pktclass);
  }

  /** The class of a protocol number. */
  static get_proto(p: number): PacketClass | undefined {
    return IP_PROTOCOLS.get(p);
  }
}
