/**
 * Frame Relay: Q.922 address (ITU-T Q.922 section 3), then NLPID or SNAP (RFC 2427), or an EtherType as Cisco has it.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { custom, type Field, flag, u16, u24, u32, u8, within } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ETHERTYPES } from "./_names.ts";

/** A Frame Relay header. */
export interface Fr {
  /** Data link connection identifier: of 10 bits, 16 or 23. */
  readonly dlci: number;
  /** Bytes of the address: 2, 3 or 4. */
  readonly addressLength: number;
  /** Control field (RFC 2427); not there in Cisco's encapsulation. */
  readonly control?: number;
  /** Network layer protocol identifier (RFC 2427). */
  readonly nlpid?: number;
  /** EtherType (Cisco's encapsulation). */
  readonly type?: number;
}

const UI = 0x03, NLPID_SNAP = 0x80, ADDRESS_MAX = 4, SNAP = 5;
const NLPIDS: Readonly<Record<number, string>> = {
  0x08: "Q.931",
  0x80: "SNAP",
  0x81: "ISO 8473 CLNP",
  0x82: "ISO 9542 ES-IS",
  0x83: "ISO 10589 IS-IS",
  0x8e: "IPv6",
  0xb0: "Data compression protocol",
  0xb1: "FRF.12",
  0xcc: "IP",
  0xcf: "PPP",
};

/** Bytes of the address at `at`: up to the one with its lowest bit set; 0 if there is none. */
function addressLength(b: Uint8Array, at: number, end: number): number {
  for (let n = 0; n < ADDRESS_MAX && at + n < end; n++) if (b[at + n] & 1) return n + 1;
  return 0;
}

/** The connection that `n` bytes of address name. */
function connection(b: Uint8Array, at: number, n: number): number {
  const two = ((b[at] >> 2) << 4) | (b[at + 1] >> 4);
  if (n <= 2) return two;
  if (n === 3) return (two << 6) | (b[at + 2] >> 2);
  return (((two << 7) | (b[at + 2] >> 1)) << 6) | (b[at + 3] >> 2);
}

