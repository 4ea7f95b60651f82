/**
 * The `api` of each trigger that runs here. What a method asks for is recorded; what comes of it is decided outside,
 * when the Action has ended.
 *
 * Source: https://auth0.com/docs/customize/actions/reference/post-login/post-login-api-object
 * Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider/action-triggers-custom-phone-provider-api-object
 */
'use strict';

const { cacheOf } = require('./cache.js');
const { apiOfNamespaces, recorderOf } = require('./recorder.js');
const { redirectOf } = require('./redirect.js');
const { transactionOf } = require('./transaction.js');

const MFA_PROVIDERS = ['any', 'duo', 'google-authenticator', 'guardian', 'none'];
const ENROLLABLE = ['otp', 'phone', 'push', 'push-notification', 'recovery-code', 'webauthn-platform', 'webauthn-roaming'];
const FACTORS = [...ENROLLABLE, 'email']; // an address is enrolled by being verified

const [isFactor, areFactors, haveFactors] = factorChecks(FACTORS);
const [isEnrollable, areEnrollable, haveEnrollables] = factorChecks(ENROLLABLE);

/** What Auth0 has and the local tenant has not. */
const NOT_IN_POST_LOGIN = {
  authentication: ['setPrimaryUser'],
  groups: ['getUserGroups', 'hasGroupMembership'],
  prompt: ['render'],
  refreshToken: ['deleteMetadata', 'evictMetadata', 'revoke', 'setExpiresAt', 'setIdleExpiresAt', 'setMetadata'],
  roles: ['getUserEffectiveRoles', 'getUserEffectiveRolesByIds', 'getUserEffectiveRolesByNames'],
  samlResponse: [
    'setAttribute',
    'setAudience',
    'setAuthnContextClassRef',
    'setCert',
    'setCreateUpnClaim',
    'setDestination',
    'setDigestAlgorithm',
    'setEncryptionAlgorithm',
    'setEncryptionCert',
    'setEncryptionPublicKey',
    'setIncludeAttributeNameFormat',
    'setIssuer',
    'setKey',
    'setLifetimeInSeconds',
    'setMapIdentities',
    'setMapUnknownClaimsAsIs',
    'setNameIdentifierFormat',
    'setNameIdentifierProbes',
    'setPassthroughClaimsWithNoMapping',
    'setRecipient',
    'setRelayState',
    'setSignResponse',
    'setSignatureAlgorithm',
    'setSigningCert',
    'setTypedAttributes',
  ],
  session: ['deleteMetadata', 'evictMetadata', 'revoke', 'setCookieMode', 'setExpiresAt', 'setIdleExpiresAt', 'setMetadata'],
  validation: ['error'],
};

/**
 * @param {object} call
 * @param {object} record
 * @param {Map<string, object>} cached
 */
function apiOf(call, record, cached) {
  const command = recorderOf(record);
  const cache = cacheOf(cached, record);
  let api;
  const self = () => api;
  switch (call.handler) {
    case 'onExecutePostLogin':
    case 'onContinuePostLogin':
      api = apiOfNamespaces(postLogin(call, command, self, cache), NOT_IN_POST_LOGIN, record);
      break;
    case 'onExecuteCustomPhoneProvider':
      api = apiOfNamespaces({ cache, notification: notification(command, self) }, {}, record);
      break;
    default:
      api = apiOfNamespaces({ cache }, {}, record);
  }
  return api;
}

function postLogin(call, command, self, cache) {
  const say = (name, ...checks) => {
    return (...args) => {
      checks.forEach((check, index) => check(args[index], `api.${name}`));
      command(name, ...checks.map((_, index) => args[index]));
      return self();
    };
  };
  /** `undefined` is no JSON: it sets nothing. */
  const set = (name) => (key, value) => {
    isText(key, `api.${name}`);
    if (value !== undefined) command(name, key, value);
    return self();
  };
  return {
    access: { deny: say('access.deny', anything) },
    accessToken: {
      addScope: say('accessToken.addScope', isText),
      removeScope: say('accessToken.removeScope', isText),
      setCustomClaim: set('accessToken.setCustomClaim'),
    },
    authentication: {
      challengeWith: say('authentication.challengeWith', isFactor, haveFactors),
      challengeWithAny: say('authentication.challengeWithAny', areFactors),
      enrollWith: say('authentication.enrollWith', isEnrollable, haveEnrollables),
      enrollWithAny: say('authentication.enrollWithAny', areEnrollable),
      recordMethod: (url) => {
        if (call.handler !== 'onContinuePostLogin') {
          throw new Error('api.authentication.recordMethod is available in onContinuePostLogin only');
        }
        const isWeb = URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
        if (!isWeb) throw new Error('api.authentication.recordMethod wants an http: or https: URL');
        command('authentication.recordMethod', url);
        return self();
      },
    },
    cache,
    idToken: { setCustomClaim: set('idToken.setCustomClaim') },
    multifactor: { enable: say('multifactor.enable', isProvider, anything) },
    redirect: redirectOf(call, command, self),
    rules: { wasExecuted: () => false },
    transaction: transactionOf(call, command, self),
    user: {
      setAppMetadata: set('user.setAppMetadata'),
      setUserMetadata: set('user.setUserMetadata'),
    },
  };
}

function notification(command, self) {
  const say = (name) => (reason) => {
    command(name, reason);
    return self();
  };
  return { drop: say('notification.drop'), retry: say('notification.retry') };
}

function anything() {}

function isText(value, where) {
  if (typeof value !== 'string' || value === '') throw new Error(`${where} wants a name`);
}

function isProvider(value, where) {
  if (!MFA_PROVIDERS.includes(value)) throw new Error(`${where} does not know the provider '${String(value)}'`);
}

function factorChecks(known) {
  const one = (value, where) => {
    if (!known.includes(value?.type)) throw new Error(`${where} does not know the factor '${String(value?.type)}'`);
  };
  const list = (value, where) => {
    if (!Array.isArray(value) || value.length === 0) throw new Error(`${where} wants a list of factors`);
    for (const factor of value) one(factor, where);
  };
  const more = (options, where) => {
    if (options?.additionalFactors?.length > 0) list(options.additionalFactors, where);
  };
  return [one, list, more];
}

module.exports = { apiOf };
