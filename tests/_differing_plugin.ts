/** A plug-in for tests: engines that differ from `default`, each in its way. */
import type { FrameBatch } from "../core/batch.ts";
import { LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import type { Engine, EngineContext, PacketBatch, Plugin } from "../core/engine.ts";
import { builtin } from "../engines/builtin.ts";

/** The engine `name`: `default`, with its frames changed before and its packets after. */
function engine(
  name: string,
  before: (frames: FrameBatch) => FrameBatch,
  after: (packets: PacketBatch, context: EngineContext) => PacketBatch = (p) => p,
): Engine {
  return {
    name,
    title: "differs on purpose",
    capabilities: builtin.capabilities,
    async start(context) {
      const inner = await builtin.start(context);
      return {
        dissect: async (frames) => after(await inner.dissect(before(frames)), context),
        [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
      };
    },
  };
}

/** The frames, their IPv4 behind Ethernet with another time to live where the number is asked for. */
function aged(frames: FrameBatch, is: (number: number) => boolean): FrameBatch {
  const bytes = frames.bytes.slice();
  for (let i = 0; i < frames.count; i++) {
    const at = frames.starts[i];
    if (is(frames.firstNumber + i) && bytes[at + 12] === 8 && bytes[at + 13] === 0) {
      bytes[at + 22] ^= 0x80;
    }
  }
  return { ...frames, bytes };
}

/** The packets without the last layer of each whose number is asked for. */
function cut(packets: PacketBatch, is: (number: number) => boolean): PacketBatch {
  const { frames } = packets;
  const layers: number[] = [], firstLayer = new Uint32Array(frames.count + 1);
  for (let i = 0; i < frames.count; i++) {
    const end = packets.firstLayer[i + 1] - (is(frames.firstNumber + i) ? LAYER : 0);
    layers.push(...packets.layers.subarray(packets.firstLayer[i], end));
    firstLayer[i + 1] = layers.length;
  }
  return { ...packets, layers: Int32Array.from(layers), firstLayer };
}

const plugin: Plugin = {
  name: "differing",
  module: import.meta.url,
  engines: [
    engine("aged", (frames) => aged(frames, (n) => n === 36 || n === 40)),
    engine("ageless", (frames) => aged(frames, () => true)),
    engine("cut", (frames) => frames, (packets) => cut(packets, (n) => n === 18)),
    engine("swapped", (frames) => frames, (packets, { catalogue }) => {
      // Whatever is TCP passes for UDP.
      const tcp = catalogue.idOf("tcp"), udp = catalogue.idOf("udp");
      const layers = packets.layers.slice();
      for (let r = 0; r < layers.length; r += LAYER) {
        if ((layers[r] & PROTOCOL_MASK) === tcp && !catalogue.isAbsent(udp)) layers[r] = udp;
      }
      return { ...packets, layers };
    }),
    engine("failing", (frames) => {
      if (frames.sequence > 0) throw new Error("enough of this");
      return frames;
    }),
  ],
};
export default plugin;
