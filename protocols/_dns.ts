/**
 * What the DNS protocols share: the message (RFC 1035 section 4), its records and EDNS options. DNS, multicast DNS
 * (RFC 6762) and LLMNR (RFC 4795) differ in a few bits only. Stateful operations: RFC 8490.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import { Field, List, type Registry, skip, type Writer } from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import { KernelWalk, type Protocol, protocol } from "../core/protocol.ts";
import type { Recipe } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";
import {
  asBytes,
  BROKEN,
  fail,
  FORWARD,
  found,
  info,
  labelAt,
  type Look,
  NameField,
  ODD_NAMES,
  Piece,
  PLAIN,
  reading,
  Rest,
  scanName,
  type Spec,
  type Value,
  writing,
} from "./_dns_parts.ts";
import {
  BYTE,
  EdnsOptions,
  Elements,
  makeData,
  store16,
  textLength,
  WORD,
} from "./_dns_records.ts";
import type { Dns, DnsQuestion, DnsRecord, DnsTlv } from "./_dns_types.ts";
import * as names from "./_dns_names.ts";

/** In which of the three protocols a message stands. */
export type DnsVariant = "dns" | "mdns" | "llmnr";

// Masks of the flags (RFC 1035 section 4.1.1, RFC 4035 section 3; LLMNR: RFC 4795 section 2.1.1).
const FLAG_BITS: Readonly<Record<string, number>> = {
  response: 0x8000,
  opcode: 0x7800,
  authoritative: 0x0400,
  conflict: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  tentative: 0x0100,
  recursionAvailable: 0x0080,
  z: 0x0040,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
  rcode: 0x000f,
};
const COUNTS = ["questionCount", "answerCount", "authorityCount", "additionalCount"] as const;
const SECTIONS = ["questions", "answers", "authorities", "additionals"] as const;

