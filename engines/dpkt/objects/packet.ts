// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * What every dpkt-compatible class is made of: a header declared once as data, from which come accessors, defaults,
 * packing and printing; and a payload that is decoded when first asked for.
 *
 * A class declares its fields for the compiler (`declare sport: number`) and their layout as a table in a static block;
 * the table is checked against the declarations. Reading costs one small object per layer: values are read from the
 * packet's bytes when asked for, and the header is copied when first written to.
 *
 * @module
 */
import { fold, sumWords } from "../../../core/checksum.ts";
import { HEX } from "../../../core/address.ts";
import { LAYERS_MAX } from "../../../core/limits.ts";

/** Anything that is wrong with a packet; dpkt's `Error`. */
export class DpktError extends Error {
  /** Name of the class. */
  override readonly name: string = "Error";
}

/** The bytes are not such a packet; dpkt's `UnpackError`. */
export class UnpackError extends DpktError {
  /** Name of the class. */
  override readonly name: string = "UnpackError";
}

/** There are fewer bytes than the packet needs; dpkt's `NeedData`. */
export class NeedData extends UnpackError {
  /** Name of the class. */
  override readonly name: string = "NeedData";
}

/** A value does not fit its field; dpkt's `PackError`. */
export class PackError extends DpktError {
  /** Name of the class. */
  override readonly name: string = "PackError";
}

/** A fixed field lies beyond the bytes. Becomes {@linkcode NeedData} or {@linkcode UnpackError} in the constructor. */
export class ShortRead extends DpktError {}

/** No bytes. Empty arrays cannot be written to, so that one serves all. */
export const EMPTY: Uint8Array = new Uint8Array(0);

/** What a packet carries: another packet, bytes that nothing decodes, or (DTP alone) a list of types and values. */
// deno-lint-ignore no-explicit-any -- a packet of whatever class
export type PacketData = Packet<any> | Uint8Array | [type: number, value: Uint8Array][];

/** A class of packets. */
export interface PacketClass<T extends Packet = Packet> {
  /** Unpacks a buffer. */
  new (buf: Uint8Array): T;
  /** Name of the class. */
  readonly name: string;
  /** What it builds on. */
  readonly prototype: T;
}

/** Keyword arguments of a constructor: every field and attribute, none of them required. */
export type Init<T> = {
  [
    K in keyof T as K extends "length" | "__hdr_len__" | "__byte_order__" ? never
      // Methods, and payloads by name of their class, cannot be given.
      : Exclude<T[K], undefined> extends ((...args: never[]) => unknown) | Packet ? never
      : K
  ]?: T[K] | undefined;
};

/** Format of a field, as in Python's `struct`: unsigned `B H I Q`, signed `i q`, `6s` for six bytes. */
export type Format = "B" | "H" | "I" | "i" | "Q" | "q" | `${number}s`;

/** A field of a header: name, format, default. */
export type Field<T> = {
  [K in keyof T & string]: readonly [
    name: K,
    format: T[K] extends Uint8Array ? `${number}s` : T[K] extends bigint ? "Q" | "q" : Format,
    fallback: T[K],
  ];
}[keyof T & string];

/** What a header has besides its fields. */
export interface HeaderOptions<T> {
  /** Parts of fields, from the high bit down: name and number of bits. A name with `_` before it is only skipped. */
  readonly bits?: {
    readonly [K in keyof T & string as T[K] extends number ? K : never]?: readonly (readonly [
      name: (keyof T & string) | `_${string}`,
      bits: number,
    ])[];
  };
  /** Byte order; network order (big-endian) if absent. */
  readonly littleEndian?: boolean;
}

/** A field with its place. */
interface Slot {
  readonly name: string;
  readonly at: number;
  readonly size: number;
  readonly fallback: unknown;
  /** Reads it. */
  read(header: Uint8Array): unknown;
  /** Writes a value; `false` if it does not fit as it is, and has to be held beside the header. */
  write(header: Uint8Array, value: unknown): boolean;
}

