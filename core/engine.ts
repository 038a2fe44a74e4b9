/**
 * The seams: what an engine, a framer, an output format and a plug-in are.
 *
 * @module
 */
import type { CaptureHeader, FrameBatch } from "./batch.ts";
import type { Binding, Catalogue, Depth } from "./catalogue.ts";
import type { FrameMemory } from "./frame_memory.ts";
import type { LazyProtocol, Protocol } from "./protocol.ts";
import type { Framer } from "./source.ts";

/**
 * Item rows that an engine made itself, because it knows fields that no declaration describes. They are numbered by the
 * engine's own catalogue ({@link Dissector.catalogue}).
 */
export interface EngineItems {
  /** Item rows: see `ITEM`. Places are in the frames' bytes, or in {@link EngineItems.text} with `IN_TEXT`. */
  readonly rows: Int32Array;
  /** Where each packet's rows start in `rows`; one entry more than there are packets. */
  readonly first: Uint32Array;
  /** Where the rows of each layer start in `rows`: an entry for each layer row of the batch. */
  readonly ofLayer: Uint32Array;
  /** Values that do not stand in the frames as they are. */
  readonly text: Uint8Array;
  /** Pairs of seconds and nanoseconds that rows of kind `Epoch` refer to. */
  readonly times: Float64Array;
  /** For each item row: its first byte in the frame it is of (-1: nowhere there), and how many. */
  readonly places: Int32Array;
}

/** Frames with what an engine found in them. Every engine produces this and nothing else. */
export interface PacketBatch {
  /** The frames. */
  readonly frames: FrameBatch;
  /** Layer rows, outermost first: see `LAYER` in the catalogue. */
  readonly layers: Int32Array;
  /** Where each packet's rows start in `layers`; one entry more than there are packets. */
  readonly firstLayer: Uint32Array;
  /** Issue rows, in packet order: see `ISSUE` in the catalogue. */
  readonly issues: Int32Array;
  /** Numbers of `issues` in use. */
  readonly issuesUsed: number;
  /** The fields, if the engine reports them itself; without it they are read by the layers' declarations. */
  readonly items?: EngineItems;
}

/** What an engine can and cannot do. */
export interface Capabilities {
  /** How deep it looks. */
  readonly depth: "network" | "transport" | "application";
  /** Whether a packet's dissection depends on those before it, so that batches may not be spread over workers. */
  readonly stateful: boolean;
  /** Whether it reports fields itself, by a catalogue of its own. */
  readonly items: boolean;
}

/** What an engine is given when it starts. */
export interface EngineContext {
  /** The protocols in use. */
  readonly catalogue: Catalogue;
  /** The engine's own options; plain data, for they cross threads. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the columns of a batch may be used again for the one after the next. */
  readonly reuse: boolean;
  /** Of each packet only this is looked at; all of it if absent. */
  readonly asks?: Asks;
  /** Whether batches are given before those before are answered, and {@link Dissector.end} is called behind the last. */
  readonly ahead?: boolean;
  /** The capture's header, if it is read from a file. */
  readonly header?: CaptureHeader;
  /** See {@link Job.file}. */
  readonly file?: string;
}

/** What a format looks at in packets, so that an engine need not find out more. */
export interface Asks {
  /** Abbreviations of the fields it shows. */
  readonly fields: readonly string[];
  /** Whether it shows values as Wireshark writes them, whatever their type. */
  readonly plain: boolean;
}

/** Whether an engine can run here. */
export interface Availability {
  /** Whether it can. */
  readonly available: boolean;
  /** If not: why, and what to do about it. */
  readonly reason?: string;
}

