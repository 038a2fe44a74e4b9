/**
 * Parts of DNS messages: names (RFC 1035 section 4.1.4), texts, and what is known while a message is read or written.
 *
 * @module
 */
import {
  Field,
  type FieldInfo,
  type Registry,
  type ValueNames,
  type Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX, NAME_BYTES_MAX, NAME_POINTERS_MAX } from "../core/limits.ts";
import { nameBytes } from "../core/name.ts";
import type { Recipe } from "../core/recipe.ts";
import { utf8Length } from "../core/text_writer.ts";

/** Plain data, before anything is known of it. */
export type Value = Readonly<Record<string, unknown>>;

/** How a name can be shown: not at all, since it is broken. */
export const BROKEN = -1;
/** By its labels. */
export const PLAIN = 0;
/** By its labels, some of which stand behind pointers that lead forward or into other labels. */
export const FORWARD = 1;
const LOOPS = 2;
const LONG = 3;
const UNKNOWN = 4;

/** What {@link scanName} found of a name: bytes where it stands, and bytes of its text. */
export const found: { wire: number; text: number } = { wire: 0, text: 0 };

/**
 * Most bytes of a name looked at behind its first pointer. Loops are found by what is passed over, so a message full
 * of names that share one long chain of labels would else cost its square.
 */
const NAME_WALK_MAX = 4096;

/** Looks at the name at `at`, follows its pointers, and tells how it can be shown; see {@link found}. */
export function scanName(b: Uint8Array, at: number, end: number, message: number): number {
  let p = at;
  let stop = end;
  let wire = 0;
  let hops = 0;
  let passed = 0;
  let bytes = 1;
  let text = 0;
  let how = PLAIN;
  const most = Math.min(end - message, NAME_WALK_MAX);
  for (;;) {
    if (p >= end) return BROKEN;
    const n = b[p];
    if (n === 0) {
      if (wire === 0) wire = p + 1 - at;
      break;
    }
    if (n >= 0xc0) {
      if (p + 1 >= end) return BROKEN;
      if (wire === 0) wire = p + 2 - at;
      const target = message + (((n & 0x3f) << 8) | b[p + 1]);
      passed += 2;
      if (++hops > NAME_POINTERS_MAX || passed >= most) {
        found.wire = wire;
        return LOOPS;
      }
      if (target >= end) return BROKEN;
      if (target >= p) how = FORWARD;
      stop = p;
      p = target;
      continue;
    }
    if (n >= 0x40) {
      // Label types that never came into use (RFC 6891 section 5).
      wire = p + 1 - at;
      if (n >= 0x80 || wire < 2) return BROKEN;
      found.wire = wire;
      return UNKNOWN;
    }
    const next = p + 1 + n;
    if (next > end) return BROKEN;
    if (next > stop) how = FORWARD;
    passed += n + 1;
    if (wire !== 0 && passed >= most) {
      found.wire = wire;
      return LOOPS;
    }
    bytes += n + 1;
    text += n + 1;
    p = next;
  }
  found.wire = wire;
  found.text = text > 0 ? text - 1 : 0;
  return bytes > NAME_BYTES_MAX ? LONG : how;
}

/** Encodes text. */
export const ENCODER = new TextEncoder();
export const ODD_NAMES: readonly Uint8Array[] = [
  new Uint8Array(0),
  new Uint8Array(0),
  ENCODER.encode("<Name contains a pointer that loops>"),
  ENCODER.encode("<Name too long>"),
  ENCODER.encode("<Unknown extended label>"),
];
/** The name of the root, as Wireshark shows it. */
export const ROOT = ENCODER.encode("<Root>");

// Room for the text of one name, made where pointers lead forward.
const scratch = new Uint8Array(NAME_BYTES_MAX + 1);

/** Makes the text of a name that {@link scanName} found to be FORWARD; it is at most 253 bytes. */
export function forwardName(b: Uint8Array, at: number, message: number): Uint8Array {
  let p = at;
  let o = 0;
  for (;;) {
    const n = b[p];
    if (n === 0) break;
    if (n >= 0xc0) {
      p = message + (((n & 0x3f) << 8) | b[p + 1]);
      continue;
    }
    if (o > 0) scratch[o++] = 0x2e;
    for (let i = 1; i <= n; i++) scratch[o++] = b[p + i];
    p += 1 + n;
  }
  return o === 0 ? ROOT : scratch.subarray(0, o);
}

/** Follows pointers from `p` to where a label (or the root) stands. Only for names found to be PLAIN. */
export function labelAt(b: Uint8Array, p: number, message: number): number {
  while (b[p] >= 0xc0) p = message + (((b[p] & 0x3f) << 8) | b[p + 1]);
  return p;
}

// --------------------------------------------------------------------------------------------------- state of one run

/** The message being read: dissecting is synchronous, so one at a time. */
export const reading = {
  /** First byte of the message. */
  message: 0,
  /** First byte of the data of the record at hand. */
  data: 0,
  /** One past the last byte of the data of the record at hand, as its length says. */
  dataEnd: 0,
  /** Numbers of entries in the four sections. */
  counts: new Int32Array(4),
  /** Operation. */
  opcode: 0,
  /** Nothing more is read: the message goes on in another segment. */
  stop: false,
};

