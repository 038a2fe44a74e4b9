/**
 * The plainest strategy: everything on this thread.
 *
 * @module
 */
import { bytesOf, type FrameBatch } from "../core/batch.ts";
import type { Crew, Job, Result, StrategyOptions } from "../core/engine.ts";
import type { Kit } from "../kit.ts";
import { prepare, type Work } from "./job.ts";

const NOTHING = new Uint8Array(0);

/** Does a job on this thread. */
export async function inline(
  job: Job,
  kit: Kit,
  _options: StrategyOptions = {},
): Promise<Crew> {
  return new Inline(await prepare(job, kit));
}

/** One thread at work. */
export class Inline implements Crew {
  /** See {@link Crew.catalogue}. */
  readonly catalogue: Work["catalogue"];
  /** See {@link Crew.head}. */
  readonly head: Uint8Array;
  /** See {@link Crew.tail}. */
  readonly tail: Uint8Array;
  readonly #work: Work;

  /** Does `work`. */
  constructor(work: Work) {
    this.#work = work;
    this.catalogue = work.catalogue;
    this.head = work.encoder?.head().slice() ?? NOTHING;
    this.tail = work.encoder?.tail().slice() ?? NOTHING;
  }

  /** See {@link Crew.run}. */
  async *run(frames: AsyncIterable<FrameBatch>): AsyncGenerator<Result> {
    for await (const batch of frames) {
      const result = this.batch(batch);
      yield result instanceof Promise ? await result : result;
    }
  }

  /** Does one batch. */
  batch(frames: FrameBatch): Result | Promise<Result> {
    const packets = this.#work.dissect(frames);
    return packets instanceof Promise
      ? packets.then((p) => this.#result(p))
      : this.#result(packets);
  }

  #result(packets: Parameters<Work["encode"]>[0]): Result {
    const { frames } = packets, output = this.#work.encode(packets);
    return {
      sequence: frames.sequence,
      count: frames.count,
      bytes: bytesOf(frames),
      damaged: packets.issuesUsed > 0,
      packets,
      ...(output ? { output } : {}),
    };
  }

  /** See {@link Crew}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#work[Symbol.asyncDispose]();
  }
}
