/**
 * Dissects damaged packets, a million of them, and demands that nothing throws, loops, grows, or looks at bytes that
 * are not the packet's: each stands once between zeros and once between ones, and both must give the same.
 *
 * ```sh
 * deno task fuzz                              # a million packets, another seed each time
 * deno task fuzz --seed 7 --count 200000      # these again
 * deno task fuzz --seed 7 --first 1234 --count 1
 * deno task fuzz --seconds 60 --count 100000000
 * deno task fuzz --report /tmp/fuzz.txt       # writes failures there as they are found
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import process from "node:process";
import { parseArgs } from "@std/cli/parse-args";
import { BATCH, type Case, type Failure, hex, makeCase } from "./_fuzz.ts";
import { corpusOf, type Reply, type Request } from "./_fuzz_worker.ts";

/** Seconds of processor time without progress after which the thread is taken to loop for ever. */
const STALL = 20;
/** Seconds by the clock after which it is, whatever it does: a busy machine may give this process little time. */
const STALL_WALL = 600;
/** Bytes by which the heap may grow in a run. */
const GROWTH = 256 * 1024 * 1024;

const flags = parseArgs(Deno.args, {
  string: ["seed", "count", "first", "seconds", "report", "failures"],
});

function number(
  name: "seed" | "count" | "first" | "seconds" | "failures",
  otherwise: number,
): number {
  const text = flags[name];
  if (text === undefined) return otherwise;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0) {
    console.error(`Cannot use --${name} ${text}: expected a whole number`);
    Deno.exit(2);
  }
  return n;
}

const seed = number("seed", crypto.getRandomValues(new Uint32Array(1))[0]);
const count = number("count", 1_000_000);
const first = number("first", 0);
const seconds = flags.seconds === undefined ? undefined : number("seconds", 0);
const folders = ["../tests/captures/", "../../shared/captures/"]
  .map((f) => new URL(f, import.meta.url).href);

function start(): Worker {
  return new Worker(new URL("./_fuzz_worker.ts", import.meta.url), { type: "module" });
}

/** The time by the clock and that of all threads of this process, in seconds. */
function clocks(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 };
}

/** A failure in words, with all it takes to repeat it. */
function words(f: Failure): string {
  return `${f.signature}\n    ${f.reason}\n    seed ${seed}, packet ${f.index}; made small: link type ` +
    `${f.packet.linkType}, ${f.packet.wire} bytes on the wire\n    ${hex(f.packet.bytes)}\n`;
}

function report(f: Failure): void {
  console.error(words(f));
  if (flags.report) Deno.writeTextFileSync(flags.report, words(f) + "\n", { append: true });
}

/** Which of the packets from `from` on never ends: each is given a thread and a few seconds. */
async function findEndless(from: number): Promise<Failure | undefined> {
  const corpus = await corpusOf(folders);
  const worker = start();
  for (let i = from; i < from + BATCH; i++) {
    const packet: Case = makeCase(corpus, seed, i);
    const ended = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 5000);
      worker.onmessage = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      worker.postMessage({ one: packet } satisfies Request);
    });
    if (!ended) {
      worker.terminate();
      return { signature: "endless", reason: "no end after 5 s", packet, index: i };
    }
  }
  worker.terminate();
  return undefined;
}

if (import.meta.main) {
  console.error(`seed ${seed}, ${count} packets`);
  const place = new Int32Array(new SharedArrayBuffer(4));
  const worker = start();
  let last = -1;
  let since = clocks();
  const watch = setInterval(async () => {
    const now = Atomics.load(place, 0);
    const time = clocks();
    if (now !== last) since = time;
    last = now;
    const cpu = time.cpu - since.cpu, wall = time.wall - since.wall;
    if (cpu < STALL && wall < STALL_WALL) return;
    clearInterval(watch);
    worker.terminate();
    const stood = `for ${wall.toFixed(0)} s (${cpu.toFixed(0)} s of the processor)`;
    if (now < 0) {
      console.error(`No progress ${stood} with the capture ${-now} of those to begin with`);
      Deno.exit(1);
    }
    console.error(`No progress ${stood} at packet ${now}; looking for the one that loops …`);
    const found = await findEndless(now);
    if (found) report(found);
    Deno.exit(1);
  }, 1000);
  worker.onmessage = ({ data }: MessageEvent<Reply>): void => {
    if ("ready" in data) {
      console.error(
        `${data.ready.packets} packets to begin with, ending in ${data.ready.protocols.length} ` +
          `protocols: ${data.ready.protocols.join(" ")}`,
      );
    } else if ("failure" in data) report(data.failure);
    else if ("result" in data) {
      clearInterval(watch);
      worker.terminate();
      const { packets, seconds, failures, counts, extremes, grown } = data.result;
      for (const [signature, n] of counts) console.error(`${String(n).padStart(8)}  ${signature}`);
      console.error(
        `${packets} packets in ${seconds.toFixed(1)} s, ${failures.length} kinds of failures; ` +
          `at most ${extremes.fields} fields and ${extremes.text} bytes of text in a packet; ` +
          `heap grew by ${(grown / 1048576).toFixed(1)} MiB; seed ${seed}`,
      );
      if (grown > GROWTH) console.error(`The heap grew by more than ${GROWTH / 1048576} MiB`);
      Deno.exit(failures.length > 0 || grown > GROWTH ? 1 : 0);
    }
  };
  worker.postMessage(
    {
      run: {
        seed,
        count,
        first,
        failures: number("failures", 100),
        ...(seconds === undefined ? {} : { seconds }),
      },
      folders,
      place,
    } satisfies Request,
  );
}
