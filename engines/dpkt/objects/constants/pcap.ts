/**
 * Numbers of dpkt's module `pcap`, by its names.
 *
 * @module
 */
/** Magic number of a file with microseconds, big-endian. */
export const TCPDUMP_MAGIC = 0xa1b2c3d4;
/** Magic number of a file with nanoseconds, big-endian. */
export const TCPDUMP_MAGIC_NANO = 0xa1b23c4d;
/** Magic number of the modified format, big-endian. */
export const MODPCAP_MAGIC = 0xa1b2cd34;
/** Magic number of a file with microseconds, little-endian. */
export const PMUDPCT_MAGIC = 0xd4c3b2a1;
/** Magic number of a file with nanoseconds, little-endian. */
export const PMUDPCT_MAGIC_NANO = 0x4d3cb2a1;
/** Magic number of the modified format, little-endian. */
export const PACPDOM_MAGIC = 0x34cdb2a1;
/** Major version of the format. */
export const PCAP_VERSION_MAJOR = 2;
/** Minor version of the format. */
export const PCAP_VERSION_MINOR = 4;
/** Link type NULL (tcpdump.org/linktypes). */
export const DLT_NULL = 0;
/** Link type EN10MB (tcpdump.org/linktypes). */
export const DLT_EN10MB = 1;
/** Link type EN3MB (tcpdump.org/linktypes). */
export const DLT_EN3MB = 2;
/** Link type AX25 (tcpdump.org/linktypes). */
export const DLT_AX25 = 3;
/** Link type PRONET (tcpdump.org/linktypes). */
export const DLT_PRONET = 4;
/** Link type CHAOS (tcpdump.org/linktypes). */
export const DLT_CHAOS = 5;
/** Link type IEEE802 (tcpdump.org/linktypes). */
export const DLT_IEEE802 = 6;
/** Link type ARCNET (tcpdump.org/linktypes). */
export const DLT_ARCNET = 7;
/** Link type SLIP (tcpdump.org/linktypes). */
export const DLT_SLIP = 8;
/** Link type PPP (tcpdump.org/linktypes). */
export const DLT_PPP = 9;
/** Link type FDDI (tcpdump.org/linktypes). */
export const DLT_FDDI = 10;
/** Link type PFSYNC (tcpdump.org/linktypes). */
export const DLT_PFSYNC = 18;
/** Link type PPP SERIAL (tcpdump.org/linktypes). */
export const DLT_PPP_SERIAL = 50;
/** Link type PPP ETHER (tcpdump.org/linktypes). */
export const DLT_PPP_ETHER = 51;
/** Link type ATM RFC1483 (tcpdump.org/linktypes). */
export const DLT_ATM_RFC1483 = 100;
/** Link type RAW (tcpdump.org/linktypes). */
export const DLT_RAW = 12;
/** Link type C HDLC (tcpdump.org/linktypes). */
export const DLT_C_HDLC = 104;
/** Link type IEEE802 11 (tcpdump.org/linktypes). */
export const DLT_IEEE802_11 = 105;
/** Link type FRELAY (tcpdump.org/linktypes). */
export const DLT_FRELAY = 107;
/** Link type LOOP (tcpdump.org/linktypes). */
export const DLT_LOOP = 108;
/** Link type LINUX SLL (tcpdump.org/linktypes). */
export const DLT_LINUX_SLL = 113;
/** Link type LTALK (tcpdump.org/linktypes). */
export const DLT_LTALK = 114;
/** Link type PFLOG (tcpdump.org/linktypes). */
export const DLT_PFLOG = 117;
/** Link type PRISM HEADER (tcpdump.org/linktypes). */
export const DLT_PRISM_HEADER = 119;
/** Link type IP OVER FC (tcpdump.org/linktypes). */
export const DLT_IP_OVER_FC = 122;
/** Link type SUNATM (tcpdump.org/linktypes). */
export const DLT_SUNATM = 123;
/** Link type IEEE802 11 RADIO (tcpdump.org/linktypes). */
export const DLT_IEEE802_11_RADIO = 127;
/** Link type ARCNET LINUX (tcpdump.org/linktypes). */
export const DLT_ARCNET_LINUX = 129;
/** Link type APPLE IP OVER IEEE1394 (tcpdump.org/linktypes). */
export const DLT_APPLE_IP_OVER_IEEE1394 = 138;
/** Link type MTP2 WITH PHDR (tcpdump.org/linktypes). */
export const DLT_MTP2_WITH_PHDR = 139;
/** Link type MTP2 (tcpdump.org/linktypes). */
export const DLT_MTP2 = 140;
/** Link type MTP3 (tcpdump.org/linktypes). */
export const DLT_MTP3 = 141;
/** Link type SCCP (tcpdump.org/linktypes). */
export const DLT_SCCP = 142;
/** Link type DOCSIS (tcpdump.org/linktypes). */
export const DLT_DOCSIS = 143;
/** Link type LINUX IRDA (tcpdump.org/linktypes). */
export const DLT_LINUX_IRDA = 144;
/** Link type USER0 (tcpdump.org/linktypes). */
export const DLT_USER0 = 147;
/** Link type USER1 (tcpdump.org/linktypes). */
export const DLT_USER1 = 148;
/** Link type USER2 (tcpdump.org/linktypes). */
export const DLT_USER2 = 149;
/** Link type USER3 (tcpdump.org/linktypes). */
export const DLT_USER3 = 150;
/** Link type USER4 (tcpdump.org/linktypes). */
export const DLT_USER4 = 151;
/** Link type USER5 (tcpdump.org/linktypes). */
export const DLT_USER5 = 152;
/** Link type USER6 (tcpdump.org/linktypes). */
export const DLT_USER6 = 153;
/** Link type USER7 (tcpdump.org/linktypes). */
export const DLT_USER7 = 154;
/** Link type USER8 (tcpdump.org/linktypes). */
export const DLT_USER8 = 155;
/** Link type USER9 (tcpdump.org/linktypes). */
export const DLT_USER9 = 156;
/** Link type USER10 (tcpdump.org/linktypes). */
export const DLT_USER10 = 157;
/** Link type USER11 (tcpdump.org/linktypes). */
export const DLT_USER11 = 158;
/** Link type USER12 (tcpdump.org/linktypes). */
export const DLT_USER12 = 159;
/** Link type USER13 (tcpdump.org/linktypes). */
export const DLT_USER13 = 160;
/** Link type USER14 (tcpdump.org/linktypes). */
export const DLT_USER14 = 161;
/** Link type USER15 (tcpdump.org/linktypes). */
export const DLT_USER15 = 162;
/** Link type IEEE802 11 RADIO AVS (tcpdump.org/linktypes). */
export const DLT_IEEE802_11_RADIO_AVS = 163;
/** Link type BACNET MS TP (tcpdump.org/linktypes). */
export const DLT_BACNET_MS_TP = 165;
/** Link type PPP PPPD (tcpdump.org/linktypes). */
export const DLT_PPP_PPPD = 166;
/** Link type GPRS LLC (tcpdump.org/linktypes). */
export const DLT_GPRS_LLC = 169;
/** Link type GPF T (tcpdump.org/linktypes). */
export const DLT_GPF_T = 170;
/** Link type GPF F (tcpdump.org/linktypes). */
export const DLT_GPF_F = 171;
/** Link type LINUX LAPD (tcpdump.org/linktypes). */
export const DLT_LINUX_LAPD = 177;
/** Link type BLUETOOTH HCI H4 (tcpdump.org/linktypes). */
export const DLT_BLUETOOTH_HCI_H4 = 187;
/** Link type USB LINUX (tcpdump.org/linktypes). */
export const DLT_USB_LINUX = 189;
/** Link type PPI (tcpdump.org/linktypes). */
export const DLT_PPI = 192;
/** Link type IEEE802 15 4 (tcpdump.org/linktypes). */
export const DLT_IEEE802_15_4 = 195;
/** Link type SITA (tcpdump.org/linktypes). */
export const DLT_SITA = 196;
/** Link type ERF (tcpdump.org/linktypes). */
export const DLT_ERF = 197;
/** Link type BLUETOOTH HCI H4 WITH PHDR (tcpdump.org/linktypes). */
export const DLT_BLUETOOTH_HCI_H4_WITH_PHDR = 201;
/** Link type AX25 KISS (tcpdump.org/linktypes). */
export const DLT_AX25_KISS = 202;
/** Link type LAPD (tcpdump.org/linktypes). */
export const DLT_LAPD = 203;
/** Link type PPP WITH DIR (tcpdump.org/linktypes). */
export const DLT_PPP_WITH_DIR = 204;
/** Link type C HDLC WITH DIR (tcpdump.org/linktypes). */
export const DLT_C_HDLC_WITH_DIR = 205;
/** Link type FRELAY WITH DIR (tcpdump.org/linktypes). */
export const DLT_FRELAY_WITH_DIR = 206;
/** Link type IPMB LINUX (tcpdump.org/linktypes). */
export const DLT_IPMB_LINUX = 209;
/** Link type IEEE802 15 4 NONASK PHY (tcpdump.org/linktypes). */
export const DLT_IEEE802_15_4_NONASK_PHY = 215;
/** Link type USB LINUX MMAPPED (tcpdump.org/linktypes). */
export const DLT_USB_LINUX_MMAPPED = 220;
/** Link type FC 2 (tcpdump.org/linktypes). */
export const DLT_FC_2 = 224;
/** Link type FC 2 WITH FRAME DELIMS (tcpdump.org/linktypes). */
export const DLT_FC_2_WITH_FRAME_DELIMS = 225;
/** Link type IPNET (tcpdump.org/linktypes). */
export const DLT_IPNET = 226;
/** Link type CAN SOCKETCAN (tcpdump.org/linktypes). */
export const DLT_CAN_SOCKETCAN = 227;
/** Link type IPV4 (tcpdump.org/linktypes). */
export const DLT_IPV4 = 228;
/** Link type IPV6 (tcpdump.org/linktypes). */
export const DLT_IPV6 = 229;
/** Link type IEEE802 15 4 NOFCS (tcpdump.org/linktypes). */
export const DLT_IEEE802_15_4_NOFCS = 230;
/** Link type DBUS (tcpdump.org/linktypes). */
export const DLT_DBUS = 231;
/** Link type DVB CI (tcpdump.org/linktypes). */
export const DLT_DVB_CI = 235;
/** Link type MUX27010 (tcpdump.org/linktypes). */
export const DLT_MUX27010 = 236;
/** Link type STANAG 5066 D PDU (tcpdump.org/linktypes). */
export const DLT_STANAG_5066_D_PDU = 237;
/** Link type NFLOG (tcpdump.org/linktypes). */
export const DLT_NFLOG = 239;
/** Link type NETANALYZER (tcpdump.org/linktypes). */
export const DLT_NETANALYZER = 240;
/** Link type NETANALYZER TRANSPARENT (tcpdump.org/linktypes). */
export const DLT_NETANALYZER_TRANSPARENT = 241;
/** Link type IPOIB (tcpdump.org/linktypes). */
export const DLT_IPOIB = 242;
/** Link type MPEG 2 TS (tcpdump.org/linktypes). */
export const DLT_MPEG_2_TS = 243;
/** Link type NG40 (tcpdump.org/linktypes). */
export const DLT_NG40 = 244;
/** Link type NFC LLCP (tcpdump.org/linktypes). */
export const DLT_NFC_LLCP = 245;
/** Link type INFINIBAND (tcpdump.org/linktypes). */
export const DLT_INFINIBAND = 247;
/** Link type SCTP (tcpdump.org/linktypes). */
export const DLT_SCTP = 248;
/** Link type USBPCAP (tcpdump.org/linktypes). */
export const DLT_USBPCAP = 249;
/** Link type RTAC SERIAL (tcpdump.org/linktypes). */
export const DLT_RTAC_SERIAL = 250;
/** Link type BLUETOOTH LE LL (tcpdump.org/linktypes). */
export const DLT_BLUETOOTH_LE_LL = 251;
/** Link type NETLINK (tcpdump.org/linktypes). */
export const DLT_NETLINK = 253;
/** Link type BLUETOOTH LINUX MONITOR (tcpdump.org/linktypes). */
export const DLT_BLUETOOTH_LINUX_MONITOR = 253;
/** Link type BLUETOOTH BREDR BB (tcpdump.org/linktypes). */
export const DLT_BLUETOOTH_BREDR_BB = 255;
/** Link type BLUETOOTH LE LL WITH PHDR (tcpdump.org/linktypes). */
export const DLT_BLUETOOTH_LE_LL_WITH_PHDR = 256;
/** Link type PROFIBUS DL (tcpdump.org/linktypes). */
export const DLT_PROFIBUS_DL = 257;
/** Link type PKTAP (tcpdump.org/linktypes). */
export const DLT_PKTAP = 258;
/** Link type EPON (tcpdump.org/linktypes). */
export const DLT_EPON = 259;
/** Link type IPMI HPM 2 (tcpdump.org/linktypes). */
export const DLT_IPMI_HPM_2 = 260;
/** Link type ZWAVE R1 R2 (tcpdump.org/linktypes). */
export const DLT_ZWAVE_R1_R2 = 261;
/** Link type ZWAVE R3 (tcpdump.org/linktypes). */
export const DLT_ZWAVE_R3 = 262;
/** Link type WATTSTOPPER DLM (tcpdump.org/linktypes). */
export const DLT_WATTSTOPPER_DLM = 263;
/** Link type ISO 14443 (tcpdump.org/linktypes). */
export const DLT_ISO_14443 = 264;
/** Link type LINUX SLL2 (tcpdump.org/linktypes). */
export const DLT_LINUX_SLL2 = 276;
