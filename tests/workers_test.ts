import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { FrameBatch } from "../core/batch.ts";
import type { Crew, Job, Plugin } from "../core/engine.ts";
import { createKit, type Kit, loadKit } from "../kit.ts";
import { extract, open, openCapture, strategyOf } from "../mod.ts";
import { Board } from "../workers/_board.ts";
import { CaptureFormatError } from "../core/errors.ts";
import { pcap } from "./capture/craft.ts";
import { has, pcapkit } from "./cli/_process.ts";
import { packFrames, packPackets, unpackFrames, unpackPackets } from "../workers/_pack.ts";

const CAPTURES = new URL("captures/", import.meta.url);
const FAULTY = new URL("../_tools/_faulty_plugin.ts", import.meta.url).href;
const captures = [...Deno.readDirSync(CAPTURES)].map((e) => e.name)
  .filter((n) => /\.pcap(ng)?$/.test(n)).sort();

/** Does a job to a capture; answers all its bytes. */
async function bytesBy(
  strategy: string,
  workers: number,
  name: string | Uint8Array,
  format: string,
  given?: Kit,
  job: Partial<Job> = {},
  batchPackets = 5,
): Promise<string> {
  const kit = given ?? createKit();
  await using capture = await openCapture(
    typeof name === "string" ? new URL(name, CAPTURES) : name,
    { batchPackets },
  );
  await using crew = await strategyOf(strategy).start(
    {
      engine: { name: "default" },
      format: { name: format },
      header: capture.header,
      plugins: kit.plugins.map((p) => p.module!),
      ...job,
    },
    kit,
    { workers },
  );
  const chunks = [crew.head.slice()];
  for await (const { output } of crew.run(capture)) if (output) chunks.push(output.slice());
  chunks.push(crew.tail.slice());
  return new TextDecoder("latin1").decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

for (const format of ["ndjson", "json", "text", "pcapng"]) {
  Deno.test(`every strategy writes the same ${format} as inline, for 1 to 4 workers`, async () => {
    const name = "sample.pcapng";
    const expected = await bytesBy("inline", 1, name, format);
    for (const workers of [1, 2, 3, 4]) {
      assertEquals(await bytesBy("server", workers, name, format), expected, name);
    }
    assertEquals(await bytesBy("pipeline", 1, name, format), expected, name);
    assertEquals(await bytesBy("auto", 2, name, format), expected, name);
  });
}

Deno.test("server writes the same of every capture", async () => {
  for (const name of captures) {
    const expected = await bytesBy("inline", 1, name, "ndjson");
    assertEquals(await bytesBy("server", 2, name, "ndjson"), expected, name);
  }
});

/** The batches of a capture, the first after some milliseconds, so that threads are there. */
async function* slowly(
  frames: AsyncIterable<FrameBatch>,
  wait: number,
): AsyncGenerator<FrameBatch> {
  for await (const batch of frames) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = 1;
    yield batch;
  }
}

Deno.test("server writes the same where it deals batches out in parts, on threads and on this one", async () => {
  // Sections one after the other: each brings interfaces of its own.
  const sample = await Deno.readFile(new URL("sample.pcapng", CAPTURES)), times = 8;
  const bytes = new Uint8Array(sample.length * times);
  for (let i = 0; i < times; i++) bytes.set(sample, i * sample.length);
  for (const format of ["ndjson", "pcapng", "json"]) {
    const kit = createKit();
    const expected = await bytesBy("inline", 1, bytes, format, kit, {}, 150);
    // Who does what is a matter of chance, until both have done something.
    const places = new Set<boolean>();
    for (let wait = 100; places.size < 2; wait *= 2) {
      assert(wait < 10_000, `${format}: all by ${places.has(true) ? "threads" : "this one"}`);
      await using capture = await openCapture(bytes, { batchPackets: 150 });
      await using crew = await strategyOf("server").start(
        { engine: { name: "default" }, format: { name: format }, header: capture.header },
        kit,
        { workers: 2 },
      );
      const chunks = [crew.head.slice()], sequence: number[] = [];
      for await (const result of crew.run(slowly(capture, wait))) {
        chunks.push(result.output!.slice());
        // Only threads answer in shared memory.
        places.add(result.output!.buffer instanceof SharedArrayBuffer);
        sequence.push(result.sequence);
      }
      chunks.push(crew.tail.slice());
      const all = await new Blob(chunks as BlobPart[]).arrayBuffer();
      assertEquals(new TextDecoder("latin1").decode(all), expected, format);
      assertEquals(sequence, sequence.map((_, i) => i));
    }
  }
});

Deno.test("server writes the same where plug-ins keep it to its threads", async () => {
  const kit = await loadKit([FAULTY]);
  const engine = { name: "faulty", options: {} };
  for (const name of ["sample.pcap", "sample.pcapng"]) {
    const expected = await bytesBy("inline", 1, name, "ndjson");
    for (const workers of [1, 2, 4]) {
      assertEquals(await bytesBy("server", workers, name, "ndjson", kit, { engine }), expected);
    }
  }
});

