import { fileURLToPath } from 'node:url';
import type { MavenArtifactPart, TreePart } from '../../builds/recipe.ts';
import { imageArch } from '../../builds/tree/key.ts';
import type { TreeImage } from '../../images/source.ts';

/** The demo shop: a Node service, a Java service that it calls, and their database. The services are programs as people write them. */

const appsDir = fileURLToPath(new URL('../../../fixtures/apps', import.meta.url));
/** The pinned Node that Plumbline itself runs on: the `node` package brings it. */
const nodePath = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));

/** Uid of both services. */
const appUser = 10001;

/** What packages say to people, some of them of tracing, and what only compilers and debuggers read. */
const unread = ['**/*.md', '**/*.map', '**/*.{c,m,}ts', 'node_modules/*/{docs,test,tests,benchmarks,examples}'];

/** `storefront`: Express, calls `orders`. */
export function storefrontImage(): TreeImage {
  const version = '1.0.0';
  const parts: readonly TreePart[] = [
    { kind: 'npm', folder: `${appsDir}/storefront`, to: '/app', prune: unread },
    { kind: 'program', program: nodePath, to: '/usr/local/bin/node' },
  ];
  return {
    component: 'storefront', version, dockerContext: `${appsDir}/storefront`,
    build: { kind: 'tree', name: 'storefront', version, parts, usualSeconds: 10 },
    entrypoint: '/usr/local/bin/node', args: ['server.js'], workingDir: '/app', env: { NODE_ENV: 'production' }, user: appUser,
  };
}

/** What Spring with Tomcat and JDBC needs, and what agents do (java.instrument, jdk.management); java.desktop is in it for its bean editors. */
const javaModules = [
  'java.base', 'java.desktop', 'java.instrument', 'java.logging', 'java.management', 'java.naming', 'java.net.http', 'java.security.jgss',
  'java.sql', 'jdk.management', 'jdk.unsupported',
];

/** Interpreted and lightly compiled code is enough for a demo, starts sooner, and is kind to two cores. */
const javaFlags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-Xmx192m', '-Xss512k'];

/** `orders`: Spring Boot, writes to the database. */
export function ordersImage(): TreeImage {
  const version = '1.0.0';
  const parts: readonly TreePart[] = [
    { kind: 'maven-package', folder: `${appsDir}/orders`, to: '/app' },
    { kind: 'jlink', modules: javaModules, to: '/jre' },
  ];
  return {
    component: 'orders', version, dockerContext: `${appsDir}/orders`,
    build: { kind: 'tree', name: 'orders', version, parts, usualSeconds: 40 },
    entrypoint: '/jre/bin/java', args: [...javaFlags, '-jar', '/app/orders.jar'], workingDir: '/app', user: appUser,
  };
}

const postgresVersion = '17.5.0';
const postgresTag = '17.5';

/** PostgreSQL as Maven Central has it for tests of Java programs: its own build of the server for each architecture. */
const postgresFor: Readonly<Record<string, { name: string; member: string; sha256: string }>> = {
  amd64: { name: 'amd64', member: 'postgres-linux-x86_64.txz', sha256: '646f3269075d1a23904127374e3cdbcef96beb32979fedee25d835877400fcbe' },
  arm64: { name: 'arm64v8', member: 'postgres-linux-arm_64.txz', sha256: 'e02f27ff50ff2d90b6541d54f3f108505aacd84ea53c2890e976a684bfea2752' },
};

/** Uid of the server and owner of its data: it refuses to run as root, and initdb as anybody without a name. Upstream's image names this one `postgres`. */
export const databaseUser = 999;

/** PostgreSQL's server with initdb, and a shell, without which initdb starts no server. */
export function shopDatabaseImage(): TreeImage {
  const parts: readonly TreePart[] = [postgresPart(), { kind: 'program', program: 'sh', to: '/bin/sh' }];
  return {
    component: 'shop-db', version: postgresVersion, registryImage: `library/postgres:${postgresTag}`,
    build: { kind: 'tree', name: 'shop-db', version: postgresVersion, parts, usualSeconds: 15 },
    entrypoint: '/postgres/bin/postgres', env: { LC_ALL: 'C' }, user: databaseUser,
  };
}

function postgresPart(): MavenArtifactPart {
  const { name, member, sha256 } = postgresFor[imageArch()] ?? { name: imageArch(), member: '', sha256: '' };
  return {
    kind: 'maven-artifact', artifact: `io.zonky.test.postgres:embedded-postgres-binaries-linux-${name}:${postgresVersion}`, sha256, to: '/postgres',
    // Procedural languages link interpreters that are not there; the rest is for building extensions.
    unpack: { member, prune: ['**/*{plperl,plpython,pltcl}*', 'lib/*.a', 'lib/pkgconfig', 'lib/postgresql/pgxs'] },
  };
}
