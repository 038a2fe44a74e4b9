/**
 * Capturing by libpcap in this process. libpcap writes savefile records, hundreds at a time and by one call, to where the
 * framer that reads files cuts them. Waiting is done by poll() on another thread; a handle is only ever touched by this
 * one, so that counters, filters and closing are right at any time.
 *
 * @module
 */
import {
  type CaptureHeader,
  type FrameBatch,
  type InterfaceInfo,
  NO_CLOCK,
} from "../../core/batch.ts";
import type { ByteSource, FramingOptions } from "../../core/source.ts";
import type { BufferedFraming } from "../framing.ts";
import { openPcap } from "../pcap.ts";
import { LibpcapError, STATUS } from "./errors.ts";
import { lookupNetwork } from "./devices.ts";
import { PcapHandle, rawHandle } from "./handle.ts";
import { type Library, loadLibrary } from "./library.ts";
import { errorNumber, pinned, readText, viewOf } from "./memory.ts";
import {
  addUp,
  type DeviceOptions,
  type DeviceStats,
  type Fanout,
  type FanoutMode,
  type LiveOptions,
  type LiveStats,
  type NamedDevice,
  type Running,
  systemName,
} from "./_options.ts";
import { type Records, recordsOf } from "./_records.ts";

/** Packets of one call at most, so that no call walks a whole buffer. */
const DISPATCH_PACKETS = 512;
/** Bytes a batch aims at: about what one call brings. */
const LIVE_BATCH_BYTES = 512 * 1024;
/** Milliseconds of work after which other tasks of the program have their turn. */
const SLICE_MS = 8;
/** Milliseconds of one wait at most: what a thread that nobody can end any more is held up by. */
const WAIT_MS = 1000;
/** Milliseconds between looks where there is nothing to wait on. */
const LOOK_MS = 5;
/** Milliseconds between readings of the counters, which have 32 bits and begin again. */
const COUNT_MS = 60_000;

/**
 * Where so many packets came since the last wait, more come soon: a pause before the next wait makes that one wait do for
 * many more packets, which otherwise costs more than the packets themselves.
 */
const BUSY_PACKETS = 256;
/** Milliseconds of such a pause at most. */
const PAUSE_MS = 10;
/** Bytes a millisecond that may come meanwhile without filling the buffer: ten gigabits a second, and some more. */
const BYTES_PER_MS = 1_600_000;

const POLLIN = 1;
const POLLFD_BYTES = 8;
/** `fcntl` command and flag: children do not inherit the descriptor. */
const F_SETFD = 2, FD_CLOEXEC = 1;
/** `setsockopt` of Linux's packet sockets (packet(7)). */
const SOL_PACKET = 263, PACKET_FANOUT = 18;
const FANOUT_MODES: readonly FanoutMode[] = [
  "hash",
  "round-robin",
  "cpu",
  "rollover",
  "random",
  "queue",
];

const LINUX = Deno.build.os === "linux";

