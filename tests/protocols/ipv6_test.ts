import { assertEquals } from "@std/assert";
import { craft, type Draftable } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { ipv6Dstopts } from "../../protocols/ipv6.dstopts.ts";
import { ipv6Fraghdr } from "../../protocols/ipv6.fraghdr.ts";
import { ipv6Hopopts } from "../../protocols/ipv6.hopopts.ts";
import { ipv6Routing } from "../../protocols/ipv6.routing.ts";
import { ipv6 } from "../../protocols/ipv6.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const SRC = "2001:db8::1";
const DST = "2001:db8::2";
const TEXT = new TextEncoder().encode("hello");

// deno-lint-ignore no-explicit-any -- drafts of different headers
type Draft = Draftable<any>;
function packet(...between: readonly Draft[]): Uint8Array {
  return craft(
    eth.of(),
    ipv6.of({ src: SRC, dst: DST, trafficClass: 0xb9, flowLabel: 0xabcde }),
    ...between,
    udp.of({ srcPort: 40000, dstPort: 40001 }),
    TEXT,
  );
}

Deno.test("ipv6: fields, length and next header", () => {
  const p = dissect(packet());
  const f = fieldsOf(p);
  assertEquals(p.protocols, "eth:ipv6:udp:data");
  assertEquals(f["ipv6.version"], [6]);
  assertEquals(f["ip.version"], [6]);
  assertEquals(f["ipv6.tclass.dscp"], [46]);
  assertEquals(f["ipv6.tclass.ecn"], [1]);
  assertEquals(f["ipv6.flow"], [0xabcde]);
  assertEquals(f["ipv6.plen"], [13]);
  assertEquals(f["ipv6.nxt"], [17]);
  assertEquals(f["udp.checksum.status"], [1]);
});

Deno.test("ipv6: a chain of extension headers", () => {
  const p = dissect(packet(
    ipv6Hopopts.of({ options: [{ kind: 5, value: 0 }] }),
    ipv6Dstopts.of({ options: [{ kind: 4, limit: 3 }] }),
    ipv6Routing.of({ type: 0, segmentsLeft: 1, addresses: ["2001:db8::a"] }),
    ipv6Fraghdr.of({ id: 0xdeadbeef }),
  ));
  const f = fieldsOf(p);
  assertEquals(
    p.protocols,
    "eth:ipv6:ipv6.hopopts:ipv6.dstopts:ipv6.routing:ipv6.fraghdr:udp:data",
  );
  assertEquals(f["ipv6.opt.router_alert"], [0]);
  assertEquals(f["ipv6.opt.padn"], [new Uint8Array(0), hex("00")]);
  assertEquals(f["ipv6.opt.tel"], [3]);
  assertEquals(f["ipv6.routing.src.addr"], ["2001:db8::a"]);
  assertEquals(f["ipv6.fraghdr.ident"], [0xdeadbeef]);
  // The pseudo-header has the last address of the route.
  assertEquals(f["udp.checksum.status"], [1]);
  assertEquals(p.issues.length, 0);
});

Deno.test("ipv6: segments, home address", () => {
  const f = fieldsOf(dissect(packet(
    ipv6Dstopts.of({ options: [{ kind: 0xc9, address: "2001:db8::99" }] }),
    ipv6Routing.of({ type: 4, segmentsLeft: 1, addresses: ["2001:db8::f", DST] }),
  )));
  assertEquals(f["ipv6.opt.mipv6.home_address"], ["2001:db8::99"]);
  assertEquals(f["ipv6.routing.srh.last_entry"], [1]);
  assertEquals(f["ipv6.routing.srh.addr"], ["2001:db8::f", DST]);
  assertEquals(f["udp.checksum.status"], [1]);
});

Deno.test("ipv6: behind a fragment that is not the first stands data", () => {
  assertEquals(
    dissect(packet(ipv6Fraghdr.of({ offset: 5, more: true }))).protocols,
    "eth:ipv6:ipv6.fraghdr:data",
  );
});

Deno.test("ipv6: a jumbogram's length stands in an option", () => {
  const bytes = craft(
    eth.of(),
    ipv6.of({ src: SRC, dst: DST }),
    ipv6Hopopts.of({ options: [{ kind: 0xc2, payloadLength: 8 + 65_536 }] }),
    udp.of({ length: 0 }),
    new Uint8Array(65_528),
  );
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["ipv6.plen"], [0]);
  assertEquals(f["ipv6.opt.jumbo"], [65_544]);
  assertEquals(f["udp.srcport"], [0]);
});

Deno.test("ipv6: headers come back as they were", () => {
  const options = [
    "0104 00000000",
    "0502 0000 0100",
    "c204 00010000",
    "0302 6162 0000",
    "0706 00000005 0000 0000 0100",
    "6304 e0070123",
    "6d04 60071111",
    "0803 000102 00",
    "1304 00000000",
  ];
  for (const o of options) {
    const body = hex(o);
    if ((body.length + 2) % 8 !== 0) continue;
    const b = new Uint8Array(2 + body.length);
    b[0] = 17;
    b[1] = b.length / 8 - 1;
    b.set(body, 2);
    assertRoundTrip(ipv6Hopopts, b);
    assertRoundTrip(ipv6Dstopts, b);
  }
  assertRoundTrip(ipv6Fraghdr, hex("1105 002f deadbeef"));
  const address = "20010db8000000000000000000000001";
  assertRoundTrip(ipv6Routing, hex(`1102 0001 00000000 ${address}`));
  assertRoundTrip(ipv6Routing, hex(`1102 0201 00000000 ${address}`));
  assertRoundTrip(ipv6Routing, hex("1101 0302 ff600000 0102000000000000"));
  assertRoundTrip(ipv6Routing, hex(`1103 0401 00801234 ${address} 0506 000000000000`));
  assertRoundTrip(ipv6Routing, hex("1101 0501 0001000200030004 00000000"));
  assertRoundTrip(ipv6Routing, hex("1100 fd00 00000001"));
});

Deno.test("ipv6: addresses that hold others", () => {
  const f = fieldsOf(dissect(craft(
    eth.of(),
    ipv6.of({ src: "fe80::211:22ff:fe33:4455", dst: "2002:c000:204:5::1" }),
    udp.of(),
  )));
  assertEquals(f["ipv6.src_slaac_mac"], ["00:11:22:33:44:55"]);
  assertEquals(f["ipv6.dst_6to4_gw_ipv4"], ["192.0.2.4"]);
  assertEquals(f["ipv6.dst_6to4_sla_id"], [5]);
});

Deno.test("ipv6: bounded", () => {
  assertBounded(packet(
    ipv6Hopopts.of({
      options: [{ kind: 8, taggerType: 1, taggerLength: 1, taggerId: hex("0102") }],
    }),
    ipv6Routing.of({ type: 3, segmentsLeft: 1, compression: 0, compressed: new Uint8Array(16) }),
    ipv6Fraghdr.of({}),
  ));
});
