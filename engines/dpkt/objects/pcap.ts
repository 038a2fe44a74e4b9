/**
 * dpkt's module `pcap`: reading and writing of pcap files.
 *
 * @module
 */
import { PACKET_BYTES_MAX } from "../../../core/limits.ts";
import {
  dltoff as commonDltoff,
  fault,
  FileReader,
  PacketReader,
  PacketWriter,
  type PacketWriterOptions,
  type ReadableFile,
  round,
  type WritableFile,
} from "./_file.ts";
import {
  DLT_EN10MB,
  DLT_LINUX_SLL2,
  MODPCAP_MAGIC,
  PACPDOM_MAGIC,
  PCAP_VERSION_MAJOR,
  PCAP_VERSION_MINOR,
  PMUDPCT_MAGIC,
  PMUDPCT_MAGIC_NANO,
  TCPDUMP_MAGIC,
  TCPDUMP_MAGIC_NANO,
} from "./constants/pcap.ts";
import { concat, dataBytes, Packet, uints } from "./packet.ts";
import { PCAPNG_BT_SHB } from "./constants/pcapng.ts";
import { Reader as PcapngReader } from "./pcapng.ts";

export * from "./constants/pcap.ts";
export { PacketReader, PacketWriter };
export type { PacketWriterOptions, ReadableFile, WritableFile };

/** Bytes of the link layer's header by link type. */
export const dltoff: Readonly<Record<number, number>> = { ...commonDltoff, [DLT_LINUX_SLL2]: 20 };

/** Header before a packet. */
export class PktHdr<Self = unknown> extends Packet<Self> {
  /** Seconds since 1970. */
  declare tv_sec: number;
  /** Microseconds or nanoseconds, by the file's magic number. */
  declare tv_usec: number;
  /** Bytes captured. */
  declare caplen: number;
  /** Bytes on the wire. */
  declare len: number;

  static {
    this.header<PktHdr>("PktHdr", [
      ["tv_sec", "I", 0],
      ["tv_usec", "I", 0],
      ["caplen", "I", 0],
      ["len", "I", 0],
    ]);
  }
}

/** {@linkcode PktHdr}, little-endian. */
export class LEPktHdr extends PktHdr<LEPktHdr> {
  static {
    this.header("LEPktHdr", undefined, { littleEndian: true });
  }
}

/** Header before a packet in the modified format. */
export class PktModHdr<Self = unknown> extends Packet<Self> {
  /** Seconds since 1970. */
  declare tv_sec: number;
  /** Microseconds. */
  declare tv_usec: number;
  /** Bytes captured. */
  declare caplen: number;
  /** Bytes on the wire. */
  declare len: number;
  /** Interface's index. */
  declare ifindex: number;
  /** EtherType. */
  declare protocol: number;
  /** Packet type, as in {@linkcode SLL}. */
  declare pkt_type: number;
  /** Padding. */
  declare pad: number;

  static {
    this.header<PktModHdr>("PktModHdr", [
      ["tv_sec", "I", 0],
      ["tv_usec", "I", 0],
      ["caplen", "I", 0],
      ["len", "I", 0],
      ["ifindex", "I", 0],
      ["protocol", "H", 0],
      ["pkt_type", "B", 0],
      ["pad", "B", 0],
    ]);
  }
}

/** {@linkcode PktModHdr}, little-endian. */
export class LEPktModHdr extends PktModHdr<LEPktModHdr> {
  static {
    this.header("LEPktModHdr", undefined, { littleEndian: true });
  }
}

/** Header of a file. */
export class FileHdr<Self = unknown> extends Packet<Self> {
  /** Magic number. */
  declare magic: number;
  /** Major version. */
  declare v_major: number;
  /** Minor version. */
  declare v_minor: number;
  /** Time zone, not used. */
  declare thiszone: number;
  /** Significant figures of times, not used. */
  declare sigfigs: number;
  /** Bytes of a packet captured at most. */
  declare snaplen: number;
  /** Link type. */
  declare linktype: number;

