/**
 * Batches between threads: every column of a batch in one buffer of shared memory, which one thread uses at a time. Only
 * bytes that belong to the batch are copied; buffers are used again and again.
 *
 * Shared, not transferred: nothing is detached and nothing made anew, and no message is needed.
 *
 * @module
 */
import {
  type BlockColumns,
  type FrameBatch,
  frameNumber,
  type InterfaceInfo,
  someBlocks,
  stretchOf,
} from "../core/batch.ts";
import type { PacketBatch } from "../core/engine.ts";
import type { FrameMemory } from "../core/frame_memory.ts";

/** Single values of a batch. */
export type Plain = Pick<
  FrameBatch,
  "sequence" | "firstNumber" | "count" | "clock" | "littleEndian"
>;

/** A batch of frames on its way: what is not in the buffer. Plain data. */
export interface PackedFrames extends Plain {
  /** As {@link FrameBatch.leads}. */
  readonly leads: boolean | undefined;
  /** Bytes of the frames. */
  readonly bytes: number;
  /** Whether there are the columns of pcapng's options. */
  readonly options: boolean;
  /** Whether there are the columns of modified pcap. */
  readonly modified: boolean;
  /** Number of blocks that are no packets; -1 if the format has no such. */
  readonly blocks: number;
  /** Whether blocks name their sections. */
  readonly sections: boolean;
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

/** Columns of a batch, but for its blocks'. */
export type Columns = Pick<
  FrameBatch,
  | "seconds"
  | "starts"
  | "capturedLengths"
  | "wireLengths"
  | "nanoseconds"
  | "interfaceIds"
  | "recordStarts"
  | "recordLengths"
  | "linkTypes"
  | "optionStarts"
  | "optionLengths"
  | "modified"
>;

/**
 * What a buffer of packed frames looks like: columns with room for `capacity` frames, then bytes, then blocks. Batches vary
 * in length, and the places of their columns do not: views of them are made once, and are no garbage.
 */
interface Sheet extends Columns {
  readonly capacity: number;
  /** What stands behind the columns. */
  readonly bytes: Uint8Array<ArrayBufferLike>;
}

/** Frames that a sheet for `count` frames has room for. */
function capacityFor(count: number): number {
  let capacity = 64;
  while (capacity < count) capacity *= 2;
  return capacity;
}

/** Bytes of the columns of a sheet. */
function columnBytes({ count, options, modified }: PackedFrames): number {
  const each = 8 + 7 * 4 + 2 + (options ? 8 : 0) + (modified ? 7 : 0);
  return capacityFor(count) * each;
}

/** Bytes of what stands behind the columns: the frames' bytes, and the blocks' columns, each of a multiple of eight. */
function roomBehind({ bytes, blocks }: PackedFrames): number {
  return align(bytes) + (blocks > 0 ? blocks * 16 + 4 * 8 : 0);
}

/** Bytes that a buffer for `packed` needs. */
function room(packed: PackedFrames): number {
  return columnBytes(packed) + roomBehind(packed);
}

/** The sheet that a buffer is from `from`, a multiple of eight, on. */
function makeSheet(buffer: ArrayBufferLike, packed: PackedFrames, from = 0, to?: number): Sheet {
  const n = capacityFor(packed.count), t = new Taker(buffer, from);
  const { options, modified } = packed;
  // The capacity is a multiple of 64, so that each column begins where its numbers may stand.
  return {
    capacity: n,
    seconds: t.f64(n),
    starts: t.u32(n),
    capturedLengths: t.u32(n),
    wireLengths: t.u32(n),
    nanoseconds: t.u32(n),
    interfaceIds: t.u32(n),
    recordStarts: t.u32(n),
    recordLengths: t.u32(n),
    ...(options ? { optionStarts: t.u32(n), optionLengths: t.u32(n) } : {}),
    linkTypes: t.u16(n),
    ...(modified
      ? { modified: { interfaceIndexes: t.u32(n), protocols: t.u16(n), packetTypes: t.u8(n) } }
      : {}),
    bytes: new Uint8Array(buffer, t.at, (to ?? buffer.byteLength) - t.at),
  };
}

/** Whether a sheet is as `packed` needs it, but for the room for bytes. */
function suits(sheet: Sheet, packed: PackedFrames): boolean {
  return sheet.capacity === capacityFor(packed.count) &&
    (sheet.optionStarts !== undefined) === packed.options &&
    (sheet.modified !== undefined) === packed.modified;
}

/** The sheets that buffers were last used as. */
const SHEETS = new WeakMap<ArrayBufferLike, Sheet>();

/** The sheet that a whole buffer is. */
function sheetOf(buffer: ArrayBufferLike, packed: PackedFrames): Sheet {
  let sheet = SHEETS.get(buffer);
  if (sheet === undefined || !suits(sheet, packed)) {
    SHEETS.set(buffer, sheet = makeSheet(buffer, packed));
  }
  return sheet;
}

/** Copies `count` frames' numbers, from index `at` on; places become less by `by`. */
function copyColumns(into: Columns, from: Columns, at: number, count: number, by: number): void {
  // Loops, not views: batches are short, and views of ten columns for each would be most of a run's garbage.
  const { starts, capturedLengths, wireLengths, nanoseconds } = from;
  const { interfaceIds, recordStarts, recordLengths, seconds, linkTypes } = from;
  for (let k = 0, i = at; k < count; k++, i++) {
    into.starts[k] = starts[i] - by;
    into.capturedLengths[k] = capturedLengths[i];
    into.wireLengths[k] = wireLengths[i];
    into.nanoseconds[k] = nanoseconds[i];
    into.interfaceIds[k] = interfaceIds[i];
    into.recordStarts[k] = recordStarts[i] - by;
    into.recordLengths[k] = recordLengths[i];
    into.seconds[k] = seconds[i];
    into.linkTypes[k] = linkTypes[i];
  }
  const { optionStarts, modified } = from;
  if (optionStarts) {
    const optionLengths = from.optionLengths!;
    for (let k = 0, i = at; k < count; k++, i++) {
      into.optionStarts![k] = optionStarts[i] - by;
      into.optionLengths![k] = optionLengths[i];
    }
  }
  if (modified) {
    const to = into.modified!;
    for (let k = 0, i = at; k < count; k++, i++) {
      to.interfaceIndexes[k] = modified.interfaceIndexes[i];
      to.protocols[k] = modified.protocols[i];
      to.packetTypes[k] = modified.packetTypes[i];
    }
  }
}

/** The columns of the blocks, which stand behind the bytes of a sheet. */
function blocksOf(sheet: Sheet, { bytes, blocks, sections }: PackedFrames): BlockColumns {
  const t = new Taker(sheet.bytes.buffer, sheet.bytes.byteOffset + bytes);
  return {
    count: blocks,
    starts: t.u32(blocks),
    lengths: t.u32(blocks),
    before: t.u32(blocks),
    ...(sections ? { sections: t.u32(blocks) } : {}),
  };
}

/**
 * Packs the frames of a batch from index `at` up to `end`, as batch number `sequence`, into the buffer that `bufferOf` answers
 * when it is told how many bytes that must have.
 */
export function packFrames(
  batch: FrameBatch,
  bufferOf: (bytes: number) => ArrayBufferLike,
  sequence = batch.sequence,
  at = 0,
  end: number = batch.count,
): PackedFrames {
  const count = end - at;
  // The packets' own part of what may be a larger buffer.
  let { from, to } = stretchOf(batch, at, end);
  const blocks = batch.blocks && someBlocks(batch.blocks, at, end, batch.count);
  if (blocks) {
    for (let i = 0; i < blocks.count; i++) {
      const start = blocks.starts[i], stop = start + blocks.lengths[i];
      if (start < from) from = start;
      if (stop > to) to = stop;
    }
  }
  if (to < from) from = to = 0;
  // Into shared memory V8 copies word by word only between places that are aligned alike, else byte by byte.
  from -= Math.min(from, (batch.bytes.byteOffset + from) & 7);
  const packed: PackedFrames = {
    sequence,
    firstNumber: count > 0 ? frameNumber(batch, at) : batch.firstNumber + at,
    count,
    clock: at === 0 ? batch.clock : {
      firstSeconds: batch.clock.firstSeconds,
      firstNanoseconds: batch.clock.firstNanoseconds,
      previousSeconds: batch.seconds[at - 1],
      previousNanoseconds: batch.nanoseconds[at - 1],
    },
    littleEndian: batch.littleEndian,
    leads: batch.leads && at === 0,
    bytes: to - from,
    options: batch.optionStarts !== undefined,
    modified: batch.modified !== undefined,
    blocks: blocks?.count ?? -1,
    sections: blocks?.sections !== undefined,
  };
  const into = sheetOf(bufferOf(room(packed)), packed);
  into.bytes.set(batch.bytes.subarray(from, to));
  copyColumns(into, batch, at, count, from);
  if (blocks && blocks.count > 0) {
    const columns = blocksOf(into, packed);
    for (let i = 0; i < blocks.count; i++) {
      columns.starts[i] = blocks.starts[i] - from;
      columns.lengths[i] = blocks.lengths[i];
      columns.before[i] = blocks.before[i];
      if (blocks.sections) columns.sections![i] = blocks.sections[i];
    }
  }
  return packed;
}

/** Memory of one thread that packed batches are copied into. */
export class Unpacker {
  #own: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #sheet: Sheet | undefined;
  readonly #reuse: boolean;
  readonly #allocate: FrameMemory["allocate"];

