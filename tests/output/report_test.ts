/**
 * The report as JSON, property list and tree: its shape, and what other programs read in it.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { computed, custom, u8 } from "../../core/field.ts";
import { craft, type Protocol, protocol } from "../../core/protocol.ts";
import { LAYERS_MAX, REPORT_LAYERS_MAX } from "../../core/limits.ts";
import { json, plist, tree } from "../../output/formats.ts";
import { createKit } from "../../kit.ts";
import { eth, ip, tcp, udp } from "../../protocols/mod.ts";
import {
  captureNames,
  dissect,
  encode,
  framesOf,
  type Odd,
  odd,
  pipe,
  python,
  readCapture,
} from "./_help.ts";

const decoder = new TextDecoder();
// deno-lint-ignore no-explicit-any -- what a report holds depends on the packet
type Report = Record<string, any>;

/** Text that is dangerous for everyone: quotes, markup, controls, terminal sequences, broken UTF-8, U+FFFE. */
const HOSTILE = Uint8Array.of(
  ...new TextEncoder().encode(
    '"\\<b>&amp;]]>\t\r\n\u0000\u0007\u001b[31m\u007f\u009bX\u2028\ufffe\u{1f37a}',
  ),
  0xff,
  0xc0,
  0x80,
  0xed,
  0xa0,
  0x80,
  0xf5,
);

function oddFrame(value: Partial<Odd> = {}): Uint8Array {
  return craft(
    eth.of({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 40_000, dstPort: 9999 }),
    odd.of({
      kind: 1,
      urgent: true,
      big: 0xffff_ffff_ffff_ffffn,
      signed: -5,
      when: 0xffff_ffff,
      name: HOSTILE as unknown as string,
      points: [{ x: 1, y: 0xffff_ffff }, { x: 2, y: 0 }],
      blob: Uint8Array.of(0, 255, 10),
      ...value,
    }),
  );
}

Deno.test("json: the shape of a frame", async () => {
  const frame = craft(
    eth.of({ src: "a4:5e:60:d9:6b:97", dst: "40:33:1a:d1:85:1c" }),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2", id: 7 }),
    tcp.of({ srcPort: 1, dstPort: 2, options: [{ kind: 2, mss: 1460 }, { kind: 1 }] }),
    Uint8Array.of(1, 2, 3),
  );
  const out = await encode(json, [
    framesOf([{ frame, seconds: 1_511_106_545, nanoseconds: 471_719_001, wireLength: 100 }]),
  ]);
  const report: Report = JSON.parse(decoder.decode(out));
  assertEquals(Object.keys(report), ["Global Header", "Frame 1"]);
  assertEquals(report["Global Header"], {
    "magic_number": { data: "4d3cb2a1", byteorder: "little", nanosecond: true },
    version: { major: 2, minor: 4 },
    thiszone: -3600,
    sigfigs: 0,
    snaplen: 262_144,
    network: { value: 1, name: "ETHERNET" },
  });
  const one = report["Frame 1"];
  assertEquals(Object.keys(one), [
    "frame_info",
    "time",
    "number",
    "time_epoch",
    "len",
    "cap_len",
    "ethernet",
    "protocols",
    "packet",
  ]);
  assertEquals(one.frame_info, {
    "ts_sec": 1_511_106_545,
    "ts_nsec": 471_719_001,
    "incl_len": frame.length,
    "orig_len": 100,
  });
  assertEquals(one.time, "2017-11-19T15:49:05.471719001Z");
  assertEquals(one.time_epoch, "1511106545.471719001");
  assertEquals([one.number, one.len, one.cap_len], [1, 100, frame.length]);
  assertEquals(one.protocols, "Ethernet:IPv4:TCP");
  assertEquals(one.packet, frame.toHex());
  assertEquals(one.ethernet.type, { value: 2048, name: "IPv4" });
  assertEquals(one.ethernet.ipv4.id, 7);
  assertEquals(one.ethernet.ipv4.options, []);
  const segment = one.ethernet.ipv4.tcp;
  assertEquals(segment.srcPort, 1);
  assertEquals(segment.options[0], {
    kind: { value: 2, name: "Maximum Segment Size" },
    length: 4,
    mss: 1460,
  });
  assertEquals(segment.options[1], { kind: { value: 1, name: "No-Operation" } });
  // The payload is said once.
  assertEquals(segment.payload, undefined);
  assertEquals(segment.raw, { packet: "010203" });
});

