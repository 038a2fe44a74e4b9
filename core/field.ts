/**
 * The vocabulary of a protocol file: one call for each thing on the wire. A field says once where its bits are, what
 * Wireshark calls it, what people call it, and what its numbers mean; reading, writing, objects, outputs and filters
 * all come from that.
 *
 * @module
 */
import { writeIpv4, writeIpv6, writeMac } from "./address.ts";
import { type Items, Kind } from "./items.ts";
import { LIST_MAX } from "./limits.ts";
import {
  isRunnable,
  OptionParts,
  type OptionRecipe,
  type Recipe,
  RecipeRead,
  type RunField,
  runField,
} from "./recipe.ts";

/** What values mean: names by number. */
export type ValueNames = Readonly<Record<number, string>>;

/** What filters, outputs and other engines know of a field. */
export interface FieldInfo {
  /** Wireshark's filter name, for example `tcp.srcport`; empty for a heading that Wireshark has no name for. */
  readonly abbrev: string;
  /** The name shown to people. */
  readonly name: string;
  /** How the value is stored and shown. */
  readonly kind: Kind;
  /** Bits of the value; 0 if it varies. */
  readonly bits: number;
  /** Bytes it touches; 0 if that varies. */
  readonly span: number;
  /** Which bits of its bytes, for a field that does not fill them; 0 for all. */
  readonly mask: number;
  /** Whether numbers are shown in base 16. */
  readonly hex: boolean;
  /** What particular values mean. */
  readonly values: ValueNames | undefined;
  /** Key of the value in the header's object; empty if it is not part of it. */
  readonly key: string;
  /** Whether the object holds a list of these. */
  readonly list: boolean;
  /** For a heading: the keys of the lists below it. */
  readonly lists: readonly string[] | undefined;
  /** Made by the dissector, not found on the wire (Wireshark shows such fields in brackets). */
  readonly generated: boolean;
  /** Another abbreviation that also stands for this field, such as `tcp.port` for `tcp.srcport`. */
  readonly also: string | undefined;
}

/** A header seen in place: a window on the frame's bytes, nothing copied. */
export interface Layer {
  /** The bytes of the whole batch. */
  readonly bytes: Uint8Array;
  /** First byte of the header. */
  readonly start: number;
  /** One past the header's last byte. */
  readonly end: number;
  /** One past the last captured byte this layer may use. */
  readonly limit: number;
}

/** A header being written, as an `auto` function sees it. */
export interface Draft {
  /** Header and payload, from the header's first byte. */
  readonly bytes: Uint8Array;
  /** Length of the header. */
  readonly headerLength: number;
  /** The values being written, defaults included. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Source and destination of the network layer below, as bytes, for pseudo-headers. */
  readonly network?: { readonly src: Uint8Array; readonly dst: Uint8Array };
}

/** What a field may say beyond its place and names. */
export interface FieldOptions<T> {
  /** What particular values mean. */
  readonly values?: ValueNames;
  /** Show numbers in base 16. */
  readonly hex?: boolean;
  /** The value is the number on the wire times this (a header length counted in words). */
  readonly scale?: number;
  /** Added to the scaled number. */
  readonly plus?: number;
  /** Written when the caller gives nothing. */
  readonly initial?: T;
  /** Computed when the caller gives nothing, once the payload is known. */
  readonly auto?: (draft: Draft) => T;
  /** Another abbreviation for the same field, such as `tcp.port`. */
  readonly also?: string;
  /** Little-endian. */
  readonly little?: boolean;
  /** Below `value` the number is another field: 802.3's length in the place of a type. */
  readonly below?: { readonly value: number; readonly abbrev: string; readonly name: string };
  /** Of what is computed: how the kernel finds it in a usual packet. `id`: the field's number. */
  readonly recipe?: (recipe: Recipe, id: number) => void;
}

/** Numbers fields within a protocol. */
export class Registry {
  /** The fields, by number. */
  readonly fields: FieldInfo[] = [];
  /** Numbers of the fields that others look up (lengths, counts, types): reported even where nobody asked for them. */
  readonly lookedUp: Set<number> = new Set();
  /** Gives a field its number. */
  add(info: FieldInfo): number {
    // Copied in one place, so that all are of one shape to the compiler, whoever made them.
    this.fields.push({
      abbrev: info.abbrev,
      name: info.name,
      kind: info.kind,
      bits: info.bits,
      span: info.span,
      mask: info.mask,
      hex: info.hex,
      values: info.values,
      key: info.key,
      list: info.list,
      lists: info.lists,
      generated: info.generated,
      also: info.also,
    });
    return this.fields.length - 1;
  }
}

/** Collects the bytes of what is written. */
export class Writer {
  /** The bytes; those beyond `at` are zero. */
  bytes: Uint8Array = new Uint8Array(256);
  /** Bytes written. */
  at: number = 0;
  /** Adds `n` zero bytes and answers where they start. */
  reserve(n: number): number {
    const start = this.at;
    if (start + n > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, start + n));
      grown.set(this.bytes.subarray(0, start));
      this.bytes = grown;
    }
    this.at = start + n;
    return start;
  }
  /** Adds bytes. */
  put(b: Uint8Array): void {
    // Room first: making it may replace `bytes`.
    const at = this.reserve(b.length);
    this.bytes.set(b, at);
  }
  /** Adds an unsigned big-endian number of `n` bytes. */
  uint(value: number, n: number): void {
    const o = this.reserve(n);
    for (let i = n - 1; i >= 0; i--) {
      this.bytes[o + i] = value & 0xff;
      value = Math.floor(value / 256);
    }
  }
  /** What was written. */
  done(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }
}

/** The object that a field's value belongs to, by key. */
export type Value = Readonly<Record<string, unknown>>;

/** Something on the wire. `T` is its value's type. */
export abstract class Field<T> {
  /** Bits it takes, if that is the same for every packet; -1 if not. */
  readonly bits: number;
  /** Its number within the protocol, once registered; -1 if it has none. */
  id: number = -1;
  /** Key in the object it belongs to. */
  key: string = "";
  /** Carries the type of the value; never present. */
  declare readonly type?: T;

  /** Takes `bits` bits; -1 for a field whose length varies. */
  constructor(bits: number) {
    this.bits = bits;
  }
  /** Takes its number(s) under `key`; `list`: as an element of a list. */
  abstract register(registry: Registry, key: string, list: boolean): void;
  /** Reads it at the cursor and adds items. */
  abstract emit(items: Items): void;
  /** Writes it; `value` is its own value, `object` the object it belongs to. */
  abstract write(writer: Writer, value: unknown, object: Value): void;
  /** Fills what follows from it into the object before that is written (counts, lengths). */
  fill(_object: Record<string, unknown>): void {}
  /** Whether the abbreviation is of this field or of one within it. */
  abstract covers(wanted: (abbrev: string) => boolean): boolean;
  /** Whether its value is a list, which is there even if empty. */
  get repeats(): boolean {
    return false;
  }
  /** Adds to a recipe what it reports of a usual packet; false (and whatever was added is of no use) if it cannot tell. */
  recipe(_recipe: Recipe): boolean {
    return false;
  }
  /** What it stands for: itself, or what {@link later} makes. */
  get itself(): Field<T> {
    return this;
  }

  /** Registers once: a field object belongs to one place, since it carries its number. */
  protected number(registry: Registry, info: FieldInfo): void {
    if (this.id >= 0) {
      throw new TypeError(
        `Cannot use field "${info.abbrev || info.name}" twice: make it by a function`,
      );
    }
    this.key = info.key;
    this.id = registry.add(info);
  }
}

