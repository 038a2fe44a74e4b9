/**
 * The Internet checksum (RFC 1071).
 *
 * @module
 */

/** The bytes last summed, and a view of them for words: most sums of a run are over one batch's bytes. */
let viewed: Uint8Array = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);
/** Bytes from which on a view pays. */
const VIEW_BYTES = 48;
/** Bytes whose 32-bit words a double adds up exactly, with room for what was there before. */
const EXACT_BYTES = 1 << 20;

/** Adds the 16-bit words of `b` from `start` to `end` (an odd last byte counts as its word's high half) to `sum`, not yet folded. */
export function sumWords(b: Uint8Array, start: number, end: number, sum = 0): number {
  let i = start;
  if (end - start >= VIEW_BYTES) {
    if (viewed !== b) {
      viewed = b;
      view = new DataView(b.buffer, b.byteOffset, b.byteLength);
    }
    // Words of 32 bits: their sum, folded, is that of their halves.
    const v = view;
    while (i + 15 < end) {
      const last = Math.min(end, i + EXACT_BYTES);
      let part = 0;
      for (; i + 15 < last; i += 16) {
        part += v.getUint32(i) + v.getUint32(i + 4) + v.getUint32(i + 8) + v.getUint32(i + 12);
      }
      sum = fold(sum + part);
    }
  }
  for (; i + 1 < end; i += 2) sum += (b[i] << 8) | b[i + 1];
  if (i < end) sum += b[i] << 8;
  return sum;
}

/** Folds a sum of {@link sumWords} to 16 bits. */
export function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return sum;
}

/** The checksum of a whole buffer: what to put into its (zero) checksum field. */
export function internetChecksum(b: Uint8Array, start = 0, end = b.length, sum = 0): number {
  return ~fold(sumWords(b, start, end, sum)) & 0xffff;
}

/** What a checksum field turns out to be, in Wireshark's numbers (`proto_checksum_vals`). */
export const ChecksumStatus = {
  /** It does not match. */
  Bad: 0,
  /** It matches. */
  Good: 1,
  /** It could not be checked: the bytes it covers are not all there. */
  Unverified: 2,
  /** It is zero, which means that the sender made none. */
  NotPresent: 3,
} as const;
/** One of {@link ChecksumStatus}. */
export type ChecksumStatus = typeof ChecksumStatus[keyof typeof ChecksumStatus];

/** Names of {@link ChecksumStatus}, as Wireshark shows them. */
export const CHECKSUM_STATUS_NAMES: Readonly<Record<number, string>> = {
  0: "Bad",
  1: "Good",
  2: "Unverified",
  3: "Not present",
};
