/**
 * What transport protocols share: the checksum over the pseudo-header of the network layer below, what that layer says
 * of the segment, and finding the next protocol by ports.
 *
 * @module
 */
import { type Catalogue, LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import { ChecksumStatus, fold, sumWords } from "../core/checksum.ts";
import type { PacketItems } from "../core/emitter.ts";
import { type Draft, Field, type Registry } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import type { Recipe } from "../core/recipe.ts";
import { type Constant, constant } from "../core/text_writer.ts";

/** Names of checksum statuses, as Wireshark shows them. */
export const STATUS_NAMES: Readonly<Record<number, string>> = {
  0: "Bad",
  1: "Good",
  2: "Unverified",
  3: "Not present",
  4: "Illegal",
};

/** Wireshark's status for a zero checksum where the protocol forbids it. */
const ILLEGAL = 4;

/** A space, an arrow to the right, a space. */
export const ARROW: Constant = constant(" \u2192 ");

/**
 * Status of the checksum of the current layer, which covers it and the pseudo-header of the nearest network layer
 * below (RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1). `stored`: the checksum field; `zeroMeansNone`: for UDP.
 * `length`: bytes covered; the layer's own if absent. Negative for a header looked at alone.
 */
export function transportStatus(
  items: Items,
  protocol: number,
  stored: number,
  zeroMeansNone: boolean,
  length = items.reported - items.start,
): number {
  const { layers, firstLayer } = items;
  // A header looked at alone has nothing below it.
  if (layers.length === 0) return -1;
  const all = (items as PacketItems).catalogue.protocols;
  const b = items.bytes;
  let fragment = false, routing = -1, options = -1;
  for (let row = items.layer - LAYER; row >= firstLayer; row -= LAYER) {
    const p = all[layers[row] & PROTOCOL_MASK];
    if (p.spec.fragment?.(b, layers[row + 1])) fragment = true;
    const a = p.spec.addresses;
    if (!a) {
      // Only extension headers may stand between.
      if (p.name === "ipv6.routing") routing = row;
      else if (p.name === "ipv6.dstopts") options = row;
      if (p.layer === "internet") continue;
      return ChecksumStatus.Unverified;
    }
    if (zeroMeansNone && stored === 0) {
      return a.length === 4 ? ChecksumStatus.NotPresent : ILLEGAL;
    }
    if (fragment || items.start + length > items.limit) return ChecksumStatus.Unverified;
    const network = layers[row + 1];
    let source = network + a.src;
    let dest = network + a.dst;
    if (a.length === 4) {
      if (layers[row + 2] - network > 20) {
        const last = sourceRoute(b, network + 20, layers[row + 2]);
        if (last >= 0) dest = last;
      }
    } else {
      if (routing >= 0) dest = routingEnd(b, layers[routing + 1], layers[routing + 2], dest);
      if (options >= 0) {
        source = homeAddress(b, layers[options + 1] + 2, layers[options + 2], source);
      }
    }
    let sum = sumWords(b, source, source + a.length) + protocol + (length & 0xffff) +
      (length >>> 16);
    sum += routing >= 0 && rplEnd(b, layers[routing + 1], layers[routing + 2], dest)
      ? sumWords(WHOLE, 0, 16)
      : sumWords(b, dest, dest + a.length);
    return fold(sumWords(b, items.start, items.start + length, sum)) === 0xffff
      ? ChecksumStatus.Good
      : ChecksumStatus.Bad;
  }
  return ChecksumStatus.Unverified;
}

/** Options of IPv4: loose and strict source route (copied, class 0, numbers 3 and 9). */
export const LOOSE = 131, STRICT = 137;

/** Where the last address of a source route under way stands among the options, or -1 (RFC 791 section 3.1). */
export function sourceRoute(b: Uint8Array, at: number, end: number): number {
  while (at + 2 < end) {
    const kind = b[at];
    if (kind === 0) return -1;
    if (kind === 1) {
      at++;
      continue;
    }
    const length = b[at + 1];
    if (length < 2 || at + length > end) return -1;
    if (kind === LOOSE || kind === STRICT) {
      return length >= 7 && b[at + 2] >= 4 && b[at + 2] < length ? at + length - 4 : -1;
    }
    at += length;
  }
  return -1;
}

/** Where the final destination stands in a routing header under way (RFC 8200 section 4.4, 6275, 8754); else `dest`. */
function routingEnd(b: Uint8Array, at: number, end: number, dest: number): number {
  if (end - at < 24 || b[at + 3] === 0) return dest;
  switch (b[at + 2]) {
    case 0:
      return at + 8 + ((end - at - 8) & ~15) - 16;
    case 2:
    case 4:
      return at + 8;
  }
  return dest;
}

/** An address put together by {@link rplEnd}. */
const WHOLE = new Uint8Array(16);

/**
 * Whether the routing header at `at` is an RPL source route under way; then its last address, which may share its first
 * bytes with the destination, is put into {@link WHOLE} (RFC 6554 section 3).
 */
function rplEnd(b: Uint8Array, at: number, end: number, dest: number): boolean {
  if (end - at < 9 || b[at + 2] !== 3 || b[at + 3] === 0) return false;
  const shared = b[at + 4] & 15, pad = b[at + 5] >> 4, from = end - pad - (16 - shared);
  if (from < at + 8) return false;
  WHOLE.set(b.subarray(dest, dest + shared));
  WHOLE.set(b.subarray(from, end - pad), shared);
  return true;
}

/** Where a home address option within destination options stands (RFC 6275 section 6.3); else `source`. */
function homeAddress(b: Uint8Array, from: number, end: number, source: number): number {
  for (let at = from; at + 1 < end;) {
    if (b[at] === 0) {
      at++;
      continue;
    }
    if (b[at] === 201 && b[at + 1] === 16 && at + 18 <= end) return at + 2;
    at += 2 + b[at + 1];
  }
  return source;
}

/** Where an address of the IPv6 header below the current layer stands; -1 if the network layer there is another. */
export function ipv6Below(items: Items, side: "src" | "dst"): number {
  const { layers, firstLayer } = items;
  if (layers.length === 0) return -1;
  const all = (items as PacketItems).catalogue.protocols;
  for (let row = items.layer - LAYER; row >= firstLayer; row -= LAYER) {
    const a = all[layers[row] & PROTOCOL_MASK].spec.addresses;
    if (a) return a.length === 16 ? layers[row + 1] + a[side] : -1;
  }
  return -1;
}

/** Bits of {@link surroundings}: the segment is a part of an IP datagram that was split. */
export const FRAGMENT = 1;
/** Bits of {@link surroundings}: the segment is quoted by an ICMP error message, and what follows may be cut off. */
export const QUOTED = 2;

/** What the layers below say of the current one: {@link FRAGMENT} and {@link QUOTED}. */
export function surroundings(items: Items): number {
  const { layers, firstLayer } = items;
  if (layers.length === 0) return 0;
  const all = (items as PacketItems).catalogue.protocols;
  let found = 0, network = false;
  for (let row = items.layer - LAYER; row >= firstLayer; row -= LAYER) {
    const p = all[layers[row] & PROTOCOL_MASK];
    if (!network) {
      if (p.spec.fragment?.(items.bytes, layers[row + 1])) found |= FRAGMENT;
      network = p.spec.addresses !== undefined;
    } else if (p.name === "icmp" || p.name === "icmpv6") return found | QUOTED;
  }
  return found;
}

/** A table's number in a catalogue, looked up once for each catalogue. */
export class Table {
  readonly #name: string;
  #catalogue: Catalogue | undefined;
  #number = -1;
  /** The table called `name`. */
  constructor(name: string) {
    this.#name = name;
  }
  /** Finds what follows by two ports, the smaller first, then by what guesses. Sets the walker's `next`. */
  ports(w: Walker, a: number, b: number): void {
    const catalogue = w.catalogue;
    if (catalogue !== this.#catalogue) {
      this.#catalogue = catalogue;
      this.#number = catalogue.table(this.#name);
    }
    const t = this.#number;
    let next = catalogue.lookup(t, a < b ? a : b);
    if (next < 0) next = catalogue.lookup(t, a < b ? b : a);
    if (next < 0 && t >= 0) next = w.guess(t, w.end, w.limit);
    w.next = next;
  }
}

/**
 * A step between the fields of a header that takes no room: looks at the header and, if it is damaged, reports or
 * takes back what cannot be trusted. `abbrevs`: the fields it may add or take back.
 */
export class Step extends Field<undefined> {
  readonly #emit: (items: Items) => void;
  readonly #abbrevs: readonly string[];
  readonly #fields: readonly Field<unknown>[];
  readonly #recipe: ((recipe: Recipe) => void) | undefined;
  /** Calls `emit`, which may add `fields` of its own. `recipe` tells of which headers it adds what, or nothing. */
  constructor(
    emit: (items: Items) => void,
    abbrevs: readonly string[],
    fields: readonly Field<unknown>[] = [],
    recipe?: (recipe: Recipe) => void,
  ) {
    super(0);
    this.#recipe = recipe;
    this.#emit = emit;
    this.#abbrevs = abbrevs;
    this.#fields = fields;
  }
  override register(registry: Registry): void {
    for (const f of this.#fields) f.register(registry, "_", false);
  }
  override recipe(recipe: Recipe): boolean {
    this.#recipe?.(recipe);
    return this.#recipe !== undefined;
  }
  override emit(items: Items): void {
    this.#emit(items);
  }
  override write(): void {}
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#abbrevs.some(wanted);
  }
}

/** The checksum to write into a header whose checksum field is still zero. */
export function transportChecksum(draft: Draft, protocol: number, zeroMeansNone: boolean): number {
  const { bytes, network } = draft;
  let sum = 0;
  if (network) {
    sum = sumWords(network.src, 0, network.src.length) +
      sumWords(network.dst, 0, network.dst.length) + protocol + (bytes.length & 0xffff) +
      (bytes.length >>> 16);
  }
  const value = ~fold(sumWords(bytes, 0, bytes.length, sum)) & 0xffff;
  return zeroMeansNone && value === 0 ? 0xffff : value;
}
