/**
 * Files that dpkt's readers and writers work on: bytes in memory, or anything with `readSync` or `writeSync`, such as
 * `Deno.FsFile`.
 *
 * @module
 */
import * as dlt from "./constants/pcap.ts";
import { writeSync } from "../../../capture/file_sink.ts";
import { CaptureFormatError, type ErrorCode } from "../../../core/errors.ts";

/** Bytes of the link layer's header by link type, as far as the modules of both formats know them. */
export const dltoff: Readonly<Record<number, number>> = {
  [dlt.DLT_NULL]: 4,
  [dlt.DLT_EN10MB]: 14,
  [dlt.DLT_IEEE802]: 22,
  [dlt.DLT_ARCNET]: 6,
  [dlt.DLT_SLIP]: 16,
  [dlt.DLT_PPP]: 4,
  [dlt.DLT_FDDI]: 21,
  [dlt.DLT_PFLOG]: 48,
  [dlt.DLT_PFSYNC]: 4,
  [dlt.DLT_LOOP]: 4,
  [dlt.DLT_LINUX_SLL]: 16,
};

/** What a reader reads: bytes, or an open file. */
export type ReadableFile = Uint8Array | {
  /** Reads up to `p.length` bytes into `p`; `null` at the end. */
  readSync(p: Uint8Array): number | null;
};

/** What a writer writes to: an open file. */
export interface WritableFile {
  /** Writes bytes of `p`; answers how many. */
  writeSync(p: Uint8Array): number;
  /** Closes the file. */
  close?(): void;
}

/** Bytes read from a file at once. */
const BLOCK = 1024 * 1024;

/** Reads a file from front to back. What it hands out is never written to again. */
export class FileReader {
  private readonly file: ReadableFile;
  private block: Uint8Array;
  private at = 0;
  /** Bytes read so far. */
  offset = 0;

  /** Begins at the file's current place. */
  constructor(file: ReadableFile) {
    this.file = file;
    this.block = file instanceof Uint8Array ? file : new Uint8Array(0);
  }

  /** The next `size` bytes, or fewer at the end, without going on. */
  peek(size: number): Uint8Array {
    const { file } = this;
    if (this.block.length - this.at < size && !(file instanceof Uint8Array)) {
      const rest = this.block.subarray(this.at);
      // A new block: packets handed out keep the old one.
      let block = new Uint8Array(Math.max(BLOCK, rest.length));
      block.set(rest);
      let filled = rest.length;
      while (filled < size) {
        // Grows by what is really there: a length in a file is not believed.
        if (filled === block.length) {
          const larger = new Uint8Array(Math.min(size, block.length * 2));
          larger.set(block);
          block = larger;
        }
        const n = file.readSync(block.subarray(filled));
        if (n === null || n === 0) break;
        filled += n;
      }
      this.block = block.subarray(0, filled);
      this.at = 0;
    }
    return this.block.subarray(this.at, this.at + size);
  }

  /** The next `size` bytes, or fewer at the end. */
  read(size: number): Uint8Array {
    const bytes = this.peek(size);
    this.at += bytes.length;
    this.offset += bytes.length;
    return bytes;
  }
}

/** A fault of a file, as the rest of pcapkit reports it. */
export function fault(
  name: string,
  code: ErrorCode,
  offset: number,
  reason: string,
): CaptureFormatError {
  return new CaptureFormatError(code, name, offset, reason);
}

/** The nearest whole number, the even one of two, as Python rounds. */
export function round(n: number): number {
  const low = Math.floor(n), rest = n - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

/** Keyword arguments that the writers of both formats have in common. */
export interface PacketWriterOptions {
  /** Bytes of a packet captured at most; 1500 if absent. Packets are not cut. */
  readonly snaplen?: number;
  /** Link type; Ethernet if absent. */
  readonly linktype?: number;
}

/** What the writers of both formats have in common. */
export abstract class PacketWriter {
  private readonly file: WritableFile;

  /** Writes to the file's current place. */
  constructor(fileobj: WritableFile) {
    this.file = fileobj;
  }

  /** Writes bytes as they are. */
  protected put(bytes: Uint8Array): void {
    writeSync(this.file, bytes);
  }

  /** Writes a packet with its time: a number is seconds since 1970, a bigint nanoseconds. */
  abstract writepkt_time(pkt: Uint8Array, ts: number | bigint): void;

  /** Writes packets with their times. */
  writepkts(pkts: Iterable<readonly [ts: number | bigint, pkt: Uint8Array]>): void {
    for (const [ts, pkt] of pkts) this.writepkt_time(pkt, ts);
  }

  /** Closes the file. */
  close(): void {
    this.file.close?.();
  }
}

/** What the readers of both formats have in common. */
export abstract class PacketReader implements IterableIterator<[ts: number, buf: Uint8Array]> {
  /** Name of the file, for messages. */
  readonly name: string;
  /** Bytes of each packet that were captured at most, as the file says. */
  readonly snaplen: number;
  /** Bytes of the link layer's header, where dpkt knows them. */
  readonly dloff: number;
  /** Filter: none, since files are not filtered. */
  readonly filter: string = "";
  private readonly linktype: number;
  private iterator: Iterator<[number, Uint8Array]> | undefined;

  /** Takes what the file's header says. */
  constructor(name: string, snaplen: number, linktype: number, dloff: number) {
    this.name = name;
    this.snaplen = snaplen;
    this.linktype = linktype;
    this.dloff = dloff;
  }

  /** Time of the packet last handed out, in nanoseconds since 1970: exact, where a number of seconds is not. */
  abstract get ns(): bigint;

  /** Reads packets from the file's current place. */
  protected abstract packets(): Generator<[number, Uint8Array]>;

  /** Link type, such as `DLT_EN10MB`. */
  datalink(): number {
    return this.linktype;
  }

  /**
   * Files cannot be filtered, as in dpkt.
   *
   * @throws {Error} Always.
   */
  setfilter(_value: string, _optimize = 1): never {
    throw new Error("setfilter is not implemented: dpkt's readers do not filter");
  }

  /** The next packet. */
  next(): IteratorResult<[ts: number, buf: Uint8Array]> {
    return (this.iterator ??= this.packets()).next();
  }

  /** The packets from the file's current place: seconds since 1970, and bytes. */
  [Symbol.iterator](): Generator<[ts: number, buf: Uint8Array]> {
    return this.packets();
  }

  /** All packets that are left. */
  readpkts(): [ts: number, buf: Uint8Array][] {
    return [...this];
  }

  /** Calls `callback` for `cnt` packets, or for all if that is 0. Answers how many there were. */
  dispatch<A extends unknown[]>(
    cnt: number,
    callback: (ts: number, buf: Uint8Array, ...args: A) => void,
    ...args: A
  ): number {
    let processed = 0;
    for (const [ts, buf] of this.packets()) {
      callback(ts, buf, ...args);
      if (++processed === cnt) break;
    }
    return processed;
  }

  /** Calls `callback` for every packet. */
  loop<A extends unknown[]>(
    callback: (ts: number, buf: Uint8Array, ...args: A) => void,
    ...args: A
  ): void {
    this.dispatch(0, callback, ...args);
  }
}
