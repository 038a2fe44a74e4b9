/**
 * What a protocol reports of a usual header, as a list of numbers: the kernel (see `output/kernel`) makes item rows from
 * that without calling anything. Of a header that is not as its recipe says, the protocol's own parts report.
 *
 * @module
 */

/** Numbers that begin each step of a recipe. What follows them is said at the methods of {@link Recipe}. */
export const RecipeStep = {
  End: 0,
  Run: 1,
  Need: 2,
  Test: 3,
  Whole: 4,
  HeaderChecksum: 5,
  TransportChecksum: 6,
  Size: 7,
  BitText: 8,
  Rest: 9,
  Options: 10,
  Payload: 11,
  Trailer: 12,
  Bytes: 13,
  Length: 14,
  Network: 15,
  Byte: 16,
  Unless: 17,
  AtEnd: 18,
  Choose: 19,
  Goto: 20,
  Differ: 21,
  MessageChecksum: 22,
  Stamp: 23,
  Name: 24,
  Texts: 25,
  DnsHeader: 26,
  DnsQuestions: 27,
  DnsParts: 28,
  DnsRecords: 29,
  DnsEnd: 30,
  Http: 31,
  Zeros: 32,
  Padded: 33,
  DhcpOptions: 34,
  DhcpUsual: 35,
} as const;

/** How the value of a field in a run is found. */
export const RecipeRead = {
  /** There is none: the bytes say it. */
  None: 0,
  /** Big-endian, and some bits of that. */
  Big: 1,
  /** Little-endian, and some bits of that. */
  Little: 2,
  /** Some bits of the value before. */
  Within: 3,
  /** An entry of a table of 256 numbers, by the byte before. */
  Table: 4,
  /** The two bytes before, the last first. */
  Swapped: 5,
} as const;

/** A field in a run. */
export interface RunField {
  /** Its number within the protocol; -1 if it is read but not reported. */
  readonly id: number;
  /** One of {@link RecipeRead}. */
  readonly read: number;
  /** First byte, from where the run begins. */
  readonly at: number;
  /** Bytes. */
  readonly length: number;
  /** Bits of the value that count, after the shift. For `RecipeRead.Within`, before it. */
  readonly mask: number;
  /** Bits that the value is shifted right by. */
  readonly shift: number;
  /** The value is multiplied by this, */
  readonly scale: number;
  /** and this is added. */
  readonly plus: number;
  /** Levels below the level of the run. */
  readonly depth: number;
  /** Number of the field it is instead if its value is less than `below`; -1 if there is none. */
  readonly lowId: number;
  /** See {@link RunField.lowId}. */
  readonly below: number;
  /** With `RecipeRead.Table`: the numbers. */
  readonly table?: readonly number[];
}

/** A field in a run of which only what is not usual is said. */
export function runField(
  field: Partial<RunField> & Pick<RunField, "id" | "read" | "at" | "length">,
): RunField {
  return { mask: -1, shift: 0, scale: 1, plus: 0, depth: 0, lowId: -1, below: 0, ...field };
}

/** Bytes of a field in a run at most, and how far from where the run begins: as wide as the kernel's columns are. */
const RUN_FIELD_BYTES = 0xff, RUN_BYTES = 0x7fff;

/** Whether a recipe has room for what a field in a run is. */
export function isRunnable({ at, length }: RunField): boolean {
  return length <= RUN_FIELD_BYTES && at <= RUN_BYTES;
}

/** An option of a kind and a length of one byte each that is as its protocol's recipe expects it. */
export interface OptionRecipe {
  /** Number of its heading. */
  readonly heading: number;
  /** Bytes of it all. */
  readonly length: number;
  /** What its second byte says; -1 if it is no length. */
  readonly told: number;
  /** What stands in it, from its first byte. */
  readonly fields: readonly RunField[];
}

/** Numbers of the fields that a step names. */
export type Ids<T> = Readonly<Record<keyof T, number>>;

