package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/workspace"
)

type loginFlags struct {
	hall, userKind, phone, code, name, documentType, documentNumber, account string
}

func (c *console) loginCommand() *cobra.Command {
	var f loginFlags
	command := &cobra.Command{
		Use: "login", Short: "Sign in to a hall by SMS code; asks on the terminal for what is missing",
		RunE: func(command *cobra.Command, _ []string) error { return c.login(command.Context(), f) },
	}
	flags := command.Flags()
	flags.StringVar(&f.hall, "hall", "", "address of the hall, such as https://hall.example (required)")
	flags.StringVar(&f.userKind, "user-kind", "unit", "unit (单位用户) or personal (个人用户)")
	flags.StringVar(&f.phone, "phone", "", "phone reserved at ETC sign-up (required)")
	flags.StringVar(&f.code, "code", "", "SMS code; without it a code is sent and asked for")
	flags.StringVar(&f.name, "name", "", "holder's name, for the first sign-in")
	flags.StringVar(&f.documentType, "document-type", "", "code of the document's type: 0 身份证, 102 统一社会信用代码证书, …")
	flags.StringVar(&f.documentNumber, "document", "", "document number, for the first sign-in")
	flags.StringVar(&f.account, "account", "", "id of the account to open, when the login has several")
	c.addDataFlag(command)
	for _, name := range []string{"hall", "phone"} {
		if err := command.MarkFlagRequired(name); err != nil {
			panic(err) // the flag was defined above
		}
	}
	return command
}

func (c *console) login(ctx context.Context, f loginFlags) error {
	if f.userKind != "unit" && f.userKind != "personal" {
		return usageError{fmt.Errorf("--user-kind is unit or personal, not %q", f.userKind)}
	}
	w, err := c.open()
	if err != nil {
		return err
	}
	return errors.Join(c.loginTo(ctx, w, f, c.askCode), w.Close())
}

// loginTo signs in; code gets the SMS code once it was sent.
func (c *console) loginTo(ctx context.Context, w *workspace.Workspace, f loginFlags, code func() (string, error)) error {
	if f.code == "" {
		if _, err := w.Auth.RequestCode(ctx, f.hall, f.userKind, f.phone); err != nil {
			return err
		}
		fmt.Fprintln(c.err, "if the phone is reserved with an account, a code is on its way; it is good for 5 minutes")
		var err error
		if f.code, err = code(); err != nil {
			return err
		}
	}
	state, err := w.Auth.SignIn(ctx, f.hall, f.userKind, f.phone, f.code)
	if err == nil && state.Stage == auth.VerificationNeeded {
		state, err = c.verifyHolder(ctx, w, f)
	}
	if err == nil && state.Stage == auth.AccountNeeded {
		state, err = c.chooseAccount(ctx, w, f, state.Accounts)
	}
	if err != nil {
		return err
	}
	if state, err = c.protect(w, state); err != nil {
		return err
	}
	return c.print(map[string]any{"account": state.Account, "hall": f.hall}, func(out io.Writer) {
		fmt.Fprintf(out, "signed in: %s\n", state.Account.Name)
	})
}

func (c *console) askCode() (string, error) { return c.ask("SMS code: ") }

// ask reads a line from the terminal. At the end of the input it says which flag would have answered.
func (c *console) ask(question string) (string, error) {
	fmt.Fprint(c.err, question)
	line, err := bufio.NewReader(oneByte{c.in}).ReadString('\n')
	line = strings.TrimSpace(line)
	if line == "" {
		return "", usageError{errors.Join(fmt.Errorf("no answer to %q: give it as a flag, see tollctl login --help", strings.TrimSuffix(question, ": ")), ignoreEOF(err))}
	}
	return line, nil
}

// oneByte keeps the reader from swallowing the answers to later questions.
type oneByte struct{ from io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.from.Read(p[:1]) }

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (c *console) verifyHolder(ctx context.Context, w *workspace.Workspace, f loginFlags) (auth.State, error) {
	if f.documentType == "" {
		f.documentType = map[string]string{"unit": "102", "personal": "0"}[f.userKind]
	}
	for _, missing := range []struct {
		value    *string
		question string
	}{{&f.name, "Holder's name: "}, {&f.documentNumber, "Document number: "}} {
		if *missing.value != "" {
			continue
		}
		answer, err := c.ask(missing.question)
		if err != nil {
			return auth.State{}, err
		}
		*missing.value = answer
	}
	return w.Auth.Verify(ctx, f.name, f.documentType, f.documentNumber)
}

func (c *console) chooseAccount(ctx context.Context, w *workspace.Workspace, f loginFlags, accounts []auth.Account) (auth.State, error) {
	if f.account != "" {
		return w.Auth.ChooseAccount(ctx, f.account)
	}
	for _, account := range accounts {
		fmt.Fprintf(c.err, "  %s  %s  %s\n", account.ID, account.Name, account.PhoneMasked)
	}
	id, err := c.ask("Account id: ")
	if err != nil {
		return auth.State{}, fault.Wrap(fault.AccountChoice, err, "the login has %d accounts: name one with --account", len(accounts))
	}
	return w.Auth.ChooseAccount(ctx, id)
}
