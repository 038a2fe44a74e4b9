/**
 * Text, written as bytes. Every output goes through this: no string is made for a number, an address or a constant.
 *
 * @module
 */
import { ipv6Dotted, ipv6Zeros } from "./address.ts";

/** Text known beforehand, as 64-bit words: storing words is several times faster than copying bytes. */
export interface Constant {
  /** Bytes of the text. */
  readonly length: number;
  /** The bytes, padded to whole words, read as little-endian doubles (UTF-8 without 0x7f never makes a NaN). */
  readonly words: Float64Array;
}

const ENCODER = new TextEncoder();

/**
 * Prepares text that will be written often. It must not have the character U+007F: a word with this byte at its end may
 * be no number, and is then not kept bit by bit.
 */
export function constant(text: string): Constant {
  const b = ENCODER.encode(text);
  if (b.includes(0x7f)) throw new TypeError(`Cannot prepare "${text}": it has a U+007F`);
  const view = new DataView(new ArrayBuffer((b.length + 7) & ~7));
  b.forEach((v, i) => view.setUint8(i, v));
  const words = new Float64Array(view.byteLength / 8);
  for (let i = 0; i < words.length; i++) words[i] = view.getFloat64(i * 8, true);
  return { length: b.length, words };
}

// Four decimal digits of each number below 10,000, as one big-endian word.
const DIGITS = new Int32Array(10_000);
// Two hexadecimal digits of each byte, as one big-endian half-word.
const HEX2 = new Uint16Array(256);
// Written as four wheels: this runs at every start, before anything is compiled.
for (let a = 48, i = 0; a < 58; a++) {
  for (let b = 48; b < 58; b++) {
    for (let c = 48; c < 58; c++) {
      const three = (a << 24) | (b << 16) | (c << 8);
      for (let d = 48; d < 58; d++) DIGITS[i++] = three | d;
    }
  }
}
// A byte in decimal and a dot, as one little-endian word, and how many characters that is.
const OCTETS = new Int32Array(256);
const OCTET_LENGTHS = new Uint8Array(256);
for (let i = 0; i < 256; i++) {
  const d = (n: number): number => n < 10 ? 48 + n : 87 + n;
  HEX2[i] = (d(i >> 4) << 8) | d(i & 15);
  const text = `${i}.`;
  OCTET_LENGTHS[i] = text.length;
  for (let k = 0; k < text.length; k++) OCTETS[i] |= text.charCodeAt(k) << (8 * k);
}

/** Collects text as bytes. Room is asked for once per packet or field with {@link TextWriter.ensure}. */
export class TextWriter {
  /** The bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes written. */
  at: number = 0;
  /** The bytes, for words. */
  view: DataView;
  /** Bytes last written as digits, and where the digits stand. */
  #hexOf: Uint8Array | undefined;
  #hexStart = 0;
  #hexLength = 0;
  #hexAt = 0;

