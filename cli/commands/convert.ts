/**
 * Writing a capture again: another format, precision, byte order or compression.
 *
 * @module
 */
import { findInput, sameFile } from "../../capture/file_source.ts";
import { PCAP_MAGIC_MODIFIED } from "../../capture/pcap.ts";
import type { WriteLoss } from "../../capture/sink.ts";
import { createPcapFile, createPcapngFile } from "../../capture/write_file.ts";
import type { PcapWriterOptions } from "../../capture/write_pcap.ts";
import { type CaptureHeader, firstFrames } from "../../core/batch.ts";
import { type Args, UsageError } from "../flags.ts";
import { breather, interruption, progress, say, sizeOf, WarningPrinter } from "../io.ts";
import { openQuietly, selectionOf } from "../reading.ts";

/** Units of time stamps. */
type Precision = "microseconds" | "nanoseconds";

/** Converts. Without `--lossy`, what the new format cannot hold is an error, and nothing is lost in silence. */
export async function convertCommand(args: Args): Promise<number> {
  const input = findInput(args.operands[0]), output = args.operands[1];
  if (sameFile(input, output)) throw new UsageError("input and output are the same file");
  const format = args.one("to") ?? formatOf(output);
  if (format === undefined) {
    throw new UsageError(
      `cannot tell the format from "${output}": give --to pcap or --to pcapng`,
    );
  }
  if (output.endsWith(".lz4")) {
    throw new UsageError("lz4 is read here, but not written: choose gzip (.gz) or zstd (.zst)");
  }
  if (format !== "pcap") {
    args.refuse(["precision"], "is for pcap; pcapng keeps that of each interface");
  }
  if (output === "-" && Deno.stdout.isTerminal()) {
    throw new UsageError("a capture is not for a terminal: name a file, or pipe it");
  }
  const select = selectionOf(args);
  using stop = interruption();
  const warnings = new WarningPrinter();
  await using capture = await openQuietly(args, input, stop.signal, warnings, {
    ...(args.has("follow") ? { follow: true } : {}),
    ...(select === undefined ? {} : { select }),
  });
  let lossy = false;
  const compression = args.one("compress") as "gzip" | "zstd" | "none" | undefined;
  const common = {
    ...(args.has("append") ? { append: true } : {}),
    ...(compression === undefined ? {} : { compression }),
    ...(args.has("lossy")
      ? {
        onLoss: (loss: WriteLoss) => {
          lossy = true;
          say(`pcapkit: not kept: ${loss.reason}`);
        },
      }
      : {}),
  };
  const order = args.one("byte-order");
  const little = order === undefined ? {} : { littleEndian: order === "little" };
  await using writer = format === "pcap"
    ? await createPcapFile(output, { ...common, ...pcapOptions(args, capture.header), ...little })
    : await createPcapngFile(output, { ...common, ...little });
  const bar = progress(select === undefined ? sizeOf(input) : 0, !args.has("no-progress"));
  const breathe = breather();
  let left = args.number("count") ?? Infinity, packets = 0, bytes = 0;
  try {
    for await (const batch of capture) {
      const part = firstFrames(batch, left);
      const more = writer.write(part);
      if (more) await more;
      left -= part.count;
      packets += part.count;
      bytes += batch.bytes.length;
      bar.update(packets, bytes);
      if (left <= 0 || stop.signal.aborted) break;
      const pause = breathe();
      if (pause) await pause;
    }
  } catch (error) {
    if (error instanceof TypeError && !args.has("lossy")) {
      throw new Error(error.message.replace("give onLoss to allow it", "--lossy allows it"), {
        cause: error,
      });
    }
    throw error;
  } finally {
    bar.stop();
    warnings.end();
  }
  if (stop.signal.aborted) return 130;
  return args.has("strict") && (warnings.count > 0 || lossy) ? 1 : 0;
}

function pcapOptions(args: Args, header: CaptureHeader): PcapWriterOptions {
  const precision = args.one("precision");
  // What is appended is written as the file's header says; a header that says otherwise than is asked for is refused.
  if (args.has("append") && precision === undefined) return {};
  if (header.format !== "pcap" || args.has("append")) {
    // pcapng's times need nanoseconds not to be cut.
    return precision === "modified"
      ? { modified: true }
      : { precision: precision as Precision ?? "nanoseconds" };
  }
  // From pcap to pcap everything stays as it was, but for what is asked for.
  if (precision === undefined && args.one("byte-order") === undefined) return { header };
  const { snapLength, linkType, fcsLength, littleEndian } = header;
  return {
    littleEndian,
    ...(precision === "modified" ||
        (precision === undefined && header.magic === PCAP_MAGIC_MODIFIED)
      ? { modified: true }
      : { precision: precision as Precision ?? header.precision }),
    ...(snapLength === undefined || snapLength === 0 ? {} : { snapLength }),
    ...(linkType === undefined ? {} : { linkType }),
    ...(fcsLength === undefined ? {} : { fcsLength }),
  };
}

function formatOf(output: string): "pcap" | "pcapng" | undefined {
  const name = output.replace(/\.(gz|zst)$/, "");
  return /\.pcapng$|\.ntar$/.test(name)
    ? "pcapng"
    : /\.(pcap|cap|dmp)$/.test(name)
    ? "pcap"
    : undefined;
}
