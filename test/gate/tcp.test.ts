import { TCP } from './rows/tcp.ts';
import { tcpScene } from './scenes/tcp.ts';
import { testMatrix } from './suite.ts';

testMatrix('tcp', TCP, tcpScene);
