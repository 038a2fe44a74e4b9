/**
 * Options of hop-by-hop and destination options headers (RFC 8200 section 4.2), which both may carry.
 *
 * @module
 */
import { LAYER } from "../core/catalogue.ts";
import {
  bits,
  bool,
  bytes,
  choose,
  computed,
  custom,
  type Field,
  flag,
  inline,
  ipv6Address,
  optional,
  text,
  u16,
  u24,
  u32,
  u64,
  u8,
  type ValueNames,
  within,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import { type OptionCase, options, quickStart } from "./_options.ts";

/** An IPv6 option. `kind` is its type octet; the other keys depend on it. */
export interface Ipv6Option {
  /** Type octet: what to do if it is unknown, whether it may change, and number (RFC 8200 section 4.2). */
  readonly kind: number;
  /** Length of the value in bytes; absent for Pad1. */
  readonly length?: number;
  /** What the option carries. */
  readonly [key: string]: unknown;
}

/** Type of the home address option (RFC 6275 section 6.3). */
export const HOME_ADDRESS = 0xc9;

const TYPES: ValueNames = {
  0: "Pad1",
  1: "PadN",
  4: "Tunnel Encapsulation Limit",
  5: "Router Alert",
  7: "CALIPSO",
  8: "SMF_DPD",
  15: "Performance and Diagnostic Metrics",
  30: "Experimental (0x1E)",
  38: "Quick-Start",
  48: "Path MTU Option",
  49: "IOAM Option",
  62: "Experimental (0x3E)",
  65: "Tunnel Payload Forwarding (TPF) Information",
  94: "Experimental (0x5E)",
  99: "RPL Option",
  109: "MPL Option",
  126: "Experimental (0x7E)",
  138: "Endpoint Identification",
  139: "ILNP Nonce",
  140: "Line-Identification Option",
  158: "Experimental (0x9E)",
  190: "Experimental (0xBE)",
  194: "Jumbo Payload",
  201: "Home Address",
  222: "Experimental (0xDE)",
  238: "IP_DFF",
  254: "Experimental (0xFE)",
};
const ACTIONS: ValueNames = {
  0: "Skip and continue",
  1: "Discard",
  2: "Discard and send ICMP Parameter Problem",
  3: "Discard and send ICMP if not multicast",
};
const HEADING = "ipv6.opt";

function option(name: string, fields: Readonly<Record<string, Field<unknown>>>): OptionCase {
  return [HEADING, name, fields];
}

function experiment(): OptionCase {
  return option("IPv6 Option - Experimental", {
    data: bytes("ipv6.opt.experimental", "Experimental Option", "rest", { keepEmpty: true }),
  });
}

/** Hop limit of the packet, which stands in the header before this one; -1 if that is not known. */
function hopLimit(items: Items): number {
  const { layers, layer, firstLayer } = items;
  return layers.length > 0 && layer > firstLayer ? items.bytes[layers[layer - LAYER + 1] + 7] : -1;
}

/** Simplified Multicast Forwarding duplicate detection (RFC 6621 section 6.1). */
function duplicates(): Field<unknown> {
  const type = bits(3, "ipv6.opt.smf_dpd.tid_type", "TaggerID Type", {
    values: { 0: "NULL", 1: "DEFAULT", 2: "IPv4", 3: "IPv6" },
  });
  return choose(
    (items) => items.peek(0) >> 7,
    {
      1: inline({
        _hash: computed("ipv6.opt.smf_dpd.hash_bit", "H-bit", () => 1, { kind: Kind.Bool }),
        hashAssist: bytes("ipv6.opt.smf_dpd.hav", "Hash Assist Value"),
      }),
    },
    inline({
      hash: bool("ipv6.opt.smf_dpd.hash_bit", "H-bit"),
      taggerType: type,
      taggerLength: bits(4, "ipv6.opt.smf_dpd.tid_len", "TaggerID Length"),
      taggerId: optional(
        (items) => ((items.bytes[items.at - 1] >> 4) & 7) !== 0,
        bytes(
          "ipv6.opt.smf_dpd.tagger_id",
          "TaggerID",
          (items) => (items.bytes[items.at - 1] & 15) + 1,
        ),
      ),
      identifier: bytes("ipv6.opt.smf_dpd.ident", "Identifier"),
    }),
    (object) => object.hashAssist === undefined ? 0 : 1,
  );
}

const SEED_BYTES = [0, 2, 8, 16];

/** Options of a hop-by-hop or destination options header; each call makes new fields. */
export function ipv6Options(): Field<readonly Ipv6Option[]> {
  const experiments: Record<number, OptionCase> = {};
  for (const kind of [30, 62, 94, 126, 158, 190, 222, 254]) experiments[kind] = experiment();
  return options<Ipv6Option>({
    kind: () => ({
      kind: u8("ipv6.opt.type", "Type", { hex: true, values: TYPES }),
      action: within(0xc0, "ipv6.opt.type.action", "Action", { values: ACTIONS }),
      change: flag(0x20, "ipv6.opt.type.change", "May Change"),
      number: within(0x1f, "ipv6.opt.type.rest", "Low-Order Bits", { hex: true }),
    }),
    length: () => u8("ipv6.opt.length", "Length"),
    uncounted: 2,
    rest: "ipv6.opt_unknown_data",
    pad: { to: 8, before: 2, kind: 1 },
    singleKind: () => u8("ipv6.opt.type", "Type", { hex: true, values: TYPES }),
    single: { 0: option("IPv6 Option - Pad1", {}) },
    cases: {
      1: option("IPv6 Option - PadN", {
        padding: bytes("ipv6.opt.padn", "PadN", "rest", { keepEmpty: true }),
      }),
      4: option("IPv6 Option - Tunnel Encapsulation Limit", {
        limit: u8("ipv6.opt.tel", "Tunnel Encapsulation Limit"),
      }),
      5: option("IPv6 Option - Router Alert", {
        value: u16("ipv6.opt.router_alert", "Router Alert", {
          values: { 0: "MLD", 1: "RSVP", 2: "Active Network" },
        }),
      }),
      7: option("IPv6 Option - CALIPSO", {
        doi: u32("ipv6.opt.calipso.doi", "CALIPSO Domain of Interpretation"),
        compartments: u8("ipv6.opt.calipso.cmpt.length", "Compartment Length"),
        level: u8("ipv6.opt.calipso.sens_level", "Sensitivity Level"),
        checksum: u16("ipv6.opt.calipso.checksum", "Checksum", { hex: true }),
        bitmap: bytes(
          "ipv6.opt.calipso.cmpt_bitmap",
          "Compartment Bitmap",
          (items) => items.bytes[items.at - 4] * 4,
          { keepEmpty: true },
        ),
      }),
      8: option("IPv6 Option - SMF_DPD", { _form: duplicates() }),
      15: option("IPv6 Option - Performance and Diagnostic Metrics", {
        scaleReceived: u8("ipv6.opt.pdm.scale_dtlr", "Scale DTLR"),
        scaleSent: u8("ipv6.opt.pdm.scale_dtls", "Scale DTLS"),
        thisPacket: u16("ipv6.opt.pdm.psn_this_pkt", "PSN This Packet"),
        lastReceived: u16("ipv6.opt.pdm.psn_last_recv", "PSN Last Received"),
        deltaReceived: u16("ipv6.opt.pdm.delta_last_recv", "Delta Time Last Received"),
        deltaSent: u16("ipv6.opt.pdm.delta_last_sent", "Delta Time Last Sent"),
      }),
      38: option(
        "IPv6 Option - Quick-Start",
        quickStart("ipv6.opt.qs", hopLimit, "ipv6.opt_unknown_data"),
      ),
      48: option("IPv6 Option - Path MTU", {
        least: u16("ipv6.opt.pmtu.min", "Minimum Reported PMTU"),
        returned: bits(15, "ipv6.opt.pmtu.rtn", "Return Minimum PMTU", { scale: 2 }),
        return: bool("ipv6.opt.pmtu.r_flag", "Return Flag"),
      }),
      49: option("IPv6 Option - IOAM", {
        reserved: u8("ipv6.opt.ioam.rsv", "Reserved"),
        type: u8("ipv6.opt.ioam.opt_type", "Option-Type", {
          values: {
            0: "Pre-allocated Trace",
            1: "Incremental Trace",
            2: "Proof of Transit",
            3: "Edge to Edge",
          },
        }),
        data: trace(),
      }),
      65: option("IPv6 Option - Tunnel Payload Forwarding", {
        information: u32("ipv6.opt.tpf_information", "TPF Information", { hex: true }),
      }),
      99: option("IPv6 Option - RPL", {
        flags: u8("ipv6.opt.rpl.flag", "Flag", { hex: true }),
        down: flag(0x80, "ipv6.opt.rpl.flag.o", "Down"),
        rankError: flag(0x40, "ipv6.opt.rpl.flag.r", "Rank Error"),
        forwardingError: flag(0x20, "ipv6.opt.rpl.flag.f", "Forwarding Error"),
        _reserved: within(0x1f, "ipv6.opt.rpl.flag.rsv", "Reserved", { hex: true }),
        instance: u8("ipv6.opt.rpl.instance_id", "RPLInstanceID", { hex: true }),
        rank: u16("ipv6.opt.rpl.sender_rank", "Sender Rank", { hex: true }),
      }),
      109: option("IPv6 Option - MPL", {
        flags: u8("ipv6.opt.mpl.flag", "Flag", { hex: true }),
        seedLength: within(0xc0, "ipv6.opt.mpl.flag.s", "Seed ID Length", {
          values: {
            0: "0",
            1: "16-bit unsigned integer",
            2: "64-bit unsigned integer",
            3: "128-bit unsigned integer",
          },
        }),
        largest: flag(0x20, "ipv6.opt.mpl.flag.m", "Largest Sequence"),
        version: flag(0x10, "ipv6.opt.mpl.flag.v", "Version"),
        _reserved: within(0x0f, "ipv6.opt.mpl.flag.rsv", "Reserved", { hex: true }),
        sequence: u8("ipv6.opt.mpl.sequence", "Sequence", { hex: true }),
        seed: bytes(
          "ipv6.opt.mpl.seed_id",
          "Seed ID",
          (items) => SEED_BYTES[items.bytes[items.at - 2] >> 6],
        ),
      }),
      139: option("IPv6 Option - ILNP Nonce", {
        nonce: bytes("ipv6.opt.ilnp_nonce", "ILNP Nonce"),
      }),
      140: option("IPv6 Option - Line-Identification", {
        lineLength: u8("ipv6.opt.lio.length", "LineIDLen"),
        line: text(
          "ipv6.opt.lio.line_id",
          "Line ID",
          (items) => Math.min(items.left, items.bytes[items.at - 1]),
        ),
      }),
      194: option("IPv6 Option - Jumbo Payload", {
        payloadLength: u32("ipv6.opt.jumbo", "Payload Length"),
      }),
      [HOME_ADDRESS]: option("IPv6 Option - Home Address", {
        address: ipv6Address("ipv6.opt.mipv6.home_address", "MIPv6 Home Address"),
      }),
      238: option("IPv6 Option - Depth-First Forwarding", {
        flags: u8("ipv6.opt.dff.flags", "Flags", { hex: true }),
        version: within(0xc0, "ipv6.opt.dff.flag.ver", "Version (VER)"),
        duplicate: flag(0x20, "ipv6.opt.dff.flag.dup", "Duplicate (DUP)"),
        return: flag(0x10, "ipv6.opt.dff.flag.ret", "Return (RET)"),
        _reserved: within(0x0f, "ipv6.opt.dff.flag.rsv", "Reserved", { hex: true }),
        sequence: u16("ipv6.opt.dff.sequence_number", "Sequence Number"),
      }),
      ...experiments,
    },
    otherwise: option("IPv6 Option - Unknown", {
      data: bytes("ipv6.opt.unknown", "Unknown Option Payload", "rest", { keepEmpty: true }),
    }),
  });
}

const TRACE = "ipv6.opt.ioam.trace";
const TYPE_BITS = [
  "Hop_Lim and Node ID (short)",
  "Ingress and Egress IDs (short)",
  "Timestamp seconds",
  "Timestamp fraction",
  "Transit delay",
  "IOAM-Namespace specific data (short)",
  "Queue depth",
  "Checksum complement",
  "Hop_Lim and Node ID (wide)",
  "Ingress and Egress IDs (wide)",
  "IOAM-Namespace specific data (wide)",
  "Buffer occupancy",
];

/** What a trace option holds (RFC 9197 section 4.4): its bytes as the value, their parts as fields. */
function trace(): Field<unknown> {
  const hex = { hex: true };
  const all = bytes("", "Data");
  const rest = bytes("ipv6.opt_unknown_data", "Unknown Data");
  const namespace = u16(`${TRACE}.ns`, "Namespace ID");
  const nodeLength = u8(`${TRACE}.nodelen`, "Node Length");
  const flags = u16(`${TRACE}.flags`, "Flags", hex);
  const flagBits = [
    flag(0x8, `${TRACE}.flag.o`, "Overflow"),
    flag(0x4, `${TRACE}.flag.l`, "Loopback"),
    flag(0x2, `${TRACE}.flag.a`, "Active"),
    flag(0x1, `${TRACE}.flag.rsv`, "Reserved"),
  ];
  const left = u8(`${TRACE}.remlen`, "Remaining Length");
  const type = u24(`${TRACE}.type`, "Trace Type", hex);
  const typeBits = TYPE_BITS.map((name, i) => bool(`${TRACE}.type.bit${i}`, name));
  const undefinedBits = bool(`${TRACE}.type.undef`, "Undefined");
  const snapshotBit = bool(`${TRACE}.type.bit22`, "Opaque State Snapshot");
  const reservedBit = bool(`${TRACE}.type.rsv`, "Reserved");
  const reserved = u8(`${TRACE}.rsv`, "Reserved");
  const free = bytes(`${TRACE}.free_space`, "Free space");
  const node = `${TRACE}.node`;
  const hop = u8(`${node}.hlim`, "Hop Limit");
  const id = u24(`${node}.id`, "ID", hex);
  const into = u16(`${node}.iif`, "Ingress ID", hex);
  const outOf = u16(`${node}.eif`, "Egress ID", hex);
  const words = [
    u32(`${node}.tss`, "Timestamp Seconds", hex),
    u32(`${node}.tsf`, "Timestamp Fraction", hex),
    u32(`${node}.trdelay`, "Transit Delay", hex),
    u32(`${node}.nsdata`, "Namespace Data (short)", hex),
    u32(`${node}.qdepth`, "Queue Depth", hex),
    u32(`${node}.csum`, "Checksum Complement", hex),
  ];
  const wideId = u64(`${node}.id_wide`, "ID", { hex: true, width: 56 });
  const wideInto = u32(`${node}.iif_wide`, "Ingress ID", hex);
  const wideOutOf = u32(`${node}.eif_wide`, "Egress ID", hex);
  const wideData = u64(`${node}.nsdata_wide`, "Namespace Data (wide)", { hex: true });
  const occupancy = u32(`${node}.bufoccup`, "Buffer Occupancy", hex);
  const unknown = u32(`${node}.undefined`, "Undefined bit", hex);
  const snapshotLength = u8(`${node}.oss.len`, "Length");
  const schema = u24(`${node}.oss.scid`, "Schema ID", hex);
  const snapshot = bytes(`${node}.oss.data`, "Data");
  const fields: Record<string, Field<unknown>> = { data: all };
  const parts = [
    rest,
    namespace,
    nodeLength,
    flags,
    ...flagBits,
    left,
    type,
    ...typeBits,
    undefinedBits,
    snapshotBit,
    reservedBit,
    reserved,
    free,
    hop,
    id,
    into,
    outOf,
    ...words,
    wideId,
    wideInto,
    wideOutOf,
    wideData,
    occupancy,
    unknown,
    snapshotLength,
    schema,
    snapshot,
  ];
  parts.forEach((f, i) => fields[`_${i}`] = f);

  const word = (b: Uint8Array, at: number): number =>
    (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3];
  const number = (items: Items, f: Field<unknown>, at: number, n: number): void =>
    items.add(f.id, at, n, n === 8 ? 0 : word(items.bytes, at) >>> (32 - n * 8));

  /** One node's data; answers where it ends. */
  function emitNode(items: Items, at: number, end: number, bitsSet: number): number {
    const b = items.bytes;
    let p = at;
    for (let i = 0; i < 22; i++) {
      if (((bitsSet >> (23 - i)) & 1) === 0) continue;
      const n = i === 8 || i === 9 || i === 10 ? 8 : 4;
      if (p + n > end) return end;
      if (i === 0 || i === 8) {
        items.add(hop.id, p, 1, b[p]);
        if (i === 0) items.add(id.id, p + 1, 3, word(b, p) & 0xffffff);
        else items.add(wideId.id, p + 1, 7, 0);
      } else if (i === 1) {
        number(items, into, p, 2);
        number(items, outOf, p + 2, 2);
      } else if (i < 8) number(items, words[i - 2], p, 4);
      else if (i === 9) {
        number(items, wideInto, p, 4);
        number(items, wideOutOf, p + 4, 4);
      } else if (i === 10) items.add(wideData.id, p, 8, 0);
      else number(items, i === 11 ? occupancy : unknown, p, 4);
      p += n;
    }
    if ((bitsSet & 2) !== 0 && p + 4 <= end) {
      items.add(snapshotLength.id, p, 1, b[p]);
      items.add(schema.id, p + 1, 3, word(b, p) & 0xffffff);
      const n = b[p] * 4;
      p += 4;
      if (p + n > end) return end;
      if (n > 0) items.add(snapshot.id, p, n, 0);
      p += n;
    }
    return p;
  }

  return custom({
    fields,
    emit(items) {
      const b = items.bytes, from = items.at, end = items.end;
      const kind = b[from - 1];
      if (from < end) items.add(all.id, from, end - from, 0);
      items.at = end;
      if (kind > 1) {
        if (from < end) items.add(rest.id, from, end - from, 0);
        return;
      }
      if (end - from < 8) {
        items.malformed = true;
        return;
      }
      const head = (b[from + 2] << 8) | b[from + 3],
        nodeWords = head >> 11,
        freeWords = head & 0x7f;
      items.add(namespace.id, from, 2, (b[from] << 8) | b[from + 1]);
      items.add(nodeLength.id, from + 2, 1, nodeWords);
      const flagValue = (head >> 7) & 15;
      items.add(flags.id, from + 2, 2, flagValue);
      for (let i = 0; i < 4; i++) {
        items.add(flagBits[i].id, from + 2, 2, (flagValue >> (3 - i)) & 1);
      }
      items.add(left.id, from + 3, 1, freeWords);
      const bitsSet = word(b, from + 4) >>> 8;
      items.add(type.id, from + 4, 3, bitsSet);
      for (let i = 0; i < 12; i++) {
        items.add(typeBits[i].id, from + 4, 3, (bitsSet >> (23 - i)) & 1);
      }
      items.add(undefinedBits.id, from + 4, 3, (bitsSet & 0xffc) !== 0 ? 1 : 0);
      items.add(snapshotBit.id, from + 4, 3, (bitsSet >> 1) & 1);
      items.add(reservedBit.id, from + 4, 3, bitsSet & 1);
      items.add(reserved.id, from + 7, 1, b[from + 7]);
      let at = from + 8;
      if (nodeWords === 0 || at + freeWords * 4 > end) {
        items.malformed = true;
        if (at < end) items.add(rest.id, at, end - at, 0);
        return;
      }
      if (freeWords > 0) {
        items.add(free.id, at, freeWords * 4, 0);
        at += freeWords * 4;
      }
      for (let i = 0; i < LIST_MAX && at + nodeWords * 4 <= end; i++) {
        const next = emitNode(items, at, end, bitsSet);
        if (next <= at) return;
        at = next;
      }
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}
