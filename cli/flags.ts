/**
 * Flags and commands as data: parsing, help and completions come from the same table.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "../core/nearest.ts";

/** A flag of the command line. */
export interface Flag {
  /** Long name, without dashes. */
  readonly name: string;
  /** Short name, one letter; several only where the field has it so (`-dd`). */
  readonly short?: string;
  /** What it takes; nothing if absent. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly many?: boolean;
  /** Whether its value is a whole number. */
  readonly number?: boolean;
  /** One sentence. */
  readonly help: string;
  /** The values it may have, if they are few; for checks and completions. */
  readonly choices?: readonly string[];
  /** What kind of names its values are, for completions. */
  readonly completes?: Names;
}

/** What names a shell may complete. */
export type Names = "file" | "protocol" | "field" | "engine" | "framer" | "format" | "device";

/** A command of the command line. */
export interface Command {
  /** Name; that of the main job is empty. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** What stands behind the name, for the usage line. */
  readonly operands: string;
  /** What each operand may be, for completions; the last is also that of those behind it. */
  readonly values?: readonly (readonly string[] | Names)[];
  /** Fewest and most operands. */
  readonly count: readonly [least: number, most: number];
  /** Its flags. */
  readonly flags: readonly Flag[];
  /** Lines of example. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Loads what does it. */
  readonly load: () => Promise<Runner>;
}

/** Does a command; answers the exit code: 0 done, 1 the answer is no, 2 could not. */
export type Runner = (args: Args) => Promise<number>;

/** Parsed arguments. */
export interface Args {
  /** What is no flag. */
  readonly operands: readonly string[];
  /** Whether a flag without value was given. */
  has(flag: string): boolean;
  /** The (last) value of a flag. */
  one(flag: string): string | undefined;
  /** All values of a flag. */
  all(flag: string): readonly string[];
  /** The value of a flag that is a whole number. */
  number(flag: string): number | undefined;
  /**
   * Refuses flags that would have no effect; `why` says what they are for.
   *
   * @throws {UsageError} If one of them was given.
   */
  refuse(flags: readonly string[], why: string): void;
}

/** The command line is wrong. Shown with a hint to the help, exit code 2. */
export class UsageError extends Error {
  /** Name of the class. */
  override readonly name: string = "UsageError";
}

/**
 * Parses the arguments of a command.
 *
 * @throws {UsageError} If a flag is unknown, lacks its value or has a wrong one.
 */
