/**
 * Reading pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, any number of interfaces, packets of all
 * three kinds; every other block is kept in its place.
 *
 * @module
 */
import type { BlockColumns, CaptureHeader, InterfaceInfo } from "../core/batch.ts";
import type { CaptureFormatError, ErrorCode } from "../core/errors.ts";
import {
  BLOCK_BYTES_MAX,
  INTERFACES_MAX,
  PACKET_BYTES_MAX,
  WIRE_LENGTH_PLAUSIBLE,
} from "../core/limits.ts";
import type { ByteSource, Framer, FramingOptions } from "../core/source.ts";
import {
  BufferedFraming,
  type ChunkStart,
  type ColumnKind,
  hex32,
  isAssignedLinkType,
} from "./framing.ts";
import {
  BLOCK_CUSTOM,
  BLOCK_CUSTOM_NO_COPY,
  BLOCK_ENHANCED_PACKET,
  BLOCK_INTERFACE,
  BLOCK_NAME_RESOLUTION,
  BLOCK_PACKET,
  BLOCK_SECRETS,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  BLOCK_STATISTICS,
  blockBytesMin,
  BYTE_ORDER_MAGIC,
  isKnownBlock,
  optionLengthAllowed,
  unitsPerSecond,
} from "./pcapng_format.ts";

/** Interfaces of all sections together at most: what bounds the memory a file of many small sections can take. */
const ALL_INTERFACES_MAX = 16 * INTERFACES_MAX;

/** Reads pcapng files. */
export const pcapngFramer: Framer = {
  name: "pcapng",
  title: "pcapng: every block and option, several sections and interfaces",
  detect(head: Uint8Array): boolean {
    return head.length >= 4 && head[0] === 0x0a && head[1] === 0x0d && head[2] === 0x0d &&
      head[3] === 0x0a;
  },
  open: openPcapng,
};

/** Reads the header of a pcapng file and stands before its first record. */
export async function openPcapng(
  source: ByteSource,
  options: FramingOptions,
): Promise<BufferedFraming> {
  const framing = new PcapngFraming(source, options);
  await framing.readHeader();
  return framing;
}

/** Goes on reading a pcapng file from the middle. */
export function resumePcapng(
  source: ByteSource,
  start: ChunkStart,
  options: FramingOptions,
): BufferedFraming {
  return new PcapngFraming(source, options, start);
}

/** What the packets of one interface need, in the current section. */
interface InterfaceState {
  readonly linkType: number;
  /** Snap length; 0 for no limit. */
  readonly snapLength: number;
  /** Index among all interfaces. */
  readonly index: number;
  /** Time units in a second if a double and 32-bit arithmetic suffice to divide by it, else 0. */
  readonly quickUnits: number;
  /** Time units in a second. */
  readonly units: bigint;
  /** Seconds to add to each time. */
  readonly offsetSeconds: number;
}

class PcapngFraming extends BufferedFraming {
  header!: CaptureHeader;
  protected littleEndian = true;
  protected readonly kind: ColumnKind = "pcapng";
  /** A simple packet block without data. */
  protected readonly smallestRecord = 16;

  #section = -1;
  #section0: InterfaceState[] = [];
  /** The last definition passed over is a section header. */
  #emptySection = false;
  #blockCount = 0;
  #blockStarts = new Uint32Array(16);
  #blockLengths = new Uint32Array(16);
  #blockBefore = new Uint32Array(16);
  #blockSections = new Uint32Array(16);
  // What the last conversion of a time gave: two numbers without an object.
  #seconds = 0;
  #nanoseconds = 0;

  constructor(source: ByteSource, options: FramingOptions, start?: ChunkStart) {
    super(source, options, start);
    if (start === undefined) return;
    this.header = start.header;
    this.littleEndian = start.littleEndian;
    this.#section = start.section;
    this.interfaces.forEach((info, index) => {
      if (info.section === start.section) this.#section0.push(interfaceState(info, index));
    });
  }

