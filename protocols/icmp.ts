/**
 * Internet Control Message Protocol (RFC 792; also RFC 950, 1191, 1256, 4884, 5944 section 2.1, 8335).
 *
 * @module
 */
import { QUOTED, type Walker } from "../core/catalogue.ts";
import {
  CHECKSUM_STATUS_NAMES,
  ChecksumStatus,
  fold,
  internetChecksum,
  sumWords,
} from "../core/checksum.ts";
import type { PacketItems } from "../core/emitter.ts";
import {
  bits,
  bool,
  bytes,
  choose,
  computed,
  custom,
  type Field,
  fixedBytes,
  flag,
  group,
  i32,
  inline,
  ipv4Address,
  later,
  list,
  u16,
  u32,
  u8,
  type ValueNames,
  within,
} from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { KernelWalk, type Protocol, protocol } from "../core/protocol.ts";
import { RecipeRead, runField } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";
import {
  checkable,
  extension,
  extensionStart,
  messageEnd,
  messageLimit,
  PROBED_STATES,
  STAMP_SECONDS,
} from "./_icmp.ts";
import { options } from "./_options.ts";

/** An ICMP message. The keys behind `checksum` depend on type and code. */
export interface Icmp {
  /** Type. */
  readonly type: number;
  /** Code. */
  readonly code: number;
  /** Checksum. */
  readonly checksum: number;
  /** Identifier of echo, timestamp, information and mask messages. */
  readonly id?: number;
  /** Sequence number of the same. */
  readonly seq?: number;
  /** First 8 bytes of an echo's data if they hold the time of sending. */
  readonly timestamp?: Uint8Array;
  /** MTU of the next hop, of destination unreachable with code 4. */
  readonly mtu?: number;
  /** Length of the quoted packet in units of 4 bytes; 0 or absent if not told (RFC 4884). */
  readonly quotedLength?: number;
  /** Router to use, of a redirect. */
  readonly gateway?: string;
  /** Octet at fault, of a parameter problem. */
  readonly pointer?: number;
  /** Lifetime of a router advertisement in seconds. */
  readonly lifetime?: number;
  /** Routers of a router advertisement. */
  readonly routers?: readonly { readonly address: string; readonly preference: number }[];
  /** When the request was sent, in milliseconds since midnight UT. */
  readonly originate?: number;
  /** When the request was received. */
  readonly receive?: number;
  /** When the reply was sent. */
  readonly transmit?: number;
  /** Address mask. */
  readonly mask?: string;
  /** What stands in messages of other types. */
  readonly data?: Uint8Array;
}

/** Message types (IANA "icmp-parameters"). */
export const ICMP_TYPES: ValueNames = {
  0: "Echo (ping) reply",
  3: "Destination unreachable",
  4: "Source quench (flow control)",
  5: "Redirect",
  6: "Alternate host address",
  8: "Echo (ping) request",
  9: "Router advertisement",
  10: "Router solicitation",
  11: "Time-to-live exceeded",
  12: "Parameter problem",
  13: "Timestamp request",
  14: "Timestamp reply",
  15: "Information request",
  16: "Information reply",
  17: "Address mask request",
  18: "Address mask reply",
  30: "Traceroute",
  31: "Datagram conversion error",
  32: "Mobile host redirect",
  33: "IPv6 where-are-you",
  34: "IPv6 I-am-here",
  35: "Mobile registration request",
  36: "Mobile registration reply",
  37: "Domain name request",
  38: "Domain name reply",
  39: "SKIP",
  40: "Photuris",
  41: "Experimental mobility protocols",
  42: "Extended Echo request",
  43: "Extended Echo reply",
};
/** Codes by type (IANA "icmp-parameters"). */
export const ICMP_CODES: Readonly<Record<number, ValueNames>> = {
  3: {
    0: "Network unreachable",
    1: "Host unreachable",
    2: "Protocol unreachable",
    3: "Port unreachable",
    4: "Fragmentation needed",
    5: "Source route failed",
    6: "Destination network unknown",
    7: "Destination host unknown",
    8: "Source host isolated",
    9: "Network administratively prohibited",
    10: "Host administratively prohibited",
    11: "Network unreachable for TOS",
    12: "Host unreachable for TOS",
    13: "Communication administratively filtered",
    14: "Host precedence violation",
    15: "Precedence cutoff in effect",
  },
  5: {
    0: "Redirect for network",
    1: "Redirect for host",
    2: "Redirect for TOS and network",
    3: "Redirect for TOS and host",
  },
  6: { 0: "Alternate address for host" },
  9: { 0: "Normal router advertisement", 16: "Does not route common traffic" },
  11: {
    0: "Time to live exceeded in transit",
    1: "Fragment reassembly time exceeded",
  },
  12: {
    0: "Pointer indicates the error",
    1: "Required option missing",
    2: "Bad length",
  },
  40: {
    0: "Bad SPI",
    1: "Authentication failed",
    2: "Decompression failed",
    3: "Decryption failed",
    4: "Need authentication",
    5: "Need authorization",
  },
  43: {
    0: "No error",
    1: "Malformed query",
    2: "No such interface",
    3: "No such table entry",
    4: "Multiple interfaces satisfy query",
  },
};

