package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Also has every record told elsewhere too, before Append returns: those that wait together,
// together. What fails there is as final as a disk that fails.
func (j *Journal) Also(tell func([]Record) error) { j.also = tell }

// Adopt puts records that were kept elsewhere in the place of all that this journal holds.
func (j *Journal) Adopt(rs []Record) error {
	text, err := Encode(rs)
	if err != nil {
		return err
	}
	path := j.file.Name()
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("the journal %s cannot be written: %w", path, errors.Unwrap(err))
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), os.Rename(path+".new", path), syncFolder(filepath.Dir(path))); err != nil {
		return errors.Join(fmt.Errorf("the journal %s cannot be written: %w", path, err), f.Close())
	}
	old := j.file
	if j.file, j.seq, j.last = f, len(rs), ""; len(rs) > 0 {
		j.last = lineHash(text[lastLine(text):])
	}
	return old.Close()
}

// Encode gives records as the lines of a journal of their own, numbered from one.
func Encode(rs []Record) ([]byte, error) {
	var out bytes.Buffer
	prev := ""
	for i, r := range rs {
		r.Seq, r.Prev = i+1, prev
		line, err := inLine(r)
		if err != nil {
			return nil, err
		}
		prev = lineHash(line)
		out.Write(line)
	}
	return out.Bytes(), nil
}

// Decode reads what Encode gave, whole; name says in an error where it is kept.
func Decode(name string, b []byte) ([]Record, error) {
	rs, whole, err := parse(name, b)
	if err == nil && whole != len(b) {
		err = fmt.Errorf("%s: its last line is torn", name)
	}
	return rs, err
}

// Lately gives what a journal has to remember: every transaction since a time and one that is
// not settled, what people decided, and how far the ledger was last seen to go.
func Lately(rs []Record, since time.Time) (out []Record) {
	from := slices.IndexFunc(rs, func(r Record) bool {
		at, err := time.Parse(time.RFC3339Nano, r.Time)
		return r.Step == Begin && (err != nil || !at.Before(since))
	})
	if from < 0 {
		from = len(rs)
	}
	from = min(from, len(rs)-len(Unsettled(rs)))
	for i, r := range rs {
		last := r.Step == Ledger && !slices.ContainsFunc(rs[i+1:], func(o Record) bool { return o.Step == Ledger })
		if i >= from || r.Step == Unlock || last {
			out = append(out, r)
		}
	}
	return out
}
