/**
 * What two engines say of the same packets, and where they differ.
 *
 * @module
 */
import { findInput } from "../../capture/file_source.ts";
import type { EngineComparison, EngineDifference } from "../../workers/compare.ts";
import { startComparing } from "../../workers/compare.ts";
import { type Args, UsageError } from "../flags.ts";
import { breather, interruption, progress, sizeOf, WarningPrinter, writeOut } from "../io.ts";
import { kitOf } from "../run.ts";
import { selectionOf } from "../reading.ts";

/** Frame numbers shown of each field. */
const FRAMES_SHOWN = 5;
/** Characters of a value shown. */
const VALUE_WIDTH = 36;
/** Characters of a reason in a line. */
const REASON_WIDTH = 96;

/** Compares; answers 1 if the engines differ. */
export async function compareCommand(args: Args): Promise<number> {
  const input = findInput(args.operands[0]);
  const engines = (args.one("engines") ?? "default,dpkt").split(",").map((e) => e.trim());
  if (engines.length !== 2 || engines.includes("")) {
    throw new UsageError(`--engines needs two names, A,B, not "${args.one("engines")}"`);
  }
  const [a, b] = engines;
  const fields = args.all("field").flatMap((f) => f.split(",")).filter((f) => f !== "");
  const select = selectionOf(args), framer = args.one("framer"), count = args.number("count");
  const bpf = args.one("bpf");
  const kit = await kitOf(args);
  using stop = interruption();
  const warnings = new WarningPrinter();
  const bar = progress(select === undefined ? sizeOf(input) : 0, !args.has("no-progress"));
  const breathe = breather();
  await using comparing = await startComparing(input, {
    engines: [a, b],
    kit,
    all: args.has("all"),
    signal: stop.signal,
    ...(fields.length > 0 ? { fields } : {}),
    ...(select === undefined ? {} : { select }),
    ...(framer === undefined ? {} : { framer }),
    ...(count === undefined ? {} : { count }),
    ...(bpf === undefined ? {} : { bpf }),
    onWarning: (w) => warnings.add(`"${input}" at byte ${w.offset}: ${w.reason} (${w.code})`),
  });
  let failure: { readonly error: unknown } | undefined;
  let bytes = 0;
  try {
    for await (const read of comparing.batches()) {
      bytes += read;
      bar.update(comparing.packets, bytes);
      const pause = breathe();
      if (pause) await pause;
    }
  } catch (error) {
    // What came before is told all the same.
    failure = { error };
  } finally {
    bar.stop();
    warnings.end();
  }
  const result = comparing.result();
  await writeOut(args.has("json") ? JSON.stringify(result) + "\n" : report(result, args));
  if (stop.signal.aborted && failure?.error === stop.signal.reason) return 130;
  if (failure) throw failure.error;
  const differ = result.fields.length + result.layers.length > 0;
  return differ || (args.has("strict") && warnings.count > 0) ? 1 : 0;
}

/** Tables for people. */
function report(result: EngineComparison, args: Args): string {
  const { engines: [a, b], packets, values, differing, fields, layers, kept, beyond, unpaired } =
    result;
  let text = "";
  if (fields.length > 0) text += table("field", fields, result) + "\n";
  if (layers.length > 0) text += table("layer", layers, result) + "\n";
  if (args.has("kept") && kept.length > 0) {
    text += "kept on purpose:\n" + table("field or layer", kept, result) + "\n";
    for (const { name, reason } of kept) text += wrap(`${name}: ${reason}`) + "\n";
    text += "\n";
  }
  const numbers = (n: number, one: string, many = `${one}s`): string =>
    `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  text += `${a} and ${b}: ${numbers(packets, "packet")}, ${numbers(values, "value")} compared, ` +
    `${numbers(differing, "differs", "differ")} in ${numbers(fields.length, "field")}` +
    (layers.length > 0 ? `; layers differ: ${layers.map((l) => l.name).join(", ")}` : "") + "\n";
  if (kept.length > 0) {
    const frames = kept.reduce((n, k) => n + k.values, 0);
    text += `kept on purpose: ${numbers(frames, "difference")} in ` +
      `${numbers(new Set(kept.map((k) => k.name)).size, "field or layer", "fields and layers")}` +
      (args.has("kept") ? "\n" : " (--kept shows them)\n");
  }
  [a, b].forEach((name, i) => {
    const other = i === 0 ? b : a;
    if (beyond[i] > 0) {
      text += `only ${name} can tell: ${numbers(beyond[i], "value")} (--all compares them)\n`;
    }
    if (unpaired[i] > 0) {
      text += `${numbers(unpaired[i], "packet")} that ${other} left out\n`;
    }
  });
  return text;
}

/** Differences, a line each. */
function table(
  what: string,
  differences: readonly EngineDifference[],
  { engines: [a, b] }: EngineComparison,
): string {
  const cells = [
    [what, "frames", "first frames", a, b],
    ...differences.map((d) => [
      d.name,
      String(d.frames),
      d.frameNumbers.slice(0, FRAMES_SHOWN).join(" ") + (d.frames > FRAMES_SHOWN ? " \u2026" : ""),
      what === "layer" ? short(d.a) : said(d.a, d.lackedByA, d.frames),
      what === "layer" ? short(d.b) : said(d.b, d.lackedByB, d.frames),
    ]),
  ];
  const widths = cells[0].map((_, c) => Math.max(...cells.map((row) => [...row[c]].length)));
  return cells.map((row) =>
    row.map((cell, c) => {
      const pad = " ".repeat(widths[c] - [...cell].length);
      return c === 1 ? pad + cell : cell + pad;
    }).join("  ").trimEnd() + "\n"
  ).join("");
}

/** A value; and in how many of the frames there is none. */
function said(value: string, lacked: number, frames: number): string {
  const text = short(value);
  if (lacked === 0) return text === "" ? '""' : text;
  if (lacked === frames) return "(nothing)";
  return `${text === "" ? "(nothing)" : text} (nothing in ${lacked})`;
}

function short(text: string): string {
  const all = [...text];
  return all.length > VALUE_WIDTH ? all.slice(0, VALUE_WIDTH - 1).join("") + "\u2026" : text;
}

/** Lines of a paragraph, all but the first indented. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines[lines.length - 1].length + word.length > REASON_WIDTH) lines.push(" ");
    lines[lines.length - 1] += (lines[lines.length - 1] && " ") + word;
  }
  return lines.join("\n");
}
