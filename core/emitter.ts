/**
 * Reporting the fields of packets: from layer rows to item rows, for all fields or for those wanted.
 *
 * @module
 */
import type { FrameBatch } from "./batch.ts";
import { type Catalogue, ISSUE, LAYER, PROTOCOL_MASK, QUOTED } from "./catalogue.ts";
import type { PacketBatch } from "./engine.ts";
import { type Plan, Struct } from "./field.ts";
import { FIELD_MASK, IN_TEXT, Issue, ITEM, Items } from "./items.ts";
import { Recipe } from "./recipe.ts";

/** Reports packets' fields as item rows. One per thread and purpose. */
export class Emitter {
  /** The protocols in use. */
  readonly catalogue: Catalogue;
  /** Where the items of the last packet are. */
  items: PacketItems;
  /** For each protocol, made when first met: `null` if nothing of it is wanted. */
  readonly #plans: (Plan | null | undefined)[];
  readonly #asks: ((abbrev: string) => boolean) | undefined;
  readonly #frame: Plan | undefined;
  readonly #frameBase: number;
  readonly #after: Plan | undefined;
  readonly #afterBase: number;
  readonly #own: PacketItems;
  #brought: PacketItems | undefined;

  /** Reports every field, or only those whose abbreviation is `wanted`. */
  constructor(catalogue: Catalogue, wanted?: ReadonlySet<string>) {
    this.catalogue = catalogue;
    this.#asks = wanted && ((abbrev: string): boolean => wanted.has(abbrev));
    this.#plans = new Array(catalogue.protocols.length).fill(undefined);
    const frame = catalogue.idOf("frame");
    this.#frame = frame < 0 ? undefined : this.#plan(frame) ?? undefined;
    this.#frameBase = frame < 0 ? 0 : catalogue.fieldBase[frame];
    const after = catalogue.idOf("_ws");
    this.#after = after < 0 ? undefined : this.#plan(after) ?? undefined;
    this.#afterBase = after < 0 ? 0 : catalogue.fieldBase[after];
    this.#own = this.items = new PacketItems(catalogue);
  }

