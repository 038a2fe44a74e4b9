/**
 * The stages of a report apart from each other, in one process: nanoseconds a packet, for each of many small
 * batches the fastest of many passes, so that an interruption spoils one batch of one pass and not the figure. Warm:
 * the compiler has done its work, as in the later half of a long run.
 *
 * ```sh
 * deno run --allow-read bench/stages.ts mix.pcap tiny64.pcap        # all stages, in one process
 * deno run --allow-read bench/stages.ts mix.pcap --stage ndjson     # one
 * deno run --allow-read bench/stages.ts mix.pcap --json
 * ```
 *
 * Stages measured in one process share call sites and make each other a little slower; `run.ts` measures each in a
 * process of its own.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "@std/cli/parse-args";
import { fileSource } from "../capture/file_source.ts";
import { pcapFramer } from "../capture/pcap.ts";
import type { FrameBatch } from "../core/batch.ts";
import { Walker } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, PacketBatch } from "../core/engine.ts";
import { ITEM } from "../core/items.ts";
import { builtin } from "../engines/builtin.ts";
import { createKit, type Kit } from "../kit.ts";

/** What can be measured apart. */
export const STAGES = ["frame", "walk", "emit", "ndjson", "text", "fields"] as const;
/** One of {@linkcode STAGES}. */
export type Stage = typeof STAGES[number];

/** What a stage does, for tables. */
export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  frame: "read the file and cut frames",
  walk: "find the layers",
  emit: "read every field",
  ndjson: "read and write every field as NDJSON",
  text: "write a line of text",
  fields: "write five fields as columns",
};

/** The five fields of the `fields` comparison. */
export const FIVE: readonly string[] = [
  "frame.number",
  "ip.src",
  "ip.dst",
  "tcp.srcport",
  "tcp.dstport",
];

/** What a stage took. */
export interface StageTime {
  /** The stage. */
  readonly stage: Stage;
  /** Nanoseconds a packet. */
  readonly ns: number;
  /** Bytes written a packet. */
  readonly bytes: number;
  /** Fields read a packet. */
  readonly items: number;
  /** Packets in a pass. */
  readonly packets: number;
  /** Passes of which this is the fastest. */
  readonly passes: number;
}

/** As reports have it, so that a batch stays in the cache between walk and encoding. */
const BATCH = { batchBytes: 256 * 1024, batchPackets: 256 };
/** Packets in a pass, about. */
const PACKETS = 4096;
/** Packets from which those of a pass are taken evenly, so that a capture's beginning does not stand for all of it. */
const SPREAD = 100_000;

/** Measures one stage on a pcap file for about `seconds`. */
export async function measure(stage: Stage, path: string, seconds = 2): Promise<StageTime> {
  if (stage === "frame") return await measureFraming(path, seconds);
  const kit = createKit();
  await kit.catalogue.loadAll();
  const batches = await sample(path);
  const packets = batches.reduce((sum, batch) => sum + batch.count, 0);
  let bytes = 0;
  let items = 0;
  /** Does one batch. */
  let unit: (index: number) => void;
  if (stage === "walk") {
    const walker = new Walker(kit.catalogue);
    const firstLayer = new Uint32Array(BATCH.batchPackets + 1);
    unit = (index) => walker.batch(batches[index], firstLayer);
  } else {
    const walked = await walk(kit, batches);
    if (stage === "emit") {
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
  while (passes < 10 || performance.now() < until) {
    bytes = items = 0;
    for (let i = 0; i < batches.length; i++) {
      const started = performance.now();
      unit(i);
      best[i] = Math.min(best[i], performance.now() - started);
    }
    passes++;
  }
  return {
    stage,
    ns: best.reduce((sum, ms) => sum + ms, 0) * 1e6 / packets,
    bytes: bytes / packets,
    items: items / ITEM / packets,
    packets,
    passes,
  };
}

async function startEncoder(kit: Kit, name: string): Promise<Encoder> {
  const options = name === "fields" ? { fields: FIVE } : {};
  return await kit.formats.get(name)!.start({ catalogue: kit.catalogue, options });
}

async function walk(kit: Kit, batches: readonly FrameBatch[]): Promise<PacketBatch[]> {
  const { catalogue } = kit;
  await using dissector = await builtin.start({ catalogue, options: {}, reuse: false });
  const walked: PacketBatch[] = [];
  for (const batch of batches) walked.push(await dissector.dissect(batch));
  return walked;
}

/** Batches taken evenly from the beginning of a file. */
async function sample(path: string): Promise<FrameBatch[]> {
  await using source = await fileSource(path);
  const framing = await pcapFramer.open(source, BATCH);
  const all: FrameBatch[] = [];
  let packets = 0;
  for (;;) {
    const batch = await framing.next();
    if (batch === undefined || packets >= SPREAD) break;
    all.push(batch);
    packets += batch.count;
  }
  const step = Math.max(1, packets / PACKETS);
  return all.filter((_, i) => Math.floor((i + 1) / step) > Math.floor(i / step));
}

async function measureFraming(path: string, seconds: number): Promise<StageTime> {
  const best: number[] = [];
  let packets = 0;
  let passes = 0;
  const until = performance.now() + seconds * 1000;
  while (passes < 10 || performance.now() < until) {
    await using source = await fileSource(path);
    const framing = await pcapFramer.open(source, { ...BATCH, reuse: true });
    packets = 0;
    for (let i = 0; packets < SPREAD; i++) {
      const started = performance.now();
      const next = framing.next();
      const batch = next instanceof Promise ? await next : next;
      const took = performance.now() - started;
      if (batch === undefined) break;
      best[i] = Math.min(best[i] ?? Infinity, took);
      packets += batch.count;
    }
    passes++;
  }
  const ns = best.reduce((sum, ms) => sum + ms, 0) * 1e6 / packets;
  return { stage: "frame", ns, bytes: 0, items: 0, packets, passes };
}

function isStage(name: string): name is Stage {
  return (STAGES as readonly string[]).includes(name);
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["stage", "seconds", "_"],
    boolean: ["json"],
    collect: ["stage"],
    default: { seconds: "2" },
  });
  const stages = flags.stage.length > 0 ? flags.stage : [...STAGES];
  const seconds = Number(flags.seconds);
  if (flags._.length === 0 || !stages.every(isStage) || !(seconds > 0)) {
    console.error("Usage: stages.ts FILE… [--stage NAME]… [--seconds N] [--json]");
    console.error(`Stages are ${STAGES.join(", ")}.`);
    Deno.exit(2);
  }
  for (const path of flags._) {
    for (const stage of stages as Stage[]) {
      const time = await measure(stage, String(path), seconds);
      console.log(
        flags.json
          ? JSON.stringify(time)
          : `${stage.padEnd(8)} ${time.ns.toFixed(0).padStart(6)} ns/packet ` +
            `${time.bytes.toFixed(0).padStart(6)} B ${
              time.items.toFixed(1).padStart(5)
            } fields  ${path}`,
      );
    }
  }
}
