/**
 * Captures: of files, interfaces, and packets at hand.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the names are pyshark's
import { EngineError } from "../../core/errors.ts";
import { TSHARK_PACKET_BYTES_MAX } from "../../core/limits.ts";
import { PcapWriter } from "../../capture/write_pcap.ts";
import { NO_PROFILE, TsharkProcess } from "../tshark/process.ts";
import type { Packet } from "./packet.ts";
import { columnsOf, packetOfJson, packetOfPdml, summaryOf } from "./read.ts";

/** What all captures may be told. */
export interface CaptureOptions {
  /** Only packets that match this display filter. */
  readonly display_filter?: string;
  /** Lines of a packet list instead of packets: `PacketSummary`. */
  readonly only_summaries?: boolean;
  /** Whether packets stay, for {@link Capture.packets} and places; `true` if absent. */
  readonly keep_packets?: boolean;
  /** Dissect as: `{ "tcp.port==8888": "http" }`. */
  readonly decode_as?: Readonly<Record<string, string>>;
  /** Protocol (or protocols) not to dissect. */
  readonly disable_protocol?: string | readonly string[];
  /** Preferences, by name; files of TLS secrets are `tls.keylog_file`. */
  readonly override_prefs?: Readonly<Record<string, string>>;
  /** Further arguments of tshark: a list, or values by argument. */
  readonly custom_parameters?: readonly string[] | Readonly<Record<string, string>>;
  /** Key to decrypt WLAN packets with. */
  readonly decryption_key?: string;
  /** What kind of key that is; `wpa-pwd` if absent. */
  readonly encryption_type?: "wpa-pwd" | "wpa-psk" | "wep";
  /** Read tshark's JSON instead of its PDML: without what Wireshark shows, but smaller. */
  readonly use_json?: boolean;
  /** Bring the frames' bytes; needs `use_json`. */
  readonly include_raw?: boolean;
  /** Fields are bytes in hexadecimal. */
  readonly raw_mode?: boolean;
  /** Write the packets to this file, too. */
  readonly output_file?: string;
  /** The program; `tshark`, looked for in `PATH`, if absent. */
  readonly tshark_path?: string;
  /** Say on standard error how tshark is called. */
  readonly debug?: boolean;
}

/** When reading ends. */
export interface SniffOptions {
  /** Packets at most; 0 for all. */
  readonly packet_count?: number;
  /** Seconds at most. */
  readonly timeout?: number;
}

/** Thrown in a function given to {@link Capture.apply_on_packets}: it ends reading. */
export class StopCapture extends Error {
  /** Name of the class. */
  override readonly name: string = "StopCapture";
}

/** Runs tshark and reads its packets. */
export abstract class Capture<P = Packet> implements AsyncIterable<P>, AsyncDisposable {
  /** The options. */
  protected readonly options: CaptureOptions;
  readonly #packets: P[] = [];
  #running: { process: TsharkProcess; packets: AsyncGenerator<P> } | undefined;
  #ended = false;
  #next = 0;
  /** The kept packet at this place, from 0; from the end, if negative. */
  [index: number]: P;

  /**
   * Prepares a capture; tshark is started when a packet is asked for.
   *
   * @throws {TypeError} If options exclude each other.
   */
  constructor(options: CaptureOptions) {
    if (options.include_raw && !options.use_json) {
      throw new TypeError("Cannot include raw packets: this needs use_json");
    }
    if (options.only_summaries && options.use_json) {
      throw new TypeError(
        "Cannot read summaries as JSON: use_json and only_summaries exclude each other",
      );
    }
    this.options = options;
    return new Proxy(this, {
      get: (capture, key) => {
        if (typeof key === "string" && /^-?\d+$/.test(key)) return capture.#packets.at(Number(key));
        const member = Reflect.get(capture, key, capture) as unknown;
        return typeof member === "function" ? member.bind(capture) : member;
      },
    });
  }

  /** Where tshark's packets come from. */
  protected abstract source(): readonly string[];
  /** Whether tshark is fed. */
  protected get fed(): boolean {
    return false;
  }
  /** Whether tshark captures. */
  protected get captures(): boolean {
    return false;
  }

  /** The packets read and kept so far. */
  get packets(): readonly P[] {
    return this.#packets;
  }
  /** How many packets are kept. */
  get length(): number {
    return this.#packets.length;
  }

  /** The arguments tshark is called with. */
  get_parameters(): string[] {
    const o = this.options;
    const custom = o.custom_parameters ?? [];
    const disabled = [o.disable_protocol ?? []].flat();
    const kind = o.encryption_type ?? "wpa-pwd";
    return [
      "-l",
      ...this.source(),
      ...o.display_filter === undefined ? [] : ["-Y", o.display_filter],
      "-T",
      o.only_summaries ? "psml" : o.use_json ? "json" : "pdml",
      ...o.include_raw ? ["-x"] : [],
      ...o.use_json ? ["--no-duplicate-keys"] : [],
      ...o.output_file === undefined ? [] : ["-w", o.output_file, "-P"],
      ...Object.entries(o.decode_as ?? {}).flatMap(([rule, to]) => ["-d", `${rule},${to}`]),
      ...disabled.flatMap((name) => ["--disable-protocol", name]),
      ...Object.entries(o.override_prefs ?? {}).flatMap((
        [name, value],
      ) => ["-o", `${name}:${value}`]),
      ...o.decryption_key === undefined ? [] : [
        "-o",
        "wlan.enable_decryption:TRUE",
        "-o",
        `uat:80211_keys:"${kind}","${o.decryption_key}"`,
      ],
      ...Array.isArray(custom)
        ? custom as readonly string[]
        : Object.entries(custom as Readonly<Record<string, string>>).flat(),
    ];
  }

