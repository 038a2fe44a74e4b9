import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { type Dvmrp, dvmrp, eth, igmp, ip } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

/** A message of type 0x13 with a code. */
function message(code: number, value: Partial<Dvmrp>): Uint8Array {
  return craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "224.0.0.4", ttl: 1 }),
    igmp.of({ type: 0x13, code }),
    dvmrp.of(value),
  );
}
const three = { minor: 0xff, major: 3 };

Deno.test("dvmrp: a probe tells capabilities, generation and neighbors", () => {
  const probe = { ...three, reserved: 0x000e, generation: 7, neighbors: ["10.0.0.2", "10.0.0.3"] };
  const bytes = message(1, probe);
  const packet = dissect(bytes), f = fieldsOf(packet);
  assertEquals(packet.protocols, "eth:ip:igmp:dvmrp");
  assertEquals(f["dvmrp.version"], [3]);
  assertEquals(f["dvmrp.v3.code"], [1]);
  assertEquals(f["dvmrp.checksum.status"], [1]);
  assertEquals(f["igmp.checksum.status"], [1]);
  assertEquals(f["dvmrp.capabilities"], [0x0e]);
  assertEquals(f["dvmrp.cap.leaf"], [false]);
  assertEquals(f["dvmrp.cap.prune"], [true]);
  assertEquals(f["dvmrp.genid"], [7]);
  assertEquals(f["dvmrp.neighbor"], ["10.0.0.2", "10.0.0.3"]);
  assertEquals(packet.get(dvmrp)?.neighbors, probe.neighbors);
  assertBounded(bytes);
});

Deno.test("dvmrp: a report's routes lack the bytes their masks leave out", () => {
  const bytes = message(2, {
    ...three,
    // 255.255.0.0: 10.1 at 1 and the last, 10.2 at 32; then 255.0.0.0: 172 at 33.
    routes: hex("ff0000 0a01 01 0a02 a0 000000 ac a1"),
  });
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["dvmrp.netmask"], ["255.255.0.0", "255.0.0.0"]);
  assertEquals(f["dvmrp.saddr"], ["10.1.0.0", "10.2.0.0", "172.0.0.0"]);
  assertEquals(f["dvmrp.metric"], [1, 32, 33]);
  assertBounded(bytes);
});

Deno.test("dvmrp: interfaces, and what is pruned and grafted", () => {
  const interfaces = message(6, {
    ...three,
    interfaces: [{
      local: "10.0.0.1",
      metric: 1,
      threshold: 2,
      flags: 0x50,
      neighbors: ["10.0.0.9"],
    }],
  });
  const f = fieldsOf(dissect(interfaces));
  assertEquals(f["dvmrp.local"], ["10.0.0.1"]);
  assertEquals([f["dvmrp.flag.down"], f["dvmrp.flag.querier"], f["dvmrp.flag.leaf"]], [
    [true],
    [true],
    [false],
  ]);
  assertEquals(f["dvmrp.ncount"], [1]);
  assertBounded(interfaces);
  const pair = { ...three, src: "10.0.0.0", group: "224.1.2.3" };
  const prune = message(7, { ...pair, lifetime: 60, mask: "255.0.0.0" });
  assertEquals(fieldsOf(dissect(prune))["dvmrp.lifetime"], [60]);
  assertEquals(fieldsOf(dissect(prune))["dvmrp.netmask"], ["255.0.0.0"]);
  assertBounded(prune);
  const graft = message(8, pair);
  assertEquals(fieldsOf(dissect(graft))["dvmrp.maddr"], ["224.1.2.3"]);
  assertEquals(fieldsOf(dissect(graft))["dvmrp.netmask"], undefined);
  assertBounded(graft);
});

Deno.test("dvmrp: messages too short for version 3 are of version 1", () => {
  const bytes = message(2, { commands: [{ command: 4, metric: 9 }] });
  const f = fieldsOf(dissect(bytes));
  assertEquals(f["dvmrp.version"], [1]);
  assertEquals(f["dvmrp.v1.code"], [2]);
  assertEquals(f["dvmrp.metric"], [9]);
  assertBounded(bytes);
  assertRoundTrip(dvmrp, hex("0409"));
  assertRoundTrip(dvmrp, hex("000e ff03 00000007 0a000002"));
});
