/** Monitoring of a server: alarms, and a dashboard that shows them. */
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitoringSettings } from '../props/monitoring.ts';
import { createAlarms } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import type { MeasuredServer } from './metrics.ts';

export function createMonitoring(
  server: MeasuredServer,
  settings: MonitoringSettings,
): { readonly alarms: readonly Alarm[]; readonly dashboard?: Dashboard } {
  const alarms = settings.alarms === false ? [] : createAlarms(server, settings.alarms);
  return { alarms, ...(settings.dashboard && { dashboard: createDashboard(server, alarms) }) };
}
