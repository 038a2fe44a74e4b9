/**
 * IPv6 Hop-by-Hop Options header (RFC 8200 section 4.3).
 *
 * @module
 */
import { computed, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { type Ipv6Option, ipv6Options } from "./_ipv6_options.ts";
import { IP_PROTOCOLS } from "./_names.ts";
import { nextName } from "./ipv6.ts";

/** A Hop-by-Hop Options header. */
export interface Ipv6Hopopts {
  /** Protocol number of the next header. */
  readonly nextHeader: number;
  /** Length of the header in units of 8 bytes, the first 8 not counted. */
  readonly length: number;
  /** Options in the order sent, padding included. */
  readonly options: readonly Ipv6Option[];
}

/** IPv6 Hop-by-Hop Options. */
export const ipv6Hopopts: Protocol<Ipv6Hopopts> = protocol<Ipv6Hopopts>({
  name: "ipv6.hopopts",
  title: "Hop-by-Hop Options Header for IPv6",
  label: "HOPOPT",
  layer: "internet",
  parents: { "ip.proto": [0] },
  fields: {
    nextHeader: u8("ipv6.hopopts.nxt", "Next Header", { values: IP_PROTOCOLS, initial: 59 }),
    length: u8("ipv6.hopopts.len", "Length"),
    _octets: computed(
      "ipv6.hopopts.len_oct",
      "Length",
      (items) => items.left < 0 ? -1 : items.bytes[items.at - 1] * 8 + 8,
    ),
    options: ipv6Options(),
  },
  header: { field: "length", unit: 8, base: 8 },
  next: { table: "ip.proto", field: "nextHeader" },
  summary(layer, out) {
    if (layer.start < layer.limit) nextName(layer.bytes[layer.start], out);
  },
});
