/**
 * The frame itself, and what went wrong in it: pseudo-protocols, as in Wireshark.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import type { PacketItems } from "../core/emitter.ts";
import { custom, Scalar } from "../core/field.ts";
import { bytes, text, u16, u32 } from "../core/field.ts";
import { Issue, type Items, Kind } from "../core/items.ts";
import { type Protocol, protocol } from "../core/protocol.ts";

/** What is known of a frame apart from its bytes. */
export interface Frame {
  /** Number, counted from 1. */
  readonly number: number;
}

const time = (abbrev: string, name: string): Scalar<bigint> =>
  new Scalar<bigint>(0, abbrev, name, Kind.Epoch, 0);
const fields = {
  interfaceId: u32("frame.interface_id", "Interface id"),
  interfaceName: text("frame.interface_name", "Interface name"),
  encapsulation: u16("frame.encap_type", "Encapsulation type"),
  time: time("frame.time_epoch", "Epoch Time"),
  delta: time("frame.time_delta", "Time delta from previous captured frame"),
  relative: time("frame.time_relative", "Time since reference or first frame"),
  number: u32("frame.number", "Frame Number"),
  length: u32("frame.len", "Frame Length"),
  capturedLength: u32("frame.cap_len", "Capture Length"),
  protocols: text("frame.protocols", "Protocols in frame"),
};
void bytes;

/** The frame. */
export const frame: Protocol<Frame> = protocol<Frame>({
  name: "frame",
  title: "Frame",
  label: "",
  layer: "link",
  fields: { _frame: custom({ fields, emit, write: () => {} }) },
});

function emit(items: Items): void {
  const { frames, index, batch } = items as PacketItems;
  if (!frames || !batch) return;
  const seconds = frames.seconds[index], ns = frames.nanoseconds[index];
  if (!Number.isNaN(seconds)) {
    items.addTime(fields.time.id, seconds, ns);
    const { clock } = frames;
    const before = index > 0 ? frames.seconds[index - 1] : clock.previousSeconds;
    const beforeNs = index > 0 ? frames.nanoseconds[index - 1] : clock.previousNanoseconds;
    addSpan(items, fields.delta.id, seconds, ns, before, beforeNs);
    addSpan(items, fields.relative.id, seconds, ns, clock.firstSeconds, clock.firstNanoseconds);
  }
  items.add(fields.number.id, items.at, 0, frames.firstNumber + index);
  items.add(fields.length.id, items.at, 0, frames.wireLengths[index]);
  items.add(fields.capturedLength.id, items.at, 0, frames.capturedLengths[index]);
  const { layers, firstLayer, lastLayer } = items;
  const { chainNames } = (items as PacketItems).catalogue;
  const from = items.beginText();
  for (let row = firstLayer; row < lastLayer; row += LAYER) {
    if (row > firstLayer) items.putText(COLON);
    items.putText(chainNames[layers[row] & PROTOCOL_MASK]);
  }
  items.endText(fields.protocols.id, from);
}

const COLON = new Uint8Array([58]);

function addSpan(
  items: Items,
  id: number,
  seconds: number,
  ns: number,
  fromSeconds: number,
  fromNs: number,
): void {
  // The first frame has none before it; Wireshark shows zero.
  let s = Number.isNaN(fromSeconds) ? 0 : seconds - fromSeconds;
  let n = Number.isNaN(fromSeconds) ? 0 : ns - fromNs;
  if (n < 0) {
    n += 1_000_000_000;
    s--;
  }
  items.addTime(id, s, n);
}

/** What went wrong in a packet. */
export interface Ws {
  /** Present if a length or value contradicts the bytes. */
  readonly malformed?: string;
}

const trouble = {
  malformed: text("_ws.malformed", "Malformed Packet"),
  short: text("_ws.short", "Packet size limited during capture"),
};

/** What went wrong in a packet: malformed, or cut by the capture. */
export const ws: Protocol<Ws> = protocol<Ws>({
  name: "_ws",
  title: "Wireshark expert layers",
  label: "",
  layer: "application",
  fields: {
    _trouble: custom({
      fields: trouble,
      emit(items) {
        const kinds = (items as PacketItems).issues | (items as PacketItems).walkIssues;
        if (kinds & Issue.Malformed) items.addText(trouble.malformed.id, "Malformed Packet");
        if (kinds & Issue.Truncated) {
          items.addText(trouble.short.id, "Packet size limited during capture");
        }
      },
      write: () => {},
    }),
  },
});
