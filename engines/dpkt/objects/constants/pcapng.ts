/**
 * Numbers of dpkt's module `pcapng`, by its names.
 *
 * @module
 */
export {
  DLT_ARCNET,
  DLT_AX25,
  DLT_CHAOS,
  DLT_EN10MB,
  DLT_EN3MB,
  DLT_FDDI,
  DLT_IEEE802,
  DLT_IEEE802_11,
  DLT_IEEE802_11_RADIO,
  DLT_LINUX_SLL,
  DLT_LOOP,
  DLT_NULL,
  DLT_PFLOG,
  DLT_PFSYNC,
  DLT_PPP,
  DLT_PRONET,
  DLT_RAW,
  DLT_SLIP,
} from "./pcap.ts";

/** Byte-order magic of a big-endian section. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Byte-order magic of a little-endian section, read as big-endian. */
export const BYTE_ORDER_MAGIC_LE = 0x4d3c2b1a;
/** Major version of the format. */
export const PCAPNG_VERSION_MAJOR = 1;
/** Minor version of the format. */
export const PCAPNG_VERSION_MINOR = 0;
/** Block type IDB (pcapng, section 11.1). */
export const PCAPNG_BT_IDB = 0x01;
/** Block type PB (pcapng, section 11.1). */
export const PCAPNG_BT_PB = 0x02;
/** Block type SPB (pcapng, section 11.1). */
export const PCAPNG_BT_SPB = 0x03;
/** Block type EPB (pcapng, section 11.1). */
export const PCAPNG_BT_EPB = 0x06;
/** Block type SHB (pcapng, section 11.1). */
export const PCAPNG_BT_SHB = 0x0a0d0d0a;
/** Option code ENDOFOPT (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_ENDOFOPT = 0;
/** Option code COMMENT (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_COMMENT = 1;
/** Option code SHB HARDWARE (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_SHB_HARDWARE = 2;
/** Option code SHB OS (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_SHB_OS = 3;
/** Option code SHB USERAPPL (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_SHB_USERAPPL = 4;
/** Option code IF NAME (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_NAME = 2;
/** Option code IF DESCRIPTION (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_DESCRIPTION = 3;
/** Option code IF IPV4ADDR (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_IPV4ADDR = 4;
/** Option code IF IPV6ADDR (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_IPV6ADDR = 5;
/** Option code IF MACADDR (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_MACADDR = 6;
/** Option code IF EUIADDR (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_EUIADDR = 7;
/** Option code IF SPEED (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_SPEED = 8;
/** Option code IF TSRESOL (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_TSRESOL = 9;
/** Option code IF TZONE (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_TZONE = 10;
/** Option code IF FILTER (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_FILTER = 11;
/** Option code IF OS (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_OS = 12;
/** Option code IF FCSLEN (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_FCSLEN = 13;
/** Option code IF TSOFFSET (pcapng, sections 3.5 and 4). */
export const PCAPNG_OPT_IF_TSOFFSET = 14;
