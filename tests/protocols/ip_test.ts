import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const SRC = "10.0.0.1";
const DST = "10.0.0.2";
const TEXT = new TextEncoder().encode("hello");

function packet(value: Parameters<typeof ip.of>[0] = {}): Uint8Array {
  return craft(
    eth.of(),
    ip.of({ src: SRC, dst: DST, ...value }),
    udp.of({ srcPort: 40000, dstPort: 40001 }),
    TEXT,
  );
}

Deno.test("ip: lengths, protocol and checksum fill themselves", () => {
  const f = fieldsOf(dissect(packet({ ttl: 9, id: 7 })));
  assertEquals(f["ip.hdr_len"], [20]);
  assertEquals(f["ip.len"], [33]);
  assertEquals(f["ip.proto"], [17]);
  assertEquals(f["ip.ttl"], [9]);
  assertEquals(f["ip.checksum.status"], [1]);
  assertEquals(f["udp.checksum.status"], [1]);
});

Deno.test("ip: options are read and written", () => {
  const options = [
    { kind: 7, pointer: 8, route: ["1.2.3.4", "0.0.0.0"] },
    { kind: 1 },
    { kind: 148, value: 0 },
    { kind: 25, function: 0, rate: 5, ttl: 64, nonce: 0x12345678 },
  ];
  const p = dissect(packet({ options }));
  const f = fieldsOf(p);
  assertEquals(f["ip.rec_rt"], ["1.2.3.4"]);
  assertEquals(f["ip.empty_rt"], ["0.0.0.0"]);
  assertEquals(f["ip.opt.ra"], [0]);
  assertEquals(f["ip.opt.qs_nonce"], [0x12345678 >>> 2]);
  assertEquals(f["ip.opt.qs_ttl_diff"], [0]);
  assertEquals(f["ip.hdr_len"], [20 + 24]);
  assertEquals(f["ip.checksum.status"], [1]);
  assertEquals(p.issues.length, 0);
});

Deno.test("ip: checksums above a source route cover its last address", () => {
  const bytes = packet({ options: [{ kind: 131, pointer: 4, route: ["1.2.3.4", "9.9.9.9"] }] });
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["ip.dst"], [DST]);
  assertEquals(f["ip.cur_rt"], [DST]);
  assertEquals(f["ip.src_rt"], ["1.2.3.4", "9.9.9.9"]);
  assertEquals(f["udp.checksum.status"], [1]);
});

Deno.test("ip: headers come back as they were", () => {
  const header = (options: string): Uint8Array => {
    const o = hex(options);
    const b = new Uint8Array(20 + o.length);
    b.set(hex("45b8 0040 0001 4000 4011 1234 0a000001 0a000002"));
    b.set(o, 20);
    b[0] = 0x40 | (b.length / 4);
    return b;
  };
  for (
    const options of [
      "",
      "01010100",
      "440c0500 00000001 00000002",
      "44140d11 01010101 00000001 02020202 00000005",
      "8204ab80",
      "8206ab81 41200000",
      "860e 00000003 01080005 80010203",
      "880412349404 0001",
      "520c0007 00080009 03030303",
      "9e06 61626364 0000",
    ]
  ) {
    const o = hex(options);
    if (o.length % 4 === 0) assertRoundTrip(ip, header(options));
  }
});

Deno.test("ip: a damaged header reports what can be trusted", () => {
  const version = packet();
  version[14] = 0x55;
  assertEquals(Object.keys(fieldsOf(dissect(version))).filter((k) => k.startsWith("ip.")), [
    "ip.version",
  ]);
  const length = packet();
  length[14] = 0x44;
  const short = fieldsOf(dissect(length));
  assertEquals(short["ip.hdr_len"], [16]);
  assertEquals(short["ip.src"], undefined);
  const total = packet();
  total[17] = 10;
  const f = fieldsOf(dissect(total));
  assertEquals(f["ip.len"], [10]);
  assertEquals(f["ip.id"], undefined);
  assertEquals(f["udp.srcport"], undefined);
});

Deno.test("ip: a fragment behind the first carries data", () => {
  assertEquals(dissect(packet({ fragmentOffset: 1 })).protocols, "eth:ip:data");
  const first = dissect(packet({ moreFragments: true }));
  assertEquals(fieldsOf(first)["udp.checksum.status"], [2]);
});

Deno.test("ip: bounded", () => {
  assertBounded(packet({
    options: [
      { kind: 137, pointer: 4, route: ["1.2.3.4", "9.9.9.9"] },
      { kind: 68, pointer: 5, timestamps: [1, 2] },
    ],
  }));
});
