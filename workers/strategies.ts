/**
 * The strategies by name. Each is loaded when it is asked for.
 *
 * @module
 */
import type { Crew, Job, StrategyOptions } from "../core/engine.ts";
import type { Kit } from "../kit.ts";

/** A way to do a job. */
export interface Strategy {
  /** Name on the command line. */
  readonly name: string;
  /** One sentence for `list strategies`. */
  readonly title: string;
  /** Starts whatever threads it needs. */
  readonly start: (job: Job, kit: Kit, options?: StrategyOptions) => Promise<Crew>;
}

/** All strategies; the first is the default. */
export const STRATEGIES: readonly Strategy[] = [
  {
    name: "auto",
    title: "on this thread, and on workers as well once a job turns out to be long",
    start: async (...job) => (await import("./auto.ts")).auto(...job),
  },
  {
    name: "inline",
    title: "everything on this thread",
    start: async (...job) => (await import("./inline.ts")).inline(...job),
  },
  {
    name: "server",
    title:
      "threads that dissect and encode, each the next batch; this one reads, writes and, of two or more, is one",
    start: async (...job) => (await import("./server.ts")).server(...job),
  },
  {
    name: "pipeline",
    title: "this thread reads and writes, a second dissects, a third encodes",
    start: async (...job) => (await import("./pipeline.ts")).pipeline(...job),
  },
];

/**
 * The strategy of a name.
 *
 * @throws {RangeError} If there is none.
 */
export function strategyOf(name: string): Strategy {
  const found = STRATEGIES.find((s) => s.name === name);
  if (found) return found;
  throw new RangeError(
    `Cannot use strategy "${name}": current strategies are ${
      STRATEGIES.map((s) => s.name).join(", ")
    }`,
  );
}
