/**
 * What fuzzing filters is made of: expressions and programs at random, and the comparison of all that run them. Used by
 * the task and by the test.
 *
 * @module
 */
import { compileForFile } from "../capture/bpf/compile.ts";
import { generateMatcher, generateSelector } from "../capture/bpf/generate.ts";
import { interpreter, selectorOf } from "../capture/bpf/interpret.ts";
import { describeProgram } from "../capture/bpf/listing.ts";
import {
  type BpfInstruction,
  checkProgram,
  instructionsOf,
  OP,
  rowsOf,
  runsForwards,
  SCRATCH_WORDS,
  successors,
} from "../capture/bpf/program.ts";
import { FilterSyntaxError } from "../capture/libpcap/errors.ts";
import { type FilterProgram, offlineFilter } from "../capture/libpcap/filter.ts";
import { type Case, hex, type Random } from "./_fuzz.ts";

/** Link types that libpcap has its own ways for; those most used come several times. */
const LINKTYPES: readonly number[] = [
  ...[1, 1, 1, 1, 1, 1, 101, 101, 113, 113, 276, 276, 105, 105, 127, 127, 0, 108, 9, 50, 51, 228],
  ...[229, 192, 119, 163, 10, 6, 100, 101, 104, 107, 122, 123, 139, 140, 141, 144, 197, 204, 205],
  ...[206, 209, 220, 226, 239, 240, 248, 253, 265, 266],
];

