/**
 * The engines that ship, for plug-ins that wrap them and programs that run them themselves; and what is faster than an
 * engine where packets are only counted or chosen: columns of addresses, ports and lengths, and flows.
 *
 * @example Count the flows of a capture
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 * import { flowCounter } from "@pcapkit/pcapkit/engines";
 *
 * const flows = await flowCounter();
 * await using capture = await openCapture("tests/captures/sample.pcap", { reuse: true });
 * for await (const frames of capture) flows.add(frames);
 * console.log(`${flows.count} flows of ${flows.packets - flows.otherPackets} packets`);
 * ```
 *
 * @example Find the packets to a port
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 * import { decode, makeColumns } from "@pcapkit/pcapkit/engines";
 *
 * await using capture = await openCapture("tests/captures/sample.pcap");
 * for await (const frames of capture) {
 *   const columns = makeColumns(frames.count);
 *   decode(frames, columns);
 *   for (let i = 0; i < frames.count; i++) {
 *     if (columns.version[i] !== 0 && columns.dstPort[i] === 80) console.log(frames.firstNumber + i);
 *   }
 * }
 * ```
 *
 * @module
 */
export { builtin } from "./builtin.ts";
export {
  type Columns,
  decode,
  EXTENDED,
  LATER_PART,
  makeColumns,
  PART,
  TAGGED,
} from "./dpkt/columns.ts";
export { columnsOfRows } from "./dpkt/columns_of_rows.ts";
export {
  type Conversations,
  conversations,
  directions,
  SORT_KEYS,
  sorted,
} from "./dpkt/conversations.ts";
export { type FlowCounter, flowCounter } from "./dpkt/counter.ts";
export { dpkt } from "./dpkt/engine.ts";
export {
  BYTES,
  DST,
  ENTRY_WORDS,
  FIRST,
  type Flows,
  FlowTable,
  HASH,
  KIND,
  PACKETS,
  PORTS,
  SRC,
} from "./dpkt/flow_table.ts";
export { tshark } from "./tshark.ts";
export type { TsharkOptions } from "./tshark/options.ts";
