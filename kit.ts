/**
 * The composition root: what ships, plus plug-ins. This is the only file that lists it.
 *
 * @module
 */
import { Catalogue, type Depth } from "./core/catalogue.ts";
import type { Engine, Format, Plugin } from "./core/engine.ts";
import type { Framer } from "./core/source.ts";
import { pcapFramer } from "./capture/pcap.ts";
import { pcapngFramer } from "./capture/pcapng.ts";
import { builtin } from "./engines/builtin.ts";
import { dpkt } from "./engines/dpkt/engine.ts";
import { tshark } from "./engines/tshark.ts";
import { csv, fields, json, ndjson, pcap, pcapng, plist, text, tree } from "./output/formats.ts";
import { INDEX } from "./protocols/_index.ts";

/** Everything that can be named in a job. */
export interface Kit {
  /** The plug-ins it was made with. */
  readonly plugins: readonly Plugin[];
  /** Protocols. */
  readonly catalogue: Catalogue;
  /** Engines by name and alias. */
  readonly engines: ReadonlyMap<string, Engine>;
  /** Framers by name. */
  readonly framers: ReadonlyMap<string, Framer>;
  /** Formats by name and alias. */
  readonly formats: ReadonlyMap<string, Format>;
}

/** What ships, as a plug-in like any other. */
export const SHIPPED: Plugin = {
  name: "pcapkit",
  protocols: INDEX,
  engines: [builtin, dpkt, tshark],
  framers: [pcapFramer, pcapngFramer],
  formats: [text, json, ndjson, plist, tree, csv, fields, pcap, pcapng],
};

/**
 * Puts what ships and `plugins` together. Nothing global changes.
 *
 * @throws {RangeError} If a name is taken twice, or a binding names a protocol that is not there.
 */
export function createKit(plugins: readonly Plugin[] = [], depth: Depth = {}): Kit {
  const all = [SHIPPED, ...plugins];
  const byName = <T extends { readonly name: string; readonly aliases?: readonly string[] }>(
    kind: string,
    list: readonly T[],
  ): Map<string, T> => {
    const map = new Map<string, T>();
    for (const item of list) {
      for (const name of [item.name, ...item.aliases ?? []]) {
        if (map.has(name)) {
          throw new RangeError(`Cannot register ${kind} "${name}": current kit already has one`);
        }
        map.set(name, item);
      }
    }
    return map;
  };
  return {
    plugins,
    catalogue: new Catalogue(
      all.flatMap((p) => p.protocols ?? []),
      all.flatMap((p) => p.bindings ?? []),
      depth,
    ),
    engines: byName("engine", all.flatMap((p) => p.engines ?? [])),
    // Those of plug-ins are asked first what a file is.
    framers: byName("framer", all.toReversed().flatMap((p) => p.framers ?? [])),
    formats: byName("format", all.flatMap((p) => p.formats ?? [])),
  };
}

/**
 * Loads plug-in modules (URLs, or `jsr:` and `npm:` specifiers) and builds a kit of them.
 *
 * @throws {TypeError} If a module cannot be found or loaded, or its default export is no plug-in.
 * @throws {RangeError} As {@linkcode createKit}.
 */
export async function loadKit(specifiers: readonly string[] = [], depth: Depth = {}): Promise<Kit> {
  const plugins = await Promise.all(specifiers.map(async (specifier) => {
    const module = await import(specifier);
    const plugin = module.default as Plugin | undefined;
    if (typeof plugin?.name !== "string") {
      throw new TypeError(
        `Cannot load plug-in "${specifier}": its default export is no plug-in (an object with a name)`,
      );
    }
    // Workers load it again, by the same name.
    return plugin.module === undefined ? { ...plugin, module: specifier } : plugin;
  }));
  return createKit(plugins, depth);
}
