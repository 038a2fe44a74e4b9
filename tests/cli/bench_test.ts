import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { chart, escapeXml } from "../../bench/chart.ts";
import { type Goal, goals, judge } from "../../bench/goals.ts";
import { JOBS } from "../../bench/jobs.ts";
import { type Cell, keyOf, type Row } from "../../bench/measure.ts";
import type { Report } from "../../bench/mod.ts";
import { BEGIN, between, END } from "../../bench/readme.ts";
import { chartOf, differences, markdown, terminalText } from "../../bench/report.ts";
import { CAPTURES, command, has, pcapkit, SAMPLE } from "./_process.ts";

const ALLOW = ["-A"];
/** What measures. */
const python = has("/usr/bin/python3") || has("python3");
const NEEDS = "(python3 is needed)";

async function run(...args: string[]): Promise<{ report: Report; err: string }> {
  const { code, out, err } = await pcapkit(["bench", "--quick", "--json", ...args], {
    allow: ALLOW,
  });
  assertEquals(code, 0, err);
  return { report: JSON.parse(out), err };
}

/** Says what is wrong with an XML document of elements, attributes and text; nothing if nothing is. */
function xmlFault(xml: string): string | undefined {
  const open: string[] = [];
  const token =
    /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>|([^<]+)/gy;
  let roots = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (!found) return `nothing that is XML at ${at}: ${xml.slice(at, at + 40)}`;
    const [, end, name, , empty, text] = found;
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) return `a bare & in "${text}"`;
      if (open.length === 0 && text.trim() !== "") return `text outside: ${text}`;
    } else if (end) {
      if (open.pop() !== name) return `</${name}> ends something else`;
    } else {
      if (open.length === 0) roots++;
      if (!empty) open.push(name);
    }
  }
  return open.length > 0 ? `${open} is open` : roots === 1 ? undefined : `${roots} roots`;
}

Deno.test({
  name:
    `bench measures engines, strategies and framers of a given capture, and says where ${NEEDS}`,
  ignore: !python,
  async fn() {
    const folder = Deno.makeTempDirSync();
    const files = ["json", "svg", "md"].map((end) => `${folder}/out.${end}`);
    const { report, err } = await run(
      ...[`${CAPTURES}/http.pcap`, "--no-peers", "-v", "--job", "flows,text"],
      ...["--engine", "default,dpkt"],
      ...files.flatMap((file) => ["-o", file]),
    );
    assertMatch(err, /^\d\d:\d\d:\d\d flows: default, http\.pcap$/m);
    const { packets, bytes } = report.captures["http.pcap"];
    assertEquals(bytes, Deno.statSync(`${CAPTURES}/http.pcap`).size);
    assert(report.rows.length > 8);
    for (const row of report.rows) {
      assertEquals([row.capture, row.packets, row.part], ["http.pcap", packets, false], row.title);
      for (
        const name of [
          ...["wallSeconds", "cpuSeconds", "peakBytes", "secondsPerPacket", "runs", "bytes"],
          ...["cpuSecondsPerPacket", "packetsPerSecond", "megabytesPerSecond"],
        ] as const
      ) assert(row[name]! > 0, `${row.title}: ${name} is ${row[name]}`);
      assertEquals(row.tool, "pcapkit");
    }
    const titles = (job: string): string[] =>
      report.rows.filter((row) => row.job === job).map((row) => row.title);
    for (const engine of ["default", "dpkt"]) {
      for (const job of ["flows", "text"]) assert(titles(job).includes(engine), job);
      for (const strategy of ["auto", "server (2)", "pipeline"]) {
        assert(titles("text").some((t) => t.startsWith(`${engine}, ${strategy.slice(0, 6)}`)));
      }
      assert(titles("flows").includes(`${engine}, pcap-parser`));
    }
    assert(report.machine.cpu !== "" && report.machine.cores > 0 && report.machine.memory > 0);
    assertEquals(report.versions.deno, Deno.version.deno);
    assert(Math.abs(Date.now() - Date.parse(report.date)) < 600_000);
    assertEquals(differences(report.rows), []);
    assertEquals(JSON.parse(Deno.readTextFileSync(files[0])), report);
    assertEquals(xmlFault(Deno.readTextFileSync(files[1])), undefined);
    assertEquals(Deno.readTextFileSync(files[2]), markdown(report) + "\n");
    // The same again, without measuring.
    const again = await pcapkit(["bench", "--from", files[0]]);
    assertEquals([again.code, again.out], [0, terminalText(report)]);
    Deno.removeSync(folder, { recursive: true });
  },
});

