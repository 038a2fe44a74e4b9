/**
 * What the framers of pcap and pcapng share: the buffer with its carry of an unfinished record, the columns, and the
 * order in which frames, faults and the end are answered.
 *
 * @module
 */
import type { BlockColumns, CaptureHeader, FrameBatch, InterfaceInfo } from "../core/batch.ts";
import { CaptureFormatError, type ErrorCode, type WarningCode } from "../core/errors.ts";
import { BATCH_BYTES, BATCH_PACKETS } from "../core/limits.ts";
import type { ByteSource, Framing, FramingOptions } from "../core/source.ts";

/** Times a source may answer "0 bytes" in a row before it is taken for broken. */
const EMPTY_READS_MAX = 1000;
/** Smallest buffer: an ordinary record with its header fits, so that few reads end in the middle of one. */
const BUFFER_BYTES_MIN = 4096;
/** Bytes of buffer allowed for each packet of a batch, so that small batches do not carry a large rest along. */
const BYTES_PER_PACKET = 1024;

/**
 * Part of a buffer, a half, below which a batch's bytes are copied, so that the rest of the buffer is not kept for as long
 * as the batch.
 */
const FILLED = 2;
/** The same where batches are given back: they are not kept for long. */
const FILLED_IF_RETURNED = 16;
/** Buffers, and columns, of batches given back that are kept. */
const SPARES = 4;

/** The columns of a batch while it is being filled; all lie in one buffer, so that one transfer moves them. */
export interface Columns {
  /** Frames that fit. */
  readonly capacity: number;
  /** Where each frame starts. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Bytes captured. */
  readonly capturedLengths: Uint32Array<ArrayBuffer>;
  /** Bytes on the wire. */
  readonly wireLengths: Uint32Array<ArrayBuffer>;
  /** Whole seconds. */
  readonly seconds: Float64Array<ArrayBuffer>;
  /** Nanoseconds within the second. */
  readonly nanoseconds: Uint32Array<ArrayBuffer>;
  /** LINKTYPE_ numbers. */
  readonly linkTypes: Uint16Array<ArrayBuffer>;
  /** Indexes of interfaces. */
  readonly interfaceIds: Uint32Array<ArrayBuffer>;
  /** Where each record starts. */
  readonly recordStarts: Uint32Array<ArrayBuffer>;
  /** Length of each record. */
  readonly recordLengths: Uint32Array<ArrayBuffer>;
  /** pcapng: start of options. Modified pcap: interface indexes. Otherwise empty. */
  readonly extraA: Uint32Array<ArrayBuffer>;
  /** pcapng: length of options. Otherwise empty. */
  readonly extraB: Uint32Array<ArrayBuffer>;
  /** Modified pcap: protocols. Otherwise empty. */
  readonly extra16: Uint16Array<ArrayBuffer>;
  /** Modified pcap: packet types. Otherwise empty. */
  readonly extra8: Uint8Array<ArrayBuffer>;
}

/** Which columns a format needs beside the common ones. */
export type ColumnKind = "pcap" | "modified" | "pcapng";

