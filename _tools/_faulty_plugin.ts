/** A plug-in for tests: engines that fail on purpose, each in its way. */
import type { Engine, EngineContext, PacketBatch, Plugin } from "../core/engine.ts";
import { builtin } from "../engines/builtin.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function engine(name: string, stateful: boolean): Engine {
  return {
    name,
    title: "fails on purpose",
    capabilities: { ...builtin.capabilities, stateful },
    async start(context: EngineContext) {
      const { fault: kind, at = 0 } = context.options as { fault?: string; at?: number };
      if (kind === "start") throw new Error("cannot start today");
      const inner = await builtin.start({ ...context, options: {} });
      return {
        async dissect(frames): Promise<PacketBatch> {
          // From packet `at` on.
          const fault = frames.firstNumber + frames.count > at ? kind : undefined;
          if (fault === "throw") throw new Error("packet 3 was too much");
          // An error that nobody awaits.
          if (fault === "late") {
            setTimeout(() => {
              throw new Error("from behind");
            });
            await pause(60_000);
          }
          if (fault === "close") {
            (globalThis as unknown as { close(): void }).close();
            await pause(60_000);
          }
          // As long as the process lives, unless somebody ends the thread.
          if (fault === "spin") { for (;;); }
          if (fault === "slow") await pause(20);
          return await inner.dissect(frames);
        },
        [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
      };
    },
  };
}

const plugin: Plugin = {
  name: "faulty",
  module: import.meta.url,
  engines: [engine("faulty", false), engine("stateful", true)],
};
export default plugin;
