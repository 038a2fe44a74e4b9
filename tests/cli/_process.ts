/**
 * Running the real command line in a process of its own.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url).pathname;
/** The recorded captures. */
export const CAPTURES: string = `${ROOT}tests/captures`;
/** The sample capture of the README. */
export const SAMPLE: string = `${CAPTURES}/sample.pcap`;

/** What a process left behind. */
export interface Outcome {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly err: string;
  /** Standard output as bytes. */
  readonly bytes: Uint8Array;
}

/** How the command line is run. */
export interface RunOptions {
  /** Given on standard input. */
  readonly stdin?: Uint8Array;
  /** Permission flags; all that reading and writing files needs if absent. */
  readonly allow?: readonly string[];
  /** Environment. */
  readonly env?: Record<string, string>;
}

/** The command that runs the command line with these arguments. */
export function command(args: readonly string[], options: RunOptions = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--quiet",
      ...options.allow ?? ["--allow-read", "--allow-write", "--allow-env"],
      `${ROOT}cli.ts`,
      ...args,
    ],
    stdin: options.stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...options.env },
  });
}

/** Runs the command line to its end. */
export async function pcapkit(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const child = command(args, options).spawn();
  if (options.stdin) {
    const writer = child.stdin.getWriter();
    await writer.write(options.stdin);
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  return {
    code,
    out: new TextDecoder().decode(stdout),
    err: new TextDecoder().decode(stderr),
    bytes: stdout,
  };
}

/** Whether a program is installed. */
export function has(program: string): boolean {
  return new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

/** Runs another program and answers its standard output. */
export async function tool(program: string, ...args: string[]): Promise<string> {
  const { stdout, code, stderr } = await new Deno.Command(program, {
    args,
    stdout: "piped",
    stderr: "piped",
    env: { TZ: "UTC" },
  }).output();
  if (code !== 0) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
