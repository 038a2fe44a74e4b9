/**
 * Goals: what pcapkit promises about speed and memory, as cells to measure and ratios to check.
 *
 * @module
 */
import type { Captures } from "./captures.ts";
import type { CaptureKind } from "./_captures.ts";
import type { Contestant, Contestants } from "./contestants.ts";
import { FILTERS, JOB, type JobName } from "./jobs.ts";
import { type Cell, keyOf, type Missing, type Row } from "./measure.ts";

/** What is compared. */
type Measure =
  | "packets a CPU second"
  | "bytes written a CPU second"
  | "CPU seconds a packet"
  | "CPU seconds"
  | "wall seconds"
  | "peak memory";

/** Someone on a capture. */
interface Side {
  readonly job: JobName;
  /** One of ours, or another's tool. */
  readonly who:
    | Pick<Contestant, "engine" | "strategy" | "workers" | "filter">
    | Pick<Contestant, "tool" | "filter">;
  readonly kind: CaptureKind;
  readonly packets: number;
  /** Only so many of them. */
  readonly first?: number;
  readonly free?: boolean;
  readonly counted?: boolean;
  readonly runs?: number;
}

/** A promise. */
export interface Goal {
  /** The issue of the project's tracker that asks for it. */
  readonly issue: number;
  /** What is promised, without the figure. */
  readonly what: string;
  readonly by: Measure;
  /** Ours. */
  readonly ours: Side;
  /** What it is compared with; none for memory. */
  readonly other?: Side;
  /** The ratio (or bytes) must not be below this. */
  readonly least?: number;
  /** The ratio (or bytes) must not be above this. */
  readonly most?: number;
  /** Needs gigabytes: measured last, one capture at a time. */
  readonly large?: boolean;
}

/** What came of a goal. */
export interface Verdict {
  /** The issue that asks for it. */
  readonly issue: number;
  /** What is promised. */
  readonly goal: string;
  /** What it is measured by. */
  readonly by: string;
  /** The bound, as a table shows it. */
  readonly bound: string;
  /** Ratio, or bytes of memory; absent if it could not be measured. */
  readonly measured?: number;
  /** Absent if it could not be measured. */
  readonly met?: boolean;
  /** What was measured, or why it was not. */
  readonly note: string;
}

const MIB = 1024 * 1024;
/** Most memory of one thread, and with two workers. */
const ALONE_MIB = 80;
const WORKERS_MIB = 130;
/** Packets of `mix` in a gigabyte, rounded up. */
const GIGABYTE_PACKETS = 1_300_000;

/** Part of a capture. */
type On = Pick<Side, "kind" | "packets" | "first" | "free">;
type More = Pick<Side, "counted" | "runs">;

/** Our default engine on one thread, and our fast one. */
const DEFAULT = { engine: "default", strategy: "inline" };
const FAST = { engine: "dpkt", strategy: "inline" };

function our(job: JobName, who: Partial<typeof DEFAULT>, on: On, more: More = {}): Side {
  return { job, who, ...on, ...more };
}

function peer(job: JobName, tool: string, on: On, more: More = {}): Side {
  return { job, who: { tool }, ...on, ...more };
}

/** At least so many times the packets a CPU second. */
function rate(issue: number, what: string, ours: Side, other: Side, least: number): Goal {
  return { issue, what, by: "packets a CPU second", ours, other, least };
}

