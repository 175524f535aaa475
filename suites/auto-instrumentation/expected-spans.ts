/** AI-2: what a request's one trace has to hold, whichever generation of semantic conventions an agent speaks. */

/** What is looked at of a span. */
export interface SeenSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface ExpectedSpan {
  /** What the span is, for a person. */
  readonly what: string;
  readonly service: string;
  readonly kind: 'server' | 'client';
  /** For each attribute its names, old and new (HTTP 1.20 to 1.23, database 1.24 to 1.30), and what its value looks like. */
  readonly attributes: readonly { readonly names: readonly string[]; readonly value: RegExp }[];
}

const method = (value: RegExp) => ({ names: ['http.request.method', 'http.method'], value });
const status = { names: ['http.response.status_code', 'http.status_code'], value: /^200$/ };

/** Each span's parent is the one before it. */
export const expectedSpans: readonly ExpectedSpan[] = [
  { what: 'storefront\'s HTTP server span', service: 'storefront', kind: 'server', attributes: [method(/^GET$/), status, { names: ['url.path', 'http.target'], value: /^\/checkout/ }] },
  { what: 'storefront\'s HTTP client span', service: 'storefront', kind: 'client', attributes: [method(/^POST$/), status, { names: ['url.full', 'http.url'], value: /\/orders/ }] },
  { what: 'orders\' HTTP server span', service: 'orders', kind: 'server', attributes: [method(/^POST$/), status, { names: ['http.route'], value: /^\/orders/ }] },
  { what: 'orders\' database span', service: 'orders', kind: 'client', attributes: [
    { names: ['db.system', 'db.system.name'], value: /^postgresql$/ }, { names: ['db.statement', 'db.query.text'], value: /insert/i },
  ] },
];

/** What a trace lacks of the chain from the first server to the database; empty where it is whole. */
export function lackingOf(spans: readonly SeenSpan[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const lacking: string[] = [];
  let before: SeenSpan | undefined;
  for (const expected of expectedSpans) {
    const candidates = spans.filter((span) => span.service === expected.service && span.kind === expected.kind);
    const span = candidates.find((one) => missingAttributes(one, expected).length === 0 && (before === undefined || descends(one, before, byId)));
    if (!span) lacking.push(whyNot(expected, candidates, before));
    before = span ?? before;
  }
  return lacking;
}

/** Frameworks put spans of their own between, e.g. a middleware's or a controller's. */
function descends(span: SeenSpan, ancestor: SeenSpan, byId: ReadonlyMap<string, SeenSpan>): boolean {
  for (let at = byId.get(span.parentSpanId); at !== undefined; at = byId.get(at.parentSpanId)) if (at === ancestor) return true;
  return false;
}

function missingAttributes({ attributes }: SeenSpan, expected: ExpectedSpan): readonly string[] {
  return expected.attributes.filter(({ names, value }) => !names.some((name) => value.test(String(attributes[name] ?? '')))).map(({ names }) => names.join(' or '));
}

function whyNot(expected: ExpectedSpan, candidates: readonly SeenSpan[], before: SeenSpan | undefined): string {
  if (candidates.length === 0) return `no ${expected.what}`;
  const [nearest] = candidates.map((span) => missingAttributes(span, expected)).toSorted((a, b) => a.length - b.length);
  if (nearest && nearest.length > 0) return `${expected.what} without ${nearest.join(', ')}`;
  return `${expected.what} is no descendant of ${before?.service ?? 'nothing'}'s ${before?.kind ?? ''} span`;
}
