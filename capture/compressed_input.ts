/**
 * The compressed side of decompression: buffered bytes, and how damage is told.
 *
 * @module
 */
import type { ByteSource } from "../core/source.ts";

/** Bytes of compressed data buffered at first. */
export const INPUT_BYTES: number = 256 * 1024;

/** Something wrong with compressed data; becomes a `CaptureFormatError` with the source's name. */
export class Damage extends Error {
  /** Name of the class. */
  override readonly name: string = "Damage";
}

/** The compressed bytes, buffered so that headers can be looked at. */
export class Input {
  readonly #source: ByteSource;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(INPUT_BYTES);
  #pos = 0;
  #end = 0;
  #base = 0;
  #ended = false;

  /** Reads from a source. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Offset of the next byte in the compressed data. */
  get offset(): number {
    return this.#base + this.#pos;
  }

  /** Waits for so many bytes; whether they came. */
  async have(count: number): Promise<boolean> {
    while (this.#end - this.#pos < count) {
      if (this.#ended) return false;
      if (this.#pos > 0) {
        this.#buffer.copyWithin(0, this.#pos, this.#end);
        this.#base += this.#pos;
        this.#end -= this.#pos;
        this.#pos = 0;
      }
      if (this.#end === this.#buffer.length) {
        const larger = new Uint8Array(this.#buffer.length * 2);
        larger.set(this.#buffer);
        this.#buffer = larger;
      }
      const got = await this.#source.read(this.#buffer.subarray(this.#end));
      if (got === null) this.#ended = true;
      else this.#end += got;
    }
    return true;
  }

  /** Byte at a distance from the next. */
  byte(at: number): number {
    return this.#buffer[this.#pos + at];
  }

  /** Little-endian number at a distance from the next byte. */
  u16(at: number): number {
    return this.byte(at) | this.byte(at + 1) << 8;
  }

  /** Little-endian number at a distance from the next byte. */
  u32(at: number): number {
    return (this.u16(at) | this.u16(at + 2) << 16) >>> 0;
  }

  /** Takes bytes that are there; they are good until the next wait. */
  take(count: number): Uint8Array {
    const bytes = this.#buffer.subarray(this.#pos, this.#pos + count);
    this.#pos += count;
    return bytes;
  }

  /** Looks at the bytes that are there, at most so many. */
  peekUpTo(count: number): Uint8Array {
    return this.#buffer.subarray(this.#pos, Math.min(this.#end, this.#pos + count));
  }

  /** Takes the bytes that are there, at most so many. */
  takeUpTo(count: number): Uint8Array {
    return this.take(Math.min(count, this.#end - this.#pos));
  }

  /** Passes over so many bytes; whether they were there. */
  async skip(count: number): Promise<boolean> {
    let left = count;
    while (left > 0) {
      if (!await this.have(1)) return false;
      left -= this.takeUpTo(left).length;
    }
    return true;
  }
}
