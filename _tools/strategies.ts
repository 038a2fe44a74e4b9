/**
 * Demands that every strategy writes the bytes that `inline` writes, whatever the number of workers, of every capture in
 * `../shared/captures`: of each by itself, and of all of them in one large pcapng file of thousands of batches.
 *
 * ```sh
 * deno task strategies
 * deno task strategies --only dns/        # captures whose path has this
 * deno task strategies --part 1/4         # of the captures by themselves, the first of every four
 * deno task strategies --thorough         # each capture by itself in every way
 * deno task strategies --no-single        # only the large file; --no-whole: only the captures by themselves
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program for the terminal
import { createHash } from "node:crypto";
import { parseArgs } from "@std/cli/parse-args";
import { type CaptureInput, openCapture } from "../capture/open.ts";
import { MemorySink } from "../capture/sink.ts";
import { PcapngWriter } from "../capture/write_pcapng.ts";
import { CaptureFormatError } from "../core/errors.ts";
import { builtin } from "../engines/builtin.ts";
import { dpkt } from "../engines/dpkt/engine.ts";
import { tshark } from "../engines/tshark.ts";
import { createKit } from "../kit.ts";
import { strategyOf } from "../workers/strategies.ts";
import { CAPTURES, capturesBelow } from "./_captures.ts";

/** Each way to do a job but `inline`; `auto`, which takes workers for long jobs only, is the last. */
const WAYS: readonly (readonly [strategy: string, workers: number])[] = [
  ["server", 1],
  ["server", 2],
  ["server", 3],
  ["server", 4],
  ["pipeline", 1],
  ["auto", 2],
];
/** Of the captures by themselves, one in so many goes through tshark, which takes its time to start. */
const TSHARK_EVERY = 40;
/** Formats that captures by themselves are written in. */
const BY_ITSELF = ["ndjson", "text"];
/** Formats that the large file is written in. */
const FORMATS = ["ndjson", "text", "json", "csv", "tree", "plist", "pcapng"];

/** How a run is done. */
interface Way {
  readonly engine: string;
  readonly format: string;
  readonly strategy: string;
  readonly workers: number;
}

/** Bytes that are hashed together. */
const BLOCK = 1 << 16;

/** Hashes of all blocks of what is written, since the whole is hundreds of megabytes. */
class Blocks {
  readonly hashes: string[] = [];
  #hash = createHash("sha1");
  #used = 0;

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + BLOCK - this.#used);
      this.#hash.update(bytes.subarray(at, end));
      this.#used += end - at;
      at = end;
      if (this.#used === BLOCK) this.end();
    }
  }

  end(): void {
    this.hashes.push(`${this.#used}:${this.#hash.digest("hex")}`);
    this.#hash = createHash("sha1");
    this.#used = 0;
  }
}

/** What a run gave: hashes of what it wrote, the number of packets, and how it ended. */
async function runOf(
  input: CaptureInput,
  { engine, format, strategy, workers }: Way,
  batchPackets: number,
): Promise<string[]> {
  const blocks = new Blocks();
  let packets = 0;
  let ended = "to the end";
  try {
    const kit = createKit();
    await using capture = await openCapture(input, { batchPackets, batchBytes: 1 << 18 });
    await using crew = await strategyOf(strategy).start(
      {
        engine: { name: engine },
        format: { name: format },
        header: capture.header,
      },
      kit,
      // A size without end: whatever takes long enough gets workers from `auto`.
      { workers, size: Number.MAX_SAFE_INTEGER },
    );
    blocks.write(crew.head);
    try {
      for await (const { output, count } of crew.run(capture)) {
        packets += count;
        if (output) blocks.write(output);
      }
    } finally {
      blocks.write(crew.tail);
    }
  } catch (error) {
    // tshark refuses some damaged files. What comes from another thread has the name of its class, and no more.
    const expected = error instanceof CaptureFormatError ||
      (error instanceof Error && error.name === "EngineError");
    if (!expected) throw error;
    ended = error.message;
  }
  blocks.end();
  return [...blocks.hashes, `${packets} packets`, ended];
}

