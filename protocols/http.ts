/**
 * Hypertext Transfer Protocol, versions 0.9 to 1.1 (RFC 9110, RFC 9112).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { KernelWalk, type Protocol, protocol } from "../core/protocol.ts";
import {
  type Http,
  looksLikeHttp,
  looksLikeMessage,
  Messages,
  messageSummary,
  STARTS,
} from "./_http.ts";

/** Hypertext Transfer Protocol. */
export const http: Protocol<Http> = protocol<Http>({
  name: "http",
  title: "Hypertext Transfer Protocol",
  label: "HTTP",
  layer: "application",
  parents: {
    "tcp.port": [80, 631, 1900, 2710, 2869, 3128, 3132, 3689, 5985, 8080, 8088, 11371],
    "sctp.port": [80],
  },
  fields: { _message: new Messages().field() },
  guess: { tables: ["tcp.port"], begins: STARTS, test: looksLikeHttp },
  walk,
  kernelWalk: KernelWalk.Lines,
  summary: messageSummary,
});

function walk(w: Walker): void {
  if (looksLikeMessage(w.bytes, w.start, w.limit)) {
    w.end = w.limit;
    w.next = -2;
    return;
  }
  // A part of content, or another protocol that began as HTTP.
  w.end = w.start;
  w.to("http", 0);
}
