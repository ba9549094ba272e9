import { KAFKA } from './rows/kafka.ts';
import { kafkaScene } from './scenes/kafka.ts';
import { testMatrix } from './suite.ts';

testMatrix('kafka', KAFKA, kafkaScene);
