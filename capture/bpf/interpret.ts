/**
 * Running a filter program instruction by instruction: where code may not be generated, and for programs that loop.
 *
 * @module
 */
import { BPF_STEPS_MAX } from "../../core/limits.ts";
import { type BpfInstruction, isBranch, OP, SCRATCH_WORDS, successors } from "./program.ts";

/**
 * Runs a program over the frames `from` to `to` of a batch and writes the indexes of those that pass to `out`, from `n`
 * on. Answers the next free place in `out`.
 *
 * @param view All bytes of the batch.
 * @param starts Where each frame starts in `view`.
 * @param captured Bytes captured of each.
 * @param wire Length of each on the wire.
 */
export type Selector = (
  view: DataView,
  starts: Uint32Array,
  captured: Uint32Array,
  wire: Uint32Array,
  from: number,
  to: number,
  out: Uint32Array,
  n: number,
) => number;

/**
 * Runs a program over the frame that starts at `start` in `view`; answers what the program answers, 0 for "no".
 *
 * @param captured Bytes captured: nothing beyond is looked at.
 * @param wire Length on the wire, which is what `len` means.
 */
export type Matcher = (view: DataView, start: number, captured: number, wire: number) => number;

/** A matcher that interprets. The program must have passed `checkProgram`. */
export function interpreter(instructions: readonly BpfInstruction[]): Matcher {
  const count = instructions.length;
  const codes = new Uint16Array(count);
  const operands = new Uint32Array(count);
  // Where it goes on, true and false, so that a jump is one assignment.
  const whenTrue = new Uint32Array(count);
  const whenFalse = new Uint32Array(count);
  instructions.forEach((instruction, i) => {
    codes[i] = instruction.code;
    operands[i] = instruction.k;
    const { code, jt, jf } = instruction;
    if (isBranch(code)) {
      whenTrue[i] = i + 1 + jt;
      whenFalse[i] = i + 1 + jf;
    } else whenTrue[i] = successors(instruction, i)[0] ?? i;
  });
  const scratch = new Int32Array(SCRATCH_WORDS);
  return (view, start, captured, wire) => {
    // A and X hold 32 bits; as signed numbers they stay small integers of the JavaScript machine.
    let a = 0, x = 0, i = 0;
    scratch.fill(0);
    for (let steps = 0; steps < BPF_STEPS_MAX; steps++) {
      const k = operands[i];
      switch (codes[i]) {
        case OP.LD_W_ABS:
          if (k + 4 > captured) return 0;
          a = view.getInt32(start + k);
          break;
        case OP.LD_H_ABS:
          if (k + 2 > captured) return 0;
          a = view.getUint16(start + k);
          break;
        case OP.LD_B_ABS:
          if (k + 1 > captured) return 0;
          a = view.getUint8(start + k);
          break;
        case OP.LD_W_IND: {
          const at = (x >>> 0) + k;
          if (at + 4 > captured) return 0;
          a = view.getInt32(start + at);
          break;
        }
        case OP.LD_H_IND: {
          const at = (x >>> 0) + k;
          if (at + 2 > captured) return 0;
          a = view.getUint16(start + at);
          break;
        }
        case OP.LD_B_IND: {
          const at = (x >>> 0) + k;
          if (at + 1 > captured) return 0;
          a = view.getUint8(start + at);
          break;
        }
        case OP.LDX_MSH:
          if (k + 1 > captured) return 0;
          x = (view.getUint8(start + k) & 15) << 2;
          break;
        case OP.LD_LEN:
          a = wire | 0;
          break;
        case OP.LDX_LEN:
          x = wire | 0;
          break;
        case OP.LD_IMM:
          a = k | 0;
          break;
        case OP.LDX_IMM:
          x = k | 0;
          break;
        case OP.LD_MEM:
          a = scratch[k];
          break;
        case OP.LDX_MEM:
          x = scratch[k];
          break;
        case OP.ST:
          scratch[k] = a;
          break;
        case OP.STX:
          scratch[k] = x;
          break;
        case OP.ADD_K:
          a = (a + k) | 0;
          break;
        case OP.SUB_K:
          a = (a - k) | 0;
          break;
        case OP.MUL_K:
          a = Math.imul(a, k);
          break;
        case OP.DIV_K:
          a = ((a >>> 0) / k) | 0;
          break;
        case OP.MOD_K:
          a = ((a >>> 0) % k) | 0;
          break;
        case OP.OR_K:
          a |= k;
          break;
        case OP.AND_K:
          a &= k;
          break;
        case OP.XOR_K:
          a ^= k;
          break;
        case OP.LSH_K:
          a = k > 31 ? 0 : a << k;
          break;
        case OP.RSH_K:
          a = k > 31 ? 0 : (a >>> k) | 0;
          break;
        case OP.NEG:
          a = -a | 0;
          break;
        case OP.ADD_X:
          a = (a + x) | 0;
          break;
        case OP.SUB_X:
          a = (a - x) | 0;
          break;
        case OP.MUL_X:
          a = Math.imul(a, x);
          break;
        case OP.DIV_X:
          if (x === 0) return 0;
          a = ((a >>> 0) / (x >>> 0)) | 0;
          break;
        case OP.MOD_X:
          if (x === 0) return 0;
          a = ((a >>> 0) % (x >>> 0)) | 0;
          break;
        case OP.OR_X:
          a |= x;
          break;
        case OP.AND_X:
          a &= x;
          break;
        case OP.XOR_X:
          a ^= x;
          break;
        case OP.LSH_X:
          a = (x >>> 0) > 31 ? 0 : a << x;
          break;
        case OP.RSH_X:
          a = (x >>> 0) > 31 ? 0 : (a >>> x) | 0;
          break;
        case OP.JEQ_K:
          i = (a >>> 0) === k ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JGT_K:
          i = (a >>> 0) > k ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JGE_K:
          i = (a >>> 0) >= k ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JSET_K:
          i = (a & k) !== 0 ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JEQ_X:
          i = a === x ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JGT_X:
          i = (a >>> 0) > (x >>> 0) ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JGE_X:
          i = (a >>> 0) >= (x >>> 0) ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.JSET_X:
          i = (a & x) !== 0 ? whenTrue[i] : whenFalse[i];
          continue;
        case OP.RET_K:
          return k;
        case OP.RET_A:
          return a >>> 0;
        case OP.TAX:
          x = a;
          break;
        case OP.TXA:
          a = x;
          break;
      }
      // JA too: its one successor.
      i = whenTrue[i];
    }
    return 0;
  };
}

/** A selector that asks a matcher about frame after frame. */
export function selectorOf(match: Matcher): Selector {
  return (view, starts, captured, wire, from, to, out, n) => {
    for (let i = from; i < to; i++) {
      if (match(view, starts[i], captured[i], wire[i]) !== 0) out[n++] = i;
    }
    return n;
  };
}
