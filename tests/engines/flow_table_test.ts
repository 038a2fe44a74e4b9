import { assert, assertEquals } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import { PlainCounter } from "../../engines/dpkt/counter.ts";
import { conversations, directions, sorted, total } from "../../engines/dpkt/conversations.ts";
import {
  BYTES,
  ENTRY_WORDS,
  FIRST,
  type Flows,
  HASH,
  KIND,
  PACKETS,
  PORTS,
} from "../../engines/dpkt/flow_table.ts";
import { KernelTable } from "../../engines/dpkt/kernel/kernel.ts";
import { CLANG, KERNEL } from "../../engines/dpkt/kernel/wasm.ts";
import { build, clangVersion } from "../../_tools/build_kernel.ts";
import { type Case, lay } from "../../_tools/_fuzz.ts";
import { flowsOf } from "./_agree.ts";

/** A UDP datagram from one number to another: addresses and ports are made of the numbers. */
function datagram(from: number, to: number, six = false, wire?: number): Case {
  const header = six ? 40 : 20, at = 14 + header;
  const bytes = new Uint8Array(at + 8), view = new DataView(bytes.buffer);
  view.setUint16(12, six ? 0x86dd : 0x0800);
  view.setUint8(14, six ? 0x60 : 0x45);
  if (six) {
    view.setUint16(18, 8);
    view.setUint8(20, 17);
    view.setUint32(34, from);
    view.setUint32(50, to);
  } else {
    view.setUint16(16, 28);
    view.setUint8(23, 17);
    view.setUint32(26, from);
    view.setUint32(30, to);
  }
  view.setUint16(at, from & 0xffff);
  view.setUint16(at + 2, to & 0xffff);
  view.setUint16(at + 4, 8);
  return { bytes, wire: wire ?? bytes.length, linkType: 1 };
}

/** Both tables. */
function tables(most: number): (PlainCounter | KernelTable)[] {
  return [new PlainCounter(most, 1), new KernelTable(most, 1)];
}

/** Batches of datagrams, one for each pair. */
function* batches(count: number, make: (i: number) => Case): Generator<FrameBatch> {
  for (let first = 0; first < count; first += 5000) {
    const cases = Array.from({ length: Math.min(5000, count - first) }, (_, k) => make(first + k));
    yield { ...lay(cases, 0, false), firstNumber: first + 1 };
  }
}

/** Bits spread over a word, one to one. */
const spread = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0;

Deno.test("flow tables grow, and keep flows apart whose hashes are equal", () => {
  const count = 300_000;
  for (const table of tables(count)) {
    for (let round = 0; round < 2; round++) {
      for (const frames of batches(count, (i) => datagram(spread(i), i, i % 3 === 0))) {
        table.add(frames);
      }
    }
    assertEquals(table.count, count);
    const hashes = new Set<number>();
    for (let i = 0; i < count; i++) {
      hashes.add(table.words[i * ENTRY_WORDS + HASH]);
      assertEquals(table.floats[i * ENTRY_WORDS / 2 + PACKETS], 2);
      assertEquals(table.words[i * ENTRY_WORDS + FIRST], i + 1);
    }
    // By the birthday rule some ten of them: without any, this would have tested nothing.
    assert(hashes.size < count && hashes.size > count - 100, `${count - hashes.size} equal hashes`);
  }
});

Deno.test("flow tables say what they did not keep", () => {
  for (const table of tables(10)) {
    for (const frames of batches(100, (i) => datagram(i % 25, 7))) table.add(frames);
    assertEquals(table.count, 10);
    assertEquals(table.packets, 100);
    assertEquals(table.unkeptPackets, 60);
    for (let i = 0; i < 10; i++) assertEquals(table.floats[i * 8 + PACKETS], 4);
  }
});

Deno.test("flow tables count lengths on the wire beyond 2^32", () => {
  for (const table of tables(10)) {
    for (let k = 0; k < 3; k++) {
      for (const frames of batches(1, () => datagram(1, 2, false, 0xffff_ffff))) table.add(frames);
    }
    assertEquals(table.floats[BYTES], 3 * 0xffff_ffff);
    assertEquals(table.bytes, 3 * 0xffff_ffff);
  }
});

Deno.test("flow tables whose hashes begin elsewhere count the same", () => {
  const flows = [new PlainCounter(1000, 1), new PlainCounter(1000, 2), new KernelTable(1000, 3)];
  for (const table of flows) {
    for (const frames of batches(3000, (i) => datagram(i % 900, 3, i % 2 === 0))) table.add(frames);
  }
  assertEquals(flowsOf(flows[1]), flowsOf(flows[0]));
  assertEquals(flowsOf(flows[2]), flowsOf(flows[0]));
  assert(flows[0].words[HASH] !== flows[1].words[HASH]);
});

Deno.test("the kernel takes frames larger than its room for copies at a time", () => {
  const table = new KernelTable(10, 1);
  const large: Case[] = Array.from({ length: 5 }, (_, i) => {
    const { bytes } = datagram(i, 2);
    const frame = new Uint8Array(8 * 1024 * 1024);
    frame.set(bytes);
    return { bytes: frame, wire: frame.length, linkType: 1 };
  });
  table.add(lay(large, 0, false));
  assertEquals([table.count, table.packets, table.otherPackets], [5, 5, 0]);
  assertEquals(table.floats[BYTES], 8 * 1024 * 1024);
});

