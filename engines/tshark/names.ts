/**
 * The names tshark uses, numbered when they are first met: protocols and fields of a catalogue that grows. A name that
 * was met before is found by its bytes, without making text of it.
 *
 * @module
 */
import { Catalogue } from "../../core/catalogue.ts";
import type { FieldInfo } from "../../core/field.ts";
import { Kind } from "../../core/items.ts";
import { ENGINE_PROTOCOLS_MAX } from "../../core/limits.ts";
import { type Protocol, protocol } from "../../core/protocol.ts";
import type { FieldTypes } from "./types.ts";

/** What is to be made of a field's text. */
export const Shape = {
  /** A heading. */
  None: 0,
  /** Unsigned, up to 32 bits. */
  Uint: 1,
  /** Signed, up to 32 bits. */
  Int: 2,
  /** Truth value. */
  Bool: 3,
  /** Unsigned, more than 32 bits. */
  Uint64: 4,
  /** Signed, more than 32 bits. */
  Int64: 5,
  /** MAC address. */
  Ether: 6,
  /** IPv4 address. */
  Ipv4: 7,
  /** IPv6 address. */
  Ipv6: 8,
  /** Bytes. */
  Bytes: 9,
  /** A time in the calendar, or seconds. */
  Time: 10,
  /** Text. */
  Text: 11,
} as const;
/** One of {@link Shape}. */
export type Shape = typeof Shape[keyof typeof Shape];

const SHAPES: Readonly<Record<string, Shape>> = {
  FT_NONE: Shape.None,
  FT_PROTOCOL: Shape.None,
  FT_CHAR: Shape.Uint,
  FT_UINT8: Shape.Uint,
  FT_UINT16: Shape.Uint,
  FT_UINT24: Shape.Uint,
  FT_UINT32: Shape.Uint,
  FT_FRAMENUM: Shape.Uint,
  FT_UINT40: Shape.Uint64,
  FT_UINT48: Shape.Uint64,
  FT_UINT56: Shape.Uint64,
  FT_UINT64: Shape.Uint64,
  FT_INT8: Shape.Int,
  FT_INT16: Shape.Int,
  FT_INT24: Shape.Int,
  FT_INT32: Shape.Int,
  FT_INT40: Shape.Int64,
  FT_INT48: Shape.Int64,
  FT_INT56: Shape.Int64,
  FT_INT64: Shape.Int64,
  FT_BOOLEAN: Shape.Bool,
  FT_ETHER: Shape.Ether,
  "FT_IPv4": Shape.Ipv4,
  "FT_IPv6": Shape.Ipv6,
  FT_BYTES: Shape.Bytes,
  FT_UINT_BYTES: Shape.Bytes,
  FT_AX25: Shape.Bytes,
  FT_ABSOLUTE_TIME: Shape.Time,
  FT_RELATIVE_TIME: Shape.Time,
};

const KINDS: readonly Kind[] = [
  Kind.None,
  Kind.Uint,
  Kind.Int,
  Kind.Bool,
  Kind.Uint64,
  Kind.Int64,
  Kind.Ether,
  Kind.Ipv4,
  Kind.Ipv6,
  Kind.Bytes,
  Kind.Epoch,
  Kind.Text,
];

/** What is known of a name. One for each; numbers, for the reader's loop. */
export interface Name {
  /** The name. */
  readonly text: string;
  /** What is to be made of its values. */
  readonly shape: Shape;
  /** Bytes of its number. */
  readonly size: number;
  /** Index of the field for values of the shape, or -1. */
  field: number;
  /** Index of the field for values that the shape cannot hold and that stay text; -1 until one is met. */
  textField: number;
  /** Index as a protocol; -1 if it is none so far. */
  protocol: number;
}

/** Names and their numbers. */
export class Names {
  /** The catalogue they are numbered by. */
  readonly catalogue: TsharkCatalogue;
  readonly #types: FieldTypes | undefined;
  readonly #known: Name[] = [];
  readonly #byText = new Map<string, Name>();
  /** Bytes of the names, one behind the other, and where each ends. */
  #bytes = new Uint8Array(1 << 16);
  #ends = new Int32Array(1024);
  #used = 0;
  #slots = new Int32Array(4096).fill(-1);

  /** `types`: what tshark knows of its fields; without it all values stay text. `kit`: the protocols that ship. */
  constructor(kit: Catalogue, types: FieldTypes | undefined) {
    this.catalogue = new TsharkCatalogue(kit, (abbrev) => {
      const name = this.want(abbrev);
      this.fieldOf(name, 0);
      this.textFieldOf(name, 0);
    });
    this.#types = types;
  }

  /** What is known of the name in `b` from `start` to `end`. */
  find(b: Uint8Array, start: number, end: number): Name {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ b[i], 0x01000193);
    const mask = this.#slots.length - 1, n = end - start;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; this.#slots[slot] >= 0; slot = (slot + 1) & mask) {
      const index = this.#slots[slot];
      const from = index === 0 ? 0 : this.#ends[index - 1];
      if (this.#ends[index] - from !== n) continue;
      let i = 0;
      while (i < n && this.#bytes[from + i] === b[start + i]) i++;
      if (i === n) return this.#known[index];
    }
    return this.#add(b, start, end, slot);
  }

  /** The same for a name as text. */
  want(text: string): Name {
    const known = this.#byText.get(text);
    if (known) return known;
    const b = new TextEncoder().encode(text);
    return this.find(b, 0, b.length);
  }

