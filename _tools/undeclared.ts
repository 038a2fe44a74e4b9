/**
 * Fields that Wireshark has of the protocols that are said to be complete, and that are not declared: each with the
 * reason. `deno task names --missing` lists them; a field without a reason is one to write.
 *
 * @module
 */
import type { Catalogue } from "../core/catalogue.ts";
import type { Wireshark } from "./check_names.ts";

/** The protocols that are said to be complete, and what belongs to them under names of its own. */
export const COMPLETE: readonly string[] = [
  "eth",
  "vlan",
  "ieee8021ad",
  "ieee8021ah",
  "llc",
  "basicxid",
  "sll",
  "null",
  "loop",
  "arp",
  "ip",
  "ipv6",
  "ipv6.hopopts",
  "ipv6.dstopts",
  "ipv6.routing",
  "ipv6.fraghdr",
  "icmp",
  "icmpv6",
  "igmp",
  "dvmrp",
  "igap",
  "msnip",
  "rgmp",
  "udp",
  "tcp",
  "mptcp",
  "dns",
  "mdns",
  "llmnr",
  "dhcp",
  "http",
];

/** Why a field is not declared. */
export type Sort =
  /** It depends on other packets: conversations, requests and their answers, reassembly. */
  | "state"
  /** It says in other words what another field holds, or comes from tables outside the packet. */
  | "words"
  /** It has no value: a heading, or an expert's remark. */
  | "no value"
  /** Wireshark shows it only if a preference is changed. */
  | "preference"
  /** Wireshark 4.0 never shows it: no way leads there. */
  | "never"
  /** It belongs to another protocol or language that is not written. */
  | "beyond";

/** Fields, by what their names look like, and why they are not declared. The first that fits counts. */
const REASONS: readonly (readonly [names: RegExp, sort: Sort, why: string])[] = [
  [/_resolved$|_host$|^ipv?6?\.host$/, "words", "names of addresses"],
  [/\.oui$/, "words", "the first bytes of an address"],
  [/\.geoip\./, "words", "places of addresses, from a database"],
  [/^vlan\.id_name$/, "words", "names of VLANs, from a file"],
  [/\.proc\./, "words", "processes, from IPFIX records of a host"],
  [/\.checksum_calculated$/, "words", "what the checksum should be: the status says whether it is"],
  [/^(udp|tcp)\.(stream|time_(relative|delta)|pdu\..*)$/, "state", "conversations"],
  [
    /^tcp\.(completeness|nxtseq|ack|window_size(_scalefactor)?|flags\.ace|fin_retransmission)$/,
    "state",
    "the connection",
  ],
  [/^tcp\.(analysis.*|continuation_to|segment.*|reassembled.*)$/, "state", "the connection"],
  [/^tcp\.options\.(scps\.binding\.(id|len|data)|snack\.[lr]e)$/, "state", "options of the SYNs"],
  [/^mptcp\./, "state", "the connection"],
  [/^ip\.(fragment.*|reassembled.*)$/, "state", "fragments"],
  [/^ipv6\.(fragment.*|reassembled.*)$/, "state", "fragments"],
  [/^arp\.(duplicate-|seconds-since-)/, "state", "messages before"],
  [/^icmp(v6)?\.resp(_in|_to|time)$/, "state", "request and answer"],
  [/^dns\.(response_|retrans|time$|unsolicited$)/, "state", "request and answer"],
  [
    /^http\.(request_number|response_number|response_for\.uri|(prev_|next_)?(request|response)_in|time|proxy_connect_.*)$/,
    "state",
    "the connection",
  ],
  [/^ip\.(tos.*|flags\.sf)$/, "preference", "ip.decode_tos_as_diffserv, ip.security_flag"],
  [/^ipv6\.embed_ipv4_(u|suffix)$/, "preference", "the table of NAT64 prefixes"],
  [/^vlan\.cfi$/, "preference", "vlan.version"],
  [/syncookie/, "preference", "chosen by hand for a packet"],
  [/^dvmrp\.(daddr|hold)$/, "preference", "dvmrp.strict_v3"],
  [/^dhcp\.option\.novell_dss\.string$/, "preference", "dhcp.novellserverstring"],
  [/^dhcp\.vendor\.pc\.i05_ccc\.suboption$/, "preference", "dhcp.pkt.ccc.option"],
  [
    /^dhcp\.option\.(vendor\.|novell_options\.|agent_information_option\.|vi\.)?value\.(uint|int|string|address|bool)$/,
    "never",
    "for options without a field of their own, and there are none",
  ],
  [
    /^dhcp\.option\.(novell_netware_ip_domain|agent_information_option\.(padding|vi|ani_att\.(res|att)|vrf_name\.vpn_id))$/,
    "never",
    "no code leads there",
  ],
  [/^http\.(http2_settings_uri|path_(sub_)?segment)$/, "never", "no code leads there"],
  [/^icmp\.int_info\.ipunknown$/, "never", "an error ends the packet before it"],
  [/^icmpv6\.nonce$/, "never", "icmpv6.ni.nonce is"],
  [/^icmpv6\.x509_/, "beyond", "ASN.1"],
];

/** A field that is not declared. */
export interface Undeclared {
  /** Abbreviation. */
  readonly abbrev: string;
  /** Wireshark's type. */
  readonly type: string;
  /** Its protocol. */
  readonly protocol: string;
  /** Why; `undefined` if nobody said. */
  readonly reason: { readonly sort: Sort; readonly why: string } | undefined;
}

/** Why the field of this name and type is not declared. */
export function reasonOf(abbrev: string, type: string): Undeclared["reason"] {
  for (const [names, sort, why] of REASONS) if (names.test(abbrev)) return { sort, why };
  return type === "FT_NONE"
    ? { sort: "no value", why: "a heading, or an expert's remark" }
    : undefined;
}

/** The fields of the protocols in {@linkcode COMPLETE} that `catalogue` does not declare. */
export function undeclared(catalogue: Catalogue, wireshark: Wireshark): Undeclared[] {
  const declared = new Set(catalogue.abbrevs);
  for (const f of catalogue.fields) if (f.also !== undefined) declared.add(f.also);
  const found: Undeclared[] = [];
  for (const [abbrev, [{ type, parent }]] of wireshark.fields) {
    if (type === "FT_PROTOCOL" || declared.has(abbrev) || !COMPLETE.includes(parent)) continue;
    found.push({ abbrev, type, protocol: parent, reason: reasonOf(abbrev, type) });
  }
  return found;
}
