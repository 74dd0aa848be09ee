"""What ChatBo does as a controller of its own: the accounts, the log, its newsletter (Art. 30(1)).

No part of any tenant's contract: towards the people named here ChatBo answers for itself.
"""

from django.utils.translation import gettext as _

from consent.register.activities import Activity, Recipient
from consent.register.kinds import kinds_about, kinds_in, tables_in
from consent.register.retention import while_kept
from tenants.accounts.models import Tenant

USER = "accounts.User"
ACCOUNT = ("accounts", "account", "mfa", "socialaccount", "usersessions", "mail")
CONTRACTS = (
    "accounts.Tenant",
    "contracts.Contract",
    "contracts.Signature",
    "erasure.TenantEnding",
)
SUPPORT = ("accounts.SupportGrant",)
THROUGH_META = ("erasure.ErasureRequest",)
PREPARED = ("ledger.ConsentExport",)
"""Who asked for a file; what it holds is the business's."""
ENDS = ("erasure.AccountEnding",)


def activities_of_chatbo() -> list[Activity]:
    """Everything for which ChatBo is the controller, in the active language."""
    return [
        account(),
        customers(),
        log(),
        support(),
        partners(),
        approvals(),
        requests_through_meta(),
        protection(),
        newsletter(),
    ]


def account() -> Activity:
    others = (*CONTRACTS, *SUPPORT)
    tables = (*(label for label in tables_in(*ACCOUNT) if label not in others), *PREPARED, *ENDS)
    return Activity(
        key="account",
        title=_("Sign-up and accounts"),
        purpose=_("Letting customers and their members log in, and telling them what they need"),
        legal_basis=_(
            "Contract, Art. 6(1)(b) GDPR; for members of a customer the legitimate interest in"
            " their work with ChatBo, Art. 6(1)(f) GDPR; connecting Facebook by consent,"
            " Art. 6(1)(a) GDPR"
        ),
        tables=tables,
        data_kinds=kinds_in(tables),
        data_subjects=_("customers, their members, partners and ChatBo's own people"),
        recipients=(
            Recipient(
                name="Meta Platforms Ireland Ltd.",
                role=_("only where somebody logs in with Facebook; controller of its own"),
                country=_("Ireland"),
                ground="",
            ),
        ),
        starts=_("with the click on the link in the confirmation mail"),
        stops=_("by closing the account"),
        retention=_(
            "until the account is closed, and the address until that is confirmed; e-mails until"
            " they are sent; who had a file prepared for a week"
        ),
    )


def customers() -> Activity:
    return Activity(
        key="contract",
        title=_("Customers and their contracts"),
        purpose=_("Concluding and keeping the contracts with customers"),
        legal_basis=_(
            "Contract, Art. 6(1)(b) GDPR; legal duty to keep it, Art. 6(1)(c) GDPR with"
            " sec. 257 HGB, sec. 147 AO"
        ),
        tables=CONTRACTS,
        data_kinds=kinds_in(CONTRACTS),
        data_subjects=_("customers, those who represent them and those who sign"),
        recipients=(),
        starts=_("with the founding of a business in ChatBo"),
        stops=_("by ending the contract"),
        retention=_(
            "until the end of the contract; what was signed %(term)s; the proof of its end %(end)s"
        )
        % {
            "term": while_kept("accounts.Tenant"),
            "end": while_kept(USER, "erasure.TenantEnding"),
        },
    )


def log() -> Activity:
    tables = tables_in("audit")
    return Activity(
        key="log",
        title=_("Log of what was done"),
        purpose=_("Showing who did what in ChatBo, and finding misuse"),
        legal_basis=_(
            "Legal duty to account for it and to keep it secure, Art. 6(1)(c) with Arts. 5(2),"
            " 32 GDPR"
        ),
        tables=tables,
        data_kinds=kinds_in(tables),
        data_subjects=_("everybody who logs in"),
        recipients=(
            Recipient(
                name=_("the business in which it was done"),
                role=_("reads its own log"),
                country=_("Germany"),
                ground="",
            ),
        ),
        starts=_("with each act in a dashboard"),
        stops=_("at the end of the retention period, without asking"),
        retention=while_kept(USER, *tables),
    )