/** Where memory comes from, unless it is said otherwise. */
function ownMemory(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Allocates columns for so many frames. */
export function makeColumns(
  capacity: number,
  kind: ColumnKind,
  allocate: (bytes: number) => Uint8Array<ArrayBuffer> = ownMemory,
): Columns {
  const options = kind === "pcapng" ? capacity : 0;
  const modified = kind === "modified" ? capacity : 0;
  const words = 7 * capacity + 2 * options + modified;
  const { buffer, byteOffset } = allocate(
    capacity * 8 + words * 4 + (capacity + modified) * 2 + modified,
  );
  let at = byteOffset;
  const u32 = (n: number): Uint32Array<ArrayBuffer> => {
    const column = new Uint32Array(buffer, at, n);
    at += n * 4;
    return column;
  };
  const u16 = (n: number): Uint16Array<ArrayBuffer> => {
    const column = new Uint16Array(buffer, at, n);
    at += n * 2;
    return column;
  };
  const seconds = new Float64Array(buffer, at, capacity);
  at += capacity * 8;
  const starts = u32(capacity);
  const capturedLengths = u32(capacity);
  const wireLengths = u32(capacity);
  const nanoseconds = u32(capacity);
  const interfaceIds = u32(capacity);
  const recordStarts = u32(capacity);
  const recordLengths = u32(capacity);
  const extraA = u32(kind === "pcapng" ? capacity : modified);
  const extraB = u32(options);
  const linkTypes = u16(capacity);
  const extra16 = u16(modified);
  const extra8 = new Uint8Array(buffer, at, modified);
  return {
    capacity,
    starts,
    capturedLengths,
    wireLengths,
    seconds,
    nanoseconds,
    linkTypes,
    interfaceIds,
    recordStarts,
    recordLengths,
    extraA,
    extraB,
    extra16,
    extra8,
  };
}

/**
 * A stretch of a capture that begins at a record, and everything framing needs to begin there. Plain data: it is posted
 * to the thread that reads the stretch.
 */
export interface ChunkStart {
  /** The capture's header. */
  readonly header: CaptureHeader;
  /** Offset of the first byte, where a record or block begins. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
  /** Number of the first frame, counted from 1 over the capture. */
  readonly firstNumber: number;
  /** Frames in the stretch; absent if that is not known. */
  readonly frames?: number;
  /** Time of the capture's first frame and of the frame before the stretch. */
  readonly clock: FrameBatch["clock"];
  /** Byte order of the numbers around the frames at the beginning. */
  readonly littleEndian: boolean;
  /** pcapng: section at the beginning, counted from 0; -1 before the first. */
  readonly section: number;
  /** The interfaces described before the stretch, over all sections. */
  readonly interfaces: readonly InterfaceInfo[];
}

/** Where a block stands that says what packets after it mean: a section header, or the description of an interface. */
export interface Definition {
  /** Offset of its first byte in the capture. */
  readonly start: number;
  /** Its length. */
  readonly length: number;
  /** Its section, counted from 0. */
  readonly section: number;
}

/** What is known of frames that were passed over. Times are `NaN` where no frame has one. */
export interface Tally {
  /** Frames. */
  frames: number;
  /** Seconds of the first frame. */
  firstSeconds: number;
  /** Nanoseconds of the first frame. */
  firstNanoseconds: number;
  /** Seconds of the last frame. */
  lastSeconds: number;
  /** Nanoseconds of the last frame. */
  lastNanoseconds: number;
  /** Seconds of the earliest frame; infinite if no frame has a time. */
  minSeconds: number;
  /** Nanoseconds of the earliest frame. */
  minNanoseconds: number;
  /** Seconds of the latest frame; minus infinite if no frame has a time. */
  maxSeconds: number;
  /** Nanoseconds of the latest frame. */
  maxNanoseconds: number;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    frames: 0,
    firstSeconds: NaN,
    firstNanoseconds: 0,
    lastSeconds: NaN,
    lastNanoseconds: 0,
    minSeconds: Infinity,
    minNanoseconds: 0,
    maxSeconds: -Infinity,
    maxNanoseconds: 0,
  };
}

/** Counts the first `count` frames of some columns into a tally. */
export function countInto(
  tally: Tally,
  { seconds, nanoseconds }: Pick<FrameBatch, "seconds" | "nanoseconds">,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const second = seconds[i];
    const nanosecond = nanoseconds[i];
    if (tally.frames === 0) {
      tally.firstSeconds = second;
      tally.firstNanoseconds = nanosecond;
    }
    tally.lastSeconds = second;
    tally.lastNanoseconds = nanosecond;
    tally.frames++;
    // No comparison holds for a frame without a time.
    if (
      second < tally.minSeconds ||
      (second === tally.minSeconds && nanosecond < tally.minNanoseconds)
    ) {
      tally.minSeconds = second;
      tally.minNanoseconds = nanosecond;
    }
    if (
      second > tally.maxSeconds ||
      (second === tally.maxSeconds && nanosecond > tally.maxNanoseconds)
    ) {
      tally.maxSeconds = second;
      tally.maxNanoseconds = nanosecond;
    }
  }
}

