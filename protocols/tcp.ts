/**
 * Transmission Control Protocol (RFC 9293; options in _tcp_options.ts).
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK, QUOTED as QUOTED_LAYER, type Walker } from "../core/catalogue.ts";
import type { PacketItems } from "../core/emitter.ts";
import {
  bits,
  bytes,
  computed,
  custom,
  type Field,
  flag,
  later,
  text,
  tlv,
  u16,
  u32,
} from "../core/field.ts";
import { FIELD_MASK, ITEM, type Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { type Constant, constant, type TextWriter } from "../core/text_writer.ts";
import { tcpOptions } from "./_tcp_options.ts";
import {
  ARROW,
  QUOTED,
  STATUS_NAMES,
  Step,
  surroundings,
  Table,
  transportChecksum,
  transportStatus,
} from "./_transport.ts";

/** A TCP option. `kind` is its number (IANA "tcp-parameters"); the other keys depend on it. */
export interface TcpOption {
  /** Kind. */
  readonly kind: number;
  /** Length in bytes, kind and length included; absent for single-byte options. */
  readonly length?: number;
  /** What the option carries. */
  readonly [key: string]: unknown;
}

/** A block of a SACK option (RFC 2018): received, and not yet acknowledged. */
export interface SackBlock {
  /** First sequence number of the block. */
  readonly left: number;
  /** One past its last sequence number. */
  readonly right: number;
}

/** A TCP header. */
export interface Tcp {
  /** Source port. */
  readonly srcPort: number;
  /** Destination port. */
  readonly dstPort: number;
  /** Sequence number. */
  readonly seq: number;
  /** Acknowledgment number. */
  readonly ack: number;
  /** Header length in bytes. */
  readonly headerLength: number;
  /** All twelve flag bits. */
  readonly flags: number;
  /** Reserved bits. */
  readonly reserved: boolean;
  /** Accurate ECN (formerly nonce sum). */
  readonly ae: boolean;
  /** Congestion window reduced. */
  readonly cwr: boolean;
  /** ECN echo. */
  readonly ece: boolean;
  /** Urgent pointer is significant. */
  readonly urg: boolean;
  /** Acknowledgment number is significant. */
  readonly ackFlag: boolean;
  /** Push. */
  readonly psh: boolean;
  /** Reset. */
  readonly rst: boolean;
  /** Synchronize sequence numbers. */
  readonly syn: boolean;
  /** No more data from the sender. */
  readonly fin: boolean;
  /** Window as sent, not scaled. */
  readonly window: number;
  /** Checksum. */
  readonly checksum: number;
  /** Urgent pointer. */
  readonly urgent: number;
  /** Options in the order sent. */
  readonly options: readonly TcpOption[];
}

/** Header length without options. */
const FIXED = 20;
const PORTS = new Table("tcp.port");
const RST = 0x04;

const fields = {
  srcPort: u16("tcp.srcport", "Source Port", { also: "tcp.port" }),
  dstPort: u16("tcp.dstport", "Destination Port", { also: "tcp.port" }),
  seq: u32("tcp.seq_raw", "Sequence Number (raw)"),
  ack: u32("tcp.ack_raw", "Acknowledgment number (raw)"),
  headerLength: bits(4, "tcp.hdr_len", "Header Length", { scale: 4 }),
  flags: bits(12, "tcp.flags", "Flags", { hex: true }),
  reserved: flag(0xe00, "tcp.flags.res", "Reserved"),
  ae: flag(0x100, "tcp.flags.ae", "Accurate ECN"),
  cwr: flag(0x080, "tcp.flags.cwr", "Congestion Window Reduced"),
  ece: flag(0x040, "tcp.flags.ece", "ECN-Echo"),
  urg: flag(0x020, "tcp.flags.urg", "Urgent"),
  ackFlag: flag(0x010, "tcp.flags.ack", "Acknowledgment"),
  psh: flag(0x008, "tcp.flags.push", "Push"),
  rst: flag(0x004, "tcp.flags.reset", "Reset"),
  syn: flag(0x002, "tcp.flags.syn", "Syn"),
  fin: flag(0x001, "tcp.flags.fin", "Fin"),
  window: u16("tcp.window_size_value", "Window", { initial: 65535 }),
  checksum: u16("tcp.checksum", "Checksum", {
    hex: true,
    auto: (d) => transportChecksum(d, 6, false),
  }),
  _checksumStatus: computed("tcp.checksum.status", "Checksum Status", checksumStatus, {
    values: STATUS_NAMES,
    recipe: (r, id) => r.transportChecksum(id, 6, 16, false, -1),
  }),
  urgent: u16("tcp.urgent_pointer", "Urgent Pointer"),
} as const;
const flagFields: readonly Field<boolean>[] = [
  fields.reserved,
  fields.ae,
  fields.cwr,
  fields.ece,
  fields.urg,
  fields.ackFlag,
  fields.psh,
  fields.rst,
  fields.syn,
  fields.fin,
];
const FLAG_MASKS = [0xe00, 0x100, 0x80, 0x40, 0x20, 0x10, 8, 4, 2, 1];
const quotedSeq = u32("tcp.seq", "Sequence Number");
const length = computed("tcp.len", "TCP Segment Len", segmentLength, {
  recipe: (r, id) => r.size(id),
});
const flagsText = text("tcp.flags.str", "TCP Flags");
const allOptions = bytes("tcp.options", "TCP Options", "rest", { keepEmpty: true });
const payload = bytes("tcp.payload", "TCP payload");
const resetCause = text("tcp.reset_cause", "Reset cause");