/** A header's layout. */
interface Layout {
  readonly name: string;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly size: number;
  readonly littleEndian: boolean;
  /** The bytes of the defaults. */
  readonly template: Uint8Array;
  /** Defaults that are not of their field's size, such as no bytes for an address. */
  readonly held: readonly (readonly [string, unknown])[];
  readonly bits: ReadonlyMap<string, readonly string[]>;
  readonly bitFallbacks: ReadonlyMap<string, number>;
}

const NO_LAYOUT: Layout = {
  name: "Packet",
  slots: new Map(),
  size: 0,
  littleEndian: false,
  template: EMPTY,
  held: [],
  bits: new Map(),
  bitFallbacks: new Map(),
};

/** A field's reading and writing. */
function slot(
  name: string,
  format: string,
  at: number,
  fallback: unknown,
  little: boolean,
): Slot {
  const view = (h: Uint8Array): DataView => new DataView(h.buffer, h.byteOffset);
  const integer = (
    size: number,
    min: number,
    max: number,
    read: (h: Uint8Array) => number,
    write: (v: DataView, n: number) => void,
  ): Slot => ({
    name,
    at,
    size,
    fallback,
    read,
    write: (h, n) => {
      if (!Number.isInteger(n) || n as number < min || n as number > max) return false;
      write(view(h), n as number);
      return true;
    },
  });
  const long = (min: bigint, max: bigint, read: (h: Uint8Array) => bigint): Slot => ({
    name,
    at,
    size: 8,
    fallback,
    read,
    write: (h, n) => {
      if (typeof n !== "bigint" || n < min || n > max) return false;
      view(h).setBigInt64(at, n, little);
      return true;
    },
  });
  switch (format) {
    case "B":
      return integer(1, 0, 0xff, (h) => h[at], (v, n) => v.setUint8(at, n));
    case "H":
      return integer(
        2,
        0,
        0xffff,
        little ? (h) => h[at] | (h[at + 1] << 8) : (h) => (h[at] << 8) | h[at + 1],
        (v, n) => v.setUint16(at, n, little),
      );
    case "I":
      return integer(
        4,
        0,
        0xffff_ffff,
        little
          ? (h) => (h[at] | (h[at + 1] << 8) | (h[at + 2] << 16) | (h[at + 3] << 24)) >>> 0
          : (h) => ((h[at] << 24) | (h[at + 1] << 16) | (h[at + 2] << 8) | h[at + 3]) >>> 0,
        (v, n) => v.setUint32(at, n, little),
      );
    case "i":
      return integer(
        4,
        -0x8000_0000,
        0x7fff_ffff,
        (h) => view(h).getInt32(at, little),
        (v, n) => v.setInt32(at, n, little),
      );
    case "Q":
      return long(0n, (1n << 64n) - 1n, (h) => view(h).getBigUint64(at, little));
    case "q":
      return long(-(1n << 63n), (1n << 63n) - 1n, (h) => view(h).getBigInt64(at, little));
    default: {
      const size = Number(format.slice(0, -1));
      return {
        name,
        at,
        size,
        fallback,
        read: (h) => h.subarray(at, at + size),
        write: (h, b) => {
          if (!(b instanceof Uint8Array) || b.length !== size) return false;
          h.set(b, at);
          return true;
        },
      };
    }
  }
}

/** Whether `value` is bytes of another kind than {@linkcode Uint8Array}. */
function isBuffer(value: unknown): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || Array.isArray(value);
}

/** Layers around the packet that is being made: its own payload may be made in its constructor. */
let building = 0;

/** A packet of dpkt's kind: a header of fixed fields, and `data`. */
// deno-lint-ignore no-explicit-any -- what a constructor accepts is the subclass's affair
export class Packet<Self = any> {
  /** What follows the header. Decoded when first read. */
  declare data: PacketData;
  /** Bytes of the whole packet when packed: Python's `len(packet)`. */
  declare length: number;

