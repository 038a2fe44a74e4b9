/**
 * Virtual eXtensible Local Area Network (RFC 7348; group policy: draft-smith-vxlan-group-policy).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { flag, u16, u24, u8, within } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** A VXLAN header. */
export interface Vxlan {
  /** Flags. */
  readonly flags: number;
  /** Whether there is a group policy. */
  readonly hasPolicy: boolean;
  /** Whether the network identifier means something. */
  readonly hasVni: boolean;
  /** Group policy. */
  readonly policy: number;
  /** Network identifier. */
  readonly vni: number;
  /** Reserved. */
  readonly reserved: number;
}

const HEADER = 8;

/** Virtual eXtensible Local Area Network. */
export const vxlan: Protocol<Vxlan> = protocol<Vxlan>({
  name: "vxlan",
  title: "Virtual eXtensible Local Area Network",
  label: "VXLAN",
  layer: "link",
  parents: { "udp.port": [4789] },
  fields: {
    flags: u16("vxlan.flags", "Flags", { hex: true, initial: 0x0800 }),
    hasPolicy: flag(0x8000, "vxlan.flag_g", "GBP Extension"),
    hasVni: flag(0x0800, "vxlan.flag_i", "VXLAN Network ID (VNI)"),
    _learn: flag(0x0040, "vxlan.flag_d", "Don't Learn"),
    _applied: flag(0x0008, "vxlan.flag_a", "Policy Applied"),
    _reserved: within(0x77b7, "vxlan.flags_reserved", "Reserved(R)", { hex: true }),
    policy: u16("vxlan.gbp", "Group Policy ID"),
    vni: u24("vxlan.vni", "VXLAN Network Identifier (VNI)"),
    reserved: u8("vxlan.reserved8", "Reserved"),
  },
  walk(w: Walker): void {
    w.end = w.start + HEADER;
    w.next = -2;
    if (w.end < w.limit) w.to("linktype", 1);
  },
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < HEADER) return;
  const b = layer.bytes, s = layer.start + 4;
  out.ascii("VNI ");
  out.ensure(16);
  out.uint((b[s] << 16) | (b[s + 1] << 8) | b[s + 2]);
}
