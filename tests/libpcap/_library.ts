/**
 * Whether libpcap is here, for tests that need it.
 *
 * @module
 */
import { loadLibrary } from "../../capture/libpcap/library.ts";

/** Where libpcap was found, or why it was not. */
function look(): { readonly path?: string; readonly reason?: string } {
  try {
    return { path: loadLibrary().path };
  } catch (error) {
    return { reason: error instanceof Error ? error.message.split("\n")[0] : String(error) };
  }
}

const found = look();

/** Path of libpcap; `undefined` if there is none. */
export const LIBPCAP: string | undefined = found.path;

/** What a test's name says where libpcap is missing, so that it is seen why it was skipped. */
export const WITHOUT_LIBPCAP: string = found.reason === undefined
  ? ""
  : ` (skipped: ${found.reason})`;
