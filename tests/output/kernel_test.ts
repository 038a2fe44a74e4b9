/**
 * The kernel against what it stands for: item rows against those of the emitter, lines against those written without it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { build, clangVersion } from "../../_tools/build_kernel.ts";
import { Random } from "../../_tools/_fuzz.ts";
import type { FrameBatch } from "../../core/batch.ts";
import { Emitter } from "../../core/emitter.ts";
import { LAYER, PROTOCOL_MASK } from "../../core/catalogue.ts";
import { IN_TEXT, ITEM, type Items, Kind } from "../../core/items.ts";
import { FIELDS_MAX, LIST_MAX, TEXT_BYTES_MAX } from "../../core/limits.ts";
import {
  bits as bitField,
  bytes,
  custom,
  eui64,
  type Field,
  fixedBytes,
  group,
  i32,
  inline,
  ipv4Address,
  ipv6Address,
  macAddress,
  Scalar,
  seconds32,
  skip,
  text,
  time32,
  tlv,
  u16,
  u32,
  u64,
  u8,
  within,
} from "../../core/field.ts";
import type { Recipe } from "../../core/recipe.ts";
import { craft, type Draftable, type Protocol, protocol } from "../../core/protocol.ts";
import { createKit, type Kit } from "../../kit.ts";
import { Kernel } from "../../output/kernel/kernel.ts";
import { CLANG, KERNEL } from "../../output/kernel/wasm.ts";
import { ndjson } from "../../output/formats.ts";
import {
  arp,
  data,
  dhcp,
  dns,
  type DnsRecord,
  eth,
  icmp,
  icmpv6,
  ip,
  ipv6,
  mdns,
  nullLoopback,
  sll,
  sll2,
  tcp,
  udp,
  vlan,
} from "../../protocols/mod.ts";
import {
  captureNames,
  CAPTURES,
  dissect,
  encode,
  framesOf,
  kit,
  type Made,
  readCapture,
} from "./_help.ts";

await kit.catalogue.loadAll();

/** Compares all that the kernel makes of batches with what is made without it. */
async function compare(
  batches: readonly FrameBatch[],
  what: string,
  used: Kit = kit,
  wanted: readonly (readonly string[])[] = [["ip.src", "tcp.len", "tcp.port", "frame.number"]],
): Promise<void> {
  const kernel = new Kernel(used.catalogue), emitter = new Emitter(used.catalogue);
  for (const frames of batches) {
    const batch = dissect(frames, used);
    let i = 0;
    for (const rows of kernel.report(batch)) {
      const { rows: expected, used: end } = emitter.packet(batch, i);
      assertEquals(rows, expected.slice(0, end), `${what}: packet ${frames.firstNumber + i}`);
      i++;
    }
    assertEquals(i, frames.count);
  }
  for (const fields of [undefined, ...wanted]) {
    const options = fields ? { fields } : {};
    const one = await encode(ndjson, batches, { options, kit: used });
    const other = await encode(ndjson, batches, {
      options: { ...options, kernel: false },
      kit: used,
    });
    // Comparing as text would take a minute.
    let k = 0;
    while (k < one.length && one[k] === other[k]) k++;
    if (k < one.length || k < other.length) {
      const part = (b: Uint8Array): string => new TextDecoder().decode(b.slice(k - 80, k + 40));
      assertEquals(part(one), part(other), what);
    }
  }
}

