import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  DeviceDownError,
  FrameSizeError,
  Injector,
  LibpcapError,
  libraryCandidates,
  live,
  NoSuchDeviceError,
  type Pace,
  type ReplayStats,
} from "../../capture/libpcap/mod.ts";
import {
  bytesSource,
  type FrameBatch,
  MemorySink,
  openCapture,
  PcapWriter,
} from "../../capture/mod.ts";
import { CAPTURES, command, pcapkit, SAMPLE } from "../cli/_process.ts";
import {
  frame,
  frames,
  installed,
  neighbour,
  network,
  run,
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

/** The frames of a capture, as bytes. */
async function collect(capture: AsyncIterable<FrameBatch>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const { bytes, count, starts, capturedLengths } of capture) {
    for (let i = 0; i < count; i++) {
      found.push(bytes.slice(starts[i], starts[i] + capturedLengths[i]));
    }
  }
  return found;
}

/** What comes at `b0` while `act` runs. */
async function arriving(count: number, act: () => unknown): Promise<Uint8Array[]> {
  // What the system answers to a capture's queries goes out.
  await using capture = await live("b0", { count, durationMs: 5000, direction: "in" }).open();
  await act();
  return await collect(capture);
}

/** A capture in memory: frames, each so many milliseconds after the first. */
async function recorded(
  times: readonly number[],
  linkType = 1,
  make = (i: number) => frame(i, 60),
): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = new PcapWriter(sink, { precision: "nanoseconds", linkType });
  for (const [i, ms] of times.entries()) {
    const data = make(i);
    await writer.writeFrame({
      seconds: 1_000_000 + Math.floor(ms / 1000),
      nanoseconds: Math.round(ms % 1000 * 1e6),
      wireLength: data.length,
      data,
    });
  }
  await writer.flush();
  return sink.bytes();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Frames came as they were sent; of those that did not, the first is shown. */
function assertFrames(
  came: readonly Uint8Array[],
  sent: readonly Uint8Array[],
  what?: string,
): void {
  const first = sent.findIndex((bytes, i) => came[i]?.toHex() !== bytes.toHex());
  if (first >= 0) assertEquals(came[first], sent[first], `${what ?? ""} frame ${first + 1}`);
  assertEquals(came.length, sent.length, what);
}

test("Injector sends frames one by one and in batches, and they arrive byte for byte", async () => {
  using _ = network();
  for (const batching of [true, false]) {
    using injector = Injector.open("b1", { batching });
    assertEquals([injector.device, injector.linkType, injector.closed], ["b1", 1, false]);
    const sent = frames(1000);
    const single = await arriving(100, () => {
      for (const bytes of sent.slice(0, 100)) injector.send(bytes);
    });
    assertFrames(single, sent.slice(0, 100));
    let stats: ReplayStats;
    const many = await arriving(1000, async () => stats = await injector.sendAll(sent));
    assertFrames(many, sent);
    const bytes = sent.reduce((n, f) => n + f.length, 0);
    const { elapsedMs, ...rest } = stats!;
    assert(elapsedMs > 0);
    assertEquals(rest, { sent: 1000, bytes, failed: 0, cut: 0, loops: 1, endedBy: "end" });
    const all = injector.stats();
    assertEquals([all.sent, all.failed], [1100, 0]);
  }
});

test("a capture that is replayed arrives as it was, each pass again", async () => {
  using _ = network();
  await using file = await openCapture(SAMPLE);
  const expected = await collect(file);
  for (const batching of [true, false]) {
    using injector = Injector.open("b1", { batching });
    const came = await arriving(3 * expected.length, async () => {
      const { sent, loops } = await injector.sendAll(() => openCapture(SAMPLE), { loops: 3 });
      assertEquals([sent, loops], [3 * expected.length, 3]);
    });
    assertFrames(came, [...expected, ...expected, ...expected]);
  }
});

