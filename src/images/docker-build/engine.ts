import { findEngine } from '../../clusters/k3s/engine.ts';
import type { Engine as ContainerEngine } from '../../clusters/k3s/engine.ts';

/** A Docker engine's API. */
export type Engine = ContainerEngine['container']['dockerode'];

/** The engine that clusters of containers are made by, or why there is none, in a sentence for a person. */
export async function dockerEngine(): Promise<Engine | string> {
  const engine = await findEngine();
  return typeof engine === 'string' ? engine : engine.container.dockerode;
}