/** Memory of a batch. */
interface Lent {
  /** Its columns. */
  readonly columns: Columns;
  /** The buffer, if the batch has it for itself. */
  buffer: Uint8Array<ArrayBuffer> | undefined;
}

/** Columns without room, until it is known how much is needed. */
const NO_COLUMNS = makeColumns(0, "pcap");

/** LINKTYPE_ number put into a batch's 16-bit column for a value beyond 16 bits: none has it, so nothing is dissected. */
export const LINKTYPE_BEYOND = 0xffff;

/**
 * Whether a LINKTYPE_ number is assigned (https://www.tcpdump.org/linktypes.html), with the DLT_ numbers below 52 that
 * old writers stored unmapped. New numbers are given out from 303 up; a margin keeps those from being called unknown.
 */
export function isAssignedLinkType(linkType: number): boolean {
  return linkType <= 51 || (linkType >= 98 && linkType <= 400);
}

/** Number as eight hexadecimal digits, for messages. */
export function hex32(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
}

/** Base of the framers' `Framing`: fills the buffer, lets the format cut records, hands out batches. */
export abstract class BufferedFraming implements Framing {
  /** What the file's first header says. */
  abstract readonly header: CaptureHeader;

  /** The buffer. The first byte not yet cut stands at `pos`, the last byte read before `end`. */
  protected buffer: Uint8Array<ArrayBuffer>;
  /** View over the buffer. */
  protected view: DataView<ArrayBuffer>;
  /** Start of the first record not yet cut. */
  protected pos = 0;
  /** End of the bytes read. */
  protected end = 0;
  /** Offset in the capture of the buffer's first byte. */
  protected base = 0;
  /** Columns of the batch being cut. */
  protected columns: Columns;
  /** Frames cut for the batch. */
  protected count = 0;
  /** Interfaces known. */
  protected readonly interfaces: InterfaceInfo[] = [];
  /** The source has no more. */
  protected ended = false;
  /** What the record at `pos` is known to need, from its start; 0 if not known. */
  protected needed = 0;
  /** What is wrong with the record at `pos`. */
  protected fault: CaptureFormatError | undefined;
  /** The source's name, for messages. */
  protected readonly name: string;
  /** Frames of a batch at most. */
  protected readonly batchPackets: number;
  /** Cut one record or block at most. */
  protected single = false;
  /** The frames passed over since {@linkcode pass} was called. */
  protected tally: Tally = emptyTally();

  readonly #source: ByteSource;
  readonly #live: boolean;
  readonly #reuse: boolean;
  /** Whether a batch is done with before the next is asked for. */
  readonly #once: boolean;
  readonly #bufferBytes: number;
  readonly #allocate: (bytes: number) => Uint8Array<ArrayBuffer>;
  readonly #onWarning: FramingOptions["onWarning"];
  #sourceError: unknown;
  #emptyReads = 0;
  #handedOver = false;
  /** Buffers and columns that nobody needs any more. */
  readonly #spareBuffers: Uint8Array<ArrayBuffer>[] = [];
  readonly #spareColumns: Columns[] = [];
  /** What {@linkcode release} takes back, by the batches' bytes. */
  readonly #lent = new WeakMap<Uint8Array, Lent>();
  /** The batch that has the buffer at hand. */
  #holder: Lent | undefined;
  /** Whether batches are given back, so that they may have whole buffers. */
  #returning = false;
  #interfaces: readonly InterfaceInfo[] = [];
  #sequence = 0;
  #frames = 0;
  #firstSeconds = NaN;
  #firstNanoseconds = 0;
  #previousSeconds = NaN;
  #previousNanoseconds = 0;
  #pending = false;

