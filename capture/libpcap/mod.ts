/**
 * libpcap, through Deno's FFI: live capture, devices, filters, sending. libpcap is loaded when it is first needed;
 * importing this module needs no permission. What each part needs stands in docs/LIBPCAP.md.
 *
 * @example Capture, and stop after a second
 * ```ts ignore
 * import { live } from "@pcapkit/pcapkit/libpcap";
 *
 * const capture = live("eth0", { filter: "tcp port 443", durationMs: 1000 });
 * let bytes = 0;
 * for await (const batch of capture) {
 *   for (let i = 0; i < batch.count; i++) bytes += batch.wireLengths[i];
 * }
 * console.info(bytes, capture.stats());
 * ```
 *
 * @example Compile a filter
 * ```ts ignore
 * import { compileFilter } from "@pcapkit/pcapkit/libpcap";
 *
 * const { instructions } = compileFilter("tcp port 80", { linkType: 1 });
 * console.info(instructions.length / 4, "instructions");
 * ```
 *
 * @module
 */
export type {
  Backend,
  DeviceOptions,
  DeviceStats,
  Fanout,
  FanoutMode,
  LiveOptions,
  LiveStats,
  NamedDevice,
  StopReason,
} from "./_options.ts";
export {
  type Connection,
  defaultDevice,
  type Device,
  type DeviceAddress,
  type DeviceDetails,
  inspectDevice,
  listDevices,
  lookupNetwork,
} from "./devices.ts";
export {
  DeviceDownError,
  DevicePermissionError,
  FilterSyntaxError,
  FrameSizeError,
  LibpcapError,
  LibraryLoadError,
  NoSuchDeviceError,
  STATUS,
} from "./errors.ts";
export {
  compileFilter,
  type CompileOptions,
  filterLines,
  type FilterProgram,
  INSTRUCTION_NUMBERS,
  offlineFilter,
} from "./filter.ts";
export {
  type Direction,
  Dumper,
  type HandlePacket,
  type HandleStats,
  type LinkTypeInfo,
  PcapHandle,
  type Precision,
  type TimestampType,
} from "./handle.ts";
export {
  type FrameSupply,
  Injector,
  type InjectorOptions,
  type Pace,
  type ReplayOptions,
  type ReplayStats,
  type SendFailure,
  type SendStats,
} from "./inject.ts";
export { libraryCandidates, type LibraryOptions } from "./library.ts";
export { live, LiveCapture } from "./live.ts";
export * from "./names.ts";
