/**
 * Filter programs at work: on batches of frames, and on a whole capture.
 *
 * @module
 */
import { type FrameBatch, keepFrames, NO_CLOCK } from "../../core/batch.ts";
import { generateSelector } from "./generate.ts";
import { interpreter, type Selector, selectorOf } from "./interpret.ts";
import { checkProgram, FilterProgramError, runsForwards } from "./program.ts";
import type { FilterProgram } from "../libpcap/filter.ts";

/** How programs are run. */
export interface FilterOptions {
  /**
   * Whether JavaScript is made of them (the default). Where code generation is refused, and for programs that loop, they
   * are interpreted, which gives the same and takes several times as long.
   */
  readonly generate?: boolean;
}

/**
 * A program as a function over batches.
 *
 * @throws {FilterProgramError} If the program is not sound.
 */
export function makeSelector(program: FilterProgram, options: FilterOptions = {}): Selector {
  const instructions = checkProgram(program.instructions);
  if ((options.generate ?? true) && runsForwards(instructions)) {
    try {
      return generateSelector(instructions);
    } catch (error) {
      // EvalError: code may not be generated here. RangeError: the program nests more deeply than the stack allows.
      if (!(error instanceof EvalError || error instanceof RangeError)) throw error;
    }
  }
  return selectorOf(interpreter(instructions));
}

/**
 * Lets frames pass that a filter accepts. Needs no libpcap: programs are plain numbers, compiled elsewhere.
 *
 * What does not pass was never there: the frames that do are numbered from 1 on, and times relative to the first or to the
 * one before mean those that passed, as if `tcpdump -r FILE -w - EXPRESSION` stood before. pcapng's blocks that are no
 * packets stay where they are.
 */
export class FrameFilter {
  /** By byte order, little-endian first, and link type. */
  readonly #selectors = [new Map<number, Selector>(), new Map<number, Selector>()] as const;
  readonly #options: FilterOptions;
  #passing = new Uint32Array(0);
  #passed = 0;
  #clock: FrameBatch["clock"] = NO_CLOCK;

  /** With programs, one for each link type there may be; more can be added. */
  constructor(programs: readonly FilterProgram[] = [], options: FilterOptions = {}) {
    this.#options = options;
    for (const program of programs) this.add(program);
  }

  /**
   * Adds the program for a link type; `littleEndian`: for batches of this byte order alone, where that makes a difference.
   *
   * @throws {FilterProgramError} If the program is not sound.
   */
  add(program: FilterProgram, littleEndian?: boolean): void {
    const select = makeSelector(program, this.#options);
    if (littleEndian !== false) this.#selectors[0].set(program.linkType, select);
    if (littleEndian !== true) this.#selectors[1].set(program.linkType, select);
  }

  /** The first link type in a batch that there is no program for. */
  missing(frames: FrameBatch): number | undefined {
    const { count, linkTypes } = frames;
    const selectors = this.#selectors[frames.littleEndian ? 0 : 1];
    for (let i = 0; i < count; i = endOfRun(frames, i)) {
      if (!selectors.has(linkTypes[i])) return linkTypes[i];
    }
    return undefined;
  }

  /**
   * The frames of a batch that pass, as a batch. The columns of the given batch are used for it, so that one means
   * nothing any more. Batches must come in their order.
   *
   * @throws {FilterProgramError} If there is no program for a frame's link type.
   */
  select(frames: FrameBatch): FrameBatch {
    const count = this.#run(frames);
    // They are numbered anew, so frame 1 leads whatever led before.
    const { leads: _, ...kept } = keepFrames(frames, this.#passing, count);
    const { seconds, nanoseconds } = kept;
    let clock = this.#clock;
    if (count > 0) {
      if (this.#passed === 0) {
        clock = { ...clock, firstSeconds: seconds[0], firstNanoseconds: nanoseconds[0] };
      }
      this.#clock = {
        ...clock,
        previousSeconds: seconds[count - 1],
        previousNanoseconds: nanoseconds[count - 1],
      };
    }
    const firstNumber = this.#passed + 1;
    this.#passed += count;
    return { ...kept, firstNumber, clock };
  }

  /** Writes the indexes of the frames that pass to `#passing` and answers how many there are. */
  #run(frames: FrameBatch): number {
    const { count, bytes, starts, capturedLengths, wireLengths, linkTypes } = frames;
    const selectors = this.#selectors[frames.littleEndian ? 0 : 1];
    if (this.#passing.length < count) this.#passing = new Uint32Array(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let n = 0;
    for (let from = 0; from < count;) {
      const linkType = linkTypes[from];
      const to = endOfRun(frames, from);
      const select = selectors.get(linkType);
      if (select === undefined) {
        throw new FilterProgramError(`Cannot filter frames of link type ${linkType}: no program`);
      }
      n = select(view, starts, capturedLengths, wireLengths, from, to, this.#passing, n);
      from = to;
    }
    return n;
  }
}

/** Where the frames end that have the link type of the one at `from`. */
function endOfRun({ count, linkTypes, interfaces }: FrameBatch, from: number): number {
  // An interface has one link type.
  if (interfaces.length === 1) return count;
  let to = from + 1;
  while (to < count && linkTypes[to] === linkTypes[from]) to++;
  return to;
}
