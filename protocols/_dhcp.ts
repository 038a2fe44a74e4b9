/**
 * What stands in DHCP options (RFC 2132; RFC 2241, 2242, 2485, 2563, 2610, 2937, 3004, 3011, 3046, 3118, 3361, 3397,
 * 3442, 3825, 3925, 4174, 4361, 4388, 4578, 4702, 4776, 4833, 5071, 5107, 5192, 5223, 5417, 5859, 5969, 6153, 6704,
 * 6731, 6926, 7291, 7618, 8520, 8910).
 *
 * @module
 */
import { ARP_HARDWARE } from "./_names.ts";
import {
  type Field,
  ipv4Address,
  List,
  macAddress,
  type Registry,
  skip,
  type ValueNames,
  Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import { nameBytes } from "../core/name.ts";
import type { Recipe } from "../core/recipe.ts";
import * as tables from "./_dhcp_options.ts";
import { KernelShape, Shape, type ShapeTable } from "./_dhcp_options.ts";
import { bitCount, Vendors } from "./_dhcp_vendors.ts";
import {
  asBytes,
  BROKEN,
  fail,
  found,
  info,
  isUtf8,
  type Look,
  NameField,
  reading,
  scanName,
  type Value,
} from "./_dns_parts.ts";

/** An element of an option that holds a list of them, or of the vendor's information. */
export interface DhcpSuboption {
  /** Code. */
  readonly code: number;
  /** What it holds, by its code; bytes if that is not known. */
  readonly value?: unknown;
}

/** A route (RFC 3442). */
export interface DhcpRoute {
  /** Bits of the prefix. */
  readonly prefix?: number;
  /** Destination. */
  readonly destination: string;
  /** Router. */
  readonly router: string;
}

/**
 * An option. Most hold one thing, under `value`: an address, a list of addresses, a number, a truth value or text, as
 * the code demands; bytes where the code is not known or the length is wrong. Bytes always win when written.
 */
export interface DhcpOption {
  /** Code: 0 is padding, 255 the end. */
  readonly kind: number;
  /** What it holds. Padding: the zero bytes. */
  readonly value?:
    | string
    | number
    | boolean
    | Uint8Array
    | readonly string[]
    | readonly number[];
  /** Elements of options 43, 63, 82, 122 and 125. */
  readonly suboptions?: readonly DhcpSuboption[];
  /** Options 121 and 249: routes. */
  readonly routes?: readonly DhcpRoute[];
  /** Options 61 and 97: kind of hardware. */
  readonly hwType?: number;
  /** Options 61 and 97: hardware address. */
  readonly mac?: string;
  /** Option 81: flags. */
  readonly flags?: number;
  /** Option 81: name of the client. */
  readonly name?: string;
  /** Options 119 and 120: domain names. */
  readonly names?: readonly string[];
  /** Option 52: options in the place of the server's name. */
  readonly serverOptions?: readonly DhcpOption[];
  /** Option 52: options in the place of the file's name. */
  readonly fileOptions?: readonly DhcpOption[];
  /** What else is in it, depending on its code. */
  readonly [key: string]: unknown;
}

/** What is known of the message before its options are reported. */
export const scan: {
  /** Type of the message, or -1: BOOTP. */
  message: number;
  /** Which fixed fields hold options: 1 file, 2 server, 3 both; -1 none. */
  overload: number;
  /** Whose vendor information follows: see {@link VENDORS}; 0 nobody's. */
  vendor: number;
  /** How many domain search and SIP options there are, and how many of them were met. */
  searches: number;
  searchesMet: number;
  sips: number;
  sipsMet: number;
  /** Where the options start. */
  options: number;
} = {
  message: -1,
  overload: -1,
  vendor: 0,
  searches: 0,
  searchesMet: 0,
  sips: 0,
  sipsMet: 0,
  options: 0,
};

/** Options that are more than one value or a list of one kind: those that have a case in `#value`. */
// deno-fmt-ignore
const SPECIAL: ReadonlySet<number> = new Set([
  21, 33, 43, 52, 53, 60, 61, 63, 77, 78, 79, 81, 82, 83, 90, 94, 97, 99, 117, 119, 120, 121, 249,
  122, 123, 124, 125, 146, 151, 158, 159, 212, 242,
]);

/** Beginnings of vendor class identifiers, and whose they are. */
const VENDORS: readonly (readonly [prefix: Uint8Array, vendor: number])[] = ([
  ["PXEClient", 1],
  ["pktc", 2],
  ["docsis", 2],
  ["OpenCable2.0", 2],
  ["CableHome", 2],
  ["AAPLBSDPC", 4],
  ["cisco", 5],
  ["AEROHIVE", 6],
  ["ArubaAP", 7],
  ["ArubaInstantAP", 8],
] as const).map(([text, n]) => [new TextEncoder().encode(text), n]);

/** Whose vendor class identifier stands at `at`; 0 for nobody known. */
function vendorAt(b: Uint8Array, at: number, n: number): number {
  for (const [prefix, vendor] of VENDORS) {
    if (prefix.length > n) continue;
    let k = 0;
    while (k < prefix.length && b[at + k] === prefix[k]) k++;
    if (k === prefix.length) return vendor;
  }
  return 0;
}

const names = (...list: readonly string[]): readonly Uint8Array[] =>
  list.map((name) => new TextEncoder().encode(name));
/** Cable modems that tell their capabilities, those that put them into option 125 instead, and terminal adapters. */
const MODEM_NAMES = names("docsis1.1:", "docsis2.0:"), MODEM3_NAMES = names("docsis3.0:");
const ADAPTER_NAMES = names("pktc1.0:", "pktc1.5:", "pktc2.0:");

/** Whether the `n` bytes at `at` begin with one of `names`. */
function begins(b: Uint8Array, at: number, n: number, names: readonly Uint8Array[]): boolean {
  return names.some((name) => name.length <= n && name.every((c, i) => b[at + i] === c));
}

/** Looks through the options from `at` to `end` for what decides how others are read. */
export function scanOptions(b: Uint8Array, at: number, end: number): void {
  scan.message = scan.overload = -1;
  scan.vendor =
    scan.searches =
    scan.searchesMet =
    scan.sips =
    scan.sipsMet =
      0;
  scan.options = at;
  for (let p = at; p < end;) {
    const kind = b[p];
    if (kind === 255) return;
    if (kind === 0) {
      p++;
      continue;
    }
    if (p + 1 >= end) return;
    const n = b[p + 1];
    const value = p + 2;
    if (value + n > end) return;
    if (kind === 53 && n > 0) scan.message = b[value];
    // Wireshark looks at the byte whatever the length is.
    else if (kind === 52) scan.overload = value < end ? b[value] : 0;
    else if (kind === 60) scan.vendor = vendorAt(b, value, n);
    else if (kind === 119) scan.searches++;
    else if (kind === 120) scan.sips++;
    p = value + n;
  }
}

// ------------------------------------------------------------------------------------------------- plain values

const KINDS: Readonly<Record<Shape, Kind>> = {
  [Shape.Ip]: Kind.Ipv4,
  [Shape.Ips]: Kind.Ipv4,
  [Shape.Text]: Kind.Text,
  [Shape.Bytes]: Kind.Bytes,
  [Shape.Bool]: Kind.Bool,
  [Shape.U8]: Kind.Uint,
  [Shape.U8s]: Kind.Uint,
  [Shape.U16]: Kind.Uint,
  [Shape.U16s]: Kind.Uint,
  [Shape.U32]: Kind.Uint,
  [Shape.I32]: Kind.Int,
  [Shape.Time]: Kind.Time,
  [Shape.Mac]: Kind.Ether,
  [Shape.IpAny]: Kind.Ipv4,
  [Shape.Uint]: Kind.Uint,
  [Shape.U16le]: Kind.Uint,
};
const BITS: Readonly<Partial<Record<Shape, number>>> = {
  [Shape.Bool]: 8,
  [Shape.U8]: 8,
  [Shape.U8s]: 8,
  [Shape.U16]: 16,
  [Shape.U16s]: 16,
  [Shape.U32]: 32,
  [Shape.I32]: 32,
  [Shape.Time]: 32,
  [Shape.U16le]: 16,
};
const LISTS: ReadonlySet<Shape> = new Set<Shape>([Shape.Ips, Shape.U8s, Shape.U16s]);
const HEX: ReadonlySet<string> = new Set([
  "dhcp.option.agent_information_option.docsis_device_class",
  "dhcp.option.agent_information_option.flags",
  "dhcp.option.vendor.bsdp.version",
]);
const MEANINGS: Readonly<Record<string, ValueNames>> = {
  "dhcp.option.dhcp": tables.DHCP_MESSAGES,
  "dhcp.option.option_overload": tables.DHCP_OVERLOADS,
  "dhcp.option.request_list_item": tables.DHCP_OPTION_NAMES,
  "dhcp.option.netbios_over_tcpip_node_type": tables.NETBIOS_NODES,
  "dhcp.option.client_system_architecture": tables.DHCP_ARCHITECTURES,
  "dhcp.option.bulk_lease.dhcp_state": tables.LEASE_STATES,
  "dhcp.option.dhcp_auto_configuration": tables.AUTO_CONFIGURATION,
};

/** Options or suboptions that hold one value or a list of one kind. */
class Plain {
  readonly #table: ShapeTable;
  /** Field numbers by code, as part of the object and not. */
  readonly #shown = new Int16Array(256).fill(-1);
  readonly #hidden = new Int16Array(256).fill(-1);
  readonly #shape = new Uint8Array(256);
  constructor(table: ShapeTable) {
    this.#table = table;
  }
  register(registry: Registry): void {
    for (const [code, [shape, abbrev, name]] of Object.entries(this.#table)) {
      const values = MEANINGS[abbrev];
      const look: Look = {
        bits: BITS[shape] ?? 0,
        list: LISTS.has(shape),
        hex: HEX.has(abbrev),
        ...(values ? { values } : {}),
      };
      const c = Number(code);
      this.#shape[c] = shape;
      this.#shown[c] = registry.add(info(abbrev, name, KINDS[shape], "value", look));
      this.#hidden[c] = registry.add(info(abbrev, name, KINDS[shape], "_value", look));
    }
  }
  covers(wanted: (abbrev: string) => boolean): boolean {
    return Object.values(this.#table).some(([, abbrev]) => wanted(abbrev));
  }
  has(code: number): boolean {
    return this.#shown[code] >= 0;
  }
  /** Number of the field of an option, and its shape. */
  entry(code: number): readonly [id: number, shape: number] {
    return [this.#shown[code], this.#shape[code]];
  }
  /** Reports the value of `n` bytes at `at`; answers whether that tells all of it. */
  emit(items: Items, code: number, at: number, n: number): boolean {
    const b = items.bytes;
    const id = this.#shown[code];
    switch (this.#shape[code]) {
      case Shape.Ip:
        if (n !== 4) return false;
        items.add(id, at, 4, 0);
        return true;
      case Shape.Ips: {
        const whole = (n & 3) === 0;
        for (let p = at; p + 4 <= at + n; p += 4) {
          items.add(whole ? id : this.#hidden[code], p, 4, 0);
        }
        return whole;
      }
      case Shape.Text: {
        let shown = 0;
        while (shown < n && b[at + shown] !== 0) shown++;
        const whole = shown === n && isUtf8(b, at, at + n);
        items.add(whole ? id : this.#hidden[code], at, shown, 0);
        return whole;
      }
      case Shape.Bytes:
        items.add(id, at, n, 0);
        return true;
      case Shape.Bool:
        if (n !== 1) return false;
        items.add(b[at] > 1 ? this.#hidden[code] : id, at, 1, b[at] === 0 ? 0 : 1);
        return b[at] <= 1;
      case Shape.U8:
        if (n !== 1) return false;
        items.add(id, at, 1, b[at]);
        return true;
      case Shape.U8s:
        for (let p = at; p < at + n; p++) items.add(id, p, 1, b[p]);
        return true;
      case Shape.U16:
        if (n !== 2) return false;
        items.add(id, at, 2, (b[at] << 8) | b[at + 1]);
        return true;
      case Shape.U16le:
        if (n !== 2) return false;
        items.add(id, at, 2, (b[at + 1] << 8) | b[at]);
        return true;
      case Shape.U16s: {
        const whole = (n & 1) === 0;
        for (let p = at; p + 2 <= at + n; p += 2) {
          items.add(whole ? id : this.#hidden[code], p, 2, (b[p] << 8) | b[p + 1]);
        }
        return whole;
      }
      case Shape.Mac:
        if (n < 6) return false;
        items.add(n === 6 ? id : this.#hidden[code], at, 6, 0);
        return n === 6;
      case Shape.IpAny:
        if (n < 4) return false;
        items.add(n === 4 ? id : this.#hidden[code], at, 4, 0);
        return n === 4;
      case Shape.Uint: {
        if (n === 0) return false;
        let v = 0;
        for (let i = 0; i < n && i < 4; i++) v = (v << 8) | b[at + i];
        items.add(this.#hidden[code], at, n < 4 ? n : 4, v);
        return false;
      }
      default:
        if (n !== 4) return false;
        items.add(id, at, 4, u32At(b, at));
        return true;
    }
  }
  /** Writes `value` as the code demands; bytes as they are. */
  write(writer: Writer, code: number, value: unknown): void {
    if (value === undefined) return;
    if (value instanceof Uint8Array) return writer.put(value);
    const shape = this.#table[code]?.[0];
    switch (shape) {
      case Shape.Ip:
      case Shape.Ips:
      case Shape.IpAny:
        for (const v of Array.isArray(value) ? value : [value]) writeIp(writer, v);
        return;
      case Shape.Mac:
        return macAddress("", "").write(writer, value, {});
      case Shape.Bool:
        return writer.uint(value ? 1 : 0, 1);
      case Shape.U8:
        return writer.uint(Number(value), 1);
      case Shape.U8s:
        for (const v of value as readonly number[]) writer.uint(v, 1);
        return;
      case Shape.U16:
        return writer.uint(Number(value), 2);
      case Shape.U16le:
        writer.uint(Number(value) & 255, 1);
        return writer.uint(Number(value) >> 8, 1);
      case Shape.U16s:
        for (const v of value as readonly number[]) writer.uint(v, 2);
        return;
      case Shape.U32:
      case Shape.I32:
      case Shape.Time:
        return writer.uint(Number(value) >>> 0, 4);
    }
    // A number for which no size is known takes one byte.
    if (typeof value === "number" || typeof value === "boolean") {
      return writer.uint(Number(value), 1);
    }
    writer.put(asBytes(value));
  }
}

function u32At(b: Uint8Array, o: number): number {
  return (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3];
}

/** The last 34 bits of the five bytes at `at`: a signed number. */
function fixed34(b: Uint8Array, at: number): number {
  const high = b[at] & 3;
  return (high > 1 ? high - 4 : high) * 2 ** 32 + (u32At(b, at + 1) >>> 0);
}
/** A number as text, of 15 digits at most, as C's `%.15g` writes it. */
function decimal(v: number): string {
  const n = Number(v.toPrecision(15));
  const [digits, power] = n.toExponential().split("e");
  const size = Math.abs(Number(power));
  if (Number(power) >= -4 && size < 15) return String(n);
  return `${digits}e${power[0]}${String(size).padStart(2, "0")}`;
}

function writeIp(writer: Writer, value: unknown): void {
  ipv4Address("", "").write(writer, String(value), {});
}

// ---------------------------------------------------------------------------------------------------- suboptions

/** How suboptions are named. */
interface SuboptionNames {
  readonly code: string;
  readonly title: string;
  readonly names?: ValueNames;
  /** The value as bytes, whatever it is; before or behind what it means. */
  readonly value?: string;
  readonly valueLast?: boolean;
  /** The value of a code that is not known. */
  readonly unknown?: string;
  readonly unknownTitle?: string;
  /** One byte of padding, code 0. */
  readonly padding?: string;
  readonly paddingTitle?: string;
  /** The end, code 255. */
  readonly end?: string;
  readonly endTitle?: string;
  /** Whether more may follow the end. */
  readonly endGoesOn?: boolean;
}

/** Elements of code, length and value within an option. */
class Suboptions {
  readonly #names: SuboptionNames;
  readonly plain: Plain;
  #head = -1;
  #code = -1;
  #length = -1;
  #value = -1;
  #unknown = -1;
  #padding = -1;
  #end = -1;
  /** Number of the field for the value as bytes, as part of the object. */
  raw: number = -1;
  constructor(names: SuboptionNames, table: ShapeTable) {
    this.#names = names;
    this.plain = new Plain(table);
  }
  register(registry: Registry): void {
    const { code, title, names, value, unknown, padding, end } = this.#names;
    const byte: Look = { bits: 8 };
    this.#head = registry.add(info("", "Suboption", Kind.None, "suboptions", { list: true }));
    this.#code = registry.add(
      info(code, title, Kind.Uint, "code", { ...byte, ...(names ? { values: names } : {}) }),
    );
    this.#length = registry.add(
      info("dhcp.option.suboption_length", "Length", Kind.Uint, "_length", byte),
    );
    if (value) this.#value = registry.add(info(value, "Value", Kind.Bytes, "_value"));
    if (unknown) {
      this.#unknown = registry.add(
        info(unknown, this.#names.unknownTitle ?? "Unknown", Kind.Bytes, "_value"),
      );
    }
    if (padding) {
      const title = this.#names.paddingTitle ?? "Padding";
      this.#padding = registry.add(info(padding, title, Kind.Uint, "_pad", byte));
    }
    if (end) {
      this.#end = registry.add(info(end, this.#names.endTitle ?? "End", Kind.Uint, "_end", byte));
    }
    this.raw = registry.add(info("", "Value", Kind.Bytes, "value"));
    this.plain.register(registry);
  }
  covers(wanted: (abbrev: string) => boolean): boolean {
    const { code, value, unknown, padding, end } = this.#names;
    return [code, value, unknown, padding, end, "dhcp.option.suboption_length"].some((a) =>
      a !== undefined && wanted(a)
    ) || this.plain.covers(wanted);
  }
  /**
   * Reports those from `at` to `end`; `special` may report a value and answers whether it did (1), and told all (2).
   * Answers whether all is told.
   */
  emit(
    items: Items,
    at: number,
    end: number,
    special?: (items: Items, code: number, at: number, n: number) => number,
  ): boolean {
    const b = items.bytes;
    let whole = true;
    for (let p = at; p < end;) {
      const code = b[p];
      if (code === 0 && this.#padding >= 0) {
        items.add(this.#padding, p++, 1, 0);
        whole = false;
        continue;
      }
      if (code === 255 && this.#end >= 0) {
        items.add(this.#end, p++, 1, 255);
        whole = false;
        if (this.#names.endGoesOn) continue;
        return false;
      }
      if (p + 1 >= end) return false;
      items.at = p;
      const n = b[p + 1];
      const value = p + 2;
      const row = items.open(this.#head);
      items.add(this.#code, p, 1, code);
      items.add(this.#length, p + 1, 1, n);
      if (value + n > end) {
        items.at = end;
        items.close(row);
        return false;
      }
      if (this.#value >= 0 && !this.#names.valueLast) items.add(this.#value, value, n, 0);
      const done = special ? special(items, code, value, n) : 0;
      let told = done === 2;
      if (done === 0) {
        if (this.plain.has(code)) told = this.plain.emit(items, code, value, n);
        else if (this.#unknown >= 0) items.add(this.#unknown, value, n, 0);
      }
      if (this.#value >= 0 && this.#names.valueLast) items.add(this.#value, value, n, 0);
      if (!told) items.add(this.raw, value, n, 0);
      p = items.at = value + n;
      items.close(row);
      if (items.short) return false;
    }
    return whole;
  }
  write(writer: Writer, list: unknown): void {
    for (const v of (list ?? []) as readonly Value[]) {
      const code = Number(v.code ?? 0);
      writer.uint(code, 1);
      const lengthAt = writer.reserve(1);
      this.plain.write(writer, code, v.value);
      writer.bytes[lengthAt] = writer.at - lengthAt - 1;
    }
  }
}

// ------------------------------------------------------------------------------------------------------- options

type Spec = readonly [abbrev: string, name: string, kind: Kind, key: string, look?: Look];
const BYTE: Look = { bits: 8 };
const WORD: Look = { bits: 16 };
const LONG: Look = { bits: 32 };
const LIST: Look = { list: true };

/** Fields of options that hold more than one thing. */
const SPECS = {
  type: ["dhcp.option.type", "Option", Kind.Uint, "_kind", {
    ...BYTE,
    values: tables.DHCP_OPTION_NAMES,
  }],
  kind: ["", "Option", Kind.Uint, "kind", BYTE],
  length: ["dhcp.option.length", "Length", Kind.Uint, "_length", BYTE],
  bytes: ["dhcp.option.value", "Value", Kind.Bytes, "_value"],
  raw: ["", "Value", Kind.Bytes, "value"],
  padding: ["dhcp.option.padding", "Padding", Kind.Bytes, "value"],
  end: ["dhcp.option.end", "Option End", Kind.Uint, "_end", BYTE],
  // 21, 33
  filters: ["", "Filter", Kind.None, "filters", LIST],
  filterIp: ["dhcp.option.policy_filter.ip", "IP Address", Kind.Ipv4, "address"],
  filterMask: ["dhcp.option.policy_filter.subnet_mask", "Subnet Mask", Kind.Ipv4, "mask"],
  statics: ["", "Route", Kind.None, "routes", LIST],
  staticIp: ["dhcp.option.static_route.ip", "Destination IP Address", Kind.Ipv4, "destination"],
  staticRouter: ["dhcp.option.static_route.router", "Destination Router", Kind.Ipv4, "router"],
  // 43, 60
  vendorValue: ["dhcp.option.vendor.value", "Value", Kind.Bytes, "_vendor"],
  discovery: [
    "dhcp.option.vendor.pxeclient.discovery_control",
    "discovery control",
    Kind.Uint,
    "_control",
    {
      ...BYTE,
      hex: true,
    },
  ],
  discovery1: [
    "dhcp.option.vendor.pxeclient.discovery_control.broadcast",
    "Disable Broadcast",
    Kind.Bool,
    "_d1",
    { bits: 1, mask: 1, span: 1 },
  ],
  discovery2: [
    "dhcp.option.vendor.pxeclient.discovery_control.multicast",
    "Disable Multicast",
    Kind.Bool,
    "_d2",
    { bits: 1, mask: 2, span: 1 },
  ],
  discovery4: [
    "dhcp.option.vendor.pxeclient.discovery_control.serverlist",
    "Serverlist only",
    Kind.Bool,
    "_d4",
    { bits: 1, mask: 4, span: 1 },
  ],
  discovery8: [
    "dhcp.option.vendor.pxeclient.discovery_control.bstrap",
    "Bootstrap override",
    Kind.Bool,
    "_d8",
    { bits: 1, mask: 8, span: 1 },
  ],
  bootServers: ["dhcp.option.vendor.pxeclient.boot_servers", "boot servers", Kind.Bytes, "_b"],
  bootServersType: [
    "dhcp.option.vendor.pxeclient.boot_servers.type",
    "Type",
    Kind.Uint,
    "_b1",
    WORD,
  ],
  bootServersCount: [
    "dhcp.option.vendor.pxeclient.boot_servers.count",
    "IP count",
    Kind.Uint,
    "_b2",
    BYTE,
  ],
  bootServersIp: ["dhcp.option.vendor.pxeclient.boot_servers.ip", "IP", Kind.Ipv4, "_b3"],
  bootMenu: ["dhcp.option.vendor.pxeclient.boot_menu", "boot menu", Kind.Bytes, "_m"],
  bootMenuType: ["dhcp.option.vendor.pxeclient.boot_menu.type", "Type", Kind.Uint, "_m1", WORD],
  bootMenuLength: [
    "dhcp.option.vendor.pxeclient.boot_menu.length",
    "Length",
    Kind.Uint,
    "_m2",
    BYTE,
  ],
  bootMenuText: ["dhcp.option.vendor.pxeclient.boot_menu.desc", "Description", Kind.Text, "_m3"],
  prompt: ["dhcp.option.vendor.pxeclient.menu_prompt", "menu prompt", Kind.Bytes, "_p"],
  promptTimeout: [
    "dhcp.option.vendor.pxeclient.menu_prompt.timeout",
    "Timeout",
    Kind.Uint,
    "_p1",
    BYTE,
  ],
  promptText: ["dhcp.option.vendor.pxeclient.menu_prompt.prompt", "Prompt", Kind.Text, "_p2"],
  bootItem: ["dhcp.option.vendor.pxeclient.boot_item", "boot item", Kind.Bytes, "_i"],
  bootItemType: ["dhcp.option.vendor.pxeclient.boot_item.type", "Type", Kind.Uint, "_i1", WORD],
  bootItemLayer: ["dhcp.option.vendor.pxeclient.boot_item.layer", "Layer", Kind.Bytes, "_i2"],
  ouiText: [
    "dhcp.option.vendor.cl.oui_string",
    "Organizationally Unique Identifier",
    Kind.Text,
    "_oui",
  ],
  ouiBytes: [
    "dhcp.option.vendor.cl.oui_bytes",
    "Organizationally Unique Identifier",
    Kind.Bytes,
    "_oui",
  ],
  arubaAp: ["dhcp.option.vendor.arubaap.controllerip", "Aruba Controller IP", Kind.Text, "_aruba"],
  arubaIap: ["dhcp.option.vendor.arubaiap", "Aruba Instant AP", Kind.Text, "_aruba"],
  arubaIap0: ["dhcp.option.vendor.arubaiap.name_org", "Name Organisation", Kind.Text, "_aruba0"],
  arubaIap1: ["dhcp.option.vendor.arubaiap.amp_ip", "AMP IP Address", Kind.Text, "_aruba1"],
  arubaIap2: ["dhcp.option.vendor.arubaiap.password", "Password", Kind.Text, "_aruba2"],
  classData: ["dhcp.option.vendor_class_data", "vendor-class-data", Kind.Text, "_data"],
  // 52
  serverOptions: ["", "Server host name option overload", Kind.None, "serverOptions", LIST],
  fileOptions: ["", "Boot file name option overload", Kind.None, "fileOptions", LIST],
  // 61, 97
  hwType: ["dhcp.hw.type", "Hardware type", Kind.Uint, "hwType", {
    ...BYTE,
    hex: true,
    values: ARP_HARDWARE,
  }],
  mac: ["dhcp.hw.mac_addr", "Client MAC address", Kind.Ether, "mac"],
  hardware: ["dhcp.client_hardware_address", "Client hardware address", Kind.Text, "_hardware"],
  uuid: ["dhcp.client_id.uuid", "Client Identifier (UUID)", Kind.Text, "uuid"],
  idType: ["dhcp.client_id.type", "Type", Kind.Uint, "_type", BYTE],
  idText: ["dhcp.client_id.undef", "Client Identifier", Kind.Text, "_id"],
  iaid: ["dhcp.client_id.iaid", "IAID", Kind.Text, "_iaid"],
  duidType: ["dhcp.client_id.duid_type", "DUID Type", Kind.Uint, "_duid", {
    ...WORD,
    values: tables.DUID_TYPES,
  }],
  duidLlt: ["dhcp.client_id.duid_llt_hw_type", "Hardware type", Kind.Uint, "_llt", {
    ...WORD,
    values: ARP_HARDWARE,
  }],
  duidLl: ["dhcp.client_id.duid_ll_hw_type", "Hardware type", Kind.Uint, "_ll", {
    ...WORD,
    values: ARP_HARDWARE,
  }],
  duidTime: ["dhcp.client_id.time", "Time", Kind.Uint, "_time", LONG],
  duidAddress: ["dhcp.client_id.link_layer_address", "Link layer address", Kind.Text, "_address"],
  duidEnterprise: ["dhcp.client_id.enterprise_num", "Enterprise-number", Kind.Uint, "_en", LONG],
  duidId: ["dhcp.client_id", "Identifier", Kind.Bytes, "_duidId"],
  // 77, 78, 79
  userClass: ["dhcp.option.user_class", "Instance of User Class", Kind.Uint, "_class", BYTE],
  userClassLength: ["dhcp.option.user_class.length", "User Class Length", Kind.Uint, "_n", BYTE],
  userClassData: ["dhcp.option.user_class.data", "User Class Data", Kind.Bytes, "classes", LIST],
  userClassText: ["dhcp.option.user_class.text", "User Class Data (Text)", Kind.Text, "_text"],
  slpValue: ["dhcp.option.slp_directory_agent.value", "Value", Kind.Uint, "_slp", BYTE],
  slpAddress: ["dhcp.option.slp_directory_agent.slpda_address", "IP Address", Kind.Ipv4, "_agent"],
  scopeValue: ["dhcp.option.slp_service_scope.value", "Value", Kind.Uint, "_slp", BYTE],
  scopeText: ["dhcp.option.slp_service_scope.string", "SLP Service Scope", Kind.Text, "_scope"],
  // 81
  fqdnFlags: ["dhcp.fqdn.flags", "Flags", Kind.Uint, "flags", { ...BYTE, hex: true }],
  fqdnZero: ["dhcp.fqdn.mbz", "Reserved flags", Kind.Uint, "_mbz", {
    bits: 4,
    mask: 0xf0,
    span: 1,
    hex: true,
  }],
  fqdnN: ["dhcp.fqdn.n", "Server DDNS", Kind.Bool, "_n", { bits: 1, mask: 8, span: 1 }],
  fqdnE: ["dhcp.fqdn.e", "Encoding", Kind.Bool, "_e", { bits: 1, mask: 4, span: 1 }],
  fqdnO: ["dhcp.fqdn.o", "Server overrides", Kind.Bool, "_o", { bits: 1, mask: 2, span: 1 }],
  fqdnS: ["dhcp.fqdn.s", "Server", Kind.Bool, "_s", { bits: 1, mask: 1, span: 1 }],
  fqdnCode1: ["dhcp.fqdn.rcode1", "A-RR result", Kind.Uint, "rcode1", BYTE],
  fqdnCode2: ["dhcp.fqdn.rcode2", "PTR-RR result", Kind.Uint, "rcode2", BYTE],
  fqdnText: ["dhcp.fqdn.name", "Client name", Kind.Text, "name"],
  // 82
  agentBytes: ["dhcp.option.agent_information_option.value", "Value", Kind.Bytes, "_value"],
  agentEnterprise: [
    "dhcp.option.agent_information_option.vi.enterprise",
    "Enterprise",
    Kind.Uint,
    "_en",
    LONG,
  ],
  agentLength: [
    "dhcp.option.agent_information_option.vi.data_length",
    "Data Length",
    Kind.Uint,
    "_n",
    BYTE,
  ],
  vrfGlobal: [
    "dhcp.option.agent_information_option.vrf_name.global",
    "Global, default VPN",
    Kind.Uint,
    "_g",
    BYTE,
  ],
  vrfName: ["dhcp.option.agent_information_option.vrf_name", "VRF name", Kind.Text, "_vrf"],
  vrfOui: [
    "dhcp.option.agent_information_option.vrf_name.vpn_id.oui",
    "VRF name/VPN ID OUI",
    Kind.Uint,
    "_oui",
    { bits: 24 },
  ],
  vrfIndex: [
    "dhcp.option.agent_information_option.vrf_name.vpn_id.index",
    "VRF name/VPN ID Index",
    Kind.Uint,
    "_index",
    LONG,
  ],
  // 90
  authProtocol: [
    "dhcp.option.dhcp_authentication.protocol",
    "Protocol",
    Kind.Uint,
    "_protocol",
    BYTE,
  ],
  authDelay: [
    "dhcp.option.dhcp_authentication.alg_delay",
    "Delay Algorithm",
    Kind.Uint,
    "_alg",
    BYTE,
  ],
  authAlgorithm: [
    "dhcp.option.dhcp_authentication.algorithm",
    "Algorithm",
    Kind.Uint,
    "_alg",
    BYTE,
  ],
  authMethod: [
    "dhcp.option.dhcp_authentication.rdm",
    "Replay Detection Method",
    Kind.Uint,
    "_rdm",
    BYTE,
  ],
  authCounter: [
    "dhcp.option.dhcp_authentication.rdm_replay_detection",
    "RDM Replay Detection Value",
    Kind.Uint64,
    "_rdv",
    { bits: 64, hex: true },
  ],
  authValue: [
    "dhcp.option.dhcp_authentication.rdm_rdv",
    "Replay Detection Value",
    Kind.Text,
    "_rdv",
  ],
  authSecret: ["dhcp.option.dhcp_authentication.secret_id", "Secret ID", Kind.Uint, "_secret", {
    ...LONG,
    hex: true,
  }],
  authHash: ["dhcp.option.dhcp_authentication.hmac_md5_hash", "HMAC MD5 Hash", Kind.Bytes, "_hash"],
  authText: [
    "dhcp.option.dhcp_authentication.information",
    "Authentication Information",
    Kind.Text,
    "_information",
  ],
  // 94
  major: ["dhcp.client_network_id_major", "Major Version", Kind.Uint, "_major", BYTE],
  minor: ["dhcp.client_network_id_minor", "Minor Version", Kind.Uint, "_minor", BYTE],
  // 99
  civicWhat: ["dhcp.option.civic_location.what", "What", Kind.Uint, "_what", BYTE],
  civicCountry: ["dhcp.option.civic_location.country", "Country", Kind.Text, "_country"],
  civicType: ["dhcp.option.civic_location.ca_type", "CA Type", Kind.Uint, "_ca", {
    ...BYTE,
    values: tables.CIVIC_TYPES,
  }],
  civicLength: ["dhcp.option.civic_location.ca_length", "CA Length", Kind.Uint, "_can", BYTE],
  civicValue: ["dhcp.option.civic_location.ca_value", "CA Value", Kind.Text, "_cav"],
  // 117, 119, 120, 121
  service: ["dhcp.option.dhcp_name_service_search_option", "Name Service", Kind.Text, "_service"],
  searchPart: [
    "dhcp.option.dhcp_dns_domain_search_list_rfc_3396_detected",
    "Encoding Long Options detected (RFC 3396)",
    Kind.Text,
    "_part",
  ],
  searchRefer: [
    "dhcp.option.dhcp_dns_domain_search_list_refer_last_option",
    "For the data, please refer to last option 119",
    Kind.Text,
    "_refer",
  ],
  sipPart: [
    "dhcp.option.sip_server.rfc_3396_detected",
    "Encoding Long Options detected (RFC 3396)",
    Kind.Text,
    "_part",
  ],
  sipRefer: [
    "dhcp.option.sip_server.refer_last_option",
    "For the data, please refer to last option 120",
    Kind.Text,
    "_refer",
  ],
  sipEncoding: ["dhcp.option.sip_server.encoding", "SIP Server Encoding", Kind.Uint, "encoding", {
    ...BYTE,
    values: tables.SIP_ENCODINGS,
  }],
  sipAddress: [
    "dhcp.option.sip_server.address",
    "SIP Server Address",
    Kind.Ipv4,
    "addresses",
    LIST,
  ],
  classless: ["", "Route", Kind.None, "routes", LIST],
  classlessBytes: [
    "dhcp.option.classless_static_route",
    "Subnet/MaskWidth-Router",
    Kind.Bytes,
    "_route",
  ],
  classlessPrefix: ["", "Prefix length", Kind.Uint, "prefix", BYTE],
  classlessTo: ["", "Destination", Kind.Ipv4, "destination"],
  classlessRouter: ["", "Router", Kind.Ipv4, "router"],
  // 123, 124, 125
  placeError: ["dhcp.option.rfc3825.error", "Error", Kind.Uint, "_error", {
    ...BYTE,
    values: tables.PLACE_ERRORS,
  }],
  latitude: ["dhcp.option.rfc3825.latitude", "Latitude", Kind.Text, "_latitude"],
  longitude: ["dhcp.option.rfc3825.longitude", "Longitude", Kind.Text, "_longitude"],
  latitudeError: [
    "dhcp.option.rfc3825.latitude_res",
    "Latitude resolution",
    Kind.Text,
    "_latitudeError",
  ],
  longitudeError: [
    "dhcp.option.rfc3825.longitude_res",
    "Longitude resolution",
    Kind.Text,
    "_longitudeError",
  ],
  altitude: ["dhcp.option.rfc3825.altitude", "Altitude", Kind.Text, "_altitude"],
  altitudeError: [
    "dhcp.option.rfc3825.altitude_res",
    "Altitude resolution",
    Kind.Text,
    "_altitudeError",
  ],
  altitudeType: ["dhcp.option.rfc3825.altitude_type", "Altitude type", Kind.Uint, "_type", {
    ...BYTE,
    values: tables.ALTITUDE_TYPES,
  }],
  dssOption: ["dhcp.option.cl_dss_id.option", "Map Datum", Kind.Uint, "_dss", {
    ...BYTE,
    values: tables.COUNTRY_PARTS,
  }],
  datum: ["dhcp.option.cl_dss_id.option", "Map Datum", Kind.Uint, "_datum", {
    ...BYTE,
    values: tables.MAP_DATUMS,
  }],
  dssLength: ["dhcp.option.cl_dss_id.len", "DSS_ID Length", Kind.Uint, "_dssn", BYTE],
  dssText: ["dhcp.option.cl_dss_id", "Country", Kind.Text, "_dsst"],
  classMode: [
    "dhcp.option.vi_class.cl_address_mode",
    "CableLab Address Mode",
    Kind.Uint,
    "_mode",
    BYTE,
  ],
  classEnterprise: ["dhcp.option.vi_class.enterprise", "Enterprise", Kind.Uint, "_en", LONG],
  classLength: ["dhcp.option.vi_class.length", "Length", Kind.Uint, "_n", BYTE],
  classText: ["dhcp.option.vi_class.data", "Data", Kind.Text, "_data"],
  viEnterprise: ["dhcp.option.vi.enterprise", "Enterprise", Kind.Uint, "enterprise", LONG],
  viLength: ["dhcp.option.vi.length", "Length", Kind.Uint, "_n", BYTE],
  oui: [
    "dhcp.option.vi.tr111.device_manufacturer_oui",
    "DeviceManufacturerOUI",
    Kind.Uint,
    "_oui",
    { bits: 24 },
  ],
  // 146, 151, 158, 159
  rdnssZero: ["dhcp.option.rdnss.reserved", "Reserved", Kind.Uint, "_zero", {
    bits: 6,
    mask: 0xfc,
    span: 1,
    hex: true,
  }],
  rdnssPreference: ["dhcp.option.rdnss.preference", "Preference", Kind.Uint, "_preference", {
    bits: 2,
    mask: 3,
    span: 1,
    values: tables.RDNSS_PREFERENCES,
  }],
  rdnssPrimary: ["dhcp.option.rdnss.primary_dns", "Primary DNS", Kind.Ipv4, "_primary"],
  rdnssSecondary: ["dhcp.option.rdnss.secondary_dns", "Secondary DNS", Kind.Ipv4, "_secondary"],
  status: ["dhcp.option.bulk_lease.status_code", "Status Code", Kind.Uint, "_status", {
    ...BYTE,
    values: tables.LEASE_STATUSES,
  }],
  statusText: [
    "dhcp.option.bulk_lease.status_code_message",
    "Status Code Message",
    Kind.Text,
    "_message",
  ],
  pcpLength: ["dhcp.option.pcp.list_length", "List-Length", Kind.Uint, "_n", BYTE],
  pcpServer: ["dhcp.option.pcp.server", "PCP Server", Kind.Ipv4, "_server"],
  portOffset: ["dhcp.option.portparams.offset", "Offset", Kind.Uint, "_offset", BYTE],
  portLength: ["dhcp.option.portparams.psid_length", "PSID-Length", Kind.Uint, "_n", BYTE],
  portId: ["dhcp.option.portparams.psid", "PSID", Kind.Bytes, "_psid"],
  // 212, 242
  rdMask: ["dhcp.option.6RD.ipv4_mask_len", "6RD IPv4 Mask Length", Kind.Uint, "_mask", BYTE],
  rdLength: ["dhcp.option.6RD.prefix_len", "6RD Prefix Length", Kind.Uint, "_n", BYTE],
  rdPrefix: ["dhcp.option.6RD.prefix", "6RD Prefix", Kind.Ipv6, "_prefix"],
  rdRelay: ["dhcp.option.6RD.border_relay_ip", "Border Relay IP", Kind.Ipv4, "_relay"],
  avaya: ["dhcp.option.vendor.avaya", "Private/Avaya IP Telephone", Kind.Text, "_avaya"],
} as const satisfies Readonly<Record<string, Spec>>;
type Ids = Record<keyof typeof SPECS, number>;

/** iSNS (option 83, RFC 4174): the bit fields in their order. */
const ISNS: readonly (readonly [
  bytes: number,
  abbrev: string,
  name: string,
  bits: readonly (readonly [mask: number, abbrev: string, name: string])[],
])[] = [
  [2, "functions", "iSNS Functions", [
    [1, "functions.enabled", "Function Fields Enabled"],
    [2, "functions.dd_base_authorization", "Discovery Domain based Authorization"],
    [4, "functions.sec_policy_distribution", "Security Policy Distribution"],
    [0xfff8, "functions.reserved", "Reserved flags"],
  ]],
  [2, "discovery_domain_access", "Discovery Domain Access flags", [
    [1, "discovery_domain_access.enabled", "Discovery Domain Enabled"],
    [2, "discovery_domain_access_control.node", "Control Node"],
    [4, "discovery_domain_access.iscsi_target", "iSCSI Target"],
    [8, "discovery_domain_access.iscsi_initiator", "iSCSI Initiator"],
    [0x10, "discovery_domain_access.ifcp_target_port", "iFCP Target Port"],
    [0x20, "discovery_domain_access.initiator_target_port", "iFCP Initiator Port"],
    [0xffc0, "discovery_domain_access.reserved", "Reserved Flags"],
  ]],
  [2, "administrative_flags", "Administrative Flags", [
    [1, "administrative_flags.enabled", "Administrative Flags Enabled"],
    [2, "administrative_flags.heartbeat", "Heartbeat"],
    [4, "administrative_flags.management_scns", "Management SCNs"],
    [8, "administrative_flags.default_discovery_domain", "Default Discovery Domain"],
    [0xfff0, "administrative_flags.reserved", "Reserved Flags"],
  ]],
  [4, "server_security_bitmap", "iSNS Server Security Bitmap", [
    [1, "server_security_bitmap.enabled", "Server Security Bitmap Enabled"],
    [2, "server_security_bitmap.ike_ipsec_enabled", "IKE/IPSec"],
    [4, "server_security_bitmap.main_mode", "Main Mode"],
    [8, "server_security_bitmap.aggressive_mode", "Aggressive Mode"],
    [0x10, "server_security_bitmap.pfs", "PFS"],
    [0x20, "server_security_bitmap.transport_mode", "Transport Mode"],
    [0x40, "server_security_bitmap.tunnel_mode", "Tunnel Mode"],
    [0xff80, "server_security_bitmap.reserved", "Reserved Flags"],
  ]],
];

/** Settings of Avaya telephones. */
const AVAYA_NAMES = [
  "TLSSRVR",
  "HTTPSRVR",
  "HTTPDIR",
  "STATIC",
  "MCIPADD",
  "DOT1X",
  "ICMPDU",
  "ICMPRED",
  "L2QVLAN",
  "L2Q",
  "LOGLOCAL",
  "PHY1STAT",
  "PHY2STAT",
  "PROCPSWD",
  "PROCSTAT",
  "SNMPADD",
  "SNMPSTRING",
  "VLANTEST",
];
const AVAYA: readonly Uint8Array[] = AVAYA_NAMES.map((name) =>
  new TextEncoder().encode(`${name}=`)
);
const AVAYA_NUMBERS: ReadonlySet<number> = new Set([8, 17]);

// Room for texts made: hexadecimal, and what options that belong together hold.
const made = new Uint8Array(600);
const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** Writes `n` bytes in hexadecimal to `made`, with `:` between if asked for; answers the length. */
function hexText(b: Uint8Array, at: number, n: number, colons: boolean): number {
  let o = 0;
  for (let i = 0; i < n; i++) {
    if (colons && i > 0) made[o++] = 58;
    made[o++] = DIGITS[b[at + i] >> 4];
    made[o++] = DIGITS[b[at + i] & 15];
  }
  return o;
}

// The order of bytes of a GUID in text; -1 is a hyphen.
const GUID = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];

/** Names in options that belong together (RFC 3396): all their bytes, one after another. */
let joined = new Uint8Array(1024);

/** The options of a message. */
export class Options extends List<DhcpOption> {
  readonly ids: Ids = {} as Ids;
  readonly #plain: Plain = new Plain(tables.DHCP_OPTIONS);
  readonly #head: { id: number } = { id: -1 };
  readonly #fqdn: NameField = new NameField("dhcp.fqdn.name", "Client name", false);
  readonly #search: NameField = new NameField(
    "dhcp.option.dhcp_dns_domain_search_list_fqdn",
    "FQDN",
    false,
  );
  readonly #sip: NameField = new NameField("dhcp.option.sip_server.name", "SIP Server Name", false);
  readonly #rdnss: NameField = new NameField(
    "dhcp.option.rdnss.domain",
    "Domains and networks",
    false,
  );
  readonly #searchText: { id: number } = { id: -1 };
  readonly #sipText: { id: number } = { id: -1 };
  readonly #vendorParts: Vendors = new Vendors();
  readonly #isns: { id: number; bits: number[] }[] = [];
  #isnsServers: number[] = [];
  #avaya: number[] = [];
  readonly #agent: Suboptions = new Suboptions({
    code: "dhcp.option.agent_information_option.suboption",
    title: "Option 82 Suboption",
    names: tables.AGENT_OPTION_NAMES,
    value: "dhcp.option.agent_information_option.value",
  }, tables.AGENT_OPTIONS);
  readonly #netware: Suboptions = new Suboptions({
    code: "dhcp.option.novell_options.suboption",
    title: "Option 63 Suboption",
    value: "dhcp.option.novell_options.value",
  }, tables.NETWARE_OPTIONS);
  readonly #cableCall: Suboptions = new Suboptions(
    { code: "dhcp.vendor.pc.ietf_ccc.suboption", title: "Suboption" },
    {},
  );
  readonly #cableLabs: Suboptions = new Suboptions(
    { code: "dhcp.option.vi.cl.suboption", title: "Option 125 Suboption" },
    tables.CABLELABS_VENDOR_OPTIONS,
  );
  readonly #broadband: Suboptions = new Suboptions({
    code: "dhcp.option.vi.tr111.suboption",
    title: "Option 125 Suboption",
    value: "dhcp.option.vi.value",
    valueLast: true,
  }, tables.BROADBAND_VENDOR_OPTIONS);
  readonly #anyVendor: Suboptions = new Suboptions({
    code: "dhcp.vendor.suboption",
    title: "Option 125 Suboption",
    unknown: "dhcp.vendor.data",
    unknownTitle: "Data",
  }, {});
  /** Suboptions of option 43, by vendor. */
  readonly #vendors: readonly (Suboptions | undefined)[] = [
    undefined,
    new Suboptions({
      code: "dhcp.option.vendor.pxeclient.suboption",
      title: "Option 43 Suboption",
      names: tables.PXE_OPTION_NAMES,
      value: "dhcp.option.vendor.value",
      padding: "dhcp.option.vendor.pxeclient.padding",
      end: "dhcp.option.vendor.pxeclient.end",
      endTitle: "PXE Client End",
    }, tables.PXE_OPTIONS),
    new Suboptions({
      code: "dhcp.option.vendor.cl.suboption",
      title: "Option 43 Suboption",
      names: tables.CABLE_OPTION_NAMES,
      unknown: "dhcp.option.vendor.value",
      unknownTitle: "Value",
      padding: "dhcp.option.vendor.cl.padding",
      end: "dhcp.option.vendor.cl.end",
      endTitle: "CL End",
    }, tables.CABLE_OPTIONS),
    new Suboptions({
      code: "dhcp.option.vendor.alu.suboption",
      title: "Option 43 Suboption",
      padding: "dhcp.option.vendor.alu.padding",
      end: "dhcp.option.vendor.alu.end",
      endTitle: "Alcatel End",
    }, tables.ALCATEL_OPTIONS),
    new Suboptions({
      code: "dhcp.option.vendor.bsdp.suboption",
      title: "Option 43 Suboption",
      padding: "dhcp.option.vendor.bsdp.suboption",
      paddingTitle: "Option 43 Suboption",
      end: "dhcp.option.vendor.bsdp.suboption",
      endTitle: "Option 43 Suboption",
      endGoesOn: true,
    }, tables.APPLE_OPTIONS),
    new Suboptions({
      code: "dhcp.option.vendor.cisco.suboption",
      title: "Option 43 Suboption",
      unknown: "dhcp.option.vendor.cisco.unknown",
    }, tables.CISCO_OPTIONS),
    new Suboptions({
      code: "dhcp.option.vendor.cisco.suboption",
      title: "Option 43 Suboption",
      unknown: "dhcp.option.vendor.aerohive.unknown",
    }, tables.AEROHIVE_OPTIONS),
  ];
  readonly #pxeSpecial = (items: Items, code: number, at: number, n: number): number =>
    this.#pxe(items, code, at, n);
  readonly #agentSpecial = (items: Items, code: number, at: number, n: number): number =>
    this.#agentPart(items, code, at, n);
  readonly #cableSpecial = (items: Items, code: number, at: number, n: number): number => {
    if (code !== 8) return 0;
    if (n === 3) items.add(this.ids.ouiBytes, at, n, 0);
    else if (n === 6) items.add(this.ids.ouiText, at, n, 0);
    return 1;
  };
  readonly #appleSpecial = (items: Items, code: number, at: number, n: number): number =>
    this.#vendorParts.bootImages(items, code, at, n) ? 1 : 0;
  readonly #clientSpecial = (items: Items, code: number, at: number, n: number): number =>
    this.#vendorParts.client(items, code, at, n) ? 1 : 0;
  readonly #modemSpecial = (items: Items, code: number, at: number, n: number): number => {
    if (code === 5) this.#vendorParts.modem(items, at - 1, at + n, 1);
    return 0;
  };
  readonly #ouiSpecial = (items: Items, code: number, at: number, n: number): number => {
    if (code !== 1) return 0;
    // Six hexadecimal digits; Wireshark reads as many as there are.
    let v = 0;
    for (let i = 0; i < n && i < 6; i++) {
      const c = items.bytes[at + i] | 0x20;
      const digit = c >= 0x61 && c <= 0x66
        ? c - 0x57
        : (c & 0xf) < 10 && c >> 4 === 3
        ? c & 0xf
        : -1;
      if (digit < 0) break;
      v = v * 16 + digit;
    }
    items.add(this.ids.oui, at, n, v);
    return 1;
  };

  constructor() {
    super(skip(0) as unknown as Field<DhcpOption>);
  }
  #all(): (Plain | Suboptions)[] {
    return [
      this.#plain,
      this.#agent,
      this.#netware,
      this.#cableCall,
      this.#cableLabs,
      this.#broadband,
      this.#anyVendor,
      ...this.#vendors.filter((v) => v !== undefined),
    ];
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#head.id = registry.add(info("", "Option", Kind.None, key, { list: true }));
    for (const [k, [abbrev, name, kind, own, look]] of Object.entries<Spec>(SPECS)) {
      this.ids[k as keyof Ids] = registry.add(info(abbrev, name, kind, own, look));
    }
    for (const part of this.#all()) part.register(registry);
    this.#vendorParts.register(registry);
    this.#fqdn.register(registry, "name", false);
    this.#search.register(registry, "names", true);
    this.#sip.register(registry, "names", true);
    this.#rdnss.register(registry, "names", true);
    this.#searchText.id = registry.add(
      info("dhcp.option.dhcp_dns_domain_search_list_fqdn", "FQDN", Kind.Text, "_names"),
    );
    this.#sipText.id = registry.add(
      info("dhcp.option.sip_server.name", "SIP Server Name", Kind.Text, "_names"),
    );
    for (const [size, abbrev, name, bits] of ISNS) {
      const look: Look = { bits: size * 8, hex: true };
      this.#isns.push({
        id: registry.add(info(`dhcp.option.isns.${abbrev}`, name, Kind.Uint, "_isns", look)),
        bits: bits.map(([mask, bitAbbrev, title]) =>
          registry.add(
            info(
              `dhcp.option.isns.${bitAbbrev}`,
              title,
              mask > 0xff ? Kind.Uint : Kind.Bool,
              "_isns",
              mask > 0xff
                ? { bits: bitCount(mask), mask, hex: true, span: size }
                : { bits: 1, mask, span: size },
            ),
          )
        ),
      });
    }
    this.#avaya = AVAYA_NAMES.map((name, i) =>
      registry.add(
        info(
          `dhcp.option.vendor.avaya.${name.toLowerCase()}`,
          name,
          AVAYA_NUMBERS.has(i) ? Kind.Int : Kind.Text,
          "_avaya",
          AVAYA_NUMBERS.has(i) ? { bits: 32 } : {},
        ),
      )
    );
    this.#isnsServers = [
      ["primary_server_addr", "Primary Server Address"],
      ["heartbeat_originator_addr", "Heartbeat Originator Address"],
      ["secondary_server_addr", "Secondary Server Address"],
    ].map(([abbrev, name]) =>
      registry.add(info(`dhcp.option.isns.${abbrev}`, name, Kind.Ipv4, "_isnsServer"))
    );
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return Object.values<Spec>(SPECS).some(([abbrev]) => abbrev !== "" && wanted(abbrev)) ||
      this.#all().some((part) => part.covers(wanted)) || this.#vendorParts.covers(wanted) ||
      [this.#fqdn, this.#search, this.#sip, this.#rdnss].some((f) => f.covers(wanted)) ||
      ISNS.some(([, abbrev, , bits]) =>
        wanted(`dhcp.option.isns.${abbrev}`) ||
        bits.some(([, a]) => wanted(`dhcp.option.isns.${a}`))
      ) ||
      ["primary_server_addr", "heartbeat_originator_addr", "secondary_server_addr"].some((a) =>
        wanted(`dhcp.option.isns.${a}`)
      ) ||
      AVAYA_NAMES.some((name) => wanted(`dhcp.option.vendor.avaya.${name.toLowerCase()}`));
  }

  /** Usual options are those that {@link SPECIAL} does not have, but for the message's type and two of the client's. */
  override recipe(recipe: Recipe): boolean {
    const { ids } = this, shapes: [code: number, id: number, shape: number][] = [];
    for (let code = 1; code < 255; code++) {
      if (code === 61) shapes.push([code, ids.hwType, KernelShape.Client]);
      else if (code === 60) {
        shapes.push([code, this.#plain.entry(code)[0], KernelShape.VendorClass]);
      } else if (code !== 53 && SPECIAL.has(code)) continue;
      else if (this.#plain.has(code)) shapes.push([code, ...this.#plain.entry(code)]);
      else shapes.push([code, ids.raw, KernelShape.Raw]);
    }
    const telling = [
      ...VENDORS.map(([name]) => name),
      ...MODEM_NAMES,
      ...MODEM3_NAMES,
      ...ADAPTER_NAMES,
    ];
    const letters = telling.reduce((bits, name) => bits | (1 << (name[0] & 31)), 0);
    recipe.dhcpOptions({ ...ids, heading: this.#head.id }, letters, shapes);
    return true;
  }
  /** Reports the options from the cursor to the end. */
  override emit(items: Items): void {
    this.#run(items, this.#head.id, items.end, false);
  }
  /** Reports options up to `end` under headings of number `head`; `within`: they stand in a fixed field. */
  #run(items: Items, head: number, end: number, within: boolean): void {
    const b = items.bytes;
    const ids = this.ids;
    for (let i = 0; i < LIST_MAX && items.at < end; i++) {
      const at = items.at;
      const kind = b[at];
      if (kind === 0) {
        const row = items.open(head);
        let stop = at + 1;
        while (stop < end && b[stop] === 0) stop++;
        items.add(ids.type, at, 1, 0);
        items.add(ids.kind, at, 1, 0);
        items.add(ids.padding, at, stop - at, 0);
        items.at = stop;
        items.close(row);
        continue;
      }
      if (kind === 255) {
        const row = items.open(head);
        // Wireshark says 0 here, and 255 in the field below.
        items.add(ids.type, at, 1, 0);
        items.add(ids.kind, at, 1, 255);
        items.add(ids.end, at, 1, 255);
        items.at = at + 1;
        items.close(row);
        return;
      }
      if (at + 1 >= end) return fail(items);
      const n = b[at + 1];
      const row = items.open(head);
      items.add(ids.type, at, 1, kind);
      items.add(ids.kind, at, 1, kind);
      items.add(ids.length, at + 1, 1, n);
      const value = at + 2;
      if (value + n > end) {
        fail(items);
        return items.close(row);
      }
      items.add(ids.bytes, value, n, 0);
      if (!this.#value(items, kind, value, n, within)) items.add(ids.raw, value, n, 0);
      if (!items.short) items.at = value + n;
      items.close(row);
      if (items.short) return;
    }
  }

  /** Reports what the value of an option means; answers whether that tells all of it. */
  #value(items: Items, kind: number, at: number, n: number, within: boolean): boolean {
    if (!SPECIAL.has(kind)) return this.#plain.has(kind) && this.#plain.emit(items, kind, at, n);
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    switch (kind) {
      case 21:
      case 33: {
        const first = kind === 21 ? ids.filterIp : ids.staticIp;
        const second = kind === 21 ? ids.filterMask : ids.staticRouter;
        for (items.at = at; items.at + 8 <= end;) {
          const row = items.open(kind === 21 ? ids.filters : ids.statics);
          items.add(first, items.at, 4, 0);
          items.add(second, items.at + 4, 4, 0);
          items.at += 8;
          items.close(row);
        }
        return (n & 7) === 0;
      }
      case 43:
        this.#vendor(items, at, n);
        return false;
      case 52:
        if (n === 0) return true;
        this.#plain.emit(items, 52, at, 1);
        if (!within) this.#overloaded(items, b[at]);
        return n === 1;
      case 53:
        if (n === 0) {
          fail(items);
          return true;
        }
        this.#plain.emit(items, 53, at, 1);
        return n === 1;
      case 60: {
        const whole = this.#plain.emit(items, 60, at, n);
        if (n > 10 && vendorAt(b, at, n) === 4) items.add(ids.classData, at + 10, n - 10, 0);
        if (n >= 8) this.#capabilities(items, at, n);
        return whole;
      }
      case 61:
        return this.#client(items, at, n);
      case 63:
        this.#netware.emit(items, at, end);
        return false;
      case 77:
        return this.#userClass(items, at, n);
      case 78:
        if (n < 1) return true;
        items.add(ids.slpValue, at, 1, b[at]);
        // With this, of drafts before RFC 2610, a byte more stood before the addresses.
        for (let p = b[at] === 0x80 ? at + 2 : at + 1; p + 4 <= end; p += 4) {
          items.add(ids.slpAddress, p, 4, 0);
        }
        return false;
      case 79:
        if (n < 1) return true;
        items.add(ids.scopeValue, at, 1, b[at]);
        this.#text(items, ids.scopeText, at + 1, n - 1);
        return false;
      case 81:
        return this.#name(items, at, n);
      case 82:
        return this.#agent.emit(items, at, end, this.#agentSpecial);
      case 83:
        this.#storage(items, at, n);
        return false;
      case 90:
        this.#authentication(items, at, n);
        return false;
      case 94:
        if (n > 0 && b[at] === 1) {
          if (n > 1) items.add(ids.major, at + 1, 1, b[at + 1]);
          if (n > 2) items.add(ids.minor, at + 2, 1, b[at + 2]);
          if (n < 3) fail(items);
        }
        return false;
      case 97:
        if (n === 17 && b[at] === 0) this.#guid(items, at + 1);
        else if (n === 7) return this.#hardware(items, at);
        return false;
      case 99:
        this.#civic(items, at, n);
        return false;
      case 117:
        if (n % 2 === 0) {
          for (let p = at; p < end; p += 2) {
            const text = NAME_SERVICES[(b[p] << 8) | b[p + 1]];
            if (text) items.addText(ids.service, text);
          }
        }
        return false;
      case 119:
        return this.#searches(items, at, n);
      case 120:
        return this.#sips(items, at, n);
      case 121:
      case 249:
        return this.#routes(items, at, n);
      case 122:
        this.#cableCall.emit(items, at, end, this.#clientSpecial);
        return false;
      case 123:
        if (n === 16) this.#coordinates(items, at);
        else this.#country(items, at, n);
        return false;
      case 124:
        this.#vendorClass(items, at, n);
        return false;
      case 125:
        this.#vendorInformation(items, at, n);
        return false;
      case 146:
        if (n < 10) return false;
        items.add(ids.rdnssZero, at, 1, b[at] >> 2);
        items.add(ids.rdnssPreference, at, 1, b[at] & 3);
        items.add(ids.rdnssPrimary, at + 1, 4, 0);
        items.add(ids.rdnssSecondary, at + 5, 4, 0);
        this.#nameIn(items, this.#rdnss, at + 9, end, at + 9);
        return false;
      case 151:
        if (n < 1) return true;
        items.add(ids.status, at, 1, b[at]);
        if (n > 1) this.#text(items, ids.statusText, at + 1, n - 1);
        return false;
      case 158:
        this.#portControl(items, at, n);
        return false;
      case 159:
        if (n !== 4) return false;
        items.add(ids.portOffset, at, 1, b[at]);
        items.add(ids.portLength, at + 1, 1, b[at + 1]);
        items.add(ids.portId, at + 2, 2, 0);
        return false;
      case 212:
        if (n < 22 || (n - 22) % 4 !== 0) return false;
        items.add(ids.rdMask, at, 1, b[at]);
        items.add(ids.rdLength, at + 1, 1, b[at + 1]);
        items.add(ids.rdPrefix, at + 2, 16, 0);
        for (let p = at + 18; p < end; p += 4) items.add(ids.rdRelay, p, 4, 0);
        return false;
      case 242:
        if (n >= 5) this.#telephone(items, at, n);
        return false;
    }
    return false;
  }

  /** What a vendor class identifier says of a cable device. */
  #capabilities(items: Items, at: number, n: number): void {
    const b = items.bytes, end = at + n;
    items.depth++;
    // Behind the name stand "05" and a length, all of them hexadecimal digits.
    if (begins(b, at, n, MODEM_NAMES)) this.#vendorParts.modem(items, at + 12, end, 2);
    else if (begins(b, at, n, ADAPTER_NAMES)) this.#vendorParts.adapter(items, at + 10, end);
    else if (begins(b, at, n, MODEM3_NAMES)) items.add(this.ids.classData, at, n, 0);
    items.depth--;
  }

  /** Text that ends before the first zero byte. */
  #text(items: Items, id: number, at: number, n: number): void {
    let shown = 0;
    while (shown < n && items.bytes[at + shown] !== 0) shown++;
    items.add(id, at, shown, 0);
  }
  /** The name at `at`, whose pointers count from `message`; answers the bytes it takes, or -1 if it is broken. */
  #nameIn(items: Items, field: NameField, at: number, end: number, message: number): number {
    reading.message = message;
    const how = scanName(items.bytes, at, end, message);
    if (how === BROKEN) return -1;
    const wire = found.wire;
    field.add(items, at, wire, how);
    return wire;
  }

  /** Options in the place of the server's and the file's name (RFC 2132 section 9.3). */
  #overloaded(items: Items, overload: number): void {
    const start = items.start;
    const at = items.at;
    if (overload === 2 || overload === 3) {
      items.at = start + 44;
      this.#run(items, this.ids.serverOptions, start + 108, true);
      items.at = at;
    }
    if (overload === 1 || overload === 3) {
      items.at = start + 108;
      this.#run(items, this.ids.fileOptions, start + 236, true);
      items.at = at;
    }
  }

  /** Vendor-specific information (option 43). */
  #vendor(items: Items, at: number, n: number): void {
    const ids = this.ids;
    const end = at + n;
    // Alcatel-Lucent's are known by their codes.
    const alcatel = scan.vendor === 0 && n >= 2 && at + 2 + items.bytes[at + 1] <= end &&
      (items.bytes[at] === 58 || (items.bytes[at] >= 64 && items.bytes[at] <= 67));
    const vendor = alcatel ? 3 : scan.vendor;
    const suboptions = this.#vendors[vendor];
    if (suboptions) {
      suboptions.emit(
        items,
        at,
        end,
        vendor === 1
          ? this.#pxeSpecial
          : vendor === 2
          ? this.#cableSpecial
          : vendor === 4
          ? this.#appleSpecial
          : undefined,
      );
    } else if (vendor === 7) this.#text(items, ids.arubaAp, at, n);
    else if (vendor === 8) {
      this.#text(items, ids.arubaIap, at, n);
      items.depth++;
      let p = at;
      for (const id of [ids.arubaIap0, ids.arubaIap1, ids.arubaIap2]) {
        let stop = p;
        while (stop < end && items.bytes[stop] !== 0x2c) stop++;
        if (stop > p) items.add(id, p, stop - p, 0);
        p = stop + 1;
        if (p >= end) break;
      }
      items.depth--;
    } else items.add(ids.vendorValue, at, n, 0);
  }
  #pxe(items: Items, code: number, at: number, n: number): number {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    switch (code) {
      case 6:
        if (n !== 1) return 1;
        items.add(ids.discovery, at, 1, b[at]);
        items.depth++;
        items.add(ids.discovery1, at, 1, b[at] & 1);
        items.add(ids.discovery2, at, 1, (b[at] >> 1) & 1);
        items.add(ids.discovery4, at, 1, (b[at] >> 2) & 1);
        items.add(ids.discovery8, at, 1, (b[at] >> 3) & 1);
        items.depth--;
        return 1;
      case 8:
        items.add(ids.bootServers, at, n, 0);
        items.depth++;
        for (let p = at; p + 3 <= end;) {
          const count = b[p + 2];
          items.add(ids.bootServersType, p, 2, (b[p] << 8) | b[p + 1]);
          items.add(ids.bootServersCount, p + 2, 1, count);
          p += 3;
          for (let i = 0; i < count && p + 4 <= end; i++, p += 4) {
            items.add(ids.bootServersIp, p, 4, 0);
          }
        }
        items.depth--;
        return 1;
      case 9:
        items.add(ids.bootMenu, at, n, 0);
        items.depth++;
        for (let p = at; p + 3 <= end;) {
          const length = b[p + 2];
          items.add(ids.bootMenuType, p, 2, (b[p] << 8) | b[p + 1]);
          items.add(ids.bootMenuLength, p + 2, 1, length);
          p += 3;
          if (p + length > end) break;
          items.add(ids.bootMenuText, p, length, 0);
          p += length;
        }
        items.depth--;
        return 1;
      case 10:
        items.add(ids.prompt, at, n, 0);
        if (n < 1) return 1;
        items.depth++;
        items.add(ids.promptTimeout, at, 1, b[at]);
        items.add(ids.promptText, at + 1, n - 1, 0);
        items.depth--;
        return 1;
      case 71:
        items.add(ids.bootItem, at, n, 0);
        if (n < 4) return 1;
        items.depth++;
        items.add(ids.bootItemType, at, 2, (b[at] << 8) | b[at + 1]);
        items.add(ids.bootItemLayer, at + 2, 2, 0);
        items.depth--;
        return 1;
    }
    return 0;
  }

  /** Client identifier (option 61; RFC 2132 section 9.14, RFC 4361). */
  #client(items: Items, at: number, n: number): boolean {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (n < 1) return true;
    const type = b[at];
    if (type === 255) {
      // An association and a unique identifier of DHCPv6.
      if (n < 5) {
        fail(items);
        return false;
      }
      items.addText(ids.iaid, made.subarray(0, hexText(b, at + 1, 4, false)));
      if (n < 7) {
        fail(items);
        return false;
      }
      this.#unique(items, at + 5, end);
      return false;
    }
    if (n === 17 && type === 0) {
      this.#guid(items, at + 1);
      return false;
    }
    if (n === 7 && type > 0 && type < 48) return this.#hardware(items, at);
    if (type === 0 && n > 1) {
      items.add(ids.idType, at, 1, 0);
      this.#text(items, ids.idText, at + 1, n - 1);
    }
    return false;
  }
  /** A kind of hardware and an address of it, six bytes. */
  #hardware(items: Items, at: number): boolean {
    const b = items.bytes, ids = this.ids, type = b[at];
    if (type === 0 || type >= 48) return false;
    items.add(ids.hwType, at, 1, type);
    if (type === 1 || type === 6) {
      items.add(ids.mac, at + 1, 6, 0);
      return true;
    }
    items.addText(ids.hardware, made.subarray(0, hexText(b, at + 1, 6, false)));
    return false;
  }
  /** A DHCP unique identifier (RFC 8415 section 11). */
  #unique(items: Items, at: number, end: number): void {
    const { bytes: b } = items;
    const ids = this.ids;
    const type = (b[at] << 8) | b[at + 1];
    items.add(ids.duidType, at, 2, type);
    let p = at + 2;
    // Only addresses of Ethernet have colons.
    let ether = false;
    switch (type) {
      case 1:
        if (p + 6 > end) return fail(items);
        items.add(ids.duidLlt, p, 2, (b[p] << 8) | b[p + 1]);
        items.add(ids.duidTime, p + 2, 4, u32At(b, p + 2));
        ether = b[p] === 0 && (b[p + 1] === 1 || b[p + 1] === 6);
        p += 6;
        break;
      case 2:
        if (p + 4 > end) return fail(items);
        items.add(ids.duidEnterprise, p, 4, u32At(b, p));
        p += 4;
        if (p < end) items.add(ids.duidId, p, end - p, 0);
        return;
      case 3:
        if (p + 2 > end) return fail(items);
        items.add(ids.duidLl, p, 2, (b[p] << 8) | b[p + 1]);
        ether = b[p] === 0 && (b[p + 1] === 1 || b[p + 1] === 6);
        p += 2;
        break;
      default:
        return;
    }
    const n = end - p;
    if (n > 0) {
      items.addText(ids.duidAddress, made.subarray(0, hexText(b, p, n, ether && n === 6)));
    }
  }
  #guid(items: Items, at: number): void {
    let o = 0;
    for (const i of GUID) {
      if (i < 0) made[o++] = 45;
      else {
        const v = items.bytes[at + i];
        made[o++] = DIGITS[v >> 4];
        made[o++] = DIGITS[v & 15];
      }
    }
    items.addText(this.ids.uuid, made.subarray(0, o));
  }

  /** User classes (option 77, RFC 3004); many send text without lengths. */
  #userClass(items: Items, at: number, n: number): boolean {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    let p = at;
    while (p < end) p += 1 + b[p];
    if (n < 2) return n === 0;
    if (p !== end && b[at] !== 0) {
      items.add(ids.userClassText, at, n, 0);
      return false;
    }
    p = at;
    for (let i = 0; p < end; i++) {
      const k = b[p];
      items.add(ids.userClass, p, 1 + k, i);
      items.depth++;
      items.add(ids.userClassLength, p, 1, k);
      if (k > 0 && p + 1 + k <= end) items.add(ids.userClassData, p + 1, k, 0);
      items.depth--;
      if (k === 0 || p + 1 + k > end) return false;
      p += 1 + k;
    }
    return true;
  }

  /** Name of the client (option 81, RFC 4702). */
  #name(items: Items, at: number, n: number): boolean {
    const { bytes: b } = items;
    const ids = this.ids;
    if (n < 3) return false;
    const flags = b[at];
    items.add(ids.fqdnFlags, at, 1, flags);
    items.depth++;
    items.add(ids.fqdnZero, at, 1, flags >> 4);
    items.add(ids.fqdnN, at, 1, (flags >> 3) & 1);
    items.add(ids.fqdnE, at, 1, (flags >> 2) & 1);
    items.add(ids.fqdnO, at, 1, (flags >> 1) & 1);
    items.add(ids.fqdnS, at, 1, flags & 1);
    items.depth--;
    items.add(ids.fqdnCode1, at + 1, 1, b[at + 1]);
    items.add(ids.fqdnCode2, at + 2, 1, b[at + 2]);
    if (n === 3) return true;
    const name = at + 3;
    const end = at + n;
    if ((flags & 4) === 0) {
      this.#text(items, ids.fqdnText, name, n - 3);
      return b[end - 1] !== 0 && isUtf8(b, name, end);
    }
    const wire = this.#nameIn(items, this.#fqdn, name, end, name);
    if (wire < 0) {
      // A name without its end, which is allowed for one that is not complete.
      let p = name;
      while (p < end && b[p] > 0 && b[p] < 0x40) p += 1 + b[p];
      if (p === end) items.add(this.#fqdn.id, name, n - 3, name);
      else fail(items);
      return false;
    }
    return wire === n - 3;
  }

  /** What a relay agent may add that is not one value (option 82). */
  #agentPart(items: Items, code: number, at: number, n: number): number {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (code === 9) {
      for (let p = at; p + 4 <= end;) {
        items.add(ids.agentEnterprise, p, 4, u32At(b, p));
        const enterprise = u32At(b, p);
        p += 4;
        if (p >= end) break;
        const length = b[p];
        items.depth++;
        items.add(ids.agentLength, p, 1, length);
        items.depth--;
        p++;
        if (p + length > end) {
          fail(items);
          break;
        }
        if (enterprise === 4491) this.#vendorParts.relay(items, p, p + length);
        else items.add(ids.agentBytes, p, length, 0);
        p += length;
      }
      return 1;
    }
    if (code !== 151) return 0;
    if (n === 1) items.add(ids.vrfGlobal, at, 1, b[at]);
    else if (n === 7) {
      items.add(ids.vrfOui, at, 3, (b[at] << 16) | (b[at + 1] << 8) | b[at + 2]);
      items.add(ids.vrfIndex, at + 3, 4, u32At(b, at + 3));
    } else this.#text(items, ids.vrfName, at, n);
    return 1;
  }

  /** Internet Storage Name Service (option 83, RFC 4174). */
  #storage(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const end = at + n;
    if (n < 14) return;
    let p = at;
    for (let i = 0; i < ISNS.length; i++) {
      const [size, , , bits] = ISNS[i];
      const v = size === 2 ? (b[p] << 8) | b[p + 1] : u32At(b, p);
      const part = this.#isns[i];
      items.add(part.id, p, size, v);
      items.depth++;
      for (let k = 0; k < bits.length; k++) {
        const mask = bits[k][0];
        const low = 31 - Math.clz32(mask & -mask);
        items.add(part.bits[k], p, size, (v & mask) >>> low);
      }
      items.depth--;
      p += size;
    }
    // The administrative flags say whether who sends heartbeats stands first.
    if ((b[at + 5] & 3) === 3 && p + 8 <= end) {
      items.add(this.#isnsServers[1], p, 4, 0);
      p += 4;
    }
    items.add(this.#isnsServers[0], p, 4, 0);
    p += 4;
    for (; p + 4 <= end; p += 4) items.add(this.#isnsServers[2], p, 4, 0);
  }

  /** Authentication (option 90, RFC 3118). */
  #authentication(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const ids = this.ids;
    if (n < 11) return;
    const protocol = b[at];
    items.add(ids.authProtocol, at, 1, protocol);
    items.add(protocol === 1 ? ids.authDelay : ids.authAlgorithm, at + 1, 1, b[at + 1]);
    items.add(ids.authMethod, at + 2, 1, b[at + 2]);
    if (b[at + 2] === 0) items.add(ids.authCounter, at + 3, 8, 0);
    else this.#text(items, ids.authValue, at + 3, 8);
    const rest = n - 11;
    if (rest === 0) return;
    if (protocol === 1 && b[at + 1] === 1) {
      if (rest < 20) return;
      items.add(ids.authSecret, at + 11, 4, u32At(b, at + 11));
      items.add(ids.authHash, at + 15, 16, 0);
    } else this.#text(items, ids.authText, at + 11, rest);
  }

  /** Civic address (option 99, RFC 4776). */
  #civic(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (n < 3) return;
    items.add(ids.civicWhat, at, 1, b[at]);
    this.#text(items, ids.civicCountry, at + 1, 2);
    for (let p = at + 3; p + 2 <= end;) {
      const k = b[p + 1];
      items.add(ids.civicType, p, 1, b[p]);
      items.add(ids.civicLength, p + 1, 1, k);
      if (p + 2 + k > end) return;
      if (k > 0) this.#text(items, ids.civicValue, p + 2, k);
      p += 2 + k;
    }
  }

  /** Domain search (option 119, RFC 3397). */
  #searches(items: Items, at: number, n: number): boolean {
    const ids = this.ids;
    const end = at + n;
    if (scan.searches > 1) {
      this.#parts(items, ++scan.searchesMet, scan.searches, ids.searchPart, ids.searchRefer, () => {
        const length = join(items.bytes, scan.options, items.end, 119);
        for (let p = 0; p < length;) {
          const wire = addJoined(items, this.#searchText.id, p, length, 0);
          if (wire < 0) return fail(items);
          p += wire;
        }
      });
      return false;
    }
    let plain = true;
    for (let p = at; p < end;) {
      const wire = this.#nameIn(items, this.#search, p, end, at);
      if (wire < 0) {
        fail(items);
        return false;
      }
      for (let k = p; k < p + wire; k += 1 + items.bytes[k]) {
        if (items.bytes[k] >= 0x40) {
          plain = false;
          break;
        }
      }
      p += wire;
    }
    return plain;
  }
  /** SIP servers (option 120, RFC 3361). */
  #sips(items: Items, at: number, n: number): boolean {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (scan.sips > 1) {
      this.#parts(items, ++scan.sipsMet, scan.sips, ids.sipPart, ids.sipRefer, () => {
        const length = join(b, scan.options, items.end, 120);
        if (length < 1) return;
        items.add(ids.sipEncoding, items.at, 0, joined[0]);
        for (let p = 1; p < length && joined[0] === 0;) {
          const wire = addJoined(items, this.#sipText.id, p, length, 1);
          if (wire < 0) return fail(items);
          p += wire;
        }
        for (let p = 1; p + 4 <= length && joined[0] === 1; p += 4) {
          items.addText(ids.sipAddress, joined.subarray(p, p + 4));
        }
      });
      return false;
    }
    if (n < 1) return true;
    items.add(ids.sipEncoding, at, 1, b[at]);
    if (b[at] === 0) {
      for (let p = at + 1; p < end;) {
        const wire = this.#nameIn(items, this.#sip, p, end, at + 1);
        if (wire < 0) {
          fail(items);
          return false;
        }
        p += wire;
      }
      return true;
    }
    if (b[at] !== 1 || n < 5) return false;
    for (let p = at + 1; p + 4 <= end; p += 4) items.add(ids.sipAddress, p, 4, 0);
    return (n - 1) % 4 === 0;
  }
  /** What is shown of options whose values belong together: which this is, and at the last all of it. */
  #parts(
    items: Items,
    which: number,
    of: number,
    part: number,
    refer: number,
    last: () => void,
  ): void {
    items.addText(part, `${which}/${of}`);
    if (which < of) items.addText(refer, `${of}/${of}`);
    else last();
  }

  /** Classless routes (options 121 and 249, RFC 3442). */
  #routes(items: Items, at: number, n: number): boolean {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (n < 5) {
      // Not even one route fits.
      return false;
    }
    let p = at;
    while (p < end) {
      const prefix = b[p];
      if (prefix > 32) return false;
      const k = (prefix + 7) >> 3;
      if (p + 5 + k > end) {
        fail(items);
        return false;
      }
      items.at = p;
      const row = items.open(ids.classless);
      items.add(ids.classlessBytes, p, 5 + k, 0);
      items.add(ids.classlessPrefix, p, 1, prefix);
      for (let i = 0; i < 4; i++) made[i] = i < k ? b[p + 1 + i] : 0;
      items.addText(ids.classlessTo, made.subarray(0, 4));
      items.add(ids.classlessRouter, p + 1 + k, 4, 0);
      p += 5 + k;
      items.at = p;
      items.close(row);
    }
    return true;
  }

  /** A place as coordinates (option 123, RFC 3825 section 2.1; RFC 6225). */
  #coordinates(items: Items, at: number): void {
    const b = items.bytes, ids = this.ids;
    const latitude = fixed34(b, at) / 2 ** 25, longitude = fixed34(b, at + 5) / 2 ** 25;
    const latitudeBits = b[at] >> 2, longitudeBits = b[at + 5] >> 2;
    const type = b[at + 10] >> 4, altitudeBits = ((b[at + 10] & 15) << 2) | (b[at + 11] >> 6);
    // Thirty bits behind those of its precision, eight of them the fraction.
    const altitude = (u32At(b, at + 11) << 2 >> 2) / 2 ** 8;
    const datum = b[at + 15];
    const error = Math.abs(latitude) > 90
      ? 1
      : latitudeBits > 34
      ? 2
      : Math.abs(longitude) > 180
      ? 3
      : longitudeBits > 34
      ? 4
      : altitudeBits > 30
      ? 6
      : type > 2
      ? 7
      : datum < 1 || datum > 3
      ? 8
      : 0;
    if (error !== 0) return items.add(ids.placeError, at, 16, error);
    items.addText(ids.latitude, decimal(latitude));
    items.addText(ids.longitude, decimal(longitude));
    items.addText(ids.latitudeError, decimal(2 ** (8 - latitudeBits)));
    items.addText(ids.longitudeError, decimal(2 ** (8 - longitudeBits)));
    items.addText(ids.altitude, decimal(altitude));
    items.addText(ids.altitudeError, decimal(type === 1 ? 2 ** (21 - altitudeBits) : 0));
    items.add(ids.altitudeType, at + 10, 1, type);
    items.add(ids.datum, at + 15, 1, datum);
  }
  /** Countries as CableLabs puts them into option 123: one or two. */
  #country(items: Items, at: number, n: number): void {
    const b = items.bytes, ids = this.ids, end = at + n;
    for (let p = at, i = 0; p < end && i < 2; i++) {
      items.add(ids.dssOption, p, 1, b[p]);
      if (p + 1 >= end) return;
      const k = b[p + 1];
      items.add(ids.dssLength, p + 1, 1, k);
      if (p + 2 + k > end) return;
      if (k > 0) this.#text(items, ids.dssText, p + 2, k);
      p += 2 + k;
    }
  }

  /** Classes by vendor (option 124, RFC 3925). */
  #vendorClass(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (n === 1) return items.add(ids.classMode, at, 1, b[at]);
    for (let p = at; p + 5 <= end;) {
      const k = b[p + 4];
      items.add(ids.classEnterprise, p, 4, u32At(b, p));
      items.add(ids.classLength, p + 4, 1, k);
      p += 5;
      if (p + k > end) return fail(items);
      this.#text(items, ids.classText, p, k);
      p += k;
    }
  }
  /** Information by vendor (option 125, RFC 3925). */
  #vendorInformation(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    for (let p = at; p + 5 <= end;) {
      const enterprise = u32At(b, p);
      const k = b[p + 4];
      items.add(ids.viEnterprise, p, 4, enterprise);
      items.depth++;
      items.add(ids.viLength, p + 4, 1, k);
      p += 5;
      const stop = p + k;
      const part = enterprise === 4491
        ? this.#cableLabs
        : enterprise === 3561
        ? this.#broadband
        : this.#anyVendor;
      part.emit(
        items,
        p,
        stop < end ? stop : end,
        enterprise === 3561
          ? this.#ouiSpecial
          : enterprise === 4491
          ? this.#modemSpecial
          : undefined,
      );
      items.depth--;
      if (stop > end) return fail(items);
      p = stop;
    }
  }

  /** Settings of an Avaya telephone (option 242): names and values. */
  #telephone(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const end = at + n;
    this.#text(items, this.ids.avaya, at, n);
    items.depth++;
    for (let p = at; p < end;) {
      let stop = p;
      while (stop < end && b[stop] !== 0x2c) stop++;
      for (let i = 0; i < AVAYA.length; i++) {
        const name = AVAYA[i];
        let k = 0;
        while (k < name.length && p + k < stop && b[p + k] === name[k]) k++;
        if (k < name.length) continue;
        const value = p + k;
        const id = this.#avaya[i];
        if (AVAYA_NUMBERS.has(i)) {
          let v = 0;
          for (let q = value; q < stop && b[q] >= 48 && b[q] <= 57; q++) {
            v = (v * 10 + b[q] - 48) | 0;
          }
          items.add(id, value, stop - value, v);
        } else items.add(id, value, stop - value, 0);
        break;
      }
      p = stop + 1;
    }
    items.depth--;
  }

  /** Servers of the port control protocol (option 158, RFC 7291). */
  #portControl(items: Items, at: number, n: number): void {
    const { bytes: b } = items;
    const ids = this.ids;
    const end = at + n;
    if (n < 5) return;
    for (let p = at; p < end;) {
      const k = b[p];
      items.add(ids.pcpLength, p, 1, k);
      p++;
      if (p + k > end) return fail(items);
      for (let i = 0; i + 4 <= k; i += 4) items.add(ids.pcpServer, p + i, 4, 0);
      p += k;
    }
  }

  override write(writer: Writer, value: unknown): void {
    for (const v of (value ?? []) as readonly Value[]) {
      const kind = Number(v.kind ?? 0);
      if (kind === 0) {
        writer.reserve(v.value instanceof Uint8Array ? v.value.length : 1);
        continue;
      }
      writer.uint(kind, 1);
      if (kind === 255) continue;
      const lengthAt = writer.reserve(1);
      const start = writer.at;
      this.#writeValue(writer, kind, v);
      const n = writer.at - start;
      if (n > 255) {
        throw new RangeError(`Cannot write option ${kind}: it has ${n} bytes, 255 are possible`);
      }
      writer.bytes[lengthAt] = n;
    }
  }
  #writeValue(writer: Writer, kind: number, v: Value): void {
    if (v.value instanceof Uint8Array) return writer.put(v.value);
    switch (kind) {
      case 21:
        for (const f of (v.filters ?? []) as readonly Value[]) {
          writeIp(writer, f.address);
          writeIp(writer, f.mask);
        }
        return;
      case 33:
        for (const r of (v.routes ?? []) as readonly Value[]) {
          writeIp(writer, r.destination);
          writeIp(writer, r.router);
        }
        return;
      case 61:
      case 97:
        if (v.mac !== undefined) {
          writer.uint(Number(v.hwType ?? 1), 1);
          macAddress("", "").write(writer, v.mac, {});
        }
        return;
      case 77:
        for (const c of (v.classes ?? []) as readonly unknown[]) {
          const b = asBytes(c);
          writer.uint(b.length, 1);
          writer.put(b);
        }
        return;
      case 81: {
        const flags = Number(v.flags ?? 0);
        writer.uint(flags, 1);
        writer.uint(Number(v.rcode1 ?? 0), 1);
        writer.uint(Number(v.rcode2 ?? 0), 1);
        if (v.name === undefined) return;
        return writer.put(flags & 4 ? nameBytes(String(v.name)) : asBytes(v.name));
      }
      case 43:
        return this.#anyVendor.write(writer, v.suboptions);
      case 63:
        return this.#netware.write(writer, v.suboptions);
      case 82:
        return this.#agent.write(writer, v.suboptions);
      case 122:
        return this.#cableCall.write(writer, v.suboptions);
      case 119:
        for (const name of (v.names ?? []) as readonly string[]) writer.put(nameBytes(name));
        return;
      case 120: {
        const encoding = Number(v.encoding ?? (v.names === undefined ? 1 : 0));
        writer.uint(encoding, 1);
        for (const name of (v.names ?? []) as readonly string[]) writer.put(nameBytes(name));
        for (const a of (v.addresses ?? []) as readonly string[]) writeIp(writer, a);
        return;
      }
      case 121:
      case 249:
        for (const r of (v.routes ?? []) as readonly Value[]) {
          const prefix = Number(r.prefix ?? 0);
          const w = new Writer();
          writeIp(w, r.destination ?? "0.0.0.0");
          writer.uint(prefix, 1);
          writer.put(w.done().subarray(0, (prefix + 7) >> 3));
          writeIp(writer, r.router);
        }
        return;
      case 125: {
        writer.uint(Number(v.enterprise ?? 0), 4);
        const at = writer.reserve(1);
        this.#anyVendor.write(writer, v.suboptions);
        writer.bytes[at] = writer.at - at - 1;
        return;
      }
    }
    this.#plain.write(writer, kind, v.value);
  }
}

