/** The index of a capture: exact for every way of cutting it, whatever is in it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  CaptureFormatError,
  type CaptureIndex,
  chunkStart,
  indexCapture,
  type IndexHead,
  indexHead,
  joinRanges,
  openCapture,
  openChunk,
  resync,
  scanRange,
} from "../../capture/mod.ts";
import { tellAll } from "./_frames.ts";
import {
  block,
  dice,
  END,
  epb,
  frame,
  idb,
  join,
  numbers,
  option,
  pcap,
  pcapHeader,
  pcapRecord,
  shb,
} from "./craft.ts";

const PLAIN = (value: unknown): string =>
  JSON.stringify(value, (_key, v) => typeof v === "bigint" ? `${v}n` : v);

interface Told {
  lines: string[];
  error: string | undefined;
  warnings: string;
}

/** What reading from the start says. */
async function inOrder(bytes: Uint8Array): Promise<Told> {
  await using capture = await openCapture(bytes);
  const { lines, error } = await tellAll(capture);
  return { lines, error, warnings: `${capture.warningCount} ${PLAIN(capture.warnings)}` };
}

/** Indexes by ranges; everything goes through the structured clone that threads use. */
async function indexed(
  bytes: Uint8Array,
  cuts: readonly number[],
  chunkBytes: number,
): Promise<CaptureIndex> {
  const head = await indexHead(bytes) as IndexHead;
  return structuredClone(
    await joinRanges(
      structuredClone(head),
      cuts,
      async (request) => structuredClone(await scanRange(bytes, structuredClone(request))),
      { chunkBytes },
    ),
  );
}

/** What the chunks of an index say, put one after the other. */
async function byChunks(bytes: Uint8Array, index: CaptureIndex, batch: number): Promise<Told> {
  const lines: string[] = [];
  let error: string | undefined;
  let end = index.chunks[0].start;
  for (let at = 0; at < index.chunks.length; at++) {
    assertEquals(error, undefined, "damage is in the last chunk only");
    const start = structuredClone(chunkStart(index, at));
    assertEquals(start.start, end, "chunks have no gaps");
    end = start.end;
    await using framing = openChunk(bytes, start, { batchPackets: batch });
    const before = lines.length;
    if (index.header.format === "pcapng") {
      const described = lines.filter((line) => line.startsWith("block 1 "));
      assertEquals(start.interfaces.length, described.length);
    }
    ({ error } = await tellAll(framing, lines));
    const frames = lines.slice(before).filter((line) => !line.startsWith("block"));
    assertEquals(frames.length, start.frames);
    const { minSeconds, minNanoseconds, maxSeconds, maxNanoseconds } = index.chunks[at];
    const times = frames.map((line) => line.split(" ").slice(1, 3).map(Number))
      .filter(([s]) => !Number.isNaN(s)).sort(([s, n], [t, m]) => s - t || n - m);
    assertEquals(
      [[minSeconds, minNanoseconds], [maxSeconds, maxNanoseconds]],
      times.length === 0 ? [[Infinity, 0], [-Infinity, 0]] : [times[0], times[times.length - 1]],
    );
  }
  assertEquals(end, bytes.length, "the last chunk ends with the file");
  const damage = index.damage &&
    `${index.damage.code} ${index.damage.offset} ${index.damage.reason}`;
  assertEquals(damage, error, "the index knows the damage");
  return { lines, error, warnings: `${index.warningCount} ${PLAIN(index.warnings)}` };
}

/** Cuts a capture in 1 to 16 equal ranges and at random places, and compares. Answers guesses and those redone. */
async function sweep(
  name: string,
  bytes: Uint8Array,
  plans: readonly (readonly number[])[],
  random: () => number,
): Promise<[guesses: number, rescans: number]> {
  const wanted = await inOrder(bytes);
  let guesses = 0, rescans = 0;
  for (const cuts of plans) {
    const chunkBytes = Math.max(
      [1, 100, 1000, 1 << 22][Math.floor(random() * 4)],
      bytes.length >> 9,
    );
    const index = await indexed(bytes, cuts, chunkBytes);
    const told = await byChunks(bytes, index, 1 + Math.floor(random() * 50));
    assertEquals(told, wanted, `${name} cut at ${cuts} in chunks of ${chunkBytes}`);
    guesses += cuts.length;
    rescans += index.rescans;
  }
  return [guesses, rescans];
}

