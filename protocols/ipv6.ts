/**
 * Internet Protocol version 6 (RFC 8200; jumbograms RFC 2675; addresses that hold others RFC 3056, 4291, 4380, 5214,
 * 6052).
 *
 * @module
 */
import { type Catalogue, LAYER, type Walker } from "../core/catalogue.ts";
import {
  bits,
  bytes,
  computed,
  custom,
  ipv4Address,
  ipv6Address,
  macAddress,
  u16,
  u8,
  within,
} from "../core/field.ts";
import { Issue, type Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IP_PROTOCOLS } from "./_names.ts";
import { Check } from "./_options.ts";
import { DSCP, ECN } from "./ip.ts";

/** An IPv6 header. */
export interface Ipv6 {
  /** Always 6. */
  readonly version: number;
  /** Traffic class. */
  readonly trafficClass: number;
  /** Differentiated services code point (RFC 2474). */
  readonly dscp: number;
  /** Explicit congestion notification (RFC 3168). */
  readonly ecn: number;
  /** Flow label. */
  readonly flowLabel: number;
  /** Length of what follows the header, in bytes; 0 for a jumbogram. */
  readonly payloadLength: number;
  /** Protocol number of the next header. */
  readonly nextHeader: number;
  /** Hop limit. */
  readonly hopLimit: number;
  /** Source address. */
  readonly src: string;
  /** Destination address. */
  readonly dst: string;
}

const HEADER = 40;
const HOP_BY_HOP = 0, TCP = 6, NOTHING = 59;
/** The option that says a jumbogram's length, and the least length it may say (RFC 2675 section 2). */
const JUMBO = 0xc2, JUMBO_MIN = 65_536;

const version = bits(4, "ipv6.version", "Version", { initial: 6 });
const ipVersion = computed("ip.version", "Version", (items) => items.bytes[items.start] >> 4, {
  recipe: (r, id) => r.byte(id, 0, 4),
});

/** Internet Protocol version 6. */
export const ipv6: Protocol<Ipv6> = protocol<Ipv6>({
  name: "ipv6",
  title: "Internet Protocol Version 6",
  label: "IPv6",
  layer: "internet",
  parents: {
    ethertype: [0x86dd],
    "ip.proto": [41],
    linktype: [229],
    "null.family": [10, 23, 24, 28, 30],
    "ip.version": [6],
    "ppp.protocol": [0x57],
  },
  fields: {
    _check: new Check(check, ["ipv6.version", "ip.version"], {}, (r) => {
      r.need(HEADER);
      r.test(0, 0xf000, 0x6000);
      r.network(8, 24, 16);
    }),
    version,
    trafficClass: bits(8, "ipv6.tclass", "Traffic Class", { hex: true }),
    dscp: within(0xfc, "ipv6.tclass.dscp", "Differentiated Services Codepoint", { values: DSCP }),
    ecn: within(0x03, "ipv6.tclass.ecn", "Explicit Congestion Notification", { values: ECN }),
    flowLabel: bits(20, "ipv6.flow", "Flow Label", { hex: true }),
    payloadLength: u16("ipv6.plen", "Payload Length", {
      auto: (d) => d.bytes.length - HEADER < JUMBO_MIN ? d.bytes.length - HEADER : 0,
    }),
    nextHeader: u8("ipv6.nxt", "Next Header", { values: IP_PROTOCOLS, initial: NOTHING }),
    hopLimit: u8("ipv6.hlim", "Hop Limit", { initial: 64 }),
    src: ipv6Address("ipv6.src", "Source Address", { also: "ipv6.addr" }),
    dst: ipv6Address("ipv6.dst", "Destination Address", { also: "ipv6.addr" }),
    _ipVersion: ipVersion,
    _inside: inside(),
  },
  payload: { field: "payloadLength", base: HEADER },
  next: { table: "ip.proto", field: "nextHeader" },
  plain: { at: 4, span: 2, min: 1, max: 0xffff, is: [0, 0xf0, 0x60] },
  walk,
  addresses: { src: 8, dst: 24, length: 16 },
  summary,
});

