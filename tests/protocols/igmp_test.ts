import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { igmp } from "../../protocols/igmp.ts";
import { ip } from "../../protocols/ip.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const below = [eth.of(), ip.of({ src: "10.0.0.1", dst: "224.0.0.1", ttl: 1 })] as const;

Deno.test("igmp: versions by type and length", () => {
  const version = (message: Parameters<typeof igmp.of>[0]): unknown =>
    fieldsOf(dissect(craft(...below, igmp.of(message))))["igmp.version"]?.[0];
  assertEquals(version({ type: 0x11, code: 0, group: "224.1.2.3" }), 1);
  assertEquals(version({ type: 0x11, code: 100, group: "0.0.0.0" }), 2);
  assertEquals(version({ type: 0x11, code: 100, group: "0.0.0.0", sources: [] }), 3);
  assertEquals(version({ type: 0x12, group: "224.1.2.3" }), 1);
  assertEquals(version({ type: 0x17, group: "224.1.2.3" }), 2);
  assertEquals(version({ type: 0x22, records: [] }), 3);
  assertEquals(version({ type: 3 }), 0);
});

Deno.test("igmp: a version 3 query", () => {
  const bytes = craft(
    ...below,
    igmp.of({
      type: 0x11,
      code: 0x9c,
      group: "224.1.2.3",
      suppress: true,
      robustness: 2,
      intervalCode: 125,
      sources: ["1.2.3.4", "5.6.7.8"],
    }),
  );
  const f = fieldsOf(dissect(bytes));
  // 12 and the hidden bit, shifted by 1 + 3.
  assertEquals(f["igmp.max_resp"], [448]);
  assertEquals(f["igmp.s"], [true]);
  assertEquals(f["igmp.qrv"], [2]);
  assertEquals(f["igmp.qqic"], [125]);
  assertEquals(f["igmp.num_src"], [2]);
  assertEquals(f["igmp.saddr"], ["1.2.3.4", "5.6.7.8"]);
  assertEquals(f["igmp.checksum.status"], [1]);
  assertBounded(bytes);
});

Deno.test("igmp: group records", () => {
  const bytes = craft(
    ...below,
    igmp.of({
      type: 0x22,
      records: [
        { type: 4, group: "224.1.2.3", sources: [] },
        { type: 6, group: "224.1.2.4", sources: ["1.2.3.4"] },
      ],
    }),
  );
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["igmp.num_grp_recs"], [2]);
  assertEquals(f["igmp.record_type"], [4, 6]);
  assertEquals(f["igmp.maddr"], ["224.1.2.3", "224.1.2.4"]);
  assertBounded(bytes);
});

Deno.test("igmp: messages come back as they were", () => {
  for (
    const message of [
      "1164 1234 00000000",
      "1164 1234 00000000 0a7d0001 01020304",
      "1600 1234 e0010203",
      "2200 1234 00000001 06010001 e0010203 01010101 61626364",
      "0101 1234 00000007 e0010203 3132333435363738",
      "1f04 1234 e0010203 01020304 05060708 09090909 20000007",
      "9900 1234 61626364",
    ]
  ) assertRoundTrip(igmp, hex(message));
});