/** Frames of usual headers, by link type. */
function usual(): Map<number, Uint8Array[]> {
  const v4 = ip.of({ src: "192.0.2.1", dst: "198.51.100.200" });
  const v6 = ipv6.of({ src: "2001:db8::1", dst: "2001:db8:0:1:1::" });
  const options = [
    { kind: 2, mss: 1460 },
    { kind: 4 },
    { kind: 8, tsVal: 0xffff_ffff, tsEcr: 0 },
    { kind: 1 },
    { kind: 3, shift: 7 },
  ];
  const segment = tcp.of({ srcPort: 40_000, dstPort: 9, flags: 0x18, seq: 0xffff_fff0, options });
  const payload = data.of({ data: Uint8Array.from({ length: 100 }, (_, i) => i * 7) });
  const small = tcp.of({ srcPort: 40_000, dstPort: 9 });
  return new Map([
    [1, [
      craft(eth.of({}), v4, segment, payload),
      craft(eth.of({}), v4, tcp.of({ srcPort: 1, dstPort: 65_535, flags: 0x04 }), payload),
      craft(eth.of({}), vlan.of({ id: 5 }), v6, segment, payload),
      craft(eth.of({}), v6, udp.of({ srcPort: 40_000, dstPort: 9 }), payload),
      craft(eth.of({}), v4, udp.of({ srcPort: 40_000, dstPort: 9 })),
      craft(eth.of({}), v4, udp.of({ srcPort: 40_000, dstPort: 9, checksum: 0 }), payload),
      craft(eth.of({}), v4, tcp.of({ srcPort: 40_000, dstPort: 9, checksum: 1 })),
      craft(
        eth.of({}),
        ip.of({ src: "192.0.2.1", dst: "192.0.2.2", protocol: 253 }),
        data.of({ data: Uint8Array.of(1) }),
      ),
    ]],
    [113, [v4, v6].map((v) => craft(sll.of({ src: "02:00:00:00:00:01" }), v, small))],
    [276, [v4, v6].map((v) => craft(sll2.of({ src: "02:00:00:00:00:01" }), v, small))],
    [0, [v4, v6].map((v) => craft(nullLoopback.of({}), v, small))],
    [101, [v4, v6].map((v) => craft(v, small))],
  ]);
}

const ENCODER = new TextEncoder();

