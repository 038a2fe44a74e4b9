/**
 * PPP's Link Control Protocol (RFC 1661 section 5; options also RFC 1570, 1662, 1990, 2125, 2484, 2686).
 *
 * @module
 */
import { QUOTED, type Walker } from "../core/catalogue.ts";
import {
  bytes,
  choose,
  flag,
  inline,
  ipv4Address,
  macAddress,
  text,
  u16,
  u24,
  u32,
  u8,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import {
  controlFields,
  controlSummary,
  controlWalk,
  HEADER,
  Options,
  type PppControl,
} from "./_ppp_control.ts";
import { PPP_PROTOCOLS } from "./ppp.ts";

/** A packet of the Link Control Protocol. */
export interface Lcp extends PppControl {
  /** Of a rejection: the protocol that was rejected; its packet follows. */
  readonly rejected?: number;
  /** Of an identification or of the time remaining: a message for people. */
  readonly message?: string;
  /** Seconds that the session has left. */
  readonly seconds?: number;
}

const PROTOCOL_REJECT = 8, CHAP = 0xc223, QUALITY_REPORT = 0xc025;
const CONTROLS = [
  ["nul", "NUL"],
  ["soh", "SOH"],
  ["stx", "STX"],
  ["etx", "ETX"],
  ["eot", "EOT"],
  ["enq", "ENQ"],
  ["ack", "ACK"],
  ["bel", "BEL"],
  ["bs", "BS"],
  ["ht", "HT"],
  ["lf", "LF"],
  ["vt", "VT"],
  ["ff", "FF"],
  ["cr", "CR"],
  ["so", "SO"],
  ["si", "SI"],
  ["dle", "DLE"],
  ["dc1", "DC1 (XON)"],
  ["dc2", "DC2"],
  ["dc3", "DC3 (XOFF)"],
  ["dc4", "DC4"],
  ["nak", "NAK"],
  ["syn", "SYN"],
  ["etb", "ETB"],
  ["can", "CAN"],
  ["em", "EM"],
  ["sub", "SUB"],
  ["esc", "ESC"],
  ["fs", "FS"],
  ["gs", "GS"],
  ["rs", "RS"],
  ["us", "US"],
] as const;

/** The protocol just read, if anything follows it. */
function before(items: Items): number {
  const b = items.bytes, at = items.at;
  return items.left === 0 ? 0 : (b[at - 2] << 8) | b[at - 1];
}

const none = {};
const data = () => ({ data: bytes("lcp.opt.data", "Data") });

const options = new Options("lcp.opt", {
  0: {
    name: "Vendor Specific",
    least: 6,
    fields: {
      oui: u24("lcp.opt.oui", "OUI", { hex: true }),
      vendorKind: u8("lcp.opt.kind", "Kind", { hex: true }),
      data: bytes("lcp.opt.data", "Data"),
    },
  },
  1: {
    name: "Maximum Receive Unit",
    fixed: 4,
    fields: { mru: u16("lcp.opt.mru", "Maximum Receive Unit") },
  },
  2: {
    name: "Async Control Character Map",
    fixed: 6,
    fields: {
      map: u32("lcp.opt.asyncmap", "Async Control Character Map", { hex: true }),
      ...Object.fromEntries(
        CONTROLS.map(([n, name], i) => [
          `_${n}`,
          flag(2 ** i, `lcp.opt.asyncmap.${n}`, name),
        ]).reverse(),
      ),
    },
  },
  3: {
    name: "Authentication Protocol",
    least: 4,
    fields: {
      protocol: u16("lcp.opt.auth_protocol", "Authentication Protocol", {
        hex: true,
        values: PPP_PROTOCOLS,
      }),
      _more: choose(
        before,
        {
          0: inline(none),
          [CHAP]: inline({
            algorithm: u8("lcp.opt.algorithm", "Algorithm", {
              values: {
                0: "Reserved",
                1: "Reserved",
                2: "Reserved",
                3: "Reserved",
                4: "Reserved",
                5: "CHAP with MD5",
                6: "CHAP with SHA-1",
                128: "MS-CHAP",
                129: "MS-CHAP-2",
              },
            }),
          }),
        },
        inline(data()),
        (o) => o.algorithm !== undefined ? CHAP : o.data !== undefined ? 1 : 0,
      ),
    },
  },
  4: {
    name: "Quality Protocol",
    least: 4,
    fields: {
      protocol: u16("lcp.opt.quality_protocol", "Quality Protocol", {
        hex: true,
        values: PPP_PROTOCOLS,
      }),
      _more: choose(
        before,
        {
          0: inline(none),
          [QUALITY_REPORT]: inline({
            period: u32("lcp.opt.reporting_period", "Reporting Period"),
          }),
        },
        inline(data()),
        (o) => o.period !== undefined ? QUALITY_REPORT : o.data !== undefined ? 1 : 0,
      ),
    },
  },
  5: {
    name: "Magic Number",
    fixed: 6,
    fields: { magic: u32("lcp.opt.magic_number", "Magic Number", { hex: true }) },
  },
  6: {
    name: "Link Quality Monitoring",
    fixed: 6,
    fields: { period: u32("lcp.opt.reporting_period", "Reporting Period") },
  },
  7: { name: "Protocol Field Compression", fixed: 2, fields: none },
  8: { name: "Address and Control Field Compression", fixed: 2, fields: none },
  9: {
    name: "FCS Alternatives",
    fixed: 3,
    fields: {
      alternatives: u8("lcp.opt.fcs_alternatives", "FCS Alternatives", { hex: true }),
      _32: flag(4, "lcp.opt.fcs_alternatives.ccitt32", "CCITT 32-bit"),
      _16: flag(2, "lcp.opt.fcs_alternatives.ccitt16", "CCITT 16-bit"),
      _0: flag(1, "lcp.opt.fcs_alternatives.null", "NULL FCS"),
    },
  },
  10: {
    name: "Self Describing Padding",
    fixed: 3,
    fields: { maximum: u8("lcp.opt.maximum", "Maximum") },
  },
  11: {
    name: "Numbered Mode",
    least: 4,
    fields: {
      window: u8("lcp.opt.window", "Window"),
      address: bytes("lcp.opt.hdlc_address", "Address"),
    },
  },
  12: { name: "Multilink Procedure (deprecated)", fields: data() },
  13: {
    name: "Callback",
    least: 3,
    fields: {
      operation: u8("lcp.opt.operation", "Operation", {
        values: {
          0: "Location is determined by user authentication",
          1: "Message is dialing string",
          2: "Message is location identifier",
          3: "Message is E.164",
          4: "Message is distinguished name",
          5: "unassigned",
          6: "Location is determined during CBCP negotiation",
        },
      }),
      message: bytes("lcp.opt.message", "Message"),
    },
  },
  14: { name: "Connect Time (deprecated)", fields: data() },
  15: { name: "Compound Frames (deprecated)", fields: data() },
  16: { name: "Nominal Data Encapsulation (deprecated)", fields: data() },
  17: {
    name: "Multilink MRRU",
    fixed: 4,
    fields: { mrru: u16("lcp.opt.mrru", "MRRU") },
  },
  18: { name: "Multilink Short Sequence Number Header", fixed: 2, fields: none },
  19: {
    name: "Multilink Endpoint Discriminator",
    least: 3,
    fields: {
      class: u8("lcp.opt.ep_disc_class", "Class", {
        values: {
          0: "Null",
          1: "Locally assigned address",
          2: "Internet Protocol (IP) address",
          3: "IEEE 802.1 globally assigned MAC address",
          4: "PPP magic-number block",
          5: "Public switched network directory number",
        },
      }),
      _address: choose("class", {
        0: inline(none),
        2: inline({ ip: ipv4Address("lcp.opt.ip_address", "IP Address") }),
        3: inline({ mac: macAddress("lcp.opt.802_1_address", "IEEE 802.1 Address") }),
        4: inline({ magic: bytes("lcp.opt.magic_block", "PPP Magic-Number Block") }),
        5: inline({
          number: bytes("lcp.opt.psndn", "Public Switched Network Directory Number"),
        }),
      }, inline(data())),
    },
  },
  21: {
    name: "DCE Identifier",
    fixed: 3,
    fields: {
      mode: u8("lcp.opt.mode", "Mode", {
        values: {
          1: "Mode-1 (No Additional Negotiation)",
          2: "Mode-2 (Full PPP Negotiation and State Machine)",
        },
      }),
    },
  },
  22: { name: "Multi Link Plus Procedure", fixed: 4, fields: data() },
  23: {
    name: "Link Discriminator for BACP",
    fixed: 4,
    fields: { discriminator: u16("lcp.opt.link_discrim", "Link Discriminator", { hex: true }) },
  },
  24: { name: "Authentication Option", fields: data() },
  25: {
    name: "Consistent Overhead Byte Stuffing (COBS)",
    least: 3,
    fields: {
      flags: u8("lcp.opt.flags", "Flags", { hex: true }),
      _reserved: within(0xfc, "lcp.opt.flags.reserved", "Reserved", { hex: true }),
      _pre: flag(2, "lcp.opt.flags.pre", "PRE"),
      _zxe: flag(1, "lcp.opt.flags.zxe", "ZXE"),
    },
  },
  26: { name: "Prefix Elision", fields: data() },
  27: {
    name: "Multilink header format",
    fixed: 4,
    fields: {
      code: u8("lcp.opt.code", "Code", {
        values: {
          2: "Long sequence number fragment format with classes",
          6: "Short sequence number fragment format with classes",
        },
      }),
      classes: u8("lcp.opt.max_susp_classes", "Max suspendable classes"),
    },
  },
  28: {
    name: "Internationalization",
    least: 6,
    fields: {
      charset: u32("lcp.opt.MIBenum", "MIBenum"),
      language: text("lcp.opt.language_tag", "Language-Tag", "rest", { keepEmpty: false }),
    },
  },
  29: { name: "Simple Data Link on SONET/SDH", fields: data() },
});

const echo = () =>
  inline({
    magic: u32("lcp.magic_number", "Magic Number", { hex: true }),
    data: bytes("lcp.data", "Data"),
  });

/** Link Control Protocol. */
export const lcp: Protocol<Lcp> = protocol<Lcp>({
  name: "lcp",
  title: "PPP Link Control Protocol",
  label: "LCP",
  layer: "application",
  parents: { "ppp.protocol": [0xc021] },
  fields: controlFields(options, {
    [PROTOCOL_REJECT]: inline({
      rejected: u16("lcp.rej_proto", "Rejected Protocol", { hex: true, values: PPP_PROTOCOLS }),
    }),
    9: echo(),
    10: echo(),
    11: echo(),
    12: inline({
      magic: u32("lcp.magic_number", "Magic Number", { hex: true }),
      message: text("lcp.message", "Message", "rest", { keepEmpty: false }),
    }),
    13: inline({
      magic: u32("lcp.magic_number", "Magic Number", { hex: true }),
      seconds: u32("lcp.secs_remaining", "Seconds Remaining"),
      message: text("lcp.message", "Message", "rest", { keepEmpty: false }),
    }),
  }),
  walk(w: Walker): void {
    controlWalk(w);
    const b = w.bytes, s = w.start;
    if (b[s] !== PROTOCOL_REJECT || w.bad || w.end > w.limit || w.end - s < HEADER + 2) return;
    // The rejected packet may have been cut to fit.
    w.end = s + HEADER + 2;
    w.quoted = QUOTED;
    w.next = -1;
    w.to("ppp.protocol", (b[s + HEADER] << 8) | b[s + HEADER + 1]);
  },
  summary: controlSummary,
});
