/**
 * Compares pcapkit with tools that apt installs, in one run, as ratios.
 *
 * ```sh
 * deno task bench                              # everything: some fifteen minutes and 5 GB of temporary files
 * deno task bench --quick                      # small captures, few runs: whether it works, not figures
 * deno task bench --only text --only fields    # some comparisons
 * deno task bench --runs 9 --update-readme     # and the table in README.md
 * ```
 *
 * How it measures:
 *
 * - Programs are whole processes as a user starts them (`deno run --allow-read cli.ts …`), start-up included, output
 *   to `/dev/null`, files in the page cache.
 * - What is compared runs in turn (ours, peer, ours, peer …), so that the machine's moods meet both. The figure is the
 *   minimum over the runs. Slow peers run less often and on the first part of the file; then packets or bytes a second
 *   are compared, which is to the peer's advantage as far as its start-up is spread over less, and said in the table.
 * - CPU seconds decide (user and system, all threads, by wait4); wall seconds are recorded as well.
 * - Everything runs on one and the same processor at ordinary priority (`--no-pin` lifts that). V8 compiles and
 *   collects garbage on other threads, tshark and tcpdump have one: on one processor, ours gains no wall time from
 *   that and its CPU seconds hold all of it. Memory alone is measured without that, since it depends on when the
 *   collector gets its turn.
 * - The temporary files are removed, and what runs is ended, however the program ends.
 *
 * A full run writes `bench/results/latest.json`.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "@std/cli/parse-args";
import { type CaptureKind, generate } from "./_captures.ts";
import {
  allowedCpus,
  findProgram,
  Host,
  type Machine,
  machine,
  type Run,
  RunError,
} from "./_host.ts";
import { FIVE, STAGE_TITLES, STAGES, type StageTime } from "./stages.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const CLI = `${ROOT}cli.ts`;
const LATEST = `${ROOT}bench/results/latest.json`;

/** What was asked for. */
interface Plan {
  readonly quick: boolean;
  readonly only: readonly string[];
  /** Runs of each side. */
  readonly runs: number;
  /** Runs of slow peers. */
  readonly slowRuns: number;
  readonly cpu: number | undefined;
}

/** One program in a comparison. */
interface Side {
  /** As the table calls it. */
  readonly title: string;
  readonly command: readonly string[];
  /** Packets it gets through. */
  readonly packets: number;
  readonly runs: number;
  /** The bytes written are wanted: one run more, whose output is counted. */
  readonly counted?: boolean;
  /** Runs on any processor. */
  readonly free?: boolean;
  /** Why it cannot run. */
  readonly missing?: string | undefined;
}

/** What a side took. */
interface Taken {
  readonly title: string;
  readonly packets: number;
  /** Bytes of output, if they were counted. */
  readonly bytes: number;
  /** Minima over the runs. */
  readonly cpu: number;
  readonly wall: number;
  /** Maximum over the runs. */
  readonly peak: number;
  readonly runs: readonly Run[];
  /** Why there is nothing. */
  readonly missing?: string;
}

/** A line of the table. */
interface Row {
  readonly group: string;
  readonly what: string;
  readonly ours: string;
  readonly peer: string;
  /** How many times as fast (for start-up: as long), by CPU and by wall time. */
  readonly cpuRatio?: number;
  readonly wallRatio?: number;
  readonly goal: string;
  /** Absent if there is no goal or no figure. */
  readonly met?: boolean;
  readonly runs: string;
}

/** A group of comparisons: its rows, and what they were made from. */
interface Group {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<Row[]>;
}

/** What groups work with. */
class Bench {
  readonly taken: Record<string, Taken[]> = {};
  readonly stages: (StageTime & { readonly capture: string })[] = [];
  readonly captures: Record<string, { packets: number; bytes: number }> = {};
  readonly #paths = new Map<string, string>();

  constructor(
    readonly plan: Plan,
    readonly host: Host,
    readonly folder: string,
  ) {}

  /** A generated capture, made when first asked for. */
  capture(kind: CaptureKind, packets: number): string {
    const name = `${kind}-${packets}`;
    let path = this.#paths.get(name);
    if (path === undefined) {
      path = `${this.folder}/${name}.pcap`;
      say(`generating ${name}`);
      const made = generate(kind, path, packets);
      this.captures[name] = { packets, bytes: made.fileBytes };
      this.#paths.set(name, path);
    }
    warm(path);
    return path;
  }

