/**
 * Point-to-Point Protocol (RFC 1661), in HDLC-like framing (RFC 1662) or without.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { custom, type Field, u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** A PPP header. */
export interface Ppp {
  /** Address: 0xff, or not there. */
  readonly address?: number;
  /** Control: 0x03, or not there. */
  readonly control?: number;
  /** What follows. */
  readonly protocol: number;
  /** Bytes of the protocol field: 1 if it is compressed. */
  readonly protocolLength?: number;
}

/** Protocol numbers (IANA "ppp-numbers"). */
export const PPP_PROTOCOLS: Readonly<Record<number, string>> = {
  0x0001: "Padding Protocol",
  0x0021: "Internet Protocol version 4",
  0x0023: "OSI Network Layer",
  0x0029: "Appletalk",
  0x002b: "Novell IPX",
  0x002d: "Van Jacobson Compressed TCP/IP",
  0x002f: "Van Jacobson Uncompressed TCP/IP",
  0x0031: "Bridging PDU",
  0x003d: "PPP Multilink Protocol",
  0x004b: "SNA over 802.2",
  0x0057: "Internet Protocol version 6",
  0x00fd: "Compressed datagram",
  0x0281: "MPLS Unicast",
  0x0283: "MPLS Multicast",
  0x8021: "Internet Protocol Control Protocol",
  0x8023: "OSI Network Layer Control Protocol",
  0x8057: "IPv6 Control Protocol",
  0x80fd: "Compression Control Protocol",
  0x8281: "MPLSCP",
  0xc021: "Link Control Protocol",
  0xc023: "Password Authentication Protocol",
  0xc025: "Link Quality Report",
  0xc223: "Challenge Handshake Authentication Protocol",
  0xc227: "Extensible Authentication Protocol",
};

const ALL_STATIONS = 0xff, UNNUMBERED = 0x03;

/** Bytes of the address and control fields at `at`: there if the address is, which no protocol begins with. */
function framing(b: Uint8Array, at: number, end: number): number {
  return at + 2 <= end && b[at] === ALL_STATIONS ? 2 : 0;
}

function header(): Field<unknown> {
  const address = u8("ppp.address", "Address", { hex: true });
  const control = u8("ppp.control", "Control", { hex: true });
  const number = u16("ppp.protocol", "Protocol", { hex: true, values: PPP_PROTOCOLS });
  const length = u8("", "Length of the protocol field");
  return custom({
    fields: { address, control, protocol: number, _length: length },
    emit(items) {
      const b = items.bytes;
      let at = items.at;
      if (framing(b, at, items.end) > 0) {
        items.add(address.id, at, 1, b[at]);
        items.add(control.id, at + 1, 1, b[at + 1]);
        at += 2;
      }
      items.at = at;
      if (!items.has(1)) return;
      const short = b[at] & 1;
      if (!items.has(short ? 1 : 2)) return;
      items.add(number.id, at, short ? 1 : 2, short ? b[at] : (b[at] << 8) | b[at + 1]);
      items.at = at + (short ? 1 : 2);
    },
    write(writer, _value, object) {
      if (object.address !== undefined || object.control !== undefined) {
        writer.uint((object.address as number | undefined) ?? ALL_STATIONS, 1);
        writer.uint((object.control as number | undefined) ?? UNNUMBERED, 1);
      }
      const size = (object.protocolLength as number | undefined) ?? 2;
      writer.uint((object.protocol as number | undefined) ?? 0, size === 1 ? 1 : 2);
    },
  });
}

/** Point-to-Point Protocol. */
export const ppp: Protocol<Ppp> = protocol<Ppp>({
  name: "ppp",
  title: "Point-to-Point Protocol",
  label: "PPP",
  layer: "link",
  parents: {
    linktype: [9, 50],
    "gre.proto": [0x880b],
    "ppp.framed": [0],
    "pppoe.session": [0],
    "l2tp.payload": [0],
  },
  fields: { _header: header() },
  fill: (next) => {
    const number = next?.spec.parents?.["ppp.protocol"]?.[0];
    return number === undefined ? undefined : { protocol: number };
  },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, limit = w.limit;
  let at = w.start + framing(b, w.start, limit);
  w.next = -2;
  if (at >= limit) {
    w.end = at + 2;
    return;
  }
  const short = b[at] & 1;
  w.end = at + (short ? 1 : 2);
  if (w.end > limit) return;
  const number = short ? b[at] : (b[at] << 8) | b[at + 1];
  at = w.end;
  w.to("ppp.protocol", number);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, at = layer.start + framing(b, layer.start, layer.end);
  if (at + 2 > layer.end) return;
  const number = b[at] & 1 ? b[at] : (b[at] << 8) | b[at + 1];
  out.ascii(PPP_PROTOCOLS[number] ?? "Unknown");
}
