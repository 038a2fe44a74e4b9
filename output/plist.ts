/**
 * XML property list: the whole report as one dictionary, for Apple's tools and every reader of plists. Its shape is
 * described in `_report.ts`.
 *
 * Bytes are `<data>`, times `<date>` (which knows whole seconds only; `time_epoch` is exact), numbers of up to 64 bits
 * `<integer>`. Characters that XML 1.0 cannot hold are replaced by U+FFFD.
 *
 * Options: `indent` (`true`; `false` writes no white space between elements).
 *
 * @module
 */
import type { Format } from "../core/engine.ts";
import type { FieldInfo } from "../core/field.ts";
import { IN_TEXT, type Items, Kind } from "../core/items.ts";
import { type Constant, constant, TextWriter, utf8Length } from "../core/text_writer.ts";
import { ReportEncoder, ReportSink } from "./_report.ts";
import { hasPlainYear, writeDateTime, writeNanoseconds } from "./_time.ts";
import { writeText } from "./_values.ts";

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = (context) =>
  new ReportEncoder(context, new PlistSink(context.options.indent !== false));

const PROLOGUE = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>`;

/** What XML needs escaped, in text that is made from a JavaScript string, as ASCII. */
function escape(text: string): string {
  let xml = "";
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (c === "&") xml += "&amp;";
    else if (c === "<") xml += "&lt;";
    else if (c === ">") xml += "&gt;";
    else if (code >= 0x20 && code < 0x7f) xml += c;
    else xml += `&#${isXml(code) ? code : 0xfffd};`;
  }
  return xml;
}

/** Whether XML 1.0 (section 2.2) can hold the character. */
function isXml(code: number): boolean {
  return code === 9 || code === 10 || code === 13 || (code >= 0x20 && code < 0xd800) ||
    (code > 0xdfff && code < 0xfffe) || code > 0xffff;
}

const AMP = constant("&amp;");
const LESS = constant("&lt;");
const GREATER = constant("&gt;");
const RETURN = constant("&#13;");

/** Writes text that should be UTF-8 as XML. Makes its own room. */
function writeXml(out: TextWriter, b: Uint8Array, start: number, length: number): void {
  out.ensure(length * 5 + 8);
  const end = start + length;
  for (let i = start; i < end; i++) {
    const c = b[i];
    if (c >= 0x20 && c < 0x80) {
      if (c === 0x26) out.put(AMP);
      else if (c === 0x3c) out.put(LESS);
      else if (c === 0x3e) out.put(GREATER);
      else out.byte(c);
      continue;
    }
    // A bare carriage return would be read as a line feed (XML 1.0 section 2.11).
    if (c === 13) {
      out.put(RETURN);
      continue;
    }
    if (c === 9 || c === 10) {
      out.byte(c);
      continue;
    }
    const n = c < 0x80 ? 0 : utf8Length(b, i, end);
    // U+FFFE and U+FFFF are no characters for XML.
    const none = n === 3 && c === 0xef && b[i + 1] === 0xbf && b[i + 2] >= 0xbe;
    if (n === 0 || none) {
      out.byte(0xef);
      out.byte(0xbf);
      out.byte(0xbd);
      if (none) i += 2;
      continue;
    }
    for (let k = 0; k < n; k++) out.byte(b[i + k]);
    i += n - 1;
  }
}

const ALPHABET = new TextEncoder().encode(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
);
// Two digits for each 12 bits, as one big-endian half-word would be.
const BASE64 = new Uint16Array(4096);
for (let i = 0; i < 4096; i++) BASE64[i] = (ALPHABET[i >> 6] << 8) | ALPHABET[i & 63];

/** Writes bytes in base 64 (RFC 4648 section 4). Makes its own room. */
function writeBase64(out: TextWriter, b: Uint8Array, start: number, length: number): void {
  out.ensure(Math.ceil(length / 3) * 4);
  const to = out.bytes;
  const whole = start + length - length % 3;
  let o = out.at;
  for (let i = start; i < whole; i += 3) {
    const high = BASE64[(b[i] << 4) | (b[i + 1] >> 4)];
    const low = BASE64[((b[i + 1] & 15) << 8) | b[i + 2]];
    to[o] = high >> 8;
    to[o + 1] = high;
    to[o + 2] = low >> 8;
    to[o + 3] = low;
    o += 4;
  }
  const rest = length % 3;
  if (rest > 0) {
    const second = rest === 2 ? b[whole + 1] : 0;
    to[o++] = ALPHABET[b[whole] >> 2];
    to[o++] = ALPHABET[((b[whole] & 3) << 4) | (second >> 4)];
    to[o++] = rest === 2 ? ALPHABET[(second & 15) << 2] : 61;
    to[o++] = 61;
  }
  out.at = o;
}

const INTEGER = constant("<integer>");
const INTEGER_END = constant("</integer>");
const STRING = constant("<string>");
const STRING_END = constant("</string>");
const DATA = constant("<data>");
const DATA_END = constant("</data>");
const DATE = constant("<date>");
const DATE_END = constant("</date>");
const TRUE = constant("<true/>");
const FALSE = constant("<false/>");
const DICT = constant("<dict>");
const DICT_END = constant("</dict>");
const ARRAY = constant("<array>");
const ARRAY_END = constant("</array>");
const VALUE = constant("<key>value</key>");
const NAME = constant("<key>name</key>");

