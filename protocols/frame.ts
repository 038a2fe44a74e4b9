/**
 * The frame itself, and what went wrong in it: pseudo-protocols, as in Wireshark.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import { type FrameBatch, frameNumber } from "../core/batch.ts";
import type { PacketItems } from "../core/emitter.ts";
import { custom, Scalar, text, u32, u64, within } from "../core/field.ts";
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
  interfaceDescription: text("frame.interface_description", "Interface description"),
  packetFlags: u32("frame.packet_flags", "Packet flags", { hex: true }),
  direction: within(0x3, "frame.packet_flags_direction", "Direction", {
    hex: true,
    values: { 0: "Unknown", 1: "Inbound", 2: "Outbound" },
  }),
  reception: within(0x1c, "frame.packet_flags_reception_type", "Reception type", {
    values: { 0: "Not specified", 1: "Unicast", 2: "Multicast", 3: "Broadcast", 4: "Promiscuous" },
  }),
  fcsLength: within(0x1e0, "frame.packet_flags_fcs_length", "FCS length"),
  packetId: u64("frame.packet_id", "Packet id"),
  queue: u32("frame.interface_queue", "Interface queue"),
  time: time("frame.time_epoch", "Epoch Time"),
  delta: time("frame.time_delta", "Time delta from previous captured frame"),
  relative: time("frame.time_relative", "Time since reference or first frame"),
  number: u32("frame.number", "Frame Number"),
  length: u32("frame.len", "Frame length on the wire"),
  capturedLength: u32("frame.cap_len", "Frame length stored into the capture file"),
  protocols: text("frame.protocols", "Protocols in frame"),
  comment: text("frame.comment", "Comment"),
};

// Options of pcapng's enhanced packet block (draft-ietf-opsawg-pcapng section 4.3).
const OPTION_COMMENT = 1, OPTION_FLAGS = 2, OPTION_PACKET_ID = 5, OPTION_QUEUE = 6;

/** Reports what the packet's pcapng options say. */
function emitOptions(items: Items, frames: FrameBatch, index: number): void {
  const b = frames.bytes, little = frames.littleEndian;
  let at = frames.optionStarts![index];
  const end = at + frames.optionLengths![index];
  while (at + 4 <= end) {
    const code = little ? b[at] | (b[at + 1] << 8) : (b[at] << 8) | b[at + 1];
    const length = little ? b[at + 2] | (b[at + 3] << 8) : (b[at + 2] << 8) | b[at + 3];
    const value = at + 4;
    if (code === 0 || value + length > end) return;
    if (code === OPTION_COMMENT) {
      // Some writers count a terminating zero, and what follows it, as part of the comment.
      const zero = b.indexOf(0, value);
      const n = zero >= 0 && zero < value + length ? zero - value : length;
      items.add(fields.comment.id, value, n, 0);
    } else if (length === 4 && (code === OPTION_FLAGS || code === OPTION_QUEUE)) {
      const v = little
        ? b[value] | (b[value + 1] << 8) | (b[value + 2] << 16) | (b[value + 3] << 24)
        : (b[value] << 24) | (b[value + 1] << 16) | (b[value + 2] << 8) | b[value + 3];
      if (code === OPTION_QUEUE) items.add(fields.queue.id, value, 4, v);
      else {
        items.add(fields.packetFlags.id, value, 4, v);
        items.depth++;
        items.add(fields.direction.id, value, 4, v & 3);
        items.add(fields.reception.id, value, 4, (v >>> 2) & 7);
        items.add(fields.fcsLength.id, value, 4, (v >>> 5) & 15);
        items.depth--;
      }
    } else if (code === OPTION_PACKET_ID && length === 8) {
      items.add(fields.packetId.id, value, 8, 0);
    }
    at = value + ((length + 3) & ~3);
  }
}
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
  if (frames.optionStarts) {
    // The interface's number as the file counts it, within its section.
    const it = frames.interfaces[frames.interfaceIds[index]];
    if (it) {
      items.add(fields.interfaceId.id, items.at, 0, it.id);
      // What Wireshark takes where the file gives no name.
      items.addText(
        fields.interfaceName.id,
        it.name ?? it.description ?? it.hardware ?? "unknown",
      );
      if (it.description !== undefined) {
        items.addText(fields.interfaceDescription.id, it.description);
      }
    }
    if (frames.optionLengths![index] > 0) emitOptions(items, frames, index);
  }
  const seconds = frames.seconds[index], ns = frames.nanoseconds[index];
  if (!Number.isNaN(seconds)) {
    items.addTime(fields.time.id, seconds, ns);
    const { clock } = frames;
    const before = index > 0 ? frames.seconds[index - 1] : clock.previousSeconds;
    const beforeNs = index > 0 ? frames.nanoseconds[index - 1] : clock.previousNanoseconds;
    addSpan(items, fields.delta.id, seconds, ns, before, beforeNs);
    addSpan(items, fields.relative.id, seconds, ns, clock.firstSeconds, clock.firstNanoseconds);
  }
  items.add(fields.number.id, items.at, 0, frameNumber(frames, index));
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
  short: text("_ws.short", "Short Frame"),
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
