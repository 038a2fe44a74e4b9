/**
 * PPP's Challenge Handshake Authentication Protocol (RFC 1994).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, choose, group, text, u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { controlWalk, HEADER } from "./_ppp_control.ts";

/** What challenges and responses carry. */
export interface ChapData {
  /** Length of the value in bytes. */
  readonly valueSize?: number;
  /** The challenge, or the response to it. */
  readonly value?: Uint8Array;
  /** Name of who sends it. */
  readonly name?: string;
}

/** A packet of the Challenge Handshake Authentication Protocol. */
export interface Chap {
  /** Code: 1 challenge, 2 response, 3 success, 4 failure. */
  readonly code: number;
  /** Identifier: answers bear that of the challenge. */
  readonly identifier: number;
  /** Length in bytes, header included. */
  readonly length: number;
  /** What it carries: a message of success or failure, bytes if the code is unknown. */
  readonly data: ChapData | string | Uint8Array;
}

const CODES: Readonly<Record<number, string>> = {
  1: "Challenge",
  2: "Response",
  3: "Success",
  4: "Failure",
};

const value = () =>
  group("chap.data", "Data", {
    valueSize: u8("chap.value_size", "Value Size"),
    value: bytes("chap.value", "Value", "valueSize"),
    name: text("chap.name", "Name", "rest", { keepEmpty: false }),
  });

/** Challenge Handshake Authentication Protocol. */
export const chap: Protocol<Chap> = protocol<Chap>({
  name: "chap",
  title: "PPP Challenge Handshake Authentication Protocol",
  label: "CHAP",
  layer: "application",
  parents: { "ppp.protocol": [0xc223] },
  fields: {
    code: u8("chap.code", "Code", { values: CODES, initial: 1 }),
    identifier: u8("chap.identifier", "Identifier"),
    length: u16("chap.length", "Length", { auto: (d) => d.bytes.length }),
    data: choose("code", {
      1: value(),
      2: value(),
      3: text("chap.message", "Message", "rest", { keepEmpty: false }),
      4: text("chap.message", "Message", "rest", { keepEmpty: false }),
    }, bytes("chap.stuff", "Stuff")) as never,
  },
  walk: (w: Walker): void => controlWalk(w),
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < 1) return;
  out.ascii(CODES[b[s]] ?? "Unknown");
  if (layer.end - s <= HEADER) return;
  if (b[s] === 1 || b[s] === 2) {
    const size = b[s + HEADER], at = s + HEADER + 1;
    if (at + size > layer.end) return;
    if (at + size < layer.end) {
      out.ascii(" (NAME='");
      out.line(b, at + size, layer.end - at - size);
      out.ascii("', VALUE=0x");
    } else out.ascii(" (VALUE=0x");
    out.hexBytes(b, at, size);
    out.ascii(")");
  } else if (b[s] === 3 || b[s] === 4) {
    out.ascii(" (MESSAGE='");
    out.line(b, s + HEADER, layer.end - s - HEADER);
    out.ascii("')");
  }
}
