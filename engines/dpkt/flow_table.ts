/**
 * Counting packets by flow: a hash table on typed arrays, without an object or a string per packet or flow.
 *
 * @module
 */
import { type FrameBatch, frameNumber } from "../../core/batch.ts";
import { FLOWS_MAX } from "../../core/limits.ts";
import type { Columns } from "./columns.ts";

/** 32-bit words of a flow's entry: a cache line. */
export const ENTRY_WORDS = 16;
/** Words of an entry: hash of the key. */
export const HASH = 0;
/** Words of an entry: version of IP (4 or 6), and the protocol's number times 256. */
export const KIND = 1;
/** Words of an entry: source port and destination port, two bytes each, in network byte order. */
export const PORTS = 2;
/** Words of an entry: number of the flow's first packet in the capture, counted from 1, modulo 2^32. */
export const FIRST = 3;
/** Words of an entry: the source address, 16 bytes as they stand in the packet; of IPv4's the last 12 are 0. */
export const SRC = 4;
/** Words of an entry: the destination address, likewise. */
export const DST = 8;
/** Floats of an entry (half as many as words): packets. */
export const PACKETS = 6;
/** Floats of an entry: bytes on the wire, whole frames. */
export const BYTES = 7;

/** Entries for which there is room at first. */
const ENTRIES_MIN = 1024;

/** Flows as they were counted, in the order of their first packets. A flow is directional. */
export interface Flows {
  /** Flows. */
  readonly count: number;
  /** Their entries, {@link ENTRY_WORDS} words each. */
  readonly words: Uint32Array;
  /** The same memory as floats. */
  readonly floats: Float64Array;
  /** Packets seen. */
  readonly packets: number;
  /** Their bytes on the wire. */
  readonly bytes: number;
  /** Packets in which no IP header was found: they are in no flow. */
  readonly otherPackets: number;
  /** Packets of flows that found no room: see {@link FLOWS_MAX}. */
  readonly unkeptPackets: number;
}

/** A table of flows. */
export class FlowTable implements Flows {
  count = 0;
  words: Uint32Array<ArrayBuffer>;
  floats: Float64Array<ArrayBuffer>;
  packets = 0;
  bytes = 0;
  otherPackets = 0;
  unkeptPackets = 0;
  /** Pairs: hash, and number of the entry counted from 1 (0: free). At most half of them are in use. */
  #slots: Uint32Array<ArrayBuffer>;
  readonly #most: number;
  readonly #seed: number;

  /**
   * Makes an empty table. `most`: flows kept. `seed`: what hashes begin with; drawn at random if absent, so that nobody
   * can make a capture whose flows all meet in one place.
   */
  constructor(most = FLOWS_MAX, seed: number = randomSeed()) {
    this.#most = most;
    this.#seed = seed | 0;
    const buffer = new ArrayBuffer(ENTRIES_MIN * ENTRY_WORDS * 4);
    this.words = new Uint32Array(buffer);
    this.floats = new Float64Array(buffer);
    this.#slots = new Uint32Array(ENTRIES_MIN * 4);
  }

