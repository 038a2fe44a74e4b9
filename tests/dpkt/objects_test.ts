import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as dpkt from "../../engines/dpkt/objects/mod.ts";
import { LAYERS_MAX } from "../../core/limits.ts";
import { CaptureFormatError, open } from "../../mod.ts";

const { Ethernet, IP, IP6, TCP, UDP } = dpkt;
const CAPTURES = new URL("../captures/", import.meta.url).pathname;
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

/** Frame of an IP packet. */
function ethernet(ip: dpkt.IP | dpkt.IP6): Uint8Array {
  return new Ethernet({ src: text("source"), dst: text("target"), data: ip }).bytes();
}

Deno.test("dpkt objects nest as dpkt's, by data and by name, and pack to what they were read from", () => {
  const bytes = ethernet(
    new IP({ p: dpkt.IP_PROTO_TCP, data: new TCP({ dport: 80, data: text("hello") }) }),
  );
  const eth = new Ethernet(bytes);
  assert(eth.data instanceof IP && eth.data.data instanceof TCP);
  const tcp = eth.data.data;
  assertStrictEquals(eth.ip?.tcp, tcp);
  assertStrictEquals(eth.get(TCP), tcp);
  assertStrictEquals(eth.get(UDP), undefined);
  assert(eth.has(TCP) && !eth.has(UDP));
  assertEquals(eth.ip6, undefined);
  assert(tcp.flags & dpkt.TH_SYN);
  assertEquals([tcp.off, tcp.dport, tcp.data], [5, 80, text("hello")]);
  assertEquals([eth.length, dpkt.len(eth), dpkt.len(tcp.data as Uint8Array)], [59, 59, 5]);
  assertEquals(eth.pack(), bytes);
  assertEquals(dpkt.ethernet.Ethernet, Ethernet);
  assertEquals([...new UDP()], [["sport", 0xdead], ["dport", 0], ["ulen", 8], ["sum", 0]]);
});

Deno.test("dpkt objects change nothing of the buffer they were read from", () => {
  const bytes = ethernet(new IP({ p: 17, data: new UDP() }));
  const before = bytes.slice();
  const eth = new Ethernet(bytes);
  eth.ip!.ttl = 1;
  eth.ip!.src = text("abcd");
  eth.ip!.udp!.sport = 7;
  eth.type = 5;
  eth.pack();
  assertEquals(bytes, before);
});

Deno.test("a payload is decoded by what was read, whatever is changed before it is looked at", () => {
  const ip = new Ethernet(ethernet(new IP({ p: 17, data: new UDP({ sport: 5 }) }))).ip!;
  ip.p = 6;
  ip.len = 1;
  assert(ip.data instanceof UDP && ip.data.sport === 5);
});

Deno.test("dpkt objects raise NeedData, UnpackError and PackError as dpkt does", () => {
  assertThrows(() => new Ethernet(new Uint8Array(13)), dpkt.NeedData, "at least 14");
  assertThrows(() => new IP(new Uint8Array(20)), dpkt.UnpackError, "header length");
  assertThrows(() => new TCP({ sport: 70000 }).pack(), dpkt.PackError, "TCP.sport");
  assertThrows(() => new IP({ data: [[1, text("x")]] as never }).pack(), dpkt.PackError);
  assertThrows(() => new TCP({ off: 16 }), RangeError, "too large for field off");
  assertThrows(() => new dpkt.DNS.Q().pack(), dpkt.PackError);
  for (const wrong of [new ArrayBuffer(20), [1, 2], "bytes", 5, new DataView(new ArrayBuffer(9))]) {
    assertThrows(() => new UDP(wrong as never), TypeError, "expected a Uint8Array");
  }
  assertEquals(new UDP({ sport: undefined }).sport, 0xdead);
  assertStrictEquals(dpkt.dpkt.NeedData, dpkt.NeedData);
  assert(new dpkt.NeedData() instanceof dpkt.UnpackError);
  assert(new dpkt.UnpackError() instanceof dpkt.Error);
  assertEquals(new dpkt.NeedData("x").name, "NeedData");
  // What an upper layer cannot read stays bytes.
  const ip = new IP({ p: 6, data: text("short") });
  assertEquals(new IP(ip.pack()).data, text("short"));
});

