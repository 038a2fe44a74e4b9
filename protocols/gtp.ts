/**
 * GPRS Tunnelling Protocol: user plane (3GPP TS 29.281) with what it carries, the headers of versions 0 and 1 of the
 * control plane (3GPP TS 29.060 section 6, GSM 09.60 section 6).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import {
  bytes,
  choose,
  custom,
  type Field,
  flag,
  inline,
  optional,
  skip,
  u16,
  u32,
  u8,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Step } from "./_transport.ts";

/** A GTP header. */
export interface Gtp {
  /** Version and flags. */
  readonly flags: number;
  /** Version: 0 or 1. */
  readonly version: number;
  /** Protocol type: 1 for GTP, 0 for GTP'. */
  readonly protocolType: number;
  /** Message type. */
  readonly message: number;
  /** Bytes behind the first 8 (version 1) or 20 (version 0). */
  readonly length: number;
  /** Tunnel endpoint identifier (version 1). */
  readonly teid: number;
  /** Sequence number. */
  readonly sequence: number;
  /** N-PDU number (version 1). */
  readonly npdu: number;
  /** Type of the first extension header (version 1). */
  readonly nextExtension: number;
  /** All extension headers, as they are (version 1). */
  readonly extensions: Uint8Array;
  /** Flow label (version 0). */
  readonly flowLabel: number;
  /** SNDCP N-PDU LLC number (version 0). */
  readonly sndcp: number;
  /** Tunnel identifier (version 0). */
  readonly tunnel: Uint8Array;
}

const FIXED = 8, FIXED_0 = 20, T_PDU = 255;
const EXTENSIONS_MAX = 32;
const MESSAGES: Readonly<Record<number, string>> = {
  1: "Echo request",
  2: "Echo response",
  3: "Version not supported",
  16: "Create PDP context request",
  17: "Create PDP context response",
  18: "Update PDP context request",
  19: "Update PDP context response",
  20: "Delete PDP context request",
  21: "Delete PDP context response",
  26: "Error indication",
  27: "PDU notification request",
  28: "PDU notification response",
  31: "Supported extension header notification",
  240: "Data record transfer request",
  241: "Data record transfer response",
  254: "End Marker",
  255: "T-PDU",
};
const VERSIONS: Readonly<Record<number, string>> = {
  0: "GTP release 97/98 version",
  1: "GTP release 99 version",
  2: "None",
};
/** Types of extension headers (TS 29.281 section 5.2.1). */
const EXTENSIONS: Readonly<Record<number, string>> = {
  0x00: "No more extension headers",
  0x01: "MBMS support indication",
  0x02: "MS Info Change Reporting support indication",
  0x20: "Service Class Indicator",
  0x40: "UDP Port number",
  0x81: "RAN container",
  0x82: "Long PDCP PDU number",
  0x83: "Xw RAN container",
  0x84: "NR RAN container",
  0x85: "PDU Session container",
  0xc0: "PDCP PDU number",
  0xc1: "Suspend Request",
  0xc2: "Suspend Response",
};

function versionAt(items: Items): number {
  return items.at < items.end || items.at > items.start ? items.bytes[items.start] >> 5 : 1;
}

