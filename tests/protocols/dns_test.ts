/** DNS: messages written, read, cut and damaged. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { FIELDS_MAX, NAME_BYTES_MAX } from "../../core/limits.ts";
import { nameBytes, nameText } from "../../core/name.ts";
import { craft } from "../../core/protocol.ts";
import { dns, type DnsRecord } from "../../protocols/mod.ts";
import { eth } from "../../protocols/eth.ts";
import { ip } from "../../protocols/ip.ts";
import { tcp } from "../../protocols/tcp.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf, hex } from "./_help.ts";

const RECORDS: readonly DnsRecord[] = [
  { name: "www.example.org", type: 1, class: 1, ttl: 300, address: "192.0.2.1" },
  { name: "www.example.org", type: 28, class: 1, ttl: 300, address: "2001:db8::1" },
  { name: "example.org", type: 2, class: 1, ttl: 60, target: "ns.example.org" },
  { name: "a.example.org", type: 5, class: 1, ttl: 60, target: "www.example.org" },
  {
    name: "example.org",
    type: 6,
    class: 1,
    ttl: 60,
    primary: "ns.example.org",
    mailbox: "admin.example.org",
    serial: 2024010101,
    refresh: 7200,
    retry: 900,
    expire: 1209600,
    minimum: 300,
  },
  { name: "example.org", type: 13, class: 1, ttl: 1, cpu: "ARM", os: "" },
  { name: "example.org", type: 15, class: 1, ttl: 60, preference: 10, exchange: "mx.example.org" },
  {
    name: "t.example.org",
    type: 16,
    class: 1,
    ttl: 60,
    texts: ["v=1", "", Uint8Array.of(0xff, 1)],
  },
  { name: "l.example.org", type: 29, class: 1, ttl: 60, version: 0, size: 0x12, latitude: 2 ** 31 },
  {
    name: "_sip._udp.example.org",
    type: 33,
    class: 1,
    ttl: 60,
    priority: 1,
    weight: 2,
    port: 5060,
    target: "sip.example.org",
  },
  {
    name: "n.example.org",
    type: 35,
    class: 1,
    ttl: 60,
    order: 100,
    preference: 10,
    flags: "u",
    service: "E2U+sip",
    regex: "!^.*$!sip:a@example.org!",
    replacement: "<Root>",
  },
  {
    name: "p.example.org",
    type: 42,
    class: 1,
    ttl: 60,
    prefixes: [
      { family: 1, prefix: 21, negated: true, address: "192.168.32.0" },
      { family: 2, prefix: 32, negated: false, address: "2001:db8::" },
    ],
  },
  {
    name: "s.example.org",
    type: 46,
    class: 1,
    ttl: 60,
    typeCovered: 1,
    algorithm: 13,
    labels: 3,
    originalTtl: 60,
    expiration: 1_700_000_000,
    inception: 1_690_000_000,
    keyTag: 4711,
    signer: "example.org",
    signature: hex("0102030405"),
  },
  {
    name: "s.example.org",
    type: 47,
    class: 1,
    ttl: 60,
    next: "t.example.org",
    types: [1, 15, 46, 257],
  },
  {
    name: "k.example.org",
    type: 48,
    class: 1,
    ttl: 60,
    keyFlags: 0x101,
    protocol: 3,
    algorithm: 13,
    publicKey: hex("aabbccdd"),
  },
  {
    name: "h.example.org",
    type: 50,
    class: 1,
    ttl: 60,
    algorithm: 1,
    hashFlags: 1,
    iterations: 2,
    salt: hex("abcd"),
    nextHashed: "d1k6gq38d1k6gq38d1k6gq38d1k6gq38",
    types: [6, 48],
  },
  {
    name: "svc.example.org",
    type: 65,
    class: 1,
    ttl: 60,
    priority: 1,
    target: "<Root>",
    params: [
      { key: 0, mandatory: [1, 4] },
      { key: 1, alpn: ["h2", "h3"] },
      { key: 3, port: 8443 },
      { key: 4, ipv4: ["192.0.2.1", "192.0.2.2"] },
      { key: 5, echConfig: hex("0102") },
      { key: 6, ipv6: ["2001:db8::1"] },
      { key: 7, data: hex("2f") },
    ],
  },
  {
    name: "key.example.org",
    type: 250,
    class: 255,
    ttl: 0,
    algorithm: "hmac-sha256",
    timeSigned: 1_700_000_000n,
    fudge: 300,
    mac: hex("0a0b0c0d"),
    originalId: 7,
    error: 0,
    other: hex("01"),
  },
  {
    name: "c.example.org",
    type: 257,
    class: 1,
    ttl: 60,
    flags: 128,
    tag: "issue",
    value: "ca.example",
  },
  { name: "u.example.org", type: 65000, class: 1, ttl: 60, data: hex("c00c") },
  { name: "gone.example.org", type: 255, class: 254, ttl: 0 },
  {
    name: "<Root>",
    type: 41,
    udpPayloadSize: 1232,
    extendedRcode: 1,
    version: 0,
    z: 0x8000,
    options: [
      { code: 8, family: 1, sourcePrefix: 24, scopePrefix: 0, address: "192.0.2.0" },
      { code: 10, clientCookie: hex("0102030405060708"), serverCookie: hex("1112131415161718") },
      { code: 15, infoCode: 18, extraText: "no" },
      { code: 12, data: hex("000000") },
    ],
  },
];
const MESSAGE = dns.encode({
  id: 0x1234,
  flags: 0x8180,
  questions: [{ name: "www.example.org", type: 1, class: 1 }],
  answers: RECORDS,
});
const QUERY = hex("1234 0100 0001 0000 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001");

function overUdp(message: Uint8Array, port = 53): Uint8Array {
  return craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "10.0.0.2" }),
    udp.of({ srcPort: 40000, dstPort: port }),
    message,
  );
}

Deno.test("dns: every kind of record comes back as it was written", () => {
  const packet = dissect(overUdp(MESSAGE));
  assertEquals(packet.protocols, "eth:ip:udp:dns");
  assertEquals(packet.issues, []);
  const header = packet.get(dns)!;
  assertEquals(header.id, 0x1234);
  assertEquals(header.response, true);
  assertEquals(header.questions, [{ name: "www.example.org", type: 1, class: 1 }]);
  assertEquals(header.answers.length, RECORDS.length);
  RECORDS.forEach((given, i) => contains(header.answers[i], given));
  assertRoundTrip(dns, MESSAGE);
});

/** Demands that `actual` has all that `given` says, and maybe more. */
function contains(actual: unknown, given: unknown): void {
  if (Array.isArray(given)) {
    assertEquals((actual as unknown[]).length, given.length);
    given.forEach((g, i) => contains((actual as unknown[])[i], g));
  } else if (typeof given === "object" && given !== null && !(given instanceof Uint8Array)) {
    for (const [key, g] of Object.entries(given)) {
      contains((actual as Record<string, unknown>)[key], g);
    }
  } else assertEquals(actual, given);
}

