/**
 * The main thread of a run on several: puts batches on the board, unless the threads read them by themselves; hands out
 * what became of them in order, and does batches itself when it would only wait.
 *
 * @module
 */
import type { FrameBatch, InterfaceInfo } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Job, PacketBatch, PlainFile, Result } from "../core/engine.ts";
import { type FrameMemory, frameMemory, memoryOf } from "../core/frame_memory.ts";
import { REPORT_BATCH_PACKETS } from "../core/limits.ts";
import { type Board, type BufferNews, type BufferRef, Buffers, type Summary } from "./_board.ts";
import {
  firstOf,
  type PackedFrames,
  packFrames,
  Unpacker,
  unpackFrames,
  unpackPackets,
} from "./_pack.ts";
import { Idle, type Reading, SharedFile } from "./_shared_file.ts";
import type { Thread } from "./_thread.ts";
import { UntilFailure } from "./_until_failure.ts";
import type { Work } from "./job.ts";

/** Packets dealt out at once while nobody knows how long their text is; less would cost too much. */
const PORTION_PACKETS = 64;
/** Bytes of text that are made at once where one thread deals out: they stay in the second-level cache, and few wait to be handed out. */
const PORTION_TEXT_BYTES = 256 * 1024;
/** The same where all threads read: taking a portion costs some microseconds, and fewer are under way. */
const PIECE_TEXT_BYTES = 512 * 1024;

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
  /** Whether rows go on from the thread that dissects to the one that encodes. */
  readonly staged?: boolean;
  /** Does batches on this thread, too, if given: for reports only, and if no packets are wanted besides. */
  readonly helper?: Work;
  /** A file that all threads read by themselves, and how far it is read: there is a helper then. */
  readonly shared?: { readonly file: PlainFile; readonly reading: Reading } | undefined;
  /** Memory that the helper does batches in, if there is such already. */
  readonly memory?: FrameMemory | undefined;
  /** Ends the work at once. */
  readonly signal?: AbortSignal | undefined;
}

