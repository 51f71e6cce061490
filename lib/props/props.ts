/** The construct's props: one interface for each decision, in a file with its defaults and its checks. */
import type { EndpointProps } from './endpoint.ts';
import type { FunctionsProps } from './functions.ts';
import type { IdentityProps } from './identity.ts';
import type { LeaseProps } from './lease.ts';
import type { LimitsProps } from './limits.ts';
import type { MonitoringProps } from './monitoring.ts';
import type { NetworkProps } from './network.ts';
import type { RequestProps } from './request-limits.ts';
import type { ResourcesProps } from './resources.ts';
import type { RetentionProps } from './retention.ts';
import type { ToolsProps } from './tools.ts';

/** The props of `McpTasksServer`. Only `entry` and `auth` are required. */
export interface McpTasksServerProps
  extends ToolsProps,
    IdentityProps,
    EndpointProps,
    FunctionsProps,
    LimitsProps,
    RequestProps,
    LeaseProps,
    RetentionProps,
    ResourcesProps,
    NetworkProps,
    MonitoringProps {}