/** Frames of Ethernet that carry usual messages of protocols that vary in length. */
function messages(): Uint8Array[] {
  const v4 = ip.of({ src: "192.0.2.1", dst: "198.51.100.200" });
  const v6 = ipv6.of({ src: "fe80::1", dst: "fe80::2", hopLimit: 255 });
  const over = (from: number, to: number, message: Draftable): Uint8Array =>
    craft(eth.of({}), v4, udp.of({ srcPort: from, dstPort: to }), message);
  const http = (text: string): Uint8Array =>
    craft(eth.of({}), v4, tcp.of({ srcPort: 40_000, dstPort: 80 }), ENCODER.encode(text));
  const echo = Uint8Array.from({ length: 40 }, (_, i) => i);
  // Times as two systems send them, near those that `framesOf` gives to frames.
  const stamps = [true, false].map((little) => {
    const stamp = new Uint8Array(8), view = new DataView(stamp.buffer);
    view.setUint32(0, 1_700_000_000, little);
    view.setUint32(4, 999_999, little);
    return stamp;
  });
  const question = { name: "www.example.org", type: 1, class: 1 };
  const answer = (type: number, value: object): DnsRecord => ({
    ...question,
    type,
    ttl: 300,
    ...value,
  });
  const mac = "02:00:00:00:00:01";
  const ask = { opcode: 1, senderHardware: mac, senderProtocol: "192.0.2.1" };
  return [
    craft(eth.of({}), arp.of({ ...ask, targetHardware: mac, targetProtocol: "192.0.2.2" })),
    craft(eth.of({}), vlan.of({ id: 5 }), arp.of({ ...ask, targetProtocol: "192.0.2.2" })),
    craft(eth.of({}), v4, icmp.of({ type: 8, id: 1, seq: 2 }), data.of({ data: echo })),
    ...stamps.map((timestamp) =>
      craft(eth.of({}), v4, icmp.of({ type: 0, id: 0x1234, seq: 0x5678, timestamp }), echo)
    ),
    craft(
      eth.of({}),
      v4,
      icmp.of({ type: 13, id: 1, seq: 2, originate: 1, receive: 2, transmit: 3 }),
    ),
    craft(eth.of({}), v6, icmpv6.of({ type: 128, id: 1, seq: 2 }), data.of({ data: echo })),
    craft(
      eth.of({}),
      v6,
      icmpv6.of({
        type: 135,
        target: "fe80::2",
        options: [{ kind: 1, address: echo.slice(0, 6) }],
      }),
    ),
    craft(
      eth.of({}),
      v6,
      icmpv6.of({
        type: 134,
        hopLimit: 64,
        options: [
          { kind: 3, prefixLength: 64, validLifetime: 86_400, prefix: "2001:db8::" },
          { kind: 5, mtu: 1500 },
        ],
      }),
    ),
    over(40_000, 53, dns.of({ id: 1, recursionDesired: true, questions: [question] })),
    over(
      40_000,
      53,
      dns.of({
        id: 1,
        questions: [{ name: "", type: 2, class: 1 }, { name: "a", type: 1, class: 1 }],
      }),
    ),
    over(
      53,
      40_000,
      dns.of({
        id: 1,
        response: true,
        rcode: 3,
        questions: [question],
        answers: [
          answer(5, { target: "edge.example.org" }),
          answer(1, { address: "192.0.2.7" }),
          answer(28, { address: "2001:db8::7" }),
          answer(15, { preference: 10, exchange: "mail.example.org" }),
          answer(16, { texts: ["v=spf1 -all", ""] }),
          answer(13, { cpu: "PDP-11", os: "UNIX" }),
        ],
        authorities: [
          answer(2, { target: "ns.example.org" }),
          answer(6, {
            primary: "ns.example.org",
            mailbox: "root.example.org",
            serial: 1,
            minimum: 60,
          }),
          answer(46, { typeCovered: 1, signer: "example.org", signature: echo }),
        ],
        additionals: [{
          name: "",
          type: 41,
          class: 0,
          ttl: 0,
          udpPayloadSize: 1232,
          dnssecOk: true,
          options: [],
        }],
      }),
    ),
    over(
      5353,
      5353,
      mdns.of({
        questions: [{ ...question, type: 12, unicastResponse: true }],
        answers: [answer(1, { cacheFlush: true, address: "192.0.2.7" })],
      }),
    ),
    http(
      "GET /a/b?x=1&y=&&z HTTP/1.1\r\nHost:  www.example.org \r\nCookie: a=1; b=2;;c\r\nUser-Agent: x\r\n" +
        "ETag: 1\r\naccept:*/*\r\nx: y\r\n\r\n",
    ),
    http("GET http://www.example.org/ HTTP/1.1\nHost: www.example.org\nConnection: close\r\n\n"),
    http("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    http("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\n12345"),
    http("PUT  HTTP/1.1\r\nContent-Length: 12 \r\nContent-Encoding: Identity\r\n\r\n123\x00\xe45"),
    http("HTTP/1.1 200 OK\r\nServer: a\r\nSet-Cookie: b\r\nContent-Length: 100\r\n\r\n<html>"),
    http("HTTP/1.1  404  Not  Found\r\n\r\nuntil the end"),
    http("HTTP/1.0 304\r\nDate: now\r\n\r\n"),
    http("HTTP/1.1 200 OK\r\nServer: a\r\nThe-Header: goes on"),
    over(
      68,
      67,
      dhcp.of({
        mac,
        id: 7,
        server: "server",
        options: [
          { kind: 53, value: 1 },
          { kind: 55, value: [1, 3, 6] },
          { kind: 12, value: "host" },
          { kind: 60, value: "MSFT 5.0" },
          { kind: 61, hwType: 1, mac },
          { kind: 57, value: 1500 },
          { kind: 51, value: 3600 },
          { kind: 6, value: ["192.0.2.3", "192.0.2.4"] },
          { kind: 26, value: 1400 },
          { kind: 224, value: echo.slice(0, 3) },
          { kind: 19, value: true },
          { kind: 0, value: new Uint8Array(3) },
          { kind: 255 },
        ],
        padding: new Uint8Array(5),
      }),
    ),
  ];
}

/** The same of messages that are no longer usual, where another way could take them for such. */
function oddMessages(): Uint8Array[] {
  const v4 = ip.of({ src: "192.0.2.1", dst: "198.51.100.200" });
  const http = (text: string): Uint8Array =>
    craft(eth.of({}), v4, tcp.of({ srcPort: 40_000, dstPort: 80 }), ENCODER.encode(text));
  return [
    ...[
      "GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\nProxy-Authorization: Digest x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHTTP/1.1 200 OK\r\nICY: x\r\nM-GET / x: y\r\n\r\n",
      "GET / HTTP/1.1\r\nUNSUBSCRIBE : x\r\nPUT\tx: y\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\n\r\n",
      "Http/1.1 200 OK\r\nA: b\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 299 Odd\r\n\r\n",
      "HTTP/1.1 777 Odd\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "GET /\u00e4?\u00e4 HTTP/1.1\r\nHost: \u00e4\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: +5\r\n\r\n12345",
      "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n12345",
      "GET / HTTP/1.1\r\nno header\r\n\r\n",
      "M-GET / HTTP/1.1\r\n\r\n",
      "NOTIFY / HTTP/1.1\r\nHost: a\r\n\r\n",
      "ICY 200 OK\r\nicy-name: a\r\n\r\n",
      "Host: amid a header\r\n\r\n",
      "the middle of some content",
    ].map(http),
    craft(
      eth.of({}),
      v4,
      udp.of({ srcPort: 53, dstPort: 40_000 }),
      // A name that points forward, to another behind it; then one that points to itself.
      Uint8Array.of(0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0xc0, 18, 0, 1, 0, 1, 0xc0, 18, 0, 1, 0, 1),
    ),
    craft(eth.of({}), v4, tcp.of({ srcPort: 53, dstPort: 40_000 }), dns.of({ id: 1 })),
  ];
}

Deno.test("kernel: messages cut at every length, padded, and damaged at random", async () => {
  const random = new Random(20_261_122);
  for (const [i, frame] of [...messages(), ...oddMessages()].entries()) {
    const made: Made[] = [];
    for (let n = 42; n <= frame.length; n++) {
      made.push({ frame: frame.slice(0, n), wireLength: frame.length }, {
        frame: frame.slice(0, n),
      });
    }
    for (const [length, last] of [[60, 0], [64, 0], [64, 1], [frame.length + 9, 0]] as const) {
      const padded = new Uint8Array(Math.max(length, frame.length));
      padded.set(frame);
      if (length > frame.length) padded[length - 1] = last;
      made.push({ frame: padded });
    }
    for (let n = 0; n < 300; n++) {
      const damaged = frame.slice();
      for (let k = random.below(3); k >= 0; k--) {
        const at = 14 + random.below(frame.length - 14);
        if (random.once(2)) damaged[at] ^= 1 << random.below(8);
        else damaged[at] = random.next();
      }
      made.push({ frame: damaged });
    }
    await compare([framesOf(made, 1)], `message ${i}`, kit, []);
  }
});

Deno.test("kernel: what options of DHCP say of other fields, whichever are wanted", async () => {
  const mac = "02:00:00:00:00:01";
  const message = (options: readonly { kind: number; value?: number }[]): Made => ({
    frame: craft(
      eth.of({}),
      ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
      udp.of({ srcPort: 68, dstPort: 67 }),
      dhcp.of({ mac, server: "server", file: "file", options }),
    ),
  });
  const wanted = ["dhcp.bootp", "dhcp.server", "dhcp.file", "dhcp.id", "dhcp.cookie"];
  await compare(
    [framesOf([
      message([]),
      message([{ kind: 255 }]),
      message([{ kind: 53, value: 1 }, { kind: 255 }]),
      ...[1, 2, 3].map((value) => message([{ kind: 52, value }, { kind: 53, value: 1 }])),
      message([{ kind: 255 }, { kind: 53, value: 1 }]),
    ])],
    "DHCP",
    kit,
    [...wanted.map((one) => [one]), ["dhcp.id", "dhcp.file"]],
  );
});

Deno.test("kernel: more texts than a list may have, and more captured than there was", async () => {
  const v4 = ip.of({ src: "192.0.2.1", dst: "192.0.2.2" });
  const texts = new Array<string>(LIST_MAX + 1).fill("");
  const answers = [{ name: "a", type: 16, class: 1, ttl: 1, texts }];
  const long = craft(
    eth.of({}),
    v4,
    udp.of({ srcPort: 53, dstPort: 40_000 }),
    dns.of({ id: 1, response: true, answers }),
  );
  const frame = new Uint8Array(200);
  frame.set(craft(eth.of({}), vlan.of({ id: 5 }), v4, udp.of({ srcPort: 40_000, dstPort: 9 })));
  const lengths = [0, 46, 59, 60, 64, 150, 199].map((wireLength) => ({ frame, wireLength }));
  await compare([framesOf([{ frame: long }, ...lengths])], "limits");
});

Deno.test("kernel: HTTP behind as much text as a packet may have", async () => {
  const header = "Content-Length: 1\r\n".repeat(400);
  const made = [
    `HTTP/1.1 200 OK\r\n${header}\r\n1`,
    "HTTP/1.1 200 OK\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  ].map((message): Made => ({ frame: ENCODER.encode(message) }));
  for (const left of [0, 1, 2, 3, 9, 10, 11, 3202, 3203, 4000]) {
    const before = text("own.text", "Text");
    const own = protocol({
      name: "own",
      title: "Own",
      label: "Own",
      layer: "application",
      parents: { linktype: [PRIVATE] },
      fields: {
        _made: custom({
          fields: { before },
          emit(items) {
            items.addText(before.id, new Uint8Array(TEXT_BYTES_MAX - items.textUsed - left));
          },
          write: () => {},
        }),
      },
      walk(w) {
        w.end = w.start;
        w.next = w.catalogue.idOf("http");
      },
    }) as Protocol;
    const used = createKit([{ name: "own", protocols: [own] }]);
    await used.catalogue.loadAll();
    await compare([framesOf(made, PRIVATE)], `${left} bytes left`, used, []);
  }
});

Deno.test("kernel: reports and writes of recorded captures what is reported and written without it", async () => {
  for (const name of captureNames()) await compare((await readCapture(name)).batches, name);
});

Deno.test("kernel: headers cut at every length, and frames filled up with zeros or not", async () => {
  const made: Made[] = [];
  for (const [linkType, frames] of usual()) {
    made.length = 0;
    for (const frame of frames) {
      for (let n = 0; n <= frame.length; n++) {
        made.push({ frame: frame.slice(0, n), wireLength: frame.length });
        made.push({ frame: frame.slice(0, n) });
      }
      for (const length of [59, 60, 61, 200]) {
        const padded = new Uint8Array(Math.max(length, frame.length));
        padded.set(frame);
        made.push({ frame: padded }, { frame: padded, wireLength: padded.length + 4 });
        const trailed = padded.slice();
        trailed[trailed.length - 1] = 1;
        made.push({ frame: trailed });
      }
    }
    const all = framesOf(made, linkType);
    await compare([all], `link type ${linkType}`);
    await compare([{
      ...all,
      interfaces: all.interfaces.map((i) => ({ ...i, fcsLength: 4 })),
    }], `link type ${linkType} with check sequences`);
  }
});

Deno.test("kernel: headers damaged at random", async () => {
  const random = new Random(20_261_121);
  for (const [linkType, frames] of usual()) {
    const made: Made[] = [];
    for (let n = 0; n < 1500; n++) {
      const frame = frames[random.below(frames.length)].slice();
      for (let k = random.below(4); k >= 0; k--) {
        const at = random.below(Math.min(frame.length, 90));
        if (random.once(2)) frame[at] ^= 1 << random.below(8);
        else frame[at] = random.next();
      }
      made.push({ frame });
    }
    await compare([framesOf(made, linkType)], `damaged, link type ${linkType}`);
  }
});

Deno.test("kernel: usual headers are reported without asking", () => {
  const asked: string[] = [], { layer, frame } = Emitter.prototype;
  Emitter.prototype.layer = function (row) {
    asked.push(kit.catalogue.protocols[this.items.layers[row] & PROTOCOL_MASK].name);
    return layer.call(this, row);
  };
  Emitter.prototype.frame = function () {
    asked.push("frame");
    return frame.call(this);
  };
  try {
    let rows = 0, layers = 0;
    for (const [linkType, frames] of [...usual(), [1, messages()] as const]) {
      const batch = dissect(framesOf(frames.map((frame) => ({ frame })), linkType));
      for (const r of new Kernel(kit.catalogue).report(batch)) rows += r.length / ITEM;
      layers += batch.firstLayer[frames.length] / LAYER;
    }
    assertEquals(asked, []);
    assert(rows > 600 && layers > 45, `${rows} rows of ${layers} layers`);
  } finally {
    Object.assign(Emitter.prototype, { layer, frame });
  }
});

Deno.test("kernel: a large packet between small ones, more fields than may be, and a name that is too long to know", async () => {
  const [small, , , , , datagram] = usual().get(1)!;
  const large = new Uint8Array(5_000_000).fill(0x22);
  large.set(datagram.slice(0, 42));
  await compare([framesOf([{ frame: small }, { frame: large }, { frame: small }])], "large");
  const labels = new Uint8Array(65_000);
  const questions = craft(
    eth.of({}),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 5000, dstPort: 53 }),
    data.of({ data: Uint8Array.of(0, 1, 1, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, ...labels) }),
  );
  const batch = framesOf([{ frame: questions }, { frame: small }]);
  const rows = [...new Kernel(kit.catalogue).report(dissect(batch))].map((r) => r.length / ITEM);
  assert(rows[0] > 10_000 && rows[0] <= FIELDS_MAX, `${rows}`);
  await compare([batch], "questions");
});

