/**
 * A protocol is its fields plus three facts the fields cannot say: how long the header is, where the payload ends, and
 * which table names the next protocol. All three are given by naming a field, so that one declaration serves
 * dissecting (the catalogue compiles them to numbers) and writing (the named fields fill themselves).
 *
 * @module
 */
import { ipv4Text, ipv6Text, macText, writeIpv4, writeIpv6 } from "./address.ts";
import type { Walker } from "./catalogue.ts";
import {
  type Draft,
  type Field,
  type FieldInfo,
  type Layer,
  Registry,
  Struct,
  Writer,
} from "./field.ts";
import { FIELD_MASK, IN_TEXT, ITEM, Items, Kind } from "./items.ts";
import { nameText } from "./name.ts";
import { plain, shownAs } from "./shown.ts";
import type { TextWriter } from "./text_writer.ts";

/** Keys of `T` whose values are numbers. */
export type NumberKey<T> =
  & { [K in keyof T]-?: T[K] extends number ? K : never }[keyof T]
  & string;

/** A length: `base + field * unit` bytes, `field` as it is shown (scaled, if it says so). */
export interface Length<Key extends string = string> {
  /** The field that holds it. */
  readonly field: Key;
  /** Bytes per unit; 1 if absent. */
  readonly unit?: number;
  /** Bytes not counted by the field; 0 if absent. */
  readonly base?: number;
  /** Whether 0 means that the length is not known and all that is there belongs to it (segmentation offload, RFC 2675). */
  readonly zeroIsRest?: boolean;
  /** Whether more than there is may be promised without the header being malformed. */
  readonly lenient?: boolean;
}

/** How the next protocol is found. */
export interface Next<Key extends string = string> {
  /** The table to look in. */
  readonly table: string;
  /** The field that holds the key. */
  readonly field: Key;
  /** A second key. The smaller of the two is tried first, as Wireshark tries ports. */
  readonly or?: Key;
  /** A field that must be zero for anything to follow, as a fragment offset must. */
  readonly zero?: Key;
}

/** A value that one field of the header always has. */
export interface Expect<Key extends string = string> {
  /** The field; it must not span bytes. */
  readonly field: Key;
  /** Its value. */
  readonly value: number;
  /** If it has another value, the table that says by it which protocol really starts here; nothing follows otherwise. */
  readonly table: string;
}

/** Which part of the stack a protocol belongs to: what `-L` and `layer` stop after. */
export type StackLayer = "link" | "internet" | "transport" | "application";

/** Fields in wire order, by key. Keys that begin with `_` belong to parts whose values join the header's object. */
export type Fields<T> =
  & { readonly [K in keyof T]?: Field<T[K]> }
  & { readonly [K in `_${string}`]?: Field<unknown> };

/** The ways in which the kernel can walk headers by itself; the numbers stand in its rules. */
export const KernelWalk = {
  /** All that is left. */
  Rest: 1,
  /** All that is left of a UDP datagram. */
  Datagram: 2,
  /** Lines of text, if the first has a colon: all that is left. If it cannot be a start line of HTTP either: data. */
  Lines: 3,
  /** An ICMP echo, with the time of sending or without it. */
  Echo: 4,
  /** An ICMPv6 echo, or a message that quotes nothing. */
  Echo6: 5,
  /** Addresses of ARP. */
  Addresses: 6,
} as const;
/** One of {@link KernelWalk}. */
export type KernelWalk = typeof KernelWalk[keyof typeof KernelWalk];

