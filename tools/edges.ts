/**
 * Which feature of the server may use which other one, and what for. A feature is used through its `index.ts` only.
 * The list is free of circles and holds nothing that the code does not use; `tools/boundaries.ts` sees to both.
 */
export const edges: readonly { from: string; to: string; because: string }[] = [
  { from: 'accounts', to: 'access', because: 'A new account is made with the built-in roles.' },
  { from: 'settings', to: 'sites', because: 'A site is a channel, and has settings of its own.' },
  {
    from: 'signin',
    to: 'settings',
    because: 'How long sessions live and passwords are is chosen by accounts.',
  },
  { from: 'users', to: 'settings', because: 'How long an invitation stands is chosen by the account.' },
  {
    from: 'routing',
    to: 'settings',
    because: 'After how long a silence a conversation ends is a setting of the channel.',
  },
  {
    from: 'conversations',
    to: 'settings',
    because: 'Whether resolving disconnects the visitor is a setting of the channel.',
  },
  { from: 'signin', to: 'access', because: 'A session says what its user may do in each account.' },
  {
    from: 'users',
    to: 'access',
    because: 'Nobody manages a user who holds more, nor the last administrator.',
  },
  {
    from: 'conversations',
    to: 'access',
    because: 'Lists, transcripts and actions are narrowed to the scope of a member.',
  },
  {
    from: 'conversations',
    to: 'settings',
    because: 'The account lists the tags that conversations can get.',
  },
  {
    from: 'search',
    to: 'access',
    because: 'Transcripts are searched in the scope in which a member may read them.',
  },
  { from: 'search', to: 'conversations', because: 'Transcripts are opened through the conversation log.' },
  { from: 'search', to: 'settings', because: 'The account says whether transcripts can be searched.' },
  {
    from: 'subject-access',
    to: 'access',
    because: 'What is exported lies in the scope in which a member may export.',
  },
  { from: 'subject-access', to: 'accounts', because: 'The document says whose it is.' },
  {
    from: 'subject-access',
    to: 'activity-log',
    because: 'What is known of a visitor’s connections is theirs to know.',
  },
  { from: 'subject-access', to: 'conversations', because: 'Transcripts are what is exported.' },
  {
    from: 'subject-access',
    to: 'visitors',
    because: 'A profile finds what is to be exported, and is part of it.',
  },
  {
    from: 'visitors',
    to: 'access',
    because: 'Profiles and what finds them are narrowed to the scope of a member.',
  },
  { from: 'visitors', to: 'conversations', because: 'A profile belongs to a conversation, and finds it.' },
  { from: 'visitors', to: 'settings', because: 'The account declares which attributes there are.' },
  { from: 'masking', to: 'settings', because: 'Settings say what is masked, and the rules of the account.' },
  { from: 'conversations', to: 'masking', because: 'Nothing is appended to the log that was not masked.' },
  {
    from: 'widget',
    to: 'masking',
    because: 'What a visitor begins with is masked by the settings of the site.',
  },
  { from: 'realtime', to: 'masking', because: 'What visitors post is masked by the settings of their site.' },
  { from: 'widget', to: 'visitors', because: 'A page says who its visitor is.' },
  {
    from: 'routing',
    to: 'access',
    because: 'Whoever may handle conversations in a scope serves its queues.',
  },
  {
    from: 'routing',
    to: 'conversations',
    because: 'An offer and an assignment are transitions of a conversation.',
  },
  { from: 'retention', to: 'access', because: 'Why a case is held is told to those who may hold it.' },
  { from: 'retention', to: 'activity-log', because: 'An address, or a visitor, is erased there too.' },
  { from: 'retention', to: 'settings', because: 'Settings say how long what is kept.' },
  { from: 'retention', to: 'visitors', because: 'Conversations are erased by what is known of a visitor.' },
  {
    from: 'retention',
    to: 'conversations',
    because: 'What is kept no longer, and what somebody asks to have erased, are conversations first of all.',
  },
  {
    from: 'activity-log',
    to: 'accounts',
    because: 'Days that are past their time go from every account.',
  },
  {
    from: 'activity-log',
    to: 'access',
    because: 'An address is looked up only where the authorisation reaches.',
  },
  { from: 'activity-log', to: 'conversations', because: 'An address is looked up by its conversation.' },
  { from: 'activity-log', to: 'settings', because: 'Settings say what is logged, and for how long.' },
  { from: 'widget', to: 'activity-log', because: 'What a visitor does over HTTP is noted.' },
  { from: 'widget', to: 'conversations', because: 'A visitor starts, reads and ends a conversation.' },
  {
    from: 'widget',
    to: 'sites',
    because: 'A visitor session belongs to a site, on an origin that it allows.',
  },
  { from: 'realtime', to: 'access', because: 'An agent’s socket follows only what its member may read.' },
  { from: 'realtime', to: 'activity-log', because: 'Connections of visitors are noted.' },
  { from: 'realtime', to: 'conversations', because: 'Sockets carry the conversation log and post to it.' },
  {
    from: 'realtime',
    to: 'routing',
    because: 'A connected agent is present, and a lost visitor is told of.',
  },
  { from: 'realtime', to: 'widget', because: 'A visitor’s socket is let in by its visitor session.' },
  { from: 'backup', to: 'settings', because: 'Operators set where backups go, to whom, and for how long.' },
  {
    from: 'keys',
    to: 'backup',
    because: 'A rotation is followed by a backup of the keyring, and remembered while there are older sets.',
  },
];