  /** Counts a batch: `columns` are what was found in `frames`. */
  addColumns(frames: FrameBatch, columns: Columns): void {
    const { version, protocol, src, dst, srcPort, dstPort } = columns;
    const { count, wireLengths } = frames;
    const seed = this.#seed;
    let { words, floats } = this;
    let slots = this.#slots, mask = slots.length / 2 - 1;
    let others = 0, unkept = 0, total = 0;
    for (let i = 0; i < count; i++) {
      const wire = wireLengths[i];
      total += wire;
      if (version[i] === 0) {
        others++;
        continue;
      }
      const kind = version[i] | (protocol[i] << 8);
      const ports = swap((srcPort[i] << 16) | dstPort[i]);
      const o = 4 * i, six = version[i] === 6;
      const src0 = swap(src[o]), dst0 = swap(dst[o]);
      let h = mix(mix(mix(mix(seed, kind), src0), dst0), ports);
      if (six) {
        h = mix(mix(mix(h, src[o + 1]), src[o + 2]), src[o + 3]);
        h = mix(mix(mix(h, dst[o + 1]), dst[o + 2]), dst[o + 3]);
      }
      h = (h ^ (h >>> 15)) >>> 0;
      let slot = h & mask, entry: number;
      for (;;) {
        entry = slots[2 * slot + 1];
        if (entry === 0) break;
        if (slots[2 * slot] === h) {
          const w = (entry - 1) * ENTRY_WORDS;
          if (
            words[w + PORTS] === ports && words[w + KIND] === kind && words[w + SRC] === src0 &&
            words[w + DST] === dst0 && (!six || this.#sameRest(w, columns, o))
          ) break;
        }
        slot = (slot + 1) & mask;
      }
      if (entry === 0) {
        if (this.count >= this.#most) {
          unkept++;
          continue;
        }
        entry = ++this.count;
        if (entry * ENTRY_WORDS > words.length) {
          this.#grow();
          words = this.words;
          floats = this.floats;
          slots = this.#slots;
          mask = slots.length / 2 - 1;
          slot = h & mask;
          while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
        }
        slots[2 * slot] = h;
        slots[2 * slot + 1] = entry;
        const w = (entry - 1) * ENTRY_WORDS;
        words[w + HASH] = h;
        words[w + KIND] = kind;
        words[w + PORTS] = ports;
        words[w + FIRST] = frameNumber(frames, i);
        for (let k = 0; k < 4; k++) {
          words[w + SRC + k] = swap(src[o + k]);
          words[w + DST + k] = swap(dst[o + k]);
        }
      }
      const f = (entry - 1) * (ENTRY_WORDS / 2);
      floats[f + PACKETS]++;
      floats[f + BYTES] += wire;
    }
    this.packets += count;
    this.bytes += total;
    this.otherPackets += others;
    this.unkeptPackets += unkept;
  }

  /**
   * Counts what another table counted of the packets behind those counted here. `before`: packets of the capture before
   * the other's first.
   */
  addFlows(other: Flows, before: number): void {
    const from = other.words, sums = other.floats, seed = this.#seed;
    for (let i = 0; i < other.count; i++) {
      const o = i * ENTRY_WORDS;
      const kind = from[o + KIND], ports = from[o + PORTS];
      let h = mix(mix(mix(mix(seed, kind), from[o + SRC]), from[o + DST]), ports);
      if ((kind & 0xff) === 6) {
        for (let k = 1; k < 4; k++) h = mix(h, from[o + SRC + k]);
        for (let k = 1; k < 4; k++) h = mix(h, from[o + DST + k]);
      }
      h = (h ^ (h >>> 15)) >>> 0;
      const entry = this.#entryOf(h, from, o);
      if (entry === 0) {
        this.unkeptPackets += sums[o / 2 + PACKETS];
        continue;
      }
      const w = (entry - 1) * ENTRY_WORDS, f = w / 2;
      if (this.floats[f + PACKETS] === 0) this.words[w + FIRST] = from[o + FIRST] + before;
      this.floats[f + PACKETS] += sums[o / 2 + PACKETS];
      this.floats[f + BYTES] += sums[o / 2 + BYTES];
    }
    this.packets += other.packets;
    this.bytes += other.bytes;
    this.otherPackets += other.otherPackets;
    this.unkeptPackets += other.unkeptPackets;
  }

  /** Forgets all flows; its memory is used again. */
  clear(): void {
    this.words.fill(0, 0, this.count * ENTRY_WORDS);
    this.#slots.fill(0);
    this.count =
      this.packets =
      this.bytes =
      this.otherPackets =
      this.unkeptPackets =
        0;
  }

  /** The number (from 1) of the entry with hash `h` and the key that stands at `o` of `from`: a new one if there is none; 0 if there is no room. */
  #entryOf(h: number, from: Uint32Array, o: number): number {
    const { words } = this;
    let mask = this.#slots.length / 2 - 1, slot = h & mask;
    for (;; slot = (slot + 1) & mask) {
      const entry = this.#slots[2 * slot + 1];
      if (entry === 0) break;
      if (this.#slots[2 * slot] !== h) continue;
      const w = (entry - 1) * ENTRY_WORDS;
      let same = words[w + KIND] === from[o + KIND] && words[w + PORTS] === from[o + PORTS];
      for (let k = SRC; same && k < SRC + 8; k++) same = words[w + k] === from[o + k];
      if (same) return entry;
    }
    if (this.count >= this.#most) return 0;
    const entry = ++this.count;
    if (entry * ENTRY_WORDS > words.length) {
      this.#grow();
      mask = this.#slots.length / 2 - 1;
      slot = h & mask;
      while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    }
    this.#slots[2 * slot] = h;
    this.#slots[2 * slot + 1] = entry;
    const w = (entry - 1) * ENTRY_WORDS;
    this.words.set(from.subarray(o, o + SRC + 8), w);
    this.words[w + HASH] = h;
    return entry;
  }

  /** Whether the entry at `w` has the last three words of both addresses. */
  #sameRest(w: number, { src, dst }: Columns, o: number): boolean {
    const { words } = this;
    for (let k = 1; k < 4; k++) {
      if (words[w + SRC + k] !== swap(src[o + k]) || words[w + DST + k] !== swap(dst[o + k])) {
        return false;
      }
    }
    return true;
  }

  /** Doubles the room. */
  #grow(): void {
    const old = this.words;
    const buffer = new ArrayBuffer(old.byteLength * 2);
    this.words = new Uint32Array(buffer);
    this.words.set(old);
    this.floats = new Float64Array(buffer);
    const slots = this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length / 2 - 1;
    for (let entry = 1; entry < this.count; entry++) {
      const h = this.words[(entry - 1) * ENTRY_WORDS + HASH];
      let slot = h & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = h;
      slots[2 * slot + 1] = entry;
    }
  }
}

/** Takes a word into a hash. */
function mix(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x9e3779b1);
  return h ^ (h >>> 15);
}

/** A big-endian number as it stands in memory. */
function swap(v: number): number {
  return ((v << 24) | ((v & 0xff00) << 8) | ((v >>> 8) & 0xff00) | (v >>> 24)) >>> 0;
}

/** Where hashes begin: drawn at random. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
