import { NoSuchBucket, S3ServiceException } from '@aws-sdk/client-s3';
import { RestError } from '@azure/storage-blob';
import { describe, expect, test } from 'vitest';
import { classify, refusedBy } from '../../../../probes/storage/causes.ts';
import type { Place } from '../../../../probes/storage/settings.ts';

/** The outcome of what a library or the kernel threw, as the engine would see it. */
function said(kind: Place['kind'], error: unknown) {
  try {
    return refusedBy(kind, 'write')(error);
  } catch (thrown) {
    return classify(thrown, 'request');
  }
}

const ofS3 = (name: string, status: number, message = 'told') =>
  new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: status } });
const ofAzure = (code: string, statusCode: number, message = 'told') => new RestError(message, { code, statusCode });
const ofKernel = (code: string) => Object.assign(new Error(`${code}: told, open '/mnt/x'`), { code });

describe('a mounted path', () => {
  test.each([
    ['ENOENT', 'storage-not-found'],
    ['ENOTDIR', 'storage-not-found'],
    ['EACCES', 'not-authorized'],
    ['EPERM', 'not-authorized'],
    ['EROFS', 'storage-read-only'],
    ['ENOSPC', 'storage-full'],
    ['EDQUOT', 'storage-full'],
    ['EIO', 'storage-mount-broken'],
    ['ESTALE', 'storage-mount-broken'],
    ['ENOTCONN', 'storage-mount-broken'],
    ['ETIMEDOUT', 'storage-mount-broken'],
    ['EMFILE', 'local-starvation'],
    ['ENOBODYKNOWS', 'unclassified'],
  ])('says %s, which is %s', (code, cause) => {
    expect(said('path', ofKernel(code))).toMatchObject({ cause, code });
  });

  test('is told without the name of the canary, which is another one in every run', () => {
    expect(said('path', ofKernel('EROFS'))).toMatchObject({ detail: 'write: EROFS: told' });
  });
});

describe('an S3 service', () => {
  test.each([
    ['InvalidAccessKeyId', 403, 'login-rejected'],
    ['SignatureDoesNotMatch', 403, 'login-rejected'],
    ['InvalidToken', 400, 'login-rejected'],
    ['ExpiredToken', 400, 'token-expired'],
    ['RequestTimeTooSkewed', 403, 'storage-clock-refused'],
    ['AccessDenied', 403, 'not-authorized'],
    ['SomeOtherDenial', 403, 'not-authorized'],
    ['NoSuchBucket', 404, 'storage-not-found'],
    ['PermanentRedirect', 301, 'storage-elsewhere'],
    ['AuthorizationHeaderMalformed', 400, 'storage-elsewhere'],
    ['SlowDown', 503, 'throttled'],
    ['QuotaExceeded', 403, 'storage-full'],
    ['InternalError', 500, 'server-error'],
    ['NoSuchThing', 404, 'unclassified'],
    ['EntityTooSmall', 400, 'unclassified'],
  ])('says %s, which is %s', (name, status, cause) => {
    expect(said('s3', ofS3(name, status))).toEqual({
      cause,
      code: name,
      number: status,
      detail: `write: HTTP ${status} ${name} told`,
    });
  });

  test('has classes of its own for some', () => {
    const error = new NoSuchBucket({ message: 'told', $metadata: { httpStatusCode: 404 } });
    expect(said('s3', error)).toMatchObject({ cause: 'storage-not-found', code: 'NoSuchBucket' });
  });

  test.each([
    [403, 'not-authorized'],
    [404, 'storage-not-found'],
    [429, 'throttled'],
    [502, 'server-error'],
    [302, 'storage-elsewhere'],
  ])('that says nothing but %i is %s', (status, cause) => {
    expect(said('s3', ofS3('UnknownError', status))).toMatchObject({ cause, code: null, number: status });
  });

  test('whose answer cannot be read is no defect of ours', () => {
    const error = Object.assign(new SyntaxError('bad XML'), { $metadata: { httpStatusCode: 200 } });
    expect(said('s3', error)).toMatchObject({ cause: 'protocol-violation', code: null, number: 200 });
  });
});

describe('Azure', () => {
  test.each([
    ['AuthenticationFailed', 403, 'login-rejected'],
    ['InvalidAuthenticationInfo', 400, 'login-rejected'],
    ['AccountIsDisabled', 403, 'account-locked'],
    ['AuthorizationFailure', 403, 'storage-network-refused'],
    ['AuthorizationSourceIPMismatch', 403, 'egress-refused'],
    ['AuthorizationPermissionMismatch', 403, 'not-authorized'],
    ['KeyBasedAuthenticationNotPermitted', 403, 'not-authorized'],
    ['AccountRequiresHttps', 400, 'encryption-required'],
    ['ContainerNotFound', 404, 'storage-not-found'],
    ['FilesystemNotFound', 404, 'storage-not-found'],
    ['BlobImmutableDueToPolicy', 409, 'storage-read-only'],
    ['ServerBusy', 503, 'throttled'],
    ['OperationTimedOut', 500, 'server-error'],
  ])('says %s, which is %s', (code, status, cause) => {
    expect(said('abfss', ofAzure(code, status))).toMatchObject({ cause, code, number: status });
  });

  test('Azurite says of a wrong key what Azure says of a network, in other words', () => {
    const text = 'Server failed to authenticate the request. Make sure the value is right.';
    expect(said('abfss', ofAzure('AuthorizationFailure', 403, text))).toMatchObject({ cause: 'login-rejected' });
  });

  test('is told by its first line, without ids and times', () => {
    const message = 'This request is not authorized.\nRequestId:0000\nTime:2026-01-01T00:00:00Z';
    expect(said('abfss', ofAzure('AuthorizationFailure', 403, message))).toMatchObject({
      detail: 'write: HTTP 403 AuthorizationFailure This request is not authorized.',
    });
  });
});

describe.each(['s3', 'abfss'] as const)('of %s', (kind) => {
  test('what came of the network stays what it was', () => {
    const error = Object.assign(new Error('reset'), { code: 'ECONNRESET', $metadata: { attempts: 1 } });
    expect(said(kind, error)).toMatchObject({ cause: 'connection-reset', code: 'ECONNRESET' });
  });

  test('a defect of ours stays one', () => {
    expect(said(kind, new TypeError('x is not a function'))).toBe('defect');
  });
});
