/**
 * `api.transaction`: data that the Actions of one login share, redirects included. A write is seen at once in
 * `event.transaction.metadata`.
 *
 * Source: https://auth0.com/docs/customize/actions/limitations ("Transaction metadata"); the errors' texts are ours
 */
'use strict';

const MAX_KEY = 64;
const MAX_VALUE_BYTES = 8192;
const MAX_BYTES = 16_384;

function transactionOf({ event }, command, self) {
  const metadata = event.transaction?.metadata ?? {};
  return {
    setMetadata: (key, value) => {
      check(metadata, key, value);
      command('transaction.setMetadata', key, value);
      if (value === null) delete metadata[key];
      else Object.defineProperty(metadata, key, { value, configurable: true, enumerable: true, writable: true });
      return self();
    },
  };
}

function check(metadata, key, value) {
  const refuseIf = (condition, why) => {
    if (condition) throw new Error(`Transaction metadata: ${why}`);
  };
  refuseIf(typeof key !== 'string' || key.length === 0 || key.length > MAX_KEY, `a key has 1 to ${MAX_KEY} characters`);
  if (value === null) return;
  refuseIf(!['string', 'number', 'boolean'].includes(typeof value), 'a value is a string, a number or a boolean');
  const isUnsafe = Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
  refuseIf(typeof value === 'number' && isUnsafe, 'a number must be safe');
  const bytes = (text) => Buffer.byteLength(String(text));
  refuseIf(bytes(value) > MAX_VALUE_BYTES, 'a value has up to 8 kB');
  const others = Object.entries(metadata).filter(([other]) => other !== key);
  const total = others.reduce((sum, [other, held]) => sum + bytes(other) + bytes(held), bytes(key) + bytes(value));
  refuseIf(total > MAX_BYTES, 'all of it together has up to 16 kB');
}

module.exports = { transactionOf };
