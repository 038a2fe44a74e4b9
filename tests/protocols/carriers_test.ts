import { assertEquals } from "@std/assert";
import { craft, type Draftable } from "../../core/protocol.ts";
import {
  ah,
  ayiya,
  erspan,
  esp,
  eth,
  fr,
  geneve,
  gre,
  gtp,
  ip,
  ipv6,
  l2tp,
  mpls,
  ppp,
  pppoed,
  pppoes,
  pwethcw,
  teredo,
  udp,
  vxlan,
} from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const inner4 = (): Draftable[] =>
  [
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 40000, dstPort: 40001 }),
  ] as unknown as Draftable[];
const inner6 = (): Draftable[] =>
  [
    ipv6.of({ src: "2001:db8::1", dst: "2001:db8::2" }),
    udp.of({ srcPort: 40000, dstPort: 40001 }),
  ] as unknown as Draftable[];
const outer = (port: number): Draftable[] =>
  [eth.of({}), ip.of({}), udp.of({ srcPort: port, dstPort: port })] as unknown as Draftable[];
const d = (x: unknown): Draftable => x as Draftable;

/** Crafts, dissects, and demands the chain and that cuts are bounded. */
function chain(layers: readonly Draftable[], expected: string, linkType = 1): Uint8Array {
  const frame = craft(...layers, hex("01020304"));
  assertEquals(dissect(frame, { linkType }).protocols.replace(/:data$|:ethertype/g, ""), expected);
  assertBounded(frame, linkType);
  return frame;
}

Deno.test("GTP: T-PDU with and without the optional words", () => {
  chain([...outer(2152), d(gtp.of({ teid: 7 })), ...inner4()], "eth:ip:udp:gtp:ip:udp");
  const frame = chain(
    [
      ...outer(2152),
      d(gtp.of({ teid: 7, sequence: 9, extensions: hex("01 00 05 00"), nextExtension: 0x85 })),
      ...inner6(),
    ],
    "eth:ip:udp:gtp:ipv6:udp",
  );
  const f = fieldsOf(dissect(frame));
  assertEquals(f["gtp.seq_number"], [9]);
  assertEquals(f["gtp.ext_hdr.next"], [0x85, 0]);
  assertEquals(f["gtp.ext_hdr.pdu_ses_con.qos_flow_id"], [5]);
  assertRoundTrip(gtp, hex("36 ff 0008 00000007 0009 00 85 01000500"));
});

Deno.test("GRE: versions 0 and 1", () => {
  const frame = chain(
    [
      d(eth.of({})),
      d(ip.of({})),
      d(gre.of({ hasChecksum: true, key: 5, sequence: 6 })),
      ...inner4(),
    ],
    "eth:ip:gre:ip:udp",
  );
  const f = fieldsOf(dissect(frame));
  assertEquals(f["gre.key"], [5]);
  assertEquals(f["gre.sequence_number"], [6]);
  assertEquals(f["gre.checksum.status"], [1]);
  chain(
    [
      d(eth.of({})),
      d(ip.of({})),
      d(gre.of({ callId: 3, sequence: 1, acknowledgment: 2 })),
      d(ppp.of({})),
      ...inner4(),
    ],
    "eth:ip:gre:ppp:ip:udp",
  );
  assertRoundTrip(gre, hex("b000 0800 1234 0000 00000005 00000006"));
  assertRoundTrip(gre, hex("3081 880b 0010 0003 00000001 00000002"));
});

Deno.test("ERSPAN: types II and III", () => {
  chain(
    [
      d(eth.of({})),
      d(ip.of({})),
      d(gre.of({ protocol: 0x88be, sequence: 1 })),
      d(erspan.of({ vlan: 5 })),
      d(eth.of({})),
      ...inner4(),
    ],
    "eth:ip:gre:erspan:eth:ip:udp",
  );
  chain(
    [
      d(eth.of({})),
      d(ip.of({})),
      d(gre.of({ protocol: 0x22eb })),
      d(erspan.of({ version: 2, optional: 1, platform: new Uint8Array(8) })),
      d(eth.of({})),
      ...inner4(),
    ],
    "eth:ip:gre:erspan:eth:ip:udp",
  );
});

Deno.test("MPLS: label stacks over IP and pseudowires", () => {
  const stack = { labels: [{ label: 16, exp: 1, ttl: 9 }, { label: 17, ttl: 8 }] };
  const frame = chain([d(eth.of({})), d(mpls.of(stack as never)), ...inner4()], "eth:mpls:ip:udp");
  assertEquals(fieldsOf(dissect(frame))["mpls.bottom"], [0, 1]);
  chain(
    [d(eth.of({})), d(mpls.of(stack as never)), d(pwethcw.of({})), d(eth.of({})), ...inner4()],
    "eth:mpls:pwethheuristic:pwethcw:eth:ip:udp",
  );
  assertRoundTrip(mpls, hex("00010209 00011108"));
});

