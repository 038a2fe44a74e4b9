/**
 * A capture of which only the frames are seen that a filter lets pass.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch } from "../../core/batch.ts";
import type { CaptureWarning } from "../../core/errors.ts";
import { batchesOf } from "../../core/source.ts";
import { FilterSyntaxError } from "../libpcap/errors.ts";
import type { Capture } from "../open.ts";
import { compileForFile } from "./compile.ts";
import { FrameFilter } from "./filter.ts";

/**
 * Filters a capture by an expression (pcap-filter(7)). It is compiled for the link type of the file, and for further ones
 * as their first frames come; the frames are filtered by our own code.
 *
 * @example Count the packets to and from port 53
 * ```ts
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 * import { filterCapture } from "@pcapkit/pcapkit/bpf";
 *
 * const file = await openCapture("tests/captures/sample.pcap");
 * await using capture = await filterCapture(file, "port 53");
 * let packets = 0;
 * for await (const batch of capture) packets += batch.count;
 * ```
 *
 * @throws {FilterSyntaxError} If libpcap does not understand the expression, or not for the first link type. The capture
 * is closed then.
 * @throws {LibraryLoadError} If there is nothing to compile it with.
 */
export async function filterCapture(capture: Capture, expression: string): Promise<Capture> {
  const filtered = new FilteredCapture(capture, expression);
  try {
    await filtered.prepare();
  } catch (error) {
    await capture[Symbol.asyncDispose]();
    throw error;
  }
  return filtered;
}

class FilteredCapture implements Capture {
  readonly #capture: Capture;
  readonly #expression: string;
  readonly #filter = new FrameFilter();
  /** What was read before it was asked for. */
  #ahead: (() => FrameBatch | undefined) | undefined;

  constructor(capture: Capture, expression: string) {
    this.#capture = capture;
    this.#expression = expression;
  }

  get header(): CaptureHeader {
    return this.#capture.header;
  }
  get framer(): Capture["framer"] {
    return this.#capture.framer;
  }
  get warnings(): readonly CaptureWarning[] {
    return this.#capture.warnings;
  }
  get warningCount(): number {
    return this.#capture.warningCount;
  }

  /**
   * Compiles, so that a wrong expression is known before anything is written. A pcapng file says its link types within,
   * so its first batch is read for that; what is wrong with that is told where a reader expects it.
   */
  async prepare(): Promise<void> {
    const { linkType, littleEndian } = this.#capture.header;
    if (linkType !== undefined) return await this.#compile(linkType, littleEndian);
    let batch: FrameBatch | undefined;
    try {
      batch = await this.#capture.next();
    } catch (error) {
      this.#ahead = () => {
        throw error;
      };
      return;
    }
    this.#ahead = () => batch;
    const first = batch === undefined || batch.count === 0
      ? batch?.interfaces[0]?.linkType
      : batch.linkTypes[0];
    if (batch !== undefined && first !== undefined) await this.#compile(first, batch.littleEndian);
  }

  next(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const batch = ahead === undefined ? this.#capture.next() : ahead();
    return batch instanceof Promise ? batch.then((b) => this.#select(b)) : this.#select(batch);
  }

  [Symbol.asyncIterator](): AsyncIterator<FrameBatch> {
    return batchesOf(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#capture[Symbol.asyncDispose]();
  }

  #select(
    batch: FrameBatch | undefined,
  ): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (batch === undefined) return undefined;
    const missing = this.#filter.missing(batch);
    if (missing === undefined) return this.#filter.select(batch);
    return this.#compile(missing, batch.littleEndian).then(() => this.#select(batch));
  }

  async #compile(linkType: number, littleEndian: boolean): Promise<void> {
    try {
      const program = await compileForFile(this.#expression, { linkType, littleEndian });
      this.#filter.add(program, littleEndian);
    } catch (error) {
      if (!(error instanceof FilterSyntaxError)) throw error;
      const { expression, reason, code } = error;
      throw new FilterSyntaxError(expression, `${reason} (link type ${linkType})`, code);
    }
  }
}
