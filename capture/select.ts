/**
 * A part of a capture: by number, as `editcap -r` has it, and by time, as its `-A` and `-B`.
 *
 * @module
 */
import { type BlockColumns, type FrameBatch, someFrames } from "../core/batch.ts";

/** Which frames are wanted: those that meet every condition given. Plain data. */
export interface Selection {
  /** Number of the first frame, counted from 1. */
  readonly first?: number;
  /** Number of the last frame. */
  readonly last?: number;
  /** Frames from this time on: nanoseconds since 1970-01-01T00:00:00Z. Frames without a time are not wanted then. */
  readonly since?: bigint;
  /** Frames before this time: nanoseconds since 1970-01-01T00:00:00Z. Frames without a time are not wanted then. */
  readonly until?: bigint;
}

/** A time as seconds, rounded down, and nanoseconds, as batches have it. */
export function splitTime(time: bigint): readonly [seconds: number, nanoseconds: number] {
  const nanoseconds = (time % 1_000_000_000n + 1_000_000_000n) % 1_000_000_000n;
  return [Number((time - nanoseconds) / 1_000_000_000n), Number(nanoseconds)];
}

/**
 * Takes from batches the frames that are wanted. What comes out are batches again, numbered on in `sequence`; frames keep
 * their number, and relative times their meaning. pcapng's blocks that are no packets all stay, in batches without
 * frames where none is wanted near them, so that what comes out can be written as pcapng.
 */
export class FrameSelector {
  readonly #first: number;
  readonly #last: number;
  readonly #timed: boolean;
  readonly #since: readonly [seconds: number, nanoseconds: number];
  readonly #until: readonly [seconds: number, nanoseconds: number];
  #sequence = 0;
  #led = false;

  /** Takes what is wanted. */
  constructor({ first = 1, last = Infinity, since, until }: Selection) {
    this.#first = first;
    this.#last = last;
    this.#timed = since !== undefined || until !== undefined;
    this.#since = since === undefined ? [-Infinity, 0] : splitTime(since);
    this.#until = until === undefined ? [Infinity, 0] : splitTime(until);
  }

  /** Whether no frame with this number or a higher one is wanted. */
  endsBefore(number: number): boolean {
    return number > this.#last;
  }

  /** The wanted frames of a batch. */
  select(batch: FrameBatch): FrameBatch[] {
    const { count, firstNumber, blocks } = batch;
    const pieces: FrameBatch[] = [];
    const from = Math.min(count, Math.max(0, this.#first - firstNumber));
    const to = Math.max(from, Math.min(count, this.#last - firstNumber + 1));
    let kept = 0;
    for (let i = from; i < to;) {
      let end = to;
      if (this.#timed) {
        while (i < to && !this.#wants(batch, i)) i++;
        end = i;
        while (end < to && this.#wants(batch, end)) end++;
        if (end === i) break;
      }
      this.#between(batch, kept, i, pieces);
      this.#push(someFrames(batch, i, end), pieces);
      kept = i = end;
    }
    // Blocks after the last frame are with it if it is wanted.
    if (kept < count || (count === 0 && blocks !== undefined)) {
      this.#between(batch, kept, count, pieces);
    }
    return pieces;
  }

  #push(piece: FrameBatch, pieces: FrameBatch[]): void {
    const leads = !this.#led && piece.count > 0;
    this.#led ||= leads;
    pieces.push({ ...piece, sequence: this.#sequence++, leads });
  }

  #wants({ seconds, nanoseconds }: FrameBatch, i: number): boolean {
    const s = seconds[i], n = nanoseconds[i];
    const [s0, n0] = this.#since, [s1, n1] = this.#until;
    // No comparison holds for a frame without a time.
    return (s > s0 || (s === s0 && n >= n0)) && (s < s1 || (s === s1 && n < n1));
  }

  /** The blocks before the frames `from` up to `to` that are not wanted; after the last frame, too. */
  #between(batch: FrameBatch, from: number, to: number, pieces: FrameBatch[]): void {
    if ((batch.blocks?.count ?? 0) === 0) return;
    const part = someFrames(batch, from, to);
    if (part.blocks!.count === 0) return;
    const blocks: BlockColumns = { ...part.blocks!, before: new Uint32Array(part.blocks!.count) };
    this.#push({ ...part, count: 0, blocks }, pieces);
  }
}
