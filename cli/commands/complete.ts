/**
 * Shell completions, from the table of commands.
 *
 * @module
 */
import { createKit } from "../../kit.ts";
import { BASH, complete } from "../completion.ts";
import { SHELLS } from "../commands.ts";
import { type Args, type Names, UsageError } from "../flags.ts";
import { writeOut } from "../io.ts";

/** What shells are told behind the answer: names of files will do, or not (cobra's `ShellCompDirective`). */
const FILES = 0, NO_FILES = 4;

/** Prints a script, or (behind `--`) answers what could stand next: a line a word, what it is behind a tab. */
export async function completeCommand(args: Args): Promise<number> {
  if (Deno.args[1] === "--") {
    const { words, files } = await complete(Deno.args.slice(2), namesOf);
    const lines = words.map(([word, what]) => `${word}\t${what}\n`);
    await writeOut(`${lines.join("")}:${files ? FILES : NO_FILES}\n`);
    return 0;
  }
  const [shell] = args.operands;
  if (!SHELLS.includes(shell)) throw new UsageError(`choose a shell: ${SHELLS.join(", ")}`);
  if (shell === "bash") await writeOut(BASH);
  else (await import("@bomb.sh/tab")).default.setup("pcapkit", "pcapkit", shell);
  return 0;
}

/** Names that there are. */
async function namesOf(kind: Exclude<Names, "file">): Promise<Iterable<string>> {
  if (kind === "device") {
    // Only where nobody would be asked for a permission.
    if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return [];
    const { listDevices } = await import("../../capture/libpcap/mod.ts");
    return listDevices().map((device) => device.name);
  }
  const kit = createKit();
  switch (kind) {
    case "protocol":
      return kit.catalogue.protocols.map((p) => p.name);
    case "field":
      await kit.catalogue.loadAll();
      return kit.catalogue.abbrevs;
    case "engine":
      return kit.engines.keys();
    case "framer":
      return [...kit.framers.keys(), "pcap-parser"];
    case "format":
      return kit.formats.keys();
  }
}
