/**
 * Who does a job: our own engines, strategies and framers, as the kit and the command line's flags name them, and the
 * programs of others that are installed.
 *
 * @module
 */
import type { Flag } from "../cli/flags.ts";
import type { Kit } from "../kit.ts";
import { STRATEGIES } from "../workers/strategies.ts";
import { findProgram, type Host, onDisk, RunError } from "./_host.ts";
import { FILTERS, FIVE, JOB, type JobName } from "./jobs.ts";

/** Who does a job. */
export interface Who {
  /** The job. */
  readonly job: JobName;
  /** The program: `pcapkit`, or that of others. */
  readonly tool: string;
  /** What it is called in tables. */
  readonly title: string;
  /** Ours: engine. */
  readonly engine?: string;
  /** Ours: strategy; absent where the job knows none. */
  readonly strategy?: string;
  /** Ours: workers asked for. */
  readonly workers?: number;
  /** Ours: framer, if it is not the one that the file's first bytes ask for. */
  readonly framer?: string;
  /** Capture filter, for the job that has one. */
  readonly filter?: string;
}

/** Someone who does a job, and how. */
export interface Contestant extends Who {
  /** Whether it means to use several processors, so that it is not bound to one. */
  readonly threads: boolean;
  /** Microseconds a packet, about: decides how many packets it gets. A wrong figure costs time, not truth. */
  readonly pace: number;
  /** Why it cannot take part. */
  readonly missing?: string;
  /** The command that does the job to a file. */
  command(path: string): readonly string[];
}

/** What {@linkcode Contestants} needs to know. */
export interface Setting {
  /** The kit, plug-ins included. */
  readonly kit: Kit;
  /** Plug-in modules, which our commands are told of. */
  readonly plugins: readonly string[];
  /** The flags of a command of ours. */
  readonly flags: (command: string) => readonly Flag[];
  /** Runs programs. */
  readonly host: Host;
  /** Threads for the strategies that take a number. */
  readonly workers: number;
}

/** Which of ours take part; all if absent. */
export interface Choice {
  /** Engines by name. */
  readonly engines?: readonly string[] | undefined;
  /** Strategies by name. */
  readonly strategies?: readonly string[] | undefined;
  /** Framers by name. */
  readonly framers?: readonly string[] | undefined;
  /** Whether others take part. */
  readonly peers: boolean;
}

/** The framer that is an npm package. It is in no kit: whoever names it loads it. */
const NPM_FRAMER = "pcap-parser";

/** Microseconds a packet, about, by engine and job; what is not here is quick. */
const PACES: Readonly<Record<string, Partial<Record<JobName, number>>>> = {
  tshark: { layers: 300, flows: 60, fields: 60, text: 300, ndjson: 300 },
};

/** The contestants of each job. */
export class Contestants {
  readonly #setting: Setting;
  readonly #empty: string;
  #compiled: Promise<{ readonly path: string; readonly missing?: string }> | undefined;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#empty = `${setting.host.folder}/empty.ts`;
    Deno.writeTextFileSync(this.#empty, "");
  }

