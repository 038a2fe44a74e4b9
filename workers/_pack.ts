/**
 * Batches between threads: every column of a batch in one buffer of shared memory, which one thread uses at a time. Only
 * bytes that belong to the batch are copied; buffers are used again and again.
 *
 * Shared, not transferred: nothing is detached and nothing made anew, and no message is needed.
 *
 * @module
 */
import type { BlockColumns, FrameBatch, InterfaceInfo } from "../core/batch.ts";
import type { PacketBatch } from "../core/engine.ts";
import type { FrameMemory } from "../core/frame_memory.ts";

/** A batch of frames on its way: what is not in the buffer. Plain data. */
export interface PackedFrames {
  /** Single values. */
  readonly plain: Pick<
    FrameBatch,
    "sequence" | "firstNumber" | "count" | "clock" | "littleEndian" | "leads"
  >;
  /** Bytes of the frames, at the buffer's beginning. */
  readonly bytes: number;
  /** Blocks that are no packets, if the format has such: their number, and whether they name their sections. */
  readonly blocks?: { readonly count: number; readonly sections: boolean };
  /** Which columns there are that not every format has. */
  readonly options: boolean;
  /** The same, for modified pcap. */
  readonly modified: boolean;
}

/** What an engine found in a batch, on its way: what is not in the buffer. Plain data. */
export interface PackedPackets {
  /** Numbers of layer rows. */
  readonly layers: number;
  /** Numbers of issue rows. */
  readonly issues: number;
  /** Indexes of the protocols that rows may name and the receiver may have to load. */
  readonly ready: number;
}

const align = (n: number): number => (n + 7) & ~7;

