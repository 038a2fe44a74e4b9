/**
 * Packets with random damage through every format: nothing throws, and what comes out is still valid.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { csv, json, plist, text, tree } from "../../output/formats.ts";
import { captureNames, encode, framesOf, type Made, python, readCapture } from "./_help.ts";

/** Pseudo-random numbers below 2^32, the same each time (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

Deno.test("formats: damaged packets give valid output", async () => {
  const next = random(20_261_121);
  const byLink = new Map<number, Made[]>();
  for (const name of captureNames()) {
    const { batches } = await readCapture(name);
    for (const b of batches) {
      for (let i = 0; i < b.count; i++) {
        // Some of each capture are enough.
        if (i > 40) break;
        const from = b.starts[i];
        const frame = b.bytes.slice(from, from + b.capturedLengths[i]);
        for (let n = next() % 8; n > 0 && frame.length > 0; n--) {
          frame[next() % Math.min(frame.length, 200)] = next();
        }
        const cut = next() % 4 === 0 ? next() % (frame.length + 1) : frame.length;
        const list = byLink.get(b.linkTypes[i]);
        const made = { frame: frame.slice(0, cut), wireLength: b.wireLengths[i] };
        if (list) list.push(made);
        else byLink.set(b.linkTypes[i], [made]);
      }
    }
  }
  for (const [linkType, made] of byLink) {
    const frames = framesOf(made, linkType);
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const report = JSON.parse(decoder.decode(await encode(json, [frames])));
    assertEquals(Object.keys(report).length, made.length + 1);
    assertEquals(
      await python(await encode(plist, [frames]), "out = len(plistlib.loads(data))"),
      made.length + 1,
    );
    const rows = await python(
      await encode(csv, [frames]),
      `out = [len(r) for r in csv.reader(io.StringIO(data.decode(), newline=""))]`,
    ) as number[];
    assertEquals(rows, new Array(made.length + 1).fill(7));
    for (const format of [text, tree]) {
      const lines = decoder.decode(await encode(format, [frames]));
      // deno-lint-ignore no-control-regex -- control characters are what must not be there
      assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(lines));
      if (format === text) assertEquals(lines.split("\n").length, made.length + 1);
    }
  }
});
