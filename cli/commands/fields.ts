/**
 * Chosen fields of each packet.
 *
 * @module
 */
import { type Args, UsageError } from "../flags.ts";
import { sinkFor } from "../io.ts";
import { findInput } from "../../workers/extract.ts";
import { kitOf, run } from "../run.ts";

/** Prints fields. */
export async function fieldsCommand(args: Args): Promise<number> {
  const wanted = args.all("field").flatMap((f) => f.split(",")).filter((f) => f !== "");
  const json = args.has("json"), csv = args.has("csv");
  if (json && csv) throw new UsageError("--json and --csv exclude each other");
  if (json) args.refuse(["separator"], "is not for --json");
  if (json || csv) {
    const names = json ? "--json, which names every value" : "--csv, which always does";
    args.refuse(["header"], `is not for ${names}`);
    args.refuse(["aggregator", "occurrence"], "is for columns, not for --json or --csv");
  }
  if (wanted.length === 0 && !json) {
    throw new UsageError("no fields were chosen: give -e ABBREV, or --json for all");
  }
  const separator = args.one("separator");
  const name = json ? "ndjson" : csv ? "csv" : "fields";
  return await run(args, {
    kit: await kitOf(args),
    fin: findInput(args.operands[0]),
    format: name,
    formatOptions: {
      ...(wanted.length > 0 ? { fields: wanted } : {}),
      header: args.has("header"),
      ...(separator === undefined ? {} : { separator: unescape(separator) }),
      ...(args.one("aggregator") === undefined ? {} : { aggregator: args.one("aggregator") }),
      ...(args.one("occurrence") === undefined ? {} : { occurrence: args.one("occurrence") }),
    },
    sink: () => sinkFor(args.one("output")),
  });
}

/** `\t` and `/t` for a tab, as tshark's -E separator has it. */
function unescape(text: string): string {
  return text === "\\t" || text === "/t" ? "\t" : text === "/s" ? " " : text;
}
