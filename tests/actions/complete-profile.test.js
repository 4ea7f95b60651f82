'use strict';

const assert = require('node:assert/strict');
const { beforeEach, test } = require('node:test');

const {
  NOW,
  PHONE_PROOF,
  PWD,
  REFRESH,
  SILENT,
  TO_PAGE_SECRET,
  UNSUPPORTED_PROTOCOLS,
  aReturn,
  anEvent,
} = require('./support/event.js');
const { COMPLETE_PROFILE, fixTheClock, run, runContinue } = require('./support/run.js');
const { anApi } = require('./support/post_login_api.js');
const { aReturnToken, claimsOf, signature } = require('./support/tokens.js');

const USER = anEvent().user;
const aUser = (changes) => ({ user: { ...USER, app_metadata: {}, ...changes } });
const ANA = aUser({ user_metadata: { given_name: 'Ana', family_name: 'Lima' } });

const tokenIn = (url) => url.searchParams.get('session_token');

beforeEach(() => fixTheClock());

test('a person without a name is sent to the profile page', async () => {
  const { outcome, redirect } = await run(COMPLETE_PROFILE, anEvent());

  assert.equal(outcome, 'redirected');
  assert.equal(`${redirect.origin}${redirect.pathname}`, 'https://profile.example.com/profile');
  assert.deepEqual([...redirect.searchParams.keys()], ['session_token']);
});

test('the outgoing token is signed for the page, says what it is for, and lives 15 minutes', async () => {
  const { redirect } = await run(COMPLETE_PROFILE, anEvent());
  const token = tokenIn(redirect);
  const now = Date.parse(NOW) / 1000;

  assert.equal(token.split('.')[2], signature(token.split('.').slice(0, 2).join('.'), TO_PAGE_SECRET));
  assert.deepEqual(claimsOf(token), {
    iss: 'login.example.com',
    sub: 'auth0|ana',
    ip: '203.0.113.7',
    iat: now,
    exp: now + 900,
    aud: 'guestlist:profile-page',
    purpose: 'ask-for-names',
    locale: 'en',
  });
});

test('the outgoing token and its URL carry nothing about the person but the user id', async () => {
  const personal = {
    email: 'secret-mail@example.com',
    name: 'Secret Name',
    nickname: 'Secret Nick',
    family_name: 'Secret Family',
    phone_number: '+4670000000',
    picture: 'https://pictures.example.com/secret',
    user_metadata: { family_name: 'Secret Meta', birthday: 'Secret Day' },
    app_metadata: { invite: { by: 'Secret Inviter' } },
  };
  const { redirect } = await run(COMPLETE_PROFILE, anEvent({ user: { ...USER, ...personal } }));
  const sent = redirect.href + JSON.stringify(claimsOf(tokenIn(redirect)));

  assert.doesNotMatch(sent, /secret|4670000000|example\.com\/secret/i);
});

test('the page speaks what the application asked for, else the invite, else what Auth0 speaks', async (t) => {
  for (const [ui_locales, language, locale, expected] of [
    [['fr', 'en'], 'de', 'en', 'fr'],
    [[], 'de', 'en', 'de'],
    [undefined, 'de', 'en', 'de'],
    [['x y'], 7, 'en', 'en'],
    [undefined, undefined, 'en', 'en'],
  ]) {
    await t.test(JSON.stringify([ui_locales, language, locale]), async () => {
      const event = anEvent({ transaction: { ui_locales, locale }, user: { app_metadata: { invite: { language } } } });
      const { redirect } = await run(COMPLETE_PROFILE, event);

      assert.equal(claimsOf(tokenIn(redirect)).locale, expected);
    });
  }
});

test('only a plain language tag travels as the locale', async (t) => {
  const localeFor = async (locale) => {
    const { redirect } = await run(COMPLETE_PROFILE, anEvent({ transaction: { locale } }));
    return claimsOf(tokenIn(redirect)).locale;
  };
  for (const locale of ['en', 'pt-BR', 'zh-Hant-TW']) {
    await t.test(locale, async () => assert.equal(await localeFor(locale), locale));
  }
  for (const locale of [undefined, '', 'ana@example.com', 'en'.repeat(50), 7, ['en']]) {
    await t.test(`not ${JSON.stringify(locale)}`, async () => assert.equal(await localeFor(locale), undefined));
  }
});

