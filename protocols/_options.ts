/**
 * Lists of options: elements of type, length and value as the protocols of the internet layer carry them. Unlike the
 * list of the vocabulary, types may be divided into bits, what a known option leaves of its value is reported, and an
 * element whose length is impossible ends the list without being taken for an option.
 *
 * @module
 */
import {
  bits,
  bytes,
  choose,
  computed,
  Field,
  inline,
  List,
  type Plan,
  type Registry,
  skip,
  Struct,
  u32,
  u8,
  type ValueNames,
  within,
  type Writer,
} from "../core/field.ts";
import { FIELD_MASK, ITEM, type Items } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import {
  OptionParts,
  type OptionRecipe,
  type Recipe,
  RecipeRead,
  runField,
} from "../core/recipe.ts";

/** Heading and fields of an option's value. */
export type OptionCase = readonly [
  abbrev: string,
  name: string,
  fields: Readonly<Record<string, Field<unknown>>>,
];

/** What holds for a list of options. */
export interface OptionSpec {
  /** Makes the type field, under the key `kind`, and fields for its bits. */
  readonly kind: () => Readonly<Record<string, Field<unknown>>>;
  /** Makes the length field. */
  readonly length: () => Field<number>;
  /** Bytes that the length does not count: 2 if it counts the value alone, 0 if it counts all. */
  readonly uncounted: number;
  /** Bytes per unit of the length; 1 if absent. */
  readonly unit?: number;
  /** Types without length and value. */
  readonly single?: Readonly<Record<number, OptionCase>>;
  /** The type that ends the list. */
  readonly last?: number;
  /** Values by type. */
  readonly cases: Readonly<Record<number, OptionCase>>;
  /** Values of other types. */
  readonly otherwise: OptionCase;
  /** Whether Wireshark names neither type nor length of types it does not know. */
  readonly anonymous?: boolean;
  /** Makes the type field of types without length and value, if its bits are not told. */
  readonly singleKind?: () => Field<number>;
  /** Wireshark's name for bytes that a known option leaves of its value; empty if it has none. */
  readonly rest: string;
  /** Whether an element that says it is longer than the list is no option. */
  readonly strict?: boolean;
  /** The list is padded with zero bytes so that it and `before` bytes in front of it fill a multiple of `to`. */
  readonly pad?: { readonly to: number; readonly before: number; readonly kind?: number };
}

interface Case {
  /** All of it under one heading: gives the fields their numbers. */
  readonly whole: Struct<object>;
  readonly kind: Struct<object>;
  readonly length: Field<number> | undefined;
  readonly body: Struct<object>;
  /** What the body leaves. */
  readonly rest: Field<Uint8Array> | undefined;
  /** Made when first needed. */
  kindPlan: Plan | undefined;
  bodyPlan: Plan | undefined;
}