  /** With `reuse`, one batch after the other is copied to the same place: in `memory`, if there is one. */
  constructor(reuse: boolean, memory?: FrameMemory) {
    this.#reuse = reuse;
    this.#allocate = reuse && memory ? memory.allocate : (bytes) => new Uint8Array(bytes);
  }

  /** A sheet for a batch. */
  #into(packed: PackedFrames): Sheet {
    const bytes = room(packed);
    if (this.#own.length < bytes || !this.#reuse) {
      this.#own = this.#allocate(this.#reuse ? bytes * 2 : bytes);
      this.#sheet = undefined;
    }
    if (this.#sheet === undefined || !suits(this.#sheet, packed)) {
      const { buffer, byteOffset, length } = this.#own;
      this.#sheet = makeSheet(buffer, packed, byteOffset, byteOffset + length);
    }
    return this.#sheet;
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
    const from = sheetOf(buffer, packed), into = this.#into(packed);
    into.bytes.set(from.bytes.subarray(0, roomBehind(packed)));
    copyColumns(into, from, 0, packed.count, 0);
    return batchOf(packed, into, interfaces);
  }
}

/** The batch on a sheet. */
function batchOf(
  packed: PackedFrames,
  sheet: Sheet,
  interfaces: readonly InterfaceInfo[],
): FrameBatch {
  const blocks = packed.blocks < 0 ? undefined : blocksOf(sheet, packed);
  return shaped(packed, sheet, sheet.bytes, interfaces, packed.leads, blocks);
}

