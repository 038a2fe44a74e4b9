/**
 * What the crafted frames of this folder are made with: bytes in a short notation, and the headers around them.
 *
 * @module
 */
import { internetChecksum } from "../../../core/checksum.ts";

/** A frame with something in it that recorded captures lack. */
export interface Crafted {
  /** What is in it. */
  readonly name: string;
  /** Link type (as in pcap). */
  readonly linkType: number;
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Byte from which it is of interest: what stands before is exercised elsewhere. */
  readonly from: number;
}

/** Bytes in a notation: hexadecimal digits, text between apostrophes, white space for the eye. */
export function b(notation: string): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  for (const [, text, digits] of notation.matchAll(/'([^']*)'|([0-9a-f]{2})|\s+/gi)) {
    if (text !== undefined) out.push(...new TextEncoder().encode(text));
    else if (digits !== undefined) out.push(parseInt(digits, 16));
  }
  if (/[^\s0-9a-f]/i.test(notation.replace(/'[^']*'/g, ""))) {
    throw new TypeError(`Cannot read bytes: ${notation}`);
  }
  return Uint8Array.from(out);
}

/** What bytes may be given as. */
export type Bytes = string | Uint8Array;

/** All parts, one behind the other. */
export function cat(...parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const all = parts.map((p) => typeof p === "string" ? b(p) : p);
  const out = new Uint8Array(all.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of all) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** `n` as `size` bytes. */
export function num(n: number, size = 2): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(n / 256 ** (size - 1 - i)) & 0xff);
}

/** `part` with its length in front, in `size` bytes; `plus` is added to it. */
export function counted(part: Bytes, size = 1, plus = 0): Uint8Array<ArrayBuffer> {
  const p = cat(part);
  return cat(num(p.length + plus, size), p);
}

/** `part` followed by zero bytes up to a multiple of `to`. */
export function padded(part: Bytes, to: number, fill = 0): Uint8Array<ArrayBuffer> {
  const p = cat(part);
  return cat(p, new Uint8Array((to - p.length % to) % to).fill(fill));
}

/** Puts the checksum of `message` and of what `pseudo` says before it into the two bytes at `at`. */
function checked(
  message: Uint8Array<ArrayBuffer>,
  at: number,
  pseudo: Bytes = "",
): Uint8Array<ArrayBuffer> {
  const out = message.slice();
  const sum = internetChecksum(cat(pseudo, out));
  out[at] = sum >> 8;
  out[at + 1] = sum & 0xff;
  return out;
}

/** A collection of frames. Every packet has addresses of its own, so that tshark sees no conversations. */
export class Frames {
  /** The frames. */
  readonly all: Crafted[] = [];
  readonly #net: number;
  #hosts = 0;

  /** `net`: second byte of the addresses, so that those of several collections differ. */
  constructor(net: number) {
    this.#net = net;
  }

