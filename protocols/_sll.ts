/**
 * What both versions of Linux "cooked" captures share: the sender's address, and the protocol, whose meaning depends
 * on its size and on the type of the device (the formats LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 of tcpdump.org).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import {
  bytes,
  choose,
  custom,
  type Field,
  inline,
  ipv4Address,
  macAddress,
  u16,
} from "../core/field.ts";
import { writeIpv4, writeMac } from "../core/address.ts";
import { RecipeRead, runField } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys, toEthertype } from "./_ethertype.ts";
import { ETHERTYPES } from "./_names.ts";

/** What happened to the packet. */
export const PACKET_TYPES: Readonly<Record<number, string>> = {
  0: "Unicast to us",
  1: "Broadcast",
  2: "Multicast",
  3: "Unicast to another host",
  4: "Sent by us",
};
/** Numbers of Linux that are no EtherTypes. */
const LINUX_TYPES: Readonly<Record<number, string>> = {
  0x01: "Raw 802.3",
  0x03: "Ethernet",
  0x04: "802.2 LLC",
  0x07: "PPP (HDLC)",
  0x0c: "CAN",
  0x0d: "CAN FD",
  0x17: "IrDA LAP",
  0xf5: "ISI",
  0xf6: "IEEE 802.15.4",
};
/** Up to this, the protocol is one of Linux' own numbers. */
const LINUX_MAX = 1536;
/** ARP's hardware type of GRE tunnels. */
const IPGRE = 778;
/** Bytes kept of the sender's address. */
const ADDRESS = 8;

const ETHER = 0, OWN = 1, GRE = 2;
const LTYPE = new Keys("sll.ltype"), GRE_PROTO = new Keys("gre.proto");

function kindOf(hardware: number, protocol: number): number {
  return protocol <= LINUX_MAX ? OWN : hardware === IPGRE ? GRE : ETHER;
}

/** The protocol, which stands at `at`; at `hardwareAt` stands the type of the device. */
export function protocolField(at: number, hardwareAt: number): Field<unknown> {
  const type = inline({
    protocol: u16("sll.etype", "Protocol", { hex: true, values: ETHERTYPES }),
  });
  return choose(
    (items) => {
      const b = items.bytes, s = items.start;
      if (items.headerEnd - s < Math.max(at, hardwareAt) + 2) return ETHER;
      return kindOf(
        (b[s + hardwareAt] << 8) | b[s + hardwareAt + 1],
        (b[s + at] << 8) | b[s + at + 1],
      );
    },
    {
      [OWN]: inline({
        protocol: u16("sll.ltype", "Protocol", { hex: true, values: LINUX_TYPES }),
      }),
      [GRE]: inline({ protocol: u16("sll.gretype", "Protocol", { hex: true }) }),
    },
    type,
    () => ETHER,
    (r) => {
      r.need(Math.max(at, hardwareAt) + 2);
      r.test(at, 0xffff, LINUX_MAX + 1, 0xffff);
      r.test(hardwareAt, 0xffff, 0, IPGRE - 1);
      return type.recipe(r);
    },
  );
}

/** Finds what follows. */
export function follow(w: Walker, hardware: number, protocol: number): void {
  const kind = kindOf(hardware, protocol);
  if (kind === OWN) LTYPE.find(w, protocol);
  else if (kind === GRE) {
    GRE_PROTO.find(w, protocol);
    if (w.next < 0 && protocol !== 0) toEthertype(w, protocol);
  } else toEthertype(w, protocol);
}

/**
 * The sender's address in eight bytes, of the length that the `size` bytes at `lengthAt` say; what is left of them has no
 * meaning.
 */
export function senderField(lengthAt: number, size: 1 | 2): Field<unknown> {
  const fields = {
    src: macAddress("sll.src.eth", "Source"),
    _ipv4: ipv4Address("sll.src.ipv4", "Source"),
    _other: bytes("sll.src.other", "Source"),
    unused: bytes("sll.unused", "Unused"),
  };
  // The same value in another form.
  const other = inline({ src: fields._other }), ipv4 = inline({ src: fields._ipv4 });
  return custom({
    fields: { src: fields.src, _ipv4: ipv4, _other: other, unused: fields.unused },
    emit(items) {
      if (!items.has(ADDRESS)) return;
      const b = items.bytes, o = items.start + lengthAt, at = items.at;
      const n = Math.min(size === 1 ? b[o] : (b[o] << 8) | b[o + 1], ADDRESS);
      const field = n === 6 ? fields.src : n === 4 ? fields._ipv4 : fields._other;
      if (n > 0) items.add(field.id, at, n, 0);
      if (n < ADDRESS) items.add(fields.unused.id, at + n, ADDRESS - n, 0);
      items.at = at + ADDRESS;
    },
    recipe(r) {
      // A MAC address, as nearly all devices have.
      r.need(lengthAt + size);
      if (size === 1) r.test(lengthAt - 1, 0x00ff, 6);
      else r.test(lengthAt, 0xffff, 6);
      const part = (field: Field<unknown>, at: number, length: number) =>
        runField({ id: field.id, read: RecipeRead.None, at, length });
      r.run([part(fields.src, 0, 6), part(fields.unused, 6, ADDRESS - 6)], ADDRESS);
    },
    write(writer, _, object) {
      const o = writer.reserve(ADDRESS), b = writer.bytes;
      const src = object.src;
      let n = 0;
      if (typeof src === "string") {
        if (src.includes(":")) {
          writeMac(b, o, src);
          n = 6;
        } else {
          writeIpv4(b, o, src);
          n = 4;
        }
      } else if (src instanceof Uint8Array) {
        n = Math.min(src.length, ADDRESS);
        b.set(src.subarray(0, n), o);
      }
      if (object.unused instanceof Uint8Array) b.set(object.unused.subarray(0, ADDRESS - n), o + n);
    },
  });
}

/** The line of a cooked packet: what happened to it. */
export function packetType(type: number, out: TextWriter): void {
  const name = PACKET_TYPES[type];
  if (name !== undefined) return out.ascii(name);
  out.ascii("Unknown (");
  out.ensure(16);
  out.uint(type);
  out.ascii(")");
}
