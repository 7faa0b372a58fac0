package offline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// Words that a configuration in whole paths begins its lines with, beside the one that sets.
const (
	off     = "deactivate"
	protect = "protect" // whom the device lets change it; means nothing here
)

// blocks gives a configuration that stands in whole paths, as Junos shows it with "display
// set", as the same one in blocks; any other text comes back as it is. Where one text holds
// both forms, or commands that are no configuration, it says so at the line.
func blocks(d *dialect.Dialect, text []byte) ([]byte, string) {
	if d.Syntax != "brace" || d.Acts != "commit" {
		return text, ""
	}
	var dev *replay.Device
	said, hidden := false, false // something stands above; a comment of several lines is open
	for i, line := range strings.Split(string(text), "\n") {
		line = bare(line)
		switch {
		case hidden || strings.HasPrefix(line, "/*"):
			hidden = !strings.Contains(line, "*/")
		case silent(d, line):
		case paths(d, line) && dev == nil && said:
			return nil, fmt.Sprintf("%d: a line in whole paths in a text of blocks: give one form of the configuration", i+1)
		case paths(d, line):
			if dev == nil {
				dev = replay.New(d, nil)
			}
			if err := take(dev, line); err != nil {
				return nil, fmt.Sprintf("%d: the model of the device does not take this line: %s", i+1, kind(err))
			}
		case dev != nil:
			return nil, fmt.Sprintf("%d: neither %q nor %q begins this line, as they do those above: give one form of the configuration, and no commands", i+1, d.Set, off)
		}
		said = said || !silent(d, line) && !hidden
	}
	if dev == nil {
		return text, ""
	}
	return dev.Text(), ""
}

// bare is a line without the blanks around it and without a remark behind it.
func bare(line string) string {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '#' && !quoted && i > 0 && line[i-1] == ' ':
			line = line[:i]
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(line)
}

// silent tells whether a line says nothing.
func silent(d *dialect.Dialect, line string) bool {
	return line == "" || line == d.End || slices.ContainsFunc(slices.Concat(d.Comment, d.Volatile), func(head string) bool { return strings.HasPrefix(line, head) })
}

// paths tells whether a line is in whole paths.
func paths(d *dialect.Dialect, line string) bool {
	head, _, _ := strings.Cut(line, " ")
	return slices.Contains([]string{d.Set, off, protect}, head) && !strings.HasSuffix(line, ";") && !strings.HasSuffix(line, "{")
}

// take has the model of a device hold what a line says; a list in brackets is a line for each.
func take(dev *replay.Device, line string) error {
	if strings.HasPrefix(line, protect+" ") {
		return nil
	}
	head, rest, listed := strings.Cut(line, " [ ")
	values, ok := strings.CutSuffix(rest, " ]")
	if !listed || !ok {
		return dev.Do(line)
	}
	for _, v := range dialect.Words(values) {
		if err := dev.Do(head + " " + v); err != nil {
			return err
		}
	}
	return nil
}

// kind is why a line is refused, without its words: they may hold a secret.
func kind(err error) string {
	var r *replay.Refusal
	if errors.As(err, &r) {
		return string(r.Kind)
	}
	return "refused"
}
