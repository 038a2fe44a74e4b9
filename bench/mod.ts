/**
 * The benchmark: our engines, strategies and framers side by side with the programs of others that are installed, in one
 * run, on generated and given captures.
 *
 * - Programs are whole processes (`measure.ts`), and those that do a job take turns.
 * - Slow ones get the first part of the capture; seconds a packet are compared then, and the tables say so.
 * - Whoever has one thread is bound to one and the same processor, so that what V8, tshark or tcpdump do on other threads
 *   is in their time; strategies with workers have them all. Peak memory of goals is measured without that: it depends on
 *   when the collector gets its turn.
 * - Temporary files are removed, and what runs is ended, however the run ends.
 *
 * @module
 */
import type { Flag } from "../cli/flags.ts";
import { VERSION } from "../cli/version.ts";
import type { Kit } from "../kit.ts";
import type { CaptureKind } from "./_captures.ts";
import { type Capture, Captures } from "./captures.ts";
import { type Choice, commandLine, Contestants } from "./contestants.ts";
import { type Goal, GoalCells, goals, judge, type Verdict } from "./goals.ts";
import { allowedCpus, Host, type Machine, machine } from "./_host.ts";
import type { JobName } from "./jobs.ts";
import { type Cell, Meter, type Missing, type Row } from "./measure.ts";
import { STAGES, type StageTime } from "./stages.ts";

/** What is asked of a benchmark. */
export interface BenchOptions {
  /** Captures to measure on, instead of generated ones. */
  readonly files?: readonly string[];
  /** Packets of a generated capture. */
  readonly packets: number;
  /** Folder in which generated captures are kept. */
  readonly captures?: string | undefined;
  /** Jobs to measure. */
  readonly jobs: readonly JobName[];
  /** Who takes part. */
  readonly choice: Choice;
  /** Threads for the strategies that take a number. */
  readonly workers: number;
  /** Runs of each at most. */
  readonly runs: number;
  /** Seconds of each, about; decides how many packets the slow get, too. */
  readonly seconds: number;
  /** Whether programs with one thread are bound to one processor. */
  readonly pin: boolean;
  /** Whether the stages are measured apart. */
  readonly stages: boolean;
  /** Whether the goals are measured. */
  readonly goals: boolean;
  /** Small captures: whether it works, not figures. */
  readonly quick: boolean;
  /** The kit, plug-ins included. */
  readonly kit: Kit;
  /** Plug-in modules. */
  readonly plugins: readonly string[];
  /** The flags of a command of ours. */
  readonly flags: (command: string) => readonly Flag[];
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told what is being done. */
  readonly say: (text: string) => void;
}

/** What a benchmark found. Written as JSON, and what tables and charts are made from. */
export interface Report {
  /** When it began, ISO 8601. */
  readonly date: string;
  /** Version of pcapkit. */
  readonly version: string;
  /** Commit of the checkout, and whether it was changed. */
  readonly commit?: string;
  /** Whether the figures mean nothing. */
  readonly quick: boolean;
  /** The machine. */
  readonly machine: Machine;
  /** Versions of programs; `not installed` where there is none. */
  readonly versions: Readonly<Record<string, string>>;
  /** Load average over a minute, before and after. */
  readonly load: readonly [before: number, after: number];
  /** Whether programs with one thread were bound to one processor. */
  readonly pinned: boolean;
  /** Seconds it took. */
  readonly seconds: number;
  /** The captures of `rows`, by name. */
  readonly captures: Readonly<Record<string, { readonly packets: number; readonly bytes: number }>>;
  /** What was measured. */
  readonly rows: readonly Row[];
  /** Who could not take part, and why. */
  readonly missing: readonly Missing[];
  /** Stages apart. */
  readonly stages: readonly (StageTime & { readonly capture: string })[];
  /** What came of the goals. */
  readonly goals: readonly Verdict[];
}

/** Part of the sizes that goals need which `quick` takes. */
const QUICK_SCALE = 1 / 500;
/** Seconds for one stage. */
const STAGE_SECONDS = 1.5;
/** Packets at least for the slow, if the capture has them. */
const PACKETS_LEAST = 1000;

