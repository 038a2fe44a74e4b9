/**
 * What is read before reading fails is finished first: all good packets come before the error of a bad file, however
 * many batches are under way.
 *
 * @module
 */
import type { FrameBatch } from "../core/batch.ts";

/** Batches of a source that end where it fails, and the failure, for later. */
export class UntilFailure {
  readonly #frames: AsyncIterable<FrameBatch>;
  readonly #signal: AbortSignal | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Reads `frames`. Once `signal` aborts, failures are thrown at once: nothing is wanted any more. */
  constructor(frames: AsyncIterable<FrameBatch>, signal: AbortSignal | undefined) {
    this.#frames = frames;
    this.#signal = signal;
  }

  /** The batches, once; a failure of the source is their ordinary end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBatch> {
    try {
      yield* this.#frames;
    } catch (error) {
      if (this.#signal?.aborted) throw error;
      this.#failure = { error };
    }
  }

  /** Throws what the source failed with, if it failed: to be called when all batches are done. */
  rethrow(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
