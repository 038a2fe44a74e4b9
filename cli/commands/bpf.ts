/**
 * Showing the program of a filter expression, as `tcpdump -d` does.
 *
 * @module
 */
import { compileForLinkType } from "../../capture/bpf/compile.ts";
import { selectorSource } from "../../capture/bpf/generate.ts";
import { describeProgram, programAsC, programAsNumbers } from "../../capture/bpf/listing.ts";
import { checkProgram, instructionsOf } from "../../capture/bpf/program.ts";
import { LINKTYPES } from "../../output/_linktypes.ts";
import { type Args, UsageError } from "../flags.ts";
import { writeOut } from "../io.ts";

/** Link types by the names of libpcap's DLT_ where those are not LINKTYPE_'s. */
const DLT_NAMES: Readonly<Record<string, number>> = {
  EN10MB: 1,
  EN3MB: 2,
  IEEE802: 6,
  ARCNET: 7,
  PPP_SERIAL: 50,
  PRISM_HEADER: 119,
  IEEE802_11_RADIO: 127,
  IEEE802_11_RADIO_AVS: 163,
};

/** Prints a filter program. */
export async function bpfCommand(args: Args): Promise<number> {
  const forms = ["listing", "c", "numbers", "javascript"].filter((form) => args.has(form));
  if (forms.length > 1) throw new UsageError(`--${forms[0]} and --${forms[1]} exclude each other`);
  const snapLength = args.number("snaplen");
  const { instructions: rows } = await compileForLinkType(args.operands.join(" "), {
    linkType: linkTypeOf(args.one("link-type") ?? "ETHERNET"),
    optimize: !args.has("no-optimize"),
    ...(snapLength === undefined ? {} : { snapLength }),
  });
  const instructions = instructionsOf(rows);
  switch (forms[0]) {
    case "c":
      await writeOut(programAsC(instructions));
      break;
    case "numbers":
      await writeOut(programAsNumbers(instructions));
      break;
    case "javascript":
      await writeOut(selectorSource(checkProgram(rows)) + "\n");
      break;
    default:
      await writeOut(describeProgram(instructions));
  }
  return 0;
}

/** The LINKTYPE_ number of a name (LINKTYPE_'s or DLT_'s, with or without that) or number. */
function linkTypeOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^(LINKTYPE|DLT)_/, "");
  const number = DLT_NAMES[name] ??
    Object.entries(LINKTYPES).find(([, known]) => known === name)?.[0];
  if (number === undefined) throw new UsageError(`unknown link type "${text}"`);
  return Number(number);
}
