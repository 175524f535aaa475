import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import type { Pack } from 'tar-stream';
import { addFile, entry, writeLayer, writeTar, type LayerContent, type TreeContent } from './layer.ts';

/**
 * An image as one tar file that is an OCI image layout and a `docker save` archive at once: containerd reads the first,
 * `docker load` of versions before 25 the second. Both name the same blobs.
 */

interface ImageHead {
  /** Full reference, tag included, under which an import makes the image known. */
  readonly reference: string;
  /** GOARCH, e.g. `amd64`. */
  readonly arch: string;
}

/** An image of one static binary. */
export interface ArchiveContent extends LayerContent, ImageHead {}

/** An image of a whole tree. */
export interface TreeArchiveContent extends TreeContent, ImageHead {
  readonly entrypoint: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly workingDir?: string | undefined;
}

export interface WrittenArchive {
  /** `sha256:…` of the image's configuration: the image id that runtimes report. */
  readonly digest: string;
  /** `sha256:…` of the image's manifest: what `ctr images ls` shows. */
  readonly manifestDigest: string;
  readonly sizeBytes: number;
}

/** Changes whenever the same content would be written in another way: it is part of every image's key. */
export const archiveFormat = 2;

/** What containerd 1.6 gives a process where the image names nothing; written down so that all runtimes agree. */
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Writes the archive to `file`, and beside it for a moment the layer it consists of. */
export async function writeArchive(content: ArchiveContent | TreeArchiveContent, file: string): Promise<WrittenArchive> {
  const layerFile = `${file}.layer`;
  try {
    const layerDigest = await writeLayer(content, layerFile);
    const layer = { digest: layerDigest, size: (await stat(layerFile)).size };
    const image = describe(content, layer);
    await writeTar(file, (tar) => fill(tar, image, layerFile));
    return { digest: `sha256:${image.config.digest}`, manifestDigest: `sha256:${image.manifest.digest}`, sizeBytes: (await stat(file)).size };
  } finally {
    await rm(layerFile, { force: true });
  }
}

interface Blob {
  readonly digest: string;
  readonly text: string;
}

interface Image {
  readonly layer: { readonly digest: string; readonly size: number };
  readonly config: Blob;
  readonly manifest: Blob;
  readonly index: string;
  readonly dockerManifest: string;
}

function describe(content: ArchiveContent | TreeArchiveContent, layer: Image['layer']): Image {
  const config = blob(imageConfig(content, layer.digest));
  const manifest = blob({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config.digest, config.text.length),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer.digest, layer.size)],
  });
  const dockerManifest = [{ Config: blobPath(config.digest), RepoTags: [content.reference], Layers: [blobPath(layer.digest)] }];
  return { layer, config, manifest, index: JSON.stringify(imageIndex(content, manifest)), dockerManifest: JSON.stringify(dockerManifest) };
}

function imageConfig(content: ArchiveContent | TreeArchiveContent, layerDigest: string): unknown {
  const { arch, entrypoint, user } = content;
  const { args = [], env = {}, workingDir = '/' } = 'tree' in content ? content : {};
  const variables = [path, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  return {
    created: '1970-01-01T00:00:00Z',
    architecture: arch,
    os: 'linux',
    config: { Env: variables, Entrypoint: [entrypoint, ...args], WorkingDir: workingDir, ...(user === undefined ? {} : { User: `${user}:${user}` }) },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'plumbline' }],
  };
}

function imageIndex({ arch, reference }: ImageHead, manifest: Blob): unknown {
  const annotations = { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1) };
  const entry = descriptor('application/vnd.oci.image.manifest.v1+json', manifest.digest, manifest.text.length);
  return { schemaVersion: 2, manifests: [{ ...entry, annotations, platform: { architecture: arch, os: 'linux' } }] };
}

async function fill(tar: Pack, image: Image, layerFile: string): Promise<void> {
  entry(tar, { name: 'oci-layout', mode: 0o644 }, JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  entry(tar, { name: 'index.json', mode: 0o644 }, image.index);
  entry(tar, { name: 'manifest.json', mode: 0o644 }, image.dockerManifest);
  for (const folder of ['blobs/', 'blobs/sha256/']) entry(tar, { name: folder, type: 'directory', mode: 0o755 });
  for (const part of [image.config, image.manifest]) entry(tar, { name: blobPath(part.digest), mode: 0o644 }, part.text);
  await addFile(tar, layerFile, { name: blobPath(image.layer.digest), mode: 0o644 });
}

function blob(value: unknown): Blob {
  const text = JSON.stringify(value);
  return { text, digest: createHash('sha256').update(text).digest('hex') };
}

function descriptor(mediaType: string, digest: string, size: number): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: `sha256:${digest}`, size };
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest}`;
}
