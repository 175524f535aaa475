import { fileURLToPath } from 'node:url';
import { lockOf, lockedVersions } from '../../builds/versions.ts';
import type { ImageRecipe } from '../../images/source.ts';
import { grafanaHome, grafanaProgram } from './config.ts';

export const locksDir = fileURLToPath(new URL('./locks', import.meta.url));

/** Data sources that are part of Grafana; its other plugins are left out, and so is the web front end, which no module contains. */
const dataSources = ['prometheus', 'loki', 'tempo'].map((name) => `public/app/plugins/datasource/${name}/plugin.json`);

/** Versions of Grafana that can be had, newest first; a date stands for a commit between releases. */
export function grafanaVersions(): readonly string[] {
  return lockedVersions('grafana', locksDir);
}

/**
 * Grafana with its HTTP API, provisioning and data sources, without a page to look at.
 */
export function grafanaImage(version: string): ImageRecipe {
  return {
    component: 'grafana',
    version,
    registryImage: `grafana/grafana:${version}`,
    build: {
      name: 'grafana',
      version,
      ...lockOf('grafana', version, locksDir),
      package: './pkg/cmd/grafana',
      generator: { kind: 'wire', module: 'github.com/grafana/grafana', injectors: './pkg/server' },
      // SQLite is C. What needs the C library's name services and loadable extensions cannot be linked statically.
      cgo: true,
      tags: ['oss', 'netgo', 'osusergo', 'sqlite_omit_load_extension'],
      home: ['conf', 'public/views', 'public/emails', ...dataSources],
      linkerVariables: { 'main.version': version },
      usualSeconds: 200,
    },
    entrypoint: grafanaProgram,
    homePath: grafanaHome,
    user: 472,
  };
}
