/**
 * Logical Link Control (IEEE 802.2), with the Subnetwork Access Protocol (IEEE 802 clause 9, RFC 1042).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import {
  choose,
  custom,
  type Field,
  flag,
  inline,
  optional,
  u16,
  u24,
  u8,
  within,
  type Writer,
} from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";
import { ETHERTYPES, SAPS } from "./_names.ts";

/** An LLC header. */
export interface Llc {
  /** Destination service access point, with the bit for groups. */
  readonly dsap: number;
  /** Source service access point, with the bit for responses. */
  readonly ssap: number;
  /** Control field: one byte for unnumbered frames, else two, of which the first is the low one. */
  readonly control: number;
  /** With SNAP: who says what the identifier means. */
  readonly oui: number;
  /** With SNAP, under the identifiers of Ethernet encapsulation: EtherType. */
  readonly type: number;
  /** With SNAP, under other identifiers: protocol identifier. */
  readonly pid: number;
}

const SNAP = 0xaa;
/** Unnumbered information without the poll bit. */
const UI = 3;
/** Exchange identification, and the bit that asks for an answer or is one. */
const XID = 0xaf, POLL = 0x10;
/** First byte of the format to exchange identification in that is known. */
export const XID_BASIC = 0x81;
/** Organizations whose identifiers are EtherTypes. */
const ETHER = 0x00_0000, CISCO_90 = 0x00_00f8;
/** IEEE 802.1: bridged frames (RFC 2684, 2427). */
const IEEE_8021 = 0x00_80c2;

/** Organizations with a table of their own for their identifiers. */
const OWN: readonly (readonly [oui: number, table: string])[] = [
  [0x00_005e, "llc.iana_pid"],
  [0x00_4096, "llc.wlccp_pid"],
  [0x00_1090, "llc.cimetrics_pid"],
  [0x00_000c, "llc.cisco_pid"],
  [0x00_e052, "llc.foundry_pid"],
  [0x00_17f2, "llc.apple_awdl_pid"],
  [0x00_805f, "llc.hpteam_pid"],
  [0x08_0007, "llc.apple_atalk_pid"],
  [0x00_1958, "llc.bluetooth_pid"],
  [0x00_e02b, "llc.extreme_pid"],
  [0x50_6f9a, "mausb.pid"],
  [0x00_01e8, "llc.force10_pid"],
  [0x00_0081, "llc.nortel_pid"],
  [0x00_40d6, "locamation-im.llc.pid"],
];
const OWN_TABLES: readonly Keys[] = OWN.map(([, table]) => new Keys(table));
const ETHERTYPE = new Keys("ethertype"), DSAP = new Keys("llc.dsap");
const BRIDGED = new Keys("llc.bridged"), CONTROL = new Keys("llc.control");

/** Kind of the identifier under `oui`: 0 an EtherType, 1 any, 2 and more that of {@link OWN}. */
function kindOf(oui: number): number {
  if (oui === ETHER || oui === CISCO_90) return 0;
  for (let i = 0; i < OWN.length; i++) if (OWN[i][0] === oui) return i + 2;
  return 1;
}

const COMMANDS: Readonly<Record<number, string>> = {
  0x00: "Unnumbered Information",
  0x01: "Set Initialization Mode",
  0x03: "Set Asynchronous Response Mode",
  0x08: "Unnumbered Poll",
  0x0b: "Set Asynchronous Balanced Mode",
  0x10: "Disconnect",
  0x13: "Set Asynchronous Response Mode Extended",
  0x18: "Unnumbered Acknowledge",
  0x1b: "Set Asynchronous Balanced Mode Extended",
  0x20: "Set Normal Response Mode",
  0x21: "Frame reject",
  0x23: "Reset",
  0x2b: "Exchange identification",
  0x31: "Configure",
  0x33: "Set Normal Response Mode Extended",
  0x38: "Test",
  0x3b: "Beacon",
};
const RESPONSES: Readonly<Record<number, string>> = {
  ...COMMANDS,
  0x01: "Request Initialization Mode",
  0x03: "Disconnected mode",
  0x10: "Request Disconnect",
};

