import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { indexText } from "../_tools/build_index.ts";
import { MemorySink } from "../capture/sink.ts";
import { PcapWriter } from "../capture/write_pcap.ts";
import { later, list, u8 } from "../core/field.ts";
import { craft, type LazyProtocol, protocol } from "../core/protocol.ts";
import { createKit } from "../kit.ts";
import { extract, open, openCapture, type Packet } from "../mod.ts";
import { eth } from "../protocols/eth.ts";
import { ip } from "../protocols/ip.ts";
import { udp } from "../protocols/udp.ts";
import { inline } from "../workers/inline.ts";
import { epb, idb, join, NONE, shb } from "./capture/craft.ts";

const CAPTURES = new URL("captures/", import.meta.url);

Deno.test("protocols/_index.ts says what the declarations say", async () => {
  const text = await Deno.readTextFile(new URL("../protocols/_index.ts", import.meta.url));
  assertEquals(text, await indexText(), "run: deno task index");
});

/** The modules below a folder of the project. */
function* modulesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(`../${folder}`, import.meta.url))) {
    if (isDirectory) yield* modulesIn(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

Deno.test("no module that dissecting loads takes two bytes a character in memory", async () => {
  const wide: string[] = [];
  for (const folder of ["capture", "cli", "core", "engines", "output", "protocols", "workers"]) {
    for (const path of modulesIn(folder)) {
      // Prototypes of C, read by a tool, and loaded by live captures alone.
      if (path === "capture/libpcap/symbols.ts") continue;
      const text = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
      const found = text.match(/[\u0100-\uffff]/);
      if (found) wide.push(`${path}: ${found[0]} (V8 keeps text beyond Latin-1 as UTF-16)`);
    }
  }
  assertEquals(wide, []);
});

Deno.test("reports are the same whether protocols are loaded when needed or all before", async () => {
  const folder = await Deno.makeTempDir();
  for (const { name } of Deno.readDirSync(CAPTURES)) {
    if (!/\.pcap(ng)?$/.test(name)) continue;
    for (const format of ["ndjson", "json", "text"]) {
      const reports: string[] = [];
      for (const all of [false, true]) {
        const kit = createKit();
        if (all) await kit.catalogue.loadAll();
        const fout = `${folder}/${name}.${all}`;
        const options = { kit, fin: new URL(name, CAPTURES), fout, format };
        await extract({ ...options, store: false, extension: false });
        reports.push(await Deno.readTextFile(fout));
      }
      assertEquals(reports[0], reports[1], `${name} as ${format}`);
    }
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a protocol without fields of its own may join a report alone", async () => {
  // `raw` comes when everything else on the packet is there.
  const inner = [
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 40_000, dstPort: 40_001 }),
  ];
  const file = join(
    shb(true),
    idb(true),
    idb(true, NONE, 101),
    epb(true, 0, 0n, craft(eth.of({}), ...inner)),
    epb(true, 1, 0n, craft(...inner)),
  );
  for (const format of ["json", "plist", "tree", "ndjson", "text", "csv"]) {
    const reports: string[] = [];
    for (const all of [false, true]) {
      const kit = createKit();
      if (all) await kit.catalogue.loadAll();
      await using capture = await openCapture(file, { batchPackets: 1 });
      const job = { engine: { name: "default" }, format: { name: format } };
      await using crew = await inline(job, kit);
      let text = "";
      for await (const { output } of crew.run(capture)) text += new TextDecoder().decode(output);
      reports.push(text);
    }
    assert(reports[0].length > 0);
    assertEquals(reports[0], reports[1], format);
  }
});

Deno.test("a protocol is loaded when a packet needs it, and not before", async () => {
  const { catalogue } = createKit();
  assert(catalogue.isAbsent(catalogue.idOf("dns")));
  assertEquals(catalogue.fieldsOf("dns.qry.name"), []);
  assert(catalogue.mayHave("dns.qry.name"));
  await catalogue.loadFields(["dns.qry.name"]);
  assert(!catalogue.isAbsent(catalogue.idOf("dns")));
  assert(catalogue.isAbsent(catalogue.idOf("gtp")));
  assert(catalogue.fieldsOf("dns.qry.name").length > 0);
});

Deno.test("packet.field knows names of protocols no packet needed, and no others", async () => {
  let first: Packet | undefined;
  for await (const packet of open(new URL("sample.pcap", CAPTURES), { count: 1 })) {
    first = packet;
    assertEquals(packet.field("gtp.teid"), undefined);
    assert(!packet.has("gtp"));
    assertThrows(() => packet.field("nosuch.field"), RangeError, "nosuch.field");
  }
  assert(first);
});

Deno.test("text numbers no fields, and what is made later is not made for it", async () => {
  const made: string[] = [], numbered: string[] = [];
  const inner = protocol<{ kind: number; list: readonly number[] }>({
    name: "test.inner",
    title: "Inner",
    label: "INNER",
    layer: "application",
    parents: { "udp.port": [4242] },
    fields: {
      kind: u8("test.kind", "Kind"),
      list: later(() => {
        made.push("list");
        return list(u8("test.element", "Element"));
      }),
    },
    header: "rest",
    summary: (_layer, out) => out.ascii("summed up"),
  });
  const lazy: LazyProtocol = {
    name: inner.name,
    title: inner.title,
    label: inner.label,
    layer: inner.layer,
    parents: inner.spec.parents!,
    roots: ["test"],
    load: () =>
      Promise.resolve(Object.create(inner, {
        fields: {
          get() {
            numbered.push("inner");
            return inner.fields;
          },
        },
      })),
  };
  const plugins = [{ name: "test", protocols: [lazy] }];
  const frame = craft(
    eth.of({ dst: "02:00:00:00:00:01", src: "02:00:00:00:00:02" }),
    ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
    udp.of({ srcPort: 4241, dstPort: 4242 }),
    new Uint8Array([7, 8, 9]),
  );
  const sink = new MemorySink();
  const writer = new PcapWriter(sink, { linkType: 1 });
  await writer.writeFrame({ seconds: 0, nanoseconds: 0, data: frame });
  await writer[Symbol.asyncDispose]();
  const report = async (format: string): Promise<string> => {
    const fout = await Deno.makeTempFile();
    await extract({ plugins, fin: sink.bytes(), fout, format, store: false, extension: false });
    const text = await Deno.readTextFile(fout);
    await Deno.remove(fout);
    return text;
  };
  assertStringIncludes(await report("text"), "INNER 45 summed up");
  assertEquals([made, numbered], [[], []]);
  const told = JSON.parse(await report("ndjson"));
  assertEquals(told.fields["test.element"], [8, 9]);
  assertEquals([made, numbered], [["list"], ["inner"]]);
  // An empty list is a list, and what is written is what is read.
  const header = inner.at(new Uint8Array([7]), 0, 1, 1);
  assertEquals(inner.toObject(header), { kind: 7, list: [] });
  assertEquals(inner.encode({ kind: 1, list: [2, 3] }), new Uint8Array([1, 2, 3]));
  assertEquals(made, ["list"]);
});
