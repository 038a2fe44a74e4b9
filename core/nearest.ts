/**
 * What somebody may have meant who wrote a name that is not known.
 *
 * @module
 */

/** The ends of messages that say so, for example `; did you mean "ip.src"?`; empty if nothing is near. */
export function didYouMean(given: string, names: Iterable<string>): string {
  const wanted = given.toLowerCase();
  // A third of the letters may be wrong, and one always: more is another word.
  let near: string | undefined, best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    if (name === "" || Math.abs(name.length - wanted.length) >= best) continue;
    const distance = edits(wanted, name.toLowerCase(), best);
    if (distance < best) {
      best = distance;
      near = name;
    }
  }
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

/** Letters to add, drop, replace or swap with their neighbour to make `b` of `a` (restricted Damerau); `most` if that many. */
function edits(a: string, b: string, most: number): number {
  let before: number[] = [], row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      next.push(cost);
      least = Math.min(least, cost);
    }
    if (least >= most) return most;
    before = row;
    row = next;
  }
  return row[b.length];
}
