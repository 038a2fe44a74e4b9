/**
 * The strategy `server`: workers that all do the whole job, each to the next batch; results in the capture's order.
 *
 * @module
 */
import type { Crew, Job, StrategyOptions } from "../core/engine.ts";
import { BATCHES_PER_WORKER } from "../core/limits.ts";
import type { Kit } from "../kit.ts";
import { findEngine } from "./job.ts";
import { Dealer, startThreads, workersOf } from "./_thread.ts";

const NOTHING = new Uint8Array(0);

/** Why a job cannot be dealt to several workers; `undefined` if it can. */
export async function notServed(job: Job, kit: Kit): Promise<string | undefined> {
  const engine = await findEngine(kit, job.engine.name, job.engine.options);
  return engine.capabilities.stateful
    ? `each packet's dissection depends on those before it: use strategy inline or pipeline`
    : undefined;
}

/**
 * Does a job on `workers` threads alike, besides this one, which frames and writes.
 *
 * @throws {RangeError} If the engine's packets depend on one another, or the number of workers makes no sense.
 */
export async function server(
  job: Job,
  kit: Kit,
  { workers, signal }: StrategyOptions = {},
): Promise<Crew> {
  const count = workersOf(workers);
  const why = await notServed(job, kit);
  if (why !== undefined && count > 1) {
    throw new RangeError(`Cannot run engine "${job.engine.name}" with strategy server: ${why}`);
  }
  const { threads, ready } = await startThreads(job, new Array(count).fill("both"), signal);
  const pairs = threads.map((t) => ({ give: t, take: t }));
  const dealer = new Dealer(job, kit.catalogue, pairs, BATCHES_PER_WORKER, signal);
  return {
    catalogue: kit.catalogue,
    head: ready[0].head ?? NOTHING,
    tail: ready[0].tail ?? NOTHING,
    run: (frames) => dealer.run(frames),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(threads.map((t) => t.stop()));
    },
  };
}
