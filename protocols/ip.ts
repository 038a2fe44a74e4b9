/**
 * Internet Protocol version 4 (RFC 791; options also RFC 1063, 1108, 1393, 2113, 4782, 6814, FIPS 188).
 *
 * @module
 */
import { CHECKSUM_STATUS_NAMES, fold, internetChecksum, sumWords } from "../core/checksum.ts";
import {
  bits,
  bytes,
  choose,
  computed,
  custom,
  type Field,
  flag,
  group,
  inline,
  ipv4Address,
  later,
  list,
  sized,
  text,
  u16,
  u32,
  u8,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IP_PROTOCOLS } from "./_names.ts";
import { Check, lastRow, type OptionCase, options, quickStart } from "./_options.ts";
import { LOOSE, sourceRoute, STRICT } from "./_transport.ts";

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

/** Code points with a name (RFC 2474, 2597, 3246, 5865, 8622). */
export const DSCP: Readonly<Record<number, string>> = {
  0: "Default",
  1: "Lower Effort",
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

/** What the number in an option's type stands for (IANA "ip-parameters"). */
const NUMBERS: Readonly<Record<number, string>> = {
  0: "End of Option List (EOL)",
  1: "No-Operation (NOP)",
  2: "Security",
  3: "Loose source route",
  4: "Time stamp",
  5: "Extended security",
  6: "Commercial IP security option",
  7: "Record route",
  8: "Stream identifier",
  9: "Strict source route",
  10: "Experimental Measurement",
  11: "MTU probe",
  12: "MTU Reply",
  13: "Experimental Flow Control",
  14: "Experimental Access Control",
  15: "Ask Estrin",
  16: "IMI Traffic Descriptor",
  17: "Extended Internet Protocol",
  18: "Traceroute",
  19: "Address Extension",
  20: "Router Alert",
  21: "Selective Directed Broadcast",
  22: "Unassigned",
  23: "Dynamic Packet State",
  24: "Upstream Multicast Packet",
  25: "Quick-Start",
  30: "RFC 3692-style experiment",
};
const CLASSES: Readonly<Record<number, string>> = {
  0: "Control",
  1: "Reserved for future use",
  2: "Debugging and measurement",
  3: "Reserved for future use",
};
const HEADER_MIN = 20;

/** A route option: addresses before the pointer were visited, those behind it are to be. */
function route(abbrev: string, name: string, ahead: string, label: string): OptionCase {
  const pointer = u8("ip.opt.ptr", "Pointer", { initial: 4 });
  return [abbrev, name, {
    pointer,
    route: list(choose(
      (items) => {
        const p = lastRow(items, pointer);
        // The pointer counts from the option's first byte, which stands two before it, and from 1.
        return p < 0 || items.at - (items.rows[p + 1] - 2) + 1 < items.rows[p + 3] ? 0 : 1;
      },
      { 1: ipv4Address(ahead, label) },
      ipv4Address("ip.rec_rt", "Recorded Route"),
    )),
  }];
}

function stamps(): Field<unknown> {
  return inline({
    entries: list(group("", "Entry", {
      address: ipv4Address("ip.opt.time_stamp_addr", "Address"),
      time: u32("ip.opt.time_stamp", "Time stamp"),
    })),
  });
}

/** Security of RFC 791, told by its length of 11, or of RFC 1108. */
function security(): OptionCase {
  return ["ip.options.security", "IP Option - Security", {
    _form: choose(
      (items) => items.left === 9 ? 1 : 0,
      {
        1: inline({
          security: u16("ip.opt.sec_rfc791_sec", "Security", { hex: true, values: SECURITY }),
          compartments: u16("ip.opt.sec_rfc791_comp", "Compartments"),
          handling: text("ip.opt.sec_rfc791_hr", "Handling Restrictions", 2, { terminator: 0 }),
          transmission: text("ip.opt.sec_rfc791_tcc", "Transmission Control Code", 3, {
            terminator: 0,
          }),
        }),
      },
      inline({
        level: u8("ip.opt.sec_cl", "Classification Level", { hex: true, values: LEVELS }),
        authorities: authorities(),
      }),
      (object) => object.security === undefined ? 0 : 1,
    ),
  }];
}

/** Octets of flags, of which each but the last has its lowest bit set; authorities are named in the first (RFC 1108 section 2.4). */
function authorities(): Field<unknown> {
  const bit = (mask: number, name: string, label: string): Field<boolean> =>
    flag(mask, `ip.opt.sec_prot_auth_${name}`, label);
  const all = bytes("", "Protection Authorities");
  const flags = u8("ip.opt.sec_prot_auth_flags", "Protection Authority Flags", { hex: true });
  const named = [
    bit(0x80, "genser", "GENSER"),
    bit(0x40, "siop_esi", "SIOP-ESI"),
    bit(0x20, "sci", "SCI"),
    bit(0x10, "nsa", "NSA"),
    bit(0x08, "doe", "DOE"),
  ];
  const unassigned = within(0x06, "ip.opt.sec_prot_auth_unassigned", "Unassigned", { hex: true });
  const more = bit(0x01, "fti", "Field Termination Indicator");
  const [genser, siop, sci, nsa, doe] = named;
  return custom({
    fields: {
      authorities: all,
      _flags: flags,
      _genser: genser,
      _siop: siop,
      _sci: sci,
      _nsa: nsa,
      _doe: doe,
      _unassigned: unassigned,
      _more: more,
    },
    emit(items) {
      const b = items.bytes, from = items.at, end = items.end;
      if (from < end) items.add(all.id, from, end - from, 0);
      for (let at = from; at < end; at++) {
        const v = b[at];
        items.add(flags.id, at, 1, v);
        items.depth++;
        if (at === from) {
          for (let i = 0; i < named.length; i++) items.add(named[i].id, at, 1, (v >> (7 - i)) & 1);
        }
        items.add(unassigned.id, at, 1, at === from ? (v >> 1) & 3 : v >> 1);
        items.add(more.id, at, 1, v & 1);
        items.depth--;
        if ((v & 1) === 0) break;
      }
      items.at = end;
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

const SECURITY: Readonly<Record<number, string>> = {
  0x0000: "Unclassified",
  0xf135: "Confidential",
  0x789a: "EFTO",
  0xbc4d: "MMMM",
  0x5e26: "PROG",
  0xaf13: "Restricted",
  0xd788: "Secret",
  0x6bc5: "Top secret",
  0x35e2: "Reserved",
  0x9af1: "Reserved",
  0x4d78: "Reserved",
  0x24bd: "Reserved",
  0x135e: "Reserved",
  0x89af: "Reserved",
  0xc4d6: "Reserved",
  0xe26b: "Reserved",
};
const LEVELS: Readonly<Record<number, string>> = {
  0x01: "Reserved 4",
  0x3d: "Top secret",
  0x5a: "Secret",
  0x96: "Confidential",
  0x66: "Reserved 3",
  0xcc: "Reserved 2",
  0xab: "Unclassified",
  0xf1: "Reserved 1",
};
const TAGS: Readonly<Record<number, string>> = {
  0: "Padding",
  1: "Restrictive Category Bitmap",
  2: "Enumerated Categories",
  5: "Ranged Categories",
  6: "Permissive Categories",
  7: "Free Form",
};

/** The tags of a CIPSO option (FIPS 188): their bytes, and what they say. */
function cipsoTags(): Field<unknown> {
  const tags = bytes("", "Tags");
  const type = u8("ip.cipso.tag_type", "Tag Type", { values: TAGS });
  const level = u8("ip.cipso.sensitivity_level", "Sensitivity Level");
  const categories = text("ip.cipso.categories", "Categories");
  const data = bytes("ip.cipso.tag_data", "Tag data");
  return custom({
    fields: { tags, _type: type, _level: level, _categories: categories, _data: data },
    emit(items) {
      const b = items.bytes, end = items.end;
      if (items.at < end) items.add(tags.id, items.at, end - items.at, 0);
      for (let at = items.at; at < end;) {
        const kind = b[at];
        items.add(type.id, at, 1, kind);
        if (kind === 0) {
          at++;
          continue;
        }
        const length = at + 1 < end ? b[at + 1] : 0, stop = at + length;
        const known = kind === 1 || kind === 2 || kind === 5;
        if (length < (known ? 4 : 2) || stop > end) {
          items.malformed = true;
          break;
        }
        if (known) {
          items.add(level.id, at + 3, 1, b[at + 3]);
          if (stop > at + 4) items.addText(categories.id, categoriesText(b, kind, at + 4, stop));
        } else if (kind === 6 || kind === 7) items.add(data.id, at + 2, length - 2, 0);
        at = stop;
      }
      items.at = end;
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

/** The categories of a tag as numbers and ranges; at most 34 bytes are read. */
function categoriesText(b: Uint8Array, kind: number, from: number, to: number): string {
  const found: string[] = [];
  if (kind === 1) {
    for (let bit = 0; bit < (to - from) * 8; bit++) {
      if ((b[from + (bit >> 3)] >> (7 - (bit & 7))) & 1) found.push(String(bit));
    }
  } else {
    for (let at = from; at + 1 < to; at += 2) {
      const high = (b[at] << 8) | b[at + 1];
      if (kind === 2) found.push(String(high));
      else {
        at += 2;
        found.push(`${high}-${at + 1 < to ? (b[at] << 8) | b[at + 1] : 0}`);
      }
    }
  }
  return found.join(",");
}

const currentRoute = ipv4Address("ip.cur_rt", "Current Route");
const version = bits(4, "ip.version", "Version", { initial: 4 });

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
    "llc.dsap": [0x06],
  },
  fields: {
    _before: new Check(before, ["ip.version"], {}, (r) => {
      // Without options, not a part of a datagram, and of a length that can be.
      r.need(HEADER_MIN);
      r.test(0, 0xff00, 0x4500);
      r.whole(0, 0x0f, 0);
      r.test(2, 0xffff, HEADER_MIN, 0xffff);
      r.test(6, 0x3fff, 0);
      r.network(12, 16, 4);
    }),
    version,
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
      recipe: (r, id) => r.headerChecksum(id),
    }),
    src: ipv4Address("ip.src", "Source Address", { also: "ip.addr" }),
    dst: ipv4Address("ip.dst", "Destination Address", { also: "ip.addr" }),
    _currentRoute: custom({
      fields: { _currentRoute: currentRoute },
      emit(items) {
        if (items.left < 3) return;
        if (sourceRoute(items.bytes, items.at, items.end) >= 0) {
          items.add(currentRoute.id, items.at - 4, 4, 0);
        }
      },
      recipe: () => {},
      write: () => {},
    }),
    options: later(() =>
      options<IpOption>({
        kind: () => ({
          kind: u8("ip.opt.type", "Type"),
          copied: flag(0x80, "ip.opt.type.copy", "Copy on fragmentation"),
          class: within(0x60, "ip.opt.type.class", "Class", { values: CLASSES }),
          number: within(0x1f, "ip.opt.type.number", "Number", { values: NUMBERS }),
        }),
        length: () => u8("ip.opt.len", "Length"),
        uncounted: 0,
        anonymous: true,
        strict: true,
        rest: "",
        last: 0,
        pad: { to: 4, before: 0 },
        single: {
          0: ["ip.options.eol", "IP Option - End of Options List (EOL)", {}],
          1: ["ip.options.nop", "IP Option - No-Operation (NOP)", {}],
        },
        cases: {
          7: route(
            "ip.options.record_route",
            "IP Option - Record Route",
            "ip.empty_rt",
            "Empty Route",
          ),
          11: ["ip.options.mtu_probe", "IP Option - MTU Probe", { mtu: u16("ip.opt.mtu", "MTU") }],
          12: ["ip.options.mtu_reply", "IP Option - MTU Reply", { mtu: u16("ip.opt.mtu", "MTU") }],
          25: [
            "ip.options.qs",
            "IP Option - Quick-Start",
            quickStart("ip.opt.qs", (items) => items.bytes[items.start + 8], ""),
          ],
          68: ["ip.options.timestamp", "IP Option - Time Stamp", {
            pointer: u8("ip.opt.ptr", "Pointer", { initial: 5 }),
            overflow: bits(4, "ip.opt.overflow", "Overflow"),
            flag: bits(4, "ip.opt.flag", "Flag", {
              hex: true,
              values: {
                0: "Time stamps only",
                1: "Time stamp and address",
                3: "Time stamps for prespecified addresses",
              },
            }),
            _stamps: choose(
              "flag",
              { 1: stamps(), 3: stamps() },
              inline({ timestamps: list(u32("ip.opt.time_stamp", "Time stamp")) }),
            ),
          }],
          82: ["ip.options.traceroute", "IP Option - Traceroute", {
            id: u16("ip.opt.id_number", "ID Number"),
            outbound: u16("ip.opt.ohc", "Outbound Hop Count"),
            return: u16("ip.opt.rhc", "Return Hop Count"),
            originator: ipv4Address("ip.opt.originator", "Originator IP Address"),
          }],
          130: security(),
          [LOOSE]: route(
            "ip.options.route",
            "IP Option - Loose Source Route",
            "ip.src_rt",
            "Source Route",
          ),
          133: ["ip.options.ext_security", "IP Option - Extended Security", {
            format: u8(
              "ip.opt.ext_sec_add_sec_info_format_code",
              "Additional Security Info Format Code",
              {
                hex: true,
              },
            ),
            info: bytes("ip.opt.ext_sec_add_sec_info", "Additional Security Info"),
          }],
          134: ["ip.options.cipso", "IP Option - Commercial Security", {
            doi: u32("ip.cipso.doi", "DOI"),
            tags: cipsoTags(),
          }],
          136: ["ip.options.sid", "IP Option - Stream ID", {
            stream: u16("ip.opt.sid", "Stream Identifier"),
          }],
          [STRICT]: route(
            "ip.options.source_route",
            "IP Option - Strict Source Route",
            "ip.src_rt",
            "Source Route",
          ),
          148: ["ip.options.routeralert", "IP Option - Router Alert", {
            value: u16("ip.opt.ra", "Router Alert", {
              values: { 0: "Router shall examine packet" },
            }),
          }],
          149: ["ip.options.sdb", "IP Option - Selective Directed Broadcast", {
            addresses: sized(
              (items) => items.left & ~3,
              list(ipv4Address("ip.opt.addr", "IP Address")),
            ),
            padding: bytes("ip.opt.padding", "Padding"),
          }],
        },
        otherwise: ["", "IP Option - Unknown", { data: bytes("", "Data") }],
      })
    ),
  },
  header: { field: "headerLength" },
  payload: { field: "totalLength", zeroIsRest: true },
  next: { table: "ip.proto", field: "protocol", zero: "fragmentOffset" },
  expect: { field: "version", value: 4, table: "ip.version" },
  addresses: { src: 12, dst: 16, length: 4 },
  redirect: (value) => finalHop(value),
  fragment: (b, start) => (((b[start + 6] << 8) | b[start + 7]) & 0x3fff) !== 0,
  summary,
});

/** Of a header that is none, or whose lengths are impossible, only what leads to that finding is reported. */
function before(items: Items): void {
  const b = items.bytes, o = items.start;
  if (items.left < 1) return;
  if (b[o] >> 4 !== 4) {
    items.add(version.id, o, 1, b[o] >> 4);
    items.at = items.end;
    return;
  }
  const header = (b[o] & 15) * 4;
  if (header < HEADER_MIN) items.end = o + 1;
  else if (items.left >= 4) {
    const total = (b[o + 2] << 8) | b[o + 3];
    if (total !== 0 && total < header) items.end = o + 4;
  }
}

/** Status of the header checksum: 0 bad, 1 good, 2 unverified. */
function checksumStatus(items: Items): number {
  const o = items.start, end = o + (items.bytes[o] & 15) * 4;
  if (end > items.limit) return 2;
  return fold(sumWords(items.bytes, o, end)) === 0xffff ? 1 : 0;
}

/** The end of a source route, for the pseudo-header. */
function finalHop(value: Partial<Ip>): { readonly dst?: string } {
  for (const o of value.options ?? []) {
    if (o.kind !== LOOSE && o.kind !== STRICT) continue;
    const hops = (o.route ?? []) as readonly string[];
    const next = (Number(o.pointer ?? 4) - 4) / 4;
    if (next < hops.length) return { dst: hops[hops.length - 1] };
  }
  return {};
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start;
  if (layer.limit - o < HEADER_MIN) return out.ascii("IPv4");
  if (b[o] >> 4 !== 4 || (b[o] & 15) < 5) {
    out.ascii("Bogus IPv4 header");
    return;
  }
  const word = (b[o + 6] << 8) | b[o + 7];
  const name = IP_PROTOCOLS[b[o + 9]];
  out.ensure(64);
  if ((word & 0x3fff) !== 0) {
    out.ascii("Fragmented IP protocol (proto=");
    if (name !== undefined) {
      out.ascii(name);
      out.ascii(" ");
    }
    out.uint(b[o + 9]);
    out.ascii(", off=");
    out.uint((word & 0x1fff) * 8);
    out.ascii(", ID=");
    out.ensure(16);
    out.hex((b[o + 4] << 8) | b[o + 5], 4);
    out.ascii(")");
    return;
  }
  if (name !== undefined) {
    out.ascii(name);
    out.ascii(" (");
  } else out.ascii("Unknown (");
  out.ensure(16);
  out.uint(b[o + 9]);
  out.ascii(")");
}
