/**
 * Writes `protocols/_index.ts`: of each protocol what must be known before its module is loaded. The declarations in
 * `protocols/` are the source; a test compares.
 *
 * ```sh
 * deno task index
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { rootOf } from "../core/catalogue.ts";
import type { LazyProtocol, Protocol } from "../core/protocol.ts";
import { ALL } from "../protocols/mod.ts";

/**
 * Protocols without which no packet is reported: they are loaded with the kit. Each further one would cost every run its
 * loading (0.3 to 6 ms) and 0.1 to 1.5 MiB, those that dissect nothing too: a thread that only reads and writes.
 */
const EAGER = new Set(["frame", "_ws", "data"]);
/** Protocols that most captures need: an engine that starts loads them at once, not one after the other. */
const USUAL = new Set(["eth", "ip", "ipv6", "tcp", "udp"]);
const FOLDER = new URL("../protocols/", import.meta.url);
const INDEX = new URL("_index.ts", FOLDER);

/** Module and export of each protocol. */
async function places(): Promise<Map<Protocol, { file: string; name: string }>> {
  const found = new Map<Protocol, { file: string; name: string }>();
  const files = [...Deno.readDirSync(FOLDER)].map((e) => e.name).sort();
  for (const file of files) {
    if (!file.endsWith(".ts") || file.startsWith("_") || file === "mod.ts") continue;
    const module = await import(new URL(file, FOLDER).href);
    for (const [name, value] of Object.entries(module)) {
      if (ALL.includes(value as Protocol)) found.set(value as Protocol, { file, name });
    }
  }
  return found;
}

/** What the index says of a protocol, besides how to load it. */
export function entryOf(p: Protocol): Omit<LazyProtocol, "load"> {
  const tables = [p.spec.next?.table, p.spec.expect?.table].filter((t) => t !== undefined);
  const abbrevs = p.fields.flatMap((f) => f.also === undefined ? [f.abbrev] : [f.abbrev, f.also]);
  return {
    name: p.name,
    title: p.title,
    label: p.label,
    layer: p.layer,
    ...(p.spec.parents ? { parents: p.spec.parents } : {}),
    ...(p.spec.guess ? { guesses: p.spec.guess.tables } : {}),
    ...(tables.length > 0 ? { tables } : {}),
    ...(USUAL.has(p.name) ? { usual: true } : {}),
    roots: [...new Set(abbrevs.filter((a) => a !== "").map(rootOf))].sort(),
  };
}

/** The text of `protocols/_index.ts`, formatted. */
export async function indexText(): Promise<string> {
  const at = await places();
  const imports: string[] = [], rows: string[] = [];
  for (const p of ALL) {
    const place = at.get(p);
    if (!place) throw new Error(`Cannot index ${p.name}: no module in protocols/ exports it`);
    if (EAGER.has(p.name)) {
      imports.push(`import { ${place.name} } from "./${place.file}";`);
      rows.push(`${place.name} as unknown as Protocol,`);
      continue;
    }
    const facts = JSON.stringify(entryOf(p));
    rows.push(
      `{ ...${facts}, load: () => import("./${place.file}").then((m) => m.${place.name} as unknown as Protocol) },`,
    );
  }
  const text = `/**
 * The protocols that ship, as far as they must be known before their modules are loaded. Written by \`deno task index\`
 * from the declarations; do not edit.
 *
 * @module
 */
import type { LazyProtocol, Protocol } from "../core/protocol.ts";
${imports.sort().join("\n")}

/** The protocols that ship, in the order of \`ALL\`; most are loaded when a packet first needs them. */
export const INDEX: readonly (Protocol | LazyProtocol)[] = [
${rows.map((r) => r.replace(/^\{ \.\.\.\{(.*)\}, load/, "{ $1, load")).join("\n")}
];
`;
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "--line-width", "100", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await fmt.output();
  if (!success) throw new Error("Cannot format the index");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  await Deno.writeTextFile(INDEX, await indexText());
  console.error(`${ALL.length} protocols, ${EAGER.size} of them loaded at once`);
}
