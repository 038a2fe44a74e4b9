/**
 * Reading and writing capture files: pcap and pcapng, compressed or not, from files, pipes, streams and memory.
 *
 * @example Count the packets of a file
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 *
 * await using capture = await openCapture("example.pcapng.gz");
 * let packets = 0;
 * for await (const batch of capture) packets += batch.count;
 * ```
 *
 * @module
 */
export {
  type Capture,
  type CaptureInput,
  openCapture,
  type OpenCaptureOptions,
  WARNINGS_KEPT,
} from "./open.ts";
export { pcapFramer } from "./pcap.ts";
export { pcapngFramer } from "./pcapng.ts";
export { bytesSource, streamSource } from "./source.ts";
export { fileSource, type FileSourceOptions, stdinSource } from "./file_source.ts";
