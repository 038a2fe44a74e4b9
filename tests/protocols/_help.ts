/**
 * What protocol tests share: dissecting a lone frame, its fields, truncation and the neighbour test.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import { Catalogue, Walker } from "../../core/catalogue.ts";
import type { PacketBatch } from "../../core/engine.ts";
import { Packet } from "../../core/packet.ts";
import type { Protocol } from "../../core/protocol.ts";
import { ALL } from "../../protocols/mod.ts";

/** All protocols that ship. */
export const catalogue: Catalogue = new Catalogue(ALL);

/** A batch of one frame, standing between `around` bytes of value `fill` on both sides. */
export function batchOf(
  frame: Uint8Array,
  options: { linkType?: number; wireLength?: number; fill?: number; around?: number } = {},
): PacketBatch {
  const around = options.around ?? 64;
  const bytes = new Uint8Array(frame.length + around * 2).fill(options.fill ?? 0);
  bytes.set(frame, around);
  const frames: FrameBatch = {
    sequence: 0,
    firstNumber: 1,
    count: 1,
    bytes,
    starts: Uint32Array.of(around),
    capturedLengths: Uint32Array.of(frame.length),
    wireLengths: Uint32Array.of(options.wireLength ?? frame.length),
    seconds: Float64Array.of(1_700_000_000),
    nanoseconds: Uint32Array.of(0),
    linkTypes: Uint16Array.of(options.linkType ?? 1),
    interfaceIds: new Uint32Array(1),
    interfaces: [{
      linkType: options.linkType ?? 1,
      snapLength: 0,
      section: 0,
      id: 0,
      resolution: "10^-6",
    }],
    clock: {
      firstSeconds: NaN,
      firstNanoseconds: 0,
      previousSeconds: NaN,
      previousNanoseconds: 0,
    },
    littleEndian: true,
    recordStarts: Uint32Array.of(around),
    recordLengths: Uint32Array.of(frame.length),
  };
  const walker = new Walker(catalogue);
  const firstLayer = new Uint32Array(2);
  walker.batch(frames, firstLayer);
  return {
    frames,
    layers: walker.layers.slice(0, walker.used),
    firstLayer,
    issues: walker.issues.slice(0, walker.issuesUsed),
    issuesUsed: walker.issuesUsed,
  };
}

/** The packet in a lone frame. */
export function dissect(
  frame: Uint8Array,
  options: Parameters<typeof batchOf>[1] = {},
): Packet {
  return new Packet(batchOf(frame, options), 0, catalogue);
}

/** All fields with values, by abbreviation, the frame's own left out. */
export function fieldsOf(packet: Packet): Record<string, unknown[]> {
  const all: Record<string, unknown[]> = {};
  for (const f of packet.fields()) {
    if (f.info.abbrev === "" || f.info.abbrev.startsWith("frame.")) continue;
    (all[f.info.abbrev] ??= []).push(f.value);
  }
  return all;
}

/** Everything there is to say of a packet, for comparing two. */
function everything(packet: Packet): unknown {
  return [packet.protocols, packet.fields(), packet.issues, packet.summary];
}

/**
 * Cuts `frame` at every length, once as a short capture and once as a short frame, and demands that what is found does
 * not depend on the bytes around it, and that nothing throws.
 */
export function assertBounded(frame: Uint8Array, linkType = 1): void {
  for (let n = 0; n <= frame.length; n++) {
    for (const wireLength of [n, frame.length]) {
      const cut = frame.subarray(0, n);
      assertEquals(
        everything(dissect(cut, { linkType, wireLength, fill: 0x00 })),
        everything(dissect(cut, { linkType, wireLength, fill: 0xff })),
        `cut at ${n} of ${frame.length}`,
      );
    }
  }
}

/** Decodes the header at the beginning of `bytes` as `protocol` and demands that encoding it gives the same bytes. */
export function assertRoundTrip<T extends object>(protocol: Protocol<T>, bytes: Uint8Array): void {
  const header = protocol.at(bytes, 0, bytes.length, bytes.length);
  assertEquals(protocol.encode(protocol.toObject(header)), bytes);
}

/** Bytes from hexadecimal text; white space is ignored. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (d) => parseInt(d, 16));
}
