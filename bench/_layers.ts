/**
 * Finds the layers of every packet of a pcap file and prints packets and layers: what a program that counts flows or
 * looks for protocols would start with. No field is read and no text made.
 *
 * ```sh
 * deno run --allow-read bench/_layers.ts FILE
 * ```
 *
 * @module
 */
import { fileSource } from "../capture/file_source.ts";
import { pcapFramer } from "../capture/pcap.ts";
import { Catalogue, LAYER, Walker } from "../core/catalogue.ts";
import { ALL } from "../protocols/mod.ts";

/** Bytes of a batch: large enough that a batch costs nothing, small enough for the second-level cache. */
const BATCH_BYTES = 1 << 20;

const [path] = Deno.args;
if (path === undefined) {
  // deno-lint-ignore no-console -- this is the program, not the library
  console.error("Usage: _layers.ts FILE");
  Deno.exit(2);
}
const walker = new Walker(new Catalogue(ALL));
await using source = await fileSource(path);
const framing = await pcapFramer.open(source, { batchBytes: BATCH_BYTES, reuse: true });
let firstLayer = new Uint32Array(1 << 15);
let packets = 0;
let layers = 0;
for (;;) {
  const next = framing.next();
  const batch = next instanceof Promise ? await next : next;
  if (batch === undefined) break;
  if (firstLayer.length <= batch.count) firstLayer = new Uint32Array(batch.count + 1);
  walker.batch(batch, firstLayer);
  packets += batch.count;
  layers += walker.used / LAYER;
}
// deno-lint-ignore no-console -- this is the program, not the library
console.log(`${packets} ${layers}`);
