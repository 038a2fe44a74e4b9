/**
 * Generic Routing Encapsulation (RFC 2784, 2890, 1701) and its variant for PPTP (RFC 2637).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { ChecksumStatus, fold, internetChecksum, sumWords } from "../core/checksum.ts";
import {
  bytes,
  choose,
  computed,
  type Draft,
  type Field,
  flag,
  inline,
  optional,
  u16,
  u32,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";
import { STATUS_NAMES, Step } from "./_transport.ts";

/** A GRE header. */
export interface Gre {
  /** Flags and version. */
  readonly flags: number;
  /** Whether there is a checksum. */
  readonly hasChecksum: boolean;
  /** Whether there is routing information (RFC 1701). */
  readonly hasRouting: boolean;
  /** Whether there is a key. */
  readonly hasKey: boolean;
  /** Whether there is a sequence number. */
  readonly hasSequence: boolean;
  /** Version: 0, or 1 for PPTP. */
  readonly version: number;
  /** EtherType of what follows. */
  readonly protocol: number;
  /** Checksum of header and payload. */
  readonly checksum: number;
  /** Offset of the active route (RFC 1701), else 0. */
  readonly offset: number;
  /** Key (version 0). */
  readonly key: number;
  /** Bytes of payload (version 1). */
  readonly payloadLength: number;
  /** Call identifier (version 1). */
  readonly callId: number;
  /** Sequence number. */
  readonly sequence: number;
  /** Highest sequence number seen (version 1). */
  readonly acknowledgment: number;
  /** Routing information, as it is (RFC 1701). */
  readonly routing: Uint8Array;
}

const C = 0x8000, R = 0x4000, K = 0x2000, S = 0x1000, A = 0x0080;
const FIXED = 4, ROUTES_MAX = 64;

type Values = Readonly<Record<string, unknown>>;

function flagsAt(items: Items): number {
  return (items.bytes[items.start] << 8) | items.bytes[items.start + 1];
}
const has = (mask: number) => (items: Items): boolean =>
  items.at >= items.start + FIXED && (flagsAt(items) & mask) !== 0;

/** Flags that differ by version. */
function moreFlags(): Field<unknown> {
  const ack = flag(A, "gre.flags.ack", "Acknowledgment");
  const reserved = within(0xf8, "gre.flags.reserved", "Flags (Reserved)");
  const reserved1 = within(0x78, "gre.flags.reserved", "Flags (Reserved)");
  return new Step(
    (items) => {
      if (items.at < items.start + 2 || items.short) return;
      const v = flagsAt(items);
      if ((v & 7) === 1) {
        items.add(ack.id, items.start, 2, (v >> 7) & 1);
        items.add(reserved1.id, items.start, 2, (v >> 3) & 15);
      } else items.add(reserved.id, items.start, 2, (v >> 3) & 31);
    },
    ["gre.flags.ack", "gre.flags.reserved"],
    [ack, reserved, reserved1],
  );
}

/**
 * Flags for the values given. What depends on the payload has no fixed place behind them, so it is filled here too: the
 * checksum, and PPTP's payload length.
 */
function settled({ bytes: b, headerLength, value: v }: Draft): number {
  const routed = v.routing !== undefined;
  const flags = (v.checksum !== undefined || v.hasChecksum ? C : 0) | (routed ? R : 0) |
    (v.key !== undefined || v.callId !== undefined || v.hasKey ? K : 0) |
    (v.sequence !== undefined ? S : 0) | (v.acknowledgment !== undefined ? A : 0) |
    (isPptp(v) ? 1 : 0);
  b[0] = flags >> 8;
  b[1] = flags & 255;
  if (isPptp(v) && v.payloadLength === undefined && headerLength >= 8) {
    b[4] = (b.length - headerLength) >> 8;
    b[5] = (b.length - headerLength) & 255;
  }
  if (flags & C && v.checksum === undefined) {
    const sum = internetChecksum(b, 0, b.length);
    b[4] = sum >> 8;
    b[5] = sum & 255;
  }
  return flags;
}

const version = within(7, "gre.flags.version", "Version", {
  values: { 0: "GRE", 1: "Enhanced GRE" },
});

