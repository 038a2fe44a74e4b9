/**
 * The captures of `../shared`, which tools compare with.
 *
 * @module
 */

/** Where they are, whether they are there or not. */
export const CAPTURES: string = new URL("../../shared/captures", import.meta.url).pathname;

/** Every capture below `folder`, by its path from there, in the order of names. */
export function* capturesBelow(folder: string = CAPTURES, prefix = ""): Generator<string> {
  const entries = [...Deno.readDirSync(folder)].sort((x, y) => x.name < y.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* capturesBelow(`${folder}/${name}`, `${prefix}${name}/`);
    else if (/\.(pcap|pcapng|cap|gz|zst|lz4)$/.test(name)) yield prefix + name;
  }
}
