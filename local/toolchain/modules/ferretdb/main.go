// Command ferretdb serves the MongoDB wire protocol over SQLite.
//
// FerretDB 1.x has no passwords: a caller is admitted by a client certificate that FERRETDB_TLS_CA signed.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelInfo}))
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{
			TCP:         os.Getenv("FERRETDB_LISTEN_TCP"),
			TLS:         os.Getenv("FERRETDB_LISTEN_TLS"),
			TLSCertFile: os.Getenv("FERRETDB_TLS_CERT"),
			TLSKeyFile:  os.Getenv("FERRETDB_TLS_KEY"),
			TLSCAFile:   os.Getenv("FERRETDB_TLS_CA"),
		},
		Logger:    logger,
		Handler:   "sqlite",
		SQLiteURL: os.Getenv("FERRETDB_SQLITE_URL"),
	})
	if err != nil {
		logger.Error("ferretdb did not start", "error", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go indexLookUps(ctx, os.Getenv("FERRETDB_SQLITE_URL"), logger)
	if err := server.Run(ctx); err != nil {
		logger.Error("ferretdb stopped", "error", err)
		os.Exit(1)
	}
}
