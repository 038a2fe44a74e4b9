/**
 * Counting the flows of frames, by whatever does it fastest here.
 *
 * @module
 */
import type { FrameBatch } from "../../core/batch.ts";
import { withWebAssembly } from "../../core/webassembly.ts";
import { type Columns, decode, makeColumns } from "./columns.ts";
import { type Flows, FlowTable } from "./flow_table.ts";

/** A table of flows that takes frames. */
export interface FlowCounter extends Flows {
  /** Counts a batch. Batches may come in any order; `first` is that of the first batch that showed a flow. */
  add(frames: FrameBatch): void;
  /**
   * Counts what another table counted of the packets behind those counted here. `before`: packets of the capture before
   * the other's first.
   */
  addFlows(flows: Flows, before: number): void;
  /** Forgets all flows; its memory is used again. */
  clear(): void;
  /** Memory for frames that then need not be copied: what `FramingOptions.allocate` asks for; absent if it has none. */
  readonly allocate?: (bytes: number) => Uint8Array<ArrayBuffer>;
}

/** The counter in plain TypeScript: `decode`, then the table. */
export class PlainCounter extends FlowTable implements FlowCounter {
  #columns: Columns = makeColumns(0);

  /** Counts a batch. */
  add(frames: FrameBatch): void {
    if (this.#columns.capacity < frames.count) this.#columns = makeColumns(frames.count);
    decode(frames, this.#columns);
    this.addColumns(frames, this.#columns);
  }
}

/**
 * A counter: in WebAssembly, or in TypeScript where that cannot be had (too little address space, WebAssembly switched
 * off or forbidden). Both count the same.
 */
export async function flowCounter(): Promise<FlowCounter> {
  const { KernelTable } = await import("./kernel/kernel.ts");
  return withWebAssembly(() => new KernelTable()) ?? new PlainCounter();
}
