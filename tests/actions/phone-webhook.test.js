/** What both phone-webhook Actions promise: what the receiver gets, what counts as sent, and what is never said. */
'use strict';

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { beforeEach, mock, test } = require('node:test');

const { NOW } = require('./support/event.js');
const {
  CODE,
  CUSTOM_PHONE_PROVIDER,
  NUMBER,
  SEND_PHONE_MESSAGE,
  TEXT,
  WEBHOOK_SECRET,
  WEBHOOK_URL,
  aReceiver,
  fileOf,
  runPhone,
} = require('./support/phone.js');
const { fixTheClock } = require('./support/run.js');

const BOTH = [CUSTOM_PHONE_PROVIDER, SEND_PHONE_MESSAGE];
const NEVER_SAID = [CODE, NUMBER.slice(1), 'Müller', WEBHOOK_SECRET, 'sms.example', 'in-the-query'];

const answering = (status) => async () => new Response(null, { status });
const failing = (error) => async () => {
  throw error;
};
const never = () => assert.fail('nothing may be posted');

/** What a run has told anybody must be the reason and no more. */
function assertSaidOnly(reason, { reasons, logs }) {
  assert.deepEqual(logs, [`guestlist did not send a text message: ${reason}`]);
  assert.equal(reasons.length, 1);
  assert.ok(reasons[0].endsWith(reason));
  const said = [...reasons, ...logs].join('\n');
  assert.deepEqual(
    NEVER_SAID.filter((word) => said.includes(word)),
    [],
  );
}

/** The wire, as a receiver sees it. */
async function received(t, action, changes) {
  const receiver = await aReceiver();
  t.after(receiver.close);
  const { outcome, logs } = await runPhone(action, changes, receiver.fetch);

  assert.equal(outcome, 'sent');
  assert.deepEqual(logs, []);
  assert.equal(receiver.received.length, 1);
  return receiver.received[0];
}

const bodyOf = ({ body }) => JSON.parse(body.toString('utf8'));

beforeEach(() => fixTheClock());

