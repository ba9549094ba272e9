import { describe, expect, test } from 'vitest';
import { addressIn } from '../../../../probes/egress/address.ts';
import { endpointOf } from '../../../../probes/egress/endpoint.ts';

describe('an address in an answer', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9\n', '203.0.113.9'],
    ['  203.0.113.9\r\n', '203.0.113.9'],
    ['2001:DB8:0:0::9', '2001:db8::9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['{"ip":"203.0.113.9"}', '203.0.113.9'],
    ['{"ip":"2001:db8::9","country":"nowhere"}\n', '2001:db8::9'],
  ])('%j is %s', (text, address) => {
    expect(addressIn(text)).toBe(address);
  });

  test.each([
    '',
    'your address is 203.0.113.9',
    '203.0.113.9, 10.0.0.7',
    '203.0.113',
    '203.0.113.999',
    '0x7f.1',
    '2130706433',
    '203.0.113.9:51234',
    'fe80::1%eth0',
    '<html>203.0.113.9</html>',
    '{"ip":["203.0.113.9"]}',
    '{"origin":"203.0.113.9"}',
    '{"ip":"203.0.113.9"',
    '{"ip":"203.0.113.9, 10.0.0.7"}',
    '["203.0.113.9"]',
  ])('%j holds none', (text) => {
    expect(addressIn(text)).toBeNull();
  });
});

describe('an echo endpoint', () => {
  test.each([
    ['https://echo.example/ip', 'https', 'echo.example:443'],
    ['http://echo.example/ip?format=json', 'http', 'echo.example:80'],
    ['https://echo.example:8443/', 'https', 'echo.example:8443'],
    ['tcp://echo.example:7000', 'tcp', 'echo.example:7000'],
    ['https://[2001:db8::9]/ip', 'https', '[2001:db8::9]:443'],
    ['tcp://[2001:db8::9]:7000', 'tcp', '[2001:db8::9]:7000'],
  ])('%s is %s at %s', (text, scheme, server) => {
    expect(endpointOf(text)).toMatchObject({ scheme, server });
  });

  test.each([
    'echo.example:7000',
    'tcp://echo.example',
    'tcp://echo.example:0',
    'tcp://echo.example:7000/ip',
    'ftp://echo.example/ip',
    'https://user:password@echo.example/ip',
    'https://',
    '',
  ])('%j is none', (text) => {
    expect(endpointOf(text)).toBeNull();
  });
});
