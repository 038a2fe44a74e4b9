/**
 * Sending: frames one by one, in batches, and captures again at a pace.
 *
 * @module
 */
import type { FrameBatch } from "../../core/batch.ts";
import { DeviceDownError, FrameSizeError, LibpcapError, STATUS } from "./errors.ts";
import { makeError, PcapHandle, rawHandle } from "./handle.ts";
import type { Library, LibraryOptions } from "./library.ts";
import { dltOf } from "./linktypes.ts";
import { addressOf, cString, errorNumber, pinned, readText, viewOf } from "./memory.ts";

/** Frames of one call at most (`sendmmsg` takes 1024). Beyond this many, a call costs no less for each. */
const CALL_FRAMES = 256;
/** Bytes that frames given one by one are gathered to before they are sent. */
const GATHER_BYTES = 256 * 1024;
/** Milliseconds of work after which other tasks of the program have their turn. */
const SLICE_MS = 8;
/** Frames due within so many milliseconds are sent now: less than what any wait is late by. */
const EARLY_MS = 0.05;
/** Timers are late by up to so many milliseconds; waits as short as this are done by putting the thread to sleep. */
const TIMER_MS = 5;
/** Milliseconds of one timer at most, so that a clock of 31 bits is never passed. */
const TIMER_MAX_MS = 1_000_000;
/** Who is late by more milliseconds than this (a computer that slept) puts the rest off, instead of sending it all at once. */
const LATE_MAX_MS = 1000;
/** Milliseconds of one wait for a full queue at most: what nobody can end earlier. */
const QUEUE_WAIT_MS = 50;

/** An EtherType that nobody uses (IANA: reserved): a socket for it has nothing to receive. */
const ETHERTYPE_RESERVED = 0xffff;
/** Program of a filter that lets nothing pass: `ret #0`. */
const NOTHING: Uint32Array<ArrayBuffer> = new Uint32Array([6, 0, 0, 0]);

const POLLOUT = 4;
const MSG_DONTWAIT = 0x40;
/** Error numbers of Linux. */
const EINTR = 4, EAGAIN = 11, ENOBUFS = 105;
/** `ioctl` of Linux that answers a device's MTU, in a `struct ifreq`: name (16 bytes), number. */
const SIOCGIFMTU = 0x8921n, IFREQ_BYTES = 40, IFNAMSIZ = 16;
/** Bytes of `struct mmsghdr` and `struct iovec` of LP64 systems, and where a message points to its bytes and counts them. */
const MMSGHDR_BYTES = 64, IOVEC_BYTES = 16, MSG_IOV = 16, MSG_IOVLEN = 24;

const LINUX = Deno.build.os === "linux";
/** LINKTYPE_ numbers of Ethernet, and of what all devices at once give (Linux cooked). */
const ETHERNET = 1, COOKED: readonly number[] = [113, 276];
/** Bytes of an Ethernet header. */
const ETHERNET_HEADER = 14;

/** How a device is opened for sending. */
export interface InjectorOptions extends LibraryOptions {
  /**
   * Whether several frames are handed to the system at once where it can do so (`sendmmsg` of Linux); yes if absent.
   * Without, there is a call for each, as on other systems.
   */
  readonly batching?: boolean;
}

/**
 * When frames are sent.
 *
 * - `recorded`: at the distances of their time stamps; those without come right behind the one before
 * - `fast`: as fast as the device takes them
 * - `speed`: at the distances of their time stamps, divided by this
 * - `packetsPerSecond`, `bitsPerSecond`: evenly; bits are those of the frames as they are given, without preamble, frame
 *   check sequence and gap
 */
export type Pace =
  | "recorded"
  | "fast"
  | { readonly speed: number }
  | { readonly packetsPerSecond: number }
  | { readonly bitsPerSecond: number };

/** Frames to send: batches (a capture is an iterable of these), or frames as bytes, link-layer header included. */
export type FrameSupply =
  | Iterable<FrameBatch | Uint8Array>
  | AsyncIterable<FrameBatch | Uint8Array>;

/** How frames are sent. */
export interface ReplayOptions {
  /** When; `recorded` if absent. */
  readonly pace?: Pace;
  /** How often all is sent; once if absent. `Infinity` ends by `count`, `signal` or `close` only. */
  readonly loops?: number;
  /** End after so many frames were tried. */
  readonly count?: number;
  /** Milliseconds between two frames at most, however far apart their time stamps are. */
  readonly maxGapMs?: number;
  /** Ends it; what was sent is still told. */
  readonly signal?: AbortSignal;
}

