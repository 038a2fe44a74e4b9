/**
 * The main job as a library: a capture in; packets, a report, or both out.
 *
 * @module
 */
import { type FileSink, fileSink, writeSync } from "../capture/file_sink.ts";
import { findInput, sameFile } from "../capture/file_source.ts";
import {
  type Capture,
  type CaptureInput,
  openCapture,
  toSource,
  WARNINGS_KEPT,
} from "../capture/open.ts";
import { pcapFramer, pcapInterface } from "../capture/pcap.ts";
import type { Selection } from "../capture/select.ts";
import { type CaptureHeader, firstFrames, type FrameBatch, frameNumber } from "../core/batch.ts";
import { type Catalogue, type Depth, LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import type {
  Crew,
  Engine,
  Job,
  PacketBatch,
  PlainFile,
  Plugin,
  Result,
  Standing,
} from "../core/engine.ts";
import { CaptureFormatError, type CaptureWarning } from "../core/errors.ts";
import { frameMemory } from "../core/frame_memory.ts";
import { FRAME_MEMORY_FROM, REPORT_BATCH_BYTES, REPORT_BATCH_PACKETS } from "../core/limits.ts";
import { Packet } from "../core/packet.ts";
import type { StackLayer } from "../core/protocol.ts";
import { batchesOf, type ByteSource, type FramingOptions, isFrameSource } from "../core/source.ts";
import { Aborted } from "../core/turn.ts";
import { createKit, type Kit } from "../kit.ts";
import { type FrameFiles, frameFiles } from "../output/frame_files.ts";
import { identityOf, isSame } from "./_shared_file.ts";
import { Inline } from "./inline.ts";
import { findEngine, findFormat } from "./job.ts";
import { strategyOf } from "./strategies.ts";

/** Milliseconds after the last change of a file from which on it is taken for complete. */
const SETTLED_MS = 10_000;

export { findInput, sameFile };

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
  /** Framer by name; that which the engine or the first bytes ask for if absent. */
  readonly framer?: string;
  /** The engine's own options, as plain data. */
  readonly engineOptions?: Readonly<Record<string, unknown>>;
  /** How the work is spread: `inline`, `server`, `pipeline`, or `auto` (the default; see `list strategies`). */
  readonly strategy?: string;
  /** Threads that dissect, for `server`, from two on this one among them; as many as there are processors if absent. */
  readonly workers?: number;
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
  /** Packets read at most; with `bpf`, of those that pass. */
  readonly count?: number;
  /**
   * Only packets that this filter expression (pcap-filter(7)) lets pass; they are numbered from 1 on. libpcap or tcpdump
   * compiles it. Filtering is done where the capture is read, before any worker.
   */
  readonly bpf?: string;
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
  readonly sink?: () => FileSink;
  /** Buffers are used again: nobody keeps a packet beyond its batch. */
  readonly reuse?: boolean;
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
    const { warnings } = this.#capture;
    return this.#warnings.length === 0
      ? warnings
      : [...warnings, ...this.#warnings].slice(0, WARNINGS_KEPT);
  }
  /** What the capture's first header says. */
  get header(): CaptureHeader {
    return this.#capture.header;
  }
  /** Packets read so far. */
  get length(): number {
    return this.#length;
  }

  /** Whether a packet read so far is truncated or malformed. */
  get damaged(): boolean {
    return this.#damaged;
  }

  #length = 0;
  #damaged = false;
  readonly #capture: Capture;
  readonly #crew: Crew;
  readonly #sink: FileSink | undefined;
  readonly #files: FrameFiles | undefined;
  readonly #options: RunOptions;
  /** Oddities that were met where the file was read from the middle on. */
  readonly #warnings: readonly CaptureWarning[];
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
      kit: Kit;
      crew: Crew;
      sink: FileSink | undefined;
      files: FrameFiles | undefined;
      options: RunOptions;
      warnings: readonly CaptureWarning[];
    },
  ) {
    this.input = parts.input;
    this.output = parts.output;
    this.format = parts.format;
    this.engine = parts.engine;
    this.bufferPath = parts.bufferPath;
    this.kit = parts.kit;
    this.#capture = parts.capture;
    this.#crew = parts.crew;
    this.#sink = parts.sink;
    this.#files = parts.files;
    this.#options = parts.options;
    this.#warnings = parts.warnings;
  }

  /**
   * Reads on, batch by batch, and writes the report. Whatever happens, what was written is made whole and everything is
   * closed. Results bring packets if these are wanted by the options, or if the work is done on this thread.
   */
  async *results(): AsyncGenerator<Result> {
    if (this.#finished) return;
    const sink = this.#sink, crew = this.#crew;
    try {
      if (sink) await sink.write(crew.head);
      try {
        using aborted = new Aborted(this.#options.signal);
        const frames = new Wanted(this.#capture, this.#options, aborted);
        if (crew instanceof Inline && crew.alone) {
          // What need not wait is not waited for: of a file on this thread, three generators would make more garbage
          // than all else.
          for (;;) {
            const next = frames.next(), batch = next instanceof Promise ? await next : next;
            if (batch === undefined) break;
            const doing = crew.batch(batch);
            const result = doing instanceof Promise ? await doing : doing;
            const more = this.#done(result);
            if (more) await more;
            yield result;
          }
        } else {
          for await (const result of crew.run(batchesOf(frames))) {
            const more = this.#done(result);
            if (more) await more;
            yield result;
          }
        }
      } finally {
        if (sink && !this.#finished) await sink.write(crew.tail);
      }
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  /** Writes and counts a result. Answers a promise if that has to wait. */
  #done(result: Result): void | Promise<void> {
    const more = result.output && this.#sink?.write(result.output);
    this.#length += result.count;
    this.#damaged ||= result.damaged;
    if (result.packets) this.#take(result.packets);
    return more;
  }

  /** What the options want of packets. */
  #take(batch: PacketBatch): void {
    this.#files?.write(batch);
    if (this.#options.store ?? true) {
      for (let i = 0; i < batch.frames.count; i++) this.frame.push(this.packet(batch, i).keep());
    }
    if (this.#options.verbose) this.#tell(batch);
  }

  /** The packet at `index` of a batch of this extraction. */
  packet(batch: PacketBatch, index: number): Packet {
    return new Packet(batch, index, this.#crew.catalogue);
  }

  #tell(batch: PacketBatch): void {
    const { verbose } = this.#options;
    if (typeof verbose === "function") {
      for (let i = 0; i < batch.frames.count; i++) verbose(this, this.packet(batch, i));
    } else if (batch.frames.count > 0) {
      writeSync(Deno.stderr, new TextEncoder().encode(chains(batch, this.#crew.catalogue)));
    }
  }

  /** Reads on, packet by packet. A packet is valid beyond its batch. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Packet> {
    for await (const { packets } of this.results()) {
      for (let i = 0; i < packets!.frames.count; i++) yield this.packet(packets!, i);
    }
  }

  /** Reads to the end. */
  async run(): Promise<this> {
    for await (const _ of this.results());
    return this;
  }

  /** Closes input, engine and output. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#sink?.close();
    await this.#crew[Symbol.asyncDispose]();
    await this.#capture[Symbol.asyncDispose]();
  }
}

/** A capture's frames, as many as are wanted. */
class Wanted {
  readonly #capture: Capture;
  readonly #options: RunOptions;
  readonly #aborted: Aborted;
  #left: number;
  constructor(capture: Capture, options: RunOptions, aborted: Aborted) {
    this.#capture = capture;
    this.#options = options;
    this.#aborted = aborted;
    this.#left = options.count ?? Infinity;
  }
  /** See `Framing.next`. */
  next(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (this.#left <= 0) return undefined;
    // Who follows a growing file takes the end of waiting for the end of the file.
    if (this.#aborted.yet && !this.#options.noEof) throw this.#options.signal!.reason;
    const next = this.#capture.next();
    return next instanceof Promise ? next.then((batch) => this.#first(batch)) : this.#first(next);
  }
  #first(batch: FrameBatch | undefined): FrameBatch | undefined {
    if (batch === undefined) return undefined;
    const frames = firstFrames(batch, this.#left);
    this.#left -= frames.count;
    return frames;
  }
}

/** ` - Frame   1: Ethernet:IPv6:ICMPv6` for each packet of a batch, a line each. */
export function chains(batch: PacketBatch, { protocols }: Catalogue): string {
  const { layers, firstLayer, frames } = batch;
  let text = "";
  for (let i = 0; i < frames.count; i++) {
    let chain = "";
    for (let r = firstLayer[i]; r < firstLayer[i + 1]; r += LAYER) {
      const { label } = protocols[layers[r] & PROTOCOL_MASK];
      if (label !== "") chain += (chain && ":") + label;
    }
    text += ` - Frame ${String(frameNumber(frames, i)).padStart(3)}: ${chain || "Raw"}\n`;
  }
  return text;
}

/**
 * The file, if a run takes all frames of a plain pcap file as they are. A file that was changed a moment ago may be growing,
 * so that two who read it would see different ends; and what a framer of its own cuts, nobody else may read.
 */
function wholeFile(
  input: CaptureInput,
  { select, bpf, noEof, bufferSave }: RunOptions,
  { header, framer }: Capture,
): Pick<PlainFile, "path" | "identity"> | undefined {
  const changed = select !== undefined || bpf !== undefined || noEof || bufferSave;
  if (
    changed || typeof input !== "string" || input === "-" || framer !== pcapFramer ||
    header.compression !== undefined
  ) return undefined;
  try {
    const info = Deno.statSync(input);
    const settled = info.isFile && info.mtime !== null &&
      Date.now() - info.mtime.getTime() > SETTLED_MS;
    return settled ? { path: input, identity: identityOf(info) } : undefined;
  } catch {
    return undefined;
  }
}

/** A file whose frames are cut from the middle on with these options, if that is needed. */
function plainFile(
  { path, identity }: Pick<PlainFile, "path" | "identity">,
  header: CaptureHeader,
  options: FramingOptions,
): PlainFile {
  const from = async function* (standing: Standing): AsyncGenerator<FrameBatch> {
    const { openChunk } = await import("../capture/capture_index.ts");
    const { offset: start, packets, clock } = standing;
    let same = false;
    try {
      same = isSame(identityOf(Deno.statSync(path)), identity);
    } catch {
      // It is gone.
    }
    if (!same) {
      throw new CaptureFormatError("E_IO", path, start, "the file changed while it was read");
    }
    await using framing = openChunk(path, {
      header,
      start,
      end: identity.size,
      firstNumber: packets + 1,
      clock,
      littleEndian: header.littleEndian,
      section: 0,
      interfaces: [pcapInterface(header)],
    }, options);
    yield* batchesOf(framing);
  };
  return { path, identity, from };
}

/** Bytes of the input, if they are known beforehand. */
function sizeOf(input: CaptureInput): number | undefined {
  if (input instanceof Uint8Array) return input.length;
  if (typeof input !== "string" || input === "-") return undefined;
  try {
    const { isFile, size } = Deno.statSync(input);
    return isFile ? size : undefined;
  } catch {
    return undefined;
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
  const engine = await findEngine(kit, options.engine ?? "default", options.engineOptions);
  const strategy = strategyOf(options.strategy ?? "auto");
  const spread = strategy.name === "server" || strategy.name === "pipeline";
  const framer = options.framer ?? engine.framer;
  let source: CaptureInput = fin;
  let bufferPath: string | undefined;
  if (options.bufferSave) {
    bufferPath = options.bufferPath ?? Deno.makeTempFileSync({ suffix: ".pcap" });
    if (typeof fin === "object" && isFrameSource(fin)) {
      throw new TypeError(`Cannot save the bytes of "${fin.name}": a live capture has frames only`);
    }
    const { noEof: follow, signal } = options;
    const bytes = await toSource(fin, {
      ...(follow ? { follow } : {}),
      ...(signal ? { signal } : {}),
    });
    source = teeSource(bytes, fileSink(bufferPath));
  }
  const memory = options.reuse === true && engine.frameMemory === true &&
      (sizeOf(fin) ?? Infinity) >= FRAME_MEMORY_FROM
    ? await frameMemory()
    : undefined;
  // On one thread a batch is done with before the next is asked for.
  const once = memory !== undefined && strategy.name === "inline";
  const framing: FramingOptions = {
    reuse: once ? "next" : options.reuse ?? false,
    ...(memory === undefined ? {} : { allocate: memory.allocate }),
    batchBytes: options.bufferSize ?? REPORT_BATCH_BYTES,
    batchPackets: REPORT_BATCH_PACKETS,
    ...(options.onWarning ? { onWarning: options.onWarning } : {}),
  };
  const opened = await openCapture(source, {
    ...framing,
    framers: [...kit.framers.values()],
    ...(options.select ? { select: options.select } : {}),
    ...(framer === undefined ? {} : { framer }),
    ...(options.noEof ? { follow: true } : {}),
    ...(fin === "-" || options.noEof ? { live: true } : {}),
    // Nothing waits for a file, and who takes its frames looks at the signal by itself: see `Wanted`.
    ...(options.signal && (options.noEof || sizeOf(fin) === undefined)
      ? { signal: options.signal }
      : {}),
  });
  const capture = options.bpf === undefined ? opened : await filtered(opened, options.bpf);
  let sink: FileSink | undefined;
  let crew: Crew | undefined;
  try {
    const { store = true, auto = true, verbose = false, files: perFrame = false } = options;
    const whole = wholeFile(fin, options, capture), warnings: CaptureWarning[] = [];
    const plugins = kit.plugins.map((p) => p.module).filter((m) => m !== undefined);
    const job: Job = {
      engine: {
        name: engine.name,
        ...(options.engineOptions ? { options: options.engineOptions } : {}),
      },
      plugins,
      depth,
      header: capture.header,
      ...(whole ? { file: whole.path } : {}),
      reuse: options.reuse ?? false,
      ...(fin === "-" || options.noEof ? { live: true } : {}),
      packets: store || !auto || verbose !== false || perFrame,
      ...(formatName === undefined ? {} : {
        format: {
          name: formatName,
          ...(options.formatOptions ? { options: options.formatOptions } : {}),
        },
      }),
    };
    const { format: wanted, ...bare } = job;
    const loose = kit.plugins.find((p) => p.module === undefined);
    if (spread && loose) {
      throw new RangeError(
        `Cannot use plug-in "${loose.name}" with strategy ${strategy.name}: it does not say its module, which workers load`,
      );
    }
    // How much of the file a part of it is, nobody knows beforehand.
    const part = options.count !== undefined || options.select !== undefined ||
      options.bpf !== undefined;
    const size = part || capture.header.compression !== undefined ? undefined : sizeOf(fin);
    crew = await strategy.start(options.files ? bare : job, kit, {
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(size === undefined ? {} : { size }),
      // Who says how much is read at a time has one thread read it so.
      ...(whole === undefined || part || options.bufferSize !== undefined ? {} : {
        file: plainFile(whole, capture.header, {
          ...framing,
          onWarning: (warning) => {
            if (warnings.length < WARNINGS_KEPT) warnings.push(warning);
            options.onWarning?.(warning);
          },
        }),
      }),
      ...(memory === undefined ? {} : { memory }),
    });
    let files: FrameFiles | undefined;
    if (formatName !== undefined && options.files) {
      files = await frameFiles(output!, findFormat(kit, formatName), {
        catalogue: crew.catalogue,
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
      kit,
      crew,
      sink,
      files,
      options,
      warnings,
    });
  } catch (error) {
    await sink?.close();
    await crew?.[Symbol.asyncDispose]();
    await capture[Symbol.asyncDispose]();
    throw error;
  }
}

/** The frames of a capture that a filter expression lets pass; what compiles and runs it is loaded only now. */
export async function filtered(capture: Capture, expression: string): Promise<Capture> {
  return await (await import("../capture/bpf/capture.ts")).filterCapture(capture, expression);
}

/** A source whose bytes are also written to a sink. */
function teeSource(source: ByteSource, sink: FileSink): ByteSource {
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
 * @throws {FilterSyntaxError} If libpcap does not understand `bpf`.
 */
export async function extract(options: ExtractOptions = {}): Promise<Extraction> {
  const extraction = await start(options);
  return options.auto ?? true ? await extraction.run() : extraction;
}
