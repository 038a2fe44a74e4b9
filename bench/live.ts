/**
 * What live capture costs: CPU per captured packet beside `pcap_next_ex` with a copy in the same process, and a steady
 * 100,000 packets a second with `tcpdump -w` of the same traffic beside it. Linux, as root: it makes a network namespace
 * with a veth pair, and takes it away again.
 *
 * ```sh
 * deno run -P=bench bench/live.ts [drain|steady]
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import process from "node:process";
import { live, PcapHandle } from "../capture/libpcap/mod.ts";
import { rawHandle } from "../capture/libpcap/handle.ts";

const SPACE = `bench-live-${Deno.pid}`;
/** Packets that are drained at once, and how often that is done with each capture. */
const DRAIN_PACKETS = 40_000, DRAINS = 3;
/** Rounds, in each of which every way has a capture of its own; before them one that does not count. */
const ROUNDS = 7;
/** Bytes of the ring that takes what is drained: each packet has a slot with its header. */
const RING = 64 * 1024 * 1024;
/** Packets a second, and seconds, of the steady test. */
const RATE = 100_000, SECONDS = 5;

/** Frames of the sizes that the usual mix of small, middle and large packets has; 456 bytes on average. */
export function frames(): Uint8Array[] {
  const sizes = [60, 60, 60, 60, 60, 60, 60, 576, 576, 576, 576, 1514, 60, 1514, 60];
  return Array.from({ length: 1024 }, (_, i) => {
    const frame = new Uint8Array(sizes[i % sizes.length]);
    frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]);
    new DataView(frame.buffer).setUint32(14, i);
    return frame;
  });
}

