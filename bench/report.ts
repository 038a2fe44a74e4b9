/**
 * Tables of what was measured: for a terminal, and for a page in Markdown.
 *
 * @module
 */
import { chart } from "./chart.ts";
import type { Verdict } from "./goals.ts";
import { JOB, type JobName, JOBS } from "./jobs.ts";
import type { Missing, Row } from "./measure.ts";
import type { Report } from "./mod.ts";
import { STAGE_TITLES, type StageTime } from "./stages.ts";

/** Columns of a page's text, as `deno fmt` has it here. */
const PAGE_WIDTH = 100;

/** Programs of others by what they are known as, where that is not what they are called by. */
const FAMILY: Readonly<Record<string, string>> = {
  libpcap: "C loop on libpcap (flows)",
  "python3-dpkt": "Python dpkt",
  "python3-scapy": "Scapy",
};

/** Strategies that spread work, in the order of tables. */
const SPREAD: readonly string[] = ["auto", "server", "pipeline"];

/** Seconds as text, with three digits that say something and no exponent: they stand below each other. */
function seconds(value: number): string {
  return value.toFixed(Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(value)))));
}

function packets(n: number): string {
  return n.toLocaleString("en-US");
}

function rate(perSecond: number): string {
  return perSecond >= 1e6
    ? `${(perSecond / 1e6).toFixed(2)} M`
    : `${(perSecond / 1e3).toFixed(1)} k`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}

/** What was measured where, in one line. */
export function place(report: Report): string {
  const { machine, versions, load, quick } = report;
  const tools = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  const worth = quick ? "A quick run: whether it works, no figures. " : "";
  return `${worth}${report.date.slice(0, 10)}, pcapkit ${report.version}${
    report.commit === undefined ? "" : ` (${report.commit})`
  }, ${machine.cpu}, ${machine.cores} cores, ${
    (machine.memory / 2 ** 30).toFixed(0)
  } GiB, ${machine.system}, load ${load.map((l) => l.toFixed(1)).join(" to ")}` +
    `${report.pinned ? "; one thread is bound to one core" : ""}; ${tools}.`;
}

/** Rows of a job on a capture, as they are shown: of those that differ only in how much they got, that with most. */
function shown(report: Report, job: JobName, capture: string): Row[] {
  const best = new Map<string, Row>();
  for (const row of report.rows) {
    if (row.job !== job || row.capture !== capture) continue;
    const name = `${row.tool} ${row.title}`;
    const other = best.get(name);
    if (!other || row.packets > other.packets) best.set(name, row);
  }
  return [...best.values()].sort(inOrder(report));
}

/** The order of tables: ours by engine and strategy, those with another framer, those without engine, others as they are. */
function inOrder({ rows }: Report): (a: Row, b: Row) => number {
  const engines = [...new Set(["default", ...rows.map((row) => row.engine)])];
  const rank = ({ tool, engine, strategy, framer }: Row): number => {
    const group = tool !== "pcapkit" ? 3 : engine === undefined ? 2 : framer !== undefined ? 1 : 0;
    // Within an engine, one thread is in front.
    const place = group > 1 ? 0 : engines.indexOf(engine) * 100 + SPREAD.indexOf(strategy ?? "");
    return group * 1e6 + place;
  };
  return (a, b) => rank(a) - rank(b);
}

/** Answers that differ though the packets are the same: then one of them is wrong. */
export function differences(rows: readonly Row[]): string[] {
  const found: string[] = [];
  const answers = new Map<string, Row>();
  for (const row of rows) {
    if (row.answer === undefined) continue;
    const first = answers.get(`${row.job} ${row.capture} ${row.packets}`);
    if (!first) answers.set(`${row.job} ${row.capture} ${row.packets}`, row);
    else if (first.answer !== row.answer) {
      found.push(
        `${row.job} of ${row.capture}: ${first.title} says ${first.answer}, ${row.title} says ${row.answer}`,
      );
    }
  }
  return found;
}

