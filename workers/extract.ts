/**
 * The main job as a library: a capture in; packets, a report, or both out.
 *
 * @module
 */
import { bytesSource, streamSource } from "../capture/source.ts";
import { type Capture, type CaptureInput, openCapture } from "../capture/open.ts";
import type { Selection } from "../capture/select.ts";
import { type CaptureHeader, firstFrames, type FrameBatch } from "../core/batch.ts";
import { type Depth, LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import type { Engine, Job, PacketBatch, Plugin } from "../core/engine.ts";
import type { CaptureWarning } from "../core/errors.ts";
import { Packet } from "../core/packet.ts";
import type { StackLayer } from "../core/protocol.ts";
import type { ByteSource } from "../core/source.ts";
import { createKit, type Kit } from "../kit.ts";
import { fileSink, type FrameFiles, frameFiles, type Sink, writeSync } from "../output/sink.ts";
import { findEngine, findFormat, prepare, type Work } from "./job.ts";

/**
 * Batches for reports are small: a packet's text is up to fifty times its bytes, and what the encoder holds is what
 * decides how much memory the process needs.
 */
const REPORT_BATCH_BYTES = 256 * 1024;
const REPORT_BATCH_PACKETS = 512;

/** What {@link extract} is told. Names are those of PyPCAPKit's `extract`, in camel case. */
export interface ExtractOptions {
  /** The capture: a path, `-` for standard input, bytes, a stream or any source; `in.pcap` if absent. */
  readonly fin?: CaptureInput;
  /** The report: a file, or with `files` a directory; `out` with the format's extension if absent. */
  readonly fout?: string;
  /** Format of the report; that of `fout`'s extension if absent, else `tree`. */
  readonly format?: string;
  /** Whether everything is read at once (the default); if not, packets are read as the extraction is iterated. */
  readonly auto?: boolean;
  /** Whether extensions that names lack are appended (the default). */
  readonly extension?: boolean;
  /** Whether packets are kept in `frame` (the default). */
  readonly store?: boolean;
  /** One output file per frame. */
  readonly files?: boolean;
  /** No report at all. */
  readonly nofile?: boolean;
  /** Told of every packet; `true` prints its chain of protocols on standard error. */
  readonly verbose?: boolean | ((extraction: Extraction, packet: Packet) => void);
  /** Engine by name; `default` if absent. */
  readonly engine?: string;
  /** The engine's own options, as plain data. */
  readonly engineOptions?: Readonly<Record<string, unknown>>;
  /** Stop dissecting after this part of the stack. */
  readonly layer?: StackLayer | "none";
  /** Stop dissecting after this protocol (or these). */
  readonly protocol?: string | readonly string[];
  /** Bytes read at a time; 256 KiB if absent. */
  readonly bufferSize?: number;
  /** Whether the bytes read are also written to `bufferPath`, which keeps what came through a pipe. */
  readonly bufferSave?: boolean;
  /** Where `bufferSave` writes; a temporary file if absent, named by `Extraction.bufferPath`. */
  readonly bufferPath?: string;
  /** Whether to wait for more at the end of the file, until `signal` aborts. */
  readonly noEof?: boolean;
  /** The part of the capture that is wanted, by number and by time; packets keep their numbers. */
  readonly select?: Selection;
  /** Packets read at most. */
  readonly count?: number;
  /** Plug-ins, as values. */
  readonly plugins?: readonly Plugin[];
  /** The format's own options, as plain data. */
  readonly formatOptions?: Readonly<Record<string, unknown>>;
  /** Stops reading. */
  readonly signal?: AbortSignal;
  /** Told of every oddity in the file. */
  readonly onWarning?: (warning: CaptureWarning) => void;
}

/** What the command line adds: things that only make sense inside one process. */
export interface RunOptions extends ExtractOptions {
  /** The kit, if there is one already. */
  readonly kit?: Kit;
  /** Where the report goes instead of `fout`; opened when the capture is known to be one. */
  readonly sink?: () => Sink;
  /** Buffers are used again: nobody keeps a packet beyond its batch. */
  readonly reuse?: boolean;
  /** Told of every batch, when it was written. */
  readonly onBatch?: (batch: PacketBatch) => void | Promise<void>;
}

/** An extraction: what was read so far, and a way to read on. */
export class Extraction implements AsyncIterable<Packet>, AsyncDisposable {
  /** The input, as it was found. */
  readonly input: string;
  /** The report's name, or `undefined` if there is none. */
  readonly output: string | undefined;
  /** The report's format, or `undefined` if there is none. */
  readonly format: string | undefined;
  /** The engine. */
  readonly engine: Engine;
  /** The kit: protocols, engines, formats. */
  readonly kit: Kit;
  /** The packets kept, in order; empty with `store: false`. */
  readonly frame: Packet[] = [];
  /** Where `bufferSave` wrote. */
  readonly bufferPath: string | undefined;
  /** Oddities of the file, the first thousand of them. */
  get warnings(): readonly CaptureWarning[] {
    return this.#capture.warnings;
  }
  /** What the capture's first header says. */
  get header(): CaptureHeader {
    return this.#capture.header;
  }
  /** Packets read so far. */
  get length(): number {
    return this.#length;
  }
  /** Issues met so far: packets cut or malformed. */
  get issues(): number {
    return this.#issues;
  }

  #length = 0;
  #issues = 0;
  readonly #capture: Capture;
  readonly #work: Work;
  readonly #sink: Sink | undefined;
  readonly #files: FrameFiles | undefined;
  readonly #options: RunOptions;
  #finished = false;

  /** Made by {@link start}. */
  constructor(
    parts: {
      input: string;
      output: string | undefined;
      format: string | undefined;
      engine: Engine;
      bufferPath: string | undefined;
      capture: Capture;
      work: Work;
      sink: Sink | undefined;
      files: FrameFiles | undefined;
      options: RunOptions;
    },
  ) {
    this.input = parts.input;
    this.output = parts.output;
    this.format = parts.format;
    this.engine = parts.engine;
    this.bufferPath = parts.bufferPath;
    this.kit = parts.work.kit;
    this.#capture = parts.capture;
    this.#work = parts.work;
    this.#sink = parts.sink;
    this.#files = parts.files;
    this.#options = parts.options;
  }

  /** Reads on, batch by batch. Whatever happens, what was written is made whole and everything is closed. */
  async *batches(): AsyncGenerator<PacketBatch> {
    if (this.#finished) return;
    const { count = Infinity, onBatch, verbose } = this.#options;
    const sink = this.#sink;
    const encoder = this.#work.encoder;
    try {
      if (sink && encoder) await sink.write(encoder.head());
      try {
        const frames = this.#capture[Symbol.asyncIterator]();
        while (this.#length < count) {
          const next = await frames.next();
          if (next.done) break;
          const batch = await this.#batch(firstFrames(next.value, count - this.#length));
          if (onBatch) await onBatch(batch);
          if (verbose) this.#tell(batch);
          yield batch;
        }
      } finally {
        if (sink && encoder && !this.#finished) await sink.write(encoder.tail());
      }
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async #batch(frames: FrameBatch): Promise<PacketBatch> {
    const doing = this.#work.run(frames);
    const result = doing instanceof Promise ? await doing : doing;
    const batch = result.packets!;
    if (result.output && this.#sink) {
      const more = this.#sink.write(result.output);
      if (more) await more;
    }
    this.#files?.write(batch);
    this.#length += result.count;
    this.#issues += batch.issuesUsed;
    if (this.#options.store ?? true) {
      for (let i = 0; i < frames.count; i++) this.frame.push(this.packet(batch, i).keep());
    }
    return batch;
  }

  /** The packet at `index` of a batch of this extraction. */
  packet(batch: PacketBatch, index: number): Packet {
    return new Packet(batch, index, this.kit.catalogue);
  }

  #tell(batch: PacketBatch): void {
    const { verbose } = this.#options;
    if (typeof verbose === "function") {
      for (let i = 0; i < batch.frames.count; i++) verbose(this, this.packet(batch, i));
    } else if (batch.frames.count > 0) {
      writeSync(Deno.stderr, new TextEncoder().encode(chains(batch, this.kit)));
    }
  }

  /** Reads on, packet by packet. A packet is valid beyond its batch. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Packet> {
    for await (const batch of this.batches()) {
      for (let i = 0; i < batch.frames.count; i++) yield this.packet(batch, i);
    }
  }

  /** Reads to the end. */
  async run(): Promise<this> {
    for await (const _ of this.batches());
    return this;
  }

  /** Closes input, engine and output. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#sink?.close();
    await this.#work[Symbol.asyncDispose]();
    await this.#capture[Symbol.asyncDispose]();
  }
}

/** ` - Frame   1: Ethernet:IPv6:ICMPv6` for each packet of a batch, a line each. */
export function chains(batch: PacketBatch, kit: Kit): string {
  const { layers, firstLayer, frames } = batch;
  const { protocols } = kit.catalogue;
  let text = "";
  for (let i = 0; i < frames.count; i++) {
    let chain = "";
    for (let r = firstLayer[i]; r < firstLayer[i + 1]; r += LAYER) {
      const { label } = protocols[layers[r] & PROTOCOL_MASK];
      if (label !== "") chain += (chain && ":") + label;
    }
    text += ` - Frame ${String(frames.firstNumber + i).padStart(3)}: ${chain || "Raw"}\n`;
  }
  return text;
}

/** A path as given, or with the capture extension it lacks (`in` for `in.pcap`). */
export function findInput(name: string): string {
  if (name === "-") return name;
  for (const extension of ["", ".pcap", ".pcapng", ".cap"]) {
    try {
      if (Deno.statSync(name + extension)) return name + extension;
    } catch {
      // Not this one; what is wrong with the name itself is said when it is opened.
    }
  }
  return name;
}

/** Whether two names are of one regular file, which reading and writing at once would destroy. */
export function sameFile(a: string, b: string): boolean {
  try {
    const x = Deno.statSync(a), y = Deno.statSync(b);
    return x.isFile && y.isFile && x.dev === y.dev && x.ino !== null && x.ino === y.ino;
  } catch {
    return false;
  }
}

/** The format that a file name's extension asks for, if any does. */
export function formatOfName(name: string, kit: Kit): string | undefined {
  const base = name.slice(name.lastIndexOf("/") + 1);
  const dot = base.lastIndexOf(".");
  if (dot < 0) return undefined;
  const extension = base.slice(dot + 1).toLowerCase();
  for (const format of kit.formats.values()) {
    if (format.extensions.includes(extension)) return format.name;
  }
  return undefined;
}

/** Opens the capture and everything else a run needs, and stands before the first packet. */
export async function start(options: RunOptions = {}): Promise<Extraction> {
  const depth: Depth = {
    ...(options.protocol === undefined || options.protocol === "null"
      ? {}
      : { protocols: [options.protocol].flat() }),
    ...(options.layer === undefined || options.layer === "none" ? {} : { layer: options.layer }),
  };
  const kit = options.kit ?? createKit(options.plugins ?? [], depth);
  const given = options.fin ?? "in.pcap";
  const fin = typeof given === "string" && (options.extension ?? true) ? findInput(given) : given;
  const input = typeof fin === "string"
    ? fin
    : fin instanceof URL
    ? fin.href
    : "name" in fin
    ? fin.name
    : "bytes";
  let output: string | undefined, formatName: string | undefined;
  if (!options.nofile) {
    formatName = options.format ??
      (options.fout === undefined ? undefined : formatOfName(options.fout, kit)) ?? "tree";
    const format = findFormat(kit, formatName);
    if (!options.sink) {
      output = options.fout ?? "out";
      const named = format.extensions.some((e) => output!.endsWith(`.${e}`));
      if ((options.extension ?? true) && !options.files && !named && format.extensions[0]) {
        output += `.${format.extensions[0]}`;
      }
    }
  }
  // The engine first: an unknown name should cost nothing.
  const engine = await findEngine(kit, options.engine ?? "default");
  let source: CaptureInput = fin;
  let bufferPath: string | undefined;
  if (options.bufferSave) {
    bufferPath = options.bufferPath ?? Deno.makeTempFileSync({ suffix: ".pcap" });
    source = teeSource(await toSource(fin, options.noEof, options.signal), fileSink(bufferPath));
  }
  const capture = await openCapture(source, {
    framers: [...kit.framers.values()],
    reuse: options.reuse ?? false,
    batchBytes: options.bufferSize ?? REPORT_BATCH_BYTES,
    batchPackets: REPORT_BATCH_PACKETS,
    ...(options.select ? { select: options.select } : {}),
    ...(options.noEof ? { follow: true } : {}),
    ...(fin === "-" || options.noEof ? { live: true } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onWarning ? { onWarning: options.onWarning } : {}),
  });
  let sink: Sink | undefined;
  let work: Work | undefined;
  try {
    const job: Job = {
      engine: {
        name: engine.name,
        ...(options.engineOptions ? { options: options.engineOptions } : {}),
      },
      header: capture.header,
      reuse: options.reuse ?? false,
      ...(formatName === undefined ? {} : {
        format: {
          name: formatName,
          ...(options.formatOptions ? { options: options.formatOptions } : {}),
        },
      }),
    };
    const { format: wanted, ...bare } = job;
    work = await prepare(options.files ? bare : job, kit);
    let files: FrameFiles | undefined;
    if (formatName !== undefined && options.files) {
      files = await frameFiles(output!, findFormat(kit, formatName), {
        catalogue: kit.catalogue,
        options: wanted?.options ?? {},
        header: capture.header,
      });
    } else if (formatName !== undefined) sink = options.sink?.() ?? fileSink(output!);
    return new Extraction({
      input,
      output,
      format: formatName,
      engine,
      bufferPath,
      capture,
      work,
      sink,
      files,
      options,
    });
  } catch (error) {
    await sink?.close();
    await work?.[Symbol.asyncDispose]();
    await capture[Symbol.asyncDispose]();
    throw error;
  }
}

/** The source behind an input, for wrapping. */
async function toSource(
  input: CaptureInput,
  follow: boolean | undefined,
  signal: AbortSignal | undefined,
): Promise<ByteSource> {
  const options = { ...(follow ? { follow } : {}), ...(signal ? { signal } : {}) };
  if (input instanceof Uint8Array) return bytesSource(input);
  if (input instanceof ReadableStream) return streamSource(input);
  if (typeof input !== "string" && !(input instanceof URL)) return input;
  const { fileSource, stdinSource, urlToPath } = await import("../capture/file_source.ts");
  if (input === "-") return stdinSource(options);
  return await fileSource(typeof input === "string" ? input : urlToPath(input), options);
}

/** A source whose bytes are also written to a sink. */
function teeSource(source: ByteSource, sink: Sink): ByteSource {
  const keep = (into: Uint8Array, n: number | null): number | null => {
    if (n !== null && n > 0) sink.write(into.subarray(0, n));
    return n;
  };
  return {
    name: source.name,
    ...(source.size === undefined ? {} : { size: source.size }),
    read(into) {
      const n = source.read(into);
      return n instanceof Promise ? n.then((m) => keep(into, m)) : keep(into, n);
    },
    async [Symbol.asyncDispose]() {
      await sink.close();
      await source[Symbol.asyncDispose]();
    },
  };
}

/**
 * Extracts a capture: dissects every packet, writes a report, keeps the packets.
 *
 * @example A report as JSON, no packets kept
 * ```ts
 * import { extract } from "@pcapkit/pcapkit";
 *
 * const { length, output } = await extract({
 *   fin: "tests/captures/sample.pcap",
 *   fout: `${await Deno.makeTempDir()}/out.json`,
 *   store: false,
 * });
 * console.info(length, output);
 * ```
 *
 * @throws {CaptureFormatError} If the file is damaged; what was read before stands in the report.
 * @throws {RangeError} If an engine, format or protocol is unknown.
 */
export async function extract(options: ExtractOptions = {}): Promise<Extraction> {
  const extraction = await start(options);
  return options.auto ?? true ? await extraction.run() : extraction;
}
