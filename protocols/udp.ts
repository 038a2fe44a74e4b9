/**
 * User Datagram Protocol (RFC 768; RFC 2675 for lengths of zero, RFC 6935 for checksums of zero).
 *
 * @module
 */
import { type Catalogue, LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import type { PacketItems } from "../core/emitter.ts";
import { bytes, computed, custom, u16 } from "../core/field.ts";
import { FIELD_MASK, ITEM, type Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { constant, type TextWriter } from "../core/text_writer.ts";
import {
  ARROW,
  STATUS_NAMES,
  Step,
  Table,
  transportChecksum,
  transportStatus,
} from "./_transport.ts";

/** A UDP header. */
export interface Udp {
  /** Source port. */
  readonly srcPort: number;
  /** Destination port. */
  readonly dstPort: number;
  /** Length of header and payload in bytes. */
  readonly length: number;
  /** Checksum; 0 if the sender made none. */
  readonly checksum: number;
}

/** Length of the header. */
const HEADER = 8;
const PORTS = new Table("udp.port");

const fields = {
  srcPort: u16("udp.srcport", "Source Port", { also: "udp.port" }),
  dstPort: u16("udp.dstport", "Destination Port", { also: "udp.port" }),
  length: u16("udp.length", "Length"),
  checksum: u16("udp.checksum", "Checksum", {
    hex: true,
    auto: (d) => transportChecksum(d, 17, true),
  }),
} as const;
const payload = bytes("udp.payload", "Payload");

/** User Datagram Protocol. */
export const udp: Protocol<Udp> = protocol<Udp>({
  name: "udp",
  title: "User Datagram Protocol",
  label: "UDP",
  layer: "transport",
  parents: { "ip.proto": [17] },
  fields: {
    _before: new Step(emitCut, ["udp.srcport", "udp.port"], [], (r) => r.need(HEADER)),
    ...fields,
    _doubt: new Step(emitDoubt, ["udp.checksum"], [], (r) => r.test(4, 0xffff, HEADER, 0xffff)),
    _checksumStatus: computed("udp.checksum.status", "Checksum Status", checksumStatus, {
      values: STATUS_NAMES,
      recipe: (r, id) => r.transportChecksum(id, 17, 6, true, 4),
    }),
    _payload: custom({
      fields: { _payload: payload },
      emit: emitPayload,
      recipe: (r) => r.payload(payload.id, { outer: true, unless: { at: 4, value: HEADER } }),
      write: () => {},
    }),
  },
  payload: { field: "length", lenient: true },
  next: { table: "udp.port", field: "dstPort", or: "srcPort" },
  plain: { at: 4, span: 2, min: HEADER, max: 0xffff },
  walk,
  summary,
});

/** Whether the network layer below the row at `layer` is IPv6. */
function overIpv6(all: Catalogue, layers: Int32Array, layer: number, first: number): boolean {
  for (let row = layer - LAYER; row >= first; row -= LAYER) {
    const a = all.protocols[layers[row] & PROTOCOL_MASK].spec.addresses;
    if (a) return a.length === 16;
  }
  return false;
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  const told = (b[s + 4] << 8) | b[s + 5];
  if (told < HEADER) {
    // A length that does not even cover the header says that the rest cannot be trusted.
    if (told !== 0 || !overIpv6(w.catalogue, w.layers, w.used - LAYER, w.first)) {
      w.next = -2;
      return;
    }
  } else w.close(s + told);
  if (w.end >= w.limit) {
    w.next = -2;
    return;
  }
  PORTS.ports(w, (b[s] << 8) | b[s + 1], (b[s + 2] << 8) | b[s + 3]);
}

/** Less than both ports is nothing. */
function emitCut(items: Items): void {
  if (items.headerEnd - items.start < 4) items.at = items.end;
}

/** Bytes the checksum covers, for the header at hand; -1 if its length is impossible. */
function covered(items: Items): number {
  const b = items.bytes, s = items.start;
  const told = (b[s + 4] << 8) | b[s + 5];
  if (told >= HEADER) return told;
  if (told !== 0 || items.layers.length === 0) return -1;
  return overIpv6((items as PacketItems).catalogue, items.layers, items.layer, items.firstLayer)
    ? items.reported - s
    : -1;
}

function checksumStatus(items: Items): number {
  const b = items.bytes, o = items.start;
  const length = covered(items);
  return length < 0 ? -1 : transportStatus(items, 17, (b[o + 6] << 8) | b[o + 7], true, length);
}

/** Behind an impossible length, nothing is reported. */
function emitDoubt(items: Items): void {
  if (items.layers.length === 0 || covered(items) >= 0) return;
  const checksum = items.base + fields.checksum.id;
  const last = items.used - ITEM;
  if (last >= 0 && (items.rows[last] & FIELD_MASK) === checksum) items.used = last;
}

/** The payload reaches to the end of what the layer below carries, even if the length says less, as in Wireshark. */
function emitPayload(items: Items): void {
  const b = items.bytes, s = items.start;
  if (((b[s + 4] << 8) | b[s + 5]) === HEADER || (items.layers.length && covered(items) < 0)) {
    return;
  }
  const below = items.layer - LAYER;
  const limit = below >= items.firstLayer && items.layers.length
    ? items.layers[below + 3]
    : items.limit;
  if (limit > items.headerEnd) items.add(payload.id, items.headerEnd, limit - items.headerEnd, 0);
}

const LEN = constant(" Len=");
const BAD = constant(" [BAD UDP LENGTH ");

function summary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly reported: number;
  },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start, there = layer.end - o;
  if (there < 4) return;
  out.ensure(96);
  out.uint((b[o] << 8) | b[o + 1]);
  out.put(ARROW);
  out.uint((b[o + 2] << 8) | b[o + 3]);
  if (there < 6) return;
  const told = (b[o + 4] << 8) | b[o + 5];
  if (told !== 0 && told < HEADER) {
    out.put(BAD);
    out.uint(told);
    out.ascii(" < 8]");
    return;
  }
  out.put(LEN);
  out.uint(Math.max(0, (told || layer.reported - o) - HEADER));
}
