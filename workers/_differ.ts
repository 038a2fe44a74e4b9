/**
 * What two engines say of the same packets, field by field, from item rows. Text is made only of values whose rows
 * differ, and kept only of the first of each field.
 *
 * @module
 */
import { frameNumber } from "../core/batch.ts";
import { type Catalogue, LAYER, PARTIAL, PROTOCOL_MASK } from "../core/catalogue.ts";
import { Emitter, type PacketItems } from "../core/emitter.ts";
import type { Engine, PacketBatch } from "../core/engine.ts";
import type { FieldInfo } from "../core/field.ts";
import { FIELD_MASK, IN_TEXT, ITEM, Kind } from "../core/items.ts";
import {
  DIFFERENCE_FRAMES_MAX,
  DIFFERENCE_TEXT_MAX,
  DIFFERENCE_VALUES_MAX,
  LAYERS_MAX,
} from "../core/limits.ts";
import { TextWriter } from "../core/text_writer.ts";
import { writeText } from "../output/_values.ts";
import { ELSEWHERE, NOTATION, PARTLY, SAME_LAYER, whyKept } from "./kept.ts";

/** Layers of one packet that are aligned at most: an engine of another program may have no {@link LAYERS_MAX}. */
const ALIGNED_MAX = 2 * LAYERS_MAX;
/** Filled with what no packet claims: not even its length is sure. */
const DATA = "data";
/** Fields that are never compared: the chain as text (the layers are), and what is said about damage in words. */
const UNCOMPARED = /^(frame\.protocols$|_ws\.)/;

/** A difference as it is being counted. */
export class Tally {
  /** Frames that differ. */
  frames = 0;
  /** Values that differ. */
  values = 0;
  /** Numbers of the first frames, at most {@link DIFFERENCE_FRAMES_MAX}. */
  readonly first: number[] = [];
  /** Frames in which one has nothing at all. */
  readonly lacks: [a: number, b: number] = [0, 0];
  /** What each says in the first frame. */
  readonly example: [a: string, b: string] = ["", ""];

  /** Counts a frame; answers whether it is the first. */
  add(frame: number, values: number): boolean {
    if (this.first.length < DIFFERENCE_FRAMES_MAX) this.first.push(frame);
    this.values += values;
    return this.frames++ === 0;
  }
}

/** Numbers for names that both sides share. */
class Numbering {
  readonly names: string[] = [];
  readonly #ids = new Map<string, number>();

  of(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.names.length;
      this.#ids.set(name, id);
      this.names.push(name);
    }
    return id;
  }

  find(name: string): number {
    return this.#ids.get(name) ?? -1;
  }
}

/** `column`, or a longer one with the same numbers and `fill` behind. */
function room(
  column: Int32Array<ArrayBuffer>,
  need: number,
  fill: number,
): Int32Array<ArrayBuffer> {
  if (need <= column.length) return column;
  const grown = new Int32Array(Math.max(need, column.length * 2)).fill(fill);
  grown.set(column);
  return grown;
}

/** One of the two engines: what it says of the packet at hand. */
class Side {
  readonly engine: Engine;
  readonly catalogue: Catalogue;
  /** Whether it numbers fields itself, so that it may know any. */
  readonly own: boolean;
  readonly #emitter: Emitter;
  readonly #fields: Numbering;
  readonly #layers: Numbering;
  readonly #wanted: ReadonlySet<string> | undefined;
  /** For each field of the catalogue, its shared number and that of its other name; -1 if it is not compared. */
  #field = new Int32Array(0);
  #also = new Int32Array(0);
  #learned = 0;
  /** For each field of the catalogue, whether it is of what nobody claims. */
  #nobodys = new Int32Array(0);
  /** For each shared number, whether the catalogue has the field. */
  knows = new Int32Array(1024);
  /** For each protocol of the catalogue, its shared number, or -1 if it was not met yet. */
  readonly #layer: Int32Array;