function equalCuts(size: number, ranges: number): number[] {
  return Array.from({ length: ranges - 1 }, (_, i) => Math.floor(size * (i + 1) / ranges));
}

function randomCuts(size: number, random: () => number): number[] {
  return Array.from({ length: 1 + Math.floor(random() * 16) }, () => Math.floor(random() * size));
}

/** pcapng with all that makes places differ: sections of both orders, interfaces in the middle, all kinds of packets. */
function pcapng(random: () => number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let number = 0;
  for (const le of [true, false, true]) {
    parts.push(shb(le, join(option(le, 4, new TextEncoder().encode("test")), END)));
    const resolutions = [6, 9, 0x8a, 3];
    resolutions.forEach((resolution, id) => {
      parts.push(
        idb(
          le,
          join(
            option(le, 9, Uint8Array.of(resolution)),
            option(le, 2, new TextEncoder().encode(`if${id}`)),
            ...(id === 1 ? [option(le, 14, numbers(le, [64, -1_700_000_100n]))] : []),
            END,
          ),
          id === 2 ? 101 : 1,
          id === 0 ? 200 : 0,
        ),
      );
      for (let i = 0; i < 40; i++) {
        const size = Math.floor(random() * 190) + 1;
        const on = Math.floor(random() * (id + 1));
        const units = [1_000_000n, 1_000_000_000n, 1024n, 1000n][on];
        const ticks = 1_700_000_000n * units + BigInt(Math.floor(random() * 5000));
        const data = frame(++number & 0xff, size);
        const kind = random();
        if (kind < 0.1) {
          parts.push(block(le, 3, join(numbers(le, [32, data.length]), data)));
        } else if (kind < 0.2) {
          const head = [[16, on], [16, 7], [32, Number(ticks >> 32n)]] as const;
          const low = Number(ticks & 0xffffffffn);
          const lengths = [[32, low], [32, size], [32, size + 3]] as const;
          const pad = new Uint8Array(-size & 3);
          parts.push(block(le, 2, join(numbers(le, ...head, ...lengths), data, pad)));
        } else if (kind < 0.25) {
          parts.push(block(le, 4, join(numbers(le, [16, 0], [16, 0]))));
        } else if (kind < 0.3) {
          parts.push(block(le, 5, numbers(le, [32, on + 3 * (i & 1)], [32, 0], [32, 0])));
        } else {
          const options = kind < 0.5 ? join(option(le, 1, frame(3, i)), END) : new Uint8Array(0);
          parts.push(epb(le, on, ticks, data, options, kind < 0.35 ? 5 : size));
        }
      }
    });
  }
  return join(...parts);
}

