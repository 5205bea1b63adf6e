package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

const lookEvery = time.Second

// FerretDB looks documents up by this expression, and its own index is over another one: without this, each look at
// one document, and each change of one, reads the whole table. See the constant IDColumn of its backend.
const createIndex = `CREATE INDEX IF NOT EXISTS %[1]q ON %[2]q (_ferretdb_sjson->'$._id')`

const tablesWithout = `SELECT name FROM sqlite_master AS tables
	WHERE type = 'table' AND name NOT LIKE '\_ferretdb%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = tables.name || '_look_up')`

// indexLookUps gives every table of the databases in a folder an index for looks at one document, soon after it is
// there, until the context ends.
func indexLookUps(ctx context.Context, sqliteURL string, logger *slog.Logger) {
	location, err := url.Parse(sqliteURL)
	if err != nil || location.Opaque+location.Path == "" {
		return // FerretDB says so itself.
	}
	open := map[string]*sql.DB{}
	for {
		files, _ := filepath.Glob(filepath.Join(location.Opaque+location.Path, "*.sqlite"))
		for _, file := range files {
			if err := indexFile(ctx, open, file); err != nil && ctx.Err() == nil {
				logger.Warn("a table has no index for looks at one document yet", "file", file, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			for _, db := range open {
				_ = db.Close()
			}
			return
		case <-time.After(lookEvery):
		}
	}
}

func indexFile(ctx context.Context, open map[string]*sql.DB, file string) (err error) {
	db, ok := open[file]
	if !ok {
		if db, err = sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)"); err != nil {
			return err
		}
		db.SetMaxOpenConns(1)
		open[file] = db
	}
	tables, err := namesOf(ctx, db)
	for _, table := range tables {
		_, failed := db.ExecContext(ctx, fmt.Sprintf(createIndex, table+"_look_up", table))
		err = errors.Join(err, failed)
	}
	return err
}

func namesOf(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, tablesWithout)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
