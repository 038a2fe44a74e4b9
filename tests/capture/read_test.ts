import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CaptureFormatError } from "../../core/errors.ts";
import { openCapture } from "../../capture/open.ts";
import type { ByteSource } from "../../core/source.ts";
import {
  block,
  END,
  epb,
  frame,
  idb,
  join,
  NONE,
  numbers,
  option,
  pcap,
  pcapHeader,
  type PcapKind,
  pcapRecord,
  readAll,
  shb,
  trickle,
} from "./craft.ts";

const ORDERS = [true, false];
const KINDS: PcapKind[] = ["us", "ns", "mod"];
const SIZES = [60, 0, 1, 1514, 61];

Deno.test("pcap of every precision and byte order gives the same frames", async () => {
  for (const le of ORDERS) {
    for (const kind of KINDS) {
      const { frames, error, codes, batches } = await readAll(pcap(le, kind, SIZES));
      assertEquals(error, undefined);
      assertEquals(codes, []);
      assertEquals(frames.map((f) => f.captured), SIZES);
      assertEquals(frames.map((f) => f.data), SIZES.map((size, i) => frame(i + 1, size).toHex()));
      const unit = kind === "ns" ? 1000 : 1_000_000;
      assertEquals(frames[2].time, `1700000003.${String(3 * unit).padStart(9, "0")}`);
      assertEquals(batches[0].littleEndian, le);
      if (kind === "mod") {
        assertEquals(batches[0].modified?.interfaceIndexes[1], 5);
        assertEquals(batches[0].modified?.protocols[1], 0x806);
        assertEquals(batches[0].modified?.packetTypes[1], 3);
      } else assertEquals(batches[0].modified, undefined);
    }
  }
});

Deno.test("pcap cut at every length: frames before the cut, then the right error", async () => {
  for (const kind of KINDS) {
    const sizes = [60, 3, 17];
    const whole = pcap(true, kind, sizes);
    const ends = [24];
    for (const size of sizes) ends.push(ends[ends.length - 1] + (kind === "mod" ? 24 : 16) + size);
    for (let cut = 0; cut <= whole.length; cut++) {
      const { frames, error } = await readAll(whole.subarray(0, cut));
      const complete = Math.max(0, ends.filter((end) => end <= cut).length - 1);
      assertEquals(frames.length, complete, `cut at ${cut}`);
      const code = cut === 0
        ? "E_EMPTY"
        : cut < 4
        ? "E_UNKNOWN_FORMAT"
        : cut < 24
        ? "E_TRUNCATED_HEADER"
        : ends.includes(cut)
        ? undefined
        : "E_TRUNCATED_RECORD";
      assertEquals(error?.code, code, `cut at ${cut}`);
      if (code !== undefined) {
        assertEquals(error?.offset, cut < 4 ? 0 : cut < 24 ? cut : ends[complete]);
      }
    }
  }
});

Deno.test("pcapng cut at every length: frames before the cut, then the right error", async () => {
  for (const le of ORDERS) {
    const parts = [
      shb(le),
      idb(le),
      epb(le, 0, 1n, frame(1, 61)),
      block(le, 3, join(numbers(le, [32, 10]), frame(2, 10))),
      block(le, 0x7777, frame(3, 5)),
      epb(le, 0, 2n, frame(4, 4), join(option(le, 1, frame(1, 3)), END)),
    ];
    const isFrame = [false, false, true, true, false, true];
    const whole = join(...parts);
    const ends: number[] = [];
    for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length);
    for (let cut = 0; cut <= whole.length; cut++) {
      const { frames, error } = await readAll(whole.subarray(0, cut));
      const done = ends.filter((end) => end <= cut).length;
      assertEquals(frames.length, isFrame.slice(0, done).filter(Boolean).length, `cut at ${cut}`);
      const code = cut === 0
        ? "E_EMPTY"
        : cut < 4
        ? "E_UNKNOWN_FORMAT"
        : cut < 28
        ? "E_TRUNCATED_HEADER"
        : ends.includes(cut)
        ? undefined
        : "E_TRUNCATED_BLOCK";
      assertEquals(error?.code, code, `cut at ${cut}`);
      if (code !== undefined) assertEquals(error?.offset, cut < 28 ? 0 : ends[done - 1]);
    }
  }
});

