/**
 * Calls every function of libpcap that is wrapped, and compares what was called with the table in docs/LIBPCAP.md. To
 * write the table anew: `deno test -P=test tests/libpcap/functions_test.ts -- --update`.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { declared, makeTable, tableInDocument, writeTable } from "./_table.ts";

/** Functions of libpcap that were called, seen where they come from: libraries loaded from now on. */
const called = new Set<string>();
/** Those that this libpcap has. */
const loaded: Record<string, true> = {};
const { dlopen } = Deno;
Deno.dlopen = ((path: string, symbols: Deno.ForeignLibraryInterface) => {
  const library = dlopen(path, symbols);
  const watched = Object.entries(library.symbols).map(([name, f]) => [
    name,
    typeof f !== "function" ? f : (...args: unknown[]) => {
      called.add(name);
      return (f as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  for (const [name, f] of watched) if (typeof f === "function") loaded[name as string] = true;
  return { symbols: Object.fromEntries(watched), close: () => library.close() };
}) as typeof Deno.dlopen;

// After that, so that what they load is watched.
const l = await import("../../capture/libpcap/mod.ts");
const { frame, frames, network, numberOf, send, sleep, WITHOUT_NETWORK } = await import(
  "./_network.ts"
);
const { openCapture } = await import("../../capture/mod.ts");
const { rawHandle } = await import("../../capture/libpcap/handle.ts");
const { dltOf, linkTypeOf } = await import("../../capture/libpcap/linktypes.ts");
const { LIBPCAP, WITHOUT_LIBPCAP } = await import("./_library.ts");

const needsLibrary = { ignore: LIBPCAP === undefined };
const needsNetwork = { ignore: WITHOUT_NETWORK !== "" };

Deno.test({
  name: `names and numbers are those libpcap knows${WITHOUT_LIBPCAP}`,
  ...needsLibrary,
  fn: async () => {
    assert(/^(libpcap|Npcap) version/.test(l.libraryVersion()), l.libraryVersion());
    assertEquals([l.linkTypeName(1), l.linkTypeName(101), l.linkTypeName(12345)], [
      "EN10MB",
      "RAW",
      undefined,
    ]);
    assertEquals(l.linkTypeNumber("raw"), 101);
    assertEquals(l.linkTypeNumber("LINUX_SLL2"), 276);
    assertEquals(l.linkTypeNumber("nonsense"), undefined);
    assertEquals(l.linkTypeDescription(1), "Ethernet");
    assertEquals(l.linkTypeDescription(12345), "DLT 12345");
    assertEquals(l.statusText(l.STATUS.ERROR_NO_SUCH_DEVICE), "No such device exists");
    assertEquals(l.systemErrorText(1), "Operation not permitted");
    assertEquals(l.portNumber("domain")?.port, 53);
    assertEquals(l.portNumber("no-such-port"), undefined);
    assertEquals([l.portRange("50-60")?.first, l.portRange("50-60")?.last], [50, 60]);
    assertEquals(l.portRange("60-x"), undefined);
    assertEquals([l.protocolNumber("udp"), l.protocolNumber("nonsense")], [17, undefined]);
    assertEquals([l.etherTypeNumber("arp"), l.etherTypeNumber("nonsense")], [0x806, undefined]);
    assertEquals([l.llcNumber("stp"), l.llcNumber("nonsense")], [0x42, undefined]);
    assert(l.hostAddresses("localhost").some((a) => a === "127.0.0.1" || a === "::1"));
    assertEquals(l.hostAddresses("192.0.2.7"), ["192.0.2.7"]);
    assertEquals(l.networkAddress("no-such-network"), undefined);
    assertEquals(l.parseEther("1:2:3:A:b:c"), "01:02:03:0a:0b:0c");
    assertEquals(l.parseEther("1:2:3:a:b"), undefined);
    assertEquals(l.hostEther("no-such-host"), undefined);
    const ethers = await Deno.makeTempFile();
    await Deno.writeTextFile(
      ethers,
      "# machines\n02:00:00:00:00:01 one\n2:0:0:0:0:2 two # second\n",
    );
    assertEquals(l.etherEntries(ethers), [
      { address: "02:00:00:00:00:01", name: "one" },
      { address: "02:00:00:00:00:02", name: "two" },
    ]);
    assertEquals(l.etherEntries("/no/such/file"), []);
    await Deno.remove(ethers);
  },
});

Deno.test({
  name: `link types have the numbers libpcap gives them${WITHOUT_LIBPCAP}`,
  ...needsLibrary,
  fn: () => {
    const header = new Uint8Array(24), view = new DataView(header.buffer);
    view.setUint32(0, 0xa1b2c3d4, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, 65_535, true);
    for (let linkType = 0; linkType < 300; linkType++) {
      view.setUint32(20, linkType, true);
      using handle = l.PcapHandle.openBytes(header);
      const { library, address } = rawHandle(handle);
      const dlt = library.pcap.pcap_datalink(address);
      assertEquals(dltOf(linkType), dlt, `LINKTYPE_ ${linkType}`);
      // Old files have DLT_ numbers in place of the LINKTYPE_ numbers that were made for them later.
      if (dltOf(linkTypeOf(dlt)) === dlt && linkTypeOf(dlt) !== linkType) {
        assertEquals(dltOf(linkTypeOf(linkType)), linkType);
      }
    }
  },
});

Deno.test({
  name: `filters are compiled, run and shown by libpcap${WITHOUT_LIBPCAP}`,
  ...needsLibrary,
  fn: () => {
    const program = l.compileFilter("ether proto 0x88b5");
    const keep = l.offlineFilter(program);
    assertEquals([keep(frame(1)), keep(new Uint8Array(60)), keep(new Uint8Array(0))], [
      262_144,
      0,
      0,
    ]);
    const lines = l.filterLines(program);
    assertEquals(lines.length, program.instructions.length / 4);
    assert(lines[0].startsWith("(000) ldh      [12]"), lines[0]);
  },
});

Deno.test({
  name: `savefiles go through libpcap and back, in both precisions${WITHOUT_LIBPCAP}`,
  ...needsLibrary,
  fn: async () => {
    const file = await Deno.makeTempFile({ suffix: ".pcap" });
    for (const precision of ["microseconds", "nanoseconds"] as const) {
      const packets = frames(5).map((data, i) => ({
        seconds: 1000 + i,
        nanoseconds: precision === "nanoseconds" ? 123_456_789 : 123_456_000,
        wireLength: data.length + i,
        data,
      }));
      {
        using dead = l.PcapHandle.openDead(1, { precision });
        assertEquals([dead.linkType, dead.snapLength, dead.precision], [1, 262_144, precision]);
        using dumper = l.Dumper.open(dead, file);
        for (const packet of packets.slice(0, 3)) dumper.write(packet);
        dumper.flush();
        assertEquals(dumper.position, Deno.statSync(file).size);
      }
      {
        using dead = l.PcapHandle.openDead(1, { precision });
        using dumper = l.Dumper.open(dead, file, { append: true });
        for (const packet of packets.slice(3)) dumper.write(packet);
      }
      const bytes = await Deno.readFile(file);
      for (
        const handle of [
          l.PcapHandle.openOffline(file, { precision }),
          l.PcapHandle.openBytes(bytes, { precision }),
        ]
      ) {
        using reading = handle;
        assertEquals([reading.isSavefile, reading.isSwapped], [true, false]);
        assertEquals([...reading.version], [2, 4]);
        const read = [];
        for (let packet; (packet = reading.next()) !== undefined;) read.push(packet);
        assertEquals(read, packets);
      }
      using again = l.PcapHandle.openBytes(bytes, { precision });
      using copying = l.Dumper.open(again, `${file}.2`);
      again.setFilter("greater 63");
      again.loop(-1, copying);
      copying.close();
      await using copied = await openCapture(`${file}.2`);
      let count = 0;
      for await (const batch of copied) count += batch.count;
      assertEquals(count, packets.filter((p) => p.wireLength >= 63).length);
    }
    await Deno.writeFile(file, (await Deno.readFile(file)).subarray(0, 110));
    using cut = l.PcapHandle.openOffline(file);
    cut.next();
    assertThrows(() => cut.next(), l.LibpcapError, "truncated dump file");
    assertThrows(() => l.PcapHandle.openBytes(new Uint8Array(30)), l.LibpcapError, "unknown");
    assertThrows(() => l.PcapHandle.openOffline("/no/such/file"), l.LibpcapError, "/no/such/file");
    using dead = l.PcapHandle.openDead(1);
    assertThrows(() => l.Dumper.open(dead, "/no/such/folder/file"), l.LibpcapError, "/no/such");
    await Deno.remove(file);
    await Deno.remove(`${file}.2`);
  },
});

Deno.test({
  name: `a handle does all libpcap offers on a device${WITHOUT_NETWORK}`,
  ...needsNetwork,
  fn: async () => {
    using _ = network();
    using handle = l.PcapHandle.create("b0");
    assertEquals(handle.canSetMonitorMode(), false);
    handle.setSnapLength(1000);
    handle.setPromiscuous(true);
    handle.setMonitorMode(false);
    handle.setTimeout(10);
    handle.setBufferSize(1024 * 1024);
    assertThrows(() => handle.setTimestampType("nonsense"), RangeError);
    assertEquals(handle.setTimestampType("host"), true);
    assertEquals(handle.timestampTypes()[0].name, "host");
    handle.setImmediateMode(true);
    handle.setPrecision("nanoseconds");
    handle.setProtocol(0x0003);
    assertEquals(handle.activate(), undefined);
    assertThrows(() => handle.setSnapLength(1), l.LibpcapError, "activated");
    assertThrows(() => handle.activate(), l.LibpcapError);
    assertEquals(
      [handle.snapLength, handle.precision, handle.linkType, handle.isSavefile],
      [1000, "nanoseconds", 1, false],
    );
    assertEquals(handle.linkTypes().map((t) => t.name), ["EN10MB", "DOCSIS"]);
    handle.setLinkType(143);
    handle.setLinkType(1);
    assertThrows(() => handle.setLinkType(105), l.LibpcapError, "b0");
    assert(handle.bufferSize > 0);
    assert(handle.fileDescriptor >= 0 && handle.selectableFd === handle.fileDescriptor);
    assertEquals(handle.requiredTimeoutMs, undefined);
    assertEquals(handle.nonBlocking, false);
    handle.nonBlocking = true;
    assertEquals(handle.nonBlocking, true);
    handle.setDirection("in");
    handle.setFilter("ether[14:4] >= 5");
    assertEquals(handle.next(), undefined);
    send("b1", frames(10));
    const packet = handle.next()!;
    assertEquals([numberOf(packet.data), packet.data], [5, frame(5)]);
    assertEquals(handle.stats(), { received: 5, dropped: 0, interfaceDropped: 0 });
    handle.setFilter(l.compileFilter("ether[14:4] = 2"));
    send("b1", frames(10));
    const file = await Deno.makeTempFile();
    using dumper = l.Dumper.open(handle, file);
    // The packets that waited under the old filter do not pass the new one.
    assertEquals(handle.dispatch(-1, dumper), 1);
    handle.breakLoop();
    assertEquals(handle.dispatch(1, dumper), 0);
    dumper.close();
    await using captured = await openCapture(file);
    for await (const batch of captured) {
      const numbers = [...batch.starts.subarray(0, batch.count)].map((s) =>
        numberOf(batch.bytes.subarray(s))
      );
      assertEquals(numbers, [2]);
    }
    await Deno.remove(file);
  },
});

Deno.test({
  name: `what is sent arrives byte for byte; what cannot be sent is an error${WITHOUT_NETWORK}`,
  ...needsNetwork,
  fn: () => {
    using _ = network();
    using to = l.PcapHandle.openLive("b0", { promiscuous: true, timeoutMs: 1 });
    to.nonBlocking = true;
    using from = l.PcapHandle.openLive("b1");
    const sent = [new Uint8Array(14).fill(2), frame(2, 60), frame(3, 1514), frame(4, 9014)];
    sent.forEach((bytes, i) => {
      if (i % 2 === 0) assertEquals(from.inject(bytes), bytes.length);
      else from.sendPacket(bytes);
    });
    const got: Uint8Array[] = [];
    for (const end = performance.now() + 2000; got.length < 4 && performance.now() < end;) {
      const packet = to.next();
      if (packet !== undefined) got.push(packet.data);
    }
    assertEquals(got, sent);
    assertThrows(() => from.inject(frame(5, 9015)), l.LibpcapError, "too long");
    assertThrows(() => from.sendPacket(new Uint8Array(4)), l.LibpcapError, "Invalid argument");
  },
});

Deno.test({
  name: `devices are those the system has, with their addresses${WITHOUT_NETWORK}`,
  ...needsNetwork,
  fn: async () => {
    using _ = network();
    const ip = (...args: string[]) => new Deno.Command("ip", { args }).outputSync();
    ip("addr", "add", "192.0.2.1/25", "broadcast", "192.0.2.127", "dev", "b0");
    ip("-6", "addr", "add", "2001:db8::1/64", "dev", "b0", "nodad");
    ip("link", "set", "b0", "address", "02:00:00:00:00:0a");
    ip("link", "set", "b1", "down");
    // The kernel tells the other end of its lost carrier a little later.
    const connection = () => l.listDevices().find((d) => d.name === "b0")!.connection;
    for (let i = 0; i < 100 && connection() !== "disconnected"; i++) await sleep(20);
    const devices = new Map(l.listDevices().map((d) => [d.name, d]));
    assert(["lo", "b0", "b1", "any"].every((name) => devices.has(name)));
    const { addresses, ...b0 } = devices.get("b0")!;
    assertEquals(b0, {
      name: "b0",
      loopback: false,
      up: true,
      // Its peer is down, and with it the carrier.
      running: false,
      wireless: false,
      connection: "disconnected",
    });
    assertEquals(addresses.filter((a) => !a.address.startsWith("fe80:")), [
      { family: "link", address: "02:00:00:00:00:0a" },
      {
        family: "ipv4",
        address: "192.0.2.1",
        netmask: "255.255.255.128",
        broadcast: "192.0.2.127",
      },
      { family: "ipv6", address: "2001:db8::1", netmask: "ffff:ffff:ffff:ffff::" },
    ]);
    assertEquals([devices.get("lo")!.loopback, devices.get("b1")!.up], [true, false]);
    assertEquals(l.lookupNetwork("b0"), { network: "192.0.2.0", netmask: "255.255.255.128" });
    assertEquals(l.lookupNetwork("b1"), undefined);
    ip("link", "set", "b1", "up");
    for (let i = 0; i < 100 && connection() !== "connected"; i++) await sleep(20);
    assert(["b0", "b1"].includes(l.defaultDevice().name));
    const details = l.inspectDevice("any");
    assertEquals(details.linkTypes?.map((t) => t.linkType), [113, 276]);
    assertEquals(details.monitorMode, false);
    ip("link", "set", "b1", "down");
    assert(l.inspectDevice("b1").reason !== undefined);
    assertThrows(() => l.inspectDevice("no-such-device"), l.NoSuchDeviceError, "no-such-device");
  },
});

Deno.test({
  name: `a capture uses the rest of libpcap${WITHOUT_NETWORK}`,
  ...needsNetwork,
  fn: async () => {
    using _ = network();
    await using capture = await l.live("b0", { count: 3 }).open();
    send("b1", frames(3));
    let count = 0;
    for await (const batch of capture) count += batch.count;
    assertEquals(count, 3);
  },
});

Deno.test("every function of libpcap's header files is declared, with its prototype and version", () => {
  const functions = declared();
  for (const { name, prototype, since } of functions) {
    assert(prototype.includes(`${name}(`), prototype);
    assert(/^\d\.\d+/.test(since), `${name}: ${since}`);
  }
  assertEquals(new Set(functions.map((f) => f.name)).size, functions.length);
  let header = "";
  for (const file of ["pcap.h", "bpf.h", "namedb.h"]) {
    try {
      header += Deno.readTextFileSync(`/usr/include/pcap/${file}`);
    } catch {
      // Without libpcap's header files there is nothing to compare with.
    }
  }
  const known = new Set(functions.map((f) => f.name));
  header = header.replace(/PCAP_DEPRECATED\(.*?\)/g, "");
  const missing = [...header.matchAll(/^\s*PCAP_API\b[^;(]*?\*?(\w+)\s*\(/gm)]
    .map(([, name]) => name)
    // Those of MS-DOS, which no Deno runs on.
    .filter((name) => !known.has(name) && !["pcap_set_wait", "pcap_mac_packets"].includes(name));
  assertEquals(missing, []);
});

Deno.test({
  name: `the table in docs/LIBPCAP.md says what is so${WITHOUT_NETWORK}`,
  ...needsNetwork,
  fn: () => {
    const names = new Set(declared().map((f) => f.name));
    const table = makeTable(new Set([...called].filter((name) => names.has(name))));
    if (Deno.args.includes("--update")) writeTable(table);
    assertEquals(tableInDocument(), table);
    const unwrapped = table.split("\n").filter((line) => / \| –\s+\| /.test(line));
    assertEquals(unwrapped, []);
    // Called where the larger pcap_dump_ftell64 is missing.
    const elsewhere = ["pcap_dump_ftell"];
    const untested = declared().map((f) => f.name).filter((name) =>
      !called.has(name) && !elsewhere.includes(name) &&
      table.split("\n").some((line) => line.startsWith(`| \`${name}\` `) && !/\| –/.test(line)) &&
      name in loaded
    );
    assertEquals(untested, []);
  },
});
