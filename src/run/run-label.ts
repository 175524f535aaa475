/** By this label's value everything of a run is found in a cluster or on a container engine, whoever made it. */
export const runLabel = 'plumbline.dev/run';
