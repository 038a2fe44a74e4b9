import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { inspect as nodeInspect } from "node:util";
import {
  bytesSource,
  CaptureFormatError,
  craft,
  createKit,
  eth,
  extract,
  type Extraction,
  ip,
  MemorySink,
  open,
  openCapture,
  type Packet,
  PcapngWriter,
  PcapWriter,
  type Plugin,
  tcp,
  udp,
} from "../mod.ts";
import { protocol, text as textField, u16 } from "../core/mod.ts";

const SAMPLE = new URL("./captures/sample.pcap", import.meta.url).pathname;
const PCAPNG = new URL("./captures/sample.pcapng", import.meta.url).pathname;

/** A pcap in memory with the given Ethernet frames, a second apart. */
async function capture(...frames: Uint8Array[]): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new PcapWriter(sink, { linkType: 1 });
  frames.forEach((data, i) => writer.writeFrame({ seconds: 1000 + i, nanoseconds: 500_000, data }));
  await writer[Symbol.asyncDispose]();
  return sink.bytes();
}

async function packets(source: Parameters<typeof open>[0]): Promise<Packet[]> {
  const all: Packet[] = [];
  for await (const packet of open(source)) all.push(packet);
  return all;
}

const SEGMENT = craft(
  eth.of({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
  ip.of({ src: "192.0.2.1", dst: "192.0.2.2", ttl: 7 }),
  tcp.of({ srcPort: 1234, dstPort: 9999, syn: true, options: [{ kind: 2, mss: 1460 }] }),
  new TextEncoder().encode("hi"),
);

Deno.test("open() delivers packets with typed headers, fields, chain, bytes, time", async () => {
  const [packet] = await packets(await capture(SEGMENT));
  const header = packet.get(tcp)!;
  const port: number = header.dstPort;
  assertEquals([port, header.syn, header.options[0].mss], [9999, true, 1460]);
  assertEquals(packet.field("tcp.dstport"), 9999);
  assertEquals(packet.fieldAll("tcp.port").map((f) => f.value), [1234, 9999]);
  assertEquals([packet.has("ip"), packet.has("IPv4"), packet.has("udp")], [true, true, false]);
  assertEquals(packet.has("tcp.options.mss_val"), true);
  assertEquals(packet.chain, "Ethernet:IPv4:TCP");
  assertEquals(packet.protocols, "eth:ip:tcp:data");
  assertEquals(packet.bytes, SEGMENT);
  assertEquals(packet.time, 1_000_000_500_000n);
  assertEquals([packet.number, packet.length, packet.issues.length], [1, SEGMENT.length, 0]);
  assertMatch(packet.summary, /1234 → 9999 \[SYN\]/);
  assertMatch(packet.hexdump(), /^0000 {2}02 00 00 00 00 02 02 00 {2}00 00/);
  assertEquals(packet.get(udp), undefined);
});

Deno.test("a field says where it stands", async () => {
  const [packet] = await packets(await capture(SEGMENT));
  const ttl = packet.fieldAll("ip.ttl")[0];
  assertEquals([ttl.offset, ttl.length, ttl.value], [22, 1, 7]);
  const syn = packet.fieldAll("tcp.flags.syn")[0];
  assertEquals([syn.offset, syn.length, syn.info.mask], [46, 2, 2]);
  for (const f of packet.fields()) {
    assert(f.offset >= 0 && f.offset + f.length <= SEGMENT.length, f.info.abbrev);
  }
});

Deno.test("toJSON() is plain data, bytes as hexadecimal", async () => {
  const [packet] = await packets(await capture(SEGMENT));
  const json = JSON.parse(JSON.stringify(packet));
  assertEquals(json.tcp.dstPort, 9999);
  assertEquals(json.ip.src, "192.0.2.1");
  assertEquals(json.data.data, "6869");
});

Deno.test("a console and JSON show a packet's and a header's values, and no other packet's bytes", async () => {
  const [first, second] = await packets(
    await capture(
      craft(
        eth.of(),
        ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
        udp.of({ srcPort: 7, dstPort: 9 }),
      ),
      craft(eth.of(), ip.of({ src: "192.0.2.3", dst: "192.0.2.4" }), tcp.of({ srcPort: 80 })),
    ),
  );
  const header = first.get(udp)!;
  const values = { srcPort: 7, dstPort: 9, length: 8, checksum: header.checksum };
  assertEquals(JSON.parse(JSON.stringify(header)), values);
  assertEquals(Deno.inspect(header), `UDP ${Deno.inspect(values)}`);
  assertMatch(Deno.inspect(first), /^Packet \{\n {2}number: 1,.*srcPort: 7/s);
  assert(!Deno.inspect(second).includes("192.0.2.1"));
  assertEquals(nodeInspect(second.get(tcp)).slice(0, 5), "TCP {");
});

Deno.test("packets are written as they are read: bytes, time and length; payload() is what stands behind a header", async () => {
  const frame = craft(
    eth.of(),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 7, dstPort: 9 }),
    Uint8Array.of(1, 2, 3),
  );
  // Padding of the frame belongs to no header.
  const padded = new Uint8Array(60);
  padded.set(frame);
  const sink = new MemorySink();
  {
    await using writer = new PcapWriter(sink, { linkType: 1, precision: "nanoseconds" });
    await writer.writeFrame({ time: 1_700_000_000_123_456_789n, data: padded, wireLength: 61 });
    await writer.writeFrame({ time: 5n, data: padded.subarray(0, 20) });
  }
  const found = await packets(sink.bytes());
  assertEquals(found.map((p) => [p.time, p.length, p.capturedLength]), [
    [1_700_000_000_123_456_789n, 61, 60],
    [5n, 20, 20],
  ]);
  assertEquals(found[0].payload(udp), Uint8Array.of(1, 2, 3));
  assertEquals(found[0].payload(ip), frame.subarray(34));
  assertEquals(found[0].payload(ip, 1), undefined);
  assertEquals(found[1].payload(ip), undefined);
  const again = new MemorySink(), ng = new MemorySink();
  {
    await using pcap = new PcapWriter(again, { linkType: 1, precision: "nanoseconds" });
    await using pcapng = new PcapngWriter(ng);
    for (const { time, bytes, length } of found) {
      await pcap.writeFrame({ time, data: bytes, wireLength: length });
      await pcapng.writeFrame({ time, data: bytes, wireLength: length, linkType: 1 });
    }
  }
  assertEquals(again.bytes(), sink.bytes());
  assertEquals((await packets(ng.bytes())).map((p) => p.time), found.map((p) => p.time));
  await using early = new PcapWriter(new MemorySink(), { linkType: 1 });
  assertThrows(() => early.writeFrame({ data: padded }), TypeError, "one has none");
  assertThrows(() => early.writeFrame({ time: -1n, data: padded }), TypeError, "-1 s since 1970");
});

Deno.test("open() filters with bpf and reads with the framer named", async () => {
  let packets = 0;
  for await (const packet of open(SAMPLE, { bpf: "udp port 53", framer: "pcap" })) {
    packets++;
    assert(packet.has("dns"), packet.chain);
  }
  assert(packets > 0);
});

Deno.test("a field that no protocol has is an error that names the one meant", async () => {
  const [packet] = await packets(SAMPLE);
  const error = assertThrows(() => packet.field("eht.src"), RangeError);
  assertStringIncludes(error.message, 'no such field; did you mean "eth.src"?');
});

Deno.test("the same packets come from a path, a URL, bytes, a stream and a source", async () => {
  const bytes = Deno.readFileSync(SAMPLE);
  const stream = () =>
    new ReadableStream<Uint8Array>({
      start(controller): void {
        for (let i = 0; i < bytes.length; i += 777) controller.enqueue(bytes.subarray(i, i + 777));
        controller.close();
      },
    });
  const chains = async (source: Parameters<typeof open>[0]): Promise<string[]> =>
    (await packets(source)).map((p) => `${p.number} ${p.time} ${p.chain} ${p.length}`);
  const expected = await chains(SAMPLE);
  assertEquals(expected.length, 71);
  for (
    const source of [
      new URL(`file://${SAMPLE}`),
      bytes,
      stream(),
      bytesSource(bytes, "memory"),
    ]
  ) assertEquals(await chains(source), expected);
});

Deno.test("packets stay valid after their batch, and keep() copies them out", async () => {
  const all = await packets(PCAPNG);
  const texts = all.map((p) => JSON.stringify(p));
  const kept = all.map((p) => p.keep());
  assertEquals(kept.map((p) => JSON.stringify(p)), texts);
  assertEquals(kept.map((p) => p.summary), all.map((p) => p.summary));
  assertEquals(kept.map((p) => p.bytes.length), all.map((p) => p.capturedLength));
  assertEquals(
    kept.flatMap((p) => p.fieldAll("frame.comment")).length,
    all.flatMap((p) => p.fieldAll("frame.comment")).length,
  );
  assertEquals(kept.flatMap((p) => p.fieldAll("frame.comment")).length, 6);
});

Deno.test("leaving the loop closes the file", async () => {
  // The test runner's resource sanitizer is what would fail here.
  for await (const packet of open(SAMPLE)) if (packet.number === 3) break;
  await using opened = open(SAMPLE);
  assertEquals((await opened.extraction()).header.format, "pcap");
});

Deno.test("a damaged packet keeps its layers and says what is wrong", async () => {
  const cut = SEGMENT.slice(0, 40);
  const [packet] = await packets(await capture(cut));
  assertEquals(packet.chain, "Ethernet:IPv4:TCP");
  assertEquals(packet.get(tcp), undefined);
  assertEquals(packet.field("tcp.dstport"), 9999);
  const [issue] = packet.issues;
  assertEquals([issue.kind, issue.protocol], ["malformed", "ip"]);
});

Deno.test("a damaged file throws after every good packet", async () => {
  const bytes = await capture(SEGMENT, SEGMENT);
  let seen = 0;
  const error = await assertRejects(async () => {
    for await (const _ of open(bytes.subarray(0, bytes.length - 1))) seen++;
  }, CaptureFormatError);
  assertEquals(seen, 1);
  assertEquals(error.code, "E_TRUNCATED_RECORD");
  assertEquals(error.offset, 24 + 16 + SEGMENT.length);
});

Deno.test("extract: fin, fout, format, extension, store, nofile", async () => {
  const dir = Deno.makeTempDirSync();
  const a = await extract({ fin: SAMPLE.replace(".pcap", ""), fout: `${dir}/a`, format: "json" });
  assertEquals([a.length, a.frame.length, a.format], [71, 71, "json"]);
  assertEquals([a.input, a.output], [SAMPLE, `${dir}/a.json`]);
  assertEquals(Object.keys(JSON.parse(Deno.readTextFileSync(`${dir}/a.json`))).length, 72);
  const b = await extract({ fin: SAMPLE, fout: `${dir}/b`, format: "json", extension: false });
  assertEquals(b.output, `${dir}/b`);
  JSON.parse(Deno.readTextFileSync(`${dir}/b`));
  const c = await extract({ fin: SAMPLE, fout: `${dir}/c.plist`, store: false });
  assertEquals([c.format, c.frame.length, c.length], ["plist", 0, 71]);
  const d = await extract({ fin: SAMPLE, nofile: true });
  assertEquals([d.output, d.format, d.frame.length], [undefined, undefined, 71]);
  await assertRejects(() => extract({ fin: `${dir}/none`, nofile: true }), CaptureFormatError);
});

Deno.test("extract: auto false reads as it is iterated; count stops", async () => {
  const e: Extraction = await extract({ fin: SAMPLE, nofile: true, auto: false, count: 10 });
  assertEquals(e.length, 0);
  const numbers: number[] = [];
  for await (const packet of e) numbers.push(packet.number);
  assertEquals(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

Deno.test("extract: files writes one file per frame", async () => {
  const dir = Deno.makeTempDirSync();
  await extract({ fin: SAMPLE, fout: `${dir}/f`, format: "json", files: true, count: 2 });
  assertEquals(
    [...Deno.readDirSync(`${dir}/f`)].map((x) => x.name).sort(),
    ["Frame 1.json", "Frame 2.json", "Global Header.json"],
  );
});

Deno.test("extract: layer and protocol stop dissecting", async () => {
  const labels = async (options: Parameters<typeof extract>[0]): Promise<string> => {
    const { frame } = await extract({ fin: SAMPLE, nofile: true, ...options });
    return frame.map((p) => p.chain).join("\n");
  };
  assertStringIncludes(await labels({}), "TCP");
  assertEquals((await labels({ layer: "internet" })).includes("TCP"), false);
  assertEquals((await labels({ protocol: ["ip", "ipv6"] })).includes("TCP"), false);

  assertStringIncludes(await labels({ layer: "none" }), "TCP");
  await assertRejects(() => labels({ protocol: "nosuch" }), RangeError, "nosuch");
});

Deno.test("extract: verbose calls back with each packet", async () => {
  const seen: string[] = [];
  const e = await extract({
    fin: SAMPLE,
    nofile: true,
    verbose: (extraction, packet) => seen.push(`${extraction.input === SAMPLE} ${packet.number}`),
  });
  assertEquals(seen.length, e.length);
  assertEquals(seen[70], "true 71");
});

Deno.test("extract: bufferSave keeps the bytes that came, bufferSize and noEof are obeyed", async () => {
  const dir = Deno.makeTempDirSync(), bytes = Deno.readFileSync(SAMPLE);
  const e = await extract({
    fin: new Blob([bytes]).stream(),
    nofile: true,
    bufferSave: true,
    bufferPath: `${dir}/kept.pcap`,
  });
  assertEquals(e.length, 71);
  assertEquals(Deno.readFileSync(`${dir}/kept.pcap`), bytes);
  const own = await extract({ fin: bytes, nofile: true, bufferSave: true });
  assertEquals(Deno.readFileSync(own.bufferPath!), bytes);
  Deno.removeSync(own.bufferPath!);
  let batches = 0;
  const small = await extract({ fin: bytes, nofile: true, auto: false, bufferSize: 1024 });
  for await (const _ of small.results()) batches++;
  assert(batches > 1, `${batches} batches`);
  // Following waits for more until the signal says enough.
  const path = `${dir}/grows.pcap`;
  Deno.writeFileSync(path, bytes);
  const stop = new AbortController();
  let count = 0;
  const following = await extract({
    fin: path,
    nofile: true,
    noEof: true,
    auto: false,
    signal: stop.signal,
  });
  for await (const packet of following) {
    count = packet.number;
    if (count === 71) Deno.writeFileSync(path, bytes.subarray(24), { append: true });
    if (count === 142) stop.abort();
  }
  assertEquals(count, 142);
});

Deno.test("a signal ends an extraction at the next batch, and is listened to no longer than that lasts", async () => {
  // A listener left behind would keep the process until `AbortSignal.timeout` is over.
  const stop = new AbortController(), { signal } = stop;
  let listeners = 0;
  const add = signal.addEventListener, remove = signal.removeEventListener;
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove.apply(signal, args);
  };
  const few = { nofile: true, auto: false, bufferSize: 1024, signal };
  for (const fin of [SAMPLE, Deno.readFileSync(SAMPLE)]) {
    for await (const _ of (await extract({ ...few, fin })).results()) break;
    for await (const _ of (await extract({ ...few, fin })).results());
    assertEquals(listeners, 0);
  }
  {
    await using opened = await openCapture(SAMPLE, { signal });
    for await (const _ of opened);
    assertEquals(listeners, 0);
  }
  let batches = 0;
  const extraction = await extract({ ...few, fin: SAMPLE });
  await assertRejects(
    async () => {
      for await (const _ of extraction.results()) {
        batches++;
        stop.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
  assertEquals([batches, listeners], [1, 0]);
});

Deno.test("extract: an unknown engine or format is named with those there are", async () => {
  await assertRejects(() => extract({ fin: SAMPLE, engine: "warp" }), RangeError, "default");
  await assertRejects(() => extract({ fin: SAMPLE, format: "docx" }), RangeError, "ndjson");
});

Deno.test("a plug-in adds a protocol, by value", async () => {
  interface Acme {
    readonly version: number;
    readonly name: string;
  }
  const acme = protocol<Acme>({
    name: "acme",
    title: "Acme Protocol",
    label: "Acme",
    layer: "application",
    parents: { "tcp.port": [9999] },
    fields: { version: u16("acme.version", "Version"), name: textField("acme.name", "Name") },
    header: "rest",
  });
  const plugin: Plugin = { name: "acme", protocols: [acme] };
  const frame = craft(
    eth.of(),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    tcp.of({ srcPort: 1 }),
    acme.of({ version: 3, name: "Wile" }),
  );
  const { frame: [packet] } = await extract({
    fin: await capture(frame),
    nofile: true,
    plugins: [plugin],
  });
  assertEquals(packet.chain, "Ethernet:IPv4:TCP:Acme");
  assertEquals(packet.get(acme)?.name, "Wile");
  assertEquals(packet.field("acme.version"), 3);
  // Two kits live side by side: nothing global was changed.
  const [plain] = await packets(await capture(frame));
  assertEquals(plain.chain, "Ethernet:IPv4:TCP");
  let message = "";
  try {
    createKit([plugin, plugin]);
  } catch (error) {
    message = (error as Error).message;
  }
  assertStringIncludes(message, 'protocol "acme"');
});
