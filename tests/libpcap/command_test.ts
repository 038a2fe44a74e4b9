import { assert, assertEquals } from "@std/assert";
import { decodeBlock, openCapture } from "../../capture/mod.ts";
import { command } from "../cli/_process.ts";
import { LIBPCAP, WITHOUT_LIBPCAP } from "./_library.ts";
import { frame, frames, installed, network, send, sleep, WITHOUT_NETWORK } from "./_network.ts";

/** The one permission that capturing needs. */
const FFI = `--allow-ffi=${LIBPCAP === undefined || LIBPCAP.startsWith("/") ? LIBPCAP : path()}`;

/** Where libpcap is, if it was loaded by its bare name. */
function path(): string {
  const out = new Deno.Command("sh", {
    args: ["-c", `ls /usr/lib/*/${LIBPCAP} /usr/lib64/${LIBPCAP} /usr/lib/${LIBPCAP} 2>/dev/null`],
  }).outputSync().stdout;
  return new TextDecoder().decode(out).split("\n")[0];
}

function test(name: string, fn: () => Promise<void>, ...programs: string[]): void {
  const missing = programs.filter((program) => !installed(program));
  const without = WITHOUT_NETWORK ||
    (missing.length > 0 ? ` (skipped: no ${missing.join(", ")})` : "");
  Deno.test({ name: name + without, ignore: without !== "", fn });
}

/** What a run of the command line left. */
interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line; `act` when it says that it listens. */
async function pcapkit(
  args: readonly string[],
  allow: readonly string[],
  act: (child: Deno.ChildProcess) => void | Promise<void> = () => {},
): Promise<Ran> {
  const child = command(args, { allow: ["--no-prompt", ...allow] }).spawn();
  const decoder = new TextDecoder();
  let err = "", acted = false;
  const stdout = new Response(child.stdout).text();
  for await (const chunk of child.stderr) {
    err += decoder.decode(chunk, { stream: true });
    if (!acted && err.includes("listening on")) {
      acted = true;
      await act(child);
    }
  }
  return { code: (await child.status).code, out: await stdout, err };
}

/** The frames of a file. */
async function framesOf(file: string): Promise<Uint8Array[]> {
  await using capture = await openCapture(file);
  const found: Uint8Array[] = [];
  for await (const batch of capture) {
    for (let i = 0; i < batch.count; i++) {
      found.push(batch.bytes.slice(batch.starts[i], batch.starts[i] + batch.capturedLengths[i]));
    }
  }
  return found;
}

test("capture shows packets, with permission for libpcap alone", async () => {
  using _ = network();
  const args = ["capture", "-i", "b0", "-c", "3", "ether", "proto", "0x88b5"];
  const { code, out, err } = await pcapkit(args, [FFI], () => send("b1", frames(5)));
  assertEquals([code, out.trim().split("\n").length], [0, 3], err);
  assert(out.includes("02:00:00:00:00:01"), out);
  assert(err.includes("listening on b0, link-type EN10MB"), err);
  assert(err.includes("\n3 packets captured\n"), err);
  assert(err.includes("\n0 packets dropped by kernel\n"), err);
});

test("capture writes pcapng with interface, filter, counters and end", async () => {
  using _ = network();
  const file = await Deno.makeTempFile({ suffix: ".pcapng" });
  const { code, out, err } = await pcapkit(
    ["capture", "-i", "b0", "-w", file, "--bpf", "ether proto 0x88b5"],
    [FFI, `--allow-write=${file}`],
    async (child) => {
      send("b1", frames(200));
      await sleep(100);
      child.kill("SIGINT");
    },
  );
  assertEquals([code, out], [0, ""], err);
  assert(err.includes("200 packets captured"), err);
  assertEquals(await framesOf(file), frames(200));
  const bytes = await Deno.readFile(file), view = new DataView(bytes.buffer);
  const kinds: Record<string, ReturnType<typeof decodeBlock>> = {};
  for (let at = 0; at < bytes.length; at += view.getUint32(at + 4, true)) {
    const block = decodeBlock(bytes.subarray(at, at + view.getUint32(at + 4, true)), {
      littleEndian: true,
    });
    kinds[block.kind] = block;
  }
  const options = (kind: string): Record<string, unknown> =>
    Object.fromEntries(
      (kinds[kind] as unknown as { options: { name: string; value: unknown }[] }).options
        .map(({ name, value }) => [name, value]),
    );
  assert(String(options("section").shb_userappl).startsWith("pcapkit "));
  assertEquals(options("interface").if_name, "b0");
  assertEquals(options("interface").if_filter, { kind: 0, filter: "ether proto 0x88b5" });
  const { isb_ifrecv, isb_ifdrop, isb_osdrop, isb_usrdeliv, isb_starttime, isb_endtime } = options(
    "statistics",
  );
  assertEquals([isb_ifrecv, isb_ifdrop, isb_osdrop, isb_usrdeliv], [200n, 0n, 0n, 200n]);
  assert((isb_starttime as bigint) < (isb_endtime as bigint));
  await Deno.remove(file);
});

