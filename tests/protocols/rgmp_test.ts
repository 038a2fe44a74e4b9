import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth, igmp, ip, rgmp } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("rgmp: hello, bye, join and leave", () => {
  for (const type of [0xff, 0xfe, 0xfd, 0xfc]) {
    const bytes = craft(
      eth.of(),
      ip.of({ src: "10.0.0.1", dst: "224.0.0.25", ttl: 1 }),
      igmp.of({ type, code: 0 }),
      rgmp.of({ group: "224.1.2.3" }),
    );
    const packet = dissect(bytes), f = fieldsOf(packet);
    assertEquals(packet.protocols, "eth:ip:igmp:rgmp");
    assertEquals(f["rgmp.type"], [type]);
    assertEquals(f["rgmp.maddr"], ["224.1.2.3"]);
    assertEquals(f["rgmp.checksum.status"], [1]);
    assertBounded(bytes);
  }
  assertRoundTrip(rgmp, hex("e0010203"));
});
