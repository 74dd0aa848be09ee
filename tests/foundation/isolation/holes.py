"""Holes in the wall: the table each is in, the code and words of its message, and its SQL."""

from chatbo.foundation.isolation.statements import in_scope

MINE = f"tenant_id = {in_scope('app.tenant_id')}"

POLICIES = [
    ("bots_bot", "E003", "not forced", "ALTER TABLE bots_bot NO FORCE ROW LEVEL SECURITY"),
    ("bots_bot", "E003", "not enabled", "ALTER TABLE bots_bot DISABLE ROW LEVEL SECURITY"),
    ("bots_bot", "E004", "policy own", "DROP POLICY own ON bots_bot"),
    ("bots_bot", "E004", "policy own", "ALTER POLICY own ON bots_bot USING (true)"),
    ("bots_bot", "E004", "policy own", "ALTER POLICY own ON bots_bot WITH CHECK (true)"),
    ("bots_bot", "E004", "policy own", "ALTER POLICY own ON bots_bot TO chatbo_app"),
    (
        "bots_bot",
        "E004",
        "policy own",
        f"ALTER POLICY own ON bots_bot USING ({MINE} OR tenant_id IS NULL)",
    ),
    (
        "bots_bot",
        "E004",
        "policy own",
        f"ALTER POLICY own ON bots_bot USING (tenant_id = {in_scope('app.user_id')})",
    ),
    (
        "audit_auditentry",
        "E004",
        "policy own",
        f"ALTER POLICY own ON audit_auditentry USING ({MINE} OR tenant_id IS NULL)",
    ),
    ("bots_bot", "E004", "policy platform", "ALTER POLICY platform ON bots_bot TO PUBLIC"),
    ("bots_bot", "E004", "policy more", "CREATE POLICY more ON bots_bot USING (true)"),
    (
        "bots_bot",
        "E004",
        "policy more",
        "CREATE POLICY more ON bots_bot TO chatbo_app USING (true)",
    ),
    (
        "accounts_membership",
        "E004",
        "policy member",
        "ALTER POLICY member ON accounts_membership USING (true)",
    ),
    (
        "accounts_tenant",
        "E004",
        "policy member",
        (
            "ALTER POLICY member ON accounts_tenant"
            " USING (id IN (SELECT tenant_id FROM accounts_membership))"
        ),
    ),
    (
        "accounts_tenant",
        "E016",
        "call tenants_of_user()",
        (
            "CREATE OR REPLACE FUNCTION tenants_of_user() RETURNS uuid[] LANGUAGE sql STABLE"
            " AS 'SELECT array_agg(tenant_id) FROM accounts_membership'"
        ),
    ),
    (
        "accounts_tenant",
        "E016",
        "call tenants_of_user()",
        (
            "DROP POLICY member ON accounts_tenant; DROP FUNCTION tenants_of_user();"
            " CREATE POLICY member ON accounts_tenant FOR SELECT USING (true)"
        ),
    ),
    (
        "accounts_tenant",
        "E016",
        "call tenants_of_user()",
        "ALTER FUNCTION tenants_of_user() IMMUTABLE",
    ),
    (
        "accounts_tenant",
        "E016",
        "call tenants_of_user()",
        "ALTER FUNCTION tenants_of_user() SET search_path = pg_temp, public",
    ),
    (
        "accounts_tenant",
        "E016",
        "call tenants_of_user()",
        "ALTER FUNCTION tenants_of_user() SET row_security = off",
    ),
    (
        "bots_bot",
        "E017",
        "the rule spy",
        "CREATE RULE spy AS ON INSERT TO bots_bot DO ALSO SELECT 1",
    ),
    (
        "isolation_directoryentry",
        "E004",
        "policy everybody",
        (
            "DROP POLICY everybody ON isolation_directoryentry;"
            " CREATE POLICY everybody ON isolation_directoryentry USING (true)"
        ),
    ),
]

