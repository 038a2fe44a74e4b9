/**
 * Undoing gzip (RFC 1952), zstd (RFC 8878) and lz4 frames, in a stream and in bounded memory. Members and frames may
 * follow one another in any number, as `cat`, bgzip and pzstd make them; skippable frames are skipped.
 *
 * Where a frame ends is found here, not left to the decoder: Node's zstd decoder stops silently after the first frame,
 * and at a damaged trailer its gzip decoder keeps back bytes that it has already decoded.
 *
 * @module
 */
import type * as Zlib from "node:zlib";
import { CaptureFormatError, type CaptureWarning } from "../core/errors.ts";
import type { ByteSource } from "../core/source.ts";
import { Damage, Input, INPUT_BYTES } from "./compressed_input.ts";
import { type Compression, GZIP_MAGIC, isSkippable, LZ4_MAGIC, ZSTD_MAGIC } from "./formats.ts";
import { lz4Frame } from "./lz4.ts";
import { streamSource } from "./source.ts";

/** Bytes of output a decoder collects before it hands them over. */
const OUTPUT_BYTES = 256 * 1024;
/**
 * Compressed bytes given to inflate at a time. When deflate data is damaged the decoder loses what it made of the bytes
 * of that one call, so they are few; fewer still would cost speed.
 */
const INFLATE_BYTES = 16 * 1024;

/** A source that undoes a compression, and what it found out on the way. */
export interface DecompressedSource extends ByteSource {
  /** The compression; `undefined` until the first bytes were read. */
  readonly compression: Compression | undefined;
  /** What was wrong with the compressed data, once it was met. */
  readonly failure: CaptureFormatError | undefined;
}

/** Undoes the compression of a source that starts with a gzip, zstd, lz4 or skippable frame. */
export function decompressedSource(
  source: ByteSource,
  warn: (warning: CaptureWarning) => void,
): DecompressedSource {
  return new Decompressor(source, warn);
}

class Decompressor implements DecompressedSource {
  readonly name: string;
  compression: Compression | undefined;
  failure: CaptureFormatError | undefined;
  readonly #source: ByteSource;
  readonly #input: Input;
  readonly #output: ByteSource;
  readonly #warn: (warning: CaptureWarning) => void;
  #zlib: typeof Zlib | undefined;
  /** Bytes made so far. */
  #made = 0;

  constructor(source: ByteSource, warn: (warning: CaptureWarning) => void) {
    this.name = source.name;
    this.#source = source;
    this.#warn = warn;
    this.#input = new Input(source);
    this.#output = streamSource(this.#chunks(), source.name);
  }

