/** The network of the functions: props and checks. */
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

/** The network in which the functions run. */
export interface NetworkProps {
  /**
   * The VPC in which the functions run. They call DynamoDB, SQS, S3, Secrets Manager and CloudWatch Logs, and the
   * issuer of access tokens: the subnets need a NAT gateway, or endpoints for those.
   *
   * @default - no VPC: the functions reach the whole internet
   */
  readonly vpc?: IVpc;

  /**
   * Which of the VPC's subnets.
   *
   * @default - the private ones
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The functions' security groups in the VPC.
   *
   * @default - a group for each function, with all traffic out and none in
   */
  readonly securityGroups?: readonly ISecurityGroup[];
}

export function* findNetworkProblems({ vpc, vpcSubnets, securityGroups }: NetworkProps): Iterable<string> {
  if (!vpc && (vpcSubnets || securityGroups)) yield 'vpcSubnets and securityGroups belong to a VPC: name it as "vpc".';
}