const ADDRESSES: readonly string[] = [
  ...["10.0.0.1", "192.168.1.1", "127.0.0.1", "224.0.0.251", "255.255.255.255", "0.0.0.0"],
  ...["::1", "fe80::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1"],
];
const MACS: readonly string[] = ["ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:00", "02:00:00:00:00:01"];
const PORTS: readonly number[] = [0, 21, 22, 53, 67, 80, 443, 5353, 8080, 65535];
const PROTOCOLS: readonly string[] = [
  ...[
    "ip",
    "ip6",
    "tcp",
    "udp",
    "sctp",
    "icmp",
    "icmp6",
    "igmp",
    "igrp",
    "pim",
    "ah",
    "esp",
    "vrrp",
  ],
  ...[
    "arp",
    "rarp",
    "carp",
    "stp",
    "iso",
    "clnp",
    "esis",
    "isis",
    "ipx",
    "netbeui",
    "lat",
    "decnet",
  ],
  ...["moprc", "mopdl", "atalk", "aarp", "sca", "pppoed", "pppoes", "pppoes 7", "vlan", "vlan 5"],
  ...["vlan and vlan", "mpls", "mpls 100", "mpls and mpls", "geneve", "geneve 5", "llc", "llc i"],
  ...["llc s", "llc u", "llc rr", "llc ui", "llc sabme", "broadcast", "multicast", "ip broadcast"],
  ...["ip multicast", "ip6 multicast", "ether broadcast", "ether multicast", "inbound", "outbound"],
  ...[
    "type mgt",
    "type data",
    "type ctl subtype ack",
    "type mgt subtype beacon",
    "subtype qos-data",
  ],
  ...["wlan type 0", "dir fromds", "dir tods", "dir dstods", "wlan broadcast", "ifindex 2", "fisu"],
  ...["lssu", "msu", "sio 3", "opc 1000", "dpc 2000", "sls 7", "lane", "oamf4s", "bcc", "sc"],
  ...["metac", "connectmsg", "vpi 1", "vci 5", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp"],
];
const BASES: readonly string[] = [
  ...[
    "ether",
    "ip",
    "ip",
    "ip6",
    "tcp",
    "tcp",
    "udp",
    "udp",
    "icmp",
    "icmp6",
    "arp",
    "link",
    "sctp",
  ],
  ...["igmp", "wlan", "ppp", "radio", "fddi", "tr", "rarp", "vrrp", "pim", "ipx", "decnet", "carp"],
];
const RELATIONS: readonly string[] = ["=", "!=", ">", "<", ">=", "<="];
const OPERATORS: readonly string[] = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"];
const NAMES: readonly string[] = [
  ...[
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "tcp[tcpflags] = tcp-ack",
    "icmp[icmptype] = icmp-echo",
  ],
  ...[
    "icmp[icmpcode] = 0",
    "icmp6[icmp6type] = icmp6-echo",
    "tcp[tcp[12:1] >> 2 & 0xfc : 2] = 0x4854",
  ],
  ...["ip[6:2] & 0x1fff = 0", "ip[0] & 0xf != 5", "ip[ip[0] & 15] != 0", "udp[4:2] << 1 > 900"],
];

/** Adds what makes text of random choices easy. */
class Words {
  readonly random: Random;
  constructor(random: Random) {
    this.random = random;
  }
  of<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)];
  }
  /** A number that matters: small, at an edge, or any. */
  number(): number {
    const r = this.random;
    switch (r.below(6)) {
      case 0:
        return r.below(8);
      case 1:
        return 2 ** r.below(32) - r.below(2);
      case 2:
        return r.next();
      default:
        return r.below(300);
    }
  }
  offset(): number {
    const r = this.random;
    return r.once(20) ? this.number() : r.below(r.once(4) ? 120 : 24);
  }
  /** An arithmetic expression. */
  value(depth: number): string {
    const r = this.random;
    switch (r.below(depth > 2 ? 3 : 6)) {
      case 0:
        return String(this.number());
      case 1:
        return r.once(2) ? "len" : `0x${this.number().toString(16)}`;
      case 2: {
        const size = this.of(["", "", ":1", ":2", ":4"]);
        const at = depth < 2 && r.once(5) ? this.value(depth + 1) : String(this.offset());
        return `${this.of(BASES)}[${at}${size}]`;
      }
      case 3:
        return r.once(4) ? `-(${this.value(depth + 1)})` : `(${this.value(depth + 1)})`;
      default:
        return `${this.value(depth + 1)} ${this.of(OPERATORS)} ${this.value(depth + 1)}`;
    }
  }
  primitive(): string {
    const r = this.random;
    const direction = this.of(["", "", "src ", "dst ", "src or dst ", "src and dst "]);
    switch (r.below(13)) {
      case 0:
        return `${this.of(["", "", "ip ", "ip6 ", "arp "])}${direction}host ${this.of(ADDRESSES)}`;
      case 1:
        return `${direction}net ${
          this.of([
            "10.0.0.0/8",
            "192.168.0.0/16",
            "127",
            "10.1",
            "fe80::/10",
            "2001:db8::/32",
            "0.0.0.0/1",
          ])
        }`;
      case 2:
        return `${this.of(["", "", "tcp ", "udp ", "sctp "])}${direction}port ${this.of(PORTS)}`;
      case 3: {
        const low = r.below(60_000);
        return `${this.of(["", "tcp ", "udp "])}${direction}portrange ${low}-${
          low + r.below(5000)
        }`;
      }
      case 4:
        return `ether ${this.of(["", "src ", "dst "])}host ${this.of(MACS)}`;
      case 5:
        return `ether proto ${
          this.of(["0x0800", "0x86dd", "0x0806", "\\\\ip", "0x8847", "100", "0x88cc"])
        }`;
      case 6:
        return `${this.of(["ip", "ip6"])} ${this.of(["proto", "proto", "protochain"])} ${
          this.of([0, 1, 6, 17, 41, 43, 44, 50, 51, 58, 132])
        }`;
      case 7:
        return `${this.of(["less", "greater"])} ${r.below(1600)}`;
      case 8:
        return this.of(NAMES);
      case 9:
      case 10:
        return this.of(PROTOCOLS);
      default:
        return `${this.value(0)} ${this.of(RELATIONS)} ${this.value(1)}`;
    }
  }
  expression(depth = 0): string {
    const r = this.random;
    switch (depth > 3 ? 0 : r.below(8)) {
      case 0:
      case 1:
      case 2:
        return this.primitive();
      case 3:
        return `not (${this.expression(depth + 1)})`;
      case 4:
        return `(${this.expression(depth + 1)}) or (${this.expression(depth + 1)})`;
      default:
        return `${this.of(["", "not "])}${this.primitive()} ${this.of(["and", "and", "or"])} ${
          this.expression(depth + 1)
        }`;
    }
  }
}

/** A filter expression at random, which libpcap may refuse, and a link type to compile it for. */
export function makeExpression(random: Random): { expression: string; linkType: number } {
  const words = new Words(random);
  return {
    expression: random.once(200) ? "" : words.expression(),
    linkType: words.of(LINKTYPES),
  };
}

const CODES: readonly number[] = Object.values(OP);
const ENDS: ReadonlySet<number> = new Set([OP.RET_K, OP.RET_A]);