  /** The first packets of a generated capture as a file. */
  prefix(kind: CaptureKind, packets: number, of: number): string {
    if (packets >= of) return this.capture(kind, of);
    const name = `${kind}-${packets}-of-${of}`;
    let path = this.#paths.get(name);
    if (path === undefined) {
      path = `${this.folder}/${name}.pcap`;
      const bytes = cut(this.capture(kind, of), path, packets);
      this.captures[name] = { packets, bytes };
      this.#paths.set(name, path);
    }
    warm(path);
    return path;
  }

  /** Removes a large capture that is not needed any more. */
  forget(path: string): void {
    for (const [name, made] of this.#paths) if (made === path) this.#paths.delete(name);
    Deno.removeSync(path);
  }

  /** Runs sides in turn until each had its runs. */
  async compare(group: string, sides: readonly Side[]): Promise<Taken[]> {
    const runs: Run[][] = sides.map(() => []);
    const missing = sides.map((side) => side.missing);
    const bytes = sides.map(() => 0);
    const rounds = Math.max(...sides.map((side) => side.runs));
    const attempt = async (i: number, output: "null" | "count"): Promise<Run | undefined> => {
      const side = sides[i];
      say(`${group}: ${side.title}${output === "count" ? ", counting its output" : ""}`);
      const { cpu } = this.plan;
      try {
        return await this.host.run(side.command, {
          ...(side.free ? {} : { cpu }),
          output,
          folder: this.folder,
        });
      } catch (error) {
        if (!(error instanceof RunError) || this.host.stopped) throw error;
        missing[i] = error.message;
        console.error(error.message);
        return undefined;
      }
    };
    for (let i = 0; i < sides.length; i++) {
      if (!sides[i].counted || missing[i] !== undefined) continue;
      bytes[i] = (await attempt(i, "count"))?.bytes ?? 0;
    }
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < sides.length; i++) {
        if (round >= sides[i].runs || missing[i] !== undefined) continue;
        const run = await attempt(i, "null");
        if (run) runs[i].push(run);
      }
    }
    const taken = sides.map((side, i): Taken => ({
      title: side.title,
      packets: side.packets,
      bytes: bytes[i],
      cpu: Math.min(...runs[i].map((run) => run.cpu)),
      wall: Math.min(...runs[i].map((run) => run.wall)),
      peak: Math.max(...runs[i].map((run) => run.peak)),
      runs: runs[i],
      ...(missing[i] === undefined ? {} : { missing: missing[i] }),
    }));
    this.taken[group] = [...this.taken[group] ?? [], ...taken];
    return taken;
  }

  /** A side of ours. */
  ours(title: string, packets: number, args: readonly string[], more: Partial<Side> = {}): Side {
    const command = [Deno.execPath(), "run", "--allow-read", CLI, ...args];
    return { title, command, packets, runs: this.plan.runs, ...more };
  }

  /** A side of others; `missing` if the program is not installed. */
  peer(title: string, packets: number, command: string[], more: Partial<Side> = {}): Side {
    const found = findProgram(command[0]) !== undefined;
    return {
      title,
      command,
      packets,
      runs: this.plan.runs,
      missing: found ? undefined : "not installed",
      ...more,
    };
  }
}

/** The line of a comparison in which more packets (or bytes) a CPU second are better. */
function rateRow(
  group: string,
  what: string,
  [ours, peer]: readonly [Taken, Taken],
  goal: number | undefined,
  by: "packets" | "bytes" = "packets",
): Row {
  const lacking = ours.missing ?? peer.missing;
  const goalText = goal === undefined ? "" : `≥ ${goal}×`;
  if (lacking !== undefined) {
    const peerText = `${peer.title}: ${peer.missing ?? "no figure"}`;
    return { group, what, ours: ours.missing ?? "", peer: peerText, goal: goalText, runs: "" };
  }
  const cpuRatio = (ours[by] / ours.cpu) / (peer[by] / peer.cpu);
  const wallRatio = (ours[by] / ours.wall) / (peer[by] / peer.wall);
  const show = by === "packets" ? packetRate : byteRate;
  return {
    group,
    what,
    ours: show(ours[by] / ours.cpu),
    peer: `${peer.title}: ${show(peer[by] / peer.cpu)}`,
    cpuRatio,
    wallRatio,
    goal: goalText,
    ...(goal === undefined ? {} : { met: cpuRatio >= goal }),
    runs: `${ours.runs.length}/${peer.runs.length}`,
  };
}

