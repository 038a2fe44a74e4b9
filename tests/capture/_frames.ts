/** What a capture says, frame by frame and without batches, so that ways of reading can be compared. */
import type { FrameBatch } from "../../core/batch.ts";
import { CaptureFormatError } from "../../core/errors.ts";

/** Adds what a batch says to `lines`: frames with all their columns, blocks in their places, and the clock. */
export function tell(batch: FrameBatch, lines: string[]): void {
  const { blocks, clock, bytes, modified } = batch;
  const text = (start: number, length: number): string => hash(bytes, start, start + length);
  let b = 0;
  for (let i = 0; i <= batch.count; i++) {
    for (; blocks !== undefined && b < blocks.count && blocks.before[b] <= i; b++) {
      const type = new DataView(bytes.buffer, bytes.byteOffset).getUint32(
        blocks.starts[b],
        batch.littleEndian,
      );
      lines.push(
        `block ${type} ${batch.firstNumber + i} ${blocks.sections?.[b]} ${
          text(blocks.starts[b], blocks.lengths[b])
        } ${batch.littleEndian}`,
      );
    }
    if (i === batch.count) break;
    const first = batch.firstNumber === 1
      ? [batch.seconds[0], batch.nanoseconds[0]]
      : [clock.firstSeconds, clock.firstNanoseconds];
    const previous = i === 0
      ? [clock.previousSeconds, clock.previousNanoseconds]
      : [batch.seconds[i - 1], batch.nanoseconds[i - 1]];
    lines.push([
      batch.firstNumber + i,
      batch.seconds[i],
      batch.nanoseconds[i],
      batch.capturedLengths[i],
      batch.wireLengths[i],
      batch.linkTypes[i],
      batch.interfaceIds[i],
      batch.littleEndian,
      text(batch.starts[i], batch.capturedLengths[i]),
      text(batch.recordStarts[i], batch.recordLengths[i]),
      batch.optionStarts === undefined
        ? ""
        : text(batch.optionStarts[i], batch.optionLengths![i]) + batch.optionLengths![i],
      modified === undefined
        ? ""
        : `${modified.interfaceIndexes[i]},${modified.protocols[i]},${modified.packetTypes[i]}`,
      first,
      previous,
      JSON.stringify(
        batch.interfaces[batch.interfaceIds[i]],
        (_key, value) => typeof value === "bigint" ? `${value}n` : value,
      ),
    ].join(" "));
  }
}

/** FNV-1a of a stretch, with its length: differing bytes give differing text, near enough. */
function hash(bytes: Uint8Array, from: number, to: number): string {
  let h = 0x811c9dc5;
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i], 0x01000193);
  return `${to - from}:${h >>> 0}`;
}

/** Everything that batches say, and the error that ends them. */
export async function tellAll(
  framing: {
    next(): FrameBatch | undefined | Promise<FrameBatch | undefined>;
  },
  lines: string[] = [],
): Promise<{ readonly lines: string[]; readonly error: string | undefined }> {
  try {
    for (;;) {
      const batch = await framing.next();
      if (batch === undefined) return { lines, error: undefined };
      tell(batch, lines);
    }
  } catch (error) {
    if (!(error instanceof CaptureFormatError)) throw error;
    return { lines, error: `${error.code} ${error.offset} ${error.reason}` };
  }
}
