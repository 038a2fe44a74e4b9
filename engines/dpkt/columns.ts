/**
 * The fast decoder: frames in, columns of numbers out. It knows what most packets are made of (Ethernet, VLAN tags,
 * Linux cooked captures, raw IP and BSD's loopback; IPv4 and IPv6 with their extension headers; TCP, UDP, SCTP, ICMP)
 * and looks no further than the transport header. Of packets in packets it sees the outermost.
 *
 * What it finds is what the layer rows of the `default` engine say of the same packet, damaged packets included; the
 * tests hold one to the other.
 *
 * @module
 */
import type { FrameBatch } from "../../core/batch.ts";
import { LAYERS_MAX, WIRE_LENGTH_MAX } from "../../core/limits.ts";

/** Flag of a packet: it carries a part of a datagram that was split. */
export const PART = 1;
/** Flag of a packet: it carries a part that is not the first, so it has no transport header. */
export const LATER_PART = 2;
/** Flag of a packet: it has a VLAN tag. */
export const TAGGED = 4;
/** Flag of a packet: extension or authentication headers stand between IP and transport. */
export const EXTENDED = 8;

/**
 * What was found in each packet of a batch. Packets without a whole IP header have `version` 0, and nothing else of
 * them has a meaning. All columns lie in one buffer, so that one transfer moves them.
 */
export interface Columns {
  /** Packets that fit. */
  readonly capacity: number;
  /** 4 or 6; 0 if there is no IP header. */
  readonly version: Uint8Array;
  /** Number of the protocol carried, behind extension headers (IANA "protocol-numbers"). */
  readonly protocol: Uint8Array;
  /** {@link PART}, {@link LATER_PART}, {@link TAGGED}, {@link EXTENDED}. */
  readonly flags: Uint8Array;
  /** Source address, four words a packet, most significant first; that of IPv4 is the first, the others are 0. */
  readonly src: Uint32Array;
  /** Destination address, likewise. */
  readonly dst: Uint32Array;
  /** Source port of TCP, UDP and SCTP; 0 where there is none. */
  readonly srcPort: Uint16Array;
  /** Destination port. */
  readonly dstPort: Uint16Array;
  /** All twelve flag bits of TCP (RFC 9293 section 3.1); 0 for others, and where they were not captured. */
  readonly tcpFlags: Uint16Array;
  /** Outermost VLAN identifier; meaningful with {@link TAGGED}. */
  readonly vlan: Uint16Array;
  /** Where the IP header starts in the batch's bytes. */
  readonly network: Uint32Array;
  /** Where the header behind IP and its extensions starts; 0 if nothing of it was captured or it is in another part. */
  readonly transport: Uint32Array;
  /** One past the last captured byte of the IP packet. */
  readonly end: Uint32Array;
  /** Bytes of the IP packet on the wire, header included. */
  readonly length: Uint32Array;
}

/** Allocates columns for so many packets. */
export function makeColumns(capacity: number): Columns {
  const buffer = new ArrayBuffer(capacity * (12 * 4 + 4 * 2 + 3));
  let at = 0;
  const u32 = (n: number): Uint32Array => {
    const column = new Uint32Array(buffer, at, n);
    at += n * 4;
    return column;
  };
  const u16 = (): Uint16Array => {
    const column = new Uint16Array(buffer, at, capacity);
    at += capacity * 2;
    return column;
  };
  const u8 = (): Uint8Array => {
    const column = new Uint8Array(buffer, at, capacity);
    at += capacity;
    return column;
  };
  return {
    capacity,
    src: u32(capacity * 4),
    dst: u32(capacity * 4),
    network: u32(capacity),
    transport: u32(capacity),
    end: u32(capacity),
    length: u32(capacity),
    srcPort: u16(),
    dstPort: u16(),
    tcpFlags: u16(),
    vlan: u16(),
    version: u8(),
    protocol: u8(),
    flags: u8(),
  };
}

