'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const {
  A_MINUTE_AGO,
  NOW,
  PHONE_PROOF,
  PWD,
  REFRESH,
  SILENT,
  UNSUPPORTED_PROTOCOLS,
  anEvent,
} = require('./support/event.js');
const { REQUIRE_MFA, fixTheClock, run } = require('./support/run.js');

const BY_SMS = [{ type: 'phone', options: { preferredMethod: 'sms' } }];
const SETTLED = 'goes on, MFA is settled';

const withFactors = (...types) => ({ user: { ...anEvent().user, enrolledFactors: types.map((type) => ({ type })) } });
const withMethods = (...methods) => ({ authentication: { methods } });

beforeEach(() => fixTheClock());

test('an invited person without a phone enrols one by SMS', async () => {
  const { outcome, mfa } = await run(REQUIRE_MFA, anEvent());

  assert.equal(outcome, 'enrols phone');
  assert.deepEqual(mfa, [{ command: 'enrollWith', factors: BY_SMS }]);
});

test('a person with a phone is challenged by SMS and never asked to enrol again', async () => {
  const { outcome, mfa } = await run(REQUIRE_MFA, anEvent(withFactors('phone')));

  assert.equal(outcome, 'challenged phone');
  assert.deepEqual(mfa, [{ command: 'challengeWith', factors: BY_SMS }]);
});

test('a person with several factors is challenged by SMS', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent(withFactors('otp', 'phone', 'phone')));

  assert.equal(outcome, 'challenged phone');
});

test('a person with other factors only shows one of them before enrolling a phone', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent(withFactors('otp', 'webauthn-roaming', 'otp')));

  assert.equal(outcome, 'challenged otp or webauthn-roaming, then enrols phone');
});

test('a user whose enrolled factors are unknown is asked to enrol', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent({ user: { enrolledFactors: undefined } }));

  assert.equal(outcome, 'enrols phone');
});

test('an event without a transaction is asked for the second factor', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent({ transaction: undefined }));

  assert.equal(outcome, 'enrols phone');
});

test('the Action does its own half only: it never redirects and writes nothing', async () => {
  for (const changes of [{}, withFactors('phone'), SILENT, REFRESH, { secrets: { CONNECTION_NAME: '' } }]) {
    const { redirect, userMetadata, appMetadata, idToken } = await run(REQUIRE_MFA, anEvent(changes));

    assert.deepEqual(
      { redirect, userMetadata, appMetadata, idToken },
      { redirect: null, userMetadata: {}, appMetadata: {}, idToken: {} },
    );
  }
});

test('a session with a fresh second factor is not asked again', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent({ ...withFactors('phone'), ...withMethods(PWD, PHONE_PROOF) }));

  assert.equal(outcome, SETTLED);
});

test('a proof that is not good enough leads to a new challenge', async (t) => {
  const proof = (changes) => withMethods(PWD, { ...PHONE_PROOF, ...changes });
  const cases = {
    'older than the password just typed': withMethods(
      { ...PWD, timestamp: NOW },
      { ...PHONE_PROOF, timestamp: A_MINUTE_AGO },
    ),
    'older than the second of two passwords': withMethods(
      { ...PWD, timestamp: '2026-11-23T10:00:01Z' },
      PHONE_PROOF,
      PWD,
    ),
    'by a factor that is no longer enrolled': proof({ type: 'otp' }),
    'by e-mail, the mailbox of the invitation': { ...proof({ type: 'email' }), ...withFactors('phone', 'email') },
    'older than the passkey just used': withMethods(
      { name: 'passkey', timestamp: NOW },
      { ...PHONE_PROOF, timestamp: A_MINUTE_AGO },
    ),
    'of no known kind': proof({ type: undefined }),
    'without a time': proof({ timestamp: undefined }),
    'with a time that is none': proof({ timestamp: 'yesterday' }),
    'under another name': proof({ name: 'sms' }),
    'with a password of no known time': withMethods({ name: 'pwd' }, PHONE_PROOF),
    'without any first factor': withMethods(PHONE_PROOF),
    'by nothing at all': { authentication: undefined },
    'when the application asks for a level (acr_values)': {
      ...proof({}),
      transaction: { protocol: 'oidc-basic-profile', acr_values: ['high'] },
    },
  };
  for (const [name, changes] of Object.entries(cases)) {
    await t.test(name, async () => {
      const interactive = await run(REQUIRE_MFA, anEvent({ ...withFactors('phone'), ...changes }));
      assert.match(interactive.outcome, /^challenged phone/);

      const transaction = { ...changes.transaction, ...SILENT.transaction };
      const silent = await run(REQUIRE_MFA, anEvent({ ...withFactors('phone'), ...changes, transaction }));
      assert.equal(silent.outcome, 'denied');
    });
  }
});

test('a proof counts only as long as its factor is enrolled, so that resetting a phone means enrolling again', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent({ ...withFactors(), ...withMethods(PWD, PHONE_PROOF) }));

  assert.equal(outcome, 'enrols phone');
});

test('a silent login without a second factor in the session gets no tokens', async () => {
  const { outcome, mfa } = await run(REQUIRE_MFA, anEvent({ ...SILENT, ...withFactors('phone') }));

  assert.equal(outcome, 'denied');
  assert.deepEqual(mfa, [], 'nobody is there to answer a challenge');
});

test('a silent login is one also if only the request says so', async () => {
  const { outcome } = await run(
    REQUIRE_MFA,
    anEvent({ transaction: undefined, request: { query: { prompt: 'none' } } }),
  );

  assert.equal(outcome, 'denied');
});

test('a silent login in a session with a fresh second factor goes on', async () => {
  const { outcome } = await run(
    REQUIRE_MFA,
    anEvent({ ...SILENT, ...withFactors('phone'), ...withMethods(PWD, PHONE_PROOF) }),
  );

  assert.equal(outcome, SETTLED);
});

test('a refresh token exchange is never challenged', async (t) => {
  await t.test('of an enrolled user', async () => {
    assert.equal((await run(REQUIRE_MFA, anEvent({ ...REFRESH, ...withFactors('phone') }))).outcome, SETTLED);
  });
  await t.test('of a user whose factors are unknown', async () => {
    assert.equal(
      (await run(REQUIRE_MFA, anEvent({ ...REFRESH, user: { enrolledFactors: undefined } }))).outcome,
      SETTLED,
    );
  });
});

test('a refresh token of a user without any factor is worth nothing', async () => {
  const { outcome } = await run(REQUIRE_MFA, anEvent(REFRESH));

  assert.equal(outcome, 'denied');
});

test('a protocol without a browser is denied', async (t) => {
  for (const protocol of UNSUPPORTED_PROTOCOLS) {
    await t.test(protocol, async () => {
      const { outcome, logs } = await run(REQUIRE_MFA, anEvent({ ...withFactors('phone'), transaction: { protocol } }));

      assert.equal(outcome, 'denied');
      assert.deepEqual(logs, ['guestlist denied a login: unsupported_login']);
    });
  }
});

test('MFA is settled only with a proof or a refresh token in hand', async () => {
  for (const changes of [{}, withFactors('phone'), SILENT, { transaction: { protocol: 'oauth2-password' } }]) {
    assert.deepEqual((await run(REQUIRE_MFA, anEvent(changes))).multifactor, []);
  }
});
