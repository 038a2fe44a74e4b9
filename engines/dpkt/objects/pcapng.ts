/**
 * dpkt's module `pcapng`: reading and writing of pcapng files.
 *
 * @module
 */
import { BLOCK_BYTES_MAX, INTERFACES_MAX } from "../../../core/limits.ts";
import {
  dltoff,
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
  BYTE_ORDER_MAGIC,
  BYTE_ORDER_MAGIC_LE,
  DLT_EN10MB,
  PCAPNG_BT_EPB,
  PCAPNG_BT_IDB,
  PCAPNG_BT_PB,
  PCAPNG_BT_SHB,
  PCAPNG_OPT_COMMENT,
  PCAPNG_OPT_ENDOFOPT,
  PCAPNG_OPT_IF_TSOFFSET,
  PCAPNG_OPT_IF_TSRESOL,
  PCAPNG_VERSION_MAJOR,
  PCAPNG_VERSION_MINOR,
} from "./constants/pcapng.ts";
import { concat, dataBytes, EMPTY, NeedData, PackError, Packet, UnpackError } from "./packet.ts";

export * from "./constants/pcapng.ts";
export { dltoff };

/** Bytes of zero that follow `length` bytes, up to a multiple of 4. */
function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}

/** An option of a block. */
export class PcapngOption<Self = unknown> extends Packet<Self> {
  /** Code, such as `PCAPNG_OPT_COMMENT`. */
  declare code: number;
  /** Bytes of the value. Filled in when packed. */
  declare len: number;
  /** Value. */
  declare data: Uint8Array;
  /** Comment: its text. Takes precedence over `data` when packed. */
  declare text?: string;

  static {
    this.header<PcapngOption>("PcapngOption", [
      ["code", "H", PCAPNG_OPT_ENDOFOPT],
      ["len", "H", 0],
    ]);
  }

  /** Reads code, length and value. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    this.data = buf.subarray(4, 4 + this.len);
    if (this.code === PCAPNG_OPT_COMMENT) this.text = new TextDecoder().decode(this.data);
  }

  /** The option's bytes, padded. */
  override bytes(): Uint8Array {
    if (this.code === PCAPNG_OPT_COMMENT && this.text !== undefined) {
      this.data = new TextEncoder().encode(this.text);
    }
    this.len = this.data.length;
    return concat(this.pack_hdr(), this.data, padding(this.len));
  }

  /** Bytes of the option, padding included. */
  override __len__(): number {
    return 4 + this.data.length + (-this.data.length & 3);
  }
}

/** {@linkcode PcapngOption}, little-endian. */
export class PcapngOptionLE extends PcapngOption<PcapngOptionLE> {
  static {
    this.header("PcapngOptionLE", undefined, { littleEndian: true });
  }
}

/** What the blocks have in common: type, length, options, length again. */
export abstract class PcapngBlock<Self = unknown> extends Packet<Self> {
  /** Type of the block. */
  declare type: number;
  /** Bytes of the block. Filled in when packed. */
  declare len: number;
  /** Bytes of the block, again at its end. */
  declare _len: number;
  /** Options. When packed, the last must be the end of options. */
  declare opts: PcapngOption<unknown>[];

  static {
    this.header<PcapngBlock>("_PcapngBlock", [["type", "I", 0], ["len", "I", 12], [
      "_len",
      "I",
      12,
    ]]);
  }

  /** Bytes between the fixed fields and the options, without padding. */
  protected payload(): Uint8Array {
    return EMPTY;
  }

  /** Where the options begin. */
  protected optionsAt(): number {
    return this.__hdr_len__ - 4;
  }

