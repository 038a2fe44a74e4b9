/**
 * Names and numbers as libpcap knows them: its version, link types, ports, protocols, hosts.
 *
 * @module
 */
import { ipv4Text, macText } from "../../core/address.ts";
import { socketAddress } from "./devices.ts";
import { type Library, type LibraryOptions, loadLibrary } from "./library.ts";
import { dltOf, linkTypeOf } from "./linktypes.ts";
import { cString, readBytes, readText, viewOf } from "./memory.ts";

/** "not known" of the functions that look up numbers (`PROTO_UNDEF`). */
const UNKNOWN = -1;
/** Names and addresses followed at most. */
const LIST_MAX = 4096;

/** What libpcap says of itself: `libpcap version 1.10.3 (with TPACKET_V3)` (`pcap_lib_version`). */
export function libraryVersion(options: LibraryOptions = {}): string {
  const library = loadLibrary(options);
  return readText(library, library.pcap.pcap_lib_version());
}

/** libpcap's name of a link type, as `tcpdump -y` takes it (`pcap_datalink_val_to_name`). */
export function linkTypeName(linkType: number, options: LibraryOptions = {}): string | undefined {
  const library = loadLibrary(options);
  return readText(library, library.pcap.pcap_datalink_val_to_name(dltOf(linkType))) || undefined;
}

/** libpcap's words for a link type; `DLT n` for one without (`pcap_datalink_val_to_description_or_dlt`). */
export function linkTypeDescription(linkType: number, options: LibraryOptions = {}): string {
  const library = loadLibrary(options), { pcap } = library, dlt = dltOf(linkType);
  const address = pcap.pcap_datalink_val_to_description_or_dlt?.(dlt) ??
    pcap.pcap_datalink_val_to_description(dlt);
  return readText(library, address) || `DLT ${dlt}`;
}

/** LINKTYPE_ number of a link type's name (`pcap_datalink_name_to_val`). */
export function linkTypeNumber(name: string, options: LibraryOptions = {}): number | undefined {
  const dlt = loadLibrary(options).pcap.pcap_datalink_name_to_val(cString(name));
  return dlt === UNKNOWN ? undefined : linkTypeOf(dlt);
}

/** What a status of libpcap means (`pcap_statustostr`). */
export function statusText(code: number, options: LibraryOptions = {}): string {
  const library = loadLibrary(options);
  return readText(library, library.pcap.pcap_statustostr(code));
}

/** What an error number of the system means (`pcap_strerror`). */
export function systemErrorText(number: number, options: LibraryOptions = {}): string {
  const library = loadLibrary(options);
  return readText(library, library.pcap.pcap_strerror(number));
}

/** A port's number, and the IP protocol (6 or 17) if its name has but one (`pcap_nametoport`). */
export function portNumber(
  name: string,
  options: LibraryOptions = {},
): { readonly port: number; readonly protocol?: number } | undefined {
  const port = new Int32Array(1), protocol = new Int32Array(1);
  const ok = loadLibrary(options).pcap.pcap_nametoport?.(cString(name), port, protocol) ?? 0;
  if (ok === 0) return undefined;
  return { port: port[0], ...(protocol[0] === UNKNOWN ? {} : { protocol: protocol[0] }) };
}

/** First and last port of a range such as `50-60`, and the IP protocol if there is but one (`pcap_nametoportrange`). */
export function portRange(
  name: string,
  options: LibraryOptions = {},
): { readonly first: number; readonly last: number; readonly protocol?: number } | undefined {
  const first = new Int32Array(1), last = new Int32Array(1), protocol = new Int32Array(1);
  const { pcap } = loadLibrary(options);
  if ((pcap.pcap_nametoportrange?.(cString(name), first, last, protocol) ?? 0) === 0) {
    return undefined;
  }
  return {
    first: first[0],
    last: last[0],
    ...(protocol[0] === UNKNOWN ? {} : { protocol: protocol[0] }),
  };
}

/** Number of an IP protocol's name (`pcap_nametoproto`). */
export function protocolNumber(name: string, options: LibraryOptions = {}): number | undefined {
  return known(loadLibrary(options).pcap.pcap_nametoproto?.(cString(name)));
}

