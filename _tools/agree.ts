// deno-lint-ignore-file no-console -- a program for the terminal
/**
 * Compares the engines over every capture in `../shared/captures`, and writes docs/AGREEMENT.md.
 *
 * ```sh
 * deno task agree
 * deno task agree --pair default,tshark --only dns/ --print
 * ```
 *
 * `--json FILE` adds what became of each capture to FILE, a line each; `--from FILE` writes the document from that.
 * Captures are compared in child processes, two at a time, each of which takes one capture after another.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams";
import { CaptureFormatError } from "../core/errors.ts";
import { createKit } from "../kit.ts";
import {
  type EngineComparison,
  type EngineDifference,
  startComparing,
} from "../workers/compare.ts";
import { CAPTURES, capturesBelow } from "./_captures.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const DOCUMENT = `${ROOT}docs/AGREEMENT.md`;
const PAIRS = ["default,dpkt", "default,tshark"];
/** Child processes at a time. */
const CHILDREN = 2;
/** A capture that takes longer is given up, in milliseconds. */
const CAPTURE_MS = 120_000;

/**
 * Why single captures, or damaged ones, differ: capture, field or layer, reason. The first that fits counts. What whole
 * fields differ in stands in workers/kept.ts. What nobody explained is shown as open.
 */
const EXPLAINED: readonly (readonly [capture: RegExp, name: RegExp, reason: string])[] = [
  [/_pcapng-conformance/, /^frame\.time_/, "packets without a time stamp: tshark counts from 1970"],
  [
    /./,
    /^frame\.time_/,
    "a fraction of more than a second: tshark lets it stand, pcapkit carries it",
  ],
  [/atm-oam/, /^frame\.(cap_)?len$/, "tshark takes the pseudo-header of SunATM off"],
  [/./, /^(frame|tcp)\.len$/, "a length on the wire that is absurd: each has its own limit"],
  [/./, /^frame\.interface_name$/, "tshark looks the interface up in the file's first section"],
  [/cisco-fabric-path/, /./, "FabricPath, which pcapkit does not know: tshark goes on within it"],
  [
    /./,
    /^(eth|sll|ieee8021..)\.(padding|trailer)$/,
    "where the content ends is told by the layer above: one that pcapkit does not know, or that tshark gave up",
  ],
  [/./, /^data\./, "what nobody dissects; tshark unpacks contents, or begins elsewhere"],
  [
    /_pcapng-conformance/,
    /^dhcp/,
    "the capture cut the packet: tshark shows nothing of DHCP, pcapkit what is there",
  ],
  [
    /http-evader|PartialHttpRequest|http-connect-fragmented/,
    /^http/,
    "HTTP that is broken on purpose: where content begins and ends is a guess",
  ],
  [
    /ipv6-hbh-routing0|pbb-recursive|dns_tcp|dns-inverse-query/,
    /^dns$/,
    "too few bytes for a header: pcapkit names the layer and says that it is damaged, tshark shows none",
  ],
  [
    /arkime_synthetic/,
    /^(dns|ip|udp|vxlan)$/,
    "VXLAN-GPE, which pcapkit does not know: tshark goes on within it",
  ],
  [/bgp-aigp|isis_poi2/, /./, "Juniper's link types, which pcapkit does not know"],
  [
    /icmpv6-length-zero/,
    /^icmpv6$/,
    "a payload length of 0: of TCP alone more is expected (segmentation offload), tshark looks at any",
  ],
  [/./, /^igmp$/, "in front of PIM version 1 tshark does not show IGMP's header"],
  [/./, /^gtp$/, "GTP': tshark has another name for it"],
  [
    /fuzz|oobr|asan|overflow|malformed|too-long|invalid|truncated|bad-|damaged|bogus/i,
    /./,
    "a malformed packet: where each stops reading differs",
  ],
];

/** What became of one capture. */
interface Outcome {
  readonly file: string;
  readonly result?: EngineComparison;
  /** Why it could not be compared, or not to its end. */
  readonly error?: string;
  /** Whether the capture is what failed. */
  readonly damaged?: boolean;
}

/** Compares one capture. */
async function compareOne(file: string, engines: readonly [string, string]): Promise<Outcome> {
  const path = `${CAPTURES}/${file}`;
  try {
    await using comparing = await startComparing(path, {
      engines,
      kit: createKit(),
      signal: AbortSignal.timeout(CAPTURE_MS),
    });
    try {
      for await (const _ of comparing.batches());
      return { file, result: comparing.result() };
    } catch (error) {
      return { file, result: comparing.result(), ...failed(error) };
    }
  } catch (error) {
    return { file, ...failed(error) };
  }
}