  /** Takes the source over; it is closed with the framing. `start`: the source begins there, not with a header. */
  constructor(source: ByteSource, options: FramingOptions, start?: ChunkStart) {
    if (start !== undefined) {
      this.base = start.start;
      for (const info of start.interfaces) this.interfaces.push(info);
      this.#frames = start.firstNumber - 1;
      this.#firstSeconds = start.clock.firstSeconds;
      this.#firstNanoseconds = start.clock.firstNanoseconds;
      this.#previousSeconds = start.clock.previousSeconds;
      this.#previousNanoseconds = start.clock.previousNanoseconds;
    }
    this.#source = source;
    this.name = source.name;
    this.#live = options.live ?? false;
    this.#reuse = options.reuse !== undefined && options.reuse !== false;
    this.#once = options.reuse === "next";
    this.#onWarning = options.onWarning;
    this.#allocate = options.allocate ?? ownMemory;
    this.batchPackets = atLeastOne(options.batchPackets ?? BATCH_PACKETS, "batchPackets");
    const wanted = atLeastOne(options.batchBytes ?? BATCH_BYTES, "batchBytes");
    this.#bufferBytes = Math.max(
      BUFFER_BYTES_MIN,
      Math.min(wanted, this.batchPackets * BYTES_PER_PACKET),
    );
    // One byte more than a small file has, so that its end is seen by the read that fetches it.
    const size = source.size ?? Infinity;
    this.buffer = this.#allocate(Math.max(64, Math.min(this.#bufferBytes, size + 1)));
    this.view = viewOf(this.buffer);
    this.columns = NO_COLUMNS;
  }

  /** Which columns the format needs. */
  protected abstract get kind(): ColumnKind;
  /** Bytes of the format's smallest record: how many frames the bytes at hand can hold. */
  protected abstract get smallestRecord(): number;
  /** Byte order of the batch being cut. */
  protected abstract get littleEndian(): boolean;
  /** Cuts records from `pos`, until the columns are full, a record is unfinished, or one is at fault. */
  protected abstract cut(): void;
  /**
   * Counts records from `pos` on into the tally and passes over them, until one begins at or after `stop` in the
   * buffer, is unfinished, or is at fault. What is not plainly sound goes through {@linkcode cutOne}, so that what a
   * fault or an oddity is stands in `cut` alone.
   */
  protected abstract passOver(stop: number): void;
  /** The error for a source that ends within the record at `pos`. */
  protected abstract truncated(): CaptureFormatError;
  /** Blocks of the batch that are no packets (pcapng). */
  protected blocks(): BlockColumns | undefined {
    return undefined;
  }
  /** Blocks cut that are no packets. */
  protected get blockCount(): number {
    return 0;
  }

  /** Byte order and section where it stands, for whoever goes on from there. */
  get standing(): { readonly littleEndian: boolean; readonly section: number } {
    return { littleEndian: this.littleEndian, section: 0 };
  }

  /** The interfaces described so far; the list grows. */
  get described(): readonly InterfaceInfo[] {
    return this.interfaces;
  }

  /** pcapng: the section headers and interface descriptions passed over; the list grows. */
  readonly definitions: Definition[] = [];

  /** Offset in the capture of the first record not yet cut or passed over. */
  get offset(): number {
    return this.base + this.pos;
  }

  /** What is wrong with the record there, if it was found out. */
  get damage(): CaptureFormatError | undefined {
    return this.fault;
  }

  /**
   * Passes over the records that begin before the offset `stop`, without making batches of them; answers what they
   * were. It stands at the first record from `stop` on then, at the end, or at `damage`.
   *
   * @throws What the source threw.
   */
  async pass(stop: number): Promise<Tally> {
    this.tally = emptyTally();
    while (this.fault === undefined && this.base + this.pos < stop) {
      this.needed = 0;
      this.passOver(Math.min(this.end, stop - this.base));
      if (this.fault !== undefined || this.base + this.pos >= stop || this.#finished()) break;
      if (this.ended) {
        if (this.#sourceError !== undefined) throw this.#sourceError;
        this.fault = this.truncated();
        break;
      }
      this.#turn();
      const wait = this.#fill();
      if (wait !== undefined) await wait;
    }
    return this.tally;
  }

  /** Cuts the record or block at `pos` and counts it into the tally; whether there was one. */
  protected cutOne(): boolean {
    const before = this.pos;
    if (this.columns.capacity === 0) this.columns = makeColumns(1, this.kind);
    this.count = 0;
    this.single = true;
    this.cut();
    this.single = false;
    if (this.count > 0) {
      countInto(this.tally, this.columns, 1);
    }
    return this.pos > before;
  }

  /** Makes an error of this source. */
  protected error(code: ErrorCode, offset: number | undefined, reason: string): CaptureFormatError {
    return new CaptureFormatError(code, this.name, offset, reason);
  }

  /** Tells of an oddity. */
  protected warn(code: WarningCode, offset: number, reason: string): void {
    this.#onWarning?.({ code, offset, reason });
  }

  /** Reads until so many bytes are at hand from `pos`, or the source ends: for the headers. */
  protected async require(bytes: number): Promise<boolean> {
    while (this.end - this.pos < bytes && !this.ended) {
      this.needed = bytes;
      const wait = this.#read();
      if (wait !== undefined) await wait;
    }
    if (this.end - this.pos >= bytes) return true;
    if (this.#sourceError !== undefined) throw this.#sourceError;
    return false;
  }

  /** The next batch; see {@linkcode Framing.next}. */
  next(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (this.#pending) {
      throw new TypeError("Cannot take a batch: the one before is still awaited");
    }
    if (this.fault !== undefined) throw this.fault;
    const rest = this.end - this.pos;
    // Where the last batch was full before the buffer was read out, the next is cut from the same buffer: moving the
    // rest for each batch would cost more than cutting it.
    const plenty = this.#handedOver && 2 * rest > this.buffer.length;
    if (!plenty) this.#turn();
    // A live source may keep whole records in the rest: those come before a read that might wait.
    let fill = !plenty && !(this.#live && rest > 0);
    for (;;) {
      if (fill) {
        this.#turn();
        const wait = this.#fill();
        if (wait !== undefined) return this.#nextLater(wait);
      }
      fill = true;
      const batch = this.#batch();
      if (batch !== undefined || this.#finished()) return batch;
    }
  }

  /**
   * Lets the source of a live capture write to where the next bytes belong, which saves a copy; `next` cuts what is there
   * before it reads. `write` answers how many bytes it wrote, and what it throws is thrown here.
   */
  put(write: (into: Uint8Array<ArrayBuffer>) => number): void {
    this.#turn();
    if (this.end === this.buffer.length) this.#grow();
    this.end += write(this.buffer.subarray(this.end));
  }

  /**
   * Live, without `reuse`: takes a batch's memory back, for batches to come. Nothing may be read from the batch any more.
   * What is no batch of this capture, or was given back before, is passed over; answers whether it was taken.
   */
  release(batch: Pick<FrameBatch, "bytes">): boolean {
    const lent = this.#lent.get(batch.bytes);
    if (lent === undefined) return false;
    this.#lent.delete(batch.bytes);
    this.#returning = true;
    const { columns, buffer } = lent;
    // Columns that were transferred to another thread are empty.
    if (columns.starts.length === columns.capacity && this.#spareColumns.length < SPARES) {
      this.#spareColumns.push(columns);
    }
    if (buffer === this.buffer) this.#handedOver = false;
    else if (buffer !== undefined && this.#spareBuffers.length < SPARES) {
      this.#spareBuffers.push(buffer);
    }
    return true;
  }

  /** Closes the source. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }

  async #nextLater(wait: Promise<void>): Promise<FrameBatch | undefined> {
    this.#pending = true;
    try {
      await wait;
      for (;;) {
        const batch = this.#batch();
        if (batch !== undefined || this.#finished()) return batch;
        const again = this.#fill();
        if (again !== undefined) await again;
      }
    } finally {
      this.#pending = false;
    }
  }

  #finished(): boolean {
    return this.ended && this.pos === this.end;
  }

  /** Leaves the last batch's bytes to it and takes the unfinished rest along. */
  #turn(): void {
    const rest = this.end - this.pos;
    if (this.pos === 0 || (rest === 0 && this.ended)) return;
    this.base += this.pos;
    if (this.#handedOver && !this.#once) {
      const old = this.buffer;
      let next = this.#spareBuffers.pop();
      if (this.#reuse) this.#spareBuffers.push(old);
      if (next === undefined || next.length <= rest) {
        next = this.#allocate(Math.max(this.#bufferBytes, 2 * rest));
        this.#returning = false;
      }
      next.set(old.subarray(this.pos, this.end));
      this.buffer = next;
      this.view = viewOf(next);
      this.#handedOver = false;
      this.#holder = undefined;
    } else {
      this.buffer.copyWithin(0, this.pos, this.end);
      this.#handedOver = false;
    }
    this.pos = 0;
    this.end = rest;
  }

  /** Reads until the buffer is full (live: once). Answers a promise if the source does. */
  #fill(): Promise<void> | undefined {
    if (this.ended) return undefined;
    do {
      const wait = this.#read();
      if (wait !== undefined) return this.#live ? wait : this.#fillLater(wait);
    } while (!this.#live && !this.ended && this.end < this.buffer.length);
    return undefined;
  }

  async #fillLater(wait: Promise<void>): Promise<void> {
    await wait;
    while (!this.ended && this.end < this.buffer.length) {
      const again = this.#read();
      if (again !== undefined) await again;
    }
  }

  #read(): Promise<void> | undefined {
    if (this.end === this.buffer.length) this.#grow();
    let got: number | null | Promise<number | null>;
    try {
      got = this.#source.read(this.buffer.subarray(this.end));
    } catch (error) {
      this.#sourceFailed(error);
      return undefined;
    }
    if (got === null || typeof got === "number") {
      this.#accept(got);
      return undefined;
    }
    return got.then(this.#accept, this.#sourceFailed);
  }

  /**
   * Doubles the buffer, up to what the record needs. Only ever called with the buffer full, so memory follows the bytes
   * that came and never the length a file claims.
   */
  #grow(): void {
    const doubled = this.buffer.length * 2;
    const wanted = this.needed > this.buffer.length ? Math.min(doubled, this.needed) : doubled;
    const larger = this.#allocate(Math.max(wanted, this.buffer.length + 64));
    larger.set(this.buffer.subarray(0, this.end));
    this.buffer = larger;
    this.view = viewOf(larger);
  }

  readonly #accept = (got: number | null): void => {
    if (got === null) {
      this.ended = true;
    } else if (got > 0 && got <= this.buffer.length - this.end) {
      this.end += got;
      this.#emptyReads = 0;
    } else if (got !== 0 || ++this.#emptyReads > EMPTY_READS_MAX) {
      this.#sourceFailed(new RangeError(`the source answered a read with ${got} bytes`));
    }
  };

  readonly #sourceFailed = (error: unknown): void => {
    this.ended = true;
    this.#sourceError = wrapSourceError(error, this.name);
  };

  #batch(): FrameBatch | undefined {
    const room = Math.min(
      this.batchPackets,
      Math.floor((this.end - this.pos) / this.smallestRecord) + 1,
    );
    if (this.columns.capacity < room) {
      this.columns = makeColumns(room, this.kind, this.#allocate);
    }
    this.count = 0;
    this.needed = 0;
    this.cut();
    if (this.count === 0 && this.blockCount === 0) {
      if (this.fault === undefined && this.ended) {
        if (this.#sourceError !== undefined) throw this.#sourceError;
        if (this.pos < this.end) this.fault = this.truncated();
      }
      if (this.fault !== undefined) throw this.fault;
      return undefined;
    }
    return this.#make();
  }

  #make(): FrameBatch {
    const { columns, count, pos } = this;
    if (this.#interfaces.length !== this.interfaces.length) {
      this.#interfaces = this.interfaces.slice();
    }
    let bytes: Uint8Array<ArrayBuffer>;
    const lent: Lent = { columns, buffer: undefined };
    if (this.#reuse || pos > this.buffer.length / (this.#returning ? FILLED_IF_RETURNED : FILLED)) {
      bytes = this.buffer.subarray(0, pos);
      if (!this.#handedOver) {
        lent.buffer = this.buffer;
        this.#holder = lent;
      } else if (this.#holder !== undefined) {
        // Two batches have this buffer: that one of them needs it no more does not free it.
        this.#holder.buffer = undefined;
      }
      this.#handedOver = true;
    } else {
      // Little came: a copy of its size, rather than the whole buffer, is kept alive by the batch.
      bytes = this.buffer.slice(0, pos);
    }
    if (this.#live && !this.#reuse) this.#lent.set(bytes, lent);
    if (this.#frames === 0 && count > 0) {
      this.#firstSeconds = columns.seconds[0];
      this.#firstNanoseconds = columns.nanoseconds[0];
    }
    const blocks = this.blocks();
    const { kind } = this;
    const batch: FrameBatch = {
      sequence: this.#sequence++,
      firstNumber: this.#frames + 1,
      count,
      bytes,
      starts: columns.starts,
      capturedLengths: columns.capturedLengths,
      wireLengths: columns.wireLengths,
      seconds: columns.seconds,
      nanoseconds: columns.nanoseconds,
      linkTypes: columns.linkTypes,
      interfaceIds: columns.interfaceIds,
      interfaces: this.#interfaces,
      clock: {
        firstSeconds: this.#firstSeconds,
        firstNanoseconds: this.#firstNanoseconds,
        previousSeconds: this.#previousSeconds,
        previousNanoseconds: this.#previousNanoseconds,
      },
      littleEndian: this.littleEndian,
      recordStarts: columns.recordStarts,
      recordLengths: columns.recordLengths,
      ...(kind === "pcapng" && { optionStarts: columns.extraA, optionLengths: columns.extraB }),
      ...(kind === "modified" && {
        modified: {
          interfaceIndexes: columns.extraA,
          protocols: columns.extra16,
          packetTypes: columns.extra8,
        },
      }),
      ...(blocks !== undefined && { blocks }),
    };
    if (count > 0) {
      this.#previousSeconds = columns.seconds[count - 1];
      this.#previousNanoseconds = columns.nanoseconds[count - 1];
    }
    this.#frames += count;
    if (this.#once) return batch;
    this.columns = this.#spareColumns.pop() ?? NO_COLUMNS;
    if (this.#reuse) this.#spareColumns.push(columns);
    return batch;
  }
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function atLeastOne(value: number, name: string): number {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(`Cannot read a capture: "${name}" must be a whole number from 1`);
  }
  return value;
}

/** What a source threw, as an error that names the source; an abort stays what it is. */
export function wrapSourceError(error: unknown, source: string): unknown {
  if (error instanceof CaptureFormatError) return error;
  if (error instanceof DOMException) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new CaptureFormatError("E_IO", source, undefined, text || "reading failed", {
    cause: error,
  });
}
