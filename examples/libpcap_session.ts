/**
 * What programs do with the libpcap Python binding, in pcapkit: libpcap's own functions, one by one, on handles that
 * cannot be used wrongly. For capturing, `live` is less work and never blocks; this is for those who port C or ctypes.
 *
 * ```sh
 * deno run --allow-ffi=/usr/lib/x86_64-linux-gnu/libpcap.so.0.8 --allow-write=out.pcap \
 *   examples/libpcap_session.ts lo "udp port 9" out.pcap
 * ```
 *
 * Takes five packets of a device (loopback if none is named), sends them itself where that is loopback, and writes them
 * to a file if one is named. Capturing takes root, or CAP_NET_RAW.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { craft, eth, ip, udp } from "@pcapkit/pcapkit";
import {
  compileFilter,
  Dumper,
  type LibraryOptions,
  libraryVersion,
  linkTypeName,
  listDevices,
  PcapHandle,
} from "@pcapkit/pcapkit/libpcap";

const [device = "lo", filter = "udp port 9", file] = Deno.args;
const PACKETS = 5;

// libpcap.config(LIBPCAP=None) takes the system's library, as `{}` does here, or LIBPCAP_PATH's;
// libpcap.config(LIBPCAP="/path/of/libpcap.so") is { library: "/path/of/libpcap.so" }.
const library: LibraryOptions = {};
console.log(libraryVersion(library)); // pcap_lib_version()

// pcap_findalldevs(byref(devices), errbuf), the list walked, pcap_freealldevs(devices)
for (const { name, up, addresses } of listDevices(library)) {
  console.log(`${name}: ${up ? "up" : "down"}`, addresses.map((a) => a.address).join(", "));
}

// pcap_create, pcap_set_…, pcap_activate; pcap_close at the end of the block. Errors are exceptions, with pcap_geterr's text.
using handle = PcapHandle.create(device, library);
handle.setSnapLength(65_535);
handle.setPromiscuous(false);
handle.setTimeout(100);
handle.setImmediateMode(true);
const warning = handle.activate();
if (warning !== undefined) console.warn(warning);
console.log(`${device}: ${linkTypeName(handle.linkType)}`); // pcap_datalink, pcap_datalink_val_to_name

// pcap_compile(handle, byref(program), filter, 1, netmask); pcap_setfilter; pcap_freecode
const program = compileFilter(filter, { ...library, linkType: handle.linkType });
handle.setFilter(program);
console.log(`"${filter}": ${program.instructions.length / 4} instructions`);

// A thread of its own would be needed to wait in pcap_next_ex; this one looks now and then.
handle.nonBlocking = true;
handle.setDirection("in");

using dumper = file === undefined ? undefined : Dumper.open(handle, file); // pcap_dump_open
if (device === "lo") {
  for (let i = 0; i < PACKETS; i++) {
    handle.sendPacket(craft(
      eth.of({ src: "00:00:00:00:00:00", dst: "00:00:00:00:00:00" }),
      ip.of({ src: "127.0.0.1", dst: "127.0.0.1" }),
      udp.of({ srcPort: 50_000 + i, dstPort: 9 }),
      new TextEncoder().encode(`packet ${i + 1}`),
    )); // pcap_sendpacket
  }
}
const until = performance.now() + 5000;
for (let taken = 0; taken < PACKETS && performance.now() < until;) {
  const packet = handle.next(); // pcap_next_ex(handle, byref(header), byref(data))
  if (packet === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    continue;
  }
  const { seconds, nanoseconds, wireLength, data } = packet;
  const time = `${seconds}.${String(nanoseconds).padStart(9, "0").slice(0, 6)}`;
  console.log(`packet ${++taken}: ${time}, ${data.length} of ${wireLength} bytes`);
  dumper?.write(packet); // pcap_dump
}
const { received, dropped } = handle.stats(); // pcap_stats
console.log(`received ${received >= PACKETS ? "all" : received}, dropped ${dropped}`);
