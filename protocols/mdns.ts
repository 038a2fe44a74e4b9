/**
 * Multicast DNS (RFC 6762).
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { dnsProtocol } from "./_dns.ts";
import type { Dns } from "./_dns_types.ts";

/** Multicast Domain Name System. */
export const mdns: Protocol<Dns> = dnsProtocol(
  "mdns",
  "Multicast Domain Name System",
  "MDNS",
  { "udp.port": [5353] },
);
