/**
 * Checks which folder imports which. The table below is the layering rule; everything else is reported.
 *
 * ```sh
 * deno task arrows
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console

/** What one folder (or file at the top) may import besides itself. */
export interface Rule {
  /** Folders, and files at the top, by name; `*` for all that is public. */
  readonly to: readonly string[];
  /** Why just these. */
  readonly why: string;
}

/** The table: who may import whom. A folder may always import itself. */
export const RULES: Readonly<Record<string, Rule>> = {
  "core": { to: [], why: "what everything is made of stands on nothing" },
  "capture": { to: ["core"], why: "cutting a file into frames needs no protocol and no engine" },
  "protocols": {
    to: ["core"],
    why: "a protocol file knows the vocabulary and its neighbours only",
  },
  "filter": { to: ["core"], why: "fields are found by the catalogue, not by import" },
  "engines": {
    to: ["core", "capture"],
    why: "the catalogue is handed to an engine, so that none is tied to our protocols",
  },
  "output": {
    to: ["core", "capture"],
    why: "formats see rows and names; two of them write captures",
  },
  "analysis": { to: ["core", "protocols"], why: "state over packets asks for headers by protocol" },
  "kit.ts": {
    to: ["core", "capture", "protocols", "engines", "output", "filter", "analysis"],
    why: "the only file that lists what ships",
  },
  "workers": {
    to: ["core", "capture", "engines", "output", "kit.ts"],
    why:
      "a strategy knows engines and formats by name only; sources and sinks it opens itself; flows are counted by the fast decoder alone",
  },
  "mod.ts": {
    to: [
      "core",
      "capture",
      "protocols",
      "engines",
      "output",
      "filter",
      "analysis",
      "workers",
      "kit.ts",
    ],
    why: "the library's front door shows everything but the command line",
  },
  "cli": {
    to: ["core", "capture", "engines", "output", "workers", "kit.ts", "mod.ts"],
    why: "the command line is a user of the library; `flows` counts with the fast decoder alone",
  },
  "cli.ts": {
    to: ["cli", "core", "capture", "output", "workers", "kit.ts", "mod.ts"],
    why: "starts the command line",
  },
  "_tools": { to: ["*"], why: "tools may look at anything" },
  "tests": { to: ["*", "_tools", "bench", "examples"], why: "tests may look at anything" },
  "bench": { to: ["*", "tests", "_tools"], why: "benchmarks share captures with the tests" },
  "examples": { to: ["*"], why: "examples show what users can do" },
};

/** What one file may import though its folder may not, when it is asked for: never at the start. */
export const LAZY: readonly { readonly from: string; readonly to: string; readonly why: string }[] =
  [
    {
      from: "cli/commands/bench.ts",
      to: "bench",
      why:
        "the command that measures is for whoever installs the package, and loaded for nobody else",
    },
  ];

/** What is nobody's to import, unless a rule names it. */
const NOT_PUBLIC: ReadonlySet<string> = new Set(["_tools", "tests", "bench", "examples"]);

/** Folders and files that a browser must be able to run. */
const PURE: readonly string[] = ["core/", "protocols/", "engines/builtin.ts"];

/** Folders that are not ours to check. */
const SKIPPED: ReadonlySet<string> = new Set(["dev", "node_modules", "coverage", "docs", ".git"]);

/** One arrow of the graph: a file and what it imports. Paths are relative to the root; other modules are URLs. */
export interface Arrow {
  /** The importing file. */
  readonly from: string;
  /** What it imports. */
  readonly to: string;
  /** Whether it is imported when it is asked for, or for its types alone, not at the start. */
  readonly dynamic?: boolean;
}

/** An arrow, or a word in a file, against the rules. */
export interface Fault {
  /** The file. */
  readonly file: string;
  /** What it imports or mentions. */
  readonly what: string;
  /** The rule it breaks. */
  readonly rule: string;
}

/** The folder of a path, or the file itself at the top. */
function part(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(0, slash);
}

function isPure(path: string): boolean {
  return PURE.some((p) => path === p || (p.endsWith("/") && path.startsWith(p)));
}

/** What the rules say against `arrows`. */
export function checkArrows(arrows: readonly Arrow[]): Fault[] {
  const faults: Fault[] = [];
  for (const { from, to, dynamic } of arrows) {
    if (/^[a-z][a-z0-9+.-]+:/.test(to)) {
      if (isPure(from)) {
        faults.push({
          file: from,
          what: to,
          rule: `${PURE.join(", ")} run in a browser as they are`,
        });
      }
      continue;
    }
    const a = part(from);
    const b = part(to);
    if (a === b) continue;
    if (dynamic && LAZY.some((l) => l.from === from && l.to === b)) continue;
    const rule = RULES[a];
    if (!rule) {
      faults.push({ file: from, what: to, rule: `${a} is not in the table of RULES` });
    } else if (!rule.to.includes(b) && !(rule.to.includes("*") && !NOT_PUBLIC.has(b))) {
      faults.push({
        file: from,
        what: to,
        rule: `${a} may import ${rule.to.join(", ") || "nothing"}: ${rule.why}`,
      });
    }
  }
  return faults;
}