  /** The packet's fields. */
  items!: PacketItems;
  /** Layers of the packet by shared numbers, and how many. */
  readonly chain = new Int32Array(ALIGNED_MAX);
  chained = 0;
  /** For each of these layers, whether not even the fixed part of its header is there. */
  readonly partial = new Uint8Array(ALIGNED_MAX);
  /** For each of these layers, whether the other side has it. */
  readonly matched = new Uint8Array(ALIGNED_MAX);
  /** Items that are left out, as they stand in layers that the other side lacks. */
  #left = new Uint8Array(512);
  /** For each shared number: the packet it was last met in, and its first and last link there. */
  stamp = new Int32Array(1024).fill(-1);
  first = new Int32Array(1024);
  last = new Int32Array(1024);
  /** Links: an item's place in the rows, and the next link of the same field, or -1. */
  place = new Int32Array(1024);
  next = new Int32Array(1024);
  /** Shared numbers met in the packet. */
  met = new Int32Array(1024);
  metUsed = 0;
  /** Values of the packet that were left out with their layers. */
  leftOut = 0;

  constructor(
    engine: Engine,
    catalogue: Catalogue,
    own: boolean,
    fields: Numbering,
    layers: Numbering,
    wanted: ReadonlySet<string> | undefined,
  ) {
    this.engine = engine;
    this.catalogue = catalogue;
    this.own = own;
    this.#emitter = new Emitter(catalogue);
    this.#fields = fields;
    this.#layers = layers;
    this.#wanted = wanted;
    this.#layer = new Int32Array(catalogue.protocols.length).fill(-1);
  }

