/**
 * What is found in a packet, field by field: rows of numbers. Text and objects are made from them by whoever wants
 * text or objects; dissecting makes neither.
 *
 * @module
 */
import { FIELDS_MAX, TEXT_BYTES_MAX, TIMES_MAX } from "./limits.ts";

/** Columns of an item row: field and depth, first byte, length, value. */
export const ITEM = 4;
/** An item's first column holds the field's index in its low 16 bits and its depth in the tree above them. */
export const FIELD_MASK = 0xffff;
/** Set in an item's second column if its bytes stand in {@link Items.text}, not in the packet. */
export const IN_TEXT = 0x4000_0000;

/** How a field's value is stored in its item row and shown; the numbers stand in rows and tables. */
export const Kind = {
  /** No value: a heading. */
  None: 0,
  /** Unsigned integer of up to 32 bits, in the row. */
  Uint: 1,
  /** Signed integer of up to 32 bits, in the row. */
  Int: 2,
  /** Truth value, in the row. */
  Bool: 3,
  /** Unsigned integer of up to 64 bits, read from its bytes. */
  Uint64: 4,
  /** MAC address, read from its 6 bytes. */
  Ether: 5,
  /** IPv4 address, read from its 4 bytes. */
  Ipv4: 6,
  /** IPv6 address, read from its (up to) 16 bytes. */
  Ipv6: 7,
  /** Bytes as they are. */
  Bytes: 8,
  /** Text in UTF-8 (what is not valid is shown as U+FFFD). */
  Text: 9,
  /** A DNS name, compression followed; the row's value is where its message starts. */
  Name: 10,
  /** Seconds since 1970, 32 bits unsigned, in the row. */
  Time: 11,
  /** Signed integer of up to 64 bits, read from its bytes. */
  Int64: 12,
  /** Little-endian unsigned integer of up to 64 bits, read from its bytes. */
  Uint64Le: 13,
  /** A span of time in seconds, 32 bits unsigned, in the row. */
  Seconds: 14,
  /** A time or span in seconds and nanoseconds; the row's value is its index in {@link Items.times}. */
  Epoch: 15,
} as const;
/** One of {@link Kind}. */
export type Kind = typeof Kind[keyof typeof Kind];

/** What an issue says: the capture was cut, or a length or value in the packet is impossible. */
export const Issue = {
  /** The frame was longer on the wire than what was captured. */
  Truncated: 1,
  /** A length, offset or value contradicts the bytes that are there. */
  Malformed: 2,
} as const;
/** One of {@link Issue}. */
export type Issue = typeof Issue[keyof typeof Issue];

/**
 * A place to collect items, and the cursor that the parts of a protocol read with. Reads past the end give 0 and set
 * `short`; nothing throws, and nothing outside the bounds is ever seen.
 */
export class Items {
  /** The bytes of the whole batch. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The rows, {@link ITEM} columns each. */
  rows: Int32Array = new Int32Array(ITEM * 512);
  /** Numbers of `rows` in use. */
  used: number = 0;
  /** Text made while dissecting (joined or decoded strings). */
  text: Uint8Array = new Uint8Array(4096);
  /** Bytes of `text` in use. */
  textUsed: number = 0;

  /** Pairs of seconds and nanoseconds that items of kind `Epoch` refer to. */
  times: Float64Array = new Float64Array(TIMES_MAX);
  /** Numbers of `times` in use. */
  timesUsed: number = 0;

  /** For each row, its first byte in the frame (-1: nowhere there) and how many, if an engine brought the rows. */
  places: Int32Array | undefined = undefined;

  /** Next byte to read. */
  at: number = 0;
  /** One past the last byte that may be read. */
  end: number = 0;
  /** Whether something was asked for that is not there. */
  short: boolean = false;
  /** Whether something contradicts itself. */
  malformed: boolean = false;
  /** Depth of the next item. */
  depth: number = 0;
  /** Index of the current protocol's first field. */
  base: number = 0;

  /** First byte of the current layer. */
  start: number = 0;
  /** One past the current layer's header. */
  headerEnd: number = 0;
  /** One past the last captured byte the current layer may use. */
  limit: number = 0;
  /** One past the last byte of the current layer on the wire; more than `limit` if the capture was cut. */
  reported: number = 0;
  /** The layer rows of the batch. */
  layers: Int32Array = new Int32Array(0);
  /** Where the current layer's row starts in `layers`. */
  layer: number = 0;
  /** Where the packet's first layer row starts in `layers`. */
  firstLayer: number = 0;
  /** Where the rows of the next packet start in `layers`. */
  lastLayer: number = 0;