const ECHO_REPLY = 0,
  UNREACHABLE = 3,
  QUENCH = 4,
  REDIRECT = 5,
  ECHO = 8,
  ADVERTISEMENT = 9,
  EXCEEDED = 11,
  PROBLEM = 12;
const FRAGMENTATION_NEEDED = 4;
/** Types whose form neither code nor length decides, and that quote nothing: echo, timestamp, information, mask. */
const USUAL_TYPES: readonly number[] = [ECHO_REPLY, ECHO, 13, 14, 15, 16, 17, 18];

// What stands behind the checksum.
const OTHER = 0,
  ECHOED = 1,
  UNUSED = 2,
  TOLD = 3,
  MTU = 4,
  MTU_TOLD = 5,
  GATEWAY = 6,
  POINTER = 7,
  POINTER_TOLD = 8,
  ROUTERS = 9,
  STAMPS = 10,
  NUMBERED = 11,
  MASK = 12,
  PROBE = 13,
  PROBED = 14;

/** Which of the forms above a message has; `told`: whether it tells the length of what it quotes. */
function form(type: number, code: number, told: boolean): number {
  switch (type) {
    case ECHO_REPLY:
    case ECHO:
      return ECHOED;
    case UNREACHABLE:
      if (code === FRAGMENTATION_NEEDED) return told ? MTU_TOLD : MTU;
      return told ? TOLD : UNUSED;
    case EXCEEDED:
      return told ? TOLD : UNUSED;
    case PROBLEM:
      return told ? POINTER_TOLD : POINTER;
    case REDIRECT:
      return GATEWAY;
    case ADVERTISEMENT:
      return ROUTERS;
    case 13:
    case 14:
      return STAMPS;
    case 15:
    case 16:
      return NUMBERED;
    case 17:
    case 18:
      return MASK;
    case 42:
      return PROBE;
    case 43:
      return PROBED;
  }
  return OTHER;
}

/** A number that Wireshark also shows as if it were little-endian, since some systems send it so. */
function both(key: string, abbrev: string, name: string): Record<string, Field<unknown>> {
  return {
    [key]: u16(abbrev, `${name} (BE)`),
    [`_${key}Le`]: computed(`${abbrev}_le`, `${name} (LE)`, (items) => {
      const b = items.bytes, at = items.at;
      return (b[at - 1] << 8) | b[at - 2];
    }, {
      recipe: (r, id) => r.run([runField({ id, read: RecipeRead.Swapped, at: 0, length: 0 })], 0),
    }),
  };
}
const identifier = (): Record<string, Field<unknown>> => both("id", "icmp.ident", "Identifier");
const sequence = (): Record<string, Field<unknown>> => both("seq", "icmp.seq", "Sequence Number");
const unused = (n: number): Field<Uint8Array> => fixedBytes(n, "icmp.unused", "Unused");
const told = (): Record<string, Field<unknown>> => ({
  quotedLength: u8("icmp.length", "Length"),
  _quotedBytes: computed(
    "icmp.length.original_datagram",
    "Length of original datagram",
    (items) => items.bytes[items.at - 1] * 4,
  ),
});

