/**
 * Domain Name System (RFC 1034, RFC 1035), over UDP and over TCP (RFC 7766).
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { dnsProtocol } from "./_dns.ts";
import type { Dns } from "./_dns_types.ts";

/** Domain Name System. */
export const dns: Protocol<Dns> = dnsProtocol("dns", "Domain Name System", "DNS", {
  "udp.port": [53],
  "tcp.port": [53, 5353],
  "sctp.port": [53],
});
