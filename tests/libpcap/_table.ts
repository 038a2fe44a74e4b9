/**
 * The table of libpcap's functions in docs/LIBPCAP.md, made from the declarations, the comments of what wraps them, and
 * the calls that tests were seen to make.
 *
 * @module
 */

const SOURCES = new URL("../../capture/libpcap/", import.meta.url);
/** The document with the table. */
export const DOCUMENT: URL = new URL("../../docs/LIBPCAP.md", import.meta.url);
const BEGIN = "<!-- functions: made by tests/libpcap/functions_test.ts -->";
const END = "<!-- end of functions -->";

/** Why functions have no wrapper. */
const REASONS: Readonly<Record<string, string>> = {
  "pcap_next": "`next` is better: it tells the end from an error",
  "pcap_perror": "writes to C's standard error; errors here are exceptions",
  "pcap_lookupdev": "deprecated by libpcap; `defaultDevice` does it",
  "pcap_datalink_ext": "says no more than `linkType` on any platform",
  "pcap_compile_nopcap": "deprecated by libpcap; `compileFilter` does it",
  "bpf_filter": "`offlineFilter` does it, with a header",
  "bpf_dump": "writes to C's standard output; `filterLines` gives the lines",
  "pcap_dump_file": "gives a C stream",
  "pcap_nametoaddr": "deprecated by libpcap; `hostAddresses` does it",
};

/** A function as declared. */
export interface Declared {
  /** Its name. */
  readonly name: string;
  /** Version of libpcap, and where it is only on some platforms, which. */
  readonly since: string;
  /** Its C prototype. */
  readonly prototype: string;
}

/** The functions that symbols.ts declares. */
export function declared(): Declared[] {
  const source = Deno.readTextFileSync(new URL("symbols.ts", SOURCES));
  const table = source.slice(source.indexOf("export const PCAP ="), source.indexOf("PCAP_FORMS ="));
  return [...table.matchAll(/\/\*\* `(.*?)` — (.*?) \*\/\n {2}(\w+): \{/g)]
    .map(([, prototype, since, name]) => ({ name, prototype, since }));
}

/** Which public thing's comment names each function; for the others, the files that use them. */
export function wrappers(): {
  readonly named: Map<string, string[]>;
  readonly used: Map<string, string[]>;
} {
  const named = new Map<string, string[]>(), used = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, key: string, value: string): void => {
    const list = to.get(key) ?? [];
    if (!list.includes(value)) list.push(value);
    to.set(key, list);
  };
  for (
    const { name: file } of [...Deno.readDirSync(SOURCES)].sort((a, b) => a.name < b.name ? -1 : 1)
  ) {
    if (!file.endsWith(".ts") || file === "symbols.ts") continue;
    const source = Deno.readTextFileSync(new URL(file, SOURCES));
    for (const [, name] of source.matchAll(/\b((?:pcap|bpf)_\w+?)(?:_address)?\b/g)) {
      add(used, name, file);
    }
    let className = "";
    const parts = source.matchAll(
      /^\}|\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*(?:export )?(class )?(?:static |async |get |set |function )*(\w+)/gm,
    );
    for (const [, comment, isClass, member] of parts) {
      if (comment === undefined) className = "";
      else if (isClass !== undefined) className = member;
      else {
        for (const [, name] of comment.matchAll(/`((?:pcap|bpf)_\w+)`/g)) {
          add(named, name, className === "" ? member : `${className}.${member}`);
        }
      }
    }
  }
  return { named, used };
}

/** The table's text. `called`: the functions that tests were seen to call; `undefined` if that could not be seen. */
export function makeTable(called: ReadonlySet<string>): string {
  const { named, used } = wrappers();
  const rows = declared().map(({ name, since }) => {
    const by = named.get(name)?.map((w) => `\`${w}\``).join(", ") ??
      (REASONS[name] !== undefined
        ? `– (${REASONS[name]})`
        : used.has(name)
        ? `inside, ${used.get(name)!.map((f) => `\`${f}\``).join(", ")}`
        : /Windows|remote/.test(since)
        ? "– (declared only)"
        : "–");
    return [`\`${name}\``, since, by, called.has(name) ? "yes" : "no"];
  });
  const header = ["Function", "Since", "Wrapped by", "Called by tests"];
  const widths = header.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |\n`;
  return line(header) + line(widths.map((w) => "-".repeat(w))) + rows.map(line).join("");
}

/** The table as it stands in the document. */
export function tableInDocument(): string {
  const text = Deno.readTextFileSync(DOCUMENT);
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).trim() + "\n";
}

/** Puts a table into the document. */
export function writeTable(table: string): void {
  const text = Deno.readTextFileSync(DOCUMENT);
  Deno.writeTextFileSync(
    DOCUMENT,
    `${text.slice(0, text.indexOf(BEGIN))}${BEGIN}\n\n${table}\n${text.slice(text.indexOf(END))}`,
  );
}
