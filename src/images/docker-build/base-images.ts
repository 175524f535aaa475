import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { RegistryClient } from '../registry/client.ts';
import { credentialsFor } from '../registry/credentials.ts';
import type { Credentials } from '../registry/credentials.ts';
import { digestOf } from '../registry/manifest.ts';
import { repositoryIn } from '../registry/place.ts';
import type { RegistryPlace } from '../registry/place.ts';
import { namedRegistry } from '../registry/reachable.ts';
import type { Engine } from './engine.ts';

/** Where Dockerfiles have their base images from: the prefix, or wherever the engine itself has official images from. */
export class BaseImages {
  readonly #prefix: string | undefined;

  constructor(prefix: string | undefined) {
    this.#prefix = prefix;
  }

  /** What stands in front of their names: empty, or with a slash at its end. */
  get before(): string {
    const place = this.#prefix ? namedRegistry(this.#prefix) : undefined;
    return place === undefined ? '' : `${place.host}/${place.path === '' ? '' : `${place.path}/`}`;
  }

  /** For an engine that is asked who it is, by the registry's host. */
  async logins(): Promise<Readonly<Record<string, Credentials>>> {
    const place = this.#prefix ? namedRegistry(this.#prefix) : undefined;
    const credentials = place && (await credentialsFor(place.host));
    return place && credentials ? { [place.host]: credentials } : {};
  }

  /** Why a Dockerfile's base images are not to be had, in one line; undefined where they are on the engine, or a registry has them. */
  async obstacle(engine: Engine, context: string): Promise<string | undefined> {
    const place = namedRegistry(this.#prefix);
    const missing = await Promise.all((await basesOf(context)).map((name) => this.#missing(engine, place, name)));
    return missing.find((reason) => reason !== undefined);
  }

  async #missing(engine: Engine, place: RegistryPlace | undefined, name: string): Promise<string | undefined> {
    const present = await engine.getImage(`${this.before}${name}`).inspect().then(() => true, () => false);
    // Where no registry is named the engine has one of its own, which is not ours to ask.
    if (present || place === undefined) return undefined;
    const [repository = '', tag = 'latest'] = name.split(':');
    try {
      const digest = await digestOf(new RegistryClient(place), repositoryIn(place, repository), tag);
      return digest === undefined ? `${place.host} has no ${repositoryIn(place, name)} to build with` : undefined;
    } catch (thrown) {
      if (thrown instanceof PlumblineError) return thrown.problem.seen;
      throw thrown;
    }
  }
}

/** `FROM ${REGISTRY_PREFIX}library/golang:1.26 AS build` needs `library/golang:1.26`. */
async function basesOf(context: string): Promise<readonly string[]> {
  const text = await readFile(join(context, 'Dockerfile'), 'utf8');
  return [...new Set([...text.matchAll(/^FROM \$\{REGISTRY_PREFIX\}(\S+)/gm)].map((match) => match[1] ?? ''))];
}