/** Code without comments. Text that looks like a comment goes as well, which does no harm here. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, " "))
    .replace(/(^|[\s;{}(,])\/\/.*$/gm, "$1");
}

/** What the rules say against the words of a file. */
export function checkSource(path: string, code: string): Fault[] {
  if (!isPure(path)) return [];
  const faults: Fault[] = [];
  withoutComments(code).split("\n").forEach((line, i) => {
    const found = line.match(/\bDeno\b|\bprocess\.|\bglobalThis\.(?:Deno|process)\b/);
    if (found) {
      faults.push({
        file: `${path}:${i + 1}`,
        what: found[0],
        rule: `${PURE.join(", ")} mention no global that a browser lacks`,
      });
    }
  });
  return faults;
}

/** Every TypeScript file below `root` that is ours, relative to it. */
function ourFiles(root: URL): string[] {
  const found: string[] = [];
  const look = (folder: string): void => {
    for (const entry of Deno.readDirSync(new URL(folder || ".", root))) {
      if (entry.isDirectory) {
        if (!SKIPPED.has(entry.name) && !entry.name.startsWith(".")) {
          look(`${folder}${entry.name}/`);
        }
      } else if (entry.name.endsWith(".ts")) found.push(folder + entry.name);
    }
  };
  look("");
  return found.sort();
}

/** One dependency in what `deno info --json` prints. */
interface InfoDependency {
  readonly specifier: string;
  readonly isDynamic?: boolean;
  readonly code?: { readonly specifier?: string; readonly error?: string };
  readonly type?: { readonly specifier?: string; readonly error?: string };
}

/** The arrows between our files, as `deno info` sees them. */
async function graph(root: URL, files: readonly string[]): Promise<Arrow[]> {
  // `deno info` takes one module: one that imports all.
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((f) => `import ${JSON.stringify(new URL(f, root).href)};\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "info",
        "--json",
        "--config",
        decodeURIComponent(new URL("deno.json", root).pathname),
        entry,
      ],
      cwd: root,
    }).output();
    if (!success) throw new Error(`Cannot read the graph: ${new TextDecoder().decode(stderr)}`);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
      readonly modules: readonly {
        readonly specifier: string;
        readonly error?: string;
        readonly dependencies?: readonly InfoDependency[];
      }[];
    };
    const relative = (url: string): string =>
      url.startsWith(root.href) ? url.slice(root.href.length) : url;
    const ours = new Set(files);
    const arrows: Arrow[] = [];
    for (const m of modules) {
      const from = relative(m.specifier);
      if (!ours.has(from)) continue;
      if (m.error) throw new Error(`Cannot read ${from}: ${m.error}`);
      for (const d of m.dependencies ?? []) {
        const to = relative(d.code?.specifier ?? d.type?.specifier ?? d.specifier);
        // Linked packages stand below dev/, and are what they are called.
        const name = to.startsWith("dev/") ? externalName(d.specifier) : to;
        const late = d.isDynamic === true || (d.code === undefined && d.type !== undefined);
        arrows.push({ from, to: name, ...(late ? { dynamic: true } : {}) });
      }
    }
    return arrows;
  } finally {
    await Deno.remove(entry);
  }
}

/** A package as the import map names it, such as `@std/assert`, as a URL. */
function externalName(specifier: string): string {
  return /^[a-z]+:/.test(specifier) ? specifier : `jsr:${specifier}`;
}

/** Arrows that are no imports: worker files named by `new URL("./x.ts", import.meta.url)`. */
function urlArrows(root: URL, path: string, code: string): Arrow[] {
  const found: Arrow[] = [];
  for (
    const m of withoutComments(code).matchAll(/new URL\(\s*"([^"]+\.ts)",\s*import\.meta\.url/g)
  ) {
    const to = new URL(m[1], new URL(path, root)).href;
    if (to.startsWith(root.href)) found.push({ from: path, to: to.slice(root.href.length) });
  }
  return found;
}

/** Checks the whole tree below `root`. Answers the faults and how many arrows were looked at. */
export async function checkTree(
  root: URL,
): Promise<{ readonly faults: Fault[]; readonly arrows: number; readonly files: number }> {
  const files = ourFiles(root);
  const arrows = await graph(root, files);
  const faults: Fault[] = [];
  for (const file of files) {
    const code = await Deno.readTextFile(new URL(file, root));
    arrows.push(...urlArrows(root, file, code));
    faults.push(...checkSource(file, code));
  }
  return {
    faults: [...checkArrows(arrows), ...faults],
    arrows: arrows.length,
    files: files.length,
  };
}

if (import.meta.main) {
  const { faults, arrows, files } = await checkTree(new URL("../", import.meta.url));
  for (const f of faults) console.error(`${f.file}: ${f.what}\n    ${f.rule}`);
  console.error(`${files} files, ${arrows} imports, ${faults.length} against the rules`);
  if (faults.length > 0) Deno.exit(1);
}
