/**
 * A worker as the main thread sees it: orders go in, answers come out in the same order, and whatever goes wrong there
 * ends all that is waited for here.
 *
 * @module
 */
import type { FrameBatch, InterfaceInfo } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Job, Result } from "../core/engine.ts";
import { WORKER_STOP_MS, WORKERS_DEFAULT_MAX, WORKERS_MAX } from "../core/limits.ts";
import { type Answer, type Order, type Role, unpackError } from "./_message.ts";
import { packFrames, unpackFrames, unpackPackets } from "./_pack.ts";

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

/** The answer that a batch is done. */
export type Done = Extract<Answer, { kind: "done" }>;
/** The answer that a job is prepared. */
export type Ready = Extract<Answer, { kind: "ready" }>;

/** One worker. */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Done>[] = [];
  readonly #ready: PromiseWithResolvers<Ready> = Promise.withResolvers();
  readonly #stopped: PromiseWithResolvers<void> = Promise.withResolvers();
  #failure: Error | undefined;
  /** Told when it fails. */
  onFailure: ((error: Error) => void) | undefined;

  /** Starts it and has it prepare its part of a job. */
  constructor(job: Job, role: Role) {
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
      this.fail(new Error(event.message || "Cannot run a worker"));
    };
    this.#worker.onmessageerror = () =>
      this.fail(new Error("Cannot run a worker: what it answered cannot be read"));
    this.post({ kind: "start", job, role });
  }

  /** Settles when the job is prepared. */
  get ready(): Promise<Ready> {
    return this.#ready.promise;
  }

  /** Sends an order. */
  post(order: Order, transfer: MessagePort[] = []): void {
    if (!this.#failure) this.#worker.postMessage(order, transfer);
  }

  /** The next answer that a batch is done; answers come in the order of the batches. */
  next(): Promise<Done> {
    const waiting = Promise.withResolvers<Done>();
    // A batch that nobody waits for any more must not end the process.
    waiting.promise.catch(() => {});
    if (this.#failure) waiting.reject(this.#failure);
    else this.#waiting.push(waiting);
    return waiting.promise;
  }

  #answer(answer: Answer): void {
    switch (answer.kind) {
      case "ready":
        this.#ready.resolve(answer);
        break;
      case "done":
        this.#waiting.shift()?.resolve(answer);
        break;
      case "failed":
        this.fail(unpackError(answer.error));
        break;
      case "stopped":
        this.#stopped.resolve();
    }
  }

  /** Rejects whatever is waited for, now and later. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#ready.reject(this.#failure);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
    this.onFailure?.(this.#failure);
  }

  /** Ends it: by itself if it answers in time (so that it closes what it opened), else at once. */
  async stop(): Promise<void> {
    this.#worker.postMessage({ kind: "stop" } satisfies Order);
    const timer = setTimeout(() => this.#stopped.resolve(), WORKER_STOP_MS);
    await this.#stopped.promise;
    clearTimeout(timer);
    this.#worker.terminate();
  }
}

/** Starts threads that together do a job; if one fails to start, none is left. */
export async function startThreads(
  job: Job,
  roles: readonly Role[],
  signal: AbortSignal | undefined,
): Promise<{ threads: Thread[]; ready: Ready[] }> {
  signal?.throwIfAborted();
  const why = notThreaded();
  if (why !== undefined) throw new Error(`Cannot start workers: ${why}`);
  const threads = roles.map((role) => new Thread(job, role));
  try {
    const ready = await orAborted(Promise.all(threads.map((t) => t.ready)), signal);
    return { threads, ready };
  } catch (error) {
    await Promise.all(threads.map((t) => t.stop()));
    throw error;
  }
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

/** A copy in memory that is not shared. */
function own(shared: ArrayBufferLike): ArrayBuffer {
  return new Uint8Array(shared).slice().buffer;
}

/**
 * Deals batches to threads and takes their results in order. Buffers go round: what comes back is sent again. The
 * `take`th thread's answers are those of the `give`th (the same thread, or the next stage).
 */
export class Dealer {
  readonly #pairs: readonly { readonly give: Thread; readonly take: Thread; known: number }[];
  readonly #each: number;
  readonly #job: Job;
  readonly #catalogue: Catalogue;
  readonly #signal: AbortSignal | undefined;
  readonly #inputs: SharedArrayBuffer[] = [];
  readonly #outputs: SharedArrayBuffer[] = [];
  #interfaces: readonly InterfaceInfo[] = [];

  /** Deals to `pairs` in turn, at most `each` batches being with one pair. */
  constructor(
    job: Job,
    catalogue: Catalogue,
    pairs: readonly { readonly give: Thread; readonly take: Thread }[],
    each: number,
    signal: AbortSignal | undefined,
  ) {
    this.#pairs = pairs.map((p) => ({ ...p, known: 0 }));
    this.#each = each;
    this.#job = job;
    this.#catalogue = catalogue;
    this.#signal = signal;
  }

  /** Does the job to batches; results in order. */
  async *run(frames: AsyncIterable<FrameBatch>): AsyncGenerator<Result> {
    const most = this.#pairs.length * this.#each;
    const queue: Promise<Done>[] = [];
    let turn = 0;
    for await (const batch of frames) {
      if (queue.length >= most) yield* this.#result(await orAborted(queue.shift()!, this.#signal));
      const pair = this.#pairs[turn];
      turn = (turn + 1) % this.#pairs.length;
      queue.push(pair.take.next());
      this.#send(pair, batch);
    }
    while (queue.length > 0) yield* this.#result(await orAborted(queue.shift()!, this.#signal));
  }

  #send(pair: { give: Thread; known: number }, batch: FrameBatch): void {
    const frames = packFrames(batch, pair.known, this.#inputs.pop());
    pair.known = batch.interfaces.length;
    this.#interfaces = batch.interfaces;
    const output = this.#job.format ? this.#outputs.pop() : undefined;
    pair.give.post({ kind: "frames", frames, ...(output ? { output } : {}) });
  }

  async *#result({ frames, damaged, packets, output }: Done): AsyncGenerator<Result> {
    if (packets) await this.#catalogue.load(packets.ready);
    // Packets are kept by whoever takes them, and much that takes bytes refuses shared ones.
    if (packets) {
      frames = { ...frames, buffer: own(frames.buffer) };
      packets = { ...packets, buffer: own(packets.buffer) };
    }
    yield {
      sequence: frames.plain.sequence,
      count: frames.plain.count,
      bytes: frames.bytes,
      damaged,
      ...(packets
        ? { packets: unpackPackets(packets, unpackFrames(frames, this.#interfaces)) }
        : {}),
      ...(output ? { output: new Uint8Array(output.buffer, 0, output.length) } : {}),
    };
    if (!packets) this.#inputs.push(frames.buffer as SharedArrayBuffer);
    if (output) this.#outputs.push(output.buffer);
  }
}
