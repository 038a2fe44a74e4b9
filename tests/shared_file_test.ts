import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import type { CaptureHeader, FrameBatch } from "../core/batch.ts";
import type { Engine, Job, PlainFile } from "../core/engine.ts";
import { type FrameMemory, frameMemory } from "../core/frame_memory.ts";
import { PIECES_PER_WORKER, REPORT_BATCH_PACKETS } from "../core/limits.ts";
import { pcapFramer } from "../capture/pcap.ts";
import { CaptureFormatError } from "../core/errors.ts";
import type { Framer } from "../core/source.ts";
import { builtin } from "../engines/builtin.ts";
import { createKit } from "../kit.ts";
import { extract, openCapture, strategyOf } from "../mod.ts";
import { Board } from "../workers/_board.ts";
import { identityOf, Idle, Reading, SharedFile } from "../workers/_shared_file.ts";
import { prepare } from "../workers/job.ts";
import { start } from "../workers/extract.ts";
import { helpers } from "../workers/server.ts";
import { join, pcap, pcapHeader, type PcapKind, pcapRecord } from "./capture/craft.ts";

/** A file that was last changed long ago, so that nobody takes it for one that grows. */
async function settled(bytes: Uint8Array): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  await Deno.writeFile(path, bytes);
  await Deno.utime(path, 1e9, 1e9);
  return path;
}

/** The file as it is now, as one thread reads it. */
function opened(
  path: string,
  header: CaptureHeader,
  reading: Reading,
  memory: FrameMemory,
): SharedFile | undefined {
  return SharedFile.open(path, identityOf(Deno.statSync(path)), header, reading, memory);
}

/** What is said of each frame of a batch. */
function framesOf(batch: FrameBatch): unknown[] {
  return Array.from({ length: batch.count }, (_, i) => [
    batch.firstNumber + i,
    batch.seconds[i],
    batch.nanoseconds[i],
    batch.wireLengths[i],
    batch.linkTypes[i],
    batch.bytes.slice(batch.starts[i], batch.starts[i] + batch.capturedLengths[i]).toHex(),
    batch.clock.firstSeconds,
    batch.clock.firstNanoseconds,
    i > 0 ? undefined : [batch.clock.previousSeconds, batch.clock.previousNanoseconds],
  ]);
}

/** Sizes of packets, some of them longer than what is read at a time. */
function sizesOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i % 97 === 50 ? 70_000 : 40 + (i * 53) % 1400);
}

for (const kind of ["us", "ns"] as const) {
  for (const le of [true, false]) {
    Deno.test(`two who read a file (${kind}, ${le ? "little" : "big"}-endian) get what one gets`, async () => {
      const path = await settled(pcap(le, kind, sizesOf(700)));
      const alone: FrameBatch[] = [];
      await using capture = await openCapture(path);
      for await (const batch of capture) alone.push(batch);
      const board = new Board(6), reading = new Reading(beginning(), 2 * PIECES_PER_WORKER);
      const readers = [reading, new Reading(reading.memory)].map(async (r) =>
        opened(path, capture.header, r, await frameMemory() as FrameMemory)!
      );
      const files = await Promise.all(readers), seen: unknown[] = [];
      for (let turn = 0;; turn++) {
        const file = files[turn % 3 === 0 ? 1 : 0], batch = file.take(board);
        if (batch === Idle.Over) break;
        assert(typeof batch !== "number", `${batch}`);
        assertEquals(batch.interfaces, alone[0].interfaces);
        const n = file.number(batch), { sequence, count } = batch;
        assertEquals(board.summary(n), { sequence, count, bytes: board.summary(n).bytes });
        seen.push(...framesOf(batch));
        board.used(n);
      }
      assert(reading.whole);
      assertEquals([reading.packets, reading.offset], [700, (await Deno.stat(path)).size]);
      assert(reading.taken > 20, `${reading.taken}`);
      const expected = alone.flatMap(framesOf);
      // Where batches begin is another matter.
      const bare = (list: unknown[]): unknown[] => list.map((f) => (f as unknown[]).slice(0, 8));
      assertEquals(bare(seen), bare(expected));
      let before: unknown[] | undefined;
      for (const frame of seen as unknown[][]) {
        if (frame[8]) assertEquals(frame[8], before ? before.slice(1, 3) : [NaN, 0]);
        before = frame;
      }
      for (const file of files) file[Symbol.dispose]();
      await Deno.remove(path);
    });
  }
}