/** The message being written. */
export const writing = {
  /** First byte of the message. */
  message: 0,
  /** The length in front of it: -2 if there is none, else what was given. */
  length: -2,
  /** Where names stand that pointers can lead to, by their bytes. */
  names: new Map<string, number>(),
};

/** Writes a name; `compress`: with a pointer to the longest end of it that stands in the message already. */
function writeName(writer: Writer, text: unknown, compress: boolean): void {
  const b = nameBytes(text === undefined ? "" : String(text));
  let p = 0;
  while (b[p] !== 0) {
    const key = String.fromCharCode(...b.subarray(p));
    const at = compress ? writing.names.get(key) : undefined;
    if (at !== undefined) {
      writer.put(b.subarray(0, p));
      writer.uint(0xc000 | at, 2);
      return;
    }
    const here = writer.at - writing.message + p;
    if (here < 0x4000 && compress && !writing.names.has(key)) writing.names.set(key, here);
    p += 1 + b[p];
  }
  writer.put(b);
}

// ------------------------------------------------------------------------------------------------------------ parts

/** How a field is shown, where that is not the usual way. */
export interface Look {
  /** What particular values mean. */
  readonly values?: ValueNames;
  /** Numbers in base 16. */
  readonly hex?: boolean;
  /** Made by the dissector. */
  readonly generated?: boolean;
  /** One of several in the object. */
  readonly list?: boolean;
  /** Bits of the value. */
  readonly bits?: number;
  /** Which bits of its bytes. */
  readonly mask?: number;
  /** Bytes it stands in, if more than its bits fill. */
  readonly span?: number;
}

/** What is known of a field of this name, kind and key. */
export function info(
  abbrev: string,
  name: string,
  kind: Kind,
  key: string,
  look: Look = {},
): FieldInfo {
  return {
    abbrev,
    name,
    kind,
    bits: look.bits ?? 0,
    span: look.span ?? ((look.bits ?? 0) + 7) >> 3,
    mask: look.mask ?? 0,
    hex: look.hex ?? false,
    values: look.values,
    key,
    list: look.list ?? false,
    lists: undefined,
    generated: look.generated ?? false,
    also: undefined,
  };
}

/** Notes that the bytes end before what is read. */
export function fail(items: Items): void {
  items.short = true;
  items.at = items.end;
}

/** A name; one that cannot be shown by its labels is shown as text. */
export class NameField extends Field<string> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #compress: boolean;
  #text = -1;
  constructor(abbrev: string, name: string, compress: boolean) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = name;
    this.#compress = compress;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.number(registry, info(this.#abbrev, this.#name, Kind.Name, key, { list }));
    this.#text = registry.add(info(this.#abbrev, this.#name, Kind.Text, key, { list }));
  }
  override emit(items: Items): void {
    const how = scanName(items.bytes, items.at, items.end, reading.message);
    if (how === BROKEN) return fail(items);
    this.add(items, items.at, found.wire, how);
    items.at += found.wire;
  }
  /** Adds the name at `at`, which was looked at before. */
  add(items: Items, at: number, wire: number, how: number): void {
    if (how === PLAIN) items.add(this.id, at, wire, reading.message);
    else {
      items.addText(
        this.#text,
        how === FORWARD ? forwardName(items.bytes, at, reading.message) : ODD_NAMES[how],
      );
    }
  }
  override recipe(recipe: Recipe): boolean {
    recipe.name(this.id);
    return true;
  }
  override write(writer: Writer, value: unknown): void {
    writeName(writer, value, this.#compress);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
}

/** A name that is written in full. RFC 3597 section 4: only the types of RFC 1035 may compress the names in their data. */
export function name(abbrev: string, title: string): NameField {
  return new NameField(abbrev, title, false);
}

/** Bytes up to the end of the record's data. */
export class Rest extends Field<Uint8Array> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #keepEmpty: boolean;
  constructor(abbrev: string, name: string, keepEmpty = false) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = name;
    this.#keepEmpty = keepEmpty;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.number(registry, info(this.#abbrev, this.#name, Kind.Bytes, key, { list }));
  }
  override recipe(recipe: Recipe): boolean {
    if (!this.#keepEmpty) recipe.bytes(this.id);
    return !this.#keepEmpty;
  }
  override emit(items: Items): void {
    const n = reading.dataEnd - items.at;
    if (n < 0) return fail(items);
    if (n > 0 || this.#keepEmpty) {
      items.add(this.id, items.at, n, 0);
      items.at += n;
    }
  }
  override write(writer: Writer, value: unknown): void {
    writer.put(asBytes(value));
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
}

/** Bytes as they are, text in UTF-8, nothing as no bytes. */
export function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return value === undefined ? new Uint8Array(0) : ENCODER.encode(String(value));
}

