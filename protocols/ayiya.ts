/**
 * Anything In Anything (draft-massar-v6ops-ayiya).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, bytes, time32, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** An AYIYA header. */
export interface Ayiya {
  /** The identity has two to the power of this many bytes. */
  readonly identityLength: number;
  /** Kind of identity: 0 none, 1 integer, 2 text. */
  readonly identityType: number;
  /** Length of the signature in words of 4 bytes. */
  readonly signatureLength: number;
  /** Hash method. */
  readonly hash: number;
  /** Authentication method. */
  readonly authentication: number;
  /** Operation. */
  readonly opcode: number;
  /** Protocol number of what follows. */
  readonly nextHeader: number;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** Identity. */
  readonly identity: Uint8Array;
  /** Signature. */
  readonly signature: Uint8Array;
}

const FIXED = 8, FORWARD = 1;
const OPCODES: Readonly<Record<number, string>> = {
  0: "No Operation",
  1: "Forward",
  2: "Echo Request",
  3: "Echo Request and Forward",
  4: "Echo Response",
  5: "MOTD",
  6: "Query Request",
  7: "Query Response",
};

/** Anything In Anything. */
export const ayiya: Protocol<Ayiya> = protocol<Ayiya>({
  name: "ayiya",
  title: "Anything in Anything Protocol",
  label: "AYIYA",
  layer: "link",
  parents: { "udp.port": [5072] },
  fields: {
    identityLength: bits(4, "ayiya.idlen", "Identity field length", {
      hex: true,
      auto: ({ value: v }) => Math.round(Math.log2((v.identity as Uint8Array)?.length || 1)),
    }),
    identityType: bits(4, "ayiya.idtype", "Identity field type", { hex: true, initial: 1 }),
    signatureLength: bits(4, "ayiya.siglen", "Signature Length", {
      hex: true,
      auto: ({ value: v }) => ((v.signature as Uint8Array)?.length ?? 0) >> 2,
    }),
    hash: bits(4, "ayiya.hashmethod", "Hash method", { hex: true }),
    authentication: bits(4, "ayiya.authmethod", "Authentication method", { hex: true }),
    opcode: bits(4, "ayiya.opcode", "Operation Code", {
      hex: true,
      values: OPCODES,
      initial: FORWARD,
    }),
    nextHeader: u8("ayiya.nextheader", "Next Header", { hex: true }),
    epoch: time32("ayiya.epoch", "Epoch"),
    identity: bytes(
      "ayiya.identity",
      "Identity",
      (items) => 1 << (items.bytes[items.start] >> 4),
      { initial: new Uint8Array(1) },
    ),
    signature: bytes(
      "ayiya.signature",
      "Signature",
      (items) => (items.bytes[items.start + 1] >> 4) * 4,
    ),
  },
  next: { table: "ip.proto", field: "nextHeader" },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + FIXED + (1 << (b[s] >> 4)) + (b[s + 1] >> 4) * 4;
  w.next = -2;
  if (w.end >= w.limit) return;
  w.next = -1;
  if ((b[s + 2] & 15) === FORWARD) w.to("ip.proto", b[s + 3]);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < 3) return;
  out.ascii(OPCODES[layer.bytes[layer.start + 2] & 15] ?? "Unknown");
}
