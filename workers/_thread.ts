/**
 * A worker as the main thread sees it.
 *
 * @module
 */
import type { Job } from "../core/engine.ts";
import { WORKER_STOP_MS, WORKERS_DEFAULT_MAX, WORKERS_MAX } from "../core/limits.ts";
import type { Board, BufferNews } from "./_board.ts";
import { type Answer, type Order, type Role, type SharedReading, unpackError } from "./_message.ts";

/** How many workers a job gets: as many as asked for, or as there are processors. */
export function workersOf(asked: number | undefined): number {
  if (asked === undefined) {
    return Math.max(1, Math.min(navigator.hardwareConcurrency, WORKERS_DEFAULT_MAX));
  }
  if (!Number.isInteger(asked) || asked < 1 || asked > WORKERS_MAX) {
    throw new RangeError(`Cannot start ${asked} workers: expected 1 to ${WORKERS_MAX}`);
  }
  return asked;
}

/** Why no worker can be started here; `undefined` if one can. Deno itself would also say it, but on standard error. */
export function notThreaded(): string | undefined {
  const module = new URL("./worker.ts", import.meta.url);
  if (module.protocol !== "file:") return undefined;
  const { state } = Deno.permissions.querySync({ name: "read", path: module });
  return state === "granted"
    ? undefined
    : `workers read their program: allow it with --allow-read=${new URL("../", module).pathname}`;
}

/** The answer that a job is prepared. */
export type Ready = Extract<Answer, { kind: "ready" }>;

/** One worker. */
export class Thread {
  readonly #worker: Worker;
  readonly #ready: PromiseWithResolvers<Ready> = Promise.withResolvers();
  readonly #stopped: PromiseWithResolvers<void> = Promise.withResolvers();
  #isReady = false;
  #failure: Error | undefined;
  #onFailure: ((error: Error) => void) | undefined;
  /** Told of the buffers it makes. */
  onBuffer: ((news: BufferNews) => void) | undefined;

  /** Starts it as the `thread`th of a run and has it prepare its part of a job. */
  constructor(job: Job, role: Role, board: Board, thread: number, shared?: SharedReading) {
    // Nobody may be waiting yet when it fails.
    this.#ready.promise.catch(() => {});
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: `pcapkit ${role}`,
    });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answer(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      // It is gone: nothing is left to wait for.
      this.#stopped.resolve();
      this.#fail(new Error(event.message || "Cannot run a worker"));
    };
    this.#worker.onmessageerror = () =>
      this.#fail(new Error("Cannot run a worker: what it answered cannot be read"));
    this.post({
      kind: "start",
      job,
      role,
      board: board.memory,
      thread,
      shared,
    });
  }

  /** Settles when the job is prepared. */
  get ready(): Promise<Ready> {
    return this.#ready.promise;
  }

  /** Told when it fails, or now if it has. */
  set onFailure(tell: (error: Error) => void) {
    this.#onFailure = tell;
    if (this.#failure) tell(this.#failure);
  }

  /** Sends an order. */
  post(order: Order): void {
    if (!this.#failure) this.#worker.postMessage(order);
  }

  #answer(answer: Answer): void {
    switch (answer.kind) {
      case "ready":
        this.#isReady = true;
        this.#ready.resolve(answer);
        break;
      case "buffer":
        this.onBuffer?.(answer);
        break;
      case "failed":
        this.#fail(unpackError(answer.error));
        break;
      case "stopped":
        this.#stopped.resolve();
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#ready.reject(this.#failure);
    this.#onFailure?.(this.#failure);
  }

  /**
   * Ends it: by itself if it answers in time (so that it closes what it opened), else at once. `hasty`: at once also if
   * it is only about to prepare its job, in which nothing is opened.
   */
  async stop(hasty = false): Promise<void> {
    if (this.#isReady || !hasty) {
      this.#worker.postMessage({ kind: "stop" } satisfies Order);
      // Not a timer: the runtime loads its timers at their first use, for 10 ms and 5 MiB.
      const cell = new Int32Array(new SharedArrayBuffer(4));
      const { value: late } = Atomics.waitAsync(cell, 0, 0, WORKER_STOP_MS);
      await Promise.race([this.#stopped.promise, late]);
      Atomics.notify(cell, 0);
    }
    this.#worker.terminate();
  }
}

/** Has threads prepare a job together; if one fails to, none is left. */
export async function startThreads(
  job: Job,
  roles: readonly Role[],
  board: Board,
  signal: AbortSignal | undefined,
): Promise<{ threads: Thread[]; ready: Ready[] }> {
  const threads = newThreads(job, roles, board, signal);
  try {
    const ready = await orAborted(Promise.all(threads.map((t) => t.ready)), signal);
    return { threads, ready };
  } catch (error) {
    await Promise.all(threads.map((t) => t.stop()));
    throw error;
  }
}

/**
 * Starts threads, and does not wait until they are there. `shared`: the file that they read by themselves.
 *
 * @throws {Error} If none can be started here.
 */
export function newThreads(
  job: Job,
  roles: readonly Role[],
  board: Board,
  signal: AbortSignal | undefined,
  shared?: SharedReading,
): Thread[] {
  signal?.throwIfAborted();
  const why = notThreaded();
  if (why !== undefined) throw new Error(`Cannot start workers: ${why}`);
  return roles.map((role, i) => new Thread(job, role, board, i, shared));
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await work;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
