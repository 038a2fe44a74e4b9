/**
 * From arguments to an exit code: finds the command, parses, runs, and says what went wrong.
 *
 * @module
 */
import { COMMANDS, EXTRACT } from "./commands.ts";
import { helpOf, parse, UsageError } from "./flags.ts";
import { findInput } from "../capture/file_source.ts";
import { didYouMean } from "../core/nearest.ts";
import { firstFailure, Interrupted, isBrokenPipe, say, sizeOf, writeOut } from "./io.ts";
import { VERSION } from "./version.ts";

/** Exit codes: 0 done, 1 the answer is no (strict checks, differences), 2 could not, 130 interrupted. */
export async function main(argv: readonly string[]): Promise<number> {
  const named = COMMANDS.find((c) => c.name !== "" && c.name === argv[0]);
  const command = named ?? EXTRACT;
  const rest = named ? argv.slice(1) : argv;
  try {
    if (!named && argv[0] === "help") {
      const topic = COMMANDS.find((c) => c.name === (argv[1] ?? ""));
      if (!topic) throw new UsageError(`unknown command "${argv[1]}"${meant(argv[1])}`);
      await writeOut(helpOf(topic, COMMANDS));
      return 0;
    }
    // Behind "--" stand names of files, or a command line to complete.
    const end = rest.indexOf("--"), options = end < 0 ? rest : rest.slice(0, end);
    if (options.some((a) => a === "--help" || a === "-h")) {
      await writeOut(helpOf(command, COMMANDS));
      return 0;
    }
    if (!named && options.some((a) => a === "--version" || a === "-V")) {
      await writeOut(`pcapkit ${VERSION}\n`);
      return 0;
    }
    const args = parse(command, rest);
    const run = await command.load();
    return await run(args);
  } catch (thrown) {
    const error = firstFailure(thrown);
    // Whoever reads our output had enough: that is success, as for any filter.
    if (isBrokenPipe(error)) return 0;
    if (error instanceof Interrupted) return 130;
    if (error instanceof UsageError) {
      say(`pcapkit: ${error.message}`, "error");
      if (!named) hint(argv[0], true);
      say(`Try: pcapkit ${command.name === "" ? "" : command.name + " "}--help`);
      return 2;
    }
    say(`pcapkit: ${error instanceof Error ? error.message : String(error)}`, "error");
    if (!named) hint(argv[0], false);
    if (debugging() && error instanceof Error) say(error.stack ?? "");
    return 2;
  }
}

/** What command may be meant by a word that is none. */
function meant(word: string): string {
  return didYouMean(word, COMMANDS.map((c) => c.name));
}

/**
 * Without a command the first word is a file. If there is none of that name, says that it is no command, and which may
 * have been meant; only if one may have been, unless it is `sure` that something is wrong with the words.
 */
function hint(word: string | undefined, sure: boolean): void {
  if (word === undefined || !/^[a-z][a-z-]*$/.test(word) || sizeOf(findInput(word)) > 0) return;
  const command = meant(word);
  if (command !== "" || sure) say(`There is no command "${word}"${command}`);
}

/** Whether PCAPKIT_DEBUG asks for stack traces; not being allowed to look means no. */
function debugging(): boolean {
  return Deno.permissions.querySync({ name: "env", variable: "PCAPKIT_DEBUG" }).state ===
      "granted" && Boolean(Deno.env.get("PCAPKIT_DEBUG"));
}