function beginning() {
  const clock = {
    firstSeconds: NaN,
    firstNanoseconds: 0,
    previousSeconds: NaN,
    previousNanoseconds: 0,
  };
  return { offset: 24, packets: 0, sequence: 0, clock };
}

Deno.test("who reads waits for its turn, and for room", async () => {
  const path = await settled(pcap(true, "us", sizesOf(600)));
  await using capture = await openCapture(path);
  const board = new Board(6), reading = new Reading(beginning(), 2 * PIECES_PER_WORKER);
  using file = opened(path, capture.header, reading, await frameMemory() as FrameMemory)!;
  assert(reading.lock());
  assertEquals(file.take(board), Idle.Busy);
  reading.unlock();
  for (let n = 0; n < 2 * PIECES_PER_WORKER; n++) assert(typeof file.take(board) === "object");
  assertEquals(file.take(board), Idle.Full);
  const room = file.room(board);
  board.used(0);
  // Waiting on shared memory alone does not keep a program going.
  await Promise.all([room, new Promise((resolve) => setTimeout(resolve, 50))]);
  assert(typeof file.take(board) === "object");
  await Deno.remove(path);
});

Deno.test("tiny packets are read as many at a time as a batch may have", async () => {
  const path = await settled(pcap(true, "us", new Array(999).fill(20)));
  await using capture = await openCapture(path);
  const board = new Board(6), reading = new Reading(beginning(), 2 * PIECES_PER_WORKER);
  using file = opened(path, capture.header, reading, await frameMemory() as FrameMemory)!;
  const counts: number[] = [];
  for (let n = 0;; n++) {
    const batch = file.take(board);
    if (typeof batch === "number") break;
    counts.push(batch.count);
    board.used(n);
  }
  assertEquals(counts, [REPORT_BATCH_PACKETS, 999 - REPORT_BATCH_PACKETS]);
  await Deno.remove(path);
});

Deno.test("a file that is gone, or whose records have not the usual form, is not read so", async () => {
  const memory = await frameMemory() as FrameMemory;
  for (
    const bytes of [
      pcap(true, "mod", [60]),
      join(pcapHeader(true, "us", { minor: 3 }), pcapRecord(true, "us", 1)),
    ]
  ) {
    const path = await settled(bytes);
    await using capture = await openCapture(path);
    assertEquals(
      opened(path, capture.header, new Reading(beginning(), 2 * PIECES_PER_WORKER), memory),
      undefined,
    );
    await Deno.remove(path);
  }
  const path = await settled(pcap(true, "us", [60])), identity = identityOf(Deno.statSync(path));
  await using capture = await openCapture(path);
  const reading = new Reading(beginning(), 2);
  const again = (): unknown => SharedFile.open(path, identity, capture.header, reading, memory);
  // Another file under that name, and none.
  await Deno.rename(await settled(pcap(true, "us", [60])), path);
  assertEquals(again(), undefined);
  await Deno.remove(path);
  assertEquals(again(), undefined);
});

