// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * Numbers of dpkt's module `ethernet`, by its names.
 *
 * @module
 */
/** Bytes of the frame check sequence. */
export const ETH_CRC_LEN = 4;
/** Bytes of the header. */
export const ETH_HDR_LEN = 14;
/** Bytes of the shortest frame, check sequence included. */
export const ETH_LEN_MIN = 64;
/** Bytes of the longest frame, check sequence included. */
export const ETH_LEN_MAX = 1518;
/** Bytes of payload at most. */
export const ETH_MTU = 1500;
/** Bytes of payload at least. */
export const ETH_MIN = 46;
/** EtherType of UNKNOWN. */
export const ETH_TYPE_UNKNOWN = 0x00;
/** EtherType of EDP. */
export const ETH_TYPE_EDP = 0xbb;
/** EtherType of PUP. */
export const ETH_TYPE_PUP = 0x0200;
/** EtherType of IP. */
export const ETH_TYPE_IP = 0x0800;
/** EtherType of ARP. */
export const ETH_TYPE_ARP = 0x0806;
/** EtherType of AOE. */
export const ETH_TYPE_AOE = 0x88a2;
/** EtherType of CDP. */
export const ETH_TYPE_CDP = 0x2000;
/** EtherType of DTP. */
export const ETH_TYPE_DTP = 0x2004;
/** EtherType of REVARP. */
export const ETH_TYPE_REVARP = 0x8035;
/** EtherType of 8021Q. */
export const ETH_TYPE_8021Q = 0x8100;
/** EtherType of 8021AD. */
export const ETH_TYPE_8021AD = 0x88a8;
/** EtherType of QINQ1. */
export const ETH_TYPE_QINQ1 = 0x9100;
/** EtherType of QINQ2. */
export const ETH_TYPE_QINQ2 = 0x9200;
/** EtherType of IPX. */
export const ETH_TYPE_IPX = 0x8137;
/** EtherType of IP6. */
export const ETH_TYPE_IP6 = 0x86dd;
/** EtherType of PPP. */
export const ETH_TYPE_PPP = 0x880b;
/** EtherType of MPLS. */
export const ETH_TYPE_MPLS = 0x8847;
/** EtherType of MPLS MCAST. */
export const ETH_TYPE_MPLS_MCAST = 0x8848;
/** EtherType of PPPoE DISC. */
export const ETH_TYPE_PPPoE_DISC = 0x8863;
/** EtherType of PPPoE. */
export const ETH_TYPE_PPPoE = 0x8864;
/** EtherType of LLDP. */
export const ETH_TYPE_LLDP = 0x88cc;
/** EtherType of TEB. */
export const ETH_TYPE_TEB = 0x6558;
/** EtherType of PROFINET. */
export const ETH_TYPE_PROFINET = 0x8892;
