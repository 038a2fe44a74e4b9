import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createPcapFile } from "../../capture/mod.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { craft } from "../../core/protocol.ts";
import { eth, ip, udp } from "../../protocols/mod.ts";
import { CAPTURES, command, has, pcapkit, SAMPLE, tool } from "./_process.ts";
import config from "../../deno.json" with { type: "json" };

const temp = (): string => Deno.makeTempDirSync();

Deno.test("--version says deno.json's version", async () => {
  for (const flag of ["--version", "-V"]) {
    const { code, out } = await pcapkit([flag]);
    assertEquals([code, out], [0, `pcapkit ${config.version}\n`]);
  }
});

Deno.test("--help shows usage on standard output, for every command", async () => {
  for (const { name } of COMMANDS) {
    const words = name === "" ? [] : [name];
    const { code, out, err } = await pcapkit([...words, "--help"]);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, ["usage: pcapkit", ...words].join(" "));
    assertEquals((await pcapkit(["help", ...words])).out, out);
  }
});

Deno.test("a wrong command line exits with 2, says why and prints nothing on standard output", async () => {
  const cases: [string[], string][] = [
    [[], "missing FILE"],
    [["--no-such-flag", SAMPLE], "unknown option --no-such-flag"],
    [[SAMPLE, "-f", "docx"], 'unknown format "docx"'],
    [[SAMPLE, "-o"], "needs a value"],
    [[SAMPLE, "-L", "physical"], "--layer is one of"],
    [[SAMPLE, "-c", "many"], "whole number"],
    [[SAMPLE, "--range", "7-5"], "--range is FROM-TO"],
    [[SAMPLE, "--range", "0-5"], "--range is FROM-TO"],
    [[SAMPLE, "--range", "-"], "--range is FROM-TO"],
    [[SAMPLE, "--since", "yesterday"], "--since is a time"],
    [[SAMPLE, "--until", "2026-02-30"], "--until is a time"],
    [[SAMPLE, "-E", "warp", "-f", "text"], 'engine "warp"'],
    [[SAMPLE, "-P", "nosuch", "-f", "text"], 'protocol "nosuch"'],
    [[SAMPLE, "-j", "-p"], "exclude each other"],
    [[SAMPLE, "-o", "out.unknown"], "cannot tell the format"],
    [["fields", SAMPLE], "no fields were chosen"],
    [["fields", SAMPLE, "-e", "no.such"], '"no.such"'],
    [["list", "everything"], "cannot list"],
    [["no-such-file.pcap"], "E_IO"],
    [["flow", SAMPLE], 'There is no command "flow"; did you mean "flows"?'],
    [["devics"], 'did you mean "devices"?'],
    [["extract", SAMPLE], 'There is no command "extract"'],
    [["help", "flow"], 'unknown command "flow"; did you mean "flows"?'],
    [[SAMPLE, "--protocl", "tcp"], 'did you mean "--protocol"?'],
    [["fields", SAMPLE, "-e", "dsn.qry.name"], 'did you mean "dns.qry.name"?'],
    [["fields", SAMPLE, "-e", "IP.SRC"], 'did you mean "ip.src"?'],
    [["fields", SAMPLE, "-e", "ip"], "that is a protocol"],
    [["fields", SAMPLE, "--json", "-e", "no.such"], '"no.such"'],
    [["fields", SAMPLE, "--csv", "-e", "no.such"], '"no.such"'],
    [["list", "fields", "tpc"], 'did you mean "tcp"?'],
    [["list", "engines", "tcp"], 'unexpected "tcp"'],
    [[SAMPLE, "-o", SAMPLE, "-f", "text"], "same file"],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await pcapkit(args);
    assertEquals(code, 2, args.join(" "));
    assertEquals(out, "", args.join(" "));
    assertStringIncludes(err, message);
    assert(!/^\s+at /m.test(err), `stack trace: ${err}`);
  }
});

