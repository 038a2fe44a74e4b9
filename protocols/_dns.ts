/**
 * What the DNS protocols share: the message (RFC 1035 section 4), its records and EDNS options. DNS, multicast DNS
 * (RFC 6762) and LLMNR (RFC 4795) differ in a few bits only.
 *
 * Records: RFC 1035, 1183, 1348, 1664, 1706, 1712, 1876, 2163, 2230, 2535, 2782, 2874, 2930, 3123, 3403, 4025, 4034,
 * 4255, 4398, 4701, 5155, 6672, 6698, 6742, 7043, 7208, 7344, 7477, 7929, 8005, 8659, 8945, 8976, 9460; options: RFC
 * 6891, 6975, 7830, 7828, 7871, 7873, 7901, 8914; stateful operations: RFC 8490.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK, type Walker } from "../core/catalogue.ts";
import {
  choose,
  Field,
  type FieldInfo,
  fixedBytes,
  flag,
  inline,
  ipv4Address,
  ipv6Address,
  List,
  macAddress,
  type Registry,
  Scalar,
  skip,
  time32,
  u16,
  u32,
  u8,
  type ValueNames,
  within,
  Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX, NAME_BYTES_MAX, NAME_POINTERS_MAX } from "../core/limits.ts";
import { nameBytes } from "../core/name.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { type TextWriter, utf8Length } from "../core/text_writer.ts";
import * as names from "./_dns_names.ts";

type Value = Readonly<Record<string, unknown>>;

/** A question. */
export interface DnsQuestion {
  /** Name asked for; dots within a label have a backslash in front. */
  readonly name: string;
  /** Record type asked for. */
  readonly type: number;
  /** Class; 1 is the Internet. In multicast DNS without its first bit. */
  readonly class: number;
  /** In multicast DNS: whether a unicast response is wanted (RFC 6762 section 5.4). */
  readonly unicastResponse?: boolean;
}

/** What every resource record has. */
export interface DnsRecordHead {
  /** Owner name; dots within a label have a backslash in front. */
  readonly name: string;
  /** Record type. */
  readonly type: number;
  /** Class; 1 is the Internet. In multicast DNS without its first bit. Absent from OPT records. */
  readonly class?: number;
  /** In multicast DNS: whether other records of this name and type are to be forgotten (RFC 6762 section 10.2). */
  readonly cacheFlush?: boolean;
  /** Time to live, in seconds. Absent from OPT records. */
  readonly ttl?: number;
  /** Only when written: a length of the data, in bytes, other than the right one. */
  readonly length?: number;
}
/** Address records. */
export interface DnsAddress extends DnsRecordHead {
  /** A or AAAA. */
  readonly type: 1 | 28;
  /** IPv4 or IPv6 address. */
  readonly address: string;
}
/** Records that say one name: NS, MD, MF, CNAME, MB, MG, MR, PTR, NSAP-PTR, DNAME. */
export interface DnsNamed extends DnsRecordHead {
  /** One of these types. */
  readonly type: 2 | 3 | 4 | 5 | 7 | 8 | 9 | 12 | 23 | 39;
  /** The name. */
  readonly target: string;
}
/** Start of a zone of authority. Times in seconds. */
export interface DnsSoa extends DnsRecordHead {
  /** SOA. */
  readonly type: 6;
  /** Primary name server. */
  readonly primary: string;
  /** Mailbox of who is responsible. */
  readonly mailbox: string;
  /** Version of the zone. */
  readonly serial: number;
  /** Time between two looks at the primary. */
  readonly refresh: number;
  /** Time after which a look that failed is repeated. */
  readonly retry: number;
  /** Time after which the zone is no longer valid without a look that succeeds. */
  readonly expire: number;
  /** Time to live of negative answers. */
  readonly minimum: number;
}
/** Mail exchange. */
export interface DnsMx extends DnsRecordHead {
  /** MX. */
  readonly type: 15;
  /** The lower is preferred. */
  readonly preference: number;
  /** The host. */
  readonly exchange: string;
}
/** Texts: TXT, SPF. */
export interface DnsTxt extends DnsRecordHead {
  /** TXT or SPF. */
  readonly type: 16 | 99;
  /** The texts; bytes where one is not UTF-8. */
  readonly texts: readonly (string | Uint8Array)[];
}
/** Place of a service (RFC 2782). */
export interface DnsSrv extends DnsRecordHead {
  /** SRV. */
  readonly type: 33;
  /** The lower is preferred. */
  readonly priority: number;
  /** Share among those of equal priority. */
  readonly weight: number;
  /** Port. */
  readonly port: number;
  /** Host. */
  readonly target: string;
}
/** An EDNS option (RFC 6891 section 6.1.2). What it says follows from its code; `data` wins when written. */
export interface DnsOption {
  /** Code. */
  readonly code: number;
  /** Length of the data, in bytes. */
  readonly length?: number;
  /** The data as it is. */
  readonly data?: Uint8Array;
  /** Algorithms understood (codes 5, 6, 7). */
  readonly algorithms?: readonly number[];
  /** Address family of a client subnet: 1 or 2. */
  readonly family?: number;
  /** Bits of a client subnet that the question tells. */
  readonly sourcePrefix?: number;
  /** Bits of a client subnet that the answer is for. */
  readonly scopePrefix?: number;
  /** Client subnet: an address. */
  readonly address?: string;
  /** Client's cookie, 8 bytes. */
  readonly clientCookie?: Uint8Array;
  /** Server's cookie, none or 8 to 32 bytes. */
  readonly serverCookie?: Uint8Array;
  /** How long an idle connection is kept, in units of 100 ms. */
  readonly timeout?: number;
  /** Extended error. */
  readonly infoCode?: number;
  /** Extended error in words. */
  readonly extraText?: string;
}
/** What EDNS adds to a message (RFC 6891). */
export interface DnsOpt extends DnsRecordHead {
  /** OPT. */
  readonly type: 41;
  /** Bytes of a UDP payload that the sender can take. */
  readonly udpPayloadSize: number;
  /** High eight bits of the response code. */
  readonly extendedRcode: number;
  /** Version of EDNS. */
  readonly version: number;
  /** Flags, 16 bits. */
  readonly z: number;
  /** Whether DNSSEC records are wanted. */
  readonly dnssecOk?: boolean;
  /** Options in the order sent. */
  readonly options: readonly DnsOption[];
}
/** A record of any other type; what its data says stands under keys of its own, or as bytes under `data`. */
export interface DnsOtherRecord extends DnsRecordHead {
  /** What the data says. */
  readonly [key: string]: unknown;
}
/** A resource record. */
export type DnsRecord =
  | DnsAddress
  | DnsNamed
  | DnsSoa
  | DnsMx
  | DnsTxt
  | DnsSrv
  | DnsOpt
  | DnsOtherRecord;

/** An element of a stateful operation (RFC 8490 section 5.4.4). */
export interface DnsTlv {
  /** Type. */
  readonly type: number;
  /** Length of the value, in bytes. */
  readonly length?: number;
  /** Idle time after which the session ends, in milliseconds. */
  readonly inactivity?: number;
  /** Time between keepalives, in milliseconds. */
  readonly interval?: number;
  /** Time to wait before connecting again, in milliseconds. */
  readonly retryDelay?: number;
  /** The value, where it is nothing of these. */
  readonly data?: Uint8Array;
}

/** A DNS message. */
export interface Dns {
  /** Over TCP: length of the message that stands in front of it. Negative: computed when written. */
  readonly length?: number;
  /** Identification. */
  readonly id: number;
  /** All flags, operation and response code: 16 bits. */
  readonly flags: number;
  /** Whether it is a response. */
  readonly response: boolean;
  /** Operation: 0 query, 4 notify, 5 update, 6 stateful. */
  readonly opcode: number;
  /** Responses: the server is an authority for the name. */
  readonly authoritative?: boolean;
  /** LLMNR: the name is not unique. */
  readonly conflict?: boolean;
  /** There was more than fitted. */
  readonly truncated: boolean;
  /** Recursion is wanted. */
  readonly recursionDesired?: boolean;
  /** LLMNR: the responder has not yet verified that the name is its own. */
  readonly tentative?: boolean;
  /** Responses: the server does recursion. */
  readonly recursionAvailable?: boolean;
  /** Reserved bit. */
  readonly z?: boolean;
  /** Responses: the server has verified the answer (RFC 4035 section 3.2.3). */
  readonly authenticData?: boolean;
  /** Verifying is left to the client (RFC 4035 section 3.2.2). */
  readonly checkingDisabled?: boolean;
  /** Responses: response code. */
  readonly rcode?: number;
  /** How many questions (updates: zones) follow. */
  readonly questionCount: number;
  /** How many answers (updates: prerequisites) follow. */
  readonly answerCount: number;
  /** How many authority records (updates: updates) follow. */
  readonly authorityCount: number;
  /** How many additional records follow. */
  readonly additionalCount: number;
  /** Questions; in an update the zone. */
  readonly questions: readonly DnsQuestion[];
  /** Answers; in an update the prerequisites. */
  readonly answers: readonly DnsRecord[];
  /** Authority records; in an update the updates. */
  readonly authorities: readonly DnsRecord[];
  /** Additional records. */
  readonly additionals: readonly DnsRecord[];
  /** Elements of a stateful operation. */
  readonly tlvs?: readonly DnsTlv[];
  /** Bytes behind the message. */
  readonly extraneous?: Uint8Array;
}

// ---------------------------------------------------------------------------------------------------------- names

