/** The lines in which two texts differ. Pure. */

export interface ChangedLines {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** As a diff shows it: the line before, what is gone, what has come, the line after. */
  readonly shown: string;
}

/** What is left between the lines that both texts begin with and those that both end with; nothing where they are the same. */
export function changedLines(before: string, after: string): ChangedLines {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const start = common(old, now);
  const end = common(old.slice(start).reverse(), now.slice(start).reverse());
  const [removed, added] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  const around = (line: string | undefined): readonly string[] => (line === undefined ? [] : [` ${line}`]);
  const shown = [...around(old[start - 1]), ...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`), ...around(old[old.length - end])];
  return { removed, added, shown: removed.length + added.length === 0 ? '' : shown.join('\n') };
}

function common(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((line, index) => line !== other[index]);
  return differs === -1 ? one.length : differs;
}
