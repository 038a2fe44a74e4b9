/**
 * Counting the flows of a large file on several threads: each reads, frames and counts ranges of the file by itself, so
 * that nothing but tables of flows crosses threads. Where a range begins is guessed, and proved by the range before it.
 *
 * @module
 */
import {
  type CaptureIndex,
  indexHead,
  joinRanges,
  type ScanRequest,
  type ScanResult,
} from "../capture/capture_index.ts";
import { FLOW_RANGE_BYTES, FLOW_RANGE_BYTES_MAX } from "../core/limits.ts";
import { turn } from "../core/turn.ts";
import { flowCounter } from "../engines/dpkt/counter.ts";
import type { Flows } from "../engines/dpkt/flow_table.ts";
import { type PackedError, unpackError } from "./_message.ts";
import { type Counted, countRange, RangeCounter } from "./_range_counter.ts";
import { notThreaded, orAborted, workersOf } from "./_thread.ts";

/** To a thread: a file and a range of it. */
export interface CountOrder {
  /** The file. */
  readonly path: string;
  /** The range. */
  readonly request: ScanRequest;
}

/** From a thread: what it counted. */
export type CountAnswer =
  | {
    /** What the range is. */
    readonly result: ScanResult;
    /** The table's numbers. */
    readonly counts: Omit<Flows, "words" | "floats">;
    /** Its entries. */
    readonly entries: ArrayBuffer;
  }
  | { readonly error: PackedError };

/** The flows of a capture, and what its index says besides. */
export interface CountedFlows {
  /** The flows. */
  readonly flows: Flows;
  /** The index, as far as counting needs it: warnings, damage, packets. */
  readonly index: CaptureIndex;
}

/** A thread that counts ranges, in the order in which it is given them. */
class Counter {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Counted>[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./flow_worker.ts", import.meta.url), {
      type: "module",
      name: "pcapkit flows",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<CountAnswer>) => {
      const waiting = this.#waiting.shift();
      if ("error" in data) waiting?.reject(unpackError(data.error));
      else {
        const { result, counts, entries } = data;
        const flows = {
          ...counts,
          words: new Uint32Array(entries),
          floats: new Float64Array(entries),
        };
        waiting?.resolve({ result, flows });
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(event.message || "Cannot run a worker");
      for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
    };
  }

  /** How many ranges it has not answered. */
  get busy(): number {
    return this.#waiting.length;
  }

