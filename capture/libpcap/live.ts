/**
 * Live capture: batches of frames from devices, until it is stopped.
 *
 * @module
 */
import {
  type CaptureHeader,
  firstFrames,
  type FrameBatch,
  type InterfaceInfo,
} from "../../core/batch.ts";
import {
  batchesOf,
  type FrameSource,
  type Framing,
  type FramingOptions,
} from "../../core/source.ts";
import {
  addUp,
  type LiveOptions,
  type LiveStats,
  type NamedDevice,
  type Running,
  type StopReason,
} from "./_options.ts";

/**
 * Captures on devices. Nothing is opened before the first batch is asked for (or `open` called). What it answers can be
 * iterated for batches, read as a stream, and given to `open` and `extract` like a file.
 *
 * @example Ten packets of the loopback, dissected
 * ```ts ignore
 * import { open } from "@pcapkit/pcapkit";
 * import { live } from "@pcapkit/pcapkit/libpcap";
 *
 * const capture = live("lo", { filter: "udp port 53", count: 10 });
 * for await (const packet of open(capture)) console.info(packet.number, packet.chain);
 * console.info(capture.stats());
 * ```
 *
 * @param devices A device, or several, each by name or with options of its own. `any` is all of them, on Linux.
 */
export function live(
  devices: string | NamedDevice | readonly (string | NamedDevice)[],
  options: LiveOptions = {},
): LiveCapture {
  const list = (Array.isArray(devices) ? devices : [devices]) as (string | NamedDevice)[];
  return new LiveCapture(list.map((d) => typeof d === "string" ? { name: d } : d), options);
}

/** A live capture: made by {@linkcode live}, opened when first read, to be read once. */
export class LiveCapture implements FrameSource, AsyncIterable<FrameBatch>, AsyncDisposable {
  /** The devices' names, for messages. */
  readonly name: string;
  /** The devices. */
  readonly devices: readonly NamedDevice[];
  readonly #options: LiveOptions;
  #opened: Promise<LimitedFraming> | undefined;
  #framing: LimitedFraming | undefined;
  #taken = false;
  #stopped: StopReason | undefined;

  /** Made by {@linkcode live}. */
  constructor(devices: readonly NamedDevice[], options: LiveOptions) {
    if (devices.length === 0) throw new RangeError("Cannot capture: no device is named");
    for (const key of ["count", "durationMs", "bytes"] as const) {
      const value = options[key];
      if (value !== undefined && !(value > 0)) {
        throw new RangeError(`Cannot capture: "${key}" must be more than 0, and is ${value}`);
      }
    }
    this.devices = devices;
    this.name = devices.map((device) => device.name).join(", ");
    this.#options = options;
  }

  /** The interfaces, once it is open, in the order of the devices; with `through` a child, as it describes them. */
  get interfaces(): readonly InterfaceInfo[] {
    return this.#framing?.interfaces ?? [];
  }

  /** The file header that its records would have, once it is open; its `format` is `pcap` if there is one device. */
  get header(): CaptureHeader | undefined {
    return this.#framing?.header;
  }

  /** Why it ended; `undefined` as long as it has not. */
  get stopReason(): StopReason | undefined {
    return this.#framing?.reason;
  }