const ndjsonGroup: Group = {
  name: "ndjson",
  title: "all fields as NDJSON",
  async run(bench) {
    const { quick, slowRuns } = bench.plan;
    const few = quick ? 20_000 : 100_000;
    const many = quick ? 100_000 : 1_000_000;
    const small = bench.capture("mix", few);
    const large = bench.capture("mix", many);
    const head = bench.prefix("mix", few, many);
    const json = (path: string): string[] => ["tshark", "-n", "-r", path, "-T", "json"];
    const sides = await bench.compare("ndjson", [
      bench.ours(`ndjson, ${k(few)}`, few, [small, "-f", "ndjson"], { counted: true }),
      bench.peer("`tshark -n -T json`", few, json(small), { runs: slowRuns, counted: true }),
      bench.ours(`ndjson, ${k(many)}`, many, [large, "-f", "ndjson"], { counted: true }),
      bench.peer(`\`tshark -n -T json\` (first ${k(few)})`, few, json(head), {
        runs: slowRuns,
        counted: true,
      }),
    ]);
    return [
      rateRow("ndjson", `NDJSON, all fields, ${k(few)} packets`, [sides[0], sides[1]], 30),
      rateRow(
        "ndjson",
        `NDJSON, bytes written, ${k(many)} packets`,
        [sides[2], sides[3]],
        8,
        "bytes",
      ),
    ];
  },
};

const textGroup: Group = {
  name: "text",
  title: "a line of text a packet",
  async run(bench) {
    const { quick, runs } = bench.plan;
    const some = quick ? 20_000 : 200_000;
    const many = quick ? 100_000 : 1_000_000;
    const large = bench.capture("mix", many);
    const head = bench.prefix("mix", some, many);
    const few = Math.min(runs, 3);
    const sides = await bench.compare("text", [
      bench.ours("text", many, [large, "-f", "text"]),
      bench.peer("`tcpdump -nn -r`", many, ["tcpdump", "-nn", "-r", large], { runs: few }),
      bench.peer(`\`tshark -n -r\` (first ${k(some)})`, some, ["tshark", "-n", "-r", head], {
        runs: few,
      }),
    ]);
    const what = `text, ${k(many)} packets`;
    return [
      rateRow("text", what, [sides[0], sides[2]], 6),
      rateRow("text", what, [sides[0], sides[1]], 6),
    ];
  },
};

const bpfGroup: Group = {
  name: "bpf",
  title: "a capture filtered by an expression",
  async run(bench) {
    const many = bench.plan.quick ? 100_000 : 1_000_000;
    const large = bench.capture("mix", many);
    const rows: Row[] = [];
    for (const filter of ["tcp port 80", "ip6 and udp"]) {
      const sides = await bench.compare("bpf", [
        {
          title: `convert --bpf '${filter}'`,
          packets: many,
          runs: bench.plan.runs,
          command: [Deno.execPath(), "run", "--allow-read", "--allow-ffi", CLI]
            .concat(["convert", large, "-", "--to", "pcap", "--bpf", filter]),
        },
        bench.peer("`tcpdump -r -w`", many, ["tcpdump", "-r", large, "-w", "-", filter]),
      ]);
      rows.push(
        rateRow("bpf", `filter \`${filter}\`, ${k(many)} packets`, [sides[0], sides[1]], 1),
      );
    }
    return rows;
  },
};

const fieldsGroup: Group = {
  name: "fields",
  title: "five fields as columns",
  async run(bench) {
    const { quick, slowRuns } = bench.plan;
    const few = quick ? 20_000 : 100_000;
    const many = quick ? 100_000 : 1_000_000;
    const large = bench.capture("mix", many);
    const head = bench.prefix("mix", few, many);
    const chosen = FIVE.flatMap((field) => ["-e", field]);
    const sides = await bench.compare("fields", [
      bench.ours("fields", many, ["fields", large, ...chosen]),
      bench.peer(
        `\`tshark -n -T fields\` (first ${k(few)})`,
        few,
        ["tshark", "-n", "-r", head, "-T", "fields", ...chosen],
        { runs: slowRuns },
      ),
    ]);
    return [rateRow("fields", `five fields, ${k(many)} packets`, [sides[0], sides[1]], 15)];
  },
};

