import { providerNames } from '../clusters/provider.ts';

/** What the flags of a choice take; the configuration file and the completion read the same lists. */
export const providerChoices = ['auto', ...providerNames] as const;
export const imageChoices = ['auto', 'registry', 'build'] as const;
export const keepChoices = ['never', 'on-failure', 'always'] as const;
export const reporterChoices = ['auto', 'live', 'plain', 'ndjson'] as const;
/** What `plumbline versions` does. */
export const versionsActions = ['list', 'add'] as const;
/** Those of lint: what a run's mean, so that PLUMBLINE_REPORTER suits both, and what stands in for its files. */
export const lintReporterChoices = [...reporterChoices, 'junit', 'github'] as const;
