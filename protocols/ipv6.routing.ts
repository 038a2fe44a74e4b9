/**
 * IPv6 Routing header (RFC 8200 section 4.4): types 0 (RFC 5095), 2 (RFC 6275), 3 (RFC 6554), 4 (RFC 8754), and the
 * compact routing headers 5 and 6 (RFC 9631).
 *
 * @module
 */
import {
  bytes,
  choose,
  computed,
  custom,
  type Field,
  fixedBytes,
  inline,
  ipv6Address,
  list,
  u16,
  u32,
  u8,
  within,
} from "../core/field.ts";
import { Kind } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { IP_PROTOCOLS } from "./_names.ts";
import { options } from "./_options.ts";
import { ipv6Below } from "./_transport.ts";
import { nextName } from "./ipv6.ts";

/** A Routing header. The keys behind `segmentsLeft` depend on the type. */
export interface Ipv6Routing {
  /** Protocol number of the next header. */
  readonly nextHeader: number;
  /** Length of the header in units of 8 bytes, the first 8 not counted. */
  readonly length: number;
  /** Type. */
  readonly type: number;
  /** How many of the listed nodes are still to be visited. */
  readonly segmentsLeft: number;
  /** Reserved bytes of types 0 and 2. */
  readonly reserved?: Uint8Array;
  /** Addresses of types 0 and 4: in the order to be visited in type 0, in reverse in type 4. */
  readonly addresses?: readonly string[];
  /** Home address of type 2. */
  readonly homeAddress?: string;
  /** Compression and padding of type 3, as one number. */
  readonly compression?: number;
  /** Addresses of type 3 as they stand there, without the bytes they share with the destination. */
  readonly compressed?: Uint8Array;
  /** Index of the last element of the list of type 4. */
  readonly lastEntry?: number;
  /** Flags of type 4. */
  readonly flags?: number;
  /** Tag of type 4. */
  readonly tag?: Uint8Array;
  /** Type, length and value objects of type 4. */
  readonly tlvs?: readonly { readonly kind: number; readonly data?: Uint8Array }[];
  /** Segment identifiers of types 5 and 6. */
  readonly segments?: readonly number[];
  /** What stands in headers of other types. */
  readonly data?: Uint8Array;
}

const TYPES = {
  0: "Source Route",
  1: "Nimrod",
  2: "Type 2 Routing",
  3: "RPL Source Route",
  4: "Segment Routing",
  5: "Compact Routing Header 16",
  6: "Compact Routing Header 32",
  253: "Experiment 1",
  254: "Experiment 2",
} as const;

/** Compact routing headers of segment identifiers of `width` bytes. */
function compact(width: 2 | 4): Field<unknown> {
  const name = `ipv6.routing.crh${width * 8}`;
  return inline({
    _current: computed(`${name}.current_sid`, "Current SID", (items) => {
      const b = items.bytes, at = items.at + b[items.at - 1] * width;
      if (at + width > items.end) return -1;
      return width === 2
        ? (b[at] << 8) | b[at + 1]
        : ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
    }),
    segments: list(
      width === 2 ? u16(`${name}.sid`, "Segment ID") : u32(`${name}.sid`, "Segment ID"),
    ),
  });
}

/** Bytes of each address but the last, and of the last; and how many addresses `length` bytes hold (RFC 6554 section 3). */
function rplCount(word: number, length: number): number {
  const each = 16 - (word >>> 28), last = 16 - ((word >>> 24) & 15), pad = (word >>> 20) & 15;
  return Math.floor((length - pad - last) / each) + 1;
}

/** Type 3: addresses without the bytes that they share with the packet's destination. */
function rpl(): Field<unknown> {
  const all = bytes("", "Addresses");
  const count = computed(
    "ipv6.routing.rpl.addr_count",
    "Total Address Count",
    () => -1,
    { kind: Kind.Int },
  );
  const address = bytes("ipv6.routing.rpl.address", "Address");
  const full = ipv6Address("ipv6.routing.rpl.full_address", "Full Address");
  const whole = new Uint8Array(16);
  return inline({
    compression: u32("", "Compression", { hex: true }),
    _cmprI: within(0xf0000000, "ipv6.routing.rpl.cmprI", "Compressed Internal Octets (CmprI)"),
    _cmprE: within(0x0f000000, "ipv6.routing.rpl.cmprE", "Compressed Final Octets (CmprE)"),
    _pad: within(0x00f00000, "ipv6.routing.rpl.pad", "Padding Bytes"),
    _reserved: within(0x000fffff, "ipv6.routing.rpl.reserved", "Reserved"),
    compressed: custom({
      fields: { compressed: all, _count: count, _address: address, _full: full },
      emit(items) {
        const b = items.bytes, from = items.at, end = items.end, o = from - 4;
        const word = (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3];
        if (from < end) items.add(all.id, from, end - from, 0);
        items.at = end;
        const n = rplCount(word, end - from);
        items.add(count.id, from, 0, n);
        const dst = ipv6Below(items, "dst");
        let at = from;
        for (let i = 0; i < n; i++) {
          const gone = i === n - 1 ? (word >>> 24) & 15 : word >>> 28, width = 16 - gone;
          if (at + width > end) {
            items.malformed = true;
            return;
          }
          items.add(address.id, at, width, 0);
          if (dst >= 0) {
            for (let k = 0; k < 16; k++) whole[k] = k < gone ? b[dst + k] : b[at + k - gone];
            items.addText(full.id, whole);
          }
          at += width;
        }
      },
      write(writer, value) {
        if (value instanceof Uint8Array) writer.put(value);
        writer.reserve((8 - writer.at % 8) % 8);
      },
    }),
  });
}