Deno.test("json: every kind of value, hostile text", async () => {
  const out = await encode(json, [framesOf([{ frame: oddFrame() }])]);
  for (
    const report of [
      JSON.parse(decoder.decode(out)),
      await python(out, "out = json.loads(data)"),
      JSON.parse(await pipe(out, "jq", ".")),
    ] as Report[]
  ) {
    const found = report["Frame 1"].ethernet.ipv4.udp.odd;
    assertEquals(found.kind, { value: 1, name: 'a "quoted" <kind> & \u00fc' });
    assertEquals(found.urgent, { value: true, name: "urgent" });
    assertEquals(found.big, "18446744073709551615");
    assertEquals(found.signed, -5);
    assertEquals(found.points, [{ x: 1, y: 0xffff_ffff }, { x: 2, y: 0 }]);
    assertEquals(found.blob, "00ff0a");
    assertStringIncludes(found.name, '"\\<b>&amp;]]>\t\r\n\u0000\u0007\u001b[31m');
    assertStringIncludes(found.name, "\u{1f37a}\ufffd\ufffd\ufffd");
  }
});

Deno.test("json: numbers without a name keep their shape", async () => {
  const out = await encode(json, [framesOf([{ frame: oddFrame({ kind: 77 }) }])]);
  const report: Report = JSON.parse(decoder.decode(out));
  assertEquals(report["Frame 1"].ethernet.ipv4.udp.odd.kind, { value: 77 });
});

Deno.test("plist: every kind of value, hostile text", async () => {
  const frame = oddFrame();
  const out = await encode(plist, [
    framesOf([{ frame, seconds: 1_511_106_545, nanoseconds: 471_719_001 }]),
  ]);
  const report = await python(out, "out = plistlib.loads(data)") as Report;
  const one = report["Frame 1"];
  assertEquals(one.time, { date: "2017-11-19T15:49:05" });
  assertEquals(one.time_epoch, "1511106545.471719001");
  assertEquals(one.packet, { bytes: frame.toHex() });
  assertEquals(report["Global Header"].magic_number.data, { bytes: "4d3cb2a1" });
  assertEquals(report["Global Header"].thiszone, -3600);
  const found = one.ethernet.ipv4.udp.odd;
  assertEquals(found.kind, { value: 1, name: 'a "quoted" <kind> & \u00fc' });
  assertEquals(found.urgent, { value: true, name: "urgent" });
  assertEquals(found.signed, -5);
  assertEquals(found.when, { date: "2106-02-07T06:28:15" });
  assertEquals(found.points, [{ x: 1, y: 0xffff_ffff }, { x: 2, y: 0 }]);
  assertEquals(found.blob, { bytes: "00ff0a" });
  assertStringIncludes(found.name, '"\\<b>&amp;]]>\t\r\n\ufffd\ufffd\ufffd[31m\u007f');
  assertStringIncludes(found.name, "X\u2028\ufffd\u{1f37a}\ufffd\ufffd");
  // Python's numbers have no limit, JavaScript's have.
  assertStringIncludes(decoder.decode(out), "<integer>18446744073709551615</integer>");
});

Deno.test("plist: base 64 of every length", async () => {
  for (let n = 0; n <= 7; n++) {
    const blob = Uint8Array.from({ length: n }, (_, i) => 250 - i * 37);
    const out = await encode(plist, [framesOf([{ frame: oddFrame({ blob }) }])], {});
    const text = decoder.decode(out);
    if (n > 0) assertStringIncludes(text, `<data>${blob.toBase64()}</data>`);
  }
});

Deno.test("plist: times that its dates cannot hold are text", async () => {
  const out = await encode(plist, [
    framesOf([{ frame: oddFrame(), seconds: 1e15 }, { frame: oddFrame(), seconds: -1e12 }]),
  ]);
  const report = await python(out, "out = plistlib.loads(data)") as Report;
  assertMatch(report["Frame 1"].time, /^\+\d{6,}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000000Z$/);
  assertMatch(report["Frame 2"].time, /^-\d{6,}-/);
});

