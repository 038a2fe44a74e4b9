/**
 * The strategy `pipeline`: framing and writing on this thread, dissecting on a second, encoding on a third. A batch is
 * handed from one to the next without passing through here.
 *
 * @module
 */
import type { Crew, Job, StrategyOptions } from "../core/engine.ts";
import { BATCHES_PER_WORKER } from "../core/limits.ts";
import type { Kit } from "../kit.ts";
import { Board } from "./_board.ts";
import { Dealer } from "./_dealer.ts";
import type { Role } from "./_message.ts";
import { startThreads } from "./_thread.ts";

const NOTHING = new Uint8Array(0);

/**
 * Does a job in stages. An engine that numbers fields by itself encodes where it dissects, on one worker; so does a job
 * without a format.
 */
export async function pipeline(
  job: Job,
  kit: Kit,
  { signal }: StrategyOptions = {},
): Promise<Crew> {
  let roles: readonly Role[] = job.format ? ["dissect", "encode"] : ["both"];
  let board = new Board(roles.length * BATCHES_PER_WORKER);
  let { threads, ready } = await startThreads(job, roles, board, signal);
  if (ready[0].own && (job.packets || !job.format)) {
    await Promise.all(threads.map((t) => t.stop()));
    throw new RangeError(
      `Cannot run engine "${job.engine.name}" with strategy pipeline: packets are wanted, and it numbers their fields by ` +
        `itself: use strategy inline`,
    );
  }
  if (roles.length === 2 && ready[0].own) {
    await Promise.all(threads.map((t) => t.stop()));
    roles = ["both"];
    board = new Board(roles.length * BATCHES_PER_WORKER);
    ({ threads, ready } = await startThreads(job, roles, board, signal));
  }
  const staged = roles.length === 2;
  const dealer = new Dealer({ job, catalogue: kit.catalogue, board, threads, staged, signal });
  const last = ready[threads.length - 1];
  return {
    catalogue: kit.catalogue,
    head: last.head ?? NOTHING,
    tail: last.tail ?? NOTHING,
    run: (frames) => dealer.run(frames),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(threads.map((t) => t.stop()));
    },
  };
}
