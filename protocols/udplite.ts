/**
 * Lightweight User Datagram Protocol (RFC 3828): UDP whose checksum may leave a part of the data out.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { fold, sumWords } from "../core/checksum.ts";
import { bytes, computed, custom, type Draft, u16 } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { constant } from "../core/text_writer.ts";
import { ARROW, STATUS_NAMES, Step, Table } from "./_transport.ts";

/** A UDP-Lite header. */
export interface UdpLite {
  /** Source port. */
  readonly srcPort: number;
  /** Destination port. */
  readonly dstPort: number;
  /** Bytes the checksum covers, the header included; 0 for all. */
  readonly coverage: number;
  /** Checksum. */
  readonly checksum: number;
}

const HEADER = 8;
/** IP protocol number. */
const NUMBER = 136;
const PORTS = new Table("udp.port");
const LEN = constant(" Len=");
const UNVERIFIED = 2;
const ILLEGAL = 4;

const payload = bytes("udp.payload", "Payload");

/** Lightweight User Datagram Protocol. */
export const udplite: Protocol<UdpLite> = protocol<UdpLite>({
  name: "udplite",
  title: "Lightweight User Datagram Protocol",
  label: "UDP-Lite",
  layer: "transport",
  parents: { "ip.proto": [NUMBER] },
  fields: {
    _before: new Step(emitCut, ["udp.srcport", "udp.port"]),
    srcPort: u16("udp.srcport", "Source Port", { also: "udp.port" }),
    dstPort: u16("udp.dstport", "Destination Port", { also: "udp.port" }),
    coverage: u16("udp.checksum_coverage", "Checksum coverage"),
    // The length is that of the network layer's payload (RFC 3828 section 3.1).
    _length: computed("udp.length", "Length", (c) => c.reported - c.start),
    checksum: u16("udp.checksum", "Checksum", { hex: true, auto: checksum }),
    // Wireshark does not verify it unless told to.
    _checksumStatus: computed("udp.checksum.status", "Checksum Status", status, {
      values: STATUS_NAMES,
    }),
    _payload: custom({
      fields: { _payload: payload },
      emit(items) {
        if (items.limit > items.at) items.add(payload.id, items.at, items.limit - items.at, 0);
      },
      write: () => {},
    }),
  },
  next: { table: "udp.port", field: "dstPort", or: "srcPort" },
  walk(w: Walker): void {
    const b = w.bytes, s = w.start;
    if (w.end >= w.limit) {
      w.next = -2;
      return;
    }
    PORTS.ports(w, (b[s] << 8) | b[s + 1], (b[s + 2] << 8) | b[s + 3]);
  },
  summary(layer, out) {
    const b = layer.bytes, o = layer.start;
    if (layer.end - o < 4) return;
    out.ensure(64);
    out.uint((b[o] << 8) | b[o + 1]);
    out.put(ARROW);
    out.uint((b[o + 2] << 8) | b[o + 3]);
    out.put(LEN);
    out.uint(Math.max(0, layer.reported - o - HEADER));
  },
});

/** Less than both ports is nothing. */
function emitCut(items: Items): void {
  if (items.headerEnd - items.start < 4) items.at = items.end;
}

function status(items: Items): number {
  const b = items.bytes, o = items.start + 6;
  return ((b[o] << 8) | b[o + 1]) === 0 ? ILLEGAL : UNVERIFIED;
}

/** The checksum to write, over as much as the coverage says. */
function checksum(draft: Draft): number {
  const { bytes: b, network, value } = draft;
  const told = Number(value.coverage ?? 0);
  const length = told === 0 ? b.length : Math.min(b.length, Math.max(HEADER, told));
  let sum = 0;
  if (network) {
    sum = sumWords(network.src, 0, network.src.length) +
      sumWords(network.dst, 0, network.dst.length) + NUMBER + (b.length & 0xffff) +
      (b.length >>> 16);
  }
  return (~fold(sumWords(b, 0, length, sum)) & 0xffff) || 0xffff;
}
