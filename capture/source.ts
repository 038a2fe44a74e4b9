/**
 * Sources of bytes that need nothing but the language: bytes in memory, and streams.
 *
 * @module
 */
import { CaptureFormatError } from "../core/errors.ts";
import type { ByteSource } from "../core/source.ts";

/** Reads from bytes in memory. The bytes are not copied beforehand and must not change while they are read. */
export function bytesSource(bytes: Uint8Array, name = "bytes"): ByteSource {
  let at = 0;
  return {
    name,
    size: bytes.length,
    read(into: Uint8Array): number | null {
      if (at >= bytes.length) return null;
      const count = Math.min(into.length, bytes.length - at);
      into.set(bytes.subarray(at, at + count));
      at += count;
      return count;
    },
    [Symbol.asyncDispose](): Promise<void> {
      at = bytes.length;
      return Promise.resolve();
    },
  };
}

/** Reads from a stream of chunks, whatever their sizes. Disposing of it cancels the stream. */
export function streamSource(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  name = "stream",
): ByteSource {
  return stream instanceof ReadableStream
    ? new ChunkSource(name, new ReaderChunks(stream.getReader()))
    : new ChunkSource(name, new IteratorChunks(stream[Symbol.asyncIterator]()));
}

/** Where a {@linkcode ChunkSource} gets its chunks. */
interface Chunks {
  /** The next chunk, `undefined` at the end. */
  next(): Promise<unknown>;
  /** Ends it early. */
  cancel(): Promise<void>;
}

class ReaderChunks implements Chunks {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }
  async next(): Promise<unknown> {
    return (await this.#reader.read()).value;
  }
  async cancel(): Promise<void> {
    try {
      await this.#reader.cancel();
    } catch {
      // A stream that failed rejects its own cancellation with the failure, which was reported when it was read.
    }
    this.#reader.releaseLock();
  }
}

class IteratorChunks implements Chunks {
  readonly #iterator: AsyncIterator<Uint8Array>;
  constructor(iterator: AsyncIterator<Uint8Array>) {
    this.#iterator = iterator;
  }
  async next(): Promise<unknown> {
    const result = await this.#iterator.next();
    return result.done === true ? undefined : result.value;
  }
  async cancel(): Promise<void> {
    await this.#iterator.return?.();
  }
}

class ChunkSource implements ByteSource {
  readonly name: string;
  readonly #chunks: Chunks;
  #chunk: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(name: string, chunks: Chunks) {
    this.name = name;
    this.#chunks = chunks;
  }

  read(into: Uint8Array): number | null | Promise<number | null> {
    if (this.#chunk.length > 0) return this.#take(into);
    return this.#ended ? null : this.#pull(into);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chunk = new Uint8Array(0);
    if (this.#ended) return;
    this.#ended = true;
    await this.#chunks.cancel();
  }

  async #pull(into: Uint8Array): Promise<number | null> {
    for (;;) {
      let chunk: unknown;
      try {
        chunk = await this.#chunks.next();
      } catch (error) {
        this.#ended = true;
        throw error;
      }
      if (chunk === undefined || this.#ended) {
        this.#ended = true;
        return null;
      }
      if (!(chunk instanceof Uint8Array)) {
        throw new CaptureFormatError(
          "E_IO",
          this.name,
          undefined,
          "the stream gave something other than bytes (a Uint8Array)",
        );
      }
      if (chunk.length === 0) continue;
      this.#chunk = chunk;
      return this.#take(into);
    }
  }

  #take(into: Uint8Array): number {
    const count = Math.min(into.length, this.#chunk.length);
    into.set(this.#chunk.subarray(0, count));
    this.#chunk = this.#chunk.subarray(count);
    return count;
  }
}

/**
 * A source whose first bytes were read already, to see what it is: gives them again. If reading failed after them,
 * that failure comes after them again.
 */
export function prefixedSource(
  head: Uint8Array,
  rest: ByteSource,
  failure?: unknown,
): ByteSource {
  return new PrefixedSource(head, rest, failure);
}

class PrefixedSource implements ByteSource {
  readonly name: string;
  readonly size?: number;
  readonly #rest: ByteSource;
  readonly #failure: unknown;
  #head: Uint8Array;

  constructor(head: Uint8Array, rest: ByteSource, failure: unknown) {
    this.name = rest.name;
    if (rest.size !== undefined) this.size = rest.size;
    this.#head = head;
    this.#rest = rest;
    this.#failure = failure;
  }

  read(into: Uint8Array): number | null | Promise<number | null> {
    if (this.#head.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      return this.#rest.read(into);
    }
    const count = Math.min(into.length, this.#head.length);
    into.set(this.#head.subarray(0, count));
    this.#head = this.#head.subarray(count);
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rest[Symbol.asyncDispose]();
  }
}
