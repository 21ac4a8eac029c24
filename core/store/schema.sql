-- The newest schema: runs as they happen, one row per run, one per epoch. The server is the only writer.
-- Older data folders come to it through migrations.py.

CREATE TABLE runs (
    id          TEXT PRIMARY KEY,             -- random, 128 bits; never derived from names
    owner       TEXT NOT NULL,                -- the browser that may control it
    server      TEXT NOT NULL,                -- the server process that trains it
    created     REAL NOT NULL,                -- Unix time, seconds
    config      TEXT NOT NULL,                -- ExperimentConfig as JSON
    speed       REAL,                         -- epochs a second, NULL for as fast as possible
    view        TEXT NOT NULL,                -- View as JSON
    state       TEXT NOT NULL,                -- queued running paused done stopped failed
    message     TEXT,                         -- how it ended, as Said.to_record writes it; a sentence in older rows
    epoch       INTEGER NOT NULL DEFAULT 0,   -- completed epochs
    epochs      INTEGER NOT NULL,             -- the number after which it ends
    log_names   TEXT NOT NULL DEFAULT '[]',   -- JSON list: what the columns of `epochs.logs` are
    seconds     REAL NOT NULL DEFAULT 0,      -- time spent in state running
    parent      TEXT,                         -- the run that this one branched off, NULL for none
    forked_at   INTEGER,                      -- after so many epochs of it
    steps       INTEGER NOT NULL DEFAULT 0,   -- epochs still to train while paused
    name        TEXT,                         -- what its owner calls it, NULL for none
    starred     INTEGER NOT NULL DEFAULT 0,   -- 1 where its owner marked it
    deleted     REAL,                         -- Unix time, seconds: off its owner's list, and soon removed
    lowest      BLOB,                         -- of each log the least finite value so far, as in `epochs.logs`
    highest     BLOB                          -- and the greatest; NULL before the first epoch
);
CREATE INDEX runs_by_owner ON runs (owner, created);

CREATE TABLE epochs (
    run   TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,                   -- from 1
    logs  BLOB NOT NULL,                      -- little-endian float32, one per log name
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;

CREATE TABLE changes (
    run           TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch         INTEGER NOT NULL,           -- completed epochs when it was changed; applies from the next
    learning_rate REAL NOT NULL,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;

CREATE TABLE edits (
    run    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,                  -- in the order in which they were made
    epoch  INTEGER NOT NULL,                  -- completed epochs at that moment
    edit   TEXT NOT NULL,                     -- layer, row, unit, value, before as JSON
    PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE artifacts (
    run   TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    kind  TEXT NOT NULL,                      -- snapshot (a TrainingState to look back at); opened frame checkpoint
                                              -- predictions (the latest); task results under the hash of what was asked
    epoch INTEGER NOT NULL,                   -- completed epochs; -1 where only the latest is kept
    data  BLOB NOT NULL,
    PRIMARY KEY (run, kind, epoch)
);

CREATE TABLE drawings (
    reference TEXT PRIMARY KEY,               -- made from the text, as it stands in links
    points    TEXT NOT NULL,                  -- Drawing.text
    used      REAL NOT NULL                   -- Unix time, seconds
) WITHOUT ROWID;
