/**
 * Puts every class under its number, as dpkt does when it is imported.
 *
 * @module
 */
import { AH } from "./ah.ts";
import { AOE, AOE_CMD_ATA, AOE_CMD_CFG, AOEATA, AOECFG } from "./aoe.ts";
import { ARP } from "./arp.ts";
import { CDP } from "./cdp.ts";
import { DTP } from "./dtp.ts";
import { EDP } from "./edp.ts";
import { ESP } from "./esp.ts";
import * as ethernet from "./ethernet.ts";
import { GRE } from "./gre.ts";
import { ICMP } from "./icmp.ts";
import { ICMP6 } from "./icmp6.ts";
import { IGMP } from "./igmp.ts";
import * as ip from "./ip.ts";
import { IP6 } from "./ip6.ts";
import { IPX } from "./ipx.ts";
import { LLC } from "./llc.ts";
import { OSPF } from "./ospf.ts";
import type { PacketClass } from "./packet.ts";
import { PIM } from "./pim.ts";
import { PPP, PPP_IP, PPP_IP6 } from "./ppp.ts";
import { PPPoE } from "./pppoe.ts";
import { SCTP } from "./sctp.ts";
import { SLL } from "./sll.ts";
import { SLL2 } from "./sll2.ts";
import { STP } from "./stp.ts";
import { AOE_COMMANDS, ETHERNET_TYPES, IP_PROTOCOLS, PPP_PROTOCOLS } from "./switches.ts";
import { TCP } from "./tcp.ts";
import { UDP } from "./udp.ts";
import { VRRP } from "./vrrp.ts";

const { Ethernet } = ethernet, { IP } = ip;

const TYPES: readonly (readonly [number, PacketClass])[] = [
  [ethernet.ETH_TYPE_EDP, EDP],
  [ethernet.ETH_TYPE_IP, IP],
  [ethernet.ETH_TYPE_ARP, ARP],
  [ethernet.ETH_TYPE_AOE, AOE],
  [ethernet.ETH_TYPE_CDP, CDP],
  [ethernet.ETH_TYPE_DTP, DTP],
  [ethernet.ETH_TYPE_IPX, IPX],
  [ethernet.ETH_TYPE_IP6, IP6],
  [ethernet.ETH_TYPE_PPP, PPP],
  [ethernet.ETH_TYPE_PPPoE, PPPoE],
  [ethernet.ETH_TYPE_TEB, Ethernet],
];
const PROTOCOLS: readonly (readonly [number, PacketClass])[] = [
  // dpkt finds IP_PROTO_IP and takes it for IP in IP; the number is that of hop-by-hop options.
  [ip.IP_PROTO_IP, IP],
  [ip.IP_PROTO_ICMP, ICMP],
  [ip.IP_PROTO_IGMP, IGMP],
  [ip.IP_PROTO_IPIP, IP],
  [ip.IP_PROTO_TCP, TCP],
  [ip.IP_PROTO_UDP, UDP],
  [ip.IP_PROTO_IP6, IP6],
  [ip.IP_PROTO_GRE, GRE],
  [ip.IP_PROTO_ESP, ESP],
  [ip.IP_PROTO_AH, AH],
  [ip.IP_PROTO_ICMP6, ICMP6],
  [ip.IP_PROTO_OSPF, OSPF],
  [ip.IP_PROTO_PIM, PIM],
  [ip.IP_PROTO_VRRP, VRRP],
  // Number 118 is Schedule Transfer Protocol; dpkt goes by the letters.
  [ip.IP_PROTO_STP, STP],
  [ip.IP_PROTO_SCTP, SCTP],
];

for (const [type, kind] of TYPES) ETHERNET_TYPES.set(type, kind);
for (const [p, kind] of PROTOCOLS) IP_PROTOCOLS.set(p, kind);
PPP_PROTOCOLS.set(PPP_IP, IP);
PPP_PROTOCOLS.set(PPP_IP6, IP6);
AOE_COMMANDS.set(AOE_CMD_ATA, AOEATA);
AOE_COMMANDS.set(AOE_CMD_CFG, AOECFG);
ETHERNET_TYPES.carriedBy(Ethernet, LLC, GRE, SLL, SLL2);
IP_PROTOCOLS.carriedBy(IP, IP6, AH);
