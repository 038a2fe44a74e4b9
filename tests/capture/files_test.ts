import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib";
import { CaptureFormatError } from "../../core/errors.ts";
import { fileSource } from "../../capture/file_source.ts";
import { openCapture } from "../../capture/open.ts";
import { bytesSource } from "../../capture/source.ts";
import { createPcapFile, createPcapngFile } from "../../capture/write_file.ts";
import { epb, frame, idb, join, numbers, pcap, readAll, shb, trickle } from "./craft.ts";

const SIZES = Array.from({ length: 200 }, (_, i) => 20 + i * 7 % 600);
const PLAIN = pcap(true, "us", SIZES);
const half = PLAIN.length >> 1;

/** An lz4 frame of stored blocks, or of hand-made sequences. */
function lz4(blocks: readonly { stored: boolean; data: Uint8Array }[]): Uint8Array {
  return join(
    numbers(true, [32, 0x184d2204], [8, 0x40], [8, 0x40], [8, 0xc0]),
    ...blocks.flatMap((
      { stored, data },
    ) => [numbers(true, [32, (data.length | (stored ? 0x80000000 : 0)) >>> 0]), data]),
    numbers(true, [32, 0]),
  );
}
const skippable = join(numbers(true, [32, 0x184d2a53], [32, 5]), frame(1, 5));

Deno.test("compressed captures of one and of many parts, whole and in tiny chunks", async () => {
  const expected = (await readAll(PLAIN)).frames;
  const parts = [PLAIN.subarray(0, 10), PLAIN.subarray(10, half), PLAIN.subarray(half)];
  const cases: [string, Uint8Array][] = [
    ["gzip", gzipSync(PLAIN)],
    ["gzip", join(...parts.map((part) => new Uint8Array(gzipSync(part))))],
    ["gzip", join(gzipSync(PLAIN), new Uint8Array(700))],
    ["zstd", zstdCompressSync(PLAIN)],
    [
      "zstd",
      join(skippable, ...parts.map((part) => new Uint8Array(zstdCompressSync(part))), skippable),
    ],
    [
      "lz4",
      lz4(
        parts.slice(0, 2).map((data) => ({ stored: true, data })).concat({
          stored: true,
          data: parts[2],
        }),
      ),
    ],
    ["lz4", join(skippable, ...parts.map((data) => lz4([{ stored: true, data }])))],
  ];
  for (const [compression, bytes] of cases) {
    await using capture = await openCapture(bytes);
    assertEquals(capture.header.compression, compression);
    for (const input of [bytes, trickle(bytes, 7)]) {
      const { frames, error, codes } = await readAll(input);
      assertEquals(error, undefined);
      assertEquals(codes, []);
      assertEquals(frames, expected);
    }
  }
});

Deno.test("lz4 sequences: literals, long lengths, overlapping matches, blocks linked to those before", async () => {
  const capture = pcap(true, "us", [4, 300]);
  capture.fill(0x61, 24 + 16 + 4 + 16); // 300 bytes alike
  const head = capture.subarray(0, 61);
  const lengths = (n: number) => [...Array(Math.floor(n / 255)).fill(255), n % 255];
  const first = join(
    Uint8Array.of(0xf0 | 15, ...lengths(61 - 15)),
    head,
    Uint8Array.of(1, 0),
    Uint8Array.of(...lengths(200 - 19)),
    Uint8Array.of(0),
  );
  const second = join(
    Uint8Array.of(15),
    Uint8Array.of(50, 0),
    Uint8Array.of(...lengths(99 - 19)),
    Uint8Array.of(0),
  );
  const { frames, error } = await readAll(
    lz4([{ stored: false, data: first }, { stored: false, data: second }]),
  );
  assertEquals(error, undefined);
  assertEquals(frames, (await readAll(capture)).frames);
});

