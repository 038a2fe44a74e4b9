import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth, ip, llc, udp } from "../../protocols/mod.ts";
import {
  assertBounded,
  assertRoundTrip,
  batchOf,
  catalogue,
  dissect,
  fieldsOf,
  hex,
} from "./_help.ts";
import { Packet } from "../../core/packet.ts";
import { Walker } from "../../core/catalogue.ts";
import type { PacketBatch } from "../../core/engine.ts";

const HEADER = "02 00 00 00 00 02  03 00 00 00 00 01";

Deno.test("eth: addresses and their bits", () => {
  const frame = craft(
    eth.of({ dst: "01:00:5e:00:00:01", src: "02:00:00:00:00:01" }),
    ip.of({}),
    udp.of({}),
    new Uint8Array(32),
  );
  const f = fieldsOf(dissect(frame));
  assertEquals(f["eth.dst"], ["01:00:5e:00:00:01"]);
  assertEquals(f["eth.dst.ig"], [true]);
  assertEquals(f["eth.dst.lg"], [false]);
  assertEquals(f["eth.src.ig"], [false]);
  assertEquals(f["eth.src.lg"], [true]);
  assertEquals(f["eth.type"], [0x0800]);
  assertEquals(f["eth.trailer"], undefined);
});

Deno.test("eth: written and read again", () => {
  assertRoundTrip(eth, hex(`${HEADER} 0800`));
  assertRoundTrip(eth, hex(`${HEADER} 0026`));
  assertRoundTrip(eth, hex(`${HEADER} 05f0`));
});

Deno.test("eth: padding is of zeros up to the smallest frame; what follows is a trailer", () => {
  const packet = craft(eth.of({}), ip.of({}), udp.of({}));
  const padded = (rest: string): Record<string, unknown[]> => {
    const frame = new Uint8Array(packet.length + hex(rest).length);
    frame.set(packet);
    frame.set(hex(rest), packet.length);
    assertBounded(frame);
    return fieldsOf(dissect(frame));
  };
  const zeros = "00".repeat(60 - packet.length);
  assertEquals(padded(zeros)["eth.padding"], [hex(zeros)]);
  const both = padded(zeros + "aabbccdd");
  assertEquals(both["eth.padding"], [hex(zeros)]);
  assertEquals(both["eth.trailer"], [hex("aabbccdd")]);
  const other = "11" + zeros.slice(2);
  assertEquals(padded(other)["eth.padding"], undefined);
  assertEquals(padded(other)["eth.trailer"], [hex(other)]);
  // Not long enough to have been padded.
  assertEquals(padded("0000")["eth.trailer"], [hex("0000")]);
});

Deno.test("eth: 802.3 lengths bound what follows", () => {
  const frame = craft(eth.of({}), llc.of({}), ip.of({}), udp.of({}));
  const length = frame.length - 14;
  assertEquals(fieldsOf(dissect(frame))["eth.len"], [length]);
  assertEquals(dissect(frame).protocols, "eth:llc:ip:udp");
  const longer = new Uint8Array(frame.length + 2).fill(0xee);
  longer.set(frame);
  assertEquals(fieldsOf(dissect(longer))["eth.trailer"], [hex("eeee")]);
  assertBounded(longer);
  // A length beyond the frame's end.
  assertEquals(dissect(hex(`${HEADER} 0100 424203`)).protocols, "eth:llc");
});

Deno.test("eth: what is neither length nor type", () => {
  const packet = dissect(hex(`${HEADER} 05ff 0102`));
  assertEquals(packet.protocols, "eth:data");
  assertEquals(fieldsOf(packet)["eth.invalid_lentype"], [0x05ff]);
  assertEquals(fieldsOf(packet)["eth.len"], undefined);
  assertEquals(fieldsOf(dissect(hex(`${HEADER} 0000 0102`)))["eth.type"], [0]);
});

Deno.test("eth: a check sequence where the interface says so", () => {
  const packet = craft(eth.of({}), ip.of({}), udp.of({}), new Uint8Array(20));
  const frame = new Uint8Array(packet.length + 4);
  frame.set(packet);
  frame.set(hex("01020304"), packet.length);
  const batch = batchOf(frame);
  const found = fieldsOf(
    new Packet(
      batchWith(batch.frames.bytes, frame.length, 4),
      0,
      catalogue,
    ),
  );
  assertEquals(found["eth.fcs"], [0x01020304]);
  assertEquals(found["eth.trailer"], undefined);
  assertEquals(fieldsOf(dissect(frame))["eth.trailer"], [hex("01020304")]);
});

function batchWith(_bytes: Uint8Array, length: number, fcsLength: number): PacketBatch {
  const base = batchOf(_bytes.slice(64, 64 + length));
  const frames = {
    ...base.frames,
    interfaces: [{ ...base.frames.interfaces[0], fcsLength }],
  };
  const walker = new Walker(catalogue);
  const firstLayer = new Uint32Array(2);
  walker.batch(frames, firstLayer);
  return {
    ...base,
    frames,
    layers: walker.layers.slice(0, walker.used),
    firstLayer,
    issues: walker.issues.slice(0, walker.issuesUsed),
    issuesUsed: walker.issuesUsed,
  };
}