const ETHERNET = 1;
const IPV4 = 0x0800, IPV6 = 0x86dd;
const VLAN = 0x8100, VLAN_OLD = 0x9100, SERVICE = 0x88a8;
/** Largest number that is a length of 802.3, not a type (IEEE 802.3 clause 3.2.6). */
export const LENGTH_MAX = 1500;
/** Number of TCP. */
export const TCP = 6;
const UDP = 17, SCTP = 132;
const HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60;

// What the functions for rare headers answer beside their result. They are called for one packet at a time.
let at = 0, layers = 0, protocol = 0, flags = 0;

/** Decodes a batch. `columns` must have room for it. */
export function decode(frames: FrameBatch, columns: Columns): void {
  const { count, starts, capturedLengths, wireLengths, linkTypes } = frames;
  const { version, src, dst, srcPort, dstPort, tcpFlags, network, transport, end, length } =
    columns;
  const bytes = frames.bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checked = hasCheckSequence(frames);
  // Nothing stands behind the loop: code there has no type feedback, and the optimized loop would be thrown away at
  // the end of each batch.
  for (let i = 0; i < count; i++) {
    let p = starts[i];
    let limit = p + capturedLengths[i];
    const wire = wireLengths[i];
    let reported = p + (wire < WIRE_LENGTH_MAX ? wire : WIRE_LENGTH_MAX);
    if (reported < limit) reported = limit;
    version[i] = 0;
    let type: number, n = 1, flag = 0;
    if (linkTypes[i] === ETHERNET) {
      if (limit - p < 14) continue;
      type = view.getUint16(p + 12);
      p += 14;
      if (checked && reported - p >= 4 && hasCheckSequence(frames, i)) {
        reported -= 4;
        if (limit > reported) limit = reported;
      }
    } else {
      type = link(view, linkTypes[i], p, limit);
      p = at;
      n = layers;
    }
    while (type === VLAN || type === SERVICE || type === VLAN_OLD) {
      if (limit - p < 4 || n >= LAYERS_MAX) {
        type = 0;
        break;
      }
      if (flag === 0) columns.vlan[i] = view.getUint16(p) & 0xfff;
      flag = TAGGED;
      const inner = view.getUint16(p + 2);
      // Only the older tag can stand before a length.
      type = inner <= LENGTH_MAX && type !== SERVICE ? 0 : inner;
      p += 4;
      n++;
    }
    if (type === IPV4) {
      if (limit <= p) continue;
      const first = view.getUint8(p);
      if (first >> 4 !== 4) {
        // Announced as one, but another: its own number decides.
        if (first >> 4 !== 6) continue;
        type = IPV6;
        n++;
      }
    }
    let next: number, from: number;
    if (type === IPV4) {
      if (limit - p < 20 || n >= LAYERS_MAX) continue;
      const header = (view.getUint8(p) & 15) << 2;
      if (header < 20) continue;
      const total = view.getUint16(p + 2);
      from = p + header;
      next = view.getUint8(p + 9);
      version[i] = 4;
      src[4 * i] = view.getUint32(p + 12);
      dst[4 * i] = view.getUint32(p + 16);
      src[4 * i + 1] = src[4 * i + 2] = src[4 * i + 3] = 0;
      dst[4 * i + 1] = dst[4 * i + 2] = dst[4 * i + 3] = 0;
      if (total !== 0) {
        if (total < header) from = limit;
        else if (p + total < reported) {
          reported = p + total;
          if (limit > reported) limit = reported;
        }
      }
      const part = view.getUint16(p + 6) & 0x3fff;
      if (part !== 0) {
        flag |= PART;
        if ((part & 0x1fff) !== 0) {
          flag |= LATER_PART;
          from = limit;
        }
      }
    } else if (type === IPV6) {
      if (limit - p < 40 || n >= LAYERS_MAX || view.getUint8(p) >> 4 !== 6) continue;
      from = p + 40;
      next = view.getUint8(p + 6);
      version[i] = 6;
      const o = 4 * i;
      src[o] = view.getUint32(p + 8);
      src[o + 1] = view.getUint32(p + 12);
      src[o + 2] = view.getUint32(p + 16);
      src[o + 3] = view.getUint32(p + 20);
      dst[o] = view.getUint32(p + 24);
      dst[o + 1] = view.getUint32(p + 28);
      dst[o + 2] = view.getUint32(p + 32);
      dst[o + 3] = view.getUint32(p + 36);
      let carried = view.getUint16(p + 4);
      // A segment without length is one that the network interface was to split (segmentation offload).
      if (carried === 0) {
        carried = next === TCP ? reported : next === HOP_BY_HOP ? jumbo(view, from, limit) : 0;
      }
      if (from + carried < reported) {
        reported = from + carried;
        if (limit > reported) limit = reported;
      }
    } else continue;
    network[i] = p;
    if (
      next === HOP_BY_HOP || next === ROUTING || next === FRAGMENT || next === AUTHENTICATION ||
      next === DESTINATION
    ) {
      n = extensions(view, next, from, limit, n);
      next = protocol;
      from = at;
      flag |= flags;
    } else n++;
    let ports = 0, told = 0;
    if (from < limit && n < LAYERS_MAX) {
      transport[i] = from;
      if (hasPorts(next) && limit - from >= 4) {
        ports = view.getUint32(from);
        if (next === TCP && limit - from >= 14) told = view.getUint16(from + 12) & 0xfff;
      }
    } else transport[i] = 0;
    srcPort[i] = ports >>> 16;
    dstPort[i] = ports & 0xffff;
    tcpFlags[i] = told;
    columns.protocol[i] = next;
    columns.flags[i] = flag;
    end[i] = limit;
    length[i] = reported - p;
  }
}

