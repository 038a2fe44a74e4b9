/**
 * Filter programs: the instructions of the classic BPF machine, as libpcap compiles filter expressions to
 * (McCanne and Jacobson, "The BSD Packet Filter", USENIX 1993; bpf(4) and libpcap's `pcap/bpf.h`).
 *
 * A program is plain data, rows of numbers, so it can be posted to a worker or kept in a file. It may come from anywhere,
 * so it is checked before it runs: {@linkcode checkProgram}.
 *
 * @module
 */
import { BPF_INSTRUCTIONS_MAX } from "../../core/limits.ts";
import { INSTRUCTION_NUMBERS } from "../libpcap/filter.ts";

/** One instruction. */
export interface BpfInstruction {
  /** What it does: class, size, mode, operation and source, 16 bits. */
  readonly code: number;
  /** Instructions skipped if a condition is true, 0 to 255. */
  readonly jt: number;
  /** Instructions skipped if it is false, 0 to 255. */
  readonly jf: number;
  /** Operand: a constant, an offset, a place in scratch memory; 32 bits without sign. */
  readonly k: number;
}

/** A filter program that cannot run, or text that is none. */
export class FilterProgramError extends Error {
  /** Name of the class. */
  override readonly name: string = "FilterProgramError";
}

/** Words of scratch memory (`BPF_MEMWORDS`). */
export const SCRATCH_WORDS = 16;

/**
 * The instructions there are, by their names in the BPF paper. `K` works with the constant, `X` with the index register;
 * `LD` loads the accumulator A, `LDX` the index register X.
 */
export const OP = {
  /** A = 32 bits at k. */
  LD_W_ABS: 0x20,
  /** A = 16 bits at k. */
  LD_H_ABS: 0x28,
  /** A = byte at k. */
  LD_B_ABS: 0x30,
  /** A = 32 bits at X + k. */
  LD_W_IND: 0x40,
  /** A = 16 bits at X + k. */
  LD_H_IND: 0x48,
  /** A = byte at X + k. */
  LD_B_IND: 0x50,
  /** A = length on the wire. */
  LD_LEN: 0x80,
  /** A = k. */
  LD_IMM: 0x00,
  /** A = scratch[k]. */
  LD_MEM: 0x60,
  /** X = length on the wire. */
  LDX_LEN: 0x81,
  /** X = k. */
  LDX_IMM: 0x01,
  /** X = scratch[k]. */
  LDX_MEM: 0x61,
  /** X = 4 × low four bits of the byte at k: an IPv4 header's length. */
  LDX_MSH: 0xb1,
  /** scratch[k] = A. */
  ST: 0x02,
  /** scratch[k] = X. */
  STX: 0x03,
  /** A += k. */
  ADD_K: 0x04,
  /** A -= k. */
  SUB_K: 0x14,
  /** A *= k. */
  MUL_K: 0x24,
  /** A /= k. */
  DIV_K: 0x34,
  /** A |= k. */
  OR_K: 0x44,
  /** A &= k. */
  AND_K: 0x54,
  /** A <<= k. */
  LSH_K: 0x64,
  /** A >>= k. */
  RSH_K: 0x74,
  /** A = -A. */
  NEG: 0x84,
  /** A %= k. */
  MOD_K: 0x94,
  /** A ^= k. */
  XOR_K: 0xa4,
  /** A += X. */
  ADD_X: 0x0c,
  /** A -= X. */
  SUB_X: 0x1c,
  /** A *= X. */
  MUL_X: 0x2c,
  /** A /= X; by zero the frame is rejected. */
  DIV_X: 0x3c,
  /** A |= X. */
  OR_X: 0x4c,
  /** A &= X. */
  AND_X: 0x5c,
  /** A <<= X. */
  LSH_X: 0x6c,
  /** A >>= X. */
  RSH_X: 0x7c,
  /** A %= X; by zero the frame is rejected. */
  MOD_X: 0x9c,
  /** A ^= X. */
  XOR_X: 0xac,
  /** Go on k instructions further; k has a sign here. */
  JA: 0x05,
  /** A = k? */
  JEQ_K: 0x15,
  /** A > k? */
  JGT_K: 0x25,
  /** A >= k? */
  JGE_K: 0x35,
  /** A & k != 0? */
  JSET_K: 0x45,
  /** A = X? */
  JEQ_X: 0x1d,
  /** A > X? */
  JGT_X: 0x2d,
  /** A >= X? */
  JGE_X: 0x3d,
  /** A & X != 0? */
  JSET_X: 0x4d,
  /** The answer is k. */
  RET_K: 0x06,
  /** The answer is A. */
  RET_A: 0x16,
  /** X = A. */
  TAX: 0x07,
  /** A = X. */
  TXA: 0x87,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(OP));
