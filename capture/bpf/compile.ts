/**
 * Compiling filter expressions (pcap-filter(7)): by libpcap in this process, or by the libpcap of a `tcpdump` beside it.
 *
 * @module
 */
import { FilterSyntaxError, LibpcapError, LibraryLoadError, STATUS } from "../libpcap/errors.ts";
import {
  compileFilter,
  compileOn,
  type CompileOptions,
  copyInstructions,
  type FilterProgram,
} from "../libpcap/filter.ts";
import { type CompilerLibrary, withCompiler } from "../libpcap/library.ts";
import { cString, errorBuffer, errorText, pinned, viewOf } from "../libpcap/memory.ts";
import { parseNumbers } from "./listing.ts";
import { rowsOf } from "./program.ts";

/** How a filter for frames of a file is compiled. */
export interface CompileForFileOptions extends Omit<CompileOptions, "netmask"> {
  /**
   * Byte order of the file's headers; that of the machine if absent. Frames of link type 0 (NULL) begin with a number in
   * that order.
   */
  readonly littleEndian?: boolean;
}

/** Snap length of programs: what they answer for a frame that passes, as `tcpdump -d` has it. */
const SNAP_LENGTH = 262_144;
/** Netmask of `tcpdump -r`: with it `ip broadcast` means the addresses of all ones and of all zeros. */
const NETMASK = 0;
const MACHINE_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** tcpdump says its warnings about the file it is given before what is wrong with the expression. */
const TCPDUMP_ERROR = /^tcpdump: (?!warning)(.*)/m;

/**
 * Compiles an expression for frames of a file, as `tcpdump -r` does. That is not the same as for a device: `inbound` and
 * the like are refused where a file cannot say, address families of all systems are looked for, and byte order counts.
 *
 * libpcap is used if it can be loaded (`--allow-ffi`), else a `tcpdump` that may be run (`--allow-run=tcpdump`).
 *
 * @throws {FilterSyntaxError} If libpcap does not understand the expression, or not for this link type.
 * @throws {LibraryLoadError} If there is neither libpcap nor tcpdump; the message says what to allow or install.
 */
export async function compileForFile(
  expression: string,
  options: CompileForFileOptions = {},
): Promise<FilterProgram> {
  return await orByTcpdump(
    expression,
    options,
    () => withCompiler(options, (library) => compileOnHeader(library, expression, options)),
  );
}

function compileOnHeader(
  library: CompilerLibrary,
  expression: string,
  options: CompileForFileOptions,
): FilterProgram {
  const { linkType = 1, snapLength = SNAP_LENGTH, optimize = true } = options;
  const header = fileHeader(options);
  const handle = openHeader(library, header);
  // Where C's files cannot be made of memory (Windows), a handle without a file comes nearest.
  if (handle === undefined) return compileFilter(expression, { netmask: NETMASK, ...options });
  try {
    const how = { optimize, netmask: NETMASK };
    const instructions = compileOn(library, handle, expression, how, copyInstructions);
    // Named here, so that the header lives as long as the handle, which may still read it.
    return { expression, linkType, snapLength: header.length > 0 ? snapLength : 0, instructions };
  } finally {
    library.pcap.pcap_close(handle);
  }
}

/**
 * Compiles an expression as `tcpdump -d -y LINKTYPE` does, for frames of a link type and no file.
 *
 * @throws {FilterSyntaxError} If libpcap does not understand the expression, or not for this link type.
 * @throws {LibraryLoadError} If there is neither libpcap nor tcpdump.
 */
export async function compileForLinkType(
  expression: string,
  options: CompileOptions = {},
): Promise<FilterProgram> {
  return await orByTcpdump(
    expression,
    options,
    () => compileFilter(expression, { netmask: NETMASK, ...options }),
  );
}

/** Compiles in this process, or where there is no libpcap for it by tcpdump. */
async function orByTcpdump(
  expression: string,
  options: CompileForFileOptions,
  compile: () => FilterProgram,
): Promise<FilterProgram> {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof LibraryLoadError)) throw error;
    const program = await compileByTcpdump(expression, options);
    if (program !== undefined) return program;
    throw new LibraryLoadError(
      error.library,
      error.attempts,
      `${error.message.split("\n")[0].replace(/^Cannot load libpcap: /, "")}; ` +
        `or let tcpdump compile filters (--allow-run=tcpdump)`,
      { cause: error },
    );
  }
}

/** The header of a pcap file without frames. */
function fileHeader(options: CompileForFileOptions): Uint8Array<ArrayBuffer> {
  const { linkType = 1, snapLength = SNAP_LENGTH, littleEndian = MACHINE_LITTLE_ENDIAN } = options;
  const header = pinned(24);
  const view = viewOf(header);
  view.setUint32(0, 0xa1b2c3d4, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(16, snapLength, littleEndian);
  view.setUint32(20, linkType, littleEndian);
  return header;
}

/** Opens a file that consists of a header in memory; `undefined` where that cannot be done. */
function openHeader(library: CompilerLibrary, header: Uint8Array<ArrayBuffer>): bigint | undefined {
  const { pcap: { pcap_fopen_offline }, libc: { fmemopen, fclose } } = library;
  if (pcap_fopen_offline === null || fmemopen === null) return undefined;
  const file = fmemopen(header, BigInt(header.length), cString("rb"));
  if (file === 0n) return undefined;
  const reason = errorBuffer();
  const handle = pcap_fopen_offline(file, reason);
  if (handle === 0n) {
    fclose(file);
    throw new LibpcapError("pcap_fopen_offline", STATUS.ERROR, errorText(reason));
  }
  return handle;
}

/**
 * Compiles by running `tcpdump -ddd` on a capture without packets. Answers `undefined` if there is no tcpdump, or it may
 * not be run; never asks for permission.
 *
 * @throws {FilterSyntaxError} If tcpdump refuses the expression.
 */
export async function compileByTcpdump(
  expression: string,
  options: Omit<CompileForFileOptions, "library"> = {},
): Promise<FilterProgram | undefined> {
  const { linkType = 1, snapLength = SNAP_LENGTH, optimize = true } = options;
  const { state } = Deno.permissions.querySync({ name: "run", command: "tcpdump" });
  if (state !== "granted") return undefined;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("tcpdump", {
      args: ["-ddd", ...(optimize ? [] : ["-O"]), "-r", "-", "--", expression],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const writer = child.stdin.getWriter();
  const [output] = await Promise.all([
    child.output(),
    // It may end before it has read the header.
    writer.write(fileHeader(options)).then(() => writer.close()).catch(() => {}),
  ]);
  const decoder = new TextDecoder();
  if (!output.success) {
    const said = decoder.decode(output.stderr);
    throw new FilterSyntaxError(expression, TCPDUMP_ERROR.exec(said)?.[1] ?? said.trim());
  }
  const instructions = rowsOf(parseNumbers(decoder.decode(output.stdout)));
  return { expression, linkType, snapLength, instructions };
}
