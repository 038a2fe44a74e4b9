/**
 * Internet Group Management Protocol, versions 0 (RFC 988), 1 (RFC 1112), 2 (RFC 2236) and 3 (RFC 3376), and multicast
 * traceroute.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import {
  CHECKSUM_STATUS_NAMES,
  ChecksumStatus,
  fold,
  internetChecksum,
  sumWords,
} from "../core/checksum.ts";
import {
  bits,
  bool,
  bytes,
  choose,
  computed,
  fixedBytes,
  group,
  inline,
  ipv4Address,
  list,
  u16,
  u24,
  u32,
  u8,
  type ValueNames,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";
import { checkable } from "./_icmp.ts";
import { IGMP_HEADER } from "./_igmp.ts";
import { Check } from "./_options.ts";

/** A group record of a version 3 report (RFC 3376 section 4.2.4). */
export interface IgmpRecord {
  /** Record type. */
  readonly type: number;
  /** Length of auxiliary data in units of 4 bytes. */
  readonly auxiliaryLength?: number;
  /** Number of sources. */
  readonly sourceCount?: number;
  /** Multicast address. */
  readonly group: string;
  /** Sources. */
  readonly sources: readonly string[];
  /** Auxiliary data. */
  readonly auxiliary?: Uint8Array;
}

/** An IGMP message. The keys behind `checksum` depend on the type. */
export interface Igmp {
  /** Type. */
  readonly type: number;
  /** Second byte as it is: longest time to respond (a code in version 3), code, or nothing. */
  readonly code: number;
  /** Checksum. */
  readonly checksum: number;
  /** Multicast address of a query, report or leave. */
  readonly group?: string;
  /** Version 3 query: routers shall not act on what they hear. */
  readonly suppress?: boolean;
  /** Version 3 query: robustness variable. */
  readonly robustness?: number;
  /** Version 3 query: code of the interval between queries. */
  readonly intervalCode?: number;
  /** Version 3 query: sources. */
  readonly sources?: readonly string[];
  /** Version 3 report: group records. */
  readonly records?: readonly IgmpRecord[];
  /** Version 0: identifier. */
  readonly identifier?: number;
  /** Version 0: access key. */
  readonly accessKey?: Uint8Array;
  /** What stands in messages of other types. */
  readonly data?: Uint8Array;
}

const QUERY = 0x11, REPORT1 = 0x12, REPORT2 = 0x16, LEAVE = 0x17, REPORT3 = 0x22;
const TRACE_REPLY = 0x1e, TRACE = 0x1f;
/** Up to here, types are of version 0 or of nobody. */
const OLD_MAX = 15;
/** Bytes of the shortest version 3 query. */
const QUERY3_MIN = 12;

/** Message types (IANA "igmp-type-numbers"). */
export const IGMP_TYPES: ValueNames = {
  0x01: "Create Group Request",
  0x02: "Create Group Reply",
  0x03: "Join Group Request",
  0x04: "Join Group Reply",
  0x05: "Leave Group Request",
  0x06: "Leave Group Reply",
  0x07: "Confirm Group Request",
  0x08: "Confirm Group Reply",
  0x11: "Membership Query",
  0x12: "Membership Report",
  0x13: "DVMRP Protocol",
  0x14: "PIM Routing Message",
  0x16: "Membership Report",
  0x17: "Leave Group",
  0x1e: "Traceroute Response",
  0x1f: "Traceroute Query or Request",
  0x22: "Membership Report",
};
const RECORDS: ValueNames = {
  1: "Mode Is Include",
  2: "Mode Is Exclude",
  3: "Change To Include Mode",
  4: "Change To Exclude Mode",
  5: "Allow New Sources",
  6: "Block Old Sources",
};
const ROUTING: ValueNames = {
  1: "DVMRP",
  2: "MOSPF",
  3: "PIM",
  4: "CBT",
  5: "PIM using special routing table",
  6: "PIM using a static route",
  7: "DVMRP using a static route",
  8: "PIM using MBGP (aka BGP4+) route",
  9: "CBT using special routing table",
  10: "CBT using a static route",
  11: "PIM using state created by Assert processing",
};
const FORWARDING: ValueNames = {
  0x00: "NO_ERROR",
  0x01: "WRONG_IF",
  0x02: "PRUNE_SENT",
  0x03: "PRUNE_RCVD",
  0x04: "SCOPED",
  0x05: "NO_ROUTE",
  0x06: "WRONG_LAST_HOP",
  0x07: "NOT_FORWARDING",
  0x08: "REACHED_RP",
  0x09: "RPF_IF",
  0x0a: "NO_MULTICAST",
  0x0b: "INFO_HIDDEN",
  0x81: "NO_SPACE",
  0x82: "OLD_ROUTER",
  0x83: "ADMIN_PROHIB",
};

