/**
 * Ethernet (IEEE 802.3 clause 3; Ethernet II).
 *
 * @module
 */
import { LAYER, type Walker } from "../core/catalogue.ts";
import { bytes, custom, flag, macAddress, u16, within } from "../core/field.ts";
import { FIELD_MASK, ITEM, type Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { ETHERTYPES } from "./_names.ts";

/** An Ethernet header. */
export interface Eth {
  /** Destination. */
  readonly dst: string;
  /** Source. */
  readonly src: string;
  /** EtherType (1536 and above); below that, the length of an 802.3 frame's data in bytes. */
  readonly type: number;
}

/** Smallest frame without its check sequence (IEEE 802.3 clause 4A.4.2): shorter ones were padded. */
const FRAME_MIN = 60;

const padding = bytes("eth.padding", "Padding");
const trailer = bytes("eth.trailer", "Trailer");

/** Ethernet. */
export const eth: Protocol<Eth> = protocol<Eth>({
  name: "eth",
  title: "Ethernet",
  label: "Ethernet",
  layer: "link",
  parents: { linktype: [1], ethertype: [0x6558] },
  fields: {
    dst: macAddress("eth.dst", "Destination", { also: "eth.addr" }),
    src: macAddress("eth.src", "Source", { also: "eth.addr" }),
    type: u16("eth.type", "Type", {
      hex: true,
      values: ETHERTYPES,
      below: { value: 1536, abbrev: "eth.len", name: "Length" },
    }),
    _trailer: custom({
      fields: { _padding: padding, _trailer: trailer },
      emit: emitTrailer,
      write: () => {},
    }),
  },
  next: { table: "ethertype", field: "type" },
  walk(w: Walker): void {
    const type = (w.bytes[w.start + 12] << 8) | w.bytes[w.start + 13];
    if (type >= 1536) {
      w.to("ethertype", type);
      return;
    }
    // A length of 802.3. What it does not cover is trailer, so the LLC layer is bounded by it.
    w.to("eth.802.3", 0);
  },
});
void [flag, within, FIELD_MASK, ITEM];

/** Reports what stands behind the payload: padding up to the smallest frame, then a trailer. */
function emitTrailer(items: Items): void {
  const next = items.layer + LAYER;
  if (next >= items.lastLayer) return;
  const end = items.layers[next + 3], reported = items.layers[next + 4];
  if (end >= items.limit || reported > end) return;
  void FRAME_MIN;
  items.add(padding.id, end, items.limit - end, 0);
}