Deno.test("dns: a plain query, byte for byte and field by field", () => {
  assertRoundTrip(dns, QUERY);
  assertEquals(fieldsOf(dissect(overUdp(QUERY)))["dns.qry.name"], ["www.example.org"]);
  const fields = fieldsOf(dissect(overUdp(QUERY)));
  assertEquals(fields["dns.flags.recdesired"], [true]);
  assertEquals(fields["dns.qry.name.len"], [15]);
  assertEquals(fields["dns.count.labels"], [3]);
  assertEquals(fields["dns.flags.rcode"], undefined);
  assertEquals(dissect(overUdp(QUERY)).summary, "Standard query 0x1234 A www.example.org");
});

Deno.test("dns: names are compressed as servers do it", () => {
  const answer = dns.encode({
    id: 1,
    flags: 0x8180,
    questions: [{ name: "a.b.example", type: 5, class: 1 }],
    answers: [{ name: "a.b.example", type: 5, class: 1, ttl: 5, target: "c.b.example" }],
  });
  assertEquals(
    answer,
    hex(
      "0001 8180 0001 0001 0000 0000 0161 0162 076578616d706c65 00 0005 0001" +
        "c00c 0005 0001 00000005 0004 0163 c00e",
    ),
  );
  assertRoundTrip(dns, answer);
});

Deno.test("dns: over TCP each message has its length in front", () => {
  const one = { id: 1, flags: 0x100, questions: [{ name: "a.example", type: 1, class: 1 }] };
  const frame = craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "10.0.0.2" }),
    tcp.of(),
    dns.of(one),
    dns.of({ ...one, id: 2 }),
  );
  const packet = dissect(frame);
  assertEquals(packet.protocols, "eth:ip:tcp:dns:dns");
  assertEquals(packet.issues, []);
  const fields = fieldsOf(packet);
  assertEquals(fields["dns.length"], [27, 27]);
  assertEquals(fields["dns.id"], [1, 2]);
  assertEquals(packet.get(dns, 1)?.id, 2);
  // A message that goes on in another segment is no error.
  const head = craft(
    eth.of(),
    ip.of({ src: "10.0.0.1", dst: "10.0.0.2" }),
    tcp.of({ dstPort: 53 }),
    frame.subarray(54, 54 + 20),
  );
  assertEquals(dissect(head).issues, []);
  assertEquals(fieldsOf(dissect(head))["dns.id"], [1]);
  assertBounded(frame);
});

