/**
 * Random access to a capture file, by packet number and by time.
 *
 * @module
 */
import { type CaptureHeader, type FrameBatch, oneFrame } from "../core/batch.ts";
import { CaptureFormatError } from "../core/errors.ts";
import { ACCESS_CHUNK_BYTES } from "../core/limits.ts";
import {
  type CaptureIndex,
  chunkStart,
  indexCapture,
  type IndexInput,
  type NoIndex,
  openChunk,
  openingBlocks,
} from "./capture_index.ts";
import type { FrameSource, FramingOptions } from "../core/source.ts";
import { FrameSelector, type Selection, splitTime } from "./select.ts";

/** Packets of a batch where one packet is wanted: columns for all that a chunk could have would outweigh the chunk. */
const LOOKUP_PACKETS = 1024;

/** How {@linkcode openIndexed} opens a file. */
export interface OpenIndexedOptions {
  /** The file's index, if there is one already, for example from several threads. It is made if absent. */
  readonly index?: CaptureIndex;
}

/**
 * Opens a capture file for access to any packet of it. It is read through once, counting only: a gigabyte a tenth of a
 * second where the file is in memory, so that an index is not worth keeping on disk. Compressed files, pipes and the
 * like can be read from the start only; for them there is no index, and the reason says why.
 *
 * @example The last ten packets, dissected
 * ```ts
 * import { open, openIndexed } from "@pcapkit/pcapkit";
 *
 * const { capture, reason } = await openIndexed("tests/captures/sample.pcap");
 * if (capture === undefined) throw new Error(reason);
 * const last = capture.source({ first: capture.length - 9 });
 * for await (const packet of open(last)) console.info(packet.number, packet.summary);
 * ```
 *
 * @example The last ten packets in batches, and the first from a certain time on
 * ```ts
 * import { openIndexed } from "@pcapkit/pcapkit/capture";
 *
 * const { capture, reason } = await openIndexed("tests/captures/sample.pcap");
 * if (capture === undefined) throw new Error(reason);
 * for await (const batch of capture.slice(capture.length - 9)) {
 *   console.info(batch.firstNumber, batch.count);
 * }
 * const number = await capture.at(BigInt(Date.UTC(2024, 0, 1)) * 1_000_000n);
 * if (number !== undefined) console.info((await capture.frame(number)).capturedLengths[0]);
 * ```
 *
 * @throws {CaptureFormatError} If it is no capture, or cannot be read. Damage within it is no error here: the packets
 * before it can be had.
 */
export async function openIndexed(
  input: IndexInput,
  options: OpenIndexedOptions = {},
): Promise<
  | { readonly capture: IndexedCapture; readonly reason?: undefined }
  | { readonly capture: undefined; readonly reason: string }
> {
  const made: { readonly index: CaptureIndex } | NoIndex = options.index === undefined
    ? await indexCapture(input, { chunkBytes: ACCESS_CHUNK_BYTES })
    : { index: options.index };
  return made.index === undefined
    ? { capture: undefined, reason: made.reason }
    : { capture: new IndexedCapture(input, made.index) };
}

/**
 * A capture file any packet of which can be had at once. Memory: the index, about 300 bytes for each MiB of the file,
 * and one chunk. The file is open only while it is read, so there is nothing to close.
 */
export class IndexedCapture implements AsyncIterable<FrameBatch> {
  /** The index. */
  readonly index: CaptureIndex;
  readonly #input: IndexInput;
  /** The chunk that was last asked for a frame. */
  #chunk: Promise<readonly FrameBatch[]> | undefined;
  #chunkAt = -1;

  /** Use {@linkcode openIndexed}. */
  constructor(input: IndexInput, index: CaptureIndex) {
    this.#input = input;
    this.index = index;
  }

  /** Number of packets; in a damaged file, of those before the damage. */
  get length(): number {
    return this.index.frames;
  }

  /** What the capture's first header says. */
  get header(): CaptureHeader {
    return this.index.header;
  }

