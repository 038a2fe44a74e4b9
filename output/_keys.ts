/**
 * Item rows in the order of an object: each key once, at its first value, with all its values.
 *
 * @module
 */
import type { Catalogue } from "../core/catalogue.ts";
import { FIELD_MASK, ITEM } from "../core/items.ts";

/** Set in {@link KeyOrder.order} at values that are not the first of their key. */
export const MORE = 0x4000_0000;

/** Puts the rows of packets in order, of all fields that have an abbreviation or of those wanted. */
export class KeyOrder {
  readonly #catalogue: Catalogue;
  readonly #wanted: ReadonlySet<string> | undefined;
  /** Where each field's abbreviation is counted; -1 if it is not wanted. */
  #slots = new Int32Array(0);
  /** While a packet is put in order: of each abbreviation the last row, -1 if there is none; and of each row the next. */
  #lasts = new Int32Array(0);
  #nexts = new Int32Array(256);
  #firsts = new Int32Array(256);
  /** The rows' indexes in the order of their values, joined with {@link MORE}. */
  order: Int32Array = new Int32Array(256);

  /** For fields of `catalogue`: all, or those `wanted`. */
  constructor(catalogue: Catalogue, wanted: ReadonlySet<string> | undefined) {
    this.#catalogue = catalogue;
    this.#wanted = wanted;
  }

  /** Takes notice of the fields that joined the catalogue, if any did. To be called before each batch. */
  learn(): void {
    const { fields, sameAbbrev } = this.#catalogue, wanted = this.#wanted;
    const known = this.#slots, count = fields.length;
    if (known.length === count) return;
    const slots = this.#slots = new Int32Array(count);
    slots.set(known);
    for (let i = known.length; i < count; i++) {
      const { abbrev } = fields[i];
      slots[i] = abbrev !== "" && (!wanted || wanted.has(abbrev)) ? sameAbbrev[i] : -1;
    }
    this.#lasts = new Int32Array(count).fill(-1);
  }

  /** Puts `count` rows in {@link order}; answers how many stand there. */
  put(rows: Int32Array, count: number): number {
    if (this.order.length < count) {
      this.#nexts = new Int32Array(count * 2);
      this.#firsts = new Int32Array(count * 2);
      this.order = new Int32Array(count * 2);
    }
    const slots = this.#slots, lasts = this.#lasts, nexts = this.#nexts, firsts = this.#firsts;
    const order = this.order;
    let keys = 0, used = 0;
    for (let k = 0; k < count; k++) {
      const slot = slots[rows[k * ITEM] & FIELD_MASK];
      if (slot < 0) continue;
      if (lasts[slot] < 0) firsts[keys++] = k;
      else nexts[lasts[slot]] = k;
      lasts[slot] = k;
    }
    for (let i = 0; i < keys; i++) {
      const first = firsts[i], slot = slots[rows[first * ITEM] & FIELD_MASK], last = lasts[slot];
      lasts[slot] = -1;
      order[used++] = first;
      for (let k = first; k !== last;) {
        k = nexts[k];
        order[used++] = k | MORE;
      }
    }
    return used;
  }
}
