/**
 * Files and standard input as sources of bytes; Deno only.
 *
 * @module
 */
import { CaptureFormatError } from "../core/errors.ts";
import type { ByteSource } from "../core/source.ts";

/** How a file is read. */
export interface FileSourceOptions {
  /** At the end, wait for more until `signal` aborts, as for a file still being written. */
  readonly follow?: boolean;
  /** Ends a followed file cleanly; makes any other reading fail with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Milliseconds between two looks at the end of a followed file: quick to the eye, and no load. */
const FOLLOW_INTERVAL = 100;

function ioError(path: string, error: unknown): CaptureFormatError {
  let reason = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotFound) {
    reason = isLink(path)
      ? "it is a symbolic link to something that does not exist"
      : "no such file";
  } else if (error instanceof Deno.errors.FilesystemLoop || /ELOOP|os error 40\b/.test(reason)) {
    reason = "it is a symbolic link that leads back to itself";
  } else if (error instanceof Deno.errors.NotCapable) {
    reason = "Deno may not read it (allow it with --allow-read)";
  } else if (error instanceof Deno.errors.PermissionDenied) {
    reason = "permission denied";
  } else if (error instanceof Deno.errors.IsADirectory) {
    reason = "it is a directory";
  }
  return new CaptureFormatError("E_IO", path, undefined, reason, { cause: error });
}

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}

/**
 * Opens a file. Regular files are read synchronously, which costs no await; pipes and devices asynchronously, so that
 * waiting for them does not block.
 *
 * @throws {CaptureFormatError} If it cannot be opened (`E_IO`), with the reason.
 */
export async function fileSource(
  path: string,
  options: FileSourceOptions = {},
): Promise<ByteSource> {
  options.signal?.throwIfAborted();
  let file: Deno.FsFile;
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
    if (info.isDirectory) {
      throw new CaptureFormatError("E_IO", path, undefined, "it is a directory");
    }
    // Opening a pipe waits for its writer.
    file = info.isFile ? Deno.openSync(path) : await Deno.open(path);
  } catch (error) {
    throw error instanceof CaptureFormatError ? error : ioError(path, error);
  }
  return new FileSource(path, file, info, options);
}

/**
 * Opens a stretch of a regular file. A file that ends before the stretch does was cut while it was in use, which is an
 * error and no end.
 */
export function fileRange(path: string, from: number, to: number): ByteSource {
  try {
    const file = Deno.openSync(path);
    try {
      file.seekSync(from, Deno.SeekMode.Start);
    } catch (error) {
      file.close();
      throw error;
    }
    return new FileRange(path, file, from, to);
  } catch (error) {
    throw ioError(path, error);
  }
}

/** Standard input; messages call it `-`. It is read synchronously if it is a regular file. */
export function stdinSource(options: FileSourceOptions = {}): ByteSource {
  let info: Deno.FileInfo | undefined;
  try {
    info = Deno.statSync("/dev/stdin");
  } catch {
    // Not allowed, or no such name here: then it is read as a pipe would be.
  }
  return new FileSource("-", Deno.stdin, info, options);
}

/** A path as given, or with the capture extension it lacks (`in` for `in.pcap`). */
export function findInput(name: string): string {
  if (name === "-") return name;
  for (const extension of ["", ".pcap", ".pcapng", ".cap"]) {
    try {
      if (Deno.statSync(name + extension)) return name + extension;
    } catch {
      // Not this one; what is wrong with the name itself is said when it is opened.
    }
  }
  return name;
}

/** Whether two names are of one regular file, which reading and writing at once would destroy. */
export function sameFile(a: string, b: string): boolean {
  try {
    const x = Deno.statSync(a), y = Deno.statSync(b);
    return x.isFile && y.isFile && x.dev === y.dev && x.ino !== null && x.ino === y.ino;
  } catch {
    return false;
  }
}

/** Path of a file URL. */
export function urlToPath(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.replace(/^\/([A-Za-z]:)/, "$1") : path;
}