/** Of a header that is none only the version is reported. */
function check(items: Items): void {
  if (items.left < 1) return;
  const v = items.bytes[items.start] >> 4;
  if (v === 6) {
    // The version is reported as that of IP too, even if the header is cut.
    if (items.left < HEADER) items.add(ipVersion.id, items.start, 1, v);
    return;
  }
  items.add(version.id, items.start, 1, v);
  items.add(ipVersion.id, items.start, 1, v);
  items.at = items.end;
}

let table = -1, tableOf: Catalogue | undefined;

function walk(w: Walker): void {
  const b = w.bytes, o = w.start, row = w.used - LAYER;
  if (b[o] >> 4 !== 6) {
    w.issue(Issue.Malformed, row, o, 0);
    w.end = o + 1;
    w.next = -1;
    return;
  }
  const length = (b[o + 4] << 8) | b[o + 5], next = b[o + 6], end = o + HEADER;
  if (length !== 0) {
    if (end + length > w.reported) w.issue(Issue.Malformed, row, o + 4, HEADER + length);
    w.close(end + length);
  } else if (next === HOP_BY_HOP) w.close(end + jumboLength(b, end, w.limit));
  else if (next !== TCP) w.close(end);
  // A TCP segment without length is one that the network interface was to split (segmentation offload).
  if (w.catalogue !== tableOf) {
    tableOf = w.catalogue;
    table = tableOf.table("ip.proto");
  }
  w.next = tableOf.lookup(table, next);
  if (w.next < 0 && next !== NOTHING && end < w.limit) w.next = w.guess(table, end, w.limit);
}

/** What the jumbo payload option in the hop-by-hop options at `at` says; 0 if there is none that is possible. */
function jumboLength(b: Uint8Array, at: number, limit: number): number {
  if (at + 8 > limit) return 0;
  const end = Math.min(limit, at + 8 + b[at + 1] * 8);
  for (let p = at + 2; p + 6 <= end;) {
    if (b[p] === 0) {
      p++;
      continue;
    }
    if (b[p] === JUMBO && b[p + 1] === 4) {
      const n = ((b[p + 2] << 24) | (b[p + 3] << 16) | (b[p + 4] << 8) | b[p + 5]) >>> 0;
      return n >= JUMBO_MIN ? n : 0;
    }
    p += 2 + b[p + 1];
  }
  return 0;
}

