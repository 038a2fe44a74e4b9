import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { arp, eth } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const REQUEST = "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202";
const under = (text: string): Uint8Array => hex(`ffffffffffff 020000000001 0806 ${text}`);

Deno.test("arp: a request, with padding behind it", () => {
  const packet = craft(
    eth.of({}),
    arp.of({
      senderHardware: "02:00:00:00:00:01",
      senderProtocol: "192.0.2.1",
      targetProtocol: "192.0.2.2",
    }),
  );
  assertEquals(packet.subarray(14), hex(REQUEST));
  const frame = new Uint8Array(60);
  frame.set(packet);
  const f = fieldsOf(dissect(frame));
  assertEquals(f["arp.hw.type"], [1]);
  assertEquals(f["arp.opcode"], [1]);
  assertEquals(f["arp.src.hw_mac"], ["02:00:00:00:00:01"]);
  assertEquals(f["arp.src.proto_ipv4"], ["192.0.2.1"]);
  assertEquals(f["arp.dst.hw_mac"], ["00:00:00:00:00:00"]);
  assertEquals(f["arp.dst.proto_ipv4"], ["192.0.2.2"]);
  assertEquals(f["arp.isgratuitous"], undefined);
  assertEquals(f["eth.padding"], [new Uint8Array(18)]);
  assertEquals(dissect(frame).summary, "Who has 192.0.2.2? Tell 192.0.2.1");
  assertBounded(frame);
});

Deno.test("arp: announcements, probes, gratuitous replies", () => {
  const kind = (text: string): readonly string[] => {
    const packet = dissect(under(text)), f = fieldsOf(packet);
    return [
      ...["isgratuitous", "isprobe", "isannouncement"].filter((n) => f[`arp.${n}`]),
      packet.summary,
    ];
  };
  assertEquals(
    kind("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000201"),
    ["isgratuitous", "isannouncement", "ARP Announcement for 192.0.2.1"],
  );
  assertEquals(
    kind("0001 0800 06 04 0001 020000000001 00000000 000000000000 c0000201"),
    ["isprobe", "Who has 192.0.2.1? (ARP Probe)"],
  );
  assertEquals(
    kind("0001 0800 06 04 0002 020000000001 c0000201 ffffffffffff c0000201"),
    ["isgratuitous", "Gratuitous ARP for 192.0.2.1 (Reply)"],
  );
  assertEquals(
    kind("0001 0800 06 04 0002 020000000001 c0000201 020000000002 c0000202"),
    ["192.0.2.1 is at 02:00:00:00:00:01"],
  );
  assertEquals(
    kind("0001 0800 06 04 0003 020000000001 00000000 020000000002 00000000"),
    ["Who is 02:00:00:00:00:02? Tell 02:00:00:00:00:01"],
  );
});

Deno.test("arp: other hardware, other sizes, errors", () => {
  const arcnet = under("0007 0800 01 04 0001 aa c0000201 bb c0000202");
  const f = fieldsOf(dissect(arcnet));
  assertEquals(f["arp.src.hw"], [hex("aa")]);
  assertEquals(f["arp.dst.proto_ipv4"], ["192.0.2.2"]);
  assertBounded(arcnet);
  const failed = under("0001 0800 06 04 0007 020000000001 c0000201 000000000000 03000000");
  assertEquals(fieldsOf(dissect(failed))["arp.dst.drarp_error_status"], [3]);
  // A length that says more than there is: no addresses.
  const cut = under("0001 0800 06 04 0001 020000000001 c0000201 0000");
  assertEquals(fieldsOf(dissect(cut))["arp.opcode"], [1]);
  assertEquals(fieldsOf(dissect(cut))["arp.src.hw_mac"], undefined);
  assertEquals(dissect(cut).issues.length > 0, true);
});

Deno.test("arp: for ATM", () => {
  const frame = under(
    "0013 0800 44 00 0001 04 03 02 04  31323334 c0000201 aabbcc ddee c0000202",
  );
  const f = fieldsOf(dissect(frame));
  assertEquals(f["arp.src.htype"], [true]);
  assertEquals(f["arp.src.hlen"], [4]);
  assertEquals(f["arp.src.atm_num_e164"], ["1234"]);
  assertEquals(f["arp.dst.atm_num_nsap"], [hex("aabbcc")]);
  assertEquals(f["arp.dst.atm_subaddr"], [hex("ddee")]);
  assertEquals(f["arp.dst.proto_ipv4"], ["192.0.2.2"]);
  assertBounded(frame);
});

Deno.test("arp: written and read again", () => {
  assertRoundTrip(arp, hex(REQUEST));
  assertRoundTrip(arp, hex("0007 0800 01 04 0001 aa c0000201 bb c0000202"));
  assertRoundTrip(arp, hex("0001 86dd 06 00 0001 020000000001 020000000002"));
  assertRoundTrip(
    arp,
    hex("0013 0800 44 00 0001 04 03 02 04  31323334 c0000201 aabbcc ddee c0000202"),
  );
});

Deno.test("arp: for amateur radio", () => {
  const frame = under("0003 00cc 07 04 0001 828486888a8c60 c000020a 00000000000000 c000020b");
  const f = fieldsOf(dissect(frame));
  assertEquals(f["arp.src.hw_ax25"], [hex("828486888a8c60")]);
  assertEquals(f["arp.src.proto_ipv4"], ["192.0.2.10"]);
  assertBounded(frame);
});
