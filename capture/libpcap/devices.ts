/**
 * The devices packets can be captured on, and what is known of each.
 *
 * @module
 */
import { ipv4Text, ipv6Text, macText } from "../../core/address.ts";
import { LibpcapError, STATUS } from "./errors.ts";
import { type LinkTypeInfo, PcapHandle, type TimestampType } from "./handle.ts";
import { type Library, type LibraryOptions, loadLibrary } from "./library.ts";
import { cString, errorBuffer, errorText, readBytes, readText, viewOf } from "./memory.ts";

/** An address of a device. */
export interface DeviceAddress {
  /** Kind of address; that of the link layer is `link`. */
  readonly family: "ipv4" | "ipv6" | "link";
  /** The address as text. */
  readonly address: string;
  /** Its netmask. */
  readonly netmask?: string;
  /** Broadcast address of its network. */
  readonly broadcast?: string;
  /** Address of the other end, if the device has one. */
  readonly destination?: string;
}

/** Whether a device is connected: a cable plugged in, an access point joined. */
export type Connection = "unknown" | "connected" | "disconnected" | "not-applicable";

/** A device. Plain data. */
export interface Device {
  /** Name, as capturing takes it. */
  readonly name: string;
  /** In words, if the system has words for it. */
  readonly description?: string;
  /** Whether it is a loopback. */
  readonly loopback: boolean;
  /** Whether it is up. */
  readonly up: boolean;
  /** Whether it is running: up, and with a carrier. */
  readonly running: boolean;
  /** Whether it is wireless. */
  readonly wireless: boolean;
  /** Whether it is connected. */
  readonly connection: Connection;
  /** Its addresses. */
  readonly addresses: readonly DeviceAddress[];
}

/** What opening a device tells of it. Plain data. */
export interface DeviceDetails {
  /** Link types to choose from, the usual one first; absent if it cannot be opened. */
  readonly linkTypes?: readonly LinkTypeInfo[];
  /** Why there are no link types. */
  readonly reason?: string;
  /** Kinds of time stamp to choose from; empty if only the usual one is there. */
  readonly timestampTypes: readonly TimestampType[];
  /** Whether it has a monitor mode. */
  readonly monitorMode: boolean;
}

/** `struct pcap_if` (pcap/pcap.h) where pointers have 64 bits. */
const DEVICE = { next: 0, name: 8, description: 16, addresses: 24, flags: 32, bytes: 40 };
/** `struct pcap_addr`. */
const ADDRESS = { next: 0, address: 8, netmask: 16, broadcast: 24, destination: 32, bytes: 40 };
/** Bits of a device's flags (`PCAP_IF_...`). */
const LOOPBACK = 1, UP = 2, RUNNING = 4, WIRELESS = 8;
const CONNECTIONS: readonly Connection[] = [
  "unknown",
  "connected",
  "disconnected",
  "not-applicable",
];

/** Devices and addresses followed at most: the lists are linked, and nothing else bounds them. */
const LIST_MAX = 65_536;

const { os } = Deno.build;
/** `sa_family` stands in the second byte on BSD systems, behind the length. */
const BSD = os === "darwin" || os === "freebsd" || os === "netbsd";
const AF_INET = 2;
const AF_INET6 = os === "linux" ? 10 : os === "darwin" ? 30 : os === "windows" ? 23 : 28;
/** `AF_PACKET` on Linux, `AF_LINK` on BSD systems. */
const AF_LINK = os === "linux" ? 17 : 18;

/**
 * The devices (`pcap_findalldevs`), in libpcap's order: those up and running first, `any` and loopback behind them.
 * Needs no privileges.
 *
 * @throws {LibraryLoadError} If libpcap cannot be loaded.
 */
export function listDevices(options: LibraryOptions = {}): Device[] {
  const library = loadLibrary(options), { pcap } = library;
  const out = new BigUint64Array(1), buffer = errorBuffer();
  if (pcap.pcap_findalldevs(out, buffer) < 0) {
    throw new LibpcapError("pcap_findalldevs", STATUS.ERROR, errorText(buffer), {
      what: "Cannot list the devices",
    });
  }
  const devices: Device[] = [];
  try {
    for (let at = out[0]; at !== 0n && devices.length < LIST_MAX;) {
      const view = viewOf(readBytes(library, at, DEVICE.bytes));
      const flags = view.getUint32(DEVICE.flags, true);
      const description = readText(library, view.getBigUint64(DEVICE.description, true));
      devices.push({
        name: readText(library, view.getBigUint64(DEVICE.name, true)),
        ...(description === "" ? {} : { description }),
        loopback: (flags & LOOPBACK) !== 0,
        up: (flags & UP) !== 0,
        running: (flags & RUNNING) !== 0,
        wireless: (flags & WIRELESS) !== 0,
        connection: CONNECTIONS[flags >> 4 & 3],
        addresses: addressesAt(library, view.getBigUint64(DEVICE.addresses, true)),
      });
      at = view.getBigUint64(DEVICE.next, true);
    }
  } finally {
    if (out[0] !== 0n) pcap.pcap_freealldevs(out[0]);
  }
  return devices;
}

