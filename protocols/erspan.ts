/**
 * Encapsulated Remote Switch Packet Analysis, types II and III (draft-foschiano-erspan).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, bool, choose, fixedBytes, inline, optional, u16, u32 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** An ERSPAN header. */
export interface Erspan {
  /** 1 for type II, 2 for type III. */
  readonly version: number;
  /** VLAN the frame came from. */
  readonly vlan: number;
  /** Class of service. */
  readonly cos: number;
  /** Whether the frame had a VLAN tag (type II), or what was wrong with it (type III). */
  readonly encap: number;
  /** 1 if the frame was cut. */
  readonly truncated: number;
  /** Session. */
  readonly span: number;
  /** Index of the port (type II). */
  readonly index?: number;
  /** Timestamp (type III). */
  readonly timestamp?: number;
  /** Security group tag (type III). */
  readonly sgt?: number;
  /** 1 for a subheader (type III). */
  readonly optional?: number;
  /** Platform's subheader, as it is (type III). */
  readonly platform?: Uint8Array;
}

const HEADER_II = 8, HEADER_III = 12, SUBHEADER = 8;

/** ERSPAN. */
export const erspan: Protocol<Erspan> = protocol<Erspan>({
  name: "erspan",
  title: "Encapsulated Remote Switch Packet ANalysis",
  label: "ERSPAN",
  layer: "link",
  parents: { "gre.proto": [0x88be, 0x22eb] },
  fields: {
    version: bits(4, "erspan.version", "Version", {
      values: { 1: "Type II", 2: "Type III" },
      initial: 1,
    }),
    vlan: bits(12, "erspan.vlan", "Vlan"),
    _form: choose(
      (items) => items.bytes[items.start] >> 4,
      {
        1: inline({
          cos: bits(3, "erspan.cos", "COS"),
          encap: bits(2, "erspan.encap", "Encap"),
          truncated: bits(1, "erspan.truncated", "Truncated"),
          span: bits(10, "erspan.spanid", "SpanID"),
          _reserved: bits(12, "erspan.reserved", "Reserved"),
          index: bits(20, "erspan.index", "Index"),
        }),
        2: inline({
          cos: bits(3, "erspan.cos", "COS"),
          encap: bits(2, "erspan.bso", "Bad/Short/Oversized"),
          truncated: bits(1, "erspan.truncated", "Truncated"),
          span: bits(10, "erspan.spanid", "SpanID"),
          timestamp: u32("erspan.timestamp", "Timestamp"),
          sgt: u16("erspan.sgt", "Security Group Tag"),
          pdu: bits(1, "erspan.p", "Has Ethernet PDU"),
          frameType: bits(5, "erspan.ft", "Frame Type"),
          hardware: bits(6, "erspan.hw", "Hardware ID"),
          direction: bool("erspan.direction", "Direction"),
          granularity: bits(2, "erspan.gra", "Timestamp granularity"),
          optional: bits(1, "erspan.o", "Optional Sub headers"),
          _sub: optional(
            (items) => (items.bytes[items.start + HEADER_III - 1] & 1) !== 0,
            inline({ platform: fixedBytes(SUBHEADER, "", "Platform Specific SubHeader") }),
            (o) => o.platform !== undefined,
          ),
        }),
      },
      undefined,
      (o) => (o.version as number | undefined) ?? 1,
    ),
  },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, limit = w.limit;
  w.next = -2;
  const version = b[s] >> 4;
  if (version !== 1 && version !== 2) return;
  w.end = s + (version === 1 ? HEADER_II : HEADER_III);
  if (w.end > limit) return;
  let type = 0;
  if (version === 2) {
    if (b[s + 11] & 1) w.end += SUBHEADER;
    if (w.end > limit) return;
    type = (b[s + 10] >> 2) & 31;
  }
  if (type === 0) w.to("linktype", 1);
  else w.next = -1;
}

function summary(_layer: { readonly start: number }, out: TextWriter): void {
  out.ascii("ERSPAN");
}
