import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { ip, ipv6, nullLoopback, ppp, udp } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("null: families of either order, EtherTypes, 16-bit families", () => {
  const header = (text: string): unknown => {
    const f = fieldsOf(dissect(hex(text), { linkType: 0 }));
    assertRoundTrip(nullLoopback, hex(text));
    return f["null.family"] ?? f["null.type"];
  };
  assertEquals(header("02000000"), [2]);
  assertEquals(header("00000002"), [2]);
  assertEquals(header("0000001e"), [30]);
  assertEquals(header("00020000"), [2]);
  assertEquals(header("00000200"), [2]);
  assertEquals(header("00000800"), [0x0800]);
});

Deno.test("null: what follows", () => {
  const four = craft(nullLoopback.of({}), ip.of({}), udp.of({}));
  assertEquals(dissect(four, { linkType: 0 }).protocols, "null:ip:udp");
  assertEquals(dissect(four, { linkType: 108 }).protocols, "null:ip:udp");
  const six = craft(nullLoopback.of({}), ipv6.of({}), udp.of({}));
  assertEquals(dissect(six, { linkType: 0 }).protocols, "null:ipv6:udp");
  assertBounded(four, 0);
  const framed = craft(ppp.of({ address: 0xff, control: 3 }), ip.of({}), udp.of({}));
  assertEquals(dissect(framed, { linkType: 0 }).protocols, "null:ppp:ip:udp");
  assertBounded(framed, 0);
});

Deno.test("raw: by version, and what old drivers put in front", () => {
  const four = craft(ip.of({}), udp.of({})), six = craft(ipv6.of({}), udp.of({}));
  assertEquals(dissect(four, { linkType: 101 }).protocols, "raw:ip:udp");
  assertEquals(dissect(six, { linkType: 101 }).protocols, "raw:ipv6:udp");
  assertEquals(dissect(four, { linkType: 228 }).protocols, "ip:udp");
  assertEquals(dissect(six, { linkType: 229 }).protocols, "ipv6:udp");
  const behind = (front: string): string => {
    const frame = new Uint8Array(hex(front).length + four.length);
    frame.set(hex(front));
    frame.set(four, hex(front).length);
    assertBounded(frame, 101);
    return dissect(frame, { linkType: 101 }).protocols;
  };
  assertEquals(behind("00".repeat(10)), "raw:ip:udp");
  assertEquals(behind("ff030021"), "raw:ppp:ip:udp");
  assertEquals(behind("020000000001ff030021"), "raw:ppp:ip:udp");
});