  /**
   * Opens the devices and begins to capture, if that was not done yet.
   *
   * @throws {LibraryLoadError} If libpcap cannot be loaded; the message says what to install or allow.
   * @throws {DevicePermissionError} If the operating system does not allow it; the message says what to do.
   * @throws {NoSuchDeviceError} If there is no such device.
   * @throws {FilterSyntaxError} If the filter cannot be compiled.
   */
  async open(options: FramingOptions = {}): Promise<this> {
    await (this.#opened ??= this.#start(options));
    return this;
  }

  async #start(options: FramingOptions): Promise<LimitedFraming> {
    const { through = "libpcap" } = this.#options;
    const start = through === "libpcap"
      ? (await import("./_device.ts")).startLibpcap
      : (await import("./_child.ts")).startChild;
    const running = await start(this.devices, this.#options, options);
    const framing = new LimitedFraming(running, this.#options);
    this.#framing = framing;
    if (this.#stopped !== undefined) framing.stop(this.#stopped);
    return framing;
  }

  /** What cuts the frames, for `openCapture` and the like; opens the devices if that was not done yet. */
  async frames(options: FramingOptions & { readonly signal?: AbortSignal } = {}): Promise<Framing> {
    if (this.#taken) throw new TypeError(`Cannot read "${this.name}" twice: it is read already`);
    this.#taken = true;
    const framing = await (this.#opened ??= this.#start(options));
    if (options.signal !== undefined) framing.watch(options.signal);
    return framing;
  }

  /** Batches until the end. Leaving the loop closes the devices. */
  async *[Symbol.asyncIterator](): AsyncGenerator<FrameBatch> {
    await using framing = await this.frames();
    yield* batchesOf(framing);
  }

  /**
   * Batches as a stream, each made when the reader asks: a slow reader fills the kernel's buffer, and what is dropped
   * then is counted. Cancelling closes the devices.
   */
  readable(): ReadableStream<FrameBatch> {
    let framing: Framing | undefined;
    return new ReadableStream<FrameBatch>({
      pull: async (controller) => {
        try {
          framing ??= await this.frames();
          const batch = await framing.next();
          if (batch !== undefined) return controller.enqueue(batch);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        await framing?.[Symbol.asyncDispose]();
      },
      cancel: () => this[Symbol.asyncDispose](),
    }, { highWaterMark: 0 });
  }

  /** Counters so far; after the end, those at the end. A child tells its own only at the end. */
  stats(): LiveStats {
    return this.#framing?.stats() ?? addUp(this.devices.map(({ name }) => ({
      name,
      received: 0,
      dropped: 0,
      interfaceDropped: 0,
      captured: 0,
    })));
  }

  /**
   * Changes the filter of all devices while it captures; the empty filter lets everything pass.
   *
   * @throws {FilterSyntaxError} If it cannot be compiled; the old filter stays.
   * @throws {TypeError} If it is not open, or a child captures.
   */
  setFilter(expression: string): void {
    if (this.#framing === undefined) {
      throw new TypeError(`Cannot set the filter of "${this.name}": it is not open`);
    }
    this.#framing.setFilter(expression);
  }

  /**
   * Gives a batch's memory back, for batches to come: new memory for each costs as much as half the capturing. Nothing may
   * be read from the batch any more, nor from packets made of it. Batches may be given back at any time and in any order,
   * or not at all; a second time has no effect.
   *
   * @example
   * ```ts ignore
   * import { live } from "@pcapkit/pcapkit/libpcap";
   *
   * const capture = live("eth0");
   * for await (const batch of capture) {
   *   console.info(batch.firstNumber, batch.count);
   *   capture.release(batch);
   * }
   * ```
   */
  release(batch: FrameBatch): void {
    this.#framing?.release(batch);
  }

  /** Ends it: what had come is still delivered, and then the end. */
  stop(): void {
    this.#stopped = "stop";
    this.#framing?.stop("stop");
  }

  /** Ends it at once and closes the devices. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#taken = true;
    this.#stopped ??= "stop";
    const opened = this.#opened;
    if (opened === undefined) return;
    try {
      await (await opened)[Symbol.asyncDispose]();
    } catch {
      // It could not be opened, which whoever opened it was told.
    }
  }
}

/** A capture that ends when it is told to: by count, time, size, a condition or a signal. */
class LimitedFraming implements Framing {
  /** Why it ended. */
  reason: StopReason | undefined;
  readonly #running: Running;
  readonly #options: LiveOptions;
  readonly #signals: AbortSignal[] = [];
  readonly #abort = (): void => this.stop("signal");
  /** Frames delivered of each interface. */
  readonly #delivered: number[] = [];
  #count = 0;
  #bytes = 0;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(running: Running, options: LiveOptions) {
    this.#running = running;
    this.#options = options;
    if (options.durationMs !== undefined) {
      this.#timer = setTimeout(() => this.stop("duration"), options.durationMs);
    }
    if (options.signal !== undefined) this.watch(options.signal);
  }

  get header(): Framing["header"] {
    return this.#running.header;
  }

  get interfaces(): readonly InterfaceInfo[] {
    return this.#running.interfaces;
  }

  stats(): LiveStats {
    const { devices } = this.#running.stats();
    return addUp(devices.map((device, i) => ({ ...device, captured: this.#delivered[i] ?? 0 })));
  }

  setFilter(expression: string): void {
    this.#running.setFilter(expression);
  }

  release(batch: FrameBatch): void {
    this.#running.release(batch);
  }

  /** Ends when the signal aborts. */
  watch(signal: AbortSignal): void {
    if (signal.aborted) return this.#abort();
    this.#signals.push(signal);
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  stop(reason: StopReason): void {
    if (this.#ended) return;
    this.reason ??= reason;
    this.#running.requestStop();
  }

  next(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (this.#ended) return undefined;
    const next = this.#running.next();
    return next instanceof Promise ? next.then(this.#limit) : this.#limit(next);
  }

  /** What of a batch is within the limits. */
  readonly #limit = (batch: FrameBatch | undefined): FrameBatch | undefined => {
    if (batch === undefined || this.#ended) {
      this.#end("end");
      return undefined;
    }
    const { count = Infinity, bytes = Infinity, stopWhen } = this.#options;
    let keep = Math.min(batch.count, count - this.#count);
    let why: StopReason | undefined = this.#count + keep >= count ? "count" : undefined;
    if (bytes !== Infinity || stopWhen !== undefined) {
      for (let i = 0; i < keep; i++) {
        this.#bytes += batch.capturedLengths[i];
        const enough = this.#bytes >= bytes ? "bytes" : stopWhen?.(batch, i) && "predicate";
        if (enough) {
          keep = i + 1;
          why = enough;
        }
      }
    }
    this.#count += keep;
    const { interfaceIds, interfaces } = batch;
    if (interfaces.length === 1) this.#delivered[0] = this.#count;
    else {
      for (let i = 0; i < keep; i++) {
        this.#delivered[interfaceIds[i]] = (this.#delivered[interfaceIds[i]] ?? 0) + 1;
      }
    }
    if (why !== undefined) this.#end(why);
    return firstFrames(batch, keep);
  };

  #end(reason: StopReason): void {
    this.#ended = true;
    this.reason ??= reason;
    clearTimeout(this.#timer);
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#abort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end("stop");
    await this.#running[Symbol.asyncDispose]();
  }
}
