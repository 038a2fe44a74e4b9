import { assertEquals, assertMatch } from "@std/assert";
import acmePlugin, { acme } from "../examples/acme_plugin.ts";
import { craft, createPcapFile, eth, extract, ip, open, tcp, udp } from "../mod.ts";
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

Deno.test("a module that is no plug-in is refused, and so is one that is not there", async () => {
  const path = await capture();
  for (const [module, message] of [["mod.ts", "no plug-in"], ["examples/nowhere.ts", "nowhere"]]) {
    const { code, err } = await pcapkit([path, "--plugin", module]);
    assertEquals(code, 2);
    assertMatch(err, new RegExp(message));
  }
  await Deno.remove(path);
});
