import { assertEquals, assertThrows } from "@std/assert";
import {
  compileFilter,
  FilterSyntaxError,
  LibpcapError,
  LibraryLoadError,
  offlineFilter,
} from "../../capture/libpcap/mod.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "./_library.ts";
import { openCapture } from "../../capture/mod.ts";

const ignore = LIBPCAP === undefined;

/** What `tcpdump -dd` prints, as our rows. */
async function tcpdumpRows(expression: string, ...flags: string[]): Promise<number[]> {
  const { stdout } = await new Deno.Command("tcpdump", {
    args: [...flags, "-dd", expression],
    stderr: "null",
  }).output();
  return [...new TextDecoder().decode(stdout).matchAll(/\{ (.*?), (.*?), (.*?), (.*?) \}/g)]
    .flatMap((row) => row.slice(1, 5).map(Number));
}

const hasTcpdump = (() => {
  try {
    return new Deno.Command("tcpdump", { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: `compileFilter gives the program tcpdump prints${WITHOUT_LIBPCAP}${
    hasTcpdump ? "" : " (skipped: no tcpdump)"
  }`,
  ignore: ignore || !hasTcpdump,
  fn: async () => {
    for (
      const expression of [
        "",
        "tcp port 80",
        "ip6 and udp portrange 50-60",
        "tcp[tcp[12:1] >> 2 : 2] = 0x4854",
        "not (net 10.0.0.0/8 or icmp)",
      ]
    ) {
      const plain = compileFilter(expression, { optimize: false });
      assertEquals(
        [...compileFilter(expression).instructions],
        await tcpdumpRows(expression, "-y", "EN10MB", "-i", "lo"),
        expression,
      );
      assertEquals(
        [...plain.instructions],
        await tcpdumpRows(expression, "-O", "-y", "EN10MB", "-i", "lo"),
        expression,
      );
    }
  },
});

Deno.test({
  name: `compileFilter minds link type, snap length and netmask${WITHOUT_LIBPCAP}`,
  ignore,
  fn: () => {
    const jump = (linkType: number) => compileFilter("ip", { linkType }).instructions[3];
    assertEquals(jump(1), 12);
    assertEquals(jump(101), 0, "LINKTYPE_RAW is DLT_RAW, which has another number");
    assertEquals(jump(113), 14);
    const { instructions } = compileFilter("tcp", { snapLength: 77 });
    assertEquals(instructions.includes(77), true);
    const broadcast = [...compileFilter("ip broadcast", { netmask: "255.255.240.0" }).instructions];
    assertEquals(broadcast.includes(0x0fff), true);
    assertEquals(
      [...compileFilter("ip broadcast", { netmask: 0xffff_f000 }).instructions],
      broadcast,
    );
    assertThrows(() => compileFilter("ip broadcast"), FilterSyntaxError, "netmask");
    assertThrows(() => compileFilter("ip", { netmask: "255.255" }), TypeError);
    assertThrows(() => compileFilter("ip", { netmask: -1 }), RangeError);
  },
});

Deno.test({
  name: `compileFilter says what is wrong with an expression${WITHOUT_LIBPCAP}`,
  ignore,
  fn: () => {
    const error = assertThrows(() => compileFilter("no such thing here"), FilterSyntaxError);
    assertEquals(error.expression, "no such thing here");
    assertEquals([error.code, error.call], [-1, "pcap_compile"]);
    assertEquals(error.message.includes("no such thing here"), true);
    assertThrows(() => compileFilter("tcp\0port"), TypeError, "NUL");
    assertThrows(() => compileFilter("vlan", { linkType: 195 }), FilterSyntaxError);
  },
});

Deno.test({
  name: `offlineFilter keeps what tcpdump -r keeps${WITHOUT_LIBPCAP}${
    hasTcpdump ? "" : " (skipped: no tcpdump)"
  }`,
  ignore: ignore || !hasTcpdump,
  fn: async () => {
    const file = "tests/captures/sample.pcap";
    for (const expression of ["tcp", "udp port 53", "ip6", "greater 200"]) {
      const keep = offlineFilter(compileFilter(expression));
      let kept = 0;
      await using capture = await openCapture(file);
      for await (const batch of capture) {
        for (let i = 0; i < batch.count; i++) {
          const start = batch.starts[i];
          const packet = batch.bytes.subarray(start, start + batch.capturedLengths[i]);
          if (keep(packet, batch.wireLengths[i]) > 0) kept++;
        }
      }
      const { stdout } = await new Deno.Command("tcpdump", {
        args: ["-r", file, "-nn", "-t", "-q", expression],
        stderr: "null",
      }).output();
      const lines = new TextDecoder().decode(stdout).split("\n")
        .filter((line) => line !== "" && !line.startsWith("\t"));
      assertEquals(kept, lines.length, expression);
    }
  },
});

Deno.test({
  name: `offlineFilter refuses programs that leave their instructions${WITHOUT_LIBPCAP}`,
  ignore,
  fn: () => {
    for (const rows of [[], [5, 0, 0, 1000], [0x15, 200, 0, 1, 6, 0, 0, 0]]) {
      assertThrows(
        () => offlineFilter({ instructions: new Uint32Array(rows) }),
        LibpcapError,
        "not valid",
      );
    }
  },
});

Deno.test("a library that is not there is an error that says what was tried", () => {
  const error = assertThrows(
    () => compileFilter("ip", { library: "/no/such/libpcap.so" }),
    LibraryLoadError,
  );
  assertEquals(error.attempts.map(({ path }) => path), ["/no/such/libpcap.so"]);
});