  declare private readonly _layout: Layout;
  /** The header: part of the buffer until something is written, then a copy. */
  declare private _header: Uint8Array;
  declare private _owned: boolean;
  /** Values that the header cannot hold: too large a number, too short an address. */
  declare private _held: Map<string, unknown> | undefined;
  declare private _data: PacketData | undefined;
  /** Layers around this one. */
  declare private _depth: number;
  /** The bytes the packet was read from, from its first. */
  declare protected _buf: Uint8Array;

  /**
   * Reads a packet from `from`, or makes one of defaults and the given fields.
   *
   * Fields of bytes are views of `from`: they change when it does.
   *
   * @throws {NeedData} If there are fewer bytes than the header needs.
   * @throws {UnpackError} If the bytes are not such a packet.
   */
  constructor(from?: Uint8Array | Init<Self>) {
    // Assigned, not initialized: half the time.
    this._header = this._buf = EMPTY;
    this._owned = false;
    this._held = undefined;
    this._data = EMPTY;
    this._depth = building;
    if (from instanceof Uint8Array) {
      try {
        this.unpack(from);
      } catch (e) {
        if (!(e instanceof ShortRead)) throw e;
        const { name, size } = this._layout;
        throw from.length < size
          ? new NeedData(`${name}: got ${from.length} bytes, at least ${size} needed`)
          : new UnpackError(`invalid ${name} in ${from.length} bytes: ${e.message}`);
      }
    } else {
      const { template, held } = this._layout;
      this._header = template.slice();
      this._owned = true;
      if (typeof from !== "object" && from !== undefined || isBuffer(from)) {
        throw new TypeError(`${this._layout.name}: expected a Uint8Array, or fields by name`);
      }
      if (held.length > 0) this._held = new Map(held);
      for (const [name, value] of Object.entries(from ?? {})) {
        if (value !== undefined) (this as Record<string, unknown>)[name] = value;
      }
    }
  }

  /** Reads the header from `buf`; what follows becomes `data`. Subclasses that read more override it. */
  unpack(buf: Uint8Array): void {
    const { size } = this._layout;
    if (buf.length < size) throw new ShortRead("header is cut");
    this._buf = this._header = buf;
    this._owned = false;
    this._held = undefined;
    this._data = undefined;
  }

  /** What `data` is when first asked for. Subclasses that know what follows override it, and read `_buf` alone. */
  protected decode(): PacketData {
    return this._buf.subarray(this._layout.size);
  }

  /** `buf` as a packet of class `kind`, or as it is if it is none, there is no class, or layers nest too deeply. */
  protected upper(kind: PacketClass | undefined, buf: Uint8Array): Packet | Uint8Array {
    if (!kind || this._depth >= LAYERS_MAX) return buf;
    try {
      return this.inner(kind, buf);
    } catch (e) {
      if (e instanceof DpktError) return buf;
      throw e;
    }
  }

  /** `buf` as a packet of class `kind`; what is wrong with it is thrown. */
  protected inner<T extends Packet>(kind: PacketClass<T>, buf: Uint8Array): T {
    const outer = building;
    building = this._depth + 1;
    try {
      return new kind(buf);
    } finally {
      building = outer;
    }
  }

  /** The header's bytes. */
  pack_hdr(): Uint8Array {
    const { size, slots, name } = this._layout;
    const out = this._header.slice(0, size);
    if (this._held) {
      for (const [field, value] of this._held) {
        const { at, size: room } = slots.get(field)!;
        if (!(value instanceof Uint8Array) || typeof slots.get(field)!.read(out) !== "object") {
          throw new PackError(`${name}.${field}: ${repr(value)} does not fit`);
        }
        out.fill(0, at, at + room);
        out.set(value.subarray(0, room), at);
      }
    }
    return out;
  }

