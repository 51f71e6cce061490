import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { matchAttribute, matchReference, synthesizeFixture } from '../../support/template.ts';

const template = synthesizeFixture();

describe('the HTTP API', () => {
  test('passes every method of /mcp to the API function, in payload format 2.0', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'ANY /mcp' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: matchAttribute('Api'),
      PayloadFormatVersion: '2.0',
    });
  });

  test('leaves CORS preflights to the function, which knows the allowed origins: the gateway adds no header', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.absent(),
    });
  });

  test('has no stage in the path, and deploys itself', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Stage', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: '$default', AutoDeploy: true });
  });

  test('lets 200 requests per second through and 400 at once, or what the props set', () => {
    const limits = (rate: number, burst: number) => ({
      DefaultRouteSettings: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', limits(200, 400));
    const busier = synthesizeFixture({ requestsPerSecond: 1000, requestBurst: 1500 });
    busier.hasResourceProperties('AWS::ApiGatewayV2::Stage', limits(1000, 1500));
  });

  test('logs each request without its contents', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      AccessLogSettings: { DestinationArn: matchAttribute('AccessLogs') },
    });
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    const fields = Object.values(JSON.parse(stage?.Properties.AccessLogSettings.Format));
    expect(fields).toContain('$context.requestId');
    expect(fields.filter((field) => /header|querystring|body|authorizer/i.test(String(field)))).toEqual([]);
  });

  test('its URL is the output McpEndpoint', () => {
    template.hasOutput('McpEndpoint', {
      Value: {
        'Fn::Join': [
          '',
          [
            'https://',
            matchReference('HttpApi'),
            '.execute-api.',
            { Ref: 'AWS::Region' },
            '.',
            { Ref: 'AWS::URLSuffix' },
            '/mcp',
          ],
        ],
      },
    });
  });
});
