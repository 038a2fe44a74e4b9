import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth, loop } from "../../protocols/mod.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

Deno.test("loop: a reply, and stations to forward to", () => {
  const frame = craft(
    eth.of({}),
    loop.of({ skipCount: 8, forward: ["02:00:00:00:00:01"], receipt: 5 }),
    hex("aabb"),
  );
  const f = fieldsOf(dissect(frame));
  assertEquals(dissect(frame).protocols, "eth:loop:data");
  assertEquals(f["loop.skipcount"], [8]);
  assertEquals(f["loop.function"], [2, 1]);
  assertEquals(f["loop.relevant_function"], [1]);
  assertEquals(f["loop.forwarding_address"], ["02:00:00:00:00:01"]);
  assertEquals(f["loop.receipt_number"], [5]);
  assertBounded(frame);
  assertRoundTrip(loop, hex("0000 0200 020000000001 0100 0500"));
  assertRoundTrip(loop, hex("0000 0700"));
});
