import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { icmpv6 } from "../../protocols/icmpv6.ts";
import { ipv6 } from "../../protocols/ipv6.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const below = [eth.of(), ipv6.of({ src: "fe80::1", dst: "ff02::1", hopLimit: 255 })] as const;
const quoted = craft(
  ipv6.of({ src: "2001:db8::2", dst: "2001:db8::1" }),
  udp.of({ srcPort: 5, dstPort: 6 }),
  new Uint8Array(8),
);
const MAC = hex("020000000001");

Deno.test("icmpv6: router advertisement", () => {
  const bytes = craft(
    ...below,
    icmpv6.of({
      type: 134,
      hopLimit: 64,
      managed: true,
      preference: 1,
      lifetime: 1800,
      options: [
        { kind: 1, address: MAC },
        { kind: 5, mtu: 1500 },
        { kind: 3, prefixLength: 64, onLink: true, validLifetime: 100, prefix: "2001:db8::" },
        { kind: 25, lifetime: 600, servers: ["2001:db8::53"] },
        { kind: 31, lifetime: 600, names: ["example.com", "a"] },
        { kind: 24, prefixLength: 48, lifetime: 9, prefix: "2001:db8:1::" },
        { kind: 37, uri: "https://a.example/" },
      ],
    }),
  );
  const p = dissect(bytes);
  const f = fieldsOf(p);
  assertEquals(p.protocols, "eth:ipv6:icmpv6");
  assertEquals(f["icmpv6.checksum.status"], [1]);
  assertEquals(f["icmpv6.nd.ra.flag"], [0x88]);
  assertEquals(f["icmpv6.opt.length"], [1, 1, 4, 3, 3, 2, 3]);
  assertEquals(f["icmpv6.opt.src_linkaddr"], [MAC]);
  assertEquals(f["icmpv6.opt.linkaddr"], [MAC]);
  assertEquals(f["icmpv6.opt.mtu"], [1500]);
  assertEquals(f["icmpv6.opt.prefix"], ["2001:db8::", "2001:db8:1::"]);
  assertEquals(f["icmpv6.opt.rdnss"], ["2001:db8::53"]);
  assertEquals(f["icmpv6.opt.dnssl"], ["example.com", "a"]);
  assertEquals(f["icmpv6.opt.captive_portal"], ["https://a.example/"]);
  assertEquals(p.issues.length, 0);
  assertBounded(bytes);
});

Deno.test("icmpv6: an error quotes a packet", () => {
  const p = dissect(craft(...below, icmpv6.of({ type: 2, mtu: 1280 }), quoted.subarray(0, 48)));
  const f = fieldsOf(p);
  assertEquals(p.protocols, "eth:ipv6:icmpv6:ipv6:udp");
  assertEquals(f["icmpv6.mtu"], [1280]);
  assertEquals(f["icmpv6.checksum.status"], [1]);
  assertEquals(f["udp.dstport"], [6]);
  assertEquals(p.issues.length, 0);
});

Deno.test("icmpv6: a redirect quotes within an option", () => {
  const bytes = craft(
    ...below,
    icmpv6.of({
      type: 137,
      target: "fe80::5",
      destination: "2001:db8::9",
      options: [{ kind: 4, packet: quoted }, { kind: 2, address: MAC }],
    }),
  );
  const p = dissect(bytes);
  const f = fieldsOf(p);
  assertEquals(p.protocols, "eth:ipv6:icmpv6:ipv6:udp:data");
  assertEquals(f["icmpv6.opt.target_linkaddr"], [MAC]);
  assertEquals(f["icmpv6.checksum.status"], [1]);
  assertEquals(f["ipv6.src"], ["fe80::1", "2001:db8::2"]);
  assertBounded(bytes);
});

Deno.test("icmpv6: messages come back as they were", () => {
  const a = "20010db8000000000000000000000001";
  for (
    const message of [
      "0104 1234 00000000",
      "0300 1234 10000000",
      "0200 1234 00000500",
      "0401 1234 00000028",
      "8000 1234 12340001",
      `8200 1234 27100000 ${a}`,
      `8200 1234 93100000 ${a} 02930001 ${a}`,
      "8500 1234 00000000 0101 020000000001",
      `8700 1234 00000000 ${a} 0101 020000000001 0e01 313233343536`,
      `8800 1234 e0000000 ${a} 0201 020000000001`,
      "8500 1234 00000000 1803 4008 0000004d 20010db8000000000000000000000000",
      "8500 1234 00000000 0d02 000000000000 000065538f008000",
      "8500 1234 00000000 2602 0258 0064ff9b0000000000000000",
      "8500 1234 00000000 6301 616263646566",
      `8f00 1234 00000001 06010001 ${a} ${a} 61626364`,
      `8a00 1234 00000007 01f80064 00000000 01090520 10400000 ${a} 2010c080 00000005 00000006 c0000000 ${a}`,
      `8a01 1234 00000007 01f80064 00000000 00030540 00000009 ${a}`,
      `8b00 1234 0002003f 6e6f6e6365363738 ${a}`,
      "8b01 1234 00030000 6e6f6e6365363738 04686f7374 0000",
      "8c00 1234 00020000 6e6f6e6365363738 00000000 04686f737400",
      `8c00 1234 00030000 6e6f6e6365363738 00000005 ${a}`,
      `9100 1234 00010000 ${a} ${a}`,
      "9700 1234 007d0002",
      "9a01 1234 04c00007 1302 02 02000000000100000000000000",
      `9b01 1234 01020100 88070000 ${a} 0102 0000 00 040e f8080c0a 03000100 000100ff 003c`,
      `9b02 1234 01c00005 ${a} 0512 0080 ${a} 0604 80010203`,
      `9d00 1234 01000005 6575693634616263 ${a}`,
      "9f00 1234 07097373 0506",
      "a000 1234 00010501 20000f52 0008 0301 65746830",
      "6400 1234 61626364",
    ]
  ) {
    assertRoundTrip(icmpv6, hex(message));
  }
});

Deno.test("icmpv6: RPL's options", () => {
  const bytes = craft(
    ...below,
    icmpv6.of({
      type: 155,
      code: 1,
      rank: 256,
      dodag: "2001:db8::1",
      options: [
        { kind: 2, metrics: [{ type: 7, metricLength: 2, etx: [384] }] },
        { kind: 5, prefixLength: 64, prefix: "2001:db8::" },
      ],
    }),
  );
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["icmpv6.rpl.dio.rank"], [256]);
  assertEquals(f["icmpv6.rpl.opt.metric.etx.object.etx"], [384]);
  assertEquals(f["icmpv6.rpl.opt.target.prefix"], ["2001:db8::"]);
  assertBounded(bytes);
});

Deno.test("icmpv6: a link-layer address of 8 bytes, padded with zeros", () => {
  const fields = (address: string): Record<string, unknown[]> =>
    fieldsOf(dissect(craft(
      eth.of(),
      ipv6.of({ src: "fe80::1", dst: "ff02::1", nextHeader: 58 }),
      hex(`8500 0000 00000000 01 02 ${address}`),
    )));
  const wide = fields("0200000000010203 000000000000");
  assertEquals(wide["icmpv6.opt.src_linkaddr"], [hex("0200000000010203")]);
  assertEquals(wide["icmpv6.opt.src_linkaddr_eui64"].length, 1);
  const other = fields("0200000000010203 000000000001");
  assertEquals(other["icmpv6.opt.src_linkaddr"], [hex("0200000000010203000000000001")]);
  assertEquals(other["icmpv6.opt.src_linkaddr_eui64"], undefined);
});
