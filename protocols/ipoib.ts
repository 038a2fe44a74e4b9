/**
 * IP over InfiniBand (RFC 4391), with the 40 bytes in front that captures have.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { fixedBytes, ipv6Address, skip, u16, u24 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";

/** An IPoIB header. */
export interface Ipoib {
  /** Routing header, which captures leave empty. */
  readonly front: Uint8Array;
  /** Destination queue pair. */
  readonly qpn: number;
  /** Destination address. */
  readonly dgid: string;
  /** EtherType of what follows. */
  readonly type: number;
  /** Reserved. */
  readonly reserved: number;
}

const HEADER = 44, TYPE = 40;

/** IP over InfiniBand. */
export const ipoib: Protocol<Ipoib> = protocol<Ipoib>({
  name: "ipoib",
  title: "IP over Infiniband",
  label: "IPoIB",
  layer: "link",
  parents: { linktype: [242] },
  fields: {
    front: fixedBytes(20, "", "Global Routing Header"),
    _flags: skip(1),
    qpn: u24("ipoib.daddr.qpn", "Destination QPN", { hex: true }),
    dgid: ipv6Address("ipoib.dgid", "Destination GID"),
    type: u16("ipoib.type", "Type", { hex: true, values: ETHERTYPES }),
    reserved: u16("ipoib.reserved", "Reserved", { hex: true }),
  },
  next: { table: "ethertype", field: "type" },
  walk(w: Walker): void {
    const b = w.bytes, s = w.start;
    w.end = s + HEADER;
    w.to("ethertype", (b[s + TYPE] << 8) | b[s + TYPE + 1]);
  },
  summary(_layer: { readonly start: number }, out: TextWriter): void {
    out.ascii("IPoIB");
  },
});
