package store

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"tollbook/backend/fault"
)

// classify gives errors of SQLite and of the file system the code on which a person can act, and says what was attempted.
func classify(err error, attempted string) error {
	if err == nil {
		return nil
	}
	var typed *fault.Error
	if errors.As(err, &typed) {
		return err
	}
	return fault.Wrap(codeFor(err), err, "%s", attempted)
}

func codeFor(err error) fault.Code {
	var failure sqlite3.Error
	switch {
	case errors.Is(err, context.Canceled):
		return fault.Cancelled
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.DiskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.ReadOnly
	case errors.As(err, &failure):
		return codeForSQLite(failure)
	}
	return fault.Internal
}

func codeForSQLite(failure sqlite3.Error) fault.Code {
	if errors.Is(failure.SystemErrno, syscall.ENOSPC) {
		return fault.DiskFull
	}
	switch failure.Code {
	case sqlite3.ErrFull:
		return fault.DiskFull
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen, sqlite3.ErrAuth:
		return fault.ReadOnly
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return fault.CacheDamaged
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fault.CacheBusy
	case sqlite3.ErrInterrupt:
		return fault.Cancelled
	}
	return fault.Internal
}
