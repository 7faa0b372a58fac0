package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"plumbline/internal/offline"
	"plumbline/internal/plan"
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
	batch, secrets       bool
}

func (f *twoFiles) flags(c *cobra.Command) {
	c.Flags().StringVar(&f.platform, "platform", "", "compare the files --have and --want of this platform, a name or its folder (./larch); no repository and no device is asked")
	c.Flags().StringVar(&f.have, "have", "", "with --platform: the configuration that is there, - for standard input")
	c.Flags().StringVar(&f.want, "want", "", "with --platform: the configuration that is wanted, - for standard input")
	c.Flags().BoolVar(&f.secrets, "show-secrets", false, "with --platform and --commands: secrets stand in the commands, on a terminal or in the file --out")
	c.Flags().BoolVar(&f.batch, "batch", false, `read lines {"platform","have","want"} from standard input, and answer each with one JSON line`)
}

func (f twoFiles) asked() bool { return f != twoFiles{} }

// alone refuses what is asked beside it and would do nothing.
func (f twoFiles) alone(c *cobra.Command, names []string) error {
	if len(names) > 0 {
		return errors.New("a comparison of files takes no device: give files with --have and --want")
	}
	others := []string{"head", "page", "without-secrets", "wide", "post", "pr"}
	if f.batch {
		others = append(others, "output", "out")
	}
	for _, name := range others {
		if c.Flags().Changed(name) && f.batch {
			return fmt.Errorf("--batch answers each line with a line of JSON: leave --%s out", name)
		}
		if c.Flags().Changed(name) {
			return fmt.Errorf("a comparison of files asks no repository and no device: leave --%s out", name)
		}
	}
	return nil
}

// refuse says what of the flags does not go together. Secrets are for eyes and for a file that
// somebody names, never for a form that pipelines keep.
func (f twoFiles) refuse(format, out string, commands, eyes bool) error {
	switch {
	case f.batch && (f.platform != "" || f.have != "" || f.want != "" || f.secrets):
		return errors.New("--batch reads all from its lines: leave --platform, --have, --want and --show-secrets out")
	case out != "" && !f.secrets:
		return errors.New("a comparison of files keeps no plan: --out goes with --show-secrets, and takes the commands")
	case f.secrets && !commands:
		return errors.New("--show-secrets shows them in commands: add --commands")
	case f.secrets && format != "text":
		return fmt.Errorf("--show-secrets writes no %s: what a pipeline keeps holds no secret; leave -o out", format)
	case f.secrets && out == "" && !eyes:
		return errors.New("--show-secrets writes to a terminal, and this is none: name a file with --out")
	}
	return nil
}

// offline compares two texts, or a batch of them; no repository and no device is asked.
func (e *env) offline(in io.Reader, f twoFiles, format, out string, commands, code bool) error {
	if err := f.refuse(format, out, commands, e.eyes != nil); err != nil {
		return err
	}
	switch {
	case f.batch:
		return e.batch(in, code)
	case f.platform == "" || f.have == "" || f.want == "":
		return errors.New("a comparison of two files needs --platform, --have and --want")
	case e.oncePiped(f.have, f.want):
		return errors.New("only one of --have and --want can be read from standard input, or from one pipe: give two files")
	}
	shelf := render.NewShelf(templates.FS)
	p, err := e.platform(shelf, f.platform, format)
	if err != nil {
		return err
	}
	have, err1 := e.textOf(in, f.have)
	want, err2 := e.textOf(in, f.want)
	if err := errors.Join(err1, err2, plainText(format, f, have, want)); err != nil {
		return err
	}
	c := offline.Compare(p.Dialect, have, want, dialects(shelf))
	page, to := offlinePage(p, c, commands), e.out
	page.Sections[0].Notes = append(page.Sections[0].Notes, openEnded(p.Dialect.End, have, want)...)
	switch {
	case f.secrets && out != "" && c.Verified:
		if err := writeNew(e.inDir(out), c.Bare); err != nil {
			return fmt.Errorf("%s cannot be written: %w: name a file that is not there yet", out, errors.Unwrap(err))
		}
	case f.secrets && c.Verified:
		to, page.Sections[0].Lines = e.eyes, scriptLines(c.Bare)
	case c.Conceals:
		page.Sections[0].Notes = append(page.Sections[0].Notes, hiddenNote)
	}
	if err := report.Formats[format](to, page); err != nil {
		return err
	}
	switch {
	case !c.Verified:
		return errFindings
	case code && len(c.Edits)+c.Astray > 0:
		return errDiffer
	}
	return nil
}

