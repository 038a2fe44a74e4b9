/** IPv4 with every option, IPv6 with every option, routing header and form of address. */
import { cat, type Crafted, Frames, num, padded } from "./_frames.ts";

const UDP = "9c40 9c41 0008 0000";
/** Options of IPv4 by name. */
const OPTIONS: Readonly<Record<string, string>> = {
  "no operation, end": "01 01 00",
  "no operation three times": "01 01 01 94 04 0000",
  "record route, empty": "07 07 04 00000000",
  "record route, one recorded": "07 0b 08 c0000209 00000000",
  "record route, full": "07 0b 0c c0000209 c000020a",
  "record route, pointer too small": "07 07 03 00000000",
  "record route, pointer amid an address": "07 0b 06 c0000209 00000000",
  "loose source route, under way": "83 0b 08 c0000209 c000020a",
  "loose source route, at its end": "83 0b 0c c0000209 c000020a",
  "strict source route": "89 0f 08 c0000209 c000020a c000020b",
  "time stamps only": "44 0c 09 00 00000001 00000002",
  "time stamps and addresses": "44 14 0d 21 c0000209 00000001 c000020a 00000000",
  "time stamps prespecified": "44 0c 05 03 c0000209 00000000",
  "time stamps of another kind": "44 08 05 07 00000009",
  "security of RFC 791": "82 0b f135 0001 'AB' 'XYZ'",
  "security of RFC 791, top secret": "82 0b 6bc5 0000 0000 000000",
  "security of RFC 1108": "82 03 3d",
  "security of RFC 1108, authorities": "82 04 5a a8",
  "security of RFC 1108, authorities in two octets": "82 05 ab ff fe",
  "security of RFC 1108, authorities in three octets": "82 06 ab 0b 01 40",
  "extended security": "85 05 07 0102",
  "extended security, no more than a format": "85 03 09",
  "CIPSO, bitmap": "86 0d 00000003 01 07 00 04 80 01 ff",
  "CIPSO, enumerated": "86 0e 00000003 02 08 00 04 0001 00ff",
  "CIPSO, ranges": "86 12 00000003 05 0c 00 04 0009 0005 0003 0001",
  "CIPSO, half a range": "86 10 00000003 05 0a 00 04 0009 0005 0003",
  "CIPSO, permissive, free, padding": "86 0f 00000003 00 06 05 010203 07 03 aa",
  "CIPSO, no categories": "86 0a 00000003 01 04 00 09",
  "CIPSO, another tag": "86 0a 00000003 09 04 0102",
  "stream": "88 04 1234",
  "MTU probe": "0b 04 05dc",
  "MTU reply": "0c 04 0578",
  "traceroute": "52 0c 1234 0001 0002 c0000207",
  "traceroute of another length": "52 08 1234 0001 0002",
  "router alert": "94 04 0000",
  "router alert, another value": "94 04 0007",
  "selective directed broadcast": "95 0a c0000207 c0000208",
  "selective directed broadcast, padded": "95 08 c0000207 0102",
  "loose source route, pointer too small": "83 0b 03 c0000209 c000020a",
  "quick-start request": "19 08 05 07 12345678",
  "quick-start request, rate 0": "19 08 00 07 12345678",
  "quick-start report": "19 08 85 07 12345678",
  "quick-start of another function": "19 08 45 07 12345678",
  "experiment": "1e 04 abcd",
  "experiment, copied": "9e 06 abcd 0102",
  "of no known type": "99 04 0102",
};