Deno.test("a flag that would have no effect is refused", async () => {
  const cases: [string[], string][] = [
    [[SAMPLE, "-f", "json", "--hex"], "--hex is for format text"],
    [[SAMPLE, "--time", "utc"], "--time is for format text"],
    [[SAMPLE, "--strategy", "inline", "--workers", "2"], "--workers is for strategy server"],
    [["fields", SAMPLE, "--json", "-e", "ip.src", "--separator", ";"], "--separator is not for"],
    [["fields", SAMPLE, "--json", "--header"], "--header is not for"],
    [["fields", SAMPLE, "--csv", "-e", "ip.src", "--occurrence", "last"], "--occurrence is for"],
    [["fields", SAMPLE, "--csv", "--json"], "exclude each other"],
    [["flows", SAMPLE, "--total", "--top", "3"], "--top is for flows"],
    [["flows", SAMPLE, "--engine-option", "a=b"], "--engine-option is for other engines"],
    [["convert", SAMPLE, "x.pcapng", "--precision", "microseconds"], "--precision is for pcap"],
    [["convert", SAMPLE, "x.pcap.lz4", "--to", "pcap"], "lz4 is read here, but not written"],
    [["capture", "-w", "x.pcap", "--hex"], "--hex is for a report"],
    [["send", "--hex", "00", "-i", "lo", "--range", "1-2"], "--range is for a FILE"],
    [["send", SAMPLE, "-i", "lo", "--fast", "--max-gap", "1"], "--max-gap is for"],
  ];
  await Promise.all(cases.map(async ([args, message]) => {
    const { code, out, err } = await pcapkit(args);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertStringIncludes(err, message);
  }));
});

Deno.test("the extension of the output chooses the format, and -a appends it", async () => {
  const dir = temp();
  for (
    const [name, start] of [
      ["a.json", "{"],
      ["a.plist", "<?xml"],
      ["a.txt", "Global"],
      [
        "a.ndjson",
        '{"frame":1',
      ],
      ["a.csv", '"'],
      ["a.pcapng", "\n"],
    ]
  ) {
    const { code, err } = await pcapkit([SAMPLE, "-o", `${dir}/${name}`]);
    assertEquals([code, err], [0, ""]);
    const text = Deno.readTextFileSync(`${dir}/${name}`);
    assert(
      text.startsWith(start) || name === "a.csv" || name === "a.txt",
      `${name} starts with ${text.slice(0, 20)}`,
    );
    assert(text.length > 100);
  }
  await pcapkit([SAMPLE, "-o", `${dir}/b`, "-a", "-j"]);
  JSON.parse(Deno.readTextFileSync(`${dir}/b.json`));
  await pcapkit([SAMPLE, "-o", `${dir}/c`, "-j"]);
  JSON.parse(Deno.readTextFileSync(`${dir}/c`));
});

Deno.test("-o - and no -o write to standard output, the short flags choose the format", async () => {
  const json = await pcapkit([SAMPLE, "-j", "-o", "-"]);
  assertEquals(Object.keys(JSON.parse(json.out)).length, 72);
  assertEquals((await pcapkit([SAMPLE, "-f", "json"])).out, json.out);
  assertStringIncludes((await pcapkit([SAMPLE, "-p"])).out, "<plist");
  assertEquals((await pcapkit([SAMPLE, "-t"])).out, (await pcapkit([SAMPLE])).out);
});

Deno.test("-v shows the chain of protocols of each frame on standard error", async () => {
  const dir = temp();
  const { code, out, err } = await pcapkit([SAMPLE, "-v", "-o", `${dir}/out.json`]);
  assertEquals([code, out], [0, ""]);
  const lines = err.trim().split("\n");
  assertEquals(lines[0], `Loading file '${SAMPLE}'`);
  assertEquals(lines.length, 73);
  assertMatch(lines[1], /^ - Frame {3}1: Ethernet:/);
  assertStringIncludes(err, "Ethernet:IPv4:TCP");
  assertEquals(lines[72], `Report file stored in '${dir}/out.json'`);
});