  /** Reads header and options. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const { len } = this;
    if (len > buf.length) throw new NeedData("block is cut");
    const opts: PcapngOption<unknown>[] = [];
    for (let rest = buf.subarray(this.optionsAt(), len - 4); rest.length > 0;) {
      const opt = this.__byte_order__ === "<" ? new PcapngOptionLE(rest) : new PcapngOption(rest);
      opts.push(opt);
      rest = rest.subarray(opt.__len__());
      if (opt.code === PCAPNG_OPT_ENDOFOPT) break;
    }
    this.opts = opts;
    this.data = EMPTY;
    const view = new DataView(buf.buffer, buf.byteOffset, buf.length);
    this._len = view.getUint32(buf.length - 4, this.__byte_order__ === "<");
    if (this._len !== len) throw new UnpackError("length fields do not match");
  }

  /** The block's bytes. Lengths are filled in. */
  override bytes(): Uint8Array {
    const opts = this.opts ?? [];
    if (opts.length > 0 && opts.at(-1)!.code !== PCAPNG_OPT_ENDOFOPT) {
      throw new PackError("options must end with opt_endofopt");
    }
    const payload = this.payload();
    const body = concat(payload, padding(payload.length), ...opts.map((o) => o.bytes()));
    this.len = this._len = this.__hdr_len__ + body.length;
    const header = this.pack_hdr();
    return concat(header.subarray(0, -4), body, header.subarray(-4));
  }

  /** Bytes of the block. */
  override __len__(): number {
    const { length } = this.payload();
    const opts = (this.opts ?? []).reduce((sum, o) => sum + o.__len__(), 0);
    return this.__hdr_len__ + length + (-length & 3) + opts;
  }
}

/** Section Header Block. */
export class SectionHeaderBlock<Self = unknown> extends PcapngBlock<Self> {
  /** Byte-order magic. */
  declare bom: number;
  /** Major version. */
  declare v_major: number;
  /** Minor version. */
  declare v_minor: number;
  /** Bytes of the section, -1 if not known. */
  declare sec_len: bigint;

  static {
    this.header<SectionHeaderBlock>("SectionHeaderBlock", [
      ["type", "I", PCAPNG_BT_SHB],
      ["len", "I", 28],
      ["bom", "I", BYTE_ORDER_MAGIC],
      ["v_major", "H", PCAPNG_VERSION_MAJOR],
      ["v_minor", "H", PCAPNG_VERSION_MINOR],
      ["sec_len", "q", -1n],
      ["_len", "I", 28],
    ]);
  }
}

/** {@linkcode SectionHeaderBlock}, little-endian. */
export class SectionHeaderBlockLE extends SectionHeaderBlock<SectionHeaderBlockLE> {
  static {
    this.header("SectionHeaderBlockLE", undefined, { littleEndian: true });
  }
}

/** Interface Description Block. */
export class InterfaceDescriptionBlock<Self = unknown> extends PcapngBlock<Self> {
  /** Link type. */
  declare linktype: number;
  /** Reserved. */
  declare _reserved: number;
  /** Bytes of a packet captured at most. */
  declare snaplen: number;

  static {
    this.header<InterfaceDescriptionBlock>("InterfaceDescriptionBlock", [
      ["type", "I", PCAPNG_BT_IDB],
      ["len", "I", 20],
      ["linktype", "H", DLT_EN10MB],
      ["_reserved", "H", 0],
      ["snaplen", "I", 1500],
      ["_len", "I", 20],
    ]);
  }
}

/** {@linkcode InterfaceDescriptionBlock}, little-endian. */
export class InterfaceDescriptionBlockLE
  extends InterfaceDescriptionBlock<InterfaceDescriptionBlockLE> {
  static {
    this.header("InterfaceDescriptionBlockLE", undefined, { littleEndian: true });
  }
}

/** Enhanced Packet Block. */
export class EnhancedPacketBlock<Self = unknown> extends PcapngBlock<Self> {
  /** Interface's number. */
  declare iface_id: number;
  /** High half of the time in units of the interface. */
  declare ts_high: number;
  /** Low half of the time. */
  declare ts_low: number;
  /** Bytes captured. Filled in when packed. */
  declare caplen: number;
  /** Bytes on the wire. When packed, the bytes captured are filled in, as in dpkt. */
  declare pkt_len: number;
  /** The packet. */
  declare pkt_data: Uint8Array;

  static {
    this.header<EnhancedPacketBlock>("EnhancedPacketBlock", [
      ["type", "I", PCAPNG_BT_EPB],
      ["len", "I", 64],
      ["iface_id", "I", 0],
      ["ts_high", "I", 0],
      ["ts_low", "I", 0],
      ["caplen", "I", 0],
      ["pkt_len", "I", 0],
      ["_len", "I", 64],
    ]);
  }