/** An option of IPv6 behind its type and length. */
const OPTIONS6: readonly (readonly [name: string, option: string])[] = [
  ["PadN", "01 04 00000000"],
  ["PadN with something in it", "01 04 00010203"],
  ["tunnel encapsulation limit", "04 01 05 01 00"],
  ["router alert", "05 02 0001 01 00"],
  ["home address", "c9 10 20010db8 00000000 00000000 00000007"],
  ["CALIPSO", "07 0c 00000001 01 05 abcd 80000001"],
  ["CALIPSO without compartments", "07 08 00000001 00 05 abcd"],
  ["SMF_DPD, a tagger's sequence", "08 07 13 c0000201 1234"],
  ["SMF_DPD, a default tagger", "08 03 00 1234"],
  ["SMF_DPD, an IPv6 tagger", "08 13 3f 20010db8 00000000 00000000 00000007 1234"],
  ["SMF_DPD, a hash", "08 04 81020304"],
  ["performance and diagnostic metrics", "0f 0a 1122 0003 0004 0005 0006"],
  ["quick-start request", "26 06 05 07 12345678"],
  ["quick-start report", "26 06 85 07 12345678"],
  ["quick-start of another function", "26 06 45 07 12345678"],
  ["path MTU record", "30 04 05dc 0578"],
  ["path MTU record, asked", "30 04 05dc 0579"],
  ["RPL", "63 04 e0 07 0100"],
  ["RPL of RFC 9008", "23 04 a0 07 0100"],
  ["RPL with something behind", "63 06 80 07 0100 abcd"],
  ["MPL, seed by the source", "6d 02 30 07"],
  ["MPL, seed of 2 bytes", "6d 04 60 07 1234"],
  ["MPL, seed of 8 bytes", "6d 0a 90 07 0102030405060708"],
  ["MPL, seed of 16 bytes", "6d 12 f0 07 0102030405060708 0102030405060708"],
  ["ILNP nonce", "8b 04 01020304"],
  ["line identification", "8c 05 04 'line'"],
  ["endpoint identification", "8a 04 01020304"],
  ["MIPv6 routing alternate", "ee 03 000102"],
  ["tunneled packet forwarding", "41 04 'tpf '"],
  ["depth-first forwarding", "ee 03 3f 0102"],
  ["depth-first forwarding, flags", "ee 03 60 0001"],
  ["experiment", "1e 03 010203"],
  ["of no known type", "3d 03 010203"],
  ["deprecated endpoint", "4d 02 0102"],
  ["jumbo, too small", "c2 04 00000100"],
  [
    "IOAM, pre-allocated trace",
    "31 2a 00 00 0001 2004 f00000 00" +
    "00000000 00000000 00000000 00000000 01000007 00010002 00000003 00000004",
  ],
  [
    "IOAM, pre-allocated trace, full, overflow",
    "31 1a 00 00 0001 2400 f00000 00" +
    "01000007 00010002 00000003 00000004",
  ],
  [
    "IOAM, all of a node",
    "31 5a 00 00 0001 7800 fff002 00" +
    "01000007 00010002 00000003 00000004 00000005 00000006 00000007 00000008" +
    "0100000000000009 0000000a0000000b 000000000000000c 0000000d" +
    "01000001 01020304",
  ],
  ["IOAM, undefined parts of a node", "31 12 00 00 0001 1000 000c00 00 00000001 00000002"],
  ["IOAM, opaque state alone", "31 16 00 00 0001 0000 000002 00 02000001 0102030405060708"],
  ["IOAM, incremental trace", "31 12 00 01 0001 1000 c00000 00 01000007 00010002"],
  ["IOAM, proof of transit", "31 06 00 02 01020304"],
  ["IOAM, edge to edge", "31 06 00 03 01020304"],
];

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(3);
  for (const [name, o] of Object.entries(OPTIONS)) f.ip(`IPv4 option: ${name}`, 17, UDP, o);
  f.ip("IPv4: reserved bit", 17, UDP, "", { fragment: "8000" });
  f.ip("IPv4: a later fragment", 17, UDP, "", { fragment: "2001" });
  for (const [name, o] of OPTIONS6) {
    const option = cat(o);
    option[1] = option.length - 2;
    const list = padded(cat("0000", option), 8).subarray(2);
    const header = cat(num(17, 1), num((list.length + 2) / 8 - 1, 1), list);
    const place = { upper: 17, at: header.length };
    if (name !== "home address") {
      f.ip6(`hop-by-hop option: ${name}`, 0, cat(header, UDP), place);
    }
    f.ip6(`destination option: ${name}`, 60, cat(header, UDP), place);
  }
  const routing = (name: string, type: number, left: number, data: string): void => {
    const d = cat(data);
    const header = cat(num(17, 1), num((d.length + 4) / 8 - 1, 1), num(type, 1), num(left, 1), d);
    f.ip6(`routing header: ${name}`, 43, cat(header, UDP), { upper: 17, at: header.length });
  };
  const A = "20010db8 00000000 00000000 0000000a", B = "20010db8 00000000 00000000 0000000b";
  routing("source route", 0, 2, `00000000 ${A} ${B}`);
  routing("source route, at its end", 0, 0, `00000000 ${A}`);
  routing("source route, more left than there are", 0, 9, `00000000 ${A}`);
  routing("source route of odd length", 0, 1, `00000000 ${A} 0102030405060708`);
  routing("nimrod", 1, 1, `00000000 ${A}`);
  routing("home address", 2, 1, `00000000 ${A}`);
  routing("home address of another length", 2, 1, `00000000 ${A} ${B}`);
  routing("RPL", 3, 2, `fe600000 000a 000b 00000000 00000000`.replace("fe600000", "ee400000"));
  routing("RPL, full addresses", 3, 2, `00000000 ${A} ${B}`);
  routing("RPL, last compressed otherwise", 3, 2, "ef400000 000a 0b 0000000000");
  routing("RPL, at its end", 3, 0, "11012345 0102030405060708 090a0b0c0d0e0f 00");
  routing("RPL with a flaw: reserved bits", 3, 1, `00012345 ${A}`);
  routing("segments", 4, 1, `01 00 0007 ${A} ${B}`);
  routing("segments with flags", 4, 0, `00 ff 1234 ${A}`);
  routing("segments with HMAC", 4, 0, `00 08 0000 ${A} 05 26 0000 00000001 ${A} ${B}`);
  routing("segments with padding", 4, 0, `00 00 0000 ${A} 04 06 000000000000`);
  routing("segments with other TLVs", 4, 0, `00 00 0000 ${A} 7c 06 010203040506`);
  routing("compact, 16 bits", 5, 1, "0001 0002 0003 0004 0005 0006");
  routing("compact, 32 bits", 6, 1, "00000001 00000002 00000003");
  routing("experiment", 253, 1, "01020304");
  routing("of no known type", 9, 1, "01020304 05060708 090a0b0c");
  f.ip6("fragment header", 44, cat("11 ff 0007 00001234", UDP));
  f.ip6("fragment header of a whole packet", 44, cat("11 00 0000 00001234", UDP), {
    upper: 17,
    at: 8,
  });
  for (
    const [name, address] of Object.entries({
      "EUI-64 of a MAC address": "20010db8 00000000 020000fffe000001",
      "ISATAP": "fe80000000000000 00005efe c0000201",
      "ISATAP of a global address": "20010db800000000 02005efe c6336401",
      "6to4": "2002 c0000201 0007 0000000000000001",
      "Teredo": "20010000 c0000207 8000 63bf 3ffffdfe",
      "well-known prefix": "0064ff9b 00000000 00000000 c0000201",
      "local-use prefix": "0064ff9b 0001 00c0 00000002 01000000",
      "IPv4-mapped": "00000000 00000000 0000ffff c0000201",
      "IPv4-compatible": "00000000 00000000 00000000 c0000201",
      "multicast": "ff020000 00000000 00000000 00000001",
      "unique local": "fd000000 00000000 00000000 00000001",
      "loopback": "00000000 00000000 00000000 00000001",
    })
  ) {
    f.ip6(`address: ${name}`, 17, UDP, { src: address, dst: address });
  }
  return f.all;
}
