package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/hall/serve"
)

// hallCommand is how the demo starts a hall as a process of its own: this same program, since the hall's is not at hand everywhere.
func (c *console) hallCommand() *cobra.Command {
	command := &cobra.Command{Use: "hall", Hidden: true}
	command.AddCommand(serve.Command())
	return command
}

// hallProcess is a hall that runs for the demo.
type hallProcess struct {
	command *exec.Cmd
	url     string
	outbox  string
}

// startHall starts the hall and waits until it listens. Its fleet is kept in the data folder for the next demo.
func (c *console) startHall(ctx context.Context, f demoFlags) (*hallProcess, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	h := &hallProcess{outbox: filepath.Join(c.data, "hall-sms.jsonl")}
	fleet := fmt.Sprintf("vehicles=%d,months=%d,seed=%d", f.vehicles, f.months, f.seed)
	if f.until != "" {
		fleet += ",until=" + f.until
	}
	h.command = exec.CommandContext(ctx, program, "hall", "serve", "--db", "sqlite:"+filepath.Join(c.data, "hall.db"),
		"--listen", "127.0.0.1:0", "--sandbox", "--sample", fleet, "--sms-outbox", h.outbox)
	h.command.Stderr = c.err
	h.command.Cancel = func() error { return h.command.Process.Signal(os.Interrupt) }
	output, err := h.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the demo hall: %w", err)
	}
	if err := h.command.Start(); err != nil {
		return nil, fmt.Errorf("start the demo hall: %w", err)
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if url, listens := strings.CutPrefix(lines.Text(), "listening on "); listens {
			h.url = url
			go func() { _, _ = io.Copy(io.Discard, output) }() // a full pipe would stall the hall
			return h, nil
		}
	}
	return nil, errors.Join(fault.New(fault.HallFailed, "the demo hall did not start"), h.command.Wait())
}

// stop ends the hall's process.
func (h *hallProcess) stop() error {
	if err := h.command.Process.Signal(os.Interrupt); err != nil {
		// Windows knows no interrupt; the hall's database survives a kill.
		if err := h.command.Process.Kill(); err != nil {
			return fmt.Errorf("stop the demo hall: %w", err)
		}
	}
	var exit *exec.ExitError
	if err := h.command.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("stop the demo hall: %w", err)
	}
	return nil
}

// lastCode reads the newest code for a phone from the outbox.
func (h *hallProcess) lastCode(ctx context.Context, phone string) (string, error) {
	for range 50 {
		raw, err := os.ReadFile(h.outbox)
		if err == nil {
			if code := codeIn(string(raw), phone); code != "" {
				return code, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", fault.Wrap(fault.Cancelled, ctx.Err(), "wait for the code")
		case <-time.After(100 * time.Millisecond):
		}
	}
	return "", fault.New(fault.HallFailed, "no code arrived in the demo hall's outbox")
}

func codeIn(outbox, phone string) string {
	code := ""
	for line := range strings.Lines(outbox) {
		var message struct{ Phone, Code string }
		if json.Unmarshal([]byte(line), &message) == nil && message.Phone == phone {
			code = message.Code
		}
	}
	return code
}
