/**
 * Kills tshark and workers at random moments and looks at what is left: each time a clear error or the right result, never
 * a hang, never a process or thread that lives on.
 *
 * ```sh
 * deno task kill               # 200 times
 * deno task kill --times 20 --seed 7
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "@std/cli/parse-args";
import { openCapture } from "../capture/open.ts";
import type { Job } from "../core/engine.ts";
import { type Kit, loadKit } from "../kit.ts";
import { strategyOf } from "../workers/strategies.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const CAPTURE = `${ROOT}tests/captures/sample.pcapng`;
const FAULTY = new URL("_faulty_plugin.ts", import.meta.url).href;
/** After so many milliseconds a run counts as hanging. */
const HANG_MS = 30_000;

/** Numbers that look random, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What became of the runs. */
export interface Outcomes {
  /** Runs that ended with the right result. */
  right: number;
  /** Runs that ended with an error that says why. */
  errors: number;
  /** Everything else, in words. */
  readonly faults: string[];
}

/** A line of `ps`. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly name: string;
}

async function processes(): Promise<Process[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,ppid=,sess=,comm="] })
    .output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
    const [pid, parent, session, name] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), session: Number(session), name };
  });
}

/** What descends from a process: nobody else's tshark may be hit. */
function descendants(all: readonly Process[], pid: number): Process[] {
  const children = all.filter((p) => p.parent === pid);
  return children.flatMap((p) => [p, ...descendants(all, p.pid)]);
}

/** One run of the command line with the engine tshark, which is killed after a while. */
async function killTshark(next: () => number, expected: Map<string, string>): Promise<string> {
  const format = ["ndjson", "text", "fields"][Math.floor(next() * 3)];
  const args = format === "fields"
    ? ["fields", CAPTURE, "-e", "ip.src", "-e", "tcp.srcport"]
    : [CAPTURE, "-f", format];
  const strategy = next() < 0.5 ? "inline" : "pipeline";
  const whole = ["run", "-A", "--quiet", "--no-check", `${ROOT}cli.ts`, ...args, "-E", "tshark"];
  const run = (): Deno.ChildProcess =>
    // A session of its own, so that whatever it leaves behind can be found.
    new Deno.Command("setsid", {
      args: ["--wait", Deno.execPath(), ...whole, "--strategy", strategy],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  let want = expected.get(format);
  if (want === undefined) {
    const { success, stdout, stderr } = await run().output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    want = new TextDecoder().decode(stdout);
    expected.set(format, want);
  }
  const child = run();
  const done = child.output();
  const signal = (["SIGKILL", "SIGTERM", "SIGSEGV", "SIGPIPE"] as const)[Math.floor(next() * 4)];
  const delay = next() * 900;
  await new Promise((resolve) => setTimeout(resolve, delay));
  let killed = 0;
  const sessions = new Set<number>();
  for (const p of descendants(await processes(), child.pid)) {
    if (p.name === "deno") sessions.add(p.session);
    if (p.name !== "tshark" && p.name !== "dumpcap") continue;
    try {
      Deno.kill(p.pid, signal);
      killed++;
    } catch {
      // It was faster.
    }
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
  const { code, stdout, stderr, signal: by } = await done;
  clearTimeout(timer);
  const what = `tshark ${signal} after ${delay.toFixed(0)} ms (${format}, ${strategy})`;
  if (by === "SIGKILL") return `${what}: it hung`;
  for (let patience = 0;; patience++) {
    const left = (await processes()).filter((p) => sessions.has(p.session));
    if (left.length === 0) break;
    // What was just killed may not have been buried yet.
    if (patience === 20) return `${what}: ${left.map((p) => p.name).join(", ")} lives on`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const said = new TextDecoder().decode(stderr);
  if (code === 0) {
    return new TextDecoder().decode(stdout) === want ? "right" : `${what}: wrong output`;
  }
  return killed > 0 && code === 2 && /tshark/.test(said) && !/\n\s+at /.test(said)
    ? "error"
    : `${what}: exit ${code}: ${said.slice(0, 300)}`;
}

/** One run on workers whose engine fails in some way at some packet. */
async function killWorker(next: () => number, kit: Kit, want: string): Promise<string> {
  const strategy = next() < 0.5 ? "server" : "pipeline";
  const fault = ["throw", "close", "late", "spin", "none"][Math.floor(next() * 5)];
  const at = Math.floor(next() * 160), workers = 1 + Math.floor(next() * 4);
  const what = `${strategy} of ${workers}: ${fault} at packet ${at}`;
  const stop = new AbortController();
  const timer = setTimeout(
    () => stop.abort(new Error("stopped")),
    fault === "spin" ? 300 : HANG_MS,
  );
  try {
    const output = await outputOf(kit, strategy, workers, { fault, at }, stop.signal);
    return output === want ? "right" : `${what}: wrong output`;
  } catch (error) {
    if (!(error instanceof Error)) return `${what}: ${error}`;
    const clear = /too much|closed from within|from behind/.test(error.message) ||
      (fault === "spin" && error.message === "stopped");
    return clear ? "error" : `${what}: ${error.message}`;
  } finally {
    clearTimeout(timer);
  }
}

async function outputOf(
  kit: Kit,
  strategy: string,
  workers: number,
  options: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<string> {
  await using capture = await openCapture(CAPTURE, { batchPackets: 8 });
  const job: Job = {
    engine: { name: "faulty", options },
    format: { name: "ndjson" },
    header: capture.header,
    plugins: [FAULTY],
  };
  await using crew = await strategyOf(strategy).start(job, kit, {
    workers,
    ...(signal ? { signal } : {}),
  });
  let text = "";
  for await (const { output } of crew.run(capture)) text += new TextDecoder().decode(output);
  return text;
}

/** Does it so many times, tshark and workers in turn. */
export async function killAll(times: number, seed: number): Promise<Outcomes> {
  const next = random(seed);
  const outcomes: Outcomes = { right: 0, errors: 0, faults: [] };
  const kit = await loadKit([FAULTY]);
  const want = await outputOf(kit, "inline", 1, {});
  const expected = new Map<string, string>();
  for (let i = 0; i < times; i++) {
    const outcome = i % 2 === 0
      ? await killTshark(next, expected)
      : await killWorker(next, kit, want);
    if (outcome === "right") outcomes.right++;
    else if (outcome === "error") outcomes.errors++;
    else outcomes.faults.push(outcome);
  }
  return outcomes;
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, { string: ["times", "seed"] });
  const seed = Number(flags.seed ?? Date.now() % 100_000);
  const { right, errors, faults } = await killAll(Number(flags.times ?? 200), seed);
  for (const fault of faults) console.error(fault);
  console.error(`seed ${seed}: ${right} right, ${errors} errors, ${faults.length} faults`);
  Deno.exit(faults.length === 0 ? 0 : 1);
}
