/**
 * The kernel: WebAssembly that reports what is in usual packets and writes it as NDJSON. Here it is given batches, and what
 * it asks for is done; `kernel.c` says what it does itself.
 *
 * @module
 */
import { type FrameBatch, stretchOf } from "../../core/batch.ts";
import type { Catalogue } from "../../core/catalogue.ts";
import { Emitter, type PacketItems } from "../../core/emitter.ts";
import type { PacketBatch } from "../../core/engine.ts";
import type { FieldInfo } from "../../core/field.ts";
import { FIELD_MASK, ITEM, type Items } from "../../core/items.ts";
import {
  FIELDS_MAX,
  LAYOUT_BYTES_MAX,
  LAYOUT_FIELDS_MAX,
  LAYOUTS_MAX,
  RECIPE_BYTES_MAX,
  REPORT_BATCH_PACKETS,
  TEXT_BYTES_MAX,
  TIMES_MAX,
} from "../../core/limits.ts";
import { TextWriter } from "../../core/text_writer.ts";
import { compileModule, PAGE_BYTES } from "../../core/webassembly.ts";
import { KeyOrder, MORE } from "../_keys.ts";
import { isBare, writeContent } from "../_values.ts";
import { KERNEL } from "./wasm.ts";

/** What the kernel has to offer. */
interface Exports {
  /** Where its variables stand. */
  variables(): number;
  start(): void;
  report(index: number): number;
  write(count: number, at: number): number;
}

/** Its variables that are numbers of 64 bits, in the order in which kernel.c has them, */
const FIRST_SECONDS = 0, PREVIOUS_SECONDS = 1, FIRST_NUMBER = 2, FLOATS = 3;
/** and those of 32 bits, which follow. */
const [
  FIRST_NANOSECONDS,
  PREVIOUS_NANOSECONDS,
  ROWS,
  ROWS_END,
  TEXT,
  TEXT_USED,
  TIMES,
  TIMES_USED,
  KNOWN,
  PROTOCOLS_KNOWN,
  LAYOUTS,
  LAYOUTS_MOST,
  LIMIT,
  ORIGIN,
  BYTES_FROM,
  BYTES_TO,
  STARTS,
  CAPTURED,
  WIRE,
  NANOSECONDS,
  NUMBERS,
  SECONDS,
  FIRST_LAYERS,
  LAYER_ROWS,
  FRAME_FIELDS_AT,
  OPTION_LENGTHS,
  INTERFACE_IDS,
  INTERFACES_TOLD,
  INTERFACES_KNOWN,
  SEQUENCES,
  ISSUES,
  ISSUE,
  VARIABLES,
] = Array.from({ length: 33 }, (_, i) => 2 * FLOATS + i);
/** Bytes of all, for the build: who adds a variable to kernel.c is told to add it here. */
export const VARIABLES_BYTES: number = VARIABLES * 4;

/** Pages of memory at most: what 32 bits can address. */
const PAGES_MAX = 65_536;
/** Bytes behind each area that the kernel may read or write in words. */
const SLACK = 64;
/** Numbers of a recipe at most; TCP's has a thousand. */
const RECIPE_WORDS = 4096;
/**
 * Rows that there must be room for before a layer, or an option, is reported by a recipe: a step, or a field of an option,
 * takes two numbers at least, and makes one row.
 */
const KERNEL_ROWS = RECIPE_WORDS / 2;
/** Protocols that the kernel can know, and bytes of the longest name it does. */
const PROTOCOLS = 4096, NAME_BYTES = 128;
/** Interfaces that the kernel can know, and bytes for each: known, number, lengths of name and description, those. */
const INTERFACES = 64, INTERFACE = 256;
/** Bytes of a value that has bounds, and of what the kernel may write behind it. */
const VALUE_BYTES = 96;
/** Columns of a layout before its fields, in bytes. */
const LAYOUT = 32;

