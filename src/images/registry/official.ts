import { PlumblineError } from '../../errors.ts';
import type { ImageRecipe, PulledImage } from '../source.ts';
import { RegistryClient } from './client.ts';
import { digestOf, nearestRelease } from './manifest.ts';
import { referenceIn, repositoryIn } from './place.ts';
import { namedRegistry, nameOne } from './reachable.ts';

export type Found = { readonly state: 'found'; readonly image: PulledImage } | Missing;

export interface Missing {
  readonly state: 'missing';
  readonly reason: string;
  readonly nearest?: string;
}

/** What one registry has of the images that recipes name. Each is asked for once. @throws PlumblineError PL-REGISTRY-INVALID, when it is made */
export class OfficialImages {
  readonly #prefix: string | undefined;
  readonly #client: RegistryClient | undefined;
  readonly #looked = new Map<string, Promise<Found>>();

  constructor(prefix: string | undefined) {
    const place = namedRegistry(prefix);
    this.#prefix = prefix;
    this.#client = place && new RegistryClient(place);
  }

  look(recipe: ImageRecipe): Promise<Found> {
    const name = recipe.registryImage ?? '';
    const looked = this.#looked.get(name) ?? this.#ask(recipe, name);
    this.#looked.set(name, looked);
    return looked;
  }

  async #ask(recipe: ImageRecipe, name: string): Promise<Found> {
    const client = this.#client;
    if (client === undefined) return { state: 'missing', reason: `${name}: ${nameOne}` };
    const colon = name.lastIndexOf(':');
    const [repository, tag] = [repositoryIn(client.place, name.slice(0, colon)), name.slice(colon + 1)];
    try {
      const digest = await digestOf(client, repository, tag);
      if (digest === undefined) return await this.#absent(client, repository, tag, recipe.version);
      // Without a prefix the cluster's own default registry serves it.
      const reference = `${this.#prefix ? referenceIn(client.place, name) : name}@${digest}`;
      return { state: 'found', image: { component: recipe.component, version: recipe.version, source: 'registry', reference, digest } };
    } catch (thrown) {
      if (!(thrown instanceof PlumblineError)) throw thrown;
      return { state: 'missing', reason: `${name}: ${thrown.problem.seen}. ${thrown.problem.next}` };
    }
  }

  async #absent(client: RegistryClient, repository: string, tag: string, version: string): Promise<Missing> {
    const nearest = await nearestRelease(client, repository, version);
    const reason = `${client.place.host} has no ${repository}:${tag}${nearest === undefined ? '' : `; the nearest release that it has is ${nearest}`}`;
    return { state: 'missing', reason, ...(nearest === undefined ? {} : { nearest }) };
  }
}
