import { createSocket } from "node:dgram";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  EngineError,
  FileCapture,
  InMemCapture,
  LiveCapture,
  type PacketSummary,
  StopCapture,
} from "../../engines/pyshark/mod.ts";
import { open } from "../../mod.ts";
import { bare, TSHARK } from "../engines/_tshark.ts";

const HTTP = "tests/captures/http.pcap";
const SAMPLE = "tests/captures/sample.pcap";
const ignore = !TSHARK;
const WHY = ignore ? " (there is no tshark)" : "";

Deno.test(`pyshark reads packets, layers and fields of a file${WHY}`, { ignore }, async () => {
  await using capture = new FileCapture(HTTP);
  const rows: string[] = [];
  for await (const packet of capture) {
    const { ip, tcp } = packet;
    rows.push(
      [packet.number, ip.src, tcp.dstport, tcp.flags, packet.sniff_timestamp, packet.length].join(
        "\t",
      ),
    );
  }
  assertEquals(
    rows.join("\n") + "\n",
    await bare(
      "-r",
      HTTP,
      "-T",
      "fields",
      ...["frame.number", "ip.src", "tcp.dstport", "tcp.flags", "frame.time_epoch", "frame.len"]
        .flatMap((f) => ["-e", f]),
    ),
  );
  assertEquals(capture.length, rows.length);
  const packet = capture[3];
  assertEquals(packet.highest_layer, "HTTP");
  assertEquals(packet.transport_layer, "TCP");
  assertEquals(packet.layers.map((l) => l.layer_name), ["eth", "ip", "tcp", "http"]);
  assert("ip" in packet && !("udp" in packet));
  assertEquals(packet[0].layer_name, "eth");
  assertEquals(packet.captured_length, packet.length);
  assertEquals(packet.sniff_time.getTime(), Math.floor(Number(packet.sniff_timestamp) * 1000));
  assertEquals(packet.frame_info.get_field_value("number"), "4");
  assertEquals(packet.http.request_method, "GET");
  const port = packet.tcp.get_field("dstport")!;
  assertEquals([port.int_value, port.pos, port.size, port.showname_key], [
    80,
    36,
    2,
    "Destination Port",
  ]);
  assertEquals(packet.tcp.get_field_value("dstport", true), "0050");
  assert(packet.tcp.field_names.includes("flags_syn"));
  assertEquals(packet.ip.get("no_such", "?"), "?");
  assertMatch(packet.pretty_print(), /Destination Port: 80/);
});

Deno.test(`pyshark's options have their effect${WHY}`, { ignore }, async () => {
  const count = async (
    options: ConstructorParameters<typeof FileCapture>[1],
  ): Promise<string[]> => {
    await using capture = new FileCapture(SAMPLE, options);
    const layers: string[] = [];
    for await (const packet of capture) layers.push(packet.highest_layer);
    return layers;
  };
  const dns = await count({ display_filter: "dns" });
  assert(dns.length > 0 && dns.every((l) => l === "DNS"));
  assert(!(await count({ decode_as: { "udp.port==53": "data" } })).includes("DNS"));
  assert(!(await count({ disable_protocol: "dns" })).includes("DNS"));
  assertEquals((await count({ custom_parameters: ["-c", "5"] })).length, 5);
  await using relative = new FileCapture(HTTP, {
    override_prefs: { "tcp.relative_sequence_numbers": "FALSE" },
  });
  await relative.load_packets({ packet_count: 1 });
  assertEquals(relative[0].tcp.seq, relative[0].tcp.seq_raw);
  await using raw = new FileCapture(HTTP, { raw_mode: true, keep_packets: false });
  assertEquals((await raw.next())!.ip.version, "45");
  assertEquals((await raw.next())!.tcp.srcport, "0050");
  assertEquals(raw.length, 0);
  await using json = new FileCapture(HTTP, { use_json: true, include_raw: true });
  const first = (await json.next())!;
  await using capture = await open(HTTP);
  for await (const packet of capture) {
    assertEquals(first.get_raw_packet(), packet.bytes);
    assertEquals(first.ip.src, packet.field("ip.src"));
    break;
  }
  await using summaries = new FileCapture<PacketSummary>(HTTP, { only_summaries: true });
  const line = (await summaries.next())!;
  assertEquals([line.no, line.protocol], ["1", "TCP"]);
  assertMatch(line.info, /SYN/);
  const file = await Deno.makeTempFile();
  try {
    await using output = new FileCapture(HTTP, { output_file: file, display_filter: "http" });
    await output.load_packets();
    assertEquals(
      (await bare("-r", file, "-T", "fields", "-e", "frame.number")).trim().split("\n").length,
      output.length,
    );
  } finally {
    await Deno.remove(file);
  }
  const keyed = new FileCapture(HTTP, { decryption_key: "secret", encryption_type: "wpa-psk" });
  assert(keyed.get_parameters().includes('uat:80211_keys:"wpa-psk","secret"'));
  assertThrows(() => new FileCapture(HTTP, { include_raw: true }), TypeError, "use_json");
});