/** What is not reported of every header. */
const DOUBTFUL = [
  "tcp.seq_raw",
  "tcp.ack_raw",
  "tcp.hdr_len",
  "tcp.flags",
  "tcp.flags.res",
  "tcp.flags.ae",
  "tcp.flags.cwr",
  "tcp.flags.ece",
  "tcp.flags.urg",
  "tcp.flags.ack",
  "tcp.flags.push",
  "tcp.flags.reset",
  "tcp.flags.syn",
  "tcp.flags.fin",
  "tcp.window_size_value",
  "tcp.checksum",
  "tcp.checksum.status",
  "tcp.urgent_pointer",
  "tcp.len",
  "tcp.seq",
];

/** Transmission Control Protocol. */
export const tcp: Protocol<Tcp> = protocol<Tcp>({
  name: "tcp",
  title: "Transmission Control Protocol",
  label: "TCP",
  layer: "transport",
  parents: { "ip.proto": [6] },
  fields: {
    _before: new Step(emitCut, DOUBTFUL, [], (r) => {
      r.need(FIXED);
      r.whole(12, 0xf0, 4);
    }),
    ...fields,
    _length: length,
    _doubt: new Step(emitDoubt, DOUBTFUL, [quotedSeq], () => {}),
    _text: custom({
      fields: { _flags: flagsText },
      emit: emitFlagsText,
      recipe: (r) => r.bitText(flagsText.id, 12, LETTERS.map((on) => [on, DOT] as const).reverse()),
      write: () => {},
    }),
    _all: custom({
      fields: { _options: allOptions },
      emit: emitAllOptions,
      recipe: (r) => r.rest(allOptions.id),
      write: () => {},
    }),
    options: later(() => tlv<TcpOption>(tcpOptions())),
    _payload: custom({
      fields: { _payload: payload, _cause: resetCause },
      emit: emitPayload,
      recipe: (r) => r.payload(payload.id, { other: { at: 13, mask: RST, id: resetCause.id } }),
      write: () => {},
    }),
  },
  header: { field: "headerLength" },
  next: { table: "tcp.port", field: "dstPort", or: "srcPort" },
  plain: { at: 12, span: 1, min: 0x50, max: 0xff, is: [13, RST, 0] },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  const header = (b[s + 12] & 0xf0) >> 2;
  if (header < FIXED) {
    w.next = -2;
    return;
  }
  const end = s + header;
  w.end = end;
  // What a reset carries is its cause (RFC 9293 section 3.5.3), not data.
  if (end >= w.limit || (b[s + 13] & RST) !== 0) {
    w.next = -2;
    return;
  }
  PORTS.ports(w, (b[s] << 8) | b[s + 1], (b[s + 2] << 8) | b[s + 3]);
}

/** Reports what Wireshark shows of a header that is cut off within its fixed part. */
function emitCut(items: Items): void {
  const b = items.bytes, s = items.start, there = items.headerEnd - s;
  // A header looked at alone is an object to be: its fixed fields are all wanted.
  if (there >= FIXED || items.layers.length === 0) return;
  items.at = items.end;
  if (there < 4) return;
  items.add(fields.srcPort.id, s, 2, word(b, s + 0));
  items.add(fields.dstPort.id, s + 2, 2, word(b, s + 2));
  const around = surroundings(items);
  if (there >= 8 && (around & QUOTED) !== 0) items.add(quotedSeq.id, s + 4, 4, long(b, s + 4));
  if (there < 16) return;
  const header = headerLength(items), flags = word(b, s + 12) & 0xfff;
  if ((around & QUOTED) === 0) items.add(fields.seq.id, s + 4, 4, long(b, s + 4));
  if (header >= FIXED) items.add(fields.ack.id, s + 8, 4, long(b, s + 8));
  items.add(fields.headerLength.id, s + 12, 1, header);
  const n = segmentLength(items);
  if (n >= 0) items.add(length.id, s, 0, n);
  if (header < FIXED) return;
  items.add(fields.flags.id, s + 12, 2, flags);
  items.depth++;
  for (let i = 0; i < flagFields.length; i++) {
    items.add(flagFields[i].id, s + 12, 2, flags & FLAG_MASKS[i] ? 1 : 0);
  }
  items.depth--;
  emitFlagsText(items);
  items.add(fields.window.id, s + 14, 2, word(b, s + 14));
  if (there < 18) return;
  items.add(fields.checksum.id, s + 16, 2, word(b, s + 16));
  items.add(fields._checksumStatus.id, s + 16, 0, checksumStatus(items));
}

/** Two bytes, big-endian. */
function word(b: Uint8Array, o: number): number {
  return (b[o] << 8) | b[o + 1];
}

/** Header length in bytes as the header says. */
function headerLength(items: Items): number {
  return (items.bytes[items.start + 12] & 0xf0) >> 2;
}

function checksumStatus(items: Items): number {
  const b = items.bytes, o = items.start;
  return transportStatus(items, 6, (b[o + 16] << 8) | b[o + 17], false);
}

/** Length of the data; not known of parts of datagrams and of what error messages quote. */
function segmentLength(items: Items): number {
  const n = items.reported - items.start - headerLength(items);
  return n < 0 || surroundings(items) !== 0 ? -1 : n;
}

/**
 * In a segment that an error message quotes, the sequence number goes by another name. Behind an impossible header
 * length, Wireshark shows little.
 */
function emitDoubt(items: Items): void {
  const b = items.bytes, o = items.start;
  const bogus = headerLength(items) < FIXED;
  if (items.layers.length === 0) return;
  const quoted = (surroundings(items) & QUOTED) !== 0 && quotedByIcmp(items);
  if (!bogus && !quoted) return;
  const { rows, base } = items;
  let from = items.used;
  while (from > 0) {
    const id = (rows[from - ITEM] & FIELD_MASK) - base;
    if (id < 0 || id >= tcp.fields.length) break;
    from -= ITEM;
  }
  let to = from;
  for (let p = from; p < items.used; p += ITEM) {
    const id = (rows[p] & FIELD_MASK) - base;
    if (id === fields.seq.id && quoted) continue;
    if (bogus && id > fields.seq.id && id !== fields.headerLength.id && id !== length.id) continue;
    if (to < p) rows.copyWithin(to, p, p + ITEM);
    to += ITEM;
  }
  items.used = to;
  if (quoted) items.add(quotedSeq.id, o + 4, 4, long(b, o + 4));
}

/** Whether ICMP quotes the segment: Wireshark names the sequence number otherwise there, and not under ICMPv6. */
function quotedByIcmp(items: Items): boolean {
  const { layers } = items;
  let row = items.layer;
  while (row > items.firstLayer && (layers[row] & QUOTED_LAYER) !== 0) row -= LAYER;
  return (items as PacketItems).catalogue.protocols[layers[row] & PROTOCOL_MASK].name === "icmp";
}

// Text of each combination of the twelve flags, made when first met.
const DOT = "\u00b7", LETTERS = ["F", "S", "R", "P", "A", "U", "E", "C", "A", "R", "R", "R"];
const flagTexts: (Uint8Array | undefined)[] = new Array(4096);

function flagText(flags: number): Uint8Array {
  let text = "";
  for (let i = 11; i >= 0; i--) text += (flags >> i) & 1 ? LETTERS[i] : DOT;
  return new TextEncoder().encode(text);
}

function emitFlagsText(items: Items): void {
  if (headerLength(items) < FIXED) return;
  const b = items.bytes, o = items.start + 12;
  const flags = ((b[o] << 8) | b[o + 1]) & 0xfff;
  items.addText(flagsText.id, flagTexts[flags] ??= flagText(flags));
}

/** All options as one field of bytes, which Wireshark has too. */
function emitAllOptions(items: Items): void {
  const header = headerLength(items);
  if (header > FIXED) items.add(allOptions.id, items.at, items.left, 0);
}

function emitPayload(items: Items): void {
  const n = items.limit - items.headerEnd;
  if (n <= 0 || headerLength(items) < FIXED) return;
  const reset = (items.bytes[items.start + 13] & RST) !== 0;
  items.add(reset ? resetCause.id : payload.id, items.headerEnd, n, 0);
}

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
// The flags and what follows them up to the sequence number, made when first met.
const flagLines: (Constant | undefined)[] = new Array(512);

function flagLine(flags: number): Constant {
  const names = FLAG_NAMES.filter((_, i) => (flags >> i) & 1);
  return constant(` [${names.length ? names.join(", ") : "<None>"}] Seq=`);
}

const ACK = constant(" Ack="), WIN = constant(" Win="), URG = constant(" Urg=");
const LEN = constant(" Len="), BOGUS = constant(", bogus TCP header length (");
const LEAST = constant(", must be at least 20)");
const MSS = constant(" MSS="), WS = constant(" WS="), SACK_PERM = constant(" SACK_PERM");
const SLE = constant(" SLE="), SRE = constant(" SRE="), ECHO = constant(" ECHO=");
const TSVAL = constant(" TSval="), TSECR = constant(" TSecr="), CC = constant(" CC=");
const MD5 = constant(" MD5"), AO = constant(" TCP AO"), TFO_REQUEST = constant(" TFO=R");
const TFO_COOKIE = constant(" TFO=C"), USER_TO = constant(" USER_TO=");

/** The 32-bit number at `o`. */
function long(b: Uint8Array, o: number): number {
  return (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3];
}

function summary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly limit: number;
    readonly reported: number;
  },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start, there = layer.end - o;
  if (there < 4) return;
  out.ensure(512);
  out.uint((b[o] << 8) | b[o + 1]);
  out.put(ARROW);
  out.uint((b[o + 2] << 8) | b[o + 3]);
  if (there < 16) return;
  const flags = ((b[o + 12] & 1) << 8) | b[o + 13];
  out.put(flagLines[flags] ??= flagLine(flags));
  out.uint(long(b, o + 4));
  if (flags & 0x10) {
    out.put(ACK);
    out.uint(long(b, o + 8));
  }
  out.put(WIN);
  out.uint((b[o + 14] << 8) | b[o + 15]);
  const header = (b[o + 12] & 0xf0) >> 2;
  if (header < FIXED) {
    out.put(BOGUS);
    out.uint(header);
    out.put(LEAST);
    return;
  }
  if (there < FIXED) return;
  if (flags & 0x20) {
    out.put(URG);
    out.uint((b[o + 18] << 8) | b[o + 19]);
  }
  const end = o + header;
  if (layer.reported >= end) {
    out.put(LEN);
    out.uint(layer.reported - end);
  }
  if (header > FIXED) optionsSummary(b, o + FIXED, layer.end, end, out);
}

