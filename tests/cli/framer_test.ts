import { assertEquals, assertStringIncludes } from "@std/assert";
import { CAPTURES, pcapkit, SAMPLE } from "./_process.ts";

Deno.test("every command that reads takes --framer, and gives the same with npm:pcap-parser", async () => {
  const commands = [
    [SAMPLE, "-f", "ndjson"],
    ["fields", SAMPLE, "-e", "ip.src"],
    ["flows", SAMPLE],
    ["flows", SAMPLE, "-E", "default"],
    ["info", SAMPLE],
  ];
  await Promise.all(commands.map(async (args) => {
    const ours = await pcapkit(args), theirs = await pcapkit([...args, "--framer", "pcap-parser"]);
    assertEquals([theirs.code, theirs.err], [0, ours.err]);
    assertEquals(theirs.out, ours.out, args.join(" "));
  }));
  const folder = Deno.makeTempDirSync();
  try {
    const out = `${folder}/out.pcap`;
    const { code } = await pcapkit(["convert", SAMPLE, out, "--framer", "pcap-parser"]);
    assertEquals(code, 0);
    assertEquals(Deno.readFileSync(out), Deno.readFileSync(SAMPLE));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a framer that cannot read the file, or is none, is an error that says so", async () => {
  const commands = [["-f", "text"], ["--total"]];
  const names = ["", "flows"];
  for (const [i, args] of commands.entries()) {
    const command = names[i] === "" ? [] : [names[i]];
    const file = `${CAPTURES}/nanoseconds.pcap`;
    const wrong = await pcapkit([...command, file, ...args, "--framer", "pcap-parser"]);
    assertEquals([wrong.code, wrong.out], [2, ""]);
    assertStringIncludes(wrong.err, "npm:pcap-parser knows version 2.4 with microseconds");
    const none = await pcapkit([...command, SAMPLE, ...args, "--framer", "nonsense"]);
    assertEquals([none.code, none.out], [2, ""]);
    assertStringIncludes(none.err, 'pcapkit: Cannot read with framer "nonsense": current framers');
    const near = await pcapkit([...command, SAMPLE, ...args, "--framer", "pcapgn"]);
    assertStringIncludes(near.err, 'did you mean "pcapng"?');
  }
});
