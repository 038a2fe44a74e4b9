/**
 * Filter programs as text: as `tcpdump -d`, `-dd` and `-ddd` print them, and back from the last of these.
 *
 * @module
 */
import { type BpfInstruction, FilterProgramError, isBranch, OP } from "./program.ts";

/** How operands are written. */
type Operand = (k: number, index: number) => string;

const at: Operand = (k) => `[${k | 0}]`;
const indexed: Operand = (k) => `[x + ${k | 0}]`;
const scratch: Operand = (k) => `M[${k | 0}]`;
const decimal: Operand = (k) => `#${k | 0}`;
const hex: Operand = (k) => `#0x${k.toString(16)}`;
const x: Operand = () => "x";
const length: Operand = () => "#pktlen";
const nothing: Operand = () => "";

/** Mnemonics of the BPF paper, with their operands as libpcap's `bpf_image` writes them. */
const WORDS: Readonly<Record<number, readonly [mnemonic: string, operand: Operand]>> = {
  [OP.RET_K]: ["ret", decimal],
  [OP.RET_A]: ["ret", nothing],
  [OP.LD_W_ABS]: ["ld", at],
  [OP.LD_H_ABS]: ["ldh", at],
  [OP.LD_B_ABS]: ["ldb", at],
  [OP.LD_LEN]: ["ld", length],
  [OP.LD_W_IND]: ["ld", indexed],
  [OP.LD_H_IND]: ["ldh", indexed],
  [OP.LD_B_IND]: ["ldb", indexed],
  [OP.LD_IMM]: ["ld", hex],
  [OP.LDX_IMM]: ["ldx", hex],
  [OP.LDX_MSH]: ["ldxb", (k) => `4*([${k | 0}]&0xf)`],
  [OP.LD_MEM]: ["ld", scratch],
  [OP.LDX_MEM]: ["ldx", scratch],
  [OP.LDX_LEN]: ["ldx", length],
  [OP.ST]: ["st", scratch],
  [OP.STX]: ["stx", scratch],
  [OP.JA]: ["ja", (k, index) => String((index + 1 + k) | 0)],
  [OP.JGT_K]: ["jgt", hex],
  [OP.JGE_K]: ["jge", hex],
  [OP.JEQ_K]: ["jeq", hex],
  [OP.JSET_K]: ["jset", hex],
  [OP.JGT_X]: ["jgt", x],
  [OP.JGE_X]: ["jge", x],
  [OP.JEQ_X]: ["jeq", x],
  [OP.JSET_X]: ["jset", x],
  [OP.ADD_X]: ["add", x],
  [OP.SUB_X]: ["sub", x],
  [OP.MUL_X]: ["mul", x],
  [OP.DIV_X]: ["div", x],
  [OP.MOD_X]: ["mod", x],
  [OP.AND_X]: ["and", x],
  [OP.OR_X]: ["or", x],
  [OP.XOR_X]: ["xor", x],
  [OP.LSH_X]: ["lsh", x],
  [OP.RSH_X]: ["rsh", x],
  [OP.ADD_K]: ["add", decimal],
  [OP.SUB_K]: ["sub", decimal],
  [OP.MUL_K]: ["mul", decimal],
  [OP.DIV_K]: ["div", decimal],
  [OP.MOD_K]: ["mod", decimal],
  [OP.AND_K]: ["and", hex],
  [OP.OR_K]: ["or", hex],
  [OP.XOR_K]: ["xor", hex],
  [OP.LSH_K]: ["lsh", decimal],
  [OP.RSH_K]: ["rsh", decimal],
  [OP.NEG]: ["neg", nothing],
  [OP.TAX]: ["tax", nothing],
  [OP.TXA]: ["txa", nothing],
};

/** One instruction as `tcpdump -d` prints it, without the end of the line. */
export function describeInstruction(instruction: BpfInstruction, index: number): string {
  const { code, jt, jf, k } = instruction;
  const [mnemonic, operand] = WORDS[code] ?? ["unimp", () => `0x${code.toString(16)}`];
  const start = `(${String(index).padStart(3, "0")}) ${mnemonic.padEnd(8)} `;
  const text = operand(k, index);
  return isBranch(code)
    ? `${start}${text.padEnd(16)} jt ${index + 1 + jt}\tjf ${index + 1 + jf}`
    : start + text;
}

/** A program as `tcpdump -d` prints it, a line each. */
export function describeProgram(instructions: readonly BpfInstruction[]): string {
  return instructions.map((instruction, i) => describeInstruction(instruction, i) + "\n").join("");
}

/** A program as C, as `tcpdump -dd` prints it. */
export function programAsC(instructions: readonly BpfInstruction[]): string {
  return instructions.map(({ code, jt, jf, k }) =>
    `{ 0x${code.toString(16)}, ${jt}, ${jf}, 0x${k.toString(16).padStart(8, "0")} },\n`
  ).join("");
}

/** A program as decimal numbers, the count of instructions first, as `tcpdump -ddd` prints it. */
export function programAsNumbers(instructions: readonly BpfInstruction[]): string {
  return `${instructions.length}\n` +
    instructions.map(({ code, jt, jf, k }) => `${code} ${jt} ${jf} ${k}\n`).join("");
}

/**
 * Reads what {@linkcode programAsNumbers} and `tcpdump -ddd` write; commas may stand for the ends of lines, as iptables
 * has it.
 *
 * @throws {FilterProgramError} If the text is none.
 */
export function parseNumbers(text: string): BpfInstruction[] {
  const lines = text.trim().split(/\s*[\n,]\s*/).filter((line) => line !== "");
  const instructions = lines.slice(1).map((line): BpfInstruction => {
    const numbers = /^(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/.exec(line)?.slice(1).map(Number);
    if (numbers === undefined) {
      throw new FilterProgramError(`Cannot read the filter program: no instruction: "${line}"`);
    }
    const [code, jt, jf, k] = numbers;
    return { code, jt, jf, k };
  });
  if (!/^\d+$/.test(lines[0] ?? "") || Number(lines[0]) !== instructions.length) {
    throw new FilterProgramError(
      `Cannot read the filter program: it has ${instructions.length} instructions and says "${
        lines[0] ?? ""
      }"`,
    );
  }
  return instructions;
}
