/** DHCP: messages written, read, cut and damaged. */
import { assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { dhcp, type DhcpOption } from "../../protocols/mod.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const OPTIONS: readonly DhcpOption[] = [
  { kind: 53, value: 5 },
  { kind: 1, value: "255.255.255.0" },
  { kind: 3, value: ["192.0.2.1", "192.0.2.2"] },
  { kind: 2, value: -3600 },
  { kind: 12, value: "höst" },
  { kind: 19, value: true },
  { kind: 26, value: 1500 },
  { kind: 33, routes: [{ destination: "198.51.100.0", router: "192.0.2.1" }] },
  { kind: 51, value: 86_400 },
  { kind: 54, value: "192.0.2.1" },
  { kind: 55, value: [1, 3, 6, 252] },
  { kind: 61, hwType: 1, mac: "02:00:00:00:00:01" },
  { kind: 77, classes: [hex("616263"), hex("64")] },
  { kind: 81, flags: 1, rcode1: 0, rcode2: 0, name: "host.example" },
  { kind: 81, flags: 5, rcode1: 255, rcode2: 255, name: "host.example" },
  {
    kind: 82,
    suboptions: [
      { code: 1, value: hex("00010002") },
      { code: 5, value: "192.0.2.0" },
      { code: 6, value: "subscriber" },
    ],
  },
  { kind: 93, value: [7, 16] },
  { kind: 119, names: ["eng.example", "example.org"] },
  { kind: 120, encoding: 1, addresses: ["192.0.2.9"] },
  {
    kind: 121,
    routes: [
      { prefix: 24, destination: "198.51.100.0", router: "192.0.2.1" },
      { prefix: 0, destination: "0.0.0.0", router: "192.0.2.2" },
    ],
  },
  { kind: 0, value: hex("0000") },
  { kind: 152, value: 1_700_000_000 },
  { kind: 224, value: hex("0102") },
  { kind: 255 },
];
const MESSAGE = dhcp.encode({
  type: 2,
  id: 0x11223344,
  flags: 0x8000,
  yourIp: "192.0.2.10",
  mac: "02:00:00:00:00:01",
  server: "boot",
  options: OPTIONS,
  padding: hex("0000"),
});

function overUdp(message: Uint8Array): Uint8Array {
  return craft(
    eth.of(),
    ip.of({ src: "192.0.2.1", dst: "255.255.255.255" }),
    udp.of({ srcPort: 67, dstPort: 68 }),
    message,
  );
}

Deno.test("dhcp: every kind of option comes back as it was written", () => {
  const packet = dissect(overUdp(MESSAGE));
  assertEquals(packet.protocols, "eth:ip:udp:dhcp");
  assertEquals(packet.issues, []);
  const header = packet.get(dhcp)!;
  assertEquals(header.type, 2);
  assertEquals(header.broadcast, true);
  assertEquals(header.mac, "02:00:00:00:00:01");
  assertEquals(header.server, "boot");
  assertEquals(header.file, "");
  assertEquals(header.options, OPTIONS);
  assertEquals(header.padding, hex("0000"));
  assertRoundTrip(dhcp, MESSAGE);
  assertEquals(packet.summary, "DHCP ACK - Transaction ID 0x11223344");
});

/** A message of these options, by hand. */
function message(options: string, fixed: { server?: string; file?: string } = {}): Uint8Array {
  const b = new Uint8Array(240 + hex(options).length);
  b.set(hex("01 01 06 00 00000001 0000 0000"));
  b.set(hex("020000000001"), 28);
  b.set(hex(fixed.server ?? ""), 44);
  b.set(hex(fixed.file ?? ""), 108);
  b.set(hex("63825363"), 236);
  b.set(hex(options), 240);
  return b;
}

Deno.test("dhcp: lengths that do not fit stay as they are", () => {
  const odd = message("35 01 01 01 02 ffff 06 05 0102030405 34 00 0c 03 610062 3d 03 ff0000 ff");
  const fields = fieldsOf(dissect(overUdp(odd)));
  assertEquals(fields["dhcp.option.subnet_mask"], undefined);
  assertEquals(fields["dhcp.option.domain_name_server"], ["1.2.3.4"]);
  assertEquals(fields["dhcp.option.hostname"], ["a"]);
  assertRoundTrip(dhcp, message("35 01 01 01 02 ffff 06 05 0102030405 0c 03 610062 ff 00"));
});