test('a query of the page URL is kept', async () => {
  const secrets = { PROFILE_PAGE_URL: 'https://profile.example.com/profile?theme=dark' };
  const { redirect } = await run(COMPLETE_PROFILE, anEvent({ secrets }));

  assert.equal(redirect.searchParams.get('theme'), 'dark');
});

test('the Action does its own half only: it never asks for a second factor', async () => {
  for (const changes of [{}, ANA, SILENT, REFRESH]) {
    const { mfa, multifactor } = await run(COMPLETE_PROFILE, anEvent(changes));

    assert.deepEqual([mfa, multifactor], [[], []]);
  }
});

test('nobody is asked twice', async (t) => {
  const complete = {
    'a first name from the page': aUser({ user_metadata: { given_name: 'Isa' } }),
    'a root first name, set by an administrator': aUser({ given_name: 'Isa' }),
    'the marker, though the name is gone': aUser({ app_metadata: { profile_completed_at: NOW } }),
    'the marker, though the name was made hostile since': aUser({
      app_metadata: { profile_completed_at: NOW },
      user_metadata: { given_name: '<b>' },
    }),
  };
  for (const [name, changes] of Object.entries(complete)) {
    await t.test(name, async () => {
      for (const kind of [{}, SILENT, REFRESH]) {
        assert.equal((await run(COMPLETE_PROFILE, anEvent({ ...changes, ...kind }))).outcome, 'goes on');
      }
    });
  }
});

test('what is not a name does not pass for one', async (t) => {
  const incomplete = {
    'no metadata at all': { user_metadata: undefined, app_metadata: undefined },
    'only a last name': { user_metadata: { family_name: 'Lima' } },
    'a blank root name': { given_name: ' ' },
    'a hostile name in metadata': { user_metadata: { given_name: 'www.evil.example' } },
    'the marker in user_metadata': { user_metadata: { profile_completed_at: NOW } },
    'many logins': { logins_count: 9 },
  };
  for (const [name, changes] of Object.entries(incomplete)) {
    await t.test(name, async () => {
      assert.equal((await run(COMPLETE_PROFILE, anEvent(aUser(changes)))).outcome, 'redirected');
      assert.equal((await run(COMPLETE_PROFILE, anEvent({ ...aUser(changes), ...SILENT }))).outcome, 'denied');
    });
  }
});

test('the names reach the ID token on every login while the root names are missing', async () => {
  for (const kind of [{}, SILENT, REFRESH]) {
    const { idToken } = await run(COMPLETE_PROFILE, anEvent({ ...ANA, ...kind }));

    assert.deepEqual(idToken, { given_name: 'Ana', family_name: 'Lima', name: 'Ana Lima' });
  }
});

test('a person with one name has no last name in the ID token', async () => {
  const { idToken } = await run(COMPLETE_PROFILE, anEvent(aUser({ user_metadata: { given_name: 'Isa' } })));

  assert.deepEqual(idToken, { given_name: 'Isa', name: 'Isa' });
});

test('root names are left alone', async () => {
  const { idToken } = await run(
    COMPLETE_PROFILE,
    anEvent(aUser({ given_name: 'Anna', user_metadata: { given_name: 'Ana' } })),
  );

  assert.deepEqual(idToken, {});
});

test('a hostile last name in metadata does not reach the ID token', async () => {
  const user_metadata = { given_name: 'Ana', family_name: '<script>' };
  const { idToken } = await run(COMPLETE_PROFILE, anEvent(aUser({ user_metadata })));

  assert.deepEqual(idToken, { given_name: 'Ana', name: 'Ana' });
});

test('the first complete login closes the invite and keeps its history', async () => {
  const invite = { id: 'inv_1', by: 'Grace' };
  const { appMetadata } = await run(COMPLETE_PROFILE, anEvent(aUser({ given_name: 'Ana', app_metadata: { invite } })));

  assert.deepEqual(appMetadata, { invite: { ...invite, accepted_at: NOW } });
});

