/**
 * Capture files that are written while frames come: one, or a ring of many, as dumpcap's -a and -b have it.
 *
 * @module
 */
import {
  createPcapFile,
  createPcapngFile,
  type FrameBatch,
  type InterfaceInfo,
  type PcapngWriter,
  type PcapWriter,
} from "../capture/mod.ts";
import type { LiveCapture } from "../capture/libpcap/mod.ts";
import { noFrames } from "../core/batch.ts";
import { VERSION } from "./version.ts";

/** When a file is full. */
export interface FileLimits {
  /** Bytes after which a file ends. */
  readonly bytes?: number;
  /** Frames of a file. */
  readonly packets?: number;
  /** Milliseconds after which a file ends. */
  readonly durationMs?: number;
  /** Files kept; the oldest is removed when there is one more. */
  readonly keep?: number;
  /** Files written at most: what comes after them is left out. */
  readonly files?: number;
  /** Whether each batch is handed to the system at once. */
  readonly flush?: boolean;
  /** Whether the files' names are numbered. */
  readonly numbered?: boolean;
}

/** Bytes of a record around a frame's bytes: pcap's record header; an enhanced packet block. */
const PCAP_RECORD_BYTES = 16, PCAPNG_RECORD_BYTES = 32;

/** Writes frames to a file, or to a ring of files. */
export class CaptureFiles implements AsyncDisposable {
  /** Files begun so far. */
  count = 0;
  /** Names of the files there are, the oldest first. */
  readonly names: string[] = [];
  readonly #path: string;
  readonly #format: "pcap" | "pcapng";
  readonly #limits: FileLimits;
  readonly #capture: LiveCapture;
  #writer: PcapWriter | PcapngWriter | undefined;
  /** The interfaces that the file being written describes. */
  #described: readonly InterfaceInfo[] = [];
  #begun = 0;
  #packets = 0;
  #fileBytes = 0;
  #startTime = 0n;

  /** `limits`: when a file is full, and the next begins. `capture` tells what stands at the begin and end of files. */
  constructor(
    path: string,
    format: "pcap" | "pcapng",
    limits: FileLimits,
    capture: LiveCapture,
  ) {
    this.#path = path;
    this.#format = format;
    this.#limits = limits;
    this.#capture = capture;
  }

  /** Whether all files that may be written are full. */
  get complete(): boolean {
    return this.#writer === undefined && this.count >= (this.#limits.files ?? Infinity);
  }

  /** Begins the first file, so that it is there even if no frame comes. */
  async begin(): Promise<void> {
    if (this.#writer === undefined) await this.#next();
  }

  /** Writes a batch; where a file is full within it, the rest goes to the next. */
  async write(given: FrameBatch): Promise<void> {
    const batch = plain(given);
    const record = this.#format === "pcap" ? PCAP_RECORD_BYTES : PCAPNG_RECORD_BYTES;
    for (let from = 0; from < batch.count && !this.complete;) {
      if (this.#old()) await this.#end();
      if (this.complete) return;
      if (this.#writer === undefined) await this.#next();
      let to = from;
      while (to < batch.count && !this.#full()) {
        const captured = batch.capturedLengths[to++];
        this.#packets++;
        this.#fileBytes += record + (this.#format === "pcap" ? captured : captured + 3 & ~3);
      }
      const writer = this.#writer!;
      const more = from === 0 && to === batch.count
        ? writer.write(batch)
        : writer.write(batch, Uint32Array.from({ length: to - from }, (_, i) => from + i));
      if (more) await more;
      this.#described = batch.interfaces;
      from = to;
      if (this.#full()) await this.#end();
    }
    if (this.#limits.flush === true) await this.#writer?.flush();
  }

  /** Whether the file being written has all it may have. */
  #full(): boolean {
    const { bytes = Infinity, packets = Infinity } = this.#limits;
    return this.#packets >= packets || this.#fileBytes >= bytes;
  }

  #old(): boolean {
    return performance.now() - this.#begun >= (this.#limits.durationMs ?? Infinity);
  }

  async #next(): Promise<void> {
    this.count++;
    const path = this.#limits.numbered === true ? this.#numbered() : this.#path;
    const { header } = this.#capture;
    this.#writer = this.#format === "pcap"
      // With the header of the records themselves, they are copied as they are.
      ? await createPcapFile(path, header?.format === "pcap" ? { header } : {})
      : await createPcapngFile(path, {
        sectionOptions: [
          { name: "shb_os", value: Deno.build.os },
          { name: "shb_userappl", value: `pcapkit ${VERSION}` },
        ],
      });
    this.#begun = performance.now();
    this.#packets = this.#fileBytes = 0;
    this.#startTime = now();
    // Described before the first frame, so that a file without frames says what was captured on.
    const interfaces = this.#capture.interfaces;
    if (interfaces.length > 0) {
      const more = this.#writer.write(noFrames(interfaces));
      if (more) await more;
      this.#described = interfaces;
    }
    this.names.push(path);
    while (this.names.length > (this.#limits.keep ?? Infinity)) {
      Deno.removeSync(this.names.shift()!);
    }
  }

  /** `name_00001_20261121125012.pcapng`, as dumpcap numbers files. */
  #numbered(): string {
    const dot = /\.(pcap|pcapng|cap|ntar|dmp)(\.(gz|zst))?$/.exec(this.#path)?.index ??
      this.#path.length;
    const time = new Date();
    const two = (n: number): string => String(n).padStart(2, "0");
    const stamp = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}` +
      `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
    const number = String(this.count).padStart(5, "0");
    return `${this.#path.slice(0, dot)}_${number}_${stamp}${this.#path.slice(dot)}`;
  }

  async #end(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#writer = undefined;
    try {
      if ("writeBlock" in writer) await this.#statistics(writer);
    } finally {
      await writer[Symbol.asyncDispose]();
    }
  }

  /** Ends a pcapng file with the counters of each interface (Interface Statistics Blocks). */
  async #statistics(writer: PcapngWriter): Promise<void> {
    const end = now();
    for (const device of this.#capture.stats().devices) {
      const interfaceId = this.#described.findIndex((info) => info.name === device.name);
      if (interfaceId < 0) continue;
      const more = writer.writeBlock({
        kind: "statistics",
        interfaceId,
        time: end,
        options: [
          { name: "isb_starttime", value: this.#startTime },
          { name: "isb_endtime", value: end },
          { name: "isb_ifrecv", value: BigInt(device.received) },
          { name: "isb_ifdrop", value: BigInt(device.interfaceDropped) },
          { name: "isb_filteraccept", value: BigInt(device.received) },
          { name: "isb_osdrop", value: BigInt(device.dropped) },
          { name: "isb_usrdeliv", value: BigInt(device.captured) },
        ],
      });
      if (more) await more;
    }
  }

  /** Ends the file being written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}

/** Nanoseconds since 1970. */
function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** A batch as any capture gives it: what dumpcap wrote as pcapng belongs to a file we do not copy. */
function plain(batch: FrameBatch): FrameBatch {
  const { optionStarts: _starts, optionLengths: _lengths, blocks: _blocks, ...rest } = batch;
  return rest;
}
