//go:build !windows

package statement

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

func isReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// isHeldForNow: no other program can hold a file against a rename here.
func isHeldForNow(error) bool { return false }

// isRunning: signal 0 only asks; a process of another user answers with EPERM.
func isRunning(process int) bool {
	err := syscall.Kill(process, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// syncFolder makes a rename survive a power cut. Some network file systems cannot do it for a folder; they look after it themselves.
func syncFolder(folder string) error {
	handle, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("open the target's folder: %w", err)
	}
	err = handle.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, handle.Close())
}
