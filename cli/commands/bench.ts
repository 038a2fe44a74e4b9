/**
 * The benchmark as a command: arguments to what is measured, what was measured to tables, JSON and a chart. What measures
 * is loaded from `bench/` when it is asked for, here and nowhere else.
 *
 * @module
 */
import { type Kit, loadKit } from "../../kit.ts";
import { writeSync } from "../../capture/file_sink.ts";
import { COMMANDS } from "../commands.ts";
import { type Args, type Flag, UsageError } from "../flags.ts";
import { interruption, say, writeOut } from "../io.ts";
import { pluginsOf } from "../plugins.ts";

/** What a plain run, a quick one and one for the README measure with. */
const PLAIN = { packets: 100_000, runs: 3, seconds: 3 };
const QUICK = { packets: 1000, runs: 1, seconds: 1 };
const README = { packets: 1_000_000, runs: 5, seconds: 3 };

/** Where the README's results are, in a checkout. */
const ROOT = new URL("../../", import.meta.url);
/**
 * Loads a file of `bench/`. The name is put together here so that Deno does not read that folder at every start of every
 * command; who measures lets the command read files anyway.
 */
function load<T>(file: string): Promise<T> {
  return import(new URL(`../../bench/${file}`, import.meta.url).href);
}

const LATEST = "bench/results/latest.json";
const PICTURE = "docs/bench.svg";

/** Measures and reports, or does in this process what is to be measured. */
export async function benchCommand(args: Args): Promise<number> {
  const work = args.one("in-process");
  if (work !== undefined) return await inProcess(args, work);
  const readme = args.has("update-readme");
  if (readme && ROOT.protocol !== "file:") {
    throw new UsageError("--update-readme is for a checkout of pcapkit");
  }
  const outputs = args.all("output");
  const other = outputs.find((name) => !/\.(json|svg|md)$/.test(name));
  if (other !== undefined) {
    throw new UsageError(`--output is a file ending in .json, .svg or .md, not "${other}"`);
  }
  const from = args.one("from");
  if (from === undefined && readme && (args.has("quick") || args.operands.length > 0)) {
    throw new UsageError("--update-readme needs the whole run: no files, not --quick");
  }
  const report = from === undefined
    ? await measure(args, readme)
    : JSON.parse(await Deno.readTextFile(from)) as Report;
  if (report === undefined) return 130;
  const { chartOf, differences, markdown, terminalText } = await load<
    typeof import("../../bench/report.ts")
  >("report.ts");
  const json = JSON.stringify(report, null, 2) + "\n";
  for (const name of outputs) {
    const text = name.endsWith(".json")
      ? json
      : name.endsWith(".svg")
      ? chartOf(report)
      : markdown(report) + "\n";
    await Deno.writeTextFile(name, text);
  }
  if (readme) {
    const { between } = await load<typeof import("../../bench/readme.ts")>("readme.ts");
    const page = new URL("README.md", ROOT);
    const text = between(await Deno.readTextFile(page), markdown(report, PICTURE));
    await Deno.writeTextFile(new URL(LATEST, ROOT), json);
    await Deno.writeTextFile(new URL(PICTURE, ROOT), chartOf(report));
    await Deno.writeTextFile(page, text);
  }
  await writeOut(args.has("json") ? json : terminalText(report));
  const kept = report.goals.every((goal) => goal.met !== false) &&
    differences(report.rows).length === 0;
  return args.has("strict") && !kept ? 1 : 0;
}

type Report = import("../../bench/mod.ts").Report;

