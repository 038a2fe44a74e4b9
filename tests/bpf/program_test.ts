import { assertEquals, assertThrows } from "@std/assert";
import { makeSelector } from "../../capture/bpf/filter.ts";
import { describeProgram, parseNumbers, programAsNumbers } from "../../capture/bpf/listing.ts";
import { checkProgram, FilterProgramError, OP, rowsOf } from "../../capture/bpf/program.ts";
import { BPF_INSTRUCTIONS_MAX } from "../../core/limits.ts";
import { answers, rows } from "./_help.ts";

Deno.test("checkProgram refuses what could not run", () => {
  const end = ["RET_K", 1] as const;
  const cases: [Uint32Array, string][] = [
    [rows(), "empty"],
    [rows(["LD_IMM", 1]), "does not end"],
    [rows(["JA", 1], end), "goes on at instruction 2 of 2"],
    [rows(["JA", 0xfffffffe], end), "goes on at instruction -1 of 2"],
    [rows(["JEQ_K", 0, 1, 0], end), "goes on at instruction 2"],
    [rows(["JGT_X", 0, 0, 255], end), "goes on at instruction 256"],
    [rows(["JSET_K", 0, 0, 0]), "does not end"],
    [rows(["ST", 16], end), "scratch word 16"],
    [rows(["LD_MEM", 0xffffffff], end), "scratch word 4294967295"],
    [rows(["DIV_K", 0], end), "divides by zero"],
    [rows(["MOD_K", 0], end), "divides by zero"],
    [Uint32Array.of(0xb0, 0, 0, 0, OP.RET_K, 0, 0, 0), "unknown code 0xb0"],
    [Uint32Array.of(0x10000, 0, 0, 0, OP.RET_K, 0, 0, 0), "out of their range"],
    [Uint32Array.of(OP.JEQ_K, 256, 0, 0, OP.RET_K, 0, 0, 0), "out of their range"],
    [Uint32Array.of(OP.RET_K, 0, 0), "3 numbers"],
    [new Uint32Array(4 * (BPF_INSTRUCTIONS_MAX + 1)), "at most"],
  ];
  for (const [program, message] of cases) {
    assertThrows(() => checkProgram(program), FilterProgramError, message);
  }
});

Deno.test("a program that loops for ever rejects the frame", () => {
  const packet = new Uint8Array(60);
  assertEquals(answers(rows(["JA", 0xffffffff], ["RET_K", 1]), packet).interpreted, 0);
  // One that ends is run to its end: down from 1000 by ones.
  const counting = rows(
    ["LD_IMM", 1000],
    ["SUB_K", 1],
    ["JEQ_K", 0, 1, 0],
    ["JA", 0xfffffffd],
    ["RET_K", 7],
  );
  assertEquals(answers(counting, packet).interpreted, 7);
  assertEquals(answers(counting, packet).selectedInterpreted, 1);
});

