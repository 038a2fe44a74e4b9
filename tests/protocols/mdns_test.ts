/** Multicast DNS: the bits that differ from DNS. */
import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { mdns } from "../../protocols/mdns.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const MESSAGE = {
  id: 0,
  flags: 0x8400,
  questions: [{ name: "_http._tcp.local", type: 12, class: 1, unicastResponse: true }],
  answers: [{
    name: "Printer v1\\.2._http._tcp.local",
    type: 33 as const,
    class: 1,
    cacheFlush: true,
    ttl: 120,
    priority: 0,
    weight: 0,
    port: 80,
    target: "printer.local",
  }],
};

Deno.test("mdns: unicast and flush bits stand beside the class", () => {
  const frame = craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "224.0.0.251" }),
    udp.of({ srcPort: 5353 }),
    mdns.of(MESSAGE),
  );
  const packet = dissect(frame);
  assertEquals(packet.protocols, "eth:ip:udp:mdns");
  assertEquals(packet.issues, []);
  const header = packet.get(mdns)!;
  assertEquals(header.questions, MESSAGE.questions);
  assertEquals(header.answers[0].name, "Printer v1\\.2._http._tcp.local");
  assertEquals(header.answers[0].cacheFlush, true);
  const fields = fieldsOf(packet);
  assertEquals(fields["dns.qry.qu"], [true]);
  assertEquals(fields["dns.qry.class"], [1]);
  assertEquals(fields["dns.resp.class"], [1]);
  assertEquals(fields["dns.resp.cache_flush"], [true]);
  assertBounded(frame);
});

Deno.test("mdns: byte for byte, the target of a service compressed", () => {
  assertRoundTrip(
    mdns,
    hex(
      "0000 8400 0000 0002 0000 0000" +
        "04 5f787878 04 5f746370 05 6c6f63616c 00 000c 0001 00000078 0004 0161 c00c" +
        "c027 0021 8001 00000078 000a 0000 0000 0050 0162 c016",
    ),
  );
});
