import { assertEquals } from "@std/assert";
import { type Case, Checker, Corpus, hex, makeCase, Random, run } from "../_tools/_fuzz.ts";
import { createKit } from "../kit.ts";

const kit = createKit();
await kit.catalogue.loadAll();

/** A packet that once broke something. */
interface Regression {
  /** What was wrong. */
  readonly was: string;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** The packet, in hexadecimal. */
  readonly hex: string;
  /** Its length on the wire; that of the packet if absent. */
  readonly wire?: number;
}

const REGRESSIONS: readonly Regression[] = [
  {
    was: "an ICMP redirect of which only the fixed part was captured read the byte behind it",
    linkType: 1,
    hex: "000000000000000000000000080045000000000000000001000000000000000000000500000000000000",
    wire: 70,
  },
  {
    was: "views read beyond a header given up because of its first byte",
    linkType: 1,
    hex: "000000000000000000000000080000",
  },
  {
    was: "a wire length near 2^31 made row ends negative",
    linkType: 228,
    hex: "",
    wire: 0x7fff_ffff,
  },
  {
    was: "headers with payloads above 256 bytes could not be encoded",
    linkType: 1,
    hex: "00".repeat(300),
  },
  {
    was: "an unnamed field at the end of a struct took no room: 16,384 options from 48 bytes",
    linkType: 1,
    hex: "00000000000000000000000086dd6000000000302b00" + "00".repeat(33) + "0504" +
      "00".repeat(45),
  },
  {
    was: "a time stamp of more than a million microseconds was no number in text",
    linkType: 239,
    hex: "00000000" + "14000300" + "00".repeat(12) + "ffffffff",
  },
];

Deno.test("fuzz: packets that once broke something", async (t) => {
  const checker = new Checker(kit);
  for (const r of REGRESSIONS) {
    await t.step(r.was, async () => {
      const bytes = Uint8Array.from(r.hex.match(/../g) ?? [], (d) => parseInt(d, 16));
      // At every length, as a short capture and as a short frame.
      const cases: Case[] = [];
      for (let n = bytes.length; n >= 0; n--) {
        const cut = bytes.slice(0, n);
        for (const wire of new Set([r.wire ?? bytes.length, n])) {
          cases.push({ bytes: cut, wire, linkType: r.linkType });
        }
      }
      for (const c of cases) assertEquals(await checker.check([c], 0, () => {}, false), []);
    });
  }
});

Deno.test("fuzz: damaged packets neither throw nor show their neighbours", async () => {
  const corpus = new Corpus(kit.catalogue);
  corpus.addCrafted();
  await corpus.addFolder(new URL("./captures/", import.meta.url));
  const { packets, failures, extremes } = await run(kit, corpus, { seed: 2026, count: 20_000 });
  assertEquals(
    failures.map((f) =>
      `${f.signature}: ${f.reason}; link type ${f.packet.linkType}, wire ${f.packet.wire}: ${
        hex(f.packet.bytes)
      }`
    ),
    [],
  );
  assertEquals(packets, 20_000);
  assertEquals(extremes.fields > 20, true);
});

Deno.test("fuzz: every packet by itself, whole and as a short capture, is dissected alike anywhere", async () => {
  const corpus = new Corpus(kit.catalogue);
  corpus.addCrafted();
  const checker = new Checker(kit);
  for (const { bytes, wire, linkType } of corpus.all()) {
    const cases: Case[] = [];
    for (let n = 0; n <= bytes.length; n++) {
      const cut = bytes.slice(0, n);
      cases.push({ bytes: cut, wire, linkType }, { bytes: cut, wire: n, linkType });
    }
    assertEquals(await checker.check(cases, 0), []);
  }
});

Deno.test("fuzz: a seed and a place always make the same packet", () => {
  const corpus = new Corpus(kit.catalogue);
  corpus.addCrafted();
  for (let i = 0; i < 50; i++) assertEquals(makeCase(corpus, 7, i), makeCase(corpus, 7, i));
  assertEquals(new Random(1, 2).next(), new Random(1, 2).next());
  assertEquals(new Random(1, 2).next() === new Random(1, 3).next(), false);
});
