/**
 * Telling compressions and foreign formats from their first bytes, so that an error can say what a file is.
 *
 * @module
 */

/** Compressions that are undone. */
export type Compression = "gzip" | "zstd" | "lz4";

function u32(head: Uint8Array): number {
  return (head[0] | head[1] << 8 | head[2] << 16 | head[3] << 24) >>> 0;
}

function startsWith(head: Uint8Array, text: string): boolean {
  if (head.length < text.length) return false;
  for (let i = 0; i < text.length; i++) if (head[i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Magic number of a gzip member. */
export const GZIP_MAGIC = 0x8b1f;
/** Magic number of a zstd frame. */
export const ZSTD_MAGIC = 0xfd2fb528;
/** Magic number of an lz4 frame. */
export const LZ4_MAGIC = 0x184d2204;

/** Whether it is the magic number of a skippable frame, which zstd and lz4 share. */
export function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === 0x184d2a50;
}

/** What a file is compressed with; `skippable` if that cannot be told before a skippable frame was passed. */
export function detectCompression(head: Uint8Array): Compression | "skippable" | undefined {
  if (head.length >= 2 && (head[0] | head[1] << 8) === GZIP_MAGIC) return "gzip";
  if (head.length < 4) return undefined;
  const magic = u32(head);
  if (magic === ZSTD_MAGIC) return "zstd";
  if (magic === LZ4_MAGIC) return "lz4";
  return isSkippable(magic) ? "skippable" : undefined;
}

/** Compressions and archives that are known but not undone. */
const COMPRESSIONS: readonly (readonly [magic: string, name: string])[] = [
  ["\xfd7zXZ\0", "xz"],
  ["BZh", "bzip2"],
  ["PK\x03\x04", "zip"],
  ["PK\x05\x06", "zip"],
  ["7z\xbc\xaf\x27\x1c", "7-Zip"],
  ["Rar!\x1a\x07", "RAR"],
  ["\x1f\x9d", "compress (.Z)"],
  ["LZIP", "lzip"],
  ["\x02\x21\x4c\x18", "lz4 in its legacy format"],
  ["\x89LZO\0\r\n\x1a\n", "lzop"],
  ["\xff\x06\0\0sNaPpY", "snappy"],
];

/** Capture formats that are known but not read. */
const FORMATS: readonly (readonly [magic: string, name: string])[] = [
  ["snoop\0\0\0", "a snoop capture"],
  ["btsnoop\0", "a btsnoop capture"],
  ["GMBU", "a Microsoft Network Monitor 2 capture"],
  ["RTSS", "a Microsoft Network Monitor 1 capture"],
  ["XCP\0", "a NetXRay or Windows Sniffer capture"],
  ["TRSNIFF data    \x1a", "a DOS Sniffer capture"],
  ["iptrace ", "an AIX iptrace capture"],
  ["\x7fver", "an EtherPeek capture"],
  ["\x05VNF", "a Visual Networks capture"],
  ["\xaa\xaa\xaa\xaa", "a 5Views capture"],
  ["\0\0\x02\0\x12\x05\0\x10", "a Tektronix K12 capture"],
  ["\xac\x01\0\x1c", "a pcap variant of Ixia's"],
  ["\xab\x01\0\x1c", "a pcap variant of Ixia's"],
  ["\x1c\0\x01\xac", "a pcap variant of Ixia's"],
  ["\x1c\0\x01\xab", "a pcap variant of Ixia's"],
  ["\xcd\x34\xb2\xa1", "a pcap variant (magic a1b234cd)"],
  ["\xa1\xb2\x34\xcd", "a pcap variant (magic a1b234cd)"],
  ["\x4d\x3c\x2b\xa1", "a pcap variant (magic a12b3c4d)"],
  ["\xa1\x2b\x3c\x4d", "a pcap variant (magic a12b3c4d)"],
];

/** Things often taken for captures, and what to do about it. */
const STRANGERS: readonly (readonly [magic: string, reason: string])[] = [
  [
    "\r\n\r\r\n",
    "a pcapng file whose line ends were converted: transfer it again, as binary",
  ],
  ["version https://git-lfs", "a Git LFS pointer, not the file it stands for: run git lfs pull"],
  [
    "\xef\xbb\xbf",
    "it starts with a UTF-8 byte order mark: text, or a capture damaged by a text editor",
  ],
  ["<", "it looks like HTML or XML"],
  ["{", "it looks like JSON"],
];

/** Name of a compression that is known but not undone. */
export function foreignCompression(head: Uint8Array): string | undefined {
  return COMPRESSIONS.find(([magic]) => startsWith(head, magic))?.[1];
}

/** Name of a capture format that is known but not read. */
export function foreignFormat(head: Uint8Array): string | undefined {
  return FORMATS.find(([magic]) => startsWith(head, magic))?.[1];
}

/** Why a file is no capture, in words. */
export function describeUnknown(head: Uint8Array): string {
  const stranger = STRANGERS.find(([magic]) => startsWith(head, magic));
  if (stranger !== undefined) return `no capture file: ${stranger[1]}`;
  if (detectCompression(head) !== undefined) {
    return "no capture file: it is compressed more than once";
  }
  if (head.length < 4) return `no capture file: it has only ${head.length} bytes`;
  let hex = "";
  for (const byte of head.subarray(0, 4)) hex += ` ${byte.toString(16).padStart(2, "0")}`;
  return `no capture file of a kind known here: it starts with the bytes${hex}`;
}
