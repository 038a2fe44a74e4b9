/**
 * Link-Local Multicast Name Resolution (RFC 4795).
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { dnsProtocol } from "./_dns.ts";
import type { Dns } from "./_dns_types.ts";

/** Link-Local Multicast Name Resolution. */
export const llmnr: Protocol<Dns> = dnsProtocol(
  "llmnr",
  "Link-local Multicast Name Resolution",
  "LLMNR",
  { "udp.port": [5355] },
);
