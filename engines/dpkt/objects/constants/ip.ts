/**
 * Numbers of dpkt's module `ip`, by its names.
 *
 * @module
 */
/** Bytes of an address. */
export const IP_ADDR_LEN = 4;
/** Bits of an address. */
export const IP_ADDR_BITS = 32;
/** Bytes of a header without options. */
export const IP_HDR_LEN = 20;
/** Bytes of an option's type and length. */
export const IP_OPT_LEN = 2;
/** Bytes of options at most. */
export const IP_OPT_LEN_MAX = 40;
/** Bytes of a header at most. */
export const IP_HDR_LEN_MAX = 60;
/** Bytes of a packet at most. */
export const IP_LEN_MAX = 65535;
/** Bytes of a packet at least. */
export const IP_LEN_MIN = 20;
/** Type of service "default" (RFC 1349, RFC 3168). */
export const IP_TOS_DEFAULT = 0x00;
/** Type of service "lowdelay" (RFC 1349, RFC 3168). */
export const IP_TOS_LOWDELAY = 0x10;
/** Type of service "throughput" (RFC 1349, RFC 3168). */
export const IP_TOS_THROUGHPUT = 0x08;
/** Type of service "reliability" (RFC 1349, RFC 3168). */
export const IP_TOS_RELIABILITY = 0x04;
/** Type of service "lowcost" (RFC 1349, RFC 3168). */
export const IP_TOS_LOWCOST = 0x02;
/** Type of service "ect" (RFC 1349, RFC 3168). */
export const IP_TOS_ECT = 0x02;
/** Type of service "ce" (RFC 1349, RFC 3168). */
export const IP_TOS_CE = 0x01;
/** IP precedence "routine" (RFC 791 section 3.1). */
export const IP_TOS_PREC_ROUTINE = 0x00;
/** IP precedence "priority" (RFC 791 section 3.1). */
export const IP_TOS_PREC_PRIORITY = 0x20;
/** IP precedence "immediate" (RFC 791 section 3.1). */
export const IP_TOS_PREC_IMMEDIATE = 0x40;
/** IP precedence "flash" (RFC 791 section 3.1). */
export const IP_TOS_PREC_FLASH = 0x60;
/** IP precedence "flashoverride" (RFC 791 section 3.1). */
export const IP_TOS_PREC_FLASHOVERRIDE = 0x80;
/** IP precedence "critic ecp" (RFC 791 section 3.1). */
export const IP_TOS_PREC_CRITIC_ECP = 0xa0;
/** IP precedence "internetcontrol" (RFC 791 section 3.1). */
export const IP_TOS_PREC_INTERNETCONTROL = 0xc0;
/** IP precedence "netcontrol" (RFC 791 section 3.1). */
export const IP_TOS_PREC_NETCONTROL = 0xe0;
/** Reserved flag in `_flags_offset`. */
export const IP_RF = 0x8000;
/** "Do not fragment" in `_flags_offset`. */
export const IP_DF = 0x4000;
/** "More fragments" in `_flags_offset`. */
export const IP_MF = 0x2000;
/** Fragment offset in `_flags_offset`. */
export const IP_OFFMASK = 0x1fff;
/** Time to live that hosts start with. */
export const IP_TTL_DEFAULT = 64;
/** Greatest time to live. */
export const IP_TTL_MAX = 255;
/** IP protocol number of IP (IANA protocol-numbers). */
export const IP_PROTO_IP = 0;
/** IP protocol number of HOPOPTS (IANA protocol-numbers). */
export const IP_PROTO_HOPOPTS = 0;
/** IP protocol number of ICMP (IANA protocol-numbers). */
export const IP_PROTO_ICMP = 1;
/** IP protocol number of IGMP (IANA protocol-numbers). */
export const IP_PROTO_IGMP = 2;
/** IP protocol number of GGP (IANA protocol-numbers). */
export const IP_PROTO_GGP = 3;
/** IP protocol number of IPIP (IANA protocol-numbers). */
export const IP_PROTO_IPIP = 4;
/** IP protocol number of ST (IANA protocol-numbers). */
export const IP_PROTO_ST = 5;
/** IP protocol number of TCP (IANA protocol-numbers). */
export const IP_PROTO_TCP = 6;
/** IP protocol number of CBT (IANA protocol-numbers). */
export const IP_PROTO_CBT = 7;
/** IP protocol number of EGP (IANA protocol-numbers). */
export const IP_PROTO_EGP = 8;
/** IP protocol number of IGP (IANA protocol-numbers). */
export const IP_PROTO_IGP = 9;
/** IP protocol number of BBNRCC (IANA protocol-numbers). */
export const IP_PROTO_BBNRCC = 10;
/** IP protocol number of NVP (IANA protocol-numbers). */
export const IP_PROTO_NVP = 11;
/** IP protocol number of PUP (IANA protocol-numbers). */
export const IP_PROTO_PUP = 12;
/** IP protocol number of ARGUS (IANA protocol-numbers). */
export const IP_PROTO_ARGUS = 13;
/** IP protocol number of EMCON (IANA protocol-numbers). */
export const IP_PROTO_EMCON = 14;
/** IP protocol number of XNET (IANA protocol-numbers). */
export const IP_PROTO_XNET = 15;
/** IP protocol number of CHAOS (IANA protocol-numbers). */
export const IP_PROTO_CHAOS = 16;
/** IP protocol number of UDP (IANA protocol-numbers). */
export const IP_PROTO_UDP = 17;
/** IP protocol number of MUX (IANA protocol-numbers). */
export const IP_PROTO_MUX = 18;
/** IP protocol number of DCNMEAS (IANA protocol-numbers). */
export const IP_PROTO_DCNMEAS = 19;
/** IP protocol number of HMP (IANA protocol-numbers). */
export const IP_PROTO_HMP = 20;
/** IP protocol number of PRM (IANA protocol-numbers). */
export const IP_PROTO_PRM = 21;
/** IP protocol number of IDP (IANA protocol-numbers). */
export const IP_PROTO_IDP = 22;
/** IP protocol number of TRUNK1 (IANA protocol-numbers). */
export const IP_PROTO_TRUNK1 = 23;
/** IP protocol number of TRUNK2 (IANA protocol-numbers). */
export const IP_PROTO_TRUNK2 = 24;
/** IP protocol number of LEAF1 (IANA protocol-numbers). */
export const IP_PROTO_LEAF1 = 25;
/** IP protocol number of LEAF2 (IANA protocol-numbers). */
export const IP_PROTO_LEAF2 = 26;
/** IP protocol number of RDP (IANA protocol-numbers). */
export const IP_PROTO_RDP = 27;
/** IP protocol number of IRTP (IANA protocol-numbers). */
export const IP_PROTO_IRTP = 28;
/** IP protocol number of TP (IANA protocol-numbers). */
export const IP_PROTO_TP = 29;
/** IP protocol number of NETBLT (IANA protocol-numbers). */
export const IP_PROTO_NETBLT = 30;
/** IP protocol number of MFPNSP (IANA protocol-numbers). */
export const IP_PROTO_MFPNSP = 31;
/** IP protocol number of MERITINP (IANA protocol-numbers). */
export const IP_PROTO_MERITINP = 32;
/** IP protocol number of SEP (IANA protocol-numbers). */
export const IP_PROTO_SEP = 33;
/** IP protocol number of 3PC (IANA protocol-numbers). */
export const IP_PROTO_3PC = 34;
/** IP protocol number of IDPR (IANA protocol-numbers). */
export const IP_PROTO_IDPR = 35;
/** IP protocol number of XTP (IANA protocol-numbers). */
export const IP_PROTO_XTP = 36;
/** IP protocol number of DDP (IANA protocol-numbers). */
export const IP_PROTO_DDP = 37;
/** IP protocol number of CMTP (IANA protocol-numbers). */
export const IP_PROTO_CMTP = 38;
/** IP protocol number of TPPP (IANA protocol-numbers). */
export const IP_PROTO_TPPP = 39;
/** IP protocol number of IL (IANA protocol-numbers). */
export const IP_PROTO_IL = 40;
/** IP protocol number of IP6 (IANA protocol-numbers). */
export const IP_PROTO_IP6 = 41;
/** IP protocol number of SDRP (IANA protocol-numbers). */
export const IP_PROTO_SDRP = 42;
/** IP protocol number of ROUTING (IANA protocol-numbers). */
export const IP_PROTO_ROUTING = 43;
/** IP protocol number of FRAGMENT (IANA protocol-numbers). */
export const IP_PROTO_FRAGMENT = 44;
/** IP protocol number of RSVP (IANA protocol-numbers). */
export const IP_PROTO_RSVP = 46;
/** IP protocol number of GRE (IANA protocol-numbers). */
export const IP_PROTO_GRE = 47;
/** IP protocol number of MHRP (IANA protocol-numbers). */
export const IP_PROTO_MHRP = 48;
/** IP protocol number of ENA (IANA protocol-numbers). */
export const IP_PROTO_ENA = 49;
/** IP protocol number of ESP (IANA protocol-numbers). */
export const IP_PROTO_ESP = 50;
/** IP protocol number of AH (IANA protocol-numbers). */
export const IP_PROTO_AH = 51;
/** IP protocol number of INLSP (IANA protocol-numbers). */
export const IP_PROTO_INLSP = 52;
/** IP protocol number of SWIPE (IANA protocol-numbers). */
export const IP_PROTO_SWIPE = 53;
/** IP protocol number of NARP (IANA protocol-numbers). */
export const IP_PROTO_NARP = 54;
/** IP protocol number of MOBILE (IANA protocol-numbers). */
export const IP_PROTO_MOBILE = 55;
/** IP protocol number of TLSP (IANA protocol-numbers). */
export const IP_PROTO_TLSP = 56;
/** IP protocol number of SKIP (IANA protocol-numbers). */
export const IP_PROTO_SKIP = 57;
/** IP protocol number of ICMP6 (IANA protocol-numbers). */
export const IP_PROTO_ICMP6 = 58;
/** IP protocol number of NONE (IANA protocol-numbers). */
export const IP_PROTO_NONE = 59;
/** IP protocol number of DSTOPTS (IANA protocol-numbers). */
export const IP_PROTO_DSTOPTS = 60;
/** IP protocol number of ANYHOST (IANA protocol-numbers). */
export const IP_PROTO_ANYHOST = 61;
/** IP protocol number of CFTP (IANA protocol-numbers). */
export const IP_PROTO_CFTP = 62;
/** IP protocol number of ANYNET (IANA protocol-numbers). */
export const IP_PROTO_ANYNET = 63;
/** IP protocol number of EXPAK (IANA protocol-numbers). */
export const IP_PROTO_EXPAK = 64;
/** IP protocol number of KRYPTOLAN (IANA protocol-numbers). */
export const IP_PROTO_KRYPTOLAN = 65;
/** IP protocol number of RVD (IANA protocol-numbers). */
export const IP_PROTO_RVD = 66;
/** IP protocol number of IPPC (IANA protocol-numbers). */
export const IP_PROTO_IPPC = 67;
/** IP protocol number of DISTFS (IANA protocol-numbers). */
export const IP_PROTO_DISTFS = 68;
/** IP protocol number of SATMON (IANA protocol-numbers). */
export const IP_PROTO_SATMON = 69;
/** IP protocol number of VISA (IANA protocol-numbers). */
export const IP_PROTO_VISA = 70;
/** IP protocol number of IPCV (IANA protocol-numbers). */
export const IP_PROTO_IPCV = 71;
/** IP protocol number of CPNX (IANA protocol-numbers). */
export const IP_PROTO_CPNX = 72;
/** IP protocol number of CPHB (IANA protocol-numbers). */
export const IP_PROTO_CPHB = 73;
/** IP protocol number of WSN (IANA protocol-numbers). */
export const IP_PROTO_WSN = 74;
/** IP protocol number of PVP (IANA protocol-numbers). */
export const IP_PROTO_PVP = 75;
/** IP protocol number of BRSATMON (IANA protocol-numbers). */
export const IP_PROTO_BRSATMON = 76;
/** IP protocol number of SUNND (IANA protocol-numbers). */
export const IP_PROTO_SUNND = 77;
/** IP protocol number of WBMON (IANA protocol-numbers). */
export const IP_PROTO_WBMON = 78;
/** IP protocol number of WBEXPAK (IANA protocol-numbers). */
export const IP_PROTO_WBEXPAK = 79;
/** IP protocol number of EON (IANA protocol-numbers). */
export const IP_PROTO_EON = 80;
/** IP protocol number of VMTP (IANA protocol-numbers). */
export const IP_PROTO_VMTP = 81;
/** IP protocol number of SVMTP (IANA protocol-numbers). */
export const IP_PROTO_SVMTP = 82;
/** IP protocol number of VINES (IANA protocol-numbers). */
export const IP_PROTO_VINES = 83;
/** IP protocol number of TTP (IANA protocol-numbers). */
export const IP_PROTO_TTP = 84;
/** IP protocol number of NSFIGP (IANA protocol-numbers). */
export const IP_PROTO_NSFIGP = 85;
/** IP protocol number of DGP (IANA protocol-numbers). */
export const IP_PROTO_DGP = 86;
/** IP protocol number of TCF (IANA protocol-numbers). */
export const IP_PROTO_TCF = 87;
/** IP protocol number of EIGRP (IANA protocol-numbers). */
export const IP_PROTO_EIGRP = 88;
/** IP protocol number of OSPF (IANA protocol-numbers). */
export const IP_PROTO_OSPF = 89;
/** IP protocol number of SPRITERPC (IANA protocol-numbers). */
export const IP_PROTO_SPRITERPC = 90;
/** IP protocol number of LARP (IANA protocol-numbers). */
export const IP_PROTO_LARP = 91;
/** IP protocol number of MTP (IANA protocol-numbers). */
export const IP_PROTO_MTP = 92;
/** IP protocol number of AX25 (IANA protocol-numbers). */
export const IP_PROTO_AX25 = 93;
/** IP protocol number of IPIPENCAP (IANA protocol-numbers). */
export const IP_PROTO_IPIPENCAP = 94;
/** IP protocol number of MICP (IANA protocol-numbers). */
export const IP_PROTO_MICP = 95;
/** IP protocol number of SCCSP (IANA protocol-numbers). */
export const IP_PROTO_SCCSP = 96;
/** IP protocol number of ETHERIP (IANA protocol-numbers). */
export const IP_PROTO_ETHERIP = 97;
/** IP protocol number of ENCAP (IANA protocol-numbers). */
export const IP_PROTO_ENCAP = 98;
/** IP protocol number of ANYENC (IANA protocol-numbers). */
export const IP_PROTO_ANYENC = 99;
/** IP protocol number of GMTP (IANA protocol-numbers). */
export const IP_PROTO_GMTP = 100;
/** IP protocol number of IFMP (IANA protocol-numbers). */
export const IP_PROTO_IFMP = 101;
/** IP protocol number of PNNI (IANA protocol-numbers). */
export const IP_PROTO_PNNI = 102;
/** IP protocol number of PIM (IANA protocol-numbers). */
export const IP_PROTO_PIM = 103;
/** IP protocol number of ARIS (IANA protocol-numbers). */
export const IP_PROTO_ARIS = 104;
/** IP protocol number of SCPS (IANA protocol-numbers). */
export const IP_PROTO_SCPS = 105;
/** IP protocol number of QNX (IANA protocol-numbers). */
export const IP_PROTO_QNX = 106;
/** IP protocol number of AN (IANA protocol-numbers). */
export const IP_PROTO_AN = 107;
/** IP protocol number of IPCOMP (IANA protocol-numbers). */
export const IP_PROTO_IPCOMP = 108;
/** IP protocol number of SNP (IANA protocol-numbers). */
export const IP_PROTO_SNP = 109;
/** IP protocol number of COMPAQPEER (IANA protocol-numbers). */
export const IP_PROTO_COMPAQPEER = 110;
/** IP protocol number of IPXIP (IANA protocol-numbers). */
export const IP_PROTO_IPXIP = 111;
/** IP protocol number of VRRP (IANA protocol-numbers). */
export const IP_PROTO_VRRP = 112;
/** IP protocol number of PGM (IANA protocol-numbers). */
export const IP_PROTO_PGM = 113;
/** IP protocol number of ANY0HOP (IANA protocol-numbers). */
export const IP_PROTO_ANY0HOP = 114;
/** IP protocol number of L2TP (IANA protocol-numbers). */
export const IP_PROTO_L2TP = 115;
/** IP protocol number of DDX (IANA protocol-numbers). */
export const IP_PROTO_DDX = 116;
/** IP protocol number of IATP (IANA protocol-numbers). */
export const IP_PROTO_IATP = 117;
/** IP protocol number of STP (IANA protocol-numbers). */
export const IP_PROTO_STP = 118;
/** IP protocol number of SRP (IANA protocol-numbers). */
export const IP_PROTO_SRP = 119;
/** IP protocol number of UTI (IANA protocol-numbers). */
export const IP_PROTO_UTI = 120;
/** IP protocol number of SMP (IANA protocol-numbers). */
export const IP_PROTO_SMP = 121;
/** IP protocol number of SM (IANA protocol-numbers). */
export const IP_PROTO_SM = 122;
/** IP protocol number of PTP (IANA protocol-numbers). */
export const IP_PROTO_PTP = 123;
/** IP protocol number of ISIS (IANA protocol-numbers). */
export const IP_PROTO_ISIS = 124;
/** IP protocol number of FIRE (IANA protocol-numbers). */
export const IP_PROTO_FIRE = 125;
/** IP protocol number of CRTP (IANA protocol-numbers). */
export const IP_PROTO_CRTP = 126;
/** IP protocol number of CRUDP (IANA protocol-numbers). */
export const IP_PROTO_CRUDP = 127;
/** IP protocol number of SSCOPMCE (IANA protocol-numbers). */
export const IP_PROTO_SSCOPMCE = 128;
/** IP protocol number of IPLT (IANA protocol-numbers). */
export const IP_PROTO_IPLT = 129;
/** IP protocol number of SPS (IANA protocol-numbers). */
export const IP_PROTO_SPS = 130;
/** IP protocol number of PIPE (IANA protocol-numbers). */
export const IP_PROTO_PIPE = 131;
/** IP protocol number of SCTP (IANA protocol-numbers). */
export const IP_PROTO_SCTP = 132;
/** IP protocol number of FC (IANA protocol-numbers). */
export const IP_PROTO_FC = 133;
/** IP protocol number of RSVPIGN (IANA protocol-numbers). */
export const IP_PROTO_RSVPIGN = 134;
/** IP protocol number of RAW (IANA protocol-numbers). */
export const IP_PROTO_RAW = 255;
/** IP protocol number of RESERVED (IANA protocol-numbers). */
export const IP_PROTO_RESERVED = 255;
/** IP protocol number of MAX (IANA protocol-numbers). */
export const IP_PROTO_MAX = 255;