Deno.test("damaged compressed data: E_DECOMPRESS after the frames that could be had", async () => {
  const gz = new Uint8Array(gzipSync(PLAIN));
  const zst = new Uint8Array(zstdCompressSync(PLAIN));
  const badCrc = gz.slice();
  badCrc[gz.length - 8] ^= 1;
  const cases: [Uint8Array, number, number][] = [
    [gz.subarray(0, -8), 200, 200],
    [gz.subarray(0, -1), 200, 200],
    [badCrc, 200, 200],
    [gz.subarray(0, gz.length >> 1), 1, 199],
    [gz.subarray(0, 9), 0, 0],
    [
      join(gzipSync(PLAIN.subarray(0, half)), zst.subarray(0, 3), Uint8Array.of(0x1f, 0x8b)),
      0,
      199,
    ],
    [
      join(
        zstdCompressSync(PLAIN.subarray(0, half)),
        zstdCompressSync(PLAIN.subarray(half)).subarray(0, 50),
      ),
      50,
      199,
    ],
    [
      join(
        lz4([{ stored: true, data: PLAIN.subarray(0, half) }]).subarray(0, -4),
        numbers(true, [32, 77]),
      ),
      50,
      199,
    ],
  ];
  for (const [i, [bytes, least, most]] of cases.entries()) {
    const { frames, error, codes } = await readAll(bytes);
    assert(frames.length >= least && frames.length <= most, `case ${i}: ${frames.length}`);
    if (codes.length > 0) assertEquals([error?.code, codes.length], ["E_TRUNCATED_RECORD", 1]);
    else assertEquals(error?.code, "E_DECOMPRESS", `case ${i}`);
    assertStringIncludes(error?.message ?? "", 'Cannot read "bytes"');
  }
});

Deno.test("bytes after compressed data are told; an empty capture and a bomb are bounded", async () => {
  const garbage = await readAll(join(gzipSync(PLAIN), frame(1, 8)));
  assertEquals([garbage.frames.length, garbage.error, garbage.codes.length], [200, undefined, 1]);
  assert(garbage.codes[0].startsWith("W_TRAILING_DATA"));
  assertEquals((await readAll(new Uint8Array(gzipSync(new Uint8Array(0))))).error?.code, "E_EMPTY");
  // 1 GiB of zeros in a few kilobytes, as frames without bytes: read in pieces, never at once.
  const member = gzipSync(new Uint8Array(16 * 1024 * 1024));
  await using capture = await openCapture(
    join(gzipSync(pcap(true, "us", [])), ...Array(4).fill(member)),
    { reuse: true },
  );
  let frames = 0;
  for await (const batch of capture) {
    assert(batch.bytes.length <= 1024 * 1024);
    frames += batch.count;
  }
  assertEquals(frames, 4 * 1024 * 1024);
});

Deno.test("a gzip header with every field is passed", async () => {
  const bytes = join(
    Uint8Array.of(0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 3, 0, 9, 9, 9),
    new TextEncoder().encode("name\0comment\0"),
    Uint8Array.of(0, 0),
    deflateRawSync(PLAIN),
    numbers(true, [32, crc32(PLAIN)], [32, PLAIN.length]),
  );
  assertEquals((await readAll(bytes)).frames.length, 200);
});

