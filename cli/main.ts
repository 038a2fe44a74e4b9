/**
 * From arguments to an exit code: finds the command, parses, runs, and says what went wrong.
 *
 * @module
 */
import { COMMANDS, EXTRACT } from "./commands.ts";
import { helpOf, parse, UsageError } from "./flags.ts";
import { Interrupted, isBrokenPipe, say, writeOut } from "./io.ts";
import { VERSION } from "./version.ts";

/** Exit codes: 0 done, 1 the answer is no (strict checks, differences), 2 could not, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<number> {
  const named = COMMANDS.find((c) => c.name !== "" && c.name === argv[0]);
  const command = named ?? EXTRACT;
  const rest = named ? argv.slice(1) : argv;
  try {
    if (!named && argv[0] === "help") {
      const topic = COMMANDS.find((c) => c.name === argv[1]) ?? EXTRACT;
      await writeOut(helpOf(topic, COMMANDS));
      return 0;
    }
    if (command.flags.length > 0 && rest.some((a) => a === "--help" || a === "-h")) {
      await writeOut(helpOf(command, COMMANDS));
      return 0;
    }
    if (!named && rest.some((a) => a === "--version" || a === "-V")) {
      await writeOut(`pcapkit ${VERSION}\n`);
      return 0;
    }
    const args = parse(command, rest);
    const run = await command.load();
    return await run(args);
  } catch (error) {
    // Whoever reads our output had enough: that is success, as for any filter.
    if (isBrokenPipe(error)) return 0;
    if (error instanceof Interrupted) return 130;
    if (error instanceof UsageError) {
      say(`pcapkit: ${error.message}`, "error");
      say(`Try: pcapkit ${command.name === "" ? "" : command.name + " "}--help`);
      return 2;
    }
    say(`pcapkit: ${error instanceof Error ? error.message : String(error)}`, "error");
    if (debugging() && error instanceof Error) say(error.stack ?? "");
    return 2;
  }
}

/** Whether PCAPKIT_DEBUG asks for stack traces; not being allowed to look means no. */
function debugging(): boolean {
  return Deno.permissions.querySync({ name: "env", variable: "PCAPKIT_DEBUG" }).state ===
      "granted" && Boolean(Deno.env.get("PCAPKIT_DEBUG"));
}
