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

// alike gives two texts of blocks in one form: a block and its line may say the same, also where no
// rule knows them. Where one of them cannot be said so, both stay as they are. It tells whether a block that no
// rule knows is switched off.
func alike(d *dialect.Dialect, have, want []byte) (one, other []byte, off bool) {
	if d.Syntax == "brace" && d.Acts == "commit" {
		a, offA := either(d, have)
		b, offB := either(d, want)
		if a != nil && b != nil {
			return a, b, offA || offB
		}
	}
	return have, want, false
}

// either gives the form of a text; nil is none. A block that no rule knows and that is switched off is a line
// of its own only where that is said before what stands in it, which is told.
func either(d *dialect.Dialect, text []byte) (out []byte, off bool) {
	out, unseen := formed(d, text, nil)
	if len(unseen) > 0 {
		out, _ = formed(d, text, unseen)
	}
	return out, len(unseen) > 0
}

// formed gives a text of blocks as the model of the device shows it when it is told each line by its whole
// path, and that some are switched off as soon as they are there, of others at the end; nil where it is cut, or
// has a line that is not taken so. What is to be switched off and is not found is told.
func formed(d *dialect.Dialect, text []byte, soon []string) (out []byte, unseen []string) {
	dev, whole := replay.New(d, nil), true
	var path, offs []string
	leaf := false // the last line has nothing under it so far
	say := func() {
		if leaf && whole {
			whole = dev.Do(d.Set+" "+strings.Join(path, " ")) == nil
		}
	}
	dialect.Each(d, string(text), func(l dialect.Line) {
		whole = whole && !l.Cut && l.Depth <= len(path)
		switch {
		case !whole:
		case l.Text == dialect.Inactive && slices.Contains(soon, strings.Join(path, " ")):
			say()
			whole = whole && dev.Do(off+" "+strings.Join(path, " ")) == nil
			leaf = false
		case l.Text == dialect.Inactive:
			offs = append(offs, strings.Join(path, " "))
		default:
			if l.Depth < len(path) {
				say()
			}
			path, leaf = append(path[:l.Depth], l.Text), true
		}
	})
	say()
	for _, path := range offs {
		if whole && dev.Do(off+" "+path) != nil {
			unseen = append(unseen, path)
		}
	}
	if !whole || len(unseen) > 0 {
		return nil, unseen
	}
	return append([]byte{}, dev.Text()...), nil
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