Deno.test("tree: looks like a tree, and no control character gets through", async () => {
  const out = await encode(tree, [framesOf([{ frame: oddFrame(), seconds: 0 }])]);
  const text = decoder.decode(out);
  // deno-lint-ignore no-control-regex -- control characters are what must not be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text));
  const lines = text.split("\n");
  assertEquals(lines[0], "Global Header");
  const frame = lines.slice(lines.indexOf("Frame 1"));
  assertEquals(lines[lines.indexOf("Frame 1") - 1], "");
  assertEquals(frame.slice(1, 4), [
    "  |-- frame_info",
    "  |     |-- ts_sec -> 0",
    "  |     |-- ts_nsec -> 0",
  ]);
  for (
    const line of [
      "  |-- time -> 1970-01-01T00:00:00.000000000Z",
      "  |     |-- type -> IPv4 [0x0800]",
      "  |     |     |-- options -> NIL",
      '  |     |     |     |     |-- kind -> a "quoted" <kind> & \\u{fc} [1]',
      "  |     |     |     |     |-- points",
      "  |     |     |     |     |     |-->",
      "  |     |     |     |     |     |     |-- y -> 4294967295",
      "  |     |     |     |     |-- blob -> 00 ff 0a",
      "  |-- protocols -> Ethernet:IPv4:UDP:Odd",
    ]
  ) assert(frame.includes(line), line + "\n" + text);
  assertMatch(text, /\|-- packet\n {2}\| {5}\|--> 02 00 .*\n {2}\| {5}\| {5}/);
});

Deno.test("report: empty captures", async () => {
  for (const header of [undefined, null]) {
    const run = header === null ? { header } : {};
    const empty = await encode(json, [], run);
    assertEquals(Object.keys(JSON.parse(decoder.decode(empty))), ["Global Header"]);
    await pipe(empty, "jq", "-e", '."Global Header"');
    const list = await encode(plist, [], run);
    assertEquals(Object.keys(await python(list, "out = plistlib.loads(data)") as Report), [
      "Global Header",
    ]);
    assertMatch(decoder.decode(await encode(tree, [], run)), /^Global Header\n/);
  }
});

Deno.test("report: frames without bytes, without time, without layers", async () => {
  const frames = framesOf([
    { frame: new Uint8Array(0), wireLength: 60 },
    { frame: Uint8Array.of(1, 2, 3), seconds: NaN },
  ]);
  const report: Report = JSON.parse(decoder.decode(await encode(json, [frames])));
  assertEquals(report["Frame 1"].packet, "");
  assertEquals(report["Frame 1"].cap_len, 0);
  assertEquals(report["Frame 2"].frame_info, { "incl_len": 3, "orig_len": 3 });
  assertEquals("time" in report["Frame 2"], false);
  assertEquals("time_epoch" in report["Frame 2"], false);
  const unknown: Report = JSON.parse(
    decoder.decode(await encode(json, [framesOf([{ frame: Uint8Array.of(7, 8) }], 65_000)])),
  );
  assertEquals(unknown["Frame 1"].raw, { packet: "0708" });
  assertEquals(unknown["Frame 1"].protocols, "");
  await python(await encode(plist, [frames]), "out = list(plistlib.loads(data))");
});

Deno.test("report: damaged packets say what is wrong and keep what was found", async () => {
  const whole = oddFrame({ name: "x" });
  for (let n = 0; n < whole.length; n++) {
    const frames = framesOf([
      { frame: whole.subarray(0, n), wireLength: whole.length },
      { frame: whole.subarray(0, n) },
    ]);
    const report: Report = JSON.parse(decoder.decode(await encode(json, [frames])));
    if (n > 0 && n < 14) {
      const [issue] = report["Frame 1"].issues;
      assertEquals([issue.kind, issue.protocol, issue.offset, issue.needed, issue.limitedBy], [
        "truncated",
        "eth",
        0,
        14,
        "capture",
      ]);
      assertEquals(report["Frame 2"].issues[0].kind, "malformed");
    }
    if (n > 14) assertEquals(report["Frame 1"].ethernet.dst, "02:00:00:00:00:02");
    decoder.decode(await encode(tree, [frames]));
  }
});