/** All goals. `scale` makes the captures smaller, to see whether it works; the figures then mean nothing. */
export function goals(scale = 1): readonly Goal[] {
  const n = (packets: number): number => Math.max(100, Math.round(packets * scale));
  const mix: On = { kind: "mix", packets: n(1e6) };
  const tiny: On = { kind: "tiny64", packets: n(5e6) };
  const first = (packets: number, of = mix): On => ({ ...of, first: n(packets) });
  const few = first(1e5);
  const once = { counted: true, runs: 1 };
  // One capture for all sizes: the smaller one is its first part.
  const gigabytes = (size: number): On => ({
    kind: "mix",
    packets: n(4 * GIGABYTE_PACKETS),
    ...(size < 4 ? { first: n(size * GIGABYTE_PACKETS) } : {}),
    free: true,
  });
  return [
    ...(["CPU seconds", "wall seconds"] as const).map((by): Goal => ({
      issue: 2,
      what: "`--version` against an empty `deno run`",
      by,
      ours: our("start", {}, { kind: "mix", packets: 0 }),
      other: peer("start", "deno", { kind: "mix", packets: 0 }),
      most: 2,
    })),
    rate(
      2,
      "`text` against `tshark -r`",
      our("text", DEFAULT, mix),
      peer("text", "tshark", first(2e5)),
      6,
    ),
    rate(
      2,
      "`text` against `tcpdump -nn`",
      our("text", DEFAULT, mix),
      peer("text", "tcpdump", first(5e5)),
      6,
    ),
    rate(
      2,
      "five fields against `tshark -T fields`",
      our("fields", DEFAULT, mix),
      peer("fields", "tshark", few),
      15,
    ),
    rate(
      2,
      "NDJSON against `tshark -T json`",
      our("ndjson", DEFAULT, few),
      peer("ndjson", "tshark", few, once),
      30,
    ),
    {
      issue: 2,
      what: "NDJSON against `tshark -T json`",
      by: "bytes written a CPU second",
      ours: our("ndjson", DEFAULT, mix, { counted: true }),
      other: peer("ndjson", "tshark", few, once),
      least: 8,
    },
    ...[mix, tiny].map((on) =>
      // The C loop counts flows there, too: it is what it can.
      rate(
        2,
        `layers of ${on.kind} against flows by a C loop on libpcap`,
        our("layers", { engine: "default" }, on),
        peer("layers", "libpcap", on),
        1,
      )
    ),
    rate(
      3,
      "flows of mix with `dpkt` against Python dpkt",
      our("flows", FAST, mix),
      peer("flows", "python3-dpkt", first(250_000)),
      25,
    ),
    rate(
      3,
      "flows of tiny64 with `dpkt` against Python dpkt",
      our("flows", FAST, tiny),
      peer("flows", "python3-dpkt", first(500_000, tiny)),
      60,
    ),
    ...[mix, { kind: "mix-ng", packets: n(1e6) } as const, tiny].map((on) =>
      rate(
        3,
        `flows of ${on.kind} with \`dpkt\` against a C loop on libpcap`,
        our("flows", FAST, on),
        peer("flows", "libpcap", on),
        1,
      )
    ),
    rate(
      3,
      "layers with `default` against Scapy",
      our("layers", { engine: "default" }, mix),
      peer("layers", "python3-scapy", first(2e4)),
      100,
    ),
    {
      issue: 3,
      what: "five fields by the engine `tshark` against `tshark -T fields`",
      by: "CPU seconds a packet",
      // Starting and compiling is 0.2 s of ours, which tells on a capture that takes tshark two seconds.
      ours: our("fields", { ...DEFAULT, engine: "tshark" }, mix, { runs: 1 }),
      other: peer("fields", "tshark", mix, { runs: 1 }),
      most: 1.15,
    },
    ...([
      ["flows", FAST, "tshark -z conv"],
      ["text", { ...DEFAULT, strategy: "auto" }, "tshark -r"],
    ] as const).map(([job, who, other]): Goal => ({
      issue: 3,
      what: `${job} of 10,000 packets, answered, against \`${other}\``,
      by: "wall seconds",
      ours: our(job, who, { ...first(1e4), free: true }),
      other: peer(job, "tshark", { ...first(1e4), free: true }),
      most: 1 / 4,
    })),
    ...FILTERS.map((filter) =>
      rate(
        4,
        `\`convert --bpf '${filter}'\` against \`tcpdump -r -w\``,
        { job: "bpf", who: { filter }, ...mix },
        { job: "bpf", who: { tool: "tcpdump", filter }, ...mix },
        1,
      )
    ),
    workersGoal("ndjson", DEFAULT, mix),
    { ...workersGoal("ndjson", DEFAULT, gigabytes(4)), large: true },
    // Flows of a million packets are no job of a second.
    { ...workersGoal("flows", FAST, gigabytes(4)), large: true },
    ...[1, 4].flatMap((size) =>
      ([["ndjson", DEFAULT], ["flows", FAST]] as const).flatMap(([job, who]) => [
        memoryGoal(job, who, gigabytes(size), size),
        memoryGoal(job, { ...who, strategy: "server", workers: 2 }, gigabytes(size), size),
      ])
    ),
    {
      issue: 2,
      what: "NDJSON of 4 GB against 1 GB, alone",
      by: "peak memory",
      ours: our("ndjson", DEFAULT, gigabytes(4)),
      other: our("ndjson", DEFAULT, gigabytes(1)),
      // Peaks differ from run to run by some MiB: the collector decides when.
      most: 1.1,
      large: true,
    },
  ];
}

function workersGoal(job: JobName, who: typeof DEFAULT, on: On): Goal {
  const free = { ...on, free: true };
  return {
    issue: 3,
    what: `${JOB[job].title}: two workers against one thread`,
    by: "wall seconds",
    ours: { job, who: { ...who, strategy: "server", workers: 2 }, ...free },
    other: our(job, who, free),
    most: 1 / 1.6,
  };
}

