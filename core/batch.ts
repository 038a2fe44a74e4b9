/**
 * What flows: batches. A batch is bytes and columns of numbers, so it crosses threads without being copied.
 * Packets and headers are views made on demand.
 *
 * @module
 */

/** One interface packets were captured on; a pcap file has exactly one. Plain data. */
export interface InterfaceInfo {
  /** LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Longest packet the capture would keep, in bytes; 0 for no limit. */
  readonly snapLength: number;
  /** Bytes of frame check sequence at each frame's end; `undefined` if the capture does not say. */
  readonly fcsLength?: number;
  /** Section of the file, counted from 0; always 0 for pcap. */
  readonly section: number;
  /** Number of the interface within its section, counted from 0. */
  readonly id: number;
  /** Ticks per second of its time stamps: a power of 10 or of 2, as text, for example `10^-9`. */
  readonly resolution: string;
  /** Seconds added to each time stamp (pcapng `if_tsoffset`). */
  readonly offsetSeconds?: bigint;
  /** Name, for example `eth0` (pcapng `if_name`). */
  readonly name?: string;
  /** Description (pcapng `if_description`). */
  readonly description?: string;
  /** Capture filter (pcapng `if_filter`). */
  readonly filter?: string;
  /** Operating system (pcapng `if_os`). */
  readonly os?: string;
  /** Hardware (pcapng `if_hardware`). */
  readonly hardware?: string;
}

/** A part of a capture file that is no packet: a pcapng block, in the place where it stood. */
export interface BlockColumns {
  /** Blocks in this batch that are no packets. */
  readonly count: number;
  /** Where each block starts in the batch's `bytes`. */
  readonly starts: Uint32Array;
  /** Its length, type and lengths included. */
  readonly lengths: Uint32Array;
  /** The block stands before the frame with this index in the batch (`count` of frames: after the last). */
  readonly before: Uint32Array;
  /** Section of the file each block stands in, counted from 0: which interfaces its numbers mean. */
  readonly sections?: Uint32Array;
}

/** Frames cut from a capture. All columns have at least `count` entries; those beyond are meaningless. */
export interface FrameBatch {
  /** Place in the capture: 0, 1, 2, ... without gaps. */
  readonly sequence: number;
  /** Number of the first frame, counted from 1 as Wireshark does. */
  readonly firstNumber: number;
  /**
   * Whether these are the first frames of all that come; if absent, frame 1 is. Where only a part of a capture is
   * wanted, formats could not tell otherwise where their output begins.
   */
  readonly leads?: boolean;
  /**
   * Numbers of the frames, where they do not follow one another because a filter took some away: see
   * {@link frameNumber}.
   */
  readonly numbers?: Uint32Array;
  /** Frames in this batch. */
  readonly count: number;
  /**
   * Bytes of the file; frames stand in it with whatever the format puts between them. Batches in a row may share one
   * buffer: whoever sends a batch to another thread copies the bytes, and does not transfer their buffer.
   */
  readonly bytes: Uint8Array;
  /** Where each frame starts in `bytes`. */
  readonly starts: Uint32Array;
  /** Bytes captured of each frame. */
  readonly capturedLengths: Uint32Array;
  /** Length of each frame on the wire. */
  readonly wireLengths: Uint32Array;
  /** Whole seconds since 1970-01-01T00:00:00Z, rounded down; `NaN` where the format gives no time. */
  readonly seconds: Float64Array;
  /** Nanoseconds within the second, 0 to 999,999,999. */
  readonly nanoseconds: Uint32Array;
  /** LINKTYPE_ number of each frame. */
  readonly linkTypes: Uint16Array;
  /** Index into `interfaces` of each frame. */
  readonly interfaceIds: Uint32Array;
  /** The interfaces known so far, in the order they appeared, over all sections. */
  readonly interfaces: readonly InterfaceInfo[];
  /** Time of the capture's first frame, and of the frame before this batch (`NaN` seconds if there is none), for relative times. */
  readonly clock: {
    /** Seconds of the capture's first frame. */
    readonly firstSeconds: number;
    /** Nanoseconds of the capture's first frame. */
    readonly firstNanoseconds: number;
    /** Seconds of the frame before this batch. */
    readonly previousSeconds: number;
    /** Nanoseconds of the frame before this batch. */
    readonly previousNanoseconds: number;
  };
  /** Byte order of the numbers around the frames (record headers, blocks, options). */
  readonly littleEndian: boolean;
  /** pcapng: where each frame's options start in `bytes`; absent for pcap. */
  readonly optionStarts?: Uint32Array;
  /** pcapng: bytes of each frame's options. */
  readonly optionLengths?: Uint32Array;
  /** Where each frame's whole record or block starts in `bytes`. */
  readonly recordStarts: Uint32Array;
  /** Length of the whole record or block. */
  readonly recordLengths: Uint32Array;
  /** pcapng: the blocks that are no packets. */
  readonly blocks?: BlockColumns;
  /** Modified pcap (magic a1b2cd34): the three fields its record header adds. */
  readonly modified?: {
    /** Interface index of the capturing host. */
    readonly interfaceIndexes: Uint32Array;
    /** EtherType the kernel reported. */
    readonly protocols: Uint16Array;
    /** Packet type (0 to us, 1 broadcast, 2 multicast, 3 to someone else, 4 from us). */
    readonly packetTypes: Uint8Array;
  };
}

