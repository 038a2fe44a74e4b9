/**
 * The job `layers`, in this process: what an engine costs before anything is reported.
 *
 * @module
 */
import { openCapture } from "../capture/open.ts";
import { LAYER } from "../core/catalogue.ts";
import { frameMemory } from "../core/frame_memory.ts";
import type { Kit } from "../kit.ts";
import { prepare } from "../workers/job.ts";

/** How many packets, and layers in them, an engine finds in a file. */
export async function countLayers(
  path: string,
  kit: Kit,
  options: { readonly engine?: string; readonly framer?: string } = {},
): Promise<{ readonly packets: number; readonly layers: number }> {
  const { engine = "default", framer } = options;
  await using work = await prepare({ engine: { name: engine }, reuse: true }, kit);
  const memory = await frameMemory();
  await using capture = await openCapture(path, {
    framers: [...kit.framers.values()],
    reuse: "next",
    ...(memory === undefined ? {} : { allocate: memory.allocate }),
    ...(framer === undefined ? {} : { framer }),
  });
  let packets = 0;
  let layers = 0;
  for await (const frames of capture) {
    const dissecting = work.dissect(frames);
    const found = dissecting instanceof Promise ? await dissecting : dissecting;
    packets += frames.count;
    layers += found.firstLayer[frames.count] / LAYER;
  }
  return { packets, layers };
}
