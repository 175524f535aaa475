import axios from 'axios';
import type { ClaimResult } from '../claims/result.ts';
import { PlumblineError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import type { EventSink } from '../run/events.ts';
import type { DeskProblem } from './desk.ts';
import type { Stage, StageAnswer } from './stage.ts';
import { stagedClusters } from './stage.ts';

/** The suites' end of the desk. */
export interface DeskClient {
  readonly stage: Stage;
  readonly emit: EventSink;
  refuse(problem: Problem): void;
  /** Resolves when every event emitted before it has arrived. */
  handIn(result: ClaimResult): Promise<void>;
}

export function deskClient(socketPath: string): DeskClient {
  // The host is of no meaning on a socket file, but a URL needs one.
  const http = axios.create({ socketPath, baseURL: 'http://desk', proxy: false, validateStatus: () => true, maxBodyLength: Infinity });
  const post = async (path: string, body: unknown, signal?: AbortSignal): Promise<unknown> => {
    const response = await http.post<unknown>(path, body, signal ? { signal } : {});
    if (response.status !== 200) throw new PlumblineError((response.data as DeskProblem).problem);
    return response.data;
  };
  // Events follow each other; one that could not be told must not cost the claim its verdict.
  let told: Promise<unknown> = Promise.resolve();
  return {
    stage: async (spec, signal) => stagedClusters((await post('/stage', spec, signal)) as StageAnswer, async (change, until) => void (await post('/nodes', { spec, change }, until))),
    emit: (event) => void (told = told.then(() => post('/event', event)).catch(() => undefined)),
    refuse: ({ cause: _, ...problem }) => void (told = told.then(() => post('/refuse', problem)).catch(() => undefined)),
    handIn: async (result) => {
      await told;
      await post('/result', result);
    },
  };
}
