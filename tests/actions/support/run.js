/** Run a deployed Action as Auth0 does: its own file, a frozen event, a fixed clock. A throwing handler fails the test. */
'use strict';

const assert = require('node:assert/strict');
const { mock } = require('node:test');
const path = require('node:path');

const { NOW } = require('./event.js');
const { anApi, outcome } = require('./post_login_api.js');

const ACTIONS = path.join(__dirname, '..', '..', '..', 'actions', 'post-login');
const REQUIRE_MFA = path.join(ACTIONS, 'require-mfa.js');
const COMPLETE_PROFILE = path.join(ACTIONS, 'complete-profile.js');

function fixTheClock(now = NOW) {
  mock.timers.reset();
  mock.timers.enable({ apis: ['Date'], now: Date.parse(now) });
}

/**
 * @returns {Promise<{ outcome: string, api: object, logs: string[] }>} the recorded api, with what Auth0 would make of it
 */
async function run(file, event, { handler = 'onExecutePostLogin', api = anApi(event), fetch = noNetwork } = {}) {
  const logs = [];
  const consoles = ['log', 'info', 'warn', 'error', 'debug'].map((level) =>
    mock.method(console, level, (...words) => logs.push(words.join(' '))),
  );
  const network = mock.method(globalThis, 'fetch', fetch);
  try {
    await require(file)[handler](deepFreeze(event), api);
  } finally {
    for (const mocked of [...consoles, network]) mocked.mock.restore();
  }
  if (fetch === noNetwork) assert.equal(network.mock.callCount(), 0, 'an Action called fetch');
  return { ...api.recorded, outcome: outcome(event, api), logs };
}

/** Most Actions call nobody. Counted as well, because an Action may swallow what this throws. */
async function noNetwork() {
  throw new Error('no network in this test');
}

function runContinue(file, event, options = {}) {
  return run(file, event, { ...options, handler: 'onContinuePostLogin' });
}

function deepFreeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

module.exports = { COMPLETE_PROFILE, REQUIRE_MFA, fixTheClock, run, runContinue };
