import { createReadStream } from 'node:fs';

/**
 * How often a text occurs in a file, whatever the case of its letters: in an image's archive that is in the names and contents of all of
 * its files. Archives are not compressed, and neither are the names of what lies in a jar, nor jars that lie in a jar.
 * @param text ASCII
 */
export async function mentionsIn(path: string, text: string): Promise<number> {
  const wanted = text.toLowerCase();
  let count = 0;
  let rest = '';
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const seen = rest + (chunk as Buffer).toString('latin1').toLowerCase();
    let after = 0;
    for (let at = seen.indexOf(wanted); at >= 0; at = seen.indexOf(wanted, after)) {
      count += 1;
      after = at + wanted.length;
    }
    // What may be the beginning of a mention that the next chunk ends; less than a whole one, so that none is counted twice.
    rest = seen.slice(Math.max(seen.length - wanted.length + 1, after));
  }
  return count;
}
