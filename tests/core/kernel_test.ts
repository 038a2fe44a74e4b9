import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import { type Depth, ISSUE, LAYER, Walker } from "../../core/catalogue.ts";
import { type FrameMemory, frameMemory, memoryOf } from "../../core/frame_memory.ts";
import { Issue } from "../../core/items.ts";
import { KernelMemory } from "../../core/kernel/memory.ts";
import { CLANG, KERNEL } from "../../core/kernel/wasm.ts";
import { LAYERS_MAX, PACKET_BYTES_MAX, WIRE_LENGTH_PLAUSIBLE } from "../../core/limits.ts";
import { u8 } from "../../core/field.ts";
import { type Protocol, protocol } from "../../core/protocol.ts";
import { openCapture } from "../../capture/open.ts";
import { builtin } from "../../engines/builtin.ts";
import { createKit } from "../../kit.ts";
import { build, clangVersion } from "../../_tools/build_kernel.ts";
import { type Case, lay, Random } from "../../_tools/_fuzz.ts";

// That both walks find the same in damaged packets of all protocols is what tests/fuzz_test.ts looks at.

const SAMPLE = "tests/captures/sample.pcap";
const FCS: FrameBatch["interfaces"] = [
  { linkType: 1, snapLength: 0, fcsLength: 4, section: 0, id: 0, resolution: "10^-6" },
];

/** A frame with so many VLAN tags. */
function tagged(tags: number): Case {
  const bytes = new Uint8Array(14 + tags * 4 + 1), view = new DataView(bytes.buffer);
  for (let i = 0; i < tags; i++) view.setUint16(12 + i * 4, 0x8100);
  view.setUint16(12 + tags * 4, 0x88b5);
  return { bytes, wire: bytes.length, linkType: 1 };
}

/** What a walker finds: rows, where those of each packet start, issues. */
function found(walker: Walker, frames: FrameBatch): number[][] {
  const places = walker.places(frames.count);
  walker.batch(frames, places);
  return [
    [...walker.layers.subarray(0, walker.used)],
    [...places.subarray(0, frames.count + 1)],
    [...walker.issues.subarray(0, walker.issuesUsed)],
  ];
}

async function catalogue(depth: Depth = {}) {
  const { catalogue } = createKit([], depth);
  await catalogue.loadAll();
  return catalogue;
}

Deno.test("the kernel walks a capture as the walk does, and loads the protocols that it meets", async () => {
  const rows: number[][][] = [];
  for (const memory of [undefined, await frameMemory()]) {
    const kit = createKit();
    await using dissector = await builtin.start({
      catalogue: kit.catalogue,
      options: {},
      reuse: true,
    });
    await using capture = await openCapture(SAMPLE, {
      reuse: true,
      batchPackets: 8,
      ...(memory ? { allocate: memory.allocate } : {}),
    });
    const batches: number[][] = [];
    let inMemory = 0;
    for await (const frames of capture) {
      if (memoryOf(frames.bytes.buffer) === memory) inMemory++;
      const { layers, firstLayer, issues, issuesUsed } = await dissector.dissect(frames);
      if (memory) assertEquals(memoryOf(layers.buffer), memory);
      batches.push([
        ...layers.subarray(0, firstLayer[frames.count]),
        ...firstLayer.subarray(0, frames.count + 1),
        ...issues.subarray(0, issuesUsed),
      ]);
    }
    assert(batches.length > 3);
    assertEquals(inMemory, batches.length);
    rows.push(batches);
  }
  assertEquals(rows[1], rows[0]);
});

/** Longest packet that the files below say they have. */
const SNAP_LENGTH = 100;

