/**
 * The Internet checksum (RFC 1071).
 *
 * @module
 */

/** Adds the 16-bit words of `b` from `start` to `end` (an odd last byte counts as its word's high half) to `sum`, not yet folded. */
export function sumWords(b: Uint8Array, start: number, end: number, sum = 0): number {
  let i = start;
  // Two words at a time: the sum of 32-bit words, folded, is that of their halves. Stays exact in a double.
  for (; i + 7 < end; i += 8) {
    sum += ((b[i] << 8) | b[i + 1]) + ((b[i + 2] << 8) | b[i + 3]) + ((b[i + 4] << 8) | b[i + 5]) +
      ((b[i + 6] << 8) | b[i + 7]);
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