/** A program at random that is sound; `loops`: it may go backwards. */
export function makeProgram(random: Random, loops = false): BpfInstruction[] {
  const words = new Words(random);
  const body = 3 + random.below(random.once(10) ? 300 : 40);
  // libpcap leaves scratch memory as it was, so programs that are compared with it begin by setting it.
  const program: BpfInstruction[] = [{ code: OP.LD_IMM, jt: 0, jf: 0, k: words.number() }];
  for (let k = 0; k < SCRATCH_WORDS; k++) program.push({ code: OP.ST, jt: 0, jf: 0, k });
  const first = program.length, count = first + body;
  while (program.length < count - 1) {
    const i = program.length, left = count - 2 - i;
    let code = words.of(CODES);
    if (ENDS.has(code) && !random.once(3)) code = OP.LD_B_ABS;
    let jt = 0, jf = 0, k = words.number();
    if ((code & 7) === 5) {
      jt = random.below(Math.min(left, 12) + 1);
      jf = random.below(Math.min(left, 255) + 1);
      if (code === OP.JA) {
        k = loops && random.once(2) ? (-1 - random.below(i)) >>> 0 : random.below(left + 1);
      }
    } else if ((code & 7) < 2 && (code & 0xe0) !== 0 && code !== OP.LD_MEM && code !== OP.LDX_MEM) {
      k = words.offset();
    }
    if (code === OP.LD_MEM || code === OP.LDX_MEM || code === OP.ST || code === OP.STX) {
      k = random.below(SCRATCH_WORDS);
    }
    if ((code === OP.DIV_K || code === OP.MOD_K) && k === 0) k = 1;
    // What C does with longer shifts by a constant depends on the compiler.
    if (code === OP.LSH_K || code === OP.RSH_K) k %= 32;
    program.push({ code, jt, jf, k });
  }
  program.push({ code: random.once(2) ? OP.RET_A : OP.RET_K, jt: 0, jf: 0, k: random.below(2) });
  return program;
}

/** Packets in one buffer, with other bytes between them, as columns. */
export interface Laid {
  /** All bytes. */
  readonly view: DataView;
  /** Where each packet starts. */
  readonly starts: Uint32Array;
  /** Bytes captured of each. */
  readonly captured: Uint32Array;
  /** Length on the wire of each. */
  readonly wire: Uint32Array;
  /** The packets. */
  readonly cases: readonly Case[];
}

/** Lays packets out between random bytes, so that a look beyond a packet's end would be noticed. */
export function lay(cases: readonly Case[], random: Random): Laid {
  const gap = 70;
  const bytes = new Uint8Array(cases.reduce((n, c) => n + c.bytes.length + gap, gap));
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.next();
  const starts = new Uint32Array(cases.length);
  let at = gap;
  cases.forEach((c, i) => {
    starts[i] = at;
    bytes.set(c.bytes, at);
    at += c.bytes.length + gap;
  });
  return {
    view: new DataView(bytes.buffer),
    starts,
    captured: Uint32Array.from(cases, (c) => c.bytes.length),
    wire: Uint32Array.from(cases, (c) => c.wire),
    cases,
  };
}

/** What ran a program over packets, and found different answers. */
export interface Difference {
  /** The expression, or the program. */
  readonly filter: string;
  /** Link type compiled for. */
  readonly linkType: number;
  /** The packet. */
  readonly packet: Case;
  /** Answers by who gave them. */
  readonly answers: Readonly<Record<string, number | boolean>>;
}

/** A difference in words. */
export function describeDifference(d: Difference): string {
  return `${d.filter} (link type ${d.linkType})\n  ${
    JSON.stringify(d.answers)
  }\n  ${d.packet.wire} bytes on the ` +
    `wire: ${hex(d.packet.bytes)}\n`;
}

/**
 * Runs a program over packets by libpcap (unless it may loop), the interpreter, and the generated code for single frames
 * and for batches.
 */
export function compareProgram(
  rows: Uint32Array<ArrayBuffer>,
  laid: Laid,
  what: { readonly filter: string; readonly linkType: number },
  byLibpcap = true,
): { readonly differences: Difference[]; readonly passed: number } {
  const instructions = checkProgram(rows);
  const { view, starts, captured, wire, cases } = laid;
  const count = cases.length;
  const offline = byLibpcap ? offlineFilter({ instructions: rows }) : undefined;
  const interpret = interpreter(instructions);
  const forwards = runsForwards(instructions);
  const match = forwards ? generateMatcher(instructions) : interpret;
  const select = forwards ? generateSelector(instructions) : selectorOf(interpret);
  const out = new Uint32Array(count);
  const chosen = new Set(
    out.subarray(0, select(view, starts, captured, wire, 0, count, out, 0)),
  );
  const differences: Difference[] = [];
  let passed = 0;
  for (let i = 0; i < count; i++) {
    const interpreted = interpret(view, starts[i], captured[i], wire[i]);
    const generated = match(view, starts[i], captured[i], wire[i]);
    const expected = offline?.(cases[i].bytes, wire[i]) ?? interpreted;
    if (expected !== 0) passed++;
    if (expected === interpreted && expected === generated && (expected !== 0) === chosen.has(i)) {
      continue;
    }
    differences.push({
      ...what,
      packet: cases[i],
      answers: { expected, interpreted, generated, selected: chosen.has(i) },
    });
  }
  return { differences, passed };
}

