import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { icmp } from "../../protocols/icmp.ts";
import { ip } from "../../protocols/ip.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const below = [eth.of(), ip.of({ src: "10.0.0.1", dst: "10.0.0.2" })] as const;
const quoted = craft(
  ip.of({ src: "10.0.0.2", dst: "10.0.0.1" }),
  udp.of({ srcPort: 5, dstPort: 6 }),
  new Uint8Array(20),
);

Deno.test("icmp: echo", () => {
  const p = dissect(craft(...below, icmp.of({ type: 8, id: 0x1234, seq: 1 }), hex("616263")));
  const f = fieldsOf(p);
  assertEquals(p.protocols, "eth:ip:icmp:data");
  assertEquals(f["icmp.ident"], [0x1234]);
  assertEquals(f["icmp.ident_le"], [0x3412]);
  assertEquals(f["icmp.seq_le"], [256]);
  assertEquals(f["icmp.checksum.status"], [1]);
  assertEquals(f["data.len"], [3]);
});

Deno.test("icmp: an echo's data may begin with the time", () => {
  // The tests' frames are captured at 1,700,000,000 seconds.
  const data = hex("00f15365 d2040000 0102");
  const f = fieldsOf(dissect(craft(...below, icmp.of({ type: 8 }), data)));
  assertEquals(f["icmp.data_time"], [1_700_000_000_001_234_000n]);
  assertEquals(f["data.len"], [2]);
});

Deno.test("icmp: an error quotes a packet, whose end may be missing", () => {
  for (const cut of [28, quoted.length]) {
    const p = dissect(
      craft(...below, icmp.of({ type: 3, code: 4, mtu: 1400 }), quoted.subarray(0, cut)),
    );
    const f = fieldsOf(p);
    assertEquals(p.protocols.startsWith("eth:ip:icmp:ip:udp"), true);
    assertEquals(f["icmp.mtu"], [1400]);
    assertEquals(f["ip.src"], ["10.0.0.1", "10.0.0.2"]);
    assertEquals(f["udp.dstport"], [6]);
    assertEquals(f["ip.checksum.status"], [1, 1]);
    assertEquals(p.issues.length, 0);
  }
});

Deno.test("icmp: labels behind the quoted packet", () => {
  const padded = new Uint8Array(128);
  padded.set(quoted);
  const structure = hex("2000 0000 000c 0101 00010640 000111ff");
  const p = dissect(
    craft(...below, icmp.of({ type: 11, quotedLength: 32 }), padded, structure),
  );
  const f = fieldsOf(p);
  assertEquals(f["icmp.length.original_datagram"], [128]);
  assertEquals(f["icmp.ext.version"], [2]);
  assertEquals(f["icmp.mpls.label"], [16, 17]);
  assertEquals(f["icmp.mpls.s"], [false, true]);
  assertEquals(f["icmp.mpls.ttl"], [64, 255]);
  assertEquals(f["icmp.checksum.status"], [1]);
  assertBounded(craft(...below, icmp.of({ type: 11, quotedLength: 32 }), padded, structure));
});

Deno.test("icmp: messages come back as they were", () => {
  for (
    const message of [
      "0800 1234 12340001",
      "0300 1234 00000000",
      "0304 1234 000005dc",
      "0304 1234 002005dc",
      "0501 1234 0a000009",
      "0b00 1234 00200000",
      "0c00 1234 14000000",
      "0900 1234 02020708 0a000001 fffffffb 0a000002 00000005",
      "0910 1234 00020708 100a0001001effc001020304 130118 00 180461626364",
      "0d00 1234 00010002 00000001 00000002 00000003",
      "1100 1234 00010002 ffffff00",
      "2a00 1234 00010501 20000f52 0008 0301 65746830",
      "2b02 1234 00010556",
      "6300 1234 61626364",
    ]
  ) assertRoundTrip(icmp, hex(message));
});

Deno.test("icmp: bounded", () => {
  assertBounded(craft(...below, icmp.of({ type: 3, code: 3 }), quoted));
  assertBounded(
    craft(...below, icmp.of({ type: 9, routers: [{ address: "1.2.3.4", preference: -5 }] })),
  );
});
