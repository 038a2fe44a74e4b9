import { assert, assertEquals, assertThrows } from "@std/assert";
import { Dumper, LibpcapError, PcapHandle } from "../../capture/libpcap/mod.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "./_library.ts";
import { frame, network, WITHOUT_NETWORK } from "./_network.ts";
import { cancelled, deleted, missing, type Soaked } from "./_soak.ts";

/** Bytes of memory that the collector may not have taken back yet. */
const LATE_BYTES = 48 * 1024 * 1024;

// The full numbers, 100, 20 and 100, are run by `deno task soak`.
for (
  const [name, part, runs] of [
    ["captures cancelled at random moments leave nothing behind", cancelled, 24],
    ["a device that goes away ends its capture with an error, after its frames", deleted, 6],
    ["devices that are not there are errors, and leave nothing behind", missing, 40],
  ] as [string, (runs: number) => Promise<Soaked>, number][]
) {
  Deno.test({
    name: name + WITHOUT_NETWORK,
    ignore: WITHOUT_NETWORK !== "",
    fn: async () => {
      using _ = network();
      const { descriptors, memory } = await part(runs);
      assertEquals(descriptors, 0);
      assert(memory < LATE_BYTES, `${memory} bytes of memory more`);
    },
  });
}

/** Every getter and method of a class, called with arguments that do. */
function callAll(
  of: object,
  given: Readonly<Record<string, unknown[]>>,
): Map<string, () => unknown> {
  const calls = new Map<string, () => unknown>();
  const prototype = Object.getPrototypeOf(of);
  for (const [key, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (["constructor", "close", "closed"].includes(key)) continue;
    if (get !== undefined) calls.set(key, () => (of as Record<string, unknown>)[key]);
    else calls.set(key, () => value.apply(of, given[key] ?? []));
  }
  return calls;
}

Deno.test({
  name: `a closed handle cannot be used, by any method${WITHOUT_LIBPCAP}`,
  ignore: LIBPCAP === undefined,
  fn: async () => {
    const file = await Deno.makeTempFile();
    const handle = PcapHandle.openDead(1);
    const open = PcapHandle.openDead(1);
    const dumper = Dumper.open(open, file);
    const packet = { seconds: 1, nanoseconds: 0, wireLength: 60, data: frame(1) };
    handle.close();
    handle.close();
    handle[Symbol.dispose]();
    assertEquals(handle.closed, true);
    const calls = callAll(handle, {
      setFilter: ["tcp"],
      setTimestampType: ["host"],
      setPrecision: ["nanoseconds"],
      setDirection: ["in"],
      inject: [frame(1)],
      sendPacket: [frame(1)],
      dispatch: [1, dumper],
      loop: [1, dumper],
    });
    assert(calls.size >= 34, `${calls.size} methods`);
    for (const [name, call] of calls) assertThrows(call, TypeError, "closed", name);
    assertThrows(() => handle.nonBlocking = true, TypeError, "closed");
    assertThrows(() => Dumper.open(handle, file), TypeError, "closed");
    dumper.close();
    dumper.close();
    for (const [name, call] of callAll(dumper, { write: [packet] })) {
      assertThrows(call, TypeError, "closed", name);
    }
    assertThrows(() => open.dispatch(1, dumper), TypeError, "closed");
    open.close();
    await Deno.remove(file);
  },
});

Deno.test({
  name:
    `a handle that is not active, or has no device, refuses what it cannot do${WITHOUT_NETWORK}`,
  ignore: WITHOUT_NETWORK !== "",
  fn: async () => {
    using _ = network();
    const file = await Deno.makeTempFile();
    using writing = PcapHandle.openDead(1);
    using dumper = Dumper.open(writing, file);
    for (const handle of [PcapHandle.create("b0"), PcapHandle.openDead(1)]) {
      using _closing = handle;
      const calls = callAll(handle, {
        setFilter: ["tcp"],
        setTimestampType: ["host"],
        setPrecision: ["nanoseconds"],
        setDirection: ["in"],
        setSnapLength: [100],
        setProtocol: [0x800],
        setBufferSize: [100_000],
        setTimeout: [1],
        setLinkType: [1],
        inject: [frame(1)],
        sendPacket: [frame(1)],
        dispatch: [1, dumper],
        loop: [1, dumper],
      });
      calls.delete("activate");
      let refused = 0;
      for (const [name, call] of calls) {
        try {
          call();
        } catch (error) {
          assert(error instanceof LibpcapError, `${name}: ${error}`);
          refused++;
        }
      }
      assert(refused >= 8, `${refused} refused`);
    }
    await Deno.remove(file);
  },
});
