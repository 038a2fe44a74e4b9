/**
 * The version, alone in its file so that saying it loads nothing else. A test compares it with deno.json.
 *
 * @module
 */

/** Version of pcapkit. */
export const VERSION = "0.1.0";