/** Fields of {@link Recipe.dnsHeader}, in the order in which the kernel has them, and how deep each stands. */
export const DNS_HEADER_FIELDS = {
  id: 0,
  flags: 0,
  response: 1,
  opcode: 1,
  authoritative: 1,
  truncated: 1,
  recursionDesired: 1,
  recursionAvailable: 1,
  z: 1,
  authenticData: 1,
  checkingDisabled: 1,
  rcode: 1,
  questionCount: 0,
  answerCount: 0,
  authorityCount: 0,
  additionalCount: 0,
} as const;
/** The same of {@link Recipe.dnsQuestions}. */
export const DNS_QUESTION_FIELDS = {
  heading: 0,
  name: 1,
  length: 1,
  labels: 1,
  type: 1,
  class: 1,
  unicast: 1,
} as const;
/** The same of {@link Recipe.dnsParts}. */
export const DNS_RECORD_FIELDS = {
  name: 1,
  type: 1,
  class: 1,
  flush: 1,
  ttl: 1,
  size: 1,
  high: 1,
  version: 1,
  z: 1,
  do: 2,
  reserved: 2,
  length: 1,
} as const;
/** The same of {@link Recipe.dhcpOptions}. */
export const DHCP_OPTION_FIELDS = {
  heading: 0,
  type: 1,
  kind: 1,
  length: 1,
  bytes: 1,
  padding: 1,
  end: 1,
  hwType: 1,
  mac: 1,
} as const;
/** The same of {@link Recipe.http}. */
export const HTTP_FIELDS = {
  chat: 0,
  method: 0,
  uri: 0,
  path: 0,
  query: 0,
  parameter: 0,
  requestVersion: 0,
  responseVersion: 0,
  code: 0,
  description: 0,
  phrase: 0,
  startLine: 0,
  header: 0,
  name: 1,
  value: 1,
  line: 1,
  requestLine: 1,
  responseLine: 1,
  contentLength: 1,
  cookiePair: 1,
  fullUri: 0,
  request: 0,
  response: 0,
  fileData: 0,
  body: 0,
  rest: 0,
} as const;

/** What can tell what it reports of a usual packet; see `Field.recipe`. */
export interface Reported {
  /** Adds that to a recipe; false (and whatever was added is of no use) if it cannot tell. */
  recipe(recipe: Recipe): boolean;
}

/**
 * Collects the steps of a recipe. Fields are told by their numbers within the protocol. What a step reads at a place in the
 * header is there: {@link Recipe.need} is said where nothing said so much before.
 */
export class Recipe {
  /** Whether what lies behind the layer is never its own. */
  bounded: boolean = false;
  /** Whether {@link whole} was said. */
  isWhole: boolean = false;
  /** The numbers so far. */
  readonly words: number[] = [];
  /** Places in {@link words} that hold a place in {@link words}. */
  readonly links: number[] = [];
  /** Tables that stand behind the last step, and where their place goes. */
  readonly #tables: [place: number, table: readonly number[]][] = [];
  readonly #base: number;
  /** Bytes that a header which comes to the next step has at least. */
  #there = 0;
  /** Where the tables of lists of options stand. */
  readonly #lists = new Map<object, number>();
  /** Levels that all fields stand below the header. */
  #depth = 0;

  /** For a protocol whose first field has the number `base` in its catalogue. */
  constructor(base: number) {
    this.#base = base;
  }

  /** A field's number as it stands in item rows, `depth` levels below the header. */
  #head(id: number, depth = 0): number {
    return id < 0 ? -1 : (this.#base + id) | ((this.#depth + depth) << 16);
  }