function header(): Field<unknown> {
  const first = u8("fr.first_addr_octet", "First address octet", { hex: true });
  const upper = within(0xfc, "fr.upper_dlci", "Upper DLCI", { hex: true });
  const cr = flag(0x02, "fr.cr", "CR");
  const ea = flag(0x01, "fr.ea", "EA");
  const second = u8("fr.second_addr_octet", "Second address octet", { hex: true });
  const secondDlci = within(0xf0, "fr.second_dlci", "Second DLCI", { hex: true });
  const fecn = flag(0x08, "fr.fecn", "FECN");
  const becn = flag(0x04, "fr.becn", "BECN");
  const de = flag(0x02, "fr.de", "DE");
  const dlci = u32("fr.dlci", "DLCI");
  const control = u8("fr.control", "Control Field", { hex: true });
  const nlpid = u8("fr.nlpid", "NLPID", { hex: true, values: NLPIDS });
  const oui = u24("fr.snap.oui", "Organization Code");
  const pid = u16("fr.snap.pid", "Protocol ID", { hex: true });
  const type = u16("fr.chdlctype", "Type", { hex: true, values: ETHERTYPES });
  const length = u8("", "Length of address");
  return custom({
    fields: {
      _first: first,
      _upper: upper,
      _cr: cr,
      _ea: ea,
      _second: second,
      _secondDlci: secondDlci,
      _fecn: fecn,
      _becn: becn,
      _de: de,
      dlci,
      control,
      nlpid,
      _oui: oui,
      _pid: pid,
      type,
      addressLength: length,
    },
    emit(items) {
      const b = items.bytes, end = items.end;
      let at = items.at;
      const n = addressLength(b, at, end);
      if (n < 2) {
        items.short = true;
        items.at = end;
        return;
      }
      items.add(first.id, at, 1, b[at]);
      items.depth++;
      items.add(upper.id, at, 1, b[at] >> 2);
      items.add(cr.id, at, 1, (b[at] >> 1) & 1);
      items.add(ea.id, at, 1, b[at] & 1);
      items.depth--;
      items.add(second.id, at + 1, 1, b[at + 1]);
      items.depth++;
      items.add(secondDlci.id, at + 1, 1, b[at + 1] >> 4);
      items.add(fecn.id, at + 1, 1, (b[at + 1] >> 3) & 1);
      items.add(becn.id, at + 1, 1, (b[at + 1] >> 2) & 1);
      items.add(de.id, at + 1, 1, (b[at + 1] >> 1) & 1);
      items.add(ea.id, at + 1, 1, b[at + 1] & 1);
      items.depth--;
      items.add(dlci.id, at, n, connection(b, at, n));
      items.add(length.id, at, n, n);
      at += n;
      if (at + 2 <= end) {
        if (b[at] === UI) {
          items.add(control.id, at, 1, UI);
          const pad = b[at + 1] === 0 ? 1 : 0;
          if (at + 2 + pad <= end) {
            const id = b[at + 1 + pad];
            items.add(nlpid.id, at + 1 + pad, 1, id);
            const snap = at + 2 + pad;
            if (id === NLPID_SNAP && snap + SNAP <= end) {
              items.add(oui.id, snap, 3, (b[snap] << 16) | (b[snap + 1] << 8) | b[snap + 2]);
              items.add(pid.id, snap + 3, 2, (b[snap + 3] << 8) | b[snap + 4]);
            }
          }
        } else items.add(type.id, at, 2, (b[at] << 8) | b[at + 1]);
      }
      items.at = end;
    },
    write(writer, _value, object) {
      const v = (object.dlci as number | undefined) ?? 0;
      const n = (object.addressLength as number | undefined) ?? (v < 1024 ? 2 : 4);
      const low = n === 4 ? 13 : n === 3 ? 6 : 0;
      const two = v >> low;
      writer.uint(((two >> 4) & 63) << 2, 1);
      writer.uint(((two & 15) << 4) | (n === 2 ? 1 : 0), 1);
      if (n === 3) writer.uint(((v & 63) << 2) | 1, 1);
      if (n === 4) {
        writer.uint(((v >> 6) & 127) << 1, 1);
        writer.uint(((v & 63) << 2) | 1, 1);
      }
      if (object.nlpid !== undefined) {
        writer.uint((object.control as number | undefined) ?? UI, 1);
        writer.uint(object.nlpid as number, 1);
      } else if (object.type !== undefined) writer.uint(object.type as number, 2);
    },
  });
}

/** Frame Relay. */
export const fr: Protocol<Fr> = protocol<Fr>({
  name: "fr",
  title: "Frame Relay",
  label: "FrameRelay",
  layer: "link",
  parents: { linktype: [107], "gre.proto": [0x6559] },
  fields: { _header: header() },
  fill: (next) => {
    const type = next?.spec.parents?.ethertype?.[0];
    return type === undefined ? undefined : { type };
  },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, s = w.start, limit = w.limit;
  w.next = -2;
  const n = addressLength(b, s, limit);
  let at = s + n;
  if (n < 2) {
    w.end = s + ADDRESS_MAX;
    w.bad = limit - s >= ADDRESS_MAX || n === 1;
    return;
  }
  w.end = at + 2;
  if (w.end > limit) return;
  if (b[at] !== UI) return w.to("ethertype", (b[at] << 8) | b[at + 1]);
  at++;
  if (b[at] === 0) at++;
  w.end = at + 1;
  if (w.end > limit) return;
  const id = b[at++];
  w.next = -1;
  if (id === 0xcc) w.to("ip.version", 4);
  else if (id === 0x8e) w.to("ip.version", 6);
  else if (id === 0xcf) w.to("pppoe.session", 0);
  else if (id === NLPID_SNAP) {
    w.end = at + SNAP;
    if (w.end > limit) return;
    if (b[at] === 0 && b[at + 1] === 0 && b[at + 2] === 0) {
      w.to("ethertype", (b[at + 3] << 8) | b[at + 4]);
    }
  }
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const n = addressLength(layer.bytes, layer.start, layer.end);
  if (n < 2) return;
  out.ascii("DLCI ");
  out.ensure(16);
  out.uint(connection(layer.bytes, layer.start, n));
}
