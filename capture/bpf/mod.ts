/**
 * Capture filters (pcap-filter(7)) over files and batches: compiled by libpcap, or by a `tcpdump` that may be run; run by
 * our own code, so that filtering costs no call into C for a packet and works in workers without FFI permission.
 *
 * @example Copy the packets of the web
 * ```ts
 * import { createPcapFile, openCapture } from "@pcapkit/pcapkit/capture";
 * import { filterCapture } from "@pcapkit/pcapkit/bpf";
 *
 * const file = await openCapture("tests/captures/sample.pcap", { reuse: true });
 * await using capture = await filterCapture(file, "tcp port 80");
 * const { header } = capture;
 * await using writer = await createPcapFile(`${await Deno.makeTempDir()}/web.pcap`, { header });
 * for await (const batch of capture) await writer.write(batch);
 * ```
 *
 * @example Filter where there is no libpcap, by a program compiled elsewhere
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 * import { FrameFilter, parseNumbers, rowsOf } from "@pcapkit/pcapkit/bpf";
 *
 * // As `tcpdump -ddd arp` prints it.
 * const instructions = rowsOf(parseNumbers("4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0"));
 * const program = { expression: "arp", linkType: 1, snapLength: 262_144, instructions };
 * const filter = new FrameFilter([program]);
 * await using capture = await openCapture("tests/captures/sample.pcap");
 * let packets = 0;
 * for await (const batch of capture) packets += filter.select(batch).count;
 * ```
 *
 * @module
 */
export { filterCapture } from "./capture.ts";
export { compileForFile, type CompileForFileOptions, compileForLinkType } from "./compile.ts";
export { type FilterOptions, FrameFilter } from "./filter.ts";
export {
  describeInstruction,
  describeProgram,
  parseNumbers,
  programAsC,
  programAsNumbers,
} from "./listing.ts";
export {
  type BpfInstruction,
  checkProgram,
  FilterProgramError,
  instructionsOf,
  OP,
  rowsOf,
  SCRATCH_WORDS,
} from "./program.ts";
export type { CompileOptions, FilterProgram } from "../libpcap/filter.ts";
export type { LibraryOptions } from "../libpcap/library.ts";