Deno.test("what dpkt dies of is an UnpackError, or bytes", () => {
  const mpls = new Ethernet({
    mpls_labels: [new dpkt.MPLSlabel({ val: 16 })],
    data: new Uint8Array(),
  }).pack();
  assertThrows(() => new Ethernet(mpls), dpkt.NeedData);
  const name = Uint8Array.fromHex("000101000001000000000000" + "02fffe00" + "00010001");
  assertThrows(() => new dpkt.DNS(name), dpkt.UnpackError, "UTF-8");
  assertThrows(
    () => new dpkt.DHCP(new Uint8Array([...new dpkt.DHCP().pack_hdr(), 53])),
    dpkt.NeedData,
  );
  const length = text("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n");
  assertThrows(() => new dpkt.Request(length), dpkt.UnpackError, "content length");
  // ESP has no next header that could be read, and DHCP's defaults are text: dpkt packs neither.
  const esp = new IP6({ nxt: 50, plen: 12, data: new Uint8Array(12) }).pack();
  assertEquals(new IP6(esp).pack(), esp);
  assertEquals(new dpkt.DHCP().pack().length, 240 + 3 + 6 + 1);
  assertEquals(new dpkt.NTP().pack(), new Uint8Array(48));
  assertEquals(new dpkt.VRRP().pack().length, 8);
});

Deno.test("tunnels in tunnels end, and are packed in time that grows with their bytes", () => {
  let inner: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < 1000; i++) {
    // ICMP without checksum that quotes IP without checksum, and so on: dpkt packs each layer twice.
    const icmp = new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, ...inner]);
    inner = new Uint8Array([
      0x45,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      64,
      1,
      0,
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      ...icmp,
    ]);
  }
  const ip = new IP(inner);
  let depth = 0;
  for (let p: unknown = ip; p instanceof dpkt.Packet; p = p.data) depth++;
  assert(depth > LAYERS_MAX / 2 && depth < LAYERS_MAX * 3 / 2, `${depth} layers`);
  assertEquals(ip.pack().length, inner.length);
  assert(ip.toString().length > 0);
});

Deno.test("names of DNS that point in circles or chains end", () => {
  const header = "000101000001000000000000";
  for (const name of ["c00c", "01" + "61" + "c00c", "c010c00c"]) {
    assertThrows(
      () => new dpkt.DNS(Uint8Array.fromHex(header + name + "00010001")),
      dpkt.UnpackError,
    );
  }
  // A pointer to a pointer to a pointer.
  const chain = new Uint8Array(2 + 2 * 200);
  for (let i = 1; i <= 200; i++) {
    chain.set([0xc0 | ((i - 1) * 2) >> 8, ((i - 1) * 2) & 0xff], i * 2);
  }
  assertThrows(() => dpkt.dns.unpack_name(chain, 400), dpkt.UnpackError, "pointer");
  assertEquals(dpkt.dns.unpack_name(chain, 20), ["", 22]);
});

Deno.test("a protocol of one's own is declared as data, and found by number", () => {
  class Greeting extends dpkt.Packet<Greeting> {
    /** Kind. */
    declare kind: number;
    /** Two parts of one byte. */
    declare _a_b: number;
    declare a: number;
    declare b: number;
    declare who: Uint8Array;
    static {
      this.header<Greeting>("Greeting", [["kind", "H", 7], ["_a_b", "B", 0x12], [
        "who",
        "4s",
        text("you!"),
      ]], {
        bits: { _a_b: [["a", 4], ["b", 4]] },
      });
    }
  }
  assertEquals(new Greeting().pack(), Uint8Array.of(0, 7, 0x12, ...text("you!")));
  assertEquals(Greeting.__hdr_len__, 7);
  assertEquals(Greeting.__hdr_defaults__, { kind: 7, _a_b: 0x12, who: text("you!") });
  assertEquals(`${new Greeting({ b: 3, data: text("x") })}`, "Greeting(b=3, data=b'x')");
  Ethernet.set_type(0xfffe, Greeting);
  const eth = new Ethernet({ type: 0, data: new Greeting({ kind: 9 }) });
  const back = new Ethernet(eth.pack());
  assert(back.data instanceof Greeting && back.data.kind === 9 && back.type === 0xfffe);
  assertStrictEquals((back as unknown as { greeting: Greeting }).greeting, back.data);
  assertStrictEquals(Ethernet.get_type(0xfffe), Greeting);
  assertEquals(Ethernet.get_type_rev(Greeting), 0xfffe);
});

