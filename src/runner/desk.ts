import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { dirname } from 'node:path';
import type { ClaimResult } from '../claims/result.ts';
import { PlumblineError, lastCause } from '../errors.ts';
import type { Problem } from '../errors.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { NewEvent } from '../run/events.ts';
import type { NodeOrder, StageAnswer } from './stage.ts';

/**
 * The suites run in a process of vitest's; the runner holds cluster, images and reports. The desk is where they meet:
 * HTTP on a socket file that only this user can open. Suites ask for a stage, tell events, and hand in results.
 */
export interface DeskDuties {
  stage(spec: PlatformSpec): Promise<StageAnswer>;
  /** Resolves when the nodes of a platform's only cluster are as it says. */
  changeNodes(order: NodeOrder): Promise<void>;
  event(event: NewEvent): void;
  result(result: ClaimResult): void;
  /** Ends the run with an error of wrong use. */
  refuse(problem: Omit<Problem, 'cause'>): void;
}

export interface Desk extends AsyncDisposable {
  readonly socketPath: string;
}

export async function openDesk(socketPath: string, duties: DeskDuties): Promise<Desk> {
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
  const server = createServer((request, response) => void serve(duties, request, response));
  // A stage is waited for as long as a cold build takes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  await chmod(socketPath, 0o600);
  return { socketPath, [Symbol.asyncDispose]: () => close(server, socketPath) };
}

/** What `POST /stage` answers with where the stage could not be made; the client throws it on. */
export interface DeskProblem {
  readonly problem: Omit<Problem, 'cause'>;
}

async function serve(duties: DeskDuties, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body: unknown = await readJson(request);
    const answer = await act(duties, request.url ?? '', body);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  } catch (thrown) {
    response.writeHead(500, { 'Content-Type': 'application/json' }).end(JSON.stringify({ problem: problemOf(thrown) }));
  }
}

async function act(duties: DeskDuties, path: string, body: unknown): Promise<unknown> {
  if (path === '/stage') return duties.stage(body as PlatformSpec);
  if (path === '/nodes') return duties.changeNodes(body as NodeOrder);
  if (path === '/event') return duties.event(body as NewEvent);
  if (path === '/result') return duties.result(body as ClaimResult);
  if (path === '/refuse') return duties.refuse(body as Problem);
  throw new Error(`the desk has no ${path}`);
}

function problemOf(thrown: unknown): Omit<Problem, 'cause'> {
  if (thrown instanceof PlumblineError) {
    const { cause: _, ...problem } = thrown.problem;
    return problem;
  }
  return { code: 'PL-INTERNAL', kind: 'environment', expected: 'the runner to answer', seen: lastCause(thrown), next: 'this is a defect of Plumbline: please report it' };
}

async function close(server: Server, socketPath: string): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(socketPath, { force: true });
}
