import { MTLS } from './rows/mtls.ts';
import { mtlsScene } from './scenes/mtls.ts';
import { testMatrix } from './suite.ts';

testMatrix('mtls', MTLS, mtlsScene);
