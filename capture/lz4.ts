/**
 * Decoding lz4 frames (lz4 frame format 1.6) block by block: memory is bounded by the block size, at most 4 MiB.
 *
 * @module
 */
import { Damage, type Input } from "./compressed_input.ts";

/** How far back a match may reach. */
const WINDOW = 64 * 1024;

/** Decodes the frame that starts at the input's next byte. Chunks are good until the next is asked for. */
export async function* lz4Frame(input: Input): AsyncGenerator<Uint8Array> {
  const cut = "it ends within an lz4 frame";
  if (!await input.have(7)) throw new Damage(cut);
  const flags = input.byte(4);
  const blockCode = input.byte(5) >> 4 & 7;
  if (flags >> 6 !== 1 || (flags & 2) !== 0) {
    throw new Damage("the version of an lz4 frame is not known");
  }
  if (blockCode < 4) throw new Damage("an lz4 frame has a wrong block size");
  const independent = (flags & 0x20) !== 0;
  const blockChecksum = (flags & 0x10) !== 0;
  const contentChecksum = (flags & 4) !== 0;
  const descriptor = 2 + ((flags & 8) !== 0 ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0);
  if (!await input.have(4 + descriptor + 1)) throw new Damage(cut);
  input.take(4);
  const check = new Xxh32();
  check.update(input.take(descriptor));
  if ((check.digest() >>> 8 & 0xff) !== input.byte(0)) {
    throw new Damage("the header checksum of an lz4 frame is wrong");
  }
  input.take(1);
  if ((flags & 1) !== 0) throw new Damage("an lz4 frame needs a dictionary");
  const blockMax = 1 << (8 + 2 * blockCode);
  const content = new Xxh32();
  const out = new Uint8Array(WINDOW + blockMax);
  let at = 0;
  for (;;) {
    if (!await input.have(4)) throw new Damage(cut);
    const word = input.u32(0);
    if (word === 0) {
      input.take(4);
      break;
    }
    const stored = word >>> 31 === 1;
    const size = word & 0x7fffffff;
    if (size > blockMax) throw new Damage("an lz4 block is larger than its frame allows");
    if (!await input.have(4 + size + (blockChecksum ? 4 : 0))) throw new Damage(cut);
    input.take(4);
    if (independent) {
      at = 0;
    } else if (at > WINDOW) {
      out.copyWithin(0, at - WINDOW, at);
      at = WINDOW;
    }
    const block = input.take(size);
    if (blockChecksum) {
      const sum = new Xxh32();
      sum.update(block);
      if (sum.digest() !== input.u32(0)) throw new Damage("the checksum of an lz4 block is wrong");
      input.take(4);
    }
    const start = at;
    if (stored) {
      out.set(block, at);
      at += size;
    } else {
      at = lz4Block(block, out, at, at + blockMax);
      if (at < 0) throw new Damage("an lz4 block cannot be decoded");
    }
    const chunk = out.subarray(start, at);
    if (contentChecksum) content.update(chunk);
    if (chunk.length > 0) yield chunk;
  }
  if (contentChecksum) {
    if (!await input.have(4)) throw new Damage(cut);
    const sum = input.u32(0);
    input.take(4);
    if (sum !== content.digest()) throw new Damage("the checksum of an lz4 frame is wrong");
  }
}

/** Decodes a block after `start` of `out`, up to `limit`. Answers where it ends, or -1 if the block is damaged. */
function lz4Block(block: Uint8Array, out: Uint8Array, start: number, limit: number): number {
  const end = block.length;
  let from = 0;
  let to = start;
  while (from < end) {
    const token = block[from++];
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (from >= end) return -1;
        more = block[from++];
        literals += more;
      } while (more === 255);
    }
    if (literals > 0) {
      if (literals > end - from || literals > limit - to) return -1;
      if (literals < 32) {
        for (let i = 0; i < literals; i++) out[to++] = block[from++];
      } else {
        out.set(block.subarray(from, from + literals), to);
        from += literals;
        to += literals;
      }
    }
    if (from === end) return to; // The last sequence is literals alone.
    if (end - from < 2) return -1;
    const distance = block[from] | block[from + 1] << 8;
    from += 2;
    if (distance === 0 || distance > to) return -1;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        if (from >= end) return -1;
        more = block[from++];
        length += more;
      } while (more === 255);
    }
    if (length > limit - to) return -1;
    let match = to - distance;
    if (length >= 32 && distance >= length) {
      out.copyWithin(to, match, match + length);
      to += length;
    } else {
      for (let i = 0; i < length; i++) out[to++] = out[match++];
    }
  }
  return -1;
}

const PRIME1 = 0x9e3779b1 | 0;
const PRIME2 = 0x85ebca77 | 0;
const PRIME3 = 0xc2b2ae3d | 0;
const PRIME4 = 0x27d4eb2f | 0;
const PRIME5 = 0x165667b1 | 0;

function rotate(value: number, bits: number): number {
  return value << bits | value >>> (32 - bits);
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, PRIME2)) | 0, 13), PRIME1);
}

/** xxHash with 32 bits and seed 0, as lz4 frames use it. */
class Xxh32 {
  #a = (PRIME1 + PRIME2) | 0;
  #b = PRIME2;
  #c = 0;
  #d = -PRIME1 | 0;
  #length = 0;
  readonly #rest = new Uint8Array(16);
  #have = 0;

  /** Takes more bytes in. */
  update(bytes: Uint8Array): void {
    let at = 0;
    this.#length += bytes.length;
    if (this.#have > 0) {
      while (this.#have < 16 && at < bytes.length) this.#rest[this.#have++] = bytes[at++];
      if (this.#have < 16) return;
      this.#stripes(this.#rest, 0, 16);
      this.#have = 0;
    }
    const end = bytes.length - (bytes.length - at) % 16;
    this.#stripes(bytes, at, end);
    for (at = end; at < bytes.length; at++) this.#rest[this.#have++] = bytes[at];
  }

  /** The hash of all bytes so far. */
  digest(): number {
    let hash = this.#length >= 16
      ? rotate(this.#a, 1) + rotate(this.#b, 7) + rotate(this.#c, 12) + rotate(this.#d, 18)
      : PRIME5;
    hash = (hash + this.#length) | 0;
    const rest = this.#rest;
    let i = 0;
    for (; i + 4 <= this.#have; i += 4) {
      const word = rest[i] | rest[i + 1] << 8 | rest[i + 2] << 16 | rest[i + 3] << 24;
      hash = Math.imul(rotate((hash + Math.imul(word, PRIME3)) | 0, 17), PRIME4);
    }
    for (; i < this.#have; i++) {
      hash = Math.imul(rotate((hash + Math.imul(rest[i], PRIME5)) | 0, 11), PRIME1);
    }
    hash = Math.imul(hash ^ hash >>> 15, PRIME2);
    hash = Math.imul(hash ^ hash >>> 13, PRIME3);
    return (hash ^ hash >>> 16) >>> 0;
  }

  #stripes(bytes: Uint8Array, from: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    for (let at = from; at < end; at += 16) {
      a = round(a, view.getInt32(at, true));
      b = round(b, view.getInt32(at + 4, true));
      c = round(c, view.getInt32(at + 8, true));
      d = round(d, view.getInt32(at + 12, true));
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }
}
