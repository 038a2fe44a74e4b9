import { assert, assertEquals } from "@std/assert";
import { openCapture } from "../../capture/open.ts";
import type { FrameBatch } from "../../core/batch.ts";
import { Catalogue, LAYER, PROTOCOL_MASK } from "../../core/catalogue.ts";
import { CaptureFormatError } from "../../core/errors.ts";
import { builtin } from "../../engines/builtin.ts";
import { decode, LATER_PART, makeColumns, PART } from "../../engines/dpkt/columns.ts";
import { dpkt } from "../../engines/dpkt/engine.ts";
import { KernelTable } from "../../engines/dpkt/kernel/kernel.ts";
import { createKit } from "../../kit.ts";
import { ALL } from "../../protocols/mod.ts";
import { type Case, Corpus, lay, makeCase } from "../../_tools/_fuzz.ts";
import { hex } from "../protocols/_help.ts";
import { Agreement, assertSameFlows, flowsOf, packetOf } from "./_agree.ts";

const SHARED = new URL("../../../shared/captures/", import.meta.url);
const RECORDED = new URL("../captures/", import.meta.url);
const there = (url: URL): boolean => {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
};

function* filesBelow(folder: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    const url = new URL(encodeURIComponent(entry.name) + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) yield* filesBelow(url);
    else yield url;
  }
}

/** The batches of a capture, up to where it is damaged; none if it is no capture. */
async function batchesOf(url: URL): Promise<FrameBatch[]> {
  const batches: FrameBatch[] = [];
  try {
    await using capture = await openCapture(url);
    for await (const batch of capture) batches.push(batch);
  } catch (error) {
    if (!(error instanceof CaptureFormatError)) throw error;
  }
  return batches;
}

async function agreesOn(folder: URL): Promise<Agreement["seen"]> {
  const agreement = await Agreement.start();
  for (const url of filesBelow(folder)) {
    const batches = await batchesOf(url);
    for (const frames of batches) await agreement.check(frames, url.pathname);
    assertSameFlows(batches);
  }
  return agreement.seen;
}

Deno.test("dpkt and default agree on every recorded capture", async () => {
  const { packets, ip } = await agreesOn(RECORDED);
  assert(packets > 1000 && ip > packets / 2, `${ip} of ${packets} packets`);
});

Deno.test({
  name: "dpkt and default agree on every capture of ../shared (skipped where it is missing)",
  ignore: !there(SHARED),
  async fn() {
    const { packets, ip, deeper } = await agreesOn(SHARED);
    assert(packets > 100_000 && ip > packets / 2, `${ip} of ${packets} packets`);
    // PPP, MPLS, LLC and the like lead to IP as well, which this engine does not look into.
    assert(deeper < packets / 100, `${deeper} of ${packets} packets`);
  },
});

const ETH = "020000000002 020000000001 ";
const V4 = (protocol: string, rest = "", flags = "0000") =>
  `45 00 0000 1234 ${flags} 40 ${protocol} 0000 0a000001 0a000002 ${rest}`;
const V6 = (next: string, length: string, rest: string) =>
  `6 0 000000 ${length} ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ` +
  rest;
const TCP = "04d2 0050 00000001 00000002 5018 1000 0000 0000 414243";
const UDP = "04d2 0035 000b 0000 414243";
const OPTIONS = (next: string) => `${next} 00 01 04 00000000 `;