  static {
    this.header<FileHdr>("FileHdr", [
      ["magic", "I", TCPDUMP_MAGIC],
      ["v_major", "H", PCAP_VERSION_MAJOR],
      ["v_minor", "H", PCAP_VERSION_MINOR],
      ["thiszone", "I", 0],
      ["sigfigs", "I", 0],
      ["snaplen", "I", 1500],
      ["linktype", "I", DLT_EN10MB],
    ]);
  }
}

/** {@linkcode FileHdr}, little-endian. */
export class LEFileHdr extends FileHdr<LEFileHdr> {
  static {
    this.header("LEFileHdr", undefined, { littleEndian: true });
  }
}

/** Classes of packet headers by the file's magic number, read as big-endian. */
export const MAGIC_TO_PKT_HDR: Readonly<
  Record<number, typeof PktHdr | typeof LEPktHdr | typeof PktModHdr | typeof LEPktModHdr>
> = {
  [TCPDUMP_MAGIC]: PktHdr,
  [TCPDUMP_MAGIC_NANO]: PktHdr,
  [MODPCAP_MAGIC]: PktModHdr,
  [PMUDPCT_MAGIC]: LEPktHdr,
  [PMUDPCT_MAGIC_NANO]: LEPktHdr,
  [PACPDOM_MAGIC]: LEPktModHdr,
};

/** Keyword arguments of {@linkcode Writer}. */
export interface WriterOptions extends PacketWriterOptions {
  /** Nanoseconds instead of microseconds. */
  readonly nano?: boolean;
}

/** Writes a pcap file, little-endian. */
export class Writer extends PacketWriter {
  private readonly nano: boolean;

  /** Writes the file's header. */
  constructor(fileobj: WritableFile, options: WriterOptions = {}) {
    const { snaplen = 1500, linktype = DLT_EN10MB, nano = false } = options;
    super(fileobj);
    this.nano = nano;
    const magic = nano ? TCPDUMP_MAGIC_NANO : TCPDUMP_MAGIC;
    this.put(new LEFileHdr({ snaplen, linktype, magic }).bytes());
  }

  /** Writes a packet with its time; the current one if absent. */
  writepkt(pkt: Packet | Uint8Array, ts?: number | bigint): void {
    this.writepkt_time(dataBytes(pkt), ts ?? Date.now() / 1000);
  }

  /**
   * Writes a packet with its time: a number is seconds since 1970, a bigint nanoseconds.
   *
   * @throws {PackError} If the time does not fit in the file.
   */
  override writepkt_time(pkt: Uint8Array, ts: number | bigint): void {
    let sec: number, fraction: number;
    if (typeof ts === "bigint") {
      sec = Number(ts / 1_000_000_000n);
      fraction = Number(ts % 1_000_000_000n);
      if (!this.nano) fraction = Math.floor(fraction / 1000);
    } else {
      sec = Math.trunc(ts);
      // As in dpkt, what rounds up to a whole second stays in the fraction.
      fraction = round((ts - Math.floor(ts)) * (this.nano ? 1e9 : 1e6));
    }
    const header = new LEPktHdr({
      tv_sec: sec,
      tv_usec: fraction,
      caplen: pkt.length,
      len: pkt.length,
    });
    this.put(concat(header.pack_hdr(), pkt));
  }
}

/**
 * Reads a pcap file: `for (const [ts, buf] of new Reader(file))`.
 *
 * Times are seconds since 1970 as a number, also with nanoseconds, where dpkt has a `Decimal`; `ns` is exact.
 */
export class Reader extends PacketReader {
  private readonly reader: FileReader;
  private readonly little: boolean;
  /** Bytes of a packet's header. */
  private readonly size: number;
  private readonly divisor: number;
  /** Whether the file counts nanoseconds, not microseconds. */
  readonly nano: boolean;
  private sec = 0;
  private fraction = 0;

