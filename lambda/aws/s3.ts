import { S3Client } from '@aws-sdk/client-s3';
import { LONG_MS, limits, type Place } from './client-config.ts';

/** The client for the payload bucket. All attempts end within 18 s, most of which only megabytes can take. */
export const s3 = (place: Place = {}): S3Client => new S3Client(limits(place, LONG_MS));
