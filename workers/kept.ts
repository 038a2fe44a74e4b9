/**
 * Differences between engines that are kept on purpose, each with its reason: the one list of them. What the comparison
 * ({@link compareEngines}) finds there is counted apart and decides nothing.
 *
 * Values that no engine can be held to when each packet is looked at by itself belong here as well: tshark follows
 * connections. What `default` and tshark show differently in packets that are damaged or rare is told, case by case, in
 * tests/oracle/KEPT.md; here stands what whole fields differ in.
 *
 * @module
 */

/** One difference that is kept. */
export interface Kept {
  /** The engine that differs from all others. */
  readonly engine: string;
  /** Abbreviations of the fields; `tcp.analysis.*` stands for all that begin so, `*.trailer` for all that end so. */
  readonly fields?: readonly string[];
  /** Layers that it has, or lacks, where others do otherwise. */
  readonly layers?: readonly string[];
  /** Only in packets with this field or layer, by either engine; in all if absent. */
  readonly where?: readonly string[];
  /** Why it is kept. */
  readonly reason: string;
}

/** The list. */
export const KEPT: readonly Kept[] = [
  {
    engine: "dpkt",
    fields: ["eth.padding", "eth.fcs", "eth.fcs.status", "*.trailer"],
    reason: "where the frame's content ends is told by layers that dpkt does not know",
  },
  {
    engine: "tshark",
    fields: ["tcp.seq", "tcp.ack", "tcp.nxtseq"],
    reason: "relative to the connection's first segment; tcp.seq_raw and tcp.ack_raw are compared",
  },
  {
    engine: "tshark",
    fields: ["frame.protocols"],
    reason: "the layers themselves are compared",
  },
  {
    engine: "tshark",
    fields: ["ip.dst", "ip.addr", "ip.src_rt", "ip.dst_host", "ip.host"],
    where: ["ip.cur_rt", "ip.opt.type_number"],
    reason: "under a source route tshark shows the route's last address as the destination",
  },
];

/** Layers that engines name differently: a name, and the name of the same layer elsewhere. */
export const SAME_LAYER: Readonly<Record<string, string>> = {
  // Wireshark has one protocol for both versions of the cooked header.
  sll2: "sll",
};

/** Why a difference in `name` is kept between `engines`; `undefined` if it is not. `has`: whether the packet has a field or layer. */
export function whyKept(
  kind: "field" | "layer",
  name: string,
  engines: readonly string[],
  has: (name: string) => boolean,
): string | undefined {
  for (const kept of KEPT) {
    if (!engines.includes(kept.engine)) continue;
    const names = kind === "field" ? kept.fields : kept.layers;
    if (!names?.some((n) => matches(n, name))) continue;
    if (kept.where === undefined || kept.where.some(has)) return kept.reason;
  }
  return undefined;
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith("*")) return name.startsWith(pattern.slice(0, -1));
  return pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern;
}
