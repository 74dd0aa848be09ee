"""This room's errors in the words of its pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.texts.errors import NotApprovedError, TextError
from dpa.contracts import errors

_SENTENCES: dict[type[Exception], Promise] = {
    errors.IllegalTransitionError: _(
        "Somebody was faster: the contract is in another state already. Please look again."
    ),
    errors.UnderWayError: _("A contract of yours is signed already and waits for us."),
    errors.NotEntitledError: _("You may not do this for this company."),
    errors.ReadSomethingElseError: _(
        "The contract has been written anew since you opened this page. Please read it again."
    ),
    errors.OutdatedDraftError: _(
        "The contract's text or its offer is no longer current. Please have it written anew."
    ),
    errors.AuthorityNotConfirmedError: _("Please confirm that you may sign for the company."),
    errors.IncompleteDataError: _("Something is missing. Please check what you have entered."),
    errors.ReasonMissingError: _("Please say why."),
    NotApprovedError: _(
        "Our lawyer has not approved a text of the contract yet. Please try again later."
    ),
}


def sentence_for(error: errors.ContractError | TextError) -> str:
    """What the person who pressed the button should read."""
    return str(_SENTENCES[type(error)])
