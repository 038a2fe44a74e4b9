/** Random access, and parts of captures. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { extract, open as openPackets } from "../../mod.ts";
import {
  CaptureFormatError,
  type CaptureInput,
  type FrameBatch,
  FrameSelector,
  indexCapture,
  type IndexedCapture,
  MemorySink,
  openCapture,
  openIndexed,
  PcapngWriter,
  type Selection,
} from "../../capture/mod.ts";
import { IndexedCapture as Indexed } from "../../capture/indexed_capture.ts";
import { tell } from "./_frames.ts";
import { epb, frame, idb, join, pcap, pcapHeader, pcapRecord, shb, trickle } from "./craft.ts";

async function lines(batches: AsyncIterable<FrameBatch>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of batches) tell(batch, all);
  return all;
}

const framesOnly = (all: readonly string[]): string[] => all.filter((l) => !l.startsWith("block"));

/** Opens with small chunks, so that there are many. */
async function open(input: Uint8Array | string, chunkBytes = 500): Promise<IndexedCapture> {
  const { index } = await indexCapture(input, { chunkBytes });
  assert(index !== undefined);
  return new Indexed(input, index);
}

/** Not in time order; frame `i` came at `times[i]` ms after a point in time. */
function shuffled(count: number): { bytes: Uint8Array; times: bigint[] } {
  let seed = 5;
  const times: bigint[] = [];
  const records = Array.from({ length: count }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const ms = i * 10 + (seed >>> 16) % 200;
    times.push(1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n);
    return pcapRecord(true, "us", i + 1, frame(i & 0xff), {
      seconds: 1_700_000_000 + Math.floor(ms / 1000),
      fraction: ms % 1000 * 1000,
    });
  });
  return { bytes: join(pcapHeader(true), ...records), times };
}

Deno.test("any packet by its number is the one that reading from the start gives", async () => {
  const bytes = pcap(false, "ns", Array.from({ length: 300 }, (_, i) => i % 97));
  const all = await lines(await openCapture(bytes));
  const capture = await open(bytes);
  assertEquals(capture.length, 300);
  assert(capture.index.chunks.length > 20);
  for (let k = 0; k < 600; k++) {
    const number = (k * 7919) % 300 + 1;
    const one: string[] = [];
    tell(await capture.frame(number), one);
    assertEquals(one, [all[number - 1]]);
    const batch = await capture.batchAt(number);
    assert(batch.firstNumber <= number && number < batch.firstNumber + batch.count);
  }
  for (const number of [0, 301, 1.5, NaN, -1]) {
    await assertRejects(() => capture.frame(number), RangeError, "the capture has 300");
  }
});

Deno.test("slices by number are parts of the whole", async () => {
  const bytes = pcap(true, "us", Array.from({ length: 200 }, (_, i) => i % 90));
  const all = await lines(await openCapture(bytes));
  const capture = await open(bytes);
  for (
    const [from, to] of [[1, 201], [1, 2], [200, 201], [57, 58], [33, 180], [5, 5], [150, 999]]
  ) {
    assertEquals(await lines(capture.slice(from, to)), all.slice(from - 1, to - 1));
  }
  assertEquals(await lines(capture.slice(190)), all.slice(189));
  assertEquals(await lines(capture), all);
  assertEquals(await lines(capture.slice(201)), []);
});

Deno.test("packets of an index are dissected and reported as those of the file", async () => {
  const sample = "tests/captures/sample.pcapng";
  const capture = await open(sample, 3000);
  assert(capture.index.chunks.length > 5);
  const selections: Selection[] = [{}, { first: 40, last: 60 }, { first: 127 }, { first: 500 }];
  for (const select of selections) {
    const texts: string[][] = [];
    for (const source of [capture.source(select), sample]) {
      const text: string[] = [];
      const packets = openPackets(source, source === sample ? { select } : {});
      for await (const packet of packets) text.push(JSON.stringify(packet) + packet.summary);
      texts.push(text);
    }
    assertEquals(texts[0], texts[1]);
  }
  const report = async (fin: CaptureInput, select?: Selection): Promise<string> => {
    const fout = await Deno.makeTempFile({ suffix: ".txt" });
    const options = { fin, fout, format: "text", store: false, ...(select && { select }) };
    for await (
      const _ of await extract({ ...options, auto: false })
    ) { /* only the report is wanted */ }
    const text = await Deno.readTextFile(fout);
    await Deno.remove(fout);
    return text;
  };
  const some = { first: 30, last: 90 };
  assertEquals(await report(capture.source(some)), await report(sample, some));
});