KEYS = [
    (
        "bots_rule",
        "E005",
        "may be NULL",
        "ALTER TABLE bots_rule DROP CONSTRAINT bots_rule_pkey, ALTER tenant_id DROP NOT NULL",
    ),
    (
        "bots_rule",
        "E005",
        "primary key is (id)",
        "ALTER TABLE bots_rule DROP CONSTRAINT bots_rule_pkey, ADD PRIMARY KEY (id)",
    ),
    ("bots_rule", "E015", "not there", "DROP TABLE bots_rule"),
    (
        "bots_rule",
        "E006",
        "(tenant_id, bot_id)",
        "ALTER TABLE bots_rule DROP CONSTRAINT bots_rule_bot_id_tenant",
    ),
    ("bots_rule", "E006", "no index", "DROP INDEX bots_rule_bot_id_tenant"),
    (
        "bots_rule",
        "E006",
        "no index",
        (
            "DROP INDEX bots_rule_bot_id_tenant; CREATE INDEX bots_rule_bot_id_tenant"
            " ON bots_rule (tenant_id, bot_id) WHERE position = 0"
        ),
    ),
    (
        "bots_rule",
        "E006",
        "not valid",
        (
            "ALTER TABLE bots_rule DROP CONSTRAINT bots_rule_bot_id_tenant, ADD FOREIGN KEY"
            " (tenant_id, bot_id) REFERENCES bots_bot ON DELETE CASCADE NOT VALID"
        ),
    ),
    (
        "bots_rule",
        "E006",
        "something else when",
        (
            "ALTER TABLE bots_rule DROP CONSTRAINT bots_rule_bot_id_tenant, ADD FOREIGN KEY"
            " (tenant_id, bot_id) REFERENCES bots_bot"
        ),
    ),
    (
        "bots_rule",
        "E006",
        "leads to accounts_tenant without the owner",
        "ALTER TABLE bots_rule ADD FOREIGN KEY (bot_id) REFERENCES accounts_tenant",
    ),
    (
        "affiliates_referral",
        "E006",
        "leads to accounts_tenant without the owner",
        (
            "ALTER TABLE affiliates_referral ADD FOREIGN KEY (referred_tenant_id)"
            " REFERENCES accounts_tenant"
        ),
    ),
    (
        "texts_approval",
        "E006",
        "leads to bots_bot without the owner",
        (
            "ALTER TABLE texts_approval ADD tenant_id uuid, ADD bot_id uuid,"
            " ADD FOREIGN KEY (tenant_id, bot_id) REFERENCES bots_bot"
        ),
    ),
    (
        "bots_channel",
        "E007",
        "tells_others",
        "CREATE UNIQUE INDEX tells_others ON bots_channel (external_id)",
    ),
    (
        "bots_channel",
        "E007",
        "tells_others",
        "CREATE UNIQUE INDEX tells_others ON bots_channel (lower(external_id))",
    ),
    (
        "bots_channel",
        "E007",
        "tells_others",
        "CREATE UNIQUE INDEX tells_others ON bots_channel (external_id) INCLUDE (tenant_id)",
    ),
    (
        "bots_channel",
        "E007",
        "tells_others",
        "ALTER TABLE bots_channel ADD CONSTRAINT tells_others EXCLUDE (external_id WITH =)",
    ),
]

