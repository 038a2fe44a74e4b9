/**
 * Configuration Testing Protocol, Ethernet's loopback (Ethernet 2.0 section 8).
 *
 * @module
 */
import { LIST_MAX } from "../core/limits.ts";
import type { Walker } from "../core/catalogue.ts";
import { custom, type Field, list, macAddress, u16 } from "../core/field.ts";
import { writeMac } from "../core/address.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** A configuration test message: addresses to forward it to, then the reply. */
export interface Loop {
  /** Bytes to skip: where the function under way begins, counted behind this field. */
  readonly skipCount: number;
  /** Stations to forward the message to. */
  readonly forward?: readonly string[];
  /** The function behind the last of them: 1 for a reply. */
  readonly function?: number;
  /** Receipt number of a reply. */
  readonly receipt?: number;
}

const REPLY = 1, FORWARD = 2;
const FUNCTIONS: Readonly<Record<number, string>> = { [REPLY]: "Reply", [FORWARD]: "Forward Data" };

/** Configuration Testing Protocol. */
export const loop: Protocol<Loop> = protocol<Loop>({
  name: "loop",
  title: "Configuration Test Protocol (loopback)",
  label: "LOOP",
  layer: "application",
  parents: { ethertype: [0x9000] },
  fields: {
    skipCount: u16("loop.skipcount", "skipCount", { little: true }),
    _functions: functions(),
  },
  walk,
  summary,
});

function functions(): Field<unknown> {
  const fields = {
    _relevant: u16("loop.relevant_function", "Relevant function", { values: FUNCTIONS }),
    _forwarding: u16("loop.function", "Function", { values: FUNCTIONS }),
    function: u16("loop.function", "Function", { values: FUNCTIONS }),
    receipt: u16("loop.receipt_number", "Receipt number"),
  };
  const address = macAddress("loop.forwarding_address", "Forwarding address");
  return custom({
    fields: { ...fields, forward: list(address) },
    emit(items) {
      const b = items.bytes;
      const relevant = items.start + 2 + (b[items.start] | (b[items.start + 1] << 8));
      for (let i = 0; i < LIST_MAX; i++) {
        if (!items.has(2)) return;
        const at = items.at, v = b[at] | (b[at + 1] << 8);
        if (at === relevant) items.add(fields._relevant.id, at, 2, v);
        items.add((v === FORWARD ? fields._forwarding : fields.function).id, at, 2, v);
        items.at += 2;
        if (v === FORWARD) {
          if (!items.has(6)) return;
          items.add(address.id, items.at, 6, 0);
          items.at += 6;
          continue;
        }
        if (v === REPLY) {
          if (!items.has(2)) return;
          items.add(fields.receipt.id, items.at, 2, b[items.at] | (b[items.at + 1] << 8));
          items.at += 2;
        }
        return;
      }
    },
    write(writer, _, object) {
      const little = (v: number): void => writer.uint(((v & 0xff) << 8) | (v >> 8), 2);
      for (const to of (object.forward ?? []) as readonly string[]) {
        little(FORWARD);
        const o = writer.reserve(6);
        writeMac(writer.bytes, o, to);
      }
      const last = Number(object.function ?? REPLY);
      little(last);
      if (last === REPLY) little(Number(object.receipt ?? 0));
    },
  });
}

function walk(w: Walker): void {
  const b = w.bytes;
  let at = w.start + 2;
  for (let i = 0; i < LIST_MAX && at + 2 <= w.limit; i++) {
    const v = b[at] | (b[at + 1] << 8);
    at += 2;
    if (v !== FORWARD) {
      w.end = v === REPLY ? at + 2 : at;
      return;
    }
    at += 6;
  }
  w.end = at + 2;
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly limit: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.limit - s < 4) return;
  const at = s + 2 + (b[s] | (b[s + 1] << 8));
  const v = at + 2 <= layer.limit ? b[at] | (b[at + 1] << 8) : 0;
  out.ascii(FUNCTIONS[v] ?? "Unknown function");
}