function failed(error: unknown): Pick<Outcome, "error" | "damaged"> {
  const text = error instanceof Error ? error.message : String(error);
  return {
    error: text.replaceAll(CAPTURES + "/", "").split("\n")[0],
    damaged: error instanceof CaptureFormatError,
  };
}

/** A child: captures by line on standard input, outcomes by line on standard output. */
async function child(pair: string): Promise<void> {
  const engines = pair.split(",") as [string, string];
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const encoder = new TextEncoder();
  const out = Deno.stdout.writable.getWriter();
  for await (const file of lines) {
    if (file === "") continue;
    await out.write(encoder.encode(JSON.stringify(await compareOne(file, engines)) + "\n"));
  }
}

/** Compares all captures with a pair of engines. */
async function comparePair(
  pair: string,
  files: readonly string[],
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = [...files];
  let done = 0;
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const process = new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--quiet", "-P=tools", import.meta.filename!, "--child", pair],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const input = process.stdin.getWriter();
      const output = process.stdout
        .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
      let at: string | undefined;
      while ((at = queue.shift()) !== undefined) {
        const answer = await Promise.all([
          input.write(new TextEncoder().encode(`${at}\n`)).catch(() => {}),
          output.read(),
        ]);
        const { value } = answer[1];
        // A child that dies takes one capture with it; another goes on.
        const outcome: Outcome = value
          ? JSON.parse(value)
          : { file: at, error: "the process died" };
        outcomes.push(outcome);
        onOutcome(outcome);
        if (++done % 100 === 0) console.error(`${pair}: ${done} of ${files.length}`);
        if (!value) break;
      }
      await input.close().catch(() => {});
      await output.cancel();
      await process.status;
    }
  };
  await Promise.all(Array.from({ length: CHILDREN }, work));
  return outcomes.sort((a, b) => a.file < b.file ? -1 : 1);
}

/** A difference over all captures. */
interface Sum {
  name: string;
  reason: string | undefined;
  captures: number;
  frames: number;
  values: number;
  /** Where it was first met: capture and frame. */
  where: string;
  a: string;
  b: string;
}

/** A difference, and why it is, if that is known. */
function explain(file: string, d: EngineDifference): EngineDifference {
  if (d.reason !== undefined) return d;
  const found = EXPLAINED.find(([capture, name]) => capture.test(file) && name.test(d.name));
  return found ? { ...d, reason: found[2] } : d;
}

function sum(
  outcomes: readonly Outcome[],
  pick: (result: EngineComparison) => readonly EngineDifference[],
): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { file, result } of outcomes) {
    for (const difference of result ? pick(result) : []) {
      const d = explain(file, difference);
      const key = `${d.name}\n${d.reason ?? ""}`;
      let s = sums.get(key);
      if (!s) {
        const { name, reason, a, b } = d;
        const where = `${file} ${d.frameNumbers[0]}`;
        sums.set(key, s = { name, reason, captures: 0, frames: 0, values: 0, where, a, b });
      }
      s.captures++;
      s.frames += d.frames;
      s.values += d.values;
    }
  }
  const open = (s: Sum): number => s.reason === undefined ? 0 : 1;
  return [...sums.values()].sort((x, y) =>
    open(x) - open(y) || y.frames - x.frames || (x.name < y.name ? -1 : 1)
  );
}

/** A cell of a Markdown table. */
function cell(text: string, most = 60): string {
  const all = [...text.replace(/\p{Cc}/gu, "·")];
  const short = all.length > most ? all.slice(0, most - 1).join("") + "…" : all.join("");
  return short.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("`", "'");
}

const code = (text: string, most?: number): string => text === "" ? "" : `\`${cell(text, most)}\``;

