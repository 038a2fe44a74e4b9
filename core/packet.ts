/**
 * Packets and headers as objects: views made on demand, for programs that look at one packet at a time.
 *
 * @module
 */
import { frameNumber, type InterfaceInfo } from "./batch.ts";
import { type Catalogue, ISSUE, LAYER, PARTIAL, PROTOCOL_MASK, QUOTED } from "./catalogue.ts";
import { Emitter, firstIssue, ownIssues } from "./emitter.ts";
import type { EngineItems, PacketBatch } from "./engine.ts";
import type { FieldInfo, Layer } from "./field.ts";
import { FIELD_MASK, IN_TEXT, Issue, ITEM } from "./items.ts";
import { didYouMean } from "./nearest.ts";
import { itemsObject, itemValue, type Protocol } from "./protocol.ts";
import { plain, shownAs } from "./shown.ts";
import { TextWriter } from "./text_writer.ts";

/** Something wrong with a packet. The layers found before it stay. */
export interface PacketIssue {
  /** `truncated`: the capture was cut. `malformed`: a length or value contradicts the bytes. */
  readonly kind: "truncated" | "malformed";
  /** The protocol in whose header it was met, by Wireshark's name. */
  readonly protocol: string;
  /** Where it was met: byte offset in the frame. */
  readonly offset: number;
  /** Bytes that the header would have needed. */
  readonly needed: number;
  /** What set the limit: the protocol whose length field did, or `capture`. */
  readonly limitedBy: string;
}

/** Where a value stands. */
export interface FieldOccurrence {
  /** What is known of the field. */
  readonly info: FieldInfo;
  /** The value: number, bigint, boolean, string or bytes. */
  readonly value: unknown;
  /** Byte offset in the frame; that of the header, if the value is not on the wire. */
  readonly offset: number;
  /** Bytes it spans; 0 if it is not on the wire. */
  readonly length: number;
}

// One emitter a catalogue serves all packets: a packet's items are read at once and not kept.
const EMITTERS = new WeakMap<Catalogue, Emitter>();

/** A packet: a place in a batch. */
export class Packet {
  readonly #batch: PacketBatch;
  readonly #index: number;
  readonly #catalogue: Catalogue;

  /** Looks at packet `index` of `batch`. */
  constructor(batch: PacketBatch, index: number, catalogue: Catalogue) {
    this.#batch = batch;
    this.#index = index;
    this.#catalogue = catalogue;
  }