/** Columns with spaces between; `left`: how many columns stand on the left. */
function columns(rows: readonly (readonly string[])[], left: number): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    row.map((cell, c) => c < left ? cell.padEnd(widths[c]) : cell.padStart(widths[c])).join("  ")
      .trimEnd() + "\n"
  ).join("");
}

/** Everything, for a terminal. */
export function terminalText(report: Report): string {
  const parts: string[] = [];
  for (const capture of Object.keys(report.captures)) {
    for (const job of JOBS) {
      const rows = shown(report, job, capture);
      if (rows.length === 0) continue;
      const all = report.captures[capture];
      const least = Math.min(...rows.map((row) => row.secondsPerPacket!));
      parts.push(
        `${JOB[job].title}: ${JOB[job].what}\n` +
          `${capture}, ${packets(all.packets)} packets, ${(all.bytes / 1e6).toFixed(1)} MB\n` +
          columns([
            [
              "",
              "s/packet",
              "",
              "packets/s",
              "MB/s",
              "CPU s/packet",
              "peak",
              "cores",
              "runs",
              "first",
            ],
            ...rows.map((row) => [
              row.title,
              seconds(row.secondsPerPacket!),
              `${(row.secondsPerPacket! / least).toPrecision(3)}×`,
              rate(row.packetsPerSecond!),
              row.megabytesPerSecond!.toFixed(1),
              seconds(row.cpuSecondsPerPacket!),
              mebibytes(row.peakBytes),
              row.processors,
              String(row.runs),
              row.part ? packets(row.packets) : "",
            ]),
          ], 1),
      );
    }
  }
  const starts = report.rows.filter((row) => row.job === "start");
  if (starts.length > 0) {
    parts.push(
      `${JOB.start.title}: ${JOB.start.what}\n` + columns([
        ["", "s", "CPU s", "peak", "runs"],
        ...starts.map((row) => [
          row.title,
          row.wallSeconds.toFixed(3),
          row.cpuSeconds.toFixed(3),
          mebibytes(row.peakBytes),
          String(row.runs),
        ]),
      ], 1),
    );
  }
  if (report.stages.length > 0) {
    parts.push("stages, warm, nanoseconds a packet\n" + columns(stageRows(report.stages), 1));
  }
  if (report.goals.length > 0) {
    const rows = goalRows(report.goals);
    parts.push(
      "goals\n" + columns([["goal", "by", "bound", "measured", "met", "with"], ...rows], 6),
    );
  }
  if (report.missing.length > 0) {
    parts.push("not measured\n" + columns(missingRows(report.missing), 3));
  }
  const wrong = differences(report.rows);
  if (wrong.length > 0) parts.push(`answers differ\n${wrong.join("\n")}\n`);
  parts.push(place(report) + "\n");
  return parts.join("\n");
}

function missingRows(missing: readonly Missing[]): string[][] {
  return missing.map((m) => [m.job, m.title, m.reason]);
}

function stageRows(stages: Report["stages"]): string[][] {
  const captures = [...new Set(stages.map((s) => s.capture))];
  const name = ({ stage, engine }: StageTime): string =>
    stage === "walk" ? `${STAGE_TITLES[stage]} (${engine})` : STAGE_TITLES[stage];
  const names = [...new Set(stages.map(name))];
  return [
    ["", ...captures],
    ...names.map((title) => [
      title,
      ...captures.map((capture) =>
        stages.find((s) => name(s) === title && s.capture === capture)?.nanosecondsPerPacket
          .toFixed(0) ?? ""
      ),
    ]),
  ];
}

function goalRows(goals: readonly Verdict[]): string[][] {
  return goals.map((v) => [
    v.goal,
    v.by,
    v.bound,
    v.measured === undefined
      ? ""
      : v.bound.endsWith("MiB")
      ? mebibytes(v.measured)
      : `${v.measured.toPrecision(3)}×`,
    v.met === undefined ? "not measured" : v.met ? "yes" : "no",
    v.note,
  ]);
}

