// deno-lint-ignore-file no-console -- a program for the terminal
/**
 * Compares our dpkt-compatible objects with Python's dpkt, over the captures in `../shared` or those named: every frame's
 * fields, attributes, payloads, lengths and packed bytes, DNS, DHCP, NTP and HTTP in every UDP and TCP payload, errors
 * by class, and what the readers of both yield.
 *
 * ```sh
 * deno task dpkt-oracle [FILES…]
 * ```
 *
 * @module
 */
import { CaptureFormatError } from "../core/errors.ts";
import { open } from "../mod.ts";
import {
  differ,
  type Difference,
  type Frame,
  frame,
  hasDpkt,
  lines,
  read,
  theirs,
} from "./_dpkt.ts";
import { CAPTURES, capturesBelow } from "./_captures.ts";

/** The frames of a capture, up to where it is damaged. */
async function framesOf(path: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  try {
    for await (const p of open(path)) frames.push({ linkType: p.linkType, bytes: p.bytes.slice() });
  } catch (e) {
    if (!(e instanceof CaptureFormatError)) throw e;
  }
  return frames;
}

if (import.meta.main) {
  if (!hasDpkt()) {
    console.error("Cannot compare: /usr/bin/python3 has no dpkt (Debian: python3-dpkt)");
    Deno.exit(2);
  }
  const paths = Deno.args.length > 0
    ? Deno.args
    : [...capturesBelow()].map((f) => `${CAPTURES}/${f}`);
  const kept = new Map<string, number>();
  const keep = (reason: string, { theirs }: Difference): void => {
    const error = (theirs as { error?: string } | null | undefined)?.error;
    const what = error ? `${reason} (${error})` : reason;
    kept.set(what, (kept.get(what) ?? 0) + 1);
  };
  let frames = 0, accepted = 0, wrong = 0, shown = 0;
  const show = (text: string): void => {
    if (shown++ < 50) console.info(text);
  };
  for (const path of paths) {
    const all = await framesOf(path);
    let i = 0;
    for await (const line of theirs(all)) {
      const { linkType, bytes } = all[i++];
      const expected = JSON.parse(line);
      frames++;
      if (expected.frame?.object) accepted++;
      const found = differ(expected, JSON.parse(JSON.stringify(frame(linkType, bytes))), keep);
      if (found.length === 0) continue;
      wrong++;
      show(`${path} frame ${i} ${JSON.stringify(found[0])}`);
    }
    if (i !== all.length) throw new Error(`${path}: ${i} answers to ${all.length} frames`);
  }
  let files = 0;
  const answers = await lines("readers", paths);
  for (const [i, path] of paths.entries()) {
    files++;
    const found = differ(answers[i], read(path), keep);
    if (found.length === 0) continue;
    wrong++;
    show(`${path} ${JSON.stringify(found[0])}`);
  }
  console.info(
    `${frames} frames, of which dpkt accepts ${accepted}; ${files} files; ${wrong} differ`,
  );
  for (const [reason, times] of kept) console.info(`  kept ${times} times: ${reason}`);
  if (wrong > 0) Deno.exit(1);
}
