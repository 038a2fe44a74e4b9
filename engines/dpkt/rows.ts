/**
 * Layer rows of what most packets are made of, by a decoder that is written out for just these.
 *
 * The rows equal those of the `default` engine up to the first layer that it does not know, and so do its issues. What
 * lies behind the last known layer is nobody's: it makes no `data` row, so that no field of it differs.
 *
 * @module
 */
import type { FrameBatch } from "../../core/batch.ts";
import { type Catalogue, ISSUE, LAYER, PARTIAL, Walker } from "../../core/catalogue.ts";
import type { Dissector, EngineContext, PacketBatch } from "../../core/engine.ts";
import { Issue } from "../../core/items.ts";
import { LAYERS_MAX, WIRE_LENGTH_MAX } from "../../core/limits.ts";
import { hasCheckSequence, jumbo, LENGTH_MAX, loopback } from "./columns.ts";

// Kinds of headers, by how they are read; 0 is for all that is not known here.
const ETHERNET = 1,
  TAG = 2,
  SERVICE_TAG = 3,
  COOKED = 4,
  COOKED_2 = 5,
  RAW = 6,
  LOOPBACK = 7,
  IPV4 = 8,
  IPV6 = 9,
  OPTIONS = 10,
  FRAGMENT = 11,
  AUTHENTICATION = 12,
  TCP = 13,
  UDP = 14,
  OTHER = 15;
const KINDS: Readonly<Record<string, number>> = {
  eth: ETHERNET,
  vlan: TAG,
  ieee8021ad: SERVICE_TAG,
  sll: COOKED,
  sll2: COOKED_2,
  raw: RAW,
  null: LOOPBACK,
  ip: IPV4,
  ipv6: IPV6,
  "ipv6.hopopts": OPTIONS,
  "ipv6.routing": OPTIONS,
  "ipv6.dstopts": OPTIONS,
  "ipv6.fraghdr": FRAGMENT,
  ah: AUTHENTICATION,
  tcp: TCP,
  udp: UDP,
  sctp: OTHER,
  icmp: OTHER,
  icmpv6: OTHER,
};

/** The protocols that the `dpkt` engine knows, by Wireshark's names. */
export const PROTOCOLS: readonly string[] = Object.keys(KINDS);

/** EtherType of LLC frames too long for a length (draft-ietf-isis-ext-eth). */
const JUMBO_LLC = 0x8870;
/** Smallest EtherType (IEEE 802.3 clause 3.2.6). */
const TYPE_MIN = 1536;
/** ARP's hardware type of GRE tunnels. */
const GRE = 778;
const HOP_BY_HOP = 0, TCP_NUMBER = 6;
/** Nothing follows, or nothing that is known here. */
const NONE = -1;

/** Columns of one batch, used again if that is allowed. */
class Rows {
  layers: Int32Array = new Int32Array(LAYER * 4096);
  issues: Int32Array = new Int32Array(ISSUE * 64);
  firstLayer: Uint32Array = new Uint32Array(0);
}

/** A running `dpkt` engine. */
export class RowDecoder implements Dissector {
  readonly #catalogue: Catalogue;
  readonly #reuse: boolean;
  readonly #rows: Rows[] = [];
  #turn = 0;
  readonly #kinds: Uint8Array;
  /** Fewest bytes of each protocol's header; -1 if its declaration is not loaded yet. */
  readonly #least: Int32Array;
  readonly #stops: Uint8Array;
  readonly #missing = new Set<number>();
  #learned = 0;
  readonly #linkTable: number;
  readonly #ethertypes: number;
  readonly #numbers: number;
  readonly #versions: number;
  readonly #families: number;
  readonly #linux: number;
  readonly #gre: number;
  /** What declared walk functions work on: ICMP's know where quoted packets end. */
  readonly #walker: Walker;

  // The batch.
  #frames!: FrameBatch;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #layers!: Int32Array;
  #issues!: Int32Array;
  #issuesUsed = 0;
  #checked = false;
  // The packet.
  #packet = 0;
  #limitedBy = -1;
  // The header: see Walker.
  #end = 0;
  #limit = 0;
  #reported = 0;
  /** Whether the header is impossible. */
  #bad = false;