/** A running engine. One per thread. */
export interface Dissector extends AsyncDisposable {
  /**
   * Dissects one batch. Batches are given in order and answered in order. What is answered may have fewer frames than
   * were given, if the engine was told to filter: see {@link FrameBatch.numbers}.
   */
  dissect(frames: FrameBatch): PacketBatch | Promise<PacketBatch>;
  /** The catalogue that its rows are numbered by, if it is the engine's own. It grows. */
  readonly catalogue?: Catalogue;
  /**
   * How many batches may now wait for their answer, because it needs those behind to answer the first; 1 if absent. It
   * must be told the {@link end}, and copies what it keeps of batches whose columns are used again.
   */
  readonly ahead?: number;
  /** No batch follows: what is still to be answered will be. */
  end?(): void;
}

/** Turns frames into packets, and does nothing else: it opens no file, prints nothing and counts nothing. */
export interface Engine {
  /** Name on the command line. */
  readonly name: string;
  /** One sentence for `list engines`. */
  readonly title: string;
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
  /** What it can do. */
  readonly capabilities: Capabilities;
  /** The framer it insists on for files, by name. */
  readonly framer?: string;
  /**
   * Whether it is quicker where frames stand in {@link frameMemory}. Such an engine asks for no batch ahead: where nothing
   * else does, each batch has the place of the one before.
   */
  readonly frameMemory?: boolean;
  /**
   * Options of its own by which it looks at each packet by itself, verifying what can be verified there, so that it can
   * be compared with engines that always do; absent if no option changes that.
   */
  readonly alone?: Readonly<Record<string, unknown>>;
  /** Whether it can run here, with these options of its own; absent if it always can. */
  available?(options?: Readonly<Record<string, unknown>>): Promise<Availability>;
  /** Starts it. */
  start(context: EngineContext): Promise<Dissector>;
}

