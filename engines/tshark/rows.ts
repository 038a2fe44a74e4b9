/**
 * From what tshark prints to rows: one value after another, as numbers where it is one, and as places in the frame where
 * the frame holds the value as it is.
 *
 * @module
 */
import { type FrameBatch, frameNumber, keepFrames } from "../../core/batch.ts";
import { ISSUE, LAYER } from "../../core/catalogue.ts";
import type { PacketBatch } from "../../core/engine.ts";
import { IN_TEXT, type Issue, ITEM } from "../../core/items.ts";
import { FIELDS_MAX } from "../../core/limits.ts";
import { type Name, type Names, Shape } from "./names.ts";

/** Longest text of a number: 64 bits in base 10 with a sign. */
const NUMBER_CHARACTERS = 24;
const DIGITS_OF_NANOSECONDS = 9;

/** Rows of the packets of one batch after another. */
export class Rows {
  readonly #names: Names;
  /** Protocol that the fields at hand are met in. */
  owner = 0;

  #frames: FrameBatch | undefined;
  #rows = new Int32Array(ITEM * 4096);
  #places = new Int32Array(2 * 4096);
  #used = 0;
  #text = new Uint8Array(1 << 16);
  #textUsed = 0;
  #times = new Float64Array(256);
  #timesUsed = 0;
  #layers = new Int32Array(LAYER * 1024);
  #ofLayer = new Uint32Array(1024);
  #layersUsed = 0;
  #issues = new Int32Array(ISSUE * 64);
  #issuesUsed = 0;
  #first: Uint32Array = new Uint32Array(1);
  #firstLayer: Uint32Array = new Uint32Array(1);
  #kept: Uint32Array = new Uint32Array(0);
  #packets = 0;

  // The packet at hand.
  #start = 0;
  #captured = 0;
  #wire = 0;

  /** Names are numbered by `names`. */
  constructor(names: Names) {
    this.#names = names;
  }

  /** Turns to a batch. Rows answered before stay as they are. */
  begin(frames: FrameBatch): void {
    this.#frames = frames;
    this.#used =
      this.#textUsed =
      this.#timesUsed =
      this.#layersUsed =
      this.#issuesUsed =
        0;
    this.#first = new Uint32Array(frames.count + 1);
    this.#firstLayer = new Uint32Array(frames.count + 1);
    this.#kept = new Uint32Array(frames.count);
    this.#packets = 0;
  }

  /** Turns to the frame at `index` of the batch; frames that are passed over are left out. */
  packet(index: number): void {
    const { starts, capturedLengths, wireLengths } = this.#frames!;
    this.#start = starts[index];
    this.#captured = capturedLengths[index];
    this.#wire = wireLengths[index];
    this.#kept[this.#packets] = index;
    this.owner = 0;
  }

  /** Ends the packet at hand. */
  endPacket(): void {
    this.#packets++;
    this.#first[this.#packets] = this.#used;
    this.#firstLayer[this.#packets] = this.#layersUsed;
  }

  /** Forgets what was found of the packet at hand: it does not match the filter. */
  dropPacket(): void {
    this.#used = this.#first[this.#packets];
    this.#layersUsed = this.#firstLayer[this.#packets];
    while (
      this.#issuesUsed > 0 && this.#issues[this.#issuesUsed - ISSUE] === this.#packets
    ) this.#issuesUsed -= ISSUE;
  }