/** What a protocol file says. */
export interface ProtocolSpec<T extends object> {
  /** Wireshark's filter name. */
  readonly name: string;
  /** Full name. */
  readonly title: string;
  /** Short name, as in the chain `Ethernet:IPv4:TCP`. */
  readonly label: string;
  /** Which part of the stack it belongs to. */
  readonly layer: StackLayer;
  /** Tables and keys that lead here. A protocol names its parents, never its children. */
  readonly parents?: Readonly<Record<string, readonly number[]>>;
  /** Fields in wire order. */
  readonly fields: Fields<T>;
  /**
   * Header length: that of the fixed fields if absent; `"rest"` if the header is all there is; else given by a field.
   */
  readonly header?: Length<NumberKey<T>> | "rest";
  /** Payload end, counted from the header's first byte; all that is left if absent. */
  readonly payload?: Length<NumberKey<T>>;
  /** What follows. */
  readonly next?: Next<NumberKey<T>>;
  /** What the header is told by: a version number. */
  readonly expect?: Expect<NumberKey<T>>;
  /**
   * For what the facts above cannot say: looks at the header and sets `end`, `limit`, `reported` and `next` of the
   * walker. Called instead of them, once for each such header.
   */
  readonly walk?: (walker: Walker) => void;
  /**
   * How the kernel may walk usual headers of the protocol, as its facts or its `walk` do, without asking these. Not if
   * others can be bound to a table of the protocol's name.
   */
  readonly kernelWalk?: KernelWalk;
  /**
   * Headers for which the facts suffice although there is a `walk`: the number in `span` bytes at `at` lies between
   * `min` and `max`, and the byte at `is[0]`, masked by `is[1]`, is `is[2]`. All within the fixed part. Nothing is
   * called for such headers, and frames without a check sequence.
   */
  readonly plain?: {
    /** Byte of the number, from the header's first. */
    readonly at: number;
    /** Its bytes: 1 or 2. */
    readonly span: 1 | 2;
    /** Its least value. */
    readonly min: number;
    /** Its greatest value. */
    readonly max: number;
    /** Byte, mask and value that must hold too. */
    readonly is?: readonly [at: number, mask: number, value: number];
  };
  /**
   * A guess, for payloads that no table names: whether the bytes from `start` to `limit` look like this protocol.
   * Tried after the tables named here, in the order of the catalogue.
   */
  readonly guess?: {
    /** Tables whose miss leads here. */
    readonly tables: readonly string[];
    /**
     * What it may begin with, each of two bytes or more; anything if absent. By their first two most payloads, which are
     * other protocols', are told apart without a call of `test`.
     */
    readonly begins?: readonly Uint8Array[];
    /**
     * Bytes that it has among its first 16: place, mask, and value under the mask. Nothing without them is asked about,
     * and most is told apart without a call where no other protocol guesses.
     */
    readonly has?: readonly (readonly [at: number, mask: number, value: number])[];
    /** Looks; must not read beyond `limit`. */
    readonly test: (bytes: Uint8Array, start: number, limit: number) => boolean;
  };
  /** The line shown for a packet whose last protocol this is, without the columns before it. */
  readonly summary?: (layer: Layer & { readonly reported: number }, out: TextWriter) => void;
  /** The network layer's address fields, for pseudo-headers and for flows: first byte in the header, and length. */
  readonly addresses?: { readonly src: number; readonly dst: number; readonly length: number };
  /** Of the values to be written: the addresses that pseudo-headers use instead of those of the network layer below. */
  readonly redirect?: (value: Partial<T>) => { readonly src?: string; readonly dst?: string };
  /** Whether the header at `start` says that what follows is a part of a datagram only. */
  readonly fragment?: (bytes: Uint8Array, start: number) => boolean;
  /** Fields of the header that the next layer's presence fills, besides {@link Next}: a chain of these. */
  readonly fill?: (next: Protocol | undefined) => Partial<T> | undefined;
  /** Fields of the header that the layer below decides: the nearest one of another protocol. */
  readonly on?: (below: Protocol) => Partial<T> | undefined;
}

/** What is left of a protocol file once its fields are compiled: facts whose keys are only text. */
export interface ProtocolFacts {
  /** See {@link ProtocolSpec.parents}. */
  readonly parents?: Readonly<Record<string, readonly number[]>> | undefined;
  /** See {@link ProtocolSpec.header}. */
  readonly header?: Length | "rest" | undefined;
  /** See {@link ProtocolSpec.payload}. */
  readonly payload?: Length | undefined;
  /** See {@link ProtocolSpec.next}. */
  readonly next?: Next | undefined;
  /** See {@link ProtocolSpec.expect}. */
  readonly expect?: Expect | undefined;
  /** See {@link ProtocolSpec.walk}. */
  readonly walk?: ((walker: Walker) => void) | undefined;
  /** See {@link ProtocolSpec.kernelWalk}. */
  readonly kernelWalk?: KernelWalk | undefined;
  /** See {@link ProtocolSpec.plain}. */
  readonly plain?: ProtocolSpec<object>["plain"] | undefined;
  /** See {@link ProtocolSpec.guess}. */
  readonly guess?: ProtocolSpec<object>["guess"] | undefined;
  /** See {@link ProtocolSpec.summary}. */
  readonly summary?: ProtocolSpec<object>["summary"] | undefined;
  /** See {@link ProtocolSpec.addresses}. */
  readonly addresses?: ProtocolSpec<object>["addresses"] | undefined;
  /** See {@link ProtocolSpec.redirect}. */
  readonly redirect?:
    | ((value: object) => { readonly src?: string; readonly dst?: string })
    | undefined;
  /** See {@link ProtocolSpec.fragment}. */
  readonly fragment?: ProtocolSpec<object>["fragment"] | undefined;
  /** See {@link ProtocolSpec.fill}. */
  readonly fill?: ((next: Protocol | undefined) => object | undefined) | undefined;
  /** See {@link ProtocolSpec.on}. */
  readonly on?: ((below: Protocol) => object | undefined) | undefined;
}

