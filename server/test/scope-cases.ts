/**
 * How each endpoint that a grant with a scope reaches is held against it (B2): by an id in its path or in its body, which is
 * as if it did not exist; as a list, in which nothing is and nothing counts that lies elsewhere; or why scope does not matter.
 * The endpoint walk goes through them as somebody who holds everything in NORTH, while all there is lies in SOUTH.
 */
export const scopeCases: Readonly<Record<string, 'path' | 'body' | 'list' | { readonly because: string }>> = {
  'accounts.getAccount': { because: 'the name of the account, which every member knows' },
  'operator-access.listOperatorsPresent': { because: 'every member sees who else is there' },
  'units.listUnits': 'list',
  'routing.listQueues': 'list',
  'statistics.listMetrics': { because: 'says what metrics mean, nothing about anybody' },
  'routing.setPresence': { because: 'tells of nobody but the caller' },
  'canned-replies.listCannedReplies': { because: 'texts for everybody in the account' },
  'conversations.listMyConversations': {
    because: 'what the caller has or is offered, wherever it came from',
  },
  'conversations.listWaitingConversations': 'list',
  'conversations.findConversations': 'list',
  'visitors.findByAttributes': 'list',
  'search.searchTranscripts': 'list',
  'conversations.getConversation': 'path',
  'conversations.readEntries': 'path',
  'conversations.postEntry': 'path',
  'conversations.acceptConversation': 'path',
  'conversations.declineConversation': 'path',
  'conversations.takeConversation': 'path',
  'conversations.transferConversation': 'path',
  'conversations.resolveConversation': 'path',
  'conversations.listTags': { because: 'the words that everybody in the account sorts by' },
  'conversations.changeTags': 'path',
  'subject-access.exportSubjectData': 'body',
  'visitors.listAttributes': { because: 'what the account declares, nothing about a person' },
  'visitors.getProfile': 'path',
  'activity-log.lookUpAddress': 'path',
  'retention.getHold': 'path',
  'mail.forwardConversation': 'path',
  'mail.listForwardings': 'path',
  'media.getFileRules': 'path',
  'media.sendFile': 'path',
  'media.openFile': 'path',
  'media.createFileLink': 'path',
  'realtime.createRealtimeTicket': { because: 'what a socket may follow is walked apart' },
};