  /** Forgets everything found so far and looks at `bytes`. */
  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.used = 0;
    this.textUsed = 0;
    this.timesUsed = 0;
    this.depth = 0;
    this.short = false;
    this.malformed = false;
  }

  /** Bytes left to read. */
  get left(): number {
    return this.end - this.at;
  }

  /** Makes room for `count` more rows. Answers whether there is: beyond {@link FIELDS_MAX} there is none. */
  room(count: number): boolean {
    const need = this.used + count * ITEM;
    if (need <= this.rows.length) return true;
    if (need > FIELDS_MAX * ITEM) return false;
    const rows = new Int32Array(Math.min(FIELDS_MAX * ITEM, need * 2));
    rows.set(this.rows.subarray(0, this.used));
    this.rows = rows;
    return true;
  }

  /** Adds an item for field `id` of the current protocol. */
  add(id: number, start: number, length: number, value: number): void {
    if (this.used + ITEM > this.rows.length && !this.room(1)) return;
    const rows = this.rows, p = this.used;
    rows[p] = (this.base + id) | (this.depth << 16);
    rows[p + 1] = start;
    rows[p + 2] = length;
    rows[p + 3] = value;
    this.used = p + ITEM;
  }

  /** Opens a heading for field `id`; what is added until {@link close} stands below it. Answers its row. */
  open(id: number): number {
    const p = this.used;
    this.add(id, this.at, 0, 0);
    this.depth++;
    return p;
  }

  /** Closes the heading that {@link open} answered `row` for: its length becomes what was read since. */
  close(row: number): void {
    this.depth--;
    if (row < this.used) this.rows[row + 2] = this.at - this.rows[row + 1];
  }

  /** The value of the item last added for field `id` of the current protocol; 0 if there is none. */
  valueOf(id: number): number {
    const rows = this.rows, want = this.base + id;
    for (let p = this.used - ITEM; p >= 0; p -= ITEM) {
      if ((rows[p] & FIELD_MASK) === want) return rows[p + 3];
    }
    return 0;
  }

  /** Whether `n` more bytes are there; if not, sets `short` and goes to the end. */
  has(n: number): boolean {
    if (n >= 0 && n <= this.end - this.at) return true;
    this.short = true;
    this.at = this.end;
    return false;
  }

  /** Looks at the byte `offset` from here without reading it; 0 if there is none. */
  peek(offset: number): number {
    const p = this.at + offset;
    return offset >= 0 && p < this.end ? this.bytes[p] : 0;
  }

  /** Looks at two bytes, big-endian, `offset` from here without reading them; 0 if they are not there. */
  peek16(offset: number): number {
    const p = this.at + offset;
    return offset >= 0 && p + 1 < this.end ? (this.bytes[p] << 8) | this.bytes[p + 1] : 0;
  }

  /** Adds a time or span for field `id`; seconds are rounded down. Nanoseconds that make seconds count as such. */
  addTime(id: number, seconds: number, nanoseconds: number): void {
    if (this.timesUsed + 2 > this.times.length) return;
    if (nanoseconds >= 1_000_000_000) {
      // A packet may say anything of a fraction.
      seconds += Math.floor(nanoseconds / 1_000_000_000);
      nanoseconds %= 1_000_000_000;
    }
    this.times[this.timesUsed] = seconds;
    this.times[this.timesUsed + 1] = nanoseconds;
    this.add(id, this.at, 0, this.timesUsed);
    this.timesUsed += 2;
  }

  /**
   * Begins a text item made of pieces: {@link putText} adds them, {@link endText} adds the item. Nothing else may make
   * text in between.
   */
  beginText(): number {
    return this.textUsed;
  }

  /** Adds bytes to the text begun. */
  putText(b: Uint8Array): void {
    const n = b.length;
    if (this.textUsed + n > TEXT_BYTES_MAX) return;
    if (this.textUsed + n > this.text.length) this.#growText(n);
    const text = this.text;
    let o = this.textUsed;
    for (let i = 0; i < n; i++) text[o++] = b[i];
    this.textUsed = o;
  }

  /** Adds a text item for field `id` from where {@link beginText} stood. */
  endText(id: number, from: number): void {
    this.add(id, from | IN_TEXT, this.textUsed - from, 0);
  }

  #growText(n: number): void {
    const grown = new Uint8Array(Math.max(this.text.length * 2, this.textUsed + n));
    grown.set(this.text.subarray(0, this.textUsed));
    this.text = grown;
  }

  /** Adds a text item whose characters (ASCII or UTF-8 bytes) are made, not found; `start` and `length` say from what. */
  addText(id: number, text: Uint8Array | string): void {
    const from = typeof text === "string" ? ENCODER.encode(text) : text;
    const n = Math.min(from.length, TEXT_BYTES_MAX - this.textUsed);
    if (this.textUsed + n > this.text.length) this.#growText(n);
    if (n <= 32) { for (let i = 0, o = this.textUsed; i < n; i++) this.text[o++] = from[i]; }
    else this.text.set(n < from.length ? from.subarray(0, n) : from, this.textUsed);
    this.add(id, this.textUsed | IN_TEXT, n, 0);
    this.textUsed += n;
  }
}

const ENCODER = new TextEncoder();
