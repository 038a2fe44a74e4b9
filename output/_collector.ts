/**
 * Between the writers of captures, which write to sinks when it suits them, and formats, which answer bytes at once.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";
import { TextWriter } from "../core/text_writer.ts";
import type { ByteSink } from "../capture/sink.ts";

/** A writer of captures. */
interface Writer {
  write(batch: FrameBatch): void | Promise<void>;
  flush(): Promise<void>;
}

/** A sink whose bytes can be had at once. */
export class Collector implements ByteSink {
  readonly #out = new TextWriter(1 << 16);

  /** Keeps a copy. Never makes the writer wait, so that it works through without a pause. */
  write(bytes: Uint8Array): void {
    this.#out.raw(bytes);
  }

  /** Lets `writer`, which writes to this, write a batch; answers its bytes, valid until the next call. */
  take(writer: Writer, batch: FrameBatch): Uint8Array {
    this.#out.clear();
    writer.write(batch);
    // With a sink that never waits, all is handed over before the promise is even returned.
    void writer.flush();
    return this.#out.written();
  }
}