/** Link type that is for private use, and a kit in which a protocol with these fields is found by it. */
const PRIVATE = 147;
function kitWith(fields: Readonly<Record<string, Field<unknown>>>): Kit {
  const own = protocol({
    name: "own",
    title: "Own",
    label: "Own",
    layer: "application",
    parents: { linktype: [PRIVATE] },
    fields,
  }) as Protocol;
  return createKit([{ name: "own", protocols: [own] }]);
}

Deno.test("kernel: fields that are longer, or stand farther behind, than a recipe can say", async () => {
  const shapes: readonly Readonly<Record<string, Field<unknown>>>[] = [
    { a: fixedBytes(255, "own.a", "A"), b: u16("own.b", "B") },
    { a: fixedBytes(256, "own.a", "A"), b: u16("own.b", "B") },
    { a: fixedBytes(70_000, "own.a", "A"), b: u16("own.b", "B") },
    { a: skip(32_767), b: u16("own.b", "B"), c: u8("own.c", "C") },
    { a: skip(65_530), b: u32("own.b", "B"), c: u8("own.c", "C") },
  ];
  for (const [i, shape] of shapes.entries()) {
    const frame = Uint8Array.from({ length: 80_000 }, (_, k) => k * 7 + i);
    await compare([framesOf([{ frame }, { frame }], PRIVATE)], `shape ${i}`, kitWith(shape));
  }
});

