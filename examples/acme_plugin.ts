/**
 * A plug-in: a protocol of one's own, another way into a known one, an engine and a format. Its default export is all
 * there is to it: nothing registers itself, and workers load it by its `module`.
 *
 * ```sh
 * deno run -A cli.ts capture.pcap --plugin ./examples/acme_plugin.ts -f acme-lines -E audited
 * deno run -A cli.ts fields capture.pcap --plugin ./examples/acme_plugin.ts -e acme.name -e acme.urgent
 * ```
 *
 * @module
 */
import {
  type Engine,
  type Format,
  LAYER,
  Packet,
  type Plugin,
  type Protocol,
  protocol,
  text,
  u16,
  u8,
} from "@pcapkit/pcapkit";
import { builtin } from "@pcapkit/pcapkit/engines";

/** Acme's header, as programs see it. */
export interface Acme {
  /** Version of the protocol. */
  readonly version: number;
  /** 1 if it cannot wait. */
  readonly urgent: number;
  /** Bytes of the name. */
  readonly nameLength: number;
  /** The name: what is left. */
  readonly name: string;
}

/** Acme over UDP port 9999: one declaration, from which decoding, encoding, names and types come. */
export const acme: Protocol<Acme> = protocol<Acme>({
  name: "acme",
  title: "Acme Protocol",
  label: "Acme",
  layer: "application",
  parents: { "udp.port": [9999] },
  fields: {
    version: u8("acme.version", "Version"),
    urgent: u8("acme.urgent", "Urgent", { values: { 0: "No", 1: "Yes" } }),
    nameLength: u16("acme.name_len", "Name Length"),
    name: text("acme.name", "Name"),
  },
  header: "rest",
});

/** The built-in engine, counting what it sees: how an engine wraps another. */
const audited: Engine = {
  name: "audited",
  title: "the built-in engine, which counts batches and packets",
  capabilities: { depth: "application", stateful: false, items: false },
  async start(context) {
    // The options are this engine's: the other has none.
    const inner = await builtin.start({ ...context, options: {} });
    let packets = 0;
    return {
      dissect(frames) {
        packets += frames.count;
        return inner.dissect(frames);
      },
      async [Symbol.asyncDispose]() {
        // deno-lint-ignore no-console
        if (context.options.tell) console.error(`${packets} packets were dissected`);
        await inner[Symbol.asyncDispose]();
      },
    };
  },
};

/** A line a packet: number, layers, and the name in it. */
const lines: Format = {
  name: "acme-lines",
  title: "number, layers, name",
  extensions: ["acme"],
  start({ catalogue }) {
    const encoder = new TextEncoder(), nothing = new Uint8Array(0);
    return {
      head: () => nothing,
      tail: () => nothing,
      encode(packets) {
        let out = "";
        for (let i = 0; i < packets.frames.count; i++) {
          const packet = new Packet(packets, i, catalogue);
          const layers = (packets.firstLayer[i + 1] - packets.firstLayer[i]) / LAYER;
          out += `${packet.number}\t${layers}\t${packet.get(acme)?.name ?? "-"}\n`;
        }
        return encoder.encode(out);
      },
    };
  },
};

const plugin: Plugin = {
  name: "acme",
  module: import.meta.url,
  protocols: [acme],
  // Acme also travels over TCP in some places.
  bindings: [{ table: "tcp.port", key: 9998, protocol: "acme" }],
  engines: [audited],
  formats: [lines],
};
export default plugin;
