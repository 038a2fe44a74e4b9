/**
 * Dynamic Host Configuration Protocol (RFC 2131) and the Bootstrap Protocol that it extends (RFC 951).
 *
 * @module
 */
import { ARP_HARDWARE } from "./_names.ts";
import { macText } from "../core/address.ts";
import {
  Field,
  flag,
  ipv4Address,
  macAddress,
  type Registry,
  u16,
  u32,
  u8,
  within,
  type Writer,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { KernelWalk, type Protocol, protocol } from "../core/protocol.ts";
import { type Recipe, RecipeRead, type RunField, runField } from "../core/recipe.ts";
import { type DhcpOption, Options, scan, scanOptions } from "./_dhcp.ts";
import { BOOTP_OPERATIONS, DHCP_MESSAGES } from "./_dhcp_options.ts";
import { asBytes, fail, info, isUtf8, Piece, type Value } from "./_dns_parts.ts";

/** A DHCP or BOOTP message. */
export interface Dhcp {
  /** Operation: 1 request, 2 reply. */
  readonly type: number;
  /** Kind of hardware; 1 is Ethernet. */
  readonly hwType: number;
  /** Length of the hardware address, in bytes. */
  readonly hwLength: number;
  /** Relays passed. */
  readonly hops: number;
  /** Number of the transaction. */
  readonly id: number;
  /** Seconds since the client began. */
  readonly secs: number;
  /** Flags, 16 bits. */
  readonly flags: number;
  /** Whether the reply is to be sent to all. */
  readonly broadcast: boolean;
  /** The flags that have no meaning. */
  readonly reserved: number;
  /** Address of the client. */
  readonly clientIp: string;
  /** Address for the client. */
  readonly yourIp: string;
  /** Address of the next server. */
  readonly serverIp: string;
  /** Address of the relay. */
  readonly relayIp: string;
  /** Hardware address of the client, if it is a MAC address. */
  readonly mac?: string;
  /** Hardware address of the client, if it is another: all 16 bytes. */
  readonly hardware?: Uint8Array;
  /** Bytes behind the MAC address, if they are not zero. */
  readonly hardwarePadding?: Uint8Array;
  /** Name of the server; all 64 bytes if they are not text followed by zeros. */
  readonly server: string | Uint8Array;
  /** Name of the boot file; all 128 bytes if they are not text followed by zeros. */
  readonly file: string | Uint8Array;
  /** What says that options follow: `99.130.83.99`. */
  readonly cookie?: string;
  /** What stands in the place of cookie and options without such a cookie: 64 bytes. */
  readonly vendorSpecific?: Uint8Array;
  /** Options in the order sent, padding and end included. */
  readonly options: readonly DhcpOption[];
  /** Bytes behind the end. */
  readonly padding?: Uint8Array;
}

const COOKIE = "99.130.83.99";

/** Hardware address of the client: 16 bytes. */
function hardware(): Field<unknown> {
  return new Piece(
    {
      mac: ["dhcp.hw.mac_addr", "Client MAC address", Kind.Ether],
      hardware: ["dhcp.hw.addr", "Client hardware address", Kind.Bytes],
      _hidden: ["", "Client hardware address", Kind.Bytes],
      _padding: ["dhcp.hw.addr_padding", "Client hardware address padding", Kind.Bytes],
      hardwarePadding: ["dhcp.hw.addr_padding", "Client hardware address padding", Kind.Bytes],
    },
    (items, ids) => {
      const b = items.bytes;
      const at = items.at;
      const type = b[items.start + 1];
      const n = b[items.start + 2];
      if (items.left < 16) return fail(items);
      const ether = n === 6 && (type === 1 || type === 6);
      if (n > 0 && n <= 16) {
        items.add(ether ? ids.mac : ids.hardware, at, ether ? 6 : 16, 0);
        if (n < 16) {
          const plain = ether && zeros(b, at + n, at + 16);
          items.add(ether && !plain ? ids.hardwarePadding : ids._padding, at + n, 16 - n, 0);
        }
      }
      items.at += 16;
    },
    (writer, _value, object) => {
      const at = writer.reserve(16);
      const { bytes: b } = writer;
      if (object.hardware !== undefined) {
        b.set(asBytes(object.hardware).subarray(0, 16), at);
      } else if (object.mac !== undefined) {
        macAddress("", "").write(writer, object.mac, {});
        writer.bytes.copyWithin(at, at + 16, at + 22);
        writer.bytes.fill(0, at + 16, at + 22);
        writer.at -= 6;
        writer.bytes.set(asBytes(object.hardwarePadding).subarray(0, 10), at + 6);
      }
    },
    -1,
    (r, ids) => {
      // A MAC address of Ethernet, and zeros.
      r.test(1, 0xffff, 0x0106);
      r.zeros(34, 10);
      const part = (id: number, at: number, length: number): RunField =>
        runField({ id, read: RecipeRead.None, at, length });
      r.run([part(ids.mac, 0, 6), part(ids._padding, 6, 10)], 16);
    },
  );
}

function zeros(b: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (b[i] !== 0) return false;
  return true;
}

/** A text of fixed size, padded with zeros; bytes in objects if it is not just that. */
class FixedText extends Field<string | Uint8Array> {
  readonly #abbrev: string;
  readonly #name: string;
  readonly #size: number;
  readonly #overload: number;
  #hidden = -1;
  #bytes = -1;
  constructor(abbrev: string, name: string, size: number, overload: number) {
    super(-1);
    this.#abbrev = abbrev;
    this.#name = name;
    this.#size = size;
    this.#overload = overload;
  }
  override register(registry: Registry, key: string): void {
    this.number(registry, info(this.#abbrev, this.#name, Kind.Text, key));
    this.#hidden = registry.add(info(this.#abbrev, this.#name, Kind.Text, "_text"));
    this.#bytes = registry.add(info("", this.#name, Kind.Bytes, key));
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return wanted(this.#abbrev);
  }
  /** No option takes the place of usual ones; the first of the two looks. */
  override recipe(recipe: Recipe): boolean {
    if (this.#size === 64) recipe.dhcpUsual();
    recipe.padded(this.id, this.#size);
    return true;
  }
  override emit(items: Items): void {
    const { bytes: b, at } = items;
    const n = this.#size;
    // The first of the two looks ahead to the options, which may take its place.
    if (n === 64) lookAhead(items);
    if (scan.overload >= 0 && (scan.overload & this.#overload) !== 0) {
      if (items.left < n) return fail(items);
      items.add(this.#bytes, at, n, 0);
      items.at += n;
      return;
    }
    if (items.left < n) return fail(items);
    let shown = 0;
    while (shown < n && b[at + shown] !== 0) shown++;
    if (zeros(b, at + shown, at + n) && isUtf8(b, at, at + shown)) {
      items.add(this.id, at, shown, 0);
    } else {
      items.add(this.#hidden, at, shown, 0);
      items.add(this.#bytes, at, n, 0);
    }
    items.at += n;
  }
  override write(writer: Writer, value: unknown): void {
    const at = writer.reserve(this.#size);
    writer.bytes.set(asBytes(value).subarray(0, this.#size), at);
  }
}

/** Learns from the options what decides how the fields before them are read. */
function lookAhead(items: Items): void {
  const b = items.bytes;
  const at = items.start + 236;
  const known = at + 4 <= items.end && b[at] === 99 && b[at + 1] === 130 && b[at + 2] === 83 &&
    b[at + 3] === 99;
  scanOptions(b, known ? at + 4 : items.end, items.end);
}

/** Whether it is BOOTP: no option says what type of message it is. */
function bootp(): Field<unknown> {
  return new Piece(
    { _bootp: ["dhcp.bootp", "Frame is BOOTP", Kind.Bool, { generated: true }] },
    (items, ids) => {
      if (scan.message < 0) items.add(ids._bootp, items.at, 0, 1);
    },
    () => {},
    -1,
    // Usual ones are no BOOTP: see the fields before it.
    () => {},
  );
}

/** The cookie, or what stands in its place. */
function cookie(): Field<unknown> {
  return new Piece(
    {
      cookie: ["dhcp.cookie", "Magic cookie", Kind.Ipv4],
      vendorSpecific: [
        "dhcp.vendor_specific_options",
        "Bootp vendor specific options",
        Kind.Bytes,
      ],
      _rest: ["", "Rest", Kind.Bytes],
    },
    (items, ids) => {
      const { bytes: b, at } = items;
      if (items.left < 4) return fail(items);
      if (b[at] === 99 && b[at + 1] === 130 && b[at + 2] === 83 && b[at + 3] === 99) {
        items.add(ids.cookie, at, 4, 0);
        items.at += 4;
        return;
      }
      if (items.left < 64) return fail(items);
      items.add(ids.vendorSpecific, at, 64, 0);
      // Nothing is known of what may follow.
      items.at = items.end;
    },
    (writer, value, object) => {
      if (object.vendorSpecific !== undefined) writer.put(asBytes(object.vendorSpecific));
      else ipv4Address("", "").write(writer, value ?? object.cookie ?? COOKIE, {});
    },
    -1,
    (r, ids) => {
      r.test(236, 0xffff, (99 << 8) | 130);
      r.test(238, 0xffff, (83 << 8) | 99);
      r.run([runField({ id: ids.cookie, read: RecipeRead.None, at: 0, length: 4 })], 4);
    },
  );
}

/** What stands behind the end of the options. */
function padding(): Field<Uint8Array> {
  return new Piece(
    { padding: ["dhcp.option.padding", "Padding", Kind.Bytes] },
    (items, ids) => {
      if (items.left <= 0) return;
      items.add(ids.padding, items.at, items.left, 0);
      items.at = items.end;
    },
    (writer, value) => writer.put(asBytes(value)),
    -1,
    (r, ids) => r.bytes(ids.padding),
  );
}

/** Writes nothing where the packet is one without options. */
class OptionsIfAny extends Options {
  override write(writer: Writer, value: unknown, object?: Value): void {
    if (object?.vendorSpecific === undefined) super.write(writer, value);
  }
}

/** Dynamic Host Configuration Protocol. */
export const dhcp: Protocol<Dhcp> = protocol<Dhcp>({
  name: "dhcp",
  title: "Dynamic Host Configuration Protocol",
  label: "DHCP",
  layer: "application",
  parents: { "udp.port": [67, 68, 4011] },
  fields: {
    type: u8("dhcp.type", "Message type", { values: BOOTP_OPERATIONS, initial: 1 }),
    hwType: u8("dhcp.hw.type", "Hardware type", {
      hex: true,
      values: ARP_HARDWARE,
      initial: 1,
    }),
    hwLength: u8("dhcp.hw.len", "Hardware address length", { initial: 6 }),
    hops: u8("dhcp.hops", "Hops"),
    id: u32("dhcp.id", "Transaction ID", { hex: true }),
    secs: u16("dhcp.secs", "Seconds elapsed"),
    flags: u16("dhcp.flags", "Bootp flags", { hex: true }),
    broadcast: flag(0x8000, "dhcp.flags.bc", "Broadcast flag"),
    reserved: within(0x7fff, "dhcp.flags.reserved", "Reserved flags", { hex: true }),
    clientIp: ipv4Address("dhcp.ip.client", "Client IP address"),
    yourIp: ipv4Address("dhcp.ip.your", "Your (client) IP address"),
    serverIp: ipv4Address("dhcp.ip.server", "Next server IP address"),
    relayIp: ipv4Address("dhcp.ip.relay", "Relay agent IP address"),
    _hardware: hardware(),
    server: new FixedText("dhcp.server", "Server host name", 64, 2),
    file: new FixedText("dhcp.file", "Boot file name", 128, 1),
    _bootp: bootp(),
    _cookie: cookie(),
    options: new OptionsIfAny(),
    padding: padding(),
  },
  header: "rest",
  kernelWalk: KernelWalk.Rest,
  summary(layer, out) {
    const { bytes: b, start: o, end } = layer;
    if (end - o < 240) return out.ascii("Boot protocol");
    const at = o + 236;
    if (b[at] === 99 && b[at + 1] === 130 && b[at + 2] === 83 && b[at + 3] === 99) {
      scanOptions(b, at + 4, end);
    } else scan.message = -1;
    if (scan.message >= 0) {
      out.ascii("DHCP ");
      out.ascii(DHCP_MESSAGES[scan.message] ?? "Unknown");
    } else {
      out.ascii(b[o] === 1 ? "Boot Request from " : "Boot Reply to ");
      out.ascii(macText(b, o + 28));
      return;
    }
    out.ascii(" - Transaction ID 0x");
    out.ensure(16);
    out.hex((b[o + 4] << 24) | (b[o + 5] << 16) | (b[o + 6] << 8) | b[o + 7], 8);
  },
});
