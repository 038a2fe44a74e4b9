import { assert, assertEquals, assertRejects } from "@std/assert";
import { compileByTcpdump, compileForFile } from "../../capture/bpf/compile.ts";
import { describeInstruction } from "../../capture/bpf/listing.ts";
import { instructionsOf, OP } from "../../capture/bpf/program.ts";
import { FilterSyntaxError } from "../../capture/libpcap/errors.ts";
import { nativeProgram } from "../../capture/libpcap/filter.ts";
import { loadLibrary } from "../../capture/libpcap/library.ts";
import { readText } from "../../capture/libpcap/memory.ts";
import { openCapture } from "../../capture/mod.ts";
import { CaptureFormatError } from "../../core/errors.ts";
import { type Case, Random } from "../../_tools/_fuzz.ts";
import {
  describeDifference,
  noOutcome,
  poolOf,
  tryExpression,
  tryProgram,
} from "../../_tools/_fuzz_bpf.ts";
import { compareFile, isPcap } from "../../_tools/oracle_bpf.ts";
import { CAPTURES, has } from "../cli/_process.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "../libpcap/_library.ts";

const ignore = LIBPCAP === undefined;
const noTcpdump = !has("tcpdump");
const WITHOUT_TCPDUMP = noTcpdump ? " (skipped: no tcpdump)" : "";

/** Packets of the recorded captures, whole, cut and damaged, also under other link types. */
async function packets(random: Random): Promise<Case[]> {
  const cases: Case[] = [];
  for (const { name } of [...Deno.readDirSync(CAPTURES)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!/\.pcap(ng)?$/.test(name)) continue;
    await using capture = await openCapture(`${CAPTURES}/${name}`);
    for await (const batch of capture) {
      for (let i = 0; i < Math.min(batch.count, 40); i++) {
        const start = batch.starts[i], length = batch.capturedLengths[i];
        const bytes = batch.bytes.slice(start, start + Math.min(length, 400));
        for (let n = random.below(3); n > 0; n--) {
          bytes[random.below(Math.min(bytes.length, 64))] = random.next();
        }
        const linkType = random.once(4) ? [105, 127, 9, 51, 0, 276][random.below(6)] : 0;
        cases.push({
          bytes: random.once(3) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes,
          wire: batch.wireLengths[i],
          linkType: linkType || batch.linkTypes[i],
        });
      }
    }
  }
  return cases;
}

Deno.test({
  name: `bpf: generated code and interpreter answer as libpcap's${WITHOUT_LIBPCAP}`,
  ignore,
  async fn() {
    const seed = 20261121;
    const pool = poolOf(await packets(new Random(seed)));
    const outcome = noOutcome();
    for (let i = 0; outcome.pairs < 16_000; i++) {
      await tryExpression(new Random(seed, 2 * i), pool, outcome);
      tryProgram(new Random(seed, 2 * i + 1), pool, outcome);
    }
    assertEquals(outcome.differences.map(describeDifference), []);
    // Both answers are met, and programs that loop.
    assert(outcome.passed > 3000 && outcome.pairs - outcome.passed > 3000, String(outcome.passed));
    assert(outcome.looping > 0);
    assert(outcome.linkTypes.size > 20);
  },
});

Deno.test({
  name: `bpf: every instruction is listed as libpcap's bpf_image does${WITHOUT_LIBPCAP}`,
  ignore,
  fn() {
    const library = loadLibrary();
    for (const code of [...Object.values(OP), 0xb0, 0xffff]) {
      // libpcap runs this one, and has no name for it.
      if (code === OP.LDX_LEN) continue;
      for (const k of [0, 1, 14, 0x7fffffff, 0x80000000, 0xffffffff]) {
        const row = Uint32Array.of(code, 3, 200, k);
        const { instructions } = nativeProgram(library, row);
        const expected = readText(library, library.pcap.bpf_image!(instructions, 7));
        assertEquals(describeInstruction(instructionsOf(row)[0], 7), expected);
      }
    }
  },
});

