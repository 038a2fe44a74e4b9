import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  CopiedRecords,
  DirectRecords,
  type Records,
  recordsOf,
  StreamRecords,
} from "../../capture/libpcap/_records.ts";
import { rawHandle } from "../../capture/libpcap/handle.ts";
import { PcapHandle } from "../../capture/libpcap/mod.ts";
import { PCAP_HEADER_BYTES, PCAP_MAGIC_NANOSECONDS } from "../../capture/pcap.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "./_library.ts";
import { frame } from "./_network.ts";

const LINUX = Deno.build.os === "linux" && LIBPCAP !== undefined;
const WITHOUT_STREAMS = WITHOUT_LIBPCAP || (LINUX ? "" : " (skipped: it is done on Linux only)");

/** A savefile of frames with these lengths, as libpcap on this computer writes it. */
function savefile(lengths: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = lengths.reduce((sum, length) => sum + 16 + length, PCAP_HEADER_BYTES);
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  view.setUint32(0, PCAP_MAGIC_NANOSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, 1, true);
  let at = PCAP_HEADER_BYTES;
  for (const [i, length] of lengths.entries()) {
    view.setUint32(at, 1_700_000_000 + i, true);
    view.setUint32(at + 4, i * 1000, true);
    view.setUint32(at + 8, length, true);
    view.setUint32(at + 12, length + i % 3, true);
    bytes.set(frame(i, length), at + 16);
    at += 16 + length;
  }
  return bytes;
}

/** What reading records to their end gave. */
interface Read {
  readonly bytes: Uint8Array;
  /** Packets of each `fill`. */
  readonly counts: number[];
  /** Whether something was left to be read after a `fill`. */
  readonly spilled: boolean[];
}

/** Reads all records, into these buffers by turns. */
function readAll(
  records: Records,
  buffers: readonly Uint8Array<ArrayBuffer>[],
  packets = 512,
): Read {
  const parts: Uint8Array[] = [], counts: number[] = [], spilled: boolean[] = [];
  const rest = (into: Uint8Array<ArrayBuffer>): boolean => {
    const before = parts.length;
    for (let n; (n = records.read(into)) > 0;) parts.push(into.slice(0, n));
    return parts.length > before;
  };
  rest(buffers[0]);
  for (let turn = 0;; turn = (turn + 1) % buffers.length) {
    const into = buffers[turn];
    const count = records.fill(packets, into);
    assertEquals(records.count > 0, count > 0);
    if (count === 0) break;
    parts.push(into.slice(0, count));
    counts.push(records.count);
    spilled.push(rest(buffers[(turn + 1) % buffers.length]));
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, counts, spilled };
}

const KINDS: Record<string, (handle: PcapHandle) => Records> = {
  direct: (handle) => DirectRecords.open(rawHandle(handle), "test")!,
  stream: (handle) => new StreamRecords(rawHandle(handle), "test"),
  copied: (handle) => new CopiedRecords(handle, "test"),
};
const SMALL = Array.from({ length: 3000 }, (_, i) => 60 + i * 7 % 1400);
const MIXED = Array.from(
  { length: 600 },
  (_, i) => i % 50 < 25 ? 60 + i : 40_000 + i * 31 % 25_000,
);
const buffers = (...sizes: number[]): Uint8Array<ArrayBuffer>[] =>
  sizes.map((size) => new Uint8Array(size));

for (const [kind, make] of Object.entries(KINDS)) {
  Deno.test({
    name:
      `records that are ${kind} are those of the savefile, whatever the buffers${WITHOUT_STREAMS}`,
    ignore: !LINUX,
    fn: () => {
      for (const lengths of [SMALL, MIXED, [], [18], [262_144, 60, 262_144]]) {
        const file = savefile(lengths);
        for (const sizes of [[512 * 1024, 512 * 1024], [4096, 4096], [100_000], [70, 5000, 300]]) {
          using handle = PcapHandle.openBytes(file, { precision: "nanoseconds" });
          const records = make(handle);
          const { bytes, counts } = readAll(records, buffers(...sizes));
          records.close();
          assertEquals(bytes.length, file.length, `${kind} ${sizes}`);
          assert(bytes.every((byte, i) => byte === file[i]), `${kind} ${sizes}`);
          assertEquals(counts.reduce((sum, n) => sum + n, 0), lengths.length);
        }
      }
    },
  });
}

