/**
 * pcapng: the frames again, as a capture file.
 *
 * From pcapng, the blocks are copied as they stand, those that are no packets included. From anything else it is one
 * section with the capture's interfaces.
 *
 * Options: `lossy` (`false`; `true` drops what pcapng cannot hold, such as what modified pcap adds, instead of failing).
 *
 * @module
 */
import { type FrameBatch, noFrames } from "../core/batch.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { TextWriter } from "../core/text_writer.ts";
import { PcapngWriter } from "../capture/write_pcapng.ts";
import { Collector } from "./_collector.ts";

const NOTHING = new Uint8Array(0);

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = ({ header, options }) =>
  new PcapngEncoder(header?.format === "pcapng", options);

class PcapngEncoder implements Encoder {
  readonly #copies: boolean;
  readonly #lossy: boolean;
  readonly #collector = new Collector();
  readonly #out = new TextWriter(1 << 16);
  #writer: PcapngWriter | undefined;

  constructor(copies: boolean, options: Readonly<Record<string, unknown>>) {
    this.#copies = copies;
    this.#lossy = options.lossy === true;
  }

  head(): Uint8Array {
    // A copy brings its section header with its first batch.
    if (this.#copies) return NOTHING;
    const collector = new Collector();
    return collector.take(new PcapngWriter(collector), noFrames()).slice();
  }
  tail(): Uint8Array {
    return NOTHING;
  }

  encode({ frames }: PacketBatch, first: boolean): Uint8Array {
    if (frames.optionStarts !== undefined) return this.#copy(frames);
    if (frames.count === 0) return NOTHING;
    const collector = this.#collector;
    if (this.#writer) return collector.take(this.#writer, frames);
    // Each thread's writer begins a file of its own. The section header is the head's, and the interfaces go before
    // the capture's first batch only.
    this.#writer = new PcapngWriter(collector, this.#lossy ? { onLoss: () => {} } : {});
    collector.take(this.#writer, noFrames());
    const out = this.#out;
    out.clear();
    const interfaces = collector.take(this.#writer, { ...frames, count: 0 });
    if (first) out.raw(interfaces);
    out.raw(collector.take(this.#writer, frames));
    return out.written();
  }

  /** Records and the blocks between them, as they stand in the file. */
  #copy(frames: FrameBatch): Uint8Array {
    const out = this.#out;
    out.clear();
    const { bytes, blocks, count, recordStarts, recordLengths } = frames;
    const others = blocks?.count ?? 0;
    let from = 0;
    let to = 0;
    const add = (start: number, length: number): void => {
      // What stands together is copied as one.
      if (start !== to) {
        out.raw(bytes, from, to);
        from = start;
      }
      to = start + length;
    };
    let b = 0;
    for (let i = 0; i <= count; i++) {
      for (; b < others && blocks!.before[b] <= i; b++) add(blocks!.starts[b], blocks!.lengths[b]);
      if (i < count) add(recordStarts[i], recordLengths[i]);
    }
    out.raw(bytes, from, to);
    return out.written();
  }
}