/** A table in Markdown, as `deno fmt` leaves it. `right`: columns of numbers. */
function markdownTable(
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean,
): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = cells[0].map((_, c) => Math.max(2, ...cells.map((row) => row[c].length)));
  const line = (row: readonly string[]): string =>
    `| ${
      row.map((cell, c) => right(c) ? cell.padStart(widths[c]) : cell.padEnd(widths[c])).join(" | ")
    } |`;
  const rule = widths.map((w, c) => right(c) ? "-".repeat(w - 1) + ":" : "-".repeat(w));
  return [line(cells[0]), line(rule), ...cells.slice(1).map(line)].join("\n");
}

/** Text in lines of the page's width. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= PAGE_WIDTH) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

/** The jobs that have rows on a capture. */
function jobsOf(report: Report, capture: string): JobName[] {
  return JOBS.filter((job) =>
    report.rows.some((row) => row.job === job && row.capture === capture)
  );
}

/** Everything for a page in Markdown. `picture`: where the chart is, seen from the page. */
export function markdown(report: Report, picture?: string): string {
  const parts: string[] = [];
  for (const [capture, { packets: count, bytes }] of Object.entries(report.captures)) {
    const jobs = jobsOf(report, capture);
    if (jobs.length === 0) continue;
    parts.push(wrap(
      `Seconds per packet, whole process, start-up included, on ${packets(count)} packets ` +
        `(\`${capture}\`, ${(bytes / 1e6).toFixed(0)} MB); the slow ones on its first part:`,
    ));
    const lines = new Map<string, { readonly first: Row; readonly cells: string[] }>();
    for (const [j, job] of jobs.entries()) {
      for (const row of shown(report, job, capture)) {
        const program = FAMILY[row.tool] ?? row.tool;
        const name = row.tool === "pcapkit"
          ? row.title
          : `_${row.filter === undefined ? program : `${program}, ${row.filter}`}_`;
        const line = lines.get(name) ?? { first: row, cells: jobs.map(() => "") };
        line.cells[j] = seconds(row.secondsPerPacket!);
        lines.set(name, line);
      }
    }
    const compare = inOrder(report);
    const sorted = [...lines].sort(([, a], [, b]) => compare(a.first, b.first));
    parts.push(markdownTable(
      [
        ["engine, strategy; _others_", ...jobs.map((job) => JOB[job].title)],
        ...sorted.map(([name, { cells }]) => [name, ...cells]),
      ],
      (c) => c > 0,
    ));
  }
  if (picture !== undefined) {
    parts.push(`![Microseconds a packet, by job and program](${picture})`);
  }
  if (report.goals.length > 0) {
    const rows = goalRows(report.goals).map((
      [goal, by, bound, measured, met],
    ) => [goal, by, bound, measured, met]);
    parts.push(
      markdownTable([["goal", "by", "bound", "measured", "met"], ...rows], (c) => c === 3),
    );
  }
  if (report.stages.length > 0) {
    const [head, ...rest] = stageRows(report.stages);
    parts.push(markdownTable(
      [["stage, warm", ...head.slice(1).map((name) => `${name}, ns`)], ...rest],
      (c) => c > 0,
    ));
  }
  if (report.missing.length > 0) {
    const list = missingRows(report.missing).map(([job, title, why]) =>
      `${job}: ${title} (${why})`
    );
    parts.push(wrap(`Not measured: ${list.join("; ")}.`));
  }
  parts.push(wrap(place(report)));
  return parts.join("\n\n");
}

/** The chart of a report: its first capture. */
export function chartOf(report: Report): string {
  const [name, capture] = Object.entries(report.captures)[0] ?? ["", undefined];
  const rows = JOBS.flatMap((job) => job === "start" ? [] : shown(report, job, name));
  const { machine } = report;
  return chart(
    rows,
    `Time a packet takes: ${name}${capture ? `, ${packets(capture.packets)} packets` : ""}`,
    `whole process; pcapkit ${report.version}, Deno ${report.versions.deno}, ${machine.cpu}, ${
      report.date.slice(0, 10)
    }`,
  );
}
