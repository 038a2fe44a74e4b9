// deno-lint-ignore-file no-console -- says how many values agree
import { assert, assertEquals } from "@std/assert";
import { COMPLETE, reasonOf } from "../../_tools/undeclared.ts";
import { type Case, Checker } from "../../_tools/_fuzz.ts";
import { createKit } from "../../kit.ts";
import { has } from "../cli/_process.ts";
import { LAYER, PROTOCOL_MASK } from "../../core/catalogue.ts";
import { batchOf } from "../protocols/_help.ts";
import { captureOf, details, ourPlaces } from "./_crafted.ts";
import { compare, comparedFields, knownFields, ours, theirs } from "./_tshark.ts";
import { ELSEWHERE, KEPT } from "./crafted/_kept.ts";
import { crafted } from "./crafted/mod.ts";

const { catalogue } = createKit();
await catalogue.loadAll();
const FRAMES = crafted();

/** Whether a list keeps a difference; notes which lines were needed. */
function keeper(list: typeof KEPT): {
  readonly keeps: (field: string, frame: number) => boolean;
  readonly idle: () => string[];
} {
  const used = new Set<number>();
  return {
    keeps: (field, frame) =>
      list.some(([frames, fields], i) => {
        const fits = fields.test(field) && frames.test(FRAMES[frame - 1].name);
        if (fits) used.add(i);
        return fits;
      }),
    idle: () =>
      list.filter((_, i) => !used.has(i)).map(([frames, fields]) => `${frames} ${fields}`),
  };
}

Deno.test({
  name: "crafted frames are dissected as by tshark, field by field and place by place",
  ignore: !has("tshark"),
  fn: async (t) => {
    const path = await Deno.makeTempFile({ suffix: ".pcapng" });
    try {
      await Deno.writeFile(path, captureOf(FRAMES));
      const shown = details(path), places = await ourPlaces(path);
      await t.step("values", async () => {
        const fields = comparedFields(), { keeps, idle } = keeper(KEPT);
        const all = compare(theirs(path, fields), await ours(path, fields), () => false);
        // Kept ones are looked at only where they differ, so that a line that keeps nothing is found.
        const left = all.differences.filter((d) => {
          const [, frame, field] = /^frame (\d+) (\S+):/.exec(d) ?? [];
          return frame === undefined || !keeps(field, Number(frame));
        });
        assertEquals(left.map(named), []);
        assertEquals(idle(), [], "lines of the list of kept differences that keep nothing");
        console.info(`      ${FRAMES.length} frames, ${all.matched} of ${all.total} values agree`);
      });
      await t.step("places", () => {
        const { keeps, idle } = keeper(ELSEWHERE), differ: string[] = [];
        let compared = 0;
        places.forEach((own, i) => {
          for (const name of new Set(own.filter((p) => !p.part && p.size > 0).map((p) => p.name))) {
            const there = (list: typeof own): string =>
              list.filter((p) => p.name === name && p.size > 0 && !p.part).map((p) => p.at).join(
                " ",
              );
            const a = there(shown[i]), b = there(own);
            // What tshark makes up stands nowhere; that it has the field at all, the values say.
            if (name === "" || a === "" || name.startsWith("data.")) continue;
            compared++;
            if (a !== b && !keeps(name, i + 1)) differ.push(`frame ${i + 1} ${name}: ${a} <> ${b}`);
          }
        });
        assertEquals(differ.map(named), []);
        assertEquals(idle(), [], "lines of the list of kept places that keep nothing");
        assert(compared > 20_000, `${compared} places compared`);
      });
      await t.step("nothing is shown that has no field here, but for a reason", () => {
        const known = knownFields();
        const declared = new Set(catalogue.abbrevs);
        for (const f of catalogue.fields) if (f.also !== undefined) declared.add(f.also);
        const lacking = new Set<string>();
        for (const packet of shown) {
          for (const { name } of packet) {
            const field = known.get(name);
            if (field === undefined || declared.has(name) || !COMPLETE.includes(field.parent)) {
              continue;
            }
            if (reasonOf(name, field.type) === undefined) lacking.add(name);
          }
        }
        assertEquals([...lacking], []);
      });
      await t.step("every field that is declared is shown by tshark in one of them", () => {
        const known = knownFields();
        const seen = new Set(shown.flatMap((packet) => packet.map((p) => p.name)));
        const unseen: string[] = [];
        for (const p of catalogue.protocols) {
          if (!COMPLETE.includes(p.name)) continue;
          for (const f of p.fields) {
            if (f.abbrev === "" || !known.has(f.abbrev) || seen.has(f.abbrev)) continue;
            if (!unseen.includes(f.abbrev)) unseen.push(f.abbrev);
          }
        }
        assertEquals(unseen, Object.keys(UNSEEN));
      });
    } finally {
      await Deno.remove(path);
    }
  },
});

