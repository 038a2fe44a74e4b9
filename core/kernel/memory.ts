/**
 * Cutting and walking in WebAssembly: what the framer of pcap and {@link Walker} do, over bytes that stand in the kernel's
 * own memory. It is worth its bytes because it is fast from the first packet on, where JavaScript is compiled and
 * recompiled while it runs.
 *
 * @module
 */
import type { FrameBatch } from "../batch.ts";
import { type Catalogue, HAS_BYTES, LAYER, PAIRS_BYTES, RULE, Walker } from "../catalogue.ts";
import type { FrameMemory, PcapRun } from "../frame_memory.ts";
import { Issue } from "../items.ts";
import { BATCH_PACKETS, REPORT_BATCH_PACKETS } from "../limits.ts";
import { compileModule, PAGE_BYTES } from "../webassembly.ts";
import { KERNEL } from "./wasm.ts";

/** Bytes for the kernel's stack: less than that. */
const STATIC_BYTES = PAGE_BYTES;
/** Bytes of all: some 8 MiB are asked for by one reading. The system gives pages when they are first written to. */
const MEMORY_BYTES = 12 * 1024 * 1024;
/** Rows for which a walker has room: some for each packet of the largest batch. If they are more, the rest is walked elsewhere. */
const ROWS = 6 * BATCH_PACKETS;
/** Packets for which a walker has room. */
const PACKETS = BATCH_PACKETS;

// Words of the kernel's `walk_t`.
const BYTES = 0,
  STARTS = 1,
  CAPTURED = 2,
  WIRES = 3,
  LINKS = 4,
  RULES = 5,
  TABLES = 6,
  GUESS_PAIRS = 7,
  GUESS_HAS = 8,
  FIRST_ROWS = 9,
  ROWS_AT = 10,
  ROOM = 11,
  LINK_TABLE = 12,
  LINK_SIZE = 13,
  DATA = 14,
  UDP = 15,
  SECONDS = 16,
  NANOSECONDS = 17,
  PACKET = 18,
  FIRST = 19,
  LIMITED_BY = 20,
  USED = 21,
  START = 22,
  LIMIT = 23,
  REPORTED = 24,
  QUOTED_AS = 25,
  WORDS = 26;

/** Words of the kernel's `rule_t`: those from `FAST` to `FAST_TABLE`, and the table's number. */
const RULE_LENGTH = RULE.FAST_TABLE - RULE.FAST + 2;
/** Its bytes, for the build. */
export const RULE_BYTES = RULE_LENGTH * 4;

// Words of the kernel's `cut_t`.
const CUT_BYTES = 0,
  CUT_STARTS = 1,
  CUT_CAPTURED = 2,
  CUT_WIRES = 3,
  CUT_SECONDS = 4,
  CUT_NANOSECONDS = 5,
  CUT_LINKS = 6,
  CUT_INTERFACES = 7,
  CUT_RECORD_STARTS = 8,
  CUT_RECORD_LENGTHS = 9,
  CUT_POS = 10,
  CUT_END = 11,
  CUT_LITTLE = 12,
  CUT_UNITS = 13,
  CUT_UNIT = 14,
  CUT_LONGEST = 15,
  CUT_LINK_TYPE = 16,
  CUT_WORDS = 17;
/** Bytes of `walk_t` and of `cut_t`, for the build: who adds to one of them is told to add here. */
export const WALK_T_BYTES: number = WORDS * 4, CUT_T_BYTES: number = CUT_WORDS * 4;

/** What the kernel asks for. */
interface Imports {
  readonly unusual: (id: number) => number;
  readonly guess: (table: number, start: number, limit: number) => number;
  readonly deep: () => void;
}

/** What it does. */
interface Kernel {
  walk(words: number, from: number, to: number): number;
  cut(words: number, count: number, to: number): number;
}

/** Gives places in the memory. */
type Take = (bytes: number) => number;

/** A catalogue's rules and tables, where the kernel sees them. */
class Copies {
  /** Where rules stand. */
  readonly rules: Int32Array;
  /** Where tables stand. */
  readonly tables: Int16Array;
  /** Where the set of each table of {@link Catalogue.guessPairs} stands. */
  readonly pairsAt: Uint32Array;
  readonly #catalogue: Catalogue;
  /** {@link Catalogue.guessHas}, one after another. */
  readonly has: Uint8Array;
  readonly #pairs: readonly (Uint8Array | undefined)[];
  /** Protocols that were loaded when it was last looked. */
  #ready = 0;

