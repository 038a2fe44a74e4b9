/**
 * Flows of both directions put together, and flows in order.
 *
 * @module
 */
import { BYTES, DST, ENTRY_WORDS, type Flows, KIND, PACKETS, PORTS, SRC } from "./flow_table.ts";

/** Flows of two directions: pairs of a flow and that of the other direction. */
export interface Conversations {
  /** How many there are. */
  readonly count: number;
  /** Number of the flow whose first packet came first, of each. */
  readonly forward: Uint32Array;
  /** Number of the flow in the other direction; -1 if nothing came back. */
  readonly backward: Int32Array;
}

/** Every flow by itself: what counts directions apart. */
export function directions(flows: Flows): Conversations {
  const { count } = flows;
  return { count, forward: numbers(count), backward: new Int32Array(count).fill(-1) };
}

/** Puts the directions of flows together. */
export function conversations(flows: Flows): Conversations {
  const { count, words } = flows;
  const forward = new Uint32Array(count), backward = new Int32Array(count).fill(-1);
  let size = 16;
  while (size < 2 * count) size *= 2;
  // Number of the conversation, counted from 1, in open addressing; the hash is the same for both directions.
  const slots = new Uint32Array(size), mask = size - 1;
  let used = 0;
  for (let flow = 0; flow < count; flow++) {
    const w = flow * ENTRY_WORDS;
    let slot = bothWays(words, w) & mask;
    for (;; slot = (slot + 1) & mask) {
      const c = slots[slot];
      if (c === 0) {
        slots[slot] = ++used;
        forward[used - 1] = flow;
        break;
      }
      if (backward[c - 1] < 0 && isReverse(words, w, forward[c - 1] * ENTRY_WORDS)) {
        backward[c - 1] = flow;
        break;
      }
    }
  }
  return { count: used, forward: forward.subarray(0, used), backward: backward.subarray(0, used) };
}

/** A hash of an entry's key that does not change if source and destination do. */
function bothWays(words: Uint32Array, w: number): number {
  const ports = words[w + PORTS];
  let h = words[w + KIND] ^ ((ports & 0xffff) + (ports >>> 16));
  for (let k = 0; k < 4; k++) {
    h = Math.imul(h ^ (words[w + SRC + k] + words[w + DST + k]), 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

/** Whether two entries are the two directions of one conversation. */
function isReverse(words: Uint32Array, a: number, b: number): boolean {
  const ports = words[b + PORTS];
  if (words[a + KIND] !== words[b + KIND]) return false;
  if (words[a + PORTS] !== ((ports << 16) | (ports >>> 16)) >>> 0) return false;
  for (let k = 0; k < 4; k++) {
    if (words[a + SRC + k] !== words[b + DST + k] || words[a + DST + k] !== words[b + SRC + k]) {
      return false;
    }
  }
  return true;
}

/** What flows can be put in order by: `packets` and `bytes` begin with the largest. */
export const SORT_KEYS = ["first", "packets", "bytes", "protocol", "src", "dst"] as const;

/** The numbers of conversations in order of `key`; equal ones in the order of their first packets. */
export function sorted(
  flows: Flows,
  found: Conversations,
  key: typeof SORT_KEYS[number],
): Uint32Array {
  const { words, floats } = flows;
  const order = numbers(found.count);
  if (key === "first") return order;
  if (key === "packets" || key === "bytes") {
    const column = key === "packets" ? PACKETS : BYTES;
    const totals = new Float64Array(found.count);
    for (let c = 0; c < found.count; c++) totals[c] = total(floats, found, c, column);
    return sort(order, (a, b) => totals[b] - totals[a]);
  }
  if (key === "protocol") {
    const kind = (c: number): number => words[found.forward[c] * ENTRY_WORDS + KIND] >>> 8;
    return sort(order, (a, b) => kind(a) - kind(b));
  }
  const octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const address = (key === "src" ? SRC : DST) * 4, port = PORTS * 4 + (key === "src" ? 0 : 2);
  return sort(order, (a, b) => {
    const x = found.forward[a] * ENTRY_WORDS * 4, y = found.forward[b] * ENTRY_WORDS * 4;
    let d = octets[x + KIND * 4] - octets[y + KIND * 4];
    for (let k = 0; d === 0 && k < 16; k++) d = octets[x + address + k] - octets[y + address + k];
    for (let k = 0; d === 0 && k < 2; k++) d = octets[x + port + k] - octets[y + port + k];
    return d;
  });
}

/** 0, 1, 2, ... */
function numbers(count: number): Uint32Array {
  const list = new Uint32Array(count);
  for (let i = 0; i < count; i++) list[i] = i;
  return list;
}

/** Sorts by merging, so that equals stay in order; the language's own sort takes tens of bytes more for each number. */
function sort(list: Uint32Array, compare: (a: number, b: number) => number): Uint32Array {
  let from = list, to: Uint32Array = new Uint32Array(list.length);
  for (let width = 1; width < list.length; width *= 2) {
    for (let start = 0; start < list.length; start += 2 * width) {
      const middle = Math.min(start + width, list.length);
      const end = Math.min(start + 2 * width, list.length);
      for (let k = start, a = start, b = middle; k < end; k++) {
        const first = b >= end || (a < middle && compare(from[a], from[b]) <= 0);
        to[k] = first ? from[a++] : from[b++];
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** A conversation's packets or bytes of both directions. */
export function total(
  floats: Float64Array,
  found: Conversations,
  conversation: number,
  column: number,
): number {
  const half = ENTRY_WORDS / 2, back = found.backward[conversation];
  return floats[found.forward[conversation] * half + column] +
    (back < 0 ? 0 : floats[back * half + column]);
}