/** The twelve bytes at the beginning, and over TCP the length in front of them. */
function header(variant: DnsVariant): Field<unknown> {
  const truth = (abbrev: string, title: string, key: string): Spec => [
    `dns.flags.${abbrev}`,
    title,
    Kind.Bool,
    { bits: 1, span: 2, mask: FLAG_BITS[key] },
  ];
  const count = (abbrev: string, title: string): Spec => [
    `dns.count.${abbrev}`,
    title,
    Kind.Uint,
    WORD,
  ];
  const specs = {
    length: ["dns.length", "Length", Kind.Uint, WORD] as Spec,
    id: ["dns.id", "Transaction ID", Kind.Uint, { ...WORD, hex: true }] as Spec,
    flags: ["dns.flags", "Flags", Kind.Uint, { ...WORD, hex: true }] as Spec,
    response: truth("response", "Response", "response"),
    opcode: ["dns.flags.opcode", "Opcode", Kind.Uint, {
      bits: 4,
      span: 2,
      mask: FLAG_BITS.opcode,
      values: names.DNS_OPCODES,
    }] as Spec,
    authoritative: truth("authoritative", "Authoritative", "authoritative"),
    conflict: truth("conflict", "Conflict", "conflict"),
    truncated: truth("truncated", "Truncated", "truncated"),
    recursionDesired: truth("recdesired", "Recursion desired", "recursionDesired"),
    tentative: truth("tentative", "Tentative", "tentative"),
    recursionAvailable: truth("recavail", "Recursion available", "recursionAvailable"),
    z: truth("z", "Z", "z"),
    authenticData: truth("authenticated", "Answer authenticated", "authenticData"),
    checkingDisabled: truth("checkdisable", "Non-authenticated data", "checkingDisabled"),
    rcode: ["dns.flags.rcode", "Reply code", Kind.Uint, {
      bits: 4,
      span: 2,
      mask: FLAG_BITS.rcode,
      values: names.DNS_RCODES,
    }] as Spec,
    questionCount: count("queries", "Questions"),
    answerCount: count("answers", "Answer RRs"),
    authorityCount: count("auth_rr", "Authority RRs"),
    additionalCount: count("add_rr", "Additional RRs"),
    // The same places in an update (RFC 2136 section 2.2).
    zones: count("zones", "Zones"),
    prerequisites: count("prerequisites", "Prerequisites"),
    updates: count("updates", "Updates"),
  };
  // Fields of one place have one key, whatever they are called.
  const keys: Readonly<Record<string, string>> = {
    zones: "questionCount",
    prerequisites: "answerCount",
    updates: "authorityCount",
  };
  class Header extends Field<unknown> {
    readonly ids: Record<keyof typeof specs, number> = {} as Record<keyof typeof specs, number>;
    override register(registry: Registry, key: string): void {
      this.key = key;
      for (const [k, [abbrev, title, kind, look]] of Object.entries<Spec>(specs)) {
        this.ids[k as keyof typeof specs] = registry.add(
          info(abbrev, title, kind, keys[k] ?? k, look),
        );
      }
    }
    override covers(wanted: (abbrev: string) => boolean): boolean {
      return Object.values<Spec>(specs).some(([abbrev]) => wanted(abbrev));
    }
    override recipe(recipe: Recipe): boolean {
      if (variant !== "llmnr") recipe.dnsHeader(this.ids);
      return variant !== "llmnr";
    }
    override emit(items: Items): void {
      const { bytes: b, start: o, end } = items;
      const ids = this.ids;
      const state = reading;
      state.message = o;
      state.counts.fill(0);
      state.stop = false;
      let whole = true;
      const framed = isFramed(items);
      if (framed) {
        const told = (b[o - 2] << 8) | b[o - 1];
        whole = o + told <= end;
      }
      if (o + 4 > end) {
        if (whole) return fail(items);
        state.stop = true;
        return;
      }
      if (framed) items.add(ids.length, o - 2, 2, (b[o - 2] << 8) | b[o - 1]);
      items.add(ids.id, o, 2, (b[o] << 8) | b[o + 1]);
      const at = o + 2;
      const flags = (b[at] << 8) | b[at + 1];
      const response = flags & 0x8000;
      items.add(ids.flags, at, 2, flags);
      items.depth++;
      items.add(ids.response, at, 2, response ? 1 : 0);
      state.opcode = (flags >> 11) & 15;
      items.add(ids.opcode, at, 2, state.opcode);
      if (variant === "llmnr") {
        items.add(ids.conflict, at, 2, flags & 0x400 ? 1 : 0);
        items.add(ids.truncated, at, 2, flags & 0x200 ? 1 : 0);
        items.add(ids.tentative, at, 2, flags & 0x100 ? 1 : 0);
      } else {
        if (response) items.add(ids.authoritative, at, 2, flags & 0x400 ? 1 : 0);
        items.add(ids.truncated, at, 2, flags & 0x200 ? 1 : 0);
        items.add(ids.recursionDesired, at, 2, flags & 0x100 ? 1 : 0);
        if (response) items.add(ids.recursionAvailable, at, 2, flags & 0x80 ? 1 : 0);
        items.add(ids.z, at, 2, flags & 0x40 ? 1 : 0);
        // In a query the bit says that the answer's bit is understood (RFC 6840 section 5.7).
        if (response || flags & 0x20) {
          items.add(ids.authenticData, at, 2, flags & 0x20 ? 1 : 0);
        }
        items.add(ids.checkingDisabled, at, 2, flags & 0x10 ? 1 : 0);
      }
      if (response) items.add(ids.rcode, at, 2, flags & 15);
      items.depth--;
      const update = state.opcode === 5;
      for (let i = 0; i < 4; i++) {
        const p = o + 4 + i * 2;
        if (p + 2 > end) {
          if (whole) return fail(items);
          state.stop = true;
          return;
        }
        const n = (b[p] << 8) | b[p + 1];
        state.counts[i] = n;
        items.add(
          i === 0
            ? update ? ids.zones : ids.questionCount
            : i === 1
            ? update ? ids.prerequisites : ids.answerCount
            : i === 2
            ? update ? ids.updates : ids.authorityCount
            : ids.additionalCount,
          p,
          2,
          n,
        );
      }
      items.at = o + 12;
    }
    override write(writer: Writer, _value: unknown, object: Value): void {
      writing.names.clear();
      writing.length = object.length === undefined ? -2 : Number(object.length);
      if (writing.length !== -2) writer.reserve(2);
      writing.message = writer.at;
      writer.uint(Number(object.id ?? 0), 2);
      let flags = Number(object.flags ?? 0);
      for (const key of Object.keys(FLAG_BITS)) {
        const v = object[key];
        const mask = FLAG_BITS[key];
        if (v === undefined) continue;
        const low = 31 - Math.clz32(mask & -mask);
        flags = (flags & ~mask) | ((Number(v) << low) & mask);
      }
      writer.uint(flags, 2);
      SECTIONS.forEach((section, i) => {
        const list = object[section] as readonly unknown[] | undefined;
        writer.uint(Number(object[COUNTS[i]] ?? list?.length ?? 0), 2);
      });
    }
  }
  return new Header(-1);
}

/** Whether two bytes of length stand between the layer below and the message at hand: over TCP. */
function isFramed(items: Items): boolean {
  const { layers, layer } = items;
  return layer > items.firstLayer && layers[layer - LAYER + 2] === items.start - 2;
}

