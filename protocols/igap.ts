/**
 * Internet Group membership Authentication Protocol (draft-hayashi-igap).
 *
 * @module
 */
import {
  bytes,
  choose,
  custom,
  type Field,
  inline,
  ipv4Address,
  sized,
  skip,
  text,
  u8,
} from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IGMP_HEADER, igmpHeader } from "./_igmp.ts";

/** What stands behind IGMP's header of an IGAP message. */
export interface Igap {
  /** Multicast address. */
  readonly group: string;
  /** Version: 0x10. */
  readonly version: number;
  /** Sub-type: what the message is for. */
  readonly subtype: number;
  /** Number of the challenge. */
  readonly challengeId: number;
  /** Bytes of the account. */
  readonly accountSize: number;
  /** Bytes of the message. */
  readonly messageSize: number;
  /** Account, in 16 bytes. */
  readonly account?: string;
  /** Password, of joins and leaves with one. */
  readonly password?: string;
  /** What else stands in the message. */
  readonly message?: Uint8Array | number;
}

const TYPES = { 0x40: "Membership Report (Join)", 0x41: "Membership Query", 0x42: "Leave Group" };
const SUBTYPES = {
  0x02: "Password Mechanism Join (Password-Join)",
  0x03: "Challenge-Response Mechanism Join Request (Challenge-Request-Join)",
  0x04: "Challenge-Response Mechanism Join Response (Challenge-Response-Join)",
  0x21: "Basic Query",
  0x23: "Challenge-Response Mechanism Challenge (Challenge)",
  0x24: "Authentication Message",
  0x25: "Accounting Message",
  0x41: "Basic Leave",
  0x42: "Password Mechanism Leave (Password-Leave)",
  0x43: "Challenge-Response Mechanism Leave Challenge Request (Challenge-Request-Leave)",
  0x44: "Challenge-Response Mechanism Response (Challenge-Response-Leave)",
} as const;
/** Bytes that an account takes, whatever its size. */
const ACCOUNT = 16;
const utf8 = new TextEncoder();

const password = () => inline({ password: text("igap.user_password", "User password") });
const response = () =>
  inline({ message: bytes("igap.result_of_md5_calculation", "Result of MD5 calculation") });

/** Bytes that a value of a message takes. */
function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  return typeof value === "string" ? utf8.encode(value).length : value === undefined ? 0 : 1;
}

/** What an account leaves of its bytes. */
function room(): Field<unknown> {
  return custom({
    fields: {},
    emit() {},
    write(writer, _value, object) {
      writer.put(new Uint8Array(Math.max(ACCOUNT - sizeOf(object.account), 0)));
    },
  });
}

/** Internet Group membership Authentication Protocol. */
export const igap: Protocol<Igap> = protocol<Igap>({
  name: "igap",
  title: "Internet Group membership Authentication Protocol",
  label: "IGAP",
  layer: "internet",
  parents: { "igmp.type": [0x40, 0x41, 0x42] },
  fields: {
    _header: igmpHeader("igap", TYPES, { abbrev: "igap.max_resp", name: "Max Response Time" }),
    group: ipv4Address("igap.maddr", "Multicast group address"),
    version: u8("igap.version", "Version", { hex: true, values: { 0x10: "1" }, initial: 0x10 }),
    subtype: u8("igap.subtype", "Subtype", { hex: true, values: SUBTYPES }),
    _reserved: skip(1),
    challengeId: u8("igap.challengeid", "Challenge ID", { hex: true }),
    accountSize: u8("igap.asize", "Account Size", { auto: ({ value }) => sizeOf(value.account) }),
    messageSize: u8("igap.msize", "Message Size", {
      auto: ({ value }) => sizeOf(value.password ?? value.message),
    }),
    _reserved2: skip(2),
    _account: sized(
      ACCOUNT,
      inline({ account: text("igap.account", "User Account", "accountSize"), _room: room() }),
    ),
    _message: sized(
      (items) => items.bytes[items.start + 9],
      choose(
        (items) => items.left > 0 ? items.bytes[items.start + 5] : 0,
        {
          0: inline({}),
          0x02: password(),
          0x04: response(),
          0x23: inline({ message: bytes("igap.challenge", "Challenge") }),
          0x24: inline({
            message: u8("igap.authentication_result", "Authentication result", {
              hex: true,
              values: { 0x11: "Authentication success", 0x21: "Authentication failure" },
            }),
          }),
          0x25: inline({
            message: u8("igap.accounting_status", "Accounting status", {
              hex: true,
              values: { 0x11: "Accounting start", 0x21: "Accounting stop" },
            }),
          }),
          0x42: password(),
          0x44: response(),
        },
        inline({ message: bytes("igap.unknown_message", "Unknown message") }),
        (object) =>
          object.password === undefined && object.message === undefined
            ? 0
            : Number(object.subtype ?? 0),
      ),
    ),
  },
  header: "rest",
  summary,
});

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number },
  out: TextWriter,
): void {
  const type = layer.bytes[layer.start - IGMP_HEADER];
  out.ascii(TYPES[type as keyof typeof TYPES] ?? "Unknown Type");
}
