/**
 * What there is: protocols, fields, engines, framers, formats; plug-ins included.
 *
 * @module
 */
import { pcapParserFramer } from "../../capture/pcap_parser.ts";
import { Kind } from "../../core/items.ts";
import { didYouMean } from "../../core/nearest.ts";
import { loadKit } from "../../kit.ts";
import { STRATEGIES } from "../../workers/strategies.ts";
import { type Args, UsageError } from "../flags.ts";
import { writeOut } from "../io.ts";
import { pluginsOf } from "../plugins.ts";

const KIND_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(Kind).map(([name, n]) => [n, name.toLowerCase()]),
);

/** Lists. */
export async function listCommand(args: Args): Promise<number> {
  const kit = await loadKit(pluginsOf(args));
  await kit.catalogue.loadAll();
  const [what, which] = args.operands;
  if (which !== undefined && what !== "fields") throw new UsageError(`unexpected "${which}"`);
  let rows: Record<string, string | number | boolean>[];
  switch (what) {
    case "protocols":
      rows = kit.catalogue.protocols.filter((p) => p.label !== "").map((p) => ({
        name: p.name,
        label: p.label,
        layer: p.layer,
        fields: new Set(p.fields.map((f) => f.abbrev).filter((a) => a !== "")).size,
        title: p.title,
      }));
      break;
    case "fields": {
      const ids = which === undefined ? undefined : kit.catalogue.named(which);
      if (ids?.length === 0) {
        throw new UsageError(
          `unknown protocol "${which}" (see \`list protocols\`)` +
            didYouMean(which!, kit.catalogue.protocols.map((p) => p.name)),
        );
      }
      const seen = new Set<string>();
      rows = [];
      kit.catalogue.fields.forEach((f, i) => {
        const id = kit.catalogue.fieldProtocol[i];
        if (f.abbrev === "" || seen.has(f.abbrev) || (ids && !ids.includes(id))) return;
        seen.add(f.abbrev);
        rows.push({
          abbrev: f.abbrev,
          kind: KIND_NAMES[f.kind],
          bits: f.bits,
          protocol: kit.catalogue.protocols[id].name,
          name: f.name,
        });
      });
      break;
    }
    case "engines":
      rows = await Promise.all([...new Set(kit.engines.values())].map(async (e) => ({
        name: e.name,
        available: (await e.available?.())?.available ?? true,
        depth: e.capabilities.depth,
        stateful: e.capabilities.stateful,
        title: e.title,
      })));
      break;
    case "framers":
      rows = [...kit.framers.values(), pcapParserFramer].map(({ name, title }) => ({
        name,
        title,
      }));
      break;
    case "formats":
      rows = [...new Set(kit.formats.values())].map((f) => ({
        name: f.name,
        extensions: f.extensions.join(","),
        aliases: (f.aliases ?? []).join(","),
        title: f.title,
      }));
      break;
    case "strategies":
      rows = STRATEGIES.map((s) => ({ name: s.name, title: s.title }));
      break;
    default:
      throw new UsageError(
        `cannot list "${what}": choose protocols, fields, engines, framers, formats or strategies`,
      );
  }
  if (args.has("json")) {
    await writeOut(rows.map((r) => JSON.stringify(r) + "\n").join(""));
    return 0;
  }
  const keys = Object.keys(rows[0] ?? {});
  const widths = keys.map((k) => Math.max(k.length, ...rows.map((r) => String(r[k]).length)));
  const line = (cells: readonly string[]): string =>
    cells.map((c, i) => i === cells.length - 1 ? c : c.padEnd(widths[i])).join("  ").trimEnd() +
    "\n";
  const header = Deno.stdout.isTerminal() ? line(keys) : "";
  await writeOut(header + rows.map((r) => line(keys.map((k) => String(r[k])))).join(""));
  return 0;
}
