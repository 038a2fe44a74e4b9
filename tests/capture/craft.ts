/** Capture files built by hand for the tests, independent of the library's own writers. */
import { CaptureFormatError } from "../../core/errors.ts";
import type { FrameBatch } from "../../core/batch.ts";
import { type CaptureInput, openCapture, type OpenCaptureOptions } from "../../capture/open.ts";

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Numbers in a byte order: `[bits, value]`. */
export function numbers(
  littleEndian: boolean,
  ...fields: readonly (readonly [8 | 16 | 32, number] | readonly [64, bigint])[]
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(fields.reduce((n, [bits]) => n + bits / 8, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bits, value] of fields) {
    if (typeof value === "bigint") view.setBigUint64(at, BigInt.asUintN(64, value), littleEndian);
    else if (bits === 8) view.setUint8(at, value);
    else if (bits === 16) view.setUint16(at, value, littleEndian);
    else view.setUint32(at, value, littleEndian);
    at += bits / 8;
  }
  return out;
}

/** A frame of a size whose last byte is its number. */
export function frame(number: number, size = 60): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + number) & 0xff);
  if (size > 0) bytes[size - 1] = number;
  return bytes;
}

export type PcapKind = "us" | "ns" | "mod";
const MAGIC = { us: 0xa1b2c3d4, ns: 0xa1b23c4d, mod: 0xa1b2cd34 };

export function pcapHeader(
  le: boolean,
  kind: PcapKind = "us",
  { major = 2, minor = 4, zone = 0, sigfigs = 0, snap = 262144, network = 1 } = {},
): Uint8Array<ArrayBuffer> {
  return numbers(
    le,
    [32, MAGIC[kind]],
    [16, major],
    [16, minor],
    [32, zone >>> 0],
    [32, sigfigs],
    [32, snap],
    [32, network],
  );
}

export function pcapRecord(
  le: boolean,
  kind: PcapKind,
  number: number,
  data: Uint8Array = frame(number),
  {
    seconds = 1_700_000_000 + number,
    fraction = number * 1000,
    captured = data.length,
    wire = data.length,
  } = {},
): Uint8Array<ArrayBuffer> {
  const head = numbers(le, [32, seconds], [32, fraction], [32, captured], [32, wire]);
  const extra = kind === "mod"
    ? numbers(le, [32, 5], [16, 0x806], [8, 3], [8, 0])
    : head.slice(0, 0);
  return join(head, extra, data);
}

export function pcap(
  le: boolean,
  kind: PcapKind,
  sizes: readonly number[],
): Uint8Array<ArrayBuffer> {
  return join(
    pcapHeader(le, kind),
    ...sizes.map((size, i) => pcapRecord(le, kind, i + 1, frame(i + 1, size))),
  );
}

export function block(le: boolean, type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const pad = new Uint8Array(-body.length & 3);
  const total = 12 + body.length + pad.length;
  return join(numbers(le, [32, type], [32, total]), body, pad, numbers(le, [32, total]));
}

export function option(
  le: boolean,
  code: number,
  value: Uint8Array,
  fill = 0,
): Uint8Array<ArrayBuffer> {
  return join(
    numbers(le, [16, code], [16, value.length]),
    value,
    new Uint8Array(-value.length & 3).fill(fill),
  );
}

export const END: Uint8Array<ArrayBuffer> = new Uint8Array(4);
export const NONE: Uint8Array<ArrayBuffer> = new Uint8Array(0);

export function shb(le: boolean, options: Uint8Array = NONE): Uint8Array<ArrayBuffer> {
  return block(
    le,
    0x0a0d0d0a,
    join(numbers(le, [32, 0x1a2b3c4d], [16, 1], [16, 0], [64, -1n]), options),
  );
}

export function idb(
  le: boolean,
  options: Uint8Array = NONE,
  link = 1,
  snap = 0,
): Uint8Array<ArrayBuffer> {
  return block(le, 1, join(numbers(le, [16, link], [16, 0], [32, snap]), options));
}

export function epb(
  le: boolean,
  id: number,
  ticks: bigint,
  data: Uint8Array,
  options: Uint8Array = NONE,
  wire = data.length,
  fill = 0,
): Uint8Array<ArrayBuffer> {
  const head = numbers(
    le,
    [32, id],
    [32, Number(ticks >> 32n)],
    [32, Number(ticks & 0xffffffffn)],
    [32, data.length],
    [32, wire],
  );
  return block(le, 6, join(head, data, new Uint8Array(-data.length & 3).fill(fill), options));
}

export interface Seen {
  time: string;
  captured: number;
  wire: number;
  linkType: number;
  interfaceId: number;
  data: string;
}

export interface Outcome {
  frames: Seen[];
  batches: FrameBatch[];
  error: CaptureFormatError | undefined;
  codes: string[];
}

/** Reads a whole capture; any error but CaptureFormatError fails the test. */
export async function readAll(
  input: CaptureInput,
  options: OpenCaptureOptions = {},
): Promise<Outcome> {
  const frames: Seen[] = [];
  const batches: FrameBatch[] = [];
  const codes: string[] = [];
  let error: CaptureFormatError | undefined;
  try {
    await using capture = await openCapture(input, {
      ...options,
      onWarning: ({ code, offset }) => codes.push(`${code}@${offset}`),
    });
    for await (const batch of capture) {
      batches.push(batch);
      for (let i = 0; i < batch.count; i++) {
        const start = batch.starts[i];
        const data = batch.bytes.subarray(start, start + batch.capturedLengths[i]);
        frames.push({
          time: `${batch.seconds[i]}.${String(batch.nanoseconds[i]).padStart(9, "0")}`,
          captured: batch.capturedLengths[i],
          wire: batch.wireLengths[i],
          linkType: batch.linkTypes[i],
          interfaceId: batch.interfaceIds[i],
          data: data.toHex(),
        });
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof CaptureFormatError)) throw thrown;
    error = thrown;
  }
  return { frames, batches, error, codes };
}

/** A stream of chunks of 1 to `most` bytes. */
export function trickle(bytes: Uint8Array, most: number): ReadableStream<Uint8Array> {
  let at = 0;
  let size = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      size = size % most + 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

/** Numbers from 0 to 1, the same in every run. */
export function dice(seed: number): () => number {
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
