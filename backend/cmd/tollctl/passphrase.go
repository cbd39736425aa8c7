package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/workspace"
)

// unlock gives the passphrase where it is what opens the data folder.
func (c *console) unlock(w *workspace.Workspace) error {
	status, err := w.Keeper.Status()
	if err != nil || !status.PassphraseSet || status.Open {
		return err
	}
	passphrase, err := c.passphrase("Passphrase of the data folder: ")
	if err != nil {
		return err
	}
	return w.Unlock(passphrase)
}

// protect sets a first passphrase for a sign-in that has no keychain to be kept in.
func (c *console) protect(w *workspace.Workspace, state auth.State) (auth.State, error) {
	if state.Stage != auth.PassphraseNeeded {
		return state, nil
	}
	fmt.Fprintln(c.err, "this system has no keychain: a passphrase protects the session and the cache in the data folder")
	passphrase, err := c.passphrase("New passphrase, at least 8 characters: ")
	if err != nil {
		return state, err
	}
	if err := w.SetPassphrase("", passphrase); err != nil {
		return state, err
	}
	return w.Auth.State(), nil
}

// passphrase comes from the file that was named, the environment, or the terminal, where it is not shown. It is never a flag: other users
// of the system can see those.
func (c *console) passphrase(question string) (string, error) {
	if c.passFile != "" {
		raw, err := os.ReadFile(c.passFile)
		if err != nil {
			return "", usageError{fmt.Errorf("read --passphrase-file: %w", err)}
		}
		return strings.TrimRight(string(raw), "\r\n"), nil
	}
	if given := os.Getenv("TOLLBOOK_PASSPHRASE"); given != "" {
		return given, nil
	}
	if c.samplePass != "" {
		return c.samplePass, nil
	}
	terminal, isFile := c.in.(*os.File)
	if !isFile || !term.IsTerminal(int(terminal.Fd())) {
		return "", fault.New(fault.PassphraseNeeded, "a passphrase is needed, and there is no terminal to ask on")
	}
	fmt.Fprint(c.err, question)
	typed, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(c.err)
	return string(typed), err
}