// platform gives the platform of a name, or that of a folder: a path, which has a slash in it. What
// is wrong in a folder is told all at once.
func (e *env) platform(shelf *render.Shelf, name, format string) (p render.Platform, err error) {
	if !strings.ContainsRune(name, filepath.Separator) {
		p, err = shelf.Find(name)
		if i, no := os.Stat(e.inDir(name)); err != nil && no == nil && i.IsDir() {
			err = fmt.Errorf("%w; for the folder write ./%s", err, name)
		}
		return p, err
	}
	dir, err := filepath.Abs(e.inDir(name))
	if i, no := os.Stat(dir); err != nil || no != nil || !i.IsDir() {
		return p, fmt.Errorf("%s is no folder of a platform: give a name, or a folder that holds platform.yaml and dialect.rules", name)
	}
	platforms := os.DirFS(filepath.Dir(dir))
	p, ds := render.Read(platforms, filepath.Base(dir))
	if !ds.Failed() {
		return p, nil
	}
	if err := e.say(format, report.Page{Diags: ds, Source: quoting(platforms)}); err != nil {
		return p, err
	}
	return p, errFindings
}

// oncePiped tells whether two names are of one pipe, which gives what it holds once.
func (e *env) oncePiped(have, want string) bool {
	stdin := []string{"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"}
	if slices.Contains(stdin, have) && slices.Contains(stdin, want) {
		return true
	}
	a, err1 := os.Stat(e.inDir(have))
	b, err2 := os.Stat(e.inDir(want))
	return err1 == nil && err2 == nil && os.SameFile(a, b) && a.Mode()&fs.ModeNamedPipe != 0
}

// plainText refuses a form of the report that would change bytes of the texts without a word.
func plainText(format string, f twoFiles, have, want []byte) error {
	for i, text := range [][]byte{have, want} {
		if format != "text" && !utf8.Valid(text) {
			good := strings.ToValidUTF8(string(text), "\x00")
			return fmt.Errorf("%s:%d holds bytes that are not UTF-8, and %s has no other ones: leave -o out, or write the file in UTF-8",
				[]string{f.have, f.want}[i], 1+strings.Count(good[:strings.IndexByte(good, 0)], "\n"), format)
		}
	}
	return nil
}

// openEnded tells which texts do not end as the platform ends an answer: that nothing of a file
// is missing, only who wrote it knows.
func openEnded(end string, have, want []byte) (notes []string) {
	for i, text := range [][]byte{have, want} {
		if end != "" && !bytes.HasSuffix(bytes.TrimSpace(text), []byte(end)) {
			notes = append(notes, fmt.Sprintf("%s has no line %q at its end: it is taken for whole", []string{"have", "want"}[i], end))
		}
	}
	return notes
}

// writeNew writes a file that was not there, for its owner alone.
func writeNew(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

const hiddenNote = "secrets are hidden in the commands: as they stand they cannot be sent"

func offlinePage(p render.Platform, c offline.Change, commands bool) report.Page {
	page := report.Page{Title: "no differences"}
	s := report.Section{Head: p.Title, State: "verified"}
	switch {
	case !c.Verified:
		page.Title, s.State = "not verified: nothing of this should be sent", "refused"
		s.Notes = append(s.Notes, c.Findings...)
	case len(c.Edits) > 0:
		page.Title = counted(bytes.Count(c.Commands, []byte("\n")), "line") + " of commands, proved by replay there and back"
	case c.Astray > 0:
		page.Title = fmt.Sprintf("no commands: %s that no rule knows in another order", counted(c.Astray, "line"))
	}
	if note := plan.ProofNote(c.Edits); note != "" {
		s.Notes = append(s.Notes, note)
	}
	s.Notes = append(s.Notes, c.Notes...)
	if s.Lines = editLines(c.Edits, tree.Config{}); commands {
		s.Lines = scriptLines(c.Commands)
	}
	page.Sections = []report.Section{s}
	return page
}

// textOf reads a file, or standard input for "-".
func (e *env) textOf(in io.Reader, file string) ([]byte, error) {
	if file != "-" {
		f, err := os.Open(e.inDir(file))
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", file, errors.Unwrap(err))
		}
		defer f.Close()
		if i, err := f.Stat(); err != nil || !i.Mode().IsRegular() && i.Mode()&fs.ModeNamedPipe == 0 && file != os.DevNull {
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

// inDir is where a file is that somebody names.
func (e *env) inDir(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(e.dir, file)
}