// What stands behind the checksum.
const OTHER = 0, GROUP = 1, QUERY3 = 2, RECORDS3 = 3, OLD = 4, TRACED = 5;

/** Which of the forms above a message has; `long`: whether a query is of version 3. */
function form(type: number, long: boolean): number {
  switch (type) {
    case QUERY:
      return long ? QUERY3 : GROUP;
    case REPORT1:
    case REPORT2:
    case LEAVE:
      return GROUP;
    case REPORT3:
      return RECORDS3;
    case TRACE:
    case TRACE_REPLY:
      return TRACED;
  }
  return type <= OLD_MAX ? OLD : OTHER;
}

/** Version of the protocol that the message belongs to; -1 if it is of none. */
function versionOf(type: number, code: number, length: number): number {
  switch (type) {
    case QUERY:
      return length >= QUERY3_MIN ? 3 : code === 0 ? 1 : 2;
    case REPORT1:
      return 1;
    case REPORT2:
    case LEAVE:
      return 2;
    case REPORT3:
      return 3;
  }
  return type <= OLD_MAX ? 0 : -1;
}

const reserved = fixedBytes(1, "igmp.reserved", "Reserved");
const response = u8("igmp.max_resp", "Max Resp Time");
const exponent = u8("igmp.max_resp.exp", "Exponent", { hex: true });
const mantissa = u8("igmp.max_resp.mant", "Mantissa", { hex: true });
const groupType = u8("igmp.group_type", "Type Of Group", {
  values: { 0: "Public Group", 1: "Private Group" },
});
const REPLIES: ValueNames = {
  0: "Request Granted",
  1: "Request Denied, No Resources",
  2: "Request Denied, Invalid Code",
  3: "Request Denied, Invalid Group",
  4: "Request Denied, Invalid Key",
};
const reply = u8("igmp.reply", "Reply", { values: REPLIES });
/** Another code of a reply says after how many seconds to ask again. */
const pending = u8("igmp.reply.pending", "Reply Pending");
const hops = u8("igmp.mtrace.max_hops", "# hops");

/** Says what the second byte means. */
function second(items: Items): void {
  const b = items.bytes, o = items.start, at = o + 1;
  if (items.end < o + 2) return;
  const type = b[o], v = b[at];
  const version = versionOf(type, v, items.reported - o);
  if (version === 1 || type === REPORT3) items.add(reserved.id, at, 1, 0);
  else if (version === 2) items.add(response.id, at, 1, v);
  else if (version === 3) {
    // RFC 3376 section 4.1.1: from 128 on, a mantissa of 4 bits and an exponent of 3.
    const floating = v >= 128;
    items.add(response.id, at, 1, floating ? ((v & 15) | 16) << (((v >> 4) & 7) + 3) : v);
    if (floating) {
      items.depth++;
      items.add(exponent.id, at, 1, (v >> 4) & 7);
      items.add(mantissa.id, at, 1, v & 15);
      items.depth--;
    }
  } else if (version === 0) {
    if (type === 1) items.add(groupType.id, at, 1, v);
    else if ((type & 1) === 0) items.add((v in REPLIES ? reply : pending).id, at, 1, v);
  } else if (type === TRACE || type === TRACE_REPLY) items.add(hops.id, at, 1, v);
}

