import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { open } from "../../mod.ts";
import { EngineError } from "../../core/errors.ts";
import { PcapWriter } from "../../capture/write_pcap.ts";
import { MemorySink } from "../../capture/sink.ts";
import { tcp } from "../../protocols/mod.ts";
import { start } from "../../workers/extract.ts";
import { bare, report, running, TSHARK } from "./_tshark.ts";

const SAMPLE = "tests/captures/sample.pcap";
const ignore = !TSHARK;
const FIELDS = [
  "frame.number",
  "ip.src",
  "tcp.port",
  "eth.type",
  "dns.qry.name",
  "http.request.line",
  "tcp.flags",
];
const flags = (fields: readonly string[]): string[] => fields.flatMap((f) => ["-e", f]);
const WHY = ignore ? " (there is no tshark)" : "";

Deno.test(`tshark engine prints fields as tshark -T fields does${WHY}`, { ignore }, async () => {
  for (
    const name of [
      "sample.pcap",
      "sample.pcapng",
      "http.pcap",
      "two-interfaces.pcapng",
      "snapped-64.pcap",
    ]
  ) {
    const path = `tests/captures/${name}`;
    assertEquals(
      await report(path, "fields", { fields: FIELDS }),
      await bare("-r", path, "-T", "fields", ...flags(FIELDS)),
      name,
    );
  }
});

Deno.test(`tshark engine reads bytes and streams as it reads files${WHY}`, { ignore }, async () => {
  const bytes = await Deno.readFile(SAMPLE);
  const expected = await report(SAMPLE, "ndjson");
  assertEquals(await report(bytes, "ndjson"), expected);
  const pieces = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let i = 0; i < bytes.length; i += 1000) {
        await new Promise((r) => setTimeout(r, 1));
        controller.enqueue(bytes.slice(i, i + 1000));
      }
      controller.close();
    },
  });
  assertEquals(await report(pieces, "ndjson"), expected);
});

Deno.test(
  `tshark engine answers each packet of live input before the next comes${WHY}`,
  { ignore },
  async () => {
    const bytes = await Deno.readFile(SAMPLE);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "-A",
        "cli.ts",
        "fields",
        "-",
        "-E",
        "tshark",
        "-e",
        "frame.number",
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter(), reader = child.stdout.getReader();
    const size = 24 + 16 + new DataView(bytes.buffer).getUint32(32, true);
    await writer.write(bytes.slice(0, size));
    assertEquals(new TextDecoder().decode((await reader.read()).value), "1\n");
    await writer.close();
    assertEquals((await reader.read()).done, true);
    assert((await child.status).success);
  },
);

Deno.test(`tshark engine has typed values, layers and views${WHY}`, { ignore }, async () => {
  const extraction = await start({
    fin: "tests/captures/http.pcap",
    nofile: true,
    engine: "tshark",
  });
  const ours = await start({ fin: "tests/captures/http.pcap", nofile: true });
  await extraction.run();
  await ours.run();
  assertEquals(extraction.frame.length, ours.frame.length);
  extraction.frame.forEach((packet, i) => {
    const same = ours.frame[i];
    assertEquals(packet.number, same.number);
    assertEquals(packet.get(tcp)?.srcPort, same.get(tcp)?.srcPort);
    for (
      const f of [
        "ip.src",
        "tcp.srcport",
        "eth.dst",
        "ip.flags.df",
        "frame.time_epoch",
        "tcp.checksum",
      ]
    ) {
      assertEquals(packet.field(f), same.field(f), f);
    }
    const [occurrence] = packet.fieldAll("tcp.dstport");
    if (occurrence) assertEquals([occurrence.offset, occurrence.length], [36, 2]);
  });
  assertEquals(extraction.frame[3].protocols, "eth:ip:tcp:http");
  assertEquals(extraction.frame[3].chain, "Ethernet:IPv4:TCP:HTTP");
  assertEquals(typeof extraction.frame[3].field("http.request.full_uri"), "string");
});

Deno.test(`tshark engine writes every report${WHY}`, { ignore }, async () => {
  for (const format of ["tree", "json", "plist", "text", "csv", "ndjson"]) {
    const text = await report(SAMPLE, format);
    assert(text.length > 1000, format);
    if (format === "json") assertEquals(Object.keys(JSON.parse(text)).length, 72);
  }
});

Deno.test(`tshark engine leaves out what the display filter does${WHY}`, { ignore }, async () => {
  const filter = 'udp.port == 53 or tcp.flags.fin == 1 or http.host contains "@"';
  for (const more of [{}, { noEof: false }]) {
    assertEquals(
      await report(SAMPLE, "fields", { fields: FIELDS }, { displayFilter: filter }, more),
      await bare("-r", SAMPLE, "-Y", filter, "-T", "fields", ...flags(FIELDS)),
    );
  }
  const numbers = (await bare("-r", SAMPLE, "-Y", filter, "-T", "fields", "-e", "frame.number"))
    .trim().split("\n").map(Number);
  const lines = (await report(SAMPLE, "ndjson", {}, { displayFilter: filter })).trim().split("\n")
    .map((l) => JSON.parse(l));
  assertEquals(lines.map((l) => l.frame), numbers);
  assertEquals(lines.map((l) => l.fields["frame.number"]), numbers.map((n) => [n]));
  assertEquals(
    await report(SAMPLE, "fields", { fields: ["ip.src"] }, { displayFilter: "stp" }),
    "",
  );
});

