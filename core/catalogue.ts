/**
 * The catalogue: the protocols in use, compiled to numbers, and the walk over a frame that uses them. The walk makes no
 * object and no text, and calls a function only where a protocol's declaration brings one.
 *
 * @module
 */
import type { FrameBatch } from "./batch.ts";
import type { FieldInfo } from "./field.ts";
import { FIELD_MASK, Issue } from "./items.ts";
import { LAYERS_MAX, WIRE_LENGTH_MAX } from "./limits.ts";
import {
  type LazyProtocol,
  type Length,
  type Protocol,
  protocol,
  type StackLayer,
} from "./protocol.ts";

/** Columns of a layer row: protocol and flags, start, end of header, limit (captured), reported (on the wire). */
export const LAYER = 5;
/** A layer row's first column holds the protocol in its low 16 bits, and flags above. */
export const PROTOCOL_MASK = 0xffff;
/** Flag: the fixed part of the header is not all there. */
export const PARTIAL = 0x1_0000;
/** Flag: the layer is part of a packet that an error message quotes; what is missing of it is no fault. */
export const QUOTED = 0x2_0000;
/** Columns of an issue row: packet in batch, kind, layer row, byte where it was met, bytes needed, layer row whose length set the limit (-1: the capture). */
export const ISSUE = 6;

// Columns of a rule.
const MIN = 0,
  FLAGS = 1,
  LEN_AT = 2,
  LEN_SPAN = 3,
  LEN_SHIFT = 4,
  LEN_MASK = 5,
  LEN_UNIT = 6,
  LEN_BASE = 7,
  END_AT = 8,
  END_BASE = 9,
  END_UNIT = 10,
  END_ZERO = 11,
  TABLE = 12,
  KEY_AT = 13,
  KEY_SPAN = 14,
  OR_AT = 15,
  ZERO_AT = 16,
  ZERO_MASK = 17,
  IS_AT = 18,
  IS_SHIFT = 19,
  IS_MASK = 20,
  IS_VALUE = 21,
  IS_TABLE = 22,
  PLAIN_AT = 23,
  PLAIN_SPAN = 24,
  PLAIN_MIN = 25,
  PLAIN_MAX = 26,
  PLAIN_IS_AT = 27,
  PLAIN_IS_MASK = 28,
  PLAIN_IS = 29,
  // The same again for headers as they usually are, several numbers to a word, so that such a header costs few reads.
  // Protocols that do not fit, and headers that are unusual, are left to the words above.
  FAST = 30,
  FAST_CHECK = 31,
  FAST_RANGE = 32,
  FAST_MAX = 33,
  FAST_LENGTH = 34,
  FAST_END = 35,
  FAST_KEY = 36,
  FAST_ZERO = 37,
  FAST_TABLE = 38,
  SIZE = 39;
/** In the lower half of a rule's word FAST: what of the following words counts; the upper half is the least length. */
const F_YES = 1,
  F_CHECK = 2,
  F_RANGE = 4,
  F_RANGE_WIDE = 8,
  F_LENGTH = 16,
  F_END = 32,
  F_END_ZERO = 64,
  F_LENIENT = 128,
  F_KEY = 256,
  F_KEY_WIDE = 512,
  F_OR = 1024,
  F_ZERO = 2048;
/** Columns of a rule that the kernel is given, and flags in the first of them. */
export const RULE = {
  TABLE,
  FAST,
  FAST_TABLE,
  SIZE,
  F_YES,
  F_CHECK,
  F_RANGE,
  F_RANGE_WIDE,
  F_LENGTH,
  F_END,
  F_END_ZERO,
  F_LENIENT,
  F_KEY,
  F_KEY_WIDE,
  F_OR,
  F_ZERO,
} as const;
/** Bytes of a set of numbers of 16 bits: see {@link Catalogue.guessPairs}. */
export const PAIRS_BYTES = 8192;
/** In {@link Catalogue.guessPairs}: none, and all. */
const NO_PAIRS = new Uint8Array(PAIRS_BYTES), ALL_PAIRS = new Uint8Array(PAIRS_BYTES).fill(0xff);
/** Bytes of an entry of {@link Catalogue.guessHas}. */
export const HAS_BYTES = 32;
/** In {@link Catalogue.guessHas}: whatever it is. */
const ANYTHING = new Uint8Array(HAS_BYTES);
/** Frames walked at a time: see {@link Walker.batch}. */
const RUN = 32;
const CALLS = 1, REST = 2, STOPS = 4, EXPECTS = 8, PLAIN = 16, LENIENT = 32, ABSENT = 64;

/** A way into a protocol: `key` of `table` leads to the protocol named `protocol`. */
export interface Binding {
  /** Table, for example `udp.port` or `linktype`. */
  readonly table: string;
  /** Key. */
  readonly key: number;
  /** Protocol's name. */
  readonly protocol: string;
}

/** Where dissecting stops. */
export interface Depth {
  /** After the first layer of one of these protocols (Wireshark's names, labels, or aliases; case does not matter). */
  readonly protocols?: readonly string[];
  /** After the last layer of this part of the stack. */
  readonly layer?: StackLayer;
}

const ORDER: readonly StackLayer[] = ["link", "internet", "transport", "application"];

/**
 * A set of protocols. Which protocols there are, their numbers and the ways into them are fixed from the start; what a
 * protocol consists of may be loaded when a packet first needs it, and then its fields join those known so far. Who
 * prepares something for each field or protocol looks at {@link fields} and {@link ready} again before each batch.
 */
