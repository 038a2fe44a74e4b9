/**
 * Checks what our fields are called, and what they are, against Wireshark: every abbreviation must exist there, with a
 * compatible type and the same bits; names shown to people and names of values may differ only where the budget says.
 *
 * ```sh
 * deno task names              # with tshark if the right version is there, else with the snapshot
 * deno task names --all        # says every difference, those within the budget too
 * deno task names --snapshot   # with the snapshot, whatever is there
 * deno task names --update     # makes the snapshot anew from tshark
 * deno task names --budget     # sets the budget to the present state
 * deno task names --missing    # lists the fields that are not declared of the protocols said to be complete, and why
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import type { Catalogue } from "../core/catalogue.ts";
import { Kind } from "../core/items.ts";
import type { Protocol } from "../core/protocol.ts";
import { createKit } from "../kit.ts";
import { COMPLETE, undeclared } from "./undeclared.ts";

/** One field of Wireshark's. An abbreviation may be registered several times, with several types. */
export interface WiresharkField {
  /** Name shown to people. */
  readonly name: string;
  /** `FT_UINT16` …; `FT_PROTOCOL` for a protocol. */
  readonly type: string;
  /** Bits of the field it selects; 0 for all. */
  readonly mask: bigint;
  /** Abbreviation of the protocol it belongs to. */
  readonly parent: string;
}

/** What Wireshark says of the fields of some protocols. */
export interface Wireshark {
  /** Version it was asked of. */
  readonly version: string;
  /** Its protocols. */
  readonly protocols: ReadonlySet<string>;
  /** Its fields, by abbreviation. */
  readonly fields: ReadonlyMap<string, readonly WiresharkField[]>;
  /** Names of values, by abbreviation and number; with several fields of one abbreviation, several names. */
  readonly values: ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>;
  /** Names of ranges of values, by abbreviation. */
  readonly ranges: ReadonlyMap<
    string,
    readonly { readonly from: number; readonly to: number; readonly name: string }[]
  >;
}

/** Wireshark's types that hold what a kind of ours holds. */
const TYPES: Readonly<Record<Kind, RegExp>> = {
  [Kind.None]: /^FT_(NONE|PROTOCOL)$/,
  [Kind.Uint]: /^FT_(UINT(8|16|24|32)|CHAR|FRAMENUM)$/,
  [Kind.Int]: /^FT_INT(8|16|24|32)$/,
  [Kind.Bool]: /^FT_BOOLEAN$/,
  [Kind.Uint64]: /^FT_UINT(8|16|24|32|40|48|56|64)$/,
  [Kind.Ether]: /^FT_(ETHER|EUI64)$/,
  [Kind.Ipv4]: /^FT_IPv4$/,
  [Kind.Ipv6]: /^FT_IPv6$/,
  [Kind.Bytes]: /^FT_(BYTES|UINT_BYTES|AX25)$/,
  [Kind.Text]: /^FT_(STRING|STRINGZ|UINT_STRING|STRINGZPAD|STRINGZTRUNC|GUID|DOUBLE)$/,
  [Kind.Name]: /^FT_STRINGZ?$/,
  [Kind.Time]: /^FT_ABSOLUTE_TIME$/,
  [Kind.Int64]: /^FT_INT(40|48|56|64)$/,
  [Kind.Uint64Le]: /^FT_UINT(40|48|56|64)$/,
  [Kind.Seconds]: /^FT_(RELATIVE_TIME|UINT32)$/,
  [Kind.Epoch]: /^FT_(RELATIVE|ABSOLUTE)_TIME$/,
};

const KIND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(Kind).map(([name, n]) => [n, name]),
);

/** Abbreviations whose types or bits differ on purpose, each with its reason. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  sll2: "Wireshark calls both cooked versions sll; protocols have names of their own here",
  "_ws": "ours alone: what gathers Wireshark's _ws.malformed and _ws.short",
  "_ws.malformed": "a protocol in Wireshark; with us the text it shows",
  "_ws.short": "a protocol in Wireshark; with us the text it shows",
  "data.len": "signed in Wireshark, though a length is never negative",
};

/** What differs from Wireshark in one place. */
export interface Difference {
  /** What differs. `abbrev` and `type` are errors; the others go on the budget. */
  readonly what: "abbrev" | "type" | "mask" | "name" | "value";
  /** Our protocol. */
  readonly protocol: string;
  /** The field. */
  readonly abbrev: string;
  /** What we say. */
  readonly ours: string;
  /** What Wireshark says. */
  readonly theirs: string;
}

