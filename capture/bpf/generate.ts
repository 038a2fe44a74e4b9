/**
 * A filter program as JavaScript: one function that runs over all frames of a batch.
 *
 * The text is made of numbers that `checkProgram` has seen and of nothing else, so no program can smuggle code into it.
 *
 * @module
 */
import type { Matcher, Selector } from "./interpret.ts";
import {
  type BpfInstruction,
  FilterProgramError,
  isBranch,
  OP,
  runsForwards,
  SCRATCH_WORDS,
  successors,
} from "./program.ts";

/** How the generated code ends with a frame: statements for a constant answer, and for that in A. */
interface Ending {
  constant(k: number): string;
  readonly accumulator: string;
}

const SELECT: Ending = {
  constant: (k) => k === 0 ? "continue;" : "{out[n++]=i;continue;}",
  accumulator: "if(A!==0)out[n++]=i;continue;",
};
const MATCH: Ending = {
  constant: (k) => `return ${k};`,
  accumulator: "return A>>>0;",
};

/** The text of a function with the parameters of a `Selector`; for eyes as well. */
export function selectorSource(instructions: readonly BpfInstruction[]): string {
  return `"use strict";
for(;i<to;i++){
const o=starts[i],cap=captured[i];
${body(instructions, SELECT, "wire[i]")}}
return n;`;
}

/**
 * Generates a selector.
 *
 * @throws {FilterProgramError} If the program loops.
 * @throws {EvalError} If code may not be generated here, as where a content security policy says so.
 */
export function generateSelector(instructions: readonly BpfInstruction[]): Selector {
  const select = new Function(
    "view",
    "starts",
    "captured",
    "wire",
    "i",
    "to",
    "out",
    "n",
    selectorSource(instructions),
  ) as Selector;
  // The engine reads a function's text when it is first called, and may find it nested too deeply for its stack.
  const none = new Uint32Array(0);
  select(new DataView(none.buffer), none, none, none, 0, 0, none, 0);
  return select;
}

/** Generates a matcher for single frames; see {@linkcode generateSelector}. */
export function generateMatcher(instructions: readonly BpfInstruction[]): Matcher {
  const text = `"use strict";\n${body(instructions, MATCH, "wire")}`;
  return new Function("view", "o", "cap", "wire", text) as Matcher;
}

/** Bytes of the load instructions. */
const LOADS: Readonly<Record<number, readonly [bytes: number, getter: string]>> = {
  [OP.LD_W_ABS]: [4, "getInt32"],
  [OP.LD_H_ABS]: [2, "getUint16"],
  [OP.LD_B_ABS]: [1, "getUint8"],
  [OP.LD_W_IND]: [4, "getInt32"],
  [OP.LD_H_IND]: [2, "getUint16"],
  [OP.LD_B_IND]: [1, "getUint8"],
};

/** Statements without a jump or a load. `S`: the source, signed; `U`: the same without sign. */
const PLAIN: Readonly<Record<number, string>> = {
  [OP.ADD_K]: "A=(A+S)|0;",
  [OP.SUB_K]: "A=(A-S)|0;",
  [OP.MUL_K]: "A=Math.imul(A,S);",
  [OP.DIV_K]: "A=((A>>>0)/U)|0;",
  [OP.MOD_K]: "A=((A>>>0)%U)|0;",
  [OP.OR_K]: "A|=S;",
  [OP.AND_K]: "A&=S;",
  [OP.XOR_K]: "A^=S;",
  [OP.NEG]: "A=-A|0;",
  [OP.ADD_X]: "A=(A+X)|0;",
  [OP.SUB_X]: "A=(A-X)|0;",
  [OP.MUL_X]: "A=Math.imul(A,X);",
  [OP.DIV_X]: "A=((A>>>0)/(X>>>0))|0;",
  [OP.MOD_X]: "A=((A>>>0)%(X>>>0))|0;",
  [OP.OR_X]: "A|=X;",
  [OP.AND_X]: "A&=X;",
  [OP.XOR_X]: "A^=X;",
  [OP.LSH_X]: "A=(X>>>0)>31?0:A<<X;",
  [OP.RSH_X]: "A=(X>>>0)>31?0:(A>>>X)|0;",
  [OP.LD_IMM]: "A=S;",
  [OP.LDX_IMM]: "X=S;",
  [OP.TAX]: "X=A;",
  [OP.TXA]: "A=X;",
};

/** Conditions of the branches, and what they are when they do not hold. */
const CONDITIONS: Readonly<Record<number, readonly [holds: string, fails: string]>> = {
  [OP.JEQ_K]: ["A===S", "A!==S"],
  [OP.JGT_K]: ["(A>>>0)>U", "(A>>>0)<=U"],
  [OP.JGE_K]: ["(A>>>0)>=U", "(A>>>0)<U"],
  [OP.JSET_K]: ["(A&S)!==0", "(A&S)===0"],
  [OP.JEQ_X]: ["A===X", "A!==X"],
  [OP.JGT_X]: ["(A>>>0)>(X>>>0)", "(A>>>0)<=(X>>>0)"],
  [OP.JGE_X]: ["(A>>>0)>=(X>>>0)", "(A>>>0)<(X>>>0)"],
  [OP.JSET_X]: ["(A&X)!==0", "(A&X)===0"],
};