/** How much of a batch there is room for, and where what stands there. */
interface Room {
  readonly frames: number;
  /** Whether there are the columns that pcapng has. */
  readonly options: boolean;
  /** Numbers of layer rows. */
  readonly rows: number;
  readonly bytes: number;
  /** What an engine brings: bytes of text, numbers of times. */
  readonly text: number;
  readonly times: number;
  readonly bytesAt: number;
  readonly textAt: number;
  readonly timesAt: number;
  /** Where it ends. */
  readonly end: number;
}

/** Lays out areas of memory one behind the other, on multiples of 64 bytes. */
class Places {
  at: number;
  constructor(at: number) {
    this.at = at;
  }
  take(bytes: number): number {
    const place = this.at;
    this.at = place + ((bytes + SLACK + 63) & ~63);
    return place;
  }
}

// The kernel's own tables stand in front.
const places = new Places(PAGE_BYTES);
const ROWS_AT = places.take(FIELDS_MAX * ITEM * 4);
const TEXT_AT = places.take(TEXT_BYTES_MAX);
const TIMES_AT = places.take(TIMES_MAX * 8);
const FRAME_AT = places.take(16 * 4);
const INTERFACES_AT = places.take(INTERFACES * INTERFACE);
const KNOWN_AT = places.take(PROTOCOLS * 4);
const RECIPES_AT = places.take(RECIPE_BYTES_MAX + PROTOCOLS * (NAME_BYTES + 64));
const TABLE_AT = places.take(LAYOUTS_MAX * 4);
const LAYOUTS_AT = places.take(LAYOUT_BYTES_MAX);
/** Where a layout is made that is not kept. */
const ONCE_AT = places.take(FIELDS_MAX * 128);
const BATCH_AT = places.at;

/** The frame's fields in the order in which the kernel knows them. */
const FRAME_FIELDS = [
  "frame.time_epoch",
  "frame.time_delta",
  "frame.time_relative",
  "frame.number",
  "frame.len",
  "frame.cap_len",
  "frame.protocols",
  "frame.interface_id",
  "frame.interface_name",
  "frame.interface_description",
];

/** The part of a batch's bytes that is needed: all, where little else stands in it. */
function stretch(frames: FrameBatch): ReturnType<typeof stretchOf> {
  const { bytes: { length }, starts, capturedLengths, count } = frames;
  const taken = starts[count - 1] + capturedLengths[count - 1] - starts[0];
  return 2 * taken > length ? { from: 0, to: length } : stretchOf(frames);
}

const NOTHING = new Uint8Array(0);
const ENCODER = new TextEncoder();

let compiled: WebAssembly.Module | undefined;

