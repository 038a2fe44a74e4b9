import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { ccp, chap, ipcp, ipv6cp, lcp, pap, ppp } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("lcp: options of a request", () => {
  const frame = craft(
    ppp.of({ address: 0xff, control: 3 }),
    lcp.of({
      code: 1,
      identifier: 7,
      options: [
        { kind: 1, mru: 1492 },
        { kind: 3, protocol: 0xc223, algorithm: 5 },
        { kind: 5, magic: 0x01020304 },
        { kind: 7 },
        { kind: 200, data: hex("aabb") },
      ],
    }),
  );
  const packet = dissect(frame, { linkType: 9 }), f = fieldsOf(packet);
  assertEquals(packet.protocols, "ppp:lcp");
  assertEquals(packet.summary, "Configuration Request");
  assertEquals(f["ppp.length"], [frame.length - 4]);
  assertEquals(f["lcp.opt.type"], [1, 3, 5, 7]);
  assertEquals(f["lcp.opt.length"], [4, 5, 6, 2]);
  assertEquals(f["lcp.opt.mru"], [1492]);
  assertEquals(f["lcp.opt.auth_protocol"], [0xc223]);
  assertEquals(f["lcp.opt.magic_number"], [0x01020304]);
  assertBounded(frame, 9);
});

Deno.test("lcp: an option of an impossible length is none; the list goes on", () => {
  const f = fieldsOf(dissect(hex("c021 01 01 000e 0103 05 0304c023 0701ff"), { linkType: 9 }));
  assertEquals(f["lcp.opt.type"], [3]);
  // Without all of its options, none of them.
  const cut = fieldsOf(dissect(hex("c021 01 01 0014 010405dc"), { linkType: 9 }));
  assertEquals(cut["ppp.length"], [20]);
  assertEquals(cut["lcp.opt.type"], undefined);
});

Deno.test("lcp: echoes, identification, a vendor's packet, a rejection", () => {
  const of = (text: string): Record<string, unknown[]> => {
    const frame = hex(`c021${text}`);
    assertBounded(frame, 9);
    assertRoundTrip(lcp, hex(text));
    return fieldsOf(dissect(frame, { linkType: 9 }));
  };
  assertEquals(of("09 02 000a 01020304 aabb")["lcp.data"], [hex("aabb")]);
  assertEquals(of("0c 02 000a 01020304 6162")["lcp.message"], ["ab"]);
  assertEquals(of("0d 02 000e 01020304 00000064 6162")["lcp.secs_remaining"], [100]);
  assertEquals(of("00 02 000e 01020304 123456 07 aabb")["ppp.oui"], [0x123456]);
  assertEquals(of("05 02 0008 61626364")["ppp.data"], [hex("61626364")]);
  const rejected = dissect(hex("c021 08 02 000a 8057 01 02 0004"), { linkType: 9 });
  assertEquals(rejected.protocols, "ppp:lcp:ipv6cp");
  assertEquals(fieldsOf(rejected)["lcp.rej_proto"], [0x8057]);
});

Deno.test("ipcp, ipv6cp, ccp: options", () => {
  const four = craft(
    ppp.of(),
    ipcp.of({
      options: [
        { kind: 2, protocol: 0x2d, maxSlot: 15, slots: 1 },
        { kind: 3, address: "192.0.2.1" },
        { kind: 129, address: "192.0.2.2" },
      ],
    }),
  );
  const f = fieldsOf(dissect(four, { linkType: 9 }));
  assertEquals(f["ipcp.opt.type"], [2, 3, 129]);
  assertEquals(f["ipcp.opt.max_slot_id"], [15]);
  assertEquals(f["ipcp.opt.comp_slot_id"], [true]);
  assertEquals(f["ipcp.opt.ip_address"], ["192.0.2.1"]);
  assertEquals(f["ipcp.opt.pri_dns_address"], ["192.0.2.2"]);
  assertBounded(four, 9);
  const six = hex("01 01 000e 010a 0102030405060708");
  assertRoundTrip(ipv6cp, six);
  assertEquals(
    fieldsOf(dissect(hex("8057 01 01 000e 010a 0102030405060708"), { linkType: 9 }))[
      "ipv6cp.interface_identifier"
    ],
    [hex("0102030405060708")],
  );
  for (
    const text of [
      "01 01 000a 1206 01000060",
      "01 01 0010 1a04 7800 1503 29 1105 0001 03",
      "01 01 000a 1106 00010203",
      "0e 01 0006 aabb",
    ]
  ) {
    assertRoundTrip(ccp, hex(text));
    assertBounded(hex(`80fd${text}`), 9);
  }
  for (
    const text of [
      "01 01 0012 020e 0061 0001 0002 0003 0004 0005",
      "01 01 0016 0212 0061 0001 0002 0003 0004 0005 0303 02 01",
      "01 01 0014 0210 0003 0001 0002 0003 0106 00010002",
      "01 01 000a 0206 00ff aabb",
    ]
  ) {
    assertBounded(hex(`8021${text}`), 9);
  }
  assertRoundTrip(ipcp, hex("01 01 0014 0210 0003 0001 0002 0003 0106 00010002"));
});

Deno.test("pap and chap", () => {
  const request = craft(ppp.of(), pap.of({ data: { peer: "abc", password: "secret" } }));
  const f = fieldsOf(dissect(request, { linkType: 9 }));
  assertEquals(f["pap.peer_id"], ["abc"]);
  assertEquals(f["pap.password"], ["secret"]);
  assertEquals(dissect(request, { linkType: 9 }).summary, "Authenticate-Request (Peer-ID='abc')");
  assertBounded(request, 9);
  assertRoundTrip(pap, hex("02 02 0008 03616263"));
  const challenge = craft(
    ppp.of(),
    chap.of({ code: 1, data: { value: hex("01020304"), name: "router" } }),
  );
  const c = fieldsOf(dissect(challenge, { linkType: 9 }));
  assertEquals(c["chap.value"], [hex("01020304")]);
  assertEquals(c["chap.name"], ["router"]);
  assertEquals(
    dissect(challenge, { linkType: 9 }).summary,
    "Challenge (NAME='router', VALUE=0x01020304)",
  );
  assertBounded(challenge, 9);
  assertRoundTrip(chap, hex("03 02 0008 61626364"));
  assertRoundTrip(chap, hex("02 02 000a 04 01020304 61"));
});
