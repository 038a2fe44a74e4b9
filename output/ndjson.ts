/**
 * NDJSON: one line a packet, all fields by Wireshark's abbreviations, each a list of its values in the packet's order.
 *
 * @module
 */
import { frameNumber } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import type { FieldInfo } from "../core/field.ts";
import { FIELD_MASK, IN_TEXT, ITEM, type Items, Kind } from "../core/items.ts";
import { LAYOUT_FIELDS_MAX, LAYOUTS_MAX } from "../core/limits.ts";
import { type Constant, constant, TextWriter } from "../core/text_writer.ts";
import { FALSE, isBare, TRUE, writeContent } from "./_values.ts";
import { loadWanted } from "./_wanted.ts";

const NOTHING = new Uint8Array(0);

/** Line-delimited JSON. */
export const ndjson: Format = {
  name: "ndjson",
  title: "one JSON object a line and packet: all fields by Wireshark's names",
  extensions: ["ndjson", "jsonl"],
  aliases: ["jsonl", "ek"],
  asks: ({ fields }) =>
    fields === undefined ? undefined : { fields: fields as string[], plain: false },
  start: async ({ catalogue, options }) => {
    const wanted = options.fields as readonly string[] | undefined;
    await loadWanted(catalogue, wanted ?? [], "write");
    return new NdjsonEncoder(catalogue, wanted && new Set(wanted));
  },
};

const FRAME = constant('{"frame":');
const FIELDS = constant(',"fields":{');

const EMPTY_END = constant("}}\n");
const BARE_END = constant("]}}\n");
const QUOTED_END = constant('"]}}\n');

/** How packets that have the same fields in the same order are written. */
interface Layout {
  /** The fields of their item rows. */
  readonly fields: Int32Array;
  /** Of each value: its item row's position, its kind, and how many words and bytes of text stand before it. */
  readonly steps: Int32Array;
  /** The texts before the values, one after another, as in {@link Constant.words}. */
  readonly words: Float64Array;
  /** What each value's field is. */
  readonly infos: readonly FieldInfo[];
  /** What stands behind the last value. */
  readonly end: Constant;
  /** Bytes that all of it takes, but for values without bound. */
  readonly room: number;
}

/** Whether a layout is that of a packet with these item rows. */
function fits({ fields }: Layout, rows: Int32Array, used: number): boolean {
  if (fields.length * ITEM !== used) return false;
  for (let k = 0; k < fields.length; k++) {
    if (fields[k] !== (rows[k * ITEM] & FIELD_MASK)) return false;
  }
  return true;
}

/** Columns of a layout's steps. */
const STEP = 4;
/** Bytes of a number, an address or a truth value at most. */
const SHORT_BYTES = 48;

class NdjsonEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #emitter: Emitter;
  readonly #out = new TextWriter(1 << 18);
  readonly #wanted: ReadonlySet<string> | undefined;
  /** Where each field's abbreviation is counted; -1 if it is not wanted. */
  #slots = new Int32Array(0);
  /**
   * The layouts met, by a hash of their fields: most packets of a capture have one of a few. Of those with one hash the
   * last two are kept.
   */
  readonly #layouts: (Layout | undefined)[] = new Array(LAYOUTS_MAX).fill(undefined);
  /** The texts before values, by field and what stands before. */
  readonly #texts: Map<number, Constant> = new Map();
  /** While a layout is made: of each abbreviation the last value, -1 if there is none; and of each value the next. */
  #lasts = new Int32Array(0);
  #nexts = new Int32Array(256);

  constructor(catalogue: Catalogue, wanted: ReadonlySet<string> | undefined) {
    this.#catalogue = catalogue;
    this.#wanted = wanted;
    this.#emitter = new Emitter(catalogue, wanted);
  }
  /** Takes notice of the fields that joined the catalogue. */
  #learn(): void {
    const { fields, sameAbbrev } = this.#catalogue, wanted = this.#wanted;
    this.#slots = Int32Array.from(
      fields,
      ({ abbrev }, i) => abbrev !== "" && (!wanted || wanted.has(abbrev)) ? sameAbbrev[i] : -1,
    );
    this.#lasts = new Int32Array(fields.length).fill(-1);
  }
  head(): Uint8Array {
    return NOTHING;
  }
  tail(): Uint8Array {
    return NOTHING;
  }
  encode(batch: PacketBatch, _first?: boolean, room?: ArrayBuffer): Uint8Array {
    const out = this.#out;
    out.clear(room);
    if (this.#slots.length !== this.#catalogue.fields.length) this.#learn();
    const { frames } = batch, { count } = frames;
    for (let i = 0; i < count; i++) {
      const items = this.#emitter.packet(batch, i);
      const layout = this.#layout(items.rows, items.used);
      out.ensure(layout.room);
      out.put(FRAME);
      out.uint(frameNumber(frames, i));
      out.put(FIELDS);
      this.#values(layout, items);
      out.put(layout.end);
    }
    return out.written();
  }

  /** The layout of a packet with these item rows. */
  #layout(rows: Int32Array, used: number): Layout {
    let hash = used;
    for (let p = 0; p < used; p += ITEM) {
      hash = Math.imul(hash ^ (rows[p] & FIELD_MASK), 0x9e3779b1);
    }
    const place = (hash >>> 16) & (LAYOUTS_MAX - 2), layouts = this.#layouts;
    const newer = layouts[place];
    if (newer !== undefined && fits(newer, rows, used)) return newer;
    const older = layouts[place + 1];
    if (older !== undefined && fits(older, rows, used)) return older;
    const made = this.#lay(rows, used);
    if (made.fields.length <= LAYOUT_FIELDS_MAX) {
      layouts[place + 1] = newer;
      layouts[place] = made;
    }
    return made;
  }

  /** Lays out packets with these item rows: each key once, at its first value, with all its values. */
  #lay(rows: Int32Array, used: number): Layout {
    const slots = this.#slots, all = this.#catalogue.fields, lasts = this.#lasts;
    const count = used / ITEM, fields = new Int32Array(count);
    if (this.#nexts.length < count) this.#nexts = new Int32Array(count * 2);
    const nexts = this.#nexts, firsts: number[] = [];
    for (let k = 0; k < count; k++) {
      const field = fields[k] = rows[k * ITEM] & FIELD_MASK, slot = slots[field];
      if (slot < 0) continue;
      if (lasts[slot] < 0) firsts.push(k);
      else nexts[lasts[slot]] = k;
      lasts[slot] = k;
    }
    const order: number[] = [], texts: Constant[] = [], infos: FieldInfo[] = [];
    let room = 64, size = 0, before: FieldInfo | undefined;
    for (const first of firsts) {
      const slot = slots[fields[first]], last = lasts[slot];
      lasts[slot] = -1;
      for (let k = first;; k = nexts[k]) {
        const info = all[fields[k]], text = this.#text(before, fields[k], info, k !== first);
        order.push(k);
        texts.push(text);
        infos.push(info);
        size += text.words.length;
        room += text.length + SHORT_BYTES;
        before = info;
        if (k === last) break;
      }
    }
    const steps = new Int32Array(order.length * STEP), words = new Float64Array(size);
    let w = 0;
    for (let i = 0, s = 0; i < order.length; i++, s += STEP) {
      const text = texts[i];
      steps[s] = order[i] * ITEM;
      steps[s + 1] = infos[i].kind;
      steps[s + 2] = text.words.length;
      steps[s + 3] = text.length;
      for (let k = 0; k < text.words.length; k++) words[w++] = text.words[k];
    }
    const end = before ? isBare(before.kind) ? BARE_END : QUOTED_END : EMPTY_END;
    return { fields, steps, words, infos, end, room };
  }

  /** What stands between the value of `before`, if there is one, and a value of a field; `more`: of the same key. */
  #text(before: FieldInfo | undefined, field: number, info: FieldInfo, more: boolean): Constant {
    const quoted = before !== undefined && !isBare(before.kind);
    const which = field * 6 + (more ? 3 : 0) + (before ? quoted ? 2 : 1 : 0);
    let text = this.#texts.get(which);
    if (!text) {
      const key = more ? "," : `${before ? "]," : ""}"${info.abbrev}":[`;
      text = constant((quoted ? '"' : "") + key + (isBare(info.kind) ? "" : '"'));
      this.#texts.set(which, text);
    }
    return text;
  }

  /** Writes the values, each with the text before it. There is room for all that is of bounded length. */
  #values(layout: Layout, items: Items): void {
    const out = this.#out, rows = items.rows, { steps, words, infos, room } = layout;
    // The position is kept out of the writer, where it would go through memory with each byte.
    let { view, bytes, at } = out, w = 0;
    for (let s = 0; s < steps.length; s += STEP) {
      const p = steps[s], last = w + steps[s + 2];
      for (let o = at; w < last; w++, o += 8) view.setFloat64(o, words[w], true);
      at += steps[s + 3];
      const value = rows[p + 3];
      switch (steps[s + 1]) {
        case Kind.None:
          break;
        case Kind.Uint:
          if (value >= 0 && value < 10) bytes[at++] = 48 + value;
          else {
            out.at = at;
            out.uint(value);
            at = out.at;
          }
          break;
        case Kind.Bool: {
          const word = value !== 0 ? TRUE : FALSE;
          view.setFloat64(at, word.words[0], true);
          at += word.length;
          break;
        }
        case Kind.Ipv4:
          if ((rows[p + 1] & IN_TEXT) === 0) {
            out.at = at;
            out.ipv4(items.bytes, rows[p + 1]);
            at = out.at;
            break;
          }
          // falls through
        default:
          out.at = at;
          writeContent(out, items, p, infos[s / STEP]);
          out.ensure(room);
          ({ view, bytes, at } = out);
      }
    }
    out.at = at;
  }
}
