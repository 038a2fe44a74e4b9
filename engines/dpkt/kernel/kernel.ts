/**
 * Counting flows in WebAssembly: what `decode` and `FlowTable` do, in one loop over frames that stand in the kernel's
 * own memory. It is worth its bytes because it is fast from the first packet on, where JavaScript is compiled and
 * recompiled while it runs.
 *
 * @module
 */
import type { FrameBatch } from "../../../core/batch.ts";
import { BLOCK_BYTES_MAX, FLOWS_MAX } from "../../../core/limits.ts";
import { compileModule, PAGE_BYTES } from "../../../core/webassembly.ts";
import { hasCheckSequence } from "../columns.ts";
import { ENTRY_WORDS, type Flows, randomSeed } from "../flow_table.ts";
import { KERNEL } from "./wasm.ts";

/** Bytes for the kernel's few globals and its stack: less than that. */
const STATIC_BYTES = PAGE_BYTES;
/** Bytes given to who cuts frames; more comes from elsewhere, and is copied. */
const FRAME_BYTES = 24 * 1024 * 1024;
/** Frames copied at a time at most. */
const COPY_PACKETS = 4096;
/** Bytes of columns of as many frames. */
const COPY_COLUMNS = COPY_PACKETS * (3 * 4 + 2 + 1);
/** Bytes that frames are copied to; the largest frame fits. */
const COPY_BYTES = BLOCK_BYTES_MAX + PAGE_BYTES;
/** Bytes of an entry and of a slot. */
const ENTRY_BYTES = ENTRY_WORDS * 4, SLOT_BYTES = 4;
/** Slots for which there is room at first. */
const SLOTS_MIN = 4096;

/** What the kernel exports. */
interface Kernel {
  init(slots: number, entries: number, size: number, most: number, seed: number): void;
  add(
    count: number,
    bytes: number,
    starts: number,
    captured: number,
    wires: number,
    links: number,
    checked: number,
    number: number,
  ): void;
  merge(count: number, from: number, before: number): void;
  flows(): number;
  others(): number;
  unkept(): number;
}

/** A table of flows in WebAssembly; does what `decode` and `FlowTable` do together. */
export class KernelTable implements Flows {
  packets = 0;
  bytes = 0;
  otherPackets = 0;
  unkeptPackets = 0;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly floats: Float64Array<ArrayBuffer>;
  readonly #kernel: Kernel;
  /** Starts it again, empty. */
  readonly #init: () => void;
  readonly #memory: ArrayBuffer;
  readonly #copies: number;
  #free = STATIC_BYTES;