/** Logical Link Control. */
export const llc: Protocol<Llc> = protocol<Llc>({
  name: "llc",
  title: "Logical-Link Control",
  label: "LLC",
  layer: "link",
  parents: {
    "eth.802.3": [0],
    "sll.ltype": [4],
    "ppp.protocol": [0x4b],
    "arcnet.protocol_id": [0xcd],
    linktype: [100],
  },
  fields: {
    dsap: u8("llc.dsap", "DSAP", { hex: true, values: SAPS, initial: SNAP }),
    _dsapSap: within(0xfe, "llc.dsap.sap", "SAP", { hex: true }),
    _dsapIg: flag(0x01, "llc.dsap.ig", "IG Bit"),
    ssap: u8("llc.ssap", "SSAP", { hex: true, values: SAPS, initial: SNAP }),
    _ssapSap: within(0xfe, "llc.ssap.sap", "SAP", { hex: true }),
    _ssapCr: flag(0x01, "llc.ssap.cr", "CR Bit"),
    control: control(),
    _snap: optional(
      (items) => isSnap(items.bytes, items.start),
      inline({
        oui: u24("llc.oui", "Organization Code", { hex: true, initial: ETHER }),
        _identifier: choose(
          (items) => kindOf(ouiAt(items.bytes, items.at - 3)),
          {
            0: inline({ type: u16("llc.type", "Type", { hex: true, values: ETHERTYPES }) }),
            1: inline({ pid: u16("llc.pid", "Protocol ID", { hex: true }) }),
            ...Object.fromEntries(
              OWN.map(([, table], i) => [
                i + 2,
                inline({ pid: u16(table, "PID", { hex: true }) }),
              ]),
            ),
          },
          undefined,
          (object) => kindOf(Number(object.oui ?? ETHER)),
        ),
      }),
      (object) => object.dsap === SNAP && object.ssap === SNAP,
    ),
  },
  next: { table: "ethertype", field: "type" },
  fill(next) {
    const control = next?.spec.parents?.["llc.control"]?.[0];
    if (control !== undefined) return { control, dsap: 0, ssap: 0 };
    const sap = next?.spec.parents?.["llc.dsap"]?.[0];
    return sap === undefined || next?.spec.parents?.ethertype ? undefined : {
      dsap: sap,
      ssap: sap,
    };
  },
  walk,
  summary,
});

function isSnap(b: Uint8Array, start: number): boolean {
  return b[start] === SNAP && b[start + 1] === SNAP;
}

function ouiAt(b: Uint8Array, at: number): number {
  return (b[at] << 16) | (b[at + 1] << 8) | b[at + 2];
}

