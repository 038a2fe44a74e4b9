/**
 * A network of a test's own: a namespace that only the test's thread is in, with a veth pair `b0`–`b1`. It is gone when
 * the test leaves it, or its process ends in whatever way.
 *
 * @module
 */
import { PcapHandle } from "../../capture/libpcap/mod.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "./_library.ts";

const CLONE_NEWNET = 0x4000_0000;

/** Why there can be no network here; empty if there can. */
export const WITHOUT_NETWORK: string = (() => {
  if (LIBPCAP === undefined) return WITHOUT_LIBPCAP;
  if (Deno.build.os !== "linux") return " (skipped: network namespaces are Linux's)";
  if (Deno.uid() !== 0) return " (skipped: needs root)";
  if (!installed("ip")) return " (skipped: no ip, of iproute2)";
  return "";
})();

/** What the C library has for entering namespaces; kept, for libraries are never closed. */
const systemCalls = WITHOUT_NETWORK !== "" ? undefined : Deno.dlopen(LIBPCAP!, {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  unshare: { parameters: ["i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
}).symbols;

/** Whether a program is there. */
export function installed(program: string): boolean {
  return new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

/** Runs a program to its end, in the network the thread is in. */
export function run(program: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(program, { args }).outputSync();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

/**
 * Enters a new network namespace with this thread: sockets made and programs started by it from now on are in there.
 * Disposing brings it back.
 */
export function network(): Disposable {
  const c = systemCalls!;
  const home = c.open(new TextEncoder().encode("/proc/thread-self/ns/net\0"), 0x80000);
  if (home < 0 || c.unshare(CLONE_NEWNET) !== 0) throw new Error("cannot make a network namespace");
  const leave = (): void => {
    c.setns(home, CLONE_NEWNET);
    c.close(home);
  };
  try {
    run("ip", "link", "set", "lo", "up");
    addPair("b0", "b1");
  } catch (error) {
    leave();
    throw error;
  }
  return { [Symbol.dispose]: leave };
}

/** Makes a veth pair that stays silent of itself. */
export function addPair(a: string, b: string): void {
  run("ip", "link", "add", a, "type", "veth", "peer", "name", b);
  for (const name of [a, b]) {
    run("ip", "link", "set", name, "addrgenmode", "none", "mtu", "9000", "up");
  }
}

/**
 * Gives `b1` of the network the thread is in to a namespace of its own, named after `what`: another machine. Its address
 * is 192.0.2.2, that of `b0` 192.0.2.1, unless `silent`. Disposing removes it.
 */
export function neighbour(what: string, silent = false): { readonly name: string } & Disposable {
  const name = `${what}-${Deno.pid}`;
  run("ip", "netns", "add", name);
  const remove = (): void => void run("ip", "netns", "del", name);
  try {
    run("ip", "link", "set", "b1", "netns", name);
    if (!silent) {
      run("ip", "addr", "add", "192.0.2.1/24", "dev", "b0");
      run("ip", "-n", name, "addr", "add", "192.0.2.2/24", "dev", "b1");
    }
    run("ip", "-n", name, "link", "set", "b1", "up");
  } catch (error) {
    remove();
    throw error;
  }
  return { name, [Symbol.dispose]: remove };
}

/** A frame of a test: numbered, with an EtherType for experiments (IEEE 802a). */
export function frame(number: number, length = 60 + number * 7 % 1400): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]);
  new DataView(bytes.buffer).setUint32(14, number);
  for (let i = 18; i < length; i++) bytes[i] = i * 31 + number;
  return bytes;
}

/** A frame's number. */
export function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(14);
}

/** Sends frames on a device. */
export function send(device: string, frames: Iterable<Uint8Array>): void {
  using handle = PcapHandle.create(device);
  handle.setBufferSize(2 * 1024 * 1024);
  handle.activate();
  for (const bytes of frames) handle.inject(bytes);
}

/** Frames numbered from `from` on. */
export function frames(count: number, from = 0): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, (_, i) => frame(from + i));
}

/** Resolves after a while. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
