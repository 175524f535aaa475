import { createHash } from 'node:crypto';
import { z } from 'zod';
import { nearestFirst } from '../../builds/versions.ts';
import type { RegistryClient } from './client.ts';

/** What an image's tag may lead to, of OCI and of Docker: lists for several architectures, and images. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The digest that a tag leads to now, `sha256:…`: of the list where there is one. Undefined where there is no such tag. @throws what RegistryClient.ask does */
export async function digestOf(client: RegistryClient, repository: string, tag: string): Promise<string | undefined> {
  const question = { path: `${repository}/manifests/${tag}`, scope: pulling(repository), asked: `show ${repository}:${tag}`, headers: { Accept: manifestTypes }, also: [404] };
  const head = await client.ask({ ...question, method: 'HEAD' });
  if (head.status === 404) return undefined;
  const told: unknown = head.headers['docker-content-digest'];
  if (typeof told === 'string') return told;
  // The header is optional; the digest is that of the bytes.
  const { status, data } = await client.ask({ ...question, method: 'GET' });
  return status === 404 ? undefined : `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

const TagList = z.object({ tags: z.array(z.string()).nullable() });

/** A registry with more is asked no further: a suggestion isn't worth the wait. */
const mostPages = 5;

/** The release whose number is nearest to a version's; undefined where the registry names none. */
export async function nearestRelease(client: RegistryClient, repository: string, version: string): Promise<string | undefined> {
  const releases = (await tagsOf(client, repository)).filter((tag) => /^\d+\.\d+\.\d+$/.test(tag));
  // Of two that are as near, the newer.
  return nearestFirst(version, releases.toSorted((a, b) => b.localeCompare(a, undefined, { numeric: true })))[0];
}

async function tagsOf(client: RegistryClient, repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  let params: Record<string, string> | undefined = { n: '1000' };
  for (let page = 0; params !== undefined && page < mostPages; page += 1) {
    const { data, headers, status } = await client.ask({ path: `${repository}/tags/list`, method: 'GET', params, scope: pulling(repository), asked: `list the tags of ${repository}`, also: [404] });
    if (status === 404) break;
    tags.push(...(TagList.parse(JSON.parse(data)).tags ?? []));
    params = nextPage(headers['link']);
  }
  return tags;
}

/** RFC 5988: `</v2/name/tags/list?last=1.2.3&n=1000>; rel="next"`. */
function nextPage(link: unknown): Record<string, string> | undefined {
  const query = /<[^>?]*\?([^>]*)>;\s*rel="?next/.exec(String(link ?? ''))?.[1];
  return query === undefined ? undefined : Object.fromEntries(new URLSearchParams(query));
}

export function pulling(repository: string): string {
  return `repository:${repository}:pull`;
}