/** The section of a pair. */
function section(pair: string, outcomes: readonly Outcome[]): string {
  const [a, b] = pair.split(",");
  const results = outcomes.flatMap((o) => o.result ?? []);
  const total = (of: (r: EngineComparison) => number): number =>
    results.reduce((n, r) => n + of(r), 0);
  const number = (n: number): string => n.toLocaleString("en");
  const values = total((r) => r.values), differing = total((r) => r.differing);
  const fields = sum(outcomes, (r) => r.fields), layers = sum(outcomes, (r) => r.layers);
  const kept = sum(outcomes, (r) => r.kept);
  const damaged = outcomes.filter((o) => o.damaged).length;
  const failures = outcomes.filter((o) => o.error !== undefined && !o.damaged);
  let text = `## ${a} and ${b}\n\n| | |\n| --- | --- |\n`;
  text += `| captures | ${number(outcomes.length)}, of which ${
    number(damaged)
  } are no captures or damaged, and compared up to there |\n`;
  text += `| packets | ${number(total((r) => r.packets))} |\n`;
  text += `| values compared | ${number(values)} |\n`;
  text += `| values that differ | ${number(differing)} (${
    values === 0 ? "0" : (differing / values * 100).toFixed(4)
  } %) in ${number(new Set(fields.map((f) => f.name)).size)} fields |\n`;
  const unexplained = fields.filter((f) => f.reason === undefined);
  text += `| of them not explained yet | ${
    number(unexplained.reduce((n, f) => n + f.values, 0))
  } in ${number(unexplained.length)} fields |\n`;
  text += `| layers that differ | ${number(layers.reduce((n, l) => n + l.frames, 0))} |\n`;
  text += `| values kept on purpose | ${number(kept.reduce((n, k) => n + k.values, 0))} |\n`;
  [a, b].forEach((name, i) => {
    text += `| values that only ${name} can tell | ${number(total((r) => r.beyond[i]))} |\n`;
  });
  const table = (title: string, list: readonly Sum[], why: boolean): void => {
    if (list.length === 0) return;
    text += `\n### ${title}\n\n| | captures | frames | first | ${a} | ${b} |${
      why ? " why |" : ""
    }\n| --- | ---: | ---: | --- | --- | --- |${why ? " --- |" : ""}\n`;
    for (const s of list) {
      text += `| \`${s.name}\` | ${number(s.captures)} | ${number(s.frames)} | ${
        cell(s.where, 200)
      } | ${code(s.a)} | ${code(s.b)} |${why ? ` ${cell(s.reason ?? "open", 400)} |` : ""}\n`;
    }
  };
  table("Fields that differ", fields, true);
  table("Layers that one has and the other has not", layers, true);
  table("Kept on purpose", kept, true);
  if (failures.length > 0) {
    text += "\n### Not compared to the end\n\n";
    for (const f of failures) text += `- ${cell(f.file, 200)}: ${cell(f.error!, 200)}\n`;
  }
  return text;
}

async function main(): Promise<number> {
  const args = parseArgs(Deno.args, {
    string: ["child", "pair", "only", "json", "from"],
    boolean: ["print"],
    collect: ["pair"],
  });
  if (args.child !== undefined) {
    await child(args.child);
    return 0;
  }
  try {
    Deno.statSync(CAPTURES);
  } catch {
    console.error(`Cannot compare: there is no ${CAPTURES}`);
    return 2;
  }
  const only = args.only;
  const files = [...capturesBelow()].filter((f) => only === undefined || f.includes(only));
  const pairs = args.pair.length > 0 ? args.pair : PAIRS;
  let version = "";
  try {
    const { stdout } = await new Deno.Command("tshark", { args: ["--version"], stderr: "null" })
      .output();
    version = / [\d.]+/.exec(new TextDecoder().decode(stdout))?.[0] ?? "";
  } catch {
    // Then the pairs with it say so.
  }
  let text = `# Where the engines agree

Every value that two engines both report, on all ${
    files.length.toLocaleString("en")
  } captures of \`../shared/captures\`, compared as tshark${version}
prints it. Written by \`deno task agree\`; \`pcapkit compare FILE --engines A,B\` does the same for one capture.

tshark looks at each packet by itself here, without reassembly and analysis over packets, as our engines do. What it
shows of protocols that pcapkit does not know is not compared: these are the values that only tshark can tell. Neither
is what \`dpkt\`, which ends at the transport layer, does not reach. Reasons for what is kept stand in
[workers/kept.ts](../workers/kept.ts), and case by case in [tests/oracle/KEPT.md](../tests/oracle/KEPT.md); what is
marked as open nobody has looked into yet.
`;
  const known = args.from === undefined
    ? undefined
    : (await Deno.readTextFile(args.from)).trimEnd().split("\n")
      .map((line) => JSON.parse(line) as Outcome & { readonly pair: string })
      .sort((a, b) => a.file < b.file ? -1 : 1);
  let differ = false;
  for (const pair of pairs) {
    const outcomes = known?.filter((o) => o.pair === pair) ??
      await comparePair(pair, files, (outcome) => {
        if (args.json === undefined) return;
        const line = JSON.stringify({ pair, ...outcome }) + "\n";
        Deno.writeTextFileSync(args.json, line, { append: true });
      });
    differ ||= outcomes.some(({ result: r }) => r && r.fields.length + r.layers.length > 0);
    text += `\n${section(pair, outcomes)}`;
  }
  if (args.print || only !== undefined) console.log(text);
  else {
    await Deno.writeTextFile(DOCUMENT, text);
    new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", DOCUMENT] }).outputSync();
  }
  return differ ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main());
