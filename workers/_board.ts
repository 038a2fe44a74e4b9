/**
 * What the threads of a run share: one piece of memory in which the batches stand that are to be done, who took which, and
 * what became of them. Taking a batch, or saying that it is done, costs one atomic operation and no message; who finds
 * nothing to do waits until the number that he looked at changes.
 *
 * Messages carry only what is rare: buffers that were made, interfaces that were met, errors.
 *
 * @module
 */
import type { Result } from "../core/engine.ts";
import type { PackedFrames, PackedPackets } from "./_pack.ts";

/** What a thread does of a batch: all, or the half before or behind the other thread's. */
export type Stage = 0 | 1;

// Words of the head.
const SLOTS = 0;
const STOPPED = 1;
/** Batches that a thread has finished. */
const FINISHED = 2;
/** For each stage: batches there are for it. */
const OFFERED = 3;
/** For each stage: batches that somebody took. */
const TAKEN = 5;
/** Batches that were handed out: what was answered is not needed any more. */
const USED = 7;
const HEAD = 8;

// Numbers of a slot.
const SEQUENCE = 0;
const FIRST_NUMBER = 1;
const COUNT = 2;
const CLOCK = 3;
const BYTES = 7;
const TRAITS = 8;
const BLOCKS = 9;
const INTERFACES = 10;
const FRAMES_VERSION = 11;
const ROWS_BUFFER = 12;
const ROWS_VERSION = 13;
const LAYERS = 14;
const ISSUES = 15;
const READY = 16;
const TEXT_BUFFER = 17;
const TEXT_VERSION = 18;
const TEXT_BYTES = 19;
const DAMAGED = 20;
const NUMBERS = 21;

// Bits of TRAITS.
const LITTLE_ENDIAN = 1;
const LEADS = 2;
const LEADS_KNOWN = 4;
const OPTIONS = 8;
const MODIFIED = 16;
const SECTIONS = 32;

/** Which state of a buffer is meant: it is made anew when it has become too small. */
export interface BufferRef {
  /** Its number. */
  readonly id: number;
  /** Counts how often it was made. */
  readonly version: number;
}

/** What a batch is, in short. */
export type Summary = Pick<Result, "sequence" | "count" | "bytes">;

/** What became of a batch. */
export interface Outcome {
  /** Whether a packet is truncated or malformed. */
  readonly damaged: boolean;
  /** The rows, if they are wanted. */
  readonly rows: { readonly ref: BufferRef; readonly packed: PackedPackets } | undefined;
  /** The encoding, if there is one. */
  readonly text: { readonly ref: BufferRef; readonly bytes: number } | undefined;
}

/** The memory that threads share, as one of them sees it. Batches are counted from 0; `n % slots` is the slot of one. */
export class Board {
  /** What to send to another thread, so that it sees the same. */
  readonly memory: SharedArrayBuffer;
  /** Batches that can be under way at once. */
  readonly slots: number;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;

  /** A board for `slots` batches at once, or the one in a memory that was sent. */
  constructor(slots: number | SharedArrayBuffer) {
    const memory = typeof slots === "number"
      ? new SharedArrayBuffer(((HEAD + slots + 1) & ~1) * 4 + slots * NUMBERS * 8)
      : slots;
    this.memory = memory;
    const words = new Int32Array(memory, 0, HEAD);
    if (typeof slots === "number") words[SLOTS] = slots;
    this.slots = words[SLOTS];
    this.#words = new Int32Array(memory, 0, HEAD + this.slots);
    this.#numbers = new Float64Array(memory, ((HEAD + this.slots + 1) & ~1) * 4);
  }

  /** Numbers that buffers of the frames have: that of the slot. */
  framesId(n: number): number {
    return n % this.slots;
  }

  /**
   * Numbers of buffers that the `thread`th thread answers in, for the `i`th of its results that wait at once; their rows
   * stand in another. No more than there are slots can wait, so one is always free.
   */
  answerId(thread: number, i: number, rows: boolean): number {
    return this.slots * (1 + 2 * thread + (rows ? 1 : 0)) + i;
  }

  /** Puts a batch on the board, for whoever takes it first. Its slot must be free. */
  offer(n: number, frames: PackedFrames, version: number, interfaces: number): void {
    const { sequence, firstNumber, count, clock, littleEndian, leads } = frames;
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    v[at + SEQUENCE] = sequence;
    v[at + FIRST_NUMBER] = firstNumber;
    v[at + COUNT] = count;
    v[at + CLOCK] = clock.firstSeconds;
    v[at + CLOCK + 1] = clock.firstNanoseconds;
    v[at + CLOCK + 2] = clock.previousSeconds;
    v[at + CLOCK + 3] = clock.previousNanoseconds;
    v[at + BYTES] = frames.bytes;
    v[at + TRAITS] = (littleEndian ? LITTLE_ENDIAN : 0) | (leads ? LEADS : 0) |
      (leads === undefined ? 0 : LEADS_KNOWN) | (frames.options ? OPTIONS : 0) |
      (frames.modified ? MODIFIED : 0) | (frames.sections ? SECTIONS : 0);
    v[at + BLOCKS] = frames.blocks;
    v[at + INTERFACES] = interfaces;
    v[at + FRAMES_VERSION] = version;
    this.#offer(0, n + 1);
  }

