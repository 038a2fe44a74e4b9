/**
 * PPP's Password Authentication Protocol (RFC 1334 section 2).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, choose, group, text, u16, u8 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { controlWalk } from "./_ppp_control.ts";

/** What a packet carries, by its code. */
export interface PapData {
  /** Length of the name in bytes. */
  readonly peerLength?: number;
  /** Name of who asks. */
  readonly peer?: string;
  /** Length of the password in bytes. */
  readonly passwordLength?: number;
  /** Password. */
  readonly password?: string;
  /** Length of the message in bytes. */
  readonly messageLength?: number;
  /** Message for people. */
  readonly message?: string;
}

/** A packet of the Password Authentication Protocol. */
export interface Pap {
  /** Code: 1 request, 2 acknowledgment, 3 refusal. */
  readonly code: number;
  /** Identifier: answers bear that of the request. */
  readonly identifier: number;
  /** Length in bytes, header included. */
  readonly length: number;
  /** What it carries; bytes if the code is unknown. */
  readonly data: PapData | Uint8Array;
}

const CODES: Readonly<Record<number, string>> = {
  1: "Authenticate-Request",
  2: "Authenticate-Ack",
  3: "Authenticate-Nak",
};

const message = () =>
  group("pap.data", "Data", {
    messageLength: u8("pap.message.length", "Message-Length"),
    message: text("pap.message", "Message", "messageLength"),
  });

/** Password Authentication Protocol. */
export const pap: Protocol<Pap> = protocol<Pap>({
  name: "pap",
  title: "PPP Password Authentication Protocol",
  label: "PAP",
  layer: "application",
  parents: { "ppp.protocol": [0xc023] },
  fields: {
    code: u8("pap.code", "Code", { values: CODES, initial: 1 }),
    identifier: u8("pap.identifier", "Identifier"),
    length: u16("pap.length", "Length", { auto: (d) => d.bytes.length }),
    data: choose("code", {
      1: group("pap.data", "Data", {
        peerLength: u8("pap.peer_id.length", "Peer-ID-Length"),
        peer: text("pap.peer_id", "Peer-ID", "peerLength"),
        passwordLength: u8("pap.password.length", "Password-Length"),
        password: text("pap.password", "Password", "passwordLength"),
      }),
      2: message(),
      3: message(),
    }, bytes("pap.stuff", "stuff")) as never,
  },
  walk: (w: Walker): void => controlWalk(w),
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.end - s < 1) return;
  out.ascii(CODES[b[s]] ?? "Unknown");
  if (b[s] < 1 || b[s] > 3 || layer.end - s < 5) return;
  const n = b[s + 4];
  if (s + 5 + n > layer.end || n === 0) return;
  out.ascii(b[s] === 1 ? " (Peer-ID='" : " (Message='");
  out.line(b, s + 5, n);
  out.ascii("')");
}