Deno.test("dpkt objects print as dpkt's, in one line or several", () => {
  const eth = new Ethernet({
    src: text("a'\n\x00bc"),
    data: new IP({ ttl: 3, p: 6, data: new TCP() }),
  });
  const line = `Ethernet(src=b"a'\\n\\x00bc", data=IP(len=40, ttl=3, p=6, data=TCP()))`;
  assertEquals(eth.toString(), line);
  assertEquals(Deno.inspect(eth), line);
  assert(eth.pprint().includes("    ttl=3,\n"));
  assert(dpkt.hexdump(text("hello")).includes("68 65 6c 6c 6f"));
  const dict = dpkt.utils.make_dict(eth) as { data: { data: { dport: number } } };
  assertEquals(dict.data.data.dport, 0);
});

Deno.test("repeated HTTP header fields, and fields that are numbers, keep their order", () => {
  const message = text(
    "HTTP/1.1 200 OK\r\nb: 1\r\n34: x\r\na: 1\r\na: 2\r\ncontent-length: 2\r\n\r\nhirest",
  );
  const response = new dpkt.Response(message);
  assertEquals({ ...response.headers }, { b: "1", 34: "x", a: ["1", "2"], "content-length": "2" });
  assertEquals([response.status, response.reason, response.version], ["200", "OK", "1.1"]);
  assertEquals([response.body, response.data], [text("hi"), text("rest")]);
  assertEquals(response.pack(), message.subarray(0, -4));
  response.headers["c"] = "3";
  delete response.headers["b"];
  assert(new TextDecoder().decode(response.pack()).includes("OK\r\n34: x\r\na: 1\r\na: 2\r\n"));
});

Deno.test("a reader of a file reads as one of its bytes, in however small pieces they come", () => {
  for (const name of ["sample.pcap", "nanoseconds.pcap", "two-interfaces.pcapng"]) {
    const whole = [...new dpkt.UniversalReader(Deno.readFileSync(CAPTURES + name))];
    assert(whole.length > 0);
    using file = Deno.openSync(CAPTURES + name);
    assertEquals([...new dpkt.UniversalReader(file)], whole);
    let at = 0;
    const bytes = Deno.readFileSync(CAPTURES + name);
    const dribble = {
      readSync(p: Uint8Array): number | null {
        const n = Math.min(p.length, 11, bytes.length - at);
        p.set(bytes.subarray(at, at + n));
        at += n;
        return n === 0 ? null : n;
      },
    };
    assertEquals(new dpkt.UniversalReader(dribble).readpkts(), whole);
  }
});

Deno.test("a reader's exact times are those of every other way to read", async () => {
  for (
    const name of ["sample.pcap", "nanoseconds.pcap", "sample.pcapng", "two-interfaces.pcapng"]
  ) {
    const reader = new dpkt.UniversalReader(Deno.readFileSync(CAPTURES + name));
    for await (const packet of open(CAPTURES + name)) {
      const { value } = reader.next();
      assertEquals(value[1], packet.bytes);
      assertEquals(reader.ns, packet.time, name);
      assert(Math.abs(value[0] - Number(packet.time) / 1e9) < 1e-6);
    }
    assert(reader.next().done);
  }
});

Deno.test("a reader has dpkt's methods", () => {
  const reader = () => new dpkt.pcap.Reader(Deno.readFileSync(`${CAPTURES}sample.pcap`));
  const r = reader();
  assertEquals([r.datalink(), r.dloff, r.filter], [dpkt.pcap.DLT_EN10MB, 14, ""]);
  assertThrows(() => r.setfilter("tcp"), Error, "setfilter");
  const sizes: number[] = [];
  assertEquals(r.dispatch(2, (_ts, buf, list: number[]) => list.push(buf.length), sizes), 2);
  const all = reader().readpkts();
  assertEquals(sizes, all.slice(0, 2).map(([, buf]) => buf.length));
  // It goes on where it was.
  assertEquals(r.next().value, all[2]);
  let rest = 0;
  r.loop(() => rest++);
  assertEquals(rest, all.length - 3);
  assertEquals(r.dispatch(0, () => {}), 0);
});

/** What a file is to {@linkcode dpkt.UniversalReader}: how many packets, and what is wrong. */
function outcome(file: Uint8Array): [packets: number, code: string | undefined] {
  let packets = 0;
  try {
    for (const _ of new dpkt.UniversalReader(file)) packets++;
  } catch (e) {
    assert(e instanceof CaptureFormatError, `${e}`);
    assert(e.offset !== undefined && e.offset <= file.length && e.reason.length > 0);
    return [packets, e.code];
  }
  return [packets, undefined];
}