def support() -> Activity:
    return Activity(
        key="support",
        title=_("Support's look into a business"),
        purpose=_("Helping a customer who lets ChatBo's support look in for a time"),
        legal_basis=_("Contract, Art. 6(1)(b) GDPR; on the customer's instruction, Art. 28 GDPR"),
        tables=SUPPORT,
        data_kinds=kinds_in(SUPPORT),
        data_subjects=_("the member who allowed it"),
        recipients=(),
        starts=_("with the leave that an owner gives"),
        stops=_("by ending the leave, at any time"),
        retention=_("the leave as long as the business; each page looked at stands in the log"),
    )


def partners() -> Activity:
    tables = tables_in("affiliates")
    return Activity(
        key="partner",
        title=_("Affiliate partners"),
        purpose=_("Counting which customers came by a partner's link, without naming them"),
        legal_basis=_("Contract with the partner, Art. 6(1)(b) GDPR"),
        tables=tables,
        data_kinds=kinds_in(tables),
        data_subjects=_("partners"),
        recipients=(),
        starts=_("with the partner's account"),
        stops=_("by closing the account"),
        retention=_("until the account is closed"),
    )


def approvals() -> Activity:
    tables = tables_in("texts")
    return Activity(
        key="approval",
        title=_("Approval of texts"),
        purpose=_("Proving which lawyer approved which text"),
        legal_basis=_("Legal duty to account for it, Art. 6(1)(c) with Art. 5(2) GDPR"),
        tables=tables,
        data_kinds=kinds_in(tables),
        data_subjects=_("lawyers and editors of the texts"),
        recipients=(),
        starts=_("with a decision on a text"),
        stops=_("at the end of the retention period, without asking"),
        retention=while_kept(USER, *tables),
    )


def requests_through_meta() -> Activity:
    return Activity(
        key="through_meta",
        title=_("Deletion requests that Meta passes on"),
        purpose=_("Finding what is stored of a person whom Meta names, and having it deleted"),
        legal_basis=_("Legal duty to carry it out, Art. 6(1)(c) with Arts. 12, 17 GDPR"),
        tables=THROUGH_META,
        data_kinds=kinds_in(THROUGH_META),
        data_subjects=_(
            "people who asked Meta to have their data deleted, or removed ChatBo there"
        ),
        recipients=(
            Recipient(
                name="Meta Platforms Ireland Ltd.",
                role=_("is asked under which number its pages know the person"),
                country=_("Ireland"),
                ground="",
            ),
        ),
        starts=_("with Meta's request"),
        stops=_("by being carried out"),
        retention=_("Facebook's number until the request is carried out; then it names nobody"),
    )


def protection() -> Activity:
    return Activity(
        key="protection",
        title=_("Protection against misuse"),
        purpose=_("Slowing down whoever guesses passwords or floods a page"),
        legal_basis=_("Legitimate interest in secure services, Art. 6(1)(f) GDPR"),
        tables=(),
        data_kinds=(_("network address and account, as keyed digests"),),
        data_subjects=_("everybody who calls an address of ChatBo"),
        recipients=(),
        starts=_("with the call"),
        stops=_("at the end of the retention period, without asking"),
        retention=_("for the time of the limit, 30 days at the latest"),
    )


def newsletter() -> Activity:
    return Activity(
        key="newsletter",
        title=_("ChatBo's newsletter"),
        purpose=_("News about ChatBo by e-mail"),
        legal_basis=_("Consent, Art. 6(1)(a) GDPR, sec. 7(2) no. 2 UWG"),
        tables=("ledger.ConsentIdentity", "ledger.ConsentRecord"),
        data_kinds=(
            _("e-mail address"),
            *kinds_about("ledger.ConsentIdentity", network=Tenant.ConsentNetwork.SHORTENED),
        ),
        data_subjects=_("customers who ordered it"),
        recipients=(),
        starts=_("with the click on the link in the confirmation mail"),
        stops=_("by the unsubscribe link in every e-mail"),
        retention=_("until withdrawal; the proof of consent %(term)s")
        % {"term": while_kept("ledger.ConsentIdentity")},
    )
