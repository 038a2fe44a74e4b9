/**
 * Simple Service Discovery Protocol (UPnP Device Architecture 1.1 section 1): messages of HTTP in UDP datagrams.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { type Http, looksLikeMessage, Messages, messageSummary } from "./_http.ts";

/** Simple Service Discovery Protocol. */
export const ssdp: Protocol<Http> = protocol<Http>({
  name: "ssdp",
  title: "Simple Service Discovery Protocol",
  label: "SSDP",
  layer: "application",
  parents: { "udp.port": [1900] },
  fields: { _message: new Messages().field() },
  walk(w: Walker): void {
    if (looksLikeMessage(w.bytes, w.start, w.limit)) {
      w.end = w.limit;
      w.next = -2;
    } else w.end = w.start;
  },
  summary: messageSummary,
});
