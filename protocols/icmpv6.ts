/**
 * Internet Control Message Protocol for IPv6 (RFC 4443) with Neighbor Discovery (RFC 4861), Multicast Listener Discovery
 * (RFC 2710, 3810), node information (RFC 4620), router renumbering (RFC 2894), Mobile IPv6 (RFC 6275, 5568), Secure
 * Neighbor Discovery (RFC 3971), RPL (RFC 6550, 6997), ILNP (RFC 6743), 6LoWPAN (RFC 6775), MPL (RFC 7731), multicast
 * router discovery (RFC 4286) and extended echo (RFC 8335).
 *
 * @module
 */
import { ipv6Text } from "../core/address.ts";
import { QUOTED, type Walker } from "../core/catalogue.ts";
import { CHECKSUM_STATUS_NAMES, ChecksumStatus } from "../core/checksum.ts";
import {
  bits,
  bool,
  bytes,
  choose,
  computed,
  custom,
  eui64,
  type Field,
  fixedBytes,
  flag,
  group,
  inline,
  ipv4Address,
  ipv6Address,
  later,
  list,
  optional,
  skip,
  text,
  u16,
  u32,
  u64,
  u8,
  type ValueNames,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { KernelWalk, type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { checkable, extension, messageEnd, messageLimit, PROBED_STATES } from "./_icmp.ts";
import {
  discoveryOptions,
  type Icmpv6Option,
  PREFERENCES,
  REDIRECTED,
  REGISTRATION,
  rplOptions,
} from "./_icmpv6_options.ts";
import { Check } from "./_options.ts";
import { ipv6Below, transportChecksum, transportStatus } from "./_transport.ts";

/** An ICMPv6 message. The keys behind `checksum` depend on type and code. */
export interface Icmpv6 {
  /** Type. */
  readonly type: number;
  /** Code. */
  readonly code: number;
  /** Checksum. */
  readonly checksum: number;
  /** MTU of the next link, of packet too big. */
  readonly mtu?: number;
  /** Octet at fault, of a parameter problem. */
  readonly pointer?: number;
  /** Length of the quoted packet in units of 8 bytes; 0 or absent if not told (RFC 4884). */
  readonly quotedLength?: number;
  /** Identifier of an echo. */
  readonly id?: number;
  /** Sequence number of an echo. */
  readonly seq?: number;
  /** Target of neighbor solicitation, advertisement or redirect. */
  readonly target?: string;
  /** Destination that a redirect is about. */
  readonly destination?: string;
  /** Flags of router and neighbor advertisements and others. */
  readonly flags?: number;
  /** Hop limit that a router advertises. */
  readonly hopLimit?: number;
  /** Lifetime of a router in seconds. */
  readonly lifetime?: number;
  /** Multicast address of a listener query, report or done. */
  readonly group?: string;
  /** Options of Neighbor Discovery or RPL. */
  readonly options?: readonly Icmpv6Option[];
  /** Any other part of a message. */
  readonly [key: string]: unknown;
}

/** Message types (IANA "icmpv6-parameters"). */
export const ICMPV6_TYPES: ValueNames = {
  1: "Destination Unreachable",
  2: "Packet Too Big",
  3: "Time Exceeded",
  4: "Parameter Problem",
  100: "Private experimentation",
  101: "Private experimentation",
  127: "Reserved for expansion of ICMPv6 error messages",
  128: "Echo (ping) request",
  129: "Echo (ping) reply",
  130: "Multicast Listener Query",
  131: "Multicast Listener Report",
  132: "Multicast Listener Done",
  133: "Router Solicitation",
  134: "Router Advertisement",
  135: "Neighbor Solicitation",
  136: "Neighbor Advertisement",
  137: "Redirect",
  138: "Router Renumbering",
  139: "Node Information Query",
  140: "Node Information Reply",
  141: "Inverse Neighbor Discovery Solicitation",
  142: "Inverse Neighbor Discovery Advertisement",
  143: "Multicast Listener Report Message v2",
  144: "Home Agent Address Discovery Request",
  145: "Home Agent Address Discovery Reply",
  146: "Mobile Prefix Solicitation",
  147: "Mobile Prefix Advertisement",
  148: "Certification Path Solicitation",
  149: "Certification Path Advertisement",
  150: "Experimental Mobility",
  151: "Multicast Router Advertisement",
  152: "Multicast Router Solicitation",
  153: "Multicast Router Termination",
  154: "FMIPv6",
  155: "RPL Control",
  156: "Locator Update",
  157: "Duplicate Address Request",
  158: "Duplicate Address Confirmation",
  159: "MPL Control Message",
  160: "Extended Echo request",
  161: "Extended Echo reply",
  200: "Private experimentation",
  201: "Private experimentation",
  255: "Reserved for expansion of ICMPv6 informational messages",
};
/** Codes by type (IANA "icmpv6-parameters"). */
export const ICMPV6_CODES: Readonly<Record<number, ValueNames>> = {
  1: {
    0: "no route to destination",
    1: "Administratively prohibited",
    2: "Beyond scope of source address",
    3: "Address unreachable",
    4: "Port unreachable",
    5: "Source address failed ingress/egress policy",
    6: "Reject route to destination",
    7: "Error in Source Routing Header",
  },
  3: { 0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded" },
  4: {
    0: "erroneous header field encountered",
    1: "unrecognized Next Header type encountered",
    2: "unrecognized IPv6 option encountered",
    3: "IPv6 First Fragment has incomplete IPv6 Header Chain",
  },
  155: {
    0x00: "DODAG Information Solicitation",
    0x01: "DODAG Information Object",
    0x02: "Destination Advertisement Object",
    0x03: "Destination Advertisement Object Acknowledgment",
    0x04: "P2P Discovery Reply Object",
    0x05: "P2P Discovery Reply Object Acknowledgement",
    0x80: "Secure DODAG Information Solicitation",
    0x81: "Secure DODAG Information Object",
    0x82: "Secure Destination Advertisement Object",
    0x83: "Secure Destination Advertisement Object Acknowledgment",
    0x8a: "Consistency Check",
  },
  161: {
    0: "No error",
    1: "Malformed query",
    2: "No such interface",
    3: "No such table entry",
    4: "Multiple interfaces satisfy query",
  },
};

const UNREACHABLE = 1, TOO_BIG = 2, EXCEEDED = 3, PROBLEM = 4;
const ECHO = 128, ECHO_REPLY = 129, LISTENER_QUERY = 130, REDIRECT = 137, RPL = 155;
/** Types that have one form and quote nothing: echo and neighbour discovery (RFC 4861 section 4). */
const USUAL_TYPES: readonly number[] = [ECHO, ECHO_REPLY, 133, 134, 135, 136];
/** Bytes of the shortest version 2 listener query (RFC 3810 section 5.1). */
const QUERY2_MIN = 28;
/** Added to a type for its other form: with the quoted length told, or of version 2. */
const OTHER_FORM = 256;

const reserved = (n: number): Field<Uint8Array> => fixedBytes(n, "icmpv6.reserved", "Reserved");
const hex = { hex: true } as const;
const ext = extension();

// One list each for all messages, made when first needed: what they hold is the same everywhere.
let discovery: ReturnType<typeof discoveryOptions> | undefined;
const discoveryList = () => discovery ??= discoveryOptions();
let ofRpl: ReturnType<typeof rplOptions> | undefined;
const rplList = () => ofRpl ??= rplOptions();

function told(): Field<unknown> {
  return inline({
    quotedLength: u8("icmpv6.length", "Length of original datagram"),
    reserved: reserved(3),
  });
}
function echo(): Field<unknown> {
  return inline({
    id: u16("icmpv6.echo.identifier", "Identifier", hex),
    seq: u16("icmpv6.echo.sequence_number", "Sequence"),
  });
}
function listener(): Field<unknown> {
  return inline({
    delay: u16("icmpv6.mld.maximum_response_delay", "Maximum Response Delay [ms]"),
    reserved: reserved(2),
    group: ipv6Address("icmpv6.mld.multicast_address", "Multicast Address"),
  });
}
function withOptions(): Field<unknown> {
  return inline({ reserved: reserved(4), options: discoveryList() });
}

/** Listener query of version 2; the two floating-point codes as they are and as what they mean (RFC 3810 section 5.1). */
function query2(): Field<unknown> {
  return inline({
    responseCode: u16("", "Maximum Response Code"),
    _response: computed("icmpv6.mld.maximum_response_code", "Maximum Response Code", (items) => {
      const b = items.bytes, v = (b[items.at - 2] << 8) | b[items.at - 1];
      return v < 32_768 ? v : ((v & 0xfff) | 0x1000) << (((v >> 12) & 7) + 3);
    }),
    reserved: reserved(2),
    group: ipv6Address("icmpv6.mld.multicast_address", "Multicast Address"),
    flags: u8("icmpv6.mld.flag", "Flags", hex),
    suppress: flag(0x08, "icmpv6.mld.flag.s", "Suppress Router-Side Processing"),
    robustness: within(0x07, "icmpv6.mld.flag.qrv", "QRV (Querier's Robustness Variable)"),
    _reserved: within(0xf0, "icmpv6.mld.flag.reserved", "Reserved"),
    intervalCode: u8("", "QQIC (Querier's Query Interval Code)"),
    _interval: computed("icmpv6.mld.qqi", "QQIC (Querier's Query Interval Code)", (items) => {
      const v = items.bytes[items.at - 1];
      return v < 128 ? v : ((v & 15) | 16) << (((v >> 4) & 7) + 3);
    }),
    sourceCount: u16("icmpv6.mld.nb_sources", "Number of Sources"),
    sources: list(ipv6Address("icmpv6.mld.source_address", "Source Address"), "sourceCount"),
  });
}

function report2(): Field<unknown> {
  return inline({
    reserved: reserved(2),
    recordCount: u16(
      "icmpv6.mldr.nb_mcast_records",
      "Number of Multicast Address Records",
    ),
    records: list(
      group("icmpv6.mldr.mar", "Multicast Address Record", {
        type: u8("icmpv6.mldr.mar.record_type", "Record Type", {
          values: {
            1: "Include",
            2: "Exclude",
            3: "Changed to include",
            4: "Changed to exclude",
            5: "Allow new sources",
            6: "Block old sources",
          },
        }),
        auxiliaryLength: u8("icmpv6.mldr.mar.aux_data_len", "Aux Data Len"),
        sourceCount: u16("icmpv6.mldr.mar.nb_sources", "Number of Sources"),
        group: ipv6Address("icmpv6.mldr.mar.multicast_address", "Multicast Address"),
        sources: list(
          ipv6Address("icmpv6.mldr.mar.source_address", "Source Address"),
          "sourceCount",
        ),
        auxiliary: bytes("icmpv6.mldr.mar.auxiliary_data", "Auxiliary Data", auxiliary),
      }),
      "recordCount",
    ),
  });
}

/** Length of a record's auxiliary data: its byte stands one behind the start of the heading one level up. */
function auxiliary(items: Items): number {
  const rows = items.rows;
  for (let p = items.used - 4; p >= 0; p -= 4) {
    if (rows[p] >>> 16 < items.depth) return items.bytes[rows[p + 1] + 1] * 4;
  }
  return 0;
}

function renumbering(): Field<unknown> {
  const mp = "icmpv6.rr.pco.mp", up = "icmpv6.rr.pco.up", rm = "icmpv6.rr.rm";
  return inline({
    sequence: u32("icmpv6.rr.sequence_number", "Sequence Number"),
    segment: u8("icmpv6.rr.segment_number", "Segment Number"),
    flags: u8("icmpv6.rr.flag", "Flags", hex),
    test: flag(0x80, "icmpv6.rr.flag.t", "Test Command"),
    result: flag(0x40, "icmpv6.rr.flag.r", "Result requested"),
    allInterfaces: flag(0x20, "icmpv6.rr.flag.a", "All Interfaces"),
    siteSpecific: flag(0x10, "icmpv6.rr.flag.s", "Site-specific"),
    processed: flag(0x08, "icmpv6.rr.flag.p", "Processed previously"),
    _reserved: within(0x07, "icmpv6.rr.flag.rsv", "Reserved"),
    maxDelay: u16("icmpv6.rr.maxdelay", "Max Delay"),
    reserved: reserved(4),
    _body: choose(
      (items) => items.bytes[items.start + 1],
      {
        0: inline({
          match: group(mp, "Match-Prefix Part", {
            operation: u8(`${mp}.opcode`, "OpCode", {
              values: { 1: "Add", 2: "Change", 3: "Set Global" },
            }),
            partLength: u8(`${mp}.oplength`, "OpLength"),
            ordinal: u8(`${mp}.ordinal`, "Ordinal", hex),
            matchLength: u8(`${mp}.matchlen`, "MatchLen"),
            minLength: u8(`${mp}.minlen`, "MinLen"),
            maxLength: u8(`${mp}.maxlen`, "MaxLen"),
            reserved: reserved(2),
            prefix: ipv6Address(`${mp}.matchprefix`, "MatchPrefix"),
          }),
          uses: list(group(up, "Use-Prefix Part", {
            useLength: u8(`${up}.uselen`, "UseLen"),
            keepLength: u8(`${up}.keeplen`, "KeepLen"),
            flagMask: u8(`${up}.flagmask`, "FlagMask", hex),
            _maskOnLink: flag(0x80, `${up}.flagmask.l`, "On-link flag(L)"),
            _maskAutonomous: flag(
              0x40,
              `${up}.flagmask.a`,
              "Autonomous address-configuration flag(A)",
            ),
            _maskReserved: within(0x3f, `${up}.flagmask.reserved`, "Reserved"),
            raFlags: u8(`${up}.raflags`, "RAFlags", hex),
            _onLink: flag(0x80, `${up}.flagmask.l`, "On-link flag(L)"),
            _autonomous: flag(0x40, `${up}.flagmask.a`, "Autonomous address-configuration flag(A)"),
            _flagsReserved: within(0x3f, `${up}.flagmask.reserved`, "Reserved"),
            validLifetime: u32(`${up}.validlifetime`, "Valid Lifetime"),
            preferredLifetime: u32(`${up}.preferredlifetime`, "Preferred Lifetime"),
            flags: u32(`${up}.flag`, "Flags", hex),
            decrementValid: flag(0x80000000, `${up}.flag.v`, "Decrement valid lifetime"),
            decrementPreferred: flag(0x40000000, `${up}.flag.p`, "Decrement preferred lifetime"),
            _reserved: within(0x3fffffff, `${up}.flag.reserved`, "Reserved"),
            prefix: ipv6Address(`${up}.useprefix`, "UsePrefix"),
          })),
        }),
        1: inline({
          results: list(group(rm, "Result Message", {
            flags: u16(`${rm}.flag`, "Flags", hex),
            _reserved: within(0xfffc, `${rm}.flag.reserved`, "Reserved"),
            bounds: flag(0x2, `${rm}.flag.b`, "Bounds"),
            forbidden: flag(0x1, `${rm}.flag.f`, "Forbidden"),
            ordinal: u8(`${rm}.ordinal`, "Ordinal", hex),
            matchedLength: u8(`${rm}.matchedlen`, "MatchedLen"),
            interface: u32(`${rm}.interfaceindex`, "InterfaceIndex"),
            prefix: ipv6Address(`${rm}.matchedprefix`, "MatchedPrefix"),
          })),
        }),
      },
      undefined,
      (object) => Number(object.code ?? 0),
    ),
  });
}

/** A domain name as text; its bytes as the value (RFC 4620 leaves the form of what ends it open). */
function nodeName(key: string, abbrev: string, name: string): Field<unknown> {
  const raw = bytes("", "Name");
  const shown = text(abbrev, name);
  return custom({
    fields: { [key]: raw, _shown: shown },
    emit(items) {
      const b = items.bytes, from = items.at, end = items.end;
      items.at = end;
      if (from >= end) return;
      items.add(raw.id, from, end - from, 0);
      let made = "";
      for (let at = from; at < end && b[at] !== 0 && b[at] < 64;) {
        const stop = Math.min(end, at + 1 + b[at]);
        if (made !== "") made += ".";
        for (let p = at + 1; p < stop; p++) made += String.fromCharCode(b[p]);
        at = stop;
      }
      items.addText(shown.id, made);
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

function nodeInformation(reply: boolean): Field<unknown> {
  const flags = "icmpv6.ni.flag";
  return inline({
    queryType: u16("icmpv6.ni.qtype", "Qtype", {
      values: {
        0: "NOOP",
        1: "Supported query types (Obsolete)",
        2: "Node Name",
        3: "Node addresses",
        4: "IPv4 node addresses",
      },
    }),
    flags: u16(flags, "Flags", hex),
    global: flag(0x20, `${flags}.g`, "Global-scope addresses"),
    siteLocal: flag(0x10, `${flags}.s`, "Site-local addresses"),
    linkLocal: flag(0x08, `${flags}.l`, "Link-local addresses"),
    compatible: flag(0x04, `${flags}.c`, "Compression"),
    all: flag(0x02, `${flags}.a`, "Unicast Addresses"),
    truncated: flag(0x01, `${flags}.t`, "Truncated"),
    _reserved: within(0xffc0, `${flags}.rsv`, "Reserved", hex),
    nonce: u64("icmpv6.ni.nonce", "Nonce", { hex: true }),
    _body: reply
      ? choose(
        (items) => {
          const b = items.bytes, o = items.start;
          return b[o + 1] === 0 ? (b[o + 4] << 8) | b[o + 5] : -1;
        },
        {
          2: inline({
            ttl: u32("icmpv6.ni.reply.node_ttl", "TTL"),
            name: nodeName("name", "icmpv6.ni.reply.node_name", "Name Node"),
          }),
          3: inline({
            addresses: list(group("", "Address", {
              ttl: u32("icmpv6.ni.reply.node_ttl", "TTL"),
              address: ipv6Address("icmpv6.ni.reply.node_address", "IPv6 Node address"),
            })),
          }),
          4: inline({
            addresses: list(group("", "Address", {
              ttl: u32("icmpv6.ni.reply.node_ttl", "TTL"),
              address: ipv4Address("icmpv6.ni.reply.ipv4_address", "IPv4 Node address"),
            })),
          }),
        },
        inline({ data: bytes("", "Data") }),
        (object) => Number(object.code ?? 0) === 0 ? Number(object.queryType ?? 0) : -1,
      )
      : choose(
        (items) => items.left > 0 ? items.bytes[items.start + 1] : -1,
        {
          0: inline({
            subject: ipv6Address("icmpv6.ni.query.subject_ipv6", "IPv6 subject address"),
          }),
          1: inline({ name: nodeName("name", "icmpv6.ni.query.subject_fqdn", "FQDN subject") }),
          2: inline({
            subject: ipv4Address("icmpv6.ni.query.subject_ipv4", "IPv4 subject address"),
          }),
        },
        undefined,
        (object) =>
          object.subject === undefined && object.name === undefined ? -1 : Number(object.code ?? 0),
      ),
  });
}

const KEY_INDEX = 1, KEY_SOURCE = 2;
const keyIndex = (): Field<number> => u8("icmpv6.rpl.secure.key.index", "Key Source");

/** What identifies the key, by mode and level in `byte` (RFC 6550 section 6.1): nothing, an index, or that and its source. */
function keyParts(byte: number): number {
  switch (byte >> 6) {
    case 0:
      return KEY_INDEX;
    case 2:
      return KEY_SOURCE;
    case 3:
      // A signature's key needs none; a group's key is told if the message is encrypted, too.
      return byte & 1 ? KEY_SOURCE : 0;
  }
  return 0;
}

/** Security section of RPL messages whose code has its highest bit set (RFC 6550 section 6.1). */
function security(): Field<unknown> {
  const s = "icmpv6.rpl.secure";
  return inline({
    securityFlags: u8(`${s}.flag`, "Flags", hex),
    counterIsTime: flag(0x80, `${s}.flag.t`, "Counter is Time (T)"),
    _flagsReserved: within(0x7f, `${s}.flag.rsv`, "Reserved"),
    algorithm: u8(`${s}.algorithm`, "Algorithm", {
      values: { 0: "Encryption: CCM with AES-128 / Signature: RSA with SHA-256" },
    }),
    keyMode: u8(`${s}.flag`, "Flags", hex),
    kim: within(0xc0, `${s}.kim`, "Key Identifier Mode (KIM)"),
    level: within(0x07, `${s}.lvl`, "Security Level (LVL)"),
    _levelReserved: within(0x38, `${s}.rsv`, "Reserved"),
    reserved2: u8(`${s}.flag`, "Flags", hex),
    counter: u32(`${s}.counter`, "Counter"),
    _key: choose(
      // The key identifier mode and security level stand six bytes before.
      (items) => keyParts(items.bytes[items.at - 6]),
      {
        [KEY_INDEX]: inline({ keyIndex: keyIndex() }),
        [KEY_SOURCE]: inline({
          keySource: fixedBytes(8, `${s}.key.source`, "Key Source"),
          keyIndex: keyIndex(),
        }),
      },
      undefined,
      (object) =>
        object.keySource !== undefined ? KEY_SOURCE : object.keyIndex !== undefined ? KEY_INDEX : 0,
    ),
  });
}

function rpl(): Field<unknown> {
  const r = "icmpv6.rpl";
  const dro = (): Record<string, Field<unknown>> => ({
    instance: u8(`${r}.p2p.dro.instance`, "RPLInstanceID"),
    version: u8(`${r}.p2p.dro.version`, "Version"),
  });
  return inline({
    _security: optional(
      (items) => (items.bytes[items.start + 1] & 0x80) !== 0,
      security(),
      (object) => (Number(object.code ?? 0) & 0x80) !== 0,
    ),
    _body: choose(
      (items) => items.bytes[items.start + 1] & 0x7f,
      {
        0: inline({
          flags: u8(`${r}.dis.flags`, "Flags"),
          reserved: reserved(1),
          options: rplList(),
        }),
        1: inline({
          instance: u8(`${r}.dio.instance`, "RPLInstanceID"),
          version: u8(`${r}.dio.version`, "Version"),
          rank: u16(`${r}.dio.rank`, "Rank"),
          flags: u8(`${r}.dio.flag`, "Flags", hex),
          grounded: flag(0x80, `${r}.dio.flag.g`, "Grounded (G)"),
          _zero: flag(0x40, `${r}.dio.flag.0`, "Zero"),
          mode: within(0x38, `${r}.dio.flag.mop`, "Mode of Operation (MOP)", {
            hex: true,
            values: {
              0: "No Downward routes maintained by RPL",
              1: "Non-Storing Mode of Operation",
              2: "Storing Mode of Operation with no multicast support",
              3: "Storing Mode of Operation with multicast support",
              4: "P2P Route Discovery Mode of Operation",
            },
          }),
          preference: within(0x07, `${r}.dio.flag.preference`, "DODAG Preference"),
          dtsn: u8(
            `${r}.dio.dtsn`,
            "Destination Advertisement Trigger Sequence Number (DTSN)",
          ),
          flags2: u8(`${r}.dio.flag`, "Flags", hex),
          reserved: reserved(1),
          dodag: ipv6Address(`${r}.dio.dagid`, "DODAGID"),
          options: rplList(),
        }),
        2: inline({
          instance: u8(`${r}.dao.instance`, "RPLInstanceID"),
          flags: u8(`${r}.dao.flag`, "Flags", hex),
          acknowledge: flag(0x80, `${r}.dao.flag.k`, "DAO-ACK Request (K)"),
          hasDodag: flag(0x40, `${r}.dao.flag.d`, "DODAGID Present (D)"),
          _reserved: within(0x3f, `${r}.dao.flag.rsv`, "Reserved"),
          reserved: reserved(1),
          sequence: u8(`${r}.dao.sequence`, "DAO Sequence"),
          dodag: optional(
            (items) => (items.bytes[items.at - 3] & 0x40) !== 0,
            ipv6Address(`${r}.dao.dodagid`, "DODAGID"),
          ),
          options: rplList(),
        }),
        3: inline({
          instance: u8(`${r}.daoack.instance`, "RPLInstanceID"),
          flags: u8(`${r}.daoack.flag`, "Flag", hex),
          hasDodag: flag(0x80, `${r}.daoack.flag.d`, "DODAGID Present (D)"),
          _reserved: within(0x7f, `${r}.daoack.flag.rsv`, "Reserved"),
          sequence: u8(`${r}.daoack.sequence`, "DAO-ACK Sequence"),
          status: u8(`${r}.daoack.status`, "Status"),
          dodag: optional(
            (items) => (items.bytes[items.at - 3] & 0x80) !== 0,
            ipv6Address(`${r}.daoack.dodagid`, "DODAGID"),
          ),
          options: rplList(),
        }),
        4: inline({
          ...dro(),
          flags: u16(`${r}.p2p.dro.flag`, "Flags", hex),
          stop: flag(0x8000, `${r}.p2p.dro.flag.stop`, "Stop"),
          acknowledge: flag(0x4000, `${r}.p2p.dro.flag.ack`, "Ack"),
          seq: within(0x3000, `${r}.p2p.dro.flag.seq`, "Seq"),
          _reserved: within(0x0fff, `${r}.p2p.dro.flag.reserved`, "Reserved"),
          dodag: ipv6Address(`${r}.p2p.dro.dagid`, "DODAGID"),
          options: rplList(),
        }),
        5: inline({
          ...dro(),
          flags: u16(`${r}.p2p.droack.flag`, "Flags", hex),
          seq: within(0xc000, `${r}.p2p.droack.flag.seq`, "Seq"),
          _reserved: within(0x3fff, `${r}.p2p.droack.flag.reserved`, "Reserved"),
          dodag: ipv6Address(`${r}.p2p.dro.dagid`, "DODAGID"),
        }),
        10: inline({
          instance: u8(`${r}.cc.instance`, "RPLInstanceID"),
          flags: u8(`${r}.cc.flag`, "Flag", hex),
          response: flag(0x80, `${r}.cc.flag.r`, "Response (R)"),
          _reserved: within(0x7f, `${r}.cc.flag.rsv`, "Reserved"),
          nonce: u16(`${r}.cc.nonce`, "CC Nonce", hex),
          dodag: ipv6Address(`${r}.cc.dodagid`, "DODAGID"),
          destinationCounter: u32(`${r}.cc.destination_counter`, "Destination Counter"),
          options: rplList(),
        }),
      },
      inline({ data: bytes("", "Data") }),
      (object) => Number(object.code ?? 0) & 0x7f,
    ),
  });
}

/** Fast handovers (RFC 5568): flags in a handover initiate, nothing in the others. */
function handover(): Field<unknown> {
  return inline({
    subtype: u8("icmpv6.fmip6.subtype", "Subtype", {
      values: {
        2: "Router Solicitation for Proxy Advertisement",
        3: "Proxy Router Advertisement",
        4: "Handover Initiate",
        5: "Handover Acknowledge",
      },
    }),
    _second: choose(
      "subtype",
      {
        2: inline({ reserved: reserved(1) }),
        3: inline({ reserved: reserved(1) }),
        4: inline({
          flags: u8("icmpv6.fmip6.hi.flag", "Flag", hex),
          assigned: flag(0x80, "icmpv6.fmip6.hi.flag.s", "Assigned address configuration"),
          buffer: flag(0x40, "icmpv6.fmip6.hi.flag.a", "Buffer"),
          _reserved: within(0x3f, "icmpv6.fmip6.hi.flag.reserved", "Reserved"),
        }),
        5: inline({ reserved: reserved(1) }),
      },
      inline({ reserved: fixedBytes(1, "", "Reserved") }),
    ),
    id: u16("icmpv6.fmip6.identifier", "Identifier"),
    options: discoveryList(),
  });
}

const SEED_BYTES = [0, 2, 8, 16];

/** What a node holds of a seed's messages (RFC 7731 section 6.2): the bytes as the value, their parts as fields. */
function seeds(): Field<unknown> {
  const m = "icmpv6.mpl.seed_info";
  const raw = bytes("", "Seed Info");
  const heading = group("", "MPL Seed Info", {});
  const least = u8(`${m}.min_sequence`, "MinSequence");
  const length = u8(`${m}.bm_len`, "Buffered Messages Length");
  const sort = u8(`${m}.s`, "Seed ID Length", {
    values: {
      0: "0 bit, not included in MPL Seed Info",
      1: "16 bits",
      2: "64 bits",
      3: "128 bits",
    },
  });
  const id = text(`${m}.seed_id`, "Seed ID");
  const sequence = u8(`${m}.sequence`, "Sequence");
  return custom({
    fields: {
      seeds: raw,
      _heading: heading,
      _least: least,
      _length: length,
      _sort: sort,
      _id: id,
      _sequence: sequence,
    },
    emit(items) {
      const b = items.bytes, from = items.at, end = items.end;
      if (from < end) items.add(raw.id, from, end - from, 0);
      for (let at = from; at + 2 <= end;) {
        items.at = at;
        const row = items.open(heading.id);
        const words = b[at + 1] >> 2, n = SEED_BYTES[b[at + 1] & 3];
        items.add(least.id, at, 1, b[at]);
        items.add(length.id, at + 1, 1, words);
        items.add(sort.id, at + 1, 1, b[at + 1] & 3);
        const stop = at + 2 + n + words;
        if (stop > end) {
          items.malformed = true;
          items.at = end;
          items.close(row);
          break;
        }
        // Without one, the packet's source is the seed.
        const seed = n === 0 ? ipv6Below(items, "src") : at + 2;
        if (n === 0 || n === 16) {
          if (seed >= 0) items.addText(id.id, ipv6Text(b, seed));
        } else {
          let shown = "";
          for (let i = 0; i < n; i++) {
            if (i > 0 && n === 8) shown += ":";
            shown += b[seed + i].toString(16).padStart(2, "0");
          }
          items.addText(id.id, shown);
        }
        // One bit for each message from the least number on.
        for (let i = 0; i < words * 8; i++) {
          if ((b[at + 2 + n + (i >> 3)] >> (7 - (i & 7))) & 1) {
            items.add(sequence.id, at + 2 + n + (i >> 3), 1, (b[at] + i) & 0xff);
          }
        }
        items.at = at = stop;
        items.close(row);
      }
      items.at = end;
    },
    write(writer, value) {
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

/** Locators (RFC 6743): preference and lifetime of 2 bytes each or, as Wireshark reads operation 0, of 4. */
function locators(): Field<unknown> {
  return inline({
    count: u8("icmpv6.ilnp.nb_locs", "Num of Locs"),
    operation: reserved(1),
    reserved: reserved(2),
    locators: list(
      group("", "Locator", {
        locator: u64("icmpv6.ilnp.nb_locator", "Locator", { hex: true }),
        preference: u16("icmpv6.ilnp.nb_preference", "Preference"),
        lifetime: u16("icmpv6.ilnp.nb_lifetime", "Lifetime"),
      }),
      "count",
    ),
  });
}

function duplicate(): Field<unknown> {
  const d = "icmpv6.6lowpannd.da";
  return inline({
    status: u8(`${d}.status`, "Status", { values: REGISTRATION }),
    reserved: u8(`${d}.rsv`, "Reserved"),
    lifetime: u16(`${d}.lifetime`, "Lifetime"),
    eui64: eui64(`${d}.eui64`, "EUI-64"),
    address: ipv6Address(`${d}.reg_addr`, "Registered Address"),
  });
}

function probed(): Field<unknown> {
  const raw = bytes("", "Extension");
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

/** A redirect's options reach behind the packet that one of them quotes, where the header ends. */
const wholeMessage = (): Field<unknown> =>
  new Check((items) => {
    items.end = messageLimit(items);
  }, []);

/** Internet Control Message Protocol for IPv6. */
export const icmpv6: Protocol<Icmpv6> = protocol<Icmpv6>({
  name: "icmpv6",
  title: "Internet Control Message Protocol v6",
  label: "ICMPv6",
  layer: "internet",
  parents: { "ip.proto": [58] },
  fields: {
    type: u8("icmpv6.type", "Type", { values: ICMPV6_TYPES }),
    code: u8("icmpv6.code", "Code"),
    checksum: u16("icmpv6.checksum", "Checksum", {
      hex: true,
      auto: (d) => transportChecksum(d, 58, false),
    }),
    _status: computed("icmpv6.checksum.status", "Checksum Status", status, {
      values: CHECKSUM_STATUS_NAMES,
      recipe: (r, id) => r.transportChecksum(id, 58, 2, false, -1),
    }),
    _body: later(() =>
      choose(
        (items) => {
          const b = items.bytes, o = items.start, type = b[o];
          if (type === LISTENER_QUERY) {
            return items.reported - o >= QUERY2_MIN ? type + OTHER_FORM : type;
          }
          if (type === UNREACHABLE || type === EXCEEDED) {
            return items.end > o + 4 && b[o + 4] !== 0 ? type + OTHER_FORM : type;
          }
          return type;
        },
        {
          [UNREACHABLE]: inline({ reserved: reserved(4) }),
          [UNREACHABLE + OTHER_FORM]: told(),
          [TOO_BIG]: inline({ mtu: u32("icmpv6.mtu", "MTU") }),
          [EXCEEDED]: inline({ reserved: reserved(4) }),
          [EXCEEDED + OTHER_FORM]: told(),
          [PROBLEM]: inline({ pointer: u32("icmpv6.pointer", "Pointer") }),
          [ECHO]: echo(),
          [ECHO_REPLY]: echo(),
          [LISTENER_QUERY]: listener(),
          [LISTENER_QUERY + OTHER_FORM]: query2(),
          131: listener(),
          132: listener(),
          133: withOptions(),
          134: inline({
            hopLimit: u8("icmpv6.nd.ra.cur_hop_limit", "Cur hop limit", { initial: 64 }),
            flags: u8("icmpv6.nd.ra.flag", "Flags", hex),
            managed: flag(0x80, "icmpv6.nd.ra.flag.m", "Managed address configuration"),
            other: flag(0x40, "icmpv6.nd.ra.flag.o", "Other configuration"),
            homeAgent: flag(0x20, "icmpv6.nd.ra.flag.h", "Home Agent"),
            preference: within(
              0x18,
              "icmpv6.nd.ra.flag.prf",
              "Prf (Default Router Preference)",
              { values: PREFERENCES },
            ),
            proxy: flag(0x04, "icmpv6.nd.ra.flag.p", "Proxy"),
            _reserved: within(0x03, "icmpv6.nd.ra.flag.rsv", "Reserved"),
            lifetime: u16("icmpv6.nd.ra.router_lifetime", "Router lifetime (s)"),
            reachable: u32("icmpv6.nd.ra.reachable_time", "Reachable time (ms)"),
            retransmit: u32("icmpv6.nd.ra.retrans_timer", "Retrans timer (ms)"),
            options: discoveryList(),
          }),
          135: inline({
            reserved: reserved(4),
            target: ipv6Address("icmpv6.nd.ns.target_address", "Target Address"),
            options: discoveryList(),
          }),
          136: inline({
            flags: u32("icmpv6.nd.na.flag", "Flags", hex),
            router: flag(0x80000000, "icmpv6.nd.na.flag.r", "Router"),
            solicited: flag(0x40000000, "icmpv6.nd.na.flag.s", "Solicited"),
            override: flag(0x20000000, "icmpv6.nd.na.flag.o", "Override"),
            _reserved: within(0x1fffffff, "icmpv6.nd.na.flag.rsv", "Reserved"),
            target: ipv6Address("icmpv6.nd.na.target_address", "Target Address"),
            options: discoveryList(),
          }),
          [REDIRECT]: inline({
            reserved: reserved(4),
            target: ipv6Address("icmpv6.nd.rd.target_address", "Target Address"),
            destination: ipv6Address(
              "icmpv6.rd.na.destination_address",
              "Destination Address",
            ),
            _whole: wholeMessage(),
            options: discoveryList(),
          }),
          138: renumbering(),
          139: nodeInformation(false),
          140: nodeInformation(true),
          141: withOptions(),
          142: withOptions(),
          143: report2(),
          144: inline({
            id: u16("icmpv6.mip6.identifier", "Identifier"),
            reserved: reserved(2),
          }),
          145: inline({
            id: u16("icmpv6.mip6.identifier", "Identifier"),
            reserved: reserved(2),
            addresses: list(
              ipv6Address("icmpv6.mip6.home_agent_address", "Home Agent Address"),
            ),
          }),
          146: inline({
            id: u16("icmpv6.mip6.identifier", "Identifier"),
            reserved: reserved(2),
            options: discoveryList(),
          }),
          147: inline({
            id: u16("icmpv6.mip6.identifier", "Identifier"),
            flags: u16("icmpv6.mip6.flag", "Flags", hex),
            managed: flag(0x8000, "icmpv6.mip6.flag.m", "Managed address configuration"),
            other: flag(0x4000, "icmpv6.mip6.flag.o", "Other configuration"),
            _reserved: within(0x3fff, "icmpv6.mip6.flag.rsv", "Reserved"),
            options: discoveryList(),
          }),
          148: inline({
            id: u16("icmpv6.send.identifier", "Identifier"),
            component: u16("icmpv6.send.component", "Component"),
            options: discoveryList(),
          }),
          149: inline({
            id: u16("icmpv6.send.identifier", "Identifier"),
            components: u16("icmpv6.send.all_components", "All Components"),
            component: u16("icmpv6.send.component", "Component"),
            reserved: reserved(2),
            options: discoveryList(),
          }),
          150: handover(),
          151: inline({
            interval: u16("icmpv6.mcast_ra.query_interval", "Query Interval"),
            robustness: u16("icmpv6.mcast_ra.robustness_variable", "Robustness Variable"),
          }),
          152: inline({ reserved: skip(0) }),
          153: inline({ reserved: skip(0) }),
          154: handover(),
          [RPL]: rpl(),
          156: locators(),
          157: duplicate(),
          158: duplicate(),
          159: inline({ seeds: seeds() }),
          160: inline({
            id: u16("icmpv6.echo.identifier", "Identifier", hex),
            seq: u8("icmpv6.ext.echo.seq", "Sequence number"),
            reserved: bits(7, "icmpv6.ext.echo.req.res", "Reserved", hex),
            local: bool("icmpv6.ext.echo.req.local", "Local bit"),
            extension: probed(),
          }),
          161: inline({
            id: u16("icmpv6.echo.identifier", "Identifier", hex),
            seq: u8("icmpv6.ext.echo.seq", "Sequence number"),
            state: bits(3, "icmpv6.ext.echo.rsp.state", "State", { values: PROBED_STATES }),
            reserved: bits(2, "icmpv6.ext.echo.rsp.res", "Reserved", hex),
            active: bool("icmpv6.ext.echo.rsp.active", "Active bit"),
            ipv4: bool("icmpv6.ext.echo.rsp.ipv4", "IPv4 bit"),
            ipv6: bool("icmpv6.ext.echo.rsp.ipv6", "IPv6 bit"),
          }),
        },
        inline({ data: bytes("icmpv6.data", "Data") }),
        (object) => {
          const type = Number(object.type ?? 0);
          const other = type === LISTENER_QUERY
            ? object.intervalCode !== undefined || object.sources !== undefined
            : Number(object.quotedLength ?? 0) > 0;
          return other && (type === LISTENER_QUERY || type === UNREACHABLE || type === EXCEEDED)
            ? type + OTHER_FORM
            : type;
        },
        (r, cases) => {
          r.choose(0, Object.fromEntries(USUAL_TYPES.map((type) => [type, cases.get(type)!])));
          return true;
        },
      )
    ),
    _extension: custom({
      fields: ext.fields,
      emit(items) {
        const b = items.bytes, o = items.start;
        if ((b[o] !== UNREACHABLE && b[o] !== EXCEEDED) || items.headerEnd - o < 8) return;
        const limit = messageLimit(items);
        const at = extensionAt(b, o, limit);
        if (at >= 0) ext.emit(items, at, limit, messageEnd(items));
      },
      recipe: () => {},
      write: () => {},
    }),
  },
  walk,
  kernelWalk: KernelWalk.Echo6,
  summary,
});

/** Where the extension structure of the error message at `o` begins (RFC 4884 section 4), or -1. */
function extensionAt(b: Uint8Array, o: number, limit: number): number {
  const at = o + 8 + b[o + 4] * 8;
  return b[o + 4] !== 0 && at + 4 <= limit ? at : -1;
}

function walk(w: Walker): void {
  const b = w.bytes, o = w.start, type = b[o];
  w.next = -2;
  if (type === ECHO || type === ECHO_REPLY) {
    w.end = Math.min(w.limit, o + 8);
    if (w.limit - o >= 8) w.next = -1;
    return;
  }
  if (type >= UNREACHABLE && type <= PROBLEM) {
    w.end = Math.min(w.limit, o + 8);
    if (w.limit - o < 8) return;
    if (type === UNREACHABLE || type === EXCEEDED) {
      const extension = extensionAt(b, o, w.limit);
      if (extension >= 0) w.close(extension);
    }
    return quote(w);
  }
  w.end = w.limit;
  if (type !== REDIRECT) return;
  for (let at = o + 40; at + 8 < w.limit;) {
    const length = b[at + 1] * 8;
    if (length === 0) return;
    if (b[at] === REDIRECTED && length > 8) {
      w.end = at + 8;
      w.close(at + length);
      return quote(w);
    }
    at += length;
  }
}

/** What follows is a packet that the message quotes. */
function quote(w: Walker): void {
  w.quoted = QUOTED;
  w.to("ip.proto", 41);
}

function status(items: Items): number {
  const { limit, layers } = items;
  if (!checkable(items)) return layers.length === 0 ? -1 : ChecksumStatus.Unverified;
  const b = items.bytes, o = items.start;
  // The layer ends before what is quoted; the checksum covers the whole message.
  items.limit = messageLimit(items);
  const result = transportStatus(
    items,
    58,
    (b[o + 2] << 8) | b[o + 3],
    false,
    messageEnd(items) - o,
  );
  items.limit = limit;
  return result;
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start, length = layer.limit - o;
  if (length < 4) return out.ascii("ICMPv6");
  const type = b[o], name = ICMPV6_TYPES[type];
  if (name === undefined) {
    out.ascii("Unknown ICMPv6 type ");
    out.ensure(16);
    out.uint(type);
  } else out.ascii(name);
  const code = ICMPV6_CODES[type]?.[b[o + 1]];
  if (code !== undefined) {
    out.ascii(" (");
    out.ascii(code);
    out.ascii(")");
  }
  if ((type === ECHO || type === ECHO_REPLY) && length >= 8) {
    out.ascii(" id=0x");
    out.ensure(64);
    out.hex((b[o + 4] << 8) | b[o + 5], 4);
    out.ascii(", seq=");
    out.uint((b[o + 6] << 8) | b[o + 7]);
  } else if ((type === 135 || type === 136) && length >= 24) {
    out.ascii(type === 135 ? " for " : " ");
    out.ensure(48);
    out.ipv6(b, o + 8);
  }
}