test("capture writes a file and a report at once, of several devices", async () => {
  using _ = network();
  const folder = await Deno.makeTempDir();
  const { code, out, err } = await pcapkit(
    ["capture", "-i", "b0,lo", "-w", `${folder}/a.pcap`, "-f", "ndjson", "-a", "packets:4"],
    [FFI, `--allow-write=${folder}`],
    () => send("b1", frames(4)),
  );
  assertEquals([code, out.trim().split("\n").length], [0, 4], err);
  assertEquals(await framesOf(`${folder}/a.pcap`), frames(4));
  for (const line of ["b0: 4 packets captured", "lo: 0 packets captured", "4 packets captured"]) {
    assert(err.includes(`\n${line}\n`), err);
  }
  await Deno.remove(folder, { recursive: true });
});

test("capture fills a ring of files and keeps the last ones", async () => {
  using _ = network();
  const folder = await Deno.makeTempDir();
  const { code, err } = await pcapkit(
    [
      "capture",
      "-i",
      "b0",
      "-w",
      `${folder}/r.pcap`,
      "-b",
      "packets:30",
      "-b",
      "files:2",
      "-c",
      "100",
    ],
    [FFI, `--allow-write=${folder}`],
    () => send("b1", frames(100)),
  );
  assertEquals(code, 0, err);
  const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  assertEquals(names.map((name) => name.replace(/_\d{14}/, "")), ["r_00003.pcap", "r_00004.pcap"]);
  assertEquals(await framesOf(`${folder}/${names[0]}`), frames(30, 60));
  assertEquals(await framesOf(`${folder}/${names[1]}`), frames(10, 90));
  await Deno.remove(folder, { recursive: true });
});

test("capture ends by duration, by the size of the file, by the number of files", async () => {
  using _ = network();
  const folder = await Deno.makeTempDir();
  const allow = [FFI, `--allow-write=${folder}`];
  const burst = () => send("b1", Array.from({ length: 50 }, (_, i) => frame(i, 1000)));
  const timed = await pcapkit(["capture", "-i", "b0", "-a", "duration:0.3"], allow, burst);
  assertEquals([timed.code, timed.out.trim().split("\n").length], [0, 50], timed.err);
  const args = ["capture", "-i", "b0", "-w", `${folder}/s.pcap`];
  const sized = await pcapkit([...args, "-a", "filesize:10"], allow, burst);
  assertEquals(sized.code, 0, sized.err);
  assertEquals((await framesOf(`${folder}/s.pcap`)).length, 10);
  const ringed = await pcapkit([...args, "-b", "filesize:5", "-a", "files:3"], allow, burst);
  assertEquals(ringed.code, 0, ringed.err);
  assertEquals([...Deno.readDirSync(folder)].length, 4);
  await Deno.remove(folder, { recursive: true });
});

test("capture through dumpcap needs no permission but to run it", async () => {
  using _ = network();
  const { code, out, err } = await pcapkit(
    ["capture", "-i", "b0", "--through", "dumpcap", "-c", "3", "ether proto 0x88b5"],
    ["--allow-run=dumpcap"],
    async () => {
      await sleep(300);
      send("b1", frames(3));
    },
  );
  assertEquals([code, out.trim().split("\n").length], [0, 3], err);
  const { code: failed, err: why } = await pcapkit(
    ["capture", "-i", "b0", "--through", "dumpcap"],
    [],
  );
  assertEquals(failed, 2);
  assert(why.includes("--allow-run=dumpcap"), why);
}, "dumpcap");

