import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  batchBlocks,
  type Block,
  type BlockContext,
  decodeBlock,
  decodeJournal,
  decodeSecrets,
  encodeBlock,
  packetOptions,
} from "../../capture/blocks.ts";
import { openCapture } from "../../capture/open.ts";
import { type ByteSink, MemorySink, type WriteLoss } from "../../capture/sink.ts";
import { PcapWriter } from "../../capture/write_pcap.ts";
import { PcapngWriter } from "../../capture/write_pcapng.ts";
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
} from "./craft.ts";

const text = (s: string) => new TextEncoder().encode(s);
const SIZES = [60, 0, 1, 1514, 61];

/** A file with every block and odd paddings, in one byte order. */
function everything(le: boolean): Uint8Array<ArrayBuffer> {
  const custom = join(numbers(le, [32, 32473]), text("data"));
  return join(
    shb(
      le,
      join(
        option(le, 1, text("a file")),
        option(le, 2, text("host")),
        option(le, 4, text("app"), 0xaa),
        END,
      ),
    ),
    idb(
      le,
      join(
        option(le, 2, text("eth0\0")),
        option(le, 3, Uint8Array.of(0xff, 0xfe)),
        option(le, 4, Uint8Array.of(192, 0, 2, 1, 255, 255, 255, 0)),
        option(le, 5, join(frame(1, 16), Uint8Array.of(64))),
        option(le, 6, frame(1, 6)),
        option(le, 7, frame(1, 8)),
        option(le, 8, numbers(le, [64, 10_000_000_000n])),
        option(le, 9, Uint8Array.of(9)),
        option(le, 10, numbers(le, [32, 3600])),
        option(le, 11, join(Uint8Array.of(0), text("tcp port 80"))),
        option(le, 12, text("Linux")),
        option(le, 13, Uint8Array.of(4)),
        option(le, 14, numbers(le, [64, -3n])),
        option(le, 15, text("card")),
        option(le, 16, numbers(le, [64, 1n])),
        option(le, 17, numbers(le, [64, 2n])),
        option(le, 2988, join(numbers(le, [32, 32473]), text("hello"))),
        option(le, 19373, join(numbers(le, [32, 32473]), Uint8Array.of(0, 1))),
        option(le, 999, frame(1, 5)),
        END,
      ),
    ),
    idb(le, join(option(le, 9, Uint8Array.of(12)), END), 101),
    epb(
      le,
      0,
      1_700_000_000_123_456_789n,
      frame(1, 61),
      join(
        option(le, 1, text("one")),
        option(le, 1, text("two\0junk")),
        option(le, 2, numbers(le, [32, 0x01000129])),
        option(le, 3, Uint8Array.of(2, 1, 2, 3, 4)),
        option(le, 4, numbers(le, [64, 5n])),
        option(le, 5, numbers(le, [64, 6n])),
        option(le, 6, numbers(le, [32, 7])),
        option(le, 7, Uint8Array.of(1, 9)),
        END,
      ),
      100,
      0xee,
    ),
    epb(
      le,
      1,
      1_700_000_000_123_456_789_012n % (1n << 64n),
      frame(2),
      option(le, 1, text("no end")),
    ),
    block(le, 3, join(numbers(le, [32, 10]), frame(3, 10))),
    block(
      le,
      2,
      join(
        numbers(le, [16, 0], [16, 4], [32, 1], [32, 2], [32, 8], [32, 9]),
        frame(4, 8),
        option(le, 2, numbers(le, [32, 2])),
        END,
      ),
    ),
    block(
      le,
      4,
      join(
        option(le, 1, join(Uint8Array.of(10, 0, 0, 1), text("a.example\0b.example\0"))),
        option(le, 2, join(frame(9, 16), text("c.example"))),
        option(le, 77, frame(1, 7), 0x55),
        END,
        option(le, 2, text("ns.example")),
        END,
      ),
    ),
    block(
      le,
      5,
      join(
        numbers(le, [32, 0], [32, 0x01020304], [32, 5]),
        option(le, 2, numbers(le, [32, 1], [32, 2])),
        option(le, 4, numbers(le, [64, 1000n])),
        END,
      ),
    ),
    block(le, 10, join(numbers(le, [32, 0x544c534b], [32, 11]), text("CLIENT_ 0 1"))),
    block(le, 9, text("MESSAGE=hi\nDATA\n")),
    block(le, 0xbad, custom),
    block(le, 0x40000bad, custom),
    block(le, 0x7777, frame(5, 8)),
    block(le, 0x80000001, NONE),
  );
}