Deno.test("report: a packet of as many layers as there can be", async () => {
  const count = LAYERS_MAX + 6;
  const headers = Array.from(
    { length: count },
    (_, i) =>
      craft(ip.of({ protocol: i + 1 < count ? 4 : 59, totalLength: 20 * (count - i), id: i })),
  );
  const frame = Uint8Array.from([eth.encode({ type: 0x0800 }), ...headers].flatMap((b) => [...b]));
  const frames = framesOf([{ frame }]);
  const out = await encode(json, [frames]);
  const report = await python(out, "out = json.loads(data)") as Report;
  let layer = report["Frame 1"].ethernet;
  let depth = 1;
  for (; layer.ipv4; layer = layer.ipv4) {
    assertEquals(layer.ipv4.id, depth - 1);
    depth++;
  }
  assertEquals(depth, REPORT_LAYERS_MAX);
  assertEquals(report["Frame 1"].protocols.split(":").length, LAYERS_MAX);
  assertEquals(report["Frame 1"].issues[0].kind, "malformed");
  // Deeper headers are bytes.
  assertEquals(layer.raw.packet.length, 2 * 20 * (count - REPORT_LAYERS_MAX + 1));
  assertEquals(JSON.parse(await pipe(out, "jq", ".")), report);
  await python(await encode(plist, [frames]), "out = list(plistlib.loads(data))");
  await encode(tree, [frames]);
});

Deno.test("report: a depth leaves the rest as raw", async () => {
  const frame = oddFrame();
  const shallow = createKit([], { layer: "transport" });
  await shallow.catalogue.loadAll();
  const out = await encode(json, [framesOf([{ frame }])], { kit: shallow });
  const report: Report = JSON.parse(decoder.decode(out));
  const segment = report["Frame 1"].ethernet.ipv4.udp;
  assertEquals(segment.raw.packet, frame.subarray(42).toHex());
});

Deno.test("report: without indent it is the same", async () => {
  const frames = framesOf([{ frame: oddFrame() }, { frame: oddFrame({ kind: 2 }) }]);
  const wide = await encode(json, [frames]);
  const narrow = await encode(json, [frames], { options: { indent: false } });
  assert(narrow.length < wide.length && !narrow.subarray(0, -1).includes(10));
  assertEquals(JSON.parse(decoder.decode(narrow)), JSON.parse(decoder.decode(wide)));
  assertEquals(
    await python(await encode(plist, [frames], { options: { indent: false } }), LOAD),
    await python(await encode(plist, [frames]), LOAD),
  );
});
const LOAD = `
def hashable(v):
    if isinstance(v, int) and not isinstance(v, bool): return str(v)
    if isinstance(v, dict): return {k: hashable(x) for k, x in v.items()}
    if isinstance(v, list): return [hashable(x) for x in v]
    return v
out = hashable(plistlib.loads(data))`;

for (const name of captureNames()) {
  Deno.test(`report: ${name} is the same however it is cut, for all its readers`, async () => {
    const { batches, header } = await readCapture(name);
    const count = batches.reduce((n, b) => n + b.count, 0);
    for (const format of [json, plist, tree]) {
      const whole = await encode(format, batches, { header });
      // A packet at a time with one encoder; some at a time, each with an encoder of its own as workers have.
      for (const [split, spread] of [[1, false], [13, true]] as const) {
        assertEquals(await encode(format, batches, { header, split, spread }), whole);
      }
      if (format === json) {
        assertEquals((await pipe(whole, "jq", "length")).trim(), String(count + 1));
        const report: Report = JSON.parse(decoder.decode(whole));
        let number = 0;
        for (const b of batches) {
          for (let i = 0; i < b.count; i++) {
            const one = report[`Frame ${++number}`];
            const bytes = b.bytes.subarray(b.starts[i], b.starts[i] + b.capturedLengths[i]);
            assertEquals(one.packet, bytes.toHex());
            assertEquals([one.len, one.cap_len], [b.wireLengths[i], b.capturedLengths[i]]);
          }
        }
      } else if (format === plist) {
        assertEquals(await python(whole, "out = len(plistlib.loads(data))"), count + 1);
      }
    }
  });
}

