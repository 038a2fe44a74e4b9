/**
 * Writing a capture again.
 *
 * @module
 */
import type { Args } from "../flags.ts";

/** Converts. */
export function convertCommand(_args: Args): Promise<number> {
  throw new Error("not yet");
}