Deno.test({
  name: `on Linux records are written where batches are made of them${WITHOUT_STREAMS}`,
  ignore: !LINUX,
  fn: () => {
    using handle = PcapHandle.openBytes(savefile([60]));
    const records = recordsOf(handle, "test");
    records.close();
    assert(records instanceof DirectRecords);
  },
});

Deno.test({
  name: `so many packets are asked for as fit the buffer, going by those before${WITHOUT_STREAMS}`,
  ignore: !LINUX,
  fn: () => {
    const read = (lengths: readonly number[], size: number): Read => {
      using handle = PcapHandle.openBytes(savefile(lengths));
      const records = DirectRecords.open(rawHandle(handle), "test")!;
      const all = readAll(records, buffers(size, size));
      records.close();
      return all;
    };
    // Small ones: the whole of what is asked for, from the second call on.
    assertEquals(read(SMALL, 1024 * 1024).counts.slice(1, 3), [512, 512]);
    // Long ones: the first call brings more than fits, the others do not.
    const { counts, spilled } = read(Array(300).fill(60_000), 512 * 1024);
    assertEquals([spilled[0], spilled.slice(1).some((s) => s)], [true, false]);
    assertEquals(counts[1], 7);
  },
});

Deno.test({
  name: `a buffer that was given away is not written to any more${WITHOUT_STREAMS}`,
  ignore: !LINUX,
  fn: () => {
    const file = savefile(SMALL);
    using handle = PcapHandle.openBytes(file, { precision: "nanoseconds" });
    const records = DirectRecords.open(rawHandle(handle), "test")!;
    let [into] = buffers(64 * 1024);
    let at = records.read(into);
    for (let fills = 0; fills < 20; fills++) {
      const count = records.fill(20, into);
      assert(count <= into.length);
      assertEquals(into.subarray(0, count), file.subarray(at, at + count));
      at += count;
      const given = structuredClone(into, { transfer: [into.buffer] });
      const copy = given.slice();
      [into] = buffers(64 * 1024);
      at += records.fill(1, into);
      assertEquals(given, copy);
    }
    records.close();
  },
});

Deno.test({
  name: `closed records leave no descriptor open${WITHOUT_STREAMS}`,
  ignore: !LINUX,
  fn: async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, savefile(MIXED));
    const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
    // In a process of its own: other tests open and close descriptors in this one meanwhile.
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        "--no-check",
        `import { DirectRecords } from ${at("../../capture/libpcap/_records.ts")};
        import { PcapHandle, rawHandle } from ${at("../../capture/libpcap/handle.ts")};
        const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
        const handle = PcapHandle.openOffline(${JSON.stringify(file)});
        const before = open();
        const records = DirectRecords.open(rawHandle(handle), "test");
        for (const size of [4096, 8192, 4096, 100_000]) {
          const into = new Uint8Array(size);
          records.fill(10, into);
          while (records.read(into) > 0);
        }
        // Closed while something waits to be read.
        records.fill(10, new Uint8Array(4096));
        const most = open();
        records.close();
        console.log(JSON.stringify([most > before, open() - before]));`,
      ],
    }).output();
    assertEquals(
      new TextDecoder().decode(stdout).trim(),
      "[true,0]",
      new TextDecoder().decode(stderr),
    );
    await Deno.remove(file);
  },
});

Deno.test({
  name: `where there is no memory for what does not fit, that is an error${WITHOUT_STREAMS}`,
  ignore: !LINUX,
  fn: async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, savefile(Array(20).fill(60_000)));
    const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
    // A limit on files' sizes holds for those in memory as well.
    const { stdout } = await new Deno.Command("sh", {
      args: [
        "-c",
        'trap \'\' XFSZ; ulimit -f 200; exec "$0" "$@"',
        Deno.execPath(),
        "eval",
        "--no-check",
        `import { DirectRecords } from ${at("../../capture/libpcap/_records.ts")};
        import { PcapHandle, rawHandle } from ${at("../../capture/libpcap/handle.ts")};
        const handle = PcapHandle.openOffline(${JSON.stringify(file)});
        const records = DirectRecords.open(rawHandle(handle), "test");
        try {
          for (let i = 0; i < 20; i++) records.fill(20, new Uint8Array(200_000));
          console.log("nothing thrown");
        } catch (error) {
          console.log(error.name, error.message);
        }
        records.close();`,
      ],
    }).output();
    const said = new TextDecoder().decode(stdout);
    assertStringIncludes(said, "LibpcapError");
    assertStringIncludes(said, "too large");
    await Deno.remove(file);
  },
});