Deno.test("where the kernel's memory is used up, a file is not read so", async () => {
  const path = await settled(pcap(true, "us", sizesOf(100)));
  await using capture = await openCapture(path);
  // How much there is, from one that is then used up.
  let all = 0;
  for (
    const { allocate } = await frameMemory() as FrameMemory, { buffer } = allocate(8);;
    all += 64
  ) {
    if (allocate(64).buffer !== buffer) break;
  }
  // Room for pieces, but not for the longest packets; for the bytes of pieces alone; for nothing.
  for (const left of [400_000, 270_000, 0]) {
    const memory = await frameMemory() as FrameMemory, { buffer } = memory.allocate(8);
    assertEquals(memory.allocate(all - left).buffer, buffer);
    const reading = new Reading(beginning(), 2 * PIECES_PER_WORKER), board = new Board(6);
    using file = opened(path, capture.header, reading, memory)!;
    let packets = 0;
    for (let n = 0;; n++) {
      const batch = file.take(board);
      if (typeof batch === "number") break;
      assertEquals(batch.bytes.buffer, buffer);
      packets += batch.count;
      board.used(n);
    }
    assert(reading.over && !reading.whole);
    assertEquals([reading.packets, packets > 0], [packets, left === 400_000]);
  }
  await Deno.remove(path);
});

Deno.test("a file that is shorter than it was is not read to its end", async () => {
  const path = await settled(pcap(true, "us", sizesOf(400)));
  await using capture = await openCapture(path);
  const reading = new Reading(beginning(), 2 * PIECES_PER_WORKER), board = new Board(6);
  using file = opened(path, capture.header, reading, await frameMemory() as FrameMemory)!;
  assert(typeof file.take(board) === "object");
  await Deno.truncate(path, 1000);
  board.used(0);
  assertEquals([file.take(board), reading.over, reading.whole], [Idle.Over, true, false]);
  await Deno.remove(path);
});

/** A report of a file, and what was said besides. */
async function report(fin: string, format: string, strategy: string, workers: number) {
  const fout = await Deno.makeTempFile(), warnings: string[] = [];
  let error: unknown, length: number | undefined;
  try {
    const extraction = await extract({
      fin,
      fout,
      format,
      extension: false,
      store: false,
      strategy,
      workers,
      onWarning: ({ code, offset, reason }) => warnings.push(`${code} ${offset} ${reason}`),
    });
    length = extraction.length;
  } catch (e) {
    assertInstanceOf(e, Error);
    error = [e.name, e.message];
  }
  const text = await Deno.readTextFile(fout);
  await Deno.remove(fout);
  return { text, warnings, error, length };
}

type Report = Awaited<ReturnType<typeof report>>;

function assertSame(got: Report, expected: Report, message: string): void {
  const { text, ...rest } = got, { text: wanted, ...others } = expected;
  assertEquals(rest, others, message);
  // No difference of texts is made: that takes its time even where there is none.
  assert(text === wanted, message);
}

const kinds: readonly PcapKind[] = ["us", "ns", "mod"];
const record = (number: number, size: number, odd = {}): Uint8Array => {
  const data = new Uint8Array(size).fill(number);
  return pcapRecord(true, "us", number, data, odd);
};
const many = (from: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => record(from + i, 60 + (i * 37) % 1200));
const header = pcapHeader(true, "us", { snap: 0x800000 });

const FILES: Readonly<Record<string, Uint8Array>> = {
  "no packets": header,
  "sound packets": join(header, ...many(1, 900)),
  "an odd packet among others": join(
    header,
    ...many(1, 300),
    record(301, 200, { wire: 100 }),
    ...many(302, 300),
  ),
  "an odd packet first": join(header, record(1, 200, { wire: 100 }), ...many(2, 100)),
  "an empty packet": join(header, ...many(1, 200), record(201, 0), ...many(202, 200)),
  "a packet longer than what is read at a time": join(
    header,
    ...many(1, 200),
    record(201, 600_000),
    ...many(202, 200),
  ),
  "a packet longer than what is searched for one": join(
    header,
    ...many(1, 200),
    record(201, 2_000_000),
    ...many(202, 200),
  ),
  "a file cut in a packet": join(header, ...many(1, 400)).subarray(0, -30),
  "a file cut in a record's header": join(header, ...many(1, 400), record(1, 1).subarray(0, 9)),
  "damage": join(header, ...many(1, 400), new Uint8Array(500).fill(0xff), ...many(1, 50)),
};