/**
 * The statements for one frame. `o`: its first byte in `view`; `cap`: its captured bytes. A and X are 32-bit numbers
 * with sign, which is what the machine is quick with; comparisons and divisions take the sign away.
 *
 * Jumps go forwards only, so each place that is jumped to ends a labelled block, and a jump leaves it. Jumps to an end of
 * the program end it on the spot. A load is checked against the captured bytes unless every way to it passed a check of
 * as many.
 */
function body(instructions: readonly BpfInstruction[], ending: Ending, wire: string): string {
  if (!runsForwards(instructions)) {
    throw new FilterProgramError("Cannot generate code for a filter program that loops");
  }
  const count = instructions.length;
  /** Captured bytes that are certain when an instruction begins; Infinity where nothing leads. */
  const certain = new Float64Array(count).fill(Infinity);
  certain[0] = 0;
  const labels = new Set<number>();
  const scratch = new Set<number>();
  const statements: string[] = new Array(count).fill("");
  const go = (index: number, to: number): string => {
    const target = instructions[to];
    if (target.code === OP.RET_K) return ending.constant(target.k);
    if (to === index + 1) return "";
    labels.add(to);
    return `break L${to};`;
  };
  for (let i = 0; i < count; i++) {
    if (certain[i] === Infinity) continue;
    const instruction = instructions[i];
    const { code, jt, jf, k } = instruction;
    let known = certain[i];
    let text: string;
    const need = (bytes: number): string => {
      if (bytes <= known) return "";
      known = bytes;
      return `if(cap<${bytes})${ending.constant(0)}`;
    };
    const load = LOADS[code];
    const condition = CONDITIONS[code];
    if (load !== undefined && code < OP.LD_W_IND) {
      text = `${need(k + load[0])}A=view.${load[1]}(o+${k});`;
    } else if (load !== undefined) {
      text = `q=(X>>>0)+${k};if(q+${load[0]}>cap)${ending.constant(0)}A=view.${load[1]}(o+q);`;
    } else if (condition !== undefined) {
      const [holds, fails] = condition.map((c) => fill(c, k));
      const yes = go(i, i + 1 + jt);
      const no = go(i, i + 1 + jf);
      text = yes === no
        ? yes
        : yes === ""
        ? `if(${fails})${no}`
        : no === ""
        ? `if(${holds})${yes}`
        : `if(${holds})${yes}else ${no}`;
    } else {
      switch (code) {
        case OP.LDX_MSH:
          text = `${need(k + 1)}X=(view.getUint8(o+${k})&15)<<2;`;
          break;
        case OP.LD_LEN:
          text = `A=${wire}|0;`;
          break;
        case OP.LDX_LEN:
          text = `X=${wire}|0;`;
          break;
        case OP.LD_MEM:
        case OP.LDX_MEM:
        case OP.ST:
        case OP.STX: {
          scratch.add(k);
          const register = code === OP.LD_MEM || code === OP.ST ? "A" : "X";
          text = code === OP.ST || code === OP.STX ? `M${k}=${register};` : `${register}=M${k};`;
          break;
        }
        case OP.LSH_K:
          text = k > 31 ? "A=0;" : `A<<=${k};`;
          break;
        case OP.RSH_K:
          text = k > 31 ? "A=0;" : `A=(A>>>${k})|0;`;
          break;
        case OP.JA:
          text = go(i, i + 1 + k);
          break;
        case OP.RET_K:
          text = ending.constant(k);
          break;
        case OP.RET_A:
          text = ending.accumulator;
          break;
        case OP.DIV_X:
        case OP.MOD_X:
          text = `if(X===0)${ending.constant(0)}${PLAIN[code]}`;
          break;
        default:
          text = fill(PLAIN[code], k);
      }
    }
    for (const next of successors(instruction, i)) certain[next] = Math.min(certain[next], known);
    statements[i] = text;
  }
  const open = [...labels].sort((a, b) => b - a).map((to) => `L${to}:{`).join("");
  const variables = Array.from({ length: SCRATCH_WORDS }, (_, k) => k)
    .filter((k) => scratch.has(k)).map((k) => `,M${k}=0`).join("");
  let text = `let A=0,X=0,q=0${variables};\n${open}`;
  for (let i = 0; i < count; i++) {
    if (labels.has(i)) text += "}";
    // Jumps end the program on the spot, so an end is needed only after what runs into it.
    const { code } = instructions[i];
    if (
      code === OP.RET_K && i > 0 && (statements[i - 1] === "" || jumps(instructions[i - 1].code))
    ) {
      continue;
    }
    if (statements[i] !== "") text += `${statements[i]}\n`;
  }
  return text;
}

/** Whether an instruction never goes on at the next one without being told so. */
function jumps(code: number): boolean {
  return isBranch(code) || code === OP.JA || code === OP.RET_K || code === OP.RET_A;
}

/** Puts the constant into a statement. */
function fill(statement: string, k: number): string {
  const signed = k | 0;
  return statement.replaceAll("S", signed < 0 ? `(${signed})` : String(signed))
    .replaceAll("U", String(k));
}