  /** The packet's bytes: Python's `bytes(packet)`. Subclasses fill in lengths and checksums as dpkt does. */
  bytes(): Uint8Array {
    return concat(this.pack_hdr(), dataBytes(this.data));
  }

  /** The packet's bytes, as {@linkcode bytes}. */
  pack(): Uint8Array {
    return this.bytes();
  }

  /** Bytes of the packet, as `length`. What subclasses override. */
  __len__(): number {
    return this._layout.size + this.data.length;
  }

  /** The first packet of class `kind` that this one carries, at any depth: `packet[TCP]`. */
  get<T extends Packet>(kind: abstract new (...args: never[]) => T): T | undefined {
    for (let d = this.data; d instanceof Packet; d = d.data) {
      if (d.constructor === kind) return d as T;
    }
    return undefined;
  }

  /** Whether this packet carries one of class `kind`: `TCP in packet`. */
  has(kind: abstract new (...args: never[]) => Packet): boolean {
    return this.get(kind) !== undefined;
  }

  /** Fields of the header with their values. */
  *[Symbol.iterator](): Generator<[name: string, value: unknown]> {
    for (const name of this._layout.slots.keys()) {
      yield [name, this[name as keyof this]];
    }
  }

  /** Bytes of the fixed header. */
  get __hdr_len__(): number {
    return this._layout.size;
  }
  /** Byte order of the header, as Python's `struct` writes it. */
  get __byte_order__(): "<" | ">" {
    return this._layout.littleEndian ? "<" : ">";
  }
  /** Bytes of the fixed header. */
  static get __hdr_len__(): number {
    return (this.prototype as Packet)._layout.size;
  }
  /** Names of the header's fields. */
  static get __hdr_fields__(): string[] {
    return [...(this.prototype as Packet)._layout.slots.keys()];
  }
  /** Defaults of the header's fields. */
  static get __hdr_defaults__(): Record<string, unknown> {
    const fields = (this.prototype as Packet)._layout.slots.values();
    return Object.fromEntries([...fields].map((s) => [s.name, s.fallback]));
  }
  /** Names of what the header's fields are made of, in order: fields that are not parts, and parts. */
  static get __public_fields__(): string[] {
    const { slots, bits } = (this.prototype as Packet)._layout;
    const names: string[] = [];
    for (const name of slots.keys()) {
      if (!name.startsWith("_")) names.push(name);
      else if (name.includes("_", 1)) {
        if (bits.has(name)) names.push(...bits.get(name)!);
        else {
          // Properties whose names stand in the field's: _max_age holds max_age.
          const words = name.slice(1).split("_");
          const pairs = words.slice(1).map((w, i) => `${words[i]}_${w}`);
          for (const n of [...words, ...pairs]) {
            if (!slots.has(n) && n in this.prototype) names.push(n);
          }
        }
      }
    }
    return names;
  }

  /** The packet in one line, as Python's `repr(packet)`: what differs from the defaults. */
  toString(): string {
    return `${this._layout.name}(${this.shown().map(([n, v]) => `${n}=${repr(v)}`).join(", ")})`;
  }

  /** The packet on several lines; dpkt's `pprint`, as text. */
  pprint(indent = 1): string {
    const pad = " ".repeat(indent);
    const lines = this.shown(true).map(([n, v]) =>
      `${pad}  ${n}=${n === "data" && v instanceof Packet ? v.pprint(indent + 2) : `${repr(v)},`}`
    );
    return `${this._layout.name}(\n${lines.join("\n")}\n${pad.slice(1)})  # ${this._layout.name}`;
  }

  /** Names and values of what is printed. */
  private shown(defaults = false): [string, unknown][] {
    const { slots, bitFallbacks } = this._layout;
    const found: [string, unknown][] = [];
    for (const name of (this.constructor as typeof Packet).__public_fields__) {
      const value = this[name as keyof this];
      const fallback = slots.get(name)?.fallback ?? bitFallbacks.get(name);
      if (defaults || !same(value, fallback)) found.push([name, value]);
    }
    found.push(...this.attributes());
    if (this.data.length > 0) found.push(["data", this.data]);
    return found;
  }