export class Catalogue {
  /**
   * The protocols; a layer row's first column is an index into this. One that is not loaded yet has no fields and no
   * facts, and stands in no layer row.
   */
  readonly protocols: readonly Protocol[];
  /** Indexes of the protocols that are loaded, in the order they were; it grows. */
  readonly ready: readonly number[];
  /** Each protocol's name as bytes, for chains such as `eth:ip:tcp`. */
  readonly chainNames: readonly Uint8Array[];
  /** Index of each protocol's first field, of those that {@link fields} holds. */
  readonly fieldBase: Int32Array;
  /** Protocol of each field. It may be longer than {@link fields}. Another array when {@link fields} has grown. */
  fieldProtocol: Uint16Array = new Uint16Array(0);
  /** For each field, the first field with the same abbreviation. It may be longer. Another array when {@link fields} has grown. */
  sameAbbrev: Int32Array = new Int32Array(0);
  /** Rules of the walk. */
  readonly rules: Int32Array;
  /** Each protocol's walk function. */
  readonly walks: readonly (((walker: Walker) => void) | undefined)[];
  /** Entries of all tables: a protocol's index and one; 0 for none, so that pages without entries take no memory. */
  readonly tables: Int16Array;
  /** Places in {@link tables} that have an entry. */
  readonly bound: readonly number[];
  /** Where each table's entries start. */
  readonly tableStart: Int32Array;
  /** How many keys each table has. */
  readonly tableSize: Int32Array;
  /** For each table, the protocols that guess when no key leads on. */
  readonly guesses: readonly (readonly number[])[];
  /** For each table, how they do it; `undefined` where that is not loaded. */
  readonly guessers: readonly (readonly Protocol["spec"]["guess"][])[];
  /**
   * For each table, the two bytes that what guesses may begin with, as a set of numbers of 16 bits: that of number n is bit
   * `n & 7` of byte `n >> 3`. Another set when a protocol was loaded.
   */
  readonly guessPairs: readonly Uint8Array[];
  /**
   * For each table, what the first 16 bytes of what guesses are: their masks, then their values. All masks are 0 where it
   * may be anything, or more than one protocol guesses. Another array when a protocol was loaded.
   */
  readonly guessHas: readonly Uint8Array[];
  /** The protocol that stands for what nothing else claims, or -1. */
  data: number;
  /** Index of the protocol called `udp`, or -1. */
  readonly udp: number;
  readonly #names: ReadonlyMap<string, number>;
  /** Most abbreviations stand for one field, and a list of one takes ten times the memory. */
  readonly #abbrevs = new Map<string, number | number[]>();
  readonly #fields: FieldInfo[] = [];
  /** Protocols that are loaded and whose fields have no numbers yet. */
  #unnumbered: number[] = [];
  readonly #lazy = new Map<number, LazyProtocol>();
  readonly #loading = new Map<number, Promise<void>>();
  readonly #stops = new Set<number>();

