/**
 * Reading pcap with npm:pcap-parser, for comparison and for those who trust it: it cuts the records, of classic pcap 2.4
 * with microseconds in either byte order. What it lacks stands here: it gets no more than was asked for, so nothing
 * piles up; a length is refused before anything is buffered for it; a cut file and odd records are told. So what it
 * reads, it reads as our own framer does.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { CaptureHeader } from "../core/batch.ts";
import { CaptureFormatError } from "../core/errors.ts";
import { PACKET_BYTES_MAX, WIRE_LENGTH_PLAUSIBLE } from "../core/limits.ts";
import type { ByteSource, Framer, Framing, FramingOptions } from "../core/source.ts";
import { LINKTYPE_BEYOND } from "./framing.ts";
import { PCAP_MAGIC_MICROSECONDS, PCAP_RECORD_BYTES, PcapFraming } from "./pcap.ts";

/** What the parser says of a record. */
interface RecordHeader {
  readonly timestampSeconds: number;
  readonly timestampMicroseconds: number;
  readonly capturedLength: number;
  readonly originalLength: number;
}

/** What the parser wants of a stream. */
interface Feed {
  pause(): void;
  resume(): void;
  on(event: "data" | "error" | "end", listener: (value?: unknown) => void): void;
}

/** The parser: an emitter of events. */
interface Parser {
  on(event: "packetHeader" | "packet" | "error", listener: (value: unknown) => void): void;
}

const MICROSECONDS = 1e6;

/** Reads pcap files with npm:pcap-parser. */
export const pcapParserFramer: Framer = {
  name: "pcap-parser",
  title: "pcap by npm:pcap-parser: version 2.4 with microseconds; only where it is named",
  detect(head: Uint8Array): boolean {
    if (head.length < 4) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    return view.getUint32(0, true) === PCAP_MAGIC_MICROSECONDS ||
      view.getUint32(0, false) === PCAP_MAGIC_MICROSECONDS;
  },
  async open(source: ByteSource, options: FramingOptions): Promise<Framing> {
    const { default: { parse } } = await import("pcap-parser");
    const framing = new PcapParserFraming(source, options, parse as (feed: Feed) => Parser);
    await framing.readHeader();
    return framing;
  },
};

class PcapParserFraming extends PcapFraming {
  /** Records the parser found and that are in no batch yet, from `#next` on. */
  readonly #found: RecordHeader[] = [];
  #next = 0;
  /** Of these, so many are whole. */
  #whole = 0;
  /** Offset in the capture up to which the parser has the bytes. */
  #fed = 0;
  #linkType = 0;
  #feed: (bytes: Buffer) => void = () => {};
  #failure: Error | undefined;

  constructor(source: ByteSource, options: FramingOptions, parse: (feed: Feed) => Parser) {
    super(source, options);
    const parser = parse({
      pause() {},
      resume() {},
      on: (event, listener) => {
        if (event === "data") this.#feed = listener;
      },
    });
    parser.on("packetHeader", (header) => this.#found.push(header as RecordHeader));
    parser.on("packet", () => this.#whole++);
    parser.on("error", (error) => this.#failure = error as Error);
  }

  override async readHeader(): Promise<void> {
    await super.readHeader();
    const header: CaptureHeader = this.header;
    const [major, minor] = header.version;
    if (header.magic !== PCAP_MAGIC_MICROSECONDS || major !== 2 || minor !== 4) {
      const kind = header.magic === PCAP_MAGIC_MICROSECONDS
        ? `version ${major}.${minor}`
        : `magic number 0x${header.magic.toString(16)}`;
      throw this.error(
        "E_UNSUPPORTED_FORMAT",
        0,
        `pcap of ${kind}; npm:pcap-parser knows version 2.4 with microseconds: use the framer "pcap"`,
      );
    }
    const { linkType = 0 } = header;
    this.#linkType = linkType > 0xffff ? LINKTYPE_BEYOND : linkType;
    this.#give(header.bytes);
    this.#fed = header.bytes.length;
  }

  /** Gives bytes to the parser, which keeps what it could not use: so they are copied. */
  #give(bytes: Uint8Array): void {
    this.#feed(Buffer.from(bytes));
    if (this.#failure !== undefined) {
      throw new CaptureFormatError(
        "E_UNSUPPORTED_FORMAT",
        this.name,
        undefined,
        `npm:pcap-parser: ${this.#failure.message}`,
        { cause: this.#failure },
      );
    }
  }

  protected override cut(): void {
    const { columns } = this;
    const room = Math.min(columns.capacity, this.batchPackets);
    const longest = this.header.snapLength || 0xffffffff;
    let pos = this.pos, n = 0;
    const unread = this.base + this.end - this.#fed;
    if (unread > 0) {
      this.#give(this.buffer.subarray(this.end - unread, this.end));
      this.#fed = this.base + this.end;
    }
    for (; n < room; n++) {
      if (this.#next >= this.#found.length) {
        this.needed = PCAP_RECORD_BYTES;
        break;
      }
      const record = this.#found[this.#next];
      const { capturedLength: captured, originalLength: wire } = record;
      let second = record.timestampSeconds, fraction = record.timestampMicroseconds;
      if (captured > PACKET_BYTES_MAX) {
        this.tooLong(pos, captured);
        break;
      }
      const total = PCAP_RECORD_BYTES + captured;
      if (this.#whole === 0) {
        this.needed = total;
        break;
      }
      if (
        fraction >= MICROSECONDS || captured > wire || captured > longest || captured === 0 ||
        wire > WIRE_LENGTH_PLAUSIBLE
      ) {
        this.odd(pos, fraction, captured, wire);
        if (this.fault !== undefined) break;
        second += Math.floor(fraction / MICROSECONDS);
        fraction %= MICROSECONDS;
      }
      columns.starts[n] = pos + PCAP_RECORD_BYTES;
      columns.capturedLengths[n] = captured;
      columns.wireLengths[n] = wire;
      columns.seconds[n] = second;
      columns.nanoseconds[n] = fraction * 1000;
      columns.linkTypes[n] = this.#linkType;
      columns.interfaceIds[n] = 0;
      columns.recordStarts[n] = pos;
      columns.recordLengths[n] = total;
      pos += total;
      this.#next++;
      this.#whole--;
    }
    if (this.#next === this.#found.length) this.#found.length = this.#next = 0;
    this.pos = pos;
    this.count = n;
  }
}
