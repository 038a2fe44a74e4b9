/**
 * The engine `tshark`: Wireshark's dissectors, run as a subprocess that is fed the frames. Everything Wireshark knows of
 * a packet comes out, by its names; see docs/TSHARK.md.
 *
 * @module
 */
import type { Availability, Dissector, Engine, EngineContext } from "../core/engine.ts";

/** Wireshark's dissectors. */
export const tshark: Engine = {
  name: "tshark",
  title: "Wireshark's dissectors, all protocols it knows (needs tshark 3.0 or later)",
  aliases: ["pyshark"],
  capabilities: { depth: "application", stateful: true, items: true },
  alone: {
    preferences: {
      "ip.check_checksum": "TRUE",
      "tcp.check_checksum": "TRUE",
      "udp.check_checksum": "TRUE",
      "ip.defragment": "FALSE",
      "ipv6.defragment": "FALSE",
      "tcp.desegment_tcp_streams": "FALSE",
      "tcp.reassemble_out_of_order": "FALSE",
      "tcp.analyze_sequence_numbers": "FALSE",
      "tcp.relative_sequence_numbers": "FALSE",
      "http.desegment_headers": "FALSE",
      "http.desegment_body": "FALSE",
      "tcp.no_subdissector_on_error": "FALSE",
      "eth.fcs": "Never",
    },
  },
  available,
  start: async (context: EngineContext): Promise<Dissector> =>
    (await import("./tshark/session.ts")).startSession(context),
};

/** Whether there is a tshark; looked for in `PATH` where that may be read, else started. An option may name another. */
async function available(options: Readonly<Record<string, unknown>> = {}): Promise<Availability> {
  const { tshark: program = "tshark" } = options;
  if (typeof program !== "string") return { available: true };
  const found = program.includes("/") ? isFile(program) : inPath(program);
  if (found === true) return { available: true };
  const { missing, versionOf } = await import("./tshark/process.ts");
  if (found ?? (await versionOf(program)) !== undefined) return { available: true };
  return { available: false, reason: missing(program) };
}

function inPath(program: string): boolean | undefined {
  const windows = Deno.build.os === "windows";
  try {
    const path = Deno.env.get("PATH") ?? "";
    return path.split(windows ? ";" : ":").some((directory) =>
      isFile(`${directory}/${program}`) || (windows && isFile(`${directory}/${program}.exe`))
    );
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean | undefined {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : undefined;
  }
}