Deno.test("kernel: a number that is another field below a value, whatever its highest bit is", async () => {
  const below = (value: number): { value: number; abbrev: string; name: string } => ({
    value,
    abbrev: `own.below${value}`,
    name: "Below",
  });
  const own = kitWith({
    a: u32("own.a", "A", { below: below(1500) }),
    b: u32("own.b", "B", { below: below(0x9000_0000) }),
    c: i32("own.c", "C", { below: below(0x7fff_ffff) }),
    d: u16("own.d", "D", { below: below(8), scale: 4, plus: -2 }),
  });
  const frames = [0, 0x7f, 0x80, 0x90, 0xff].map((v) => ({ frame: new Uint8Array(14).fill(v) }));
  const batch = framesOf(frames, PRIVATE);
  await compare([batch], "below", own);
  const lines = new TextDecoder().decode(await encode(ndjson, [batch], { kit: own })).split("\n");
  assertEquals(JSON.parse(lines[2]).fields["own.below2415919104"], [0x8080_8080]);
  assertEquals(JSON.parse(lines[4]).fields["own.a"], [0xffff_ffff]);
});

/** A kit with a protocol that reports one field of `kind` by code of its own. */
function kitThat(kind: Kind, emit: (items: Items, id: number) => void): Kit {
  const field = new Scalar(0, "own.value", "Value", kind, 0);
  return kitWith({
    own: custom({
      fields: { field },
      emit(items) {
        emit(items, field.id);
        items.at = items.end;
      },
      write() {},
    }),
    rest: bytes("", "Rest"),
  });
}

