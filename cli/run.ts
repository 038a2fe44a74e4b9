/**
 * Running an extraction from the command line: interruption, progress, warnings, exit codes.
 *
 * @module
 */
import { type Capture, openCapture, type OpenCaptureOptions } from "../capture/open.ts";
import type { Selection } from "../capture/select.ts";
import type { StackLayer } from "../core/protocol.ts";
import { type Kit, loadKit } from "../kit.ts";
import type { Sink } from "../output/sink.ts";
import { type RunOptions, start } from "../workers/extract.ts";
import { type Args, UsageError } from "./flags.ts";
import { breather, interruption, progress, sizeOf, WarningPrinter } from "./io.ts";

export { sizeOf, WarningPrinter };

/** The plug-ins asked for: a path is one from here, anything else (`jsr:`, `npm:`, `https:`) is as it stands. */
export function pluginsOf(args: Args): readonly string[] {
  return args.all("plugin").map((name) =>
    /^[a-z][a-z0-9+.-]+:/.test(name) ? name : new URL(name, `file://${Deno.cwd()}/`).href
  );
}

/** The kit that the arguments ask for: with their plug-ins, dissecting as deep as they say. */
export function kitOf(args: Args): Promise<Kit> {
  const protocols = args.all("protocol").filter((p) => p !== "null"), layer = args.one("layer");
  return loadKit(pluginsOf(args), {
    ...(protocols.length === 0 ? {} : { protocols }),
    ...(layer === undefined || layer === "none" ? {} : { layer: layer as StackLayer }),
  });
}

/** Runs; answers the exit code. */
export async function run(
  args: Args,
  plan: Pick<RunOptions, "format" | "formatOptions" | "files" | "fout" | "verbose"> & {
    readonly fin: string;
    readonly sink: () => Sink;
    readonly kit: Kit;
  },
): Promise<number> {
  const select = selectionOf(args);
  using stop = interruption();
  const warnings = new WarningPrinter();
  // How many bytes a part of a capture has is not known beforehand.
  const bar = progress(select === undefined ? sizeOf(plan.fin) : 0, !args.has("no-progress"));
  const breathe = breather();
  const count = args.number("count"), engine = args.one("engine");
  const framer = args.one("framer");
  const strategy = args.one("strategy"), workers = args.number("workers");
  let bytes = 0;
  const { sink, files, ...rest } = plan;
  await using extraction = await start({
    ...rest,
    ...(files ? { files } : { sink }),
    extension: false,
    reuse: true,
    store: false,
    signal: stop.signal,
    ...(select === undefined ? {} : { select }),
    ...(count === undefined ? {} : { count }),
    ...(engine === undefined ? {} : { engine }),
    ...(framer === undefined ? {} : { framer }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(workers === undefined ? {} : { workers }),
    ...(args.has("follow") ? { noEof: true } : {}),
    onWarning: (w) => warnings.add(`"${plan.fin}" at byte ${w.offset}: ${w.reason} (${w.code})`),
  });
  try {
    for await (const result of extraction.results()) {
      bytes += result.bytes;
      bar.update(extraction.length, bytes);
      const pause = breathe();
      if (pause) await pause;
      if (stop.signal.aborted) break;
    }
  } catch (error) {
    if (!(stop.signal.aborted && error === stop.signal.reason)) throw error;
  } finally {
    bar.stop();
    warnings.end();
  }
  if (stop.signal.aborted && !args.has("follow")) return 130;
  return args.has("strict") && (warnings.count > 0 || extraction.damaged) ? 1 : 0;
}

/** The part of the capture that `--range`, `--since` and `--until` ask for, if any does. */
export function selectionOf(args: Args): Selection | undefined {
  const range = args.one("range"), since = args.one("since"), until = args.one("until");
  if (range === undefined && since === undefined && until === undefined) return undefined;
  const [, from = "", dash, to = ""] = /^(?=.*\d)(\d*)(-?)(\d*)$/.exec(range ?? "1-") ?? [];
  const first = from === "" ? 1 : Number(from);
  const last = dash === "" ? first : to === "" ? Infinity : Number(to);
  if (dash === undefined || first < 1 || last < first) {
    throw new UsageError(`--range is FROM-TO, counted from 1, not "${range}"`);
  }
  return {
    first,
    ...(last < Infinity && { last }),
    ...(since !== undefined && { since: parseTime("since", since) }),
    ...(until !== undefined && { until: parseTime("until", until) }),
  };
}

/** Nanoseconds since 1970 of a time as users write it. */
function parseTime(flag: string, text: string): bigint {
  const epoch = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (epoch !== null) {
    const [, sign, seconds, fraction = ""] = epoch;
    const time = BigInt(seconds + fraction.padEnd(9, "0"));
    return sign === "" ? time : -time;
  }
  try {
    return /(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text.slice(10))
      ? Temporal.Instant.from(text).epochNanoseconds
      : Temporal.PlainDateTime.from(text).toZonedDateTime("UTC").epochNanoseconds;
  } catch {
    throw new UsageError(
      `--${flag} is a time such as 2026-01-31T23:59:59.123Z or 1769903999.123, not "${text}"`,
    );
  }
}

/** Opens a capture for commands that only count or copy frames. */
export async function openQuietly(
  input: string,
  signal: AbortSignal,
  warnings: WarningPrinter,
  options: Pick<OpenCaptureOptions, "follow" | "framer" | "select"> = {},
): Promise<Capture> {
  return await openCapture(input, {
    reuse: true,
    ...options,
    signal,
    onWarning: (w) => warnings.add(`"${input}" at byte ${w.offset}: ${w.reason} (${w.code})`),
  });
}
