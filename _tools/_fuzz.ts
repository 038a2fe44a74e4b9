/**
 * What fuzzing is made of: packets to begin with, ways to damage them, and what must hold of every packet whatever is
 * in it. Used by the task and by the test.
 *
 * @module
 */
import { openCapture } from "../capture/open.ts";
import { type FrameBatch, NO_CLOCK } from "../core/batch.ts";
import { type Catalogue, ISSUE, LAYER, PARTIAL, PROTOCOL_MASK, Walker } from "../core/catalogue.ts";
import { CaptureFormatError } from "../core/errors.ts";
import { Emitter, firstIssue, type PacketItems } from "../core/emitter.ts";
import type { Encoder, PacketBatch } from "../core/engine.ts";
import type { Layer } from "../core/field.ts";
import { FIELD_MASK, IN_TEXT, ITEM, Kind } from "../core/items.ts";
import { KernelMemory } from "../core/kernel/memory.ts";
import { FIELDS_MAX, TEXT_BYTES_MAX } from "../core/limits.ts";
import { Packet, writeSummary } from "../core/packet.ts";
import { craft, type Draftable, type Protocol } from "../core/protocol.ts";
import { TextWriter } from "../core/text_writer.ts";
import type { Kit } from "../kit.ts";
import { ndjson } from "../output/formats.ts";

/** A packet to try. */
export interface Case {
  /** The bytes captured. */
  readonly bytes: Uint8Array;
  /** Its length on the wire. */
  readonly wire: number;
  /** Its LINKTYPE_ number. */
  readonly linkType: number;
}

/** A packet that broke a rule. */
export interface Failure {
  /** What kind of failure, the same for every packet that fails in the same place. */
  readonly signature: string;
  /** What happened. */
  readonly reason: string;
  /** The packet. */
  readonly packet: Case;
  /** Its place in the run. */
  readonly index: number;
}

/** Bytes of a packet at most: longer ones are cut, since time is better spent on many. */
const PACKET_MAX = 2048;
/** Bytes around each packet. */
const GAP = 64;
/** Fields made of one byte at most: flags of one bit each, their byte, headings, and the like. */
const FIELDS_PER_BYTE = 6;
/** Bytes of text made of one byte at most: names expanded from compression pointers are the worst there is. */
const TEXT_PER_BYTE = 130;
/** Time for one packet at most. */
const MILLISECONDS_MAX = 50;
/** Time for looking at one packet through all its views and objects, several times over. */
const DEEP_MILLISECONDS_MAX = 500;
/** Every so many packets, one is also looked at through views, objects and encoders. */
const DEEP_EVERY = 24;
/** Every so many batches, one goes through the formats. */
const FORMATS_EVERY = 48;
/** Bytes of an encoded header at most: it was decoded from far fewer. */
const ENCODED_MAX = 1 << 20;

/** Random numbers from a seed (mulberry32), the same everywhere. */
export class Random {
  #state: number;
  /** Starts at `seed`; `index` selects a sequence of its own. */
  constructor(seed: number, index = 0) {
    let h = (seed ^ Math.imul(index + 1, 0x9e3779b1)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    this.#state = (h ^ (h >>> 16)) | 0;
  }
  /** The next 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
  /** A number from 0 to `n` - 1; 0 if `n` is 0. */
  below(n: number): number {
    return n > 0 ? this.next() % n : 0;
  }
  /** True once in `n` times. */
  once(n: number): boolean {
    return this.next() % n === 0;
  }
}

/** A packet to begin with, and where its headers start. */
interface Source extends Case {
  readonly starts: readonly number[];
}

/** Packets to begin with, by what the last protocol in them is, so that rare protocols are tried as often as others. */
export class Corpus {
  readonly #catalogue: Catalogue;
  readonly #groups = new Map<string, Source[]>();
  #lists: readonly Source[][] = [];
  /** Link types that lead to a protocol. */
  readonly linkTypes: readonly number[];

  /** For packets of `catalogue`. */
  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    const linkTypes: number[] = [];
    for (let k = 0; k < 65_536; k++) if (catalogue.find("linktype", k) >= 0) linkTypes.push(k);
    this.linkTypes = linkTypes;
  }