  /** Starts it. */
  constructor({ catalogue, reuse }: EngineContext) {
    this.#catalogue = catalogue;
    this.#reuse = reuse;
    this.#walker = new Walker(catalogue);
    const { length } = catalogue.protocols;
    this.#kinds = new Uint8Array(length);
    this.#least = new Int32Array(length).fill(-1);
    this.#stops = Uint8Array.from({ length }, (_, id) => catalogue.stopsAfter(id) ? 1 : 0);
    for (const [name, kind] of Object.entries(KINDS)) {
      const id = catalogue.idOf(name);
      if (id >= 0) this.#kinds[id] = kind;
    }
    this.#linkTable = catalogue.table("linktype");
    this.#ethertypes = catalogue.table("ethertype");
    this.#numbers = catalogue.table("ip.proto");
    this.#versions = catalogue.table("ip.version");
    this.#families = catalogue.table("null.family");
    this.#linux = catalogue.table("sll.ltype");
    this.#gre = catalogue.table("gre.proto");
  }

  /** Dissects one batch. */
  dissect(frames: FrameBatch): PacketBatch | Promise<PacketBatch> {
    const { ready, protocols } = this.#catalogue;
    for (; this.#learned < ready.length; this.#learned++) {
      const id = ready[this.#learned];
      this.#least[id] = protocols[id].minLength;
    }
    const packets = this.#decode(frames);
    return this.#missing.size === 0 ? packets : this.#load(frames);
  }

  /** Loads what the batch needs and decodes it again; what is found then may need more. */
  async #load(frames: FrameBatch): Promise<PacketBatch> {
    await this.#catalogue.load(this.#missing);
    this.#missing.clear();
    this.#turn ^= 1;
    return await this.dissect(frames);
  }

