/** A reporter for `node --test`: one JSON line per test, subtests before the test that holds them. */
export default async function* jsonLines(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { details, file, name, nesting } = data;
    const error = details.error?.cause?.stack ?? details.error?.cause ?? details.error?.message ?? null;
    yield `${JSON.stringify({ file, name, nesting, passed: type === 'test:pass', error: error && String(error) })}\n`;
  }
}