/** A frame that was not sent. */
export interface SendFailure {
  /** Number of the frame in what was sent, counted from 1: that of the capture, if it is from one. */
  readonly number: number;
  /** In which pass it was, counted from 1. */
  readonly loop: number;
  /** Why. */
  readonly error: LibpcapError;
}

/** What was sent. */
export interface SendStats {
  /** Frames that the system took. */
  readonly sent: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Frames that it did not take: too long, too short, or of another link type than the device's. */
  readonly failed: number;
  /** Frames that were cut when they were captured: sent, but shorter than they had been. */
  readonly cut: number;
  /** The first frame that was not sent. */
  readonly firstFailure?: SendFailure;
}

/** What one {@linkcode Injector.replay} did. */
export interface ReplayStats extends SendStats {
  /** Passes that were finished. */
  readonly loops: number;
  /** Milliseconds from the first frame until the end. */
  readonly elapsedMs: number;
  /** Why it ended. */
  readonly endedBy: "end" | "count" | "signal" | "close";
}

/** The columns of a batch that sending looks at. */
type Sendable = Pick<
  FrameBatch,
  | "bytes"
  | "count"
  | "starts"
  | "capturedLengths"
  | "wireLengths"
  | "linkTypes"
  | "seconds"
  | "nanoseconds"
  | "firstNumber"
>;

/**
 * A device opened for sending. Close it, or let `using` do so.
 *
 * It has a handle of its own, which receives nothing; capture beside it with `live`. Sending takes the same rights as
 * capturing does.
 *
 * @example A frame of our own
 * ```ts ignore
 * import { arp, craft, eth } from "@pcapkit/pcapkit";
 * import { Injector } from "@pcapkit/pcapkit/libpcap";
 *
 * using injector = Injector.open("eth0");
 * injector.send(craft(
 *   eth.of({ src: "02:00:00:00:00:01", dst: "ff:ff:ff:ff:ff:ff" }),
 *   arp.of({ opcode: 1, senderIp: "192.0.2.1", targetIp: "192.0.2.2" }),
 * ));
 * ```
 *
 * @example A capture, twice as fast as it was, ten times
 * ```ts ignore
 * import { openCapture } from "@pcapkit/pcapkit/capture";
 * import { Injector } from "@pcapkit/pcapkit/libpcap";
 *
 * using injector = Injector.open("eth0");
 * const { sent, failed, firstFailure } = await injector.replay(
 *   () => openCapture("in.pcap"),
 *   { pace: { speed: 2 }, loops: 10 },
 * );
 * console.info(sent, failed, firstFailure?.error.message);
 * ```
 */
export class Injector implements Disposable {
  /** Name of the device. */
  readonly device: string;
  /** LINKTYPE_ number of the frames it takes. */
  readonly linkType: number;
  readonly #handle: PcapHandle;
  readonly #sender: Sender;
  readonly #total: Tally = new Tally();
  /** Ends the waits of what is being sent. */
  readonly #wakes: Set<() => void> = new Set();

  private constructor(device: string, handle: PcapHandle, options: InjectorOptions) {
    this.device = device;
    this.#handle = handle;
    this.linkType = handle.linkType;
    this.#sender = new Sender(device, handle, options.batching ?? true);
  }

  /**
   * Opens a device for sending.
   *
   * @throws {LibraryLoadError} If libpcap cannot be loaded; the message says what to install or allow.
   * @throws {DevicePermissionError} If the operating system does not allow it; the message says what to do.
   * @throws {NoSuchDeviceError} If there is no such device.
   * @throws {DeviceDownError} If it is down.
   */
  static open(device: string, options: InjectorOptions = {}): Injector {
    const handle = PcapHandle.create(device, options);
    try {
      // Of what is received nothing is wanted: with an EtherType that never comes the kernel does not even look.
      handle.setBufferSize(256 * 1024);
      handle.setTimeout(1000);
      try {
        if (LINUX) handle.setProtocol(ETHERTYPE_RESERVED);
      } catch (error) {
        if (!(error instanceof LibpcapError)) throw error;
      }
      handle.activate();
      handle.setFilter({ instructions: NOTHING });
      if (COOKED.includes(handle.linkType)) {
        throw new LibpcapError("pcap_inject", STATUS.ERROR, "it is all devices at once", {
          what: `Cannot send on "${device}"`,
          advice: "Name the device to send on: pcapkit devices",
        });
      }
      return new Injector(device, handle, options);
    } catch (error) {
      handle.close();
      if (!(error instanceof LibpcapError) || error.call !== "pcap_activate") throw error;
      throw makeError(error.call, error.code, error.reason, device, "send");
    }
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#handle.closed;
  }