class OptionList<T> extends List<T> {
  #registry: Registry | undefined;
  readonly #spec: OptionSpec;
  readonly #cases = new Map<number, Case>();
  readonly #other: Case;
  /** For elements whose length is impossible. */
  readonly #wrong: Case;
  constructor(spec: OptionSpec) {
    super(skip(0) as unknown as Field<T>);
    this.#spec = spec;
    for (const [k, c] of Object.entries(spec.single ?? {})) {
      this.#cases.set(Number(k), this.#make(c, "single"));
    }
    for (const [k, c] of Object.entries(spec.cases)) {
      this.#cases.set(Number(k), this.#make(c, "known"));
    }
    this.#other = this.#make(spec.otherwise, "other");
    this.#wrong = this.#make(["", "Option with impossible length", {}], "wrong");
  }
  #make(
    [abbrev, name, fields]: OptionCase,
    sort: "single" | "known" | "other" | "wrong",
  ): Case {
    const { kind, length, anonymous, rest } = this.#spec;
    const unnamed = sort === "wrong" || (sort === "other" && anonymous === true);
    const kindFields: Readonly<Record<string, Field<unknown>>> = unnamed
      ? { kind: u8("", "Type") }
      : sort === "single" && this.#spec.singleKind
      ? { kind: this.#spec.singleKind() }
      : kind();
    const lengthField = sort === "single" ? undefined : unnamed ? u8("", "Length") : length();
    const restField = sort === "known" ? bytes(rest, "Unknown Data") : undefined;
    return {
      whole: new Struct<object>(
        {
          ...kindFields,
          ...(lengthField ? { length: lengthField } : {}),
          ...fields,
          ...(restField ? { rest: restField } : {}),
        },
        abbrev,
        name,
      ),
      kind: new Struct<object>(kindFields),
      length: lengthField,
      body: new Struct<object>(fields),
      rest: restField,
      kindPlan: undefined,
      bodyPlan: undefined,
    };
  }
  override register(registry: Registry, key: string): void {
    // One list may stand in several messages of a protocol: its fields are the same there and have one number.
    if (this.#registry === registry && this.key === key) return;
    this.#registry = registry;
    this.key = key;
    for (const c of [...this.#cases.values(), this.#other, this.#wrong]) {
      c.whole.register(registry, key, true);
    }
  }
  /** Usual ones are those that always have the same length. */
  override recipe(recipe: Recipe): boolean {
    const { unit = 1, uncounted, last } = this.#spec, usual = new Map<number, OptionRecipe>();
    for (const [kind, c] of this.#cases) {
      const parts = new OptionParts(0);
      if (kind === last || !c.kind.recipe(parts)) continue;
      if (c.length) {
        parts.run([runField({ id: c.length.id, read: RecipeRead.Big, at: 0, length: 1 })], 1);
      }
      if (c.body.bits >= 0) parts.told(parts.neededBytes + (c.body.bits >> 3));
      if (!c.body.recipe(parts)) continue;
      const told = c.length ? (parts.allBytes - uncounted) / unit : -1;
      const option = Number.isInteger(told) ? parts.option(c.whole.id, told) : undefined;
      if (option) usual.set(kind, option);
    }
    recipe.options(this, usual);
    return true;
  }
  override emit(items: Items): void {
    const { unit = 1, uncounted, last, strict } = this.#spec;
    const listEnd = items.end;
    for (let i = 0; i < LIST_MAX && items.at < listEnd; i++) {
      const start = items.at, kind = items.bytes[start];
      let c = this.#cases.get(kind) ?? this.#other;
      if (!c.length) {
        const row = items.open(c.whole.id);
        Struct.emitPlan(c.kindPlan ??= c.kind.plan(), items);
        Struct.emitPlan(c.bodyPlan ??= c.body.plan(), items);
        items.close(row);
        if (kind === last) {
          items.at = listEnd;
          return;
        }
        continue;
      }
      const told = start + 1 < listEnd ? items.bytes[start + 1] * unit + uncounted : 0;
      const wrong = told < 2 || (strict === true && start + told > listEnd);
      if (wrong && (strict === true || told > 0)) c = this.#wrong;
      const row = items.open(c.whole.id);
      Struct.emitPlan(c.kindPlan ??= c.kind.plan(), items);
      if (listEnd - items.at < 1) {
        items.short = true;
        items.close(row);
        return;
      }
      c.length!.emit(items);
      if (wrong) {
        items.malformed = true;
        items.at = listEnd;
        items.close(row);
        return;
      }
      const cut = start + told > listEnd, stop = cut ? listEnd : start + told;
      items.end = stop;
      // What varies in length cannot be told when its end is missing.
      if (!cut || c.body.bits >= 0) Struct.emitPlan(c.bodyPlan ??= c.body.plan(), items);
      if (!cut) {
        // An option too short for its fields is malformed; the list goes on behind it.
        if (items.short) {
          items.short = false;
          items.malformed = true;
        } else if (c.rest && items.at < stop) c.rest.emit(items);
      }
      items.at = stop;
      items.end = listEnd;
      items.close(row);
      if (cut) {
        items.short = true;
        return;
      }
      if (kind === last) return;
    }
  }
  override write(writer: Writer, value: unknown): void {
    const { unit = 1, uncounted, pad } = this.#spec, first = writer.at;
    for (const v of (value ?? []) as readonly Readonly<Record<string, unknown>>[]) {
      const kind = Number(v.kind), start = writer.at;
      const c = this.#cases.get(kind) ?? this.#other;
      c.kind.writeParts(writer, { ...v, kind });
      if (!c.length) continue;
      const lengthAt = writer.reserve(1), bodyAt = writer.at;
      const full = c.body.writeParts(writer, v);
      c.body.settle(writer, bodyAt, full, v);
      c.rest?.write(writer, v.rest, v);
      if (unit > 1) writer.reserve((unit - (writer.at - start) % unit) % unit);
      writer.bytes[lengthAt] = Number(
        v.length ?? Math.floor((writer.at - start - uncounted) / unit),
      );
    }
    if (!pad) return;
    const missing = (pad.to - (writer.at - first + pad.before) % pad.to) % pad.to;
    const at = writer.reserve(missing);
    if (pad.kind !== undefined && missing > 1) {
      writer.bytes[at] = pad.kind;
      writer.bytes[at + 1] = missing - 2;
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return [...this.#cases.values(), this.#other].some((c) => c.whole.covers(wanted));
  }
}

/** A list of options. */
export function options<T>(spec: OptionSpec): Field<readonly T[]> {
  return new OptionList<T>(spec);
}

/** Functions of the Quick-Start option (RFC 4782 section 3.1). */
const QUICK_START: ValueNames = { 0: "Rate request", 8: "Rate report" };
/** Rates of the Quick-Start option: 40 kbit/s times two to the power of the number. */
const QUICK_START_RATES: ValueNames = {
  0: "0 bit/s",
  1: "80 Kbit/s",
  2: "160 Kbit/s",
  3: "320 Kbit/s",
  4: "640 Kbit/s",
  5: "1.28 Mbit/s",
  6: "2.56 Mbit/s",
  7: "5.12 Mbit/s",
  8: "10.24 Mbit/s",
  9: "20.48 Mbit/s",
  10: "40.96 Mbit/s",
  11: "81.92 Mbit/s",
  12: "163.84 Mbit/s",
  13: "327.68 Mbit/s",
  14: "655.36 Mbit/s",
  15: "1.31072 Gbit/s",
};

/**
 * The value of a Quick-Start option (RFC 4782). `prefix`: of the abbreviations; `hops`: the hop limit of the packet, or
 * -1; `rest`: abbreviation of the value of other functions than request and report.
 */
export function quickStart(
  prefix: string,
  hops: (items: Items) => number,
  rest: string,
): Readonly<Record<string, Field<unknown>>> {
  const form = (request: boolean): Field<unknown> =>
    inline({
      function: bits(4, `${prefix}_func`, "Function", { values: QUICK_START }),
      rate: bits(4, `${prefix}_rate`, "Rate", { values: QUICK_START_RATES }),
      ttl: request ? u8(`${prefix}_ttl`, "QS TTL") : u8(`${prefix}_unused`, "Not Used"),
      ...(request
        ? {
          _difference: computed(`${prefix}_ttl_diff`, "TTL Diff", (items) => {
            const h = hops(items);
            return h < 0 ? -1 : (h - items.bytes[items.at - 1]) & 0xff;
          }),
        }
        : {}),
      nonce: u32("", "QS Nonce", { hex: true }),
      _nonce: within(0xfffffffc, `${prefix}_nonce`, "QS Nonce", { hex: true }),
      _reserved: within(3, `${prefix}_reserved`, "Reserved", { hex: true }),
    });
  return {
    _form: choose(
      (items) => items.peek(0) >> 4,
      { 0: form(true), 8: form(false) },
      inline({
        _function: computed(`${prefix}_func`, "Function", (items) => items.peek(0) >> 4, {
          values: QUICK_START,
        }),
        data: bytes(rest, "Data"),
      }),
      (object) => object.data === undefined ? Number(object.function ?? 0) : -1,
    ),
  };
}

/** Position of the row last added for `field`, or -1: for steps that depend on where something stood. */
export function lastRow(items: Items, field: Field<unknown>): number {
  const rows = items.rows, want = items.base + field.id;
  for (let p = items.used - ITEM; p >= 0; p -= ITEM) {
    if ((rows[p] & FIELD_MASK) === want) return p;
  }
  return -1;
}

/**
 * A step between the fields of a header that takes no room: it may report what can be trusted of a damaged header and
 * move the cursor's end, so that the fields after it find no more than that, or report what bytes around it mean.
 */
export class Check extends Field<undefined> {
  readonly #emit: (items: Items) => void;
  readonly #abbrevs: readonly string[];
  readonly #fields: Readonly<Record<string, Field<unknown>>>;
  readonly #recipe: ((recipe: Recipe) => void) | undefined;
  /**
   * Calls `emit`; `abbrevs`: the fields it may report; `fields`: those of them that are its own; `recipe`: of which
   * headers it reports nothing.
   */
  constructor(
    emit: (items: Items) => void,
    abbrevs: readonly string[],
    fields: Readonly<Record<string, Field<unknown>>> = {},
    recipe?: (recipe: Recipe) => void,
  ) {
    super(0);
    this.#recipe = recipe;
    this.#emit = emit;
    this.#abbrevs = abbrevs;
    this.#fields = fields;
  }
  override register(registry: Registry): void {
    for (const [key, f] of Object.entries(this.#fields)) f.register(registry, key, false);
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
    return this.#abbrevs.some(wanted) || Object.values(this.#fields).some((f) => f.covers(wanted));
  }
}
