/** Draws at most once a frame: the function returned asks for it. Also when the element changes its size, and when the colours change. */
export function redrawing(element: Element, draw: () => void): () => void {
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
  new ResizeObserver(ask).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ask);
  return ask;
}
