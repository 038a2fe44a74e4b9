/**
 * Fields that are asked for by name.
 *
 * @module
 */
import type { Catalogue } from "../core/catalogue.ts";
import { didYouMean } from "../core/nearest.ts";

/**
 * Loads the protocols of the fields `names`, so that the catalogue knows them.
 *
 * @throws {RangeError} If there is no such field: `Cannot DOING field "..."`, with one that may have been meant.
 */
export async function loadWanted(
  catalogue: Catalogue,
  names: readonly string[],
  doing: string,
): Promise<void> {
  await catalogue.loadFields(names);
  for (const name of names) {
    if (catalogue.fieldsOf(name).length > 0) continue;
    // Other protocols' names are not known before they are loaded; here it may take its time.
    await catalogue.loadAll();
    const hint = catalogue.named(name).length > 0
      ? "; that is a protocol, and its fields are wanted (`list fields` names them)"
      : didYouMean(name, catalogue.abbrevs) || " (`list fields` names all; engine tshark has more)";
    throw new RangeError(`Cannot ${doing} field "${name}": current kit has no such field${hint}`);
  }
}
