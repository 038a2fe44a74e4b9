/**
 * What everything that has a kernel in WebAssembly needs: compiling it, and doing without where that cannot be had.
 *
 * @module
 */

/** Bytes of a page of memory (WebAssembly Core Specification 2.0, "Memory Instances"). */
export const PAGE_BYTES = 65_536;

/**
 * Compiles a module given in base 64 (RFC 4648 section 4).
 *
 * @throws {WebAssembly.CompileError} If pages or flags forbid it.
 * @throws {ReferenceError} If there is no WebAssembly here, or no `Uint8Array.fromBase64` (browsers of before 2025).
 */
export function compileModule(base64: string): WebAssembly.Module {
  if (!("fromBase64" in Uint8Array)) throw new ReferenceError("there is no Uint8Array.fromBase64");
  return new WebAssembly.Module(Uint8Array.fromBase64(base64));
}

/** How it shows that it cannot be had: no room, no WebAssembly (`--jitless`), and pages that forbid to compile it. */
const UNAVAILABLE: ReadonlySet<string> = new Set(["RangeError", "ReferenceError", "CompileError"]);

/** What `make` makes with WebAssembly; `undefined` where that cannot be had. Other errors go on. */
export function withWebAssembly<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && UNAVAILABLE.has(error.name)) return undefined;
    throw error;
  }
}
