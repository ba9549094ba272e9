import { type Registry, seal } from '../src/model/probe.ts';
import { egress } from './egress/probe.ts';
import { kafka } from './kafka/probe.ts';
import { mtls } from './mtls/probe.ts';
import { sqlserver } from './sqlserver/probe.ts';
import { storage } from './storage/probe.ts';
import { tcp } from './tcp/probe.ts';
import { token } from './token/probe.ts';

/** Every probe there is. A new one is a folder and a line here. */
export const REGISTRY: Registry = [
  seal(sqlserver),
  seal(kafka),
  seal(mtls),
  seal(egress),
  seal(token),
  seal(storage),
  seal(tcp),
];
