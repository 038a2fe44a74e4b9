/**
 * pycap's session in pcapkit: open the default device, take a packet, look at its layers, build an ICMP echo request and
 * inject it; then see who answers.
 *
 * ```sh
 * deno run --allow-ffi=/usr/lib/x86_64-linux-gnu/libpcap.so.0.8 examples/pycap_session.ts
 * ```
 *
 * The echo request goes to the sender of the packet that was taken, which is the first of IPv4 that comes to this
 * machine; it is answered if that sender answers pings. Capturing and sending take root, or CAP_NET_RAW.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { craft, eth, icmp, ip, open, type Packet, tcp, udp } from "@pcapkit/pcapkit";
import { defaultDevice, Injector, live, type LiveCapture } from "@pcapkit/pcapkit/libpcap";

/** Milliseconds after which nothing is waited for any more. */
const PATIENCE_MS = 5000;

/** Captures what comes to a device and passes a filter; from the moment this is resolved. */
function listen(device: string, filter: string): Promise<LiveCapture> {
  // pycap: p = pycap.capture.capture()
  return live(device, {
    filter,
    count: 1,
    durationMs: PATIENCE_MS,
    direction: "in",
    immediate: true,
  }).open();
}

/** The next packet; `undefined` if none comes. */
async function next(capture: LiveCapture): Promise<Packet | undefined> {
  // pycap: packet = p.next()
  for await (const packet of open(capture)) return packet.keep();
}

const device = Deno.args[0] ?? defaultDevice().name;
console.log(`device: ${device}`);

const packet = await next(await listen(device, "ip"));
const link = packet?.get(eth), internet = packet?.get(ip);
if (packet === undefined || link === undefined || internet === undefined) {
  console.error(`no packet of IPv4 came to ${device} within ${PATIENCE_MS / 1000} s`);
  Deno.exit(1);
}

// pycap: >>> packet
console.log(`packet: ${packet.chain}, ${packet.length} bytes`);
// pycap: >>> packet[0], packet[0].source, packet[1].version
console.log(`Ethernet: type 0x${link.type.toString(16)}, ${link.src} -> ${link.dst}`);
console.log(
  `IPv4: version ${internet.version}, TTL ${internet.ttl}, ${internet.src} -> ${internet.dst}`,
);
const transport = packet.get(udp) ?? packet.get(tcp);
if (transport !== undefined) console.log(`ports: ${transport.srcPort} -> ${transport.dstPort}`);
// pycap: >>> dir(packet[1]); here also with values, and all by Wireshark's names
console.log(packet.fields().map(({ info }) => info.abbrev).filter((a) => a.startsWith("ip.")));

// pycap: packet = (ethernet, ip, icmp, data); lengths and checksums fill themselves here.
const id = Deno.pid & 0xffff;
const request = craft(
  eth.of({ src: link.dst, dst: link.src }),
  ip.of({ src: internet.dst, dst: internet.src, id: 1, ttl: 100 }),
  icmp.of({ type: 8, code: 0, id, seq: 1 }),
  new TextEncoder().encode("a message of pcapkit"),
);

// Who answers may do so at once: listen before asking.
const answers = await listen(device, `icmp[icmptype] = icmp-echoreply and icmp[4:2] = ${id}`);
// pycap: pycap.inject.inject().inject(packet)
using injector = Injector.open(device);
injector.send(request);
console.log(`sent: ${request.length} bytes, an echo request to ${internet.src}`);

const reply = await next(answers);
console.log(
  reply === undefined
    ? "nobody answered"
    : `answered: ${reply.chain} from ${reply.get(ip)?.src}, sequence ${reply.get(icmp)?.seq}`,
);
