/**
 * The thread that tries packets, so that {@link ./fuzz.ts} can watch it: an endless loop shows as standing still.
 *
 * @module
 */
import { createKit } from "../kit.ts";
import {
  type Case,
  Checker,
  Corpus,
  type Failure,
  run,
  type RunOptions,
  type RunResult,
} from "./_fuzz.ts";

/** What the thread is asked to do. */
export type Request =
  | {
    /** Tries packets made from a seed. */
    readonly run: Pick<RunOptions, "seed" | "count" | "first" | "seconds" | "failures">;
    /** Folders of captures. */
    readonly folders: readonly string[];
    /** Where it stands: the packet's place in the run; before that, minus the files read. */
    readonly place: Int32Array;
  }
  | {
    /** Tries this one packet. */
    readonly one: Case;
  };

/** What the thread says. */
export type Reply =
  | { readonly ready: { readonly packets: number; readonly protocols: readonly string[] } }
  | { readonly failure: Failure }
  | { readonly result: RunResult }
  | { readonly tried: readonly Failure[] };

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(reply: Reply): void;
};

/** Packets to begin with: crafted ones, and those of the captures in `folders`. */
export async function corpusOf(
  folders: readonly string[],
  told: () => void = () => {},
): Promise<Corpus> {
  const { catalogue } = createKit();
  await catalogue.loadAll();
  const corpus = new Corpus(catalogue);
  corpus.addCrafted();
  for (const folder of folders) await corpus.addFolder(new URL(folder), 48, told);
  return corpus;
}

if ("WorkerGlobalScope" in globalThis) {
  const kit = createKit();
  // Nothing is awaited before this stands: a message that comes earlier is lost.
  scope.onmessage = async ({ data }): Promise<void> => {
    await kit.catalogue.loadAll();
    if ("one" in data) {
      scope.postMessage({ tried: await new Checker(kit).check([data.one], 0) });
      return;
    }
    const corpus = await corpusOf(data.folders, () => Atomics.sub(data.place, 0, 1));
    scope.postMessage({ ready: { packets: corpus.size, protocols: corpus.protocols } });
    const result = await run(kit, corpus, {
      ...data.run,
      told: (index) => Atomics.store(data.place, 0, index),
      failed: (failure) => scope.postMessage({ failure }),
    });
    scope.postMessage({ result });
  };
}