const ext = extension();
const raw = bytes("", "Extension");
const stamp = bytes("", "Timestamp", 8);
const time = computed("icmp.data_time", "Timestamp from icmp data", () => -1, {
  kind: Kind.Epoch,
});
const relative = computed(
  "icmp.data_time_relative",
  "Timestamp from icmp data (relative)",
  () => -1,
  {
    kind: Kind.Epoch,
  },
);

/** Mobile IP's extensions of router advertisements (RFC 5944 section 2.1). */
function mobility(): Field<unknown> {
  const bit = (mask: number, key: string, name: string): Field<boolean> =>
    flag(mask, `icmp.mip.${key}`, name);
  return options({
    kind: () => ({
      kind: u8("icmp.mip.type", "Extension Type", {
        values: {
          0: "One byte padding extension",
          16: "Mobility Agent Advertisement Extension",
          19: "Prefix Lengths Extension",
          24: "Challenge Extension",
        },
      }),
    }),
    length: () => u8("icmp.mip.length", "Length"),
    uncounted: 2,
    rest: "",
    single: { 0: ["", "Padding", {}] },
    cases: {
      16: ["", "Mobility Agent Advertisement", {
        seq: u16("icmp.mip.seq", "Sequence Number"),
        lifetime: u16("icmp.mip.life", "Registration Lifetime"),
        flags: u16("icmp.mip.flags", "Flags", { hex: true }),
        registrationRequired: bit(0x8000, "r", "Registration Required"),
        busy: bit(0x4000, "b", "Busy"),
        homeAgent: bit(0x2000, "h", "Home Agent"),
        foreignAgent: bit(0x1000, "f", "Foreign Agent"),
        minimalEncapsulation: bit(0x0800, "m", "Minimal Encapsulation"),
        gre: bit(0x0400, "g", "GRE"),
        vjCompression: bit(0x0200, "v", "VJ Comp"),
        reverseTunneling: bit(0x0100, "rt", "Reverse tunneling"),
        udpTunneling: bit(0x0080, "u", "UDP tunneling"),
        revocation: bit(0x0040, "x", "Revocation support"),
        _reserved: within(0x003f, "icmp.mip.reserved", "Reserved", { hex: true }),
        careOf: list(ipv4Address("icmp.mip.coa", "Care-Of-Address")),
      }],
      19: ["", "Prefix Lengths", { lengths: list(u8("icmp.mip.prefixlength", "Prefix Length")) }],
      24: ["", "Challenge", { challenge: bytes("icmp.mip.challenge", "Challenge") }],
    },
    otherwise: ["", "Unknown extension", { data: bytes("icmp.mip.content", "Content") }],
  });
}

