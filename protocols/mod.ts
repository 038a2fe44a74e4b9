/**
 * The protocols that ship, one file each.
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { ah } from "./ah.ts";
import { arcnet } from "./arcnet.ts";
import { arp } from "./arp.ts";
import { ayiya } from "./ayiya.ts";
import { basicxid } from "./basicxid.ts";
import { ccp } from "./ccp.ts";
import { chap } from "./chap.ts";
import { chdlc } from "./chdlc.ts";
import { cmd } from "./cmd.ts";
import { data } from "./data.ts";
import { dhcp } from "./dhcp.ts";
import { dns } from "./dns.ts";
import { dvmrp } from "./dvmrp.ts";
import { erspan } from "./erspan.ts";
import { esp } from "./esp.ts";
import { etag } from "./etag.ts";
import { eth } from "./eth.ts";
import { fddi } from "./fddi.ts";
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
import { igap } from "./igap.ts";
import { igmp } from "./igmp.ts";
import { ip } from "./ip.ts";
import { ipcomp } from "./ipcomp.ts";
import { ipcp } from "./ipcp.ts";
import { ipnet } from "./ipnet.ts";
import { ipoib } from "./ipoib.ts";
import { ipv6 } from "./ipv6.ts";
import { ipv6Dstopts } from "./ipv6.dstopts.ts";
import { ipv6Fraghdr } from "./ipv6.fraghdr.ts";
import { ipv6Hopopts } from "./ipv6.hopopts.ts";
import { ipv6Routing } from "./ipv6.routing.ts";
import { ipv6cp } from "./ipv6cp.ts";
import { l2tp } from "./l2tp.ts";
import { lcp } from "./lcp.ts";
import { llc } from "./llc.ts";
import { llmnr } from "./llmnr.ts";
import { loop } from "./loop.ts";
import { mdns } from "./mdns.ts";
import { mpls } from "./mpls.ts";
import { msnip } from "./msnip.ts";
import { nflog } from "./nflog.ts";
import { nsh } from "./nsh.ts";
import { nullLoopback } from "./null.ts";
import { pap } from "./pap.ts";
import { ppp } from "./ppp.ts";
import { pppoed } from "./pppoed.ts";
import { pppoes } from "./pppoes.ts";
import { pwethcw, pwethheuristic, pwethnocw } from "./pwethheuristic.ts";
import { raw } from "./raw.ts";
import { rgmp } from "./rgmp.ts";
import { slarp } from "./slarp.ts";
import { sll } from "./sll.ts";
import { sll2 } from "./sll2.ts";
import { ssdp } from "./ssdp.ts";
import { tcp } from "./tcp.ts";
import { teredo } from "./teredo.ts";
import { udp } from "./udp.ts";
import { udpencap } from "./udpencap.ts";
import { udplite } from "./udplite.ts";
import { vlan } from "./vlan.ts";
import { vntag } from "./vntag.ts";
import { vxlan } from "./vxlan.ts";

export { type Ah, ah } from "./ah.ts";
export { type Arcnet, arcnet } from "./arcnet.ts";
export { type Arp, arp } from "./arp.ts";
export { type Ayiya, ayiya } from "./ayiya.ts";
export { type Basicxid, basicxid } from "./basicxid.ts";
export { type Ccp, ccp } from "./ccp.ts";
export { type Chap, chap, type ChapData } from "./chap.ts";
export { type Chdlc, chdlc } from "./chdlc.ts";
export { type Cmd, cmd } from "./cmd.ts";
export { type Data, data } from "./data.ts";
export { type Dhcp, dhcp } from "./dhcp.ts";
export { dns } from "./dns.ts";
export { type Dvmrp, dvmrp } from "./dvmrp.ts";
export { type Erspan, erspan } from "./erspan.ts";
export { type Esp, esp } from "./esp.ts";
export { type Etag, etag } from "./etag.ts";
export { type Eth, eth } from "./eth.ts";
export { type Fddi, fddi } from "./fddi.ts";
export { type Fr, fr } from "./fr.ts";
export { type Frame, frame, type Ws, ws } from "./frame.ts";
export { type Geneve, geneve } from "./geneve.ts";
export { type Gre, gre } from "./gre.ts";
export { type Gtp, gtp } from "./gtp.ts";
export { http } from "./http.ts";
export { type Icmp, icmp } from "./icmp.ts";
export { type Icmpv6, icmpv6 } from "./icmpv6.ts";
export { type Ieee8021ad, ieee8021ad } from "./ieee8021ad.ts";
export { type Ieee8021ah, ieee8021ah } from "./ieee8021ah.ts";
export { type Igap, igap } from "./igap.ts";
export { type Igmp, igmp, type IgmpRecord } from "./igmp.ts";
export { type Ip, ip, type IpOption } from "./ip.ts";
export { type Ipcomp, ipcomp } from "./ipcomp.ts";
export { type Ipcp, ipcp } from "./ipcp.ts";
export { type Ipnet, ipnet } from "./ipnet.ts";
export { type Ipoib, ipoib } from "./ipoib.ts";
export { type Ipv6, ipv6 } from "./ipv6.ts";
export { type Ipv6Dstopts, ipv6Dstopts } from "./ipv6.dstopts.ts";
export { type Ipv6Fraghdr, ipv6Fraghdr } from "./ipv6.fraghdr.ts";
export { type Ipv6Hopopts, ipv6Hopopts } from "./ipv6.hopopts.ts";
export { type Ipv6Routing, ipv6Routing } from "./ipv6.routing.ts";
export { type Ipv6cp, ipv6cp } from "./ipv6cp.ts";
export { type L2tp, l2tp } from "./l2tp.ts";
export { type Lcp, lcp } from "./lcp.ts";
export { type Llc, llc } from "./llc.ts";
export { llmnr } from "./llmnr.ts";
export { type Loop, loop } from "./loop.ts";
export { mdns } from "./mdns.ts";
export { type Mpls, mpls, type MplsLabel } from "./mpls.ts";
export { type Msnip, msnip, type MsnipGroup, type MsnipRecord } from "./msnip.ts";
export { type Nflog, nflog, type NflogAttribute } from "./nflog.ts";
export { type Nsh, nsh, type NshMetadata } from "./nsh.ts";
export { type Null, nullLoopback } from "./null.ts";
export { type Pap, pap, type PapData } from "./pap.ts";
export { type Ppp, ppp } from "./ppp.ts";
export { type Pppoed, pppoed } from "./pppoed.ts";
export { type Pppoe, pppoes } from "./pppoes.ts";
export { type PwEthCw, pwethcw, pwethheuristic, pwethnocw } from "./pwethheuristic.ts";
export { type Raw, raw } from "./raw.ts";
export { type Rgmp, rgmp } from "./rgmp.ts";
export { type Slarp, slarp } from "./slarp.ts";
export { type Sll, sll } from "./sll.ts";
export { type Sll2, sll2 } from "./sll2.ts";
export { ssdp } from "./ssdp.ts";
export { type SackBlock, type Tcp, tcp, type TcpOption } from "./tcp.ts";
export { type Teredo, teredo } from "./teredo.ts";
export { type Udp, udp } from "./udp.ts";
export { type Udpencap, udpencap } from "./udpencap.ts";
export { type UdpLite, udplite } from "./udplite.ts";
export { type Vlan, vlan } from "./vlan.ts";
export { type Vntag, vntag } from "./vntag.ts";
export { type Vxlan, vxlan } from "./vxlan.ts";
export type { Icmpv6Option } from "./_icmpv6_options.ts";
export type {
  Dns,
  DnsAddress,
  DnsMx,
  DnsNamed,
  DnsOpt,
  DnsOption,
  DnsOtherRecord,
  DnsQuestion,
  DnsRecord,
  DnsRecordHead,
  DnsSoa,
  DnsSrv,
  DnsTlv,
  DnsTxt,
} from "./_dns_types.ts";
export type { Http, HttpHeader } from "./_http.ts";
export type { Ipv6Option } from "./_ipv6_options.ts";
export type { DhcpOption, DhcpRoute, DhcpSuboption } from "./_dhcp.ts";
export type { PppControl, PppOption } from "./_ppp_control.ts";

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
  dhcp,
  fr,
  erspan,
  teredo,
  ayiya,
  basicxid,
  ah,
  esp,
  geneve,
  vxlan,
  l2tp,
  pppoed,
  chdlc,
  ipoib,
  cmd,
  dns,
  mdns,
  llmnr,
  http,
  ssdp,
  lcp,
  ipcp,
  ipv6cp,
  ccp,
  pap,
  chap,
  arcnet,
  etag,
  fddi,
  ipcomp,
  ipnet,
  nflog,
  nsh,
  udpencap,
  vntag,
  slarp,
  dvmrp,
  igap,
  msnip,
  rgmp,
  data,
  ws,
] as readonly unknown[] as readonly Protocol[];