  #entry(f: RunField, depth: number): void {
    // A number of fewer than four bytes is read as if it were the first of four.
    const up = f.read === RecipeRead.Big ? 32 - 8 * f.length : 0;
    if (f.table) this.#tables.push([this.words.length + 2, f.table]);
    this.words.push(
      this.#head(f.id, depth + f.depth),
      f.read | (f.length << 8) | ((f.at & 0xffff) << 16),
      f.mask,
      f.shift + up,
      f.scale,
      f.plus,
      this.#head(f.lowId, depth + f.depth),
      f.lowId < 0 ? 0 : f.below,
    );
  }

  /** Fields one after another from the cursor, which then goes on by `size` bytes. */
  run(fields: readonly RunField[], size: number): void {
    this.words.push(RecipeStep.Run, size, fields.length);
    for (const f of fields) this.#entry(f, 0);
    this.#there += size;
  }
  /** Ends the recipe. */
  end(): void {
    this.words.push(RecipeStep.End);
    for (const [place, table] of this.#tables) {
      this.#link(place);
      this.words.push(...table);
    }
  }
  /** The option at hand is of `length` bytes in all. Answers whether there can be an option here. */
  told(_length: number): boolean {
    return false;
  }
  /** The header has at least `bytes` bytes. */
  need(bytes: number): void {
    if (bytes <= this.#there) return;
    this.words.push(RecipeStep.Need, bytes);
    this.#there = bytes;
  }
  /** The 16 bits at `at` of the header, those of `mask`, are from `min` to `max`. */
  test(at: number, mask: number, min: number, max = min): void {
    this.need(at + 2);
    this.words.push(RecipeStep.Test, at, mask, min, max);
  }
  /** The 32 bits at `at` of the header, those of `mask`, are not `value`. */
  unless(at: number, mask: number, value: number): void {
    this.need(at + 4);
    this.words.push(RecipeStep.Unless, at, mask, value);
  }
  /** All of the header is there: as many words of four bytes as the bits `mask` of the byte at `at`, shifted right, say. */
  whole(at: number, mask: number, shift: number): void {
    this.need(at + 1);
    this.isWhole = true;
    this.words.push(RecipeStep.Whole, at, mask, shift);
  }
  /** Whether the header's 16-bit words add up (RFC 1071). */
  headerChecksum(id: number): void {
    this.words.push(RecipeStep.HeaderChecksum, this.#head(id));
  }
  /**
   * Status of the checksum over header, payload and pseudo-header, stored at `stored`. `noneIfZero`: zero says that there
   * is none. The length is at `lengthAt`; -1: all that the layer has.
   */
  transportChecksum(
    id: number,
    protocol: number,
    stored: number,
    noneIfZero: boolean,
    lengthAt: number,
  ): void {
    this.need(Math.max(stored, lengthAt) + 2);
    this.words.push(
      RecipeStep.TransportChecksum,
      this.#head(id),
      protocol,
      stored,
      noneIfZero ? 1 : 0,
      lengthAt,
    );
  }
  /** Bytes behind the header, of a layer that is whole. */
  size(id: number): void {
    this.words.push(RecipeStep.Size, this.#head(id));
  }
  /** Text made of bits at `at`: for each, the highest first, what stands for one and for zero (four bytes at most). */
  bitText(id: number, at: number, bits: readonly (readonly [on: string, off: string])[]): void {
    this.need(at + 2);
    this.words.push(RecipeStep.BitText, this.#head(id), at, bits.length);
    for (const pair of bits) {
      for (const text of pair) {
        const b = ENCODER.encode(text);
        let word = 0;
        b.forEach((v, i) => word |= v << (8 * i));
        this.words.push(word, b.length);
      }
    }
  }
  /** The bytes up to the header's end, if there are any; the cursor stays. */
  rest(id: number): void {
    this.words.push(RecipeStep.Rest, this.#head(id));
  }
  /**
   * Options up to the header's end, by kind, as `list` has them: a list that stands in several places is told once. Of more
   * bytes than a list may have elements nothing is told.
   */
  options(list: object, cases: ReadonlyMap<number, OptionRecipe>): void {
    const from = this.words.length, known = this.#lists.get(list);
    this.words.push(RecipeStep.Options, 0, 0);
    this.links.push(from + 2);
    const table = this.words[from + 2] = known ?? from + 3;
    this.#lists.set(list, table);
    if (known !== undefined) return this.#link(from + 1);
    this.words.push(...new Array<number>(256).fill(0));
    for (const [kind, o] of cases) {
      this.#link(table + kind);
      this.words.push(
        this.#head(o.heading),
        o.length,
        o.told,
        o.fields.length,
      );
      for (const f of o.fields) this.#entry(f, 1);
    }
    this.#link(from + 1);
  }
  /** Lets the word at `place` say where the next one will stand. */
  #link(place: number): void {
    this.links.push(place);
    this.words[place] = this.words.length;
  }
  /** Nothing of the header is left. */
  atEnd(): void {
    this.words.push(RecipeStep.AtEnd);
  }
  /** What follows the header, as bytes. */
  payload(id: number, options: {
    /** Up to the end of the layer below. */
    readonly outer?: boolean;
    /** Not if the 16 bits there have this value. */
    readonly unless?: { readonly at: number; readonly value: number };
    /** As another field, if the byte there has one of these bits. */
    readonly other?: { readonly at: number; readonly mask: number; readonly id: number };
  } = {}): void {
    const { outer, unless, other } = options;
    this.need(Math.max((unless?.at ?? -2) + 2, (other?.at ?? -1) + 1));
    this.words.push(
      RecipeStep.Payload,
      this.#head(id),
      outer ? 1 : 0,
      unless?.at ?? -1,
      unless?.value ?? 0,
      other?.at ?? -1,
      other?.mask ?? 0,
      this.#head(other?.id ?? -1),
    );
  }
  /** Behind what the next layer has, zeros that fill the frame up to `least` bytes, then a trailer. */
  trailer(padding: number, trailer: number, least: number): void {
    this.words.push(RecipeStep.Trailer, this.#head(padding), this.#head(trailer), least);
  }
  /** The bytes up to the header's end, which are passed over. */
  bytes(id: number): void {
    this.words.push(RecipeStep.Bytes, this.#head(id));
  }
  /** Bytes of the layer that were captured. */
  length(id: number): void {
    this.words.push(RecipeStep.Length, this.#head(id));
  }
  /** The layer is one of addresses, which stand at `src` and `dst` and have `length` bytes; it is no fragment. */
  network(src: number, dst: number, length: number): void {
    this.need(Math.max(src, dst) + length);
    this.bounded = true;
    this.words.push(RecipeStep.Network, src, dst, length);
  }
  /** The byte at `at` of the header shifted right, as a field that takes no room. */
  byte(id: number, at: number, shift: number): void {
    this.need(at + 1);
    this.words.push(RecipeStep.Byte, this.#head(id), at, shift);
  }
  /** The `length` bytes at `a` of the header are others than those at `b`. */
  differ(a: number, b: number, length: number): void {
    this.need(Math.max(a, b) + length);
    this.words.push(RecipeStep.Differ, a, b, length);
  }
  /** What the byte at `at` of the header says: one of `parts`, the others being unusual. */
  choose(at: number, parts: Readonly<Record<number, Reported>>): void {
    this.need(at + 1);
    this.words.push(RecipeStep.Choose, at);
    const table = this.#table(parts, () => this.words.push(RecipeStep.Goto, 0) - 1);
    for (const place of table) this.#link(place);
  }
  /**
   * A table of 256 places: of the recipe of each part, or 0 if it has none. Each is ended by `end`; answers what that
   * answered.
   */
  #table(parts: Readonly<Record<number, Reported>>, end: () => number): number[] {
    const { words, links } = this, from = words.length, there = this.#there;
    const made = new Map<Reported, number>(), ends: number[] = [];
    words.push(...new Array<number>(256).fill(0));
    for (const [key, part] of Object.entries(parts)) {
      let place = made.get(part);
      if (place === undefined) {
        const linked = links.length, tables = this.#tables.length;
        place = words.length;
        if (part.recipe(this)) ends.push(end());
        else {
          words.length = place;
          links.length = linked;
          this.#tables.length = tables;
          for (const [list, at] of this.#lists) if (at > place) this.#lists.delete(list);
          place = -1;
        }
        this.#there = there;
        made.set(part, place);
      }
      if (place < 0) continue;
      links.push(from + Number(key));
      words[from + Number(key)] = place;
    }
    return ends;
  }
  /** Numbers of fields, in the order and at the depths that a step has them. */
  #fields<T extends Readonly<Record<string, number>>>(depths: T, ids: Ids<T>): void {
    for (const key of Object.keys(depths)) this.words.push(this.#head(ids[key], depths[key]));
  }
  /** Whether the 16-bit words of the message add up (RFC 1071): all that the layer below has. It is no fragment. */
  messageChecksum(id: number): void {
    this.words.push(RecipeStep.MessageChecksum, this.#head(id));
  }
  /**
   * If the header goes on, eight bytes: seconds and microseconds near the time of the capture, big-endian or
   * little-endian; what they say, and how long ago that was.
   */
  stamp(raw: number, time: number, relative: number): void {
    this.words.push(RecipeStep.Stamp, this.#head(raw), this.#head(time), this.#head(relative));
  }
  /** Of a DNS record: a name that its labels show. */
  name(id: number): void {
    this.words.push(RecipeStep.Name, this.#head(id));
  }
  /** Of a DNS record: texts in ASCII of a byte of length each, up to the end. `one`: there is one, and more may follow. */
  texts(length: number, text: number, one: boolean): void {
    this.words.push(RecipeStep.Texts, this.#head(length), this.#head(text), one ? 1 : 0);
  }
  /** The first twelve bytes of a DNS message that stands in a datagram: a query, or what answers it. */
  dnsHeader(ids: Ids<typeof DNS_HEADER_FIELDS>): void {
    this.need(12);
    this.words.push(RecipeStep.DnsHeader);
    this.#fields(DNS_HEADER_FIELDS, ids);
  }
  /** As many questions as the header says. `unicast`: the class' highest bit; -1 if that is none of its own. */
  dnsQuestions(ids: Ids<typeof DNS_QUESTION_FIELDS>): void {
    this.words.push(RecipeStep.DnsQuestions);
    this.#fields(DNS_QUESTION_FIELDS, ids);
  }
  /** What the records behind it have, and their data by type. `flush`: the class' highest bit; -1 if that is none of its own. */
  dnsParts(ids: Ids<typeof DNS_RECORD_FIELDS>, data: Readonly<Record<number, Reported>>): void {
    const { words } = this;
    words.push(RecipeStep.DnsParts);
    this.#fields(DNS_RECORD_FIELDS, ids);
    const next = words.push(0) - 1;
    // Within a record all stands one deeper.
    this.#depth++;
    this.#table(data, () => words.push(RecipeStep.End));
    this.#depth--;
    this.#link(next);
  }
  /** As many records as the header says of `section`. */
  dnsRecords(section: number, heading: number): void {
    this.words.push(RecipeStep.DnsRecords, section, this.#head(heading));
  }
  /** Nothing is left of the message, here or on the wire. */
  dnsEnd(): void {
    this.words.push(RecipeStep.DnsEnd);
  }
  /** The `length` bytes at `at` of the header are zero. */
  zeros(at: number, length: number): void {
    this.need(at + length);
    this.words.push(RecipeStep.Zeros, at, length);
  }
  /** Text in ASCII that zeros fill up to `length` bytes. */
  padded(id: number, length: number): void {
    this.words.push(RecipeStep.Padded, this.#head(id), length);
    this.#there += length;
  }
  /** Options of DHCP say what message the header is, and none that they stand in the places of names. */
  dhcpUsual(): void {
    this.words.push(RecipeStep.DhcpUsual);
  }
  /**
   * Options of DHCP. `shapes`: by code, the number of the field and what it holds, a
   * number of the kernel's `SHAPE_...`; what is not among them is unusual. `letters`: bits of the letters (their low five
   * bits) with which vendor class identifiers begin that say more.
   */
  dhcpOptions(
    ids: Ids<typeof DHCP_OPTION_FIELDS>,
    letters: number,
    shapes: Iterable<readonly [code: number, id: number, shape: number]>,
  ): void {
    const { words } = this;
    words.push(RecipeStep.DhcpOptions);
    this.#fields(DHCP_OPTION_FIELDS, ids);
    const next = words.push(0, letters) - 2;
    const table = words.length;
    for (let code = 0; code < 256; code++) words.push(0, -1);
    for (const [code, id, shape] of shapes) {
      words[table + 2 * code] = this.#head(id, 1);
      words[table + 2 * code + 1] = shape;
    }
    this.#link(next);
  }
  /** The header is one HTTP message, or nothing. */
  http(
    ids: Ids<typeof HTTP_FIELDS>,
    methods: readonly Uint8Array[],
    statuses: readonly (readonly [code: number, text: string])[],
    names: readonly (readonly [name: Uint8Array, id: number, role: HttpRole])[],
  ): void {
    const { words } = this;
    words.push(RecipeStep.Http);
    this.#fields(HTTP_FIELDS, ids);
    const next = words.push(0, methods.length, statuses.length, names.length) - 4;
    for (const method of methods) words.push(method.length, ...inWords(method, WORD_BYTES));
    for (const [code, text] of statuses) {
      const bytes = ENCODER.encode(text);
      words.push(code, bytes.length, ...inWords(bytes, TEXT_BYTES));
    }
    for (const [name, id, role] of names) {
      words.push(this.#head(id, 1), role, name.length, ...inWords(name, WORD_BYTES));
    }
    this.#link(next);
  }
}

/** What a header field of HTTP means for the rest of the message. */
export const HttpRole = {
  /** Nothing. */
  None: 0,
  /** It is the length of the content. */
  Length: 1,
  /** It names codings of the content. */
  Coding: 2,
  /** It names the host. */
  Host: 3,
  /** It holds pairs. */
  Cookie: 4,
  /** What it says, the kernel does not read. */
  Unusual: 5,
  /** As that, if it is one of the schemes "Basic" and "CitrixAGBasic". */
  Credentials: 6,
} as const;
/** One of {@link HttpRole}. */
export type HttpRole = typeof HttpRole[keyof typeof HttpRole];

/** Bytes that a method or a name of {@link Recipe.http} takes, and the text of a status. */
export const WORD_BYTES = 28, TEXT_BYTES = 48;

/** Bytes as words of four, the first byte lowest, `most` of them. */
function inWords(bytes: Uint8Array, most: number): number[] {
  if (bytes.length > most) throw new RangeError(`${bytes.length} bytes do not fit ${most}`);
  const words = new Array<number>(most / 4).fill(0);
  bytes.forEach((v, i) => words[i >> 2] |= v << (8 * (i & 3)));
  return words;
}

const ENCODER = new TextEncoder();

/** Collects what stands in an option: only fields in runs can. */
export class OptionParts extends Recipe {
  /** Bytes of it all, kind and length included; -1 as long as that was not said. */
  allBytes: number = -1;
  /** The fields, from the first byte. */
  readonly fields: RunField[] = [];
  /** Bytes that they take. */
  neededBytes: number = 0;
  /** Collects them. */
  override run(fields: readonly RunField[], size: number): void {
    for (const f of fields) this.fields.push({ ...f, at: f.at + this.neededBytes });
    this.neededBytes += size;
  }
  /** Bytes up to its end, of which there are none. */
  override bytes(id: number): void {
    if (this.allBytes !== this.neededBytes) super.bytes(id);
  }
  /** Keeps it. */
  override told(length: number): boolean {
    this.allBytes = length;
    return true;
  }
  /** The option, if all that was told of it is such: `heading`, and what the byte of its length says. */
  option(heading: number, told: number): OptionRecipe | undefined {
    const { words, allBytes, neededBytes, fields } = this;
    if (words.length > 0 || allBytes < neededBytes) return undefined;
    return { heading, length: allBytes, told, fields };
  }
}
