/**
 * The plainest strategy: everything on this thread.
 *
 * @module
 */
import { bytesOf, type FrameBatch } from "../core/batch.ts";
import type { Crew, Job, PacketBatch, Result, StrategyOptions } from "../core/engine.ts";
import type { Kit } from "../kit.ts";
import { UntilFailure } from "./_until_failure.ts";
import { prepare, type Work } from "./job.ts";

const NOTHING = new Uint8Array(0);

/** Does a job on this thread. */
export async function inline(
  job: Job,
  kit: Kit,
  { signal }: StrategyOptions = {},
): Promise<Crew> {
  return new Inline(await prepare(job, kit, "both", true), signal);
}

/** One thread at work. */
export class Inline implements Crew {
  /** See {@link Crew.catalogue}. */
  readonly catalogue: Work["catalogue"];
  /** See {@link Crew.head}. */
  readonly head: Uint8Array;
  /** See {@link Crew.tail}. */
  readonly tail: Uint8Array;
  /** The job. */
  protected readonly work: Work;
  readonly #signal: AbortSignal | undefined;

  /** Does `work`, until `signal` aborts. */
  constructor(work: Work, signal: AbortSignal | undefined) {
    this.work = work;
    this.#signal = signal;
    this.catalogue = work.catalogue;
    this.head = work.encoder?.head().slice() ?? NOTHING;
    this.tail = work.encoder?.tail().slice() ?? NOTHING;
  }

  /** See {@link Crew.run}. */
  async *run(frames: AsyncIterable<FrameBatch>): AsyncGenerator<Result> {
    if (this.work.ahead > 1) return yield* this.#ahead(frames);
    for await (const batch of frames) {
      const result = this.batch(batch);
      yield result instanceof Promise ? await result : result;
    }
  }

  /** Whether {@link batch}, called for one batch after the other, does what {@link run} does. */
  get alone(): boolean {
    return !this.ahead;
  }

  /** Whether batches must be given ahead, so that {@link batch} alone will not do. */
  get ahead(): boolean {
    return this.work.ahead > 1;
  }

  /** Gives batches until the engine has what it needs to answer; no more than it asks for wait. */
  async *#ahead(frames: AsyncIterable<FrameBatch>): AsyncGenerator<Result> {
    const work = this.work;
    const batches = new UntilFailure(frames, this.#signal);
    const source = batches[Symbol.asyncIterator]();
    const waiting: Promise<PacketBatch>[] = [];
    let reading: Promise<IteratorResult<FrameBatch>> | undefined;
    let ended = false;
    try {
      while (!ended || waiting.length > 0) {
        if (!ended && waiting.length < work.ahead) {
          if (!reading) {
            reading = source.next();
            // It is looked at below, or never: then the failure of the engine is what is told.
            reading.catch(() => {});
          }
          const next = waiting.length === 0
            ? await reading
            : await Promise.race([reading, waiting[0].then(() => undefined)]);
          if (next) {
            reading = undefined;
            if (next.done) {
              ended = true;
              work.end();
            } else {
              const packets = Promise.resolve(work.dissect(next.value));
              packets.catch(() => {});
              waiting.push(packets);
            }
            continue;
          }
        }
        yield this.#result(await waiting.shift()!);
      }
      batches.rethrow();
    } finally {
      if (!ended) {
        // A source that is being waited for closes when it has answered.
        const closing = source.return(undefined);
        if (reading) closing.catch(() => {});
        else await closing;
      }
    }
  }

  /** Does one batch. */
  batch(frames: FrameBatch): Result | Promise<Result> {
    const packets = this.work.dissect(frames);
    return packets instanceof Promise
      ? packets.then((p) => this.#result(p))
      : this.#result(packets);
  }

  #result(packets: Parameters<Work["encode"]>[0]): Result {
    const { frames } = packets, output = this.work.encode(packets);
    const { sequence, count } = frames, damaged = packets.issuesUsed > 0, bytes = bytesOf(frames);
    return output
      ? { sequence, count, bytes, damaged, packets, output }
      : { sequence, count, bytes, damaged, packets };
  }

  /** See {@link Crew}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.work[Symbol.asyncDispose]();
  }
}