/** What addresses hold: MAC addresses, IPv4 addresses of tunnels and translators. */
function inside() {
  const side = (at: number, side: "src" | "dst") => {
    const Name = side === "src" ? "Source" : "Destination";
    return {
      at,
      mac: macAddress(`ipv6.${side}_slaac_mac`, `${Name} SLAAC MAC`, { also: "ipv6.slaac_mac" }),
      isatap: ipv4Address(`ipv6.${side}_isatap_ipv4`, `${Name} ISATAP IPv4`, {
        also: "ipv6.isatap_ipv4",
      }),
      gateway: ipv4Address(`ipv6.${side}_6to4_gw_ipv4`, `${Name} 6to4 Gateway IPv4`, {
        also: "ipv6.6to4_gw_ipv4",
      }),
      site: u16(`ipv6.${side}_6to4_sla_id`, `${Name} 6to4 SLA ID`, { also: "ipv6.6to4_sla_id" }),
      server: ipv4Address(`ipv6.${side}_ts_ipv4`, `${Name} Teredo Server IPv4`, {
        also: "ipv6.ts_ipv4",
      }),
      port: u16(`ipv6.${side}_tc_port`, `${Name} Teredo Port`, { also: "ipv6.tc_port" }),
      client: ipv4Address(`ipv6.${side}_tc_ipv4`, `${Name} Teredo Client IPv4`, {
        also: "ipv6.tc_ipv4",
      }),
      embedded: ipv4Address(`ipv6.${side}_embed_ipv4`, `${Name} Embedded IPv4`, {
        also: "ipv6.embed_ipv4",
      }),
    };
  };
  const sides = [side(8, "src"), side(24, "dst")];
  const prefix = bytes("ipv6.embed_ipv4_prefix", "Embedded IPv4 Prefix");
  const [src, dst] = sides;
  const mac = new Uint8Array(6), four = new Uint8Array(4);
  return custom<undefined>({
    fields: {
      _1: src.mac,
      _2: src.isatap,
      _3: src.gateway,
      _4: src.site,
      _5: src.server,
      _6: src.port,
      _7: src.client,
      _8: src.embedded,
      _9: dst.mac,
      _10: dst.isatap,
      _11: dst.gateway,
      _12: dst.site,
      _13: dst.server,
      _14: dst.port,
      _15: dst.client,
      _16: dst.embedded,
      _17: prefix,
    },
    emit(items) {
      const b = items.bytes;
      for (let i = 0; i < 2; i++) {
        const s = sides[i], o = items.start + s.at;
        const first = (b[o] << 8) | b[o + 1];
        if ((b[o + 8] & 2) !== 0 && b[o + 11] === 0xff && b[o + 12] === 0xfe && b[o] !== 0xff) {
          mac[0] = b[o + 8] ^ 2;
          mac[1] = b[o + 9];
          mac[2] = b[o + 10];
          mac[3] = b[o + 13];
          mac[4] = b[o + 14];
          mac[5] = b[o + 15];
          items.addText(s.mac.id, mac);
        } else if (
          b[o + 10] === 0x5e && b[o + 11] === 0xfe && b[o + 9] === 0 && (b[o + 8] & 0xfd) === 0
        ) items.add(s.isatap.id, o + 12, 4, 0);
        if (first === 0x2002) {
          items.add(s.gateway.id, o + 2, 4, 0);
          items.add(s.site.id, o + 6, 2, (b[o + 6] << 8) | b[o + 7]);
        } else if (first === 0x2001 && b[o + 2] === 0 && b[o + 3] === 0) {
          items.add(s.server.id, o + 4, 4, 0);
          items.add(s.port.id, o + 10, 2, ~((b[o + 10] << 8) | b[o + 11]) & 0xffff);
          for (let k = 0; k < 4; k++) four[k] = ~b[o + 12 + k];
          items.addText(s.client.id, four);
        } else if (first === 0x64 && b[o + 2] === 0xff && b[o + 3] === 0x9b) {
          let rest = 0;
          for (let k = 4; k < 12; k++) rest |= b[o + k];
          if (rest === 0) {
            items.add(prefix.id, o, 12, 0);
            items.add(s.embedded.id, o + 12, 4, 0);
          }
        }
      }
    },
    recipe(r) {
      for (const { at } of sides) {
        r.unless(at + 10, 0x00ff_ff00, 0x00ff_fe00);
        r.unless(at + 8, 0x00ff_ffff, 0x0000_5efe);
        r.unless(at, 0xffff_0000, 0x2002_0000);
        r.unless(at, 0xffff_ffff, 0x2001_0000);
        r.unless(at, 0xffff_ffff, 0x0064_ff9b);
      }
    },
    write: () => {},
  });
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start;
  if (layer.limit - o < HEADER || b[o] >> 4 !== 6) return out.ascii("IPv6");
  nextName(b[o + 6], out);
}

/** Names the protocol that follows an IPv6 or extension header, for its line. */
export function nextName(next: number, out: TextWriter): void {
  if (next === NOTHING) return out.ascii("IPv6 no next header");
  const name = IP_PROTOCOLS[next];
  out.ascii(name ?? "Unknown");
  out.ascii(" (");
  out.ensure(16);
  out.uint(next);
  out.ascii(")");
}