for (const action of BOTH) {
  const { trigger } = action;
  const isUnified = action === CUSTOM_PHONE_PROVIDER;

  test(`${trigger}: a message is posted as JSON to the configured address, once`, async (t) => {
    const { method, url, headers } = await received(t, action);

    assert.deepEqual([method, url], ['POST', '/guestlist?key=in-the-query']);
    assert.equal(headers['content-type'], 'application/json');
  });

  test(`${trigger}: the receiver gets the message, and nothing about the user but the number`, async (t) => {
    const message = { recipient: NUMBER, text: TEXT, kind: 'otp_verify', delivery_method: 'text' };
    const request = await received(t, action);

    assert.deepEqual(bodyOf(request), isUnified ? { ...message, locale: 'de-DE' } : message);
    assert.doesNotMatch(request.body.toString() + JSON.stringify(request.headers), /private|auth0\|ana|4670|203\.0/i);
  });

  test(`${trigger}: the secret itself never travels`, async (t) => {
    const { body, headers, url } = await received(t, action);

    assert.ok(!(body.toString() + JSON.stringify(headers) + url).includes(WEBHOOK_SECRET));
  });

  test(`${trigger}: any 2xx is sent, and says nothing`, async (t) => {
    for (const status of [200, 201, 202, 204, 299]) {
      await t.test(`${status}`, async () => {
        assert.deepEqual(await runPhone(action, {}, answering(status)), { outcome: 'sent', reasons: [], logs: [] });
      });
    }
  });

  test(`${trigger}: what may pass is repeated where the trigger can, else it is an error`, async (t) => {
    const passing = {
      'webhook_busy 429': answering(429),
      'webhook_busy 500': answering(500),
      'webhook_busy 503': answering(503),
      'webhook_busy 599': answering(599),
      webhook_unreachable: failing(new TypeError(`fetch failed for ${WEBHOOK_URL}`, { cause: new Error(TEXT) })),
    };
    for (const [reason, fetch] of Object.entries(passing)) {
      await t.test(reason, async () => {
        const result = await runPhone(action, {}, fetch);

        assert.equal(result.outcome, isUnified ? 'retry' : 'throws');
        assertSaidOnly(reason, result);
      });
    }
  });

  test(`${trigger}: what was refused is not repeated`, async (t) => {
    for (const status of [400, 401, 403, 404, 410, 422]) {
      await t.test(`${status}`, async () => {
        const answer = async () => new Response(`no route to ${NUMBER} for ${TEXT}`, { status });
        const result = await runPhone(action, {}, answer);

        assert.equal(result.outcome, isUnified ? 'drop' : 'throws');
        assertSaidOnly(`webhook_refused ${status}`, result);
      });
    }
  });

  test(`${trigger}: a redirect is not followed`, async (t) => {
    for (const status of [301, 302, 303, 307, 308]) {
      await t.test(`${status}`, async (subtest) => {
        const receiver = await aReceiver((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
        subtest.after(receiver.close);
        const result = await runPhone(action, {}, receiver.fetch);

        assert.equal(result.outcome, isUnified ? 'drop' : 'throws');
        assertSaidOnly(`webhook_refused ${status}`, result);
        assert.equal(receiver.received.length, 1);
      });
    }
  });

  test(`${trigger}: a receiver that has not answered in five seconds is given up`, async (t) => {
    const hangUp = mock.fn((response) => response.destroy());
    const receiver = await aReceiver((_, response) => {
      const timer = setTimeout(hangUp, 3000, response);
      response.on('close', () => clearTimeout(timer));
    });
    t.after(receiver.close);
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked = [];
    const shortened = mock.method(AbortSignal, 'timeout', (ms) => {
      asked.push(ms);
      return timeout(100);
    });
    t.after(() => shortened.mock.restore());
    const result = await runPhone(action, {}, receiver.fetch);

    assert.deepEqual(asked, [5000]);
    assert.equal(hangUp.mock.callCount(), 0, 'the Action hung up first');
    assert.equal(result.outcome, isUnified ? 'retry' : 'throws');
    assertSaidOnly('webhook_unreachable', result);
  });

  const misconfigured = {
    'no secrets at all': undefined,
    'no WEBHOOK_SECRET': { WEBHOOK_SECRET: undefined },
    'an empty WEBHOOK_SECRET': { WEBHOOK_SECRET: '' },
    'a short WEBHOOK_SECRET': { WEBHOOK_SECRET: 'x'.repeat(31) },
    'no WEBHOOK_URL': { WEBHOOK_URL: undefined },
    'an empty WEBHOOK_URL': { WEBHOOK_URL: '' },
    'a WEBHOOK_URL without TLS': { WEBHOOK_URL: 'http://sms.example.com/' },
    'a WEBHOOK_URL that is none': { WEBHOOK_URL: 'sms.example.com' },
    'a WEBHOOK_URL that only begins like one': { WEBHOOK_URL: 'https://' },
    'a WEBHOOK_URL with a user name': { WEBHOOK_URL: 'https://user@sms.example.com/' },
    'a WEBHOOK_URL with a password': { WEBHOOK_URL: 'https://:password@sms.example.com/' },
  };
  for (const [name, secrets] of Object.entries(misconfigured)) {
    test(`${trigger}: nothing is posted with ${name}`, async () => {
      const result = await runPhone(action, { secrets }, never);

      assert.equal(result.outcome, isUnified ? 'drop' : 'throws');
      assertSaidOnly('not_configured', result);
    });
  }

  test(`${trigger}: a secret of 32 characters is enough`, async () => {
    const secrets = { WEBHOOK_SECRET: 'x'.repeat(32) };

    assert.equal((await runPhone(action, { secrets }, answering(200))).outcome, 'sent');
  });

  test(`${trigger}: an event without number or text posts nothing`, async (t) => {
    const text = isUnified ? 'as_text' : 'text';
    const incomplete = { 'no message': undefined, 'no number': { recipient: undefined }, 'no text': { [text]: '' } };
    for (const [name, message] of Object.entries(incomplete)) {
      await t.test(name, async () => {
        const result = await runPhone(action, { message }, never);

        assert.equal(result.outcome, isUnified ? 'drop' : 'throws');
        assertSaidOnly('no_message', result);
      });
    }
  });

  test(`${trigger}: a runtime that cannot sign posts nothing`, async (t) => {
    const broken = mock.method(globalThis.crypto.subtle, 'sign', failing(new Error(`cannot sign ${TEXT}`)));
    t.after(() => broken.mock.restore());
    const result = await runPhone(action, {}, never);

    assert.equal(result.outcome, isUnified ? 'drop' : 'throws');
    assertSaidOnly('unexpected_error', result);
  });

  test(`${trigger}: one message leaves nothing behind for the next`, async (t) => {
    const first = await received(t, action);
    await received(t, action, { message: { recipient: '+15550100' }, secrets: { WEBHOOK_SECRET: 'y'.repeat(40) } });
    const third = await received(t, action);

    assert.deepEqual(third.body, first.body);
    assert.equal(third.headers['guestlist-signature'], first.headers['guestlist-signature']);
  });

  test(`${trigger}: a receiver that follows the handbook takes the message`, async (t) => {
    const { headers, body } = await received(t, action);

    assert.match(headers['guestlist-signature'], new RegExp(`^t=${Date.parse(NOW) / 1000},v1=[0-9a-f]{64}$`));
    assert.ok(isFromOurTenant(headers['guestlist-signature'], body, WEBHOOK_SECRET));
  });
}

test('custom-phone-provider: the kind is the message_type of Auth0', async (t) => {
  for (const message_type of ['otp_verify', 'otp_enroll', 'blocked_account', 'change_password', 'password_breach']) {
    const request = await received(t, CUSTOM_PHONE_PROVIDER, { message: { message_type } });

    assert.equal(bodyOf(request).kind, message_type);
  }
});

test('custom-phone-provider: a message of no known language has no locale', async (t) => {
  const request = await received(t, CUSTOM_PHONE_PROVIDER, { message: { locale: undefined } });

  assert.ok(!('locale' in bodyOf(request)));
});

test('custom-phone-provider: what is to be spoken is the spoken text', async (t) => {
  const request = await received(t, CUSTOM_PHONE_PROVIDER, { message: { delivery_method: 'voice' } });

  assert.deepEqual([bodyOf(request).delivery_method, bodyOf(request).text], ['voice', `Hello. ${TEXT}`]);
});

test('send-phone-message: the receiver reads the words of the newer trigger', async (t) => {
  const words = [
    [{ action: 'enrollment', message_type: 'sms' }, 'otp_enroll', 'text'],
    [{ action: 'second-factor-authentication', message_type: 'voice' }, 'otp_verify', 'voice'],
  ];
  for (const [message, kind, delivery_method] of words) {
    const body = bodyOf(await received(t, SEND_PHONE_MESSAGE, { message }));

    assert.deepEqual([body.kind, body.delivery_method], [kind, delivery_method]);
  }
});

test('a receiver that follows the handbook refuses what was not signed for it', async (t) => {
  const { headers, body } = await received(t, CUSTOM_PHONE_PROVIDER);
  const header = headers['guestlist-signature'];
  const [, seconds, mac] = /^t=(\d+),v1=(.+)$/.exec(header);
  const forged = {
    'another secret': [header, body, `${WEBHOOK_SECRET}x`],
    'another body': [header, Buffer.from(body.toString().replace(NUMBER, '+15550100')), WEBHOOK_SECRET],
    'a body that was parsed and written again': [header, JSON.stringify(JSON.parse(body), null, 1), WEBHOOK_SECRET],
    'another time': [`t=${Number(seconds) + 1},v1=${mac}`, body, WEBHOOK_SECRET],
    'another signature': [`t=${seconds},v1=${'0'.repeat(64)}`, body, WEBHOOK_SECRET],
    'half a signature': [`t=${seconds},v1=${mac.slice(0, 32)}`, body, WEBHOOK_SECRET],
    'no signature': [`t=${seconds},v1=`, body, WEBHOOK_SECRET],
    'no header': [undefined, body, WEBHOOK_SECRET],
    'more behind it': [`${header},v1=${mac}`, body, WEBHOOK_SECRET],
  };
  for (const [name, given] of Object.entries(forged)) {
    await t.test(name, () => assert.equal(isFromOurTenant(...given), false));
  }
});

test('a receiver that follows the handbook refuses what is older than five minutes, or too new', async (t) => {
  const { headers, body } = await received(t, CUSTOM_PHONE_PROVIDER);
  const takenAfter = (seconds) => {
    fixTheClock(new Date(Date.parse(NOW) + seconds * 1000).toISOString());
    return isFromOurTenant(headers['guestlist-signature'], body, WEBHOOK_SECRET);
  };

  assert.deepEqual([-301, -299, 0, 299, 301].map(takenAfter), [false, true, true, true, false]);
});

test('the two Actions agree word for word on how a message is delivered', () => {
  const [unified, legacy] = BOTH.map((action) => readFileSync(fileOf(action), 'utf8'));
  const sharedPart = (source) => source.slice(source.search(/^\/\/ ---- From here on word for word/m));

  assert.match(sharedPart(unified), /function deliver[^]+function signatureOf[^]+function statusOfPost/);
  assert.equal(sharedPart(unified), sharedPart(legacy));
});

/** The receiver's check is the handbook's own: what people copy is what is tested. */
function isFromOurTenant(...given) {
  const handbook = readFileSync(`${__dirname}/../../docs/actions.md`, 'utf8');
  const [, code] = /^```js\n([^]+?)^```$/m.exec(handbook);
  return new Function('require', `${code}; return isFromOurTenant;`)(require)(...given);
}