  constructor(catalogue: Catalogue, buffer: ArrayBuffer, take: Take) {
    const { protocols, tables, guesses, bound } = catalogue;
    const words = protocols.length * RULE_LENGTH;
    this.#catalogue = catalogue;
    this.rules = new Int32Array(buffer, take(words * 4), words);
    this.tables = new Int16Array(buffer, take(tables.byteLength), tables.length);
    // The others are 0 already, and pages without entries take no memory.
    for (const place of bound) this.tables[place] = tables[place];
    this.pairsAt = new Uint32Array(buffer, take(guesses.length * 4), guesses.length);
    const hasBytes = guesses.length * HAS_BYTES;
    this.has = new Uint8Array(buffer, take(hasBytes), hasBytes);
    // Where nobody guesses all have the same, which stays empty.
    this.pairsAt.fill(take(PAIRS_BYTES));
    this.#pairs = guesses.map((ids, t) => {
      if (ids.length === 0) return undefined;
      const pairs = new Uint8Array(buffer, take(PAIRS_BYTES), PAIRS_BYTES);
      this.pairsAt[t] = pairs.byteOffset;
      return pairs;
    });
  }

  /** Bytes that the copies of a catalogue take. */
  static bytes({ protocols, tables, guesses }: Catalogue): number {
    const sets = 1 + guesses.filter((ids) => ids.length > 0).length;
    return protocols.length * RULE_BYTES + tables.byteLength + guesses.length * (4 + HAS_BYTES) +
      sets * PAIRS_BYTES + 32;
  }

  /** Copies what was loaded since. */
  refresh(): void {
    if (this.#catalogue.ready.length !== this.#ready) this.#copy();
  }
  #copy(): void {
    const { ready, rules, guessPairs, guessHas } = this.#catalogue;
    for (; this.#ready < ready.length; this.#ready++) {
      const id = ready[this.#ready], r = id * RULE.SIZE, at = id * RULE_LENGTH;
      for (let i = RULE.FAST; i <= RULE.FAST_TABLE; i++) {
        this.rules[at + i - RULE.FAST] = rules[r + i];
      }
      this.rules[at + RULE_LENGTH - 1] = rules[r + RULE.TABLE];
    }
    this.#pairs.forEach((pairs, t) => pairs?.set(guessPairs[t]));
    guessHas.forEach((has, t) => this.has.set(has, t * HAS_BYTES));
  }
}

/** Memory for frames, in which the kernel walks. It never grows, so views of it stay valid. */
export class KernelMemory implements FrameMemory {
  /** All of it. */
  readonly buffer: ArrayBuffer;
  readonly #memory: WebAssembly.Memory;
  readonly #module: WebAssembly.Module;
  readonly #cutter: Kernel;
  readonly #cutWords: Uint32Array;
  readonly #copies = new Map<Catalogue, Copies>();
  #free = STATIC_BYTES;

  /**
   * Reserves it.
   *
   * @throws {RangeError} If so much cannot be reserved.
   */
  constructor() {
    const pages = MEMORY_BYTES / PAGE_BYTES;
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#module = compileModule(KERNEL);
    this.buffer = this.#memory.buffer as ArrayBuffer;
    this.#cutWords = new Uint32Array(this.buffer, this.#place(CUT_T_BYTES), CUT_WORDS);
    this.#cutter = this.#instance({ unusual: () => -2, guess: () => -1, deep: () => {} });
  }

  /** See {@link FrameMemory.allocate}. */
  readonly allocate = (bytes: number): Uint8Array<ArrayBuffer> => {
    const at = this.#place(bytes);
    return at < 0 ? new Uint8Array(bytes) : new Uint8Array(this.buffer, at, bytes);
  };

  #place(bytes: number): number {
    const at = this.#free, next = at + Math.ceil(bytes / 8) * 8;
    if (next > MEMORY_BYTES) return -1;
    this.#free = next;
    return at;
  }

  /** See {@link FrameMemory.walker}. */
  walker(catalogue: Catalogue): Walker {
    let copies = this.#copies.get(catalogue);
    const wanted = WALK_T_BYTES + ROWS * LAYER * 4 + (PACKETS + 1) * 4 + 8;
    let next = this.#place(wanted + (copies ? 0 : Copies.bytes(catalogue)));
    if (next < 0) return new Walker(catalogue);
    const take: Take = (bytes) => {
      const at = next;
      next += Math.ceil(bytes / 8) * 8;
      return at;
    };
    if (!copies) this.#copies.set(catalogue, copies = new Copies(catalogue, this.buffer, take));
    return new KernelWalker(
      catalogue,
      copies,
      new Int32Array(this.buffer, take(WALK_T_BYTES), WORDS),
      new Int32Array(this.buffer, take(ROWS * LAYER * 4), ROWS * LAYER),
      new Uint32Array(this.buffer, take((PACKETS + 1) * 4), PACKETS + 1),
      (imports) => this.#instance(imports),
    );
  }

  #instance(imports: Imports): Kernel {
    const env = { memory: this.#memory, ...imports };
    return new WebAssembly.Instance(this.#module, { env }).exports as unknown as Kernel;
  }

  /** See {@link FrameMemory.cutPcap}. */
  cutPcap(run: PcapRun): void {
    const words = this.#cutWords, { columns } = run;
    words[CUT_BYTES] = run.bytes.byteOffset;
    words[CUT_STARTS] = columns.starts.byteOffset;
    words[CUT_CAPTURED] = columns.capturedLengths.byteOffset;
    words[CUT_WIRES] = columns.wireLengths.byteOffset;
    words[CUT_SECONDS] = columns.seconds.byteOffset;
    words[CUT_NANOSECONDS] = columns.nanoseconds.byteOffset;
    words[CUT_LINKS] = columns.linkTypes.byteOffset;
    words[CUT_INTERFACES] = columns.interfaceIds.byteOffset;
    words[CUT_RECORD_STARTS] = columns.recordStarts.byteOffset;
    words[CUT_RECORD_LENGTHS] = columns.recordLengths.byteOffset;
    words[CUT_POS] = run.pos;
    words[CUT_END] = run.end;
    words[CUT_LITTLE] = run.littleEndian ? 1 : 0;
    words[CUT_UNITS] = run.units;
    words[CUT_UNIT] = 1e9 / run.units;
    words[CUT_LONGEST] = run.longest;
    words[CUT_LINK_TYPE] = run.linkType;
    run.count = this.#cutter.cut(words.byteOffset, run.count, run.to);
    run.pos = words[CUT_POS];
  }
}