/** IPv6 Routing header. */
export const ipv6Routing: Protocol<Ipv6Routing> = protocol<Ipv6Routing>({
  name: "ipv6.routing",
  title: "Routing Header for IPv6",
  label: "IPv6_Route",
  layer: "internet",
  parents: { "ip.proto": [43] },
  fields: {
    nextHeader: u8("ipv6.routing.nxt", "Next Header", { values: IP_PROTOCOLS, initial: 59 }),
    length: u8("ipv6.routing.len", "Length"),
    _octets: computed(
      "ipv6.routing.len_oct",
      "Length",
      (items) => items.bytes[items.at - 1] * 8 + 8,
    ),
    type: u8("ipv6.routing.type", "Type", { values: TYPES }),
    segmentsLeft: u8("ipv6.routing.segleft", "Segments Left"),
    _body: choose(
      "type",
      {
        0: inline({
          reserved: fixedBytes(4, "ipv6.routing.src.reserved", "Reserved"),
          addresses: list(ipv6Address("ipv6.routing.src.addr", "Address")),
        }),
        2: inline({
          reserved: fixedBytes(4, "ipv6.routing.mipv6.reserved", "Reserved"),
          homeAddress: ipv6Address("ipv6.routing.mipv6.home_address", "Home Address"),
        }),
        3: rpl(),
        4: inline({
          lastEntry: u8("ipv6.routing.srh.last_entry", "Last Entry"),
          flags: u8("ipv6.routing.srh.flags", "Flags", { hex: true }),
          tag: fixedBytes(2, "ipv6.routing.srh.tag", "Tag"),
          addresses: segments(),
          tlvs: options({
            kind: () => ({ kind: u8("", "Type") }),
            length: () => u8("", "Length"),
            uncounted: 2,
            rest: "",
            single: { 0: ["", "Pad1", {}] },
            cases: {},
            otherwise: ["", "TLV", { data: bytes("", "Value", "rest", { keepEmpty: true }) }],
            pad: { to: 8, before: 0, kind: 4 },
          }),
        }),
        5: compact(2),
        6: compact(4),
      },
      inline({
        data: bytes("ipv6.routing.unknown_data", "Type-Specific Data"),
      }),
    ),
  },
  header: { field: "length", unit: 8, base: 8 },
  next: { table: "ip.proto", field: "nextHeader" },
  redirect(value) {
    const { type = 0, segmentsLeft = 0, addresses, homeAddress } = value;
    if (segmentsLeft === 0) return {};
    if (type === 2) return homeAddress === undefined ? {} : { dst: homeAddress };
    const last = type === 0
      ? addresses?.[addresses.length - 1]
      : type === 4
      ? addresses?.[0]
      : undefined;
    return last === undefined ? {} : { dst: last };
  },
  summary(layer, out) {
    if (layer.start < layer.limit) nextName(layer.bytes[layer.start], out);
  },
});

/** The segment list of type 4: one more than the index of the last. */
function segments(): Field<unknown> {
  const addresses = list(ipv6Address("ipv6.routing.srh.addr", "Address"));
  return custom({
    fields: { addresses },
    emit(items) {
      const end = items.end, stop = items.at + (items.bytes[items.at - 4] + 1) * 16;
      items.end = Math.min(end, stop);
      addresses.emit(items);
      items.end = end;
      if (stop > end) items.short = true;
    },
    write(writer, value, object) {
      const n = (value as readonly string[] | undefined)?.length ?? 0;
      if (!object.lastEntry) writer.bytes[writer.at - 4] = Math.max(0, n - 1);
      addresses.write(writer, value, object);
    },
  });
}
