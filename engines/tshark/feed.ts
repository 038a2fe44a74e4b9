/**
 * Frames as the bytes of a capture, for tshark's standard input. What was read from a file is handed on as it stands, a
 * stretch for each batch; everything else is written as pcapng.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch } from "../../core/batch.ts";
import type { ByteSink } from "../../capture/sink.ts";
import { PCAP_MAGIC_MODIFIED } from "../../capture/pcap.ts";
import {
  BLOCK_INTERFACE,
  BLOCK_NAME_RESOLUTION,
  BLOCK_SECRETS,
  BLOCK_SECTION,
  BLOCK_STATISTICS,
} from "../../capture/pcapng_format.ts";
import { PcapWriter } from "../../capture/write_pcap.ts";
import { PcapngWriter } from "../../capture/write_pcapng.ts";

/** Where frames go. */
export class Feed {
  readonly #sink: ByteSink;
  readonly #header: CaptureHeader | undefined;
  /** Whether all so far went as it stood, so that what follows may, too. */
  #verbatim: boolean;
  #begun = false;
  #writer: PcapWriter | PcapngWriter | undefined;

  /** Feeds a sink. `header`: that of the capture the frames are read from, if they are. */
  constructor(sink: ByteSink, header: CaptureHeader | undefined) {
    this.#sink = sink;
    // tshark tells the modified format by looking ahead in the file, which it cannot do here.
    this.#header = header?.magic === PCAP_MAGIC_MODIFIED ? undefined : header;
    this.#verbatim = this.#header?.format === "pcap" || this.#header?.format === "pcapng";
  }

  /** Writes a batch. */
  async write(frames: FrameBatch): Promise<void> {
    if (this.#verbatim) {
      const stretches = stretchesOf(frames, this.#header!);
      if (stretches !== undefined) {
        await this.begin();
        for (const stretch of stretches) await this.#sink.write(stretch);
        return;
      }
      // A writer of captures knows how to go on from what was copied only if it did the copying.
      if (this.#begun && this.#header!.format === "pcapng") {
        this.#writer = new PcapngWriter(this.#sink, { onLoss: () => {} });
      }
    }
    if (this.#writer === undefined) {
      this.#writer = this.#header?.format === "pcap"
        ? new PcapWriter(this.#sink, {
          header: this.#header,
          append: this.#begun,
          onLoss: () => {},
        })
        : new PcapngWriter(this.#sink, { onLoss: () => {} });
    }
    this.#verbatim = false;
    this.#begun = true;
    await this.#writer.write(frames);
    await this.#writer.flush();
  }

  /** Writes the header alone, if nothing was written: a capture without packets is one, too. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    // The header of pcapng comes as a block of the first batch.
    if (this.#header?.format === "pcap") await this.#sink.write(this.#header.bytes);
  }
}

/**
 * The bytes from a batch's first record or block to its last, without the blocks that tshark takes for packets;
 * `undefined` if anything else stands between them.
 */
function stretchesOf(frames: FrameBatch, header: CaptureHeader): Uint8Array[] | undefined {
  const { count, recordStarts, recordLengths, blocks, optionStarts, bytes } = frames;
  if ((optionStarts !== undefined) !== (header.format === "pcapng")) return undefined;
  let sum = 0, begin = Infinity, end = 0;
  for (let i = 0; i < count; i++) sum += recordLengths[i];
  for (let b = 0; b < (blocks?.count ?? 0); b++) sum += blocks!.lengths[b];
  if (count > 0) {
    begin = recordStarts[0];
    end = recordStarts[count - 1] + recordLengths[count - 1];
  }
  if (blocks !== undefined && blocks.count > 0) {
    const last = blocks.count - 1;
    begin = Math.min(begin, blocks.starts[0]);
    end = Math.max(end, blocks.starts[last] + blocks.lengths[last]);
  }
  if (sum === 0) return [];
  if (end - begin !== sum) return undefined;
  const stretches: Uint8Array[] = [];
  let from = begin;
  for (let b = 0; b < (blocks?.count ?? 0); b++) {
    const start = blocks!.starts[b];
    if (isNoPacket(bytes, start, frames.littleEndian)) continue;
    if (start > from) stretches.push(bytes.subarray(from, start));
    from = start + blocks!.lengths[b];
  }
  if (end > from) stretches.push(bytes.subarray(from, end));
  return stretches;
}

/**
 * Whether tshark reads the block for what it says of others. Wireshark numbers entries of the system's journal, events of
 * sysdig and custom blocks among the packets, which would then be answered in the place of others.
 */
function isNoPacket(bytes: Uint8Array, at: number, littleEndian: boolean): boolean {
  switch (new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, littleEndian)) {
    case BLOCK_SECTION:
    case BLOCK_INTERFACE:
    case BLOCK_NAME_RESOLUTION:
    case BLOCK_STATISTICS:
    case BLOCK_SECRETS:
      return true;
  }
  return false;
}
