/** DNS with every type of record, EDNS option and service parameter; multicast DNS, LLMNR; stateful operations. */
import { b, type Bytes, cat, counted, type Crafted, Frames, num } from "./_frames.ts";

/** A name in wire format. */
function name(text: string): Uint8Array {
  return cat(...text.split(".").filter((l) => l !== "").map((l) => counted(`'${l}'`)), "00");
}
const NAME = name("a.example"), OTHER = name("b.example");
const A6 = "20010db8 00000000 00000000 0000000a";

/** Data of a record by name and type. */
const RECORDS: readonly (readonly [name: string, type: number, data: Bytes])[] = [
  ["A", 1, "c0000201"],
  ["NS", 2, OTHER],
  ["MD", 3, OTHER],
  ["MF", 4, OTHER],
  ["CNAME", 5, "c00c"],
  ["SOA", 6, cat(OTHER, NAME, "00000001 00000e10 00000258 00093a80 0000003c")],
  ["MB", 7, OTHER],
  ["MG", 8, OTHER],
  ["MR", 9, OTHER],
  ["NULL", 10, "01020304"],
  ["WKS", 11, "c0000201 06 00 04 00 81"],
  ["PTR", 12, OTHER],
  ["HINFO", 13, cat(counted("'cpu'"), counted("'os'"))],
  ["MINFO", 14, cat(OTHER, NAME)],
  ["MX", 15, cat("000a", OTHER)],
  ["TXT", 16, cat(counted("'one'"), counted(""), counted("'three'"))],
  ["RP", 17, cat(OTHER, NAME)],
  ["AFSDB", 18, cat("0001", OTHER)],
  ["X25", 19, counted("'311061700956'")],
  ["ISDN", 20, cat(counted("'150862028003217'"), counted("'004'"))],
  ["ISDN without subaddress", 20, counted("'150862028003217'")],
  ["RT", 21, cat("000a", OTHER)],
  ["NSAP", 22, "4700058000 5a0000000001e133ffffff00016100"],
  ["NSAP-PTR", 23, OTHER],
  ["SIG", 24, cat("0001 05 02 00000e10 65920080 6553f100 1234", OTHER, "01020304")],
  ["KEY", 25, "0200 03 05 01020304"],
  ["KEY, all flags", 25, "ffff 03 05 01020304"],
  ["KEY, algorithm 1", 25, "0100 03 01 0102030405"],
  ["PX", 26, cat("000a", OTHER, NAME)],
  ["GPOS", 27, cat(counted("'-32.6882'"), counted("'116.8652'"), counted("'10.0'"))],
  ["AAAA", 28, A6],
  ["LOC", 29, "00 12 16 13 8b3f3c78 757bf5a0 00989a68"],
  ["LOC of another version", 29, "01 12 16 13"],
  ["NXT", 30, cat(OTHER, "40 00 00 02")],
  ["EID", 31, "01020304"],
  ["NIMLOC", 32, "01020304"],
  ["SRV", 33, cat("0001 0002 01bb", OTHER)],
  ["ATMA", 34, "00 47000580"],
  ["NAPTR", 35, cat("0001 0002", counted("'S'"), counted("'SIP+D2U'"), counted(""), OTHER)],
  [
    "NAPTR with a regular expression",
    35,
    cat("0001 0002", counted("'U'"), counted("'E2U+sip'"), counted("'!^.*$!sip:a@b!'"), "00"),
  ],
  ["KX", 36, cat("000a", OTHER)],
  ["CERT", 37, "0001 1234 05 01020304"],
  ["CERT of another type", 37, "00fd 1234 00 01020304"],
  ["A6, no prefix", 38, `00 ${A6}`],
  ["A6, prefix of 64 bits", 38, cat("40 0000000000000001", OTHER)],
  ["A6, prefix alone", 38, cat("80", OTHER)],
  ["DNAME", 39, OTHER],
  ["APL", 42, "0001 18 03 c00002 0001 20 84 c0000201 0002 40 04 20010db8"],
  ["APL of another family", 42, "0006 30 02 0200"],
  ["DS", 43, "1234 08 02" + "ab".repeat(32)],
  ["SSHFP", 44, "01 02" + "cd".repeat(32)],
  ["IPSECKEY, no gateway", 45, "0a 00 02 01020304"],
  ["IPSECKEY, IPv4", 45, "0a 01 02 c0000201 01020304"],
  ["IPSECKEY, IPv6", 45, `0a 02 02 ${A6} 01020304`],
  ["IPSECKEY, name", 45, cat("0a 03 02", OTHER, "01020304")],
  ["RRSIG", 46, cat("0030 0d 02 00000e10 65920080 6553f100 1234", NAME, "ab".repeat(64))],
  ["NSEC", 47, cat(OTHER, "00 06 400000000003 01 01 40")],
  ["DNSKEY", 48, "0101 03 08 03010001" + "ab".repeat(8)],
  ["DNSKEY, revoked", 48, "0180 03 0d" + "ab".repeat(16)],
  ["DHCID", 49, "000201 636fc0b8271c82825bb1ac5c41cf5351"],
  ["NSEC3", 50, cat("01 01 000a 04 aabbccdd 14", "01".repeat(20), "00 06 400000000002")],
  ["NSEC3, no salt", 50, cat("01 00 0000 00 05 0102030405 00 01 40")],
  ["NSEC3PARAM", 51, "01 00 000a 04 aabbccdd"],
  ["TLSA", 52, "03 01 01" + "ef".repeat(32)],
  ["SMIMEA", 53, "03 01 01" + "ef".repeat(32)],
  ["HIP", 55, cat("04 02 0008 01020304 0102030405060708", OTHER, NAME)],
  ["NINFO", 56, counted("'info'")],
  ["RKEY", 57, "0000 03 05 01020304"],
  ["TALINK", 58, cat(OTHER, NAME)],
  ["CDS", 59, "1234 08 02" + "ab".repeat(32)],
  ["CDNSKEY", 60, "0101 03 08 0301000102"],
  ["OPENPGPKEY", 61, "99010203"],
  ["CSYNC", 62, "00000042 0003 00 04 60000008"],
  ["ZONEMD", 63, "00000042 01 01" + "ab".repeat(48)],
  ["SPF", 99, counted("'v=spf1 -all'")],
  ["UINFO", 100, "01020304"],
  ["NID", 104, "000a 0014 4fff ff20 ee64"],
  ["L32", 105, "000a c0000201"],
  ["L64", 106, "000a 2001 0db8 1140 1000"],
  ["LP", 107, cat("000a", OTHER)],
  ["EUI48", 108, "00005e005330"],
  ["EUI64", 109, "00005eef10000030"],
  ["TKEY", 249, cat(OTHER, "6553f100 65920080 0003 0000 0004 01020304 0002 abcd")],
  ["TKEY, nothing more", 249, cat(OTHER, "6553f100 65920080 0005 0011 0000 0000")],
  [
    "TSIG",
    250,
    cat(name("hmac-sha256"), "00006553f100 012c 0020", "ab".repeat(32), "1234 0000 0000"),
  ],
  [
    "TSIG, bad time",
    250,
    cat(
      name("hmac-md5.sig-alg.reg.int"),
      "00006553f100 012c 0010",
      "ab".repeat(16),
      "1234 0012 0006 00006553f200",
    ),
  ],
  ["URI", 256, cat("000a 0001", "'https://a.example/'")],
  ["CAA, issue", 257, cat("00", counted("'issue'"), "'ca.example'")],
  ["CAA, issuewild", 257, cat("80", counted("'issuewild'"), "';'")],
  ["CAA, iodef", 257, cat("00", counted("'iodef'"), "'mailto:a@b'")],
  ["CAA, another tag", 257, cat("7f", counted("'tbs'"), "'unknown'")],
  ["AVC", 258, counted("'app'")],
  ["AMTRELAY", 260, cat("0a 83", OTHER)],
  ["TA", 32768, "1234 08 02" + "ab".repeat(20)],
  ["DLV", 32769, "1234 08 01" + "ab".repeat(20)],
  ["XPF, IPv4", 65422, "04 11 c0000201 c0000202 9c40 0035"],
  ["XPF, IPv6", 65422, `06 11 ${A6} ${A6} 9c40 0035`],
  ["WINS", 0xff01, "00010000 00000002 00000384 00000002 c0000201 c0000202"],
  ["WINS-R", 0xff02, cat("00000000 00000002 00000384", OTHER)],
  ["of no known type", 4711, "01020304"],
  ["an A record of another length", 1, "c000020101"],
  ["an empty NULL record", 10, ""],
];