Deno.test({
  name: `bench names every program that is not installed, and measures the rest ${NEEDS}`,
  ignore: !has("/usr/bin/python3"),
  async fn() {
    const temporary = Deno.makeTempDirSync();
    const { code, out, err } = await pcapkit(
      [
        "bench",
        "--quick",
        "--job",
        "flows,bpf,text,ndjson,frames",
        "--engine",
        "dpkt",
        "--json",
      ]
        .concat("--strategy", "inline", "--packets", "200"),
      { allow: ALLOW, env: { PATH: "", TMPDIR: temporary } },
    );
    assertEquals(code, 0, err);
    const report: Report = JSON.parse(out);
    const missing = report.missing.map((m) => `${m.job} ${m.tool}`);
    for (
      const name of [
        ...["flows libpcap", "flows tshark", "text tshark", "text tcpdump"],
        ...["ndjson tshark", "frames capinfos", "bpf tcpdump"],
      ]
    ) assert(missing.includes(name), `${name} is not among ${missing.join(", ")}`);
    for (const m of report.missing) assert(m.reason.length > 10, m.reason);
    for (const m of report.missing) {
      assertStringIncludes(markdown(report).replaceAll("\n", " "), m.reason);
    }
    assertStringIncludes(
      report.missing.find((m) => m.tool === "tcpdump")!.reason,
      "apt install tcpdump",
    );
    assertEquals(report.versions.tshark, "not installed");
    assert(report.rows.some((row) => row.job === "text" && row.engine === "dpkt"));
    assertEquals([...Deno.readDirSync(temporary)], [], "temporary files were left");
    Deno.removeSync(temporary);
  },
});

Deno.test("bench: layers and stages in this process answer with what they found", async () => {
  const layers = await pcapkit(["bench", SAMPLE, "--in-process", "layers"]);
  const packets = Number(layers.out.split(" ")[0]);
  const info = await pcapkit(["info", SAMPLE, "--json"]);
  assertEquals(packets, JSON.parse(info.out).packets);
  assert(Number(layers.out.split(" ")[1]) > packets);
  for (const stage of ["frame", "walk", "read", "text"]) {
    const { code, out, err } = await pcapkit(
      ["bench", SAMPLE, "--in-process", stage, "--seconds", "0.01", "--engine", "dpkt"],
    );
    assertEquals(code, 0, err);
    const time = JSON.parse(out);
    assertEquals([time.stage, time.engine, time.packets], [stage, "dpkt", packets]);
    assert(time.nanosecondsPerPacket > 0);
    assertEquals(time.bytesPerPacket > 0, stage === "text");
    assertEquals(time.fieldsPerPacket > 0, stage === "read");
  }
});

