/**
 * What PPP's control protocols share: the header, the packets every one of them has, and lists of options (RFC 1661
 * section 5, RFC 2153 for vendors' packets).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import {
  bytes,
  choose,
  type Field,
  type FieldInfo,
  inline,
  List,
  type Registry,
  skip,
  Struct,
  u16,
  u24,
  u32,
  u8,
  type ValueNames,
  type Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** An option of a control protocol. */
export interface PppOption {
  /** Type. */
  readonly kind: number;
  /** Length in bytes, type and length included. */
  readonly length?: number;
  /** What it carries; `data` if its type or length is none that is known. */
  readonly [key: string]: unknown;
}

/** What every packet of a control protocol has. */
export interface PppControl {
  /** Code. */
  readonly code: number;
  /** Identifier: answers bear that of the request. */
  readonly identifier: number;
  /** Length in bytes, header included. */
  readonly length: number;
  /** Options of configuration packets. */
  readonly options?: readonly PppOption[];
  /** What termination and rejection carry. */
  readonly data?: Uint8Array;
  /** Of a vendor's packet: the sender's magic number. */
  readonly magic?: number;
  /** Of a vendor's packet: the vendor. */
  readonly oui?: number;
  /** Of a vendor's packet: what it is. */
  readonly vendorKind?: number;
}

/** Bytes of the header. */
export const HEADER = 4;

/** An option: its name, its length, and what stands behind type and length. */
export interface OptionCase {
  /** Name. */
  readonly name: string;
  /** The only length it may have, type and length included. */
  readonly fixed?: number;
  /** The least length it may have; 2 if absent. */
  readonly least?: number;
  /** Fields. */
  readonly fields: Readonly<Record<string, Field<unknown>>>;
}

interface Case {
  readonly option: OptionCase | undefined;
  readonly struct: Struct<object>;
  readonly kind: Field<number>;
  readonly length: Field<number>;
}

