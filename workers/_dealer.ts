/**
 * The main thread of a run on several: puts batches on the board, hands out what became of them in order, and does batches
 * itself when it would only wait.
 *
 * @module
 */
import { type FrameBatch, type InterfaceInfo, someFrames } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Job, Result } from "../core/engine.ts";
import { type FrameMemory, frameMemory, memoryOf } from "../core/frame_memory.ts";
import { type Board, type BufferNews, type BufferRef, Buffers } from "./_board.ts";
import {
  firstOf,
  type PackedFrames,
  packFrames,
  Unpacker,
  unpackFrames,
  unpackPackets,
} from "./_pack.ts";
import type { Thread } from "./_thread.ts";
import { UntilFailure } from "./_until_failure.ts";
import type { Work } from "./job.ts";

/** Packets dealt out at once while nobody knows how long their text is; less would cost too much. */
const PORTION_PACKETS = 64;
/** Bytes of text that are made at once: they stay in the second-level cache, and few wait to be handed out. */
const PORTION_TEXT_BYTES = 256 * 1024;

/** What a dealer works with. */
export interface Deal {
  /** The job. */
  readonly job: Job;
  /** The protocols that rows are numbered by. */
  readonly catalogue: Catalogue;
  /** The board that all threads see. */
  readonly board: Board;
  /** All threads, in the order of their numbers. */
  readonly threads: readonly Thread[];
  /** Does batches on this thread, too, if given: for reports only, and if no packets are wanted besides. */
  readonly helper?: Work;
  /** Ends the work at once. */
  readonly signal?: AbortSignal | undefined;
}

/** A batch done here. */
interface Own {
  readonly n: number;
  result: Result;
  /** Where its encoding stands; where the encoder has put it, if absent: until that is asked for the next. */
  room?: ArrayBuffer;
}

/** Deals out batches. */
export class Dealer {
  readonly #deal: Deal;
  readonly #buffers: Buffers;
  /** Made when the first batch is done here. */
  #unpacker: Unpacker | undefined;
  /** The memory that batches come in, if it is a kernel's. */
  #memory: FrameMemory | undefined;
  #interfaces: readonly InterfaceInfo[] = [];
  /** Batches put on the board, and those of them that were handed out. */
  #offered = 0;
  #handedOut = 0;
  /** Place in the capture of the first. */
  #base = 0;
  /** Batches done here that were not handed out yet. */
  readonly #own: Map<number, Own> = new Map();
  /** Packets handed out, and bytes of their text. */
  #packets = 0;
  #textBytes = 0;
  /** The last of them, if its encoding is still the encoder's. */
  #fresh: Own | undefined;
  /** Where those may be encoded that are done here. */
  readonly #rooms: ArrayBuffer[] = [];
  /** Bytes of such a room. */
  #roomBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #waiting: PromiseWithResolvers<unknown> | undefined;

  /** Deals to threads that have not been given anything. */
  constructor(deal: Deal) {
    this.#deal = deal;
    const { threads } = deal;
    const post = (news: BufferNews, except?: Thread): void => {
      for (const thread of threads) if (thread !== except) thread.post(news);
    };
    this.#buffers = new Buffers(post);
    for (const thread of threads) {
      thread.onFailure = (error) => this.#fail(error);
      thread.onBuffer = (news) => {
        this.#buffers.learn(news);
        // Rows go on to the thread that encodes.
        if (deal.job.format && threads.length > 1) post(news, thread);
      };
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#waiting?.reject(this.#failure.error);
  }

  /** Settles as `promise` does, or rejects as soon as something fails. */
  #until<T>(promise: Promise<T>): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    const waiting = Promise.withResolvers<T>();
    this.#waiting = waiting as PromiseWithResolvers<unknown>;
    promise.then(waiting.resolve, waiting.reject);
    return waiting.promise;
  }