function memoryGoal(
  job: JobName,
  who: { readonly engine: string; readonly strategy: string; readonly workers?: number },
  on: On,
  gigabytes: number,
): Goal {
  const alone = who.workers === undefined;
  return {
    issue: job === "ndjson" && alone ? 2 : 3,
    what: `${JOB[job].title} of ${gigabytes} GB, ${alone ? "alone" : "two workers"}`,
    by: "peak memory",
    ours: { job, who, ...on },
    most: (alone ? ALONE_MIB : WORKERS_MIB) * MIB,
    large: true,
  };
}

/** The captures and contestants of goals, as cells. */
export class GoalCells {
  readonly #captures: Captures;
  readonly #contestants: Contestants;
  readonly #peers = new Map<JobName, Promise<Contestant[]>>();

  constructor(captures: Captures, contestants: Contestants) {
    this.#captures = captures;
    this.#contestants = contestants;
  }

  /** The cells of a goal: ours, and what it is compared with. */
  async of(goal: Goal): Promise<Cell[]> {
    const cells = [await this.#cell(goal.ours)];
    if (goal.other) cells.push(await this.#cell(goal.other));
    return cells;
  }

  async #cell(side: Side): Promise<Cell> {
    const { job, who, kind, packets, first } = side;
    const contestant = "tool" in who
      ? (await this.#peersOf(job)).find((c) => c.tool === who.tool && c.filter === who.filter)!
      : await this.#contestants.one(job, who);
    // What cannot take part needs no capture.
    const wanted = job !== "start" && contestant.missing === undefined;
    const whole = wanted ? await this.#captures.generated(kind, packets) : undefined;
    const capture = whole === undefined || first === undefined
      ? whole
      : await this.#captures.first(whole, first);
    return {
      contestant,
      capture,
      ...(side.free ? { free: true } : {}),
      ...(side.counted ? { counted: true } : {}),
      ...(side.runs === undefined ? {} : { runs: side.runs }),
    };
  }

  #peersOf(job: JobName): Promise<Contestant[]> {
    let peers = this.#peers.get(job);
    if (peers === undefined) {
      const nobody = { engines: [], strategies: [], framers: [], peers: true };
      this.#peers.set(job, peers = this.#contestants.of(job, new Uint8Array(), nobody));
    }
    return peers;
  }
}

/** Says whether a goal is met by what was measured of its cells. */
export function judge(
  goal: Goal,
  cells: readonly Cell[],
  rows: ReadonlyMap<string, Row>,
  missing: ReadonlyMap<string, Missing>,
): Verdict {
  const memory = goal.by === "peak memory" && goal.other === undefined;
  const bytes = (n: number): string => `${(n / MIB).toFixed(0)} MiB`;
  // A ratio of times is told as the times that ours is faster, where that is what is promised.
  const faster = !memory && goal.most !== undefined && goal.most < 1;
  const shown = (x: number): string => memory ? bytes(x) : `${x.toPrecision(3)}×`;
  const least = faster ? 1 / goal.most! : goal.least;
  const most = faster ? undefined : goal.most;
  const limit = least !== undefined ? `\u2265 ${shown(least)}` : `\u2264 ${shown(most!)}`;
  const base = { issue: goal.issue, goal: goal.what, by: goal.by, bound: limit };
  const found = cells.map((cell) => rows.get(keyOf(cell)));
  const lacking = cells.map((cell) => missing.get(keyOf(cell))).find((m) => m !== undefined);
  const [ours, other] = found;
  if (lacking || !ours || (goal.other && !other)) {
    const why = lacking ? `${lacking.title}: ${lacking.reason}` : "not measured";
    return { ...base, note: why };
  }
  const value = (row: Row): number => {
    switch (goal.by) {
      case "packets a CPU second":
        return row.packets / row.cpuSeconds;
      case "bytes written a CPU second":
        return (row.outputBytes ?? NaN) / row.cpuSeconds;
      case "CPU seconds a packet":
        return row.cpuSeconds / row.packets;
      case "CPU seconds":
        return row.cpuSeconds;
      case "wall seconds":
        return row.wallSeconds;
      case "peak memory":
        return row.peakBytes;
    }
  };
  const plain = other === undefined ? value(ours) : value(ours) / value(other);
  const measured = faster ? 1 / plain : plain;
  const met = least !== undefined ? measured >= least : measured <= most!;
  return { ...base, measured, met, note: describe(ours, other) };
}

function describe(ours: Row, other: Row | undefined): string {
  const on = (row: Row): string =>
    row.packets === 0
      ? ""
      : row.part
      ? `first ${row.packets.toLocaleString("en-US")} of ${row.capture}`
      : row.capture;
  if (other === undefined) return on(ours);
  const [a, b] = [on(ours), on(other)];
  return a === b ? a : `${a}; ${other.title}: ${b}`;
}