Deno.test("bench generates the same capture twice", async () => {
  const folder = Deno.makeTempDirSync();
  const files = [`${folder}/a`, `${folder}/b`];
  for (const file of files) {
    const { code, out } = await pcapkit(["bench", file, "--in-process", "mix", "--packets", "300"]);
    assertEquals([code, out], [0, `300 ${Deno.statSync(file).size}\n`]);
  }
  const [a, b] = files.map((file) => Deno.readFileSync(file));
  assertEquals(a, b);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test({
  name: `an interrupted bench ends at once with what it started, and leaves nothing ${NEEDS}`,
  ignore: Deno.build.os === "windows" || !python,
  async fn() {
    const temporary = Deno.makeTempDirSync();
    const child = command(["bench", "--packets", "300000", "--no-peers"], {
      allow: ALLOW,
      env: { TMPDIR: temporary },
    }).spawn();
    // Until a capture is being written: whatever it is at by the time it hears of it, it has something to take away.
    const begun = (): boolean =>
      [...Deno.readDirSync(temporary)].some(({ name, isDirectory }) =>
        isDirectory && [...Deno.readDirSync(`${temporary}/${name}`)].length > 0
      );
    try {
      while (!begun()) await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      child.kill("SIGINT");
    }
    const { code, stdout } = await child.output();
    assertEquals([code, stdout.length], [130, 0]);
    assertEquals([...Deno.readDirSync(temporary)], []);
    Deno.removeSync(temporary);
  },
});

Deno.test("bench refuses what it cannot do, before it measures", async () => {
  const cases: [string[], string][] = [
    [["--job", "dance"], 'unknown job "dance"'],
    [["--engine", "warp"], 'unknown engine "warp"'],
    [["--strategy", "luck"], 'unknown strategy "luck"'],
    [["-o", "chart.png"], '"chart.png"'],
    [["--runs", "0"], "--runs is at least 1"],
    [["--seconds", "soon"], '"soon"'],
    [["--update-readme", "--quick"], "needs the whole run"],
    [["--in-process", "nothing", SAMPLE], '"nothing"'],
    [["--in-process", "layers"], "needs one FILE"],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await pcapkit(["bench", ...args]);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertStringIncludes(err, message);
  }
});

Deno.test("only what is between the comments of a page is written", () => {
  const page = `# A\n\nbefore\n\n${BEGIN}\n\nold\n\n${END}\n\nafter ${"x".repeat(9)}\n`;
  const written = between(page, "new | $& $1");
  assertEquals(written, page.replace("old", () => "new | $& $1"));
  assertEquals(between(written, "old"), page);
  for (const bad of ["", BEGIN, `${END}${BEGIN}`, page + page]) {
    assertThrows(() => between(bad, "x"), RangeError, "once each");
  }
  between(Deno.readTextFileSync(new URL("../../README.md", import.meta.url)), "");
});

/** A row that took so many seconds of everything. */
function row(title: string, tool: string, seconds: number, more: Partial<Row> = {}): Row {
  return {
    job: "text",
    tool,
    title,
    command: [tool],
    capture: "a.pcap",
    part: false,
    packets: 1000,
    bytes: 5000,
    processors: "one",
    runs: 1,
    wallSeconds: seconds,
    cpuSeconds: seconds,
    peakBytes: 2 ** 20,
    secondsPerPacket: seconds / 1000,
    cpuSecondsPerPacket: seconds / 1000,
    packetsPerSecond: 1000 / seconds,
    megabytesPerSecond: 0.005 / seconds,
    samples: [[seconds, seconds, 2 ** 20]],
    ...more,
  };
}

function reportOf(rows: readonly Row[], more: Partial<Report> = {}): Report {
  return {
    date: "2026-01-02T03:04:05.000Z",
    version: "1.2.3",
    quick: false,
    machine: { cpu: "Abacus", cores: 2, memory: 2 ** 33, system: "linux 1" },
    versions: { deno: "2.9.6" },
    load: [0, 1],
    pinned: true,
    seconds: 1,
    captures: { "a.pcap": { packets: 1000, bytes: 5000 } },
    rows,
    missing: [],
    stages: [],
    goals: [],
    ...more,
  };
}

Deno.test("the chart is XML whatever programs are called, and longer bars are slower programs", () => {
  const rows = [row("quick", "pcapkit", 0.001), row(`<&"'\0>`, "x", 1, { job: "ndjson" })];
  for (
    const svg of [chart(rows, "<title> & more", "it's"), chart([], "", ""), chartOf(reportOf(rows))]
  ) {
    assertEquals(xmlFault(svg), undefined);
  }
  assertEquals(escapeXml(`a<b>&"'\0`), "a&lt;b&gt;&amp;&quot;&apos;\ufffd");
  const widths = [...chart(rows, "", "").matchAll(/class="(ours|peer)".*?width="([\d.]+)"/g)];
  assertEquals(widths.map((m) => m[1]), ["ours", "peer"]);
  assert(Number(widths[0][2]) < Number(widths[1][2]));
});

Deno.test("tables say seconds a packet without exponents, and stay as deno fmt has them", async () => {
  const missing = [{
    job: "text",
    tool: "tcpdump",
    title: "tcpdump",
    reason: "not | there",
  }] as const;
  const report = reportOf([
    row("default", "pcapkit", 0.0004),
    row("tshark", "tshark", 12.345, { part: true }),
    row("tshark", "tshark", 1, { part: true, packets: 10 }),
  ], {
    missing,
    goals: [{
      issue: 2,
      goal: "be | quick",
      by: "x",
      bound: "≥ 6",
      measured: 7.5,
      met: true,
      note: "",
    }],
    stages: [{
      ...{ stage: "walk", engine: "dpkt", nanosecondsPerPacket: 12, bytesPerPacket: 0 },
      ...{ fieldsPerPacket: 0, packets: 1, passes: 1, capture: "a.pcap" },
    }],
  });
  const text = terminalText(report);
  for (
    const part of ["0.000000400", "0.0123", "tcpdump", "not | there", "7.50×", "dpkt", "Abacus"]
  ) {
    assertStringIncludes(text, part);
  }
  const page = `# Page\n\n${between(`${BEGIN}${END}`, markdown(report, "docs/bench.svg"))}\n`;
  assertStringIncludes(page, "0.000000400");
  const file = Deno.makeTempFileSync({ suffix: ".md" });
  Deno.writeTextFileSync(file, page);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--check", "--line-width", "100", file],
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  Deno.removeSync(file);
});

Deno.test("programs that count differently are told", () => {
  const flows = (title: string, answer: string): Row =>
    row(title, title, 1, { job: "flows", answer });
  assertEquals(differences([flows("a", "1 2 3"), flows("b", "1 2 3")]), []);
  assertEquals(differences([flows("a", "1 2 3"), flows("b", "1 2 4")]).length, 1);
  const part = { ...flows("b", "1 1 1"), packets: 10 };
  assertEquals(differences([flows("a", "1 2 3"), part]), []);
});

Deno.test("goals are judged by what was measured, and say why if it was not", () => {
  const cells = ["a", "b"].map((title): Cell => ({
    contestant: { job: "text", tool: title, title, threads: false, pace: 1, command: () => [] },
    capture: undefined,
  }));
  const at = (seconds: readonly [number, number]): Map<string, Row> =>
    new Map(cells.map((cell, i) => [keyOf(cell), row("x", "x", seconds[i])]));
  const side = { job: "text", who: {}, kind: "mix", packets: 1 } as const;
  const goal = (by: Goal["by"], bound: Partial<Goal>): Goal => ({
    ...{ issue: 3, what: "x", by, ours: side, other: side },
    ...bound,
  });
  const none = new Map();
  const rate = goal("packets a CPU second", { least: 6 });
  assertEquals(judge(rate, cells, at([1, 6]), none).met, true);
  assertEquals(judge(rate, cells, at([1, 5.9]), none).met, false);
  const sooner = goal("wall seconds", { most: 1 / 4 });
  const { met, measured, bound } = judge(sooner, cells, at([1, 5]), none);
  assertEquals([met, measured, bound], [true, 5, "≥ 4.00×"]);
  assertEquals(judge(sooner, cells, at([1, 3]), none).met, false);
  const overhead = goal("CPU seconds a packet", { most: 1.15 });
  assertEquals(judge(overhead, cells, at([1.1, 1]), none).met, true);
  assertEquals(judge(overhead, cells, at([1.2, 1]), none).met, false);
  const lacking = new Map([[keyOf(cells[1]), {
    job: "text",
    tool: "b",
    title: "b",
    reason: "gone",
  }]]);
  const verdict = judge(rate, cells, at([1, 1]), lacking as never);
  assertEquals([verdict.met, verdict.measured, verdict.note], [undefined, undefined, "b: gone"]);
});

Deno.test("there is a goal for everything the issues ask to be shown", () => {
  const all = goals();
  assertEquals(new Set(all.map((goal) => goal.issue)), new Set([2, 3, 4]));
  for (const goal of all) {
    assert((goal.least === undefined) !== (goal.most === undefined), goal.what);
    assert(JOBS.includes(goal.ours.job));
    if (goal.other && goal.ours.packets > 0) assertEquals(goal.other.packets, goal.ours.packets);
  }
  const small = goals(1 / 500);
  assertEquals(small.length, all.length);
  assert(small.every((goal) => goal.ours.packets <= 20_000));
});
