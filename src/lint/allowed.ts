import type { Finding } from './finding.ts';

/** `# plumbline: allow limiter-missing, batch-not-last — because …` */
const allowance = /#\s*plumbline:\s*allow\s+([a-z, -]+)/;

/** Whether a comment in the finding's line, or in the comment right above it, allows what was found. */
export function allowedAt(text: string, { line, rule }: Pick<Finding, 'line' | 'rule'>): boolean {
  if (!allowance.test(text)) return false;
  const lines = text.split('\n');
  const above = lines.slice(0, line - 1).toReversed();
  const end = above.findIndex((one) => !one.trimStart().startsWith('#'));
  const near = [lines[line - 1] ?? '', ...above.slice(0, end < 0 ? above.length : end)];
  return near.some((one) => allowance.exec(one)?.[1]?.split(',').some((name) => name.trim().split(/\s/)[0] === rule));
}
