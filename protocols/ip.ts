/**
 * Internet Protocol version 4 (RFC 791; options also RFC 1393, 2113, 4782, 6814).
 *
 * @module
 */
import { CHECKSUM_STATUS_NAMES, fold, internetChecksum, sumWords } from "../core/checksum.ts";
import {
  bits,
  bytes,
  computed,
  flag,
  ipv4Address,
  list,
  tlv,
  u16,
  u32,
  u8,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { IP_PROTOCOLS } from "./_names.ts";

/** An IPv4 option. `kind` is its type octet; the other keys depend on it. */
export interface IpOption {
  /** Type octet: copied flag, class and number (RFC 791 section 3.1). */
  readonly kind: number;
  /** Length in bytes, type and length included; absent for single-byte options. */
  readonly length?: number;
  /** What the option carries. */
  readonly [key: string]: unknown;
}

/** An IPv4 header. */
export interface Ip {
  /** Always 4. */
  readonly version: number;
  /** Header length in bytes. */
  readonly headerLength: number;
  /** Differentiated services field (RFC 2474). */
  readonly dsField: number;
  /** Differentiated services code point. */
  readonly dscp: number;
  /** Explicit congestion notification (RFC 3168). */
  readonly ecn: number;
  /** Length of header and payload in bytes. */
  readonly totalLength: number;
  /** Identification. */
  readonly id: number;
  /** The three flags. */
  readonly flags: number;
  /** Reserved bit. */
  readonly reserved: boolean;
  /** Don't fragment. */
  readonly dontFragment: boolean;
  /** More fragments. */
  readonly moreFragments: boolean;
  /** Fragment offset in units of 8 bytes. */
  readonly fragmentOffset: number;
  /** Time to live. */
  readonly ttl: number;
  /** Protocol number. */
  readonly protocol: number;
  /** Header checksum. */
  readonly checksum: number;
  /** Source address. */
  readonly src: string;
  /** Destination address. */
  readonly dst: string;
  /** Options in the order sent. */
  readonly options: readonly IpOption[];
}

/** Code points with a name (RFC 2474, 2597, 3246, 5865). */
export const DSCP: Readonly<Record<number, string>> = {
  0: "Default",
  8: "Class Selector 1",
  10: "Assured Forwarding 11",
  12: "Assured Forwarding 12",
  14: "Assured Forwarding 13",
  16: "Class Selector 2",
  18: "Assured Forwarding 21",
  20: "Assured Forwarding 22",
  22: "Assured Forwarding 23",
  24: "Class Selector 3",
  26: "Assured Forwarding 31",
  28: "Assured Forwarding 32",
  30: "Assured Forwarding 33",
  32: "Class Selector 4",
  34: "Assured Forwarding 41",
  36: "Assured Forwarding 42",
  38: "Assured Forwarding 43",
  40: "Class Selector 5",
  44: "Voice Admit",
  46: "Expedited Forwarding",
  48: "Class Selector 6",
  56: "Class Selector 7",
};
/** Values of the ECN field (RFC 3168 section 5). */
export const ECN: Readonly<Record<number, string>> = {
  0: "Not ECN-Capable Transport",
  1: "ECN-Capable Transport codepoint '01'",
  2: "ECN-Capable Transport codepoint '10'",
  3: "Congestion Experienced",
};

/** Internet Protocol version 4. */
export const ip: Protocol<Ip> = protocol<Ip>({
  name: "ip",
  title: "Internet Protocol Version 4",
  label: "IPv4",
  layer: "internet",
  parents: {
    ethertype: [0x0800],
    "ip.proto": [4],
    linktype: [228],
    "null.family": [2],
    "ip.version": [4],
    "ppp.protocol": [0x21],
  },
  fields: {
    version: bits(4, "ip.version", "Version", { initial: 4 }),
    headerLength: bits(4, "ip.hdr_len", "Header Length", { scale: 4 }),
    dsField: u8("ip.dsfield", "Differentiated Services Field", { hex: true }),
    dscp: within(0xfc, "ip.dsfield.dscp", "Differentiated Services Codepoint", { values: DSCP }),
    ecn: within(0x03, "ip.dsfield.ecn", "Explicit Congestion Notification", { values: ECN }),
    totalLength: u16("ip.len", "Total Length"),
    id: u16("ip.id", "Identification", { hex: true }),
    flags: bits(3, "ip.flags", "Flags", { hex: true }),
    reserved: flag(4, "ip.flags.rb", "Reserved bit"),
    dontFragment: flag(2, "ip.flags.df", "Don't fragment"),
    moreFragments: flag(1, "ip.flags.mf", "More fragments"),
    fragmentOffset: bits(13, "ip.frag_offset", "Fragment Offset"),
    ttl: u8("ip.ttl", "Time to Live", { initial: 64 }),
    protocol: u8("ip.proto", "Protocol", { values: IP_PROTOCOLS }),
    checksum: u16("ip.checksum", "Header Checksum", {
      hex: true,
      auto: (d) => internetChecksum(d.bytes, 0, d.headerLength),
    }),
    _checksumStatus: computed("ip.checksum.status", "Header checksum status", checksumStatus, {
      values: CHECKSUM_STATUS_NAMES,
    }),
    src: ipv4Address("ip.src", "Source Address", { also: "ip.addr" }),
    dst: ipv4Address("ip.dst", "Destination Address", { also: "ip.addr" }),
    options: tlv<IpOption>({
      heading: ["", "IP Option - Unknown"],
      kind: () => u8("ip.opt.type", "Type"),
      length: () => u8("ip.opt.len", "Length"),
      lengthCoversAll: true,
      single: {
        0: ["", "IP Option - End of Options List (EOL)"],
        1: ["", "IP Option - No-Operation (NOP)"],
      },
      last: 0,
      padTo: 4,
      cases: {
        7: route("IP Option - Record Route", "ip.rec_rt", "Recorded Route"),
        68: ["", "IP Option - Time Stamp", {
          pointer: u8("ip.opt.ptr", "Pointer"),
          overflow: bits(4, "ip.opt.overflow", "Overflow"),
          flag: bits(4, "ip.opt.flag", "Flag", { hex: true }),
          timestamps: list(u32("ip.opt.time_stamp", "Time stamp")),
        }],
        131: route("IP Option - Loose Source Route", "ip.rec_rt", "Recorded Route"),
        137: route("IP Option - Strict Source Route", "ip.rec_rt", "Recorded Route"),
        148: ["", "IP Option - Router Alert", {
          value: u16("ip.opt.ra", "Router Alert"),
        }],
      },
      otherwise: () => ({ data: bytes("", "Data") }),
    }),
  },
  header: { field: "headerLength" },
  payload: { field: "totalLength", zeroIsRest: true },
  next: { table: "ip.proto", field: "protocol", zero: "fragmentOffset" },
  addresses: { src: 12, dst: 16, length: 4 },
  fragment: (b, start) => (((b[start + 6] << 8) | b[start + 7]) & 0x3fff) !== 0,
});

function route(
  name: string,
  abbrev: string,
  label: string,
): readonly [
  string,
  string,
  Readonly<Record<string, ReturnType<typeof u8> | ReturnType<typeof list>>>,
] {
  return ["", name, {
    pointer: u8("ip.opt.ptr", "Pointer"),
    route: list(ipv4Address(abbrev, label)),
  }];
}

/** Status of the header checksum: 0 bad, 1 good, 2 unverified. */
function checksumStatus(items: Items): number {
  if (items.headerEnd > items.limit || items.headerEnd - items.start < 20) return 2;
  return fold(sumWords(items.bytes, items.start, items.headerEnd)) === 0xffff ? 1 : 0;
}
