/**
 * Columns of chosen fields, as `tshark -T fields` prints them.
 *
 * @module
 */
import type { Catalogue } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { FIELD_MASK, ITEM } from "../core/items.ts";
import { TextWriter } from "../core/text_writer.ts";
import { writeText } from "./_values.ts";
import { loadWanted } from "./_wanted.ts";

/** What {@link fields} may be told, as plain data. */
export interface FieldsOptions {
  /** Abbreviations, one a column; at least one. */
  readonly fields: readonly string[];
  /** Between columns; a tab if absent. */
  readonly separator?: string;
  /** Between several values of one column; a comma if absent. */
  readonly aggregator?: string;
  /** Which of several values are shown; all if absent. */
  readonly occurrence?: "first" | "last" | "all";
  /** Whether the first line names the columns. */
  readonly header?: boolean;
}

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = async ({ catalogue, options }) => {
  await loadWanted(catalogue, (options as unknown as FieldsOptions).fields ?? [], "print");
  return new FieldsEncoder(catalogue, options as unknown as FieldsOptions);
};

const ENCODER = new TextEncoder();

class FieldsEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #emitter: Emitter;
  readonly #out = new TextWriter(1 << 18);
  readonly #separator: Uint8Array;
  readonly #aggregator: Uint8Array;
  readonly #occurrence: "first" | "last" | "all";
  readonly #head: Uint8Array;
  /** Columns: for each field of the catalogue, the first column that shows it, or -1. */
  readonly #column: Int32Array;
  /** For each column, another column that shows the same field (asked for twice, or by two names), or -1. */
  readonly #more: Int32Array;
  readonly #columns: number;
  /** First and last item row of each column in the packet at hand. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Columns asked for a second time show the rows of this one. */
  readonly #source: Int32Array;
  #next = new Int32Array(256);

  constructor(catalogue: Catalogue, options: FieldsOptions) {
    const wanted = options.fields ?? [];
    if (wanted.length === 0) {
      throw new TypeError("Cannot print columns: no fields were chosen");
    }
    this.#catalogue = catalogue;
    this.#emitter = new Emitter(catalogue, new Set(wanted));
    this.#separator = ENCODER.encode(options.separator ?? "\t");
    this.#aggregator = ENCODER.encode(options.aggregator ?? ",");
    this.#occurrence = options.occurrence ?? "all";
    this.#head = options.header
      ? ENCODER.encode(wanted.join(options.separator ?? "\t") + "\n")
      : new Uint8Array(0);
    const names = [...new Set(wanted)];
    this.#source = Int32Array.from(wanted, (w) => names.indexOf(w));
    this.#columns = names.length;
    this.#column = new Int32Array(catalogue.fields.length).fill(-1);
    const more: number[] = [];
    // A field may belong to two columns: tcp.srcport, and tcp.port, which stands for both ports.
    const chains = new Map<number, number[]>();
    names.forEach((abbrev, c) => {
      for (const f of catalogue.fieldsOf(abbrev)) {
        chains.set(f, [...chains.get(f) ?? [], c]);
      }
    });
    for (const [f, columns] of chains) {
      this.#column[f] = more.length;
      columns.forEach((c, i) => more.push(c, i + 1 < columns.length ? 1 : 0));
    }
    this.#more = Int32Array.from(more);
    this.#first = new Int32Array(names.length);
    this.#last = new Int32Array(names.length);
  }
  head(): Uint8Array {
    return this.#head;
  }
  tail(): Uint8Array {
    return new Uint8Array(0);
  }
  encode(batch: PacketBatch, _first?: boolean, room?: ArrayBuffer): Uint8Array {
    const out = this.#out;
    out.clear(room);
    const n = batch.frames.count;
    for (let i = 0; i < n; i++) this.#line(batch, i);
    return out.written();
  }
  #line(batch: PacketBatch, index: number): void {
    const items = this.#emitter.packet(batch, index);
    const rows = items.rows, used = items.used, first = this.#first, last = this.#last;
    const columns = this.#columns, more = this.#more;
    // Rows of one column are chained; a row in several columns has a link for each.
    const need = (used / ITEM) * columns;
    if (this.#next.length < need) this.#next = new Int32Array(need * 2);
    const next = this.#next;
    first.fill(-1);
    for (let p = 0, k = 0; p < used; p += ITEM, k++) {
      let m = this.#column[rows[p] & FIELD_MASK];
      if (m < 0) continue;
      for (;; m += 2) {
        const c = more[m];
        next[k * columns + c] = -1;
        if (first[c] < 0) first[c] = k;
        else next[last[c] * columns + c] = k;
        last[c] = k;
        if (more[m + 1] === 0) break;
      }
    }
    const out = this.#out, source = this.#source, all = this.#catalogue.fields;
    const occurrence = this.#occurrence;
    for (let w = 0; w < source.length; w++) {
      if (w > 0) out.raw(this.#separator);
      const c = source[w];
      if (first[c] < 0) continue;
      let k = occurrence === "last" ? last[c] : first[c];
      for (;;) {
        const info = all[rows[k * ITEM] & FIELD_MASK];
        writeText(out, items, k * ITEM, info);
        k = occurrence === "all" ? next[k * columns + c] : -1;
        if (k < 0) break;
        out.raw(this.#aggregator);
      }
    }
    out.ensure(2);
    out.byte(10);
  }
}
