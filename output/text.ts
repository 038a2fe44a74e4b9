/**
 * Text: one line a packet, in the columns and with the spacing of `tshark`; on demand with a dump of the bytes.
 *
 * Options: `time` (`relative` to the first frame, `delta` to the frame before, `epoch`, `utc`), `hex` (a dump below each
 * line, as `tshark -P -x`).
 *
 * @module
 */
import { frameNumber } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { TextWriter } from "../core/text_writer.ts";
import { Columns } from "./_columns.ts";
import { hasNanoseconds, writeDateTime } from "./_time.ts";

const NOTHING = new Uint8Array(0);
const SPACE = 32;
/** Least widths of the columns, as tshark's. */
const NUMBER_WIDTH = 5;
const TIME_WIDTH = 10;
const ADDRESS_WIDTH = 12;
const TIMES = ["relative", "delta", "epoch", "utc"] as const;
const RELATIVE = 0;
const DELTA = 1;
const EPOCH = 2;

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = ({ catalogue, options }) => {
  const { time = "relative", hex = false } = options;
  const index = TIMES.indexOf(time as typeof TIMES[number]);
  if (index < 0) {
    throw new RangeError(
      `Cannot write time "${time}": expected one of ${TIMES.join(", ")}`,
    );
  }
  return new TextEncoding(catalogue, index, hex === true);
};

class TextEncoding implements Encoder {
  readonly #columns: Columns;
  readonly #time: number;
  readonly #hex: boolean;
  readonly #out = new TextWriter(1 << 20);
  constructor(catalogue: Catalogue, time: number, hex: boolean) {
    this.#columns = new Columns(catalogue);
    this.#time = time;
    this.#hex = hex;
  }
  head(): Uint8Array {
    return NOTHING;
  }
  tail(): Uint8Array {
    return NOTHING;
  }
  encode(batch: PacketBatch, _first?: boolean, room?: ArrayBuffer): Uint8Array {
    const out = this.#out;
    const columns = this.#columns;
    const hex = this.#hex;
    out.clear(room);
    columns.batch(batch);
    const { frames } = batch;
    const { count, wireLengths, interfaceIds, interfaces } = frames;
    let known = -1;
    let fine = false;
    for (let i = 0; i < count; i++) {
      out.ensure(320);
      columns.packet(i);
      writeRight(out, frameNumber(frames, i), NUMBER_WIDTH);
      out.byte(SPACE);
      if (interfaceIds[i] !== known) {
        known = interfaceIds[i];
        fine = hasNanoseconds(interfaces[known]);
      }
      this.#writeTime(batch, i, fine);
      out.byte(SPACE);
      let at = out.at;
      for (let k = columns.sourceLength(); k < ADDRESS_WIDTH; k++) out.byte(SPACE);
      columns.source(out);
      const short = ADDRESS_WIDTH - (out.at - at);
      if (short > 0) {
        // Right-aligned: what was written moves to the right.
        const b = out.bytes;
        for (let k = out.at - 1; k >= at; k--) b[k + short] = b[k];
        for (let k = 0; k < short; k++) b[at + k] = SPACE;
        out.at += short;
      }
      // A space, an arrow to the right, a space, in UTF-8.
      const b = out.bytes;
      const o = out.at;
      b[o] = SPACE;
      b[o + 1] = 0xe2;
      b[o + 2] = 0x86;
      b[o + 3] = 0x92;
      b[o + 4] = SPACE;
      at = out.at = o + 5;
      columns.destination(out);
      while (out.at - at < ADDRESS_WIDTH) out.byte(SPACE);
      out.byte(SPACE);
      columns.protocol(out);
      out.ensure(64);
      out.byte(SPACE);
      out.uint(wireLengths[i]);
      out.byte(SPACE);
      columns.info(out);
      out.ensure(8);
      out.byte(10);
      if (hex) this.#dump(batch, i);
    }
    return out.written();
  }

  #writeTime(batch: PacketBatch, i: number, fine: boolean): void {
    const out = this.#out;
    const { seconds, nanoseconds, clock } = batch.frames;
    let s = seconds[i];
    let ns = nanoseconds[i];
    if (Number.isNaN(s)) {
      for (let k = 0; k < TIME_WIDTH; k++) out.byte(SPACE);
      return;
    }
    const mode = this.#time;
    if (mode === RELATIVE || mode === DELTA) {
      const before = mode === RELATIVE
        ? clock.firstSeconds
        : i > 0
        ? seconds[i - 1]
        : clock.previousSeconds;
      const beforeNs = mode === RELATIVE
        ? clock.firstNanoseconds
        : i > 0
        ? nanoseconds[i - 1]
        : clock.previousNanoseconds;
      // The first frame has none before it: zero.
      if (Number.isNaN(before)) s = ns = 0;
      else {
        const borrow = ns < beforeNs ? 1 : 0;
        s -= before + borrow;
        ns += borrow * 1_000_000_000 - beforeNs;
      }
    } else if (mode !== EPOCH) {
      writeDateTime(out, s, SPACE);
      this.#fraction(ns, fine);
      return;
    }
    const width = TIME_WIDTH - (fine ? 10 : 7);
    if (s >= 0 && s <= 0xffff_ffff) writeRight(out, s, width);
    else {
      // Rounded down: -1 s and 0.75 are -0.25.
      const negative = s < 0;
      if (negative && ns > 0) {
        s++;
        ns = 1_000_000_000 - ns;
      }
      const digits = String(Math.abs(s));
      for (let k = digits.length + (negative ? 1 : 0); k < width; k++) out.byte(SPACE);
      if (negative) out.byte(45);
      out.ascii(digits);
      out.ensure(256);
    }
    this.#fraction(ns, fine);
  }

  /** A dot and nine or six digits: those of a number with a one in front, which the dot replaces. */
  #fraction(ns: number, fine: boolean): void {
    const out = this.#out, at = out.at;
    out.uint(fine ? 1_000_000_000 + ns : 1_000_000 + ((ns / 1000) | 0));
    out.bytes[at] = 46;
  }

  /** Offset, 16 bytes in hexadecimal and as characters a line, an empty line around: as tshark. */
  #dump(batch: PacketBatch, i: number): void {
    const out = this.#out;
    const { bytes, starts, capturedLengths } = batch.frames;
    const start = starts[i];
    const length = capturedLengths[i];
    out.ensure(8);
    out.byte(10);
    const digits = length > 0xff_ffff ? 8 : length > 0xffff ? 6 : 4;
    for (let o = 0; o < length; o += 16) {
      out.ensure(96);
      out.hex(o, digits);
      out.byte(SPACE);
      const n = Math.min(16, length - o);
      for (let k = 0; k < 16; k++) {
        out.byte(SPACE);
        if (k < n) out.hex(bytes[start + o + k], 2);
        else {
          out.byte(SPACE);
          out.byte(SPACE);
        }
      }
      for (let k = 0; k < 3; k++) out.byte(SPACE);
      for (let k = 0; k < n; k++) {
        const c = bytes[start + o + k];
        out.byte(c >= 0x20 && c < 0x7f ? c : 46);
      }
      out.byte(10);
    }
    out.byte(10);
  }
}

/** An unsigned number below 2^32 in a column of at least `width`, flush right. Needs room. */
function writeRight(out: TextWriter, value: number, width: number): void {
  let digits = 1;
  for (let limit = 10; digits < width && value >= limit; limit *= 10) digits++;
  for (; digits < width; digits++) out.byte(SPACE);
  out.uint(value);
}
