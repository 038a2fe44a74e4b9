/**
 * What runs on a thread that counts flows: one range of a file after another, each into a table of its own.
 *
 * @module
 */
import { cutRange } from "../capture/capture_index.ts";
import { flowCounter } from "../engines/dpkt/counter.ts";
import { ENTRY_WORDS } from "../engines/dpkt/flow_table.ts";
import { packError } from "./_message.ts";
import type { CountAnswer, CountOrder } from "./count_flows.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<CountOrder>) => void) | null;
  postMessage(answer: CountAnswer, transfer?: Transferable[]): void;
};

/** Bytes read at a time: what the second-level cache holds together with the table's busy part. */
const BUFFER_BYTES = 512 * 1024;

scope.onmessage = async ({ data: { path, request } }) => {
  try {
    const counter = await flowCounter();
    const result = await cutRange(path, request, (frames) => counter.add(frames), {
      batchBytes: BUFFER_BYTES,
      ...(counter.allocate ? { allocate: counter.allocate } : {}),
    });
    const { count, packets, bytes, otherPackets, unkeptPackets } = counter;
    const entries = new ArrayBuffer(count * ENTRY_WORDS * 4);
    new Uint32Array(entries).set(counter.words.subarray(0, count * ENTRY_WORDS));
    const counts = { count, packets, bytes, otherPackets, unkeptPackets };
    scope.postMessage({ result, counts, entries }, [entries]);
  } catch (error) {
    scope.postMessage({ error: packError(error) });
  }
};
