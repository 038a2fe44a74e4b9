/**
 * A plug-in: a protocol of one's own, another way into a known one, an engine, a framer and a format. Its default export
 * is all there is to it: nothing registers itself, and workers load it by its `module`.
 *
 * ```sh
 * deno run -A cli.ts capture.pcap --plugin ./examples/acme_plugin.ts -f acme-lines -E audited
 * deno run -A cli.ts fields capture.pcap --plugin ./examples/acme_plugin.ts -e acme.name -e acme.urgent
 * deno run -A cli.ts convert acme.log capture.pcap --plugin ./examples/acme_plugin.ts
 * ```
 *
 * @module
 */
import {
  type ByteSource,
  CaptureFormatError,
  type Engine,
  type Format,
  type Framer,
  Packet,
  pcapFramer,
  PcapWriter,
  type Plugin,
  type Protocol,
  streamSource,
} from "@pcapkit/pcapkit";
import { LAYER, PACKET_BYTES_MAX, protocol, text, u16, u8 } from "@pcapkit/pcapkit/core";
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

/** The first line of Acme's logs. */
const MAGIC = "acme-log 1\n";
/** A line: seconds since 1970, nanoseconds, the frame in hexadecimal. */
const LINE = /^(\d{1,10})\.(\d{9}) ((?:[0-9a-f]{2})*)$/;

/** Acme's logs: how frames come from a format of one's own. It is turned into pcap on the way, which is cut as any other. */
const log: Framer = {
  name: "acme-log",
  title: "Acme's logs: a line a frame, its time and its bytes in hexadecimal",
  detect: (head) => new TextDecoder().decode(head.subarray(0, MAGIC.length)) === MAGIC,
  open: (source, options) => pcapFramer.open(streamSource(pcapOf(source), source.name), options),
};

/** The log as a pcap file, as far as it has come whenever it is asked for more. */
async function* pcapOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  await using log = source;
  const room = new Uint8Array(65536), decoder = new TextDecoder("latin1");
  const made: Uint8Array[] = [];
  const writer = new PcapWriter({ write: (bytes) => void made.push(bytes.slice()) }, {
    linkType: 1,
    precision: "nanoseconds",
  });
  const bad = (at: number, why: string): CaptureFormatError =>
    new CaptureFormatError("E_TRUNCATED_RECORD", log.name, at, why);
  let rest = "", offset = 0;
  for (;;) {
    const count = await log.read(room);
    if (count === null) break;
    const lines = (rest + decoder.decode(room.subarray(0, count))).split("\n");
    rest = lines.pop()!;
    let fault: CaptureFormatError | undefined;
    for (const line of lines) {
      const [, seconds, nanoseconds, hex] = LINE.exec(line) ?? [];
      if (hex !== undefined) {
        await writer.writeFrame({
          seconds: Number(seconds),
          nanoseconds: Number(nanoseconds),
          data: Uint8Array.fromHex(hex),
        });
      } else if (offset > 0) {
        fault = bad(offset, "no line of a log");
        break;
      }
      offset += line.length + 1;
    }
    await writer.flush();
    yield* made.splice(0);
    // What came before it is delivered first.
    if (fault !== undefined) throw fault;
    if (rest.length > 2 * PACKET_BYTES_MAX + 32) throw bad(offset, "a line without an end");
  }
  if (rest !== "") throw bad(offset, "the file ends within a line");
}

const plugin: Plugin = {
  name: "acme",
  module: import.meta.url,
  protocols: [acme],
  // Acme also travels over TCP in some places.
  bindings: [{ table: "tcp.port", key: 9998, protocol: "acme" }],
  engines: [audited],
  framers: [log],
  formats: [lines],
};
export default plugin;
