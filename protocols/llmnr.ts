/**
 * Link-Local Multicast Name Resolution (RFC 4795).
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { type Dns, dnsProtocol } from "./_dns.ts";

/** Link-Local Multicast Name Resolution. */
export const llmnr: Protocol<Dns> = dnsProtocol(
  "llmnr",
  "Link-local Multicast Name Resolution",
  "LLMNR",
  { "udp.port": [5355] },
);