test("frames are sent at their own pace: in order, and none before its time", async () => {
  using _ = network();
  // The fourth stands before the third in time, as captures of several devices have it.
  const times = [0, 20, 60, 40, 61, 5000];
  const capture = await recorded(times);
  using injector = Injector.open("b1");
  for (
    const [pace, due] of [
      ["recorded", [0, 20, 60, 60, 61, 161]],
      [{ speed: 0.5 }, [0, 40, 120, 120, 122, 222]],
      [{ speed: 4 }, [0, 5, 15, 15, 15.25, 115.25]],
    ] as [Pace, number[]][]
  ) {
    await using seen = await live("b0", { count: times.length }).open();
    const begun = Date.now();
    const { elapsedMs } = await injector.replay(() => openCapture(bytesSource(capture)), {
      pace,
      maxGapMs: 100,
    });
    assert(elapsedMs >= due[due.length - 1] - 1, `${elapsedMs} ms`);
    const came: number[] = [];
    for await (const batch of seen) {
      for (let i = 0; i < batch.count; i++) {
        came.push(batch.seconds[i] * 1000 + batch.nanoseconds[i] / 1e6 - begun);
        assertEquals(batch.bytes[batch.starts[i] + 17], came.length - 1);
      }
    }
    for (const [i, ms] of came.entries()) {
      assert(ms >= due[i] - 2, `frame ${i + 1} came at ${ms} ms, and was due at ${due[i]}`);
    }
  }
});

test("frames are sent at a rate: of packets, and of bits", async () => {
  using _ = network();
  using injector = Injector.open("b1");
  const list = frames(200).map((bytes) => bytes.subarray(0, 100));
  for (
    const pace of [{ packetsPerSecond: 1000 }, { bitsPerSecond: 800_000 }, {
      packetsPerSecond: 1e9,
    }]
  ) {
    const { sent, elapsedMs } = await injector.replay(list.map((b) => Uint8Array.from(b)), {
      pace,
    });
    const length = list.reduce((n, b) => n + b.length, 0);
    assertEquals(sent, 200);
    const least = "bitsPerSecond" in pace
      ? (length - list[199].length) * 8000 / pace.bitsPerSecond
      : 199_000 / pace.packetsPerSecond;
    assert(elapsedMs >= least - 1, `${elapsedMs} of ${least} ms`);
  }
});

test("who is late by more than a second does not send the rest at once", async () => {
  using _ = network();
  using injector = Injector.open("b1");
  async function* slow(): AsyncGenerator<FrameBatch | Uint8Array> {
    yield frame(0);
    await sleep(1300);
    yield* await openCapture(bytesSource(await recorded(new Array(1500).fill(0))));
  }
  const { sent, elapsedMs } = await injector.replay(slow(), { pace: { packetsPerSecond: 1000 } });
  assertEquals(sent, 1501);
  // A second of it was made up for, and half a second remained.
  assert(elapsedMs >= 1790, `${elapsedMs} ms`);
});

test("a frame that is too short or too long is refused with the reason, and the next one sent", async () => {
  using _ = network();
  for (const batching of [true, false]) {
    using injector = Injector.open("b1", { batching });
    const short = assertThrows(() => injector.send(new Uint8Array(4)), FrameSizeError);
    assertEquals(short.length, 4);
    assert(/4 bytes on "b1".*too short.*14 bytes/s.test(short.message), short.message);
    const long = assertThrows(() => injector.send(new Uint8Array(9100)), FrameSizeError);
    assert(/9100 bytes on "b1".*9014 bytes.*mtu 9086/s.test(long.message), long.message);
    const list = [frame(0), new Uint8Array(0), frame(1), new Uint8Array(9100), frame(2)];
    const came = await arriving(3, async () => {
      const { sent, failed, firstFailure } = await injector.sendAll(list, { loops: 2, count: 5 });
      assertEquals([sent, failed, firstFailure?.number, firstFailure?.loop], [3, 2, 2, 1]);
      assert(firstFailure?.error instanceof FrameSizeError);
    });
    assertFrames(came, [frame(0), frame(1), frame(2)]);
    assertEquals(injector.stats().failed, 4);
    // Exactly what the device takes.
    injector.send(new Uint8Array(9014));
    injector.send(new Uint8Array(14));
  }
});