Deno.test("-P and -L stop dissecting", async () => {
  const chains = async (...flags: string[]): Promise<Set<string>> => {
    const { err } = await pcapkit([SAMPLE, "-v", "-f", "text", ...flags]);
    return new Set(
      [...err.matchAll(/^ - Frame +\d+: (.*)$/gm)].flatMap((m) => m[1].split(":")),
    );
  };
  const all = await chains();
  for (const label of ["Ethernet", "IPv4", "TCP", "UDP"]) assert(all.has(label), label);
  const internet = await chains("-L", "internet");
  assert(internet.has("IPv4") && !internet.has("TCP") && !internet.has("UDP"));
  assertEquals([...await chains("-L", "link")].includes("IPv4"), false);
  const ip = await chains("-P", "ip", "-P", "ipv6");
  assert(ip.has("IPv4") && !ip.has("TCP"));
  assertEquals([...await chains("-P", "IPv4", "-P", "IPv6")].sort(), [...ip].sort());
  // What is not dissected has no fields either.
  const { out } = await pcapkit(["fields", SAMPLE, "-P", "ip", "-P", "ipv6", "-e", "tcp.srcport"]);
  assertEquals(out.trim(), "");
});

Deno.test("-F writes one file per frame and one for the global header", async () => {
  const dir = temp();
  const { code } = await pcapkit([SAMPLE, "-F", "-o", `${dir}/frames`, "-f", "json", "-c", "3"]);
  assertEquals(code, 0);
  assertEquals(
    [...Deno.readDirSync(`${dir}/frames`)].map((e) => e.name).sort(),
    ["Frame 1.json", "Frame 2.json", "Frame 3.json", "Global Header.json"],
  );
  const frame = JSON.parse(Deno.readTextFileSync(`${dir}/frames/Frame 2.json`));
  assertEquals(Object.keys(frame), ["Frame 2"]);
  assertEquals(frame["Frame 2"].number, 2);
  const header = JSON.parse(Deno.readTextFileSync(`${dir}/frames/Global Header.json`));
  assertEquals(Object.keys(header), ["Global Header"]);
});

Deno.test("-F says of each frame what the whole report says, and of damage too", async () => {
  const dir = temp();
  {
    await using file = await createPcapFile(`${dir}/in.pcap`, { linkType: 1 });
    const good = craft(
      eth.of({}),
      ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
      udp.of({ srcPort: 1, dstPort: 2 }),
      new Uint8Array(20),
    );
    // A header length of four bytes; a frame cut within IPv4's header.
    const bad = good.slice();
    bad[14] = 0x41;
    const cut = good.subarray(0, 30);
    for (const [i, data] of [good, bad, good, cut].entries()) {
      await file.writeFrame({ data, seconds: i, nanoseconds: 0, wireLength: good.length });
    }
  }
  const whole = JSON.parse((await pcapkit([`${dir}/in.pcap`, "-f", "json", "-o", "-"])).out);
  await pcapkit([`${dir}/in.pcap`, "-F", "-f", "json", "-o", `${dir}/frames`]);
  for (let n = 1; n <= 4; n++) {
    const alone = JSON.parse(Deno.readTextFileSync(`${dir}/frames/Frame ${n}.json`));
    // The whole report says once, in its header, what the only interface is.
    const { interface: _, ...frame } = alone[`Frame ${n}`];
    assertEquals(frame, whole[`Frame ${n}`]);
    assertEquals("issues" in alone[`Frame ${n}`], n % 2 === 0);
  }
});

Deno.test("the input's extension may be left out, as with the ancestor", async () => {
  const { code, out } = await pcapkit([SAMPLE.replace(/\.pcap$/, ""), "-f", "text", "-c", "1"]);
  assertEquals([code, out.split("\n").length], [0, 2]);
});

Deno.test("a capture through a pipe gives what the file gives", async () => {
  const stdin = Deno.readFileSync(SAMPLE);
  const piped = await pcapkit(["-", "-f", "ndjson"], { stdin, allow: [] });
  const file = await pcapkit([SAMPLE, "-f", "ndjson"], { allow: ["--allow-read"] });
  assertEquals(piped.code, 0);
  assertEquals(piped.out, file.out);
});

