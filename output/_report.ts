/**
 * The report: the one walk over a capture that `json`, `plist` and `tree` share, so that its shape stands in one place.
 *
 * A report is an object with the key `Global Header` and then `Frame 1`, `Frame 2`, ...:
 *
 * - `Global Header`: pcap: `magic_number` (`data`, `byteorder`, `nanosecond`), `version` (`major`, `minor`), `thiszone`,
 *   `sigfigs`, `snaplen`, `network`; pcapng: `magic_number` (`data`, `byteorder`), `version`, and what the section header
 *   says (`comments`, `hardware`, `os`, `application`). Empty for a live capture.
 * - `Frame n`: `frame_info` (`ts_sec`, `ts_usec` or `ts_nsec`, `incl_len`, `orig_len`), `time` (UTC), `number`,
 *   `time_epoch` (exact, as text), `len` (on the wire), `cap_len`; for pcapng `interface` (`id`, `section`, `name`,
 *   `description`, `network`); then the headers, each within the one before it, under their labels in lower case; within
 *   the last one, `raw` (`packet`) with the bytes nothing claimed; then `protocols` (`Ethernet:IPv4:TCP`), `packet` (the
 *   frame's bytes), and for damaged packets `issues` (`kind`, `protocol`, `offset`, `needed`, `limitedBy`). Without time
 *   stamps (pcapng's simple packets) `ts_...`, `time` and `time_epoch` are absent.
 * - A field stands under its key in the API (`ipv4.src`, `tcp.window`), so that both are learnt once. Fields the API does
 *   not have (made by the dissector) stand under their declaration's key without the underscore, else under the last
 *   part of Wireshark's name, else, if that is taken, under all of it.
 * - A number that has names is always an object: `{"value": 2048, "name": "IPv4"}`, `name` being absent where the value
 *   has none. So `select(.ethernet.type.value == 2048)` and `.ethernet.type.name` work whatever the packet holds, and
 *   lists of such numbers look the same.
 * - What the API calls a list is a list, also an empty one; another field that occurs several times becomes a list.
 * - Payload is not repeated: it is what the next header, or `raw`, says. So is what is deeper than 100 headers
 *   (`REPORT_LAYERS_MAX`); `protocols` names those, too.
 *
 * @module
 */
import { type CaptureHeader, frameNumber, type InterfaceInfo } from "../core/batch.ts";
import { type Catalogue, LAYER, PARTIAL, PROTOCOL_MASK } from "../core/catalogue.ts";
import { Emitter } from "../core/emitter.ts";
import type { Encoder, FormatContext, PacketBatch } from "../core/engine.ts";
import type { FieldInfo } from "../core/field.ts";
import { FIELD_MASK, ITEM, type Items, Kind } from "../core/items.ts";
import { REPORT_LAYERS_MAX } from "../core/limits.ts";
import { Packet } from "../core/packet.ts";
import { type Constant, TextWriter } from "../core/text_writer.ts";
import { LINKTYPES } from "./_linktypes.ts";
import { hasNanoseconds } from "./_time.ts";

/** What a format does with the parts of a report: it is told of them one after another and writes each at once. */
export abstract class ReportSink {
  /** Where it writes. */
  readonly out: TextWriter = new TextWriter(1 << 20);

  /** Prepares a key. */
  abstract prepareKey(key: string): Constant;
  /** Prepares text that will be written often. */
  abstract prepareText(text: string): Constant;
  /** Begins the report. */
  abstract begin(): void;
  /** Goes on behind `Global Header` or any frame: `out` is empty. */
  abstract resume(): void;
  /** Ends the report. */
  abstract finish(): void;
  /** A key of the report itself: `Global Header`, or `Frame` and a number (above 0). */
  abstract title(title: string, number: number): void;
  /** A key in an object; its value comes next. */
  abstract key(key: Constant): void;
  /** An element of a list; it comes next. */
  abstract element(): void;
  /** An object begins. */
  abstract open(): void;
  /** The object ends. */
  abstract close(): void;
  /** A list begins. */
  abstract openList(): void;
  /** The list ends. */
  abstract closeList(): void;
  /** A whole number. */
  abstract number(value: number): void;
  /** A truth value. */
  abstract bool(value: boolean): void;
  /** Text, of any kind. */
  abstract string(text: string): void;
  /** Text prepared. */
  abstract text(text: Constant): void;
  /** Bytes. */
  abstract bytes(b: Uint8Array, start: number, length: number): void;
  /** A time in the calendar. */
  abstract date(seconds: number, nanoseconds: number): void;
  /** A time in seconds, with nine digits after the point. */
  abstract exact(seconds: number, nanoseconds: number): void;
  /** The value of the item row at `p`. */
  abstract item(items: Items, p: number, info: FieldInfo): void;
  /** A number that may have a name. */
  abstract named(items: Items, p: number, info: FieldInfo, name: Constant | undefined): void;
}