  /** Starts tshark, if it is not running. */
  protected start(): void {
    if (this.#running) return;
    const args = this.get_parameters();
    const program = this.options.tshark_path ?? "tshark";
    if (this.options.debug) {
      Deno.stderr.writeSync(new TextEncoder().encode(`${[program, ...args].join(" ")}\n`));
    }
    const process = new TsharkProcess({
      program,
      args,
      fed: this.fed,
      captures: this.captures,
      configuration: NO_PROFILE,
      engine: "pyshark",
    });
    this.#running = { process, packets: this.#read(process) };
  }

  /** Feeds tshark. */
  protected async feed(bytes: Uint8Array): Promise<void> {
    await this.#running?.process.write(bytes);
  }

  async *#read(process: TsharkProcess): AsyncGenerator<P> {
    const { only_summaries, use_json, raw_mode = false } = this.options;
    const decoder = new TextDecoder();
    let text = "", searched = 0;
    let columns: string[] | undefined;
    // JSON's packets are indented by two; nothing in them is.
    const [end, extra] = use_json ? ["\n  }", 4] : ["</packet>", 9];
    for (;;) {
      const chunk = await process.read();
      if (chunk === undefined) break;
      text += decoder.decode(chunk, { stream: true });
      if (text.length > TSHARK_PACKET_BYTES_MAX) {
        throw new EngineError("pyshark", "what tshark says of one packet is too long");
      }
      for (let at; (at = text.indexOf(end, searched)) >= 0; searched = 0) {
        const one = text.slice(0, at + extra);
        text = text.slice(at + extra);
        if (use_json) yield packetOfJson(one.slice(one.indexOf("{")), raw_mode) as P;
        else if (!only_summaries) yield packetOfPdml(one, raw_mode) as P;
        else {
          const head = one.indexOf("</structure>");
          if (head >= 0) columns = columnsOf(one.slice(0, head));
          yield summaryOf(head < 0 ? one : one.slice(head), columns ?? []) as P;
        }
      }
      searched = Math.max(0, text.length - extra);
    }
    const failure = await process.failure();
    if (failure) throw failure;
  }

  /** The next packet from tshark; `undefined` at the end. */
  async #pull(): Promise<P | undefined> {
    if (this.#ended) return undefined;
    this.start();
    const { value, done } = await this.#running!.packets.next();
    if (done) {
      await this.close();
      return undefined;
    }
    if (this.options.keep_packets ?? true) this.#packets.push(value);
    return value;
  }

