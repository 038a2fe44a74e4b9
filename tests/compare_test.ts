import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DIFFERENCE_FRAMES_MAX } from "../core/limits.ts";
import { CaptureFormatError, compareEngines, type EngineComparison, openCapture } from "../mod.ts";
import { type CompareOptions, startComparing } from "../workers/compare.ts";
import { KEPT, whyKept } from "../workers/kept.ts";
import differing from "./_differing_plugin.ts";
import { CAPTURES, has, pcapkit, SAMPLE } from "./cli/_process.ts";

const PLUGIN = new URL("_differing_plugin.ts", import.meta.url).href;
const captures = [...Deno.readDirSync(CAPTURES)].map((e) => e.name)
  .filter((n) => n.includes(".pcap")).sort();

/** Compares `default` with an engine of the plug-in. */
function withDefault(
  engine: string,
  capture = SAMPLE,
  options: Partial<CompareOptions> = {},
): Promise<EngineComparison> {
  return compareEngines(capture, {
    engines: ["default", engine],
    plugins: [differing],
    ...options,
  });
}

Deno.test("default and dpkt differ in no recorded capture", async () => {
  let values = 0;
  for (const name of captures) {
    const result = await withDefault("dpkt", `${CAPTURES}/${name}`);
    assertEquals([name, result.fields, result.layers], [name, [], []]);
    assertEquals(result.beyond[1], 0, `${name}: dpkt knows nothing that default does not`);
    values += result.values;
  }
  assert(values > 50_000, `${values} values`);
});

Deno.test({
  name:
    "default and tshark differ in what is kept on purpose only (skipped where tshark is missing)",
  ignore: !has("tshark"),
  async fn() {
    let values = 0;
    for (const name of ["sample.pcapng", "vlan.pcap", "ipv6-extensions.pcap", "link-sll2.pcap"]) {
      const result = await withDefault("tshark", `${CAPTURES}/${name}`);
      assertEquals([name, result.fields, result.layers], [name, [], []]);
      for (const { reason } of result.kept) assert(reason);
      // Each packet by itself: nothing is known of the connection. What tshark alone knows is not compared.
      assert(result.beyond[1] > 0);
      values += result.values;
    }
    assert(values > 5000, `${values} values`);
    const asked = await withDefault("tshark", SAMPLE, { fields: ["ip.ttl", "tcp.seq"] });
    assertEquals(asked.kept.map((k) => k.name), ["tcp.seq"]);
  },
});

Deno.test({
  name: "tshark is given packets, whatever else stands in the file (skipped where it is missing)",
  ignore: !has("tshark"),
  async fn() {
    // An entry of the system's journal behind the fifth packet: Wireshark would count it among them.
    const path = `${CAPTURES}/sample.pcapng`, bytes = await Deno.readFile(path);
    await using capture = await openCapture(path);
    const frames = (await capture.next())!;
    const entry = new TextEncoder().encode("A=B\n");
    const block = new Uint8Array(12 + entry.length), view = new DataView(block.buffer);
    view.setUint32(0, 9, true);
    view.setUint32(4, block.length, true);
    block.set(entry, 8);
    view.setUint32(8 + entry.length, block.length, true);
    // The file's first batch begins with the file.
    const at = frames.recordStarts[4] + frames.recordLengths[4];
    const journal = new Uint8Array(bytes.length + block.length);
    journal.set(bytes.subarray(0, at));
    journal.set(block, at);
    journal.set(bytes.subarray(at), at + block.length);
    const plain = await withDefault("tshark", path);
    const mixed = await compareEngines(journal, { engines: ["default", "tshark"] });
    assertEquals([mixed.fields, mixed.layers, mixed.values], [[], [], plain.values]);
    // The modified format, which tshark does not know in a pipe.
    const out = await Deno.makeTempFile({ suffix: ".pcap" });
    await pcapkit(["convert", SAMPLE, out, "--precision", "modified", "--lossy"]);
    const modified = await withDefault("tshark", out);
    assertEquals([modified.fields, modified.layers, modified.packets], [[], [], 71]);
    await Deno.remove(out);
  },
});

