/** FACTORS of require-mfa: which factors are offered, asked for and believed, and what holds for every combination. */
'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const { PHONE_PROOF, PWD, REFRESH, SILENT, anEvent } = require('./support/event.js');
const { anApi } = require('./support/post_login_api.js');
const { REQUIRE_MFA, fixTheClock, run } = require('./support/run.js');

const PHONE = { type: 'phone', options: { preferredMethod: 'sms' } };
const OTP = { type: 'otp' };
const KEY = { type: 'webauthn-roaming' };
const OURS = ['phone', 'otp', 'webauthn-roaming'];
const SETTLED = 'goes on, MFA is settled';

const aLogin = (FACTORS, enrolled, changes = {}) =>
  anEvent({
    secrets: { FACTORS },
    user: { enrolledFactors: enrolled?.map((type) => ({ type })) },
    ...changes,
  });
const withProof = (type) => ({ authentication: { methods: [PWD, { ...PHONE_PROOF, type }] } });
const command = (name, ...factors) => ({ command: name, factors });

beforeEach(() => fixTheClock());

test('what is asked for follows from FACTORS and from what is enrolled', async (t) => {
  const cases = [
    // FACTORS, enrolled, commands
    ['phone', [], [command('enrollWith', PHONE)]],
    ['otp', [], [command('enrollWith', OTP)]],
    ['webauthn-roaming', [], [command('enrollWith', KEY)]],
    ['otp', ['otp'], [command('challengeWith', OTP)]],
    ['webauthn-roaming', ['webauthn-roaming', 'phone'], [command('challengeWith', KEY)]],
    ['otp,phone', [], [command('enrollWithAny', OTP, PHONE)]],
    ['phone,otp', [], [command('enrollWithAny', PHONE, OTP)]],
    ['phone,otp', undefined, [command('enrollWithAny', PHONE, OTP)]],
    [' webauthn-roaming , otp,phone ', [], [command('enrollWithAny', KEY, OTP, PHONE)]],
    ['otp,phone,otp', [], [command('enrollWithAny', OTP, PHONE)]],
    ['otp,otp', [], [command('enrollWith', OTP)]],
    ['otp,phone', ['phone'], [command('challengeWith', PHONE)]],
    ['otp,phone', ['phone', 'otp', 'phone'], [command('challengeWithAny', OTP, PHONE)]],
    ['webauthn-roaming,otp,phone', ['otp', 'phone'], [command('challengeWithAny', OTP, PHONE)]],
    ['otp', ['phone'], [command('challengeWithAny', { type: 'phone' }), command('enrollWith', OTP)]],
    [
      'otp,webauthn-roaming',
      ['push-notification', 'email'],
      [
        command('challengeWithAny', { type: 'push-notification' }, { type: 'email' }),
        command('enrollWithAny', OTP, KEY),
      ],
    ],
  ];
  for (const [FACTORS, enrolled, expected] of cases) {
    await t.test(`${FACTORS} with ${enrolled}`, async () => {
      assert.deepEqual((await run(REQUIRE_MFA, aLogin(FACTORS, enrolled))).mfa, expected);
    });
  }
});

test('without FACTORS, or with an empty one, it is the phone', async () => {
  for (const enrolled of [[], ['phone'], ['otp'], ['otp', 'phone'], undefined]) {
    const asPhone = await run(REQUIRE_MFA, aLogin('phone', enrolled));

    assert.deepEqual(await run(REQUIRE_MFA, aLogin(undefined, enrolled)), asPhone);
    assert.deepEqual(await run(REQUIRE_MFA, aLogin('', enrolled)), asPhone);
  }
});

test('an unknown factor denies our users, and only those', async (t) => {
  for (const FACTORS of ['sms', 'Phone', 'phone,email', 'phone;otp', 'phone,', ',', ' ', 'recovery-code', 'toString']) {
    await t.test(JSON.stringify(FACTORS), async () => {
      for (const changes of [{}, SILENT, REFRESH, withProof('phone')]) {
        const { outcome, logs } = await run(REQUIRE_MFA, aLogin(FACTORS, ['phone'], changes));

        assert.equal(outcome, 'denied');
        assert.deepEqual(logs, ['guestlist denied a login: not_configured']);
      }
      const foreign = aLogin(FACTORS, ['phone'], { client: { client_id: 'foreign' } });
      assert.equal((await run(REQUIRE_MFA, foreign)).outcome, 'goes on');
    });
  }
});

test('a proof counts if its factor is one of FACTORS; without FACTORS, if it is enrolled', async (t) => {
  const cases = [
    // FACTORS, proof, counts
    ['otp,phone', 'phone', true],
    ['otp,phone', 'otp', true],
    ['webauthn-roaming', 'webauthn-roaming', true],
    ['webauthn-roaming', 'phone', false],
    ['phone', 'otp', false],
    ['phone', 'push-notification', false],
    ['phone', 'email', false],
    [undefined, 'phone', true],
    [undefined, 'otp', true],
    [undefined, 'push-notification', true],
    ['', 'push-notification', true],
    [undefined, 'email', false],
  ];
  const enrolled = [...OURS, 'push-notification', 'email'];
  for (const [FACTORS, proof, counts] of cases) {
    await t.test(`${proof}, FACTORS ${FACTORS}`, async () => {
      const login = aLogin(FACTORS, enrolled, withProof(proof));
      const silent = aLogin(FACTORS, enrolled, { ...withProof(proof), ...SILENT });

      assert.equal((await run(REQUIRE_MFA, login)).outcome === SETTLED, counts);
      assert.equal((await run(REQUIRE_MFA, silent)).outcome, counts ? SETTLED : 'denied');
    });
  }
});