  #offer(stage: Stage, offered: number): void {
    Atomics.store(this.#words, OFFERED + stage, offered);
    Atomics.notify(this.#words, OFFERED + stage, 1);
  }

  /** Notes whose batch `n` is of those that threads read by themselves. Its slot must be free: see {@linkcode hasRoom}. */
  claim(n: number, { sequence, count, bytes }: Summary): void {
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    v[at + SEQUENCE] = sequence;
    v[at + COUNT] = count;
    v[at + BYTES] = bytes;
  }

  /** Batches that are put on the board are from now on counted from `n` on. */
  goOn(n: number): void {
    Atomics.store(this.#words, TAKEN, n);
    Atomics.store(this.#words, OFFERED, n);
  }

  /** Whether batch `n` is among the `ahead` next ones behind those that were used; no more than there are slots. */
  hasRoom(n: number, ahead: number): boolean {
    return n - Atomics.load(this.#words, USED) < ahead;
  }

  /** Settles when batch `n` may be among those, or {@linkcode stop} was called. */
  async room(n: number, ahead: number): Promise<void> {
    const words = this.#words, used = Atomics.load(words, USED);
    if (n - used < ahead || this.stopped) return;
    const waiting = Atomics.waitAsync(words, USED, used);
    if (waiting.async) await waiting.value;
  }

  /** Takes the next batch that nobody has taken; -1 if there is none. */
  take(stage: Stage): number {
    const words = this.#words;
    for (;;) {
      const n = Atomics.load(words, TAKEN + stage);
      if (n >= Atomics.load(words, OFFERED + stage)) return -1;
      if (Atomics.compareExchange(words, TAKEN + stage, n, n + 1) === n) return n;
    }
  }

  /** Settles when there may be a batch to take, or {@linkcode stop} was called. */
  async work(stage: Stage): Promise<void> {
    const words = this.#words, offered = Atomics.load(words, OFFERED + stage);
    if (offered > Atomics.load(words, TAKEN + stage) || this.stopped) return;
    const waiting = Atomics.waitAsync(words, OFFERED + stage, offered);
    if (waiting.async) await waiting.value;
  }

  /** The frames of a batch: what {@linkcode offer} was given, and which buffer they stand in. */
  frames(n: number): PackedFrames & { readonly ref: BufferRef; readonly interfaces: number } {
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    const traits = v[at + TRAITS];
    return {
      sequence: v[at + SEQUENCE],
      firstNumber: v[at + FIRST_NUMBER],
      count: v[at + COUNT],
      clock: {
        firstSeconds: v[at + CLOCK],
        firstNanoseconds: v[at + CLOCK + 1],
        previousSeconds: v[at + CLOCK + 2],
        previousNanoseconds: v[at + CLOCK + 3],
      },
      littleEndian: (traits & LITTLE_ENDIAN) !== 0,
      leads: (traits & LEADS_KNOWN) === 0 ? undefined : (traits & LEADS) !== 0,
      bytes: v[at + BYTES],
      options: (traits & OPTIONS) !== 0,
      modified: (traits & MODIFIED) !== 0,
      blocks: v[at + BLOCKS],
      sections: (traits & SECTIONS) !== 0,
      interfaces: v[at + INTERFACES],
      ref: { id: this.framesId(n), version: v[at + FRAMES_VERSION] },
    };
  }

  /** What a batch is. */
  summary(n: number): Summary {
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    return { sequence: v[at + SEQUENCE], count: v[at + COUNT], bytes: v[at + BYTES] };
  }

  /** Writes down the rows of a batch; the second stage can take it. */
  handOver(n: number, rows: NonNullable<Outcome["rows"]>): void {
    this.#putRows(n, rows);
    this.#offer(1, n + 1);
  }

  #putRows(n: number, { ref, packed }: NonNullable<Outcome["rows"]>): void {
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    v[at + ROWS_BUFFER] = ref.id;
    v[at + ROWS_VERSION] = ref.version;
    v[at + LAYERS] = packed.layers;
    v[at + ISSUES] = packed.issues;
    v[at + READY] = packed.ready;
  }

  /** The rows of a batch that were written down, and which buffer they stand in. */
  rows(n: number): NonNullable<Outcome["rows"]> {
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    return {
      ref: { id: v[at + ROWS_BUFFER], version: v[at + ROWS_VERSION] },
      packed: { layers: v[at + LAYERS], issues: v[at + ISSUES], ready: v[at + READY] },
    };
  }

  /** Says that a batch is done, and what became of it. */
  finish(n: number, { damaged, rows, text }: Outcome): void {
    const v = this.#numbers, at = n % this.slots * NUMBERS, words = this.#words;
    if (rows) this.#putRows(n, rows);
    v[at + TEXT_BUFFER] = text?.ref.id ?? -1;
    v[at + TEXT_VERSION] = text?.ref.version ?? 0;
    v[at + TEXT_BYTES] = text?.bytes ?? 0;
    v[at + DAMAGED] = damaged ? 1 : 0;
    Atomics.store(words, HEAD + n % this.slots, n + 1);
    Atomics.add(words, FINISHED, 1);
    // All: who waited for this or for something else, and got that, still stands among those who wait.
    Atomics.notify(words, FINISHED);
  }

  /** Whether a batch is done. */
  done(n: number): boolean {
    return Atomics.load(this.#words, HEAD + n % this.slots) === n + 1;
  }

  /** What became of a batch that is done. */
  outcome(n: number): Omit<Outcome, "rows"> {
    const v = this.#numbers, at = n % this.slots * NUMBERS;
    return {
      damaged: v[at + DAMAGED] !== 0,
      text: v[at + TEXT_BUFFER] < 0 ? undefined : {
        ref: { id: v[at + TEXT_BUFFER], version: v[at + TEXT_VERSION] },
        bytes: v[at + TEXT_BYTES],
      },
    };
  }

  /** Says that what became of a batch has been used, and of all before it. */
  used(n: number): void {
    Atomics.store(this.#words, USED, n + 1);
    Atomics.notify(this.#words, USED);
  }

  /** Whether what became of a batch may be overwritten. */
  isUsed(n: number): boolean {
    return Atomics.load(this.#words, USED) > n;
  }

  /** How many batches threads have finished; to be looked at before asking {@linkcode done}. */
  get finished(): number {
    return Atomics.load(this.#words, FINISHED);
  }

  /** Settles when {@linkcode finished} is not `seen` any more; `undefined` if it is not now. */
  more(seen: number): Promise<unknown> | undefined {
    const waiting = Atomics.waitAsync(this.#words, FINISHED, seen);
    return waiting.async ? waiting.value : undefined;
  }

  /** Whether no batch is to be taken any more. */
  get stopped(): boolean {
    return Atomics.load(this.#words, STOPPED) !== 0;
  }

  /** No batch is to be taken any more: who waits for one is told. */
  stop(): void {
    Atomics.store(this.#words, STOPPED, 1);
    for (const word of [OFFERED, OFFERED + 1, USED]) Atomics.notify(this.#words, word);
  }
}

/** A message that says where a buffer is now. */
export interface BufferNews {
  readonly kind: "buffer";
  readonly ref: BufferRef;
  readonly buffer: SharedArrayBuffer;
}

/** Buffers made are multiples of this. */
const BUFFER_STEP = 64 * 1024;

/** The buffers of a run that a thread knows: those it made, and those it was told of. */
export class Buffers {
  readonly #buffers: (BufferNews | undefined)[] = [];
  readonly #tell: (news: BufferNews) => void;
  #arrival: PromiseWithResolvers<void> | undefined;

  /** `tell` is told of each buffer that is made here, before anything refers to it. */
  constructor(tell: (news: BufferNews) => void) {
    this.#tell = tell;
  }

  /** The buffer with a number, to write into; made (anew) if it has no room for `bytes`. Only one thread may do this. */
  own(id: number, bytes: number): BufferNews {
    const last = this.#buffers[id];
    if (last !== undefined && last.buffer.byteLength >= bytes) return last;
    // Some more than is needed: the next batch is about as large, and should find room.
    const buffer = new SharedArrayBuffer(Math.ceil(bytes * 1.25 / BUFFER_STEP) * BUFFER_STEP);
    const ref = { id, version: (last?.ref.version ?? 0) + 1 };
    const made: BufferNews = { kind: "buffer", ref, buffer };
    this.#buffers[id] = made;
    this.#tell(made);
    return made;
  }

  /** Takes news from another thread. */
  learn(news: BufferNews): void {
    this.#buffers[news.ref.id] = news;
    this.arrived();
  }

  /** The buffer that is meant, if this thread has been told of it. */
  known({ id, version }: BufferRef): SharedArrayBuffer | undefined {
    const known = this.#buffers[id];
    return known?.ref.version === version ? known.buffer : undefined;
  }

  /** Settles when there is news. */
  news(): Promise<void> {
    return (this.#arrival ??= Promise.withResolvers()).promise;
  }

  /** Tells those who wait that there is news, of whatever kind. */
  arrived(): void {
    this.#arrival?.resolve();
    this.#arrival = undefined;
  }
}