  /** The next packet after those that {@link next} answered; `undefined` at the end. */
  async next(): Promise<P | undefined> {
    if (this.#next < this.#packets.length) return this.#packets[this.#next++];
    const packet = await this.#pull();
    if (packet !== undefined && (this.options.keep_packets ?? true)) this.#next++;
    return packet;
  }

  /** Every packet: those that are kept, and then those that come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<P> {
    for (let i = 0; i < this.#packets.length; i++) yield this.#packets[i];
    yield* this.sniff_continuously();
  }

  /** Packets as they come; stops tshark when it is left. */
  async *sniff_continuously(
    { packet_count = 0, timeout }: SniffOptions = {},
  ): AsyncGenerator<P> {
    let late = false;
    const timer = timeout === undefined ? undefined : setTimeout(() => {
      late = true;
      // What is waited for then comes to its end.
      this.close().catch(() => {});
    }, timeout * 1000);
    try {
      for (let n = 0; packet_count === 0 || n < packet_count; n++) {
        const packet = await this.#pull();
        if (packet === undefined) return;
        yield packet;
      }
    } catch (error) {
      if (!late) throw error;
    } finally {
      clearTimeout(timer);
      if (this.captures) await this.close();
    }
  }

  /** Reads packets, which then are kept. */
  async load_packets(options: SniffOptions = {}): Promise<void> {
    for await (const packet of this.sniff_continuously(options)) {
      if (!(this.options.keep_packets ?? true)) this.#packets.push(packet);
    }
  }

  /** The same as {@link load_packets}. */
  sniff(options: SniffOptions = {}): Promise<void> {
    return this.load_packets(options);
  }

  /** Calls a function with each packet; it may throw {@link StopCapture}. */
  async apply_on_packets(
    callback: (packet: P) => void | Promise<void>,
    options: SniffOptions = {},
  ): Promise<void> {
    try {
      const all = async function* (capture: Capture<P>): AsyncGenerator<P> {
        yield* capture.#packets.slice();
        yield* capture.sniff_continuously(options);
      };
      for await (const packet of all(this)) await callback(packet);
    } catch (error) {
      if (!(error instanceof StopCapture)) throw error;
    }
  }

  /** Begins with the first kept packet again. */
  reset(): void {
    this.#next = 0;
  }

  /** Forgets the kept packets. */
  clear(): void {
    this.#packets.length = 0;
    this.#next = 0;
  }

  /** Ends tshark. */
  async close(): Promise<void> {
    this.#ended = true;
    const running = this.#running;
    this.#running = undefined;
    await running?.process[Symbol.asyncDispose]();
  }

  /** See {@link Capture.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The packets of a capture file. */
export class FileCapture<P = Packet> extends Capture<P> {
  /** The file. */
  readonly input_filename: string;

  /** Reads a file. */
  constructor(input_file: string, options: CaptureOptions = {}) {
    super(options);
    this.input_filename = input_file;
  }
  /** See {@link Capture}. */
  protected override source(): readonly string[] {
    return ["-r", this.input_filename];
  }
}

/** How an interface is captured. */
export interface LiveOptions extends CaptureOptions {
  /** Interface, or interfaces; tshark chooses if absent. */
  readonly interface?: string | readonly string[];
  /** Capture filter, as tcpdump's. */
  readonly bpf_filter?: string;
  /** Capture in monitor mode. */
  readonly monitor_mode?: boolean;
}

/** Packets as an interface sees them. */
export class LiveCapture<P = Packet> extends Capture<P> {
  /** The options. Members of derived classes are no `#` names: those would stand on the proxy, not behind it. */
  protected readonly live: LiveOptions;

  /** Captures on interfaces. */
  constructor(options: LiveOptions = {}) {
    super(options);
    this.live = options;
  }
  /** See {@link Capture}. */
  protected override get captures(): boolean {
    return true;
  }
  /** See {@link Capture}. */
  protected override source(): readonly string[] {
    const { bpf_filter, monitor_mode } = this.live;
    return [
      // Behind -i: these are of all interfaces before it otherwise.
      ...bpf_filter === undefined ? [] : ["-f", bpf_filter],
      ...[this.live.interface ?? []].flat().flatMap((name) => ["-i", name]),
      ...monitor_mode ? ["-I"] : [],
    ];
  }
}

/** How packets at hand are dissected. */
export interface InMemOptions extends CaptureOptions {
  /** LINKTYPE_ number of the packets; 1, Ethernet, if absent. */
  readonly linktype?: number;
}

/** Packets that a program has as bytes. */
export class InMemCapture<P = Packet> extends Capture<P> {
  /** See {@link InMemOptions.linktype}. */
  protected readonly linktype: number;
  /** Writes to tshark. */
  protected writer: PcapWriter | undefined;
  /** Settles when the packet before is done. */
  protected before: Promise<unknown> = Promise.resolve();

  /** Dissects packets given to {@link parse_packet}. */
  constructor(options: InMemOptions = {}) {
    super(options);
    if (options.display_filter !== undefined) {
      throw new TypeError("Cannot filter packets in memory: each is answered");
    }
    if (options.use_json || options.only_summaries) {
      // These print the end of a packet only when the next comes.
      throw new TypeError("Cannot use use_json or only_summaries with packets in memory");
    }
    this.linktype = options.linktype ?? 1;
  }
  /** See {@link Capture}. */
  protected override source(): readonly string[] {
    return ["-r", "-"];
  }
  /** See {@link Capture}. */
  protected override get fed(): boolean {
    return true;
  }

  /** Dissects a packet. It knows of those parsed before. `sniff_time`: when it was captured; now, if absent. */
  parse_packet(bytes: Uint8Array, sniff_time: Date = new Date()): Promise<P> {
    const parsed = this.before.then(() => this.parse(bytes, sniff_time));
    // The next waits for this one, whether it fails or not.
    this.before = parsed.catch(() => {});
    return parsed;
  }

  /** Feeds one packet and reads it. */
  protected async parse(bytes: Uint8Array, sniff_time: Date): Promise<P> {
    this.start();
    this.writer ??= new PcapWriter({ write: (b) => this.feed(b) }, {
      linkType: this.linktype,
      precision: "nanoseconds",
    });
    const ms = sniff_time.getTime(), seconds = Math.floor(ms / 1000);
    await this.writer.writeFrame({
      seconds,
      nanoseconds: Math.round((ms - seconds * 1000) * 1e6),
      data: bytes,
    });
    await this.writer.flush();
    const packet = await this.next();
    if (packet === undefined) throw new EngineError("pyshark", "tshark ended before the packet");
    return packet;
  }

  /** Dissects packets, in their order. */
  async parse_packets(packets: Iterable<Uint8Array>): Promise<P[]> {
    const parsed: P[] = [];
    for (const bytes of packets) parsed.push(await this.parse_packet(bytes));
    return parsed;
  }

  /** The same as {@link parse_packet}. */
  feed_packet(bytes: Uint8Array, sniff_time?: Date): Promise<P> {
    return this.parse_packet(bytes, sniff_time);
  }
}