/** What is known of a capture file from its first header. Plain data. */
export interface CaptureHeader {
  /** Format by name: `pcap`, `pcapng` ... */
  readonly format: string;
  /** Byte order of the (first section of the) file. */
  readonly littleEndian: boolean;
  /** Version, for example 2.4. */
  readonly version: readonly [major: number, minor: number];
  /** Precision of the time stamps as stored: microseconds or nanoseconds for pcap; pcapng says it per interface. */
  readonly precision?: "microseconds" | "nanoseconds";
  /** pcap: the magic number. */
  readonly magic: number;
  /** pcap: correction from UTC to local time, in seconds; nearly always 0. */
  readonly thiszone?: number;
  /** pcap: accuracy of time stamps; nearly always 0. */
  readonly sigfigs?: number;
  /** pcap: longest packet kept, in bytes. */
  readonly snapLength?: number;
  /** pcap: LINKTYPE_ number. */
  readonly linkType?: number;
  /** pcap: bytes of frame check sequence, if the header says so. */
  readonly fcsLength?: number;
  /** Compression around the file: `gzip`, `zstd`, `lz4`. */
  readonly compression?: string;
  /** The header's own bytes (pcap's 24, or the first section header block). */
  readonly bytes: Uint8Array;
}

/** The clock of a batch that nothing came before. */
export const NO_CLOCK: FrameBatch["clock"] = {
  firstSeconds: NaN,
  firstNanoseconds: 0,
  previousSeconds: NaN,
  previousNanoseconds: 0,
};

/** A batch without frames, of a capture on these interfaces. */
export function noFrames(interfaces: readonly InterfaceInfo[] = []): FrameBatch {
  const none = new Uint32Array(0);
  return {
    sequence: 0,
    firstNumber: 1,
    count: 0,
    bytes: new Uint8Array(0),
    starts: none,
    capturedLengths: none,
    wireLengths: none,
    seconds: new Float64Array(0),
    nanoseconds: none,
    linkTypes: new Uint16Array(0),
    interfaceIds: none,
    interfaces,
    clock: NO_CLOCK,
    littleEndian: true,
    recordStarts: none,
    recordLengths: none,
  };
}

/** Number of the frame at `index` of a batch, counted from 1 in the capture. */
export function frameNumber(frames: FrameBatch, index: number): number {
  return frames.numbers === undefined ? frames.firstNumber + index : frames.numbers[index];
}

/**
 * The part of a batch's `bytes` that the packets from index `at` up to `end` take: their frames, the records these stand in,
 * and pcapng's options. From its first byte to one past its last; `from` is more than `to` if there is no packet.
 */