  /** What was sent since it was opened. */
  stats(): SendStats {
    return this.#total.stats();
  }

  /**
   * Sends a frame, link-layer header included (`pcap_inject`). Where the device's queue is full this waits, and nothing
   * else of the program runs meanwhile.
   *
   * @throws {FrameSizeError} If it is too short or too long for the device.
   * @throws {DeviceDownError} If the device is down, or went away.
   * @throws {TypeError} If the injector is closed.
   */
  send(frame: Uint8Array): void {
    try {
      this.#handle.inject(frame);
    } catch (error) {
      if (!(error instanceof LibpcapError)) throw error;
      const failure = this.#sender.failure(error.call, error.reason, frame.length);
      this.#total.fail(this.#total.sent + this.#total.failed + 1, 1, failure);
      throw failure;
    }
    this.#total.sent++;
    this.#total.bytes += frame.length;
  }

  /** Sends frames as fast as the device takes them, many in one call; otherwise as {@linkcode replay}. */
  sendAll(
    frames: FrameSupply | (() => FrameSupply | Promise<FrameSupply>),
    options: Omit<ReplayOptions, "pace" | "maxGapMs"> = {},
  ): Promise<ReplayStats> {
    return this.replay(frames, { ...options, pace: "fast" });
  }

  /**
   * Sends a capture, or other frames, at a pace. A frame that the device does not take is counted and told, and the next
   * one is sent. Frames of another link type than the device's are not sent. The program's other tasks have their turn
   * every few milliseconds.
   *
   * @param frames What is sent, or a function that opens it, which is asked for each pass; what it opened is closed again.
   * @throws {DeviceDownError} If the device is down, or went away; {@linkcode stats} has what was sent before.
   * @throws {RangeError} If an option is not a positive number.
   * @throws {TypeError} If there is more than one pass, and what is to be sent can be read only once; or if the injector
   * is closed.
   */
  async replay(
    frames: FrameSupply | (() => FrameSupply | Promise<FrameSupply>),
    options: ReplayOptions = {},
  ): Promise<ReplayStats> {
    const { loops = 1, count = Infinity, signal } = options;
    for (const [name, value] of Object.entries({ loops, count })) {
      if (!(value > 0)) {
        throw new RangeError(`Cannot send: "${name}" must be more than 0, and is ${value}`);
      }
    }
    const schedule = new Schedule(options);
    rawHandle(this.#handle);
    const tally = new Tally(this.#total);
    const pass = new Pass(this.#sender, this.#handle, schedule, tally, count, signal);
    this.#wakes.add(pass.wake);
    signal?.addEventListener("abort", pass.wake);
    let finished = 0;
    try {
      while (finished < loops && pass.endedBy === undefined) {
        const open = typeof frames === "function";
        const supply = open ? await frames() : frames;
        const tried = tally.tried;
        schedule.begin();
        tally.loop = finished + 1;
        try {
          await pass.run(supply);
        } finally {
          if (open) await disposeOf(supply);
        }
        if (pass.endedBy !== undefined) break;
        if (tally.tried === tried) {
          if (finished === 0) break;
          throw new TypeError(
            "Cannot send it again: it can be read only once. Give a function that opens it",
          );
        }
        finished++;
      }
    } finally {
      this.#wakes.delete(pass.wake);
      signal?.removeEventListener("abort", pass.wake);
    }
    return {
      ...tally.stats(),
      loops: finished,
      elapsedMs: pass.elapsedMs,
      endedBy: pass.endedBy ?? "end",
    };
  }

  /** Closes it; what is being sent ends. A second time does nothing. */
  close(): void {
    this.#handle.close();
    for (const wake of this.#wakes) wake();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}

async function disposeOf(supply: FrameSupply): Promise<void> {
  const held = supply as Partial<AsyncDisposable & Disposable>;
  if (held[Symbol.asyncDispose] !== undefined) await held[Symbol.asyncDispose]!();
  else held[Symbol.dispose]?.();
}

/** Counts what is sent, and adds it to another tally. */
class Tally {
  sent = 0;
  bytes = 0;
  failed = 0;
  cut = 0;
  /** The pass at work, counted from 1. */
  loop = 1;
  #first: SendFailure | undefined;
  readonly #sum: Tally | undefined;

  constructor(sum?: Tally) {
    this.#sum = sum;
  }

  /** Frames dealt with. */
  get tried(): number {
    return this.sent + this.failed;
  }

  /** Frames of a batch, from index `from` up to `to`, were sent. */
  take(frames: Sendable, from: number, to: number): void {
    const { capturedLengths, wireLengths } = frames;
    let bytes = 0, cut = 0;
    for (let i = from; i < to; i++) {
      bytes += capturedLengths[i];
      if (wireLengths[i] > capturedLengths[i]) cut++;
    }
    this.add(to - from, bytes, cut);
  }

  /** Counts frames that were sent. */
  add(sent: number, bytes: number, cut: number): void {
    this.sent += sent;
    this.bytes += bytes;
    this.cut += cut;
    this.#sum?.add(sent, bytes, cut);
  }

  /** A frame was not sent. */
  fail(number: number, loop: number, error: LibpcapError): void {
    this.failed++;
    this.#first ??= { number, loop, error };
    this.#sum?.fail(number, loop, error);
  }

  stats(): SendStats {
    const { sent, bytes, failed, cut } = this;
    return {
      sent,
      bytes,
      failed,
      cut,
      ...(this.#first === undefined ? {} : { firstFailure: this.#first }),
    };
  }
}

/** When each frame is due. */
class Schedule {
  /** Whether frames wait at all. */
  readonly paced: boolean;
  readonly #kind: "fast" | "recorded" | "packets" | "bits";
  /** Milliseconds for a packet or a bit, or for a recorded millisecond. */
  readonly #unit: number = 1;
  readonly #maxGap: number;
  #dues: Float64Array = new Float64Array(0);
  /** When the last frame was due. */
  #last = 0;
  /** Latest time of a frame in this pass; `NaN` before the first. */
  #seconds = NaN;
  #nanoseconds = 0;
  #packets = 0;
  #bits = 0;

  constructor(options: ReplayOptions) {
    const { pace = "recorded", maxGapMs = Infinity } = options;
    if (!(maxGapMs >= 0)) throw new RangeError(`Cannot send: "maxGapMs" is ${maxGapMs}`);
    this.#maxGap = maxGapMs;
    const positive = (value: number): number => {
      if (value > 0 && value < Infinity) return value;
      throw new RangeError(`Cannot send: the pace must be more than 0, and is ${value}`);
    };
    if (typeof pace === "string") {
      if (pace !== "recorded" && pace !== "fast") {
        throw new RangeError(`Cannot send: no pace "${pace}" (have recorded, fast)`);
      }
      this.#kind = pace;
    } else if ("speed" in pace) {
      this.#kind = "recorded";
      this.#unit = 1 / positive(pace.speed);
    } else if ("packetsPerSecond" in pace) {
      this.#kind = "packets";
      this.#unit = 1000 / positive(pace.packetsPerSecond);
    } else {
      this.#kind = "bits";
      this.#unit = 1000 / positive(pace.bitsPerSecond);
    }
    this.paced = this.#kind !== "fast";
  }

  /** A pass begins: its first frame is due with the last one of the pass before, or a packet later. */
  begin(): void {
    this.#seconds = NaN;
  }

  /** When each frame of a batch is due, in milliseconds since the first. The answer holds until the next call. */
  dues(frames: Sendable): Float64Array {
    const { count, capturedLengths, seconds, nanoseconds } = frames;
    if (this.#dues.length < count) this.#dues = new Float64Array(count);
    const dues = this.#dues, unit = this.#unit;
    if (this.#kind === "packets") {
      for (let i = 0; i < count; i++) dues[i] = (this.#packets + i) * unit;
      this.#packets += count;
    } else if (this.#kind === "bits") {
      for (let i = 0; i < count; i++) {
        dues[i] = this.#bits * unit;
        this.#bits += capturedLengths[i] * 8;
      }
    } else {
      let last = this.#last, s = this.#seconds, n = this.#nanoseconds;
      for (let i = 0; i < count; i++) {
        const gap = (seconds[i] - s) * 1000 + (nanoseconds[i] - n) / 1e6;
        // Frames out of order, or without time, come at once; time goes on from the latest.
        if (gap > 0) last += Math.min(gap * unit, this.#maxGap);
        if (gap > 0 || Number.isNaN(s)) {
          s = seconds[i];
          n = nanoseconds[i];
        }
        dues[i] = last;
      }
      this.#last = last;
      this.#seconds = s;
      this.#nanoseconds = n;
    }
    return dues;
  }
}

/** Hands frames to the system. */
class Sender {
  /** Why the last call ended before its end: the socket's buffer or the device's queue is full. */
  full: "socket" | "queue" | undefined;
  readonly #device: string;
  readonly #handle: PcapHandle;
  readonly #library: Library;
  readonly #linkType: number;
  readonly #batching: boolean;
  // C reads these during calls, and `poll` on another thread: their addresses must stay what they are.
  readonly #messages: Uint8Array<ArrayBuffer> = pinned(CALL_FRAMES * MMSGHDR_BYTES);
  readonly #vectors: Uint32Array = new Uint32Array(pinned(CALL_FRAMES * IOVEC_BYTES).buffer);

  constructor(device: string, handle: PcapHandle, batching: boolean) {
    this.#device = device;
    this.#handle = handle;
    this.#library = rawHandle(handle).library;
    this.#linkType = handle.linkType;
    this.#batching = batching && LINUX && this.#library.libc.sendmmsg !== null;
    const vectors = addressOf(this.#library, new Uint8Array(this.#vectors.buffer as ArrayBuffer));
    const view = viewOf(this.#messages);
    for (let i = 0; i < CALL_FRAMES; i++) {
      view.setBigUint64(i * MMSGHDR_BYTES + MSG_IOV, vectors + BigInt(i * IOVEC_BYTES), true);
      view.setBigUint64(i * MMSGHDR_BYTES + MSG_IOVLEN, 1n, true);
    }
  }

  /**
   * Sends frames of a batch, from index `from` on and before `to`. Answers the index of the first that was not dealt
   * with; if that is because of a queue, `full` says which.
   *
   * @throws {DeviceDownError} If the device is down, or went away.
   */
  send(frames: Sendable, from: number, to: number, tally: Tally): number {
    this.full = undefined;
    const { linkTypes, firstNumber } = frames, linkType = this.#linkType;
    for (let at = from; at < to;) {
      let end = at;
      while (end < to && linkTypes[end] === linkType) end++;
      if (end === at) {
        const number = firstNumber + at;
        tally.fail(number, tally.loop, this.#foreign(linkTypes[at], number));
        at++;
        continue;
      }
      at = this.#batching ? this.#sendMany(frames, at, end, tally) : this.#sendEach(
        frames,
        at,
        end,
        tally,
      );
      if (this.full !== undefined) return at;
    }
    return to;
  }

  #sendMany(frames: Sendable, from: number, to: number, tally: Tally): number {
    const { bytes, starts, capturedLengths, firstNumber } = frames;
    const { address } = rawHandle(this.#handle), { libc, pcap } = this.#library;
    const vectors = this.#vectors, descriptor = pcap.pcap_fileno(address);
    // Small arrays lie in memory that moves, until somebody asks for their buffer.
    void bytes.buffer;
    const base = addressOf(this.#library, bytes as Uint8Array<ArrayBuffer>);
    const low = Number(base & 0xffff_ffffn), high = Number(base >> 32n);
    for (let at = from; at < to;) {
      const many = Math.min(CALL_FRAMES, to - at);
      for (let i = 0, v = 0; i < many; i++, v += 4) {
        const place = low + starts[at + i];
        vectors[v] = place;
        vectors[v + 1] = place > 0xffff_ffff ? high + 1 : high;
        vectors[v + 2] = capturedLengths[at + i];
      }
      const done = libc.sendmmsg!(descriptor, this.#messages, many, MSG_DONTWAIT);
      if (done > 0) {
        tally.take(frames, at, at + done);
        at += done;
        continue;
      }
      const number = errorNumber(this.#library);
      if (number === EINTR) continue;
      if (number === EAGAIN || number === ENOBUFS) {
        this.full = number === EAGAIN ? "socket" : "queue";
        return at;
      }
      const reason = readText(this.#library, pcap.pcap_strerror(number));
      this.#tell("sendmmsg", reason, capturedLengths[at], firstNumber + at, tally);
      at++;
    }
    return to;
  }

  #sendEach(frames: Sendable, from: number, to: number, tally: Tally): number {
    const { bytes, starts, capturedLengths, firstNumber } = frames;
    for (let at = from; at < to; at++) {
      const start = starts[at];
      try {
        this.#handle.inject(bytes.subarray(start, start + capturedLengths[at]));
        tally.take(frames, at, at + 1);
      } catch (error) {
        if (!(error instanceof LibpcapError)) throw error;
        if (/no buffer space|temporarily unavailable/i.test(error.reason)) {
          this.full = "queue";
          return at;
        }
        this.#tell(error.call, error.reason, capturedLengths[at], firstNumber + at, tally);
      }
    }
    return to;
  }

  /** Counts a frame that was refused; throws if the device takes no other one either. */
  #tell(call: string, reason: string, length: number, number: number, tally: Tally): void {
    const error = this.failure(call, reason, length, number);
    if (error instanceof DeviceDownError) throw error;
    tally.fail(number, tally.loop, error);
  }

  /** The error for a frame that the system refused. */
  failure(call: string, reason: string, length: number, number?: number): LibpcapError {
    const frame = number === undefined ? "a frame" : `frame ${number}`;
    if (/no such device|network is down|not configured|disappeared|went down/i.test(reason)) {
      return new DeviceDownError(call, STATUS.ERROR, reason, {
        what: `Cannot send on "${this.#device}"`,
        advice: "The device is down, or went away.",
      });
    }
    const what = `Cannot send ${frame} of ${length} bytes on "${this.#device}"`;
    const header = this.#linkType === ETHERNET ? ETHERNET_HEADER : 0;
    if (length < header || length === 0) {
      return new FrameSizeError(call, reason, length, {
        what,
        advice: `It is too short: the link-layer header alone has ${header || "more"} bytes.`,
      });
    }
    const mtu = this.#mtu();
    if (/too long|too big/i.test(reason) || (mtu !== undefined && length > mtu + header)) {
      return new FrameSizeError(call, reason, length, {
        what,
        advice: mtu === undefined
          ? "It is too long for the device."
          : `It is too long: the device takes ${mtu + header} bytes (its MTU of ${mtu}, and ` +
            `${header} of the link-layer header). Raise the MTU (ip link set ${this.#device} ` +
            `mtu ${length - header}), or leave such frames out (--bpf "len <= ${mtu + header}").`,
      });
    }
    return new LibpcapError(call, STATUS.ERROR, reason, { what });
  }

  #foreign(linkType: number, number: number): LibpcapError {
    const name = (dlt: number): string =>
      readText(this.#library, this.#library.pcap.pcap_datalink_val_to_name(dltOf(dlt))) ||
      "unnamed";
    return new LibpcapError(
      "pcap_inject",
      STATUS.ERROR,
      `its link type is ${linkType} (${name(linkType)}), and the device's ${this.#linkType} (${
        name(this.#linkType)
      })`,
      { what: `Cannot send frame ${number} on "${this.#device}"` },
    );
  }

  /** The device's MTU, where the system tells it. */
  #mtu(): number | undefined {
    const { libc, pcap } = this.#library;
    if (!LINUX || libc.ioctl === null || this.#handle.closed) return undefined;
    const request = pinned(IFREQ_BYTES);
    request.set(cString(this.#device).subarray(0, IFNAMSIZ));
    const descriptor = pcap.pcap_fileno(rawHandle(this.#handle).address);
    if (libc.ioctl(descriptor, SIOCGIFMTU, request) < 0) return undefined;
    return viewOf(request).getInt32(IFNAMSIZ, true);
  }

  /** Waits until there is room again, or for a moment. */
  async room(): Promise<void> {
    const { poll } = this.#library.libc;
    if (poll === null) return await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.full === "queue") return void await poll(EMPTY, 0n, 1);
    const wanted = pinned(8), view = viewOf(wanted);
    view.setInt32(0, this.#handle.fileDescriptor, true);
    view.setInt16(4, POLLOUT, true);
    await poll(wanted, 1n, QUEUE_WAIT_MS);
  }

  /** Lets the program's other tasks have their turn: signals and timers too, which microtasks would not. */
  async breathe(): Promise<void> {
    const { poll } = this.#library.libc;
    if (poll === null) await new Promise((resolve) => setTimeout(resolve, 0));
    // Comes back within a twentieth of a millisecond, where a timer of 0 takes two.
    else await poll(EMPTY, 0n, 0);
  }
}

/** Nothing to poll for. */
const EMPTY: Uint8Array<ArrayBuffer> = pinned(8);

/** Sends what a source gives, at the pace of a schedule, until it ends or is ended. */
class Pass {
  /** Why it was ended; `undefined` as long as it was not. */
  endedBy: ReplayStats["endedBy"] | undefined;
  readonly #sender: Sender;
  readonly #handle: PcapHandle;
  readonly #schedule: Schedule;
  readonly #tally: Tally;
  readonly #signal: AbortSignal | undefined;
  #left: number;
  /** When the first frame was due, by `performance.now()`; `NaN` before. */
  #begun = NaN;
  /** Where the schedule counts from: the same, unless the rest was put off. */
  #zero = NaN;
  #ended = NaN;
  /** When other tasks last had their turn. */
  #turn = performance.now();
  #resolve: (() => void) | undefined;
  readonly #gathered: Gatherer;

  constructor(
    sender: Sender,
    handle: PcapHandle,
    schedule: Schedule,
    tally: Tally,
    count: number,
    signal: AbortSignal | undefined,
  ) {
    this.#sender = sender;
    this.#handle = handle;
    this.#schedule = schedule;
    this.#tally = tally;
    this.#left = count;
    this.#signal = signal;
    this.#gathered = new Gatherer(handle.linkType);
    this.#look();
  }

  /** Milliseconds from the first frame until the last. */
  get elapsedMs(): number {
    return Number.isNaN(this.#ended) ? 0 : this.#ended - this.#begun;
  }

  /** Ends a wait: the signal aborted, or the device was closed. */
  readonly wake = (): void => {
    this.#look();
    this.#resolve?.();
  };

  /** Whether it was ended. */
  #look(): boolean {
    if (this.#signal?.aborted === true) this.endedBy ??= "signal";
    else if (this.#handle.closed) this.endedBy ??= "close";
    return this.endedBy !== undefined;
  }

  /** Sends all of a source. */
  async run(supply: FrameSupply): Promise<void> {
    this.#gathered.restart();
    const held = supply as Partial<Iterable<FrameBatch | Uint8Array>>;
    if (held[Symbol.iterator] === undefined) {
      const iterator = (supply as AsyncIterable<FrameBatch | Uint8Array>)[Symbol.asyncIterator]();
      return await this.#runAsync(iterator);
    }
    for (const item of supply as Iterable<FrameBatch | Uint8Array>) {
      if (!(item instanceof Uint8Array)) {
        await this.#sendGathered();
        if (this.endedBy === undefined) await this.#sendBatch(item);
      } else if (!this.#gathered.add(item)) {
        await this.#sendGathered();
        this.#gathered.add(item);
      }
      // No more is taken than may be sent: a generator may have effects.
      if (this.#gathered.count >= this.#left) await this.#sendGathered();
      if (this.endedBy !== undefined) return;
    }
    await this.#sendGathered();
  }

  /** Whatever comes is sent at once: more may be long in coming. */
  async #runAsync(iterator: AsyncIterator<FrameBatch | Uint8Array>): Promise<void> {
    let done = false;
    try {
      while (this.endedBy === undefined) {
        const next = await this.#unlessEnded(iterator.next());
        if (next === undefined) return;
        if (next.done === true) {
          done = true;
          return;
        }
        if (next.value instanceof Uint8Array) {
          this.#gathered.add(next.value);
          await this.#sendGathered();
        } else await this.#sendBatch(next.value);
      }
    } finally {
      // Not waited for: who waits for something that does not come would not answer.
      if (!done) iterator.return?.()?.catch(() => {});
    }
  }

  async #sendGathered(): Promise<void> {
    const frames = this.#gathered.take();
    if (frames !== undefined && this.endedBy === undefined) await this.#sendBatch(frames);
  }

  async #sendBatch(frames: Sendable): Promise<void> {
    const { count } = frames, end = Math.min(count, this.#left);
    const dues = this.#schedule.paced ? this.#schedule.dues(frames) : undefined;
    if (Number.isNaN(this.#begun) && count > 0) this.#begun = this.#zero = performance.now();
    for (let at = 0; at < end;) {
      let to = Math.min(end, at + CALL_FRAMES);
      if (dues !== undefined) {
        const late = performance.now() - this.#zero - dues[at];
        if (late > LATE_MAX_MS) this.#zero += late - LATE_MAX_MS;
        const until = performance.now() - this.#zero + EARLY_MS;
        let due = at;
        while (due < to && dues[due] <= until) due++;
        to = due;
      }
      if (to === at) await this.#pause(this.#zero + dues![at]);
      else {
        at = this.#sender.send(frames, at, to, this.#tally);
        this.#ended = performance.now();
        if (this.#sender.full !== undefined) await this.#sender.room();
        else if (this.#ended - this.#turn > SLICE_MS) await this.#breathe();
      }
      if (this.#look()) return;
    }
    this.#left -= end;
    if (this.#left <= 0) this.endedBy ??= "count";
  }

  async #breathe(): Promise<void> {
    await this.#sender.breathe();
    this.#turn = performance.now();
  }

  /** Waits until shortly before a time. */
  async #pause(until: number): Promise<void> {
    const left = until - performance.now();
    if (left > TIMER_MS) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
        timer = setTimeout(resolve, Math.min(left - TIMER_MS, TIMER_MAX_MS));
      });
      clearTimeout(timer);
      this.#resolve = undefined;
      this.#turn = performance.now();
      return;
    }
    if (performance.now() - this.#turn > SLICE_MS) return await this.#breathe();
    // The thread sleeps, which is exact to a tenth of a millisecond, and costs nothing.
    if (left > EARLY_MS) Atomics.wait(SLEEP, 0, 0, left - EARLY_MS);
  }

  /** What a promise gives, or `undefined` if it is ended before. */
  async #unlessEnded<T>(promise: Promise<T>): Promise<T | undefined> {
    // No race with one promise that lasts as long as the replay: it would keep every step.
    const value = await new Promise<T | undefined>((resolve, reject) => {
      this.#resolve = () => resolve(undefined);
      promise.then(resolve, reject);
    });
    this.#resolve = undefined;
    return value;
  }
}

/** What a thread sleeps on; nobody wakes it. */
const SLEEP: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

/** Frames given one by one, as a batch. */
class Gatherer {
  /** Frames gathered. */
  count = 0;
  #number = 1;
  #used = 0;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(GATHER_BYTES);
  readonly #starts: Uint32Array = new Uint32Array(CALL_FRAMES);
  readonly #lengths: Uint32Array = new Uint32Array(CALL_FRAMES);
  readonly #linkTypes: Uint16Array;
  readonly #seconds: Float64Array = new Float64Array(CALL_FRAMES).fill(NaN);
  readonly #nanoseconds: Uint32Array = new Uint32Array(CALL_FRAMES);

  constructor(linkType: number) {
    this.#linkTypes = new Uint16Array(CALL_FRAMES).fill(linkType);
  }

  /** Numbers begin again. */
  restart(): void {
    this.count = this.#used = 0;
    this.#number = 1;
  }

  /** Copies a frame; answers `false` if there is no room, unless it is the first, for which room is made. */
  add(frame: Uint8Array): boolean {
    const room = this.#bytes.length - this.#used;
    if (this.count === CALL_FRAMES || (frame.length > room && this.count > 0)) return false;
    if (frame.length > room) this.#bytes = new Uint8Array(frame.length);
    this.#bytes.set(frame, this.#used);
    this.#starts[this.count] = this.#used;
    this.#lengths[this.count++] = frame.length;
    this.#used += frame.length;
    return true;
  }

  /** What was gathered, if anything; it holds until more is added. */
  take(): Sendable | undefined {
    const { count } = this;
    if (count === 0) return undefined;
    const firstNumber = this.#number;
    this.#number += count;
    this.count = this.#used = 0;
    return {
      bytes: this.#bytes,
      count,
      starts: this.#starts,
      capturedLengths: this.#lengths,
      wireLengths: this.#lengths,
      linkTypes: this.#linkTypes,
      seconds: this.#seconds,
      nanoseconds: this.#nanoseconds,
      firstNumber,
    };
  }
}
