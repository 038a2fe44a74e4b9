/**
 * Reading `tshark -T pdml`: everything tshark knows of a packet, with where it stands.
 *
 * tshark prints PDML three times as fast as it is parsed by an XML parser with objects; here its bytes are read once,
 * names are found by hash, and values become rows.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { PARTIAL, QUOTED } from "../../core/catalogue.ts";
import { Issue } from "../../core/items.ts";
import { is } from "./columns.ts";
import type { Name, Names } from "./names.ts";
import { RULE } from "./options.ts";
import { Output } from "./output.ts";
import { parseVersion } from "./process.ts";
import { type Rows, unsigned } from "./rows.ts";

const PACKET = Buffer.from("</packet>");
const NUMBER = Buffer.from('name="num"');
const PROTOCOLS = Buffer.from('name="frame.protocols"');
const SHOW = Buffer.from(' show="');
const CREATOR = Buffer.from('creator="');
const QUOTE = 34, LESS = 60, GREATER = 62, SLASH = 47, SPACE = 32, EQUALS = 61, AMPERSAND = 38;
const COLON = 58;
/** Elements in elements at most; tshark's own limit is 500. */
const LEVELS_MAX = 1024;

/** The attributes of an element, as places in the output. */
class Element {
  name = 0;
  nameEnd = 0;
  show = 0;
  showEnd = -1;
  value = -1;
  valueEnd = -1;
  pos = -1;
  size = 0;
  escaped = false;
  masked = false;
  /** Whether it holds others. */
  open = false;

  /** Reads the element that begins at `p` (behind its kind). Answers where it ends. */
  read(b: Uint8Array, p: number, to: number): number {
    this.name = this.nameEnd = this.show = 0;
    this.showEnd =
      this.value =
      this.valueEnd =
      this.pos =
        -1;
    this.size = 0;
    this.escaped = this.masked = this.open = false;
    for (;;) {
      while (b[p] === SPACE) p++;
      if (p >= to) return to;
      if (b[p] === GREATER) {
        this.open = true;
        return p + 1;
      }
      if (b[p] === SLASH) return p + 2;
      const key = p;
      while (p < to && b[p] !== EQUALS) p++;
      const length = p - key;
      const from = p + 2;
      let escaped = false;
      for (p = from; p < to && b[p] !== QUOTE; p++) if (b[p] === AMPERSAND) escaped = true;
      switch (b[key]) {
        case 110: // name
          this.name = from;
          this.nameEnd = p;
          break;
        case 115: // show, size, showname
          if (length !== 4) break;
          if (b[key + 1] === 104) {
            this.show = from;
            this.showEnd = p;
            this.escaped = escaped;
          } else this.size = Math.max(0, unsigned(b, from, p));
          break;
        case 112: // pos
          this.pos = unsigned(b, from, p);
          break;
        case 118: // value
          this.value = from;
          this.valueEnd = p;
          break;
        case 117: // unmaskedvalue
          this.masked = true;
      }
      p++;
    }
  }
}

/** Reads PDML. */
export class PdmlOutput extends Output {
  readonly #names: Names;
  readonly #filtered: boolean;
  readonly #element = new Element();
  #end = 0;
  #searched = 0;
  #ready = 0;
  #version: readonly number[] | undefined;
  /** Protocols of the packet at hand, in order. */
  #chain: Name[] = [];
  readonly #bases = new Int32Array(LEVELS_MAX);
  readonly #owners = new Int32Array(LEVELS_MAX);
  readonly #number: Name;
  readonly #displayed: Name;
  /** A packet without any layer takes more. */
  readonly least = 2048;
  /** Time of the packet that matched last, for `frame.time_delta_displayed`. */
  delta: (() => readonly [seconds: number, nanoseconds: number] | undefined) | undefined;

  /** Reads with `names`. */
  constructor(names: Names, filtered: boolean) {
    super();
    this.#names = names;
    this.#filtered = filtered;
    this.#number = names.want("frame.number");
    this.#displayed = names.want("frame.time_delta_displayed");
  }

  /** The version that wrote it, once that was read. */
  get version(): readonly number[] | undefined {
    return this.#version;
  }

  protected override moved(by: number): void {
    this.#searched = Math.max(0, this.#searched - by);
    this.#end -= by;
  }

