import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';

/** Certificates of the authorities that Node and this system trust, those of NODE_EXTRA_CA_CERTS among them, each once, as PEM. */
export function trustedAuthorities(): readonly string[] {
  return (known ??= look());
}

/** Reading some hundred certificates takes a tenth of a second. */
let known: readonly string[] | undefined;

function look(): readonly string[] {
  const all = [...getCACertificates('default'), ...getCACertificates('system')];
  return [...new Map(all.map((pem) => [new X509Certificate(pem).fingerprint256, pem.trim()])).values()];
}
