/**
 * What could stand next on the command line: answers to shells, from the table of commands.
 *
 * @module
 */
import { COMMANDS, EXTRACT } from "./commands.ts";
import type { Command, Flag, Names } from "./flags.ts";

/** What could stand next. */
export interface Completion {
  /** Words, with what they are; those that begin as the word at hand does. */
  readonly words: readonly (readonly [word: string, what: string])[];
  /** Whether names of files will do, too. */
  readonly files: boolean;
}

/**
 * What could stand in place of the last of `words`, which may be empty; the others stand before it. `names` are looked
 * up only where they are needed.
 */
export async function complete(
  words: readonly string[],
  names: (kind: Exclude<Names, "file">) => Promise<Iterable<string>>,
): Promise<Completion> {
  // bash makes words of their own of what is left and right of "=", and of that itself.
  const apart = words.filter((word) => word !== "=");
  const current = words.at(-1) === "=" ? "" : apart.pop() ?? "";
  const named = COMMANDS.find((c) => c.name !== "" && c.name === apart[0]);
  const command = named ?? EXTRACT;
  const { flag: open, given, operands } = look(command, named ? apart.slice(1) : apart);

  const valuesOf = async (what: Flag["choices"] | Names, start: string, before: string) => {
    if (what === undefined || what === "file") return { words: [], files: what === "file" };
    const all = typeof what === "string" ? await names(what) : what;
    const fit = [...new Set(all)].filter((name) => name !== "" && name.startsWith(start));
    return { words: fit.map((name) => [before + name, ""] as const), files: false };
  };
  const valueOf = (flag: Flag, text: string, before: string) => {
    // Of a list, the last is at hand.
    const comma = flag.completes === "field" ? text.lastIndexOf(",") + 1 : 0;
    return valuesOf(
      flag.choices ?? flag.completes,
      text.slice(comma),
      before + text.slice(0, comma),
    );
  };

  if (open !== undefined) return await valueOf(open, current, "");
  if (current.startsWith("-")) {
    const equals = current.indexOf("=");
    const flag = equals < 0 ? undefined : find(command, current.slice(0, equals));
    if (flag !== undefined) {
      return await valueOf(flag, current.slice(equals + 1), current.slice(0, equals + 1));
    }
    const free = command.flags.filter((f) => f.many === true || !given.has(f));
    const long = free.map((f) => [`--${f.name}`, f.help] as const);
    const short = current === "-" ? free.filter((f) => f.short) : [];
    return {
      words: [...long, ...short.map((f) => [`-${f.short}`, f.help] as const)]
        .filter(([word]) => word.startsWith(current)),
      files: false,
    };
  }
  const { values = [] } = command;
  const place = values[Math.min(operands, values.length - 1)];
  const more = operands < command.count[1] ? await valuesOf(place, current, "") : undefined;
  const commands = apart.length > 0 ? [] : COMMANDS.filter((c) => c.name !== "")
    .map((c) => [c.name, c.help] as const).filter(([name]) => name.startsWith(current));
  return { words: [...commands, ...more?.words ?? []], files: more?.files ?? false };
}

/** What the words behind a command are: flags that were given, the flag that waits for its value, how many operands. */
function look(command: Command, words: readonly string[]): {
  readonly flag: Flag | undefined;
  readonly given: ReadonlySet<Flag>;
  readonly operands: number;
} {
  const given = new Set<Flag>();
  let flag: Flag | undefined, operands = 0;
  for (const word of words) {
    if (flag !== undefined) {
      flag = undefined;
      continue;
    }
    const found = find(command, word.replace(/=.*/s, ""));
    if (found === undefined) {
      if (!word.startsWith("-") || word === "-") operands++;
      continue;
    }
    given.add(found);
    if (found.value !== undefined && !word.includes("=")) flag = found;
  }
  return { flag, given, operands };
}

function find(command: Command, word: string): Flag | undefined {
  return command.flags.find((f) => word === `--${f.name}` || (f.short && word === `-${f.short}`));
}

/** bash's script. It needs nothing but bash: names of files come in where nothing else fits. */
export const BASH = `# bash completion for pcapkit
__pcapkit() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :0) ;;
      :*) compopt +o default 2>/dev/null ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(pcapkit complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F __pcapkit pcapkit
`;
