/**
 * Letting the event loop run.
 *
 * @module
 */

/**
 * Resolves when the event loop has run once, so that signals, timers and messages are served between two stretches of
 * work. A message to oneself, not a timer: the runtime loads its timers at their first use, which takes 10 ms and 5 MiB.
 */
export function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port2.onmessage = () => {
      port1.close();
      port2.close();
      resolve();
    };
    port1.postMessage(undefined);
  });
}

/**
 * Whether a signal has aborted, as a property: to ask the signal for each batch has V8's last compiler translate what it is
 * asked by, and to begin with that compiler takes 2 MiB.
 */
export class Aborted implements Disposable {
  /** Whether it has. */
  yet: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #note = (): void => {
    this.yet = true;
  };
  /** Listens to `signal`, if there is one, until it is disposed of. */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.yet = signal?.aborted === true;
    signal?.addEventListener("abort", this.#note);
  }
  /** Listens no more. */
  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.#note);
  }
}

/**
 * Sends a message to nobody. The first one that a thread sends has the runtime change what typed arrays inherit from, and
 * all that was compiled for them until then is compiled again: whoever will call {@linkcode turn}, or start a worker,
 * after much work sends one before it.
 */
export function firstMessage(): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined);
  port1.close();
  port2.close();
}
