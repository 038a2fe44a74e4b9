/**
 * pcapkit reads, writes and dissects packet captures: pcap and pcapng in every variant, compressed or not, live files
 * and pipes; Ethernet to DNS and HTTP, every field by Wireshark's name; reports as JSON, CSV, property lists, text.
 *
 * Three ways in: {@linkcode open} for packets one by one, {@linkcode extract} for reports, {@linkcode craft} for packets
 * of your own. The words to declare a protocol with, and what else a plug-in is made of, are in `@pcapkit/pcapkit/core`.
 *
 * @example Look at packets
 * ```ts
 * import { dns, open, tcp } from "@pcapkit/pcapkit";
 *
 * for await (const packet of open("tests/captures/sample.pcap")) {
 *   if (packet.get(tcp)?.dstPort === 80) console.info(packet.number, packet.chain);
 *   const name = packet.field("dns.qry.name");
 *   if (name !== undefined) console.info(packet.time, packet.get(dns)?.id, name);
 * }
 * ```
 *
 * @example Make a packet
 * ```ts
 * import { craft, eth, ip, udp } from "@pcapkit/pcapkit";
 *
 * const frame = craft(
 *   eth.of({ dst: "ff:ff:ff:ff:ff:ff" }),
 *   ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
 *   udp.of({ srcPort: 1000, dstPort: 2000 }),
 *   new TextEncoder().encode("hello"),
 * );
 * console.assert(frame.length === 47);
 * ```
 *
 * @module
 */
import type { CaptureInput } from "./capture/open.ts";
import type { Packet } from "./core/packet.ts";
import type { Extraction, ExtractOptions } from "./workers/extract.ts";
import { start } from "./workers/extract.ts";

export * from "./capture/mod.ts";
export type { BlockColumns, CaptureHeader, FrameBatch, InterfaceInfo } from "./core/batch.ts";
export type { Binding, Catalogue, Depth } from "./core/catalogue.ts";
export type {
  Asks,
  Availability,
  Capabilities,
  Dissector,
  Encoder,
  Engine,
  EngineContext,
  EngineItems,
  Format,
  FormatContext,
  PacketBatch,
  Plugin,
  StrategyOptions,
} from "./core/engine.ts";
export {
  CaptureFormatError,
  type CaptureWarning,
  EngineError,
  type EngineFailure,
  type ErrorCode,
  type WarningCode,
} from "./core/errors.ts";
export type { FieldInfo, Layer, ValueNames } from "./core/field.ts";
export { Issue, Kind } from "./core/items.ts";
export { type FieldOccurrence, Packet, type PacketIssue } from "./core/packet.ts";
export { craft, type Draftable, type Protocol } from "./core/protocol.ts";
export type { ByteSource, Framer, FrameSource, Framing, FramingOptions } from "./core/source.ts";
export { createKit, type Kit, loadKit } from "./kit.ts";
export * from "./protocols/mod.ts";
export {
  compareEngines,
  type CompareOptions,
  type EngineComparison,
  type EngineDifference,
} from "./workers/compare.ts";
export { extract, Extraction, type ExtractOptions } from "./workers/extract.ts";
export { STRATEGIES, type Strategy, strategyOf } from "./workers/strategies.ts";

/** What {@linkcode open} is told: as {@linkcode ExtractOptions}, without what concerns reports. */
export type OpenOptions = Pick<
  ExtractOptions,
  | "engine"
  | "engineOptions"
  | "framer"
  | "strategy"
  | "workers"
  | "layer"
  | "protocol"
  | "bufferSize"
  | "noEof"
  | "select"
  | "bpf"
  | "count"
  | "plugins"
  | "signal"
  | "onWarning"
>;

/** An opened capture: packets in order, once. */
export interface OpenedPackets extends AsyncIterable<Packet>, AsyncDisposable {
  /** The extraction behind it, with the capture's header and warnings; opens the capture if that was not done yet. */
  extraction(): Promise<Extraction>;
}

/**
 * Opens a capture for reading packet by packet: a path, `-` for standard input, bytes, a stream. Nothing is read before
 * the loop begins; leaving the loop closes the file.
 *
 * @throws {CaptureFormatError} If it is no capture, or is damaged; every packet before the damage was delivered.
 */
export function open(source: CaptureInput, options: OpenOptions = {}): OpenedPackets {
  let opened: Promise<Extraction> | undefined;
  const extraction = (): Promise<Extraction> =>
    opened ??= start({ ...options, fin: source, nofile: true, store: false, extension: false });
  return {
    extraction,
    async *[Symbol.asyncIterator](): AsyncGenerator<Packet> {
      yield* await extraction();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await (await opened)?.[Symbol.asyncDispose]();
    },
  };
}
