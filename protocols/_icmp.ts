/**
 * What ICMP and ICMPv6 share: where a message ends, the quoted packet, and the extension structure behind it
 * (RFC 4884), with MPLS label stacks (RFC 4950), interface information (RFC 5837) and interface identification (RFC 8335).
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK, QUOTED } from "../core/catalogue.ts";
import { CHECKSUM_STATUS_NAMES, ChecksumStatus, fold, sumWords } from "../core/checksum.ts";
import type { PacketItems } from "../core/emitter.ts";
import {
  bool,
  bytes,
  type Field,
  group,
  ipv4Address,
  ipv6Address,
  text,
  u16,
  u24,
  u32,
  u8,
  type ValueNames,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";

/** Seconds that the time in an echo may differ from that of its capture, as Wireshark decides. */
export const STAMP_SECONDS = 86_400;

/** States of the neighbour or interface that was asked for (RFC 8335 section 3). */
export const PROBED_STATES: ValueNames = {
  0: "Reserved",
  1: "Incomplete",
  2: "Reachable",
  3: "Stale",
  4: "Delay",
  5: "Probe",
  6: "Failed",
};

/** One past the last captured byte of the message: what is quoted within it has its own end. */
export function messageLimit(items: Items): number {
  const { layers, layer, firstLayer } = items;
  return layers.length > 0 && layer > firstLayer ? layers[layer - LAYER + 3] : items.limit;
}

/** One past the message's last byte on the wire. */
export function messageEnd(items: Items): number {
  const { layers, layer, firstLayer } = items;
  return layers.length > 0 && layer > firstLayer ? layers[layer - LAYER + 4] : items.reported;
}

/** Whether the message can be checked: all of it is there, and it is neither a fragment's part nor quoted. */
export function checkable(items: Items): boolean {
  const { layers, layer, firstLayer } = items;
  if (messageEnd(items) > messageLimit(items)) return false;
  if (layers.length === 0) return true;
  if ((layers[layer] & QUOTED) !== 0) return false;
  const all = (items as PacketItems).catalogue.protocols;
  for (let row = layer - LAYER; row >= firstLayer; row -= LAYER) {
    const spec = all[layers[row] & PROTOCOL_MASK].spec;
    if (spec.fragment?.(items.bytes, layers[row + 1])) return false;
    if (spec.addresses) return true;
  }
  return true;
}

/** Bytes of the quoted packet if the message does not tell (RFC 4884 section 5.5), and of the header before it. */
const QUOTE_MIN = 128, HEADER = 8;

/**
 * Where the extension structure of the error message at `start` begins, or -1. `told`: length of the quoted packet in
 * bytes as the message tells it, 0 if it does not. `version`: of the quoted IP packet.
 */
export function extensionStart(
  b: Uint8Array,
  start: number,
  limit: number,
  end: number,
  told: number,
  version: 4 | 6,
): number {
  const at = start + HEADER + (told || QUOTE_MIN);
  if (end - start <= HEADER + QUOTE_MIN || at + 4 > limit) return -1;
  // A sender that knows of extensions says how long the quote is; one that does not may yet have padded a short packet.
  const q = start + HEADER;
  const length = version === 4 ? (b[q + 2] << 8) | b[q + 3] : ((b[q + 4] << 8) | b[q + 5]) + 40;
  if (length <= QUOTE_MIN) return at;
  return told >= QUOTE_MIN && isExtension(b, at, limit) ? at : -1;
}

/** Whether an extension structure of version 2 with a matching or no checksum stands at `at`. */
function isExtension(b: Uint8Array, at: number, limit: number): boolean {
  if (b[at] >> 4 !== 2) return false;
  if ((b[at + 2] | b[at + 3]) === 0) return true;
  return fold(sumWords(b, at, limit)) === 0xffff;
}

const AFI = { 1: "IPv4", 2: "IPv6", 6: "802 (includes all 802 media plus Ethernet)" } as const;

/** Fields of an extension structure, and the function that reports them. */
export interface Extension {
  /** The fields, for a custom part. */
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Reports the structure from `at` to `limit`; it ends on the wire at `end`. */
  readonly emit: (items: Items, at: number, limit: number, end: number) => void;
}

