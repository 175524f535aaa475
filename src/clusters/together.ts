/**
 * Waits for all of them. When one fails, the others are told to stop and waited for before its error is thrown: work
 * that goes on after a failure would leave behind what the clean-up has already looked for.
 */
export async function together<T extends readonly unknown[]>(stop: AbortController, work: { readonly [K in keyof T]: PromiseLike<T[K]> }): Promise<T> {
  let failed = false;
  let first: unknown;
  const watched = work.map((one) => Promise.resolve(one).catch((thrown: unknown) => {
    if (!failed) first = thrown;
    failed = true;
    stop.abort(thrown);
  }));
  const values = await Promise.all(watched);
  if (failed) throw first;
  return values as unknown as T;
}
