/**
 * Filter expressions (pcap-filter(7)), compiled by libpcap into programs that are plain numbers: they can be posted to
 * workers and run there without libpcap.
 *
 * @module
 */
import { writeIpv4 } from "../../core/address.ts";
import { FilterSyntaxError, LibpcapError, STATUS } from "./errors.ts";
import {
  type CompilerLibrary,
  type Library,
  type LibraryOptions,
  loadLibrary,
  withCompiler,
} from "./library.ts";
import { dltOf } from "./linktypes.ts";
import {
  addressOf,
  cString,
  INSTRUCTION_BYTES,
  pinned,
  PKTHDR,
  PROGRAM_BYTES,
  readBytes,
  readText,
  viewOf,
} from "./memory.ts";

/** Numbers of one instruction in {@linkcode FilterProgram.instructions}: code, jt, jf, k. */
export const INSTRUCTION_NUMBERS = 4;

/** Netmask that stands for "not known" (`PCAP_NETMASK_UNKNOWN`). */
const NETMASK_UNKNOWN = 0xffff_ffff;

/** How a filter is compiled. */
export interface CompileOptions extends LibraryOptions {
  /** LINKTYPE_ number of the packets it is for; 1 (Ethernet) if absent. */
  readonly linkType?: number;
  /** What the program answers for a packet that matches, in bytes; 262,144 if absent. */
  readonly snapLength?: number;
  /** Whether libpcap may optimize the program (the default). */
  readonly optimize?: boolean;
  /**
   * IPv4 netmask of the network captured on, for `ip broadcast`: as text, or as a number whose most significant byte is
   * the first (255.255.255.0 is 0xffffff00). Without it `ip broadcast` is refused.
   */
  readonly netmask?: string | number;
}

/** A compiled filter. Plain data. */
export interface FilterProgram {
  /** The expression it was compiled from. */
  readonly expression: string;
  /** LINKTYPE_ number of the packets it is for. */
  readonly linkType: number;
  /** What it answers for a packet that matches, in bytes. */
  readonly snapLength: number;
  /** The instructions of the BPF machine (pcap/bpf.h), in rows of {@linkcode INSTRUCTION_NUMBERS}: code, jt, jf, k. */
  readonly instructions: Uint32Array<ArrayBuffer>;
}

/**
 * Compiles a filter expression for packets of one link type, without any device (`pcap_compile`). Names of hosts in it
 * are looked up by libpcap at once, which may wait for the network.
 *
 * @throws {FilterSyntaxError} If libpcap does not understand it.
 * @throws {LibraryLoadError} If libpcap cannot be loaded.
 */
export function compileFilter(expression: string, options: CompileOptions = {}): FilterProgram {
  const { linkType = 1, snapLength = 262_144, optimize = true } = options;
  return withCompiler(options, (library) => {
    const handle = library.pcap.pcap_open_dead(dltOf(linkType), snapLength);
    if (handle === 0n) throw new LibpcapError("pcap_open_dead", STATUS.ERROR, "out of memory");
    try {
      const instructions = compileOn(library, handle, expression, {
        optimize,
        ...(options.netmask === undefined ? {} : { netmask: options.netmask }),
      }, copyInstructions);
      return { expression, linkType, snapLength, instructions };
    } finally {
      library.pcap.pcap_close(handle);
    }
  });
}

/** Compiles on an open handle and hands libpcap's `bpf_program` to `use`, before it is freed. */
export function compileOn<T, L extends CompilerLibrary>(
  library: L,
  handle: bigint,
  expression: string,
  options: Pick<CompileOptions, "optimize" | "netmask">,
  use: (library: L, program: Uint8Array<ArrayBuffer>) => T,
): T {
  const program = pinned(PROGRAM_BYTES);
  const { pcap } = library;
  const code = pcap.pcap_compile(
    handle,
    program,
    cString(expression),
    (options.optimize ?? true) ? 1 : 0,
    netmaskNumber(options.netmask),
  );
  if (code < 0) {
    throw new FilterSyntaxError(expression, readText(library, pcap.pcap_geterr(handle)), code);
  }
  try {
    return use(library, program);
  } finally {
    pcap.pcap_freecode(program);
  }
}

function netmaskNumber(netmask: string | number | undefined): number {
  if (netmask === undefined) return NETMASK_UNKNOWN;
  let number = netmask;
  if (typeof number === "string") {
    const bytes = new Uint8Array(4);
    writeIpv4(bytes, 0, number);
    number = viewOf(bytes).getUint32(0);
  }
  if (!(Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff)) {
    throw new RangeError(`Cannot use netmask ${JSON.stringify(netmask)}: it is no IPv4 netmask`);
  }
  return number;
}