Deno.test("a capture that comes through a pipe bit by bit is read whole by every strategy", async () => {
  const path = `${temp()}/large.pcap`;
  {
    await using file = await createPcapFile(path, { linkType: 1 });
    const data = Deno.readFileSync(SAMPLE).subarray(40, 130);
    for (let i = 0; i < 3000; i++) await file.writeFrame({ data, seconds: i, nanoseconds: 0 });
  }
  for (const more of [[], ["-c", "2"]]) {
    const expected = await pcapkit([path, "-f", "ndjson", ...more, "--strategy", "inline"]);
    for (const strategy of ["server", "pipeline"]) {
      const child = command(["-", "-f", "ndjson", ...more, "--strategy", strategy], {
        stdin: new Uint8Array(0),
      }).spawn();
      const writer = child.stdin.getWriter(), bytes = Deno.readFileSync(path);
      const said = child.output();
      // What hangs fails here, and not the whole suite.
      const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
      try {
        for (let at = 0; at < bytes.length; at += 9000) {
          await writer.write(bytes.subarray(at, at + 9000));
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await writer.close();
      } catch {
        // It has had enough.
      }
      const { code, stdout } = await said;
      clearTimeout(late);
      assertEquals(code, 0, `${strategy} ${more.join(" ")}`);
      assertEquals(new TextDecoder().decode(stdout), expected.out, strategy);
    }
  }
});

Deno.test("a damaged file: every good packet, a whole report, an error with offset and code", async () => {
  const dir = temp(), all = Deno.readFileSync(SAMPLE);
  Deno.writeFileSync(`${dir}/cut.pcap`, all.subarray(0, all.length - 5));
  const { code, out, err } = await pcapkit([`${dir}/cut.pcap`, "-j"]);
  assertEquals(code, 2);
  assertEquals(Object.keys(JSON.parse(out)).length, 71);
  assertMatch(err, /cut\.pcap" at byte \d+: .*\(E_TRUNCATED_RECORD\)/);
});

Deno.test("--count stops, --strict tells", async () => {
  assertEquals((await pcapkit([SAMPLE, "-f", "text", "-c", "7"])).out.split("\n").length, 8);
  assertEquals((await pcapkit([SAMPLE, "-f", "text", "-c", "0"])).out, "");
  const dir = temp(), bytes = Deno.readFileSync(SAMPLE);
  // The first record's original length lower than its captured length: odd, and delivered.
  new DataView(bytes.buffer).setUint32(24 + 12, 20, true);
  Deno.writeFileSync(`${dir}/odd.pcap`, bytes);
  const plain = await pcapkit([`${dir}/odd.pcap`, "-f", "text"]);
  assertEquals(plain.code, 0);
  assertStringIncludes(plain.err, "W_CAPLEN_GT_LEN");
  assertEquals((await pcapkit([`${dir}/odd.pcap`, "-f", "text", "--strict"])).code, 1);
});

Deno.test("--range, --since and --until: those packets, with their numbers, in every format and from pipes", async () => {
  const lines = async (...args: string[]): Promise<string[]> => {
    const { code, out, err } = await pcapkit([SAMPLE, "-f", "ndjson", ...args]);
    assertEquals([code, err], [0, ""]);
    return out.split("\n").slice(0, -1);
  };
  const all = await lines();
  assertEquals(await lines("--range", "5-7"), all.slice(4, 7));
  assertEquals(await lines("--range", "60-"), all.slice(59));
  assertEquals(await lines("--range", "-3", "-c", "2"), all.slice(0, 2));
  assertEquals(await lines("--range", "9"), [all[8]]);
  assertEquals(await lines("--range", "1000-"), []);
  const stdin = Deno.readFileSync(SAMPLE);
  const piped = await pcapkit(["-", "-f", "ndjson", "--range", "5-7"], { stdin, allow: [] });
  assertEquals(piped.out, all.slice(4, 7).join("\n") + "\n");

  const epochs = (await pcapkit(["fields", SAMPLE, "-e", "frame.time_epoch"])).out.split("\n");
  const between = all.slice(20, 40);
  assertEquals(await lines("--since", epochs[20], "--until", epochs[40]), between);
  const iso = (epoch: string): string =>
    Temporal.Instant.fromEpochMilliseconds(Math.floor(Number(epoch)) * 1000).toString();
  const since = iso(epochs[30]),
    first = epochs.findIndex((e) => Number(e) >= Date.parse(since) / 1000);
  assertEquals(await lines("--since", since), all.slice(first));
  assertEquals(await lines("--since", since.replace("Z", "").replace("T", " ")), all.slice(first));

  const json = JSON.parse((await pcapkit([SAMPLE, "-j", "--range", "70-71"])).out);
  assertEquals(Object.keys(json), ["Global Header", "Frame 70", "Frame 71"]);
  for (const [input, to] of [["sample.pcap", "pcap"], ["sample.pcapng", "pcapng"]]) {
    const dir = temp(), from = `${CAPTURES}/${input}`;
    const wanted =
      (await pcapkit(["fields", from, "-e", "frame.time_epoch", "-e", "frame.len"])).out
        .split("\n").slice(9, 20).join("\n") + "\n";
    const report = await pcapkit([from, "-f", to, "-o", `${dir}/a.${to}`, "--range", "10-20"]);
    const copy = await pcapkit(["convert", from, `${dir}/b.${to}`, "--range", "10-20"]);
    assertEquals([report.code, copy.code, report.err + copy.err], [0, 0, ""]);
    for (const name of ["a", "b"]) {
      const got = await pcapkit([
        "fields",
        `${dir}/${name}.${to}`,
        "-e",
        "frame.time_epoch",
        "-e",
        "frame.len",
      ]);
      assertEquals([got.out, got.err], [wanted, ""]);
    }
  }
});

Deno.test("a reader that has had enough is success", async () => {
  const dir = temp(), large = `${dir}/large.pcap`;
  {
    await using file = await createPcapFile(large, { linkType: 1 });
    const data = crypto.getRandomValues(new Uint8Array(1000));
    for (let i = 0; i < 600; i++) await file.writeFrame({ data, seconds: i, nanoseconds: 0 });
  }
  const commands = [
    [`${CAPTURES}/sample.pcapng`, "-f", "json"],
    ["convert", large, "-", "--to", "pcap"],
    ["convert", large, "-", "--to", "pcapng"],
  ];
  for (const words of commands) {
    const child = command(words).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const status = await child.status;
    assertEquals(await new Response(child.stderr).text(), "", words.join(" "));
    assertEquals(status.code, 0, words.join(" "));
  }
});

Deno.test({
  name: "a full disk is an error that names what could not be written",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (const more of [[], ["--compress", "gzip"]]) {
      const { code, err } = await pcapkit(
        ["convert", SAMPLE, "/dev/full", "--to", "pcap", ...more],
        { allow: ["-A"] },
      );
      assertEquals(code, 2);
      assertMatch(err, /^pcapkit: Cannot write "\/dev\/full": No space left on device.*\n$/);
    }
  },
});

Deno.test("Ctrl-C ends cleanly, with valid output so far", async () => {
  const dir = temp(), path = `${dir}/growing.pcap`;
  Deno.copyFileSync(SAMPLE, path);
  const child = command([path, "-j", "--follow", "-o", `${dir}/out.json`]).spawn();
  for (let i = 0; i < 200; i++) {
    await new Promise((r) => setTimeout(r, 50));
    try {
      if (Deno.statSync(`${dir}/out.json`).size > 10_000) break;
    } catch {
      // Not yet there.
    }
  }
  child.kill("SIGINT");
  const { code } = await child.output();
  assertEquals(code, 0);
  assertEquals(Object.keys(JSON.parse(Deno.readTextFileSync(`${dir}/out.json`))).length, 72);
});

Deno.test({
  name: "fields prints what tshark -T fields prints",
  ignore: !has("tshark"),
  fn: async () => {
    const names = [
      ...["frame.number", "ip.src", "ip.dst", "tcp.srcport", "tcp.flags", "udp.length"],
      // Headings: those that are protocols of their own show their bytes, others that they are there.
      ...["tcp.options.mss", "tcp.options.timestamp", "icmpv6.opt", "ipv6.opt", "dns.opt"],
    ];
    const flags = names.flatMap((n) => ["-e", n]);
    const theirs = await tool("tshark", "-n", "-r", SAMPLE, "-T", "fields", ...flags);
    const ours = await pcapkit(["fields", SAMPLE, ...flags]);
    assertEquals(ours.out, theirs);
    assertMatch(ours.out, /\t020405b4\t/);
  },
});

Deno.test("fields: header, separator, aggregator, occurrence, a field twice, both ports", async () => {
  const { out } = await pcapkit([
    ...["fields", SAMPLE, "-e", "tcp.port", "-e", "tcp.srcport", "-e", "tcp.port"],
    ...["--header", "--separator", ";", "--aggregator", "|"],
  ]);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines[0], "tcp.port;tcp.srcport;tcp.port");
  const tcp = lines.find((l) => /\d/.test(l))!;
  const [both, source, again] = tcp.split(";");
  assertEquals([both, both.split("|")[0], both.split("|").length], [again, source, 2]);
  const last = await pcapkit(["fields", SAMPLE, "-e", "tcp.port", "--occurrence", "last"]);
  assert(last.out.split("\n").includes(both.split("|")[1]));
});