  /** Frame number, counted from 1. */
  get number(): number {
    return frameNumber(this.#batch.frames, this.#index);
  }

  /** Time in nanoseconds since 1970-01-01T00:00:00Z; `undefined` where the file gives none. */
  get time(): bigint | undefined {
    const { seconds, nanoseconds } = this.#batch.frames;
    const s = seconds[this.#index];
    return Number.isNaN(s) ? undefined : BigInt(s) * 1_000_000_000n +
      BigInt(nanoseconds[this.#index]);
  }

  /** Length on the wire, in bytes. */
  get length(): number {
    return this.#batch.frames.wireLengths[this.#index];
  }

  /** Bytes captured. */
  get capturedLength(): number {
    return this.#batch.frames.capturedLengths[this.#index];
  }

  /** Link type (LINKTYPE_ number). */
  get linkType(): number {
    return this.#batch.frames.linkTypes[this.#index];
  }

  /** The interface it was captured on. */
  get interface(): InterfaceInfo | undefined {
    const { interfaces, interfaceIds } = this.#batch.frames;
    return interfaces[interfaceIds[this.#index]];
  }

  /** The frame's exact bytes, as a view on the batch; see {@link Packet.keep}. */
  get bytes(): Uint8Array {
    const { bytes, starts, capturedLengths } = this.#batch.frames;
    const start = starts[this.#index];
    return bytes.subarray(start, start + capturedLengths[this.#index]);
  }

  /**
   * The first header of `protocol`, if the packet has one that is complete; `nth` for a later one (0 is the first).
   */
  get<T extends object>(protocol: Protocol<T>, nth = 0): (T & Layer) | undefined {
    const { layers, firstLayer, frames } = this.#batch;
    const end = firstLayer[this.#index + 1];
    for (let r = firstLayer[this.#index]; r < end; r += LAYER) {
      const id = layers[r];
      if (
        this.#catalogue.protocols[id & PROTOCOL_MASK] as unknown === protocol &&
        (id & PARTIAL) === 0 && nth-- === 0
      ) {
        return protocol.at(
          frames.bytes,
          layers[r + 1],
          layers[r + 2],
          layers[r + 3],
          layers[r + 4],
        );
      }
    }
    return undefined;
  }

  /**
   * The bytes behind the first header of `protocol`, as far as they were captured and belong to it: no padding of the
   * frame. `undefined` if the packet has no such header that is complete; `nth` for a later one (0 is the first). A view
   * on the batch; see {@link Packet.keep}.
   */
  payload(protocol: Protocol<object>, nth = 0): Uint8Array | undefined {
    const header = this.get(protocol, nth);
    return header?.bytes.subarray(header.end, Math.max(header.end, header.limit));
  }

  /** Whether it has the protocol or field of this name (`ip`, `IPv4`, `tcp.options.mss`). */
  has(name: string): boolean {
    const ids = this.#catalogue.named(name);
    const { layers, firstLayer } = this.#batch;
    for (let r = firstLayer[this.#index]; r < firstLayer[this.#index + 1]; r += LAYER) {
      if (ids.includes(layers[r] & PROTOCOL_MASK)) return true;
    }
    return this.#catalogue.fieldsOf(name).length > 0 && this.fieldAll(name).length > 0;
  }

  /**
   * The value of the first field of this abbreviation; `undefined` if the packet has none. Its type is that of the field:
   * a number, a boolean, a text, bytes ...; where the protocol is known beforehand, {@link get} has types.
   *
   * @throws {RangeError} If no protocol has such a field, as far as that is known: of protocols that no packet needed so
   * far, only the first parts of names are.
   */
  field(abbrev: string): unknown {
    return this.fieldAll(abbrev)[0]?.value;
  }

  /**
   * Every occurrence of the field of this abbreviation, in the packet's order.
   *
   * @throws {RangeError} If no protocol has such a field.
   */
  fieldAll(abbrev: string): FieldOccurrence[] {
    if (this.#catalogue.fieldsOf(abbrev).length === 0) {
      // A protocol that was not needed so far is not in this packet.
      if (this.#catalogue.mayHave(abbrev)) return [];
      throw new RangeError(
        `Cannot look up field "${abbrev}": current kit has no such field${
          didYouMean(abbrev, this.#catalogue.abbrevs)
        }`,
      );
    }
    return this.fields().filter((f) => f.info.abbrev === abbrev || f.info.also === abbrev);
  }

  /** All fields in the packet's order, those without a value (headings) included. */
  fields(): FieldOccurrence[] {
    const items = this.#emit();
    const found: FieldOccurrence[] = [];
    const frameStart = this.#batch.frames.starts[this.#index];
    for (let p = 0; p < items.used; p += ITEM) {
      const info = this.#catalogue.fields[items.rows[p] & FIELD_MASK];
      const start = items.rows[p + 1];
      const { places } = items;
      const onWire = places ? places[p >> 1] >= 0 : start >= frameStart && start < IN_TEXT;
      found.push({
        info,
        value: itemValue(items, p, info),
        offset: !onWire ? 0 : places ? places[p >> 1] : start - frameStart,
        length: !onWire ? 0 : places ? places[(p >> 1) + 1] : items.rows[p + 2],
      });
    }
    return found;
  }

  #emit() {
    let emitter = EMITTERS.get(this.#catalogue);
    if (!emitter) EMITTERS.set(this.#catalogue, emitter = new Emitter(this.#catalogue));
    return emitter.packet(this.#batch, this.#index);
  }

  /** The packet's protocols, outermost first, as Wireshark writes them: `eth:ip:tcp`. */
  get protocols(): string {
    return this.#join((p) => p.name);
  }

  /** The packet's protocols by their short names: `Ethernet:IPv4:TCP`. */
  get chain(): string {
    return this.#join((p) => p.label);
  }

  #join(name: (p: Protocol) => string): string {
    const { layers, firstLayer } = this.#batch;
    let text = "";
    for (let r = firstLayer[this.#index]; r < firstLayer[this.#index + 1]; r += LAYER) {
      const n = name(this.#catalogue.protocols[layers[r] & PROTOCOL_MASK]);
      if (n !== "") text += (text && ":") + n;
    }
    return text;
  }

  /** What is wrong with it; empty for most packets. */
  get issues(): PacketIssue[] {
    const { issues, issuesUsed, layers, frames, firstLayer } = this.#batch;
    const start = frames.starts[this.#index];
    const nameAt = (row: number): string =>
      this.#catalogue.protocols[layers[row] & PROTOCOL_MASK].name;
    const found: PacketIssue[] = [];
    for (let p = firstIssue(this.#batch, this.#index); p < issuesUsed; p += ISSUE) {
      if (issues[p] !== this.#index) break;
      found.push({
        kind: issues[p + 1] === Issue.Truncated ? "truncated" : "malformed",
        protocol: nameAt(issues[p + 2]),
        offset: issues[p + 3] - start,
        needed: issues[p + 4],
        limitedBy: issues[p + 5] < 0 ? "capture" : nameAt(issues[p + 5]),
      });
    }
    const items = this.#emit();
    if (items.issues !== 0 && firstLayer[this.#index] < firstLayer[this.#index + 1]) {
      const row = items.issueLayer;
      const protocol = nameAt(row);
      if (!found.some((f) => f.protocol === protocol)) {
        found.push({
          kind: items.issues & Issue.Malformed ? "malformed" : "truncated",
          protocol,
          offset: layers[row + 1] - start,
          needed: layers[row + 2] - layers[row + 1],
          limitedBy: items.issues & Issue.Malformed ? protocol : "capture",
        });
      }
    }
    return found;
  }

  /** The headers as plain data, by Wireshark's protocol names; a protocol that occurs again is numbered (`ip#2`). */
  toJSON(): Record<string, unknown> {
    const items = this.#emit(), catalogue = this.#catalogue;
    const object: Record<string, unknown> = {
      number: this.number,
      time: this.time === undefined ? null : String(this.time),
      length: this.length,
      capturedLength: this.capturedLength,
      protocols: this.protocols,
    };
    const { layers, firstLayer } = this.#batch;
    let row = firstLayer[this.#index];
    const last = firstLayer[this.#index + 1];
    let p = 0;
    const seen = new Map<string, number>();
    for (; row < last; row += LAYER) {
      const protocol = catalogue.protocols[layers[row] & PROTOCOL_MASK];
      const from = items.begins(row, p);
      p = items.ends(row, from);
      const n = (seen.get(protocol.name) ?? 0) + 1;
      seen.set(protocol.name, n);
      const header = itemsObject(items, from, p, catalogue.fields, 0);
      object[n === 1 ? protocol.name : `${protocol.name}#${n}`] = plain(header);
    }
    const issues = this.issues;
    if (issues.length > 0) object.issues = issues;
    return object;
  }

  /** One line: what the last protocol that can say something says of the packet. */
  get summary(): string {
    const out = new TextWriter(512);
    writeSummary(out, this.#batch, this.#index, this.#catalogue);
    return new TextDecoder().decode(out.written());
  }

  /** The bytes as offset, hexadecimal and characters, 16 a line. */
  hexdump(): string {
    const b = this.bytes;
    let text = "";
    for (let o = 0; o < b.length; o += 16) {
      const part = b.subarray(o, o + 16);
      const hex = Array.from(part, (v) => v.toString(16).padStart(2, "0"));
      const left = hex.slice(0, 8).join(" "), right = hex.slice(8).join(" ");
      const chars = Array.from(part, (v) => v >= 32 && v < 127 ? String.fromCharCode(v) : ".");
      text += `${o.toString(16).padStart(4, "0")}  ${left.padEnd(23)}  ${right.padEnd(23)}  ${
        chars.join("")
      }\n`;
    }
    return text;
  }

  /** A copy that stays valid when its batch is gone, and that holds no other packet's bytes. */
  keep(): Packet {
    const { frames, layers, firstLayer } = this.#batch;
    const i = this.#index, start = frames.starts[i];
    const rows = layers.slice(firstLayer[i], firstLayer[i + 1]);
    for (let r = 0; r < rows.length; r += LAYER) {
      for (let k = 1; k < LAYER; k++) rows[r + k] -= start;
    }
    const own = ownIssues(this.#batch, i);
    for (let p = 0; p < own.length; p += ISSUE) {
      own[p + 2] -= firstLayer[i];
      own[p + 3] -= start;
      if (own[p + 5] >= 0) own[p + 5] -= firstLayer[i];
    }
    const record = frames.recordStarts[i], recordLength = frames.recordLengths[i];
    const options = frames.optionStarts;
    const items = this.#batch.items && keepItems(this.#batch.items, this.#batch, i);
    const captured = frames.capturedLengths[i];
    const optionLength = frames.optionLengths?.[i] ?? 0;
    // Frame first, so that its offsets start at 0; options behind it.
    const bytes = new Uint8Array(captured + optionLength + recordLength);
    bytes.set(frames.bytes.subarray(start, start + captured));
    if (options) {
      bytes.set(frames.bytes.subarray(options[i], options[i] + optionLength), captured);
    }
    bytes.set(frames.bytes.subarray(record, record + recordLength), captured + optionLength);
    const { modified } = frames;
    return new Packet(
      {
        frames: {
          sequence: frames.sequence,
          firstNumber: frameNumber(frames, i),
          count: 1,
          bytes,
          starts: new Uint32Array(1),
          capturedLengths: Uint32Array.of(captured),
          wireLengths: frames.wireLengths.slice(i, i + 1),
          seconds: frames.seconds.slice(i, i + 1),
          nanoseconds: frames.nanoseconds.slice(i, i + 1),
          linkTypes: frames.linkTypes.slice(i, i + 1),
          interfaceIds: frames.interfaceIds.slice(i, i + 1),
          interfaces: frames.interfaces,
          clock: {
            ...frames.clock,
            previousSeconds: i > 0 ? frames.seconds[i - 1] : frames.clock.previousSeconds,
            previousNanoseconds: i > 0
              ? frames.nanoseconds[i - 1]
              : frames.clock.previousNanoseconds,
          },
          littleEndian: frames.littleEndian,
          recordStarts: Uint32Array.of(captured + optionLength),
          recordLengths: Uint32Array.of(recordLength),
          ...(options
            ? {
              optionStarts: Uint32Array.of(captured),
              optionLengths: Uint32Array.of(optionLength),
            }
            : {}),
          ...(modified
            ? {
              modified: {
                interfaceIndexes: modified.interfaceIndexes.slice(i, i + 1),
                protocols: modified.protocols.slice(i, i + 1),
                packetTypes: modified.packetTypes.slice(i, i + 1),
              },
            }
            : {}),
        },
        layers: rows,
        firstLayer: Uint32Array.of(0, rows.length),
        issues: own,
        issuesUsed: own.length,
        ...(items ? { items } : {}),
      },
      0,
      this.#catalogue,
    );
  }
}

/** A copy of packet `index`'s items alone, for a frame that begins at byte 0. */
function keepItems(items: EngineItems, batch: PacketBatch, index: number): EngineItems {
  const from = items.first[index], to = items.first[index + 1];
  const start = batch.frames.starts[index];
  const rows = items.rows.slice(from, to);
  let low = Infinity, high = 0;
  for (let p = 0; p < rows.length; p += ITEM) {
    if ((rows[p + 1] & IN_TEXT) === 0) rows[p + 1] -= start;
    else {
      const at = rows[p + 1] & ~IN_TEXT;
      low = Math.min(low, at);
      high = Math.max(high, at + rows[p + 2]);
    }
  }
  const text = high === 0 ? new Uint8Array(0) : items.text.slice(low, high);
  for (let p = 0; p < rows.length; p += ITEM) {
    if ((rows[p + 1] & IN_TEXT) !== 0) rows[p + 1] -= low;
  }
  const { firstLayer } = batch;
  return {
    rows,
    first: Uint32Array.of(0, rows.length),
    ofLayer: items.ofLayer.slice(firstLayer[index] / LAYER, firstLayer[index + 1] / LAYER)
      .map((p) => p - from),
    text,
    times: items.times.slice(),
    places: items.places.slice(from / ITEM * 2, to / ITEM * 2),
  };
}

shownAs(Packet.prototype, "Packet");

/** Writes the packet's one-line summary: that of its last protocol which has one. Answers that protocol's index, or -1. */
export function writeSummary(
  out: TextWriter,
  batch: PacketBatch,
  index: number,
  catalogue: Catalogue,
): number {
  const { layers, frames } = batch;
  const row = summaryRow(batch, index, catalogue);
  if (row < 0) return -1;
  const id = layers[row] & PROTOCOL_MASK;
  catalogue.protocols[id].spec.summary!(
    {
      bytes: frames.bytes,
      start: layers[row + 1],
      end: layers[row + 2],
      limit: layers[row + 3],
      reported: layers[row + 4],
    },
    out,
  );
  return id;
}

/** The layer row of the protocol that a packet is summed up by: the last complete one with a summary, data aside. */
export function summaryRow(batch: PacketBatch, index: number, catalogue: Catalogue): number {
  const { layers, firstLayer } = batch;
  const first = firstLayer[index];
  let fallback = -1;
  for (let row = firstLayer[index + 1] - LAYER; row >= first; row -= LAYER) {
    // What an error message quotes is not what the packet is about.
    if ((layers[row] & (PARTIAL | QUOTED)) !== 0) continue;
    const id = layers[row] & PROTOCOL_MASK;
    if (!catalogue.protocols[id].spec.summary) continue;
    if (id !== catalogue.data) return row;
    fallback = row;
  }
  return fallback;
}
