/** ARP in every form: operations, kinds of hardware, ATM's and AX.25's addresses. */
import { cat, type Crafted, Frames, num } from "./_frames.ts";

const ARP = 0x0806, RARP = 0x8035;
const MAC = "020000000001", ANY = "000000000000", OTHER = "020000000002";

/** Twenty bytes of an address that begins with `afi`. */
function nsap(afi: number): Uint8Array {
  return Uint8Array.from({ length: 20 }, (_, i) => i === 0 ? afi : 0x10 + i);
}

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(2);
  const usual = (
    name: string,
    opcode: number,
    sender: string,
    target: string,
    type = ARP,
  ): void => f.ether(name, type, cat("0001 0800 06 04", num(opcode), sender, target));
  usual("request", 1, `${MAC} c0000201`, `${ANY} c0000202`);
  usual("reply", 2, `${MAC} c0000201`, `${OTHER} c0000202`);
  usual("gratuitous request", 1, `${MAC} c0000203`, `ffffffffffff c0000203`);
  usual("gratuitous reply", 2, `${MAC} c0000204`, `ffffffffffff c0000204`);
  usual("announcement", 1, `${MAC} c0000205`, `${ANY} c0000205`);
  usual("probe", 1, `${MAC} 00000000`, `${ANY} c0000206`);
  for (let opcode = 3; opcode <= 25; opcode++) {
    usual(
      `opcode ${opcode}`,
      opcode,
      `${MAC} c0000207`,
      `${OTHER} c0000208`,
      opcode < 5 ? RARP : ARP,
    );
  }
  usual("opcode nobody knows", 99, `${MAC} c0000207`, `${OTHER} c0000208`);
  for (let status = 0; status <= 6; status++) {
    usual(`DRARP error ${status}`, 7, `${MAC} c0000209`, `${OTHER} 0${status}000000`);
  }
  const other = (
    name: string,
    hardware: number,
    protocol: number,
    sizes: string,
    addresses: string,
  ): void => f.ether(name, ARP, cat(num(hardware), num(protocol), sizes, "0001", addresses));
  other("IEEE 802", 6, 0x0800, "06 04", `${MAC} c000020a ${ANY} c000020b`);
  other("frame relay", 15, 0x0800, "02 04", "0441 c000020a 0000 c000020b");
  other(
    "InfiniBand",
    32,
    0x0800,
    "14 04",
    `${"01".repeat(20)} c000020a ${"00".repeat(20)} c000020b`,
  );
  other("hardware without addresses", 1, 0x0800, "00 04", "c000020a c000020b");
  other("protocol without addresses", 1, 0x0800, "06 00", `${MAC} ${OTHER}`);
  other("another protocol", 1, 0x8137, "06 06", `${MAC} 010203040506 ${ANY} 010203040507`);
  other("IPv6", 1, 0x86dd, "06 10", `${MAC} ${"20".repeat(16)} ${ANY} ${"21".repeat(16)}`);
  other(
    "another length of an IPv4 address",
    1,
    0x0800,
    "06 05",
    `${MAC} c000020a01 ${ANY} c000020b01`,
  );
  other(
    "another length of a MAC address",
    1,
    0x0800,
    "08 04",
    `${MAC}0102 c000020a ${ANY}0102 c000020b`,
  );
  other("AX.25", 3, 0x00cc, "07 04", "82848688 8a8c 60 c000020a 00000000 0000 00 c000020b");
  other(
    "AX.25 over another protocol",
    3,
    0x0800,
    "07 04",
    "82848688 8a8c 60 c000020a 00000000 0000 00 c000020b",
  );
  other("hardware nobody knows", 0x7777, 0x0800, "06 04", `${MAC} c000020a ${ANY} c000020b`);
  // ATM: types and lengths of numbers and subaddresses instead of sizes.
  const atm = (
    name: string,
    opcode: number,
    sender: [string, string],
    slen: number,
    target: [string, string],
    tlen: number,
    addresses: readonly (string | Uint8Array)[],
  ): void =>
    f.ether(
      `ATM: ${name}`,
      ARP,
      cat("0013 0800", ...sender, num(opcode), num(slen, 1), ...target, num(tlen, 1), ...addresses),
    );
  for (const afi of [0x39, 0xbd, 0x47, 0xc5, 0x45, 0xc3, 0x49, 0x00, 0x12]) {
    atm(`NSAP with AFI ${afi.toString(16)}`, 1, ["14", "00"], 4, ["14", "00"], 4, [
      nsap(afi),
      "c000020c",
      nsap(afi),
      "c000020d",
    ]);
  }
  atm("E.164 numbers", 1, ["4f", "00"], 4, ["4f", "00"], 4, [
    "'123456789012345'",
    "c000020c",
    "'543210987654321'",
    "c000020d",
  ]);
  atm("E.164 numbers, NSAP subaddresses", 2, ["4f", "14"], 4, ["4f", "14"], 4, [
    "'123456789012345'",
    nsap(0x47),
    "c000020c",
    "'543210987654321'",
    nsap(0x45),
    "c000020d",
  ]);
  atm("no target", 8, ["14", "00"], 4, ["00", "00"], 0, [nsap(0x47), "c000020c"]);
  atm("no addresses", 10, ["00", "00"], 0, ["00", "00"], 0, []);
  atm("another length of a protocol address", 9, ["14", "00"], 6, ["14", "00"], 6, [
    nsap(0x47),
    "010203040506",
    nsap(0x39),
    "010203040507",
  ]);
  atm("a short NSAP", 1, ["08", "00"], 4, ["08", "00"], 4, [
    "39 01020304050607",
    "c000020c",
    "47 01020304050607",
    "c000020d",
  ]);
  atm("a multicast address resolution server", 11, ["14", "00"], 4, ["14", "00"], 4, [
    nsap(0x47),
    "c000020c",
    nsap(0x47),
    "c000020d",
  ]);
  return f.all;
}
