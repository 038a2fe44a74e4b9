/**
 * Linux "cooked" captures, version 2 (LINKTYPE_LINUX_SLL2 of tcpdump.org).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, u16, u32, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { trailing } from "./_ethertype.ts";
import { ARP_HARDWARE } from "./_names.ts";
import { follow, PACKET_TYPES, packetType, protocolField, senderField } from "./_sll.ts";

/** The header of a cooked packet. */
export interface Sll2 {
  /** EtherType; up to 1536, one of Linux' own numbers. */
  readonly protocol: number;
  /** Must be zero. */
  readonly reserved: number;
  /** Number of the interface. */
  readonly interfaceIndex: number;
  /** Type of the device, as ARP has it. */
  readonly hardwareType: number;
  /** What happened to the packet: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us. */
  readonly packetType: number;
  /** Length of the sender's address in bytes; of a longer one only 8 are kept. */
  readonly addressLength: number;
  /** The sender: a MAC address if it has 6 bytes, an IPv4 address if 4, else bytes. */
  readonly src: string | Uint8Array;
  /** What is left of the 8 bytes for the sender. */
  readonly unused: Uint8Array;
}

const HEADER = 20;

/** Linux cooked captures, version 2. */
export const sll2: Protocol<Sll2> = protocol<Sll2>({
  name: "sll2",
  title: "Linux cooked-mode capture v2",
  label: "SLL2",
  layer: "link",
  parents: { linktype: [276] },
  fields: {
    _protocol: protocolField(0, 8),
    reserved: bits(16, "", "Reserved"),
    interfaceIndex: u32("sll.ifindex", "Interface index"),
    hardwareType: u16("sll.hatype", "Link-layer address type", {
      values: ARP_HARDWARE,
      initial: 1,
    }),
    packetType: u8("sll.pkttype", "Packet type", { values: PACKET_TYPES }),
    addressLength: u8("sll.halen", "Link-layer address length", { initial: 6 }),
    _sender: senderField(11, 1),
    _trailer: trailing("sll.trailer"),
  },
  next: { table: "ethertype", field: "protocol" },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + HEADER;
  if (w.end <= w.limit) follow(w, (b[s + 8] << 8) | b[s + 9], (b[s] << 8) | b[s + 1]);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  if (layer.limit - layer.start >= 11) packetType(layer.bytes[layer.start + 10], out);
}
