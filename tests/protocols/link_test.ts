import { assertEquals } from "@std/assert";
import { craft, type Draftable } from "../../core/protocol.ts";
import {
  arcnet,
  arp,
  chdlc,
  cmd,
  esp,
  etag,
  eth,
  fddi,
  ip,
  ipcomp,
  ipnet,
  ipoib,
  ipv6,
  llc,
  mpls,
  nflog,
  nsh,
  slarp,
  udp,
  udpencap,
  vlan,
  vntag,
} from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const d = (x: unknown): Draftable => x as Draftable;

/** An IPv4 header in front of something unknown. */
const v4 = (): Draftable => d(ip.of({ protocol: 253 }));

/** Crafts, dissects, and demands the chain and that cuts are bounded. */
function chain(
  layers: readonly (Draftable | Uint8Array)[],
  expected: string,
  linkType = 1,
): Record<string, unknown[]> {
  const frame = craft(...layers, hex("01020304"));
  const packet = dissect(frame, { linkType });
  assertEquals(packet.protocols.replace(/:data$/, ""), expected);
  assertBounded(frame, linkType);
  return fieldsOf(packet);
}

Deno.test("tags: VN-Tag, E-TAG, NSH", () => {
  const v = chain(
    [
      d(eth.of()),
      d(vntag.of({ fromBridge: true, dst: 0x1234, src: 0x456 })),
      d(vlan.of({ id: 5 })),
      d(ip.of()),
      d(udp.of()),
    ],
    "eth:vntag:vlan:ip:udp",
  );
  assertEquals(v["vntag.dir"], [true]);
  assertEquals(v["vntag.dst"], [0x1234]);
  assertEquals(v["vntag.src"], [0x456]);
  assertEquals(v["vntag.etype"], [0x8100]);
  assertRoundTrip(vntag, hex("c0010002 8100"));
  const e = chain(
    [d(eth.of()), d(etag.of({ group: 1, channel: 0x123, channelExtension: 4 })), d(ipv6.of())],
    "eth:etag:ipv6",
  );
  assertEquals(e["etag.ecid_base"], [0x123]);
  assertEquals(e["etag.ecid_ext"], [4]);
  assertRoundTrip(etag, hex("1000 10d8 00 00 0800"));
  const n = chain(
    [
      d(eth.of()),
      d(nsh.of({ path: 9, metadata: [{ class: 1, type: 2, data: hex("0a0b0c") }] })),
      v4(),
    ],
    "eth:nsh:ip",
  );
  assertEquals(n["nsh.spi"], [9]);
  assertEquals(n["nsh.length"], [4]);
  assertEquals(n["nsh.nextproto"], [1]);
  assertEquals(n["nsh.metadata"], [hex("0a0b0c")]);
  assertEquals(n["nsh.metadatalen"], [3]);
  assertRoundTrip(
    nsh,
    hex("0006 01 01 000001 02 00000001 00000002 00000003 00000004"),
  );
  assertRoundTrip(nsh, hex("0fc4 02 03 000001 ff 0001 02 03 0a0b0c00"));
  assertEquals(
    dissect(craft(d(eth.of()), d(nsh.of()), d(mpls.of()), v4())).protocols,
    "eth:nsh:mpls:ip",
  );
});

Deno.test("link types: ARCNET, FDDI, IPNET, Cisco HDLC", () => {
  const a = chain(
    [d(arcnet.of({ src: 1, dst: 2, protocolId: 0xd4 })), v4()],
    "arcnet:ip",
    129,
  );
  assertEquals(a["arcnet.protID"], [0xd4]);
  assertEquals(a["arcnet.split_flag"], [0]);
  chain(
    [d(arcnet.of({ protocolId: 0xcd })), d(llc.of({ dsap: 0x82, ssap: 0x82 }))],
    "arcnet:llc",
    129,
  );
  assertEquals(
    dissect(craft(d(arcnet.of()), d(arp.of())), { linkType: 129 }).protocols,
    "arcnet:arp",
  );
  assertRoundTrip(arcnet, hex("be00 ea08 d5 00 0165"));
  assertRoundTrip(arcnet, hex("c000 e800 cd"));
  const f = chain(
    [d(fddi.of({ src: "02:00:00:00:00:01", dst: "ff:ff:ff:ff:ff:ff" })), d(llc.of()), v4()],
    "fddi:llc:ip",
    10,
  );
  assertEquals(f["fddi.src"], ["02:00:00:00:00:01"]);
  assertEquals(f["fddi.fc.clf"], [5]);
  assertRoundTrip(fddi, hex("50 ffffffffffff 400000000080"));
  chain([d(ipnet.of({ interfaceIndex: 2 })), v4()], "ipnet:ip", 226);
  chain([d(ipnet.of()), d(ipv6.of())], "ipnet:ipv6", 226);
  assertRoundTrip(ipnet, hex("01 02 0000 00000054 00000002 00000000 ffffffff 00000000"));
  const s = fieldsOf(dissect(
    craft(d(chdlc.of({ protocol: 0x8035 })), d(slarp.of({ type: 2, sequence: 5, received: 2 }))),
    { linkType: 104 },
  ));
  assertEquals(s["slarp.mysequence"], [5]);
  assertEquals(s["slarp.reliability"], [0xffff]);
  assertBounded(hex("8f008035 00000000 c0000201 ffffff00 ffff"), 104);
  assertRoundTrip(slarp, hex("00000001 c0000201 ffffff00 ffff"));
});

