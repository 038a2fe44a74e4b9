import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { ip, llc, sll, sll2, udp } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("sll: a cooked packet", () => {
  const frame = craft(
    sll.of({ packetType: 4, src: "02:00:00:00:00:01" }),
    ip.of({}),
    udp.of({}),
  );
  const f = fieldsOf(dissect(frame, { linkType: 113 }));
  assertEquals(f["sll.pkttype"], [4]);
  assertEquals(f["sll.hatype"], [1]);
  assertEquals(f["sll.halen"], [6]);
  assertEquals(f["sll.src.eth"], ["02:00:00:00:00:01"]);
  assertEquals(f["sll.etype"], [0x0800]);
  assertBounded(frame, 113);
});

Deno.test("sll: addresses of any length, Linux' own protocols, GRE devices", () => {
  const header = (text: string): Record<string, unknown[]> => {
    assertRoundTrip(sll, hex(text));
    return fieldsOf(dissect(hex(text), { linkType: 113 }));
  };
  assertEquals(header("0000 0300 0004 c0000201 00000000 0800")["sll.src.ipv4"], ["192.0.2.1"]);
  assertEquals(header("0000 0304 0000 0000000000000000 0800")["sll.unused"], [new Uint8Array(8)]);
  assertEquals(
    header("0000 0020 0014 0102030405060708 0800")["sll.src.other"],
    [hex("0102030405060708")],
  );
  assertEquals(header("0000 0001 0006 020000000001 aabb 0004")["sll.ltype"], [4]);
  assertEquals(header("0000 030a 0006 020000000001 0000 0800")["sll.gretype"], [0x0800]);
  const frame = craft(sll.of({ protocol: 4 }), llc.of({}), ip.of({}));
  assertEquals(dissect(frame, { linkType: 113 }).protocols, "sll:llc:ip");
});

Deno.test("sll2: a cooked packet", () => {
  const frame = craft(
    sll2.of({ packetType: 1, interfaceIndex: 3, src: "02:00:00:00:00:01" }),
    ip.of({}),
    udp.of({}),
  );
  const f = fieldsOf(dissect(frame, { linkType: 276 }));
  assertEquals(f["sll.etype"], [0x0800]);
  assertEquals(f["sll.ifindex"], [3]);
  assertEquals(f["sll.pkttype"], [1]);
  assertEquals(f["sll.src.eth"], ["02:00:00:00:00:01"]);
  assertBounded(frame, 276);
  assertRoundTrip(sll2, hex("0800 0000 00000003 0001 01 06 020000000001 0000"));
});
