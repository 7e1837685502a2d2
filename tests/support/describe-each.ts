/** `describe.each` over what a machine may have none of, as of the installed releases of Fabric: jest refuses no rows. */
export function describeEach<T>(rows: readonly T[]): (title: string, body: (row: T) => void) => void {
  return (title, body) => {
    if (rows.length > 0) describe.each([...rows])(title, body as (row: unknown) => void);
  };
}