/** Options of `prefix` (such as `lcp.opt`); those of unknown type or impossible length show as bytes. */
export class Options extends List<PppOption> {
  readonly #cases: ReadonlyMap<number, Case>;
  readonly #odd: Case;
  readonly #ids = new Map<Case, number>();
  /** Names their type and length after `prefix`. */
  constructor(prefix: string, cases: Readonly<Record<number, OptionCase>>) {
    super(skip(0) as unknown as Field<PppOption>);
    const names: ValueNames = Object.fromEntries(
      Object.entries(cases).map(([k, c]) => [k, c.name]),
    );
    const make = (option: OptionCase | undefined): Case => {
      const kind = u8(option ? `${prefix}.type` : "", "Type", { values: names });
      const length = u8(option ? `${prefix}.length` : "", "Length");
      const fields = option?.fields ?? { data: bytes("", "Data") };
      return { option, kind, length, struct: new Struct({ ...fields }) };
    };
    this.#cases = new Map(Object.entries(cases).map(([k, c]) => [Number(k), make(c)]));
    this.#odd = make(undefined);
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    for (const c of [...this.#cases.values(), this.#odd]) {
      const info: FieldInfo = {
        abbrev: "",
        name: c.option?.name ?? "Option",
        kind: Kind.None,
        bits: 0,
        span: 0,
        mask: 0,
        hex: false,
        values: undefined,
        key,
        list: true,
        lists: c.struct.lists,
        generated: false,
        also: undefined,
      };
      this.#ids.set(c, registry.add(info));
      c.kind.register(registry, "kind", false);
      c.length.register(registry, "length", false);
      c.struct.register(registry, "", false);
    }
  }
  override emit(items: Items): void {
    const end = items.end;
    for (let i = 0; i < LIST_MAX && items.at < end; i++) {
      const kind = items.peek(0), told = items.peek(1);
      let c = this.#cases.get(kind) ?? this.#odd;
      const last = end - items.at < 2 || told < 2 || told > end - items.at;
      const stop = last ? end : items.at + told;
      if (
        last || (c.option?.fixed !== undefined && told !== c.option.fixed) ||
        told < (c.option?.least ?? 2)
      ) c = this.#odd;
      const row = items.open(this.#ids.get(c)!);
      items.end = stop;
      c.kind.emit(items);
      if (items.at < stop) c.length.emit(items);
      c.struct.emit(items);
      items.at = stop;
      items.end = end;
      items.close(row);
      if (items.short && c !== this.#odd) return;
      items.short = false;
      if (last) {
        items.malformed = true;
        return;
      }
    }
  }
  override write(writer: Writer, value: unknown): void {
    for (const v of (value ?? []) as readonly PppOption[]) {
      const known = this.#cases.get(Number(v.kind));
      const c = known && v.data === undefined
        ? known
        : known && "data" in known.option!.fields
        ? known
        : this.#odd;
      const at = writer.at;
      writer.uint(Number(v.kind), 1);
      const lengthAt = writer.reserve(1), bodyAt = writer.at;
      const full = c.struct.writeParts(writer, v);
      c.struct.settle(writer, bodyAt, full, v);
      writer.bytes[lengthAt] = v.length ?? writer.at - at;
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return [...this.#cases.values()].some((c) =>
      c.kind.covers(wanted) || c.length.covers(wanted) || c.struct.covers(wanted)
    );
  }
}

/** Codes that every control protocol may have. */
const VENDOR = 0, CONFIGURE = 1, CONFIGURE_REJECT = 4;

/**
 * Header and packets: configuration with `options`, a vendor's, and data; `more` are the cases of other codes.
 */
export function controlFields(
  options: Options,
  more: Readonly<Record<number, Field<unknown>>> = {},
): Readonly<Record<string, Field<unknown>>> {
  const cases: Record<number, Field<unknown>> = {
    [VENDOR]: inline({
      magic: u32("ppp.magic_number", "Magic Number", { hex: true }),
      oui: u24("ppp.oui", "OUI", { hex: true }),
      vendorKind: u8("ppp.kind", "Kind", { hex: true }),
      data: bytes("ppp.data", "Data"),
    }),
    [CONFIGURE]: inline({ options }),
    ...more,
  };
  return {
    code: u8("ppp.code", "Code", { initial: CONFIGURE }),
    identifier: u8("ppp.identifier", "Identifier"),
    length: u16("ppp.length", "Length", { auto: (d) => d.bytes.length }),
    _body: choose(
      (items) => {
        const b = items.bytes, s = items.start, code = b[s];
        if (items.headerEnd - s < HEADER) return -1;
        const told = (b[s + 2] << 8) | b[s + 3];
        if (code >= CONFIGURE && code <= CONFIGURE_REJECT) {
          // Options are looked at only if all of them are there.
          if (told - HEADER > items.left) items.at = items.end = s + HEADER;
          return CONFIGURE;
        }
        return code;
      },
      cases,
      inline({ data: bytes("ppp.data", "Data") }),
      (object) => {
        const code = Number(object.code);
        return code >= CONFIGURE && code <= CONFIGURE_REJECT ? CONFIGURE : code;
      },
    ),
  };
}

/** Where a control packet ends: what its length says. */
export function controlWalk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.next = -2;
  const told = (b[s + 2] << 8) | b[s + 3];
  w.end = s + Math.max(told, HEADER);
  if (told < HEADER) w.bad = true;
  else w.close(w.end);
}

/** What codes of control protocols are called. */
export const CODES: Readonly<Record<number, string>> = {
  0: "Vendor Specific",
  1: "Configuration Request",
  2: "Configuration Ack",
  3: "Configuration Nak",
  4: "Configuration Reject",
  5: "Termination Request",
  6: "Termination Ack",
  7: "Code Reject",
  8: "Protocol Reject",
  9: "Echo Request",
  10: "Echo Reply",
  11: "Discard Request",
  12: "Identification",
  13: "Time Remaining",
  14: "Reset Request",
  15: "Reset Ack",
};

/** The line of a control packet: its code. */
export function controlSummary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end > layer.start) out.ascii(CODES[layer.bytes[layer.start]] ?? "Unknown");
}
