import { STORAGE } from './rows/storage.ts';
import { storageScene } from './scenes/storage.ts';
import { testMatrix } from './suite.ts';

testMatrix('storage', STORAGE, storageScene);