  /** Attributes besides the header's fields, such as `opts` or `vlan_tags`: names and values. */
  attributes(): [name: string, value: unknown][] {
    return Object.entries(this).filter(([n, v]) => !n.startsWith("_") && v !== undefined);
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
  /** What `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  static {
    const base = this.prototype;
    Object.defineProperty(base, "_layout", { value: NO_LAYOUT });
    Object.defineProperty(base, "data", {
      configurable: true,
      get(this: Packet): PacketData {
        return this._data === undefined ? this._data = this.decode() : this._data;
      },
      set(this: Packet, data: PacketData) {
        this._data = data;
      },
    });
    Object.defineProperty(base, "length", {
      configurable: true,
      get(this: Packet): number {
        return this.__len__();
      },
    });
  }

  /**
   * Declares the header of a class: its name, and if they differ from its parent's, its fields. Belongs into a static
   * block of the class.
   */
  protected static header<T extends Packet>(
    name: string,
    fields?: readonly Field<T>[],
    options: HeaderOptions<T> = {},
  ): void {
    const proto = this.prototype as Packet;
    const parent = proto._layout;
    let layout: Layout = { ...parent, name };
    if (fields || options.littleEndian !== undefined) {
      const littleEndian = options.littleEndian ?? false;
      const slots = new Map<string, Slot>();
      let size = 0;
      const list = fields as readonly (readonly [string, string, unknown])[] | undefined ??
        [...parent.slots.values()].map((s): [string, string, unknown] => [
          s.name,
          formatOf(s),
          s.fallback,
        ]);
      for (const [field, format, fallback] of list) {
        const s = slot(field, format, size, fallback, littleEndian);
        slots.set(field, s);
        size += s.size;
      }
      const template = new Uint8Array(size);
      const held: [string, unknown][] = [];
      for (const s of slots.values()) {
        if (!s.write(template, s.fallback)) held.push([s.name, s.fallback]);
      }
      layout = {
        name,
        slots,
        size,
        littleEndian,
        template,
        held,
        bits: new Map(),
        bitFallbacks: new Map(),
      };
    }
    Object.defineProperty(proto, "_layout", { value: layout });
    if (layout.slots !== parent.slots) {
      for (const s of layout.slots.values()) this.defineField(proto, s);
      // Fields of the parent that this class has not are no longer there.
      for (const gone of [...parent.slots.keys(), ...parent.bitFallbacks.keys()]) {
        if (fields && !layout.slots.has(gone)) {
          Object.defineProperty(proto, gone, {
            value: undefined,
            writable: true,
            configurable: true,
          });
        }
      }
    }
    for (const [field, parts] of Object.entries(options.bits ?? {})) {
      const names = this.defineBits(proto, layout, field, parts as [string, number][]);
      (layout.bits as Map<string, readonly string[]>).set(field, names);
    }
  }

  /** Makes the accessor of a field. */
  private static defineField(proto: Packet, s: Slot): void {
    const { name, read, write } = s;
    Object.defineProperty(proto, name, {
      configurable: true,
      enumerable: true,
      get(this: Packet): unknown {
        return this._held !== undefined && this._held.has(name)
          ? this._held.get(name)
          : read(this._header);
      },
      set(this: Packet, value: unknown) {
        if (!this._owned) {
          this._header = this._header.slice(0, this._layout.size);
          this._owned = true;
        }
        if (write(this._header, value)) this._held?.delete(name);
        else (this._held ??= new Map()).set(name, value);
      },
    });
  }

  /** Makes the accessors of a field's parts. Answers their names. */
  private static defineBits(
    proto: Packet,
    layout: Layout,
    field: string,
    parts: readonly (readonly [string, number])[],
  ): string[] {
    const whole = layout.slots.get(field)!;
    const names: string[] = [];
    let shift = whole.size * 8;
    for (const [name, bits] of parts) {
      shift -= bits;
      if (name.startsWith("_")) continue;
      // Arithmetic instead of shifts: a field of 32 bits is no signed number.
      const low = 2 ** shift, many = 2 ** bits;
      names.push(name);
      (layout.bitFallbacks as Map<string, number>).set(
        name,
        Math.floor(whole.fallback as number / low) % many,
      );
      Object.defineProperty(proto, name, {
        configurable: true,
        enumerable: true,
        get(this: Record<string, number>): number {
          return Math.floor(this[field] / low) % many;
        },
        set(this: Record<string, number>, value: number) {
          if (!Number.isInteger(value) || value < 0 || value >= many) {
            throw new RangeError(`value ${value} is too large for field ${name}`);
          }
          const now = Math.floor(this[field] / low) % many;
          this[field] += (value - now) * low;
        },
      });
    }
    if (shift !== 0) throw new TypeError(`bits of ${layout.name}.${field} do not add up`);
    return names;
  }
}

/** The format that a slot was made from. */
function formatOf(s: Slot): string {
  const value = s.read(new Uint8Array(s.at + s.size).fill(0xff));
  if (typeof value === "bigint") return value < 0n ? "q" : "Q";
  if (typeof value === "number") return value < 0 ? "i" : ["B", "H", "", "I"][s.size - 1];
  return `${s.size}s`;
}

/** Classes by number: dpkt's `_typesw` and `_protosw`. Carriers get an accessor for each class: `eth.ip`, `ip.tcp`. */
export class Switch {
  private readonly classes = new Map<number, PacketClass>();
  private readonly numbers = new Map<unknown, number>();
  private readonly carriers: Packet[] = [];

