"""The pages: from the empty list to the sealed PDF, and every door that stays shut."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.urls import reverse

from chatbo.foundation.isolation import tenant_scope
from dpa.contracts.models import Contract
from dpa.contracts.tasks import seal
from tenants.accounts.models import User
from tests.dpa.contracts.conftest import DATA

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Any]


def at(name: str, business: Any, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[business.tenant.slug, *args])


def fresh(contract: Contract) -> Contract:
    with tenant_scope(contract.tenant_id):
        return Contract.objects.get(pk=contract.pk)


def signing(contract: Contract) -> dict[str, Any]:
    return {
        "read_sha256": contract.draft_sha256,
        "name": "Maria Beispiel",
        "function": "Inhaberin",
        "has_read": "on",
        "authority": "on",
    }


def test_the_empty_list_says_what_to_do_next(cafe: Any, logged_in: LogIn) -> None:
    page = logged_in(cafe.owner).get(at("list", cafe))

    assert at("new", cafe) in page.content.decode()


def test_an_owner_writes_reads_and_signs(cafe: Any, logged_in: LogIn) -> None:
    client = logged_in(cafe.owner)
    assert 'value="Café Morgenrot"' in client.get(at("new", cafe)).content.decode()

    answer = client.post(at("new", cafe), {**vars(DATA), "language": "de"})
    with cafe.scope():
        contract = Contract.objects.get()
    assert answer.url == at("show", cafe, contract.pk)
    page = client.get(answer.url).content.decode()
    assert contract.draft_sha256 in page
    assert "Café Morgenrot GmbH" in page
    assert at("draft", cafe, contract.pk) in page

    client.post(answer.url, signing(contract))
    assert fresh(contract).state == Contract.State.SIGNED
    assert client.get(answer.url).status_code == 200
    assert client.get(at("list", cafe)).status_code == 200


@pytest.mark.parametrize("missing", ["has_read", "authority", "name"])
def test_without_a_tick_or_a_name_nothing_is_signed(
    drafted: Any, cafe: Any, logged_in: LogIn, missing: str
) -> None:
    values = signing(drafted)
    del values[missing]

    page = logged_in(cafe.owner).post(at("show", cafe, drafted.pk), values)

    assert page.status_code == 200
    assert fresh(drafted).state == Contract.State.DRAFT


def test_whoever_read_an_older_draft_is_told_so(drafted: Any, cafe: Any, logged_in: LogIn) -> None:
    values = {**signing(drafted), "read_sha256": "0" * 64}

    page = logged_in(cafe.owner).post(
        at("show", cafe, drafted.pk), values, headers={"accept-language": "en"}
    )

    assert "read it again" in page.content.decode()
    assert fresh(drafted).state == Contract.State.DRAFT


def test_the_second_press_is_told_that_somebody_was_faster(
    signed: Any, cafe: Any, logged_in: LogIn
) -> None:
    answer = logged_in(cafe.owner).post(at("show", cafe, signed.pk), signing(signed), follow=True)

    assert answer.status_code == 200
    assert [str(m.level_tag) for m in answer.context["messages"]] == ["error"]


def test_wrong_data_comes_back_with_a_word_at_each_field(cafe: Any, logged_in: LogIn) -> None:
    page = logged_in(cafe.owner).post(
        at("new", cafe), {**vars(DATA), "postal_code": "1", "register_number": "", "language": "de"}
    )

    assert set(page.context["form"].errors) == {"postal_code", "register_number"}


def test_the_data_protection_officer_reads_but_cannot_sign(
    drafted: Any, cafe: Any, logged_in: LogIn
) -> None:
    client = logged_in(cafe.member("dpo"))

    assert client.get(at("show", cafe, drafted.pk)).status_code == 200
    assert client.post(at("show", cafe, drafted.pk), signing(drafted)).status_code == 403
    assert client.post(at("withdraw", cafe, drafted.pk)).status_code == 403
    assert fresh(drafted).state == Contract.State.DRAFT


def test_whom_the_owner_named_signs(drafted: Any, cafe: Any, logged_in: LogIn) -> None:
    client = logged_in(cafe.member("viewer", may_sign=True))

    client.post(at("show", cafe, drafted.pk), signing(drafted))

    assert fresh(drafted).state == Contract.State.SIGNED


def test_another_tenants_contract_is_not_found(
    drafted: Any, dentist: Any, logged_in: LogIn
) -> None:
    client = logged_in(dentist.owner)

    for name in ("show", "draft", "sealed", "withdraw"):
        assert client.get(at(name, dentist, drafted.pk)).status_code == 404
    assert client.post(at("show", dentist, drafted.pk), signing(drafted)).status_code == 404


def test_tenants_have_no_door_to_the_review(signed: Any, cafe: Any, logged_in: LogIn) -> None:
    client = logged_in(cafe.owner)

    assert client.get(reverse("contract_review:list")).status_code == 404
    address = reverse("contract_review:countersign", args=[signed.pk])
    assert client.post(address).status_code == 404
    assert fresh(signed).state == Contract.State.SIGNED


def test_admins_have_no_door_to_a_tenants_pages(
    drafted: Any, cafe: Any, admin: User, logged_in: LogIn
) -> None:
    client = logged_in(admin)

    assert client.post(at("show", cafe, drafted.pk), signing(drafted)).status_code == 404
    assert fresh(drafted).state == Contract.State.DRAFT


def test_an_admin_reviews_and_countersigns(
    signed: Any, cafe: Any, admin: User, logged_in: LogIn, queue: list[Any]
) -> None:
    client = logged_in(admin)
    assert signed.number in client.get(reverse("contract_review:list")).content.decode()
    page = client.get(reverse("contract_review:show", args=[signed.pk])).content.decode()
    assert "Rosenweg 4" in page

    client.post(reverse("contract_review:countersign", args=[signed.pk]))
    seal(str(signed.tenant_id), str(signed.pk))

    assert fresh(signed).state == Contract.State.COMPLETED
    for address in ("contract_review:show", "contract_review:sealed"):
        assert client.get(reverse(address, args=[signed.pk])).status_code == 200
    owner = logged_in(cafe.owner)
    assert owner.get(at("show", cafe, signed.pk)).status_code == 200
    assert owner.get(at("list", cafe)).status_code == 200
    pdf = owner.get(at("sealed", cafe, signed.pk))
    assert pdf.content.startswith(b"%PDF")
    assert "Café Morgenrot" in unquote(pdf["Content-Disposition"])
    assert pdf["Content-Disposition"].startswith("inline; filename*=")
    assert pdf["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in pdf["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("words", "is_found"), [("morgenrot", True), ("AVV-", True), ("linde", False)]
)
def test_an_admin_finds_a_completed_contract_by_company_or_number(
    countersigned: Any, admin: User, logged_in: LogIn, words: str, is_found: bool
) -> None:
    seal(str(countersigned.tenant_id), str(countersigned.pk))

    answer = logged_in(admin).get(reverse("contract_review:list"), {"q": words, "sort": "company"})

    assert (countersigned.number in answer.content.decode()) is is_found


def test_an_admin_sends_back_with_a_reason_that_the_owner_reads(
    signed: Any, cafe: Any, admin: User, logged_in: LogIn
) -> None:
    client = logged_in(admin)
    address = reverse("contract_review:show", args=[signed.pk])
    client.post(address, {"reason": ""})
    assert fresh(signed).state == Contract.State.SIGNED

    client.post(address, {"reason": "The address is incomplete."})

    assert fresh(signed).state == Contract.State.REJECTED
    page = logged_in(cafe.owner).get(at("show", cafe, signed.pk)).content.decode()
    assert "The address is incomplete." in page
    assert at("new", cafe) in page


def test_a_sealing_that_fails_is_shown_with_its_reason_and_a_retry(
    countersigned: Any, admin: User, logged_in: LogIn, settings: Any, queue: list[Any], commit: Any
) -> None:
    settings.SEAL_KEY = "broken"
    seal(str(countersigned.tenant_id), str(countersigned.pk))
    client = logged_in(admin)
    for address in (
        reverse("contract_review:list"),
        reverse("contract_review:show", args=[countersigned.pk]),
    ):
        assert "SealKeyError" in client.get(address).content.decode()

    queue.clear()
    with commit():
        client.post(reverse("contract_review:retry", args=[countersigned.pk]))
    assert [call[0] for call in queue] == ["contracts.seal"]


def test_an_owner_withdraws_after_a_question(signed: Any, cafe: Any, logged_in: LogIn) -> None:
    client = logged_in(cafe.owner)
    assert client.get(at("withdraw", cafe, signed.pk)).status_code == 200
    assert fresh(signed).state == Contract.State.SIGNED

    client.post(at("withdraw", cafe, signed.pk))

    assert fresh(signed).state == Contract.State.WITHDRAWN
    assert client.get(at("show", cafe, signed.pk)).status_code == 200


def test_the_sealed_pdf_is_not_there_before_it_is_sealed(
    signed: Any, cafe: Any, logged_in: LogIn
) -> None:
    assert logged_in(cafe.owner).get(at("sealed", cafe, signed.pk)).status_code == 404


def test_how_long_the_list_of_completed_contracts_is_is_not_for_the_asking(
    admin: User, logged_in: LogIn
) -> None:
    page = logged_in(admin).get(reverse("contract_review:list"), {"per_page": 1000})

    assert page.context["table"].paginator.per_page == 25