/** All captures one behind the other, each up to where it is damaged, as sections of a pcapng file. */
async function wholeOf(files: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new MemorySink();
  const writer = new PcapngWriter(sink, { onLoss: () => {} });
  for (const file of files) {
    try {
      await using capture = await openCapture(`${CAPTURES}/${file}`);
      for await (const batch of capture) await writer.write(batch);
    } catch (error) {
      // Damaged files may name a link type that pcapng has no room for.
      if (!(error instanceof CaptureFormatError || error instanceof RangeError)) throw error;
    }
  }
  await writer[Symbol.asyncDispose]();
  return sink.bytes();
}

/** Runs by engine and strategy, and what differed. */
class Count {
  readonly runs = new Map<string, number>();
  readonly differences: string[] = [];

  /** Compares all `ways` with `inline`. */
  async compare(
    name: string,
    input: CaptureInput,
    engine: string,
    format: string,
    ways: readonly (readonly [string, number])[],
    batchPackets: number,
  ): Promise<void> {
    const base = { engine, format };
    const want = await runOf(input, { ...base, strategy: "inline", workers: 1 }, batchPackets);
    for (const [strategy, workers] of ways) {
      const what = `${name}: ${engine}, ${strategy} of ${workers}, ${format}`;
      const got = await runOf(input, { ...base, strategy, workers }, batchPackets)
        .catch((error) => [String(error)]);
      const at = want.findIndex((line, i) => got[i] !== line);
      if (at >= 0 || got.length !== want.length) {
        this.differences.push(what);
        console.error(`${what}: at block ${at}, ${want[at]} <> ${got[at]}`);
      }
      const kind = `${engine}, ${strategy} of ${workers}`;
      this.runs.set(kind, (this.runs.get(kind) ?? 0) + 1);
    }
  }
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["only", "part"],
    boolean: ["single", "whole", "thorough"],
    negatable: ["single", "whole"],
    default: { single: true, whole: true },
  });
  const { only = "" } = flags;
  const [part, of] = (flags.part ?? "1/1").split("/").map(Number);
  const files = [...capturesBelow()].filter((file) => file.includes(only));
  const count = new Count();
  if (flags.whole) {
    const whole = await wholeOf(files);
    console.error(`all ${files.length} captures in one: ${whole.length} bytes`);
    for (const { name } of [builtin, dpkt]) {
      for (const format of FORMATS) {
        await count.compare("all", whole, name, format, WAYS, 512);
        console.error(`all: ${name}, ${format}: ${count.differences.length} differences so far`);
      }
    }
  }
  if (flags.single) {
    const some = files.filter((_file, i) => i % of === part - 1);
    for (const [i, file] of some.entries()) {
      const path = `${CAPTURES}/${file}`;
      // Starting threads is what takes the time: ways, formats and engines take turns, unless all are asked for. In
      // the large file every packet goes every way.
      const turn = WAYS[i % (WAYS.length - 1)], next = WAYS[(i + 2) % (WAYS.length - 1)];
      const format = BY_ITSELF[i % 2], other = BY_ITSELF[(i + 1) % 2];
      // A few packets a batch, so that every worker gets some.
      await count.compare(file, path, builtin.name, format, flags.thorough ? WAYS : [turn], 7);
      await count.compare(file, path, dpkt.name, other, flags.thorough ? WAYS : [next], 7);
      if (i % TSHARK_EVERY === 0) {
        await count.compare(file, path, tshark.name, format, [["server", 1], ["pipeline", 1]], 7);
      }
      if ((i + 1) % 100 === 0) console.error(`${i + 1} of ${some.length} captures by themselves`);
    }
  }
  for (const [kind, runs] of count.runs) console.error(`${String(runs).padStart(8)}  ${kind}`);
  const runs = [...count.runs.values()].reduce((a, b) => a + b, 0);
  console.error(
    `${runs} runs (capture, engine, strategy, workers, format), ${count.differences.length} differ from inline`,
  );
  Deno.exit(count.differences.length > 0 ? 1 : 0);
}