/** Makes the fields of an extension structure; once for each protocol. */
export function extension(): Extension {
  const heading = group("icmp.ext", "ICMP Extensions", {});
  const object = group("", "Object", {});
  const label = group("", "Label", {});
  const version = u8("icmp.ext.version", "Version");
  const reserved = u16("icmp.ext.res", "Reserved", { hex: true });
  const checksum = u16("icmp.ext.checksum", "Checksum", { hex: true });
  const status = u8("icmp.ext.checksum.status", "Checksum Status", {
    values: CHECKSUM_STATUS_NAMES,
  });
  const length = u16("icmp.ext.length", "Length");
  const classNumber = u8("icmp.ext.class", "Class", {
    values: {
      1: "MPLS Label Stack Class",
      2: "Interface Information Object",
      3: "Interface Identification Object",
    },
  });
  const ctype = u8("icmp.ext.ctype", "C-Type");
  const data = bytes("icmp.ext.data", "Data");
  const mplsLabel = u24("icmp.mpls.label", "Label");
  const mplsExp = u8("icmp.mpls.exp", "Experimental");
  const mplsBottom = bool("icmp.mpls.s", "Stack bit");
  const mplsTtl = u8("icmp.mpls.ttl", "Time to live");
  const mplsData = bytes("icmp.mpls.data", "Data");
  const role = u8("icmp.int_info.role", "Interface Role", {
    values: {
      0: "IP interface upon which datagram arrived",
      1: "sub-IP component of an IP interface upon which datagram arrived",
      2: "IP interface through which datagram would be forwarded",
      3: "IP next-hop to which datagram would be forwarded",
    },
  });
  const infoReserved = u8("icmp.int_info.reserved", "Reserved");
  const hasIndex = bool("icmp.int_info.ifindex", "ifIndex");
  const hasAddress = bool("icmp.int_info.ipaddr", "IP Address");
  const hasName = bool("icmp.int_info.name_present", "Interface Name");
  const hasMtu = bool("icmp.int_info.mtu_present", "MTU");
  const index = u32("icmp.int_info.index", "Interface Index");
  const afi = u16("icmp.int_info.afi", "Address Family Identifier", { values: AFI });
  const zero = bytes("icmp.reserved", "Reserved");
  const ipv4 = ipv4Address("icmp.int_info.ipv4", "Source");
  const ipv6 = ipv6Address("icmp.int_info.ipv6", "Source");
  const nameLength = u8("icmp.int_info.name_length", "Name Length");
  const name = text("icmp.int_info.name", "Name");
  const mtu = u32("icmp.int_info.mtu", "Maximum Transmission Unit");
  const idName = text("icmp.int_ident.name", "Name");
  const idIndex = u32("icmp.int_ident.index", "Interface Index");
  const idAfi = u16("icmp.int_ident.afi", "Address Family Identifier", { values: AFI });
  const idLength = u8("icmp.int_ident.addr_length", "Address Length");
  const idReserved = bytes("icmp.int_ident.reserved", "Reserved");
  const idIpv4 = ipv4Address("icmp.int_ident.ipv4", "Address");
  const idIpv6 = ipv6Address("icmp.int_ident.ipv6", "Address");
  const idAddress = bytes("icmp.int_ident.address", "Address");
  const parts: readonly Field<unknown>[] = [
    heading,
    object,
    label,
    version,
    reserved,
    checksum,
    status,
    length,
    classNumber,
    ctype,
    data,
    mplsLabel,
    mplsExp,
    mplsBottom,
    mplsTtl,
    mplsData,
    role,
    infoReserved,
    hasIndex,
    hasAddress,
    hasName,
    hasMtu,
    index,
    afi,
    zero,
    ipv4,
    ipv6,
    nameLength,
    name,
    mtu,
    idName,
    idIndex,
    idAfi,
    idLength,
    idReserved,
    idIpv4,
    idIpv6,
    idAddress,
  ];
  const fields: Record<string, Field<unknown>> = {};
  parts.forEach((f, i) => fields[`_ext${i}`] = f);

  const word = (b: Uint8Array, at: number): number =>
    (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3];
  /** Adds text without the zero bytes that pad it. */
  const addText = (items: Items, f: Field<unknown>, at: number, stop: number): void => {
    let end = at;
    while (end < stop && items.bytes[end] !== 0) end++;
    items.add(f.id, at, end - at, 0);
  };

  function labels(items: Items, from: number, stop: number): void {
    const b = items.bytes;
    let at = from;
    for (; at + 4 <= stop; at += 4) {
      const v = word(b, at);
      items.at = at;
      const row = items.open(label.id);
      items.add(mplsLabel.id, at, 3, v >>> 12);
      items.add(mplsExp.id, at + 2, 1, (v >>> 9) & 7);
      items.add(mplsBottom.id, at + 2, 1, (v >>> 8) & 1);
      items.add(mplsTtl.id, at + 3, 1, v & 0xff);
      items.at = at + 4;
      items.close(row);
    }
    if (at < stop) items.add(mplsData.id, at, stop - at, 0);
  }

  function information(items: Items, from: number, stop: number, kind: number): void {
    const b = items.bytes;
    let at = from;
    const k = at - 1;
    items.depth++;
    items.add(role.id, k, 1, kind >> 6);
    items.add(infoReserved.id, k, 1, (kind >> 4) & 3);
    items.add(hasIndex.id, k, 1, (kind >> 3) & 1);
    items.add(hasAddress.id, k, 1, (kind >> 2) & 1);
    items.add(hasName.id, k, 1, (kind >> 1) & 1);
    items.add(hasMtu.id, k, 1, kind & 1);
    items.depth--;
    if ((kind & 8) !== 0) {
      if (at + 4 > stop) return;
      items.add(index.id, at, 4, word(b, at));
      at += 4;
    }
    if ((kind & 4) !== 0) {
      if (at + 4 > stop) return;
      const family = (b[at] << 8) | b[at + 1], n = family === 1 ? 4 : family === 2 ? 16 : -1;
      if (n < 0 || at + 4 + n > stop) return;
      items.add(afi.id, at, 2, family);
      items.add(zero.id, at + 2, 2, 0);
      items.add(family === 1 ? ipv4.id : ipv6.id, at + 4, n, 0);
      at += 4 + n;
    }
    if ((kind & 2) !== 0) {
      if (at >= stop) return;
      const n = b[at];
      items.add(nameLength.id, at, 1, n);
      if (n === 0 || at + n > stop) return;
      addText(items, name, at + 1, at + n);
      at += n;
    }
    if ((kind & 1) !== 0 && at + 4 <= stop) items.add(mtu.id, at, 4, word(b, at));
  }

  function identification(items: Items, at: number, stop: number, kind: number): void {
    const b = items.bytes;
    if (kind === 1) addText(items, idName, at, stop);
    else if (kind === 2) {
      if (at + 4 <= stop) items.add(idIndex.id, at, 4, word(b, at));
    } else if (kind === 3 && at + 4 <= stop) {
      const family = (b[at] << 8) | b[at + 1];
      items.add(idAfi.id, at, 2, family);
      items.add(idLength.id, at + 2, 1, b[at + 2]);
      items.add(idReserved.id, at + 3, 1, 0);
      if (family === 1 && at + 8 <= stop) items.add(idIpv4.id, at + 4, 4, 0);
      else if (family === 2 && at + 20 <= stop) items.add(idIpv6.id, at + 4, 16, 0);
      else if (at + 4 < stop) items.add(idAddress.id, at + 4, stop - at - 4, 0);
    }
  }

  return {
    fields,
    emit(items, from, limit, end) {
      const b = items.bytes, before = items.at;
      if (from + 4 > limit) return;
      items.at = from;
      const row = items.open(heading.id);
      items.add(version.id, from, 1, b[from] >> 4);
      items.add(reserved.id, from, 2, ((b[from] & 15) << 8) | b[from + 1]);
      const sum = (b[from + 2] << 8) | b[from + 3];
      items.add(checksum.id, from + 2, 2, sum);
      items.add(
        status.id,
        from + 2,
        0,
        sum === 0
          ? ChecksumStatus.NotPresent
          : end > limit
          ? ChecksumStatus.Unverified
          : fold(sumWords(b, from, limit)) === 0xffff
          ? ChecksumStatus.Good
          : ChecksumStatus.Bad,
      );
      // Objects are known of version 2 (RFC 4884), and of the drafts before it.
      const known = b[from] >> 4 === 1 || b[from] >> 4 === 2;
      for (let at = known ? from + 4 : limit; at + 4 <= limit;) {
        const n = (b[at] << 8) | b[at + 1], kind = b[at + 2];
        items.at = at;
        const inner = items.open(object.id);
        items.add(length.id, at, 2, n);
        items.add(classNumber.id, at + 2, 1, kind);
        if (n < 4) {
          items.malformed = true;
          items.at = at + 4;
          items.close(inner);
          break;
        }
        const stop = Math.min(at + n, limit), type = b[at + 3];
        items.add(ctype.id, at + 3, 1, type);
        if (kind === 1 && type === 1) labels(items, at + 4, stop);
        else if (kind === 2) information(items, at + 4, stop, type);
        else if (kind === 3) identification(items, at + 4, stop, type);
        else if (stop > at + 4) items.add(data.id, at + 4, stop - at - 4, 0);
        items.at = at = stop;
        items.close(inner);
      }
      items.at = limit;
      items.close(row);
      items.at = before;
    },
  };
}
