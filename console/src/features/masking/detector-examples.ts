import type { DetectorKind } from '@samtal/contract/masking';

/** For each detector something that it finds, made up: numbers from the issuers' own examples, or with nobody behind them. */
export const detectorExamples: Readonly<Record<DetectorKind, string>> = {
  card: '4111 1111 1111 1111',
  iban: 'SE45 5000 0000 0583 9825 7466',
  email: 'anna@example.org',
  'ip-address': '192.0.2.17',
  'id-se': '811218-9876',
  'id-no': '011299 55151',
  'id-dk': '211062-5629',
  'id-fi': '131052-308T',
  'id-de': '86 095 742 719',
  'id-fr': '2 55 08 14 168 025 38',
  'id-es': '12345678Z',
  'id-it': 'RSSMRA85T10A562S',
  'id-nl': '123456782',
  'id-pl': '44051401359',
  'id-gb-nino': 'AB 12 34 56 C',
  'id-gb-nhs': '943 476 5919',
  'id-us-ssn': '123-45-6789',
  'id-us-itin': '912-70-1234',
  phone: '+46 70 174 06 58',
};