/** The chain of extension headers: the bytes of all, and what is known of each. */
function extensionHeaders(): Field<unknown> {
  const all = bytes("", "Extension headers");
  const length = u8("gtp.ext_hdr.length", "Extension Header Length");
  const next = u8("gtp.ext_hdr.next", "Next extension header type", {
    hex: true,
    values: EXTENSIONS,
  });
  const port = u16("gtp.ext_hdr.udp_port", "UDP Port");
  const pdcp = u16("gtp.ext_hdr.pdcp_sn", "PDCP Sequence Number");
  const type = u8("gtp.ext_hdr.pdu_ses_con.pdu_type", "PDU Type");
  const ppp = flag(0x80, "gtp.ext_hdr.pdu_ses_cont.ppp", "Paging Policy Presence (PPP)");
  const rqi = flag(0x40, "gtp.ext_hdr.pdu_ses_cont.rqi", "Reflective QoS Indicator (RQI)");
  const qfi = within(
    0x3f,
    "gtp.ext_hdr.pdu_ses_con.qos_flow_id",
    "QoS Flow Identifier (QFI)",
  );
  return custom({
    fields: {
      extensions: all,
      _length: length,
      _next: next,
      _port: port,
      _pdcp: pdcp,
      _type: type,
      _ppp: ppp,
      _rqi: rqi,
      _qfi: qfi,
    },
    emit(items) {
      const b = items.bytes, end = items.end;
      if (items.at >= end) return;
      items.add(all.id, items.at, end - items.at, 0);
      let kind = b[items.at - 1], at = items.at;
      while (kind !== 0 && at < end) {
        const size = b[at] * 4, stop = at + size;
        items.add(length.id, at, 1, b[at]);
        if (size === 0 || stop > end) {
          items.malformed = true;
          break;
        }
        if (kind === 0x40) items.add(port.id, at + 1, 2, (b[at + 1] << 8) | b[at + 2]);
        else if (kind === 0xc0) items.add(pdcp.id, at + 1, 2, (b[at + 1] << 8) | b[at + 2]);
        else if (kind === 0x85) {
          items.add(type.id, at + 1, 1, b[at + 1] >> 4);
          if (b[at + 1] >> 4 === 0) {
            items.add(ppp.id, at + 2, 1, b[at + 2] >> 7);
            items.add(rqi.id, at + 2, 1, (b[at + 2] >> 6) & 1);
          }
          items.add(qfi.id, at + 2, 1, b[at + 2] & 0x3f);
        }
        kind = b[stop - 1];
        items.add(next.id, stop - 1, 1, kind);
        at = stop;
      }
      items.at = end;
    },
    write(writer, _value, object) {
      if (object.extensions instanceof Uint8Array) writer.put(object.extensions);
    },
  });
}

const has = (mask: number) => (items: Items): boolean => (items.bytes[items.start] & mask) !== 0;
const wanted = (o: Readonly<Record<string, unknown>>): boolean =>
  o.sequence !== undefined || o.npdu !== undefined || o.nextExtension !== undefined ||
  o.extensions !== undefined || ((o.flags as number | undefined ?? 0) & 7) !== 0;

/** GPRS Tunnelling Protocol. */
export const gtp: Protocol<Gtp> = protocol<Gtp>({
  name: "gtp",
  title: "GPRS Tunneling Protocol",
  label: "GTP",
  layer: "application",
  parents: { "udp.port": [2152, 2123, 3386] },
  fields: {
    flags: u8("gtp.flags", "Flags", {
      hex: true,
      auto: ({ value: v }) =>
        (versionOf({ ...v, flags: 0 }) << 5) | ((v.protocolType as number ?? 1) << 4) |
        (v.extensions || v.nextExtension ? 4 : 0) | (v.sequence !== undefined ? 2 : 0) |
        (v.npdu !== undefined ? 1 : 0),
    }),
    version: within(0xe0, "gtp.flags.version", "Version", { values: VERSIONS }),
    protocolType: within(0x10, "gtp.flags.payload", "Protocol type", {
      values: { 0: "GTP'", 1: "GTP" },
    }),
    _bits: versionBits(),
    message: u8("gtp.message", "Message Type", { hex: true, values: MESSAGES, initial: T_PDU }),
    length: u16("gtp.length", "Length", {
      auto: (d) => d.bytes.length - (d.bytes[0] >> 5 === 0 ? FIXED_0 : FIXED),
    }),
    _rest: choose(
      versionAt,
      {
        0: inline({
          sequence: u16("gtp.seq_number", "Sequence number", { hex: true }),
          flowLabel: u16("gtp.flow_label", "Flow label", { hex: true }),
          sndcp: u8("gtp.sndcp_number", "SNDCP N-PDU LLC Number", { hex: true, initial: 0xff }),
          _spare: skip(3),
          tunnel: bytes("", "TID", 8),
        }),
      },
      inline({
        teid: u32("gtp.teid", "TEID", { hex: true }),
        _more: optional(
          has(7),
          inline({
            _sequence: word(
              2,
              u16("gtp.seq_number", "Sequence number", { hex: true }),
              "sequence",
              2,
            ),
            _npdu: word(1, u8("gtp.npdu_number", "N-PDU Number", { hex: true }), "npdu", 1),
            _next: word(
              4,
              u8("gtp.ext_hdr.next", "Next extension header type", {
                hex: true,
                values: EXTENSIONS,
              }),
              "nextExtension",
              1,
            ),
            _extensions: extensionHeaders(),
          }),
          wanted,
        ),
      }),
      versionOf,
    ),
  },
  walk,
  summary,
});

