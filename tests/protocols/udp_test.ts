import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { ipv6 } from "../../protocols/ipv6.ts";
import { udp } from "../../protocols/udp.ts";
import { udplite } from "../../protocols/udplite.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const FOUR = [eth.of({}), ip.of({ src: "10.0.0.1", dst: "10.0.0.2" })] as const;
const SIX = [eth.of({}), ipv6.of({ src: "fe80::1", dst: "fe80::2" })] as const;
const DATA = Uint8Array.of(1, 2, 3, 4, 5);

Deno.test("udp: length and checksum fill themselves", () => {
  for (const network of [FOUR, SIX]) {
    const packet = dissect(craft(...network, udp.of({ srcPort: 40_000, dstPort: 40_001 }), DATA));
    const f = fieldsOf(packet);
    assertEquals(f["udp.length"], [13]);
    assertEquals(f["udp.checksum.status"], [1]);
    assertEquals(f["udp.payload"], [DATA]);
    assertEquals(packet.summary, "40000 → 40001 Len=5");
  }
});

Deno.test("udp: a checksum of zero is none over IPv4 and forbidden over IPv6", () => {
  const status = (network: typeof FOUR | typeof SIX): unknown => {
    const datagram = udp.of({ srcPort: 1, dstPort: 2, checksum: 0 });
    return fieldsOf(dissect(craft(...network, datagram, DATA)))["udp.checksum.status"];
  };
  assertEquals(status(FOUR), [3]);
  assertEquals(status(SIX), [4]);
});

Deno.test("udp: impossible lengths", () => {
  const f = (length: number): Record<string, unknown[]> =>
    fieldsOf(dissect(craft(...FOUR, udp.of({ srcPort: 40_000, dstPort: 40_001, length }), DATA)));
  assertEquals(f(7)["udp.checksum"], undefined);
  assertEquals(f(7)["udp.payload"], undefined);
  assertEquals(f(0)["udp.checksum"], undefined);
  assertEquals(f(8)["udp.payload"], undefined);
  // Shorter than what is there: the next protocol gets as much as the length says.
  assertEquals(f(10)["udp.payload"], [DATA]);
  assertEquals(f(10)["data.len"], [2]);
  assertEquals(f(100)["udp.checksum.status"], [2]);
});

Deno.test("udp: bytes survive", () => {
  assertRoundTrip(udp, hex("9c40 9c41 000d 1234"));
  assertRoundTrip(udplite, hex("9c40 9c41 0008 1234"));
});

Deno.test("udplite: a checksum over a part", () => {
  const f = fieldsOf(
    dissect(craft(...FOUR, udplite.of({ srcPort: 40_000, dstPort: 40_001, coverage: 8 }), DATA)),
  );
  assertEquals(f["udp.checksum_coverage"], [8]);
  assertEquals(f["udp.checksum.status"], [2]);
  assertEquals(f["udp.length"], [13]);
});

Deno.test("udp: no byte of a neighbour is ever seen", () => {
  assertBounded(craft(...FOUR, udp.of({ srcPort: 40_000, dstPort: 40_001 }), DATA));
  assertBounded(craft(...SIX, udp.of({ srcPort: 40_000, dstPort: 40_001, length: 0 }), DATA));
  assertBounded(craft(...FOUR, udplite.of({ srcPort: 40_000, dstPort: 40_001 }), DATA));
});