/** EtherType of a name (`pcap_nametoeproto`). */
export function etherTypeNumber(name: string, options: LibraryOptions = {}): number | undefined {
  return known(loadLibrary(options).pcap.pcap_nametoeproto?.(cString(name)));
}

/** LLC service access point of a name (`pcap_nametollc`). */
export function llcNumber(name: string, options: LibraryOptions = {}): number | undefined {
  return known(loadLibrary(options).pcap.pcap_nametollc?.(cString(name)));
}

/** Addresses of a host (`pcap_nametoaddrinfo`); waits for the network where it must ask. */
export function hostAddresses(name: string, options: LibraryOptions = {}): string[] {
  const library = loadLibrary(options);
  const first = library.pcap.pcap_nametoaddrinfo?.(cString(name)) ?? 0n;
  if (first === 0n) return [];
  // struct addrinfo: Linux has ai_addr before ai_canonname, BSD systems and Windows behind it.
  const address = Deno.build.os === "linux" ? 24 : 32;
  const found = new Set<string>();
  for (let at = first, n = 0; at !== 0n && n < LIST_MAX; n++) {
    const view = viewOf(readBytes(library, at, 48));
    const own = socketAddress(library, view.getBigUint64(address, true));
    if (own !== undefined) found.add(own.text);
    at = view.getBigUint64(40, true);
  }
  library.libc.freeaddrinfo?.(first);
  return [...found];
}

/** IPv4 address of a network's name in `/etc/networks` (`pcap_nametonetaddr`). */
export function networkAddress(name: string, options: LibraryOptions = {}): string | undefined {
  const number = loadLibrary(options).pcap.pcap_nametonetaddr?.(cString(name)) ?? 0;
  if (number === 0) return undefined;
  const bytes = new Uint8Array(4);
  // In the host's order, and without the zeros behind: 127 for 127.0.0.0.
  let shifted = number;
  while ((shifted & 0xff00_0000) === 0) shifted = (shifted << 8) >>> 0;
  viewOf(bytes).setUint32(0, shifted);
  return ipv4Text(bytes, 0);
}

/** A MAC address in its usual form (`pcap_ether_aton`). */
export function parseEther(text: string, options: LibraryOptions = {}): string | undefined {
  // libpcap does not look whether it is one.
  if (!/^[0-9a-f]{1,2}([:.-][0-9a-f]{1,2}){5}$|^[0-9a-f]{12}$/i.test(text)) return undefined;
  const library = loadLibrary(options);
  return etherAt(library, library.pcap.pcap_ether_aton?.(cString(text)) ?? 0n);
}

/** MAC address of a host in `/etc/ethers` (`pcap_ether_hostton`). */
export function hostEther(name: string, options: LibraryOptions = {}): string | undefined {
  const library = loadLibrary(options);
  return etherAt(library, library.pcap.pcap_ether_hostton?.(cString(name)) ?? 0n);
}

/** The MAC address at an address that libpcap allocated; freed. */
function etherAt(library: Library, address: bigint): string | undefined {
  if (address === 0n) return undefined;
  const text = macText(readBytes(library, address, 6), 0);
  // Windows: allocated by another C library than ours, so that freeing it would do harm.
  if (Deno.build.os !== "windows") library.libc.free(address);
  return text;
}

/** The lines of a file in the format of `/etc/ethers` (`pcap_next_etherent`); empty if it cannot be read. */
export function etherEntries(
  path: string = "/etc/ethers",
  options: LibraryOptions = {},
): { readonly address: string; readonly name: string }[] {
  const library = loadLibrary(options), { pcap, libc } = library;
  const file = libc.fopen(cString(path), cString("r"));
  if (file === 0n) return [];
  const found: { address: string; name: string }[] = [];
  try {
    for (;;) {
      // struct pcap_etherent: 6 bytes of address, 122 of name; libpcap's own memory.
      const at = pcap.pcap_next_etherent?.(file) ?? 0n;
      if (at === 0n || found.length === LIST_MAX) return found;
      const entry = readBytes(library, at, 128);
      const name = new TextDecoder().decode(entry.subarray(6));
      found.push({ address: macText(entry, 0), name: name.slice(0, name.indexOf("\0")) });
    }
  } finally {
    libc.fclose(file);
  }
}

function known(number: number | undefined): number | undefined {
  return number === undefined || number === UNKNOWN ? undefined : number;
}