/** Captures of every kind, sound and damaged. */
function captures(): [name: string, bytes: Uint8Array][] {
  const random = dice(7);
  const sizes = Array.from({ length: 200 }, () => Math.floor(random() * 150));
  const made: [string, Uint8Array][] = [];
  for (const le of [true, false]) {
    for (const kind of ["us", "ns", "mod"] as const) {
      made.push([`${kind} ${le ? "little" : "big"}`, pcap(le, kind, sizes)]);
    }
  }
  // Not in time order, with oddities of every kind, of an unassigned link type.
  const odd = Array.from({ length: 200 }, (_, i) =>
    pcapRecord(true, "us", i, frame(i, 20), {
      seconds: Math.floor(random() * 1000),
      fraction: random() < 0.1 ? 2_500_000 : i,
      wire: random() < 0.1 ? 3 : random() < 0.1 ? 1 << 28 : 20,
    }));
  made.push(["odd", join(pcapHeader(true, "us", { snap: 19, network: 77 }), ...odd)]);
  for (const minor of [2, 3]) {
    const swapped = (i: number) => ({ captured: i % 3 ? 30 : 20, wire: i % 3 ? 20 : 30 });
    const records = Array.from(
      { length: 100 },
      (_, i) =>
        pcapRecord(
          false,
          "us",
          i,
          frame(i, 20),
          minor === 2 ? { captured: 30, wire: 20 } : swapped(i),
        ),
    );
    made.push([`version 2.${minor}`, join(pcapHeader(false, "us", { minor }), ...records)]);
  }
  const ng = pcapng(random);
  made.push(["pcapng", ng]);
  const single = Array.from(
    { length: 300 },
    (_, i) => epb(true, 0, BigInt(1e15) + BigInt(i), frame(i & 0xff, i % 90)),
  );
  made.push(["pcapng, one interface", join(shb(true), idb(true), ...single)]);
  const late = join(...single.slice(0, 100), idb(true), ...single.slice(100));
  made.push(["pcapng, an interface later", join(shb(true), idb(true), late)]);
  for (const [name, bytes] of [...made]) {
    made.push([`${name}, cut`, bytes.subarray(0, Math.floor(bytes.length * 0.8) - 3)]);
    for (let k = 0; k < 3; k++) {
      const copy = bytes.slice();
      for (let i = 0; i < 8; i++) {
        copy[28 + Math.floor(random() * (copy.length - 28))] = Math.floor(random() * 256);
      }
      made.push([`${name}, with damage ${k}`, copy]);
    }
  }
  const again = pcap(true, "us", [60, 60]);
  made.push(["two files in one", join(pcap(true, "us", sizes), again)]);
  made.push(["no packets", pcapHeader(true)]);
  made.push(["a section alone", shb(false)]);
  return made;
}

Deno.test("index: however a capture is cut, its chunks give what reading from the start gives", async () => {
  const random = dice(1);
  let guesses = 0, files = 0;
  for (const [name, bytes] of captures()) {
    const plans = [
      ...Array.from({ length: 16 }, (_, i) => equalCuts(bytes.length, i + 1)),
      ...Array.from({ length: 8 }, () => randomCuts(bytes.length, random)),
    ];
    guesses += (await sweep(name, bytes, plans, random))[0];
    files++;
  }
  assert(guesses > 10_000 && files > 50, `${guesses} guesses in ${files} captures`);
});

const shared = new URL("../../../shared/captures/", import.meta.url);
let haveShared = true;
try {
  Deno.statSync(shared);
} catch {
  haveShared = false;
}

Deno.test({
  name: "index: recorded captures, cut anywhere",
  // Needs ../shared/captures, which is not part of the project.
  ignore: !haveShared,
  async fn() {
    const random = dice(2);
    let files = 0, guesses = 0, rescans = 0;
    for (const folder of Deno.readDirSync(shared)) {
      if (!folder.isDirectory) continue;
      for (const { name } of Deno.readDirSync(new URL(`${folder.name}/`, shared))) {
        const bytes = Deno.readFileSync(new URL(`${folder.name}/${name}`, shared));
        try {
          if ("reason" in await indexHead(bytes)) continue;
        } catch (error) {
          assert(error instanceof CaptureFormatError);
          continue;
        }
        // Large ones take their time; each cut is a test of its own.
        const plans = [randomCuts(bytes.length, random)];
        if (bytes.length < 100_000) plans.push(equalCuts(bytes.length, 1 + files % 16));
        const [g, r] = await sweep(`${folder.name}/${name}`, bytes, plans, random);
        guesses += g;
        rescans += r;
        files++;
      }
    }
    assert(files > 1000, `only ${files} captures`);
    assert(rescans < guesses / 10, `${rescans} of ${guesses} guesses were wrong`);
  },
});

