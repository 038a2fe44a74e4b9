/** A plug-in for tools: a format that is two formats, one batch of each in turn, so that one run shows both. */
import type { Encoder, FormatContext, Plugin } from "../core/engine.ts";
import { ndjson } from "../output/ndjson.ts";
import { text } from "../output/text.ts";

/** The formats, in the order they are written. */
export const BOTH = [ndjson, text] as const;

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const plugin: Plugin = {
  name: "both",
  module: import.meta.url,
  formats: [{
    name: "both",
    title: BOTH.map((f) => f.name).join(" and "),
    extensions: ["both"],
    async start(context: FormatContext): Promise<Encoder> {
      const encoders = await Promise.all(BOTH.map((f) => f.start(context)));
      return {
        head: () => join(encoders.map((e) => e.head())),
        encode: (packets, first) => join(encoders.map((e) => e.encode(packets, first))),
        tail: () => join(encoders.map((e) => e.tail())),
      };
    },
  }],
};
export default plugin;
