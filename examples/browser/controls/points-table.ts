import { element, find } from "./elements.ts";

/** A column of numbers, or of a few choices, each with its name. */
export interface Column<P> {
  readonly key: keyof P & string;
  readonly label: string;
  readonly range?: readonly [least: number, greatest: number];
  readonly choices?: readonly string[];
}

/** Points as a table in which they can be changed, added and removed by keyboard. */
export interface PointsTable<P> {
  show(points: readonly P[]): void;
}

type Field = HTMLInputElement | HTMLSelectElement;

/** Fills a `form.add-point` and a `table.points`; `onChange` gets the points after each change that a person makes there. */
export function pointsTable<P extends Readonly<Record<keyof P, number>>>(container: Element, columns: readonly Column<P>[], onChange: (points: readonly P[]) => void): PointsTable<P> {
  let points: readonly P[] = [];
  const form = find<HTMLFormElement>(container, "form.add-point");
  const body = find<HTMLTableSectionElement>(container, "table.points tbody");
  find(container, "table.points thead").replaceChildren(element("tr", {}, ...[...columns.map(({ label }) => label), ""].map((label) => element("th", { scope: "col" }, label))));

  const fields = columns.map((column) => field(column, 0));
  form.replaceChildren(...columns.map(({ label }, i) => element("label", {}, `${label} `, fields[i])), element("button", { type: "submit" }, "Add point"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change([...points, Object.fromEntries(columns.map(({ key }, i) => [key, Number(fields[i].value)])) as P]);
  });

  const change = (next: readonly P[]): void => {
    show(next);
    onChange(next);
  };

  const row = (point: P, number: number): HTMLTableRowElement => {
    const cells = columns.map((column) => {
      const cell = field(column, point[column.key]);
      cell.ariaLabel = `${column.label} of point ${number + 1}`;
      cell.addEventListener("change", () => {
        if (cell.value !== "" && cell.checkValidity()) change(points.map((other, i) => (i === number ? { ...other, [column.key]: Number(cell.value) } : other)));
        else cell.reportValidity();
      });
      return element("td", {}, cell);
    });
    const remove = element("button", { type: "button", ariaLabel: `Remove point ${number + 1}` }, "Remove");
    remove.addEventListener("click", () => {
      change(points.filter((_, i) => i !== number));
      // The focus stays in its place: on the point that moved up, the last one, or the form.
      (body.rows[Math.min(number, body.rows.length - 1)]?.querySelector("button") ?? fields[0]).focus();
    });
    return element("tr", {}, ...cells, element("td", {}, remove));
  };

  const show = (next: readonly P[]): void => {
    points = next;
    if (next.length !== body.rows.length) return body.replaceChildren(...next.map(row));
    next.forEach((point, number) => {
      columns.forEach((column, i) => {
        body.rows[number].cells[i].querySelector<Field>("input, select")!.value = written(column, point[column.key]);
      });
    });
  };
  return { show };
}

function field<P>(column: Column<P>, value: number): Field {
  const { choices, range } = column;
  if (choices) {
    const select = element("select", {}, ...choices.map((choice, i) => element("option", { value: String(i) }, choice)));
    select.value = written(column, value);
    return select;
  }
  return element("input", { type: "number", required: true, step: "0.01", ...(range && { min: String(range[0]), max: String(range[1]) }), value: written(column, value) });
}

function written<P>({ choices }: Column<P>, value: number): string {
  return choices ? String(value) : String(Math.round(100 * value) / 100);
}
