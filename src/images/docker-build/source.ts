import type { ImageMaker } from '../source.ts';

export function dockerImages(_settings: { readonly prefix?: string | undefined } = {}): ImageMaker {
  return {
    check: async () => ({ state: 'unavailable', reason: 'no Docker engine' }),
    provide: () => Promise.reject(new Error('not yet')),
  };
}
