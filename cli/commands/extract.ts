/**
 * The main job: a capture in, a report out.
 *
 * @module
 */
import { type Args, UsageError } from "../flags.ts";
import { say, sinkFor } from "../io.ts";
import { findInput, formatOfName, sameFile } from "../../workers/extract.ts";
import { kitOf, run } from "../run.ts";

/** Extracts. */
export async function extractCommand(args: Args): Promise<number> {
  const input = findInput(args.operands[0]);
  const kit = await kitOf(args);
  const asked = [
    args.has("json") ? "json" : "",
    args.has("plist") ? "plist" : "",
    args.has("tree") ? "tree" : "",
  ].filter((f) => f !== "");
  if (asked.length > 1) throw new UsageError(`--${asked[0]} and --${asked[1]} exclude each other`);
  let output = args.one("output");
  // As the ancestor has it: -j, -p and -t override --format; the extension decides where neither is given.
  const chosen = asked[0] ?? args.one("format");
  const name = chosen ??
    (output === undefined ? "tree" : output === "-" ? "tree" : formatOfName(output, kit));
  if (name === undefined) {
    throw new UsageError(
      `cannot tell the format from "${output}": give --format, or an extension of ${
        [...new Set([...kit.formats.values()].flatMap((f) => f.extensions))].join(", ")
      }`,
    );
  }
  const format = kit.formats.get(name);
  if (!format) {
    throw new UsageError(
      `unknown format "${name}"; current formats are ${
        [...new Set([...kit.formats.values()].map((f) => f.name))].join(", ")
      }`,
    );
  }
  if (format.name !== "text") args.refuse(["hex", "time"], "is for format text");
  const extension = format.extensions[0] ?? name;
  if (args.has("files")) {
    if (output === undefined || output === "-") {
      throw new UsageError("--files needs a directory: --output DIR");
    }
  } else if (
    output !== undefined && output !== "-" && args.has("auto-extension") &&
    !format.extensions.some((e) => output!.endsWith(`.${e}`))
  ) {
    output += `.${extension}`;
  }
  if (format.binary && (output === undefined || output === "-") && Deno.stdout.isTerminal()) {
    throw new UsageError(`format ${name} is not for a terminal: give --output FILE`);
  }
  if (output !== undefined && sameFile(input, output)) {
    throw new UsageError("input and output are the same file");
  }
  const verbose = args.has("verbose");
  if (verbose) say(`Loading file '${input}'`);
  const code = await run(args, {
    kit,
    fin: input,
    format: name,
    formatOptions: { hex: args.has("hex"), time: args.one("time") ?? "relative" },
    ...(args.has("files") ? { files: true, fout: output! } : {}),
    sink: () => sinkFor(output),
    verbose,
  });
  if (verbose && output !== undefined && output !== "-") {
    say(`Report file stored in '${output}'`);
  }
  return code;
}