test('nothing is written for a returning user', async () => {
  const app_metadata = { invite: { id: 'inv_1', accepted_at: NOW }, profile_completed_at: NOW };
  const { appMetadata, userMetadata } = await run(
    COMPLETE_PROFILE,
    anEvent(aUser({ given_name: 'Ana', app_metadata })),
  );

  assert.deepEqual([appMetadata, userMetadata], [{}, {}]);
});

test('an incomplete login does not close the invite', async () => {
  for (const kind of [{}, SILENT, REFRESH]) {
    assert.deepEqual((await run(COMPLETE_PROFILE, anEvent(kind))).appMetadata, {});
  }
});

test('after an abandoned redirect a silent login gets no tokens', async () => {
  assert.equal((await run(COMPLETE_PROFILE, anEvent())).outcome, 'redirected');
  assert.equal((await run(COMPLETE_PROFILE, anEvent(SILENT))).outcome, 'denied');
});

test('a refresh token of a user without a name gets no tokens', async () => {
  const { outcome, redirect } = await run(COMPLETE_PROFILE, anEvent(REFRESH));

  assert.equal(outcome, 'denied');
  assert.equal(redirect, null);
});

test('a login that Auth0 cannot redirect gets no tokens', async () => {
  const event = anEvent();
  const api = anApi(event);
  api.redirect.canRedirect = () => false;

  assert.equal((await run(COMPLETE_PROFILE, event, { api })).outcome, 'denied');
});

test('a protocol without a browser is denied', async (t) => {
  for (const protocol of UNSUPPORTED_PROTOCOLS) {
    await t.test(protocol, async () => {
      const { outcome, logs } = await run(COMPLETE_PROFILE, anEvent({ transaction: { protocol } }));

      assert.equal(outcome, 'denied');
      assert.deepEqual(logs, ['guestlist denied a login: unsupported_login']);
    });
  }
});

test('a login without a transaction is judged by its request', async () => {
  assert.equal((await run(COMPLETE_PROFILE, anEvent({ transaction: undefined }))).outcome, 'redirected');

  const silent = anEvent({ transaction: undefined, request: { ...anEvent().request, query: { prompt: 'none' } } });
  assert.equal((await run(COMPLETE_PROFILE, silent)).outcome, 'denied');
});

test('nothing here relies on a second factor: require-mfa need not be there', async (t) => {
  const states = {
    'no methods known': { authentication: undefined, user: { enrolledFactors: undefined } },
    'a password only': { authentication: { methods: [PWD] }, user: { enrolledFactors: [] } },
    'a phone that was not asked for': { user: { enrolledFactors: [{ type: 'phone' }] } },
    'a second factor shown': {
      authentication: { methods: [PWD, PHONE_PROOF] },
      user: { enrolledFactors: [{ type: 'phone' }] },
    },
  };
  const handle = {
    'without a name': (state) => run(COMPLETE_PROFILE, anEvent(state)),
    'without a name, silent': (state) => run(COMPLETE_PROFILE, anEvent({ ...state, ...SILENT })),
    'with a name': ({ user, ...state }) => run(COMPLETE_PROFILE, anEvent({ ...state, user: { ...ANA.user, ...user } })),
    'on the way back': (state) => runContinue(COMPLETE_PROFILE, aReturn(aReturnToken(), state)),
  };
  const outcomes = {
    'without a name': 'redirected',
    'without a name, silent': 'denied',
    'with a name': 'goes on',
    'on the way back': 'goes on',
  };
  for (const [when, come] of Object.entries(handle)) {
    const usual = await come({});
    assert.equal(usual.outcome, outcomes[when]);
    for (const [name, state] of Object.entries(states)) {
      await t.test(`${when}: ${name}`, async () => {
        const answer = await come(state);
        assert.deepEqual(answer, usual);
        assert.deepEqual([answer.mfa, answer.multifactor], [[], []], 'the policy stays in force');
      });
    }
  }
});
