import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EngineError } from "../../core/errors.ts";
import { open } from "../../mod.ts";
import { pcapkit } from "../cli/_process.ts";
import { bare, PLAIN, report, TSHARK } from "./_tshark.ts";

const ignore = !TSHARK;
const WHY = ignore ? " (there is no tshark)" : "";
/** One exchange over TLS 1.3, one over TLS 1.2, on port 8443, and their secrets. */
const TLS = "tests/captures/tls-secrets.pcap", SECRETS = "tests/captures/tls-secrets.keys";
const DECRYPT = { keyLogFile: SECRETS, decodeAs: ["tcp.port==8443,tls"] };
const TOLD = ["-d", "tcp.port==8443,tls", "-o", `tls.keylog_file:${SECRETS}`];

Deno.test(`tshark engine decrypts TLS with a key-log file${WHY}`, { ignore }, async () => {
  const fields = [
    "frame.number",
    "tls.handshake.extensions_server_name",
    "http.request.uri",
    "http.host",
    "http.response.code",
  ];
  const ours = await report(TLS, "fields", { fields }, DECRYPT);
  assertEquals(
    ours,
    await bare("-r", TLS, ...TOLD, "-T", "fields", ...fields.flatMap((f) => ["-e", f])),
  );
  for (
    const text of ["\t/?-tls1_3\twww.pcapkit.test", "\t/?-tls1_2\twww.pcapkit.test", "\t200\n"]
  ) {
    assertStringIncludes(ours, text);
  }
  // Without the secrets only what is in the clear is seen.
  const closed = await report(TLS, "fields", { fields }, { decodeAs: DECRYPT.decodeAs });
  assertStringIncludes(closed, "\twww.pcapkit.test\t\t\t");
  assert(!closed.includes("tls1_"), closed);
  // The filter sees what was decrypted, and packets have it as fields and layers.
  const uris: unknown[] = [];
  for await (
    const packet of open(TLS, {
      engine: "tshark",
      engineOptions: { ...DECRYPT, displayFilter: "http.request" },
    })
  ) {
    uris.push(packet.field("http.request.uri"));
    assert(packet.has("tls") && packet.has("http"), packet.chain);
  }
  assertEquals(uris, ["/?-tls1_3", "/?-tls1_2"]);
  const command = await pcapkit([
    ...["fields", TLS, "-E", "tshark", "-e", "http.request.uri"],
    ...[
      "--engine-option",
      `keyLogFile=${SECRETS}`,
      "--engine-option",
      "displayFilter=http.request",
    ],
    ...["--engine-option", "decodeAs=tcp.port==8443,tls"],
  ], { allow: ["-P=cli"] });
  assertEquals([command.out, command.err], ["/?-tls1_3\n/?-tls1_2\n", ""]);
});

Deno.test(`tshark engine refuses a key-log file that is not there${WHY}`, { ignore }, async () => {
  await assertRejects(
    () => report(TLS, "text", {}, { keyLogFile: "tests/captures/no-such.keys" }),
    EngineError,
    'there is no file "tests/captures/no-such.keys"',
  );
});

Deno.test(
  `tshark engine uses the profile it is told to, and else none${WHY}`,
  { ignore },
  async () => {
    const directory = await Deno.makeTempDir(), env = { WIRESHARK_CONFIG_DIR: directory };
    const put = async (path: string, text: string) => {
      await Deno.mkdir(`${directory}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${directory}/${path}`, text);
    };
    // The user's own settings, and a named profile that says otherwise, with a port of its own and one protocol less.
    await put("preferences", "ip.check_checksum: TRUE\n");
    await put("profiles/lab/preferences", "tcp.relative_sequence_numbers: FALSE\n");
    await put("profiles/lab/decode_as_entries", "decode_as_entry: tcp.port,8443,(none),TLS\n");
    await put("profiles/lab/disabled_protos", "arp\n");
    const names = ["frame.protocols", "ip.checksum.status", "tcp.seq"];
    const flags = names.flatMap((name) => ["-e", name]);
    const ours = async (...options: string[]) => {
      const { code, out, err } = await pcapkit([
        ...["fields", TLS, "-E", "tshark", ...flags],
        ...options.flatMap((option) => ["--engine-option", option]),
      ], { env, allow: ["-A"] });
      assertEquals(code, 0, err);
      return out;
    };
    const theirs = async (configuration: string, ...args: string[]) => {
      const { stdout } = await new Deno.Command("tshark", {
        args: ["-r", TLS, ...args, "-T", "fields", ...flags],
        env: { ...PLAIN, WIRESHARK_CONFIG_DIR: configuration },
        stderr: "null",
      }).output();
      return new TextDecoder().decode(stdout);
    };
    const plain = await theirs(PLAIN.WIRESHARK_CONFIG_DIR), own = await theirs(directory);
    const lab = await theirs(directory, "-C", "lab");
    assertEquals(new Set([plain, own, lab]).size, 3);
    assertStringIncludes(lab, "eth:ethertype:ip:tcp:tls");
    try {
      assertEquals(await ours(), plain);
      assertEquals(await ours("profile=true"), own);
      assertEquals(await ours("profile=lab"), lab);
      assertEquals(await ours("profile=false"), plain);
      const none = await pcapkit(
        ["fields", TLS, "-E", "tshark", ...flags, "--engine-option", "profile=nosuch"],
        { env, allow: ["-A"] },
      );
      assertEquals([none.code, none.out], [2, ""]);
      assertStringIncludes(none.err, "nosuch");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

Deno.test(`tshark engine: filter, decode-as, preferences and two passes together${WHY}`, {
  ignore,
}, async () => {
  const fields = ["frame.number", "tcp.seq", "http.request.uri", "http.response_in"];
  const options = {
    ...DECRYPT,
    displayFilter: 'http.request.uri contains "tls1"',
    preferences: { "tcp.relative_sequence_numbers": "FALSE" },
    twoPass: true,
  };
  const ours = await report(TLS, "fields", { fields }, options);
  assertEquals(
    ours,
    await bare(
      ...["-2", "-r", TLS, ...TOLD, "-o", "tcp.relative_sequence_numbers:FALSE"],
      ...["-Y", options.displayFilter, "-T", "fields", ...fields.flatMap((f) => ["-e", f])],
    ),
  );
  // Both requests, both knowing the packet of their answer, which comes later.
  assertEquals(ours.trim().split("\n").length, 2);
  for (const line of ours.trim().split("\n")) {
    const [number, , , answer] = line.split("\t");
    assert(Number(answer) > Number(number), line);
  }
});
