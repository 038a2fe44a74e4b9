import { assert, assertEquals } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import { type Depth, ISSUE, LAYER, Walker } from "../../core/catalogue.ts";
import { frameMemory, memoryOf } from "../../core/frame_memory.ts";
import { Issue } from "../../core/items.ts";
import { KernelMemory } from "../../core/kernel/memory.ts";
import { CLANG, KERNEL } from "../../core/kernel/wasm.ts";
import { LAYERS_MAX } from "../../core/limits.ts";
import { u8 } from "../../core/field.ts";
import { protocol } from "../../core/protocol.ts";
import { openCapture } from "../../capture/open.ts";
import { builtin } from "../../engines/builtin.ts";
import { createKit } from "../../kit.ts";
import { build, clangVersion } from "../../_tools/build_kernel.ts";
import { type Case, lay } from "../../_tools/_fuzz.ts";

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