Deno.test("PPP and PPPoE", () => {
  chain([d(ppp.of({ address: 0xff })), ...inner4()], "ppp:ip:udp", 9);
  chain(
    [d(eth.of({})), d(pppoes.of({ session: 3 })), d(ppp.of({})), ...inner6()],
    "eth:pppoes:ppp:ipv6:udp",
  );
  assertRoundTrip(ppp, hex("ff03 0021"));
  assertRoundTrip(ppp, hex("8021"));
  const tags = hex("0101 0000 0103 0004 00001761 0102 0002 6162");
  const frame = craft(eth.of({}), pppoed.of({ tags }));
  assertEquals(fieldsOf(dissect(frame))["pppoed.tags.ac_name"], ["ab"]);
  assertBounded(frame);
});

Deno.test("L2TP, AYIYA, Teredo, Geneve, VXLAN", () => {
  chain(
    [
      ...outer(1701),
      d(l2tp.of({ tunnel: 1, session: 2, offset: 0 })),
      d(ppp.of({ address: 0xff })),
      ...inner6(),
    ],
    "eth:ip:udp:l2tp:ppp:ipv6:udp",
  );
  chain(
    [
      ...outer(5072),
      d(ayiya.of({ identity: new Uint8Array(16), signature: new Uint8Array(20) })),
      ...inner6(),
    ],
    "eth:ip:udp:ayiya:ipv6:udp",
  );
  const frame = chain(
    [...outer(3544), d(teredo.of({ indications: hex("0000 63bf 3ffffdfe") })), ...inner6()],
    "eth:ip:udp:teredo:ipv6:udp",
  );
  assertEquals(fieldsOf(dissect(frame))["teredo.orig.addr"], ["192.0.2.1"]);
  assertEquals(fieldsOf(dissect(frame))["teredo.orig.port"], [40000]);
  chain(
    [
      ...outer(6081),
      d(geneve.of({ vni: 5, options: hex("0108 0101 00000001") })),
      d(eth.of({})),
      ...inner4(),
    ],
    "eth:ip:udp:geneve:eth:ip:udp",
  );
  chain(
    [...outer(4789), d(vxlan.of({ vni: 5 })), d(eth.of({})), ...inner4()],
    "eth:ip:udp:vxlan:eth:ip:udp",
  );
  assertRoundTrip(l2tp, hex("4a02 0012 0001 0002 0003 0004 0002 0000"));
  assertRoundTrip(geneve, hex("02 00 0800 000005 00 0108 01 01 00000001"));
  assertRoundTrip(vxlan, hex("0800 0000 000005 00"));
});

Deno.test("geneve: Google's options, those of other lengths and classes", () => {
  const options = hex(
    "0132 01 01 800000d1  0132 02 04 0800000dc0a864020000000000000000  0132 03 02 0000000000001234" +
      "0132 01 02 0000000100000002  0108 01 01 00000001",
  );
  const frame = craft(...outer(6081), d(geneve.of({ options })), d(eth.of({})), ...inner4());
  const f = fieldsOf(dissect(frame));
  assertEquals(f["geneve.option.gcp.vnid"], [0x800000d]);
  assertEquals(f["geneve.option.gcp.direction"], [true]);
  assertEquals(f["geneve.option.gcp.reserved"], [false]);
  assertEquals(f["geneve.option.gcp.endpoint"], [hex("0800000dc0a864020000000000000000")]);
  assertEquals(f["geneve.option.gcp.profile"], [0x1234n]);
  assertEquals(f["geneve.option.unknown.data"], [hex("0000000100000002"), hex("00000001")]);
  assertBounded(frame);
});

Deno.test("AH, ESP and Frame Relay", () => {
  chain(
    [d(eth.of({})), d(ip.of({})), d(ah.of({ spi: 1, icv: new Uint8Array(12) })), ...inner4()],
    "eth:ip:ah:ip:udp",
  );
  assertBounded(craft(eth.of({}), ip.of({}), esp.of({ spi: 1, sequence: 2, data: hex("0102") })));
  const frame = chain([d(fr.of({ dlci: 302 })), ...inner6()], "fr:ipv6:udp", 107);
  assertEquals(fieldsOf(dissect(frame, { linkType: 107 }))["fr.dlci"], [302]);
  assertRoundTrip(ah, hex("04 04 0000 00000001 00000002 000000000000000000000000"));
  // A length of 0 leaves no room for a sequence number.
  const short = craft(d(eth.of({})), d(ip.of({})), d(ah.of({ spi: 1, length: 0 })), ...inner4());
  assertEquals(dissect(short).protocols, "eth:ip:ah:ip:udp");
  assertEquals(fieldsOf(dissect(short))["ah.sequence"], undefined);
  assertBounded(short);
  assertRoundTrip(ah, hex("04 00 0000 00000001"));
  assertRoundTrip(fr, hex("48e1 0800"));
  assertRoundTrip(fr, hex("48e1 03cc"));
});