/** What a format is told before the first batch. Plain data. */
export interface FormatContext {
  /** The protocols in use. */
  readonly catalogue: Catalogue;
  /** The capture's header; absent for live capture. */
  readonly header?: CaptureHeader;
  /** The format's own options, for example the wanted fields; plain data. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A format at work. One per thread. Pure: what it answers depends on the batch alone, so batches may be spread. */
export interface Encoder {
  /** Bytes before the first packet. */
  head(): Uint8Array;
  /**
   * The bytes of a batch's packets; valid until the next call. `first`: the capture's first batch with packets. `room`: a
   * buffer that an encoder may write into, which is then not its own any more; it spares a copy between threads.
   */
  encode(packets: PacketBatch, first: boolean, room?: ArrayBufferLike): Uint8Array;
  /** Bytes after the last packet. */
  tail(): Uint8Array;
}

/** Turns packets into bytes for a file, a terminal or a socket. */
export interface Format {
  /** Name on the command line. */
  readonly name: string;
  /** One sentence for `list formats`. */
  readonly title: string;
  /** Usual file extensions without dot, the first being the one appended. */
  readonly extensions: readonly string[];
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
  /** Whether its bytes are no text, so that it asks before it goes to a terminal. */
  readonly binary?: boolean;
  /** What it looks at, if that is not everything. */
  asks?(options: Readonly<Record<string, unknown>>): Asks | undefined;
  /** Starts it. */
  start(context: FormatContext): Encoder | Promise<Encoder>;
}

/** Everything a plug-in may add. A plug-in module's default export is one of these. */
export interface Plugin {
  /** Its name, for messages. */
  readonly name: string;
  /** `import.meta.url`; without it the plug-in cannot be used in workers. */
  readonly module?: string;
  /** Protocols; each says itself which tables lead to it. Lazy ones are loaded when a packet first needs them. */
  readonly protocols?: readonly (Protocol | LazyProtocol)[];
  /** Further ways into protocols, its own or others'. */
  readonly bindings?: readonly Binding[];
  /** Engines. */
  readonly engines?: readonly Engine[];
  /** Framers. */
  readonly framers?: readonly Framer[];
  /** Output formats. */
  readonly formats?: readonly Format[];
}

/** What to do with frames. Plain data: the command line makes one, workers receive one. */
export interface Job {
  /** Engine, by name, and its options. */
  readonly engine: { readonly name: string; readonly options?: Readonly<Record<string, unknown>> };
  /** Plug-in modules, by specifier. */
  readonly plugins?: readonly string[];
  /** Where dissecting stops. */
  readonly depth?: Depth;
  /** Output format, by name, and its options; if absent the packets themselves are wanted. */
  readonly format?: {
    readonly name: string;
    readonly options?: Readonly<Record<string, unknown>>;
  };
  /** The capture's header, which some formats show. */
  readonly header?: CaptureHeader;
  /**
   * Path of the capture, if it is a plain pcap file that nobody writes to and the frames are all of its frames: an engine
   * that is a program may then read it by itself.
   */
  readonly file?: string;
  /** Whether buffers may be used again (nobody keeps a batch). */
  readonly reuse?: boolean;
  /** Whether the frames come as they are captured, so that answers must not wait for more of them. */
  readonly live?: boolean;
  /** Whether packets are wanted besides the report; without a format they always are. */
  readonly packets?: boolean;
}

/** What became of one batch. */
export interface Result {
  /** The batch's place in the capture. */
  readonly sequence: number;
  /** Packets in it. */
  readonly count: number;
  /** Bytes that its records or blocks take in the (decompressed) capture. */
  readonly bytes: number;
  /** Whether a packet of it is truncated or malformed. */
  readonly damaged: boolean;
  /** The packets; absent if the job names a format, does not ask for packets, and ran on another thread. */
  readonly packets?: PacketBatch;
  /** Their encoding, if the job names a format; valid until the next result is asked for. */
  readonly output?: Uint8Array;
}

/** How a job is spread. */
export interface StrategyOptions {
  /**
   * Threads that dissect, for `server`, from two on the main thread among them (but not where plug-ins are used or packets
   * are wanted); as many as there are processors, at most {@link WORKERS_DEFAULT_MAX}, if absent.
   */
  readonly workers?: number;
  /** Ends the work at once: what is asked for next rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Bytes of the whole capture, if that is known; `auto` needs it. */
  readonly size?: number;
  /** The plain pcap file that the job is all of: threads may read it by themselves. */
  readonly file?: PlainFile;
  /** Memory that the capture's frames stand in, if they do in such. */
  readonly memory?: FrameMemory;
}

/** A plain pcap file that a job is all of, and that nobody seems to write. */
export interface PlainFile {
  /** Where it stands. */
  readonly path: string;
  /** What tells it from another file that takes its place. */
  readonly identity: FileIdentity;
  /**
   * The frames from a record on, in the ordinary way: with what is odd or wrong there. Reading rejects with a
   * `CaptureFormatError` where the file is damaged, or if it is another one by now.
   */
  from(standing: Standing): AsyncIterable<FrameBatch>;
}

/** What tells a file from others, and from itself after a change. */
export interface FileIdentity {
  /** Number of the device. */
  readonly device: number;
  /** Number on the device; `null` where there are none. */
  readonly inode: number | null;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970 of the last change; `null` if that is not known. */
  readonly changed: number | null;
}

/** Where the reading of a file stands. */
export interface Standing {
  /** Offset of the next record. */
  readonly offset: number;
  /** Packets before it. */
  readonly packets: number;
  /** The next batch's place in the capture. */
  readonly sequence: number;
  /** Times of the first packet and of the one before. */
  readonly clock: FrameBatch["clock"];
}

/** Threads (or one) ready to do a job. Disposing ends them. */
export interface Crew extends AsyncDisposable {
  /** The protocols that the rows of results' packets are numbered by. */
  readonly catalogue: Catalogue;
  /** Bytes before the first packet; none if the job names no format. */
  readonly head: Uint8Array;
  /** Bytes after the last packet. */
  readonly tail: Uint8Array;
  /** Does the job to batches; results come in the order of the batches. Once. */
  run(frames: AsyncIterable<FrameBatch>): AsyncIterable<Result>;
}
