'use strict';

// The operator has Node load this file before the application (`--require`); everything else is settled by OTEL_ variables.
require('@opentelemetry/auto-instrumentations-node/register');
