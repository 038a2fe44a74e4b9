/**
 * Crafted frames before the examiner: values as `tests/oracle/_tshark.ts` compares them, and what only the details tell
 * (PDML): where each field stands, and which fields tshark shows that we do not declare.
 *
 * @module
 */
import { Packet } from "../../core/packet.ts";
import type { FrameBatch } from "../../core/batch.ts";
import { openCapture } from "../../capture/open.ts";
import { Kind } from "../../core/items.ts";
import { createKit } from "../../kit.ts";
import { inline } from "../../workers/inline.ts";
import { epb, idb, join, shb } from "../capture/craft.ts";
import { PREFERENCES } from "./_tshark.ts";
import type { Crafted } from "./crafted/_frames.ts";

const kit = createKit();
await kit.catalogue.loadAll();

/** The frames as a pcapng file: an interface for each link type. */
export function captureOf(frames: readonly Crafted[]): Uint8Array<ArrayBuffer> {
  const links = [...new Set(frames.map((f) => f.linkType))];
  return join(
    shb(true),
    ...links.map((link) => idb(true, undefined, link)),
    ...frames.map((f, i) =>
      epb(true, links.indexOf(f.linkType), 1_700_000_000_000_000n + BigInt(i) * 1_000_000n, f.bytes)
    ),
  );
}

/** A field in a packet's details: where it is said to stand. */
export interface Place {
  /** Abbreviation. */
  readonly name: string;
  /** First byte. */
  readonly at: number;
  /** Bytes. */
  readonly size: number;
  /** Whether it is less than its bytes: tshark says the bytes of the number it was cut from. */
  readonly part: boolean;
  /** Whether tshark shows it nowhere but to filters. */
  readonly hidden: boolean;
  /** What is shown of it. */
  readonly shown: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** The fields of each packet's details, in order. */
export function details(path: string): Place[][] {
  const { stdout } = new Deno.Command("tshark", {
    args: ["-n", "-r", path, "-T", "pdml", ...PREFERENCES.flatMap((p) => ["-o", p])],
    env: { TZ: "UTC", LC_ALL: "C.UTF-8", WIRESHARK_CONFIG_DIR: "/nonexistent" },
    stderr: "null",
  }).outputSync();
  const packets: Place[][] = [];
  for (
    const [, tag, text] of new TextDecoder().decode(stdout).matchAll(/<(packet|field) ?([^>]*)>/g)
  ) {
    if (tag === "packet") {
      packets.push([]);
      continue;
    }
    const said: Record<string, string> = {};
    for (const [, key, value] of text.matchAll(/([a-z]+)="([^"]*)"/g)) {
      said[key] = value.replace(
        /&(?:#x([0-9a-f]+)|([a-z]+));/gi,
        (_, code, name) => code ? String.fromCodePoint(parseInt(code, 16)) : ENTITIES[name],
      );
    }
    packets.at(-1)?.push({
      name: said.name ?? "",
      at: Number(said.pos ?? 0),
      size: Number(said.size ?? 0),
      part: said.unmaskedvalue !== undefined,
      hidden: said.hide === "yes",
      shown: said.show ?? "",
    });
  }
  return packets;
}

/** Where our fields stand, packet by packet: only those that stand on the wire and fill their bytes. */
export async function ourPlaces(path: string): Promise<Place[][]> {
  const all: Place[][] = [];
  await using capture = await openCapture(path);
  await using crew = await inline({ engine: { name: "default" } }, kit);
  for await (const { packets } of crew.run(capture)) {
    for (let i = 0; i < (packets!.frames as FrameBatch).count; i++) {
      all.push(
        new Packet(packets!, i, crew.catalogue).fields().map(({ info, offset, length }) => ({
          name: info.abbrev,
          at: offset,
          size: length,
          part: info.generated || info.mask !== 0 || info.bits % 8 !== 0 || info.kind === Kind.None,
          hidden: false,
          shown: "",
        })),
      );
    }
  }
  return all;
}
