/**
 * Native memory: copied out of and into, never viewed, so that nothing can be read after it was freed. Also the layouts
 * of libpcap's structures.
 *
 * @module
 */
import type { CompilerLibrary, Library } from "./library.ts";

const WINDOWS = Deno.build.os === "windows";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of an error buffer (`PCAP_ERRBUF_SIZE`). */
export const ERRBUF_BYTES = 256;

/**
 * `struct pcap_pkthdr`. Its `struct timeval` is of two longs on LP64 systems (macOS pads its shorter second one) and of
 * two 32-bit numbers on Windows. Seconds and fraction are read as 32 bits in either case.
 */
export const PKTHDR: {
  readonly seconds: number;
  readonly fraction: number;
  readonly captured: number;
  readonly wire: number;
  readonly bytes: number;
} = WINDOWS
  ? { seconds: 0, fraction: 4, captured: 8, wire: 12, bytes: 16 }
  : { seconds: 0, fraction: 8, captured: 16, wire: 20, bytes: 24 };

/** `struct bpf_program`: length, padding, address of the instructions. */
export const PROGRAM_BYTES = 16;
/** `struct bpf_insn`: code (16 bits), jt, jf (8 bits each), k (32 bits). */
export const INSTRUCTION_BYTES = 8;

/** A view over a buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes copied from native memory. */
export function readBytes(
  library: CompilerLibrary,
  address: bigint,
  count: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  if (count > 0) library.libc.memcpy(bytes, address, BigInt(count));
  return bytes;
}

/** A C string copied from native memory; empty for a null pointer. */
export function readText(library: CompilerLibrary, address: bigint): string {
  if (address === 0n) return "";
  return decoder.decode(readBytes(library, address, Number(library.libc.strlen(address))));
}

/**
 * A C string to pass.
 *
 * @throws {TypeError} If the text holds a NUL, which would cut it short.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`Cannot pass ${JSON.stringify(text)}: it holds a NUL`);
  }
  return encoder.encode(`${text}\0`);
}

/** A buffer for libpcap's error texts. */
export function errorBuffer(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ERRBUF_BYTES);
}

/** The text in an error buffer. */
export function errorText(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return decoder.decode(end < 0 ? buffer : buffer.subarray(0, end));
}

/**
 * Memory whose address stays what it is, for what C keeps beyond a call. The caller holds on to it for as long as C may
 * use it.
 */
export function pinned(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes));
}

/** Address of {@linkcode pinned} memory. */
export function addressOf(library: Library, memory: Uint8Array<ArrayBuffer>): bigint {
  return library.libc.address(memory, memory, 0n);
}

/** The C library's error number. */
export function errorNumber(library: Library): number {
  const { __errno_location, __error } = library.libc;
  const address = __errno_location?.() ?? __error?.() ?? 0n;
  return address === 0n ? 0 : viewOf(readBytes(library, address, 4)).getInt32(0, true);
}