/** A packet of each kind: what it is, its link type, its bytes, and the protocols found in it. */
const KINDS: readonly [name: string, linkType: number, bytes: string, chain: string][] = [
  ["TCP over IPv4", 1, ETH + "0800" + V4("06", TCP), "eth:ip:tcp"],
  ["UDP over IPv4", 1, ETH + "0800" + V4("11", UDP), "eth:ip:udp"],
  ["ICMP", 1, ETH + "0800" + V4("01", "0800 0000 0001 0002 616263646566"), "eth:ip:icmp"],
  [
    "an ICMP error",
    1,
    ETH + "0800" + V4("01", "0301 0000 00000000 " + V4("11", UDP)),
    "eth:ip:icmp",
  ],
  ["a length that is too short", 1, ETH + "0800" + V4("06", TCP).replace("0000", "0010"), "eth:ip"],
  [
    "a length with padding behind it",
    1,
    ETH + "0800 4500 001f 0000 0000 40 11 0000 0a000001 0a000002" + UDP + "0000000000",
    "eth:ip:udp",
  ],
  [
    "options",
    1,
    ETH + "0800 4600 0000 0000 0000 40 06 0000 0a000001 0a000002 94040000" + TCP,
    "eth:ip:tcp",
  ],
  ["a first part", 1, ETH + "0800" + V4("11", UDP, "2000"), "eth:ip:udp"],
  ["a later part", 1, ETH + "0800" + V4("11", UDP, "2001"), "eth:ip"],
  ["one VLAN tag", 1, ETH + "8100 0064 0800" + V4("06", TCP), "eth:vlan:ip:tcp"],
  [
    "QinQ",
    1,
    ETH + "88a8 0065 8100 0064 86dd" + V6("11", "000b", UDP),
    "eth:ieee8021ad:vlan:ipv6:udp",
  ],
  ["old QinQ", 1, ETH + "9100 0065 8100 0064 0800" + V4("11", UDP), "eth:vlan:vlan:ip:udp"],
  ["TCP over IPv6", 1, ETH + "86dd" + V6("06", "0017", TCP), "eth:ipv6:tcp"],
  ["ICMPv6", 1, ETH + "86dd" + V6("3a", "000c", "8000 0000 0001 0002 61626364"), "eth:ipv6:icmpv6"],
  [
    "extension headers",
    1,
    ETH + "86dd" +
    V6(
      "00",
      "003b",
      OPTIONS("2b") + "3c 00 00 00 00000000 " + OPTIONS("2c") + "11 00 0000 00000001" + UDP,
    ),
    "eth:ipv6:ipv6.hopopts:ipv6.routing:ipv6.dstopts:ipv6.fraghdr:udp",
  ],
  [
    "a later part over IPv6",
    1,
    ETH + "86dd" + V6("2c", "0013", "11 00 0009 00000001" + UDP),
    "eth:ipv6:ipv6.fraghdr",
  ],
  [
    "an authentication header",
    1,
    ETH + "86dd" + V6("33", "002f", "06 04 0000 00000001 00000002 000102030405060708090a0b" + TCP),
    "eth:ipv6:ah:tcp",
  ],
  [
    "authentication over IPv4",
    1,
    ETH + "0800" + V4("33", "11 01 0000 00000001 00000002" + UDP),
    "eth:ip:ah:udp",
  ],
  [
    "a jumbogram",
    1,
    ETH + "86dd" + V6("00", "0000", "11 00 c2 04 00010010" + UDP),
    "eth:ipv6:ipv6.hopopts:udp",
  ],
  ["IPv6 without length", 1, ETH + "86dd" + V6("06", "0000", TCP), "eth:ipv6:tcp"],
  ["IPv6 in IPv4", 1, ETH + "0800" + V4("29", V6("11", "000b", UDP)), "eth:ip:ipv6:udp"],
  ["IPv6 announced as IPv4", 1, ETH + "0800" + V6("11", "000b", UDP), "eth:ip:ipv6:udp"],
  ["an 802.3 frame", 1, ETH + "0010 42 42 03 000000000000000000000000000000", "eth"],
  ["ARP", 1, ETH + "0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002", "eth"],
  ["a cooked packet", 113, "0000 0001 0006 0200000000010000 0800" + V4("06", TCP), "sll:ip:tcp"],
  [
    "Ethernet in a cooked packet",
    113,
    "0000 0001 0006 0200000000010000 0003" + ETH + "0800" + V4("06", TCP),
    "sll:eth:ip:tcp",
  ],
  [
    "a cooked packet, version 2",
    276,
    "86dd 0000 00000002 0001 00 06 0200000000010000" + V6("11", "000b", UDP),
    "sll2:ipv6:udp",
  ],
  ["raw IPv4", 101, V4("06", TCP), "raw:ip:tcp"],
  ["raw IPv6", 12, V6("06", "0017", TCP), "raw:ipv6:tcp"],
  ["zeros before IPv4", 101, "00000000000000000000" + V4("06", TCP), "raw:ip:tcp"],
  ["LINKTYPE_IPV4", 228, V4("11", UDP), "ip:udp"],
  ["LINKTYPE_IPV6", 229, V6("11", "000b", UDP), "ipv6:udp"],
  ["loopback, little-endian", 0, "02000000" + V4("11", UDP), "null:ip:udp"],
  ["loopback, big-endian", 108, "0000001e" + V6("11", "000b", UDP), "null:ipv6:udp"],
  [
    "a reset",
    1,
    ETH + "0800" + V4("06", "04d2 0050 00000001 00000002 5014 1000 0000 0000 414243"),
    "eth:ip:tcp",
  ],
  [
    "an impossible TCP header",
    1,
    ETH + "0800" + V4("06", "04d2 0050 00000001 00000002 1018 1000 0000 0000 414243"),
    "eth:ip:tcp",
  ],
  ["a UDP length of 3", 1, ETH + "0800" + V4("11", "04d2 0035 0003 0000 414243"), "eth:ip:udp"],
];

