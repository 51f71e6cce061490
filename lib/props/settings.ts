/** The props with every default filled in, and the checks that they pass. */
import { ENDPOINT_DEFAULTS, findEndpointProblems } from './endpoint.ts';
import { FUNCTIONS_DEFAULTS, findFunctionsProblems } from './functions.ts';
import { findIdentityProblems } from './identity.ts';
import { findLeaseProblems, LEASE_DEFAULTS } from './lease.ts';
import { findLimitsProblems, LIMITS_DEFAULTS } from './limits.ts';
import { findMonitoringProblems, type MonitoringSettings, resolveMonitoring } from './monitoring.ts';
import { findNetworkProblems } from './network.ts';
import { requireNoProblems } from './problems.ts';
import type { McpTasksServerProps } from './props.ts';
import { findRequestProblems } from './request-limits.ts';
import { findResourcesProblems } from './resources.ts';
import { findRetentionProblems, RETENTION_DEFAULTS } from './retention.ts';
import { findToolsProblems, TOOLS_DEFAULTS } from './tools.ts';

/** The defaults that depend on no other prop. Bring-your-own resources have none: what is not given is created. */
export const DEFAULT_SETTINGS = {
  ...TOOLS_DEFAULTS,
  ...ENDPOINT_DEFAULTS,
  ...FUNCTIONS_DEFAULTS,
  ...LIMITS_DEFAULTS,
  ...LEASE_DEFAULTS,
  ...RETENTION_DEFAULTS,
};

type DefaultedProps = Required<Pick<McpTasksServerProps, keyof typeof DEFAULT_SETTINGS>>;

/** The props with every default filled in. */
export interface Settings extends Omit<McpTasksServerProps, keyof DefaultedProps | 'monitoring'>, DefaultedProps {
  readonly monitoring: MonitoringSettings;
}

/** Fill in the defaults. A prop that is `undefined` counts as not given. */
export function resolveSettings(props: McpTasksServerProps): Settings {
  const given = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULT_SETTINGS, ...(given as unknown as McpTasksServerProps & DefaultedProps) };
  return { ...settings, monitoring: resolveMonitoring(settings) };
}

/** @throws Error that names every problem of the settings, each with what to do about it */
export function checkSettings(settings: Settings): void {
  requireNoProblems([
    ...findIdentityProblems(settings),
    ...findToolsProblems(settings),
    ...findEndpointProblems(settings),
    ...findFunctionsProblems(settings),
    ...findLimitsProblems(settings),
    ...findRequestProblems(settings),
    ...findLeaseProblems(settings),
    ...findRetentionProblems(settings),
    ...findResourcesProblems(settings),
    ...findNetworkProblems(settings),
    ...findMonitoringProblems(settings),
  ]);
}