  /** The packet. */
  protected override payload(): Uint8Array {
    return this.pkt_data ?? EMPTY;
  }

  /** Where the options begin: after the packet and its padding. */
  protected override optionsAt(): number {
    return this.__hdr_len__ - 4 + this.caplen + (-this.caplen & 3);
  }

  /** Reads header, packet and options. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const at = this.__hdr_len__ - 4;
    this.pkt_data = buf.subarray(at, at + this.caplen);
  }

  /** The block's bytes. Lengths are filled in. */
  override bytes(): Uint8Array {
    this.caplen = this.pkt_len = this.payload().length;
    return super.bytes();
  }
}

/** {@linkcode EnhancedPacketBlock}, little-endian. */
export class EnhancedPacketBlockLE extends EnhancedPacketBlock<EnhancedPacketBlockLE> {
  static {
    this.header("EnhancedPacketBlockLE", undefined, { littleEndian: true });
  }
}

/** Packet Block, obsolete. */
export class PacketBlock<Self = unknown> extends EnhancedPacketBlock<Self> {
  /** Packets lost before this one. */
  declare drops_count: number;

  static {
    this.header<PacketBlock>("PacketBlock", [
      ["type", "I", PCAPNG_BT_PB],
      ["len", "I", 64],
      ["iface_id", "H", 0],
      ["drops_count", "H", 0],
      ["ts_high", "I", 0],
      ["ts_low", "I", 0],
      ["caplen", "I", 0],
      ["pkt_len", "I", 0],
      ["_len", "I", 64],
    ]);
  }
}

/** {@linkcode PacketBlock}, little-endian. */
export class PacketBlockLE extends PacketBlock<PacketBlockLE> {
  static {
    this.header("PacketBlockLE", undefined, { littleEndian: true });
  }
}

/** Keyword arguments of {@linkcode Writer}. */
export interface WriterOptions extends PacketWriterOptions {
  /** Section header, little-endian. */
  readonly shb?: SectionHeaderBlockLE;
  /** Interfaces, little-endian. */
  readonly idb?: InterfaceDescriptionBlockLE | readonly InterfaceDescriptionBlockLE[];
}

/** Checks the class and byte order of a block that the user made. */
function validate(
  name: string,
  block: unknown,
  kind: { readonly name: string } & (abstract new () => PcapngBlock<unknown>),
): void {
  if (!(block instanceof kind)) throw new TypeError(`${name}: expecting class ${kind.name}`);
  if (block.__byte_order__ === ">") throw new TypeError(`${name}: expecting class ${kind.name}LE`);
}

/** Writes a pcapng file, little-endian, with times in microseconds. */
export class Writer extends PacketWriter {
  /**
   * Writes section header and interfaces.
   *
   * @throws {TypeError} If a given block is of another class or big-endian.
   */
  constructor(fileobj: WritableFile, options: WriterOptions = {}) {
    const { snaplen = 1500, linktype = DLT_EN10MB } = options;
    const shb = options.shb ?? new SectionHeaderBlockLE();
    const idbs = [options.idb ?? new InterfaceDescriptionBlockLE({ snaplen, linktype })].flat();
    validate("shb", shb, SectionHeaderBlock);
    for (const idb of idbs) validate("idb", idb, InterfaceDescriptionBlock);
    super(fileobj);
    this.put(concat(shb.bytes(), ...idbs.map((b) => b.bytes())));
  }

  /**
   * Writes a packet or a block with its time; if there is none, that of the block, or the current one.
   *
   * @throws {TypeError} If a given block is big-endian.
   */
  writepkt(pkt: Packet | Uint8Array, ts?: number | bigint): void {
    if (!(pkt instanceof EnhancedPacketBlock)) {
      this.writepkt_time(dataBytes(pkt), ts ?? Date.now() / 1000);
      return;
    }
    validate("pkt", pkt, EnhancedPacketBlock);
    if (ts !== undefined || (pkt.ts_high === 0 && pkt.ts_low === 0)) {
      Object.assign(pkt, stamp(ts ?? Date.now() / 1000));
    }
    this.put(pkt.bytes());
  }

