import { TOKEN } from './rows/token.ts';
import { tokenScene } from './scenes/token.ts';
import { testMatrix } from './suite.ts';

testMatrix('token', TOKEN, tokenScene);