/** A length byte and so many bytes of text. */
export class CharString extends Field<string | Uint8Array> {
  readonly #abbrevs: readonly [string, string];
  readonly #names: readonly [string, string];
  readonly #kind: Kind;
  #length = -1;
  #odd = -1;
  #bytes = -1;
  constructor(
    abbrevs: readonly [string, string],
    titles: readonly [string, string],
    kind: Kind = Kind.Text,
  ) {
    super(-1);
    this.#abbrevs = abbrevs;
    this.#names = titles;
    this.#kind = kind;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    const [lengthAbbrev, abbrev] = this.#abbrevs;
    const [lengthName, title] = this.#names;
    this.#length = registry.add(info(lengthAbbrev, lengthName, Kind.Uint, "_length"));
    this.number(registry, info(abbrev, title, this.#kind, key, { list }));
    // Text that is not UTF-8 is shown as text, and is bytes in objects, so that nothing is lost.
    this.#odd = registry.add(info(abbrev, title, this.#kind, "_text"));
    this.#bytes = registry.add(info("", title, Kind.Bytes, key, { list }));
  }
  override recipe(recipe: Recipe, one = true): boolean {
    if (this.#kind === Kind.Text) recipe.texts(this.#length, this.id, one);
    return this.#kind === Kind.Text;
  }
  override emit(items: Items): void {
    if (items.left < 1) return fail(items);
    const n = items.bytes[items.at];
    items.add(this.#length, items.at++, 1, n);
    if (n > items.left) return fail(items);
    if (this.#kind === Kind.Text && !isUtf8(items.bytes, items.at, items.at + n)) {
      items.add(this.#odd, items.at, n, 0);
      items.add(this.#bytes, items.at, n, 0);
    } else items.add(this.id, items.at, n, 0);
    items.at += n;
  }
  override write(writer: Writer, value: unknown): void {
    const b = asBytes(value);
    if (b.length > 255) {
      throw new RangeError(`Cannot write text of ${b.length} bytes: 255 are possible`);
    }
    writer.uint(b.length, 1);
    writer.put(b);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#abbrevs.some((a) => wanted(a));
  }
}

/** Whether the bytes from `at` to `end` are UTF-8. */
export function isUtf8(b: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end;) {
    if (b[i] < 0x80) i++;
    else {
      const n = utf8Length(b, i, end);
      if (n === 0) return false;
      i += n;
    }
  }
  return true;
}

/** The same thing over and over up to the end of the record's data. */
export class Many<T> extends Field<readonly T[]> {
  readonly #element: Field<T>;
  readonly #exact: boolean;
  /** `exact`: one that goes beyond the end of the data ends the message. */
  constructor(element: Field<T>, exact = false) {
    super(-1);
    this.#element = element;
    this.#exact = exact;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#element.register(registry, key, true);
  }
  override recipe(recipe: Recipe): boolean {
    return this.#element instanceof CharString && this.#element.recipe(recipe, false);
  }
  override emit(items: Items): void {
    for (let i = 0; i < LIST_MAX && items.at < reading.dataEnd && !items.short; i++) {
      this.#element.emit(items);
    }
    if (this.#exact && items.at > reading.dataEnd) fail(items);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    for (const v of (value ?? []) as readonly unknown[]) {
      this.#element.write(writer, v, object);
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#element.covers(wanted);
  }
}

/** A field of a {@link Piece}. */
export type Spec = readonly [abbrev: string, name: string, kind: Kind, look?: Look];

/** A part with several fields of its own, read and written by functions. */
export class Piece<K extends string, T> extends Field<T> {
  readonly #specs: Readonly<Record<K, Spec>>;
  readonly #emit: (items: Items, ids: Readonly<Record<K, number>>) => void;
  readonly #write: (writer: Writer, value: unknown, object: Value) => void;
  readonly #ids: Record<K, number>;
  readonly #recipe: ((recipe: Recipe, ids: Readonly<Record<K, number>>) => void) | undefined;
  constructor(
    specs: Readonly<Record<K, Spec>>,
    emit: (items: Items, ids: Readonly<Record<K, number>>) => void,
    write: (writer: Writer, value: unknown, object: Value) => void = () => {},
    bits = -1,
    recipe?: (recipe: Recipe, ids: Readonly<Record<K, number>>) => void,
  ) {
    super(bits);
    this.#recipe = recipe;
    this.#specs = specs;
    this.#emit = emit;
    this.#write = write;
    this.#ids = { ...specs } as unknown as Record<K, number>;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    for (const [k, [abbrev, title, kind, look]] of Object.entries<Spec>(this.#specs)) {
      this.#ids[k as K] = registry.add(info(abbrev, title, kind, k, look));
    }
  }
  override recipe(recipe: Recipe): boolean {
    this.#recipe?.(recipe, this.#ids);
    return this.#recipe !== undefined;
  }
  override emit(items: Items): void {
    this.#emit(items, this.#ids);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    this.#write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return Object.values<Spec>(this.#specs).some(([abbrev]) => wanted(abbrev));
  }
}
