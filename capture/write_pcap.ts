/**
 * Writing pcap (draft-ietf-opsawg-pcap): micro- or nanoseconds, or the modified format, in either byte order.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch } from "../core/batch.ts";
import {
  PCAP_HEADER_BYTES,
  PCAP_MAGIC_MICROSECONDS,
  PCAP_MAGIC_MODIFIED,
  PCAP_MAGIC_NANOSECONDS,
  PCAP_MODIFIED_RECORD_BYTES,
  PCAP_RECORD_BYTES,
} from "./pcap.ts";
import { BLOCK_INTERFACE, BLOCK_SECTION, BLOCK_STATISTICS } from "./pcapng_format.ts";
import {
  addRun,
  type ByteSink,
  copy,
  type FrameInput,
  LossLog,
  type LossOptions,
  SinkBuffer,
  timeOf,
} from "./sink.ts";

/** How a pcap file is written. */
export interface PcapWriterOptions extends LossOptions {
  /**
   * Write as the file with this header was written: its first 24 bytes are copied, and batches read from it are copied
   * whole. The other options have no effect then.
   */
  readonly header?: CaptureHeader;
  /** Precision of times; that of the first batch if not given, microseconds for single frames. */
  readonly precision?: "microseconds" | "nanoseconds";
  /** The modified format (magic a1b2cd34), which keeps `batch.modified`. */
  readonly modified?: boolean;
  /** Byte order; little-endian if not given. */
  readonly littleEndian?: boolean;
  /** Longest packet the header promises, in bytes. If not given, that of the first batch; at least 262,144. */
  readonly snapLength?: number;
  /** LINKTYPE_ number; that of the first batch if not given. */
  readonly linkType?: number;
  /** Bytes of frame check sequence at each frame's end; an even number up to 30. */
  readonly fcsLength?: number;
  /** The file has its header already: write records alone. Needs `header`. */
  readonly append?: boolean;
}

/** Snap length of files whose source tells none: Wireshark's and tcpdump's own. */
const SNAP_LENGTH = 262_144;

/** What was settled when the header was written. */
interface Format {
  readonly littleEndian: boolean;
  readonly units: number;
  readonly modified: boolean;
  readonly linkType: number;
  /** Lengths swapped, as versions before 2.3 have them. */
  readonly swapped: boolean;
  /** Batches of the same format may be copied whole. */
  readonly verbatim: boolean;
}

/** Writes pcap files. A pcap file has one link type: frames of another are refused. */
export class PcapWriter {
  readonly #options: PcapWriterOptions;
  readonly #out: SinkBuffer;
  readonly #losses: LossLog;
  #format: Format | undefined;

  /** Writes to a sink, which is closed with the writer. */
  constructor(sink: ByteSink, options: PcapWriterOptions = {}) {
    if (options.header !== undefined && options.header.format !== "pcap") {
      throw new TypeError(`Cannot write pcap with the header of a ${options.header.format} file`);
    }
    if (options.append === true && options.header === undefined) {
      throw new TypeError("Cannot append to a pcap file without its header");
    }
    this.#options = options;
    this.#out = new SinkBuffer(sink);
    this.#losses = new LossLog(options);
  }

