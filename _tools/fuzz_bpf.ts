/**
 * Compares the code made of filters, our interpreter and libpcap's own: expressions at random over damaged packets, and
 * programs at random.
 *
 * ```sh
 * deno task fuzz-bpf                            # 400,000 pairs of filter and packet, another seed each time
 * deno task fuzz-bpf --seed 7 --pairs 200000    # these again
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { parseArgs } from "@std/cli/parse-args";
import { makeCase, Random } from "./_fuzz.ts";
import { describeDifference, noOutcome, poolOf, tryExpression, tryProgram } from "./_fuzz_bpf.ts";
import { corpusOf } from "./_fuzz_worker.ts";

/** Damaged packets to choose from. */
const PACKETS = 40_000;
/** Differences shown. */
const SHOWN = 10;

if (import.meta.main) {
  const flags = parseArgs(Deno.args, { string: ["seed", "pairs"] });
  const seed = Number(flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const pairs = Number(flags.pairs ?? 400_000);
  if (!Number.isInteger(seed) || !Number.isInteger(pairs)) {
    console.error("--seed and --pairs are whole numbers");
    Deno.exit(2);
  }
  const corpus = await corpusOf(
    ["../tests/captures/", "../../shared/captures/"].map((f) => new URL(f, import.meta.url).href),
  );
  const pool = poolOf(Array.from({ length: PACKETS }, (_, i) => makeCase(corpus, seed, i)));
  console.error(`seed ${seed}; ${PACKETS} packets of ${pool.size} link types`);
  let failed = false;
  const kinds = [["expressions", tryExpression], ["programs", tryProgram]] as const;
  for (const [k, [what, attempt]] of kinds.entries()) {
    const outcome = noOutcome();
    for (
      let i = 0;
      outcome.pairs < pairs / kinds.length && outcome.differences.length < SHOWN;
      i++
    ) {
      await attempt(new Random(seed, kinds.length * i + k), pool, outcome);
    }
    const { programs, refused, undefined: unset, looping, passed, linkTypes, differences } =
      outcome;
    console.error(
      `${programs} ${what} (${looping} loop${
        refused > 0 ? `; beside them ${refused} refused by libpcap, ${unset} undefined in it` : ""
      }), ` +
        `${linkTypes.size} link types: ${outcome.pairs} pairs, ${passed} passed, ${differences.length} differences`,
    );
    for (const difference of differences.slice(0, SHOWN)) {
      console.error(describeDifference(difference));
    }
    failed ||= differences.length > 0;
  }
  Deno.exit(failed ? 1 : 0);
}
