/**
 * The built-in engine: the catalogue's walk.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";
import { type Catalogue, Walker } from "../core/catalogue.ts";
import type { Dissector, Engine, PacketBatch } from "../core/engine.ts";
import { memoryOf } from "../core/frame_memory.ts";
import { noOptions } from "./_options.ts";

/** The built-in TypeScript dissector. */
export const builtin: Engine = {
  name: "default",
  title: "the built-in dissector: all protocols of `list protocols`, no state between packets",
  aliases: ["pcapkit", "builtin"],
  capabilities: { depth: "application", stateful: false, items: false },
  frameMemory: true,
  start: async ({ catalogue, options, reuse }) => {
    noOptions("default", options);
    await catalogue.loadUsual();
    return new Builtin(catalogue, reuse);
  },
};

/** Walks batches. With `reuse`, the rows answered are valid until the batch after the next. */
class Builtin implements Dissector {
  readonly #catalogue: Catalogue;
  readonly #reuse: boolean;
  readonly #walkers: Walker[] = [];
  readonly #firstLayers: Uint32Array[] = [];
  #turn = 0;
  constructor(catalogue: Catalogue, reuse: boolean) {
    this.#catalogue = catalogue;
    this.#reuse = reuse;
  }
  dissect(frames: FrameBatch): PacketBatch | Promise<PacketBatch> {
    const packets = this.#walk(frames);
    const { missing } = this.#walkers[this.#turn];
    return missing.size === 0 ? packets : this.#load(frames, missing);
  }
  /** Loads what the batch needs and walks it again; what is found then may need more. */
  async #load(frames: FrameBatch, missing: ReadonlySet<number>): Promise<PacketBatch> {
    await this.#catalogue.load(missing);
    this.#turn ^= 1;
    return await this.dissect(frames);
  }
  #walk(frames: FrameBatch): PacketBatch {
    this.#turn ^= 1;
    const walker = this.#walkers[this.#turn] ??= this.#walker(frames);
    let firstLayer = this.#reuse ? this.#firstLayers[this.#turn] : undefined;
    if (firstLayer === undefined || firstLayer.length <= frames.count) {
      firstLayer = this.#firstLayers[this.#turn] = walker.places(frames.count);
    }
    walker.batch(frames, firstLayer);
    return {
      frames,
      layers: this.#reuse ? walker.layers : walker.layers.slice(0, walker.used),
      firstLayer,
      issues: this.#reuse ? walker.issues : walker.issues.slice(0, walker.issuesUsed),
      issuesUsed: walker.issuesUsed,
    };
  }
  /** A walker for frames that stand where these do. */
  #walker(frames: FrameBatch): Walker {
    const memory = this.#reuse ? memoryOf(frames.bytes.buffer) : undefined;
    return memory?.walker(this.#catalogue) ?? new Walker(this.#catalogue);
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