// How a scalar is read; the numbers stand in run programs.
const READ_NONE = 0, READ_BE = 1, READ_LE = 2, READ_SUB = 3, READ_SIGNED = 4;
// Columns of a run program.
const RUN = 11;

/** One for the many fields of which nothing else is said. */
const NO_OPTIONS: FieldOptions<never> = {};

/** A field of fixed size: a number, an address, some bytes. */
export class Scalar<T> extends Field<T> {
  /** Wireshark's name for it. */
  readonly abbrev: string;
  /** The name for people. */
  readonly name: string;
  /** How its value is stored. */
  readonly kind: Kind;
  /** How it is read: see the run program. */
  readonly op: number;
  /** For a field within the one before it: which bits of its value. */
  readonly mask: number;
  /** What else was said. */
  readonly options: FieldOptions<T>;
  /** Made by the dissector: by this function. */
  readonly compute: ((items: Items) => number) | undefined;
  /** For a field within another: that other. */
  holder: Scalar<unknown> | undefined;
  /** Bytes that its bits touch, or those of the field it is within: what decides how many hexadecimal digits are shown. */
  span: number = 0;
  /** Number of the field it is instead when its value is small. */
  lowId: number = -1;

  /** See the functions below, which make these. */
  constructor(
    bits: number,
    abbrev: string,
    name: string,
    kind: Kind,
    op: number,
    options: FieldOptions<T> = NO_OPTIONS,
    mask = 0,
    compute?: (items: Items) => number,
  ) {
    super(bits);
    this.abbrev = abbrev;
    this.name = name;
    this.kind = kind;
    this.op = op;
    this.options = options;
    this.mask = mask;
    this.compute = compute;
  }
  /** Takes its number(s). */
  override register(registry: Registry, key: string, list: boolean): void {
    const { values, hex, also } = this.options;
    this.number(registry, {
      abbrev: this.abbrev,
      name: this.name,
      kind: this.kind,
      bits: this.mask ? popcount(this.mask) : this.bits,
      span: this.span || (this.bits + 7) >> 3,
      mask: this.mask,
      hex: hex ?? false,
      values,
      key,
      list,
      lists: undefined,
      generated: this.compute !== undefined,
      also,
    });
    const { below } = this.options;
    if (below) {
      this.lowId = registry.add({
        ...registry.fields[this.id],
        abbrev: below.abbrev,
        name: below.name,
        hex: false,
        values: undefined,
      });
    }
  }
  /** Reads it at the cursor and adds items. */
  override emit(items: Items): void {
    if (this.compute) {
      const value = this.compute(items);
      // A negative value means that there is nothing to say.
      if (value >= 0) items.add(this.id, items.at, 0, value);
      return;
    }
    const n = this.bits >> 3;
    if (!items.has(n)) return;
    items.add(this.id, items.at, n, this.value(items.bytes, items.at));
    items.at += n;
  }
  /** See {@link FieldOptions.recipe}. */
  override recipe(recipe: Recipe): boolean {
    if (!this.options.recipe) return false;
    this.options.recipe(recipe, this.id);
    return true;
  }
  /** The number at byte `at`, as it stands in an item row. */
  value(b: Uint8Array, at: number): number {
    const n = this.bits >> 3;
    let v = 0;
    if (this.op === READ_BE || this.op === READ_SIGNED) {
      for (let i = 0; i < n; i++) v = (v << 8) | b[at + i];
      if (this.op === READ_SIGNED && n < 4) v = (v << (32 - n * 8)) >> (32 - n * 8);
    } else if (this.op === READ_LE) { for (let i = n - 1; i >= 0; i--) v = (v << 8) | b[at + i]; }
    const { scale = 1, plus = 0 } = this.options;
    return scale === 1 && plus === 0 ? v : (v >>> 0) * scale + plus;
  }
  /** Writes it. */
  override write(writer: Writer, value: unknown): void {
    if (this.compute) return;
    const o = writer.reserve(this.bits >> 3);
    this.store(writer.bytes, o * 8, value ?? this.options.initial);
  }
  /** Stores a value whose first bit is `bit`. */
  store(b: Uint8Array, bit: number, value: unknown): void {
    if (value === undefined) return;
    const o = bit >> 3;
    switch (this.kind) {
      case Kind.Ether:
        return writeMac(b, o, String(value), this.bits >> 3);
      case Kind.Ipv4:
        return writeIpv4(b, o, String(value));
      case Kind.Ipv6:
        return writeIpv6(b, o, String(value));
      case Kind.Bytes:
      case Kind.Text: {
        const from = typeof value === "string"
          ? new TextEncoder().encode(value)
          : value as Uint8Array;
        b.set(from.subarray(0, this.bits >> 3), o);
        return;
      }
      case Kind.Uint64:
      case Kind.Int64:
      case Kind.Uint64Le: {
        let v = BigInt.asUintN(64, BigInt(value as bigint | number));
        const n = this.bits >> 3;
        for (let i = 0; i < n; i++) {
          b[o + (this.kind === Kind.Uint64Le ? i : n - 1 - i)] = Number(v & 255n);
          v >>= 8n;
        }
        return;
      }
    }
    const { scale = 1, plus = 0 } = this.options;
    let v = Math.floor((Number(value) - plus) / scale);
    if (this.op === READ_LE) {
      for (let i = 0; i < this.bits >> 3; i++) {
        b[o + i] = v & 0xff;
        v = Math.floor(v / 256);
      }
      return;
    }
    if (v < 0) v += 2 ** this.bits;
    for (let i = this.bits - 1; i >= 0; i--) {
      const p = bit + i, m = 0x80 >> (p & 7);
      if (v % 2 === 1) b[p >> 3] |= m;
      else b[p >> 3] &= ~m;
      v = Math.floor(v / 2);
    }
  }
  /** Whether any of its abbreviations is wanted. */
  override covers(wanted: (abbrev: string) => boolean): boolean {
    const { also, below } = this.options;
    return wanted(this.abbrev) || (also !== undefined && wanted(also)) ||
      (below !== undefined && wanted(below.abbrev));
  }
}

function popcount(mask: number): number {
  let n = 0;
  for (let m = mask; m; m = (m & (m - 1)) >>> 0) n++;
  return n;
}
function shiftOf(mask: number): number {
  return mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
}

