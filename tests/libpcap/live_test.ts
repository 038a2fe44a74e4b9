import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { extract, open, openCapture } from "../../mod.ts";
import {
  FilterSyntaxError,
  live,
  type LiveCapture,
  type LiveOptions,
  NoSuchDeviceError,
} from "../../capture/libpcap/mod.ts";
import type { FrameBatch } from "../../capture/mod.ts";
import { createKit } from "../../kit.ts";
import {
  addPair,
  frame,
  frames,
  installed,
  neighbour,
  network,
  numberOf,
  run,
  send,
  sleep,
  WITHOUT_NETWORK,
} from "./_network.ts";

/** A test that needs a network of its own, and perhaps programs. */
function test(name: string, fn: () => Promise<void>, ...programs: string[]): void {
  const missing = programs.filter((program) => !installed(program));
  const without = WITHOUT_NETWORK ||
    (missing.length > 0 ? ` (skipped: no ${missing.join(", ")})` : "");
  Deno.test({ name: name + without, ignore: without !== "", fn });
}

/** What a batch's frame holds; a copy. */
function bytesOf(batch: FrameBatch, i: number): Uint8Array {
  return batch.bytes.slice(batch.starts[i], batch.starts[i] + batch.capturedLengths[i]);
}

/** The frames of a capture, as bytes. */
async function collect(capture: AsyncIterable<FrameBatch>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const batch of capture) {
    for (let i = 0; i < batch.count; i++) found.push(bytesOf(batch, i));
  }
  return found;
}

/** Captures what is sent on `b1` while `act` runs, until `options` end it. */
async function captured(options: LiveOptions, act: () => void): Promise<Uint8Array[]> {
  await using capture = await live("b0", options).open();
  act();
  return await collect(capture);
}

test("live delivers frames byte for byte, with time, number and interface", async () => {
  using _ = network();
  const sent = frames(3000);
  await using capture = await live("b0", { count: sent.length, filter: "ether proto 0x88b5" })
    .open();
  const before = Date.now() / 1000;
  send("b1", sent);
  let number = 1, sequence = 0, last = 0;
  for await (const batch of capture) {
    assertEquals([batch.sequence, batch.firstNumber], [sequence++, number]);
    assertEquals(batch.interfaces.length, 1);
    const { name, linkType, snapLength, filter, resolution } = batch.interfaces[0];
    assertEquals([name, linkType, snapLength, filter, resolution], [
      "b0",
      1,
      262_144,
      "ether proto 0x88b5",
      "10^-9",
    ]);
    for (let i = 0; i < batch.count; i++, number++) {
      assertEquals(bytesOf(batch, i), sent[number - 1]);
      assertEquals(batch.wireLengths[i], sent[number - 1].length);
      const time = batch.seconds[i] + batch.nanoseconds[i] / 1e9;
      assert(time >= last && time > before - 1 && time < before + 60);
      last = time;
    }
  }
  assertEquals(number - 1, sent.length);
  assertEquals(capture.stopReason, "count");
  const { received, dropped, interfaceDropped, captured } = capture.stats();
  assertEquals([received, dropped, interfaceDropped, captured], [3000, 0, 0, 3000]);
});

test("live and tcpdump capture the same frames", async () => {
  using _ = network();
  const file = await Deno.makeTempFile({ suffix: ".pcap" });
  const tcpdump = new Deno.Command("tcpdump", {
    args: [
      "-i",
      "b0",
      "-B",
      "16384",
      "-s",
      "2048",
      // Else what its last block holds is lost when it is interrupted.
      "--immediate-mode",
      "-w",
      file,
      "-U",
      "-Z",
      "root",
      "--time-stamp-precision=nano",
    ],
    stderr: "piped",
    stdout: "null",
  }).spawn();
  const ready = tcpdump.stderr.getReader();
  await ready.read();
  const stop = new AbortController();
  await using capture = await live("b0", { signal: stop.signal }).open();
  send("b1", frames(500));
  await sleep(200);
  stop.abort();
  const ours = await collect(capture);
  tcpdump.kill("SIGINT");
  await ready.cancel();
  await tcpdump.status;
  await using written = await openCapture(file);
  const theirs = await collect(written);
  assertEquals([ours.length, theirs.length], [500, 500]);
  assertEquals(ours.map((bytes) => bytes.toHex()), theirs.map((bytes) => bytes.toHex()));
  assertEquals(capture.stopReason, "signal");
  await Deno.remove(file);
}, "tcpdump");

