/**
 * What the tests of the `dpkt` engine share: three ways to find addresses and ports in frames, which must agree.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import { Catalogue, ISSUE, LAYER, PROTOCOL_MASK } from "../../core/catalogue.ts";
import type { Dissector, PacketBatch } from "../../core/engine.ts";
import { builtin } from "../../engines/builtin.ts";
import { columnsOfRows } from "../../engines/dpkt/columns_of_rows.ts";
import { type Columns, decode, makeColumns, TAGGED } from "../../engines/dpkt/columns.ts";
import { dpkt } from "../../engines/dpkt/engine.ts";
import { ENTRY_WORDS, FIRST, type Flows, FlowTable, KIND } from "../../engines/dpkt/flow_table.ts";
import { KernelTable } from "../../engines/dpkt/kernel/kernel.ts";
import { PROTOCOLS } from "../../engines/dpkt/rows.ts";
import { ALL } from "../../protocols/mod.ts";

/** Behind these, the engine looks no further. */
const LAST = ["tcp", "udp", "sctp", "icmp", "icmpv6"];

/** Both engines over one catalogue. */
export class Agreement {
  readonly catalogue: Catalogue;
  readonly #default: Dissector;
  readonly #dpkt: Dissector;
  readonly #known: ReadonlySet<number>;
  readonly #last: ReadonlySet<number>;
  readonly #fill: ReturnType<typeof columnsOfRows>;
  /** Packets compared, those with an IP header, and those whose IP header only the default engine reaches. */
  readonly seen = { packets: 0, ip: 0, deeper: 0 };

  private constructor(catalogue: Catalogue, first: Dissector, second: Dissector) {
    this.catalogue = catalogue;
    this.#default = first;
    this.#dpkt = second;
    this.#known = new Set(PROTOCOLS.map((name) => catalogue.idOf(name)));
    this.#last = new Set(LAST.map((name) => catalogue.idOf(name)));
    this.#fill = columnsOfRows(catalogue);
  }

  /** Starts both. */
  static async start(catalogue: Catalogue = new Catalogue(ALL)): Promise<Agreement> {
    const context = { catalogue, options: {}, reuse: false };
    return new Agreement(catalogue, await builtin.start(context), await dpkt.start(context));
  }

  /**
   * Demands that both engines find the same in each frame, as far as `dpkt` looks; `what` names them. Columns are made
   * without a catalogue and know of no `Depth`: `columns` says whether they are compared, too.
   */
  async check(frames: FrameBatch, what: string, columns = true): Promise<void> {
    const full = await this.#default.dissect(frames), fast = await this.#dpkt.dissect(frames);
    const direct = makeColumns(frames.count);
    const ofFull = makeColumns(frames.count), ofFast = makeColumns(frames.count);
    decode(frames, direct);
    this.#fill(full, ofFull);
    this.#fill(fast, ofFast);
    const fullIssues = issuesOf(full), fastIssues = issuesOf(fast);
    for (let i = 0; i < frames.count; i++) {
      const name = `${what}, frame ${frames.firstNumber + i}`;
      const rows: number[][] = [];
      for (let r = full.firstLayer[i]; r < full.firstLayer[i + 1]; r += LAYER) {
        const id = full.layers[r] & PROTOCOL_MASK;
        if (!this.#known.has(id)) break;
        rows.push([...full.layers.subarray(r, r + LAYER)]);
        if (this.#last.has(id)) break;
      }
      const found: number[][] = [];
      for (let r = fast.firstLayer[i]; r < fast.firstLayer[i + 1]; r += LAYER) {
        found.push([...fast.layers.subarray(r, r + LAYER)]);
      }
      same(found, rows, () => `${name}: rows of ${this.#names(rows)}`);
      same(
        fastIssues.get(i) ?? [],
        (fullIssues.get(i) ?? []).filter(([, row]) => row < rows.length * LAYER),
        () => `${name}: issues`,
      );
      if (!columns) continue;
      const packet = packetOf(direct, i);
      same(packetOf(ofFast, i), packet, () => `${name}: columns of its own rows`);
      const deep = packetOf(ofFull, i);
      this.seen.packets++;
      if (packet.length > 0) this.seen.ip++;
      else if (deep.length > 0 && !this.#reaches(full, i)) {
        this.seen.deeper++;
        continue;
      }
      same(deep, packet, () => `${name}: columns of the default engine's rows`);
    }
  }

  /** Whether all layers up to the IP header are known to the engine. */
  #reaches(packets: PacketBatch, i: number): boolean {
    for (let r = packets.firstLayer[i]; r < packets.firstLayer[i + 1]; r += LAYER) {
      const id = packets.layers[r] & PROTOCOL_MASK;
      if (!this.#known.has(id)) return false;
      if (/^ipv?6?$/.test(this.catalogue.protocols[id].name)) return true;
    }
    return true;
  }

  #names(rows: number[][]): string {
    return rows.map(([id]) => this.catalogue.protocols[id & PROTOCOL_MASK].name).join(":");
  }
}

/** Compares without the cost of a message for what is equal. */
function same(actual: unknown, expected: unknown, what: () => string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assertEquals(actual, expected, what());
}

/** Issues by packet, their rows counted from the packet's first. */
function issuesOf(packets: PacketBatch): Map<number, number[][]> {
  const found = new Map<number, number[][]>();
  for (let p = 0; p < packets.issuesUsed; p += ISSUE) {
    const [packet, kind, row, at, needed, by] = packets.issues.subarray(p, p + ISSUE);
    const first = packets.firstLayer[packet];
    const list = found.get(packet) ?? [];
    found.set(packet, list);
    list.push([kind, row - first, at, needed, by < 0 ? -1 : by - first]);
  }
  return found;
}

/** Everything the columns say of a packet; nothing if it has no IP header. */
export function packetOf(c: Columns, i: number): (number | string)[] {
  if (c.version[i] === 0) return [];
  return [
    c.version[i],
    c.protocol[i],
    c.flags[i],
    c.src.subarray(4 * i, 4 * i + 4).join(),
    c.dst.subarray(4 * i, 4 * i + 4).join(),
    c.srcPort[i],
    c.dstPort[i],
    c.tcpFlags[i],
    c.flags[i] & TAGGED ? c.vlan[i] : -1,
    c.network[i],
    c.transport[i],
    c.end[i],
    c.length[i],
  ];
}

/** Flows as text, in order, for comparing two tables. */
export function flowsOf(flows: Flows): string {
  const { count, words, floats, packets, bytes, otherPackets, unkeptPackets } = flows;
  let text = `${count} ${packets} ${bytes} ${otherPackets} ${unkeptPackets}\n`;
  for (let i = 0; i < count; i++) {
    const w = i * ENTRY_WORDS;
    assert(words[w + FIRST] > 0);
    text += `${words.subarray(w + KIND, w + 12)} ${floats.subarray(w / 2 + 6, w / 2 + 8)}\n`;
  }
  return text;
}

/** Demands that the table in WebAssembly and that in TypeScript count the same; answers the latter. */
export function assertSameFlows(batches: readonly FrameBatch[], most = 50_000): FlowTable {
  const plain = new FlowTable(most, 1), kernel = new KernelTable(most, 1);
  for (const frames of batches) {
    const columns = makeColumns(frames.count);
    decode(frames, columns);
    plain.addColumns(frames, columns);
    kernel.add(frames);
  }
  assertEquals(flowsOf(kernel), flowsOf(plain));
  return plain;
}
