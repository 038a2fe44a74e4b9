/**
 * Memory that frames are read into so that a kernel in WebAssembly sees them without a copy. Whoever reads a capture asks
 * for it and gives it to the framer; an engine finds it by the frames. Where WebAssembly cannot be had there is none, and
 * everything is done in TypeScript.
 *
 * @module
 */
import type { Catalogue, Walker } from "./catalogue.ts";

/** Memory for frames, and what works in it. */
export interface FrameMemory {
  /** Memory for buffers and columns; ordinary memory when it is used up. What `FramingOptions.allocate` asks for. */
  readonly allocate: (bytes: number) => Uint8Array<ArrayBuffer>;
  /** A walker that is quick where frames stand in this memory. */
  walker(catalogue: Catalogue): Walker;
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
  try {
    const memory = new KernelMemory();
    MEMORIES.set(memory.buffer, memory);
    return memory;
  } catch (error) {
    if (error instanceof RangeError || error instanceof ReferenceError) return undefined;
    throw error;
  }
}