  /** All that take part in a job on a file that begins with `head`. */
  async of(job: JobName, head: Uint8Array, choice: Choice): Promise<Contestant[]> {
    const ours = await this.#ours(job, head, choice);
    return choice.peers ? [...ours, ...await this.#peers(job)] : ours;
  }

  /** One of ours. */
  async one(
    job: JobName,
    options: Pick<Contestant, "engine" | "strategy" | "workers" | "framer" | "filter"> = {},
  ): Promise<Contestant> {
    const { kit, plugins } = this.#setting;
    const { framer, filter } = options;
    const name = options.engine ?? "default";
    const engine = kit.engines.get(name);
    const flags = new Set(this.#setting.flags(JOB[job].command).map((f) => f.name));
    const known = job !== "layers" && flags.has("strategy");
    // What knows no strategies has one thread.
    const strategy = known || options.strategy !== "inline" ? options.strategy : undefined;
    const state = engine === undefined
      ? { available: false, reason: `there is no engine "${name}"` }
      : await engine.available?.() ?? { available: true };
    const missing = !state.available
      ? state.reason ?? "it is not available here"
      : strategy === undefined || known
      ? undefined
      : `the job ${job} knows no strategies`;
    const workers = strategy === "server"
      ? options.workers ?? this.#setting.workers
      : options.workers;
    const varied = NO_ENGINE.has(job) ? [] : ["-E", name];
    const args = [
      ...varied,
      ...(strategy === undefined ? [] : ["--strategy", strategy]),
      ...(workers === undefined ? [] : ["--workers", String(workers)]),
      ...(framer === undefined ? [] : ["--framer", framer]),
      ...(filter === undefined ? [] : ["--bpf", filter]),
      ...(flags.has("plugin") ? plugins.flatMap((p) => ["--plugin", p]) : []),
    ];
    // An engine that may be missing needs more than our own code: programs, libraries, what tells where they are.
    const allow = ["--allow-read"];
    if (engine?.available !== undefined) allow.push("--allow-run", "--allow-env", "--allow-sys");
    // Filters are compiled by libpcap, or else by tcpdump.
    if (filter !== undefined) allow.push("--allow-ffi");
    const title = [
      varied.length === 0 ? "pcapkit" : name,
      strategy === "inline"
        ? undefined
        : workers === undefined
        ? strategy
        : `${strategy} (${workers})`,
      framer,
      filter,
    ].filter((part) => part !== undefined).join(", ");
    return {
      job,
      tool: "pcapkit",
      title,
      ...(varied.length === 0 ? {} : { engine: name }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(workers === undefined ? {} : { workers }),
      ...(framer === undefined ? {} : { framer }),
      ...(filter === undefined ? {} : { filter }),
      threads: strategy !== undefined && strategy !== "inline",
      pace: PACES[name]?.[job] ?? 1,
      ...(missing === undefined ? {} : { missing }),
      command: (path) => [
        ...[Deno.execPath(), "run", ...allow, commandLine()],
        ...OURS[job](path),
        ...args,
      ],
    };
  }

  async #ours(job: JobName, head: Uint8Array, choice: Choice): Promise<Contestant[]> {
    if (job === "start") return [await this.one(job)];
    if (job === "bpf") return await Promise.all(FILTERS.map((filter) => this.one(job, { filter })));
    const { kit } = this.#setting;
    const flags = new Map(this.#setting.flags(JOB[job].command).map((f) => [f.name, f]));
    const known = [...new Set([...kit.engines.values()].map((e) => e.name))];
    const engines = NO_ENGINE.has(job) ? [undefined] : choice.engines ?? known;
    const strategies: readonly (string | undefined)[] = job !== "layers" && flags.has("strategy")
      ? choice.strategies ?? ordered(flags.get("strategy")?.choices)
      : [undefined];
    const framers: readonly (string | undefined)[] = flags.has("framer")
      ? choice.framers ?? [undefined, ...others(job, kit, head)]
      : choice.framers === undefined
      ? [undefined]
      : [];
    const found: Contestant[] = [];
    for (const framer of framers) {
      // Cutting is done before any thread gets anything: others than the usual framer are tried without threads,
      // unless both were asked for by name.
      const named = framer === undefined || choice.strategies !== undefined;
      for (const engine of engines) {
        for (const strategy of named ? strategies : strategies.slice(0, 1)) {
          found.push(
            await this.one(job, {
              ...(framer === undefined ? {} : { framer }),
              ...(engine === undefined ? {} : { engine }),
              ...(strategy === undefined ? {} : { strategy }),
            }),
          );
        }
      }
    }
    return found;
  }

  async #peers(job: JobName): Promise<Contestant[]> {
    const { host } = this.#setting;
    const installed = (title: string, pace: number, command: readonly string[]): Contestant => ({
      job,
      tool: command[0],
      title,
      threads: false,
      pace,
      ...(findProgram(command[0]) === undefined
        ? { missing: `not installed (apt install ${PACKAGES[command[0]] ?? command[0]})` }
        : {}),
      command: (path) => command.map((word) => word === FILE ? path : word),
    });
    const python = async (name: string, title: string, pace: number): Promise<Contestant> => {
      const script = await onDisk(`peers/${job}_${name}.py`, host.folder);
      const missing = await host.line([host.python, "-c", `import ${name}; print(1)`]) === "1"
        ? {}
        : { missing: `not installed (apt install python3-${name})` };
      const command = (path: string): readonly string[] => [host.python, script, path];
      return { job, tool: `python3-${name}`, title, threads: false, pace, ...missing, command };
    };
    switch (job) {
      case "start":
        return [{
          job,
          tool: "deno",
          title: "an empty script",
          threads: false,
          pace: 0,
          command: () => [Deno.execPath(), "run", this.#empty],
        }];
      case "frames":
        return [
          installed("capinfos -c", 0.3, ["capinfos", "-c", FILE]),
          await this.#npm(),
        ];
      case "layers":
        return [
          await this.#c(job, "C loop on libpcap, flows"),
          await python("scapy", "Scapy", 250),
        ];
      case "flows":
        return [
          await this.#c(job, "C loop on libpcap"),
          await python("dpkt", "Python dpkt", 20),
          await python("scapy", "Scapy", 220),
          installed("tshark -z conv", 18, [
            ...["tshark", "-n", "-q", "-r", FILE],
            ...["-z", "conv,tcp", "-z", "conv,udp"],
          ]),
        ];
      case "bpf":
        return FILTERS.map((filter) => ({
          ...installed(`tcpdump -w, ${filter}`, 0.5, [
            ...["tcpdump", "-r", FILE, "-w", "-", filter],
          ]),
          filter,
        }));
      case "fields": {
        const chosen = FIVE.flatMap((field) => ["-e", field]);
        return [
          installed("tshark -T fields", 36, [
            "tshark",
            "-n",
            "-r",
            FILE,
            "-T",
            "fields",
            ...chosen,
          ]),
        ];
      }
      case "text":
        return [
          installed("tshark -r", 13, ["tshark", "-n", "-r", FILE]),
          installed("tcpdump -nn", 6, ["tcpdump", "-nn", "-r", FILE]),
        ];
      case "ndjson":
        return [installed("tshark -T json", 370, ["tshark", "-n", "-r", FILE, "-T", "json"])];
    }
  }

  /** The C peer, compiled when first asked for. */
  async #c(job: JobName, title: string): Promise<Contestant> {
    this.#compiled ??= this.#compile();
    const { path, missing } = await this.#compiled;
    return {
      job,
      tool: "libpcap",
      title,
      threads: false,
      pace: 0.4,
      ...(missing === undefined ? {} : { missing }),
      command: (file) => [path, file],
    };
  }

  async #compile(): Promise<{ readonly path: string; readonly missing?: string }> {
    const { host } = this.#setting;
    const path = `${host.folder}/flows_libpcap`;
    if (findProgram("gcc") === undefined) {
      return { path, missing: "not compiled: no gcc (apt install gcc)" };
    }
    const source = await onDisk("peers/flows_libpcap.c", host.folder);
    try {
      await host.run(["gcc", "-O3", "-march=native", "-o", path, source, "-lpcap"]);
      return { path };
    } catch (error) {
      if (!(error instanceof RunError) || host.stopped) throw error;
      const header = error.message.includes("pcap.h") || error.message.includes("-lpcap");
      return {
        path,
        missing: `not compiled: ${
          header ? "no libpcap headers (apt install libpcap-dev)" : error.reason
        }`,
      };
    }
  }

  /** npm:pcap-parser by itself, if Deno has it. */
  async #npm(): Promise<Contestant> {
    const { host } = this.#setting;
    const script = await onDisk("peers/frames_pcap_parser.ts", host.folder);
    const command = (path: string): readonly string[] => [
      ...[Deno.execPath(), "run", "--cached-only", "--allow-read"],
      ...[script, path],
    ];
    // Without a file it says how it is used, which needs the package.
    const missing = await host.run(command("").slice(0, -1)).then(() => undefined, (error) => {
      if (!(error instanceof RunError) || host.stopped) throw error;
      return error.reason.startsWith("Usage") ? undefined : `npm:pcap-parser: ${error.reason}`;
    });
    return {
      job: "frames",
      tool: "npm:pcap-parser",
      title: "npm:pcap-parser",
      threads: false,
      pace: 1.5,
      ...(missing === undefined ? {} : { missing }),
      command,
    };
  }
}