  #buffer(): Buffer {
    const { bytes } = this;
    return Buffer.from(bytes.buffer, 0, this.to);
  }

  override next(): number {
    if (this.#ready !== 0) return this.#ready;
    const b = this.#buffer();
    if (this.#version === undefined) {
      const at = b.indexOf(CREATOR, this.from);
      const end = at < 0 ? -1 : b.indexOf(QUOTE, at + CREATOR.length);
      if (end >= 0) this.#version = parseVersion(b.toString("latin1", at, end)) ?? [];
    }
    const end = b.indexOf(PACKET, Math.max(this.from, this.#searched));
    if (end < 0) {
      this.#searched = Math.max(this.from, this.to - PACKET.length);
      return 0;
    }
    this.#end = end + PACKET.length;
    this.#searched = this.#end;
    const [from, to] = shown(b, NUMBER, this.from);
    const number = unsigned(b, from, to);
    this.#ready = number > 0 ? number : -1;
    return this.#ready;
  }

  /** The protocols of the next packet, from `frame.protocols`; those that ship must be loaded to be named as they are. */
  override missing(): readonly string[] {
    const b = this.#buffer();
    const chain: Name[] = this.#chain = [];
    const missing: string[] = [];
    const [from, to] = shown(b, PROTOCOLS, this.from);
    if (from > this.#end) return missing;
    const { catalogue } = this.#names;
    for (let p = from, begin = from; p <= to; p++) {
      if (p < to && b[p] !== COLON) continue;
      if (p > begin) {
        const name = this.#names.find(b, begin, p);
        chain.push(name);
        if (name.protocol < 0 && catalogue.mustLoad(name.text)) missing.push(name.text);
      }
      begin = p + 1;
    }
    return missing;
  }

  override take(rows: Rows, number: number): boolean {
    const b = this.bytes, names = this.#names, e = this.#element, end = this.#end;
    const chain = this.#chain, bases = this.#bases, owners = this.#owners;
    let next = 0;
    let level = 0, base = 0;
    let skip = -1, inFrame = false, matches = !this.#filtered, layers = 0;
    let topEnd = 0;
    let p = this.from;
    // To the packet's own beginning: before the first stands the head of the document.
    // Coloured packets say their colours in attributes.
    const head = this.#buffer().indexOf("<packet", p);
    p = b.indexOf(GREATER, head) + 1;
    for (;;) {
      while (p < end && b[p] !== LESS) p++;
      if (p >= end) break;
      if (b[p + 1] === SLASH) {
        if (level === 0) break;
        level--;
        if (level === skip) skip = -1;
        base = bases[level];
        rows.owner = owners[level];
        if (level === 0) inFrame = false;
        p += 8;
        continue;
      }
      const isProto = b[p + 1] === 112;
      p = e.read(b, p + 6, end);
      const enter = e.open && level < LEVELS_MAX - 1;
      if (enter) {
        bases[level] = base;
        owners[level] = rows.owner;
      }
      if (skip >= 0) {
        if (enter) level++;
        continue;
      }
      const name = names.find(b, e.name, e.nameEnd);
      if (isProto && level === 0) {
        if (name.text === "geninfo") skip = 0;
        // A packet's comment stands in front of its frame, and is no layer.
        else if (name.text === "frame" || name.text === "pkt_comment") inFrame = true;
        else if (name.text === "fake-field-wrapper") base = 1;
        else if (name.text.startsWith("_ws.")) {
          if (name.text === "_ws.malformed") rows.issue(Issue.Malformed, rows.lastEnd);
          else if (name.text === "_ws.short") rows.issue(Issue.Truncated, rows.lastEnd);
          rows.heading(name, 0, e.pos, e.size);
          if (enter) level++;
          continue;
        } else {
          const at = chain.indexOf(name, next);
          if (at >= 0) next = at + 1;
          // What begins before the layer above ends stands in bytes put together from several packets.
          const foreign = e.pos < topEnd || e.pos + e.size > rows.captured;
          const id = names.protocolOf(name);
          if (id >= 0) {
            layers++;
            if (foreign) rows.layer(id, PARTIAL, rows.captured, 0);
            else rows.layer(id, 0, e.pos, e.size);
          }
          if (!foreign) topEnd = e.pos + e.size;
        }
        base = 1;
        if (enter) level++;
        else if (skip === 0) skip = -1;
        continue;
      }
      // A layer may also stand in another (what an error quotes), or as a field of its own (data).
      const at = isProto || (level === 1 && e.showEnd < 0) ? chain.indexOf(name, next) : -1;
      if (at >= 0 && !inFrame) {
        const id = names.protocolOf(name);
        if (id >= 0) {
          next = at + 1;
          layers++;
          const size = isProto ? e.size : e.value < 0 ? 0 : (e.valueEnd - e.value) >> 1;
          const pos = isProto ? e.pos : Math.min(rows.lastEnd, rows.captured);
          const there = pos >= 0 && pos + size <= rows.captured;
          rows.layer(
            id,
            (isProto ? QUOTED : 0) | (there ? 0 : PARTIAL),
            there ? pos : rows.captured,
            there ? size : 0,
          );
          base = level + 1;
          if (enter) level++;
          continue;
        }
      }
      const depth = Math.max(0, level - base);
      if (e.showEnd < 0) {
        // No value: a heading, or a protocol within this one.
        if (e.nameEnd > e.name) rows.heading(name, depth, e.pos, e.size);
        else if (enter) base++;
      } else if (name === this.#number && inFrame) rows.number(name, depth, number);
      else if (name === this.#displayed && this.#filtered) {
        const time = this.delta?.();
        if (time) rows.time(name, depth, time[0], time[1]);
      } else if (this.#filtered && inFrame && name.text.startsWith("frame.coloring_rule.")) {
        if (name.text === "frame.coloring_rule.name") matches = is(b, e.show, e.showEnd, RULE);
      } else if (e.nameEnd > e.name) {
        rows.value(
          name,
          depth,
          b,
          e.show,
          e.showEnd,
          e.pos,
          e.size,
          e.masked ? -1 : e.value,
          e.valueEnd,
          e.escaped,
        );
      } else {
        // Text without a name is for people; what stands in it belongs to what is around.
        if (enter) base++;
      }
      if (enter) level++;
    }
    if (layers > 0) rows.closeLayers();
    this.from = end;
    this.#ready = 0;
    return matches;
  }
}

/** Where the `show` of the field that holds `mark` stands, from `from` on. */
function shown(b: Buffer, mark: Buffer, from: number): readonly [from: number, to: number] {
  const at = b.indexOf(mark, from);
  const show = at < 0 ? -1 : b.indexOf(SHOW, at);
  if (show < 0) return [b.length, b.length];
  const begin = show + SHOW.length;
  return [begin, b.indexOf(QUOTE, begin)];
}