  /** Writes a packet with its time: a number is seconds since 1970, a bigint nanoseconds. */
  override writepkt_time(pkt: Uint8Array, ts: number | bigint): void {
    this.put(new EnhancedPacketBlockLE({ ...stamp(ts), pkt_data: pkt }).bytes());
  }
}

/** A time in microseconds, in two halves. */
function stamp(ts: number | bigint): { ts_high: number; ts_low: number } {
  const us = typeof ts === "bigint" ? Number(ts / 1000n) : round(ts * 1e6);
  return { ts_high: Math.floor(us / 2 ** 32), ts_low: us - Math.floor(us / 2 ** 32) * 2 ** 32 };
}

/** How an interface counts time. */
interface Clock {
  /** Units in a second. */
  readonly divisor: number;
  /** Seconds to add. */
  readonly offset: number;
}

/** The clock that an interface's options describe. */
function clockOf(idb: InterfaceDescriptionBlock<unknown>): Clock {
  let divisor = 1e6, offset = 0;
  for (const { code, data } of idb.opts) {
    if (code === PCAPNG_OPT_IF_TSRESOL && data.length === 1) {
      divisor = (data[0] & 0x80 ? 2 : 10) ** (data[0] & 0x7f);
    } else if (code === PCAPNG_OPT_IF_TSOFFSET && data.length === 8) {
      const view = new DataView(data.buffer, data.byteOffset);
      offset = Number(view.getBigInt64(0, idb.__byte_order__ === "<"));
    }
  }
  return { divisor, offset };
}

/** A block: its type, its bytes, its place. */
interface Block {
  readonly type: number;
  readonly buf: Uint8Array;
  readonly view: DataView;
  readonly at: number;
}

/**
 * Reads a pcapng file: `for (const [ts, buf] of new Reader(file))`. As in dpkt, Simple Packet Blocks are skipped, and
 * `datalink()` and `snaplen` are those of the first interface; times are those of each packet's own.
 */
export class Reader extends PacketReader {
  /** The first interface. */
  readonly idb: InterfaceDescriptionBlock<unknown>;
  private readonly reader: FileReader;
  private little: boolean;
  private clocks: Clock[];
  private readonly first: Clock;
  private last: { readonly high: number; readonly low: number; readonly clock: Clock };

  /**
   * Reads up to the first interface.
   *
   * @throws {CaptureFormatError} If it is no pcapng file, is damaged, or has no interface.
   */
  constructor(fileobj: ReadableFile | FileReader, name = "capture") {
    const reader = fileobj instanceof FileReader ? fileobj : new FileReader(fileobj);
    let little = true;
    let idb: InterfaceDescriptionBlock<unknown> | undefined;
    const head = reader.peek(4);
    if (head.length < 4 || head[0] !== 10 || head[1] !== 13 || head[2] !== 13 || head[3] !== 10) {
      throw fault(name, "E_UNKNOWN_FORMAT", 0, "invalid pcapng header: not a SHB");
    }
    while (!idb) {
      const block = readBlock(reader, little, name);
      if (!block) throw fault(name, "E_BAD_INTERFACE", reader.offset, "IDB not found");
      if (block.type === PCAPNG_BT_SHB) little = isLittle(block);
      else if (block.type === PCAPNG_BT_IDB) idb = readInterface(block, little, name);
    }
    super(name, idb.snaplen, idb.linktype, dltoff[idb.linktype] ?? 0);
    this.idb = idb;
    this.reader = reader;
    this.little = little;
    this.first = clockOf(idb);
    this.clocks = [this.first];
    this.last = { high: 0, low: 0, clock: this.first };
  }

  /** Time of the packet last handed out, in nanoseconds since 1970. */
  override get ns(): bigint {
    const { high, low, clock } = this.last;
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    return BigInt(clock.offset) * 1_000_000_000n + ticks * 1_000_000_000n / BigInt(clock.divisor);
  }

