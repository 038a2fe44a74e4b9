/**
 * The protocols that ship, one file each.
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { ah } from "./ah.ts";
import { arp } from "./arp.ts";
import { ayiya } from "./ayiya.ts";
import { chdlc } from "./chdlc.ts";
import { cmd } from "./cmd.ts";
import { data } from "./data.ts";
import { dhcp } from "./dhcp.ts";
import { dns } from "./dns.ts";
import { erspan } from "./erspan.ts";
import { esp } from "./esp.ts";
import { eth } from "./eth.ts";
import { fr } from "./fr.ts";
import { frame, ws } from "./frame.ts";
import { geneve } from "./geneve.ts";
import { gre } from "./gre.ts";
import { gtp } from "./gtp.ts";
import { http } from "./http.ts";
import { icmp } from "./icmp.ts";
import { icmpv6 } from "./icmpv6.ts";
import { ieee8021ad } from "./ieee8021ad.ts";
import { ieee8021ah } from "./ieee8021ah.ts";
import { igmp } from "./igmp.ts";
import { ip } from "./ip.ts";
import { ipoib } from "./ipoib.ts";
import { ipv6 } from "./ipv6.ts";
import { ipv6Dstopts } from "./ipv6.dstopts.ts";
import { ipv6Fraghdr } from "./ipv6.fraghdr.ts";
import { ipv6Hopopts } from "./ipv6.hopopts.ts";
import { ipv6Routing } from "./ipv6.routing.ts";
import { l2tp } from "./l2tp.ts";
import { llc } from "./llc.ts";
import { llmnr } from "./llmnr.ts";
import { loop } from "./loop.ts";
import { mdns } from "./mdns.ts";
import { mpls } from "./mpls.ts";
import { nullLoopback } from "./null.ts";
import { ppp } from "./ppp.ts";
import { pppoed } from "./pppoed.ts";
import { pppoes } from "./pppoes.ts";
import { pwethcw, pwethheuristic, pwethnocw } from "./pwethheuristic.ts";
import { raw } from "./raw.ts";
import { sll } from "./sll.ts";
import { sll2 } from "./sll2.ts";
import { ssdp } from "./ssdp.ts";
import { tcp } from "./tcp.ts";
import { teredo } from "./teredo.ts";
import { udp } from "./udp.ts";
import { udplite } from "./udplite.ts";
import { vlan } from "./vlan.ts";
import { vxlan } from "./vxlan.ts";

export {
  ah,
  arp,
  ayiya,
  chdlc,
  cmd,
  data,
  dhcp,
  dns,
  erspan,
  esp,
  eth,
  fr,
  frame,
  geneve,
  gre,
  gtp,
  http,
  icmp,
  icmpv6,
  ieee8021ad,
  ieee8021ah,
  igmp,
  ip,
  ipoib,
  ipv6,
  ipv6Dstopts,
  ipv6Fraghdr,
  ipv6Hopopts,
  ipv6Routing,
  l2tp,
  llc,
  llmnr,
  loop,
  mdns,
  mpls,
  nullLoopback,
  ppp,
  pppoed,
  pppoes,
  pwethcw,
  pwethheuristic,
  pwethnocw,
  raw,
  sll,
  sll2,
  ssdp,
  tcp,
  teredo,
  udp,
  udplite,
  vlan,
  vxlan,
  ws,
};

/** All of them. Those that guess do so in this order. */
export const ALL: readonly Protocol[] = [
  frame,
  eth,
  arp,
  ieee8021ad,
  ieee8021ah,
  llc,
  loop,
  nullLoopback,
  raw,
  sll,
  sll2,
  vlan,
  ip,
  icmpv6,
  igmp,
  icmp,
  ipv6Routing,
  ipv6Hopopts,
  ipv6Fraghdr,
  ipv6Dstopts,
  ipv6,
  tcp,
  udp,
  udplite,
  gtp,
  gre,
  mpls,
  pwethheuristic,
  pwethcw,
  pwethnocw,
  ppp,
  pppoes,
  fr,
  erspan,
  teredo,
  ayiya,
  ah,
  esp,
  geneve,
  vxlan,
  l2tp,
  pppoed,
  dhcp,
  chdlc,
  ipoib,
  cmd,
  dns,
  mdns,
  llmnr,
  http,
  ssdp,
  data,
  ws,
] as readonly unknown[] as readonly Protocol[];
