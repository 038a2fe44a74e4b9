/**
 * pcap: the frames again, as a capture file.
 *
 * From pcap, the file is written as it was read: header, byte order and precision stay. From anything else the file is
 * little-endian with nanoseconds, since a batch alone does not tell whether all times of the capture would fit
 * microseconds; its link type is that of the first interface.
 *
 * Options: `precision` (`nanoseconds` or `microseconds`) and `linkType`, for what is not read from pcap; `lossy` (`false`;
 * `true` drops what pcap cannot hold instead of failing).
 *
 * @module
 */
import type { CaptureHeader } from "../core/batch.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { PCAP_HEADER_BYTES } from "../capture/pcap.ts";
import { PcapWriter, type PcapWriterOptions } from "../capture/write_pcap.ts";
import { Collector } from "./_collector.ts";

const NOTHING = new Uint8Array(0);

/** Starts it: see `formats.ts`. */
export const start: Format["start"] = ({ header, options }) => new PcapEncoder(header, options);

class PcapEncoder implements Encoder {
  /** The header of the pcap file that is read, if it is one. */
  readonly #header: CaptureHeader | undefined;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #collector = new Collector();
  #writer: PcapWriter | undefined;

  constructor(header: CaptureHeader | undefined, options: Readonly<Record<string, unknown>>) {
    this.#header = header?.format === "pcap" ? header : undefined;
    this.#options = options;
  }
  head(): Uint8Array {
    return this.#header?.bytes ?? NOTHING;
  }
  tail(): Uint8Array {
    return NOTHING;
  }
  encode({ frames }: PacketBatch, first: boolean): Uint8Array {
    if (frames.count === 0) return NOTHING;
    const collector = this.#collector;
    const { precision = "nanoseconds", linkType, lossy } = this.#options;
    const started = this.#writer !== undefined;
    const losses: PcapWriterOptions = lossy === true ? { onLoss: () => {} } : {};
    this.#writer ??= new PcapWriter(
      collector,
      this.#header ? { ...losses, header: this.#header, append: true } : {
        ...losses,
        precision: precision as "nanoseconds" | "microseconds",
        linkType: linkType as number | undefined ?? frames.interfaces[0]?.linkType ??
          frames.linkTypes[0],
      },
    );
    const bytes = collector.take(this.#writer, frames);
    // Each thread's writer begins a file of its own; only the capture's first batch may have the header.
    return this.#header || started || first ? bytes : bytes.subarray(PCAP_HEADER_BYTES);
  }
}