/** Generic Routing Encapsulation. */
export const gre: Protocol<Gre> = protocol<Gre>({
  name: "gre",
  title: "Generic Routing Encapsulation",
  label: "GRE",
  layer: "internet",
  parents: { "ip.proto": [47] },
  fields: {
    // Less than the fixed part is nothing.
    _whole: new Step((items) => {
      if (items.headerEnd - items.start < FIXED) items.at = items.end;
    }, []),
    flags: u16("gre.flags_and_version", "Flags and Version", {
      hex: true,
      auto: settled,
    }),
    hasChecksum: flag(C, "gre.flags.checksum", "Checksum Bit"),
    hasRouting: flag(R, "gre.flags.routing", "Routing Bit"),
    hasKey: flag(K, "gre.flags.key", "Key Bit"),
    hasSequence: flag(S, "gre.flags.sequence_number", "Sequence Number Bit"),
    _strict: flag(0x0800, "gre.flags.strict_source_route", "Strict Source Route Bit"),
    _recursion: within(0x0700, "gre.flags.recursion_control", "Recursion control"),
    version,
    _more: moreFlags(),
    protocol: u16("gre.proto", "Protocol Type", { hex: true, values: ETHERTYPES }),
    _checksum: optional(
      has(C | R),
      inline({
        checksum: u16("gre.checksum", "Checksum", { hex: true }),
        _status: computed("gre.checksum.status", "Checksum Status", status, {
          values: STATUS_NAMES,
        }),
        offset: u16("gre.offset", "Offset"),
      }),
      (v) =>
        v.checksum !== undefined || v.hasChecksum === true || v.offset !== undefined ||
        v.routing !== undefined || ((v.flags as number ?? 0) & (C | R)) !== 0,
    ),
    _key: optional(
      has(K),
      choose(
        (items) => flagsAt(items) & 7,
        {
          1: inline({
            payloadLength: u16("gre.key.payload_length", "Payload Length"),
            callId: u16("gre.key.call_id", "Call ID"),
          }),
        },
        u32Key(),
        (v) => isPptp(v) ? 1 : 0,
      ),
      (v) =>
        v.key !== undefined || v.callId !== undefined || v.hasKey === true ||
        ((v.flags as number ?? 0) & K) !== 0,
    ),
    sequence: optional(
      has(S),
      u32("gre.sequence_number", "Sequence Number"),
      (v) => v.sequence !== undefined,
    ) as Field<number>,
    acknowledgment: optional(
      (items) => has(A)(items) && (flagsAt(items) & 7) === 1,
      u32("gre.ack_number", "Acknowledgment Number"),
      (v) => v.acknowledgment !== undefined,
    ) as Field<number>,
    routing: optional(
      (items) => has(R)(items) && (flagsAt(items) & 7) === 0,
      bytes("", "Routing"),
      (v) => v.routing !== undefined,
    ) as Field<Uint8Array>,
  },
  next: { table: "gre.proto", field: "protocol" },
  fill: (next) => {
    const parents = next?.spec.parents;
    const type = parents?.["gre.proto"]?.[0] ?? parents?.ethertype?.[0];
    return type === undefined ? undefined : { protocol: type };
  },
  walk,
  summary,
});

function u32Key(): Field<unknown> {
  return inline({ key: u32("gre.key", "Key", { hex: true }) });
}

function isPptp(v: Values): boolean {
  return v.version === 1 || v.callId !== undefined || v.acknowledgment !== undefined ||
    ((v.flags as number | undefined ?? 0) & 7) === 1;
}

/** The checksum covers header and payload (RFC 2784 section 2.1). */
function status(items: Items): number {
  if (items.layers.length === 0 || items.short || (flagsAt(items) & C) === 0) return -1;
  if (items.reported > items.limit) return ChecksumStatus.Unverified;
  return fold(sumWords(items.bytes, items.start, items.limit)) === 0xffff
    ? ChecksumStatus.Good
    : ChecksumStatus.Bad;
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, limit = w.limit;
  w.next = -2;
  const flags = (b[s] << 8) | b[s + 1], type = (b[s + 2] << 8) | b[s + 3];
  let end = s + FIXED;
  if ((flags & (C | R)) !== 0) end += 4;
  if ((flags & K) !== 0) end += 4;
  if ((flags & S) !== 0) end += 4;
  if ((flags & 7) === 1) {
    if ((flags & A) !== 0) end += 4;
  } else if ((flags & R) !== 0) {
    // Entries of family, offset, length and route, until one of length zero (RFC 1701).
    for (let n = 0; n < ROUTES_MAX && end + 4 <= limit; n++) {
      const family = (b[end] << 8) | b[end + 1], length = b[end + 3];
      end += 4 + length;
      if (family === 0 && length === 0) break;
    }
  }
  w.end = end;
  if (end >= limit) return;
  // An ERSPAN frame without a sequence number has no header of its own (type I).
  if (type === 0x88be && (flags & S) === 0) return w.to("linktype", 1);
  w.to("gre.proto", type);
  if (w.next < 0 && type !== 0) w.to("ethertype", type);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < FIXED) return;
  const type = (b[s + 2] << 8) | b[s + 3];
  out.ascii("Encapsulated ");
  out.ascii(ETHERTYPES[type] ?? (type === 0x880b ? "PPP" : "unknown"));
}