  /** Numbers the fields that the catalogue has learned. */
  learn(): void {
    const { fields } = this.catalogue;
    this.#field = room(this.#field, fields.length, -1);
    this.#also = room(this.#also, fields.length, -1);
    this.#nobodys = room(this.#nobodys, fields.length, 0);
    for (; this.#learned < fields.length; this.#learned++) {
      const { abbrev, also, kind } = fields[this.#learned];
      if (abbrev.startsWith(`${DATA}.`)) this.#nobodys[this.#learned] = 1;
      this.#field[this.#learned] = this.#number(abbrev, kind);
      this.#also[this.#learned] = also === undefined ? -1 : this.#number(also, kind);
    }
  }

  #number(abbrev: string, kind: Kind): number {
    // Headings say nothing of their own.
    if (kind === Kind.None || abbrev === "" || UNCOMPARED.test(abbrev)) return -1;
    if (this.#wanted !== undefined && !this.#wanted.has(abbrev)) return -1;
    const id = this.#fields.of(abbrev);
    this.knows = room(this.knows, id + 1, 0);
    this.knows[id] = 1;
    return id;
  }

  /** Makes room for as many shared numbers. */
  grow(): void {
    const need = this.#fields.names.length;
    this.knows = room(this.knows, need, 0);
    this.stamp = room(this.stamp, need, -1);
    this.first = room(this.first, need, 0);
    this.last = room(this.last, need, 0);
    this.met = room(this.met, need, 0);
  }

  /** Turns to a packet and finds its chain. */
  packet(batch: PacketBatch, index: number): void {
    this.items = this.#emitter.packet(batch, index);
    const { layers, firstLayer } = batch;
    let n = 0;
    for (let r = firstLayer[index]; r < firstLayer[index + 1] && n < ALIGNED_MAX; r += LAYER) {
      const id = layers[r] & PROTOCOL_MASK;
      let shared = this.#layer[id];
      if (shared < 0) {
        const { name } = this.catalogue.protocols[id];
        shared = this.#layer[id] = this.#layers.of(SAME_LAYER[name] ?? name);
      }
      this.partial[n] = (layers[r] & PARTIAL) === 0 ? 0 : 1;
      this.chain[n++] = shared;
    }
    this.chained = n;
  }

  /** Links the packet's items by field; `apart`: layers that are not {@link matched} are left out. */
  link(serial: number, apart: boolean): void {
    const { rows, used } = this.items, field = this.#field, also = this.#also;
    if (apart) this.#leave();
    this.place = room(this.place, 2 * used / ITEM, 0);
    this.next = room(this.next, 2 * used / ITEM, 0);
    this.metUsed = this.leftOut = 0;
    let links = 0;
    for (let p = 0; p < used; p += ITEM) {
      const f = rows[p] & FIELD_MASK;
      if (apart && (this.#left[p / ITEM] !== 0 || this.#nobodys[f] !== 0)) {
        if (field[f] >= 0) this.leftOut++;
        continue;
      }
      if (field[f] >= 0) this.#link(field[f], p, serial, links++);
      if (also[f] >= 0) this.#link(also[f], p, serial, links++);
    }
  }

  #link(id: number, p: number, serial: number, link: number): void {
    this.place[link] = p;
    this.next[link] = -1;
    if (this.stamp[id] === serial) this.next[this.last[id]] = link;
    else {
      this.stamp[id] = serial;
      this.first[id] = link;
      this.met[this.metUsed++] = id;
    }
    this.last[id] = link;
  }

  /** Marks the items of layers that the other side lacks. */
  #leave(): void {
    const { items, chained } = this, count = items.used / ITEM;
    if (this.#left.length < count) this.#left = new Uint8Array(count * 2);
    this.#left.fill(0, 0, count);
    let p = 0;
    for (let k = 0; k < chained; k++) {
      const row = items.firstLayer + k * LAYER;
      const from = items.begins(row, p);
      p = items.ends(row, from);
      if (this.matched[k] !== 0) continue;
      for (let q = from; q < p; q += ITEM) {
        if (!this.#ofAnother(items.rows[q] & FIELD_MASK, k)) this.#left[q / ITEM] = 1;
      }
    }
  }

  /**
   * Whether a field that stands in layer `k` is of another, which both have: a program of others may show a part of a
   * header as if it were a layer (MPTCP in TCP's options).
   */
  #ofAnother(field: number, k: number): boolean {
    if (!this.own) return false;
    const { abbrev } = this.catalogue.fields[field], dot = abbrev.indexOf(".");
    const owner = dot < 0 ? -1 : this.#layers.find(abbrev.slice(0, dot));
    if (owner < 0 || owner === this.chain[k]) return false;
    let both = false;
    for (let j = 0; j < this.chained; j++) {
      if (this.chain[j] !== owner) continue;
      if (this.matched[j] === 0) return false;
      both = true;
    }
    return both;
  }

  /** Whether the packet has a layer or field of this name. */
  has(name: string, serial: number): boolean {
    const field = this.#fields.find(name);
    if (field >= 0 && field < this.stamp.length && this.stamp[field] === serial) return true;
    const layer = this.#layers.find(name);
    return layer >= 0 && this.chain.subarray(0, this.chained).includes(layer);
  }

  /** Values of the field in the packet, as they are shown, for people; nothing if there are none. */
  shown(id: number, serial: number, out: TextWriter): string {
    if (this.stamp[id] !== serial) return "";
    const { fields } = this.catalogue, { rows } = this.items;
    out.clear();
    let n = 0;
    for (let k = this.first[id]; k >= 0; k = this.next[k]) {
      if (n > 0) out.ascii(", ");
      if (n++ === DIFFERENCE_VALUES_MAX || out.at > DIFFERENCE_TEXT_MAX) {
        out.utf8("\u2026");
        break;
      }
      const p = this.place[k];
      writeText(out, this.items, p, fields[rows[p] & FIELD_MASK]);
    }
    const text = DECODER.decode(out.written());
    return text.length > DIFFERENCE_TEXT_MAX ? `${text.slice(0, DIFFERENCE_TEXT_MAX)}\u2026` : text;
  }
}

const DECODER = new TextDecoder();
/** Characters that engines write differently, and the ways to write them. */
const UNPRINTABLE = /\\x[0-9a-f]{1,2}|\\[0-7]{3}|\\[abefnrtv0\\"]|[^\x20-\x7e]/g;

/** How values are compared. */
export interface DifferOptions {
  /** Abbreviations of the fields that are compared; all if absent. */
  readonly fields?: readonly string[];
  /** Whether layers and fields that only one of them can speak of count, too. */
  readonly all: boolean;
}

/** Compares batch by batch. */
export class Differ {
  readonly #fields = new Numbering();
  readonly #layers = new Numbering();
  readonly #sides: readonly [a: Side, b: Side];
  readonly #names: readonly string[];
  readonly #all: boolean;
  readonly #texts = [new TextWriter(1024), new TextWriter(1024)] as const;
  readonly #lengths: Uint16Array = new Uint16Array((ALIGNED_MAX + 1) * (ALIGNED_MAX + 1));
  #serial = 0;

  /** Packets that both answered. */
  packets = 0;
  /** Packets that only one of them answered. */
  readonly unpaired: [a: number, b: number] = [0, 0];
  /** Values compared, and those of them that are equal. */
  values = 0;
  /** See {@link values}. */
  equal = 0;
  /** Values that were not compared, as only one of them could speak of the field, or found the layer. */
  readonly beyond: [a: number, b: number] = [0, 0];
  /** Differences by field. */
  readonly differences: Map<string, Tally> = new Map();
  /** Differences by layer, for each side that has it. */
  readonly layerDifferences: readonly [a: Map<string, Tally>, b: Map<string, Tally>] = [
    new Map(),
    new Map(),
  ];
  /** What is kept on purpose, by field or layer, and its reason. */
  readonly kept: Map<
    string,
    { readonly name: string; readonly tally: Tally; readonly reason: string }
  > = new Map();

  /** Compares two engines by the catalogues that their rows are numbered by; `kit` is that of what ships. */
  constructor(
    engines: readonly [a: Engine, b: Engine],
    catalogues: readonly [a: Catalogue, b: Catalogue],
    kit: Catalogue,
    { fields, all }: DifferOptions,
  ) {
    const wanted = fields && new Set(fields);
    const side = (i: 0 | 1): Side =>
      new Side(
        engines[i],
        catalogues[i],
        catalogues[i] !== kit,
        this.#fields,
        this.#layers,
        wanted,
      );
    this.#sides = [side(0), side(1)];
    this.#names = engines.map((e) => e.name);
    this.#all = all;
  }

  /** Compares what both found in a batch. An engine that filters may have left frames out. */
  batch(a: PacketBatch, b: PacketBatch): void {
    const [x, y] = this.#sides;
    x.learn();
    y.learn();
    x.grow();
    y.grow();
    const n = a.frames.count, m = b.frames.count;
    let i = 0, j = 0;
    while (i < n && j < m) {
      const left = frameNumber(a.frames, i), right = frameNumber(b.frames, j);
      if (left < right) {
        this.unpaired[0]++;
        i++;
      } else if (right < left) {
        this.unpaired[1]++;
        j++;
      } else this.#packet(a, i++, b, j++, left);
    }
    this.unpaired[0] += n - i;
    this.unpaired[1] += m - j;
  }

  #packet(a: PacketBatch, i: number, b: PacketBatch, j: number, frame: number): void {
    const [x, y] = this.#sides, serial = ++this.#serial;
    this.packets++;
    x.packet(a, i);
    y.packet(b, j);
    const same = this.#align();
    const apart = !same && !this.#all;
    x.link(serial, apart);
    y.link(serial, apart);
    for (let k = 0; k < x.metUsed; k++) this.#field(x.met[k], serial, frame);
    for (let k = 0; k < y.metUsed; k++) {
      const id = y.met[k];
      if (x.stamp[id] !== serial) this.#field(id, serial, frame);
    }
    this.beyond[0] += x.leftOut;
    this.beyond[1] += y.leftOut;
    if (!same) {
      this.#layersOf(0, serial, frame);
      this.#layersOf(1, serial, frame);
    }
  }

  /** Finds which layers both have, in the same order; answers whether these are all. */
  #align(): boolean {
    const [x, y] = this.#sides, a = x.chain, b = y.chain;
    let n = x.chained, m = y.chained, from = 0;
    while (from < n && from < m && a[from] === b[from]) from++;
    if (from === n && from === m) return true;
    x.matched.fill(1, 0, from);
    y.matched.fill(1, 0, from);
    while (n > from && m > from && a[n - 1] === b[m - 1]) {
      x.matched[--n] = 1;
      y.matched[--m] = 1;
    }
    // The longest chain that is part of both: lengths for what is left of each from (i, j) on.
    const lengths = this.#lengths, width = m - from + 1;
    for (let i = n; i >= from; i--) {
      for (let j = m; j >= from; j--) {
        const at = (i - from) * width + j - from;
        lengths[at] = i === n || j === m
          ? 0
          : a[i] === b[j]
          ? lengths[at + width + 1] + 1
          : Math.max(lengths[at + width], lengths[at + 1]);
      }
    }
    let i = from, j = from;
    while (i < n && j < m) {
      const at = (i - from) * width + j - from;
      if (a[i] === b[j]) x.matched[i++] = y.matched[j++] = 1;
      else if (lengths[at + width] >= lengths[at + 1]) x.matched[i++] = 0;
      else y.matched[j++] = 0;
    }
    x.matched.fill(0, i, n);
    y.matched.fill(0, j, m);
    this.#settle(x);
    this.#settle(y);
    return false;
  }

