/** The tenant's time inside the worker: `Date` moved by as much as the tenant's clock is. */
'use strict';

const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);
let offset = 0;

class TenantDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(realNow() + offset);
    else super(...parts);
  }

  static now() {
    return realNow() + offset;
  }
}
// Plain `Date()` is a string, which a class cannot say; and dates that Node itself makes are dates here too.
globalThis.Date = new Proxy(TenantDate, { apply: () => new TenantDate().toString() });
Object.defineProperty(TenantDate, Symbol.hasInstance, { value: (value) => value instanceof RealDate });
Object.defineProperty(TenantDate, 'name', { value: 'Date' });
TenantDate.prototype.constructor = globalThis.Date;

/** @param {number} nowMs - what the tenant's clock shows; it runs on from there */
function setTheClock(nowMs) {
  offset = Math.round(nowMs - realNow());
}

/** @returns {number} milliseconds since 1970, as the tenant sees it */
function now() {
  return realNow() + offset;
}

module.exports = { now, setTheClock };