/** The control field; what its bits mean depends on the last two, and on whether the frame is a response. */
function control(): Field<number> {
  const types = { 0: "Information frame", 1: "Supervisory frame", 3: "Unnumbered frame" };
  const fields = {
    control: u16("llc.control", "Control", { hex: true }),
    _nr: within(0xfe00, "llc.control.n_r", "N(R)"),
    _ns: within(0x00fe, "llc.control.n_s", "N(S)"),
    _poll: flag(0x10, "llc.control.p", "Poll"),
    _final: flag(0x10, "llc.control.f", "Final"),
    _supervisory: within(0x0c, "llc.control.s_ftype", "Supervisory frame type", {
      hex: true,
      values: { 0: "Receiver ready", 1: "Receiver not ready", 2: "Reject", 3: "Selective reject" },
    }),
    _command: within(0xec, "llc.control.u_modifier_cmd", "Command", {
      hex: true,
      values: COMMANDS,
    }),
    _response: within(0xec, "llc.control.u_modifier_resp", "Response", {
      hex: true,
      values: RESPONSES,
    }),
    // One bit of information frames, two of others.
    _type: u16("llc.control.ftype", "Frame type", { hex: true, values: types }),
  };
  return custom<number>({
    fields,
    emit(items) {
      if (!items.has(1)) return;
      const at = items.at, low = items.bytes[at];
      const response = (items.bytes[items.start + 1] & 1) !== 0;
      if ((low & 3) === 3) {
        items.add(fields.control.id, at, 1, low);
        items.depth++;
        if (low & 0x10) items.add((response ? fields._final : fields._poll).id, at, 1, 1);
        items.add((response ? fields._response : fields._command).id, at, 1, low >> 2 & 0x3b);
        items.add(fields._type.id, at, 1, 3);
        items.depth--;
        items.at = at + 1;
        return;
      }
      if (!items.has(2)) return;
      const word = low | (items.bytes[at + 1] << 8);
      items.add(fields.control.id, at, 2, word);
      items.depth++;
      items.add(fields._nr.id, at, 2, word >> 9);
      if ((low & 1) === 0) {
        items.add(fields._ns.id, at, 2, (word >> 1) & 0x7f);
        if (word & 0x100) items.add(fields._poll.id, at, 2, 1);
        items.add(fields._type.id, at, 2, 0);
      } else {
        if (word & 0x100) items.add((response ? fields._final : fields._poll).id, at, 2, 1);
        items.add(fields._supervisory.id, at, 2, (word >> 2) & 3);
        items.add(fields._type.id, at, 2, 1);
      }
      items.depth--;
      items.at = at + 2;
    },
    write(writer: Writer, value: unknown) {
      const v = Number(value ?? UI);
      writer.uint(v & 0xff, 1);
      if ((v & 3) !== 3) writer.uint(v >> 8, 1);
    },
  });
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.end = s + 3;
  if (w.end > w.limit) return;
  const low = b[s + 2], numbered = (low & 3) !== 3;
  if (numbered) w.end++;
  // Information is carried by numbered information frames and by unnumbered ones that do not poll.
  const information = (low & 1) === 0 || low === UI;
  if (!isSnap(b, s)) {
    if (w.end > w.limit) return;
    if (information) DSAP.find(w, b[s]);
    else if ((low & ~POLL) !== XID || (w.end < w.limit && b[w.end] === XID_BASIC)) {
      CONTROL.find(w, low);
    }
    return;
  }
  const at = w.end;
  w.end = at + 5;
  if (w.end > w.limit) return;
  const oui = ouiAt(b, at), id = (b[at + 3] << 8) | b[at + 4];
  if (oui === IEEE_8021) BRIDGED.find(w, id);
  else if (information) {
    const kind = kindOf(oui);
    if (kind === 0) ETHERTYPE.find(w, id);
    else if (kind > 1) OWN_TABLES[kind - 2].find(w, id);
  }
}

const SUPERVISORY = ["RR", "RNR", "REJ", "SREJ"];
const SHORT: Readonly<Record<number, string>> = {
  0x00: "UI",
  0x08: "UP",
  0x10: "DISC",
  0x18: "UA",
  0x21: "FRMR",
  0x2b: "XID",
  0x1b: "SABME",
  0x38: "TEST",
};

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.limit - s < 3) return;
  const low = b[s + 2], response = (b[s + 1] & 1) !== 0;
  const mark = response ? " F" : " P";
  if ((low & 3) === 3) {
    out.ascii("U");
    if (low & 0x10) out.ascii(mark);
    out.ascii(", func=");
    out.ascii(
      response && (low & 0xec) === 0x0c ? "DM" : SHORT[(low & 0xec) >> 2] ?? "Unknown",
    );
  } else {
    if (layer.limit - s < 4) return;
    const high = b[s + 3];
    out.ascii(low & 1 ? "S" : "I");
    if (high & 1) out.ascii(low & 1 ? mark : " P");
    if (low & 1) {
      out.ascii(", func=");
      out.ascii(SUPERVISORY[(low >> 2) & 3]);
    }
    out.ascii(", N(R)=");
    out.ensure(48);
    out.uint(high >> 1);
    if ((low & 1) === 0) {
      out.ascii(", N(S)=");
      out.uint(low >> 1);
    }
  }
  const dsap = SAPS[b[s]], ssap = SAPS[b[s + 1] & 0xfe];
  out.ascii("; DSAP ");
  if (dsap !== undefined) out.ascii(dsap);
  else {
    out.ascii("0x");
    out.ensure(8);
    out.hex(b[s], 2);
  }
  out.ascii(b[s] & 1 ? " Group" : " Individual");
  out.ascii(", SSAP ");
  if (ssap !== undefined) out.ascii(ssap);
  else {
    out.ascii("0x");
    out.ensure(8);
    out.hex(b[s + 1] & 0xfe, 2);
  }
  out.ascii(response ? " Response" : " Command");
}
