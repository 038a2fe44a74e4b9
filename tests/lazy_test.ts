import { assert, assertEquals, assertThrows } from "@std/assert";
import { indexText } from "../_tools/build_index.ts";
import { createKit } from "../kit.ts";
import { extract, open, type Packet } from "../mod.ts";

const CAPTURES = new URL("captures/", import.meta.url);

Deno.test("protocols/_index.ts says what the declarations say", async () => {
  const text = await Deno.readTextFile(new URL("../protocols/_index.ts", import.meta.url));
  assertEquals(text, await indexText(), "run: deno task index");
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
