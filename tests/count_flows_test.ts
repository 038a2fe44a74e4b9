import { assert, assertEquals, assertRejects } from "@std/assert";
import { CaptureFormatError, openCapture } from "../mod.ts";
import { ENTRY_WORDS, type Flows } from "../engines/dpkt/flow_table.ts";
import { PlainCounter } from "../engines/dpkt/counter.ts";
import { countFlows } from "../workers/count_flows.ts";
import { pcapkit } from "./cli/_process.ts";

const CAPTURES = new URL("captures/", import.meta.url).pathname;
const captures = [...Deno.readDirSync(CAPTURES)].map((e) => e.name)
  .filter((n) => /\.pcap(ng)?$/.test(n)).sort();

/** What was counted, as text: entries without their hashes, which begin at random. */
function shown({ count, words, packets, bytes, otherPackets, unkeptPackets }: Flows): string {
  const entries = Array.from(
    { length: count },
    (_, i) => words.subarray(i * ENTRY_WORDS + 1, (i + 1) * ENTRY_WORDS).join(),
  );
  return JSON.stringify({ packets, bytes, otherPackets, unkeptPackets, entries });
}

/** The same, on this thread, and without WebAssembly. */
async function counted(path: string): Promise<{ text: string; error?: CaptureFormatError }> {
  const counter = new PlainCounter();
  try {
    await using capture = await openCapture(path);
    for await (const batch of capture) counter.add(batch);
  } catch (error) {
    if (!(error instanceof CaptureFormatError)) throw error;
    return { text: shown(counter), error };
  }
  return { text: shown(counter) };
}

Deno.test("flows counted by ranges on two threads are those counted from first to last", async () => {
  for (const name of captures) {
    const path = CAPTURES + name;
    const size = Deno.statSync(path).size;
    const found = await countFlows(path, { workers: 2, rangeBytes: Math.ceil(size / 5) });
    assert(found, name);
    assertEquals(shown(found.flows), (await counted(path)).text, name);
  }
});

Deno.test("flows of a damaged file are those before the damage, and the damage is told", async () => {
  const path = await Deno.makeTempFile();
  const bytes = await Deno.readFile(`${CAPTURES}sample.pcap`);
  for (const cut of [bytes.length - 5, bytes.length >> 1, 100]) {
    await Deno.writeFile(path, bytes.subarray(0, cut));
    const found = await countFlows(path, { workers: 2, rangeBytes: 1000 });
    const { text, error } = await counted(path);
    assertEquals(shown(found!.flows), text);
    assertEquals(found!.index.damage?.code, error?.code);
    assertEquals(found!.index.damage?.offset, error?.offset);
  }
  await Deno.remove(path);
});

Deno.test("a file that cannot be read from the middle has no flows by threads; one that is not there is an error", async () => {
  const path = await Deno.makeTempFile();
  const bytes = await Deno.readFile(`${CAPTURES}sample.pcap`);
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(path, packed);
  assertEquals(await countFlows(path), undefined);
  await Deno.remove(path);
  await assertRejects(() => countFlows(path), CaptureFormatError, path);
});

Deno.test("flows --strategy server prints what inline prints", async () => {
  for (const name of ["sample.pcap", "sample.pcapng"]) {
    const args = ["flows", CAPTURES + name, "--json", "--strategy"];
    const alone = await pcapkit([...args, "inline"]);
    const spread = await pcapkit([...args, "server", "--workers", "2"]);
    assertEquals([spread.code, spread.out, spread.err], [0, alone.out, alone.err]);
  }
  const refused = await pcapkit([
    "flows",
    `${CAPTURES}sample.pcap`,
    "--strategy",
    "server",
    "-c",
    "3",
  ]);
  assertEquals(refused.code, 2);
});
