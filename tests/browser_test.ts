import { assertEquals } from "@std/assert";
import { open } from "../mod.ts";

const ROOT = new URL("../", import.meta.url);

/** What a page would do: bytes in, chains out, nothing of Deno's. */
const ENTRY = `
import { bytesSource } from "ROOTcapture/source.ts";
import { pcapFramer } from "ROOTcapture/pcap.ts";
import { pcapngFramer } from "ROOTcapture/pcapng.ts";
import { Catalogue, Packet } from "ROOTcore/mod.ts";
import { builtin } from "ROOTengines/builtin.ts";
import { ALL } from "ROOTprotocols/mod.ts";

const catalogue = new Catalogue(ALL);

export async function dissect(bytes) {
  const framer = [pcapngFramer, pcapFramer].find((f) => f.detect(bytes));
  const framing = await framer.open(bytesSource(bytes), {});
  const engine = await builtin.start({ catalogue, options: {}, reuse: false });
  const found = [];
  for (let batch; (batch = await framing.next());) {
    const packets = await engine.dissect(batch);
    for (let i = 0; i < batch.count; i++) {
      const p = new Packet(packets, i, catalogue);
      found.push([p.protocols, p.chain, p.summary, JSON.stringify(p.toJSON())]);
    }
  }
  return found;
}
`;

/** Runs without any permission and without Deno: what it needs comes on standard input, what it finds goes out. */
const CHILD = `
const { stdin, stdout } = Deno;
const [bundle, capture] = (await new Response(stdin.readable).text()).split("\\n");
for (const name of ["Deno", "process", "Buffer", "global"]) delete globalThis[name];
if ("Deno" in globalThis) throw new Error("Deno is still there");
const { dissect } = await import("data:text/javascript;base64," + bundle);
const found = await dissect(Uint8Array.fromBase64(capture));
const writer = stdout.writable.getWriter();
await writer.write(new TextEncoder().encode(JSON.stringify(found)));
await writer.close();
`;

/** Captures, and what tshark finds in them: packets, and those that are TCP and UDP in IPv4 in Ethernet. */
const SAMPLES: readonly (readonly [string, ...number[]])[] = [
  ["sample.pcap", 71, 16, 14],
  ["sample.pcapng", 128, 32, 23],
];

async function deno(
  args: readonly string[],
  input?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdin: input ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).spawn();
  const writing = input ? new Blob([input]).stream().pipeTo(child.stdin) : undefined;
  const { success, stdout, stderr } = await child.output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
  await writing;
  return stdout;
}

Deno.test("the dissector, bundled for browsers, runs without Deno and without permissions", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const entry = `${dir}/entry.js`;
    const child = `${dir}/child.js`;
    const bundle = `${dir}/bundle.js`;
    await Deno.writeTextFile(entry, ENTRY.replaceAll("ROOT", ROOT.href));
    await Deno.writeTextFile(child, CHILD);
    await deno(["bundle", "--quiet", "--platform", "browser", "--minify", "-o", bundle, entry]);
    const code = await Deno.readFile(bundle);
    const text = new TextDecoder().decode(code);
    assertEquals(text.match(/\bDeno\.|\bfrom"node:|\bimport\("node:/g), null);
    for (const [name, ...counts] of SAMPLES) {
      const capture = await Deno.readFile(new URL(`./captures/${name}`, import.meta.url));
      const input = new TextEncoder().encode(`${code.toBase64()}\n${capture.toBase64()}`);
      const output = await deno(["run", "--no-prompt", child], input);
      const found = JSON.parse(new TextDecoder().decode(output)) as unknown[][];
      const expected: unknown[][] = [];
      for await (const p of open(capture)) {
        expected.push([p.protocols, p.chain, p.summary, JSON.stringify(p.toJSON())]);
      }
      assertEquals(found, expected, name);
      const chains = found.map(([p]) => String(p));
      const begin = (chain: string): number => chains.filter((c) => c.startsWith(chain)).length;
      assertEquals([chains.length, begin("eth:ip:tcp"), begin("eth:ip:udp")], counts, name);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