  count(order: CountOrder): Promise<Counted> {
    const waiting = Promise.withResolvers<Counted>();
    if (this.#failure) waiting.reject(this.#failure);
    else {
      this.#waiting.push(waiting);
      this.#worker.postMessage(order);
    }
    return waiting.promise;
  }

  stop(): void {
    this.#worker.terminate();
  }
}

/** A range that waits for a thread. */
interface Waiting extends PromiseWithResolvers<ScanResult> {
  readonly request: ScanRequest;
  /** How many were asked for before. */
  readonly asked: number;
}

/** Ranges that one thread is given at once: the next must be there when it has done one. */
const RANGES_AHEAD = 2;
/** Milliseconds that this thread counts before it looks what the others have done. */
const PAUSE_MS = 40;

/**
 * Where ranges of a file end that `threads` threads take one after the other: ever smaller ones, so that there are few
 * tables to put together, and all threads end at about the same time.
 */
function cutsOf(size: number, threads: number, least: number): number[] {
  const cuts: number[] = [];
  for (let at = 0;;) {
    const share = (size - at) / (2 * threads);
    at += Math.ceil(Math.max(least, Math.min(share, FLOW_RANGE_BYTES_MAX)));
    // What would be left is no range of its own.
    if (size - at < least / 2) return cuts;
    cuts.push(at);
  }
}

/**
 * Counts the flows of a file on `workers` threads, this one among them; `undefined` if the file cannot be read from the
 * middle (compressed, a pipe). Damage is in the index: what stood before it is counted.
 *
 * @throws {Error} If the file cannot be read, or a thread fails.
 */
export async function countFlows(
  path: string,
  options: {
    /** Threads; as many as there are processors if absent. */
    readonly workers?: number;
    /** Bytes of a range at least; {@link FLOW_RANGE_BYTES} if absent. */
    readonly rangeBytes?: number;
    /** Ends it at once. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<CountedFlows | undefined> {
  const { rangeBytes = FLOW_RANGE_BYTES, signal } = options;
  const why = notThreaded();
  if (why !== undefined) throw new Error(`Cannot start workers: ${why}`);
  const head = await indexHead(path);
  if (!("size" in head)) return undefined;
  const workers = workersOf(options.workers), cuts = cutsOf(head.size, workers, rangeBytes);
  const counters = Array.from(
    { length: Math.min(workers - 1, cuts.length) },
    () => new Counter(),
  );
  const table = await flowCounter();
  let here: RangeCounter | undefined;
  const waiting: Waiting[] = [];
  /** What was found and not yet put together, by place and number of frames; of several the one asked for last. */
  const found = new Map<string, { asked: number; flows: Flows }>();
  const keyOf = ({ chunks: [chunk] }: ScanResult): string => `${chunk?.start} ${chunk?.frames}`;
  const note = (asked: number, { result, flows }: Counted): ScanResult => {
    const key = keyOf(result);
    if ((found.get(key)?.asked ?? -1) < asked) found.set(key, { asked, flows });
    return result;
  };
  /** Nothing more needs to be counted. */
  const drop = (error: unknown): void => {
    for (const next of waiting.splice(0)) next.reject(error);
  };
  /** Gives the others what they have room for. */
  const give = (): void => {
    for (let room = 0; room < RANGES_AHEAD; room++) {
      for (const counter of counters) {
        if (counter.busy > room) continue;
        const next = waiting.shift();
        if (next === undefined) return;
        counter.count({ path, request: next.request }).then((counted) => {
          next.resolve(note(next.asked, counted));
          give();
        }, (error) => {
          next.reject(error);
          drop(error);
        });
      }
    }
  };
  let last = Date.now();
  const pause = (): Promise<void> | undefined => {
    const now = Date.now();
    if (Math.abs(now - last) < PAUSE_MS) return undefined;
    last = now;
    return turn().then(() => signal?.throwIfAborted());
  };
  /** While ranges are counted here. */
  let counting: Promise<void> | undefined;
  /** Counts ranges here, until none is left. */
  const countHere = async (): Promise<void> => {
    for (let next: Waiting | undefined; (next = waiting.shift()) !== undefined;) {
      const { asked, request } = next;
      try {
        // The first range is right from the start: what is counted there need not be put anywhere else.
        next.resolve(
          asked === 0
            ? await countRange(table, path, request, pause)
            : note(asked, await (here ??= await RangeCounter.make()).count(path, request, pause)),
        );
      } catch (error) {
        next.reject(error);
        drop(error);
      }
      await turn();
    }
    // At once, so that what is asked for now is begun anew.
    counting = undefined;
  };
  let count = 0;
  const scan = (request: ScanRequest): Promise<ScanResult> => {
    const next: Waiting = { ...Promise.withResolvers<ScanResult>(), request, asked: count++ };
    waiting.push(next);
    // When all have been asked for that are asked for at once.
    counting ??= Promise.resolve().then(() => {
      const first = waiting.shift()!;
      give();
      waiting.unshift(first);
      return countHere();
    });
    return next.promise;
  };
  let ranges = 0;
  const onJoined = (result: ScanResult, before: number): void => {
    const key = keyOf(result), { flows } = found.get(key) ?? {};
    found.delete(key);
    if (ranges++ > 0 && flows) table.addFlows(flows, before);
    if (result.damage) drop(new Error("It stands behind damage"));
  };
  try {
    const index = await orAborted(joinRanges(head, cuts, scan, { onJoined }), signal);
    return { flows: table, index };
  } finally {
    for (const counter of counters) counter.stop();
  }
}