/** Stands for the file in a command. */
const FILE = "\0";

/** Packages of Debian that programs are in, if they are called otherwise. */
const PACKAGES: Readonly<Record<string, string>> = { capinfos: "wireshark-common" };

/** Jobs for which nothing is dissected. */
const NO_ENGINE: ReadonlySet<JobName> = new Set<JobName>(["start", "frames", "bpf"]);

/** What does a job on our command line. */
const OURS: Readonly<Record<JobName, (path: string) => readonly string[]>> = {
  start: () => ["--version"],
  frames: (path) => ["info", path],
  layers: (path) => ["bench", path, "--in-process", "layers"],
  flows: (path) => ["flows", path, "--total"],
  bpf: (path) => ["convert", path, "-", "--to", "pcap"],
  fields: (path) => ["fields", path, ...FIVE.flatMap((field) => ["-e", field])],
  text: (path) => [path, "-f", "text"],
  ndjson: (path) => [path, "-f", "ndjson"],
};

/** The framers that could cut a file besides the usual one, for the jobs in which cutting is much of the work. */
function others(job: JobName, kit: Kit, head: Uint8Array): string[] {
  if (job !== "frames" && job !== "flows") return [];
  const able = [...kit.framers.values()].filter((f) => f.detect(head)).map((f) => f.name);
  return [...able.slice(1), NPM_FRAMER];
}

/** The strategies that a command knows, `inline` first: it is what the others are compared with. */
function ordered(choices: readonly string[] | undefined): string[] {
  const names = choices ?? STRATEGIES.map((s) => s.name);
  return ["inline", ...names.filter((name) => name !== "inline")];
}

/** Our command line as Deno runs it: a file of the checkout, or the package. */
export function commandLine(): string {
  const { href } = new URL("../cli.ts", import.meta.url);
  const [, name, version] = /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\/([^/]+)\//.exec(href) ?? [];
  if (name !== undefined) return `jsr:${name}@${version}/cli`;
  return href.startsWith("file:") ? decodeURIComponent(new URL(href).pathname) : href;
}
