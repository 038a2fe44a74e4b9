/**
 * pyshark's way of working with tshark: captures that are iterated, packets whose layers and fields are properties.
 *
 * Names are pyshark's. What is called with named arguments there takes an object here, and what waits answers a promise.
 *
 * @example
 * ```ts
 * import { FileCapture } from "@pcapkit/pcapkit/pyshark";
 *
 * await using capture = new FileCapture("tests/captures/http.pcap", { display_filter: "http" });
 * for await (const packet of capture) {
 *   console.info(packet.number, packet.ip.src, packet.tcp.dstport, packet.highest_layer);
 * }
 * ```
 *
 * @module
 */
export * from "./capture.ts";
export {
  type Layer,
  LayerField,
  type LayerMembers,
  type Packet,
  type PacketMembers,
  type PacketSummary,
} from "./packet.ts";
export { EngineError } from "../../core/errors.ts";
export type { EngineFailure } from "../../core/errors.ts";
