import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth, type Igap, igap, igmp, ip } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

/** A message of IGMP's type `type`. */
function message(type: number, value: Partial<Igap>): Uint8Array {
  return craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "224.1.2.3", ttl: 1 }),
    igmp.of({ type, code: 100 }),
    igap.of(value),
  );
}

Deno.test("igap: a join with a password", () => {
  const bytes = message(0x40, {
    group: "224.1.2.3",
    subtype: 2,
    account: "user",
    password: "secret",
  });
  const packet = dissect(bytes), f = fieldsOf(packet);
  assertEquals(packet.protocols, "eth:ip:igmp:igap");
  assertEquals(f["igap.type"], [0x40]);
  assertEquals(f["igap.max_resp"], [100]);
  assertEquals(f["igap.version"], [0x10]);
  assertEquals(f["igap.maddr"], ["224.1.2.3"]);
  assertEquals(f["igap.asize"], [4]);
  assertEquals(f["igap.msize"], [6]);
  assertEquals(f["igap.account"], ["user"]);
  assertEquals(f["igap.user_password"], ["secret"]);
  assertEquals(f["igap.checksum.status"], [1]);
  assertEquals(packet.get(igap)?.password, "secret");
  assertBounded(bytes);
});

Deno.test("igap: what stands in the message, by sub-type", () => {
  const shown = (type: number, subtype: number, part: Uint8Array | number): unknown => {
    const bytes = message(type, { group: "224.1.2.3", subtype, message: part });
    assertBounded(bytes);
    const f = fieldsOf(dissect(bytes));
    return Object.entries(f).filter(([name]) =>
      /\.(chall.*e|result.*|auth.*|acc.*s|unk.*)$/.test(name)
    );
  };
  const three = hex("010203");
  assertEquals(shown(0x40, 4, three), [["igap.result_of_md5_calculation", [three]]]);
  assertEquals(shown(0x41, 0x23, three), [["igap.challenge", [three]]]);
  assertEquals(shown(0x41, 0x24, 0x11), [["igap.authentication_result", [0x11]]]);
  assertEquals(shown(0x41, 0x25, 0x21), [["igap.accounting_status", [0x21]]]);
  assertEquals(shown(0x42, 0x7f, three), [["igap.unknown_message", [three]]]);
});

Deno.test("igap: messages come back as they were", () => {
  const front = "e0010203 10 02 00 07 04 06 0000";
  assertRoundTrip(igap, hex(`${front} 75736572${"00".repeat(12)} 736563726574`));
});
