/** ICMPv6 of every type, with every option of Neighbor Discovery and of RPL. */
import { type Bytes, cat, type Crafted, Frames, num, padded } from "./_frames.ts";

const A = "20010db8 00000000 00000000 0000000a", B = "20010db8 00000000 00000000 0000000b";
const KEY = "0102030405060708";
const GROUP = "ff020000 00000000 00000000 00000105";
/** An X.501 name: one common name (DER). */
const NAME = "30 0f 31 0d 30 0b 06 03 55 04 03 0c 04 'name'";

/** Options of Neighbor Discovery: type, and what stands behind the length. */
const OPTIONS: readonly (readonly [name: string, type: number, data: Bytes])[] = [
  ["source address", 1, "020000000001"],
  ["source address of 8 bytes", 1, "0200000000010203 000000000000"],
  ["source address of 14 bytes", 1, "0200000000010203 000000000001"],
  ["source address of 14 bytes", 1, "0200000000010203 010000000000"],
  ["target address", 2, "020000000001"],
  ["target address of 8 bytes", 2, "0200000000010203 000000000000"],
  ["target address of 14 bytes", 2, "0200000000010203 000100000000"],
  ["prefix", 3, `40 e0 00000708 ffffffff 00000000 ${A}`],
  ["MTU", 5, "0000 000005dc"],
  ["shortcut limit", 6, "07 00 00000000"],
  ["advertisement interval", 7, "0000 00000708"],
  ["home agent", 8, "0000 0001 0708"],
  ["source address list", 9, `0000 00000000 ${A} ${B}`],
  ["target address list", 10, `0000 00000000 ${A}`],
  [
    "CGA",
    11,
    "01 00 0102030405060708090a0b0c0d0e0f10 20010db800000000 00 " +
    "3010 3009 06072a8648ce3d0201 0303 000102",
  ],
  [
    "CGA with a key",
    11,
    "01 00 0102030405060708090a0b0c0d0e0f10 20010db800000000 00 " +
    "3010 3009 06072a8648ce3d0201 0303 000102 0001 0004 01020304",
  ],
  ["RSA signature", 12, cat("0000", "0102030405060708090a0b0c0d0e0f10", "aabbccddeeff 0102 0304")],
  ["time stamp", 13, "000000000000 00006553f100 8000"],
  ["nonce", 14, "010203040506"],
  ["trust anchor, X.501 name", 15, cat("01 03", NAME, "000000")],
  ["trust anchor, domain name", 15, "02 09 'example.net'"],
  ["trust anchor, key identifier", 15, "03 00 0102030405060708090a0b0c"],
  ["certificate", 16, "01 00 30 03 02 01 05 000000 0000"],
  ["certificate of another type", 16, "02 00 0102 0304"],
  ["address or prefix", 17, `01 40 00000000 ${A}`],
  ["new router prefix", 18, `00 40 00000000 ${A}`],
  ["link-layer address", 19, "02 020000000001 000000 00000000"],
  ["advertisement acknowledgment", 20, "00 01 00000000"],
  ["advertisement acknowledgment with an address", 20, `00 02 00000000 ${A}`],
  ["MAP", 23, `5a 80 00000708 ${A}`],
  ["route, 24 bits", 24, "00 18 00000708"],
  ["route, 64 bits", 24, "40 08 ffffffff 20010db800000000"],
  ["route, 128 bits", 24, `80 10 00000708 ${A}`],
  ["name servers", 25, `0000 00000708 ${A} ${B}`],
  ["name server, forever", 25, `0000 ffffffff ${A}`],
  ["more flags", 26, "fc00 00000000"],
  ["handover key request", 27, "04 10 0102030405060708 00000000"],
  ["handover key reply", 28, "04 20 0708 0102030405060708 0000 00000000"],
  ["handover assist", 29, "01 04 01020304 "],
  ["mobile node identifier", 30, "01 04 01020304"],
  ["search list", 31, "0000 00000708 07 'example' 03 'net' 00 02 'lo' 00 00000000 00000000"],
  ["proxy signature", 32, cat("0000 0102030405060708090a0b0c0d0e0f10 aabbccddeeff 0102 0304")],
  ["address registration", 33, "00 00 0000 0708 0102030405060708"],
  ["6LoWPAN context, 64 bits", 34, "40 15 0000 0708 20010db800000000"],
  ["6LoWPAN context, 128 bits", 34, `80 05 0000 0708 ${A}`],
  ["authoritative border router", 35, `0001 0002 0708 ${A}`],
  ["6LoWPAN capability", 36, "0001 00000000"],
  ["captive portal", 37, "'https://a.example/' 00000000"],
  ["NAT64 prefix", 38, "0708 0064ff9b 00000000 00000000"],
  ["NAT64 prefix, 64 bits", 38, "0709 20010db8 00000001 00000000"],
  ["NAT64 prefix, 32 bits", 38, "070d 20010db8 00000000 00000000"],
  ["NAT64 prefix of no known length", 38, "070f 20010db8 00000000 00000000"],
  ["CARD request", 138, "010203040506"],
  ["experiment", 253, "010203040506"],
  ["of no known type", 99, "010203040506 0102030405060708"],
];

