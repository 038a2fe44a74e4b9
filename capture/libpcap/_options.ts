/**
 * What live capture is told and what it tells, shared by its backends.
 *
 * @module
 */
import type { FrameBatch, InterfaceInfo } from "../../core/batch.ts";
import type { Framing, FramingOptions } from "../../core/source.ts";
import type { Direction, Precision } from "./handle.ts";
import type { LibraryOptions } from "./library.ts";

/** How PACKET_FANOUT spreads packets over the captures of a group (packet(7)). */
export type FanoutMode = "hash" | "round-robin" | "cpu" | "rollover" | "random" | "queue";

/** Linux: several captures of one device, on as many threads, share its packets. */
export interface Fanout {
  /** Number of the group, 0 to 65,535, which all its captures name. */
  readonly group: number;
  /** By what a packet's capture is chosen; `hash` if absent, which keeps the packets of a flow together. */
  readonly mode?: FanoutMode;
}

/** How one device is captured on. */
export interface DeviceOptions {
  /** Bytes kept of each packet at most; 262,144 if absent. */
  readonly snapLength?: number;
  /** Whether packets to others are captured too; not if absent. */
  readonly promiscuous?: boolean;
  /** Whether a Wi-Fi interface is put into monitor mode. */
  readonly monitor?: boolean;
  /** Bytes of the kernel's buffer; 16 MiB if absent: what a gigabit a second fills in an eighth of a second. */
  readonly bufferSize?: number;
  /** Milliseconds a packet may wait for others before it is delivered; 20 if absent. */
  readonly timeoutMs?: number;
  /** Whether each packet is delivered at once, which costs more for each. */
  readonly immediate?: boolean;
  /** Which packets are captured; both ways if absent. */
  readonly direction?: Direction;
  /** Kind of time stamps, as {@linkcode inspectDevice} lists them. */
  readonly timestampType?: string;
  /** Precision of time stamps; nanoseconds if absent, where the platform has them. */
  readonly precision?: Precision;
  /** LINKTYPE_ number, of those {@linkcode inspectDevice} lists. */
  readonly linkType?: number;
  /** Filter (pcap-filter(7)). */
  readonly filter?: string;
  /** IPv4 netmask for `ip broadcast` in the filter; that of the device if absent. */
  readonly netmask?: string;
  /** Linux: only packets of this EtherType are handed over. */
  readonly etherType?: number;
  /** Linux: share the device's packets with other captures. */
  readonly fanout?: Fanout;
}

/** A device with options of its own. */
export interface NamedDevice extends DeviceOptions {
  /** Name of the device. */
  readonly name: string;
}

/** What captures. */
export type Backend = "libpcap" | "dumpcap" | "tcpdump";

/** How live capture is done. What devices have no option of their own for counts for all. */
export interface LiveOptions extends DeviceOptions, LibraryOptions {
  /**
   * What captures: libpcap in this process (the default), or `dumpcap` or `tcpdump` as a child process, which may have
   * rights this process lacks.
   */
  readonly through?: Backend;
  /** End after so many frames. */
  readonly count?: number;
  /** End after so many milliseconds. */
  readonly durationMs?: number;
  /** End with the frame by which so many bytes were captured. */
  readonly bytes?: number;
  /** End with the first frame of which this is true. Asked for each frame, so it should be quick. */
  readonly stopWhen?: (frames: FrameBatch, index: number) => boolean;
  /** Ends it: what was captured until then is still delivered. */
  readonly signal?: AbortSignal;
}

/** Why a capture ended. */
export type StopReason = "count" | "duration" | "bytes" | "predicate" | "signal" | "stop" | "end";

/** Counters of one device. */
export interface DeviceStats {
  /** Name of the device. */
  readonly name: string;
  /** Packets that the system saw and that passed the filter; on loopback Linux counts each twice. */
  readonly received: number;
  /** Packets dropped because the buffer was full: this program was too slow. */
  readonly dropped: number;
  /** Packets dropped by the interface or its driver. */
  readonly interfaceDropped: number;
  /** Frames delivered. */
  readonly captured: number;
}

/** Counters of a capture: the sums, and those of each device. */
export interface LiveStats extends Omit<DeviceStats, "name"> {
  /** The devices, in the order they were named. */
  readonly devices: readonly DeviceStats[];
}

/** A capture at work. */
export interface Running extends Framing {
  /** The interfaces. */
  readonly interfaces: readonly InterfaceInfo[];
  /** Ends it; frames that had come are still delivered. */
  requestStop(): void;
  /** Takes the memory of a batch back. */
  release(batch: FrameBatch): void;
  /** The counters; after disposal those at the end. */
  stats(): LiveStats;
  /** Changes the filter of all devices. */
  setFilter(expression: string): void;
}

/** Starts a backend. */
export type Start = (
  devices: readonly NamedDevice[],
  options: LiveOptions,
  framing: FramingOptions,
) => Promise<Running>;

/** Adds up the counters of devices. */
export function addUp(devices: readonly DeviceStats[]): LiveStats {
  const sum = (key: "received" | "dropped" | "interfaceDropped" | "captured"): number =>
    devices.reduce((n, device) => n + device[key], 0);
  return {
    received: sum("received"),
    dropped: sum("dropped"),
    interfaceDropped: sum("interfaceDropped"),
    captured: sum("captured"),
    devices,
  };
}

/** The operating system, for interface descriptions: with its version where asking for that is allowed. */
export function systemName(): string {
  const { os } = Deno.build;
  const allowed = Deno.permissions.querySync({ name: "sys", kind: "osRelease" }).state;
  return allowed === "granted" ? `${os} ${Deno.osRelease()}` : os;
}