/** Names of the protocols known, by number; others go by their number. */
export const NAMES: Readonly<Record<number, string>> = {
  1: "icmp",
  [TCP]: "tcp",
  [UDP]: "udp",
  58: "icmpv6",
  [SCTP]: "sctp",
};

/** Whether a protocol's header begins with two ports. */
export function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP || protocol === SCTP;
}

/** Whether frames, or the frame at `index`, end in a check sequence of Ethernet's four bytes. */
export function hasCheckSequence(frames: FrameBatch, index = -1): boolean {
  const { interfaces, interfaceIds } = frames;
  if (index >= 0) return interfaces[interfaceIds[index]]?.fcsLength === 4;
  for (let i = 0; i < interfaces.length; i++) if (interfaces[i].fcsLength === 4) return true;
  return false;
}

/**
 * A link layer other than Ethernet at `p`: answers the type of what follows as an EtherType, or 0. Sets `at` to where
 * that starts and `layers` to how many headers went before.
 */
function link(view: DataView, linkType: number, p: number, limit: number): number {
  layers = 1;
  at = p;
  const left = limit - p;
  switch (linkType) {
    case 113:
      return left < 16 ? 0 : cooked(view, 16, p + 2, p + 14, p, limit);
    case 276:
      return left < 20 ? 0 : cooked(view, 20, p + 8, p, p, limit);
    case 12:
    case 14:
    case 101:
      return left > 0 ? raw(view, p, limit) : 0;
    case 0:
    case 108:
      at = p + 4;
      return left < 4 || isPpp(view, p, limit) ? 0 : family(loopback(view, p));
    case 228:
    case 229:
      layers = 0;
      return linkType === 228 ? IPV4 : IPV6;
  }
  return 0;
}

/** The header of a Linux cooked capture: `hardware` and `protocol` say where the two types stand in it. */
function cooked(
  view: DataView,
  header: number,
  hardware: number,
  protocol: number,
  p: number,
  limit: number,
): number {
  const type = view.getUint16(protocol);
  at = p + header;
  // Up to this, it is one of Linux' own numbers; tunnels of GRE carry GRE's types. Both have Ethernet among them.
  const own = type <= 1536, gre = !own && view.getUint16(hardware) === 778;
  if (!own && !gre) return type;
  if (own ? type !== 3 : type !== 0x6558 && type !== 0x6400) return 0;
  layers = 2;
  at += 14;
  return limit < at ? 0 : view.getUint16(at - 2);
}