/** The batch in a packed buffer. */
export function unpackFrames(
  packed: PackedFrames,
  buffer: ArrayBufferLike,
  interfaces: readonly InterfaceInfo[],
): FrameBatch {
  return batchOf(packed, makeSheet(buffer, packed), interfaces);
}

/** A batch as an object whose properties were made in the same order as all others'. */
export function shaped(
  plain: Plain,
  columns: Columns,
  bytes: Uint8Array,
  interfaces: readonly InterfaceInfo[],
  leads: boolean | undefined,
  blocks: BlockColumns | undefined,
): FrameBatch {
  const same: { -readonly [K in keyof FrameBatch]: FrameBatch[K] } = {
    sequence: plain.sequence,
    firstNumber: plain.firstNumber,
    count: plain.count,
    bytes,
    starts: columns.starts,
    capturedLengths: columns.capturedLengths,
    wireLengths: columns.wireLengths,
    seconds: columns.seconds,
    nanoseconds: columns.nanoseconds,
    linkTypes: columns.linkTypes,
    interfaceIds: columns.interfaceIds,
    interfaces,
    clock: plain.clock,
    littleEndian: plain.littleEndian,
    recordStarts: columns.recordStarts,
    recordLengths: columns.recordLengths,
  };
  if (leads !== undefined) same.leads = leads;
  if (columns.optionStarts) {
    same.optionStarts = columns.optionStarts;
    same.optionLengths = columns.optionLengths!;
  }
  if (columns.modified) same.modified = columns.modified;
  if (blocks) same.blocks = blocks;
  return same;
}

/**
 * A batch that was read, as an object like those that were unpacked. A thread that is given batches of several makes
 * compiles what dissects them again for each make.
 */
export function sameShape(batch: FrameBatch): FrameBatch {
  return shaped(batch, batch, batch.bytes, batch.interfaces, batch.leads, batch.blocks);
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
