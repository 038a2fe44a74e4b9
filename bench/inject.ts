/**
 * What sending costs: frames a second and CPU a frame, one by one and in batches; and how exactly frames are paced, as
 * the other end's kernel stamps them. Linux, as root: it works in a network namespace of its own.
 *
 * ```sh
 * deno run -P=test bench/inject.ts [cost|pace]
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { Injector, live, PcapHandle } from "../capture/libpcap/mod.ts";
import { createPcapFile, type FrameBatch, openCapture } from "../capture/mod.ts";
import { network, run } from "../tests/libpcap/_network.ts";
import { cpu, frames } from "./live.ts";

/** Frames of one round, and rounds of which the best counts. */
const FRAMES = 50_000, ROUNDS = 9;
/** Rates, in packets a second, and seconds each is measured. */
const RATES = [100, 1000, 10_000, 100_000], SECONDS = 2;

/** A capture of so many frames, a quarter of a millisecond apart, as batches. */
async function capture(count: number): Promise<FrameBatch[]> {
  const file = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await using writer = await createPcapFile(file, { linkType: 1 });
    const all = frames();
    for (let i = 0; i < count; i++) {
      const writing = writer.writeFrame({
        seconds: 1 + Math.floor(i / 4000),
        nanoseconds: i % 4000 * 250_000,
        data: all[i % all.length],
      });
      if (writing) await writing;
    }
    await writer.flush();
    await using opened = await openCapture(file);
    const batches: FrameBatch[] = [];
    for await (const batch of opened) batches.push(batch);
    return batches;
  } finally {
    await Deno.remove(file);
  }
}

/** Packets the kernel has sent on `b1`. */
function sent(): number {
  return JSON.parse(run("ip", "-s", "-j", "link", "show", "b1"))[0].stats64.tx.packets;
}

async function cost(): Promise<void> {
  const batches = await capture(FRAMES);
  const list = batches.flatMap((b) =>
    Array.from(
      { length: b.count },
      (_, i) => b.bytes.slice(b.starts[i], b.starts[i] + b.capturedLengths[i]),
    )
  );
  // Each opens the device for itself: a handle beside would see, and pay for, what the others send.
  const plain = (): void => {
    using handle = PcapHandle.create("b1");
    handle.activate();
    handle.setFilter("less 1");
    for (const frame of list) handle.inject(frame);
  };
  const sending = (send: (injector: Injector) => unknown, batching = true) => async () => {
    using injector = Injector.open("b1", { batching });
    await send(injector);
  };
  const methods: Record<string, () => unknown> = {
    "pcap_inject, a loop": plain,
    "Injector.send, a loop": sending((b1) => list.forEach((frame) => b1.send(frame))),
    "sendAll, batching: false": sending((b1) => b1.sendAll(batches), false),
    "sendAll, batches of a capture": sending((b1) => b1.sendAll(batches)),
    "sendAll, frames as bytes": sending((b1) => b1.sendAll(list)),
    "replay at 10^9 packets/s": sending((b1) =>
      b1.replay(batches, { pace: { packetsPerSecond: 1e9 } })
    ),
  };
  const best: Record<string, { ns: number; wall: number }> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, send] of Object.entries(methods)) {
      const before = sent(), begun = performance.now(), used = cpu();
      await send();
      const ns = (cpu() - used) * 1000 / FRAMES, wall = performance.now() - begun;
      const went = sent() - before;
      if (went !== FRAMES) throw new Error(`${name}: ${went} frames sent`);
      const last = best[name] ?? { ns: Infinity, wall: Infinity };
      best[name] = { ns: Math.min(last.ns, ns), wall: Math.min(last.wall, wall) };
    }
  }
  console.log(`${FRAMES} frames over veth, CPU of the process, best of ${ROUNDS}:`);
  const first = Object.values(best)[0].ns;
  for (const [name, { ns, wall }] of Object.entries(best)) {
    console.log(
      `  ${name.padEnd(32)}${ns.toFixed(0).padStart(6)} ns  ${(ns / first).toFixed(2)}  ${
        (FRAMES / wall).toFixed(0).padStart(5)
      } k/s`,
    );
  }
}

/** How late a thread wakes that sleeps a millisecond: what no pacing on this machine, at this load, can be better than. */
function bareWait(): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const late = Array.from({ length: 1000 }, () => {
    const begun = performance.now();
    Atomics.wait(cell, 0, 0, 1);
    return performance.now() - begun - 1;
  }).sort((a, b) => a - b);
  const at = (i: number) => late[i].toFixed(3).padStart(7);
  console.log(`bare sleep of 1 ms, late by       ${at(500)}${at(990)}${at(999)}`);
}

async function pace(): Promise<void> {
  console.log("packets/s   rate kept   off by, ms: half   99 %   most   CPU");
  for (const rate of RATES) {
    const count = Math.min(rate * SECONDS, 100_000), all = await capture(count);
    await using seen = await live("b0", { count, snapLength: 64, bufferSize: 256 << 20 }).open();
    using injector = Injector.open("b1");
    const used = cpu();
    const { elapsedMs } = await injector.replay(all, { pace: { packetsPerSecond: rate } });
    const share = (cpu() - used) / 10 / elapsedMs;
    const times: number[] = [];
    for await (const { count, seconds, nanoseconds, clock } of seen) {
      for (let i = 0; i < count; i++) {
        times.push(
          (seconds[i] - clock.firstSeconds) * 1000 +
            (nanoseconds[i] - clock.firstNanoseconds) / 1e6,
        );
      }
    }
    const off = times.map((ms, i) => Math.abs(ms - i * 1000 / rate)).sort((a, b) => a - b);
    const at = (share: number) => off[Math.floor((count - 1) * share)].toFixed(3).padStart(7);
    console.log(
      `${String(rate).padStart(9)}   ${((count - 1) * 1000 / elapsedMs).toFixed(1).padStart(9)}` +
        `          ${at(0.5)}${at(0.99)}${at(1)}   ${share.toFixed(0)} %`,
    );
  }
  bareWait();
}

if (import.meta.main) {
  using _ = network();
  const [what] = Deno.args;
  if (what !== "pace") await cost();
  if (what !== "cost") await pace();
}
