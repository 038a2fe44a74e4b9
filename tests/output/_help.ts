/**
 * What format tests share: captures and made-up frames through a format, cut into batches at will, and the programs
 * that read what comes out.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fileSource } from "../../capture/file_source.ts";
import type { CaptureHeader, FrameBatch } from "../../core/batch.ts";
import { Walker } from "../../core/catalogue.ts";
import type { Format, PacketBatch, Plugin } from "../../core/engine.ts";
import {
  bits,
  bool,
  bytes,
  group,
  i32,
  list,
  text,
  time32,
  u16,
  u32,
  u64,
  u8,
} from "../../core/field.ts";
import { type Protocol, protocol } from "../../core/protocol.ts";
import { createKit, type Kit } from "../../kit.ts";

/** Folder of the recorded captures. */
export const CAPTURES: URL = new URL("../captures/", import.meta.url);

/** A header of {@link odd}. */
export interface Odd {
  /** Kind of message. */
  readonly kind: number;
  /** Whether it is urgent. */
  readonly urgent: boolean;
  /** Seven bits that mean nothing. */
  readonly rest: number;
  /** A number of 64 bits. */
  readonly big: bigint;
  /** A number with a sign. */
  readonly signed: number;
  /** A time. */
  readonly when: number;
  /** Length of `name`. */
  readonly nameLength: number;
  /** Text. */
  readonly name: string;
  /** Number of `points`. */
  readonly count: number;
  /** A list of groups. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Bytes. */
  readonly blob: Uint8Array;
}

/** A protocol with a field of each kind, on UDP port 9999, whose summary writes what the packet says unescaped. */
export const odd: Protocol<Odd> = protocol<Odd>({
  name: "odd",
  title: "Odd Protocol",
  label: "Odd",
  layer: "application",
  parents: { "udp.port": [9999] },
  fields: {
    kind: u8("odd.kind", "Kind", { values: { 1: 'a "quoted" <kind> & \u00fc', 2: "plain" } }),
    urgent: bool("odd.urgent", "Urgent", { values: { 0: "calm", 1: "urgent" } }),
    rest: bits(7, "odd.rest", "Rest"),
    big: u64("odd.big", "Big"),
    signed: i32("odd.signed", "Signed"),
    when: time32("odd.when", "When"),
    nameLength: u16("odd.name_length", "Name length"),
    name: text("odd.name", "Name", "nameLength"),
    count: u8("odd.count", "Count"),
    points: list(
      group<{ readonly x: number; readonly y: number }>("", "Point", {
        x: u8("odd.x", "X"),
        y: u32("odd.y", "Y"),
      }),
      "count",
    ),
    blob: bytes("odd.blob", "Blob"),
  },
  header: "rest",
  summary(layer, out) {
    out.raw(layer.bytes, layer.start, layer.limit);
  },
});

/** Brings {@link odd}. */
export const plugin: Plugin = { name: "odd", protocols: [odd as unknown as Protocol] };
/** What ships, and {@link odd}. */
export const kit: Kit = createKit([plugin]);
await kit.catalogue.loadAll();

/** One frame to make a capture of. */
export interface Made {
  /** Its bytes. */
  readonly frame: Uint8Array;
  /** Length on the wire; that of `frame` if absent. */
  readonly wireLength?: number;
  /** Seconds; `NaN` for none. */
  readonly seconds?: number;
  /** Nanoseconds. */
  readonly nanoseconds?: number;
}

/** Frames as one batch of a pcap file with nanoseconds. */
export function framesOf(made: readonly Made[], linkType = 1, resolution = "10^-9"): FrameBatch {
  const starts: number[] = [];
  let total = 0;
  for (const { frame } of made) {
    starts.push(total += 16);
    total += frame.length;
  }
  const bytes = new Uint8Array(total);
  made.forEach(({ frame }, i) => bytes.set(frame, starts[i]));
  const seconds = made.map((m, i) => m.seconds ?? 1_700_000_000 + i);
  const nanoseconds = made.map((m, i) => m.nanoseconds ?? 1000 * i);
  return {
    sequence: 0,
    firstNumber: 1,
    count: made.length,
    bytes,
    starts: Uint32Array.from(starts),
    capturedLengths: Uint32Array.from(made, (m) => m.frame.length),
    wireLengths: Uint32Array.from(made, (m) => m.wireLength ?? m.frame.length),
    seconds: Float64Array.from(seconds),
    nanoseconds: Uint32Array.from(nanoseconds),
    linkTypes: new Uint16Array(made.length).fill(linkType),
    interfaceIds: new Uint32Array(made.length),
    interfaces: [{ linkType, snapLength: 0, section: 0, id: 0, resolution }],
    clock: {
      firstSeconds: seconds[0] ?? NaN,
      firstNanoseconds: nanoseconds[0] ?? 0,
      previousSeconds: NaN,
      previousNanoseconds: 0,
    },
    littleEndian: true,
    recordStarts: Uint32Array.from(starts, (s) => s - 16),
    recordLengths: Uint32Array.from(made, (m) => m.frame.length + 16),
  };
}

/** A pcap header as a file would have it. */
export const HEADER: CaptureHeader = {
  format: "pcap",
  littleEndian: true,
  version: [2, 4],
  precision: "nanoseconds",
  magic: 0xa1b23c4d,
  thiszone: -3600,
  sigfigs: 0,
  snapLength: 262_144,
  linkType: 1,
  bytes: Uint8Array.of(
    ...[0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0xf0, 0xf1, 0xff, 0xff, 0, 0, 0, 0],
    ...[0, 0, 4, 0, 1, 0, 0, 0],
  ),
};