/** Measures; `undefined` if it was interrupted. */
async function measure(args: Args, readme: boolean): Promise<Report | undefined> {
  const [{ bench }, { JOBS }, { STRATEGIES }] = await Promise.all([
    load<typeof import("../../bench/mod.ts")>("mod.ts"),
    load<typeof import("../../bench/jobs.ts")>("jobs.ts"),
    import("../../workers/strategies.ts"),
  ]);
  const plugins = pluginsOf(args);
  const kit = await loadKit(plugins);
  const among = (flag: string, known: readonly string[]): readonly string[] | undefined => {
    const names = args.all(flag).flatMap((list) => list.split(","));
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new UsageError(`unknown ${flag} "${unknown}": choose from ${known.join(", ")}`);
    }
    return names.length === 0 ? undefined : names;
  };
  const jobs = among("job", JOBS);
  const engines = among("engine", [...kit.engines.keys()])?.map((name) =>
    kit.engines.get(name)!.name
  );
  const strategies = among("strategy", STRATEGIES.map((s) => s.name));
  const framers = args.all("framer").flatMap((list) => list.split(","));
  const quick = args.has("quick"), goals = args.has("goals") || readme;
  const plan = quick ? QUICK : readme ? README : PLAIN;
  // Of a run for the goals alone, the tables would be by the way.
  const fewer = args.has("goals") || args.has("stages");
  using stop = interruption();
  try {
    return await bench({
      files: args.operands,
      packets: positive(args, "packets", plan.packets),
      captures: args.one("captures"),
      jobs: (jobs as typeof JOBS[number][] | undefined) ??
        (fewer && !readme ? [] : JOBS.filter((job) => job !== "start")),
      choice: {
        engines,
        strategies,
        framers: framers.length === 0 ? undefined : framers,
        peers: !args.has("no-peers"),
      },
      workers: positive(args, "workers", Math.max(2, Math.min(4, navigator.hardwareConcurrency))),
      runs: positive(args, "runs", plan.runs),
      seconds: secondsOf(args) ?? plan.seconds,
      pin: !args.has("no-pin"),
      stages: args.has("stages") || readme,
      goals,
      quick,
      kit,
      plugins,
      flags: flagsOf,
      signal: stop.signal,
      say: teller(args.has("verbose")),
    });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  }
}

/** Does a job or a stage in this process, and prints what came of it. */
async function inProcess(args: Args, work: string): Promise<number> {
  const [path] = args.operands;
  if (args.operands.length !== 1) throw new UsageError("--in-process needs one FILE");
  const engine = args.all("engine").at(-1), framer = args.all("framer").at(-1);
  const options = {
    ...(engine === undefined ? {} : { engine }),
    ...(framer === undefined ? {} : { framer }),
  };
  // What is measured loads no more than it needs.
  if (work === "layers") {
    const { countLayers } = await load<typeof import("../../bench/layers.ts")>("layers.ts");
    const { packets, layers } = await countLayers(path, await loadKit(pluginsOf(args)), options);
    await writeOut(`${packets} ${layers}\n`);
    return 0;
  }
  const { captureKinds, generate } = await load<typeof import("../../bench/_captures.ts")>(
    "_captures.ts",
  );
  const kind = captureKinds.find((name) => name === work);
  if (kind !== undefined) {
    const { packets, fileBytes } = generate(kind, path, positive(args, "packets", PLAIN.packets));
    await writeOut(`${packets} ${fileBytes}\n`);
    return 0;
  }
  const kit: Kit = await loadKit(pluginsOf(args));
  const { isStage, measureStage, STAGES } = await load<typeof import("../../bench/stages.ts")>(
    "stages.ts",
  );
  if (!isStage(work)) {
    throw new UsageError(
      `--in-process is one of layers, ${[...STAGES, ...captureKinds].join(", ")}, not "${work}"`,
    );
  }
  const seconds = secondsOf(args);
  const time = await measureStage(work, path, kit, {
    ...options,
    ...(seconds === undefined ? {} : { seconds }),
  });
  await writeOut(JSON.stringify(time) + "\n");
  return 0;
}

/** A flag's number, of which there must be one at least. */
function positive(args: Args, flag: string, otherwise: number): number {
  const value = args.number(flag) ?? otherwise;
  if (value < 1) throw new UsageError(`--${flag} is at least 1, not ${value}`);
  return value;
}

/** `--seconds`, which may be a fraction. */
function secondsOf(args: Args): number | undefined {
  const text = args.one("seconds");
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0)) throw new UsageError(`--seconds is a number of seconds, not "${text}"`);
  return seconds;
}

function flagsOf(command: string): readonly Flag[] {
  return COMMANDS.find((c) => c.name === command)?.flags ?? [];
}

/** Tells what is being measured: a line each, or else one changing line on a terminal and nothing elsewhere. */
function teller(lines: boolean): (text: string) => void {
  if (lines) {
    return (text) => {
      if (text !== "") say(`${new Date().toTimeString().slice(0, 8)} ${text}`);
    };
  }
  if (!Deno.stderr.isTerminal()) return () => {};
  const encoder = new TextEncoder();
  return (text) => {
    const { columns } = Deno.consoleSize();
    writeSync(Deno.stderr, encoder.encode(`\r\x1b[K${text.slice(0, columns - 1)}`));
  };
}
