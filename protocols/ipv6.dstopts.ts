/**
 * IPv6 Destination Options header (RFC 8200 section 4.6).
 *
 * @module
 */
import { computed, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { HOME_ADDRESS, type Ipv6Option, ipv6Options } from "./_ipv6_options.ts";
import { IP_PROTOCOLS } from "./_names.ts";
import { nextName } from "./ipv6.ts";

/** A Destination Options header. */
export interface Ipv6Dstopts {
  /** Protocol number of the next header. */
  readonly nextHeader: number;
  /** Length of the header in units of 8 bytes, the first 8 not counted. */
  readonly length: number;
  /** Options in the order sent, padding included. */
  readonly options: readonly Ipv6Option[];
}

/** IPv6 Destination Options. */
export const ipv6Dstopts: Protocol<Ipv6Dstopts> = protocol<Ipv6Dstopts>({
  name: "ipv6.dstopts",
  title: "Destination Options Header for IPv6",
  label: "IPv6_Opts",
  layer: "internet",
  parents: { "ip.proto": [60] },
  fields: {
    nextHeader: u8("ipv6.dstopts.nxt", "Next Header", { values: IP_PROTOCOLS, initial: 59 }),
    length: u8("ipv6.dstopts.len", "Length"),
    _octets: computed(
      "ipv6.dstopts.len_oct",
      "Length",
      (items) => items.left < 0 ? -1 : items.bytes[items.at - 1] * 8 + 8,
    ),
    options: ipv6Options(),
  },
  header: { field: "length", unit: 8, base: 8 },
  next: { table: "ip.proto", field: "nextHeader" },
  redirect(value) {
    // Checksums cover the home address in the place of the source (RFC 6275 section 11.3.1).
    const home = value.options?.find((o) => o.kind === HOME_ADDRESS)?.address;
    return typeof home === "string" ? { src: home } : {};
  },
  summary(layer, out) {
    if (layer.start < layer.limit) nextName(layer.bytes[layer.start], out);
  },
});
