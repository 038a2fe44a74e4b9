/**
 * Counts packets and bytes with npm:pcap-parser alone, as a peer for the benchmarks.
 *
 * ```sh
 * deno run --allow-read bench/peers/frames_pcap_parser.ts mix.pcap
 * ```
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { parse } from "pcap-parser";

const [path] = Deno.args;
if (path === undefined) {
  // deno-lint-ignore no-console -- this is the program, not the library
  console.error("Usage: frames_pcap_parser.ts FILE");
  Deno.exit(2);
}
let packets = 0;
let bytes = 0;
const parser = parse(createReadStream(path, { highWaterMark: 1 << 20 }));
parser.on("packet", ({ header }: { header: { originalLength: number } }) => {
  packets++;
  bytes += header.originalLength;
});
parser.on("error", (error: Error) => {
  throw error;
});
// deno-lint-ignore no-console -- this is the program, not the library
parser.on("end", () => console.log(`${packets} ${bytes}`));