class FileRange implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #file: Deno.FsFile;
  readonly #to: number;
  #at: number;
  #closed = false;

  constructor(name: string, file: Deno.FsFile, from: number, to: number) {
    this.name = name;
    this.size = to - from;
    this.#file = file;
    this.#at = from;
    this.#to = to;
  }

  read(into: Uint8Array): number | null {
    const left = this.#to - this.#at;
    if (this.#closed || left <= 0) return null;
    let got: number | null;
    try {
      got = this.#file.readSync(into.length > left ? into.subarray(0, left) : into);
    } catch (error) {
      throw ioError(this.name, error);
    }
    if (got === null) {
      throw new CaptureFormatError(
        "E_IO",
        this.name,
        this.#at,
        `the file shrank to ${this.#at} bytes while it was in use`,
      );
    }
    this.#at += got;
    return got;
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#file.close();
    }
    return Promise.resolve();
  }
}

/** What {@linkcode FileSource} needs of an open file. */
interface Readable {
  readSync(into: Uint8Array): number | null;
  read(into: Uint8Array): Promise<number | null>;
  close(): void;
  statSync?(): Deno.FileInfo;
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly size?: number;
  readonly #file: Readable;
  readonly #regular: boolean;
  readonly #follow: boolean;
  readonly #signal: AbortSignal | undefined;
  #closed = false;
  #reading = false;
  #position = 0;

  constructor(
    name: string,
    file: Readable,
    info: Deno.FileInfo | undefined,
    options: FileSourceOptions,
  ) {
    this.name = name;
    this.#file = file;
    this.#regular = info?.isFile === true;
    this.#follow = options.follow === true && this.#regular;
    this.#signal = options.signal;
    // A file being written may say 0 or too little; its size is only a hint for buffers.
    if (this.#regular && !this.#follow && info !== undefined && info.size > 0) {
      this.size = info.size;
    }
  }

  read(into: Uint8Array): number | null | Promise<number | null> {
    if (this.#closed) return null;
    if (this.#signal?.aborted === true) {
      if (this.#follow) return null;
      throw this.#signal.reason;
    }
    if (!this.#regular) return this.#readLater(into);
    const got = this.#readNow(into);
    return got === null && this.#follow ? this.#wait(into) : got;
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      // Closing standard input under a read that still waits would leave that read for ever.
      if (!(this.#reading && this.name === "-")) this.#file.close();
    }
    return Promise.resolve();
  }

  #readNow(into: Uint8Array): number | null {
    try {
      const got = this.#file.readSync(into);
      this.#position += got ?? 0;
      return got;
    } catch (error) {
      throw ioError(this.name, error);
    }
  }

  async #readLater(into: Uint8Array): Promise<number | null> {
    this.#reading = true;
    const signal = this.#signal;
    try {
      if (signal === undefined) return await this.#file.read(into);
      return await raceAbort(this.#file.read(into), signal);
    } catch (error) {
      if (this.#closed) return null;
      if (signal?.aborted === true) throw signal.reason;
      throw ioError(this.name, error);
    } finally {
      this.#reading = false;
    }
  }

  /** Waits at the end of a file that grows. */
  async #wait(into: Uint8Array): Promise<number | null> {
    const signal = this.#signal;
    for (;;) {
      await pause(FOLLOW_INTERVAL, signal);
      if (this.#closed || signal?.aborted === true) return null;
      const got = this.#readNow(into);
      if (got !== null) return got;
      this.#checkShrunk();
    }
  }

  #checkShrunk(): void {
    const size = this.#file.statSync?.().size ?? Infinity;
    if (size < this.#position) {
      throw new CaptureFormatError(
        "E_IO",
        this.name,
        this.#position,
        `the file shrank to ${size} bytes while it was followed`,
      );
    }
  }
}

/** Settles as `work` does, or rejects when the signal aborts; leaves no listener behind. */
async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Resolves after a while, or when the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}
