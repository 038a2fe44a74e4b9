import { assert, assertEquals, assertThrows } from "@std/assert";
import { FrameFilter } from "../../capture/bpf/filter.ts";
import { FilterProgramError } from "../../capture/bpf/program.ts";
import { MemorySink, openCapture, PcapngWriter, PcapWriter } from "../../capture/mod.ts";
import { firstFrames, type FrameBatch } from "../../core/batch.ts";
import {
  block,
  epb,
  frame,
  idb,
  join,
  pcap,
  pcapHeader,
  pcapRecord,
  shb,
} from "../capture/craft.ts";
import { rows } from "./_help.ts";

/** Lets frames of even numbers pass: `frame(n)` begins with n. */
const even = (linkType: number, parity = 0) => ({
  expression: `ether[0] & 1 = ${parity}`,
  linkType,
  snapLength: 1,
  instructions: rows(
    ["LD_B_ABS", 0],
    ["AND_K", 1],
    ["JEQ_K", parity, 0, 1],
    ["RET_K", 1],
    ["RET_K", 0],
  ),
});

/** What a filter lets pass of a capture, with the numbers and times that formats see. */
async function passed(
  bytes: Uint8Array,
  filter: FrameFilter,
  options: { readonly batchPackets?: number; readonly reuse?: boolean } = {},
): Promise<string[]> {
  const seen: string[] = [];
  await using capture = await openCapture(bytes, options);
  for await (const batch of capture) {
    const frames = filter.select(batch);
    assertEquals(frames.sequence, batch.sequence);
    for (let i = 0; i < frames.count; i++) {
      const previous = i === 0 ? frames.clock.previousSeconds : frames.seconds[i - 1];
      seen.push(
        `#${frames.firstNumber + i} frame ${frames.bytes[frames.starts[i]]}: ` +
          `${frames.capturedLengths[i]}/${frames.wireLengths[i]} bytes, ` +
          `+${frames.seconds[i] - frames.clock.firstSeconds} s, ` +
          `after ${frames.seconds[i] - previous} s`,
      );
    }
  }
  return seen;
}

/** Everything a writer makes of what a filter lets pass. */
async function written(
  bytes: Uint8Array,
  filter: FrameFilter,
  open: (sink: MemorySink, batch: FrameBatch) => PcapWriter | PcapngWriter,
  batchPackets: number,
): Promise<Uint8Array> {
  const sink = new MemorySink();
  let writer: PcapWriter | PcapngWriter | undefined;
  await using capture = await openCapture(bytes, { batchPackets, reuse: true });
  for await (const batch of capture) {
    writer ??= open(sink, batch);
    await writer.write(filter.select(batch));
  }
  await writer?.[Symbol.asyncDispose]();
  return sink.bytes();
}

Deno.test("a filter leaves frames as if no others had come, whatever the batches", async () => {
  const capture = pcap(true, "us", [60, 61, 62, 63, 64, 65]);
  const expected = [
    "#1 frame 2: 61/61 bytes, +0 s, after NaN s",
    "#2 frame 4: 63/63 bytes, +2 s, after 2 s",
    "#3 frame 6: 65/65 bytes, +4 s, after 2 s",
  ];
  for (const batchPackets of [1, 2, 3, 4, 100]) {
    for (const reuse of [true, false]) {
      for (const generate of [true, false]) {
        const filter = new FrameFilter([even(1)], { generate });
        assertEquals(await passed(capture, filter, { batchPackets, reuse }), expected);
      }
    }
  }
});

Deno.test("a filter that lets nothing or everything pass", async () => {
  const capture = pcap(true, "us", [60, 60, 60]);
  const all = { ...even(1), instructions: rows(["RET_K", 1]) };
  const none = { ...even(1), instructions: rows(["RET_K", 0]) };
  assertEquals((await passed(capture, new FrameFilter([all]))).length, 3);
  assertEquals(await passed(capture, new FrameFilter([none])), []);
});

