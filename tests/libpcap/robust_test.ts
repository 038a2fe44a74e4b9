import { assert, assertEquals, assertThrows } from "@std/assert";
import { Dumper, LibpcapError, PcapHandle } from "../../capture/libpcap/mod.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "./_library.ts";
import { frame, network, WITHOUT_NETWORK } from "./_network.ts";

// In a process of its own, whose descriptors and memory are nobody else's. All runs are done by `deno task soak`.
Deno.test({
  name:
    "captures and sending, cancelled at random or bereft of their device, leave nothing behind" +
    WITHOUT_NETWORK,
  ignore: WITHOUT_NETWORK !== "",
  fn: async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", new URL("_soak.ts", import.meta.url).pathname, "0.25"],
    }).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals([code, text.match(/ 0 descriptors more/g)?.length], [0, 4], text);
  },
});

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