/** A service parameter: its key and value. */
const param = (key: number, value: Bytes): Uint8Array => cat(num(key), counted(value, 2));
/** Parameters of SVCB and HTTPS records. */
const PARAMS: Readonly<Record<string, Uint8Array>> = {
  "none": new Uint8Array(0),
  "mandatory": param(0, "0001 0004"),
  "alpn": param(1, cat(counted("'h2'"), counted("'h3'"))),
  "no default alpn": cat(param(1, counted("'h3'")), param(2, "")),
  "port": param(3, "01bb"),
  "IPv4 hints": param(4, "c0000201 c0000202"),
  "encrypted client hello": param(5, "0005 fe0d 0001 00"),
  "IPv6 hints": param(6, `${A6} ${A6}`),
  "DNS path": param(7, "'/dns-query{?dns}'"),
  "oblivious": param(8, ""),
  "odoh configuration": param(32769, "01020304"),
  "of no known key": param(4711, "01020304"),
  "invalid key": param(65535, "0102"),
};

/** An EDNS option: its code and data. */
const option = (code: number, data: Bytes): Uint8Array => cat(num(code), counted(data, 2));
/** EDNS options by name. */
const OPTIONS: Readonly<Record<string, Uint8Array>> = {
  "none": new Uint8Array(0),
  "LLQ": option(1, "0001 0001 0000 0102030405060708 00000e10"),
  "UL": option(2, "00000e10"),
  "NSID": option(3, "'ns1'"),
  "NSID, asked": option(3, ""),
  "owner": option(4, "00 01 020000000001 020000000002"),
  "DAU": option(5, "05 07 08 0a 0d"),
  "DHU": option(6, "01 02 04"),
  "N3U": option(7, "01"),
  "client subnet, IPv4": option(8, "0001 18 00 c00002"),
  "client subnet, IPv4, whole": option(8, "0001 20 18 c0000201"),
  "client subnet, IPv6": option(8, "0002 38 00 20010db8000001"),
  "client subnet, none": option(8, "0001 00 00"),
  "client subnet of another family": option(8, "0006 18 00 020000"),
  "client subnet of another family, none": option(8, "0000 00 00"),
  "expire": option(9, "00000e10"),
  "expire, asked": option(9, ""),
  "cookie": option(10, "0102030405060708"),
  "cookie of both": option(10, "0102030405060708 1112131415161718 2122232425262728"),
  "keepalive": option(11, "012c"),
  "keepalive, asked": option(11, ""),
  "padding": option(12, "00".repeat(16)),
  "chain": option(13, NAME),
  "key tag": option(14, "1234 5678"),
  "extended error": option(15, "0006"),
  "extended error in words": option(15, cat("0012", "'why not'")),
  "client tag": option(16, "1234"),
  "server tag": option(17, "1234"),
  "report channel": option(18, name("report.example")),
  "zone version": option(19, "02 00 00000042"),
  "umbrella": option(20292, "'ODNS' 01"),
  "device": option(26946, "0102030405060708"),
  "experiment": option(65001, "01020304"),
  "several": cat(option(3, "'a'"), option(10, "0102030405060708"), option(12, "0000")),
};