/** Flags that differ by version. */
function versionBits(): Field<undefined> {
  const reserved = within(0x08, "gtp.flags.reserved", "Reserved");
  const e = flag(4, "gtp.flags.e", "Is Next Extension Header present?");
  const s = flag(2, "gtp.flags.s", "Is Sequence Number present?");
  const pn = flag(1, "gtp.flags.pn", "Is N-PDU number present?");
  const reserved0 = within(0x0e, "gtp.flags.reserved", "Reserved");
  const snn = flag(1, "gtp.flags.snn", "Is SNDCP N-PDU included?");
  return new Step(
    (items) => {
      if (items.at <= items.start || items.short) return;
      const v = items.bytes[items.start];
      if (v >> 5 === 0) {
        items.add(reserved0.id, items.start, 1, (v >> 1) & 7);
        items.add(snn.id, items.start, 1, v & 1);
        return;
      }
      items.add(reserved.id, items.start, 1, (v >> 3) & 1);
      items.add(e.id, items.start, 1, (v >> 2) & 1);
      items.add(s.id, items.start, 1, (v >> 1) & 1);
      items.add(pn.id, items.start, 1, v & 1);
    },
    [
      "gtp.flags.reserved",
      "gtp.flags.e",
      "gtp.flags.s",
      "gtp.flags.pn",
      "gtp.flags.snn",
    ],
    [reserved, e, s, pn, reserved0, snn],
  );
}

/** Version of a header to be written. */
function versionOf(v: Readonly<Record<string, unknown>>): number {
  if (typeof v.version === "number") return v.version;
  if (v.tunnel !== undefined || v.flowLabel !== undefined) return 0;
  return v.flags ? (v.flags as number) >> 5 : 1;
}

/** A number of `size` bytes that always takes its room, and means something if flag `mask` is set. */
function word(mask: number, field: Field<number>, key: string, size: number): Field<unknown> {
  return custom({
    fields: { [key]: field },
    emit(items) {
      if (has(mask)(items)) field.emit(items);
      else if (items.has(size)) items.at += size;
    },
    write(writer, _value, object) {
      writer.uint((object[key] as number | undefined) ?? 0, size);
    },
  });
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, limit = w.limit;
  w.next = -2;
  if (limit - s < 4) {
    w.end = s + FIXED;
    return;
  }
  const flags = b[s], version = flags >> 5;
  if (version > 1) {
    // Version 2 is another protocol.
    w.end = s;
    w.next = -1;
    return;
  }
  const fixed = version === 0 ? FIXED_0 : FIXED;
  w.close(s + fixed + ((b[s + 2] << 8) | b[s + 3]));
  let end = s + fixed;
  if (version === 1 && (flags & 7) !== 0) {
    end += 4;
    if (end <= w.limit && (flags & 4) !== 0) {
      let kind = b[end - 1];
      for (let n = 0; kind !== 0 && end < w.limit && n < EXTENSIONS_MAX; n++) {
        const size = b[end] * 4;
        if (size === 0) break;
        end += size;
        if (end > w.limit) break;
        kind = b[end - 1];
      }
    }
  }
  w.end = end;
  if (end < w.limit && b[s + 1] === T_PDU) {
    w.next = -1;
    const nibble = b[end] >> 4;
    if (nibble === 4 || nibble === 6) w.to("ip.version", nibble);
    else if (end + 4 < w.limit && b[end] === 0xff && b[end + 1] === 3) w.to("linktype", 9);
  }
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < 2) return;
  const message = layer.bytes[layer.start + 1];
  out.ascii(MESSAGES[message] ?? "Unknown");
}
