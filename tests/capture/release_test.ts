import { assert, assertEquals } from "@std/assert";
import type { FrameBatch } from "../../core/batch.ts";
import type { ByteSource, FramingOptions } from "../../core/source.ts";
import type { BufferedFraming } from "../../capture/framing.ts";
import { openPcap } from "../../capture/pcap.ts";
import { openPcapng } from "../../capture/pcapng.ts";
import { tell } from "./_frames.ts";
import { dice, epb, frame, idb, join, pcap, shb } from "./craft.ts";

const FRAMES = 700;
const SIZES = Array.from(
  { length: FRAMES },
  (_, i) => 20 + i * 37 % 300 + (i % 97 === 0 ? 5000 : 0),
);
const CAPTURES = {
  pcap: { open: openPcap, bytes: pcap(true, "ns", SIZES) },
  pcapng: {
    open: openPcapng,
    bytes: join(
      shb(true),
      idb(true),
      ...SIZES.map((size, i) => epb(true, 0, BigInt(i), frame(i, size))),
    ),
  },
};

/** How the bytes come: read at once, read later, or put into the framer's memory. */
type Way = "read" | "later" | "put";

/** A capture that comes bit by bit. */
class Trickle implements ByteSource {
  readonly name = "trickle";
  readonly #bytes: Uint8Array;
  readonly #random: () => number;
  readonly #way: Way;
  #at = 0;

  constructor(bytes: Uint8Array, random: () => number, way: Way) {
    this.#bytes = bytes;
    this.#random = random;
    this.#way = way;
  }

  readonly write = (into: Uint8Array): number => {
    const most = Math.min(into.length, Math.ceil(this.#random() * 6000));
    const part = this.#bytes.subarray(this.#at, this.#at + most);
    into.set(part);
    this.#at += part.length;
    return part.length;
  };

  read(into: Uint8Array): number | null | Promise<number | null> {
    if (this.#at === this.#bytes.length) return null;
    if (this.#way !== "later") return this.write(into);
    return new Promise((resolve) => setTimeout(() => resolve(this.write(into)), 0));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** What a batch says. */
function told(batch: FrameBatch): string[] {
  const lines: string[] = [];
  tell(batch, lines);
  return lines;
}

/** Reads a capture and keeps up to so many batches, which are given back in any order: none may change meanwhile. */
async function keep(
  { open, bytes }: {
    open: (source: ByteSource, options: FramingOptions) => Promise<BufferedFraming>;
    bytes: Uint8Array;
  },
  kept: number,
  way: Way,
  random: () => number,
): Promise<string[]> {
  const source = new Trickle(bytes, random, way);
  await using framing = await open(source, {
    live: true,
    batchBytes: 4096 << Math.floor(random() * 3),
    batchPackets: 1 + Math.floor(random() * 60),
  });
  const lines: string[] = [], held: { batch: FrameBatch; said: string[] }[] = [];
  const giveBack = (): void => {
    const [{ batch, said }] = held.splice(Math.floor(random() * held.length), 1);
    assertEquals(told(batch), said);
    if (random() < 0.1) return;
    assert(framing.release({ ...batch }));
    assert(!framing.release(batch));
  };
  for (;;) {
    if (way === "put" && random() < 0.7) framing.put(source.write);
    const next = framing.next();
    // Also while the next one is awaited.
    if (held.length > 0 && random() < 0.3) giveBack();
    const batch = await next;
    if (batch === undefined) break;
    const said = told(batch);
    lines.push(...said);
    held.push({ batch, said });
    while (held.length > kept) giveBack();
  }
  while (held.length > 0) giveBack();
  return lines;
}

for (const [format, capture] of Object.entries(CAPTURES)) {
  Deno.test(`batches of ${format} can be given back at any time, and those kept stay as they are`, async () => {
    await using plain = await capture.open(new Trickle(capture.bytes, () => 1, "read"), {});
    const all: string[] = [];
    for (let batch; (batch = await plain.next());) all.push(...told(batch));
    assertEquals(all.filter((line) => !line.startsWith("block")).length, FRAMES);
    for (const way of ["read", "later", "put"] as const) {
      for (let run = 0; run < (way === "later" ? 6 : 30); run++) {
        assertEquals(await keep(capture, run % 6, way, dice(run)), all, `${way} ${run}`);
      }
    }
  });
}

Deno.test("memory that is given back is used again, and what is not a batch's is passed over", async () => {
  const { bytes } = CAPTURES.pcap;
  const count = async (release: boolean, live = true): Promise<number> => {
    let allocated = 0;
    await using framing = await openPcap(new Trickle(bytes, () => 0.5, "read"), {
      live,
      batchBytes: 4096,
      allocate: (size) => {
        allocated++;
        return new Uint8Array(size);
      },
    });
    for (let batch; (batch = await framing.next());) {
      if (release) assertEquals(framing.release(batch), live);
    }
    assertEquals(framing.release({ bytes }), false);
    return allocated;
  };
  const [without, withRelease] = [await count(false), await count(true)];
  assert(without > 40 && withRelease < without / 4, `${without} without, ${withRelease} with`);
  // Reading files does not offer it.
  assert(await count(true, false) > 10);
});