let id = 0;
function message(flags: string, counts: readonly number[], ...parts: readonly Bytes[]): Uint8Array {
  return cat(num(++id), flags, ...counts.map((n) => num(n)), ...parts);
}

/** Bytes of a header and a question about {@linkcode NAME}. */
const PLAIN = 29;

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(7);
  id = 0;
  const answer = (what: string, type: number, data: Bytes, rrClass = "0001"): void => {
    const m = message(
      "8180",
      [1, 1, 0, 0],
      NAME,
      num(type),
      "0001",
      "c00c",
      num(type),
      rrClass,
      "00000e10",
      counted(data, 2),
    );
    f.udp(`DNS record: ${what}`, 53, 40000, m, PLAIN);
  };
  for (const [what, type, data] of RECORDS) answer(what, type, data);
  for (const [what, p] of Object.entries(PARAMS)) {
    answer(`HTTPS, ${what}`, 65, cat("0001", OTHER, p));
    answer(`SVCB, ${what}`, 64, cat("0010 00", p));
  }
  answer("HTTPS, alias", 65, cat("0000", OTHER));
  for (const [what, o] of Object.entries(OPTIONS)) {
    const opt = cat("00 0029 1000 00 00 8000", counted(o, 2));
    const m = message("0100", [1, 0, 0, 1], NAME, "0001 0001", opt);
    f.udp(`EDNS option: ${what}`, 40000, 53, m, PLAIN);
  }
  f.udp(
    "EDNS: extended code, version 1, all flags",
    53,
    40000,
    message("8181", [0, 0, 0, 1], "00 0029 04d0 01 01 ffff 0000"),
  );
  for (
    const [rrClass, n] of [["CH", "0003"], ["HS", "0004"], ["NONE", "00fe"], ["ANY", "00ff"], [
      "cache flush",
      "8001",
    ]]
  ) {
    answer(`of class ${rrClass}`, 1, "c0000201", n);
  }
  for (const type of [251, 252, 253, 254, 255, 259, 65280]) {
    f.udp(
      `DNS question of type ${type}`,
      40000,
      53,
      message("0100", [1, 0, 0, 0], NAME, num(type), "0001"),
    );
  }
  for (let rcode = 0; rcode < 16; rcode++) {
    f.udp(
      `DNS response code ${rcode}`,
      53,
      40000,
      message(`818${rcode.toString(16)}`, [1, 0, 0, 0], NAME, "0001 0001"),
    );
  }
  for (const opcode of [0, 1, 2, 3, 4, 7, 15]) {
    const flags = num(opcode << 11);
    f.udp(
      `DNS operation ${opcode}`,
      40000,
      53,
      cat(num(++id), flags, "0001 0000 0000 0000", NAME, "0006 0001"),
    );
  }
  f.udp("DNS, all flags of a query", 40000, 53, message("07f0", [1, 0, 0, 0], NAME, "0001 0001"));
  f.udp(
    "DNS, all flags of a response",
    53,
    40000,
    message("87f0", [1, 0, 0, 0], NAME, "0001 0001"),
  );
  f.udp(
    "DNS update",
    40000,
    53,
    message(
      "2800",
      [1, 2, 2, 1],
      cat(NAME, "0006 0001"),
      cat(OTHER, "00ff 00ff 00000000 0000"),
      cat(OTHER, "0001 00fe 00000000 0000"),
      cat(OTHER, "0001 0001 0000003c 0004 c0000201"),
      cat(OTHER, "00ff 00ff 00000000 0000"),
      cat("00 0029 1000 00 00 0000 0000"),
    ),
  );
  f.udp("DNS update, answered", 53, 40000, message("a800", [1, 0, 0, 0], cat(NAME, "0006 0001")));
  f.udp(
    "DNS names: compressed, escaped",
    53,
    40000,
    message(
      "8180",
      [2, 1, 0, 0],
      cat(counted("'a.b'"), name("example"), "0010 0001"),
      cat(counted("'sub'"), counted("'a b\\c'"), "c00c", "0001 0001"),
      "c010 0001 0001 00000e10 0004 c0000201",
    ),
  );
  f.udp(
    "DNS name of labels of 63 bytes",
    40000,
    53,
    message(
      "0100",
      [1, 0, 0, 0],
      name(["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(60)].join(".")),
      "0001 0001",
    ),
  );
  f.udp("DNS root", 40000, 53, message("0100", [1, 0, 0, 0], "00 0002 0001"));
  f.udp(
    "DNS label beyond ASCII",
    40000,
    53,
    message("0100", [1, 0, 0, 0], cat(counted(b("c3a4 c3b6")), "00 0001 0001")),
  );
  f.udp(
    "DNS, something behind",
    40000,
    53,
    message("0100", [1, 0, 0, 0], NAME, "0001 0001 01020304"),
  );
  const tlv = (type: number, data: Bytes): Uint8Array => cat(num(type), counted(data, 2));
  const dso = (what: string, flags: string, tlvs: Bytes): void => {
    const m = message(flags, [0, 0, 0, 0], tlvs);
    f.tcp(`DNS stateful operation: ${what}`, {
      src: 40000,
      dst: 53,
      flags: 0x18,
      data: counted(m, 2),
    });
  };
  dso("keepalive", "3000", tlv(1, "00003a98 00003a98"));
  dso("keepalive, answered", "b000", tlv(1, "ffffffff 0000ea60"));
  dso("retry delay", "3000", tlv(2, "0000ea60"));
  dso("padding", "3000", cat(tlv(1, "00003a98 00003a98"), tlv(3, "00".repeat(8))));
  dso("subscribe", "3000", tlv(0x40, cat(NAME, "0001 0001")));
  dso("push", "3000", tlv(0x41, cat(NAME, "0001 0001 00000e10 0004 c0000201")));
  dso("unsubscribe", "3000", tlv(0x42, "1234"));
  dso("of no known type", "3000", tlv(0x1234, "01020304"));
  f.tcp("DNS over TCP", {
    src: 40000,
    dst: 53,
    flags: 0x18,
    data: counted(message("0100", [1, 0, 0, 0], NAME, "0001 0001"), 2),
  });
  f.tcp("DNS over TCP, two messages", {
    src: 40000,
    dst: 53,
    flags: 0x18,
    data: cat(
      counted(message("0100", [1, 0, 0, 0], NAME, "0001 0001"), 2),
      counted(message("0100", [1, 0, 0, 0], OTHER, "001c 0001"), 2),
    ),
  });
  const multicast = (what: string, m: Uint8Array): void =>
    f.ip(`multicast DNS: ${what}`, 17, cat("14e9 14e9", num(m.length + 8), "0000", m), "", {
      dst: "e00000fb",
    });
  multicast("questions", message("0000", [2, 0, 0, 0], NAME, "0001 8001", OTHER, "001c 0001"));
  multicast(
    "answers",
    message(
      "8400",
      [0, 4, 0, 1],
      cat(name("_http._tcp.local"), "000c 0001 00001194", counted(name("x._http._tcp.local"), 2)),
      cat(
        name("x._http._tcp.local"),
        "0021 8001 00000078",
        counted(cat("0000 0000 0050", OTHER), 2),
      ),
      cat(name("x._http._tcp.local"), "0010 8001 00001194", counted(counted("'a=1'"), 2)),
      cat(OTHER, "002f 8001 00000078", counted(cat("c00c", "00 04 40000008"), 2)),
      cat("00 0029 05a0 00 00 1194", counted(option(4, "00 00 020000000001 020000000001"), 2)),
    ),
  );
  const local = (what: string, src: number, dst: number, m: Uint8Array): void =>
    f.ip(`LLMNR: ${what}`, 17, cat(num(src), num(dst), num(m.length + 8), "0000", m), "", {
      dst: "e00000fc",
    });
  local("question", 40000, 5355, message("0000", [1, 0, 0, 0], NAME, "0001 0001"));
  local(
    "question, conflict, tentative",
    40000,
    5355,
    message("0500", [1, 0, 0, 0], NAME, "0001 0001"),
  );
  local(
    "answer",
    5355,
    40000,
    message("8500", [1, 1, 0, 0], NAME, "0001 0001", "c00c 0001 0001 0000001e 0004 c0000201"),
  );
  return f.all;
}
