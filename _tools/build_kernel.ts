/**
 * Compiles the kernels to WebAssembly, with clang and lld of the distribution, and writes them as base64 into modules:
 * that of the walk, that of the `dpkt` engine, and that of NDJSON.
 *
 * ```sh
 * deno task kernel
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { PCAP_RECORD_BYTES } from "../capture/pcap.ts";
import { LAYER, RULE } from "../core/catalogue.ts";
import { CUT_T_BYTES, RULE_BYTES, WALK_T_BYTES } from "../core/kernel/memory.ts";
import { FIELD_MASK, IN_TEXT, Kind } from "../core/items.ts";
import {
  LAYERS_MAX,
  LIST_MAX,
  NAME_BYTES_MAX,
  NAME_POINTERS_MAX,
  PACKET_BYTES_MAX,
  TEXT_BYTES_MAX,
  TIMES_MAX,
  WIRE_LENGTH_MAX,
  WIRE_LENGTH_PLAUSIBLE,
} from "../core/limits.ts";
import { KernelWalk } from "../core/protocol.ts";
import {
  DHCP_OPTION_FIELDS,
  DNS_HEADER_FIELDS,
  DNS_QUESTION_FIELDS,
  DNS_RECORD_FIELDS,
  HTTP_FIELDS,
  HttpRole,
  RecipeRead,
  RecipeStep,
  TEXT_BYTES,
  WORD_BYTES,
} from "../core/recipe.ts";
import { VARIABLES_BYTES } from "../output/kernel/kernel.ts";
import { KernelShape } from "../protocols/_dhcp_options.ts";
import { STAMP_SECONDS } from "../protocols/_icmp.ts";

/** The folders of the kernels: each has a kernel.c, and a wasm.ts which is made of it. */
export const KERNELS = ["core/kernel", "engines/dpkt/kernel", "output/kernel"] as const;
/** One of {@link KERNELS}. */
export type KernelFolder = typeof KERNELS[number];

/** What the machine code is made with; tests that build it anew say what they were made with, too. */
export async function clangVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("clang", { args: ["-dumpversion"] }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return undefined;
  }
}

/** Numbers by name, each name as C has it: `BitText` becomes `PREFIX_BIT_TEXT`. */
function words(prefix: string, numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, n]) => [
      `${prefix}_${name.replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase()}`,
      n,
    ]),
  );
}

/** Where the numbers of fields stand behind a step, and where what is behind them does. */
function places(prefix: string, fields: Readonly<Record<string, number>>): Record<string, number> {
  const keys = [...Object.keys(fields), "all"];
  return words(prefix, Object.fromEntries(keys.map((key, i) => [key, 1 + i])));
}

/** What each kernel is told of the rest. */
const WORDS: Readonly<Record<KernelFolder, Readonly<Record<string, number>>>> = {
  "core/kernel": {
    ...RULE,
    LAYER,
    RULE_BYTES,
    WALK_T_BYTES,
    CUT_T_BYTES,
    PCAP_RECORD_BYTES,
    ...words("WALK", KernelWalk),
    PACKET_BYTES_MAX,
    WIRE_LENGTH_PLAUSIBLE,
  },
  "engines/dpkt/kernel": {},
  "output/kernel": {
    VARIABLES_BYTES,
    IN_TEXT,
    FIELD_MASK,
    LIST_MAX,
    NAME_BYTES_MAX,
    NAME_POINTERS_MAX,
    TEXT_BYTES,
    TEXT_BYTES_MAX,
    TIMES_MAX,
    WORD_BYTES,
    ...words("KIND", Kind),
    ...places("D", DNS_HEADER_FIELDS),
    ...places("Q", DNS_QUESTION_FIELDS),
    ...places("P", DNS_RECORD_FIELDS),
    ...places("O", DHCP_OPTION_FIELDS),
    ...places("H", HTTP_FIELDS),
    ...words("READ", RecipeRead),
    ...words("ROLE", HttpRole),
    ...words("SHAPE", KernelShape),
    ...words("STEP", RecipeStep),
  },
};

/** Compiles the kernel of a folder. */
export async function build(kernel: KernelFolder): Promise<Uint8Array<ArrayBuffer>> {
  const folder = Deno.makeTempDirSync(), out = `${folder}/kernel.wasm`;
  try {
    const { success, stderr } = await new Deno.Command("clang", {
      args: [
        "--target=wasm32",
        // What writes JSON is no slower when it is smaller, and takes the engine less memory to compile.
        kernel === "output/kernel" ? "-Os" : "-O3",
        "-nostdlib",
        "-mbulk-memory",
        ...kernel === "output/kernel" ? ["-msimd128"] : [],
        "-Wall",
        "-Wextra",
        "-Werror",
        `-DLAYERS_MAX=${LAYERS_MAX}`,
        `-DWIRE_LENGTH_MAX=${WIRE_LENGTH_MAX}u`,
        `-DSTAMP_SECONDS=${STAMP_SECONDS}`,
        ...Object.entries(WORDS[kernel]).map(([name, value]) => `-D${name}=${value}`),
        "-Wl,--no-entry,--import-memory,--strip-all,-z,stack-size=4096,--initial-memory=65536",
        "-o",
        out,
        new URL(`../${kernel}/kernel.c`, import.meta.url).pathname,
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return Deno.readFileSync(out);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const version = await clangVersion();
  if (version === undefined) {
    console.error("clang is not installed: apt-get install clang lld");
    Deno.exit(1);
  }
  for (const kernel of KERNELS) {
    const wasm = await build(kernel), target = `${kernel}/wasm.ts`;
    const lines = wasm.toBase64().match(/.{1,100}/g)!;
    Deno.writeTextFileSync(
      new URL(`../${target}`, import.meta.url),
      `/**
 * The kernel, compiled: made by _tools/build_kernel.ts from kernel.c.
 *
 * @module
 */

/** What it was compiled with: clang's version. */
export const CLANG = ${JSON.stringify(version)};

/** The WebAssembly module, in base64. */
export const KERNEL: string = [
${lines.map((l) => `  ${JSON.stringify(l)},`).join("\n")}
].join("");
`,
    );
    console.log(`${wasm.length} bytes, clang ${version}: ${target}`);
  }
}
