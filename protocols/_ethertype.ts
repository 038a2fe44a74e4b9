/**
 * What link layers that name their payload by an EtherType share: finding what follows, and the bytes behind the
 * payload, of which the first may be padding up to Ethernet's smallest frame (IEEE 802.3 clause 3.2.8).
 *
 * @module
 */
import { type Catalogue, LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import type { PacketItems } from "../core/emitter.ts";
import { bytes, custom, Field, type Registry } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import type { Recipe } from "../core/recipe.ts";

/** Largest number that is a length of 802.3, not a type (IEEE 802.3 clause 3.2.6). */
export const LENGTH_MAX = 1500;
/** Smallest EtherType (IEEE 802.3 clause 3.2.6). */
export const TYPE_MIN = 1536;
/** EtherType of LLC frames too long for a length (draft-ietf-isis-ext-eth). */
const JUMBO_LLC = 0x8870;
/** Smallest frame without its check sequence (IEEE 802.3 clause 4A.4.2): shorter ones were padded. */
const FRAME_MIN = 60;

/** A table looked up by number, found once for each catalogue. */
export class Keys {
  readonly #name: string;
  #catalogue: Catalogue | undefined;
  #number = -1;
  /** The table called `name`. */
  constructor(name: string) {
    this.#name = name;
  }
  /** Sets the walker's `next` to the protocol under `key`, or to one that guesses. The header's end must be set. */
  find(w: Walker, key: number): void {
    const catalogue = w.catalogue;
    if (catalogue !== this.#catalogue) {
      this.#catalogue = catalogue;
      this.#number = catalogue.table(this.#name);
    }
    const t = this.#number;
    let next = catalogue.lookup(t, key);
    if (next < 0 && t >= 0 && w.end < w.limit) next = w.guess(t, w.end, w.limit);
    w.next = next;
  }
}

const ETHERTYPE = new Keys("ethertype");
const IEEE8023 = new Keys("eth.802.3");
/** What stands first in 802.3 frames without LLC header, which only Novell's IPX makes: its unused checksum. */
const RAW_IPX = 0xffff;

/** Sets the walker's `next` by an EtherType. */
export function toEthertype(w: Walker, type: number): void {
  if (type === JUMBO_LLC) IEEE8023.find(w, 0);
  else ETHERTYPE.find(w, type);
}

/** Sets the walker's `next` for an 802.3 frame whose payload has `length` bytes, and bounds it by that. */
export function to8023(w: Walker, length: number): void {
  const b = w.bytes, at = w.end;
  const raw = at + 2 <= w.limit && ((b[at] << 8) | b[at + 1]) === RAW_IPX;
  w.close(at + length);
  IEEE8023.find(w, raw ? RAW_IPX : 0);
}

/** A step that takes no room: of a header whose first `length` bytes are not all there, nothing is reported. */
export class Whole extends Field<undefined> {
  readonly #length: number;
  /** Demands `length` bytes. */
  constructor(length: number) {
    super(0);
    this.#length = length;
  }
  override register(): void {}
  override recipe(recipe: Recipe): boolean {
    recipe.need(this.#length);
    return true;
  }
  override emit(items: Items): void {
    if (items.headerEnd - items.start < this.#length) items.at = items.end;
  }
  override write(): void {}
  override covers(): boolean {
    return false;
  }
}

/** A field among others that stands for one of them in some headers, under the same key. Reported by who makes it. */
export class Instead extends Field<undefined> {
  readonly #field: Field<unknown>;
  readonly #key: string;
  readonly #emit: (items: Items, id: number) => void;
  readonly #abbrev: string;
  readonly #recipe: ((recipe: Recipe) => void) | undefined;
  /** `field`, called `abbrev`, under `key`; `emit` gets its number; `recipe` tells of which headers it is not reported. */
  constructor(
    field: Field<unknown>,
    abbrev: string,
    key: string,
    emit: (items: Items, id: number) => void,
    recipe?: (recipe: Recipe) => void,
  ) {
    super(0);
    this.#recipe = recipe;
    this.#field = field;
    this.#abbrev = abbrev;
    this.#key = key;
    this.#emit = emit;
  }
  override register(registry: Registry): void {
    this.#field.register(registry, this.#key, false);
  }
  override recipe(recipe: Recipe): boolean {
    this.#recipe?.(recipe);
    return this.#recipe !== undefined;
  }
  override emit(items: Items): void {
    this.#emit(items, this.#field.id);
  }
  override write(): void {}
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
}

/** Layers whose lengths bound what they carry, not themselves: what lies behind is theirs, as in Wireshark. */
const WHOLE: ReadonlySet<string> = new Set(["vlan", "vntag", "pppoes", "pppoed"]);

/** One past the last captured byte of what the current layer stands in: before any length of its own applied. */
function outerLimit(items: Items): number {
  if (items.layer > items.firstLayer) return items.layers[items.layer - LAYER + 3];
  const { frames, index } = items as PacketItems;
  return frames!.starts[index] + frames!.capturedLengths[index];
}

/** The same on the wire. */
function outerReported(items: Items): number {
  if (items.layer > items.firstLayer) return items.layers[items.layer - LAYER + 4];
  const { frames, index } = items as PacketItems;
  return frames!.starts[index] + frames!.wireLengths[index];
}

/** Bytes of the frame check sequence at the frame's end, where the capture's interface says that there is one. */
export function checkSequence(items: Items): number {
  if (items.layer > items.firstLayer) return 0;
  const { frames, index } = items as PacketItems;
  return frames!.interfaces[frames!.interfaceIds[index]]?.fcsLength === 4 ? 4 : 0;
}

/**
 * The bytes behind the payload: padding (zeros up to the smallest frame), then a trailer called `abbrev`. `bounded`: where
 * the header's type stands, if a length in its place says where the payload ends (zero, too, if `zero` says so); else the
 * layer above does. `fcs`: bytes at the end that are neither, and where to report them.
 */
export function trailing(
  abbrev: string,
  bounded?: { readonly at: number; readonly zero: boolean },
  fcs?: {
    readonly length: (items: Items) => number;
    readonly fields: Readonly<Record<string, Field<unknown>>>;
    readonly emit: (items: Items, at: number) => void;
  },
): Field<unknown> {
  const padding = bytes("eth.padding", "Padding");
  const trailer = bytes(abbrev, "Trailer");
  return custom({
    fields: { _padding: padding, _trailer: trailer, ...fcs?.fields },
    recipe(r) {
      if (bounded) r.test(bounded.at, 0xffff, LENGTH_MAX + 1, 0xffff);
      r.trailer(padding.id, trailer.id, FRAME_MIN);
    },
    emit(items) {
      const { layers } = items;
      // A header looked at alone has nothing behind it.
      if (layers.length === 0) return;
      const next = items.layer + LAYER;
      let own = false;
      if (bounded) {
        const b = items.bytes, o = items.start + bounded.at, v = (b[o] << 8) | b[o + 1];
        own = v <= LENGTH_MAX && (v !== 0 || bounded.zero);
      }
      if (!own && next >= items.lastLayer) return;
      const end = own ? items.reported : layers[next + 4];
      const limit = outerLimit(items), reported = outerReported(items);
      if (end >= limit || end >= reported) return;
      const { frames, index, catalogue } = items as PacketItems;
      if (!own && WHOLE.has(catalogue.protocols[layers[next] & PROTOCOL_MASK].name)) return;
      const wire = frames!.wireLengths[index], before = wire - (reported - end);
      const b = items.bytes;
      let at = end;
      if (wire >= FRAME_MIN && before < FRAME_MIN) {
        const stop = end + FRAME_MIN - before;
        let p = end;
        while (p < stop && p < limit && b[p] === 0) p++;
        if (p === stop) {
          items.add(padding.id, end, stop - end, 0);
          at = stop;
        } else if (p === limit) {
          items.short = true;
          return;
        }
      }
      const check = fcs ? fcs.length(items) : 0;
      const stop = Math.min(limit, reported - check);
      if (stop > at) items.add(trailer.id, at, stop - at, 0);
      if (check > 0 && reported <= limit) fcs!.emit(items, reported - check);
    },
    write: () => {},
  });
}
