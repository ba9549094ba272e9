import { EGRESS } from './rows/egress.ts';
import { egressScene } from './scenes/egress.ts';
import { testMatrix } from './suite.ts';

testMatrix('egress', EGRESS, egressScene);
