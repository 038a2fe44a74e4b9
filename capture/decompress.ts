import type { CaptureWarning } from "../core/errors.ts";
import type { ByteSource } from "../core/source.ts";
import type { Compression } from "./formats.ts";
/** Placeholder. */
export function decompressedSource(
  _source: ByteSource,
  _warn: (warning: CaptureWarning) => void,
): Promise<{ source: ByteSource; compression: Compression }> {
  return Promise.reject(new Error("not yet"));
}
