/**
 * Reading captures from the command line, without any engine or protocol: parts of them, and those frames that a filter
 * lets pass.
 *
 * @module
 */
import { type Capture, openCapture, type OpenCaptureOptions } from "../capture/open.ts";
import type { Selection } from "../capture/select.ts";
import { type Args, UsageError } from "./flags.ts";
import type { WarningPrinter } from "./io.ts";

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

/**
 * Opens a capture for commands that only count or copy frames, with the framer, the plug-ins and the filter (`--bpf`) that
 * `args` name.
 */
export async function openQuietly(
  args: Args,
  input: string,
  signal: AbortSignal,
  warnings: WarningPrinter,
  options: Pick<OpenCaptureOptions, "follow" | "reuse" | "select"> = {},
): Promise<Capture> {
  const framer = args.one("framer"), bpf = args.one("bpf");
  // Only plug-ins need the kit.
  const framers = args.all("plugin").length === 0
    ? []
    : [...(await (await import("./run.ts")).kitOf(args)).framers.values()];
  const capture = await openCapture(input, {
    reuse: true,
    ...options,
    ...(framer === undefined ? {} : { framer }),
    framers,
    signal,
    onWarning: (w) => warnings.add(`"${input}" at byte ${w.offset}: ${w.reason} (${w.code})`),
  });
  return bpf === undefined ? capture : await filtered(capture, bpf);
}

/** The frames of a capture that a filter expression lets pass; what compiles and runs it is loaded only now. */
export async function filtered(capture: Capture, expression: string): Promise<Capture> {
  return await (await import("../capture/bpf/capture.ts")).filterCapture(capture, expression);
}
