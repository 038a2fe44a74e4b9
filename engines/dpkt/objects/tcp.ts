// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `tcp`.
 *
 * @module
 */
import {
  TCP_OPT_NOP,
  TCP_WIN_MAX,
  TH_ACK,
  TH_CWR,
  TH_ECE,
  TH_FIN,
  TH_NS,
  TH_PUSH,
  TH_RST,
  TH_SYN,
  TH_URG,
} from "./constants/tcp.ts";
import { concat, dataBytes, EMPTY, Packet, type PacketData, UnpackError } from "./packet.ts";

export * from "./constants/tcp.ts";

/** Bytes of a header without options. */
const HEADER = 20;

/** Transmission Control Protocol (RFC 9293). */
export class TCP extends Packet<TCP> {
  /** Source port. */
  declare sport: number;
  /** Destination port. */
  declare dport: number;
  /** Sequence number. */
  declare seq: number;
  /** Acknowledgment number. */
  declare ack: number;
  /** `off`, three reserved bits and `flags` in one field. */
  declare _off_flags: number;
  /** Length of the header in words of 4 bytes. Not filled in when packing. */
  declare off: number;
  /** Flags, such as `TH_SYN`. */
  declare flags: number;
  /** Window, unscaled. */
  declare win: number;
  /** Checksum. Filled in by {@linkcode IP} and {@linkcode IP6} when they are packed, if zero. */
  declare sum: number;
  /** Urgent pointer. */
  declare urp: number;
  /** Options as they are; {@linkcode parse_opts} reads them. */
  declare opts: Uint8Array;

  static {
    this.header<TCP>("TCP", [
      ["sport", "H", 0xdead],
      ["dport", "H", 0],
      ["seq", "I", 0xdeadbeef],
      ["ack", "I", 0],
      ["_off_flags", "H", (5 << 12) | TH_SYN],
      ["win", "H", TCP_WIN_MAX],
      ["sum", "H", 0],
      ["urp", "H", 0],
    ], { bits: { _off_flags: [["off", 4], ["_rsv", 3], ["flags", 9]] } });
    Object.defineProperty(this.prototype, "opts", { value: EMPTY, writable: true });
  }

  /** Reads header and options. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const end = (buf[12] >> 4) * 4;
    if (end < HEADER) throw new UnpackError("invalid header length");
    this.opts = end === HEADER ? EMPTY : buf.subarray(HEADER, end);
  }

  /** Payload. */
  protected override decode(): PacketData {
    return this._buf.subarray((this._buf[12] >> 4) * 4);
  }

  /** Bytes of header, options and payload. */
  override __len__(): number {
    return HEADER + this.opts.length + this.data.length;
  }

  /** The segment's bytes. */
  override bytes(): Uint8Array {
    return concat(this.pack_hdr(), this.opts, dataBytes(this.data));
  }
}

/** Options as kinds and values; an option that is cut ends the list as `undefined`. */
export function parse_opts(buf: Uint8Array): ([kind: number, value: Uint8Array] | undefined)[] {
  const opts: ([number, Uint8Array] | undefined)[] = [];
  for (let at = 0; at < buf.length;) {
    const kind = buf[at];
    if (kind <= TCP_OPT_NOP) {
      opts.push([kind, EMPTY]);
      at++;
    } else if (at + 1 >= buf.length) {
      opts.push(undefined);
      break;
    } else {
      // A length below 2 would not get past itself.
      const next = at + Math.max(2, buf[at + 1]);
      opts.push([kind, buf.subarray(at + 2, next)]);
      at = next;
    }
  }
  return opts;
}

/** Names of flags in order of their bits. */
const FLAGS: readonly (readonly [number, string])[] = [
  [TH_FIN, "FIN"],
  [TH_SYN, "SYN"],
  [TH_RST, "RST"],
  [TH_PUSH, "PUSH"],
  [TH_ACK, "ACK"],
  [TH_URG, "URG"],
  [TH_ECE, "ECE"],
  [TH_CWR, "CWR"],
  [TH_NS, "NS"],
];

/** Flags by name, such as `SYN,ACK`. */
export function tcp_flags_to_str(val: number): string {
  return FLAGS.filter(([bit]) => val & bit).map(([, name]) => name).join(",");
}
