/**
 * What tests of the tshark engine share.
 *
 * @module
 */
import { start } from "../../workers/extract.ts";

/** Whether there is a tshark; tests that need one are skipped without. */
export const TSHARK = ((): boolean => {
  try {
    return new Deno.Command("tshark", { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
})();

/** The environment in which tshark says the same to everyone. */
export const PLAIN = { TZ: "UTC", LC_ALL: "C.UTF-8", WIRESHARK_CONFIG_DIR: "/nonexistent/pcapkit" };

/** What bare tshark prints. */
export async function bare(...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("tshark", {
    args: [...args],
    env: PLAIN,
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

/** The report on a capture by the engine, as text. */
export async function report(
  fin: string | Uint8Array | ReadableStream<Uint8Array>,
  format: string,
  formatOptions: Record<string, unknown> = {},
  engineOptions: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const extraction = await start({
    fin,
    format,
    formatOptions,
    engine: "tshark",
    engineOptions,
    store: false,
    extension: false,
    reuse: true,
    sink: () => ({
      write: (b: Uint8Array) => void (text += decoder.decode(b, { stream: true })),
      close: () => {},
    }),
    ...more,
  });
  await extraction.run();
  return text;
}

/** Processes (their numbers) whose command line holds `mark`. */
export async function running(mark: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-f", mark], stderr: "null" })
    .output();
  return new TextDecoder().decode(stdout).split("\n").filter((l) => l !== "").map(Number);
}