/** Measures. Rejects with the signal's reason if that aborts. */
export async function bench(options: BenchOptions): Promise<Report> {
  const { signal, say } = options;
  const folder = Deno.makeTempDirSync({ prefix: "pcapkit-bench-" });
  let host: Host | undefined;
  const stop = (): void => host?.stop();
  signal.addEventListener("abort", stop);
  try {
    // tcpdump gives up being root before it reads.
    Deno.chmodSync(folder, 0o755);
    host = await Host.open(folder);
    signal.throwIfAborted();
    return await new Run(options, host).run();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await host?.[Symbol.asyncDispose]();
    say("");
    Deno.removeSync(folder, { recursive: true });
  }
}

/** One run of the benchmark. */
class Run {
  readonly #captures: Captures;
  readonly #contestants: Contestants;

  constructor(readonly options: BenchOptions, readonly host: Host) {
    const { kit, plugins, flags, workers, captures, say } = options;
    this.#captures = new Captures(host, captures, say);
    this.#contestants = new Contestants({ kit, plugins, flags, host, workers });
  }

  async run(): Promise<Report> {
    const { options, host } = this;
    const date = new Date();
    const before = Deno.loadavg()[0];
    const found = await versions(host);
    const cpu = options.pin ? (await allowedCpus(host)).at(-1) : undefined;
    const meter = new Meter(
      host,
      { runs: options.runs, seconds: options.seconds, cpu },
      options.say,
    );
    const captures = await this.#wanted();
    const wanted = options.goals ? goals(options.quick ? QUICK_SCALE : 1) : [];
    const large = wanted.filter((goal) => goal.large), small = wanted.filter((g) => !g.large);
    for (const group of (await this.#cells(captures, small)).values()) await meter.measure(group);
    const stages = options.stages ? await this.#stages(captures, cpu) : [];
    const verdicts = new Map<Goal, Verdict>();
    const goalCells = new GoalCells(this.#captures, this.#contestants);
    for (const goal of small) {
      verdicts.set(goal, judge(goal, await goalCells.of(goal), meter.rows, meter.missing));
    }
    for (const [i, goal] of large.entries()) {
      const its = await goalCells.of(goal);
      await meter.measure(its);
      verdicts.set(goal, judge(goal, its, meter.rows, meter.missing));
      const { kind, packets } = goal.ours;
      if (large[i + 1]?.ours.packets !== packets) await this.#captures.forget(kind, packets);
    }
    const rows = [...meter.rows.values()];
    const id = await commit(host);
    return {
      date: date.toISOString(),
      version: VERSION,
      ...(id === undefined ? {} : { commit: id }),
      quick: options.quick,
      machine: await machine(host),
      versions: found,
      load: [before, Deno.loadavg()[0]],
      pinned: cpu !== undefined,
      seconds: (Date.now() - date.getTime()) / 1000,
      captures: Object.fromEntries(
        captures.map(({ name, packets, bytes }) => [name, { packets, bytes }]),
      ),
      rows,
      missing: [
        ...new Map([...meter.missing.values()].map((m) => [`${m.job} ${m.title}`, m])).values(),
      ],
      stages,
      goals: wanted.map((goal) => verdicts.get(goal)!),
    };
  }

  /** The captures of the tables. */
  async #wanted(): Promise<Capture[]> {
    const { files = [], packets } = this.options;
    if (files.length > 0) return await Promise.all(files.map((f) => this.#captures.given(f)));
    return [await this.#captures.generated("mix", packets)];
  }

  /** What is measured for tables and goals, in groups that take turns. */
  async #cells(
    captures: readonly Capture[],
    wanted: readonly Goal[],
  ): Promise<Map<string, Cell[]>> {
    const { jobs, choice, seconds } = this.options;
    const groups = new Map<string, Cell[]>();
    const add = (cell: Cell): void => {
      const name = `${cell.contestant.job} ${cell.capture?.whole ?? ""}`;
      const group = groups.get(name);
      if (group) group.push(cell);
      else groups.set(name, [cell]);
    };
    const goalCells = new GoalCells(this.#captures, this.#contestants);
    for (const goal of wanted) for (const cell of await goalCells.of(goal)) add(cell);
    for (const job of jobs) {
      for (const capture of job === "start" ? [undefined] : captures) {
        const head = capture?.head ?? new Uint8Array();
        for (const contestant of await this.#contestants.of(job, head, choice)) {
          const most = share(seconds, contestant.pace);
          // What cannot take part needs no first part of the capture.
          const part = capture === undefined || contestant.missing !== undefined
            ? capture
            : await this.#captures.first(capture, most);
          add({ contestant, capture: part });
        }
      }
    }
    return groups;
  }

  /** The stages apart, each in a process of its own. */
  async #stages(
    captures: readonly Capture[],
    cpu: number | undefined,
  ): Promise<(StageTime & { capture: string })[]> {
    const { options, host } = this;
    const kinds: readonly CaptureKind[] = ["mix", "tiny64"];
    const own = options.files?.length
      ? captures
      : await Promise.all(kinds.map((kind) => this.#captures.generated(kind, options.packets)));
    const seconds = String(options.quick ? 0.1 : STAGE_SECONDS);
    const times: (StageTime & { capture: string })[] = [];
    for (const capture of own) {
      for (const stage of STAGES) {
        // Only walking is the engine's; the other stages are the same for all of them.
        const engines = stage === "walk" ? this.#walkers() : ["default"];
        for (const engine of engines) {
          options.say(`stages: ${stage}, ${engine}, ${capture.name}`);
          const { output } = await host.run([
            ...[Deno.execPath(), "run", "--allow-read", commandLine()],
            ...["bench", capture.path, "--in-process", stage, "--engine", engine],
            ...["--seconds", seconds],
            ...options.plugins.flatMap((plugin) => ["--plugin", plugin]),
          ], { ...(cpu === undefined ? {} : { cpu }), output: "keep", folder: host.folder });
          times.push({ ...JSON.parse(output) as StageTime, capture: capture.name });
        }
      }
    }
    return times;
  }

  /** Engines of our own threads. Those that ask whether they can run here have a process to wait for. */
  #walkers(): string[] {
    const { kit, choice } = this.options;
    const own = [...new Set(kit.engines.values())].filter((e) => e.available === undefined);
    return own.map((e) => e.name).filter((name) => choice.engines?.includes(name) ?? true);
  }
}

/** Packets that a program of so many microseconds a packet gets through in about so many seconds: 1, 2 or 5 times 10^n. */
function share(seconds: number, pace: number): number {
  if (pace <= 0) return Infinity;
  const most = Math.max(PACKETS_LEAST, seconds * 1e6 / pace);
  const power = 10 ** Math.floor(Math.log10(most));
  return power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
}

/** What is asked for its version, and how. */
async function versions(host: Host): Promise<Record<string, string>> {
  const found: Record<string, string> = { deno: Deno.version.deno, V8: Deno.version.v8 };
  const { python } = host;
  const ask: Record<string, string[]> = {
    tshark: ["tshark", "--version"],
    tcpdump: ["sh", "-c", "tcpdump --version 2>&1 | head -1"],
    libpcap: ["sh", "-c", "tcpdump --version 2>&1 | grep libpcap"],
    gcc: ["gcc", "-dumpfullversion"],
    python: [python, "--version"],
    dpkt: [python, "-c", "import dpkt; print(dpkt.__version__)"],
    scapy: [python, "-c", "import scapy; print(scapy.__version__)"],
  };
  for (const [name, command] of Object.entries(ask)) {
    const line = await host.line(command);
    found[name] = /\d+(\.\d+)+/.exec(line ?? "")?.[0] ?? "not installed";
  }
  return found;
}

/** The commit of the checkout this is in, if it is in one. */
async function commit(host: Host): Promise<string | undefined> {
  const root = new URL("../", import.meta.url);
  if (root.protocol !== "file:") return undefined;
  const git = ["git", "-C", decodeURIComponent(root.pathname)];
  const id = await host.line([...git, "rev-parse", "--short", "HEAD"]);
  if (id === undefined) return undefined;
  return await host.line([...git, "status", "--porcelain", "-uno"]) === "" ? id : `${id}, changed`;
}
