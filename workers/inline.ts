/**
 * The plainest strategy: everything on this thread.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";
import type { Job, Result } from "../core/engine.ts";
import { prepare, type Work } from "./job.ts";

/** Runs a job on this thread. `work`: a job prepared before, which then stays open. */
export async function* inline(
  job: Job,
  frames: AsyncIterable<FrameBatch>,
  options: { readonly workers?: number; readonly work?: Work } = {},
): AsyncGenerator<Result> {
  const work = options.work ?? await prepare(job);
  try {
    for await (const batch of frames) {
      const result = work.run(batch);
      yield result instanceof Promise ? await result : result;
    }
  } finally {
    if (!options.work) await work[Symbol.asyncDispose]();
  }
}
