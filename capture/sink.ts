/**
 * Where written captures go, and what is told when something cannot be written as it was.
 *
 * @module
 */
import { splitTime } from "./select.ts";

/** Takes bytes: a file, a stream, memory. */
export interface ByteSink {
  /** Takes bytes. They may change once it has returned, or its promise is fulfilled. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** No more comes. */
  close?(): void | Promise<void>;
}

/** What writing could not keep. */
export interface WriteLoss {
  /**
   * What was lost: `precision` of times, `time` as a whole, `options` of packets (comments, flags ...), `blocks` that are
   * no packets, `interfaces` (names and the like), `modified` (the three fields of a modified pcap's records).
   */
  readonly kind: "precision" | "time" | "options" | "blocks" | "interfaces" | "modified";
  /** In words. */
  readonly reason: string;
}

/** What all writers may be told. */
export interface LossOptions {
  /**
   * Told once of each kind of loss. Without it, a step that would lose something throws a `TypeError` instead.
   */
  readonly onLoss?: (loss: WriteLoss) => void;
}

/** Tells each kind of loss once, or refuses. */
export class LossLog {
  readonly #told = new Set<WriteLoss["kind"]>();
  readonly #tell: LossOptions["onLoss"];

  /** Tells to `options.onLoss`. */
  constructor(options: LossOptions) {
    this.#tell = options.onLoss;
  }

  /** Something is lost. */
  lose(kind: WriteLoss["kind"], reason: string): void {
    if (this.#told.has(kind)) return;
    if (this.#tell === undefined) {
      throw new TypeError(
        `Cannot write the capture without loss: ${reason} (give onLoss to allow it)`,
      );
    }
    this.#told.add(kind);
    this.#tell({ kind, reason });
  }
}

/**
 * One frame to write. When it came is said by `time`, or by `seconds` and `nanoseconds`; a frame with neither has no time,
 * which few formats can hold.
 */
export interface FrameInput {
  /** Nanoseconds since 1970, as a packet's `time`. */
  readonly time?: bigint | undefined;
  /** Whole seconds since 1970, rounded down; `NaN` if there is no time. */
  readonly seconds?: number;
  /** Nanoseconds within the second; 0 if absent. */
  readonly nanoseconds?: number;
  /** The bytes captured. */
  readonly data: Uint8Array;
  /** Length on the wire; that of `data` if not given. */
  readonly wireLength?: number;
}

/** Seconds (`NaN` without a time), and nanoseconds within the second, of a frame to be written. */
export function timeOf(
  { time, seconds = NaN, nanoseconds = 0 }: FrameInput,
): readonly [seconds: number, nanoseconds: number] {
  return time === undefined ? [seconds, nanoseconds] : splitTime(time);
}

/** Puts chunks together in memory: a sink for tests, browsers and small captures. */
export class MemorySink implements ByteSink {
  #chunks: Uint8Array[] = [];

  /** Keeps a copy. */
  write(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
  }

  /** Everything written. */
  bytes(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#chunks.reduce((n, chunk) => n + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}

/** Copies bytes; short ones in a loop, since a view for each would cost more than the copying. */
export function copy(
  from: Uint8Array,
  start: number,
  into: Uint8Array,
  at: number,
  count: number,
): void {
  if (count <= 96) {
    for (let i = 0; i < count; i++) into[at + i] = from[start + i];
  } else {
    into.set(from.subarray(start, start + count), at);
  }
}

/** Adds a stretch to pairs of start and end; one that follows the last is put to it, so that both are copied as one. */
export function addRun(runs: number[], start: number, length: number): void {
  const last = runs.length - 1;
  if (last > 0 && runs[last] === start) runs[last] = start + length;
  else runs.push(start, start + length);
}

/** Collects what is written into chunks of a good size; hands them to a sink in order. */
export class SinkBuffer {
  /** Room to write into, from `at`. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(BUFFER_BYTES);
  /** View over `bytes`. */
  view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  /** Where the next byte goes. */
  at = 0;
  readonly #sink: ByteSink;
  /** The last write that is not done. */
  #tail: Promise<void> | undefined;

  /** Writes to a sink. */
  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Whether so many bytes fit without a flush. */
  fits(count: number): boolean {
    return count <= this.bytes.length - this.at;
  }

  /** Makes room for so many bytes; answers a promise if the sink does. */
  room(count: number): void | Promise<void> {
    if (this.fits(count)) return;
    const flushed = this.flush();
    const grow = () => {
      if (count > this.bytes.length) {
        this.bytes = new Uint8Array(count);
        this.view = new DataView(this.bytes.buffer);
      }
    };
    if (flushed instanceof Promise) return flushed.then(grow);
    grow();
  }

  /** Adds bytes of any length; they must not change until what it answers is settled. */
  add(bytes: Uint8Array): void | Promise<void> {
    if (!this.fits(bytes.length) && bytes.length <= BUFFER_BYTES / 4) {
      // Few bytes are worth no write of their own.
      const room = this.room(bytes.length);
      if (room instanceof Promise) return room.then(() => this.add(bytes));
    }
    if (this.fits(bytes.length)) {
      this.bytes.set(bytes, this.at);
      this.at += bytes.length;
      return;
    }
    // What was collected goes first: both keep their order, also where the sink is slow.
    const flushed = this.flush();
    const sent = this.#send(bytes);
    return flushed instanceof Promise ? flushed.then(() => sent) : sent;
  }

  /**
   * Adds stretches of bytes: pairs of start and end in `runs`, from the `from`-th number on. The bytes must not change
   * until what it answers is settled.
   */
  addRuns(bytes: Uint8Array, runs: readonly number[], from = 0): void | Promise<void> {
    for (let i = from;; i += 2) {
      i = this.#copyRuns(bytes, runs, i);
      if (i >= runs.length) return;
      const added = this.add(bytes.subarray(runs[i], runs[i + 1]));
      if (added instanceof Promise) return added.then(() => this.addRuns(bytes, runs, i + 2));
    }
  }

  /** Copies stretches from the `from`-th number on, as long as they fit; answers where it stopped. By itself, so that what is compiled for speed is this loop alone. */
  #copyRuns(bytes: Uint8Array, runs: readonly number[], from: number): number {
    const into = this.bytes;
    let at = this.at, i = from;
    for (; i < runs.length; i += 2) {
      const start = runs[i], length = runs[i + 1] - start;
      if (length > into.length - at) break;
      copy(bytes, start, into, at, length);
      at += length;
    }
    this.at = at;
    return i;
  }

  /** Hands over what was collected. */
  flush(): void | Promise<void> {
    if (this.at === 0) return this.#tail;
    const bytes = this.bytes.subarray(0, this.at);
    // Also if the sink throws: what it may have taken a part of is not offered to it again when it is closed.
    this.at = 0;
    const sent = this.#send(bytes);
    if (sent !== undefined) {
      // The sink still reads the old bytes.
      this.bytes = new Uint8Array(BUFFER_BYTES);
      this.view = new DataView(this.bytes.buffer);
    }
    return sent;
  }

  /** Hands over the rest and closes the sink. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#sink.close?.();
    }
  }

  /** Hands over bytes, after those handed over before. */
  #send(bytes: Uint8Array): void | Promise<void> {
    const sent = this.#tail === undefined
      ? this.#sink.write(bytes)
      : this.#tail.then(() => this.#sink.write(bytes));
    if (!(sent instanceof Promise)) return;
    const tail = sent.then(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    // A failure reaches whoever waits for this write or a later one.
    tail.catch(() => {});
    this.#tail = tail;
    return tail;
  }
}

const BUFFER_BYTES = 256 * 1024;
