/** ICMP of every type with its extensions, and IGMP of every version with what else its number carries. */
import { internetChecksum } from "../../../core/checksum.ts";
import { b, type Bytes, cat, counted, type Crafted, Frames, num, padded } from "./_frames.ts";

const TIME = 1_700_000_000;

/** An extension structure with its checksum (RFC 4884 section 7). */
function structure(...objects: readonly Bytes[]): Uint8Array {
  const s = cat("2000 0000", ...objects);
  s.set(num(internetChecksum(s)), 2);
  return s;
}
/** An object of an extension structure. */
function object(kind: number, type: number, data: Bytes): Uint8Array {
  const d = cat(data);
  return cat(num(d.length + 4), num(kind, 1), num(type, 1), d);
}

/** Extension structures by name. */
const EXTENSIONS: Readonly<Record<string, Uint8Array>> = {
  "MPLS labels": structure(object(1, 1, "00064e01 00065140")),
  "MPLS labels, something left": structure(object(1, 1, "00064f40 0102")),
  "MPLS of another type": structure(object(1, 2, "01020304")),
  "interface: index": structure(object(2, 0x08, "00000007")),
  "interface: IPv4": structure(object(2, 0x44, "0001 0000 c0000201")),
  "interface: IPv6": structure(object(2, 0x84, "0002 0000 20010db8 00000000 00000000 00000001")),
  "interface: name": structure(object(2, 0xc2, counted("'eth0' 000000", 1, 1))),
  "interface: MTU": structure(object(2, 0x01, "000005dc")),
  "interface: all": structure(
    object(2, 0x4f, cat("00000007 0001 0000 c0000201", counted("'eth0' 000000", 1, 1), "000005dc")),
  ),
  "interface: address of another family": structure(object(2, 0x04, "0006 0000 0200000000010000")),
  "identification: name": structure(object(3, 1, "'ethernet'")),
  "identification: index": structure(object(3, 2, "00000007")),
  "identification: IPv4": structure(object(3, 3, "0001 04 00 c0000201")),
  "identification: IPv6": structure(object(3, 3, "0002 10 00 20010db8 00000000 00000000 00000001")),
  "identification: MAC": structure(object(3, 3, "0006 06 00 020000000001 0000")),
  "identification of another type": structure(object(3, 4, "01020304")),
  "an object nobody knows": structure(object(9, 1, "01020304")),
  "several": structure(object(1, 1, "00064f40"), object(2, 0x08, "00000007")),
  "version 1": b("1000 0000 0008 01 01 00064f40"),
  "another version": b("3000 0000 0008 01 01 00064f40"),
  "without checksum": b("2000 0000 0008 01 01 00064f40"),
  "bad checksum": b("2000 1234 0008 01 01 00064f40"),
};

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(5);
  const quoted = f.packet(17, "9c40 9c41 000a 0000 abcd");
  const long = f.packet(17, cat("9c40 9c41 0070 0000", new Uint8Array(104)));
  f.icmp("echo", "08 00 0000 1234 0001 'abcdefgh'");
  f.icmp("echo reply", "00 00 0000 1234 0001 'abcdefgh'");
  f.icmp("echo with a time", cat("08 00 0000 1234 0001", num(TIME, 4), num(1234, 4), "'abcdefgh'"));
  f.icmp(
    "echo with a time, little-endian",
    cat(
      "08 00 0000 1234 0001",
      num(TIME, 4).reverse(),
      num(1234, 4).reverse(),
      "00000000 'abcdefgh'",
    ),
  );
  for (let code = 0; code <= 15; code++) {
    f.icmp(`unreachable, code ${code}`, cat("03", num(code, 1), "0000 0000 05dc", quoted));
  }
  f.icmp("unreachable, length told", cat("03 01 0000 00 08 0000", padded(quoted, 32)));
  f.icmp("fragmentation needed, length told", cat("03 04 0000 00 08 05dc", padded(quoted, 32)));
  f.icmp("source quench", cat("04 00 0000 00000000", quoted));
  for (let code = 0; code <= 3; code++) {
    f.icmp(`redirect, code ${code}`, cat("05", num(code, 1), "0000 c0000209", quoted));
  }
  f.icmp("alternate host address", "06 00 0000 c0000209");
  f.icmp("router advertisement", "09 00 0000 02 02 0708 c0000209 00000001 c000020a 80000000");
  f.icmp("router advertisement, does not route", "09 10 0000 01 02 0708 c0000209 00000001");
  f.icmp(
    "router advertisement of another size",
    "09 00 0000 01 03 0708 c0000209 00000001 00000000",
  );
  f.icmp(
    "mobility agent advertisement",
    "09 10 0000 01 02 0708 c0000209 00000001" +
      "10 0e 0001 0708 ffff c0000201 c0000202  00  13 01 18  18 04 01020304  63 03 010203",
  );
  f.icmp(
    "mobility agent without care-of addresses",
    "09 00 0000 01 02 0708 c0000209 00000001 10 06 0001 0708 2000",
  );
  f.icmp("router solicitation", "0a 00 0000 00000000");
  f.icmp("exceeded", cat("0b 00 0000 00000000", quoted));
  f.icmp("reassembly exceeded", cat("0b 01 0000 00000000", quoted));
  f.icmp("parameter problem", cat("0c 00 0000 14 000000", quoted));
  f.icmp("parameter problem, length told", cat("0c 02 0000 14 08 0000", padded(quoted, 32)));
  f.icmp("time stamp", "0d 00 0000 1234 0001 00000001 00000002 00000003");
  f.icmp("time stamp reply", "0e 00 0000 1234 0001 05265bff 05265c00 80000003");
  f.icmp("information request", "0f 00 0000 1234 0001");
  f.icmp("information reply", "10 00 0000 1234 0001");
  f.icmp("address mask request", "11 00 0000 1234 0001 00000000");
  f.icmp("address mask reply", "12 00 0000 1234 0001 ffffff00");
  for (const type of [30, 31, 32, 37, 39, 40, 200]) {
    f.icmp(`type ${type}`, cat(num(type, 1), "00 0000 01020304 05060708"));
  }
  for (const [name, extension] of Object.entries(EXTENSIONS)) {
    f.icmp(`extension: ${name}`, cat("0b 00 0000 00 20 0000", padded(quoted, 128), extension));
    if (name.startsWith("identification")) {
      f.icmp(`extended echo: ${name}`, cat("2a 00 0000 1234 07 01", extension));
    }
  }
  f.icmp(
    "extension behind a packet that fills its room",
    cat("0b 00 0000 00 21 0000", long, EXTENSIONS["MPLS labels"]),
  );
  f.icmp(
    "extension without a told length",
    cat("0b 00 0000 00 00 0000", padded(quoted, 128), EXTENSIONS["MPLS labels"]),
  );
  for (let code = 0; code <= 4; code++) {
    f.icmp(
      `extended echo reply, code ${code}`,
      cat("2b", num(code, 1), "0000 1234 07", num(0x47 + code * 32, 1)),
    );
  }
  f.icmp("bad checksum", "08 00 0000 1234 0001 'abcdefgh'");
  f.all.at(-1)!.bytes[36] ^= 0xff;

  const igmp = (name: string, message: Bytes, options: Bytes = "94 04 0000"): void =>
    f.ip(`IGMP: ${name}`, 2, message, options, { dst: "e0000001" });
  igmp("version 0, create", "01 01 0000 12345678 e0000105 0102030405060708");
  for (let type = 2; type <= 8; type++) {
    igmp(
      `version 0, type ${type}`,
      cat(num(type, 1), num(type & 1 ? 0 : type / 2, 1), "0000 12345678 e0000105 0102030405060708"),
    );
  }
  igmp("version 0, reply pending", "02 1e 0000 12345678 e0000105 0102030405060708");
  igmp("version 1, query", "11 00 0000 00000000");
  igmp("version 1, report", "12 00 0000 e0000105");
  igmp("version 2, query", "11 64 0000 00000000");
  igmp("version 2, query of a group", "11 0a 0000 e0000105");
  igmp("version 2, report", "16 00 0000 e0000105");
  igmp("version 2, leave", "17 00 0000 e0000105");
  igmp("version 3, query", "11 64 0000 00000000 02 7d 0000");
  igmp("version 3, query with codes", "11 8a 0000 e0000105 fb 9c 0002 c0000201 c0000202");
  igmp(
    "version 3, report",
    "22 00 0000 0000 0006 " +
      "01 00 0001 e0000105 c0000201  02 00 0000 e0000106  03 00 0001 e0000107 c0000202" +
      "04 00 0000 e0000108  05 00 0002 e0000109 c0000203 c0000204  06 01 0001 e000010a c0000205 01020304",
  );
  igmp("version 3, a record of no known type", "22 00 0000 0000 0001 09 00 0000 e0000105");
  igmp("traceroute, query", "1f 20 0000 e0000105 c0000201 c0000202 c0000203 40 123456");
  igmp(
    "traceroute, answer",
    "1e 20 0000 e0000105 c0000201 c0000202 c0000203 40 123456" +
      "00000001 c0000204 c0000205 c0000206 00000002 00000003 00000004 03 02 c7 00" +
      "00000001 c0000207 c0000208 c0000209 00000002 00000003 00000004 0b 02 20 83",
  );
  igmp("of no known type", "77 00 0000 01020304");
  igmp("DVMRP, version 3, probe", "13 01 0000 00 0e ff 03 00000007 c0000201 c0000202");
  igmp(
    "DVMRP, version 3, report",
    "13 02 0000 00 00 ff 03 ffff00 c00002 01 c00003 82 000000 00 81 ff0000 c006 83",
  );
  igmp("DVMRP, version 3, ask neighbours", "13 05 0000 00 00 ff 03");
  igmp(
    "DVMRP, version 3, neighbours",
    "13 06 0000 00 0e ff 03 c0000201 01 02 00 01 c0000202 c0000203 01 02 80 02 c0000204 c0000205",
  );
  igmp("DVMRP, version 3, prune", "13 07 0000 00 00 ff 03 c0000201 e0000105 00000708");
  igmp(
    "DVMRP, version 3, prune with a mask",
    "13 07 0000 00 00 ff 03 c0000201 e0000105 00000708 ffffff00",
  );
  igmp("DVMRP, version 3, graft", "13 08 0000 00 00 ff 03 c0000201 e0000105");
  igmp("DVMRP, version 3, graft with a mask", "13 08 0000 00 00 ff 03 c0000201 e0000105 ffffff00");
  igmp("DVMRP, version 3, graft acknowledged", "13 09 0000 00 00 ff 03 c0000201 e0000105");
  igmp("DVMRP, version 3, of no known code", "13 63 0000 00 00 ff 03 01020304");
  igmp("DVMRP, version 3, all capabilities", "13 01 0000 00 2f ff 03 00000007");
  for (
    const [name, commands] of [
      ["family", "02 02"],
      ["flags", "05 03"],
      ["infinity", "06 20"],
      ["metric", "04 01"],
      ["no mask", "03 00"],
      ["nothing said", "00 00"],
    ] as const
  ) {
    igmp(`DVMRP, version 1, ${name}`, `13 01 0000 ${commands}`);
  }
  for (
    const [name, type, subtype, message] of [
      ["report: password join", "40", "02", "'secret'"],
      ["report: challenge request", "40", "03", ""],
      ["report: challenge response", "40", "04", "0102030405060708090a0b0c0d0e0f10"],
      ["query: basic", "41", "21", ""],
      ["query: challenge", "41", "23", "0102030405060708"],
      ["query: authentication", "41", "24", "11"],
      ["query: authentication rejected", "41", "24", "21"],
      ["query: accounting", "41", "25", "11"],
      ["query: notification", "41", "26", "'hello'"],
      ["leave", "42", "41", ""],
      ["leave: password", "42", "42", "'secret'"],
      ["leave: challenge request", "42", "43", ""],
      ["leave: challenge response", "42", "44", "0102030405060708090a0b0c0d0e0f10"],
      ["of no known sub-type", "40", "77", "'what'"],
    ] as const
  ) {
    const account = b("'user'"), m = b(message);
    igmp(
      `IGAP, ${name}`,
      cat(
        type,
        "64 0000 e0000105 10",
        subtype,
        "00 07",
        num(account.length, 1),
        num(m.length, 1),
        "0000",
        account,
        new Uint8Array(16 - account.length),
        m,
      ),
    );
  }
  const rgmp = (name: string, message: Bytes): void =>
    f.ip(`RGMP: ${name}`, 2, message, "94 04 0000", { dst: "e0000019" });
  rgmp("leave", "fc 00 0000 e0000105");
  rgmp("join", "fd 00 0000 e0000105");
  rgmp("bye", "fe 00 0000 00000000");
  rgmp("hello", "ff 00 0000 00000000");
  rgmp("of no known type", "10 00 0000 00000000");
  const msnip = (name: string, message: Bytes, dst = "e0000016"): void =>
    f.ip(`MSNIP: ${name}`, 2, message, "94 04 0000", { dst });
  msnip("membership map", "23 02 0000 00000708 e0000100 18 000000 e0000200 20 000000");
  msnip("interest solicitation", "24 00 0000 0708 1234");
  msnip("receiver membership report", "25 02 0000 01 000000 e0000105 02 000000 e0000106");
  return f.all;
}