/** Walks with the kernel where it can, and as any walker elsewhere. */
class KernelWalker extends Walker {
  readonly #copies: Copies;
  readonly #words: Int32Array;
  readonly #rows: Int32Array;
  readonly #places: Uint32Array;
  /** The same for batches of reports. */
  readonly #few: Uint32Array;
  readonly #kernel: Kernel;

  constructor(
    catalogue: Catalogue,
    copies: Copies,
    words: Int32Array,
    rows: Int32Array,
    places: Uint32Array,
    instance: (imports: Imports) => Kernel,
  ) {
    super(catalogue);
    this.#copies = copies;
    this.#words = words;
    this.#rows = rows;
    this.#places = places;
    this.#few = places.subarray(0, REPORT_BATCH_PACKETS + 1);
    this.layers = rows;
    words[RULES] = copies.rules.byteOffset;
    words[TABLES] = copies.tables.byteOffset;
    words[GUESS_PAIRS] = copies.pairsAt.byteOffset;
    words[GUESS_HAS] = copies.has.byteOffset;
    words[FIRST_ROWS] = places.byteOffset;
    words[ROWS_AT] = rows.byteOffset;
    words[ROOM] = rows.length;
    const t = this.linkTable;
    words[LINK_TABLE] = t < 0 ? 0 : catalogue.tableStart[t];
    words[LINK_SIZE] = t < 0 ? 0 : catalogue.tableSize[t];
    this.#kernel = instance({
      unusual: (id) => this.#unusually(id),
      // The kernel looked at what the first bytes have, if they are all there, and one protocol guesses.
      guess: (table, start, limit) =>
        this.guessAnyway(table, start, limit, limit - start >= HAS_BYTES / 2),
      deep: () => {
        this.#adopt();
        this.issue(Issue.Malformed, this.used - LAYER, this.start, 0);
      },
    });
  }

  override places(count: number): Uint32Array {
    if (count < this.#few.length) return this.#few;
    return count < this.#places.length ? this.#places : super.places(count);
  }

  protected override walk(frames: FrameBatch, firstLayer: Uint32Array): void {
    const { bytes, starts, capturedLengths, wireLengths, linkTypes, count } = frames;
    const { seconds, nanoseconds } = frames;
    const { buffer } = this.#rows;
    const ours = firstLayer === this.#few || firstLayer === this.#places;
    const own = this.usually && ours && bytes.buffer === buffer &&
      starts.buffer === buffer && capturedLengths.buffer === buffer &&
      wireLengths.buffer === buffer && linkTypes.buffer === buffer;
    let done = 0;
    if (own) {
      const words = this.#words;
      this.#copies.refresh();
      words[DATA] = this.catalogue.data;
      words[UDP] = this.catalogue.udp;
      this.layers = this.#rows;
      words[BYTES] = bytes.byteOffset;
      words[STARTS] = starts.byteOffset;
      words[CAPTURED] = capturedLengths.byteOffset;
      words[WIRES] = wireLengths.byteOffset;
      words[LINKS] = linkTypes.byteOffset;
      const timed = seconds.buffer === buffer && nanoseconds.buffer === buffer;
      words[SECONDS] = timed ? seconds.byteOffset : 0;
      words[NANOSECONDS] = nanoseconds.byteOffset;
      words[USED] = 0;
      done = this.#kernel.walk(words.byteOffset, 0, count);
      this.used = words[USED];
    }
    if (done < count) super.walk(frames, firstLayer, done);
  }

  /** Stands where the kernel stands. */
  #adopt(): void {
    const words = this.#words;
    this.packet = words[PACKET];
    this.first = words[FIRST];
    this.limitedBy = words[LIMITED_BY];
    this.used = words[USED];
    this.start = words[START];
    this.limit = words[LIMIT];
    this.reported = words[REPORTED];
    this.quoted = words[QUOTED_AS];
    this.linkType = this.frames!.linkTypes[this.packet];
  }

  #unusually(id: number): number {
    this.#adopt();
    const next = this.unusual(id), words = this.#words;
    words[LIMITED_BY] = this.limitedBy;
    words[USED] = this.used;
    words[START] = this.start;
    words[LIMIT] = this.limit;
    words[REPORTED] = this.reported;
    words[QUOTED_AS] = this.quoted;
    return next;
  }
}
