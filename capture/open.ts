/**
 * Opening a capture, whatever it is given as: a path, standard input, bytes, a stream; compressed or not.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch } from "../core/batch.ts";
import { CaptureFormatError, type CaptureWarning } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { DecompressedSource } from "./decompress.ts";
import {
  batchesOf,
  type ByteSource,
  type Framer,
  type FrameSource,
  type Framing,
  type FramingOptions,
  isFrameSource,
} from "../core/source.ts";
import {
  describeUnknown,
  detectCompression,
  foreignCompression,
  foreignFormat,
} from "./formats.ts";
import { wrapSourceError } from "./framing.ts";
import { pcapFramer } from "./pcap.ts";
import { pcapngFramer } from "./pcapng.ts";
import { FrameSelector, type Selection } from "./select.ts";
import { bytesSource, prefixedSource, streamSource } from "./source.ts";

/** Warnings a {@linkcode Capture} keeps; those beyond are only counted. */
export const WARNINGS_KEPT = 1000;

/** Name of the framer that is an npm package. */
const PCAP_PARSER = "pcap-parser";

/** Bytes looked at to tell what a file is. */
const HEAD_BYTES = 64;

/** Bytes of decompressed data looked through, after an error in it, for damage of the compressed data. */
const BLAME_BYTES = 16 * 1024 * 1024;

/** What {@linkcode openCapture} can open. */
export type CaptureInput =
  | string
  | URL
  | Uint8Array
  | ReadableStream<Uint8Array>
  | ByteSource
  | FrameSource;

/** How a capture is opened. */
export interface OpenCaptureOptions extends FramingOptions {
  /**
   * At the end of a file, wait for more until `signal` aborts. Implies `live`. A record that is unfinished when the
   * signal aborts is no error.
   */
  readonly follow?: boolean;
  /** Ends a followed capture cleanly; makes any other reading reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The part of the capture that is wanted. What comes before is passed over, and nothing is read after it. All of
   * pcapng's other blocks come, up to there, so that the part can be written as pcapng.
   */
  readonly select?: Selection;
  /** Formats to look for beside pcap and pcapng; they are asked first. */
  readonly framers?: readonly Framer[];
  /** Name of the format, instead of looking at the first bytes. */
  readonly framer?: string;
}

/** An open capture: its header, and batches of frames. */
export interface Capture extends Framing, AsyncIterable<FrameBatch> {
  /** What cuts it; `undefined` for what cuts its own frames, as a live capture. */
  readonly framer: Framer | undefined;
  /** The oddities seen so far, the first {@linkcode WARNINGS_KEPT} of them. */
  readonly warnings: readonly CaptureWarning[];
  /** How many oddities were seen so far. */
  readonly warningCount: number;
}

/**
 * Opens a capture file: a path or file URL, `-` for standard input, an http(s) URL (as text, too), bytes, a stream, any
 * source of bytes, or a live capture. gzip, zstd and lz4 are undone, whatever the file is called. Rejects with
 * {@linkcode CaptureFormatError} if it is no capture, with a `RangeError` if it names a framer that there is not.
 *
 * @example Count the packets of a file
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 *
 * await using capture = await openCapture("tests/captures/sample.pcap");
 * let packets = 0;
 * for await (const batch of capture) packets += batch.count;
 * ```
 */
export async function openCapture(
  input: CaptureInput,
  options: OpenCaptureOptions = {},
): Promise<Capture> {
  options.signal?.throwIfAborted();
  if (typeof input === "object" && isFrameSource(input)) return await openFrames(input, options);
  const framer = await namedFramer(options);
  const source = await toSource(input, options);
  try {
    return await openSource(source, framer, options);
  } catch (error) {
    await closeQuietly(source);
    throw wrapSourceError(error, source.name);
  }
}

/** Opens what cuts its own frames. A signal ends it, and is no failure. */
async function openFrames(source: FrameSource, options: OpenCaptureOptions): Promise<Capture> {
  const log = new WarningLog(options.onWarning);
  const framing = await source.frames({ ...options, live: true, onWarning: log.add });
  return new OpenedCapture(framing, undefined, log, undefined, { ...options, follow: true });
}

