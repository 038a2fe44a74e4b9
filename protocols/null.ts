/**
 * The header of BSD's loopback devices (LINKTYPE_NULL and LINKTYPE_LOOP of tcpdump.org): an address family in the byte
 * order of whoever captured, or, from old Linux captures, an EtherType.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { computed, custom, type Field, u16, u32, type Writer } from "../core/field.ts";
import { Kind } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { RecipeRead, runField } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys, LENGTH_MAX, toEthertype } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** The header of a loopback device. */
export interface Null {
  /** Address family, as BSD numbers them; absent if {@link Null.type} is there. */
  readonly family: number;
  /** EtherType. */
  readonly type: number;
  /** How it stands in the four bytes; little-endian if absent. */
  readonly order: number;
}

const HEADER = 4;
const FAMILIES: Readonly<Record<number, string>> = {
  2: "IP",
  7: "OSI",
  16: "Appletalk",
  23: "Netware IPX/SPX",
  24: "IPv6",
  28: "IPv6",
  30: "IPv6",
};
const FAMILY = new Keys("null.family"), FRAMED = new Keys("ppp.framed");

/** Ways to store the number: 32 bits, or in the first two bytes (IRIX), of either order. */
const LITTLE = 0, BIG = 1, SHORT_LITTLE = 2, SHORT_BIG = 3;

/** How the four bytes at `at` are to be read. Families are small numbers, so the place of the other bytes tells. */
function orderOf(b: Uint8Array, at: number): number {
  if (b[at + 2] !== 0 || b[at + 3] !== 0) {
    return b[at + 3] === 0 && b[at + 2] < 6 ? SHORT_LITTLE : BIG;
  }
  return b[at] === 0 && b[at + 1] < 6 ? SHORT_BIG : LITTLE;
}

function valueOf(b: Uint8Array, at: number): number {
  switch (orderOf(b, at)) {
    case LITTLE:
      return b[at] | (b[at + 1] << 8);
    case SHORT_LITTLE:
      return b[at + 2] | (b[at + 3] << 8);
    case SHORT_BIG:
      return (b[at] << 8) | b[at + 1];
    default:
      return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
  }
}

/** Null/loopback headers. */
export const nullLoopback: Protocol<Null> = protocol<Null>({
  name: "null",
  title: "Null/Loopback",
  label: "Null",
  layer: "link",
  parents: { linktype: [0, 108] },
  fields: { _header: header() },
  next: { table: "ethertype", field: "type" },
  fill: (next) => {
    const family = next?.spec.parents?.["null.family"];
    // The last is macOS' number for IPv6.
    return family ? { family: family[family.length - 1] } : undefined;
  },
  walk,
  summary,
});

function header(): Field<unknown> {
  const family = u32("null.family", "Family", { values: FAMILIES });
  const type = u16("null.type", "Type", { hex: true, values: ETHERTYPES });
  const order = computed("", "Byte order", () => -1, {
    kind: Kind.Uint,
    values: { 0: "little", 1: "big", 2: "little, 16 bits", 3: "big, 16 bits" },
  });
  return custom({
    fields: { family, type, order },
    emit(items) {
      if (isPpp(items.bytes, items.start, items.headerEnd)) return;
      if (!items.has(HEADER)) return;
      const b = items.bytes, at = items.at, value = valueOf(b, at);
      if (value > LENGTH_MAX) items.add(type.id, at, HEADER, value & 0xffff);
      else items.add(family.id, at, HEADER, value);
      const how = orderOf(b, at);
      if (how !== LITTLE) items.add(order.id, at, 0, how);
      items.at = at + HEADER;
    },
    recipe(r) {
      // A family, least byte first.
      r.need(HEADER);
      r.test(0, 0xffff, 0x0100, 0xff00);
      r.test(0, 0x00ff, 0);
      r.test(2, 0xffff, 0);
      r.run([runField({ id: family.id, read: RecipeRead.Little, at: 0, length: HEADER })], HEADER);
    },
    write(writer: Writer, _: unknown, object) {
      const value = Number(object.family ?? object.type ?? 2), how = Number(object.order ?? LITTLE);
      if (how === BIG) return writer.uint(value, 4);
      if (how === SHORT_BIG) return writer.uint(value * 0x1_0000, 4);
      const o = writer.reserve(HEADER) + (how === SHORT_LITTLE ? 2 : 0);
      writer.bytes[o] = value & 0xff;
      writer.bytes[o + 1] = (value >> 8) & 0xff;
    },
  });
}

/** Some drivers of FreeBSD give PPP frames that begin with address and control field instead. */
function isPpp(b: Uint8Array, start: number, end: number): boolean {
  return end - start >= 2 && b[start] === 0xff && b[start + 1] === 0x03;
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  if (isPpp(b, s, w.limit)) {
    w.end = s;
    return FRAMED.find(w, 0);
  }
  w.end = s + HEADER;
  if (w.end > w.limit) return;
  const value = valueOf(b, s);
  if (value > LENGTH_MAX) toEthertype(w, value & 0xffff);
  else FAMILY.find(w, value);
}

function summary(_: unknown, out: TextWriter): void {
  out.ascii("Null/Loopback");
}
