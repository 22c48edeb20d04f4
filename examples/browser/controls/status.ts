/** After so many milliseconds without another, a text is shown and read out: not each on the way. */
const QUIET = 300;

/** Sets the text of a live region when things have come to rest. */
export function status(region: HTMLElement): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (region.textContent !== text) region.textContent = text;
    }, QUIET);
  };
}