Deno.test("chunks of a few bytes give what the whole gives", async () => {
  const captures = [
    pcap(false, "ns", SIZES),
    pcap(true, "mod", SIZES),
    join(
      shb(true),
      idb(true),
      epb(true, 0, 5n, frame(1, 9000)),
      shb(false),
      idb(false),
      epb(false, 0, 6n, frame(2)),
    ),
  ];
  for (const bytes of captures) {
    const whole = await readAll(bytes);
    for (let most = 1; most <= 7; most++) {
      for (
        const options of [
          {},
          { live: true },
          { reuse: true, live: true },
          { reuse: "next", live: true },
          { reuse: "next", batchBytes: 1 },
          { batchPackets: 1 },
          { batchBytes: 1 },
        ] as const
      ) {
        const { frames, error } = await readAll(trickle(bytes, most), options);
        assertEquals(error, undefined);
        assertEquals(frames, whole.frames);
      }
    }
  }
});

Deno.test("sections of either byte order, interfaces of their own, never mixed in a batch", async () => {
  const resolution = (le: boolean, code: number) => join(option(le, 9, Uint8Array.of(code)), END);
  const bytes = join(
    shb(true),
    idb(true, resolution(true, 9)),
    epb(true, 0, 1_700_000_000_123_456_789n, frame(1)),
    shb(false),
    idb(false, resolution(false, 3), 113),
    idb(false, NONE, 101),
    epb(false, 0, 1_700_000_000_500n, frame(2)),
    epb(false, 1, 1_700_000_000_000_007n, frame(3)),
    shb(true),
    idb(true, resolution(true, 0x8a)),
    epb(true, 0, 1_700_000_000n * 1024n + 512n, frame(4)),
  );
  const { frames, batches, error } = await readAll(bytes);
  assertEquals(error, undefined);
  assertEquals(frames.map((f) => f.time), [
    "1700000000.123456789",
    "1700000000.500000000",
    "1700000000.000007000",
    "1700000000.500000000",
  ]);
  assertEquals(frames.map((f) => f.linkType), [1, 113, 101, 1]);
  assertEquals(frames.map((f) => f.interfaceId), [0, 1, 2, 3]);
  assertEquals(batches.map((b) => b.littleEndian), [true, false, true]);
  assertEquals(batches.at(-1)?.interfaces.map((i) => [i.section, i.id]), [[0, 0], [1, 0], [1, 1], [
    2,
    0,
  ]]);
  assertEquals([...batches[1].blocks!.sections!], [1, 1, 1]);
});

Deno.test("times of every resolution are exact", async () => {
  const values = [
    0n,
    1n,
    999_999n,
    1n << 32n,
    1_700_000_000_123_456_789n,
    (1n << 63n) + 7n,
    (1n << 64n) - 1n,
  ];
  for (const code of [0, 3, 4, 5, 6, 7, 8, 9, 10, 12, 19, 0x80, 0x8a, 0xa0, 0xbf]) {
    const units = (code & 0x80 ? 2n : 10n) ** BigInt(code & 0x7f);
    const bytes = join(
      shb(true),
      idb(true, join(option(true, 9, Uint8Array.of(code)), END)),
      ...values.map((ticks) => epb(true, 0, ticks, frame(1, 4))),
    );
    const { frames } = await readAll(bytes);
    const expected = values.map((ticks) => {
      const fraction = (ticks % units) * 1_000_000_000n / units;
      return `${Number(ticks / units)}.${String(fraction).padStart(9, "0")}`;
    });
    assertEquals(frames.map((f) => f.time), expected, `if_tsresol ${code}`);
  }
});

Deno.test("if_tsoffset moves times, also before the epoch", async () => {
  for (const [offset, seconds] of [[1_700_000_000n, "1700000001"], [-5n, "-4"]] as const) {
    const bytes = join(
      shb(false),
      idb(false, join(option(false, 14, numbers(false, [64, offset])), END)),
      epb(false, 0, 1_250_000n, frame(1)),
    );
    assertEquals((await readAll(bytes)).frames[0].time, `${seconds}.250000000`);
  }
});

Deno.test("old versions swap the lengths", async () => {
  for (
    const [version, captured, wire] of [[{ minor: 2 }, 80, 60], [{ minor: 3 }, 80, 60], [
      { minor: 3 },
      60,
      80,
    ], [{ major: 543, minor: 0 }, 80, 60]] as const
  ) {
    const bytes = join(
      pcapHeader(true, "us", version),
      pcapRecord(true, "us", 1, frame(1), { captured, wire }),
    );
    const { frames, error } = await readAll(bytes);
    assertEquals(error, undefined);
    assertEquals([frames[0].captured, frames[0].wire], [60, 80]);
  }
});