WRITTEN_ONCE = [
    ("audit_auditentry", "E008", "no trigger", "DROP TRIGGER append_only ON audit_auditentry"),
    (
        "audit_auditentry",
        "E008",
        "no trigger",
        (
            "DROP TRIGGER append_only ON audit_auditentry; CREATE TRIGGER append_only"
            " BEFORE UPDATE OR DELETE ON audit_auditentry FOR EACH ROW WHEN (OLD.id IS NULL)"
            " EXECUTE FUNCTION refuse_change()"
        ),
    ),
    (
        "ledger_leaf",
        "E008",
        "no trigger",
        (
            "DROP TRIGGER append_only ON ledger_leaf; CREATE TRIGGER append_only"
            " BEFORE UPDATE ON ledger_leaf FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        ),
    ),
    (
        "audit_auditentry",
        "E008",
        "no trigger",
        (
            "DROP TRIGGER append_only ON audit_auditentry; CREATE TRIGGER append_only"
            " BEFORE UPDATE OR DELETE ON audit_auditentry FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_change()"
        ),
    ),
    (
        "audit_auditentry",
        "E008",
        "privilege UPDATE",
        "GRANT UPDATE ON audit_auditentry TO chatbo_app",
    ),
    (
        "audit_auditentry",
        "E008",
        "privilege UPDATE",
        "GRANT UPDATE (details) ON audit_auditentry TO chatbo_platform",
    ),
    (
        "audit_auditentry",
        "E008",
        "privilege DELETE",
        "GRANT DELETE ON audit_auditentry TO PUBLIC",
    ),
    (
        "bots_bot",
        "E008",
        "does not state it",
        (
            "CREATE TRIGGER append_only BEFORE UPDATE ON bots_bot"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        ),
    ),
]

OTHERS = [
    ("bots_bot", "E009", "TRUNCATE", "GRANT TRUNCATE ON bots_bot TO chatbo_app"),
    ("bots_bot", "E009", "TRIGGER", "GRANT TRIGGER ON bots_bot TO PUBLIC"),
    ("bots_bot", "E009", "REFERENCES", "GRANT REFERENCES (id) ON bots_bot TO chatbo_platform"),
    ("texts_approval", "E009", "TRUNCATE", "GRANT TRUNCATE ON texts_approval TO chatbo_app"),
    ("names", "E011", "security_invoker", "CREATE VIEW names AS SELECT name FROM bots_bot"),
    (
        "names",
        "E011",
        "security_invoker",
        "CREATE VIEW names WITH (security_invoker = false) AS SELECT name FROM bots_bot",
    ),
    (
        "names",
        "E011",
        "a materialized view",
        "CREATE MATERIALIZED VIEW names AS SELECT name FROM bots_bot",
    ),
    (
        "the database",
        "E012",
        "look(integer)",
        (
            "CREATE FUNCTION look(integer) RETURNS bigint SECURITY DEFINER"
            " LANGUAGE sql AS 'SELECT count(*) FROM public.bots_bot'"
        ),
    ),
    (
        "diary",
        "E003",
        "not enabled",
        "CREATE TABLE diary (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))",
    ),
    ("diary", "E003", "not enabled", "CREATE TABLE diary AS SELECT * FROM bots_bot"),
    ("diary", "E003", "not enabled", "CREATE TABLE diary (partner_id uuid)"),
    (
        "side.diary",
        "E003",
        "not enabled",
        (
            "CREATE SCHEMA side; CREATE TABLE side.diary (tenant_id uuid NOT NULL);"
            " GRANT SELECT ON side.diary TO chatbo_app"
        ),
    ),
    ("diary", "W001", "whose rows", "CREATE TABLE diary (id uuid PRIMARY KEY)"),
    (
        "bots_bot_old",
        "E014",
        "part of bots_bot",
        "CREATE TABLE bots_bot_old () INHERITS (bots_bot)",
    ),
]


OF_THE_OWNER = [*POLICIES, *KEYS, *WRITTEN_ONCE, *OTHERS]

OF_A_SUPERUSER = [
    ("E010", "may SUPERUSER", "ALTER ROLE chatbo_app SUPERUSER"),
    ("E010", "may BYPASSRLS", "ALTER ROLE chatbo_platform BYPASSRLS"),
    ("E010", "may CREATEROLE", "ALTER ROLE chatbo_app CREATEROLE"),
    ("E010", "may REPLICATION", "ALTER ROLE chatbo_app REPLICATION"),
    ("E010", "chatbo_app is a member of chatbo_owner", "GRANT chatbo_owner TO chatbo_app"),
    (
        "E010",
        "chatbo_platform is a member of pg_read_all_data",
        "GRANT pg_read_all_data TO chatbo_platform",
    ),
    (
        "E010",
        "chatbo_app is a member of chatbo_platform",
        "GRANT chatbo_platform TO chatbo_app WITH INHERIT TRUE",
    ),
    ("E010", "owns table bots_bot", "ALTER TABLE bots_bot OWNER TO chatbo_app"),
    ("E010", "owns function", "ALTER FUNCTION refuse_change OWNER TO chatbo_platform"),
    ("E010", "create objects in the schema public", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    ("E010", "presets app.tenant_id", "ALTER ROLE chatbo_app SET app.tenant_id = 'x'"),
    (
        "E010",
        "all or of the database presets app.tenant_id",
        "ALTER ROLE ALL SET app.tenant_id = 'x'",
    ),
    (
        "E010",
        "may create schemas",
        (
            "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO chatbo_app',"
            " current_database()); END $$"
        ),
    ),
    (
        "E010",
        "chatbo_platform does not exist",
        "ALTER ROLE chatbo_platform RENAME TO chatbo_everything",
    ),
    ("E010", "presets role", "ALTER ROLE ALL SET role = 'chatbo_platform'"),
    ("E013", "is switched off", "ALTER TABLE bots_rule DISABLE TRIGGER ALL"),
    ("E013", "append_only is switched off", "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL"),
]
