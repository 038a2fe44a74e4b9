#!/usr/bin/env -S deno run --allow-read --allow-write
/**
 * The command line: `deno run cli.ts FILE`. Everything is loaded when it is needed, so that `--version` is as quick as
 * Deno itself.
 *
 * @example Extract a capture to JSON
 * ```sh
 * deno run --allow-read --allow-write cli.ts in.pcap -o out.json
 * ```
 *
 * @module
 */
import { VERSION } from "./cli/version.ts";

if (import.meta.main) {
  if (Deno.args.length === 1 && (Deno.args[0] === "--version" || Deno.args[0] === "-V")) {
    Deno.stdout.writeSync(new TextEncoder().encode(`pcapkit ${VERSION}\n`));
  } else {
    const { main } = await import("./cli/main.ts");
    Deno.exitCode = await main(Deno.args);
  }
}
