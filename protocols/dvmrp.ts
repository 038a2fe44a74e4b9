/**
 * Distance Vector Multicast Routing Protocol: version 3 (draft-ietf-idmr-dvmrp-v3); of version 1 (RFC 1075) what fits
 * into messages too short for version 3.
 *
 * @module
 */
import {
  bytes,
  choose,
  computed,
  custom,
  type Field,
  flag,
  group,
  ifLeft,
  inline,
  ipv4Address,
  list,
  u16,
  u32,
  u8,
  type ValueNames,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Check } from "./_options.ts";
import { IGMP_HEADER, igmpByte, igmpHeader } from "./_igmp.ts";

/** What stands behind IGMP's header of a DVMRP message, whose code says what that is. */
export interface Dvmrp {
  /** Reserved; capabilities are its second byte, of probes and answers about neighbors. */
  readonly reserved?: number;
  /** Minor version. */
  readonly minor?: number;
  /** Major version. */
  readonly major?: number;
  /** Generation of the sender's routing table, of a probe. */
  readonly generation?: number;
  /** Neighbors that were heard, of a probe. */
  readonly neighbors?: readonly string[];
  /** Routes of a report, as they stand there. */
  readonly routes?: Uint8Array;
  /** Source, of prunes and grafts. */
  readonly src?: string;
  /** Multicast address, of prunes and grafts. */
  readonly group?: string;
  /** Any other part of a message. */
  readonly [key: string]: unknown;
}

const TYPES = { 0x13: "DVMRP" } as const;
const PROBE = 1, REPORT = 2, NEIGHBORS = 6, PRUNE = 7, GRAFT = 8, GRAFT_ACK = 9;
const CODES = {
  1: "Probe",
  2: "Report",
  3: "Ask Neighbors",
  4: "Neighbors",
  5: "Ask Neighbors 2",
  6: "Neighbors 2",
  7: "Prune",
  8: "Graft",
  9: "Graft ACK",
} as const;
const COMMANDS = {
  0: "NULL",
  2: "Address Family Indicator",
  3: "Subnetmask",
  4: "Metric",
  5: "Flags0",
  6: "Infinity",
  7: "Destination Address",
  8: "Requested Destination Address",
  9: "Non-Membership Report",
  10: "Non-Membership Report Cancel",
} as const;
const CODES1 = {
  1: "Response",
  2: "Request",
  3: "Non-membership report",
  4: "Non-membership cancellation",
} as const;
/** Bytes of version 3's header behind IGMP's; shorter messages are of version 1. */
const HEADER3 = 4;

function versionOf(items: Items): 1 | 3 {
  return items.reported - items.start < HEADER3 ? 1 : 3;
}

const source = () => ipv4Address("dvmrp.saddr", "Source Addr");
const multicast = () => ipv4Address("dvmrp.maddr", "Multicast Addr");
const neighbor = () => ipv4Address("dvmrp.neighbor", "Neighbor Addr");
const mask = (): Record<string, Field<unknown>> => ({
  _mask: choose(
    (items) => items.left >= 4 ? 1 : 0,
    { 1: inline({ mask: ipv4Address("dvmrp.netmask", "Netmask") }) },
    undefined,
    (object) => object.mask === undefined ? 0 : 1,
  ),
});

