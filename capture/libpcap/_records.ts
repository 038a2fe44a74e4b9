/**
 * A handle's packets as savefile records in memory. There are three ways, by what the system's C library can do; the last
 * works everywhere.
 *
 * @module
 */
import {
  PCAP_HEADER_BYTES,
  PCAP_MAGIC_MICROSECONDS,
  PCAP_MAGIC_NANOSECONDS,
  PCAP_RECORD_BYTES,
} from "../pcap.ts";
import { STATUS } from "./errors.ts";
import { makeError, type PcapHandle, type RawHandle, rawHandle } from "./handle.ts";
import type { Library } from "./library.ts";
import { cString, errorNumber, pinned, PKTHDR, readText, viewOf } from "./memory.ts";

/** `setvbuf`: flushed when it is full. POSIX leaves the number open; it is this one wherever it is used here. */
const IOFBF = 0;
/** `fseek`: from the beginning. */
const SEEK_SET = 0;
/** `memfd_create`: children do not inherit the descriptor. */
const MFD_CLOEXEC = 1;
/** `__fsetlocking`: one thread uses the stream, so it need not be locked twice for each packet. */
const FSETLOCKING_BYCALLER = 2;

/** Streams kept open: a framer uses two buffers by turns. */
const TARGETS = 2;
/** Bytes of the buffer by which it is tried out what the C library does. */
const TRIAL_BYTES = 4096;
/** Bytes of a record as long as nothing is known. */
const RECORD_BYTES = 4096;
/** Share of a buffer that is filled if records are as long as those before. */
const FILL_SHARE = 7 / 8;
/** Bytes of memory that a file for what does not fit keeps between uses. */
const SPILL_KEPT = 4 * 1024 * 1024;

/** Packets of a handle as savefile records. The first thing read is the file header. */
export interface Records {
  /** Packets taken by the last `fill`. */
  readonly count: number;
  /**
   * Takes so many packets at most, once those before were read, and writes their records to `into`, as far as they fit.
   * Answers how many bytes; the rest is to be read.
   *
   * @throws {LibpcapError} If libpcap says so.
   */
  fill(packets: number, into: Uint8Array<ArrayBuffer>): number;
  /** Copies what was not written yet, as far as it fits. Answers how many bytes. */
  read(into: Uint8Array): number;
  /** Gives back what it took. The handle is closed after it. */
  close(): void;
}

/** The best way this system has. `name`: of the device, for messages. */
export function recordsOf(handle: PcapHandle, name: string): Records {
  const raw = rawHandle(handle), { pcap, libc } = raw.library;
  if (pcap.pcap_dump_fopen === null) return new CopiedRecords(handle, name);
  return DirectRecords.open(raw, name) ??
    (libc.open_memstream === null ? new CopiedRecords(handle, name) : new StreamRecords(raw, name));
}

/** Has libpcap dump so many packets at most; answers how many. */
function dump(raw: RawHandle, packets: number, dumper: bigint, name: string): number {
  const { pcap } = raw.library;
  const count = pcap.pcap_dispatch(raw.address, packets, pcap.pcap_dump_address, dumper);
  if (count >= 0) return count;
  if (count === STATUS.ERROR_BREAK) return 0;
  const reason = readText(raw.library, pcap.pcap_geterr(raw.address));
  throw makeError("pcap_dispatch", count, reason, name);
}

/** Makes a stream a dumper, or closes it. */
function openDumper(raw: RawHandle, stream: bigint, name: string): bigint {
  const { pcap, libc } = raw.library;
  const dumper = pcap.pcap_dump_fopen!(raw.address, stream);
  if (dumper !== 0n) return dumper;
  const reason = readText(raw.library, pcap.pcap_geterr(raw.address));
  libc.fclose(stream);
  throw makeError("pcap_dump_fopen", STATUS.ERROR, reason, name);
}

/** What the C library says went wrong. */
function failed(library: Library, call: string, name: string): Error {
  const reason = readText(library, library.pcap.pcap_strerror(errorNumber(library)));
  return makeError(call, STATUS.ERROR, reason, name);
}