  override get standing(): { readonly littleEndian: boolean; readonly section: number } {
    return { littleEndian: this.littleEndian, section: this.#section };
  }

  protected override get blockCount(): number {
    return this.#blockCount;
  }

  protected override blocks(): BlockColumns {
    const count = this.#blockCount;
    return {
      count,
      starts: this.#blockStarts.slice(0, count),
      lengths: this.#blockLengths.slice(0, count),
      before: this.#blockBefore.slice(0, count),
      sections: this.#blockSections.slice(0, count),
    };
  }

  /** Reads the first section header; it stays in the buffer, to be cut as the first block. */
  async readHeader(): Promise<void> {
    const head = await this.require(12);
    const { view } = this;
    if (this.end >= 4 && view.getUint32(0, true) !== BLOCK_SECTION) {
      throw this.error(
        "E_UNKNOWN_FORMAT",
        0,
        "no pcapng file: it does not start with a section header",
      );
    }
    let length = 28;
    let littleEndian = true;
    if (head) {
      const order = this.#byteOrder(0);
      if (order === undefined) throw this.fault;
      littleEndian = order;
      length = view.getUint32(4, littleEndian);
      const bad = this.#badLength(0, BLOCK_SECTION, length);
      if (bad !== undefined) throw bad;
    }
    if (!head || !await this.require(length)) {
      throw this.error(
        "E_TRUNCATED_HEADER",
        0,
        `the file ends within its first section header, after ${this.end} of ${length} bytes`,
      );
    }
    const version = this.#version(0, littleEndian);
    if (version === undefined) throw this.fault;
    this.header = {
      format: "pcapng",
      littleEndian,
      version,
      magic: BLOCK_SECTION,
      bytes: this.buffer.slice(0, length),
    };
  }

  protected cut(): void {
    const { view, end, columns } = this;
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
      extraA: optionStarts,
      extraB: optionLengths,
    } = columns;
    const room = this.single ? 1 : Math.min(columns.capacity, this.batchPackets);
    this.#blockCount = 0;
    let littleEndian = this.littleEndian;
    let pos = this.pos;
    let n = 0;
    // The interface of the packet before, as packets come in runs.
    let lastId = -1;
    let linkType = 0;
    let longest = 0;
    let index = 0;
    let quickUnits = 0;
    let factor = 0;
    let offsetSeconds = 0;
    while (n < room) {
      const left = end - pos;
      if (left < 12) {
        this.needed = 12;
        break;
      }
      const type = view.getUint32(pos, littleEndian);
      if (type === BLOCK_SECTION) {
        const order = this.#byteOrder(pos);
        if (order === undefined) break;
        if (order !== littleEndian || this.#section < 0) {
          // The numbers of one batch are all of one byte order.
          if (n > 0 || this.#blockCount > 0) break;
          littleEndian = order;
          this.littleEndian = order;
        }
      }
      const total = view.getUint32(pos + 4, littleEndian);
      if (total < 12 || (total & 3) !== 0 || total > BLOCK_BYTES_MAX) {
        this.fault = this.#badLength(pos, type, total);
        break;
      }
      if (type === BLOCK_ENHANCED_PACKET && total >= 32) {
        if (total > left) {
          this.needed = total;
          break;
        }
        if (view.getUint32(pos + total - 4, littleEndian) !== total) {
          this.fault = this.#badTrailer(pos, type, total, littleEndian);
          break;
        }
        const id = view.getUint32(pos + 8, littleEndian);
        if (id !== lastId) {
          const state = this.#section0[id];
          if (state === undefined) {
            this.fault = this.#badInterface(pos, id);
            break;
          }
          lastId = id;
          linkType = state.linkType;
          longest = state.snapLength === 0 ? 0xffffffff : state.snapLength;
          index = state.index;
          quickUnits = state.quickUnits;
          factor = quickUnits === 0 ? 0 : 1e9 / quickUnits;
          offsetSeconds = state.offsetSeconds;
        }
        const captured = view.getUint32(pos + 20, littleEndian);
        const wire = view.getUint32(pos + 24, littleEndian);
        const dataEnd = 28 + captured + (-captured & 3);
        if (dataEnd > total - 4 || captured > PACKET_BYTES_MAX) {
          this.fault = this.#badCaptured(pos + 20, captured, total - 32);
          break;
        }
        if (dataEnd !== total - 4) {
          if (!this.#checkOptions(pos + dataEnd, pos + total - 4, type, littleEndian)) break;
        }
        if (captured > wire || captured > longest || wire > WIRE_LENGTH_PLAUSIBLE) {
          this.#oddLengths(pos, 20, 24, captured, wire, longest);
        }
        const high = view.getUint32(pos + 12, littleEndian);
        const low = view.getUint32(pos + 16, littleEndian);
        if (quickUnits !== 0) {
          const second = wholeSeconds(high, low, quickUnits);
          seconds[n] = second + offsetSeconds;
          nanoseconds[n] = ((low - Math.imul(second, quickUnits)) | 0) * factor;
        } else {
          this.#time(this.#section0[id], high, low);
          seconds[n] = this.#seconds;
          nanoseconds[n] = this.#nanoseconds;
        }
        starts[n] = pos + 28;
        capturedLengths[n] = captured;
        wireLengths[n] = wire;
        linkTypes[n] = linkType;
        interfaceIds[n] = index;
        recordStarts[n] = pos;
        recordLengths[n] = total;
        optionStarts[n] = pos + dataEnd;
        optionLengths[n] = total - 4 - dataEnd;
        n++;
        pos += total;
        continue;
      }
      const bad = this.#badLength(pos, type, total);
      if (bad !== undefined) {
        this.fault = bad;
        break;
      }
      if (total > left) {
        this.needed = total;
        break;
      }
      if (view.getUint32(pos + total - 4, littleEndian) !== total) {
        this.fault = this.#badTrailer(pos, type, total, littleEndian);
        break;
      }
      if (type === BLOCK_SIMPLE_PACKET || type === BLOCK_PACKET) {
        this.count = n;
        const cut = type === BLOCK_SIMPLE_PACKET
          ? this.#simplePacket(pos, total)
          : this.#packet(pos, total);
        if (!cut) break;
        n++;
      } else {
        if (!this.#other(pos, type, total)) break;
        this.#record(pos, total, n);
        lastId = -1;
        if (this.single) {
          pos += total;
          break;
        }
      }
      pos += total;
    }
    this.pos = pos;
    this.count = n;
  }

  protected passOver(stop: number): void {
    const { end, tally } = this;
    for (;;) {
      const { view, littleEndian } = this;
      let { minSeconds, minNanoseconds, maxSeconds, maxNanoseconds } = tally;
      let { frames, firstSeconds, firstNanoseconds, lastSeconds, lastNanoseconds } = tally;
      let pos = this.pos;
      let odd = false;
      let lastId = -1;
      let longest = 0;
      let quickUnits = 0;
      let factor = 0;
      let offsetSeconds = 0;
      while (pos < stop) {
        const left = end - pos;
        if (left < 12) {
          this.needed = 12;
          break;
        }
        const total = view.getUint32(pos + 4, littleEndian);
        if (
          view.getUint32(pos, littleEndian) !== BLOCK_ENHANCED_PACKET || total < 32 ||
          (total & 3) !== 0 || total > BLOCK_BYTES_MAX
        ) {
          odd = true;
          break;
        }
        if (total > left) {
          this.needed = total;
          break;
        }
        const id = view.getUint32(pos + 8, littleEndian);
        if (id !== lastId) {
          const state = this.#section0[id];
          if (state === undefined) {
            odd = true;
            break;
          }
          lastId = id;
          longest = Math.min(state.snapLength || PACKET_BYTES_MAX, PACKET_BYTES_MAX);
          quickUnits = state.quickUnits;
          factor = quickUnits === 0 ? 0 : 1e9 / quickUnits;
          offsetSeconds = state.offsetSeconds;
        }
        const captured = view.getUint32(pos + 20, littleEndian);
        const wire = view.getUint32(pos + 24, littleEndian);
        const dataEnd = 28 + captured + (-captured & 3);
        if (
          captured > wire || captured > longest || wire > WIRE_LENGTH_PLAUSIBLE ||
          dataEnd > total - 4 || view.getUint32(pos + total - 4, littleEndian) !== total
        ) {
          odd = true;
          break;
        }
        if (
          dataEnd !== total - 4 &&
          !this.#checkOptions(pos + dataEnd, pos + total - 4, BLOCK_ENHANCED_PACKET, littleEndian)
        ) break;
        const high = view.getUint32(pos + 12, littleEndian);
        const low = view.getUint32(pos + 16, littleEndian);
        if (quickUnits !== 0) {
          const second = wholeSeconds(high, low, quickUnits);
          lastSeconds = second + offsetSeconds;
          lastNanoseconds = ((low - Math.imul(second, quickUnits)) | 0) * factor;
        } else {
          this.#time(this.#section0[id], high, low);
          lastSeconds = this.#seconds;
          lastNanoseconds = this.#nanoseconds;
        }
        // Most captures are in time order, so this is asked first.
        if (
          lastSeconds > maxSeconds ||
          (lastSeconds === maxSeconds && lastNanoseconds >= maxNanoseconds)
        ) {
          if (maxSeconds === -Infinity) {
            minSeconds = lastSeconds;
            minNanoseconds = lastNanoseconds;
          }
          maxSeconds = lastSeconds;
          maxNanoseconds = lastNanoseconds;
        } else if (
          lastSeconds < minSeconds ||
          (lastSeconds === minSeconds && lastNanoseconds < minNanoseconds)
        ) {
          minSeconds = lastSeconds;
          minNanoseconds = lastNanoseconds;
        }
        if (frames === 0) {
          firstSeconds = lastSeconds;
          firstNanoseconds = lastNanoseconds;
        }
        frames++;
        pos += total;
      }
      tally.frames = frames;
      tally.firstSeconds = firstSeconds;
      tally.firstNanoseconds = firstNanoseconds;
      tally.lastSeconds = lastSeconds;
      tally.lastNanoseconds = lastNanoseconds;
      tally.minSeconds = minSeconds;
      tally.minNanoseconds = minNanoseconds;
      tally.maxSeconds = maxSeconds;
      tally.maxNanoseconds = maxNanoseconds;
      this.pos = pos;
      if (!odd || !this.cutOne()) return;
    }
  }

  protected override cutOne(): boolean {
    const start = this.offset;
    const cut = super.cutOne();
    if (this.#blockCount === 0) return cut;
    const type = this.view.getUint32(this.#blockStarts[0], this.littleEndian);
    if (type === BLOCK_SECTION || type === BLOCK_INTERFACE) {
      const { definitions } = this;
      // A section without interfaces has no packets: however many there are, only one is kept.
      if (type === BLOCK_SECTION && this.#emptySection) definitions.pop();
      this.#emptySection = type === BLOCK_SECTION;
      definitions.push({ start, length: this.#blockLengths[0], section: this.#section });
    }
    return cut;
  }

  protected truncated(): CaptureFormatError {
    const left = this.end - this.pos;
    const claim = left >= 12 ? ` of ${this.needed}` : "";
    return this.error(
      "E_TRUNCATED_BLOCK",
      this.base + this.pos,
      `the file ends within a block, after ${left}${claim} bytes`,
    );
  }

  /** Notes a block that is no packet. */
  #record(pos: number, total: number, before: number): void {
    const count = this.#blockCount;
    if (count === this.#blockStarts.length) {
      this.#blockStarts = doubled(this.#blockStarts);
      this.#blockLengths = doubled(this.#blockLengths);
      this.#blockBefore = doubled(this.#blockBefore);
      this.#blockSections = doubled(this.#blockSections);
    }
    this.#blockStarts[count] = pos;
    this.#blockLengths[count] = total;
    this.#blockBefore[count] = before;
    this.#blockSections[count] = this.#section;
    this.#blockCount = count + 1;
  }

  /** Byte order of the section whose header stands at `pos`; sets the fault if it has none. */
  #byteOrder(pos: number): boolean | undefined {
    const { view } = this;
    if (view.getUint32(pos + 8, true) === BYTE_ORDER_MAGIC) return true;
    if (view.getUint32(pos + 8, false) === BYTE_ORDER_MAGIC) return false;
    this.fault = this.error(
      "E_BAD_SECTION",
      this.base + pos + 8,
      `a section header with the byte-order magic ${hex32(view.getUint32(pos + 8, false))}`,
    );
    return undefined;
  }

  #version(pos: number, littleEndian: boolean): readonly [number, number] | undefined {
    const major = this.view.getUint16(pos + 12, littleEndian);
    const minor = this.view.getUint16(pos + 14, littleEndian);
    // 1.2 is written by some old tools and means 1.0.
    if (major === 1 && (minor === 0 || minor === 2)) return [major, minor];
    this.fault = this.error(
      "E_UNSUPPORTED_VERSION",
      this.base + pos + (major === 1 ? 14 : 12),
      `pcapng version ${major}.${minor} is not known`,
    );
    return undefined;
  }

  #badLength(pos: number, type: number, total: number): CaptureFormatError | undefined {
    const least = blockBytesMin(type);
    let why: string;
    if (total < least) why = `less than the ${least} it needs`;
    else if (total > BLOCK_BYTES_MAX) why = `more than the ${BLOCK_BYTES_MAX} a block may have`;
    else if ((total & 3) !== 0) why = "not a multiple of 4";
    else return undefined;
    // Neither a known type nor a length: that is no block at all.
    return this.error(
      "E_BAD_BLOCK_LENGTH",
      this.base + pos + (isKnownBlock(type) ? 4 : 0),
      `a block of type ${hex32(type)} with a length of ${total} bytes, ${why}`,
    );
  }

  #badTrailer(
    pos: number,
    type: number,
    total: number,
    littleEndian: boolean,
  ): CaptureFormatError {
    const trailer = this.view.getUint32(pos + total - 4, littleEndian);
    return this.error(
      "E_BLOCK_TRAILER",
      this.base + pos + (type === BLOCK_SECTION ? total - 4 : 4),
      `a block says ${total} bytes at its start and ${trailer} at its end`,
    );
  }

  #badInterface(pos: number, id: number): CaptureFormatError {
    const known = this.#section0.length;
    return this.error(
      "E_BAD_INTERFACE",
      this.base + pos,
      `a packet of interface ${id}, but the section describes ${known === 0 ? "none" : known}`,
    );
  }

  #badCaptured(pos: number, captured: number, space: number): CaptureFormatError {
    return this.error(
      "E_BAD_RECORD_LENGTH",
      this.base + pos,
      captured > space
        ? `a packet claims ${captured} captured bytes in a block with room for ${space}`
        : `a packet claims ${captured} captured bytes, more than the ${PACKET_BYTES_MAX} it may have`,
    );
  }

  #oddLengths(
    pos: number,
    capturedAt: number,
    wireAt: number,
    captured: number,
    wire: number,
    longest: number,
  ): void {
    const offset = this.base + pos;
    if (captured > longest) {
      this.warn(
        "W_CAPLEN_GT_SNAPLEN",
        offset,
        `${captured} captured bytes, more than the snap length of ${longest}`,
      );
    }
    if (captured > wire) {
      this.warn(
        "W_CAPLEN_GT_LEN",
        offset + capturedAt,
        `${captured} captured bytes of a packet of ${wire}`,
      );
    }
    if (wire > WIRE_LENGTH_PLAUSIBLE) {
      this.warn("W_LEN_IMPLAUSIBLE", offset + wireAt, `a packet length of ${wire} bytes`);
    }
  }

