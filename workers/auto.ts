/**
 * The strategy `auto`: begins on this thread, and goes on with workers once the job has shown that it is long enough to
 * gain by them. So a short job never pays for starting threads, and no guess about speed is needed.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";
import type { Crew, Job, Result, Standing, StrategyOptions } from "../core/engine.ts";
import { AUTO_AFTER_MS, AUTO_BYTES, AUTO_REMAINING_MS } from "../core/limits.ts";
import { firstMessage } from "../core/turn.ts";
import type { Kit } from "../kit.ts";
import { sameShape } from "./_pack.ts";
import { Inline } from "./inline.ts";
import { findEngine, prepare } from "./job.ts";
import type { Helpers } from "./server.ts";

/** Does a job on this thread, and on workers if it is long. */
export async function auto(job: Job, kit: Kit, options: StrategyOptions = {}): Promise<Crew> {
  if ((options.size ?? 0) >= AUTO_BYTES) firstMessage();
  return new Auto(await prepare(job, kit, "both", true), job, kit, options);
}

class Auto extends Inline {
  readonly #job: Job;
  readonly #kit: Kit;
  readonly #options: StrategyOptions;
  #helpers: Helpers | undefined;

  constructor(
    work: ConstructorParameters<typeof Inline>[0],
    job: Job,
    kit: Kit,
    options: StrategyOptions,
  ) {
    super(work, options.signal);
    this.#job = job;
    this.#kit = kit;
    this.#options = options;
  }

  /** Whether workers could do it at all. */
  async #spreads(): Promise<boolean> {
    const { size = 0, workers = navigator.hardwareConcurrency } = this.#options;
    const job = this.#job;
    // Packets are wanted here: sending them back costs more than dissecting.
    if (size < AUTO_BYTES || workers < 2 || !job.format || job.packets) return false;
    if (this.#kit.plugins.some((p) => p.module === undefined)) return false;
    const { notServed } = await import("./server.ts");
    const { notThreaded } = await import("./_thread.ts");
    if (notThreaded() !== undefined) return false;
    const { name, options } = job.engine;
    return notServed(await findEngine(this.#kit, name, options)) === undefined;
  }

  /** It looks at the time between batches. */
  override get alone(): boolean {
    return false;
  }

  override async *run(frames: AsyncIterable<FrameBatch>): AsyncGenerator<Result> {
    // An engine that must be given batches ahead keeps state, and stays here.
    if (this.ahead) return yield* super.run(frames);
    const rest = frames[Symbol.asyncIterator]();
    const { size = 0 } = this.#options;
    const begun = performance.now();
    let bytes = 0;
    let last: FrameBatch | undefined;
    // The first half of the time goes into compiling: how fast it is is told by the second.
    let half: { readonly taken: number; readonly bytes: number } | undefined;
    let decided = false;
    try {
      while (!this.#helpers) {
        const next = await rest.next();
        if (next.done) return;
        const doing = this.batch(sameShape(next.value));
        const result = doing instanceof Promise ? await doing : doing;
        yield result;
        bytes += result.bytes;
        if (next.value.count > 0) last = next.value;
        const taken = performance.now() - begun;
        if (decided) continue;
        if (half === undefined && taken >= AUTO_AFTER_MS / 2) half = { taken, bytes };
        if (half === undefined || bytes === half.bytes || taken < AUTO_AFTER_MS) continue;
        decided = true;
        const left = (taken - half.taken) / (bytes - half.bytes) * (size - bytes);
        if (left < AUTO_REMAINING_MS || !await this.#spreads()) continue;
        const { helpers } = await import("./server.ts");
        const from = this.#options.memory && last &&
          standing(this.#job.header!.bytes.length + bytes, last);
        this.#helpers = helpers(this.#job, this.#options, from);
      }
      yield* this.#helpers.run({ [Symbol.asyncIterator]: () => rest }, this.work);
    } finally {
      await rest.return?.();
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#helpers?.[Symbol.asyncDispose]();
    await super[Symbol.asyncDispose]();
  }
}

/** Where reading stands at `offset`, behind a batch. */
function standing(offset: number, batch: FrameBatch): Standing {
  const { sequence, firstNumber, count, seconds, nanoseconds, clock } = batch;
  return {
    offset,
    packets: firstNumber - 1 + count,
    sequence: sequence + 1,
    clock: {
      ...clock,
      previousSeconds: seconds[count - 1],
      previousNanoseconds: nanoseconds[count - 1],
    },
  };
}
