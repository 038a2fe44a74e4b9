/**
 * Cisco HDLC.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";

/** A Cisco HDLC header. */
export interface Chdlc {
  /** Address: 0x0f for one station, 0x8f for all. */
  readonly address: number;
  /** Always 0. */
  readonly control: number;
  /** EtherType, or one of Cisco's numbers. */
  readonly protocol: number;
}

const HEADER = 4;

/** Cisco HDLC. */
export const chdlc: Protocol<Chdlc> = protocol<Chdlc>({
  name: "chdlc",
  title: "Cisco HDLC",
  label: "CHDLC",
  layer: "link",
  parents: { linktype: [104] },
  fields: {
    address: u8("chdlc.address", "Address", {
      hex: true,
      values: { 0x0f: "Unicast", 0x8f: "Multicast" },
      initial: 0x0f,
    }),
    control: u8("chdlc.control", "Control", { hex: true }),
    protocol: u16("chdlc.protocol", "Protocol", { hex: true, values: ETHERTYPES }),
  },
  next: { table: "ethertype", field: "protocol" },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, type = (b[s + 2] << 8) | b[s + 3];
  w.end = s + HEADER;
  w.next = -2;
  if (w.end >= w.limit) return;
  w.to("chdlc.protocol", type);
  if (w.next < 0) w.to("ethertype", type);
}

function summary(_layer: { readonly start: number }, out: TextWriter): void {
  out.ascii("Cisco HDLC");
}