Deno.test("kernel: rows of a plug-in that point anywhere", async () => {
  const frame = new Uint8Array(60).fill(0x2e), batch = framesOf([{ frame }, { frame }], PRIVATE);
  const places: readonly (readonly [first: number, length: number, value: number])[] = [
    [20, 6, 0],
    [20, 6, 14],
    [20, 6, 15],
    [20, 6, 1000],
    [20, 40, -1],
    [20, 40, 0x7fff_ffff],
    [20, 3, -100],
    [20, -1, 0],
    [-1, 4, 0],
    [-0x7f80_0000, 0x7fff_ffff, 0],
    [0x3fff_ffff, 40, 0],
    [0x7fff_ffff, 40, 0],
    [IN_TEXT, 8, 0],
    [IN_TEXT, 1_000_000, 0],
    [IN_TEXT + 2_000_000, 40, 0],
    [140, 20, 0],
  ];
  for (const [name, kind] of Object.entries(Kind)) {
    for (const place of places) {
      const own = kitThat(kind, (items, id) => items.add(id, ...place));
      await compare([batch], `${name} at ${place}`, own);
    }
  }
  const nowhere = kitThat(Kind.Bytes, (items, id) => {
    items.add(id, -1, 4, 0);
    items.add(id, items.start, 4, 0);
    items.add(id, IN_TEXT, TEXT_BYTES_MAX, 0);
  });
  const [line] = new TextDecoder().decode(await encode(ndjson, [batch], { kit: nowhere })).split(
    "\n",
  );
  assertEquals(JSON.parse(line).fields["own.value"], ["", "2e2e2e2e", ""]);
});

