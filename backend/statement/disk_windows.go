package statement

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

func isDiskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// isReadOnly counts a target that another program has open (Excel locks what it shows): the person can do the same about it.
func isReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, windows.ERROR_WRITE_PROTECT) || isHeldForNow(err)
}

func isHeldForNow(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

func isRunning(process int) bool {
	handle, err := os.FindProcess(process)
	if err != nil {
		return false
	}
	return handle.Release() == nil
}

// syncFolder: NTFS journals a rename itself, and folders cannot be opened for it.
func syncFolder(string) error { return nil }
