/** TCP with every option and MPTCP sub-type, UDP and UDP-Lite in their odd forms. */
import { cat, type Crafted, Frames, num } from "./_frames.ts";

const SYN = 2, ACK = 0x10, RST = 4;
const KEY = "0102030405060708", KEY2 = "1112131415161718";

/** Options of a SYN. */
const OPENING: Readonly<Record<string, string>> = {
  "maximum segment size": "02 04 05b4",
  "window scale": "03 03 07",
  "window scale, greatest": "03 03 0e",
  "window scale, too great": "03 03 0f",
  "SACK permitted": "04 02",
  "time stamps": "08 0a 00000001 00000000",
  "echo": "06 06 00000005",
  "CC": "0b 06 00000007",
  "CC.NEW": "0c 06 00000008",
  "MD5": "13 12" + "ab".repeat(16),
  "SCPS": "14 04 f8 01",
  "SCPS, one flag": "14 04 40 00",
  "quick-start": "1b 08 85 07 12345678",
  "quick-start, rate 15": "1b 08 0f 00 00000000",
  "user timeout, seconds": "1c 04 0005",
  "user timeout, minutes": "1c 04 8005",
  "authentication": "1d 10 01 02 0102030405060708090a0b0c",
  "authentication without MAC": "1d 04 01 02",
  "fast open, request": "22 02",
  "fast open, cookie": "22 0a 0102030405060708",
  "fast open, experiment, request": "fe 04 f989",
  "fast open, experiment, cookie": "fe 0c f989 0102030405060708",
  "fast open, the other experiment": "fd 08 f989 01020304",
  "experiment, not known": "fd 08 1234 01020304",
  "experiment, no data": "fe 04 1234",
  "experiment, Host ID": "fd 08 0348 01020304",
  "experiment, shared memory": "fe 06 e2d4 c3d9",
  "experiment, encryption negotiation": "fd 06 454e 0102",
  "experiment shorter than an identifier": "fd 03 01",
  "skeeter": "10 04 0102",
  "bubba": "11 04 0102",
  "trailer checksum": "12 03 01",
  "alternate checksum": "0e 03 01",
  "alternate checksum data": "0f 04 0102",
  "partial order permitted": "09 02",
  "partial order": "0a 03 40",
  "encryption negotiation": "45 04 0102",
  "of no known kind": "63 05 010203",
  "of no known kind, empty": "63 02",
  "no operations": "01 01 01 01",
  "end, and what is behind it": "00 01 02 03",
  "usual of Linux": "02 04 05b4 04 02 08 0a 00000001 00000000 01 03 03 07",
  "Riverbed: query": "4c 0a 01 01 0a000001 0005 00",
  "Riverbed: response": "4c 0e 11 01 0a000001 0a000002 1f90",
  "Riverbed: internal": "4c 04 21 01",
  "Riverbed: trace": "4c 0a 31 01 0a000001 0005 00",
  "Riverbed: query SH": "4c 0a 41 01 0a000001 0005 00",
  "Riverbed: response SH": "4c 12 51 01 0a000001 0a000003 0a000002 1f90",
  "Riverbed: layout 1, type 6": "4c 08 61 01 0a000001",
  "Riverbed: query info": "4c 04 0c 05",
  "Riverbed: response info": "4c 04 0e 13",
  "Riverbed: query info, store": "4c 08 10 05 0a000001",
  "Riverbed: response info, store": "4c 08 12 05 00000007",
  "Riverbed: reset": "4c 04 14 05",
  "Riverbed transparency": "4e 10 0707 0a000001 0a000002 0001 0002",
  "Riverbed transparency, out of band": "4e 12 0002 0a000001 0a000002 0001 0002 1234",
  "MPTCP capable, version 0": "1e 0c 00 81 " + KEY,
  "MPTCP capable, version 1": "1e 04 01 01",
  "MPTCP capable, version 1, all flags": "1e 0c 01 ff " + KEY,
  "MPTCP join": "1e 0c 11 02 00000003 00000004",
  "MPTCP of no known sub-type": "1e 04 f0 01",
};
/** Options of segments behind the SYN. */
const LATER: Readonly<Record<string, string>> = {
  "SACK, one block": "05 0a 00000100 00000200",
  "SACK, four blocks":
    "05 22 00000100 00000200 00000300 00000400 00000500 00000600 00000700 00000800",
  "SACK, duplicate": "05 0a 00000001 00000005",
  "SACK, duplicate up to the acknowledgment": "05 0a 00000005 00000009",
  "SACK, from the acknowledgment": "05 0a 00000009 0000000a",
  "SACK, up to behind the acknowledgment": "05 0a 00000005 0000000a",
  "SACK, up to behind the acknowledgment, around the circle": "05 0a fffffff0 fffffff8",
  "SACK, duplicate of another's end": "05 12 00000100 00000120 00000110 00000200",
  "SACK, duplicate around the circle": "05 0a fffffff0 00000001",
  "SACK, duplicate equal to another": "05 12 00000100 00000200 00000100 00000200",
  "SACK, beyond the other": "05 12 00000100 00000220 00000100 00000200",
  "SACK, before the other": "05 12 00000100 00000120 00000120 00000200",
  "SACK, duplicate within another": "05 12 00000100 00000120 00000100 00000200",
  "echo reply": "07 06 00000006",
  "CC.ECHO": "0d 06 00000009",
  "SCPS record boundary": "16 02",
  "SCPS corruption": "17 02",
  "accurate ECN, order 0": "ac 0b 000001 000002 000003",
  "accurate ECN, order 0, two": "ac 08 000001 000002",
  "accurate ECN, order 0, one": "ac 05 000001",
  "accurate ECN, order 0, none": "ac 02",
  "accurate ECN, order 1": "ae 0b 000001 000002 000003",
  "accurate ECN, order 1, one": "ae 05 000001",
  "accurate ECN, experiment 0": "fd 0d acc0 000001 000002 000003",
  "accurate ECN, experiment 1": "fe 0a acc1 000001 000002",
  "accurate ECN, experiment of old": "fe 05 acce 01",
  "ACK rate": "fd 05 00ac 07",
  "ACK rate, asked": "fd 04 00ac",
  "time stamps": "01 01 08 0a 00000001 00000002",
  "MPTCP capable, both keys": `1e 14 00 81 ${KEY} ${KEY2}`,
  "MPTCP capable, version 1, both keys": `1e 14 01 01 ${KEY} ${KEY2}`,
  "MPTCP capable, data": `1e 16 01 01 ${KEY} ${KEY2} 0005`,
  "MPTCP capable, data and checksum": `1e 18 01 81 ${KEY} ${KEY2} 0005 abcd`,
  "MPTCP join, answer": `1e 10 11 02 ${KEY} 00000004`,
  "MPTCP join, third": "1e 18 10 00" + "ab".repeat(20),
  "MPTCP DSS, nothing": "1e 04 20 00",
  "MPTCP DSS, ack of 4 bytes": "1e 08 20 01 00000001",
  "MPTCP DSS, ack of 8 bytes": "1e 0c 20 03 0000000000000001",
  "MPTCP DSS, map": "1e 0e 20 04 00000002 00000003 0004",
  "MPTCP DSS, map and checksum": "1e 10 20 04 00000002 00000003 0004 abcd",
  "MPTCP DSS, wide map": "1e 12 20 0c 0000000000000002 00000003 0004",
  "MPTCP DSS, both, wide, fin": "1e 1c 20 1f 0000000000000001 0000000000000002 00000003 0004 abcd",
  "MPTCP DSS, both": "1e 14 20 05 00000001 00000002 00000003 0004 abcd",
  "MPTCP add address, IPv4": "1e 08 34 01 c0a80001",
  "MPTCP add address, IPv4 and port": "1e 0a 34 01 c0a80001 0050",
  "MPTCP add address, IPv6": "1e 14 36 01 20010db8000000000000000000000001",
  "MPTCP add address, IPv6 and port": "1e 16 36 01 20010db8000000000000000000000001 0050",
  "MPTCP add address, version 1": `1e 10 30 01 c0a80001 ${KEY}`,
  "MPTCP add address, version 1, echo": "1e 08 31 01 c0a80001",
  "MPTCP add address, version 1, port": `1e 12 30 01 c0a80001 0050 ${KEY}`,
  "MPTCP add address, version 1, IPv6": `1e 1c 30 01 20010db8000000000000000000000001 ${KEY}`,
  "MPTCP add address, version 1, IPv6, port":
    `1e 1e 30 01 20010db8000000000000000000000001 0050 ${KEY}`,
  "MPTCP remove address": "1e 04 40 01",
  "MPTCP remove addresses": "1e 06 40 01 02 03",
  "MPTCP priority": "1e 03 51",
  "MPTCP priority of an address": "1e 04 50 02",
  "MPTCP fail": "1e 0c 60 00 0000000000000009",
  "MPTCP fast close": `1e 0c 70 00 ${KEY}`,
  "MPTCP reset": "1e 04 8f 03",
  "MPTCP reset, another reason": "1e 04 80 77",
};

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(4);
  for (const [name, options] of Object.entries(OPENING)) {
    f.tcp(`TCP option: ${name}`, { options, flags: SYN, ack: 0 });
  }
  for (const [name, options] of Object.entries(LATER)) f.tcp(`TCP option: ${name}`, { options });
  // A segment ends with this option for tshark.
  f.tcp("TCP option: SNACK", { options: "15 06 0001 0002" });
  f.tcp("all flags", { flags: 0xfff });
  f.tcp("urgent data without the flag", { data: "0102" });
  f.tcp("a reset's cause", { flags: RST | ACK, data: "'no such service'" });
  f.ip("header length of 16", 6, "9c40 9c41 00000001 00000002 4010 2000 0000 0000");
  f.ip("header longer than the segment", 6, "9c40 9c41 00000001 00000002 f010 2000 0000 0000");
  f.udp("UDP: ports alone", 40000, 40001, "");
  f.udp("UDP: data", 40000, 40001, "010203");
  f.ether(
    "UDP: no checksum",
    0x0800,
    cat(f.packet(17, "9c40 9c41 0009 0000 07").subarray(0, 26), "0000 07"),
  );
  f.ip("UDP: length of zero", 17, "9c40 9c41 0000 0000 07");
  f.ip("UDP: length of seven", 17, "9c40 9c41 0007 0000 07");
  f.ip("UDP: shorter than the packet", 17, "9c40 9c41 0009 0000 07 0102");
  f.ip("UDP: longer than the packet", 17, "9c40 9c41 0030 0000 07");
  f.ip6("UDP in IPv6: length of zero", 17, "9c40 9c41 0000 0000 07");
  f.ip6("UDP in IPv6: no checksum", 44, cat("11 00 0000 00000001 9c40 9c41 0009 0000 07"), {
    upper: 59,
  });
  for (const coverage of [0, 8, 9, 5, 30]) {
    f.ip(`UDP-Lite: coverage of ${coverage}`, 136, cat("9c40 9c41", num(coverage), "1234 0708"));
  }
  return f.all;
}
