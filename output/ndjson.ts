/**
 * NDJSON: one line a packet, all fields by Wireshark's abbreviations, each a list of its values in the packet's order.
 *
 * @module
 */
import type { Catalogue } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { FIELD_MASK, ITEM } from "../core/items.ts";
import { type Constant, constant, TextWriter } from "../core/text_writer.ts";
import { writeJson } from "./_values.ts";

const NOTHING = new Uint8Array(0);

/** Line-delimited JSON. */
export const ndjson: Format = {
  name: "ndjson",
  title: "one JSON object a line and packet: all fields by Wireshark's names",
  extensions: ["ndjson", "jsonl"],
  aliases: ["jsonl", "ek"],
  start: async ({ catalogue, options }) => {
    const wanted = options.fields as readonly string[] | undefined;
    await catalogue.loadFields(wanted ?? []);
    return new NdjsonEncoder(catalogue, wanted && new Set(wanted));
  },
};

const FRAME = constant('{"frame":');
const FIELDS = constant(',"fields":{');

class NdjsonEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #emitter: Emitter;
  readonly #out = new TextWriter(1 << 18);
  /** `"tcp.srcport":[` for each field. */
  readonly #keys: (Constant | undefined)[] = [];
  /** First item row of each abbreviation in the packet at hand, if its stamp says so. */
  #head = new Int32Array(0);
  #tail = new Int32Array(0);
  #stamp = new Float64Array(0);
  #next = new Int32Array(512);
  #packet = 0;
  /** Which output columns a field belongs to, when only some are wanted. */
  readonly #wanted: ReadonlySet<string> | undefined;
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
    this.#head = new Int32Array(n);
    this.#tail = new Int32Array(n);
    this.#stamp = new Float64Array(n).fill(-1);
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
    const { count, firstNumber } = batch.frames;
    for (let i = 0; i < count; i++) {
      out.ensure(64);
      out.put(FRAME);
      out.uint(firstNumber + i);
      out.put(FIELDS);
      this.#fields(batch, i);
      out.ensure(8);
      out.byte(125);
      out.byte(125);
      out.byte(10);
    }
    return out.written();
  }
  #fields(batch: PacketBatch, index: number): void {
    const out = this.#out, items = this.#emitter.packet(batch, index);
    const rows = items.rows, used = items.used, slots = this.#slots;
    const head = this.#head, tail = this.#tail, stamp = this.#stamp;
    const packet = ++this.#packet;
    if (this.#next.length < used / ITEM) this.#next = new Int32Array(used);
    const next = this.#next;
    // A field may occur several times: its occurrences are chained, so that each key is written once.
    for (let p = 0, k = 0; p < used; p += ITEM, k++) {
      const slot = slots[rows[p] & FIELD_MASK];
      if (slot < 0) continue;
      next[k] = -1;
      if (stamp[slot] === packet) next[tail[slot]] = k;
      else {
        stamp[slot] = packet;
        head[slot] = k;
      }
      tail[slot] = k;
    }
    const fields = this.#catalogue.fields;
    let first = true;
    for (let p = 0, k = 0; p < used; p += ITEM, k++) {
      const slot = slots[rows[p] & FIELD_MASK];
      if (slot < 0 || head[slot] !== k) continue;
      const key = this.#keys[slot] ??= constant(`"${fields[slot].abbrev}":[`);
      out.ensure(key.length + 64);
      if (first) first = false;
      else out.byte(44);
      out.put(key);
      writeJson(out, items, p, fields[rows[p] & FIELD_MASK]);
      for (let n = next[k]; n >= 0; n = next[n]) {
        out.ensure(64);
        out.byte(44);
        writeJson(out, items, n * ITEM, fields[rows[n * ITEM] & FIELD_MASK]);
      }
      out.ensure(8);
      out.byte(93);
    }
  }
}