export function stretchOf(
  frames: FrameBatch,
  at = 0,
  end: number = frames.count,
): { from: number; to: number } {
  const { starts, capturedLengths, recordStarts, recordLengths } = frames;
  const { optionStarts, optionLengths } = frames;
  let from = frames.bytes.length, to = 0;
  for (let i = at; i < end; i++) {
    const record = recordStarts[i], recordEnd = record + recordLengths[i];
    if (record < from) from = record;
    if (recordEnd > to) to = recordEnd;
    // Frames of some sources stand outside their records.
    const start = starts[i], stop = start + capturedLengths[i];
    if (start < from) from = start;
    if (stop > to) to = stop;
    if (optionStarts) {
      const options = optionStarts[i], optionsEnd = options + optionLengths![i];
      if (options < from) from = options;
      if (optionsEnd > to) to = optionsEnd;
    }
  }
  return { from, to };
}

/** Bytes that a batch's records (or the blocks of its packets) span in the capture. */
export function bytesOf(frames: FrameBatch): number {
  const { count, recordStarts, recordLengths } = frames;
  return count === 0 ? 0 : recordStarts[count - 1] + recordLengths[count - 1] - recordStarts[0];
}

/** The first `count` frames of a batch, as a batch. Columns are shared. */
export function firstFrames(frames: FrameBatch, count: number): FrameBatch {
  if (count >= frames.count) return frames;
  const { blocks } = frames;
  if (!blocks) return { ...frames, count };
  let kept = 0;
  while (kept < blocks.count && blocks.before[kept] <= count) kept++;
  return { ...frames, count, blocks: { ...blocks, count: kept } };
}

/**
 * The frames with the first `count` of `indexes` (ascending), as a batch. The columns are changed in place, so the batch
 * given means nothing any more. Blocks that are no packets stay between the frames they stood between.
 */
export function keepFrames(frames: FrameBatch, indexes: Uint32Array, count: number): FrameBatch {
  if (count >= frames.count) return frames;
  const { optionStarts, optionLengths, modified, blocks, seconds, linkTypes } = frames;
  const words = [
    frames.starts,
    frames.capturedLengths,
    frames.wireLengths,
    frames.nanoseconds,
    frames.interfaceIds,
    frames.recordStarts,
    frames.recordLengths,
    ...(optionStarts ? [optionStarts] : []),
    ...(optionLengths ? [optionLengths] : []),
    ...(modified ? [modified.interfaceIndexes] : []),
  ];
  // A loop for each kind of column: one for all would look up at every step which it is.
  for (const column of words) for (let k = 0; k < count; k++) column[k] = column[indexes[k]];
  for (let k = 0; k < count; k++) seconds[k] = seconds[indexes[k]];
  for (let k = 0; k < count; k++) linkTypes[k] = linkTypes[indexes[k]];
  if (modified !== undefined) {
    const { protocols, packetTypes } = modified;
    for (let k = 0; k < count; k++) protocols[k] = protocols[indexes[k]];
    for (let k = 0; k < count; k++) packetTypes[k] = packetTypes[indexes[k]];
  }
  if (blocks !== undefined) {
    for (let b = 0, k = 0; b < blocks.count; b++) {
      while (k < count && indexes[k] < blocks.before[b]) k++;
      blocks.before[b] = k;
    }
  }
  return { ...frames, count };
}

/**
 * The frames of a batch from index `from` up to, but not including, `to`, as a batch, with the blocks that stand before
 * them (and after them, if they are the last). Columns are shared.
 */
