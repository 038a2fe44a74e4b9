/**
 * What runs on a thread that counts flows: one range of a file after another.
 *
 * @module
 */
import { packError } from "./_message.ts";
import { RangeCounter } from "./_range_counter.ts";
import type { CountAnswer, CountOrder } from "./count_flows.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<CountOrder>) => void) | null;
  postMessage(answer: CountAnswer, transfer?: Transferable[]): void;
};

const counter = RangeCounter.make();
/** Ranges are counted one after another: there is one table. */
let queue: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: { path, request } }) => {
  queue = queue.then(async () => {
    try {
      const { result, flows } = await (await counter).count(path, request);
      const { words, floats: _, ...counts } = flows;
      scope.postMessage({ result, counts, entries: words.buffer }, [words.buffer]);
    } catch (error) {
      scope.postMessage({ error: packError(error) });
    }
  });
};