  /** Does the job to batches; results in order. */
  async *run(frames: AsyncIterable<FrameBatch>): AsyncGenerator<Result> {
    const { board, helper, job, signal } = this.#deal;
    const abort = (): void => this.#fail(signal!.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    const batches = new UntilFailure(frames, signal), source = batches[Symbol.asyncIterator]();
    let reading: Promise<IteratorResult<FrameBatch>> | undefined;
    let ended = false;
    let batch: FrameBatch | undefined, from = 0;
    try {
      for (;;) {
        if (this.#failure) throw this.#failure.error;
        const seen = board.finished, n = this.#handedOut;
        if (this.#own.has(n) || (n < this.#offered && board.done(n))) {
          const own = this.#own.get(n);
          const result = own?.result ?? await this.#result(n);
          this.#packets += result.count;
          this.#textBytes += result.output?.length ?? 0;
          yield result;
          if (own?.room) this.#rooms.push(own.room);
          this.#own.delete(n);
          board.used(this.#handedOut++);
        } else if (this.#offered - n < board.slots && batch !== undefined) {
          // Parts of one size: a thread that does two small ones in the time of a large one has none left to do.
          const left = batch.count - from, parts = Math.max(1, Math.ceil(left / this.#portion()));
          const end = from + Math.ceil(left / parts);
          this.#offer(part(batch, from, end));
          from = end;
          if (parts === 1) batch = undefined;
        } else if (this.#offered - n < board.slots && !ended) {
          if (!reading) {
            reading = source.next();
            // It is looked at below, or never: then what failed elsewhere is what is told.
            reading.catch(() => {});
          }
          // What comes as it is captured may be long in coming: meanwhile results are handed out.
          const waits = job.live === true && this.#offered > n;
          const change = waits ? board.more(seen) : undefined;
          if (waits && change === undefined) continue;
          const next = await this.#until(
            change ? Promise.race([reading, change.then(() => undefined)]) : reading,
          );
          if (next === undefined) continue;
          reading = undefined;
          if (next.done) ended = true;
          else [batch, from] = [next.value, 0];
        } else if (n === this.#offered) {
          return batches.rethrow();
        } else {
          const taken = helper ? board.take(0) : -1;
          if (taken >= 0) this.#own.set(taken, await this.#do(helper!, taken));
          else await this.#until(board.more(seen) ?? Promise.resolve());
        }
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      if (!ended) {
        // A source that is being waited for closes when it has answered.
        const closing = source.return(undefined);
        if (reading) closing.catch(() => {});
        else await closing;
      }
    }
  }

  /** How many packets to deal out at once: a part of a batch, if its text would be long. */
  #portion(): number {
    return this.#deal.job.format === undefined || this.#textBytes === 0
      ? PORTION_PACKETS
      : Math.max(PORTION_PACKETS, Math.floor(PORTION_TEXT_BYTES * this.#packets / this.#textBytes));
  }

  #offer(batch: FrameBatch): void {
    const { board, threads } = this.#deal, n = this.#offered;
    if (n === 0) {
      this.#base = batch.sequence;
      this.#memory = memoryOf(batch.bytes.buffer);
    }
    if (batch.interfaces.length > this.#interfaces.length) {
      this.#interfaces = batch.interfaces;
      for (const t of threads) t.post({ kind: "interfaces", interfaces: batch.interfaces });
    }
    let ref: BufferRef;
    const packed = packFrames({ ...batch, sequence: this.#base + n }, (bytes) => {
      const made = this.#buffers.own(board.framesId(n), bytes);
      ref = made.ref;
      return made.buffer;
    });
    board.offer(n, packed, ref!.version, batch.interfaces.length);
    this.#offered++;
  }

  /** Does a batch on this thread. */
  async #do(helper: Work, n: number): Promise<Own> {
    const packed = this.#deal.board.frames(n), buffer = this.#buffers.known(packed.ref)!;
    const interfaces = firstOf(this.#interfaces, packed.interfaces);
    this.#unpacker ??= new Unpacker(
      this.#deal.job.reuse ?? false,
      this.#memory ?? (helper.frameMemory ? await frameMemory() : undefined),
    );
    const frames = this.#unpacker.frames(packed, buffer, interfaces);
    const dissecting = helper.dissect(frames);
    const packets = dissecting instanceof Promise ? await dissecting : dissecting;
    this.#settle();
    const given = this.#rooms.pop() ?? new ArrayBuffer(this.#roomBytes);
    const output = helper.encode(packets, given)!;
    const damaged = packets.issuesUsed > 0;
    const own: Own = { n, result: { ...summary(packed), damaged, output } };
    if (output.buffer === given) own.room = given;
    else {
      // It did not fit, or the encoder writes where it likes.
      if (given.byteLength >= output.length) this.#rooms.push(given);
      else this.#roomBytes = Math.ceil(output.length * 1.25);
      this.#fresh = own;
    }
    return own;
  }

  /** Copies the encoding that is still the encoder's, before that writes the next: it has to wait for its turn. */
  #settle(): void {
    const own = this.#fresh;
    this.#fresh = undefined;
    if (!own || !this.#own.has(own.n)) return;
    const output = own.result.output!;
    let room = this.#rooms.pop();
    if (!room || room.byteLength < output.length) {
      room = new ArrayBuffer(Math.max(this.#roomBytes, output.length));
    }
    const copied = new Uint8Array(room, 0, output.length);
    copied.set(output);
    own.room = room;
    own.result = { ...own.result, output: copied };
  }

  /** What a thread answered. */
  async #result(n: number): Promise<Result> {
    const { board, job, catalogue } = this.#deal;
    const packed = board.frames(n), { damaged, text } = board.outcome(n);
    const result: Result = {
      ...summary(packed),
      damaged,
      ...(text ? { output: new Uint8Array(await this.#buffer(text.ref), 0, text.bytes) } : {}),
    };
    if (job.format && !job.packets) return result;
    // Packets are kept by whoever takes them, and much that takes bytes refuses shared ones.
    const frames = unpackFrames(
      packed,
      copy(this.#buffers.known(packed.ref)!),
      firstOf(this.#interfaces, packed.interfaces),
    );
    const rows = board.rows(n);
    const { packets, ready } = unpackPackets(
      rows.packed,
      copy(await this.#buffer(rows.ref)),
      frames,
    );
    await catalogue.load(ready);
    return { ...result, packets };
  }

  /** A buffer that a thread made; news of it may still be on its way. */
  async #buffer(ref: BufferRef): Promise<SharedArrayBuffer> {
    for (;;) {
      const buffer = this.#buffers.known(ref);
      if (buffer !== undefined) return buffer;
      await this.#until(this.#buffers.news());
    }
  }
}

/** The frames of a batch from index `from` up to `to`, as a batch. */
function part(batch: FrameBatch, from: number, to: number): FrameBatch {
  const some = someFrames(batch, from, to);
  return from > 0 && batch.leads ? { ...some, leads: false } : some;
}

/** A copy in memory that is not shared. */
function copy(shared: SharedArrayBuffer): ArrayBuffer {
  return new Uint8Array(shared).slice().buffer;
}

function summary({ plain, bytes }: PackedFrames): Pick<Result, "sequence" | "count" | "bytes"> {
  return { sequence: plain.sequence, count: plain.count, bytes };
}
