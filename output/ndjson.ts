/**
 * NDJSON: one line a packet, all fields by Wireshark's abbreviations, each a list of its values in the packet's order.
 *
 * @module
 */
import { frameNumber } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { FIELD_MASK, ITEM, Kind } from "../core/items.ts";
import { FIELDS_MAX } from "../core/limits.ts";
import { type Constant, constant, TextWriter } from "../core/text_writer.ts";
import { writeJson } from "./_values.ts";
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
const END = constant("]}}\n");
const EMPTY = constant("}}\n");

class NdjsonEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #emitter: Emitter;
  readonly #out = new TextWriter(1 << 18);
  /** `],"tcp.srcport":[` for each field, and the same at the beginning. */
  readonly #keys: (Constant | undefined)[] = [];
  readonly #first: (Constant | undefined)[] = [];
  /** For each abbreviation: in which packet it was last met, and its first item row there. */
  #mark = new Float64Array(0);
  /** Its last item row. */
  #tail = new Int32Array(0);
  /** The row of the same abbreviation behind each row that is not the last. */
  #next = new Int32Array(512);
  #packet = 0;
  /** Kind of each field. */
  #kinds = new Uint8Array(0);
  readonly #wanted: ReadonlySet<string> | undefined;
  /** Where each field is marked; -1 if it is not wanted. */
  #slots = new Int32Array(0);

  constructor(catalogue: Catalogue, wanted: ReadonlySet<string> | undefined) {
    this.#catalogue = catalogue;
    this.#wanted = wanted;
    this.#emitter = new Emitter(catalogue, wanted);
  }
  /** Makes room for the fields that joined the catalogue. */
  #learn(): void {
    const { fields, sameAbbrev } = this.#catalogue, n = fields.length, wanted = this.#wanted;
    this.#slots = Int32Array.from(
      fields,
      ({ abbrev }, i) => abbrev !== "" && (!wanted || wanted.has(abbrev)) ? sameAbbrev[i] : -1,
    );
    this.#kinds = Uint8Array.from(fields, (f) => f.kind);
    this.#tail = new Int32Array(n);
    this.#mark = new Float64Array(n);
  }
  head(): Uint8Array {
    return NOTHING;
  }
  tail(): Uint8Array {
    return NOTHING;
  }
  encode(batch: PacketBatch, _first?: boolean, room?: ArrayBufferLike): Uint8Array {
    const out = this.#out;
    out.clear(room);
    if (this.#slots.length !== this.#catalogue.fields.length) this.#learn();
    const { frames } = batch, { count } = frames;
    for (let i = 0; i < count; i++) {
      out.ensure(64);
      out.put(FRAME);
      out.uint(frameNumber(frames, i));
      out.put(FIELDS);
      this.#fields(batch, i);
    }
    return out.written();
  }
  #fields(batch: PacketBatch, index: number): void {
    const out = this.#out, items = this.#emitter.packet(batch, index);
    const rows = items.rows, used = items.used, slots = this.#slots;
    const mark = this.#mark, tail = this.#tail, kinds = this.#kinds, keys = this.#keys;
    const fields = this.#catalogue.fields;
    // Marks of this packet are from `stamp` on: the first row of each field, counted from there.
    const stamp = ++this.#packet * FIELDS_MAX;
    if (this.#next.length < used / ITEM) this.#next = new Int32Array(used);
    const next = this.#next;
    // A field may occur several times: its occurrences are chained, so that each key is written once.
    for (let p = 0, k = 0; p < used; p += ITEM, k++) {
      const slot = slots[rows[p] & FIELD_MASK];
      if (slot < 0) continue;
      if (mark[slot] < stamp) mark[slot] = stamp + k;
      else next[tail[slot]] = k;
      tail[slot] = k;
    }
    // Each key closes the list before it.
    let none = true;
    for (let p = 0, k = 0; p < used; p += ITEM, k++) {
      const field = rows[p] & FIELD_MASK, slot = slots[field];
      if (slot < 0 || mark[slot] !== stamp + k) continue;
      const key = keys[slot] ??= constant(`],"${fields[slot].abbrev}":[`);
      out.ensure(key.length + 96);
      if (none) {
        none = false;
        out.put(this.#first[slot] ??= constant(`"${fields[slot].abbrev}":[`));
      } else out.put(key);
      if (kinds[field] === Kind.Uint) out.uint(rows[p + 3]);
      else writeJson(out, items, p, fields[field]);
      for (let n = k, last = tail[slot]; n !== last;) {
        n = next[n];
        out.ensure(96);
        out.byte(44);
        writeJson(out, items, n * ITEM, fields[rows[n * ITEM] & FIELD_MASK]);
      }
    }
    out.ensure(16);
    out.put(none ? EMPTY : END);
  }
}
