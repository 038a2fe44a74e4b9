/**
 * Reading pcap (draft-ietf-opsawg-pcap): micro- and nanoseconds, the modified format with longer record headers, both
 * byte orders, and the old versions with swapped lengths.
 *
 * @module
 */
import type { CaptureHeader, InterfaceInfo } from "../core/batch.ts";
import type { CaptureFormatError } from "../core/errors.ts";
import { memoryOf, type PcapRun } from "../core/frame_memory.ts";
import { PACKET_BYTES_MAX, WIRE_LENGTH_PLAUSIBLE } from "../core/limits.ts";
import type { ByteSource, Framer, FramingOptions } from "../core/source.ts";
import {
  BufferedFraming,
  type ChunkStart,
  type ColumnKind,
  hex32,
  isAssignedLinkType,
  LINKTYPE_BEYOND,
} from "./framing.ts";

/** Magic number of a pcap file with microseconds. */
export const PCAP_MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** Magic number of a pcap file with nanoseconds. */
export const PCAP_MAGIC_NANOSECONDS = 0xa1b23c4d;
/** Magic number of a modified pcap file (Kuznetzov's patches): microseconds, record headers of 24 bytes. */
export const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;
/** Bytes of the file header. */
export const PCAP_HEADER_BYTES = 24;
/** Bytes of a record header. */
export const PCAP_RECORD_BYTES = 16;
/** Bytes of a record header of the modified format. */
export const PCAP_MODIFIED_RECORD_BYTES = 24;

/** Bits of the link-type field that hold the number; libpcap reads as many. */
const LINKTYPE_MASK = 0x03ffffff;
/** Bit of the link-type field: its top four bits count the 16-bit words of each frame's check sequence. */
const FCS_PRESENT = 0x04000000;

/** A record gives its captured length first. */
const LENGTHS_NORMAL = 0;
/** Versions before 2.3: the length on the wire comes first. */
const LENGTHS_SWAPPED = 1;
/** Version 2.3: writers of both kinds exist; the smaller one is the captured length. */
const LENGTHS_EITHER = 2;
/** Records cut at a time: see {@link PcapFraming}. */
const RUN = 64;

function isMagic(value: number): boolean {
  return value === PCAP_MAGIC_MICROSECONDS || value === PCAP_MAGIC_NANOSECONDS ||
    value === PCAP_MAGIC_MODIFIED;
}

/** Reads pcap files. */
export const pcapFramer: Framer = {
  name: "pcap",
  title: "pcap: every version, micro- or nanoseconds, modified, either byte order",
  detect(head: Uint8Array): boolean {
    if (head.length < 4) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    return isMagic(view.getUint32(0, true)) || isMagic(view.getUint32(0, false));
  },
  open: openPcap,
};

/** Reads the header of a pcap file and stands before its first record. */
export async function openPcap(
  source: ByteSource,
  options: FramingOptions,
): Promise<BufferedFraming> {
  const framing = new PcapFraming(source, options);
  await framing.readHeader();
  return framing;
}

/** Goes on reading a pcap file from the middle. */
export function resumePcap(
  source: ByteSource,
  start: ChunkStart,
  options: FramingOptions,
): BufferedFraming {
  return new PcapFraming(source, options, start);
}

/** What a pcap file's header says of its records. */
export interface PcapLayout {
  /** Byte order of the record headers. */
  readonly littleEndian: boolean;
  /** Bytes of a record header. */
  readonly headerBytes: number;
  /** Units of the sub-second field in a second. */
  readonly units: number;
  /** Which of the two lengths of a record comes first: `LENGTHS_NORMAL`, `LENGTHS_SWAPPED` or `LENGTHS_EITHER`. */
  readonly lengths: number;
  /** Whether the length on the wire may come first. */
  readonly swapped: boolean;
}