const layersGroup: Group = {
  name: "layers",
  title: "the layers of every packet",
  async run(bench) {
    const { quick, runs } = bench.plan;
    const many = quick ? 100_000 : 1_000_000;
    const built = await buildFlows(bench);
    const rows: Row[] = [];
    for (const kind of ["mix", "tiny64"] as const) {
      const path = bench.capture(kind, many);
      const script = `${ROOT}bench/_layers.ts`;
      const sides = await bench.compare("layers", [
        {
          title: `layers, ${kind}`,
          command: [Deno.execPath(), "run", "--allow-read", script, path],
          packets: many,
          runs,
        },
        {
          title: "C loop on libpcap, flows",
          command: [built.path, path],
          packets: many,
          runs,
          missing: built.missing,
        },
      ]);
      rows.push(
        rateRow("layers", `layers of ${k(many)} packets (${kind})`, [sides[0], sides[1]], 1),
      );
    }
    return rows;
  },
};

const flowsGroup: Group = {
  name: "flows",
  title: "packets and bytes of each flow",
  async run(bench) {
    const { quick, runs, slowRuns } = bench.plan;
    const built = await buildFlows(bench);
    const { python } = bench.host;
    const dpkt = await bench.host.line([python, "-c", "import dpkt; print(1)"]);
    const script = `${ROOT}bench/peers/flows_dpkt.py`;
    const rows: Row[] = [];
    // What the peers print: three numbers.
    const total = (path: string): string[] => ["flows", path, "--total"];
    const cases = [
      { kind: "mix", many: quick ? 100_000 : 1_000_000, few: quick ? 20_000 : 1_000_000, goal: 25 },
      {
        kind: "tiny64",
        many: quick ? 500_000 : 5_000_000,
        few: quick ? 50_000 : 500_000,
        goal: 60,
      },
      { kind: "mix-ng", many: quick ? 100_000 : 1_000_000, few: 0, goal: 0 },
    ] as const;
    for (const { kind, many, few, goal } of cases) {
      const path = bench.capture(kind, many);
      const head = few > 0 ? bench.prefix(kind, few, many) : path;
      const sides = await bench.compare("flows", [
        bench.ours(`flows, ${kind}`, many, total(path)),
        {
          title: "C loop on libpcap",
          command: [built.path, path],
          packets: many,
          runs,
          missing: built.missing,
        },
        {
          title: few < many ? `Python dpkt (first ${k(few)})` : "Python dpkt",
          command: [python, script, head],
          packets: few,
          runs: few > 0 ? slowRuns : 0,
          missing: dpkt === undefined ? "not installed" : undefined,
        },
        bench.ours("with npm:pcap-parser", many, [...total(path), "--framer", "pcap-parser"], {
          runs: kind === "mix" ? slowRuns : 0,
        }),
      ]);
      const what = `flows of ${k(many)} packets (${kind})`;
      rows.push(rateRow("flows", what, [sides[0], sides[1]], 1));
      if (goal > 0) rows.push(rateRow("flows", what, [sides[0], sides[2]], goal));
      if (kind === "mix") rows.push(rateRow("flows", what, [sides[0], sides[3]], undefined));
    }
    const few = 10_000;
    const path = bench.capture("mix", few);
    const sides = await bench.compare("flows", [
      bench.ours(`flows, ${k(few)}`, few, ["flows", path, "--bidirectional"]),
      bench.peer(
        "`tshark -n -q -z conv,…`",
        few,
        ["tshark", "-n", "-q", "-r", path, "-z", "conv,tcp", "-z", "conv,udp"],
      ),
    ]);
    rows.push(rateRow("flows", `conversations of ${k(few)} packets`, [sides[0], sides[1]], 4));
    return rows;
  },
};

/** Compiles the C peer, if that is possible here. */
async function buildFlows(bench: Bench): Promise<{ path: string; missing?: string }> {
  const path = `${bench.folder}/flows_libpcap`;
  if (findProgram("gcc") === undefined) return { path, missing: "gcc is not installed" };
  const source = `${ROOT}bench/peers/flows_libpcap.c`;
  try {
    await bench.host.run(["gcc", "-O3", "-march=native", "-o", path, source, "-lpcap"]);
    return { path };
  } catch (error) {
    if (!(error instanceof RunError) || bench.host.stopped) throw error;
    const header = error.message.includes("pcap.h") || error.message.includes("-lpcap");
    return { path, missing: header ? "libpcap-dev is not installed" : error.message };
  }
}

