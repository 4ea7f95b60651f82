/**
 * `api.cache`, within Auth0's limits: 20 entries of one trigger, keys up to 64 bytes, values up to 4 kB, 8 kB in all,
 * a day at most, a quarter of an hour unless the Action says otherwise. Entries live in the tenant; a call brings those of its trigger along and takes back what it wrote.
 *
 * The words of the error codes are not documented.
 * Source: https://auth0.com/docs/actions/reference/post-login/post-login-api-object (`api.cache.set`)
 * Source: https://auth0.com/docs/customize/actions/limitations ("Cached data")
 */
'use strict';

const { now } = require('./clock.js');

const DAY_MS = 86_400_000;
const DEFAULT_MS = 900_000;
const MAX_ENTRIES = 20;
const MAX_KEY_BYTES = 64;
const MAX_VALUE_BYTES = 4096;
const MAX_BYTES = 8192;

/**
 * @param {Map<string, { value: string, expires_at: number }>} entries - changed in place
 * @param {object} record
 */
function cacheOf(entries, record) {
  const write = (key, entry) => {
    if (entry === null) entries.delete(key);
    else entries.set(key, entry);
    record.cacheWrites[key] = entry;
  };
  const dropExpired = () => {
    for (const [key, { expires_at }] of entries) if (expires_at <= now()) write(key, null);
  };
  return {
    delete: (key) => {
      dropExpired();
      if (!entries.has(key)) return { type: 'error', code: 'CacheKeyDoesNotExist' };
      write(key, null);
      return { type: 'success' };
    },
    get: (key) => {
      dropExpired();
      const entry = entries.get(key);
      return entry && { ...entry };
    },
    set: (key, value, { ttl, expires_at: until } = {}) => {
      const lifetimes = lifetimesOf(ttl, until);
      const areFit = typeof key === 'string' && typeof value === 'string' && lifetimes.every(Number.isFinite);
      if (!areFit) return { type: 'error', code: 'InvalidValue' };
      dropExpired();
      const bytes = (text) => Buffer.byteLength(text);
      const others = [...entries].filter(([other]) => other !== key);
      const total = others.reduce((sum, [other, entry]) => sum + bytes(other) + bytes(entry.value), 0);
      if (bytes(key) > MAX_KEY_BYTES || bytes(value) > MAX_VALUE_BYTES) return { type: 'error', code: 'ItemSizeExceeded' };
      if (others.length >= MAX_ENTRIES || total + bytes(key) + bytes(value) > MAX_BYTES) {
        return { type: 'error', code: 'CacheSizeExceeded' };
      }
      const entry = { value, expires_at: Math.min(...lifetimes) };
      write(key, entry);
      return { type: 'success', record: { ...entry } };
    },
  };
}

/** When an entry ends, by each of the rules: the earliest counts. */
function lifetimesOf(ttl, until) {
  const asked = [ttl === undefined ? ttl : now() + ttl, until].filter((at) => at !== undefined);
  return [now() + DAY_MS, ...(asked.length > 0 ? asked : [now() + DEFAULT_MS])];
}

module.exports = { cacheOf };