Deno.test("the kernel gives memory elsewhere when its own is used up", () => {
  const table = new KernelTable(10, 1);
  const { buffer } = table.words;
  const parts = Array.from({ length: 40 }, () => table.allocate(1024 * 1024));
  assert(parts[0].buffer === buffer && parts[39].buffer !== buffer);
  assertEquals(parts.map((p) => p.length), parts.map(() => 1024 * 1024));
  assertEquals(parts.map((p) => p.byteOffset % 8), parts.map(() => 0));
});

Deno.test("conversations are flows of both directions", () => {
  const table = new PlainCounter(100, 1);
  const pairs = [[1, 2], [2, 1], [1, 2], [3, 3], [4, 5], [3, 3], [2, 1], [2, 1], [6, 5]];
  for (const frames of batches(pairs.length, (i) => datagram(pairs[i][0], pairs[i][1]))) {
    table.add(frames);
  }
  const found = conversations(table);
  const shown = (flows: Flows) =>
    Array.from({ length: found.count }, (_, c) => {
      const w = found.forward[c] * ENTRY_WORDS;
      const port = new Uint8Array(flows.words.buffer, (w + PORTS) * 4, 4);
      return [
        (port[0] << 8) | port[1],
        (port[2] << 8) | port[3],
        total(flows.floats, found, c, PACKETS),
        found.backward[c] < 0 ? 0 : flows.floats[found.backward[c] * 8 + PACKETS],
      ];
    });
  assertEquals(shown(table), [[1, 2, 5, 3], [3, 3, 2, 0], [4, 5, 1, 0], [6, 5, 1, 0]]);
  assertEquals(directions(table).count, 5);
});

Deno.test("conversations of many hosts are put together exactly", () => {
  const table = new PlainCounter(100_000, 1);
  const count = 20_000;
  for (const frames of batches(count, (i) => datagram(spread(i), i, i % 2 === 0))) {
    table.add(frames);
  }
  for (const frames of batches(count, (i) => datagram(i, spread(i), i % 2 === 0))) {
    table.add(frames);
  }
  const found = conversations(table);
  assertEquals([table.count, found.count], [2 * count, count]);
  for (let c = 0; c < count; c++) {
    assertEquals([found.forward[c], found.backward[c]], [c, c + count]);
  }
});

Deno.test("flows are put in order by each key", () => {
  const table = new PlainCounter(100, 1);
  const all = [[9, 1], [3, 2], [3, 2], [5, 0], [5, 0], [5, 0]];
  for (const frames of batches(6, (i) => datagram(all[i][0], all[i][1], i === 0, 100 - i * 10))) {
    table.add(frames);
  }
  const each = directions(table);
  const by = (key: Parameters<typeof sorted>[2]) => [...sorted(table, each, key)];
  assertEquals(by("first"), [0, 1, 2]);
  assertEquals(by("packets"), [2, 1, 0]);
  assertEquals(
    by("bytes"),
    [2, 1, 0].sort((a, b) => table.floats[b * 8 + 7] - table.floats[a * 8 + 7]),
  );
  assertEquals(by("src"), [1, 2, 0]);
  assertEquals(by("dst"), [2, 1, 0]);
  assertEquals(by("protocol"), [0, 1, 2]);
  assertEquals(table.words[KIND] & 0xff, 6);
});

const clang = await clangVersion();
Deno.test({
  name: `the kernel is what its source compiles to (clang ${CLANG} is needed, ${
    clang ?? "none"
  } is there)`,
  ignore: clang !== CLANG,
  async fn() {
    assertEquals((await build("engines/dpkt/kernel")).toBase64(), KERNEL);
  },
});

Deno.test("flow tables are put together, in the order of the capture, and used again when cleared", () => {
  const parts = [0, 1, 2].map((
    part,
  ) => [...batches(9000, (i) => datagram(i % 700 + 300 * part, i % 7, i % 2 === 0))]);
  for (const most of [20_000, 500]) {
    const whole = new PlainCounter(most, 1);
    for (const [k, part] of parts.entries()) {
      for (const frames of part) {
        whole.add({ ...frames, firstNumber: frames.firstNumber + 9000 * k });
      }
    }
    assert(most === 500 ? whole.unkeptPackets > 0 : whole.count > 500);
    for (const total of tables(most)) {
      // What one table counts of a part must not remain when it counts the next.
      for (const piece of tables(20_000)) {
        total.clear();
        for (const [k, part] of parts.entries()) {
          piece.clear();
          for (const frames of part) piece.add(frames);
          total.addFlows(piece, 9000 * k);
        }
        const { count, packets, bytes, otherPackets, unkeptPackets } = whole;
        assertEquals(
          [total.count, total.packets, total.bytes, total.otherPackets, total.unkeptPackets],
          [count, packets, bytes, otherPackets, unkeptPackets],
        );
        for (let i = 0; i < count; i++) {
          const w = i * ENTRY_WORDS;
          assertEquals(
            total.words.slice(w + KIND, w + ENTRY_WORDS),
            whole.words.slice(w + KIND, w + ENTRY_WORDS),
          );
        }
      }
    }
  }
});
