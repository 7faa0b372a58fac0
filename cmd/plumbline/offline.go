package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"plumbline/internal/offline"
	"plumbline/internal/report"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// Bounds of what is compared without a device, in bytes.
const (
	longestText = 64 << 20
	longestLine = 16 << 20 // of a batch
)

// twoFiles is a comparison of two texts, as its flags say it.
type twoFiles struct {
	platform, have, want string
	batch                bool
}

func (f *twoFiles) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.platform, "platform", "", "compare the files --have and --want of this platform; no repository and no device is asked")
	c.Flags().StringVar(&f.have, "have", "", "with --platform: the configuration that is there, - for standard input")
	c.Flags().StringVar(&f.want, "want", "", "with --platform: the configuration that is wanted, - for standard input")
	c.Flags().BoolVar(&f.batch, "batch", false, `read lines {"platform","have","want"} from standard input, and answer each with one JSON line`)
}

func (f twoFiles) asked() bool { return f != twoFiles{} }

// offline compares two texts, or a batch of them; no repository and no device is asked.
func (e *env) offline(in io.Reader, f twoFiles, format string, commands, code bool) error {
	switch {
	case f.batch && (f.platform != "" || f.have != "" || f.want != ""):
		return errors.New("--batch reads all from its lines: leave --platform, --have and --want out")
	case f.batch:
		return e.batch(in)
	case f.platform == "" || f.have == "" || f.want == "":
		return errors.New("a comparison of two files needs --platform, --have and --want")
	case f.have == "-" && f.want == "-":
		return errors.New("only one of --have and --want can be read from standard input")
	}
	p, err := render.Find(templates.FS, f.platform)
	if err != nil {
		return err
	}
	have, err1 := e.textOf(in, f.have)
	want, err2 := e.textOf(in, f.want)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	c := offline.Compare(p.Dialect, have, want)
	if err := e.say(format, offlinePage(p, c, commands)); err != nil {
		return err
	}
	switch {
	case !c.Verified:
		return errFindings
	case code && len(c.Edits) > 0:
		return errDiffer
	}
	return nil
}

func offlinePage(p render.Platform, c offline.Change, commands bool) report.Page {
	page := report.Page{Title: "no differences"}
	s := report.Section{Head: p.Title, State: "verified"}
	switch {
	case !c.Verified:
		page.Title, s.State = "not verified: nothing of this should be sent", "refused"
		s.Notes = append(s.Notes, c.Findings...)
	case len(c.Edits) > 0:
		page.Title = fmt.Sprintf("%d lines of commands, proved by replay there and back", bytes.Count(c.Commands, []byte("\n")))
	}
	s.Notes = append(s.Notes, c.Notes...)
	if s.Lines = editLines(c.Edits, tree.Config{}); commands {
		s.Lines = scriptLines(c.Commands)
	}
	page.Sections = []report.Section{s}
	return page
}

// answer is a line that a batch writes. Findings are why it is not verified, and what is to
// be known of it.
type answer struct {
	Commands []string `json:"commands"`
	Verified bool     `json:"verified"`
	Unruled  []string `json:"unruled"`
	Findings []string `json:"findings"`
}

// batch answers each line with a line, in order; a bad one does not stop the others.
func (e *env) batch(in io.Reader) error {
	lines, bad := bufio.NewScanner(in), false
	lines.Buffer(make([]byte, 1<<16), longestLine)
	out, no, seen := json.NewEncoder(e.out), 0, platforms{}
	for lines.Scan() {
		no++
		a := answerTo(lines.Bytes(), no, seen)
		bad = bad || !a.Verified
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d of the batch cannot be read: %w; a line holds %d MiB at most", no+1, err, longestLine>>20)
	}
	if bad {
		return errFindings
	}
	return nil
}

// platforms are those that a batch has named; each is read once.
type platforms map[string]render.Platform

func (ps platforms) find(name string) (p render.Platform, err error) {
	p, seen := ps[name]
	if !seen {
		if p, err = render.Find(templates.FS, name); err == nil {
			ps[name] = p
		}
	}
	return p, err
}

func answerTo(line []byte, no int, seen platforms) answer {
	var q struct{ Platform, Have, Want *string }
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if d.Decode(&q) != nil || d.More() || q.Platform == nil || q.Have == nil || q.Want == nil {
		return answer{[]string{}, false, []string{}, []string{fmt.Sprintf(`line %d: want one JSON object {"platform","have","want"} of texts`, no)}}
	}
	p, err := seen.find(*q.Platform)
	if err != nil {
		return answer{[]string{}, false, []string{}, []string{fmt.Sprintf("line %d: %v", no, err)}}
	}
	c := offline.Compare(p.Dialect, []byte(*q.Have), []byte(*q.Want))
	commands := []string{}
	if len(c.Commands) > 0 {
		commands = splitLines(c.Commands)
	}
	return answer{commands, c.Verified, append([]string{}, c.Unruled...), append(append([]string{}, c.Findings...), c.Notes...)}
}

// textOf reads a file, or standard input for "-".
func (e *env) textOf(in io.Reader, file string) ([]byte, error) {
	if file != "-" {
		name := file
		if !filepath.IsAbs(name) {
			name = filepath.Join(e.dir, name)
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", file, errors.Unwrap(err))
		}
		defer f.Close()
		if i, err := f.Stat(); err != nil || !i.Mode().IsRegular() && i.Mode()&fs.ModeNamedPipe == 0 {
			return nil, fmt.Errorf("%s is no file with a configuration", file)
		}
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, longestText+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", file, err)
	case len(b) > longestText:
		return nil, fmt.Errorf("%s is longer than %d MiB: it is no configuration of one device", file, longestText>>20)
	case bytes.IndexByte(b, 0) >= 0:
		return nil, fmt.Errorf("%s holds a zero byte: it is no text", file)
	}
	return b, nil
}
