import { atShare, share, within, type LogRange } from "../ranges.ts";

/** A slider on a logarithmic scale. */
export interface LogSlider {
  value: number;
}

const STEPS = 240;

/** Makes one of a range input and the output beside it. `onInput` is called while a person moves it, not when it is set. */
export function logSlider(input: HTMLInputElement, range: LogRange, first: number, onInput: () => void): LogSlider {
  const output = document.querySelector<HTMLOutputElement>(`output[for="${input.id}"]`)!;
  let value = first;
  input.min = "0";
  input.max = String(STEPS);
  const show = (): void => {
    output.value = value.toPrecision(2).replace(/e.*/, "");
    input.setAttribute("aria-valuetext", output.value);
  };
  const set = (next: number): void => {
    value = within(range, next);
    input.value = String(Math.round(STEPS * share(range, value)));
    show();
  };
  input.addEventListener("input", () => {
    value = atShare(range, input.valueAsNumber / STEPS);
    show();
    onInput();
  });
  set(first);
  return {
    get value() {
      return value;
    },
    set value(next) {
      set(next);
    },
  };
}
