/**
 * Where output goes: standard output, files, one file per frame. The only place in `output/` that touches the system.
 *
 * @module
 */
import { oneFrame } from "../core/batch.ts";
import type { Encoder, Format, FormatContext, PacketBatch } from "../core/engine.ts";

/** Where output goes. Writing is synchronous where it can be, so that a batch costs no await. */
export interface Sink {
  /** Writes all of `b`. */
  write(b: Uint8Array): void | Promise<void>;
  /** Closes what was opened. */
  close(): void | Promise<void>;
}

/** Writes all of `b`. */
export function writeSync(to: { writeSync(b: Uint8Array): number }, b: Uint8Array): void {
  for (let at = 0; at < b.length;) at += to.writeSync(b.subarray(at));
}

/** Standard output as a sink. */
export function stdoutSink(): Sink {
  const writeAll = async (b: Uint8Array): Promise<void> => {
    for (let at = 0; at < b.length;) at += await Deno.stdout.write(b.subarray(at));
  };
  return {
    write(b): void | Promise<void> {
      let at = 0;
      try {
        while (at < b.length) at += Deno.stdout.writeSync(b.subarray(at));
      } catch (error) {
        // A pipe that does not block (its other end set it so) and is full: wait for it.
        if (error instanceof Deno.errors.WouldBlock) return writeAll(b.slice(at));
        throw error;
      }
    },
    close(): void {},
  };
}

/** What went wrong, without the runtime's own preface. */
export function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}

/**
 * A file as a sink; made anew, or emptied.
 *
 * @throws {Error} If it cannot be opened or written, naming the file and the reason.
 */
export function fileSink(path: string): Sink {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw new Error(`Cannot write "${path}": ${reason(error)}`, { cause: error });
    }
  };
  const file = attempt(() => Deno.openSync(path, { write: true, create: true, truncate: true }));
  return {
    write: (b) => attempt(() => writeSync(file, b)),
    close: () => file.close(),
  };
}

/** Writes one file per frame, as the ancestor names them: `Global Header.EXT`, `Frame N.EXT`. */
export interface FrameFiles {
  /** Writes the files of a batch's frames. */
  write(batch: PacketBatch): void;
}

/** Opens a directory for {@link FrameFiles}; the global header is written at once. */
export async function frameFiles(
  directory: string,
  format: Format,
  context: FormatContext,
): Promise<FrameFiles> {
  try {
    Deno.mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new Error(`Cannot write into "${directory}": ${reason(error)}`, { cause: error });
  }
  const { header, ...lone } = context;
  const extension = format.extensions[0] ?? format.name;
  const put = (name: string, parts: () => readonly Uint8Array[]): void => {
    const sink = fileSink(`${directory}/${name}.${extension}`);
    for (const part of parts()) sink.write(part);
    sink.close();
  };
  const whole = await format.start(context);
  put("Global Header", () => [whole.head().slice(), whole.tail()]);
  // A capture file of one frame needs its header; a report of one frame has none.
  const encoder: Encoder = await format.start(
    format.binary && header
      ? { ...lone, header }
      : { ...lone, options: { ...lone.options, lone: true } },
  );
  return {
    write(batch): void {
      for (let i = 0; i < batch.frames.count; i++) {
        const one: PacketBatch = {
          ...batch,
          frames: oneFrame(batch.frames, i),
          firstLayer: batch.firstLayer.subarray(i, i + 2),
          ...(batch.items
            ? { items: { ...batch.items, first: batch.items.first.subarray(i, i + 2) } }
            : {}),
          issues: new Int32Array(0),
          issuesUsed: 0,
        };
        put(`Frame ${one.frames.firstNumber}`, () => [
          encoder.head().slice(),
          encoder.encode(one, true).slice(),
          encoder.tail().slice(),
        ]);
      }
    },
  };
}