/**
 * Whether a program may read scratch memory before it set it. libpcap's interpreter then reads what its stack happens to
 * hold (and its compiler makes such programs: `not pppoes or rarp` for Prism headers, in 1.10.3); ours reads zeros.
 */
export function readsUnset(instructions: readonly BpfInstruction[]): boolean {
  const set: (number | undefined)[] = [0];
  for (let changed = true; changed;) {
    changed = false;
    for (const [i, instruction] of instructions.entries()) {
      let words = set[i];
      if (words === undefined) continue;
      const { code, k } = instruction;
      if (code === OP.ST || code === OP.STX) words |= 1 << k;
      for (const next of successors(instruction, i)) {
        const before = set[next] ?? -1;
        if ((before & words) === set[next]) continue;
        set[next] = before & words;
        changed = true;
      }
    }
  }
  return instructions.some(({ code, k }, i) =>
    (code === OP.LD_MEM || code === OP.LDX_MEM) && ((set[i] ?? -1) & (1 << k)) === 0
  );
}

/** What a run did. */
export interface Outcome {
  /** Programs run. */
  programs: number;
  /** Expressions that libpcap refused. */
  refused: number;
  /** Programs left out because what libpcap answers is not defined: see {@linkcode readsUnset}. */
  undefined: number;
  /** Programs that loop, which are interpreted alone. */
  looping: number;
  /** Pairs of program and packet. */
  pairs: number;
  /** Pairs that passed. */
  passed: number;
  /** Link types that filters were compiled for. */
  linkTypes: Set<number>;
  /** What differed. */
  differences: Difference[];
}

/** Nothing done yet. */
export function noOutcome(): Outcome {
  return {
    programs: 0,
    refused: 0,
    undefined: 0,
    looping: 0,
    pairs: 0,
    passed: 0,
    linkTypes: new Set(),
    differences: [],
  };
}

/** Packets for a filter: mostly of its link type. */
function packetsFor(pool: ReadonlyMap<number, readonly Case[]>, linkType: number, random: Random) {
  const own = pool.get(linkType) ?? [];
  const types = [...pool.keys()];
  return Array.from({ length: PACKETS }, (): Case => {
    const list = own.length > 0 && !random.once(8)
      ? own
      : pool.get(types[random.below(types.length)])!;
    return list[random.below(list.length)];
  });
}

/** Packets tried with each filter. */
const PACKETS = 64;

/** Compiles an expression at random and compares all that run it. */
export async function tryExpression(
  random: Random,
  pool: ReadonlyMap<number, readonly Case[]>,
  outcome: Outcome,
): Promise<void> {
  const { expression, linkType } = makeExpression(random);
  let rows: FilterProgram["instructions"];
  try {
    const options = { linkType, optimize: !random.once(3), littleEndian: !random.once(4) };
    rows = (await compileForFile(expression, options)).instructions;
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    outcome.refused++;
    return;
  }
  if (readsUnset(instructionsOf(rows))) {
    outcome.undefined++;
    return;
  }
  const laid = lay(packetsFor(pool, linkType, random), random);
  note(outcome, rows, linkType, compareProgram(rows, laid, { filter: expression, linkType }));
}

/** Makes a program at random and compares all that run it; one of four may loop, and libpcap is left out. */
export function tryProgram(
  random: Random,
  pool: ReadonlyMap<number, readonly Case[]>,
  outcome: Outcome,
): void {
  const loops = random.once(4);
  const rows = rowsOf(makeProgram(random, loops));
  const laid = lay(packetsFor(pool, 1, random), random);
  const filter = describeProgram(instructionsOf(rows));
  const forwards = runsForwards(instructionsOf(rows));
  note(outcome, rows, 1, compareProgram(rows, laid, { filter, linkType: 1 }, forwards));
}

function note(
  outcome: Outcome,
  rows: Uint32Array,
  linkType: number,
  { differences, passed }: { differences: readonly Difference[]; passed: number },
): void {
  outcome.programs++;
  if (!runsForwards(instructionsOf(rows))) outcome.looping++;
  outcome.pairs += PACKETS;
  outcome.passed += passed;
  outcome.linkTypes.add(linkType);
  outcome.differences.push(...differences);
}

/** Packets by their link type. */
export function poolOf(cases: Iterable<Case>): Map<number, Case[]> {
  const pool = new Map<number, Case[]>();
  for (const c of cases) {
    const list = pool.get(c.linkType) ?? [];
    list.push(c);
    pool.set(c.linkType, list);
  }
  return pool;
}
