/**
 * Reading and writing capture files: pcap and pcapng, compressed or not, from files, pipes, streams and memory.
 *
 * @example Count the packets of a file
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 *
 * await using capture = await openCapture("tests/captures/sample.pcapng");
 * let packets = 0;
 * for await (const batch of capture) packets += batch.count;
 * ```
 *
 * @example Turn any capture into pcapng
 * ```ts
 * import { createPcapngFile, openCapture } from "@pcapkit/pcapkit/capture";
 *
 * await using capture = await openCapture("tests/captures/sample.pcap");
 * await using writer = await createPcapngFile(`${await Deno.makeTempDir()}/copy.pcapng.zst`);
 * for await (const batch of capture) await writer.write(batch);
 * ```
 *
 * @module
 */
export type { BlockColumns, CaptureHeader, FrameBatch, InterfaceInfo } from "../core/batch.ts";
export {
  CaptureFormatError,
  type CaptureWarning,
  type ErrorCode,
  type WarningCode,
} from "../core/errors.ts";
export type { ByteSource, Framer, FrameSource, Framing, FramingOptions } from "../core/source.ts";
export {
  type Capture,
  type CaptureInput,
  openCapture,
  type OpenCaptureOptions,
  WARNINGS_KEPT,
} from "./open.ts";
export { pcapFramer } from "./pcap.ts";
export { pcapngFramer } from "./pcapng.ts";
export {
  type CaptureIndex,
  type ChunkStart,
  chunkStart,
  type Damage,
  damageError,
  type Definition,
  indexCapture,
  type IndexChunk,
  type IndexHead,
  indexHead,
  type IndexInput,
  joinRanges,
  type NoIndex,
  openChunk,
  resync,
  type Scan,
  type ScannedChunk,
  scanRange,
  type ScanRequest,
  type ScanResult,
  type Standing,
  type Tally,
} from "./capture_index.ts";
export {
  chunksFor,
  IndexedCapture,
  openIndexed,
  type OpenIndexedOptions,
  readChunk,
} from "./indexed_capture.ts";
export { FrameSelector, type Selection } from "./select.ts";
export { bytesSource, streamSource } from "./source.ts";
export { fileSource, type FileSourceOptions, stdinSource } from "./file_source.ts";
export * from "./blocks.ts";
export {
  type ByteSink,
  type FrameInput,
  type LossOptions,
  MemorySink,
  type WriteLoss,
} from "./sink.ts";
export { PcapWriter, type PcapWriterOptions } from "./write_pcap.ts";
export { PcapngWriter, type PcapngWriterOptions } from "./write_pcapng.ts";
export { type FileSink, fileSink, type FileSinkOptions } from "./file_sink.ts";
export { createPcapFile, createPcapngFile, type WriteFileOptions } from "./write_file.ts";
