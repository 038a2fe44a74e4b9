/**
 * Values as text: the one place where an item becomes characters, for JSON and for tshark's notation.
 *
 * @module
 */
import type { FieldInfo } from "../core/field.ts";
import { IN_TEXT, type Items, Kind } from "../core/items.ts";
import { LabelCursor } from "../core/name.ts";
import { constant, type TextWriter } from "../core/text_writer.ts";

/** Truth values as text. */
const TRUE = constant("true"), FALSE = constant("false");

/** Hexadecimal digits a number is shown with: those of the bytes it stands in, as Wireshark does. */
export function hexDigits(info: FieldInfo): number {
  return Math.max(2, info.span * 2);
}

const LABELS = new LabelCursor();

/** The name on the wire at `at` as text, inside quotes or not; control characters and quotes escaped as in JSON. */
function writeName(
  out: TextWriter,
  b: Uint8Array,
  at: number,
  end: number,
  message: number,
  json: boolean,
): void {
  let first = true;
  LABELS.begin(b, at, end, message);
  while (LABELS.next()) {
    out.ensure(2);
    if (!first) out.byte(46);
    first = false;
    if (json) out.json(b, LABELS.start, LABELS.length);
    else out.line(b, LABELS.start, LABELS.length);
  }
  if (first) out.ascii("<Root>");
}

/** Kinds of values that are read from their bytes, as bits. */
const IN_BYTES = [
  Kind.Uint64,
  Kind.Uint64Le,
  Kind.Int64,
  Kind.Ether,
  Kind.Ipv4,
  Kind.Ipv6,
  Kind.Bytes,
  Kind.Text,
  Kind.Name,
].reduce((bits, kind) => bits | (1 << kind), 0);

/**
 * Whether what the item row at `p` points to is there. The rows of a plug-in that reports by code of its own may point
 * anywhere; of a value that is nowhere, nothing is written.
 */
function isThere(items: Items, p: number, kind: Kind): boolean {
  const { rows } = items, first = rows[p + 1], length = rows[p + 2], value = rows[p + 3];
  if (kind === Kind.Epoch) return value >= 0 && value + 2 <= items.timesUsed;
  if (((IN_BYTES >> kind) & 1) === 0) return true;
  const made = (first & IN_TEXT) !== 0, at = made ? first & ~IN_TEXT : first;
  return at >= 0 && length >= 0 && at + length <= (made ? items.textUsed : items.bytes.length);
}

/** Whether a value of this kind stands in JSON without quotes: a number or a truth value. */
export function isBare(kind: Kind): boolean {
  return kind === Kind.Uint || kind === Kind.Int || kind === Kind.Bool;
}

/**
 * The value of the item row at `p` as a JSON value: integers below 2^53 as numbers, 64-bit fields, addresses, bytes
 * (hexadecimal), times and text as strings, truth values as such, headings as `""`.
 */
export function writeJson(out: TextWriter, items: Items, p: number, info: FieldInfo): void {
  if (isBare(info.kind)) return writeContent(out, items, p, info);
  out.ensure(1);
  out.byte(34);
  writeContent(out, items, p, info);
  out.ensure(1);
  out.byte(34);
}

/** As {@link writeJson}, without the quotes. */
export function writeContent(out: TextWriter, items: Items, p: number, info: FieldInfo): void {
  if (info.kind === Kind.None || !isThere(items, p, info.kind)) return;
  switch (info.kind) {
    case Kind.Uint:
      out.ensure(16);
      return out.uint(items.rows[p + 3]);
    case Kind.Bool:
      out.ensure(8);
      return out.put(items.rows[p + 3] !== 0 ? TRUE : FALSE);
    case Kind.Uint64:
    case Kind.Uint64Le:
    case Kind.Text:
    case Kind.Name: {
      const rows = items.rows, length = rows[p + 2];
      const made = (rows[p + 1] & IN_TEXT) !== 0;
      const b = made ? items.text : items.bytes;
      const at = made ? rows[p + 1] & ~IN_TEXT : rows[p + 1];
      if (info.kind === Kind.Text) return out.json(b, at, length);
      if (info.kind === Kind.Name) {
        return writeName(out, b, at, made ? items.textUsed : at + length, rows[p + 3], true);
      }
      return out.uint64(b, at, length, info.kind === Kind.Uint64Le);
    }
  }
  writeText(out, items, p, info);
}

/** The options that Wireshark registers as protocols of their own: their values are their bytes. Other headings are just there. */
const OPTION_PROTOCOLS = /^(ip|tcp)\.options\./;

/** The first `size` bytes of the `length` at `at`, and zeros for those that are missing: an address cut to its prefix. */
function filled(b: Uint8Array, at: number, length: number, size: number): Uint8Array {
  const whole = new Uint8Array(size);
  whole.set(b.subarray(at, at + Math.min(size, length)));
  return whole;
}

/** The value of the item row at `p` as `tshark -T fields` shows it. */
export function writeText(out: TextWriter, items: Items, p: number, info: FieldInfo): void {
  if (!isThere(items, p, info.kind)) return;
  const rows = items.rows, length = rows[p + 2], value = rows[p + 3];
  const made = (rows[p + 1] & IN_TEXT) !== 0;
  const b = made ? items.text : items.bytes, at = made ? rows[p + 1] & ~IN_TEXT : rows[p + 1];
  out.ensure(64);
  switch (info.kind) {
    case Kind.None:
      if (OPTION_PROTOCOLS.test(info.abbrev)) return out.hexBytes(b, at, length);
      return out.byte(49);
    case Kind.Uint:
      if (info.hex) {
        out.byte(48);
        out.byte(120);
        return out.hex(value, hexDigits(info));
      }
      return out.uint(value);
    case Kind.Int:
      return out.number(value);
    case Kind.Bool:
      return out.byte(value !== 0 ? 49 : 48);
    case Kind.Uint64:
    case Kind.Uint64Le:
      if (info.hex) {
        out.ascii("0x");
        return out.hexBytes(b, at, length);
      }
      return out.uint64(b, at, length, info.kind === Kind.Uint64Le);
    case Kind.Int64: {
      let v = 0n;
      for (let i = 0; i < length; i++) v = (v << 8n) | BigInt(b[at + i]);
      return out.ascii(BigInt.asIntN(length * 8, v).toString());
    }
    case Kind.Ether:
      return length === 6 ? out.mac(b, at) : out.hexBytes(b, at, length, 58);
    case Kind.Ipv4:
      return length === 4 ? out.ipv4(b, at) : out.ipv4(filled(b, at, length, 4), 0);
    case Kind.Ipv6:
      return length === 16 ? out.ipv6(b, at) : out.ipv6(filled(b, at, length, 16), 0);
    case Kind.Bytes:
      return out.hexBytes(b, at, length);
    case Kind.Text:
      return out.line(b, at, length);
    case Kind.Name:
      return writeName(out, b, at, made ? items.textUsed : at + length, value, false);
    case Kind.Time:
      return out.time(value >>> 0, 0);
    case Kind.Seconds:
      return out.uint(value);
    case Kind.Epoch:
      return out.time(items.times[value], items.times[value + 1]);
  }
}
