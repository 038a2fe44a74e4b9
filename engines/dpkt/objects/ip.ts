// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `ip`.
 *
 * @module
 */
import type { AH } from "./ah.ts";
import * as numbers from "./constants/ip.ts";
import type { ESP } from "./esp.ts";
import type { GRE } from "./gre.ts";
import type { ICMP } from "./icmp.ts";
import type { ICMP6 } from "./icmp6.ts";
import type { IGMP } from "./igmp.ts";
import type { IP6 } from "./ip6.ts";
import type { OSPF } from "./ospf.ts";
import {
  concat,
  dataBytes,
  EMPTY,
  in_cksum,
  in_cksum_add,
  in_cksum_done,
  type Init,
  Packet,
  type PacketClass,
  type PacketData,
  UnpackError,
} from "./packet.ts";
import type { PIM } from "./pim.ts";
import type { SCTP } from "./sctp.ts";
import type { STP } from "./stp.ts";
import { IP_PROTOCOLS } from "./switches.ts";
import type { TCP } from "./tcp.ts";
import type { UDP } from "./udp.ts";
import type { VRRP } from "./vrrp.ts";

export * from "./constants/ip.ts";

/** 0.0.0.0. */
export const IP_ADDR_ANY: Uint8Array = Uint8Array.of(0, 0, 0, 0);
/** 255.255.255.255. */
export const IP_ADDR_BROADCAST: Uint8Array = Uint8Array.of(255, 255, 255, 255);
/** 127.0.0.1. */
export const IP_ADDR_LOOPBACK: Uint8Array = Uint8Array.of(127, 0, 0, 1);
/** 224.0.0.1. */
export const IP_ADDR_MCAST_ALL: Uint8Array = Uint8Array.of(224, 0, 0, 1);
/** 224.0.0.255. */
export const IP_ADDR_MCAST_LOCAL: Uint8Array = Uint8Array.of(224, 0, 0, 255);

/** What an IP packet carries: what is known of its protocol, or bytes. */
export type IPData =
  | ICMP
  | ICMP6
  | IGMP
  | IP
  | IP6
  | TCP
  | UDP
  | GRE
  | ESP
  | AH
  | OSPF
  | PIM
  | VRRP
  | STP
  | SCTP
  | Packet
  | Uint8Array;

/** Packets by name of their class, as `ip.tcp`: `data` if it is of that class. */
export interface NamedByIP {
  /** `data`, if it is ICMP. */
  readonly icmp?: ICMP;
  /** `data`, if it is ICMPv6. */
  readonly icmp6?: ICMP6;
  /** `data`, if it is IGMP. */
  readonly igmp?: IGMP;
  /** `data`, if it is IPv4. */
  readonly ip?: IP;
  /** `data`, if it is IPv6. */
  readonly ip6?: IP6;
  /** `data`, if it is TCP. */
  readonly tcp?: TCP;
  /** `data`, if it is UDP. */
  readonly udp?: UDP;
  /** `data`, if it is GRE. */
  readonly gre?: GRE;
  /** `data`, if it is ESP. */
  readonly esp?: ESP;
  /** `data`, if it is AH. */
  readonly ah?: AH;
  /** `data`, if it is OSPF. */
  readonly ospf?: OSPF;
  /** `data`, if it is PIM. */
  readonly pim?: PIM;
  /** `data`, if it is VRRP. */
  readonly vrrp?: VRRP;
  /** `data`, if it is STP. */
  readonly stp?: STP;
  /** `data`, if it is SCTP. */
  readonly sctp?: SCTP;
}

/** Bytes of a header without options. */
const HEADER = 20;

/** Payload by name of its class. */
export interface IP extends NamedByIP {}

/** Internet Protocol, version 4 (RFC 791). */
export class IP extends Packet<IP> {
  /** `v` and `hl` in one field. */
  declare _v_hl: number;
  /** Version. */
  declare v: number;
  /** Length of the header in words of 4 bytes. Not filled in when packing. */
  declare hl: number;
  /** Type of service. */
  declare tos: number;
  /** Bytes of header and payload. Filled in when made of fields, and when packed with `sum` zero. */
  declare len: number;
  /** Identification. */
  declare id: number;
  /** `rf`, `df`, `mf` and `offset` in one field. */
  declare _flags_offset: number;
  /** Reserved flag. */
  declare rf: number;
  /** "Do not fragment". */
  declare df: number;
  /** "More fragments". */
  declare mf: number;
  /** Fragment offset in units of 8 bytes. */
  declare offset: number;
  /** Time to live. */
  declare ttl: number;
  /** Protocol of the payload, such as `IP_PROTO_TCP`. */
  declare p: number;
  /** Header checksum. Filled in when packed, if zero. */
  declare sum: number;
  /** Source address, 4 bytes. */
  declare src: Uint8Array;
  /** Destination address, 4 bytes. */
  declare dst: Uint8Array;
  /** Options as they are. */
  declare opts: Uint8Array;
  /** Payload, decoded by `p` unless this is a later fragment. */
  declare data: IPData;

