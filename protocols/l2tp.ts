/**
 * Layer Two Tunneling Protocol, version 2 (RFC 2661).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, type Field, flag, inline, optional, u16, within } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** An L2TP header. */
export interface L2tp {
  /** Flags and version. */
  readonly flags: number;
  /** 1 for control messages. */
  readonly type: number;
  /** Version. */
  readonly version: number;
  /** Length of header and payload in bytes, if given. */
  readonly length?: number;
  /** Tunnel. */
  readonly tunnel: number;
  /** Session. */
  readonly session: number;
  /** Sequence number of this message. */
  readonly sent?: number;
  /** Sequence number expected next. */
  readonly received?: number;
  /** Bytes of padding in front of the payload. */
  readonly offset?: number;
  /** That padding. */
  readonly padding?: Uint8Array;
  /** Attribute-value pairs of a control message, as they are. */
  readonly pairs?: Uint8Array;
}

const CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200;

function flagsAt(items: Items): number {
  return (items.bytes[items.start] << 8) | items.bytes[items.start + 1];
}
const has = (mask: number) => (items: Items): boolean =>
  items.at >= items.start + 2 && (flagsAt(items) & mask) !== 0;

/** Layer Two Tunneling Protocol. */
export const l2tp: Protocol<L2tp> = protocol<L2tp>({
  name: "l2tp",
  title: "Layer 2 Tunneling Protocol",
  label: "L2TP",
  layer: "link",
  parents: { "udp.port": [1701] },
  fields: {
    flags: u16("l2tp.flags", "Flags", {
      hex: true,
      auto: ({ value: v }) =>
        2 | (v.pairs !== undefined || v.type === 1 ? CONTROL : 0) |
        (v.length !== undefined ? LENGTH : 0) | (v.sent !== undefined ? SEQUENCE : 0) |
        (v.offset !== undefined ? OFFSET : 0),
    }),
    type: within(CONTROL, "l2tp.type", "Type", {
      values: { 0: "Data Message", 1: "Control Message" },
    }),
    _lengthBit: flag(LENGTH, "l2tp.length_bit", "Length Bit"),
    _sequenceBit: flag(SEQUENCE, "l2tp.seq_bit", "Sequence Bit"),
    _offsetBit: flag(OFFSET, "l2tp.offset_bit", "Offset bit"),
    _priority: flag(0x0100, "l2tp.priority", "Priority"),
    version: within(15, "l2tp.version", "Version"),
    length: optional(
      has(LENGTH),
      u16("l2tp.length", "Length"),
      (v) => v.length !== undefined,
    ) as Field<number>,
    tunnel: u16("l2tp.tunnel", "Tunnel ID"),
    session: u16("l2tp.session", "Session ID"),
    _numbers: optional(
      has(SEQUENCE),
      inline({ sent: u16("l2tp.Ns", "Ns"), received: u16("l2tp.Nr", "Nr") }),
      (v) => v.sent !== undefined,
    ),
    _offset: optional(
      has(OFFSET),
      inline({
        offset: u16("l2tp.offset", "Offset"),
        padding: bytes(
          "",
          "Offset padding",
          (items) =>
            Math.min(
              items.end - items.at,
              (items.bytes[items.at - 2] << 8) | items.bytes[items.at - 1],
            ),
        ),
      }),
      (v) => v.offset !== undefined,
    ),
    pairs: optional(
      has(CONTROL),
      bytes("", "Attribute-value pairs"),
      (v) => v.pairs !== undefined,
    ) as Field<Uint8Array>,
  },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  const flags = (b[s] << 8) | b[s + 1];
  w.next = -2;
  let end = s + 6;
  if ((flags & LENGTH) !== 0) {
    if (s + 4 <= w.limit) {
      const length = (b[s + 2] << 8) | b[s + 3];
      if (length >= 8) w.close(s + length);
    }
    end += 2;
  }
  if ((flags & SEQUENCE) !== 0) end += 4;
  if ((flags & OFFSET) !== 0) {
    end += 2;
    if (end <= w.limit) end += (b[end - 2] << 8) | b[end - 1];
  }
  w.end = end;
  if (end >= w.limit) return;
  if ((flags & CONTROL) !== 0) w.end = w.limit;
  else if ((flags & 15) === 2) w.to("l2tp.payload", 0);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < 6) return;
  const b = layer.bytes, s = layer.start, at = s + (b[s] & 0x40 ? 4 : 2);
  if (at + 4 > layer.end) return;
  out.ascii(b[s] & 0x80 ? "Control Message" : "Data Message");
  out.ascii(" (tunnel id=");
  out.ensure(48);
  out.uint((b[at] << 8) | b[at + 1]);
  out.ascii(", session id=");
  out.ensure(24);
  out.uint((b[at + 2] << 8) | b[at + 3]);
  out.ascii(")");
}