Deno.test("index: a payload that is a perfect chain of records fools the guess, not the index", async () => {
  for (const format of ["pcap", "pcapng"] as const) {
    const record = (i: number, data: Uint8Array): Uint8Array =>
      format === "pcap" ? pcapRecord(true, "us", i, data) : epb(true, 0, BigInt(i), data);
    const fakes = join(...Array.from({ length: 400 }, (_, i) => record(i, frame(i & 0xff, 60))));
    const bytes = join(
      format === "pcap" ? pcapHeader(true) : join(shb(true), idb(true)),
      ...Array.from({ length: 20 }, (_, i) => record(i, fakes)),
    );
    const head = await indexHead(bytes) as IndexHead;
    const random = dice(3);
    let fooled = 0;
    for (let k = 0; k < 20; k++) {
      const cut = 1000 + Math.floor(random() * (bytes.length - 1000));
      const guess = resync(bytes.subarray(cut), cut, head.header, true, true);
      const [, rescans] = await sweep(format, bytes, [[cut]], random);
      const index = await indexed(bytes, [cut], 1 << 22);
      assertEquals(index.frames, 20);
      fooled += guess === index.chunks.at(-1)?.start ? 0 : rescans;
    }
    assert(fooled >= 15, `${fooled} of 20 guesses were wrong, and all were found out`);
  }
});

Deno.test("index: the guess is nearly always right, in every format", async () => {
  const random = dice(4);
  const sizes = Array.from({ length: 3000 }, () => 1 + Math.floor(random() * 1400));
  for (const le of [true, false]) {
    for (const kind of ["us", "ns", "mod"] as const) {
      const records = sizes.map((size, i) =>
        pcapRecord(le, kind, i, frame(i & 0xff, size), { fraction: i })
      );
      const bytes = join(pcapHeader(le, kind), ...records);
      const { header } = await indexHead(bytes) as IndexHead;
      const whole = (await indexed(bytes, [], 1)).chunks.map((chunk) => chunk.start);
      for (let k = 0; k < 200; k++) {
        const cut = Math.floor(random() * (bytes.length - 20_000)) + 24;
        const guess = resync(bytes.subarray(cut), cut, header, le, true);
        assertEquals(guess, whole.find((start) => start >= cut));
      }
    }
  }
});

Deno.test("index: zeros are no chain of empty records", async () => {
  const zeros = new Uint8Array(100_000);
  const bytes = join(
    pcapHeader(true),
    pcapRecord(true, "us", 1, zeros),
    ...Array.from({ length: 50 }, (_, i) => pcapRecord(true, "us", i, frame(i))),
  );
  const { header } = await indexHead(bytes) as IndexHead;
  assertEquals(resync(bytes.subarray(500), 500, header, true, true), 24 + 16 + zeros.length);
});

Deno.test("index: what can be read from the start only has none, and the reason says why", async () => {
  const bytes = pcap(true, "us", [60, 60]);
  const gzip = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(gzip).arrayBuffer());
  assertEquals(await indexCapture(packed), {
    index: undefined,
    reason: "gzip data can be read from the start only",
  });
  assertEquals(await indexCapture("-"), {
    index: undefined,
    reason: "standard input is read once",
  });
  assertEquals(await indexCapture(new URL("http://localhost/a.pcap")), {
    index: undefined,
    reason: "a download is read once",
  });
});

Deno.test("index: what is no capture is the same error as when it is read", async () => {
  for (
    const input of [new Uint8Array(0), new TextEncoder().encode("hello"), "/none.pcap", "/tmp"]
  ) {
    const indexing = await assertRejects(() => indexCapture(input), CaptureFormatError);
    const reading = await assertRejects(() => openCapture(input), CaptureFormatError);
    assertEquals(indexing.message, reading.message);
  }
});

Deno.test("index: a failing scan matters only where its range is needed", async () => {
  const bytes = join(
    pcapHeader(true),
    ...Array.from({ length: 9 }, (_, i) => pcapRecord(true, "us", i)),
  );
  const head = await indexHead(bytes) as IndexHead;
  const failing = (at: number) =>
    joinRanges(
      head,
      [at],
      (request) =>
        request.from > 0 ? Promise.reject(new Error("no worker")) : scanRange(bytes, request),
    );
  await assertRejects(() => failing(100), Error, "no worker");
  // The last record goes beyond the second range's beginning, so that there is nothing in it.
  assertEquals((await failing(bytes.length - 5)).frames, 9);
});