export function someFrames(frames: FrameBatch, from: number, to: number): FrameBatch {
  if (from === 0 && to >= frames.count) return frames;
  const cut = <T extends { subarray(from: number, to: number): T }>(column: T): T =>
    column.subarray(from, to);
  const { optionStarts, optionLengths, modified, blocks, numbers, ...rest } = frames;
  return {
    ...rest,
    firstNumber: from < frames.count ? frameNumber(frames, from) : frames.firstNumber + from,
    ...(numbers ? { numbers: cut(numbers) } : {}),
    count: Math.max(0, Math.min(to, frames.count) - from),
    starts: cut(frames.starts),
    capturedLengths: cut(frames.capturedLengths),
    wireLengths: cut(frames.wireLengths),
    seconds: cut(frames.seconds),
    nanoseconds: cut(frames.nanoseconds),
    linkTypes: cut(frames.linkTypes),
    interfaceIds: cut(frames.interfaceIds),
    recordStarts: cut(frames.recordStarts),
    recordLengths: cut(frames.recordLengths),
    clock: from === 0 ? frames.clock : {
      ...frames.clock,
      previousSeconds: frames.seconds[from - 1],
      previousNanoseconds: frames.nanoseconds[from - 1],
    },
    ...(optionStarts ? { optionStarts: cut(optionStarts) } : {}),
    ...(optionLengths ? { optionLengths: cut(optionLengths) } : {}),
    ...(modified
      ? {
        modified: {
          interfaceIndexes: cut(modified.interfaceIndexes),
          protocols: cut(modified.protocols),
          packetTypes: cut(modified.packetTypes),
        },
      }
      : {}),
    ...(blocks ? { blocks: someBlocks(blocks, from, to, frames.count) } : {}),
  };
}

/** The blocks before the frames `from` up to `to` of `count`, and those behind the last. */
export function someBlocks(
  blocks: BlockColumns,
  from: number,
  to: number,
  count: number,
): BlockColumns {
  const { before, sections } = blocks;
  let first = 0;
  while (first < blocks.count && before[first] < from) first++;
  let last = first;
  while (last < blocks.count && (before[last] < to || to >= count)) last++;
  return {
    count: last - first,
    starts: blocks.starts.subarray(first, last),
    lengths: blocks.lengths.subarray(first, last),
    before: before.slice(first, last).map((index) => index - from),
    ...(sections ? { sections: sections.subarray(first, last) } : {}),
  };
}

/** The frame at `index` of a batch, as a batch of one, without blocks. Columns are shared. */
export function oneFrame(frames: FrameBatch, index: number): FrameBatch {
  const { blocks: _blocks, ...rest } = frames;
  return someFrames(rest, index, index + 1);
}

/**
 * A batch with bytes and columns of its own, for whoever keeps it while its columns are used again. `spare`: a buffer to
 * copy the bytes into, if it is large enough.
 */
export function ownFrames(frames: FrameBatch, spare?: Uint8Array): FrameBatch {
  const { count, bytes, recordStarts, recordLengths, blocks, modified, optionStarts } = frames;
  let begin = count > 0 ? recordStarts[0] : bytes.length;
  let end = count > 0 ? recordStarts[count - 1] + recordLengths[count - 1] : 0;
  if (blocks !== undefined && blocks.count > 0) {
    const last = blocks.count - 1;
    begin = Math.min(begin, blocks.starts[0]);
    end = Math.max(end, blocks.starts[last] + blocks.lengths[last]);
  }
  const size = Math.max(0, end - begin);
  const own = spare !== undefined && spare.length >= size ? spare : new Uint8Array(size);
  own.set(bytes.subarray(begin, begin + size));
  const column = <T extends { slice(from: number, to: number): T }>(c: T): T => c.slice(0, count);
  const places = (c: Uint32Array, n = count): Uint32Array => {
    const moved = c.slice(0, n);
    for (let i = 0; i < n; i++) moved[i] -= begin;
    return moved;
  };
  return {
    ...frames,
    bytes: own,
    starts: places(frames.starts),
    capturedLengths: column(frames.capturedLengths),
    wireLengths: column(frames.wireLengths),
    seconds: column(frames.seconds),
    nanoseconds: column(frames.nanoseconds),
    linkTypes: column(frames.linkTypes),
    interfaceIds: column(frames.interfaceIds),
    recordStarts: places(recordStarts),
    recordLengths: column(recordLengths),
    ...(frames.numbers ? { numbers: column(frames.numbers) } : {}),
    ...(optionStarts
      ? { optionStarts: places(optionStarts), optionLengths: column(frames.optionLengths!) }
      : {}),
    ...(modified
      ? {
        modified: {
          interfaceIndexes: column(modified.interfaceIndexes),
          protocols: column(modified.protocols),
          packetTypes: column(modified.packetTypes),
        },
      }
      : {}),
    ...(blocks ? { blocks: { ...blocks, starts: places(blocks.starts, blocks.count) } } : {}),
  };
}