Deno.test("pcapng read and written again is the same bytes, whatever its blocks and orders", async () => {
  for (const orders of [[true], [false], [true, false, true]]) {
    const bytes = join(...orders.map(everything));
    for (
      const options of [
        {},
        { batchPackets: 1 },
        { reuse: true, batchBytes: 100 },
        { reuse: "next", batchBytes: 100 },
      ] as const
    ) {
      const sink = new MemorySink();
      await using capture = await openCapture(bytes, options);
      await using writer = new PcapngWriter(sink);
      for await (const batch of capture) await writer.write(batch);
      await writer.flush();
      assertEquals(sink.bytes(), bytes);
    }
  }
});

Deno.test("every block decoded and encoded again is the same bytes", async () => {
  for (const le of [true, false]) {
    await using capture = await openCapture(everything(le));
    const kinds = new Set<string>();
    for await (const batch of capture) {
      const context: BlockContext = { littleEndian: le, interfaces: batch.interfaces };
      const check = (start: number, length: number) => {
        const bytes = batch.bytes.slice(start, start + length);
        const decoded = decodeBlock(bytes, context);
        kinds.add(decoded.kind);
        assertEquals(encodeBlock(decoded, context), bytes, decoded.kind);
      };
      for (let i = 0; i < batch.count; i++) check(batch.recordStarts[i], batch.recordLengths[i]);
      for (let i = 0; i < batch.blocks!.count; i++) {
        check(batch.blocks!.starts[i], batch.blocks!.lengths[i]);
      }
    }
    assertEquals(kinds.size, 11);
  }
});

Deno.test("options come typed", async () => {
  for (const le of [true, false]) {
    await using capture = await openCapture(everything(le));
    const batch = (await capture.next())!;
    const options = packetOptions(batch, 0);
    assertEquals(options.comments, ["one", "two"]);
    assertEquals(options.flags, {
      direction: "inbound",
      reception: "multicast",
      fcsLength: 9,
      errors: ["crc"],
    });
    assertEquals(options.hashes, [{
      algorithm: 2,
      algorithmName: "crc32",
      hash: Uint8Array.of(1, 2, 3, 4),
    }]);
    assertEquals([options.dropCount, options.packetId, options.queue], [5n, 6n, 7]);
    assertEquals(options.verdicts, [{ kind: 1, kindName: "ebpf-tc", data: Uint8Array.of(9) }]);
    assertEquals(packetOptions(batch, 1).comments, ["no end"]);
    assertEquals(packetOptions(batch, 2).all, []);
    assertEquals(packetOptions(batch, 3).dropCount, 4n);
    assertEquals(packetOptions(batch, 3).flags, { direction: "outbound" });
    const blocks = [...batchBlocks(batch)].map((placed) => placed.block);
    const eth0 = blocks[1] as Block & { kind: "interface" };
    const value = (name: string) => eth0.options.find((o) => o.name === name)?.value;
    assertEquals(value("if_IPv4addr"), { address: "192.0.2.1", mask: "255.255.255.0" });
    assertEquals(value("if_tsoffset"), -3n);
    assertEquals(value("if_speed"), 10_000_000_000n);
    assertEquals(value("if_filter"), { kind: 0, filter: "tcp port 80" });
    assertEquals(value("custom"), { enterprise: 32473, copy: true, data: "hello" });
    assertEquals(batch.interfaces[0].name, "eth0");
    assertEquals(batch.interfaces[0].offsetSeconds, -3n);
    const names = blocks.find((b) => b.kind === "name-resolution");
    assertEquals(names?.records[0].names, ["a.example", "b.example"]);
    const statistics = blocks.find((b) => b.kind === "statistics");
    assertEquals(statistics?.time, 0x01020304_00000005n - 3_000_000_000n);
  }
});

