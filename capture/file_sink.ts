/**
 * Files and standard output as sinks; Deno only.
 *
 * @module
 */
import type { ByteSink } from "./sink.ts";

/** A sink that is closed when it is done with. */
export type FileSink = Required<ByteSink>;

/** How a file is opened for writing. */
export interface FileSinkOptions {
  /** Add to an existing file instead of replacing it; one that does not exist is created. */
  readonly append?: boolean;
  /** Fail if the file exists. */
  readonly createNew?: boolean;
}

/** Writes all of `bytes`. */
export function writeSync(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  // Nearly always one call writes all, and a view of it would be garbage.
  for (let at = 0; at < bytes.length;) at += to.writeSync(at === 0 ? bytes : bytes.subarray(at));
}

/** What went wrong in writing, without the runtime's own preface. */
export function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or directory";
  if (error instanceof Deno.errors.AlreadyExists) return "it exists already";
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno may not write it (allow it with --allow-write)";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return error instanceof Error ? error.message : String(error);
}

/** What is thrown for an error in writing to `what`; a reader that has gone is no fault of ours, and told as it is. */
function failure(what: string, error: unknown): unknown {
  return error instanceof Deno.errors.BrokenPipe
    ? error
    : new Error(`Cannot write ${what}: ${reason(error)}`, { cause: error });
}

/**
 * Standard output as a sink; closing leaves it open.
 *
 * @throws {Deno.errors.BrokenPipe} If its reader has gone.
 * @throws {Error} If it cannot be written otherwise, with the reason; its cause is the runtime's error.
 */
export function stdoutSink(): FileSink {
  const writeAll = async (bytes: Uint8Array): Promise<void> => {
    try {
      for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    } catch (error) {
      throw failure("to standard output", error);
    }
  };
  return {
    write(bytes): void | Promise<void> {
      let at = 0;
      try {
        while (at < bytes.length) {
          at += Deno.stdout.writeSync(at === 0 ? bytes : bytes.subarray(at));
        }
      } catch (error) {
        // A pipe that does not block (its other end set it so) and is full: wait for it.
        if (error instanceof Deno.errors.WouldBlock) return writeAll(bytes.slice(at));
        throw failure("to standard output", error);
      }
    },
    close(): void {},
  };
}

/**
 * A file as a sink: made anew, or emptied, if `options` do not say otherwise. `-` is standard output. Writes to files
 * are synchronous.
 *
 * @throws {Deno.errors.BrokenPipe} If it is a pipe whose reader has gone.
 * @throws {Error} If it cannot be opened or written, naming the file and the reason; its cause is the runtime's error.
 */
export function fileSink(path: string, options: FileSinkOptions = {}): FileSink {
  if (path === "-") return stdoutSink();
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw failure(`"${path}"`, error);
    }
  };
  const file = attempt(() =>
    Deno.openSync(path, {
      write: true,
      ...(options.createNew === true
        ? { createNew: true }
        : options.append === true
        ? { create: true, append: true }
        : { create: true, truncate: true }),
    })
  );
  return {
    write: (bytes) => attempt(() => writeSync(file, bytes)),
    close: () => file.close(),
  };
}
