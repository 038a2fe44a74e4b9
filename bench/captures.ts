/**
 * The captures that are measured on: generated ones, given ones, and their first parts for slow programs.
 *
 * @module
 */
import type { CaptureKind } from "./_captures.ts";
import type { Host } from "./_host.ts";
import { commandLine } from "./contestants.ts";

/** A capture or the first part of one. */
export interface Capture {
  /** For tables and JSON: `mix-100000`, or the name of a file. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
  /** Packets in it. */
  readonly packets: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** The first bytes, by which framers are chosen. */
  readonly head: Uint8Array;
  /** The capture this is the first part of; the capture itself if it is whole. */
  readonly whole: string;
}

/** Makes captures when they are asked for, and reads them once before they are measured on. */
export class Captures {
  readonly #host: Host;
  readonly #folder: string;
  readonly #say: (text: string) => void;
  readonly #made = new Map<string, Promise<Capture>>();

  /** `kept`: a folder for generated captures, where those of an earlier run are found again. */
  constructor(host: Host, kept: string | undefined, say: (text: string) => void) {
    this.#host = host;
    this.#folder = kept ?? host.folder;
    this.#say = say;
  }

  /** A generated capture. */
  generated(kind: CaptureKind, packets: number): Promise<Capture> {
    const name = `${kind}-${packets}`;
    return this.#once(name, async () => {
      const path = `${this.#folder}/${name}.pcap`;
      if (sizeOf(path) === undefined) {
        this.#say(`generating ${name}`);
        // Elsewhere first: half a capture must not be taken for one. In a process of its own: it takes its time, in
        // which this one shall hear of interruptions.
        const part = `${path}.part`;
        await this.#host.run([
          ...[Deno.execPath(), "run", "--allow-read", "--allow-write", commandLine()],
          ...["bench", part, "--in-process", kind, "--packets", String(packets)],
        ]);
        Deno.renameSync(part, path);
      }
      return this.#capture(name, path, packets, name);
    });
  }

  /** A file of the user's. */
  given(file: string): Promise<Capture> {
    return this.#once(file, async () => {
      const path = Deno.realPathSync(file);
      const command = [
        Deno.execPath(),
        "run",
        "--allow-read",
        commandLine(),
        "info",
        "--json",
        path,
      ];
      const { output } = await this.#host.run(command, { output: "keep" });
      const { packets } = JSON.parse(output) as { packets: number };
      const name = path.slice(path.lastIndexOf("/") + 1);
      return this.#capture(name, path, packets, name);
    });
  }

  /** The first packets of a capture as a file of their own; the capture if it has no more. */
  first(whole: Capture, packets: number): Promise<Capture> {
    if (packets >= whole.packets) return Promise.resolve(whole);
    const name = `${whole.name}, first ${packets}`;
    return this.#once(name, async () => {
      const extension = whole.head[0] === 0x0a ? "pcapng" : "pcap";
      const path = `${this.#host.folder}/${this.#made.size}.${extension}`;
      await this.#host.run([
        ...[Deno.execPath(), "run", "--allow-read", "--allow-write", commandLine()],
        ...["convert", whole.path, path, "--count", String(packets), "--lossy"],
      ]);
      return this.#capture(name, path, packets, whole.name);
    });
  }

  /** Removes a generated capture that is not needed any more, unless it is to be kept. */
  async forget(kind: CaptureKind, packets: number): Promise<void> {
    const name = `${kind}-${packets}`;
    const made = await this.#made.get(name);
    this.#made.delete(name);
    if (made !== undefined && this.#folder === this.#host.folder) Deno.removeSync(made.path);
  }

  #once(name: string, make: () => Promise<Capture>): Promise<Capture> {
    let made = this.#made.get(name);
    if (made === undefined) this.#made.set(name, made = make());
    return made;
  }

  #capture(name: string, path: string, packets: number, whole: string): Capture {
    // Nobody writes it any more: what was changed a moment ago is taken for a file that may be growing.
    if (path.startsWith(this.#host.folder)) Deno.utimeSync(path, 0, 0);
    using file = Deno.openSync(path);
    const head = new Uint8Array(64);
    const length = file.readSync(head) ?? 0;
    return { name, path, packets, bytes: sizeOf(path)!, head: head.subarray(0, length), whole };
  }
}

/** Reads a file once, so that it is in the page cache. */
export function warm(path: string): void {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(1 << 20);
  while (file.readSync(buffer) !== null);
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch {
    return undefined;
  }
}