Deno.test("an engine agrees with itself in everything, also with all", async () => {
  for (const engine of ["default", "dpkt"]) {
    const { fields, layers, kept, beyond, values } = await compareEngines(SAMPLE, {
      engines: [engine, engine],
      all: true,
    });
    assertEquals([fields, layers, kept, beyond], [[], [], [], [0, 0]]);
    assert(values > 3000);
  }
});

Deno.test("a comparison says which fields differ, where, and how", async () => {
  const result = await withDefault("aged");
  const ttl = result.fields.find((f) => f.name === "ip.ttl");
  assertEquals(ttl, {
    name: "ip.ttl",
    frames: 2,
    frameNumbers: [36, 40],
    values: 2,
    lackedByA: 0,
    lackedByB: 0,
    a: "64",
    b: "192",
  });
  assertEquals(result.layers, []);
  assertEquals(
    result.fields.map((f) => f.name).filter((n) => !n.startsWith("ip.checksum")),
    ["ip.ttl"],
  );
  assertEquals(result.differing, result.fields.reduce((n, f) => n + f.values, 0));
});

Deno.test("a comparison is of the fields asked for, by either name", async () => {
  const { fields, values } = await withDefault("ageless", SAMPLE, { fields: ["ip.src", "ip.id"] });
  assertEquals(fields, []);
  const both = await withDefault("ageless", SAMPLE, { fields: ["ip.addr"] });
  // Source and destination, and the identification counted once.
  const other = await withDefault("ageless", SAMPLE, { fields: ["ip.src"] });
  assertEquals([both.values, values], [2 * other.values, 2 * other.values]);
  const alone = await withDefault("ageless", SAMPLE, { fields: ["ip.ttl"] });
  assertEquals(alone.fields.map((f) => f.name), ["ip.ttl"]);
  // Not those of packets that errors quote.
  assert(alone.differing > 30 && alone.differing < alone.values);
  await assertRejects(
    () => withDefault("dpkt", SAMPLE, { fields: ["ip.nonsense"] }),
    RangeError,
    '"ip.nonsense"',
  );
});

Deno.test("a comparison keeps a bounded number of frame numbers, and counts all", async () => {
  const one = await Deno.readFile(SAMPLE);
  const body = one.subarray(24), times = 40;
  const many = new Uint8Array(24 + times * body.length);
  many.set(one.subarray(0, 24));
  for (let i = 0; i < times; i++) many.set(body, 24 + i * body.length);
  const once = await withDefault("ageless", SAMPLE, { fields: ["ip.ttl"] });
  const result = await compareEngines(many, {
    engines: ["default", "ageless"],
    plugins: [differing],
    fields: ["ip.ttl"],
  });
  assertEquals(result.packets, times * once.packets);
  assertEquals(result.fields[0].frames, times * once.fields[0].frames);
  assertEquals(result.fields[0].frameNumbers.length, DIFFERENCE_FRAMES_MAX);
  assertEquals(
    result.fields[0].frameNumbers.slice(0, once.fields[0].frameNumbers.length),
    once.fields[0].frameNumbers,
  );
});

Deno.test("a layer that one engine lacks is told once, and its fields are not", async () => {
  const result = await withDefault("cut");
  assertEquals(result.fields, []);
  assertEquals(result.layers.length, 1);
  const [{ name, frames, frameNumbers, a, b }] = result.layers;
  assertEquals([name, frames, frameNumbers], ["dns", 1, [18]]);
  assertMatch(a, /:udp:dns$/);
  assertMatch(b, /:udp$/);
  const all = await withDefault("cut", SAMPLE, { all: true });
  const id = all.fields.find((f) => f.name === "dns.id")!;
  assertEquals([id.frames, id.lackedByA, id.lackedByB, id.b], [1, 0, 1, ""]);
});

Deno.test("layers in another's place are told of both engines", async () => {
  const result = await withDefault("swapped");
  assertEquals(result.layers.map((l) => l.name).sort(), ["tcp", "udp"]);
  assertEquals(result.layers[0].frames, result.layers[1].frames);
  // What stands around the layer is compared all the same.
  assertEquals(result.fields, []);
});

