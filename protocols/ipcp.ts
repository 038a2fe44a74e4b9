/**
 * PPP's control protocol for IPv4 (RFC 1332; options also RFC 1877, 2290, 3241, 3544).
 *
 * @module
 */
import {
  bytes,
  choose,
  type Field,
  flag,
  inline,
  ipv4Address,
  list,
  tlv,
  u16,
  u8,
} from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import {
  controlFields,
  controlSummary,
  controlWalk,
  type OptionCase,
  Options,
  type PppControl,
} from "./_ppp_control.ts";

/** A packet of the control protocol for IPv4. */
export type Ipcp = PppControl;

const VJ = 0x2d, VJ_WRONG = 0x37, IPHC = 0x61, ROHC = 0x03;

const address = (name: string, abbrev: string, label: string): OptionCase => ({
  name,
  fixed: 6,
  fields: { address: ipv4Address(`ipcp.opt.${abbrev}`, label) },
});

/** How headers are compressed; also for IPv6. */
export function compression(): OptionCase {
  const vj = (): Field<unknown> =>
    inline({
      maxSlot: u8("ipcp.opt.max_slot_id", "Max Slot ID"),
      slots: u8("", "Slot IDs"),
      _compressed: flag(1, "ipcp.opt.comp_slot_id", "Comp Slot ID"),
    });
  return {
    name: "IP Compression Protocol",
    least: 4,
    fields: {
      protocol: u16("ipcp.opt.compress_proto", "IP Compression Protocol", {
        hex: true,
        values: {
          [ROHC]: "Robust Header Compression (ROHC)",
          [VJ]: "VJ compression",
          [VJ_WRONG]: "VJ compression (RFC1172-typo)",
          [IPHC]: "IPHC compression",
        },
      }),
      _form: choose("protocol", {
        [VJ]: vj(),
        [VJ_WRONG]: vj(),
        [IPHC]: inline({
          tcpSpace: u16("ipcp.opt.tcp_space", "TCP Space"),
          otherSpace: u16("ipcp.opt.non_tcp_space", "Non TCP Space"),
          maxPeriod: u16("ipcp.opt.f_max_period", "F Max Period"),
          maxTime: u16("ipcp.opt.f_max_time", "F Max Time"),
          maxHeader: u16("ipcp.opt.max_header", "Max Header"),
          suboptions: tlv({
            heading: ["", "Suboption"],
            kind: () => u8("ipcp.opt.iphc.type", "Type"),
            length: () => u8("ipcp.opt.iphc.length", "Length"),
            lengthCoversAll: true,
            cases: {
              3: ["", "Negotiate TCP header compression", {
                parameter: u8("ipcp.opt.iphc.param", "Parameter"),
              }],
              4: ["", "Negotiate non-TCP header compression", {
                parameter: u8("ipcp.opt.iphc.param", "Parameter"),
              }],
            },
            otherwise: () => ({ data: bytes("", "Data") }),
          }),
        }),
        [ROHC]: inline({
          maxContext: u16("ipcp.opt.max_cid", "Max CID"),
          mrru: u16("ipcp.opt.mrru", "MRRU"),
          maxHeader: u16("ipcp.opt.max_header", "Max Header"),
          suboptions: tlv({
            heading: ["", "Suboption"],
            kind: () => u8("ipcp.opt.rohc.type", "Type"),
            length: () => u8("ipcp.opt.rohc.length", "Length"),
            lengthCoversAll: true,
            cases: {
              1: ["", "Profiles", {
                profiles: list(u16("ipcp.opt.rohc.profile", "Profile", { hex: true })),
              }],
            },
            otherwise: () => ({ data: bytes("", "Data") }),
          }),
        }),
      }, inline({ data: bytes("ipcp.data", "Data") })),
    },
  };
}

/** Control protocol for IPv4. */
export const ipcp: Protocol<Ipcp> = protocol<Ipcp>({
  name: "ipcp",
  title: "PPP IP Control Protocol",
  label: "IPCP",
  layer: "application",
  parents: { "ppp.protocol": [0x8021] },
  fields: controlFields(
    new Options("ipcp.opt", {
      1: {
        name: "IP Addresses (deprecated)",
        fixed: 10,
        fields: {
          src: ipv4Address("ipcp.opt.src_address", "Source IP Address"),
          dst: ipv4Address("ipcp.opt.dst_address", "Destination IP Address"),
        },
      },
      2: compression(),
      3: address("IP Address", "ip_address", "IP Address"),
      4: address(
        "Mobile Node's Home IP Address",
        "mobilenodehomeaddress",
        "Mobile Node's Home Address",
      ),
      129: address("Primary DNS Server IP Address", "pri_dns_address", "Primary DNS Address"),
      130: address("Primary NBNS Server IP Address", "pri_nbns_address", "Primary NBNS Address"),
      131: address("Secondary DNS Server IP Address", "sec_dns_address", "Secondary DNS Address"),
      132: address(
        "Secondary NBNS Server IP Address",
        "sec_nbns_address",
        "Secondary NBNS Address",
      ),
    }),
  ),
  walk: controlWalk,
  summary: controlSummary,
});
