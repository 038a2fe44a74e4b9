/**
 * IPsec packets in UDP (RFC 3948): what tells them apart from key exchange on the same port.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { custom, type Field, group } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";

/** What stands in front: nothing for ESP. */
export interface Udpencap {
  /** There in front of key exchange: four zero bytes. */
  readonly marker?: Readonly<Record<never, never>>;
  /** There if all the packet does is keep the translation: one byte. */
  readonly keepalive?: Readonly<Record<never, never>>;
}

const MARKER = 4, ALIVE = 0xff, ESP = 50, IKE = 500;
const PROTO = new Keys("ip.proto"), PORT = new Keys("udp.port");

/** IPsec packets in UDP. */
export const udpencap: Protocol<Udpencap> = protocol<Udpencap>({
  name: "udpencap",
  title: "UDP Encapsulation of IPsec Packets",
  label: "UDPENCAP",
  layer: "transport",
  parents: { "udp.port": [4500] },
  fields: { _front: front() },
  fill: (next) => next?.spec.parents?.["udp.port"]?.includes(IKE) ? { marker: {} } : undefined,
  walk,
  summary,
});

function isAlive(b: Uint8Array, at: number, reported: number): boolean {
  return reported - at === 1 && b[at] === ALIVE;
}
function isMarker(b: Uint8Array, at: number): boolean {
  return (b[at] | b[at + 1] | b[at + 2] | b[at + 3]) === 0;
}

function front(): Field<unknown> {
  const marker = group("udpencap.non_esp_marker", "Non-ESP Marker", {});
  const keepalive = group("udpencap.nat_keepalive", "NAT-keepalive packet", {});
  return custom({
    fields: { marker, keepalive },
    emit(items: Items) {
      const n = items.left;
      if (n === 0) return;
      items.add((n === 1 ? keepalive : marker).id, items.at, n, 0);
      items.at = items.end;
    },
    write(writer, _, object) {
      if (object.keepalive !== undefined) writer.uint(ALIVE, 1);
      else if (object.marker !== undefined) writer.uint(0, MARKER);
    },
  });
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s;
  w.next = -2;
  if (s >= w.limit) return;
  if (isAlive(b, s, w.reported)) {
    w.end = s + 1;
    return;
  }
  if (s + MARKER > w.limit) {
    w.end = s + MARKER;
    return;
  }
  if (isMarker(b, s)) {
    w.end = s + MARKER;
    PORT.find(w, IKE);
  } else PROTO.find(w, ESP);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  out.ascii(layer.end - layer.start === 1 ? "NAT-keepalive" : "ISAKMP");
}
