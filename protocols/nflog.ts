/**
 * Packets logged by Linux' netfilter (LINKTYPE_NFLOG of tcpdump.org): attributes in the byte order of whoever captured,
 * of which one is the packet.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import {
  bytes,
  choose,
  computed,
  custom,
  type Field,
  group,
  i32,
  inline,
  list,
  text,
  u16,
  u32,
  u8,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** An attribute of a logged packet. Which keys it has depends on its type. */
export interface NflogAttribute {
  /** Type. */
  readonly type: number;
  /** Length in bytes, length and type included. */
  readonly length?: number;
  /** EtherType of the packet (type 1). */
  readonly protocol?: number;
  /** Where it was logged (type 1): 0 before routing, 1 in, 2 forward, 3 out, 4 after routing. */
  readonly hook?: number;
  /** Number of an interface (types 4 to 7). */
  readonly index?: number;
  /** Text that the rule gives (type 10). */
  readonly prefix?: string;
  /** User or group (types 11 and 14). */
  readonly id?: number;
  /** When it was logged (type 3): seconds and microseconds since 1970, of 8 bytes each. */
  readonly timestamp?: Uint8Array;
  /** Bytes of any other. */
  readonly data?: Uint8Array;
}

/** The header of a logged packet. */
export interface Nflog {
  /** Address family, as Linux numbers them: 2 IPv4, 10 IPv6. */
  readonly family: number;
  /** Version: 0. */
  readonly version: number;
  /** The group it was logged to. */
  readonly resource: number;
  /** Attributes; the last, of type 9, is the packet. */
  readonly attributes: readonly NflogAttribute[];
  /** 1 if lengths and types of attributes are big-endian. */
  readonly bigEndian?: number;
}

const FIXED = 4, HEAD = 4;
const PACKET = 1,
  TIMESTAMP = 3,
  INDEV = 4,
  PHYSOUTDEV = 7,
  PAYLOAD = 9,
  PREFIX = 10,
  UID = 11,
  GID = 14;
const INET = 2, INET6 = 10;
const TYPES: Readonly<Record<number, string>> = {
  0: "NFULA_UNSPEC",
  1: "NFULA_PACKET_HDR",
  2: "NFULA_MARK",
  3: "NFULA_TIMESTAMP",
  4: "NFULA_IFINDEX_INDEV",
  5: "NFULA_IFINDEX_OUTDEV",
  6: "NFULA_IFINDEX_PHYSINDEV",
  7: "NFULA_IFINDEX_PHYSOUTDEV",
  8: "NFULA_HWADDR",
  9: "NFULA_PAYLOAD",
  10: "NFULA_PREFIX",
  11: "NFULA_UID",
  12: "NFULA_SEQ",
  13: "NFULA_SEQ_GLOBAL",
  14: "NFULA_GID",
  15: "NFULA_HWTYPE",
  16: "NFULA_HWHEADER",
  17: "NFULA_HWLEN",
};
const FAMILIES: Readonly<Record<number, string>> = {
  0: "Unspecified",
  1: "IPv4/IPv6",
  2: "IPv4",
  3: "ARP",
  5: "Netdev",
  7: "Bridge",
  10: "IPv6",
  12: "DECNET",
};
const HOOKS: Readonly<Record<number, string>> = {
  0: "Pre-routing",
  1: "Local in",
  2: "Forward",
  3: "Local out",
  4: "Post-routing",
  5: "Number of hooks",
};
const VERSION = new Keys("ip.version");

function u16At(b: Uint8Array, at: number, big: boolean): number {
  return big ? (b[at] << 8) | b[at + 1] : b[at] | (b[at + 1] << 8);
}

/** Whether the attributes from `at` to `end` are big-endian: read as little-endian, they make no sense. */
function isBig(b: Uint8Array, at: number, end: number): boolean {
  if (at + HEAD > end) return false;
  const length = u16At(b, at, false), type = u16At(b, at + 2, false) & 0x7fff;
  if (length >= HEAD && at + length <= end && type < 256) return false;
  const other = u16At(b, at, true), otherType = u16At(b, at + 2, true) & 0x7fff;
  return other >= HEAD && at + other <= end && otherType < 256;
}