/** Reports packets and writes them as NDJSON. */
export class Kernel {
  readonly #catalogue: Catalogue;
  readonly #emitter: Emitter;
  readonly #order: KeyOrder;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: Exports;
  /** Where its variables stand, and those. */
  readonly #variablesAt: number;
  #variables!: Int32Array<ArrayBuffer>;
  #clock!: Float64Array<ArrayBuffer>;
  readonly #scratch = new TextWriter(1 << 12);
  /** The texts before values, by field and what stands before. */
  readonly #texts: Map<number, Uint8Array> = new Map();
  /** Items that stand in the kernel's memory, and those an engine brought. */
  readonly #own: PacketItems;
  #items: PacketItems;
  /** Where the next recipe and the next layout go. */
  #recipeAt = RECIPES_AT;
  #layoutAt = LAYOUTS_AT;
  #bytes!: Uint8Array<ArrayBuffer>;
  #view!: DataView;
  #rows!: Int32Array<ArrayBuffer>;
  /** All of memory as words, and as numbers of 64 bits. */
  #words!: Uint32Array<ArrayBuffer>;
  #floats!: Float64Array<ArrayBuffer>;
  /** What there is room for, of a batch, and where. */
  #room: Room = {
    frames: 0,
    options: false,
    rows: 0,
    bytes: 0,
    text: 0,
    times: 0,
    bytesAt: 0,
    textAt: 0,
    timesAt: 0,
    end: 0,
  };
  #numbersAt = 0;
  #batch: PacketBatch | undefined;
  /** The packet that the emitter is turned to; -1 if none of the batch. */
  #turned = -1;
  /** Where the numbers of the frame's fields stand; 0 if it has other ones. */
  #frameFields = 0;
  /** The list of interfaces of which the kernel was told, and how many it had. */
  #interfaces: FrameBatch["interfaces"] | undefined;
  #interfaceCount = 0;

  /** For packets of `catalogue`: all fields, or those `wanted`. */
  constructor(catalogue: Catalogue, wanted?: ReadonlySet<string>) {
    this.#catalogue = catalogue;
    this.#emitter = new Emitter(catalogue, wanted);
    this.#order = new KeyOrder(catalogue, wanted);
    this.#own = this.#items = this.#emitter.items;
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(BATCH_AT / PAGE_BYTES) + 1 });
    compiled ??= compileModule(KERNEL);
    const { exports } = new WebAssembly.Instance(compiled, {
      env: { memory: this.#memory },
      kernel: {
        lay: (count: number) => this.#lay(count),
        // Numbers of 32 bits come with a sign.
        value: (index: number, p: number, at: number) => this.#value(index, p, at >>> 0),
        more: (to: number) => this.#more(to),
        know: (id: number) => this.#know(id),
        layer: (index: number, row: number, count: number) => this.#layer(index, row, count),
        frame: (index: number) => this.#frame(index),
        after: (index: number, count: number) => this.#after(index, count),
      },
    });
    const kernel = this.#kernel = exports as unknown as Exports;
    this.#variablesAt = kernel.variables();
    this.#look();
    kernel.start();
    const to = this.#variables;
    to[ROWS] = ROWS_AT;
    to[ROWS_END] = ROWS_AT + (FIELDS_MAX - KERNEL_ROWS) * ITEM * 4;
    to[KNOWN] = KNOWN_AT;
    to[INTERFACES_TOLD] = INTERFACES_AT;
    to[LAYOUTS] = TABLE_AT;
    to[LAYOUTS_MOST] = LAYOUTS_MAX;
    this.#tellFrame();
  }

  /** Takes notice that memory has grown. */
  #look(): void {
    const buffer = this.#memory.buffer as ArrayBuffer;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#words = new Uint32Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#rows = new Int32Array(buffer, ROWS_AT, FIELDS_MAX * ITEM);
    const own = this.#own;
    own.rows = this.#rows;
    own.text = new Uint8Array(buffer, TEXT_AT, TEXT_BYTES_MAX);
    own.times = new Float64Array(buffer, TIMES_AT, TIMES_MAX);
    this.#variables = new Int32Array(buffer, this.#variablesAt, VARIABLES);
    this.#clock = new Float64Array(buffer, this.#variablesAt, FLOATS);
    this.#variables[LIMIT] = buffer.byteLength - SLACK;
  }

  /**
   * Makes memory reach `to`, and then some: what grew once will grow again.
   *
   * @throws {RangeError} If so much cannot be had.
   */
  #more(to: number): void {
    const memory = this.#memory, { byteLength } = memory.buffer;
    if (to + SLACK <= byteLength) return;
    const missing = Math.ceil((to + SLACK - byteLength) / PAGE_BYTES);
    const left = PAGES_MAX - byteLength / PAGE_BYTES;
    if (missing > left) {
      throw new RangeError(
        `Cannot write batch: it takes more than ${PAGES_MAX * PAGE_BYTES} bytes`,
      );
    }
    memory.grow(Math.min(left, missing + Math.floor((byteLength - BATCH_AT) / (4 * PAGE_BYTES))));
    this.#look();
  }

  /** Tells which fields the frame has. Kits without them have a frame of their own. */
  #tellFrame(): void {
    const { fields, fieldBase, protocols } = this.#catalogue, id = this.#catalogue.idOf("frame");
    let told = id >= 0 && fields.length > 0;
    FRAME_FIELDS.forEach((abbrev, i) => {
      const k = told ? protocols[id].fields.findIndex((f) => f.abbrev === abbrev) : -1;
      if (k < 0) told = false;
      this.#view.setInt32(FRAME_AT + i * 4, fieldBase[id] + k, true);
    });
    this.#frameFields = told ? FRAME_AT : 0;
  }

  /** Tells of the interfaces that joined. */
  #tellInterfaces(interfaces: FrameBatch["interfaces"]): void {
    const view = this.#view;
    if (this.#interfaces === interfaces && this.#interfaceCount === interfaces.length) return;
    const count = Math.min(interfaces.length, INTERFACES);
    for (let i = 0; i < count; i++) {
      const { id, name, description, hardware } = interfaces[i], at = INTERFACES_AT + i * INTERFACE;
      const shown = ENCODER.encode(name ?? description ?? hardware ?? "unknown");
      const more = description === undefined ? undefined : ENCODER.encode(description);
      const fits = shown.length + (more?.length ?? 0) <= INTERFACE - 16;
      view.setInt32(at, fits ? 1 : 0, true);
      view.setInt32(at + 4, id, true);
      view.setInt32(at + 8, shown.length, true);
      view.setInt32(at + 12, more?.length ?? -1, true);
      if (!fits) continue;
      this.#bytes.set(shown, at + 16);
      if (more) this.#bytes.set(more, at + 16 + shown.length);
    }
    this.#interfaces = interfaces;
    this.#interfaceCount = interfaces.length;
    this.#variables[INTERFACES_KNOWN] = count;
    this.#variables[SEQUENCES] = interfaces.some((i) => i.fcsLength === 4) ? 1 : 0;
  }

  /** Tells what is known of a protocol. */
  #know(id: number): number {
    const name = this.#catalogue.chainNames[id], short = name.length <= NAME_BYTES;
    let recipe = this.#emitter.recipe(id);
    const place = this.#recipeAt, at = place + 16 + (short ? (name.length + 31) & ~15 : 0);
    const most = Math.min(RECIPE_WORDS, (RECIPES_AT + RECIPE_BYTES_MAX - at) / 4);
    if (recipe && recipe.words.length > most) recipe = undefined;
    const view = this.#view;
    view.setInt32(place, recipe ? at : 0, true);
    view.setInt32(place + 4, short ? name.length : -1, true);
    view.setInt32(place + 8, recipe?.bounded ? 1 : 0, true);
    if (short) this.#bytes.set(name, place + 16);
    const words = recipe?.words ?? [];
    words.forEach((word, i) => view.setInt32(at + i * 4, word, true));
    for (const i of recipe?.links ?? []) view.setInt32(at + i * 4, at + words[i] * 4, true);
    this.#recipeAt = at + words.length * 4;
    return place;
  }

  /** The items of packet `index`, with as many rows as the kernel has. */
  #turn(index: number, count: number): PacketItems {
    if (this.#turned !== index) {
      this.#turned = index;
      this.#items = this.#emitter.turnTo(this.#batch!, index);
    }
    const items = this.#items;
    items.used = count * ITEM;
    items.textUsed = this.#variables[TEXT_USED];
    items.timesUsed = this.#variables[TIMES_USED];
    return items;
  }
  /** Tells what was added to the items. Answers how many rows they have. */
  #done(items: Items): number {
    this.#variables[TEXT_USED] = items.textUsed;
    this.#variables[TIMES_USED] = items.timesUsed;
    return items.used / ITEM;
  }
  #frame(index: number): number {
    if (this.#batch!.items) {
      // An engine reported all of the packet.
      this.#turned = index;
      const items = this.#items = this.#emitter.packet(this.#batch!, index);
      const used = Math.min(items.used, FIELDS_MAX * ITEM);
      this.#rows.set(items.rows.subarray(0, used));
      this.#variables[TEXT_USED] = items.textUsed;
      this.#variables[TIMES_USED] = items.timesUsed;
      return used / ITEM;
    }
    const items = this.#turn(index, 0);
    this.#emitter.frame();
    return this.#done(items);
  }
  #layer(index: number, row: number, count: number): number {
    const items = this.#turn(index, count);
    this.#emitter.layer(row);
    if (items.issues !== 0) this.#variables[ISSUE] = 1;
    return this.#done(items);
  }
  #after(index: number, count: number): number {
    const items = this.#turn(index, count);
    this.#emitter.after();
    return this.#done(items);
  }
  #value(index: number, p: number, at: number): number {
    const out = this.#scratch;
    const items = this.#batch!.items ? this.#items : this.#turn(index, 0);
    out.clear();
    writeContent(out, items, p, this.#catalogue.fields[items.rows[p] & FIELD_MASK]);
    this.#more(at + out.at);
    // Most are short, and views of them would be garbage.
    if (out.at > 256) this.#bytes.set(out.written(), at);
    else for (let i = 0, to = this.#bytes, from = out.bytes; i < out.at; i++) to[at + i] = from[i];
    return at + out.at;
  }

  /** Makes room for batches that take as much as this one, and some more, and tells the kernel where. */
  #makeRoom({ frames, items }: PacketBatch, rows: number, length: number): void {
    const had = this.#room;
    const grown = (is: number, needed: number): number =>
      is >= needed ? is : Math.ceil(needed * 1.25);
    // Columns of reports have a fixed size.
    const column0 = Math.min(frames.starts.length, REPORT_BATCH_PACKETS);
    const count = grown(had.frames, Math.max(frames.count, column0)), places = new Places(BATCH_AT);
    const column = (bytes: number): number => places.take(count * bytes);
    const [starts, captured, wire] = [column(4), column(4), column(4)];
    const [nanoseconds, numbers, seconds] = [column(4), column(4), column(8)];
    const firstLayers = places.take((count + 1) * 4);
    const options = frames.optionLengths !== undefined;
    const [lengths, ids] = options ? [column(4), column(4)] : [0, 0];
    const most = {
      frames: count,
      options,
      rows: grown(had.rows, rows),
      bytes: grown(had.bytes, length),
      text: grown(had.text, items?.text.length ?? 0),
      times: grown(had.times, items?.times.length ?? 0),
    };
    const layerRows = places.take(most.rows * 4), bytes = places.take(most.bytes);
    const text = places.take(most.text), times = places.take(most.times * 8);
    this.#more(places.at);
    this.#room = { ...most, bytesAt: bytes, textAt: text, timesAt: times, end: places.at };
    const to = this.#variables;
    to[STARTS] = starts;
    to[CAPTURED] = captured;
    to[WIRE] = wire;
    to[NANOSECONDS] = nanoseconds;
    this.#numbersAt = numbers;
    to[SECONDS] = seconds;
    to[FIRST_LAYERS] = firstLayers;
    to[LAYER_ROWS] = layerRows;
    to[OPTION_LENGTHS] = lengths;
    to[INTERFACE_IDS] = ids;
    to[BYTES_FROM] = bytes;
  }

  /** Whether there is room for a batch. */
  #fits({ frames, items }: PacketBatch, rows: number, length: number): boolean {
    const room = this.#room;
    return frames.count <= room.frames && rows <= room.rows && length <= room.bytes &&
      (frames.optionLengths !== undefined) === room.options &&
      (!items || (items.text.length <= room.text && items.times.length <= room.times));
  }

  /** Gives the kernel a batch. Answers where there is room behind it. */
  #give(batch: PacketBatch): number {
    const { frames, layers, firstLayer, items } = batch, { clock } = frames;
    const { from, to } = stretch(frames), length = to - from;
    const rows = items ? 0 : firstLayer[frames.count];
    if (!this.#fits(batch, rows, length)) this.#makeRoom(batch, rows, length);
    const { bytesAt, textAt, timesAt, end } = this.#room, told = this.#variables;
    this.#tellColumns(frames);
    this.#words.set(layers.subarray(0, rows), told[LAYER_ROWS] / 4);
    const { bytes } = frames, all = length === bytes.length;
    this.#bytes.set(all ? bytes : bytes.subarray(from, to), bytesAt);
    if (items) {
      // Of packets that an engine brought items of, these are all.
      const at = told[FIRST_LAYERS] / 4;
      this.#words.fill(0, at, at + frames.count + 1);
      this.#bytes.set(items.text, textAt);
      this.#floats.set(items.times, timesAt / 8);
    } else this.#tellColumn(told[FIRST_LAYERS], firstLayer, frames.count + 1);
    told[TEXT] = items ? textAt : TEXT_AT;
    told[TIMES] = items ? timesAt : TIMES_AT;
    told[ORIGIN] = bytesAt - from;
    told[BYTES_TO] = bytesAt + length;
    told[FIRST_NANOSECONDS] = clock.firstNanoseconds;
    told[PREVIOUS_NANOSECONDS] = clock.previousNanoseconds;
    told[ISSUES] = items ? 0 : batch.issuesUsed;
    told[FRAME_FIELDS_AT] = items ? 0 : this.#frameFields;
    told[PROTOCOLS_KNOWN] = Math.min(this.#catalogue.chainNames.length, PROTOCOLS);
    this.#clock[FIRST_SECONDS] = clock.firstSeconds;
    this.#clock[PREVIOUS_SECONDS] = clock.previousSeconds;
    this.#clock[FIRST_NUMBER] = frames.firstNumber;
    this.#tellInterfaces(frames.interfaces);
    this.#batch = batch;
    this.#turned = -1;
    return end;
  }

  /** Tells a batch's columns. */
  #tellColumns(frames: FrameBatch): void {
    const { count, seconds, numbers, optionLengths } = frames, told = this.#variables;
    this.#tellColumn(told[STARTS], frames.starts, count);
    this.#tellColumn(told[CAPTURED], frames.capturedLengths, count);
    this.#tellColumn(told[WIRE], frames.wireLengths, count);
    this.#tellColumn(told[NANOSECONDS], frames.nanoseconds, count);
    const short = seconds.length <= this.#room.frames;
    this.#floats.set(short ? seconds : seconds.subarray(0, count), told[SECONDS] / 8);
    told[NUMBERS] = numbers ? this.#numbersAt : 0;
    if (numbers) this.#tellColumn(this.#numbersAt, numbers, count);
    if (optionLengths) {
      this.#tellColumn(told[OPTION_LENGTHS], optionLengths, count);
      this.#tellColumn(told[INTERFACE_IDS], frames.interfaceIds, count);
    }
  }

  /** Tells the first `count` numbers of a column; what stands behind them may come along, which saves making a view. */
  #tellColumn(at: number, column: Uint32Array, count: number): void {
    const whole = column.length <= this.#room.frames + 1;
    this.#words.set(whole ? column : column.subarray(0, count), at / 4);
  }

  /** The packets of a batch, a line each. Valid until the next call. */
  write(batch: PacketBatch): Uint8Array<ArrayBuffer> {
    const { count } = batch.frames;
    if (count === 0) return NOTHING;
    this.#order.learn();
    const from = this.#give(batch);
    const to = this.#kernel.write(count, from) >>> 0;
    return this.#bytes.subarray(from, to);
  }

  /** The item rows of each packet of a batch; see {@link Items.rows}. */
  *report(batch: PacketBatch): Generator<Int32Array> {
    if (batch.frames.count === 0) return;
    this.#give(batch);
    for (let i = 0; i < batch.frames.count; i++) {
      yield this.#rows.subarray(0, this.#kernel.report(i) * ITEM);
    }
  }

  /** Lays out packets with the fields of the rows that are there. */
  #lay(count: number): number {
    const { fields } = this.#catalogue, rows = this.#rows;
    const values = this.#order.put(rows, count), { order } = this.#order;
    const texts: Uint8Array[] = [];
    let before: FieldInfo | undefined, bytes = LAYOUT + ((count * 2 + 15) & ~15);
    let room = VALUE_BYTES;
    for (let i = 0; i < values; i++) {
      const field = rows[(order[i] & ~MORE) * ITEM] & FIELD_MASK, info = fields[field];
      const text = this.#text(before, field, info, (order[i] & MORE) !== 0);
      texts.push(text);
      bytes += 8 + textRoom(text);
      room += text.length + VALUE_BYTES;
      before = info;
    }
    const end = before ? isBare(before.kind) ? "]}}\n" : '"]}}\n' : "}}\n";
    const keep = count <= LAYOUT_FIELDS_MAX && bytes <= LAYOUT_BYTES_MAX;
    if (!keep && bytes > BATCH_AT - ONCE_AT) {
      throw new RangeError(`Cannot write packet: the names of its fields take ${bytes} bytes`);
    }
    if (keep && this.#layoutAt + bytes > LAYOUTS_AT + LAYOUT_BYTES_MAX) {
      this.#bytes.fill(0, TABLE_AT, TABLE_AT + LAYOUTS_MAX * 4);
      this.#layoutAt = LAYOUTS_AT;
    }
    const layout = keep ? this.#layoutAt : ONCE_AT;
    if (keep) this.#layoutAt += (bytes + 15) & ~15;
    const view = this.#view, to = this.#bytes;
    view.setInt32(layout, count, true);
    view.setInt32(layout + 4, values, true);
    view.setInt32(layout + 8, room, true);
    view.setInt32(layout + 12, end.length, true);
    ENCODER.encodeInto(end, to.subarray(layout + 16));
    for (let k = 0; k < count; k++) {
      view.setUint16(layout + LAYOUT + k * 2, rows[k * ITEM] & FIELD_MASK, true);
    }
    let s = layout + LAYOUT + ((count * 2 + 15) & ~15);
    for (let i = 0; i < values; i++) {
      const k = order[i] & ~MORE, text = texts[i];
      view.setUint32(s, k * ITEM * 4, true);
      view.setUint16(s + 4, fields[rows[k * ITEM] & FIELD_MASK].kind, true);
      view.setUint16(s + 6, text.length, true);
      to.set(text, s + 8);
      s += 8 + textRoom(text);
    }
    return keep ? layout : layout + 1;
  }

  /** What stands between the value of `before`, if there is one, and a value of a field; `more`: of the same key. */
  #text(before: FieldInfo | undefined, field: number, info: FieldInfo, more: boolean): Uint8Array {
    const quoted = before !== undefined && !isBare(before.kind);
    const which = field * 6 + (more ? 3 : 0) + (before ? quoted ? 2 : 1 : 0);
    let text = this.#texts.get(which);
    if (!text) {
      const key = more ? "," : `${before ? "]," : ""}${JSON.stringify(info.abbrev)}:[`;
      text = ENCODER.encode((quoted ? '"' : "") + key + (isBare(info.kind) ? "" : '"'));
      if (text.length > 0xffff) {
        throw new RangeError(`Cannot write field: its name takes ${text.length} bytes`);
      }
      this.#texts.set(which, text);
    }
    return text;
  }
}

/** Bytes that a text before a value takes in a layout: two words of 16 at least. */
function textRoom({ length }: Uint8Array): number {
  return Math.max(32, (length + 15) & ~15);
}
