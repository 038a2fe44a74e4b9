/**
 * Where bytes come from, and what cuts them into frames: the two seams of reading.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch } from "./batch.ts";
import type { CaptureWarning } from "./errors.ts";

/** A stream of bytes that is pulled: a file, a pipe, bytes in memory, any `ReadableStream`. */
export interface ByteSource extends AsyncDisposable {
  /** What messages call it: a path, `-` ... */
  readonly name: string;
  /** Size in bytes, if it is known beforehand. */
  readonly size?: number;
  /**
   * Fills the beginning of `into`; answers how many bytes, or `null` at the end. Answers without a promise where it
   * can, so that reading a file costs no await.
   */
  read(into: Uint8Array): number | null | Promise<number | null>;
}

/** What framing may be told. */
export interface FramingOptions {
  /** Bytes a batch aims at. */
  readonly batchBytes?: number;
  /** Frames of a batch at most. */
  readonly batchPackets?: number;
  /**
   * Use the buffers of the batch before the last again. Saves memory where each batch is done with before the one
   * after the next is asked for; a packet kept longer would see other packets' bytes, so it is off unless asked for.
   * `"next"`: each batch is done with before the next is asked for, so that one buffer is enough. Half of the memory stays
   * in the processor's cache, which is 2 % of reading a large file.
   */
  readonly reuse?: boolean | "next";
  /**
   * Where buffers and columns lie, if not in memory of their own: answers so many bytes, from a place divisible by 8; what
   * they hold does not matter.
   * With `reuse` it is asked a few times; bytes it gave are never given back.
   */
  readonly allocate?: (bytes: number) => Uint8Array<ArrayBuffer>;
  /** Answer with the frames at hand as soon as the source has nothing more right now (pipes, growing files). */
  readonly live?: boolean;
  /** Told of every oddity; each is also counted. */
  readonly onWarning?: (warning: CaptureWarning) => void;
}

/** A capture being cut into frames. */
export interface Framing extends AsyncDisposable {
  /** What its first header says. */
  readonly header: CaptureHeader;
  /**
   * The next batch, or `undefined` at the end. Throws `CaptureFormatError` where the file is damaged, after every
   * frame before the damage was delivered.
   */
  next(): FrameBatch | undefined | Promise<FrameBatch | undefined>;
}

/** The batches of a framing, up to its end. */
export async function* batchesOf(framing: Pick<Framing, "next">): AsyncGenerator<FrameBatch> {
  for (;;) {
    const next = framing.next();
    const batch = next instanceof Promise ? await next : next;
    if (batch === undefined) return;
    yield batch;
  }
}

/** Cuts a stream of bytes into frames. */
export interface Framer {
  /** Name on the command line: `pcap`, `pcapng`. */
  readonly name: string;
  /** One sentence for `list framers`. */
  readonly title: string;
  /** Whether these first bytes (at least 4, if the source has them) are of the kind it reads. */
  detect(head: Uint8Array): boolean;
  /** Reads the file's header and stands before the first frame. */
  open(source: ByteSource, options: FramingOptions): Promise<Framing>;
}

/** A source that gives frames instead of bytes: a live capture. */
export interface FrameSource {
  /** What messages call it: the devices. */
  readonly name: string;
  /**
   * Opens it; may be done once. The end comes when it is stopped, also by `signal`: what was captured until then is
   * still delivered.
   */
  frames(options: FramingOptions & { readonly signal?: AbortSignal }): Promise<Framing>;
}

/** Whether something is a {@linkcode FrameSource}. */
export function isFrameSource(source: object): source is FrameSource {
  return "frames" in source && typeof source.frames === "function";
}
