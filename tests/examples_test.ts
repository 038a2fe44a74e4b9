import { assert, assertEquals } from "@std/assert";
import { libraryCandidates } from "../capture/libpcap/mod.ts";
import { neighbour, network, run, sleep, WITHOUT_NETWORK } from "./libpcap/_network.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** The command of an example, as its README has it. */
function commandOf(example: string): string {
  const readme = Deno.readTextFileSync(`${ROOT}examples/README.md`);
  const block = readme.split("<!-- commands:begin -->")[1].split("<!-- commands:end -->")[0];
  const found = block.split("\n").find((line) => line.includes(`examples/${example}`));
  assert(found !== undefined, `examples/README.md has no command of ${example}`);
  return found;
}

/** Starts it, with exactly these permissions; what it writes goes to `folder`, and libpcap is where it is here. */
function start(example: string, folder: string): Deno.ChildProcess {
  const library = libraryCandidates().find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  const line = commandOf(example)
    .replace("deno run", `${Deno.execPath()} run --no-prompt --quiet --no-check`)
    .replace(/--allow-ffi=\S+/, `--allow-ffi=${library}`)
    .replaceAll(/\b(?:copy\.pcapng|out\.pcap)\b/g, (name) => `${folder}/${name}`);
  return new Deno.Command("sh", {
    args: ["-c", line],
    cwd: ROOT,
    env: { NO_COLOR: "1", LIBPCAP_PATH: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Its output, line by line. */
async function output(child: Deno.ChildProcess): Promise<string> {
  const { code, stdout, stderr } = await child.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** An example that needs a network of its own. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + WITHOUT_NETWORK, ignore: WITHOUT_NETWORK !== "", fn });
}

test("pycap's session takes a packet, shows its layers, and is answered by ping's other end", () =>
  inFolder(async (folder) => {
    using _ = network();
    using machine = neighbour("inject-example");
    const other = machine.name;
    const child = start("pycap_session.ts", folder);
    // Somebody sends datagrams, until the session has one and ends.
    let ended = false;
    const text = output(child).finally(() => ended = true);
    while (!ended) {
      const script = "exec 3>/dev/udp/192.0.2.1/9; echo hello >&3";
      run("ip", "netns", "exec", other, "bash", "-c", script);
      await sleep(100);
    }
    const lines = (await text).split("\n");
    assertEquals(lines[0], "device: b0");
    assertEquals(lines[1], "packet: Ethernet:IPv4:UDP, 48 bytes");
    assert(/^Ethernet: type 0x800, (\w\w:){5}\w\w -> (\w\w:){5}\w\w$/.test(lines[2]), lines[2]);
    assertEquals(lines[3], "IPv4: version 4, TTL 64, 192.0.2.2 -> 192.0.2.1");
    assert(/^ports: \d+ -> 9$/.test(lines[4]), lines[4]);
    const rest = lines.slice(5).join("\n");
    for (const name of ["ip.version", "ip.ttl", "ip.src", "ip.dst"]) {
      assert(rest.includes(`"${name}"`), name);
    }
    assert(rest.includes("sent: 62 bytes, an echo request to 192.0.2.2"), rest);
    assert(/^answered: Ethernet:IPv4:ICMP from 192\.0\.2\.2, sequence 1$/m.test(rest), rest);
  }));

test("the libpcap binding's session sends, takes and writes packets by libpcap's functions", () =>
  inFolder(async (folder) => {
    using _ = network();
    const text = await output(start("libpcap_session.ts", folder));
    assert(/^libpcap version 1\./.test(text), text);
    assert(/^lo: up .*127\.0\.0\.1/m.test(text), text);
    assert(/^"udp port 9": \d+ instructions$/m.test(text), text);
    assert(/^packet 5: \d+\.\d{6}, 50 of 50 bytes$/m.test(text), text);
    assert(text.endsWith("received all, dropped 0\n"), text);
    const { size } = await Deno.stat(`${folder}/out.pcap`);
    assertEquals(size, 24 + 5 * (16 + 50));
  }));

Deno.test("fpcap's sessions read, keep and write packets, and say what pcapng knows", () =>
  inFolder(async (folder) => {
    const text = await output(start("fpcap_session.ts", folder));
    assertEquals(text.match(/^ts=\d+\.\d{9} len=\d+ caplen=\d+ DLT=1 interface=r0$/gm)?.length, 3);
    assert(/^kept: 128 packets, 16339 bytes$/m.test(text), text);
    assert(/^comment: .+$/m.test(text) && /^interface: r1 \(DLT=1\)$/m.test(text), text);
    assertEquals(
      await Deno.readFile(`${folder}/copy.pcapng`),
      await Deno.readFile(`${ROOT}tests/captures/sample.pcapng`),
    );
  }));

Deno.test("the plug-in's engine and format do a report", () =>
  inFolder(async (folder) => {
    const text = await output(start("acme_plugin.ts", folder));
    assertEquals(text.trimEnd().split("\n").length, 71);
    assert(/^1\t\d+\t-$/m.test(text), text);
  }));

Deno.test("examples/README.md lists every example", async () => {
  const readme = await Deno.readTextFile(`${ROOT}examples/README.md`);
  for await (const { name } of Deno.readDir(`${ROOT}examples`)) {
    if (name.endsWith(".ts")) assert(readme.includes(`[${name}](${name})`), name);
  }
});
