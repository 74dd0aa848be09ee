"""What the audit log knows to have happened, in the words that its readers see.

An action that is not listed here is not recorded: it would be a riddle in somebody's log.
"""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: Final[dict[str, str | Promise]] = {
    # Accounts
    "account.opened": _("Account opened"),
    "email.added": _("E-mail address added"),
    "email.changed": _("E-mail address changed"),
    "email.removed": _("E-mail address removed"),
    "login.failed": _("Log-in failed"),
    "login.succeeded": _("Logged in"),
    "mfa.added": _("Second factor added"),
    "mfa.removed": _("Second factor removed"),
    "mfa.renewed": _("Recovery codes made anew"),
    "password.changed": _("Password changed"),
    "password.reset": _("Password replaced by a link in a mail"),
    "session.expired": _("Log-in ended because it lasted too long"),
    "sessions.ended": _("Logged out on other devices"),
    "social_account.removed": _("Facebook profile disconnected"),
    "user.changed": _("Profile changed"),
    "user.platform_role_granted": _("Role at ChatBo changed"),
    # The business and its members
    "tenant.founded": _("Business founded"),
    "tenant.changed": _("Company's data changed"),
    "tenant.consent_network_chosen": _("Network address in records of consent"),
    "tenant.handed_over": _("Business handed over"),
    "tenant.locked": _("Locked by ChatBo"),
    "tenant.unlocked": _("Unlocked by ChatBo"),
    "tenant.referred": _("Recommended by a partner"),
    "tenant.second_factor_demanded": _("Second factor of the members"),
    "member.invited": _("Member invited"),
    "member.changed": _("Member's role changed"),
    "member.left": _("Member left or removed"),
    "invitation.accepted": _("Invitation accepted"),
    "invitation.resent": _("Invitation sent again"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "support.granted": _("Support allowed to look in"),
    "support.ended": _("Support's leave ended"),
    "support.looked": _("Support opened a page"),
    "log.exported": _("Log exported"),
    # Bots
    "bot.created": _("Bot created"),
    "bot.changed": _("Bot changed"),
    "bot.live": _("Bot went live"),
    "bot.paused": _("Bot paused"),
    "rule.added": _("Rule added"),
    "rule.changed": _("Rule changed"),
    "rule.moved": _("Rule moved"),
    "rule.removed": _("Rule removed"),
    "channel.connected": _("Channel connected"),
    "channel.disconnected": _("Channel disconnected"),
    "menu.restored": _("Fixed menu restored"),
    # Conversion tools and passage
    "tool.created": _("Conversion tool created"),
    "tool.changed": _("Conversion tool changed"),
    "tool.renewed": _("Conversion tool brought up to date"),
    "tool.on": _("Conversion tool switched on"),
    "tool.off": _("Conversion tool switched off"),
    "passage.shown": _("Privacy passage read"),
    "passage.taken": _("Privacy passage taken along"),
    "passage.address_opened": _("Address of the passage opened"),
    "register.taken": _("Record of processing taken along"),
    # Consents and erasures
    "consents.read": _("Consent records read"),
    "consents.exported": _("Consent records exported"),
    "consents.corrected": _("Consent record set right"),
    "consents.export_asked": _("File with consent records asked for"),
    "consents.export_dropped": _("File with consent records deleted"),
    "erasure.requested": _("Erasure requested"),
    "erasure.hurried": _("Erasure tried again"),
    "erasure.deleted": _("Data erased"),
    # Contracts and texts
    "contract.drafted": _("Contract drafted"),
    "contract.signed": _("Contract signed"),
    "contract.countersigned": _("Contract countersigned"),
    "contract.completed": _("Contract completed"),
    "contract.rejected": _("Contract sent back"),
    "contract.withdrawn": _("Contract withdrawn"),
    "text.submitted": _("Text submitted"),
    "text.approved": _("Text approved"),
    "text.rejected": _("Text rejected"),
    "text.ended": _("Validity of a text ended"),
    "subprocessor.published": _("Sub-processor published"),
    # Partners and the platform
    "partner.made": _("Partner admitted"),
    "platform_scope.opened": _("All businesses opened"),
}
