/**
 * Differences between tshark and us over the crafted frames that are kept: which frames (by their names), which fields,
 * why. What KEPT.md says already is said in short.
 */
export const KEPT: readonly (readonly [frame: RegExp, field: RegExp, why: string])[] = [
  // What nobody dissects is data, and tshark has more dissectors.
  [/./, /^data\.(data|len)$/, "what nobody dissects"],
  // Link layers.
  [/^802\.1ad, two tags$/, /^ieee8021ah\.etype$/, "one layer for two tags"],
  [/^SNAP, polled$/, /^llc\.type$/, "it stands there, whether information follows or not"],
  // IPv4 and IPv6.
  [
    /pointer too small$|pointer amid/,
    /^ip\.(empty_rt|rec_rt|src_rt)$/,
    "addresses, whatever the pointer is",
  ],
  [/source route/, /^ip\.(dst|src_rt)$/, "the header's destination; all of the route"],
  [/traceroute of another length$/, /^udp\./, "goes on behind the option"],
  [/^routing header: compact/, /^udp\./, "tshark reads four identifiers, whatever there is"],
  // TCP.
  [
    /Riverbed transparency, out of band$/,
    /^tcp\.options\.rvbd\.trpy\./,
    "18 bytes, which tshark does not take",
  ],
  [/SNACK$/, /^tcp\.option_kind$/, "goes on behind the option"],
  // ICMP and IGMP.
  [/^extension: MPLS of another type$/, /^icmp\.ext\.ctype$/, "stands there once"],
  [/^extension: interface: name$/, /^icmp\.int_info\.name$/, "a name that ends its object"],
  [/fills its room$/, /^icmp\.(ext|mpls)\./, "KEPT.md"],
  [
    /^IGMP: (DVMRP|IGAP)|^RGMP|^MSNIP/,
    /^igmp\.(type|checksum|checksum\.status|data)$/,
    "IGMP's header, too",
  ],
  [/of no known type$/, /^igmp\.(checksum|checksum\.status|data)$/, "IGMP's header, too"],
  [/^MSNIP: membership map$/, /^msnip\.holdtime$/, "tshark shows the count"],
  // ICMPv6.
  [/address of 8 bytes$/, /^icmpv6\.opt\.(target_)?linkaddr$/, "bytes, too, as of a source"],
  [
    /shortcut limit$|handover|mobile node|redirect with/,
    /^icmpv6\.unknown_data$/,
    "padding, and what tshark reads too far",
  ],
  [
    /acknowledgment with an address$/,
    /^icmpv6\.(opt\.naack\.supplied_ncoa|unknown_data)$/,
    "KEPT.md",
  ],
  [/NAT64 prefix of no known length$/, /^icmpv6\.opt\.pref64\.prefix$/, "it stands there"],
  [
    /metric: color$/,
    /^icmpv6\.rpl\.opt\.metric\.lc\.object\.counter$/,
    "tshark takes it for a metric it does not know",
  ],
  [
    /route discovery$/,
    /^icmpv6\.(unknown_data|rpl\.opt\.routediscovery\.)/,
    "addresses without their first bytes",
  ],
  // DNS.
  [/^EDNS option: chain$/, /^dns\.opt\.chain\.fqdn$/, "text with its zero byte"],
  // DHCP.
  [
    /^DHCP option 15[245]$/,
    /^dhcp\.option\.bulk_lease\./,
    "seconds since 1970 (RFC 6926), not 1900",
  ],
  [/^DHCP option 158$/, /^dhcp\.option\.(pcp\.|type|end)/, "KEPT.md"],
  [
    /^DHCP relay agent's 9/,
    /^dhcp\.option\.agent_information_option\.vi\.cl\./,
    "the versions; no byte twice",
  ],
  [/client configuration$/, /^dhcp\.option\.suboption_length$/, "it stands there"],
];

/** Fields that stand elsewhere than tshark says: for it a name, or what the field is in, is part of it. */
export const ELSEWHERE: readonly (readonly [frame: RegExp, field: RegExp, why: string])[] = [
  [/./, /^http\.|^ssdp\./, "header fields: their values, not the lines"],
  [/./, /^dhcp\.option\.type$|\.suboption$/, "the code, not the option"],
  [
    /./,
    /^dhcp\.(docsis_cm_cap_type|vendor\.(docsis|pktc)\.)/,
    "the type or length, not the element",
  ],
  [/./, /^dhcp\.option\.vendor\.avaya\./, "the value, not its name"],
  [
    /./,
    /^dns\.(srv\.(service|proto|name)|caa\.|apl\.)/,
    "the part of the name or value, not all of it",
  ],
  [/source route/, /^ip\.(dst|src_rt)$/, "KEPT"],
  [/^802\.1ah|^802\.1ad, two tags$/, /^ieee8021ah\.etype$/, "where it stands"],
  [/SNACK$/, /^tcp\.option_kind$/, "KEPT"],
  [/MPLS of another type$/, /^icmp\.ext\.ctype$/, "KEPT"],
  [/of no known type$/, /^igmp\.data$/, "KEPT"],
  [/acknowledgment with an address$/, /^icmpv6\.opt\.naack\.supplied_ncoa$/, "KEPT.md"],
  [/^DHCP option 158$/, /^dhcp\.option\.pcp\./, "KEPT.md"],
  [/^DHCP relay agent's 9/, /^dhcp\.option\.agent_information_option\.vi\.cl\./, "KEPT"],
];