/** An unsigned integer of `width` bits, at most 32. */
export function bits(
  width: number,
  abbrev: string,
  name: string,
  options?: FieldOptions<number>,
): Field<number> {
  return new Scalar(width, abbrev, name, Kind.Uint, options?.little ? READ_LE : READ_BE, options);
}
/** An 8-bit unsigned integer. */
export function u8(abbrev: string, name: string, options?: FieldOptions<number>): Field<number> {
  return bits(8, abbrev, name, options);
}
/** A 16-bit unsigned integer, big-endian unless `little` is set. */
export function u16(abbrev: string, name: string, options?: FieldOptions<number>): Field<number> {
  return bits(16, abbrev, name, options);
}
/** A 24-bit unsigned integer. */
export function u24(abbrev: string, name: string, options?: FieldOptions<number>): Field<number> {
  return bits(24, abbrev, name, options);
}
/** A 32-bit unsigned integer. */
export function u32(abbrev: string, name: string, options?: FieldOptions<number>): Field<number> {
  return bits(32, abbrev, name, options);
}
/** A 32-bit signed integer. */
export function i32(abbrev: string, name: string, options?: FieldOptions<number>): Field<number> {
  return new Scalar(32, abbrev, name, Kind.Int, READ_SIGNED, options);
}
/** A 64-bit unsigned integer (or one of `width` bits, a multiple of 8 up to 64). */
export function u64(
  abbrev: string,
  name: string,
  options?: FieldOptions<bigint> & { readonly width?: number },
): Field<bigint> {
  return new Scalar(
    options?.width ?? 64,
    abbrev,
    name,
    options?.little ? Kind.Uint64Le : Kind.Uint64,
    READ_NONE,
    options,
  );
}
/** A truth value of `width` bits (usually 1): true unless all are zero. */
export function bool(
  abbrev: string,
  name: string,
  options: FieldOptions<boolean> & { readonly width?: number } = {},
): Field<boolean> {
  return new Scalar(options.width ?? 1, abbrev, name, Kind.Bool, READ_BE, options);
}
/** One bit of the field before it: `mask` selects it in that field's value. Takes no room of its own. */
export function flag(
  mask: number,
  abbrev: string,
  name: string,
  options?: FieldOptions<boolean>,
): Field<boolean> {
  return new Scalar(0, abbrev, name, Kind.Bool, READ_SUB, options, mask);
}
/** Some bits of the field before it: `mask` selects them in that field's value. Takes no room of its own. */
export function within(
  mask: number,
  abbrev: string,
  name: string,
  options?: FieldOptions<number>,
): Field<number> {
  return new Scalar(0, abbrev, name, Kind.Uint, READ_SUB, options, mask);
}
/** An IPv4 address. */
export function ipv4Address(
  abbrev: string,
  name: string,
  options?: FieldOptions<string>,
): Field<string> {
  return new Scalar(32, abbrev, name, Kind.Ipv4, READ_NONE, { initial: "0.0.0.0", ...options });
}
/** An IPv6 address. */
export function ipv6Address(
  abbrev: string,
  name: string,
  options?: FieldOptions<string>,
): Field<string> {
  return new Scalar(128, abbrev, name, Kind.Ipv6, READ_NONE, { initial: "::", ...options });
}
/** A MAC address. */
export function macAddress(
  abbrev: string,
  name: string,
  options?: FieldOptions<string>,
): Field<string> {
  return new Scalar(48, abbrev, name, Kind.Ether, READ_NONE, {
    initial: "00:00:00:00:00:00",
    ...options,
  });
}
/** An EUI-64: a MAC address of 8 bytes. */
export function eui64(
  abbrev: string,
  name: string,
  options?: FieldOptions<string>,
): Field<string> {
  return new Scalar(64, abbrev, name, Kind.Ether, READ_NONE, {
    initial: "00:00:00:00:00:00:00:00",
    ...options,
  });
}
/** `length` bytes as they are. */
export function fixedBytes(
  length: number,
  abbrev: string,
  name: string,
  options?: FieldOptions<Uint8Array>,
): Field<Uint8Array> {
  return new Scalar(length * 8, abbrev, name, Kind.Bytes, READ_NONE, options);
}
/** Seconds since 1970 in 32 bits. */
export function time32(
  abbrev: string,
  name: string,
  options?: FieldOptions<number>,
): Field<number> {
  return new Scalar(32, abbrev, name, Kind.Time, READ_BE, options);
}
/** A span of time in seconds, in 32 bits. */
export function seconds32(
  abbrev: string,
  name: string,
  options?: FieldOptions<number>,
): Field<number> {
  return new Scalar(32, abbrev, name, Kind.Seconds, READ_BE, options);
}
/** `length` bytes that mean nothing and are no field: skipped when read, zero when written. */
export function skip(length: number): Field<undefined> {
  return new Scalar<undefined>(length * 8, "", "", Kind.None, READ_NONE);
}
/** A number the dissector makes; nothing stands on the wire. A negative number leaves it out. */
export function computed(
  abbrev: string,
  name: string,
  compute: (items: Items) => number,
  options?: FieldOptions<number> & { readonly kind?: Kind },
): Field<number> {
  return new Scalar(0, abbrev, name, options?.kind ?? Kind.Uint, READ_NONE, options, 0, compute);
}

/**
 * Tells the scalars among `parts` from number `from` on which bytes they touch, and which field they are within, up to the
 * first part that is none. Answers the number of that.
 *
 * @throws {RangeError} If it begins within a byte.
 */
function layOut(keys: readonly string[], parts: readonly Field<unknown>[], from: number): number {
  let bits = 0, before: Scalar<unknown> | undefined, i = from;
  for (; i < parts.length; i++) {
    const scalar = parts[i];
    if (!isPlain(scalar)) break;
    if (scalar.op === READ_SUB) {
      scalar.holder = before?.holder ?? before;
      scalar.span = scalar.holder?.span ?? 0;
    } else {
      const last = bits + scalar.bits - 1;
      scalar.span = scalar.bits === 0 ? 0 : (last >> 3) - (bits >> 3) + 1;
    }
    before = scalar;
    bits += scalar.bits;
  }
  if (bits % 8 && i < parts.length) {
    throw new RangeError(`Cannot lay out "${keys[i]}": the fields before it end within a byte`);
  }
  return i;
}

/** A stretch of scalars read in one go. */
class Run {
  readonly scalars: readonly Scalar<unknown>[];
  readonly keys: readonly string[];
  /** First bit of each scalar. */
  readonly places: readonly number[];
  readonly bits: number;

  constructor(keys: readonly string[], scalars: readonly Scalar<unknown>[]) {
    let bits = 0;
    this.keys = keys;
    this.scalars = scalars;
    this.places = scalars.map((scalar) => (bits += scalar.bits) - scalar.bits);
    this.bits = bits;
  }
  get size(): number {
    return this.bits >> 3;
  }
  /** Whether any of its fields is wanted. */
  covers(wanted: (abbrev: string) => boolean): boolean {
    return this.scalars.some((s) => s.abbrev !== "" && s.covers(wanted));
  }
  /** Translates to numbers; with `wanted`, only what is asked for is reported. */
  compile(wanted?: (abbrev: string) => boolean, lookedUp?: ReadonlySet<number>): Int32Array {
    const program: number[] = [];
    for (let i = 0; i < this.scalars.length; i++) {
      const s = this.scalars[i];
      // What Wireshark has no name for is part of the object all the same, but nobody can ask for it.
      const asked = wanted
        ? (s.abbrev !== "" && s.covers(wanted)) || (lookedUp?.has(s.id) ?? false)
        : s.kind !== Kind.None;
      if (s.op === READ_SUB) {
        if (!asked) continue;
        const { scale = 1, plus = 0 } = s.options;
        program.push(s.id, READ_SUB, 0, 0, s.mask, shiftOf(s.mask), scale, plus, 1, -1, 0);
        continue;
      }
      if (s.kind === Kind.None) continue;
      // A field that nobody asked for is still read if one within it is wanted.
      let needed = asked;
      for (
        let k = i + 1;
        !needed && k < this.scalars.length && this.scalars[k].op === READ_SUB;
        k++
      ) needed = wanted ? this.scalars[k].covers(wanted) : this.scalars[k].abbrev !== "";
      if (!needed) continue;
      const first = this.places[i], at = first >> 3;
      const last = first + s.bits - 1;
      const length = (last >> 3) - at + 1;
      const numeric = s.op !== READ_NONE;
      const { scale = 1, plus = 0 } = s.options;
      if (numeric && length > 4) {
        throw new RangeError(
          `Cannot lay out field "${s.abbrev}": it spans ${length} bytes, and four are the most`,
        );
      }
      program.push(
        asked ? s.id : -1,
        s.op,
        at,
        length,
        numeric && s.bits < 32 ? 2 ** s.bits - 1 : -1,
        numeric ? 7 - (last & 7) : 0,
        scale,
        plus,
        0,
        s.lowId,
        s.options.below?.value ?? 0,
      );
    }
    return Int32Array.from(program);
  }
}