const EXPRESSIONS: readonly string[] = [
  "tcp port 80",
  "ip6 or arp or len > 500",
  "ip[8] < 64 or ip6[7] < 64 or not ip",
];

Deno.test({
  name: `bpf: filtering a file writes the bytes that tcpdump writes${WITHOUT_TCPDUMP}`,
  ignore: ignore || noTcpdump,
  async fn() {
    let same = 0, bytes = 0;
    for (const { name } of Deno.readDirSync(CAPTURES)) {
      const path = `${CAPTURES}/${name}`;
      if (!isPcap(path)) continue;
      for (const expression of EXPRESSIONS) {
        const comparison = await compareFile(path, expression);
        assertEquals(
          [comparison.kind, comparison.what],
          ["same", undefined],
          `${name} ${expression}`,
        );
        same++;
        bytes += comparison.bytes;
      }
    }
    assert(same > 100 && bytes > 100_000, `${same} files, ${bytes} bytes`);
  },
});

Deno.test({
  name: `bpf: tcpdump compiles the same programs as libpcap${WITHOUT_TCPDUMP}`,
  ignore: ignore || noTcpdump,
  async fn() {
    for (const expression of [...EXPRESSIONS, "", "vlan", "ip broadcast", "ip6 protochain 6"]) {
      for (const linkType of [1, 101, 0, 113, 276]) {
        for (const littleEndian of [true, false]) {
          const options = { linkType, littleEndian, optimize: linkType !== 113 };
          let expected;
          try {
            expected = await compileForFile(expression, options);
          } catch (error) {
            assert(error instanceof FilterSyntaxError);
            const other = await assertRejects(() => compileByTcpdump(expression, options));
            assert(other instanceof FilterSyntaxError);
            assertEquals(other.reason, error.reason);
            continue;
          }
          assertEquals(await compileByTcpdump(expression, options), expected);
        }
      }
    }
    await assertRejects(
      () => compileByTcpdump("tcp prot 80"),
      FilterSyntaxError,
      `Cannot compile filter "tcp prot 80": can't parse filter expression: syntax error`,
    );
    await assertRejects(() => compileByTcpdump("-w /tmp/x"), FilterSyntaxError);
  },
});

Deno.test({
  name: `bpf: a filter for a file is not one for a device${WITHOUT_LIBPCAP}`,
  ignore,
  async fn() {
    // A file of loopback packets may come from any system, whose numbers for IPv6 differ.
    const values = async (littleEndian: boolean) =>
      instructionsOf((await compileForFile("ip6", { linkType: 0, littleEndian })).instructions)
        .filter(({ code }) => code === OP.JEQ_K).map(({ k }) => k).sort((a, b) => a - b);
    assertEquals(await values(true), [24, 28, 30].map((family) => family * 2 ** 24));
    assertEquals(await values(false), [24, 28, 30]);
    // No file of Ethernet frames says which way they went.
    await assertRejects(() => compileForFile("inbound"), FilterSyntaxError, "savefile");
  },
});

Deno.test({
  name: `bpf: damaged captures deliver what passes before the damage${WITHOUT_LIBPCAP}`,
  ignore,
  async fn() {
    const { filterCapture } = await import("../../capture/bpf/capture.ts");
    for (const name of ["sample.pcap", "sample.pcapng"]) {
      const whole = Deno.readFileSync(`${CAPTURES}/${name}`);
      const counts: number[] = [];
      for (const bytes of [whole, whole.subarray(0, whole.length - 5)]) {
        let count = 0;
        try {
          await using capture = await filterCapture(await openCapture(bytes), "len > 0");
          for await (const batch of capture) count += batch.count;
        } catch (error) {
          assert(error instanceof CaptureFormatError);
        }
        counts.push(count);
      }
      assertEquals(counts[1], counts[0] - 1);
    }
  },
});
