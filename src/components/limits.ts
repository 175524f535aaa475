import type { BackendName } from './backend.ts';
import { lokiLimits } from './loki/limits.ts';
import { mimirLimits } from './mimir/limits.ts';
import type { LimitsRecipe } from './limits-recipe.ts';
import { tempoLimits } from './tempo/limits.ts';

/** Limits by tenant of every backend that keeps tenants apart. */
export const limitsRecipes: Readonly<Record<BackendName, LimitsRecipe>> = { mimir: mimirLimits, loki: lokiLimits, tempo: tempoLimits };