test("frames of another link type, and of several devices at once, are not sent", async () => {
  using _ = network();
  using injector = Injector.open("b1");
  const raw = await recorded([0, 0], 101);
  const { sent, failed, firstFailure } = await injector.replay(
    () => openCapture(bytesSource(raw)),
  );
  assertEquals([sent, failed, firstFailure?.number], [0, 2, 1]);
  assert(/101 \(RAW\).*1 \(EN10MB\)/.test(firstFailure!.error.message));
  assertThrows(() => Injector.open("any"), LibpcapError, "all devices at once");
  const none = assertThrows(() => Injector.open("no-such-device"), NoSuchDeviceError);
  assert(none.message.startsWith('Cannot send on "no-such-device"'), none.message);
});

test("frames that were cut when captured are sent as they are, and counted", async () => {
  using _ = network();
  using injector = Injector.open("b1");
  const { sent, cut } = await injector.sendAll(() => openCapture(`${CAPTURES}/snapped-64.pcap`));
  assert(sent > cut && cut > 0, `${cut} of ${sent}`);
});

test("a device that goes away, or down, ends the replay with an error, and counters stand", async () => {
  for (const batching of [true, false]) {
    for (const end of [["link", "del", "b0"], ["link", "set", "b1", "down"]]) {
      using _ = network();
      using injector = Injector.open("b1", { batching });
      const timer = setTimeout(() => run("ip", ...end), 50);
      const error = await assertRejects(
        () => injector.replay(frames(10), { pace: { packetsPerSecond: 2000 }, loops: Infinity }),
        DeviceDownError,
        'Cannot send on "b1"',
      );
      clearTimeout(timer);
      assert(error.reason !== "");
      assert(injector.stats().sent > 10, `${injector.stats().sent} sent`);
      assertThrows(() => injector.send(frame(0)), DeviceDownError);
    }
  }
});

test("a replay ends by signal, count and close, also where nothing comes to be sent", async () => {
  using _ = network();
  const injector = Injector.open("b1");
  // Frames that are due in hours; frames that never come; and endlessly many.
  const slow = await recorded([0, 1e8]);
  const supplies: [string, () => Promise<ReplayStats>][] = [];
  const add = (name: string, replay: (signal: AbortSignal) => Promise<ReplayStats>): void => {
    supplies.push([name, () => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 30);
      return replay(stop.signal);
    }]);
  };
  add("slow", (signal) => injector.replay(() => openCapture(bytesSource(slow)), { signal }));
  let returned = false;
  async function* stuck(): AsyncGenerator<Uint8Array> {
    try {
      yield frame(0);
      await sleep(100);
    } finally {
      returned = true;
    }
  }
  add("stuck", (signal) => injector.sendAll(stuck(), { signal }));
  add("endless", (signal) => injector.sendAll(frames(3), { loops: Infinity, signal }));
  for (const [name, replay] of supplies) {
    const { endedBy, sent } = await replay();
    assertEquals(endedBy, "signal", name);
    assert(name === "endless" ? sent > 100 : sent === 1, `${name}: ${sent}`);
  }
  await sleep(120);
  assertEquals(returned, true);
  const aborted = await injector.sendAll(frames(3), { signal: AbortSignal.abort() });
  assertEquals([aborted.endedBy, aborted.sent], ["signal", 0]);

  const pulled: number[] = [];
  function* counted(): Generator<Uint8Array> {
    for (let i = 0;; i++) {
      pulled.push(i);
      yield frame(i);
    }
  }
  const some = await injector.sendAll(counted(), { count: 300 });
  assertEquals([some.sent, some.endedBy, pulled.length], [300, "count", 300]);

  setTimeout(() => injector.close(), 30);
  const closed = await injector.replay(frames(10), {
    pace: { packetsPerSecond: 1000 },
    loops: Infinity,
  });
  assertEquals(closed.endedBy, "close");
  assertEquals(injector.closed, true);
  assertThrows(() => injector.send(frame(0)), TypeError, "closed");
  await assertRejects(() => injector.sendAll(frames(1)), TypeError, "closed");
  injector.close();
});