/** The options of the one-line text, from `at`; captured up to `limit`, on the wire up to `end`. */
function optionsSummary(
  b: Uint8Array,
  at: number,
  limit: number,
  end: number,
  out: TextWriter,
): void {
  while (at < limit) {
    const kind = b[at];
    if (kind === 1 || kind === 0) {
      at++;
      if (kind === 0 && (at >= limit || b[at] !== 0)) return;
      continue;
    }
    const n = at + 1 < limit ? b[at + 1] : 0;
    if (n < 2 || at + n > end || at + n > limit) return;
    switch (kind) {
      case 2:
        if (n === 4) {
          out.put(MSS);
          out.uint((b[at + 2] << 8) | b[at + 3]);
        }
        break;
      case 3:
        if (n === 3) {
          out.put(WS);
          out.uint(1 << Math.min(b[at + 2], 14));
        }
        break;
      case 4:
        if (n === 2) out.put(SACK_PERM);
        break;
      case 5:
        for (let p = at + 2; p + 8 <= at + n; p += 8) {
          out.put(SLE);
          out.uint(long(b, p));
          out.put(SRE);
          out.uint(long(b, p + 4));
        }
        break;
      case 6:
      case 7:
        if (n === 6) {
          out.put(ECHO);
          out.uint(long(b, at + 2));
        }
        break;
      case 8:
        if (n === 10) {
          out.put(TSVAL);
          out.uint(long(b, at + 2));
          out.put(TSECR);
          out.uint(long(b, at + 6));
        }
        break;
      case 11:
      case 12:
      case 13:
        if (n === 6) {
          out.put(CC);
          out.uint(long(b, at + 2));
        }
        break;
      case 19:
        if (n === 18) out.put(MD5);
        break;
      case 28:
        if (n === 4) {
          out.put(USER_TO);
          out.uint(((b[at + 2] & 0x7f) << 8) | b[at + 3]);
        }
        break;
      case 29:
        if (n >= 4) out.put(AO);
        break;
      case 34:
        out.put(n === 2 ? TFO_REQUEST : TFO_COOKIE);
        break;
    }
    at += n;
  }
}