/** A pcap file of some records, in one of its forms, and where they start. */
function pcapFile(littleEndian: boolean, magic: number, records: number) {
  const sizes = Array.from({ length: records }, (_, i) => 1 + (i * 37) % SNAP_LENGTH);
  const file = new Uint8Array(sizes.reduce((sum, n) => sum + 16 + n, 24));
  const view = new DataView(file.buffer);
  view.setUint32(0, magic, littleEndian);
  view.setUint16(4, 2, littleEndian);
  view.setUint16(6, 4, littleEndian);
  view.setUint32(16, SNAP_LENGTH, littleEndian);
  view.setUint32(20, 1, littleEndian);
  const starts: number[] = [];
  let at = 24;
  sizes.forEach((size, i) => {
    starts.push(at);
    const words = [1_700_000_000 + i, i * 1000 + 999, size, size + i % 3];
    words.forEach((word, k) => view.setUint32(at + k * 4, word, littleEndian));
    file.fill(i, at + 16, at + 16 + size);
    at += 16 + size;
  });
  return { file, starts, view };
}

/** All that reading a file tells: frames, oddities, and how it ends. */
async function told(file: Uint8Array, memory?: FrameMemory): Promise<unknown[]> {
  const all: unknown[] = [];
  try {
    await using capture = await openCapture(file, {
      reuse: true,
      batchPackets: 7,
      onWarning: (warning) => all.push(warning),
      ...(memory ? { allocate: memory.allocate } : {}),
    });
    for await (const batch of capture) {
      const { count } = batch;
      if (memory) assertEquals(memoryOf(batch.starts.buffer), memory);
      all.push([...batch.bytes], batch.clock, batch.firstNumber, batch.interfaces);
      for (
        const column of [
          batch.starts,
          batch.capturedLengths,
          batch.wireLengths,
          batch.seconds,
          batch.nanoseconds,
          batch.linkTypes,
          batch.interfaceIds,
          batch.recordStarts,
          batch.recordLengths,
        ]
      ) all.push([...column.subarray(0, count)]);
    }
  } catch (error) {
    all.push(String(error));
  }
  return all;
}

Deno.test("the kernel cuts pcap as the framer does, sound or damaged, wherever it ends", async () => {
  const random = new Random(2026), memory = await frameMemory();
  let odd = 0, failed = 0, kernel = 0;
  const cut = memory!.cutPcap.bind(memory);
  memory!.cutPcap = (run) => {
    const before = run.count;
    cut(run);
    kernel += run.count - before;
  };
  for (let n = 0; n < 240; n++) {
    const magic = n % 3 === 0 ? 0xa1b23c4d : n % 17 === 1 ? 0xa1b2cd34 : 0xa1b2c3d4;
    const units = n % 3 === 0 ? 1e9 : 1e6, littleEndian = n % 2 === 0;
    const { file, starts, view } = pcapFile(littleEndian, magic, 150);
    const place = (): number => starts[random.below(starts.length)];
    // Words of record headers that are just odd, or just not; a file header in their place; any byte.
    const words = [0, 1, units - 1, units, SNAP_LENGTH, SNAP_LENGTH + 1, PACKET_BYTES_MAX + 1];
    words.push(WIRE_LENGTH_PLAUSIBLE, WIRE_LENGTH_PLAUSIBLE + 1, 0xffff_ffff);
    for (let k = n % 4; k > 0; k--) {
      const what = random.below(8);
      if (what < 6) {
        view.setUint32(
          place() + 4 * random.below(4),
          words[random.below(words.length)],
          littleEndian,
        );
      } else if (what === 6) file.set(file.subarray(0, 16), place());
      else file[24 + random.below(file.length - 24)] = random.below(256);
    }
    // Whole, or ending at a record, in its header, or one byte too soon.
    const length = n % 3 < 2 ? file.length : place() + [0, -1, 1, 15, 16][random.below(5)];
    const part = file.subarray(0, length);
    const want = await told(part);
    assertEquals(await told(part, memory), want);
    if (want.some((w) => typeof w === "object" && w !== null && "code" in w)) odd++;
    if (typeof want.at(-1) === "string") failed++;
  }
  assert(odd > 20 && failed > 40 && kernel > 5000, `${odd} odd, ${failed} failed, ${kernel} cut`);
});

