/**
 * Transmission Control Protocol (RFC 9293; options also RFC 1072, 1146, 2018, 2385, 4782, 5482, 5925, 7323, 7413, 8684).
 *
 * @module
 */
import { CHECKSUM_STATUS_NAMES } from "../core/checksum.ts";
import {
  bits,
  bytes,
  computed,
  custom,
  type Field,
  flag,
  group,
  list,
  tlv,
  type TlvSpec,
  u16,
  u32,
  u8,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { transportChecksum, transportStatus } from "./_transport.ts";

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

/** Option kinds (IANA "tcp-parameters"). */
const KINDS: Readonly<Record<number, string>> = {
  0: "End of Option List",
  1: "No-Operation",
  2: "Maximum Segment Size",
  3: "Window Scale",
  4: "SACK Permitted",
  5: "SACK",
  6: "Echo",
  7: "Echo Reply",
  8: "Time Stamp Option",
  19: "MD5 Signature Option",
  27: "Quick-Start Response",
  28: "User Timeout Option",
  29: "TCP Authentication Option",
  30: "Multipath TCP",
  34: "TCP Fast Open Cookie",
  253: "RFC3692-style Experiment 1",
  254: "RFC3692-style Experiment 2",
};

const payload = bytes("tcp.payload", "TCP payload");

const OPTIONS: TlvSpec = {
  heading: ["", "TCP Option - Unknown"],
  kind: () => u8("tcp.option_kind", "Kind", { values: KINDS }),
  length: () => u8("tcp.option_len", "Length"),
  lengthCoversAll: true,
  single: {
    0: ["tcp.options.eol", "TCP Option - End of Option List (EOL)"],
    1: ["tcp.options.nop", "TCP Option - No-Operation (NOP)"],
  },
  last: 0,
  padTo: 4,
  cases: {
    2: ["tcp.options.mss", "TCP Option - Maximum segment size", {
      mss: u16("tcp.options.mss_val", "MSS Value"),
    }],
    3: ["tcp.options.wscale", "TCP Option - Window scale", {
      shift: u8("tcp.options.wscale.shift", "Shift count"),
      _multiplier: computed(
        "tcp.options.wscale.multiplier",
        "Multiplier",
        (c) => 1 << Math.min(c.bytes[c.at - 1], 14),
      ),
    }],
    4: ["tcp.options.sack_perm", "TCP Option - SACK permitted", {}],
    5: ["tcp.options.sack", "TCP Option - SACK", {
      blocks: list(group<SackBlock>("", "SACK block", {
        left: u32("tcp.options.sack_le", "left edge"),
        right: u32("tcp.options.sack_re", "right edge"),
      })),
    }],
    8: ["tcp.options.timestamp", "TCP Option - Timestamps", {
      tsVal: u32("tcp.options.timestamp.tsval", "Timestamp value"),
      tsEcr: u32("tcp.options.timestamp.tsecr", "Timestamp echo reply"),
    }],
  },
  otherwise: () => ({ data: bytes("tcp.options.unknown.payload", "Payload") }),
};

/** Transmission Control Protocol. */
export const tcp: Protocol<Tcp> = protocol<Tcp>({
  name: "tcp",
  title: "Transmission Control Protocol",
  label: "TCP",
  layer: "transport",
  parents: { "ip.proto": [6] },
  fields: {
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
    _checksumStatus: computed(
      "tcp.checksum.status",
      "Checksum Status",
      (items) => {
        const b = items.bytes, o = items.start;
        return transportStatus(items, 6, (b[o + 16] << 8) | b[o + 17], false);
      },
      { values: CHECKSUM_STATUS_NAMES },
    ),
    urgent: u16("tcp.urgent_pointer", "Urgent Pointer"),
    _length: computed("tcp.len", "TCP Segment Len", (c) => c.reported - c.headerEnd),
    _all: computedOptions(),
    options: tlv<TcpOption>(OPTIONS),
    _payload: custom({
      fields: { _payload: payload },
      emit(items) {
        if (items.limit > items.at) items.add(payload.id, items.at, items.limit - items.at, 0);
      },
      write: () => {},
    }),
  },
  header: { field: "headerLength" },
  next: { table: "tcp.port", field: "dstPort", or: "srcPort" },
  summary,
});

/** All options as one field of bytes, which Wireshark has too. */
function computedOptions(): Field<unknown> {
  const all = bytes("tcp.options", "TCP Options");
  return custom({
    fields: { _all: all },
    emit(items: Items) {
      if (items.left > 0) items.add(all.id, items.at, items.left, 0);
    },
    write: () => {},
  });
}

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];

function summary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
    readonly reported: number;
  },
  out: TextWriter,
): void {
  const b = layer.bytes, o = layer.start;
  out.ensure(160);
  out.uint((b[o] << 8) | b[o + 1]);
  out.ascii(" -> ");
  out.uint((b[o + 2] << 8) | b[o + 3]);
  out.ascii(" [");
  const flags = ((b[o + 12] & 1) << 8) | b[o + 13];
  let some = false;
  for (let i = 0; i < 9; i++) {
    if ((flags >> i) & 1) {
      if (some) out.ascii(", ");
      out.ascii(FLAG_NAMES[i]);
      some = true;
    }
  }
  out.ascii("] Seq=");
  out.uint((b[o + 4] << 24) | (b[o + 5] << 16) | (b[o + 6] << 8) | b[o + 7]);
  out.ascii(" Win=");
  out.uint((b[o + 14] << 8) | b[o + 15]);
  out.ascii(" Len=");
  out.uint(layer.reported - layer.end);
}
