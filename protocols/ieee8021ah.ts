/**
 * Service instance tags of provider backbone bridges, with the customer's addresses (IEEE 802.1ah).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, macAddress, u16 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { toEthertype, trailing } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** A service instance tag (I-tag), the customer's addresses, and the type behind them. */
export interface Ieee8021ah {
  /** Priority code point. */
  readonly priority: number;
  /** Drop eligible indicator: 0 or 1. */
  readonly drop: number;
  /** Whether there are no customer addresses: 0 or 1. */
  readonly nca: number;
  /** Reserved bit, ignored. */
  readonly reserved1: number;
  /** Reserved bits; a frame with others than 0 is to be discarded. */
  readonly reserved2: number;
  /** Service instance identifier. */
  readonly isid: number;
  /** The customer's destination. */
  readonly dst: string;
  /** The customer's source. */
  readonly src: string;
  /** EtherType. */
  readonly type: number;
}

const HEADER = 18;

/** Service instance tags. */
export const ieee8021ah: Protocol<Ieee8021ah> = protocol<Ieee8021ah>({
  name: "ieee8021ah",
  title: "IEEE 802.1ah",
  label: "802.1ah",
  layer: "link",
  parents: { ethertype: [0x88e7] },
  fields: {
    priority: bits(3, "ieee8021ah.priority", "Priority"),
    drop: bits(1, "ieee8021ah.drop", "DROP"),
    nca: bits(1, "ieee8021ah.nca", "NCA"),
    reserved1: bits(1, "ieee8021ah.res1", "RES1"),
    reserved2: bits(2, "ieee8021ah.res2", "RES2"),
    isid: bits(24, "ieee8021ah.isid", "I-SID"),
    dst: macAddress("ieee8021ah.cdst", "C-Destination"),
    src: macAddress("ieee8021ah.csrc", "C-Source"),
    type: u16("ieee8021ah.etype", "Type", { hex: true, values: ETHERTYPES }),
    _trailer: trailing("ieee8021ah.trailer"),
  },
  next: { table: "ethertype", field: "type" },
  walk(w: Walker): void {
    toEthertype(w, (w.bytes[w.start + 16] << 8) | w.bytes[w.start + 17]);
  },
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < HEADER) return;
  out.ascii("PRI: ");
  out.ensure(96);
  out.uint(b[s] >> 5);
  out.ascii("  Drop: ");
  out.uint((b[s] >> 4) & 1);
  out.ascii("  NCA: ");
  out.uint((b[s] >> 3) & 1);
  out.ascii("  Res1: ");
  out.uint((b[s] >> 2) & 1);
  out.ascii("  Res2: ");
  out.uint(b[s] & 3);
  out.ascii("  I-SID: ");
  out.uint((b[s + 1] << 16) | (b[s + 2] << 8) | b[s + 3]);
}