/** Differences allowed, by protocol: what is not here has none. */
export type Budget = Readonly<
  Record<string, { readonly names?: number; readonly values?: number; readonly masks?: number }>
>;

/** What a comparison found. */
export interface Comparison {
  /** Every difference. */
  readonly differences: readonly Difference[];
  /** Fields compared. */
  readonly fields: number;
  /** Names of values compared. */
  readonly values: number;
  /** Fields with names of values where Wireshark lists none to compare with. */
  readonly unlisted: number;
}

const popcount = (mask: bigint): number => mask.toString(2).replaceAll("0", "").length;
const trailingZeros = (mask: bigint): number => {
  let n = 0;
  for (let m = mask; m > 0n && (m & 1n) === 0n; m >>= 1n) n++;
  return n;
};

/** Whether a field is less than whole bytes. One of whole bytes may be a number that a function cut out. */
function isPart(bits: number, mask: number): boolean {
  return mask !== 0 || bits % 8 !== 0;
}

/** Where the lowest bit of the field with this number stands within its byte, if its place is fixed; else -1. */
function lowBit(p: Protocol, index: number): number {
  const f = p.fields[index];
  const place = p.struct.place(f.key);
  if (!place || place.scalar.id !== index) return -1;
  const holder = place.scalar.holder ?? place.scalar;
  const last = place.bit + holder.bits - 1 - trailingZeros(BigInt(f.mask >>> 0));
  return 7 - (last & 7);
}

/** Compares every field of the kit's protocols with Wireshark's. */
export function compare(catalogue: Catalogue, wireshark: Wireshark): Comparison {
  const differences: Difference[] = [];
  let fields = 0;
  let values = 0;
  let unlisted = 0;
  for (const p of catalogue.protocols) {
    const say = (what: Difference["what"], abbrev: string, ours: string, theirs: string): void => {
      differences.push({ what, protocol: p.name, abbrev, ours, theirs });
    };
    if (!wireshark.protocols.has(p.name) && !(p.name in EXCEPTIONS)) {
      say("abbrev", p.name, "a protocol", "no such protocol");
    }
    // The same field may be declared in several places of one protocol: said once.
    const seen = new Set<string>();
    p.fields.forEach((f, index) => {
      if (f.abbrev === "") return;
      if (f.also !== undefined && !wireshark.fields.has(f.also)) {
        say("abbrev", f.also, `also ${f.abbrev}`, "no such field");
      }
      const id = [f.abbrev, f.name, f.kind, f.bits, f.mask, Object.keys(f.values ?? {}).length]
        .join("\t");
      if (seen.has(id)) return;
      seen.add(id);
      fields++;
      const theirs = wireshark.fields.get(f.abbrev);
      if (!theirs) return say("abbrev", f.abbrev, f.name, "no such field");
      if (!(f.abbrev in EXCEPTIONS)) {
        const types = theirs.filter((t) => TYPES[f.kind].test(t.type));
        if (types.length === 0) {
          const their = [...new Set(theirs.map((t) => t.type))].join(" or ");
          say("type", f.abbrev, KIND_NAMES.get(f.kind)!, their);
        } else if (
          isPart(f.bits, f.mask) && f.kind !== Kind.Bytes && types.every((t) => t.mask > 0n)
        ) {
          const low = lowBit(p, index);
          const same = types.some((t) =>
            popcount(t.mask) === f.bits && (low < 0 || trailingZeros(t.mask) % 8 === low)
          );
          if (!same) {
            const mask = f.mask ? `mask 0x${f.mask.toString(16)}` : `${f.bits} bits`;
            const their = types.map((t) => `mask 0x${t.mask.toString(16)}`).join(" or ");
            say("mask", f.abbrev, mask, their);
          }
        }
      }
      // Wireshark adds to headings what they hold: "IPv6 Option (PadN)" is a heading called "IPv6 Option".
      const called = (name: string): boolean =>
        f.name === name || (f.kind === Kind.None && f.name.startsWith(`${name} `));
      if (!theirs.some((t) => called(t.name))) {
        say("name", f.abbrev, f.name, [...new Set(theirs.map((t) => t.name))].join(" or "));
      }
      if (!f.values) return;
      const listed = wireshark.values.get(f.abbrev);
      const ranges = wireshark.ranges.get(f.abbrev);
      if (!listed && !ranges) {
        unlisted++;
        return;
      }
      for (const [key, name] of Object.entries(f.values)) {
        const n = Number(key);
        const names = listed?.get(n) ??
          (ranges ?? []).filter((r) => n >= r.from && n <= r.to).map((r) => r.name);
        values++;
        if (!names.includes(name)) {
          say("value", f.abbrev, `${key} ${name}`, names.join(" or ") || "no name");
        }
      }
    });
  }
  return { differences, fields, values, unlisted };
}

