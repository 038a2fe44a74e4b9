/**
 * Packets without link layer (LINKTYPE_RAW of tcpdump.org): IPv4 or IPv6 by their version, or, from old Linux drivers,
 * PPP frames and padding in front of them.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";

/** Nothing: there is no header. */
export type Raw = Readonly<Record<never, never>>;

const VERSION = new Keys("ip.version"), FRAMED = new Keys("ppp.framed");
/** Where old Linux drivers put the PPP frame: first, behind a made-up MAC address, or behind one byte. */
const PLACES = [0, 6, 1];
/** Zero bytes that such a driver sends in front of a packet while the connection is down. */
const DOWN = 10;

/** Packets without link layer. */
export const raw: Protocol<Raw> = protocol<Raw>({
  name: "raw",
  title: "Raw packet data",
  label: "Raw",
  layer: "link",
  parents: { linktype: [101, 12, 14] },
  fields: {},
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, limit = w.limit;
  w.end = s;
  if (s >= limit) return;
  for (let i = 0; i < PLACES.length; i++) {
    const at = s + PLACES[i];
    if (at + 2 <= limit && b[at] === 0xff && b[at + 1] === 0x03) {
      w.end = at;
      return FRAMED.find(w, 0);
    }
  }
  if (s + DOWN <= limit) {
    let p = s;
    while (p < s + DOWN && b[p] === 0) p++;
    if (p === s + DOWN) {
      w.end = p;
      return VERSION.find(w, 4);
    }
  }
  VERSION.find(w, b[s] >> 4);
}

function summary(_: unknown, out: TextWriter): void {
  out.ascii("Raw packet data");
}