/** A stream whose buffer is memory of ours, with a dumper. */
interface Target {
  /** The buffer. The C library has its address as long as the stream is open. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Descriptor of the stream's file, which is in memory and takes what its buffer has no room for. */
  readonly descriptor: number;
  /** The stream. */
  readonly stream: bigint;
  /** libpcap's name for it. */
  readonly dumper: bigint;
}

/**
 * libpcap's dumper writes to a stream whose buffer is the framer's: one call, and one copy, for hundreds of packets.
 * After each call the buffer is declared empty, so that the stream never writes to its file. Only where a call brought
 * more than fits it did, and then all of it is taken from the file; how many packets are asked for follows their length,
 * so that this is rare.
 *
 * Nothing is left in a stream's buffer between calls: what is there when the process ends would be written then, from
 * memory that may be gone.
 */
export class DirectRecords implements Records {
  /** See {@linkcode Records.count}. */
  count = 0;
  readonly #raw: RawHandle;
  readonly #name: string;
  /** Those open, the one last used at the end. */
  readonly #targets: Target[] = [];
  /** The file header, until it was read. */
  #header: Uint8Array<ArrayBuffer> | undefined;
  /** Bytes of a record lately: grows at once and shrinks by and by; 0 before the first. */
  #mean = 0;
  /** The target in whose file records wait to be read, from `#at` to `#end`. */
  #spilled: Target | undefined;
  #at = 0n;
  #end = 0n;

  /** Nothing, if the C library does not do what it takes. `name`: of the device, for messages. */
  static open(raw: RawHandle, name: string): DirectRecords | undefined {
    const { libc } = raw.library;
    if (
      libc.memfd_create === null || libc.fdopen === null || libc.__fpending === null ||
      libc.__fpurge === null || libc.pread === null || libc.ftruncate === null
    ) return undefined;
    const records = new DirectRecords(raw, name);
    try {
      if (records.#works()) return records;
    } catch {
      // There are no files in memory, or no more descriptors: another way may do without.
    }
    records.close();
    return undefined;
  }

  private constructor(raw: RawHandle, name: string) {
    this.#raw = raw;
    this.#name = name;
  }

  /** A new dumper writes the file header. If it stands at the buffer's beginning, so will everything else. */
  #works(): boolean {
    const memory = pinned(TRIAL_BYTES);
    this.#open(memory);
    const magic = viewOf(memory).getUint32(0, true);
    if (magic !== PCAP_MAGIC_MICROSECONDS && magic !== PCAP_MAGIC_NANOSECONDS) return false;
    this.#header = memory.slice(0, PCAP_HEADER_BYTES);
    return true;
  }

  #open(memory: Uint8Array<ArrayBuffer>): Target {
    const { libc } = this.#raw.library;
    const descriptor = libc.memfd_create!(cString("pcapkit"), MFD_CLOEXEC);
    if (descriptor < 0) throw failed(this.#raw.library, "memfd_create", this.#name);
    const stream = libc.fdopen!(descriptor, cString("w+"));
    if (stream === 0n) {
      const error = failed(this.#raw.library, "fdopen", this.#name);
      libc.close!(descriptor);
      throw error;
    }
    libc.setvbuf(stream, memory, IOFBF, BigInt(memory.length));
    libc.__fsetlocking?.(stream, FSETLOCKING_BYCALLER);
    const dumper = openDumper(this.#raw, stream, this.#name);
    libc.__fpurge!(stream);
    // From here on the stream knows where it stands, and need not ask the system.
    libc.fseek(stream, 0n, SEEK_SET);
    const target: Target = { memory, descriptor, stream, dumper };
    this.#targets.push(target);
    return target;
  }

  #close({ stream, dumper }: Target): void {
    this.#raw.library.libc.__fpurge!(stream);
    this.#raw.library.pcap.pcap_dump_close(dumper);
  }

  /** The target that writes to exactly this memory. */
  #targetOf(into: Uint8Array<ArrayBuffer>): Target {
    const targets = this.#targets;
    const at = targets.findIndex(({ memory }) =>
      memory.buffer === into.buffer && memory.byteOffset === into.byteOffset &&
      memory.length === into.length
    );
    if (at < 0) {
      while (targets.length >= TARGETS) this.#close(targets.shift()!);
      return this.#open(into);
    }
    const [target] = targets.splice(at, 1);
    targets.push(target);
    return target;
  }

