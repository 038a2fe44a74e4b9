/**
 * One line a packet: text and CSV.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { csv, text } from "../../output/formats.ts";
import { eth, ip, tcp, udp } from "../../protocols/mod.ts";
import {
  captureNames,
  CAPTURES,
  encode,
  framesOf,
  kit,
  odd,
  python,
  readCapture,
} from "./_help.ts";

const decoder = new TextDecoder();

async function tshark(...args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("tshark", {
    args: ["-n", ...args],
    cwd: CAPTURES,
    stderr: "null",
    env: { TZ: "UTC" },
  }).output();
  return decoder.decode(stdout).replace(/\n$/, "").split("\n");
}

async function lines(
  name: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const { batches, header } = await readCapture(name);
  return decoder.decode(await encode(text, batches, { header, options })).replace(/\n$/, "")
    .split("\n");
}

/** All up to the destination. */
const COLUMNS = /^.*? → \S+ */;

/** A UDP packet to the port of `odd`. */
function frameOf(payload: Uint8Array): Uint8Array {
  const head = craft(
    eth.of({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2", totalLength: 28 + payload.length }),
    udp.of({ srcPort: 40_000, dstPort: 9999, length: 8 + payload.length }),
  );
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(head);
  frame.set(payload, head.length);
  return frame;
}

for (const name of ["tcp-loss.pcap", "tcp-states.pcap", "checksum-offload.pcap", "http.pcap"]) {
  Deno.test(`text: ${name} has tshark's columns`, async () => {
    const got = await lines(name);
    const want = await tshark("-r", name);
    assertEquals(got.length, want.length);
    got.forEach((line, i) => {
      // Where tshark shows an address of IPv4; what else there is depends on the protocols in use.
      if (!/^ *\d+ +[\d.]+ +\d+\.\d+\.\d+\.\d+ →/.test(want[i])) return;
      assertEquals(line.match(COLUMNS)?.[0], want[i].match(COLUMNS)?.[0]);
      const length = / (\d+) /;
      assertEquals(
        line.replace(COLUMNS, "").match(length)?.[1],
        want[i].replace(COLUMNS, "").match(length)?.[1],
      );
    });
  });
}

for (const [time, flag] of [["epoch", "e"], ["utc", "ud"], ["delta", "d"], ["relative", "r"]]) {
  Deno.test(`text: time ${time} is tshark's -t ${flag}`, async () => {
    for (const name of ["tcp-loss.pcap", "nanoseconds.pcap"]) {
      const got = await lines(name, { time });
      const want = await tshark("-r", name, "-t", flag);
      const column = /^ *\d+ +(?:[\d-]+ )?[\d.:]+/;
      assertEquals(got.map((l) => l.match(column)?.[0]), want.map((l) => l.match(column)?.[0]));
    }
  });
}

Deno.test("text: a time that is none of these is refused", async () => {
  await assertRejects(
    async () => await text.start({ catalogue: kit.catalogue, options: { time: "soon" } }),
    RangeError,
    'Cannot write time "soon"',
  );
});

Deno.test("text: the dump is tshark's", async () => {
  const got = (await lines("tcp-loss.pcap", { hex: true })).filter((l) => !/→/.test(l));
  const want = (await tshark("-r", "tcp-loss.pcap", "-P", "-x")).filter((l) => !/→/.test(l));
  assertEquals(got, want);
});

Deno.test("text: columns of widths that vary, times before and without the first", async () => {
  const frame = craft(
    eth.of({}),
    ip.of({ src: "1.1.1.1", dst: "203.0.113.200" }),
    tcp.of({ srcPort: 1, dstPort: 2 }),
  );
  const out = decoder.decode(
    await encode(text, [
      framesOf(
        [
          { frame, seconds: 100, nanoseconds: 500_000_000 },
          { frame, seconds: 100, nanoseconds: 250_000_000 },
          { frame, seconds: 200_100, nanoseconds: 0 },
          { frame, seconds: NaN },
          { frame: frame.subarray(0, 14), wireLength: 54 },
          { frame: frame.subarray(0, 40), wireLength: 54 },
          { frame: frame.subarray(0, 20) },
        ],
        1,
        "10^-6",
      ),
    ]),
  ).split("\n");
  const columns = "     1.1.1.1 → 203.0.113.200 TCP 54 ";
  assert(out[0].startsWith(`    1   0.000000 ${columns}`), out[0]);
  assert(out[1].startsWith(`    2  -0.250000 ${columns}`), out[1]);
  assert(out[2].startsWith(`    3 199999.500000 ${columns}`), out[2]);
  assert(out[3].startsWith(`    4            ${columns}`), out[3]);
  assertMatch(out[4], / Ethernet 54 Ethernet II$/);
  assertMatch(out[5], / IPv4 54 .* \[Packet size limited during capture\]$/);
  assertMatch(out[6], / Ethernet 20 .*\[Malformed Packet\]$/);
});

Deno.test("text: what a summary takes from the packet cannot drive the terminal", async () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const c1 = new TextEncoder().encode("enough for the header \u0085\u009b31m\u00fc \u2192");
  const long = new Uint8Array(6000).fill(65);
  const out = decoder.decode(
    await encode(text, [
      framesOf([
        { frame: frameOf(all) },
        { frame: frameOf(c1) },
        { frame: frameOf(long) },
      ]),
    ]),
    { stream: false },
  );
  // deno-lint-ignore no-control-regex -- control characters are what must not be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffd]/.test(out));
  const all3 = out.split("\n");
  assertEquals(all3.length, 4);
  assert(all3[1].endsWith("....31m\u00fc \u2192"), all3[1]);
  assert(all3[2].length < 4200);
});

Deno.test("text and CSV: the same however it is cut", async () => {
  for (const name of captureNames()) {
    const { batches, header } = await readCapture(name);
    for (const format of [text, csv]) {
      const whole = await encode(format, batches, { header });
      for (const split of [1, 5]) {
        assertEquals(await encode(format, batches, { header, split, spread: true }), whole, name);
      }
      const ends = whole.filter((b) => b === 10).length;
      const count = batches.reduce((n, b) => n + b.count, 0);
      assertEquals(ends, count + (format === csv ? 1 : 0));
    }
  }
});

Deno.test("CSV: Python reads what was meant", async () => {
  const name = 'a "b", c\r\nd;\te=\u001b[31m';
  const frame = craft(
    eth.of({ src: "02:00:00:00:00:01", dst: "02:00:00:00:00:02" }),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 40_000, dstPort: 9999 }),
    odd.of({ kind: 2, name, big: 2n ** 64n - 1n, points: [{ x: 1, y: 2 }, { x: 3, y: 4 }] }),
  );
  const fields = ["frame.number", "odd.name", "udp.port", "odd.x", "odd.big", "source", "odd.x"];
  // Those that others are measured by.
  fields.push("odd.name_length", "odd.count");
  for (const separator of [",", ";", "\t"]) {
    const out = await encode(csv, [framesOf([{ frame }, { frame: frame.subarray(0, 34) }])], {
      options: { fields, separator },
    });
    const rows = await python(
      out,
      `out = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=${
        JSON.stringify(separator)
      }${separator === "\t" ? ", quoting=csv.QUOTE_NONE" : ""}))`,
    );
    assertEquals(rows, [
      fields,
      [
        "1",
        'a "b", c\\r\\nd;\\te=\\x1b[31m',
        "40000,9999",
        "1,3",
        "18446744073709551615",
        "192.0.2.1",
        "1,3",
        "20",
        "2",
      ],
      ["2", "", "", "", "", "192.0.2.1", "", "", ""],
    ]);
    assertEquals(out.includes(13), separator !== "\t");
  }
});