const USES_SCRATCH: ReadonlySet<number> = new Set([OP.LD_MEM, OP.LDX_MEM, OP.ST, OP.STX]);
const DIVIDES: ReadonlySet<number> = new Set([OP.DIV_K, OP.MOD_K]);

/** Whether an instruction is a conditional jump. */
export function isBranch(code: number): boolean {
  return (code & 7) === 5 && code !== OP.JA;
}

/** Where an instruction at `index` goes on: the index of the next, of both next, or none. */
export function successors({ code, jt, jf, k }: BpfInstruction, index: number): readonly number[] {
  if (code === OP.RET_K || code === OP.RET_A) return [];
  if (code === OP.JA) return [index + 1 + (k | 0)];
  if (isBranch(code)) return jt === jf ? [index + 1 + jt] : [index + 1 + jt, index + 1 + jf];
  return [index + 1];
}

/** Whether no instruction goes back to one before it, as in all programs but those of `protochain`. */
export function runsForwards(instructions: readonly BpfInstruction[]): boolean {
  return instructions.every(({ code, k }) => code !== OP.JA || (k | 0) >= 0);
}

/** Takes rows of four numbers (`FilterProgram.instructions`) apart, whatever they say. */
export function instructionsOf(rows: Uint32Array): BpfInstruction[] {
  if (rows.length % INSTRUCTION_NUMBERS !== 0) {
    throw new FilterProgramError(
      `Cannot read a filter program of ${rows.length} numbers: an instruction has ${INSTRUCTION_NUMBERS}`,
    );
  }
  return Array.from({ length: rows.length / INSTRUCTION_NUMBERS }, (_, i) => {
    const [code, jt, jf, k] = rows.subarray(i * INSTRUCTION_NUMBERS, (i + 1) * INSTRUCTION_NUMBERS);
    return { code, jt, jf, k };
  });
}

/** Puts instructions into rows; see {@linkcode instructionsOf}. */
export function rowsOf(instructions: readonly BpfInstruction[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(instructions.flatMap(({ code, jt, jf, k }) => [code, jt, jf, k]));
}

/**
 * Checks a program and takes it apart. Every instruction is known, every jump lands in the program, every scratch word
 * exists, no constant division is by zero, and the last instruction ends it: what passes can run over any frame.
 *
 * @throws {FilterProgramError} Naming the first instruction at fault.
 */
export function checkProgram(rows: Uint32Array): readonly BpfInstruction[] {
  const count = rows.length / INSTRUCTION_NUMBERS;
  if (count === 0) throw new FilterProgramError("Cannot run an empty filter program");
  if (count > BPF_INSTRUCTIONS_MAX) {
    throw new FilterProgramError(
      `Cannot run a filter program of ${count} instructions: at most ${BPF_INSTRUCTIONS_MAX} are taken`,
    );
  }
  const instructions = instructionsOf(rows);
  instructions.forEach((instruction, i) => {
    const fault = faultOf(instruction, i, count);
    if (fault !== undefined) {
      throw new FilterProgramError(`Cannot run the filter program: instruction ${i} ${fault}`);
    }
  });
  return instructions;
}

function faultOf(instruction: BpfInstruction, index: number, count: number): string | undefined {
  const { code, jt, jf, k } = instruction;
  if (code > 0xffff || jt > 0xff || jf > 0xff) return "has numbers out of their range";
  if (!KNOWN.has(code)) return `has the unknown code 0x${code.toString(16)}`;
  if (USES_SCRATCH.has(code) && k >= SCRATCH_WORDS) return `uses scratch word ${k}`;
  if (DIVIDES.has(code) && k === 0) return "divides by zero";
  for (const next of successors(instruction, index)) {
    if (next < 0 || next >= count) {
      return index === count - 1 && next === count
        ? "is the last and does not end the program"
        : `goes on at instruction ${next} of ${count}`;
    }
  }
  return undefined;
}
