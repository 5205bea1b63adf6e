/** @returns a function that joins the call under way, if there is one, instead of starting another. */
export function singleFlight<T>(act: () => Promise<T>): () => Promise<T> {
  let flight: Promise<T> | undefined;
  return () => {
    flight ??= act().finally(() => {
      flight = undefined;
    });
    return flight;
  };
}
