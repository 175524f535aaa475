import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgramPart, TreePart } from '../../builds/recipe.ts';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { TreeImage } from '../../images/source.ts';

/**
 * The images whose init containers bring an agent into an instrumented pod: the operator runs `cp` in them, from these paths.
 */

const locksDir = { java: folder('./locks/java'), nodejs: folder('./locks/nodejs') };

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** What operator 0.131.0 takes where an Instrumentation names no image: versions.txt of its module. */
const defaults = { java: '1.33.6', nodejs: '0.62.0' } as const;

/** Versions that can be had, newest first. */
export function agentVersions(language: keyof typeof locksDir): readonly string[] {
  return lockedVersions(`autoinstrumentation-${language}`, locksDir[language]);
}

const copy: ProgramPart = { kind: 'program', program: 'cp', to: '/bin/cp' };

/**
 * The official Java agent, `/javaagent.jar`. Releases 1.x name attributes of HTTP by the old conventions and speak gRPC by default, 2.x
 * by the stable ones and HTTP.
 */
export function javaAgentImage(version: string = defaults.java): TreeImage {
  const { lockDir, ...lock } = lockOf('autoinstrumentation-java', version, locksDir.java);
  const sha256 = lock.unlocked ? '' : readFileSync(join(lockDir, 'jar.sha256'), 'utf8').slice(0, 64);
  const parts: readonly TreePart[] = [
    { kind: 'maven-artifact', artifact: `io.opentelemetry.javaagent:opentelemetry-javaagent:${version}`, sha256, to: '/javaagent.jar' },
    copy,
  ];
  return {
    component: 'autoinstrumentation-java', version, registryImage: `otel/autoinstrumentation-java:${version}`,
    build: { kind: 'tree', name: 'autoinstrumentation-java', version, ...lock, parts, usualSeconds: 10 },
    entrypoint: '/bin/cp',
  };
}

/** What Node reads of no package: maps, types, documentation, tests, and the ES modules of packages that CommonJS is loaded from. */
const unread = [
  '**/*.map', '**/*.ts', '**/*.{c,m}ts', '**/*.md', '**/build/{esm,esnext}', 'node_modules/@types', 'node_modules/{*,@*/*}/{test,tests,example}',
];

/**
 * The official instrumentations of Node in `/autoinstrumentation`, with the file that the operator has Node load.
 */
export function nodeInstrumentationImage(version: string = defaults.nodejs): TreeImage {
  const { lockDir, ...lock } = lockOf('autoinstrumentation-nodejs', version, locksDir.nodejs);
  const parts: readonly TreePart[] = [
    { kind: 'npm', folder: lockDir, to: '/autoinstrumentation', prune: unread },
    { kind: 'files', folder: folder('./nodejs'), to: '/autoinstrumentation' },
    copy,
  ];
  return {
    component: 'autoinstrumentation-nodejs', version, registryImage: `otel/autoinstrumentation-nodejs:${version}`,
    build: { kind: 'tree', name: 'autoinstrumentation-nodejs', version, ...lock, parts, usualSeconds: 20 },
    entrypoint: '/bin/cp',
  };
}