  /**
   * Several headers of one protocol in a row may be one layer to the other side (labels of MPLS): their fields are
   * compared. What nobody claims is not the same where other layers are not.
   */
  #settle({ chain, chained, matched }: Side): void {
    for (let k = 1; k < chained; k++) {
      if (chain[k] === chain[k - 1] && matched[k - 1] !== 0) matched[k] = 1;
    }
    for (let k = chained - 2; k >= 0; k--) {
      if (chain[k] === chain[k + 1] && matched[k + 1] !== 0) matched[k] = 1;
    }
    for (let k = 0; k < chained; k++) {
      if (this.#layers.names[chain[k]] === DATA) matched[k] = 0;
    }
  }

  /** Counts the layers that side `s` has and the other lacks. */
  #layersOf(s: 0 | 1, serial: number, frame: number): void {
    const side = this.#sides[s], other = this.#sides[1 - s];
    const shallow = other.engine.capabilities.depth !== "application";
    let last = -1;
    for (let k = 0; k < side.chained; k++) if (side.matched[k] !== 0) last = k;
    // Behind a layer that the other cannot know, it cannot know what follows either.
    let lost = false;
    for (let k = 0; k < side.chained; k++) {
      if (side.matched[k] !== 0) {
        lost = false;
        continue;
      }
      const name = this.#layers.names[side.chain[k]];
      // What nobody claims is no layer: the other side says what stands there.
      if (name === DATA && !this.#all) continue;
      lost ||= (shallow && k > last) || (!other.own && !this.#mayFind(other, name));
      if (lost && !this.#all) continue;
      const reason = side.partial[k] !== 0
        ? side.own ? ELSEWHERE : PARTLY
        : whyKept("layer", name, this.#names, (n) => this.#has(n, serial));
      const tally = reason === undefined
        ? get(this.layerDifferences[s], name)
        : this.#keep(name, reason);
      if (!tally.add(frame, 1)) continue;
      for (const t of [0, 1] as const) {
        const { chain, chained } = this.#sides[t];
        tally.example[t] = Array.from(
          chain.subarray(0, chained),
          (id) => this.#layers.names[id],
        ).join(":");
      }
    }
  }

  /** Whether the side's catalogue has a protocol of this name. */
  #mayFind(side: Side, name: string): boolean {
    if (side.catalogue.idOf(name) >= 0) return true;
    return Object.entries(SAME_LAYER).some(([n, same]) =>
      same === name && side.catalogue.idOf(n) >= 0
    );
  }

  #has(name: string, serial: number): boolean {
    return this.#sides[0].has(name, serial) || this.#sides[1].has(name, serial);
  }

  #keep(name: string, reason: string): Tally {
    const key = `${name}\n${reason}`;
    let kept = this.kept.get(key);
    if (!kept) this.kept.set(key, kept = { name, tally: new Tally(), reason });
    return kept.tally;
  }

