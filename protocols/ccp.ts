/**
 * PPP's Compression Control Protocol (RFC 1962; options RFC 1967, 1974, 1975, 1977, 1979, 1993, 2118, 3078).
 *
 * @module
 */
import {
  bits,
  bool,
  bytes,
  choose,
  flag,
  inline,
  u16,
  u24,
  u32,
  u8,
  within,
} from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import {
  controlFields,
  controlSummary,
  controlWalk,
  Options,
  type PppControl,
} from "./_ppp_control.ts";

/** A packet of the Compression Control Protocol. */
export type Ccp = PppControl;

/** Compression Control Protocol. */
export const ccp: Protocol<Ccp> = protocol<Ccp>({
  name: "ccp",
  title: "PPP Compression Control Protocol",
  label: "CCP",
  layer: "application",
  parents: { "ppp.protocol": [0x80fd] },
  fields: controlFields(
    new Options("ccp.opt", {
      0: {
        name: "OUI",
        least: 6,
        fields: {
          oui: u24("ccp.opt.oui", "OUI", { hex: true }),
          subtype: u8("ccp.opt.subtype", "Subtype", { hex: true }),
          data: bytes("ccp.opt.data", "Data"),
        },
      },
      1: { name: "Predictor type 1", fields: { data: bytes("ccp.opt.data", "Data") } },
      2: { name: "Predictor type 2", fields: { data: bytes("ccp.opt.data", "Data") } },
      3: { name: "Puddle Jumper", fields: { data: bytes("ccp.opt.data", "Data") } },
      16: { name: "Hewlett-Packard PPC", fields: { data: bytes("ccp.opt.data", "Data") } },
      17: {
        name: "Stac Electronics LZS",
        least: 5,
        fields: {
          // Ascend's own form has six bytes.
          _form: choose(
            (items) => items.left === 4 ? 1 : 0,
            { 1: inline({ data: bytes("ccp.opt.data", "Data") }) },
            inline({
              histories: u16("ccp.opt.history_count", "History Count"),
              mode: u8("ccp.opt.cm", "Check Mode Field"),
              _reserved: within(0xf8, "ccp.opt.cm.reserved", "Reserved"),
              _check: within(0x07, "ccp.opt.cm.check_mode", "Check Mode", {
                values: { 0: "None", 1: "LCB", 2: "CRC", 3: "Sequence Number", 4: "Extended Mode" },
              }),
            }),
            (o) => o.data === undefined ? 0 : 1,
          ),
        },
      },
      18: {
        name: "Microsoft PPE/PPC",
        fixed: 6,
        fields: {
          bits: u32("ccp.opt.supported_bits", "Supported Bits", { hex: true }),
          _h: flag(0x0100_0000, "ccp.opt.supported_bits.h", "H"),
          _m: flag(0x80, "ccp.opt.supported_bits.m", "M"),
          _s: flag(0x40, "ccp.opt.supported_bits.s", "S"),
          _l: flag(0x20, "ccp.opt.supported_bits.l", "L"),
          _d: flag(0x10, "ccp.opt.supported_bits.d", "D"),
          _c: flag(0x01, "ccp.opt.supported_bits.c", "C"),
        },
      },
      19: {
        name: "Gandalf FZA",
        least: 3,
        fields: {
          history: u8("ccp.opt.history", "History"),
          version: bytes("ccp.opt.version", "Version"),
        },
      },
      20: { name: "V.42bis compression", fields: { data: bytes("ccp.opt.data", "Data") } },
      21: {
        name: "BSD LZW Compress",
        fixed: 3,
        fields: {
          dictionary: u8("ccp.opt.vd", "Vers/Dict", { hex: true }),
          _version: within(0xe0, "ccp.opt.vd.vers", "Vers"),
          _size: within(0x1f, "ccp.opt.vd.dict", "Dict"),
        },
      },
      23: {
        name: "LZS-DCP",
        fixed: 6,
        fields: {
          histories: u16("ccp.opt.history_count", "History Count"),
          check: u8("ccp.opt.check_mode", "Check Mode", {
            values: {
              0: "None",
              1: "LCB",
              2: "Sequence Number",
              3: "Sequence Number + LCB (default)",
            },
          }),
          process: u8("ccp.opt.process_mode", "Process Mode", {
            values: { 0: "None (default)", 1: "Process-Uncompressed" },
          }),
        },
      },
      24: {
        name: "MVRCA (Magnalink)",
        fixed: 4,
        fields: {
          features: bits(2, "ccp.opt.fe", "Features"),
          byPacket: bool("ccp.opt.p", "Packet by Packet flag"),
          history: bits(5, "ccp.opt.History", "History"),
          contexts: u8("ccp.opt.contexts", "# Contexts"),
        },
      },
      26: {
        name: "Deflate",
        fixed: 4,
        fields: {
          window: bits(4, "ccp.opt.window", "Window"),
          method: bits(4, "ccp.opt.method", "Method", { values: { 8: "zlib compression" } }),
          zero: bits(6, "ccp.opt.mbz", "MBZ"),
          check: bits(2, "ccp.opt.chk", "Chk", { values: { 0: "sequence number check method" } }),
        },
      },
    }),
  ),
  walk: controlWalk,
  summary: controlSummary,
});