// How a name can be shown.
const BROKEN = -1;
const PLAIN = 0;
const FORWARD = 1;
const LOOPS = 2;
const LONG = 3;
const UNKNOWN = 4;

/** What {@link scanName} found of a name: bytes where it stands, and bytes of its text. */
const found = { wire: 0, text: 0, dots: 0 };

/**
 * Most bytes of a name looked at behind its first pointer. Loops are found by what is passed over, so a message full
 * of names that share one long chain of labels would else cost its square.
 */
const NAME_WALK_MAX = 4096;

/** Looks at the name at `at`, follows its pointers, and tells how it can be shown; see {@link found}. */
function scanName(b: Uint8Array, at: number, end: number, message: number): number {
  let p = at;
  let stop = end;
  let wire = 0;
  let hops = 0;
  let passed = 0;
  let bytes = 1;
  let text = 0;
  let how = PLAIN;
  const most = Math.min(end - message, NAME_WALK_MAX);
  for (;;) {
    if (p >= end) return BROKEN;
    const n = b[p];
    if (n === 0) {
      if (wire === 0) wire = p + 1 - at;
      break;
    }
    if (n >= 0xc0) {
      if (p + 1 >= end) return BROKEN;
      if (wire === 0) wire = p + 2 - at;
      const target = message + (((n & 0x3f) << 8) | b[p + 1]);
      passed += 2;
      if (++hops > NAME_POINTERS_MAX || passed >= most) {
        found.wire = wire;
        return LOOPS;
      }
      if (target >= end) return BROKEN;
      if (target >= p) how = FORWARD;
      stop = p;
      p = target;
      continue;
    }
    if (n >= 0x40) {
      // Label types that never came into use (RFC 6891 section 5).
      wire = p + 1 - at;
      if (n >= 0x80 || wire < 2) return BROKEN;
      found.wire = wire;
      return UNKNOWN;
    }
    const next = p + 1 + n;
    if (next > end) return BROKEN;
    if (next > stop) how = FORWARD;
    passed += n + 1;
    if (wire !== 0 && passed >= most) {
      found.wire = wire;
      return LOOPS;
    }
    bytes += n + 1;
    text += n + 1;
    p = next;
  }
  found.wire = wire;
  found.text = text > 0 ? text - 1 : 0;
  return bytes > NAME_BYTES_MAX ? LONG : how;
}

const ENCODER = new TextEncoder();
const ODD_NAMES: readonly Uint8Array[] = [
  new Uint8Array(0),
  new Uint8Array(0),
  ENCODER.encode("<Name contains a pointer that loops>"),
  ENCODER.encode("<Name too long>"),
  ENCODER.encode("<Unknown extended label>"),
];
const ROOT = ENCODER.encode("<Root>");

// Room for the text of one name, made where pointers lead forward.
const scratch = new Uint8Array(NAME_BYTES_MAX + 1);

/** Makes the text of a name that {@link scanName} found to be FORWARD; it is at most 253 bytes. */
function forwardName(b: Uint8Array, at: number, message: number): Uint8Array {
  let p = at;
  let o = 0;
  for (;;) {
    const n = b[p];
    if (n === 0) break;
    if (n >= 0xc0) {
      p = message + (((n & 0x3f) << 8) | b[p + 1]);
      continue;
    }
    if (o > 0) scratch[o++] = 0x2e;
    for (let i = 1; i <= n; i++) scratch[o++] = b[p + i];
    p += 1 + n;
  }
  return o === 0 ? ROOT : scratch.subarray(0, o);
}

/** Follows pointers from `p` to where a label (or the root) stands. Only for names found to be PLAIN. */
function labelAt(b: Uint8Array, p: number, message: number): number {
  while (b[p] >= 0xc0) p = message + (((b[p] & 0x3f) << 8) | b[p + 1]);
  return p;
}

// --------------------------------------------------------------------------------------------------- state of one run

/** The message being read: dissecting is synchronous, so one at a time. */
const reading = {
  /** First byte of the message. */
  message: 0,
  /** First byte of the data of the record at hand. */
  data: 0,
  /** One past the last byte of the data of the record at hand, as its length says. */
  dataEnd: 0,
  /** Numbers of entries in the four sections. */
  counts: new Int32Array(4),
  /** Operation. */
  opcode: 0,
  /** Nothing more is read: the message goes on in another segment. */
  stop: false,
};

/** The message being written. */
const writing = {
  /** First byte of the message. */
  message: 0,
  /** The length in front of it: -2 if there is none, else what was given. */
  length: -2,
  /** Where names stand that pointers can lead to, by their bytes. */
  names: new Map<string, number>(),
};

/** Writes a name; `compress`: with a pointer to the longest end of it that stands in the message already. */
function writeName(writer: Writer, text: unknown, compress: boolean): void {
  const b = nameBytes(text === undefined ? "" : String(text));
  let p = 0;
  while (b[p] !== 0) {
    const key = String.fromCharCode(...b.subarray(p));
    const at = compress ? writing.names.get(key) : undefined;
    if (at !== undefined) {
      writer.put(b.subarray(0, p));
      writer.uint(0xc000 | at, 2);
      return;
    }
    const here = writer.at - writing.message + p;
    if (here < 0x4000 && compress && !writing.names.has(key)) writing.names.set(key, here);
    p += 1 + b[p];
  }
  writer.put(b);
}

// ------------------------------------------------------------------------------------------------------------ parts

interface Look {
  readonly values?: ValueNames;
  readonly hex?: boolean;
  readonly generated?: boolean;
  readonly list?: boolean;
  readonly bits?: number;
  readonly mask?: number;
  /** Bytes it stands in, if more than its bits fill. */
  readonly span?: number;
}

function info(
  abbrev: string,
  name: string,
  kind: Kind,
  key: string,
  look: Look = {},
): FieldInfo {
  return {
    abbrev,
    name,
    kind,
    bits: look.bits ?? 0,
    span: look.span ?? ((look.bits ?? 0) + 7) >> 3,
    mask: look.mask ?? 0,
    hex: look.hex ?? false,
    values: look.values,
    key,
    list: look.list ?? false,
    lists: undefined,
    generated: look.generated ?? false,
    also: undefined,
  };
}

/** Notes that the bytes end before what is read. */
function fail(items: Items): void {
  items.short = true;
  items.at = items.end;
}

/** A name; one that cannot be shown by its labels is shown as text. */
class NameField extends Field<string> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #compress: boolean;
  #text = -1;
  constructor(abbrev: string, name: string, compress: boolean) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = name;
    this.#compress = compress;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.number(registry, info(this.#abbrev, this.#name, Kind.Name, key, { list }));
    this.#text = registry.add(info(this.#abbrev, this.#name, Kind.Text, key, { list }));
  }
  override emit(items: Items): void {
    const how = scanName(items.bytes, items.at, items.end, reading.message);
    if (how === BROKEN) return fail(items);
    this.add(items, items.at, found.wire, how);
    items.at += found.wire;
  }
  /** Adds the name at `at`, which was looked at before. */
  add(items: Items, at: number, wire: number, how: number): void {
    if (how === PLAIN) items.add(this.id, at, wire, reading.message);
    else {
      items.addText(
        this.#text,
        how === FORWARD ? forwardName(items.bytes, at, reading.message) : ODD_NAMES[how],
      );
    }
  }
  override write(writer: Writer, value: unknown): void {
    writeName(writer, value, this.#compress);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
}

/** A name that is written in full. RFC 3597 section 4: only the types of RFC 1035 may compress the names in their data. */
function name(abbrev: string, title: string): NameField {
  return new NameField(abbrev, title, false);
}

/** Bytes up to the end of the record's data. */
class Rest extends Field<Uint8Array | string> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #kind: Kind;
  readonly #keepEmpty: boolean;
  constructor(abbrev: string, name: string, kind: Kind = Kind.Bytes, keepEmpty = false) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = name;
    this.#kind = kind;
    this.#keepEmpty = keepEmpty;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.number(registry, info(this.#abbrev, this.#name, this.#kind, key, { list }));
  }
  override emit(items: Items): void {
    const n = reading.dataEnd - items.at;
    if (n < 0) return fail(items);
    if (n > 0 || this.#keepEmpty) {
      items.add(this.id, items.at, n, 0);
      items.at += n;
    }
  }
  override write(writer: Writer, value: unknown): void {
    writer.put(asBytes(value));
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return value === undefined ? new Uint8Array(0) : ENCODER.encode(String(value));
}

