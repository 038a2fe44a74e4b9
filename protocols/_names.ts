/**
 * Names of numbers that several protocols share.
 *
 * @module
 */
import type { ValueNames } from "../core/field.ts";

/** EtherTypes (IEEE registration authority; names as Wireshark shows them). */
export const ETHERTYPES: ValueNames = {
  0x0800: "IPv4",
  0x0806: "ARP",
  0x0842: "Wake on LAN",
  0x22f3: "TRILL",
  0x6003: "DEC DNA Routing Protocol",
  0x8035: "Reverse Address Resolution Protocol (RARP)",
  0x809b: "AppleTalk LLAP bridging",
  0x80f3: "AppleTalk Address Resolution Protocol (AARP)",
  0x8100: "802.1Q Virtual LAN",
  0x8137: "Netware IPX/SPX",
  0x86dd: "IPv6",
  0x8808: "MAC Control",
  0x8809: "Slow Protocols",
  0x8847: "MPLS label switched packet",
  0x8848: "MPLS multicast label switched packet",
  0x8863: "PPPoE Discovery",
  0x8864: "PPPoE Session",
  0x888e: "802.1X Authentication",
  0x88a8: "802.1ad Provider Bridge (Q-in-Q)",
  0x88cc: "802.1 Link Layer Discovery Protocol (LLDP)",
  0x88e5: "802.1AE (MACsec)",
  0x88f7: "PTPv2 over Ethernet (IEEE1588)",
  0x8902: "IEEE 802.1Q Connectivity Fault Management (CFM) protocol",
  0x9000: "Loopback",
  0x9100: "802.1Q Virtual LAN (double tagged)",
};

/** IP protocol numbers (IANA "protocol-numbers"; short names as Wireshark shows them). */
export const IP_PROTOCOLS: ValueNames = {
  0: "IPv6 Hop-by-Hop Option",
  1: "ICMP",
  2: "IGMP",
  4: "IPIP",
  6: "TCP",
  8: "EGP",
  9: "IGP",
  17: "UDP",
  27: "RDP",
  33: "DCCP",
  41: "IPv6",
  43: "Routing Header for IPv6",
  44: "Fragment Header for IPv6",
  46: "RSVP",
  47: "Generic Routing Encapsulation",
  50: "Encap Security Payload",
  51: "Authentication Header",
  58: "ICMPv6",
  59: "No Next Header for IPv6",
  60: "Destination Options for IPv6",
  88: "EIGRP",
  89: "OSPF IGP",
  94: "IP Within IP Encapsulation Protocol",
  103: "PIM",
  108: "IPComp",
  112: "VRRP",
  115: "Layer 2 Tunneling",
  132: "SCTP",
  135: "Mobility Header",
  136: "UDPlite",
  137: "MPLS in IP",
  139: "Host Identity Protocol",
};