/** A difference with its frame's name. */
function named(difference: string): string {
  return difference.replace(/^frame (\d+)/, (all, n) => `${all} (${FRAMES[n - 1].name})`);
}

/** Fields that no crafted frame makes tshark show, in order, and why. */
const UNSEEN: Readonly<Record<string, string>> = {
  "eth.fcs": "an interface that says how long it is; tests/protocols/eth_test.ts",
  "eth.fcs.status": "as above",
  "icmpv6.rpl.opt.metric.lc.object.counter": "KEPT: tshark does not know the metric by its number",
  "tcp.options.rvbd.trpy.client.port": "KEPT: tshark does not take the long form",
  "dhcp.option.pcp.server": "KEPT.md: tshark reads them a byte late",
};

Deno.test("crafted frames' headers are written as they were read", () => {
  const altered: string[] = [];
  let same = 0;
  for (const { name, linkType, bytes } of FRAMES) {
    const { frames, layers, firstLayer } = batchOf(bytes, { linkType });
    for (let row = firstLayer[0]; row < firstLayer[1]; row += LAYER) {
      const protocol = catalogue.protocols[layers[row] & PROTOCOL_MASK];
      const [, start, end, limit, reported] = layers.subarray(row, row + LAYER);
      const header = protocol.at(frames.bytes, start, end, limit, reported);
      const written = protocol.encode(protocol.toObject(header));
      if (written.toHex() === frames.bytes.subarray(start, end).toHex()) same++;
      else altered.push(`${protocol.name}: ${name.split("\n")[0]}`);
    }
  }
  assertEquals(altered, Object.keys(ALTERED));
  assert(same > 5_000, `${same} headers`);
});

Deno.test("crafted frames neither throw nor show their neighbours, cut anywhere or with any byte changed", async () => {
  const kit = createKit();
  await kit.catalogue.loadAll();
  const checker = new Checker(kit);
  for (const { linkType, bytes, from } of FRAMES) {
    const cases: Case[] = [];
    for (let n = from; n < bytes.length; n++) {
      const cut = bytes.slice(0, n);
      // A short capture and a short frame, by turns: the forms of a header have many frames.
      cases.push({ bytes: cut, wire: n % 2 === 0 ? bytes.length : n, linkType });
      const changed = bytes.slice();
      changed[n] = [0, bytes[n] - 1, bytes[n] + 1, 0xff][n % 4];
      cases.push({ bytes: changed, wire: bytes.length, linkType });
    }
    assertEquals(await checker.check(cases, 0), []);
  }
});

/** Headers that are not written as they were read, and why. */
const ALTERED: Readonly<Record<string, string>> = {
  "basicxid: LLC, identification af: basic format, short": "the bytes it lacks",
  "basicxid: LLC, identification bf: basic format, short": "the bytes it lacks",
  "arp: opcode 7": "what stands behind the error's number",
  "ip: IPv4 option: traceroute of another length": "what such an option lacks",
  "ipv6.routing: routing header: source route of odd length": "half an address",
  "ipv6.routing: routing header: home address of another length": "a second address",
  "tcp: TCP option: end, and what is behind it": "what stands behind the end",
  "icmp: router advertisement of another size": "what a router's address and preference lack",
  "icmpv6: ND option: search list": "more padding than an option needs",
  "icmpv6: redirect with the packet": "the packet: a layer, and the option's data",
  "dns: DNS record: NS": "names are made short",
  "dns: DNS record: MD": "names are made short",
  "dns: DNS record: MF": "names are made short",
  "dns: DNS record: SOA": "names are made short",
  "dns: DNS record: MB": "names are made short",
  "dns: DNS record: MG": "names are made short",
  "dns: DNS record: MR": "names are made short",
  "dns: DNS record: PTR": "names are made short",
  "dns: DNS record: MINFO": "names are made short",
  "dns: DNS record: MX": "names are made short",
  "dns: DNS record: an A record of another length": "what stands behind the address",
  "dns: DNS update": "names are made short",
  "mdns: multicast DNS: questions": "names are made short",
  "mdns: multicast DNS: answers": "names are made short",
  "dhcp: DHCP no hardware address": "an address of no length",
  "http: HTTP: X-Folded: one\r": "a line that goes on",
  "http: HTTP: version 0.9": "no empty line",
  "http: HTTP: an empty line first": "an empty line",
  "http: HTTP: a line without a colon": "no header field",
  "http: HTTP: a header that goes on in the next segment": "no end of the line",
};