/** The device to capture on where none is named: the first that is running and no loopback, else the first. */
export function defaultDevice(options: LibraryOptions = {}): Device {
  const devices = listDevices(options);
  const found = devices.find((d) => d.running && !d.loopback && d.name !== "any") ?? devices[0];
  if (found !== undefined) return found;
  throw new LibpcapError("pcap_findalldevs", STATUS.ERROR, "there is none", {
    what: "Cannot choose a device",
  });
}

/**
 * Opens a device for a moment to see what it can do. Without the right to capture, link types stay unknown and `reason`
 * says so.
 *
 * @throws {NoSuchDeviceError} If there is no such device.
 */
export function inspectDevice(name: string, options: LibraryOptions = {}): DeviceDetails {
  using handle = PcapHandle.create(name, options);
  const quiet = <T>(look: () => T, otherwise: T): T => {
    try {
      return look();
    } catch (error) {
      if (error instanceof LibpcapError) return otherwise;
      throw error;
    }
  };
  const timestampTypes = quiet(() => handle.timestampTypes(), []);
  const monitorMode = quiet(() => handle.canSetMonitorMode(), false);
  try {
    handle.activate();
    const usual = handle.linkType;
    const linkTypes = handle.linkTypes()
      .sort((a, b) => Number(b.linkType === usual) - Number(a.linkType === usual));
    return { linkTypes, timestampTypes, monitorMode };
  } catch (error) {
    if (!(error instanceof LibpcapError) || error.code === STATUS.ERROR_NO_SUCH_DEVICE) throw error;
    return { reason: error.reason, timestampTypes, monitorMode };
  }
}

/** IPv4 network and netmask of a device (`pcap_lookupnet`); `undefined` if it has none. */
export function lookupNetwork(
  device: string,
  options: LibraryOptions = {},
): { readonly network: string; readonly netmask: string } | undefined {
  const network = new Uint8Array(4), netmask = new Uint8Array(4), buffer = errorBuffer();
  const { pcap } = loadLibrary(options);
  if (pcap.pcap_lookupnet(cString(device), network, netmask, buffer) < 0) return undefined;
  if (netmask.every((byte) => byte === 0)) return undefined;
  return { network: ipv4Text(network, 0), netmask: ipv4Text(netmask, 0) };
}

function addressesAt(library: Library, first: bigint): DeviceAddress[] {
  const found: DeviceAddress[] = [];
  for (let at = first, n = 0; at !== 0n && n < LIST_MAX; n++) {
    const view = viewOf(readBytes(library, at, ADDRESS.bytes));
    const part = (offset: number) => view.getBigUint64(offset, true);
    const own = socketAddress(library, part(ADDRESS.address));
    if (own !== undefined) {
      // macOS leaves the family of netmasks out: it is that of the address.
      const more = (offset: number) =>
        own.family === "link" ? undefined : socketAddress(library, part(offset), own.number)?.text;
      const netmask = more(ADDRESS.netmask);
      const broadcast = more(ADDRESS.broadcast);
      const destination = more(ADDRESS.destination);
      found.push({
        family: own.family,
        address: own.text,
        ...(netmask === undefined ? {} : { netmask }),
        ...(broadcast === undefined ? {} : { broadcast }),
        ...(destination === undefined ? {} : { destination }),
      });
    }
    at = part(ADDRESS.next);
  }
  return found;
}

/** What a `struct sockaddr` holds, if it is of a kind known here. No more of it is read than its family promises. */
export function socketAddress(
  library: Library,
  at: bigint,
  assumed?: number,
):
  | { readonly family: DeviceAddress["family"]; readonly number: number; readonly text: string }
  | undefined {
  if (at === 0n) return undefined;
  const head = readBytes(library, at, 2);
  const stated = BSD ? head[1] : head[0] | head[1] << 8;
  const number = stated === 0 && assumed !== undefined ? assumed : stated;
  switch (number) {
    case AF_INET:
      return { family: "ipv4", number, text: ipv4Text(readBytes(library, at, 8), 4) };
    case AF_INET6:
      return { family: "ipv6", number, text: ipv6Text(readBytes(library, at, 24), 8) };
    case AF_LINK: {
      // sockaddr_ll has the length in byte 11 and the address behind it; sockaddr_dl puts a name in between.
      const bytes = BSD ? readBytes(library, at, Math.max(8, head[0])) : readBytes(library, at, 20);
      const length = BSD ? bytes[6] : bytes[11];
      const start = BSD ? 8 + bytes[5] : 12;
      if (length === 0 || start + length > bytes.length) return undefined;
      return { family: "link", number, text: macText(bytes, start, length) };
    }
  }
  return undefined;
}
