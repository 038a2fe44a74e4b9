/**
 * Linux "cooked" captures, version 1 (LINKTYPE_LINUX_SLL of tcpdump.org).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { u16 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { trailing } from "./_ethertype.ts";
import { ARP_HARDWARE } from "./_names.ts";
import { follow, PACKET_TYPES, packetType, protocolField, senderField } from "./_sll.ts";

/** The header of a cooked packet. */
export interface Sll {
  /** What happened to the packet: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us. */
  readonly packetType: number;
  /** Type of the device, as ARP has it. */
  readonly hardwareType: number;
  /** Length of the sender's address in bytes; of a longer one only 8 are kept. */
  readonly addressLength: number;
  /** The sender: a MAC address if it has 6 bytes, an IPv4 address if 4, else bytes. */
  readonly src: string | Uint8Array;
  /** What is left of the 8 bytes for the sender. */
  readonly unused: Uint8Array;
  /** EtherType; up to 1536, one of Linux' own numbers. */
  readonly protocol: number;
}

const HEADER = 16;

/** Linux cooked captures, version 1. */
export const sll: Protocol<Sll> = protocol<Sll>({
  name: "sll",
  title: "Linux cooked-mode capture",
  label: "SLL",
  layer: "link",
  parents: { linktype: [113] },
  fields: {
    packetType: u16("sll.pkttype", "Packet type", { values: PACKET_TYPES }),
    hardwareType: u16("sll.hatype", "Link-layer address type", {
      values: ARP_HARDWARE,
      initial: 1,
    }),
    addressLength: u16("sll.halen", "Link-layer address length", { initial: 6 }),
    _sender: senderField(4, 2),
    _protocol: protocolField(14, 2),
    _trailer: trailing("sll.trailer"),
  },
  next: { table: "ethertype", field: "protocol" },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + HEADER;
  if (w.end <= w.limit) follow(w, (b[s + 2] << 8) | b[s + 3], (b[s + 14] << 8) | b[s + 15]);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.limit - s >= 2) packetType((b[s] << 8) | b[s + 1], out);
}