  static {
    this.header<IP>("IP", [
      ["_v_hl", "B", 0x45],
      ["tos", "B", 0],
      ["len", "H", HEADER],
      ["id", "H", 0],
      ["_flags_offset", "H", 0],
      ["ttl", "B", numbers.IP_TTL_DEFAULT],
      ["p", "B", 0],
      ["sum", "H", 0],
      ["src", "4s", new Uint8Array(4)],
      ["dst", "4s", new Uint8Array(4)],
    ], {
      bits: {
        _v_hl: [["v", 4], ["hl", 4]],
        _flags_offset: [["rf", 1], ["df", 1], ["mf", 1], ["offset", 13]],
      },
    });
    Object.defineProperty(this.prototype, "opts", { value: EMPTY, writable: true });
  }

  /** Reads a packet, or makes one; `len` is filled in unless given. */
  constructor(from?: Uint8Array | Init<IP>) {
    super(from);
    if (!(from instanceof Uint8Array) && from?.len === undefined) this.len = this.__len__();
  }

  /** Reads header and options. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const end = (buf[0] & 15) * 4;
    if (end < HEADER) throw new UnpackError("invalid header length");
    this.opts = end === HEADER ? EMPTY : buf.subarray(HEADER, end);
  }

  /** Payload by protocol. A length of zero means that the network card cuts the packet up (segmentation offload). */
  protected override decode(): PacketData {
    const buf = this._buf, start = (buf[0] & 15) * 4;
    const total = (buf[2] << 8) | buf[3];
    const rest = total > 0 ? buf.subarray(start, Math.max(start, total)) : buf.subarray(start);
    const offset = ((buf[6] << 8) | buf[7]) & numbers.IP_OFFMASK;
    return offset > 0 ? rest : this.upper(IP_PROTOCOLS.get(buf[9]), rest);
  }

  /**
   * `_flags_offset`; what is assigned becomes `offset`, as in dpkt.
   *
   * @deprecated Use `df`, `mf` and `offset`.
   */
  get off(): number {
    return this._flags_offset;
  }
  set off(offset: number) {
    this.offset = offset;
  }

  /** Bytes of header, options and payload. */
  override __len__(): number {
    return HEADER + this.opts.length + this.data.length;
  }

  /** The packet's bytes. If `sum` is zero, length and checksum are filled in, and that of TCP or UDP if zero too. */
  override bytes(): Uint8Array {
    const { data } = this;
    let rest: Uint8Array | undefined;
    if (this.sum === 0) {
      this.len = this.__len__();
      this.sum = in_cksum(concat(this.pack_hdr(), this.opts));
      const whole = (this._flags_offset & (numbers.IP_MF | numbers.IP_OFFMASK)) === 0;
      const summed = this.p === numbers.IP_PROTO_TCP || this.p === numbers.IP_PROTO_UDP;
      if (summed && whole && data instanceof Packet && "sum" in data && data.sum === 0) {
        rest = dataBytes(data);
        const pseudo = new Uint8Array(12);
        pseudo.set(this.src.subarray(0, 4));
        pseudo.set(this.dst.subarray(0, 4), 4);
        pseudo[9] = this.p;
        pseudo[10] = rest.length >> 8;
        pseudo[11] = rest.length;
        const sum = in_cksum_done(in_cksum_add(in_cksum_add(0, pseudo), rest));
        // No checksum is zero, so that a UDP checksum of zero is sent as ones (RFC 768).
        data.sum = sum === 0 && this.p === numbers.IP_PROTO_UDP ? 0xffff : sum;
      }
    }
    return concat(this.pack_hdr(), this.opts, dataBytes(data));
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

/** Names of protocol numbers; of a number with several names, the one dpkt settles on. */
const PROTO_NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(numbers).filter(([name]) => name.startsWith("IP_PROTO_"))
    .map(([name, number]): [number, string] => [number, name.slice("IP_PROTO_".length)]),
  [numbers.IP_PROTO_HOPOPTS, "HOPOPTS"],
  [numbers.IP_PROTO_MAX, "MAX"],
]);

/** Name of a protocol number, such as `TCP`. */
export function get_ip_proto_name(p: number): string | undefined {
  return PROTO_NAMES.get(p);
}
