/**
 * What every engine must do: the same cases for all, as data. An engine's test calls {@link engineSuite}; a case that
 * does not hold for it is skipped by name, with the reason, and shows in the report.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openCapture } from "../../capture/open.ts";
import type { FrameBatch, InterfaceInfo } from "../../core/batch.ts";
import { type Catalogue, ISSUE, LAYER, PROTOCOL_MASK } from "../../core/catalogue.ts";
import type { Crew, Engine, Job, PacketBatch, Result } from "../../core/engine.ts";
import { IN_TEXT, ITEM } from "../../core/items.ts";
import { Packet } from "../../core/packet.ts";
import { createKit, type Kit } from "../../kit.ts";
import { inline } from "../../workers/inline.ts";
import { strategyOf } from "../../workers/strategies.ts";
import { hex } from "../protocols/_help.ts";

/** What an engine's test says of it. */
export interface SuiteOptions {
  /** Cases that do not hold for it, by name, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Why none of it can be run here; nothing if it can. */
  readonly missing?: string | undefined;
  /** The kit that has it; what ships if absent. */
  readonly kit?: () => Kit | Promise<Kit>;
  /** Plug-in modules that workers load to have it. */
  readonly plugins?: readonly string[];
  /** Names by which it calls layers that are called otherwise here. */
  readonly names?: Readonly<Record<string, string>>;
}

const RECORDED = new URL("../captures/", import.meta.url);
const ETH = "020000000002 020000000001 ";
const V4 = (protocol: string, length: string, rest: string) =>
  `45 00 ${length} 1234 0000 40 ${protocol} 0000 0a000001 0a000002 ${rest}`;
const V6 = (next: string, length: string, rest: string) =>
  `60 000000 ${length} ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ${rest}`;
const TCP = "04d2 fff0 00000001 00000002 5018 1000 0000 0000 ";
const UDP = "04d2 fff0 0008 0000 ";
const DNS = "1234 0100 0001 0000 0000 0000 03777777 04746573 7400 0001 0001";

