/**
 * Finds the last of things under numbers without gaps, by looks at single ones: in steps that double until there is
 * nothing, then halve.
 *
 * @param from a number that there is; 0 is ahead of all
 * @returns the last number at `from` or behind it, and what is there unless it is `from`
 */
export async function lastNumber<T>(
  from: number,
  at: (number: number) => Promise<T | undefined>,
): Promise<{ number: number; found: T | undefined }> {
  let last: { number: number; found: T | undefined } = { number: from, found: undefined };
  let end = Number.POSITIVE_INFINITY;
  for (let step = 1; end - last.number > 1; ) {
    const number =
      end === Number.POSITIVE_INFINITY ? last.number + step : Math.floor((last.number + end) / 2);
    const found = await at(number);
    if (found === undefined) end = number;
    else {
      last = { number, found };
      step *= 2;
    }
  }
  return last;
}
