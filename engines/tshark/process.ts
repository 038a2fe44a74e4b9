/**
 * tshark as a process: fed, read, watched, and gone when it is not needed.
 *
 * @module
 */
import { EngineError, type EngineFailure } from "../../core/errors.ts";
import { TSHARK_STDERR_BYTES, TSHARK_STOP_MS } from "../../core/limits.ts";

/** The oldest tshark that is supported: the first whose PDML and `-T fields` are as they are read here. */
export const OLDEST = [3, 0] as const;

/** How tshark is started. */
export interface ProcessOptions {
  /** Program: a name that is looked for in `PATH`, or a path. */
  readonly program: string;
  /** Arguments. */
  readonly args: readonly string[];
  /** Directory of the profile, instead of the user's own. */
  readonly configuration?: string;
  /** Whether standard input is fed. */
  readonly fed: boolean;
  /** Whether it captures by itself: then it is asked to end before it is ended, so that what it started ends, too. */
  readonly captures?: boolean;
  /** Whether what it prints may wait a moment to be read: nobody waits for each packet. */
  readonly patient?: boolean;
  /** Name in errors. */
  readonly engine?: string;
}

/** What a reason names a missing program by. */
export function missing(program: string): string {
  return `cannot find "${program}": install Wireshark's tshark (Debian and Ubuntu: apt install tshark; ` +
    `macOS: brew install wireshark), or say where it is by the option "tshark"`;
}

/** The environment tshark runs in: no profile but the one given, UTC, and text in UTF-8, so that values do not depend on who asks. */
function environment(configuration: string | undefined): Record<string, string> {
  return {
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    ...(configuration === undefined ? {} : { WIRESHARK_CONFIG_DIR: configuration }),
  };
}

/** Characters of what it says that a message repeats. */
const REASON_CHARACTERS = 400;

/** Bytes read at once: what a pipe holds. */
const READ_BYTES = 65_536;

/** So many reads in a row that bring less than a quarter of what a pipe holds show that output trickles. */
const TRICKLE_READS = 8;
/** Milliseconds waited between reads at most, for more to come: tshark's own pace fills half a pipe in them. */
const PAUSE_MS = 32;

/** A directory that is not there: no profile. */
export const NO_PROFILE = "/nonexistent/pcapkit";

