/**
 * CSV (RFC 4180): a line of names, then one line a packet.
 *
 * Options: `fields` (a list of Wireshark's field names, or of `source`, `destination`, `protocol`, `length`, `info`, the
 * columns of a packet list), `separator` (`,`; a tab makes TSV, which quotes nothing and ends lines with a line feed).
 * Several values of a field stand in one cell, joined by commas. Control characters are shown as `\n` or `\x1b`, so that
 * a packet is always one line.
 *
 * @module
 */
import { frameNumber } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { FIELD_MASK, ITEM } from "../core/items.ts";
import { TextWriter } from "../core/text_writer.ts";
import { Columns } from "./_columns.ts";
import { writeText } from "./_values.ts";
import { loadWanted } from "./_wanted.ts";

const DEFAULT = [
  "frame.number",
  "frame.time_epoch",
  "source",
  "destination",
  "protocol",
  "length",
  "info",
] as const;

/** Columns of a packet list, and what tshark calls them as fields. */
const SPECIAL: Readonly<Record<string, string>> = {
  "_ws.col.def_src": "source",
  "_ws.col.def_dst": "destination",
  "_ws.col.protocol": "protocol",
  "_ws.col.info": "info",
};

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = async ({ catalogue, options }) => {
  const { fields = DEFAULT, separator = "," } = options;
  const code = typeof separator === "string" && separator.length === 1
    ? separator.charCodeAt(0)
    : 0;
  if (code !== TAB && (code < 0x20 || code > 0x7e || code === QUOTE)) {
    throw new RangeError(`Cannot separate by "${separator}": expected one character of ASCII`);
  }
  const names = fields as readonly string[];
  await loadWanted(catalogue, names.filter((name) => columnOf(name) === undefined), "write");
  return new CsvEncoder(catalogue, names, code);
};

const QUOTE = 34;
const COMMA = 44;
const TAB = 9;
const CR = 13;
const LF = 10;

// What a column shows; 0 is a field.
const SOURCE = 1;
const DESTINATION = 2;
const PROTOCOL = 3;
const LENGTH = 4;
const INFO = 5;
const NUMBER = 6;
const EPOCH = 7;
const NAMES: Readonly<Record<string, number>> = {
  source: SOURCE,
  destination: DESTINATION,
  protocol: PROTOCOL,
  length: LENGTH,
  info: INFO,
  "frame.number": NUMBER,
  "frame.time_epoch": EPOCH,
  "frame.len": LENGTH,
};

/** What a column of a packet list shows; `undefined` if it is the name of a field. */
function columnOf(name: string): number | undefined {
  const lower = name.toLowerCase();
  return NAMES[SPECIAL[lower] ?? lower];
}

class CsvEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #columns: Columns;
  /** Absent if no column needs the fields of a packet. */
  readonly #emitter: Emitter | undefined;
  readonly #separator: number;
  readonly #head: Uint8Array;
  /** What each column shows. */
  readonly #kinds: Uint8Array;
  /** For each field, the first column that shows it; -1 if none does. */
  readonly #columnOf: Int32Array;
  /** For each field, the other columns that show it: `tcp.port` is both ports. */
  readonly #moreColumns: readonly (readonly number[] | undefined)[];
  /** For each column: first and last entry of the packet at hand in the chain, or -1. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Chains of item rows: row and next entry. */
  #chain = new Int32Array(1024);
  readonly #out = new TextWriter(1 << 20);
  readonly #scratch = new TextWriter(1 << 12);
  readonly #listed: boolean;

  constructor(catalogue: Catalogue, names: readonly string[], separator: number) {
    this.#catalogue = catalogue;
    this.#separator = separator;
    this.#columns = new Columns(catalogue);
    const n = names.length;
    this.#kinds = new Uint8Array(n);
    this.#columnOf = new Int32Array(catalogue.fields.length).fill(-1);
    const more: number[][] = new Array(catalogue.fields.length);
    const wanted = new Set<string>();
    names.forEach((name, column) => {
      const kind = columnOf(name);
      if (kind !== undefined) {
        this.#kinds[column] = kind;
        return;
      }
      wanted.add(name);
      for (const id of catalogue.fieldsOf(name)) {
        if (this.#columnOf[id] < 0) this.#columnOf[id] = column;
        else (more[id] ??= []).push(column);
      }
    });
    this.#moreColumns = more;
    this.#emitter = wanted.size > 0 ? new Emitter(catalogue, wanted) : undefined;
    this.#listed = this.#kinds.some((k) =>
      k === SOURCE || k === DESTINATION || k === PROTOCOL || k === INFO
    );
    this.#first = new Int32Array(n);
    this.#last = new Int32Array(n);
    const out = new TextWriter(1024);
    const encoder = new TextEncoder();
    names.forEach((name, column) => {
      out.ensure(8);
      if (column > 0) out.byte(separator);
      const b = encoder.encode(name);
      this.#cell(out, b, 0, b.length);
    });
    this.#end(out);
    this.#head = out.written();
  }
  head(): Uint8Array {
    return this.#head;
  }
  tail(): Uint8Array {
    return new Uint8Array(0);
  }

  #end(out: TextWriter): void {
    out.ensure(8);
    if (this.#separator !== TAB) out.byte(CR);
    out.byte(LF);
  }

  encode(batch: PacketBatch, _first?: boolean, room?: ArrayBuffer): Uint8Array {
    const out = this.#out;
    const { frames } = batch;
    const { count, seconds, nanoseconds, wireLengths } = frames;
    const kinds = this.#kinds;
    const columns = this.#columns;
    const scratch = this.#scratch;
    out.clear(room);
    columns.batch(batch);
    for (let i = 0; i < count; i++) {
      if (this.#listed) columns.packet(i);
      if (this.#emitter) this.#collect(batch, i);
      for (let column = 0; column < kinds.length; column++) {
        out.ensure(96);
        if (column > 0) out.byte(this.#separator);
        switch (kinds[column]) {
          case SOURCE:
            columns.source(out);
            continue;
          case DESTINATION:
            columns.destination(out);
            continue;
          case LENGTH:
            out.uint(wireLengths[i]);
            continue;
          case NUMBER:
            out.number(frameNumber(frames, i));
            continue;
          case EPOCH:
            if (!Number.isNaN(seconds[i])) out.time(seconds[i], nanoseconds[i]);
            continue;
        }
        scratch.clear();
        if (kinds[column] === PROTOCOL) columns.protocol(scratch);
        else if (kinds[column] === INFO) columns.info(scratch);
        else this.#values(column);
        this.#cell(out, scratch.bytes, 0, scratch.at);
      }
      this.#end(out);
    }
    return out.written();
  }

  /** Chains the packet's items by column. */
  #collect(batch: PacketBatch, index: number): void {
    const { rows, used } = this.#emitter!.packet(batch, index);
    this.#first.fill(-1);
    let n = 0;
    for (let p = 0; p < used; p += ITEM) {
      const id = rows[p] & FIELD_MASK;
      const column = this.#columnOf[id];
      if (column < 0) continue;
      n = this.#add(column, p, n);
      const more = this.#moreColumns[id];
      if (more) { for (const other of more) n = this.#add(other, p, n); }
    }
  }
  #add(column: number, row: number, n: number): number {
    if (n + 2 > this.#chain.length) {
      const grown = new Int32Array(this.#chain.length * 2);
      grown.set(this.#chain);
      this.#chain = grown;
    }
    this.#chain[n] = row;
    this.#chain[n + 1] = -1;
    if (this.#first[column] < 0) this.#first[column] = n;
    else this.#chain[this.#last[column] + 1] = n;
    this.#last[column] = n;
    return n + 2;
  }

  #values(column: number): void {
    const scratch = this.#scratch;
    const chain = this.#chain;
    const { items } = this.#emitter!;
    const { fields } = this.#catalogue;
    const first = this.#first[column];
    for (let n = first; n >= 0; n = chain[n + 1]) {
      if (n !== first) {
        scratch.ensure(8);
        scratch.byte(COMMA);
      }
      writeText(scratch, items, chain[n], fields[items.rows[chain[n]] & FIELD_MASK]);
    }
  }

  /** Writes a cell, in quotes if it needs them. */
  #cell(out: TextWriter, b: Uint8Array, from: number, to: number): void {
    const separator = this.#separator;
    let quotes = 0;
    let special = false;
    for (let i = from; i < to; i++) {
      const c = b[i];
      if (c === QUOTE) quotes++;
      else if (c === separator || c === LF || c === CR) special = true;
    }
    out.ensure(to - from + quotes + 2);
    if (separator === TAB) {
      // TSV cannot quote, and need not: values hold neither tabs nor line ends.
      for (let i = from; i < to; i++) {
        out.byte(b[i] === TAB || b[i] === LF || b[i] === CR ? 32 : b[i]);
      }
      return;
    }
    if (quotes === 0 && !special) {
      for (let i = from; i < to; i++) out.byte(b[i]);
      return;
    }
    out.byte(QUOTE);
    for (let i = from; i < to; i++) {
      if (b[i] === QUOTE) out.byte(QUOTE);
      out.byte(b[i]);
    }
    out.byte(QUOTE);
  }
}