  /** Puts a class under a number. */
  set(number: number, kind: PacketClass): void {
    this.classes.set(number, kind);
    this.numbers.set(kind, number);
    for (const c of this.carriers) nameUpper(c, kind);
  }
  /** The class of a number. */
  get(number: number): PacketClass | undefined {
    return this.classes.get(number);
  }
  /** The number of a class. */
  numberOf(kind: unknown): number | undefined {
    return this.numbers.get(kind);
  }
  /** Gives `carriers` an accessor for every class. */
  carriedBy(...carriers: readonly { readonly prototype: Packet }[]): void {
    for (const { prototype } of carriers) {
      this.carriers.push(prototype);
      for (const kind of this.classes.values()) nameUpper(prototype, kind);
    }
  }
}

/** Lets a carrier's payload of class `kind` be read by the class's name in lower case. */
export function nameUpper(carrier: Packet, kind: { readonly prototype: Packet }): void {
  const name = nameOf(kind).toLowerCase();
  if (Object.hasOwn(carrier, name)) return;
  Object.defineProperty(carrier, name, {
    configurable: true,
    get(this: Packet): Packet | undefined {
      const { data } = this;
      return data instanceof Packet &&
          nameOf(data.constructor as PacketClass).toLowerCase() === name
        ? data
        : undefined;
    },
  });
}

/** dpkt's name of a class. */
export function nameOf(kind: { readonly prototype: Packet }): string {
  return (kind.prototype as unknown as { _layout: Layout })._layout.name;
}

/** Length of a packet or of bytes: Python's `len`. */
export function len(x: Packet | Uint8Array): number {
  return x instanceof Packet ? x.__len__() : x.length;
}

/** Bytes of a payload. */
export function dataBytes(data: PacketData): Uint8Array {
  if (data instanceof Packet) return data.bytes();
  if (data instanceof Uint8Array) return data;
  throw new PackError("data is neither bytes nor a packet");
}

/** The parts, one after another. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const p of parts) size += p.length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** The number in `size` bytes at `at`, big-endian. */
export function readUint(buf: Uint8Array, at: number, size: 1 | 2 | 4): number {
  if (at + size > buf.length) throw new ShortRead("bytes are missing");
  let n = 0;
  for (let i = 0; i < size; i++) n = n * 256 + buf[at + i];
  return n;
}

/** Numbers of the given sizes, big-endian: `uints([2, 4], type, ttl)`. */
export function uints(sizes: readonly number[], ...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(sizes.reduce((a, b) => a + b, 0));
  let at = 0;
  sizes.forEach((size, i) => {
    const value = values[i];
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) {
      throw new PackError(`${repr(value)} does not fit in ${size} bytes`);
    }
    for (let k = size - 1, n = value; k >= 0; k--, n = Math.floor(n / 256)) out[at + k] = n % 256;
    at += size;
  });
  return out;
}

