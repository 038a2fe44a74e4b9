/**
 * Comparing engines: both dissect the same frames, and what they say of each packet is laid side by side.
 *
 * @module
 */
import { type CaptureInput, openCapture } from "../capture/open.ts";
import type { Selection } from "../capture/select.ts";
import { firstFrames, type FrameBatch } from "../core/batch.ts";
import type { Crew, Engine, PacketBatch, Plugin, Result } from "../core/engine.ts";
import type { CaptureWarning } from "../core/errors.ts";
import { createKit, type Kit } from "../kit.ts";
import { loadWanted } from "../output/_wanted.ts";
import { Differ, type Tally } from "./_differ.ts";
import { filtered } from "./extract.ts";
import { inline } from "./inline.ts";
import { findEngine } from "./job.ts";

/** What {@link compareEngines} is told. */
export interface CompareOptions {
  /** The two engines, by name. */
  readonly engines: readonly [a: string, b: string];
  /**
   * Options of the engines, by the engine's name, on top of those by which it looks at each packet by itself (see
   * {@link Engine.alone}).
   */
  readonly engineOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Abbreviations of the fields that are compared; all if absent. */
  readonly fields?: readonly string[];
  /**
   * Whether everything counts that either engine says: also of layers that the other does not reach, and fields that it
   * does not know.
   */
  readonly all?: boolean;
  /** Framer by name; that which the first bytes ask for if absent. */
  readonly framer?: string;
  /** The part of the capture that is compared; packets keep their numbers. */
  readonly select?: Selection;
  /** Only frames that this filter expression lets pass, in the language of tcpdump. */
  readonly bpf?: string;
  /** Packets compared at most. */
  readonly count?: number;
  /** Plug-ins, as values. */
  readonly plugins?: readonly Plugin[];
  /** The kit, instead of one of what ships and the plug-ins. */
  readonly kit?: Kit;
  /** Stops reading. */
  readonly signal?: AbortSignal;
  /** Told of every oddity in the file. */
  readonly onWarning?: (warning: CaptureWarning) => void;
}

/** A field, or layer, in which two engines differ. Plain data. */
export interface EngineDifference {
  /** Abbreviation of the field, or name of the layer. */
  readonly name: string;
  /** Frames in which they differ. */
  readonly frames: number;
  /** Numbers of the first of these frames, at most {@link DIFFERENCE_FRAMES_MAX} (core/limits.ts). */
  readonly frameNumbers: readonly number[];
  /** Values that differ, over all frames. */
  readonly values: number;
  /** Frames in which the first engine says nothing of it. */
  readonly lackedByA: number;
  /** Frames in which the second engine says nothing of it. */
  readonly lackedByB: number;
  /** What the first engine says in the first of the frames, as tshark prints it; of a layer: its whole chain. */
  readonly a: string;
  /** What the second engine says there. */
  readonly b: string;
  /** Why the difference is kept on purpose, if it is. */
  readonly reason?: string;
}

/** What became of a comparison. Plain data. */
export interface EngineComparison {
  /** The two engines. */
  readonly engines: readonly [a: string, b: string];
  /** Packets compared. */
  readonly packets: number;
  /** Packets that only one of them answered, because it filters. */
  readonly unpaired: readonly [a: number, b: number];
  /** Values compared; those kept apart on purpose are not among them. */
  readonly values: number;
  /** Values that differ. */
  readonly differing: number;
  /** Values left out, as the other engine does not know such a field: nobody's mistake. */
  readonly beyond: readonly [a: number, b: number];
  /** Fields in which they differ, most frames first. */
  readonly fields: readonly EngineDifference[];
  /** Layers that one has and the other, which could, has not. */
  readonly layers: readonly EngineDifference[];
  /** Differences that are kept on purpose, fields and layers. */
  readonly kept: readonly EngineDifference[];
}