  /** Starts with room for `size` bytes. */
  constructor(size = 1 << 16) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes sure that `n` more bytes (and a word) fit. */
  ensure(n: number): void {
    if (this.at + n + 64 <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + n + 64));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** What was written, as a view; gone with the next write after {@link clear}. */
  written(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  /**
   * Forgets what was written. Nothing else may move `at` back over hexadecimal digits. What is written next goes into
   * `room`, if that is given, as long as it fits.
   */
  clear(room?: ArrayBuffer): void {
    if (room) {
      this.bytes = new Uint8Array(room);
      this.view = new DataView(room);
    }
    this.at = 0;
    this.#hexLength = 0;
  }

  /** A prepared constant. Needs room for its length. */
  put(c: Constant): void {
    const words = c.words, view = this.view;
    let o = this.at;
    for (let i = 0; i < words.length; i++, o += 8) view.setFloat64(o, words[i], true);
    this.at += c.length;
  }

  /** One byte. Needs room. */
  byte(v: number): void {
    this.bytes[this.at++] = v;
  }

  /** A short ASCII string; makes its own room. For places that are not hot. */
  ascii(text: string): void {
    this.ensure(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  /** Any string, as UTF-8; makes its own room. */
  utf8(text: string): void {
    this.ensure(text.length * 3);
    this.at += ENCODER.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** Bytes as they are; makes its own room. */
  raw(b: Uint8Array, start = 0, end = b.length): void {
    this.ensure(end - start);
    this.bytes.set(start === 0 && end === b.length ? b : b.subarray(start, end), this.at);
    this.at += end - start;
  }

  /** An unsigned integer below 2^32 (given signed or unsigned) in decimal. Needs room for 16 bytes. */
  uint(value: number): void {
    // A negative or fractional position here would corrupt all that follows; >>> 0 rules both out.
    const v = value >>> 0;
    const view = this.view;
    let o = this.at;
    if (v < 10) {
      this.bytes[o] = 48 + v;
      this.at = o + 1;
      return;
    }
    if (v < 10_000) {
      const n = v < 100 ? 2 : v < 1000 ? 3 : 4;
      view.setInt32(o, DIGITS[v] << ((4 - n) * 8));
      this.at = o + n;
      return;
    }
    if (v < 100_000_000) {
      const high = (v / 10_000) | 0;
      const n = high < 10 ? 1 : high < 100 ? 2 : high < 1000 ? 3 : 4;
      view.setInt32(o, DIGITS[high] << ((4 - n) * 8));
      o += n;
      view.setInt32(o, DIGITS[v - high * 10_000]);
      this.at = o + 4;
      return;
    }
    const top = (v / 100_000_000) | 0, rest = v - top * 100_000_000;
    const n = top < 10 ? 1 : 2;
    view.setInt32(o, DIGITS[top] << ((4 - n) * 8));
    o += n;
    const high = (rest / 10_000) | 0;
    view.setInt32(o, DIGITS[high]);
    view.setInt32(o + 4, DIGITS[rest - high * 10_000]);
    this.at = o + 8;
  }

  /** A whole number of any size that a double holds exactly. Makes its own room. */
  number(value: number): void {
    this.ensure(24);
    if (value < 0) {
      this.bytes[this.at++] = 45;
      value = -value;
    }
    if (value <= 0xffff_ffff) this.uint(value);
    else this.ascii(String(value));
  }

  /** Exactly `digits` decimal digits, zeros in front (value below 10^9). Needs room. */
  padded(value: number, digits: number): void {
    let v = value >>> 0;
    const o = this.at;
    for (let i = digits - 1; i >= 0; i--) {
      const q = (v / 10) | 0;
      this.bytes[o + i] = 48 + v - q * 10;
      v = q;
    }
    this.at = o + digits;
  }

  /** Exactly `digits` hexadecimal digits (lower case). Needs room. */
  hex(value: number, digits: number): void {
    let o = this.at + digits;
    this.at = o;
    let v = value >>> 0;
    for (let i = 0; i < digits; i++) {
      const d = v & 15;
      this.bytes[--o] = d < 10 ? 48 + d : 87 + d;
      v >>>= 4;
    }
  }

  /** Bytes in hexadecimal, with a separator byte between them if one is given. Makes its own room. */
  hexBytes(b: Uint8Array, start: number, length: number, separator = 0): void {
    this.ensure(length * 3);
    const view = this.view;
    let o = this.at;
    if (separator === 0 && length >= 32) {
      // A payload is often said again by the layer within it: then its digits are there already.
      const skip = start - this.#hexStart;
      if (
        skip >= 0 && skip + length <= this.#hexLength && b === this.#hexOf &&
        o >= this.#hexAt + 2 * this.#hexLength
      ) {
        const from = this.#hexAt + 2 * skip;
        this.bytes.copyWithin(o, from, from + 2 * length);
        this.at = o + 2 * length;
        return;
      }
      this.#hexOf = b;
      this.#hexStart = start;
      this.#hexLength = length;
      this.#hexAt = o;
    }
    if (separator === 0) {
      // Four bytes a turn: half the stores, and a table that stays in the first-level cache.
      const end = start + length;
      let i = start;
      for (; i < end - 3; i += 4, o += 8) {
        view.setInt32(o, (HEX2[b[i]] << 16) | HEX2[b[i + 1]]);
        view.setInt32(o + 4, (HEX2[b[i + 2]] << 16) | HEX2[b[i + 3]]);
      }
      for (; i < end; i++, o += 2) view.setUint16(o, HEX2[b[i]]);
    } else {
      for (let i = start; i < start + length; i++, o += 3) {
        view.setUint16(o, HEX2[b[i]]);
        this.bytes[o + 2] = separator;
      }
      if (length > 0) o--;
    }
    this.at = o;
  }

  /** The MAC address at `o` of `b`. Needs room for 24 bytes. */
  mac(b: Uint8Array, o: number): void {
    const view = this.view, bytes = this.bytes;
    let p = this.at;
    for (let i = 0; i < 6; i++, p += 3) {
      view.setUint16(p, HEX2[b[o + i]]);
      bytes[p + 2] = 58;
    }
    this.at = p - 1;
  }

  /** The IPv4 address at `o` of `b`. Needs room for 24 bytes. */
  ipv4(b: Uint8Array, o: number): void {
    const view = this.view;
    let p = this.at;
    for (let i = o; i < o + 4; i++) {
      const v = b[i];
      view.setInt32(p, OCTETS[v], true);
      p += OCTET_LENGTHS[v];
    }
    this.at = p - 1;
  }

  /** The IPv6 address at `o` of `b` (RFC 5952). Needs room for 48 bytes. */
  ipv6(b: Uint8Array, o: number): void {
    const bytes = this.bytes;
    const dotted = ipv6Dotted(b, o), groups = dotted ? 6 : 8;
    const zeros = ipv6Zeros(b, o, groups), zeroAt = zeros >> 4, zeroLength = zeros & 15;
    let p = this.at, colon = false;
    for (let i = 0; i < groups; i++) {
      if (zeroLength > 0 && i === zeroAt) {
        bytes[p++] = 58;
        bytes[p++] = 58;
        colon = false;
        i += zeroLength - 1;
        continue;
      }
      if (colon) bytes[p++] = 58;
      const v = (b[o + i * 2] << 8) | b[o + i * 2 + 1];
      let s = v >= 0x1000 ? 12 : v >= 0x100 ? 8 : v >= 0x10 ? 4 : 0;
      for (; s >= 0; s -= 4) {
        const d = (v >> s) & 15;
        bytes[p++] = d < 10 ? 48 + d : 87 + d;
      }
      colon = true;
    }
    if (dotted) {
      if (colon) bytes[p++] = 58;
      this.at = p;
      this.ipv4(b, o + 12);
      return;
    }
    this.at = p;
  }

  /** An unsigned big-endian integer of up to 8 bytes in decimal. Makes its own room. */
  uint64(b: Uint8Array, o: number, length: number, little = false): void {
    this.ensure(24);
    let high = 0, low = 0;
    for (let i = 0; i < length; i++) {
      const v = b[little ? o + length - 1 - i : o + i];
      high = ((high << 8) | (low >>> 24)) >>> 0;
      low = ((low << 8) | v) >>> 0;
    }
    if (high === 0) return this.uint(low);
    if (high < 0x20_0000) return this.ascii(String(high * 4294967296 + low));
    this.ascii(((BigInt(high) << 32n) | BigInt(low)).toString());
  }

  /** Time as seconds and nine digits of a second. Makes its own room. */
  time(seconds: number, nanoseconds: number): void {
    this.ensure(48);
    if (seconds < 0) {
      // Stored rounded down: -5 s and 0.25 are -4.75.
      this.bytes[this.at++] = 45;
      if (nanoseconds > 0) {
        seconds += 1;
        nanoseconds = 1_000_000_000 - nanoseconds;
      }
      seconds = -seconds;
    }
    this.number(seconds);
    this.bytes[this.at++] = 46;
    const o = this.at, view = this.view;
    const high = (nanoseconds / 100_000) | 0, rest = nanoseconds - high * 100_000;
    const middle = (rest / 10_000) | 0;
    view.setInt32(o, DIGITS[high]);
    this.bytes[o + 4] = 48 + middle;
    view.setInt32(o + 5, DIGITS[rest - middle * 10_000]);
    this.at = o + 9;
  }

  /**
   * The inside of a JSON string (RFC 8259 section 7) from bytes that should be UTF-8: quotes, backslashes and control
   * characters escaped, what is not valid UTF-8 as U+FFFD. Makes its own room.
   */
  json(b: Uint8Array, start: number, length: number): void {
    this.ensure(length * 6);
    const out = this.bytes, end = start + length;
    let o = this.at;
    for (let i = start; i < end; i++) {
      const c = b[i];
      if (c >= 0x20 && c < 0x7f && c !== 0x22 && c !== 0x5c) out[o++] = c;
      else if (c === 0x22 || c === 0x5c) {
        out[o++] = 0x5c;
        out[o++] = c;
      } else if (c < 0x80) {
        out[o++] = 0x5c;
        const short = c === 10 ? 110 : c === 13 ? 114 : c === 9 ? 116 : 0;
        if (short) out[o++] = short;
        else {
          out[o++] = 117;
          out[o++] = 48;
          out[o++] = 48;
          this.view.setUint16(o, HEX2[c]);
          o += 2;
        }
      } else if (
        // Two bytes; C1 control characters and overlong forms have less than these.
        c < 0xe0 && i + 1 < end && (b[i + 1] & 0xc0) === 0x80 && ((c << 8) | b[i + 1]) >= 0xc2a0
      ) {
        out[o++] = c;
        out[o++] = b[++i];
      } else {
        const n = utf8Length(b, i, end);
        if (n === 0) {
          out[o++] = 0xef;
          out[o++] = 0xbf;
          out[o++] = 0xbd;
        } else if (n === 2 && c === 0xc2 && b[i + 1] < 0xa0) {
          // C1 control characters drive terminals as well: escaped like the others.
          out[o++] = 0x5c;
          out[o++] = 117;
          out[o++] = 48;
          out[o++] = 48;
          this.view.setUint16(o, HEX2[b[++i]]);
          o += 2;
        } else {
          for (let k = 0; k < n; k++) out[o++] = b[i + k];
          i += n - 1;
        }
      }
    }
    this.at = o;
  }

  /**
   * Text for one line of a terminal or a table, as Wireshark writes it: `\n`, `\r`, `\t`, `\"`-free, other control
   * characters as `\x1b` so that a packet cannot drive the terminal; invalid UTF-8 as U+FFFD. Makes its own room.
   */
  line(b: Uint8Array, start: number, length: number): void {
    this.ensure(length * 4);
    const out = this.bytes, end = start + length;
    let o = this.at;
    for (let i = start; i < end; i++) {
      const c = b[i];
      if (c >= 0x20 && c < 0x7f) out[o++] = c;
      else if (c < 0x80) {
        out[o++] = 0x5c;
        const short = c === 10 ? 110 : c === 13 ? 114 : c === 9 ? 116 : 0;
        if (short) out[o++] = short;
        else {
          out[o++] = 120;
          this.view.setUint16(o, HEX2[c]);
          o += 2;
        }
      } else {
        const n = utf8Length(b, i, end);
        // C1 control characters (U+0080 to U+009F) drive terminals as well.
        if (n === 0 || (n === 2 && c === 0xc2 && b[i + 1] < 0xa0)) {
          out[o++] = 0xef;
          out[o++] = 0xbf;
          out[o++] = 0xbd;
          if (n === 2) i++;
        } else {
          for (let k = 0; k < n; k++) out[o++] = b[i + k];
          i += n - 1;
        }
      }
    }
    this.at = o;
  }
}

/** Bytes of the valid UTF-8 sequence (RFC 3629) at `i`, or 0 if there is none. */
export function utf8Length(b: Uint8Array, i: number, end: number): number {
  const c = b[i];
  if (c < 0x80) return 1;
  const n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (c < 0xc2 || c > 0xf4 || i + n > end) return 0;
  const d = b[i + 1];
  if (c === 0xe0 && d < 0xa0) return 0; // overlong
  if (c === 0xed && d > 0x9f) return 0; // surrogates
  if (c === 0xf0 && d < 0x90) return 0; // overlong
  if (c === 0xf4 && d > 0x8f) return 0; // beyond U+10FFFF
  for (let k = 1; k < n; k++) if ((b[i + k] & 0xc0) !== 0x80) return 0;
  return n;
}
