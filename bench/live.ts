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
import { loadLibrary } from "../capture/libpcap/library.ts";
import { live, PcapHandle } from "../capture/libpcap/mod.ts";
import { rawHandle } from "../capture/libpcap/handle.ts";

const SPACE = `bench-live-${Deno.pid}`;
/** Packets of one round of the drain. */
const DRAIN_PACKETS = 40_000;
const ROUNDS = 7;
/** Bytes of the ring that takes a round: each packet has a slot with its header. */
const RING = 128 * 1024 * 1024;
/** Packets a second, and seconds, of the steady test. */
const RATE = 100_000, SECONDS = 5;

/** Frames of the sizes that the usual mix of small, middle and large packets has; 456 bytes on average. */
function frames(): Uint8Array[] {
  const sizes = [60, 60, 60, 60, 60, 60, 60, 576, 576, 576, 576, 1514, 60, 1514, 60];
  return Array.from({ length: 1024 }, (_, i) => {
    const frame = new Uint8Array(sizes[i % sizes.length]);
    frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]);
    new DataView(frame.buffer).setUint32(14, i);
    return frame;
  });
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Sends on `b1`, as fast as it goes or at a rate, in another process, which tells when it is ready. */
async function send(count: number, rate: number): Promise<void> {
  using handle = PcapHandle.create("b1");
  handle.activate();
  handle.setFilter("less 1");
  const all = frames(), begin = performance.now();
  for (let sent = 0; sent < count;) {
    const due = rate === 0 ? count : Math.min(count, (performance.now() - begin) * rate / 1000);
    for (; sent < due; sent++) handle.inject(all[sent & 1023]);
    if (sent < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }
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

/** `pcap_next_ex`, header and bytes copied to the same place each time, or one behind the other. */
async function nextEx(append: boolean): Promise<number> {
  using handle = rival();
  const { library, address } = rawHandle(handle), { pcap, libc } = library;
  await send(DRAIN_PACKETS, 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const header = new BigUint64Array(1), data = new BigUint64Array(1);
  const pkthdr = new Uint8Array(24), view = new DataView(pkthdr.buffer);
  const buffer = new Uint8Array(1024 * 1024);
  let at = 0, packets = 0, sum = 0;
  const begin = cpu();
  while (pcap.pcap_next_ex(address, header, data) === 1) {
    libc.memcpy(pkthdr, header[0], 24n);
    const captured = view.getUint32(16, true);
    if (append) {
      if (at + captured > buffer.length) at = 0;
      libc.memcpy(buffer.subarray(at), data[0], BigInt(captured));
      sum += view.getUint32(0, true);
      at += captured;
    } else libc.memcpy(buffer, data[0], BigInt(captured));
    packets++;
  }
  const took = cpu() - begin;
  if (packets !== DRAIN_PACKETS || sum < 0) throw new Error(`lost ${DRAIN_PACKETS - packets}`);
  return took * 1000 / packets;
}

/** Our own: batches with all columns. */
async function ours(reuse: boolean): Promise<number> {
  await using capture = live("b0", {
    snapLength: 2048,
    bufferSize: RING,
    timeoutMs: 10,
    count: DRAIN_PACKETS,
  });
  const framing = await capture.frames({ reuse });
  await send(DRAIN_PACKETS, 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const begin = cpu();
  let packets = 0;
  for (;;) {
    const next = framing.next();
    const batch = next instanceof Promise ? await next : next;
    if (batch === undefined) break;
    packets += batch.count;
  }
  const took = cpu() - begin;
  if (packets !== DRAIN_PACKETS) throw new Error(`lost ${DRAIN_PACKETS - packets}`);
  return took * 1000 / packets;
}

async function drain(): Promise<void> {
  const methods: Record<string, () => Promise<number>> = {
    "pcap_next_ex, copied to one place": () => nextEx(false),
    "pcap_next_ex, copied to a batch": () => nextEx(true),
    "live, buffers used again": () => ours(true),
    "live": () => ours(false),
  };
  const best: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(methods)) {
      best[name] = Math.min(best[name] ?? Infinity, await run());
    }
  }
  console.log(`draining ${DRAIN_PACKETS} packets, CPU of the process, best of ${ROUNDS}:`);
  const [first] = Object.values(best);
  for (const [name, ns] of Object.entries(best)) {
    console.log(`  ${name.padEnd(36)}${ns.toFixed(0).padStart(6)} ns  ${(ns / first).toFixed(2)}`);
  }
}

if (import.meta.main) {
  const [what, inside] = Deno.args;
  if (inside !== "inside") {
    const ip = (...args: string[]) => new Deno.Command("ip", { args }).outputSync();
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
  } else if (what === "drain") await drain();
  else if (what === "send") await send(RATE * SECONDS, RATE);
  loadLibrary();
}