  /** Adds a frame as it is. */
  add(name: string, linkType: number, bytes: Bytes, from = 0): void {
    this.all.push({ name, linkType, bytes: cat(bytes), from });
  }
  /** Adds an Ethernet frame with a type. */
  ether(name: string, type: number, payload: Bytes, from = 14): void {
    this.add(name, 1, cat("020000000002 020000000001", num(type), payload), from);
  }
  /** Adds an 802.3 frame with a length. */
  ieee(name: string, payload: Bytes): void {
    const p = cat(payload);
    this.ether(name, p.length, p);
  }
  /** Adds an IPv4 packet. */
  ip(
    name: string,
    protocol: number,
    payload: Bytes,
    options: Bytes = "",
    header: Partial<Header> = {},
    from = 34,
  ): void {
    this.ether(name, 0x0800, this.packet(protocol, payload, options, header), from);
  }
  /** An IPv4 packet. */
  packet(
    protocol: number,
    payload: Bytes,
    options: Bytes = "",
    { dst = "c0000201", fragment = "0000" }: Partial<Header> = {},
  ): Uint8Array<ArrayBuffer> {
    const o = padded(options, 4), p = cat(payload), n = ++this.#hosts;
    const header = cat(
      num(0x45 + o.length / 4, 1),
      "00",
      num(20 + o.length + p.length),
      num(n),
      fragment,
      "40",
      num(protocol, 1),
      "0000 0a",
      num(this.#net, 1),
      num(n),
      dst,
      o,
    );
    const checkedHeader = checked(header, 10);
    const pseudo = cat(header.subarray(12, 20), "00", num(protocol, 1), num(p.length));
    return cat(checkedHeader, closed(protocol, p, pseudo));
  }
  /** Adds an IPv6 packet. */
  ip6(name: string, next: number, payload: Bytes, header: Partial<Header6> = {}): void {
    this.ether(name, 0x86dd, this.packet6(next, payload, header), 54);
  }
  /** An IPv6 packet. */
  packet6(
    next: number,
    payload: Bytes,
    { src, dst = "fe80 0000 0000 0000 0000 00ff fe00 0002", hops = 64, upper = next, at = 0 }:
      Partial<Header6> = {},
  ): Uint8Array<ArrayBuffer> {
    const p = cat(payload), n = ++this.#hosts;
    const source = src ?? cat("2001 0db8 0000 0000 0000 0000", num(this.#net), num(n));
    const header = cat("6000 0000", num(p.length), num(next, 1), num(hops, 1), source, dst);
    const message = p.subarray(at);
    const pseudo = cat(header.subarray(8, 40), num(message.length, 4), "000000", num(upper, 1));
    return cat(header, p.subarray(0, at), closed(upper, message.slice(), pseudo));
  }
  /** Adds an ICMP message; its checksum is made. */
  icmp(name: string, message: Bytes): void {
    this.ip(name, 1, message);
  }
  /** Adds an ICMPv6 message; its checksum is made. */
  icmp6(name: string, message: Bytes): void {
    this.ip6(name, 58, message, { hops: 255 });
  }
  /** Adds a UDP datagram; its first `plain` bytes are like those of others. */
  udp(name: string, src: number, dst: number, data: Bytes, plain = 0): void {
    const d = cat(data);
    this.ip(name, 17, cat(num(src), num(dst), num(d.length + 8), "0000", d), "", {}, 42 + plain);
  }
  /** Adds a TCP segment. */
  tcp(
    name: string,
    { options = "", flags = 0x10, ack = 9, src = 40000, dst = 40001, data = "" }: Partial<Segment> =
      {},
  ): void {
    const o = padded(options, 4);
    this.ip(
      name,
      6,
      cat(
        num(src),
        num(dst),
        "00000007",
        num(ack, 4),
        num((5 + o.length / 4) * 0x1000 + flags),
        "2000 0000 0000",
        o,
        data,
      ),
      "",
      {},
      54,
    );
  }
}

/** What an IPv4 header says besides. */
export interface Header {
  /** Destination. */
  readonly dst: Bytes;
  /** Flags and fragment offset. */
  readonly fragment: Bytes;
}
/** What an IPv6 header says besides. */
export interface Header6 {
  /** Source. */
  readonly src: Bytes;
  /** Destination. */
  readonly dst: Bytes;
  /** Hop limit. */
  readonly hops: number;
  /** The protocol behind extension headers. */
  readonly upper: number;
  /** Where that starts within the payload. */
  readonly at: number;
}
/** What a TCP segment says. */
export interface Segment {
  /** Options; padded to words. */
  readonly options: Bytes;
  /** Flags, all twelve bits. */
  readonly flags: number;
  /** Acknowledgment number. */
  readonly ack: number;
  /** Source port. */
  readonly src: number;
  /** Destination port. */
  readonly dst: number;
  /** What it carries. */
  readonly data: Bytes;
}

/** The message with its checksum, if the protocol has one. */
function closed(
  protocol: number,
  p: Uint8Array<ArrayBuffer>,
  pseudo: Bytes,
): Uint8Array<ArrayBuffer> {
  switch (protocol) {
    case 1:
    case 2:
      return p.length < 4 ? p : checked(p, 2);
    case 6:
      return p.length < 20 ? p : checked(p, 16, pseudo);
    case 17:
      return p.length < 8 ? p : checked(p, 6, pseudo);
    case 58:
      return p.length < 4 ? p : checked(p, 2, pseudo);
  }
  return p;
}