Deno.test("IPoIB: a routing header in front, and none", () => {
  const none = chain(
    [d(ipoib.of({ front: new Uint8Array(20), qpn: 5, dgid: "fe80::1" })), v4()],
    "ipoib:ip",
    242,
  );
  assertEquals(none["ipoib.daddr.qpn"], [5]);
  assertEquals(none["ipoib.dgid"], ["fe80::1"]);
  assertEquals(none["ipoib.grh.sqpn"], undefined);
  const routed = {
    ipVersion: 6,
    trafficClass: 7,
    flowLabel: 0x12345,
    sourceQpn: 9,
    sgid: "fe80::2",
    dgid: "ff10::1",
  };
  const some = chain([d(ipoib.of(routed)), v4()], "ipoib:ip", 242);
  assertEquals(some["ipoib.grh.tclass"], [7]);
  assertEquals(some["ipoib.grh.flowlabel"], [0x12345]);
  assertEquals(some["ipoib.grh.sqpn"], [9]);
  assertEquals(some["ipoib.grh.sgid"], ["fe80::2"]);
  assertEquals(some["ipoib.daddr.qpn"], undefined);
  const end = "fe800000000000000000000000000001 0800 0000";
  for (const front of ["00".repeat(20) + "00000005", "60712345 00 000009" + "fe".repeat(16)]) {
    assertRoundTrip(ipoib, hex(front + end));
    assertBounded(hex(front + end), 242);
  }
});

Deno.test("Cisco MetaData: the type last, and first", () => {
  const last = chain([d(eth.of()), d(cmd.of({ sgt: 7 })), v4()], "eth:cmd:ip");
  assertEquals(last["cmd.sgt"], [7]);
  for (const [text, sgt] of [["0000 0000 0000 0800", 0], ["0800 0101 0001 0009", 9]] as const) {
    const header = hex(text), packet = craft(v4());
    const frame = Uint8Array.from([...eth.encode({ type: 0x8909 }), ...header, ...packet]);
    const packetOf = dissect(frame);
    assertEquals(packetOf.protocols, "eth:cmd:ip");
    assertEquals(fieldsOf(packetOf)["cmd.sgt"], [sgt]);
    assertEquals(fieldsOf(packetOf)["cmd.type"], [0x0800]);
    assertBounded(frame);
  }
});

Deno.test("nflog: attributes of either byte order, the packet among them", () => {
  const f = chain(
    [
      d(nflog.of({
        resource: 5,
        attributes: [
          { type: 1, protocol: 0x0800, hook: 3 },
          { type: 10, prefix: "drop" },
          { type: 4, index: 7 },
          { type: 11, id: 1000 },
          { type: 9, length: 36 },
        ],
      })),
      d(ip.of()),
      d(udp.of()),
    ],
    "nflog:ip:udp",
    239,
  );
  assertEquals(f["nflog.hook"], [3]);
  assertEquals(f["nflog.prefix"], ["drop"]);
  assertEquals(f["nflog.ifindex_indev"], [7]);
  assertEquals(f["nflog.uid"], [1000]);
  assertEquals(f["nflog.tlv_type"], [1, 10, 4, 11, 9]);
  for (
    const text of [
      "02 00 0005 0800 0100 0800 0300 0900 0a00 64726f7000 000000 0400 0900",
      "02 00 0005 0008 0001 0800 0300 0009 000a 64726f7000 000000 0004 0009",
      "0a 00 0000 0800 0d00 01020304",
    ]
  ) {
    assertRoundTrip(nflog, hex(text));
    assertBounded(hex(text), 239);
  }
  const stamp = hex("00000000 522a1f9e 00000000 000960fc");
  for (const order of ["1400 0300", "0014 0003"]) {
    const timed = hex(`02 00 0000 ${order} ${stamp.toHex()}`);
    const t = fieldsOf(dissect(timed, { linkType: 239 }));
    assertEquals(String(t["nflog.timestamp"]), "1378492318614652000");
    assertEquals(t["nflog.tlv_value"], undefined);
    assertRoundTrip(nflog, timed);
    assertBounded(timed, 239);
  }
  const bad = dissect(hex("02 00 0000 0000 0100"), { linkType: 239 });
  assertEquals(bad.issues.length > 0, true);
});

Deno.test("IPsec: compressed payloads, ESP and key exchange in UDP", () => {
  const c = chain(
    [d(eth.of()), d(ip.of()), d(ipcomp.of({ nextHeader: 4, cpi: 2 }))],
    "eth:ip:ipcomp",
  );
  assertEquals(c["ipcomp.cpi"], [2]);
  assertRoundTrip(ipcomp, hex("29 00 635c"));
  const under = (): Draftable[] => [d(eth.of()), d(ip.of()), d(udp.of({ srcPort: 4500 }))];
  const e = chain(
    [...under(), d(udpencap.of()), d(esp.of({ spi: 0x12345678, sequence: 1 }))],
    "eth:ip:udp:udpencap:esp",
  );
  assertEquals(e["esp.spi"], [0x12345678]);
  const k = dissect(craft(...under(), d(udpencap.of({ keepalive: {} }))));
  assertEquals(k.protocols, "eth:ip:udp:udpencap");
  assertEquals(k.summary, "NAT-keepalive");
  const m = craft(...under(), d(udpencap.of({ marker: {} })), hex("0102030405060708"));
  assertEquals(dissect(m).protocols.startsWith("eth:ip:udp:udpencap"), true);
  assertBounded(m);
  assertRoundTrip(udpencap, hex("00000000"));
});