Deno.test("dns: updates have zones, prerequisites and updates", () => {
  const update = dns.encode({
    opcode: 5,
    questions: [{ name: "example.org", type: 6, class: 1 }],
    answers: [{ name: "x.example.org", type: 255, class: 254, ttl: 0 }],
    authorities: [{ name: "x.example.org", type: 1, class: 1, ttl: 9, address: "192.0.2.9" }],
  });
  const fields = fieldsOf(dissect(overUdp(update)));
  assertEquals(fields["dns.count.zones"], [1]);
  assertEquals(fields["dns.count.prerequisites"], [1]);
  assertEquals(fields["dns.count.updates"], [1]);
  assertRoundTrip(dns, update);
});

Deno.test("dns: stateful operations", () => {
  const dso = dns.encode({
    opcode: 6,
    tlvs: [{ type: 1, inactivity: 15000, interval: 30000 }, { type: 3, data: hex("0000") }],
  });
  const fields = fieldsOf(dissect(overUdp(dso)));
  assertEquals(fields["dns.dso.tlv.keepalive.interval"], [30000]);
  assertEquals(fields["dns.dso.tlv.encpad.padding"], [hex("0000")]);
  assertRoundTrip(dns, dso);
});

Deno.test("dns: pointers that lead astray are shown as what they are", () => {
  const query = (name: string) => hex(`0001 0100 0001 0000 0000 0000 ${name} 0001 0001`);
  const named = (name: string) => fieldsOf(dissect(overUdp(query(name))))["dns.qry.name"];
  assertEquals(named("c00c"), ["<Name contains a pointer that loops>"]);
  assertEquals(named("0161c00c"), ["<Name contains a pointer that loops>"]);
  assertEquals(named(`${("3f" + "61".repeat(63)).repeat(4)}00`), ["<Name too long>"]);
  assertEquals(named("016140"), ["<Unknown extended label>"]);
  assertEquals(named("80"), undefined);
  // Forward, against RFC 1035, but harmless.
  assertEquals(named("c012 00010001 017a00"), ["z"]);
});

Deno.test("dns: a message full of pointers names no more than its length allows", () => {
  // Each of some 4,600 records owns a name of a pointer to one chain of labels that is too long to be a name.
  const bytes = new Uint8Array(60_000);
  bytes.set(hex("0001 8000 0000 1388"));
  let at = 12;
  for (; at < 4000; at += 2) bytes[at] = 1;
  for (; at + 12 < bytes.length; at += 12) bytes.set(hex("c00c 0001 0001 00000000 0000"), at);
  const fields = dissect(overUdp(bytes)).fields();
  const names = fields.filter((f) => f.info.abbrev === "dns.resp.name");
  assert(names.length > 0 && names.length <= 5000);
  assert(fields.length <= FIELDS_MAX);
  for (const { value } of names) assert(String(value).length <= NAME_BYTES_MAX, `${value}`);
});

Deno.test("dns: cut anywhere, among any neighbours", () => {
  assertBounded(overUdp(MESSAGE.subarray(0, 400)));
  assertBounded(overUdp(QUERY, 5353));
});

Deno.test("dns: other ports are guessed, NetBIOS names are not", () => {
  assertEquals(dissect(overUdp(QUERY, 5000)).protocols, "eth:ip:udp:dns");
  const nbns = hex(`0001 0110 0001 0000 0000 0000 20 ${"41".repeat(32)} 00 0020 0001`);
  assert(!dissect(overUdp(nbns, 5000)).protocols.endsWith("dns"));
  // On its own port also names that are none of NetBIOS'.
  assertEquals(dissect(overUdp(QUERY, 137)).protocols, "eth:ip:udp:data");
});

Deno.test("names: text and bytes, dots and odd bytes included", () => {
  const wire = hex("05 61 2e 5c 07 ff 02 c3a9 00");
  assertEquals(nameText(wire, 0, wire.length, 0), "a\\.\\\\\\007\\255.é");
  assertEquals(nameBytes(nameText(wire, 0, wire.length, 0)), wire);
  assertEquals(nameBytes("example.org."), nameBytes("example.org"));
  assertThrows(() => nameBytes("a..b"), RangeError);
  assertThrows(() => nameBytes(Array(130).fill("ab").join(".")), RangeError);
});

Deno.test("dns: a key for OpenPGP is text to Wireshark, bytes to us", () => {
  const message = hex("0048 8180 0000 0001 0000 0000  00 003d 0001 00000e10 0004 99010203");
  const packet = dissect(
    craft(
      eth.of(),
      ip.of({ src: "192.0.2.1", dst: "192.0.2.2" }),
      udp.of({ srcPort: 53, dstPort: 4353 }),
      message,
    ),
  );
  assertEquals(fieldsOf(packet)["dns.openpgpkey"], ["\ufffd\u0001\u0002\u0003"]);
  const [answer] = packet.get(dns)!.answers;
  assertEquals((answer as { publicKey?: unknown }).publicKey, hex("99010203"));
  assertRoundTrip(dns, message);
});
