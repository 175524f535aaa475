/** By this label's value everything of a run is found in a cluster, whoever made it. */
export const runLabel = 'plumbline.dev/run';
