"""Each tenant's files lie in a folder of its own, which only its scope opens."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from chatbo.foundation.files import OutsideScopeError, ScopedStorage, folder
from chatbo.foundation.isolation import partner_scope, platform_scope, tenant_scope, user_scope
from tests.conftest import Business

pytestmark = pytest.mark.django_db


@pytest.fixture
def storage(tmp_path: Path) -> ScopedStorage:
    return ScopedStorage(location=tmp_path / "files", base_url="/nowhere/")


@pytest.fixture
def theirs(storage: ScopedStorage, dentist: Business) -> str:
    """A file of the neighbour's."""
    with dentist.scope():
        return str(storage.save(f"{folder()}/letter.pdf", ContentFile(b"theirs")))


OPERATIONS: dict[str, Callable[[ScopedStorage, str], object]] = {
    "open": lambda storage, name: storage.open(name),
    "open to write": lambda storage, name: storage.open(name, "wb"),
    "save": lambda storage, name: storage.save(name, ContentFile(b"smuggled")),
    "delete": lambda storage, name: storage.delete(name),
    "exists": lambda storage, name: storage.exists(name),
    "size": lambda storage, name: storage.size(name),
    "url": lambda storage, name: storage.url(name),
    "path": lambda storage, name: storage.path(name),
    "list": lambda storage, name: storage.listdir(name),
    "time": lambda storage, name: storage.get_modified_time(name),
}
"""Every way to a file; each is tried with every name below."""


def test_the_product_stores_its_files_so() -> None:
    assert isinstance(default_storage._wrapped or default_storage, ScopedStorage)


def test_a_tenants_files_lie_below_its_own_folder(storage: ScopedStorage, cafe: Business) -> None:
    with cafe.scope():
        name = storage.save(f"{folder()}/contracts/1.pdf", ContentFile(b"mine"))
        assert name == f"tenants/{cafe.tenant.pk}/contracts/1.pdf"
        assert storage.exists(name)
        assert storage.listdir(f"{folder()}/contracts") == ([], ["1.pdf"])
        with storage.open(name) as file:
            assert file.read() == b"mine"
        storage.delete(name)
        assert not storage.exists(name)


def test_the_platforms_own_files_lie_apart(storage: ScopedStorage) -> None:
    with platform_scope("a test writes a file"):
        name = storage.save(f"{folder()}/tree.json", ContentFile(b"{}"))

    assert name == "platform/tree.json"


@pytest.mark.parametrize(
    "scope",
    [
        nullcontext,
        lambda: tenant_scope(uuid.uuid4()),
        lambda: platform_scope("a test opens a tenant's file"),
        lambda: user_scope(uuid.uuid4()),
        lambda: partner_scope(uuid.uuid4()),
    ],
    ids=["none", "another tenant's", "the platform's", "a user's", "a partner's"],
)
def test_in_any_other_scope_the_file_is_refused(
    storage: ScopedStorage,
    theirs: str,
    dentist: Business,
    scope: Callable[[], AbstractContextManager[None]],
) -> None:
    for act in OPERATIONS.values():
        with scope(), pytest.raises(OutsideScopeError):
            act(storage, theirs)

    with dentist.scope(), storage.open(theirs) as file:
        assert file.read() == b"theirs"


@pytest.mark.parametrize(
    "name",
    [
        "{theirs}",
        "tenants/{mine}/../{other}/letter.pdf",
        "tenants/{mine}/a/../../{other}/letter.pdf",
        "tenants/{mine}/..",
        "tenants/{mine}",
        "tenants/{mine}/./letter.pdf",
        "tenants/{mine}//letter.pdf",
        "tenants/{mine}0/letter.pdf",
        "tenants\\{mine}\\..\\{other}\\letter.pdf",
        "./tenants/{mine}/letter.pdf",
        "/tenants/{mine}/letter.pdf",
        "{root}/{theirs}",
        "/etc/passwd",
        "../letter.pdf",
        "letter.pdf",
        "platform/tree.json",
    ],
)
def test_no_way_of_writing_a_name_leads_out_of_the_folder(
    storage: ScopedStorage,
    theirs: str,
    cafe: Business,
    dentist: Business,
    name: str,
) -> None:
    name = name.format(
        theirs=theirs, mine=cafe.tenant.pk, other=dentist.tenant.pk, root=storage.location
    )
    for act in OPERATIONS.values():
        with cafe.scope(), pytest.raises(SuspiciousFileOperation):
            act(storage, name)

    with dentist.scope(), storage.open(theirs) as file:
        assert file.read() == b"theirs"


@pytest.mark.parametrize("what", ["file", "folder"])
def test_no_symbolic_link_leads_out_of_the_folder(
    storage: ScopedStorage,
    theirs: str,
    cafe: Business,
    what: str,
) -> None:
    with cafe.scope():
        own = Path(storage.path(f"{folder()}/link"))
        own.parent.mkdir(parents=True)
        target = Path(storage.location, theirs)
        own.symlink_to(target if what == "file" else target.parent)
        name = f"{folder()}/link" if what == "file" else f"{folder()}/link/letter.pdf"

        for act in OPERATIONS.values():
            with pytest.raises(OutsideScopeError):
                act(storage, name)

    assert target.read_bytes() == b"theirs"


def test_the_storages_own_folder_may_be_a_link(tmp_path: Path, cafe: Business) -> None:
    """As where the disk for files is mounted elsewhere."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "files").symlink_to(tmp_path / "disk")
    storage = ScopedStorage(location=tmp_path / "files")
    with cafe.scope():
        name = storage.save(f"{folder()}/letter.pdf", ContentFile(b"mine"))

    assert (tmp_path / "disk" / name).read_bytes() == b"mine"


def test_without_a_scope_there_is_no_folder() -> None:
    with pytest.raises(OutsideScopeError):
        folder()