/** A batch that was put on the board. */
interface Offer {
  readonly packed: PackedFrames;
  /** Where it stands. */
  readonly buffer: SharedArrayBuffer;
  /** Interfaces that were known then. */
  readonly interfaces: number;
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
  /** Made before the first batch is done here. */
  #unpacker: Unpacker | undefined;
  /** The memory that batches come in, if it is a kernel's. */
  #memory: FrameMemory | undefined;
  #interfaces: readonly InterfaceInfo[] = [];
  /** Batches put on the board, and those of them that were handed out. */
  #offered = 0;
  #handedOut = 0;
  /** Place in the capture of the first, when that is known. */
  #base = -1;
  /** For each slot, the batch that was put there last. */
  readonly #offers: Offer[] = [];
  /** For each slot, the batch done here that was not handed out yet. */
  readonly #own: (Own | undefined)[] = [];
  /** Packets handed out, bytes of them and of their text. */
  #packets = 0;
  #bytes = 0;
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
        if (deal.staged) post(news, thread);
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
    const { board, helper, job, signal, shared } = this.#deal;
    const abort = (): void => this.#fail(signal!.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    let batches = new UntilFailure(frames, signal), source = batches[Symbol.asyncIterator]();
    let reading = shared?.reading, file: SharedFile | undefined;
    let coming: Promise<IteratorResult<FrameBatch>> | undefined;
    let ended = false;
    let batch: FrameBatch | undefined, from = 0;
    try {
      if (shared) file = await this.#open(shared.file, shared.reading);
      for (;;) {
        if (this.#failure) throw this.#failure.error;
        const seen = board.finished, n = this.#handedOut, slot = n % board.slots;
        const own = this.#own[slot];
        if (own || board.done(n)) {
          const found = own?.result ?? this.#result(n);
          const result = found instanceof Promise ? await found : found;
          this.#packets += result.count;
          this.#bytes += result.bytes;
          this.#textBytes += result.output?.length ?? 0;
          yield result;
          if (own?.room) this.#rooms.push(own.room);
          this.#own[slot] = undefined;
          board.used(this.#handedOut++);
          if (reading) this.#tellPiece(reading);
        } else if (reading) {
          const taken = file?.take(board) ?? Idle.Over;
          if (typeof taken !== "number") {
            const doing = this.#dissect(helper!, file!.number(taken), taken);
            const done = doing instanceof Promise ? await doing : doing;
            this.#own[done.n % board.slots] = done;
          } else if (taken === Idle.Busy) await this.#until(reading.free());
          else if (taken === Idle.Full || n < reading.taken) {
            await this.#until(board.more(seen) ?? Promise.resolve());
          } else if (reading.whole) return;
          else {
            // What was given stands where the threads began: right, if they have read nothing.
            if (n > 0) {
              batches = new UntilFailure(shared!.file.from(reading.standing), signal);
              source = batches[Symbol.asyncIterator]();
            }
            this.#base = reading.sequence;
            this.#offered = n;
            board.goOn(n);
            reading = undefined;
          }
        } else if (this.#offered - n < board.slots && batch !== undefined) {
          // Parts of one size: a thread that does two small ones in the time of a large one has none left to do.
          const left = batch.count - from, parts = Math.max(1, Math.ceil(left / this.#portion()));
          const end = from + Math.ceil(left / parts);
          this.#offer(batch, from, end);
          from = end;
          if (parts === 1) batch = undefined;
        } else if (this.#offered - n < board.slots && !ended) {
          if (!coming) {
            coming = source.next();
            // It is looked at below, or never: then what failed elsewhere is what is told.
            coming.catch(() => {});
          }
          // What comes as it is captured may be long in coming: meanwhile results are handed out.
          const waits = job.live === true && this.#offered > n;
          const change = waits ? board.more(seen) : undefined;
          if (waits && change === undefined) continue;
          const next = await this.#until(
            change ? Promise.race([coming, change.then(() => undefined)]) : coming,
          );
          if (next === undefined) continue;
          coming = undefined;
          if (next.done) ended = true;
          else [batch, from] = [next.value, 0];
        } else if (n === this.#offered) {
          return batches.rethrow();
        } else {
          const taken = helper ? board.take(0) : -1;
          if (taken >= 0) {
            this.#unpacker ??= new Unpacker(
              job.reuse ?? false,
              this.#memory ?? (helper!.frameMemory ? await frameMemory() : undefined),
            );
            const { packed, buffer, interfaces } = this.#offers[taken % board.slots];
            const known = firstOf(this.#interfaces, interfaces);
            const doing = this.#dissect(
              helper!,
              taken,
              this.#unpacker.frames(packed, buffer, known),
            );
            this.#own[taken % board.slots] = doing instanceof Promise ? await doing : doing;
          } else await this.#until(board.more(seen) ?? Promise.resolve());
        }
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      file?.[Symbol.dispose]();
      if (!ended) {
        // A source that is being waited for closes when it has answered.
        const closing = source.return(undefined);
        if (coming) closing.catch(() => {});
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

  /** Puts the frames of a batch from index `from` up to `to` on the board. */
  #offer(batch: FrameBatch, from: number, to: number): void {
    const { board, threads } = this.#deal, n = this.#offered;
    if (this.#base < 0) this.#base = batch.sequence;
    this.#memory ??= memoryOf(batch.bytes.buffer);
    if (batch.interfaces.length > this.#interfaces.length) {
      this.#interfaces = batch.interfaces;
      for (const t of threads) t.post({ kind: "interfaces", interfaces: batch.interfaces });
    }
    let made: BufferNews | undefined;
    const bufferOf = (bytes: number): SharedArrayBuffer =>
      (made = this.#buffers.own(board.framesId(n), bytes)).buffer;
    const packed = packFrames(batch, bufferOf, this.#base + n, from, to);
    const { ref, buffer } = made!, interfaces = batch.interfaces.length;
    this.#offers[n % board.slots] = { packed, buffer, interfaces };
    board.offer(n, packed, ref.version, interfaces);
    this.#offered++;
  }

  /** Opens a file, so that this thread reads it, too; the others may do that already. */
  async #open({ path, identity }: PlainFile, reading: Reading): Promise<SharedFile | undefined> {
    const { job, memory } = this.#deal;
    this.#memory = memory ?? await frameMemory();
    const file = this.#memory &&
      SharedFile.open(path, identity, job.header!, reading, this.#memory);
    if (!file) await this.#until(reading.leave());
    return file;
  }

  /** Says how much is to be read at a time: as much as makes text of one portion. */
  #tellPiece(reading: Reading): void {
    const portion = this.#textBytes === 0 ? 1 : PIECE_TEXT_BYTES / this.#textBytes;
    // No more than what the columns have room for, and some more so that they are full.
    const most = REPORT_BATCH_PACKETS * 1.125 / this.#packets;
    reading.piece = Math.ceil(Math.min(portion, most) * this.#bytes);
  }

  /** Does batch `n` on this thread. */
  #dissect(helper: Work, n: number, frames: FrameBatch): Own | Promise<Own> {
    const dissecting = helper.dissect(frames);
    return dissecting instanceof Promise
      ? dissecting.then((packets) => this.#encode(helper, n, packets))
      : this.#encode(helper, n, dissecting);
  }

  #encode(helper: Work, n: number, packets: PacketBatch): Own {
    this.#settle();
    const given = this.#rooms.pop() ?? new ArrayBuffer(this.#roomBytes);
    const output = helper.encode(packets, given)!;
    const result = resultOf(this.#deal.board.summary(n), packets.issuesUsed > 0, output);
    const own: Own = { n, result };
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
    if (!own || this.#own[own.n % this.#deal.board.slots] !== own) return;
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
  #result(n: number): Result | Promise<Result> {
    const { board, job } = this.#deal;
    const { damaged, text } = board.outcome(n), buffer = text && this.#buffers.known(text.ref);
    return text && !buffer || !job.format || job.packets
      ? this.#resultLater(n)
      : resultOf(board.summary(n), damaged, buffer && new Uint8Array(buffer, 0, text!.bytes));
  }

  /** The same, where a buffer is still on its way or packets are wanted. */
  async #resultLater(n: number): Promise<Result> {
    const { board, job, catalogue } = this.#deal;
    const { damaged, text } = board.outcome(n);
    const output = text && new Uint8Array(await this.#buffer(text.ref), 0, text.bytes);
    const result = resultOf(board.summary(n), damaged, output);
    if (job.format && !job.packets) return result;
    const { packed, buffer, interfaces } = this.#offers[n % board.slots];
    // Packets are kept by whoever takes them, and much that takes bytes refuses shared ones.
    const frames = unpackFrames(packed, copy(buffer), firstOf(this.#interfaces, interfaces));
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

/** A copy in memory that is not shared. */
function copy(shared: SharedArrayBuffer): ArrayBuffer {
  return new Uint8Array(shared).slice().buffer;
}

function resultOf(
  { sequence, count, bytes }: Summary,
  damaged: boolean,
  output: Uint8Array | undefined,
): Result {
  return output ? { sequence, count, bytes, damaged, output } : { sequence, count, bytes, damaged };
}