/** The bytes behind an input: what a path, `-`, a URL, bytes or a stream give. */
export async function toSource(
  input: Exclude<CaptureInput, FrameSource>,
  options: Pick<OpenCaptureOptions, "follow" | "signal"> = {},
): Promise<ByteSource> {
  if (input instanceof Uint8Array) return bytesSource(input);
  if (typeof input === "string" || input instanceof URL) {
    if (typeof input === "string" && /^https?:\/\//i.test(input)) input = new URL(input);
    if (input instanceof URL && input.protocol !== "file:") return await download(input, options);
    const files = await import("./file_source.ts");
    if (input === "-") return files.stdinSource(options);
    return await files.fileSource(
      typeof input === "string" ? input : files.urlToPath(input),
      options,
    );
  }
  // Not `instanceof`: the runtime loads its streams at the first mention of their name.
  return "getReader" in input ? streamSource(input) : input;
}

async function download(
  url: URL,
  options: Pick<OpenCaptureOptions, "signal">,
): Promise<ByteSource> {
  let response: Response;
  try {
    response = await fetch(url, { signal: options.signal ?? null });
  } catch (error) {
    throw wrapSourceError(error, url.href);
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new CaptureFormatError(
      "E_IO",
      url.href,
      undefined,
      `the server answered ${response.status} ${response.statusText}`.trimEnd(),
    );
  }
  return streamSource(response.body, url.href);
}

async function openSource(
  raw: ByteSource,
  named: Framer | undefined,
  options: OpenCaptureOptions,
): Promise<Capture> {
  const log = new WarningLog(options.onWarning);
  let [head, source] = await peek(raw);
  let packed: DecompressedSource | undefined;
  if (detectCompression(head) !== undefined) {
    const { decompressedSource } = await import("./decompress.ts");
    packed = decompressedSource(source, log.add);
    [head, source] = await peek(packed);
  }
  const framer = named ?? chooseFramer(head, source.name, packed !== undefined, options);
  const framing = await framer.open(source, {
    ...options,
    live: options.live === true || options.follow === true,
    onWarning: log.add,
  });
  return new OpenedCapture(framing, framer, log, packed, options);
}

/** The framers there are, those of plug-ins first. */
function framersOf(options: OpenCaptureOptions): Framer[] {
  return [...new Set([...options.framers ?? [], pcapFramer, pcapngFramer])];
}

/** The framer that the options name, if they name one. */
async function namedFramer(options: OpenCaptureOptions): Promise<Framer | undefined> {
  const { framer: name } = options;
  if (name === undefined) return undefined;
  const framers = framersOf(options), named = framers.find((framer) => framer.name === name);
  if (named !== undefined) return named;
  // Loaded for those who name it; it never chooses itself.
  if (name === PCAP_PARSER) return (await import("./pcap_parser.ts")).pcapParserFramer;
  const known = [...framers.map((framer) => framer.name), PCAP_PARSER];
  throw new RangeError(
    `Cannot read with framer "${name}": current framers are ${known.join(", ")}${
      didYouMean(name, known)
    }`,
  );
}

function chooseFramer(
  head: Uint8Array,
  name: string,
  decompressed: boolean,
  options: OpenCaptureOptions,
): Framer {
  if (head.length === 0) {
    throw new CaptureFormatError(
      "E_EMPTY",
      name,
      0,
      decompressed ? "the file is empty after decompression" : "the file is empty",
    );
  }
  const framer = framersOf(options).find((framer) => framer.detect(head));
  if (framer !== undefined) return framer;
  const packer = foreignCompression(head);
  if (packer !== undefined) {
    throw new CaptureFormatError(
      "E_UNSUPPORTED_COMPRESSION",
      name,
      0,
      `compressed with ${packer}, which is not undone here: decompress it first`,
    );
  }
  const format = foreignFormat(head);
  if (format !== undefined) {
    throw new CaptureFormatError(
      "E_UNSUPPORTED_FORMAT",
      name,
      0,
      `${format}, which is not read here: convert it to pcapng first`,
    );
  }
  throw new CaptureFormatError("E_UNKNOWN_FORMAT", name, 0, describeUnknown(head));
}

/** Reads the first bytes and puts them back. Waits for no more than are needed to tell what it is. */
async function peek(source: ByteSource): Promise<[head: Uint8Array, source: ByteSource]> {
  const head = new Uint8Array(HEAD_BYTES);
  let got = 0;
  let tries = 0;
  let failure: unknown;
  while (got < 4 && tries++ < HEAD_BYTES) {
    try {
      const count = await source.read(head.subarray(got));
      if (count === null) break;
      got += count;
    } catch (error) {
      if (got === 0) throw error;
      failure = error;
      break;
    }
  }
  const bytes = head.subarray(0, got);
  return [bytes, prefixedSource(bytes, source, failure)];
}

async function closeQuietly(source: ByteSource): Promise<void> {
  try {
    await source[Symbol.asyncDispose]();
  } catch {
    // What went wrong before matters more.
  }
}

/**
 * Damage in compressed data often shows in the records made of it before the checksum is reached. The rest of the data
 * tells which it is, so that a transfer gone wrong is not taken for a broken writer.
 */
async function blame(error: CaptureFormatError, packed: DecompressedSource): Promise<never> {
  const scratch = new Uint8Array(64 * 1024);
  try {
    for (let read = 0; read < BLAME_BYTES && packed.failure === undefined;) {
      const count = await packed.read(scratch);
      if (count === null) break;
      read += count;
    }
  } catch {
    // It is what `failure` holds, or a failing source, which is not what went wrong first.
  }
  throw packed.failure ?? error;
}

/** Keeps the first warnings and counts all. */
class WarningLog {
  readonly kept: CaptureWarning[] = [];
  count = 0;
  readonly #tell: ((warning: CaptureWarning) => void) | undefined;

  constructor(tell: ((warning: CaptureWarning) => void) | undefined) {
    this.#tell = tell;
  }

  readonly add = (warning: CaptureWarning): void => {
    this.count++;
    if (this.kept.length < WARNINGS_KEPT) this.kept.push(warning);
    this.#tell?.(warning);
  };
}

class OpenedCapture implements Capture {
  readonly header: CaptureHeader;
  readonly framer: Framer | undefined;
  readonly #framing: Framing;
  readonly #log: WarningLog;
  readonly #packed: DecompressedSource | undefined;
  readonly #options: OpenCaptureOptions;
  // Frames that are not wanted are cut and dropped. An index, made for one use, would be slower: it reads the whole
  // file, and passing over a record costs nearly what cutting it does.
  readonly #selector: FrameSelector | undefined;
  /** Selected, and not asked for yet. */
  #pieces: FrameBatch[] = [];
  #ended = false;

  constructor(
    framing: Framing,
    framer: Framer | undefined,
    log: WarningLog,
    packed: DecompressedSource | undefined,
    options: OpenCaptureOptions,
  ) {
    this.#framing = framing;
    this.framer = framer;
    this.#log = log;
    this.#options = options;
    this.#packed = packed;
    if (options.select !== undefined) this.#selector = new FrameSelector(options.select);
    const compression = packed?.compression;
    this.header = compression === undefined ? framing.header : { ...framing.header, compression };
  }

  get warnings(): readonly CaptureWarning[] {
    return this.#log.kept;
  }

  get warningCount(): number {
    return this.#log.count;
  }

  next(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (this.#selector === undefined) return this.#nextBatch();
    for (;;) {
      if (this.#pieces.length > 0) return this.#pieces.shift();
      const batch = this.#nextBatch();
      if (batch instanceof Promise) return this.#nextPieceLater(batch);
      if (batch === undefined) return undefined;
      this.#select(batch);
    }
  }

  async #nextPieceLater(
    next: Promise<FrameBatch | undefined>,
  ): Promise<FrameBatch | undefined> {
    for (;;) {
      const batch = await next;
      if (batch === undefined) return undefined;
      this.#select(batch);
      if (this.#pieces.length > 0) return this.#pieces.shift();
      next = Promise.resolve(this.#nextBatch());
    }
  }

  #select(batch: FrameBatch): void {
    const selector = this.#selector!;
    this.#pieces = selector.select(batch);
    if (selector.endsBefore(batch.firstNumber + batch.count)) this.#ended = true;
  }

  #nextBatch(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (this.#ended) return undefined;
    const { signal, follow } = this.#options;
    if (signal?.aborted === true && follow !== true) throw signal.reason;
    let batch: FrameBatch | undefined | Promise<FrameBatch | undefined>;
    try {
      batch = this.#framing.next();
    } catch (error) {
      return this.#endOrThrow(error);
    }
    return batch instanceof Promise ? batch.catch(this.#endOrThrow) : batch;
  }

  [Symbol.asyncIterator](): AsyncIterator<FrameBatch> {
    return batchesOf(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#pieces = [];
    await this.#framing[Symbol.asyncDispose]();
  }

  readonly #endOrThrow = (error: unknown): undefined | Promise<undefined> => {
    const { signal, follow } = this.#options;
    if (
      follow === true && signal?.aborted === true && error instanceof CaptureFormatError &&
      (error.code === "E_TRUNCATED_RECORD" || error.code === "E_TRUNCATED_BLOCK" ||
        error.code === "E_DECOMPRESS")
    ) {
      // The file was still being written when the caller had enough: its last record is unfinished, not damaged.
      this.#ended = true;
      return undefined;
    }
    if (this.#packed !== undefined && error instanceof CaptureFormatError) {
      return blame(error, this.#packed);
    }
    throw error;
  };
}