/** CPU time of the process in microseconds. */
export const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Sends on `b1`, as fast as it goes (rate 0) or at a rate. Answers the rate it kept. */
async function send(count: number, rate: number): Promise<number> {
  using handle = PcapHandle.create("b1");
  handle.setBufferSize(2 * 1024 * 1024);
  handle.activate();
  // Its own frames are none of its business.
  handle.setFilter("less 1");
  const all = frames(), begin = performance.now();
  for (let sent = 0; sent < count;) {
    const due = rate === 0 ? count : Math.min(count, (performance.now() - begin) * rate / 1000);
    for (; sent < due; sent++) handle.inject(all[sent & 1023]);
    if (sent < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return count / (performance.now() - begin) * 1000;
}

/** A handle on `b0` with a large ring, for the rivals. */
function rival(): PcapHandle {
  const handle = PcapHandle.create("b0");
  handle.setSnapLength(2048);
  handle.setBufferSize(RING);
  handle.setTimeout(10);
  handle.setPrecision("nanoseconds");
  handle.activate();
  handle.nonBlocking = true;
  return handle;
}

/**
 * Lets a capture's ring fill and has it drained, several times. Answers the nanoseconds of CPU of each packet, the least
 * of these times: whatever else the computer does can only add to them, as does compiling.
 */
async function drained(drain: () => number | Promise<number>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < DRAINS; i++) {
    await send(DRAIN_PACKETS, 0);
    // The kernel hands the last block over after a while.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = cpu(), packets = await drain(), took = cpu() - begin;
    if (packets !== DRAIN_PACKETS) throw new Error(`lost ${DRAIN_PACKETS - packets}`);
    least = Math.min(least, took * 1000 / packets);
  }
  return least;
}

/** `pcap_next_ex`, header and bytes copied to the same place each time, or one behind the other. */
async function nextEx(append: boolean): Promise<number> {
  using handle = rival();
  const { library, address } = rawHandle(handle), { pcap, libc } = library;
  const header = new BigUint64Array(1), data = new BigUint64Array(1);
  const pkthdr = new Uint8Array(24), view = new DataView(pkthdr.buffer);
  const buffer = new Uint8Array(1024 * 1024);
  let at = 0, sum = 0;
  const least = await drained(() => {
    let packets = 0;
    for (; pcap.pcap_next_ex(address, header, data) === 1; packets++) {
      libc.memcpy(pkthdr, header[0], 24n);
      const captured = view.getUint32(16, true);
      if (append) {
        if (at + captured > buffer.length) at = 0;
        libc.memcpy(buffer.subarray(at), data[0], BigInt(captured));
        sum += view.getUint32(0, true);
        at += captured;
      } else libc.memcpy(buffer, data[0], BigInt(captured));
    }
    return packets;
  });
  if (sum < 0) throw new Error("no time");
  return least;
}

/** Our own: batches with all columns. */
async function ours(memory: "reused" | "given back" | "new"): Promise<number> {
  await using capture = live("b0", {
    snapLength: 2048,
    bufferSize: RING,
    timeoutMs: 10,
    count: DRAINS * DRAIN_PACKETS,
  });
  const framing = await capture.frames({ reuse: memory === "reused" });
  return await drained(async () => {
    let packets = 0;
    while (packets < DRAIN_PACKETS) {
      const next = framing.next();
      const batch = next instanceof Promise ? await next : next;
      if (batch === undefined) break;
      packets += batch.count;
      if (memory === "given back") capture.release(batch);
    }
    return packets;
  });
}

/** The middle one. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * The ways by turns, with the same frames, snap length, precision, ring and no filter, each reading every header and
 * copying every byte. A ratio is the middle one of those of the rounds: what slows the computer down for seconds slows
 * both, and what hits one of them makes one round's ratio useless, and not the result.
 */
async function drain(): Promise<void> {
  const ways: Record<string, () => Promise<number>> = {
    "pcap_next_ex, copied to one place": () => nextEx(false),
    "pcap_next_ex, copied to a batch": () => nextEx(true),
    "live, two buffers by turns": () => ours("reused"),
    "live, batches given back": () => ours("given back"),
    "live, new memory for each batch": () => ours("new"),
  };
  const names = Object.keys(ways);
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const took: Record<string, number> = {};
    // Back and forth, so that none is always the one after another.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      took[name] = await ways[name]();
    }
    if (round > 0) rounds.push(took);
  }
  console.log(
    `draining ${DRAIN_PACKETS} packets, CPU of the process for each; ${ROUNDS} rounds of ${DRAINS}:`,
  );
  console.log(`  ${"".padEnd(36)}  least  middle   beside the first: middle (least to most)`);
  for (const name of names) {
    const all = rounds.map((took) => took[name]);
    const ratios = rounds.map((took) => took[name] / took[names[0]]);
    console.log(
      `  ${name.padEnd(36)}${Math.min(...all).toFixed(0).padStart(4)} ns` +
        `${median(all).toFixed(0).padStart(5)} ns   ${median(ratios).toFixed(2)} ` +
        `(${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    );
  }
}

/** A capture in a process of its own. */
interface Capturing {
  readonly name: string;
  readonly child: Deno.ChildProcess;
  /** What it said on standard error. */
  readonly said: Promise<string>;
}

/** Starts a program that captures, and waits until it says that it listens. */
async function capturing(name: string, program: string, ...args: string[]): Promise<Capturing> {
  const child = new Deno.Command(program, { args, stderr: "piped", stdout: "null" }).spawn();
  const [watched, kept] = child.stderr.tee();
  const said = new Response(kept).text();
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of watched.values({ preventCancel: true })) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("istening on")) break;
  }
  watched.cancel();
  return { name, child, said };
}

/** CPU time of a process so far, in nanoseconds (proc(5); ticks of 10 ms). */
function cpuOf(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1e7;
}

async function steady(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const cli = new URL("../cli.ts", import.meta.url).pathname;
  const deno = Deno.execPath(), flags = ["run", "-A", "--no-check", cli, "capture", "-i", "b0"];
  const starts: Record<string, () => Promise<Capturing>> = {
    "capture -w FILE": () =>
      capturing("capture -w FILE", deno, ...flags, "-B", "32", "-w", `${folder}/ours.pcap`),
    "capture -w FILE.pcapng": () =>
      capturing("capture -w FILE.pcapng", deno, ...flags, "-B", "32", "-w", `${folder}/o.pcapng`),
    "tcpdump -w FILE": () =>
      capturing("tcpdump -w FILE", "tcpdump", "-i", "b0", "-B", "32768", "-w", `${folder}/t.pcap`),
  };
  const total = RATE * SECONDS;
  try {
    for (
      const together of [
        ["capture -w FILE", "tcpdump -w FILE"],
        ...Object.keys(starts).map((name) => [name]),
      ]
    ) {
      const captures = await Promise.all(together.map((name) => starts[name]()));
      const before = captures.map(({ child }) => cpuOf(child.pid));
      const { stdout } = await new Deno.Command(deno, {
        args: ["run", "-A", "--no-check", new URL(import.meta.url).pathname, "send", "inside"],
      }).output();
      const rate = Number(new TextDecoder().decode(stdout));
      // tcpdump hands what its last buffer holds over after a second.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      console.log(`${total} packets at ${Math.round(rate)}/s, ${together.join(" and ")}:`);
      for (const [i, { name, child, said }] of captures.entries()) {
        const took = (cpuOf(child.pid) - before[i]) / total;
        child.kill("SIGINT");
        await child.status;
        const text = await said;
        const number = (what: string): string =>
          new RegExp(`(\\d+) packets? ${what}`).exec(text)?.[1] ?? "?";
        console.log(
          `  ${name.padEnd(24)}${number("captured").padStart(8)} captured, ` +
            `${number("dropped by kernel")} dropped, ${took.toFixed(0)} ns of CPU a packet`,
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [what, inside] = Deno.args;
  if (inside === "inside") {
    await ({
      drain,
      steady,
      send: async () => console.log(await send(RATE * SECONDS, RATE)),
    } as Record<
      string,
      () => Promise<void>
    >)
      [what]();
  } else {
    const ip = (...args: string[]): void => {
      if (!new Deno.Command("ip", { args, stderr: "inherit" }).outputSync().success) Deno.exit(1);
    };
    ip("netns", "add", SPACE);
    try {
      ip("-n", SPACE, "link", "add", "b0", "type", "veth", "peer", "name", "b1");
      for (const dev of ["b0", "b1"]) {
        // Without addresses of their own, so that nothing but our frames passes.
        ip("-n", SPACE, "link", "set", dev, "addrgenmode", "none", "up");
      }
      for (const part of what === undefined ? ["drain", "steady"] : [what]) {
        const args = ["netns", "exec", SPACE, Deno.execPath(), "run", "-A", "--no-check"];
        await new Deno.Command("ip", {
          args: [...args, new URL(import.meta.url).pathname, part, "inside"],
        }).spawn().status;
      }
    } finally {
      ip("netns", "del", SPACE);
    }
  }
}