  #add(b: Uint8Array, start: number, end: number, slot: number): Name {
    const text = new TextDecoder().decode(b.subarray(start, end)), n = end - start;
    const type = this.#types?.get(text);
    const shape = type === undefined ? Shape.Text : SHAPES[type.type] ?? Shape.Text;
    const bits = /^FT_U?INT(\d+)$/.exec(type?.type ?? "")?.[1];
    const name: Name = {
      text,
      shape,
      size: bits === undefined
        ? shape === Shape.Uint || shape === Shape.Int ? 4 : 1
        : Number(bits) / 8,
      field: -1,
      textField: -1,
      protocol: -1,
    };
    const index = this.#known.length;
    this.#known.push(name);
    this.#byText.set(text, name);
    if (this.#used + n > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + n));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    if (index >= this.#ends.length) {
      const grown = new Int32Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#bytes.set(b.subarray(start, end), this.#used);
    this.#used += n;
    this.#ends[index] = this.#used;
    this.#slots[slot] = index;
    if (this.#known.length * 2 > this.#slots.length) this.#rehash();
    return name;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1), mask = slots.length - 1;
    for (let index = 0, from = 0; index < this.#known.length; from = this.#ends[index++]) {
      let hash = 0x811c9dc5;
      for (let i = from; i < this.#ends[index]; i++) {
        hash = Math.imul(hash ^ this.#bytes[i], 0x01000193);
      }
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.#slots = slots;
  }

  /** Index of the field of values that have the name's shape; `owner` is the protocol it is first met in. */
  fieldOf(name: Name, owner: number): number {
    if (name.field < 0) name.field = this.#join(name, owner, KINDS[name.shape]);
    return name.field;
  }

  /** Index of the field of values that stay text. */
  textFieldOf(name: Name, owner: number): number {
    if (name.textField < 0) {
      name.textField = name.shape === Shape.Text
        ? this.fieldOf(name, owner)
        : this.#join(name, owner, Kind.Text);
    }
    return name.textField;
  }

  #join(name: Name, owner: number, kind: Kind): number {
    const type = this.#types?.get(name.text);
    const ours = this.catalogue.shipped(name.text);
    const numeric = kind === Kind.Uint || kind === Kind.Int || kind === Kind.Bool ||
      kind === Kind.Uint64 || kind === Kind.Int64;
    const info: FieldInfo = {
      abbrev: name.text,
      name: type?.name ?? ours?.name ?? name.text,
      kind,
      bits: numeric ? name.size * 8 : 0,
      span: numeric ? name.size : 0,
      mask: 0,
      hex: numeric &&
        (type?.base === "BASE_HEX" || type?.base === "BASE_HEX_DEC" || type?.type === "FT_CHAR"),
      values: numeric ? ours?.values : undefined,
      key: ours?.key ?? "",
      list: ours?.list ?? false,
      lists: kind === Kind.None ? ours?.lists : undefined,
      generated: ours?.generated ?? false,
      also: undefined,
    };
    return this.catalogue.joinField(Math.max(0, owner), info);
  }

  /** Index of the protocol of this name; -1 if no more can be numbered. */
  protocolOf(name: Name): number {
    if (name.protocol < 0) {
      const title = this.#types?.get(name.text)?.name ?? name.text;
      name.protocol = this.catalogue.protocolOf(name.text, title);
    }
    return name.protocol;
  }
}

/** The catalogue of what tshark has named so far. Protocols that ship are the same objects here, so views work. */
export class TsharkCatalogue extends Catalogue {
  readonly #kit: Catalogue;
  readonly #want: (abbrev: string) => void;

  /** `want` numbers a field that is asked for before it is met. */
  constructor(kit: Catalogue, want: (abbrev: string) => void) {
    super([], [], {}, ENGINE_PROTOCOLS_MAX);
    this.#kit = kit;
    this.#want = want;
    // Fields belong to a protocol; this one is for those met in none.
    this.join(protocol({ name: "frame", title: "Frame", label: "", layer: "link", fields: {} }));
  }

  /** Whether the kit has a protocol of this name that is still to be loaded, to be loaded by {@link Catalogue.load}. */
  mustLoad(name: string): boolean {
    const id = this.#kit.idOf(name);
    return id >= 0 && this.#kit.isAbsent(id);
  }

  /** What the kit's declarations say of a field. */
  shipped(abbrev: string): FieldInfo | undefined {
    const [index] = this.#kit.fieldsOf(abbrev);
    const info = index === undefined ? undefined : this.#kit.fields[index];
    return info?.abbrev === abbrev ? info : undefined;
  }

  /** Index of a protocol, which joins if it is new. */
  protocolOf(name: string, title: string): number {
    const id = this.#kit.idOf(name);
    const label = /^[a-z]/.test(name) ? name.toUpperCase() : name;
    const made: Protocol = id >= 0
      ? this.#kit.protocols[id]
      : protocol({ name, title, label, layer: "application", fields: {} });
    return this.join(made);
  }

  /** Loads the kit's declarations of protocols, by name. */
  override load(protocols: Iterable<number | string>): Promise<void> {
    return this.#kit.load([...protocols].filter((p) => typeof p === "string"));
  }

  /** Nothing can be loaded beforehand: tshark names what it finds. */
  override loadAll(): Promise<void> {
    return Promise.resolve();
  }

  /** Numbers the fields, so that {@link fieldsOf} answers for them; whether they exist tshark says. */
  override loadFields(abbrevs: Iterable<string>): Promise<void> {
    for (const abbrev of abbrevs) this.#want(abbrev);
    return Promise.resolve();
  }

  /** Any field may still be met. */
  override mayHave(_abbrev: string): boolean {
    return true;
  }
}