  /**
   * Writes the frames of a batch, or those with the given indexes in it. Answers a promise if the sink does; the next
   * call must wait for it.
   */
  write(batch: FrameBatch, only?: ArrayLike<number>): void | Promise<void> {
    const format = this.#format ??= this.#start(batch);
    this.#checkLosses(batch, format, only);
    const total = only?.length ?? batch.count;
    if (total === 0) return;
    if (this.#same(batch, format)) return this.#out.addRuns(batch.bytes, recordRuns(batch, only));
    return this.#run(batch, format, only, 0, total);
  }

  /** Writes one frame. */
  writeFrame(frame: FrameInput): void | Promise<void> {
    const format = this.#format ??= this.#start(undefined);
    const size = (format.modified ? PCAP_MODIFIED_RECORD_BYTES : PCAP_RECORD_BYTES) +
      frame.data.length;
    const put = () => {
      const wire = frame.wireLength ?? frame.data.length;
      const [seconds, nanoseconds] = timeOf(frame);
      this.#put(format, seconds, nanoseconds, wire, frame.data, 0, frame.data.length);
      if (format.modified) {
        this.#out.bytes.fill(0, this.#out.at - size + 16, this.#out.at - size + 24);
      }
    };
    const room = this.#out.room(size);
    if (room instanceof Promise) return room.then(put);
    put();
  }

  /** Hands over what is still collected. */
  async flush(): Promise<void> {
    this.#format ??= this.#start(undefined);
    await this.#out.flush();
  }

  /** Writes the rest, and the header if there was no frame; closes the sink. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#format ??= this.#start(undefined);
    await this.#out.close();
  }

  /** Settles the format and writes the header. */
  #start(batch: FrameBatch | undefined): Format {
    const { header, append } = this.#options;
    if (header !== undefined) {
      if (append !== true) this.#header(header.bytes);
      const [major, minor] = header.version;
      return {
        littleEndian: header.littleEndian,
        units: header.precision === "nanoseconds" ? 1e9 : 1e6,
        modified: header.magic === PCAP_MAGIC_MODIFIED,
        linkType: header.linkType ?? 0,
        swapped: major === 543 || minor < 3,
        verbatim: true,
      };
    }
    const { littleEndian = true, modified = false } = this.#options;
    // The interface of a frame, not the first of the file: that one may have none.
    const first = batch?.interfaces[batch.count > 0 ? batch.interfaceIds[0] : 0];
    const precision = this.#options.precision ??
      (modified || (batch !== undefined && onlyMicroseconds(batch)) || batch === undefined
        ? "microseconds"
        : "nanoseconds");
    if (modified && precision === "nanoseconds") {
      throw new TypeError("Cannot write nanoseconds: the modified format has microseconds");
    }
    const linkType = this.#options.linkType ?? first?.linkType;
    if (linkType === undefined) {
      throw new TypeError("Cannot write a pcap header: no link type given and no interface known");
    }
    if (linkType > 0xffff) throw new RangeError(`Cannot write link type ${linkType}`);
    const fcsLength = this.#options.fcsLength ?? first?.fcsLength;
    if (fcsLength !== undefined && (fcsLength % 2 !== 0 || fcsLength > 30)) {
      throw new RangeError(`Cannot write a frame check sequence of ${fcsLength} bytes`);
    }
    const magic = modified
      ? PCAP_MAGIC_MODIFIED
      : precision === "nanoseconds"
      ? PCAP_MAGIC_NANOSECONDS
      : PCAP_MAGIC_MICROSECONDS;
    const bytes = new Uint8Array(PCAP_HEADER_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, magic, littleEndian);
    view.setUint16(4, 2, littleEndian);
    view.setUint16(6, 4, littleEndian);
    const snapLength = this.#options.snapLength ?? Math.max(first?.snapLength ?? 0, SNAP_LENGTH);
    view.setUint32(16, snapLength, littleEndian);
    const fcs = fcsLength === undefined ? 0 : (fcsLength / 2 << 28 | 0x04000000) >>> 0;
    view.setUint32(20, (linkType | fcs) >>> 0, littleEndian);
    this.#header(bytes);
    const units = precision === "nanoseconds" ? 1e9 : 1e6;
    return { littleEndian, units, modified, linkType, swapped: false, verbatim: false };
  }

