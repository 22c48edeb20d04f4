/** Has the buttons of a tab list show their panels. What starts a panel is called with it when it is first shown. */
export function tabs(list: HTMLElement, starts: Readonly<Record<string, (panel: HTMLElement) => void>>): void {
  const buttons = [...list.querySelectorAll<HTMLElement>("[role=tab]")];
  const started = new Set<string>();

  const show = (chosen: HTMLElement): void => {
    for (const button of buttons) {
      const panel = document.getElementById(button.getAttribute("aria-controls")!)!;
      const isChosen = button === chosen;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      panel.hidden = !isChosen;
      if (isChosen && !started.has(panel.id)) {
        started.add(panel.id);
        starts[panel.id](panel);
      }
    }
  };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => show(button));
    button.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      const next = buttons[(i + step + buttons.length) % buttons.length];
      next.focus();
      show(next);
    });
  });
  show(buttons[0]);
}