/** What is on the budget, and how it is called there. */
const BUDGETED = { name: "names", value: "values", mask: "masks" } as const;

/** Differences of names, values and bits, counted by protocol. */
export function count(comparison: Comparison): Budget {
  const counts: Record<string, { names?: number; values?: number; masks?: number }> = {};
  for (const d of comparison.differences) {
    if (d.what === "abbrev" || d.what === "type") continue;
    const c = counts[d.protocol] ??= {};
    const what = BUDGETED[d.what];
    c[what] = (c[what] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1));
}

/** What fails: every error, and every protocol beyond its budget. */
export function failures(comparison: Comparison, budget: Budget): string[] {
  const failed = comparison.differences
    .filter((d) => d.what === "abbrev" || d.what === "type")
    .map(line);
  for (const [protocol, now] of Object.entries(count(comparison))) {
    for (const what of Object.values(BUDGETED)) {
      const have = now[what] ?? 0;
      const allowed = budget[protocol]?.[what] ?? 0;
      if (have > allowed) {
        failed.push(`${protocol}: ${have} ${what} differ from Wireshark's, ${allowed} may`);
        failed.push(
          ...comparison.differences
            .filter((d) => d.protocol === protocol && d.what + "s" === what)
            .map((d) => `    ${line(d)}`),
        );
      }
    }
  }
  return failed;
}

/** A difference in words. */
export function line(d: Difference): string {
  return `${d.protocol}\t${d.abbrev}\t${d.what}\tours: ${d.ours}\tWireshark: ${d.theirs}`;
}

/** Reads the lines of `tshark -G protocols`, `fields` and `values`, as the snapshot holds them. */
export function parse(text: string): Wireshark {
  const protocols = new Set<string>();
  const fields = new Map<string, WiresharkField[]>();
  const values = new Map<string, Map<number, string[]>>();
  const ranges = new Map<string, { from: number; to: number; name: string }[]>();
  let version = "";
  for (const l of text.split("\n")) {
    const c = l.split("\t");
    const value = (n: number, name: string): void => {
      const map = values.get(c[1]) ?? new Map<number, string[]>();
      values.set(c[1], map);
      const names = map.get(n) ?? [];
      map.set(n, names);
      if (!names.includes(name)) names.push(name);
    };
    switch (c[0]) {
      case "#":
        version = c[1];
        break;
      case "P":
        protocols.add(c[2]);
        fields.set(c[2], [{ name: c[1], type: "FT_PROTOCOL", mask: 0n, parent: c[2] }]);
        break;
      case "F": {
        const known = fields.get(c[2]) ?? [];
        fields.set(c[2], known);
        known.push({ name: c[1], type: c[3], mask: BigInt(c[6] || "0"), parent: c[4] });
        break;
      }
      case "V":
        value(Number(c[2]), c[3]);
        break;
      case "T":
        value(1, c[2]);
        value(0, c[3]);
        break;
      case "R": {
        const known = ranges.get(c[1]) ?? [];
        ranges.set(c[1], known);
        known.push({ from: Number(c[2]), to: Number(c[3]), name: c[4] });
        break;
      }
    }
  }
  return { version, protocols, fields, values, ranges };
}

/** Where the snapshot is. */
export const SNAPSHOT = new URL("./wireshark_fields.tsv.gz", import.meta.url);
/** Where the budget is. */
export const BUDGET = new URL("./names_budget.json", import.meta.url);

