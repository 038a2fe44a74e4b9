/**
 * libpcap, through Deno's FFI: filters, devices, live capture, sending. libpcap is loaded when it is first needed;
 * importing this module needs no permission. What each part needs stands in docs/LIBPCAP.md.
 *
 * @example Compile a filter
 * ```ts
 * import { compileFilter } from "@pcapkit/pcapkit/libpcap";
 *
 * const { instructions } = compileFilter("tcp port 80", { linkType: 1 });
 * console.info(instructions.length / 4, "instructions");
 * ```
 *
 * @module
 */
export {
  DeviceDownError,
  DevicePermissionError,
  FilterSyntaxError,
  LibpcapError,
  LibraryLoadError,
  NoSuchDeviceError,
  STATUS,
} from "./errors.ts";
export {
  compileFilter,
  type CompileOptions,
  type FilterProgram,
  INSTRUCTION_NUMBERS,
  offlineFilter,
} from "./filter.ts";
export { libraryCandidates, type LibraryOptions } from "./library.ts";