Deno.test("more layers than the kernel has room for are found by the walk", async () => {
  const cat = await catalogue(), memory = new KernelMemory(), walker = memory.walker(cat);
  const cases = Array.from({ length: 1200 }, (_, i) => tagged(80 + i % 40));
  const frames = lay(cases, 0xff, false, memory.allocate);
  const whole = found(new Walker(cat), frames);
  assert(whole[0].length > walker.layers.length);
  assertEquals(found(walker, frames), whole);
  assert(walker.layers.buffer !== memory.buffer);
  // The next batch is the kernel's again.
  const few = lay(cases.slice(0, 9), 0xff, false, memory.allocate);
  assertEquals(found(walker, few), found(new Walker(cat), few));
  assert(walker.layers.buffer === memory.buffer);
});

Deno.test("the kernel looks at no more layers than the walk", async () => {
  const cat = await catalogue(), memory = new KernelMemory();
  const frames = lay([tagged(3), tagged(LAYERS_MAX + 5), tagged(1)], 0, false, memory.allocate);
  const [rows, places, issues] = found(memory.walker(cat), frames);
  assertEquals([rows, places, issues], found(new Walker(cat), frames));
  assertEquals(places[2] - places[1], LAYERS_MAX * LAYER);
  assertEquals(issues.slice(0, 2), [1, Issue.Malformed]);
  assertEquals(issues.length, ISSUE);
});

Deno.test("frames elsewhere, with check sequences, or of which only a part is wanted, are walked as ever", async () => {
  const cases = [tagged(0), tagged(2), { ...tagged(5), wire: 9000 }];
  for (const depth of [{}, { layer: "link" }, { protocols: ["vlan"] }] as const) {
    const cat = await catalogue(depth), memory = new KernelMemory(), walker = memory.walker(cat);
    for (const allocate of [undefined, memory.allocate]) {
      const frames = lay(cases, 0, false, allocate);
      for (const batch of [frames, { ...frames, interfaces: FCS }]) {
        assertEquals(found(walker, batch), found(new Walker(cat), batch));
      }
    }
  }
});

Deno.test("there is no frame memory where WebAssembly cannot be had", async () => {
  const { Memory, Module } = WebAssembly;
  const failing = (error: Error) =>
    function (): never {
      throw error;
    };
  try {
    WebAssembly.Memory = failing(new RangeError("no room")) as unknown as typeof Memory;
    assertEquals(await frameMemory(), undefined);
    WebAssembly.Memory = Memory;
    WebAssembly.Module = failing(
      new WebAssembly.CompileError("forbidden"),
    ) as unknown as typeof Module;
    assertEquals(await frameMemory(), undefined);
    // A fault of our own is not hidden.
    WebAssembly.Module = failing(new TypeError("fault")) as unknown as typeof Module;
    await assertRejects(frameMemory, TypeError, "fault");
  } finally {
    WebAssembly.Memory = Memory;
    WebAssembly.Module = Module;
  }
  assert(await frameMemory() !== undefined);
});

Deno.test("memory for frames that is used up is ordinary memory", () => {
  const memory = new KernelMemory();
  const all = Array.from({ length: 40 }, () => memory.allocate(1024 * 1024));
  assertEquals(all[0].buffer, memory.buffer);
  assert(all[39].buffer !== memory.buffer);
  assertEquals(all.map((a) => a.length), all.map(() => 1024 * 1024));
  const { catalogue } = createKit();
  assertEquals(memory.walker(catalogue).constructor, Walker);
});