/** A length byte and so many bytes of text. */
class CharString extends Field<string | Uint8Array> {
  readonly #abbrevs: readonly [string, string];
  readonly #names: readonly [string, string];
  readonly #kind: Kind;
  #length = -1;
  #odd = -1;
  #bytes = -1;
  constructor(
    abbrevs: readonly [string, string],
    titles: readonly [string, string],
    kind: Kind = Kind.Text,
  ) {
    super(-1);
    this.#abbrevs = abbrevs;
    this.#names = titles;
    this.#kind = kind;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    const [lengthAbbrev, abbrev] = this.#abbrevs;
    const [lengthName, title] = this.#names;
    this.#length = registry.add(info(lengthAbbrev, lengthName, Kind.Uint, "_length"));
    this.number(registry, info(abbrev, title, this.#kind, key, { list }));
    // Text that is not UTF-8 is shown as text, and is bytes in objects, so that nothing is lost.
    this.#odd = registry.add(info(abbrev, title, this.#kind, "_text"));
    this.#bytes = registry.add(info("", title, Kind.Bytes, key, { list }));
  }
  override emit(items: Items): void {
    if (items.left < 1) return fail(items);
    const n = items.bytes[items.at];
    items.add(this.#length, items.at++, 1, n);
    if (n > items.left) return fail(items);
    if (this.#kind === Kind.Text && !isUtf8(items.bytes, items.at, items.at + n)) {
      items.add(this.#odd, items.at, n, 0);
      items.add(this.#bytes, items.at, n, 0);
    } else items.add(this.id, items.at, n, 0);
    items.at += n;
  }
  override write(writer: Writer, value: unknown): void {
    const b = asBytes(value);
    if (b.length > 255) {
      throw new RangeError(`Cannot write text of ${b.length} bytes: 255 are possible`);
    }
    writer.uint(b.length, 1);
    writer.put(b);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#abbrevs.some((a) => wanted(a));
  }
}

function isUtf8(b: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end;) {
    if (b[i] < 0x80) i++;
    else {
      const n = utf8Length(b, i, end);
      if (n === 0) return false;
      i += n;
    }
  }
  return true;
}

/** The same thing over and over up to the end of the record's data. */
class Many<T> extends Field<readonly T[]> {
  readonly #element: Field<T>;
  readonly #exact: boolean;
  /** `exact`: one that goes beyond the end of the data ends the message. */
  constructor(element: Field<T>, exact = false) {
    super(-1);
    this.#element = element;
    this.#exact = exact;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#element.register(registry, key, true);
  }
  override emit(items: Items): void {
    for (let i = 0; i < LIST_MAX && items.at < reading.dataEnd && !items.short; i++) {
      this.#element.emit(items);
    }
    if (this.#exact && items.at > reading.dataEnd) fail(items);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    for (const v of (value ?? []) as readonly unknown[]) {
      this.#element.write(writer, v, object);
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#element.covers(wanted);
  }
}

type Spec = readonly [abbrev: string, name: string, kind: Kind, look?: Look];

/** A part with several fields of its own, read and written by functions. */
class Piece<K extends string, T> extends Field<T> {
  readonly #specs: Readonly<Record<K, Spec>>;
  readonly #emit: (items: Items, ids: Readonly<Record<K, number>>) => void;
  readonly #write: (writer: Writer, value: unknown, object: Value) => void;
  readonly #ids: Record<K, number>;
  constructor(
    specs: Readonly<Record<K, Spec>>,
    emit: (items: Items, ids: Readonly<Record<K, number>>) => void,
    write: (writer: Writer, value: unknown, object: Value) => void = () => {},
    bits = -1,
  ) {
    super(bits);
    this.#specs = specs;
    this.#emit = emit;
    this.#write = write;
    this.#ids = { ...specs } as unknown as Record<K, number>;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    for (const [k, [abbrev, title, kind, look]] of Object.entries<Spec>(this.#specs)) {
      this.#ids[k as K] = registry.add(info(abbrev, title, kind, k, look));
    }
  }
  override emit(items: Items): void {
    this.#emit(items, this.#ids);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    this.#write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return Object.values<Spec>(this.#specs).some(([abbrev]) => wanted(abbrev));
  }
}

// ------------------------------------------------------------------------------------------------- data of records

const BYTE: Look = { bits: 8 };
const WORD: Look = { bits: 16 };

/** Writes record types as a bit map of windows (RFC 4034 section 4.1.2). */
function writeBitmap(writer: Writer, value: unknown): void {
  const types = [...new Set((value ?? []) as readonly number[])].sort((a, b) => a - b);
  for (let i = 0; i < types.length;) {
    const window = types[i] >> 8;
    const map = new Uint8Array(32);
    let length = 0;
    for (; i < types.length && types[i] >> 8 === window; i++) {
      const low = types[i] & 255;
      map[low >> 3] |= 0x80 >> (low & 7);
      length = (low >> 3) + 1;
    }
    writer.uint(window, 1);
    writer.uint(length, 1);
    writer.put(map.subarray(0, length));
  }
}

/** The record types in a bit map: those of NSEC, NSEC3 and CSYNC. */
function bitmap(): Field<readonly number[]> {
  const type: Spec = ["dns.resp.type", "Type", Kind.Uint, {
    ...WORD,
    values: names.RR_TYPE_NAMES,
    list: true,
  }];
  return new Piece({ types: type }, (items, ids) => {
    const b = items.bytes;
    while (items.at < reading.dataEnd) {
      if (items.left < 2) return fail(items);
      const window = b[items.at] << 8;
      const n = b[items.at + 1];
      items.at += 2;
      for (let i = 0; i < n; i++, items.at++) {
        if (items.left < 1) return fail(items);
        addBits(items, ids.types, window + i * 8);
      }
    }
    if (items.at > reading.dataEnd) fail(items);
  }, writeBitmap);
}

/** Adds the record types whose bits are set in the byte at the cursor; its first bit stands for `first`. */
function addBits(items: Items, id: number, first: number): void {
  const v = items.bytes[items.at];
  if (v === 0) return;
  for (let bit = 0; bit < 8; bit++) {
    if (v & (0x80 >> bit)) items.add(id, items.at, 1, first + bit);
  }
}

/** The record types in the bit map of NXT, which has no windows (RFC 2535 section 5.2). */
function plainBitmap(): Field<readonly number[]> {
  const type: Spec = ["dns.resp.type", "Type", Kind.Uint, {
    ...WORD,
    values: names.RR_TYPE_NAMES,
    list: true,
  }];
  return new Piece({ types: type }, (items, ids) => {
    for (let first = 0; items.at < reading.dataEnd; first += 8, items.at++) {
      if (items.left < 1) return fail(items);
      addBits(items, ids.types, first);
    }
    if (items.at > reading.dataEnd) fail(items);
  }, (writer, value) => {
    const map: number[] = [];
    for (const t of (value ?? []) as readonly number[]) {
      while (map.length <= t >> 3) map.push(0);
      map[t >> 3] |= 0x80 >> (t & 7);
    }
    writer.put(Uint8Array.from(map));
  });
}

/** The tag of a key, which is not in the record (RFC 4034 appendix B). */
function keyTag(abbrev: string, title: string, algorithmAt: number): Field<unknown> {
  return new Piece(
    { _tag: [abbrev, title, Kind.Uint, { ...WORD, generated: true }] },
    (items, ids) => {
      const b = items.bytes;
      const start = reading.data;
      const end = reading.dataEnd;
      if (end - start < 4) return;
      let tag = 0;
      if (b[start + algorithmAt] === 1) {
        tag = (b[end - 3] << 8) | b[end - 2];
      } else {
        for (let i = start; i < end; i++) tag += ((i - start) & 1) === 0 ? b[i] << 8 : b[i];
        tag = (tag + (tag >>> 16)) & 0xffff;
      }
      items.add(ids._tag, items.at, 0, tag);
    },
  );
}

/** An EUI-64 address. */
class Eui64 extends Scalar<string> {
  constructor() {
    super(64, "dns.eui64", "EUI64 Address", Kind.Ether, 0);
  }
  override store(b: Uint8Array, bit: number, value: unknown): void {
    const hex = String(value ?? "").replace(/[:.-]/g, "");
    for (let i = 0; i < 8; i++) b[(bit >> 3) + i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16) || 0;
  }
}

// Room for one address of which only the first bytes are sent.
const address = new Uint8Array(16);

/** Adds an address of `size` bytes of which `n` stand at the cursor, and zeros (or, `behind`, are in front of them). */
function addAddress(items: Items, id: number, n: number, size: number, behind = false): void {
  if (n === size) items.add(id, items.at, n, 0);
  else {
    address.fill(0);
    const o = behind ? size - n : 0;
    for (let i = 0; i < n; i++) address[o + i] = items.bytes[items.at + i];
    items.addText(id, address.subarray(0, size));
  }
  items.at += n;
}

/** The first `n` bytes of an address in text. */
function addressHead(text: string, n: number): Uint8Array {
  const w = new Writer();
  const field = text.includes(":") ? ipv6Address("", "") : ipv4Address("", "");
  field.write(w, text, {});
  return w.done().subarray(0, n);
}

const BASE32 = ENCODER.encode("0123456789abcdefghijklmnopqrstuv");
const hashed = new Uint8Array(408);

/** A length and so many bytes, shown in base 32 (RFC 4648 section 7), as names of NSEC3 records are written. */
function hashedOwner(): Field<string> {
  return new Piece(
    {
      _length: ["dns.nsec3.hash_length", "Hash length", Kind.Uint, BYTE],
      nextHashed: ["dns.nsec3.hash_value", "Next hashed owner", Kind.Text],
    },
    (items, ids) => {
      const b = items.bytes;
      if (items.left < 1) return fail(items);
      const n = b[items.at];
      items.add(ids._length, items.at++, 1, n);
      if (n > items.left) return fail(items);
      let o = 0;
      let held = 0;
      let bits = 0;
      for (let i = 0; i < n; i++) {
        held = ((held << 8) | b[items.at + i]) & 0xffff;
        for (bits += 8; bits >= 5; bits -= 5) hashed[o++] = BASE32[(held >> (bits - 5)) & 31];
      }
      if (bits > 0) hashed[o++] = BASE32[(held << (5 - bits)) & 31];
      items.addText(ids.nextHashed, hashed.subarray(0, o));
      items.at += n;
    },
    (writer, _value, object) => {
      const out: number[] = [];
      let held = 0;
      let bits = 0;
      for (const c of String(object.nextHashed ?? "").toLowerCase()) {
        held = ((held << 5) | Math.max(0, BASE32.indexOf(c.charCodeAt(0)))) & 0xfff;
        bits += 5;
        if (bits >= 8) out.push((held >> (bits -= 8)) & 255);
      }
      writer.uint(out.length, 1);
      writer.put(Uint8Array.from(out));
    },
  );
}

/** Adds a count of bytes and so many bytes: `size` bytes wide. */
function sizedBytes(
  lengthAbbrev: string,
  lengthName: string,
  abbrev: string,
  title: string,
  size: 1 | 2,
  key: string,
  heading = false,
): Field<unknown> {
  return new Piece<string, unknown>(
    {
      _length: [lengthAbbrev, lengthName, Kind.Uint, { bits: size * 8 }],
      ...(heading ? { _head: [abbrev, title, Kind.None] as const } : {}),
      [key]: [heading ? "" : abbrev, title, Kind.Bytes],
    },
    (items, ids) => {
      const b = items.bytes;
      if (items.left < size) return fail(items);
      const n = size === 1 ? b[items.at] : (b[items.at] << 8) | b[items.at + 1];
      items.add(ids._length, items.at, size, n);
      items.at += size;
      if (heading && n > 0) items.add(ids._head, items.at, Math.min(n, items.left), 0);
      if (n > items.left) return fail(items);
      // Wireshark shows a salt even where there is none.
      if (n === 0 && size === 2) return;
      items.add(ids[key], items.at, n, 0);
      items.at += n;
    },
    (writer, _value, object) => {
      const b = asBytes(object[key]);
      writer.uint(b.length, size);
      writer.put(b);
    },
  );
}

/** What the data of each type of record holds. */
function makeData(multicast: boolean): ReadonlyMap<number, Field<unknown>> {
  const old = (abbrev: string, title: string): NameField => new NameField(abbrev, title, true);
  const algorithm = (abbrev: string): Field<number> =>
    u8(abbrev, "Algorithm", { values: names.DNSSEC_ALGORITHMS });
  const data = new Map<number, Field<unknown>>();
  const put = (
    types: number | readonly number[],
    fields: Readonly<Record<string, Field<unknown>>>,
  ): void => {
    const part = inline(fields);
    for (const t of typeof types === "number" ? [types] : types) data.set(t, part);
  };
  put(1, { address: ipv4Address("dns.a", "Address") });
  put(2, { target: old("dns.ns", "Name Server") });
  put(3, { target: old("dns.md", "Mail Destination") });
  put(4, { target: old("dns.mf", "Mail Forwarder") });
  put(5, { target: old("dns.cname", "CNAME") });
  put(6, {
    primary: old("dns.soa.mname", "Primary name server"),
    mailbox: old("dns.soa.rname", "Responsible authority's mailbox"),
    serial: u32("dns.soa.serial_number", "Serial Number"),
    refresh: u32("dns.soa.refresh_interval", "Refresh Interval"),
    retry: u32("dns.soa.retry_interval", "Retry Interval"),
    expire: u32("dns.soa.expire_limit", "Expire limit"),
    minimum: u32("dns.soa.minimum_ttl", "Minimum TTL"),
  });
  put(7, { target: old("dns.mb", "MailBox Domaine") });
  put(8, { target: old("dns.mg", "Mail Group member") });
  put(9, { target: old("dns.mr", "Mail Rename domaine") });
  put(10, { data: new Rest("dns.null", "Null (data)") });
  put(11, {
    address: ipv4Address("dns.wks.address", "Address"),
    protocol: u8("dns.wks.protocol", "Protocol"),
    map: new Piece({
      map: ["", "Bit map", Kind.Bytes],
      _bits: ["dns.wks.bits", "Bits", Kind.Uint, { ...BYTE, hex: true }],
    }, (items, ids) => {
      const n = reading.dataEnd - items.at;
      if (n > 0 && n <= items.left) items.add(ids.map, items.at, n, 0);
      for (; items.at < reading.dataEnd; items.at++) {
        if (items.left < 1) return fail(items);
        const v = items.bytes[items.at];
        if (v !== 0) items.add(ids._bits, items.at, 1, v);
      }
    }, (writer, value) => writer.put(asBytes(value))),
  });
  put(12, { target: old("dns.ptr.domain_name", "Domain Name") });
  put(13, {
    cpu: new CharString(["dns.hinfo.cpu_length", "dns.hinfo.cpu"], ["CPU Length", "CPU"]),
    os: new CharString(["dns.hinfo.os_length", "dns.hinfo.os"], ["OS Length", "OS"]),
  });
  put(14, {
    mailbox: old("dns.minfo.r", "Responsible Mailbox"),
    errors: old("dns.minfo.e", "Error Mailbox"),
  });
  put(15, {
    preference: u16("dns.mx.preference", "Preference"),
    exchange: old("dns.mx.mail_exchange", "Mail Exchange"),
  });
  put(16, {
    texts: new Many(new CharString(["dns.txt.length", "dns.txt"], ["TXT Length", "TXT"]), true),
  });
  put(17, { mailbox: name("dns.rp.mailbox", "Mailbox"), texts: name("dns.rp.txt_rr", "TXT RR") });
  put(18, {
    subtype: u16("dns.afsdb.subtype", "Subtype"),
    hostname: name("dns.afsdb.hostname", "Hostname"),
  });
  put(19, {
    address: new CharString(["dns.x25.length", "dns.x25.psdn_address"], [
      "Length",
      "PSDN-Address",
    ]),
  });
  put(20, {
    address: new CharString(["dns.idsn.length", "dns.idsn.address"], ["Length", "ISDN Address"]),
    subaddress: new IfLeft(
      new CharString(["dns.idsn.sa.length", "dns.idsn.sa.address"], ["Length", "Sub Address"]),
    ),
  });
  put(21, {
    preference: u16("dns.rt.subtype", "Preference"),
    host: name("dns.rt.intermediate_host", "Intermediate Hostname"),
  });
  put(22, { data: new Rest("dns.nsap.rdata", "NSAP Data") });
  put(23, { target: name("dns.nsap_ptr.owner", "Owner") });
  put([24, 46], {
    typeCovered: u16("dns.rrsig.type_covered", "Type Covered", { values: names.RR_TYPE_NAMES }),
    algorithm: algorithm("dns.rrsig.algorithm"),
    labels: u8("dns.rrsig.labels", "Labels"),
    originalTtl: u32("dns.rrsig.original_ttl", "Original TTL"),
    expiration: time32("dns.rrsig.signature_expiration", "Signature Expiration"),
    inception: time32("dns.rrsig.signature_inception", "Signature Inception"),
    keyTag: u16("dns.rrsig.key_tag", "Key Tag"),
    signer: name("dns.rrsig.signers_name", "Signer's name"),
    signature: new Rest("dns.rrsig.signature", "Signature"),
  });
  put(25, {
    keyFlags: u16("dns.key.flags", "Flags", { hex: true }),
    _flags: keyFlags(),
    protocol: u8("dns.key.protocol", "Protocol"),
    algorithm: algorithm("dns.key.algorithm"),
    _tag: keyTag("dns.key.key_id", "Key ID", 3),
    publicKey: new Rest("dns.key.public_key", "Public Key"),
  });
  put(26, {
    preference: u16("dns.px.preference", "Preference"),
    map822: name("dns.px.map822", "MAP822"),
    mapX400: name("dns.px.map400", "MAPX400"),
  });
  put(27, {
    longitude: new CharString(["dns.gpos.longitude_length", "dns.gpos.longitude"], [
      "Longitude length",
      "Longitude",
    ]),
    latitude: new CharString(["dns.gpos.latitude_length", "dns.gpos.latitude"], [
      "Latitude length",
      "Latitude",
    ]),
    altitude: new CharString(["dns.gpos.altitude_length", "dns.gpos.altitude"], [
      "Altitude length",
      "Altitude",
    ]),
  });
  put(28, { address: ipv6Address("dns.aaaa", "AAAA Address") });
  put(29, {
    version: u8("dns.loc.version", "Version"),
    _place: choose(
      (items) => items.bytes[items.at - 1] === 0 ? 0 : 1,
      {
        0: inline({
          size: u8("dns.loc.size", "Size"),
          horizontalPrecision: u8("dns.loc.horizontal_precision", "Horizontal Precision"),
          verticalPrecision: u8("dns.loc.vertical_precision", "Vertical Precision"),
          latitude: u32("dns.loc.latitude", "Latitude"),
          longitude: u32("dns.loc.longitude", "Longitude"),
          altitude: u32("dns.loc.altitude", "Altitude"),
        }),
        // All of the data, the version included, as Wireshark shows it; what is behind the version is kept apart.
        1: new Piece({
          _all: ["dns.loc.unknown_data", "Unknown data", Kind.Bytes],
          data: ["", "Data", Kind.Bytes],
        }, (items, ids) => {
          const n = reading.dataEnd - reading.data;
          if (reading.dataEnd > items.end) return fail(items);
          items.add(ids._all, reading.data, n, 0);
          items.add(ids.data, items.at, n - 1, 0);
          items.at = reading.dataEnd;
        }, (writer, _value, object) => writer.put(asBytes(object.data))),
      },
      undefined,
      (object) => (object.version ?? 0) === 0 ? 0 : 1,
    ),
  });
  put(30, {
    next: name("dns.nxt.next_domain_name", "Next Domain Name"),
    types: plainBitmap(),
  });
  put(33, {
    priority: u16("dns.srv.priority", "Priority"),
    weight: u16("dns.srv.weight", "Weight"),
    port: u16("dns.srv.port", "Port"),
    // RFC 6762 section 18.14 compresses it, RFC 2782 does not.
    target: new NameField("dns.srv.target", "Target", multicast),
  });
  put(35, {
    order: u16("dns.naptr.order", "Order"),
    preference: u16("dns.naptr.preference", "Preference"),
    flags: new CharString(["dns.naptr.flags_length", "dns.naptr.flags"], [
      "Flags Length",
      "Flags",
    ]),
    service: new CharString(["dns.naptr.service_length", "dns.naptr.service"], [
      "Service Length",
      "Service",
    ]),
    regex: new CharString(["dns.naptr.regex_length", "dns.naptr.regex"], [
      "Regex Length",
      "Regex",
    ]),
    _length: new Piece(
      {
        _length: ["dns.naptr.replacement_length", "Replacement Length", Kind.Uint, {
          ...BYTE,
          generated: true,
        }],
      },
      (items, ids) => {
        const how = scanName(items.bytes, items.at, items.end, reading.message);
        if (how === BROKEN) return fail(items);
        items.add(ids._length, items.at, 0, textLength(how));
      },
    ),
    replacement: name("dns.naptr.replacement", "Replacement"),
  });
  put(36, {
    preference: u16("dns.kx.preference", "Preference"),
    exchanger: name("dns.kx.key_exchange", "Key Exchange"),
  });
  put(37, {
    certType: u16("dns.cert.type", "Type", { values: names.CERT_TYPES }),
    keyTag: u16("dns.cert.key_tag", "Key Tag", { hex: true }),
    algorithm: algorithm("dns.cert.algorithm"),
    certificate: new Rest("dns.cert.certificate", "Certificate (or CRL)"),
  });
  put(38, {
    prefixLength: u8("dns.a6.prefix_len", "Prefix len"),
    address: new Piece({
      address: ["dns.a6.address_suffix", "Address Suffix", Kind.Ipv6],
    }, (items, ids) => {
      const n = a6Bytes(items.bytes[items.at - 1]);
      if (n > items.left) return fail(items);
      if (n > 0) addAddress(items, ids.address, n, 16, true);
    }, (writer, _value, object) => {
      const n = a6Bytes(Number(object.prefixLength ?? 0));
      writer.put(addressHead(String(object.address ?? "::"), 16).subarray(16 - n));
    }),
    prefixName: new IfA6(name("dns.a6.prefix_name", "Prefix name")),
  });
  put(39, { target: name("dns.dname", "Dname") });
  put(42, { prefixes: addressPrefixes() });
  put([43, 59, 32769], {
    keyTag: u16("dns.ds.key_id", "Key id", { hex: true }),
    algorithm: algorithm("dns.ds.algorithm"),
    digestType: u8("dns.ds.digest_type", "Digest Type", { values: names.DS_DIGESTS }),
    digest: new Rest("dns.ds.digest", "Digest", Kind.Bytes, true),
  });
  put(44, {
    algorithm: u8("dns.sshfp.algorithm", "Algorithm", { values: names.SSHFP_ALGORITHMS }),
    fingerprintType: u8("dns.sshfp.fingerprint.type", "Fingerprint type", {
      values: names.SSHFP_FINGERPRINTS,
    }),
    fingerprint: new Rest("dns.sshfp.fingerprint", "Fingerprint"),
  });
  put(45, {
    precedence: u8("dns.ipseckey.gateway_precedence", "Gateway Precedence"),
    gatewayType: u8("dns.ipseckey.gateway_type", "Gateway Type", {
      values: names.IPSECKEY_GATEWAYS,
    }),
    algorithm: u8("dns.ipseckey.gateway_algorithm", "Gateway Algorithm", {
      values: names.IPSECKEY_ALGORITHMS,
    }),
    gateway: choose("gatewayType", {
      1: ipv4Address("dns.ipseckey.gateway_ipv4", "IPv4 Gateway"),
      2: ipv6Address("dns.ipseckey.gateway_ipv6", "IPv6 Gateway"),
      3: name("dns.ipseckey.gateway_dns", "DNS Gateway"),
    }),
    publicKey: new Rest("dns.ipseckey.public_key", "Public Key"),
  });
  put(47, {
    next: new NameField("dns.nsec.next_domain_name", "Next Domain Name", multicast),
    types: bitmap(),
  });
  put([48, 60], {
    keyFlags: u16("dns.dnskey.flags", "Flags", { hex: true }),
    zoneKey: flag(0x0100, "dns.dnskey.flags.zone_key", "Zone Key"),
    revoked: flag(0x0080, "dns.dnskey.flags.key_revoked", "Key Revoked"),
    secureEntryPoint: flag(0x0001, "dns.dnskey.flags.secure_entry_point", "Key Signing Key"),
    reserved: within(0xfe7e, "dns.dnskey.flags.reserved", "Key Signing Key", { hex: true }),
    protocol: u8("dns.dnskey.protocol", "Protocol", { initial: 3 }),
    algorithm: algorithm("dns.dnskey.algorithm"),
    _tag: keyTag("dns.dnskey.key_id", "Key id", 3),
    publicKey: new Rest("dns.dnskey.public_key", "Public Key", Kind.Bytes, true),
  });
  put(49, { data: new Rest("dns.dhcid.rdata", "DHCID Data") });
  const hash = (): Field<number> =>
    u8("dns.nsec3.algo", "Hash algorithm", { values: names.NSEC3_HASHES });
  const salt = (): Field<unknown> =>
    sizedBytes(
      "dns.nsec3.salt_length",
      "Salt length",
      "dns.nsec3.salt_value",
      "Salt value",
      1,
      "salt",
    );
  put(50, {
    algorithm: hash(),
    hashFlags: u8("dns.nsec3.flags", "NSEC3 flags"),
    optOut: flag(1, "dns.nsec3.flags.opt_out", "NSEC3 Opt-out flag"),
    iterations: u16("dns.nsec3.iterations", "NSEC3 iterations"),
    _salt: salt(),
    _hash: hashedOwner(),
    types: bitmap(),
  });
  put(51, {
    algorithm: hash(),
    hashFlags: u8("dns.nsec3.flags", "NSEC3 flags"),
    iterations: u16("dns.nsec3.iterations", "NSEC3 iterations"),
    _salt: salt(),
  });
  put(52, {
    usage: u8("dns.tlsa.certificate_usage", "Certificate Usage", { values: names.TLSA_USAGES }),
    selector: u8("dns.tlsa.selector", "Selector", { values: names.TLSA_SELECTORS }),
    matching: u8("dns.tlsa.matching_type", "Matching Type", { values: names.TLSA_MATCHINGS }),
    association: new Rest(
      "dns.tlsa.certificate_association_data",
      "Certificate Association Data",
      Kind.Bytes,
      true,
    ),
  });
  put(55, { _identity: hostIdentity(), servers: new Many(rendezvous()) });
  put(61, { publicKey: new Rest("dns.openpgpkey", "OpenPGP Key", Kind.Text) });
  put(62, {
    serial: u32("dns.csync.soa", "SOA"),
    syncFlags: u16("dns.csync.flags", "Flags", { hex: true }),
    immediate: flag(1, "dns.csync.flags.immediate", "immediate"),
    soaMinimum: flag(2, "dns.csync.flags.soaminimum", "soaminimum"),
    _map: new Piece(
      { _map: ["dns.csync.type_bitmap", "Type Bitmap", Kind.Bytes] },
      (items, ids) => {
        const n = reading.dataEnd - items.at;
        if (n > items.left) return fail(items);
        if (n >= 0) items.add(ids._map, items.at, n, 0);
      },
    ),
    types: bitmap(),
  });
  put(63, {
    serial: u32("dns.zonemd.serial", "Serial"),
    scheme: u8("dns.zonemd.scheme", "Scheme", { values: names.ZONEMD_SCHEMES }),
    hash: u8("dns.zonemd.hash_algo", "Hash Algorithm", { values: names.ZONEMD_HASHES }),
    digest: new Rest("dns.zonemd.digest", "Digest", Kind.Bytes, true),
  });
  put([64, 65], {
    priority: u16("dns.svcb.svcpriority", "SvcPriority"),
    target: name("dns.svcb.targetname", "TargetName"),
    params: new ServiceParams(),
  });
  put(99, {
    texts: new Many(new CharString(["dns.spf.length", "dns.spf"], ["SPF Length", "SPF"]), true),
  });
  put(104, {
    preference: u16("dns.ilnp.nid.preference", "Preference"),
    nodeId: fixedBytes(8, "dns.ilnp.nid", "NodeID"),
  });
  put(105, {
    preference: u16("dns.ilnp.l32.preference", "Preference"),
    locator: ipv4Address("dns.ilnp.l32", "Locator32"),
  });
  put(106, {
    preference: u16("dns.ilnp.l64.preference", "Preference"),
    locator: fixedBytes(8, "dns.ilnp.l64", "Locator64"),
  });
  put(107, {
    preference: u16("dns.ilnp.lp.preference", "Preference"),
    locator: name("dns.ilnp.lp", "Locator FQDN"),
  });
  put(108, { address: macAddress("dns.eui48", "EUI48 Address") });
  put(109, { address: new Eui64() });
  put(249, {
    algorithm: name("dns.tkey.algo_name", "Algorithm name"),
    inception: time32("dns.tkey.signature_inception", "Signature Inception"),
    expiration: time32("dns.tkey.signature_expiration", "Signature Expiration"),
    mode: u16("dns.tkey.mode", "Mode", { values: names.TKEY_MODES }),
    error: u16("dns.tkey.error", "Error", { values: names.DNS_RCODES }),
    _key: sizedBytes("dns.tkey.key_size", "Key Size", "dns.tkey.key_data", "Key Data", 2, "key"),
    _other: sizedBytes(
      "dns.tkey.other_size",
      "Other Size",
      "dns.tkey.other_data",
      "Other Data",
      2,
      "other",
    ),
  });
  put(250, {
    algorithm: name("dns.tsig.algorithm_name", "Algorithm Name"),
    timeSigned: signingTime(),
    fudge: u16("dns.tsig.fudge", "Fudge"),
    _mac: sizedBytes("dns.tsig.mac_size", "MAC Size", "dns.tsig.mac", "MAC", 2, "mac", true),
    originalId: u16("dns.tsig.original_id", "Original Id"),
    error: u16("dns.tsig.error", "Error", { values: names.DNS_RCODES }),
    _other: sizedBytes(
      "dns.tsig.other_len",
      "Other Len",
      "dns.tsig.other_data",
      "Other Data",
      2,
      "other",
    ),
  });
  put(257, { _caa: authorization() });
  const wins = (abbrev: string): Readonly<Record<string, Field<unknown>>> => ({
    flags: localFlag(`${abbrev}.local_flag`),
    lookupTimeout: u32(`${abbrev}.lookup_timeout`, "Lookup timeout"),
    cacheTimeout: u32(`${abbrev}.cache_timeout`, "Cache timeout"),
  });
  put(0xff01, {
    ...wins("dns.wins"),
    count: u32("dns.wins.nb_wins_servers", "Number of WINS servers"),
    servers: new WinsServers(),
  });
  put(0xff02, {
    ...wins("dns.winsr"),
    domain: name("dns.winsr.name_result_domain", "Name Result Domain"),
  });
  put(65422, {
    version: u8("dns.xpf.ip_version", "IP Version", { values: names.XPF_VERSIONS }),
    _forwarded: choose("version", {
      4: inline({
        protocol: u8("dns.xpf.protocol", "Protocol"),
        source: ipv4Address("dns.xpf.source_ipv4", "IPv4 Source"),
        destination: ipv4Address("dns.xpf.destination_ipv4", "IPv4 Destination"),
        sourcePort: u16("dns.xpf.sport", "Source port"),
        destinationPort: u16("dns.xpf.dport", "Destination port"),
      }),
      6: inline({
        protocol: u8("dns.xpf.protocol", "Protocol"),
        source: ipv6Address("dns.xpf.source_ipv6", "IPv6 Source"),
        destination: ipv6Address("dns.xpf.destination_ipv6", "IPv6 Destination"),
        sourcePort: u16("dns.xpf.sport", "Source port"),
        destinationPort: u16("dns.xpf.dport", "Destination port"),
      }),
    }),
  });
  return data;
}

/** Servers of a WINS record: as many as it says, but none beyond its data. */
class WinsServers extends Field<readonly string[]> {
  readonly #server: Field<string> = ipv4Address("dns.wins.wins_server", "WINS Server Address");
  constructor() {
    super(-1);
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#server.register(registry, key, true);
  }
  override emit(items: Items): void {
    let n = readCount(items, items.at - 4);
    const free = items.at > reading.dataEnd;
    for (; n > 0 && (free || items.at + 4 <= reading.dataEnd) && !items.short; n--) {
      this.#server.emit(items);
    }
  }
  override fill(object: Record<string, unknown>): void {
    object.count ??= (object.servers as readonly string[] | undefined)?.length ?? 0;
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    for (const v of (value ?? []) as readonly string[]) this.#server.write(writer, v, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#server.covers(wanted);
  }
}
function readCount(items: Items, o: number): number {
  const b = items.bytes;
  return ((b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3]) >>> 0;
}

/** The flags of a WINS record, of which one is in use. */
function localFlag(abbrev: string): Field<number> {
  return new Piece(
    {
      _local: [abbrev, "Local Flag", Kind.Bool, { bits: 1, span: 4, mask: 1 }],
      flags: ["", "Flags", Kind.Uint, { bits: 32, hex: true }],
    },
    (items, ids) => {
      const b = items.bytes;
      const o = items.at;
      if (items.left < 4) return fail(items);
      items.add(ids._local, o, 4, b[o + 3] & 1);
      items.add(
        ids.flags,
        o,
        4,
        (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3],
      );
      items.at += 4;
    },
    (writer, value) => writer.uint(Number(value ?? 0), 4),
  );
}

/** Length of the text of the name looked at last. */
function textLength(how: number): number {
  return how === PLAIN || how === FORWARD
    ? found.text === 0 ? ROOT.length : found.text
    : ODD_NAMES[how].length;
}

/** Bytes of the suffix of an A6 record (RFC 2874 section 3.1.1). */
function a6Bytes(prefix: number): number {
  return prefix > 128 ? 0 : (128 - prefix + 7) >> 3;
}

/** A part that is there if the record's data goes on. */
class IfLeft<T> extends Field<T> {
  protected readonly field: Field<T>;
  constructor(field: Field<T>) {
    super(-1);
    this.field = field;
  }
  override register(registry: Registry, key: string, list: boolean): void {
    this.key = key;
    this.field.register(registry, key, list);
  }
  override emit(items: Items): void {
    if (items.at + 1 < reading.dataEnd) this.field.emit(items);
  }
  override write(writer: Writer, value: unknown, object: Value): void {
    if (value !== undefined) this.field.write(writer, value, object);
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.field.covers(wanted);
  }
}

/** The name of a prefix, which an A6 record has if the prefix is not empty. */
class IfA6 extends IfLeft<string> {
  override emit(items: Items): void {
    if (items.bytes[reading.data] !== 0) this.field.emit(items);
  }
}

/** The bits of a KEY record's flags (RFC 2535 section 3.1.2). Without a key, the first two say all. */
function keyFlags(): Field<unknown> {
  const part = (mask: number, abbrev: string, title: string): Spec => [
    `dns.key.flags.${abbrev}`,
    title,
    Kind.Bool,
    { bits: 1, span: 2, mask },
  ];
  const specs = {
    _authentication: part(0x8000, "authentication", "Key allowed for authentication"),
    _confidentiality: part(0x4000, "confidentiality", "Key allowed for confidentiality"),
    _required: part(0x2000, "required", "Key required"),
    _user: part(0x0400, "associated_user", "Key is associated with a user"),
    _entity: part(
      0x0200,
      "associated_named_entity",
      "Key is associated with the named entity",
    ),
    _ipsec: part(0x0080, "ipsec", "Key use with IPSEC"),
    _mime: part(0x0040, "mime", "Key use with MIME security multiparts"),
    _signatory: ["dns.key.flags.signatory", "Signatory", Kind.Uint, {
      bits: 4,
      span: 2,
      mask: 0xf,
    }] as Spec,
  };
  return new Piece(specs, (items, ids) => {
    const at = items.at - 2;
    const v = (items.bytes[at] << 8) | items.bytes[at + 1];
    items.depth++;
    items.add(ids._authentication, at, 2, v & 0x8000 ? 1 : 0);
    items.add(ids._confidentiality, at, 2, v & 0x4000 ? 1 : 0);
    if ((v & 0xc000) !== 0xc000) {
      items.add(ids._required, at, 2, v & 0x2000 ? 1 : 0);
      items.add(ids._user, at, 2, v & 0x0400 ? 1 : 0);
      items.add(ids._entity, at, 2, v & 0x0200 ? 1 : 0);
      items.add(ids._ipsec, at, 2, v & 0x0080 ? 1 : 0);
      items.add(ids._mime, at, 2, v & 0x0040 ? 1 : 0);
      items.add(ids._signatory, at, 2, v & 0xf);
    }
    items.depth--;
  });
}

/** 48 bits of seconds since 1970 (RFC 8945 section 4.2). */
function signingTime(): Field<bigint> {
  return new Piece(
    {
      _time: ["dns.tsig.time_signed", "Time Signed", Kind.Epoch],
      timeSigned: ["", "Time Signed", Kind.Uint64],
    },
    (items, ids) => {
      const b = items.bytes;
      const o = items.at;
      if (items.left < 6) return fail(items);
      const high = (b[o] << 8) | b[o + 1];
      const low = ((b[o + 2] << 24) | (b[o + 3] << 16) | (b[o + 4] << 8) | b[o + 5]) >>> 0;
      items.addTime(ids._time, high * 4294967296 + low, 0);
      items.add(ids.timeSigned, o, 6, 0);
      items.at += 6;
    },
    (writer, value) => writer.uint(Number(value ?? 0), 6),
  );
}

/** A property of a CAA record (RFC 8659 section 4). */
function authorization(): Field<unknown> {
  const text = (abbrev: string, title: string): Spec => [abbrev, title, Kind.Text];
  return new Piece(
    {
      flags: ["dns.caa.flags", "CAA Flags", Kind.Uint, { ...BYTE, hex: true }],
      _critical: ["dns.caa.flags.issuer_critical", "Issuer Critical", Kind.Bool, {
        bits: 1,
        mask: 0x80,
      }],
      _issue: text("dns.caa.issue", "Issue"),
      _issueWild: text("dns.caa.issuewild", "Issue Wildcard"),
      _iodef: text("dns.caa.iodef", "Report URL"),
      _unknown: text("dns.caa.unknown", "Unknown tag"),
      _length: ["dns.caa.tag_length", "Tag length", Kind.Uint, BYTE],
      tag: text("dns.caa.tag", "Tag"),
      value: text("dns.caa.value", "Value"),
    },
    (items, ids) => {
      const b = items.bytes;
      if (items.left < 1) return fail(items);
      const flags = b[items.at];
      items.add(ids.flags, items.at, 1, flags);
      items.depth++;
      items.add(ids._critical, items.at++, 1, flags >> 7);
      items.depth--;
      if (items.left < 1) return fail(items);
      const at = items.at;
      const n = b[at];
      const value = at + 1 + n;
      const length = reading.dataEnd - value;
      if (value > items.end || length < 0 || reading.dataEnd > items.end) return fail(items);
      const id = tagIs(b, at + 1, n, TAGS[0])
        ? ids._issue
        : tagIs(b, at + 1, n, TAGS[1])
        ? ids._issueWild
        : tagIs(b, at + 1, n, TAGS[2])
        ? ids._iodef
        : ids._unknown;
      items.add(id, value, length, 0);
      items.depth++;
      items.add(ids._length, at, 1, n);
      items.add(ids.tag, at + 1, n, 0);
      items.add(ids.value, value, length, 0);
      items.depth--;
      items.at = reading.dataEnd;
    },
    (writer, _value, object) => {
      const tag = asBytes(object.tag);
      writer.uint(Number(object.flags ?? 0), 1);
      writer.uint(tag.length, 1);
      writer.put(tag);
      writer.put(asBytes(object.value));
    },
  );
}

const TAGS = ["issue", "issuewild", "iodef"].map((t) => ENCODER.encode(t));
function tagIs(b: Uint8Array, at: number, n: number, tag: Uint8Array): boolean {
  if (n !== tag.length) return false;
  for (let i = 0; i < n; i++) if (b[at + i] !== tag[i]) return false;
  return true;
}

/** Host identity of a HIP record (RFC 8005 section 5). */
function hostIdentity(): Field<unknown> {
  return new Piece(
    {
      _hitLength: ["dns.hip.hit.length", "HIT length", Kind.Uint, BYTE],
      algorithm: ["dns.hip.hit.pk.algo", "HIT length", Kind.Uint, {
        ...BYTE,
        values: names.HIP_ALGORITHMS,
      }],
      _keyLength: ["dns.hip.pk.length", "PK length", Kind.Uint, WORD],
      hit: ["dns.hip.hit", "Host Identity Tag", Kind.Bytes],
      publicKey: ["dns.hip.pk", "HIP Public Key", Kind.Bytes],
    },
    (items, ids) => {
      const b = items.bytes;
      const o = items.at;
      if (items.left < 1) return fail(items);
      items.add(ids._hitLength, o, 1, b[o]);
      if (items.left < 2) return fail(items);
      items.add(ids.algorithm, o + 1, 1, b[o + 1]);
      if (items.left < 4) return fail(items);
      const hit = b[o];
      const key = (b[o + 2] << 8) | b[o + 3];
      items.add(ids._keyLength, o + 2, 2, key);
      items.at += 4;
      if (hit > items.left) return fail(items);
      items.add(ids.hit, items.at, hit, 0);
      items.at += hit;
      if (key > items.left) return fail(items);
      items.add(ids.publicKey, items.at, key, 0);
      items.at += key;
    },
    (writer, _value, object) => {
      const hit = asBytes(object.hit);
      const key = asBytes(object.publicKey);
      writer.uint(hit.length, 1);
      writer.uint(Number(object.algorithm ?? 0), 1);
      writer.uint(key.length, 2);
      writer.put(hit);
      writer.put(key);
    },
  );
}
function rendezvous(): NameField {
  return name("dns.hip.rendezvous_server", "Rendezvous Server");
}

/** Elements, each under a heading, in a list of the object. */
abstract class Elements<T> extends Field<readonly T[]> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #specs: Readonly<Record<string, Spec>>;
  protected readonly ids: Record<string, number> = {};
  constructor(abbrev: string, title: string, specs: Readonly<Record<string, Spec>>) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = title;
    this.#specs = specs;
  }
  override register(registry: Registry, key: string): void {
    this.number(registry, info(this.#abbrev, this.#name, Kind.None, key, { list: true }));
    for (const [k, [abbrev, title, kind, look]] of Object.entries(this.#specs)) {
      // A key may carry a number behind a `#`, for fields that differ in name but mean the same.
      this.ids[k] = registry.add(info(abbrev, title, kind, k.split("#")[0], look));
    }
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev) || Object.values(this.#specs).some(([a]) => wanted(a));
  }
  override emit(items: Items): void {
    for (let i = 0; i < LIST_MAX && !items.short && this.more(items); i++) {
      const row = items.open(this.id);
      this.element(items);
      items.close(row);
    }
  }
  override write(writer: Writer, value: unknown): void {
    for (const v of (value ?? []) as readonly Value[]) this.put(writer, v);
  }
  /** Whether another follows. */
  protected more(items: Items): boolean {
    return items.at < reading.dataEnd;
  }
  /** Reads one. */
  protected abstract element(items: Items): void;
  /** Writes one. */
  protected abstract put(writer: Writer, value: Value): void;
}

/** Prefixes of an APL record (RFC 3123 section 4). */
class Prefixes extends Elements<unknown> {
  constructor() {
    super("", "Address prefix", {
      family: ["dns.apl.address_family", "Address Family", Kind.Uint, {
        ...WORD,
        values: names.DNS_FAMILIES,
      }],
      prefix: ["dns.apl.coded_prefix", "Prefix Length", Kind.Uint, BYTE],
      negated: ["dns.apl.negation", "Negation Flag", Kind.Bool, { bits: 1, mask: 0x80 }],
      length: ["dns.apl.afdlength", "Address Length", Kind.Uint, { bits: 7, mask: 0x7f }],
      address: ["dns.apl.afdpart.ipv4", "Address", Kind.Ipv4],
      "address#6": ["dns.apl.afdpart.ipv6", "Address", Kind.Ipv6],
      data: ["dns.apl.afdpart.data", "Address", Kind.Bytes],
    });
  }
  protected override more(items: Items): boolean {
    return items.at + 1 < reading.dataEnd;
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const family = (b[o] << 8) | b[o + 1];
    items.add(ids.family, o, 2, family);
    if (items.left < 3) return fail(items);
    items.add(ids.prefix, o + 2, 1, b[o + 2]);
    if (items.left < 4) return fail(items);
    const n = b[o + 3] & 0x7f;
    items.add(ids.negated, o + 3, 1, b[o + 3] >> 7);
    items.add(ids.length, o + 3, 1, n);
    items.at += 4;
    if (n > items.left) return fail(items);
    if (family === 1 && n <= 4) addAddress(items, ids.address, n, 4);
    else if (family === 2 && n <= 16) addAddress(items, ids["address#6"], n, 16);
    else if (family === 1 || family === 2) return fail(items);
    else {
      items.add(ids.data, items.at, n, 0);
      items.at += n;
    }
  }
  protected override put(writer: Writer, v: Value): void {
    let b = v.address === undefined ? asBytes(v.data) : addressHead(String(v.address), 16);
    if (v.length !== undefined) b = b.subarray(0, Number(v.length));
    else if (v.address !== undefined) {
      // Zero bytes at the end are not sent (RFC 3123 section 4).
      let n = b.length;
      while (n > 0 && b[n - 1] === 0) n--;
      b = b.subarray(0, n);
    }
    writer.uint(Number(v.family ?? (String(v.address).includes(":") ? 2 : 1)), 2);
    writer.uint(Number(v.prefix ?? 0), 1);
    writer.uint((v.negated ? 0x80 : 0) | b.length, 1);
    writer.put(b);
  }
}
function addressPrefixes(): Field<unknown> {
  return new Prefixes();
}

/** Parameters of a service binding (RFC 9460 section 2.2). */
class ServiceParams extends Elements<unknown> {
  constructor() {
    super("dns.svcb.svcparam", "SvcParam", {
      key: ["dns.svcb.svcparam.key", "SvcParamKey", Kind.Uint, {
        ...WORD,
        values: names.SVCB_KEYS,
      }],
      length: ["dns.svcb.svcparam.value.length", "SvcParamValue length", Kind.Uint, WORD],
      mandatory: ["dns.svcb.svcparam.mandatory.key", "Mandatory key", Kind.Uint, {
        ...WORD,
        values: names.SVCB_KEYS,
        list: true,
      }],
      _alpnLength: ["dns.svcb.svcparam.alpn.length", "ALPN length", Kind.Uint, BYTE],
      alpn: ["dns.svcb.svcparam.alpn", "ALPN", Kind.Text, { list: true }],
      port: ["dns.svcb.svcparam.port", "Port", Kind.Uint, WORD],
      ipv4: ["dns.svcb.svcparam.ipv4hint.ip", "IP", Kind.Ipv4, { list: true }],
      echConfig: ["dns.svcb.svcparam.echconfig", "ECHConfig", Kind.Bytes],
      ipv6: ["dns.svcb.svcparam.ipv6hint.ip", "IP", Kind.Ipv6, { list: true }],
      odohConfig: ["dns.svcb.svcparam.odohconfig", "ODoHConfig", Kind.Bytes],
      data: ["dns.svcb.svcparam.value", "SvcParamValue", Kind.Bytes],
    });
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const key = (b[o] << 8) | b[o + 1];
    items.add(ids.key, o, 2, key);
    if (items.left < 4) return fail(items);
    const n = (b[o + 2] << 8) | b[o + 3];
    const end = o + 4 + n;
    items.add(ids.length, o + 2, 2, n);
    items.at = o + 4;
    switch (key) {
      case 0:
        for (; items.at < end; items.at += 2) {
          if (items.left < 2) return fail(items);
          items.add(ids.mandatory, items.at, 2, items.peek16(0));
        }
        return;
      case 1:
        while (items.at < end) {
          if (items.left < 1) return fail(items);
          const k = b[items.at];
          items.add(ids._alpnLength, items.at++, 1, k);
          if (k > items.left) return fail(items);
          items.add(ids.alpn, items.at, k, 0);
          items.at += k;
        }
        return;
      case 2:
        // It has no value (RFC 9460 section 7.1.1).
        return;
      case 3:
        if (items.left < 2) return fail(items);
        items.add(ids.port, items.at, 2, items.peek16(0));
        items.at += 2;
        return;
      case 4:
      case 6: {
        const size = key === 4 ? 4 : 16;
        for (; items.at < end; items.at += size) {
          if (items.left < size) return fail(items);
          items.add(key === 4 ? ids.ipv4 : ids.ipv6, items.at, size, 0);
        }
        return;
      }
    }
    if (n > items.left) return fail(items);
    if (n > 0 || key === 5) {
      items.add(
        key === 5 ? ids.echConfig : key === 32769 ? ids.odohConfig : ids.data,
        items.at,
        n,
        0,
      );
    }
    items.at = end;
  }
  protected override put(writer: Writer, v: Value): void {
    writer.uint(Number(v.key ?? 0), 2);
    const lengthAt = writer.reserve(2);
    const start = writer.at;
    for (const k of (v.mandatory ?? []) as readonly number[]) writer.uint(k, 2);
    for (const text of (v.alpn ?? []) as readonly string[]) {
      const b = asBytes(text);
      writer.uint(b.length, 1);
      writer.put(b);
    }
    if (v.port !== undefined) writer.uint(Number(v.port), 2);
    for (const a of (v.ipv4 ?? []) as readonly string[]) writer.put(addressHead(a, 4));
    for (const a of (v.ipv6 ?? []) as readonly string[]) writer.put(addressHead(a, 16));
    writer.put(asBytes(v.echConfig));
    writer.put(asBytes(v.odohConfig));
    writer.put(asBytes(v.data));
    store16(writer, lengthAt, v.length === undefined ? writer.at - start : Number(v.length));
  }
}

function store16(writer: Writer, at: number, value: number): void {
  writer.bytes[at] = value >> 8;
  writer.bytes[at + 1] = value;
}

/** Options of an OPT record (RFC 6891 section 6.1.2). */
class EdnsOptions extends Elements<DnsOption> {
  constructor() {
    const algorithms = (abbrev: string, title: string, values: ValueNames): Spec => [
      abbrev,
      title,
      Kind.Uint,
      { ...BYTE, values, list: true },
    ];
    super("dns.opt", "Option", {
      code: ["dns.opt.code", "Option Code", Kind.Uint, { ...WORD, values: names.EDNS_OPTIONS }],
      length: ["dns.opt.len", "Option Length", Kind.Uint, WORD],
      data: ["dns.opt.data", "Option Data", Kind.Bytes],
      algorithms: algorithms("dns.opt.dau", "DAU", names.DNSSEC_ALGORITHMS),
      "algorithms#6": algorithms("dns.opt.dhu", "DHU", names.DS_DIGESTS),
      "algorithms#7": algorithms("dns.opt.n3u", "N3U", names.NSEC3_HASHES),
      family: ["dns.opt.client.family", "Family", Kind.Uint, {
        ...WORD,
        values: names.DNS_FAMILIES,
      }],
      sourcePrefix: ["dns.opt.client.netmask", "Source Netmask", Kind.Uint, BYTE],
      scopePrefix: ["dns.opt.client.scope", "Scope Netmask", Kind.Uint, BYTE],
      "address": ["dns.opt.client.addr4", "Client Subnet", Kind.Ipv4],
      "address#6": ["dns.opt.client.addr6", "Client Subnet", Kind.Ipv6],
      _address: ["dns.opt.client.addr", "Client Subnet", Kind.Bytes],
      clientCookie: ["dns.opt.cookie.client", "Client Cookie", Kind.Bytes],
      serverCookie: ["dns.opt.cookie.server", "Server Cookie", Kind.Bytes],
      timeout: ["dns.opt.edns_tcp_keepalive.timeout", "Timeout", Kind.Uint, WORD],
      _padding: ["dns.opt.padding", "Padding", Kind.Bytes],
      _trustPoint: ["dns.opt.chain.fqdn", "Closest Trust Point", Kind.Text],
      infoCode: ["dns.opt.ext_error.info_code", "Info Code", Kind.Uint, {
        ...WORD,
        values: names.EXTENDED_ERRORS,
      }],
      extraText: ["dns.opt.ext_error.extra_text", "Extra Text", Kind.Text],
    });
  }
  protected override element(items: Items): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const code = (b[o] << 8) | b[o + 1];
    items.add(ids.code, o, 2, code);
    if (items.left < 4) return fail(items);
    const n = (b[o + 2] << 8) | b[o + 3];
    const at = o + 4;
    const end = at + n;
    items.add(ids.length, o + 2, 2, n);
    items.at = at;
    if (n > items.left) return fail(items);
    items.add(ids.data, at, n, 0);
    switch (code) {
      case 5:
      case 6:
      case 7: {
        const id = code === 5
          ? ids.algorithms
          : code === 6
          ? ids["algorithms#6"]
          : ids["algorithms#7"];
        for (let p = at; p < end; p++) items.add(id, p, 1, b[p]);
        break;
      }
      case 8:
      case 20730:
        this.#subnet(items, n);
        break;
      case 10:
        if (n < 8) return fail(items);
        items.add(ids.clientCookie, at, 8, 0);
        items.add(ids.serverCookie, at + 8, n - 8, 0);
        break;
      case 11:
        if (n === 2) items.add(ids.timeout, at, 2, items.peek16(0));
        break;
      case 12:
        items.add(ids._padding, at, n, 0);
        break;
      case 13:
        items.add(ids._trustPoint, at, n, 0);
        break;
      case 15:
        if (n < 2) break;
        items.add(ids.infoCode, at, 2, items.peek16(0));
        if (n > 2) items.add(ids.extraText, at + 2, n - 2, 0);
        break;
    }
    if (!items.short) items.at = end;
  }
  /** Client subnet (RFC 7871 section 6). */
  #subnet(items: Items, n: number): void {
    const b = items.bytes;
    const ids = this.ids;
    const o = items.at;
    if (items.left < 2) return fail(items);
    const family = (b[o] << 8) | b[o + 1];
    items.add(ids.family, o, 2, family);
    if (items.left < 3) return fail(items);
    items.add(ids.sourcePrefix, o + 2, 1, b[o + 2]);
    if (items.left < 4) return fail(items);
    items.add(ids.scopePrefix, o + 3, 1, b[o + 3]);
    items.at += 4;
    const rest = n - 4;
    if (rest < 0) return fail(items);
    if (family === 1) addAddress(items, ids.address, rest < 4 ? rest : 4, 4);
    else if (family === 2) addAddress(items, ids["address#6"], rest < 16 ? rest : 16, 16);
    else items.add(ids._address, items.at, rest, 0);
  }
  protected override put(writer: Writer, v: Value): void {
    writer.uint(Number(v.code ?? 0), 2);
    const lengthAt = writer.reserve(2);
    const start = writer.at;
    if (v.data !== undefined) writer.put(asBytes(v.data));
    else {
      for (const a of (v.algorithms ?? []) as readonly number[]) writer.uint(a, 1);
      if (v.address !== undefined || v.family !== undefined) {
        const text = String(v.address ?? "");
        const six = text.includes(":");
        const prefix = Number(v.sourcePrefix ?? (six ? 56 : 24));
        writer.uint(Number(v.family ?? (six ? 2 : 1)), 2);
        writer.uint(prefix, 1);
        writer.uint(Number(v.scopePrefix ?? 0), 1);
        if (text !== "") writer.put(addressHead(text, (prefix + 7) >> 3));
      }
      writer.put(asBytes(v.clientCookie));
      writer.put(asBytes(v.serverCookie));
      if (v.timeout !== undefined) writer.uint(Number(v.timeout), 2);
      if (v.infoCode !== undefined) writer.uint(Number(v.infoCode), 2);
      writer.put(asBytes(v.extraText));
    }
    store16(writer, lengthAt, v.length === undefined ? writer.at - start : Number(v.length));
  }
}

// ---------------------------------------------------------------------------------------------------------- message

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
  readonly data: ReadonlyMap<number, Field<unknown>>;
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
    this.data = makeData(multicast);
    for (const [type, part] of this.data) if (type < 256) this.table[type] = part;
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
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

/** Whether a datagram of a port that says nothing looks like a query or a response. */
function looksLikeDns(b: Uint8Array, o: number, limit: number): boolean {
  // Flags: no operation but queries. Counts: one question (a response may have none), few records.
  if (limit - o <= 12 || (b[o + 2] & 0x78) !== 0) return false;
  if (b[o + 4] !== 0 || b[o + 6] !== 0 || b[o + 8] !== 0 || b[o + 10] !== 0) return false;
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
  return questions === 0 || scanName(b, o + 12, limit, o) !== BROKEN;
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
    ...(variant === "dns" ? { guess: { tables: ["udp.port"], test: looksLikeDns } } : {}),
    // Over TCP a length stands in front (RFC 1035 section 4.2.2); a negative one is computed.
    on: (below) => below.name === "tcp" ? { length: -1 } : undefined,
    walk,
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