const NO_PROGRAM = new Int32Array(0);

/** Reports a run's fields at the cursor; stops at the first that is not all there. */
function emitRun(c: Items, program: Int32Array, size: number): void {
  const at = c.at, end = c.end, enough = end - at >= size;
  if (!c.room(program.length / RUN)) return;
  const rows = c.rows, bytes = c.bytes, base = c.base, depth = c.depth << 16;
  let p = c.used, held = 0, heldAt = 0, heldLength = 0;
  for (let i = 0; i < program.length; i += RUN) {
    const op = program[i + 1];
    let v = 0, start = heldAt, length = heldLength;
    if (op === READ_SUB) {
      v = (held & program[i + 4]) >>> program[i + 5];
    } else {
      start = at + program[i + 2];
      length = program[i + 3];
      if (!enough && start + length > end) break;
      if (op !== READ_NONE) {
        if (op === READ_LE) {
          for (let k = length - 1; k >= 0; k--) v = (v << 8) | bytes[start + k];
        } else if (length === 2) v = (bytes[start] << 8) | bytes[start + 1];
        else if (length === 1) v = bytes[start];
        else if (length === 4) {
          v = (bytes[start] << 24) | (bytes[start + 1] << 16) | (bytes[start + 2] << 8) |
            bytes[start + 3];
        } else v = (bytes[start] << 16) | (bytes[start + 1] << 8) | bytes[start + 2];
        v = (v >>> program[i + 5]) & program[i + 4];
      }
      held = v;
      heldAt = start;
      heldLength = length;
    }
    const scale = program[i + 6], plus = program[i + 7];
    if (scale !== 1 || plus !== 0) v = (v >>> 0) * scale + plus;
    let id = program[i];
    if (program[i + 9] >= 0 && v >>> 0 < program[i + 10] >>> 0) id = program[i + 9];
    if (id >= 0) {
      rows[p] = (base + id) | (depth + (program[i + 8] << 16));
      rows[p + 1] = start;
      rows[p + 2] = length;
      rows[p + 3] = v;
      p += 4;
    }
  }
  c.used = p;
  if (enough) c.at = at + size;
  else {
    c.at = end;
    c.short = true;
  }
}

/** A run's program as fields of a recipe. */
function runFields(program: Int32Array): RunField[] {
  const fields: RunField[] = [];
  for (let i = 0; i < program.length; i += RUN) {
    const [id, op, at, length, mask, shift, scale, plus, depth, lowId, below] = program.subarray(i);
    const read = op === READ_NONE
      ? RecipeRead.None
      : op === READ_LE
      ? RecipeRead.Little
      : op === READ_SUB
      ? RecipeRead.Within
      : RecipeRead.Big;
    fields.push({ id, read, at, length, mask, shift, scale, plus, depth, lowId, below });
  }
  return fields;
}

/** Whether a field can stand in a run. */
function isPlain(field: Field<unknown>): field is Scalar<unknown> {
  return field instanceof Scalar && !field.compute;
}

/** What a struct is made of: runs of scalars, and fields that vary. */
type Piece = Run | Field<unknown>;
/** One step of a {@link Plan}: a run of fixed fields, or a field that varies. All steps have one shape. */
export interface PlanStep {
  /** The run's program; of no interest with `field`. */
  readonly program: Int32Array;
  /** Bytes of the run. */
  readonly size: number;
  /** The field that varies. */
  readonly field: Field<unknown> | undefined;
  /** Its {@link Field.emit}, looked up once: there are too many kinds of fields for the compiler to find it quickly. */
  readonly emit: ((this: Field<unknown>, items: Items) => void) | undefined;
}
/** A struct made ready to report: all fields, or those wanted. */
export interface Plan {
  /** Programs of runs and fields that vary, in wire order. */
  readonly steps: readonly PlanStep[];
}

/** Fields one after another. */
export class Struct<T extends object> extends Field<T> {
  /** Keys of the fields, in wire order, */
  readonly keys: readonly string[];
  /** and the fields. */
  readonly parts: readonly Field<unknown>[];
  /** Made when first needed, as the plan. */
  #cut: readonly Piece[] | undefined;
  readonly #abbrev: string;
  readonly #name: string;
  readonly #headed: boolean;
  /** Made when first needed: most structs of most protocols never are. */
  #plan: Plan | undefined;
  #lookedUp: ReadonlySet<number> | undefined;