Deno.test("each link type has its program, and those without are named", async () => {
  const capture = join(
    shb(true),
    idb(true, undefined, 1),
    idb(true, undefined, 101),
    ...[1, 2, 3, 4, 5, 6].map((n) =>
      epb(true, n % 3 === 0 ? 1 : 0, BigInt(n) * 1_000_000n, frame(n))
    ),
  );
  const filter = () => new FrameFilter([even(1), even(101, 1)]);
  assertEquals((await passed(capture, filter())).map((line) => line.slice(0, 10)), [
    "#1 frame 2",
    "#2 frame 3",
    "#3 frame 4",
  ]);
  const incomplete = new FrameFilter([even(1)]);
  await using opened = await openCapture(capture);
  const batch = (await opened.next())!;
  assertEquals(incomplete.missing(batch), 101);
  assertEquals(filter().missing(batch), undefined);
  assertThrows(() => incomplete.select(batch), FilterProgramError, "link type 101");
});

Deno.test("programs may differ by byte order", async () => {
  const filter = new FrameFilter();
  filter.add(even(1, 0), true);
  filter.add(even(1, 1), false);
  const sizes = [60, 60, 60];
  assertEquals((await passed(pcap(true, "us", sizes), filter)).map((l) => l.slice(0, 10)), [
    "#1 frame 2",
  ]);
  assertEquals((await passed(pcap(false, "us", sizes), filter)).map((l) => l.slice(3, 10)), [
    "frame 1",
    "frame 3",
  ]);
});

Deno.test("pcapng is written again with all that stood between the frames that pass", async () => {
  const other = (n: number) => block(true, 0x0bad, Uint8Array.of(n, n, n, n));
  const packet = (n: number) => epb(true, 0, BigInt(n) * 1_000_000n, frame(n, 60 + n));
  const capture = join(
    ...[shb(true), idb(true), other(1), packet(1), other(2), other(3), packet(2), packet(3)],
    ...[packet(4), other(4), packet(5), other(5), packet(6), packet(7), other(6)],
  );
  const expected = join(
    ...[shb(true), idb(true), other(1), other(2), other(3), packet(2)],
    ...[packet(4), other(4), other(5), packet(6), other(6)],
  );
  for (const batchPackets of [1, 2, 3, 100]) {
    const out = await written(
      capture,
      new FrameFilter([even(1)]),
      (sink) => new PcapngWriter(sink),
      batchPackets,
    );
    assertEquals(out, expected, `batches of ${batchPackets}`);
  }
});

Deno.test("records of pcap that pass are copied, in either byte order and precision", async () => {
  for (const le of [true, false]) {
    for (const kind of ["us", "ns", "mod"] as const) {
      const record = (n: number) => pcapRecord(le, kind, n, frame(n, 50 * n));
      // Stretches of one frame and of several, short ones and one that fits no buffer.
      const numbers = [1, 2, 4, 3, 6, 8, 10, 5, 7, 12];
      const large = pcapRecord(le, kind, 14, frame(14, 300_000));
      const all = join(pcapHeader(le, kind), ...numbers.map(record), large, record(9));
      const expected = join(
        pcapHeader(le, kind),
        ...numbers.filter((n) => n % 2 === 0).map(record),
        large,
      );
      await using source = await openCapture(all);
      const { header } = source;
      for (const batchPackets of [1, 3, 100]) {
        const out = await written(
          all,
          new FrameFilter([even(1)]),
          (sink) => new PcapWriter(sink, { header }),
          batchPackets,
        );
        assert(out.length === expected.length && out.every((b, i) => b === expected[i]));
      }
    }
  }
});

Deno.test("a batch that was filtered can be cut, and written by indexes", async () => {
  const bytes = pcap(true, "us", [60, 60, 60, 60, 60, 60]);
  await using capture = await openCapture(bytes);
  const { header } = capture;
  const batch = new FrameFilter([even(1)]).select((await capture.next())!);
  const sink = new MemorySink();
  const writer = new PcapWriter(sink, { header });
  await writer.write(firstFrames(batch, 1));
  await writer.write(batch, [2, 1]);
  await writer[Symbol.asyncDispose]();
  const record = (n: number) => pcapRecord(true, "us", n);
  assertEquals(sink.bytes(), join(pcapHeader(true), record(2), record(6), record(4)));
});