const startGroup: Group = {
  name: "start",
  title: "start-up",
  async run(bench) {
    const empty = `${bench.folder}/empty.ts`;
    Deno.writeTextFileSync(empty, "");
    const runs = 4 * bench.plan.runs;
    const [ours, peer] = await bench.compare("start", [
      bench.ours("--version", 0, ["--version"], { runs }),
      { title: "empty script", command: [Deno.execPath(), "run", empty], packets: 0, runs },
    ]);
    const lacking = ours.missing ?? peer.missing;
    const goal = "< 2× as long";
    const what = "`--version`";
    if (lacking !== undefined) {
      return [{ group: "start", what, ours: lacking, peer: "", goal, runs: "" }];
    }
    const cpuRatio = ours.cpu / peer.cpu;
    const wallRatio = ours.wall / peer.wall;
    return [{
      group: "start",
      what,
      ours: milliseconds(ours.cpu),
      peer: `empty \`deno run\`: ${milliseconds(peer.cpu)}`,
      cpuRatio,
      wallRatio,
      goal,
      met: cpuRatio < 2 && wallRatio < 2,
      runs: `${ours.runs.length}/${peer.runs.length}`,
    }];
  },
};

const PEAK_GOAL = 80 * 1024 * 1024;
/** Peaks differ from run to run by some MiB: the collector decides when. */
const PEAK_SAME = 8 * 1024 * 1024;

const memoryGroup: Group = {
  name: "memory",
  title: "peak memory of NDJSON, and of flows",
  async run(bench) {
    // 786 bytes a packet in the file: 1 GB and 4 GB.
    const counts = bench.plan.quick ? [50_000, 200_000] : [1_300_000, 5_200_000];
    const peaks: number[] = [];
    const flowPeaks: number[] = [];
    const sizes: string[] = [];
    for (const count of counts) {
      const path = bench.capture("mix", count);
      const size = `${(Deno.statSync(path).size / 1e9).toFixed(2)} GB`;
      const [ours, flows] = await bench.compare("memory", [
        bench.ours(`ndjson, ${size}`, count, [path, "-f", "ndjson"], { runs: 1, free: true }),
        bench.ours(`flows, ${size}`, count, ["flows", path], { runs: 1, free: true }),
      ]);
      bench.forget(path);
      peaks.push(ours.missing === undefined ? ours.peak : NaN);
      flowPeaks.push(flows.missing === undefined ? flows.peak : NaN);
      sizes.push(size);
    }
    const row = (what: string, found: readonly number[], same: boolean): Row => ({
      group: "memory",
      what: `peak memory of ${what}, ${sizes.join(" and ")}`,
      ours: found.map(mebibytes).join(" and "),
      peer: "",
      goal: same ? "≤ 80 MiB, the same" : "≤ 80 MiB",
      met: Math.max(...found) <= PEAK_GOAL &&
        (!same || Math.abs(found[1] - found[0]) <= PEAK_SAME),
      runs: "1",
    });
    // Flows are kept, so their memory follows their number.
    return [row("NDJSON", peaks, true), row("flows", flowPeaks, false)];
  },
};

const pythonGroup: Group = {
  name: "python",
  title: "dpkt and scapy, for the record",
  async run(bench) {
    const { quick, runs, slowRuns } = bench.plan;
    const few = quick ? 10_000 : 100_000;
    const path = bench.capture("mix", few);
    const { python } = bench.host;
    const peer = async (name: string, sideRuns: number): Promise<Side> => ({
      title: name,
      command: [python, `${ROOT}bench/peers/flows_${name}.py`, path],
      packets: few,
      runs: sideRuns,
      missing: await bench.host.line([python, "-c", `import ${name}; print(1)`]) === undefined
        ? "not installed"
        : undefined,
    });
    const [ours, dpkt, scapy] = await bench.compare("python", [
      bench.ours("ndjson", few, [path, "-f", "ndjson"]),
      await peer("dpkt", Math.min(runs, 3)),
      await peer("scapy", Math.min(slowRuns, 1)),
    ]);
    const what = `NDJSON, ${k(few)} packets; the peer counts flows`;
    return [
      rateRow("python", what, [ours, dpkt], undefined),
      rateRow("python", what, [ours, scapy], undefined),
    ];
  },
};

