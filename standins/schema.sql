-- The stand-ins' memory. JSON columns end in _json.

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,                        -- NULL: has given Facebook none
    role TEXT NOT NULL,                -- 'phone' chats, 'login' logs in with Facebook
    asid TEXT NOT NULL UNIQUE          -- Facebook's id of this person for our app
);

CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    token_state TEXT NOT NULL DEFAULT 'valid',
    restricted INTEGER NOT NULL DEFAULT 0,
    subscribed_json TEXT,              -- NULL: the app is not subscribed to the page
    profile_json TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE profile_calls (page TEXT NOT NULL, at REAL NOT NULL);

CREATE TABLE bots (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    token_state TEXT NOT NULL DEFAULT 'valid',
    webhook_json TEXT,
    commands_json TEXT NOT NULL DEFAULT '{}',
    menu_button_json TEXT NOT NULL DEFAULT '{"type": "commands"}',
    texts_json TEXT NOT NULL DEFAULT '{}',
    last_error TEXT,
    last_error_at REAL
);

-- One person's conversation with one page or bot.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    platform TEXT NOT NULL,            -- 'messenger' or 'telegram'
    place TEXT NOT NULL,               -- page or bot
    person INTEGER NOT NULL,
    address TEXT NOT NULL,             -- how the platform calls the person here: PSID, chat id
    started INTEGER NOT NULL DEFAULT 0,
    last_act REAL,                     -- opens the 24 hour window
    blocked INTEGER NOT NULL DEFAULT 0,
    deactivated INTEGER NOT NULL DEFAULT 0,
    user_menu_json TEXT,
    UNIQUE (platform, place, person),
    UNIQUE (platform, place, address)
);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    thread INTEGER NOT NULL REFERENCES threads (id),
    mid TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,              -- 'person' or 'bot'
    at REAL NOT NULL,
    text TEXT NOT NULL,
    extra_json TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE callback_queries (
    id TEXT PRIMARY KEY, bot TEXT NOT NULL, thread INTEGER NOT NULL, at REAL NOT NULL
);

-- What goes out to the product's webhooks.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    lane TEXT,                         -- rows of one lane go in order; NULL: may overtake
    body BLOB NOT NULL,
    state TEXT NOT NULL,               -- pending, waiting, delivered, given-up
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    status INTEGER,
    problem TEXT
);

-- What came in at the platforms' interfaces, for assertions.
CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    api TEXT NOT NULL,
    verb TEXT NOT NULL,
    path TEXT NOT NULL,
    place TEXT,
    params_json TEXT NOT NULL,
    status INTEGER,                    -- NULL: never answered
    answer_json TEXT
);

CREATE TABLE failures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    api TEXT NOT NULL,
    match TEXT NOT NULL,
    remaining INTEGER NOT NULL,
    plan_json TEXT NOT NULL
);

CREATE TABLE login_codes (
    code TEXT PRIMARY KEY, person INTEGER NOT NULL, redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL, at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE login_tokens (
    token TEXT PRIMARY KEY, person INTEGER NOT NULL, scopes TEXT NOT NULL, expires REAL NOT NULL
);

CREATE TABLE site_parts (
    slug TEXT NOT NULL, part TEXT NOT NULL, html TEXT NOT NULL, PRIMARY KEY (slug, part)
);
