import { assertEquals } from "@std/assert";
import { compare, failures, load, parse, readBudget, readSnapshot } from "../_tools/check_names.ts";
import { undeclared } from "../_tools/undeclared.ts";
import { createKit } from "../kit.ts";

const { catalogue } = createKit();
await catalogue.loadAll();

Deno.test("every field exists in Wireshark with a compatible type, and names differ within the budget", async () => {
  assertEquals(failures(compare(catalogue, await load(catalogue)), await readBudget()), []);
});

Deno.test("the snapshot of Wireshark's fields holds all that the kit's protocols need", async () => {
  const comparison = compare(catalogue, parse(await readSnapshot()));
  const missing = comparison.differences.filter((d) => d.what === "abbrev");
  assertEquals(missing, [], "run: deno task names --update");
});

Deno.test("what is not declared of the complete protocols has a reason", async () => {
  const missing = undeclared(catalogue, parse(await readSnapshot()));
  assertEquals(missing.filter((f) => f.reason === undefined).map((f) => f.abbrev), []);
});

Deno.test("a difference in abbreviation, type, bits, name or value is found", () => {
  const text = [
    "#\t4.0.17",
    "P\tInternet Protocol\tip",
    "F\tVersion\tip.version\tFT_UINT8\tip\tBASE_DEC\t0xf0",
    "F\tHeader Length\tip.hdr_len\tFT_STRING\tip\t\t0x0",
    "F\tDSCP\tip.dsfield.dscp\tFT_UINT8\tip\tBASE_DEC\t0x3f",
    "V\tip.dsfield.dscp\t0\tNone",
  ].join("\n");
  const { differences } = compare(catalogue, parse(text));
  const found = (abbrev: string) =>
    differences.filter((d) => d.abbrev === abbrev).map((d) => d.what);
  assertEquals(found("ip.version"), []);
  assertEquals(found("ip.ttl"), ["abbrev"]);
  assertEquals(found("ip.hdr_len"), ["type"]);
  assertEquals(found("ip.dsfield.dscp").slice(0, 3), ["mask", "name", "value"]);
  assertEquals(found("tcp"), ["abbrev"]);
});