/** The bytes of a packet whose `sum`, if zero, becomes the Internet checksum of all of it (RFC 1071). */
export function packSummed(packet: Packet & { sum: number }): Uint8Array {
  const rest = dataBytes(packet.data);
  if (!packet.sum) packet.sum = in_cksum(concat(packet.pack_hdr(), rest));
  return concat(packet.pack_hdr(), rest);
}

/** Adds the words of `buf` to a checksum's running sum. The sum is of big-endian words; dpkt's is of little-endian ones. */
export function in_cksum_add(s: number, buf: Uint8Array): number {
  return sumWords(buf, 0, buf.length, s);
}

/** The checksum of a running sum. */
export function in_cksum_done(s: number): number {
  return ~fold(s) & 0xffff;
}

/** The Internet checksum of `buf` (RFC 1071). */
export function in_cksum(buf: Uint8Array): number {
  return in_cksum_done(in_cksum_add(0, buf));
}

/** Bytes in hexadecimal and as text, 16 (or `length`) on a line, as dpkt shows them. */
export function hexdump(buf: Uint8Array, length = 16): string {
  const lines: string[] = [];
  for (let at = 0; at < buf.length; at += length) {
    const part = [...buf.subarray(at, at + length)];
    const hex = part.map((b) => HEX[b]).join(" ").padEnd(length * 3);
    // dpkt shows a backslash as a dot.
    const text = part.map((b) => b < 32 || b > 126 || b === 92 ? "." : String.fromCharCode(b));
    lines.push(`  ${String(at).padStart(4, "0")}:  ${hex} ${text.join("")}`);
  }
  return lines.join("\n");
}

/** Whether two values are printed alike. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((x, i) => x === b[i]);
  }
  return Array.isArray(a) && Array.isArray(b) && a.length === 0 && b.length === 0;
}

/** A value as Python prints it: `b'\x00a'`, `'text'`, `[1, 2]`. */
export function repr(value: unknown): string {
  if (value instanceof Uint8Array) {
    const quote = value.includes(39) && !value.includes(34) ? '"' : "'";
    let text = "";
    for (const b of value) {
      const c = String.fromCharCode(b);
      text += b === 9
        ? "\\t"
        : b === 10
        ? "\\n"
        : b === 13
        ? "\\r"
        : b < 32 || b > 126
        ? `\\x${HEX[b]}`
        : c === "\\" || c === quote
        ? `\\${c}`
        : c;
    }
    return `b${quote}${text}${quote}`;
  }
  if (typeof value === "string") {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escape = (c: string): string => {
      if (c === "\\" || c === quote) return `\\${c}`;
      if (c === "\t") return "\\t";
      if (c === "\n") return "\\n";
      if (c === "\r") return "\\r";
      return c < " " || c === "\x7f" ? `\\x${HEX[c.charCodeAt(0)]}` : c;
    };
    const text = Array.from(value, escape).join("");
    return quote + text + quote;
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (value === undefined || value === null) return "None";
  if (value instanceof Packet) return value.toString();
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([k, v]) => `${repr(k)}: ${repr(v)}`).join(", ")}}`;
  }
  return String(value);
}