/** One layer of a packet to be built. */
export interface Draftable<T extends object = object> {
  /** Its protocol. */
  readonly protocol: Protocol<T>;
  /** The fields given by the caller. */
  readonly value: Partial<T>;
}

/** A protocol, ready to dissect, write and describe. */
export interface Protocol<T extends object = object> {
  /** What the protocol file said, apart from the fields. */
  readonly spec: ProtocolFacts;
  /** Wireshark's filter name. */
  readonly name: string;
  /** Full name. */
  readonly title: string;
  /** Short name, as in the chain `Ethernet:IPv4:TCP`. */
  readonly label: string;
  /** Which part of the stack it belongs to. */
  readonly layer: StackLayer;
  /** Every field, in the order of their numbers. */
  readonly fields: readonly FieldInfo[];
  /** The fields as declared. */
  readonly struct: Struct<T>;
  /** Bytes of the fixed fields at the beginning. */
  readonly minLength: number;
  /** Looks at bytes already known to hold a header. */
  at(bytes: Uint8Array, start: number, end: number, limit: number, reported?: number): T & Layer;
  /** Names a layer for {@link craft}. */
  of(value?: Partial<T>): Draftable<T>;
  /** Writes a header in front of `payload`. */
  encode(
    value: Partial<T>,
    payload?: Uint8Array,
    network?: Draft["network"],
  ): Uint8Array;
  /** The header as plain data. */
  toObject(header: T & Layer): T;
}

/**
 * A protocol that is loaded when a packet first needs it: what must be known of it before. Written by
 * `deno task index` from the declaration.
 */
export interface LazyProtocol {
  /** See {@link Protocol.name}. */
  readonly name: string;
  /** See {@link Protocol.title}. */
  readonly title: string;
  /** See {@link Protocol.label}. */
  readonly label: string;
  /** See {@link Protocol.layer}. */
  readonly layer: StackLayer;
  /** See {@link ProtocolSpec.parents}. */
  readonly parents?: Readonly<Record<string, readonly number[]>>;
  /** Tables after whose miss it guesses. */
  readonly guesses?: readonly string[];
  /** Tables its header looks into. */
  readonly tables?: readonly string[];
  /** Whether most captures need it. */
  readonly usual?: boolean;
  /** First parts of its fields' abbreviations. */
  readonly roots: readonly string[];
  /** Loads it. */
  readonly load: () => Promise<Protocol>;
}

/** The value of the item row at `p`, as an object holds it. */
export function itemValue(items: Items, p: number, info: FieldInfo): unknown {
  const rows = items.rows, length = rows[p + 2], value = rows[p + 3];
  const made = (rows[p + 1] & IN_TEXT) !== 0;
  const b = made ? items.text : items.bytes, at = made ? rows[p + 1] & ~IN_TEXT : rows[p + 1];
  switch (info.kind) {
    case Kind.Uint:
    case Kind.Time:
    case Kind.Seconds:
      return value >>> 0;
    case Kind.Int:
      return value;
    case Kind.Bool:
      return value !== 0;
    case Kind.Uint64:
    case Kind.Int64:
    case Kind.Uint64Le: {
      let v = 0n;
      for (let i = 0; i < length; i++) {
        v = (v << 8n) | BigInt(b[info.kind === Kind.Uint64Le ? at + length - 1 - i : at + i]);
      }
      return info.kind === Kind.Int64 ? BigInt.asIntN(length * 8, v) : v;
    }
    case Kind.Ether: {
      return macText(b, at, length);
    }
    case Kind.Ipv4:
      return ipv4Text(b, at);
    case Kind.Ipv6: {
      if (length === 16) return ipv6Text(b, at);
      const whole = new Uint8Array(16);
      whole.set(b.subarray(at, at + Math.min(16, length)));
      return ipv6Text(whole, 0);
    }
    case Kind.Bytes:
      return b.slice(at, at + length);
    case Kind.Text:
      return TEXT.decode(b.subarray(at, at + length));
    case Kind.Epoch: {
      const seconds = items.times[value];
      return Number.isFinite(seconds)
        ? BigInt(seconds) * 1_000_000_000n + BigInt(items.times[value + 1])
        : undefined;
    }
    case Kind.Name:
      return nameText(b, at, made ? items.textUsed : at + length, value);
    default:
      return undefined;
  }
}
const TEXT = new TextDecoder();

