/**
 * Cyclic redundancy checks of 32 bits: CRC-32 (IEEE 802.3) and CRC-32C (RFC 9260 appendix A).
 *
 * @module
 */

/** Remainders of all bytes for a polynomial, low bit first. */
function table(polynomial: number): Uint32Array {
  const t = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    t[i] = crc;
  }
  return t;
}

const IEEE = table(0xedb88320), CASTAGNOLI = table(0x82f63b78);

function run(t: Uint32Array, parts: readonly Uint8Array[]): number {
  let crc = 0xffff_ffff;
  for (const p of parts) for (const b of p) crc = (crc >>> 8) ^ t[(crc ^ b) & 0xff];
  return ~crc >>> 0;
}

/** CRC-32 of the parts, one after another. */
export function crc32(...parts: readonly Uint8Array[]): number {
  return run(IEEE, parts);
}

/** CRC-32C of the parts, one after another. */
export function crc32c(...parts: readonly Uint8Array[]): number {
  return run(CASTAGNOLI, parts);
}

/** The bytes of a number of 32 bits in reverse: both checks are sent low byte first. */
export function swap32(n: number): number {
  return ((n >>> 24) | ((n >>> 8) & 0xff00) | ((n << 8) & 0xff_0000) | (n << 24)) >>> 0;
}
