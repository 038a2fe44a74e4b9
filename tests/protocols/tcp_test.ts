import { assert, assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { tcp, type TcpOption } from "../../protocols/tcp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const NETWORK = [eth.of({}), ip.of({ src: "10.0.0.1", dst: "10.0.0.2" })] as const;

function segment(options: readonly TcpOption[], data = new Uint8Array(0)): Uint8Array {
  return craft(...NETWORK, tcp.of({ srcPort: 40_000, dstPort: 40_001, syn: true, options }), data);
}

Deno.test("tcp: a crafted segment says the same when dissected", () => {
  const frame = craft(
    ...NETWORK,
    tcp.of({ srcPort: 1234, dstPort: 50_000, seq: 7, ack: 9, ackFlag: true, psh: true, urgent: 3 }),
    new Uint8Array([1, 2, 3]),
  );
  const packet = dissect(frame);
  assertEquals(packet.get(tcp)?.seq, 7);
  const f = fieldsOf(packet);
  assertEquals(f["tcp.hdr_len"], [20]);
  assertEquals(f["tcp.len"], [3]);
  assertEquals(f["tcp.flags.str"], ["·······AP···"]);
  assertEquals(f["tcp.checksum.status"], [1]);
  assertEquals(f["tcp.payload"], [Uint8Array.of(1, 2, 3)]);
});

Deno.test("tcp: options keep their values and their bytes", () => {
  // One of each layout: kind, length and value as the RFCs draw them.
  const options = [
    "020405b4",
    "0402",
    "080a0000000100000002",
    "01",
    "03030e",
    "050a00000001 00000009",
    "060600000005 070600000006",
    "0b0600000007",
    "1312" + "ab".repeat(16),
    "1404f801",
    "150600010002 1602 1702",
    "1b08 8501 00000004",
    "1c048005",
    "1d080102 cafebabe",
    "2202 2206 aabbccdd",
    "fd04f989 fd08f989 01020304",
    "fd05 00ac 07",
    "fe0a1234 000102030405",
    "ac08000001 000002",
    "ae0b 000001 000002 000003",
    "fd0aacc1 000001000002",
    "4e100400 0a000001 0a000002 0001 0002",
    "63050a0b0c",
  ];
  for (const o of options) {
    const body = hex(o);
    const padded = new Uint8Array((body.length + 3) & ~3);
    padded.set(body);
    const header = new Uint8Array(20 + padded.length);
    header.set(hex("9c409c41 00000001 00000000 5002 ffff 0000 0000"));
    header[12] = (header.length / 4) << 4;
    header.set(padded, 20);
    assertRoundTrip(tcp, header);
  }
});

Deno.test("tcp: multipath options of every subtype", () => {
  const subtypes = [
    "1e0c 0181 0102030405060708",
    "1e14 0081 01020304050607081112131415161718",
    "1e18 0181 01020304050607081112131415161718 0005 abcd",
    "1e0c 1102 00000003 00000004",
    "1e10 1002 0000000000000003 00000004",
    "1e18 1000" + "ab".repeat(20),
    "1e14 2005 00000001 00000002 00000003 0004 abcd",
    "1e1c 200f 0000000000000001 0000000000000002 00000003 0004 0000",
    "1e08 3001 c0a80001",
    "1e0a 3402 c0a80001 0050",
    "1e1e 3103 20010db8000000000000000000000001 0050 0102030405060708",
    "1e05 400102",
    "1e04 5102",
    "1e0c 6000 0000000000000009",
    "1e0c 7000 0000000000000009",
    "1e04 8103",
  ];
  for (const o of subtypes) {
    const body = hex(o);
    const header = new Uint8Array(20 + ((body.length + 3) & ~3));
    header.set(hex("9c409c41 00000001 00000000 5010 ffff 0000 0000"));
    header[12] = (header.length / 4) << 4;
    header.set(body, 20);
    assertRoundTrip(tcp, header);
    const [option] = tcp.toObject(tcp.at(header, 0, header.length, header.length)).options;
    assertEquals(option.subtype, body[2] >> 4);
  }
});

Deno.test("tcp: an option that does not fit ends the list, one of odd length does not", () => {
  const odd = fieldsOf(
    dissect(segment([{ kind: 2, length: 3, data: Uint8Array.of(9) }, { kind: 1 }])),
  );
  assertEquals(odd["tcp.option_kind"], [2, 1]);
  assertEquals(odd["tcp.options.mss_val"], undefined);
  const long = fieldsOf(
    dissect(segment([{ kind: 1 }, { kind: 8, length: 40, tsVal: 1, tsEcr: 2 }])),
  );
  assertEquals(long["tcp.option_kind"], [1]);
  const zero = fieldsOf(dissect(segment([{ kind: 99, length: 0 }])));
  assertEquals(zero["tcp.option_kind"], undefined);
});

Deno.test("tcp: an impossible header length leaves little to say", () => {
  const frame = craft(...NETWORK, tcp.of({ srcPort: 1, dstPort: 2, seq: 3, headerLength: 16 }));
  const f = fieldsOf(dissect(frame));
  assertEquals(f["tcp.hdr_len"], [16]);
  assertEquals(f["tcp.seq_raw"], [3]);
  assertEquals(f["tcp.window_size_value"], undefined);
});

Deno.test("tcp: what a reset carries is its cause", () => {
  const frame = craft(
    ...NETWORK,
    tcp.of({ srcPort: 80, dstPort: 2, rst: true }),
    new TextEncoder().encode("go away"),
  );
  const packet = dissect(frame);
  assertEquals(fieldsOf(packet)["tcp.reset_cause"], ["go away"]);
  assert(packet.protocols.endsWith("tcp"));
});

Deno.test("tcp: the line for people", () => {
  assertEquals(
    dissect(segment([{ kind: 2, mss: 1460 }, { kind: 4 }, { kind: 3, shift: 7 }])).summary,
    "40000 → 40001 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM WS=128",
  );
});

Deno.test("tcp: no byte of a neighbour is ever seen", () => {
  assertBounded(segment([
    { kind: 2, mss: 1460 },
    { kind: 5, blocks: [{ left: 1, right: 2 }] },
    { kind: 30, subtype: 2, flags: 5, dataAck: 1n, dataSequence: 2n, dataLength: 3 },
  ], Uint8Array.of(1, 2, 3)));
  assertBounded(segment([{ kind: 253, experiment: 0xf989, cookie: Uint8Array.of(1, 2) }, {
    kind: 76,
    type: 5,
    version: 1,
    prober: "1.2.3.4",
    client: "5.6.7.8",
  }, { kind: 29, keyId: 1, mac: Uint8Array.of(1, 2, 3, 4) }]));
});

Deno.test("tcp: flags that are set stay so", () => {
  assertRoundTrip(tcp, hex("9c40 9c41 00000007 00000009 5fff 2000 7ad6 0000"));
  assertEquals(tcp.encode({ flags: 0x10, reserved: true })[12] & 0x0f, 0x02);
});
