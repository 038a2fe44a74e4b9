/**
 * Compiles the kernels to WebAssembly, with clang and lld of the distribution, and writes them as base64 into modules:
 * that of the walk, and that of the `dpkt` engine.
 *
 * ```sh
 * deno run -P=tools _tools/build_kernel.ts
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { LAYER, RULE } from "../core/catalogue.ts";
import { RULE_BYTES } from "../core/kernel/memory.ts";
import { LAYERS_MAX, WIRE_LENGTH_MAX } from "../core/limits.ts";

/** The folders that hold a `kernel.c`, and get a `wasm.ts`. */
export const KERNELS = ["core/kernel", "engines/dpkt/kernel"] as const;

const ROOT = new URL("../", import.meta.url).pathname;

/** What the machine code is made with; tests that build it anew say what they were made with, too. */
export async function clangVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("clang", { args: ["-dumpversion"] }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return undefined;
  }
}

/** Compiles the kernel of a folder. */
export async function build(kernel: typeof KERNELS[number]): Promise<Uint8Array<ArrayBuffer>> {
  const words = kernel === "core/kernel" ? { ...RULE, LAYER, RULE_BYTES } : {};
  const folder = Deno.makeTempDirSync(), out = `${folder}/kernel.wasm`;
  try {
    const { success, stderr } = await new Deno.Command("clang", {
      args: [
        "--target=wasm32",
        "-O3",
        "-nostdlib",
        "-mbulk-memory",
        "-Wall",
        "-Wextra",
        "-Werror",
        `-DLAYERS_MAX=${LAYERS_MAX}`,
        `-DWIRE_LENGTH_MAX=${WIRE_LENGTH_MAX}u`,
        ...Object.entries(words).map(([name, value]) => `-D${name}=${value}`),
        "-Wl,--no-entry,--import-memory,--strip-all,-z,stack-size=4096,--initial-memory=65536",
        "-o",
        out,
        `${ROOT}${kernel}/kernel.c`,
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
      ROOT + target,
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
