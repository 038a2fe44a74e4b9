/**
 * JSON: the whole report as one object. Its shape is described in `_report.ts`.
 *
 * Numbers of up to 53 bits are numbers; 64-bit fields are text, since most readers would round them. Bytes are text in
 * hexadecimal, times are ISO 8601 in UTC with nanoseconds.
 *
 * Options: `indent` (`true`; `false` writes all of it on one line).
 *
 * @module
 */
import type { Format } from "../core/engine.ts";
import type { FieldInfo } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Constant, constant } from "../core/text_writer.ts";
import { ReportEncoder, ReportSink } from "./_report.ts";
import { writeDateTime, writeNanoseconds } from "./_time.ts";
import { writeJson } from "./_values.ts";

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = (context) =>
  new ReportEncoder(context, new JsonSink(context.options.indent !== false));

/** JSON text in ASCII. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const COMMA = 44;
const QUOTE = 34;
const VALUE = constant('"value": ');
const NAME = constant('"name": ');

class JsonSink extends ReportSink {
  readonly #indent: boolean;
  /** Line end and tabs for each depth that is usual. */
  readonly #lines: readonly Constant[];
  #depth = 0;
  /** Whether nothing stands yet in the object or list at hand. */
  #empty = true;
  constructor(indent: boolean) {
    super();
    this.#indent = indent;
    this.#lines = Array.from({ length: 32 }, (_, n) => constant("\n" + "\t".repeat(n)));
  }
  override prepareKey(key: string): Constant {
    return constant(quote(key) + ": ");
  }
  override prepareText(text: string): Constant {
    return constant(quote(text));
  }
  override begin(): void {
    this.#depth = 1;
    this.#empty = true;
    this.out.byte(123);
  }
  override resume(): void {
    this.#depth = 1;
    this.#empty = false;
  }
  override finish(): void {
    const out = this.out;
    this.#depth = 0;
    this.#line();
    out.ensure(2);
    out.byte(125);
    out.byte(10);
  }
  #line(): void {
    if (!this.#indent) return;
    const depth = this.#depth;
    const out = this.out;
    if (depth < this.#lines.length) {
      out.ensure(32);
      out.put(this.#lines[depth]);
      return;
    }
    out.ensure(depth + 1);
    out.byte(10);
    for (let i = 0; i < depth; i++) out.byte(9);
  }
  override element(): void {
    if (this.#empty) this.#empty = false;
    else {
      this.out.ensure(1);
      this.out.byte(COMMA);
    }
    this.#line();
  }
  override title(title: string, number: number): void {
    this.element();
    this.out.ascii(`"${title}`);
    if (number > 0) {
      this.out.ensure(1);
      this.out.byte(32);
      this.out.number(number);
    }
    this.out.ascii('": ');
  }
  override key(key: Constant): void {
    this.element();
    this.out.ensure(key.length);
    this.out.put(key);
  }
  #open(bracket: number): void {
    this.out.ensure(1);
    this.out.byte(bracket);
    this.#depth++;
    this.#empty = true;
  }
  #close(bracket: number): void {
    this.#depth--;
    if (!this.#empty) this.#line();
    this.out.ensure(1);
    this.out.byte(bracket);
    this.#empty = false;
  }
  override open(): void {
    this.#open(123);
  }
  override close(): void {
    this.#close(125);
  }
  override openList(): void {
    this.#open(91);
  }
  override closeList(): void {
    this.#close(93);
  }
  override number(value: number): void {
    this.out.number(value);
  }
  override bool(value: boolean): void {
    this.out.ascii(value ? "true" : "false");
  }
  override string(text: string): void {
    this.out.ascii(quote(text));
  }
  override text(text: Constant): void {
    this.out.ensure(text.length);
    this.out.put(text);
  }
  override bytes(b: Uint8Array, start: number, length: number): void {
    const out = this.out;
    out.ensure(8);
    out.byte(QUOTE);
    out.hexBytes(b, start, length);
    out.ensure(8);
    out.byte(QUOTE);
  }
  override date(seconds: number, nanoseconds: number): void {
    const out = this.out;
    out.ensure(64);
    out.byte(QUOTE);
    writeDateTime(out, seconds, 84);
    out.byte(46);
    writeNanoseconds(out, nanoseconds);
    out.byte(90);
    out.byte(QUOTE);
  }
  override exact(seconds: number, nanoseconds: number): void {
    const out = this.out;
    out.ensure(64);
    out.byte(QUOTE);
    out.time(seconds, nanoseconds);
    out.byte(QUOTE);
  }
  override item(items: Items, p: number, info: FieldInfo): void {
    writeJson(this.out, items, p, info);
  }
  override named(items: Items, p: number, info: FieldInfo, name: Constant | undefined): void {
    this.open();
    this.key(VALUE);
    writeJson(this.out, items, p, info);
    if (name) {
      this.key(NAME);
      this.text(name);
    }
    this.close();
  }
}