  /**
   * Makes an empty table. `most` and `seed` as for `FlowTable`. Memory for `most` flows is reserved and not used before
   * it is needed.
   *
   * @throws {RangeError} If so much memory cannot be reserved, or `most` is more than `FLOWS_MAX`.
   */
  constructor(most = FLOWS_MAX, seed: number = randomSeed()) {
    if (most > FLOWS_MAX) throw new RangeError(`Cannot keep ${most} flows: at most ${FLOWS_MAX}`);
    let slots = SLOTS_MIN;
    while (slots < 2 * most) slots *= 2;
    this.#copies = STATIC_BYTES + FRAME_BYTES;
    const slotsAt = this.#copies + Math.ceil((COPY_BYTES + COPY_COLUMNS) / PAGE_BYTES) * PAGE_BYTES;
    const entriesAt = slotsAt + slots * SLOT_BYTES;
    const pages = Math.ceil((entriesAt + most * ENTRY_BYTES) / PAGE_BYTES);
    // It never grows, so views of it stay valid. The system gives pages when they are first written to.
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compileModule(KERNEL), { env: { memory } });
    this.#kernel = exports as unknown as Kernel;
    const buffer = memory.buffer as ArrayBuffer;
    this.#memory = buffer;
    this.words = new Uint32Array(buffer, entriesAt, most * ENTRY_WORDS);
    this.floats = new Float64Array(buffer, entriesAt, most * ENTRY_WORDS / 2);
    this.#init = () => this.#kernel.init(slotsAt, entriesAt, SLOTS_MIN, most, seed);
    this.#init();
  }

  /** Forgets all flows; its memory is used again, and so is that given to who cuts frames. */
  clear(): void {
    this.#init();
    this.#free = STATIC_BYTES;
    this.packets =
      this.bytes =
      this.otherPackets =
      this.unkeptPackets =
        0;
  }

  /**
   * Counts what another table counted of the packets behind those counted here. `before`: packets of the capture before
   * the other's first.
   */
  addFlows(other: Flows, before: number): void {
    const most = Math.floor(COPY_BYTES / ENTRY_BYTES);
    const to = new Uint32Array(this.#memory, this.#copies, most * ENTRY_WORDS);
    for (let i = 0; i < other.count; i += most) {
      const count = Math.min(most, other.count - i);
      to.set(other.words.subarray(i * ENTRY_WORDS, (i + count) * ENTRY_WORDS));
      this.#kernel.merge(count, this.#copies, before);
      this.unkeptPackets += this.#kernel.unkept();
    }
    this.packets += other.packets;
    this.bytes += other.bytes;
    this.otherPackets += other.otherPackets;
    this.unkeptPackets += other.unkeptPackets;
  }

  /** Flows. */
  get count(): number {
    return this.#kernel.flows();
  }

  /** Memory for frames, which need not be copied then: what `FramingOptions.allocate` asks for. */
  readonly allocate = (bytes: number): Uint8Array<ArrayBuffer> => {
    const at = this.#free, next = at + Math.ceil(bytes / 8) * 8;
    if (next > STATIC_BYTES + FRAME_BYTES) return new Uint8Array(bytes);
    this.#free = next;
    return new Uint8Array(this.#memory, at, bytes);
  };

  /** Counts a batch. */
  add(frames: FrameBatch): void {
    const { count, bytes, starts, capturedLengths, wireLengths, linkTypes, firstNumber } = frames;
    const memory = this.#memory;
    const own = bytes.buffer === memory && starts.buffer === memory &&
      capturedLengths.buffer === memory && wireLengths.buffer === memory &&
      linkTypes.buffer === memory && !hasCheckSequence(frames);
    if (own) {
      this.#kernel.add(
        count,
        bytes.byteOffset,
        starts.byteOffset,
        capturedLengths.byteOffset,
        wireLengths.byteOffset,
        linkTypes.byteOffset,
        0,
        firstNumber,
      );
      this.otherPackets += this.#kernel.others();
      this.unkeptPackets += this.#kernel.unkept();
    } else this.#copy(frames);
    this.packets += count;
    this.bytes += sum(wireLengths, count);
  }

  /** Counts a batch that stands elsewhere: copies its frames in parts. */
  #copy(frames: FrameBatch): void {
    const { count, bytes, starts, capturedLengths, wireLengths, linkTypes, firstNumber } = frames;
    const checked = hasCheckSequence(frames);
    const at = this.#copies, n = COPY_PACKETS;
    const u32 = new Uint32Array(this.#memory, at, 3 * n);
    const u16 = new Uint16Array(this.#memory, at + 12 * n, n);
    const u8 = new Uint8Array(this.#memory, at + 14 * n, n);
    const to = new Uint8Array(this.#memory, at + COPY_COLUMNS, COPY_BYTES);
    for (let i = 0; i < count;) {
      const first = i;
      let used = 0;
      for (; i < count && i - first < n; i++) {
        const length = capturedLengths[i], k = i - first;
        if (used + length > COPY_BYTES && k > 0) break;
        to.set(bytes.subarray(starts[i], starts[i] + length), used);
        u32[k] = used;
        u32[n + k] = length;
        u32[2 * n + k] = wireLengths[i];
        u16[k] = linkTypes[i];
        u8[k] = checked && hasCheckSequence(frames, i) ? 1 : 0;
        used += length;
      }
      this.#kernel.add(
        i - first,
        at + COPY_COLUMNS,
        at,
        at + 4 * n,
        at + 8 * n,
        at + 12 * n,
        at + 14 * n,
        firstNumber + first,
      );
      this.otherPackets += this.#kernel.others();
      this.unkeptPackets += this.#kernel.unkept();
    }
  }
}

function sum(column: Uint32Array, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += column[i];
  return total;
}
