/**
 * The index of a capture file: where its chunks of about four megabytes begin, how many frames each has, from when to
 * when, and what a framer must know to begin there. With it a file is read from the middle, and by several threads.
 *
 * A file is scanned in ranges, which may be done by several threads. Each but the first has to guess where its first
 * record begins ({@linkcode resync}), which payload that looks like records can fool. So nothing is believed that was
 * guessed: the first range begins where the file's first record does; any other range counts only if it began exactly
 * where the range before it ended, and with the same byte order, section and interfaces; else it is scanned again from
 * there ({@linkcode joinRanges}). By induction each chunk begins where reading from the start would have come.
 *
 * @module
 */
import {
  type CaptureHeader,
  type FrameBatch,
  type InterfaceInfo,
  NO_CLOCK,
} from "../core/batch.ts";
import { CaptureFormatError, type CaptureWarning, type ErrorCode } from "../core/errors.ts";
import {
  BLOCK_BYTES_MAX,
  INDEX_CHUNK_BYTES,
  PACKET_BYTES_MAX,
  RESYNC_BYTES_MAX,
  WIRE_LENGTH_PLAUSIBLE,
} from "../core/limits.ts";
import type { ByteSource, Framing, FramingOptions } from "../core/source.ts";
import { fileRange, urlToPath } from "./file_source.ts";
import {
  type BufferedFraming,
  type ChunkStart,
  countInto,
  type Definition,
  emptyTally,
  makeColumns,
  type Tally,
} from "./framing.ts";
import { openCapture, WARNINGS_KEPT } from "./open.ts";
import { openPcap, pcapLayout, resumePcap } from "./pcap.ts";
import { openPcapng, resumePcapng } from "./pcapng.ts";
import { BLOCK_SECTION, BYTE_ORDER_MAGIC } from "./pcapng_format.ts";
import { bytesSource } from "./source.ts";

export type { ChunkStart, Definition, Tally } from "./framing.ts";

/** What can be indexed: a path or file URL, or bytes. All of it can be read from any place, again and again. */
export type IndexInput = string | URL | Uint8Array;

/** What the records from a place of a capture on are read by, beside the header. Plain data. */
export interface Standing {
  /** Byte order of the numbers around the frames. */
  readonly littleEndian: boolean;
  /** pcapng: section, counted from 0; -1 before the first. */
  readonly section: number;
  /** The interfaces described before, over all sections. */
  readonly interfaces: readonly InterfaceInfo[];
}

/** What is known of a file that can be indexed, before it is. Plain data. */
export interface IndexHead {
  /** The file's name, for messages. */
  readonly name: string;
  /** Size of the file in bytes. Bytes that are added later are not part of the index. */
  readonly size: number;
  /** The capture's header. */
  readonly header: CaptureHeader;
  /** Before the second packet: after all that usually stands in front. */
  readonly standing: Standing;
}

/** Why there is no index of an input. */
export interface NoIndex {
  /** There is none. */
  readonly index: undefined;
  /** Why not, in words. */
  readonly reason: string;
}

/** A stretch of the file to scan. Plain data. */
export interface ScanRequest {
  /** What is known of the file. */
  readonly head: IndexHead;
  /** First byte. */
  readonly from: number;
  /** Records are scanned that begin before this offset. */
  readonly to: number;
  /** How records are read at `from`; the head's if absent. */
  readonly standing?: Standing;
  /** A record (or the file) is known to begin at `from`; else the first that seems to begin at or after it is looked for. */
  readonly exact?: boolean;
  /** Bytes of a chunk; {@linkcode INDEX_CHUNK_BYTES} if absent. */
  readonly chunkBytes?: number;
}

/** A chunk as a scan found it: frames are not numbered yet. */
export interface ScannedChunk extends Readonly<Tally> {
  /** Offset of its first record or block. */
  readonly start: number;
  /** Offset after its last one. */
  readonly end: number;
  /** Byte order at its beginning. */
  readonly littleEndian: boolean;
  /** Section at its beginning. */
  readonly section: number;
  /** How many interfaces had been described before. */
  readonly interfaces: number;
}