class PlistSink extends ReportSink {
  readonly #indent: boolean;
  readonly #lines: readonly Constant[];
  /** For values that are made as text first. */
  readonly #scratch = new TextWriter(1 << 12);
  #depth = 0;
  #empty = true;
  constructor(indent: boolean) {
    super();
    this.#indent = indent;
    this.#lines = Array.from({ length: 32 }, (_, n) => constant("\n" + "\t".repeat(n)));
  }
  override prepareKey(key: string): Constant {
    return constant(`<key>${escape(key)}</key>`);
  }
  override prepareText(text: string): Constant {
    return constant(`<string>${escape(text)}</string>`);
  }
  override begin(): void {
    this.#depth = 1;
    this.out.ascii(PROLOGUE);
  }
  override resume(): void {
    this.#depth = 1;
  }
  override finish(): void {
    this.out.ascii("\n</dict>\n</plist>\n");
  }
  #line(): void {
    this.#empty = false;
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
  #tag(tag: Constant): void {
    this.out.ensure(tag.length);
    this.out.put(tag);
  }
  override title(title: string, number: number): void {
    this.#line();
    this.out.ascii(`<key>${title}`);
    if (number > 0) {
      this.out.ascii(" ");
      this.out.number(number);
    }
    this.out.ascii("</key>");
  }
  override key(key: Constant): void {
    this.#line();
    this.#tag(key);
  }
  override element(): void {
    // Each value stands on a line of its own anyway.
  }
  #open(tag: Constant): void {
    this.#line();
    this.#tag(tag);
    this.#depth++;
    this.#empty = true;
  }
  #close(tag: Constant): void {
    this.#depth--;
    if (!this.#empty) this.#line();
    this.#tag(tag);
    this.#empty = false;
  }
  override open(): void {
    this.#open(DICT);
  }
  override close(): void {
    this.#close(DICT_END);
  }
  override openList(): void {
    this.#open(ARRAY);
  }
  override closeList(): void {
    this.#close(ARRAY_END);
  }
  override number(value: number): void {
    this.#line();
    this.#tag(INTEGER);
    this.out.number(value);
    this.#tag(INTEGER_END);
  }
  override bool(value: boolean): void {
    this.#line();
    this.#tag(value ? TRUE : FALSE);
  }
  override string(text: string): void {
    this.#line();
    this.out.ascii(`<string>${escape(text)}</string>`);
  }
  override text(text: Constant): void {
    this.#line();
    this.#tag(text);
  }
  override bytes(b: Uint8Array, start: number, length: number): void {
    this.#line();
    this.#tag(DATA);
    writeBase64(this.out, b, start, length);
    this.#tag(DATA_END);
  }
  override date(seconds: number, nanoseconds: number): void {
    this.#line();
    const out = this.out;
    out.ensure(96);
    // Readers of plists know years of four digits only; any other time is better text than an error.
    const plain = hasPlainYear(seconds);
    out.put(plain ? DATE : STRING);
    writeDateTime(out, seconds, 84);
    if (!plain) {
      out.byte(46);
      writeNanoseconds(out, nanoseconds);
    }
    out.byte(90);
    out.put(plain ? DATE_END : STRING_END);
  }
  override exact(seconds: number, nanoseconds: number): void {
    this.#line();
    this.#tag(STRING);
    this.out.time(seconds, nanoseconds);
    this.#tag(STRING_END);
  }
  override item(items: Items, p: number, info: FieldInfo): void {
    const { rows } = items;
    const length = rows[p + 2];
    const value = rows[p + 3];
    const made = (rows[p + 1] & IN_TEXT) !== 0;
    const b = made ? items.text : items.bytes;
    const at = made ? rows[p + 1] & ~IN_TEXT : rows[p + 1];
    switch (info.kind) {
      case Kind.Uint:
      case Kind.Seconds:
        return this.number(value >>> 0);
      case Kind.Int:
        return this.number(value);
      case Kind.Bool:
        return this.bool(value !== 0);
      case Kind.Time:
        return this.date(value >>> 0, 0);
      case Kind.Bytes:
        return this.bytes(b, at, length);
    }
    const out = this.out;
    this.#line();
    switch (info.kind) {
      case Kind.Uint64:
      case Kind.Uint64Le:
        this.#tag(INTEGER);
        out.uint64(b, at, length, info.kind === Kind.Uint64Le);
        return this.#tag(INTEGER_END);
      case Kind.Int64:
        this.#tag(INTEGER);
        writeText(out, items, p, info);
        return this.#tag(INTEGER_END);
      case Kind.Text:
        this.#tag(STRING);
        writeXml(out, b, at, length);
        return this.#tag(STRING_END);
    }
    const scratch = this.#scratch;
    scratch.clear();
    writeText(scratch, items, p, info);
    this.#tag(STRING);
    writeXml(out, scratch.bytes, 0, scratch.at);
    this.#tag(STRING_END);
  }
  override named(items: Items, p: number, info: FieldInfo, name: Constant | undefined): void {
    this.open();
    this.key(VALUE);
    this.item(items, p, info);
    if (name) {
      this.key(NAME);
      this.text(name);
    }
    this.close();
  }
}
