/** With two decimals, and a minus sign that is one. */
export function signed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}
