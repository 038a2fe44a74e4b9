/**
 * Compressing what is written: gzip and zstd, streaming.
 *
 * @module
 */
import { createGzip, createZstdCompress } from "node:zlib";
import type { ByteSink } from "./sink.ts";

/** A sink that compresses into another, which is closed with it. Each write waits until the other has taken what it made. */
export function compressedSink(sink: ByteSink, compression: "gzip" | "zstd"): ByteSink {
  const stream = compression === "gzip" ? createGzip() : createZstdCompress();
  let failure: unknown;
  // One after the other, in the order in which they were made.
  let taken: Promise<void> = Promise.resolve();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  stream.on("data", (chunk: Uint8Array) => {
    // Node may use the chunk's memory again.
    const bytes = chunk.slice();
    taken = taken.then(() => sink.write(bytes)).catch((error) => {
      failure ??= error;
    });
  });
  stream.on("error", (error: Error) => {
    failure ??= error;
    end();
  });
  stream.on("end", () => end());
  const check = async () => {
    await taken;
    if (failure !== undefined) throw failure;
  };
  return {
    async write(bytes: Uint8Array): Promise<void> {
      await check();
      await new Promise<void>((resolve) => {
        stream.once("close", resolve);
        stream.write(bytes, () => {
          stream.off("close", resolve);
          resolve();
        });
      });
      await check();
    },
    async close(): Promise<void> {
      try {
        stream.end();
        await ended;
        await check();
      } finally {
        stream.destroy();
        await sink.close?.();
      }
    },
  };
}