/** A comparison under way. */
export class Comparing implements AsyncDisposable {
  /** The engines. */
  readonly engines: readonly [a: Engine, b: Engine];
  readonly #differ: Differ;
  readonly #crews: readonly [a: Crew, b: Crew];
  readonly #frames: Shared;
  #disposed = false;

  /** Made by {@link startComparing}. */
  constructor(
    engines: readonly [a: Engine, b: Engine],
    crews: readonly [a: Crew, b: Crew],
    frames: Shared,
    differ: Differ,
  ) {
    this.engines = engines;
    this.#crews = crews;
    this.#frames = frames;
    this.#differ = differ;
  }

  /** Packets compared so far. */
  get packets(): number {
    return this.#differ.packets;
  }

  /** Compares batch by batch; answers the bytes of each. If the capture is damaged, throws after what came before it. */
  async *batches(): AsyncGenerator<number> {
    const [a, b] = this.#crews.map((crew, i) =>
      crew.run(this.#frames.branch(i as 0 | 1))[Symbol.asyncIterator]()
    );
    try {
      for (;;) {
        const [x, y] = await Promise.all([a.next(), b.next()]);
        if (x.done || y.done) break;
        this.#differ.batch(packetsOf(x.value), packetsOf(y.value));
        yield x.value.bytes;
      }
    } finally {
      // Whoever still waits for an engine is told that it is gone.
      await this[Symbol.asyncDispose]();
      await Promise.allSettled([a.return?.(), b.return?.()]);
    }
    if (this.#frames.failure !== undefined) throw this.#frames.failure.error;
  }

  /** What was found so far. */
  result(): EngineComparison {
    const d = this.#differ;
    const byFrames = (x: EngineDifference, y: EngineDifference): number =>
      y.frames - x.frames || (x.name < y.name ? -1 : 1);
    const list = (map: ReadonlyMap<string, Tally>): EngineDifference[] =>
      [...map].map(([name, tally]) => difference(name, tally));
    return {
      engines: [this.engines[0].name, this.engines[1].name],
      packets: d.packets,
      unpaired: d.unpaired,
      values: d.values,
      differing: d.values - d.equal,
      beyond: d.beyond,
      fields: list(d.differences).sort(byFrames),
      layers: d.layerDifferences.flatMap(list).sort(byFrames),
      kept: [...d.kept.values()].map((k) => difference(k.name, k.tally, k.reason)).sort(byFrames),
    };
  }

  /** Ends the engines and closes the capture. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await Promise.all(this.#crews.map((crew) => crew[Symbol.asyncDispose]()));
    await this.#frames[Symbol.asyncDispose]();
  }
}

function packetsOf({ packets }: Result): PacketBatch {
  return packets!;
}

function difference(name: string, tally: Tally, reason?: string): EngineDifference {
  return {
    name,
    frames: tally.frames,
    frameNumbers: tally.first,
    values: tally.values,
    lackedByA: tally.lacks[0],
    lackedByB: tally.lacks[1],
    a: tally.example[0],
    b: tally.example[1],
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Frames that two engines read, each at its pace: what one has not taken yet waits, which is no more than the other reads ahead. */
class Shared implements AsyncDisposable {
  /** What ended the frames, if it was an error: both engines see an ordinary end, and answer what they were given. */
  failure: { readonly error: unknown } | undefined;
  readonly #source: AsyncIterator<FrameBatch>;
  readonly #capture: AsyncDisposable;
  readonly #waiting: readonly [a: FrameBatch[], b: FrameBatch[]] = [[], []];
  #left: number;
  #reading: Promise<void> | undefined;
  #ended = false;

  constructor(capture: AsyncIterable<FrameBatch> & AsyncDisposable, count: number) {
    this.#capture = capture;
    this.#source = capture[Symbol.asyncIterator]();
    this.#left = count;
    this.#ended = count <= 0;
  }

  async *branch(side: 0 | 1): AsyncGenerator<FrameBatch> {
    const waiting = this.#waiting[side];
    for (;;) {
      const batch = waiting.shift();
      if (batch) yield batch;
      else if (this.#ended) return;
      else await (this.#reading ??= this.#read());
    }
  }

  async #read(): Promise<void> {
    try {
      const { done, value } = await this.#source.next();
      if (done) this.#ended = true;
      else {
        const frames = firstFrames(value, this.#left);
        this.#left -= frames.count;
        for (const waiting of this.#waiting) waiting.push(frames);
        this.#ended = this.#left <= 0;
      }
    } catch (error) {
      this.failure = { error };
      this.#ended = true;
    }
    this.#reading = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#reading;
    await this.#capture[Symbol.asyncDispose]();
  }
}

/** Batches are small, as both engines hold some of them. */
const BATCH = { batchBytes: 256 * 1024, batchPackets: 512 };

/** Opens the capture and starts both engines. */
export async function startComparing(
  source: CaptureInput,
  options: CompareOptions,
): Promise<Comparing> {
  const kit = options.kit ?? createKit(options.plugins ?? []);
  const engines = await Promise.all(
    options.engines.map((name) => findEngine(kit, name)),
  ) as [Engine, Engine];
  if (options.fields) {
    // An engine with fields of its own may know more of them.
    await (engines.some((e) => e.capabilities.items)
      ? kit.catalogue.loadFields(options.fields)
      : loadWanted(kit.catalogue, options.fields, "compare"));
  }
  const framer = options.framer ?? engines[0].framer ?? engines[1].framer;
  const opened = await openCapture(source, {
    ...BATCH,
    framers: [...kit.framers.values()],
    ...(source === "-" ? { live: true } : {}),
    ...(framer === undefined ? {} : { framer }),
    ...(options.select ? { select: options.select } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onWarning ? { onWarning: options.onWarning } : {}),
  });
  const capture = options.bpf === undefined ? opened : await filtered(opened, options.bpf);
  const crews: Crew[] = [];
  try {
    for (const engine of engines) {
      const own = options.engineOptions?.[engine.name];
      crews.push(
        await inline({
          engine: { name: engine.name, options: { ...engine.alone, ...own } },
          header: capture.header,
          ...(source === "-" ? { live: true } : {}),
        }, kit),
      );
    }
    const pair = crews as [Crew, Crew];
    const differ = new Differ(engines, [pair[0].catalogue, pair[1].catalogue], kit.catalogue, {
      all: options.all ?? false,
      ...(options.fields ? { fields: options.fields } : {}),
    });
    return new Comparing(
      engines,
      pair,
      new Shared(capture, options.count ?? Infinity),
      differ,
    );
  } catch (error) {
    await Promise.all(crews.map((crew) => crew[Symbol.asyncDispose]()));
    await capture[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Compares what two engines say of a capture, field by field and layer by layer. Fields that only one of them knows, and
 * layers that only one of them can reach, are left out unless `all` asks for them; differences that are kept on purpose
 * are counted apart. Memory does not grow with the capture.
 *
 * @example Do two engines agree?
 * ```ts
 * import { compareEngines } from "@pcapkit/pcapkit";
 *
 * const { fields, layers, values } = await compareEngines("tests/captures/sample.pcap", {
 *   engines: ["default", "dpkt"],
 * });
 * for (const { name, frames, a, b } of fields) console.info(name, frames, a, b);
 * console.assert(values > 0 && fields.length + layers.length === 0);
 * ```
 *
 * @throws {CaptureFormatError} If it is no capture, or is damaged.
 * @throws {RangeError} If an engine or field is unknown.
 * @throws {FilterSyntaxError} If libpcap does not understand `bpf`.
 * @throws {Error} If an engine cannot run here, or fails.
 */
export async function compareEngines(
  source: CaptureInput,
  options: CompareOptions,
): Promise<EngineComparison> {
  await using comparing = await startComparing(source, options);
  for await (const _ of comparing.batches());
  return comparing.result();
}