async function tshark(...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("tshark", { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (e) {
    if (e instanceof Deno.errors.NotFound) return undefined;
    throw e;
  }
}

/** The version of the tshark installed, for example `4.0.17`; `undefined` if there is none. */
export async function tsharkVersion(): Promise<string | undefined> {
  return (await tshark("--version"))?.match(/\d+\.\d+\.\d+/)?.[0];
}

/** Asks tshark for all that concerns the protocols of `catalogue`: the snapshot's text. */
export async function ask(catalogue: Catalogue): Promise<string> {
  const abbrevs = new Set(catalogue.abbrevs);
  const named = new Set(catalogue.fields.filter((f) => f.values).map((f) => f.abbrev));
  const protocols = new Set([...catalogue.protocols.map((p) => p.name), ...COMPLETE]);
  const [version, fields, values] = await Promise.all([
    tsharkVersion(),
    tshark("-G", "fields"),
    tshark("-G", "values"),
  ]);
  if (version === undefined || fields === undefined || values === undefined) {
    throw new Error("Cannot ask tshark: is it installed?");
  }
  const lines: string[] = [`#\t${version}`];
  for (const l of fields.split("\n")) {
    const c = l.split("\t", 7);
    if (
      c[0] === "P"
        ? protocols.has(c[2]) || abbrevs.has(c[2])
        : abbrevs.has(c[2]) || protocols.has(c[4])
    ) {
      lines.push(c.join("\t"));
    }
  }
  for (const l of values.split("\n")) {
    const tab = l.indexOf("\t", 2);
    if (tab > 0 && l[1] === "\t" && named.has(l.slice(2, tab))) lines.push(l);
  }
  return lines.join("\n") + "\n";
}

/** The snapshot's text. */
export async function readSnapshot(): Promise<string> {
  const file = await Deno.readFile(SNAPSHOT);
  return await new Response(
    new Blob([file]).stream().pipeThrough(new DecompressionStream("gzip")),
  ).text();
}

/** What Wireshark says, for {@linkcode compare}: tshark itself, if it is of the snapshot's version; else the snapshot. */
export async function load(catalogue: Catalogue, snapshotOnly = false): Promise<Wireshark> {
  const snapshot = parse(await readSnapshot());
  // Another version has other names, so that it would find differences that are none.
  if (snapshotOnly || await tsharkVersion() !== snapshot.version) return snapshot;
  return parse(await ask(catalogue));
}

/** The committed budget. */
export async function readBudget(): Promise<Budget> {
  return JSON.parse(await Deno.readTextFile(BUDGET)) as Budget;
}

if (import.meta.main) {
  const { catalogue } = createKit();
  await catalogue.loadAll();
  const flags = new Set(Deno.args);
  if (flags.has("--update")) {
    const text = await ask(catalogue);
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(SNAPSHOT, packed);
    console.error(`${SNAPSHOT.pathname}: ${text.split("\n").length} lines`);
  }
  const wireshark = await load(catalogue, flags.has("--snapshot"));
  const comparison = compare(catalogue, wireshark);
  if (flags.has("--budget")) {
    await Deno.writeTextFile(BUDGET, JSON.stringify(count(comparison), null, 2) + "\n");
  }
  if (flags.has("--missing")) {
    for (const { abbrev, type, protocol, reason } of undeclared(catalogue, wireshark)) {
      console.log(
        [protocol, abbrev, type, reason?.sort ?? "TO WRITE", reason?.why ?? ""].join("\t"),
      );
    }
  }
  if (flags.has("--all")) { for (const d of comparison.differences) console.log(line(d)); }
  const failed = failures(comparison, await readBudget());
  for (const f of failed) console.error(f);
  const of = (what: Difference["what"]): number =>
    comparison.differences.filter((d) => d.what === what).length;
  console.error(
    `${comparison.fields} fields and ${comparison.values} names of values against ` +
      `Wireshark ${wireshark.version}: ` +
      `${of("abbrev")} unknown, ${of("type")} of another type, ${of("mask")} of other bits, ` +
      `${of("name")} called otherwise, ${of("value")} values called otherwise ` +
      `(${comparison.unlisted} fields whose values Wireshark does not list)`,
  );
  if (failed.length > 0) Deno.exit(1);
}
