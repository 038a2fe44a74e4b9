/**
 * Numbers of pcapng (draft-ietf-opsawg-pcapng sections 3 and 4) that reading, decoding and writing share.
 *
 * @module
 */

/** Section Header Block; the same in both byte orders. */
export const BLOCK_SECTION = 0x0a0d0d0a;
/** Interface Description Block. */
export const BLOCK_INTERFACE = 1;
/** Packet Block, obsolete. */
export const BLOCK_PACKET = 2;
/** Simple Packet Block. */
export const BLOCK_SIMPLE_PACKET = 3;
/** Name Resolution Block. */
export const BLOCK_NAME_RESOLUTION = 4;
/** Interface Statistics Block. */
export const BLOCK_STATISTICS = 5;
/** Enhanced Packet Block. */
export const BLOCK_ENHANCED_PACKET = 6;
/** systemd Journal Export Block. */
export const BLOCK_JOURNAL = 9;
/** Decryption Secrets Block. */
export const BLOCK_SECRETS = 10;
/** Custom Block that may be copied. */
export const BLOCK_CUSTOM = 0x00000bad;
/** Custom Block that should not be copied to another file by a tool that does not know it. */
export const BLOCK_CUSTOM_NO_COPY = 0x40000bad;
/** What a section header gives in the section's byte order. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Bytes a block of this type has at least, its type and both lengths included. */
export function blockBytesMin(type: number): number {
  switch (type) {
    case BLOCK_SECTION:
      return 28;
    case BLOCK_INTERFACE:
    case BLOCK_SECRETS:
      return 20;
    case BLOCK_PACKET:
    case BLOCK_ENHANCED_PACKET:
      return 32;
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY:
      return 16;
    case BLOCK_STATISTICS:
      return 24;
    default:
      return 12;
  }
}

/** Whether the type is one this library decodes. */
export function isKnownBlock(type: number): boolean {
  return (type >= BLOCK_INTERFACE && type <= BLOCK_ENHANCED_PACKET) || type === BLOCK_JOURNAL ||
    type === BLOCK_SECRETS || type === BLOCK_SECTION || type === BLOCK_CUSTOM ||
    type === BLOCK_CUSTOM_NO_COPY;
}

/** Lengths of options by block and code; 0 for "at least one byte". Those not listed may have any length. */
const OPTION_LENGTHS: ReadonlyMap<number, readonly (number | undefined)[]> = new Map([
  // flags, hash, dropcount, packetid, queue, verdict
  [BLOCK_ENHANCED_PACKET, [, , 4, 0, 8, 8, 4, 0]],
  [BLOCK_PACKET, [, , 4, 0]],
  // IPv4addr, IPv6addr, MACaddr, EUIaddr, speed, tsresol, tzone, filter, fcslen, tsoffset, txspeed, rxspeed
  [BLOCK_INTERFACE, [, , , , 8, 17, 6, 8, 8, 1, 4, 0, , 1, 8, , 8, 8]],
  [BLOCK_STATISTICS, [, , 8, 8, 8, 8, 8, 8, 8]],
  // dnsIP4addr, dnsIP6addr
  [BLOCK_NAME_RESOLUTION, [, , , 4, 16]],
]);

/** Whether an option of a block may have this length; those of free length always may. */
export function optionLengthAllowed(block: number, code: number, length: number): boolean {
  // Custom options start with their owner's number.
  if (code === 2988 || code === 2989 || code === 19372 || code === 19373) return length >= 4;
  const wanted = OPTION_LENGTHS.get(block)?.[code];
  return wanted === undefined || (wanted === 0 ? length >= 1 : length === wanted);
}

/** Units of a second as a number: `10^-6` gives 1,000,000. */
export function unitsPerSecond(resolution: string): bigint {
  const match = /^(10|2)\^-(\d{1,3})$/.exec(resolution);
  if (match === null || Number(match[2]) > 127) {
    throw new RangeError(`Cannot use time resolution "${resolution}": expected 10^-n or 2^-n`);
  }
  return BigInt(match[1]) ** BigInt(match[2]);
}