/** Behind the header of an extended echo: an extension structure. */
function probed(): Field<unknown> {
  return custom({
    fields: { extension: raw },
    emit(items) {
      const from = items.at, end = items.end;
      if (from < end) items.add(raw.id, from, end - from, 0);
      ext.emit(items, from, end, messageEnd(items));
      items.at = end;
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

/** Internet Control Message Protocol. */
export const icmp: Protocol<Icmp> = protocol<Icmp>({
  name: "icmp",
  title: "Internet Control Message Protocol",
  label: "ICMP",
  layer: "internet",
  parents: { "ip.proto": [1] },
  fields: {
    type: u8("icmp.type", "Type", { values: ICMP_TYPES }),
    code: u8("icmp.code", "Code"),
    checksum: u16("icmp.checksum", "Checksum", {
      hex: true,
      auto: (d) => internetChecksum(d.bytes),
    }),
    _status: computed("icmp.checksum.status", "Checksum Status", status, {
      values: CHECKSUM_STATUS_NAMES,
      recipe: (r, id) => r.messageChecksum(id),
    }),
    _body: later(() =>
      choose(
        (items) => {
          const b = items.bytes, o = items.start;
          return form(b[o], b[o + 1], items.end > o + 5 && b[o + 5] !== 0);
        },
        {
          [ECHOED]: inline({
            ...identifier(),
            ...sequence(),
            timestamp: custom({
              fields: { timestamp: stamp, _time: time, _relative: relative },
              emit: emitTimestamp,
              recipe: (r) => r.stamp(stamp.id, time.id, relative.id),
              write(writer, value) {
                if (value instanceof Uint8Array) writer.put(value.subarray(0, 8));
              },
            }),
          }),
          [UNUSED]: inline({ unused: unused(4) }),
          [TOLD]: inline({ unused: unused(1), ...told(), unused2: unused(2) }),
          [MTU]: inline({ unused: unused(2), mtu: u16("icmp.mtu", "MTU of next hop") }),
          [MTU_TOLD]: inline({
            unused: unused(1),
            ...told(),
            mtu: u16("icmp.mtu", "MTU of next hop"),
          }),
          [GATEWAY]: inline({ gateway: ipv4Address("icmp.redir_gw", "Gateway Address") }),
          [POINTER]: inline({ pointer: u8("icmp.pointer", "Pointer"), unused: unused(3) }),
          [POINTER_TOLD]: inline({
            pointer: u8("icmp.pointer", "Pointer"),
            ...told(),
            unused: unused(2),
          }),
          [ROUTERS]: inline({
            count: u8("icmp.num_addrs", "Number of addresses"),
            entrySize: u8("icmp.addr_entry_size", "Address entry size", { initial: 2 }),
            lifetime: u16("icmp.lifetime", "Lifetime"),
            routers: list(
              group("", "Router", {
                address: ipv4Address("icmp.router_address", "Router address"),
                preference: i32("icmp.pref_level", "Preference level"),
              }),
              "count",
            ),
            extensions: mobility(),
          }),
          [STAMPS]: inline({
            ...identifier(),
            ...sequence(),
            originate: u32("icmp.originate_timestamp", "Originate Timestamp"),
            receive: u32("icmp.receive_timestamp", "Receive Timestamp"),
            transmit: u32("icmp.transmit_timestamp", "Transmit Timestamp"),
          }),
          [NUMBERED]: inline({ ...identifier(), ...sequence() }),
          [MASK]: inline({
            ...identifier(),
            ...sequence(),
            mask: ipv4Address("icmp.address_mask", "Address Mask"),
          }),
          [PROBE]: inline({
            ...identifier(),
            seq: u8("icmp.ext.echo.seq", "Sequence Number"),
            reserved: bits(7, "icmp.ext.echo.req.res", "Reserved", { hex: true }),
            local: bool("icmp.ext.echo.req.local", "Local bit"),
            extension: probed(),
          }),
          [PROBED]: inline({
            ...identifier(),
            seq: u8("icmp.ext.echo.seq", "Sequence Number"),
            state: bits(3, "icmp.ext.echo.rsp.state", "State", { values: PROBED_STATES }),
            reserved: bits(2, "icmp.ext.echo.rsp.res", "Reserved", { hex: true }),
            active: bool("icmp.ext.echo.rsp.active", "Active bit"),
            ipv4: bool("icmp.ext.echo.rsp.ipv4", "IPv4 bit"),
            ipv6: bool("icmp.ext.echo.rsp.ipv6", "IPv6 bit"),
          }),
        },
        inline({ data: bytes("", "Data") }),
        (object) =>
          form(
            Number(object.type ?? 0),
            Number(object.code ?? 0),
            Number(object.quotedLength ?? 0) > 0,
          ),
        (r, cases) => {
          const part = (type: number): Field<unknown> => cases.get(form(type, 0, false))!;
          r.choose(0, Object.fromEntries(USUAL_TYPES.map((type) => [type, part(type)])));
          return true;
        },
      )
    ),
    _extension: custom({
      fields: ext.fields,
      emit(items) {
        const b = items.bytes, o = items.start;
        if (!quotes(b[o]) || items.headerEnd - o < 8) return;
        const limit = messageLimit(items), end = messageEnd(items);
        const at = extensionStart(b, o, limit, end, toldLength(b, o), 4);
        if (at >= 0) ext.emit(items, at, limit, end);
      },
      recipe: () => {},
      write: () => {},
    }),
  },
  walk,
  kernelWalk: KernelWalk.Echo,
  summary,
});

/** Whether a message of `type` quotes the packet it is about. */
function quotes(type: number): boolean {
  return type === UNREACHABLE || type === QUENCH || type === REDIRECT || type === EXCEEDED ||
    type === PROBLEM;
}

/** Length of the quoted packet in bytes as the message at `o` tells it; 0 if it does not. */
function toldLength(b: Uint8Array, o: number): number {
  const type = b[o];
  return type === UNREACHABLE || type === EXCEEDED || type === PROBLEM ? b[o + 5] * 4 : 0;
}

function walk(w: Walker): void {
  const b = w.bytes, o = w.start, type = b[o];
  w.end = Math.min(w.limit, o + 8);
  if (w.limit - o < 8) {
    w.end = w.limit;
    w.bad = w.reported - o < 8;
    w.next = -2;
    return;
  }
  if (type === ECHO || type === ECHO_REPLY) {
    w.next = -1;
    if (stamped(w)) w.end = o + 16;
    return;
  }
  if (quotes(type)) {
    const told = toldLength(b, o);
    const extension = extensionStart(b, o, w.limit, w.reported, told, 4);
    if (extension >= 0) w.close(extension);
    // A redirect says which packet it was, no more (RFC 792): header and 8 bytes.
    if (type === REDIRECT && w.limit > o + 8) w.close(o + 8 + (b[o + 8] & 15) * 4 + 8);
    w.quoted = QUOTED;
    w.to("ip.proto", 4);
    return;
  }
  if (type === ADVERTISEMENT && b[o + 5] !== 2) {
    w.next = -1;
    return;
  }
  w.end = w.limit;
  w.next = -2;
}

/** Whether an echo's data begins with a time near that of the capture, in either byte order. */
function stamped(w: Walker): boolean {
  if (w.limit - w.start < 16 || !w.frames) return false;
  const { seconds, nanoseconds } = w.frames;
  const now = seconds[w.packet] + nanoseconds[w.packet] / 1e9;
  return near(w.bytes, w.start + 8, now, true) || near(w.bytes, w.start + 8, now, false);
}

function number32(b: Uint8Array, at: number, little: boolean): number {
  return (little
    ? b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)
    : (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
}
function near(b: Uint8Array, at: number, now: number, little: boolean): boolean {
  const micros = number32(b, at + 4, little);
  return micros < 1_000_000 &&
    Math.abs(number32(b, at, little) + micros / 1e6 - now) < STAMP_SECONDS;
}

function emitTimestamp(items: Items): void {
  const at = items.at;
  if (items.left < 8) return;
  const { frames, index } = items as PacketItems;
  items.add(stamp.id, at, 8, 0);
  if (frames) {
    const now = frames.seconds[index] + frames.nanoseconds[index] / 1e9;
    const little = near(items.bytes, at, now, true);
    const sent = number32(items.bytes, at, little);
    const sentNs = number32(items.bytes, at + 4, little) * 1000;
    items.addTime(time.id, sent, sentNs);
    const seconds = frames.seconds[index] - sent, ns = frames.nanoseconds[index] - sentNs;
    items.addTime(relative.id, ns < 0 ? seconds - 1 : seconds, ns < 0 ? ns + 1e9 : ns);
  }
  items.at = at + 8;
}

function status(items: Items): number {
  if (!checkable(items)) return ChecksumStatus.Unverified;
  return fold(sumWords(items.bytes, items.start, messageLimit(items))) === 0xffff
    ? ChecksumStatus.Good
    : ChecksumStatus.Bad;
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start;
  if (layer.limit - o < 4) return out.ascii("ICMP");
  const type = b[o], name = ICMP_TYPES[type];
  if (name === undefined) {
    out.ascii("Unknown ICMP type ");
    out.ensure(16);
    out.uint(type);
  } else out.ascii(name);
  const code = ICMP_CODES[type]?.[b[o + 1]];
  if (code !== undefined) {
    out.ascii(" (");
    out.ascii(code);
    out.ascii(")");
  }
  if (
    (type === ECHO || type === ECHO_REPLY || (type >= 13 && type <= 18)) && layer.limit - o >= 8
  ) {
    const seq = (b[o + 6] << 8) | b[o + 7];
    out.ascii("  id=0x");
    out.ensure(64);
    out.hex((b[o + 4] << 8) | b[o + 5], 4);
    out.ascii(", seq=");
    out.uint(seq);
    out.ascii("/");
    out.uint((b[o + 7] << 8) | b[o + 6]);
  }
}