  /** See {@linkcode Records.fill}. */
  fill(packets: number, into: Uint8Array<ArrayBuffer>): number {
    this.count = 0;
    const { pcap, libc } = this.#raw.library;
    const target = this.#targetOf(into), { stream, dumper } = target;
    const fit = Math.max(1, Math.floor(into.length * FILL_SHARE / (this.#mean || RECORD_BYTES)));
    let buffered: bigint, total: bigint;
    try {
      this.count = dump(this.#raw, Math.min(packets, fit), dumper, this.#name);
      if (this.count === 0) return 0;
      buffered = libc.__fpending!(stream);
      total = pcap.pcap_dump_ftell(dumper);
      if (total !== buffered) {
        pcap.pcap_dump_flush(dumper);
        total = pcap.pcap_dump_ftell(dumper);
      }
      // Bytes are lost, and there is no telling which.
      if (total < 0n || libc.ferror(stream) !== 0) {
        throw failed(this.#raw.library, "pcap_dump", this.#name);
      }
    } finally {
      libc.__fpurge!(stream);
    }
    const bytes = Number(total), mean = bytes / this.count;
    this.#mean = Math.max(mean, (7 * this.#mean + mean) / 8);
    if (total === buffered) return bytes;
    this.#spilled = target;
    this.#at = 0n;
    this.#end = total;
    return this.read(into);
  }

  /** See {@linkcode Records.read}. */
  read(into: Uint8Array): number {
    const header = this.#header;
    if (header !== undefined) {
      const count = Math.min(header.length, into.length);
      into.set(header.subarray(0, count));
      this.#header = count < header.length ? header.slice(count) : undefined;
      return count;
    }
    if (this.#spilled === undefined) return 0;
    const { libc } = this.#raw.library, { descriptor, stream } = this.#spilled;
    const room = BigInt(into.length), left = this.#end - this.#at;
    const count = libc.pread!(
      descriptor,
      into as Uint8Array<ArrayBuffer>,
      left < room ? left : room,
      this.#at,
    );
    if (count <= 0n) throw failed(this.#raw.library, "pread", this.#name);
    this.#at += count;
    if (this.#at === this.#end) {
      libc.fseek(stream, 0n, SEEK_SET);
      if (this.#end > BigInt(SPILL_KEPT)) libc.ftruncate!(descriptor, 0n);
      this.#spilled = undefined;
    }
    return Number(count);
  }

  /** See {@linkcode Records.close}. */
  close(): void {
    for (const target of this.#targets.splice(0)) this.#close(target);
    this.#spilled = undefined;
  }
}

/** libpcap's dumper writes into the C library's memory stream: one call for hundreds of packets, and two copies. */
export class StreamRecords implements Records {
  /** See {@linkcode Records.count}. */
  count = 0;
  readonly #raw: RawHandle;
  readonly #name: string;
  // The C library keeps the addresses of these two for as long as the stream lives.
  readonly #start: BigUint64Array<ArrayBuffer> = new BigUint64Array(pinned(8).buffer);
  readonly #size: BigUint64Array<ArrayBuffer> = new BigUint64Array(pinned(8).buffer);
  readonly #stream: bigint;
  readonly #dumper: bigint;
  #at = 0n;
  #end = 0n;

  /** `name`: of the device, for messages. */
  constructor(raw: RawHandle, name: string) {
    this.#raw = raw;
    this.#name = name;
    const { pcap, libc } = raw.library;
    this.#stream = libc.open_memstream!(this.#start, this.#size);
    if (this.#stream === 0n) throw makeError("open_memstream", STATUS.ERROR, "out of memory", name);
    try {
      this.#dumper = openDumper(raw, this.#stream, name);
    } catch (error) {
      libc.free(this.#start[0]);
      throw error;
    }
    libc.__fsetlocking?.(this.#stream, FSETLOCKING_BYCALLER);
    pcap.pcap_dump_flush(this.#dumper);
    this.#end = this.#size[0];
  }

  /** See {@linkcode Records.fill}. */
  fill(packets: number, into: Uint8Array<ArrayBuffer>): number {
    const { pcap, libc } = this.#raw.library;
    libc.fseek(this.#stream, 0n, SEEK_SET);
    this.count = 0;
    this.count = dump(this.#raw, packets, this.#dumper, this.#name);
    if (this.count === 0) return 0;
    pcap.pcap_dump_flush(this.#dumper);
    this.#at = 0n;
    this.#end = this.#size[0];
    return this.read(into);
  }

  /** See {@linkcode Records.read}. */
  read(into: Uint8Array): number {
    const left = this.#end - this.#at;
    if (left <= 0n) return 0;
    const count = left < BigInt(into.length) ? left : BigInt(into.length);
    const { libc } = this.#raw.library;
    // Where the stream stands may change whenever it grows.
    libc.memcpy(into as Uint8Array<ArrayBuffer>, this.#start[0] + this.#at, count);
    this.#at += count;
    return Number(count);
  }

  /** See {@linkcode Records.close}. */
  close(): void {
    this.#raw.library.pcap.pcap_dump_close(this.#dumper);
    this.#raw.library.libc.free(this.#start[0]);
  }
}

/** Packet by packet, for systems whose C library has no memory streams (Windows). */
export class CopiedRecords implements Records {
  /** See {@linkcode Records.count}. */
  count = 0;
  readonly #handle: PcapHandle;
  readonly #name: string;
  readonly #header: BigUint64Array<ArrayBuffer> = new BigUint64Array(1);
  readonly #data: BigUint64Array<ArrayBuffer> = new BigUint64Array(1);
  readonly #pkthdr: Uint8Array<ArrayBuffer> = new Uint8Array(PKTHDR.bytes);
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(64 * 1024);
  #at = 0;
  #end = PCAP_HEADER_BYTES;

  /** `name`: of the device, for messages. */
  constructor(handle: PcapHandle, name: string) {
    this.#handle = handle;
    this.#name = name;
    const view = viewOf(this.#bytes);
    const nano = handle.precision === "nanoseconds";
    view.setUint32(0, nano ? PCAP_MAGIC_NANOSECONDS : PCAP_MAGIC_MICROSECONDS, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, handle.snapLength, true);
    view.setUint32(20, handle.linkType, true);
  }

  /** See {@linkcode Records.fill}. */
  fill(packets: number, into: Uint8Array<ArrayBuffer>): number {
    const { library, address } = rawHandle(this.#handle), { pcap, libc } = library;
    this.#at = this.#end = 0;
    const from = viewOf(this.#pkthdr);
    let count = 0;
    for (; count < packets; count++) {
      const code = pcap.pcap_next_ex(address, this.#header, this.#data);
      if (code === 0 || code === STATUS.ERROR_BREAK) break;
      if (code < 0) {
        // What came before is delivered; the error comes again with the next call.
        if (count > 0) break;
        const reason = readText(library, pcap.pcap_geterr(address));
        throw makeError("pcap_next_ex", code, reason, this.#name);
      }
      libc.memcpy(this.#pkthdr, this.#header[0], BigInt(PKTHDR.bytes));
      const captured = from.getUint32(PKTHDR.captured, true);
      this.#room(PCAP_RECORD_BYTES + captured);
      const to = viewOf(this.#bytes), at = this.#end;
      to.setUint32(at, from.getUint32(PKTHDR.seconds, true), true);
      to.setUint32(at + 4, from.getUint32(PKTHDR.fraction, true), true);
      to.setUint32(at + 8, captured, true);
      to.setUint32(at + 12, from.getUint32(PKTHDR.wire, true), true);
      libc.memcpy(this.#bytes.subarray(at + PCAP_RECORD_BYTES), this.#data[0], BigInt(captured));
      this.#end = at + PCAP_RECORD_BYTES + captured;
    }
    this.count = count;
    return this.read(into);
  }

  #room(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + count));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }

  /** See {@linkcode Records.read}. */
  read(into: Uint8Array): number {
    const count = Math.min(into.length, this.#end - this.#at);
    into.set(this.#bytes.subarray(this.#at, this.#at + count));
    this.#at += count;
    return count;
  }

  /** See {@linkcode Records.close}. */
  close(): void {}
}
