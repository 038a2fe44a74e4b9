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
import { FLOW_RANGE_BYTES } from "../core/limits.ts";
import { type Flows, FlowTable } from "../engines/dpkt/flow_table.ts";
import { type PackedError, unpackError } from "./_message.ts";
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

/** What a thread found in one range. */
interface Counted {
  readonly result: ScanResult;
  readonly flows: Flows;
}

/** A thread that counts one range at a time. */
class Counter {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<Counted> | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./flow_worker.ts", import.meta.url), {
      type: "module",
      name: "pcapkit flows",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<CountAnswer>) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
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
      this.#waiting?.reject(new Error(event.message || "Cannot run a worker"));
    };
  }

  count(order: CountOrder): Promise<Counted> {
    this.#waiting = Promise.withResolvers();
    this.#worker.postMessage(order);
    return this.#waiting.promise;
  }

  stop(): void {
    this.#worker.terminate();
  }
}

/**
 * Counts the flows of a file on `workers` threads; `undefined` if the file cannot be read from the middle (compressed, a
 * pipe). Damage is in the index: what stood before it is counted.
 *
 * @throws {Error} If the file cannot be read, or a thread fails.
 */
export async function countFlows(
  path: string,
  options: {
    /** Threads; as many as there are processors if absent. */
    readonly workers?: number;
    /** Bytes of a range; {@link FLOW_RANGE_BYTES} if absent. */
    readonly rangeBytes?: number;
    /** Ends it at once. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<CountedFlows | undefined> {
  const { rangeBytes = FLOW_RANGE_BYTES } = options;
  const why = notThreaded();
  if (why !== undefined) throw new Error(`Cannot start workers: ${why}`);
  const head = await indexHead(path);
  if (!("size" in head)) return undefined;
  const { size } = head;
  const threads = Math.min(workersOf(options.workers), Math.ceil(size / rangeBytes));
  const counters = Array.from({ length: threads }, () => new Counter());
  const idle = counters.slice();
  const queue: (() => void)[] = [];
  /** What was found, by place and number of frames; of several the one asked for last. */
  const found = new Map<string, { asked: number; flows: Flows }>();
  const key = (start: number, frames: number): string => `${start} ${frames}`;
  let asked = 0;
  const scan = async (request: ScanRequest): Promise<ScanResult> => {
    const turn = asked++;
    if (idle.length === 0) await new Promise<void>((resolve) => queue.push(resolve));
    const counter = idle.pop()!;
    try {
      const { result, flows } = await orAborted(counter.count({ path, request }), options.signal);
      for (const { start, frames } of result.chunks) {
        const at = key(start, frames);
        if ((found.get(at)?.asked ?? -1) < turn) found.set(at, { asked: turn, flows });
      }
      return result;
    } finally {
      idle.push(counter);
      queue.shift()?.();
    }
  };
  try {
    // Ranges of one size, and so many that all threads end at about the same time.
    const ranges = Math.max(threads, Math.ceil(size / rangeBytes));
    const cuts = Array.from({ length: ranges - 1 }, (_, i) => Math.floor(size * (i + 1) / ranges));
    const index = await joinRanges(head, cuts, scan);
    const table = new FlowTable();
    for (const { start, frames, firstNumber } of index.chunks) {
      if (frames > 0) table.addFlows(found.get(key(start, frames))!.flows, firstNumber - 1);
    }
    return { flows: table, index };
  } finally {
    for (const counter of counters) counter.stop();
  }
}
