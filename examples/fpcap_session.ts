/**
 * fpcap-python's sessions in pcapkit: reading packets, one by one or in a loop, keeping them, writing them, and what
 * pcapng says besides. Nothing native is loaded; the file may be pcap or pcapng, of either byte order, compressed or not.
 *
 * ```sh
 * deno run --allow-read=tests/captures --allow-write=copy.pcapng examples/fpcap_session.ts \
 *   tests/captures/sample.pcapng copy.pcapng
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import {
  batchBlocks,
  createPcapFile,
  createPcapngFile,
  open,
  openCapture,
  type Packet,
  type WriteLoss,
} from "@pcapkit/pcapkit";

const [input, output] = Deno.args;
if (input === undefined || output === undefined) {
  console.error("usage: fpcap_session.ts INPUT OUTPUT");
  Deno.exit(2);
}

/** A time in seconds, exactly. */
function seconds(packet: Packet): string {
  if (packet.time === undefined) return "-";
  return `${packet.time / 1_000_000_000n}.${String(packet.time % 1_000_000_000n).padStart(9, "0")}`;
}

// for packet in fpcap.PacketReader(input): ts, length, capture_length, data_link_type, interface_index
let shown = 0;
for await (const packet of open(input)) {
  if (shown++ === 3) break;
  const { length, capturedLength, linkType, interface: device } = packet;
  console.log(
    `ts=${seconds(packet)} len=${length} caplen=${capturedLength} DLT=${linkType} ` +
      `interface=${device?.name ?? device?.id}`,
  );
}

// while not reader.is_exhausted(): packet = reader.next_packet()
const reader = open(input)[Symbol.asyncIterator]();
const first = await reader.next();
console.log(`first: ${first.done === true ? "none" : first.value.chain}`);
await reader.return?.();

// packets = list(reader); del reader: what is undefined behaviour there is safe here. `keep()` makes a packet independent
// of the buffer it was read into; without it, a packet keeps that buffer alive.
const kept: Packet[] = [];
for await (const packet of open(input)) kept.push(packet.keep());
console.log(`kept: ${kept.length} packets, ${kept.reduce((n, p) => n + p.bytes.length, 0)} bytes`);

// writer = fpcap.Writer.get_writer(output); writer.write(packet) for each packet. Here whole batches are written: link
// types, interfaces, nanoseconds and, in pcapng, comments and all other blocks come along.
{
  await using capture = await openCapture(input);
  const { header } = capture;
  const onLoss = ({ reason }: WriteLoss): void => console.log(`not kept: ${reason}`);
  await using writer = /\.pcapng(\.|$)/.test(output)
    ? await createPcapngFile(output, { onLoss })
    : await createPcapFile(output, header.format === "pcap" ? { header, onLoss } : { onLoss });
  for await (const batch of capture) await writer.write(batch);
}
console.log(`written: ${output}`);

// reader.get_comment(), get_os(), get_hardware(), get_user_application(), get_trace_interfaces()
{
  await using capture = await openCapture(input);
  console.log(`format: ${capture.header.format}`);
  for await (const batch of capture) {
    for (const { block } of batchBlocks(batch)) {
      if (block.kind !== "section") continue;
      for (const option of block.options) {
        if ("value" in option) console.log(`${option.name}: ${option.value}`);
      }
    }
    for (const { name, linkType } of batch.interfaces) {
      console.log(`interface: ${name ?? "unnamed"} (DLT=${linkType})`);
    }
    break;
  }
}
