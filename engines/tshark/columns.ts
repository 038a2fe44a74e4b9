/**
 * Reading `tshark -T fields`: a line a packet, for when it is known which fields are wanted.
 *
 * @module
 */
import { Issue } from "../../core/items.ts";
import type { Name, Names } from "./names.ts";
import { RULE } from "./options.ts";
import { Output } from "./output.ts";
import { type Rows, unsigned } from "./rows.ts";

/** Between columns and between values: control characters, which tshark writes as `\x1f` where a value has them. */
const SEPARATOR = 0x1f, AGGREGATOR = 0x1e;
const NEWLINE = 10;

/** Arguments of tshark for these fields. `filtered`: a display filter is in use. */
export function columnArguments(fields: readonly string[], filtered: boolean): string[] {
  return [
    "-T",
    "fields",
    "-E",
    `separator=${String.fromCharCode(SEPARATOR)}`,
    "-E",
    `aggregator=${String.fromCharCode(AGGREGATOR)}`,
    "-E",
    "occurrence=a",
    ...columns(fields, filtered).flatMap((f) => ["-e", f]),
  ];
}

/** The columns: what is wanted, what tells of damage and of the filter, and last the number, which ends the packet. */
function columns(fields: readonly string[], filtered: boolean): string[] {
  return [
    ...new Set(fields),
    "_ws.malformed",
    "_ws.short",
    ...filtered ? ["frame.coloring_rule.name"] : [],
    "frame.number",
  ];
}

/** Reads lines of columns. */
export class ColumnsOutput extends Output {
  readonly #names: readonly Name[];
  readonly #wanted: number;
  readonly #filtered: boolean;
  /** Where each column of the packet at hand ends. */
  readonly #ends: Int32Array;
  readonly #number: number;
  /** A separator between columns, a digit of the number, and the line's end. */
  get least(): number {
    return this.#ends.length + 1;
  }
  #column = 0;
  #scanned = 0;
  #ready = 0;

  /** Reads `fields`, as {@link columnArguments} asks for them. */
  constructor(names: Names, fields: readonly string[], filtered: boolean) {
    super();
    const wanted = [...new Set(fields)];
    this.#names = wanted.map((f) => names.want(f));
    this.#wanted = wanted.length;
    this.#filtered = filtered;
    this.#ends = new Int32Array(columns(fields, filtered).length);
    this.#number = wanted.indexOf("frame.number");
  }

  protected override moved(by: number): void {
    this.#scanned -= by;
    for (let c = 0; c < this.#column; c++) this.#ends[c] -= by;
  }

  override next(): number {
    if (this.#ready !== 0) return this.#ready;
    const { bytes, to } = this, ends = this.#ends, last = ends.length - 1;
    let column = this.#column, p = Math.max(this.#scanned, this.from);
    for (; p < to; p++) {
      const c = bytes[p];
      if (c > SEPARATOR) continue;
      if (c === SEPARATOR && column < last) ends[column++] = p;
      // A line end in a value is part of it: packets end behind their last column.
      else if (c === NEWLINE && column === last) {
        ends[column] = p;
        const number = unsigned(bytes, last === 0 ? this.from : ends[last - 1] + 1, p);
        this.#column = 0;
        this.#scanned = p + 1;
        this.#ready = number > 0 ? number : -1;
        return this.#ready;
      }
    }
    this.#column = column;
    this.#scanned = p;
    return 0;
  }

  override take(rows: Rows, number: number): boolean {
    const { bytes } = this, ends = this.#ends, names = this.#names;
    let from = this.from;
    for (let c = 0; c < this.#wanted; c++) {
      const end = ends[c];
      if (c === this.#number) rows.number(names[c], 0, number);
      else if (end > from) {
        let value = from;
        for (let p = from; p < end; p++) {
          if (bytes[p] !== AGGREGATOR) continue;
          rows.value(names[c], 0, bytes, value, p, -1, 0, -1, -1, false);
          value = p + 1;
        }
        rows.value(names[c], 0, bytes, value, end, -1, 0, -1, -1, false);
      }
      from = end + 1;
    }
    let c = this.#wanted;
    if (ends[c] > from) rows.issue(Issue.Malformed, 0);
    if (ends[c + 1] > ends[c] + 1) rows.issue(Issue.Truncated, 0);
    c += 2;
    const matches = !this.#filtered || is(bytes, ends[c - 1] + 1, ends[c], RULE);
    this.from = ends[ends.length - 1] + 1;
    this.#ready = 0;
    return matches;
  }
}

/** Whether the bytes are this text. */
export function is(b: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (b[from + i] !== text.charCodeAt(i)) return false;
  return true;
}
