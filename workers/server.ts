/**
 * The strategy `server`: threads that all do the whole job, each to the next batch; results in the capture's order.
 *
 * @module
 */
import { soundRecords } from "../capture/pcap.ts";
import { type FrameBatch, NO_CLOCK } from "../core/batch.ts";
import type { Crew, Engine, Job, Result, Standing, StrategyOptions } from "../core/engine.ts";
import { BATCHES_PER_WORKER, PIECES_PER_WORKER } from "../core/limits.ts";
import type { Kit } from "../kit.ts";
import { Board } from "./_board.ts";
import { Dealer } from "./_dealer.ts";
import { Reading } from "./_shared_file.ts";
import { newThreads, startThreads, workersOf } from "./_thread.ts";
import { findEngine, prepare, type Work } from "./job.ts";

const NOTHING = new Uint8Array(0);

/** Why what an engine does cannot be dealt to several workers; `undefined` if it can. */
export function notServed({ capabilities }: Engine): string | undefined {
  return capabilities.stateful
    ? `each packet's dissection depends on those before it: use strategy inline or pipeline`
    : undefined;
}

/**
 * Does a job on `workers` threads alike; this one frames and writes. From two on it is itself one of them as far as it
 * has time, so that two keep two processors busy and no more. Jobs that send packets back or read what is being captured
 * need it for that; and a plug-in may never come back, so that it must be possible to end its thread. A plain file is
 * read by all of them, by turns.
 *
 * @throws {RangeError} If the engine's packets depend on one another, or the number of workers makes no sense.
 */
export async function server(job: Job, kit: Kit, options: StrategyOptions = {}): Promise<Crew> {
  const { signal } = options, count = workersOf(options.workers);
  const engine = await findEngine(kit, job.engine.name, job.engine.options);
  const why = notServed(engine);
  if (why !== undefined && count > 1) {
    throw new RangeError(`Cannot run engine "${job.engine.name}" with strategy server: ${why}`);
  }
  if (count > 1 && job.format && !job.packets && !job.live && kit.plugins.length === 0) {
    // Nobody sees packets: what they stand in is used again.
    const reusing = { ...job, reuse: true };
    const others = helpers(reusing, options, engine.frameMemory ? beginning(job) : undefined);
    try {
      const work = await prepare(reusing, kit);
      return {
        catalogue: kit.catalogue,
        head: work.encoder?.head().slice() ?? NOTHING,
        tail: work.encoder?.tail().slice() ?? NOTHING,
        run: (frames) => others.run(frames, work),
        [Symbol.asyncDispose]: async () => {
          await others[Symbol.asyncDispose]();
          await work[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      await others[Symbol.asyncDispose]();
      throw error;
    }
  }
  const board = new Board(count * BATCHES_PER_WORKER);
  const { threads, ready } = await startThreads(job, new Array(count).fill("both"), board, signal);
  const dealer = new Dealer({ job, catalogue: kit.catalogue, board, threads, signal });
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

/** Threads that take a part of the work off this one. */
export interface Helpers extends AsyncDisposable {
  /** Does the job to batches, together with `work` on this thread. */
  run(frames: AsyncIterable<FrameBatch>, work: Work): AsyncGenerator<Result>;
}

/** Where reading a file begins. */
function beginning({ header }: Job): Standing {
  return { offset: header?.bytes.length ?? 0, packets: 0, sequence: 0, clock: NO_CLOCK };
}

/**
 * Starts all threads of a job but this one, and does not wait until they are there. If the job is all of a plain file, they
 * read it by themselves, `from` where it is read up to.
 */
export function helpers(
  job: Job,
  { workers, signal, file, memory }: StrategyOptions,
  from?: Standing,
): Helpers {
  const count = workersOf(workers), board = new Board(count * BATCHES_PER_WORKER);
  const shared = from && file && job.header && soundRecords(job.header)
    ? { file, reading: new Reading(from, count * PIECES_PER_WORKER) }
    : undefined;
  const sent = shared && {
    path: shared.file.path,
    identity: shared.file.identity,
    memory: shared.reading.memory,
  };
  const threads = newThreads(job, new Array(count - 1).fill("both"), board, signal, sent);
  const deal = { job, board, threads, shared, memory, signal };
  return {
    run: (frames, helper) =>
      new Dealer({ ...deal, catalogue: helper.catalogue, helper }).run(frames),
    [Symbol.asyncDispose]: async () => {
      // What was started too late to be of use is not waited for.
      await Promise.all(threads.map((t) => t.stop(true)));
    },
  };
}