/** Sets a handle up and activates it. */
function openDevice(name: string, options: DeviceOptions, library: string | undefined): PcapHandle {
  const handle = PcapHandle.create(name, library === undefined ? {} : { library });
  try {
    handle.setSnapLength(options.snapLength ?? 262_144);
    handle.setPromiscuous(options.promiscuous ?? false);
    if (options.monitor === true) handle.setMonitorMode(true);
    handle.setBufferSize(bufferSizeOf(options));
    handle.setTimeout(timeoutOf(options));
    if (options.immediate === true) handle.setImmediateMode(true);
    if (options.timestampType !== undefined) setTimestampType(handle, name, options.timestampType);
    setPrecision(handle, options);
    if (options.etherType !== undefined) handle.setProtocol(options.etherType);
    handle.activate();
    if (options.linkType !== undefined) handle.setLinkType(options.linkType);
    if (options.direction !== undefined) handle.setDirection(options.direction);
    if (options.fanout !== undefined) joinFanout(handle, name, options.fanout);
    if (options.filter !== undefined) setFilter(handle, name, options.filter, options, library);
    handle.nonBlocking = true;
    if (LINUX) {
      rawHandle(handle).library.libc.fcntl?.(handle.fileDescriptor, F_SETFD, FD_CLOEXEC);
    }
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

function bufferSizeOf(options: DeviceOptions): number {
  return options.bufferSize ?? 16 * 1024 * 1024;
}

function timeoutOf(options: DeviceOptions): number {
  return Math.max(1, Math.round(options.timeoutMs ?? 20));
}

function setTimestampType(handle: PcapHandle, name: string, type: string): void {
  if (handle.setTimestampType(type)) return;
  const types = handle.timestampTypes().map((t) => t.name).join(", ") || "host";
  throw new LibpcapError(
    "pcap_set_tstamp_type",
    STATUS.ERROR_CANTSET_TSTAMP_TYPE,
    `it has ${types}`,
    {
      what: `Cannot take time stamps of type "${type}" on "${name}"`,
    },
  );
}

function setPrecision(handle: PcapHandle, options: DeviceOptions): void {
  const { precision = "nanoseconds" } = options;
  try {
    handle.setPrecision(precision);
  } catch (error) {
    // Without being asked for, nanoseconds are only taken where they are to be had.
    if (options.precision !== undefined || !(error instanceof LibpcapError)) throw error;
  }
}

function setFilter(
  handle: PcapHandle,
  name: string,
  filter: string,
  options: DeviceOptions,
  library: string | undefined,
): void {
  const netmask = options.netmask ??
    lookupNetwork(name, library === undefined ? {} : { library })?.netmask;
  handle.setFilter(filter, netmask === undefined ? {} : { netmask });
}

function joinFanout(handle: PcapHandle, name: string, fanout: Fanout): void {
  const { group, mode = "hash" } = fanout;
  const number = FANOUT_MODES.indexOf(mode);
  if (number < 0) throw new RangeError(`Cannot share "${name}": no fanout mode "${mode}"`);
  if (!(Number.isInteger(group) && group >= 0 && group <= 0xffff)) {
    throw new RangeError(`Cannot share "${name}": the fanout group is a number of 0 to 65535`);
  }
  const { library } = rawHandle(handle);
  const value = new Uint8Array(4);
  viewOf(value).setUint32(0, group | number << 16, true);
  const { setsockopt } = library.libc;
  const code = LINUX && setsockopt !== null
    ? setsockopt(handle.fileDescriptor, SOL_PACKET, PACKET_FANOUT, value, 4)
    : -1;
  if (code === 0) return;
  const reason = LINUX
    ? readText(library, library.pcap.pcap_strerror(errorNumber(library)))
    : "only Linux can do it";
  throw new LibpcapError("setsockopt", STATUS.ERROR, reason, { what: `Cannot share "${name}"` });
}

/** One device at work: a handle, and what makes records of its packets. */
class DeviceReader implements ByteSource {
  readonly name: string;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** Bytes kept of each packet at most. */
  readonly snapLength: number;
  /** Descriptor to wait on; -1 if there is none. */
  readonly descriptor: number;
  /** Milliseconds after which to look in any case; `undefined` if waiting suffices. */
  readonly requiredMs: number | undefined;
  /** Milliseconds a packet may wait for others. */
  readonly timeoutMs: number;
  /** Milliseconds that nobody need look for packets. */
  readonly pauseMs: number;
  /** Frames handed to the framer, less those it has cut. */
  outstanding = 0;
  /** Frames handed to the framer. */
  captured = 0;
  /** Cuts the records. */
  framing!: BufferedFraming;

  readonly #options: DeviceOptions;
  readonly #library: string | undefined;
  readonly #handle: PcapHandle;
  readonly #records: Records;
  /** Packets to take at most. */
  #wanted = 0;
  #received = 0;
  #dropped = 0;
  #interfaceDropped = 0;
  /** The counters as last read: 32 bits each. */
  #counters: readonly number[] = [0, 0, 0];

  constructor(device: NamedDevice, options: LiveOptions) {
    this.name = device.name;
    this.#options = { ...options, ...device };
    this.#library = options.library;
    this.#handle = openDevice(device.name, this.#options, options.library);
    try {
      this.linkType = this.#handle.linkType;
      this.snapLength = this.#handle.snapLength;
      this.descriptor = this.#handle.selectableFd;
      this.requiredMs = this.#handle.requiredTimeoutMs;
      this.timeoutMs = timeoutOf(this.#options);
      this.pauseMs = this.#options.immediate === true
        ? 0
        : Math.min(this.timeoutMs / 2, bufferSizeOf(this.#options) / BYTES_PER_MS);
      this.#records = recordsOf(this.#handle, this.name);
    } catch (error) {
      this.#handle.close();
      throw error;
    }
  }

  /** Takes packets at hand, up to so many. Answers how many there were. */
  fill(packets: number): number {
    this.#wanted = Math.min(packets, DISPATCH_PACKETS);
    this.framing.put(this.#write);
    const { count } = this.#records;
    this.outstanding += count;
    this.captured += count;
    return count;
  }

  readonly #write = (into: Uint8Array<ArrayBuffer>): number =>
    this.#records.fill(this.#wanted, into);

  read(into: Uint8Array): number {
    return this.#records.read(into);
  }

  /** Reads the counters. */
  stats(): DeviceStats {
    if (!this.#handle.closed) {
      const { received, dropped, interfaceDropped } = this.#handle.stats();
      const [a, b, c] = this.#counters;
      this.#received += (received - a) >>> 0;
      this.#dropped += (dropped - b) >>> 0;
      this.#interfaceDropped += (interfaceDropped - c) >>> 0;
      this.#counters = [received, dropped, interfaceDropped];
    }
    return {
      name: this.name,
      received: this.#received,
      dropped: this.#dropped,
      interfaceDropped: this.#interfaceDropped,
      captured: this.captured,
    };
  }

  /** Packets the kernel has for us or had; 0 if it does not say (any more). */
  arrived(): number {
    try {
      const { received, dropped } = this.stats();
      return received - dropped;
    } catch {
      return 0;
    }
  }

  setFilter(expression: string): void {
    setFilter(this.#handle, this.name, expression, this.#options, this.#library);
  }

  /** What is known of the interface. */
  describe(id: number, header: CaptureHeader): InterfaceInfo {
    const { filter } = this.#options;
    return {
      linkType: this.linkType,
      snapLength: this.snapLength,
      section: 0,
      id,
      resolution: header.precision === "nanoseconds" ? "10^-9" : "10^-6",
      name: this.name,
      ...(filter === undefined || filter === "" ? {} : { filter }),
      os: systemName(),
    };
  }

  close(): void {
    if (this.#handle.closed) return;
    try {
      this.stats();
    } catch {
      // A device that went away has no counters any more; those read before stand.
    }
    this.#records.close();
    this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** Waits for any of several descriptors, and for being woken. */
class Waiter {
  readonly #library: Library;
  readonly #fds: Uint8Array<ArrayBuffer>;
  readonly #count: number;
  /** Reading and writing end of the pipe that wakes; -1 if there is none. */
  readonly #pipe: readonly [read: number, write: number];
  /** Whether every device has a descriptor. */
  readonly #all: boolean;
  #woken: (() => void) | undefined;
  #waiting: Promise<unknown> | undefined;

  constructor(library: Library, descriptors: readonly number[]) {
    this.#library = library;
    const { libc } = library;
    this.#all = libc.poll !== null && libc.pipe !== null && descriptors.every((fd) => fd >= 0);
    const ends = new Int32Array([-1, -1]);
    if (this.#all && libc.pipe!(ends) !== 0) {
      const reason = readText(library, library.pcap.pcap_strerror(errorNumber(library)));
      throw new LibpcapError("pipe", STATUS.ERROR, reason, { what: "Cannot wait for packets" });
    }
    this.#pipe = [ends[0], ends[1]];
    if (LINUX && this.#all) { for (const fd of ends) libc.fcntl?.(fd, F_SETFD, FD_CLOEXEC); }
    const fds = this.#all ? [...descriptors, ends[0]] : [];
    this.#count = fds.length;
    this.#fds = pinned(Math.max(1, fds.length) * POLLFD_BYTES);
    const view = viewOf(this.#fds);
    fds.forEach((fd, i) => {
      view.setInt32(i * POLLFD_BYTES, fd, true);
      view.setInt16(i * POLLFD_BYTES + 4, POLLIN, true);
    });
  }

  /** Waits for packets, so many milliseconds at most; no longer than until it is woken. */
  async wait(milliseconds: number): Promise<void> {
    const { poll } = this.#library.libc;
    if (!this.#all || poll === null) return await this.pause(Math.min(milliseconds, LOOK_MS));
    this.#waiting = poll(this.#fds, BigInt(this.#count), Math.min(milliseconds, WAIT_MS));
    await this.#waiting;
    this.#waiting = undefined;
  }

  /** Waits so many milliseconds, whatever comes; no longer than until it is woken. */
  async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, milliseconds);
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#woken = done;
    });
    this.#woken = undefined;
  }

  /** From now on waiting ends at once. */
  wake(): void {
    this.#woken?.();
    if (this.#pipe[1] >= 0) this.#library.libc.write!(this.#pipe[1], new Uint8Array(1), 1n);
  }

  /** What woke it does so no longer. */
  sleep(): void {
    if (this.#count > 0) viewOf(this.#fds).setInt32((this.#count - 1) * POLLFD_BYTES, -1, true);
  }

  /** Waits until nobody waits any more, and closes. */
  async close(): Promise<void> {
    await this.#waiting;
    for (const fd of this.#pipe) if (fd >= 0) this.#library.libc.close!(fd);
  }
}

/** Starts to capture by libpcap. */
export async function startLibpcap(
  devices: readonly NamedDevice[],
  options: LiveOptions,
  framing: FramingOptions,
): Promise<Running> {
  const readers: DeviceReader[] = [];
  try {
    for (const device of devices) {
      const reader = new DeviceReader(device, options);
      readers.push(reader);
      reader.framing = await openPcap(reader, {
        batchBytes: LIVE_BATCH_BYTES,
        batchPackets: DISPATCH_PACKETS,
        ...framing,
        live: true,
      });
    }
    const library = loadLibrary(options);
    const waiter = new Waiter(library, readers.map((reader) => reader.descriptor));
    return new LibpcapFraming(readers, waiter, framing.batchPackets ?? DISPATCH_PACKETS);
  } catch (error) {
    for (const reader of readers) reader.close();
    throw error;
  }
}

class LibpcapFraming implements Running {
  readonly header: CaptureHeader;
  readonly interfaces: readonly InterfaceInfo[];
  readonly #readers: readonly DeviceReader[];
  readonly #waiter: Waiter;
  readonly #packets: number;
  /** Milliseconds of a wait at most. */
  readonly #waitMs: number;
  /** Milliseconds of a pause where packets pour in. */
  readonly #pauseMs: number;
  /** Packets since the last wait. */
  #recent = 0;
  /** The reader asked first next time, so that a busy device does not keep the others waiting. */
  #turn = 0;
  #sequence = 0;
  #frames = 0;
  #clock: FrameBatch["clock"] = NO_CLOCK;
  /** When other tasks last had their turn. */
  #breathed = performance.now();
  #counted = performance.now();
  #stopping = false;
  /** When stopping: the frames of each reader that had come by then. */
  #targets: readonly number[] | undefined;
  #closed: Promise<void> | undefined;

  constructor(readers: readonly DeviceReader[], waiter: Waiter, packets: number) {
    this.#readers = readers;
    this.#waiter = waiter;
    this.#packets = packets;
    this.#waitMs = Math.min(WAIT_MS, ...readers.map((reader) => reader.requiredMs ?? WAIT_MS));
    this.#pauseMs = Math.min(PAUSE_MS, ...readers.map((reader) => reader.pauseMs));
    this.interfaces = readers.map((reader, id) => reader.describe(id, reader.framing.header));
    const { header } = readers[0].framing;
    // Several interfaces are more than a pcap file's header can say.
    this.header = readers.length === 1 ? header : { ...header, format: "live" };
  }

  next(): FrameBatch | undefined | Promise<FrameBatch | undefined> {
    if (this.#closed !== undefined) return undefined;
    if (!this.#stopping && performance.now() - this.#breathed < SLICE_MS) {
      const batch = this.#take();
      if (batch !== undefined) return batch;
    }
    return this.#nextLater();
  }

  async #nextLater(): Promise<FrameBatch | undefined> {
    if (performance.now() - this.#breathed >= SLICE_MS) {
      // A wait for packets that are there already ends before timers were looked at: only a timer gives others a turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#breathed = performance.now();
      if (this.#closed !== undefined) return undefined;
      const batch = this.#stopping ? undefined : this.#take();
      if (batch !== undefined) return batch;
    }
    while (!this.#stopping) {
      const busy = this.#recent >= BUSY_PACKETS && this.#pauseMs >= 1;
      this.#recent = 0;
      await (busy ? this.#waiter.pause(this.#pauseMs) : this.#waiter.wait(this.#waitMs));
      this.#breathed = performance.now();
      if (this.#closed !== undefined) return undefined;
      if (this.#breathed - this.#counted > COUNT_MS) this.stats();
      const batch = this.#take();
      if (batch !== undefined) return batch;
    }
    return await this.#rest();
  }

  /** What had come when it was stopped. The kernel may still hold the newest packets back to collect more. */
  async #rest(): Promise<FrameBatch | undefined> {
    if (this.#closed !== undefined) return undefined;
    if (this.#targets === undefined) {
      this.#targets = this.#readers.map((reader) => reader.arrived());
      this.#waiter.sleep();
    }
    const targets = this.#targets;
    for (let waited = false;; waited = true) {
      const batch = this.#take((reader) =>
        reader.captured < targets[this.#readers.indexOf(reader)]
      );
      if (batch !== undefined || waited) return batch;
      const late = this.#readers.filter((reader, i) => reader.captured < targets[i]);
      if (late.length === 0) return undefined;
      await this.#waiter.wait(2 * Math.max(...late.map((reader) => reader.timeoutMs)));
      if (this.#closed !== undefined) return undefined;
    }
  }

  /** A batch of what is at hand, of any device that `wants`. */
  #take(wants?: (reader: DeviceReader) => boolean): FrameBatch | undefined {
    const readers = this.#readers;
    for (let k = 0; k < readers.length; k++) {
      const id = (this.#turn + k) % readers.length, reader = readers[id];
      if (reader.outstanding === 0) {
        if (wants !== undefined && !wants(reader)) continue;
        const count = reader.fill(this.#packets);
        if (count === 0) continue;
        this.#recent += count;
      }
      // Whole records are at hand, so the framer answers at once.
      const batch = reader.framing.next() as FrameBatch | undefined;
      if (batch === undefined) continue;
      reader.outstanding -= batch.count;
      this.#turn = (id + 1) % readers.length;
      return this.#place(batch, id);
    }
    return undefined;
  }

  /** Gives a device's batch its place in the capture. */
  #place(batch: FrameBatch, id: number): FrameBatch {
    const { interfaces } = this;
    if (interfaces.length === 1) return { ...batch, interfaces };
    const { count, seconds, nanoseconds, interfaceIds } = batch;
    if (id !== 0) interfaceIds.fill(id, 0, count);
    if (this.#frames === 0 && count > 0) {
      this.#clock = {
        ...this.#clock,
        firstSeconds: seconds[0],
        firstNanoseconds: nanoseconds[0],
      };
    }
    const clock = this.#clock;
    const placed: FrameBatch = {
      ...batch,
      sequence: this.#sequence++,
      firstNumber: this.#frames + 1,
      interfaces,
      clock,
    };
    this.#frames += count;
    if (count > 0) {
      this.#clock = {
        ...clock,
        previousSeconds: seconds[count - 1],
        previousNanoseconds: nanoseconds[count - 1],
      };
    }
    return placed;
  }

  release(batch: FrameBatch): void {
    this.#readers.some((reader) => reader.framing.release(batch));
  }

  requestStop(): void {
    if (this.#stopping || this.#closed !== undefined) return;
    this.#stopping = true;
    this.#waiter.wake();
  }

  stats(): LiveStats {
    this.#counted = performance.now();
    return addUp(this.#readers.map((reader) => reader.stats()));
  }

  setFilter(expression: string): void {
    if (this.#closed !== undefined) throw new TypeError("Cannot set the filter: the capture ended");
    for (const reader of this.#readers) reader.setFilter(expression);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#waiter.wake();
    await this.#waiter.close();
    for (const reader of this.#readers) reader.close();
  }
}