Deno.test("instructions mean what the BPF paper says, interpreted and generated", () => {
  const packet = Uint8Array.of(0x45, 0x80, 0xff, 0x01, 0x02, 0x03, 0xfe, 0x00);
  const w = packet.length;
  const load = (k: number) => ["LD_IMM", k] as const;
  const index = (k: number) => ["LDX_IMM", k] as const;
  const a = ["RET_A"] as const, no = ["RET_K", 0] as const, five = ["RET_K", 5] as const;
  const cases: [what: string, program: Uint32Array, answer: number][] = [
    ["32 bits", rows(["LD_W_ABS", 0], a), 0x4580ff01],
    ["32 bits, the highest set", rows(["LD_W_ABS", 1], a), 0x80ff0102],
    ["16 bits", rows(["LD_H_ABS", 2], a), 0xff01],
    ["8 bits", rows(["LD_B_ABS", 6], a), 0xfe],
    ["the last byte", rows(["LD_B_ABS", w - 1], five), 5],
    ["a byte beyond", rows(["LD_B_ABS", w], five), 0],
    ["16 bits half beyond", rows(["LD_H_ABS", w - 1], five), 0],
    ["32 bits partly beyond", rows(["LD_W_ABS", w - 3], five), 0],
    ["an offset near 2^32", rows(["LD_B_ABS", 0xfffff030], five), 0],
    ["by X", rows(index(2), ["LD_H_IND", 1], a), 0x0102],
    ["by X, beyond", rows(index(7), ["LD_H_IND", 0], five), 0],
    ["by X, no wrapping round", rows(index(2), ["LD_B_IND", 0xffffffff], five), 0],
    ["by a large X", rows(index(0xffffffff), ["LD_B_IND", 1], five), 0],
    ["a header's length", rows(["LDX_MSH", 0], ["TXA"], a), 20],
    ["a header's length beyond", rows(["LDX_MSH", w], five), 0],
    ["length on the wire", rows(["LD_LEN"], a), 1500],
    ["length on the wire in X", rows(["LDX_LEN"], ["TXA"], a), 1500],
    ["scratch", rows(load(9), ["ST", 15], load(1), ["LDX_MEM", 15], ["TXA"], a), 9],
    ["scratch is zero at first", rows(["LD_MEM", 3], ["ADD_K", 1], a), 1],
    ["addition wraps", rows(load(0xffffffff), ["ADD_K", 2], a), 1],
    ["subtraction wraps", rows(load(1), ["SUB_K", 2], a), 0xffffffff],
    ["multiplication wraps", rows(load(0xffffffff), ["MUL_K", 0xffffffff], a), 1],
    ["division has no sign", rows(load(0xfffffffe), ["DIV_K", 2], a), 0x7fffffff],
    ["division by a large number", rows(load(0xffffffff), ["DIV_K", 0xfffffffe], a), 1],
    ["remainder has no sign", rows(load(0xffffffff), ["MOD_K", 10], a), 5],
    ["division by X", rows(index(0x80000000), load(0xffffffff), ["DIV_X"], a), 1],
    ["division by zero", rows(index(0), load(8), ["DIV_X"], five), 0],
    ["remainder of zero", rows(index(0), load(8), ["MOD_X"], five), 0],
    ["shift", rows(load(3), ["LSH_K", 31], a), 0x80000000],
    ["shift fills with zeros", rows(load(0x80000000), ["RSH_K", 31], a), 1],
    ["shift out by X", rows(index(32), load(1), ["LSH_X"], ["ADD_K", 4], a), 4],
    ["shift out right", rows(index(33), load(4), ["RSH_X"], ["ADD_K", 4], a), 4],
    ["negation", rows(load(1), ["NEG"], a), 0xffffffff],
    ["bits", rows(load(0xf0), ["OR_K", 15], ["AND_K", 0x3c], ["XOR_K", 0xff], a), 0xc3],
    ["more than has no sign", rows(load(0x80000000), ["JGT_K", 1, 1, 0], no, five), 5],
    ["at least", rows(load(7), ["JGE_K", 7, 1, 0], no, five), 5],
    ["at least X", rows(index(1), load(0xffffffff), ["JGE_X", 0, 1, 0], no, five), 5],
    ["equal", rows(["LD_W_ABS", 1], ["JEQ_K", 0x80ff0102, 1, 0], no, five), 5],
    ["bit test", rows(load(0x80000000), ["JSET_K", 0x80000000, 1, 0], no, five), 5],
    ["the answer has 32 bits", rows(["RET_K", 0xffffffff]), 0xffffffff],
  ];
  for (const [what, program, answer] of cases) {
    for (const around of [0, 0xff, 0x45]) {
      const selected = answer === 0 ? 0 : 1;
      assertEquals(answers(program, packet, 1500, around), {
        interpreted: answer,
        generated: answer,
        selectedInterpreted: selected,
        selectedGenerated: selected,
      }, what);
    }
  }
});

Deno.test("a program of as many instructions and blocks as there may be runs", () => {
  // Every jump has a target of its own, so each needs a block around all that follow.
  const instructions = [{ code: OP.LD_B_ABS as number, jt: 0, jf: 0, k: 0 }];
  while (instructions.length < BPF_INSTRUCTIONS_MAX - 1) {
    const left = BPF_INSTRUCTIONS_MAX - 1 - instructions.length;
    instructions.push({ code: OP.JEQ_K, jt: Math.min(left - 1, 255), jf: 0, k: 1 });
  }
  instructions.push({ code: OP.RET_K, jt: 0, jf: 0, k: 5 });
  const program = {
    expression: "",
    linkType: 1,
    snapLength: 0,
    instructions: rowsOf(instructions),
  };
  const one = Uint32Array.of(1), none = Uint32Array.of(0);
  for (const generate of [true, false]) {
    const select = makeSelector(program, { generate });
    const view = new DataView(new ArrayBuffer(1));
    assertEquals(select(view, none, one, one, 0, 1, new Uint32Array(1), 0), 1);
  }
});

Deno.test("numbers of tcpdump -ddd are read, and nothing else", () => {
  const text = "2\n48 0 0 9\n6 0 0 262144\n";
  assertEquals(programAsNumbers(parseNumbers(text)), text);
  assertEquals(parseNumbers("2,48 0 0 9,6 0 0 262144,"), parseNumbers(text));
  assertEquals(describeProgram(parseNumbers(text)), "(000) ldb      [9]\n(001) ret      #262144\n");
  for (const wrong of ["", "2\n6 0 0 1\n", "1\n6 0 0\n", "1\n6 0 0 x\n", "x\n6 0 0 1\n"]) {
    assertThrows(() => parseNumbers(wrong), FilterProgramError, "Cannot read");
  }
});
