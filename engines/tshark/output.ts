/**
 * What readers of tshark's output have in common: a buffer of what was printed, and packets that are there as a whole.
 *
 * @module
 */
import { TSHARK_PACKET_BYTES_MAX } from "../../core/limits.ts";
import type { Rows } from "./rows.ts";

/** Reads packets out of what tshark prints. */
export abstract class Output {
  /** What was printed and not read yet stands from `from` up to `to`. */
  protected bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 17);
  /** See {@link bytes}. */
  protected from = 0;
  /** See {@link bytes}. */
  protected to = 0;

  /** Takes more of the output. Answers whether there was room: no packet may be larger than the limit. */
  feed(chunk: Uint8Array): boolean {
    if (this.to + chunk.length > this.bytes.length) {
      const left = this.to - this.from;
      if (left + chunk.length > TSHARK_PACKET_BYTES_MAX) return false;
      let into = this.bytes;
      if ((left + chunk.length) * 2 > into.length) into = new Uint8Array((left + chunk.length) * 2);
      into.set(this.bytes.subarray(this.from, this.to));
      this.moved(this.from);
      this.bytes = into;
      this.from = 0;
      this.to = left;
    }
    this.bytes.set(chunk, this.to);
    this.to += chunk.length;
    return true;
  }

  /** Bytes that are printed of a packet at least. */
  abstract readonly least: number;

  /** What stood at `by` stands at 0 now. */
  protected abstract moved(by: number): void;

  /** Number, as tshark counts, of the next packet that is there as a whole; 0 if none is. */
  abstract next(): number;

  /** Names of protocols that must be loaded before {@link take}. */
  missing(): readonly string[] {
    return [];
  }

  /** Reads that packet into rows. `number`: what it is called in the capture. Answers whether it matches the filter. */
  abstract take(rows: Rows, number: number): boolean;

  /** Whether nothing is left that was not read. */
  get empty(): boolean {
    return this.from === this.to;
  }
}
