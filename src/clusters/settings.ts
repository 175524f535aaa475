/** What a user says of where clusters come from, beside the provider's name. A provider reads what concerns it. */
export interface ProviderSettings {
  /** Image of the nodes of k3s; left out: the official one. */
  readonly k3sImage?: string;
  /** Further arguments of every k3s node, e.g. `--kubelet-arg=max-pods=50`. */
  readonly k3sArgs?: readonly string[];
  /** Node image of kind; left out: the one that the kind program takes by default. */
  readonly kindImage?: string;
  /** Path of the kubeconfig of clusters that are there already; left out: as kubectl looks for it. */
  readonly kubeconfig?: string;
  /** Contexts of it, a cluster each, in the order in which platforms name their clusters; left out: the current one. */
  readonly contexts?: readonly string[];
  /** Host and path in front of every official image that is pulled, e.g. of a pull-through cache: `mirror.example:5000/hub`. */
  readonly registryPrefix?: string;
  /** Host and path of a registry that takes what is built here, for the nodes to pull. */
  readonly pushTo?: string;
}