  /**
   * Reads the file's header.
   *
   * @throws {CaptureFormatError} If it is no pcap file.
   */
  constructor(fileobj: ReadableFile | FileReader, name = "capture") {
    const reader = fileobj instanceof FileReader ? fileobj : new FileReader(fileobj);
    const buf = reader.read(FileHdr.__hdr_len__);
    if (buf.length < FileHdr.__hdr_len__) {
      throw fault(name, "E_TRUNCATED_HEADER", buf.length, "file ends within the pcap header");
    }
    const { magic } = new FileHdr(buf);
    const kind = MAGIC_TO_PKT_HDR[magic];
    if (kind === undefined) {
      const shown = magic.toString(16).padStart(8, "0");
      throw fault(name, "E_UNKNOWN_FORMAT", 0, `invalid tcpdump header: magic number ${shown}`);
    }
    const little = kind === LEPktHdr || kind === LEPktModHdr;
    const header = little ? new LEFileHdr(buf) : new FileHdr(buf);
    super(name, header.snaplen, header.linktype, dltoff[header.linktype] ?? 0);
    this.reader = reader;
    this.little = little;
    this.size = kind.__hdr_len__;
    this.nano = magic === TCPDUMP_MAGIC_NANO || magic === PMUDPCT_MAGIC_NANO;
    this.divisor = this.nano ? 1e9 : 1e6;
  }

  /** Time of the packet last handed out, in nanoseconds since 1970. */
  override get ns(): bigint {
    return BigInt(this.sec) * 1_000_000_000n + BigInt(this.fraction * (1e9 / this.divisor));
  }

  /**
   * Reads packets. A packet that is cut by the end of the file comes as it is, as from dpkt; then the fault is thrown,
   * about which dpkt is silent.
   *
   * @throws {CaptureFormatError} If a packet is cut, or says it is larger than any.
   */
  protected override *packets(): Generator<[number, Uint8Array]> {
    const { reader, little, size, divisor, name } = this;
    for (;;) {
      const at = reader.offset;
      const header = reader.read(size);
      if (header.length === 0) return;
      if (header.length < size) {
        throw fault(name, "E_TRUNCATED_RECORD", at, "file ends within a packet's header");
      }
      // The fields of PktHdr, without an object for each packet.
      const view = new DataView(header.buffer, header.byteOffset, 12);
      const sec = view.getUint32(0, little), fraction = view.getUint32(4, little);
      const caplen = view.getUint32(8, little);
      if (caplen > PACKET_BYTES_MAX) {
        throw fault(name, "E_BAD_RECORD_LENGTH", at, `packet of ${caplen} bytes`);
      }
      const buf = reader.read(caplen);
      this.sec = sec;
      this.fraction = fraction;
      yield [sec + fraction / divisor, buf];
      if (buf.length < caplen) {
        throw fault(name, "E_TRUNCATED_RECORD", at, `packet of ${caplen} bytes has ${buf.length}`);
      }
    }
  }
}

/** Reads a pcap or pcapng file, whichever it is: `new UniversalReader(file)` is a reader of one of the two. */
export const UniversalReader: {
  /**
   * Reads the file's header.
   *
   * @throws {CaptureFormatError} If it is neither.
   */
  new (fileobj: ReadableFile, name?: string): Reader | PcapngReader;
} = class {
  constructor(fileobj: ReadableFile, name?: string) {
    const reader = new FileReader(fileobj);
    const start = reader.peek(4);
    const pcapng = start.length === 4 && uints([4], PCAPNG_BT_SHB).every((b, i) => b === start[i]);
    return pcapng ? new PcapngReader(reader, name) : new Reader(reader, name);
  }
} as unknown as new (fileobj: ReadableFile, name?: string) => Reader | PcapngReader;