/** Puts the values of all options of `kind` one after another into `joined`; answers how many bytes that are. */
function join(b: Uint8Array, at: number, end: number, kind: number): number {
  let o = 0;
  for (let p = at; p + 1 < end;) {
    if (b[p] === 255) break;
    if (b[p] === 0) {
      p++;
      continue;
    }
    const n = b[p + 1];
    if (p + 2 + n > end) break;
    if (b[p] === kind) {
      if (o + n > joined.length) {
        const grown = new Uint8Array(joined.length * 2);
        grown.set(joined);
        joined = grown;
      }
      joined.set(b.subarray(p + 2, p + 2 + n), o);
      o += n;
    }
    p += 2 + n;
  }
  return o;
}

/** Adds the name at `at` of `joined` as text; answers the bytes it takes, or -1 if it is broken. */
function addJoined(items: Items, id: number, at: number, end: number, message: number): number {
  const how = scanName(joined, at, end, message);
  if (how === BROKEN) return -1;
  const wire = found.wire;
  if (how > 1) return wire;
  let o = 0;
  for (let p = at;;) {
    const n = joined[p];
    if (n === 0) break;
    if (n >= 0xc0) {
      p = message + (((n & 0x3f) << 8) | joined[p + 1]);
      continue;
    }
    if (o > 0) made[o++] = 0x2e;
    for (let i = 1; i <= n; i++) made[o++] = joined[p + i];
    p += 1 + n;
  }
  items.addText(id, made.subarray(0, o));
  return wire;
}

/** Name services (option 117, RFC 2937), as Wireshark shows them. */
const NAME_SERVICES: Readonly<Record<number, string>> = {
  0: "Local naming information (e.g., an /etc/hosts file on a UNIX machine) (0)",
  6: "Domain Name Server Option (6)",
  41: "Network Information Servers Option (41)",
  44: "NetBIOS over TCP/IP Name Server Option (44)",
  65: "Network Information Service+ Servers Option (65)",
};
