/**
 * Numbers of dpkt's module `tcp`, by its names.
 *
 * @module
 */
/** TCP flag FIN (RFC 9293 section 3.1). */
export const TH_FIN = 0x01;
/** TCP flag SYN (RFC 9293 section 3.1). */
export const TH_SYN = 0x02;
/** TCP flag RST (RFC 9293 section 3.1). */
export const TH_RST = 0x04;
/** TCP flag PUSH (RFC 9293 section 3.1). */
export const TH_PUSH = 0x08;
/** TCP flag ACK (RFC 9293 section 3.1). */
export const TH_ACK = 0x10;
/** TCP flag URG (RFC 9293 section 3.1). */
export const TH_URG = 0x20;
/** TCP flag ECE (RFC 9293 section 3.1). */
export const TH_ECE = 0x40;
/** TCP flag CWR (RFC 9293 section 3.1). */
export const TH_CWR = 0x80;
/** TCP flag NS (RFC 9293 section 3.1). */
export const TH_NS = 0x0100;
/** Greatest port. */
export const TCP_PORT_MAX = 65535;
/** Greatest window without scaling. */
export const TCP_WIN_MAX = 65535;
/** TCP option kind EOL (IANA tcp-parameters). */
export const TCP_OPT_EOL = 0;
/** TCP option kind NOP (IANA tcp-parameters). */
export const TCP_OPT_NOP = 1;
/** TCP option kind MSS (IANA tcp-parameters). */
export const TCP_OPT_MSS = 2;
/** TCP option kind WSCALE (IANA tcp-parameters). */
export const TCP_OPT_WSCALE = 3;
/** TCP option kind SACKOK (IANA tcp-parameters). */
export const TCP_OPT_SACKOK = 4;
/** TCP option kind SACK (IANA tcp-parameters). */
export const TCP_OPT_SACK = 5;
/** TCP option kind ECHO (IANA tcp-parameters). */
export const TCP_OPT_ECHO = 6;
/** TCP option kind ECHOREPLY (IANA tcp-parameters). */
export const TCP_OPT_ECHOREPLY = 7;
/** TCP option kind TIMESTAMP (IANA tcp-parameters). */
export const TCP_OPT_TIMESTAMP = 8;
/** TCP option kind POCONN (IANA tcp-parameters). */
export const TCP_OPT_POCONN = 9;
/** TCP option kind POSVC (IANA tcp-parameters). */
export const TCP_OPT_POSVC = 10;
/** TCP option kind CC (IANA tcp-parameters). */
export const TCP_OPT_CC = 11;
/** TCP option kind CCNEW (IANA tcp-parameters). */
export const TCP_OPT_CCNEW = 12;
/** TCP option kind CCECHO (IANA tcp-parameters). */
export const TCP_OPT_CCECHO = 13;
/** TCP option kind ALTSUM (IANA tcp-parameters). */
export const TCP_OPT_ALTSUM = 14;
/** TCP option kind ALTSUMDATA (IANA tcp-parameters). */
export const TCP_OPT_ALTSUMDATA = 15;
/** TCP option kind SKEETER (IANA tcp-parameters). */
export const TCP_OPT_SKEETER = 16;
/** TCP option kind BUBBA (IANA tcp-parameters). */
export const TCP_OPT_BUBBA = 17;
/** TCP option kind TRAILSUM (IANA tcp-parameters). */
export const TCP_OPT_TRAILSUM = 18;
/** TCP option kind MD5 (IANA tcp-parameters). */
export const TCP_OPT_MD5 = 19;
/** TCP option kind SCPS (IANA tcp-parameters). */
export const TCP_OPT_SCPS = 20;
/** TCP option kind SNACK (IANA tcp-parameters). */
export const TCP_OPT_SNACK = 21;
/** TCP option kind REC (IANA tcp-parameters). */
export const TCP_OPT_REC = 22;
/** TCP option kind CORRUPT (IANA tcp-parameters). */
export const TCP_OPT_CORRUPT = 23;
/** TCP option kind SNAP (IANA tcp-parameters). */
export const TCP_OPT_SNAP = 24;
/** TCP option kind TCPCOMP (IANA tcp-parameters). */
export const TCP_OPT_TCPCOMP = 26;
/** One more than the last kind of option dpkt names. */
export const TCP_OPT_MAX = 27;
