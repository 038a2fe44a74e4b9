/**
 * Writing pcapng (draft-ietf-opsawg-pcapng): any block, several sections and interfaces, either byte order. What was
 * read from pcapng is written back byte for byte.
 *
 * @module
 */
import type { FrameBatch, InterfaceInfo } from "../core/batch.ts";
import { type Block, type BlockContext, encodeBlock } from "./blocks.ts";
import type { Option } from "./options.ts";
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_SECTION,
  BLOCK_SIMPLE_PACKET,
  unitsPerSecond,
} from "./pcapng_format.ts";
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

/** How a pcapng file is written. */
export interface PcapngWriterOptions extends LossOptions {
  /** Byte order of sections this writer starts itself; little-endian if not given. */
  readonly littleEndian?: boolean;
  /** Options of the section header this writer starts itself. */
  readonly sectionOptions?: readonly Option[];
}

/** An interface of a section this writer started itself. */
interface OwnInterface {
  readonly id: number;
  readonly resolution: string;
  readonly offsetSeconds?: bigint;
  readonly snapLength: number;
  /** Units of a second if doubles and 32-bit arithmetic suffice, else 0. */
  readonly quickUnits: number;
}

/** Writes pcapng files. */
export class PcapngWriter {
  readonly #options: PcapngWriterOptions;
  readonly #out: SinkBuffer;
  readonly #losses: LossLog;
  /** Byte order of the section being written, once there is one. */
  #littleEndian: boolean | undefined;
  /** Interfaces of the section being written, for the times of blocks. */
  #interfaces: OwnInterface[] = [];
  /** Own interfaces by what they are. */
  #known = new Map<string, OwnInterface>();
  /** Own interfaces by those of the batches, as long as the list is the same. */
  #mapped: OwnInterface[] = [];
  #mappedFrom: readonly InterfaceInfo[] | undefined;
  /** The section being written was copied from another file. */
  #copied = false;

  /** Writes to a sink, which is closed with the writer. */
  constructor(sink: ByteSink, options: PcapngWriterOptions = {}) {
    this.#options = options;
    this.#out = new SinkBuffer(sink);
    this.#losses = new LossLog(options);
  }

