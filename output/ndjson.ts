/**
 * NDJSON: one line a packet, all fields by Wireshark's abbreviations, each a list of its values in the packet's order.
 *
 * @module
 */
import { frameNumber } from "../core/batch.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, Format, PacketBatch } from "../core/engine.ts";
import { FIELD_MASK, ITEM } from "../core/items.ts";
import { TextWriter } from "../core/text_writer.ts";
import { withWebAssembly } from "../core/webassembly.ts";
import { Kernel } from "./kernel/kernel.ts";
import { KeyOrder, MORE } from "./_keys.ts";
import { writeJson } from "./_values.ts";
import { loadWanted } from "./_wanted.ts";

const NOTHING = new Uint8Array(0);

/** Starts it: see `formats.ts`. With the option `kernel: false`, without the kernel. */
export const start: Format["start"] = async ({ catalogue, options }) => {
  const fields = options.fields as readonly string[] | undefined;
  await loadWanted(catalogue, fields ?? [], "write");
  const wanted = fields && new Set(fields);
  const kernel = options.kernel === false
    ? undefined
    : withWebAssembly(() => new Kernel(catalogue, wanted));
  return kernel ? new KernelEncoder(kernel) : new PlainEncoder(catalogue, wanted);
};

/** Writes by the kernel. */
class KernelEncoder implements Encoder {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }
  head(): Uint8Array {
    return NOTHING;
  }
  tail(): Uint8Array {
    return NOTHING;
  }
  encode(batch: PacketBatch): Uint8Array {
    return this.#kernel.write(batch);
  }
}

/** Writes value by value: what the kernel must do as well, and what does it where there is none. */
class PlainEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #emitter: Emitter;
  readonly #order: KeyOrder;
  readonly #out = new TextWriter(1 << 18);

  constructor(catalogue: Catalogue, wanted: ReadonlySet<string> | undefined) {
    this.#catalogue = catalogue;
    this.#emitter = new Emitter(catalogue, wanted);
    this.#order = new KeyOrder(catalogue, wanted);
  }
  head(): Uint8Array {
    return NOTHING;
  }
  tail(): Uint8Array {
    return NOTHING;
  }
  encode(batch: PacketBatch): Uint8Array {
    const out = this.#out, { frames } = batch;
    out.clear();
    this.#order.learn();
    for (let i = 0; i < frames.count; i++) {
      const items = this.#emitter.packet(batch, i), { rows } = items, { fields } = this.#catalogue;
      const values = this.#order.put(rows, items.used / ITEM), { order } = this.#order;
      out.ascii('{"frame":');
      out.number(frameNumber(frames, i));
      out.ascii(',"fields":{');
      for (let k = 0; k < values; k++) {
        const p = (order[k] & ~MORE) * ITEM, info = fields[rows[p] & FIELD_MASK];
        if ((order[k] & MORE) !== 0) out.ascii(",");
        else out.utf8(`${k === 0 ? "" : "],"}${JSON.stringify(info.abbrev)}:[`);
        writeJson(out, items, p, info);
      }
      out.ascii(values === 0 ? "}}\n" : "]}}\n");
    }
    return out.written();
  }
}
