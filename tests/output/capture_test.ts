/**
 * Captures as output: pcap and pcapng.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { pcap, pcapng } from "../../output/formats.ts";
import { captureNames, CAPTURES, encode, framesOf, pipe, readCapture } from "./_help.ts";

const COLUMNS = [
  "frame.number",
  "frame.time_epoch",
  "frame.len",
  "frame.cap_len",
  "frame.protocols",
];

/** What tshark says of each frame of a capture. */
function tshark(capture: Uint8Array<ArrayBuffer>): Promise<string> {
  return pipe(
    capture,
    "tshark",
    ...["-n", "-r", "-", "-T", "fields"],
    ...COLUMNS.flatMap((c) => ["-e", c]),
  );
}

for (const name of captureNames()) {
  const format = name.endsWith("ng") ? pcapng : pcap;
  Deno.test(`${format.name}: ${name} is written as it was read, however it is cut`, async () => {
    const file = Deno.readFileSync(new URL(name, CAPTURES));
    const { batches, header } = await readCapture(name);
    assertEquals(await encode(format, batches, { header }), file);
    assertEquals(await encode(format, batches, { header, split: 3, spread: true }), file);
  });
}

for (const name of ["tcp-loss.pcap", "nanoseconds.pcap", "snapped-64.pcap", "link-sll.pcap"]) {
  Deno.test(`pcapng: ${name} is the same for tshark, however it is cut`, async () => {
    const file = Deno.readFileSync(new URL(name, CAPTURES));
    const { batches, header } = await readCapture(name);
    const whole = await encode(pcapng, batches, { header });
    assertEquals(await tshark(whole), await tshark(file));
    assertEquals(await encode(pcapng, batches, { header, split: 3, spread: true }), whole);
  });
}

Deno.test("pcap: pcapng is the same for tshark, however it is cut", async () => {
  const name = "sample.pcapng";
  const file = Deno.readFileSync(new URL(name, CAPTURES));
  const { batches, header } = await readCapture(name);
  const run = { header, options: { lossy: true } };
  const whole = await encode(pcap, batches, run);
  assertEquals(await tshark(whole), await tshark(file));
  assertEquals(await encode(pcap, batches, { ...run, split: 3, spread: true }), whole);
  await assertRejects(() => encode(pcap, batches, { header }), TypeError, "without loss");
});

Deno.test("pcap and pcapng: frames from no file", async () => {
  const frames = framesOf([
    { frame: Uint8Array.of(1, 2, 3) },
    { frame: new Uint8Array(60), wireLength: 1514, nanoseconds: 999_999_999 },
  ], 101);
  const want = "1\t1700000000.000000000\t3\t3\n2\t1700000001.999999999\t1514\t60\n";
  for (const format of [pcap, pcapng]) {
    const out = await encode(format, [frames], { header: null });
    const got = (await tshark(out)).replace(/\t[^\t]*\n/g, "\n");
    assertEquals(got, want);
    assertEquals(
      await encode(format, [frames], { header: null, split: 1, spread: true }),
      out,
    );
  }
});

Deno.test("pcap and pcapng: empty captures", async () => {
  for (const format of [pcap, pcapng]) assertEquals(await tshark(await encode(format, [])), "");
});