const stagesGroup: Group = {
  name: "stages",
  title: "stages apart, in one process",
  async run(bench) {
    const seconds = bench.plan.quick ? "0.5" : "3";
    for (const kind of ["mix", "tiny64"] as const) {
      const path = bench.capture(kind, 100_000);
      for (const stage of STAGES) {
        say(`stages: ${stage}, ${kind}`);
        const script = `${ROOT}bench/stages.ts`;
        const args = [path, "--stage", stage, "--seconds", seconds, "--json"];
        const { output } = await bench.host.run(
          [Deno.execPath(), "run", "--allow-read", script, ...args],
          { cpu: bench.plan.cpu, output: "keep", folder: bench.folder },
        );
        bench.stages.push({ ...JSON.parse(output) as StageTime, capture: kind });
      }
    }
    return [];
  },
};

const GROUPS: readonly Group[] = [
  startGroup,
  layersGroup,
  flowsGroup,
  fieldsGroup,
  textGroup,
  bpfGroup,
  ndjsonGroup,
  pythonGroup,
  stagesGroup,
  memoryGroup,
];

/** Reads a file once, so that it is in the page cache. */
function warm(path: string): void {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(1 << 20);
  while (file.readSync(buffer) !== null);
}

/** Copies the header and the first packets of a little-endian pcap file; answers the bytes copied. */
function cut(from: string, to: string, packets: number): number {
  using input = Deno.openSync(from);
  using output = Deno.openSync(to, { write: true, create: true, truncate: true });
  const buffer = new Uint8Array(1 << 20);
  const view = new DataView(buffer.buffer);
  let base = 0;
  let length = 0;
  let next = 24;
  for (let i = 0; i < packets; i++) {
    if (next + 16 > base + length) {
      input.seekSync(next, Deno.SeekMode.Start);
      base = next;
      length = input.readSync(buffer) ?? 0;
      if (length < 16) break;
    }
    next += 16 + view.getUint32(next - base + 8, true);
  }
  input.seekSync(0, Deno.SeekMode.Start);
  for (let left = next; left > 0;) {
    const got = input.readSync(buffer.subarray(0, Math.min(left, buffer.length)));
    if (got === null) break;
    for (let done = 0; done < got;) done += output.writeSync(buffer.subarray(done, got));
    left -= got;
  }
  return next;
}

function say(text: string): void {
  console.error(`${new Date().toTimeString().slice(0, 8)}  ${text}`);
}

function k(packets: number): string {
  return packets.toLocaleString("en-US");
}
function packetRate(rate: number): string {
  return rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M/s` : `${(rate / 1e3).toFixed(1)} k/s`;
}
function byteRate(rate: number): string {
  return `${(rate / 1e6).toFixed(0)} MB/s`;
}
function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
function mebibytes(bytes: number): string {
  return Number.isFinite(bytes) ? `${(bytes / 1024 / 1024).toFixed(0)} MiB` : "no figure";
}
function times(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  return `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1)}×`;
}

/** A table in Markdown, as `deno fmt` leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((h, c) => Math.max(3, h.length, ...rows.map((row) => row[c].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, c) => cell.padEnd(widths[c])).join(" | ")} |`;
  return [line(head), line(widths.map((w) => "-".repeat(w))), ...rows.map(line)].join("\n");
}

/** The result in Markdown: comparisons, stages, and where they were measured. */
function markdown(result: Result): string {
  const parts: string[] = [];
  if (result.rows.length > 0) {
    parts.push(table(
      ["what", "ours", "peer", "CPU", "wall", "goal", "met"],
      result.rows.map((row) => [
        row.what,
        row.ours,
        row.peer,
        times(row.cpuRatio),
        times(row.wallRatio),
        row.goal,
        row.met === undefined ? "" : row.met ? "yes" : "no",
      ]),
    ));
  }
  if (result.stages.length > 0) {
    const captures = [...new Set(result.stages.map((s) => s.capture))];
    parts.push(table(
      ["stage, warm", ...captures.map((c) => `${c}, ns/packet`)],
      STAGES.map((stage) => [
        STAGE_TITLES[stage],
        ...captures.map((c) =>
          result.stages.find((s) => s.stage === stage && s.capture === c)?.ns.toFixed(0) ?? ""
        ),
      ]),
    ));
  }
  const { machine, versions } = result;
  const tools = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  parts.push(
    `${result.date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ` +
      `${(machine.memory / 2 ** 30).toFixed(0)} GiB, load ${result.load.join(" to ")}` +
      `${result.pinned ? ", on one of the cores" : ""}; ${tools}.`,
  );
  return parts.join("\n\n");
}