/** Fixed fields, groups and bytes at random; `deep`: groups in groups. */
function randomFields(random: Random, deep: number): Record<string, Field<unknown>> {
  const fields: Record<string, Field<unknown>> = {};
  const one = <T>(list: readonly T[]): T => list[random.below(list.length)];
  let used = 0, width = 0;
  const add = (bits: number, make: (abbrev: string, name: string) => Field<unknown>): void => {
    const key = `k${random.next()}`;
    // Some have no name, and some have the name of another.
    const abbrev = random.once(12) ? "" : random.once(6) ? `own.${random.below(9)}` : `own.${key}`;
    fields[key] = make(abbrev, key);
    used = (used + bits) % 8;
    width = bits;
  };
  const number = (bits: number): void => {
    const below = {
      value: one([9, 1500, 0x8000_0001]),
      abbrev: `own.b${random.next()}`,
      name: "B",
    };
    const options = {
      ...(random.once(8) ? { scale: one([2, 4, 0x1_0001]) } : {}),
      ...(random.once(8) ? { plus: one([1, -1, 0x7fff_ffff]) } : {}),
      ...(random.once(8) ? { below } : {}),
      little: used === 0 && bits % 8 === 0 && random.once(2),
    };
    add(
      bits,
      (abbrev, name) =>
        bits === 32 && random.once(3)
          ? one([i32, time32, seconds32])(abbrev, name, options)
          : bitField(bits, abbrev, name, options),
    );
  };
  for (let n = 1 + random.below(8); n > 0 || used > 0; n--) {
    const which = used > 0 ? 0 : random.below(12);
    if (used > 0) number(8 - used);
    else if (which < 4) number(one([8, 16, 24, 32]));
    else if (which < 6) number(one([1, 4, 9, 12, 25]));
    else if (which < 8 && width > 0) {
      const mask = 1 + random.below(2 ** width - 1);
      add(0, (abbrev, name) => within(mask, abbrev, name));
    } else if (which === 8 && deep > 0) {
      const inner = randomFields(random, deep - 1);
      add(0, (abbrev, name) => random.once(2) ? inline(inner) : group(abbrev, name, inner));
    } else if (which === 9) {
      const make = one([ipv4Address, ipv6Address, macAddress, eui64, u64]);
      add(0, (abbrev, name) => make(abbrev, name));
    } else {
      const length = random.once(9) ? one([255, 256, 33_000]) : 1 + random.below(40);
      add(0, (abbrev, name) =>
        one([
          () => skip(length),
          () => fixedBytes(length, abbrev, name),
          () => text(abbrev, name, length),
        ])());
    }
  }
  return fields;
}

Deno.test("kernel: protocols made at random", async () => {
  let withRecipe = 0;
  for (let n = 0; n < 120; n++) {
    const random = new Random(20_261_121, n), fields = randomFields(random, 2);
    const own = kitWith(random.once(2) ? { ...fields, rest: bytes("own.rest", "Rest") } : fields);
    const { catalogue } = own;
    if (new Emitter(catalogue).recipe(catalogue.idOf("own"))) withRecipe++;
    const frames = Array.from({ length: 12 }, (_, i) => {
      const length = random.below([20, 80, 400, 40_000][i & 3]), fill = random.next();
      return {
        frame: Uint8Array.from({ length }, () => i < 4 ? fill : random.next()),
        wireLength: length + (random.once(3) ? random.below(100) : 0),
      };
    });
    await compare([framesOf(frames, PRIVATE)], `protocol ${n}`, own, [
      catalogue.fields.filter(({ abbrev }) => abbrev.startsWith("own") && random.once(3))
        .map(({ abbrev }) => abbrev),
    ]);
  }
  assert(withRecipe > 40, `${withRecipe} have a recipe`);
});

