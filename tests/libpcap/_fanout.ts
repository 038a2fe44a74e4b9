/**
 * A program that captures on `b0` with two workers that share its packets: says `ready`, captures until its standard
 * input ends, and prints the numbers of the frames each worker got.
 *
 * @module
 */
/// <reference lib="deno.worker" />
// deno-lint-ignore-file no-console
import { live } from "../../capture/libpcap/mod.ts";
import { numberOf } from "./_network.ts";

async function capture(): Promise<void> {
  const capture = live("b0", { fanout: { group: 4711, mode: "round-robin" } });
  self.onmessage = () => capture.stop();
  await capture.open();
  self.postMessage("ready");
  const numbers: number[] = [];
  for await (const batch of capture) {
    for (let i = 0; i < batch.count; i++) {
      numbers.push(numberOf(batch.bytes.subarray(batch.starts[i])));
    }
  }
  self.postMessage(numbers);
  self.close();
}

async function main(): Promise<void> {
  const workers = [1, 2].map(() => new Worker(import.meta.url, { type: "module" }));
  const answers = () =>
    Promise.all(workers.map((worker) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
      })
    ));
  await answers();
  console.log("ready");
  for await (const _ of Deno.stdin.readable);
  for (const worker of workers) worker.postMessage("stop");
  console.log(JSON.stringify(await answers()));
}

await ("DedicatedWorkerGlobalScope" in globalThis ? capture() : main());