  /**
   * Reads packets.
   *
   * @throws {CaptureFormatError} If a block is cut, or its lengths are not possible.
   */
  protected override *packets(): Generator<[number, Uint8Array]> {
    const { reader, name } = this;
    for (;;) {
      const block = readBlock(reader, this.little, name);
      if (!block) return;
      const { type, buf, view, at } = block;
      if (type === PCAPNG_BT_SHB) {
        this.little = isLittle(block);
        this.clocks = [];
      } else if (type === PCAPNG_BT_IDB && this.clocks.length < INTERFACES_MAX) {
        this.clocks.push(clockOf(readInterface(block, this.little, name)));
      } else if (type === PCAPNG_BT_EPB || type === PCAPNG_BT_PB) {
        const { little } = this;
        if (buf.length < 32) {
          throw fault(name, "E_BAD_BLOCK_LENGTH", at, "packet block is too short");
        }
        const iface = type === PCAPNG_BT_EPB
          ? view.getUint32(8, little)
          : view.getUint16(8, little);
        const high = view.getUint32(12, little), low = view.getUint32(16, little);
        const caplen = view.getUint32(20, little);
        if (caplen > buf.length - 32) {
          throw fault(
            name,
            "E_BAD_RECORD_LENGTH",
            at,
            `packet of ${caplen} bytes in a block of ${buf.length}`,
          );
        }
        // dpkt takes the first interface's clock for all.
        const clock = this.clocks[iface] ?? this.first;
        this.last = { high, low, clock };
        yield [
          clock.offset + (high * 2 ** 32 + low) / clock.divisor,
          buf.subarray(28, 28 + caplen),
        ];
      }
    }
  }
}

/** Whether a section is little-endian. */
function isLittle({ view }: Block): boolean {
  return view.getUint32(8) === BYTE_ORDER_MAGIC_LE;
}

/** The next block; `undefined` at the end of the file. */
function readBlock(reader: FileReader, little: boolean, name: string): Block | undefined {
  const at = reader.offset;
  const head = reader.peek(12);
  if (head.length === 0) return undefined;
  if (head.length < 12) throw fault(name, "E_TRUNCATED_BLOCK", at, "file ends within a block");
  const start = new DataView(head.buffer, head.byteOffset, 12);
  const isSection = start.getUint32(0) === PCAPNG_BT_SHB;
  if (isSection) {
    const bom = start.getUint32(8);
    if (bom !== BYTE_ORDER_MAGIC && bom !== BYTE_ORDER_MAGIC_LE) {
      throw fault(name, "E_BAD_SECTION", at, "unknown endianness");
    }
    little = bom === BYTE_ORDER_MAGIC_LE;
  }
  const length = start.getUint32(4, little);
  if (length < (isSection ? 28 : 12) || length % 4 !== 0 || length > BLOCK_BYTES_MAX) {
    throw fault(name, "E_BAD_BLOCK_LENGTH", at, `block of ${length} bytes`);
  }
  const buf = reader.read(length);
  if (buf.length < length) {
    throw fault(name, "E_TRUNCATED_BLOCK", at, `block of ${length} bytes has ${buf.length}`);
  }
  const view = new DataView(buf.buffer, buf.byteOffset, length);
  if (view.getUint32(length - 4, little) !== length) {
    throw fault(name, "E_BLOCK_TRAILER", at, "length fields do not match");
  }
  if (isSection && view.getUint16(12, little) !== PCAPNG_VERSION_MAJOR) {
    const version = `${view.getUint16(12, little)}.${view.getUint16(14, little)}`;
    throw fault(name, "E_UNSUPPORTED_VERSION", at, `unknown pcapng version ${version}`);
  }
  return { type: start.getUint32(0, little), buf, view, at };
}

/** An interface. */
function readInterface(
  { buf, at }: Block,
  little: boolean,
  name: string,
): InterfaceDescriptionBlock<unknown> {
  try {
    return little ? new InterfaceDescriptionBlockLE(buf) : new InterfaceDescriptionBlock(buf);
  } catch (e) {
    if (e instanceof UnpackError) throw fault(name, "E_BAD_INTERFACE", at, e.message);
    throw e;
  }
}