test("other tasks have their turn while frames are sent as fast as it goes, or at a rate", async () => {
  using _ = network();
  using injector = Injector.open("b1");
  for (const pace of ["fast", { packetsPerSecond: 20_000 }] as Pace[]) {
    const stop = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => ++ticks === 10 && stop.abort(), 5);
    const { endedBy } = await injector.replay(frames(100), {
      pace,
      loops: Infinity,
      signal: stop.signal,
    });
    clearInterval(timer);
    assertEquals(endedBy, "signal");
    assert(ticks >= 10, `${ticks} ticks`);
  }
});

test(
  "a device that is slower than we are takes all frames in the end, and loses none",
  async () => {
    using _ = network();
    // A queue of few packets (ENOBUFS), and one of many (the socket's buffer is what fills).
    for (const limit of ["4kb", "10mb"]) {
      run(
        "tc",
        ..."qdisc replace dev b1 root tbf rate 80mbit burst 10kb limit".split(" "),
        limit,
      );
      using injector = Injector.open("b1");
      const sent = frames(1000).map((bytes) => bytes.subarray(0, 1000));
      const came = await arriving(sent.length, async () => {
        const { sent: n, failed } = await injector.sendAll(sent);
        assertEquals([n, failed], [sent.length, 0]);
      });
      assertFrames(came, sent, limit);
    }
  },
  "tc",
);

test("frames may come from generators, of batches and bytes, and only once if they can be read but once", async () => {
  using _ = network();
  using injector = Injector.open("b1");
  async function* mixed(): AsyncGenerator<FrameBatch | Uint8Array> {
    yield frame(0);
    await using capture = await openCapture(SAMPLE);
    yield* capture;
    yield frame(1);
  }
  await using file = await openCapture(SAMPLE);
  const expected = [frame(0), ...await collect(file), frame(1)];
  const came = await arriving(expected.length, () => injector.sendAll(mixed()));
  assertFrames(came, expected);
  await assertRejects(() => injector.sendAll(mixed(), { loops: 2 }), TypeError, "only once");
  const nothing = await injector.sendAll([], { loops: Infinity });
  assertEquals([nothing.sent, nothing.endedBy], [0, "end"]);
  const failing = (): Iterable<Uint8Array> => ({
    *[Symbol.iterator]() {
      yield frame(0);
      throw new Error("no more frames");
    },
  });
  await assertRejects(() => injector.sendAll(failing()), Error, "no more frames");
  for (
    const options of [
      { pace: { speed: 0 } },
      { pace: { packetsPerSecond: NaN } },
      { pace: "slow" as Pace },
      { loops: 0 },
      { count: -1 },
      { maxGapMs: -1 },
    ]
  ) await assertRejects(() => injector.replay(frames(1), options), RangeError, "Cannot send");
});