Deno.test("fields --json: one line a packet, all fields or those chosen", async () => {
  const { out } = await pcapkit(["fields", SAMPLE, "--json", "-e", "ip.src", "-e", "frame.len"]);
  const lines = out.trim().split("\n").map((l) => JSON.parse(l));
  assertEquals(lines.length, 71);
  assertEquals(lines.map((l) => l.frame), Array.from({ length: 71 }, (_, i) => i + 1));
  assert(lines.every((l) => Number.isInteger(l.fields["frame.len"][0])));
  const all = await pcapkit(["fields", SAMPLE, "--json"]);
  assert(Object.keys(JSON.parse(all.out.split("\n")[40]).fields).length > 40);
});

Deno.test("fields --csv: names in the first line, quoted where needed, the packet list's columns too", async () => {
  const { code, out, err } = await pcapkit(
    [
      "fields",
      SAMPLE,
      "--csv",
      "-e",
      "frame.number",
      "-e",
      "_ws.col.Info",
      "-e",
      "ip.src",
      "-c",
      "1",
    ],
  );
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out,
    "frame.number,_ws.col.Info,ip.src\r\n1,Multicast Listener Report Message v2,\r\n",
  );
});

Deno.test("info: a file that cannot be read is said, and the others are told all the same", async () => {
  const { code, out, err } = await pcapkit(["info", "no-such-file.pcap", SAMPLE, "--json"]);
  assertEquals([code, JSON.parse(out).packets], [2, 71]);
  assertStringIncludes(err, "no such file");
});

