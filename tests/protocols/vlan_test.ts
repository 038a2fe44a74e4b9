import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth, ieee8021ad, ieee8021ah, ip, llc, udp, vlan } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("vlan: a tag, two tags", () => {
  const frame = craft(
    eth.of({}),
    vlan.of({ priority: 5, dei: true, id: 100 }),
    vlan.of({ id: 4094 }),
    ip.of({}),
    udp.of({}),
    new Uint8Array(20),
  );
  const packet = dissect(frame), f = fieldsOf(packet);
  assertEquals(packet.protocols, "eth:vlan:vlan:ip:udp:data");
  assertEquals(f["eth.type"], [0x8100]);
  assertEquals(f["vlan.priority"], [5, 0]);
  assertEquals(f["vlan.dei"], [true, false]);
  assertEquals(f["vlan.id"], [100, 4094]);
  assertEquals(f["vlan.etype"], [0x8100, 0x0800]);
  assertBounded(frame);
  assertRoundTrip(vlan, hex("b064 8100"));
});

Deno.test("vlan: 802.3 lengths, padding and trailer belong to the tag", () => {
  const packet = craft(eth.of({}), vlan.of({ id: 1 }), llc.of({}), ip.of({}), udp.of({}));
  const frame = new Uint8Array(64).fill(0xee);
  frame.set(packet);
  const f = fieldsOf(dissect(frame));
  assertEquals(f["vlan.len"], [packet.length - 18]);
  assertEquals(f["vlan.trailer"], [new Uint8Array(64 - packet.length).fill(0xee)]);
  assertEquals(f["eth.trailer"], undefined);
  const short = craft(eth.of({}), vlan.of({ id: 1 }), ip.of({}), udp.of({}));
  const padded = new Uint8Array(60);
  padded.set(short);
  assertEquals(fieldsOf(dissect(padded))["eth.padding"], [new Uint8Array(60 - short.length)]);
});

Deno.test("ieee8021ad: one tag, two tags", () => {
  const one = craft(eth.of({}), ieee8021ad.of({ id: 7 }), vlan.of({ id: 8 }), ip.of({}));
  assertEquals(dissect(one).protocols, "eth:ieee8021ad:vlan:ip");
  assertEquals(fieldsOf(dissect(one))["ieee8021ad.id"], [7]);
  assertBounded(one);
  const two = craft(
    eth.of({}),
    ieee8021ad.of({ id: 7, priority: 3, dei: 1 }),
    ieee8021ad.of({ id: 8 }),
    ip.of({}),
  );
  const f = fieldsOf(dissect(two));
  assertEquals(f["ieee8021ad.svid"], [7]);
  assertEquals(f["ieee8021ad.cvid"], [8]);
  assertEquals(f["ieee8021ad.priority"], [3, 0]);
  assertEquals(f["ieee8021ah.etype"], [0x88a8, 0x0800]);
  assertBounded(two);
  assertRoundTrip(ieee8021ad, hex("7007 88a8"));
});

Deno.test("ieee8021ah: the customer's frame without a header of its own", () => {
  const frame = craft(
    eth.of({}),
    ieee8021ad.of({ id: 1 }),
    ieee8021ah.of({ isid: 0x012345, src: "02:00:00:00:00:03", dst: "02:00:00:00:00:04" }),
    ip.of({}),
    udp.of({}),
  );
  const f = fieldsOf(dissect(frame));
  assertEquals(dissect(frame).protocols, "eth:ieee8021ad:ieee8021ah:ip:udp");
  assertEquals(f["ieee8021ah.isid"], [0x012345]);
  assertEquals(f["ieee8021ah.cdst"], ["02:00:00:00:00:04"]);
  assertBounded(frame);
  assertRoundTrip(ieee8021ah, hex("7f012345 020000000001 020000000002 0800"));
});