  /** Converts a time that needs more than 53 bits, or an odd resolution. */
  #time(state: InterfaceState, high: number, low: number): void {
    const value = (BigInt(high) << 32n) | BigInt(low);
    const second = value / state.units;
    this.#seconds = Number(second) + state.offsetSeconds;
    this.#nanoseconds = Number((value - second * state.units) * 1_000_000_000n / state.units);
  }

  /** A Simple Packet Block: interface 0, no time, no options. */
  #simplePacket(pos: number, total: number): boolean {
    const { view, columns, count: n } = this;
    const state = this.#section0[0];
    if (state === undefined) {
      this.fault = this.#badInterface(pos, 0);
      return false;
    }
    const wire = view.getUint32(pos + 8, this.littleEndian);
    const snap = state.snapLength;
    const captured = snap === 0 ? wire : Math.min(snap, wire);
    const space = total - 16;
    if (captured > space || captured > PACKET_BYTES_MAX) {
      this.fault = this.#badCaptured(pos + 8, captured, space);
      return false;
    }
    if (wire > WIRE_LENGTH_PLAUSIBLE) {
      this.#oddLengths(pos, 8, 8, captured, wire, 0xffffffff);
    }
    const dataEnd = pos + 12 + captured + (-captured & 3);
    columns.starts[n] = pos + 12;
    columns.capturedLengths[n] = captured;
    columns.wireLengths[n] = wire;
    columns.seconds[n] = NaN;
    columns.nanoseconds[n] = 0;
    columns.linkTypes[n] = state.linkType;
    columns.interfaceIds[n] = state.index;
    columns.recordStarts[n] = pos;
    columns.recordLengths[n] = total;
    columns.extraA[n] = dataEnd;
    columns.extraB[n] = 0;
    return true;
  }

  /** The old Packet Block: as the enhanced one, but 16 bits of interface and a count of drops. */
  #packet(pos: number, total: number): boolean {
    const { view, columns, count: n, littleEndian } = this;
    const id = view.getUint16(pos + 8, littleEndian);
    const state = this.#section0[id];
    if (state === undefined) {
      this.fault = this.#badInterface(pos, id);
      return false;
    }
    const captured = view.getUint32(pos + 20, littleEndian);
    const wire = view.getUint32(pos + 24, littleEndian);
    const dataEnd = 28 + captured + (-captured & 3);
    if (dataEnd > total - 4 || captured > PACKET_BYTES_MAX) {
      this.fault = this.#badCaptured(pos + 20, captured, total - 32);
      return false;
    }
    if (!this.#checkOptions(pos + dataEnd, pos + total - 4, BLOCK_PACKET, littleEndian)) {
      return false;
    }
    const longest = state.snapLength === 0 ? 0xffffffff : state.snapLength;
    if (captured > wire || captured > longest || wire > WIRE_LENGTH_PLAUSIBLE) {
      this.#oddLengths(pos, 20, 24, captured, wire, longest);
    }
    this.#time(
      state,
      view.getUint32(pos + 12, littleEndian),
      view.getUint32(pos + 16, littleEndian),
    );
    columns.starts[n] = pos + 28;
    columns.capturedLengths[n] = captured;
    columns.wireLengths[n] = wire;
    columns.seconds[n] = this.#seconds;
    columns.nanoseconds[n] = this.#nanoseconds;
    columns.linkTypes[n] = state.linkType;
    columns.interfaceIds[n] = state.index;
    columns.recordStarts[n] = pos;
    columns.recordLengths[n] = total;
    columns.extraA[n] = pos + dataEnd;
    columns.extraB[n] = total - 4 - dataEnd;
    return true;
  }

  /** A block that is no packet: checks it, and takes what the packets after it need. */
  #other(pos: number, type: number, total: number): boolean {
    const { view, littleEndian } = this;
    const end = pos + total - 4;
    switch (type) {
      case BLOCK_SECTION:
        return this.#startSection(pos, end);
      case BLOCK_INTERFACE:
        return this.#describeInterface(pos, end);
      case BLOCK_STATISTICS: {
        const id = view.getUint32(pos + 8, littleEndian);
        if (id >= this.#section0.length) {
          this.warn(
            "W_BAD_INTERFACE",
            this.base + pos,
            `statistics of interface ${id}, but the section describes ${this.#section0.length}`,
          );
        }
        return this.#checkOptions(pos + 20, end, type, littleEndian);
      }
      case BLOCK_NAME_RESOLUTION:
        return this.#checkNames(pos + 8, end);
      case BLOCK_SECRETS: {
        const length = view.getUint32(pos + 12, littleEndian);
        const padded = length + (-length & 3);
        if (pos + 16 + padded > end) {
          this.fault = this.error(
            "E_BAD_BLOCK_LENGTH",
            this.base + pos + 12,
            `secrets of ${length} bytes in a block with room for ${end - pos - 16}`,
          );
          return false;
        }
        return this.#checkOptions(pos + 16 + padded, end, type, littleEndian);
      }
      case BLOCK_CUSTOM:
      case BLOCK_CUSTOM_NO_COPY:
        // Its data has no length of its own, so where its options start is known to its owner alone.
        return true;
      default:
        return true;
    }
  }

  #startSection(pos: number, end: number): boolean {
    const { littleEndian } = this;
    if (this.#version(pos, littleEndian) === undefined) return false;
    if (!this.#checkOptions(pos + 24, end, BLOCK_SECTION, littleEndian)) return false;
    this.#section++;
    this.#section0 = [];
    return true;
  }

  #describeInterface(pos: number, end: number): boolean {
    const { view, littleEndian } = this;
    if (!this.#checkOptions(pos + 16, end, BLOCK_INTERFACE, littleEndian)) return false;
    const id = this.#section0.length;
    const index = this.interfaces.length;
    if (id >= INTERFACES_MAX || index >= ALL_INTERFACES_MAX) {
      this.fault = this.error(
        "E_BAD_INTERFACE",
        this.base + pos,
        id >= INTERFACES_MAX
          ? `more than ${INTERFACES_MAX} interfaces in a section`
          : `more than ${ALL_INTERFACES_MAX} interfaces`,
      );
      return false;
    }
    const linkType = view.getUint16(pos + 8, littleEndian);
    const snapLength = view.getUint32(pos + 12, littleEndian);
    if (!isAssignedLinkType(linkType)) {
      this.warn("W_UNKNOWN_LINKTYPE", this.base + pos + 8, `link type ${linkType} is not assigned`);
    }
    const info: Mutable<InterfaceInfo> = {
      linkType,
      snapLength,
      section: this.#section,
      id,
      resolution: "10^-6",
    };
    for (let at = pos + 16; at + 4 <= end;) {
      const code = view.getUint16(at, littleEndian);
      const length = view.getUint16(at + 2, littleEndian);
      const value = at + 4;
      if (code === 0) break;
      if (code === 9 && length === 1) {
        const resolution = this.buffer[value];
        const binary = (resolution & 0x80) !== 0;
        const power = resolution & 0x7f;
        info.resolution = `${binary ? 2 : 10}^-${power}`;
        if (power > (binary ? 63 : 19)) {
          this.warn(
            "W_TSRESOL",
            this.base + value,
            `a time resolution of ${info.resolution} s, finer than 64 bits can count`,
          );
        }
      } else if (code === 14 && length === 8) {
        info.offsetSeconds = view.getBigInt64(value, littleEndian);
      } else if (code === 13 && length === 1) {
        info.fcsLength = this.buffer[value];
      } else if (code === 2) {
        info.name = this.#text(value, length);
      } else if (code === 3) {
        info.description = this.#text(value, length);
      } else if (code === 11 && length > 0 && this.buffer[value] === 0) {
        info.filter = this.#text(value + 1, length - 1);
      } else if (code === 12) {
        info.os = this.#text(value, length);
      } else if (code === 15) {
        info.hardware = this.#text(value, length);
      }
      at = value + length + (-length & 3);
    }
    this.#section0.push(interfaceState(info, index));
    this.interfaces.push(info);
    return true;
  }

  #text(at: number, length: number): string {
    // Some writers count a closing NUL in.
    const bytes = this.buffer.subarray(at, at + length);
    const end = bytes.indexOf(0);
    return TEXT.decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Checks the records of a Name Resolution Block, and its options. */
  #checkNames(from: number, end: number): boolean {
    const { view, littleEndian } = this;
    let at = from;
    while (at + 4 <= end) {
      const type = view.getUint16(at, littleEndian);
      const length = view.getUint16(at + 2, littleEndian);
      if (type === 0) {
        return this.#checkOptions(at + 4, end, BLOCK_NAME_RESOLUTION, littleEndian);
      }
      const next = at + 4 + length + (-length & 3);
      if (next > end) {
        this.#badOption(
          at,
          `a name record of ${length} bytes in a block with ${end - at - 4} left`,
        );
        return false;
      }
      at = next;
    }
    return true;
  }

  #badOption(at: number, reason: string, code: ErrorCode = "E_BAD_OPTION"): void {
    this.fault = this.error(code, this.base + at, reason);
  }

  /** Walks options, so that nobody after has to fear one that leaves its block. */
  #checkOptions(from: number, end: number, type: number, littleEndian: boolean): boolean {
    const { view } = this;
    let at = from;
    while (at + 4 <= end) {
      const code = view.getUint16(at, littleEndian);
      const length = view.getUint16(at + 2, littleEndian);
      if (code === 0) {
        if (length !== 0) {
          this.warn(
            "W_BAD_OPTION",
            this.base + at,
            `the end of options has a length of ${length} bytes`,
          );
        }
        return true;
      }
      const next = at + 4 + length + (-length & 3);
      if (next > end) {
        this.#badOption(
          at,
          `option ${code} of ${length} bytes in a block with ${end - at - 4} left`,
        );
        return false;
      }
      if (!optionLengthAllowed(type, code, length)) {
        this.warn("W_BAD_OPTION", this.base + at, `option ${code} has a length of ${length} bytes`);
      } else if (length === 0 && next === end) {
        this.warn(
          "W_BAD_OPTION",
          this.base + at,
          `the options end in an empty option ${code} and without an end of options`,
        );
      }
      at = next;
    }
    return true;
  }
}

/** What an interface's packets need, from what is known of it. */
function interfaceState(info: InterfaceInfo, index: number): InterfaceState {
  const { linkType, snapLength, resolution, offsetSeconds = 0n } = info;
  const units = unitsPerSecond(resolution);
  return {
    linkType,
    snapLength,
    index,
    quickUnits: resolution.startsWith("10^") && units >= 10_000n && units <= 1_000_000_000n
      ? Number(units)
      : 0,
    units,
    offsetSeconds: Number(offsetSeconds),
  };
}

/**
 * Whole seconds of a time in so many units a second, 10^4 to 10^9. The quotient of doubles is off by one at most, and the
 * remainder, being small, is exact modulo 2^32.
 */
function wholeSeconds(high: number, low: number, units: number): number {
  const second = Math.floor((high * 4294967296 + low) / units);
  const rest = (low - Math.imul(second, units)) | 0;
  return rest < 0 ? second - 1 : rest >= units ? second + 1 : second;
}

/** The same, to be filled. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });

function doubled(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