test("on a terminal, a line shows packets, rate and drops while it captures", async () => {
  using _ = network();
  const file = await Deno.makeTempFile({ suffix: ".pcapng" });
  const words = [Deno.execPath(), "run", "--no-prompt", "--quiet", FFI, `--allow-write=${file}`];
  words.push(new URL("../../cli.ts", import.meta.url).pathname, "capture", "-i", "b0", "-w", file);
  const child = new Deno.Command("script", {
    args: ["-qfec", [...words, "-a", "duration:1.2"].join(" "), "/dev/null"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  let text = "", sent = false;
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (!sent && text.includes("listening on")) {
      sent = true;
      send("b1", frames(100));
    }
  }
  assertEquals((await child.status).code, 0, text);
  assert(/\r100 packets, \d+\/s, 0 dropped/.test(text), JSON.stringify(text));
  assert(/\r +\r100 packets captured/.test(text), JSON.stringify(text));
  await Deno.remove(file);
}, "script");

test(
  "without the right to capture, the error says what to do; devices are listed all the same",
  async () => {
    using _ = network();
    const bare = (args: string[]) =>
      new Deno.Command("setpriv", {
        args: [
          "--inh-caps=-all",
          "--ambient-caps=-all",
          "--bounding-set=-all",
          Deno.execPath(),
          "run",
          "--no-prompt",
          "--quiet",
          FFI,
          new URL("../../cli.ts", import.meta.url).pathname,
          ...args,
        ],
        env: { NO_COLOR: "1" },
      }).output();
    const { code, stderr } = await bare(["capture", "-i", "b0", "-c", "1"]);
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 2);
    for (const word of ['"b0"', "permission", "sudo", "setcap cap_net_raw", "--through dumpcap"]) {
      assert(text.includes(word), text);
    }
    const { code: listed, stdout } = await bare(["devices", "--json", "b0"]);
    assertEquals(listed, 0);
    const device = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([device.name, device.up, device.linkTypes], ["b0", true, undefined]);
    assert(device.reason.includes("permission"), device.reason);
  },
  "setpriv",
);

test("devices are shown, with permission for libpcap alone", async () => {
  using _ = network();
  const { code, out, err } = await pcapkit(["devices", "--json"], [FFI]);
  assertEquals(code, 0, err);
  const devices = out.trim().split("\n").map((line) => JSON.parse(line));
  const b0 = devices.find((d) => d.name === "b0");
  assertEquals(b0.linkTypes.map((l: { name: string }) => l.name), ["EN10MB", "DOCSIS"]);
  assertEquals(b0.timestampTypes[0].name, "host");
  const text = await pcapkit(["devices", "b0", "lo"], [FFI]);
  assert(/^b0: up, running, connected\n {4}link {8}[0-9a-f:]{17}\n/.test(text.out), text.out);
  assert(text.out.includes("lo: up, running, loopback"), text.out);
  const none = await pcapkit(["devices", "nope"], [FFI]);
  assertEquals(none.code, 2);
  assert(none.err.includes('"nope"') && none.err.includes("b0"), none.err);
});

test("capture says what is wrong with what it is told", async () => {
  using _ = network();
  const cases: [string[], string][] = [
    [["-i", "nope"], 'Cannot capture on "nope"'],
    [["-i", "b0", "no", "such", "filter"], "no such filter"],
    [["-i", "b0", "--bpf", "tcp", "udp"], "both filters"],
    [["-i", "b0", "-b", "files:2"], "--write"],
    [["-i", "b0", "-a", "weeks:2"], "duration:N"],
    [["-i", "b0", "-a", "files:2", "-w", "x.pcap"], "--ring"],
    [["-i", "b0", "-f", "nonsense"], "nonsense"],
    [["-i", "b0", "-y", "nonsense"], "nonsense"],
    [["-i", "b0", "-E", "nonsense"], "nonsense"],
    [["-i", "b0", "--fanout", "x"], "GROUP"],
  ];
  const ran = await Promise.all(cases.map(([args]) => pcapkit(["capture", ...args], [FFI])));
  cases.forEach(([args, expected], i) => {
    assertEquals(ran[i].code, 2, args.join(" "));
    assert(ran[i].err.includes(expected), `${args.join(" ")}: ${ran[i].err}`);
  });
});

Deno.test({
  name: `without permission for libpcap, the error names the flag${WITHOUT_LIBPCAP}`,
  ignore: LIBPCAP === undefined || Deno.build.os !== "linux",
  fn: async () => {
    for (const args of [["capture", "-i", "lo", "-c", "1"], ["devices"]]) {
      const { code, err } = await pcapkit(args, []);
      assertEquals(code, 2);
      assert(err.includes("allow it with --allow-ffi=/"), err);
    }
  },
});