export function parse(command: Command, argv: readonly string[]): Args {
  const byName = new Map<string, Flag>();
  for (const f of command.flags) {
    byName.set(`--${f.name}`, f);
    if (f.short) byName.set(`-${f.short}`, f);
  }
  // A value may begin with a dash or be one (`-o -`), which the parser would take for a flag: bind it by "=".
  const args: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i];
    if (arg === "--") {
      args.push(...argv.slice(i));
      break;
    }
    const flag = byName.get(arg);
    if (flag?.value !== undefined) {
      if (i + 1 >= argv.length) throw new UsageError(`${arg} needs a value: ${flag.value}`);
      args.push(`--${flag.name}=${argv[++i]}`);
      continue;
    }
    if (flag !== undefined && flag.short !== undefined && flag.short.length > 1) {
      args.push(`--${flag.name}`);
      continue;
    }
    // Letters may stand together (-vj), the last with its value (-ojson).
    if (/^-[A-Za-z]./.test(arg)) {
      let rest = arg.slice(1);
      while (rest !== "") {
        const f = byName.get(`-${rest[0]}`);
        if (!f) throw new UsageError(`unknown option -${rest[0]} in ${arg}`);
        rest = rest.slice(1);
        if (f.value === undefined) {
          args.push(`--${f.name}`);
          continue;
        }
        const value = rest.replace(/^=/, "");
        if (value === "" && rest === "" && i + 1 >= argv.length) {
          throw new UsageError(`-${f.short} needs a value: ${f.value}`);
        }
        args.push(`--${f.name}=${rest === "" ? argv[++i] : value}`);
        rest = "";
      }
      continue;
    }
    const equals = arg.indexOf("=");
    const short = equals > 0 ? byName.get(arg.slice(0, equals)) : byName.get(arg);
    args.push(short && equals > 0 ? `--${short.name}${arg.slice(equals)}` : arg);
  }
  const valued = command.flags.filter((f) => f.value !== undefined).map((f) => f.name);
  const plain = command.flags.filter((f) => f.value === undefined);
  const parsed = parseArgs(args, {
    string: [...valued, "_"],
    boolean: plain.map((f) => f.name),
    collect: valued,
    alias: Object.fromEntries(
      plain.filter((f) => f.short?.length === 1).map((f) => [f.name, f.short!]),
    ),
    "--": true,
    unknown: (arg: string, key?: string) => {
      if (key !== undefined && key !== "_") {
        const known = command.flags.map((f) => `--${f.name}`);
        throw new UsageError(`unknown option ${arg}${didYouMean(arg.replace(/=.*/, ""), known)}`);
      }
      return true;
    },
  }) as Record<string, unknown> & { _: unknown[]; "--"?: string[] };
  const all = (name: string): readonly string[] => ((parsed[name] ?? []) as unknown[]).map(String);
  for (const f of command.flags) {
    if (f.value === undefined) continue;
    const values = all(f.name);
    if (values.length > 1 && !f.many) throw new UsageError(`--${f.name} was given twice`);
    for (const v of values) {
      if (f.number && !/^\d+$/.test(v)) {
        throw new UsageError(`--${f.name} needs a whole number, not "${v}"`);
      }
      if (f.choices && !f.choices.includes(v)) {
        throw new UsageError(`--${f.name} is one of ${f.choices.join(", ")}, not "${v}"`);
      }
    }
  }
  const operands = [...parsed._.map(String), ...parsed["--"] ?? []];
  const [least, most] = command.count;
  if (operands.length < least) throw new UsageError(`missing ${command.operands}`);
  if (operands.length > most) throw new UsageError(`unexpected "${operands[most]}"`);
  return {
    operands,
    has: (name) => parsed[name] === true,
    one: (name) => all(name).at(-1),
    all,
    number: (name) => {
      const v = all(name).at(-1);
      return v === undefined ? undefined : Number(v);
    },
    refuse: (names, why) => {
      const given = names.find((name) =>
        typeof parsed[name] === "boolean" ? parsed[name] : all(name).length > 0
      );
      if (given !== undefined) throw new UsageError(`--${given} ${why}`);
    },
  };
}

/** The help text of a command. */
export function helpOf(command: Command, others: readonly Command[]): string {
  const name = command.name === "" ? "" : ` ${command.name}`;
  const flags = command.flags.map((f) =>
    [
      `  ${f.short ? `-${f.short}, ` : "    "}--${f.name}${f.value ? ` ${f.value}` : ""}`,
      f.help + (f.choices ? ` (${f.choices.join(", ")})` : ""),
    ] as const
  );
  const width = Math.min(30, Math.max(...flags.map(([l]) => l.length)));
  const wrap = (text: string, indent: number): string => {
    const lines: string[] = [""];
    for (const word of text.split(" ")) {
      if (lines[lines.length - 1].length + word.length + 1 > 96 - indent) lines.push("");
      lines[lines.length - 1] += (lines[lines.length - 1] && " ") + word;
    }
    return lines.join("\n" + " ".repeat(indent));
  };
  let text = `usage: pcapkit${name} ${command.operands} [options]\n\n${command.help}\n`;
  if (command.name === "") {
    text += "\ncommands:\n";
    for (const c of others.filter((c) => c.name !== "")) {
      text += `  ${c.name.padEnd(12)}${c.help}\n`;
    }
  }
  if (flags.length > 0) {
    text += "\noptions:\n";
    for (const [left, right] of flags) {
      text += left.length > width
        ? `${left}\n${" ".repeat(width + 2)}${wrap(right, width + 2)}\n`
        : `${left.padEnd(width + 2)}${wrap(right, width + 2)}\n`;
    }
  }
  if (command.examples.length > 0) {
    text += "\nexamples:\n";
    for (const [line, what] of command.examples) text += `  ${line}\n      ${what}\n`;
  }
  return text;
}
