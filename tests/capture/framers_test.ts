import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { OpenCaptureOptions } from "../../capture/open.ts";
import {
  frame,
  join,
  type Outcome,
  pcap,
  pcapHeader,
  pcapRecord,
  readAll,
  shb,
  trickle,
} from "./craft.ts";

const RECORDED = new URL("../captures/", import.meta.url);
const SHARED = new URL("../../../shared/captures/", import.meta.url);

/** What every framer of pcap must do alike, and why npm:pcap-parser cannot where it cannot. */
interface Kind {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly cannot?: string;
}

const record = (number: number, more: Parameters<typeof pcapRecord>[4] = {}, size = 60) =>
  pcapRecord(true, "us", number, frame(number, size), more);
const SIZES = [60, 1, 1514, 61];
const KINDS: readonly Kind[] = [
  { name: "microseconds, little-endian", bytes: pcap(true, "us", SIZES) },
  { name: "microseconds, big-endian", bytes: pcap(false, "us", SIZES) },
  { name: "no packets", bytes: pcap(true, "us", []) },
  { name: "an empty packet", bytes: pcap(true, "us", [0, 60]) },
  { name: "a large packet", bytes: pcap(true, "us", [60, 3_000_000, 60]) },
  {
    name: "odd records",
    bytes: join(
      pcapHeader(true, "us", { snap: 100 }),
      record(1, { fraction: 2_500_000 }),
      record(2, {}, 200),
      record(3, { wire: 20 }),
      record(4, { wire: 0x7fff_ffff }),
      record(5),
    ),
  },
  {
    name: "two files, one after the other",
    bytes: join(pcap(true, "us", SIZES), pcap(true, "us", SIZES)),
  },
  {
    name: "a record that claims to be longer than any packet",
    bytes: join(pcapHeader(true), record(1), record(2, { captured: 0x7fff_ffff }), record(3)),
  },
  {
    name: "a link type beyond 16 bits",
    bytes: join(pcapHeader(true, "us", { network: 0x1_0001 }), record(1)),
  },
  {
    name: "a check sequence",
    bytes: join(pcapHeader(true, "us", { network: 0x2400_0001 }), record(1)),
  },
  { name: "nanoseconds", bytes: pcap(true, "ns", SIZES), cannot: "it knows microseconds only" },
  {
    name: "the modified format",
    bytes: pcap(true, "mod", SIZES),
    cannot: "it knows one magic number",
  },
  {
    name: "version 2.3",
    bytes: join(pcapHeader(true, "us", { minor: 3 }), record(1)),
    cannot: "it takes the lengths of old versions as they come",
  },
];

async function read(bytes: Uint8Array, options: OpenCaptureOptions): Promise<Outcome> {
  return await readAll(bytes, { ...options, framer: options.framer ?? "pcap" });
}

/** What there is to compare: frames, warnings, the error. */
function told({ frames, codes, error, batches }: Outcome): unknown {
  return {
    frames,
    codes,
    error: error && [error.code, error.offset, error.reason],
    batches: batches.map((b) => [b.sequence, b.firstNumber, b.count, b.clock]),
    records: batches.flatMap((b) =>
      Array.from(
        b.recordStarts.subarray(0, b.count),
        (at, i) => b.bytes.subarray(at, at + b.recordLengths[i]).toHex(),
      )
    ),
  };
}

for (const { name, bytes, cannot } of KINDS) {
  Deno.test({
    name: `pcap-parser reads ${name} as pcap does${cannot ? ` (skipped: ${cannot})` : ""}`,
    ignore: cannot !== undefined,
    async fn() {
      for (const options of [{}, { batchPackets: 2 }, { batchBytes: 4096, batchPackets: 3 }]) {
        const ours = await read(bytes, options);
        assertEquals(told(await read(bytes, { ...options, framer: "pcap-parser" })), told(ours));
      }
      if (bytes.length > 100_000) return;
      const ours = told(await read(bytes, {})) as {
        frames: unknown;
        codes: unknown;
        error: unknown;
      };
      for (const most of [1, 7, 100]) {
        const theirs = await readAll(trickle(bytes, most), { framer: "pcap-parser" });
        const { frames, codes, error } = told(theirs) as typeof ours;
        assertEquals({ frames, codes, error }, {
          frames: ours.frames,
          codes: ours.codes,
          error: ours.error,
        });
      }
    },
  });
  if (cannot === undefined) continue;
  Deno.test(`pcap-parser says that it cannot read ${name}`, async () => {
    const { frames, error } = await read(bytes, { framer: "pcap-parser" });
    assertEquals(frames, []);
    assertEquals(error?.code, "E_UNSUPPORTED_FORMAT");
    assertStringIncludes(error!.message, 'use the framer "pcap"');
  });
}

Deno.test("pcap-parser reads a file cut at every length as pcap does", async () => {
  const whole = pcap(true, "us", [60, 3, 17]);
  for (let cut = 1; cut <= whole.length; cut++) {
    const part = whole.subarray(0, cut);
    const ours = await read(part, {}), theirs = await read(part, { framer: "pcap-parser" });
    assertEquals(told(theirs), told(ours), `cut at ${cut}`);
  }
});

Deno.test("pcap-parser says that pcapng is none of its formats", async () => {
  const { error } = await read(join(shb(true), new Uint8Array(100)), { framer: "pcap-parser" });
  assertEquals(error?.code, "E_UNKNOWN_FORMAT");
});

Deno.test("pcap-parser's frames stay whole when buffers are used again", async () => {
  const bytes = pcap(true, "us", Array.from({ length: 300 }, (_, i) => 40 + i * 7 % 1400));
  const options = { reuse: true, batchBytes: 5000 };
  const ours = await read(bytes, options);
  const theirs = await read(bytes, { ...options, framer: "pcap-parser" });
  assertEquals(ours.frames.length, 300);
  assertEquals(theirs.frames, ours.frames);
});

function there(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}

function* files(folder: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    const url = new URL(encodeURIComponent(entry.name) + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) yield* files(url);
    else yield url;
  }
}

for (const [where, folder] of [["tests/captures", RECORDED], ["../shared", SHARED]] as const) {
  Deno.test({
    name: `pcap-parser reads every pcap of ${where} as pcap does (skipped where it is missing)`,
    ignore: !there(folder),
    async fn() {
      let same = 0, refused = 0;
      for (const url of files(folder)) {
        const bytes = Deno.readFileSync(url);
        const magic = bytes.subarray(0, 4).toHex();
        if (!/^(a1b2(c3d4|3c4d|cd34)|(d4c3|4d3c|34cd)b2a1)$/.test(magic)) continue;
        const ours = await read(bytes, {}), theirs = await read(bytes, { framer: "pcap-parser" });
        if (theirs.error?.code === "E_UNSUPPORTED_FORMAT") refused++;
        else {
          same++;
          assertEquals(told(theirs), told(ours), url.pathname);
        }
      }
      assert(same > 10 && refused < same / 5, `${same} the same, ${refused} refused`);
    },
  });
}