  #plan(id: number): Plan | null {
    // Fields must have their numbers.
    void this.catalogue.fields;
    const { struct } = this.catalogue.protocols[id];
    const plan = this.#asks && !struct.covers(this.#asks) ? null : struct.plan(this.#asks);
    this.#plans[id] = plan;
    return plan;
  }

  /** Reports the fields of packet `index`; they stand in {@link items} until the next call. */
  packet(batch: PacketBatch, index: number): PacketItems {
    const items = this.turnTo(batch, index), brought = batch.items;
    if (brought) {
      const from = brought.first[index], to = brought.first[index + 1];
      items.rows = brought.rows.subarray(from, to);
      items.used = to - from;
      items.text = brought.text;
      items.textUsed = brought.text.length;
      items.times = brought.times;
      items.timesUsed = brought.times.length;
      items.places = brought.places.subarray(from / ITEM * 2, to / ITEM * 2);
      return items;
    }
    this.frame();
    const { firstLayer, lastLayer } = items;
    for (let row = firstLayer; row < lastLayer; row += LAYER) this.layer(row);
    this.after();
    return items;
  }

  /** Turns to packet `index`: the parts below can then report of it. */
  turnTo(batch: PacketBatch, index: number): PacketItems {
    // Rows that an engine brought are in buffers of the engine's, which reading must not write to.
    const items = this.items = batch.items
      ? this.#brought ??= new PacketItems(this.catalogue)
      : this.#own;
    const frames = batch.frames;
    items.reset(frames.bytes);
    items.batch = batch;
    items.frames = frames;
    items.index = index;
    items.layers = batch.layers;
    items.firstLayer = batch.firstLayer[index];
    items.lastLayer = batch.firstLayer[index + 1];
    items.issues = 0;
    return items;
  }

  /** Reports what is known of the frame itself. */
  frame(): void {
    if (!this.#frame) return;
    const items = this.items, frames = items.frames!, index = items.index;
    const start = frames.starts[index];
    items.base = this.#frameBase;
    items.start = items.at = start;
    items.limit = items.end = items.headerEnd = start + frames.capturedLengths[index];
    items.reported = start + frames.wireLengths[index];
    Struct.emitPlan(this.#frame, items);
  }

  /** Reports what went wrong, when all layers were reported. */
  after(): void {
    const items = this.items;
    if (this.#after && (items.issues | items.walkIssues) !== 0) {
      items.base = this.#afterBase;
      items.depth = 0;
      items.short = false;
      Struct.emitPlan(this.#after, items);
    }
  }

  /** What is reported of a usual layer of protocol `id`; `undefined` if that cannot be told. */
  recipe(id: number): Recipe | undefined {
    const plan = this.#plans[id] ?? this.#plan(id);
    if (!plan) return undefined;
    const recipe = new Recipe(this.catalogue.fieldBase[id]);
    if (!Struct.planRecipe(plan, recipe)) return undefined;
    recipe.end();
    return recipe;
  }

  /** Reports the layer whose row is at `row`. */
  layer(row: number): void {
    const items = this.items, layers = items.layers;
    const id = layers[row] & PROTOCOL_MASK;
    let plan = this.#plans[id];
    if (plan === undefined) plan = this.#plan(id);
    if (!plan) return;
    items.layer = row;
    items.base = this.catalogue.fieldBase[id];
    items.start = items.at = layers[row + 1];
    items.headerEnd = items.end = layers[row + 2];
    items.limit = layers[row + 3];
    items.reported = layers[row + 4];
    items.short = false;
    items.malformed = false;
    items.depth = 0;
    Struct.emitPlan(plan, items);
    if ((items.short || items.malformed) && (layers[row] & QUOTED) === 0) {
      // Reading stopped at what the header or the capture holds; which of the two tells the kind.
      const cut = !items.malformed && items.headerEnd >= items.limit &&
        items.reported > items.limit;
      items.issues |= cut ? Issue.Truncated : Issue.Malformed;
      items.issueLayer = row;
    }
  }
}

/** The items of one packet, and what they were made from. */
export class PacketItems extends Items {
  /** The protocols in use. */
  readonly catalogue: Catalogue;
  /** The batch the packet stands in. */
  batch: PacketBatch | undefined;
  /** Its frames. */
  frames: FrameBatch | undefined;
  /** Place of the packet in the batch. */
  index: number = 0;
  /** Issues met while reporting: `Issue` numbers joined by or. */
  issues: number = 0;
  /** Layer row of the last such issue. */
  issueLayer: number = 0;

  /** Collects for packets of `catalogue`. */
  constructor(catalogue: Catalogue) {
    super();
    this.catalogue = catalogue;
  }

  /**
   * Where the items of the layer whose row starts at `row` begin, if those before it end at `from`. Before the first
   * layer stand items of the frame itself.
   */
  begins(row: number, from: number): number {
    const { items } = this.batch!;
    if (items) return items.ofLayer[row / LAYER] - items.first[this.index];
    const { rows, used, catalogue } = this;
    let p = from;
    if (row === this.firstLayer) {
      // The first layer may have no field of its own.
      const owners = catalogue.fieldProtocol, frame = catalogue.idOf("frame");
      while (p < used && owners[rows[p] & FIELD_MASK] === frame) p += ITEM;
    }
    return p;
  }

  /** One past the items of the layer whose row starts at `row`, which begin at `from`. */
  ends(row: number, from: number): number {
    const { items } = this.batch!;
    const next = row + LAYER < this.lastLayer ? row + LAYER : -1;
    if (items) return next < 0 ? this.used : items.ofLayer[next / LAYER] - items.first[this.index];
    const { rows, used, catalogue, layers } = this;
    const owners = catalogue.fieldProtocol, id = layers[row] & PROTOCOL_MASK;
    if (from >= used || owners[rows[from] & FIELD_MASK] !== id) return from;
    const field = rows[from], behind = next >= 0 ? layers[next + 1] : IN_TEXT;
    let p = from + ITEM;
    for (; p < used && owners[rows[p] & FIELD_MASK] === id; p += ITEM) {
      // A second header of the same protocol begins with the same field again, behind the first header.
      if (rows[p] === field && rows[p + 1] >= behind && rows[p + 1] < IN_TEXT) break;
    }
    return p;
  }

  /** Kinds of issues the walk met in this packet, joined by or. */
  get walkIssues(): number {
    const batch = this.batch!;
    if (batch.issuesUsed === 0) return 0;
    let kinds = 0;
    for (let p = firstIssue(batch, this.index); p < batch.issuesUsed; p += ISSUE) {
      if (batch.issues[p] !== this.index) break;
      kinds |= batch.issues[p + 1];
    }
    return kinds;
  }
}

/** The issue rows of packet `index`, as of a batch that has this packet alone. */
export function ownIssues(batch: PacketBatch, index: number): Int32Array<ArrayBuffer> {
  const { issues, issuesUsed } = batch, from = firstIssue(batch, index);
  let to = from;
  while (to < issuesUsed && issues[to] === index) to += ISSUE;
  const own = issues.slice(from, to);
  for (let p = 0; p < own.length; p += ISSUE) own[p] = 0;
  return own;
}

/** Position of the first issue row of packet `index` or of one after it. */
export function firstIssue(batch: PacketBatch, index: number): number {
  let low = 0, high = batch.issuesUsed / ISSUE;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (batch.issues[middle * ISSUE] < index) low = middle + 1;
    else high = middle;
  }
  return low * ISSUE;
}
