/**
 * ARCNET (RFC 1201, RFC 1051; LINKTYPE_ARCNET_LINUX of tcpdump.org).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { fixedBytes, optional, u16, u8 } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys, toEthertype } from "./_ethertype.ts";

/** The header of an ARCNET packet as Linux captures it. */
export interface Arcnet {
  /** Sender. */
  readonly src: number;
  /** Receiver; 0 for all. */
  readonly dst: number;
  /** Where the data begins in the adapter's buffer. */
  readonly offset: Uint8Array;
  /** What follows. */
  readonly protocolId: number;
  /** Which part of a datagram it is (RFC 1201 section 3). */
  readonly split?: number;
  /** Number of the datagram. */
  readonly sequence?: number;
}

const FIXED = 5, SPLIT = 3;
const IDS: Readonly<Record<number, string>> = {
  0x00: "Datapoint boot",
  0x01: "Datapoint mount",
  0x08: "PowerLAN beacon",
  0x80: "Diagnose",
  0xc4: "IPv6",
  0xcd: "BACnet",
  0xd4: "RFC 1201 IP",
  0xd5: "RFC 1201 ARP",
  0xd6: "RFC 1201 RARP",
  0xdd: "Appletalk",
  0xe8: "Encapsulated Ethernet",
  0xec: "Novell of some sort",
  0xf0: "RFC 1051 IP",
  0xf1: "RFC 1051 ARP",
  0xf3: "PowerLAN beacon2",
  0xf7: "Banyan VINES",
  0xfa: "IPX",
};
const PROTOCOL = new Keys("arcnet.protocol_id");

/** Whether packets of this kind may be parts of larger ones. */
function splits(id: number): boolean {
  return id !== 0x80 && id !== 0xcd && id !== 0xf0 && id !== 0xf1;
}
function parts(items: Items): boolean {
  return splits(items.bytes[items.start + 4]);
}

/** ARCNET. */
export const arcnet: Protocol<Arcnet> = protocol<Arcnet>({
  name: "arcnet",
  title: "ARCNET",
  label: "ARCNET",
  layer: "link",
  parents: { linktype: [129] },
  fields: {
    src: u8("arcnet.src", "Source", { hex: true }),
    dst: u8("arcnet.dst", "Dest", { hex: true }),
    offset: fixedBytes(2, "arcnet.offset", "Offset"),
    protocolId: u8("arcnet.protID", "Protocol ID", { hex: true, values: IDS, initial: 0xd4 }),
    split: optional(
      parts,
      u8("arcnet.split_flag", "Split Flag"),
      (o) => splits(Number(o.protocolId)),
    ),
    sequence: optional(
      parts,
      u16("arcnet.sequence", "Sequence"),
      (o) => splits(Number(o.protocolId)),
    ),
  },
  fill(next) {
    const id = next?.spec.parents?.["arcnet.protocol_id"]?.[0];
    return id === undefined ? undefined : { protocolId: id };
  },
  walk(w: Walker): void {
    const id = w.bytes[w.start + 4];
    w.end = w.start + FIXED + (splits(id) ? SPLIT : 0);
    if (w.end > w.limit) return;
    if (id === 0xd4 || id === 0xf0) toEthertype(w, 0x0800);
    else if (id === 0xd5 || id === 0xf1) toEthertype(w, 0x0806);
    else if (id === 0xd6) toEthertype(w, 0x8035);
    else PROTOCOL.find(w, id);
  },
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < FIXED) return;
  out.ascii(IDS[layer.bytes[layer.start + 4]] ?? "Unknown");
}