const group4 = () => ipv4Address("igmp.maddr", "Multicast Address");
const source = () => ipv4Address("igmp.saddr", "Source Address");

/** Internet Group Management Protocol. */
export const igmp: Protocol<Igmp> = protocol<Igmp>({
  name: "igmp",
  title: "Internet Group Management Protocol",
  label: "IGMP",
  layer: "internet",
  parents: { "ip.proto": [2] },
  fields: {
    _version: computed("igmp.version", "IGMP Version", (items) => {
      const b = items.bytes, o = items.start;
      return items.end > o + 1 ? versionOf(b[o], b[o + 1], items.reported - o) : -1;
    }),
    type: u8("igmp.type", "Type", { hex: true, values: IGMP_TYPES }),
    code: u8("", "Code"),
    _second: new Check(second, [], {
      _reserved: reserved,
      _response: response,
      _exponent: exponent,
      _mantissa: mantissa,
      _groupType: groupType,
      _reply: reply,
      _pending: pending,
      _hops: hops,
    }),
    checksum: u16("igmp.checksum", "Checksum", {
      hex: true,
      auto: (d) => internetChecksum(d.bytes),
    }),
    _status: computed("igmp.checksum.status", "Checksum Status", (items) => {
      if (!checkable(items)) return ChecksumStatus.Unverified;
      return fold(sumWords(items.bytes, items.start, items.limit)) === 0xffff
        ? ChecksumStatus.Good
        : ChecksumStatus.Bad;
    }, { values: CHECKSUM_STATUS_NAMES }),
    _body: choose(
      (items) => form(items.bytes[items.start], items.reported - items.start >= QUERY3_MIN),
      {
        [GROUP]: inline({ group: group4() }),
        [QUERY3]: inline({
          group: group4(),
          reserved: bits(4, "", "Reserved"),
          suppress: bool("igmp.s", "S"),
          robustness: bits(3, "igmp.qrv", "QRV", { initial: 2 }),
          intervalCode: u8("igmp.qqic", "QQIC", { initial: 125 }),
          sourceCount: u16("igmp.num_src", "Num Src"),
          sources: list(source(), "sourceCount"),
        }),
        [RECORDS3]: inline({
          reserved: fixedBytes(2, "igmp.reserved", "Reserved"),
          recordCount: u16("igmp.num_grp_recs", "Num Group Records"),
          records: list(
            group<IgmpRecord>("", "Group Record", {
              type: u8("igmp.record_type", "Record Type", { values: RECORDS }),
              auxiliaryLength: u8("igmp.aux_data_len", "Aux Data Len"),
              sourceCount: u16("igmp.num_src", "Num Src"),
              group: group4(),
              sources: list(source(), "sourceCount"),
              auxiliary: bytes("igmp.aux_data", "Aux Data", auxiliary),
            }),
            "recordCount",
          ),
        }),
        [OLD]: inline({
          identifier: u32("igmp.identifier", "Identifier"),
          group: group4(),
          accessKey: fixedBytes(8, "igmp.access_key", "Access Key"),
        }),
        [TRACED]: inline({
          group: group4(),
          source: ipv4Address("igmp.mtrace.saddr", "Source Address"),
          receiver: ipv4Address("igmp.mtrace.raddr", "Receiver Address"),
          response: ipv4Address("igmp.mtrace.rspaddr", "Response Address"),
          responseTtl: u8("igmp.mtrace.resp_ttl", "Response TTL"),
          query: u24("igmp.mtrace.q_id", "Query ID"),
          blocks: list(group("", "Response", {
            arrival: u32("igmp.mtrace.q_arrival", "Query Arrival"),
            incoming: ipv4Address("igmp.mtrace.q_inaddr", "In itf addr"),
            outgoing: ipv4Address("igmp.mtrace.q_outaddr", "Out itf addr"),
            previous: ipv4Address("igmp.mtrace.q_prevrtr", "Previous rtr addr"),
            packetsIn: u32("igmp.mtrace.q_inpkt", "In pkts"),
            packetsOut: u32("igmp.mtrace.q_outpkt", "Out pkts"),
            total: u32("igmp.mtrace.q_total", "S,G pkt count"),
            protocol: u8("igmp.mtrace.q_rtg_proto", "Rtg Protocol", { values: ROUTING }),
            ttl: u8("igmp.mtrace.q_fwd_ttl", "FwdTTL"),
            zero: bits(1, "igmp.mtrace.q_mbz", "MBZ", { hex: true }),
            sourceOnly: bits(1, "igmp.mtrace.q_s", "S", { hex: true }),
            sourceMask: bits(6, "igmp.mtrace.q_src_mask", "Src Mask", { hex: true }),
            code: u8("igmp.mtrace.q_fwd_code", "Forwarding Code", {
              hex: true,
              values: FORWARDING,
            }),
          })),
        }),
      },
      inline({ data: bytes("igmp.data", "Data") }),
      (object) =>
        form(
          Number(object.type ?? 0),
          object.intervalCode !== undefined || object.sources !== undefined,
        ),
    ),
  },
  header: "rest",
  next: { table: "igmp.type", field: "type" },
  walk,
  summary,
});

