/** LLMNR: its own flags. */
import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { llmnr } from "../../protocols/llmnr.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("llmnr: conflict and tentative instead of authority and recursion", () => {
  const frame = craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "224.0.0.252" }),
    udp.of(),
    llmnr.of({
      id: 7,
      response: true,
      conflict: true,
      tentative: true,
      questions: [{ name: "host", type: 1, class: 1 }],
      answers: [{ name: "host", type: 1, class: 1, ttl: 30, address: "10.0.0.1" }],
    }),
  );
  const packet = dissect(frame);
  assertEquals(packet.protocols, "eth:ip:udp:llmnr");
  const fields = fieldsOf(packet);
  assertEquals(fields["dns.flags.conflict"], [true]);
  assertEquals(fields["dns.flags.tentative"], [true]);
  assertEquals(fields["dns.flags.authoritative"], undefined);
  assertEquals(fields["dns.flags.z"], undefined);
  assertEquals(fields["dns.a"], ["10.0.0.1"]);
  assertBounded(frame);
});

Deno.test("llmnr: byte for byte", () => {
  assertRoundTrip(llmnr, hex("0007 0000 0001 0000 0000 0000 04 686f7374 00 001c 0001"));
});