Deno.test("dhcp: options in the place of the names", () => {
  const bytes = message("35 01 02 34 01 03 ff", {
    server: "0c 02 6162 ff",
    file: "0f 02 6364 ff",
  });
  const packet = dissect(overUdp(bytes));
  const fields = fieldsOf(packet);
  assertEquals(fields["dhcp.option.hostname"], ["ab"]);
  assertEquals(fields["dhcp.option.domain_name"], ["cd"]);
  assertEquals(fields["dhcp.server"], undefined);
  assertEquals(packet.get(dhcp)?.options[1], {
    kind: 52,
    value: 3,
    serverOptions: [{ kind: 12, value: "ab" }, { kind: 255 }],
    fileOptions: [{ kind: 15, value: "cd" }, { kind: 255 }],
  });
  assertRoundTrip(dhcp, bytes);
});

Deno.test("dhcp: vendors' information, identifiers, long lists", () => {
  const bytes = message(
    "35 01 01" +
      "3c 09 505845436c69656e74 2b 09 06 01 08 02 02 4500 00 ff" +
      "3d 13 ff 00000001 0001 0001 11223344 020000000001" +
      "61 11 00 000102030405060708090a0b0c0d0e0f" +
      "77 04 03656e67 77 05 036f726700" +
      "7d 09 00000063 04 01 02 6162 ff",
  );
  const fields = fieldsOf(dissect(overUdp(bytes)));
  assertEquals(fields["dhcp.option.vendor.pxeclient.discovery_control"], [8]);
  assertEquals(fields["dhcp.option.vendor.pxeclient.mtftp_client_port"], [69]);
  assertEquals(fields["dhcp.client_id.link_layer_address"], ["02:00:00:00:00:01"]);
  assertEquals(fields["dhcp.client_id.uuid"], ["03020100-0504-0706-0809-0a0b0c0d0e0f"]);
  assertEquals(fields["dhcp.option.dhcp_dns_domain_search_list_fqdn"], ["eng.org"]);
  assertEquals(fields["dhcp.vendor.data"], [hex("6162")]);
  assertRoundTrip(dhcp, bytes);
  assertBounded(overUdp(bytes));
});

Deno.test("dhcp: BOOTP without options", () => {
  const bytes = message("").slice(0, 300);
  const whole = new Uint8Array(300);
  whole.set(bytes.subarray(0, 236));
  const fields = fieldsOf(dissect(overUdp(whole)));
  assertEquals(fields["dhcp.bootp"], [true]);
  assertEquals(fields["dhcp.vendor_specific_options"], [new Uint8Array(64)]);
  assertRoundTrip(dhcp, whole);
});

Deno.test("dhcp: cut anywhere, among any neighbours", () => {
  assertBounded(overUdp(MESSAGE));
});

/** The fields of a message with one more option. */
function withOption(kind: number, value: string): Record<string, unknown[]> {
  const options = [{ kind: 53, value: 5 }, { kind, value: hex(value) }, { kind: 255 }];
  const bytes = dhcp.encode({ type: 1, id: 1, options });
  return fieldsOf(dissect(overUdp(bytes)));
}

Deno.test("dhcp: coordinates are fractions of degrees, or say what is wrong with them", () => {
  const f = withOption(123, "484dcc1fc94b65ecf03013c0000f0001");
  assertEquals(f["dhcp.option.rfc3825.latitude"], ["38.8986800014973"]);
  assertEquals(f["dhcp.option.rfc3825.longitude"], ["-77.037230014801"]);
  assertEquals(f["dhcp.option.rfc3825.latitude_res"], ["0.0009765625"]);
  assertEquals(f["dhcp.option.rfc3825.altitude"], ["15"]);
  const wrong = withOption(123, "88c80000008804000000178000050001");
  assertEquals(wrong["dhcp.option.rfc3825.error"], [1]);
  assertEquals(wrong["dhcp.option.rfc3825.latitude"], undefined);
});

Deno.test("dhcp: relay agents' sub-options of CableLabs", () => {
  // Enterprise 4491, a version of two bytes, a name.
  const f = withOption(82, "09 11 0000118b 0c 01 02 0300 05 05 636c617373 00");
  const at = "dhcp.option.agent_information_option.vi.cl.";
  assertEquals(f[`${at}docsis_version`], [0x0300]);
});