  #decode(frames: FrameBatch): PacketBatch {
    this.#turn = this.#reuse ? this.#turn ^ 1 : 0;
    const rows = this.#rows[this.#turn] ??= new Rows();
    if (rows.firstLayer.length <= frames.count || !this.#reuse) {
      rows.firstLayer = new Uint32Array(frames.count + 1);
    }
    const used = this.#batch(frames, rows);
    return {
      frames,
      layers: this.#reuse ? rows.layers : rows.layers.slice(0, used),
      firstLayer: rows.firstLayer,
      issues: this.#reuse ? rows.issues : rows.issues.slice(0, this.#issuesUsed),
      issuesUsed: this.#issuesUsed,
    };
  }

  /** There is nothing to close. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #batch(frames: FrameBatch, rows: Rows): number {
    const { bytes, count, starts, capturedLengths, wireLengths, linkTypes } = frames;
    const { firstLayer } = rows;
    this.#frames = frames;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#checked = hasCheckSequence(frames);
    this.#layers = rows.layers;
    this.#issues = rows.issues;
    this.#issuesUsed = 0;
    let used = firstLayer[0] = 0;
    for (let i = 0; i < count; i++) {
      if (used + LAYERS_MAX * LAYER > this.#layers.length) this.#grow(used);
      const start = starts[i], limit = start + capturedLengths[i];
      const wire = start + Math.min(wireLengths[i], WIRE_LENGTH_MAX);
      this.#packet = i;
      used = this.#frame(linkTypes[i], start, limit, wire > limit ? wire : limit, used);
      firstLayer[i + 1] = used;
    }
    rows.layers = this.#layers;
    rows.issues = this.#issues;
    return used;
  }

  #grow(used: number): void {
    const grown = new Int32Array(this.#layers.length * 2);
    grown.set(this.#layers.subarray(0, used));
    this.#layers = grown;
  }

  /** Writes the rows of one frame from `at` on; answers where they end. */
  #frame(linkType: number, start: number, limit: number, reported: number, at: number): number {
    const layers = this.#layers, view = this.#view, catalogue = this.#catalogue;
    const kinds = this.#kinds, least = this.#least, numbers = this.#numbers;
    const stopLayer = catalogue.stopLayer;
    const first = at;
    this.#limitedBy = -1;
    let id = catalogue.lookup(this.#linkTable, linkType);
    for (let n = 0; id >= 0; n++) {
      if (n >= LAYERS_MAX) {
        this.#issue(Issue.Malformed, at - LAYER, start, 0);
        break;
      }
      const kind = kinds[id];
      if (kind === 0 || (stopLayer >= 0 && catalogue.stackOrder[id] > stopLayer)) break;
      const min = least[id];
      if (min < 0) {
        this.#missing.add(id);
        break;
      }
      const row = at;
      at += LAYER;
      layers[row] = id;
      layers[row + 1] = start;
      layers[row + 2] = limit;
      layers[row + 3] = limit;
      layers[row + 4] = reported;
      if (kind === IPV4 && limit > start) {
        const version = view.getUint8(start) >> 4;
        if (version !== 4) {
          layers[row] = id | PARTIAL;
          layers[row + 2] = start + 1;
          this.#issue(Issue.Malformed, row, start, 0);
          id = catalogue.lookup(this.#versions, version);
          continue;
        }
      }
      if (limit - start < min) {
        layers[row] = id | PARTIAL;
        this.#issue(reported - start < min ? Issue.Malformed : Issue.Truncated, row, start, min);
        break;
      }
      const before = limit;
      let end = start + min, next = NONE;
      switch (kind) {
        case ETHERNET: {
          const type = view.getUint16(start + 12);
          if (this.#checked && row === first && hasCheckSequence(this.#frames, this.#packet)) {
            if (reported - end >= 4) {
              reported -= 4;
              if (reported < limit) limit = reported;
            }
          }
          if (type >= TYPE_MIN) next = this.#ethertype(type);
          else if (type === 0) next = this.#ethertype(0);
          else if (type <= LENGTH_MAX) {
            if (end + type < reported) reported = end + type;
            if (reported < limit) limit = reported;
          }
          break;
        }
        case TAG: {
          const type = view.getUint16(start + 2);
          if (type > LENGTH_MAX) next = this.#ethertype(type);
          else {
            if (end + type < reported) reported = end + type;
            if (reported < limit) limit = reported;
          }
          break;
        }
        case IPV4: {
          const length = (view.getUint8(start) & 15) << 2, total = view.getUint16(start + 2);
          end = start + length;
          if (total !== 0) {
            const stop = start + total;
            if (stop < reported) {
              if (stop < end) {
                // A length too small for its own header: nothing behind it can be trusted.
                this.#issue(Issue.Malformed, row, start + 2, length);
                layers[row + 2] = end > limit ? limit : end;
                return at;
              }
              reported = stop;
              if (stop < limit) limit = stop;
            } else if (stop > reported) this.#issue(Issue.Malformed, row, start + 2, total);
          }
          if (length < min) {
            this.#issue(Issue.Malformed, row, start, length);
            layers[row + 2] = start + min > limit ? limit : start + min;
            layers[row + 3] = limit;
            layers[row + 4] = reported;
            return at;
          }
          if ((view.getUint16(start + 6) & 0x1fff) === 0) {
            next = catalogue.lookup(numbers, view.getUint8(start + 9));
          }
          break;
        }
        case IPV6: {
          const version = view.getUint8(start) >> 4, protocol = view.getUint8(start + 6);
          if (version !== 6) {
            this.#issue(Issue.Malformed, row, start, 0);
            end = start + 1;
            break;
          }
          let carried = view.getUint16(start + 4);
          if (carried !== 0) {
            if (end + carried > reported) {
              this.#issue(Issue.Malformed, row, start + 4, min + carried);
            }
          } else if (protocol === HOP_BY_HOP) carried = jumbo(view, end, limit);
          else if (protocol === TCP_NUMBER) carried = reported;
          if (end + carried < reported) reported = end + carried;
          if (reported < limit) limit = reported;
          next = catalogue.lookup(numbers, protocol);
          break;
        }
        case OPTIONS:
          end = start + 8 + view.getUint8(start + 1) * 8;
          next = catalogue.lookup(numbers, view.getUint8(start));
          break;
        case FRAGMENT:
          if ((view.getUint16(start + 2) & 0xfff8) === 0) {
            next = catalogue.lookup(numbers, view.getUint8(start));
          }
          break;
        case AUTHENTICATION:
          end = Math.max(end, start + (view.getUint8(start + 1) + 2) * 4);
          next = catalogue.lookup(numbers, view.getUint8(start));
          break;
        case TCP: {
          const length = (view.getUint8(start + 12) & 0xf0) >> 2;
          if (length > min) end = start + length;
          break;
        }
        case UDP: {
          const told = view.getUint16(start + 4);
          if (told >= min && start + told < reported) {
            reported = start + told;
            if (reported < limit) limit = reported;
          }
          break;
        }
        default:
          this.#limit = limit;
          this.#reported = reported;
          next = this.#rare(kind, id, start);
          end = this.#end;
          limit = this.#limit;
          reported = this.#reported;
      }
      layers[row + 3] = limit;
      layers[row + 4] = reported;
      if (end > limit || this.#bad) {
        layers[row + 2] = limit;
        this.#issue(
          end > reported || this.#bad ? Issue.Malformed : Issue.Truncated,
          row,
          start,
          end - start,
        );
        this.#bad = false;
        break;
      }
      layers[row + 2] = end;
      if (limit < before) this.#limitedBy = row;
      start = end;
      if (end >= limit || this.#stops[id] === 1) break;
      id = next;
    }
    return at;
  }

  /** Reads a header that is seldom met. Answers what follows; sets `#end`, and lowers `#limit` and `#reported`. */
  #rare(kind: number, id: number, start: number): number {
    const view = this.#view, limit = this.#limit, catalogue = this.#catalogue;
    switch (kind) {
      case SERVICE_TAG:
        this.#end = start + 4;
        return this.#end <= limit ? this.#ethertype(view.getUint16(start + 2)) : NONE;
      case COOKED:
        this.#end = start + 16;
        return this.#end <= limit
          ? this.#cooked(view.getUint16(start + 2), view.getUint16(start + 14))
          : NONE;
      case COOKED_2:
        this.#end = start + 20;
        return this.#end <= limit
          ? this.#cooked(view.getUint16(start + 8), view.getUint16(start))
          : NONE;
      case LOOPBACK: {
        if (start + 2 <= limit && view.getUint16(start) === 0xff03) {
          this.#end = start;
          return NONE;
        }
        this.#end = start + 4;
        if (this.#end > limit) return NONE;
        const value = loopback(view, start);
        return value > LENGTH_MAX
          ? this.#ethertype(value & 0xffff)
          : catalogue.lookup(this.#families, value);
      }
    }
    // The rest as it is declared.
    const w = this.#walker, { walk, header } = catalogue.protocols[id].spec;
    this.#end = header === "rest" ? limit : start + this.#least[id];
    if (!walk) return NONE;
    w.frames = this.#frames;
    w.bytes = this.#frames.bytes;
    w.packet = this.#packet;
    w.start = start;
    w.end = this.#end;
    w.limit = limit;
    w.reported = this.#reported;
    w.next = NONE;
    w.bad = false;
    w.first = 0;
    w.used = LAYER;
    walk(w);
    this.#bad = w.bad || w.end < start;
    this.#end = w.end;
    this.#limit = w.limit;
    this.#reported = w.reported;
    return kind === RAW ? w.next : NONE;
  }

  #ethertype(type: number): number {
    return type === JUMBO_LLC ? NONE : this.#catalogue.lookup(this.#ethertypes, type);
  }

  #cooked(hardware: number, protocol: number): number {
    if (protocol <= TYPE_MIN) return this.#catalogue.lookup(this.#linux, protocol);
    return hardware === GRE
      ? this.#catalogue.lookup(this.#gre, protocol)
      : this.#ethertype(protocol);
  }

  #issue(kind: Issue, layer: number, at: number, needed: number): void {
    const p = this.#issuesUsed;
    if (p + ISSUE > this.#issues.length) {
      const grown = new Int32Array(this.#issues.length * 2);
      grown.set(this.#issues);
      this.#issues = grown;
    }
    const rows = this.#issues;
    rows[p] = this.#packet;
    rows[p + 1] = kind;
    rows[p + 2] = layer;
    rows[p + 3] = at;
    rows[p + 4] = needed;
    rows[p + 5] = this.#limitedBy;
    this.#issuesUsed = p + ISSUE;
  }
}
