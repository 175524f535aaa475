import { createHash } from 'node:crypto';
import { readArchive } from '../archive-read.ts';
import type { ArchivedBlob, ArchivedImage } from '../archive-read.ts';
import type { ImageArchive, PulledImage } from '../source.ts';
import type { RegistryClient } from './client.ts';
import { digestOf } from './manifest.ts';
import { referenceIn, repositoryIn } from './place.ts';
import { refused } from './trouble.ts';

/** Milliseconds for one blob: 130 MB, the largest image there is, at 2 Mbit/s. */
const uploadTimeoutMs = 10 * 60_000;

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/**
 * Pushes an archive's image to a registry, under its component's name and its own tag, and answers it as nodes pull it. What the registry
 * has already is not sent again.
 *
 * @throws PlumblineError PL-REGISTRY-UNREACHABLE, PL-REGISTRY-DENIED, PL-REGISTRY-REFUSED; the signal's reason
 */
export async function pushArchive(client: RegistryClient, archive: ImageArchive, signal?: AbortSignal): Promise<PulledImage> {
  const tag = archive.reference.slice(archive.reference.lastIndexOf(':') + 1);
  const repository = repositoryIn(client.place, archive.component);
  const image = await readArchive(archive.path);
  const { text, digest } = manifestOf(image);
  if ((await digestOf(client, repository, tag)) !== digest) {
    for (const blob of [...image.layers, image.config]) await pushBlob(client, repository, blob, signal);
    await client.ask({
      path: `${repository}/manifests/${tag}`, method: 'PUT', headers: { 'Content-Type': manifestType }, body: () => text,
      scope: pushing(repository), asked: `take ${repository}:${tag}`, signal,
    });
  }
  const { component, version, source, files } = archive;
  const reference = `${referenceIn(client.place, component)}:${tag}@${digest}`;
  return { component, version, source, reference, digest, ...(files === undefined ? {} : { files }) };
}

/** An archive's manifest as it is pushed, and its digest, `sha256:…`. */
export function manifestOf({ config, layers }: ArchivedImage): { readonly text: string; readonly digest: string } {
  const text = JSON.stringify({
    schemaVersion: 2, mediaType: manifestType, config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => descriptor(`application/vnd.oci.image.layer.v1.tar${layer.compression}`, layer)),
  });
  return { text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}

async function pushBlob(client: RegistryClient, repository: string, { digest, size, open }: ArchivedBlob, signal: AbortSignal | undefined): Promise<void> {
  const common = { scope: pushing(repository), asked: `take a part of ${repository}`, signal };
  const known = await client.ask({ ...common, path: `${repository}/blobs/${digest}`, method: 'HEAD', also: [404] });
  if (known.status !== 404) return;
  const begun = await client.ask({ ...common, path: `${repository}/blobs/uploads/`, method: 'POST', headers: { 'Content-Length': '0' } });
  const location: unknown = begun.headers['location'];
  if (typeof location !== 'string') throw refused(client.place, common.asked, begun);
  const upload = new URL(location, `${client.url}/`);
  upload.searchParams.set('digest', digest);
  await client.ask({
    ...common, path: upload.href, method: 'PUT', headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) }, body: () => open(), timeoutMs: uploadTimeoutMs,
  });
}

function descriptor(mediaType: string, { digest, size }: ArchivedBlob): object {
  return { mediaType, digest, size };
}

function pushing(repository: string): string {
  return `repository:${repository}:pull,push`;
}
