/**
 * The edges of a process: standard output and error, files, interruption, progress.
 *
 * @module
 */
import { type FileSink, fileSink, stdoutSink, writeSync } from "../capture/file_sink.ts";
import { firstMessage, turn } from "../core/turn.ts";

const ENCODER = new TextEncoder();

/** Thrown where work stops because the user interrupted it. */
export class Interrupted extends Error {
  /** Name of the class. */
  override readonly name: string = "Interrupted";
}

/** Whether the reader of our output is gone. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}

/** What went wrong first: where closing failed as well, as it does when a disk is full, that says nothing new. */
export function firstFailure(error: unknown): unknown {
  return error instanceof SuppressedError ? firstFailure(error.suppressed) : error;
}

/** Escape sequences (ECMA-48 SGR) for what is said on a terminal. */
const COLOURS = { plain: "", error: "\x1b[31m", warning: "\x1b[33m" } as const;

/** Writes a line to standard error; in colour on a terminal, unless NO_COLOR is set. */
export function say(text: string, kind: keyof typeof COLOURS = "plain"): void {
  const colour = COLOURS[kind];
  const shown = colour !== "" && !Deno.noColor && Deno.stderr.isTerminal()
    ? `${colour}${text}\x1b[0m`
    : text;
  try {
    writeSync(Deno.stderr, ENCODER.encode(shown + "\n"));
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
  }
}

/** Warnings shown one by one; the rest are counted. */
const WARNINGS_SHOWN = 20;

/** Prints warnings, up to {@link WARNINGS_SHOWN}, and says how many more there were. */
export class WarningPrinter {
  /** Warnings so far. */
  count = 0;
  /** Prints or counts one. */
  add(text: string): void {
    if (this.count++ < WARNINGS_SHOWN) say(`pcapkit: ${text}`, "warning");
  }
  /** Says how many were not shown. */
  end(): void {
    if (this.count > WARNINGS_SHOWN) say(`pcapkit: ${this.count - WARNINGS_SHOWN} more warnings`);
  }
}

/** Bytes of a plain file; 0 where that says nothing about how far reading is. */
export function sizeOf(input: string): number {
  if (input === "-") return 0;
  try {
    const { isFile, size } = Deno.statSync(input);
    // A compressed file's size says little about how far its content is.
    return isFile && !/\.(gz|zst|lz4)$/.test(input) ? size : 0;
  } catch {
    return 0;
  }
}

/** The sink named by an `--output` value. */
export function sinkFor(output: string | undefined): FileSink {
  return fileSink(output ?? "-");
}

/** Writes text to standard output. */
export async function writeOut(text: string): Promise<void> {
  await stdoutSink().write(ENCODER.encode(text));
}

/**
 * Watches for Ctrl-C while work is going on. `signal` aborts on the first; the second ends the process. Dispose to stop
 * watching.
 */
export function interruption(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) Deno.exit(130);
    controller.abort(new Interrupted("interrupted"));
  };
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of names) Deno.addSignalListener(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose](): void {
      for (const name of names) Deno.removeSignalListener(name, stop);
    },
  };
}

/** How long work may keep the event loop waiting, in milliseconds: signals and timers are served between. */
const TURN_MS = 200;

/** Answers a function that lets the event loop run if it is time to; call it after each batch. To be asked for before the work. */
export function breather(): () => Promise<void> | undefined {
  // Asked after each batch: `performance.now` is a call into the runtime, this is not. A clock set back does no harm.
  let last = Date.now();
  firstMessage();
  return () => {
    const now = Date.now();
    if (Math.abs(now - last) < TURN_MS) return undefined;
    last = now;
    return turn();
  };
}

/** A bar on a terminal for work that takes over a second; nothing anywhere else. */
export interface Progress {
  /** Tells how far it is. */
  update(packets: number, bytes: number): void;
  /** Takes the bar away. */
  stop(): void;
}

/** After so long, in milliseconds, a bar is worth having. */
const PROGRESS_AFTER_MS = 1000;

/** A bar for reading `total` bytes (0: unknown); silent unless standard error is a terminal and `wanted`. */
export function progress(total: number, wanted: boolean): Progress {
  if (!wanted || !Deno.stderr.isTerminal()) return { update() {}, stop() {} };
  const begun = performance.now();
  let bar: import("cli-progress").SingleBar | undefined;
  let loading = false;
  let stopped = false;
  return {
    update(packets, bytes): void {
      if (bar) {
        bar.update(total > 0 ? Math.min(bytes, total) : packets, { packets });
        return;
      }
      if (loading || performance.now() - begun < PROGRESS_AFTER_MS) return;
      loading = true;
      import("cli-progress").then(({ default: { SingleBar, Presets } }) => {
        if (stopped) return;
        bar = new SingleBar({
          stream: { write: (s: string) => say0(s), isTTY: true, columns: 80 } as never,
          format: total > 0
            ? " {bar} {percentage}% | {packets} packets | {eta_formatted}"
            : " {packets} packets | {duration_formatted}",
          clearOnComplete: true,
          hideCursor: true,
        }, Presets.shades_classic);
        bar.start(total > 0 ? total : packets + 1, bytes, { packets });
      });
    },
    stop(): void {
      stopped = true;
      bar?.stop();
    },
  };
}

/** Milliseconds between two states of a {@linkcode StatusLine}. */
const STATUS_MS = 500;

/** What is going on, in one line of the terminal that is written again and again; nothing anywhere else. */
export class StatusLine implements Disposable {
  readonly #line: (elapsedMs: number) => string;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #shown = 0;
  #lastAt = performance.now();
  #done: boolean;

  /** `line` makes the text; it is told the milliseconds since the last one. */
  constructor(wanted: boolean, line: (elapsedMs: number) => string) {
    this.#line = line;
    this.#done = !(wanted && Deno.stderr.isTerminal());
    if (!this.#done) this.#timer = setInterval(() => this.#show(), STATUS_MS);
  }

  /** Something happened; for work that keeps timers waiting. */
  update(): void {
    if (!this.#done && performance.now() - this.#lastAt >= STATUS_MS) this.#show();
  }

  #show(): void {
    const now = performance.now(), line = this.#line(Math.max(1, now - this.#lastAt));
    this.#lastAt = now;
    say0(`\r${line.padEnd(this.#shown)}`);
    this.#shown = line.length;
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    if (this.#done) return;
    this.#done = true;
    clearInterval(this.#timer);
    if (this.#shown > 0) say0(`\r${" ".repeat(this.#shown)}\r`);
  }
}

function say0(text: string): boolean {
  writeSync(Deno.stderr, ENCODER.encode(text));
  return true;
}
