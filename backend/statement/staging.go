package statement

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	partPrefix = ".tollbook-"
	partSuffix = ".part"
	// A process number may have been given to another process since; no document takes this long.
	partLifetime = 24 * time.Hour
)

// shelf is where the files of a document are put: beside its target, or in a zip file.
type shelf interface {
	create(name string) (io.Writer, error)
}

// partCreator opens a new temporary file in a folder.
type partCreator func(folder string) (*os.File, error)

// staging holds the files of a document under temporary names in the target's folder, where a rename is atomic.
type staging struct {
	folder  string
	newPart partCreator
	parts   []*os.File
	targets []string // the names that the parts will have
}

func newStaging(path string, newPart partCreator) *staging {
	return &staging{folder: filepath.Dir(path), newPart: newPart}
}

// partPattern names the process, so that SweepPartial spares the files of one that still runs.
func partPattern() string { return fmt.Sprintf("%s%d-*%s", partPrefix, os.Getpid(), partSuffix) }

// UnfinishedPath is where a file lies that may never get a name: SweepPartial removes it once this process is gone. Labels tell several apart.
func UnfinishedPath(folder, label string) string {
	return filepath.Join(folder, fmt.Sprintf("%s%d-%s%s", partPrefix, os.Getpid(), label, partSuffix))
}

func createPart(folder string) (*os.File, error) { return os.CreateTemp(folder, partPattern()) }

func (s *staging) create(target string) (io.Writer, error) {
	file, err := s.newPart(s.folder)
	if err != nil {
		return nil, fmt.Errorf("create a temporary file beside the target: %w", err)
	}
	s.parts, s.targets = append(s.parts, file), append(s.targets, target)
	return file, nil
}

// publish forces the staged files to disk and gives them their names, all or none.
func (s *staging) publish(ctx context.Context) error {
	for _, part := range s.parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := errors.Join(part.Sync(), part.Close()); err != nil {
			return fmt.Errorf("force a document to disk: %w", err)
		}
	}
	for i, part := range s.parts {
		if err := replaceFile(part.Name(), s.targets[i]); err != nil {
			return errors.Join(fmt.Errorf("give a document its name: %w", err), removeAll(s.targets[:i]))
		}
	}
	if err := syncFolder(s.folder); err != nil {
		return errors.Join(fmt.Errorf("force a document's name to disk: %w", err), removeAll(s.targets))
	}
	return nil
}

// discard removes everything staged.
func (s *staging) discard() error {
	var names []string
	var failed []error
	for _, part := range s.parts {
		// A part that publish saw is closed already.
		if err := part.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			failed = append(failed, fmt.Errorf("close a temporary file: %w", err))
		}
		names = append(names, part.Name())
	}
	return errors.Join(append(failed, removeAll(names))...)
}

func removeAll(paths []string) error {
	var failed []error
	for _, path := range paths {
		failed = append(failed, os.RemoveAll(path))
	}
	return errors.Join(failed...)
}

// replaceFile renames a file over another. On Windows a virus scanner may hold a new file for a moment: that is waited for.
func replaceFile(from, to string) error {
	const tries, pause = 10, 50 * time.Millisecond
	var err error
	for range tries {
		if err = os.Rename(from, to); err == nil || !isHeldForNow(err) {
			return err
		}
		time.Sleep(pause)
	}
	return err
}

// SweepPartial removes from a folder what killed processes left of their documents. Files of a process that still runs stay.
// A folder that does not exist holds nothing.
func SweepPartial(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return classify(fmt.Errorf("look for unfinished documents: %w", err))
	}
	var left []string
	for _, entry := range entries {
		if isLeftOver(entry) {
			left = append(left, filepath.Join(dir, entry.Name()))
		}
	}
	if err := removeAll(left); err != nil {
		return classify(fmt.Errorf("remove unfinished documents: %w", err))
	}
	return nil
}

func isLeftOver(entry fs.DirEntry) bool {
	name, isPart := strings.CutPrefix(entry.Name(), partPrefix)
	if !isPart || !strings.HasSuffix(name, partSuffix) {
		return false
	}
	number, _, _ := strings.Cut(name, "-")
	process, err := strconv.Atoi(number)
	if err != nil {
		return false
	}
	info, err := entry.Info()
	young := err == nil && time.Since(info.ModTime()) < partLifetime
	return !young || !isRunning(process)
}