test("frames longer than a batch's memory arrive byte for byte", async () => {
  using _ = network();
  for (const name of ["b0", "b1"]) run("ip", "link", "set", name, "mtu", "65535");
  // Small ones first, so that many are asked for when the long ones come.
  const sent = Array.from({ length: 900 }, (_, i) => frame(i, i < 600 ? 60 : 20_000 + i * 40));
  for (const reuse of [false, true]) {
    await using capture = await live("b0", { count: sent.length, bufferSize: 64 * 1024 * 1024 })
      .open({ reuse });
    send("b1", sent);
    let number = 0;
    for await (const batch of capture) {
      for (let i = 0; i < batch.count; i++) assertEquals(bytesOf(batch, i), sent[number++]);
    }
    assertEquals([number, capture.stats().dropped], [sent.length, 0]);
  }
});

test("live ends by count, bytes, time and predicate, and says why", async () => {
  using _ = network();
  const cases: [LiveOptions, number, string][] = [
    [{ count: 7 }, 7, "count"],
    [{ bytes: 60 * 5 + 1 }, 6, "bytes"],
    [{ stopWhen: (batch, i) => numberOf(bytesOf(batch, i)) === 8 }, 9, "predicate"],
    [{ durationMs: 600 }, 20, "duration"],
  ];
  for (const [options, expected, reason] of cases) {
    await using capture = await live("b0", options).open();
    send("b1", Array.from({ length: 20 }, (_, i) => frame(i, 60)));
    const found = await collect(capture);
    assertEquals(found.map(numberOf), Array.from({ length: expected }, (_, i) => i));
    assertEquals(capture.stopReason, reason as never);
  }
  for (const key of ["count", "bytes", "durationMs"]) {
    assertThrows(() => live("b0", { [key]: 0 }), RangeError, key);
  }
});

test("live delivers what came before it was stopped, however much", async () => {
  using _ = network();
  const capture = await live("b0", { timeoutMs: 200 }).open();
  send("b1", frames(5000));
  capture.stop();
  assertEquals((await collect(capture)).length, 5000);
  assertEquals(capture.stopReason, "stop");
  const aborted = live("b0", { signal: AbortSignal.abort() });
  assertEquals((await collect(aborted)).length, 0);
  const never = live("b0");
  never.stop();
  assertEquals((await collect(never)).length, 0);
});

test("live minds snap length, precision, direction and link type", async () => {
  using _ = network();
  const cut = await captured({ snapLength: 40, count: 10 }, () => send("b1", frames(10)));
  assertEquals(cut, frames(10).map((bytes) => bytes.subarray(0, 40)));
  const inOnly = await captured({ direction: "in", durationMs: 500 }, () => {
    send("b1", frames(3));
    send("b0", frames(3, 100));
  });
  assertEquals(inOnly.map(numberOf), [0, 1, 2]);
  const outOnly = await captured({ direction: "out", durationMs: 500 }, () => {
    send("b1", frames(3));
    send("b0", frames(3, 100));
  });
  assertEquals(outOnly.map(numberOf), [100, 101, 102]);
  for (const precision of ["microseconds", "nanoseconds"] as const) {
    await using capture = await live("b0", { precision, count: 20, immediate: true }).open();
    send("b1", frames(20));
    let fine = false;
    for await (const batch of capture) {
      for (let i = 0; i < batch.count; i++) fine ||= batch.nanoseconds[i] % 1000 !== 0;
    }
    assertEquals(fine, precision === "nanoseconds");
  }
  for (const [linkType, at] of [[113, 16], [276, 20]]) {
    await using capture = await live("any", {
      linkType,
      count: 1,
      filter: "ether proto 0x88b5",
      direction: "in",
    }).open();
    send("b1", frames(1));
    for await (const batch of capture) {
      assertEquals(batch.linkTypes[0], linkType);
      assertEquals(bytesOf(batch, 0).subarray(at), frame(0).subarray(14));
    }
  }
  await assertRejects(() => live("b0", { linkType: 105 }).open(), Error, "b0");
  await assertRejects(() => live("b0", { timestampType: "nonsense" }).open(), RangeError);
});

test("the filter of a running capture can be changed, and a bad one changes nothing", async () => {
  using _ = network();
  await using capture = await live("b0", { filter: "ether[14:4] < 5" }).open();
  const found: number[] = [];
  const reading = (async () => {
    for await (const batch of capture) {
      for (let i = 0; i < batch.count; i++) found.push(numberOf(bytesOf(batch, i)));
    }
  })();
  send("b1", frames(20));
  await sleep(100);
  assertThrows(() => capture.setFilter("no such filter"), FilterSyntaxError);
  capture.setFilter("ether[14:4] >= 15");
  send("b1", frames(20));
  await sleep(100);
  capture.setFilter("");
  send("b1", frames(2, 1000));
  await sleep(100);
  capture.stop();
  await reading;
  assertEquals(found, [0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 1000, 1001]);
  await assertRejects(() => live("b0", { filter: "no such filter" }).open(), FilterSyntaxError);
});

