/**
 * Tree view: the whole report as text for people. Its shape is described in `_report.ts`; it looks like this:
 *
 * ```text
 * Frame 1
 *   |-- frame_info
 *   |     |-- ts_sec -> 1511106545
 *   |-- time -> 2017-11-19T15:49:05.471719000Z
 *   |-- ethernet
 *   |     |-- dst -> 40:33:1a:d1:85:1c
 *   |     |-- type -> IPv4 [0x0800]
 *   |     |-- ipv4
 *   |     |     |-- options -> NIL
 *   |     |     |-- raw
 *   |     |     |     |-- packet
 *   |     |     |     |     |--> 87 00 0e aa 00 00 00 00 fe 80 00 00 00 00 00 00
 *   |     |     |     |     |    1c cd 7c 77 ba c7
 * ```
 *
 * Control characters of a packet never reach the terminal: they are shown as `\x1b`.
 *
 * @module
 */
import type { Format } from "../core/engine.ts";
import type { FieldInfo } from "../core/field.ts";
import { IN_TEXT, type Items, Kind } from "../core/items.ts";
import { type Constant, constant } from "../core/text_writer.ts";
import { ReportEncoder, ReportSink } from "./_report.ts";
import { writeDateTime, writeNanoseconds } from "./_time.ts";
import { hexDigits, writeText } from "./_values.ts";

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = (context) => new ReportEncoder(context, new TreeSink());

const BRANCH = constant("|     ");
const ARROW = constant(" -> ");
const NIL = constant("NIL");
const ELEMENT = constant("|-->");
const MORE = constant("|    ");
const UNKNOWN = constant("Unknown");

/** ASCII that cannot drive a terminal. */
function plain(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/gu,
    (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`,
  );
}

class TreeSink extends ReportSink {
  /** Objects and lists around what comes next. */
  #depth = 0;
  /** What stands before a value: an arrow behind a key, a space behind a list's mark. */
  #keyed = true;
  /** Whether nothing stands yet in the object or list at hand. */
  #empty = true;
  override prepareKey(key: string): Constant {
    return constant(plain(key));
  }
  override prepareText(text: string): Constant {
    return constant(plain(text));
  }
  override begin(): void {
    this.resume();
  }
  override resume(): void {
    this.#depth = 0;
  }
  override finish(): void {
    // A tree has no end mark.
  }
  /** A new line with the branches of `depth`. */
  #line(depth: number): void {
    const out = this.out;
    out.ensure(depth * 6 + 16);
    out.byte(10);
    out.byte(32);
    out.byte(32);
    for (let i = 1; i < depth; i++) out.put(BRANCH);
    this.#empty = false;
  }
  override title(title: string, number: number): void {
    const out = this.out;
    // An empty line before each frame.
    if (number > 0) out.ascii("\n");
    out.ascii(title);
    if (number > 0) {
      out.ascii(" ");
      out.number(number);
    }
  }
  override key(key: Constant): void {
    this.#line(this.#depth);
    const out = this.out;
    out.ensure(key.length + 8);
    out.byte(124);
    out.byte(45);
    out.byte(45);
    out.byte(32);
    out.put(key);
    this.#keyed = true;
  }
  override element(): void {
    this.#line(this.#depth);
    this.out.put(ELEMENT);
    this.#keyed = false;
  }
  /** What stands before a value. */
  #lead(): void {
    const out = this.out;
    out.ensure(64);
    if (this.#keyed) out.put(ARROW);
    else out.byte(32);
  }
  #nil(): void {
    this.#keyed = true;
    this.#lead();
    this.out.put(NIL);
  }
  override open(): void {
    this.#depth++;
    this.#empty = true;
  }
  override close(): void {
    this.#depth--;
    if (this.#empty && this.#depth > 0) this.#nil();
    this.#empty = false;
    if (this.#depth === 0) {
      this.out.ensure(1);
      this.out.byte(10);
    }
  }
  override openList(): void {
    this.open();
  }
  override closeList(): void {
    this.close();
  }
  override number(value: number): void {
    this.#lead();
    this.out.number(value);
  }
  override bool(value: boolean): void {
    this.#lead();
    this.out.ascii(value ? "true" : "false");
  }
  override string(text: string): void {
    this.#lead();
    this.out.ascii(plain(text));
  }
  override text(text: Constant): void {
    this.#lead();
    this.out.ensure(text.length);
    this.out.put(text);
  }
  override bytes(b: Uint8Array, start: number, length: number): void {
    if (length === 0) return this.#nil();
    const out = this.out;
    if (length <= 16) {
      this.#lead();
      out.hexBytes(b, start, length, 32);
      return;
    }
    for (let o = 0; o < length; o += 16) {
      this.#line(this.#depth + 1);
      out.put(o === 0 ? ELEMENT : MORE);
      out.byte(32);
      out.hexBytes(b, start + o, Math.min(16, length - o), 32);
    }
  }
  override date(seconds: number, nanoseconds: number): void {
    this.#lead();
    const out = this.out;
    writeDateTime(out, seconds, 84);
    out.byte(46);
    writeNanoseconds(out, nanoseconds);
    out.byte(90);
  }
  override exact(seconds: number, nanoseconds: number): void {
    this.#lead();
    this.out.time(seconds, nanoseconds);
  }
  override item(items: Items, p: number, info: FieldInfo): void {
    const { rows } = items;
    if (info.kind === Kind.Bytes) {
      const made = (rows[p + 1] & IN_TEXT) !== 0;
      const at = made ? rows[p + 1] & ~IN_TEXT : rows[p + 1];
      return this.bytes(made ? items.text : items.bytes, at, rows[p + 2]);
    }
    if (info.kind === Kind.Bool) return this.bool(rows[p + 3] !== 0);
    if (info.kind === Kind.Time) return this.date(rows[p + 3] >>> 0, 0);
    this.#lead();
    writeText(this.out, items, p, info);
  }
  override named(items: Items, p: number, info: FieldInfo, name: Constant | undefined): void {
    this.#lead();
    const out = this.out;
    const shown = name ?? UNKNOWN;
    out.ensure(shown.length + 32);
    out.put(shown);
    out.byte(32);
    out.byte(91);
    const value = items.rows[p + 3];
    if (info.kind === Kind.Int) out.number(value);
    else if (info.hex) {
      out.byte(48);
      out.byte(120);
      out.hex(value, hexDigits(info));
    } else out.uint(value);
    out.ensure(8);
    out.byte(93);
  }
}