test(
  "send, from another namespace and with FFI for libpcap alone, arrives as tcpdump and we see it",
  async () => {
    using _ = network();
    using machine = neighbour("inject", true);
    const other = machine.name;
    const folder = await Deno.makeTempDir();
    try {
      const sent = frames(500), file = `${folder}/in.pcap`, seen = `${folder}/seen.pcap`;
      await Deno.writeFile(file, await recorded(sent.map((_, i) => i), 1, (i) => sent[i]));
      // The filter: a device that was moved says hello to its neighbours.
      const tcpdump = new Deno.Command("tcpdump", {
        args:
          `-i b0 -B 16384 -s 2048 --immediate-mode -U -Z root -c 500 -w ${seen} ether proto 0x88b5`
            .split(
              " ",
            ),
        stderr: "piped",
        stdout: "null",
      }).spawn();
      const ready = tcpdump.stderr.getReader();
      await ready.read();
      await using capture = await live("b0", {
        count: 500,
        durationMs: 8000,
        filter: "ether proto 0x88b5",
      }).open();
      const { code, stderr } = await new Deno.Command("ip", {
        args: [
          ...`netns exec ${other} ${Deno.execPath()} run --no-prompt --no-check`.split(" "),
          "--allow-read",
          `--allow-ffi=${libraryCandidates().filter(exists)}`,
          new URL("../../cli.ts", import.meta.url).pathname,
          ...`send ${file} -i b1 --pps 5k`.split(" "),
        ],
        env: { NO_COLOR: "1" },
      }).output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 0, said);
      assert(/^500 packets \(\d+ bytes\) sent on b1 in /.test(said), said);
      const ours = await collect(capture);
      const timeout = setTimeout(() => tcpdump.kill("SIGINT"), 3000);
      await tcpdump.status;
      clearTimeout(timeout);
      await ready.cancel();
      await using written = await openCapture(seen);
      assertFrames(ours, sent);
      assertFrames(await collect(written), sent);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  "tcpdump",
);

test("send ends by Ctrl-C with its figures, and says when frames could not be sent", async () => {
  using _ = network();
  const allow = ["--allow-read", "--allow-ffi", "--allow-env"];
  const child = command(["send", SAMPLE, "-i", "b1", "--pps", "1k", "--loop", "0"], { allow })
    .spawn();
  await using capture = await live("b0", { count: 100 }).open();
  assertEquals((await collect(capture)).length, 100);
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  const said = new TextDecoder().decode(stderr);
  assertEquals(code, 130, said);
  assert(Number(/^(\d+) packets .* sent on b1/.exec(said)?.[1]) >= 100, said);

  const raw = await pcapkit(["send", `${CAPTURES}/link-raw.pcap`, "-i", "b1", "--fast"], { allow });
  assertEquals(raw.code, 1);
  assert(/0 packets .*could not be sent, the first in pass 1:\n.*101 \(RAW\)/s.test(raw.err));

  const came = await arriving(3, async () => {
    const bytes = frames(3).map((f) => f.toHex());
    const args = ["send", "-i", "b1", "--fast", ...bytes.flatMap((text) => ["--hex", text])];
    assertEquals((await pcapkit(args, { allow })).code, 0);
  });
  assertFrames(came, frames(3));

  const part = await arriving(4, async () => {
    const args = ["send", SAMPLE, "-i", "b1", "--speed", "1k", "--bpf", "udp", "--range", "1-60"];
    assertEquals((await pcapkit([...args, "-c", "4", "--loop", "9"], { allow })).code, 0);
  });
  await using file = await openCapture(SAMPLE);
  const udp = (await collect(file)).filter((b) =>
    b[12] === 8 && b[13] === 0 && b[23] === 17 || b[12] === 0x86 && b[20] === 17
  );
  assertFrames(part, udp.slice(0, 4));
});

test("without the right to send, the error says what to do", async () => {
  using _ = network();
  const { code, stderr } = await new Deno.Command("setpriv", {
    args: [
      ..."--bounding-set=-net_raw --inh-caps=-net_raw".split(" "),
      Deno.execPath(),
      ..."run --no-check --no-prompt --allow-read --allow-ffi".split(" "),
      new URL("../../cli.ts", import.meta.url).pathname,
      ...`send ${SAMPLE} -i b1`.split(" "),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals(code, 2, said);
  assert(/^pcapkit: Cannot send on "b1": .*setcap/s.test(said), said);
}, "setpriv");

Deno.test("send says what is wrong with its arguments", async () => {
  const cases: [string[], string][] = [
    [["send", SAMPLE], "--interface"],
    [["send", "-i", "x"], "FILE, or frames by --hex"],
    [["send", SAMPLE, "-i", "x", "--hex", "00"], "FILE, or frames by --hex"],
    [["send", SAMPLE, "-i", "x", "--pps", "1", "--fast"], "give one pace"],
    [["send", SAMPLE, "-i", "x", "--bps", "many"], "--bps is a number"],
    [["send", SAMPLE, "-i", "x", "--speed", "0"], "more than 0"],
    [["send", "-i", "x", "--hex", "abc"], "hexadecimal"],
    [["send", "-", "-i", "x", "--loop", "2"], "standard input"],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await pcapkit(args);
    assertEquals([code, err.includes(message)], [2, true], `${args.join(" ")}: ${err}`);
  }
});
