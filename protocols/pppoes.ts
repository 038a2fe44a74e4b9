/**
 * PPP over Ethernet: sessions and discovery (RFC 2516).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, type Field, u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** A PPPoE header. */
export interface Pppoe {
  /** Always 1. */
  readonly version: number;
  /** Always 1. */
  readonly type: number;
  /** Code: 0 for a session, else a discovery message. */
  readonly code: number;
  /** Session identifier. */
  readonly session: number;
  /** Bytes of payload. */
  readonly length: number;
}

const HEADER = 6;
/** Codes (RFC 2516 section 5, RFC 5578). */
export const PPPOE_CODES: Readonly<Record<number, string>> = {
  0x00: "Session Data",
  0x07: "Active Discovery Offer (PADO)",
  0x09: "Active Discovery Initiation (PADI)",
  0x0a: "Active Discovery Session-Grant (PADG)",
  0x0b: "Active Discovery Session-Credit Response (PADC)",
  0x0c: "Active Discovery Quality (PADQ)",
  0x19: "Active Discovery Request (PADR)",
  0x65: "Active Discovery Session-confirmation (PADS)",
  0xa7: "Active Discovery Terminate (PADT)",
  0xd3: "Active Discovery Message (PADM)",
  0xd4: "Active Discovery Network (PADN)",
};

/** The header's fields, which sessions and discovery share. */
export function pppoeHeader(code: number): {
  readonly version: Field<number>;
  readonly type: Field<number>;
  readonly code: Field<number>;
  readonly session: Field<number>;
  readonly length: Field<number>;
} {
  return {
    version: bits(4, "pppoe.version", "Version", { initial: 1 }),
    type: bits(4, "pppoe.type", "Type", { initial: 1 }),
    code: u8("pppoe.code", "Code", { hex: true, values: PPPOE_CODES, initial: code }),
    session: u16("pppoe.session_id", "Session ID", { hex: true }),
    length: u16("pppoe.payload_length", "Payload Length", {
      auto: (d) => d.bytes.length - HEADER,
    }),
  };
}

/** PPP over Ethernet: sessions. */
export const pppoes: Protocol<Pppoe> = protocol<Pppoe>({
  name: "pppoes",
  title: "PPP-over-Ethernet Session",
  label: "PPPoE",
  layer: "link",
  parents: { ethertype: [0x8864] },
  fields: pppoeHeader(0),
  walk(w: Walker): void {
    const b = w.bytes, s = w.start;
    w.end = s + HEADER;
    w.close(w.end + ((b[s + 4] << 8) | b[s + 5]));
    w.next = -2;
    if (w.end < w.limit) w.to("pppoe.session", 0);
  },
  summary: pppoeSummary,
});

/** The code. */
export function pppoeSummary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < HEADER) return;
  out.ascii(PPPOE_CODES[layer.bytes[layer.start + 1]] ?? "Unknown");
}