/** The frames from `from` to `to` of a batch, as a batch that was read alone. */
function part(frames: FrameBatch, from: number, to: number): FrameBatch {
  const { blocks, optionStarts, optionLengths, clock } = frames;
  // A block behind the last frame belongs to the last part.
  const kept = Array.from({ length: blocks?.count ?? 0 }, (_, b) => b).filter((b) => {
    const before = blocks!.before[b];
    return before >= from && (before < to || to === frames.count);
  });
  return {
    ...frames,
    firstNumber: frames.firstNumber + from,
    count: to - from,
    starts: frames.starts.slice(from, to),
    capturedLengths: frames.capturedLengths.slice(from, to),
    wireLengths: frames.wireLengths.slice(from, to),
    seconds: frames.seconds.slice(from, to),
    nanoseconds: frames.nanoseconds.slice(from, to),
    linkTypes: frames.linkTypes.slice(from, to),
    interfaceIds: frames.interfaceIds.slice(from, to),
    recordStarts: frames.recordStarts.slice(from, to),
    recordLengths: frames.recordLengths.slice(from, to),
    clock: {
      ...clock,
      previousSeconds: from > 0 ? frames.seconds[from - 1] : clock.previousSeconds,
      previousNanoseconds: from > 0 ? frames.nanoseconds[from - 1] : clock.previousNanoseconds,
    },
    ...(optionStarts ? { optionStarts: optionStarts.slice(from, to) } : {}),
    ...(optionLengths ? { optionLengths: optionLengths.slice(from, to) } : {}),
    ...(blocks
      ? {
        blocks: {
          count: kept.length,
          starts: Uint32Array.from(kept, (b) => blocks.starts[b]),
          lengths: Uint32Array.from(kept, (b) => blocks.lengths[b]),
          before: Uint32Array.from(kept, (b) => blocks.before[b] - from),
        },
      }
      : {}),
  };
}

/** How a capture is put through a format. */
export interface RunOptions {
  /** The format's options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Packets of a batch; as read if absent. */
  readonly split?: number;
  /** A new encoder for each batch, as on many threads. */
  readonly spread?: boolean;
  /** The protocols. */
  readonly kit?: Kit;
  /** The header; {@link HEADER} if absent, `null` for none. */
  readonly header?: CaptureHeader | null;
}

/** Dissects a batch. */
export function dissect(frames: FrameBatch, { catalogue }: Kit = kit): PacketBatch {
  const walker = new Walker(catalogue);
  const firstLayer = new Uint32Array(frames.count + 1);
  walker.batch(frames, firstLayer);
  return {
    frames,
    layers: walker.layers,
    firstLayer,
    issues: walker.issues,
    issuesUsed: walker.issuesUsed,
  };
}

/** Puts batches through a format; answers all its bytes. */
export async function encode(
  format: Format,
  batches: readonly FrameBatch[],
  { options = {}, split, spread = false, kit: used = kit, header = HEADER }: RunOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const start = () =>
    format.start({ catalogue: used.catalogue, options, ...(header ? { header } : {}) });
  const chunks: Uint8Array[] = [];
  const main = await start();
  chunks.push(main.head().slice());
  let first = true;
  for (const batch of batches) {
    const step = split ?? Math.max(batch.count, 1);
    for (let from = 0; from < Math.max(batch.count, 1); from += step) {
      const frames = part(batch, from, Math.min(from + step, batch.count));
      const encoder = spread ? await start() : main;
      chunks.push(encoder.encode(dissect(frames, used), first && frames.count > 0).slice());
      if (frames.count > 0) first = false;
    }
  }
  chunks.push(main.tail().slice());
  const total = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    total.set(chunk, at);
    at += chunk.length;
  }
  return total;
}

/** Batches and header of a recorded capture. */
export async function readCapture(
  name: string,
): Promise<{ readonly batches: FrameBatch[]; readonly header: CaptureHeader }> {
  const path = new URL(name, CAPTURES).pathname;
  await using source = await fileSource(path);
  const head = Deno.readFileSync(path).subarray(0, 4);
  const framer = [...kit.framers.values()].find((f) => f.detect(head))!;
  await using framing = await framer.open(source, { reuse: false });
  const batches: FrameBatch[] = [];
  for (let b = await framing.next(); b; b = await framing.next()) batches.push(b);
  return { batches, header: framing.header };
}

/** Names of all recorded captures. */
export function captureNames(): string[] {
  return [...Deno.readDirSync(CAPTURES)].map((e) => e.name)
    .filter((n) => /\.pcap(ng)?$/.test(n)).sort();
}

/** Runs a program on bytes; answers what it prints. Fails if the program does. */
export async function pipe(
  input: Uint8Array<ArrayBuffer>,
  command: string,
  ...args: string[]
): Promise<string> {
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const fed = new Blob([input]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  await fed;
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Runs a Python program that finds bytes in `data`; answers what it prints, as JSON. */
export async function python(input: Uint8Array<ArrayBuffer>, program: string): Promise<unknown> {
  const text = await pipe(
    input,
    "python3",
    "-c",
    `import sys, json, io, csv, plistlib, datetime
data = sys.stdin.buffer.read()
def show(v):
    if isinstance(v, bytes): return {"bytes": v.hex()}
    if isinstance(v, datetime.datetime): return {"date": v.isoformat()}
    raise TypeError(str(type(v)))
${program}
json.dump(out, sys.stdout, default=show)`,
  );
  return JSON.parse(text);
}
