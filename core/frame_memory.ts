/**
 * Memory that frames are read into so that a kernel in WebAssembly sees them without a copy. Whoever reads a capture asks
 * for it and gives it to the framer; an engine finds it by the frames. Where WebAssembly cannot be had there is none, and
 * everything is done in TypeScript.
 *
 * @example Read a capture so that the engine's kernel sees it
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 * import { frameMemory, LAYER } from "@pcapkit/pcapkit/core";
 * import { builtin } from "@pcapkit/pcapkit/engines";
 * import { createKit } from "@pcapkit/pcapkit/kit";
 *
 * const { catalogue } = createKit();
 * const memory = await frameMemory();
 * await using dissector = await builtin.start({ catalogue, options: {}, reuse: true });
 * await using capture = await openCapture("tests/captures/sample.pcap", {
 *   reuse: "next",
 *   ...(memory ? { allocate: memory.allocate } : {}),
 * });
 * let layers = 0;
 * for await (const frames of capture) {
 *   const { firstLayer } = await dissector.dissect(frames);
 *   layers += firstLayer[frames.count] / LAYER;
 * }
 * ```
 *
 * @module
 */
import type { FrameBatch } from "./batch.ts";
import type { Catalogue, Walker } from "./catalogue.ts";
import { withWebAssembly } from "./webassembly.ts";

/** Memory for frames, and what works in it. */
export interface FrameMemory {
  /** Memory for buffers and columns; ordinary memory when it is used up. What `FramingOptions.allocate` asks for. */
  readonly allocate: (bytes: number) => Uint8Array<ArrayBuffer>;
  /** A walker that is quick where frames stand in this memory. */
  walker(catalogue: Catalogue): Walker;
  /**
   * Cuts records of pcap that stand in this memory, into columns that do, too: up to `run.to`, or to one that is odd, at
   * fault or not all there. Moves `pos` and `count`.
   */
  cutPcap(run: PcapRun): void;
}

/** Records of pcap that are to be cut, with headers of the usual form. */
export interface PcapRun {
  /** Where they stand. */
  bytes: Uint8Array;
  /** The next record. */
  pos: number;
  /** One past the last byte. */
  end: number;
  /** Frames cut. */
  count: number;
  /** Frames wanted. */
  to: number;
  /** Byte order. */
  readonly littleEndian: boolean;
  /** Units of the sub-second field in a second. */
  readonly units: number;
  /** Longest captured length that is not odd. */
  readonly longest: number;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** Columns to fill. */
  columns: Pick<
    FrameBatch,
    | "starts"
    | "capturedLengths"
    | "wireLengths"
    | "seconds"
    | "nanoseconds"
    | "linkTypes"
    | "interfaceIds"
    | "recordStarts"
    | "recordLengths"
  >;
}

const MEMORIES = new WeakMap<ArrayBufferLike, FrameMemory>();

/** The memory that a buffer is, if it is one. */
export function memoryOf(buffer: ArrayBufferLike): FrameMemory | undefined {
  return MEMORIES.get(buffer);
}

/**
 * Memory for the frames of one reading with `reuse`; `undefined` where WebAssembly cannot be had (too little address space,
 * switched off).
 */
export async function frameMemory(): Promise<FrameMemory | undefined> {
  const { KernelMemory } = await import("./kernel/memory.ts");
  return withWebAssembly(() => {
    const memory = new KernelMemory();
    MEMORIES.set(memory.buffer, memory);
    return memory;
  });
}
