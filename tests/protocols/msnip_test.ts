import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth, igmp, ip, type Msnip, msnip } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

/** A message of IGMP's type `type`, with a count. */
function message(type: number, count: number, value: Partial<Msnip>): Uint8Array {
  return craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "224.0.0.22", ttl: 1 }),
    igmp.of({ type, code: count }),
    msnip.of(value),
  );
}

Deno.test("msnip: a map of groups", () => {
  const groups = [{ group: "224.1.0.0", prefix: 16 }, { group: "225.0.0.0", prefix: 8 }];
  const bytes = message(0x23, 2, { holdTime: 1800, groups });
  const packet = dissect(bytes), f = fieldsOf(packet);
  assertEquals(packet.protocols, "eth:ip:igmp:msnip");
  assertEquals(f["msnip.count"], [2]);
  assertEquals(f["msnip.holdtime"], [1800]);
  assertEquals(f["msnip.maddr"], ["224.1.0.0", "225.0.0.0"]);
  assertEquals(f["msnip.netmask"], [16, 8]);
  assertEquals(f["msnip.checksum.status"], [1]);
  assertEquals(packet.get(msnip)?.groups, groups);
  assertBounded(bytes);
});

Deno.test("msnip: a solicitation has no count", () => {
  const bytes = message(0x24, 0, { holdTime: 90, generation: 7 });
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["msnip.count"], undefined);
  assertEquals(f["msnip.holdtime16"], [90]);
  assertEquals(f["msnip.genid"], [7]);
  assertBounded(bytes);
});

Deno.test("msnip: what receivers want", () => {
  const records = [{ type: 1, group: "224.1.2.3" }, { type: 2, group: "224.1.2.4" }];
  const bytes = message(0x25, 2, { records });
  assertEquals(fieldsOf(dissect(bytes))["msnip.rec_type"], [1, 2]);
  assertEquals(dissect(bytes).get(msnip)?.records, records);
  assertBounded(bytes);
  // Alone, nothing says which of them it is.
  assertRoundTrip(msnip, hex("01000000 e0010203"));
});
