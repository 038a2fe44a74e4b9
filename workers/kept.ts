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
  /** Only where the other engine says just this. */
  readonly others?: string;
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
    fields: ["tcp.flags.ae", "tcp.flags.cwr", "tcp.flags.ece", "tcp.flags.str"],
    where: ["tcp.flags.ace"],
    reason: "tshark shows them as one number, tcp.flags.ace, once it saw a handshake for that",
  },
  {
    engine: "tshark",
    fields: ["ip.dst", "ip.addr", "ip.src_rt", "ip.dst_host", "ip.host"],
    where: ["ip.cur_rt", "ip.opt.type_number"],
    reason: "under a source route tshark shows the route's last address as the destination",
  },
  {
    engine: "tshark",
    fields: ["ip.len"],
    others: "0",
    reason: "where the header says 0 (segmentation offload) tshark shows what was captured",
  },
  {
    engine: "tshark",
    fields: ["ah.sequence", "ah.icv"],
    others: "",
    reason:
      "of a header whose length leaves them out tshark shows them: bytes of the next header, and none",
  },
  {
    engine: "tshark",
    fields: ["tcp.payload"],
    where: ["socks"],
    reason: "tshark gives what SOCKS carries to TCP again, and shows it twice",
  },
  {
    engine: "tshark",
    layers: ["http"],
    fields: ["http.file_data", "http.unknown_header", "http.prev_*", "http.next_*"],
    reason: "what a segment amid content is depends on those before it, which tshark remembers",
  },
  {
    engine: "tshark",
    fields: ["frame.interface_id", "frame.interface_name"],
    others: "",
    reason: "frames whose format knows no interfaces may be given to tshark as pcapng, which does",
  },
  {
    engine: "tshark",
    layers: ["pwethheuristic"],
    reason: "a guess that hands the bytes on whole: tshark names it, but shows nothing of it",
  },
  {
    engine: "tshark",
    layers: ["gtp"],
    where: ["gtpv2"],
    reason: "tshark hands version 2 on whole, and shows nothing of the first dissector",
  },
  {
    engine: "tshark",
    fields: ["fddi.addr", "fddi.dst", "fddi.src", "icmp.ext.ctype"],
    reason: "tshark shows them twice; they stand there once",
  },
  {
    engine: "tshark",
    fields: ["ipv6.routing.crh16.sid", "ipv6.routing.crh32.sid"],
    reason: "tshark shows four of them; RFC 9631 section 4 has as many as there are",
  },
  {
    engine: "tshark",
    fields: ["dhcp.option.dhcp_authentication.*"],
    reason: "tshark does not show what RFC 3118 section 5 says is there",
  },
  {
    engine: "tshark",
    layers: ["igmp"],
    fields: ["igmp.type", "igmp.checksum", "igmp.checksum.status"],
    where: ["dvmrp", "igap", "msnip", "rgmp"],
    reason: "tshark shows IGMP's header as theirs only",
  },
  {
    engine: "tshark",
    fields: ["mptcp.rm_addr.count"],
    where: ["mptcp"],
    reason: "tshark shows MPTCP's options as a layer; here they are TCP's",
  },
  {
    engine: "tshark",
    fields: ["dhcp.option.bulk_lease.*"],
    reason: "tshark counts from 1900; RFC 6926 section 6.2.2 counts from 1970",
  },
];

/** Why a layer that only one of them has is no difference if not even the fixed part of its header is there. */
export const PARTLY =
  "the packet ends within the header's fixed part: whether that is a layer is a matter of taste";

/** Why a layer that only a program of others has is no difference if it does not stand in the frame. */
export const ELSEWHERE =
  "in bytes that are not in the frame: unpacked, or put together from several";

/** Why texts that are alike in all that can be printed are no difference. */
export const NOTATION = "the same text; each writes in its own way what cannot be printed";

/** Layers that engines name differently: a name, and the name of the same layer elsewhere. */
export const SAME_LAYER: Readonly<Record<string, string>> = {
  // Wireshark has one protocol for both versions of the cooked header.
  sll2: "sll",
};

/**
 * Why a difference in `name` is kept between `engines`; `undefined` if it is not. `has`: whether the packet has a field or
 * layer; `says`: the values of the first or second engine.
 */
export function whyKept(
  kind: "field" | "layer",
  name: string,
  engines: readonly string[],
  has: (name: string) => boolean,
  says: (engine: 0 | 1) => string = () => "",
): string | undefined {
  for (const kept of KEPT) {
    if (!engines.includes(kept.engine)) continue;
    const names = kind === "field" ? kept.fields : kept.layers;
    if (!names?.some((n) => matches(n, name))) continue;
    if (kept.where !== undefined && !kept.where.some(has)) continue;
    const other = engines[0] === kept.engine ? 1 : 0;
    if (kept.others === undefined || kept.others === says(other)) return kept.reason;
  }
  return undefined;
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith("*")) return name.startsWith(pattern.slice(0, -1));
  return pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern;
}
