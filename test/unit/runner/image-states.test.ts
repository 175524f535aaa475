import { expect, test } from 'vitest';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { mimirImage } from '../../../src/components/mimir/image.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { pulledOnly } from '../../../src/images/nodes.ts';
import type { ImageAvailability, ImageRecipe, ImageSource } from '../../../src/images/source.ts';
import { refuseProblems } from '../../../src/runner/plan.ts';
import { ImageStates } from '../../../src/runner/image-states.ts';

const locked = mimirImage('3.1.0-20260423');
const unlocked = mimirImage('9.9.9');

/** A registry that has the collector, nothing of Mimir in these versions, and nothing of what is ours. */
function source(asked: string[] = []): ImageSource {
  const check = async ({ component, registryImage }: ImageRecipe): Promise<ImageAvailability> => {
    asked.push(component);
    if (component === 'mimir') return { state: 'unavailable', reason: 'no such tag', nearest: '3.0.1' };
    return registryImage === undefined ? { state: 'available', usualMs: 9000 } : { state: 'available', usualMs: 0, pulled: true };
  };
  return { name: 'registry', check, provide: () => Promise.reject(new Error('not asked for')) };
}

test('each image is asked for once, however often the plan wants to know', async () => {
  const asked: string[] = [];
  const states = new ImageStates(source(asked));
  const images = [collectorImage('0.131.0'), targetImage()];
  await states.problems(images);
  await states.outOfReach(images);
  expect(await states.missingMs(images)).toBe(9000);
  expect(asked).toEqual(['collector', 'target']);
});

test('nodes that take archives have everything in reach: what cannot be had is a problem, with the setting that mends it', async () => {
  const states = new ImageStates(source());
  expect(await states.outOfReach([locked, targetImage()])).toBeUndefined();
  const problems = await states.problems([collectorImage('0.131.0'), locked, targetImage()]);
  expect(problems).toEqual([{ text: 'mimir 3.1.0-20260423 cannot be had: no such tag (--set mimir.version=3.0.1)', set: '--set mimir.version=3.0.1' }]);
});

test('nodes that only pull: a claim is skipped for what can only be made here, and a version that nobody locked is still a problem', async () => {
  const states = new ImageStates(pulledOnly(source()));
  expect(await states.outOfReach([collectorImage('0.131.0')])).toBeUndefined();
  expect(await states.outOfReach([collectorImage('0.131.0'), targetImage(), locked]))
    .toMatch(/^needs target 1\.0\.0, mimir 3\.1\.0-20260423; of target 1\.0\.0: it has no official image, and .* --push-to$/);
  expect(await states.outOfReach([locked])).toMatch(/no such tag, and .* --push-to \(--set mimir\.version=3\.0\.1\)$/);
  expect(await states.outOfReach([unlocked])).toBeUndefined();
  expect((await states.problems([unlocked])).map(({ set }) => set)).toEqual(['--set mimir.version=3.0.1']);
});

test('a run is refused with the settings that would mend it', () => {
  const plan = { provider: { reasons: [] }, imageSource: { name: 'registry', reason: '' }, steps: [], claims: [], problems: ['no mimir', 'no tempo'] } as const;
  const refuse = (): void => refuseProblems({ plan, suggested: ['--set mimir.version=3.0.1', '--set tempo.version=2.8.0'] });
  expect(refuse).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'PL-IMAGE-UNAVAILABLE', next: 'choose another version with --set mimir.version=3.0.1 --set tempo.version=2.8.0' }) }));
});
