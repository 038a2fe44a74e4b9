/**
 * Compiles the kernel of the `dpkt` engine to WebAssembly, with clang and lld of the distribution, and writes it as
 * base64 into a module.
 *
 * ```sh
 * deno run -P=tools _tools/build_kernel.ts
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { LAYERS_MAX, WIRE_LENGTH_MAX } from "../core/limits.ts";

const FOLDER = new URL("../engines/dpkt/kernel/", import.meta.url).pathname;
/** The module written. */
export const TARGET: string = `${FOLDER}wasm.ts`;

/** What the machine code is made with; tests that build it anew say what they were made with, too. */
export async function clangVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("clang", { args: ["-dumpversion"] }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return undefined;
  }
}

/** Compiles the kernel. */
export async function build(): Promise<Uint8Array<ArrayBuffer>> {
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
        "-Wl,--no-entry,--import-memory,--strip-all,-z,stack-size=4096,--initial-memory=65536",
        "-o",
        out,
        `${FOLDER}kernel.c`,
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
  const wasm = await build();
  const lines = wasm.toBase64().match(/.{1,100}/g)!;
  Deno.writeTextFileSync(
    TARGET,
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
  console.log(`${wasm.length} bytes, clang ${version}: ${TARGET}`);
}
