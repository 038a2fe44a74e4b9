/**
 * Teredo: IPv6 in UDP (RFC 4380).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, custom, type Field, ipv4Address, u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** The indications in front of an IPv6 packet. */
export interface Teredo {
  /** Authentication and origin indications, as they are; mostly none. */
  readonly indications: Uint8Array;
}

const AUTH = 1, ORIGIN = 0, ORIGIN_SIZE = 8, AUTH_MIN = 13;

/** Bytes of the authentication indication at `at`; 0 if there is none, past `end` if it is cut. */
function authLength(b: Uint8Array, at: number, end: number): number {
  if (at + 2 > end || b[at] !== 0 || b[at + 1] !== AUTH) return 0;
  return at + 4 > end ? AUTH_MIN : AUTH_MIN + b[at + 2] + b[at + 3];
}
/** Bytes of the origin indication at `at`; 0 if there is none. */
function originLength(b: Uint8Array, at: number, end: number): number {
  return at + 2 <= end && b[at] === 0 && b[at + 1] === ORIGIN ? ORIGIN_SIZE : 0;
}

function indications(): Field<unknown> {
  const all = bytes("", "Indications");
  const idLength = u8("teredo.auth.idlen", "Client identifier length");
  const valueLength = u8("teredo.auth.aulen", "Authentication value length");
  const id = bytes("teredo.auth.id", "Client identifier");
  const value = bytes("teredo.auth.value", "Authentication value");
  const nonce = bytes("teredo.auth.nonce", "Nonce value");
  const confirmation = bytes("teredo.auth.conf", "Confirmation byte");
  const port = u16("teredo.orig.port", "Origin UDP port");
  const address = ipv4Address("teredo.orig.addr", "Origin IPv4 address");
  const plain = new Uint8Array(4);
  return custom({
    fields: {
      indications: all,
      _idLength: idLength,
      _valueLength: valueLength,
      _id: id,
      _value: value,
      _nonce: nonce,
      _confirmation: confirmation,
      _port: port,
      _address: address,
    },
    emit(items) {
      const b = items.bytes, end = items.end;
      let at = items.at;
      if (at < end) items.add(all.id, at, end - at, 0);
      const auth = authLength(b, at, end);
      if (auth > 0 && at + auth <= end) {
        const a = b[at + 2], v = b[at + 3];
        items.add(idLength.id, at + 2, 1, a);
        items.add(valueLength.id, at + 3, 1, v);
        if (a > 0) items.add(id.id, at + 4, a, 0);
        if (v > 0) items.add(value.id, at + 4 + a, v, 0);
        items.add(nonce.id, at + 4 + a + v, 8, 0);
        items.add(confirmation.id, at + 12 + a + v, 1, 0);
        at += auth;
      }
      if (originLength(b, at, end) > 0 && at + ORIGIN_SIZE <= end) {
        items.add(port.id, at + 2, 2, ((b[at + 2] << 8) | b[at + 3]) ^ 0xffff);
        // The address is inverted, so that address translators do not change it.
        for (let i = 0; i < 4; i++) plain[i] = b[at + 4 + i] ^ 0xff;
        const from = items.beginText();
        items.putText(plain);
        items.endText(address.id, from);
      }
      items.at = end;
    },
    write(writer, _value, object) {
      if (object.indications instanceof Uint8Array) writer.put(object.indications);
    },
  });
}

/** Teredo. */
export const teredo: Protocol<Teredo> = protocol<Teredo>({
  name: "teredo",
  title: "Teredo IPv6 over UDP tunneling",
  label: "Teredo",
  layer: "link",
  parents: { "udp.port": [3544] },
  fields: { _indications: indications() },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, limit = w.limit;
  let at = w.start;
  at += authLength(b, at, limit);
  at += originLength(b, at, limit);
  w.end = at;
  w.next = -2;
  if (at >= limit) return;
  w.next = -1;
  if (b[at] >> 4 === 6) w.to("ip.version", 6);
}

function summary(_layer: { readonly start: number }, out: TextWriter): void {
  out.ascii("Teredo");
}
