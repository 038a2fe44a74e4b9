/**
 * Network Service Header (RFC 8300).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import {
  bits,
  bytes,
  choose,
  custom,
  type Field,
  fixedBytes,
  group,
  inline,
  list,
  u16,
  u24,
  u8,
  within,
} from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys, toEthertype } from "./_ethertype.ts";

/** Context metadata of variable length. */
export interface NshMetadata {
  /** Class: who says what the type means. */
  readonly class: number;
  /** Type. */
  readonly type: number;
  /** Length of the data in bytes; the highest bit is unassigned. */
  readonly length?: number;
  /** What it says. */
  readonly data?: Uint8Array;
}

/** A network service header. */
export interface Nsh {
  /** Version: 0. */
  readonly version: number;
  /** 1 for operation, administration and maintenance. */
  readonly oam: number;
  /** Unassigned bit. */
  readonly unassigned: number;
  /** Time to live. */
  readonly ttl: number;
  /** Length of the header in units of 4 bytes. */
  readonly words: number;
  /** Kind of metadata: 1 four words, 2 elements of variable length. */
  readonly metadataType: number;
  /** What follows: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS. */
  readonly nextProtocol: number;
  /** Service path. */
  readonly path: number;
  /** Place in the service path. */
  readonly serviceIndex: number;
  /** Metadata in four words of 4 bytes. */
  readonly contexts?: readonly Uint8Array[];
  /** Metadata of variable length. */
  readonly metadata?: readonly NshMetadata[];
  /** Metadata of another kind. */
  readonly other?: Uint8Array;
}

const FIXED = 8;
const NEXT: Readonly<Record<number, string>> = {
  0: "None",
  1: "IPv4",
  2: "IPv6",
  3: "Ethernet",
  4: "NSH",
  5: "MPLS",
  254: "Experiment 1",
  255: "Experiment 2",
};
/** EtherTypes of what follows, by its number. */
const TYPES = [0, 0x0800, 0x86dd, 0x6558, 0x894f, 0x8847];
const PROTOCOL = new Keys("nsh.next_proto");

/** Network Service Header. */
export const nsh: Protocol<Nsh> = protocol<Nsh>({
  name: "nsh",
  title: "Network Service Header",
  label: "NSH",
  layer: "link",
  parents: { ethertype: [0x894f], "gre.proto": [0x894f] },
  fields: {
    version: bits(2, "nsh.version", "Version", { hex: true }),
    oam: bits(1, "nsh.Obit", "O Bit"),
    unassigned: bits(1, "nsh.CBit", "C Bit"),
    ttl: bits(6, "nsh.ttl", "Time to live", { hex: true, initial: 63 }),
    words: bits(6, "nsh.length", "Length", { hex: true, auto: (d) => d.headerLength >> 2 }),
    metadataType: u8("nsh.mdtype", "MD Type", { hex: true, initial: 2 }),
    nextProtocol: u8("nsh.nextproto", "Next Protocol", { hex: true, values: NEXT }),
    path: u24("nsh.spi", "SPI", { hex: true }),
    serviceIndex: u8("nsh.si", "SI", { hex: true, initial: 255 }),
    _context: choose("metadataType", {
      1: inline({ contexts: list(fixedBytes(4, "nsh.contextheader", "Context Header")) }),
      2: inline({ metadata: list(element()) }),
    }, inline({ other: bytes("", "Metadata") })),
  },
  fill(next) {
    const type = next?.spec.parents?.ethertype?.[0];
    const i = type === undefined ? -1 : TYPES.indexOf(type);
    return i > 0 ? { nextProtocol: i } : undefined;
  },
  walk,
  summary,
});

function element(): Field<NshMetadata> {
  return group<NshMetadata>("", "Metadata", {
    class: u16("nsh.metadataclass", "TLV Class", { hex: true }),
    type: u8("nsh.metadatatype", "Type", { hex: true }),
    length: u8("", "Length", {
      auto: (d) => (d.value.data as Uint8Array | undefined)?.length ?? 0,
    }),
    _unassigned: within(0x80, "nsh.metadataunassignedbit", "Unassigned Bit", { hex: true }),
    _length: within(0x7f, "nsh.metadatalen", "Length", { hex: true }),
    data: bytes("nsh.metadata", "Variable Metadata", (items) => items.bytes[items.at - 1] & 0x7f),
    _pad: custom({
      fields: {},
      emit(items) {
        const over = (items.at - items.start) & 3;
        if (over) items.at = Math.min(items.end, items.at + 4 - over);
      },
      write(writer) {
        while (writer.at & 3) writer.uint(0, 1);
      },
    }),
  });
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, n = (b[s + 1] & 0x3f) << 2;
  if (n < FIXED) {
    w.bad = true;
    return;
  }
  w.end = s + n;
  if (w.end > w.limit) return;
  const next = b[s + 3];
  if (next > 0 && next < TYPES.length) toEthertype(w, TYPES[next]);
  else PROTOCOL.find(w, next);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < FIXED) return;
  out.ascii("Next: ");
  out.ascii(NEXT[layer.bytes[layer.start + 3]] ?? "Unknown");
}