/** A packet without link layer: its version tells what it is. Old Linux drivers put PPP frames or zeros there. */
function raw(view: DataView, p: number, limit: number): number {
  if (isPpp(view, p, limit) || isPpp(view, p + 6, limit) || isPpp(view, p + 1, limit)) return 0;
  let zeros = 0;
  while (zeros < 10 && p + zeros < limit && view.getUint8(p + zeros) === 0) zeros++;
  if (zeros === 10) {
    at = p + 10;
    return IPV4;
  }
  const version = view.getUint8(p) >> 4;
  return version === 4 ? IPV4 : version === 6 ? IPV6 : 0;
}

/** Whether a PPP frame's address and control stand at `p`. */
function isPpp(view: DataView, p: number, limit: number): boolean {
  return p + 2 <= limit && view.getUint16(p) === 0xff03;
}

/** What BSD's loopback header says: an address family, or an EtherType, in either byte order, of 16 or 32 bits. */
export function loopback(view: DataView, p: number): number {
  const high = view.getUint16(p), low = view.getUint16(p + 2);
  if (low !== 0) return (low & 0xff) === 0 && low >> 8 < 6 ? low >> 8 : (high << 16 | low) >>> 0;
  return high >> 8 === 0 && (high & 0xff) < 6 ? high & 0xff : view.getUint16(p, true);
}

/** The EtherType of a family. */
function family(value: number): number {
  if (value > LENGTH_MAX) return value & 0xffff;
  if (value === 2) return IPV4;
  return value === 10 || value === 23 || value === 24 || value === 28 || value === 30 ? IPV6 : 0;
}

/** What the jumbo payload option (RFC 2675) in the hop-by-hop options at `p` says; 0 if there is none that is possible. */
export function jumbo(view: DataView, p: number, limit: number): number {
  if (p + 8 > limit) return 0;
  const end = Math.min(limit, p + 8 + view.getUint8(p + 1) * 8);
  for (let o = p + 2; o + 6 <= end;) {
    const kind = view.getUint8(o);
    if (kind === 0) {
      o++;
      continue;
    }
    const length = view.getUint8(o + 1);
    if (kind === 0xc2 && length === 4) {
      const value = view.getUint32(o + 2);
      return value > 0xffff ? value : 0;
    }
    o += 2 + length;
  }
  return 0;
}

/**
 * Extension headers from `p` on, the first being `next`; the IP header was layer `n`. Sets `protocol` to what follows
 * them, `at` to where (or to `limit`), and `flags`; answers the layers so far.
 */
function extensions(view: DataView, next: number, p: number, limit: number, n: number): number {
  flags = 0;
  n++;
  while (p < limit && n < LAYERS_MAX) {
    let least = 2;
    if (next === FRAGMENT) least = 8;
    else if (next === ROUTING) least = 4;
    else if (next === AUTHENTICATION) least = 8;
    else if (next !== HOP_BY_HOP && next !== DESTINATION) break;
    if (limit - p < least) {
      p = limit;
      break;
    }
    flags |= EXTENDED;
    const inner = view.getUint8(p), told = view.getUint8(p + 1);
    let size = 8;
    if (next === FRAGMENT) {
      const part = view.getUint16(p + 2);
      if ((part & 0xfff9) !== 0) flags |= PART;
      if ((part & 0xfff8) !== 0) {
        flags |= LATER_PART;
        size = limit - p;
      }
    } else if (next === AUTHENTICATION) size = (told + 2) * 4;
    else size = (told + 1) * 8;
    next = inner;
    n++;
    p = limit - p < size ? limit : p + size;
  }
  protocol = next;
  at = p;
  return n;
}
