/**
 * Objects that work as those of Python's dpkt: its names, nesting, defaults and packing, so that a script can be
 * translated line by line. Classes and constants stand here as they are called, and in dpkt's modules: `ethernet.Ethernet`,
 * `pcap.Reader`, `tcp.parse_opts`.
 *
 * What follows a header is decoded when `data` is first read; fields of bytes are views of the packet, not copies.
 *
 * @example Read
 * ```ts
 * import { Ethernet, IP, pcap, TCP, TH_SYN, utils } from "@pcapkit/pcapkit/dpkt";
 *
 * for (const [ts, buf] of new pcap.Reader(Deno.readFileSync("tests/captures/sample.pcap"))) {
 *   const eth = new Ethernet(buf);
 *   if (!(eth.data instanceof IP)) continue;
 *   const ip = eth.data;
 *   if (ip.data instanceof TCP && ip.data.flags & TH_SYN) {
 *     console.info(ts, utils.inet_to_str(ip.src), utils.inet_to_str(ip.dst), ip.data.dport);
 *   }
 * }
 * ```
 *
 * @example Write
 * ```ts
 * import { Ethernet, IP, IP_PROTO_UDP, UDP } from "@pcapkit/pcapkit/dpkt";
 *
 * const udp = new UDP({ sport: 1000, dport: 2000, data: new TextEncoder().encode("hello") });
 * udp.ulen = udp.length;
 * const ip = new IP({ src: Uint8Array.of(192, 0, 2, 1), dst: Uint8Array.of(192, 0, 2, 2), p: IP_PROTO_UDP, data: udp });
 * console.assert(new Ethernet({ data: ip }).bytes().length === 47);
 * ```
 *
 * @module
 */
import "./_register.ts";

export * as ah from "./ah.ts";
export * as aoe from "./aoe.ts";
export * as arp from "./arp.ts";
export * as cdp from "./cdp.ts";
export * as dhcp from "./dhcp.ts";
export * as dns from "./dns.ts";
export * as dpkt from "./dpkt.ts";
export * as dtp from "./dtp.ts";
export * as edp from "./edp.ts";
export * as esp from "./esp.ts";
export * as ethernet from "./ethernet.ts";
export * as gre from "./gre.ts";
export * as http from "./http.ts";
export * as icmp from "./icmp.ts";
export * as icmp6 from "./icmp6.ts";
export * as igmp from "./igmp.ts";
export * as ip from "./ip.ts";
export * as ip6 from "./ip6.ts";
export * as ipx from "./ipx.ts";
export * as llc from "./llc.ts";
export * as loopback from "./loopback.ts";
export * as ntp from "./ntp.ts";
export * as ospf from "./ospf.ts";
export * as pcap from "./pcap.ts";
export * as pcapng from "./pcapng.ts";
export * as pim from "./pim.ts";
export * as ppp from "./ppp.ts";
export * as pppoe from "./pppoe.ts";
export * as sctp from "./sctp.ts";
export * as sll from "./sll.ts";
export * as sll2 from "./sll2.ts";
export * as stp from "./stp.ts";
export * as tcp from "./tcp.ts";
export * as udp from "./udp.ts";
export * as utils from "./utils.ts";
export * as vrrp from "./vrrp.ts";

export * from "./ah.ts";
export * from "./aoe.ts";
export * from "./arp.ts";
export { CDP } from "./cdp.ts";
export * from "./constants/cdp.ts";
export * from "./dhcp.ts";
export { DNS, Q as DNSQuestion, RR as DNSRecord } from "./dns.ts";
export * from "./constants/dns.ts";
export { DTP } from "./dtp.ts";
export * from "./edp.ts";
export * from "./esp.ts";
export * from "./ethernet.ts";
export { GRE, SRE as GRESourceRoute } from "./gre.ts";
export * from "./constants/gre.ts";
export {
  ByteReader,
  type Headers as HTTPHeaders,
  Message as HTTPMessage,
  Request,
  Response,
} from "./http.ts";
export {
  Echo as ICMPEcho,
  ICMP,
  type ICMPData,
  ParamProbe as ICMPParamProbe,
  Quench as ICMPQuench,
  Quote as ICMPQuote,
  Redirect as ICMPRedirect,
  TimeExceed as ICMPTimeExceed,
  Unreach as ICMPUnreach,
} from "./icmp.ts";
export * from "./constants/icmp.ts";
export {
  ICMP6,
  type ICMP6Data,
  ICMP6Error,
  ParamProb as ICMP6ParamProb,
  TimeExceed as ICMP6TimeExceed,
  TooBig as ICMP6TooBig,
  Unreach as ICMP6Unreach,
} from "./icmp6.ts";
export * from "./constants/icmp6.ts";
export * from "./igmp.ts";
export * from "./ip.ts";
export * from "./ip6.ts";
export * from "./ipx.ts";
export * from "./llc.ts";
export * from "./loopback.ts";
export { NTP } from "./ntp.ts";
export * from "./ospf.ts";
export * from "./pim.ts";
export * from "./ppp.ts";
export { PPP as PPPInPPPoE, PPPoE } from "./pppoe.ts";
export * from "./constants/pppoe.ts";
export { Chunk as SCTPChunk, SCTP } from "./sctp.ts";
export * from "./sll.ts";
export * from "./sll2.ts";
export * from "./stp.ts";
export * from "./tcp.ts";
export * from "./udp.ts";
export {
  PacketReader,
  PacketWriter,
  type PacketWriterOptions,
  type ReadableFile,
  Reader as PcapReader,
  UniversalReader,
  type WritableFile,
  Writer as PcapWriter,
  type WriterOptions as PcapWriterOptions,
} from "./pcap.ts";
export {
  InterfaceDescriptionBlock,
  InterfaceDescriptionBlockLE,
  PcapngBlock,
  PcapngOption,
  Reader as PcapngReader,
  SectionHeaderBlock,
  SectionHeaderBlockLE,
  Writer as PcapngWriter,
  type WriterOptions as PcapngWriterOptions,
} from "./pcapng.ts";
export * from "./vrrp.ts";

export * from "./dpkt.ts";