  /**
   * Writes a batch, or its frames with the given indexes (ascending). Batches of a pcapng file must come in their order
   * and from the first on; they are copied, with all blocks that are no packets. Frames of other formats become
   * enhanced packets of an interface like theirs. Answers a promise if the sink does; the next call must wait for it.
   */
  write(batch: FrameBatch, only?: ArrayLike<number>): void | Promise<void> {
    if (batch.optionStarts !== undefined) return this.#copy(batch, only);
    if (this.#copied) this.#endSection();
    const total = only?.length ?? batch.count;
    if (this.#littleEndian === undefined) this.#startSection();
    this.#map(batch.interfaces);
    if (batch.modified !== undefined && total > 0) {
      this.#losses.lose(
        "modified",
        "pcapng keeps no interface, protocol and type of modified pcap",
      );
    }
    return this.#run(batch, only, 0, total);
  }

  /** Writes any block. Packets and statistics must name an interface of the section; the first block begins one. */
  writeBlock(block: Block): void | Promise<void> {
    if (block.kind === "section") {
      this.#littleEndian = this.#options.littleEndian ?? true;
      this.#interfaces = [];
      this.#known.clear();
      this.#mappedFrom = undefined;
      this.#copied = false;
    } else {
      if (this.#copied) this.#endSection();
      if (this.#littleEndian === undefined) this.#startSection();
    }
    const littleEndian = this.#littleEndian ?? true;
    if (
      (block.kind === "enhanced-packet" || block.kind === "packet" ||
        block.kind === "statistics") &&
      block.interfaceId >= this.#interfaces.length
    ) {
      throw new RangeError(
        `Cannot write a packet of interface ${block.interfaceId}: the section describes ` +
          `${this.#interfaces.length}`,
      );
    }
    if (block.kind === "interface") {
      this.#interfaces.push(ownInterface(block, this.#interfaces.length));
    }
    const context: BlockContext = { littleEndian, interfaces: this.#interfaces };
    return this.#out.add(encodeBlock(block, context));
  }

  /** Writes one frame of an interface of this link type, which is described when its first frame comes. */
  writeFrame(
    frame: FrameInput & {
      /** LINKTYPE_ number. */
      readonly linkType: number;
      /** Options, for example a comment. */
      readonly options?: readonly Option[];
    },
  ): void | Promise<void> {
    const { data, linkType, options = [], wireLength = data.length } = frame;
    const [seconds, nanoseconds] = timeOf(frame);
    if (this.#copied) this.#endSection();
    if (this.#littleEndian === undefined) this.#startSection();
    const own = this.#own({ linkType, snapLength: 0, section: 0, id: 0, resolution: "10^-9" });
    if (Number.isNaN(seconds)) {
      this.#losses.lose("time", "an enhanced packet has a time, and one has none");
    }
    const time = Number.isNaN(seconds)
      ? 0n
      : BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
    return this.writeBlock({
      kind: "enhanced-packet",
      interfaceId: own.id,
      time,
      originalLength: wireLength,
      data,
      options,
    });
  }

  /** Hands over what is still collected. */
  async flush(): Promise<void> {
    await this.#out.flush();
  }

  /** Writes the rest; an empty file gets a section header. Closes the sink. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#littleEndian === undefined && !this.#copied) this.#startSection();
    await this.#out.close();
  }

  #endSection(): void {
    this.#littleEndian = undefined;
    this.#copied = false;
  }

  #startSection(): void {
    void this.writeBlock({
      kind: "section",
      version: [1, 0],
      sectionLength: -1n,
      options: this.#options.sectionOptions ?? [],
    });
  }

  /** Copies the blocks and frames of a pcapng batch. */
  #copy(batch: FrameBatch, only: ArrayLike<number> | undefined): void | Promise<void> {
    const { blocks, bytes } = batch;
    if (!this.#copied) {
      const first = blocks !== undefined && blocks.count > 0 && blocks.before[0] === 0
        ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(blocks.starts[0], true)
        : undefined;
      if (first !== BLOCK_SECTION) {
        throw new TypeError(
          "Cannot copy a pcapng batch: those before it, with its section and interfaces, were not written",
        );
      }
      this.#copied = true;
      this.#known.clear();
      this.#mappedFrom = undefined;
    }
    // Runs of what stands together are copied as one.
    const runs: number[] = [];
    const total = only?.length ?? batch.count;
    const blockCount = blocks?.count ?? 0;
    for (let k = 0, b = 0; k <= total; k++) {
      const i = k === total ? batch.count : only === undefined ? k : only[k];
      if (k < total && !(i >= 0 && i < batch.count)) {
        throw new RangeError(`Cannot write frame ${i} of the batch`);
      }
      while (blocks !== undefined && b < blockCount && blocks.before[b] <= i) {
        addRun(runs, blocks.starts[b], blocks.lengths[b]);
        b++;
      }
      if (k < total) addRun(runs, batch.recordStarts[i], batch.recordLengths[i]);
    }
    return this.#out.addRuns(bytes, runs);
  }

  /** Describes the interfaces of batches that were not described yet. */
  #map(interfaces: readonly InterfaceInfo[]): void {
    if (this.#mappedFrom === interfaces) return;
    this.#mapped = interfaces.map((info) => this.#own(info));
    this.#mappedFrom = interfaces;
  }

  /** The section's interface that is as this one is; describes it if there is none. */
  #own(info: InterfaceInfo): OwnInterface {
    const key = JSON.stringify({ ...info, offsetSeconds: String(info.offsetSeconds ?? 0n) });
    let own = this.#known.get(key);
    if (own !== undefined) return own;
    if (info.linkType > 0xffff) throw new RangeError(`Cannot write link type ${info.linkType}`);
    const options: Option[] = [];
    if (info.name !== undefined) options.push({ name: "if_name", value: info.name });
    if (info.description !== undefined) {
      options.push({ name: "if_description", value: info.description });
    }
    if (info.filter !== undefined) {
      options.push({ name: "if_filter", value: { kind: 0, filter: info.filter } });
    }
    if (info.os !== undefined) options.push({ name: "if_os", value: info.os });
    if (info.hardware !== undefined) options.push({ name: "if_hardware", value: info.hardware });
    if (info.resolution !== "10^-6") options.push({ name: "if_tsresol", value: info.resolution });
    if (info.fcsLength !== undefined) options.push({ name: "if_fcslen", value: info.fcsLength });
    if (info.offsetSeconds !== undefined) {
      options.push({ name: "if_tsoffset", value: info.offsetSeconds });
    }
    void this.writeBlock({
      kind: "interface",
      linkType: info.linkType,
      snapLength: info.snapLength,
      options,
    });
    own = this.#interfaces[this.#interfaces.length - 1];
    this.#known.set(key, own);
    return own;
  }

  /** Writes enhanced packets from the `from`-th frame on; goes on later where the sink makes it wait. */
  #run(
    batch: FrameBatch,
    only: ArrayLike<number> | undefined,
    from: number,
    total: number,
  ): void | Promise<void> {
    const out = this.#out;
    const littleEndian = this.#littleEndian ?? true;
    for (let k = from; k < total; k++) {
      const i = only === undefined ? k : only[k];
      if (!(i >= 0 && i < batch.count)) {
        throw new RangeError(`Cannot write frame ${i} of the batch`);
      }
      const captured = batch.capturedLengths[i];
      const pad = -captured & 3;
      const size = 32 + captured + pad;
      if (!out.fits(size)) {
        const room = out.room(size);
        if (room instanceof Promise) return room.then(() => this.#run(batch, only, k, total));
      }
      const own = this.#mapped[batch.interfaceIds[i]];
      const { view, at } = out;
      const seconds = batch.seconds[i];
      if (Number.isNaN(seconds)) {
        this.#simple(batch, i, own);
        continue;
      }
      let high: number;
      let low: number;
      const units = own.quickUnits;
      if (units !== 0 && seconds >= 0 && seconds <= 0xffffffff) {
        const fraction = Math.floor(batch.nanoseconds[i] / (1e9 / units));
        // The low half is exact modulo 2^32; the high half follows from the nearly exact product of doubles.
        low = (Math.imul(seconds, units) + fraction) >>> 0;
        high = Math.round((seconds * units + fraction - low) / 4294967296);
      } else {
        const ticks = this.#ticks(seconds, batch.nanoseconds[i], own);
        high = Number(ticks >> 32n);
        low = Number(ticks & 0xffffffffn);
      }
      view.setUint32(at, BLOCK_ENHANCED_PACKET, littleEndian);
      view.setUint32(at + 4, size, littleEndian);
      view.setUint32(at + 8, own.id, littleEndian);
      view.setUint32(at + 12, high, littleEndian);
      view.setUint32(at + 16, low, littleEndian);
      view.setUint32(at + 20, captured, littleEndian);
      view.setUint32(at + 24, batch.wireLengths[i], littleEndian);
      copy(batch.bytes, batch.starts[i], out.bytes, at + 28, captured);
      out.bytes.fill(0, at + 28 + captured, at + 28 + captured + pad);
      view.setUint32(at + size - 4, size, littleEndian);
      out.at = at + size;
    }
  }

  /** A frame without a time: a simple packet, where interface 0 is its own, else time 0. */
  #simple(batch: FrameBatch, i: number, own: OwnInterface): void {
    const { view, bytes, at } = this.#out;
    const littleEndian = this.#littleEndian ?? true;
    const captured = batch.capturedLengths[i];
    const wire = batch.wireLengths[i];
    const pad = -captured & 3;
    const fits = own.id === 0 &&
      captured === (own.snapLength === 0 ? wire : Math.min(wire, own.snapLength));
    if (!fits) this.#losses.lose("time", "an enhanced packet has a time, and one has none");
    const data = fits ? 12 : 28;
    const size = data + captured + pad + 4;
    bytes.fill(0, at, at + size);
    view.setUint32(at, fits ? BLOCK_SIMPLE_PACKET : BLOCK_ENHANCED_PACKET, littleEndian);
    view.setUint32(at + 4, size, littleEndian);
    if (!fits) {
      view.setUint32(at + 8, own.id, littleEndian);
      view.setUint32(at + 20, captured, littleEndian);
    }
    view.setUint32(at + data - 4, wire, littleEndian);
    copy(batch.bytes, batch.starts[i], bytes, at + data, captured);
    view.setUint32(at + size - 4, size, littleEndian);
    this.#out.at = at + size;
  }

  #ticks(seconds: number, nanoseconds: number, own: OwnInterface): bigint {
    const time = (BigInt(seconds) - (own.offsetSeconds ?? 0n)) * 1_000_000_000n +
      BigInt(nanoseconds);
    const units = unitsPerSecond(own.resolution);
    const product = time * units;
    // Rounded up, so that reading, which rounds down, gives the same nanoseconds again.
    const ticks = product <= 0n
      ? product / 1_000_000_000n
      : (product + 999_999_999n) / 1_000_000_000n;
    if (ticks < 0n || ticks > 0xffffffffffffffffn) {
      this.#losses.lose("time", `pcapng cannot keep a time of ${seconds} s in this resolution`);
      return 0n;
    }
    return ticks;
  }
}

function ownInterface(block: Block & { kind: "interface" }, id: number): OwnInterface {
  let resolution = "10^-6";
  let offsetSeconds: bigint | undefined;
  for (const option of block.options) {
    if (option.name === "if_tsresol") resolution = option.value;
    else if (option.name === "if_tsoffset") offsetSeconds = option.value;
  }
  const power = /^10\^-([4-9])$/.exec(resolution)?.[1];
  return {
    id,
    resolution,
    ...(offsetSeconds !== undefined && { offsetSeconds }),
    snapLength: block.snapLength,
    quickUnits: power === undefined || (offsetSeconds ?? 0n) !== 0n ? 0 : 10 ** Number(power),
  };
}
