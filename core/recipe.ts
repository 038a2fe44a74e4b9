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
  /** Number of the field that says its kind. */
  readonly kind: number;
  /** Number of the field that says its length; -1 if it has none, being a single byte. */
  readonly lengthField: number;
  /** Bytes of it all. */
  readonly length: number;
  /** What stands in it, from its third byte. */
  readonly fields: readonly RunField[];
}

/**
 * Collects the steps of a recipe. Fields are told by their numbers within the protocol. What a step reads at a place in the
 * header is there: {@link Recipe.need} is said where nothing said so much before.
 */
export class Recipe {
  /** Whether it is that of a layer of addresses. */
  addressed: boolean = false;
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

  /** For a protocol whose first field has the number `base` in its catalogue. */
  constructor(base: number) {
    this.#base = base;
  }

  /** A field's number as it stands in item rows, `depth` levels below the header. */
  #head(id: number, depth = 0): number {
    return id < 0 ? -1 : (this.#base + id) | (depth << 16);
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
  /** Options up to the header's end, by kind. Of more bytes than a list may have elements nothing is told. */
  options(cases: ReadonlyMap<number, OptionRecipe>): void {
    const from = this.words.length;
    this.words.push(RecipeStep.Options, 0, ...new Array<number>(256).fill(0));
    for (const [kind, o] of cases) {
      this.#link(from + 2 + kind);
      this.words.push(
        this.#head(o.heading),
        this.#head(o.kind, 1),
        this.#head(o.lengthField, 1),
        o.length,
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
  /** Behind what the next layer has, the frame ends; or zeros fill it up to `least` bytes. */
  trailer(padding: number, least: number): void {
    this.words.push(RecipeStep.Trailer, this.#head(padding), least);
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
    this.addressed = true;
    this.words.push(RecipeStep.Network, src, dst, length);
  }
  /** The byte at `at` of the header shifted right, as a field that takes no room. */
  byte(id: number, at: number, shift: number): void {
    this.need(at + 1);
    this.words.push(RecipeStep.Byte, this.#head(id), at, shift);
  }
}

const ENCODER = new TextEncoder();

/** Collects what stands in an option: only fields in runs can. */
export class OptionParts extends Recipe {
  /** Bytes of it all, kind and length included; -1 as long as that was not said. */
  allBytes: number = -1;
  /** The fields, from behind the length. */
  readonly fields: RunField[] = [];
  #at = 0;
  /** Bytes that kind, length and fields take. */
  get neededBytes(): number {
    return 2 + this.#at;
  }
  /** Collects them. */
  override run(fields: readonly RunField[], size: number): void {
    for (const f of fields) this.fields.push({ ...f, at: f.at + this.#at });
    this.#at += size;
  }
  /** Keeps it. */
  override told(length: number): boolean {
    this.allBytes = length;
    return true;
  }
}