Deno.test("info: what came before the damage of a file is told, and then the damage", async () => {
  const path = `${temp()}/cut.pcap`;
  Deno.writeFileSync(path, Deno.readFileSync(SAMPLE).subarray(0, 2000));
  const { code, out, err } = await pcapkit(["info", path, SAMPLE, "--json"]);
  const [cut, whole] = out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, whole.packets], [2, 71]);
  assert(cut.packets > 5 && cut.packets < 71, out);
  assertStringIncludes(err, "E_TRUNCATED_RECORD");
});

Deno.test("a capture is read from a web server", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      request.url.endsWith("/a.pcap")
        ? new Response(Deno.readFileSync(SAMPLE))
        : new Response("no", { status: 404 }),
  );
  const base = `http://127.0.0.1:${server.addr.port}`, allow = ["--allow-net=127.0.0.1"];
  const read = await pcapkit([`${base}/a.pcap`, "-f", "text"], { allow });
  assertEquals([read.code, read.err], [0, ""]);
  assertEquals(read.out, (await pcapkit([SAMPLE, "-f", "text"])).out);
  const none = await pcapkit(["info", `${base}/b.pcap`], { allow });
  assertEquals(none.code, 2);
  assertStringIncludes(none.err, "the server answered 404");
});

Deno.test("info: as text and as JSON", async () => {
  const { out } = await pcapkit(["info", SAMPLE, `${CAPTURES}/sample.pcapng`]);
  assertMatch(out, /Packets: +71\n/);
  assertMatch(out, /Packets: +128\n/);
  const json = JSON.parse((await pcapkit(["info", "--json", `${CAPTURES}/sample.pcapng`])).out);
  assertEquals([json.packets, json.interfaces.length, json.comments], [128, 2, 6]);
});

