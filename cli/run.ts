/**
 * Running an extraction from the command line: interruption, progress, warnings, exit codes.
 *
 * @module
 */
import type { StackLayer } from "../core/protocol.ts";
import { Aborted } from "../core/turn.ts";
import { type Kit, loadKit } from "../kit.ts";
import type { FileSink } from "../capture/file_sink.ts";
import { type RunOptions, start } from "../workers/extract.ts";
import { type Args, UsageError } from "./flags.ts";
import { breather, interruption, progress, sizeOf, WarningPrinter } from "./io.ts";
import { pluginsOf } from "./plugins.ts";
import { selectionOf } from "./reading.ts";

/** The engine's options, as the arguments give them: an option that is given again becomes a list. */
export function engineOptionsOf(args: Args): Readonly<Record<string, string | string[]>> {
  const options: Record<string, string | string[]> = {};
  for (const text of args.all("engine-option")) {
    const equals = text.indexOf("=");
    if (equals < 1) throw new UsageError(`--engine-option needs KEY=VALUE, not "${text}"`);
    const key = text.slice(0, equals), value = text.slice(equals + 1);
    options[key] = Object.hasOwn(options, key) ? [options[key], value].flat() : value;
  }
  return options;
}

/** The kit that the arguments ask for: with their plug-ins, dissecting as deep as they say. */
export function kitOf(args: Args): Promise<Kit> {
  const protocols = args.all("protocol").filter((p) => p !== "null"), layer = args.one("layer");
  return loadKit(pluginsOf(args), {
    ...(protocols.length === 0 ? {} : { protocols }),
    ...(layer === undefined || layer === "none" ? {} : { layer: layer as StackLayer }),
  });
}

/** Refuses a number of threads for strategies that have one of their own. */
export function checkWorkers(args: Args): void {
  const strategy = args.one("strategy") ?? "auto";
  if (strategy !== "server" && strategy !== "auto") {
    args.refuse(["workers"], `is for strategy server, not for ${strategy}`);
  }
}

/** Runs; answers the exit code. */
export async function run(
  args: Args,
  plan: Pick<RunOptions, "format" | "formatOptions" | "files" | "fout" | "verbose"> & {
    readonly fin: string;
    readonly sink: () => FileSink;
    readonly kit: Kit;
  },
): Promise<number> {
  const select = selectionOf(args);
  using stop = interruption();
  using stopped = new Aborted(stop.signal);
  const warnings = new WarningPrinter();
  // How many bytes a part of a capture has is not known beforehand.
  const bar = progress(select === undefined ? sizeOf(plan.fin) : 0, !args.has("no-progress"));
  const breathe = breather();
  const count = args.number("count"), engine = args.one("engine");
  const framer = args.one("framer");
  const strategy = args.one("strategy"), workers = args.number("workers");
  checkWorkers(args);
  const bpf = args.one("bpf");
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
    ...(bpf === undefined ? {} : { bpf }),
    ...(engine === undefined ? {} : { engine }),
    ...(framer === undefined ? {} : { framer }),
    ...(args.all("engine-option").length === 0 ? {} : { engineOptions: engineOptionsOf(args) }),
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
      if (stopped.yet) break;
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