/** How the records of a pcap file with this header look. */
export function pcapLayout(header: CaptureHeader): PcapLayout {
  const { magic, littleEndian, version: [major, minor] } = header;
  // 543.0 is what DG/UX's tcpdump wrote for 2.2.
  const lengths = major !== 2 || minor < 3
    ? LENGTHS_SWAPPED
    : minor === 3
    ? LENGTHS_EITHER
    : LENGTHS_NORMAL;
  return {
    littleEndian,
    headerBytes: magic === PCAP_MAGIC_MODIFIED ? PCAP_MODIFIED_RECORD_BYTES : PCAP_RECORD_BYTES,
    units: magic === PCAP_MAGIC_NANOSECONDS ? 1e9 : 1e6,
    lengths,
    swapped: lengths !== LENGTHS_NORMAL,
  };
}

/** What a kernel needs to know of a file to cut its records; `undefined` if they have not the usual form. */
export function soundRecords(
  header: CaptureHeader,
): Pick<PcapRun, "littleEndian" | "units" | "longest" | "linkType"> | undefined {
  const { magic, snapLength = 0, linkType = 0 } = header;
  const { littleEndian, units, lengths } = pcapLayout(header);
  if (magic === PCAP_MAGIC_MODIFIED || lengths !== LENGTHS_NORMAL) return undefined;
  return { littleEndian, units, longest: longestOf(snapLength), linkType: columnOf(linkType) };
}

/** Bytes a record may have captured without being odd. */
function longestOf(snapLength: number): number {
  return snapLength === 0 ? 0xffffffff : snapLength;
}

/** A link type as it stands in a column. */
function columnOf(linkType: number): number {
  return linkType > 0xffff ? LINKTYPE_BEYOND : linkType;
}

/** The interface that a pcap file's header stands for. */
export function pcapInterface(header: CaptureHeader): InterfaceInfo {
  const { linkType = 0, snapLength = 0, fcsLength } = header;
  return {
    linkType,
    snapLength,
    ...(fcsLength !== undefined && { fcsLength }),
    section: 0,
    id: 0,
    resolution: pcapLayout(header).units === 1e9 ? "10^-9" : "10^-6",
  };
}

/** Cuts the records of a pcap file. */
export class PcapFraming extends BufferedFraming {
  /** See {@link Framing.header}. */
  header!: CaptureHeader;
  protected littleEndian = true;
  #modified = false;
  #headerBytes = PCAP_RECORD_BYTES;
  /** Units of the sub-second field in a second. */
  #units = 1e6;
  #lengths = LENGTHS_NORMAL;
  #snapLength = 0;
  #linkType = 0;
  #sound: ReturnType<typeof soundRecords>;
  /** What the kernel is asked to cut. */
  #records: PcapRun | undefined;

  /** Takes the source over; `start`: where it begins, if not with a header. */
  constructor(source: ByteSource, options: FramingOptions, start?: ChunkStart) {
    super(source, options, start);
    if (start !== undefined) this.#obey(start.header);
  }

  protected get kind(): ColumnKind {
    return this.#modified ? "modified" : "pcap";
  }
  protected get smallestRecord(): number {
    return this.#headerBytes;
  }

