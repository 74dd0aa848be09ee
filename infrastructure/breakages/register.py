"""The declarations of personal data, and the register of processing made from them."""

from infrastructure.breakages.breaking import Breakage

DECLARATIONS = "tests/foundation/personal_data"
ONE_SOURCE = "tests/dpa/passage/test_one_source.py"

BREAKAGES = (
    Breakage(
        "register: a field on which nothing is said",
        "chatbo/foundation/personal_data/checks.py",
        "for name in unexplained(model)",
        "for name in unexplained(model)[:0]",
        DECLARATIONS,
    ),
    Breakage(
        "register: a persons field on a model of nobody",
        "chatbo/foundation/personal_data/checks.py",
        "for name in suspicious(model)",
        "for name in suspicious(model)[:0]",
        DECLARATIONS,
    ),
    Breakage(
        "register: two models in one section of the export",
        "chatbo/foundation/personal_data/checks.py",
        "if not declaration.export or section in taken:",
        "if not declaration.export:",
        DECLARATIONS,
    ),
    Breakage(
        "register: a key to a person passes as a fact",
        "chatbo/foundation/personal_data/fields.py",
        "return field.related_model._meta.label not in subjects()",
        "return True",
        DECLARATIONS,
    ),
    Breakage(
        "register: a store that nobody declares",
        "chatbo/foundation/personal_data/source.py",
        "if use.medium not in declared:",
        "if use.medium not in Medium:",
        DECLARATIONS,
    ),
    Breakage(
        "register: a declaration for another module",
        "chatbo/foundation/personal_data/source.py",
        'if ast.unparse(module) == "__name__":',
        "if module:",
        DECLARATIONS,
    ),
    Breakage(
        "register: an end a year too early",
        "chatbo/foundation/personal_data/terms.py",
        "datetime.date(moment.year + self.years + 1, 1, 1)",
        "datetime.date(moment.year + self.years, 1, 1)",
        DECLARATIONS,
    ),
    Breakage(
        "register: what opens an account is given out",
        "chatbo/foundation/personal_data/export.py",
        "held(type(row), declaration).keys() - declaration.withheld.keys()",
        "held(type(row), declaration).keys() - set()",
        "tests/consent/erasure/test_export.py",
    ),
    Breakage(
        "register: consents behind the link are left out",
        "chatbo/foundation/personal_data/export.py",
        "if model._meta.label != label and model._meta.label in subjects():",
        "if not subjects():",
        "tests/consent/erasure/test_export.py",
    ),
    Breakage(
        "register: a disconnected channel stays",
        "consent/register/for_tenants.py",
        "Channel.objects.exclude(state=Channel.State.DISCONNECTED)",
        "Channel.objects.all()",
        ONE_SOURCE,
    ),
    Breakage(
        "register: a tool that is off stays",
        "consent/embeds/processing.py",
        "Tool.objects.filter(state=Tool.State.ON)",
        "Tool.objects.all()",
        ONE_SOURCE,
    ),
    Breakage(
        "register: the record without the processors",
        "consent/register/record.py",
        "recipients=(*activity.recipients, *behind)",
        "recipients=activity.recipients",
        ONE_SOURCE,
    ),
    Breakage(
        "register: a table on people without an activity",
        "consent/register/for_chatbo.py",
        'tables_in("affiliates")',
        'tables_in("affiliate")',
        "tests/consent/register/test_activities.py",
    ),
    Breakage(
        "register: formulas in the spreadsheet",
        "chatbo/foundation/spreadsheets.py",
        "[no_formula(cell) for cell in row]",
        "row",
        "tests/consent/register/test_record.py",
    ),
    Breakage(
        "register: a query for each customer",
        "consent/register/record.py",
        "keys = {*on.get(tenant.pk, ()), *always}",
        "keys = {*switched_on_by([tenant.pk]).get(tenant.pk, ()), *always}",
        "tests/consent/register/test_record.py",
    ),
    Breakage(
        "register: every business is said to shorten",
        "consent/register/activities.py",
        "describe(Chosen(on[key], tenant.consent_network))",
        'describe(Chosen(on[key], "shortened"))',
        ONE_SOURCE,
    ),
    Breakage(
        "register: the passage says that every business shortens",
        "dpa/passage/building.py",
        "told_of_network(tenant.consent_network)",
        'told_of_network("shortened")',
        ONE_SOURCE,
    ),
    Breakage(
        "register: a contract of before the first channel forgets the choice",
        "dpa/contracts/wording.py",
        "activities_offered(tenant)",
        "activities_offered()",
        ONE_SOURCE,
    ),
)
