import * as access from './access/index.ts';
import * as accounts from './accounts/index.ts';
import * as activityLog from './activity-log/index.ts';
import * as apiKeys from './api-keys/index.ts';
import * as audit from './audit/index.ts';
import * as cannedReplies from './canned-replies/index.ts';
import * as conversations from './conversations/index.ts';
import * as dataProtection from './data-protection/index.ts';
import type { Endpoint } from './endpoint/index.ts';
import * as federation from './federation/index.ts';
import * as history from './history/index.ts';
import * as mail from './mail/index.ts';
import * as masking from './masking/index.ts';
import * as media from './media/index.ts';
import * as realtime from './realtime/index.ts';
import * as retention from './retention/index.ts';
import * as routing from './routing/index.ts';
import * as search from './search/index.ts';
import * as selfCheck from './self-check/index.ts';
import * as settings from './settings/index.ts';
import * as signin from './signin/index.ts';
import * as sites from './sites/index.ts';
import * as subjectAccess from './subject-access/index.ts';
import * as units from './units/index.ts';
import * as users from './users/index.ts';
import * as visitors from './visitors/index.ts';
import * as widget from './widget/index.ts';

/** Every endpoint there is, in reading order. The server, the OpenAPI document and the endpoint walk go through it. */
export const endpoints: readonly Endpoint[] = [
  signin.signIn,
  signin.getSession,
  signin.signOut,
  signin.changePassword,
  signin.elevate,
  signin.endElevation,
  signin.readInvitation,
  signin.acceptInvitation,
  federation.findSignIn,
  federation.listIdentityProviders,
  federation.createIdentityProvider,
  federation.changeIdentityProvider,
  federation.readProviderMetadata,
  federation.listFederatedUsers,
  federation.linkUser,
  federation.unlinkUser,
  federation.deleteIdentityProvider,
  accounts.getAccount,
  accounts.changeAccount,
  users.listUsers,
  users.inviteUser,
  users.getUser,
  users.changeUser,
  users.removeUser,
  users.inviteUserAgain,
  settings.getSettings,
  settings.changeSettings,
  settings.getNetworkTrial,
  settings.confirmNetworks,
  masking.getMasking,
  masking.publishMasking,
  masking.previewMasking,
  history.listVersions,
  history.getVersion,
  history.compareVersions,
  history.restoreVersion,
  dataProtection.getDataProtectionRecord,
  selfCheck.getSelfCheck,
  access.listRoles,
  access.createRole,
  access.changeRole,
  access.deleteRole,
  access.listGrants,
  access.giveRole,
  access.withdrawRole,
  apiKeys.listApiKeys,
  apiKeys.createApiKey,
  apiKeys.rotateApiKey,
  apiKeys.revokeApiKey,
  apiKeys.issueToken,
  sites.listSites,
  sites.createSite,
  sites.changeSite,
  sites.deleteSite,
  units.listUnits,
  units.createUnit,
  units.changeUnit,
  units.deleteUnit,
  routing.listQueues,
  routing.createQueue,
  routing.changeQueue,
  routing.deleteQueue,
  routing.listPresence,
  routing.setPresence,
  cannedReplies.listCannedReplies,
  cannedReplies.createCannedReply,
  cannedReplies.changeCannedReply,
  cannedReplies.deleteCannedReply,
  conversations.listMyConversations,
  conversations.listWaitingConversations,
  conversations.findConversations,
  visitors.findByAttributes,
  search.searchTranscripts,
  conversations.getConversation,
  conversations.readEntries,
  conversations.postEntry,
  conversations.acceptConversation,
  conversations.declineConversation,
  conversations.takeConversation,
  conversations.transferConversation,
  conversations.resolveConversation,
  conversations.listTags,
  conversations.changeTags,
  subjectAccess.exportSubjectData,
  subjectAccess.exportAddressLines,
  visitors.listAttributes,
  visitors.getProfile,
  activityLog.lookUpAddress,
  activityLog.listActivityReadings,
  audit.findAuditEntries,
  audit.exportAuditEntries,
  audit.exportAuditProofs,
  audit.getAuditState,
  audit.verifyAuditTrail,
  audit.listAuditDestinations,
  audit.createAuditDestination,
  audit.changeAuditDestination,
  audit.testAuditDestination,
  audit.deleteAuditDestination,
  retention.getRetention,
  retention.previewRetention,
  retention.listDeletions,
  retention.listHolds,
  retention.placeHold,
  retention.liftHold,
  retention.getHold,
  retention.previewErasure,
  retention.requestErasure,
  retention.listErasures,
  retention.getErasureRecord,
  mail.forwardConversation,
  mail.listForwardings,
  media.getFileRules,
  media.sendFile,
  media.openFile,
  media.createFileLink,
  media.openFileLink,
  realtime.createRealtimeTicket,
  widget.getWidgetConfiguration,
  widget.startVisitorSession,
  widget.endVisitorSession,
  widget.startConversation,
  widget.identifyVisitor,
  widget.getVisitorConversation,
  widget.readVisitorEntries,
  widget.endConversation,
  media.sendVisitorFile,
  media.openVisitorFile,
];
