/**
 * IPv6 Fragment header (RFC 8200 section 4.5).
 *
 * @module
 */
import { bits, bool, u32, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { IP_PROTOCOLS } from "./_names.ts";
import { nextName } from "./ipv6.ts";

/** A Fragment header. */
export interface Ipv6Fraghdr {
  /** Protocol number of the next header. */
  readonly nextHeader: number;
  /** Reserved octet. */
  readonly reserved: number;
  /** Offset of the fragment in units of 8 bytes. */
  readonly offset: number;
  /** Two reserved bits. */
  readonly reservedBits: number;
  /** More fragments follow. */
  readonly more: boolean;
  /** Identification of the packet that was split. */
  readonly id: number;
}

/** IPv6 Fragment header. */
export const ipv6Fraghdr: Protocol<Ipv6Fraghdr> = protocol<Ipv6Fraghdr>({
  name: "ipv6.fraghdr",
  title: "Fragment Header for IPv6",
  label: "IPv6_Frag",
  layer: "internet",
  parents: { "ip.proto": [44] },
  fields: {
    nextHeader: u8("ipv6.fraghdr.nxt", "Next header", { values: IP_PROTOCOLS, initial: 59 }),
    reserved: u8("ipv6.fraghdr.reserved_octet", "Reserved octet", { hex: true }),
    offset: bits(13, "ipv6.fraghdr.offset", "Offset"),
    reservedBits: bits(2, "ipv6.fraghdr.reserved_bits", "Reserved bits"),
    more: bool("ipv6.fraghdr.more", "More Fragments"),
    id: u32("ipv6.fraghdr.ident", "Identification", { hex: true }),
  },
  next: { table: "ip.proto", field: "nextHeader", zero: "offset" },
  fragment: (b, start) => (((b[start + 2] << 8) | b[start + 3]) & 0xfff9) !== 0,
  summary(layer, out) {
    const b = layer.bytes, o = layer.start;
    if (layer.limit - o < 8) return out.ascii("IPv6 fragment");
    const word = (b[o + 2] << 8) | b[o + 3];
    if ((word & 0xfff9) === 0) return nextName(b[o], out);
    out.ensure(96);
    out.ascii("IPv6 fragment (off=");
    out.uint(word & 0xfff8);
    out.ascii(word & 1 ? " more=y ident=0x" : " more=n ident=0x");
    out.ensure(32);
    out.hex((b[o + 4] << 24) | (b[o + 5] << 16) | (b[o + 6] << 8) | b[o + 7], 8);
    out.ascii(" nxt=");
    out.uint(b[o]);
    out.ascii(")");
  },
});
