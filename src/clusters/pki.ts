import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BasicConstraintsExtension, ExtendedKeyUsage, ExtendedKeyUsageExtension, KeyUsageFlags, KeyUsagesExtension, PemConverter,
  SubjectAlternativeNameExtension, X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';

/** P-256 with SHA-256: what every Kubernetes component takes, and made in a millisecond. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 3_600_000;
/** A cluster lives for hours; a kept one for a week at most. The hour before covers clocks that are behind. */
const lifetimeMs = 7 * 24 * hourMs;

export interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: CryptoKeyPair;
  readonly pem: string;
}

type CryptoKeyPair = webcrypto.CryptoKeyPair;

/** A certificate and its private key, as PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads it as the group. */
  readonly organization?: string;
}

/** A certificate authority of its own: nothing signed by another cluster's is taken here. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(), keys, name: [{ CN: [commonName] }], signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true)],
  });
  return { certificate, keys, pem: certificate.toString('pem') };
}

/** A certificate to show to servers. */
export function clientCertificate(authority: Authority, subject: Subject): Promise<KeyedCertificate> {
  return issue(authority, subject, ExtendedKeyUsage.clientAuth, []);
}

/** A certificate to show to clients that reach the server under one of `names` or `addresses`. */
export function servingCertificate(authority: Authority, commonName: string, names: readonly string[], addresses: readonly string[]): Promise<KeyedCertificate> {
  const alternatives = [...names.map((value) => ({ type: 'dns' as const, value })), ...addresses.map((value) => ({ type: 'ip' as const, value }))];
  return issue(authority, { commonName }, ExtendedKeyUsage.serverAuth, [new SubjectAlternativeNameExtension(alternatives)]);
}

/** A key pair without a certificate, as PEM: what service account tokens are signed and checked with. */
export async function signingKeys(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const keys = await generateKeys();
  const publicKey = PemConverter.encode(await webcrypto.subtle.exportKey('spki', keys.publicKey), 'PUBLIC KEY');
  return { privateKey: await pemOf(keys.privateKey), publicKey };
}

/** Writes files that only their owner may read. */
export async function writePrivate(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text, { mode: 0o600 })));
}

async function issue(authority: Authority, subject: Subject, usage: ExtendedKeyUsage, extensions: readonly SubjectAlternativeNameExtension[]): Promise<KeyedCertificate> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity(), publicKey: keys.publicKey, signingKey: authority.keys.privateKey, signingAlgorithm: algorithm,
    issuer: authority.certificate.subject,
    subject: [...(subject.organization ? [{ O: [subject.organization] }] : []), { CN: [subject.commonName] }],
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true), new ExtendedKeyUsageExtension([usage]), ...extensions],
  });
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

function generateKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + lifetimeMs) };
}
