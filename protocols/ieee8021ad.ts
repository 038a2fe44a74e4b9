/**
 * Service VLAN tags (IEEE 802.1ad), also those of a backbone (IEEE 802.1ah B-tags). Each tag is a layer.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import type { PacketItems } from "../core/emitter.ts";
import { bits, choose, type Field, inline, u16 } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { toEthertype, trailing, Whole } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** A service VLAN tag and the type behind it. */
export interface Ieee8021ad {
  /** Priority code point. */
  readonly priority: number;
  /** Drop eligible indicator: 0 or 1. */
  readonly dei: number;
  /** VLAN identifier. */
  readonly id: number;
  /** EtherType. */
  readonly type: number;
}

const HEADER = 4, TAG = 0x88a8;
/** Which of the identifiers it is. */
const LONE = 0, SERVICE = 1, CUSTOMER = 2;

/** Service VLAN tags. */
export const ieee8021ad: Protocol<Ieee8021ad> = protocol<Ieee8021ad>({
  name: "ieee8021ad",
  title: "IEEE 802.1ad",
  label: "802.1ad",
  layer: "link",
  parents: { ethertype: [TAG] },
  fields: {
    _whole: new Whole(HEADER),
    _tag: choose(
      place,
      { [SERVICE]: tag("ieee8021ad.svid"), [CUSTOMER]: tag("ieee8021ad.cvid") },
      tag("ieee8021ad.id"),
      () => LONE,
    ),
    type: u16("ieee8021ah.etype", "Type", { hex: true, values: ETHERTYPES }),
    _trailer: trailing("ieee8021ah.trailer"),
  },
  next: { table: "ethertype", field: "type" },
  walk,
  summary,
});

function tag(id: string): Field<unknown> {
  return inline({
    priority: bits(3, "ieee8021ad.priority", "Priority"),
    dei: bits(1, "ieee8021ad.dei", "DEI"),
    id: bits(12, id, "ID"),
  });
}

/** Of two tags in a row, the first is the service's and the second the customer's. */
function place(items: Items): number {
  const { layers, layer, firstLayer } = items;
  if (items.headerEnd - items.start < HEADER) return LONE;
  if (layers.length !== 0 && layer > firstLayer) {
    const below = (items as PacketItems).catalogue.protocols[layers[layer - LAYER] & PROTOCOL_MASK];
    if (below.name === "ieee8021ad") return CUSTOMER;
  }
  return ((items.bytes[items.start + 2] << 8) | items.bytes[items.start + 3]) === TAG
    ? SERVICE
    : LONE;
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + HEADER;
  if (w.end <= w.limit) toEthertype(w, (b[s + 2] << 8) | b[s + 3]);
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
  out.ascii("  DROP: ");
  out.uint((b[s] >> 4) & 1);
  out.ascii(" ID: ");
  out.uint(((b[s] & 15) << 8) | b[s + 1]);
}