/** Fixed keys of a frame. */
const KEYS = [
  "frame_info",
  "ts_sec",
  "ts_usec",
  "ts_nsec",
  "incl_len",
  "orig_len",
  "time",
  "number",
  "time_epoch",
  "len",
  "cap_len",
  "interface",
  "id",
  "section",
  "name",
  "description",
  "network",
  "value",
  "raw",
  "packet",
  "protocols",
  "issues",
] as const;

/** What is prepared of an interface. */
interface KnownInterface {
  readonly name: Constant | undefined;
  readonly description: Constant | undefined;
  /** Name of its link type. */
  readonly network: Constant | undefined;
  /** Whether its times are finer than microseconds. */
  readonly fine: boolean;
}

/** Writes reports through a sink. */
export class ReportEncoder implements Encoder {
  readonly #catalogue: Catalogue;
  readonly #header: CaptureHeader | undefined;
  /** Whether this is the report of one frame alone, without the capture's header. */
  readonly #lone: boolean;
  readonly #sink: ReportSink;
  readonly #emitter: Emitter;
  readonly #fixed: Readonly<Record<typeof KEYS[number], Constant>>;
  /** Keys already prepared, by text. */
  readonly #slotOf = new Map<string, number>();
  readonly #keys: Constant[] = [];
  /** Key of each field; -1 for what is not shown. */
  readonly #slots: number[] = [];
  /** Key of each protocol's header, and one to take if the header around has a field of that key. */
  readonly #labels: Int32Array;
  readonly #others: Int32Array;
  /** Keys that each protocol gives to values. */
  readonly #declared: ReadonlySet<string>[] = [];
  /** Each protocol's lists, by key. */
  readonly #lists: (readonly number[])[] = [];
  /** The lists of each heading. */
  readonly #headingLists: (readonly number[] | undefined)[] = [];
  /** Names of values already prepared, by field. */
  readonly #names: (Map<number, Constant | undefined> | undefined)[] = [];
  /** Chains of protocols already prepared, by the numbers of their protocols. */
  readonly #chains = new Map<string, Constant>();
  readonly #knownInterfaces = new WeakMap<InterfaceInfo, KnownInterface>();
  /** Whether frames say which interface they came from. */
  readonly #interfaces: boolean;

  // For each key: in which object it was last met, and its last row there.
  #seen = new Float64Array(0);
  #last = new Int32Array(0);
  #object = 0;
  // For each item row: whether it is the first of its key, the next of its key, and the row behind what stands below it.
  #leads = new Uint8Array(512);
  #next = new Int32Array(512);
  #ends = new Int32Array(512);

  /** Prepares what is the same for all packets. */
  constructor({ catalogue, header, options }: FormatContext, sink: ReportSink) {
    this.#lone = options.lone === true;
    this.#catalogue = catalogue;
    this.#header = header;
    this.#sink = sink;
    this.#emitter = new Emitter(catalogue);
    this.#interfaces = header?.format !== "pcap";
    this.#fixed = Object.fromEntries(KEYS.map((k) => [k, sink.prepareKey(k)])) as Record<
      typeof KEYS[number],
      Constant
    >;
    this.#labels = new Int32Array(catalogue.protocols.length);
    this.#others = new Int32Array(catalogue.protocols.length);
  }

  /** Protocols and fields of the catalogue that are prepared. */
  #learnt = 0;
  #learntFields = 0;

