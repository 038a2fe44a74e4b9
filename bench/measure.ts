/**
 * The measuring core. Programs are whole processes as a user starts them, start-up included, output to `/dev/null`, files
 * in the page cache. Those that are compared run in turn, so that the machine's moods meet all of them; the figure is the
 * minimum over the runs. CPU seconds are user and system, of all threads and of children waited for.
 *
 * @module
 */
import { type Capture, warm } from "./captures.ts";
import type { Contestant, Who } from "./contestants.ts";
import { type Host, type Run, RunError } from "./_host.ts";
import { JOB } from "./jobs.ts";

/** Something to measure: who, on what. */
export interface Cell {
  /** Who does the job. */
  readonly contestant: Contestant;
  /** What it is done to; absent for jobs without a capture. */
  readonly capture: Capture | undefined;
  /** Runs on any processor, though it may be bound to one. */
  readonly free?: boolean;
  /** The bytes written are wanted: one run more, whose output is counted. */
  readonly counted?: boolean;
  /** Runs at most, if not as many as of the others. */
  readonly runs?: number;
}

/** What came of a cell. */
export interface Row extends Who {
  /** The command line. */
  readonly command: readonly string[];
  /** The capture, or the whole of which it is the first part. */
  readonly capture: string;
  /** Whether it got a first part only. */
  readonly part: boolean;
  /** Packets in what it got; 0 if there is no capture. */
  readonly packets: number;
  /** Bytes of what it got. */
  readonly bytes: number;
  /** Processors it might use: one, or all. */
  readonly processors: "one" | "all";
  /** Runs. */
  readonly runs: number;
  /** Seconds from start to end; least of the runs. */
  readonly wallSeconds: number;
  /** CPU seconds; least of the runs. */
  readonly cpuSeconds: number;
  /** Peak memory in bytes; most of the runs. */
  readonly peakBytes: number;
  /** Bytes it wrote, if they were counted. */
  readonly outputBytes?: number;
  /** The line it answered with, if the job has one. */
  readonly answer?: string;
  /** Wall seconds by packets; absent without a capture, as the following. */
  readonly secondsPerPacket?: number;
  /** CPU seconds by packets. */
  readonly cpuSecondsPerPacket?: number;
  /** Packets by wall seconds. */
  readonly packetsPerSecond?: number;
  /** Millions of bytes of the capture by wall seconds. */
  readonly megabytesPerSecond?: number;
  /** Each run: wall seconds, CPU seconds, peak bytes. */
  readonly samples: readonly (readonly [wall: number, cpu: number, peak: number])[];
}

/** Who did not take part. */
export interface Missing extends Pick<Who, "job" | "tool" | "title"> {
  /** Why. */
  readonly reason: string;
}

/** How is measured. */
export interface Manner {
  /** Runs of each at most. */
  readonly runs: number;
  /** Seconds of each, about: no run is begun after these. */
  readonly seconds: number;
  /** Processor for those with one thread; any if absent. */
  readonly cpu: number | undefined;
}

/** Says which row a cell has: cells that are the same have the same. */
export function keyOf({ contestant: c, capture, free }: Cell): string {
  return [c.job, c.tool, c.title, capture?.name ?? "", bound(c, free) ? "one" : "all"].join("|");
}

/** Whether a contestant is bound to one processor. */
function bound(contestant: Contestant, free = false): boolean {
  return !free && !contestant.threads;
}

/** Measures cells, and remembers what came of them. */
export class Meter {
  /** By {@linkcode keyOf}. */
  readonly rows: Map<string, Row> = new Map();
  /** By {@linkcode keyOf}. */
  readonly missing: Map<string, Missing> = new Map();
  readonly #host: Host;
  readonly #manner: Manner;
  readonly #say: (text: string) => void;

  constructor(host: Host, manner: Manner, say: (text: string) => void) {
    this.#host = host;
    this.#manner = manner;
    this.#say = say;
  }