Deno.test("the link-type field carries the FCS length; unknown numbers are told", async () => {
  await using capture = await openCapture(pcapHeader(true, "us", { network: 0x24000001 }));
  assertEquals(capture.header.fcsLength, 4);
  assertEquals(capture.header.linkType, 1);
  const unknown = await readAll(
    join(pcapHeader(true, "us", { network: 65000 }), pcapRecord(true, "us", 1)),
  );
  assertEquals(unknown.codes, ["W_UNKNOWN_LINKTYPE@20"]);
  assertEquals(unknown.frames.length, 1);
});

Deno.test("damage: code, offset and frames before it", async () => {
  const ok = join(shb(true), idb(true), epb(true, 0, 1n, frame(1)));
  const bad = epb(true, 0, 2n, frame(2));
  const patched = (at: number, value: number) => {
    const copy = bad.slice();
    new DataView(copy.buffer).setUint32(at, value, true);
    return join(ok, copy, epb(true, 0, 3n, frame(3)));
  };
  const cases: [string, Uint8Array, string, number][] = [
    ["length 0", patched(4, 0), "E_BAD_BLOCK_LENGTH", 144],
    ["length 93", patched(4, 93), "E_BAD_BLOCK_LENGTH", 144],
    ["length 2 GiB", patched(4, 0x7ffffffc), "E_BAD_BLOCK_LENGTH", 144],
    ["trailer", patched(88, 96), "E_BLOCK_TRAILER", 144],
    ["interface", patched(8, 7), "E_BAD_INTERFACE", 140],
    ["captured length", patched(20, 80), "E_BAD_RECORD_LENGTH", 160],
    ["zeros", join(ok, new Uint8Array(64)), "E_BAD_BLOCK_LENGTH", 140],
  ];
  for (const [what, bytes, code, offset] of cases) {
    const { frames, error } = await readAll(bytes);
    assertEquals([frames.length, error?.code, error?.offset], [1, code, offset], what);
  }
  const twice = pcap(true, "us", [60]);
  const concatenated = await readAll(join(twice, twice));
  assertEquals([concatenated.frames.length, concatenated.error?.code], [1, "E_BAD_RECORD_LENGTH"]);
});

Deno.test("an error comes again when the next batch is asked for again", async () => {
  await using capture = await openCapture(pcap(true, "us", [60, 60]).subarray(0, 150));
  assertEquals((await capture.next())?.count, 1);
  await assertRejects(async () => await capture.next(), CaptureFormatError);
  await assertRejects(async () => await capture.next(), CaptureFormatError);
});

Deno.test("errors name the source, the offset and the reason", async () => {
  const source: ByteSource = {
    name: "some/capture.pcap",
    read: (into) => {
      if (done) return null;
      done = true;
      const bytes = pcap(true, "us", [60]).subarray(0, 50);
      into.set(bytes.subarray(0, into.length));
      rest = bytes.subarray(into.length);
      return Math.min(into.length, bytes.length);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  let done = false;
  let rest: Uint8Array = new Uint8Array(0);
  const { error } = await readAll(source);
  assertEquals(rest.length, 0);
  assertEquals(
    error?.message,
    `Cannot read "some/capture.pcap" at byte 24: the file ends within a record, after 26 of 76 bytes (E_TRUNCATED_RECORD)`,
  );
});

Deno.test("what is no capture is named for what it is", async () => {
  const text = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));
  for (
    const [bytes, code, word] of [
      [text("<!DOCTYPE html>"), "E_UNKNOWN_FORMAT", "HTML"],
      [text("version https://git-lfs.github.com/spec/v1\n"), "E_UNKNOWN_FORMAT", "git lfs pull"],
      [text("\r\n\r\r\n0000"), "E_UNKNOWN_FORMAT", "binary"],
      [text("snoop\0\0\0"), "E_UNSUPPORTED_FORMAT", "snoop"],
      [text("\xfd7zXZ\0\0\0"), "E_UNSUPPORTED_COMPRESSION", "xz"],
      [text("BZh91AY"), "E_UNSUPPORTED_COMPRESSION", "bzip2"],
      [text("PK\x03\x04...."), "E_UNSUPPORTED_COMPRESSION", "zip"],
    ] as const
  ) {
    const { error } = await readAll(bytes);
    assertEquals(error?.code, code);
    assertStringIncludes(error?.message ?? "", word);
  }
});