const TYPES_TABLE = new Keys("igmp.type");
/** Where messages of other protocols go to that use types of their own: 224.0.0.25 (RFC 3488), 224.0.0.22. */
const RGMP_GROUP = 25, MSNIP_GROUP = 22;

/** Whether messages of this type belong to another protocol, which then also has what stands in this header. */
function isOther(w: Walker, type: number): boolean {
  if (type === 0x13 || (type >= 0x40 && type <= 0x42)) return true;
  const wanted = type >= 0xfc ? RGMP_GROUP : type >= 0x23 && type <= 0x25 ? MSNIP_GROUP : -1;
  const below = w.used - 2 * LAYER;
  if (wanted < 0 || below < w.first) return false;
  const a = w.catalogue.protocols[w.layers[below] & PROTOCOL_MASK].spec.addresses;
  if (a?.length !== 4) return false;
  const b = w.bytes, dst = w.layers[below + 1] + a.dst;
  return b[dst] === 224 && b[dst + 1] === 0 && b[dst + 2] === 0 && b[dst + 3] === wanted;
}

function walk(w: Walker): void {
  const type = w.bytes[w.start];
  w.next = -2;
  if (isOther(w, type)) {
    w.end = w.start + IGMP_HEADER;
    if (w.end <= w.limit) TYPES_TABLE.find(w, type);
  } else w.end = w.limit;
}

/** Length of a record's auxiliary data: its field stands before the sources. */
function auxiliary(items: Items): number {
  const rows = items.rows;
  // The group record's heading is the last row one level up; its length byte stands one behind its start.
  for (let p = items.used - 4; p >= 0; p -= 4) {
    if (rows[p] >>> 16 < items.depth) return items.bytes[rows[p + 1] + 1] * 4;
  }
  return 0;
}

function summary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly limit: number;
    readonly reported: number;
  },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start;
  if (layer.limit - o < 2) return out.ascii("IGMP");
  const type = b[o], version = versionOf(type, b[o + 1], layer.reported - o);
  out.ascii(IGMP_TYPES[type] ?? "Unknown IGMP type");
  if (type !== REPORT3 && version > 0 && layer.limit - o >= 8) {
    out.ensure(64);
    if (type === QUERY) {
      if ((b[o + 4] | b[o + 5] | b[o + 6] | b[o + 7]) === 0) return out.ascii(", general");
      out.ascii(", specific for group ");
    } else out.ascii(type === LEAVE ? " " : " group ");
    out.ensure(24);
    out.ipv4(b, o + 4);
  }
}