  /** Measures cells against each other: in turn, until each had its runs or its time. */
  async measure(cells: readonly Cell[]): Promise<void> {
    const open: Measuring[] = [];
    for (const cell of cells) {
      const key = keyOf(cell);
      if (this.rows.has(key) || this.missing.has(key) || open.some((m) => m.key === key)) continue;
      const { job, tool, title, missing } = cell.contestant;
      if (missing === undefined) open.push({ key, cell, runs: [], written: undefined });
      else this.missing.set(key, { job, tool, title, reason: missing });
    }
    for (const path of new Set(open.flatMap(({ cell }) => cell.capture?.path ?? []))) warm(path);
    const counted = new Set(cells.filter((cell) => cell.counted).map(keyOf));
    for (const m of open) {
      if (counted.has(m.key)) m.written = (await this.#run(m, "count"))?.bytes;
    }
    const { runs, seconds } = this.#manner;
    for (let round = 0; round < runs; round++) {
      for (const m of open) {
        const spent = m.runs.reduce((sum, run) => sum + run.wall, 0);
        const done = round >= (m.cell.runs ?? runs) || round > 0 && spent >= seconds;
        if (done || this.missing.has(m.key)) continue;
        const run = await this.#run(m, JOB[m.cell.contestant.job].answer ? "keep" : "null");
        if (run) m.runs.push(run);
      }
    }
    for (const m of open) if (!this.missing.has(m.key)) this.rows.set(m.key, this.#row(m));
  }

  async #run(measuring: Measuring, output: "null" | "count" | "keep"): Promise<Run | undefined> {
    const { contestant, capture, free } = measuring.cell;
    const { job, tool, title } = contestant;
    this.#say(
      `${job}: ${title}${capture ? `, ${capture.name}` : ""}` +
        (output === "count" ? ", counting its output" : ""),
    );
    const cpu = bound(contestant, free) ? this.#manner.cpu : undefined;
    try {
      const run = await this.#host.run(contestant.command(capture?.path ?? ""), {
        ...(cpu === undefined ? {} : { cpu }),
        output,
        folder: this.#host.folder,
      });
      return run;
    } catch (error) {
      if (!(error instanceof RunError) || this.#host.stopped) throw error;
      this.missing.set(measuring.key, { job, tool, title, reason: error.reason });
      return undefined;
    }
  }

  #row({ cell, runs, written }: Measuring): Row {
    const { contestant, capture, free } = cell;
    const { missing: _, pace: _pace, threads: _threads, command, ...who } = contestant;
    const wallSeconds = Math.min(...runs.map((run) => run.wall));
    const cpuSeconds = Math.min(...runs.map((run) => run.cpu));
    const { packets = 0, bytes = 0 } = capture ?? {};
    const answer = runs[0].output.split("\n")[0].trim();
    return {
      ...who,
      command: command(capture?.name ?? ""),
      capture: capture?.whole ?? "",
      part: capture !== undefined && capture.name !== capture.whole,
      packets,
      bytes,
      processors: bound(contestant, free) && this.#manner.cpu !== undefined ? "one" : "all",
      runs: runs.length,
      wallSeconds,
      cpuSeconds,
      peakBytes: Math.max(...runs.map((run) => run.peak)),
      ...(written === undefined ? {} : { outputBytes: written }),
      ...(JOB[who.job].answer && /^\d+ \d+ \d+$/.test(answer) ? { answer } : {}),
      ...(packets === 0 ? {} : {
        secondsPerPacket: wallSeconds / packets,
        cpuSecondsPerPacket: cpuSeconds / packets,
        packetsPerSecond: packets / wallSeconds,
        megabytesPerSecond: bytes / wallSeconds / 1e6,
      }),
      samples: runs.map((run) => [run.wall, run.cpu, run.peak] as const),
    };
  }
}

interface Measuring {
  readonly key: string;
  readonly cell: Cell;
  readonly runs: Run[];
  written: number | undefined;
}
