/**
 * A plain pcap file that several threads read, each a piece at a time: who has nothing to do reads the next records, cuts
 * them, and says where those behind them begin. So frames do not cross threads.
 *
 * Only what is plainly sound is read so. At anything else this ends, and one thread reads on in the ordinary way, which
 * knows what it is ({@link PlainFile.from}).
 *
 * @module
 */
import { makeColumns } from "../capture/framing.ts";
import { pcapInterface, soundRecords } from "../capture/pcap.ts";
import type { CaptureHeader, FrameBatch } from "../core/batch.ts";
import type { FileIdentity, Standing } from "../core/engine.ts";
import { type FrameMemory, memoryOf, type PcapRun } from "../core/frame_memory.ts";
import {
  PIECE_BYTES_FIRST,
  PIECE_RECORD_BYTES,
  REPORT_BATCH_BYTES,
  REPORT_BATCH_PACKETS,
} from "../core/limits.ts";
import type { Board } from "./_board.ts";
import { shaped } from "./_pack.ts";

/** Bytes that pieces are a multiple of, so that views of their memory are seldom made anew. */
const PIECE_STEP = 8 * 1024;
/** Times that a thread looks whether it is its turn before it waits, and milliseconds it waits for it at a time. */
const LOOKS = 200, WAIT_MS = 2;

// Words, and numbers behind them.
const LOCK = 0, STATE = 1, WORDS = 2;
const TAKEN = 0,
  PACKETS = 1,
  OFFSET = 2,
  SEQUENCE = 3,
  CLOCK = 4,
  PIECE = 8,
  AHEAD = 9,
  NUMBERS = 10;

// States.
const GOING = 0, WHOLE = 1, LEFT = 2;

/** What a file is told by. */
export function identityOf({ dev, ino, size, mtime }: Deno.FileInfo): FileIdentity {
  return { device: dev, inode: ino, size, changed: mtime?.getTime() ?? null };
}

/** Whether it is the same file, and unchanged. */
export function isSame(one: FileIdentity, other: FileIdentity): boolean {
  return one.device === other.device && one.inode === other.inode && one.size === other.size &&
    one.changed === other.changed;
}

/** What threads that read a file share, as one of them sees it. */
export class Reading {
  /** What to send to another thread, so that it sees the same. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;

  /** Reading from there on, with so many batches under way at most; or what a memory says that was sent. */
  constructor(from: Standing | SharedArrayBuffer, ahead = 0) {
    const sent = from instanceof SharedArrayBuffer;
    this.memory = sent ? from : new SharedArrayBuffer(WORDS * 4 + NUMBERS * 8);
    this.#words = new Int32Array(this.memory, 0, WORDS);
    this.#numbers = new Float64Array(this.memory, WORDS * 4);
    if (sent) return;
    const v = this.#numbers;
    v[PACKETS] = from.packets;
    v[OFFSET] = from.offset;
    v[SEQUENCE] = from.sequence;
    v[PIECE] = PIECE_BYTES_FIRST;
    v[AHEAD] = ahead;
    v[CLOCK] = from.clock.firstSeconds;
    v[CLOCK + 1] = from.clock.firstNanoseconds;
    v[CLOCK + 2] = from.clock.previousSeconds;
    v[CLOCK + 3] = from.clock.previousNanoseconds;
  }

