import { assert, assertEquals } from "@std/assert";
import { complete } from "../../cli/completion.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { has } from "./_process.ts";

/** What could stand next, and whether a file could; names are made up. */
async function next(...words: string[]): Promise<[words: string[], files: boolean]> {
  const { words: found, files } = await complete(
    words,
    (kind) => Promise.resolve([`${kind}-a`, `${kind}-b`, "ip.src", "ip.dst"]),
  );
  return [found.map(([word]) => word), files];
}

Deno.test("completion: commands, and files where a file stands", async () => {
  const names = COMMANDS.map((c) => c.name).filter((name) => name !== "");
  assertEquals(await next(""), [names, true]);
  assertEquals(await next("fl"), [["flows"], true]);
  assertEquals(await next("in.pcap", ""), [[], false]);
  assertEquals(await next("info", "a.pcap", "b"), [[], true]);
  assertEquals(await next("convert", "a.pcap", ""), [[], true]);
  assertEquals(await next("convert", "a.pcap", "b.pcap", ""), [[], false]);
  assertEquals(await next("flows", "-b", "--sort", "bytes", ""), [[], true]);
  assertEquals(await next("list", "fi"), [["fields"], false]);
  assertEquals(await next("list", "fields", "prot"), [["protocol-a", "protocol-b"], false]);
  assertEquals(await next("bpf", "tcp"), [[], false]);
  assertEquals(await next("devices", "dev"), [["device-a", "device-b"], false]);
});

Deno.test("completion: options that were not given yet, and what they may be", async () => {
  assertEquals(await next("fields", "--he"), [["--help", "--header"], false]);
  assertEquals(await next("fields", "--header", "--he"), [["--help"], false]);
  assertEquals((await next("fields", "-e", "ip.src", "--fie"))[0], ["--field"]);
  assert((await next("fields", "-"))[0].includes("-e"));
  assertEquals(await next("in.pcap", "-L", "tr"), [["transport"], false]);
  assertEquals(await next("in.pcap", "--layer=tr"), [["--layer=transport"], false]);
  assertEquals(await next("in.pcap", "--layer", "=", "tr"), [["transport"], false]);
  assertEquals((await next("in.pcap", "--layer", "="))[0][0], "link");
  assertEquals(await next("in.pcap", "-o", ""), [[], true]);
  assertEquals(await next("in.pcap", "--count", ""), [[], false]);
  assertEquals(await next("fields", "in.pcap", "-e", "ip.s"), [["ip.src"], false]);
  assertEquals(await next("fields", "in.pcap", "-e", "ip.src,ip.d"), [["ip.src,ip.dst"], false]);
  assertEquals(await next("--framer", "fr"), [["framer-a", "framer-b"], false]);
});

Deno.test({
  name: "completion: in a real bash, without anything installed for it",
  ignore: !has("bash"),
  fn: async () => {
    const directory = await Deno.makeTempDir();
    try {
      const program = `${directory}/pcapkit`;
      const cli = new URL("../../cli.ts", import.meta.url).pathname;
      await Deno.writeTextFile(
        program,
        `#!/bin/sh\nexec '${Deno.execPath()}' run --no-check --quiet -A '${cli}' "$@"\n`,
        { mode: 0o755 },
      );
      const script = `
        source <(pcapkit complete bash)
        try() {
          COMP_WORDS=(pcapkit "$@"); COMP_CWORD=$#
          __pcapkit
          echo "\${COMPREPLY[*]}"
        }
        try fl
        try in.pcap --strategy s
        try fields 'a file; touch "$(echo made)"' -e dns.qry.name.l
        try list en
        complete -p pcapkit
      `;
      const { code, stdout, stderr } = await new Deno.Command("bash", {
        args: ["--norc", "--noprofile", "-c", script],
        cwd: directory,
        env: { PATH: `${directory}:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
      }).output();
      const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      assertEquals([code, err], [0, ""]);
      assertEquals(out.trimEnd().split("\n"), [
        "flows",
        "server",
        "dns.qry.name.len",
        "engines",
        "complete -o default -F __pcapkit pcapkit",
      ]);
      assertEquals([...Deno.readDirSync(directory)].map((e) => e.name), ["pcapkit"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
