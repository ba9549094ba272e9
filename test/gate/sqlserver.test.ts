import { SQLSERVER } from './rows/sqlserver.ts';
import { sqlServerScene } from './scenes/sqlserver.ts';
import { testMatrix } from './suite.ts';

testMatrix('sqlserver', SQLSERVER, sqlServerScene);