/** Routes: a mask without its first byte, then networks without the bytes that the mask leaves out, and their metrics. */
function routes(): Field<unknown> {
  const all = bytes("", "Routes");
  const heading = group("dvmrp.route", "Route", {});
  const netmask = ipv4Address("dvmrp.netmask", "Netmask");
  const network = source();
  const metric = u8("dvmrp.metric", "Metric");
  const address = new Uint8Array(4);
  return custom({
    fields: {
      routes: all,
      _heading: heading,
      _mask: netmask,
      _network: network,
      _metric: metric,
    },
    emit(items) {
      const b = items.bytes, end = items.end;
      if (items.at < end) items.add(all.id, items.at, end - items.at, 0);
      while (items.at < end) {
        let p = items.at;
        if (p + 3 > end) return void items.has(3);
        const row = items.open(heading.id);
        address[0] = 255;
        let there = 1;
        for (let i = 1; i < 4; i++) {
          address[i] = b[p + i - 1];
          if (address[i] !== 0) there++;
        }
        items.addText(netmask.id, address);
        const masks = [true, b[p] !== 0, b[p + 1] !== 0, b[p + 2] !== 0];
        p += 3;
        for (let last = false; !last;) {
          items.at = p;
          if (!items.has(there + 1)) return items.close(row);
          for (let i = 0; i < 4; i++) address[i] = masks[i] ? b[p++] : 0;
          items.addText(network.id, address);
          items.add(metric.id, p, 1, b[p] & 0x7f);
          last = (b[p++] & 0x80) !== 0;
        }
        items.at = p;
        items.close(row);
      }
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

/** Interfaces and who is heard there. */
function interfaces(): Field<unknown> {
  const bit = (mask: number, key: string, name: string): Field<boolean> =>
    flag(mask, `dvmrp.flag.${key}`, name);
  return list(group("", "Interface", {
    local: ipv4Address("dvmrp.local", "Local Addr"),
    metric: u8("dvmrp.metric", "Metric"),
    threshold: u8("dvmrp.threshold", "Threshold"),
    flags: u8("", "Flags", { hex: true }),
    tunnel: bit(0x01, "tunnel", "Tunnel"),
    sourceRoute: bit(0x02, "srcroute", "Source Route"),
    down: bit(0x10, "down", "Down"),
    disabled: bit(0x20, "disabled", "Disabled"),
    querier: bit(0x40, "querier", "Querier"),
    leaf: bit(0x80, "leaf", "Leaf"),
    neighborCount: u8("dvmrp.ncount", "Neighbor Count"),
    neighbors: list(neighbor(), "neighborCount"),
  }));
}

/** What a router can do, in the second reserved byte of some messages. */
function capabilities(): Field<unknown> {
  const all = u8("dvmrp.capabilities", "Capabilities", { hex: true });
  const names = ["leaf", "prune", "genid", "mtrace", "snmp", "netmask"];
  const titles = ["Leaf", "Prune", "Genid", "Mtrace", "SNMP", "Netmask"];
  const flags = names.map((name, i) => flag(1 << i, `dvmrp.cap.${name}`, titles[i]));
  return new Check(
    (items) => {
      const code = igmpByte(items, 1), at = items.at - 1, v = items.bytes[at];
      if (code !== PROBE && code !== NEIGHBORS) return;
      items.add(all.id, at, 1, v);
      items.depth++;
      flags.forEach((f, i) => items.add(f.id, at, 1, (v >> i) & 1));
      items.depth--;
    },
    [],
    { _all: all, ...Object.fromEntries(flags.map((f, i) => [`_${i}`, f])) },
  );
}

/** Version 3: a fixed part, then what the code says. */
function version3(): Field<unknown> {
  const graft = (): Field<unknown> => inline({ src: source(), group: multicast(), ...mask() });
  return inline({
    reserved: u16("dvmrp.reserved", "Reserved", { hex: true }),
    _capabilities: capabilities(),
    minor: u8("dvmrp.min_ver", "Minor Version", { hex: true }),
    major: u8("dvmrp.maj_ver", "Major Version", { hex: true }),
    _body: choose(
      (items) => igmpByte(items, 1),
      {
        [PROBE]: inline({
          generation: u32("dvmrp.genid", "Generation ID"),
          neighbors: list(neighbor()),
        }),
        [REPORT]: inline({ routes: routes() }),
        [NEIGHBORS]: inline({ interfaces: interfaces() }),
        [PRUNE]: inline({
          src: source(),
          group: multicast(),
          lifetime: u32("dvmrp.lifetime", "Prune lifetime"),
          ...mask(),
        }),
        [GRAFT]: graft(),
        [GRAFT_ACK]: graft(),
      },
      inline({ data: bytes("", "Data") }),
      (object) =>
        object.generation !== undefined
          ? PROBE
          : object.routes !== undefined
          ? REPORT
          : object.interfaces !== undefined
          ? NEIGHBORS
          : object.lifetime !== undefined
          ? PRUNE
          : object.group !== undefined
          ? GRAFT
          : -1,
    ),
  });
}

/** Commands of version 1 (RFC 1075 section 3), those that fit before version 3 would begin. */
function version1(): Field<unknown> {
  const flags = (): Record<string, Field<unknown>> => ({
    flags: u8("", "Flags", { hex: true }),
    unreachable: flag(0x01, "dvmrp.dest_unreach", "Destination Unreachable"),
    splitHorizon: flag(0x02, "dvmrp.split_horiz", "Split Horizon"),
  });
  return inline({
    commands: list(group("dvmrp.commands", "Commands", {
      command: u8("dvmrp.command", "Command", { hex: true, values: COMMANDS }),
      _value: choose(
        "command",
        {
          2: inline({
            family: u8("dvmrp.afi", "Address Family", { hex: true, values: { 2: "IP v4 Family" } }),
          }),
          3: inline({ count: u8("dvmrp.count", "Count", { hex: true }) }),
          4: inline({ metric: u8("dvmrp.metric", "Metric") }),
          5: inline(flags()),
          6: inline({ infinity: u8("dvmrp.infinity", "Infinity") }),
        },
        inline({ value: ifLeft(u8("", "Value", { hex: true })) }),
      ),
    })),
  });
}

const header3 = igmpHeader("dvmrp", TYPES, {
  abbrev: "dvmrp.v3.code",
  name: "Code",
  hex: true,
  values: CODES,
});

/** Distance Vector Multicast Routing Protocol. */
export const dvmrp: Protocol<Dvmrp> = protocol<Dvmrp>({
  name: "dvmrp",
  title: "Distance Vector Multicast Routing Protocol",
  label: "DVMRP",
  layer: "internet",
  parents: { "igmp.type": [0x13] },
  fields: {
    _version: computed("dvmrp.version", "DVMRP Version", versionOf),
    _message: choose(
      versionOf,
      {
        3: inline({ _header: header3, _version3: version3() }),
        1: inline({
          _header: igmpHeader("dvmrp", TYPES, {
            abbrev: "dvmrp.v1.code",
            name: "Code",
            hex: true,
            values: CODES1,
          }),
          _version1: version1(),
        }),
      },
      undefined,
      (object) => object.commands === undefined ? 3 : 1,
    ),
  },
  header: "rest",
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly reported: number },
  out: TextWriter,
): void {
  const code = layer.bytes[layer.start - IGMP_HEADER + 1];
  const old = layer.reported - layer.start < HEADER3;
  const names: ValueNames = old ? CODES1 : CODES;
  out.ascii(old ? "V1 " : "V3 ");
  out.ascii(names[code] ?? "Unknown Type");
}