Deno.test(`pyshark applies functions, stops, and reports errors${WHY}`, { ignore }, async () => {
  await using capture = new FileCapture(SAMPLE);
  const seen: number[] = [];
  await capture.apply_on_packets((packet) => {
    seen.push(packet.number);
    if (packet.number === 5) throw new StopCapture();
  });
  assertEquals(seen, [1, 2, 3, 4, 5]);
  await capture.load_packets({ packet_count: 2 });
  assertEquals(capture.length, 7);
  assertEquals((await capture.next())!.number, 1);
  capture.reset();
  assertEquals((await capture.next())!.number, 1);
  capture.clear();
  assertEquals(capture.length, 0);
  await using bad = new FileCapture(SAMPLE, { display_filter: "ip.src ==" });
  await assertRejects(() => bad.load_packets(), EngineError);
  await using absent = new FileCapture("/nonexistent.pcap");
  await assertRejects(() => absent.load_packets(), EngineError, "nonexistent");
  await using missing = new FileCapture(SAMPLE, { tshark_path: "/nonexistent/tshark" });
  await assertRejects(() => missing.load_packets(), EngineError, "install");
});

Deno.test(`pyshark parses packets at hand${WHY}`, { ignore }, async () => {
  await using file = await open(SAMPLE);
  const bytes: Uint8Array[] = [];
  for await (const packet of file) bytes.push(packet.bytes.slice());
  await using capture = new InMemCapture();
  const one = await capture.parse_packet(bytes[0], new Date(1_600_000_000_250));
  assertEquals(one.sniff_timestamp, "1600000000.250000000");
  const more = await capture.parse_packets(bytes.slice(1, 20));
  assertEquals(more.map((p) => p.number), Array.from({ length: 19 }, (_, i) => i + 2));
  assertEquals(more[17].transport_layer, "UDP");
});

const root = !ignore && Deno.uid() === 0;
Deno.test(`pyshark captures on an interface${root ? "" : " (needs tshark and root)"}`, {
  ignore: !root,
}, async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const port = 20_000 + Deno.pid % 20_000;
  const timer = setInterval(() => socket.send(Uint8Array.of(1, 2, 3), port, "127.0.0.1"), 50);
  try {
    await using capture = new LiveCapture({ interface: "lo", bpf_filter: `udp port ${port}` });
    const ports: string[] = [];
    for await (const packet of capture.sniff_continuously({ packet_count: 3, timeout: 20 })) {
      ports.push(packet.udp.dstport);
    }
    assertEquals(ports, [port, port, port].map(String));
    await using quiet = new LiveCapture({ interface: "lo", bpf_filter: "udp port 9" });
    const begun = performance.now();
    await quiet.sniff({ timeout: 1 });
    assertEquals(quiet.length, 0);
    assert(performance.now() - begun < 15_000);
  } finally {
    clearInterval(timer);
    await new Promise<void>((resolve) => socket.close(resolve));
  }
});
