/**
 * What benchmarks need of the machine: what it is, which programs it has, and children measured and ended.
 *
 * @module
 */

/** What one run of a program took. */
export interface Run {
  /** CPU seconds, user and system, of the program and of those of its children that it waited for. */
  readonly cpu: number;
  /** Of these, seconds in the kernel. */
  readonly system: number;
  /** Seconds from start to end. */
  readonly wall: number;
  /** Peak memory in bytes. */
  readonly peak: number;
  /** Bytes written to standard output, if they were counted. */
  readonly bytes: number;
  /** Standard output, if it was kept. */
  readonly output: string;
}

/** How a program is run. */
export interface RunOptions {
  /** Processor to run on; any if absent. */
  readonly cpu?: number | undefined;
  /** Seconds after which it is killed. */
  readonly seconds?: number;
  /** What becomes of standard output: `/dev/null`, counted through a pipe, or kept. */
  readonly output?: "null" | "count" | "keep";
  /** Folder to run in. */
  readonly folder?: string;
}

/** A program could not be run, or failed, or took too long. */
export class RunError extends Error {
  override readonly name = "RunError";
  /** What was wrong in a few words: the last the program said, if it said something. */
  readonly reason: string;

  constructor(message: string, said = "") {
    super(said === "" ? message : `${message}: ${said}`);
    const lines = said.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    const told = lines.find((line) => /^(?:error|pcapkit):/i.test(line)) ?? lines.at(-1);
    this.reason = told?.replace(/^pcapkit: /, "") ?? message;
  }
}

interface Answer {
  code: number;
  late: boolean;
  user: number;
  system: number;
  wall: number;
  peak: number;
  bytes: number;
  output: string;
  errors: string;
}

/** Seconds that a program gets unless it is said otherwise. */
const LIMIT = 900;

/** Runs programs one at a time; disposing ends the one that runs. */
export class Host implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;
  #ended = false;
  readonly #python: string;
  readonly #meter: string;

  private constructor(python: string, meter: string, readonly folder: string) {
    this.#python = python;
    this.#meter = meter;
  }

  /**
   * Finds what measuring needs. `folder`: where files may be put that have to be on the disk.
   *
   * @throws {RunError} If there is no Python.
   */
  static async open(folder: string): Promise<Host> {
    // The distribution's own first: its packages (dpkt, scapy) are for that one.
    const python = findProgram("/usr/bin/python3") ?? findProgram("python3");
    if (python === undefined) {
      throw new RunError(
        "Cannot measure: python3 is not installed, and Deno does not say what a child took",
      );
    }
    return new Host(python, await onDisk("_measure.py", folder), folder);
  }

  /** The interpreter that measures and that the Python peers run with. */
  get python(): string {
    return this.#python;
  }

  /** Whether {@linkcode stop} was called. */
  get stopped(): boolean {
    return this.#ended;
  }

  /** Runs a program to its end. */
  async run(command: readonly string[], options: RunOptions = {}): Promise<Run> {
    const { cpu, seconds = LIMIT, output = "null", folder = "/" } = options;
    if (this.#ended) throw new RunError("Cannot start: the benchmark was stopped");
    const child = new Deno.Command(this.#python, {
      args: [
        this.#meter,
        cpu === undefined ? "-" : String(cpu),
        String(seconds),
        output,
        folder,
        "--",
        ...command,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
      env: { NO_COLOR: "1", LC_ALL: "C.UTF-8" },
    }).spawn();
    this.#child = child;
    const text = await new Response(child.stdout).text();
    const status = await child.status;
    this.#child = undefined;
    if (this.#ended || !status.success || text === "") {
      throw new RunError(`"${command.join(" ")}" was stopped`);
    }
    const answer = JSON.parse(text) as Answer;
    if (answer.late) throw new RunError(`"${command.join(" ")}" took more than ${seconds} s`);
    if (answer.code !== 0) {
      throw new RunError(
        `"${command.join(" ")}" ended with ${answer.code}`,
        answer.errors.trim(),
      );
    }
    const { user, system, wall, peak, bytes } = answer;
    return { cpu: user + system, system, wall, peak, bytes, output: answer.output };
  }

  /** The first line that a program prints, or `undefined` if it is not there or fails. */
  async line(command: readonly string[]): Promise<string | undefined> {
    try {
      const { output } = await this.run(command, { seconds: 60, output: "keep" });
      return output.split("\n")[0].trim();
    } catch (error) {
      if (error instanceof RunError && !this.#ended) return undefined;
      throw error;
    }
  }

  /** Ends what runs; nothing can be started any more. */
  stop(): void {
    this.#ended = true;
    try {
      this.#child?.kill("SIGTERM");
    } catch {
      // It has just ended.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#child?.status;
  }
}

/** The path of a file beside this one; copied into `folder` if this was loaded over the network. */
export async function onDisk(name: string, folder: string): Promise<string> {
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:") return decodeURIComponent(url.pathname);
  const path = `${folder}/${name.slice(name.lastIndexOf("/") + 1)}`;
  Deno.writeFileSync(path, await (await fetch(url)).bytes());
  return path;
}

/** The path of a program, or `undefined` if it is not installed. */
export function findProgram(name: string): string | undefined {
  const places = name.includes("/")
    ? [name]
    : (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${name}`);
  return places.find((path) => {
    try {
      const { isFile, mode } = Deno.statSync(path);
      return isFile && ((mode ?? 0) & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}

/** The machine, as far as it matters. */
export interface Machine {
  /** Processor's model. */
  readonly cpu: string;
  /** Processors. */
  readonly cores: number;
  /** Bytes of memory. */
  readonly memory: number;
  /** Operating system. */
  readonly system: string;
}

/** Says what the machine is. */
export async function machine(host: Host): Promise<Machine> {
  // Deno itself may read /proc with all permissions only.
  const model = await host.line(["grep", "-m1", "model name", "/proc/cpuinfo"]);
  return {
    cpu: model?.split(":")[1]?.trim() || Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memory: Deno.systemMemoryInfo().total,
    system: `${Deno.build.os} ${Deno.osRelease()}`,
  };
}

/** The processors programs may run on; none if the system does not say. */
export async function allowedCpus(host: Host): Promise<number[]> {
  const list = await host.line([
    host.python,
    "-c",
    "import os; print(*sorted(os.sched_getaffinity(0)))",
  ]);
  return list === undefined ? [] : list.split(" ").map(Number);
}
