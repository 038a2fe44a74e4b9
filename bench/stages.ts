/**
 * The stages of a report apart from each other, in this process: nanoseconds a packet, for each of many small batches the
 * fastest of many passes, so that an interruption spoils one batch of one pass and not the figure. Warm: the compiler has
 * done its work, as in the later half of a long run. Stages measured in one process share call sites and make each other
 * a little slower, so each has a process of its own.
 *
 * @module
 */
import { openCapture } from "../capture/open.ts";
import type { FrameBatch } from "../core/batch.ts";
import { Emitter } from "../core/emitter.ts";
import type { Dissector, Encoder, PacketBatch } from "../core/engine.ts";
import { ITEM } from "../core/items.ts";
import type { Kit } from "../kit.ts";
import { findEngine } from "../workers/job.ts";
import { FIVE } from "./jobs.ts";

/** What can be measured apart. */
export const STAGES = ["frame", "walk", "read", "ndjson", "text", "fields"] as const;
/** One of {@linkcode STAGES}. */
export type Stage = typeof STAGES[number];

/** What a stage does, for tables. */
export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  frame: "frame: read the file and cut it",
  walk: "walk: find the layers",
  read: "read every field",
  ndjson: "read and encode every field as NDJSON",
  text: "read and encode a line of text",
  fields: "read and encode five fields",
};

/** What a stage took. */
export interface StageTime {
  /** The stage. */
  readonly stage: Stage;
  /** The engine that finds the layers. */
  readonly engine: string;
  /** The framer; that which the file's first bytes ask for if absent. */
  readonly framer?: string;
  /** Nanoseconds a packet. */
  readonly nanosecondsPerPacket: number;
  /** Bytes written a packet. */
  readonly bytesPerPacket: number;
  /** Fields read a packet. */
  readonly fieldsPerPacket: number;
  /** Packets in a pass. */
  readonly packets: number;
  /** Passes of which this is the fastest. */
  readonly passes: number;
}

/** How a stage is measured. */
export interface StageOptions {
  /** Engine that finds the layers; `default` if absent. */
  readonly engine?: string | undefined;
  /** Framer; that which the file's first bytes ask for if absent. */
  readonly framer?: string | undefined;
  /** Seconds it may take, about. */
  readonly seconds?: number;
}

/** As reports have it, so that a batch stays in the cache between walk and encoding. */
const BATCH = { batchBytes: 256 * 1024, batchPackets: 256 };
/** Packets in a pass, about. */
const PACKETS = 4096;
/** Packets from which those of a pass are taken evenly, so that a capture's beginning does not stand for all of it. */
const SPREAD = 100_000;
/** Passes at least: the compiler wants some. */
const PASSES = 10;

/** Whether there is a stage of a name. */
export function isStage(name: string): name is Stage {
  return (STAGES as readonly string[]).includes(name);
}

/** Measures one stage on a capture. */
export async function measureStage(
  stage: Stage,
  path: string,
  kit: Kit,
  options: StageOptions = {},
): Promise<StageTime> {
  const { engine = "default", framer, seconds = 2 } = options;
  const base = { stage, engine, ...(framer === undefined ? {} : { framer }) };
  if (stage === "frame") return { ...base, ...await measureFraming(path, kit, framer, seconds) };
  await kit.catalogue.loadAll();
  const batches = await sample(path, kit, framer);
  const packets = batches.reduce((sum, batch) => sum + batch.count, 0);
  let bytes = 0;
  let items = 0;
  /** Does one batch. */
  let unit: (index: number) => unknown;
  await using dissector = await start(kit, engine);
  if (stage === "walk") unit = (index) => dissector.dissect(batches[index]);
  else {
    const walked: PacketBatch[] = [];
    {
      await using another = await start(kit, engine, false);
      for (const batch of batches) walked.push(await another.dissect(batch));
    }
    if (stage === "read") {
      const emitter = new Emitter(kit.catalogue);
      unit = (index) => {
        const batch = walked[index];
        const { count } = batch.frames;
        for (let i = 0; i < count; i++) items += emitter.packet(batch, i).used;
      };
    } else {
      const encoder = await startEncoder(kit, stage);
      unit = (index) => {
        bytes += encoder.encode(walked[index], false).length;
      };
    }
  }
  const best = new Float64Array(batches.length).fill(Infinity);
  let passes = 0;
  const until = performance.now() + seconds * 1000;
  while (passes < PASSES || performance.now() < until) {
    bytes = items = 0;
    for (let i = 0; i < batches.length; i++) {
      const started = performance.now();
      const doing = unit(i);
      if (doing instanceof Promise) await doing;
      best[i] = Math.min(best[i], performance.now() - started);
    }
    passes++;
  }
  return {
    ...base,
    nanosecondsPerPacket: best.reduce((sum, ms) => sum + ms, 0) * 1e6 / packets,
    bytesPerPacket: bytes / packets,
    fieldsPerPacket: items / ITEM / packets,
    packets,
    passes,
  };
}

async function start(kit: Kit, name: string, reuse = true): Promise<Dissector> {
  const engine = await findEngine(kit, name);
  return await engine.start({ catalogue: kit.catalogue, options: {}, reuse });
}

async function startEncoder(kit: Kit, name: string): Promise<Encoder> {
  const options = name === "fields" ? { fields: FIVE } : {};
  return await kit.formats.get(name)!.start({ catalogue: kit.catalogue, options });
}

/** Batches taken evenly from the beginning of a file. */
async function sample(path: string, kit: Kit, framer: string | undefined): Promise<FrameBatch[]> {
  await using capture = await openCapture(path, {
    ...BATCH,
    framers: [...kit.framers.values()],
    ...(framer === undefined ? {} : { framer }),
  });
  const all: FrameBatch[] = [];
  let packets = 0;
  for await (const batch of capture) {
    all.push(batch);
    packets += batch.count;
    if (packets >= SPREAD) break;
  }
  const step = Math.max(1, packets / PACKETS);
  return all.filter((_, i) => Math.floor((i + 1) / step) > Math.floor(i / step) || i === 0);
}

async function measureFraming(
  path: string,
  kit: Kit,
  framer: string | undefined,
  seconds: number,
): Promise<Omit<StageTime, "stage" | "engine" | "framer">> {
  const best: number[] = [];
  let packets = 0;
  let passes = 0;
  const until = performance.now() + seconds * 1000;
  while (passes < PASSES || performance.now() < until) {
    await using capture = await openCapture(path, {
      ...BATCH,
      reuse: true,
      framers: [...kit.framers.values()],
      ...(framer === undefined ? {} : { framer }),
    });
    packets = 0;
    for (let i = 0; packets < SPREAD; i++) {
      const started = performance.now();
      const next = capture.next();
      const batch = next instanceof Promise ? await next : next;
      const took = performance.now() - started;
      if (batch === undefined) break;
      best[i] = Math.min(best[i] ?? Infinity, took);
      packets += batch.count;
    }
    passes++;
  }
  const nanosecondsPerPacket = best.reduce((sum, ms) => sum + ms, 0) * 1e6 / packets;
  return { nanosecondsPerPacket, bytesPerPacket: 0, fieldsPerPacket: 0, packets, passes };
}