/** Makes the object of the rows from `from` to `to`, which stand at `depth` and below. Fields are numbered from `base`. */
export function itemsObject(
  items: Items,
  from: number,
  to: number,
  fields: readonly FieldInfo[],
  base: number,
): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  const rows = items.rows;
  let p = from;
  while (p < to) {
    const info = fields[(rows[p] & FIELD_MASK) - base], depth = rows[p] >>> 16;
    let value: unknown, next = p + ITEM;
    if (info.kind === Kind.None) {
      while (next < to && rows[next] >>> 16 > depth) next += ITEM;
      const inner = itemsObject(items, p + ITEM, next, fields, base);
      for (const key of info.lists ?? []) inner[key] ??= [];
      value = inner;
    } else value = itemValue(items, p, info);
    if (info.key !== "" && !info.key.startsWith("_")) {
      if (info.list) ((object[info.key] ??= []) as unknown[]).push(value);
      else if (!(info.key in object)) object[info.key] = value;
    }
    p = next;
  }
  return object;
}

/** The bytes of an address in text, for pseudo-headers. */
function addressBytes(text: string): Uint8Array {
  const six = text.includes(":");
  const b = new Uint8Array(six ? 16 : 4);
  if (six) writeIpv6(b, 0, text);
  else writeIpv4(b, 0, text);
  return b;
}

/** Makes a {@link Protocol} of its declaration. */
export function protocol<T extends object>(spec: ProtocolSpec<T>): Protocol<T> {
  const struct = new Struct<T>(spec.fields as Record<string, Field<unknown>>);
  const minLength = struct.prefixBits >> 3;
  // Numbered when first needed: who only walks, counts or sums up never asks.
  let fields: readonly FieldInfo[] | undefined;

  // Made when first needed: a report looks at no view.
  let View: ViewClass | undefined;
  const self: Protocol<T> = {
    spec,
    name: spec.name,
    title: spec.title,
    label: spec.label,
    layer: spec.layer,
    get fields() {
      if (fields === undefined) {
        const registry = new Registry();
        struct.register(registry, "", false);
        fields = registry.fields;
      }
      return fields;
    },
    struct,
    minLength,
    at: (bytes, start, end, limit, reported) =>
      new (View ??= viewClass(self as unknown as Protocol))(
        bytes,
        start,
        end,
        limit,
        reported ?? limit,
      ) as unknown as T & Layer,
    of: (value = {}) => ({ protocol: self, value }),
    toObject: (header) => (header as unknown as { $(): object }).$() as T,
    encode(value, payload = new Uint8Array(0), network): Uint8Array {
      // Numbering tells fields their keys, too.
      void self.fields;
      const writer = new Writer();
      const given = value as Record<string, unknown>;
      const full = struct.writeParts(writer, given);
      const headerLength = writer.at;
      writer.put(payload);
      const fillLength = (rule: Length | undefined, n: number): void => {
        if (!rule || given[rule.field] !== undefined) return;
        full[rule.field] = (n - (rule.base ?? 0)) / (rule.unit ?? 1);
        struct.patch(writer.bytes, 0, rule.field, full[rule.field]);
      };
      fillLength(spec.header === "rest" ? undefined : spec.header, headerLength);
      fillLength(spec.payload, writer.at);
      struct.settle(writer, 0, full, given, {
        headerLength,
        ...(network ? { network } : {}),
      });
      return writer.done();
    },
  };
  return self;
}

/** The constructor of a protocol's views. */
type ViewClass = new (
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
  reported: number,
) => object;

