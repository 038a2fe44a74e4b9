/**
 * Multicast Source Notification of Interest Protocol (draft-ietf-idmr-msnip).
 *
 * @module
 */
import {
  bytes,
  choose,
  group,
  inline,
  ipv4Address,
  list,
  skip,
  u16,
  u32,
  u8,
} from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { IGMP_HEADER, igmpByte, igmpHeader } from "./_igmp.ts";

/** Groups of a map. */
export interface MsnipGroup {
  /** Multicast address. */
  readonly group: string;
  /** Bits of its prefix. */
  readonly prefix: number;
}
/** What a receiver wants of a group. */
export interface MsnipRecord {
  /** 1 to transmit, 2 to hold. */
  readonly type: number;
  /** Multicast address. */
  readonly group: string;
}
/** What stands behind IGMP's header of an MSNIP message, by its type. */
export interface Msnip {
  /** How long what is said holds, in seconds. */
  readonly holdTime?: number;
  /** Of a map: its groups. */
  readonly groups?: readonly MsnipGroup[];
  /** Of a solicitation: the router's generation. */
  readonly generation?: number;
  /** Of a report: its records. */
  readonly records?: readonly MsnipRecord[];
  /** All of it, where nothing in front says what it is. */
  readonly data?: Uint8Array;
}

const MAP = 0x23, SOLICITATION = 0x24, REPORT = 0x25;
const TYPES = {
  [MAP]: "Multicast Group Map",
  [SOLICITATION]: "Multicast Interest Solicitation",
  [REPORT]: "Multicast Receiver Membership Report",
} as const;
const address = () => ipv4Address("msnip.maddr", "Multicast group");

/** Multicast Source Notification of Interest Protocol. */
export const msnip: Protocol<Msnip> = protocol<Msnip>({
  name: "msnip",
  title: "MSNIP: Multicast Source Notification of Interest Protocol",
  label: "MSNIP",
  layer: "internet",
  parents: { "igmp.type": [MAP, SOLICITATION, REPORT] },
  fields: {
    _header: igmpHeader("msnip", TYPES, {
      abbrev: "msnip.count",
      name: "Count",
      types: [MAP, REPORT],
    }),
    _body: choose(
      (items) => igmpByte(items, 0),
      {
        [MAP]: inline({
          holdTime: u32("msnip.holdtime", "Holdtime"),
          groups: list(group<MsnipGroup>("msnip.groups", "Groups", {
            group: address(),
            prefix: u8("msnip.netmask", "Netmask"),
            _reserved: skip(3),
          })),
        }),
        [SOLICITATION]: inline({
          holdTime: u16("msnip.holdtime16", "Holdtime"),
          generation: u16("msnip.genid", "Generation ID"),
        }),
        [REPORT]: inline({
          records: list(group<MsnipRecord>("msnip.groups", "Groups", {
            type: u8("msnip.rec_type", "Record Type", {
              values: {
                1: "Request to start transmitting group",
                2: "Request to hold transmitting group",
              },
            }),
            _reserved: skip(3),
            group: address(),
          })),
        }),
      },
      inline({ data: bytes("", "Data") }),
      (object) =>
        object.records !== undefined
          ? REPORT
          : object.groups !== undefined
          ? MAP
          : object.generation !== undefined
          ? SOLICITATION
          : -1,
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
