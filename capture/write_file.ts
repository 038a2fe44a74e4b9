/**
 * Writing captures to files; Deno only.
 *
 * @module
 */
import type { CaptureHeader } from "../core/batch.ts";
import { CaptureFormatError } from "../core/errors.ts";
import { fileSink, type FileSinkOptions } from "./file_sink.ts";
import { fileSource } from "./file_source.ts";
import { detectCompression } from "./formats.ts";
import { pcapFramer } from "./pcap.ts";
import { pcapngFramer } from "./pcapng.ts";
import type { ByteSink } from "./sink.ts";
import { PcapngWriter, type PcapngWriterOptions } from "./write_pcapng.ts";
import { PcapWriter, type PcapWriterOptions } from "./write_pcap.ts";

/** How a file is opened for writing. */
export interface WriteFileOptions extends FileSinkOptions {
  /** Add to an existing file of the same format instead of replacing it; one that does not exist or is empty is created. */
  readonly append?: boolean;
  /** Compress; by default by the name's end: `.gz` or `.zst`. */
  readonly compression?: "gzip" | "zstd" | "none";
}

/**
 * Opens a pcap file for writing; `-` is standard output. It is whole once the writer is disposed of.
 *
 * @example The packets that a program chooses
 * ```ts
 * import { createPcapFile, open } from "@pcapkit/pcapkit";
 *
 * const path = await Deno.makeTempFile({ suffix: ".pcap.gz" });
 * await using writer = await createPcapFile(path, { linkType: 1, precision: "nanoseconds" });
 * for await (const { bytes, length, time, issues } of open("tests/captures/sample.pcap")) {
 *   if (issues.length > 0) continue;
 *   await writer.writeFrame({ data: bytes, time, wireLength: length });
 * }
 * ```
 *
 * @throws {CaptureFormatError} If a file to append to cannot be read, or is no pcap file.
 * @throws {TypeError} If a file to append to has other properties than are wanted.
 * @throws {Error} If the file cannot be opened: `Cannot write "..."`, with the reason.
 */
export async function createPcapFile(
  path: string,
  options: PcapWriterOptions & WriteFileOptions = {},
): Promise<PcapWriter> {
  const header = options.append === true ? await existingHeader(path, "pcap") : undefined;
  if (header !== undefined) checkSame(path, header, options);
  const sink = await openSink(path, options);
  return new PcapWriter(sink, {
    ...options,
    append: header !== undefined,
    ...(header && { header }),
  });
}

/**
 * Opens a pcapng file for writing; `-` is standard output. What is appended becomes a section of its own.
 *
 * @throws {CaptureFormatError} If a file to append to cannot be read, or is no pcapng file.
 * @throws {Error} If the file cannot be opened: `Cannot write "..."`, with the reason.
 */
export async function createPcapngFile(
  path: string,
  options: PcapngWriterOptions & WriteFileOptions = {},
): Promise<PcapngWriter> {
  if (options.append === true) await existingHeader(path, "pcapng");
  return new PcapngWriter(await openSink(path, options), options);
}

async function openSink(path: string, options: WriteFileOptions): Promise<ByteSink> {
  const compression = options.compression ??
    (path.endsWith(".gz") ? "gzip" : path.endsWith(".zst") ? "zstd" : "none");
  if (compression === "none") return fileSink(path, options);
  const { compressedSink } = await import("./compress.ts");
  return compressedSink(fileSink(path, options), compression);
}

/** Header of a file to append to; `undefined` if it is empty or does not exist. */
async function existingHeader(path: string, format: string): Promise<CaptureHeader | undefined> {
  let size: number;
  try {
    size = Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new CaptureFormatError("E_IO", path, undefined, message(error), { cause: error });
  }
  if (size === 0) return undefined;
  await using source = await fileSource(path);
  const head = new Uint8Array(4);
  await source.read(head);
  if (detectCompression(head) !== undefined) {
    // Its header is inside; a further member or frame can be added all the same.
    const { openCapture } = await import("./open.ts");
    await using capture = await openCapture(path);
    return sameFormat(path, capture.header, format);
  }
  const framer = format === "pcap" ? pcapFramer : pcapngFramer;
  if (!framer.detect(head)) {
    throw new CaptureFormatError(
      "E_UNKNOWN_FORMAT",
      path,
      0,
      `no ${format} file, so ${format} cannot be appended to it`,
    );
  }
  await using framing = await framer.open(await fileSource(path), {});
  return framing.header;
}

function sameFormat(path: string, header: CaptureHeader, format: string): CaptureHeader {
  if (header.format === format) return header;
  throw new CaptureFormatError(
    "E_UNKNOWN_FORMAT",
    path,
    0,
    `a ${header.format} file, so ${format} cannot be appended to it`,
  );
}

/** Refuses to append with options that the existing file's header contradicts. */
function checkSame(path: string, header: CaptureHeader, options: PcapWriterOptions): void {
  const wanted = options.header ?? options;
  for (const key of ["linkType", "precision", "littleEndian", "snapLength"] as const) {
    if (wanted[key] !== undefined && wanted[key] !== header[key]) {
      throw new TypeError(
        `Cannot append to "${path}": its ${key} is ${header[key]}, and ${wanted[key]} is wanted`,
      );
    }
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