Deno.test("kernel: recipes of plug-ins", async () => {
  const frames = Array.from({ length: 41 }, (_, n) => ({
    frame: new Uint8Array(n).fill(1),
    wireLength: n + (n & 3),
  }));
  const batch = framesOf(frames, PRIVATE);
  const own = (field: Field<unknown>): Kit =>
    createKit([{
      name: "own",
      protocols: [
        protocol({
          name: "own",
          title: "Own",
          label: "Own",
          layer: "application",
          parents: { linktype: [PRIVATE] },
          header: "rest",
          fields: { field, rest: bytes("", "Rest") },
        }) as Protocol,
      ],
    }]);
  const options = (wireEnd: (items: Items) => number): Field<unknown> =>
    tlv({
      heading: ["own.unknown", "Unknown"],
      kind: () => u8("own.kind", "Kind"),
      length: () => u8("own.length", "Length"),
      lengthCoversAll: true,
      wholeUntil: wireEnd,
      single: { 1: ["own.one", "One"] },
      cases: {},
      otherwise: () => ({ data: bytes("own.data", "Data") }),
    });
  await compare([batch], "a list that was cut", own(options((items) => items.reported)));
  // More elements than a list may have.
  const long = framesOf([{ frame: new Uint8Array(40_000).fill(1) }], PRIVATE);
  await compare([long], "a long list", own(options((items) => items.end)));
  // What a step reads stands beyond the header, but for the last.
  const steps: Readonly<Record<string, (recipe: Recipe, id: number) => void>> = {
    test: (r) => r.test(38, 0xffff, 0x0101),
    unless: (r) => r.unless(36, 0xffff_ffff, 0),
    text: (r, id) => r.bitText(id, 38, [["on", "off"]]),
    byte: (r, id) => r.byte(id, 39, 0),
  };
  for (const [name, step] of Object.entries(steps)) {
    const asked: number[] = [], value = new Scalar(0, "own.value", "Value", Kind.Text, 0);
    const beyond = own(custom({
      fields: { value },
      emit: ({ end, start }) => void asked.push(end - start),
      recipe: (r) => step(r, value.id),
      write() {},
    }));
    for (const _ of new Kernel(beyond.catalogue).report(dissect(batch, beyond)));
    assertEquals(asked, Array.from({ length: 40 }, (_, n) => n), name);
  }
});

Deno.test("kernel: names of fields are JSON, whatever a plug-in calls them", async () => {
  const names = ['own."a', "own.\\b", "own.\n\0", "own.\u00fc\u{1f600}", "own.\x7f"];
  const own = kitWith(Object.fromEntries(names.map((name, i) => [`k${i}`, u8(name, "Odd")])));
  const batch = framesOf([{ frame: new Uint8Array(8) }], PRIVATE);
  await compare([batch], "names", own);
  const [line] = new TextDecoder().decode(await encode(ndjson, [batch], { kit: own })).split("\n");
  const keys = Object.keys(JSON.parse(line).fields);
  assertEquals(keys.slice(-names.length), names);
});

Deno.test("kernel: interfaces that are others, or more, in the next batch", async () => {
  const [frame] = usual().get(1)!;
  const all = framesOf([{ frame }, { frame }]), [it] = all.interfaces;
  const last = { ...it, id: 1, name: "last" };
  const list = [{ ...it, name: "first" }];
  const batch = (interfaces: FrameBatch["interfaces"]): FrameBatch => ({
    ...all,
    interfaces,
    interfaceIds: Uint32Array.of(0, 1),
    optionStarts: all.starts,
    optionLengths: new Uint32Array(2),
  });
  const lists = [
    [{ ...it, name: "first" }, last],
    [{ ...it, name: "another" }, last],
    [{ ...it, name: "\u00fc".repeat(200), fcsLength: 4 }, last],
    Array.from({ length: 3000 }, (_, id) => ({ ...it, id, name: "x".repeat(id) })),
  ];
  await compare(lists.map(batch), "interfaces");
  const growing = new Kernel(kit.catalogue), decoder = new TextDecoder();
  growing.write(dissect(batch(list)));
  list.push(last);
  assert(decoder.decode(growing.write(dissect(batch(list)))).includes('["last"]'));
});

Deno.test("kernel: more frames than 32 bits can count", async () => {
  const [frame] = usual().get(1)!, firstNumber = 2 ** 32 - 1;
  const batch = { ...framesOf([{ frame }, { frame }, { frame }]), firstNumber };
  await compare([batch], "frames");
  const lines = new TextDecoder().decode(await encode(ndjson, [batch])).trimEnd().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).frame), [0, 1, 2].map((i) => firstNumber + i));
});

Deno.test("kernel: where there is no WebAssembly, the same is written without it", async () => {
  const run = async (...flags: string[]): Promise<string> => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-read",
        ...flags,
        new URL("../../cli.ts", import.meta.url).pathname,
        new URL("sample.pcap", CAPTURES).pathname,
        "-f",
        "ndjson",
        "-o",
        "-",
      ],
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  const [one, other] = await Promise.all([run(), run("--v8-flags=--jitless")]);
  assert(one.length > 1000);
  assertEquals(other, one);
});

const clang = await clangVersion();
Deno.test({
  name: `kernel: it is what its source compiles to (clang ${CLANG} is needed, ${
    clang ?? "none"
  } is there)`,
  ignore: clang !== CLANG,
  async fn() {
    assertEquals((await build("output/kernel")).toBase64(), KERNEL);
  },
});