// Few runs: each start of a worker is type-checked here.
Object.entries(FILES).forEach(([what, bytes], i) => {
  Deno.test(`threads that read by themselves write what one does: ${what}`, async () => {
    const path = await settled(bytes);
    const expected = await report(path, "ndjson", "inline", 1);
    assertSame(await report(path, "ndjson", "server", 2 + i % 2), expected, what);
    await Deno.remove(path);
  });
});

Deno.test("threads that read by themselves write what one does: each kind of pcap", async () => {
  const formats = ["text", "json", "pcap", "csv", "tree", "ndjson"];
  for (const kind of kinds) {
    for (const le of [true, false]) {
      const path = await settled(pcap(le, kind, sizesOf(300))), format = formats.pop()!;
      const expected = await report(path, format, "inline", 1);
      assertSame(await report(path, format, "server", 2), expected, `${kind} ${format}`);
      await Deno.remove(path);
    }
  }
});

/** The job of writing a file as NDJSON. */
function jobOf(path: string, header: CaptureHeader): Job {
  const format = { name: "ndjson" };
  return { engine: { name: "default" }, format, header, file: path, plugins: [] };
}

/** The file, of which nothing is read in the ordinary way. */
function untouched(path: string): PlainFile {
  const identity = identityOf(Deno.statSync(path));
  return { path, identity, from: unread };
}

// deno-lint-ignore require-yield
async function* unread(): AsyncGenerator<FrameBatch> {
  throw new Error("It is read");
}

Deno.test("what threads read by themselves nobody reads besides", async () => {
  const path = await settled(FILES["sound packets"]), kit = createKit();
  await using capture = await openCapture(path);
  const options = { workers: 2, file: untouched(path) };
  await using crew = await strategyOf("server").start(jobOf(path, capture.header), kit, options);
  const chunks: Uint8Array[] = [];
  let packets = 0, bytes = 0;
  for await (const result of crew.run(unread())) {
    assertEquals(result.sequence, chunks.length);
    chunks.push(result.output!.slice());
    packets += result.count;
    bytes += result.bytes;
  }
  assertEquals([packets, bytes], [900, FILES["sound packets"].length - header.length]);
  const { text } = await report(path, "ndjson", "inline", 1);
  assert(new TextDecoder().decode(join(...chunks)) === text);
  await Deno.remove(path);
});

Deno.test("threads go on where one has read up to", async () => {
  const path = await settled(FILES["sound packets"]), kit = createKit();
  await using capture = await openCapture(path, { batchPackets: 100 });
  const { count, seconds, nanoseconds, clock, recordStarts, recordLengths } =
    (await capture.next())!;
  const job = jobOf(path, capture.header), last = count - 1;
  const from = {
    offset: 24 + recordStarts[last] + recordLengths[last] - recordStarts[0],
    packets: count,
    sequence: 1,
    clock: {
      ...clock,
      previousSeconds: seconds[last],
      previousNanoseconds: nanoseconds[last],
    },
  };
  await using others = helpers(job, { workers: 2, file: untouched(path) }, from);
  await using work = await prepare(job, kit);
  let text = "", sequence = 1;
  for await (const result of others.run(unread(), work)) {
    assertEquals(result.sequence, sequence++);
    text += new TextDecoder().decode(result.output!.slice());
  }
  const whole = (await report(path, "ndjson", "inline", 1)).text;
  assert(text === whole.split("\n").slice(count).join("\n"));
  await Deno.remove(path);
});