test("several devices are one capture: numbers go on, each frame knows its interface", async () => {
  using _ = network();
  addPair("c0", "c1");
  await using capture = live(["b0", { name: "c0", snapLength: 50, filter: "greater 100" }], {
    count: 10,
  });
  await capture.open();
  const reading = (async () => {
    const found: [number, string | undefined, number, number][] = [];
    let number = 1;
    for await (const packet of open(capture)) {
      const { interface: info, bytes } = packet;
      assertEquals(packet.number, number++);
      found.push([numberOf(bytes), info?.name, info?.snapLength ?? 0, bytes.length]);
    }
    return found;
  })();
  for (let i = 0; i < 5; i++) {
    send("b1", [frame(2 * i, 80)]);
    send("c1", [frame(2 * i + 1, 120), frame(77, 60)]);
    await sleep(30);
  }
  const found = await reading;
  assertEquals(
    found.sort(([a], [b]) => a - b),
    Array.from(
      { length: 10 },
      (_, i) => i % 2 === 0 ? [i, "b0", 262_144, 80] : [i, "c0", 50, 50],
    ) as typeof found,
  );
  const { devices } = capture.stats();
  assertEquals(devices.map((d) => [d.name, d.captured]), [["b0", 5], ["c0", 5]]);
});

test("what a slow reader loses is counted", async () => {
  using _ = network();
  await using capture = await live("b0", { bufferSize: 64 * 1024 }).open();
  send("b1", Array.from({ length: 3000 }, (_, i) => frame(i, 1000)));
  capture.stop();
  const found = await collect(capture);
  const { received, dropped, captured } = capture.stats();
  assert(dropped > 0, "nothing was dropped");
  assertEquals([received, captured], [3000, found.length]);
  assertEquals(captured + dropped, 3000);
});

test("other tasks have their turn while packets pour in", async () => {
  using _ = network();
  await using capture = await live("b0", { bufferSize: 64 * 1024 * 1024 }).open();
  send("b1", frames(30_000));
  // Half of them are read while it runs, half after it was told to stop: neither may keep others waiting.
  let ticks = 0, before = 0;
  const timer = setInterval(() => ticks++, 5);
  let packets = 0;
  for await (const batch of capture) {
    packets += batch.count;
    if (before === 0 && packets >= 15_000) {
      before = ticks;
      capture.stop();
    }
    // As slow as a consumer can be without waiting.
    for (const until = performance.now() + 4; performance.now() < until;);
  }
  clearInterval(timer);
  assertEquals(packets, 30_000);
  // Fifteen batches and more each time, of 4 ms: without turns for others there would be none.
  assert(before >= 3 && ticks - before >= 3, `${before} ticks, then ${ticks - before}`);
});

test("a capture is read as a stream, and cancelling it closes the device", async () => {
  using _ = network();
  const capture = await live("b0").open();
  const reader = capture.readable().getReader();
  send("b1", frames(10));
  let packets = 0;
  while (packets < 10) packets += (await reader.read()).value!.count;
  const waiting = reader.read();
  await sleep(20);
  await reader.cancel();
  assertEquals((await waiting).done, true);
  assertEquals(capture.stats().captured, 10);
  await assertRejects(() => capture.frames(), TypeError, "twice");
  const stream = live("no-such-device").readable().getReader();
  await assertRejects(() => stream.read(), NoSuchDeviceError);
});

