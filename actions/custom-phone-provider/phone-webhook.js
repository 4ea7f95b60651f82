/**
 * Hand each text message of the tenant (Unified Phone Experience) to a web hook of ours, which sends it.
 *
 * Not here: the same for Guardian's messages in tenants from before 2025 (send-phone-message/phone-webhook.js).
 *
 * Secrets: WEBHOOK_URL (https), WEBHOOK_SECRET (signs what is posted; 32 characters or more).
 *
 * Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider
 */
'use strict';

/**
 * @param {Event} event - The message and whom it is for.
 * @param {CustomPhoneProviderAPI} api - Says what became of it.
 */
exports.onExecuteCustomPhoneProvider = async ({ notification, secrets }, api) => {
  const outcome = await deliver(secrets ?? {}, {
    recipient: notification.recipient,
    text: notification.as_text,
    kind: notification.message_type,
    delivery_method: notification.delivery_method,
    locale: notification.locale,
  });
  if (outcome === 'sent') return;
  console.log(`guestlist did not send a message: ${outcome}`);
  if (outcome === 'try_again') api.notification.retry('The web hook did not take the message.');
  else api.notification.drop(`The web hook was not used: ${outcome}.`);
};

// ---- From here on word for word the same in both phone-webhook.js: an Action is one file. ----

const TIMEOUT_MS = 5000;
const MIN_SECRET_LENGTH = 32;

/**
 * Post the message, signed: `Guestlist-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal digits>`.
 *
 * @param {Record<string, string>} secrets
 * @param {Record<string, unknown>} message
 * @returns {Promise<'sent' | 'not_configured' | 'try_again' | 'refused'>}
 */
async function deliver({ WEBHOOK_URL, WEBHOOK_SECRET }, message) {
  if (!WEBHOOK_URL?.startsWith('https://') || !(WEBHOOK_SECRET?.length >= MIN_SECRET_LENGTH)) return 'not_configured';
  const body = JSON.stringify(message);
  const time = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/json',
    'guestlist-signature': `t=${time},v1=${await hmac(WEBHOOK_SECRET, `${time}.${body}`)}`,
  };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { ok, status } = await fetch(WEBHOOK_URL, { method: 'POST', headers, body, signal, redirect: 'error' });
    if (ok) return 'sent';
    return status === 429 || status >= 500 ? 'try_again' : 'refused';
  } catch {
    return 'try_again'; // without the error's text: it may name the address with what is secret in it
  }
}

/**
 * @param {string} secret
 * @param {string} text
 * @returns {Promise<string>} hexadecimal digits
 */
async function hmac(secret, text) {
  const bytes = (value) => new TextEncoder().encode(value);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  const digest = await crypto.subtle.sign('HMAC', key, bytes(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