  /** Compares a field's values in the packet at hand. */
  #field(id: number, serial: number, frame: number): void {
    const [x, y] = this.#sides;
    const inX = x.stamp[id] === serial, inY = y.stamp[id] === serial;
    if (!this.#all && !((x.own || x.knows[id] !== 0) && (y.own || y.knows[id] !== 0))) {
      const s = inX ? 0 : 1, side = this.#sides[s];
      for (let k = side.first[id]; k >= 0; k = side.next[k]) this.beyond[s]++;
      return;
    }
    let k = inX ? x.first[id] : -1, l = inY ? y.first[id] : -1;
    let values = 0, equal = 0;
    while (k >= 0 || l >= 0) {
      values++;
      if (k >= 0 && l >= 0 && this.#same(x.place[k], y.place[l])) equal++;
      if (k >= 0) k = x.next[k];
      if (l >= 0) l = y.next[l];
    }
    const name = this.#fields.names[id];
    if (equal === values) {
      this.values += values;
      this.equal += values;
      return;
    }
    const reason = whyKept(
      "field",
      name,
      this.#names,
      (n) => this.#has(n, serial),
      (e) => this.#sides[e].shown(id, serial, this.#texts[0]),
    ) ?? (this.#printAlike(id, serial) ? NOTATION : undefined);
    if (reason === undefined) {
      this.values += values;
      this.equal += equal;
    }
    const tally = reason === undefined ? get(this.differences, name) : this.#keep(name, reason);
    if (!inX) tally.lacks[0]++;
    if (!inY) tally.lacks[1]++;
    if (!tally.add(frame, values - equal)) return;
    tally.example[0] = x.shown(id, serial, this.#texts[0]);
    tally.example[1] = y.shown(id, serial, this.#texts[0]);
  }

  /** Whether values that are text differ only in what cannot be printed, of which each engine has its own notation. */
  #printAlike(id: number, serial: number): boolean {
    const printable = (side: Side): string | undefined => {
      if (side.stamp[id] !== serial) return undefined;
      const { rows } = side.items, { fields } = side.catalogue, out = this.#texts[0];
      out.clear();
      for (let k = side.first[id]; k >= 0; k = side.next[k]) {
        const p = side.place[k], info = fields[rows[p] & FIELD_MASK];
        if (info.kind !== Kind.Text && info.kind !== Kind.Name) return undefined;
        writeText(out, side.items, p, info);
        out.ascii(",");
      }
      return DECODER.decode(out.written()).replace(UNPRINTABLE, "");
    };
    const [x, y] = this.#sides;
    if (x.own === y.own) return false;
    const a = printable(x);
    return a !== undefined && a === printable(y);
  }

  /** Whether the item of side a at `p` and that of side b at `q` are the same value. */
  #same(p: number, q: number): boolean {
    const [x, y] = this.#sides, a = x.items, b = y.items, ra = a.rows, rb = b.rows;
    const info = x.catalogue.fields[ra[p] & FIELD_MASK];
    const other = y.catalogue.fields[rb[q] & FIELD_MASK];
    if (inRow(info.kind) && inRow(other.kind)) {
      if (info.kind === Kind.Bool || other.kind === Kind.Bool) {
        return (ra[p + 3] !== 0) === (rb[q + 3] !== 0);
      }
      if (info.kind === other.kind) return ra[p + 3] === rb[q + 3];
    } else if (info.kind === other.kind && ra[p + 2] === rb[q + 2]) {
      if (info.kind === Kind.Epoch) {
        const s = ra[p + 3], t = rb[q + 3];
        return a.times[s] === b.times[t] && a.times[s + 1] === b.times[t + 1];
      }
      if (info.kind !== Kind.Name && sameBytes(a, p, b, q)) return true;
    }
    const [left, right] = this.#texts;
    write(left, a, p, info, other);
    write(right, b, q, other, info);
    if (left.at !== right.at) return false;
    for (let i = 0; i < left.at; i++) if (left.bytes[i] !== right.bytes[i]) return false;
    return true;
  }
}

function get(map: Map<string, Tally>, name: string): Tally {
  let tally = map.get(name);
  if (!tally) map.set(name, tally = new Tally());
  return tally;
}

/** Whether a value of this kind is a number in its row. */
function inRow(kind: Kind): boolean {
  return kind === Kind.Uint || kind === Kind.Int || kind === Kind.Bool || kind === Kind.Time ||
    kind === Kind.Seconds;
}

/** Whether two items stand in the same bytes. */
function sameBytes(a: PacketItems, p: number, b: PacketItems, q: number): boolean {
  const n = a.rows[p + 2];
  let from = a.rows[p + 1], other = b.rows[q + 1];
  const x = (from & IN_TEXT) !== 0 ? a.text : a.bytes;
  const y = (other & IN_TEXT) !== 0 ? b.text : b.bytes;
  from &= ~IN_TEXT;
  other &= ~IN_TEXT;
  if (x === y && from === other) return true;
  for (let i = 0; i < n; i++) if (x[from + i] !== y[other + i]) return false;
  return true;
}

/** Writes a value as tshark prints it; if the other side has another kind of number or time, as one both can be compared by. */
function write(
  out: TextWriter,
  items: PacketItems,
  p: number,
  info: FieldInfo,
  other: FieldInfo,
): void {
  out.clear();
  if (info.kind !== other.kind && other.kind === Kind.Epoch && info.kind === Kind.Seconds) {
    out.ensure(64);
    return out.time(items.rows[p + 3] >>> 0, 0);
  }
  const plain = info.hex && other.kind !== Kind.Text ? { ...info, hex: false } : info;
  writeText(out, items, p, plain);
}