Deno.test("secrets and journal fields", () => {
  const secrets = (secretsType: number, data: Uint8Array) =>
    decodeSecrets({ kind: "secrets", secretsType, data, options: [] });
  assertEquals(secrets(0x544c534b, text("# c\nCLIENT_RANDOM 0a 0b\r\n")), {
    format: "tls-key-log",
    keys: [{ label: "CLIENT_RANDOM", clientRandom: "0a", secret: "0b" }],
  });
  assertEquals(secrets(0x57474b4c, text("PRESHARED_KEY = abc=\n")), {
    format: "wireguard-key-log",
    keys: [{ label: "PRESHARED_KEY", secret: "abc=" }],
  });
  assertEquals(
    secrets(0x5a4e574b, join(frame(1, 16), Uint8Array.of(0x34, 0x12))).format,
    "zigbee-nwk-key",
  );
  assertEquals(secrets(1, NONE), { format: "unknown" });
  const data = join(text("A=1\nB\n"), numbers(true, [64, 3n]), text("x\ny\n\n"));
  assertEquals(decodeJournal({ kind: "journal", data }), [
    { name: "A", value: "1" },
    { name: "B", value: text("x\ny") },
  ]);
});

Deno.test("decodeBlock never throws", () => {
  let random = 7;
  const next = (below: number) => {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    return (random >>> 8) % below;
  };
  for (let round = 0; round < 3000; round++) {
    const bytes = Uint8Array.from({ length: next(80) }, () => next(3) ? next(4) : 0xff);
    if (bytes.length >= 4) bytes.set([[1, 2, 3, 4, 5, 6, 9, 10][next(8)], 0, 0, 0]);
    decodeBlock(bytes, { littleEndian: true });
  }
});

Deno.test("pcap of every kind read and written with its header is the same bytes", async () => {
  const files = [true, false].flatMap((le) => [
    ...(["us", "ns", "mod"] as PcapKind[]).map((kind) => pcap(le, kind, SIZES)),
    join(
      pcapHeader(le, "us", { minor: 2, zone: 3600, sigfigs: 6, network: 0x24000001 }),
      pcapRecord(le, "us", 1, frame(1), { captured: 80, wire: 60 }),
    ),
  ]);
  for (const bytes of files) {
    for (const options of [{}, { batchPackets: 1 }]) {
      const sink = new MemorySink();
      await using capture = await openCapture(bytes, options);
      await using writer = new PcapWriter(sink, { header: capture.header });
      for await (const batch of capture) await writer.write(batch);
      await writer.flush();
      assertEquals(sink.bytes(), bytes);
    }
  }
});

Deno.test("single frames and chosen frames", async () => {
  const sink = new MemorySink();
  {
    await using capture = await openCapture(pcap(false, "ns", SIZES));
    await using writer = new PcapWriter(sink, { littleEndian: true });
    for await (const batch of capture) await writer.write(batch, [1, 3]);
    await writer.writeFrame({ seconds: 7, nanoseconds: 8, data: frame(9, 5), wireLength: 50 });
  }
  const { frames } = await readAll(sink.bytes());
  assertEquals(frames.map((f) => [f.time, f.captured, f.wire]), [
    ["1700000002.000002000", 0, 0],
    ["1700000004.000004000", 1514, 1514],
    ["7.000000008", 5, 50],
  ]);
});

Deno.test("pcap to pcapng and back keeps every byte and time", async () => {
  for (const le of [true, false]) {
    for (const kind of ["us", "ns"] as PcapKind[]) {
      const original = pcap(le, kind, SIZES);
      const ng = new MemorySink();
      {
        await using capture = await openCapture(original, { batchPackets: 2 });
        await using writer = new PcapngWriter(ng, { littleEndian: !le });
        for await (const batch of capture) await writer.write(batch);
      }
      assertEquals((await readAll(ng.bytes())).frames, (await readAll(original)).frames);
      const back = new MemorySink();
      {
        await using capture = await openCapture(ng.bytes());
        await using writer = new PcapWriter(back, { littleEndian: le });
        for await (const batch of capture) await writer.write(batch);
      }
      assertEquals(back.bytes(), original);
    }
  }
});