Deno.test("report: pcapng says its section and interfaces", async () => {
  const { batches, header } = await readCapture("two-interfaces.pcapng");
  const report: Report = JSON.parse(decoder.decode(await encode(json, batches, { header })));
  const global = report["Global Header"];
  assertEquals(global.version, { major: 1, minor: 0 });
  assertEquals(global.magic_number, { data: "4d3c2b1a", byteorder: "little" });
  const ids = new Set(Object.keys(report).slice(1).map((k) => report[k].interface.id));
  assertEquals([...ids].sort(), [0, 1]);
  assertEquals(report["Frame 1"].interface.network.value, batches[0].linkTypes[0]);
});

Deno.test("json: times agree with tshark", async () => {
  const { batches, header } = await readCapture("nanoseconds.pcap");
  const report: Report = JSON.parse(decoder.decode(await encode(json, batches, { header })));
  const out = await new Deno.Command("tshark", {
    args: ["-r", "tests/captures/nanoseconds.pcap", "-T", "fields", "-e", "frame.time_epoch"],
    cwd: new URL("../..", import.meta.url),
    stderr: "null",
  }).output();
  const expected = decoder.decode(out.stdout).trim().split("\n");
  const frames = Object.entries(report).slice(1).map(([, f]) => f);
  assertEquals(frames.map((f) => f.time_epoch), expected);
  for (const f of frames) {
    const ms = Number(f.time_epoch.split(".")[0]) * 1000;
    assertEquals(f.time.slice(0, 19), new Date(ms).toISOString().slice(0, 19));
  }
});

Deno.test("report: keys that meet, fields that come again", async () => {
  interface Meeting {
    readonly inner: number;
  }
  const again = u8("meeting.again", "Again");
  const meeting = protocol<Meeting>({
    name: "meeting",
    title: "Meeting",
    label: "Meeting",
    layer: "application",
    parents: { "udp.port": [7777] },
    fields: {
      inner: u8("meeting.inner", "Inner"),
      _made: computed("meeting.made", "Made", () => 3),
      _inner: computed("meeting.other.inner", "Inner again", () => 4),
      _again: custom({
        fields: { _again: again },
        emit(items) {
          for (let i = 0; i < 2; i++) again.emit(items);
        },
        write: () => {},
      }),
    },
    walk(w) {
      w.end = Math.min(w.start + 3, w.limit);
      w.to("meeting.kind", 1);
    },
  });
  const inner = protocol<{ readonly x: number }>({
    name: "inner",
    title: "Inner",
    label: "Inner",
    layer: "application",
    parents: { "meeting.kind": [1] },
    fields: { x: u8("inner.x", "X") },
  });
  const frame = craft(
    eth.of({}),
    ip.of({}),
    udp.of({ srcPort: 1, dstPort: 7777 }),
    Uint8Array.of(1, 2, 3, 4, 5),
  );
  const own = createKit([{ name: "test", protocols: [meeting, inner] as unknown as Protocol[] }]);
  await own.catalogue.loadAll();
  const batch = dissect(framesOf([{ frame }]), own);
  for (const format of [json, plist]) {
    const encoder = await format.start({ catalogue: own.catalogue, options: {} });
    const head = encoder.head().slice();
    const body = encoder.encode(batch, true).slice();
    const all = new Uint8Array([...head, ...body, ...encoder.tail()]);
    const report = (format === json
      ? JSON.parse(decoder.decode(all))
      : await python(all, "out = plistlib.loads(data)")) as Report;
    assertEquals(report["Global Header"], {});
    const one = report["Frame 1"];
    assertEquals(one.interface, {
      id: 0,
      section: 0,
      network: { value: 1, name: "ETHERNET" },
    });
    const found = one.ethernet.ipv4.udp.meeting;
    assertEquals(found.inner, 1);
    assertEquals(found.made, 3);
    assertEquals(found["meeting.other.inner"], 4);
    assertEquals(found.again, [2, 3]);
    assertEquals(found["inner#2"].x, 4);
    if (format === json) {
      assertEquals(found["inner#2"].raw, { packet: "05" });
    }
  }
});
