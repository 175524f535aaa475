/** How far a Go build is, from the lines that `go build -v` prints: a package when its compilation starts. */

/** Milliseconds between two notes: a person reads no faster. */
const noteEveryMs = 1000;

/**
 * Answers a line reader that says through `note` how far the build is.
 *
 * @param total packages that are out of date; where that is not known, the count is shown alone
 * @param mainPackage compiled last; after it only linking is left
 */
export function progressOf(total: number | undefined, mainPackage: string | undefined, note: (text: string) => void): (line: string) => void {
  let compiled = 0;
  let downloads = 0;
  let lastNote = Number.NEGATIVE_INFINITY;
  const say = (text: string, atOnce = false): void => {
    if (!atOnce && performance.now() - lastNote < noteEveryMs) return;
    lastNote = performance.now();
    note(text);
  };
  return (line) => {
    if (line.startsWith('go: downloading ')) say(`downloading modules (${++downloads} so far)`);
    else if (line === mainPackage) say('linking', true);
    else if (/^[\w.~-]+(?:\/[\w.~-]+)*$/.test(line)) say(`compiling ${++compiled}${total === undefined ? '' : ` of ${Math.max(total, compiled)}`} packages`);
  };
}
