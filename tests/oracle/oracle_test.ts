// deno-lint-ignore-file no-console -- says how many values agree
import { assert, assertEquals } from "@std/assert";
import { has } from "../cli/_process.ts";
import { compare, comparedFields, ours, theirs } from "./_tshark.ts";

const CAPTURES = new URL("../captures/", import.meta.url).pathname;

/**
 * Differences kept on purpose or beyond one packet: capture, field, reason. KEPT.md says more.
 */
const KEPT: readonly (readonly [capture: RegExp, field: RegExp, reason: string])[] = [
  [/./, /^data\.(data|len)$/, "data is what nobody dissects, and tshark has more dissectors"],
  [/^ipv4-options/, /^ip\.src_rt$/, "the whole route of the option; see KEPT.md"],
  [/./, /^http\.file_data$/, "a segment amid content: what it is depends on segments before"],
];

Deno.test({
  name: "every field of every recorded capture is tshark's",
  ignore: !has("tshark"),
  fn: async (t) => {
    const fields = comparedFields();
    assert(fields.length > 100, `${fields.length} fields are compared`);
    let matched = 0, total = 0;
    for (
      const name of [...Deno.readDirSync(CAPTURES)].map((e) => e.name).filter((n) =>
        n.includes(".pcap")
      ).sort()
    ) {
      await t.step(name, async () => {
        const path = CAPTURES + name;
        const kept = (field: string): boolean =>
          KEPT.some(([c, f]) => c.test(name) && f.test(field));
        const result = compare(theirs(path, fields), await ours(path, fields), kept);
        matched += result.matched;
        total += result.total;
        assertEquals(
          result.differences.length,
          0,
          `${result.differences.length} differences, ${result.matched} of ${result.total} values agree\n${
            result.differences.slice(0, 12).join("\n")
          }`,
        );
      });
    }
    console.info(`      ${matched} of ${total} values agree, ${fields.length} fields`);
  },
});
