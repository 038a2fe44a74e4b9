/**
 * NDJSON against the same packets' fields as objects, which are read and put in order elsewhere.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import { Kind } from "../../core/items.ts";
import { LAYOUT_FIELDS_MAX, LAYOUTS_MAX } from "../../core/limits.ts";
import { Packet } from "../../core/packet.ts";
import { craft } from "../../core/protocol.ts";
import { ndjson } from "../../output/formats.ts";
import { dns, eth, ip, udp } from "../../protocols/mod.ts";
import { captureNames, dissect, encode, framesOf, kit, readCapture } from "./_help.ts";

/** A value as NDJSON has it; `undefined` where the object's value does not tell (times, text with odd characters). */
function expectedOf(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case Kind.None:
      return "";
    case Kind.Uint:
    case Kind.Int:
    case Kind.Bool:
    case Kind.Ether:
    case Kind.Ipv4:
    case Kind.Ipv6:
      return value;
    case Kind.Uint64:
    case Kind.Uint64Le:
    case Kind.Int64:
      return String(value);
    case Kind.Bytes:
      return (value as Uint8Array).toHex();
  }
}

/** Compares lines with packets; answers the kinds of packets there were: which fields, in which order. */
async function check(batches: readonly FrameBatch[]): Promise<Set<string>> {
  const text = new TextDecoder().decode(await encode(ndjson, batches));
  const lines = text.trimEnd().split("\n");
  const kinds = new Set<string>();
  let line = 0;
  for (const frames of batches) {
    const batch = dissect(frames);
    for (let i = 0; i < frames.count; i++) {
      const packet = new Packet(batch, i, kit.catalogue);
      const { frame, fields } = JSON.parse(lines[line++]);
      assertEquals(frame, packet.number);
      const occurrences = packet.fields().filter(({ info }) => info.abbrev !== "");
      kinds.add(occurrences.map(({ info }) => info.abbrev).join());
      const keys = new Map<string, number>();
      for (const { info, value } of occurrences) {
        const k = keys.get(info.abbrev) ?? 0;
        keys.set(info.abbrev, k + 1);
        const expected = expectedOf(info.kind, value), found = fields[info.abbrev]?.[k];
        if (expected === undefined) assertEquals(typeof found, "string", info.abbrev);
        else assertEquals(found, expected, info.abbrev);
      }
      assertEquals(Object.keys(fields), [...keys.keys()]);
      for (const [key, count] of keys) assertEquals(fields[key].length, count, key);
    }
  }
  assertEquals(line, lines.length);
  return kinds;
}

Deno.test("ndjson: recorded captures have the fields of their packets", async () => {
  // All through one encoder: so it meets different packets that its table holds at one place.
  const all = await Promise.all(captureNames().map(readCapture));
  await check(all.flatMap(({ batches }) => batches));
});

Deno.test("ndjson: more kinds of packets than are remembered, in turn and again", async () => {
  const names = (n: number) =>
    Array.from({ length: n }, (_, k) => ({ name: `n${k}`, type: 1 as const, class: 1 }));
  const side = Math.ceil(Math.sqrt(LAYOUTS_MAX + 100));
  const made = Array.from({ length: side * side }, (_, n) => ({
    frame: craft(
      eth.of({}),
      ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
      udp.of({ srcPort: 5000, dstPort: 53 }),
      dns.of({
        id: n,
        questions: names(n % side),
        answers: names(Math.floor(n / side)).map((it) => ({ ...it, ttl: 1, address: "192.0.2.9" })),
      }),
    ),
  }));
  const again = [...made, made[7], made[300], ...made.toReversed(), made[7]];
  const kinds = await check([framesOf(again)]);
  assert(kinds.size > LAYOUTS_MAX, `${kinds.size}`);
  assert([...kinds].some((kind) => kind.split(",").length > LAYOUT_FIELDS_MAX));
});

Deno.test("ndjson: a fraction of more than a second counts as seconds", async () => {
  // NFLOG's time stamp is seconds and microseconds of 64 bits each.
  const fraction = "00000000ffffffff", seconds = "0000000000000005";
  const frame = Uint8Array.fromHex("00000000" + "14000300" + seconds + fraction);
  for (const kernel of [true, false]) {
    const bytes = await encode(ndjson, [framesOf([{ frame }], 239)], { options: { kernel } });
    const { fields } = JSON.parse(new TextDecoder().decode(bytes));
    assertEquals(fields["nflog.timestamp"], ["4299.967295000"]);
  }
});