Deno.test("a damaged file is told by a clear error, after every packet before the damage", () => {
  const pcap = Deno.readFileSync(`${CAPTURES}sample.pcap`).slice(0, 24 + 16 + 74 + 16 + 74);
  const second = 24 + 16 + new DataView(pcap.buffer).getUint32(24 + 8, true);
  const at = (offset: number, value: number, file: Uint8Array = pcap): Uint8Array => {
    const copy = file.slice();
    new DataView(copy.buffer).setUint32(offset, value, true);
    return copy;
  };
  assertEquals(outcome(new Uint8Array(0)), [0, "E_TRUNCATED_HEADER"]);
  assertEquals(outcome(pcap.subarray(0, 20)), [0, "E_TRUNCATED_HEADER"]);
  assertEquals(outcome(at(0, 5)), [0, "E_UNKNOWN_FORMAT"]);
  assertEquals(outcome(pcap.subarray(0, second)), [1, undefined]);
  assertEquals(outcome(pcap.subarray(0, second + 5)), [1, "E_TRUNCATED_RECORD"]);
  // dpkt hands out what is there of a packet; so do we, and then say so.
  assertEquals(outcome(pcap.subarray(0, second + 20)), [2, "E_TRUNCATED_RECORD"]);
  assertEquals(outcome(at(second + 8, 0xffffffff)), [1, "E_BAD_RECORD_LENGTH"]);

  const ng = Deno.readFileSync(`${CAPTURES}sample.pcapng`);
  const good = outcome(ng);
  assert(good[0] > 3 && good[1] === undefined);
  for (let n = 0; n < 400; n++) {
    const [packets] = outcome(ng.subarray(0, n));
    assert(packets <= good[0]);
    outcome(at(n & ~3, 0xfffffff0, ng));
    outcome(at(n & ~3, 1, ng));
  }
  assertEquals(outcome(ng.subarray(0, 8)), [0, "E_TRUNCATED_BLOCK"]);
  assertEquals(outcome(at(4, 13, ng)), [0, "E_BAD_BLOCK_LENGTH"]);
  assertEquals(outcome(at(8, 1, ng)), [0, "E_BAD_SECTION"]);
  const section = new dpkt.pcapng.SectionHeaderBlockLE().pack();
  assertEquals(outcome(section), [0, "E_BAD_INTERFACE"]);
  assertEquals(outcome(at(12, 9, section)), [0, "E_UNSUPPORTED_VERSION"]);
});

Deno.test("what the writers write, the readers read", () => {
  const chunks: number[] = [];
  const file = {
    writeSync: (p: Uint8Array): number => chunks.push(...p) && p.length,
    closed: false,
    close(): void {
      this.closed = true;
    },
  };
  for (
    const make of [
      () => new dpkt.pcap.Writer(file, { nano: true, linktype: 101 }),
      () => new dpkt.pcapng.Writer(file, { linktype: 101, snaplen: 3 }),
    ]
  ) {
    chunks.length = 0;
    const writer = make();
    const ns = 1700000000_123456000n;
    writer.writepkt(new IP({ p: 17, data: new UDP() }), ns);
    writer.writepkts([[2, text("two")]]);
    writer.writepkt(text("now"));
    writer.close();
    assert(file.closed);
    const reader = new dpkt.UniversalReader(Uint8Array.from(chunks));
    assertEquals(reader.datalink(), 101);
    const [, buf] = reader.next().value;
    assertEquals(reader.ns, ns);
    assertEquals(new IP(buf).udp?.sport, 0xdead);
    assertEquals(reader.next().value, [2, text("two")]);
    assert(Math.abs(reader.next().value[0] - Date.now() / 1000) < 60);
  }
  const big = new dpkt.pcapng.EnhancedPacketBlock() as unknown as Uint8Array;
  assertThrows(
    () => new dpkt.pcapng.Writer(file).writepkt(big),
    TypeError,
    "EnhancedPacketBlockLE",
  );
});

Deno.test("the library and the command line do not load the dpkt objects", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "cli.ts"],
    cwd: new URL("../../", import.meta.url).pathname,
  }).output();
  const info = new TextDecoder().decode(stdout);
  assert(info.includes("kit.ts"));
  assert(!info.includes("dpkt/objects"));
});