/** What is wrong with a capture file. Plain data; {@linkcode damageError} makes the error of it. */
export interface Damage {
  /** What kind of fault. */
  readonly code: ErrorCode;
  /** Byte offset of the fault. */
  readonly offset: number | undefined;
  /** The reason. */
  readonly reason: string;
}

/** What a scan found. Plain data. */
export interface ScanResult {
  /** Where the first record was found; absent if none was. */
  readonly start?: number;
  /** Where the first record stands that the next range begins with. */
  readonly end: number;
  /** The chunks between. */
  readonly chunks: readonly ScannedChunk[];
  /** How records are read from `end` on. */
  readonly standing: Standing;
  /** pcapng: the section headers and interface descriptions in the range. */
  readonly definitions: readonly Definition[];
  /** What ended the scan before its range did. */
  readonly damage?: Damage;
  /** Oddities, the first {@linkcode WARNINGS_KEPT} of them. */
  readonly warnings: readonly CaptureWarning[];
  /** How many oddities there were. */
  readonly warningCount: number;
}

/** A chunk of a capture. */
export interface IndexChunk extends ScannedChunk {
  /** Number of its first frame, counted from 1. */
  readonly firstNumber: number;
  /** Seconds of the frame before it; `NaN` if there is none, or it has no time. */
  readonly previousSeconds: number;
  /** Nanoseconds of the frame before it. */
  readonly previousNanoseconds: number;
}

/** The index of a capture file. Plain data. */
export interface CaptureIndex {
  /** The file's name, for messages. */
  readonly name: string;
  /** Size of the file in bytes, when it was indexed. */
  readonly size: number;
  /** The capture's header. */
  readonly header: CaptureHeader;
  /** Frames before the end, or before the damage. */
  readonly frames: number;
  /** The chunks, in order and without gaps; there is at least one. The last ends where the file does, damage included. */
  readonly chunks: readonly IndexChunk[];
  /** All interfaces, over all sections. */
  readonly interfaces: readonly InterfaceInfo[];
  /** pcapng: where all section headers and interface descriptions stand. */
  readonly definitions: readonly Definition[];
  /** What is wrong with the file after its last frame. Reading the last chunk throws it, too. */
  readonly damage?: Damage;
  /** Oddities of the file, the first {@linkcode WARNINGS_KEPT} of them. */
  readonly warnings: readonly CaptureWarning[];
  /** How many oddities there are. */
  readonly warningCount: number;
  /** Ranges whose guess was wrong, so that they were scanned twice. */
  readonly rescans: number;
}

/** Does what a {@linkcode ScanRequest} says, here or on another thread. */
export type Scan = (request: ScanRequest) => Promise<ScanResult>;

/** The error that reading the file to its end throws. */
export function damageError(name: string, damage: Damage): CaptureFormatError {
  return new CaptureFormatError(damage.code, name, damage.offset, damage.reason);
}

/** Opens a stretch of an input. */
function openRange(input: IndexInput, from: number, to: number): ByteSource {
  return input instanceof Uint8Array
    ? bytesSource(input.subarray(from, to))
    : fileRange(pathOf(input), from, to);
}

function pathOf(input: string | URL): string {
  return typeof input === "string" ? input : urlToPath(input);
}

/**
 * Looks whether an input can be indexed, which needs an uncompressed regular file (or bytes), and reads its head.
 *
 * @throws {CaptureFormatError} If it is no capture.
 */
export async function indexHead(input: IndexInput): Promise<IndexHead | NoIndex> {
  let size: number;
  if (input instanceof Uint8Array) {
    size = input.length;
  } else {
    if (input === "-") return { index: undefined, reason: "standard input is read once" };
    if (input instanceof URL && input.protocol !== "file:") {
      return { index: undefined, reason: "a download is read once" };
    }
    let info: Deno.FileInfo | undefined;
    try {
      info = Deno.statSync(pathOf(input));
    } catch {
      // What is wrong with it is said when it is opened.
    }
    if (info !== undefined && !info.isFile && !info.isDirectory) {
      return { index: undefined, reason: "a pipe or device is read once" };
    }
    size = info?.size ?? 0;
  }
  const name = input instanceof Uint8Array ? "bytes" : pathOf(input);
  await using capture = await openCapture(input, { batchPackets: 1 });
  const { header } = capture;
  if (header.compression !== undefined) {
    return {
      index: undefined,
      reason: `${header.compression} data can be read from the start only`,
    };
  }
  // Nothing but bytes can be counted on: a file without a size (of /proc, say) is not a plain one.
  if (size === 0) return { index: undefined, reason: "its size is not known" };
  let standing: Standing = { littleEndian: header.littleEndian, section: -1, interfaces: [] };
  if (header.format === "pcap") standing = { ...standing, section: 0 };
  try {
    for await (const batch of capture) {
      const { littleEndian, interfaces, blocks } = batch;
      const section = blocks?.sections?.[blocks.count - 1] ?? standing.section;
      standing = { littleEndian, section, interfaces };
      if (batch.count > 0) break;
    }
  } catch (error) {
    // Damage that near the beginning is met again by the first scan.
    if (!(error instanceof CaptureFormatError)) throw error;
  }
  return { name, size, header, standing };
}

