/**
 * Counting the flows of ranges of a file, each by itself.
 *
 * @module
 */
import { cutRange, type ScanRequest, type ScanResult } from "../capture/capture_index.ts";
import { type FlowCounter, flowCounter } from "../engines/dpkt/counter.ts";
import { ENTRY_WORDS, type Flows } from "../engines/dpkt/flow_table.ts";

/** Bytes read at a time: what the second-level cache holds together with the table's busy part. */
const BUFFER_BYTES = 512 * 1024;

/** The flows of a range, in memory of their own. */
export interface RangeFlows extends Flows {
  /** The entries. */
  readonly words: Uint32Array<ArrayBuffer>;
}

/** What was found in one range. */
export interface Counted {
  /** What the range is. */
  readonly result: ScanResult;
  /** Its flows, its frames numbered from 1. */
  readonly flows: RangeFlows;
}

/** Answers what to wait for, if anything. */
export type Pause = () => Promise<void> | undefined;

/** Counts a range in a table, in addition to what is there. */
export function countRange(
  counter: FlowCounter,
  path: string,
  request: ScanRequest,
  pause?: Pause,
): Promise<ScanResult> {
  return cutRange(path, request, (frames) => {
    counter.add(frames);
    return pause?.();
  }, {
    batchBytes: BUFFER_BYTES,
    ...(counter.allocate ? { allocate: counter.allocate } : {}),
  });
}

/** Counts ranges, in one table that is used again and again. */
export class RangeCounter {
  readonly #counter: FlowCounter;

  private constructor(counter: FlowCounter) {
    this.#counter = counter;
  }

  /** Makes one. */
  static async make(): Promise<RangeCounter> {
    return new RangeCounter(await flowCounter());
  }

  /** Counts a range; `pause` is asked after each batch whether to wait. */
  async count(path: string, request: ScanRequest, pause?: Pause): Promise<Counted> {
    const counter = this.#counter;
    counter.clear();
    const result = await countRange(counter, path, request, pause);
    const { count, packets, bytes, otherPackets, unkeptPackets } = counter;
    const words = counter.words.slice(0, count * ENTRY_WORDS) as Uint32Array<ArrayBuffer>;
    const floats = new Float64Array(words.buffer);
    return {
      result,
      flows: { count, packets, bytes, otherPackets, unkeptPackets, words, floats },
    };
  }
}
