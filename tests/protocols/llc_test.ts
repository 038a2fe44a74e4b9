import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { basicxid, eth, ip, llc, udp } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const ETHER = "ffffffffffff 020000000001";

Deno.test("llc: SNAP carries EtherTypes", () => {
  const frame = craft(eth.of({}), llc.of({}), ip.of({}), udp.of({}), new Uint8Array(20));
  const f = fieldsOf(dissect(frame));
  assertEquals(f["llc.dsap"], [0xaa]);
  assertEquals(f["llc.ssap"], [0xaa]);
  assertEquals(f["llc.control"], [3]);
  assertEquals(f["llc.oui"], [0]);
  assertEquals(f["llc.type"], [0x0800]);
  assertBounded(frame);
});

Deno.test("llc: identifiers of organizations", () => {
  const f = fieldsOf(dissect(hex(`${ETHER} 000a aaaa03 00000c 2000 0102`)));
  assertEquals(f["llc.cisco_pid"], [0x2000]);
  assertEquals(f["llc.type"], undefined);
  const other = fieldsOf(dissect(hex(`${ETHER} 000a aaaa03 123456 2000 0102`)));
  assertEquals(other["llc.pid"], [0x2000]);
  const bridged = craft(
    eth.of({}),
    llc.of({ oui: 0x0080c2, pid: 7 }),
    eth.of({}),
    ip.of({}),
  );
  assertEquals(dissect(bridged).protocols, "eth:llc:eth:ip");
  assertBounded(bridged);
});

Deno.test("llc: control fields of one and two bytes", () => {
  const control = (bytes: string): Record<string, unknown[]> => {
    const frame = hex(`${ETHER} 0010 ${bytes}`);
    assertBounded(frame);
    return fieldsOf(dissect(frame));
  };
  const xid = control("0001 bf 0102");
  assertEquals(xid["llc.control"], [0xbf]);
  assertEquals(xid["llc.ssap.cr"], [true]);
  assertEquals(xid["llc.control.f"], [true]);
  assertEquals(xid["llc.control.u_modifier_resp"], [0x2b]);
  const ready = control("f0f0 0105");
  assertEquals(ready["llc.control"], [0x0501]);
  assertEquals(ready["llc.control.n_r"], [2]);
  assertEquals(ready["llc.control.p"], [true]);
  assertEquals(ready["llc.control.s_ftype"], [0]);
  const information = control("f0f0 0406 0102");
  assertEquals(information["llc.control.n_s"], [2]);
  assertEquals(information["llc.control.n_r"], [3]);
  assertEquals(information["llc.control.ftype"], [0]);
});

Deno.test("llc: written and read again", () => {
  for (
    const bytes of ["aaaa03 000000 0800", "aaaa03 00000c 2000", "424203", "f0f0 0105", "0001 bf"]
  ) assertRoundTrip(llc, hex(bytes));
});

Deno.test("llc: stations exchange identification", () => {
  const frame = craft(
    eth.of({ dst: "02:00:00:00:00:01" }),
    llc.of({}),
    basicxid.of({ types: 3, windowSize: 127 }),
  );
  const packet = dissect(frame), f = fieldsOf(packet);
  assertEquals(packet.protocols, "eth:llc:basicxid");
  assertEquals(f["llc.control"], [0xaf]);
  assertEquals(f["basicxid.llc.xid.types"], [3]);
  assertEquals(f["basicxid.llc.xid.wsize"], [127]);
  assertBounded(frame);
  assertRoundTrip(basicxid, hex("81 01 0e 0102"));
});