  /** Reads the file's header; comes before everything else, unless reading begins at a record. */
  async readHeader(): Promise<void> {
    if (!await this.require(PCAP_HEADER_BYTES)) {
      const got = this.end - this.pos;
      throw this.error(
        "E_TRUNCATED_HEADER",
        got,
        `the file ends within its header, after ${got} of ${PCAP_HEADER_BYTES} bytes`,
      );
    }
    const { view } = this;
    const littleEndian = isMagic(view.getUint32(0, true));
    const magic = view.getUint32(0, littleEndian);
    if (!isMagic(magic)) {
      throw this.error("E_UNKNOWN_FORMAT", 0, `no pcap file: it starts with ${hex32(magic)}`);
    }
    const major = view.getUint16(4, littleEndian);
    const minor = view.getUint16(6, littleEndian);
    if (!(major === 543 && minor === 0) && !(major === 2 && minor <= 4)) {
      throw this.error("E_UNSUPPORTED_VERSION", 4, `pcap version ${major}.${minor} is not known`);
    }
    const network = view.getUint32(20, littleEndian);
    const linkType = network & LINKTYPE_MASK;
    const fcsLength = (network & FCS_PRESENT) !== 0 ? (network >>> 28) * 2 : undefined;
    if (!isAssignedLinkType(linkType)) {
      this.warn("W_UNKNOWN_LINKTYPE", 20, `link type ${linkType} is not assigned`);
    }
    this.#obey({
      format: "pcap",
      littleEndian,
      version: [major, minor],
      precision: magic === PCAP_MAGIC_NANOSECONDS ? "nanoseconds" : "microseconds",
      magic,
      thiszone: view.getInt32(8, littleEndian),
      sigfigs: view.getUint32(12, littleEndian),
      snapLength: view.getUint32(16, littleEndian),
      linkType,
      ...(fcsLength !== undefined && { fcsLength }),
      bytes: this.buffer.slice(0, PCAP_HEADER_BYTES),
    });
    this.interfaces.push(pcapInterface(this.header));
    this.pos = PCAP_HEADER_BYTES;
  }

  /** Reads records as the header has them. */
  #obey(header: CaptureHeader): void {
    const { snapLength = 0, linkType = 0 } = header;
    const layout = pcapLayout(header);
    this.header = header;
    this.littleEndian = layout.littleEndian;
    this.#headerBytes = layout.headerBytes;
    this.#modified = header.magic === PCAP_MAGIC_MODIFIED;
    this.#units = layout.units;
    this.#lengths = layout.lengths;
    this.#snapLength = snapLength;
    this.#linkType = columnOf(linkType);
    this.#sound = soundRecords(header);
  }

  protected passOver(stop: number): void {
    const { view, end, littleEndian, tally } = this;
    const headerBytes = this.#headerBytes;
    const units = this.#units;
    const factor = 1e9 / units;
    const normal = this.#lengths === LENGTHS_NORMAL;
    const longest = Math.min(this.#snapLength || PACKET_BYTES_MAX, PACKET_BYTES_MAX);
    for (;;) {
      const first = this.pos;
      let { minSeconds, maxSeconds } = tally;
      let minFraction = tally.minNanoseconds / factor;
      let maxFraction = tally.maxNanoseconds / factor;
      if (maxSeconds === -Infinity && end - first >= headerBytes) {
        // The first frame is the earliest and the latest so far; these are kept only if it proves sound.
        minSeconds = view.getUint32(first, littleEndian);
        minFraction = view.getUint32(first + 4, littleEndian);
        maxSeconds = minSeconds;
        maxFraction = minFraction;
      }
      let pos = first;
      let last = first;
      let n = 0;
      let odd = false;
      while (pos < stop) {
        const left = end - pos;
        if (left < headerBytes) {
          this.needed = headerBytes;
          break;
        }
        const second = view.getUint32(pos, littleEndian);
        const fraction = view.getUint32(pos + 4, littleEndian);
        const captured = view.getUint32(pos + 8, littleEndian);
        const wire = view.getUint32(pos + 12, littleEndian);
        if (
          fraction >= units || captured > wire || captured > longest || captured === 0 ||
          wire > WIRE_LENGTH_PLAUSIBLE || !normal
        ) {
          odd = true;
          break;
        }
        const total = headerBytes + captured;
        if (total > left) {
          this.needed = total;
          break;
        }
        // Most captures are in time order, so this is asked first.
        if (second > maxSeconds || (second === maxSeconds && fraction >= maxFraction)) {
          maxSeconds = second;
          maxFraction = fraction;
        } else if (second < minSeconds || (second === minSeconds && fraction < minFraction)) {
          minSeconds = second;
          minFraction = fraction;
        }
        last = pos;
        pos += total;
        n++;
      }
      if (n > 0) {
        if (tally.frames === 0) {
          tally.firstSeconds = view.getUint32(first, littleEndian);
          tally.firstNanoseconds = view.getUint32(first + 4, littleEndian) * factor;
        }
        tally.frames += n;
        tally.lastSeconds = view.getUint32(last, littleEndian);
        tally.lastNanoseconds = view.getUint32(last + 4, littleEndian) * factor;
        tally.minSeconds = minSeconds;
        tally.minNanoseconds = minFraction * factor;
        tally.maxSeconds = maxSeconds;
        tally.maxNanoseconds = maxFraction * factor;
        this.pos = pos;
      }
      if (!odd || !this.cutOne()) return;
    }
  }

  protected cut(): void {
    const room = this.single ? 1 : Math.min(this.columns.capacity, this.batchPackets);
    const sound = this.#sound, memory = sound && memoryOf(this.buffer.buffer);
    if (memory === undefined || this.columns.starts.buffer !== this.buffer.buffer) {
      while (this.count < room && this.#run(Math.min(this.count + RUN, room)));
      return;
    }
    // The kernel cuts what is sound, up to a record that is looked at here.
    const { buffer: bytes, columns } = this;
    const run = this.#records ??= { bytes, pos: 0, end: 0, count: 0, to: 0, columns, ...sound! };
    run.bytes = bytes;
    run.columns = columns;
    run.to = room;
    do {
      run.pos = this.pos;
      run.end = this.end;
      run.count = this.count;
      memory.cutPcap(run);
      this.pos = run.pos;
      this.count = run.count;
    } while (this.count < room && this.#run(this.count + 1));
  }

  /**
   * Cuts records until there are `to`; whether there are. Few at a time: a function that is called often is compiled
   * with all its ways seen, while one that loops for long is compiled in the middle of its loop, and again at its end.
   */
  #run(to: number): boolean {
    const { buffer, view, end, littleEndian, columns } = this;
    const {
      starts,
      capturedLengths,
      wireLengths,
      seconds,
      nanoseconds,
      linkTypes,
      interfaceIds,
      recordStarts,
      recordLengths,
    } = columns;
    const headerBytes = this.#headerBytes;
    const units = this.#units;
    const factor = 1e9 / units;
    const lengths = this.#lengths;
    const modified = this.#modified;
    const linkType = this.#linkType;
    const longest = longestOf(this.#snapLength);
    let pos = this.pos;
    let n = this.count;
    while (n < to) {
      const left = end - pos;
      if (left < headerBytes) {
        this.needed = headerBytes;
        break;
      }
      let second = view.getUint32(pos, littleEndian);
      let fraction = view.getUint32(pos + 4, littleEndian);
      let captured = view.getUint32(pos + 8, littleEndian);
      let wire = view.getUint32(pos + 12, littleEndian);
      if (lengths !== LENGTHS_NORMAL && (lengths === LENGTHS_SWAPPED || captured > wire)) {
        const swap = captured;
        captured = wire;
        wire = swap;
      }
      if (captured > PACKET_BYTES_MAX) {
        this.tooLong(pos, captured);
        break;
      }
      const total = headerBytes + captured;
      if (total > left) {
        this.needed = total;
        break;
      }
      if (
        fraction >= units || captured > wire || captured > longest || captured === 0 ||
        wire > WIRE_LENGTH_PLAUSIBLE
      ) {
        this.odd(pos, fraction, captured, wire);
        if (this.fault !== undefined) break;
        if (fraction >= units) {
          second += Math.floor(fraction / units);
          fraction %= units;
        }
      }
      starts[n] = pos + headerBytes;
      capturedLengths[n] = captured;
      wireLengths[n] = wire;
      seconds[n] = second;
      nanoseconds[n] = fraction * factor;
      linkTypes[n] = linkType;
      interfaceIds[n] = 0;
      recordStarts[n] = pos;
      recordLengths[n] = total;
      if (modified) {
        columns.extraA[n] = view.getUint32(pos + 16, littleEndian);
        columns.extra16[n] = view.getUint16(pos + 20, littleEndian);
        columns.extra8[n] = buffer[pos + 22];
      }
      pos += total;
      n++;
    }
    this.pos = pos;
    this.count = n;
    return n === to;
  }

  /** The record at `pos` claims more captured bytes than a packet may have. */
  protected tooLong(pos: number, captured: number): void {
    this.fault = this.error(
      "E_BAD_RECORD_LENGTH",
      this.base + pos,
      `a record claims ${captured} captured bytes, more than the ${PACKET_BYTES_MAX} a packet may have`,
    );
  }

  /** Something is odd about the record at `pos`: it is told, or it is a fault. */
  protected odd(pos: number, fraction: number, captured: number, wire: number): void {
    const offset = this.base + pos;
    if (captured === 0 && this.#looksLikeFileHeader(pos)) {
      this.fault = this.#secondHeader(pos);
      return;
    }
    if (fraction >= this.#units) {
      const unit = this.#units === 1e9 ? "nanoseconds" : "microseconds";
      this.warn("W_BAD_SUBSECOND", offset, `${fraction} ${unit}: carried over to the seconds`);
    }
    if (this.#snapLength !== 0 && captured > this.#snapLength) {
      this.warn(
        "W_CAPLEN_GT_SNAPLEN",
        offset,
        `${captured} captured bytes, more than the snap length of ${this.#snapLength}`,
      );
    }
    if (captured > wire) {
      this.warn("W_CAPLEN_GT_LEN", offset, `${captured} captured bytes of a packet of ${wire}`);
    }
    if (wire > WIRE_LENGTH_PLAUSIBLE) {
      this.warn("W_LEN_IMPLAUSIBLE", offset, `a packet length of ${wire} bytes`);
    }
  }

  /** Whether a file header stands where a record should: `cat a.pcap b.pcap`. Its zone and accuracy read as lengths 0. */
  #looksLikeFileHeader(pos: number): boolean {
    const { view } = this;
    if (this.end - pos < 8) return false;
    for (const littleEndian of [true, false]) {
      if (isMagic(view.getUint32(pos, littleEndian))) {
        return view.getUint16(pos + 4, littleEndian) === 2 &&
          view.getUint16(pos + 6, littleEndian) <= 4;
      }
    }
    return false;
  }

  #secondHeader(pos: number): CaptureFormatError {
    return this.error(
      "E_BAD_RECORD_LENGTH",
      this.base + pos,
      "a second pcap file header where a record should stand: files put one after the other",
    );
  }

  protected truncated(): CaptureFormatError {
    const { view, pos, littleEndian } = this;
    const left = this.end - pos;
    const offset = this.base + pos;
    if (this.#looksLikeFileHeader(pos)) return this.#secondHeader(pos);
    if (left < this.#headerBytes) {
      return this.error(
        "E_TRUNCATED_RECORD",
        offset,
        `the file ends within a record header, after ${left} of ${this.#headerBytes} bytes`,
      );
    }
    const captured = this.needed - this.#headerBytes;
    // A cut file ends in a record with a sound header; an unsound one says that earlier lengths went astray.
    const fraction = view.getUint32(pos + 4, littleEndian);
    if (fraction >= this.#units || (this.#snapLength !== 0 && captured > this.#snapLength)) {
      return this.error(
        "E_BAD_RECORD_LENGTH",
        offset,
        `no sound record: it claims ${captured} bytes, of which ${left - this.#headerBytes} are ` +
          `there, and a fraction of a second of ${fraction}`,
      );
    }
    return this.error(
      "E_TRUNCATED_RECORD",
      offset,
      `the file ends within a record, after ${left} of ${this.needed} bytes`,
    );
  }
}
