/** Ethernet, VLAN tags, 802.2 LLC with SNAP, Linux' cooked captures, null and loopback. */
import { cat, counted, type Crafted, Frames, num } from "./_frames.ts";

const ETHERNET = 1, NULL = 0, LINUX_SLL = 113, LOOP = 108, LINUX_SLL2 = 276, RAW = 101;

/** What stands in frames that exchange identification. */
const IDENTIFICATIONS = {
  "basic format": "81 01 0e",
  "basic format, all types": "81 07 ff",
  "basic format, no type": "81 00 00 0102",
  "basic format, short": "81 02",
  "another format": "82 80 00 0102",
  "nothing": "",
};

/** Control fields of LLC, low byte first. */
const CONTROLS: Readonly<Record<string, string>> = {
  "information": "0402",
  "information, poll": "0403",
  "receiver ready": "0106",
  "receiver not ready, poll": "0507",
  "reject": "0906",
  "selective reject": "0d06",
  "XID": "bf",
  "TEST": "f3",
  "SABME": "7f",
  "disconnect": "43",
  "acknowledge": "73",
  "frame reject": "97",
  "unnumbered information, poll": "13",
  "SABM": "2f",
  "reset": "8f",
};

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(1);
  const inner = f.packet(17, "9c40 9c41 000a 0000 abcd");
  f.ether("a length that is no type either", 1501, new Uint8Array(64));
  f.ether("type 0", 0, new Uint8Array(46));
  f.ether("padding", 0x0800, cat(inner, new Uint8Array(46 - inner.length)));
  f.ether("trailer", 0x0800, cat(inner, new Uint8Array(40 - inner.length), "0102030405060708"));
  f.add("group address as source", ETHERNET, cat("ffffffffffff 030000000001 0800", inner));
  f.ether("VLAN tag", 0x8100, cat("b007 0800", inner));
  f.ether("VLAN tag of a length", 0x8100, cat("2007 0003 424203", new Uint8Array(40)));
  f.ether("VLAN tag, trailer", 0x8100, cat("2007 0800", inner, new Uint8Array(20)));
  f.ether(
    "VLAN tag, padding and trailer",
    0x8100,
    cat("2007 0800", inner, new Uint8Array(14), "01020304"),
  );
  f.ether("two VLAN tags", 0x8100, cat("2007 8100 3008 0800", inner));
  f.ether("802.1ad, two tags", 0x88a8, cat("2007 88a8 d008 0800", inner));
  f.ether("802.1ad and 802.1Q", 0x88a8, cat("3007 8100 d008 0800", inner));
  f.ether("QinQ of old", 0x9100, cat("3007 8100 d008 0800", inner));
  f.ether("802.1ah", 0x88e7, cat("52 000007 020000000003 020000000004 0800", inner));
  f.ether(
    "802.1ah, padding and trailer",
    0x88e7,
    cat("52 000007 020000000003 020000000004 0800", inner, new Uint8Array(20), "01020304"),
  );
  for (const response of ["42", "43"]) {
    for (const [name, control] of Object.entries(CONTROLS)) {
      f.ieee(`LLC, SSAP ${response}: ${name}`, `fe ${response} ${control} 0102`);
    }
  }
  for (const control of ["af", "bf"]) {
    for (const [name, data] of Object.entries(IDENTIFICATIONS)) {
      f.ieee(`LLC, identification ${control}: ${name}`, `e0 04 ${control} ${data}`);
    }
  }
  f.ieee("LLC, group DSAP", "ff 42 03 0102");
  for (
    const oui of [
      "000000",
      "0000f8",
      "00005e",
      "004096",
      "001090",
      "00000c",
      "00e052",
      "0017f2",
      "00805f",
      "080007",
      "001958",
      "00e02b",
      "506f9a",
      "0001e8",
      "000081",
      "123456",
      "0080c2",
      "0040d6",
      "0013c0",
      "00004c",
      "000011",
      "00d063",
      "00e0b1",
    ]
  ) {
    f.ieee(`SNAP, OUI ${oui}`, `aa aa 03 ${oui} ffee 0102`);
  }
  f.ieee("SNAP, IPv4", cat("aa aa 03 000000 0800", inner));
  f.ieee("SNAP, IPv4 as Cisco does", cat("aa aa 03 0000f8 0800", inner));
  f.ieee("SNAP, polled", "aa aa 13 000000 0800 0102");
  f.ieee("802.3, IPv4 by its SAP", cat("06 06 03", inner));
  f.ether("802.3 with padding", 6, cat("fe 42 03 010203", new Uint8Array(40)));

  for (
    const [name, packetType, hardware, length, address, protocol, data] of [
      ["Ethernet", 0, 1, 6, "020000000001 0000", 0x0800, inner],
      ["Ethernet, IPv6", 4, 1, 6, "020000000001 0102", 0x86dd, f.packet6(59, "")],
      ["loopback", 0, 772, 6, "000000000000 0000", 0x0800, inner],
      ["a tunnel", 4, 768, 4, "c0000201 00000000", 0x0800, inner],
      ["no address", 3, 65534, 0, "0000000000000000", 0x0800, inner],
      ["an address of 8 bytes", 2, 32, 8, "0102030405060708", 0x0800, inner],
      ["an address longer than its room", 1, 32, 20, "0102030405060708", 0x0800, inner],
      ["GRE", 0, 778, 4, "c0000201 00000000", 0x0800, inner],
      ["GRE, another protocol", 0, 778, 4, "c0000201 00000000", 0x1234, "0102"],
      ["802.2", 0, 1, 6, "020000000001 0000", 4, cat("06 06 03", inner)],
      [
        "Ethernet within",
        0,
        1,
        6,
        "020000000001 0000",
        3,
        cat("020000000001 020000000002 0800", inner),
      ],
      ["PPP", 0, 512, 0, "0000000000000000", 7, cat("ff03 0021", inner)],
      ["Linux' own number", 0, 280, 0, "0000000000000000", 0x00f9, "0102"],
      ["a type nobody knows", 0, 1, 6, "020000000001 0000", 0x1234, "0102"],
      ["a VLAN tag", 0, 1, 6, "020000000001 0000", 0x8100, cat("2007 0800", inner)],
      ["with a trailer", 0, 1, 6, "020000000001 0000", 0x0800, cat(inner, "0102030405")],
      [
        "another packet type",
        7,
        803,
        6,
        "020000000001 0000",
        0x0806,
        "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202",
      ],
    ] as const
  ) {
    f.add(
      `SLL: ${name}`,
      LINUX_SLL,
      cat(num(packetType), num(hardware), num(length), address, num(protocol), data),
    );
    f.add(
      `SLL2: ${name}`,
      LINUX_SLL2,
      cat(
        num(protocol),
        "0000 00000003",
        num(hardware),
        num(packetType, 1),
        num(length, 1),
        address,
        data,
      ),
    );
  }
  f.add("null: family, little-endian", NULL, cat("02000000", inner));
  f.add("null: family in 16 bits", NULL, cat("00020000", inner));
  f.add("null: family in 16 bits, little-endian", NULL, cat("00000200", inner));
  f.add("null: OSI", NULL, "07000000 0102");
  f.add("null: a type", NULL, cat("00080000", inner));
  for (const [link, name] of [[NULL, "null"], [LOOP, "loop"]] as const) {
    f.add(`${name}: family, big-endian`, link, cat("00000002", inner));
    for (const family of [24, 28, 30]) {
      f.add(`${name}: IPv6 as ${family}`, link, cat(num(family, 4), f.packet6(59, "")));
    }
    f.add(`${name}: of no known family`, link, "00000063 0102");
  }
  f.add("raw: IPv4", RAW, inner);
  f.add("raw: IPv6", RAW, f.packet6(59, ""));
  f.add("raw: neither", RAW, "10 0102");
  f.ether("configuration test, reply", 0x9000, cat("0000 0100 0700", new Uint8Array(40)));
  f.ether(
    "configuration test, forwarded",
    0x9000,
    cat("0800 0200 020000000003 0100 0700", new Uint8Array(32)),
  );
  f.ether(
    "configuration test, forwarded twice",
    0x9000,
    cat("0000 0200 020000000003 0200 020000000004 0100 0700"),
  );
  f.ether("configuration test, unknown function", 0x9000, cat("0000 0500", counted("010203")));
  return f.all;
}
