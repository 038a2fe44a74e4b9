import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { generate } from "../../bench/_captures.ts";
import { CAPTURES, has, pcapkit, SAMPLE } from "./_process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A line of `flows --json`. */
interface Flow {
  protocol: string;
  src: string;
  dst: string;
  srcport?: number;
  dstport?: number;
  packets: number;
  bytes: number;
  first: number;
  forward?: { packets: number; bytes: number };
  backward?: { packets: number; bytes: number };
}

async function flows(...args: string[]): Promise<Flow[]> {
  const { out, code, err } = await pcapkit(["flows", ...args, "--json"]);
  assertEquals(code, 0, err);
  return out.trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test("flows counts what each host sent to which port", async () => {
  const found = await flows(`${CAPTURES}/http.pcap`);
  const [first] = found;
  assertEquals(first.first, found.reduce((least, f) => Math.min(least, f.first), Infinity));
  assert(found.some((f) => f.protocol === "tcp" && f.dstport === 80));
  for (const f of found) {
    assert(f.packets > 0 && f.bytes >= 14 * f.packets);
    assertEquals(f.srcport !== undefined, f.protocol === "tcp" || f.protocol === "udp");
  }
  const { out } = await pcapkit(["flows", `${CAPTURES}/http.pcap`, "--total"]);
  const packets = found.reduce((n, f) => n + f.packets, 0);
  const bytes = found.reduce((n, f) => n + f.bytes, 0);
  assertEquals(out, `${found.length} ${packets} ${bytes}\n`);
  const { out: json } = await pcapkit(["flows", `${CAPTURES}/http.pcap`, "--total", "--json"]);
  assertEquals(JSON.parse(json), { flows: found.length, packets, bytes });
});

Deno.test({
  name: "flows counts what a display filter of tshark lets pass",
  ignore: !has("tshark"),
  fn: async () => {
    const path = `${CAPTURES}/sample.pcap`;
    const udp = (await flows(path)).filter((f) => f.protocol === "udp");
    const found = await pcapkit(
      ["flows", path, "--json", "-E", "tshark", "--engine-option", "displayFilter=udp && !icmp"],
      { allow: ["-A"] },
    );
    assertEquals(found.out.trim().split("\n").map((line) => JSON.parse(line)), udp);
    assertMatch(found.err, new RegExp(`^${udp.length} flows of \\d+ packets\\n$`));
  },
});

Deno.test("flows finds the same with every engine", async () => {
  const captures = [
    "sample.pcap",
    "sample.pcapng",
    "qinq.pcap",
    "ipv6-extensions.pcap",
    "link-sll2.pcap",
  ];
  await Promise.all(captures.map(async (name) => {
    const fast = await flows(`${CAPTURES}/${name}`);
    assertEquals(await flows(`${CAPTURES}/${name}`, "-E", "default"), fast, name);
    assertEquals(await flows(`${CAPTURES}/${name}`, "-E", "minimal"), fast, name);
  }));
});

Deno.test("flows counts both directions together", async () => {
  const apart = await flows(SAMPLE), together = await flows(SAMPLE, "--bidirectional");
  assert(together.length < apart.length);
  const sum = (list: readonly Flow[]) => list.reduce((n, f) => n + f.bytes, 0);
  assertEquals(sum(together), sum(apart));
  for (const f of together) {
    assertEquals(f.packets, f.forward!.packets + f.backward!.packets);
    assertEquals(f.bytes, f.forward!.bytes + f.backward!.bytes);
  }
});

Deno.test("flows prints a table, in the order asked for, and says what it left out", async () => {
  const { out, err } = await pcapkit(["flows", SAMPLE, "--sort", "bytes", "--top", "3"]);
  const lines = out.trimEnd().split("\n");
  assertEquals(lines.length, 4);
  assertMatch(lines[0], /^proto +source +destination +packets +bytes$/);
  const bytes = lines.slice(1).map((line) => Number(line.split(/ +/).at(-1)));
  assertEquals(bytes, bytes.toSorted((a, b) => b - a));
  assertMatch(err, /^\d+ flows of \d+ packets; no IP header found in \d+ packets\n$/);
  const both = await pcapkit(["flows", SAMPLE, "-b", "-n", "1"]);
  assertMatch(both.out, /packets → +bytes → +packets ← +bytes ←\n/);
});

Deno.test("flows reads standard input, compressed files, and no more packets than asked for", async () => {
  const bytes = Deno.readFileSync(SAMPLE);
  const whole = await pcapkit(["flows", SAMPLE]);
  const piped = await pcapkit(["flows", "-"], { stdin: bytes });
  assertEquals(piped.out, whole.out);
  const gzip = new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")));
  const packed = await pcapkit(["flows", "-"], { stdin: await gzip.bytes() });
  assertEquals(packed.out, whole.out);
  const some = await flows(SAMPLE, "-c", "10");
  assert(some.reduce((n, f) => n + f.packets, 0) <= 10);
  for (const engine of ["dpkt", "default"]) {
    const part = await flows(SAMPLE, "--range", "5-14", "-E", engine);
    assertEquals(part[0].first, 5);
    assert(part.reduce((n, f) => n + f.packets, 0) <= 10);
  }
});

Deno.test("flows prints what was counted before a file is damaged, then says so", async () => {
  const cut = Deno.readFileSync(SAMPLE).slice(0, -5);
  for (const engine of ["dpkt", "default"]) {
    const { code, out, err } = await pcapkit(["flows", "-", "--json", "-E", engine], {
      stdin: cut,
    });
    assertEquals(code, 2);
    assertStringIncludes(err, "the file ends within a record");
    assert(out.split("\n").length > 10);
  }
  const missing = await pcapkit(["flows", "no-such-file"]);
  assertEquals([missing.code, missing.out], [2, ""]);
  const wrong = await pcapkit(["flows", SAMPLE, "-E", "nonsense"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.err, 'Cannot start engine "nonsense"');
});

Deno.test("flows counts the same in TypeScript where there is no WebAssembly", async () => {
  const allow = ["--allow-read", "--v8-flags=--jitless"];
  for (const name of ["sample.pcap", "two-interfaces.pcapng"]) {
    const args = ["flows", `${CAPTURES}/${name}`, "--json"];
    const plain = await pcapkit(args, { allow });
    assertEquals(plain.code, 0, plain.err);
    assertEquals(plain.out, (await pcapkit(args)).out);
  }
});

/** The line of three numbers of another program. */
async function peer(command: readonly string[]): Promise<string> {
  const [program, ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const header = "/usr/include/pcap/pcap.h";
const python = "/usr/bin/python3";
const hasC = has("gcc") && exists(header);
const hasDpkt = exists(python) &&
  new Deno.Command(python, { args: ["-c", "import dpkt"], stderr: "null" }).outputSync().success;

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function withCaptures(act: (path: string, ours: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    for (const kind of ["mix", "mix-ng", "tiny64"] as const) {
      const path = `${folder}/${kind}.pcap`;
      generate(kind, path, 5000);
      await act(path, (await pcapkit(["flows", path, "--total"])).out);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test({
  name: "flows counts what a C program on libpcap counts (gcc and libpcap-dev are needed)",
  ignore: !hasC,
  async fn() {
    await withCaptures(async (path, ours) => {
      const program = `${path}.program`;
      const source = `${ROOT}bench/peers/flows_libpcap.c`;
      await peer(["gcc", "-O1", "-o", program, source, "-lpcap"]);
      assertEquals(ours, await peer([program, path]));
    });
  },
});

Deno.test({
  name: "flows counts what Python dpkt counts (python3-dpkt is needed)",
  ignore: !hasDpkt,
  async fn() {
    await withCaptures(async (path, ours) => {
      assertEquals(ours, await peer([python, `${ROOT}bench/peers/flows_dpkt.py`, path]));
    });
  },
});
