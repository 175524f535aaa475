/** How often a collector looks whether a file has grown. */
const pollMs = 200;

/**
 * A receiver of what the pods of one namespace print, from the files that their node keeps of it.
 * @param folder of the node, as the collector sees it: `<namespace>_<pod>_<uid>/<container>/<n>.log`
 */
export function podFilesReceiver(folder: string, namespace: string): object {
  return {
    include: [`${folder}/${namespace}_*/*/*.log`],
    include_file_path: true,
    // A pod may have begun before the collector has seen its file.
    start_at: 'beginning',
    poll_interval: `${pollMs}ms`,
    operators: [
      { type: 'container' },
      // By this name Loki tells streams apart; what the agents send has it from them.
      { type: 'copy', from: 'resource["k8s.container.name"]', to: 'resource["service.name"]' },
    ],
  };
}