/** Options of RPL: type, and what stands behind the length. */
const RPL: readonly (readonly [name: string, type: number, data: Bytes])[] = [
  ["n bytes of padding", 1, "000000"],
  ["metric: node state", 2, "01 0780 02 0003"],
  ["metric: node state with a TLV", 2, "01 0401 07 00ff 01 03 010203"],
  ["metric: node energy", 2, "02 0003 02 ff64"],
  ["metric: hop count", 2, "03 0003 02 ff07"],
  ["metric: throughput", 2, "04 0003 08 00000001 00000002"],
  ["metric: latency", 2, "05 0003 04 00000001"],
  ["metric: link quality", 2, "06 0003 03 00 e1 22"],
  ["metric: ETX", 2, "07 0003 04 0080 0100"],
  ["metric: color", 2, "08 0003 05 00 ffc1 0042"],
  ["metric: color demanded", 2, "08 0203 03 00 ffc1"],
  ["metric of no known type", 2, "09 0003 02 0102"],
  ["two metrics", 2, "03 0003 02 0007 07 0003 02 0080"],
  ["route", 3, "40 08 00000708 20010db800000000"],
  ["configuration", 4, "0f 08 0c 0a 0700 0100 0001 00 ff 003c"],
  ["target, 64 bits", 5, "00 40 20010db800000000"],
  ["target", 5, `00 80 ${A}`],
  ["transit", 6, "80 00 01 1e"],
  ["transit with a parent", 6, `00 c0 01 ff ${A}`],
  ["solicited", 7, `1e e0 ${A} 07`],
  ["prefix", 8, `40 e0 00000708 ffffffff 00000000 ${A}`],
  ["target descriptor", 9, "01020304"],
  ["route discovery", 10, `c2 47 ${A.slice(4)} ${B.slice(4)}`],
  ["route discovery, whole addresses", 10, `30 c1 ${A} ${B}`],
  ["of no known type", 99, "010203"],
];

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(6);
  const quoted = f.packet6(17, "9c40 9c41 000a 0000 abcd");
  const types = (name: string, type: number, codes: number, rest: Bytes): void => {
    for (let code = 0; code <= codes; code++) {
      f.icmp6(`${name}, code ${code}`, cat(num(type, 1), num(code, 1), "0000", rest));
    }
  };
  types("unreachable", 1, 8, cat("00000000", quoted));
  types("too big", 2, 0, cat("000005dc", quoted));
  types("exceeded", 3, 1, cat("00000000", quoted));
  types("parameter problem", 4, 3, cat("00000006", quoted));
  f.icmp6(
    "exceeded, extension",
    cat("03 00 0000 10 000000", padded(quoted, 128), "2000 0000 0008 01 01 00064f40"),
  );
  f.icmp6(
    "unreachable, extension",
    cat("01 00 0000 10 000000", padded(quoted, 128), "2000 0000 0008 02 08 00000007"),
  );
  types("echo", 128, 0, "1234 0001 'abcdefgh'");
  types("echo reply", 129, 0, "1234 0001 'abcdefgh'");
  types("listener query, version 1", 130, 0, `03e8 0000 ${GROUP}`);
  types("listener query, version 2", 130, 0, `83e8 0000 ${GROUP} 0a 9c 0002 ${A} ${B}`);
  types("listener report", 131, 0, `0000 0000 ${GROUP}`);
  types("listener done", 132, 0, `0000 0000 ${GROUP}`);
  types(
    "listener report, version 2",
    143,
    0,
    `0000 0002 01 00 0001 ${GROUP} ${A} 06 01 0000 ${GROUP} 01020304`,
  );
  types("listener report of a type nobody knows", 143, 0, `0000 0001 09 00 0000 ${GROUP}`);
  for (const [name, type, data] of OPTIONS) {
    const d = cat(data);
    const whole = new Uint8Array((d.length + 2 + 7) & ~7);
    whole.set([type, whole.length / 8]);
    whole.set(d, 2);
    f.icmp6(`ND option: ${name}`, cat("86 00 0000 40 f8 0708 00000001 00000002", whole));
  }
  f.icmp6("router solicitation", "85 00 0000 00000000 01 01 020000000001");
  f.icmp6("neighbor solicitation", `87 00 0000 00000000 ${A} 01 01 020000000001`);
  f.icmp6("neighbor advertisement", `88 00 0000 e0000000 ${A} 02 01 020000000001`);
  f.icmp6("redirect", `89 00 0000 00000000 ${A} ${B} 02 01 020000000001`);
  {
    const whole = padded(quoted, 8);
    f.icmp6(
      "redirect with the packet",
      cat(`89 00 0000 00000000 ${A} ${B} 04`, num(whole.length / 8 + 1, 1), "000000000000", whole),
    );
  }
  f.icmp6(
    "renumbering, command",
    `8a 00 0000 00000001 02 f8 0708 00000000 01 0a 07 40 00 80 0000 ${A} ` +
      `40 10 c0 80 00000708 ffffffff c0000000 ${B}`,
  );
  f.icmp6(
    "renumbering, change",
    `8a 00 0000 00000001 02 08 0708 00000000 02 03 07 40 00 80 0000 ${A}`,
  );
  f.icmp6(
    "renumbering, result",
    `8a 01 0000 00000001 02 48 0708 00000000 0003 07 40 00000002 ${A}`,
  );
  f.icmp6("renumbering, sequence reset", "8a ff 0000 00000001 02 00 0708 00000000");
  f.icmp6("node information, query by address", `8b 00 0000 0003 003f 0102030405060708 ${A}`);
  f.icmp6(
    "node information, query by name",
    "8b 01 0000 0002 0000 0102030405060708 04 'host' 07 'example' 00",
  );
  f.icmp6(
    "node information, query by IPv4 address",
    "8b 02 0000 0004 0000 0102030405060708 c0000201",
  );
  f.icmp6("node information, nothing asked", "8b 01 0000 0000 0000 0102030405060708");
  f.icmp6(
    "node information, name",
    "8c 00 0000 0002 0000 0102030405060708 00000708 04 'host' 07 'example' 00",
  );
  f.icmp6(
    "node information, addresses",
    `8c 00 0000 0003 0001 0102030405060708 00000708 ${A} 00000709 ${B}`,
  );
  f.icmp6(
    "node information, IPv4 addresses",
    "8c 00 0000 0004 0000 0102030405060708 00000708 c0000201 00000709 c0000202",
  );
  f.icmp6("node information, refused", "8c 01 0000 0002 0000 0102030405060708");
  f.icmp6("node information, unknown", "8c 02 0000 0007 0000 0102030405060708");
  f.icmp6("inverse solicitation", `8d 00 0000 00000000 01 01 020000000001 02 01 020000000002`);
  f.icmp6(
    "inverse advertisement",
    `8e 00 0000 00000000 01 01 020000000001 0a 03 000000000000 ${A}`,
  );
  f.icmp6("home agent discovery", "90 00 0000 1234 0000");
  f.icmp6("home agent discovery, answer", `91 00 0000 1234 0000 ${A} ${B}`);
  f.icmp6("mobile prefix solicitation", "92 00 0000 1234 0000");
  f.icmp6(
    "mobile prefix advertisement",
    `93 00 0000 1234 c000 03 04 40 c0 00000708 ffffffff 00000000 ${A}`,
  );
  f.icmp6(
    "certification path solicitation",
    cat("94 00 0000 1234 ffff 0f 03 01 03", NAME, "000000"),
  );
  f.icmp6(
    "certification path advertisement",
    "95 00 0000 1234 0003 0001 0000 10 02 01 00 3003020105 00000000000000",
  );
  f.icmp6(
    "router solicitation for proxy advertisement",
    "9a 00 0000 02 00 1234 13 02 02 020000000001 00000000000000",
  );
  f.icmp6("proxy router advertisement", `9a 01 0000 03 00 1234 11 03 01 40 00000000 ${A}`);
  f.icmp6("handover initiate", "9a 00 0000 04 c0 1234 13 02 02 020000000001 00000000000000");
  f.icmp6("handover acknowledge", "9a 00 0000 05 00 1234");
  f.icmp6("handover of no known sub-type", "9a 00 0000 09 00 1234");
  f.icmp6("experimental mobility", "96 00 0000 02 00 1234");
  f.icmp6("multicast router advertisement", "97 14 0000 007d 0002");
  f.icmp6("multicast router solicitation", "98 00 0000");
  f.icmp6("multicast router termination", "99 00 0000");
  for (const [name, type, data] of RPL) {
    const d = cat(data);
    f.icmp6(
      `RPL option: ${name}`,
      cat(`9b 01 0000 1e f0 0100 88 f0 00 00 ${A}`, num(type, 1), num(d.length, 1), d),
    );
  }
  f.icmp6("RPL option: one byte of padding", cat(`9b 01 0000 1e f0 0100 88 f0 00 00 ${A} 00`));
  f.icmp6("RPL, solicitation", "9b 00 0000 00 00");
  f.icmp6("RPL, solicitation with an option", `9b 00 0000 00 00 07 13 1e e0 ${A} 07`);
  f.icmp6(
    "RPL, advertisement",
    "9b 02 0000 1e 80 00 f1 05 12 00 80 20010db800000000000000000000000a",
  );
  f.icmp6("RPL, advertisement with an identifier", `9b 02 0000 1e c0 00 f1 ${A}`);
  f.icmp6("RPL, acknowledgment", "9b 03 0000 1e 00 f1 00");
  f.icmp6("RPL, acknowledgment with an identifier", `9b 03 0000 1e 80 f1 80 ${A}`);
  f.icmp6("RPL, discovery reply", `9b 04 0000 1e f0 f000 ${A} 0a 12 80 02 ${B}`);
  f.icmp6("RPL, discovery reply acknowledged", `9b 05 0000 1e f0 c000 ${A}`);
  f.icmp6("RPL, consistency check", `9b 8a 0000 80 00 41 00 00000007 1e 80 1234 ${A} 00000009`);
  for (
    const [code, body] of Object.entries({
      80: "00 00",
      81: `1e f0 0100 88 f0 00 00 ${A}`,
      82: "1e 80 00 f1",
      83: "1e 00 f1 00",
      84: `1e f0 f000 ${A}`,
      85: `1e f0 c000 ${A}`,
    })
  ) {
    // Wireshark 4.0 looks at the level where the mode is meant: each where both ask for the same.
    for (
      const [mode, key] of [["00", "09"], ["41", ""], ["82", `${KEY} 09`], ["c3", `${KEY} 09`]]
    ) {
      f.icmp6(
        `RPL, secured, code ${code}, mode ${mode}`,
        `9b ${code} 0000 80 00 ${mode} 00 00000007 ${key} ${body}`,
      );
    }
  }
  f.icmp6("RPL of no known code", "9b 33 0000 01020304");
  f.icmp6(
    "locator update",
    "9c 00 0000 02 00 0000 0102030405060708 0001 0708 1112131415161718 0002 0709",
  );
  f.icmp6("locator update, acknowledged", "9c 00 0000 01 01 0000 0102030405060708 0001 0708");
  f.icmp6("duplicate address request", `9d 00 0000 00 00 0708 0102030405060708 ${A}`);
  f.icmp6("duplicate address confirmation", `9e 00 0000 01 00 0708 0102030405060708 ${A}`);
  f.icmp6(
    "MPL control",
    "9f 00 0000 07 04 a1 07 05 1234 80 07 06 0102030405060708 c0 07 07 0102030405060708 0102030405060708 01",
  );
  f.icmp6("extended echo", "a0 00 0000 1234 07 01 2000 0000 0008 03 02 00000007");
  types("extended echo reply", 161, 4, "1234 07 47");
  for (const type of [100, 101, 127, 200, 201, 255]) {
    f.icmp6(`type ${type}`, cat(num(type, 1), "00 0000 01020304"));
  }
  f.icmp6("bad checksum", "80 00 0000 1234 0001");
  f.all.at(-1)!.bytes[56] ^= 0xff;
  return f.all;
}