/** A running tshark. */
export class TsharkProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new ArrayBuffer(READ_BYTES);
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #engine: string;
  readonly #program: string;
  readonly #errors: Promise<void>;
  readonly #captures: boolean;
  readonly #patient: boolean;
  #trickling = 0;
  /** Milliseconds waited before each read. */
  #pause = 0;
  #stderr: Uint8Array = new Uint8Array(0);
  #status: Deno.CommandStatus | undefined;
  /** Whether its end is our doing. */
  #killed = false;
  #inputOpen: boolean;

  /**
   * Starts tshark.
   *
   * @throws {EngineError} If it cannot be started.
   */
  constructor(
    {
      program,
      args,
      configuration,
      fed,
      captures = false,
      patient = false,
      engine = "tshark",
    }: ProcessOptions,
  ) {
    this.#engine = engine;
    this.#patient = patient;
    this.#captures = captures;
    this.#program = program;
    try {
      this.#child = new Deno.Command(program, {
        args: [...args],
        env: environment(configuration),
        stdin: fed ? "piped" : "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new EngineError(engine, missing(program), {}, { cause: error });
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError(engine, `cannot start "${program}": ${reason}`, {}, { cause: error });
    }
    this.#reader = this.#child.stdout.getReader({ mode: "byob" });
    this.#writer = fed ? this.#child.stdin.getWriter() : undefined;
    this.#inputOpen = fed;
    this.#writer?.closed.catch(() => {});
    this.#child.status.then((status) => this.#status = status);
    this.#errors = this.#collect();
  }

  /** Keeps the beginning and the end of what it says: the reason may be either. */
  async #collect(): Promise<void> {
    const half = TSHARK_STDERR_BYTES / 2;
    for await (const chunk of this.#child.stderr) {
      const all = new Uint8Array(this.#stderr.length + chunk.length);
      all.set(this.#stderr);
      all.set(chunk, this.#stderr.length);
      if (all.length <= TSHARK_STDERR_BYTES) {
        this.#stderr = all;
        continue;
      }
      all.copyWithin(half, all.length - half);
      this.#stderr = all.slice(0, TSHARK_STDERR_BYTES);
    }
  }

  /**
   * Feeds bytes; the promise is fulfilled when they are taken, so that no more than a pipe's worth waits. A tshark that
   * is gone takes them without a word: {@link read} tells.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#inputOpen) return;
    try {
      await this.#writer!.write(bytes);
    } catch {
      this.#inputOpen = false;
    }
  }

  /** No more bytes come. */
  async endInput(): Promise<void> {
    if (!this.#inputOpen) return;
    this.#inputOpen = false;
    try {
      await this.#writer!.close();
    } catch {
      // It is gone.
    }
  }

  /** The next bytes it prints; `undefined` at the end. Valid until the next call. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#pause > 0) await new Promise((resolve) => setTimeout(resolve, this.#pause));
    const { value, done } = await this.#reader.read(new Uint8Array(this.#buffer));
    if (value !== undefined) this.#buffer = value.buffer;
    if (done) return undefined;
    this.#adapt(value!.length);
    return value;
  }

  /**
   * Where output trickles, waits for more of it: tshark writes 4 KiB at a time, and each read costs as much as dissecting a
   * packet. Where it streams, waits for nothing.
   */
  #adapt(bytes: number): void {
    if (bytes > READ_BYTES / 2) {
      this.#trickling = 0;
      this.#pause >>= 1;
    } else if (bytes < READ_BYTES / 4 && this.#patient && ++this.#trickling > TRICKLE_READS) {
      this.#pause = Math.min(PAUSE_MS, 2 * this.#pause + 1);
    }
  }

  /** What it said on standard error, without what it says to everyone; complete once it has ended. */
  get stderr(): string {
    return new TextDecoder().decode(this.#stderr).split("\n")
      .filter((l) => l.trim() !== "" && !l.startsWith("Running as user ")).join("\n");
  }

  /** Waits for its end, and answers what went wrong; `undefined` if it ended as it should. */
  async failure(): Promise<EngineError | undefined> {
    const { code, signal, success } = await this.#child.status;
    await this.#errors;
    return success ? undefined : await this.#error(code, signal);
  }

  /** The error for an end before time: `what` was still expected. */
  async early(what: string): Promise<EngineError> {
    return await this.failure() ??
      new EngineError(this.#engine, `tshark ended before ${what}`, {
        exitCode: 0,
        stderr: this.stderr,
      });
  }

  async #error(code: number, signal: string | null): Promise<EngineError> {
    const { stderr } = this;
    const facts: EngineFailure = {
      exitCode: signal === null ? code : undefined,
      signal: signal ?? undefined,
      stderr,
    };
    const said = stderr === "" ? "" : `: ${stderr.slice(0, REASON_CHARACTERS)}`;
    if (signal !== null) {
      return new EngineError(this.#engine, `tshark was ended by ${signal}${said}`, facts);
    }
    const version = await versionOf(this.#program);
    const old = version !== undefined && older(version)
      ? `; it is version ${version.join(".")}, and pcapkit needs ${OLDEST.join(".")} or later`
      : "";
    return new EngineError(this.#engine, `tshark ended with exit code ${code}${old}${said}`, facts);
  }

  /** Ends it, if it still runs, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#status === undefined && !this.#killed) {
      this.#killed = true;
      const kill = (signal: Deno.Signal): void => {
        try {
          this.#child.kill(signal);
        } catch {
          // It has just ended.
        }
      };
      if (this.#captures) {
        kill("SIGINT");
        // What it prints must go somewhere for it to come to its end.
        const drained = (async () => {
          while (await this.read().catch(() => undefined) !== undefined);
        })();
        const timer = setTimeout(() => kill("SIGKILL"), TSHARK_STOP_MS);
        await Promise.all([this.#child.status, drained]);
        clearTimeout(timer);
      } else kill("SIGKILL");
    }
    await this.#child.status;
    await this.#reader.cancel().catch(() => {});
    if (this.#inputOpen) {
      this.#inputOpen = false;
      await this.#writer!.abort().catch(() => {});
    }
    await this.#errors.catch(() => {});
  }
}

/** Whether a version is older than {@link OLDEST}. */
export function older([major, minor]: readonly number[]): boolean {
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** Reads `4.0.17` out of what tshark says about itself. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const found = /(?:wireshark\/|TShark[^0-9]*?)(\d+)\.(\d+)(?:\.(\d+))?/i.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

/** The version of a tshark; `undefined` if it does not say. It costs as much as a start of tshark. */
export async function versionOf(
  program: string,
): Promise<readonly [number, number, number] | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args: ["--version"],
      env: environment(NO_PROFILE),
      stdin: "null",
      stderr: "null",
    }).output();
    return parseVersion(new TextDecoder().decode(stdout));
  } catch {
    return undefined;
  }
}