Deno.test(
  `tshark engine's filter chooses the packets of a capture file${WHY}`,
  { ignore },
  async () => {
    const directory = await Deno.makeTempDir();
    try {
      for (
        const [input, format] of [[SAMPLE, "pcap"], ["tests/captures/sample.pcapng", "pcapng"]]
      ) {
        const fout = `${directory}/out.${format}`;
        const extraction = await start({
          fin: input,
          fout,
          format,
          engine: "tshark",
          engineOptions: { displayFilter: "tcp" },
          store: false,
        });
        await extraction.run();
        const fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.seq_raw"];
        assertEquals(
          await bare("-r", fout, ...fields),
          await bare("-r", input, "-Y", "tcp", ...fields),
        );
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

Deno.test(`tshark engine dissects as it is told${WHY}`, { ignore }, async () => {
  const decodeAs = await report(SAMPLE, "fields", { fields: ["frame.protocols"] }, {
    decodeAs: ["udp.port==53,data"],
  });
  assert(!decodeAs.includes(":dns"), decodeAs);
  const relative = await report("tests/captures/http.pcap", "fields", { fields: ["tcp.seq"] }, {
    preferences: { "tcp.relative_sequence_numbers": "FALSE" },
  });
  assertEquals(
    relative,
    await bare(
      "-r",
      "tests/captures/http.pcap",
      "-o",
      "tcp.relative_sequence_numbers:FALSE",
      "-T",
      "fields",
      "-e",
      "tcp.seq",
    ),
  );
  const off = await report(SAMPLE, "fields", { fields: ["frame.protocols"] }, { disable: ["dns"] });
  assert(!off.includes(":dns"));
  assertEquals(
    await report("tests/captures/http.pcap", "fields", { fields: ["http.response_in"] }, {
      twoPass: true,
    }),
    await bare("-2", "-r", "tests/captures/http.pcap", "-T", "fields", "-e", "http.response_in"),
  );
  assert(
    (await report("tests/captures/http.pcap", "fields", { fields: ["http.response_in"] }, {
      twoPass: true,
    })).trim() !== "",
  );
});

Deno.test(`tshark engine says what was wrong${WHY}`, { ignore }, async () => {
  const failing = async (
    options: Record<string, unknown>,
    fields = ["ip.src"],
  ): Promise<EngineError> =>
    await assertRejects(() => report(SAMPLE, "fields", { fields }, options), EngineError);
  const field = await failing({}, ["no.such"]);
  assertEquals([field.engine, field.exitCode], ["tshark", 1]);
  assertStringIncludes(field.message, "no.such");
  assertStringIncludes((await failing({ displayFilter: "ip.src ==" })).message, "ip.src");
  assertStringIncludes((await failing({ preferences: { "no.such": "1" } })).message, "no.such");
  assertStringIncludes((await failing({ decodeAs: ["nonsense"] })).message, "nonsense");
  await assertRejects(
    () => report(SAMPLE, "fields", { fields: ["ip.src"] }, { colour: "red" }),
    RangeError,
    "colour",
  );
  await assertRejects(
    () => report(SAMPLE, "fields", { fields: ["ip.src"] }, { tshark: "/nonexistent/tshark" }),
    Error,
    "install Wireshark",
  );
  await assertRejects(
    () => report(SAMPLE, "fields", { fields: ["ip.src"] }, { twoPass: true }, { noEof: true }),
    EngineError,
    "all of the input",
  );
});

/** A program that stands in for tshark. */
async function fake(script: string): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "tshark" });
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`);
  await Deno.chmod(path, 0o755);
  return path;
}

Deno.test("tshark engine reports versions, exits and ends that come too early", async () => {
  const cases: [script: string, message: string][] = [
    [
      'if [ "$1" = --version ]; then echo "TShark 1.12.1 (x)"; exit 0; fi; echo "illegal option" >&2; exit 2',
      "version 1.12.1, and pcapkit needs 3.0",
    ],
    ["cat >/dev/null; echo broken >&2; exit 3", "exit code 3: broken"],
    ["exit 0", "ended before packet 1"],
    ["kill -SEGV $$", "SIGSEGV"],
    ["printf '1.2.3.4\\037\\037\\0375\\n'; exec sleep 60", "ended before|cannot be read"],
  ];
  for (const [script, message] of cases.slice(0, 4)) {
    const tshark = await fake(script);
    try {
      const error = await assertRejects(
        () => report(SAMPLE, "fields", { fields: ["ip.src"] }, { tshark }),
        EngineError,
      );
      assertStringIncludes(error.message, message);
    } finally {
      await Deno.remove(tshark);
    }
  }
});

Deno.test(`tshark engine lets tshark read a plain file by itself, if it may${WHY}`, {
  ignore,
}, async () => {
  const folder = await Deno.makeTempDir({ prefix: "tshark" });
  const input = `${folder}/in.pcap`, said = `${folder}/said`;
  const open = await fake(`echo "$*" >>${said}; exec tshark "$@"`);
  const confined = await fake(
    `echo "$*" >>${said}; case "$*" in *"-r - "*) exec tshark "$@" ;; esac; echo denied >&2; exit 2`,
  );
  /** What is printed, and what tshark was given to read. */
  const run = async (tshark: string, more = {}): Promise<[string, string[]]> => {
    await Deno.writeTextFile(said, "");
    const text = await report(input, "fields", { fields: FIELDS }, { tshark }, more);
    const lines = (await Deno.readTextFile(said)).trimEnd().split("\n");
    return [text, lines.map((line) => /-r (\S+)/.exec(line)![1])];
  };
  const settle = (): Promise<void> => Deno.utime(input, 1e9, 1e9);
  try {
    const bytes = await Deno.readFile(SAMPLE);
    await Deno.writeFile(input, bytes);
    const right = await report(bytes, "fields", { fields: FIELDS });
    // It may be growing.
    assertEquals(await run(open), [right, ["-"]]);
    await settle();
    assertEquals(await run(open), [right, [input]]);
    assertEquals(await run(confined), [right, [input, "-"]]);
    assertEquals((await run(open, { select: { first: 2 } }))[1], ["-"]);
    assertEquals(
      (await run(open, { count: 3 }))[0],
      right.split("\n").slice(0, 3).join("\n") + "\n",
    );
    // A first record that is odd may be taken for another format's.
    const odd = bytes.slice();
    new DataView(odd.buffer).setUint32(24 + 4, 2_000_000, true);
    await Deno.writeFile(input, odd);
    await settle();
    assertEquals(await run(open), [right, ["-"]]);
  } finally {
    for (const path of [folder, open, confined]) await Deno.remove(path, { recursive: true });
  }
});

/** A capture of `count` packets like those of the sample. */
async function many(count: number): Promise<Uint8Array> {
  await using capture = await open(SAMPLE);
  const sink = new MemorySink();
  const writer = new PcapWriter(sink, { linkType: 1 });
  const packets = [];
  for await (const packet of capture) packets.push(packet.bytes.slice());
  for (let i = 0; i < count; i++) {
    const more = writer.writeFrame({
      seconds: i,
      nanoseconds: 0,
      data: packets[i % packets.length],
    });
    if (more) await more;
  }
  await writer.flush();
  return sink.bytes();
}

Deno.test(`tshark engine: killed at any time, it fails or is right, and nobody stays${WHY}`, {
  ignore,
}, async () => {
  const bytes = await many(4000);
  const fields = { fields: ["ip.src", "frame.len"] };
  const right = await report(bytes, "fields", fields);
  assertEquals(right.split("\n").length, 4001);
  const mark = `pcapkit-kill-${Deno.pid}`;
  let failures = 0;
  for (let run = 0; run < 6; run++) {
    const wait = run * 60;
    const killer = (async () => {
      await new Promise((r) => setTimeout(r, wait));
      for (const id of await running(mark)) {
        try {
          Deno.kill(id, "SIGKILL");
        } catch {
          // It has ended.
        }
      }
    })();
    try {
      assertEquals(
        await report(bytes, "fields", fields, { preferences: { "gui.window_title": mark } }),
        right,
      );
    } catch (error) {
      failures++;
      assert(error instanceof EngineError, String(error));
      assertEquals(error.signal, "SIGKILL");
    }
    await killer;
    assertEquals(await running(mark), []);
  }
  assert(failures > 0);
});

Deno.test(`tshark engine: who stops early leaves no process${WHY}`, { ignore }, async () => {
  const bytes = await many(4000);
  const mark = `pcapkit-stop-${Deno.pid}`;
  const extraction = await start({
    fin: bytes,
    nofile: true,
    engine: "tshark",
    engineOptions: { preferences: { "gui.window_title": mark } },
    store: false,
    auto: false,
  });
  let read = 0;
  for await (const packet of extraction) {
    assertEquals(packet.number, ++read);
    if (read === 3) break;
  }
  assertEquals(await running(mark), []);
});

Deno.test(`tshark engine: the commands of docs/TSHARK.md run${WHY}`, { ignore }, async () => {
  const [, block] = (await Deno.readTextFile("docs/TSHARK.md")).split("```sh\n");
  const commands = block.split("```")[0].trim().split("\n");
  assertEquals(commands.length, 3);
  for (const command of commands) {
    const run = command.replace("tcpdump -w -", `cat ${SAMPLE}`).replace(
      "in.pcap",
      "tests/captures/tcp-loss.pcap",
    )
      .replace("pcapkit", `${Deno.execPath()} run -P=cli --no-check --quiet cli.ts`);
    const { code, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", run] }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assert(stdout.length > 100, command);
  }
});
