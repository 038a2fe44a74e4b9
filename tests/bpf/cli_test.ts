import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileForFile } from "../../capture/bpf/compile.ts";
import { libraryCandidates } from "../../capture/libpcap/mod.ts";
import { extract } from "../../mod.ts";
import { CAPTURES, has, pcapkit, SAMPLE } from "../cli/_process.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "../libpcap/_library.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const ignore = LIBPCAP === undefined;
const noTcpdump = !has("tcpdump");
const WITHOUT_TCPDUMP = noTcpdump ? " (skipped: no tcpdump)" : "";
/** What docs/ names for filtering files: libpcap's own file, and nothing else of FFI. */
const FFI = `--allow-ffi=${
  libraryCandidates().find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  })
}`;
const READING = ["--allow-read", FFI] as const;
const WRITING = ["--allow-read", "--allow-write", FFI] as const;

async function tcpdump(...args: string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command("tcpdump", { args }).output();
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test({
  name: `bpf EXPR prints what tcpdump -d, -dd and -ddd print${WITHOUT_TCPDUMP}`,
  ignore: ignore || noTcpdump,
  async fn() {
    const cases: [mine: string[], theirs: string[]][] = [
      [["tcp port 80"], ["-d", "-y", "EN10MB", "tcp port 80"]],
      [["-d", "ip", "and", "not", "udp"], ["-d", "-y", "EN10MB", "ip and not udp"]],
      [["-dd", "-y", "RAW", "host 10.0.0.1"], ["-dd", "-y", "RAW", "host 10.0.0.1"]],
      [["-ddd", "-y", "LINUX_SLL", "ip6"], ["-ddd", "-y", "LINUX_SLL", "ip6"]],
      [["-O", "-y", "dlt_en10mb", "vlan and ip"], ["-O", "-d", "-y", "EN10MB", "vlan and ip"]],
      [["-s", "96", "arp"], ["-d", "-s", "96", "-y", "EN10MB", "arp"]],
      [[], ["-d", "-y", "EN10MB", ""]],
    ];
    for (const [mine, theirs] of cases) {
      const { code, out, err } = await pcapkit(["bpf", ...mine], { allow: READING });
      assertEquals([code, err], [0, ""], mine.join(" "));
      assertEquals(out, text((await tcpdump(...theirs)).stdout), mine.join(" "));
    }
    const { out } = await pcapkit(["bpf", "--javascript", "arp"], { allow: READING });
    assertStringIncludes(out, "A=view.getUint16(o+12);");
  },
});

Deno.test({
  name: `--bpf: every command that reads sees only what passes${WITHOUT_LIBPCAP}`,
  ignore,
  async fn() {
    const run = async (...args: string[]) => {
      const { code, out, err } = await pcapkit([...args, "--bpf", "udp port 53"], {
        allow: READING,
      });
      assertEquals(code, 0, `${args.join(" ")}: ${err}`);
      return out;
    };
    const lines = (await run("fields", SAMPLE, "-e", "frame.number", "-e", "dns.qry.name"))
      .trim().split("\n");
    assert(lines.length > 2);
    assertEquals(lines.map((line) => line.split("\t")[0]), lines.map((_, i) => String(i + 1)));
    assertEquals((await run(SAMPLE, "-f", "text")).trim().split("\n").length, lines.length);
    assertEquals((await run(SAMPLE, "-f", "ndjson", "-c", "2")).trim().split("\n").length, 2);
    assertMatch(await run("info", SAMPLE), new RegExp(`Packets: +${lines.length}\n`));
    // All of it is DNS, between the addresses that ask and are asked.
    assertMatch(await run("flows", SAMPLE, "--total"), new RegExp(`^\\d+ ${lines.length} \\d+\n$`));
    const spread = await run("fields", SAMPLE, "-e", "frame.number", "--strategy", "server");
    assertEquals(spread.trim().split("\n").length, lines.length);
    const extraction = await extract({ fin: SAMPLE, nofile: true, bpf: "udp port 53" });
    assertEquals(extraction.length, lines.length);
    assertEquals(extraction.frame.map((packet) => packet.number), lines.map((_, i) => i + 1));
  },
});

Deno.test({
  name: `convert --bpf writes the bytes that tcpdump -r -w writes${WITHOUT_TCPDUMP}`,
  ignore: ignore || noTcpdump,
  async fn() {
    const dir = Deno.makeTempDirSync();
    for (
      const [name, ...flags] of [
        ["sample.pcap"],
        ["tcp-states.pcap"],
        ["link-sll2.pcap"],
        ["nanoseconds.pcap", "--precision", "microseconds", "--lossy"],
      ]
    ) {
      const { code, err } = await pcapkit(
        ["convert", `${CAPTURES}/${name}`, `${dir}/${name}`, "--bpf", "ip and len > 60", ...flags],
        { allow: WRITING },
      );
      assertEquals(code, 0, err);
      const { stdout } = await tcpdump("-r", `${CAPTURES}/${name}`, "-w", "-", "ip and len > 60");
      assertEquals(Deno.readFileSync(`${dir}/${name}`), stdout, name);
    }
    Deno.removeSync(dir, { recursive: true });
  },
});

Deno.test("convert --byte-order and --precision have their effect from pcap to pcap", async () => {
  const dir = Deno.makeTempDirSync();
  const allow = ["--allow-read", "--allow-write"];
  const convert = async (from: string, to: string, ...flags: string[]) => {
    const { code, err } = await pcapkit(["convert", from, `${dir}/${to}`, ...flags], { allow });
    assertEquals(code, 0, err);
    return Deno.readFileSync(`${dir}/${to}`);
  };
  const original = Deno.readFileSync(SAMPLE);
  const big = await convert(SAMPLE, "big.pcap", "--byte-order", "big");
  assertEquals(big.subarray(0, 4), Uint8Array.of(0xa1, 0xb2, 0xc3, 0xd4));
  assertEquals(big.length, original.length);
  assertEquals(await convert(`${dir}/big.pcap`, "back.pcap", "--byte-order", "little"), original);
  const nano = await convert(`${dir}/big.pcap`, "nano.pcap", "--precision", "nanoseconds");
  assertEquals(nano.subarray(0, 4), Uint8Array.of(0xa1, 0xb2, 0x3c, 0x4d));
  Deno.removeSync(dir, { recursive: true });
});

Deno.test({
  name: `--bpf: a wrong expression costs no output${WITHOUT_LIBPCAP}`,
  ignore,
  async fn() {
    const dir = Deno.makeTempDirSync();
    const cases: [string[], string][] = [
      [["tcp prot 80"], `Cannot compile filter "tcp prot 80": can't parse filter expression`],
      [["wlan type mgt"], "802.11 link-layer types supported only on 802.11 (link type 1)"],
    ];
    for (const name of ["sample.pcap", "sample.pcapng"]) {
      for (const [[expression], message] of cases) {
        const out = `${dir}/${name}`;
        for (
          const command of [["convert", `${CAPTURES}/${name}`, out], [
            `${CAPTURES}/${name}`,
            "-o",
            out,
            "-f",
            "text",
          ]]
        ) {
          const { code, err } = await pcapkit([...command, "--bpf", expression], {
            allow: WRITING,
          });
          assertEquals(code, 2);
          assertStringIncludes(err, message);
          assertEquals([...Deno.readDirSync(dir)], []);
        }
      }
    }
    Deno.removeSync(dir, { recursive: true });
  },
});

Deno.test({
  name: `--bpf says what to allow, and tcpdump does for libpcap${WITHOUT_TCPDUMP}`,
  ignore: ignore || noTcpdump,
  async fn() {
    const args = ["fields", SAMPLE, "-e", "frame.number", "--bpf", "udp port 53"];
    const none = await pcapkit(args, { allow: ["--allow-read", "--no-prompt"] });
    assertEquals(none.code, 2);
    assertMatch(none.err, /--allow-ffi=\S+libpcap\S+; or let tcpdump .*--allow-run=tcpdump/);
    const [byFfi, byTcpdump] = [
      await pcapkit(args, { allow: READING }),
      await pcapkit(args, { allow: ["--allow-read", "--allow-run=tcpdump"] }),
    ];
    assertEquals([byTcpdump.code, byTcpdump.err], [0, ""]);
    assertEquals(byTcpdump.out, byFfi.out);
    const listing = await pcapkit(["bpf", "arp"], { allow: ["--allow-run=tcpdump"] });
    assertStringIncludes(listing.out, "jeq      #0x806");
  },
});

Deno.test({
  name:
    `a filter runs in a worker without FFI, and where no code may be generated${WITHOUT_LIBPCAP}`,
  ignore,
  async fn() {
    const program = await compileForFile("udp port 53");
    const input = new TextEncoder().encode(JSON.stringify({
      program: { ...program, instructions: [...program.instructions] },
      bytes: Deno.readFileSync(SAMPLE).toBase64(),
    }));
    const results = [];
    for (const flags of [[], ["--v8-flags=--disallow-code-generation-from-strings"]]) {
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-check",
          "--no-prompt",
          `--allow-read=${ROOT}`,
          ...flags,
          `${ROOT}tests/bpf/_filter_worker.ts`,
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(input);
      await writer.close();
      const { stdout, stderr } = await child.output();
      assert(stdout.length > 0, text(stderr));
      results.push(JSON.parse(text(stdout)));
    }
    const { length } = await extract({ fin: SAMPLE, nofile: true, bpf: "udp port 53" });
    assert(length > 2);
    assertEquals(results, [
      { count: length, ffi: "prompt", generates: true },
      { count: length, ffi: "prompt", generates: false },
    ]);
  },
});