Deno.test("CSV: default columns, empty captures", async () => {
  const head = "frame.number,frame.time_epoch,source,destination,protocol,length,info\r\n";
  assertEquals(decoder.decode(await encode(csv, [])), head);
  const out = decoder.decode(
    await encode(csv, [framesOf([{ frame: frameOf(new Uint8Array(0)), seconds: 1 }])]),
  );
  const rows = out.split("\r\n");
  assert(rows[1].startsWith("1,1.000000000,192.0.2.1,192.0.2.2,"), rows[1]);
});

Deno.test("CSV: fields agree with tshark", async () => {
  const fields = ["frame.number", "ip.src", "tcp.srcport", "tcp.flags", "tcp.options.mss_val"];
  const { batches, header } = await readCapture("tcp-loss.pcap");
  const out = await encode(csv, batches, { header, options: { fields, separator: "\t" } });
  const want = await tshark(
    ...["-r", "tcp-loss.pcap", "-T", "fields", "-E", "header=y"],
    ...fields.flatMap((f) => ["-e", f]),
  );
  assertEquals(decoder.decode(out).replace(/\n$/, "").split("\n"), want);
});

Deno.test("CSV: unknown fields and separators are refused", async () => {
  const start = async (options: Record<string, unknown>) =>
    await csv.start({ catalogue: kit.catalogue, options });
  await assertRejects(
    () => start({ fields: ["no.such"] }),
    RangeError,
    'Cannot write field "no.such"',
  );
  for (const separator of ["", '"', "\n", "ab", "\u00fc", 7]) {
    await assertRejects(() => start({ separator }), RangeError, "Cannot separate by");
  }
});