/** What `latest.json` holds. */
interface Result {
  readonly date: string;
  readonly commit: string;
  readonly quick: boolean;
  readonly pinned: boolean;
  readonly runs: number;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Load average over a minute, before and after. */
  readonly load: readonly string[];
  readonly captures: Bench["captures"];
  readonly rows: readonly Row[];
  readonly stages: Bench["stages"];
  readonly taken: Bench["taken"];
}

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

async function commit(host: Host): Promise<string> {
  const git = ["git", "-C", ROOT];
  const id = await host.line([...git, "rev-parse", "--short", "HEAD"]);
  if (id === undefined) return "";
  return await host.line([...git, "status", "--porcelain", "-uno"]) === "" ? id : `${id}, changed`;
}

/** Puts the table between its markers in README.md. */
function updateReadme(text: string): void {
  const path = `${ROOT}README.md`;
  const begin = "<!-- bench:begin -->";
  const end = "<!-- bench:end -->";
  const readme = Deno.readTextFileSync(path);
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) {
    console.error(`README.md has no ${begin} and ${end}: nothing was changed in it`);
    return;
  }
  Deno.writeTextFileSync(
    path,
    `${readme.slice(0, from + begin.length)}\n\n${text}\n\n${readme.slice(to)}`,
  );
}

function write(path: string, result: Result): void {
  const slash = path.lastIndexOf("/");
  if (slash > 0) Deno.mkdirSync(path.slice(0, slash), { recursive: true });
  Deno.writeTextFileSync(path, JSON.stringify(result, null, 2) + "\n");
}

function usage(message: string): never {
  console.error(message);
  console.error(
    "Usage: run.ts [--quick] [--only NAME]… [--runs N] [--no-pin] [--json FILE] [--update-readme]",
  );
  console.error(`Names are ${GROUPS.map((group) => group.name).join(", ")}.`);
  Deno.exit(2);
}

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, {
    string: ["only", "runs", "json"],
    boolean: ["quick", "pin", "update-readme"],
    negatable: ["pin"],
    collect: ["only"],
    default: { pin: true },
    unknown: (arg) => usage(`Unknown argument ${arg}`),
  });
  const only = flags.only.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !GROUPS.some((group) => group.name === name));
  if (unknown !== undefined) usage(`There is no comparison "${unknown}"`);
  const runs = flags.runs === undefined ? (flags.quick ? 2 : 5) : Number(flags.runs);
  if (!Number.isInteger(runs) || runs < 1) usage(`Cannot use --runs ${flags.runs}`);
  const whole = !flags.quick && only.length === 0;
  if (flags["update-readme"] && !whole) usage("--update-readme needs a full run");
  const planned = {
    quick: flags.quick,
    only,
    runs,
    slowRuns: Math.min(runs, flags.quick ? 1 : 2),
  };

  await using host = Host.open();
  let interrupted = false;
  const stop = (): void => {
    interrupted = true;
    host.stop();
  };
  const signals: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  const folder = Deno.makeTempDirSync({ prefix: "pcapkit-bench-" });
  // tcpdump gives up being root before it reads.
  Deno.chmodSync(folder, 0o755);
  try {
    for (const signal of signals) Deno.addSignalListener(signal, stop);
    const before = Deno.loadavg()[0];
    const plan: Plan = {
      ...planned,
      cpu: flags.pin ? (await allowedCpus(host)).at(-1) : undefined,
    };
    const bench = new Bench(plan, host, folder);
    const found = await versions(host);
    const rows: Row[] = [];
    for (const group of GROUPS) {
      if (only.length > 0 && !only.includes(group.name)) continue;
      rows.push(...await group.run(bench));
    }
    const result: Result = {
      date: new Date().toISOString(),
      commit: await commit(host),
      quick: plan.quick,
      pinned: plan.cpu !== undefined,
      runs,
      machine: await machine(host),
      versions: found,
      load: [before, Deno.loadavg()[0]].map((load) => load.toFixed(1)),
      captures: bench.captures,
      rows,
      stages: bench.stages,
      taken: bench.taken,
    };
    const text = markdown(result);
    console.log(text);
    if (flags.json !== undefined) write(flags.json, result);
    if (whole) write(LATEST, result);
    if (flags["update-readme"]) updateReadme(text);
    return 0;
  } catch (error) {
    if (interrupted) return 130;
    if (!(error instanceof RunError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, stop);
    host.stop();
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