test('who gives up the enrolment after the challenge is asked for both again', async () => {
  const { mfa } = await run(REQUIRE_MFA, aLogin('otp', ['phone'], withProof('phone')));

  assert.deepEqual(
    mfa.map(({ command: name }) => name),
    ['challengeWithAny', 'enrollWith'],
  );
});

test('a refresh goes on with any factor, also after FACTORS has changed', async () => {
  assert.equal((await run(REQUIRE_MFA, aLogin('otp', ['phone'], REFRESH))).outcome, SETTLED);
  assert.equal((await run(REQUIRE_MFA, aLogin('otp', [], REFRESH))).outcome, 'denied');
});

// ---- Every combination ----

const KINDS = {
  browser: {},
  'browser without a transaction': { transaction: undefined },
  silent: SILENT,
  refresh: REFRESH,
  'password grant': { transaction: { protocol: 'oauth2-password' } },
};

function subsetsOf(items) {
  return items.reduce((subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])], [[]]);
}

function ordersOf(items) {
  if (items.length === 0) return [[]];
  return items.flatMap((first) => ordersOf(items.filter((other) => other !== first)).map((rest) => [first, ...rest]));
}

function* everyCombination() {
  const lists = subsetsOf(OURS)
    .filter((subset) => subset.length > 0)
    .flatMap(ordersOf);
  const enrolments = [undefined, ...subsetsOf([...OURS, 'push-notification', 'email'])];
  for (const list of [undefined, ...lists]) {
    for (const enrolled of enrolments) {
      for (const proof of [undefined, ...OURS, 'push-notification', 'email']) {
        for (const kind of Object.keys(KINDS)) yield { list, enrolled, proof, kind };
      }
    }
  }
}

function checkAnswer({ list, enrolled = [], proof, kind }, { outcome, mfa, multifactor, denied, redirect }) {
  const counts = enrolled.includes(proof) && proof !== 'email' && (list ?? enrolled).includes(proof);
  const isRefresh = kind === 'refresh';
  const types = (start) => mfa.filter(({ command: name }) => name.startsWith(start)).flatMap(({ factors }) => factors);
  const enrols = types('enrol').map(({ type }) => type);
  const challenges = types('challenge').map(({ type }) => type);

  const answers = [denied.length > 0, mfa.length > 0, multifactor.length > 0].filter(Boolean);
  assert.equal(answers.length, 1, 'denied, asked, or settled: one of them, and never nothing');
  assert.ok(!outcome.startsWith('mfar'), outcome);
  assert.equal(redirect, null);
  assert.ok(mfa.length <= 2, 'Auth0 ends a login at the fifth command');
  if (multifactor.length > 0) assert.ok(isRefresh || counts, 'settled without a proof');
  if (mfa.length > 0) assert.ok(kind.startsWith('browser') && !counts, 'asked nobody, or twice');
  assert.deepEqual(
    enrols.filter((type) => enrolled.includes(type)),
    [],
    'enrols what is enrolled',
  );
  assert.deepEqual(
    challenges.filter((type) => !enrolled.includes(type)),
    [],
    'challenges what is not enrolled',
  );
  if (enrols.length > 0) assert.deepEqual(enrols, list ?? ['phone']);
  if (challenges.length > 0 && enrols.length === 0) {
    assert.deepEqual(
      challenges,
      (list ?? ['phone']).filter((type) => enrolled.includes(type)),
    );
  }
  for (const { command: name, factors } of mfa) {
    const isAlien = enrols.length > 0 && name.startsWith('challenge');
    assert.equal(name.endsWith('Any'), factors.length > 1 || isAlien);
  }
}

test('no combination of FACTORS, enrolled factors, proof and kind of login passes without a proof', async () => {
  let tried = 0;
  for (const combination of everyCombination()) {
    const { list, enrolled, proof, kind } = combination;
    const changes = { ...KINDS[kind], ...(proof ? withProof(proof) : {}) };
    const answer = await run(REQUIRE_MFA, aLogin(list?.join(','), enrolled, changes));
    try {
      checkAnswer(combination, answer);
    } catch (error) {
      error.message += `\n${JSON.stringify({ combination, mfa: answer.mfa })}`;
      throw error;
    }
    tried += 1;
  }
  assert.equal(tried, 16 * 33 * 6 * 5);
});

test('an api that fails at any of the commands denies the login', async (t) => {
  const cases = { enrollWith: ['otp', []], enrollWithAny: ['otp,phone', []], challengeWithAny: ['otp,phone', OURS] };
  for (const [name, [FACTORS, enrolled]] of Object.entries(cases)) {
    await t.test(name, async () => {
      const event = aLogin(FACTORS, enrolled);
      const api = anApi(event);
      api.authentication[name] = () => {
        throw new Error('internal detail');
      };
      const { outcome, denied } = await run(REQUIRE_MFA, event, { api });

      assert.equal(outcome, 'denied');
      assert.doesNotMatch(denied.join(), /internal detail/);
    });
  }
});