/** Makes the class of a protocol's views. */
function viewClass(self: Protocol): ViewClass {
  const { struct, fields } = self;
  // A class per protocol gives each its own hidden class. V8 inlines accessors that close over constants; a loop that
  // stores by key costs ten times more.
  class View {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly limit: number;
    readonly reported: number;
    #object: Record<string, unknown> | undefined;
    constructor(bytes: Uint8Array, start: number, end: number, limit: number, reported: number) {
      this.bytes = bytes;
      this.start = start;
      this.end = end;
      this.limit = limit;
      this.reported = reported;
    }
    /** All values as an object; made once. What varies is read from here. */
    $(): Record<string, unknown> {
      if (this.#object) return this.#object;
      const items = new Items();
      items.reset(this.bytes);
      emitHeader(self, items, this.start, this.end, this.limit, this.reported);
      const object = itemsObject(items, 0, items.used, fields, 0);
      for (const key of struct.lists) object[key] ??= [];
      return this.#object = object;
    }
    /** All values as plain data; without it, JSON would hold the bytes of the batch. */
    toJSON(): unknown {
      return plain(this.$());
    }
  }
  shownAs(View.prototype, self.label);
  const keys = new Set<string>();
  for (const [i, key] of struct.keys.entries()) {
    const field = struct.parts[i], place = struct.place(key);
    let get: (this: View) => unknown;
    if (place && place.bit + Math.max(place.scalar.bits, 1) <= struct.prefixBits) {
      get = accessor(place.scalar, place.bit) as (this: View) => unknown;
    } else if (key.startsWith("_") && !isComputed(field)) continue;
    else {
      get = function () {
        return this.$()[key];
      };
    }
    keys.add(key);
    Object.defineProperty(View.prototype, key, { get, enumerable: true, configurable: true });
  }
  // What inline parts (choices, options within) add to the object.
  for (const info of fields) {
    if (info.key === "" || info.key.startsWith("_") || info.key in View.prototype) continue;
    const key = info.key;
    keys.add(key);
    Object.defineProperty(View.prototype, key, {
      get(this: View): unknown {
        return this.$()[key];
      },
      enumerable: true,
      configurable: true,
    });
  }
  return View;
}

function isComputed(field: Field<unknown>): boolean {
  return field.bits === 0;
}

/** Reports the fields of one header: the cursor's bounds follow from the declaration. */
export function emitHeader(
  p: Protocol,
  items: Items,
  start: number,
  end: number,
  limit: number,
  reported: number,
): void {
  items.start = items.at = start;
  items.headerEnd = end;
  items.limit = limit;
  items.reported = reported;
  items.end = end;
  items.short = false;
  items.malformed = false;
  items.depth = 0;
  p.struct.emit(items);
}

/** Makes the accessor of a fixed field. Called once, when the protocol is declared. */
function accessor(
  s: import("./field.ts").Scalar<unknown>,
  bit: number,
): (this: Layer) => unknown {
  const at = bit >> 3, { scale = 1, plus = 0 } = s.options;
  const scaled = scale !== 1 || plus !== 0;
  switch (s.kind) {
    case Kind.Ipv4:
      return function () {
        return ipv4Text(this.bytes, this.start + at);
      };
    case Kind.Ipv6:
      return function () {
        return ipv6Text(this.bytes, this.start + at);
      };
    case Kind.Ether: {
      const n = s.bits >> 3;
      return function () {
        return macText(this.bytes, this.start + at, n);
      };
    }
    case Kind.Bytes: {
      const n = s.bits >> 3;
      return function () {
        return this.bytes.slice(this.start + at, this.start + at + n);
      };
    }
    case Kind.Text: {
      const n = s.bits >> 3;
      return function () {
        return TEXT.decode(this.bytes.subarray(this.start + at, this.start + at + n));
      };
    }
    case Kind.Uint64:
    case Kind.Int64:
    case Kind.Uint64Le: {
      const n = s.bits >> 3, kind = s.kind;
      return function () {
        let v = 0n;
        for (let i = 0; i < n; i++) {
          const o = this.start + at + (kind === Kind.Uint64Le ? n - 1 - i : i);
          v = (v << 8n) | BigInt(this.bytes[o]);
        }
        return kind === Kind.Int64 ? BigInt.asIntN(s.bits, v) : v;
      };
    }
  }
  const holder = s.holder ?? s;
  const width = holder.bits, last = bit + width - 1, length = (last >> 3) - at + 1;
  const shift = 7 - (last & 7);
  const mask = width < 32 ? 2 ** width - 1 : -1;
  const inner = s.mask, innerShift = inner === 0 ? 0 : 31 - Math.clz32(inner & -inner);
  const truth = s.kind === Kind.Bool, signed = s.kind === Kind.Int;
  const little = holder.options.little === true;
  if (!little && !truth && !scaled && inner === 0 && shift === 0 && mask !== -1 && !signed) {
    if (length === 1 && width === 8) {
      return function () {
        return this.bytes[this.start + at];
      };
    }
    if (length === 2 && width === 16) {
      return function () {
        return (this.bytes[this.start + at] << 8) | this.bytes[this.start + at + 1];
      };
    }
  }
  if (!little && !truth && !scaled && inner === 0 && width === 32 && !signed) {
    return function () {
      const b = this.bytes, o = this.start + at;
      return ((b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3]) >>> 0;
    };
  }
  if (!little && truth && inner !== 0 && length === 2 && shift === 0) {
    return function () {
      const b = this.bytes, o = this.start + at;
      return (((b[o] << 8) | b[o + 1]) & inner) !== 0;
    };
  }
  return function () {
    const b = this.bytes, o = this.start + at;
    let v = 0;
    if (little) { for (let i = length - 1; i >= 0; i--) v = (v << 8) | b[o + i]; }
    else for (let i = 0; i < length; i++) v = (v << 8) | b[o + i];
    v = (v >>> shift) & mask;
    if (inner !== 0) v = (v & inner) >>> innerShift;
    if (truth) return v !== 0;
    if (signed) return width < 32 ? (v << (32 - width)) >> (32 - width) : v;
    return scaled ? (v >>> 0) * scale + plus : v >>> 0;
  };
}

/**
 * Builds a packet, outermost layer first; lengths, checksums and next-protocol fields fill themselves. Bytes may
 * stand in any place as payload.
 *
 * @throws {TypeError} If a value does not fit its field.
 */
export function craft(
  ...layers: readonly (Draftable | Uint8Array)[]
): Uint8Array {
  let payload: Uint8Array = new Uint8Array(0);
  // The network layer each layer stands on, for pseudo-headers.
  const networks: (Draft["network"] | undefined)[] = [];
  let network: Draft["network"] | undefined;
  for (const layer of layers) {
    networks.push(network);
    if (layer instanceof Uint8Array) continue;
    const { addresses, redirect } = layer.protocol.spec;
    if (addresses) {
      const v = layer.value as { readonly src?: string; readonly dst?: string };
      const none = addresses.length === 16 ? "::" : "0.0.0.0";
      network = { src: addressBytes(v.src ?? none), dst: addressBytes(v.dst ?? none) };
    }
    if (redirect && network) {
      const to = redirect(layer.value);
      network = {
        src: to.src === undefined ? network.src : addressBytes(to.src),
        dst: to.dst === undefined ? network.dst : addressBytes(to.dst),
      };
    }
  }
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i];
    if (layer instanceof Uint8Array) {
      const joined = new Uint8Array(layer.length + payload.length);
      joined.set(layer);
      joined.set(payload, layer.length);
      payload = joined;
      continue;
    }
    const child = layers[i + 1];
    const childProtocol = child && !(child instanceof Uint8Array) ? child.protocol : undefined;
    let value = layer.value as Record<string, unknown>;
    const next = layer.protocol.spec.next;
    const key = next && childProtocol?.spec.parents?.[next.table]?.[0];
    if (next && key !== undefined && value[next.field] === undefined) {
      value = { ...value, [next.field]: key };
    }
    const more = layer.protocol.spec.fill?.(childProtocol);
    if (more) value = { ...more, ...value };
    let under = i - 1;
    while (under >= 0 && isOf(layers[under], layer.protocol)) under--;
    const below = layers[under];
    const told = below && !(below instanceof Uint8Array)
      ? layer.protocol.spec.on?.(below.protocol)
      : undefined;
    if (told) value = { ...told, ...value };
    payload = layer.protocol.encode(value, payload, networks[i]);
  }
  return payload;
}

function isOf(layer: Draftable | Uint8Array, protocol: Protocol): boolean {
  return !(layer instanceof Uint8Array) && layer.protocol === protocol;
}
