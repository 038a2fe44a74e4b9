/**
 * VLAN tags (IEEE 802.1Q).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, bool, u16 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { LENGTH_MAX, to8023, toEthertype, trailing, TYPE_MIN, Whole } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** A VLAN tag and the type behind it. */
export interface Vlan {
  /** Priority code point. */
  readonly priority: number;
  /** Drop eligible indicator. */
  readonly dei: boolean;
  /** VLAN identifier. */
  readonly id: number;
  /** EtherType; up to 1500, the length of 802.3 data in bytes. */
  readonly type: number;
}

const HEADER = 4;
/** Names of priorities (IEEE 802.1Q-2011 table I-2). */
const PRIORITIES: Readonly<Record<number, string>> = {
  0: "Best Effort (default)",
  1: "Background",
  2: "Excellent Effort",
  3: "Critical Applications",
  4: "Video, < 100ms latency and jitter",
  5: "Voice, < 10ms latency and jitter",
  6: "Internetwork Control",
  7: "Network Control",
};

/** VLAN tags. */
export const vlan: Protocol<Vlan> = protocol<Vlan>({
  name: "vlan",
  title: "802.1Q Virtual LAN",
  label: "VLAN",
  layer: "link",
  parents: { ethertype: [0x8100, 0x9100] },
  fields: {
    _whole: new Whole(HEADER),
    priority: bits(3, "vlan.priority", "Priority", { values: PRIORITIES }),
    dei: bool("vlan.dei", "DEI"),
    id: bits(12, "vlan.id", "ID"),
    type: u16("vlan.etype", "Type", {
      hex: true,
      values: ETHERTYPES,
      below: { value: LENGTH_MAX + 1, abbrev: "vlan.len", name: "Length" },
      auto: (d) => d.bytes.length - HEADER <= LENGTH_MAX ? d.bytes.length - HEADER : 0,
    }),
    _trailer: trailing("vlan.trailer", { at: 2, zero: true }),
  },
  next: { table: "ethertype", field: "type" },
  // Types up to where those begin that do not name what follows by themselves, as in Ethernet.
  plain: { at: 2, span: 2, min: TYPE_MIN, max: 0x886f },
  walk,
  summary,
});

function typeAt(b: Uint8Array, start: number): number {
  return (b[start + 2] << 8) | b[start + 3];
}

function walk(w: Walker): void {
  const type = typeAt(w.bytes, w.start);
  if (type <= LENGTH_MAX) to8023(w, type);
  else toEthertype(w, type);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < HEADER) return;
  out.ascii("PRI: ");
  out.ensure(64);
  out.uint(b[s] >> 5);
  out.ascii("  DEI: ");
  out.uint((b[s] >> 4) & 1);
  out.ascii("  ID: ");
  out.uint(((b[s] & 15) << 8) | b[s + 1]);
}