  /** Prepares the protocols and fields that joined the catalogue. */
  #learn(): void {
    const { ready, protocols, fields, fieldProtocol } = this.#catalogue;
    const shown = (key: string): boolean => key !== "" && !key.startsWith("_");
    for (; this.#learnt < ready.length; this.#learnt++) {
      const id = ready[this.#learnt], p = protocols[id];
      this.#declared[id] = new Set(p.fields.map((f) => f.key).filter(shown));
      this.#lists[id] = p.struct.lists.filter(shown).map((k) => this.#slot(k));
      const label = (p.label || p.name).toLowerCase();
      this.#labels[id] = this.#slot(label);
      this.#others[id] = this.#slot(`${label}#2`);
    }
    for (; this.#learntFields < fields.length; this.#learntFields++) {
      const f = fields[this.#learntFields];
      const key = reportKey(f, this.#declared[fieldProtocol[this.#learntFields]]);
      this.#slots.push(key === "" ? -1 : this.#slot(key));
      this.#headingLists.push(f.lists?.filter(shown).map((k) => this.#slot(k)));
      this.#names.push(undefined);
    }
    this.#seen = new Float64Array(this.#keys.length).fill(-1);
    this.#last = new Int32Array(this.#keys.length);
  }

  #slot(key: string): number {
    let slot = this.#slotOf.get(key);
    if (slot === undefined) {
      slot = this.#keys.length;
      this.#slotOf.set(key, slot);
      this.#keys.push(this.#sink.prepareKey(key));
    }
    return slot;
  }

  /** `Global Header`. */
  head(): Uint8Array {
    const sink = this.#sink;
    sink.out.clear();
    sink.begin();
    if (!this.#lone) {
      sink.title("Global Header", 0);
      sink.open();
      if (this.#header) this.#globalHeader(this.#header);
      sink.close();
    }
    return sink.out.written();
  }

  /** What ends the report. */
  tail(): Uint8Array {
    this.#sink.out.clear();
    this.#sink.finish();
    return this.#sink.out.written();
  }

  /** The frames of a batch. */
  encode(batch: PacketBatch, _first?: boolean, room?: ArrayBuffer): Uint8Array {
    const sink = this.#sink;
    sink.out.clear(room);
    const { fields, ready } = this.#catalogue;
    // A protocol may have no fields of its own, and join alone.
    if (this.#learntFields < fields.length || this.#learnt < ready.length) this.#learn();
    if (!this.#lone) sink.resume();
    for (let i = 0; i < batch.frames.count; i++) this.#frame(batch, i);
    return sink.out.written();
  }

  /** Key and value for places that are not hot. */
  #put(key: string, value: number | string | boolean | Uint8Array | undefined): void {
    if (value === undefined) return;
    const sink = this.#sink;
    sink.key(sink.prepareKey(key));
    if (typeof value === "number") sink.number(value);
    else if (typeof value === "string") sink.string(value);
    else if (typeof value === "boolean") sink.bool(value);
    else sink.bytes(value, 0, value.length);
  }

  #network(linkType: number | undefined): void {
    if (linkType === undefined) return;
    const sink = this.#sink;
    sink.key(sink.prepareKey("network"));
    sink.open();
    this.#put("value", linkType);
    this.#put("name", LINKTYPES[linkType]);
    sink.close();
  }

  #globalHeader(header: CaptureHeader): void {
    const sink = this.#sink;
    const pcapng = header.format === "pcapng";
    sink.key(sink.prepareKey("magic_number"));
    sink.open();
    // pcapng: the byte-order magic, behind type and length of the section header block.
    this.#put("data", pcapng ? header.bytes.subarray(8, 12) : header.bytes.subarray(0, 4));
    this.#put("byteorder", header.littleEndian ? "little" : "big");
    if (header.precision) this.#put("nanosecond", header.precision === "nanoseconds");
    sink.close();
    sink.key(sink.prepareKey("version"));
    sink.open();
    this.#put("major", header.version[0]);
    this.#put("minor", header.version[1]);
    sink.close();
    this.#put("thiszone", header.thiszone);
    this.#put("sigfigs", header.sigfigs);
    this.#put("snaplen", header.snapLength);
    this.#network(header.linkType);
    this.#put("fcs_len", header.fcsLength);
    this.#put("compression", header.compression);
    if (pcapng) this.#section(header);
  }

  /** What a section header block says of the machine and the program (draft-ietf-opsawg-pcapng section 4.1). */
  #section({ bytes, littleEndian }: CaptureHeader): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const comments: string[] = [];
    const texts: [string, string][] = [];
    const decoder = new TextDecoder();
    for (let o = 24; o + 4 <= bytes.length - 4;) {
      const code = view.getUint16(o, littleEndian);
      const n = view.getUint16(o + 2, littleEndian);
      if (code === 0 || o + 4 + n > bytes.length - 4) break;
      const value = decoder.decode(bytes.subarray(o + 4, o + 4 + n));
      if (code === 1) comments.push(value);
      else if (code === 2) texts.push(["hardware", value]);
      else if (code === 3) texts.push(["os", value]);
      else if (code === 4) texts.push(["application", value]);
      o += 4 + ((n + 3) & ~3);
    }
    for (const [key, value] of texts) this.#put(key, value);
    if (comments.length === 0) return;
    const sink = this.#sink;
    sink.key(sink.prepareKey("comments"));
    sink.openList();
    for (const comment of comments) {
      sink.element();
      sink.string(comment);
    }
    sink.closeList();
  }

