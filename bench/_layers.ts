/**
 * Finding the layers of every packet of a pcap file, nothing more: what the built-in engine costs before anything is
 * reported.
 *
 * ```sh
 * deno run -A bench/_layers.ts FILE
 * ```
 *
 * @module
 */
import { openCapture } from "../capture/open.ts";
import { LAYER } from "../core/catalogue.ts";
import { createKit } from "../kit.ts";

const [path] = Deno.args;
if (path === undefined) {
  // deno-lint-ignore no-console -- this is the program, not the library
  console.error("Usage: _layers.ts FILE");
  Deno.exit(2);
}
const kit = createKit();
await using engine = await kit.engines.get("default")!.start({
  catalogue: kit.catalogue,
  options: {},
  reuse: true,
});
await using capture = await openCapture(path, { reuse: true });
let packets = 0;
let layers = 0;
for await (const frames of capture) {
  const dissecting = engine.dissect(frames);
  const found = dissecting instanceof Promise ? await dissecting : dissecting;
  packets += frames.count;
  layers += found.firstLayer[frames.count] / LAYER;
}
// deno-lint-ignore no-console -- this is the program, not the library
console.log(`${packets} ${layers}`);