  /**
   * Compiles `protocols`. `reserved`: places for protocols that {@link Catalogue.join} adds later.
   *
   * @throws {RangeError} If two protocols have one name, or a binding names none of them.
   */
  constructor(
    protocols: readonly (Protocol | LazyProtocol)[],
    bindings: readonly Binding[] = [],
    depth: Depth = {},
    reserved = 0,
  ) {
    const byName = new Map<string, number>();
    const none = protocol({ name: "", title: "", label: "", layer: "application", fields: {} });
    this.#free = protocols.length;
    const total = protocols.length + reserved;
    this.protocols = [
      ...protocols.map((p, id) => {
        if (byName.has(p.name)) {
          throw new RangeError(`Cannot register protocol "${p.name}": current kit already has one`);
        }
        byName.set(p.name, id);
        if (!("load" in p)) return p;
        this.#lazy.set(id, p);
        const { name, title, label, layer } = p;
        return protocol({ name, title, label, layer, fields: {} });
      }),
      ...new Array<Protocol>(reserved).fill(none),
    ];
    this.data = byName.get("data") ?? -1;
    this.udp = this.idOf("udp");
    const encoder = new TextEncoder();
    this.chainNames = protocols.map((p) => encoder.encode(p.name));
    this.ready = [];
    this.fieldBase = new Int32Array(total);
    this.walks = new Array(total).fill(undefined);

    // Tables.
    const names = new Map<string, number>();
    const most: number[] = [];
    const table = (name: string, key = 0): number => {
      let t = names.get(name);
      if (t === undefined) {
        t = names.size;
        names.set(name, t);
        most.push(0);
      }
      most[t] = Math.max(most[t], key);
      return t;
    };
    const ways = protocols.map((p) =>
      "load" in p ? p : {
        parents: p.spec.parents,
        guesses: p.spec.guess?.tables,
        tables: [p.spec.next?.table, p.spec.expect?.table].filter((t) => t !== undefined),
      }
    );
    for (const { parents, guesses, tables } of ways) {
      for (const [t, keys] of Object.entries(parents ?? {})) {
        table(t);
        for (const k of keys) table(t, k);
      }
      for (const t of [...guesses ?? [], ...tables ?? []]) table(t);
    }
    for (const b of bindings) {
      if (!byName.has(b.protocol)) {
        throw new RangeError(
          `Cannot bind ${b.table} ${b.key} to protocol "${b.protocol}": current kit has no such protocol`,
        );
      }
      table(b.table, b.key);
    }
    this.#names = names;
    this.tableSize = Int32Array.from(most, (m) => m < 256 ? 256 : 65_536);
    this.tableStart = new Int32Array(most.length);
    let entries = 0;
    this.tableSize.forEach((s, t) => {
      this.tableStart[t] = entries;
      entries += s;
    });
    this.tables = new Int16Array(entries);
    const bound: number[] = [];
    this.bound = bound;
    const bind = (name: string, key: number, id: number): void => {
      const t = table(name);
      if (key < 0 || key >= this.tableSize[t]) {
        throw new RangeError(`Cannot bind ${name} ${key}: keys are 0 to ${this.tableSize[t] - 1}`);
      }
      this.tables[this.tableStart[t] + key] = id + 1;
      bound.push(this.tableStart[t] + key);
    };
    ways.forEach(({ parents }, id) => {
      for (const [t, keys] of Object.entries(parents ?? {})) {
        for (const k of keys) bind(t, k, id);
      }
    });
    for (const b of bindings) bind(b.table, b.key, byName.get(b.protocol)!);
    const guesses: number[][] = most.map(() => []);
    ways.forEach((w, id) => {
      for (const t of w.guesses ?? []) guesses[table(t)].push(id);
    });
    this.guesses = guesses;
    this.guessers = guesses.map((ids) => new Array(ids.length).fill(undefined));
    this.guessPairs = guesses.map((ids) => ids.length === 0 ? NO_PAIRS : ALL_PAIRS);
    this.guessHas = guesses.map(() => ANYTHING);

    // Rules.
    this.rules = new Int32Array(total * SIZE);
    for (const name of depth.protocols ?? []) {
      const found = this.named(name);
      if (found.length === 0) {
        throw new RangeError(
          `Cannot stop after protocol "${name}": current kit has no such protocol`,
        );
      }
      for (const id of found) this.#stops.add(id);
    }
    this.#stopLayer = depth.layer === undefined ? -1 : ORDER.indexOf(depth.layer);
    this.stackOrder = Uint8Array.from(this.protocols, (p) => ORDER.indexOf(p.layer));
    this.#add(protocols.map((_p, id) => id).filter((id) => !this.#lazy.has(id)));
    // What a plug-in brings is numbered at once, so that a fault in it shows when the kit is made.
    void this.fields;
    for (const id of this.#lazy.keys()) this.rules[id * SIZE + FLAGS] = ABSENT;
  }

  #free: number;

  /**
   * Puts a protocol into a reserved place, for engines that name protocols as they meet them. It stands in layer rows,
   * but nothing leads to it, and its fields are those that {@link joinField} adds. Answers its index, or -1 if there is
   * no place left.
   */
  join(protocol: Protocol): number {
    if (this.#free >= this.protocols.length) return -1;
    const id = this.#free++;
    (this.protocols as Protocol[])[id] = protocol;
    (this.chainNames as Uint8Array[])[id] = new TextEncoder().encode(protocol.name);
    this.fieldBase[id] = this.fields.length;
    this.stackOrder[id] = ORDER.indexOf(protocol.layer);
    (this.ready as number[]).push(id);
    if (protocol.name === "data") this.data = id;
    return id;
  }

  /** Adds a field to protocol `id`. Answers its index, or -1 if there are as many as can be numbered. */
  joinField(id: number, field: FieldInfo): number {
    const index = this.fields.length;
    if (index >= FIELD_MASK) return -1;
    this.#number([field], () => id);
    return index;
  }

  /**
   * All fields of all protocols that are loaded; an item row's first column is an index into this. It grows. Fields are
   * numbered when this is looked at: who needs none, as a walk alone, pays for none. So whoever reads {@link fieldBase},
   * {@link fieldProtocol} or {@link sameAbbrev} of a protocol looks here first.
   */
  get fields(): readonly FieldInfo[] {
    if (this.#unnumbered.length > 0) {
      const ids = this.#unnumbered, fields: FieldInfo[] = [], owners: number[] = [];
      this.#unnumbered = [];
      for (const id of ids) {
        this.fieldBase[id] = this.#fields.length + fields.length;
        for (const f of this.protocols[id].fields) {
          fields.push(f);
          owners.push(id);
        }
      }
      this.#number(fields, (i) => owners[i]);
    }
    return this.#fields;
  }

  /** Compiles the rules of protocols that are there now. */
  #add(ids: readonly number[]): void {
    this.#unnumbered.push(...ids);
    for (const id of ids) {
      this.#compile(id);
      const { name: own, spec: { guess } } = this.protocols[id];
      for (const [at] of guess?.has ?? []) {
        if (!Number.isInteger(at) || at < 0 || at >= HAS_BYTES / 2) {
          throw new RangeError(
            `Cannot guess protocol "${own}" by byte ${at}: bytes are 0 to ${HAS_BYTES / 2 - 1}`,
          );
        }
      }
      for (const name of guess?.tables ?? []) {
        const t = this.table(name);
        const guessers = this.guessers[t] as Protocol["spec"]["guess"][];
        guessers[this.guesses[t].indexOf(id)] = guess;
        (this.guessPairs as Uint8Array[])[t] = pairsOf(guessers);
        if (guessers.length === 1) (this.guessHas as Uint8Array[])[t] = hasOf(guess);
      }
      (this.walks as ((walker: Walker) => void)[])[id] = this.protocols[id].spec.walk!;
      (this.ready as number[]).push(id);
    }
  }

  /** Lets `abbrev` stand for field `i`, too. Answers the first field it stands for. */
  #name(abbrev: string, i: number): number {
    const known = this.#abbrevs.get(abbrev);
    if (known === undefined) this.#abbrevs.set(abbrev, i);
    else if (typeof known === "number") {
      this.#abbrevs.set(abbrev, [known, i]);
      return known;
    } else {
      known.push(i);
      return known[0];
    }
    return i;
  }