/** A packet, what is in it up to the transport layer, what is above, and what some fields say. */
interface Sample {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly chain: string;
  readonly above: string;
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const sample = (
  name: string,
  linkType: number,
  bytes: string,
  chain: string,
  fields: Sample["fields"],
  above = "",
): Sample => ({ name, linkType, bytes: hex(bytes), chain, above, fields });

/** The packets: what all engines know, of several link types. */
const SAMPLES: readonly Sample[] = [
  sample("TCP over IPv4", 1, ETH + "0800" + V4("06", "0028", TCP), "eth:ip:tcp", {
    "eth.dst": ["02:00:00:00:00:02"],
    "ip.src": ["10.0.0.1"],
    "ip.dst": ["10.0.0.2"],
    "ip.ttl": ["64"],
    "tcp.srcport": ["1234"],
    "tcp.dstport": ["65520"],
    "tcp.flags.push": ["true"],
    "tcp.window_size_value": ["4096"],
  }),
  sample("UDP over IPv6", 1, ETH + "86dd" + V6("11", "0008", UDP), "eth:ipv6:udp", {
    "ipv6.src": ["2001:db8::1"],
    "ipv6.hlim": ["64"],
    "udp.srcport": ["1234"],
    "udp.length": ["8"],
  }),
  sample(
    "DNS",
    1,
    ETH + "0800" + V4("11", "0036", "04d2 0035 0022 0000 " + DNS),
    "eth:ip:udp",
    { "udp.dstport": ["53"], "udp.length": ["34"] },
    "dns",
  ),
  sample(
    "a VLAN tag",
    1,
    ETH + "8100 2064 0800" + V4("11", "001c", UDP),
    "eth:vlan:ip:udp",
    { "vlan.id": ["100"], "vlan.priority": ["1"], "ip.proto": ["17"] },
  ),
  sample(
    "extension headers",
    1,
    ETH + "86dd" + V6("00", "0010", "11 00 0104 00000000 " + UDP),
    "eth:ipv6:ipv6.hopopts:udp",
    { "ipv6.nxt": ["0"], "udp.dstport": ["65520"] },
  ),
  sample(
    "an echo request",
    1,
    ETH + "0800" + V4("01", "001c", "0800 f7fc 0001 0002"),
    "eth:ip:icmp",
    { "icmp.type": ["8"], "icmp.seq": ["2"] },
  ),
  sample("a raw packet", 101, V4("06", "0028", TCP), "raw:ip:tcp", {
    "ip.src": ["10.0.0.1"],
    "tcp.seq_raw": ["1"],
  }),
  sample(
    "a cooked packet",
    113,
    "0000 0001 0006 0200000000010000 0800" + V4("11", "001c", UDP),
    "sll:ip:udp",
    { "sll.etype": ["2048"], "ip.id": ["4660"] },
  ),
  sample("loopback", 0, "02000000" + V4("11", "001c", UDP), "null:ip:udp", {
    "null.family": ["2"],
    "udp.srcport": ["1234"],
  }),
];

/** Frames between bytes of value `fill`, each over an interface of its link type. */
function lay(
  list: readonly {
    readonly linkType: number;
    readonly bytes: Uint8Array;
    readonly wire?: number;
  }[],
  fill = 0,
  sequence = 0,
  firstNumber = 1,
): FrameBatch {
  const gap = 64, count = list.length;
  const bytes = new Uint8Array(list.reduce((n, f) => n + f.bytes.length + gap, gap)).fill(fill);
  const starts = new Uint32Array(count), interfaceIds = new Uint32Array(count);
  const interfaces: InterfaceInfo[] = [];
  let at = gap;
  list.forEach(({ linkType, bytes: frame }, i) => {
    starts[i] = at;
    bytes.set(frame, at);
    at += frame.length + gap;
    interfaceIds[i] = interfaces.findIndex((known) => known.linkType === linkType);
    if (interfaceIds[i] === 0xffff_ffff) {
      interfaceIds[i] = interfaces.length;
      const id = interfaces.length;
      interfaces.push({ linkType, snapLength: 0, section: 0, id, resolution: "10^-6" });
    }
  });
  const capturedLengths = Uint32Array.from(list, (f) => f.bytes.length);
  return {
    sequence,
    firstNumber,
    count,
    bytes,
    starts,
    capturedLengths,
    wireLengths: Uint32Array.from(list, (f) => f.wire ?? f.bytes.length),
    seconds: new Float64Array(count).fill(1_700_000_000),
    nanoseconds: new Uint32Array(count),
    linkTypes: Uint16Array.from(list, (f) => f.linkType),
    interfaceIds,
    interfaces,
    clock: {
      firstSeconds: 1_700_000_000,
      firstNanoseconds: 0,
      previousSeconds: NaN,
      previousNanoseconds: 0,
    },
    littleEndian: true,
    recordStarts: starts,
    recordLengths: capturedLengths,
  };
}

/** What a case is given. */
interface Bench {
  readonly engine: Engine;
  readonly kit: Kit;
  readonly options: SuiteOptions;
  /** Does a job with this engine on this thread. */
  crew(job?: Partial<Job>): Promise<Crew>;
  /** What the engine finds in batches; nothing is used again. */
  packets(batches: readonly FrameBatch[]): Promise<{ results: Result[]; catalogue: Catalogue }>;
}

async function* each<T>(list: Iterable<T>): AsyncGenerator<T> {
  for (const item of list) yield await Promise.resolve(item);
}

/** Layers of a packet by name, `:` between them. */
function chainOf(packets: PacketBatch, i: number, catalogue: Catalogue, bench: Bench): string {
  const names: string[] = [];
  for (let r = packets.firstLayer[i]; r < packets.firstLayer[i + 1]; r += LAYER) {
    const { name } = catalogue.protocols[packets.layers[r] & PROTOCOL_MASK];
    names.push(bench.options.names?.[name] ?? name);
  }
  return names.join(":");
}

/** Everything an engine says of a packet, with places counted from the frame's first byte. */
function everything(packets: PacketBatch, i: number, catalogue: Catalogue): unknown {
  const start = packets.frames.starts[i], rows: number[][] = [];
  for (let r = packets.firstLayer[i]; r < packets.firstLayer[i + 1]; r += LAYER) {
    const [id, ...places] = packets.layers.subarray(r, r + LAYER);
    rows.push([id, ...places.map((p) => p - start)]);
  }
  const fields = new Packet(packets, i, catalogue).fields()
    .map((f) => [f.info.abbrev, String(f.value), f.offset, f.length])
    .filter(([name]) => !String(name).startsWith("frame."));
  return [rows, fields];
}

/** Demands that rows are where they may be. */
function assertWellFormed(packets: PacketBatch, catalogue: Catalogue, what: string): void {
  const { frames, layers, firstLayer, issues, issuesUsed, items } = packets;
  const { count, starts, capturedLengths } = frames;
  assert(firstLayer.length > count, `${what}: an entry more than there are packets`);
  assertEquals(firstLayer[0], 0, what);
  assert(firstLayer[count] <= layers.length, what);
  for (let i = 0; i < count; i++) {
    const start = starts[i], end = start + capturedLengths[i];
    const name = `${what}, frame ${i + 1}`;
    assert(firstLayer[i] <= firstLayer[i + 1] && firstLayer[i + 1] % LAYER === 0, name);
    for (let r = firstLayer[i]; r < firstLayer[i + 1]; r += LAYER) {
      const [id, from, header, limit, reported] = layers.subarray(r, r + LAYER);
      assert((id & PROTOCOL_MASK) < catalogue.protocols.length, name);
      assert(catalogue.protocols[id & PROTOCOL_MASK].name !== "", name);
      assert(
        start <= from && from <= header && header <= limit,
        `${name}: ${[from, header, limit]}`,
      );
      assert(limit <= end && reported >= limit, `${name}: ${[limit, end, reported]}`);
    }
    if (!items) continue;
    assert(items.first[i] <= items.first[i + 1] && items.first[i + 1] <= items.rows.length, name);
    for (let p = items.first[i]; p < items.first[i + 1]; p += ITEM) {
      const at = items.rows[p + 1], length = items.rows[p + 2];
      if ((at & IN_TEXT) !== 0) assert((at & ~IN_TEXT) + length <= items.text.length, name);
      else assert(start <= at && at + length <= end, `${name}: item at ${at}, ${length} long`);
    }
  }
  for (let p = 0, last = 0; p < issuesUsed; p += ISSUE) {
    const [packet, kind, row, , , by] = issues.subarray(p, p + ISSUE);
    assert(packet >= last && packet < count && (kind === 1 || kind === 2), `${what}: an issue`);
    assert(row < Math.max(1, firstLayer[count]) && by < firstLayer[count], `${what}: an issue`);
    last = packet;
  }
}

const DEPTHS: Readonly<Record<string, number>> = { network: 1, transport: 2, application: 3 };

/** A case: what is demanded, and how. */
interface Case {
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

/** The cases. */
const CASES: readonly Case[] = [
  {
    name: "writes layer rows that are well formed and in bounds",
    async run(bench) {
      let layers = 0;
      const files = ["sample.pcapng", "vlan.pcap", "ipv6-extensions.pcap", "icmp-unreachable.pcap"];
      for (const file of files) {
        await using capture = await openCapture(new URL(file, RECORDED), { batchPackets: 50 });
        await using crew = await bench.crew({ header: capture.header });
        for await (const { packets } of crew.run(capture)) {
          assertWellFormed(packets!, crew.catalogue, file);
          layers += packets!.firstLayer[packets!.frames.count] / LAYER;
        }
      }
      assert(layers > 300, `${layers} layers`);
    },
  },
  {
    name: "finds the layers of packets, as deep as it looks",
    async run(bench) {
      const { results: [{ packets }], catalogue } = await bench.packets([lay(SAMPLES)]);
      SAMPLES.forEach(({ name, chain, above }, i) => {
        const whole = above === "" ? chain : `${chain}:${above}`;
        const deep = bench.engine.capabilities.depth === "application";
        const found = chainOf(packets!, i, catalogue, bench);
        // Not every engine names the pseudo-layer of packets without a link layer.
        assertEquals(found.replace(/^raw:/, ""), (deep ? whole : chain).replace(/^raw:/, ""), name);
      });
    },
  },
  {
    name: "says what the fields of shared protocols say",
    async run(bench) {
      const { results: [{ packets }], catalogue } = await bench.packets([lay(SAMPLES)]);
      SAMPLES.forEach(({ name, fields }, i) => {
        const found = new Packet(packets!, i, catalogue).fields();
        for (const [abbrev, values] of Object.entries(fields)) {
          const said = found.filter((f) => f.info.abbrev === abbrev).map((f) => String(f.value));
          assertEquals(said, values, `${name}: ${abbrev}`);
        }
        // The same by layers, as an object.
        const objects = new Packet(packets!, i, catalogue).toJSON();
        const last = Object.keys(fields).at(-1)!.split(".")[0];
        assert(Object.keys(objects[last] as object).length > 2, `${name}: ${last}`);
      });
    },
  },
  {
    name: "reads frames cut at every length, and nothing beside them",
    async run(bench) {
      const cuts = SAMPLES.flatMap(({ bytes, linkType }) =>
        Array.from({ length: bytes.length + 1 }, (_, n) => n).flatMap((n) =>
          [n, bytes.length].map((wire) => ({ linkType, bytes: bytes.subarray(0, n), wire }))
        )
      );
      const found: unknown[][] = [];
      for (const fill of [0x00, 0xff]) {
        const { results: [{ packets }], catalogue } = await bench.packets([lay(cuts, fill)]);
        assertEquals(packets!.frames.count, cuts.length);
        assertWellFormed(packets!, catalogue, `between ${fill}`);
        found.push(cuts.map((_, i) => everything(packets!, i, catalogue)));
      }
      assertEquals(found[1], found[0]);
    },
  },
  {
    name: "answers batches in order, empty ones too",
    async run(bench) {
      const batches: FrameBatch[] = [];
      let number = 1;
      for (const [sequence, count] of [3, 0, 1, 0, 0, 5, 0].entries()) {
        batches.push(lay(SAMPLES.slice(0, count), 0, sequence, number));
        number += count;
      }
      const { results, catalogue } = await bench.packets(batches);
      assertEquals(results.map((r) => r.sequence), batches.map((b) => b.sequence));
      assertEquals(results.map((r) => r.count), batches.map((b) => b.count));
      for (const { packets } of results) {
        assertWellFormed(packets!, catalogue, `batch ${packets!.frames.sequence}`);
        for (let i = 0; i < packets!.frames.count; i++) {
          assert(chainOf(packets!, i, catalogue, bench).startsWith(SAMPLES[i].chain));
        }
      }
      assertEquals((await bench.packets([])).results, []);
    },
  },
  {
    name: "keeps link types and interfaces of one batch apart",
    async run(bench) {
      const mixed = [...SAMPLES, ...SAMPLES.toReversed()];
      const { results: [{ packets }], catalogue } = await bench.packets([lay(mixed)]);
      for (const [i, frame] of mixed.entries()) {
        // Both ways the same packet says the same.
        const chain = chainOf(packets!, i, catalogue, bench);
        assertEquals(chain, chainOf(packets!, mixed.length - 1 - i, catalogue, bench), frame.name);
        assert(chain.replace(/^raw:/, "").startsWith(frame.chain.replace(/^raw:/, "")), chain);
      }
    },
  },
  {
    name: "finds the same whether columns are used again or not",
    async run(bench) {
      const batches = [SAMPLES, SAMPLES.toReversed(), SAMPLES.slice(2), SAMPLES.slice(0, 1)]
        .map((list, sequence) => lay(list, 0, sequence, 1 + sequence * 9));
      const seen: unknown[][] = [];
      for (const reuse of [false, true]) {
        await using crew = await bench.crew({ reuse });
        const all: unknown[] = [];
        for await (const { packets } of crew.run(each(batches))) {
          for (let i = 0; i < packets!.frames.count; i++) {
            all.push(everything(packets!, i, crew.catalogue));
          }
        }
        seen.push(all);
      }
      assertEquals(seen[1], seen[0]);
      // What is not used again stays as it was.
      const { results, catalogue } = await bench.packets(batches);
      const later = results.flatMap(({ packets }) =>
        Array.from({ length: packets!.frames.count }, (_, i) => everything(packets!, i, catalogue))
      );
      assertEquals(later, seen[0]);
    },
  },
  {
    name: "may be ended twice, before the first batch and in the middle",
    async run({ engine, kit }) {
      const start = () => engine.start({ catalogue: kit.catalogue, options: {}, reuse: false });
      const unused = await start();
      await unused[Symbol.asyncDispose]();
      await unused[Symbol.asyncDispose]();
      const used = await start();
      const first = await used.dissect(lay(SAMPLES));
      assertEquals(first.frames.count, SAMPLES.length);
      // Nobody waits for this one any more: it may be answered or refused.
      const second = Promise.resolve(used.dissect(lay(SAMPLES, 0, 1, 10))).then(() => {}, () => {});
      await used[Symbol.asyncDispose]();
      await used[Symbol.asyncDispose]();
      await second;
    },
  },
  {
    name: "leaves nothing behind when reading stops early",
    async run(bench) {
      const batches = Array.from({ length: 20 }, (_, k) => lay(SAMPLES, 0, k, 1 + k * 9));
      await using crew = await bench.crew();
      let seen = 0;
      for await (const { count } of crew.run(each(batches))) {
        seen += count;
        break;
      }
      assertEquals(seen, SAMPLES.length);
    },
  },
  {
    name: "writes the same by every strategy, or says why not",
    async run(bench) {
      const write = async (strategy: string, workers: number): Promise<string> => {
        await using capture = await openCapture(new URL("sample.pcap", RECORDED), {
          batchPackets: 9,
        });
        await using crew = await strategyOf(strategy).start(
          {
            engine: { name: bench.engine.name },
            format: {
              name: "ndjson",
              options: { fields: ["frame.number", "ip.src", "udp.length"] },
            },
            header: capture.header,
            plugins: bench.options.plugins ?? [],
          },
          bench.kit,
          { workers },
        );
        let text = new TextDecoder().decode(crew.head);
        for await (const { output } of crew.run(capture)) text += new TextDecoder().decode(output);
        return text + new TextDecoder().decode(crew.tail);
      };
      const expected = await write("inline", 1);
      assertEquals(expected.split("\n").length, 72);
      assert(expected.includes("ip.src"));
      assertEquals(await write("pipeline", 1), expected);
      assertEquals(await write("server", 1), expected);
      assertEquals(await write("auto", 2), expected);
      if (!bench.engine.capabilities.stateful) {
        assertEquals(await write("server", 2), expected);
      } else {await assertRejects(
          () => write("server", 2),
          RangeError,
          "depends on those before it",
        );}
    },
  },
  {
    name: "is what it says that it is: depth, state, fields of its own",
    async run(bench) {
      const { depth, stateful } = bench.engine.capabilities;
      const batches = SAMPLES.map((one, k) => lay([one], 0, k, k + 1));
      const { results, catalogue } = await bench.packets(batches);
      let deepest = 0;
      for (const { packets } of results) {
        assertEquals(packets!.items !== undefined, bench.engine.capabilities.items);
        for (let r = 0; r < packets!.firstLayer[1]; r += LAYER) {
          const id = packets!.layers[r] & PROTOCOL_MASK;
          deepest = Math.max(deepest, catalogue.stackOrder[id]);
        }
      }
      assertEquals(deepest, DEPTHS[depth]);
      if (stateful) return;
      // Without state the order of packets changes nothing.
      const seen = results.map(({ packets }) => everything(packets!, 0, catalogue));
      const turned = SAMPLES.toReversed().map((one, k) => lay([one], 0, k, k + 1));
      const other = await bench.packets(turned);
      assertEquals(
        other.results.map(({ packets }) => everything(packets!, 0, other.catalogue)).reverse(),
        seen,
      );
    },
  },
  {
    name: "refuses options that it does not have",
    async run({ engine, kit }) {
      await assertRejects(
        () => engine.start({ catalogue: kit.catalogue, options: { nonsense: 1 }, reuse: false }),
        RangeError,
        '"nonsense"',
      );
    },
  },
  {
    name: "is told by its names, and can run here",
    async run({ engine, kit }) {
      for (const name of [engine.name, ...engine.aliases ?? []]) {
        assert(kit.engines.get(name) === engine, name);
      }
      assert(engine.title.length > 10);
      assertEquals((await engine.available?.())?.available ?? true, true);
    },
  },
];

/** Registers the cases for the engine of this name. */
export function engineSuite(name: string, options: SuiteOptions = {}): void {
  const { skip = {}, missing } = options;
  for (const unknown of Object.keys(skip)) {
    if (!CASES.some((c) => c.name === unknown)) {
      throw new Error(`Cannot skip case "${unknown}" of engine ${name}: there is no such case`);
    }
  }
  for (const { name: what, run } of CASES) {
    const why = missing ?? skip[what];
    Deno.test({
      name: `engine ${name} ${what}${why === undefined ? "" : ` (skipped: ${why})`}`,
      ignore: why !== undefined,
      async fn() {
        const kit = await (options.kit ?? createKit)();
        const engine = kit.engines.get(name);
        assert(engine, `there is an engine ${name}`);
        const crew = (job: Partial<Job> = {}): Promise<Crew> =>
          inline({ engine: { name }, ...job }, kit);
        await run({
          engine,
          kit,
          options,
          crew,
          async packets(batches) {
            await using running = await crew();
            const results: Result[] = [];
            for await (const result of running.run(each(batches))) results.push(result);
            return { results, catalogue: running.catalogue };
          },
        });
      },
    });
  }
}
