/**
 * One file per frame. The only place in `output/` that touches the system.
 *
 * @module
 */
import { fileSink, reason } from "../capture/file_sink.ts";
import { oneFrame } from "../core/batch.ts";
import { ownIssues } from "../core/emitter.ts";
import type { Encoder, Format, FormatContext, PacketBatch } from "../core/engine.ts";

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
        const issues = ownIssues(batch, i);
        const one: PacketBatch = {
          ...batch,
          frames: oneFrame(batch.frames, i),
          firstLayer: batch.firstLayer.subarray(i, i + 2),
          ...(batch.items
            ? { items: { ...batch.items, first: batch.items.first.subarray(i, i + 2) } }
            : {}),
          issues,
          issuesUsed: issues.length,
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