  #interface(id: number, info: InterfaceInfo | undefined): void {
    const sink = this.#sink;
    const fixed = this.#fixed;
    const known = info && this.#known(info);
    sink.key(fixed.interface);
    sink.open();
    sink.key(fixed.id);
    sink.number(info?.id ?? id);
    if (info && known) {
      sink.key(fixed.section);
      sink.number(info.section);
      if (known.name) {
        sink.key(fixed.name);
        sink.text(known.name);
      }
      if (known.description) {
        sink.key(fixed.description);
        sink.text(known.description);
      }
      sink.key(fixed.network);
      sink.open();
      sink.key(fixed.value);
      sink.number(info.linkType);
      if (known.network) {
        sink.key(fixed.name);
        sink.text(known.network);
      }
      sink.close();
    }
    sink.close();
  }

  /** The texts of an interface, prepared: every frame says them again. */
  #known(info: InterfaceInfo): KnownInterface {
    let known = this.#knownInterfaces.get(info);
    if (!known) {
      const prepare = (text: string | undefined): Constant | undefined =>
        text === undefined ? undefined : this.#sink.prepareText(text);
      known = {
        name: prepare(info.name),
        description: prepare(info.description),
        network: prepare(LINKTYPES[info.linkType]),
        fine: hasNanoseconds(info),
      };
      this.#knownInterfaces.set(info, known);
    }
    return known;
  }

  #frame(batch: PacketBatch, i: number): void {
    const sink = this.#sink;
    const fixed = this.#fixed;
    const { frames } = batch;
    const seconds = frames.seconds[i];
    const nanoseconds = frames.nanoseconds[i];
    const length = frames.wireLengths[i];
    const captured = frames.capturedLengths[i];
    const number = frameNumber(frames, i);
    const timed = !Number.isNaN(seconds);
    const interfaceId = frames.interfaceIds[i];
    const info = frames.interfaces[interfaceId];
    sink.title("Frame", number);
    sink.open();
    sink.key(fixed.frame_info);
    sink.open();
    if (timed) {
      sink.key(fixed.ts_sec);
      sink.number(seconds);
      if (!info || this.#known(info).fine) {
        sink.key(fixed.ts_nsec);
        sink.number(nanoseconds);
      } else {
        sink.key(fixed.ts_usec);
        sink.number((nanoseconds / 1000) | 0);
      }
    }
    sink.key(fixed.incl_len);
    sink.number(captured);
    sink.key(fixed.orig_len);
    sink.number(length);
    sink.close();
    if (timed) {
      sink.key(fixed.time);
      sink.date(seconds, nanoseconds);
    }
    sink.key(fixed.number);
    sink.number(number);
    if (timed) {
      sink.key(fixed.time_epoch);
      sink.exact(seconds, nanoseconds);
    }
    sink.key(fixed.len);
    sink.number(length);
    sink.key(fixed.cap_len);
    sink.number(captured);
    if (this.#interfaces) this.#interface(interfaceId, info);
    const damaged = this.#layers(batch, i);
    sink.key(fixed.protocols);
    sink.text(this.#chain(batch, i));
    sink.key(fixed.packet);
    sink.bytes(frames.bytes, frames.starts[i], captured);
    if (damaged) this.#issues(batch, i);
    sink.close();
  }

  /** Writes the headers, each within the one before. Answers whether anything is wrong with the packet. */
  #layers(batch: PacketBatch, index: number): boolean {
    const sink = this.#sink;
    const catalogue = this.#catalogue;
    const items = this.#emitter.packet(batch, index);
    const { used } = items;
    const { layers, firstLayer, frames } = batch;
    if (this.#leads.length * ITEM < used) {
      const n = used / ITEM * 2;
      this.#leads = new Uint8Array(n);
      this.#next = new Int32Array(n);
      this.#ends = new Int32Array(n);
    }
    const first = firstLayer[index];
    const last = firstLayer[index + 1];
    let p = 0;
    let opened = 0;
    let clash = false;
    for (let row = first; row < last; row += LAYER) {
      const id = layers[row] & PROTOCOL_MASK;
      const from = items.begins(row, p);
      p = items.ends(row, from);
      if (id === catalogue.data || opened === REPORT_LAYERS_MAX) {
        this.#raw(frames.bytes, layers[row + 1], layers[row + 3]);
        if (opened === REPORT_LAYERS_MAX) break;
        continue;
      }
      sink.key(this.#keys[clash ? this.#others[id] : this.#labels[id]]);
      sink.open();
      opened++;
      const child = row + LAYER < last ? layers[row + LAYER] & PROTOCOL_MASK : -1;
      // Payload is what begins where the header ends.
      const payload = layers[row + 2] < layers[row + 3] ? layers[row + 2] : -1;
      clash = this.#fields(
        items,
        from,
        p,
        this.#lists[id],
        payload,
        child < 0 || child === catalogue.data ? -1 : this.#labels[child],
      );
      if (child < 0 && (layers[row] & PARTIAL) === 0 && payload >= 0) {
        this.#raw(frames.bytes, payload, layers[row + 3]);
      }
    }
    for (; opened > 0; opened--) sink.close();
    return (items.issues | items.walkIssues) !== 0;
  }

  #raw(b: Uint8Array, start: number, end: number): void {
    const sink = this.#sink;
    sink.key(this.#fixed.raw);
    sink.open();
    sink.key(this.#fixed.packet);
    sink.bytes(b, start, end - start);
    sink.close();
  }

  /**
   * Writes the items from row `from` to `to`, which stand side by side, and the empty ones of `lists`. Bytes that byte
   * `payload` is among are left out. Answers whether one of the items has the key `child`.
   */
  #fields(
    items: Items,
    from: number,
    to: number,
    lists: readonly number[],
    payload: number,
    child: number,
  ): boolean {
    const { rows } = items;
    const { fields } = this.#catalogue;
    const slots = this.#slots;
    const leads = this.#leads;
    const next = this.#next;
    const ends = this.#ends;
    const seen = this.#seen;
    const last = this.#last;
    const object = ++this.#object;
    // First which rows share a key: an object can have each key only once.
    for (let p = from; p < to;) {
      const k = p / ITEM;
      const id = rows[p] & FIELD_MASK;
      const info = fields[id];
      const slot = slots[id];
      let end = p + ITEM;
      if (info.kind === Kind.None) {
        const depth = rows[p] >>> 16;
        while (end < to && rows[end] >>> 16 > depth) end += ITEM;
      }
      ends[k] = end;
      next[k] = -1;
      leads[k] = 0;
      const isPayload = info.kind === Kind.Bytes && rows[p + 1] <= payload &&
        rows[p + 1] + rows[p + 2] > payload;
      if (slot >= 0 && !isPayload) {
        if (seen[slot] === object) next[last[slot]] = k;
        else {
          seen[slot] = object;
          leads[k] = 1;
        }
        last[slot] = k;
      }
      p = end;
    }
    const clash = child >= 0 && seen[child] === object;
    // Objects below use the same columns, so what is missing must be noted now.
    let missing = 0;
    for (let i = 0; i < lists.length && i < 31; i++) {
      if (seen[lists[i]] !== object) missing |= 1 << i;
    }
    const sink = this.#sink;
    const keys = this.#keys;
    for (let p = from; p < to; p = ends[p / ITEM]) {
      let k = p / ITEM;
      if (leads[k] === 0) continue;
      const id = rows[p] & FIELD_MASK;
      const info = fields[id];
      sink.key(keys[slots[id]]);
      if (!info.list && next[k] < 0) {
        this.#value(items, p, id, info);
        continue;
      }
      sink.openList();
      for (; k >= 0; k = next[k]) {
        const element = rows[k * ITEM] & FIELD_MASK;
        sink.element();
        this.#value(items, k * ITEM, element, fields[element]);
      }
      sink.closeList();
    }
    for (let i = 0; missing !== 0; i++, missing >>>= 1) {
      if ((missing & 1) === 0) continue;
      sink.key(keys[lists[i]]);
      sink.openList();
      sink.closeList();
    }
    return clash;
  }

  #value(items: Items, p: number, id: number, info: FieldInfo): void {
    const sink = this.#sink;
    if (info.kind === Kind.None) {
      sink.open();
      this.#fields(
        items,
        p + ITEM,
        this.#ends[p / ITEM],
        this.#headingLists[id] ?? [],
        -1,
        -1,
      );
      sink.close();
      return;
    }
    if (
      info.values === undefined ||
      (info.kind !== Kind.Uint && info.kind !== Kind.Int && info.kind !== Kind.Bool)
    ) return sink.item(items, p, info);
    const value = info.kind === Kind.Uint ? items.rows[p + 3] >>> 0 : items.rows[p + 3];
    const names = this.#names[id] ??= new Map();
    let name = names.get(value);
    if (name === undefined) {
      const text = info.values[value];
      if (text !== undefined) names.set(value, name = sink.prepareText(text));
    }
    sink.named(items, p, info, name);
  }

  /** Names of the packet's protocols. There are few different chains, but tunnels could make any number of them. */
  #chain(batch: PacketBatch, index: number): Constant {
    const { layers, firstLayer } = batch;
    const { protocols } = this.#catalogue;
    let id = "";
    for (let row = firstLayer[index]; row < firstLayer[index + 1]; row += LAYER) {
      id += String.fromCharCode(layers[row] & PROTOCOL_MASK);
    }
    let chain = this.#chains.get(id);
    if (chain) return chain;
    const names: string[] = [];
    for (let row = firstLayer[index]; row < firstLayer[index + 1]; row += LAYER) {
      const p = protocols[layers[row] & PROTOCOL_MASK];
      const name = p.label ||
        ((layers[row] & PROTOCOL_MASK) === this.#catalogue.data ? "" : p.name);
      if (name !== "") names.push(name);
    }
    chain = this.#sink.prepareText(names.join(":"));
    if (this.#chains.size >= CHAINS_MAX) this.#chains.clear();
    this.#chains.set(id, chain);
    return chain;
  }

  #issues(batch: PacketBatch, index: number): void {
    const sink = this.#sink;
    sink.key(this.#fixed.issues);
    sink.openList();
    for (const issue of new Packet(batch, index, this.#catalogue).issues) {
      sink.element();
      sink.open();
      this.#put("kind", issue.kind);
      this.#put("protocol", issue.protocol);
      this.#put("offset", issue.offset);
      this.#put("needed", issue.needed);
      this.#put("limitedBy", issue.limitedBy);
      sink.close();
    }
    sink.closeList();
  }
}

/** Chains of protocols kept prepared at most. */
const CHAINS_MAX = 4096;

/** Key of a field in a report. `declared`: the keys its protocol gives to values. */
function reportKey(info: FieldInfo, declared: ReadonlySet<string>): string {
  const { key, abbrev } = info;
  if (key !== "" && !key.startsWith("_")) return key;
  const bare = key.replace(/^_+/, "");
  if (/^[a-zA-Z]\w+$/.test(bare) && !declared.has(bare)) return bare;
  const last = abbrev.slice(abbrev.lastIndexOf(".") + 1);
  if (last !== "" && !declared.has(last)) return last;
  return abbrev || info.name;
}