Deno.test("what cannot be opened: E_IO with the reason, /dev/null empty", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.symlink("nowhere", `${dir}/dangling`);
    await Deno.symlink("loop", `${dir}/loop`);
    for (
      const [path, reason] of [[dir, "directory"], [`${dir}/dangling`, "symbolic link"], [
        `${dir}/loop`,
        "link",
      ], [`${dir}/missing`, "no such file"]]
    ) {
      const { error } = await readAll(path);
      assertEquals([error?.code, error?.source], ["E_IO", path]);
      assertStringIncludes(error?.reason ?? "", reason);
    }
    if (Deno.build.os !== "windows") {
      assertEquals((await readAll("/dev/null")).error?.code, "E_EMPTY");
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("files, URLs, pipes and standard input give what bytes give", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const path = `${dir}/a b.pcap`;
    await Deno.writeFile(path, PLAIN);
    const expected = (await readAll(PLAIN)).frames;
    assertEquals((await readAll(path)).frames, expected);
    assertEquals((await readAll(new URL(`file://${dir}/a%20b.pcap`))).frames, expected);
    assertEquals((await readAll(await fileSource(path))).frames, expected);
    if (Deno.build.os === "windows") return;
    const fifo = `${dir}/fifo`;
    await new Deno.Command("mkfifo", { args: [fifo] }).output();
    const feeding = new Deno.Command("sh", { args: ["-c", 'cat "$1" > "$2"', "-", path, fifo] })
      .output();
    assertEquals((await readAll(fifo)).frames, expected);
    await feeding;
    const script = `import { openCapture } from ${
      JSON.stringify(new URL("../../capture/open.ts", import.meta.url).href)
    };
      let n = 0; await using c = await openCapture("-"); for await (const b of c) n += b.count; console.log(n);`;
    await Deno.writeTextFile(`${dir}/stdin.ts`, script);
    for (
      const command of [
        'cat "$1" | "$2" run --no-config -A "$3"',
        '"$2" run --no-config -A "$3" < "$1"',
      ]
    ) {
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", command, "-", path, Deno.execPath(), `${dir}/stdin.ts`],
      }).output();
      assertEquals(new TextDecoder().decode(stdout).trim(), "200");
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a growing file is followed, also in the middle of a record, until the signal", async () => {
  const path = await Deno.makeTempFile();
  const stop = new AbortController();
  try {
    const bytes = pcap(true, "us", [60, 60, 60]);
    using file = await Deno.open(path, { write: true });
    await file.write(bytes.subarray(0, 10));
    const opening = openCapture(path, { follow: true, signal: stop.signal });
    await file.write(bytes.subarray(10, 130));
    await using capture = await opening;
    assertEquals((await capture.next())?.count, 1);
    const second = capture.next();
    await file.write(bytes.subarray(130, 200));
    assertEquals((await second)?.count, 1);
    const third = capture.next();
    setTimeout(() => stop.abort(), 20);
    assertEquals(await third, undefined);
    assertEquals(await capture.next(), undefined);
    assertEquals(capture.warningCount, 0);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("an aborted signal ends any other reading with its reason", async () => {
  const stop = new AbortController();
  await using capture = await openCapture(pcap(true, "us", [60, 60]), {
    signal: stop.signal,
    batchPackets: 1,
  });
  assertEquals((await capture.next())?.count, 1);
  stop.abort(new DOMException("enough", "AbortError"));
  await assertRejects(async () => await capture.next(), DOMException, "enough");
});

Deno.test("files written, compressed by name, and appended to", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const expected = (await readAll(PLAIN)).frames;
    for (
      const name of ["a.pcap", "a.pcap.gz", "a.pcap.zst", "a.pcapng", "a.pcapng.gz", "a.pcapng.zst"]
    ) {
      const path = `${dir}/${name}`;
      const create = name.includes("pcapng") ? createPcapngFile : createPcapFile;
      for (let round = 0; round < 2; round++) {
        await using capture = await openCapture(bytesSource(PLAIN));
        await using writer = await create(path, { append: true });
        for await (const batch of capture) await writer.write(batch);
      }
      const { frames, error } = await readAll(path);
      assertEquals(error, undefined);
      const all = [...expected, ...expected].map(({ interfaceId: _, ...rest }) => rest);
      assertEquals(frames.map(({ interfaceId: _, ...rest }) => rest), all, name);
    }
    assertEquals(await Deno.readFile(`${dir}/a.pcap`), join(PLAIN, PLAIN.subarray(24)));
    await assertRejects(
      () => createPcapFile(`${dir}/a.pcapng`, { append: true }),
      CaptureFormatError,
    );
    await assertRejects(
      () => createPcapngFile(`${dir}/a.pcap.gz`, { append: true }),
      CaptureFormatError,
    );
    await assertRejects(
      () => createPcapFile(`${dir}/a.pcap`, { append: true, linkType: 101 }),
      TypeError,
      "linkType",
    );
    for (
      const [path, options, reason] of [
        ["no/such/dir.pcap", {}, "no such file or directory"],
        ["a.pcap", { createNew: true }, "it exists already"],
      ] as const
    ) {
      const error = await assertRejects(() => createPcapFile(`${dir}/${path}`, options), Error);
      assertEquals(error.message, `Cannot write "${dir}/${path}": ${reason}`);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("thousands of interfaces and sections", async () => {
  const many = join(
    shb(true),
    ...Array.from({ length: 3000 }, () => idb(true)),
    epb(true, 2999, 1n, frame(1)),
  );
  const { frames, error } = await readAll(join(many, many));
  assertEquals(error, undefined);
  assertEquals(frames.map((f) => f.interfaceId), [2999, 5999]);
});