Deno.test("packets come back from workers, in order and whole", async () => {
  for (const name of captures.filter((_n, i) => i % 9 === 0)) {
    const lists: string[][] = [];
    for (const strategy of ["inline", "server", "pipeline"]) {
      const list: string[] = [];
      const opened = open(new URL(name, CAPTURES), { strategy, workers: 2 });
      for await (const packet of opened) {
        list.push(JSON.stringify([packet, packet.chain, packet.summary]) + packet.hexdump);
      }
      lists.push(list);
    }
    assert(lists[0].length > 0);
    assertEquals(lists[1], lists[0], name);
    assertEquals(lists[2], lists[0], name);
  }
});

Deno.test("a report and the packets besides, from workers", async () => {
  const fout = await Deno.makeTempFile();
  const options = { fin: new URL("sample.pcap", CAPTURES), fout, format: "text", extension: false };
  const alone = await extract({ ...options, strategy: "inline" });
  const text = await Deno.readTextFile(fout);
  const spread = await extract({ ...options, strategy: "server", workers: 2 });
  assertEquals(await Deno.readTextFile(fout), text);
  assertEquals(spread.frame.map((p) => p.chain), alone.frame.map((p) => p.chain));
  assert(spread.length > 0);
  await Deno.remove(fout);
});

Deno.test("a batch is the same after its way to a thread and back", async () => {
  for (const name of captures) {
    const kit = createKit();
    await using capture = await openCapture(new URL(name, CAPTURES), { batchPackets: 7 });
    await using dissector = await kit.engines.get("default")!.start({
      catalogue: kit.catalogue,
      options: {},
      reuse: false,
    });
    const made: SharedArrayBuffer[] = [];
    const bufferOf = (bytes: number) => made[made.push(new SharedArrayBuffer(bytes)) - 1];
    const board = new Board(2), other = new Board(board.memory);
    for await (const batch of capture) {
      const n = batch.sequence;
      board.offer(n, packFrames(batch, bufferOf), made.length, batch.interfaces.length);
      assertEquals([other.take(0), other.take(0)], [n, -1]);
      const packed = other.frames(n);
      assertEquals(packed.ref, { id: n % 2, version: made.length });
      const back = unpackFrames(packed, made.at(-1)!, batch.interfaces.slice(0, packed.interfaces));
      assertEquals([back.sequence, back.firstNumber, back.count], [
        n,
        batch.firstNumber,
        batch.count,
      ]);
      assertEquals([back.clock, back.leads], [batch.clock, batch.leads]);
      assertEquals(back.interfaces, batch.interfaces);
      const shift = batch.count > 0 ? batch.starts[0] - back.starts[0] : 0;
      for (let i = 0; i < batch.count; i++) {
        const bytes = (b: FrameBatch) =>
          b.bytes.slice(b.recordStarts[i], b.recordStarts[i] + b.recordLengths[i]);
        assertEquals(bytes(back), bytes(batch));
        assertEquals(back.starts[i] + shift, batch.starts[i]);
      }
      for (const key of ["seconds", "nanoseconds", "linkTypes", "interfaceIds"] as const) {
        const [there, here] = [back, batch].map((b) => [...b[key].subarray(0, b.count)]);
        assertEquals(there, here, key);
      }
      assertEquals(back.blocks?.count, batch.blocks?.count);
      const packets = await dissector.dissect(back);
      const rows = packPackets(packets, [3, 1], bufferOf);
      const { packets: again, ready } = unpackPackets(rows, made.at(-1)!, back);
      assertEquals([...ready], [3, 1]);
      assertEquals([...again.firstLayer], [...packets.firstLayer.subarray(0, back.count + 1)]);
      assertEquals([...again.layers], [...packets.layers.subarray(0, again.layers.length)]);
      assertEquals(again.issuesUsed, packets.issuesUsed);
    }
  }
});

/** How a faulty engine is to fail, and what is to be heard of it. */
const FAULTS = [
  ["start", "cannot start today"],
  ["throw", "packet 3 was too much"],
  ["late", "from behind"],
  ["close", "closed from within"],
] as const;

/** Five good packets, and one that the file ends within. */
const CUT = pcap(true, "us", [60, 60, 60, 60, 60, 60]).subarray(0, -10);