Deno.test("hostile lengths allocate nothing", async () => {
  const hostile = [
    join(
      pcapHeader(true, "us", { snap: 0 }),
      pcapRecord(true, "us", 1, frame(1), { captured: 8_000_000, wire: 8_000_000 }),
    ),
    join(shb(true), idb(true), numbers(true, [32, 6], [32, 16 * 1024 * 1024], [32, 0])),
    numbers(true, [32, 0x0a0d0d0a], [32, 16 * 1024 * 1024], [32, 0x1a2b3c4d]),
  ];
  for (const bytes of hostile) {
    let largest = 0;
    let at = 0;
    const source: ByteSource = {
      name: "hostile",
      read(into) {
        largest = Math.max(largest, into.length);
        if (at >= bytes.length) return null;
        const count = Math.min(into.length, 5, bytes.length - at);
        into.set(bytes.subarray(at, at + count));
        at += count;
        return count;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const { error } = await readAll(source);
    assert(error?.code.startsWith("E_TRUNCATED_"));
    assert(largest <= 1024 * 1024, `a buffer of ${largest} bytes`);
  }
});

Deno.test("random damage never gives anything but frames and CaptureFormatError", async () => {
  const seeds = [
    pcap(true, "us", SIZES),
    pcap(false, "mod", SIZES),
    join(
      shb(true, join(option(true, 4, frame(1, 9)), END)),
      idb(true),
      epb(true, 0, 1n, frame(1), join(option(true, 2, frame(1, 4)), END)),
      block(true, 4, numbers(true, [16, 1], [16, 8], [64, 7n], [32, 0])),
    ),
  ];
  let random = 1;
  const next = (below: number) => {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    return (random >>> 8) % below;
  };
  for (const seed of seeds) {
    for (let round = 0; round < 400; round++) {
      const bytes = seed.slice();
      for (let k = next(4); k >= 0; k--) bytes[next(bytes.length)] = next(2) ? 0xff : next(256);
      await readAll(bytes);
    }
  }
});

Deno.test("batches kept without reuse stay as they were; limits of batches hold", async () => {
  const bytes = pcap(true, "us", Array.from({ length: 500 }, (_, i) => i % 100));
  const { batches, frames } = await readAll(bytes, { batchPackets: 7 });
  assertEquals(frames.length, 500);
  let number = 1;
  for (const [sequence, batch] of batches.entries()) {
    assertEquals([batch.sequence, batch.firstNumber], [sequence, number]);
    assert(batch.count <= 7);
    for (let i = 0; i < batch.count; i++, number++) {
      const start = batch.starts[i];
      const data = batch.bytes.subarray(start, start + batch.capturedLengths[i]);
      assertEquals(data, frame(number, (number - 1) % 100));
    }
    if (sequence > 0) {
      assertEquals(batch.clock.previousSeconds, 1_700_000_000 + batch.firstNumber - 1);
    }
    assertEquals(batch.clock.firstSeconds, 1_700_000_001);
  }
});

Deno.test("one buffer is enough where each batch is done with before the next", async () => {
  const file = pcap(true, "us", Array.from({ length: 500 }, (_, i) => i % 100));
  const whole = await readAll(file);
  for (const [reuse, most] of [["next", 1], [true, 2]] as const) {
    for (const limits of [{ batchBytes: 4096 }, { batchPackets: 3 }]) {
      const { frames, batches } = await readAll(file, { reuse, ...limits });
      assertEquals(frames, whole.frames);
      assert(batches.length > 4);
      assertEquals(new Set(batches.map((batch) => batch.bytes.buffer)).size, most);
      assertEquals(new Set(batches.map((batch) => batch.starts.buffer)).size, most);
    }
  }
});

Deno.test("a source that fails mid-way: frames first, then its failure with the name", async () => {
  const bytes = pcap(true, "us", [60, 60]);
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 120);
    await Promise.resolve();
    throw new Error("the cable was pulled");
  }
  const { streamSource } = await import("../../capture/source.ts");
  const { frames, error } = await readAll(streamSource(failing(), "cable"));
  assertEquals([frames.length, error?.code, error?.source], [1, "E_IO", "cable"]);
  assertStringIncludes(error?.message ?? "", "the cable was pulled");
});