  /** The header is the first thing written, so it fits and nothing has to be waited for. */
  #header(bytes: Uint8Array): void {
    this.#out.bytes.set(bytes, this.#out.at);
    this.#out.at += bytes.length;
  }

  /** Whether a batch's records stand in the file's own format. */
  #same(batch: FrameBatch, format: Format): boolean {
    return format.verbatim && batch.optionStarts === undefined &&
      batch.littleEndian === format.littleEndian &&
      (batch.modified !== undefined) === format.modified &&
      batch.interfaces[0]?.resolution === (format.units === 1e9 ? "10^-9" : "10^-6");
  }

  #checkLosses(batch: FrameBatch, format: Format, only: ArrayLike<number> | undefined): void {
    const { blocks } = batch;
    const view = new DataView(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength);
    for (let i = 0; i < (blocks?.count ?? 0); i++) {
      const at = blocks!.starts[i];
      const type = view.getUint32(at, batch.littleEndian);
      const length = blocks!.lengths[i];
      // Headers without options say nothing that pcap's own header does not.
      if (type === BLOCK_SECTION ? length > 28 : type === BLOCK_INTERFACE) {
        if (type === BLOCK_SECTION || tellsMore(view, at, length, batch.littleEndian)) {
          this.#losses.lose(
            "interfaces",
            "pcap keeps no names and details of hosts and interfaces",
          );
        }
      } else if (type !== BLOCK_SECTION) {
        const what = type === BLOCK_STATISTICS ? "statistics" : "blocks that are no packets";
        this.#losses.lose("blocks", `pcap keeps no ${what}`);
      }
    }
    const { optionLengths } = batch;
    if (optionLengths !== undefined) {
      const count = only?.length ?? batch.count;
      for (let k = 0; k < count; k++) {
        if (optionLengths[only === undefined ? k : only[k]] > 0) {
          this.#losses.lose("options", "pcap keeps no options of packets, such as comments");
          break;
        }
      }
    }
    if (batch.modified !== undefined && !format.modified) {
      this.#losses.lose("modified", "plain pcap keeps no interface, protocol and type of packets");
    }
  }

  /** Writes records from the `from`-th on; goes on later where the sink makes it wait. */
  #run(
    batch: FrameBatch,
    format: Format,
    only: ArrayLike<number> | undefined,
    from: number,
    total: number,
  ): void | Promise<void> {
    const out = this.#out;
    const headerBytes = format.modified ? PCAP_MODIFIED_RECORD_BYTES : PCAP_RECORD_BYTES;
    for (let k = from; k < total; k++) {
      const i = only === undefined ? k : only[k];
      if (!(i >= 0 && i < batch.count)) {
        throw new RangeError(`Cannot write frame ${i} of the batch`);
      }
      if (batch.linkTypes[i] !== format.linkType) {
        throw new TypeError(
          `Cannot write a frame of link type ${batch.linkTypes[i]} to a pcap file of link type ` +
            `${format.linkType}: a pcap file has only one (pcapng has more)`,
        );
      }
      const captured = batch.capturedLengths[i];
      const size = headerBytes + captured;
      if (!out.fits(size)) {
        const room = out.room(size);
        if (room instanceof Promise) {
          return room.then(() => this.#run(batch, format, only, k, total));
        }
      }
      this.#put(
        format,
        batch.seconds[i],
        batch.nanoseconds[i],
        batch.wireLengths[i],
        batch.bytes,
        batch.starts[i],
        captured,
      );
      if (format.modified) {
        const at = out.at - size;
        const extra = batch.modified;
        out.view.setUint32(at + 16, extra?.interfaceIndexes[i] ?? 0, format.littleEndian);
        out.view.setUint16(at + 20, extra?.protocols[i] ?? 0, format.littleEndian);
        out.bytes[at + 22] = extra?.packetTypes[i] ?? 0;
        out.bytes[at + 23] = 0;
      }
    }
  }

  #put(
    format: Format,
    seconds: number,
    nanoseconds: number,
    wire: number,
    bytes: Uint8Array,
    start: number,
    captured: number,
  ): void {
    const { bytes: into, view, at } = this.#out;
    const { littleEndian, units } = format;
    let second = seconds;
    let fraction = nanoseconds;
    if (!(second >= 0 && second <= 0xffffffff)) {
      this.#losses.lose(
        "time",
        Number.isNaN(second)
          ? "pcap has a time for each packet, and one has none"
          : `pcap cannot keep a time of ${second} s since 1970`,
      );
      second = Number.isNaN(second) || second < 0 ? 0 : 0xffffffff;
      if (seconds !== second) fraction = 0;
    }
    if (units === 1e6) {
      if (fraction % 1000 !== 0) {
        this.#losses.lose(
          "precision",
          "times are cut to microseconds; precision nanoseconds keeps them",
        );
      }
      fraction = Math.floor(fraction / 1000);
    }
    view.setUint32(at, second, littleEndian);
    view.setUint32(at + 4, fraction, littleEndian);
    view.setUint32(at + 8, format.swapped ? wire : captured, littleEndian);
    view.setUint32(at + 12, format.swapped ? captured : wire, littleEndian);
    const data = at + (format.modified ? PCAP_MODIFIED_RECORD_BYTES : PCAP_RECORD_BYTES);
    copy(bytes, start, into, data, captured);
    this.#out.at = data + captured;
  }
}

/** Where the records of a batch, or those with the given indexes, stand. */
function recordRuns(batch: FrameBatch, only: ArrayLike<number> | undefined): number[] {
  const { recordStarts, recordLengths, count } = batch;
  const runs: number[] = [];
  const total = only?.length ?? count;
  for (let k = 0; k < total; k++) {
    const i = only === undefined ? k : only[k];
    if (!(i >= 0 && i < count)) throw new RangeError(`Cannot write frame ${i} of the batch`);
    addRun(runs, recordStarts[i], recordLengths[i]);
  }
  return runs;
}

function onlyMicroseconds(batch: FrameBatch): boolean {
  return batch.interfaces.every((info) => /^10\^-[0-6]$/.test(info.resolution));
}

/** Whether an interface block has options beyond those that pcap's header and times carry (resolution, offset, FCS). */
function tellsMore(view: DataView, block: number, length: number, littleEndian: boolean): boolean {
  const end = block + length - 4;
  for (let at = block + 16; at + 4 <= end;) {
    const code = view.getUint16(at, littleEndian);
    const size = view.getUint16(at + 2, littleEndian);
    if (code === 0) return false;
    if (code !== 9 && code !== 13 && code !== 14) return true;
    at += 4 + size + (-size & 3);
  }
  return false;
}
