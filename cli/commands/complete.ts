/**
 * Shell completions, from the table of commands.
 *
 * @module
 */
import tab from "@bomb.sh/tab";
import { createKit, type Kit } from "../../kit.ts";
import { COMMANDS } from "../commands.ts";
import { type Args, type Flag, UsageError } from "../flags.ts";

const SHELLS = ["zsh", "bash", "fish", "powershell"];

/** Prints a script, or (behind `--`) answers what could stand next. */
export async function completeCommand(args: Args): Promise<number> {
  void args;
  const kit = createKit();
  await kit.catalogue.loadAll();
  const given = Deno.args.slice(1);
  for (const command of COMMANDS) {
    const t = command.name === "" ? tab : tab.command(command.name, command.help);
    for (const flag of command.flags) {
      const complete = (add: (value: string, description: string) => void): void => {
        for (const v of valuesOf(flag, kit)) add(v, "");
      };
      if (flag.value === undefined) {
        flag.short ? t.option(flag.name, flag.help, flag.short) : t.option(flag.name, flag.help);
      } else if (flag.short) t.option(flag.name, flag.help, complete, flag.short);
      else t.option(flag.name, flag.help, complete);
    }
  }
  if (given[0] === "--") {
    tab.parse(given.slice(1));
    return 0;
  }
  if (!SHELLS.includes(given[0])) {
    throw new UsageError(`choose a shell: ${SHELLS.join(", ")}`);
  }
  tab.setup("pcapkit", "pcapkit", given[0]);
  return 0;
}

function valuesOf(flag: Flag, kit: Kit): readonly string[] {
  if (flag.choices) return flag.choices;
  switch (flag.completes) {
    case "protocol":
      return kit.catalogue.protocols.map((p) => p.name);
    case "field":
      return [...kit.catalogue.abbrevs].filter((a) => a !== "");
    case "engine":
      return [...kit.engines.keys()];
    case "format":
      return [...kit.formats.keys()];
    default:
      return [];
  }
}