Deno.test("packets by time, in captures that are not in time order", async () => {
  const { bytes, times } = shuffled(300);
  const all = await lines(await openCapture(bytes));
  const capture = await open(bytes);
  for (let k = -50; k < 3500; k += 37) {
    const time = 1_700_000_000_000_000_000n + BigInt(k) * 1_000_000n;
    const found = times.findIndex((t) => t >= time);
    assertEquals(await capture.at(time), found < 0 ? undefined : found + 1);
    const until = time + 150_000_000n;
    assertEquals(
      await lines(capture.between(time, until)),
      all.filter((_, i) => times[i] >= time && times[i] < until),
    );
    assertEquals(await lines(capture.between(time)), all.filter((_, i) => times[i] >= time));
  }
});

Deno.test("chunks that can have no packet of a time are not read", async () => {
  const { bytes } = shuffled(300);
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    const capture = await open(path);
    // What is not read may be gone.
    await Deno.truncate(path, bytes.length / 2);
    const start = 1_700_000_000_000_000_000n;
    assert((await lines(capture.between(start, start + 500_000_000n))).length > 30);
    const error = await assertRejects(
      () => lines(capture.between(start + 2_900_000_000n)),
      CaptureFormatError,
      "the file shrank",
    );
    assertEquals(error.code, "E_IO");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a file that changed since it was indexed is no other packet's bytes", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, pcap(true, "us", Array(100).fill(50)));
    const capture = await open(path);
    await Deno.writeFile(path, pcap(true, "us", Array(110).fill(44)));
    for (const number of [90, 50]) {
      await assertRejects(() => capture.frame(number), CaptureFormatError, "changed since");
    }
    await assertRejects(() => lines(capture), CaptureFormatError, "changed since");
    // The same places are ends of records, but there are only half as many.
    await Deno.writeFile(path, pcap(true, "us", Array(100).fill(50)));
    const even = await open(path, 10 * 66);
    await Deno.writeFile(path, pcap(true, "us", Array(50).fill(2 * 66 - 16)));
    await assertRejects(() => even.frame(97), CaptureFormatError, "changed since");
    await assertRejects(() => lines(even), CaptureFormatError, "changed since");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("packets before damage can be had; reading on meets it as ever", async () => {
  const whole = pcap(true, "us", Array(100).fill(50));
  const bytes = whole.subarray(0, whole.length - 7);
  const capture = await open(bytes);
  const all: string[] = [];
  const reading = await assertRejects(async () => {
    for await (const batch of await openCapture(bytes)) tell(batch, all);
  }, CaptureFormatError);
  assertEquals([capture.length, capture.index.damage?.code], [99, "E_TRUNCATED_RECORD"]);
  const last: string[] = [];
  tell(await capture.frame(99), last);
  assertEquals(last, [all[98]]);
  assertEquals(await lines(capture.slice(90, 100)), all.slice(89));
  const got: string[] = [];
  const error = await assertRejects(async () => {
    for await (const batch of capture.slice(90)) tell(batch, got);
  }, CaptureFormatError);
  assertEquals([got, error.message], [all.slice(89), reading.message]);
});

Deno.test("compressed data has no random access, and the reason says why", async () => {
  const packed = new Blob([pcap(true, "us", [60])]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const { capture, reason } = await openIndexed(bytes);
  assertEquals([capture, reason], [undefined, "gzip data can be read from the start only"]);
});

/** Frames of a selection, by looking at each. */
async function select(bytes: Uint8Array, selection: Selection, batchPackets: number) {
  const selector = new FrameSelector(selection);
  const batches: FrameBatch[] = [];
  for await (const batch of await openCapture(bytes, { batchPackets })) {
    batches.push(...selector.select(batch));
  }
  return batches;
}

Deno.test("a slice of pcapng can be written: its section and interfaces come with it", async () => {
  const parts: Uint8Array[] = [];
  for (const le of [true, false]) {
    for (let i = 0; i < 100; i++) parts.push(shb(le));
    parts.push(idb(le, undefined, 1, le ? 100 : 200));
    for (let i = 0; i < 60; i++) {
      if (i === 30) parts.push(idb(le, undefined, 113));
      parts.push(epb(le, i < 30 ? 0 : 1, BigInt(i), frame(i)));
    }
  }
  const bytes = join(...parts);
  const told = async (batches: AsyncIterable<FrameBatch>) =>
    framesOnly(await lines(batches)).map((line) => {
      const [, seconds, nanoseconds, captured, wire, link, , le, data, record] = line.split(" ");
      const { section: _, ...info } = JSON.parse(line.slice(line.indexOf("{")));
      return [seconds, nanoseconds, captured, wire, link, le, data, record, info];
    });
  const all = await told(await openCapture(bytes));
  assertEquals(all.length, 120);
  const capture = await open(bytes, 300);
  assert(capture.index.definitions.length < 10);
  const write = async (batches: AsyncIterable<FrameBatch>) => {
    const sink = new MemorySink();
    {
      await using writer = new PcapngWriter(sink);
      for await (const batch of batches) await writer.write(batch);
    }
    return sink.bytes();
  };
  for (const [from, to] of [[1, 121], [20, 25], [25, 70], [45, 50], [75, 76], [100, 121]]) {
    const slice = await write(capture.slice(from, to));
    assertEquals(await told(await openCapture(slice)), all.slice(from - 1, to - 1));
  }
  assertEquals(await write(capture), bytes);
  // A section header, an interface, and the packet.
  const one = [shb(false), idb(false, undefined, 1, 200), epb(false, 0, 14n, frame(14))];
  assertEquals(await write(capture.slice(75, 76)), join(...one));
  // Every section has packets of each time, with others between.
  const between = await write(capture.between(50_000n, 52_000n));
  assertEquals(await told(await openCapture(between)), [
    all[50],
    all[51],
    all[110],
    all[111],
  ]);
});

Deno.test("a selection keeps numbers and clock, and says what comes first", async () => {
  const { bytes, times } = shuffled(100);
  const all = await lines(await openCapture(bytes));
  const since = times[40], until = times[70];
  for (const size of [1, 7, 100]) {
    const batches = await select(bytes, { first: 20, last: 90, since, until }, size);
    const told: string[] = [];
    for (const batch of batches) tell(batch, told);
    assertEquals(
      told,
      all.filter((_, i) => i >= 19 && i < 90 && times[i] >= since && times[i] < until),
    );
    assertEquals(batches.map((b) => b.sequence), batches.map((_, i) => i));
    assertEquals(batches.map((b) => b.leads), batches.map((_, i) => i === 0));
    assertEquals((await select(bytes, {}, size)).flatMap((b) => b.count), [
      ...Array(Math.floor(100 / size)).fill(size),
      ...(100 % size ? [100 % size] : []),
    ]);
  }
});

Deno.test("a capture opened with a selection ends after it, from files and from streams", async () => {
  const bytes = pcap(true, "us", Array.from({ length: 500 }, (_, i) => i % 90));
  const all = await lines(await openCapture(bytes));
  const select = { first: 101, last: 300 };
  // Nothing after the last wanted packet matters, damage neither.
  const damaged = bytes.subarray(0, bytes.length - 1);
  for (const input of [damaged, trickle(damaged, 300)]) {
    await using capture = await openCapture(input, { select, batchPackets: 30, live: true });
    assertEquals(await lines(capture), all.slice(100, 300));
    assertEquals(await capture.next(), undefined);
  }
});

Deno.test("a selection of pcapng keeps its other blocks in their places", async () => {
  const parts = [shb(true), idb(true)];
  for (let i = 0; i < 30; i++) {
    parts.push(epb(true, i < 15 ? 0 : 1, BigInt(i), frame(i)));
    if (i === 9) parts.push(idb(true));
  }
  const stray = idb(true);
  const bytes = join(...parts, stray);
  const all = await lines(await openCapture(bytes));
  for (const size of [1, 4, 100]) {
    for (const [first, last] of [[1, 30], [12, 20], [30, 30], [1, 9], [31, 40]]) {
      const sink = new MemorySink();
      {
        await using writer = new PcapngWriter(sink);
        const told: string[] = [];
        for (const batch of await select(bytes, { first, last }, size)) {
          tell(batch, told);
          await writer.write(batch);
        }
        assertEquals(framesOnly(told), framesOnly(all).slice(first - 1, last));
      }
      const kept = parts.filter((_, i) => i < 2 || i === 12);
      const wanted = parts.filter((part, i) => {
        if (kept.includes(part)) return true;
        const number = i < 12 ? i - 1 : i - 2;
        return number >= first && number <= last;
      });
      assertEquals(sink.bytes(), join(...wanted, stray));
    }
  }
});