test("captures of a fanout group share a device's packets, each once", async () => {
  using _ = network();
  const options: LiveOptions = { fanout: { group: 77, mode: "round-robin" }, durationMs: 800 };
  await using one = await live("b0", options).open();
  await using two = await live("b0", options).open();
  send("b1", frames(1000));
  const [a, b] = await Promise.all([collect(one), collect(two)]);
  assert(a.length > 100 && b.length > 100, `${a.length} and ${b.length}`);
  assertEquals(
    [...a, ...b].map(numberOf).sort((x, y) => x - y),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  await assertRejects(() => live("b0", { fanout: { group: 70_000 } }).open(), RangeError);
});

test("workers share a device's packets, each thread with a capture of its own", async () => {
  using _ = network();
  // In a process of its own: workers of a test would be type-checked again.
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("_fanout.ts", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "ready\n");
  send("b1", frames(1000));
  await child.stdin.close();
  let text = "";
  for (let part; !(part = await reader.read()).done;) text += part.value;
  await child.status;
  const [a, b] = JSON.parse(text) as number[][];
  assert(a.length > 100 && b.length > 100, `${a.length} and ${b.length}`);
  assertEquals([...a, ...b].sort((x, y) => x - y), Array.from({ length: 1000 }, (_, i) => i));
});

test("every format takes a live capture, and so do packets one by one", async () => {
  using _ = network();
  const folder = await Deno.makeTempDir();
  for (const format of new Set([...createKit().formats.values()].map((f) => f.name))) {
    const capture = await live("b0", { count: 5 }).open();
    send("b1", frames(5));
    const { length, output } = await extract({
      fin: capture,
      fout: `${folder}/${format}`,
      format,
      formatOptions: format === "fields" ? { fields: ["frame.len", "eth.src"] } : {},
      store: false,
    });
    assertEquals(length, 5, format);
    assert((await Deno.stat(output!)).size > 50, format);
    if (format === "pcap" || format === "pcapng") {
      await using written = await openCapture(output!);
      assertEquals(await collect(written), frames(5), format);
    }
  }
  await Deno.remove(folder, { recursive: true });
  await assertRejects(
    () => extract({ fin: live("b0", { count: 1 }), nofile: true, bufferSave: true }),
    TypeError,
  );
});

test(
  "real traffic between two machines is captured whole",
  async () => {
    using _ = network();
    using machine = neighbour("pcaplib");
    const other = machine.name;
    const server = new Deno.Command("ip", {
      args: [
        "netns",
        "exec",
        other,
        "/usr/bin/python3",
        "-m",
        "http.server",
        "-b",
        "192.0.2.2",
        "-d",
        new URL("../captures", import.meta.url).pathname,
        "8080",
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      for (
        let i = 0;
        i < 50 && !run("ip", "netns", "exec", other, "ss", "-ltn").includes(":8080");
        i++
      ) {
        await sleep(50);
      }
      const capture: LiveCapture = await live("b0", { filter: "tcp port 8080" }).open();
      const got = new Deno.Command("curl", {
        args: ["-s", "http://192.0.2.2:8080/sample.pcap"],
        stdout: "piped",
      }).outputSync().stdout;
      capture.stop();
      let payload = 0, syn = 0;
      for await (const packet of open(capture)) {
        if (packet.field("tcp.flags.syn") === true || packet.field("tcp.flags.syn") === 1) syn++;
        if (packet.field("tcp.srcport") === 8080) payload += Number(packet.field("tcp.len") ?? 0);
      }
      const sample = await Deno.readFile(new URL("../captures/sample.pcap", import.meta.url));
      assertEquals(got, sample);
      assertEquals(syn, 2);
      assert(payload > sample.length, `${payload} bytes of payload`);
    } finally {
      server.kill("SIGTERM");
      await server.status;
    }
  },
  "curl",
  "ss",
  "/usr/bin/python3",
);

for (const through of ["libpcap", "tcpdump", "dumpcap"] as const) {
  test(`batches given back to a capture through ${through} do not change those kept`, async () => {
    using _ = network();
    // A child's buffer is small.
    const sent = frames(through === "libpcap" ? 4000 : 1200);
    await using capture = await live("b0", {
      through,
      filter: "ether proto 0x88b5",
      count: sent.length,
      durationMs: 10_000,
    }).open();
    if (through !== "libpcap") await sleep(300);
    send("b1", sent);
    const kept: FrameBatch[] = [];
    let number = 0;
    const check = (batch: FrameBatch): void => {
      for (let i = 0; i < batch.count; i++) assertEquals(bytesOf(batch, i), sent[number++]);
      capture.release(batch);
    };
    for await (const batch of capture) {
      if (kept.push(batch) > 3) check(kept.shift()!);
    }
    kept.forEach(check);
    assertEquals(number, sent.length);
  }, ...(through === "libpcap" ? [] : [through]));
}

for (const through of ["tcpdump", "dumpcap"] as const) {
  test(`live through ${through} delivers the same frames`, async () => {
    using _ = network();
    await using capture = await live("b0", {
      through,
      snapLength: 200,
      filter: "ether proto 0x88b5",
      count: 300,
    }).open();
    // The child writes its file header before its socket is bound to the device.
    await sleep(300);
    send("b1", frames(300));
    assertEquals(await collect(capture), frames(300).map((bytes) => bytes.subarray(0, 200)));
    await capture[Symbol.asyncDispose]();
    const { received, captured } = capture.stats();
    assertEquals([received, captured], [300, 300]);
    const [{ name, filter }] = capture.interfaces;
    assertEquals([name, filter], ["b0", "ether proto 0x88b5"]);
    assertThrows(() => capture.setFilter("tcp"), TypeError, through);
    await assertRejects(
      () => live("no-such-device", { through }).open(),
      NoSuchDeviceError,
    );
    await assertRejects(
      () => live("b0", { through, fanout: { group: 1 } }).open(),
      TypeError,
      "fanout",
    );
  }, through);
}
