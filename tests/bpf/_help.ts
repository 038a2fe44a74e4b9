/**
 * What the tests of filters share: programs by hand, and every way to run one.
 *
 * @module
 */
import { generateMatcher, generateSelector } from "../../capture/bpf/generate.ts";
import { interpreter, type Selector, selectorOf } from "../../capture/bpf/interpret.ts";
import { checkProgram, OP, runsForwards } from "../../capture/bpf/program.ts";

/** Rows of a program written as `[name, k, jt, jf]`. */
export function rows(
  ...program: readonly (readonly [name: keyof typeof OP, k?: number, jt?: number, jf?: number])[]
): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    program.flatMap(([name, k = 0, jt = 0, jf = 0]) => [OP[name], jt, jf, k]),
  );
}

/** What a program answers of one packet, by every way to run it; the packet stands between bytes that are not its own. */
export function answers(
  program: Uint32Array,
  packet: Uint8Array,
  wire: number = packet.length,
  around = 0xff,
): Record<"interpreted" | "generated" | "selectedInterpreted" | "selectedGenerated", number> {
  const instructions = checkProgram(program);
  const gap = 16;
  const bytes = new Uint8Array(packet.length + 2 * gap).fill(around);
  bytes.set(packet, gap);
  const view = new DataView(bytes.buffer);
  const column = (n: number) => Uint32Array.of(n);
  const interpret = interpreter(instructions);
  const forwards = runsForwards(instructions);
  const match = forwards ? generateMatcher(instructions) : interpret;
  const select = (selector: Selector) => {
    const length = column(packet.length);
    return selector(view, column(gap), length, column(wire), 0, 1, new Uint32Array(1), 0);
  };
  return {
    interpreted: interpret(view, gap, packet.length, wire),
    generated: match(view, gap, packet.length, wire),
    selectedInterpreted: select(selectorOf(interpret)),
    selectedGenerated: select(forwards ? generateSelector(instructions) : selectorOf(interpret)),
  };
}
