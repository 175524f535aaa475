/** DL-3: what became of the log lines of numbered requests. */
import type { Finding } from '../../helpers/index.ts';

/** A line that Loki returned, as far as it concerns the ledger. */
export interface RequestLine {
  readonly service: string;
  /** The request's number. */
  readonly request: number;
  /** 32 hex digits, or undefined where the line carries none. */
  readonly traceId: string | undefined;
}

export interface LinesSeen {
  /** Requests whose lines are looked for. */
  readonly requests: readonly number[];
  /** Services that each print one line a request. */
  readonly services: readonly string[];
  readonly lines: readonly RequestLine[];
  /** The trace id that a request was sent with. */
  traceIdOf(request: number): string;
}

interface Tally { readonly service: string; readonly lost: number; readonly doubled: number; readonly withoutTraceId: number; readonly otherTraceId: number }

/** Every request has one line of each service, with its own trace id. */
export function judgeLines(seen: LinesSeen): Finding {
  const tallies = seen.services.map((service) => tallyOf(service, seen));
  const wrong = tallies.flatMap(({ service, ...counts }) => Object.entries(counts).filter(([, count]) => count > 0).map(([what, count]) => `${count} of ${service} ${words[what]}`));
  const lines = seen.requests.length * seen.services.length;
  return {
    holds: wrong.length === 0 && lines > 0,
    expected: `${lines} lines of ${seen.requests.length} requests, each once, with its request's trace id`,
    observed: wrong.length === 0 ? `${lines} lines once, each with its trace id` : `of ${lines} lines ${wrong.join(', ')}`,
    ...(wrong.length > 0 ? { cause: firstOffender(seen) } : {}),
    evidence: [{ what: 'log lines by service', shape: 'table', data: tallies }],
  };
}

const words: Readonly<Record<string, string>> = { lost: 'lost', doubled: 'doubled', withoutTraceId: 'without a trace id', otherTraceId: 'with the trace id of something else' };

function tallyOf(service: string, { requests, lines, traceIdOf }: LinesSeen): Tally {
  const byRequest = Map.groupBy(lines.filter((line) => line.service === service), ({ request }) => request);
  const found = requests.map((request) => byRequest.get(request) ?? []);
  const firsts = found.flatMap(([first]) => first ?? []);
  return {
    service, lost: found.filter((copies) => copies.length === 0).length, doubled: found.filter((copies) => copies.length > 1).length,
    withoutTraceId: firsts.filter(({ traceId }) => traceId === undefined).length,
    otherTraceId: firsts.filter(({ traceId, request }) => traceId !== undefined && traceId !== traceIdOf(request)).length,
  };
}

function firstOffender({ requests, services, lines, traceIdOf }: LinesSeen): string {
  for (const request of requests) {
    for (const service of services) {
      const copies = lines.filter((line) => line.service === service && line.request === request);
      const [first] = copies;
      if (copies.length === 1 && first?.traceId === traceIdOf(request)) continue;
      if (!first) return `request ${request} has no line of ${service}`;
      if (copies.length > 1) return `request ${request} has ${copies.length} lines of ${service}`;
      return `the line of ${service} for request ${request} carries ${first.traceId === undefined ? 'no trace id' : `the trace id ${first.traceId}`}`;
    }
  }
  return '';
}