for (const change of ["replaced", "shortened"]) {
  Deno.test(`a file that is ${change} while threads read it is no whole file`, async () => {
    const path = await settled(join(header, ...many(1, 900), ...many(1, 900), ...many(1, 900)));
    const fout = await Deno.makeTempFile();
    const options = { fin: path, fout, format: "ndjson", extension: false, store: false };
    let lines = 0, error: unknown;
    const extraction = await start({ ...options, strategy: "server", workers: 2 });
    if (change === "replaced") {
      await Deno.rename(await settled(join(header, ...many(1, 3))), path);
    } else await Deno.truncate(path, 50_000);
    try {
      await extraction.run();
    } catch (e) {
      error = e;
    }
    lines = (await Deno.readTextFile(fout)).split("\n").length - 1;
    // Who has opened it goes on with what it was; who has not, says that something is wrong.
    if (error === undefined) assertEquals([change, lines], ["replaced", 2700]);
    else assertInstanceOf(error, CaptureFormatError);
    await Deno.remove(path);
    await Deno.remove(fout);
  });
}

Deno.test("what a framer of a plug-in cuts nobody reads besides", async () => {
  // It takes every packet's first byte away, where pcapkit's own would show it.
  const name = "hiding";
  const framer: Framer = {
    name,
    title: "hides the first byte of packets",
    detect: pcapFramer.detect,
    open: async (source, options) => {
      const framing = await pcapFramer.open(source, options);
      const next = (): FrameBatch | undefined => {
        const batch = framing.next() as FrameBatch | undefined;
        for (let i = 0; batch && i < batch.count; i++) batch.bytes[batch.starts[i]] = 0xee;
        return batch;
      };
      return {
        header: framing.header,
        next,
        [Symbol.asyncDispose]: () => framing[Symbol.asyncDispose](),
      };
    },
  };
  const path = await settled(FILES["sound packets"]),
    kit = createKit([{ name, framers: [framer] }]);
  assertEquals([...kit.framers.keys()][0], name);
  await using capture = await openCapture(path, { framers: [...kit.framers.values()] });
  assertEquals(capture.framer, framer);
  // An engine that may read the file by itself is told of it; one that must not is not.
  for (const framers of [[], [framer]]) {
    const told: (string | undefined)[] = [];
    const engine: Engine = {
      ...builtin,
      name: "told",
      aliases: [],
      start: (options) => {
        told.push(options.file);
        return builtin.start({ ...options, options: {} });
      },
    };
    const plugins = [{ name, framers, engines: [engine] }];
    await using extraction = await extract({ fin: path, nofile: true, plugins, engine: "told" });
    assertEquals(told, [framers.length === 0 ? path : undefined]);
    assertEquals(extraction.frame.length, 900);
    assertEquals(extraction.frame.every((p) => p.bytes[0] === 0xee), framers.length > 0);
  }
  await Deno.remove(path);
});

Deno.test("threads that may not read by themselves are dealt what is given", async () => {
  const path = await settled(FILES["sound packets"]), kit = createKit();
  await using capture = await openCapture(path);
  const { identity, ...rest } = untouched(path);
  const file = { ...rest, identity: { ...identity, size: identity.size + 1 } };
  await using crew = await strategyOf("server").start(jobOf(path, capture.header), kit, {
    workers: 2,
    file,
  });
  let text = "";
  for await (const { output } of crew.run(capture)) {
    text += new TextDecoder().decode(output!.slice());
  }
  assert(text === (await report(path, "ndjson", "inline", 1)).text);
  await Deno.remove(path);
});

Deno.test("a part of a file is a part of it, whoever reads", async () => {
  const path = await settled(join(header, ...many(1, 900)));
  const part = async (strategy: string): Promise<string> => {
    const fout = await Deno.makeTempFile();
    const base = { fin: path, fout, format: "ndjson", extension: false, store: false, strategy };
    await extract({ ...base, workers: 2, count: 321 });
    const text = await Deno.readTextFile(fout);
    await Deno.remove(fout);
    return text;
  };
  const expected = await part("inline");
  assertEquals(expected.split("\n").length, 322);
  assertEquals(await part("server"), expected);
  await Deno.remove(path);
});
