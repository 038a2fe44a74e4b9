/**
 * Numbers of dpkt's module `dhcp`, by its names.
 *
 * @module
 */
/** Operation "request" (RFC 2131 section 2). */
export const DHCP_OP_REQUEST = 1;
/** Operation "reply" (RFC 2131 section 2). */
export const DHCP_OP_REPLY = 2;
/** Cookie before the options (RFC 2131 section 3). */
export const DHCP_MAGIC = 0x63825363;
/** DHCP option "netmask" (RFC 2132). */
export const DHCP_OPT_NETMASK = 1;
/** DHCP option "timeoffset" (RFC 2132). */
export const DHCP_OPT_TIMEOFFSET = 2;
/** DHCP option "router" (RFC 2132). */
export const DHCP_OPT_ROUTER = 3;
/** DHCP option "timeserver" (RFC 2132). */
export const DHCP_OPT_TIMESERVER = 4;
/** DHCP option "nameserver" (RFC 2132). */
export const DHCP_OPT_NAMESERVER = 5;
/** DHCP option "dns svrs" (RFC 2132). */
export const DHCP_OPT_DNS_SVRS = 6;
/** DHCP option "logserv" (RFC 2132). */
export const DHCP_OPT_LOGSERV = 7;
/** DHCP option "cookieserv" (RFC 2132). */
export const DHCP_OPT_COOKIESERV = 8;
/** DHCP option "lprserv" (RFC 2132). */
export const DHCP_OPT_LPRSERV = 9;
/** DHCP option "impserv" (RFC 2132). */
export const DHCP_OPT_IMPSERV = 10;
/** DHCP option "resserv" (RFC 2132). */
export const DHCP_OPT_RESSERV = 11;
/** DHCP option "hostname" (RFC 2132). */
export const DHCP_OPT_HOSTNAME = 12;
/** DHCP option "bootfilesize" (RFC 2132). */
export const DHCP_OPT_BOOTFILESIZE = 13;
/** DHCP option "dumpfile" (RFC 2132). */
export const DHCP_OPT_DUMPFILE = 14;
/** DHCP option "domain" (RFC 2132). */
export const DHCP_OPT_DOMAIN = 15;
/** DHCP option "swapserv" (RFC 2132). */
export const DHCP_OPT_SWAPSERV = 16;
/** DHCP option "rootpath" (RFC 2132). */
export const DHCP_OPT_ROOTPATH = 17;
/** DHCP option "extenpath" (RFC 2132). */
export const DHCP_OPT_EXTENPATH = 18;
/** DHCP option "ipforward" (RFC 2132). */
export const DHCP_OPT_IPFORWARD = 19;
/** DHCP option "srcroute" (RFC 2132). */
export const DHCP_OPT_SRCROUTE = 20;
/** DHCP option "policyfilter" (RFC 2132). */
export const DHCP_OPT_POLICYFILTER = 21;
/** DHCP option "maxasmsize" (RFC 2132). */
export const DHCP_OPT_MAXASMSIZE = 22;
/** DHCP option "ipttl" (RFC 2132). */
export const DHCP_OPT_IPTTL = 23;
/** DHCP option "mtutimeout" (RFC 2132). */
export const DHCP_OPT_MTUTIMEOUT = 24;
/** DHCP option "mtutable" (RFC 2132). */
export const DHCP_OPT_MTUTABLE = 25;
/** DHCP option "mtusize" (RFC 2132). */
export const DHCP_OPT_MTUSIZE = 26;
/** DHCP option "localsubnets" (RFC 2132). */
export const DHCP_OPT_LOCALSUBNETS = 27;
/** DHCP option "broadcastaddr" (RFC 2132). */
export const DHCP_OPT_BROADCASTADDR = 28;
/** DHCP option "domaskdiscov" (RFC 2132). */
export const DHCP_OPT_DOMASKDISCOV = 29;
/** DHCP option "masksupply" (RFC 2132). */
export const DHCP_OPT_MASKSUPPLY = 30;
/** DHCP option "doroutedisc" (RFC 2132). */
export const DHCP_OPT_DOROUTEDISC = 31;
/** DHCP option "routersolicit" (RFC 2132). */
export const DHCP_OPT_ROUTERSOLICIT = 32;
/** DHCP option "staticroute" (RFC 2132). */
export const DHCP_OPT_STATICROUTE = 33;
/** DHCP option "trailerencap" (RFC 2132). */
export const DHCP_OPT_TRAILERENCAP = 34;
/** DHCP option "arptimeout" (RFC 2132). */
export const DHCP_OPT_ARPTIMEOUT = 35;
/** DHCP option "etherencap" (RFC 2132). */
export const DHCP_OPT_ETHERENCAP = 36;
/** DHCP option "tcpttl" (RFC 2132). */
export const DHCP_OPT_TCPTTL = 37;
/** DHCP option "tcpkeepalive" (RFC 2132). */
export const DHCP_OPT_TCPKEEPALIVE = 38;
/** DHCP option "tcpalivegarbage" (RFC 2132). */
export const DHCP_OPT_TCPALIVEGARBAGE = 39;
/** DHCP option "nisdomain" (RFC 2132). */
export const DHCP_OPT_NISDOMAIN = 40;
/** DHCP option "nisservers" (RFC 2132). */
export const DHCP_OPT_NISSERVERS = 41;
/** DHCP option "nistimeserv" (RFC 2132). */
export const DHCP_OPT_NISTIMESERV = 42;
/** DHCP option "vendspecific" (RFC 2132). */
export const DHCP_OPT_VENDSPECIFIC = 43;
/** DHCP option "nbns" (RFC 2132). */
export const DHCP_OPT_NBNS = 44;
/** DHCP option "nbdd" (RFC 2132). */
export const DHCP_OPT_NBDD = 45;
/** DHCP option "nbtcpip" (RFC 2132). */
export const DHCP_OPT_NBTCPIP = 46;
/** DHCP option "nbtcpscope" (RFC 2132). */
export const DHCP_OPT_NBTCPSCOPE = 47;
/** DHCP option "xfont" (RFC 2132). */
export const DHCP_OPT_XFONT = 48;
/** DHCP option "xdisplaymgr" (RFC 2132). */
export const DHCP_OPT_XDISPLAYMGR = 49;
/** DHCP option "req ip" (RFC 2132). */
export const DHCP_OPT_REQ_IP = 50;
/** DHCP option "lease sec" (RFC 2132). */
export const DHCP_OPT_LEASE_SEC = 51;
/** DHCP option "optionoverload" (RFC 2132). */
export const DHCP_OPT_OPTIONOVERLOAD = 52;
/** DHCP option "msgtype" (RFC 2132). */
export const DHCP_OPT_MSGTYPE = 53;
/** DHCP option "server id" (RFC 2132). */
export const DHCP_OPT_SERVER_ID = 54;
/** DHCP option "param req" (RFC 2132). */
export const DHCP_OPT_PARAM_REQ = 55;
/** DHCP option "message" (RFC 2132). */
export const DHCP_OPT_MESSAGE = 56;
/** DHCP option "maxmsgsize" (RFC 2132). */
export const DHCP_OPT_MAXMSGSIZE = 57;
/** DHCP option "renewtime" (RFC 2132). */
export const DHCP_OPT_RENEWTIME = 58;
/** DHCP option "rebindtime" (RFC 2132). */
export const DHCP_OPT_REBINDTIME = 59;
/** DHCP option "vendor id" (RFC 2132). */
export const DHCP_OPT_VENDOR_ID = 60;
/** DHCP option "client id" (RFC 2132). */
export const DHCP_OPT_CLIENT_ID = 61;
/** DHCP option "nisplusdomain" (RFC 2132). */
export const DHCP_OPT_NISPLUSDOMAIN = 64;
/** DHCP option "nisplusservers" (RFC 2132). */
export const DHCP_OPT_NISPLUSSERVERS = 65;
/** DHCP option "mobileipagent" (RFC 2132). */
export const DHCP_OPT_MOBILEIPAGENT = 68;
/** DHCP option "smtpserver" (RFC 2132). */
export const DHCP_OPT_SMTPSERVER = 69;
/** DHCP option "pop3server" (RFC 2132). */
export const DHCP_OPT_POP3SERVER = 70;
/** DHCP option "nntpserver" (RFC 2132). */
export const DHCP_OPT_NNTPSERVER = 71;
/** DHCP option "wwwserver" (RFC 2132). */
export const DHCP_OPT_WWWSERVER = 72;
/** DHCP option "fingerserver" (RFC 2132). */
export const DHCP_OPT_FINGERSERVER = 73;
/** DHCP option "ircserver" (RFC 2132). */
export const DHCP_OPT_IRCSERVER = 74;
/** DHCP option "stserver" (RFC 2132). */
export const DHCP_OPT_STSERVER = 75;
/** DHCP option "stdaserver" (RFC 2132). */
export const DHCP_OPT_STDASERVER = 76;
/** DHCP message type DHCPDISCOVER (RFC 2132 section 9.6). */
export const DHCPDISCOVER = 1;
/** DHCP message type DHCPOFFER (RFC 2132 section 9.6). */
export const DHCPOFFER = 2;
/** DHCP message type DHCPREQUEST (RFC 2132 section 9.6). */
export const DHCPREQUEST = 3;
/** DHCP message type DHCPDECLINE (RFC 2132 section 9.6). */
export const DHCPDECLINE = 4;
/** DHCP message type DHCPACK (RFC 2132 section 9.6). */
export const DHCPACK = 5;
/** DHCP message type DHCPNAK (RFC 2132 section 9.6). */
export const DHCPNAK = 6;
/** DHCP message type DHCPRELEASE (RFC 2132 section 9.6). */
export const DHCPRELEASE = 7;
/** DHCP message type DHCPINFORM (RFC 2132 section 9.6). */
export const DHCPINFORM = 8;