  /** How many packets there are. */
  get size(): number {
    let n = 0;
    for (const g of this.#groups.values()) n += g.length;
    return n;
  }

  /** The protocols that packets end in. */
  get protocols(): readonly string[] {
    return [...this.#groups.keys()].sort();
  }

  /** Adds a packet, unless enough of its kind are there. */
  add(packet: Case, most = 400): void {
    const bytes = packet.bytes.slice(0, PACKET_MAX);
    const starts: number[] = [];
    let key = `link ${packet.linkType}`;
    try {
      const { layers, firstLayer } = walk(
        new Walker(this.#catalogue),
        lay([{ ...packet, bytes }], 0, false),
      );
      for (let row = firstLayer[0]; row < firstLayer[1]; row += LAYER) {
        starts.push(layers[row + 1] - GAP);
        const p = this.#catalogue.protocols[layers[row] & PROTOCOL_MASK];
        if (p.name !== "data" || starts.length === 1) key = p.name;
      }
    } catch {
      // The run will find it.
      key = "throws";
    }
    const group = this.#groups.get(key) ?? [];
    this.#groups.set(key, group);
    if (group.length < most) {
      group.push({ bytes, wire: packet.wire, linkType: packet.linkType, starts });
    }
    this.#lists = [...this.#groups.values()];
  }

  /** Adds one packet of every protocol to which a way leads, with a few bytes as payload. */
  addCrafted(): void {
    for (const stack of stacks(this.#catalogue)) {
      for (const size of [0, 64]) {
        const payload = new Uint8Array(size).fill(1);
        let bytes: Uint8Array;
        try {
          bytes = craft(...stack.layers, payload);
        } catch (e) {
          // A protocol may refuse to be written without any values.
          if (e instanceof TypeError || e instanceof RangeError) continue;
          throw e;
        }
        this.add({ bytes, wire: bytes.length, linkType: stack.linkType });
      }
    }
  }

  /**
   * Adds packets of every capture in a folder and those below it, some of each file; `told` is called before each file.
   * Answers how many files.
   */
  async addFolder(folder: URL, perFile = 48, told: () => void = () => {}): Promise<number> {
    let files = 0;
    let entries: Deno.DirEntry[];
    try {
      entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
    } catch (e) {
      if (e instanceof Deno.errors.NotFound) return 0;
      throw e;
    }
    for (const entry of entries) {
      const url = new URL(encodeURIComponent(entry.name) + (entry.isDirectory ? "/" : ""), folder);
      if (entry.isDirectory) files += await this.addFolder(url, perFile, told);
      else if (/\.(pcap|pcapng|cap)(\.gz)?$/.test(entry.name)) {
        files++;
        told();
        await this.#addFile(url, perFile);
      }
    }
    return files;
  }

  async #addFile(url: URL, most: number): Promise<void> {
    let left = most;
    try {
      await using capture = await openCapture(await Deno.readFile(url));
      for await (const batch of capture) {
        for (let i = 0; i < batch.count && left > 0; i++, left--) {
          const start = batch.starts[i];
          this.add({
            bytes: batch.bytes.subarray(start, start + batch.capturedLengths[i]),
            wire: batch.wireLengths[i],
            linkType: batch.linkTypes[i],
          });
        }
        if (left === 0) return;
      }
    } catch (e) {
      // Damaged captures are among the samples on purpose; what came before the damage counts.
      if (!(e instanceof CaptureFormatError)) throw e;
    }
  }

  /** One packet as it is, the kinds being equally likely. */
  pick(r: Random): Source {
    const list = this.#lists[r.below(this.#lists.length)];
    return list[r.below(list.length)];
  }

  /** Every packet as it is. */
  all(): readonly Case[] {
    return this.#lists.flat();
  }
}

/** A way from a link type to each protocol, by the tables that lead there. */
function stacks(
  catalogue: Catalogue,
): { readonly linkType: number; readonly layers: Draftable[] }[] {
  const ways = new Map<Protocol, { readonly linkType: number; readonly layers: Draftable[] }>();
  const all = catalogue.protocols;
  for (const p of all) {
    const linkType = p.spec.parents?.linktype?.[0];
    if (linkType !== undefined) ways.set(p, { linkType, layers: [p.of({})] });
  }
  for (let more = true; more;) {
    more = false;
    for (const p of all) {
      if (ways.has(p)) continue;
      for (const [table, keys] of Object.entries(p.spec.parents ?? {})) {
        const parent = all.find((q) => q.spec.next?.table === table && ways.has(q));
        if (!parent || keys.length === 0) continue;
        const way = ways.get(parent)!;
        const field = parent.spec.next!.field;
        ways.set(p, {
          linkType: way.linkType,
          layers: [...way.layers.slice(0, -1), parent.of({ [field]: keys[0] }), p.of({})],
        });
        more = true;
        break;
      }
    }
  }
  return [...ways.values()];
}

/** Bytes that break things more often than others. */
const ODD: readonly number[] = [0x00, 0xff, 0x01, 0x7f, 0x80, 0xc0, 0xfe, 0x40, 0x3f, 0x05, 0x45];

/** Makes packet `index` of the run with `seed`. */
export function makeCase(corpus: Corpus, seed: number, index: number): Case {
  const r = new Random(seed, index);
  const base = corpus.pick(r);
  let linkType = base.linkType;
  if (r.once(12)) linkType = corpus.linkTypes[r.below(corpus.linkTypes.length)];
  if (r.once(100)) {
    const bytes = new Uint8Array(r.below(r.once(4) ? 1500 : 120));
    for (let i = 0; i < bytes.length; i++) bytes[i] = r.below(256);
    return { bytes, wire: bytes.length, linkType };
  }
  let b = base.bytes.slice();
  // Most places are drawn near the beginning of a header, where lengths and types stand.
  const place = (): number => {
    if (r.once(3) || base.starts.length === 0) return r.below(b.length);
    const from = base.starts[r.below(base.starts.length)];
    return Math.min(b.length - 1, from + r.below(r.once(2) ? 8 : 48));
  };
  for (let n = [0, 1, 1, 2, 3, 6][r.below(6)]; n > 0 && b.length > 0; n--) {
    const at = place();
    switch (r.below(13)) {
      case 0:
      case 1:
        b[at] ^= 1 << r.below(8);
        break;
      case 2:
      case 3:
        b[at] = ODD[r.below(ODD.length)];
        break;
      case 4:
        b[at] = r.below(256);
        break;
      case 5:
        b[at] += r.once(2) ? 1 : -1;
        break;
      case 6: {
        // A length: of what follows, of all, or absurd.
        const rest = b.length - at;
        const v = [rest, rest - 1, rest + 1, rest - 2, b.length, 0, 0xffff, 0x7fff][r.below(8)];
        if (r.once(2) && at + 1 < b.length) {
          b[at] = v >> 8;
          b[at + 1] = v;
        } else b[at] = v;
        break;
      }
      case 7: {
        const v = [0, 0xffffffff, 0x7fffffff, 0x80000000, r.next()][r.below(5)];
        for (let k = 0; k < 4 && at + k < b.length; k++) b[at + k] = v >>> (24 - k * 8);
        break;
      }
      case 8: {
        // The beginning of one packet, the end of another.
        const other = corpus.pick(r);
        const from = other.starts.length > 0 && r.once(2)
          ? other.starts[r.below(other.starts.length)]
          : r.below(other.bytes.length);
        const to = base.starts.length > 0 && r.once(2)
          ? Math.min(b.length, base.starts[r.below(base.starts.length)])
          : at;
        b = join(b.subarray(0, to), other.bytes.subarray(from));
        break;
      }
      case 9: {
        // A piece several times.
        const piece = b.slice(at, at + 1 + r.below(40));
        const parts: Uint8Array[] = [b.subarray(0, at)];
        for (let k = 1 + r.below(r.once(8) ? 200 : 6); k > 0; k--) parts.push(piece);
        b = join(...parts, b.subarray(at));
        break;
      }
      case 10:
        b = join(b.subarray(0, at), b.subarray(at + 1 + r.below(16)));
        break;
      case 11: {
        const stop = Math.min(b.length, at + 1 + r.below(16));
        for (let p = at; p < stop; p++) b[p] = r.below(256);
        break;
      }
      case 12: {
        const v = r.once(2) ? 0 : r.once(2) ? 0xff : 0xc0;
        b.fill(v, at, at + 1 + r.below(16));
        break;
      }
    }
    if (b.length > PACKET_MAX) b = b.slice(0, PACKET_MAX);
  }
  let wire = Math.max(b.length, base.wire);
  if (!r.once(4)) wire = b.length;
  switch (r.below(8)) {
    case 0:
    case 1:
      // A short capture.
      b = b.slice(0, r.below(b.length + 1));
      break;
    case 2:
    case 3:
      // A short frame.
      b = b.slice(0, r.below(b.length + 1));
      wire = b.length;
      break;
    case 4:
      // A capture that says less, or absurdly more, than it holds.
      if (r.once(8)) wire = r.once(2) ? r.below(b.length + 1) : 0x7fffffff;
      break;
  }
  return { bytes: b, wire, linkType };
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Time of all packets, in seconds since 1970: near that of which echoes in the project's own captures tell. */
const SECONDS = 1_795_255_000;

/**
 * Lays packets into one batch with `fill` around each; backwards, each has other neighbours than forwards. `allocate`:
 * where the batch stands.
 */
export function lay(
  cases: readonly Case[],
  fill: number,
  backwards: boolean,
  allocate: (bytes: number) => Uint8Array<ArrayBuffer> = (n) => new Uint8Array(n),
): FrameBatch {
  const n = cases.length;
  const bytes = allocate(cases.reduce((sum, c) => sum + c.bytes.length + GAP, GAP)).fill(fill);
  const words = (value: (c: Case) => number): Uint32Array => {
    const { buffer, byteOffset } = allocate(n * 4), column = new Uint32Array(buffer, byteOffset, n);
    for (let i = 0; i < n; i++) column[i] = value(cases[i]);
    return column;
  };
  const starts = words(() => 0);
  let at = GAP;
  for (let k = 0; k < n; k++) {
    const i = backwards ? n - 1 - k : k;
    starts[i] = at;
    bytes.set(cases[i].bytes, at);
    at += cases[i].bytes.length + GAP;
  }
  const capturedLengths = words((c) => c.bytes.length);
  const links = allocate(n * 2), linkTypes = new Uint16Array(links.buffer, links.byteOffset, n);
  for (let i = 0; i < n; i++) linkTypes[i] = cases[i].linkType;
  const times = allocate(n * 8), seconds = new Float64Array(times.buffer, times.byteOffset, n);
  return {
    sequence: 0,
    firstNumber: 1,
    count: n,
    bytes,
    starts,
    capturedLengths,
    wireLengths: words((c) => c.wire),
    seconds: seconds.fill(SECONDS),
    nanoseconds: words(() => 0),
    linkTypes,
    interfaceIds: new Uint32Array(n),
    interfaces: [{ linkType: 1, snapLength: 0, section: 0, id: 0, resolution: "10^-6" }],
    clock: NO_CLOCK,
    littleEndian: true,
    recordStarts: starts,
    recordLengths: capturedLengths,
  };
}

function walk(walker: Walker, frames: FrameBatch): PacketBatch {
  const firstLayer = walker.places(frames.count);
  walker.batch(frames, firstLayer);
  return {
    frames,
    layers: walker.layers,
    firstLayer,
    issues: walker.issues,
    issuesUsed: walker.issuesUsed,
  };
}

/** Thrown by a check; its message begins with the signature. */
class Broken extends Error {
  readonly signature: string;
  constructor(signature: string, reason: string) {
    super(`${signature}: ${reason}`);
    this.signature = signature;
  }
}

/** What the largest packet was, for each of some measures. */
export interface Extremes {
  /** Most fields of one packet. */
  fields: number;
  /** Most bytes of text made for one packet. */
  text: number;
  /** Longest time for one packet, in milliseconds. */
  milliseconds: number;
}

/** Bytes of memory for batches that the kernel walks: what does not fit is walked without it. */
const ROOM = 8 * 1024 * 1024;

/** Checks packets in batches. Keeps its walkers and emitters, as programs do. */
export class Checker {
  readonly #catalogue: Catalogue;
  readonly #walkers: readonly [Walker, Walker];
  readonly #emitters: readonly [Emitter, Emitter];
  readonly #formats: readonly { readonly name: string; readonly start: () => Promise<Encoder> }[];
  readonly #frame: number;
  /** Where the kernel sees batches. */
  readonly #room: Uint8Array<ArrayBuffer>;
  /** NDJSON by the kernel and without it. */
  readonly #lines: Promise<readonly [Encoder, Encoder]>;
  #batches = 0;
  /** The largest so far. */
  readonly extremes: Extremes = { fields: 0, text: 0, milliseconds: 0 };

  /** With the protocols and formats of `kit`. */
  constructor(kit: Kit) {
    const { catalogue } = kit;
    this.#catalogue = catalogue;
    // The second walks by the kernel, so that each packet is also found to be walked by both alike.
    const memory = new KernelMemory();
    this.#walkers = [new Walker(catalogue), memory.walker(catalogue)];
    this.#room = memory.allocate(ROOM);
    this.#emitters = [new Emitter(catalogue), new Emitter(catalogue)];
    this.#frame = catalogue.idOf("frame");
    const start = async (kernel: boolean): Promise<Encoder> =>
      await ndjson.start({ catalogue, options: { kernel } });
    this.#lines = Promise.all([start(true), start(false)]);
    this.#formats = [...new Set(kit.formats.values())].filter((f) => !f.binary).map((f) => ({
      name: f.name,
      start: async () =>
        await f.start({
          catalogue,
          options: {
            fields: ["frame.number", "ip.src", "tcp.srcport", "udp.srcport", "data.data"],
          },
        }),
    }));
  }

  /**
   * Checks all of `cases`; `first` is the place of the first in the run. `told` is called before each, so that a
   * watcher knows where it stands. `formats`: whether all go through the formats too. Answers those that broke a rule.
   */
  async check(
    cases: readonly Case[],
    first: number,
    told: (index: number) => void = () => {},
    formats: boolean = this.#batches++ % FORMATS_EVERY === 0,
  ): Promise<Failure[]> {
    const failures: Failure[] = [];
    const fail = (index: number, error: unknown): void => {
      failures.push({ ...describe(error), packet: cases[index - first], index });
    };
    told(first);
    let a: PacketBatch;
    let b: PacketBatch;
    try {
      const before = performance.now();
      a = walk(this.#walkers[0], lay(cases, 0x00, false));
      b = walk(this.#walkers[1], lay(cases, 0xff, true, this.#allocator()));
      if (performance.now() - before > MILLISECONDS_MAX && cases.length > 1) {
        cases.forEach((c, i) => this.#slow(c, first + i, fail));
      }
    } catch (error) {
      // One of them made the walk throw: each by itself.
      if (cases.length === 1) {
        fail(first, error);
        return failures;
      }
      for (let i = 0; i < cases.length; i++) {
        failures.push(...await this.check(cases.slice(i, i + 1), first + i, told, formats));
      }
      return failures;
    }
    try {
      const differs = differing(await this.#lines, b);
      if (differs >= 0) fail(first + differs, new Broken("kernel", "it writes something else"));
    } catch (error) {
      fail(first, error);
    }
    for (let i = 0; i < cases.length; i++) {
      told(first + i);
      try {
        const before = performance.now();
        this.#packet(a, b, i);
        if ((first + i) % DEEP_EVERY === 0 || cases.length === 1) this.#deep(a, b, i);
        const took = performance.now() - before;
        if (took > MILLISECONDS_MAX && cases.length > 1) this.#slow(cases[i], first + i, fail);
      } catch (error) {
        fail(first + i, error);
      }
    }
    if (failures.length === 0 && formats) {
      try {
        await this.#format(a, b);
      } catch (error) {
        if (cases.length === 1) fail(first, error);
        else {
          const before = failures.length;
          for (let i = 0; i < cases.length; i++) {
            failures.push(...await this.check(cases.slice(i, i + 1), first + i, told, formats));
          }
          if (failures.length === before) fail(first, error);
        }
      }
    }
    return failures;
  }

  /** Gives the room anew: what stood there is done with. */
  #allocator(): (bytes: number) => Uint8Array<ArrayBuffer> {
    let at = 0;
    return (bytes) => {
      const from = at;
      at += Math.ceil(bytes / 8) * 8;
      return at > ROOM ? new Uint8Array(bytes) : this.#room.subarray(from, from + bytes);
    };
  }

  /** Whether a packet that took long does so again: the machine may have been busy elsewhere. */
  #slow(packet: Case, index: number, fail: (index: number, error: unknown) => void): void {
    let best = Infinity;
    let deep = Infinity;
    for (let n = 0; n < 3; n++) {
      const before = performance.now();
      // Walkers of its own: the batch being checked still needs the rows of the others.
      const a = walk(new Walker(this.#catalogue), lay([packet], 0x00, false));
      const b = walk(new Walker(this.#catalogue), lay([packet], 0xff, true));
      this.#packet(a, b, 0);
      const between = performance.now();
      this.#deep(a, b, 0);
      best = Math.min(best, between - before);
      deep = Math.min(deep, performance.now() - between);
    }
    this.extremes.milliseconds = Math.max(this.extremes.milliseconds, best);
    if (best > MILLISECONDS_MAX) fail(index, new Broken("slow", `${best.toFixed(0)} ms`));
    if (deep > DEEP_MILLISECONDS_MAX) {
      fail(index, new Broken("slow objects", `${deep.toFixed(0)} ms`));
    }
  }

  /** Rows, fields, texts, issues and summary of packet `i`, in both surroundings. */
  #packet(a: PacketBatch, b: PacketBatch, i: number): void {
    this.#layers(a, b, i);
    const x = this.#emitters[0].packet(a, i);
    const y = this.#emitters[1].packet(b, i);
    this.#items(x, a.frames.starts[i], a.frames.capturedLengths[i]);
    this.#same(x, y, a.frames.starts[i], b.frames.starts[i]);
    this.#summary(a, b, i);
  }

  #layers(a: PacketBatch, b: PacketBatch, i: number): void {
    const la = a.layers;
    const lb = b.layers;
    const from = a.firstLayer[i];
    const to = a.firstLayer[i + 1];
    const sa = a.frames.starts[i];
    const sb = b.frames.starts[i];
    const end = sa + a.frames.capturedLengths[i];
    const name = (row: number): string => this.#catalogue.protocols[la[row] & PROTOCOL_MASK].name;
    if (b.firstLayer[i] !== from || b.firstLayer[i + 1] !== to) {
      const last = name(Math.min(to, a.firstLayer[i] + LAYER) - LAYER);
      throw new Broken("neighbour: layers", `another number of layers, beginning with ${last}`);
    }
    let before = sa;
    for (let row = from; row < to; row += LAYER) {
      if (la[row] !== lb[row]) {
        throw new Broken(`neighbour: layer ${name(row)}`, "another protocol");
      }
      for (let k = 1; k < LAYER; k++) {
        if (la[row + k] - sa !== lb[row + k] - sb) {
          const what = ["", "start", "end", "limit", "reported"][k];
          throw new Broken(
            `neighbour: ${what} of ${name(row)}`,
            `${la[row + k] - sa} or ${lb[row + k] - sb}`,
          );
        }
      }
      const [start, stop, limit, reported] = la.subarray(row + 1, row + LAYER);
      if (
        start < before || stop < start || limit < stop || limit > end || reported < limit
      ) {
        throw new Broken(
          `bounds: layer ${name(row)}`,
          `start ${start - sa}, end ${stop - sa}, limit ${limit - sa}, reported ${
            reported - sa
          }, captured ${end - sa}`,
        );
      }
      before = start;
    }
    if (a.issuesUsed === 0 && b.issuesUsed === 0) return;
    let p = firstIssue(a, i);
    let q = firstIssue(b, i);
    for (;; p += ISSUE, q += ISSUE) {
      const more = p < a.issuesUsed && a.issues[p] === i;
      if (more !== (q < b.issuesUsed && b.issues[q] === i)) {
        throw new Broken("neighbour: issues", "another number of issues");
      }
      if (!more) return;
      const same = a.issues[p + 1] === b.issues[q + 1] && a.issues[p + 2] === b.issues[q + 2] &&
        a.issues[p + 3] - sa === b.issues[q + 3] - sb && a.issues[p + 4] === b.issues[q + 4] &&
        a.issues[p + 5] === b.issues[q + 5];
      if (!same) throw new Broken(`neighbour: issue of ${name(a.issues[p + 2])}`, "another issue");
      const at = a.issues[p + 3];
      if (a.issues[p + 2] < from || a.issues[p + 2] >= to || at < sa || at > end) {
        throw new Broken(
          `bounds: issue of ${name(a.issues[p + 2])}`,
          `byte ${at - sa} of ${end - sa}, layer row ${a.issues[p + 2] - from} of ${to - from}`,
        );
      }
    }
  }

  /** What must hold of every row by itself. */
  #items(items: PacketItems, start: number, captured: number): void {
    const { rows, used, textUsed } = items;
    const end = start + captured;
    const e = this.extremes;
    if (used / ITEM > e.fields) e.fields = used / ITEM;
    if (textUsed > e.text) e.text = textUsed;
    if (used > FIELDS_MAX * ITEM || textUsed > TEXT_BYTES_MAX) {
      throw new Broken("growth", `${used / ITEM} fields, ${textUsed} bytes of text`);
    }
    if (used / ITEM > 256 + captured * FIELDS_PER_BYTE) {
      const name = this.#catalogue.fields[rows[used - ITEM] & FIELD_MASK].abbrev;
      throw new Broken(`growth: fields, ${name} last`, `${used / ITEM} of ${captured} bytes`);
    }
    if (textUsed > 4096 + captured * TEXT_PER_BYTE) {
      throw new Broken("growth: text", `${textUsed} of ${captured} bytes`);
    }
    let depth = -1;
    for (let p = 0; p < used; p += ITEM) {
      const id = rows[p] & FIELD_MASK;
      const info = this.#catalogue.fields[id];
      if (!info) throw new Broken("rows: no such field", String(id));
      const at = rows[p + 1];
      const length = rows[p + 2];
      const name = info.abbrev || info.name;
      if (length < 0) throw new Broken(`bounds: length of ${name}`, String(length));
      if ((at & IN_TEXT) !== 0) {
        if ((at & ~IN_TEXT) + length > textUsed) throw new Broken(`bounds: text of ${name}`, "");
      } else if (at < start || at + length > end) {
        throw new Broken(
          `bounds: ${name}`,
          `bytes ${at - start} to ${at - start + length} of ${captured}`,
        );
      } else if (info.kind === Kind.Ipv4 && length !== 4) {
        throw new Broken(`bounds: length of ${name}`, `${length}, not 4`);
      }
      if (rows[p] >>> 16 > depth + 1) {
        throw new Broken(`tree: ${name}`, `depth ${rows[p] >>> 16} below ${depth}`);
      }
      depth = rows[p] >>> 16;
    }
    if (items.rows.length > FIELDS_MAX * ITEM) throw new Broken("growth", "rows");
  }

  /** The neighbour test: the same rows, texts, times and issues. */
  #same(x: PacketItems, y: PacketItems, sx: number, sy: number): void {
    const a = x.rows;
    const b = y.rows;
    const used = Math.min(x.used, y.used);
    for (let p = 0; p < used; p += ITEM) {
      const made = (a[p + 1] & IN_TEXT) !== 0;
      const info = this.#catalogue.fields[a[p] & FIELD_MASK];
      const relative = info.kind === Kind.Name && !made;
      if (
        a[p] !== b[p] || a[p + 2] !== b[p + 2] ||
        (made ? a[p + 1] !== b[p + 1] : a[p + 1] - sx !== b[p + 1] - sy) ||
        (relative ? a[p + 3] - sx !== b[p + 3] - sy : a[p + 3] !== b[p + 3])
      ) {
        throw new Broken(
          `neighbour: ${info.abbrev || info.name}`,
          `offset, length, value ${a[p + 1] - sx}, ${a[p + 2]}, ${a[p + 3]} between zeros, ` +
            `${b[p + 1] - sy}, ${b[p + 2]}, ${b[p + 3]} between ones`,
        );
      }
    }
    const last = used > 0 ? this.#catalogue.fields[a[used - ITEM] & FIELD_MASK].abbrev : "nothing";
    if (x.used !== y.used) throw new Broken(`neighbour: after ${last}`, "another number of fields");
    if (x.textUsed !== y.textUsed) throw new Broken(`neighbour: text, ${last} last`, "length");
    for (let i = 0; i < x.textUsed; i++) {
      if (x.text[i] !== y.text[i]) throw new Broken("neighbour: text", `byte ${i}, ${last} last`);
    }
    for (let i = 0; i < x.timesUsed; i++) {
      if (!Object.is(x.times[i], y.times[i])) throw new Broken("neighbour: times", String(i));
    }
    if (x.issues !== y.issues || (x.issues !== 0 && x.issueLayer !== y.issueLayer)) {
      throw new Broken("neighbour: issues of fields", `${x.issues} or ${y.issues}`);
    }
  }

  #summary(a: PacketBatch, b: PacketBatch, i: number): void {
    // New ones, so that a place that forgot to ask for room is found.
    const x = new TextWriter(128);
    const y = new TextWriter(128);
    const id = writeSummary(x, a, i, this.#catalogue);
    writeSummary(y, b, i, this.#catalogue);
    const name = id < 0 ? "" : this.#catalogue.protocols[id].name;
    if (x.at > x.bytes.length) throw new Broken(`summary: room, ${name}`, `${x.at} bytes`);
    let same = x.at === y.at;
    for (let k = 0; same && k < x.at; k++) same = x.bytes[k] === y.bytes[k];
    if (!same) {
      const text = (w: TextWriter): string => new TextDecoder().decode(w.written());
      throw new Broken(`neighbour: summary of ${name}`, `"${text(x)}" or "${text(y)}"`);
    }
  }

  /** Packet `i` through everything that makes objects. */
  #deep(a: PacketBatch, b: PacketBatch, i: number): void {
    const p = new Packet(a, i, this.#catalogue);
    const q = new Packet(b, i, this.#catalogue);
    const equal = (what: string, x: unknown, y: unknown): void => {
      const s = JSON.stringify(x, plain);
      const t = JSON.stringify(y, plain);
      if (s === t) return;
      let k = 0;
      while (s[k] === t[k]) k++;
      throw new Broken(
        `objects: ${what}`,
        `…${s.slice(Math.max(0, k - 60), k + 40)} or …${t.slice(Math.max(0, k - 60), k + 40)}`,
      );
    };
    equal("chain", [p.chain, p.protocols, p.issues], [q.chain, q.protocols, q.issues]);
    const json = p.toJSON();
    equal("toJSON", json, q.toJSON());
    const values = p.fields().map((f) => [f.info.abbrev, f.value, f.offset, f.length]);
    equal("fields", values, q.fields().map((f) => [f.info.abbrev, f.value, f.offset, f.length]));
    const kept = p.keep();
    equal("keep", [kept.toJSON(), kept.summary, kept.issues], [json, p.summary, p.issues]);
    const { layers, firstLayer, frames } = a;
    const delta = b.frames.starts[i] - frames.starts[i];
    const seen = new Map<number, number>();
    for (let row = firstLayer[i]; row < firstLayer[i + 1]; row += LAYER) {
      const id = layers[row] & PROTOCOL_MASK;
      if (id === this.#frame || (layers[row] & PARTIAL) !== 0) continue;
      const nth = seen.get(id) ?? 0;
      seen.set(id, nth + 1);
      const protocol = this.#catalogue.protocols[id];
      const view = p.get(protocol, nth);
      if (!view) {
        throw new Broken(`view: ${protocol.name}`, `get answers nothing for header ${nth}`);
      }
      if (view.start !== layers[row + 1]) {
        throw new Broken(`view: ${protocol.name}`, "get answers another header");
      }
      const [start, end, limit, reported] = layers.subarray(row + 1, row + LAYER);
      const other = protocol.at(
        b.frames.bytes,
        start + delta,
        end + delta,
        limit + delta,
        reported + delta,
      );
      equal(`view of ${protocol.name}`, read(view), read(other));
      this.#encode(protocol, view, frames.bytes.subarray(end, limit));
    }
  }

  /** Writes again what was read: it may be refused, but only in the way that wrong values are. */
  #encode(protocol: Protocol, view: object & Layer, payload: Uint8Array): void {
    let encoded: Uint8Array;
    try {
      encoded = protocol.encode(protocol.toObject(view), payload);
    } catch (e) {
      // A bug throws the same classes: what V8 says of undefined and the like is one.
      const bug = e instanceof Error &&
        /undefined|null|is not a function|not iterable|Invalid array|Invalid typed|offset is out/
          .test(e.message);
      if ((e instanceof TypeError || e instanceof RangeError) && !bug) return;
      const { signature, reason } = describe(e);
      throw new Broken(`encode ${protocol.name}: ${signature}`, reason);
    }
    if (encoded.length > ENCODED_MAX) {
      throw new Broken(`encode ${protocol.name}: size`, `${encoded.length} bytes`);
    }
  }

  /** A batch through every format that makes text: none throws, JSON is JSON, and neighbours do not show. */
  async #format(a: PacketBatch, b: PacketBatch): Promise<void> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    for (const format of this.#formats) {
      const texts: string[] = [];
      for (const batch of [a, b]) {
        let bytes: Uint8Array[];
        try {
          const encoder = await format.start();
          bytes = [
            encoder.head().slice(),
            encoder.encode(batch, true).slice(),
            encoder.tail().slice(),
          ];
        } catch (e) {
          const { signature, reason } = describe(e);
          throw new Broken(`format ${format.name}: ${signature}`, reason);
        }
        try {
          texts.push(decoder.decode(join(...bytes)));
        } catch {
          throw new Broken(`format ${format.name}: text`, "what it writes is not UTF-8");
        }
      }
      if (texts[0] !== texts[1]) {
        let k = 0;
        while (texts[0][k] === texts[1][k]) k++;
        const part = (t: string): string => t.slice(Math.max(0, k - 60), k + 40);
        throw new Broken(
          `format ${format.name}: neighbour`,
          `…${part(texts[0])} or …${part(texts[1])}`,
        );
      }
      try {
        if (format.name === "json") JSON.parse(texts[0]);
        if (format.name === "ndjson") {
          for (const l of texts[0].split("\n")) if (l !== "") JSON.parse(l);
        }
      } catch (e) {
        throw new Broken(`format ${format.name}: no JSON`, String(e));
      }
    }
  }
}

/** Index of the first packet of a batch of which two encoders do not write the same line; -1 if there is none. */
function differing([one, other]: readonly [Encoder, Encoder], batch: PacketBatch): number {
  const a = one.encode(batch, false), b = other.encode(batch, false);
  let line = 0;
  for (let i = 0; i < a.length || i < b.length; i++) {
    if (a[i] !== b[i]) return Math.min(line, batch.frames.count - 1);
    if (a[i] === 10) line++;
  }
  return -1;
}

/** All that a view says, by key. */
function read(view: object): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const key in view) {
    if (!["bytes", "start", "end", "limit", "reported"].includes(key)) {
      all[key] = (view as Record<string, unknown>)[key];
    }
  }
  return all;
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return Array.from(value).join();
  return value;
}

/** An error in short: where it was thrown, and what it says. */
function describe(error: unknown): { readonly signature: string; readonly reason: string } {
  if (error instanceof Broken) {
    return { signature: error.signature, reason: error.message.slice(error.signature.length + 2) };
  }
  if (!(error instanceof Error)) return { signature: "throws", reason: String(error) };
  const frames = (error.stack ?? "").split("\n").filter((l) => l.includes("file://"))
    .map((l) => l.replace(/^.*?([\w.-]+\/[\w.-]+:\d+):\d+.*$/, "$1"));
  return {
    signature: `throws ${error.name} at ${frames[0] ?? "?"}`,
    reason: `${error.message} (${frames.slice(0, 4).join(" < ")})`,
  };
}

/** Makes a failing packet smaller as long as it fails in the same way: shorter, then with zeros. */
export async function minimise(checker: Checker, failure: Failure): Promise<Failure> {
  let best = failure;
  const until = performance.now() + 2000;
  const formats = failure.signature.startsWith("format");
  const attempt = async (packet: Case): Promise<boolean> => {
    if (performance.now() > until) return false;
    const found = (await checker.check([packet], 0, () => {}, formats))
      .find((f) => f.signature === failure.signature);
    if (found) best = { ...found, packet, index: failure.index };
    return found !== undefined;
  };
  if (!await attempt(failure.packet)) return failure;
  for (let step = best.packet.bytes.length >> 1; step > 0; step >>= 1) {
    for (;;) {
      const { bytes, wire, linkType } = best.packet;
      if (bytes.length < step) break;
      const cut = bytes.slice(0, bytes.length - step);
      const whole = wire === bytes.length ? cut.length : wire;
      if (!await attempt({ bytes: cut, wire: whole, linkType })) break;
    }
  }
  const { wire } = best.packet;
  if (wire !== best.packet.bytes.length) {
    await attempt({ ...best.packet, wire: best.packet.bytes.length });
  }
  for (let i = best.packet.bytes.length - 1; i >= 0; i--) {
    if (best.packet.bytes[i] === 0) continue;
    const bytes = best.packet.bytes.slice();
    bytes[i] = 0;
    await attempt({ ...best.packet, bytes });
  }
  return best;
}

/** Bytes in hexadecimal. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Packets of one batch. */
export const BATCH = 256;

/** What a run is told. */
export interface RunOptions {
  /** Seed. */
  readonly seed: number;
  /** Packets. */
  readonly count: number;
  /** Place of the first packet: to go on, or to repeat one. */
  readonly first?: number;
  /** Stop after this many seconds. */
  readonly seconds?: number;
  /** Stop after this many different failures. */
  readonly failures?: number;
  /** Called before each packet. */
  readonly told?: (index: number) => void;
  /** Called for each new kind of failure, already made small. */
  readonly failed?: (failure: Failure) => void;
}

/** What a run did. */
export interface RunResult {
  /** Packets tried. */
  readonly packets: number;
  /** Seconds it took. */
  readonly seconds: number;
  /** One failure of each kind. */
  readonly failures: readonly Failure[];
  /** How often each kind was met. */
  readonly counts: ReadonlyMap<string, number>;
  /** The largest of what was found. */
  readonly extremes: Extremes;
  /** Bytes of heap that were added between the first tenth and the end. */
  readonly grown: number;
}

/** Tries packets. */
export async function run(kit: Kit, corpus: Corpus, options: RunOptions): Promise<RunResult> {
  const checker = new Checker(kit);
  const small = new Checker(kit);
  const failures: Failure[] = [];
  const counts = new Map<string, number>();
  const began = performance.now();
  const first = options.first ?? 0;
  let done = 0;
  let heap = 0;
  while (done < options.count) {
    const n = Math.min(BATCH, options.count - done);
    const cases: Case[] = [];
    for (let i = 0; i < n; i++) cases.push(makeCase(corpus, options.seed, first + done + i));
    for (const f of await checker.check(cases, first + done, options.told)) {
      const met = counts.get(f.signature) ?? 0;
      counts.set(f.signature, met + 1);
      if (met > 0) continue;
      const least = await minimise(small, f);
      failures.push(least);
      options.failed?.(least);
    }
    done += n;
    if (heap === 0 && done >= options.count / 10) heap = Deno.memoryUsage().heapUsed;
    if (failures.length >= (options.failures ?? 100)) break;
    if (options.seconds !== undefined && performance.now() - began > options.seconds * 1000) break;
  }
  return {
    packets: done,
    seconds: (performance.now() - began) / 1000,
    failures,
    counts,
    extremes: checker.extremes,
    grown: heap === 0 ? 0 : Deno.memoryUsage().heapUsed - heap,
  };
}