  /** Numbers fields; the `i`-th is of protocol `owner(i)`. */
  #number(added: readonly FieldInfo[], owner: (i: number) => number): void {
    const fields = this.#fields, known = fields.length;
    for (const f of added) fields.push(f);
    if (fields.length > FIELD_MASK) {
      throw new RangeError(`Cannot number fields: current kit has more than ${FIELD_MASK}`);
    }
    let owners = this.fieldProtocol, same = this.sameAbbrev;
    if (owners.length < fields.length) {
      // Room for more where fields come one by one.
      const room = added.length === 1 ? Math.max(256, fields.length * 2) : fields.length;
      owners = new Uint16Array(room);
      same = new Int32Array(room);
      owners.set(this.fieldProtocol);
      same.set(this.sameAbbrev);
    }
    for (let i = 0; i < added.length; i++) owners[known + i] = owner(i);
    for (let i = known; i < fields.length; i++) same[i] = this.#name(fields[i].abbrev, i);
    for (let i = known; i < fields.length; i++) {
      const { also } = fields[i];
      if (also !== undefined) this.#name(also, i);
    }
    this.fieldProtocol = owners;
    this.sameAbbrev = same;
  }

  /** Whether protocol `id` is still to be loaded. */
  isAbsent(id: number): boolean {
    return this.#lazy.has(id);
  }

  /** Loads protocols, by index or name, so that they can be dissected; those that are loaded, or unknown, cost nothing. */
  async load(protocols: Iterable<number | string>): Promise<void> {
    const waits: Promise<void>[] = [];
    for (const p of protocols) {
      const id = typeof p === "number" ? p : this.idOf(p);
      const lazy = this.#lazy.get(id);
      if (!lazy) continue;
      let wait = this.#loading.get(id);
      if (!wait) {
        wait = lazy.load().then((loaded) => {
          (this.protocols as Protocol[])[id] = loaded;
          this.#lazy.delete(id);
          this.#loading.delete(id);
          this.#add([id]);
        });
        this.#loading.set(id, wait);
      }
      waits.push(wait);
    }
    if (waits.length > 0) await Promise.all(waits);
  }

  /** Loads the protocols that most captures need: for engines that start. */
  loadUsual(): Promise<void> {
    return this.load([...this.#lazy].filter(([, p]) => p.usual).map(([id]) => id));
  }

  /** Loads every protocol: for lists. */
  loadAll(): Promise<void> {
    return this.load([...this.#lazy.keys()]);
  }

  /** Loads the protocols that have fields of these abbreviations, so that {@link fieldsOf} answers for them. */
  async loadFields(abbrevs: Iterable<string>): Promise<void> {
    const roots = new Set([...abbrevs].map((a) => rootOf(a)));
    await this.load(
      [...this.#lazy].filter(([, p]) => p.roots.some((r) => roots.has(r))).map(([id]) => id),
    );
  }

  /** Whether a protocol that is still to be loaded may have a field of this abbreviation. */
  mayHave(abbrev: string): boolean {
    const root = rootOf(abbrev);
    for (const p of this.#lazy.values()) if (p.roots.includes(root)) return true;
    return false;
  }

  /** Compiles the rule of protocol `id`. */
  #compile(id: number): void {
    const p = this.protocols[id], rules = this.rules;
    const table = (name: string): number => this.table(name);
    const set = (r: number, v: number): void => {
      rules[id * SIZE + r] = v;
    };
    const place = (key: string) => {
      const f = p.struct.place(key);
      if (!f) {
        throw new TypeError(`Cannot compile ${p.name}: field "${key}" has no fixed place`);
      }
      const holder = f.scalar.holder ?? f.scalar;
      const first = f.bit, last = first + holder.bits - 1;
      const span = (last >> 3) - (first >> 3) + 1;
      if (span > 2) throw new TypeError(`Cannot compile ${p.name}: "${key}" is too wide`);
      let shift = 7 - (last & 7), mask = 2 ** holder.bits - 1;
      if (f.scalar.mask) {
        const low = 31 - Math.clz32(f.scalar.mask & -f.scalar.mask);
        shift += low;
        mask = f.scalar.mask >>> low;
      }
      const { scale = 1, plus = 0 } = f.scalar.options;
      return { at: first >> 3, span, shift, mask, scale, plus };
    };
    const { header, payload, next, walk, expect } = p.spec;
    set(MIN, p.minLength);
    set(END_AT, -1);
    set(TABLE, -1);
    set(OR_AT, -1);
    let flags = 0;
    if (walk) flags |= CALLS;
    if (header === "rest") flags |= REST;
    if (this.#stops.has(id)) flags |= STOPS;
    set(LEN_BASE, p.minLength);
    if (expect) {
      const f = place(expect.field);
      if (f.span > 1) {
        throw new TypeError(`Cannot compile ${p.name}: "${expect.field}" is too wide`);
      }
      flags |= EXPECTS;
      set(IS_AT, f.at);
      set(IS_SHIFT, f.shift);
      set(IS_MASK, f.mask);
      set(IS_VALUE, expect.value);
      set(IS_TABLE, table(expect.table));
    }
    const { plain } = p.spec;
    if (plain) {
      flags |= PLAIN;
      set(PLAIN_AT, plain.at);
      set(PLAIN_SPAN, plain.span);
      set(PLAIN_MIN, plain.min);
      set(PLAIN_MAX, plain.max);
      const [at, mask, value] = plain.is ?? [0, 0, 0];
      set(PLAIN_IS_AT, at);
      set(PLAIN_IS_MASK, mask);
      set(PLAIN_IS, value);
    }
    // The kernel's own ways are told where there is nothing else for usual headers; see #compileFast.
    const { kernelWalk } = p.spec;
    if (kernelWalk && !plain && !this.#stops.has(id) && table(p.name) < 0) {
      set(FAST_CHECK, kernelWalk);
      set(FAST_RANGE, p.minLength);
    }
    // A walk function decides alone; the declared facts then serve writing, and plain headers.
    if (walk && !plain) {
      set(FLAGS, flags);
      return;
    }
    if (header && header !== "rest") {
      const f = place(header.field);
      set(LEN_AT, f.at);
      set(LEN_SPAN, f.span);
      set(LEN_SHIFT, f.shift);
      set(LEN_MASK, f.mask);
      set(LEN_UNIT, f.scale * (header.unit ?? 1));
      set(LEN_BASE, (header.base ?? 0) + f.plus * (header.unit ?? 1));
    }
    if (payload) {
      const rule: Length = payload;
      const f = place(rule.field);
      set(END_AT, f.at);
      set(END_BASE, (rule.base ?? 0) + f.plus);
      set(END_UNIT, (rule.unit ?? 1) * f.scale);
      set(END_ZERO, rule.zeroIsRest ? 1 : 0);
      if (rule.lenient) flags |= LENIENT;
    }
    if (next) {
      const f = place(next.field);
      set(TABLE, table(next.table));
      set(KEY_AT, f.at);
      set(KEY_SPAN, f.span);
      if (next.or) set(OR_AT, place(next.or).at);
      if (next.zero) {
        const z = place(next.zero);
        set(ZERO_AT, z.at);
        set(ZERO_MASK, z.mask << z.shift);
      }
    }
    set(FLAGS, flags);
    this.#compileFast(id * SIZE);
  }

  /** Packs the rule that starts at `r` for headers as they usually are, if it is of the kind that has such. */
  #compileFast(r: number): void {
    const rules = this.rules, flags = rules[r + FLAGS], min = rules[r + MIN];
    const get = (column: number): number => rules[r + column];
    const check = (flags & EXPECTS) !== 0
      ? get(IS_AT) | get(IS_MASK) << get(IS_SHIFT) << 8 | get(IS_VALUE) << get(IS_SHIFT) << 16
      : 0;
    const is = get(PLAIN_IS_MASK) === 0
      ? check
      : get(PLAIN_IS_AT) | get(PLAIN_IS_MASK) << 8 | get(PLAIN_IS) << 16;
    // No key may lie beyond its table, which is then not asked for each packet.
    const t = get(TABLE), wide = get(KEY_SPAN) === 2;
    const held = t < 0 || !wide || this.tableSize[t] > 0xffff;
    const fits = held && min < 0x8000 && get(LEN_SPAN) < 2 && get(LEN_UNIT) < 256 &&
      get(LEN_BASE) === (get(LEN_SPAN) === 0 ? min : 0) && get(END_UNIT) < 256 &&
      get(END_BASE) >= 0 && get(END_BASE) < 256 && (check === 0 || check === is);
    if (!fits || (flags & (REST | STOPS)) !== 0) return;
    let fast = F_YES;
    if (is !== 0) fast |= F_CHECK;
    rules[r + FAST_CHECK] = is;
    if ((flags & PLAIN) !== 0) {
      fast |= F_RANGE | (get(PLAIN_SPAN) === 2 ? F_RANGE_WIDE : 0);
      rules[r + FAST_RANGE] = get(PLAIN_AT) | get(PLAIN_MIN) << 8;
      rules[r + FAST_MAX] = get(PLAIN_MAX);
    }
    if (get(LEN_SPAN) === 1) {
      fast |= F_LENGTH;
      rules[r + FAST_LENGTH] = get(LEN_AT) | get(LEN_SHIFT) << 8 | get(LEN_MASK) << 12 |
        get(LEN_UNIT) << 20;
    }
    if (get(END_AT) >= 0) {
      fast |= F_END | (get(END_ZERO) === 1 ? F_END_ZERO : 0) |
        ((flags & LENIENT) !== 0 ? F_LENIENT : 0);
      rules[r + FAST_END] = get(END_AT) | get(END_UNIT) << 8 | get(END_BASE) << 16;
    }
    if (t >= 0) {
      fast |= F_KEY | (wide ? F_KEY_WIDE : 0) | (get(OR_AT) >= 0 ? F_OR : 0) |
        (get(ZERO_MASK) !== 0 ? F_ZERO : 0);
      rules[r + FAST_KEY] = get(KEY_AT) | Math.max(0, get(OR_AT)) << 8 | get(ZERO_AT) << 16;
      rules[r + FAST_ZERO] = get(ZERO_MASK);
      rules[r + FAST_TABLE] = this.tableStart[t];
    }
    rules[r + FAST] = fast | min << 16;
  }

  readonly #stopLayer: number;
  /** Place of each protocol's part of the stack: 0 link to 3 application. */
  readonly stackOrder: Uint8Array;
  /** Dissecting goes no deeper than this part of the stack (0 to 3); -1: no such limit. */
  get stopLayer(): number {
    return this.#stopLayer;
  }

  /** Indexes of the protocols called `name`: by Wireshark's name, label or title, whatever the case. */
  named(name: string): readonly number[] {
    const n = name.toLowerCase();
    const found: number[] = [];
    this.protocols.forEach((p, id) => {
      if (p.name === n || p.label.toLowerCase() === n || p.title.toLowerCase() === n) {
        found.push(id);
      }
    });
    return found;
  }

  /** Number of `table`, or -1: for walk functions, which look it up once. */
  table(table: string): number {
    return this.#names.get(table) ?? -1;
  }

  /** Names of the tables. */
  get tableNames(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** The protocol under `key` of table number `t`, or -1. */
  lookup(t: number, key: number): number {
    return t >= 0 && key >= 0 && key < this.tableSize[t]
      ? this.tables[this.tableStart[t] + key] - 1
      : -1;
  }

  /** The protocol under `key` of `table`, or -1. */
  find(table: string, key: number): number {
    return this.lookup(this.table(table), key);
  }

  /** Whether dissecting stops after protocol `id`: see {@link Depth.protocols}. */
  stopsAfter(id: number): boolean {
    return this.#stops.has(id);
  }

  /** Index of the protocol named `name`, or -1. */
  idOf(name: string): number {
    return this.protocols.findIndex((p) => p.name === name);
  }

  /** Indexes of the fields that `abbrev` names; none if there is no such field. */
  fieldsOf(abbrev: string): readonly number[] {
    void this.fields;
    const known = this.#abbrevs.get(abbrev);
    return typeof known === "number" ? [known] : known ?? [];
  }

  /** Every abbreviation, those that stand for several fields (`tcp.port`) included. */
  get abbrevs(): IterableIterator<string> {
    void this.fields;
    return this.#abbrevs.keys();
  }
}

/** The pairs of bytes that protocols may begin with: any, if one is not loaded or does not say. */
function pairsOf(guessers: readonly Protocol["spec"]["guess"][]): Uint8Array {
  const pairs = new Uint8Array(PAIRS_BYTES);
  for (const guesser of guessers) {
    if (guesser?.begins === undefined) return ALL_PAIRS;
    for (const [one, two] of guesser.begins) pairs[(one << 5) | (two >> 3)] |= 1 << (two & 7);
  }
  return pairs;
}

/** What {@link Catalogue.guessHas} holds of a protocol that alone guesses. */
function hasOf(guesser: Protocol["spec"]["guess"]): Uint8Array {
  const bytes = new Uint8Array(HAS_BYTES);
  for (const [at, mask, value] of guesser?.has ?? []) {
    bytes[at] |= mask;
    bytes[HAS_BYTES / 2 + at] |= value;
  }
  return bytes;
}

/** Whether these bytes are there. */
function has(
  all: readonly (readonly [at: number, mask: number, value: number])[],
  b: Uint8Array,
  start: number,
  limit: number,
): boolean {
  for (let i = 0; i < all.length; i++) {
    const one = all[i], at = start + one[0];
    if (at >= limit || (b[at] & one[1]) !== one[2]) return false;
  }
  return true;
}

/** The first part of an abbreviation: `dns` of `dns.qry.name`. */
export function rootOf(abbrev: string): string {
  const dot = abbrev.indexOf(".");
  return dot < 0 ? abbrev : abbrev.slice(0, dot);
}

/** Whether an interface of the batch ends frames in a check sequence. */
function checked({ interfaces }: FrameBatch): boolean {
  for (let i = 0; i < interfaces.length; i++) if ((interfaces[i].fcsLength ?? 0) > 0) return true;
  return false;
}

/** Walks frames and writes layer rows. One per thread and catalogue; its columns grow and are used again. */
export class Walker {
  /** The protocols in use. */
  readonly catalogue: Catalogue;
  /** Layer rows. */
  layers: Int32Array = new Int32Array(LAYER * 4096);
  /** Numbers of `layers` in use. */
  used: number = 0;
  /** Issue rows. */
  issues: Int32Array = new Int32Array(ISSUE * 64);
  /** Numbers of `issues` in use. */
  issuesUsed: number = 0;

  /** The batch. */
  frames: FrameBatch | undefined;
  /** The batch's bytes. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Packet in the batch. */
  packet: number = 0;
  /** First byte of the current header. */
  start: number = 0;
  /** One past the current header; a walk function sets it. */
  end: number = 0;
  /** One past the last captured byte of the current layer; a walk function may lower it. */
  limit: number = 0;
  /** One past the current layer's last byte on the wire; a walk function may lower it. */
  reported: number = 0;
  /** The next protocol, or -1 for none that is known, or -2 if nothing follows; a walk function sets it. */
  next: number = -1;
  /** Set by a walk function that finds the header impossible. */
  bad: boolean = false;
  /**
   * {@link QUOTED} within a packet that an error message quotes, else 0; a walk function sets it for what follows. Such
   * packets are cut by design, so nothing missing in them is an issue.
   */
  quoted: number = 0;
  /** Link type of the current frame. */
  linkType: number = 0;
  /** Where the packet's layer rows start. */
  first: number = 0;
  /** Row of the layer whose length set `limit`, or -1 for the capture. */
  protected limitedBy: number = -1;

  /** Walks with `catalogue`. */
  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
    this.linkTable = catalogue.table("linktype");
    this.#walks = catalogue.walks;
  }
  /** Number of the table of link types. */
  protected readonly linkTable: number;
  readonly #walks: readonly (((walker: Walker) => void) | undefined)[];
  /**
   * Protocols that frames of the batch need and that are not loaded: {@link Catalogue.load} loads them, then the batch is
   * walked again.
   */
  readonly missing: Set<number> = new Set();
  /** Whether plain headers need no walk function: not where frames end in a check sequence. */
  #plain = true;
  /** Whether headers as they usually are need no more than {@link Catalogue.rules} say of such. */
  protected usually: boolean = true;

  /** Walks every frame of `frames`; `firstLayer` receives where each packet's rows start, and one entry more. */
  batch(frames: FrameBatch, firstLayer: Uint32Array): void {
    this.used = 0;
    this.issuesUsed = 0;
    // An empty set that is cleared gets a new table.
    if (this.missing.size > 0) this.missing.clear();
    this.frames = frames;
    this.bytes = frames.bytes;
    this.#plain = !checked(frames);
    this.usually = this.#plain && this.catalogue.stopLayer < 0;
    firstLayer[0] = 0;
    this.walk(frames, firstLayer);
  }

  /** Room for where the rows of `count` packets start, for {@link batch}. Valid until it is asked for again, or longer. */
  places(count: number): Uint32Array {
    return new Uint32Array(count + 1);
  }

  /** Walks the frames from number `from` on. */
  protected walk(frames: FrameBatch, firstLayer: Uint32Array, from = 0): void {
    const { count } = frames;
    for (; from < count; from += RUN) {
      this.#run(frames, firstLayer, from, Math.min(from + RUN, count));
    }
  }

  /**
   * Walks the frames `from` up to `to`. A short run: a function that is called often is compiled once, with all its ways
   * seen, while one that loops for long is compiled in the middle of its loop, and again for each way met later.
   */
  #run(frames: FrameBatch, firstLayer: Uint32Array, from: number, to: number): void {
    if (this.used + RUN * (LAYERS_MAX + 2) * LAYER > this.layers.length) this.#grow();
    const { starts, capturedLengths, wireLengths, linkTypes } = frames;
    const cat = this.catalogue, linkTable = this.linkTable;
    const rules = cat.rules, tables = cat.tables, bytes = this.bytes, layers = this.layers;
    const stopLayer = cat.stopLayer, usually = this.usually;
    let at = this.used, linkType = -1, linkId = -1;
    for (let i = from; i < to; i++) {
      let start = starts[i], limit = start + capturedLengths[i];
      let reported = start + Math.min(wireLengths[i], WIRE_LENGTH_MAX);
      if (reported < limit) reported = limit;
      let quoted = 0;
      if (linkTypes[i] !== linkType) {
        linkType = linkTypes[i];
        linkId = cat.lookup(linkTable, linkType);
      }
      let id = linkId;
      this.packet = i;
      this.first = at;
      this.linkType = linkType;
      this.limitedBy = -1;
      this.quoted = 0;
      for (let n = 0; id >= 0; n++) {
        if (n >= LAYERS_MAX) {
          this.issue(Issue.Malformed, at - LAYER, start, 0);
          break;
        }
        const r = id * SIZE;
        const fast = rules[r + FAST];
        // A header as it usually is: whatever is unusual about it leaves this block before anything was changed.
        usual: if (fast !== 0 && usually && limit - start >= fast >> 16) {
          if ((fast & F_CHECK) !== 0) {
            const c = rules[r + FAST_CHECK];
            if ((bytes[start + (c & 0xff)] & (c >> 8) & 0xff) !== c >> 16) break usual;
          }
          if ((fast & F_RANGE) !== 0) {
            const c = rules[r + FAST_RANGE], p = start + (c & 0xff);
            const v = (fast & F_RANGE_WIDE) !== 0 ? (bytes[p] << 8) | bytes[p + 1] : bytes[p];
            if (v < c >> 8 || v > rules[r + FAST_MAX]) break usual;
          }
          let end = start + (fast >> 16);
          if ((fast & F_LENGTH) !== 0) {
            const c = rules[r + FAST_LENGTH];
            const v = (bytes[start + (c & 0xff)] >> ((c >> 8) & 15)) & ((c >> 12) & 0xff);
            const told = start + v * (c >> 20);
            if (told < end || told > limit) break usual;
            end = told;
          }
          let stop = reported;
          if ((fast & F_END) !== 0) {
            const c = rules[r + FAST_END], p = start + (c & 0xff);
            const told = (bytes[p] << 8) | bytes[p + 1];
            stop = start + (c >> 16) + told * ((c >> 8) & 0xff);
            if (stop < end || (told === 0 && (fast & F_END_ZERO) !== 0)) break usual;
            if (stop > reported) {
              if ((fast & F_LENIENT) === 0) break usual;
              stop = reported;
            }
          }
          let next = -2;
          if ((fast & F_KEY) !== 0) {
            const c = rules[r + FAST_KEY];
            if ((fast & F_ZERO) !== 0) {
              const z = start + (c >> 16);
              if ((((bytes[z] << 8) | bytes[z + 1]) & rules[r + FAST_ZERO]) !== 0) break usual;
            }
            const k = start + (c & 0xff);
            const key = (fast & F_KEY_WIDE) !== 0 ? (bytes[k] << 8) | bytes[k + 1] : bytes[k];
            const base = rules[r + FAST_TABLE];
            if ((fast & F_OR) !== 0) {
              const o = start + ((c >> 8) & 0xff);
              const other = (bytes[o] << 8) | bytes[o + 1];
              const low = key < other ? key : other, high = key < other ? other : key;
              next = tables[base + low] - 1;
              if (next < 0) next = tables[base + high] - 1;
            } else next = tables[base + key] - 1;
          }
          if (stop < limit) {
            limit = stop;
            this.limitedBy = at;
          }
          reported = stop;
          layers[at] = id | quoted;
          layers[at + 1] = start;
          layers[at + 2] = end;
          layers[at + 3] = limit;
          layers[at + 4] = reported;
          at += LAYER;
          start = end;
          if (end >= limit) {
            id = -2;
            break;
          }
          id = next === -1 ? this.guess(rules[r + TABLE], end, limit) : next;
          continue;
        }
        if (stopLayer >= 0 && cat.stackOrder[id] > stopLayer) {
          // What lies deeper than asked for stays payload.
          id = -2;
          break;
        }
        // Unusual, or no facts suffice. That is code of its own, so that the code for usual headers is compiled soon.
        this.used = at;
        this.start = start;
        this.limit = limit;
        this.reported = reported;
        id = this.unusual(id);
        at = this.used;
        start = this.start;
        limit = this.limit;
        reported = this.reported;
        quoted = this.quoted;
      }
      // What nothing claims is data, as Wireshark calls it.
      if (id === -1 && start < limit && cat.data >= 0) {
        layers[at] = cat.data;
        layers[at + 1] = start;
        layers[at + 2] = limit;
        layers[at + 3] = limit;
        layers[at + 4] = reported;
        at += LAYER;
      }
      firstLayer[i + 1] = at;
    }
    this.used = at;
  }

  #grow(): void {
    const grown = new Int32Array(this.layers.length * 2);
    grown.set(this.layers.subarray(0, this.used));
    this.layers = grown;
  }

  /**
   * Walks one header by the facts of protocol `id`, all of them, or by its walk function: what the block for usual headers
   * leaves. Takes and leaves `start`, `limit`, `reported`, `quoted` and `used`; answers the next protocol as {@link next}.
   */
  protected unusual(id: number): number {
    const cat = this.catalogue;
    const rules = cat.rules, tables = cat.tables, tableStart = cat.tableStart;
    const tableSize = cat.tableSize, bytes = this.bytes, layers = this.layers;
    const start = this.start, quoted = this.quoted, r = id * SIZE;
    let at = this.used, limit = this.limit, reported = this.reported;
    const min = rules[r + MIN], flags = rules[r + FLAGS];
    if (flags === ABSENT) {
      this.missing.add(id);
      return -2;
    }
    layers[at] = id | quoted;
    layers[at + 1] = start;
    layers[at + 2] = limit;
    layers[at + 3] = limit;
    layers[at + 4] = reported;
    at += LAYER;
    this.used = at;
    if ((flags & EXPECTS) !== 0 && limit > start + rules[r + IS_AT]) {
      const is = (bytes[start + rules[r + IS_AT]] >> rules[r + IS_SHIFT]) & rules[r + IS_MASK];
      if (is !== rules[r + IS_VALUE]) {
        // Not what it was announced as: no length in it means anything.
        layers[at - LAYER] = id | quoted | PARTIAL;
        layers[at - LAYER + 2] = start + rules[r + IS_AT] + 1;
        this.issue(Issue.Malformed, at - LAYER, start, 0);
        const t = rules[r + IS_TABLE];
        const other = is < tableSize[t] ? tables[tableStart[t] + is] - 1 : -1;
        return other < 0 ? -2 : other;
      }
    }
    if (limit - start < min) {
      layers[at - LAYER] = id | quoted | PARTIAL;
      this.issue(
        reported - start < min ? Issue.Malformed : Issue.Truncated,
        at - LAYER,
        start,
        min,
      );
      return -2;
    }
    let end: number, next = -2;
    const limitBefore = limit;
    let calls = (flags & CALLS) !== 0;
    if (calls && (flags & PLAIN) !== 0 && this.#plain) {
      // Most headers are plain: facts suffice, and nothing is called.
      const p = start + rules[r + PLAIN_AT];
      const v = rules[r + PLAIN_SPAN] === 2 ? (bytes[p] << 8) | bytes[p + 1] : bytes[p];
      calls = v < rules[r + PLAIN_MIN] || v > rules[r + PLAIN_MAX] ||
        (bytes[start + rules[r + PLAIN_IS_AT]] & rules[r + PLAIN_IS_MASK]) !==
          rules[r + PLAIN_IS];
    }
    if (calls) {
      this.end = start + min;
      this.next = -1;
      this.bad = false;
      this.#walks[id]!(this);
      end = this.end;
      limit = this.limit;
      reported = this.reported;
      next = this.next;
      if (end > limit || end < start || this.bad) {
        layers[at - LAYER + 2] = limit;
        layers[at - LAYER + 3] = limit;
        layers[at - LAYER + 4] = reported;
        this.issue(
          this.bad || end < start || end > reported ? Issue.Malformed : Issue.Truncated,
          at - LAYER,
          start,
          end - start,
        );
        return -2;
      }
    } else if ((flags & REST) !== 0) {
      end = limit;
    } else {
      let length = rules[r + LEN_BASE];
      const span = rules[r + LEN_SPAN];
      if (span !== 0) {
        const p = start + rules[r + LEN_AT];
        const v = span === 2 ? (bytes[p] << 8) | bytes[p + 1] : bytes[p];
        length += ((v >> rules[r + LEN_SHIFT]) & rules[r + LEN_MASK]) * rules[r + LEN_UNIT];
      }
      end = start + length;
      if (rules[r + END_AT] >= 0) {
        const p = start + rules[r + END_AT];
        const told = (bytes[p] << 8) | bytes[p + 1];
        const stop = start + rules[r + END_BASE] + told * rules[r + END_UNIT];
        if ((told !== 0 || rules[r + END_ZERO] === 0) && stop < reported) {
          if (stop >= end) {
            reported = stop;
            if (stop < limit) limit = stop;
          } else {
            // A length too small for its own header: nothing behind it can be trusted.
            this.issue(Issue.Malformed, at - LAYER, start + rules[r + END_AT], end - start);
            layers[at - LAYER + 2] = end > limit ? limit : end;
            return -2;
          }
        } else if (stop > reported && (flags & LENIENT) === 0) {
          this.issue(Issue.Malformed, at - LAYER, start + rules[r + END_AT], stop - start);
        }
      }
      if (length < min || end > limit) {
        this.issue(
          length < min || end > reported ? Issue.Malformed : Issue.Truncated,
          at - LAYER,
          start,
          length,
        );
        if (length < min) end = start + min;
        layers[at - LAYER + 2] = end > limit ? limit : end;
        layers[at - LAYER + 3] = limit;
        layers[at - LAYER + 4] = reported;
        return -2;
      }
      const t = rules[r + TABLE];
      if (t >= 0) {
        next = -1;
        const zero = rules[r + ZERO_MASK], z = start + rules[r + ZERO_AT];
        if (zero !== 0 && ((((bytes[z] << 8) | bytes[z + 1]) & zero) !== 0)) {
          next = -1;
        } else {
          const k = start + rules[r + KEY_AT];
          let key = rules[r + KEY_SPAN] === 2 ? (bytes[k] << 8) | bytes[k + 1] : bytes[k];
          const base = tableStart[t];
          const size = tableSize[t];
          if (rules[r + OR_AT] >= 0) {
            const o = start + rules[r + OR_AT];
            let high = (bytes[o] << 8) | bytes[o + 1];
            if (high < key) {
              const swap = key;
              key = high;
              high = swap;
            }
            next = key < size ? tables[base + key] - 1 : -1;
            if (next < 0 && high < size) next = tables[base + high] - 1;
          } else next = key < size ? tables[base + key] - 1 : -1;
          if (next < 0 && end < limit) next = this.guess(t, end, limit);
        }
      }
    }
    layers[at - LAYER + 2] = end;
    layers[at - LAYER + 3] = limit;
    layers[at - LAYER + 4] = reported;
    if (limit < limitBefore) this.limitedBy = at - LAYER;
    this.start = end;
    this.limit = limit;
    this.reported = reported;
    // Where nothing captured is left, what the wire had more is not known and not an error of the packet.
    return (flags & STOPS) !== 0 || end >= limit ? -2 : next;
  }

  /** Asks the protocols that guess after a miss in table number `t`. */
  guess(t: number, start: number, limit: number): number {
    if (start + 1 < limit) {
      const pair = (this.bytes[start] << 8) | this.bytes[start + 1];
      if (((this.catalogue.guessPairs[t][pair >> 3] >> (pair & 7)) & 1) === 0) return -1;
    }
    return this.guessAnyway(t, start, limit);
  }

  /** As {@link guess}, whatever it begins with. `had`: if one protocol guesses, it has what that says. */
  protected guessAnyway(t: number, start: number, limit: number, had = false): number {
    const guesses = this.catalogue.guesses[t], guessers = this.catalogue.guessers[t];
    had &&= guesses.length === 1;
    for (let i = 0; i < guesses.length; i++) {
      const guesser = guessers[i];
      if (guesser === undefined) this.missing.add(guesses[i]);
      else if (
        (had || guesser.has === undefined || has(guesser.has, this.bytes, start, limit)) &&
        guesser.test(this.bytes, start, limit)
      ) return guesses[i];
    }
    return -1;
  }

  /** For walk functions: the protocol under `key` of `table`, or what guesses, or -1. Sets `next`. */
  to(table: string, key: number): void {
    const t = this.catalogue.table(table);
    this.next = this.catalogue.lookup(t, key);
    if (this.next < 0 && t >= 0 && this.end < this.limit) {
      this.next = this.guess(t, this.end, this.limit);
    }
  }

  /** For walk functions: lowers `reported` and `limit` to where a length says that this layer ends. */
  close(end: number): void {
    if (end < this.reported) this.reported = end;
    if (end < this.limit) this.limit = end;
  }

  /** Notes an issue of the layer whose row starts at `layer`. */
  issue(kind: Issue, layer: number, at: number, needed: number): void {
    if ((this.layers[layer] & QUOTED) !== 0) return;
    if (this.issuesUsed + ISSUE > this.issues.length) {
      const grown = new Int32Array(this.issues.length * 2);
      grown.set(this.issues);
      this.issues = grown;
    }
    const p = this.issuesUsed, rows = this.issues;
    rows[p] = this.packet;
    rows[p + 1] = kind;
    rows[p + 2] = layer;
    rows[p + 3] = at;
    rows[p + 4] = needed;
    rows[p + 5] = this.limitedBy;
    this.issuesUsed = p + ISSUE;
  }
}