Deno.test("packets of a part of the capture keep their numbers", async () => {
  const range = { first: 37, last: 50 };
  const part = await withDefault("aged", SAMPLE, { select: range });
  assertEquals([part.packets, part.fields.find((f) => f.name === "ip.ttl")?.frameNumbers], [14, [
    40,
  ]]);
  const first = await withDefault("aged", SAMPLE, { count: 39 });
  assertEquals([first.packets, first.fields.find((f) => f.name === "ip.ttl")?.frameNumbers], [39, [
    36,
  ]]);
  const none = await withDefault("aged", SAMPLE, { count: 0 });
  assertEquals([none.packets, none.values], [0, 0]);
});

Deno.test("what comes before damage is compared, then the damage is told", async () => {
  const bytes = (await Deno.readFile(SAMPLE)).slice();
  const cut = bytes.subarray(0, bytes.length - 5);
  const options = { engines: ["default", "aged"], plugins: [differing] } as const;
  await using comparing = await startComparing(cut, options);
  await assertRejects(async () => {
    for await (const _ of comparing.batches());
  }, CaptureFormatError);
  const { packets, fields } = comparing.result();
  const whole = await withDefault("aged");
  assertEquals(packets, whole.packets - 1);
  assertEquals(fields, whole.fields);
});

Deno.test("an engine that fails ends the comparison with its error", async () => {
  const many = `${CAPTURES}/${captures[0]}`;
  await assertRejects(
    () => withDefault("absent", many),
    RangeError,
    '"absent"',
  );
  const one = await Deno.readFile(SAMPLE);
  const body = one.subarray(24), times = 20;
  const long = new Uint8Array(24 + times * body.length);
  long.set(one.subarray(0, 24));
  for (let i = 0; i < times; i++) long.set(body, 24 + i * body.length);
  for (const engines of [["default", "failing"], ["failing", "dpkt"]] as const) {
    await assertRejects(
      () => compareEngines(long, { engines, plugins: [differing] }),
      Error,
      "enough of this",
    );
  }
});

Deno.test("compare ends with 0, 1 or 2", async () => {
  const agree = await pcapkit(["compare", SAMPLE]);
  assertEquals([agree.code, agree.err], [0, ""]);
  assertMatch(agree.out, /^default and dpkt: 71 packets, [\d,]+ values compared, 0 differ in 0/);
  const plugin = ["--plugin", PLUGIN];
  const differ = await pcapkit(["compare", SAMPLE, "--engines", "default,aged", ...plugin]);
  assertEquals(differ.code, 1, differ.err);
  assertMatch(differ.out, /^field +frames +first frames +default +aged$/m);
  assertMatch(differ.out, /^ip\.ttl +2 +36 40 +64 +192$/m);
  for (
    const [args, message] of [
      [["compare", `${SAMPLE}.absent`], "absent"],
      [["compare", SAMPLE, "--engines", "default"], "two names"],
      [["compare", SAMPLE, "--engines", "default,none"], "current engines are"],
      [["compare", SAMPLE, "-e", "ip.nonsense"], "ip.nonsense"],
    ] as const
  ) {
    const { code, err } = await pcapkit(args);
    assertEquals(code, 2);
    assertStringIncludes(err, message);
  }
});

Deno.test("compare --json says what the library says", async () => {
  const { out, code } = await pcapkit([
    "compare",
    SAMPLE,
    "--json",
    "--engines",
    "default,ageless",
    "--range",
    "30-",
    "--plugin",
    PLUGIN,
  ]);
  assertEquals(code, 1);
  assertEquals(
    JSON.parse(out),
    await withDefault("ageless", SAMPLE, { select: { first: 30 } }),
  );
});

Deno.test("what is kept on purpose has a reason, and holds for its engine only", () => {
  for (const { engine, fields = [], layers = [], reason } of KEPT) {
    assert(engine !== "" && fields.length + layers.length > 0 && reason.length > 20);
  }
  const nothing = () => false;
  assert(whyKept("field", "tcp.seq", ["default", "tshark"], nothing));
  assertEquals(whyKept("field", "tcp.seq", ["default", "dpkt"], nothing), undefined);
  assertEquals(whyKept("field", "ip.dst", ["default", "tshark"], nothing), undefined);
  assert(whyKept("field", "ip.dst", ["default", "tshark"], (name) => name === "ip.cur_rt"));
  assert(whyKept("field", "eth.trailer", ["default", "dpkt"], nothing));
});