/** Takes columns from a buffer, one behind the other: widest first within a batch, so that all are aligned. */
class Taker {
  readonly #buffer: ArrayBufferLike;
  at: number;
  constructor(buffer: ArrayBufferLike, at: number) {
    this.#buffer = buffer;
    this.at = align(at);
  }
  f64(n: number): Float64Array<ArrayBufferLike> {
    const column = new Float64Array(this.#buffer, this.at, n);
    this.at += n * 8;
    return column;
  }
  u32(n: number): Uint32Array<ArrayBufferLike> {
    const column = new Uint32Array(this.#buffer, this.at, n);
    this.at = align(this.at + n * 4);
    return column;
  }
  i32(n: number): Int32Array<ArrayBufferLike> {
    const column = new Int32Array(this.#buffer, this.at, n);
    this.at = align(this.at + n * 4);
    return column;
  }
  u16(n: number): Uint16Array<ArrayBufferLike> {
    const column = new Uint16Array(this.#buffer, this.at, n);
    this.at = align(this.at + n * 2);
    return column;
  }
  u8(n: number): Uint8Array<ArrayBufferLike> {
    const column = new Uint8Array(this.#buffer, this.at, n);
    this.at = align(this.at + n);
    return column;
  }
}

/** The columns of a batch within a packed buffer, which begins at `from`, a multiple of eight. */
function columnsIn(
  buffer: ArrayBufferLike,
  packed: PackedFrames,
  from = 0,
): Omit<FrameBatch, "interfaces"> {
  const t = new Taker(buffer, from + packed.bytes), n = packed.plain.count;
  const columns = {
    ...packed.plain,
    bytes: new Uint8Array(buffer, from, packed.bytes),
    seconds: t.f64(n),
    starts: t.u32(n),
    capturedLengths: t.u32(n),
    wireLengths: t.u32(n),
    nanoseconds: t.u32(n),
    interfaceIds: t.u32(n),
    recordStarts: t.u32(n),
    recordLengths: t.u32(n),
    linkTypes: t.u16(n),
  };
  const options = packed.options ? { optionStarts: t.u32(n), optionLengths: t.u32(n) } : {};
  const modified = packed.modified
    ? {
      modified: { interfaceIndexes: t.u32(n), protocols: t.u16(n), packetTypes: t.u8(n) },
    }
    : {};
  let blocks: { blocks?: BlockColumns } = {};
  if (packed.blocks) {
    const b = packed.blocks.count;
    blocks = {
      blocks: {
        count: b,
        starts: t.u32(b),
        lengths: t.u32(b),
        before: t.u32(b),
        ...(packed.blocks.sections ? { sections: t.u32(b) } : {}),
      },
    };
  }
  return { ...columns, ...options, ...modified, ...blocks };
}

/** Bytes that the columns behind `bytes` bytes of frames take at most. */
function room(packed: PackedFrames): number {
  const columns = 8 + 7 * 4 + 2 + (packed.options ? 8 : 0) + (packed.modified ? 7 : 0);
  return align(packed.bytes) + packed.plain.count * columns + 16 * 8 +
    (packed.blocks ? packed.blocks.count * 16 + 4 * 8 : 0);
}

/** Packs a batch into the buffer that `bufferOf` answers when it is told how many bytes that must have. */
export function packFrames(
  batch: FrameBatch,
  bufferOf: (bytes: number) => ArrayBufferLike,
): PackedFrames {
  const { sequence, firstNumber, count, clock, littleEndian, recordStarts, recordLengths } = batch;
  // The batch's own stretch of what may be a larger buffer.
  let from = batch.bytes.length, to = 0;
  for (let i = 0; i < count; i++) {
    const start = recordStarts[i], end = start + recordLengths[i];
    if (start < from) from = start;
    if (end > to) to = end;
    // Frames of some sources stand outside their records.
    const first = batch.starts[i], last = first + batch.capturedLengths[i];
    if (first < from) from = first;
    if (last > to) to = last;
  }
  const { blocks, modified } = batch;
  if (blocks) {
    for (let i = 0; i < blocks.count; i++) {
      const start = blocks.starts[i], end = start + blocks.lengths[i];
      if (start < from) from = start;
      if (end > to) to = end;
    }
  }
  if (to < from) from = to = 0;
  // Into shared memory V8 copies word by word only between places that are aligned alike, else byte by byte.
  from -= Math.min(from, (batch.bytes.byteOffset + from) & 7);
  const head = {
    plain: {
      sequence,
      firstNumber,
      count,
      clock,
      littleEndian,
      ...(batch.leads === undefined ? {} : { leads: batch.leads }),
    },
    bytes: to - from,
    options: batch.optionStarts !== undefined,
    modified: modified !== undefined,
    ...(blocks ? { blocks: { count: blocks.count, sections: blocks.sections !== undefined } } : {}),
  };
  const buffer = bufferOf(room(head));
  const into = columnsIn(buffer, head);
  new Uint8Array(buffer).set(batch.bytes.subarray(from, to));
  into.seconds.set(batch.seconds.subarray(0, count));
  moved(into.starts, batch.starts, count, from);
  into.capturedLengths.set(batch.capturedLengths.subarray(0, count));
  into.wireLengths.set(batch.wireLengths.subarray(0, count));
  into.nanoseconds.set(batch.nanoseconds.subarray(0, count));
  into.interfaceIds.set(batch.interfaceIds.subarray(0, count));
  moved(into.recordStarts, recordStarts, count, from);
  into.recordLengths.set(recordLengths.subarray(0, count));
  into.linkTypes.set(batch.linkTypes.subarray(0, count));
  if (batch.optionStarts) {
    moved(into.optionStarts!, batch.optionStarts, count, from);
    into.optionLengths!.set(batch.optionLengths!.subarray(0, count));
  }
  if (modified) {
    into.modified!.interfaceIndexes.set(modified.interfaceIndexes.subarray(0, count));
    into.modified!.protocols.set(modified.protocols.subarray(0, count));
    into.modified!.packetTypes.set(modified.packetTypes.subarray(0, count));
  }
  if (blocks) {
    const b = into.blocks!, n = blocks.count;
    moved(b.starts, blocks.starts, n, from);
    b.lengths.set(blocks.lengths.subarray(0, n));
    b.before.set(blocks.before.subarray(0, n));
    b.sections?.set(blocks.sections!.subarray(0, n));
  }
  return head;
}

function moved(into: Uint32Array, from: Uint32Array, count: number, by: number): void {
  for (let i = 0; i < count; i++) into[i] = from[i] - by;
}

/** Memory of one thread that packed batches are copied into. */
export class Unpacker {
  #own: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #reuse: boolean;
  readonly #allocate: FrameMemory["allocate"];

  /** With `reuse`, one batch after the other is copied to the same place: in `memory`, if there is one. */
  constructor(reuse: boolean, memory?: FrameMemory) {
    this.#reuse = reuse;
    this.#allocate = reuse && memory ? memory.allocate : (bytes) => new Uint8Array(bytes);
  }

  /**
   * The batch in a packed buffer, in memory that is not shared; with `reuse` valid until the next one. Reading shared memory is as
   * fast, but much that is built into the language is many times slower there (`toHex`, `copyWithin`).
   */
  frames(
    packed: PackedFrames,
    buffer: ArrayBufferLike,
    interfaces: readonly InterfaceInfo[],
  ): FrameBatch {
    const bytes = room(packed);
    if (this.#own.length < bytes || !this.#reuse) {
      this.#own = this.#allocate(this.#reuse ? bytes * 2 : bytes);
    }
    const own = this.#own;
    own.set(new Uint8Array(buffer, 0, Math.min(bytes, buffer.byteLength)));
    return unpackFrames(packed, own.buffer, interfaces, own.byteOffset);
  }
}

/** The batch in a packed buffer, which begins at `from`. */
export function unpackFrames(
  packed: PackedFrames,
  buffer: ArrayBufferLike,
  interfaces: readonly InterfaceInfo[],
  from = 0,
): FrameBatch {
  return sameShape({ ...columnsIn(buffer, packed, from), interfaces } as FrameBatch);
}

/**
 * A batch as an object whose properties were always made in the same order. A thread that is given batches of several
 * makes compiles what dissects them again for each make.
 */
export function sameShape(batch: FrameBatch): FrameBatch {
  const same: { -readonly [K in keyof FrameBatch]: FrameBatch[K] } = {
    sequence: batch.sequence,
    firstNumber: batch.firstNumber,
    count: batch.count,
    bytes: batch.bytes,
    starts: batch.starts,
    capturedLengths: batch.capturedLengths,
    wireLengths: batch.wireLengths,
    seconds: batch.seconds,
    nanoseconds: batch.nanoseconds,
    linkTypes: batch.linkTypes,
    interfaceIds: batch.interfaceIds,
    interfaces: batch.interfaces,
    clock: batch.clock,
    littleEndian: batch.littleEndian,
    recordStarts: batch.recordStarts,
    recordLengths: batch.recordLengths,
  };
  if (batch.leads !== undefined) same.leads = batch.leads;
  if (batch.numbers) same.numbers = batch.numbers;
  if (batch.optionStarts) {
    same.optionStarts = batch.optionStarts;
    same.optionLengths = batch.optionLengths!;
  }
  if (batch.modified) same.modified = batch.modified;
  if (batch.blocks) same.blocks = batch.blocks;
  return same;
}

/** Packs what an engine found, as {@linkcode packFrames} does. `ready`: the protocols loaded so far. */
export function packPackets(
  packets: PacketBatch,
  ready: readonly number[],
  bufferOf: (bytes: number) => ArrayBufferLike,
): PackedPackets {
  const { count } = packets.frames, layers = packets.firstLayer[count];
  const issues = packets.issuesUsed;
  const t = new Taker(bufferOf((layers + count + 1 + issues + ready.length) * 4 + 32), 0);
  t.u32(count + 1).set(packets.firstLayer.subarray(0, count + 1));
  t.i32(layers).set(packets.layers.subarray(0, layers));
  t.i32(issues).set(packets.issues.subarray(0, issues));
  t.i32(ready.length).set(ready);
  return { layers, issues, ready: ready.length };
}

/** What an engine found in `frames`, from a packed buffer; and the protocols that rows may name. */
export function unpackPackets(
  packed: PackedPackets,
  buffer: ArrayBufferLike,
  frames: FrameBatch,
): { readonly packets: PacketBatch; readonly ready: Int32Array } {
  const t = new Taker(buffer, 0);
  const firstLayer = t.u32(frames.count + 1);
  const layers = t.i32(packed.layers), issues = t.i32(packed.issues);
  return {
    packets: { frames, firstLayer, layers, issues, issuesUsed: packed.issues },
    ready: t.i32(packed.ready),
  };
}

/** The first `count` of a list, which is nearly always all of it. */
export function firstOf<T>(list: readonly T[], count: number): readonly T[] {
  return list.length === count ? list : list.slice(0, count);
}