  /** With `abbrev` and `name` it has a heading of its own; without, its fields stand in the struct around it. */
  constructor(fields: Readonly<Record<string, Field<unknown>>>, abbrev?: string, name?: string) {
    const keys = Object.keys(fields), parts = Object.values(fields);
    super(parts.every((f) => f.bits >= 0) ? parts.reduce((sum, f) => sum + f.bits, 0) : -1);
    this.keys = keys;
    this.parts = parts;
    this.#abbrev = abbrev ?? "";
    this.#name = name ?? "";
    this.#headed = name !== undefined;
    for (let i = 0; i < keys.length; i++) i = layOut(keys, parts, i);
  }
  /** Runs, and fields that vary. */
  get #pieces(): readonly Piece[] {
    if (this.#cut) return this.#cut;
    const { keys, parts } = this, pieces: Piece[] = [];
    for (let i = 0; i < parts.length;) {
      const scalars: Scalar<unknown>[] = [];
      for (let part; i < parts.length && isPlain(part = parts[i]); i++) scalars.push(part);
      if (scalars.length === 0) pieces.push(parts[i++]);
      else pieces.push(new Run(keys.slice(i - scalars.length, i), scalars.slice()));
    }
    // What is pushed has room for seventeen.
    return this.#cut = pieces.slice();
  }
  /** Takes its number(s). */
  override register(registry: Registry, key: string, list: boolean): void {
    const lists: string[] = [];
    if (this.#headed) {
      this.number(registry, {
        abbrev: this.#abbrev,
        name: this.#name,
        kind: Kind.None,
        bits: 0,
        span: 0,
        mask: 0,
        hex: false,
        values: undefined,
        key,
        list,
        lists,
        generated: false,
        also: undefined,
      });
    }
    this.parts.forEach((f, i) => {
      f.register(registry, this.keys[i], false);
      if (f.repeats) lists.push(this.keys[i]);
    });
    this.#lookedUp = registry.lookedUp;
  }
  /** Keys of the lists among its fields. */
  get lists(): readonly string[] {
    return this.keys.filter((_key, i) => this.parts[i].repeats);
  }
  /** Prepares reporting, of every field or only of those `wanted`. */
  plan(wanted?: (abbrev: string) => boolean): Plan {
    const steps: PlanStep[] = [];
    let useful = 0;
    for (const piece of this.#pieces) {
      if (piece instanceof Run) {
        steps.push({
          program: piece.compile(wanted, this.#lookedUp),
          size: piece.size,
          field: undefined,
          emit: undefined,
        });
        if (!wanted || piece.covers(wanted)) useful = steps.length;
      } else {
        const asked = !wanted || piece.covers(wanted);
        // What is computed may be left out; what takes room must be passed over to reach what follows.
        if (!asked && piece instanceof Scalar) continue;
        const field = piece.itself;
        steps.push({ program: NO_PROGRAM, size: 0, field, emit: field.emit });
        if (asked) useful = steps.length;
      }
    }
    // What stands last and is not wanted need not be read; with everything wanted, its room counts for what follows.
    return { steps: wanted ? steps.slice(0, useful) : steps };
  }
  /** Reports what `plan` asks for. */
  static emitPlan(plan: Plan, items: Items): void {
    const steps = plan.steps;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step.emit !== undefined) step.emit.call(step.field!, items);
      else emitRun(items, step.program, step.size);
      if (items.short) return;
    }
  }
  /** Adds to `recipe` what `plan` reports of a usual packet; false if that cannot be told. */
  static planRecipe(plan: Plan, recipe: Recipe): boolean {
    for (const { field, program, size } of plan.steps) {
      if (field) {
        if (!field.recipe(recipe)) return false;
        continue;
      }
      const fields = runFields(program);
      if (!fields.every(isRunnable)) return false;
      recipe.run(fields, size);
    }
    return true;
  }
  /** What its fields add, if they have no heading. */
  override recipe(recipe: Recipe): boolean {
    return !this.#headed && Struct.planRecipe(this.#plan ??= this.plan(), recipe);
  }
  /** Reads it at the cursor and adds items. */
  override emit(items: Items): void {
    const plan = this.#plan ??= this.plan();
    if (!this.#headed) return Struct.emitPlan(plan, items);
    const row = items.open(this.id);
    Struct.emitPlan(plan, items);
    items.close(row);
  }
  /** Writes it. */
  override write(writer: Writer, value: unknown, object: Value): void {
    this.writeParts(writer, (this.#headed ? value : object) as Value | undefined ?? {});
  }
  /** Writes all fields; answers the values used, defaults included. */
  writeParts(writer: Writer, given: Value): Record<string, unknown> {
    const start = writer.at;
    const full: Record<string, unknown> = { ...given };
    for (const field of this.parts) field.fill(full);
    for (const piece of this.#pieces) {
      if (!(piece instanceof Run)) {
        piece.write(writer, full[piece.key], full);
        continue;
      }
      const o = writer.reserve(piece.size);
      piece.scalars.forEach((s, i) => {
        const key = piece.keys[i];
        if (s.op !== READ_SUB) {
          full[key] ??= s.options.initial;
          if (full[key] === undefined && s.kind === Kind.Uint) full[key] = 0;
          s.store(writer.bytes, o * 8 + piece.places[i], full[key]);
        } else if (given[key] !== undefined) {
          // A part of the field before it: put into that field's value.
          let h = i - 1;
          while (piece.scalars[h].op === READ_SUB) h--;
          const holder = piece.scalars[h];
          const { scale = 1, plus = 0 } = s.options;
          const v = Math.floor((Number(given[key]) - plus) / scale);
          const old = Number(full[piece.keys[h]] ?? 0);
          // "Some of these bits" does not say which: those that are set will do.
          if (given[key] === true && (old & s.mask) !== 0) return;
          const word = ((old & ~s.mask) | ((v << shiftOf(s.mask)) & s.mask)) >>> 0;
          full[piece.keys[h]] = word;
          holder.store(writer.bytes, o * 8 + piece.places[h], word);
        }
      });
    }
    if (this.#headed || this.id >= 0) this.settle(writer, start, full, given);
    return full;
  }
  /** Computes the `auto` fields the caller gave nothing for, when all else is written. */
  settle(
    writer: Writer,
    start: number,
    full: Record<string, unknown>,
    given: Value,
    draft?: Pick<Draft, "network" | "headerLength">,
  ): void {
    let bit = start * 8;
    for (const piece of this.#pieces) {
      if (!(piece instanceof Run)) {
        if (piece.bits < 0) return; // what follows has no fixed place; such fields carry no auto
        bit += piece.bits;
        continue;
      }
      piece.scalars.forEach((s, i) => {
        const key = piece.keys[i];
        const auto = s.options.auto;
        if (!auto || given[key] !== undefined) return;
        full[key] = auto({
          bytes: writer.bytes.subarray(start, writer.at),
          headerLength: draft?.headerLength ?? writer.at - start,
          value: full,
          ...(draft?.network ? { network: draft.network } : {}),
        });
        s.store(writer.bytes, bit + piece.places[i], full[key]);
      });
      bit += piece.bits;
    }
  }
  /** Stores the value of the fixed field under `key` in a header that starts at `start`; answers whether there is one. */
  patch(bytes: Uint8Array, start: number, key: string, value: unknown): boolean {
    const place = this.place(key);
    if (!place) return false;
    place.scalar.store(bytes, start * 8 + place.bit, value);
    return true;
  }
  /** The fixed field under `key` and its first bit, if everything before it is fixed. */
  place(key: string): { readonly scalar: Scalar<unknown>; readonly bit: number } | undefined {
    let bit = 0;
    for (const piece of this.#pieces) {
      if (piece instanceof Run) {
        const i = piece.keys.indexOf(key);
        if (i >= 0) {
          let h = i;
          while (piece.scalars[h].op === READ_SUB) h--;
          return { scalar: piece.scalars[i], bit: bit + piece.places[h] };
        }
        bit += piece.bits;
      } else if (piece.bits === 0) continue;
      else return undefined;
    }
    return undefined;
  }
  /** Bits up to the first field that varies. */
  get prefixBits(): number {
    let bit = 0;
    for (const piece of this.#pieces) {
      if (piece instanceof Run) bit += piece.bits;
      else if (piece.bits === 0) continue;
      else break;
    }
    return bit;
  }
  /** Whether any of its abbreviations is wanted. */
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return (this.#abbrev !== "" && wanted(this.#abbrev)) ||
      this.parts.some((f) => f.covers(wanted));
  }
}

/** Fields one after another under a heading of their own; its value is an object. */
export function group<T extends object>(
  abbrev: string,
  name: string,
  fields: Readonly<Record<string, Field<unknown>>>,
): Field<T> {
  return new Struct<T>(fields, abbrev, name);
}
/** Fields one after another without a heading: their values join the object around them. */
export function inline(fields: Readonly<Record<string, Field<unknown>>>): Field<unknown> {
  return new Struct(fields);
}

/** How long something is: bytes, the key of a field read before, all that is left, or a function of the cursor. */
export type Extent = number | string | "rest" | ((items: Items) => number);

/** Finds keys among fields already registered, so that lengths and counts can be looked up by number. */
class KeyRef {
  readonly #key: string;
  #id = -1;
  constructor(key: string) {
    this.#key = key;
  }
  bind(registry: Registry): void {
    for (let i = registry.fields.length - 1; i >= 0; i--) {
      if (registry.fields[i].key === this.#key) {
        registry.lookedUp.add(i);
        this.#id = i;
        return;
      }
    }
    throw new TypeError(`Cannot find field "${this.#key}": it must stand before what refers to it`);
  }
  value(items: Items): number {
    return items.valueOf(this.#id) >>> 0;
  }
}

/** Bytes or text of varying length. */
class Span<T> extends Field<T> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #kind: Kind;
  readonly #extent: Extent;
  readonly #ref: KeyRef | undefined;
  readonly #keepEmpty: boolean;
  readonly #initial: T | undefined;
  readonly #terminator: number;
  readonly #usual: number;
  constructor(
    abbrev: string,
    name: string,
    kind: Kind,
    extent: Extent,
    keepEmpty: boolean,
    initial?: T,
    terminator = -1,
    usual = 0,
  ) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = name;
    this.#kind = kind;
    this.#extent = extent;
    this.#ref = typeof extent === "string" && extent !== "rest" ? new KeyRef(extent) : undefined;
    this.#keepEmpty = keepEmpty;
    this.#initial = initial;
    this.#terminator = terminator;
    this.#usual = typeof extent === "number" ? extent : usual;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.#ref?.bind(registry);
    this.number(registry, {
      abbrev: this.#abbrev,
      name: this.#name,
      kind: this.#kind,
      bits: 0,
      span: 0,
      mask: 0,
      hex: false,
      values: undefined,
      key,
      list,
      lists: undefined,
      generated: false,
      also: undefined,
    });
  }
  override recipe(recipe: Recipe): boolean {
    if (this.#terminator >= 0 || this.#keepEmpty) return false;
    if (this.#extent === "rest") {
      recipe.bytes(this.id);
      return true;
    }
    const field = runField({ id: this.id, read: RecipeRead.None, at: 0, length: this.#usual });
    if (this.#usual < 1 || !isRunnable(field)) return false;
    recipe.run([field], this.#usual);
    return true;
  }
  override emit(items: Items): void {
    const extent = this.#extent;
    let n = extent === "rest"
      ? items.left
      : typeof extent === "number"
      ? extent
      : typeof extent === "function"
      ? extent(items)
      : this.#ref!.value(items);
    if (n > items.left || n < 0) {
      n = items.left;
      items.short = true;
    }
    let shown = n;
    if (this.#terminator >= 0) {
      const stop = items.bytes.indexOf(this.#terminator, items.at);
      if (stop >= 0 && stop < items.at + n) {
        shown = stop - items.at;
        if (extent === "rest") n = shown + 1;
      }
    }
    if (n > 0 || this.#keepEmpty) items.add(this.id, items.at, shown, 0);
    items.at += n;
  }
  override fill(object: Record<string, unknown>): void {
    if (this.#ref) object[this.#extent as string] ??= this.#encode(object[this.key]).length;
  }
  #encode(value: unknown): Uint8Array {
    const v = value ?? this.#initial;
    return v === undefined
      ? new Uint8Array(0)
      : typeof v === "string"
      ? new TextEncoder().encode(v)
      : v as Uint8Array;
  }
  override write(writer: Writer, value: unknown): void {
    const b = this.#encode(value);
    if (typeof this.#extent === "number") {
      const o = writer.reserve(this.#extent);
      writer.bytes.set(b.subarray(0, this.#extent), o);
      return;
    }
    writer.put(b);
    if (this.#terminator >= 0 && this.#extent === "rest") writer.uint(this.#terminator, 1);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
}

/**
 * Bytes of varying length: `rest` by default. `usual`: how many a function of an extent answers in a header whose recipe
 * knows what it looks at.
 */
export function bytes(
  abbrev: string,
  name: string,
  extent: Extent = "rest",
  options: {
    readonly keepEmpty?: boolean;
    readonly initial?: Uint8Array;
    readonly usual?: number;
  } = {},
): Field<Uint8Array> {
  const { keepEmpty = false, initial, usual } = options;
  return new Span(abbrev, name, Kind.Bytes, extent, keepEmpty, initial, -1, usual);
}
/** Text of varying length (`rest` by default); with `terminator`, it ends before that byte. */
export function text(
  abbrev: string,
  name: string,
  extent: Extent = "rest",
  options: {
    readonly keepEmpty?: boolean;
    readonly initial?: string;
    readonly terminator?: number;
  } = {},
): Field<string> {
  return new Span(
    abbrev,
    name,
    Kind.Text,
    extent,
    options.keepEmpty ?? true,
    options.initial,
    options.terminator,
  );
}

/** The same thing several times. */
export class List<T> extends Field<readonly T[]> {
  readonly #element: Field<T>;
  readonly #count: KeyRef | undefined;
  readonly #countKey: string | undefined;
  /** Repeats `element`: as often as the field under `count` says, or to the end. */
  constructor(element: Field<T>, count?: string) {
    super(-1);
    this.#element = element;
    this.#countKey = count;
    this.#count = count === undefined ? undefined : new KeyRef(count);
  }
  /** It is one. */
  override get repeats(): boolean {
    return true;
  }
  /** Takes its number(s). */
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#count?.bind(registry);
    this.#element.register(registry, key, true);
  }
  /** Reads it at the cursor and adds items. */
  override emit(items: Items): void {
    const most = this.#count ? Math.min(this.#count.value(items), LIST_MAX) : LIST_MAX;
    for (let i = 0; i < most; i++) {
      if (!this.#count && items.at >= items.end) return;
      const before = items.at;
      this.#element.emit(items);
      // An element that takes no room would repeat for ever.
      if (items.short || items.at === before) return;
    }
  }
  /** Fills what follows from it into the object. */
  override fill(object: Record<string, unknown>): void {
    const list = object[this.key] as readonly unknown[] | undefined;
    if (this.#countKey !== undefined) object[this.#countKey] ??= list?.length ?? 0;
  }
  /** Writes it. */
  override write(writer: Writer, value: unknown, object: Value): void {
    for (const v of (value ?? []) as readonly unknown[]) {
      this.#element.write(writer, v, object);
    }
  }
  /** Whether any of its abbreviations is wanted. */
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#element.covers(wanted);
  }
}
/** A list of `element`; `count` names the field that holds how many, without it the list goes on to the end. */
export function list<T>(element: Field<T>, count?: string): Field<readonly T[]> {
  return new List(element, count);
}

/** What stands here depends on a value read before. */
/** Adds to a recipe what a choice among `cases` reports of a usual packet; false if it cannot tell. */
export type ChoiceRecipe = (recipe: Recipe, cases: ReadonlyMap<number, Field<unknown>>) => boolean;

class Choice extends Field<unknown> {
  readonly #by: string | ((items: Items) => number);
  readonly #ref: KeyRef | undefined;
  readonly #cases: ReadonlyMap<number, Field<unknown>>;
  readonly #otherwise: Field<unknown> | undefined;
  readonly #writeBy: ((object: Value) => number) | undefined;
  readonly #recipe: ChoiceRecipe | undefined;
  constructor(
    by: string | ((items: Items) => number),
    cases: Readonly<Record<number, Field<unknown>>>,
    otherwise?: Field<unknown>,
    writeBy?: (object: Value) => number,
    recipe?: ChoiceRecipe,
  ) {
    super(-1);
    this.#recipe = recipe;
    this.#by = by;
    this.#ref = typeof by === "string" ? new KeyRef(by) : undefined;
    this.#cases = new Map(Object.entries(cases).map(([k, f]) => [Number(k), f]));
    this.#otherwise = otherwise;
    this.#writeBy = writeBy;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.#ref?.bind(registry);
    this.key = key;
    for (const f of new Set([...this.#cases.values(), this.#otherwise])) {
      f?.register(registry, key, list);
    }
  }
  override recipe(recipe: Recipe): boolean {
    return this.#recipe?.(recipe, this.#cases) ?? false;
  }
  override emit(items: Items): void {
    const by = this.#ref ? this.#ref.value(items) : (this.#by as (items: Items) => number)(items);
    (this.#cases.get(by) ?? this.#otherwise)?.emit(items);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    const by = typeof this.#by === "string"
      ? Number(object[this.#by])
      : this.#writeBy?.(object) ?? -1;
    (this.#cases.get(by) ?? this.#otherwise)?.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return [...this.#cases.values(), this.#otherwise].some((f) => f?.covers(wanted));
  }
}
/**
 * One of `cases`, by the value of the field under the key `by` (or by what a function answers; then `writeBy` answers
 * the same of the object to be written). Cases made by {@link inline} put their values into the object around. `recipe`
 * tells what is usual.
 */
export function choose(
  by: string | ((items: Items) => number),
  cases: Readonly<Record<number, Field<unknown>>>,
  otherwise?: Field<unknown>,
  writeBy?: (object: Readonly<Record<string, unknown>>) => number,
  recipe?: ChoiceRecipe,
): Field<unknown> {
  return new Choice(by, cases, otherwise, writeBy, recipe);
}

/** What holds for a list of type-length-value elements. */
export interface TlvSpec {
  /** Heading of each element that has none of its own: Wireshark's name (may be empty) and the name for people. */
  readonly heading: readonly [abbrev: string, name: string];
  /** Makes the type field; a new one at each call. */
  readonly kind: () => Field<number>;
  /** Makes the length field; a new one at each call. */
  readonly length: () => Field<number>;
  /** Whether the length counts type and length too; otherwise it counts the value alone. */
  readonly lengthCoversAll: boolean;
  /** Bytes per unit of the length; 1 if absent. */
  readonly unit?: number;
  /** Types that are a single byte without length, by type: their heading. */
  readonly single?: Readonly<Record<number, readonly [abbrev: string, name: string]>>;
  /** The type that ends the list. */
  readonly last?: number;
  /**
   * Where the list ends as the packet tells it, whatever was captured. If given, an element that does not end before it
   * is not reported, nor anything behind it, and an element too short for its fields ends the report.
   */
  readonly wholeUntil?: (items: Items) => number;
  /** With this, {@link last} ends the list only if another type than it follows. */
  readonly lastRepeats?: boolean;
  /** What stands in the value, by type: heading and fields. The keys `kind` and `length` are taken. */
  readonly cases: Readonly<
    Record<
      number,
      readonly [abbrev: string, name: string, fields: Readonly<Record<string, Field<unknown>>>]
    >
  >;
  /** What stands in the value of any other type. */
  readonly otherwise: () => Readonly<Record<string, Field<unknown>>>;
  /** The whole list is padded with zero bytes to a multiple of this. */
  readonly padTo?: number;
  /** The value is followed by zero bytes up to a multiple of this, which its length does not count. */
  readonly alignTo?: number;
}

interface TlvCase {
  readonly body: Struct<object>;
  readonly kind: Field<number>;
  readonly length: Field<number> | undefined;
  id: number;
  readonly heading: readonly [string, string];
}

/** Elements of type, length and value, as most protocols carry their options. */
class Tlv<T> extends List<T> {
  readonly #spec: TlvSpec;
  readonly #cases: Map<number, TlvCase>;
  readonly #other: TlvCase;
  readonly #kindBytes: number;
  readonly #lengthBytes: number;
  constructor(spec: TlvSpec) {
    super(skip(0) as unknown as Field<T>);
    this.#spec = spec;
    const make = (
      heading: readonly [string, string],
      fields: Readonly<Record<string, Field<unknown>>>,
      single = false,
    ): TlvCase => ({
      heading,
      kind: spec.kind(),
      length: single ? undefined : spec.length(),
      body: new Struct(fields),
      id: -1,
    });
    this.#cases = new Map();
    for (const [k, h] of Object.entries(spec.single ?? {})) {
      this.#cases.set(Number(k), make(h, {}, true));
    }
    for (const [k, [abbrev, name, fields]] of Object.entries(spec.cases)) {
      this.#cases.set(Number(k), make([abbrev, name], fields));
    }
    this.#other = make(spec.heading, spec.otherwise());
    this.#kindBytes = this.#other.kind.bits >> 3;
    this.#lengthBytes = this.#other.length!.bits >> 3;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    for (const c of [...this.#cases.values(), this.#other]) {
      c.id = registry.add({
        abbrev: c.heading[0],
        name: c.heading[1],
        kind: Kind.None,
        bits: 0,
        span: 0,
        mask: 0,
        hex: false,
        values: undefined,
        key,
        list: true,
        lists: c.body.lists,
        generated: false,
        also: undefined,
      });
      c.kind.register(registry, "kind", false);
      c.length?.register(registry, "length", false);
      c.body.register(registry, "", false);
    }
  }
  override recipe(recipe: Recipe): boolean {
    const { unit = 1, lengthCoversAll, wholeUntil, alignTo, last } = this.#spec;
    if (this.#kindBytes !== 1 || this.#lengthBytes !== 1) return false;
    // Where a list ends as the packet tells it does not matter to headers of which all is there.
    if (unit !== 1 || !lengthCoversAll || !wholeUntil || alignTo || !recipe.isWhole) return false;
    const usual = new Map<number, OptionRecipe>();
    for (const [kind, { id, kind: { id: kindId }, length, body }] of this.#cases) {
      if (kind === last) continue;
      const parts = new OptionParts(0);
      parts.run([runField({ id: kindId, read: RecipeRead.Big, at: 0, length: 1 })], 1);
      if (length) {
        parts.run([runField({ id: length.id, read: RecipeRead.Big, at: 0, length: 1 })], 1);
        if (!body.recipe(parts)) continue;
      } else parts.told(1);
      const option = parts.option(id, length ? parts.allBytes : -1);
      if (option) usual.set(kind, option);
    }
    recipe.options(this, usual);
    return true;
  }
  override emit(items: Items): void {
    const spec = this.#spec, unit = spec.unit ?? 1, lengthBytes = this.#lengthBytes;
    const kindBytes = this.#kindBytes, head = kindBytes + lengthBytes;
    const listEnd = items.end, wireEnd = spec.wholeUntil ? spec.wholeUntil(items) : -1;
    for (let i = 0; i < LIST_MAX && items.at < listEnd; i++) {
      const start = items.at;
      const kind = kindBytes === 1 ? items.peek(0) : items.peek16(0);
      const c = this.#cases.get(kind) ?? this.#other;
      if (wireEnd >= 0 && c.length) {
        if (start + head > listEnd) {
          if (start + head <= wireEnd) items.short = true;
          items.at = listEnd;
          return;
        }
        const n = lengthBytes === 1 ? items.peek(kindBytes) : items.peek16(kindBytes);
        const all = n * unit + (spec.lengthCoversAll ? 0 : head);
        if (all < head || start + all > wireEnd) {
          items.at = listEnd;
          return;
        }
      }
      const row = items.open(c.id);
      c.kind.emit(items);
      if (!c.length) {
        items.close(row);
        if (kind === spec.last) {
          if (!spec.lastRepeats || items.at >= listEnd || items.peek(0) !== kind) {
            if (wireEnd >= 0) items.at = listEnd;
            return;
          }
        }
        continue;
      }
      if (items.short || listEnd - items.at < lengthBytes) {
        items.short = true;
        items.close(row);
        return;
      }
      const told = (lengthBytes === 1 ? items.peek(0) : items.peek16(0)) * unit;
      c.length.emit(items);
      const length = spec.lengthCoversAll ? told - head : told;
      if (length < 0) {
        // A length that does not even cover itself: nothing after it can be trusted.
        items.malformed = true;
        items.at = listEnd;
        items.close(row);
        return;
      }
      const stop = Math.min(items.at + length, listEnd);
      const cut = items.at + length > listEnd;
      items.end = stop;
      c.body.emit(items);
      // An element too short for its fields is malformed; the list goes on behind it.
      if (items.short && !cut && wireEnd < 0) {
        items.short = false;
        items.malformed = true;
      }
      items.at = stop;
      items.end = listEnd;
      items.close(row);
      if (cut) items.short = true;
      if (items.short) return;
      if (spec.alignTo) {
        const over = (items.at - start) % spec.alignTo;
        if (over) items.at = Math.min(listEnd, items.at + spec.alignTo - over);
      }
      if (kind === spec.last) return;
    }
    if (wireEnd > listEnd && items.at >= listEnd) items.short = true;
  }
  override write(writer: Writer, value: unknown): void {
    const spec = this.#spec, unit = spec.unit ?? 1, start = writer.at;
    for (const v of (value ?? []) as readonly Value[]) {
      const kind = Number(v.kind);
      const c = this.#cases.get(kind) ?? this.#other;
      const at = writer.at;
      c.kind.write(writer, kind, v);
      if (!c.length) continue;
      const lengthAt = writer.reserve(this.#lengthBytes);
      const bodyAt = writer.at;
      const full = c.body.writeParts(writer, v);
      c.body.settle(writer, bodyAt, full, v);
      if (unit > 1) { while ((writer.at - at) % unit) writer.uint(0, 1); }
      const n = Math.ceil((spec.lengthCoversAll ? writer.at - at : writer.at - bodyAt) / unit);
      (c.length as Scalar<number>).store(writer.bytes, lengthAt * 8, v.length ?? n);
      if (spec.alignTo) { while ((writer.at - at) % spec.alignTo) writer.uint(0, 1); }
    }
    if (spec.padTo) { while ((writer.at - start) % spec.padTo) writer.uint(0, 1); }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return [...this.#cases.values(), this.#other].some((c) =>
      wanted(c.heading[0]) || c.kind.covers(wanted) || c.length?.covers(wanted) ||
      c.body.covers(wanted)
    );
  }
}
/** A list of type-length-value elements. */
export function tlv<T>(spec: TlvSpec): Field<readonly T[]> {
  return new Tlv<T>(spec);
}

/** What a custom part may do: the tenth case, for which the vocabulary has no word. */
export interface CustomSpec {
  /** The fields it reports, by a name of its own choice; each is numbered, and its `id` is for {@link Items.add}. */
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Reads at the cursor and adds items. */
  readonly emit: (items: Items) => void;
  /** Tells what `emit` adds of a usual packet. */
  readonly recipe?: (recipe: Recipe) => void;
  /** Writes the value. */
  readonly write: (
    writer: Writer,
    value: unknown,
    object: Readonly<Record<string, unknown>>,
  ) => void;
}
class Custom<T> extends Field<T> {
  readonly #spec: CustomSpec;
  constructor(spec: CustomSpec) {
    super(-1);
    this.#spec = spec;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    for (const [k, f] of Object.entries(this.#spec.fields)) f.register(registry, k, false);
  }
  override recipe(recipe: Recipe): boolean {
    this.#spec.recipe?.(recipe);
    return this.#spec.recipe !== undefined;
  }
  override emit(items: Items): void {
    this.#spec.emit(items);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    this.#spec.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return Object.values(this.#spec.fields).some((f) => f.covers(wanted));
  }
}
/** A part read and written by two functions side by side. */
export function custom<T>(spec: CustomSpec): Field<T> {
  return new Custom<T>(spec);
}

/** Runs `field` with the end moved to where `extent` says, and continues there. */
class Bounded<T> extends Field<T> {
  readonly #field: Field<T>;
  readonly #extent: Extent;
  readonly #ref: KeyRef | undefined;
  constructor(extent: Extent, field: Field<T>) {
    super(-1);
    this.#field = field;
    this.#extent = extent;
    this.#ref = typeof extent === "string" && extent !== "rest" ? new KeyRef(extent) : undefined;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.key = key;
    this.#ref?.bind(registry);
    this.#field.register(registry, key, list);
  }
  override emit(items: Items): void {
    const e = this.#extent;
    const n = this.#ref
      ? this.#ref.value(items)
      : e === "rest"
      ? items.left
      : typeof e === "number"
      ? e
      : (e as (items: Items) => number)(items);
    const end = items.end, stop = items.at + n;
    const cut = n < 0 || stop > end;
    items.end = cut ? end : stop;
    this.#field.emit(items);
    items.at = items.end;
    items.end = end;
    if (cut) items.short = true;
    else if (items.short) {
      items.short = false;
      items.malformed = true;
    }
  }
  override fill(object: Record<string, unknown>): void {
    this.#field.fill(object);
    if (this.#ref && object[this.#extent as string] === undefined) {
      const w = new Writer();
      this.#field.write(w, object[this.key], object);
      object[this.#extent as string] = w.at;
    }
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    this.#field.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#field.covers(wanted);
  }
}
/** `field` within the next `extent` bytes; what it leaves of them is passed over. */
export function sized<T>(extent: Extent, field: Field<T>): Field<T> {
  return new Bounded(extent, field);
}

/** `field` if `when` answers true of the cursor; `whenWriting` the same of the object to be written. */
class Optional<T> extends Field<T | undefined> {
  readonly #field: Field<T>;
  readonly #when: (items: Items) => boolean;
  readonly #whenWriting: (object: Value) => boolean;
  constructor(
    when: (items: Items) => boolean,
    field: Field<T>,
    whenWriting?: (object: Value) => boolean,
  ) {
    super(-1);
    this.#field = field;
    this.#when = when;
    this.#whenWriting = whenWriting ?? ((o) => o[this.key] !== undefined);
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.key = key;
    this.#field.register(registry, key, list);
  }
  override emit(items: Items): void {
    if (this.#when(items)) this.#field.emit(items);
  }
  override fill(object: Record<string, unknown>): void {
    this.#field.fill(object);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    if (this.#whenWriting(object)) this.#field.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#field.covers(wanted);
  }
}
/** A field that is there only if `when` says so. Written if the object has its key, or if `whenWriting` says so. */
export function optional<T>(
  when: (items: Items) => boolean,
  field: Field<T>,
  whenWriting?: (object: Readonly<Record<string, unknown>>) => boolean,
): Field<T | undefined> {
  return new Optional(when, field, whenWriting);
}
/** A field that is there if anything is left to read. */
export function ifLeft<T>(field: Field<T>): Field<T | undefined> {
  return new Optional((c) => c.at < c.end, field);
}

/** A field that is made when it is first needed. */
class Later<T> extends Field<T> {
  readonly #make: () => Field<T>;
  #made: Field<T> | undefined;
  constructor(make: () => Field<T>) {
    super(-1);
    this.#make = make;
  }
  override get itself(): Field<T> {
    return this.#made ??= this.#make();
  }
  override get repeats(): boolean {
    return this.itself.repeats;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.key = key;
    this.itself.register(registry, key, list);
  }
  override recipe(recipe: Recipe): boolean {
    return this.itself.recipe(recipe);
  }
  override emit(items: Items): void {
    this.itself.emit(items);
  }
  override fill(object: Record<string, unknown>): void {
    this.itself.fill(object);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    this.itself.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.itself.covers(wanted);
  }
}
/**
 * What `make` answers, a field whose length varies, made when a field of the protocol is first read or written. For the
 * large parts of a declaration (lists of options, a body by type): who only walks, counts or sums up never needs them.
 */
export function later<T>(make: () => Field<T>): Field<T> {
  return new Later(make);
}