Deno.test("a guess is asked only about payloads that begin as it says", async () => {
  const asked: number[] = [];
  const guessed = protocol({
    name: "guessed",
    title: "Guessed",
    label: "Guessed",
    layer: "application",
    fields: { kind: u8("guessed.kind", "Kind") },
    header: "rest",
    guess: {
      tables: ["ethertype"],
      begins: [Uint8Array.of(0x10, 0xff, 7), Uint8Array.of(0x10, 0), Uint8Array.of(0xff, 0x10)],
      test: (b, start) => {
        asked.push(b[start + 1]);
        return b[start + 1] !== 0;
      },
    },
  });
  const { catalogue } = createKit([{ name: "guessing", protocols: [guessed] }]);
  await catalogue.loadAll();
  const memory = new KernelMemory(), id = catalogue.idOf("guessed");
  // Two bytes, as an only one whose neighbour is the frame's end, and none.
  const payloads = [[0x10, 0xff], [0x10, 0xfe], [0x10, 0], [0xff, 0x10], [0, 0x10], [0x10], []];
  const cases = payloads.map((payload) => {
    const bytes = new Uint8Array(14 + payload.length);
    new DataView(bytes.buffer).setUint16(12, 0x88b5);
    bytes.set(payload, 14);
    return { bytes, wire: bytes.length, linkType: 1 };
  });
  for (const walker of [new Walker(catalogue), memory.walker(catalogue)]) {
    asked.length = 0;
    const [rows] = found(walker, lay(cases, 0x77, false, memory.allocate));
    assertEquals(asked, [0xff, 0, 0x10, 0x77]);
    const last = rows.filter((_, i) => i % (2 * LAYER) === LAYER);
    assertEquals(last.map((p) => p === id), [true, false, false, true, false, true]);
  }
});

Deno.test("a guess is asked only about payloads that have what it says", async () => {
  const asked: number[] = [];
  const guessed = (name: string, value: number): Protocol =>
    protocol({
      name,
      title: name,
      label: name,
      layer: "application",
      fields: { kind: u8(`${name}.kind`, "Kind") },
      header: "rest",
      guess: {
        tables: ["ethertype"],
        has: [[1, 0x0f, 5], [9, 0xff, value]],
        test: (b, start, limit) => {
          asked.push(b[start], limit - start);
          return true;
        },
      },
    }) as Protocol;
  const payload = (number: number, length: number, one: number, nine: number): Case => {
    const bytes = new Uint8Array(14 + length);
    new DataView(bytes.buffer).setUint16(12, 0x88b5);
    [number, one].forEach((byte, i) => bytes[14 + i] = byte);
    if (length > 9) bytes[23] = nine;
    return { bytes, wire: bytes.length, linkType: 1 };
  };
  const cases = [
    payload(1, 16, 0xf5, 9),
    payload(2, 16, 0xf4, 9),
    payload(3, 40, 0x05, 8),
    payload(4, 40, 0x05, 9),
    payload(5, 10, 0x15, 9),
    payload(6, 9, 0x15, 9),
    payload(7, 15, 0x15, 8),
  ];
  // With another that guesses after the same table, the kernel asks about more, and no more is found.
  for (
    const [others, want] of [[[], [1, 16, 4, 40, 5, 10]], [[8], [
      1,
      16,
      3,
      40,
      4,
      40,
      5,
      10,
      7,
      15,
    ]]]
  ) {
    const protocols = [9, ...others].map((value) => guessed(`guessed${value}`, value));
    const { catalogue } = createKit([{ name: "guessing", protocols }]);
    await catalogue.loadAll();
    const memory = new KernelMemory(), walks: number[][][] = [];
    for (const walker of [new Walker(catalogue), memory.walker(catalogue)]) {
      asked.length = 0;
      walks.push(found(walker, lay(cases, 9, false, memory.allocate)));
      assertEquals(asked, want);
    }
    assertEquals(walks[1], walks[0]);
  }
});

const clang = await clangVersion();
Deno.test({
  name: `the walk's kernel is what its source compiles to (clang ${CLANG} is needed, ${
    clang ?? "none"
  } is there)`,
  ignore: clang !== CLANG,
  async fn() {
    assertEquals((await build("core/kernel")).toBase64(), KERNEL);
  },
});

Deno.test("what a guess has stands where the kernel looks", () => {
  for (const at of [-1, 0.5, 16, 40]) {
    const guessing = protocol({
      name: "guessing",
      title: "Guessing",
      label: "Guessing",
      layer: "application",
      fields: { kind: u8("guessing.kind", "Kind") },
      guess: { tables: ["ethertype"], has: [[0, 0xff, 1], [at, 0xff, 1]], test: () => true },
    }) as Protocol;
    assertThrows(
      () => createKit([{ name: "guessing", protocols: [guessing] }]),
      RangeError,
      `Cannot guess protocol "guessing" by byte ${at}: bytes are 0 to 15`,
    );
  }
});