/** The instructions of a `bpf_program`, as rows of numbers. */
export function copyInstructions(
  library: CompilerLibrary,
  program: Uint8Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  const view = viewOf(program);
  const count = view.getUint32(0, true);
  const bytes = readBytes(library, view.getBigUint64(8, true), count * INSTRUCTION_BYTES);
  const from = viewOf(bytes);
  const rows = new Uint32Array(count * INSTRUCTION_NUMBERS);
  for (let i = 0; i < count; i++) {
    const at = i * INSTRUCTION_BYTES;
    rows.set(
      [from.getUint16(at, true), bytes[at + 2], bytes[at + 3], from.getUint32(at + 4, true)],
      4 * i,
    );
  }
  return rows;
}

/** A program in C's layout. The instructions must be kept for as long as the program is used. */
interface NativeProgram {
  readonly program: Uint8Array<ArrayBuffer>;
  readonly instructions: Uint8Array<ArrayBuffer>;
}

/** Lays a program out for C. */
export function nativeProgram(library: Library, instructions: Uint32Array): NativeProgram {
  const count = instructions.length / INSTRUCTION_NUMBERS;
  const bytes = pinned(Math.max(1, count) * INSTRUCTION_BYTES);
  const view = viewOf(bytes);
  for (let i = 0; i < count; i++) {
    const at = i * INSTRUCTION_BYTES;
    view.setUint16(at, instructions[4 * i], true);
    view.setUint8(at + 2, instructions[4 * i + 1]);
    view.setUint8(at + 3, instructions[4 * i + 2]);
    view.setUint32(at + 4, instructions[4 * i + 3], true);
  }
  const program = pinned(PROGRAM_BYTES);
  viewOf(program).setUint32(0, count, true);
  viewOf(program).setBigUint64(8, addressOf(library, bytes), true);
  return { program, instructions: bytes };
}

/**
 * Runs a program by libpcap's own interpreter (`pcap_offline_filter`): what our code is compared with. For real work
 * use our own, which costs no call into C for each packet.
 *
 * @returns A function that answers how many bytes of a packet to keep; 0 if the filter does not match.
 * @throws {LibpcapError} If the program is none libpcap would run (`bpf_validate`).
 */
export function offlineFilter(
  program: Pick<FilterProgram, "instructions">,
  options: LibraryOptions = {},
): (packet: Uint8Array, wireLength?: number) => number {
  const library = loadLibrary(options);
  const native = nativeProgram(library, program.instructions);
  const { pcap_offline_filter, bpf_validate } = library.pcap;
  const count = program.instructions.length / INSTRUCTION_NUMBERS;
  // The interpreter trusts its program: a jump beyond its end would run whatever stands there.
  if (count === 0 || (bpf_validate?.(native.instructions, count) ?? 0) === 0) {
    throw new LibpcapError("bpf_validate", STATUS.ERROR, "the program is not valid");
  }
  const header = pinned(PKTHDR.bytes);
  const view = viewOf(header);
  const nothing = new Uint8Array(1);
  return (packet, wireLength = packet.length) => {
    view.setUint32(PKTHDR.captured, packet.length, true);
    view.setUint32(PKTHDR.wire, wireLength, true);
    const bytes = (packet.length === 0 ? nothing : packet) as Uint8Array<ArrayBuffer>;
    const kept = pcap_offline_filter(native.program, header, bytes);
    // Named here, so that the instructions live as long as this function does.
    return native.instructions.length === 0 ? 0 : kept >>> 0;
  };
}

/** The lines in which libpcap shows a program (`bpf_image`), an instruction each, as `tcpdump -d` prints them. */
export function filterLines(
  program: Pick<FilterProgram, "instructions">,
  options: LibraryOptions = {},
): string[] {
  const library = loadLibrary(options), { bpf_image } = library.pcap;
  const { instructions } = nativeProgram(library, program.instructions);
  const count = program.instructions.length / INSTRUCTION_NUMBERS;
  return Array.from({ length: count }, (_, i) => {
    const at = instructions.subarray(i * INSTRUCTION_BYTES, (i + 1) * INSTRUCTION_BYTES);
    return readText(library, bpf_image?.(at, i) ?? 0n);
  });
}