for (
  const [strategy, workers, engine] of [
    ["inline", 1, "default"],
    ["server", 1, "default"],
    ["server", 3, "default"],
    ["pipeline", 1, "default"],
    ["inline", 1, "tshark"],
    ["pipeline", 1, "tshark"],
  ] as const
) {
  Deno.test({
    name:
      `${strategy} of ${workers}, ${engine}: all good packets come before the error of a bad file`,
    ignore: engine === "tshark" && !has("tshark"),
    async fn() {
      await using capture = await openCapture(CUT, { batchPackets: 1 });
      const job = { engine: { name: engine }, format: { name: "csv" }, header: capture.header };
      await using crew = await strategyOf(strategy).start(job, createKit(), { workers });
      let lines = "";
      const { code, offset } = await assertRejects(async () => {
        for await (const { output } of crew.run(capture)) {
          lines += new TextDecoder().decode(output!.slice());
        }
      }, CaptureFormatError);
      assertEquals([code, offset], ["E_TRUNCATED_RECORD", 24 + 5 * 76]);
      assertEquals(lines.split("\n").length - 1, 5, lines);
    },
  });
}

Deno.test("once a run is cancelled, a source that fails ends it at once", async () => {
  const stop = new AbortController();
  async function* broken(): AsyncGenerator<FrameBatch> {
    await using capture = await openCapture(CUT, { batchPackets: 1 });
    for await (const batch of capture) {
      yield batch;
      stop.abort(new Error("enough"));
      throw new Error("and no more");
    }
  }
  const kit = await loadKit([FAULTY]);
  await using crew = await strategyOf("server").start(
    {
      engine: { name: "faulty", options: { fault: "slow" } },
      format: { name: "csv" },
      plugins: [FAULTY],
    },
    kit,
    { workers: 1, signal: stop.signal },
  );
  await assertRejects(
    async () => {
      for await (const _ of crew.run(broken()));
    },
    Error,
    "enough",
  );
});

for (const strategy of ["server", "pipeline"]) {
  for (const [fault, message] of FAULTS) {
    Deno.test(`${strategy}: an engine that fails (${fault}) ends the run with its error`, async () => {
      const kit = await loadKit([FAULTY]);
      await assertRejects(
        () =>
          bytesBy(strategy, 2, "sample.pcap", "text", kit, {
            engine: { name: "faulty", options: { fault } },
          }),
        Error,
        message,
      );
    });
  }
}

Deno.test("server refuses an engine whose packets depend on one another, and says why", async () => {
  const kit = await loadKit([FAULTY]);
  const job = { engine: { name: "stateful" } };
  await assertRejects(
    () => bytesBy("server", 2, "sample.pcap", "text", kit, job),
    RangeError,
    "depends on those before it",
  );
  const expected = await bytesBy("inline", 1, "sample.pcap", "text", kit, job);
  assertEquals(await bytesBy("server", 1, "sample.pcap", "text", kit, job), expected);
  assertEquals(await bytesBy("pipeline", 1, "sample.pcap", "text", kit, job), expected);
});

Deno.test("a plug-in without a module is refused by workers, and its name said", async () => {
  const plugin: Plugin = { name: "nowhere" };
  const fin = new URL("sample.pcap", CAPTURES);
  await assertRejects(
    () => extract({ fin, nofile: true, plugins: [plugin], strategy: "server" }),
    RangeError,
    'plug-in "nowhere"',
  );
});

Deno.test("numbers of workers that make no sense are refused", async () => {
  for (const workers of [0, -1, 1.5, 1000]) {
    await assertRejects(() => bytesBy("server", workers, "sample.pcap", "text"), RangeError);
  }
  await assertRejects(() => bytesBy("teamwork", 1, "sample.pcap", "text"), RangeError, "pipeline");
});

for (const strategy of ["server", "pipeline"]) {
  Deno.test(`${strategy}: cancelling ends it at once, whatever the engine does`, async () => {
    const kit = await loadKit([FAULTY]);
    const stop = new AbortController();
    await using capture = await openCapture(new URL("sample.pcap", CAPTURES), { batchPackets: 3 });
    const crew: Crew = await strategyOf(strategy).start(
      {
        engine: { name: "faulty", options: { fault: "slow" } },
        format: { name: "text" },
        header: capture.header,
        plugins: [FAULTY],
      },
      kit,
      { workers: 2, signal: stop.signal },
    );
    const timer = setTimeout(() => stop.abort(new Error("enough")), 50);
    try {
      await assertRejects(
        async () => {
          for await (const _ of crew.run(capture));
        },
        Error,
        "enough",
      );
    } finally {
      clearTimeout(timer);
      await crew[Symbol.asyncDispose]();
    }
  });
}

Deno.test("without permission to read its program no worker is started, and the error says which to give", async () => {
  const path = `${CAPTURES.pathname}sample.pcap`;
  const allow = [`--allow-read=${path}`, "--no-prompt"];
  for (const args of [[path, "-f", "text"], ["flows", path]]) {
    const { code, err } = await pcapkit([...args, "--strategy", "server"], { allow });
    assertEquals(code, 2);
    assertMatch(err, /^pcapkit: Cannot start workers: .*--allow-read=.*\n$/);
    const alone = await pcapkit([...args, "--strategy", "auto"], { allow });
    assertEquals([alone.code, /error/i.test(alone.err)], [0, false]);
  }
});
