/**
 * Whether an Action changed what every program stands on. If it did, the process ends after the call: the next login
 * starts with a clean one.
 */
'use strict';

const { ownKeys, getOwnPropertyDescriptor } = Reflect;
const FOUNDATIONS = [
  Object,
  Object.prototype,
  Function.prototype,
  Array,
  Array.prototype,
  String.prototype,
  Number.prototype,
  RegExp.prototype,
  Promise,
  Promise.prototype,
  Error.prototype,
  Map.prototype,
  Set.prototype,
  Reflect,
  JSON,
];
const before = FOUNDATIONS.map(picture);

function picture(foundation) {
  const seen = [];
  for (const key of ownKeys(foundation)) {
    const { value, get, set } = getOwnPropertyDescriptor(foundation, key);
    seen[seen.length] = [key, value, get, set];
  }
  return seen;
}

function builtinsAreAsTheyWere() {
  for (let index = 0; index < FOUNDATIONS.length; index++) {
    const [was, is] = [before[index], picture(FOUNDATIONS[index])];
    if (was.length !== is.length) return false;
    for (let entry = 0; entry < was.length; entry++) {
      for (let part = 0; part < 4; part++) if (was[entry][part] !== is[entry][part]) return false;
    }
  }
  return true;
}

module.exports = { builtinsAreAsTheyWere };