/**
 * Indexes a capture file on this thread.
 *
 * @throws {CaptureFormatError} If it is no capture, or cannot be read. Damage is part of the index.
 */
export async function indexCapture(
  input: IndexInput,
  options: {
    /** Bytes of a chunk. */
    readonly chunkBytes?: number;
  } = {},
): Promise<{ readonly index: CaptureIndex } | NoIndex> {
  const head = await indexHead(input);
  if ("reason" in head) return head;
  return { index: await joinRanges(head, [], (request) => scanRange(input, request), options) };
}

/** Begins in the middle of a capture, with what is known of it there. */
function resume(
  source: ByteSource,
  start: ChunkStart,
  options: FramingOptions,
): BufferedFraming {
  return start.header.format === "pcapng"
    ? resumePcapng(source, start, options)
    : resumePcap(source, start, options);
}

/** Keeps the first warnings of a scan, and counts all. */
class Noted {
  readonly #warnings: CaptureWarning[] = [];
  #count = 0;
  /** Notes one. */
  readonly add = (warning: CaptureWarning): void => {
    this.#count++;
    if (this.#warnings.length < WARNINGS_KEPT) this.#warnings.push(warning);
  };
  /** What was noted. */
  get found(): Pick<ScanResult, "warnings" | "warningCount"> {
    return { warnings: this.#warnings, warningCount: this.#count };
  }
}

/** Opens a stretch of a capture, at its header or at a record. */
async function openAt(
  input: IndexInput,
  { header }: IndexHead,
  standing: Standing,
  start: number,
  end: number,
  options: FramingOptions,
  firstNumber = 1,
): Promise<BufferedFraming> {
  const source = openRange(input, start, end);
  try {
    if (start > 0) {
      return resume(
        source,
        { header, start, end, firstNumber, clock: NO_CLOCK, ...standing },
        options,
      );
    }
    return await (header.format === "pcapng" ? openPcapng : openPcap)(source, options);
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Scans a range as {@linkcode scanRange} does, and hands out its frames on the way, so that work on them needs no second
 * reading; `take` may have the next frames wait. They are numbered from 1; the range is one chunk. What was handed out is void if the range turns out to have
 * begun at a wrong guess.
 *
 * @throws {CaptureFormatError} If the file cannot be read.
 */
export async function cutRange(
  input: IndexInput,
  request: ScanRequest,
  take: (frames: FrameBatch) => void | Promise<void>,
  given: Pick<FramingOptions, "allocate" | "batchBytes"> = {},
): Promise<ScanResult> {
  const { head, from, to, standing = head.standing } = request;
  const noted = new Noted();
  const options: FramingOptions = { ...given, reuse: "next", onWarning: noted.add };
  const found = request.exact === true ? from : await findRecord(input, from, head, standing);
  if (found === undefined) {
    return { end: from, chunks: [], standing, definitions: [], ...noted.found };
  }
  const tally = emptyTally();
  const definitions: Definition[] = [];
  let start: number | undefined, at = found, here = standing;
  let damage: CaptureFormatError | undefined;
  // First up to the range's end, where the last record may be cut; then that record alone, which tells whether it is
  // damaged or only longer than the range.
  for (const [end, packets] of [[to, {}], [head.size, { batchPackets: 1 }]] as const) {
    if (at >= to && start !== undefined) break;
    // A range may be shorter than the file's header.
    if (at === 0 && end < head.header.bytes.length) continue;
    await using framing = await openAt(
      input,
      head,
      here,
      at,
      end,
      { ...options, ...packets },
      tally.frames + 1,
    );
    start ??= framing.offset;
    damage = undefined;
    try {
      while (framing.offset < to) {
        const next = framing.next();
        const frames = next instanceof Promise ? await next : next;
        if (frames === undefined) break;
        countInto(tally, frames, frames.count);
        const taking = take(frames);
        if (taking) await taking;
      }
    } catch (error) {
      if (!(error instanceof CaptureFormatError) || framing.damage === undefined) throw error;
      damage = framing.damage;
    }
    at = framing.offset;
    here = { ...framing.standing, interfaces: framing.described.slice() };
    definitions.push(...framing.definitions);
  }
  const { littleEndian, section, interfaces } = standing;
  return {
    ...(start === undefined ? {} : { start }),
    end: at,
    chunks: [{
      start: start ?? found,
      end: at,
      littleEndian,
      section,
      interfaces: interfaces.length,
      ...tally,
    }],
    standing: here,
    definitions,
    ...(damage !== undefined &&
      { damage: { code: damage.code, offset: damage.offset, reason: damage.reason } }),
    ...noted.found,
  };
}

/**
 * Scans a range: finds its first record, passes over those that begin in it, and says where chunks can begin and what
 * is in them. It reads the file itself, and its answer depends on the file and the request alone.
 *
 * @throws {CaptureFormatError} If the file cannot be read.
 */
export async function scanRange(input: IndexInput, request: ScanRequest): Promise<ScanResult> {
  const { head, from, to, standing = head.standing, chunkBytes = INDEX_CHUNK_BYTES } = request;
  const { size } = head;
  const noted = new Noted();
  const options: FramingOptions = { reuse: true, onWarning: noted.add };
  const found = request.exact === true ? from : await findRecord(input, from, head, standing);
  if (found === undefined) {
    return { end: from, chunks: [], standing, definitions: [], ...noted.found };
  }
  await using framing = await openAt(input, head, standing, found, size, options);
  const start = framing.offset;
  const chunks: ScannedChunk[] = [];
  while (framing.damage === undefined && framing.offset < to) {
    const { offset, standing: { littleEndian, section } } = framing;
    const interfaces = framing.described.length;
    const tally = await framing.pass(Math.min(offset + chunkBytes, to));
    chunks.push({
      start: offset,
      end: framing.offset,
      littleEndian,
      section,
      interfaces,
      ...tally,
    });
  }
  const { damage } = framing;
  return {
    start,
    end: framing.offset,
    chunks,
    standing: { ...framing.standing, interfaces: framing.described.slice() },
    definitions: framing.definitions,
    ...(damage !== undefined &&
      { damage: { code: damage.code, offset: damage.offset, reason: damage.reason } }),
    ...noted.found,
  };
}

/**
 * Scans the ranges between `cuts` (offsets in the file) with `scan`, which may do them at once, checks the chain, has
 * ranges whose guess was wrong scanned again, numbers the frames, and puts the index together.
 *
 * @throws What `scan` throws for a range that is needed.
 */
export async function joinRanges(
  head: IndexHead,
  cuts: readonly number[],
  scan: Scan,
  options: {
    /** Bytes of a chunk. */
    readonly chunkBytes?: number;
    /** Told of each range that is proved to be right, in the order of the file, and of the frames before it. */
    readonly onJoined?: (range: ScanResult, framesBefore: number) => void;
  } = {},
): Promise<CaptureIndex> {
  const { size, header, name } = head;
  const bounds = [...new Set(cuts)].filter((cut) => cut > 0 && cut < size).sort((a, b) => a - b);
  const guesses = bounds.map((from, i) => ({ from, to: bounds[i + 1] ?? size }));
  const ask = (request: Omit<ScanRequest, "head">): Promise<ScanResult> => {
    const { chunkBytes } = options;
    const doing = scan({ head, ...(chunkBytes === undefined ? {} : { chunkBytes }), ...request });
    // Whether its failure matters is known when its turn comes.
    doing.catch(() => {});
    return doing;
  };
  const joined = new Joined(options.onJoined);
  const all: Promise<ScanResult>[] = [];
  const first = ask({ from: 0, to: bounds[0] ?? size, exact: true });
  all.push(first);
  let assumed = head.standing;
  let guessed = guesses.map((range) => ask(range));
  all.push(...guessed);
  let rescans = 0;
  try {
    joined.add(await first);
    for (const [i, { to }] of guesses.entries()) {
      const at = joined.end;
      if (joined.damage !== undefined) break;
      // A record may be longer than a range.
      if (at >= to) continue;
      const result = await guessed[i];
      if (result.start === at && agrees(assumed, joined.standing, result)) {
        joined.add(result);
        continue;
      }
      rescans++;
      const { standing } = joined;
      const again = ask({ from: at, to, exact: true, standing });
      all.push(again);
      if (rescans === 1 && !agrees(assumed, standing, result)) {
        // Interfaces or a section came after the beginning: all guesses after are of another file, so to speak.
        assumed = standing;
        guessed = guesses.map((range, j) => j > i ? ask({ ...range, standing }) : guessed[j]);
        all.push(...guessed.slice(i + 1));
      }
      joined.add(await again);
    }
  } finally {
    await Promise.allSettled(all);
  }
  return joined.finish(name, size, header, rescans);
}

/** Whether a range scanned as if `assumed` held gives what it gives where `actual` holds. */
function agrees(assumed: Standing, actual: Standing, result: ScanResult): boolean {
  if (assumed.section !== actual.section || assumed.littleEndian !== actual.littleEndian) {
    return false;
  }
  // Both are of one file, so as many interfaces are the same interfaces. More of them change nothing for packets that
  // need none of those, if the range describes none itself, and met nothing that it could not explain.
  const known = assumed.interfaces.length;
  const { standing } = result;
  return known === actual.interfaces.length ||
    (known < actual.interfaces.length && known === standing.interfaces.length &&
      assumed.section === standing.section && result.damage === undefined &&
      result.warningCount === 0);
}

/** Ranges put one after the other. */
class Joined {
  end = 0;
  standing: Standing = { littleEndian: true, section: -1, interfaces: [] };
  damage: Damage | undefined;
  readonly #chunks: IndexChunk[] = [];
  readonly #definitions: Definition[] = [];
  readonly #warnings: CaptureWarning[] = [];
  #warningCount = 0;
  #frames = 0;
  #previousSeconds = NaN;
  #previousNanoseconds = 0;
  readonly #tell: ((range: ScanResult, framesBefore: number) => void) | undefined;

  constructor(tell: ((range: ScanResult, framesBefore: number) => void) | undefined) {
    this.#tell = tell;
  }

  /** Adds a range that begins where the last ended. */
  add(result: ScanResult): void {
    this.#tell?.(result, this.#frames);
    const { interfaces } = this.standing;
    // A range may have been scanned with fewer interfaces than there were, of those it needs none.
    const unknown = result.standing.interfaces.length < interfaces.length;
    for (const chunk of result.chunks) {
      this.#chunks.push({
        ...chunk,
        interfaces: unknown ? interfaces.length : chunk.interfaces,
        firstNumber: this.#frames + 1,
        previousSeconds: this.#previousSeconds,
        previousNanoseconds: this.#previousNanoseconds,
      });
      if (chunk.frames > 0) {
        this.#frames += chunk.frames;
        this.#previousSeconds = chunk.lastSeconds;
        this.#previousNanoseconds = chunk.lastNanoseconds;
      }
    }
    this.end = result.end;
    this.standing = unknown ? { ...result.standing, interfaces } : result.standing;
    this.damage = result.damage;
    for (const definition of result.definitions) this.#definitions.push(definition);
    this.#warnings.push(...result.warnings.slice(0, WARNINGS_KEPT - this.#warnings.length));
    this.#warningCount += result.warningCount;
  }

  finish(name: string, size: number, header: CaptureHeader, rescans: number): CaptureIndex {
    const { damage, standing: { littleEndian, section, interfaces } } = this;
    const chunks = this.#chunks;
    const last = chunks.at(-1);
    if (last === undefined) {
      chunks.push({
        start: this.end,
        end: size,
        littleEndian,
        section,
        interfaces: interfaces.length,
        ...emptyTally(),
        firstNumber: 1,
        previousSeconds: NaN,
        previousNanoseconds: 0,
      });
    } else {
      chunks[chunks.length - 1] = { ...last, end: size };
    }
    return {
      name,
      size,
      header,
      frames: this.#frames,
      chunks,
      interfaces,
      definitions: this.#definitions,
      ...(damage !== undefined && { damage }),
      warnings: this.#warnings,
      warningCount: this.#warningCount,
      rescans,
    };
  }
}

/** What reading needs to begin with a chunk of an index; `at` counts chunks from 0. */
export function chunkStart(index: CaptureIndex, at: number): ChunkStart {
  const { header, chunks } = index;
  const chunk = chunks[at];
  if (chunk === undefined) {
    throw new RangeError(`Cannot read chunk ${at}: the index has ${chunks.length}`);
  }
  const { start, end, frames, firstNumber, littleEndian, section } = chunk;
  const opening = chunks.find((c) => c.frames > 0);
  const begun = opening !== undefined && opening.firstNumber < firstNumber;
  return {
    header,
    start,
    end,
    frames,
    firstNumber,
    clock: {
      firstSeconds: begun ? opening.firstSeconds : NaN,
      firstNanoseconds: begun ? opening.firstNanoseconds : 0,
      previousSeconds: chunk.previousSeconds,
      previousNanoseconds: chunk.previousNanoseconds,
    },
    littleEndian,
    section,
    interfaces: index.interfaces.slice(0, chunk.interfaces),
  };
}

/**
 * Opens a chunk. Its batches are those that reading from the start gives: numbers, times, interfaces, blocks; only their
 * `sequence` counts from 0. If the file was damaged there, the error is the same, too.
 *
 * @throws {CaptureFormatError} If the file cannot be opened.
 */
export function openChunk(
  input: IndexInput,
  start: ChunkStart,
  options: FramingOptions = {},
): Framing {
  return resume(openRange(input, start.start, start.end), start, options);
}

/**
 * The section header and the interface descriptions that a pcapng chunk needs and that stand from the offset `from` on,
 * before the chunk, as a batch without frames; `undefined` if there are none.
 *
 * @throws {CaptureFormatError} If the file cannot be read.
 */
export async function openingBlocks(
  input: IndexInput,
  index: CaptureIndex,
  at: number,
  from: number,
): Promise<FrameBatch | undefined> {
  const { start, firstNumber, clock, littleEndian, section, interfaces } = chunkStart(index, at);
  const needed = index.definitions.filter((d) =>
    d.section === section && d.start >= from && d.start < start
  );
  if (needed.length === 0) return undefined;
  const lengths = Uint32Array.from(needed, (d) => d.length);
  const starts = new Uint32Array(needed.length);
  for (let i = 1; i < starts.length; i++) starts[i] = starts[i - 1] + lengths[i - 1];
  const bytes = new Uint8Array(starts[starts.length - 1] + lengths[lengths.length - 1]);
  for (let i = 0, next = 0; i < needed.length; i = next) {
    // What stands together, as nearly always, is read as one.
    const first = needed[i].start;
    let end = first;
    while (next < needed.length && needed[next].start === end) end += needed[next++].length;
    bytes.set(await readBytes(input, first, end), starts[i]);
  }
  const { extraA: optionStarts, extraB: optionLengths, ...columns } = makeColumns(0, "pcapng");
  return {
    ...columns,
    sequence: 0,
    firstNumber,
    count: 0,
    bytes,
    interfaces,
    clock,
    littleEndian,
    optionStarts,
    optionLengths,
    blocks: {
      count: needed.length,
      starts,
      lengths,
      before: new Uint32Array(needed.length),
      sections: new Uint32Array(needed.length).fill(section),
    },
  };
}

/** Reads a stretch of an input. */
async function readBytes(
  input: IndexInput,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(to - from);
  await using source = openRange(input, from, to);
  for (let at = 0; at < bytes.length;) {
    const got = await source.read(bytes.subarray(at));
    if (got === null) break;
    at += got;
  }
  return bytes;
}

/** Bytes of the first look for a record. */
const WINDOW_BYTES = 256 * 1024;
/** Records in a row that must look sound. More prove no more: a false chain soon merges into the true one. */
const CHAIN = 8;

/** Finds what seems to be the first record of a file at or after an offset. */
async function findRecord(
  input: IndexInput,
  from: number,
  { header, size }: IndexHead,
  standing: Standing,
): Promise<number | undefined> {
  for (let length = WINDOW_BYTES;; length *= 4) {
    const to = Math.min(size, from + length);
    const bytes = await readBytes(input, from, to);
    const found = resync(bytes, from, header, standing.littleEndian, to === size);
    if (found !== undefined) return found;
    if (to === size || length >= RESYNC_BYTES_MAX) return undefined;
  }
}

/**
 * Guesses where the first record (pcapng: block) begins in bytes from the middle of a capture; answers its offset in the
 * file. A record must be sound and be followed by others that are. Captured lengths of 0 count as unsound, though they
 * are allowed: else any stretch of zeros would be a chain of empty records.
 *
 * The answer is a guess, which payload may fool: {@linkcode joinRanges} finds out.
 *
 * @param bytes Bytes of the file.
 * @param offset Where they stand in the file.
 * @param header The capture's header.
 * @param littleEndian Byte order of the section.
 * @param last Whether the file ends with them.
 */
export function resync(
  bytes: Uint8Array,
  offset: number,
  header: CaptureHeader,
  littleEndian: boolean,
  last: boolean,
): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const next = header.format === "pcapng"
    ? (at: number) => nextBlock(view, at, littleEndian)
    : nextRecord(view, header);
  // Blocks of pcapng begin at multiples of 4.
  const step = header.format === "pcapng" ? 4 : 1;
  for (let at = header.format === "pcapng" ? -offset & 3 : 0; at < bytes.length; at += step) {
    let links = 0;
    let end = at;
    while (links < CHAIN) {
      const to = next(end);
      if (to === BROKEN) break;
      if (to === BEYOND) {
        // At the end of the file the last record may be cut; elsewhere, what cannot be seen is no proof.
        if (links > 0 && (!last || links > 1)) links = CHAIN;
        break;
      }
      links++;
      end = to;
      if (end === bytes.length && last) links = CHAIN;
    }
    if (links >= CHAIN) return offset + at;
  }
  return undefined;
}

/** No record stands there. */
const BROKEN = -1;
/** What stands there goes beyond the bytes at hand. */
const BEYOND = -2;

/** Answers a function that tells where the record after the one at an offset begins. */
function nextRecord(view: DataView, header: CaptureHeader): (at: number) => number {
  const { littleEndian, headerBytes, units, swapped } = pcapLayout(header);
  // A snap length is not always kept to.
  const longest = Math.min(
    Math.max(header.snapLength || PACKET_BYTES_MAX, 65535),
    PACKET_BYTES_MAX,
  );
  const length = view.byteLength;
  return (at) => {
    if (at + headerBytes > length) return BEYOND;
    if (view.getUint32(at + 4, littleEndian) >= units) return BROKEN;
    const a = view.getUint32(at + 8, littleEndian);
    const b = view.getUint32(at + 12, littleEndian);
    const captured = swapped ? Math.min(a, b) : a;
    const wire = swapped ? Math.max(a, b) : b;
    if (captured === 0 || captured > longest || captured > wire || wire > WIRE_LENGTH_PLAUSIBLE) {
      return BROKEN;
    }
    const next = at + headerBytes + captured;
    return next > length ? BEYOND : next;
  };
}

/** Where the block after the one at an offset begins. */
function nextBlock(view: DataView, at: number, littleEndian: boolean): number {
  const length = view.byteLength;
  if (at + 12 > length) return BEYOND;
  let order = littleEndian;
  if (view.getUint32(at, true) === BLOCK_SECTION) {
    order = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    if (!order && view.getUint32(at + 8, false) !== BYTE_ORDER_MAGIC) return BROKEN;
  }
  const total = view.getUint32(at + 4, order);
  if (total < 12 || (total & 3) !== 0 || total > BLOCK_BYTES_MAX) return BROKEN;
  const next = at + total;
  if (next > length) return BEYOND;
  return view.getUint32(next - 4, order) === total ? next : BROKEN;
}