  /** What was found of the batch. */
  end(): PacketBatch {
    const count = this.#packets, given = this.#frames!;
    let frames = given;
    if (count < given.count) {
      const numbers = new Uint32Array(count);
      for (let k = 0; k < count; k++) numbers[k] = frameNumber(given, this.#kept[k]);
      frames = {
        ...keepFrames(given, this.#kept, count),
        ...(count > 0 ? { firstNumber: numbers[0] } : {}),
        numbers,
      };
    }
    return {
      frames,
      layers: this.#layers.slice(0, this.#layersUsed),
      firstLayer: this.#firstLayer.subarray(0, count + 1),
      issues: this.#issues.slice(0, this.#issuesUsed),
      issuesUsed: this.#issuesUsed,
      items: {
        rows: this.#rows.slice(0, this.#used),
        first: this.#first.subarray(0, count + 1),
        ofLayer: this.#ofLayer.slice(0, this.#layersUsed / LAYER),
        text: this.#text.slice(0, this.#textUsed),
        times: this.#times.slice(0, this.#timesUsed),
        places: this.#places.slice(0, this.#used / ITEM * 2),
      },
    };
  }

  /** A layer of the packet at hand, from byte `at` of the frame, `size` bytes long; its items follow. */
  layer(id: number, flags: number, at: number, size: number): void {
    const n = this.#layersUsed;
    if (n + LAYER > this.#layers.length) {
      const layers = new Int32Array(this.#layers.length * 2);
      layers.set(this.#layers);
      this.#layers = layers;
      const of = new Uint32Array(this.#ofLayer.length * 2);
      of.set(this.#ofLayer);
      this.#ofLayer = of;
    }
    const limit = this.#start + this.#captured;
    const start = Math.min(this.#start + at, limit);
    const layers = this.#layers;
    layers[n] = id | flags;
    layers[n + 1] = start;
    layers[n + 2] = Math.min(start + size, limit);
    layers[n + 3] = limit;
    layers[n + 4] = Math.max(limit, this.#start + this.#wire);
    this.#ofLayer[n / LAYER] = this.#used;
    this.#layersUsed = n + LAYER;
    this.owner = id;
  }

  /** The last layer holds nothing but its header. */
  closeLayers(): void {
    const n = this.#layersUsed - LAYER;
    if (n < this.#firstLayer[this.#packets]) return;
    const layers = this.#layers;
    layers[n + 3] = layers[n + 2];
    layers[n + 4] = Math.max(
      layers[n + 2],
      layers[n + 4] - (this.#start + this.#captured - layers[n + 2]),
    );
  }

  /** Where the header of the packet's last layer ends, as byte of the frame. */
  get lastEnd(): number {
    return this.#layersUsed > this.#firstLayer[this.#packets]
      ? this.#layers[this.#layersUsed - LAYER + 2] - this.#start
      : 0;
  }

  /** Bytes captured of the packet at hand. */
  get captured(): number {
    return this.#captured;
  }

  /** Something is wrong with the packet at hand, in its last layer. */
  issue(kind: Issue, at: number): void {
    if (this.#issuesUsed + ISSUE > this.#issues.length) {
      const grown = new Int32Array(this.#issues.length * 2);
      grown.set(this.#issues);
      this.#issues = grown;
    }
    const p = this.#issuesUsed, rows = this.#issues;
    rows[p] = this.#packets;
    rows[p + 1] = kind;
    rows[p + 2] = Math.max(this.#firstLayer[this.#packets], this.#layersUsed - LAYER);
    rows[p + 3] = this.#start + Math.max(0, at);
    rows[p + 4] = 0;
    rows[p + 5] = -1;
    this.#issuesUsed = p + ISSUE;
  }

  #add(field: number, depth: number, at: number, length: number, value: number): void {
    const p = this.#used;
    if (field < 0 || (p - this.#first[this.#packets]) >= FIELDS_MAX * ITEM) return;
    if (p + ITEM > this.#rows.length) {
      const rows = new Int32Array(this.#rows.length * 2);
      rows.set(this.#rows);
      this.#rows = rows;
      const places = new Int32Array(this.#places.length * 2);
      places.set(this.#places);
      this.#places = places;
    }
    const rows = this.#rows;
    rows[p] = field | (depth << 16);
    rows[p + 1] = at;
    rows[p + 2] = length;
    rows[p + 3] = value;
    this.#places[p >> 1] = this.#at;
    this.#places[(p >> 1) + 1] = this.#size;
    this.#used = p + ITEM;
  }

  /** Makes room for `n` bytes of text. */
  #room(n: number): void {
    if (this.#textUsed + n <= this.#text.length) return;
    const grown = new Uint8Array(Math.max(this.#text.length * 2, this.#textUsed + n));
    grown.set(this.#text.subarray(0, this.#textUsed));
    this.#text = grown;
  }

  // Where the value at hand stands in the frame; -1 for nowhere.
  #at = -1;
  #size = 0;

  /** A heading without value. */
  heading(name: Name, depth: number, at: number, size: number): void {
    const on = at >= 0 && size > 0 && at + size <= this.#captured;
    this.#at = on ? at : -1;
    this.#size = on ? size : 0;
    const field = name.shape === Shape.None
      ? this.#names.fieldOf(name, this.owner)
      : this.#names.textFieldOf(name, this.owner);
    if (name.shape === Shape.None) {
      this.#add(field, depth, this.#start + (on ? at : 0), this.#size, 0);
    } else this.#add(field, depth, this.#textUsed | IN_TEXT, 0, 0);
  }

  /**
   * A value: its text in `b` from `from` to `to`, and its bytes in hexadecimal from `hex` to `hexEnd`, if they are told
   * (`hex` < 0: they are not). `at` and `size` are where tshark says it stands. `escaped`: the text is XML's.
   */
  value(
    name: Name,
    depth: number,
    b: Uint8Array,
    from: number,
    to: number,
    at: number,
    size: number,
    hex: number,
    hexEnd: number,
    escaped: boolean,
  ): void {
    // Places are relative to what is dissected, which may be reassembled or decrypted: the bytes tell.
    let on = at >= 0 && size > 0 && at + size <= this.#captured;
    let verified = false;
    if (on && hex >= 0 && hexEnd - hex === size * 2) on = verified = this.#holds(b, hex, at, size);
    this.#at = on ? at : -1;
    this.#size = on ? size : 0;
    const place = this.#start + at;
    switch (name.shape) {
      case Shape.None:
        if (to > from) break;
        this.#add(
          this.#names.fieldOf(name, this.owner),
          depth,
          this.#start + (on ? at : 0),
          this.#size,
          0,
        );
        return;
      case Shape.Uint: {
        const v = unsigned(b, from, to);
        if (v < 0 || v > 0xffff_ffff) break;
        this.#add(
          this.#names.fieldOf(name, this.owner),
          depth,
          on ? place : this.#start,
          this.#size,
          v | 0,
        );
        return;
      }
      case Shape.Int: {
        const negative = b[from] === 45;
        const v = unsigned(b, negative ? from + 1 : from, to);
        if (v < 0 || v > 0x8000_0000 || (!negative && v === 0x8000_0000)) break;
        this.#add(
          this.#names.fieldOf(name, this.owner),
          depth,
          on ? place : this.#start,
          this.#size,
          negative ? -v | 0 : v,
        );
        return;
      }
      case Shape.Bool: {
        // "1" and "0", since Wireshark 4.2 "True" and "False".
        const v = b[from] === 49 || b[from] === 84 ? 1 : b[from] === 48 || b[from] === 70 ? 0 : -1;
        if (v < 0) break;
        this.#add(
          this.#names.fieldOf(name, this.owner),
          depth,
          on ? place : this.#start,
          this.#size,
          v,
        );
        return;
      }
      case Shape.Uint64:
      case Shape.Int64: {
        if (to === from || to - from > NUMBER_CHARACTERS) break;
        if (!this.#wide(b, from, to, name.size)) break;
        this.#add(
          this.#names.fieldOf(name, this.owner),
          depth,
          (this.#textUsed - name.size) | IN_TEXT,
          name.size,
          0,
        );
        return;
      }
      case Shape.Ether:
        if (to - from !== 17 || !this.#hex(b, from, to, 6)) break;
        return this.#bytes(name, depth, 6, verified ? place : -1);
      case Shape.Ipv4:
        if (!this.#ipv4(b, from, to)) break;
        return this.#bytes(name, depth, 4, verified ? place : -1);
      case Shape.Ipv6:
        if (hex < 0 || hexEnd - hex !== 32 || !this.#hex(b, hex, hexEnd, 16)) {
          if (hex >= 0 || !this.#ipv6(b, from, to)) break;
        }
        return this.#bytes(name, depth, 16, verified ? place : -1);
      case Shape.Bytes: {
        // With its bytes told and found in the frame there is nothing to keep.
        if (verified && (to - from === size * 2 || to - from === size * 3 - 1)) {
          this.#add(this.#names.fieldOf(name, this.owner), depth, place, size, 0);
          return;
        }
        const n = this.#anyHex(b, from, to);
        if (n < 0) break;
        return this.#bytes(name, depth, n, -1);
      }
      case Shape.Time:
        if (!this.#time(b, from, to)) break;
        this.#add(
          this.#names.fieldOf(name, this.owner),
          depth,
          this.#start,
          0,
          this.#timesUsed - 2,
        );
        return;
    }
    const n = escaped ? this.#unescape(b, from, to) : this.#copy(b, from, to);
    this.#add(
      this.#names.textFieldOf(name, this.owner),
      depth,
      (this.#textUsed - n) | IN_TEXT,
      n,
      0,
    );
  }

  /** A whole number. */
  number(name: Name, depth: number, value: number): void {
    this.#at = -1;
    this.#size = 0;
    if (name.shape === Shape.Uint) {
      this.#add(this.#names.fieldOf(name, this.owner), depth, this.#start, 0, value | 0);
      return;
    }
    const text = String(value), from = this.#textUsed;
    this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#text[from + i] = text.charCodeAt(i);
    this.#textUsed += text.length;
    this.#add(this.#names.textFieldOf(name, this.owner), depth, from | IN_TEXT, text.length, 0);
  }

  /** A time or span. */
  time(name: Name, depth: number, seconds: number, nanoseconds: number): void {
    this.#at = -1;
    this.#size = 0;
    if (name.shape !== Shape.Time) return;
    this.#addTime(seconds, nanoseconds);
    this.#add(this.#names.fieldOf(name, this.owner), depth, this.#start, 0, this.#timesUsed - 2);
  }

  #addTime(seconds: number, nanoseconds: number): void {
    if (this.#timesUsed + 2 > this.#times.length) {
      const grown = new Float64Array(this.#times.length * 2);
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#times[this.#timesUsed++] = seconds;
    this.#times[this.#timesUsed++] = nanoseconds;
  }

  /** Adds an item of the `n` bytes just put at the end of the text, or of the same bytes in the frame. */
  #bytes(name: Name, depth: number, n: number, place: number): void {
    const field = this.#names.fieldOf(name, this.owner);
    if (place >= 0) {
      let same = true;
      const b = this.#frames!.bytes, from = this.#textUsed - n;
      for (let i = 0; i < n && same; i++) same = b[place + i] === this.#text[from + i];
      if (same) {
        this.#textUsed -= n;
        return this.#add(field, depth, place, n, 0);
      }
    }
    this.#add(field, depth, (this.#textUsed - n) | IN_TEXT, n, 0);
  }

  /** Whether the frame holds, at `at`, the `size` bytes whose digits begin at `hex`. */
  #holds(b: Uint8Array, hex: number, at: number, size: number): boolean {
    const bytes = this.#frames!.bytes, start = this.#start + at;
    for (let i = 0; i < size; i++) {
      if (((digit(b[hex + 2 * i]) << 4) | digit(b[hex + 2 * i + 1])) !== bytes[start + i]) {
        return false;
      }
    }
    return true;
  }

  #copy(b: Uint8Array, from: number, to: number): number {
    const n = to - from;
    this.#room(n);
    const text = this.#text;
    let o = this.#textUsed;
    if (n > 64) text.set(b.subarray(from, to), o);
    else for (let i = from; i < to; i++) text[o++] = b[i];
    this.#textUsed += n;
    return n;
  }

  /** Copies XML's text as what it stands for. Answers its length. */
  #unescape(b: Uint8Array, from: number, to: number): number {
    const begin = this.#textUsed;
    this.#room(to - from);
    const text = this.#text;
    let o = begin;
    for (let i = from; i < to; i++) {
      const c = b[i];
      if (c !== 38) {
        text[o++] = c;
        continue;
      }
      let end = i + 1;
      while (end < to && end < i + 12 && b[end] !== 59) end++;
      const code = end < to ? entity(b, i + 1, end) : -1;
      if (code < 0) {
        text[o++] = c;
        continue;
      }
      // A character is never longer than its entity.
      if (code < 0x80) text[o++] = code;
      else if (code < 0x800) {
        text[o++] = 0xc0 | (code >> 6);
        text[o++] = 0x80 | (code & 63);
      } else {
        text[o++] = 0xe0 | ((code >> 12) & 15);
        text[o++] = 0x80 | ((code >> 6) & 63);
        text[o++] = 0x80 | (code & 63);
      }
      i = end;
    }
    this.#textUsed = o;
    return o - begin;
  }

  /** Puts `n` bytes from digits, with or without colons between, at the end of the text. */
  #hex(b: Uint8Array, from: number, to: number, n: number): boolean {
    const before = this.#textUsed;
    if (this.#anyHex(b, from, to) === n) return true;
    this.#textUsed = before;
    return false;
  }

  /** The same for any number of bytes; answers it, or -1 if they are no such digits. */
  #anyHex(b: Uint8Array, from: number, to: number): number {
    this.#room((to - from + 1) >> 1);
    const text = this.#text;
    let o = this.#textUsed;
    for (let i = from; i < to; i += 2) {
      if (b[i] === 58 && i > from) i++;
      const high = digit(b[i]), low = i + 1 < to ? digit(b[i + 1]) : -1;
      if ((high | low) < 0) return -1;
      text[o++] = (high << 4) | low;
    }
    const n = o - this.#textUsed;
    this.#textUsed = o;
    return n;
  }

  #ipv4(b: Uint8Array, from: number, to: number): boolean {
    this.#room(4);
    let o = this.#textUsed, part = -1, parts = 0;
    for (let i = from; i <= to; i++) {
      const c = i < to ? b[i] : 46;
      if (c >= 48 && c <= 57) part = (part < 0 ? 0 : part * 10) + c - 48;
      else if (c === 46 && part >= 0 && part <= 255 && parts < 4) {
        this.#text[o++] = part;
        part = -1;
        parts++;
      } else return false;
    }
    if (parts !== 4) return false;
    this.#textUsed = o;
    return true;
  }

  /** An IPv6 address as RFC 5952 writes it, without an IPv4 part unless it is the last 32 bits. */
  #ipv6(b: Uint8Array, from: number, to: number): boolean {
    this.#room(32);
    const groups: number[] = [];
    let gap = -1, i = from;
    if (b[i] === 58 && b[i + 1] === 58) {
      gap = 0;
      i += 2;
    }
    while (i < to) {
      let v = 0, n = 0;
      const begin = i;
      while (i < to && digit(b[i]) >= 0 && n < 4) {
        v = (v << 4) | digit(b[i++]);
        n++;
      }
      if (i < to && b[i] === 46) {
        const before = this.#textUsed;
        if (!this.#ipv4(b, begin, to)) return false;
        this.#textUsed = before;
        const t = this.#text;
        groups.push((t[before] << 8) | t[before + 1], (t[before + 2] << 8) | t[before + 3]);
        break;
      }
      if (n === 0) return false;
      groups.push(v);
      if (i === to) break;
      if (b[i] !== 58) return false;
      i++;
      if (i < to && b[i] === 58) {
        if (gap >= 0) return false;
        gap = groups.length;
        i++;
      } else if (i === to) return false;
    }
    if (gap >= 0) {
      groups.splice(gap, 0, ...new Array<number>(Math.max(0, 8 - groups.length)).fill(0));
    }
    if (groups.length !== 8) return false;
    for (const g of groups) {
      this.#text[this.#textUsed++] = g >> 8;
      this.#text[this.#textUsed++] = g & 255;
    }
    return true;
  }

  /** Puts a number of more than 32 bits, big-endian in `size` bytes, at the end of the text. */
  #wide(b: Uint8Array, from: number, to: number, size: number): boolean {
    let high = 0, low = 0;
    const negative = b[from] === 45;
    let i = negative ? from + 1 : from;
    const hex = b[i] === 48 && (b[i + 1] | 32) === 120;
    if (hex) i += 2;
    if (i >= to) return false;
    for (; i < to; i++) {
      const d = digit(b[i]);
      if (d < 0 || (!hex && d > 9)) return false;
      // In two halves of 32 bits.
      const base = hex ? 16 : 10;
      low = low * base + d;
      high = high * base + Math.floor(low / 0x1_0000_0000);
      low %= 0x1_0000_0000;
      if (high > 0xffff_ffff) return false;
    }
    if (negative) {
      low = low === 0 ? 0 : 0x1_0000_0000 - low;
      high = 0xffff_ffff - high + (low === 0 ? 1 : 0);
    }
    this.#room(size);
    for (let k = size - 1; k >= 0; k--) {
      const shift = (size - 1 - k) * 8;
      this.#text[this.#textUsed + k] = shift < 32
        ? (low >>> 0) / 2 ** shift
        : (high >>> 0) / 2 ** (shift - 32);
    }
    this.#textUsed += size;
    return true;
  }

  /** A time: `1795255062.406369000`, or `Nov 21, 2026 09:57:42.406369000 UTC`. */
  #time(b: Uint8Array, from: number, to: number): boolean {
    let seconds = 0, i = from;
    if (b[i] >= 65) {
      const month = MONTHS.indexOf(String.fromCharCode(b[i], b[i + 1], b[i + 2]));
      if (month < 0 || to - from < 24) return false;
      i += 4;
      let day = 0;
      for (; i < to && b[i] !== 44; i++) if (b[i] !== 32) day = day * 10 + b[i] - 48;
      const year = unsigned(b, i + 2, i + 6), hour = unsigned(b, i + 7, i + 9);
      const minute = unsigned(b, i + 10, i + 12), second = unsigned(b, i + 13, i + 15);
      if (year < 0 || hour < 0 || minute < 0 || second < 0 || !(day >= 1 && day <= 31)) {
        return false;
      }
      // Only UTC is asked for; any other zone stays text.
      if (b[to - 3] !== 85 || b[to - 2] !== 84 || b[to - 1] !== 67) return false;
      seconds = Date.UTC(year, month, day, hour, minute, second) / 1000;
      i += 15;
      to -= 4;
    } else {
      const begin = i;
      for (; i < to && b[i] >= 48 && b[i] <= 57; i++) seconds = seconds * 10 + b[i] - 48;
      if (i === begin || i - begin > 15) return false;
    }
    let nanoseconds = 0;
    if (i < to) {
      if (b[i++] !== 46 || to - i > DIGITS_OF_NANOSECONDS) return false;
      for (let k = 0; k < DIGITS_OF_NANOSECONDS; k++, i++) {
        const d = i < to ? b[i] - 48 : 0;
        if (d < 0 || d > 9) return false;
        nanoseconds = nanoseconds * 10 + d;
      }
    }
    this.#addTime(seconds, nanoseconds);
    return true;
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Value of a hexadecimal digit; -1 if it is none. */
function digit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const l = c | 32;
  return l >= 97 && l <= 102 ? l - 87 : -1;
}

/** An unsigned number in base 10, or 16 with `0x`; -1 if it is none or beyond 2^53. */
export function unsigned(b: Uint8Array, from: number, to: number): number {
  let v = 0;
  if (to <= from) return -1;
  if (to - from > 2 && b[from] === 48 && (b[from + 1] | 32) === 120) {
    for (let i = from + 2; i < to; i++) {
      const d = digit(b[i]);
      if (d < 0) return -1;
      v = v * 16 + d;
    }
  } else {
    for (let i = from; i < to; i++) {
      const d = b[i] - 48;
      if (d < 0 || d > 9) return -1;
      v = v * 10 + d;
    }
  }
  return v > Number.MAX_SAFE_INTEGER ? -1 : v;
}

/** The character of an XML entity without `&` and `;`; -1 if it is none. */
function entity(b: Uint8Array, from: number, to: number): number {
  if (b[from] === 35) {
    const hex = (b[from + 1] | 32) === 120;
    let v = 0;
    for (let i = from + (hex ? 2 : 1); i < to; i++) {
      const d = digit(b[i]);
      if (d < 0 || (!hex && d > 9)) return -1;
      v = v * (hex ? 16 : 10) + d;
    }
    return v <= 0xffff ? v : -1;
  }
  switch (to - from) {
    case 2:
      return b[from + 1] !== 116 ? -1 : b[from] === 108 ? 60 : b[from] === 103 ? 62 : -1;
    case 3:
      return b[from] === 97 ? 38 : -1;
    case 4:
      return b[from] === 113 ? 34 : b[from] === 97 ? 39 : -1;
  }
  return -1;
}
