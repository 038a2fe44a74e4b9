/**
 * Fiber Distributed Data Interface (ISO 9314-2), with addresses whose bits stand in the order of the fiber.
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { custom, type Field, macAddress, u8, within } from "../core/field.ts";
import { writeMac } from "../core/address.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { Keys } from "./_ethertype.ts";

/** An FDDI header. */
export interface Fddi {
  /** Frame control. */
  readonly control: number;
  /** Destination, in the usual order of bits. */
  readonly dst: string;
  /** Source, in the usual order of bits. */
  readonly src: string;
}

const HEADER = 13;
/** Class and format of frame control. */
const ASYNC_LLC = 0x50, SYNC_LLC = 0xd0, SMT = 0x40, MAC = 0xc0;
const CLASSES: Readonly<Record<number, string>> = {
  0x0: "Void",
  0x4: "SMT",
  0x5: "Async LLC",
  0x6: "Implementor Async",
  0x8: "Nonrestricted Token",
  0xc: "MAC",
  0xd: "Sync LLC",
  0xe: "Implementor Sync",
};
const LLC = new Keys("eth.802.3");

/** Each byte with its bits in reverse order. */
const REVERSED = new Uint8Array(256);
for (let i = 0; i < 256; i++) {
  let v = 0;
  for (let bit = 0; bit < 8; bit++) if (i & (1 << bit)) v |= 0x80 >> bit;
  REVERSED[i] = v;
}

/** Fiber Distributed Data Interface. */
export const fddi: Protocol<Fddi> = protocol<Fddi>({
  name: "fddi",
  title: "Fiber Distributed Data Interface",
  label: "FDDI",
  layer: "link",
  parents: { linktype: [10] },
  fields: { _header: header() },
  walk(w: Walker): void {
    w.end = w.start + HEADER;
    if (w.end > w.limit) return;
    const format = w.bytes[w.start] & 0xf0;
    if (format === ASYNC_LLC || format === SYNC_LLC) LLC.find(w, 0);
  },
  summary,
});

function header(): Field<unknown> {
  const control = u8("fddi.fc", "Frame Control", { hex: true });
  const format = within(0xf0, "fddi.fc.clf", "Class/Length/Format", { hex: true, values: CLASSES });
  const priority = within(0x07, "fddi.fc.prio", "Priority");
  const smt = within(0x0f, "fddi.fc.smt_subtype", "SMT Subtype", {
    values: { 1: "Info", 15: "Next Station Address" },
  });
  const mac = within(0x0f, "fddi.fc.mac_subtype", "MAC Subtype", {
    values: { 2: "Beacon", 3: "Claim" },
  });
  const dst = macAddress("fddi.dst", "Destination", { also: "fddi.addr" });
  const src = macAddress("fddi.src", "Source", { also: "fddi.addr" });
  const address = new Uint8Array(6);
  return custom({
    fields: { control, _format: format, _priority: priority, _smt: smt, _mac: mac, dst, src },
    emit(items) {
      if (!items.has(HEADER)) return;
      const b = items.bytes, at = items.at, fc = b[at];
      items.add(control.id, at, 1, fc);
      items.depth++;
      items.add(format.id, at, 1, fc >> 4);
      const kind = fc & 0xf0;
      if (kind === ASYNC_LLC) items.add(priority.id, at, 1, fc & 7);
      else if (kind === SMT) items.add(smt.id, at, 1, fc & 15);
      else if (kind === MAC) items.add(mac.id, at, 1, fc & 15);
      items.depth--;
      for (let side = 0; side < 2; side++) {
        for (let i = 0; i < 6; i++) address[i] = REVERSED[b[at + 1 + side * 6 + i]];
        items.addText((side === 0 ? dst : src).id, address);
      }
      items.at = at + HEADER;
    },
    write(writer, _, object) {
      writer.uint(Number(object.control ?? ASYNC_LLC), 1);
      for (const key of ["dst", "src"]) {
        const o = writer.reserve(6), b = writer.bytes;
        writeMac(b, o, String(object[key] ?? "00:00:00:00:00:00"));
        for (let i = 0; i < 6; i++) b[o + i] = REVERSED[b[o + i]];
      }
    },
  });
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end > layer.start) out.ascii(CLASSES[layer.bytes[layer.start] >> 4] ?? "Unknown");
}