Deno.test("what would be lost is refused, or told where that is allowed", async () => {
  const convert = async (bytes: Uint8Array, losses?: WriteLoss[]) => {
    const sink = new MemorySink();
    await using capture = await openCapture(bytes);
    const writer = new PcapWriter(sink, {
      precision: "microseconds",
      ...(losses && { onLoss: (loss) => losses.push(loss) }),
    });
    for await (const batch of capture) await writer.write(batch);
    await writer.flush();
  };
  const nano = join(option(true, 9, Uint8Array.of(9)), END);
  const lossy = join(
    shb(true),
    idb(true, join(option(true, 2, text("eth0")), nano)),
    epb(true, 0, 1_000_000_001n, frame(1), join(option(true, 1, text("c")), END)),
    block(true, 0x7777, NONE),
    block(true, 3, join(numbers(true, [32, 4]), frame(1, 4))),
  );
  await assertRejects(() => convert(lossy), TypeError, "without loss");
  const losses: WriteLoss[] = [];
  await convert(lossy, losses);
  assertEquals(losses.map((loss) => loss.kind).sort(), [
    "blocks",
    "interfaces",
    "options",
    "precision",
    "time",
  ]);
  const two = join(
    shb(true),
    idb(true),
    idb(true, NONE, 101),
    epb(true, 0, 1n, frame(1)),
    epb(true, 1, 2n, frame(2)),
  );
  await assertRejects(() => convert(two, []), TypeError, "link type");
});

Deno.test("blocks made by hand can be read", async () => {
  const sink = new MemorySink();
  {
    await using writer = new PcapngWriter(sink, { littleEndian: false });
    await writer.writeBlock({
      kind: "interface",
      linkType: 1,
      snapLength: 0,
      options: [{ name: "if_name", value: "x" }, { name: "if_tsresol", value: "10^-9" }],
    });
    await writer.writeBlock({
      kind: "enhanced-packet",
      interfaceId: 0,
      time: 1_700_000_000_000_000_001n,
      originalLength: 3,
      data: frame(1, 3),
      options: [{ name: "comment", value: "made by hand" }],
    });
    assertThrows(
      () => writer.writeBlock({ kind: "statistics", interfaceId: 9, time: 0n, options: [] }),
      RangeError,
    );
    await writer.writeFrame({ seconds: 5, nanoseconds: 6, data: frame(2, 9), linkType: 101 });
  }
  const { frames, batches, error } = await readAll(sink.bytes());
  assertEquals(error, undefined);
  assertEquals(frames.map((f) => [f.time, f.linkType, f.captured]), [
    ["1700000000.000000001", 1, 3],
    ["5.000000006", 101, 9],
  ]);
  assertEquals(packetOptions(batches[0], 0).comments, ["made by hand"]);
});

Deno.test("a slow sink gets every byte in order", async () => {
  const original = pcap(true, "us", Array.from({ length: 2000 }, (_, i) => i % 1500));
  const chunks: Uint8Array[] = [];
  let busy = false;
  const slow: ByteSink = {
    async write(bytes) {
      if (busy) throw new Error("a write before the last was done");
      busy = true;
      await new Promise((resolve) => setTimeout(resolve, 1));
      chunks.push(bytes.slice());
      busy = false;
    },
  };
  {
    await using capture = await openCapture(original, { batchPackets: 300 });
    await using writer = new PcapngWriter(slow);
    for await (const batch of capture) await writer.write(batch);
  }
  assertEquals((await readAll(join(...chunks))).frames, (await readAll(original)).frames);
});

Deno.test("frames without a time stay without one", async () => {
  const bytes = join(
    shb(true),
    idb(true, NONE, 1, 8),
    block(true, 3, join(numbers(true, [32, 100]), frame(1, 8))),
  );
  const { frames, batches } = await readAll(bytes);
  assertEquals([frames[0].time, frames[0].captured, frames[0].wire], ["NaN.000000000", 8, 100]);
  const { optionStarts: _, optionLengths: __, blocks: ___, ...plain } = batches[0];
  const sink = new MemorySink();
  {
    await using writer = new PcapngWriter(sink);
    await writer.write(plain);
  }
  assertEquals((await readAll(sink.bytes())).frames, frames);
});