/** Stops because bytes are missing: an error, unless the message goes on in another segment. */
function lack(items: Items): void {
  if (isFramed(items)) {
    const b = items.bytes;
    const o = items.start;
    if (o + ((b[o - 2] << 8) | b[o - 1]) > items.end) {
      reading.stop = true;
      items.short = false;
      items.at = items.end;
      return;
    }
  }
  fail(items);
}

/** Type and class, as questions and records have them. */
const TYPE = { ...WORD, values: names.RR_TYPE_NAMES };
const CLASS = { hex: true, values: names.DNS_CLASSES };

/** Questions. */
class Questions extends List<DnsQuestion> {
  readonly #multicast: boolean;
  readonly #name: NameField = new NameField("dns.qry.name", "Name", true);
  #length = -1;
  #labels = -1;
  #type = -1;
  #class = -1;
  #unicast = -1;
  constructor(multicast: boolean) {
    super(skip(0) as unknown as Field<DnsQuestion>);
    this.#multicast = multicast;
  }
  override register(registry: Registry, key: string): void {
    this.number(registry, info("", "Query", Kind.None, key, { list: true }));
    this.#name.register(registry, "name", false);
    const generated = { ...WORD, generated: true };
    this.#length = registry.add(
      info("dns.qry.name.len", "Name Length", Kind.Uint, "_length", generated),
    );
    this.#labels = registry.add(
      info("dns.count.labels", "Label Count", Kind.Uint, "_labels", generated),
    );
    this.#type = registry.add(info("dns.qry.type", "Type", Kind.Uint, "type", TYPE));
    const look = this.#multicast ? { bits: 15, mask: 0x7fff } : WORD;
    this.#class = registry.add(
      info("dns.qry.class", "Class", Kind.Uint, "class", { ...look, ...CLASS }),
    );
    if (this.#multicast) {
      this.#unicast = registry.add(
        info("dns.qry.qu", '"QU" question', Kind.Bool, "unicastResponse", {
          bits: 1,
          span: 2,
          mask: 0x8000,
        }),
      );
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#name.covers(wanted) ||
      ["dns.qry.name.len", "dns.count.labels", "dns.qry.type", "dns.qry.class", "dns.qry.qu"]
        .some((a) => wanted(a));
  }
  override recipe(recipe: Recipe): boolean {
    recipe.dnsQuestions({
      heading: this.id,
      name: this.#name.id,
      length: this.#length,
      labels: this.#labels,
      type: this.#type,
      class: this.#class,
      unicast: this.#unicast,
    });
    return true;
  }
  override emit(items: Items): void {
    const n = Math.min(reading.counts[0], LIST_MAX);
    for (let i = 0; i < n && !reading.stop && !items.short; i++) this.#one(items);
  }
  #one(items: Items): void {
    const { bytes: b, at: start, end } = items;
    const how = scanName(b, start, end, reading.message);
    if (how === BROKEN) return lack(items);
    const wire = found.wire;
    const p = start + wire;
    if (p + 4 > end) return lack(items);
    // Wireshark counts dots; a name of one character has neither length nor labels for it.
    const text = textLength(how);
    let labels = 1;
    if (how === PLAIN || how === FORWARD) {
      if (text === 1) labels = 0;
      else if (found.text > 0) labels = countLabels(b, start, reading.message);
    }
    const row = items.open(this.id);
    this.#name.add(items, start, wire, how);
    items.add(this.#length, start, wire, text > 1 ? text : 0);
    items.add(this.#labels, start, wire, labels);
    items.add(this.#type, p, 2, (b[p] << 8) | b[p + 1]);
    const c = (b[p + 2] << 8) | b[p + 3];
    if (this.#multicast) {
      items.add(this.#class, p + 2, 2, c & 0x7fff);
      items.add(this.#unicast, p + 2, 2, c >> 15);
    } else items.add(this.#class, p + 2, 2, c);
    items.at = p + 4;
    items.close(row);
  }
  override write(writer: Writer, value: unknown): void {
    for (const q of (value ?? []) as readonly Value[]) {
      this.#name.write(writer, q.name);
      writer.uint(Number(q.type ?? 1), 2);
      writer.uint(Number(q.class ?? 1) | (q.unicastResponse ? 0x8000 : 0), 2);
    }
  }
}

/** One more than the dots in the text of a name that is not the root, those within labels included. */
function countLabels(b: Uint8Array, at: number, message: number): number {
  let p = at;
  let n = 0;
  for (;;) {
    const length = b[p];
    if (length === 0) return n;
    if (length >= 0xc0) {
      p = message + (((length & 0x3f) << 8) | b[p + 1]);
      continue;
    }
    n++;
    for (let i = p + 1; i <= p + length; i++) if (b[i] === 0x2e) n++;
    p += 1 + length;
  }
}

/** What the records of all sections share: their fields, numbered once. */
class RecordParts extends Field<unknown> {
  readonly multicast: boolean;
  readonly name: NameField = new NameField("dns.resp.name", "Name", true);
  data: ReadonlyMap<number, Field<unknown>> = new Map();
  /** The same for types below 256, by type. */
  readonly table: (Field<unknown> | undefined)[] = new Array(256).fill(undefined);
  readonly options: EdnsOptions = new EdnsOptions();
  readonly other: Rest = new Rest("dns.data", "Data");
  /** The owner of a SRV record, which Wireshark shows by its parts. */
  readonly owner: NameField = new NameField("", "Name", true);
  readonly srvName: NameField = new NameField("dns.srv.name", "Name", false);
  ids: Record<
    | "service"
    | "rootService"
    | "proto"
    | "type"
    | "class"
    | "flush"
    | "ttl"
    | "size"
    | "high"
    | "version"
    | "z"
    | "do"
    | "reserved"
    | "length",
    number
  > = {
    service: -1,
    rootService: -1,
    proto: -1,
    type: -1,
    class: -1,
    flush: -1,
    ttl: -1,
    size: -1,
    high: -1,
    version: -1,
    z: -1,
    do: -1,
    reserved: -1,
    length: -1,
  };
  #abbrevs: string[] = [];
  constructor(multicast: boolean) {
    super(0);
    this.multicast = multicast;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    // Only now: who sums up needs none of it.
    this.data = makeData(this.multicast);
    for (const [type, part] of this.data) if (type < 256) this.table[type] = part;
    const add = (abbrev: string, title: string, kind: Kind, k: string, look?: Look): number => {
      this.#abbrevs.push(abbrev);
      return registry.add(info(abbrev, title, kind, k, look));
    };
    this.name.register(registry, "name", false);
    this.owner.register(registry, "name", false);
    const split = this.multicast ? { bits: 15, mask: 0x7fff } : WORD;
    this.ids = {
      service: add("dns.srv.service", "Service", Kind.Text, "_service"),
      rootService: add("dns.srv.service", "Service", Kind.Name, "_service"),
      proto: add("dns.srv.proto", "Protocol", Kind.Text, "_proto"),
      type: add("dns.resp.type", "Type", Kind.Uint, "type", TYPE),
      class: add("dns.resp.class", "Class", Kind.Uint, "class", { ...split, ...CLASS }),
      flush: add("dns.resp.cache_flush", "Cache flush", Kind.Bool, "cacheFlush", {
        bits: 1,
        span: 2,
        mask: 0x8000,
      }),
      ttl: add("dns.resp.ttl", "Time to live", Kind.Uint, "ttl", { bits: 32 }),
      size: add("dns.rr.udp_payload_size", "UDP payload size", Kind.Uint, "udpPayloadSize", split),
      high: add("dns.resp.ext_rcode", "Higher bits in extended RCODE", Kind.Uint, "extendedRcode", {
        ...BYTE,
        hex: true,
      }),
      version: add("dns.resp.edns0_version", "EDNS0 version", Kind.Uint, "version", BYTE),
      z: add("dns.resp.z", "Z", Kind.Uint, "z", { ...WORD, hex: true }),
      do: add("dns.resp.z.do", "DO bit", Kind.Bool, "dnssecOk", { bits: 1, span: 2, mask: 0x8000 }),
      reserved: add("dns.resp.z.reserved", "Reserved", Kind.Uint, "_reserved", {
        bits: 15,
        mask: 0x7fff,
        hex: true,
      }),
      length: add("dns.resp.len", "Data length", Kind.Uint, "_length", WORD),
    };
    this.srvName.register(registry, "_srvName", false);
    for (const part of new Set(this.data.values())) part.register(registry, "", false);
    this.options.register(registry, "options");
    this.other.register(registry, "data", false);
  }
  override recipe(recipe: Recipe): boolean {
    const data = Object.fromEntries([...this.data].filter(([type]) => type < this.table.length));
    const flush = this.multicast ? this.ids.flush : -1;
    recipe.dnsParts({ ...this.ids, flush, name: this.name.id }, data);
    return true;
  }
  override emit(): void {}
  override write(): void {}
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.name.covers(wanted) || this.srvName.covers(wanted) ||
      this.options.covers(wanted) || this.other.covers(wanted) ||
      this.#abbrevs.some((a) => wanted(a)) ||
      [...new Set(this.data.values())].some((part) => part.covers(wanted));
  }
}

/** What a record has besides its data. */
const HEAD: ReadonlySet<string> = new Set([
  "name",
  "type",
  "class",
  "cacheFlush",
  "ttl",
  "length",
  "udpPayloadSize",
  "extendedRcode",
  "version",
  "z",
  "dnssecOk",
]);

/** Types whose data is read as a whole before any of it is shown: HINFO, MX, AFSDB, RT, KX, A6. */
const WHOLE: ReadonlySet<number> = new Set([13, 15, 18, 21, 36, 38]);

/** The records of a section. */
class Records extends List<DnsRecord> {
  readonly #parts: RecordParts;
  readonly #section: number;
  readonly #name: string;
  constructor(parts: RecordParts, section: number, title: string) {
    super(skip(0) as unknown as Field<DnsRecord>);
    this.#parts = parts;
    this.#section = section;
    this.#name = title;
  }
  override register(registry: Registry, key: string): void {
    this.number(registry, info("", this.#name, Kind.None, key, { list: true }));
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#parts.covers(wanted);
  }
  override recipe(recipe: Recipe): boolean {
    recipe.dnsRecords(this.#section, this.id);
    return true;
  }
  override emit(items: Items): void {
    const n = Math.min(reading.counts[this.#section], LIST_MAX);
    for (let i = 0; i < n && !reading.stop && !items.short; i++) {
      const row = items.used;
      this.#one(items);
      if (items.short) {
        // A record whose head is not all there opened no heading.
        if (items.used > row && items.depth > 0) items.close(row);
        lack(items);
      }
    }
  }
  #one(items: Items): void {
    const { bytes: b, at: start, end } = items;
    const parts = this.#parts;
    const ids = parts.ids;
    const how = scanName(b, start, end, reading.message);
    if (how === BROKEN) return fail(items);
    const wire = found.wire;
    const p = start + wire;
    if (p + 10 > end) return fail(items);
    const type = (b[p] << 8) | b[p + 1];
    const c = (b[p + 2] << 8) | b[p + 3];
    const n = (b[p + 8] << 8) | b[p + 9];
    // A record that is not all there is not shown at all.
    if (p + 10 + n > end) return fail(items);
    const row = items.open(this.id);
    if (type === 33) this.#service(items, start, wire, how);
    else parts.name.add(items, start, wire, how);
    items.add(ids.type, p, 2, type);
    if (type === 41) {
      items.add(ids.size, p + 2, 2, parts.multicast ? c & 0x7fff : c);
      if (parts.multicast) items.add(ids.flush, p + 2, 2, c >> 15);
      items.add(ids.high, p + 4, 1, b[p + 4]);
      items.add(ids.version, p + 5, 1, b[p + 5]);
      const z = (b[p + 6] << 8) | b[p + 7];
      items.add(ids.z, p + 6, 2, z);
      items.depth++;
      items.add(ids.do, p + 6, 2, z >> 15);
      items.add(ids.reserved, p + 6, 2, z & 0x7fff);
      items.depth--;
    } else {
      items.add(ids.class, p + 2, 2, parts.multicast ? c & 0x7fff : c);
      if (parts.multicast) items.add(ids.flush, p + 2, 2, c >> 15);
      items.add(
        ids.ttl,
        p + 4,
        4,
        (b[p + 4] << 24) | (b[p + 5] << 16) | (b[p + 6] << 8) | b[p + 7],
      );
    }
    items.add(ids.length, p + 8, 2, n);
    items.at = reading.data = p + 10;
    const dataEnd = reading.dataEnd = p + 10 + n;
    if (n > 0) {
      const part = type < 256 ? parts.table[type] : parts.data.get(type);
      const mark = items.used;
      if (part) part.emit(items);
      else if (type === 41) parts.options.emit(items);
      else parts.other.emit(items);
      if (items.short) {
        // Of these, Wireshark shows all or nothing.
        if (WHOLE.has(type)) items.used = mark;
        return;
      }
    }
    // Whatever the data says, the next record stands where the length says.
    items.at = dataEnd;
    items.close(row);
  }
  /** The owner of a SRV record: service, protocol and name (RFC 2782). */
  #service(items: Items, start: number, wire: number, how: number): void {
    const { bytes: b } = items;
    const ids = this.#parts.ids;
    const message = reading.message;
    this.#parts.owner.add(items, start, wire, how);
    if (how !== PLAIN) return;
    let p = labelAt(b, start, message);
    if (b[p] === 0) return items.add(ids.rootService, start, wire, message);
    items.add(ids.service, p + 1, b[p], 0);
    p = labelAt(b, p + 1 + b[p], message);
    if (b[p] === 0) return;
    items.add(ids.proto, p + 1, b[p], 0);
    const rest = p + 1 + b[p];
    if (b[labelAt(b, rest, message)] === 0) return;
    scanName(b, rest, items.end, message);
    this.#parts.srvName.add(items, rest, found.wire, PLAIN);
  }
  override write(writer: Writer, value: unknown): void {
    const parts = this.#parts;
    for (const v of (value ?? []) as readonly Value[]) {
      const type = Number(v.type ?? 1);
      parts.name.write(writer, v.name);
      writer.uint(type, 2);
      const high = v.cacheFlush ? 0x8000 : 0;
      if (type === 41) {
        writer.uint(Number(v.udpPayloadSize ?? 1232) | high, 2);
        writer.uint(Number(v.extendedRcode ?? 0), 1);
        writer.uint(Number(v.version ?? 0), 1);
        let z = Number(v.z ?? 0);
        if (v.dnssecOk !== undefined) z = v.dnssecOk ? z | 0x8000 : z & 0x7fff;
        writer.uint(z, 2);
      } else {
        writer.uint(Number(v.class ?? 1) | high, 2);
        writer.uint(Number(v.ttl ?? 0), 4);
      }
      const lengthAt = writer.reserve(2);
      const start = writer.at;
      const part = type === 41 ? parts.options : parts.data.get(type);
      // A record without data is possible, as updates have them (RFC 2136 section 2.4).
      if (Object.keys(v).some((key) => !HEAD.has(key))) {
        if (!part) parts.other.write(writer, v.data);
        else part.write(writer, type === 41 ? v.options : v, v);
      }
      store16(writer, lengthAt, v.length === undefined ? writer.at - start : Number(v.length));
    }
  }
}

/** Elements of a stateful operation (RFC 8490 section 5.4.4). */
class Stateful extends Elements<DnsTlv> {
  #heading = -1;
  constructor() {
    super("dns.dso.tlv", "DSO TLV", {
      type: ["dns.dso.tlv.type", "Type", Kind.Uint, { ...WORD, values: names.DSO_TYPES }],
      length: ["dns.dso.tlv.length", "Length", Kind.Uint, WORD],
      inactivity: ["dns.dso.tlv.keepalive.inactivity", "Inactivity Timeout", Kind.Uint, {
        bits: 32,
      }],
      interval: ["dns.dso.tlv.keepalive.interval", "Keepalive Interval", Kind.Uint, { bits: 32 }],
      retryDelay: ["dns.dso.tlv.retrydelay.retrydelay", "Retry Delay", Kind.Uint, { bits: 32 }],
      data: ["dns.dso.tlv.data", "Data", Kind.Bytes],
      "data#3": ["dns.dso.tlv.encpad.padding", "Padding", Kind.Bytes],
    });
  }
  override register(registry: Registry, key: string): void {
    this.#heading = registry.add(info("dns.dso", "DNS Stateful Operation", Kind.None, ""));
    super.register(registry, key);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted("dns.dso") || super.covers(wanted);
  }
  /** Usual messages are of other operations. */
  override recipe(): boolean {
    return true;
  }
  override emit(items: Items): void {
    const c = reading.counts;
    if (reading.stop || reading.opcode !== 6 || (c[0] | c[1] | c[2] | c[3]) !== 0) return;
    if (items.at >= items.end) return;
    // The heading stands beside its elements, so that they belong to the message's object.
    items.add(this.#heading, items.at, items.left, 0);
    // What does not fill another head is left over.
    for (let i = 0; i < LIST_MAX && items.left >= 4 && !items.short; i++) {
      const row = items.open(this.id);
      this.element(items);
      items.close(row);
    }
    if (items.short) lack(items);
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    const type = (b[o] << 8) | b[o + 1];
    const n = (b[o + 2] << 8) | b[o + 3];
    items.add(ids.type, o, 2, type);
    items.add(ids.length, o + 2, 2, n);
    items.at += 4;
    if (type === 1) {
      this.#number(items, ids.inactivity);
      this.#number(items, ids.interval);
    } else if (type === 2) this.#number(items, ids.retryDelay);
    else {
      if (n > items.left) return fail(items);
      if (n > 0) items.add(type === 3 ? ids["data#3"] : ids.data, items.at, n, 0);
      items.at += n;
    }
  }
  #number(items: Items, id: number): void {
    if (items.short) return;
    if (items.left < 4) return fail(items);
    const b = items.bytes;
    const o = items.at;
    items.add(id, o, 4, (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3]);
    items.at += 4;
  }
  protected override put(writer: Writer, v: Value): void {
    writer.uint(Number(v.type ?? 0), 2);
    const lengthAt = writer.reserve(2);
    const start = writer.at;
    if (v.inactivity !== undefined) writer.uint(Number(v.inactivity), 4);
    if (v.interval !== undefined) writer.uint(Number(v.interval), 4);
    if (v.retryDelay !== undefined) writer.uint(Number(v.retryDelay), 4);
    writer.put(asBytes(v.data));
    store16(writer, lengthAt, v.length === undefined ? writer.at - start : Number(v.length));
  }
}

/** What is left behind the last record. */
function extraneous(): Field<Uint8Array> {
  return new Piece(
    {
      extraneous: ["dns.extraneous.data", "Extraneous Data Bytes", Kind.Bytes],
      _length: ["dns.extraneous.length", "Extraneous Data Length", Kind.Int, {
        bits: 32,
        generated: true,
      }],
    },
    (items, ids) => {
      if (reading.stop) return;
      // If more was sent than is there, nobody knows what it is.
      const { bytes: b, start: o } = items;
      const wire = isFramed(items) ? o + ((b[o - 2] << 8) | b[o - 1]) : items.reported;
      if (wire > items.end) return lack(items);
      if (items.left <= 0) return;
      items.add(ids.extraneous, items.at, items.left, 0);
      items.add(ids._length, items.at, 0, items.left);
      items.at = items.end;
    },
    (writer, value) => {
      writer.put(asBytes(value));
      if (writing.length === -2) return;
      const n = writing.length < 0 ? writer.at - writing.message : writing.length;
      store16(writer, writing.message - 2, n);
    },
    -1,
    (r) => r.dnsEnd(),
  );
}

/** Finds where the message ends. Over TCP each has its length in front, and the next may follow (RFC 7766 section 8). */
function walk(w: Walker): void {
  w.end = w.limit;
  const row = w.used - LAYER;
  const below = row - LAYER;
  w.next = -2;
  if (below < w.first) return;
  const id = w.layers[row] & PROTOCOL_MASK;
  const under = w.layers[below] & PROTOCOL_MASK;
  if (under !== id && w.catalogue.protocols[under].name !== "tcp") return;
  // The length is no part of the message: its fields are found from the first byte of the message on.
  w.layers[row + 1] = Math.min(w.start + 2, w.limit);
  if (w.limit - w.start < 2) return;
  const end = w.start + 2 + ((w.bytes[w.start] << 8) | w.bytes[w.start + 1]);
  if (end < w.limit) {
    w.end = end;
    w.next = id;
  }
}

/** What every message guessed has: no operation but queries, and no count above 255. */
const QUERY_BYTES = [[2, 0x78, 0], [4, 0xff, 0], [6, 0xff, 0], [8, 0xff, 0], [
  10,
  0xff,
  0,
]] as const;

/** Whether a datagram of a port that says nothing, which has {@link QUERY_BYTES}, looks like a query or a response. */
function looksLikeDns(b: Uint8Array, o: number, limit: number): boolean {
  // One question (a response may have none), few records.
  if (limit - o <= 12) return false;
  const questions = b[o + 5];
  const answers = b[o + 7];
  const authorities = b[o + 9];
  if (questions > 1 || answers > 100 || authorities > 10 || b[o + 11] > 10) return false;
  if ((b[o + 2] & 0x80) === 0 && (questions === 0 || answers + authorities > 0)) return false;
  // NetBIOS names (RFC 1001 section 14.1) stand in messages of the same form: 32 letters, A to P.
  if (b[o + 12] === 32 && limit - o > 44) {
    let letters = 0;
    while (letters < 32 && (b[o + 13 + letters] - 0x41) >>> 0 < 16) letters++;
    if (letters === 32) return false;
  }
  // It is asked behind the ports, the length and the checksum of UDP. On its own port NetBIOS speaks, well or badly.
  if (portAt(b, o - 8) === NETBIOS_NAMES || portAt(b, o - 6) === NETBIOS_NAMES) return false;
  return questions === 0 || scanName(b, o + 12, limit, o) !== BROKEN;
}

/** The port of NetBIOS' name service (RFC 1002 section 4.2.1.1). */
const NETBIOS_NAMES = 137;

function portAt(b: Uint8Array, at: number): number {
  return (b[at] << 8) | b[at + 1];
}

/** Makes one of the DNS protocols. */
export function dnsProtocol(
  variant: DnsVariant,
  title: string,
  label: string,
  parents: Readonly<Record<string, readonly number[]>>,
): Protocol<Dns> {
  const multicast = variant === "mdns";
  const parts = new RecordParts(multicast);
  return protocol<Dns>({
    name: variant,
    title,
    label,
    layer: "application",
    parents,
    fields: {
      _header: header(variant),
      questions: new Questions(multicast),
      _parts: parts,
      answers: new Records(parts, 1, "Answer"),
      authorities: new Records(parts, 2, "Authority"),
      additionals: new Records(parts, 3, "Additional"),
      tlvs: new Stateful(),
      extraneous: extraneous(),
    },
    ...(variant === "dns"
      ? { guess: { tables: ["udp.port"], has: QUERY_BYTES, test: looksLikeDns } }
      : {}),
    // Over TCP a length stands in front (RFC 1035 section 4.2.2); a negative one is computed.
    on: (below) => below.name === "tcp" ? { length: -1 } : undefined,
    walk,
    kernelWalk: KernelWalk.Datagram,
    summary,
  });
}

// ---------------------------------------------------------------------------------------------------------- summary

function summary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
  },
  out: TextWriter,
): void {
  const { bytes: b, start: o, end } = layer;
  if (end - o < 12) return out.ascii("[Short message]");
  const flags = (b[o + 2] << 8) | b[o + 3];
  const opcode = (flags >> 11) & 15;
  out.ascii(names.DNS_OPCODES[opcode] ?? "Unknown operation");
  if (flags & 0x8000) out.ascii(" response");
  out.ascii(" 0x");
  out.ensure(16);
  out.hex((b[o] << 8) | b[o + 1], 4);
  if (flags & 0x8000 && (flags & 15) !== 0) {
    out.ascii(" ");
    out.ascii(names.DNS_RCODES[flags & 15] ?? "Unknown error");
  }
  let p = o + 12;
  // A line needs no more than the first few.
  const questions = Math.min(8, (b[o + 4] << 8) | b[o + 5]);
  for (let i = 0; i < questions; i++) {
    const how = scanName(b, p, end, o);
    if (how === BROKEN || p + found.wire + 4 > end) return;
    const at = p;
    p += found.wire;
    writeType(out, (b[p] << 8) | b[p + 1]);
    writeText(out, b, at, o, how);
    p += 4;
  }
  const records = Math.min(
    12,
    ((b[o + 6] << 8) | b[o + 7]) + ((b[o + 8] << 8) | b[o + 9]) + ((b[o + 10] << 8) | b[o + 11]),
  );
  for (let i = 0; i < records; i++) {
    if (scanName(b, p, end, o) === BROKEN) return;
    p += found.wire;
    if (p + 10 > end) return;
    const type = (b[p] << 8) | b[p + 1];
    const n = (b[p + 8] << 8) | b[p + 9];
    p += 10;
    writeType(out, type);
    if (p + n > end) return;
    out.ensure(64);
    if (type === 1 && n === 4) {
      out.byte(32);
      out.ipv4(b, p);
    } else if (type === 28 && n === 16) {
      out.byte(32);
      out.ipv6(b, p);
    } else if (NAMED.has(type)) {
      const skip = type === 15 ? 2 : type === 33 ? 6 : 0;
      if (type === 15 && n > 2) {
        out.byte(32);
        out.uint((b[p] << 8) | b[p + 1]);
      }
      const how = n > skip ? scanName(b, p + skip, end, o) : BROKEN;
      if (how !== BROKEN) writeText(out, b, p + skip, o, how);
    }
    p += n;
  }
}

// Types whose data is (but for a few bytes in front) one name, or whose first name is shown.
const NAMED: ReadonlySet<number> = new Set([2, 5, 6, 12, 15, 33, 39]);

function writeType(out: TextWriter, type: number): void {
  out.ascii(" ");
  const short = names.RR_TYPES[type];
  if (short) return out.ascii(short);
  out.ascii("Unknown (");
  out.ensure(16);
  out.uint(type);
  out.ascii(")");
}

/** Writes a space and the name at `at`, which was looked at before. */
function writeText(
  out: TextWriter,
  b: Uint8Array,
  at: number,
  message: number,
  how: number,
): void {
  out.ensure(8);
  out.byte(32);
  if (how !== PLAIN && how !== FORWARD) {
    return out.line(ODD_NAMES[how], 0, ODD_NAMES[how].length);
  }
  let p = at;
  let some = false;
  for (;;) {
    const n = b[p];
    if (n === 0) break;
    if (n >= 0xc0) {
      p = message + (((n & 0x3f) << 8) | b[p + 1]);
      continue;
    }
    out.ensure(8);
    if (some) out.byte(46);
    some = true;
    out.line(b, p + 1, n);
    p += 1 + n;
  }
  if (!some) out.ascii("<Root>");
}