  read(into: Uint8Array): number | null | Promise<number | null> {
    return this.#output.read(into);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The source first: that ends a read the output may be waiting for.
    await this.#source[Symbol.asyncDispose]();
    await this.#output[Symbol.asyncDispose]();
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#frames()) {
        this.#made += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      this.failure = new CaptureFormatError(
        "E_DECOMPRESS",
        this.name,
        this.#made,
        `${this.compression ?? "compressed"} data damaged at its byte ${this.#input.offset}: ` +
          error.message,
        error.cause === undefined ? {} : { cause: error.cause },
      );
      throw this.failure;
    }
  }

  /** Frame after frame, of whatever compression. */
  async *#frames(): AsyncGenerator<Uint8Array> {
    const input = this.#input;
    for (let first = true;; first = false) {
      if (!await input.have(1)) return;
      const whole = await input.have(4);
      const magic = whole ? input.u32(0) : -1;
      if (await input.have(2) && input.u16(0) === GZIP_MAGIC) {
        this.compression ??= "gzip";
        yield* this.#gzipMember();
      } else if (magic === ZSTD_MAGIC) {
        this.compression ??= "zstd";
        yield* this.#zstdFrame();
      } else if (magic === LZ4_MAGIC) {
        this.compression ??= "lz4";
        yield* lz4Frame(input);
      } else if (whole && isSkippable(magic)) {
        if (!await input.have(8)) throw new Damage("a skippable frame is cut short");
        const length = input.u32(4);
        input.take(8);
        if (!await input.skip(length)) throw new Damage("a skippable frame is cut short");
      } else if (first) {
        throw new Damage("the first frame is cut short");
      } else {
        await this.#trailing();
        return;
      }
    }
  }

  /** What stands after the last frame: zeros pad, anything else is worth a word. */
  async #trailing(): Promise<void> {
    const input = this.#input;
    while (await input.have(1)) {
      if (input.takeUpTo(INPUT_BYTES).some((byte) => byte !== 0)) {
        this.#warn({
          code: "W_TRAILING_DATA",
          offset: this.#made,
          reason: `bytes after the end of the ${this.compression} data were ignored`,
        });
        return;
      }
    }
  }

  async *#gzipMember(): AsyncGenerator<Uint8Array> {
    const input = this.#input;
    const zlib = this.#zlib ??= await import("node:zlib");
    await gzipHeader(input);
    let crc = 0;
    let length = 0;
    const decoder = new NodeDecoder(zlib.createInflateRaw({ chunkSize: OUTPUT_BYTES }));
    try {
      for (;;) {
        if (!await input.have(1)) throw new Damage("it ends within a gzip member");
        const piece = input.peekUpTo(INFLATE_BYTES);
        for await (const chunk of decoder.decode(piece)) {
          crc = zlib.crc32(chunk, crc);
          length = (length + chunk.length) >>> 0;
          yield chunk;
        }
        const used = decoder.used;
        input.take(used);
        if (used < piece.length) break; // What is left is no longer deflate data.
      }
    } finally {
      decoder.close();
    }
    if (!await input.have(8)) throw new Damage("it ends within the trailer of a gzip member");
    const trailer = [input.u32(0), input.u32(4)];
    input.take(8);
    if (trailer[0] !== crc) throw new Damage("the checksum of a gzip member is wrong");
    if (trailer[1] !== length) throw new Damage("the length of a gzip member is wrong");
  }

  async *#zstdFrame(): AsyncGenerator<Uint8Array> {
    const input = this.#input;
    const zlib = this.#zlib ??= await import("node:zlib");
    const cut = "it ends within a zstd frame";
    if (!await input.have(5)) throw new Damage(cut);
    const descriptor = input.byte(4);
    const single = (descriptor & 0x20) !== 0;
    const contentSize = descriptor >> 6;
    const headerBytes = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3] +
      (contentSize === 0 ? (single ? 1 : 0) : 1 << contentSize);
    if (!await input.have(headerBytes)) throw new Damage(cut);
    const decoder = new NodeDecoder(zlib.createZstdDecompress({ chunkSize: OUTPUT_BYTES }));
    try {
      yield* decoder.decode(input.take(headerBytes));
      for (let last = false; !last;) {
        if (!await input.have(3)) throw new Damage(cut);
        const block = input.byte(0) | input.byte(1) << 8 | input.byte(2) << 16;
        last = (block & 1) !== 0;
        const kind = block >> 1 & 3;
        const size = kind === 1 ? 1 : block >> 3;
        if (kind === 3 || size > 128 * 1024) throw new Damage("a zstd block has a wrong header");
        if (!await input.have(3 + size)) throw new Damage(cut);
        yield* decoder.decode(input.take(3 + size));
      }
      if ((descriptor & 4) !== 0) {
        if (!await input.have(4)) throw new Damage(cut);
        yield* decoder.decode(input.take(4));
      }
    } finally {
      decoder.close();
    }
  }
}

/** Passes the header of a gzip member (RFC 1952 section 2.3). */
async function gzipHeader(input: Input): Promise<void> {
  const cut = "it ends within the header of a gzip member";
  if (!await input.have(10)) throw new Damage(cut);
  if (input.byte(2) !== 8) throw new Damage(`gzip method ${input.byte(2)} is not known`);
  const flags = input.byte(3);
  if ((flags & 0xe0) !== 0) throw new Damage("a gzip header has reserved flags set");
  input.take(10);
  if ((flags & 4) !== 0) {
    if (!await input.have(2)) throw new Damage(cut);
    const length = input.u16(0);
    input.take(2);
    if (!await input.skip(length)) throw new Damage(cut);
  }
  // A name and a comment, each up to a zero byte.
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    let byte: number;
    do {
      if (!await input.have(1)) throw new Damage(cut);
      byte = input.byte(0);
      input.take(1);
    } while (byte !== 0);
  }
  if ((flags & 2) !== 0 && !await input.skip(2)) throw new Damage(cut);
}

/** One of Node's decoders as an async generator, with its backpressure: what it made is taken before it goes on. */
class NodeDecoder {
  readonly #stream: Zlib.InflateRaw | Zlib.ZstdDecompress;
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  #written = 0;
  #usedBefore = 0;
  #ended = false;

  constructor(stream: Zlib.InflateRaw | Zlib.ZstdDecompress) {
    this.#stream = stream;
    const wake = () => this.#wake?.();
    stream.on("readable", wake);
    stream.on("end", () => {
      this.#ended = true;
      wake();
    });
    stream.on("close", wake);
    stream.on("error", (error: Error) => {
      this.#error ??= error;
      wake();
    });
  }

  /** Bytes of the last piece that belonged to the data. */
  get used(): number {
    return this.#stream.bytesWritten - this.#usedBefore;
  }

  /** Decodes a piece; it must not change until the generator is done. */
  async *decode(piece: Uint8Array): AsyncGenerator<Uint8Array> {
    const stream = this.#stream;
    this.#usedBefore = stream.bytesWritten;
    this.#written += piece.length;
    let done = false;
    stream.write(piece, () => {
      done = true;
      this.#wake?.();
    });
    for (;;) {
      const chunk: Uint8Array | null = stream.read();
      if (chunk !== null) {
        yield chunk;
        continue;
      }
      if (this.#error !== undefined) throw new Damage(this.#error.message, { cause: this.#error });
      if (done || this.#ended || stream.destroyed) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Frees it. */
  close(): void {
    this.#stream.destroy();
  }
}
