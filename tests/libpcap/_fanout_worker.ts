/**
 * Captures on `b0` as one of a group, for the test of captures on several threads.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { live } from "../../capture/libpcap/mod.ts";
import { numberOf } from "./_network.ts";

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
