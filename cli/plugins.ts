/**
 * The plug-ins that the command line names.
 *
 * @module
 */
import type { Args } from "./flags.ts";

/** The plug-ins asked for: a path is one from here, anything else (`jsr:`, `npm:`, `https:`) is as it stands. */
export function pluginsOf(args: Args): readonly string[] {
  return args.all("plugin").map((name) =>
    /^[a-z][a-z0-9+.-]+:/.test(name) ? name : new URL(name, `file://${Deno.cwd()}/`).href
  );
}
