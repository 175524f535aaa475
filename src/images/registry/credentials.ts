import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** Shown to a registry that asks for it, and to nobody else: never to a report, an event or an error. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const DockerConfig = z.object({ auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional() });

/** Those of PLUMBLINE_REGISTRY_USERNAME and _PASSWORD, else what `docker login` has written of this host; undefined where there are none. */
export async function credentialsFor(host: string, env: NodeJS.ProcessEnv = process.env): Promise<Credentials | undefined> {
  const [username, password] = [env['PLUMBLINE_REGISTRY_USERNAME'], env['PLUMBLINE_REGISTRY_PASSWORD']];
  if (username && password) return { username, password };
  return dockerLogin(host, join(env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json'));
}

/** Only what the file itself holds: helpers that keep passwords elsewhere aren't asked. */
async function dockerLogin(host: string, path: string): Promise<Credentials | undefined> {
  try {
    const { auths = {} } = DockerConfig.parse(JSON.parse(await readFile(path, 'utf8')));
    const found = Object.entries(auths).find(([key]) => key.replace(/^https?:\/\//, '').split('/')[0] === host)?.[1].auth;
    const [, username, password] = /^([^:]+):(.+)$/s.exec(Buffer.from(found ?? '', 'base64').toString()) ?? [];
    return username && password ? { username, password } : undefined;
  } catch {
    // Most machines have no such file, and a broken one is docker's to complain of.
    return undefined;
  }
}

export function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
