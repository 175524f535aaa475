import { lintFiles, readLintFile } from '../lint/files.ts';
import { seenInText } from './seen.ts';
import type { Seen } from './seen.ts';

/** What files say that is found by `lint`, too: collectors' configurations, Kubernetes objects, Helm values; folders and `-` as well. @throws PlumblineError PL-FILE-MISSING */
export async function seenInFiles(named: readonly string[], input: NodeJS.ReadableStream = process.stdin): Promise<{ readonly seen: readonly Seen[]; readonly unread: readonly string[] }> {
  const each: ReturnType<typeof seenInText>[] = [];
  for (const { path } of await lintFiles(named)) each.push(seenInText(await readLintFile(path, input), path));
  return { seen: each.flatMap(({ seen }) => seen), unread: each.flatMap(({ unread }) => unread) };
}