Deno.test("convert: pcapng to pcapng is the same bytes; loss is refused or told", async () => {
  const dir = temp(), input = `${CAPTURES}/sample.pcapng`;
  assertEquals((await pcapkit(["convert", input, `${dir}/a.pcapng`])).code, 0);
  assertEquals(Deno.readFileSync(`${dir}/a.pcapng`), Deno.readFileSync(input));
  const refused = await pcapkit(["convert", input, `${dir}/a.pcap`]);
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.err, "--lossy allows it");
  const told = await pcapkit(["convert", input, `${dir}/a.pcap`, "--lossy"]);
  assertEquals(told.code, 0);
  assertStringIncludes(told.err, "not kept");
  const back = await pcapkit(["convert", SAMPLE, `${dir}/b.pcap.gz`, "--byte-order", "big"]);
  assertEquals(back.code, 0);
  const ours = await pcapkit([`${dir}/b.pcap.gz`, "-f", "ndjson"]);
  assertEquals(ours.out, (await pcapkit([SAMPLE, "-f", "ndjson"])).out);
});

Deno.test("convert --append writes as the file's header says, and loses nothing in silence", async () => {
  const dir = temp(), micro = `${dir}/micro.pcap`, nano = `${dir}/nano.pcap`;
  const run = (...words: string[]) => pcapkit(["convert", ...words]);
  assertEquals((await run(SAMPLE, micro)).code, 0);
  assertEquals((await run(SAMPLE, micro, "--append")).code, 0);
  const { out } = await pcapkit(["info", micro, "--json"]);
  assertEquals(JSON.parse(out).packets, 142);
  assertEquals((await run(SAMPLE, nano, "--append", "--precision", "nanoseconds")).code, 0);
  const other = await run(SAMPLE, nano, "--append", "--precision", "microseconds");
  assertEquals(other.code, 2);
  assertStringIncludes(other.err, "its precision is nanoseconds");
  const finer = await run(`${CAPTURES}/sample.pcapng`, micro, "--append");
  assertEquals(finer.code, 2);
  assertStringIncludes(finer.err, "--lossy allows it");
});

Deno.test("list names what there is", async () => {
  for (const what of ["protocols", "fields", "engines", "framers", "formats", "strategies"]) {
    const { code, out } = await pcapkit(["list", what], { allow: ["--allow-read"] });
    assertEquals(code, 0);
    assert(out.trim().split("\n").length >= 1);
    const { out: json } = await pcapkit(["list", what, "--json"]);
    for (const line of json.trim().split("\n")) JSON.parse(line);
  }
  assertMatch((await pcapkit(["list", "fields", "tcp"])).out, /^tcp\.srcport +uint/m);
});

Deno.test("complete prints a script for each shell and answers what could follow", async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { code, out } = await pcapkit(["complete", shell], { allow: ["-A"] });
    assertEquals(code, 0);
    assertStringIncludes(out, "pcapkit");
  }
  const { out } = await pcapkit(["complete", "--", "list", "--j"], { allow: ["-A"] });
  assertStringIncludes(out, "--json");
  const { out: help } = await pcapkit(["complete", "--", "list", "--help"], { allow: ["-A"] });
  assertStringIncludes(help, "--help");
});

Deno.test("reading needs --allow-read and nothing else", async () => {
  const { code, err } = await pcapkit([SAMPLE, "-f", "text"], { allow: ["--allow-read"] });
  assertEquals([code, err], [0, ""]);
});
