/** Where Grafana is asked; its own default. */
export const grafanaPort = 3000;

/** Where upstream's image has Grafana's defaults and the descriptions of its data sources, and ours too. */
export const grafanaHome = '/usr/share/grafana';

/** Upstream's image starts it through a script, which would add arguments of its own in front of those given. */
export const grafanaProgram = `${grafanaHome}/bin/grafana`;

/** Folder of the provisioning files; data sources are in one below it. */
export const provisioningFolder = '/etc/plumbline-provisioning';

/** Name in Grafana; the password comes with the deployment. */
export const grafanaAdmin = 'admin';

const grafanaPaths = { data: '/data', logs: '/data/log', plugins: '/data/plugins', provisioning: provisioningFolder } as const;

/** Upstream's image sets these to folders of its own, and Grafana heeds a variable before its file. */
export const grafanaPathsEnv = Object.fromEntries(Object.entries(grafanaPaths).map(([name, path]) => [`GF_PATHS_${name.toUpperCase()}`, path]));

type Section = Readonly<Record<string, string | number | boolean>>;

/**
 * Grafana for its API alone: nobody without a login, no request to the outside, nothing that asks by itself.
 * The state is SQLite on the pod's disk, and data sources come from files (data-sources.ts).
 */
export function grafanaConfig(): string {
  return ini({
    server: { http_port: grafanaPort },
    paths: grafanaPaths,
    // Write-ahead logging: a reload of data sources and queries must not meet a locked database.
    database: { type: 'sqlite3', wal: true },
    log: { mode: 'console', level: 'warn' },
    analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false, feedback_links_enabled: false },
    security: { disable_gravatar: true, admin_user: grafanaAdmin, disable_brute_force_login_protection: true },
    snapshots: { external_enabled: false },
    users: { allow_sign_up: false, allow_org_create: false },
    'auth.anonymous': { enabled: false },
    news: { news_feed_enabled: false },
    help: { enabled: false },
    plugins: { plugin_admin_enabled: false },
    unified_alerting: { enabled: false },
    alerting: { enabled: false },
    live: { max_connections: 0 },
  });
}

function ini(sections: Readonly<Record<string, Section>>): string {
  return Object.entries(sections).map(([name, keys]) => `[${name}]\n${Object.entries(keys).map(([key, value]) => `${key} = ${value}\n`).join('')}`).join('\n');
}