/** Linux Netfilter NFLOG. */
export const nflog: Protocol<Nflog> = protocol<Nflog>({
  name: "nflog",
  title: "Linux Netfilter NFLOG",
  label: "NFLOG",
  layer: "link",
  parents: { linktype: [239] },
  fields: {
    family: u8("nflog.family", "Family", { values: FAMILIES, initial: INET }),
    version: u8("nflog.version", "Version"),
    resource: u16("nflog.res_id", "Resource id"),
    _attributes: attributes(),
  },
  fill: (next) => next?.name === "ipv6" ? { family: INET6 } : undefined,
  walk,
  summary,
});

function attributes(): Field<unknown> {
  const fields = {
    length: u16("nflog.tlv_length", "Length"),
    type: u16("nflog.tlv_type", "Type", { values: TYPES }),
    protocol: u16("nflog.protocol", "HW protocol", { hex: true, values: ETHERTYPES }),
    hook: u8("nflog.hook", "Netfilter hook", { values: HOOKS }),
    _in: u32("nflog.ifindex_indev", "IFINDEX_INDEV"),
    _out: u32("nflog.ifindex_outdev", "IFINDEX_OUTDEV"),
    _physIn: u32("nflog.ifindex_physindev", "IFINDEX_PHYSINDEV"),
    _physOut: u32("nflog.ifindex_physoutdev", "IFINDEX_PHYSOUTDEV"),
    prefix: text("nflog.prefix", "Prefix"),
    _uid: i32("nflog.uid", "UID"),
    _gid: i32("nflog.gid", "GID"),
    data: bytes("nflog.tlv_value", "Value"),
    timestamp: bytes("", "Timestamp"),
    _time: computed("nflog.timestamp", "Timestamp", () => -1, { kind: Kind.Epoch }),
  };
  // Only numbers its fields: emitting is by hand, since the byte order varies.
  const numbered = choose(() => -1, {
    0: inline({ index: fields._in }),
    1: inline({ index: fields._out }),
    2: inline({ index: fields._physIn }),
    3: inline({ index: fields._physOut }),
    4: inline({ id: fields._uid }),
    5: inline({ id: fields._gid }),
  });
  const attribute = group<NflogAttribute>("", "TLV", {
    length: choose(() => -1, { 0: fields.length }),
    type: choose(() => -1, { 0: fields.type }),
    protocol: choose(() => -1, { 0: fields.protocol }),
    hook: choose(() => -1, { 0: fields.hook }),
    prefix: choose(() => -1, { 0: fields.prefix }),
    data: choose(() => -1, { 0: fields.data }),
    timestamp: choose(() => -1, { 0: fields.timestamp }),
    _time: choose(() => -1, { 0: fields._time }),
    _numbered: numbered,
  });
  const order = computed("", "Byte order", () => -1, { values: { 1: "big" } });
  const indexes = [fields._in, fields._out, fields._physIn, fields._physOut];
  const value = (items: Items, type: number, n: number): void => {
    const b = items.bytes, at = items.at;
    const number = n >= 4 ? (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3] : 0;
    if (type === PACKET && n >= 3) {
      items.add(fields.protocol.id, at, 2, (b[at] << 8) | b[at + 1]);
      items.add(fields.hook.id, at + 2, 1, b[at + 2]);
    } else if (type === TIMESTAMP && n === 16) {
      // In network byte order, whoever captured.
      const u32At = (o: number): number =>
        b[o] * 0x1000000 + ((b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3]);
      items.add(fields.timestamp.id, at, n, 0);
      items.addTime(
        fields._time.id,
        u32At(at) * 0x100000000 + u32At(at + 4),
        u32At(at + 12) * 1000,
      );
    } else if (type >= INDEV && type <= PHYSOUTDEV && n === 4) {
      items.add(indexes[type - INDEV].id, at, 4, number);
    } else if (type === PREFIX) {
      let stop = at;
      while (stop < at + n && b[stop] !== 0) stop++;
      items.add(fields.prefix.id, at, stop - at, 0);
    } else if (type === UID && n === 4) items.add(fields._uid.id, at, 4, number);
    else if (type === GID && n === 4) items.add(fields._gid.id, at, 4, number);
    else if (type !== PAYLOAD && n > 0) items.add(fields.data.id, at, n, 0);
  };
  return custom({
    fields: { attributes: list(attribute), bigEndian: order },
    emit(items) {
      const b = items.bytes, big = isBig(b, items.at, items.limit);
      if (big) items.add(order.id, items.at, 0, 1);
      for (let i = 0; i < LIST_MAX && items.left > 0; i++) {
        if (!items.has(HEAD)) return;
        const at = items.at, length = u16At(b, at, big);
        const type = u16At(b, at + 2, big) & 0x7fff;
        if (length < HEAD) {
          items.malformed = true;
          return;
        }
        const row = items.open(attribute.id);
        items.add(fields.length.id, at, 2, length);
        items.add(fields.type.id, at + 2, 2, type);
        items.at = at + HEAD;
        const n = Math.min(length - HEAD, items.left);
        // The packet is the next layer.
        if (type !== PAYLOAD) {
          if (n === length - HEAD) value(items, type, n);
          else items.short = true;
          items.at += n;
        }
        items.close(row);
        if (type === PAYLOAD || items.short) return;
        const over = (items.at - items.start) & 3;
        if (over) items.at = Math.min(items.end, items.at + 4 - over);
      }
    },
    write(writer, _, object) {
      const big = object.bigEndian === 1;
      const put = (v: number): void =>
        writer.uint(big ? v : ((v & 0xff) << 8) | ((v >> 8) & 0xff), 2);
      const all = (object.attributes ?? [{ type: PAYLOAD }]) as readonly NflogAttribute[];
      for (const a of all) {
        const at = writer.at;
        put(0);
        put(a.type);
        if (a.type === PACKET && a.data === undefined) {
          writer.uint(a.protocol ?? 0, 2);
          writer.uint((a.hook ?? 0) << 8, 2);
        } else if (a.prefix !== undefined) {
          writer.put(new TextEncoder().encode(a.prefix));
          writer.uint(0, 1);
        } else if (a.index !== undefined || a.id !== undefined) {
          writer.uint((a.index ?? a.id)! >>> 0, 4);
        } else {
          const data = a.data ?? a.timestamp;
          if (data !== undefined) writer.put(data);
        }
        const length = a.length ?? writer.at - at;
        writer.bytes[at + (big ? 0 : 1)] = length >> 8;
        writer.bytes[at + (big ? 1 : 0)] = length & 0xff;
        if (a.type !== PAYLOAD) { while (writer.at & 3) writer.uint(0, 1); }
      }
    },
  });
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, limit = w.limit;
  let at = s + FIXED;
  const big = isBig(b, at, limit);
  w.next = -2;
  for (let i = 0; i < LIST_MAX && at < limit; i++) {
    if (at + HEAD > limit) {
      w.end = at + HEAD;
      return;
    }
    const length = u16At(b, at, big), type = u16At(b, at + 2, big) & 0x7fff;
    if (length < HEAD) {
      w.bad = true;
      return;
    }
    if (type === PAYLOAD) {
      w.end = at + HEAD;
      w.close(at + length);
      const family = b[s];
      w.next = -1;
      if (family === INET) VERSION.find(w, 4);
      else if (family === INET6) VERSION.find(w, 6);
      return;
    }
    at += length;
    if (at > limit) {
      w.end = at;
      return;
    }
    at = Math.min(limit, s + ((at - s + 3) & ~3));
  }
  w.end = at;
}

function summary(_: unknown, out: TextWriter): void {
  out.ascii("NFLOG");
}
