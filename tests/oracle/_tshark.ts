/**
 * tshark as the examiner: its values for every field that we have, and the comparison with ours.
 *
 * @module
 */
import { createKit } from "../../kit.ts";
import { Kind } from "../../core/items.ts";
import { openCapture } from "../../capture/open.ts";
import { tshark } from "../../engines/tshark.ts";
import { inline } from "../../workers/inline.ts";

/** Values by field, for each packet in order. */
export type Values = Record<string, string[]>[];

/** Each frame on its own: as the engine is told when it is compared. */
export const PREFERENCES: readonly string[] = Object.entries(
  tshark.alone!.preferences as Record<string, string>,
)
  .map(([name, value]) => `${name}:${value}`);

const kit = createKit();
await kit.catalogue.loadAll();

/** Fields whose value tshark computes from other packets or in other units, and pseudo-fields of the file. */
const NOT_COMPARED = new Set([
  "frame.protocols", // tshark inserts the pseudo-protocol "ethertype", and protocols we do not dissect
  "frame.interface_id",
  "tcp.seq", // relative numbers need the conversation; seq_raw is compared
  "tcp.ack",
  "_ws.malformed",
  "_ws.short",
]);

let known: Map<string, { readonly type: string; readonly parent: string }> | undefined;

/** The fields that this tshark knows, by abbreviation: their types and protocols. */
export function knownFields(): ReadonlyMap<
  string,
  { readonly type: string; readonly parent: string }
> {
  if (known) return known;
  const { stdout } = new Deno.Command("tshark", { args: ["-G", "fields"], stderr: "null" })
    .outputSync();
  known = new Map();
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    const c = line.split("\t", 5);
    if (c[0] === "F") known.set(c[2], { type: c[3], parent: c[4] });
  }
  return known;
}

/** The fields compared: those of the protocols that ship which this tshark knows. */
export function comparedFields(): string[] {
  const known = knownFields();
  const own = new Set(
    kit.catalogue.fields.filter((f) => f.kind !== Kind.None).map((f) => f.abbrev),
  );
  return [...own].filter((f) => known.has(f) && !NOT_COMPARED.has(f));
}

/** What tshark says. */
export function theirs(path: string, fields: readonly string[]): Values {
  const { stdout } = new Deno.Command("tshark", {
    args: [
      "-n",
      "-r",
      path,
      "-T",
      "json",
      ...PREFERENCES.flatMap((p) => ["-o", p]),
      ...fields.flatMap((f) => ["-e", f]),
    ],
    env: { TZ: "UTC", LC_ALL: "C.UTF-8", WIRESHARK_CONFIG_DIR: "/nonexistent" },
    stderr: "null",
  }).outputSync();
  const parsed = JSON.parse(new TextDecoder().decode(stdout)) as {
    _source: { layers: Record<string, string[]> };
  }[];
  return parsed.map((p) => p._source.layers ?? {});
}

/** What we say, through the same path as a user's NDJSON. */
export async function ours(path: string, fields: readonly string[]): Promise<Values> {
  await using capture = await openCapture(path);
  const job = {
    engine: { name: "default" },
    format: { name: "ndjson", options: { fields } },
  };
  let text = "";
  await using crew = await inline(job, kit);
  for await (const { output } of crew.run(capture)) text += new TextDecoder().decode(output);
  return text.trimEnd().split("\n").filter((l) => l !== "").map((line) => {
    const { fields } = JSON.parse(line) as { fields: Record<string, unknown[]> };
    return Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v.map(String)]));
  });
}

const KINDS = new Map(kit.catalogue.fields.map((f) => [f.abbrev, f.kind]));

/** One notation for the values of both sides. */
function normal(field: string, value: string): string {
  if (value === "<none>" || value === "<MISSING>") return "";
  switch (KINDS.get(field)) {
    case Kind.Uint:
    case Kind.Uint64:
    case Kind.Uint64Le:
    case Kind.Int:
    case Kind.Int64:
      return /^(0x[0-9a-f]+|-?\d+)$/i.test(value) ? BigInt(value).toString() : value;
    case Kind.Bool:
      return value === "true" || value === "1" || value === "True" ? "1" : "0";
    case Kind.Bytes:
    case Kind.Ether:
      return value.replace(/[:\-. ]/g, "").toLowerCase();
    case Kind.Epoch:
    case Kind.Time:
    case Kind.Seconds: {
      if (/^-?\d+(\.\d+)?$/.test(value)) return value.replace(/\.?0+$/, "").replace(/^$/, "0");
      // Times of day come as text.
      const seconds = Date.parse(value.replace(/\.\d*/, "").replace(/ {2}/, " ")) / 1000;
      const fraction = /\.\d*[1-9]/.exec(value)?.[0] ?? "";
      return Number.isNaN(seconds) ? value : seconds + fraction;
    }
    case Kind.Text:
    case Kind.Name:
      return value.replace(/[\r\n]+$/, "").replace(/\\r|\\n/g, "");
    default:
      return value;
  }
}

/** A difference, in words. */
export type Difference = string;

/** Compares; answers the number of values of theirs that we have too, of all, and the differences. */
export function compare(
  a: Values,
  b: Values,
  kept: (field: string, frame: number) => boolean,
): { matched: number; total: number; differences: Difference[] } {
  let matched = 0, total = 0;
  const differences: Difference[] = [];
  if (a.length !== b.length) {
    differences.push(`tshark has ${a.length} packets, we have ${b.length}`);
  }
  a.forEach((theirFields, i) => {
    const ourFields = b[i] ?? {};
    for (const field of new Set([...Object.keys(theirFields), ...Object.keys(ourFields)])) {
      if (kept(field, i + 1)) continue;
      const x = (theirFields[field] ?? []).map((v) => normal(field, v));
      const y = (ourFields[field] ?? []).map((v) => normal(field, v));
      total += x.length;
      if (x.length === y.length && x.every((v, k) => v === y[k])) matched += x.length;
      else differences.push(`frame ${i + 1} ${field}: tshark ${x.join("|")} <> ${y.join("|")}`);
    }
  });
  return { matched, total, differences };
}
