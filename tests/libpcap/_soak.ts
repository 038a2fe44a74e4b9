/**
 * What capturing and sending must survive: being cancelled at any moment, losing its device, being asked for a device
 * that is not there. Each part can be run as often as wanted; afterwards nothing may be left behind.
 *
 * ```sh
 * deno task soak
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import {
  DeviceDownError,
  Injector,
  live,
  type LiveOptions,
  NoSuchDeviceError,
  type Pace,
} from "../../capture/libpcap/mod.ts";
import { loadLibrary } from "../../capture/libpcap/library.ts";
import { addPair, frames, network, run, send, sleep } from "./_network.ts";

/** Descriptors looked at. */
const DESCRIPTORS = 4096;
/** `fcntl` command that fails for a descriptor that is not open. */
const F_GETFD = 1;

/** Descriptors this process has open. */
function openDescriptors(): number {
  const { fcntl } = loadLibrary().libc;
  let count = 0;
  for (let fd = 0; fd < DESCRIPTORS; fd++) if (fcntl!(fd, F_GETFD, 0) >= 0) count++;
  return count;
}

/** What one part found. */
interface Soaked {
  /** Runs done. */
  readonly runs: number;
  /** Descriptors more than before. */
  readonly descriptors: number;
  /** Bytes of memory more than after the first third. */
  readonly memory: number;
}

/** Does something so many times and tells what it left behind. */
async function soak(runs: number, once: (i: number) => Promise<void>): Promise<Soaked> {
  const warm = Math.ceil(runs / 3);
  let before = 0, memory = 0;
  for (let i = 0; i < runs; i++) {
    await once(i);
    if (i === warm - 1) {
      before = openDescriptors();
      memory = Deno.memoryUsage().rss;
    }
  }
  return {
    runs,
    descriptors: openDescriptors() - before,
    memory: Deno.memoryUsage().rss - memory,
  };
}

/** Ways to end a capture. */
const ENDINGS = ["signal", "stop", "dispose", "break", "throw", "stream"] as const;

/** Captures traffic and is cancelled after a moment, each time in another way. */
function cancelled(runs: number): Promise<Soaked> {
  const some = frames(50);
  return soak(runs, async (i) => {
    const ending = ENDINGS[i % ENDINGS.length];
    const controller = new AbortController();
    const options: LiveOptions = {
      signal: controller.signal,
      bufferSize: 1024 * 1024,
      immediate: i % 4 === 3,
      timeoutMs: 1 + i % 50,
    };
    const capture = live(i % 5 === 4 ? ["b0", "lo"] : "b0", options);
    const moment = sleep(Math.random() * 20);
    const opened = capture.open();
    if (i % 7 !== 6) await opened;
    send("b1", some);
    const reading = (async () => {
      if (ending === "stream") {
        const reader = capture.readable().getReader();
        moment.then(() => reader.cancel());
        while (!(await reader.read()).done);
        return;
      }
      let batches = 0;
      for await (const _ of capture) {
        if (ending === "break" && ++batches > i % 3) break;
        if (ending === "throw" && ++batches > i % 3) throw new Error("enough");
      }
    })();
    const outcome = reading.catch((error) => {
      if (error.message !== "enough") throw error;
    });
    await moment;
    if (ending === "signal" || ending === "break" || ending === "throw") controller.abort();
    if (ending === "stop") capture.stop();
    if (ending === "dispose") await capture[Symbol.asyncDispose]();
    await outcome;
    await capture[Symbol.asyncDispose]();
  });
}

/** Loses its device while it captures. */
function deleted(runs: number): Promise<Soaked> {
  return soak(runs, async (i) => {
    addPair("d0", "d1");
    await using capture = await live(i % 2 === 0 ? "d0" : ["d0", "b0"], {
      bufferSize: 1024 * 1024,
    }).open();
    send("d1", frames(20));
    let packets = 0;
    const reading = (async () => {
      for await (const batch of capture) packets += batch.count;
    })();
    const outcome = reading.then(() => undefined, (error: unknown) => error);
    while (packets < 20) await sleep(5);
    run("ip", "link", "del", "d0");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve("nothing for 5 s"), 5000);
    });
    const error = await Promise.race([outcome, late]);
    clearTimeout(timer);
    if (!(error instanceof DeviceDownError)) throw new Error(`d0 went away: ${error}`);
    if (packets !== 20) throw new Error(`${packets} packets of 20`);
  });
}

/** Is asked for a device that is not there. */
function missing(runs: number): Promise<Soaked> {
  return soak(runs, async (i) => {
    try {
      await live(i % 2 === 0 ? `nope${i}` : ["b0", `nope${i}`], { bufferSize: 1024 * 1024 }).open();
    } catch (error) {
      if (error instanceof NoSuchDeviceError) return;
      throw error;
    }
    throw new Error("a device that is not there was opened");
  });
}

/** Sends, and is ended at a random moment: by signal, by closing the device, by losing it. */
function sending(runs: number): Promise<Soaked> {
  const some = frames(50);
  return soak(runs, async (i) => {
    addPair("d0", "d1");
    const ending = (["signal", "close", "delete"] as const)[i % 3];
    const paces: Pace[] = ["fast", { packetsPerSecond: 5000 }, { packetsPerSecond: 20 }];
    const controller = new AbortController();
    using injector = Injector.open("d0", { batching: i % 5 !== 4 });
    const sent = injector.replay(some, {
      pace: paces[i % 4 % 3],
      loops: Infinity,
      signal: controller.signal,
    }).then(({ endedBy }) => endedBy, (error) => error);
    await sleep(Math.random() * 20);
    if (ending === "signal") controller.abort();
    if (ending === "close") injector.close();
    run("ip", "link", "del", "d0");
    const outcome = await sent;
    if (outcome !== ending && !(ending === "delete" && outcome instanceof DeviceDownError)) {
      throw new Error(`ended by ${ending}, and told: ${outcome}`);
    }
  });
}

/** The parts, by what the captures meet, with the number of runs that shows that nothing is left behind. */
const PARTS = {
  "cancelled at random moments": [cancelled, 100],
  "device deleted": [deleted, 20],
  "device missing": [missing, 100],
  "sending ended at random moments": [sending, 100],
} as const;

/** Bytes of memory that the collector may not have taken back yet. */
const LATE_BYTES = 48 * 1024 * 1024;

// Arguments: which share of the runs is done, 1 if absent.
if (import.meta.main) {
  using _ = network();
  for (const [name, [part, runs]] of Object.entries(PARTS)) {
    const done = await part(Math.ceil(runs * Number(Deno.args[0] ?? 1)));
    console.log(
      `${name}: ${done.runs} runs, ${done.descriptors} descriptors more, ` +
        `${(done.memory / 2 ** 20).toFixed(1)} MiB more`,
    );
    if (done.descriptors !== 0 || done.memory > LATE_BYTES) Deno.exit(1);
  }
}