  /** Where reading stands. This and the numbers below are settled during one's turn, and when it is {@link over}. */
  get standing(): Standing {
    const v = this.#numbers;
    return {
      offset: v[OFFSET],
      packets: v[PACKETS],
      sequence: v[SEQUENCE] + v[TAKEN],
      clock: this.#clock,
    };
  }
  get #clock(): FrameBatch["clock"] {
    const v = this.#numbers;
    return {
      firstSeconds: v[CLOCK],
      firstNanoseconds: v[CLOCK + 1],
      previousSeconds: v[CLOCK + 2],
      previousNanoseconds: v[CLOCK + 3],
    };
  }
  /** Batches that were read. */
  get taken(): number {
    return this.#numbers[TAKEN];
  }
  /** Packets read, those before it began among them. */
  get packets(): number {
    return this.#numbers[PACKETS];
  }
  /** Offset of the next record. */
  get offset(): number {
    return this.#numbers[OFFSET];
  }
  /** Place in the capture of the first batch. */
  get sequence(): number {
    return this.#numbers[SEQUENCE];
  }
  /** Batches that may be under way: fewer than where one thread deals them out, since none waits to be taken. */
  get ahead(): number {
    return this.#numbers[AHEAD];
  }
  /** Bytes to read at a time. */
  get piece(): number {
    return this.#numbers[PIECE];
  }
  set piece(bytes: number) {
    const steps = Math.ceil(Math.min(bytes, REPORT_BATCH_BYTES) / PIECE_STEP);
    this.#numbers[PIECE] = Math.max(2, steps) * PIECE_STEP;
  }

  /** Goes on behind `count` packets in `bytes` bytes; answers the clock of a batch of these. */
  advance(
    { seconds, nanoseconds }: Pick<FrameBatch, "seconds" | "nanoseconds">,
    count: number,
    bytes: number,
  ): FrameBatch["clock"] {
    const v = this.#numbers;
    if (v[PACKETS] === 0) {
      v[CLOCK] = seconds[0];
      v[CLOCK + 1] = nanoseconds[0];
    }
    const clock = this.#clock;
    v[CLOCK + 2] = seconds[count - 1];
    v[CLOCK + 3] = nanoseconds[count - 1];
    v[PACKETS] += count;
    v[OFFSET] += bytes;
    v[TAKEN]++;
    return clock;
  }

  /** Whether nothing more is read so. */
  get over(): boolean {
    return Atomics.load(this.#words, STATE) !== GOING;
  }
  /** Whether that is because all was read. */
  get whole(): boolean {
    return Atomics.load(this.#words, STATE) === WHOLE;
  }
  /** Nothing more is read so: all was read, or not. */
  end(whole: boolean): void {
    Atomics.store(this.#words, STATE, whole ? WHOLE : LEFT);
  }

  /** Ends it in one's turn, whoever's it is now. */
  async leave(): Promise<void> {
    while (!this.lock()) await this.free();
    this.end(false);
    this.unlock();
  }

  /** Has one's turn, if that comes soon: others' last some hundredths of a millisecond. */
  lock(): boolean {
    const words = this.#words;
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.compareExchange(words, LOCK, 0, 1) === 0) return true;
    }
    Atomics.wait(words, LOCK, 1, WAIT_MS);
    return Atomics.compareExchange(words, LOCK, 0, 1) === 0;
  }
  /** Ends one's turn. */
  unlock(): void {
    Atomics.store(this.#words, LOCK, 0);
    Atomics.notify(this.#words, LOCK, 1);
  }
  /** Settles when it may be one's turn: at the latest soon, since whose turn it is may be gone. */
  async free(): Promise<void> {
    const waiting = Atomics.waitAsync(this.#words, LOCK, 1, WAIT_MS);
    if (waiting.async) await waiting.value;
  }
}

/** Why nothing was read. */
export const Idle = {
  /** It is another's turn. */
  Busy: 0,
  /** As many batches as may be are under way. */
  Full: 1,
  /** Nothing more is read so. */
  Over: 2,
} as const;

/** The file, as one thread reads it. */
export class SharedFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #reading: Reading;
  readonly #memory: FrameMemory;
  readonly #interfaces: FrameBatch["interfaces"];
  /** Where records stand and are cut, and the part of it that is read into: made anew only when they change. */
  readonly #run: { -readonly [K in keyof PcapRun]: PcapRun[K] };
  #into: Uint8Array<ArrayBufferLike>;

  private constructor(
    file: Deno.FsFile,
    header: CaptureHeader,
    sound: NonNullable<ReturnType<typeof soundRecords>>,
    reading: Reading,
    memory: FrameMemory,
  ) {
    this.#file = file;
    this.#reading = reading;
    this.#memory = memory;
    this.#interfaces = [pcapInterface(header)];
    const bytes = this.#into = memory.allocate(REPORT_BATCH_BYTES);
    const columns = makeColumns(REPORT_BATCH_PACKETS, "pcap", memory.allocate);
    this.#run = { bytes, pos: 0, end: 0, count: 0, to: 0, columns, ...sound };
  }

  /**
   * Opens it; frames stand in `memory`. `undefined` if it cannot be opened (again) or is another file by now, or if the
   * records have not the usual form.
   */
  static open(
    path: string,
    identity: FileIdentity,
    header: CaptureHeader,
    reading: Reading,
    memory: FrameMemory,
  ): SharedFile | undefined {
    const sound = soundRecords(header);
    if (!sound) return undefined;
    let file: Deno.FsFile | undefined;
    try {
      file = Deno.openSync(path);
      if (isSame(identityOf(file.statSync()), identity)) {
        return new SharedFile(file, header, sound, reading, memory);
      }
    } catch {
      // Whoever reads in the ordinary way has opened it before.
    }
    file?.close();
    return undefined;
  }

  /**
   * Reads the next batch, which is then this thread's to do; it is valid until the next one. Or says why there is none: one
   * of {@link Idle}.
   */
  take(board: Board): FrameBatch | number {
    const reading = this.#reading;
    if (reading.over) return Idle.Over;
    if (!reading.lock()) return Idle.Busy;
    try {
      if (reading.over) return Idle.Over;
      if (!board.hasRoom(reading.taken, reading.ahead)) return Idle.Full;
      const frames = this.#read(board, reading.piece, REPORT_BATCH_PACKETS) ??
        (reading.over ? undefined : this.#read(board, PIECE_RECORD_BYTES, 1));
      if (frames) return frames;
      if (!reading.over) reading.end(false);
      return Idle.Over;
    } finally {
      reading.unlock();
    }
  }

  /** Number on the board of a batch that was read. */
  number({ sequence }: FrameBatch): number {
    return sequence - this.#reading.sequence;
  }

  /** Settles when there may be room for a batch more. */
  room(board: Board): Promise<void> {
    return board.room(this.#reading.taken, this.#reading.ahead);
  }

  /** Reads up to `most` packets in `bytes` bytes; `undefined` if no sound record begins these, or nothing is left. */
  #read(board: Board, bytes: number, most: number): FrameBatch | undefined {
    const reading = this.#reading, run = this.#run, { columns } = run;
    if (this.#into.length !== bytes) {
      if (run.bytes.length < bytes) run.bytes = this.#memory.allocate(bytes);
      this.#into = run.bytes.subarray(0, bytes);
    }
    // Where the memory is used up, ordinary memory comes from it, which its kernel does not see.
    const { buffer } = run.bytes;
    if (memoryOf(buffer) !== this.#memory || columns.starts.buffer !== buffer) return undefined;
    let end: number | null;
    try {
      this.#file.seekSync(reading.offset, Deno.SeekMode.Start);
      end = this.#file.readSync(this.#into);
      // Less than there was: that is for the ordinary way to tell.
      if (end === null && this.#file.statSync().size === reading.offset) reading.end(true);
    } catch {
      end = null;
    }
    if (end === null) return undefined;
    run.pos = run.count = 0;
    run.end = end;
    run.to = most;
    this.#memory.cutPcap(run);
    const { count, pos } = run;
    if (count === 0) return undefined;
    const n = reading.taken, sequence = reading.sequence + n, firstNumber = reading.packets + 1;
    const clock = reading.advance(columns, count, pos);
    board.claim(n, { sequence, count, bytes: pos });
    return shaped(
      { sequence, firstNumber, count, clock, littleEndian: run.littleEndian },
      columns,
      run.bytes,
      this.#interfaces,
      undefined,
      undefined,
    );
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
