/**
 * IP Authentication Header (RFC 4302).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, choose, fixedBytes, inline, u32, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IP_PROTOCOLS } from "./_names.ts";

/** An authentication header. */
export interface Ah {
  /** Protocol number of what follows. */
  readonly nextHeader: number;
  /** Length in words of 4 bytes, minus 2. */
  readonly length: number;
  /** Security parameters index. */
  readonly spi: number;
  /** Sequence number; a header of the length 0 has none. */
  readonly sequence?: number;
  /** Integrity check value. */
  readonly icv: Uint8Array;
}

/** Bytes up to the sequence number, which the header's length may leave out. */
const FIXED = 8;

/** IP Authentication Header. */
export const ah: Protocol<Ah> = protocol<Ah>({
  name: "ah",
  title: "Authentication Header",
  label: "AH",
  layer: "internet",
  parents: { "ip.proto": [51] },
  fields: {
    nextHeader: u8("ah.next_header", "Next header", { values: IP_PROTOCOLS, initial: 59 }),
    length: u8("ah.length", "Length", { auto: (d) => (d.headerLength >> 2) - 2 }),
    _reserved: fixedBytes(2, "ah.reserved", "Reserved"),
    spi: u32("ah.spi", "AH SPI", { hex: true }),
    _sequence: choose(
      (items) => items.at + 4 <= items.end ? 1 : 0,
      { 1: inline({ sequence: u32("ah.sequence", "AH Sequence") }) },
      undefined,
      (object) => object.length === 0 && object.sequence === undefined ? 0 : 1,
    ),
    icv: bytes("ah.icv", "AH ICV"),
  },
  next: { table: "ip.proto", field: "nextHeader" },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + (b[s + 1] + 2) * 4;
  w.next = -2;
  if (w.end < w.limit) w.to("ip.proto", b[s]);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < FIXED) return;
  const b = layer.bytes, s = layer.start + 4;
  out.ascii("AH (SPI=0x");
  out.ensure(16);
  out.hex((b[s] << 24) | (b[s + 1] << 16) | (b[s + 2] << 8) | b[s + 3], 8);
  out.ascii(")");
}