/** A frame by itself, between bytes of value `fill`. */
function alone(bytes: Uint8Array, linkType: number, wire: number, fill: number): FrameBatch {
  return lay([{ bytes, linkType, wire }], fill, false);
}

for (const [name, linkType, text, chain] of KINDS) {
  Deno.test(`dpkt reads ${name}, cut at every length, and nothing beside it`, async () => {
    const bytes = hex(text);
    const agreement = await Agreement.start();
    const { catalogue } = agreement;
    const engine = await dpkt.start({ catalogue, options: {}, reuse: false });
    const whole = await engine.dissect(alone(bytes, linkType, bytes.length, 0));
    const names: string[] = [];
    for (let r = 0; r < whole.firstLayer[1]; r += LAYER) {
      names.push(catalogue.protocols[whole.layers[r] & PROTOCOL_MASK].name);
    }
    // What precedes an error's quoted packet, or the layers of a tunnel, is all that counts here.
    assertEquals(names.join(":"), chain);
    const cases: Case[] = [];
    for (let n = 0; n <= bytes.length; n++) {
      for (const wire of [n, bytes.length]) {
        cases.push({ bytes: bytes.subarray(0, n), linkType, wire });
      }
    }
    const batches = [0x00, 0xff, 0x45].map((fill) => lay(cases, fill, false));
    const found = [];
    for (const frames of batches) {
      await agreement.check(frames, name);
      const columns = makeColumns(frames.count);
      decode(frames, columns);
      found.push([cases.map((_, i) => packetOf(columns, i)), flowsOf(assertSameFlows([frames]))]);
    }
    assertEquals(found[1], found[0]);
    assertEquals(found[2], found[0]);
  });
}

Deno.test("dpkt's columns say what a packet is", () => {
  const bytes = hex(ETH + "8100 2064 0800" + V4("06", TCP, "2000"));
  const columns = makeColumns(1);
  const frames = alone(bytes, 1, bytes.length, 0);
  decode(frames, columns);
  const start = frames.starts[0];
  assertEquals(packetOf(columns, 0), [
    4,
    6,
    PART | 4,
    `${0x0a000001},0,0,0`,
    `${0x0a000002},0,0,0`,
    1234,
    80,
    0x018,
    0x64,
    start + 18,
    start + 38,
    start + bytes.length,
    bytes.length - 18,
  ]);
  decode(alone(hex(ETH + "0800" + V4("06", TCP, "0001")), 1, 60, 0), columns);
  assertEquals([columns.flags[0], columns.transport[0], columns.srcPort[0]], [
    PART | LATER_PART,
    0,
    0,
  ]);
});

Deno.test("dpkt and default agree on frames that end in a check sequence", async () => {
  const agreement = await Agreement.start();
  for (const text of [V4("11", UDP), V4("11", UDP).replace("0000", "001f")]) {
    const bytes = hex(ETH + "0800" + text + "00000000 deadbeef");
    for (let n = 0; n <= bytes.length; n++) {
      const frames = alone(bytes.subarray(0, n), 1, bytes.length, 0);
      const checked = {
        ...frames,
        interfaces: [{ ...frames.interfaces[0], fcsLength: 4 }],
      };
      await agreement.check(checked, `${n} bytes`);
      assertSameFlows([checked]);
    }
  }
});

Deno.test("dpkt ends where layers have no end", async () => {
  const agreement = await Agreement.start();
  // A port that leads nowhere: the default engine would look for one layer more.
  const datagram = UDP.replace("0035", "ffff");
  for (const inner of ["8100 0001 ", "88a8 0001 "]) {
    for (const n of [97, 98, 99, 100, 300]) {
      const bytes = hex(ETH + inner.repeat(n) + "0800" + V4("11", datagram));
      const frames = alone(bytes, 1, bytes.length, 0);
      await agreement.check(frames, `${n} tags`);
      assertSameFlows([frames]);
    }
  }
  for (const n of [96, 97, 98, 99, 300]) {
    const rest = OPTIONS("3c").repeat(n) + OPTIONS("11") + datagram;
    const length = hex(rest).length.toString(16).padStart(4, "0");
    const bytes = hex(ETH + "86dd" + V6("3c", length, rest));
    const frames = alone(bytes, 1, bytes.length, 0);
    await agreement.check(frames, `${n} extension headers`);
    assertSameFlows([frames]);
  }
});

