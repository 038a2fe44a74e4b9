/**
 * IP over InfiniBand (RFC 4391), with the 40 bytes in front that captures have.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, choose, fixedBytes, inline, ipv6Address, skip, u16, u24 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";

/**
 * An IPoIB header. In front of the destination there is the routing header of a multicast packet, or nothing but the
 * destination's queue pair.
 */
export interface Ipoib {
  /** What stands in place of a routing header: its first two bytes are zeros. */
  readonly front?: Uint8Array;
  /** Destination queue pair, where there is no routing header. */
  readonly qpn?: number;
  /** Version of the routing header (InfiniBand Architecture Specification, volume 1, section 8.3). */
  readonly ipVersion?: number;
  /** Traffic class of the routing header. */
  readonly trafficClass?: number;
  /** Flow label of the routing header. */
  readonly flowLabel?: number;
  /** Source queue pair, in a routing header. */
  readonly sourceQpn?: number;
  /** Source address, in a routing header. */
  readonly sgid?: string;
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
    _front: choose(
      (items) => items.peek16(0) === 0 ? 0 : 1,
      {
        0: inline({
          front: fixedBytes(20, "", "Pseudo header"),
          _flags: skip(1),
          qpn: u24("ipoib.daddr.qpn", "Destination QPN", { hex: true }),
        }),
        1: inline({
          ipVersion: bits(4, "ipoib.grh.ipver", "IP Version"),
          trafficClass: bits(8, "ipoib.grh.tclass", "Traffic Class"),
          flowLabel: bits(20, "ipoib.grh.flowlabel", "Flow Label"),
          _unused: skip(1),
          sourceQpn: u24("ipoib.grh.sqpn", "Source QPN", { hex: true }),
          sgid: ipv6Address("ipoib.grh.sgid", "Source GID"),
        }),
      },
      undefined,
      (object) => object.ipVersion === undefined ? 0 : 1,
    ),
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
