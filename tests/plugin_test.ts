import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import acmePlugin, { acme } from "../examples/acme_plugin.ts";
import {
  CaptureFormatError,
  craft,
  createPcapFile,
  eth,
  extract,
  ip,
  open,
  tcp,
  udp,
} from "../mod.ts";
import { pcapkit } from "./cli/_process.ts";

const MODULE = "examples/acme_plugin.ts";

/** A capture with Acme over UDP and over TCP, and something else. */
async function capture(): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  const below = [eth.of(), ip.of({ src: "192.0.2.1", dst: "192.0.2.2" })] as const;
  const frames = [
    craft(...below, udp.of({ srcPort: 1, dstPort: 9999 }), acme.of({ urgent: 1, name: "anvil" })),
    craft(...below, tcp.of({ srcPort: 9998, dstPort: 1 }), acme.of({ name: "rocket" })),
    craft(...below, udp.of({ srcPort: 1, dstPort: 2 }), new Uint8Array(5)),
  ];
  await using file = await createPcapFile(path, { linkType: 1 });
  for (const [i, data] of frames.entries()) {
    await file.writeFrame({ data, seconds: i, nanoseconds: 0 });
  }
  return path;
}

Deno.test("the example plug-in: protocol, binding, engine and format, in this thread and in workers", async () => {
  const path = await capture();
  const expected = "1\t4\tanvil\n2\t4\trocket\n3\t4\t-\n";
  for (const strategy of ["inline", "server", "pipeline"]) {
    const { code, out, err } = await pcapkit([
      path,
      ...["--plugin", MODULE, "-f", "acme-lines", "-E", "audited", "--strategy", strategy],
    ]);
    assertEquals([code, out, err], [0, expected, ""], strategy);
  }
  const fields = ["fields", path, "--plugin", MODULE, "-e", "acme.name", "-e", "acme.urgent"];
  assertEquals((await pcapkit(fields)).out, "anvil\t1\nrocket\t0\n\t\n");
  const list = await pcapkit(["list", "formats", "--plugin", MODULE]);
  assertMatch(list.out, /^acme-lines /m);
  const names: unknown[] = [];
  for await (const packet of open(path, { plugins: [acmePlugin] })) {
    names.push(packet.get(acme)?.name);
  }
  assertEquals(names, ["anvil", "rocket", undefined]);
  const { frame } = await extract({
    fin: path,
    nofile: true,
    plugins: [acmePlugin],
    strategy: "server",
    workers: 2,
  });
  assertEquals(frame.map((p) => p.get(acme)?.urgent), [1, 0, undefined]);
  await Deno.remove(path);
});

/** The frames of a capture as Acme's log: what the example's framer reads. */
async function logOf(path: string): Promise<string> {
  let text = "acme-log 1\n";
  for await (const packet of open(path)) {
    const digits = String(packet.time).padStart(10, "0");
    text += `${digits.slice(0, -9)}.${digits.slice(-9)} ${packet.bytes.toHex()}\n`;
  }
  return text;
}

Deno.test("the example plug-in's framer reads its files for every command, in this thread and in workers", async () => {
  const path = await capture(), log = await Deno.makeTempFile({ suffix: ".log" });
  await Deno.writeTextFile(log, await logOf(path));
  const plugin = ["--plugin", MODULE];
  for (const strategy of ["inline", "server", "pipeline"]) {
    const run = await pcapkit([log, ...plugin, "-f", "acme-lines", "--strategy", strategy]);
    assertEquals([run.code, run.out, run.err], [0, "1\t4\tanvil\n2\t4\trocket\n3\t4\t-\n", ""]);
  }
  const same = async (...words: string[]) => {
    const theirs = await pcapkit([...words.map((w) => w === "IN" ? path : w), ...plugin]);
    const ours = await pcapkit([...words.map((w) => w === "IN" ? log : w), ...plugin]);
    assertEquals([ours.code, ours.out, ours.err], [0, theirs.out, theirs.err], words.join(" "));
  };
  await same("IN", "-f", "ndjson");
  await same("fields", "IN", "-e", "frame.time_epoch", "-e", "acme.name");
  await same("flows", "IN", "--json");
  await same("compare", "IN");
  const named = await pcapkit(["convert", log, `${log}.pcap`, ...plugin, "--framer", "acme-log"]);
  assertEquals([named.code, named.err], [0, ""]);
  assertEquals(await logOf(`${log}.pcap`), await Deno.readTextFile(log));
  const info = await pcapkit(["info", log, "--json", ...plugin]);
  assertEquals(JSON.parse(info.out).packets, 3);
  const list = await pcapkit(["list", "framers", ...plugin]);
  assertMatch(list.out, /^acme-log +Acme's logs/m);
  const { frame } = await extract({
    fin: log,
    nofile: true,
    plugins: [acmePlugin],
    strategy: "server",
    workers: 2,
  });
  assertEquals(frame.map((p) => p.get(acme)?.name), ["anvil", "rocket", undefined]);
  await Promise.all([path, log, `${log}.pcap`].map((file) => Deno.remove(file)));
});

Deno.test("the example plug-in's framer gives every good frame before it says where a file is damaged", async () => {
  const path = await capture(), text = await logOf(path);
  for (
    const [damaged, message, whole] of [
      [text.slice(0, -10), "ends within a line", 2],
      [text.replace(/\n(?=2\.)/, "\nnothing\n"), "no line of a log", 2],
    ] as const
  ) {
    let packets = 0;
    const error = await assertRejects(async () => {
      const bytes = new TextEncoder().encode(damaged);
      for await (const _ of open(bytes, { plugins: [acmePlugin] })) packets++;
    }, CaptureFormatError);
    assertMatch(error.message, new RegExp(message));
    assertEquals(packets, whole);
  }
  await Deno.remove(path);
});

Deno.test("a module that is no plug-in is refused, and so is one that is not there", async () => {
  const path = await capture();
  for (const [module, message] of [["mod.ts", "no plug-in"], ["examples/nowhere.ts", "nowhere"]]) {
    const { code, err } = await pcapkit([path, "--plugin", module]);
    assertEquals(code, 2);
    assertMatch(err, new RegExp(message));
  }
  await Deno.remove(path);
});
