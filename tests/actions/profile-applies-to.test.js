/** PROFILE_APPLIES_TO of complete-profile: everybody, or only people with an invite. */
'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const { NOW, REFRESH, SILENT, UNSUPPORTED_PROTOCOLS, aReturn, anEvent } = require('./support/event.js');
const { anApi } = require('./support/post_login_api.js');
const { COMPLETE_PROFILE, fixTheClock, run, runContinue } = require('./support/run.js');
const { aReturnToken } = require('./support/tokens.js');

const INVITE = { id: 'inv_1', by: 'Grace' };
const ACCEPTED = { ...INVITE, accepted_at: NOW };
const NAMES = { user_metadata: { given_name: 'Ana', family_name: 'Lima' } };
const KINDS = {
  interactive: {},
  silent: SILENT,
  refresh: REFRESH,
  ROPC: { transaction: { protocol: 'oauth2-password' } },
};

const aLogin = (PROFILE_APPLIES_TO, user, changes = {}) =>
  anEvent({ secrets: { PROFILE_APPLIES_TO }, user: { app_metadata: {}, ...user }, ...changes });
const ask = (...login) => run(COMPLETE_PROFILE, aLogin(...login));

beforeEach(() => fixTheClock());

test('with "invited", who has neither invite nor marker passes untouched in every kind of login', async (t) => {
  const existing = {
    'no metadata at all': { user_metadata: undefined, app_metadata: undefined },
    'metadata of other owners': { app_metadata: { plan: 'gold' } },
    'names in user_metadata, perhaps put there by the application': NAMES,
    'a root name': { given_name: 'Ana' },
    'an empty invite': { app_metadata: { invite: null } },
    'an invite that the user wrote into user_metadata': {
      user_metadata: { invite: INVITE, profile_completed_at: NOW },
    },
  };
  for (const [name, user] of Object.entries(existing)) {
    for (const [kind, changes] of Object.entries(KINDS)) {
      await t.test(`${name}, ${kind}`, async () => {
        const { outcome, logs, ...recorded } = await ask('invited', user, changes);

        assert.deepEqual(recorded, anApi(anEvent()).recorded);
        assert.deepEqual([outcome, logs], ['goes on', []]);
      });
    }
  }
});

test('with "invited", an invited person is treated as with "all"', async () => {
  const invited = [
    { app_metadata: { invite: INVITE } },
    { app_metadata: { invite: ACCEPTED } },
    { app_metadata: { invite: INVITE }, ...NAMES },
    { app_metadata: { invite: INVITE }, given_name: 'Ana' },
    { app_metadata: { invite: ACCEPTED, profile_completed_at: NOW }, ...NAMES },
    { app_metadata: { profile_completed_at: NOW }, ...NAMES },
  ];
  const protocols = UNSUPPORTED_PROTOCOLS.map((protocol) => ({ transaction: { protocol } }));
  for (const user of invited) {
    for (const changes of [{}, SILENT, REFRESH, ...protocols]) {
      assert.deepEqual(await ask('invited', user, changes), await ask('all', user, changes));
    }
  }
});

test('with "invited", an invited person without a name is sent to the page, and nobody else', async () => {
  assert.equal((await ask('invited', { app_metadata: { invite: INVITE } })).outcome, 'redirected');
  assert.equal((await ask('invited', { app_metadata: { invite: INVITE } }, SILENT)).outcome, 'denied');
  assert.equal((await ask('invited', {})).outcome, 'goes on');
});

test('with "invited", the way back writes the names of an invited person only', async () => {
  const comeBack = (app_metadata) => {
    const changes = { secrets: { PROFILE_APPLIES_TO: 'invited' }, user: { app_metadata } };
    return runContinue(COMPLETE_PROFILE, aReturn(aReturnToken(), changes));
  };
  assert.deepEqual((await comeBack({ invite: INVITE })).userMetadata, NAMES.user_metadata);
  assert.deepEqual((await comeBack({})).userMetadata, {});
});

test('absent or empty is "all"', async () => {
  for (const user of [{}, { app_metadata: { invite: INVITE } }, NAMES, { given_name: 'Ana' }]) {
    for (const changes of Object.values(KINDS)) {
      const all = await ask('all', user, changes);

      assert.deepEqual(await ask(undefined, user, changes), all);
      assert.deepEqual(await ask('', user, changes), all);
    }
  }
  assert.equal((await ask(undefined, {})).outcome, 'redirected');
});

test('any other value denies our users, with a name or without, and only those', async (t) => {
  for (const value of ['none', 'Invited', 'invited ', 'all,invited', 'true']) {
    await t.test(JSON.stringify(value), async () => {
      for (const user of [{}, { given_name: 'Ana' }]) {
        const { outcome, logs } = await ask(value, user);
        assert.equal(outcome, 'denied');
        assert.deepEqual(logs, ['guestlist denied a login: not_configured']);
      }
      const back = aReturn(aReturnToken(), { secrets: { PROFILE_APPLIES_TO: value } });
      assert.equal((await runContinue(COMPLETE_PROFILE, back)).outcome, 'denied');
      assert.equal((await ask(value, {}, { client: { client_id: 'foreign' } })).outcome, 'goes on');
    });
  }
});
