/** Where a component is deployed: a namespace of a run, and the image that the run brought for it. */
export interface Place {
  readonly runId: string;
  readonly namespace: string;
  /** Full image reference as the cluster knows it. */
  readonly image: string;
}
