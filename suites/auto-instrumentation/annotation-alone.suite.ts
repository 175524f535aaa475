import { defineClaim, judgedBy } from '../../helpers/index.ts';
import type { Finding } from '../../helpers/index.ts';
import { heardText, injection } from './injection.ts';
import type { Injection } from './injection.ts';

export default defineClaim({
  id: 'AI-1',
  area: 'auto-instrumentation',
  claim: 'an annotation alone instruments the Java and the Node app; images and code stay as they are',
  platform: new URL('./injected.yaml', import.meta.url),
  twin: {
    wrong: 'the annotation is absent',
    patch: new URL('./annotation-alone.twin.yaml', import.meta.url),
    symptom: /storefront: no telemetry; orders: no telemetry/,
  },
  usualSecondsPerSide: 30,
  check: judgedBy(injection, judge),
});

function judge({ requests, pods, images, heard }: Injection): Finding {
  const faults = [...heard.filter(({ traces, metrics, lines }) => traces < requests || metrics.length === 0 || lines < requests).map(heardText), ...changed({ pods, images })];
  return {
    holds: faults.length === 0,
    expected: `both apps send traces, metrics and logs of ${requests} requests; their images are as built, and name OpenTelemetry nowhere`,
    observed: faults.length === 0 ? `${heard.map(heardText).join('; ')}; images as built` : faults.join('; '),
    ...(faults.length === 0 ? {} : { cause: causeOf(pods) }),
    evidence: [
      { what: 'what was put into the pods on their way to the nodes', data: pods.map(({ app, pod, added }) => ({ app, pod, ...added })) },
      { what: 'images: as built, and as the nodes run them', shape: 'table', data: images.map(({ app, digests, mentions }) => ({ app, digest: digests.join(' or '), running: pods.find((one) => one.app === app)?.imageId ?? '', mentions })) },
      { what: 'telemetry by app', data: heard },
    ],
  };
}

/** What is not as it was built. */
function changed({ pods, images }: Pick<Injection, 'pods' | 'images'>): readonly string[] {
  return [...new Set(images.map(({ app }) => app))].flatMap((app) => {
    const [pod, made] = [pods.find((one) => one.app === app), images.filter((one) => one.app === app)];
    const running = made.find(({ digests }) => digests.some((digest) => pod?.imageId.endsWith(digest)));
    return [
      ...(running ? [] : [`${app} runs image ${pod?.imageId ?? 'none'} and not ${made.flatMap(({ digests }) => digests).join(' or ')}`]),
      ...(pod?.asDeclared ? [] : [`${app} is started otherwise than its deployment says`]),
      ...(running === undefined || running.mentions === 0 ? [] : [`the image of ${app} names OpenTelemetry ${running.mentions} times`]),
    ];
  });
}

function causeOf(pods: readonly { app: string; annotated: boolean; added: { initContainers: readonly string[] } }[]): string {
  const bare = pods.find(({ added }) => added.initContainers.length === 0);
  if (!bare) return `agents are in both pods: ${pods.map(({ added }) => added.initContainers.join(' ')).join(', ')}`;
  return `the pod of ${bare.app} ${bare.annotated ? 'is annotated and has no agent' : 'has no annotation, and no agent'}`;
}