  /**
   * The packet with this number, counted from 1, as a batch of one.
   *
   * @throws {RangeError} If there is none.
   */
  async frame(number: number): Promise<FrameBatch> {
    const batch = await this.batchAt(number);
    return oneFrame(batch, number - batch.firstNumber);
  }

  /**
   * A batch with the packet with this number, counted from 1, and some around it.
   *
   * @throws {RangeError} If there is none.
   */
  async batchAt(number: number): Promise<FrameBatch> {
    if (!(Number.isSafeInteger(number) && number >= 1 && number <= this.length)) {
      throw new RangeError(`Cannot get packet ${number}: the capture has ${this.length}`);
    }
    const { chunks } = this.index;
    // The last chunk that does not begin after it.
    let low = 0, high = chunks.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (chunks[middle].firstNumber <= number) low = middle;
      else high = middle;
    }
    const batches = await this.#batches(low);
    return batches.findLast((batch) => batch.count > 0 && batch.firstNumber <= number)!;
  }

  /**
   * Number of the first packet of the file, in the file's order, whose time is this or later, in nanoseconds since
   * 1970-01-01T00:00:00Z; `undefined` if all are earlier. Captures are not always in time order: packets after it may
   * be earlier again, and {@linkcode between} finds all of a time.
   */
  async at(time: bigint): Promise<number | undefined> {
    const [s, n] = splitTime(time);
    const { chunks } = this.index;
    const at = chunks.findIndex((c) =>
      c.maxSeconds > s || (c.maxSeconds === s && c.maxNanoseconds >= n)
    );
    if (at < 0) return undefined;
    for (const { count, firstNumber, seconds, nanoseconds } of await this.#batches(at)) {
      for (let i = 0; i < count; i++) {
        if (seconds[i] > s || (seconds[i] === s && nanoseconds[i] >= n)) return firstNumber + i;
      }
    }
    return undefined;
  }

  /**
   * The packets with the numbers from `from` up to, but not including, `to`, in batches. Without `to` it goes to the
   * end, where damage is thrown as reading the whole file throws it.
   *
   * @throws {CaptureFormatError} If the file is damaged there, or changed since it was indexed.
   */
  slice(from: number, to?: number): AsyncGenerator<FrameBatch> {
    return this.read({ first: from, ...(to !== undefined && { last: to - 1 }) });
  }

  /**
   * The packets from one time up to, but not including, another, in nanoseconds since 1970-01-01T00:00:00Z, wherever they
   * stand in the file. What is certain to have none is not read.
   *
   * @throws {CaptureFormatError} If the file changed since it was indexed.
   */
  between(since: bigint, until?: bigint): AsyncGenerator<FrameBatch> {
    return this.read({ since, ...(until !== undefined && { until }) });
  }

  /**
   * The packets selected, in batches. Of pcapng's other blocks, those come that the packets need (section headers,
   * interfaces), so that what comes can be written as pcapng, and those that stand in the parts of the file that are
   * read.
   *
   * @throws {CaptureFormatError} If the file is damaged in a part that is read, or changed since it was indexed.
   */
  async *read(selection: Selection): AsyncGenerator<FrameBatch> {
    const selector = new FrameSelector(selection);
    let end = 0;
    for (const at of chunksFor(this.index, selection)) {
      const opening = await openingBlocks(this.#input, this.index, at, end);
      if (opening !== undefined) yield* selector.select(opening);
      end = this.index.chunks[at].end;
      for await (const batch of readChunk(this.#input, this.index, at)) {
        yield* selector.select(batch);
        if (selector.endsBefore(batch.firstNumber + batch.count)) return;
      }
    }
  }

  /**
   * The packets selected (all of them if nothing is), as a source for `open`, `extract` and the like, which dissect them.
   * Each source can be read once; there may be any number.
   */
  source(selection: Selection = {}): FrameSource {
    const { header, index } = this;
    return {
      name: index.name,
      frames: ({ signal } = {}) => {
        const batches = this.read(selection);
        return Promise.resolve({
          header,
          // A signal ends it, as it does any source of frames.
          next: async () => signal?.aborted ? undefined : (await batches.next()).value,
          async [Symbol.asyncDispose]() {
            await batches.return(undefined);
          },
        });
      },
    };
  }

  /** All packets, in batches. */
  [Symbol.asyncIterator](): AsyncGenerator<FrameBatch> {
    return this.slice(1);
  }

  /** The batches of a chunk, which are kept until another chunk is asked for. */
  #batches(at: number): Promise<readonly FrameBatch[]> {
    if (this.#chunkAt !== at || this.#chunk === undefined) {
      const chunk = this.#read(at);
      this.#chunk = chunk;
      this.#chunkAt = at;
      // What failed may succeed another time.
      chunk.catch(() => {
        if (this.#chunk === chunk) this.#chunk = undefined;
      });
    }
    return this.#chunk;
  }

  async #read(at: number): Promise<readonly FrameBatch[]> {
    const batches: FrameBatch[] = [];
    let left = this.index.chunks[at].frames;
    const options = { batchPackets: LOOKUP_PACKETS };
    for await (const batch of readChunk(this.#input, this.index, at, options)) {
      batches.push(batch);
      left -= batch.count;
      // The damage that may follow is none of a packet's concern.
      if (left <= 0) break;
    }
    return batches;
  }
}

/** The chunks, counted from 0, that may have frames of a selection; the last, too, if the selection goes to the end. */
export function chunksFor(index: CaptureIndex, selection: Selection): number[] {
  const { first = 1, last = Infinity, since, until } = selection;
  const [s0, n0] = since === undefined ? [-Infinity, 0] : splitTime(since);
  const [s1, n1] = until === undefined ? [Infinity, 0] : splitTime(until);
  const timed = since !== undefined || until !== undefined;
  const found: number[] = [];
  index.chunks.forEach((chunk, at) => {
    const { firstNumber, frames } = chunk;
    // What follows the last packet, damage maybe, is in the last chunk.
    const after = at === index.chunks.length - 1;
    // A chunk of other blocks stands before the packet that comes next.
    const next = firstNumber + Math.max(1, frames);
    if (firstNumber > last || (next <= first && !after)) return;
    if (timed) {
      const { minSeconds, minNanoseconds, maxSeconds, maxNanoseconds } = chunk;
      if (maxSeconds < s0 || (maxSeconds === s0 && maxNanoseconds < n0)) return;
      if (minSeconds > s1 || (minSeconds === s1 && minNanoseconds >= n1)) return;
    }
    found.push(at);
  });
  return found;
}

/**
 * Reads a chunk of an indexed file, and makes sure that it is what was indexed.
 *
 * @throws {CaptureFormatError} If the file is damaged there, after the frames before the damage, or if it changed.
 */
export async function* readChunk(
  input: IndexInput,
  index: CaptureIndex,
  at: number,
  options: FramingOptions = {},
): AsyncGenerator<FrameBatch> {
  const { frames } = index.chunks[at];
  const changed = (cause?: unknown): CaptureFormatError =>
    new CaptureFormatError(
      "E_IO",
      index.name,
      index.chunks[at].start,
      "the file changed since it was indexed",
      { cause },
    );
  await using framing = openChunk(input, chunkStart(index, at), options);
  let found = 0;
  for (;;) {
    let batch: FrameBatch | undefined;
    try {
      const next = framing.next();
      batch = next instanceof Promise ? await next : next;
    } catch (error) {
      const { damage } = index;
      const same = error instanceof CaptureFormatError && damage !== undefined &&
        damage.code === error.code && damage.offset === error.offset && found === frames;
      throw same || (error instanceof CaptureFormatError && error.code === "E_IO")
        ? error
        : changed(error);
    }
    if (batch === undefined) break;
    found += batch.count;
    if (found > frames) throw changed();
    yield batch;
  }
  if (found !== frames) throw changed();
}