Deno.test("dpkt and default agree on damaged packets", async () => {
  const agreement = await Agreement.start();
  const corpus = new Corpus(agreement.catalogue);
  await corpus.addFolder(RECORDED, 48);
  for (const [, linkType, text] of KINDS) {
    const bytes = hex(text);
    // Several times, so that they are drawn as often as what was recorded.
    for (let k = 0; k < 8; k++) corpus.add({ bytes, linkType, wire: bytes.length });
  }
  for (let batch = 0; batch < 150; batch++) {
    const cases: Case[] = [];
    for (let i = 0; i < 200; i++) cases.push(makeCase(corpus, 3, batch * 200 + i));
    const frames = lay(cases, batch & 1 ? 0xff : 0, (batch & 2) !== 0);
    await agreement.check(frames, `batch ${batch}`);
    assertSameFlows([frames]);
  }
  assert(agreement.seen.ip > 10_000);
});

Deno.test("dpkt stops where it is told to, as default does", async () => {
  const frames = (await batchesOf(new URL("vlan.pcap", RECORDED)))[0];
  for (
    const depth of [
      { layer: "link" },
      { layer: "internet" },
      { layer: "transport" },
      { protocols: ["vlan"] },
      { protocols: ["ip", "ipv6"] },
      { protocols: ["udp"] },
    ] as const
  ) {
    const agreement = await Agreement.start(new Catalogue(ALL, [], depth));
    await agreement.check(frames, JSON.stringify(depth), false);
  }
});

Deno.test("dpkt loads the protocols that packets need, and follows the user's bindings", async () => {
  const kit = createKit([{
    name: "bound",
    bindings: [{ table: "ethertype", key: 0x88b5, protocol: "ip" }],
  }]);
  const { catalogue } = kit;
  const engine = await kit.engines.get("dpkt")!.start({ catalogue, options: {}, reuse: true });
  const bytes = hex(ETH + "88b5" + V4("11", UDP));
  const { layers, firstLayer } = await engine.dissect(alone(bytes, 1, bytes.length, 0));
  const names = [];
  for (let r = 0; r < firstLayer[1]; r += LAYER) names.push(catalogue.protocols[layers[r]].name);
  assertEquals(names, ["eth", "ip", "udp"]);
  assert(catalogue.isAbsent(catalogue.idOf("sll")));
  await engine[Symbol.asyncDispose]();
});

Deno.test("dpkt's rows are used again only if that is allowed", async () => {
  const catalogue = new Catalogue(ALL);
  const [frames] = await batchesOf(new URL("tcp-states.pcap", RECORDED));
  const kept = await dpkt.start({ catalogue, options: {}, reuse: false });
  const full = await builtin.start({ catalogue, options: {}, reuse: false });
  const first = await kept.dissect(frames);
  const copy = first.layers.slice();
  await kept.dissect(
    lay([{ bytes: hex(ETH + "0800" + V4("11", UDP)), linkType: 1, wire: 60 }], 0, false),
  );
  assertEquals(first.layers, copy);
  assertEquals((await full.dissect(frames)).layers[0], first.layers[0]);
  const again = await dpkt.start({ catalogue, options: {}, reuse: true });
  const rows = [
    await again.dissect(frames),
    await again.dissect(frames),
    await again.dissect(frames),
  ];
  assert(rows[0].layers === rows[2].layers && rows[0].layers !== rows[1].layers);
});

Deno.test("the kernel counts frames in its own memory and elsewhere alike", async () => {
  const path = new URL("tcp-states.pcap", RECORDED);
  const own = new KernelTable(1000, 1), other = new KernelTable(1000, 1);
  const count = async (table: KernelTable, options: Parameters<typeof openCapture>[1]) => {
    await using capture = await openCapture(path, { ...options, reuse: true, batchPackets: 7 });
    for await (const batch of capture) table.add(batch);
  };
  await count(own, { allocate: own.allocate });
  await count(other, {});
  assert(own.count > 3);
  assertEquals(own.words.slice(0, own.count * 16), other.words.slice(0, own.count * 16));
});
